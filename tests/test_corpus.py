"""The corpus in memory, and its evidence."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from conftest import CALL, EXAMPLE, copy_corpus, needs_articles

import analysis as an
from analysis.loading import list_forms
from analysis.text import tokenize, written_form


def test_four_spellings_of_one_selection_agree(example):
    ways = [
        example.select(role="core", voice="outlet"),
        example.select(voice="outlet").select(role="core"),
        example.select(role=["core"], voice=["outlet"]),
        example.select(source=["Harbour Wire", "Morning Ledger", "State Herald"], voice=["outlet", "scare"]),
    ]
    assert len({(len(c.articles), len(c.passages), int(c.counts.sum())) for c in ways}) == 1


def test_a_selection_by_voice_keeps_articles_so_that_zeros_stay_visible(example):
    quoted = example.select(voice="quote", source="Harbour Wire", section="subhead")
    assert len(quoted.articles) == 9 and quoted.passages.empty
    assert quoted.words("article_id").tolist() == [0] * 9


def test_voices_part_the_corpus(example):
    parts = [example.select(voice=v) for v in ("outlet", "reported", "quote")]
    assert sum(int(p.counts.sum()) for p in parts) == example.counts.sum()


def test_counts_by_source_are_the_rows_of_the_table(example):
    tables = example.tables
    long = tables["terms"].merge(tables["articles"][["article_id", "source"]])
    expected = long.groupby(["term", "kind", "source"])["count"].sum()
    counted = example.by("source")
    assert counted.loc[("talks", "word")].to_dict() == expected["talks", "word"].to_dict()
    assert counted.to_numpy().sum() == expected.sum()


def test_capitals_are_those_of_the_text(example):
    rows = list_forms(example.tables, case=True)
    counted = rows[rows["kind"] == "word"].groupby("form")["count"].sum()
    found = Counter(written_form(token.text) for text in example.texts for token in tokenize(text))
    names = {word for name in counted.index if " " in name for word in (*name.split(), name)}
    brackets = {"F.T.A.", "N.T.C.", "Q.W.F."}  # after the name that they are short for
    compounds = {"Talvian-Verranian", "Verranian-Sundmari"}  # one for each of two
    others = counted[~counted.index.isin(names | brackets | compounds)]
    assert others.to_dict() == {word: found[word] for word in others.index} and len(others) > 2000
    assert (others.index != others.index.str.lower()).sum() > 300


def test_keep_drops_rare_terms_and_those_of_one_article(example):
    kept = example.keep(min_count=5, min_articles=2, kind="word")
    assert "barge" not in set(kept.terms["term"]) and "talks" in set(kept.terms["term"])
    assert kept.counts.sum(axis=0).min() >= 5 and set(kept.terms["kind"]) == {"word"}


def test_what_was_kept_is_told_by_the_stricter_of_two_thresholds(example):
    twice = example.keep(min_count=5, kind="word").keep(min_count=2, min_articles=3)
    assert twice.kept == {"min_count": 5, "kind": "word", "min_articles": 3}
    assert twice.counts.sum(axis=0).min() >= 5


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"sauce": "Reuters"}, KeyError, "no column 'sauce'; did you mean 'source'"),
        ({"source": "Reuter"}, ValueError, "source 'Reuter' does not occur; did you mean 'Reuters'"),
        ({"voice": "outlets"}, ValueError, "voice 'outlets' does not occur; did you mean 'outlet'"),
    ],
)
def test_an_unknown_column_or_value_offers_the_nearest(call, values, error, message):
    with pytest.raises(error, match=message):
        call.select(**values)


def test_the_design_says_what_can_be_tested(call, example):
    core = call.select(role="core").design()
    assert core["floor"].tolist() == [1 / 3] * 3 and not core["testable"].any()
    replicated = example.select(role="core").design()
    assert replicated["floor"].tolist() == pytest.approx([1 / 4686825] * 3) and replicated["testable"].all()


def test_the_caveat_speaks_of_the_articles_at_hand(call, example):
    assert "no permutation of articles can give a p below 0.33" in call.select(role="core").caveat()
    assert "Descriptive" not in example.caveat()
    assert call.select(role="core").scope() == "in these three articles"
    assert call.select(source="Reuters").scope() == "in this one article"


def test_the_caveat_names_the_sources_that_cannot_be_tested(example):
    one_of_each = {s: g["article_id"].iloc[0] for s, g in example.articles.groupby("source")}
    few = example.select(article_id=[one_of_each["Harbour Wire"], one_of_each["La Voz Obrera"],
                                     *example.articles.query("source == 'State Herald'")["article_id"]])  # fmt: skip
    assert few.design()["testable"].tolist() == [False, True, False]
    assert "Descriptive for Harbour Wire, La Voz Obrera: no permutation" in few.caveat()


def test_a_table_knows_what_was_selected(call):
    table = an.compare_terms(call.select(role="core").select(voice="outlet"))
    assert table.attrs["selection"] == {"role": ["core"], "voice": ["outlet"]}


def test_sources_keep_their_order_whatever_is_selected(call):
    assert call.sources[:3] == ["Reuters", "Sputnik", "teleSUR"]
    assert call.select(source=["teleSUR", "Reuters"]).groups("source") == ["Reuters", "teleSUR"]


# ---------------------------------------------------------------------------------------------- evidence


def test_a_count_and_its_concordance_agree(example):
    for term in ("talks", "order", "costs"):
        total = example.by("source").loc[(term, "word")]
        lines = an.concordance(example, term)
        assert lines.groupby("source")["count"].sum().to_dict() == total[total > 0].to_dict()
        assert lines["text"].str.lower().str.contains(term).all()


def test_the_first_pieces_of_evidence_are_the_first_of_all(example):
    shown = {
        "water*": lambda **how: an.concordance(example, "water*", **how),
        "quotations": lambda **how: an.read_passages(example, voice="quote", **how),
        "frame": lambda **how: an.read_frame(example, example.codebook.codes[0], **how),
        "fact": lambda **how: an.read_fact(example, example.facts[0].code, **how),
    }
    for name, show in shown.items():
        every, some = show(), show(most=3)
        assert len(some) == 3 < len(every) == every.attrs["found"] == some.attrs["found"], name
        pd.testing.assert_frame_equal(some, every.head(3))
        assert show(most=0).empty


def test_without_text_the_concordance_shows_the_terms_and_says_how_to_add_texts(call):
    lines = an.concordance(call, "guarantees")
    assert lines["text"].tolist() == ["needs text; its terms: " + terms for terms in lines["terms"]]
    terms = lines["terms"].iloc[0].split(", ")
    assert "guarantees" in terms and terms == sorted(terms)
    assert "corpus/call-2021/text/" in lines.attrs["needs_text"]


@needs_articles
def test_with_text_the_concordance_shows_sentences():
    lines = an.concordance(an.read_corpus(CALL), "guarantees")
    assert lines["text"].str.contains("guarantees").all() and "note" not in lines.attrs


def test_a_beginning_finds_all_terms_that_begin_so(example):
    lines = an.concordance(example, "negotiat*")
    counted = example.by("source")
    begins = counted.index.get_level_values("term").str.startswith("negotiat")
    assert lines["count"].sum() == counted[begins].to_numpy().sum() > 0


def test_an_unknown_term_offers_the_nearest_and_a_spelling_its_term(call):
    with pytest.raises(KeyError, match="did you mean 'guarantees'"):
        an.concordance(call, "garantees")
    with pytest.raises(KeyError, match="'kiev' is a spelling that is counted as 'kyiv'"):
        an.concordance(call, "kiev")


def test_spellings_are_counted_apart(call):
    forms = an.count_forms(call, "united states")
    assert (
        forms.groupby("source")["count"].sum().to_dict() == call.by("source").loc[("united states", "word")].to_dict()
    )
    assert {"us", "u.s.", "american", "america", "states united"} <= set(forms["form"])


def test_a_count_in_a_passage_that_is_not_there_is_an_error(tmp_path):
    folder = copy_corpus(EXAMPLE, tmp_path / "corpus" / "example", text=False)
    terms = (
        (folder / "terms.csv").read_text(encoding="utf-8").replace("harbourwire-dam,1,1,", "harbourwire-dam,1,77,", 1)
    )
    (folder / "terms.csv").write_text(terms, encoding="utf-8")
    with pytest.raises(ValueError, match="passages.csv has no row harbourwire-dam, 1, 77"), pytest.warns(UserWarning):
        an.read_corpus(folder)


def test_what_was_changed_since_the_build_is_said(tmp_path):
    folder = copy_corpus(EXAMPLE, tmp_path / "corpus" / "example", text=False)
    codebook = (folder / "codebook.toml").read_text(encoding="utf-8")
    (folder / "codebook.toml").write_text(codebook.replace('"prices"', '"expenses"'), encoding="utf-8")
    with pytest.warns(UserWarning, match="codebook.toml was changed after the tables were built with it"):
        an.read_corpus(folder)


def test_a_corpus_that_was_not_built_says_so(make_folder):
    with pytest.raises(ValueError, match="tiny has not been built; run python -m analysis build tiny"):
        an.read_corpus(make_folder({"a-1": "It rained."}))


@pytest.mark.parametrize(("term", "message"), [("the", "is a function word"), ("*", "give a term")])
def test_a_term_that_is_none_is_explained(call, term, message):
    with pytest.raises((KeyError, ValueError), match=message):
        an.concordance(call, term)


def test_measures_do_not_change_the_corpus(example):
    before = example.counts.copy()
    an.compare_terms(example.select(role="core"))
    an.vectorize(example, weighting="tfidf")
    assert np.array_equal(before.toarray(), example.counts.toarray())


def test_the_design_says_what_each_group_rests_on(example, call):
    table = example.design().set_index("source")
    assert table["articles"].sum() == 36 and (table["shortest"] <= table["longest"]).all()
    assert table["n_words"].sum() == example.passages["n_words"].sum()
    # the wire copy of two events stands in three outlets
    assert table["copied"].to_dict() == {"Harbour Wire": 2, "Morning Ledger": 2, "State Herald": 2, "La Voz Obrera": 0}
    phases = example.design("phase")
    assert (
        phases["articles"].sum() == 36 and phases["testable"].all() and phases["phases"].tolist() == ["after", "before"]
    )
    core = call.select(role="core").design()
    assert core["floor"].tolist() == pytest.approx([1 / 3] * 3) and core.attrs["omnibus_floor"] == 1
    alone = call.select(source="Sputnik").design()
    assert alone["floor"].tolist() == [1] and not alone["testable"].any() and "omnibus_floor" not in alone.attrs
    with pytest.raises(ValueError, match="no column of articles.csv; did you mean 'source'"):
        call.design("sources")
