"""Statistics: by hand, against another program, by relation."""

import warnings
from itertools import permutations
from math import comb, log2

import krippendorff
import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats
from scipy.spatial.distance import jensenshannon
from scipy.stats.contingency import odds_ratio
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from analysis.statistics import (
    article_p,
    benjamini_hochberg,
    chi2_yates,
    dp,
    dp_norm,
    g2_table,
    holm,
    js_contributions,
    juilland_d,
    krippendorff_alpha,
    labellings,
    log_ratio,
    log_ratio_bound,
    moderated_dispersion,
    permutation_floor,
    permutation_p,
    pooled_dispersion,
    signed_g2,
    tipping_phi,
    weighted_average_shift,
    weighted_log_odds,
    wilson_interval,
)

NAN = float("nan")
counts = st.integers(0, 200)
sizes = st.integers(200, 900)
tables = st.tuples(counts, counts, sizes, sizes)
TWO_GROUPS = [signed_g2, chi2_yates, log_ratio, log_ratio_bound]


# ------------------------------------------------------------------------------- one group against the rest


def test_g2_by_hand():
    # O = 10, 5, 90, 195 of rows 100 and 200; E = 5, 10, 95, 190
    expected = 2 * (10 * np.log(2) + 5 * np.log(0.5) + 90 * np.log(90 / 95) + 195 * np.log(195 / 190))
    assert signed_g2(10, 5, 100, 200) == pytest.approx(expected)
    assert signed_g2(5, 10, 200, 100) == pytest.approx(-expected)


@given(tables)
def test_g2_and_yates_are_scipys(cells):
    a, b, n1, n2 = cells
    if a + b == 0:
        assert signed_g2(*cells) == chi2_yates(*cells) == 0
        return
    table = [[a, b], [n1 - a, n2 - b]]
    g2 = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic if n1 > a or n2 > b else 0
    assert abs(signed_g2(*cells)) == pytest.approx(g2, abs=1e-7)
    assert g2_table([a, b], [n1, n2])[0] == pytest.approx(g2, abs=1e-7)
    chi2 = stats.chi2_contingency(table).statistic if n1 > a or n2 > b else 0
    assert chi2_yates(*cells) == pytest.approx(chi2, abs=1e-7)


def test_yates_correction_never_turns_a_difference_round():
    assert chi2_yates(1, 2, 1000, 2001) == 0  # |O - E| is below a half
    assert chi2_yates(10, 10, 100, 100) == 0


def test_g2_of_k_groups_is_scipys_and_has_k_less_one_degrees_of_freedom():
    hits, words = np.array([[3, 0, 7], [9, 1, 7], [1, 0, 7]]), [100, 150, 90]
    g2, df = g2_table(hits, words)
    assert df == 2
    for column, statistic in zip(hits.T, g2, strict=True):
        table = [column, np.array(words) - column]
        assert statistic == pytest.approx(stats.chi2_contingency(table, lambda_="log-likelihood").statistic)


@given(tables)
def test_swapping_the_groups_turns_the_sign_of_a_score(cells):
    a, b, n1, n2 = cells
    for score in (signed_g2, log_ratio, log_ratio_bound):
        assert score(a, b, n1, n2) == pytest.approx(-score(b, a, n2, n1), abs=1e-9)
    assert chi2_yates(a, b, n1, n2) == pytest.approx(chi2_yates(b, a, n2, n1))


def test_a_term_of_twice_the_rate_has_a_log_ratio_of_one():
    assert log_ratio(20, 10, 1000, 1000) == pytest.approx(log2(20.5 / 10.5))
    assert log_ratio(2 * 10**6, 10**6, 10**9, 10**9) == pytest.approx(1, abs=1e-5)
    assert np.isfinite(log_ratio([0, 5], [5, 0], 100, 100)).all()


@given(tables, st.sampled_from([1, 50, 10**6]))
def test_the_bound_of_the_log_ratio_is_that_of_clopper_and_pearson(cells, family):
    a, b, n1, n2 = cells
    if a + b == 0:
        assert log_ratio_bound(*cells, family=family) == 0
        return
    low, high = proportion_confint(a, a + b, alpha=0.05 / family, method="beta")
    ends = [-np.inf if t == 0 else np.inf if t == 1 else np.log2(n2 / n1 * t / (1 - t)) for t in (low, high)]
    expected = 0 if ends[0] <= 0 <= ends[1] else min(ends, key=abs)
    assert log_ratio_bound(*cells, family=family) == pytest.approx(expected, abs=1e-6)


