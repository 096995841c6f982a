"""Statistics on counts: pure, vectorized, each with its formula and source.

Counts are whole numbers; `words` are the tokens of a group, function words too. Where a function takes several
articles or parts at once, they are rows and terms are columns. Scalars give scalars.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import exp, factorial, lgamma, log, prod
from sys import float_info
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, special

Floats = NDArray[np.float64]

# Settled by benchmarks/calibration.py: five to ten articles, bursty words, null terms called different in 1 to 8 %.
POOLED_HITS = 4  # occurrences in all articles from which a term helps to tell the dispersion of all
LEAST_DF = 10  # degrees of freedom in all, below which no dispersion is told
POOL_DF = 40  # degrees of freedom that the pooled dispersion weighs against a term's own
FREQUENT = 5  # occurrences an article above which dispersion may grow with frequency
TAIL_DF = 5  # degrees of freedom of Student's t in the tails, where one knows nothing of a term but the pool


# ------------------------------------------------------------------------------------------ what is let in


def _whole(name: str, values: ArrayLike, least: int = 0) -> Floats:
    """Take whole numbers from `least` on, as floats; anything else is named with its place."""
    given = np.asarray(values)
    array = given.astype(float)
    wrong = given < least
    if given.dtype.kind not in "iu":
        wrong = ~((array >= least) & (array == np.floor(array)) & (array < np.inf))
    if wrong.any():
        place = np.argwhere(wrong)[0]
        where = f"[{', '.join(map(str, place))}]" if array.ndim else ""
        kind = "a count is a whole number" if least == 0 else "a group or part has a whole number of words"
        raise ValueError(f"{name}{where} is {array[tuple(place)]:g}: {kind}, {least} or more")
    return array


def _two_groups(count: ArrayLike, rest_count: ArrayLike, words: ArrayLike, rest_words: ArrayLike) -> list[Floats]:
    """Take a term's count in a group and in the rest, and the words of both."""
    a, b = _whole("count", count), _whole("rest_count", rest_count)
    n1, n2 = _whole("words", words, 1), _whole("rest_words", rest_words, 1)
    for name, hits, size in (("count", a, n1), ("rest_count", b, n2)):
        if (hits > size).any():
            raise ValueError(f"{name}: {hits.max():g} occurrences do not fit into the words of their group")
    return list(np.broadcast_arrays(a, b, n1, n2))


def _parts(hits: ArrayLike, sizes: ArrayLike) -> tuple[Floats, Floats]:
    """Take hits (parts, or parts x terms) and the sizes of the parts; parts without a word are no parts."""
    v, s = _whole("hits", hits), np.asarray(sizes, float)
    if v.ndim not in (1, 2) or s.ndim != 1 or len(v) != len(s) or not (np.isfinite(s) & (s >= 0)).all() or s.sum() == 0:
        raise ValueError("sizes: give each part of `hits` its size, zero or more")
    if v[s == 0].any():
        raise ValueError("hits: a part of size zero has occurrences")
    return v[s > 0], s[s > 0].reshape(-1, *[1] * (v.ndim - 1))


def _scalar(array: Floats) -> Any:
    """Give a number for a number."""
    return array[()] if np.ndim(array) == 0 else array


# ------------------------------------------------------------------------------------ one group, and the rest


def signed_g2(count: ArrayLike, rest_count: ArrayLike, words: ArrayLike, rest_words: ArrayLike) -> Any:
    """Say how far a term's counts are from an even share, with the sign of the difference: log-likelihood G2.

    Parameters
    ----------
    count, rest_count : array or scalar
        Occurrences of each term in the group and in the rest.
    words, rest_words : array or scalar
        Tokens of the group and of the rest.

    Returns
    -------
    array or scalar
        G2, positive where the group uses the term at a higher rate.

    Raises
    ------
    ValueError
        A count is no whole number, negative, NaN or larger than its group.

    Notes
    -----
    Dunning (1993): 2 sum O ln(O/E) over all four cells (term and other words, group and rest), 0 ln 0 = 0; many
    programs leave the two cells of other words out. It takes tokens for independent, so it describes and tests nothing.
    """
    a, b, n1, n2 = _two_groups(count, rest_count, words, rest_words)
    share = n1 / (n1 + n2)
    cells = [(a, (a + b) * share), (b, (a + b) * (1 - share)),
             (n1 - a, (n1 + n2 - a - b) * share), (n2 - b, (n1 + n2 - a - b) * (1 - share))]  # fmt: skip
    g2 = 2 * sum(special.rel_entr(observed, expected) for observed, expected in cells)
    return _scalar(np.sign(a * n2 - b * n1) * np.maximum(g2, 0))


