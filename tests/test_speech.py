"""Measures of who speaks, on small texts by hand, against other programs, and by relation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis as an
from analysis.resampling import BLOCK, block_intervals, number_blocks

SIDES = """
[[side]]
name = "north"
reason = "invented"
countries = ["Norland"]
he = ["Abel Orn"]

[[side]]
name = "south"
reason = "invented"
she = ["Cora Dell"]
"""
TEXTS = {
    "a-1": "It rained. “We stay,” said Abel Orn. Cora Dell denied the charge.\nThe “plan” failed, a purported success.",
    "b-1": "Nobody spoke here. The river rose.",
}


@pytest.fixture
def small(make_folder):
    return an.build_corpus(make_folder(TEXTS, sides_toml=SIDES))


def test_words_and_sentences_by_voice_and_side_by_hand(small):
    table = an.count_sides(small).set_index(["source", "voice", "side"])
    assert table.loc[("a", "quote", "north"), ["n_words", "n_sentences"]].tolist() == [2, 1]
    assert table.loc[("a", "reported", "south"), ["n_words", "n_sentences"]].tolist() == [2, 1]
    assert table.loc[("a", "scare", ""), "n_words"] == 1
    assert table.loc[("b", "quote", "north"), "n_words"] == 0  # a zero stays
    assert table.loc[("a", "outlet", ""), "share"] == pytest.approx(13 / 18)
    assert table.loc[("a", "outlet", ""), "sentence_share"] == 1
    assert table["block_low"].isna().all() and "No interval for a, b" in an.count_sides(small).attrs["note"]


def test_shares_of_words_sum_to_one_and_a_side_is_its_selection(example):
    table = an.count_sides(example)
    assert table.groupby("source")["share"].sum().tolist() == pytest.approx([1] * 4)
    words = table[table["side"] == "workers"].groupby("source")["n_words"].sum()
    assert words.to_dict() == example.select(side="workers").words("source").to_dict()


def test_an_interval_holds_its_share_and_says_what_it_is(example):
    table = an.count_sides(example).dropna(subset="block_low")
    assert (table["n_blocks"] >= 10).all() and len(table) > 20
    for low, share, high in (
        ("block_low", "share", "block_high"),
        ("sentence_block_low", "sentence_share", "sentence_block_high"),
    ):
        assert (table[low] <= table[share]).all() and (table[share] <= table[high]).all()
        assert (table[low] < table[high]).all()  # never of zero width
    assert table.attrs["parameters"]["unit"] == "conditional on these articles"
    again = an.count_sides(example).dropna(subset="block_low")
    pd.testing.assert_frame_equal(table, again)
    with pytest.raises(ValueError, match="2,000 is the least"):
        an.count_sides(example, draws=10)
    with pytest.raises(ValueError, match="no column of articles.csv"):
        an.count_sides(example, by="voice")


def test_no_block_cuts_a_quotation_or_joins_two_articles(example):
    rows = example.passages.assign(block=number_blocks(example))
    assert rows.groupby("block")["article_id"].nunique().max() == 1
    quoted = rows.dropna(subset="quotation").groupby(["article_id", "quotation"])
    assert quoted["block"].nunique().max() == 1
    sizes = rows.groupby(["article_id", "block"])["sentence"].nunique()
    short = sizes[sizes < BLOCK]
    assert (short.index.get_level_values("block") == sizes.groupby("article_id").apply(
        lambda s: s.index.get_level_values("block").max()).reindex(short.index.get_level_values("article_id"))).all()  # fmt: skip


def test_block_intervals_are_those_of_another_program():
    scipy_stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(3)
    sizes = rng.integers(40, 90, 60)
    hits = rng.binomial(sizes, 0.3)
    low, high = block_intervals(hits[:, None], sizes, ["a"] * 60, draws=20_000, seed=1)

    def ratio(h, s, axis):
        return h.sum(axis=axis) / s.sum(axis=axis)

    other = scipy_stats.bootstrap((hits, sizes), ratio, paired=True, n_resamples=20_000, method="percentile", rng=1)
    assert low[0] == pytest.approx(other.confidence_interval.low, abs=0.002)
    assert high[0] == pytest.approx(other.confidence_interval.high, abs=0.002)


def test_block_intervals_are_drawn_within_articles():
    low, high = block_intervals([[5], [5], [0], [0]], [10] * 4, ["a", "a", "b", "b"])
    assert (low[0], high[0]) == (0.25, 0.25)  # each article is its own twin, so nothing can vary
    with pytest.raises(ValueError, match="a row per block"):
        block_intervals([[1]], [1, 2], ["a"])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=2, max_size=12))
def test_block_intervals_lie_between_the_least_and_the_greatest_block(blocks):
    hits = [min(h, n) for h, n in blocks]
    sizes = [n for _, n in blocks]
    low, high = block_intervals(np.array(hits)[:, None], sizes, ["a"] * len(blocks), draws=200)
    rates = np.array(hits) / sizes
    assert rates.min() - 1e-9 <= low[0] <= high[0] <= rates.max() + 1e-9


def test_verbs_are_counted_by_class_and_side(small):
    rows = an.count_verbs(small)[["source", "kind", "verb", "side", "count"]].to_numpy().tolist()
    assert rows == [["a", "neutral", "say", "north", 1], ["a", "speech act", "deny", "south", 1]]
    assert an.count_verbs(small.select(side="south"))["verb"].tolist() == ["deny"]
    assert an.count_verbs(small.select(source="b")).empty


def test_distance_is_counted_in_whose_voice_it_stands(small):
    table = an.count_distance(small).set_index(["words", "source"])
    assert table.loc[("purported", "a"), ["voice", "count"]].tolist() == ["outlet", 1]
    assert table.loc[("scare quotes", "a"), "count"] == 1 and table.loc[("scare quotes", "b"), "count"] == 0
    assert an.count_distance(small.select(source="b")).empty


def test_who_is_heard_first_and_last(small):
    table = an.count_speakers(small)
    assert table[["speaker", "is_first", "is_last"]].to_numpy().tolist() == [
        ["Abel Orn", True, False],
        ["Cora Dell", False, True],
    ]
    assert table["n_quoted"].tolist() == [2, 0] and table["n_reported"].tolist() == [0, 2]


def test_an_article_is_laid_out_without_gap_or_overlap(example):
    for _, rows in an.count_passages(example).groupby("article_id"):
        assert rows["begins"].iloc[0] == 0
        assert (rows["begins"] + rows["n_words"]).iloc[:-1].tolist() == rows["begins"].iloc[1:].tolist()


def test_passages_lead_to_their_words_or_their_terms(example, call):
    lines = an.read_passages(example, speaker="Marta Quillan", voice="quote")
    assert set(lines["side"]) == {"workers"} and not lines["text"].str.contains("needs text").any()
    assert an.read_passages(call, side="unattributed").empty
    assert an.read_passages(call, side="Ukraine")["text"].str.startswith("needs text").all()


def test_a_side_that_is_not_heard_can_be_selected_and_one_that_is_unknown_cannot(small):
    assert small.select(side="unattributed").passages.empty
    with pytest.raises(ValueError, match="did you mean 'north'"):
        small.select(side="nort")


def test_sides_keep_the_order_of_their_table(call):
    assert call.sides == ["Russia", "US", "Ukraine", "NATO/EU", "other", "unattributed"]