@given(tables)
def test_the_bound_lies_between_no_difference_and_the_log_ratio_of_large_counts(cells):
    a, b, n1, n2 = (1000 * (c + 1) for c in cells)
    if a > n1 or b > n2:
        return
    bound, ratio = log_ratio_bound(a, b, n1, n2), log_ratio(a, b, n1, n2)
    assert 0 <= bound * np.sign(ratio) <= abs(ratio) + 1e-9
    assert abs(log_ratio_bound(a, b, n1, n2, family=1000)) <= abs(bound)


def test_a_billion_words_and_a_million_terms_are_counted_exactly_and_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert signed_g2(10**9, 10**9, 10**10, 10**10) == 0
        assert log_ratio_bound(10**9, 1, 10**10, 10**10) == pytest.approx(log2(10**9 / 5.572), abs=1e-3)
        many, none = np.arange(1_000_000) % 50, np.zeros(1_000_000)
        for score in TWO_GROUPS:
            assert np.isfinite(score(many, none, 10**9, 10**8)).all()
        assert np.isfinite(weighted_log_odds(many, none, 10**9, 10**8, prior=0.01)).all()


@pytest.mark.parametrize("score", TWO_GROUPS)
@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ((-1, 2, 10, 10), "count is -1: a count is a whole number, 0 or more"),
        ((1.5, 2, 10, 10), "count is 1.5"),
        (([1, NAN], 2, 10, 10), r"count\[1\] is nan"),
        ((1, 11, 10, 10), "rest_count: 11 occurrences do not fit into the words"),
        ((0, 0, 0, 10), "words is 0: .* 1 or more"),
    ],
)
def test_counts_that_cannot_be_are_refused(score, cells, message):
    with pytest.raises(ValueError, match=message):
        score(*cells)


@pytest.mark.parametrize("wrong", [{"confidence": 1}, {"confidence": 0}, {"family": 0}])
def test_a_level_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="level between 0 and 1"):
        log_ratio_bound(1, 2, 10, 10, **wrong)


@pytest.mark.parametrize("wrong", [([1], [10]), ([[1, 2]], [10]), ([1, 2], [10])])
def test_a_table_of_fewer_than_two_groups_is_refused(wrong):
    with pytest.raises(ValueError, match="two groups or more"):
        g2_table(*wrong)


# ------------------------------------------------------------------------------------------ weighted log-odds


def test_log_odds_by_hand():
    # y~ = 3+1, 1+1; n~ = 10+4, 10+4: ln(4/10) - ln(2/12)
    log_odds, std_err = weighted_log_odds([3, 1, 2, 4], [1, 3, 2, 4], 10, 10, prior=1)
    assert log_odds[0] == pytest.approx(np.log(4 / 10) - np.log(2 / 12))
    assert std_err[0] == pytest.approx(np.sqrt(1 / 4 + 1 / 2 + 1 / 10 + 1 / 12))
    short = weighted_log_odds([3, 1, 2, 4], [1, 3, 2, 4], 10, 10, prior=1, terms=2)
    assert short[1][0] == pytest.approx(np.sqrt(1 / 4 + 1 / 2))
    assert short[0][0] == log_odds[0]


@given(st.integers(1, 999), st.integers(1, 999), st.integers(1, 99), st.floats(0.01, 1e4))
def test_equal_rates_under_a_prior_of_their_shares_are_no_difference_at_all(y, more, times, alpha_0):
    counts = np.array([y, more])
    n, prior = counts.sum(), alpha_0 * counts / counts.sum()
    log_odds, _ = weighted_log_odds(counts, times * counts, n, times * n, prior=prior)
    assert (log_odds == 0).all()


def test_each_side_may_have_a_prior_of_its_own():
    log_odds, _ = weighted_log_odds([3, 7], [1, 9], 10, 10, prior=[1, 3], rest_prior=[2, 8])
    assert log_odds[0] == pytest.approx(np.log(4 / 10) - np.log(3 / 17))


@given(counts, counts)
def test_log_odds_are_scipys_sample_odds_ratio_of_the_smoothed_table(a, b):
    n1, n2 = 500, 700
    log_odds, std_err = weighted_log_odds([a, n1 - a], [b, n2 - b], n1, n2, prior=[2, 3])
    table = [[a + 2, b + 2], [n1 - a + 3, n2 - b + 3]]
    expected = odds_ratio(table, kind="sample")
    low, high = expected.confidence_interval(0.95)
    assert log_odds[0] == pytest.approx(np.log(expected.statistic), abs=1e-12)
    assert 2 * 1.959963984540054 * std_err[0] == pytest.approx(np.log(high) - np.log(low))


