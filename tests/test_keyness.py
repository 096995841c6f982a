"""Distinctive terms: the engine on articles, by hand, against the plain functions, and by relation."""

import sys
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, stated_on_methods
from scipy import sparse
from scipy.spatial.distance import jensenshannon

import analysis as an
from analysis import keyness, resampling
from analysis.captions import write_caption
from analysis.contrasts import Tally, dp_norm_of_cells
from analysis.resampling import block_intervals, count_varying, draw_counts, draw_within, number_blocks
from analysis.statistics import (
    dp_norm,
    g2_table,
    moderated_dispersion,
    permutation_p,
    signed_g2,
    tipping_phi,
    weighted_log_odds,
)

sys.path.insert(0, str(ROOT / "benchmarks"))
import calibration

COLUMNS = ["source", "term", "kind", "count", "rest_count", "per_1000", "rest_per_1000", "articles", "rest_articles",
           "log_odds", "std_err", "z", "low", "high", "block_low", "block_high", "testable", "phi", "tipping_phi",
           "log_ratio", "log_ratio_bound", "g2", "dispersion", "loo_low", "loo_high", "loo_flips", "unit", "only_here",
           "dispersion_over"]  # fmt: skip
KEY = ["source", "term", "kind"]


@pytest.fixture(scope="module")
def terms(example):
    return an.compare_terms(example.select(role="core"), min_count=3)


@pytest.fixture(scope="module")
def few(example):
    """Five articles of two sources, two and three."""
    ids = ["harbourwire-dock", "harbourwire-dam", "stateherald-dock", "stateherald-dam", "stateherald-spill"]
    return example.select(article_id=ids)


# ------------------------------------------------------------------------------------------------- the table


def test_the_differences_put_into_the_example_come_first_and_the_absences_do_not(terms):
    first = terms.groupby("source").head(16).groupby("source")["term"].agg(set)
    assert {"order", "stability", "claimed", "so-called"} <= first["State Herald"]
    assert {"costs", "prices", "market"} <= first["Morning Ledger"]
    even = terms[terms["term"].isin(["talks", "monday", "reply"])]
    assert even["z"].abs().max() < 1


def test_a_row_has_every_column_of_the_specification_in_its_order(terms, call):
    assert list(terms.columns) == COLUMNS
    assert list(an.compare_terms(call).columns) == COLUMNS


def test_zeros_are_kept_and_counts_are_those_of_the_corpus(example, terms):
    core = example.select(role="core")
    counts = core.by("source").stack().rename_axis(["term", "kind", "source"])
    table = terms.set_index(["term", "kind", "source"])
    assert (table["count"] == counts.reindex(table.index)).all() and (table["count"] == 0).any()
    assert (table["count"] + table["rest_count"] == counts.groupby(["term", "kind"]).sum().reindex(
        table.index.droplevel("source")).to_numpy()).all()  # fmt: skip
    assert table["per_1000"].to_numpy() == pytest.approx(
        1000 * table["count"] / core.words().reindex(table.index.get_level_values("source")).to_numpy()
    )


def test_a_burst_in_one_article_is_marked(example):
    table = an.compare_terms(example).set_index(["source", "term"])
    row = table.loc[("Morning Ledger", "barge")]
    assert row["only_here"] and row["articles"] == 1
    assert row["phi"] == table["phi"].max() > 2  # and it has the largest dispersion of all
    assert row["dispersion"] > 0.8
    assert row["loo_low"] == 0  # without its article there is no barge


def test_one_source_against_the_rest_mirrors_the_rest_against_it(example):
    two = example.select(source=["Harbour Wire", "State Herald"])
    table = an.compare_terms(two)
    table = table[~table["term"].isin(["harbour wire", "state herald"])]
    one, other = (table[table["source"] == s].set_index(["term", "kind"]).sort_index() for s in two.groups("source"))
    for column in ("log_odds", "z", "log_ratio", "log_ratio_bound", "g2"):
        assert one[column].to_numpy() == pytest.approx(-other[column].to_numpy())
    for low, high in (("low", "high"), ("block_low", "block_high"), ("loo_low", "loo_high")):
        assert one[low].to_numpy() == pytest.approx(-other[high].to_numpy(), nan_ok=True)
    assert one["tipping_phi"].to_numpy() == pytest.approx(other["tipping_phi"].to_numpy())


