"""Statistics on counts: pure, vectorized, each with its formula and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import exp, factorial, lgamma, log, prod
from sys import float_info

import numpy as np
from numpy.typing import ArrayLike, NDArray


def weighted_log_odds(
    count: ArrayLike,
    rest_count: ArrayLike,
    words: ArrayLike,
    rest_words: ArrayLike,
    *,
    prior: ArrayLike,
    rest_prior: ArrayLike | None = None,
    terms: int = 4,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
    log_odds, std_err : arrays
        Natural logarithm of the odds ratio, positive where the group uses the term more, and its standard error.

    Raises
    ------
    ValueError
        The prior is not positive, a count is negative, NaN or larger than its group, or `terms` is neither 2 nor 4.

    Notes
    -----
    Monroe, Colaresi & Quinn (2008), eq. 15-19: with y~ = y + alpha_w and n~ = n + alpha_0,
    delta = ln[y1~/(n1~-y1~)] - ln[y2~/(n2~-y2~)], var = 1/y1~ + 1/y2~ + 1/(n1~-y1~) + 1/(n2~-y2~). The variance
    takes tokens for independent, which words of one article are not. alpha_0 is no more than the terms given: a
    term that is given alone and makes up its whole group has infinite odds.
    """
    if terms not in (2, 4):
        raise ValueError(f"terms={terms}: the variance has 4 terms, or 2 in its short form")
    y1, y2 = np.broadcast_arrays(np.asarray(count, float), np.asarray(rest_count, float))
    alpha1 = np.broadcast_to(np.asarray(prior, float), y1.shape)
    alpha2 = alpha1 if rest_prior is None else np.broadcast_to(np.asarray(rest_prior, float), y1.shape)
    if not ((alpha1 > 0).all() and (alpha2 > 0).all()):
        raise ValueError("prior: every term needs a pseudo-count above zero")
    n1, n2 = np.asarray(words, float), np.asarray(rest_words, float)
    if not ((y1 >= 0).all() and (y2 >= 0).all() and (y1 <= n1).all() and (y2 <= n2).all()):
        raise ValueError("count: every count must lie between zero and the words of its group")
    a, b = y1 + alpha1, y2 + alpha2
    c, d = n1 + alpha1.sum() - a, n2 + alpha2.sum() - b
    with np.errstate(divide="ignore"):
        variance = 1 / a + 1 / b + (1 / c + 1 / d if terms == 4 else 0)
        return np.log(a / c) - np.log(b / d), np.sqrt(variance)


def permutation_floor(sizes: Sequence[int]) -> float:
    """Give the smallest p that an exact permutation of articles between groups of these sizes can reach.

    Parameters
    ----------
    sizes : sequence of int
        Articles per group.

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
    same = prod(map(factorial, Counter(whole).values())) if len(whole) > 2 else 1
    if sum(whole) > 500:  # the exact number of labellings has too many digits to be worth them
        log_labellings = lgamma(sum(whole) + 1) - sum(lgamma(n + 1) for n in whole)
        return max(exp(log(same) - log_labellings), float_info.min)
    return same / (factorial(sum(whole)) // prod(map(factorial, whole)))


def block_intervals(
    hits: ArrayLike, sizes: ArrayLike, strata: ArrayLike, *, draws: int = 2_000, confidence: float = 0.95, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Say between which bounds a share lies when blocks of a text are drawn anew within each article.

    Parameters
    ----------
    hits : array, blocks x shares
        What is counted in each block, for each share.
    sizes : array, blocks
        What the shares are taken of (words, sentences).
    strata : array, blocks
        The article of each block; as many blocks are drawn from each article as it has.
    draws, confidence, seed
        Replicates, level, and seed of the random numbers.

    Returns
    -------
    low, high : arrays
        Percentile bounds of sum(hits) / sum(sizes), one of each per share.

    Raises
    ------
    ValueError
        The arrays do not belong together, or there is no block.

    Notes
    -----
    Stratified percentile bootstrap of a ratio (Davison & Hinkley 1997, 2.4 and 3.2). It is conditional on the articles:
    what another article of the same outlet would say is no part of it.
    """
    counted, whole, article = np.asarray(hits, float), np.asarray(sizes, float), np.asarray(strata)
    if counted.ndim != 2 or not len(counted) or not len(counted) == len(whole) == len(article):
        raise ValueError("hits: give a row per block, and a size and an article for each")
    rng = np.random.default_rng(seed)
    weights = np.zeros((draws, len(article)))
    for name in dict.fromkeys(article.tolist()):
        rows = np.flatnonzero(article == name)
        weights[:, rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws)
    shares = (weights @ counted) / (weights @ whole)[:, None]
    tail = 50 * (1 - confidence)
    low, high = np.percentile(shares, [tail, 100 - tail], axis=0)
    return low, high
