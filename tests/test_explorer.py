"""The explorer of terms: what its controls ask for, what it shows and saves, and the sentences behind a term."""

from html import unescape
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import EXAMPLE, copy_corpus, folder_maker_in
from hypothesis import given
from hypothesis import strategies as st

import analysis as an
from analysis.explorer.marked import find_evidence, find_forms, show_evidence
from analysis.explorer.view import ALL, MEASURES, VOICES, View, write_code
from analysis.text import normal_form, tokenize


@pytest.fixture
def home(tmp_path):
    """The example corpus in a folder of its own, so that what is saved goes there."""
    return copy_corpus(EXAMPLE, tmp_path / "corpus" / "example", text=True)


@pytest.fixture
def explorer(home):
    return an.explore(an.read_corpus(home))


def shown(explorer, part):
    return explorer._shown[part]._data["text/html"]


def offered(explorer):
    return [value for _, value in explorer.controls["term"].options]


# --------------------------------------------------------------------------------------------- what follows


def test_at_first_the_core_sources_are_compared_in_all_voices(explorer, example):
    core = example.select(role="core")
    expected = an.compare_terms(core, min_count=3, draws=0)
    pd.testing.assert_frame_equal(explorer.terms, expected)
    first = [(s, t, k) for s in core.sources for t, k in expected[(expected["source"] == s) & (expected["count"] >= 2)]
             [["term", "kind"]].head(6).itertuples(index=False)]  # fmt: skip
    assert offered(explorer) == first and explorer.controls["term"].value == first[0]
    assert 'alt="Forest chart' in shown(explorer, "chart") and "<table" in shown(explorer, "table")


def test_every_control_changes_what_is_compared(explorer, example):
    controls = explorer.controls
    controls["sources"].value = ("State Herald", "La Voz Obrera")
    controls["voice"].value = "quotations and indirect speech"
    controls["side"].value = "Verrany"
    controls["measure"].value = "log-likelihood G2"
    controls["min_count"].value, controls["n"].value = 2, 5
    controls["names"].value = controls["offices"].value = True
    chosen = example.select(source=["State Herald", "La Voz Obrera"], voice=["quote", "reported"], side="Verrany")
    expected = an.compare_terms(chosen.keep(names=False, offices=False), min_count=2, draws=0)
    pd.testing.assert_frame_equal(explorer.terms, expected)
    tops = expected[(expected["g2"] > 0) & (expected["count"] >= 2)].sort_values(
        ["g2", "term"], ascending=[False, True]
    )
    assert [t for s, t, _ in offered(explorer) if s == "State Herald"] == tops[tops["source"] == "State Herald"][
        "term"
    ].head(5).tolist()
    assert "ordered by log-likelihood G2" in shown(explorer, "table")


def test_the_term_that_was_chosen_stays_while_it_is_there(explorer):
    explorer.controls["term"].value = ("State Herald", "order", "word")
    explorer.controls["n"].value = 3
    assert explorer.controls["term"].value == ("State Herald", "order", "word")
    assert "<strong>order</strong> in State Herald" in shown(explorer, "sentences")
    explorer.controls["sources"].value = ("Harbour Wire", "Morning Ledger")
    assert explorer.controls["term"].value == offered(explorer)[0]


def test_choices_that_leave_nothing_say_so_and_the_next_ones_work(explorer):
    explorer.controls["sources"].value = ("State Herald",)
    assert "Choose two sources or more" in shown(explorer, "chart") and shown(explorer, "table") == ""
    assert offered(explorer) == [] and explorer._buttons["figure"].disabled
    explorer.controls["sources"].value = ("State Herald", "Harbour Wire")
    assert 'alt="Forest chart' in shown(explorer, "chart") and not explorer._buttons["figure"].disabled
    explorer.controls["min_count"].value = 10_000
    assert "no term here occurs 10000 times" in shown(explorer, "chart")


def test_translated_texts_can_be_left_out_where_there_are_any(call, example):
    of_call, native = an.explore(call), an.explore(example.select(translation="none"))
    assert not of_call.controls["translated"].disabled and native.controls["translated"].disabled
    of_call.controls["translated"].value = True
    native = call.select(role="core", translation="none")
    pd.testing.assert_frame_equal(of_call.terms, an.compare_terms(native, min_count=3, draws=0))
    assert "translation='none'" in of_call.code()


def test_what_changes_is_said_to_screen_readers(explorer):
    assert 'role="status"' in shown(explorer, "said")
    assert f">Terms in the chart: {len(offered(explorer))}, ordered by weighted log-odds" in shown(explorer, "said")
    source, term, _ = offered(explorer)[1]
    explorer.controls["term"].index = 1
    assert f">Sentences with {term} in {source}: " in shown(explorer, "said")
    explorer.controls["n"].value = 2
    assert f">Terms in the chart: {len(offered(explorer))}, " in shown(explorer, "said") and len(offered(explorer)) < 10
    explorer._buttons["code"].click()
    assert ">Saved as 07-explorer.py<" in shown(explorer, "said")
    explorer.controls["min_count"].value = 1_000_000
    assert "><" in shown(explorer, "said") and 'role="alert"' in shown(explorer, "chart")