def test_the_order_of_articles_does_not_matter(example):
    order = np.random.default_rng(0).permutation(len(example.passages))
    shuffled = replace(
        example, passages=example.passages.iloc[order].reset_index(drop=True), counts=example.counts[order],
        hits=example.hits[order], texts=example.texts.iloc[order].reset_index(drop=True),
        articles=example.articles.iloc[::-1].reset_index(drop=True))  # fmt: skip
    conditional = ["block_low", "block_high"]  # drawn by chance, so in another order others are drawn
    pd.testing.assert_frame_equal(
        an.compare_terms(example).drop(columns=conditional), an.compare_terms(shuffled).drop(columns=conditional)
    )
    pd.testing.assert_frame_equal(an.compare_sources(example), an.compare_sources(shuffled))
    pd.testing.assert_frame_equal(an.count_vocabulary(example), an.count_vocabulary(shuffled))


def test_the_same_call_gives_the_same_table(example, terms):
    pd.testing.assert_frame_equal(terms, an.compare_terms(example.select(role="core"), min_count=3))


def test_rows_are_ordered_by_z_and_ties_break_by_term(terms, call):
    for table in (terms, an.compare_terms(call)):
        for _, group in table.groupby("source"):
            assert group["z"].is_monotonic_decreasing
            tied = group[group.duplicated("z", keep=False)]
            assert all(g["term"].is_monotonic_increasing for _, g in tied.groupby("z"))


def test_the_scores_are_those_of_the_plain_functions(example, terms):
    words = example.select(role="core").words()
    for row in terms.sample(40, random_state=1).itertuples():
        n1, n2 = words[row.source], words.sum() - words[row.source]
        alpha = 200 * (row.count + row.rest_count) / words.sum()
        log_odds, std_err = weighted_log_odds([row.count, 0], [row.rest_count, 0], n1, n2, prior=[alpha, 200 - alpha])
        assert row.log_odds == pytest.approx(log_odds[0])
        assert row.std_err == pytest.approx(std_err[0] * np.sqrt(row.phi))
        assert row.tipping_phi == pytest.approx(tipping_phi(log_odds[0], std_err[0]))
        assert row.g2 == pytest.approx(signed_g2(row.count, row.rest_count, n1, n2))
        assert abs(row.g2) == pytest.approx(g2_table([row.count, row.rest_count], [n1, n2])[0])


def test_the_prior_weighs_exactly_alpha_0_words_and_moves_scores_towards_zero(example):
    tables = [an.compare_terms(example, alpha_0=a, draws=0).set_index(KEY) for a in (20, 200, 2000)]
    strong = ("State Herald", "stability", "word")
    assert tables[0].loc[strong, "log_odds"] > tables[1].loc[strong, "log_odds"] > tables[2].loc[strong, "log_odds"] > 0


def test_the_short_variance_is_smaller(example):
    long, short = (an.compare_terms(example, variance_terms=t, draws=0).set_index(KEY) for t in (4, 2))
    assert (short["std_err"].sort_index() < long["std_err"].sort_index()).all()


# ----------------------------------------------------------------------------------- intervals and their unit


def test_one_article_per_source_has_no_interval_and_says_so(call):
    table = an.compare_terms(call.select(role="core"))
    assert table[["low", "high", "phi", "block_low", "block_high"]].isna().all(axis=None)
    assert not table["testable"].any() and set(table["unit"]) == {"conditional on these articles"}
    assert table["tipping_phi"].notna().all()
    assert "no two articles are of one source" in table.attrs["note"] and "fewer than 10 blocks" in table.attrs["note"]
    assert set(table["dispersion_over"]) == {"paragraphs"} and table.attrs["dispersion"]["phi"] is None


def test_replicates_give_intervals_that_reach_zero_where_the_dispersion_reaches_the_tipping_point(terms):
    assert set(terms["unit"]) == {"article"} and terms["testable"].all()
    outside = (terms["low"] > 0) | (terms["high"] < 0)
    assert (outside == (terms["tipping_phi"] > terms["phi"])).all() and outside.any()
    assert ((terms["low"] + terms["high"]) / 2).to_numpy() == pytest.approx(terms["log_odds"].to_numpy())


def test_dispersion_is_told_from_articles_of_one_source(example, terms):
    core = example.select(role="core").keep(min_count=3)
    counts = (core.group_matrix("article_id") @ core.counts).toarray()
    groups = core.articles.set_index("article_id")["source"].reindex(core.groups("article_id"))
    phi = pd.Series(moderated_dispersion(counts, groups, core.words("article_id"))[0], index=core.terms["term"])
    words = terms[terms["kind"] == "word"].drop_duplicates("term").set_index("term")["phi"]
    expected = phi[~core.terms["kind"].eq("phrase").to_numpy()]
    assert words.to_numpy() == pytest.approx(expected[words.index].to_numpy())


