"""The whole study: notebooks executed in both modes, figures and report out."""

import json
import re
import zipfile
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from conftest import CALL, copy_corpus, needs_articles
from docx import Document
from pypdf import PdfReader

from analysis.report.study import run_study

FIGURES = ["01-corpus", "02-distance", "02-sides", "02-strip", "02-verbs", "03-course", "03-dictionary", "03-facts", "03-frames", "04-distinctive-terms", "04-distinctive-terms-outlet",
           "04-funnel", "04-word-shift",
           "05-contributions", "05-sentiment", "05-sentiment-shift", "05-tone",
           "06-planning", "06-specifications", "06-specifications-least"]  # fmt: skip

GUIDE = ["07-terms"]  # of notebooks that the report leaves out


def run(corpus: Path, home: Path, *, text: bool) -> Path:
    folder = copy_corpus(corpus, home / "corpus" / corpus.name, text=text)
    run_study(folder)
    return home


@pytest.fixture(scope="module")
def tables_only(tmp_path_factory):
    return run(CALL, tmp_path_factory.mktemp("tables"), text=False)


@pytest.fixture(scope="module")
def with_text(tmp_path_factory):
    return run(CALL, tmp_path_factory.mktemp("text"), text=True)


def report(home: Path, corpus: str = "call-2021") -> Path:
    return home / "report" / corpus