@given(tables)
def test_swapping_the_groups_turns_the_sign(cells):
    a, b, n1, n2 = cells
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


@pytest.mark.parametrize("prior", [0, -1, [1, 0], NAN, np.inf])
def test_a_prior_of_zero_is_refused(prior):
    with pytest.raises(ValueError, match="pseudo-count above zero"):
        weighted_log_odds([1, 2], [2, 1], 10, 10, prior=prior)


def test_a_variance_of_three_terms_is_refused():
    with pytest.raises(ValueError, match="terms=3"):
        weighted_log_odds(1, 2, 10, 10, prior=1, terms=3)


# ------------------------------------------------------------------------------------------- whole vocabularies


weights = st.lists(st.integers(0, 50), min_size=2, max_size=8).filter(any)


@given(weights, weights)
def test_contributions_sum_to_scipys_divergence(p, q):
    k = min(len(p), len(q))
    p, q = [*p[:k], 1], [*q[:k], 2]
    parts = js_contributions(p, q)
    assert (parts >= 0).all()
    assert parts.sum() == pytest.approx(jensenshannon(p, q, base=2) ** 2, abs=1e-12)
    assert parts == pytest.approx(js_contributions(q, p))


def test_nothing_in_common_is_one_bit_and_the_same_shares_none():
    assert js_contributions([4, 0], [0, 7]) == pytest.approx([0.5, 0.5])
    assert js_contributions([1, 3], [10, 30]) == pytest.approx([0, 0])


@given(weights, weights, st.floats(-5, 5))
def test_a_shift_sums_to_the_difference_of_means_whatever_the_reference(p, q, reference):
    k = min(len(p), len(q))
    p, q, scores = np.array([*p[:k], 1]), np.array([*q[:k], 2]), np.arange(k + 1) - 2.5
    gap = np.average(scores, weights=p) - np.average(scores, weights=q)
    assert weighted_average_shift(p, q, scores).sum() == pytest.approx(gap, abs=1e-9)
    assert weighted_average_shift(p, q, scores, reference=reference).sum() == pytest.approx(gap, abs=1e-9)


def test_a_shift_by_hand():
    # shares 3/4, 1/4 against 1/4, 3/4; the rest's mean is 2.5
    assert weighted_average_shift([3, 1], [1, 3], [1, 3]) == pytest.approx([0.5 * (1 - 2.5), -0.5 * (3 - 2.5)])
    assert weighted_average_shift([3, 1], [1, 3], [1, 3], reference=0) == pytest.approx([0.5, -1.5])


@pytest.mark.parametrize("wrong", [([1, -1], [1, 1]), ([0, 0], [1, 1]), ([1, NAN], [1, 1]), ([1], [1, 1])])
def test_vocabularies_that_cannot_be_compared_are_refused(wrong):
    with pytest.raises(ValueError, match="counts"):
        js_contributions(*wrong)


def test_a_term_without_a_score_is_refused():
    with pytest.raises(ValueError, match="leave out the terms that have none"):
        weighted_average_shift([1, 2], [2, 1], [0.5, NAN])


# -------------------------------------------------------------------------------------------- spread over parts

# Gries (2008; 2020): a term of 1, 2, 3, 4, 5 occurrences in parts of 9, 10, 10, 10, 11 words
PARTS = ([1, 2, 3, 4, 5], [9, 10, 10, 10, 11])


def test_spread_is_as_published():
    assert dp(*PARTS) == pytest.approx(0.18)
    assert dp_norm(*PARTS) == pytest.approx(0.18 / 0.82)
    assert juilland_d(*PARTS) == pytest.approx(0.785, abs=5e-4)


def test_spread_by_hand():
    hits = np.array([[2, 0, 0], [2, 4, 0]])
    assert dp(hits, [50, 50]) == pytest.approx([0, 0.5, NAN], nan_ok=True)
    assert dp_norm(hits, [50, 50]) == pytest.approx([0, 1, NAN], nan_ok=True)
    assert juilland_d(hits, [50, 50]) == pytest.approx([1, 0, NAN], nan_ok=True)
    assert np.isnan([dp_norm([3], [10]), juilland_d([3], [10])]).all()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(10, 99)), min_size=2, max_size=7))