def test_a_borrowed_dispersion_is_labelled(call, example):
    core = call.select(role="core")
    table = an.compare_terms(core, dispersion=example)
    assert set(table["unit"]) == {"article (dispersion borrowed from example)"}
    assert table["phi"].nunique() == 1 and table["phi"].iloc[0] > 1 and table[["low", "high"]].notna().all(axis=None)
    assert table.attrs["dispersion"]["from"] == "borrowed from example" and "borrowed" in table.attrs["note"]
    alone = an.compare_terms(core)
    assert table["std_err"].to_numpy() == pytest.approx(
        alone.set_index(KEY)["std_err"].reindex(pd.MultiIndex.from_frame(table[KEY])).to_numpy()
        * np.sqrt(table["phi"].iloc[0])
    )


def test_one_outlet_alone_can_lend_its_dispersion(call, example):
    table = an.compare_terms(call.select(role="core"), dispersion=example.select(source="State Herald"))
    assert table["low"].notna().all() and table.attrs["dispersion"]["articles"] == 9


def test_nothing_can_be_borrowed_from_a_corpus_without_replicates(call, example):
    table = an.compare_terms(call.select(role="core"), dispersion=call)
    assert table["low"].isna().all() and "no two articles are of one source" in table.attrs["note"]


def test_block_intervals_are_conditional_seeded_and_missing_where_a_side_lacks_the_term(example, terms):
    seen = (terms["count"] > 0) & (terms["rest_count"] > 0)
    assert (terms["block_low"].notna() == seen).all()
    inside = terms[seen].eval("block_low <= log_odds <= block_high")
    assert inside.mean() > 0.98
    core = example.select(role="core")
    again = an.compare_terms(core, min_count=3, seed=1)
    assert not again["block_low"].equals(terms["block_low"])
    assert (again.loc[seen, "block_low"] - terms.loc[seen, "block_low"]).abs().median() < 0.1
    with pytest.raises(ValueError, match="10 draws are too few"):
        an.compare_terms(core, draws=10)


def test_a_block_interval_by_hand(example):
    """The bounds of one term are the percentiles of its log-odds in blocks that are drawn one after the other."""
    pair = example.select(source=["Harbour Wire", "State Herald"]).keep(min_count=3)
    row = an.compare_terms(pair).set_index(KEY).loc[("State Herald", "government", "word")]
    passages = pair.passages.assign(
        block=number_blocks(pair), y=pair.counts[:, [int(np.flatnonzero(pair.terms["term"] == "government")[0])]].toarray().ravel(),
        source=pair.labels("source"))  # fmt: skip
    blocks = passages.groupby("block").agg(
        article=("article_id", "first"), source=("source", "first"), y=("y", "sum"), n=("n_words", "sum")
    )
    rng, drawn = np.random.default_rng(9), []
    alpha = 200 * (row["count"] + row["rest_count"]) / blocks["n"].sum()
    for _ in range(3000):
        chosen = blocks.groupby("article").sample(frac=1, replace=True, random_state=rng)
        sums = chosen.groupby("source")[["y", "n"]].sum()
        a, b = sums.loc["State Herald", "y"] + alpha, sums.loc["Harbour Wire", "y"] + alpha
        c, d = sums.loc["State Herald", "n"] + 200 - a, sums.loc["Harbour Wire", "n"] + 200 - b
        drawn.append(np.log(a / c) - np.log(b / d))
    assert [row["block_low"], row["block_high"]] == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=0.06)


def test_blocks_are_drawn_within_their_article():
    weights = draw_within(["a", "a", "b", "c", "c", "c"], draws=50, seed=4)
    assert (weights[:, :2].sum(axis=1) == 2).all() and (weights[:, 2] == 1).all() and (weights[:, 3:].sum(1) == 3).all()
    assert weights[:, 3:].var() > 0
    low, high = block_intervals([[1], [1]], [10, 10], ["a", "a"])
    assert low == high == 0.1
    assert np.isnan(
        block_intervals([[1], [2]], [10, 10], ["a", "b"])
    ).all()  # nothing varies: no interval of width zero
    assert count_varying(["a", "a", "b"]) == 2


def test_articles_of_a_single_block_give_no_interval():
    rng = np.random.default_rng(1)
    corpus = calibration.to_corpus(rng.poisson(5, (24, 6)), np.full(24, 400), np.arange(24) % 2)
    table = an.compare_terms(corpus)
    assert table["block_low"].isna().all() and "fewer than 10 blocks" in table.attrs["note"]
    assert table["low"].notna().all()


