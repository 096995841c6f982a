"""Measures: by hand, against another program, by relation."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

import analysis as an
from analysis import compare
from analysis.terms import read_lexicons
from analysis.text import normal_form, tokenize


@pytest.fixture
def plain(make_folder):
    """Three articles without spellings to unify, so that scikit-learn counts the same words."""
    texts = {
        "a-1": "Rain fell on the dam. The dam held, and “rain fell again”, she said.",
        "a-2": "No rain fell. Prices rose by 3,500 crowns.",
        "b-1": "The dam's keeper spoke of prices, prices and costs. It isn't rain.",
    }
    return an.build_corpus(make_folder(texts))


def analyzer(corpus):
    stopwords = read_lexicons(corpus.folder)[""].stopwords
    return lambda text: [f for f in (normal_form(t.text) for t in tokenize(text)) if f not in stopwords]


def documents(corpus):
    return [(corpus.folder / "text" / f"{a}.txt").read_text(encoding="utf-8") for a in corpus.articles["article_id"]]


def test_counts_are_those_of_countvectorizer(plain):
    oracle = CountVectorizer(analyzer=analyzer(plain))
    expected = oracle.fit_transform(documents(plain)).toarray()
    vectors = an.vectorize(plain)
    assert list(vectors.columns) == list(oracle.get_feature_names_out())
    assert np.array_equal(vectors.to_numpy(), expected)


def test_tfidf_and_cosine_are_those_of_scikit_learn(plain):
    expected = TfidfVectorizer(analyzer=analyzer(plain)).fit_transform(documents(plain))
    assert an.vectorize(plain, weighting="tfidf").to_numpy() == pytest.approx(expected.toarray())
    pairs = an.compare_articles(plain).set_index(["article_id", "other_id"])["cosine"]
    cosine = cosine_similarity(expected)
    assert pairs.tolist() == pytest.approx([cosine[0, 1], cosine[0, 2], cosine[1, 2]])


def test_units_of_every_size_sum_to_the_same_counts(example):
    sums = [an.vectorize(example, unit).sum().sum() for unit in ("passage", "sentence", "article", "source")]
    assert len(set(sums)) == 1


@pytest.mark.parametrize("wrong", [{"unit": "word"}, {"weighting": "bm25"}])
def test_an_unknown_unit_or_weighting_is_refused(plain, wrong):
    with pytest.raises(ValueError, match="is not"):
        an.vectorize(plain, **wrong)


def test_shared_wire_copy_stands_out(example):
    pairs = an.compare_articles(example).sort_values("shared_5grams", ascending=False)
    top = {frozenset(p) for p in pairs.head(2)[["article_id", "other_id"]].to_numpy().tolist()}
    assert all(any(a.startswith("harbourwire-") for a in pair) for pair in top)
    assert pairs["shared_5grams"].iloc[0] > 50


def test_of_many_articles_the_pairs_with_shared_text_are_compared(example, monkeypatch):
    pair = ["article_id", "other_id"]
    every = an.compare_articles(example).set_index(pair)
    monkeypatch.setattr(compare, "LISTED", 30)
    listed = example.tables["overlap"].query("share >= 0.02")
    some = an.compare_articles(replace(example, tables={**example.tables, "overlap": listed}))
    assert "only those pairs" in some.attrs["note"] and 0 < len(some) < len(every)
    assert some[pair].to_numpy().tolist() == listed[pair].to_numpy().tolist()
    pd.testing.assert_frame_equal(some.set_index(pair), every.loc[some.set_index(pair).index], check_names=False)


# ---------------------------------------------------------------------------------------- framing vocabulary


def test_a_rate_is_occurrences_per_thousand_words(call):
    table = an.count_vocabulary(call).set_index(["source", "pattern"])
    row = table.loc[("teleSUR", "nato")]
    assert row["per_1000"] == pytest.approx(1000 * row["count"] / row["n_words"])
    assert (row["count"], row["articles"], row["n_articles"]) == (3, 1, 1)


def test_every_indicator_has_a_row_in_every_source_zeros_too(example):
    table = an.count_vocabulary(example)
    assert len(table) == len(example.indicators) * 4
    assert (table["count"] == 0).any()


def test_the_vocabulary_of_voices_sums_to_all_of_it(example):
    whole = an.count_vocabulary(example)["count"]
    parts = [an.count_vocabulary(example.select(voice=v))["count"] for v in ("outlet", "reported", "quote")]
    assert (sum(parts) == whole).all()


def test_a_prefix_counts_every_term_that_begins_so(example):
    table = an.count_vocabulary(example).set_index(["pattern", "source"])["count"]
    terms = example.by("source").reset_index()
    for pattern in ("tariff*", "arrest*"):
        expected = terms[terms["term"].str.startswith(pattern[:-1]) & (terms["kind"] == "word")]
        assert table[pattern].to_dict() == expected[list(table[pattern].index)].sum().to_dict()


# ----------------------------------------------------------------------------------------------- sentiment


# ---------------------------------------------------------------------------------------- voices and cleaning


def test_shares_of_voices_sum_to_one(example):
    for by in ("article_id", "source"):
        table = an.count_voices(example, by=by)
        assert table.groupby(by)["share"].sum().to_numpy() == pytest.approx(1)
        assert table["n_words"].sum() == example.passages["n_words"].sum()


def test_removed_lines_are_counted_by_rule(call):
    table = an.count_removed(call)
    assert table["lines"].sum() == len(call.tables["removed_lines"])
    assert table.query("article_id == 'arabicwire-1205' and rule == 'photo caption'")["lines"].item() == 2


def test_a_column_that_no_article_has_is_named(call):
    for measure in (
        an.count_vocabulary,
        lambda c, by: an.count_forms(c, "kyiv", by),
    ):
        with pytest.raises(ValueError, match="by='sorce' is no column of articles.csv; did you mean 'source'"):
            measure(call, by="sorce")
