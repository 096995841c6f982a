"""What save_figure leaves on disk and shows, what it refuses, the gallery, and tables and findings as shown."""

import json
import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import CALL, ROOT
from PIL import Image
from pypdf import PdfReader

import analysis as an
from analysis import figures, shown
from analysis.captions import check_claims, write_caption
from analysis.figures import RUN, output_folder
from analysis.gallery import write_gallery
from analysis.shown import escape_markdown


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_a_shown_thing_is_short_in_a_plain_session(saved):
    assert len(repr(saved)) < 1500 and "04-x.pdf" in repr(saved)


# --------------------------------------------------------------------------------------------------- saving


@pytest.fixture
def saved(call, tmp_path):
    table = an.compare_terms(call.select(role="core"), min_count=3)
    return an.save_figure(
        an.plot_keyness(table), "04-x", data=table, alt='Dots & "marks"', caption="Terms.", folder=tmp_path
    )


def test_one_call_writes_every_file(saved):
    assert sorted(p.suffix for p in saved.paths) == [".csv", ".json", ".pdf", ".png", ".svg", ".txt"]
    assert all(p.stat().st_size for p in saved.paths)
    assert not plt.get_fignums()


def test_the_size_is_exact_and_text_stays_text(saved):
    files = {p.suffix: p for p in saved.paths}
    side = json.loads(files[".json"].read_text(encoding="utf-8"))
    page = PdfReader(files[".pdf"]).pages[0]
    assert float(page.mediabox.width) / 72 * 25.4 == pytest.approx(183, abs=0.1) == side["size_mm"][0]
    assert "weighted log-odds" in page.extract_text()
    svg = ElementTree.parse(files[".svg"]).getroot()
    assert "meeting" in {t.text for t in svg.iter("{http://www.w3.org/2000/svg}text")}
    with Image.open(files[".png"]) as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert image.width == pytest.approx(183 / 25.4 * 300, abs=1)


def test_saving_twice_gives_the_same_bytes(saved, call, tmp_path):
    before = {p.name: p.read_bytes() for p in saved.paths}
    table = an.compare_terms(call.select(role="core"), min_count=3)
    an.save_figure(an.plot_keyness(table), "04-x", data=table, alt='Dots & "marks"', caption="Terms.", folder=tmp_path)
    assert {p.name: p.read_bytes() for p in saved.paths} == before


def test_the_side_file_states_what_made_the_figure(saved, call):
    side = json.loads(next(p for p in saved.paths if p.suffix == ".json").read_text(encoding="utf-8"))
    assert side["parameters"] == {"alpha_0": 200.0, "by": "source", "confidence": 0.95, "draws": 2000,
                                  "leave_one_out": True, "min_count": 3, "seed": 0, "variance_terms": 4}  # fmt: skip
    assert side["dispersion"]["phi"] is None and side["dispersion"]["from"] == "not known"
    assert side["checksum"] == call.checksum and side["scope"] == "in these three articles"
    assert {"matplotlib", "nupunkt", "textblob"} <= side["versions"].keys()
    assert "folder" not in side


def test_the_notebook_shows_alt_text_and_caption(saved):
    bundle = saved._repr_mimebundle_()
    assert (
        'alt="Dots &amp; &quot;marks&quot;"' in bundle["text/html"]
        and "<figcaption>Terms in these three articles. 63 sentences" in bundle["text/html"]
    )
    assert re.fullmatch(
        r'!\[Terms in these three articles\. .*\]\(figures/04-x\.png\)\{#fig-04-x alt="Dots & \\"marks\\""\}',
        bundle["text/markdown"],
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "Fig 1"}, "use lower-case letters"),
        ({"name": "../x"}, "use lower-case letters"),
        ({"alt": " "}, "alt is empty"),
        ({"caption": ""}, "caption is empty"),
        ({"data": pd.DataFrame({"a": [1]})}, "does not say which corpus"),
    ],
)
def test_a_figure_that_says_too_little_is_refused(call, change, message):
    table = an.count_voices(call)
    options = {"name": "01-x", "data": table, "alt": "a", "caption": "c"} | change
    with pytest.raises(ValueError, match=message):
        an.save_figure(an.plot_corpus(table), options.pop("name"), **options)


def test_a_folder_that_cannot_be_written_is_an_error(call, tmp_path):
    table = an.count_voices(call)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        an.save_figure(
            an.plot_corpus(table),
            "01-x",
            data=table,
            alt="a",
            caption="c",
            folder=tmp_path / "file" / "figures",
        )