def test_leaving_an_article_out_is_the_same_as_not_having_it(few):
    table = an.compare_terms(few, draws=0).set_index(KEY)
    ids = few.articles["article_id"].tolist()
    without = [
        an.compare_terms(few.select(article_id=[i for i in ids if i != gone]), draws=0).set_index(KEY)["log_odds"]
        for gone in ids
    ]
    ranges = pd.concat(without, axis=1).reindex(table.index)
    whole = ranges.notna().all(axis=1)  # terms that no article takes along
    assert whole.sum() > 100
    assert table.loc[whole, "loo_low"].to_numpy() == pytest.approx(ranges[whole].min(axis=1).to_numpy())
    assert table.loc[whole, "loo_high"].to_numpy() == pytest.approx(ranges[whole].max(axis=1).to_numpy())
    flips = (np.sign(ranges[whole]).mul(-np.sign(table.loc[whole, "log_odds"]), axis=0) > 0).any(axis=1)
    assert (table.loc[whole, "loo_flips"].astype(bool) == flips).all() and flips.any()


def test_an_article_whose_loss_empties_a_side_is_not_left_out(call):
    pair = an.compare_terms(call.select(source=["Sputnik", "teleSUR"]))
    assert pair[["loo_low", "loo_high", "loo_flips"]].isna().all(axis=None)
    three = an.compare_terms(call.select(role="core"))
    assert three[["loo_low", "loo_high", "loo_flips"]].notna().all(axis=None)


def test_spread_is_over_articles_or_over_the_paragraphs_of_a_single_one(example, call, terms):
    core = example.select(role="core")
    mine = core.select(source="State Herald")
    column = np.flatnonzero((mine.terms["term"] == "order") & (mine.terms["kind"] == "word"))
    hits = (mine.group_matrix("article_id") @ mine.counts[:, column]).toarray().ravel()
    row = terms.set_index(KEY).loc[("State Herald", "order", "word")]
    assert row["dispersion_over"] == "articles"
    assert row["dispersion"] == pytest.approx(dp_norm(hits, mine.words("article_id")))
    single = an.compare_terms(call.select(role="core")).set_index(KEY).loc[("teleSUR", "meeting", "word")]
    text = call.select(source="teleSUR")
    column = np.flatnonzero((text.terms["term"] == "meeting") & (text.terms["kind"] == "word"))
    parts = (
        text.passages.assign(y=text.counts[:, column].toarray().ravel()).groupby("paragraph")[["y", "n_words"]].sum()
    )
    assert single["dispersion_over"] == "paragraphs"
    assert single["dispersion"] == pytest.approx(dp_norm(parts["y"], parts["n_words"]))


def test_mistakes_are_answered_with_what_to_do(call):
    with pytest.raises(ValueError, match="compares sources within one voice"):
        an.score_terms(call, by="voice")
    with pytest.raises(ValueError, match="give a corpus, as from read_corpus"):
        an.compare_terms(call, dispersion="example")
    with pytest.raises(ValueError, match="score_terms: alpha_0=0"):
        an.score_terms(call, alpha_0=0)
    with pytest.raises(ValueError, match="read_terms reads the table"):
        an.read_terms(call)
    with pytest.raises(ValueError, match="take more into the selection"):
        an.compare_terms(call.select(source="Sputnik"))


def test_replicates_in_one_source_alone_are_enough(example):
    ids = ["harbourwire-dock", "harbourwire-dam", "stateherald-dock", "morningledger-dam", "lavozobrera-spill"]
    table = an.compare_terms(example.select(article_id=ids))
    assert table["low"].notna().all() and not table["testable"].any()
    over = table.groupby("source")["dispersion_over"].first()
    assert over["Harbour Wire"] == "articles" and set(over.drop("Harbour Wire")) == {"paragraphs"}


# ------------------------------------------------------------------------------------ masks, selections, bad input


def test_an_outlets_own_name_is_not_its_term_but_may_be_anothers(example):
    table = an.compare_terms(example, draws=0)
    assert table[(table["source"] == "Morning Ledger") & table["term"].isin(["ledger", "morning ledger"])].empty
    others = an.compare_terms(example, by="phase", draws=0)
    assert not others["term"].isin(["ledger", "morning ledger", "harbour wire"]).any()


