"""The rules against a reading."""

import pandas as pd
import pytest
from conftest import EXAMPLE, copy_corpus, stated_on_methods

import analysis as an
from analysis.__main__ import main

HEADER = "article_id,start,end,kind,speaker,side,verb\n"
TEXT = "“We stay,” said Abel Orn. The dam, he said, would hold. It rained."


def scored(folder, gold):
    (folder / "voices_gold.csv").write_text(HEADER + gold, encoding="utf-8")
    table = an.score_voices(folder)
    return table.set_index("measure")["value"].to_dict()


def without_scare(values):
    """Leave out what no text here has."""
    return {measure: value for measure, value in values.items() if not measure.startswith("scare")}


@pytest.fixture
def folder(make_folder):
    return make_folder({"a-1": TEXT})


def row(text, kind, speaker="Abel Orn", side="other"):
    start = TEXT.index(text)
    return f"a-1,{start},{start + len(text)},{kind},{speaker},{side},say\n"


def test_a_perfect_reading_scores_one(folder):
    gold = row("“We stay,”", "quote") + row("The dam", "reported") + row("would hold", "reported")
    assert set(without_scare(scored(folder, gold)).values()) == {1.0}


def test_marks_and_stops_do_not_matter_words_do(folder):
    gold = row("We stay", "quote") + row("The dam,", "reported") + row("would hold.", "reported")
    assert set(without_scare(scored(folder, gold)).values()) == {1.0}
    part = scored(folder, row("We", "quote") + row("The dam", "reported") + row("would hold", "reported"))
    assert part["quotation: span F1, exact"] == 0 and part["quotation: span F1, overlap"] == 1
    assert part["voice of a word"] == pytest.approx(12 / 13)


def test_a_missed_stretch_has_a_wrong_side_and_a_false_one_costs(folder):
    gold = row("“We stay,”", "quote", side="north") + row("It rained", "reported")
    found = scored(folder, gold)
    assert found["quotation: side"] == 0 and found["quotation: speaker"] == 1
    assert found["indirect speech: side"] == 0 and found["indirect speech: span F1, exact"] == 0


def test_a_label_is_no_voice_and_a_scare_quote_in_a_quotation_is_the_quotations(folder):
    gold = row("“We stay,”", "quote") + row("stay", "scare", "", "") + row("The dam", "reported")
    gold += row("would hold", "reported") + row("rained", "label", "", "")
    assert set(without_scare(scored(folder, gold)).values()) == {1.0}


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ("b-1,0,3,quote,x,y,say\n", "article_id 'b-1' stands in no row"),
        ("a-1,0,999,quote,x,y,say\n", "a-1, 0 to 999: the text has 66 characters"),
        ("a-1,0,3,direct,x,y,say\n", "kind 'direct' is not one of quote, reported, scare, label"),
        ("a-1,24,26,quote,x,y,say\n", "24 to 26: has no word"),
    ],
)
def test_a_faulty_row_is_named(folder, gold, message):
    with pytest.raises(ValueError, match=message):
        scored(folder, gold)


def test_a_corpus_without_a_reading_says_so(capsys):
    assert main(["voices", "--score", "call-2021"]) == 1
    assert "has no voices_gold.csv" in capsys.readouterr().err


def test_the_numbers_of_the_page_on_methods_are_those_that_the_command_prints(capsys):
    assert main(["voices", "--score", "example"]) == 0
    printed = capsys.readouterr().out
    table = an.score_voices(EXAMPLE).pivot(index="measure", columns="part", values="value")
    said = stated_on_methods()
    rows = {
        "quotations and scare quotes, exact words: F1": "quotation: span F1, exact",
        "the same, overlapping words: F1": "quotation: span F1, overlap",
        "scare quotes alone, exact words: F1": "scare quote: span F1, exact",
        "indirect speech, exact words: F1": "indirect speech: span F1, exact",
        "voice of a word": "voice of a word",
        "side of a quotation": "quotation: side",
        "side of indirect speech": "indirect speech: side",
    }
    for label, measure in rows.items():
        tuning, final = (f"{table.loc[measure, part]:.3f}" for part in ("tuning", "final"))
        assert said[label] == [tuning[1:], final[1:]]
        assert tuning in printed and final in printed


def test_the_reading_has_its_kinds_and_a_third_of_it_is_final():
    gold = pd.read_csv(EXAMPLE / "voices_gold.csv", keep_default_na=False)
    kinds = gold["kind"].value_counts()
    assert kinds["quote"] >= 200 and kinds["reported"] >= 100 and kinds["scare"] and kinds["label"]
    articles = gold.groupby("part")["article_id"].nunique()
    assert articles["final"] * 3 == articles.sum() == 36


def test_rules_hold_what_they_reach(example):
    table = an.score_voices(EXAMPLE).pivot(index="measure", columns="part", values="value")
    assert (table.loc["quotation: span F1, exact"] >= 0.95).all()
    assert (table.loc["voice of a word"] >= 0.94).all()


def test_a_corpus_needs_no_table_of_sides(tmp_path):
    folder = copy_corpus(EXAMPLE, tmp_path / "corpus" / "example", text=True)
    (folder / "sides.toml").unlink()
    corpus = an.build_corpus(folder)
    assert set(corpus.passages["side"]) == {"", "other", "unattributed"}


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("sides_toml", '[[side]]\nname = "a"\n', "sides.toml: .*number 1 lacks reason"),
        ("sides_toml", '[[side]]\nname = "a"\nreason = "r"\nhe = "Orn"\n', "he = 'Orn' is not a list"),
        ("sides_toml", '[[side]]\nname="a"\nreason="r"\nhe=["Orn"]\n[[side]]\nname="b"\nreason="r"\nhe=["Orn"]\n', "'Orn' stands on two sides"),
        ("voices_toml", '[[verbs]]\nclass="n"\nreason="r"\nforms=["say said"]\n', "number 1 lacks takes"),
        ("voices_toml", '[[verbs]]\nclass="n"\nreason="r"\ntakes="all"\nforms=["say said"]\n', "takes = 'all' is not one of clause"),
        ("voices_toml", '[attributions]\nreason="r"\ntakes="clause"\nforms=["as per"]\n', "one bracket too few"),
        ("grammar_toml", '[links]\nreason="r"\nwords="and"\n', r"grammar.toml lacks \[addressed\]"),
        ("voices_toml", 'labels = 3\n', "stands outside a table"),
        ("grammar_toml", '[verbs]\nreason="r"\nwords="say"\n', "unknown table 'verbs'; known: addressed"),
    ],
)  # fmt: skip
def test_a_faulty_word_list_is_named(make_folder, file, content, message):
    with pytest.raises(ValueError, match=message):
        an.build_corpus(make_folder({"a-1": TEXT}, **{file: content}))