def g2_table(counts: ArrayLike, words: ArrayLike) -> tuple[Any, int]:
    """Say how unevenly a term is spread over k groups: log-likelihood G2 of the 2 x k table.

    Parameters
    ----------
    counts : array, groups or groups x terms
        Occurrences in each group.
    words : array, groups
        Tokens of each group.

    Returns
    -------
    g2 : scalar or array
        2 sum O ln(O/E) over the 2k cells, one for each term.
    df : int
        k - 1.

    Raises
    ------
    ValueError
        Fewer than two groups, or counts that cannot be.

    Notes
    -----
    Dunning (1993). Tokens are taken for independent.
    """
    hits, n = _whole("counts", counts), _whole("words", words, 1)
    if hits.ndim not in (1, 2) or n.ndim != 1 or len(hits) != len(n) or len(n) < 2:
        raise ValueError("counts: give a row for each of two groups or more, and the words of each")
    n = n.reshape(-1, *[1] * (hits.ndim - 1))
    if (hits > n).any():
        raise ValueError("counts: more occurrences than words")
    pooled, share = hits.sum(axis=0), n / n.sum()
    g2 = special.rel_entr(hits, pooled * share) + special.rel_entr(n - hits, (n.sum() - pooled) * share)
    return _scalar(np.maximum(2 * g2.sum(axis=0), 0)), len(n) - 1


def chi2_yates(count: ArrayLike, rest_count: ArrayLike, words: ArrayLike, rest_words: ArrayLike) -> Any:
    """Give Pearson's chi-squared of the 2 x 2 table with Yates' correction, which never turns a difference round.

    Parameters
    ----------
    count, rest_count, words, rest_words : array or scalar
        As in `signed_g2`.

    Returns
    -------
    array or scalar
        Unsigned; 0 for a term that occurs nowhere or is every word.

    Raises
    ------
    ValueError
        As in `signed_g2`.

    Notes
    -----
    Yates (1934): (|O - E| - 1/2)^2 / E over four cells; the half is capped at |O - E|, as scipy and R have it.
    """
    a, b, n1, n2 = _two_groups(count, rest_count, words, rest_words)
    expected = n1 * (a + b) / (n1 + n2)
    off = np.abs(a - expected)
    margins = (a + b) * (n1 + n2 - a - b)
    scale = (n1 + n2) ** 3 / np.where(margins > 0, margins * n1 * n2, np.inf)  # sum of 1/E over the four cells
    return _scalar((off - np.minimum(off, 0.5)) ** 2 * scale)


def log_ratio(count: ArrayLike, rest_count: ArrayLike, words: ArrayLike, rest_words: ArrayLike) -> Any:
    """Say how many times as frequent a term is in the group as in the rest, in doublings.

    Parameters
    ----------
    count, rest_count, words, rest_words : array or scalar
        As in `signed_g2`.

    Returns
    -------
    array or scalar
        Binary logarithm of the ratio of rates: 1 is twice, -1 half as frequent. Finite for zero counts.

    Raises
    ------
    ValueError
        As in `signed_g2`.

    Notes
    -----
    Hardie (2014): log2[(a+.5)/(N1+.5)] - log2[(b+.5)/(N2+.5)]; the halves keep it continuous at zero.
    """
    a, b, n1, n2 = _two_groups(count, rest_count, words, rest_words)
    return _scalar(np.log2((a + 0.5) / (n1 + 0.5)) - np.log2((b + 0.5) / (n2 + 0.5)))


def log_ratio_bound(
    count: ArrayLike,
    rest_count: ArrayLike,
    words: ArrayLike,
    rest_words: ArrayLike,
    *,
    confidence: float = 0.95,
    family: int = 1,
) -> Any:
    """Give the least log ratio that the counts leave room for: the bound nearer to no difference.

    Parameters
    ----------
    count, rest_count, words, rest_words : array or scalar
        As in `signed_g2`.
    confidence : float
        Level of the two-sided interval.
    family : int
        Comparisons for which it shall hold together (Bonferroni): (1 - confidence) / family is split over both tails.

    Returns
    -------
    array or scalar
        Doublings, as in `log_ratio`; 0 where the interval holds no difference.

    Raises
    ------
    ValueError
        As in `signed_g2`; a level outside (0, 1), or a family below 1.

    Notes
    -----
    Evert (2022), LRC: Clopper-Pearson bounds tau of a/(a+b), log2[(N2/N1) tau/(1-tau)]. Conditional on a + b it is
    exact for independent tokens, which words of one article are not.
    """
    a, b, n1, n2 = _two_groups(count, rest_count, words, rest_words)
    tail = _tail(confidence, family)
    higher = a * n2 > b * n1  # the interval holds the ratio itself, so that its other bound is not the nearer one
    one, other = np.where(higher, a, b), np.where(higher, b, a) + 1
    one_words, other_words = np.where(higher, n1, n2), np.where(higher, n2, n1)
    hits, even = np.maximum(one, 1), one_words / (one_words + other_words)
    # most intervals hold no difference: the tail beyond it tells so, and to invert it takes ten times as long
    apart = (one > 0) & (special.betainc(hits, other, even) < tail * (1 + 1e-9))
    x, y = hits[apart], other[apart]
    tau, one_less_tau = special.betaincinv(x, y, tail), special.betainccinv(y, x, tail)
    least = np.zeros(hits.shape)
    least[apart] = np.maximum(np.log2((other_words / one_words)[apart]) + np.log2(tau) - np.log2(one_less_tau), 0.0)
    return _scalar(np.where(higher, least, 0.0 - least))