def test_names_and_offices_can_be_masked_or_kept(call, example):
    core = call.select(role="core")
    every = set(core.terms["term"])
    masked, bare = core.keep(names=False), core.keep(names=False, offices=False)
    gone = every - set(masked.terms["term"])
    assert {"putin", "biden", "vladimir", "russia", "russian", "ukraine", "nato", "white house"} <= gone
    assert {"president", "meeting", "talks"} <= set(masked.terms["term"])
    assert {"president", "spokesman"} & (set(masked.terms["term"]) - set(bare.terms["term"]))
    assert masked.words().equals(core.words())  # rates are of all words still
    assert "verrany" not in set(an.compare_terms(example.keep(names=False), draws=0)["term"])
    assert masked.kept == {"names": False} and bare.kept == {"names": False, "offices": False} and core.kept == {}
    assert "Terms that are names or offices are left out." in write_caption("Terms", an.compare_terms(bare, draws=0))


def test_leaving_articles_out_can_be_left_out_and_changes_nothing_else(example):
    core = example.select(role="core")
    whole, quick = (an.compare_terms(core, draws=0, leave_one_out=loo) for loo in (True, False))
    columns = ["loo_low", "loo_high", "loo_flips"]
    assert quick[columns].isna().all(axis=None) and whole[columns].notna().any(axis=None)
    pd.testing.assert_frame_equal(whole.drop(columns=columns), quick.drop(columns=columns))


def test_the_caption_says_which_interval_is_drawn(example, call):
    between, none = (write_caption("Terms", an.compare_terms(c.select(role="core"))) for c in (example, call))
    assert "where drawn: 95 %, between articles" in between and "conditional on these articles" not in between
    assert "between articles, from" not in none and "No interval between articles" in none


def test_counts_of_kept_terms_are_those_of_the_whole_selection(example):
    core = example.select(role="core")
    masked = core.keep(names=False)
    an.compare_terms(core)  # counts the articles once
    anew = replace(masked)  # knows nothing of what was counted
    assert masked.kept_from is not None and anew.kept_from is None
    pd.testing.assert_frame_equal(an.compare_terms(masked, min_count=2), an.compare_terms(anew, min_count=2))


@pytest.mark.parametrize(
    ("by", "asked", "shared"),
    [
        ("source", {"source": ["Morning Ledger", "La Voz Obrera"]}, True),
        ("source", {"role": "core"}, True),
        ("source", {"genre": "news report"}, False),  # some articles of a source
        ("source", {"voice": "outlet"}, False),
        ("genre", {"genre": ["news report", "analysis"]}, True),
    ],
)
def test_counts_of_whole_groups_are_those_of_the_wider_selection(example, by, asked, shared):
    example = replace(example)
    an.compare_terms(example, by, draws=0)  # counts the articles once
    chosen = example.select(**asked)
    tables = [an.compare_terms(c, by, draws=0) for c in (chosen, replace(chosen))]  # the other knows of no counts
    part = chosen.worked_out["tally", by].part
    assert (part is not None and part.of is example.worked_out["tally", by]) == shared
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert tables[0].attrs == tables[1].attrs


def test_a_voice_is_compared_by_selection(call):
    own = an.compare_terms(call.select(role="core", voice="outlet"))
    assert "nato" not in set(own["term"])


@pytest.mark.parametrize(
    ("select", "options", "message"),
    [
        ({}, {"by": "voice"}, "by='voice' is no column of articles.csv"),
        ({}, {"by": "sauce"}, "no column of articles.csv; did you mean 'source'"),
        ({"source": "Reuters"}, {}, "only 'Reuters'; two are needed"),
        ({"section": "standfirst"}, {}, "'Reuters' has no words in this selection"),
        ({}, {"min_count": 10**6}, "no term here occurs 1000000 times"),
        ({}, {"alpha_0": 0}, "the prior needs pseudo-words, above zero"),
        ({}, {"alpha_0": float("nan")}, "the prior needs pseudo-words"),
        ({}, {"variance_terms": 3}, "the variance has 4 terms, or 2"),
    ],
)
def test_a_comparison_that_cannot_be_made_says_why(call, select, options, message):
    chosen = call.select(**select) if select else call
    with pytest.raises(ValueError, match=message):
        an.compare_terms(chosen, **options)


def test_no_measure_warns(example, call):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for corpus in (
            example,
            call,
            call.select(role="core", voice="outlet"),
            call.select(source=["Sputnik", "teleSUR"]),
        ):
            an.compare_terms(corpus)
            an.score_terms(corpus, labellings=50)
            an.compare_sources(corpus, draws=50)