def test_spread_keeps_its_scale_and_ignores_order_and_empty_parts(parts):
    hits, words = (list(x) for x in zip(*parts, strict=True))
    if not any(hits):
        return
    assert 0 <= dp(hits, words) < 1 and 0 <= dp_norm(hits, words) <= 1 + 1e-9 and -1e-9 <= juilland_d(hits, words) <= 1
    for spread in (dp, dp_norm, juilland_d):
        assert spread(hits[::-1], words[::-1]) == pytest.approx(spread(hits, words))
        assert spread([*hits, 0], [*words, 0]) == pytest.approx(spread(hits, words))
    assert dp(hits, np.array(words) / sum(words)) == pytest.approx(dp(hits, words))
    alone = np.zeros(len(words), int)
    alone[int(np.argmin(words))] = 5
    assert dp_norm(alone, words) == pytest.approx(1)


@pytest.mark.parametrize("wrong", [([1, 2], [10]), ([1, 2], [10, -1]), ([1, 2], [10, 0]), ([1, -2], [10, 10])])
def test_parts_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="sizes|hits"):
        dp(*wrong)


# ------------------------------------------------------------------------------------------------- dispersion


def test_dispersion_by_hand():
    # source a: 2 and 12 in articles of 100 words: mu = 7, r^2 = 25 / (7 * 1/2), each with half a degree of freedom
    assert pooled_dispersion([[2], [12]], ["a", "a"], [100, 100]) == (pytest.approx(50 / 7), 1)
    # four occurrences are too few by default; one article of b has nothing to differ from
    assert pooled_dispersion([[1], [3], [9]], ["a", "a", "b"], [100, 100, 50]) == (pytest.approx(NAN, nan_ok=True), 0)
    assert pooled_dispersion([[1], [3]], ["a", "a"], [100, 100], least=1) == (1.0, 1)


def bursty(seed: int, sizes: list[int], concentration: float | None, terms: int = 300):
    rng = np.random.default_rng(seed)
    words = rng.integers(300, 900, sum(sizes))
    share = np.full(terms, 0.6 / terms)
    rates = np.tile(share, (len(words), 1))
    if concentration:
        rates = rng.gamma(np.tile(share * concentration, (len(words), 1))) / concentration
    return rng.poisson(rates * words[:, None]), np.repeat(np.arange(len(sizes)), sizes), words


def test_dispersion_is_that_of_a_quasi_poisson_regression():
    hits, groups, words = bursty(1, [3, 4, 1], 400, terms=25)
    pearson, df = 0.0, 0
    for group in (0, 1):
        mine = groups == group
        for column in hits[mine].T:
            if column.sum() >= 5:
                fit = sm.GLM(column, np.ones(len(column)), sm.families.Poisson(), offset=np.log(words[mine])).fit(
                    scale="X2"
                )
                pearson, df = pearson + fit.pearson_chi2, df + fit.df_resid
    assert pooled_dispersion(hits, groups, words) == (pytest.approx(pearson / df), df)


@pytest.mark.parametrize("sizes", [[2, 1, 1, 1], [2, 3], [5, 5]])
def test_independent_words_have_no_dispersion_and_bursty_ones_that_of_their_model(sizes):
    plain = np.mean([pooled_dispersion(*bursty(s, sizes, None), least=1)[0] for s in range(30)])
    assert 1 <= plain < 1.1
    # gamma rates of concentration 300: variance mu (1 + words / 300), drawn unconditionally on the count
    hits, groups, words = bursty(5, [30, 30], 300)
    assert pooled_dispersion(hits, groups, words)[0] == pytest.approx(1 + words.mean() / 300, rel=0.12)


def test_dispersion_takes_sparse_counts_and_any_order_of_articles():
    hits, groups, words = bursty(2, [3, 2], 300)
    order = np.random.default_rng(0).permutation(5)
    expected = pooled_dispersion(hits, groups, words)
    assert pooled_dispersion(sparse.csr_array(hits), groups, words) == pytest.approx(expected)
    assert pooled_dispersion(hits[order], groups[order], words[order]) == pytest.approx(expected)