def _tail(confidence: float, family: int) -> float:
    """Give the probability in one tail."""
    if not (0 < confidence < 1 and family >= 1):
        raise ValueError(f"confidence={confidence}, family={family}: give a level between 0 and 1, and a family from 1")
    return (1 - confidence) / family / 2


def weighted_log_odds(
    count: ArrayLike,
    rest_count: ArrayLike,
    words: ArrayLike,
    rest_words: ArrayLike,
    *,
    prior: ArrayLike,
    rest_prior: ArrayLike | None = None,
    terms: int = 4,
) -> tuple[Any, Any]:
    """Say how much more a term's odds are in one group than in the rest, drawn towards no difference by a prior.

    Parameters
    ----------
    count, rest_count : array or scalar
        Occurrences of each term in the group and in the rest.
    words, rest_words : array or scalar
        Tokens of the group and of the rest.
    prior, rest_prior : array or scalar
        Pseudo-counts alpha_w per term; alpha_0 is their sum over the terms given (a scalar counts once per term).
        `rest_prior` is `prior` unless given.
    terms : {4, 2}
        4 for the full variance, 2 for the common short one, 1/y1 + 1/y2.

    Returns
    -------
    log_odds, std_err : arrays or scalars
        Natural logarithm of the odds ratio, positive where the group uses the term more, and its standard error.

    Raises
    ------
    ValueError
        The prior is not positive, a count cannot be, or `terms` is neither 2 nor 4.

    Notes
    -----
    Monroe, Colaresi & Quinn (2008), eq. 15-19: with y~ = y + alpha_w and n~ = n + alpha_0,
    delta = ln[y1~/(n1~-y1~)] - ln[y2~/(n2~-y2~)], var = 1/y1~ + 1/y2~ + 1/(n1~-y1~) + 1/(n2~-y2~). The variance
    takes tokens for independent, which words of one article are not. alpha_0 is no more than the terms given: a
    term that is given alone and makes up its whole group has infinite odds.
    """
    if terms not in (2, 4):
        raise ValueError(f"terms={terms}: the variance has 4 terms, or 2 in its short form")
    y1, y2, n1, n2 = _two_groups(count, rest_count, words, rest_words)
    alpha1 = np.broadcast_to(np.asarray(prior, float), y1.shape)
    alpha2 = alpha1 if rest_prior is None else np.broadcast_to(np.asarray(rest_prior, float), y1.shape)
    if not all(((alpha > 0) & np.isfinite(alpha)).all() for alpha in (alpha1, alpha2)):
        raise ValueError("prior: every term needs a pseudo-count above zero")
    log_odds, variance = smoothed_log_odds(y1, y2, n1, n2, alpha1, alpha2, alpha1.sum(), alpha2.sum(), terms=terms)
    return _scalar(log_odds), _scalar(np.sqrt(variance))


def smoothed_log_odds(
    y1: Floats, y2: Floats, n1: Any, n2: Any, alpha1: Floats, alpha2: Floats, sum1: Any, sum2: Any, *, terms: int = 4
) -> tuple[Floats, Floats]:
    """Give delta and its variance as `weighted_log_odds` does, unchecked, for arrays of any shape that fit together.

    `sum1` and `sum2` are alpha_0 of the group and of the rest. Replicates need it, in which counts are weighted.
    """
    a, b = y1 + alpha1, y2 + alpha2
    c, d = n1 + sum1 - a, n2 + sum2 - b
    with np.errstate(divide="ignore"):  # c is zero where one term is its whole group: infinite odds, as documented
        variance = 1 / a + 1 / b + (1 / c + 1 / d if terms == 4 else 0)
        delta = np.log(a / c) - np.log(b / d)
    return np.where(np.abs(delta) < 1e-13, 0.0, delta), variance  # rounding alone makes equal odds differ


# ------------------------------------------------------------------------------------------- whole vocabularies