def test_the_size_of_a_chunk_does_not_matter(example, monkeypatch, terms):
    core = example.select(role="core")
    scored = an.score_terms(core, min_count=10, labellings=50)
    monkeypatch.setattr(resampling, "CELLS", 40_000)
    columns = ["block_low", "block_high", "dispersion", "z"]
    assert an.compare_terms(core, min_count=3)[columns].to_numpy() == pytest.approx(
        terms[columns].to_numpy(), nan_ok=True
    )
    again = an.score_terms(core, min_count=10, labellings=50)
    assert again["p"].tolist() == scored["p"].tolist()
    assert again["article_low"].to_numpy() == pytest.approx(scored["article_low"].to_numpy(), nan_ok=True)


# ---------------------------------------------------------------------------- permuting and drawing whole articles


def test_p_is_that_of_the_plain_permutation_and_stands_beside_its_floor(few):
    table = an.score_terms(few.keep(kind="word"), min_count=3).set_index(KEY)
    assert set(table["floor"]) == {0.1} and not table["testable"].any() and table["p_adjusted"].isna().all()
    assert (table["n_articles"] + table["n_rest_articles"] == 5).all()
    counts = (few.group_matrix("article_id") @ few.counts).toarray()
    labels = few.articles.set_index("article_id")["source"].reindex(few.groups("article_id")).to_numpy()
    words = few.words("article_id").to_numpy()
    for term in table.loc["State Herald"].index.get_level_values("term")[::25]:
        y = counts[:, np.flatnonzero((few.terms["term"] == term) & (few.terms["kind"] == "word"))[:1]].ravel()

        def gap(arranged, y=y):
            mine = arranged == "State Herald"
            return (y / words)[mine].mean() - (y / words)[~mine].mean()

        row = table.loc[("State Herald", term, "word")]
        assert row["p"] == pytest.approx(permutation_p(gap, labels))
        assert row["rate_gap"] == pytest.approx(1000 * gap(labels))


def test_the_length_of_its_articles_is_no_difference_of_a_source():
    """A word that stands once in all is as likely in one article as in another, however short its source writes."""
    rng = np.random.default_rng(3)
    corpus = calibration.simulate(rng, [9, 9, 9], "gamma", 600.0, shorter=0.6)
    table = an.score_terms(corpus, labellings=999, draws=0)
    once = table[table["count"] + table["rest_count"] == 1]
    assert once.loc[once["count"] == 1, "p"].to_numpy() == pytest.approx(
        np.full(sum(once["count"] == 1), 1 / 3), abs=0.06
    )
    assert (table["p_adjusted"] > 0.05).all()


def test_many_articles_are_tested_and_adjusted(example):
    core = example.select(role="core")
    table = an.score_terms(core, min_count=3).set_index(KEY)
    assert table["testable"].all() and (table["p_adjusted"] >= table["p"]).all()
    assert table.loc[("State Herald", "order", "word"), "p_adjusted"] < 0.05
    assert table.loc[("State Herald", "talks", "word"), "p"] > 0.05
    assert ((table["model_p"] < 0.05) == (an.compare_terms(core, min_count=3, draws=0).set_index(KEY).eval(
        "low > 0 or high < 0").reindex(table.index))).all()  # fmt: skip
    assert (table["model_p_holm"] >= table["model_p"]).all()
    used = (table["count"] > 0) & (table["rest_count"] > 0)
    assert (table["article_low"].notna() == used).all() and "87 % at 5" in table.attrs["note"]
    assert table[used].eval("article_low <= log_odds <= article_high").mean() > 0.98
    assert set(table["floor"]) == {1 / 10_000}  # of 9,999 labellings that were drawn, and the true one


def test_fewer_than_five_articles_are_not_drawn_anew(few, call):
    for corpus in (few, call):
        table = an.score_terms(corpus)
        assert table[["article_low", "article_high"]].isna().all(axis=None)
        assert "No article bootstrap" in table.attrs["note"]
    assert table["model_p"].isna().all()  # one article per source: no dispersion, no p


# --------------------------------------------------------------------------------------- whole vocabularies


