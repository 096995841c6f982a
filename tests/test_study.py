"""The whole study: notebooks executed in both modes, figures and report out."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from conftest import CALL, EXAMPLE, ROOT, copy_corpus, needs_articles
from docx import Document
from pypdf import PdfReader

from analysis.__main__ import main
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


@pytest.fixture(scope="module")
def example_run(tmp_path_factory):
    return run(EXAMPLE, tmp_path_factory.mktemp("example"), text=True)


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
    sides = [
        json.loads(p.read_text(encoding="utf-8"))["alt"] for p in (tables_only / "figures" / "call-2021").glob("*.json")
    ]
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


def test_report_and_gallery_pass_an_accessibility_check_in_a_browser(tables_only):
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    import axe_playwright_python
    from playwright.sync_api import sync_playwright

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    flags = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync"]  # fmt: skip
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium, args=flags)
        for path in (report(tables_only) / "report.html", tables_only / "figures" / "call-2021" / "index.html"):
            page, asked = browser.new_page(), []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(path.as_uri())
            page.evaluate(axe)
            result = page.evaluate("axe.run()")
            assert [(v["id"], v["nodes"][0]["html"]) for v in result["violations"]] == []
            assert len(result["passes"]) > 20 and not [u for u in asked if not u.startswith(("data:", "file:"))]
        browser.close()


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


def test_the_same_notebooks_serve_another_corpus(example_run):
    text = (report(example_run, "example") / "report.md").read_text(encoding="utf-8")
    assert "State Herald" in text and "Reuters" not in text and "Putin" not in text
    assert len(list((example_run / "figures" / "example").glob("*.pdf"))) == len(FIGURES + GUIDE)


def test_a_second_run_gives_the_same_bytes(tables_only, tmp_path):
    again = run(CALL, tmp_path, text=False)
    for path in sorted(tables_only.glob("figures/**/*.*")) + [
        report(tables_only) / f"report.{k}" for k in ("md", "html", "docx", "pdf")
    ]:
        assert path.read_bytes() == (again / path.relative_to(tables_only)).read_bytes(), path.name


# ------------------------------------------------------------------------------------------- when it fails


def write_notebook(folder: Path, name: str, *cells: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, folder / f"{name}.ipynb")


def test_an_error_names_notebook_cell_and_cause_and_leaves_no_half_report(tmp_path):
    folder = copy_corpus(CALL, tmp_path / "corpus" / "call-2021", text=False)
    target = tmp_path / "report" / "call-2021"
    target.mkdir(parents=True)
    (target / "report.md").write_text("the old report", encoding="utf-8")
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    write_notebook(notebooks, "01_good", 'CORPUS = "x"', "1 + 1")
    write_notebook(notebooks, "02_bad", 'CORPUS = "x"', "1 + 1", "boats = {}\nboats['ferry']")
    with pytest.raises(ValueError) as error:
        run_study(folder, notebooks=notebooks)
    assert "02_bad, cell 3 failed: KeyError: 'ferry'" in str(error.value) and "boats['ferry']" in str(error.value)
    assert [p.name for p in target.iterdir()] == ["report.md"]
    assert (target / "report.md").read_text(encoding="utf-8") == "the old report"


def test_a_name_that_two_notebooks_give_their_figures_is_an_error(tmp_path):
    folder = copy_corpus(CALL, tmp_path / "corpus" / "call-2021", text=False)
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    lines = ["import analysis as an", "table = an.count_voices(an.read_corpus(CORPUS))",
             "an.save_figure(an.plot_corpus(table), '01-x', data=table, alt='a', caption='c')"]  # fmt: skip
    for name in ("01_one", "02_other"):
        write_notebook(notebooks, name, 'CORPUS = "x"', "\n".join(lines))
    with pytest.raises(
        ValueError, match="02_other, cell 2 failed: ValueError: save_figure: 01-x has been saved in this run"
    ):
        run_study(folder, notebooks=notebooks)


def test_one_core_source_is_refused_before_anything_runs(make_folder):
    folder = make_folder({"a-1": "It rained.", "a-2": "It was dry."})
    assert main(["build", str(folder)]) == 0
    with pytest.raises(
        ValueError, match="tiny: the notebooks compare sources with role 'core', and articles.csv has 1"
    ):
        run_study(folder)


def test_many_sources_and_no_codebook_run_through(make_folder):
    names = [f"Outlet {chr(65 + i)} of the Northern and Southern Provinces" for i in range(10)]
    texts = {f"a-{i}": f"Rain fell on town {i}. “It is good rain,” she said of the rain." for i in range(10)}
    folder = make_folder(texts, rows=[{"article_id": f"a-{i}", "source": n} for i, n in enumerate(names)])
    assert main(["build", str(folder)]) == 0
    run_study(folder)
    assert (folder.parents[1] / "report" / "tiny" / "report.pdf").exists()


def test_a_notebook_that_does_not_exist_is_named(capsys):
    assert main(["study", "example", "--notebook", "99"]) == 1
    assert "no notebook begins with '99'" in capsys.readouterr().err


def test_one_notebook_runs_alone(tmp_path):
    folder = copy_corpus(EXAMPLE, tmp_path / "corpus" / "example", text=False)
    assert [p.name for p in run_study(folder, only="01")] == ["01_corpus.ipynb"]
    assert not (tmp_path / "report" / "example" / "report.md").exists()
    assert (tmp_path / "figures" / "example" / "01-corpus.pdf").exists()


def test_hostile_titles_and_texts_stay_text_in_every_format(make_folder):
    title = '<script>alert(1)</script> "quoted" | $x^2$ `code` #set page(fill: red) \\input{x} [a](b)'
    bodies = {f"{s}-{i}": f"{title}\n<img src=x onerror=alert(2)> {s} said “<b>rain {i}</b>”. Rain fell and fell; rain."
              for s in "ab" for i in (1, 2)}  # fmt: skip
    folder = make_folder(
        bodies, rows=[{"article_id": a, "source": f"<i>{a[0]}</i> $e$", "title": title} for a in bodies],
        codebook_toml='[[frame]]\ncode="<u>F</u>"\nindicators=["rain","fell"]')  # fmt: skip
    assert main(["build", str(folder)]) == 0
    run_study(folder)
    home = folder.parents[1] / "report" / "tiny"
    text = (home / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert "script" not in page.tags and all(i.get("src", "").startswith("data:") for i in page.images)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert(1)</script>" in " ".join(
        p.extract_text() for p in PdfReader(home / "report.pdf").pages
    ).replace("\n", "")
    tables = Document(str(home / "report.docx")).tables
    assert any(title in cell.text for cell in tables[1].columns[5].cells)


def test_the_help_is_quick_to_read_and_names_the_commands():
    out = subprocess.run(
        [sys.executable, "-m", "analysis", "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    assert all(command in out for command in ("build", "check", "voices", "study"))
    assert shutil.which("make") is None or (ROOT / "Makefile").exists()