def test_it_leaves_no_figure_open(explorer):
    before = plt.get_fignums()
    explorer.controls["n"].value = 4
    assert plt.get_fignums() == before


def test_what_cannot_be_explored_is_refused(example):
    with pytest.raises(
        ValueError, match="sources are compared, two or more; in this selection there is 'State Herald'"
    ):
        an.explore(example.select(source="State Herald"))
    with pytest.raises(ValueError, match="give a corpus, as from read_corpus, not 'str'"):
        an.explore("example")


# ----------------------------------------------------------------------------------------------- what is saved


@pytest.mark.parametrize("measure", MEASURES)
def test_the_code_makes_the_figure_that_is_saved(explorer, home, measure):
    explorer.controls["measure"].value, explorer.controls["names"].value = measure, True
    explorer.controls["voice"].value = "the outlet's own words"
    saved = explorer.save_figure()
    assert saved.paths[0].parent == home.parents[1] / "figures" / "example"
    assert {p.name for p in saved.paths} == {
        f"07-explorer.{kind}" for kind in ("pdf", "svg", "png", "csv", "txt", "json")
    }
    before = {path: path.read_bytes() for path in saved.paths}
    code = explorer.save_code()
    exec(compile(code.read_text(encoding="utf-8"), code, "exec"), {})
    assert {path: path.read_bytes() for path in saved.paths} == before
    caption = (home.parents[1] / "figures" / "example" / "07-explorer.txt").read_text(encoding="utf-8")
    assert (
        "in the outlet's own words in these 27 articles" in caption and "Terms that are names are left out." in caption
    )


def test_the_code_begins_with_the_selection_that_was_opened(home):
    whole, two = an.read_corpus(home), np.array(["Harbour Wire", "State Herald"])
    for opened in (
        whole.select(phase="after").keep(kind="word"),
        whole.keep(min_count=8).select(source=list(two)),
        whole.keep(min_count=8).keep(min_count=2).select(voice="outlet").select(section="body"),
    ):
        explorer = an.explore(opened)
        code = explorer.code().partition("an.save_figure(")[0]
        names = {}
        exec(compile(code, "code", "exec"), names)
        pd.testing.assert_frame_equal(names["terms"], explorer.terms)
    caption = explorer.view.caption(explorer.corpus)
    assert "; voice: outlet; section: body; min count: 8" in caption


def test_nothing_is_saved_of_a_view_that_shows_nothing(explorer, home):
    explorer.controls["sources"].value = ("State Herald",)
    assert explorer.code() == "# Under these choices there is nothing to draw.\n"
    for save in (explorer.save_figure, explorer.save_code):
        with pytest.raises(ValueError, match="there is nothing to save"):
            save()
    assert not (home.parents[1] / "figures").exists()


def test_what_was_saved_before_stays(explorer):
    first = explorer.save_figure()
    before = {path: path.read_bytes() for path in first.paths}
    explorer.controls["n"].value = 3
    second = explorer.save_figure()
    assert {p.stem for p in second.paths} == {"07-explorer-2"} and {p: p.read_bytes() for p in first.paths} == before
    assert explorer.save_code().name == "07-explorer-2.py"  # the code of that figure
    explorer.controls["voice"].value = "quotations"
    assert "'07-explorer-3'," in explorer.code()  # running it leaves both figures as they are
    assert explorer.save_code().name == "07-explorer-3.py"
    again = an.explore(explorer.corpus)  # knows nothing of what was saved before
    assert again.save_code().name == "07-explorer-4.py"


@pytest.mark.parametrize("button", ["figure", "code"])
def test_a_name_that_is_none_is_told_and_nothing_is_written(explorer, home, button):
    explorer.controls["name"].value = "../<b>up</b>"
    explorer._buttons[button].click()
    told = shown(explorer, "told")
    assert 'role="alert"' in told and "<b>" not in told and "lower-case letters" in told
    assert not (home.parents[1] / "figures").exists() and not list(home.parents[1].rglob("*up*"))


def test_a_name_with_quotes_is_a_literal_in_the_code(example):
    view = View(("Harbour Wire", 'it\'s "here"\n'), side="x'); import os; ('")
    code = write_code(example, view, "07-x", "alt '''")
    assert compile(code, "code", "exec") and repr('it\'s "here"\n') in code