def test_the_divergence_is_scipys_beside_that_of_labels_by_chance(call):
    core = call.select(role="core").keep(kind="word")
    table = an.compare_sources(core).set_index("source")
    counts = core.by("source").droplevel("kind")
    counts = counts[~counts.index.isin(["reuters", "sputnik", "telesur"])]
    for source, row in table.iterrows():
        rest = counts.drop(columns=source).sum(axis=1)
        assert row["jsd"] == pytest.approx(jensenshannon(counts[source], rest, base=2) ** 2)
    # three labellings, each of which sets one article against the others: the mean of the three
    assert table["permuted_jsd"].tolist() == pytest.approx([table["jsd"].mean()] * 3)
    assert set(table["labellings"]) == {3} and not table["testable"].any() and table["p"].min() == pytest.approx(1 / 3)


def test_the_floor_of_a_divergence_counts_mirrored_labellings_once():
    """Exchanging two sides of the same size leaves a divergence as it is, so that no p can be below twice the floor."""
    apart = calibration.to_corpus(
        np.kron(np.eye(2, dtype=int), np.full((3, 2), 9)), np.full(6, 100), np.repeat([0, 1], 3)
    )
    table = an.compare_sources(apart)
    assert table["jsd"].tolist() == pytest.approx([1, 1])
    assert table["p"].tolist() == table["floor"].tolist() == pytest.approx([0.1, 0.1]) and not table["testable"].any()
    assert apart.design().attrs["omnibus_floor"] == pytest.approx(0.1)


def test_short_texts_diverge_for_their_length_alone():
    rng = np.random.default_rng(2)
    corpus = calibration.to_corpus(
        rng.multinomial(200, np.full(400, 1 / 400), 4), np.full(4, 400), np.array([0, 1, 1, 1])
    )
    row = an.compare_sources(corpus).iloc[0]
    assert row["jsd"] > 0.2 and row["jsd"] == pytest.approx(row["dealt_jsd"], abs=0.03)


def test_a_shift_sums_to_the_divergence_and_leans_to_who_uses_the_word_more(call):
    table = an.score_shift(call, "Sputnik", "teleSUR")
    assert table["contribution"].sum() == pytest.approx(table.attrs["jsd"])
    assert ((table["share"] > table["rest_share"]) == (table["leans"] == "Sputnik")).all()
    assert table["contribution"].is_monotonic_decreasing
    back = an.score_shift(call, "teleSUR", "Sputnik").set_index("term")["contribution"]
    assert table.set_index("term")["contribution"].sort_index().to_numpy() == pytest.approx(
        back.sort_index().to_numpy()
    )
    whole = an.score_shift(call.select(role="core"), "Sputnik")
    expected = an.compare_sources(call.select(role="core")).set_index("source").loc["Sputnik", "jsd"]
    assert whole.attrs["jsd"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("Sputnik", "telesur"), "no 'telesur' here; did you mean 'teleSUR'"),
        (("Sputnik", "Sputnik"), "against itself"),
        (("Pravda", None), "no 'Pravda' here"),
    ],
)
def test_a_pair_that_is_none_is_refused(call, pair, message):
    with pytest.raises(ValueError, match=message):
        an.score_shift(call, *pair)


# ------------------------------------------------------------------------------------------------ in words


def test_what_it_would_take_is_said_in_a_sentence(call, terms):
    read = an.read_terms(an.compare_terms(call.select(role="core"), min_count=3), n=2).set_index(["source", "term"])
    assert "Taken alone, it would hold if articles varied up to" in read.loc[("teleSUR", "meeting"), "reading"]
    assert "cannot be seen here" in read.loc[("teleSUR", "meeting"), "reading"]
    assert "Chance alone could" in read.loc[("teleSUR", "nato"), "reading"]
    known = an.read_terms(terms, n=3)
    assert len(known) == 9 and known["reading"].str.contains("they vary").all()