def test_figures_of_a_corpus_stand_beside_it_or_in_it(tmp_path):
    assert output_folder(tmp_path / "corpus" / "x", "figures") == tmp_path / "figures" / "x"
    assert output_folder(tmp_path / "mine", "figures") == tmp_path / "mine" / "figures"


def test_a_cell_that_begins_like_a_formula_is_guarded_in_the_exported_data(call, tmp_path):
    table = an.count_voices(call)
    table["source"] = "=HYPERLINK(1)"
    table.attrs["sources"] = ["=HYPERLINK(1)"]
    shown = an.save_figure(an.plot_corpus(table), "01-x", data=table, alt="a", caption="c", folder=tmp_path)
    data = next(p for p in shown.paths if p.suffix == ".csv").read_text(encoding="utf-8")
    assert ",'=HYPERLINK(1)," in data and ",=HYPERLINK" not in data


def test_names_with_markup_are_drawn_as_they_stand(call, tmp_path):
    table = an.count_voices(call)
    table["source"] = table["source"].replace("Sputnik", "$\\frac{1}$ <b> & _x_")
    table.attrs["sources"] = list(pd.unique(table["source"]))
    ax = an.plot_corpus(table)
    assert any("$\\frac{1}$ <b> & _x_" in t.get_text() for t in ax.get_yticklabels())
    shown = an.save_figure(ax, "01-x", data=table, alt="a", caption="c", folder=tmp_path)
    ElementTree.parse(next(p for p in shown.paths if p.suffix == ".svg"))


def test_markdown_shows_text_as_text():
    assert escape_markdown("a|b *c* <d> [e](f) $g$\nh") == r"a\|b \*c\* \<d\> \[e\](f) \$g\$ h"


def test_a_table_without_rows_says_so(call):
    assert "none" in an.show_table(an.count_voices(call).head(0), "Nothing here").markdown


def test_a_long_table_shows_its_first_rows_and_says_how_many_there_are():
    table = pd.DataFrame({"number": range(1500)})
    shown = an.show_table(table, "Many")
    assert shown.html.count("<tr>") == 201 and shown.markdown.count("\n| ") == 201
    assert all("The first 200 of 1,500 rows." in text for text in (shown.html, shown.markdown))
    assert "1,499" in an.show_table(table, "Many", most=1500).markdown


def test_dates_and_short_words_are_not_broken_in_a_notebook():
    table = pd.DataFrame({"date": ["2021-12-07"], "source": ["Arabic wire"], "id": ["a-word-that-is-longer-than-that"]})
    assert ["nowrap" in cell for cell in re.findall("<td[^>]*>", an.show_table(table, "Dates").html)] == [1, 0, 0]


def test_a_long_text_takes_what_the_other_columns_of_a_table_leave():
    def shares(table):
        return [len(part) for part in an.show_table(table, "Widths").markdown.split("\n")[3].strip("|").split("|")]

    small = pd.DataFrame({"found by the dictionary": ["yes", "no"], "n": [1, 2]})
    assert shares(small)[0] == len("dictionary") + shown._GAP  # a heading may take several lines
    long = small.assign(pattern="threat|threatened|threatening|threats", text=["word " * 60, "word " * 400])
    found = shares(long)
    assert found[:2] == shares(small) and found[3] > 3 * found[2] and shown.LINE - 3 <= sum(found) <= shown.LINE
    assert found[2] == len("threatening\\") + shown._GAP  # alternatives are parted at their bars
    names = pd.DataFrame({"source": ["HARBOUR"], "text": ["x" * 300]})
    assert shares(names) == [7 + 3 + shown._GAP, 300 + shown._GAP]  # capitals are wide, and no word is broken


def test_findings_of_a_corpus_without_any_say_so(example, call):
    assert "No findings are written for example yet" in an.show_findings(example, "99_nothing").markdown
    assert "Five articles were read" in an.show_findings(call, "01_corpus").markdown


# ---------------------------------------------------------------------------------------- presets and fonts