class Page(HTMLParser):
    """What an HTML page loads, shows and says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.requests: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append(tag)
        self.language = values.get("lang", "") if tag == "html" else self.language
        if tag == "img":
            self.images.append(values)
        links = [values.get("src", ""), values.get("href", "") if tag == "link" else ""]
        self.requests += [link for link in links if link and not link.startswith("data:")]


def test_every_figure_and_report_is_there(tables_only):
    names = {p.name for p in (tables_only / "figures" / "call-2021").iterdir()}
    files = {f"{f}.{kind}" for f in FIGURES + GUIDE for kind in ("pdf", "svg", "png", "csv", "txt", "json")}
    assert names == files | {"index.html"}
    written = {p.name for p in report(tables_only).iterdir()}
    assert written == {"report.md", "report.html", "report.docx", "report.pdf", "methods.txt", "figures", "notebooks"}


def test_executed_copies_have_no_error_and_no_warning(tables_only):
    for path in sorted((report(tables_only) / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                assert output.output_type != "error"
                assert output.get("name") != "stderr", output.text


def test_html_is_one_file_that_makes_no_request_and_describes_its_figures(tables_only):
    text = (report(tables_only) / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.requests == [] and "@import" not in text and not re.search(r"url\((?!data:)", text)
    assert len(page.images) == len(FIGURES) and all(image.get("alt") for image in page.images)
    assert page.language == "en" and "script" not in page.tags
    assert page.tags.count("table") >= 10 and page.tags.count("figcaption") == len(FIGURES)


def test_word_has_real_tables_and_figures_with_alt_text(tables_only):
    document = Document(str(report(tables_only) / "report.docx"))
    assert len(document.tables) >= 10 and len(document.inline_shapes) == len(FIGURES)
    assert document.tables[0].cell(0, 0).text == "source" and document.tables[1].cell(0, 0).text == "article id"
    with zipfile.ZipFile(report(tables_only) / "report.docx") as archive:
        xml = archive.read("word/document.xml").decode()
    assert '<w:tblLayout w:type="autofit" />' in xml and 'w:type="fixed"' not in xml
    alts = re.findall(r'<wp:docPr[^>]*descr="([^"]*)"', xml)
    assert len([a for a in alts if a]) == len(FIGURES)
    assert any(a.startswith("Bars of the share of sentences with each frame") for a in alts)


def test_pdf_has_text_title_and_bookmarks(tables_only):
    reader = PdfReader(report(tables_only) / "report.pdf")
    assert "Biden-Putin video call" in reader.metadata.title
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert {"What was read", "Who speaks", "Frames, and what is left out", "Distinctive terms", "Sentiment"} <= set(
        titles
    )
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "weighted log-odds" in text and "read as negative" in text  # of a caption, and within a figure
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]
    inner = [font["/DescendantFonts"][0].get_object() for font in fonts if "/DescendantFonts" in font]
    assert inner and all(f["/FontDescriptor"].get_object().keys() & {"/FontFile2", "/FontFile3"} for f in inner)


def test_every_figure_of_the_pdf_has_its_alt_text(tables_only):
    reader = PdfReader(report(tables_only) / "report.pdf")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/Root"]["/Lang"] == "en"
    found = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.append(str(node.get("/Alt", "")))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    folder = tables_only / "figures" / "call-2021"
    sides = [json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["alt"] for name in FIGURES]
    assert sorted(found) == sorted(sides)


SECTIONS = ["Question", "Corpus and confounds", "Methods in one paragraph", "What was read", "Who speaks", "Frames, and what is left out",
            "Distinctive terms", "Sentiment", "Robustness and planning", "What the study cannot show", "References", "How the findings are checked",
            "Versions and checksums"]  # fmt: skip


def test_the_report_goes_from_question_to_checksums_and_its_headings_skip_no_level(tables_only):
    text = (report(tables_only) / "report.html").read_text(encoding="utf-8")
    headings = [(int(level), re.sub(r"<[^>]+>", "", title).replace("\n", " ")) for level, title in
                re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", text, re.S)]  # fmt: skip
    assert [title for level, title in headings if level == 1][1:] == SECTIONS
    assert all(after - before <= 1 for (before, _), (after, _) in pairwise(headings))
    assert text.count("<main>") == 1 and not re.search(r"<th(?![^>]*scope=\"col\")[ >]", text)
    assert text.count('role="region"') == text.count("<table")


def test_the_methods_are_one_paragraph_with_the_parameters_in_force(tables_only, call):
    methods = (report(tables_only) / "methods.txt").read_text(encoding="utf-8")
    assert methods.count("\n") == 1
    terms = json.loads(
        (tables_only / "figures" / "call-2021" / "04-distinctive-terms.json").read_text(encoding="utf-8")
    )
    known = terms["parameters"]
    for words in ("Reuters (1), Sputnik (1) and teleSUR (1)", f"{known['alpha_0']:g} pseudo-words, terms with {known['min_count']}",
                  f"B = {known['draws']:,}, seed {known['seed']}", "no permutation of articles can give a p below 0.33",
                  call.checksum[:12], "No person has read them"):  # fmt: skip
        assert words in methods
    page = re.sub(
        r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", (report(tables_only) / "report.html").read_text(encoding="utf-8")))
    )
    assert methods.strip() in page


def test_figures_and_tables_have_numbers(tables_only):
    text = (report(tables_only) / "report.md").read_text(encoding="utf-8")
    for kind, pattern in (("Figure", r"^!\[Figure (\d+)\. "), ("Table", r"^Table: Table (\d+)\. ")):
        numbers = [int(n) for n in re.findall(pattern, text, re.M)]
        assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= len(FIGURES), kind


def test_every_work_that_is_cited_is_listed_and_no_other(tables_only):
    text = (report(tables_only) / "report.md").read_text(encoding="utf-8")
    listed = text.partition("# References")[2].partition("# How the findings")[0]
    years = re.findall(r"^- ([A-Z][\w ]+?),.*?\((\d{4})\)", listed, re.M)
    assert {("Monroe", "2008"), ("Entman", "1993"), ("Krippendorff", "2019"), ("De Smedt", "2012")} <= set(years)
    before = text.partition("# References")[0]
    for author, year in years:
        assert re.search(rf"{author}(?:[^.;]|et al\.){{0,60}}{year}", before), author
    cited = re.findall(
        r"\b([A-Z][a-z]+)(?:, [A-Z][a-z]+)*(?: and [A-Z][a-z]+| et al\.)? \(?((?:19|20)\d\d)[);,]", before
    )
    assert {"Gallagher", "Monroe", "Davison"} <= {author for author, _ in cited}
    for author, year in cited:
        assert any(author in line and year in line for line in listed.splitlines()), (author, year)


def test_report_and_gallery_pass_an_accessibility_check_in_a_browser(tables_only, browser, axe):
    for path in (report(tables_only) / "report.html", tables_only / "figures" / "call-2021" / "index.html"):
        page, asked = browser.new_page(), []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        page.evaluate(axe)
        result = page.evaluate("axe.run()")
        assert [(v["id"], v["nodes"][0]["html"]) for v in result["violations"]] == []
        assert len(result["passes"]) > 20 and not [u for u in asked if not u.startswith(("data:", "file:"))]


def test_the_report_states_floor_confounds_and_findings(tables_only):
    text = (report(tables_only) / "report.md").read_text(encoding="utf-8")
    for words in ("no permutation of articles can give a p below 0.33", "translation differ with source",
                  "Five articles were read", "What it cannot show", "SHA-256 of the corpus tables"):  # fmt: skip
        assert words in text
    for path in (tables_only / "figures" / "call-2021").glob("*.txt"):
        caption = path.read_text(encoding="utf-8")
        assert re.search("in these (two|three|five) articles", caption) and "Descriptive" in caption
        assert (
            not re.search(r"\bsignifican|\btends?\b|\bproves?\b", caption)
            and "independent unit: the article" in caption
        )


def test_without_text_evidence_says_what_is_missing(tables_only):
    text = (report(tables_only) / "report.md").read_text(encoding="utf-8")
    assert "needs text" in text and "put the raw articles as .txt files into" in text


@needs_articles
def test_with_text_evidence_shows_sentences_and_the_figures_are_the_same(tables_only, with_text):
    assert "needs text" not in (report(with_text) / "report.md").read_text(encoding="utf-8")
    for path in sorted((tables_only / "figures" / "call-2021").iterdir()):
        assert path.read_bytes() == (with_text / "figures" / "call-2021" / path.name).read_bytes(), path.name


def test_a_second_run_gives_the_same_bytes(tables_only, tmp_path):
    again = run(CALL, tmp_path, text=False)
    for path in sorted(tables_only.glob("figures/**/*.*")) + [
        report(tables_only) / f"report.{k}" for k in ("md", "html", "docx", "pdf")
    ]:
        assert path.read_bytes() == (again / path.relative_to(tables_only)).read_bytes(), path.name


# ------------------------------------------------------------------------------------------- when it fails