def js_contributions(counts: ArrayLike, rest_counts: ArrayLike) -> Floats:
    """Say how many bits each term adds to the divergence of two vocabularies.

    Parameters
    ----------
    counts, rest_counts : arrays, terms
        Occurrences, or any weights that are not negative; each is taken as shares of its sum.

    Returns
    -------
    array, terms
        Bits, 0 or more each. They sum to the Jensen-Shannon divergence with equal weights: 0 for the same shares,
        1 for no term in common.

    Raises
    ------
    ValueError
        The arrays differ in length, hold a negative or no number, or sum to zero.

    Notes
    -----
    Gallagher et al. (2021), eq. 10: with m = (p + q)/2, each term adds [p log2(p/m) + q log2(q/m)] / 2. Estimated from
    counts it is too large: two random halves of one text diverge as well. Hence the permuted labels beside it.
    """
    p, q = (_shares(name, c) for name, c in (("counts", counts), ("rest_counts", rest_counts)))
    if p.shape != q.shape:
        raise ValueError(f"counts and rest_counts: {len(p)} and {len(q)} terms")
    return js_of_shares(p, q)


def js_of_shares(p: Floats, q: Floats) -> Floats:
    """Give what each term adds to the divergence, from its shares in the two vocabularies; arrays of any shape."""
    middle = (p + q) / 2
    return np.maximum(special.rel_entr(p, middle) + special.rel_entr(q, middle), 0) / (2 * log(2))


def _shares(name: str, weights: ArrayLike) -> Floats:
    array = np.asarray(weights, float)
    if array.ndim != 1 or not (np.isfinite(array) & (array >= 0)).all() or not array.sum() > 0:
        raise ValueError(f"{name}: give a list of weights, none of them negative or NaN, that do not sum to zero")
    return array / array.sum()


def weighted_average_shift(
    counts: ArrayLike, rest_counts: ArrayLike, scores: ArrayLike, *, reference: float | None = None
) -> Floats:
    """Say which terms make one group's mean score differ from the rest's, and by how much each.

    Parameters
    ----------
    counts, rest_counts : arrays, terms
        Occurrences in the group and in the rest, or weights; each is taken as shares of its sum.
    scores : array, terms
        The score of each term.
    reference : float, optional
        The score that is taken for neutral; the rest's mean unless given.

    Returns
    -------
    array, terms
        (p - p_rest)(score - reference). The sum is the group's mean less the rest's, whatever the reference.

    Raises
    ------
    ValueError
        The arrays do not fit together, or a score is no number: leave out terms without a score.

    Notes
    -----
    Gallagher et al. (2021), eq. 4, for scores that are the same in both groups.
    """
    p, q, s = _shares("counts", counts), _shares("rest_counts", rest_counts), np.asarray(scores, float)
    if not p.shape == q.shape == s.shape or not np.isfinite(s).all():
        raise ValueError("scores: give each term a score; leave out the terms that have none")
    return (p - q) * (s - (float(q @ s) if reference is None else reference))


# ---------------------------------------------------------------------------------------- spread over parts


def dp(hits: ArrayLike, sizes: ArrayLike) -> Any:
    """Say how unevenly a term is spread over parts: 0 as the words are, near 1 all in one small part.

    Parameters
    ----------
    hits : array, parts or parts x terms
        Occurrences in each part.
    sizes : array, parts
        Words of each part, or shares of the whole.

    Returns
    -------
    scalar or array
        DP; NaN for a term that does not occur.

    Raises
    ------
    ValueError
        The arrays do not fit together.

    Notes
    -----
    Gries (2008): half the sum of |v_i/f - s_i|.
    """
    v, s = _parts(hits, sizes)
    total = v.sum(axis=0)
    shares = v / np.where(total > 0, total, np.nan)
    return _scalar(np.abs(shares - s / s.sum()).sum(axis=0) / 2)


def dp_norm(hits: ArrayLike, sizes: ArrayLike) -> Any:
    """Say how unevenly a term is spread over parts, on a scale that reaches 1 whatever the sizes of the parts.

    Parameters
    ----------
    hits, sizes
        As in `dp`.

    Returns
    -------
    scalar or array
        DP over its greatest possible value; NaN for a term that does not occur, and for a single part.

    Raises
    ------
    ValueError
        The arrays do not fit together.

    Notes
    -----
    Gries (2008) as corrected by Lijffijt & Gries (2012): DP / (1 - min s_i).
    """
    _, s = _parts(hits, sizes)
    most = 1 - s.min() / s.sum()
    return dp(hits, sizes) / (most if len(s) > 1 else np.nan)