@pytest.mark.parametrize("preset", ["single", "one-and-a-half", "double", "slide", "nature-single", "plos-page"])
def test_a_figure_is_drawn_anew_at_the_size_that_is_asked_for(call, tmp_path, preset):
    table = an.count_voices(call)
    shown = an.save_figure(
        an.plot_corpus(table), "01-x", data=table, alt="a", caption="Words", preset=preset, folder=tmp_path
    )
    files = {p.suffix: p for p in shown.paths}
    width = figures.PRESETS[preset].width
    page = PdfReader(files[".pdf"]).pages[0].mediabox
    side = json.loads(files[".json"].read_text(encoding="utf-8"))
    assert float(page.width) / 72 * 25.4 == pytest.approx(width, abs=0.02) and side["preset"] == preset
    assert side["size_mm"] == pytest.approx([width, float(page.height) / 72 * 25.4], abs=0.02)
    svg = ElementTree.parse(files[".svg"]).getroot()
    assert float(svg.get("width").removesuffix("pt")) / 72 * 25.4 == pytest.approx(width, abs=0.02)
    with Image.open(files[".png"]) as image:
        assert image.width == pytest.approx(width / 25.4 * 300, abs=1)
    assert not plt.get_fignums()


def test_a_figure_of_ones_own_gets_the_width_and_keeps_its_height(call, tmp_path):
    with an.style("single"):
        figure, ax = plt.subplots(figsize=(5, 2))
        ax.plot([1, 2])
    shown = an.save_figure(
        figure, "x", data=an.count_voices(call), alt="a", caption="c", preset="single", folder=tmp_path
    )
    page = PdfReader(shown.paths[0]).pages[0].mediabox
    assert [float(page.width) / 72 * 25.4, float(page.height) / 72] == pytest.approx([89, 2], abs=0.01)


def test_a_figure_higher_than_its_page_is_named(call, tmp_path):
    table = an.compare_frames(call, draws=0)
    with pytest.warns(UserWarning, match="mm high, and the page of preset 'single' 240 mm; draw fewer rows"):
        an.save_figure(an.plot_frames(table), "x", data=table, alt="a", caption="c", preset="single", folder=tmp_path)


def test_what_was_changed_on_the_axes_is_kept_at_its_preset_and_said_to_be_lost_at_another(call, tmp_path):
    table = an.count_voices(call)
    options = {"data": table, "alt": "a", "caption": "c", "folder": tmp_path}
    ax = an.plot_corpus(table, preset="single")
    ax.set_title("A title of mine")
    shown = an.save_figure(ax, "01-x", preset="single", **options)
    assert "A title of mine" in shown.paths[1].read_text(encoding="utf-8")
    ax = an.plot_corpus(table, preset="single")
    ax.set_xlim(-5, 5)
    with pytest.warns(UserWarning, match="was changed after it was drawn, and is drawn anew without the changes"):
        an.save_figure(ax, "01-y", preset="double", **options)


@pytest.mark.filterwarnings("error")
def test_a_figure_that_nobody_changed_is_drawn_anew_without_a_word(call, tmp_path):
    table = an.count_voices(call)
    an.save_figure(an.plot_corpus(table), "01-x", data=table, alt="a", caption="c", preset="single", folder=tmp_path)


def test_a_figure_of_ones_own_that_runs_over_its_edge_is_named(call, tmp_path):
    figure, ax = plt.subplots(figsize=(10, 4))
    ax.set_xlabel("a label that is much too long for a single column at this size of type " * 2)
    with pytest.warns(UserWarning, match="runs over its edge"):
        an.save_figure(figure, "x", data=an.count_voices(call), alt="a", caption="c", preset="single", folder=tmp_path)