def test_a_term_leans_on_all_others_and_less_the_more_articles_there_are():
    hits, groups, words = bursty(3, [2, 1, 1, 1], 300)
    phi, df, typical, total = moderated_dispersion(hits, groups, words)
    assert phi.shape == df.shape == (300,) and (phi >= 1).all() and total > 50
    assert abs(phi - typical).max() < 0.5 * typical + 5 and set(df) <= {0, 1}
    assert phi[df == 0] == pytest.approx(typical * np.ones((df == 0).sum()))  # a term that no pair of articles shows
    many = moderated_dispersion(*bursty(3, [40, 40], 300))
    assert np.std(many[0]) > np.std(phi)  # with many articles a term speaks for itself


def test_without_two_articles_of_a_source_or_with_few_terms_no_dispersion_is_told():
    for sizes, terms in (([1, 1, 1], 300), ([2, 3], 2)):
        phi, _, typical, total = moderated_dispersion(*bursty(4, sizes, 300, terms))
        assert np.isnan(phi).all() and np.isnan(typical) and total < 10


@pytest.mark.parametrize(
    "wrong",
    [
        ([[1], [2]], ["a"], [10, 10]),
        ([[1], [-2]], ["a", "a"], [10, 10]),
        ([[1], [20]], ["a", "a"], [10, 10]),
        ([[1], [0.5]], ["a", "a"], [10, 10]),
    ],
)
def test_articles_that_do_not_fit_together_are_refused(wrong):
    with pytest.raises(ValueError, match="counts"):
        pooled_dispersion(*wrong)


@given(st.floats(-4, 4), st.floats(0.05, 2))
def test_at_the_tipping_dispersion_the_interval_just_reaches_zero(log_odds, std_err):
    phi = tipping_phi(log_odds, std_err)
    assert abs(log_odds) - stats.norm.ppf(0.975) * std_err * np.sqrt(phi) == pytest.approx(0, abs=1e-9)


def test_tipping_dispersion_by_hand():
    assert tipping_phi(1.96, 0.5) == pytest.approx(4, abs=1e-3)
    assert tipping_phi([0.98], [1.0]) == pytest.approx([0.25], abs=1e-3)
    with pytest.raises(ValueError, match="above zero"):
        tipping_phi(1, 0)


def test_the_p_of_an_article_agrees_with_the_interval_and_has_heavier_tails():
    assert article_p(stats.norm.ppf(0.975), [0, 1, 8]) == pytest.approx([0.05] * 3)
    assert article_p(1.0, 10**6) == pytest.approx(2 * stats.norm.sf(1), abs=1e-5)
    assert article_p(4.0, 1) > article_p(4.0, 20) > 2 * stats.norm.sf(4)
    assert np.isnan(article_p(NAN, 1))


# ------------------------------------------------------------------------------------------------ permutation


def test_the_floor_of_very_many_articles_is_small_and_not_zero():
    assert permutation_floor([250, 251]) == pytest.approx(1 / comb(501, 250))
    assert 0 < permutation_floor([100_000, 400_000]) < 1e-300


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


@pytest.mark.parametrize("sizes", [[2, 1, 1], [1, 1, 2, 2], [3, 2, 1], [2, 2, 2], [3, 3], [2, 3]])
def test_the_floor_of_many_groups_is_that_of_an_omnibus_statistic_by_enumeration(sizes):
    labels = [g for g, n in enumerate(sizes) for _ in range(n)]
    rng = np.random.default_rng(1)
    values = rng.normal(size=len(labels))
    statistics = []
    for labelling in set(permutations(labels)):
        means = [values[np.array(labelling) == g].mean() for g in range(len(sizes))]
        statistics.append(round(sum(n * m**2 for n, m in zip(sizes, means, strict=True)), 10))
    assert permutation_floor(sizes, signed=False) == pytest.approx(statistics.count(max(statistics)) / len(statistics))
    assert permutation_floor(sizes) == permutation_floor(sizes, signed=False) or sizes == [3, 3]


@pytest.mark.parametrize("sizes", [[], [0, 2], [1.5, 2], [-1]])
def test_sizes_that_are_no_numbers_of_articles_are_refused(sizes):
    with pytest.raises(ValueError, match="number of articles"):
        permutation_floor(sizes)


VALUES = np.array([3.1, 2.7, 4.4, 0.2, 1.9, 0.7, 2.2])


def gap(labels):
    return VALUES[labels == "a"].mean() - VALUES[labels == "b"].mean()


def test_an_exact_permutation_is_scipys():
    labels = np.array(list("aaabbbb"))
    expected = stats.permutation_test(
        (VALUES[:3], VALUES[3:]), lambda x, y: np.mean(x) - np.mean(y), alternative="greater", n_resamples=np.inf
    )
    assert permutation_p(gap, labels) == pytest.approx(expected.pvalue)