def juilland_d(hits: ArrayLike, sizes: ArrayLike) -> Any:
    """Say how evenly a term is spread over parts: 1 at the same rate everywhere, 0 all in one part.

    Parameters
    ----------
    hits, sizes
        As in `dp`.

    Returns
    -------
    scalar or array
        Juilland's D; NaN for a term that does not occur, and for a single part.

    Raises
    ------
    ValueError
        The arrays do not fit together.

    Notes
    -----
    Juilland & Chang-Rodriguez (1964): 1 - V / sqrt(n - 1), V the coefficient of variation of the rates in the n parts,
    with the standard deviation of a population.
    """
    v, s = _parts(hits, sizes)
    rates = v / s
    mean = rates.mean(axis=0)
    variation = rates.std(axis=0) / np.where(mean > 0, mean, np.nan)
    return _scalar(1 - variation / (np.sqrt(len(s) - 1) if len(s) > 1 else np.nan))


# ------------------------------------------------------------------------- dispersion from article to article


def pooled_dispersion(
    counts: Any, groups: Sequence[Any] | NDArray[Any], words: ArrayLike, *, least: int = 5
) -> tuple[float, int]:
    """Say how much more the articles of one source differ than independent words would, over the whole vocabulary.

    Parameters
    ----------
    counts : array or sparse array, articles x terms
        Occurrences.
    groups : sequence, articles
        The source of each article.
    words : array, articles
        Words of each article.
    least : int
        Occurrences in a source from which a term is taken there.

    Returns
    -------
    phi : float
        Dispersion, 1 (as independent words) or more; NaN where no source has two articles and such a term.
    df : int
        Degrees of freedom that it rests on: articles less one, for each source and term.

    Raises
    ------
    ValueError
        The arrays do not fit together, or hold counts that cannot be.

    Notes
    -----
    max(1, sum r^2 / sum df) with r^2 = (y - mu)^2 / (mu (1 - h)), mu the article's share h of its source's words
    times the term's count there. Each r^2 has the expectation phi and weighs its own part 1 - h of the degrees of
    freedom, so that the sum is Pearson's X^2 and phi the dispersion of a quasi-Poisson regression on source and term
    (Wedderburn 1974; pooled over genes in Lund et al. 2012).
    """
    pearson, hits, df = sum_pearson(counts, groups, words)
    taken = hits >= least
    total = int((df * taken).sum())
    return (max(1.0, float(pearson[taken].sum()) / total), total) if total else (float("nan"), 0)


def moderated_dispersion(
    counts: Any, groups: Sequence[Any] | NDArray[Any], words: ArrayLike
) -> tuple[Floats, Floats, float, int]:
    """Say for each term how much articles of one source differ in it, leaning on what all terms show.

    Parameters
    ----------
    counts, groups, words
        As in `pooled_dispersion`.

    Returns
    -------
    phi : array, terms
        Dispersion of each term, 1 or more; NaN throughout where there are no replicates, or too few terms.
    df : array, terms
        Degrees of freedom of the term itself, 0 where it stands in no source with two articles.
    typical : float
        The pooled dispersion that terms are drawn towards; NaN as above.
    total : int
        Degrees of freedom of that, over all terms: the same articles serve each of them, so they are not independent.

    Raises
    ------
    ValueError
        As in `pooled_dispersion`.

    Notes
    -----
    The pool is X^2 / df over terms with four occurrences or more in all articles. They are chosen by the sum over
    sources: a term that reaches five in one source by a burst there would be chosen for its burst, and the pool be
    too high. (A term with a single hit in a source has X^2 = df whatever the burstiness: the pool is a little low.)
    Above five occurrences an article, the pool rises along the line through two points: the pool, and the pool in
    which terms weigh by their hits. A term's own X^2 is added with its df, the pool weighing 40. Empirical-Bayes
    moderation in the manner of limma and edgeR (Smyth 2004; Lund et al. 2012); its constants were settled by
    simulation (docs/calibration.md): an estimated weight is too unsteady with one degree of freedom a term, and a
    small one costs power.
    """
    hits_of_all = np.asarray(sparse.csr_array(counts).sum(axis=0)).ravel()
    pearson, hits, df = sum_pearson(counts, groups, words)
    return moderate_pearson(pearson, hits, df, hits_of_all=hits_of_all, n_articles=int((np.asarray(words) > 0).sum()))


def moderate_pearson(
    pearson: Floats, hits: Floats, df: Floats, *, hits_of_all: ArrayLike, n_articles: int
) -> tuple[Floats, Floats, float, int]:
    """Give `moderated_dispersion` from what `sum_pearson` gives, a term's hits in all articles, and their number."""
    all_hits = np.asarray(hits_of_all)
    own, own_df = (pearson * (hits > 0)).sum(axis=0), (df * (hits > 0)).sum(axis=0)
    taken = (all_hits >= POOLED_HITS) & (own_df > 0)
    total = int(own_df[taken].sum())
    if total < LEAST_DF:
        return np.full(len(own), np.nan), own_df, float("nan"), total
    typical = max(1.0, float(own[taken].sum()) / total)
    mean = all_hits / n_articles
    heavy = own_df[taken] * all_hits[taken]
    rise = float((own[taken] * all_hits[taken]).sum() / heavy.sum()) - typical
    run = np.average(mean[taken], weights=heavy) - np.average(mean[taken], weights=own_df[taken])
    slope = max(0.0, rise / run) if run > 0 else 0.0
    pool = typical + slope * np.maximum(mean - FREQUENT, 0)
    return np.maximum(1, (POOL_DF * pool + own) / (POOL_DF + own_df)), own_df, typical, total