def test_a_billion_occurrences_and_an_article_without_a_word_are_compared_without_a_warning():
    counts = np.array([[10**9, 5], [10**9, 0], [10**8, 3], [0, 0]])
    corpus = calibration.to_corpus(counts, np.array([10**10, 10**10, 10**10, 0]), np.array([0, 0, 1, 1]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = an.compare_terms(corpus).set_index(["source", "term"])
        an.score_terms(corpus)
        an.compare_sources(corpus)
    row = table.loc[("source 0", "w0000")]
    assert row["log_odds"] == pytest.approx(np.log(0.1 / 0.9) - np.log(0.01 / 0.99), abs=1e-6)
    assert row["log_ratio_bound"] == pytest.approx(np.log2(10), abs=1e-3)


def test_the_recorded_calibration_is_the_engines():
    null, bands, power, exchanged = calibration_tables()[:4]
    assert len(null) == len(calibration.BURSTS) * len(calibration.SPLITS)
    assert null["engine"].between(0.01, 0.08).all() and (null["Holm"] <= 0.1).all()
    assert (power["engine"] - power[["plain z", "G2"]].max(axis=1) >= -0.05).all()
    assert (exchanged["corpora with a false term"] <= 0.1).all()
    again = calibration.null_cell("2/3", calibration.BURSTS[2], 25)
    row = null[(null["burstiness"] == "600") & (null["split"] == "2/3")].iloc[0]
    for column, near in (("engine", 0.03), ("G2", 0.05), ("plain z", 0.05), ("Welch", 0.03)):
        assert again[column] == pytest.approx(row[column], abs=near)
    assert again["3 to 6"] == pytest.approx(
        bands[(bands["burstiness"] == "600") & (bands["split"] == "2/3")]["3 to 6"].item(), abs=0.04
    )
    assert calibration.power_cell("5/5", 0, 4)["engine"] == pytest.approx(power.iloc[-1]["engine"], abs=0.2)


def test_the_page_on_methods_has_the_recorded_calibration():
    null = calibration_tables()[0]
    said = stated_on_methods()
    names = {"engine": "the engine's interval", "G2": "log-likelihood G2", "plain z": "weighted log-odds with",
             "Welch": "Welch test", "bootstrap": "percentile bootstrap"}  # fmt: skip
    for column, name in names.items():
        low, high = null[column].min(), null[column].max()
        row = next(numbers for label, numbers in said.items() if label.startswith(name))
        assert row == [f"{share:.1%}".replace("%", " %") for share in (low, high)], name


def calibration_tables() -> list[pd.DataFrame]:
    """Read the tables that the benchmark printed into the notes."""
    printed = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8").split("\nNull terms called different")[1]
    tables = []
    for block in printed.split("\n\n"):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines() if line[:1] == "|"]
        if rows:
            table = pd.DataFrame(rows[2:], columns=rows[0]).replace({"": None, "nan": None})
            labels = [c for c in ("burstiness", "split", "outlet") if c in table]
            tables.append(table.set_index(labels).astype(float).reset_index() if labels else table.astype(float))
    return tables


# ------------------------------------------------------------------------------------------------ many articles


def tally_anew(n, terms, groups, seed):
    rng = np.random.default_rng(seed)
    counts = sparse.csr_array(rng.poisson(rng.gamma(0.3, 1, (n, terms)) * (rng.random(terms) < 0.7)))
    counts = counts[:, np.flatnonzero(np.asarray(counts.sum(axis=0)).ravel())]
    words = np.asarray(counts.sum(axis=1)).ravel() + rng.integers(20, 400, n)
    return Tally("source", list(range(n)), words, list(range(groups)), rng.permutation(np.arange(n) % groups), counts)


@pytest.mark.parametrize("seed", range(4))
def test_leaving_out_one_of_many_is_leaving_out_each(monkeypatch, seed):
    tally = tally_anew(230, 150, 2 + seed % 3, seed)
    for contrast in tally.contrasts():
        sparse_bounds = keyness._leave_one_out_of_many(tally, contrast, 50.0)
        monkeypatch.setattr(keyness, "FEW", 1_000)
        dense = keyness._leave_one_out(tally, contrast, 50.0)
        monkeypatch.setattr(keyness, "FEW", 200)
        np.testing.assert_allclose(sparse_bounds, dense, rtol=0, atol=1e-12)
        np.testing.assert_array_equal(keyness._leave_one_out(tally, contrast, 50.0), sparse_bounds)


def test_dispersion_over_the_cells_is_that_of_the_matrix():
    tally = tally_anew(60, 80, 2, 9)
    np.testing.assert_allclose(
        dp_norm_of_cells(tally.counts, tally.words), dp_norm(tally.counts.toarray(), tally.words), atol=1e-12
    )


def test_replicates_of_the_cells_are_those_of_the_matrix(monkeypatch):
    monkeypatch.setattr(resampling, "CELLS", 2_000)
    tally = tally_anew(40, 90, 3, 4)
    weights = draw_within(tally.group_of, draws=50, seed=2)
    drawn = np.concatenate([counts for _, counts in draw_counts(tally.counts, weights)])
    np.testing.assert_array_equal(drawn.T, weights @ tally.counts.toarray())


def test_beyond_a_thousand_articles_blocks_are_not_drawn(example, monkeypatch):
    monkeypatch.setattr(keyness, "BLOCKED", 30)
    terms = an.compare_terms(example)
    assert terms["block_low"].isna().all() and "more than 30" in terms.attrs["note"]