def test_the_most_extreme_labelling_reaches_the_floor():
    labels = np.where(np.argsort(np.argsort(-VALUES)) < 3, "a", "b")
    assert permutation_p(gap, labels) == pytest.approx(permutation_floor([3, 4]))


def test_more_labellings_than_draws_are_drawn_by_chance_and_seeded():
    labels = np.array(list("aaabbbb"))
    p = permutation_p(gap, labels, draws=34)  # of 35
    assert p == permutation_p(gap, labels, draws=34) and (p * 35) == pytest.approx(round(p * 35))
    assert permutation_p(gap, labels, draws=34, seed=3) >= 1 / 35
    assert permutation_p(gap, labels, draws=35) == permutation_p(gap, labels)
    drawn, exact = labellings(np.arange(12), draws=50)
    assert not exact and drawn.shape == (50, 12) and (np.sort(drawn, axis=1) == np.arange(12)).all()


def test_a_statistic_of_many_terms_gives_a_p_for_each():
    matrix = np.column_stack([VALUES, -VALUES, np.zeros(7)])
    labels = np.array(list("aaabbbb"))
    p = permutation_p(lambda x: matrix[x == "a"].mean(axis=0) - matrix[x == "b"].mean(axis=0), labels)
    assert p.shape == (3,) and p[2] == 1 and p[0] + p[1] == pytest.approx(1 + 1 / 35)


@pytest.mark.parametrize("labels", ["aab", "aabb", "aabbc", "abcd"])
def test_all_arrangements_are_gone_through_once(labels):
    drawn, exact = labellings(list(labels))
    assert exact and {"".join(row) for row in drawn} == {"".join(p) for p in permutations(labels)}
    assert len(drawn) == len({"".join(row) for row in drawn})


@pytest.mark.parametrize("wrong", [{"labels": []}, {"labels": ["a", "b"], "draws": 0}])
def test_a_permutation_of_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match="label to each article"):
        permutation_p(lambda labels: 1.0, **wrong)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_are_those_of_statsmodels(p):
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


@pytest.mark.parametrize("adjust", [benjamini_hochberg, holm])
def test_a_missing_p_is_no_member_of_the_family(adjust):
    assert adjust([0.01, NAN, 0.04]) == pytest.approx([0.02, NAN, 0.04], nan_ok=True)
    assert np.isnan(adjust([NAN])).all() and len(adjust([])) == 0
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust([1.2])


# -------------------------------------------------------------------------------------- agreement and shares

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C: four observers, nominal
CODES = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]


def test_alpha_is_as_published():
    assert krippendorff_alpha(CODES) == pytest.approx(0.743, abs=5e-4)
    words = [[None if np.isnan(c) else f"code {c:g}" for c in row] for row in CODES]
    assert krippendorff_alpha(words) == krippendorff_alpha(CODES)


@given(st.lists(st.lists(st.sampled_from([0.0, 1.0, 2.0, NAN]), min_size=6, max_size=6), min_size=2, max_size=4))
def test_alpha_is_that_of_another_program(values):
    table = np.array(values)
    counted = table[:, (~np.isnan(table)).sum(axis=0) >= 2]
    if len(np.unique(counted[~np.isnan(counted)])) < 2:
        assert np.isnan(krippendorff_alpha(values))
        return
    expected = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
    assert krippendorff_alpha(values) == pytest.approx(expected)


def test_alpha_of_equal_values_or_of_no_pair_is_missing():
    assert np.isnan(krippendorff_alpha([[1, 1, 1], [1, 1, 1]]))
    assert np.isnan(krippendorff_alpha([[1, 2, NAN], [NAN, NAN, 3]]))
    assert krippendorff_alpha([[1, 2, 1, 2], [1, 2, 1, 2]]) == 1
    with pytest.raises(ValueError, match="row for each coder"):
        krippendorff_alpha([1, 2, 3])


@given(st.integers(0, 40), st.integers(1, 60))
def test_wilson_is_that_of_statsmodels(hits, more):
    n = hits + more
    assert wilson_interval(hits, n) == pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-12)


def test_wilson_of_no_case_is_missing_and_more_hits_than_cases_are_refused():
    low, high = wilson_interval([0, 5], [0, 10])
    assert np.isnan([low[0], high[0]]).all() and 0 < low[1] < 0.5 < high[1] < 1
    with pytest.raises(ValueError, match="more hits than cases"):
        wilson_interval(3, 2)