def sum_pearson(counts: Any, groups: Sequence[Any] | NDArray[Any], words: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Give X^2 over the articles, the hits, and the degrees of freedom: sources x terms, sources x terms, sources x 1.

    X^2 = sum (y - mu)^2 / mu = sum y^2 / mu - T, which needs only the cells that are not zero.
    """
    n, labels = _whole("words", words), np.asarray(groups)
    matrix = sparse.csr_array(counts if sparse.issparse(counts) else np.atleast_2d(np.asarray(counts, float)))
    _whole("counts", matrix.data)
    if matrix.ndim != 2 or not matrix.shape[0] == len(labels) == len(n):
        raise ValueError("counts: give a row for each article, and its source and words")
    article = np.repeat(np.arange(len(n)), np.diff(matrix.indptr))
    if (matrix.data > n[article]).any():
        raise ValueError("counts: an article has more occurrences of a term than words")
    codes, known = pd.factorize(labels, use_na_sentinel=False)
    codes[n == 0] = -1  # an article without words says nothing about rates
    sizes = np.bincount(codes[codes >= 0], minlength=len(known))
    told = np.flatnonzero(sizes > 1)
    inside, words = np.flatnonzero(codes >= 0), np.bincount(codes[codes >= 0], n[codes >= 0], len(known))
    by_group = sparse.csr_array((np.ones(len(inside)), (codes[inside], inside)), shape=(len(known), len(n)))[told]
    share = np.divide(words[codes], n, where=n > 0, out=np.zeros(len(n)))
    weighted = (matrix.data * matrix.data * share[article], matrix.indices, matrix.indptr)
    hits = (by_group @ matrix).toarray()
    squares = (by_group @ sparse.csr_array(weighted, shape=matrix.shape)).toarray()
    return (
        np.maximum(squares / np.where(hits > 0, hits, 1) - hits, 0),
        hits,
        (sizes[told] - 1).astype(float).reshape(-1, 1),
    )


def tipping_phi(log_odds: ArrayLike, std_err: ArrayLike, *, confidence: float = 0.95) -> Any:
    """Say how much articles may differ before a term's interval reaches no difference.

    Parameters
    ----------
    log_odds, std_err : array or scalar
        From `weighted_log_odds`: the standard error is that of independent words, phi = 1.
    confidence : float
        Level of the interval.

    Returns
    -------
    array or scalar
        The dispersion at which the interval would just reach zero; below 1 it does so even with independent words.

    Raises
    ------
    ValueError
        A standard error that is not above zero, or a level outside (0, 1).

    Notes
    -----
    (z / q)^2 with z = log_odds / std_err and q the normal quantile, 1.96 at 95 %: since the standard error grows with
    the root of phi.
    """
    se = np.asarray(std_err, float)
    if (se <= 0).any():
        raise ValueError("std_err: a standard error is above zero")
    return _scalar((np.asarray(log_odds, float) / se / -special.ndtri(_tail(confidence, 1))) ** 2)


def article_p(z: ArrayLike, df: ArrayLike) -> Any:
    """Turn a z that holds the dispersion between articles into a two-sided p that can stand in a large family.

    Parameters
    ----------
    z : array or scalar
        log_odds / std_err, the standard error times the root of phi.
    df : array or scalar
        Degrees of freedom of the term's own dispersion, as from `moderated_dispersion`.

    Returns
    -------
    array or scalar
        p; .05 at 1.96, as the interval has it.

    Notes
    -----
    A rule found by simulation, not by theory (docs/calibration.md): words differ in burstiness, so that z has heavier
    tails than the normal; Student's t with df + 5, stretched to agree with the normal at .05, keeps Holm's family-wise
    error. Above .05 it is a little smaller than the normal's p. With five or ten articles hardly any difference can
    pass Holm's adjustment: that none does says nothing.
    """
    freedom = TAIL_DF + np.asarray(df, float)
    stretch = special.stdtrit(freedom, 0.025) / special.ndtri(0.025)
    return _scalar(2 * special.stdtr(freedom, -np.abs(np.asarray(z, float)) * stretch))


# --------------------------------------------------------------------------- permutation and many comparisons


def permutation_floor(sizes: Sequence[int], *, signed: bool = True) -> float:
    """Give the smallest p that an exact permutation of articles between groups of these sizes can reach.

    Parameters
    ----------
    sizes : sequence of int
        Articles per group.
    signed : bool
        False for an omnibus statistic of two groups, such as a divergence; with more groups there is no other.

    Returns
    -------
    float
        With two groups one over the number of labellings (a one-sided statistic). With more, the same for an
        omnibus statistic, which swapping groups of equal size leaves as it is. 1 when there is nothing to permute.

    Raises
    ------
    ValueError
        A size is not a whole number above zero, or there is no group.

    Examples
    --------
    >>> permutation_floor([2, 3]), permutation_floor([1, 4]), permutation_floor([1, 1, 1])
    (0.1, 0.2, 1.0)
    """
    if len(sizes) == 0 or any(n != int(n) or n < 1 for n in sizes):
        raise ValueError(f"sizes={list(sizes)}: give the number of articles of each group, 1 or more")
    whole = [int(n) for n in sizes]
    same = prod(map(factorial, Counter(whole).values())) if len(whole) > 2 or not signed else 1
    if sum(whole) > 500:  # the exact number of labellings has too many digits to be worth them
        log_labellings = lgamma(sum(whole) + 1) - sum(lgamma(n + 1) for n in whole)
        return max(exp(log(same) - log_labellings), float_info.min)
    return same / _labellings_of(whole)


def _labellings_of(sizes: Sequence[int]) -> int:
    return factorial(sum(sizes)) // prod(map(factorial, sizes))


def permutation_p(
    statistic: Callable[[NDArray[Any]], Any],
    labels: Sequence[Any] | NDArray[Any],
    *,
    draws: int = 9999,
    seed: int = 0,
) -> Any:
    """Say how often articles labelled by chance give as high a statistic as the true labels.

    Parameters
    ----------
    statistic : function
        Takes labels (an array as long as `labels`) and gives a number, or an array of them; high is against the null.
    labels : sequence, articles
        The true label of each article.
    draws, seed
        Random labellings and their seed, where there are too many to go through.

    Returns
    -------
    scalar or array
        p. All labellings are gone through when they are no more than `draws`, the true one among them; otherwise
        (g + 1) / (draws + 1), g of the draws being as high.

    Raises
    ------
    ValueError
        No labels, or no draws.

    Notes
    -----
    Phipson & Smyth (2010): a p of zero does not exist. `permutation_floor` says how small it can be.
    """
    arrangements, exact = labellings(labels, draws=draws, seed=seed)
    observed = np.asarray(statistic(np.asarray(labels)), float)
    as_high = sum(at_least(statistic(arranged), observed).astype(int) for arranged in arrangements)
    return _scalar(permutation_share(as_high, len(arrangements), exact))


def at_least(values: Any, observed: Any) -> NDArray[np.bool_]:
    """Say where a replicate is as high as what was observed; the same value by another order of summing is."""
    return np.asarray(np.asarray(values, float) >= observed - 1e-9 * np.abs(observed) - 1e-12)


def permutation_share(as_high: Any, labellings: int, exact: bool) -> Any:
    """Turn the number of labellings that are as high into p: of all labellings, or of those drawn and the true one."""
    return as_high / labellings if exact else (as_high + 1) / (labellings + 1)


def labellings(labels: Sequence[Any] | NDArray[Any], *, draws: int = 9999, seed: int = 0) -> tuple[NDArray[Any], bool]:
    """Give all different arrangements of labels, or so many random ones where there are more.

    Returns
    -------
    arrangements : array, labellings x articles
    exact : bool
        Whether these are all.
    """
    array = np.asarray(labels)
    if array.ndim != 1 or not len(array) or draws < 1:
        raise ValueError("labels: give one label to each article, and at least one draw")
    names, codes = np.unique(array, return_inverse=True)
    sizes = np.bincount(codes).tolist()
    log_number = lgamma(sum(sizes) + 1) - sum(lgamma(n + 1) for n in sizes)
    if log_number < log(draws) + 1 and _labellings_of(sizes) <= draws:
        return names[np.array(list(_arrange(sorted(codes.tolist()))))], True
    rng = np.random.default_rng(seed)
    return names[rng.permuted(np.tile(codes, (draws, 1)), axis=1)], False


def _arrange(codes: list[int]) -> Iterator[list[int]]:
    """Go through the different arrangements of sorted codes, in lexicographic order."""
    while True:
        yield codes.copy()
        i = next((i for i in range(len(codes) - 2, -1, -1) if codes[i] < codes[i + 1]), None)
        if i is None:
            return
        j = next(j for j in range(len(codes) - 1, i, -1) if codes[j] > codes[i])
        codes[i], codes[j] = codes[j], codes[i]
        codes[i + 1 :] = codes[:i:-1]


def benjamini_hochberg(p: ArrayLike) -> Any:
    """Adjust p values so that those below .05 hold no more than one false in twenty, on average.

    Parameters
    ----------
    p : array
        One p for each member of a family that was stated beforehand; NaN is no member and stays NaN.

    Returns
    -------
    array
        Adjusted p.

    Raises
    ------
    ValueError
        A p outside [0, 1].

    Notes
    -----
    Benjamini & Hochberg (1995), by scipy.
    """
    from scipy import stats  # needs a second to load

    return _adjusted(p, lambda family: stats.false_discovery_control(family, method="bh"))


def holm(p: ArrayLike) -> Any:
    """Adjust p values so that the chance of a single false one below .05 is no more than .05.

    Parameters
    ----------
    p : array
        As in `benjamini_hochberg`.

    Returns
    -------
    array
        Adjusted p.

    Raises
    ------
    ValueError
        A p outside [0, 1].

    Notes
    -----
    Holm (1979): the i-th smallest times m - i + 1, never below the one before.
    """

    def step_down(family: Floats) -> Floats:
        order = np.argsort(family, kind="stable")
        adjusted = np.empty(len(family))
        adjusted[order] = np.minimum(np.maximum.accumulate(family[order] * np.arange(len(family), 0, -1)), 1)
        return adjusted

    return _adjusted(p, step_down)


def _adjusted(p: ArrayLike, adjust: Callable[[Floats], Floats]) -> Any:
    values = np.asarray(p, float)
    family = ~np.isnan(values)
    if ((values[family] < 0) | (values[family] > 1)).any():
        raise ValueError("p: every p lies between 0 and 1")
    out = np.full(values.shape, np.nan)
    if family.any():
        out[family] = adjust(values[family])
    return _scalar(out)


# ------------------------------------------------------------------------------------- agreement and shares


def krippendorff_alpha(values: Any, *, weights: ArrayLike | None = None) -> Any:
    """Say how far coders agree beyond chance, for codes without order: Krippendorff's alpha.

    Parameters
    ----------
    values : array, coders x units
        Codes, numbers or words; NaN or None where a coder did not code a unit.
    weights : array, draws x units, optional
        How often each unit counts in each replicate of a bootstrap; once otherwise.

    Returns
    -------
    float, or array of draws
        1 for agreement throughout, 0 for what chance gives; NaN where all values are equal, or no unit has two codes.

    Raises
    ------
    ValueError
        Not a table of coders by units, or weights for another number of units.

    Notes
    -----
    Krippendorff (2019), ch. 12: 1 - D_o / D_e over the units that two coders or more have coded.
    """
    table = np.asarray(values, dtype=object)
    if table.ndim != 2:
        raise ValueError("values: give a row for each coder and a column for each unit")
    times = np.ones((1, table.shape[1])) if weights is None else np.atleast_2d(np.asarray(weights, float))
    if times.shape[1] != table.shape[1]:
        raise ValueError(f"weights: {times.shape[1]} units where values have {table.shape[1]}")
    codes, names = pd.factorize(table.ravel())  # -1 where missing
    codes = codes.reshape(table.shape)
    counts = (
        np.stack([(codes == c).sum(axis=0) for c in range(len(names))]) if len(names) else np.zeros((1, len(codes.T)))
    )
    paired = counts.sum(axis=0) >= 2
    counts, times = counts[:, paired], times[:, paired]
    coded, totals = counts.sum(axis=0), times @ counts.T
    n = totals.sum(axis=1)
    expected = n**2 - (totals**2).sum(axis=1)
    observed = times @ ((coded**2 - (counts**2).sum(axis=0)) / (coded - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = np.where(expected > 0, 1 - (n - 1) * observed / expected, np.nan)
    return float(alpha[0]) if weights is None else alpha


def wilson_interval(hits: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> tuple[Any, Any]:
    """Give the interval of a share: between which values it lies, if the cases are independent.

    Parameters
    ----------
    hits, n : array or scalar
        Cases that have it, of so many.
    confidence : float

    Returns
    -------
    low, high : arrays or scalars
        Bounds between 0 and 1; NaN where there is no case.

    Raises
    ------
    ValueError
        More hits than cases, or no whole numbers.

    Notes
    -----
    Wilson (1927), by scipy, without correction for continuity.
    """
    from scipy import stats  # needs a second to load

    k, total = np.broadcast_arrays(_whole("hits", hits), _whole("n", n))
    if (k > total).any():
        raise ValueError("hits: more hits than cases")
    bounds = np.full((2, *k.shape), np.nan)
    for place in np.argwhere(total > 0):
        i = tuple(place)
        found = stats.binomtest(int(k[i]), int(total[i])).proportion_ci(confidence, method="wilson")
        bounds[(slice(None), *i)] = found.low, found.high
    return _scalar(bounds[0]), _scalar(bounds[1])