@pytest.mark.parametrize("blocked", ["01-x.pdf", "index.html"])
def test_a_folder_in_the_way_of_a_file_is_named_before_anything_is_written(call, tmp_path, blocked):
    (tmp_path / blocked).mkdir()
    table = an.count_voices(call)
    with pytest.raises(IsADirectoryError, match=f"cannot write .*{blocked}: a folder has this name"):
        an.save_figure(an.plot_corpus(table), "01-x", data=table, alt="a", caption="c", folder=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [blocked]


@pytest.mark.parametrize(
    ("change", "message"),
    [({"caption": None}, "caption is None; give a text"), ({"data": pd.Series([1])}, "data is a Series; give the table"),
     ({"name": "x" * 300}, "has 300 letters; 100 are the most"), ({"name": None}, "name is None")],
)  # fmt: skip
def test_what_is_no_text_or_no_table_is_refused_in_words(call, tmp_path, change, message):
    options = {"name": "x", "data": an.count_voices(call), "alt": "a", "caption": "c", "folder": tmp_path} | change
    with pytest.raises(ValueError, match=message):
        an.save_figure(plt.figure(), options.pop("name"), **options)
    with pytest.raises(ValueError, match="plot_keyness draws the table that compare_terms gives, not 'list'"):
        an.plot_keyness([1, 2])


def test_an_unknown_preset_writes_nothing(call, tmp_path):
    table = an.count_voices(call)
    with pytest.raises(ValueError, match="no preset 'doubel'; did you mean 'double'"):
        an.save_figure(
            an.plot_corpus(table), "x", data=table, alt="a", caption="c", preset="doubel", folder=tmp_path / "f"
        )
    assert not (tmp_path / "f").exists()


def test_every_font_is_in_the_file(saved):
    pdf, svg = saved.paths[0], saved.paths[1].read_text(encoding="utf-8")
    fonts = [f["/DescendantFonts"][0].get_object() if "/DescendantFonts" in f else f
             for page in PdfReader(pdf).pages for f in (v.get_object() for v in page["/Resources"]["/Font"].values())]  # fmt: skip
    assert fonts and all(f["/FontDescriptor"].get_object().keys() & {"/FontFile2", "/FontFile3"} for f in fonts)
    assert svg.count("@font-face") == 2 and "font-weight:bold" in svg and "700" in svg
    assert all("DejaVu Sans" in style for style in re.findall(r'<text style="([^"]*)"', svg))


def test_the_letters_of_an_svg_are_those_that_it_uses(saved):
    import base64
    import io

    from fontTools.ttLib import TTFont

    svg = saved.paths[1].read_text(encoding="utf-8")
    held = set()
    for data in re.findall(r"base64,([A-Za-z0-9+/=]+)\) format\('truetype'\)", svg):
        held |= set(TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap())
    used = {
        ord(c)
        for t in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
        for c in t.text
        if c != "\n"
    }
    assert used <= held and len(held) < 150


# ----------------------------------------------------------------------------------------------- captions


def test_a_caption_is_built_from_what_the_table_knows(call, example):
    core = call.select(role="core")
    terms = an.compare_terms(core, min_count=3)
    text = write_caption("Terms {scope}, by z.", terms)
    assert text.startswith("Terms in these three articles, by z. 63 sentences; counted: occurrences of terms; independent"
                           " unit: the article.")  # fmt: skip
    for words in ("No interval between articles", "Prior of 200 pseudo-words; terms with 3 occurrences or more",
                  "no permutation of articles can give a p below 0.33", "translation differ with source"):  # fmt: skip
        assert words in text
    sides = write_caption("Words", an.count_sides(example, draws=2_500, seed=3))
    assert "Words in these 36 articles." in sides and "95 %, conditional on these articles" in sides
    assert "B = 2,500, seed 3" in sides
    assert "Wilson" in write_caption("x", an.score_dictionary(call))
    assert "No person has read them." in write_caption("x", an.compare_frames(core))


def test_a_caption_of_a_table_that_knows_nothing_is_the_text_alone():
    assert write_caption("Two  words.", pd.DataFrame({"a": [1]})) == "Two words."


def test_an_empty_table_has_a_caption_that_says_so(call):
    table = an.count_voices(call).head(0)
    assert write_caption("Words {scope}", table) == "Words: there is nothing to draw in this selection."


def test_a_name_in_right_to_left_script_turns_no_number_round(make_folder):
    rows = [{"article_id": "a-1", "source": "صحيفة المدينة"}, {"article_id": "b-1", "source": "Wire"}]
    corpus = an.build_corpus(make_folder({"a-1": "Rain fell.", "b-1": "It was dry."}, rows))
    assert "\u2068صحيفة المدينة\u2069 1 (2)" in corpus.caveat() and "Wire 1 (3)" in corpus.caveat()


def test_a_scope_that_is_said_already_is_not_said_twice(call):
    assert write_caption("Words in these five articles", an.count_voices(call)).count("in these five articles") == 1


CLAIMS = [
    "Sputnik tends to quote Putin", "A tendency to blame", "Sputnik usually quotes Putin", "Reuters uses it significantly more",
    "The gap is significant", "Sputnik is not significantly different from Reuters", "Terms with p < .05",
    "p = .03 for the difference between two sources", "The 95 % interval excludes zero, so the sources differ",
    "This proves that outlets differ", "Fewer threats because of its ideology", "The gap is due to translation",
    "Translation explains the gap", "The translation raises Reuters' polarity", "Because it is state-owned, Sputnik doubts it",
    "The text is biased", "Sputnik's bias is visible", "The NATO frame is absent because the word does not occur",
    "No threat frame since none of its words occur", "There is no military threat frame in teleSUR",
    "The military threat frame is absent from teleSUR's text", "The outlets do not differ",
    "There is no difference between the sources", "Both sources are equally positive",
    "The two texts are about the same in polarity", "Sputnik and teleSUR have the same polarity", "Sputnik is hostile to Biden",
    "A friendly stance towards Russia", "Reuters is more negative than Sputnik", "The text is critical of the US",
    "Negative coverage of Russia", "Sputnik portrays Ukraine negatively", "pro-Russian coverage in Sputnik",
    "A negative tone dominates Reuters", "Sentiment toward Russia by outlet", "The attitude of the outlet towards Kyiv",
    "Sputnik, not Reuters, is hostile to Biden",
]  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_caption_that_claims_too_much_is_refused(call, tmp_path, claim):
    table = an.count_voices(call)
    with pytest.raises(ValueError, match="save_figure: 01-x: caption: .* claims too much: "):
        an.save_figure(an.plot_corpus(table), "01-x", data=table, alt="a", caption=claim, folder=tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="show_table: caption"):
        an.show_table(table, claim)


@pytest.mark.parametrize(
    "text",
    ["Frames of each source {scope}: bars by the reading", "Sentences that readers took for positive, neutral or negative",
     "Bars of the share of words; the axes are the same in all panels", "† translated: the word may be the translator's",
     "Terms drawn towards no difference by a prior", "Expressions with a negative score", "An improved list of cold dishes",
     "No permutation of articles can give a p below .33", "Words of blame, of threat and of denial",
     "No permutation can give p < .05", "Nothing here is significant", "Share of sentences with a positive tone in the reading",
     "Expressions scored as most negative", "Terms that may be due to translation are marked",
     "The military threat frame is absent from teleSUR's text by the reading",
     "Polarity of adjectives, which does not show attitude towards Russia"],
)  # fmt: skip
def test_a_caption_that_describes_is_taken(text):
    check_claims(text, "caption")


def test_a_p_may_be_named_where_something_could_be_tested():
    check_claims("Adjusted p < .05 in three terms", "caption", tested=True)
    with pytest.raises(ValueError, match="nothing could be tested here"):
        check_claims("Adjusted p < .05 in three terms", "caption")


@pytest.mark.parametrize("name", ["call-2021", "example"])
def test_the_findings_claim_nothing_that_a_caption_may_not(name):
    text = (CALL.parent / name / "findings.md").read_text(encoding="utf-8")
    for claim in re.findall(r"^- (.*?)\s+Check: ", text, re.M | re.S):
        check_claims(" ".join(claim.split()), name, tested=name == "example")


def test_an_outlet_may_be_called_anything(call, tmp_path):
    table = an.count_voices(call)
    table.attrs["sources"] = ["Significant Times"]
    an.save_figure(an.plot_corpus(an.count_voices(call)), "01-x", data=table, alt="a", caption="Words of Significant Times",
                   folder=tmp_path)  # fmt: skip


# ------------------------------------------------------------------------------------------- what is refused


def test_an_infinite_number_in_the_data_is_named_and_nothing_written(call, tmp_path):
    table = an.count_voices(call)
    ax = an.plot_corpus(table)
    table.loc[1, "share"] = -np.inf
    with pytest.raises(ValueError, match="row 2 of data has an infinite number in column 'share'"):
        an.save_figure(ax, "01-x", data=table, alt="a", caption="c", folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_missing_numbers_are_empty_cells_and_the_side_file_is_json(call, tmp_path):
    table = an.count_voices(call)
    table["share"] = np.nan
    table.attrs["known"] = {"phi": float("nan"), "all": [np.float64("inf"), 1.5]}
    shown = an.save_figure(plt.figure(), "x", data=table, alt="a", caption="c", folder=tmp_path)
    side = json.loads(shown.paths[-1].read_text(encoding="utf-8"), parse_constant=lambda c: pytest.fail(c))
    assert side["known"] == {"phi": None, "all": [None, 1.5]}
    assert pd.read_csv(tmp_path / "x.csv")["share"].isna().all()


def test_an_empty_table_and_one_row_can_be_saved(call, tmp_path):
    table = an.count_sides(call)
    for n in (0, 1):
        part = table.head(n).copy()
        part.attrs = table.attrs
        shown = an.save_figure(an.plot_sides(part), f"x-{n}", data=part, alt="a", caption="c", folder=tmp_path)
        assert len(pd.read_csv(shown.paths[3])) == n


def test_a_folder_without_permission_is_named_and_keeps_what_it_had(call, tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "_SAVED", {})
    table = an.count_voices(call)
    options = {"data": table, "alt": "a", "caption": "c", "folder": tmp_path}
    an.save_figure(an.plot_corpus(table), "01-x", **options)
    figures._SAVED.clear()
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    write, written = type(tmp_path).write_bytes, []

    def refuse(path, content):
        written.append(path)
        if len(written) > 2:
            raise PermissionError(13, "Permission denied")
        return write(path, content)

    monkeypatch.setattr(type(tmp_path), "write_bytes", refuse)
    with pytest.raises(PermissionError, match="cannot write into .*Permission denied.*give another folder="):
        an.save_figure(an.plot_corpus(table, preset="single"), "01-x", **options)
    monkeypatch.undo()
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def run_script(folder, *lines, **environment):
    script = "\n".join([
        "import analysis as an", f"corpus = an.read_corpus({str(CALL)!r})", "table = an.count_voices(corpus)",
        f"options = dict(alt='a', caption='c', folder={str(folder)!r})", *lines,
    ])  # fmt: skip
    return subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, cwd=ROOT,
                          env={**os.environ, "MPLBACKEND": "agg", **environment}, check=False)  # fmt: skip


def test_a_second_figure_of_the_same_name_in_a_script_is_an_error(tmp_path):
    once = "an.save_figure(an.plot_corpus(table), '01-x', data=table, **options)"
    other = "an.save_figure(an.plot_corpus(table, preset='single'), '01-x', data=table, **options)"
    assert run_script(tmp_path, once, once).returncode == 0  # the same figure again loses nothing
    refused = run_script(tmp_path, once, other)
    assert "save_figure: 01-x has been saved in this run already" in refused.stderr


def test_a_second_figure_of_the_same_name_in_a_run_of_the_study_is_an_error(tmp_path):
    once = "an.save_figure(an.plot_corpus(table), '01-x', data=table, **options)"
    ledger = {RUN: str(tmp_path / "names")}
    assert run_script(tmp_path / "f", once, **ledger).returncode == 0
    again = run_script(tmp_path / "f", once, **ledger)
    assert "01-x has been saved in this run already; give one of the two another name" in again.stderr


# ------------------------------------------------------------------------------------------------- gallery


def test_the_gallery_shows_every_figure_and_asks_for_nothing(call, tmp_path):
    table = an.count_voices(call)
    for name in ("02-b", "01-a"):
        an.save_figure(
            an.plot_corpus(table),
            name,
            data=table,
            alt=f'<b>"{name}"</b>',
            caption="Words & <i>more</i>",
            folder=tmp_path,
        )
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<h2 id="([^"]*)">', page) == ["01-a", "02-b"]
    assert page.count('<img src="data:image/svg+xml;base64,') == 2 and 'lang="en"' in page
    assert "&lt;b&gt;&quot;01-a&quot;&lt;/b&gt;" in page and "<b>" not in page and "<i>" not in page
    links = re.findall(r'href="([^#"]*)"', page)
    assert len(links) == 12 and all((tmp_path / link).exists() for link in links)
    assert not re.search(r"(src|href)=.https?:|@import|<script", page)


def test_figures_of_other_tables_come_last_in_the_gallery(call, tmp_path):
    table = an.count_voices(call)
    for name in ("01-a", "02-b"):
        an.save_figure(an.plot_corpus(table), name, data=table, alt="a", caption="c", folder=tmp_path)
    side = json.loads((tmp_path / "01-a.json").read_text(encoding="utf-8"))
    (tmp_path / "01-a.json").write_text(json.dumps(side | {"checksum": "another"}), encoding="utf-8")
    page = write_gallery(tmp_path, call.checksum).read_text(encoding="utf-8")
    assert re.findall(r'<h[23](?: id="([^"]*)")?>', page) == ["02-b", "", "01-a"]


def test_an_empty_gallery_is_a_page_too_and_other_files_are_no_figures(tmp_path):
    for name, content in {"a": "[1]", "b": "{", "c": '{"name": "c"}'}.items():
        (tmp_path / f"{name}.json").write_text(content, encoding="utf-8")
    assert "<h1>Figures</h1>" in write_gallery(tmp_path).read_text(encoding="utf-8")
