"""Statistics: by hand, against another program, by relation."""

from itertools import permutations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.contingency import odds_ratio

from analysis.statistics import permutation_floor, weighted_log_odds

counts = st.integers(0, 200)


def test_log_odds_by_hand():
    # y~ = 3+1, 1+1; n~ = 10+4, 10+4: ln(4/10) - ln(2/12)
    log_odds, std_err = weighted_log_odds([3, 1, 2, 4], [1, 3, 2, 4], 10, 10, prior=1)
    assert log_odds[0] == pytest.approx(np.log(4 / 10) - np.log(2 / 12))
    assert std_err[0] == pytest.approx(np.sqrt(1 / 4 + 1 / 2 + 1 / 10 + 1 / 12))
    short = weighted_log_odds([3, 1, 2, 4], [1, 3, 2, 4], 10, 10, prior=1, terms=2)
    assert short[1][0] == pytest.approx(np.sqrt(1 / 4 + 1 / 2))
    assert short[0][0] == log_odds[0]


@given(counts, counts)
def test_log_odds_are_scipys_sample_odds_ratio_of_the_smoothed_table(a, b):
    n1, n2 = 500, 700
    log_odds, std_err = weighted_log_odds([a, n1 - a], [b, n2 - b], n1, n2, prior=[2, 3])
    table = [[a + 2, b + 2], [n1 - a + 3, n2 - b + 3]]
    expected = odds_ratio(table, kind="sample")
    low, high = expected.confidence_interval(0.95)
    assert log_odds[0] == pytest.approx(np.log(expected.statistic), abs=1e-12)
    assert 2 * 1.959963984540054 * std_err[0] == pytest.approx(np.log(high) - np.log(low))


@given(counts, counts, st.integers(200, 900), st.integers(200, 900))
def test_swapping_the_groups_turns_the_sign(a, b, n1, n2):
    there, back = (
        weighted_log_odds([x, 0], [y, 0], n, m, prior=[1, 9]) for x, y, n, m in ((a, b, n1, n2), (b, a, n2, n1))
    )
    assert there[0] == pytest.approx(-back[0])
    assert there[1] == pytest.approx(back[1])


def test_a_term_used_equally_scores_zero():
    assert weighted_log_odds([5, 2], [10, 4], 100, 200, prior=1e-9)[0] == pytest.approx([0, 0], abs=1e-9)


def test_zero_counts_stay_finite():
    log_odds, std_err = weighted_log_odds([0, 3], [0, 0], 50, 60, prior=[0.1, 0.2])
    assert np.isfinite(log_odds).all() and np.isfinite(std_err).all()


def test_a_larger_prior_draws_towards_no_difference():
    small, large = (weighted_log_odds([8, 0], [1, 0], 100, 100, prior=[p, 9 * p])[0][0] for p in (0.1, 10))
    assert 0 < large < small


@pytest.mark.parametrize("prior", [0, -1, [1, 0]])
def test_a_prior_of_zero_is_refused(prior):
    with pytest.raises(ValueError, match="pseudo-count above zero"):
        weighted_log_odds([1, 2], [2, 1], 10, 10, prior=prior)


@pytest.mark.parametrize("counts", [(-1, 2), (float("nan"), 2), (11, 2), (1, 21)])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError, match="between zero and the words of its group"):
        weighted_log_odds(*counts, 10, 20, prior=1)


def test_the_floor_of_very_many_articles_is_small_and_not_zero():
    assert permutation_floor([250, 251]) == pytest.approx(1 / comb(501, 250))
    assert 0 < permutation_floor([100_000, 400_000]) < 1e-300


def test_a_variance_of_three_terms_is_refused():
    with pytest.raises(ValueError, match="terms=3"):
        weighted_log_odds(1, 2, 10, 10, prior=1, terms=3)


@pytest.mark.parametrize(
    ("sizes", "floor"),
    [
        ([2, 3], 1 / 10),
        ([1, 4], 1 / 5),
        ([1, 2], 1 / 3),
        ([1, 1, 1], 1),
        ([2, 2], 1 / 6),
        ([5], 1),
        ([2, 1, 1], 2 / 12),
    ],
)
def test_the_floor_is_one_over_the_labellings_that_differ(sizes, floor):
    assert permutation_floor(sizes) == pytest.approx(floor)


@pytest.mark.parametrize("sizes", [[2, 1, 1], [1, 1, 2, 2], [3, 2, 1], [2, 2, 2]])
def test_the_floor_of_many_groups_is_that_of_an_omnibus_statistic_by_enumeration(sizes):
    labels = [g for g, n in enumerate(sizes) for _ in range(n)]
    rng = np.random.default_rng(1)
    values = rng.normal(size=len(labels))
    statistics = []
    for labelling in set(permutations(labels)):
        means = [values[np.array(labelling) == g].mean() for g in range(len(sizes))]
        statistics.append(round(sum(n * m**2 for n, m in zip(sizes, means, strict=True)), 10))
    assert permutation_floor(sizes) == pytest.approx(statistics.count(max(statistics)) / len(statistics))


@pytest.mark.parametrize("sizes", [[], [0, 2], [1.5, 2], [-1]])
def test_sizes_that_are_no_numbers_of_articles_are_refused(sizes):
    with pytest.raises(ValueError, match="number of articles"):
        permutation_floor(sizes)