def test_captions_of_all_choices_can_be_saved(explorer, tmp_path):
    for voice in VOICES:
        for side in (ALL, "Verrany"):
            view = View(("Harbour Wire", "State Herald"), voice=voice, side=side, translated=False)
            an.save_figure(plt.figure(), "07-x", data=explorer.terms, alt=view.alt(explorer.terms), caption=view.caption(explorer.corpus),
                           folder=tmp_path / f"{voice} {side}")  # fmt: skip


# ----------------------------------------------------------------------------------------------- the sentences


def test_every_occurrence_is_marked_in_the_voice_that_counts(example):
    chosen = example.select(voice=["quote", "reported"])
    terms = an.compare_terms(chosen, min_count=6, draws=0)
    for row in terms[(terms["count"] > 0) & ~terms["term"].str.contains("teachers|'")].itertuples():
        found, n, occurrences = find_evidence(example, chosen, row.source, row.term, row.kind, 1_000)
        assert len(found) == n and occurrences == row.count == sum(e.count for e in found)
        assert sum(len(e.marks) for e in found) == row.count, row.term
        assert not any("alike" in show_evidence("", "", [e], 1, 1) for e in found)
        assert not any("own words" in e.told or "scare" in e.told for e in found)


def test_marks_that_only_look_alike_are_told(example):
    found, n, occurrences = find_evidence(example, example, "Morning Ledger", "teachers", "word")
    page = show_evidence("Morning Ledger", "teachers", found, n, occurrences)
    assert sum(len(e.marks) for e in found) > occurrences and page.count("what is marked looks alike; 1 counted") == 1


def test_what_a_selection_leaves_out_of_a_sentence_has_dots(example):
    own = example.select(voice="outlet")
    found, *_ = find_evidence(own, own, "Harbour Wire", "said", "word", 100)
    assert any("… " in e.text for e in found)


def test_spellings_that_count_as_one_term_are_marked(example):
    found, *_ = find_evidence(example, example, "Morning Ledger", "percent", "word", 100)
    marked = {e.text[start:end].lower() for e in found for start, end in e.marks}
    assert marked == {"percent", "per cent"} or marked == {"per cent"}


def test_only_the_first_sentences_are_shown_and_the_rest_counted(example):
    found, n, occurrences = find_evidence(example, example, "Harbour Wire", "said", "word", 20)
    assert (len(found), n, occurrences) == (20, 86, 87)
    assert "87 occurrences in 86 sentences; the first 20:" in show_evidence(
        "Harbour Wire", "said", found, n, occurrences
    )


def test_without_the_text_its_terms_stand_there(call):
    found, n, occurrences = find_evidence(call, call, "teleSUR", "nato", "word")
    page = show_evidence("teleSUR", "nato", found, n, occurrences)
    assert all(not e.known and e.marks == [] for e in found) and "needs text; its terms:" in page
    assert "into the text/ folder of the corpus" in page and "quotation of" in page


def test_a_sentence_is_put_together_as_it_stands_in_the_text(example):
    found, *_ = find_evidence(example, example, "Harbour Wire", "said", "word", 1_000)
    raw = {
        p.stem: " ".join(p.read_text(encoding="utf-8").split()) for p in (EXAMPLE / "text").glob("harbourwire-*.txt")
    }
    assert np.mean([e.text in raw[e.article_id] for e in found]) > 0.95  # others had a dateline or a mark in between


def test_hostile_words_are_text(tmp_path):
    hostile = '<script>alert(1)</script> & "quoted"'
    make = folder_maker_in(tmp_path)
    texts = {f"{name}-1": f"The border talks {hostile} failed in {name}. " * 3 for name in ("ab", "cd")}
    rows = [{"article_id": a, "source": f"<b>{a}</b>", "role": "core", "title": hostile} for a in texts]
    corpus = an.build_corpus(make(texts, rows))
    explorer = an.explore(corpus)
    explorer.controls["term"].value = offered(explorer)[0]
    for part in ("chart", "table", "sentences"):
        page = shown(explorer, part)
        assert "<script" not in page and "<b>" not in page
    assert "alert" in unescape(shown(explorer, "sentences"))


@given(st.lists(st.sampled_from(["red", "line", "Red", "lines", "the", "U.S.", "red-line", ",", "("]), max_size=12))
def test_marks_are_runs_of_words_that_do_not_overlap(pieces):
    text, forms = " ".join(pieces), {("red",), ("red", "line"), ("u.s.",)}
    marks = list(find_forms(text, forms))
    assert all(one[1] <= other[0] for one, other in pairwise(marks))
    for start, end in marks:
        assert tuple(normal_form(token.text) for token in tokenize(text[start:end])) in forms
    words = [normal_form(token.text) for token in tokenize(text)]
    assert len(marks) == sum(word in ("red", "u.s.") for word in words)
