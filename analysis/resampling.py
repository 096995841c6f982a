"""Drawing anew: labels among articles, articles within a source, blocks of sentences within an article.

Every replicate is a row of weights, and what it counts is a product of weights and counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from analysis.corpus import Corpus

DRAWS = 2_000
BLOCK = 3  # sentences, at least
CELLS = 4_000_000  # of a matrix of replicates at a time
LEAST_BLOCKS = 10  # per group; below, an interval would promise what it cannot keep
BLOCKED = 1_000  # articles up to which blocks are drawn; of more, what differs between articles is the question


def number_blocks(corpus: Corpus) -> pd.Series:
    """Number the block of each passage: three sentences or more of one article, none of which cuts a quotation."""
    whole = corpus.tables["passages"]
    quoted = whole.dropna(subset="quotation").groupby(["article_id", "quotation"])["sentence"].agg(["min", "max"])
    held = {(article, s) for (article, _), first, last in quoted.itertuples() for s in range(first + 1, last + 1)}
    numbers: dict[tuple[str, int], int] = {}
    block = 0
    for _, places in whole[["article_id", "sentence"]].drop_duplicates().groupby("article_id", sort=False):
        runs: list[list[tuple[str, int]]] = [[]]
        for place in places.itertuples(index=False, name=None):
            if len(runs[-1]) >= BLOCK and place not in held:
                runs.append([])
            runs[-1].append(place)
        if len(runs) > 1 and len(runs[-1]) < BLOCK:  # what is left over belongs to the block before it
            rest = runs.pop()
            runs[-1] += rest
        for run in runs:
            block += 1
            numbers.update(dict.fromkeys(run, block))
    rows = zip(corpus.passages["article_id"], corpus.passages["sentence"], strict=True)
    return pd.Series([numbers[place] for place in rows], index=corpus.passages.index)


def count_labellings(n_articles: int) -> int:
    """Say how many labellings of so many articles are drawn: 9,999, and of more than 1,000 articles a tenth."""
    return 9_999 if n_articles <= BLOCKED else 999


def check_draws(draws: int, function: str, *, none: bool = True) -> None:
    """Refuse so few replicates that the ends of an interval would be noise."""
    if draws < DRAWS and not (none and draws == 0):
        way = f"{DRAWS:,} is the least, 0 for no interval" if none else f"{DRAWS:,} is the least"
        raise ValueError(f"{function}: {draws} draws are too few for an interval; {way}")


def draw_within(strata: ArrayLike, *, draws: int = DRAWS, seed: int = 0) -> NDArray[np.float32]:
    """Draw units anew within each stratum, as many as it has, and give how often each one came.

    Parameters
    ----------
    strata : array, units
        The article of each block, or the source of each article.
    draws, seed
        Replicates, and seed of the random numbers.

    Returns
    -------
    array, draws x units
        Weights; within a stratum they sum to its number of units in each replicate.

    Notes
    -----
    The stratified bootstrap as weights (Davison & Hinkley 1997, 3.2). A stratum of one unit has nothing to vary.
    """
    stratum = np.asarray(strata)
    rng = np.random.default_rng(seed)
    weights = np.zeros((draws, len(stratum)), np.float32)
    for name in dict.fromkeys(stratum.tolist()):
        units = np.flatnonzero(stratum == name)
        weights[:, units] = rng.multinomial(len(units), np.full(len(units), 1 / len(units)), size=draws)
    return weights


def part_terms(n_terms: int, rows: int) -> Iterator[slice]:
    """Part the terms, so that a matrix of so many rows stays small."""
    step = max(CELLS // max(rows, 1), 1)
    for start in range(0, n_terms, step):
        yield slice(start, start + step)


def draw_counts(counts: sparse.csr_array, weights: NDArray[np.float32]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Count terms in each replicate, some terms at a time, so that memory stays small.

    Parameters
    ----------
    counts : csr_array, units x terms
    weights : array, draws x units
        From `draw_within`.

    Yields
    ------
    slice, array
        Which terms, and their counts, terms x draws.

    Notes
    -----
    Only cells that are not zero are multiplied. Whole numbers below 2^24 are exact in single precision.
    """
    by_term, by_unit = sparse.csr_array(counts.T, dtype=np.float32), np.ascontiguousarray(weights.T)
    for chunk in part_terms(counts.shape[1], len(weights)):
        yield chunk, (by_term[chunk] @ by_unit).astype(float)


def count_varying(strata: ArrayLike) -> int:
    """Count the units that have another one in their stratum: the others come once in every replicate."""
    _, sizes = np.unique(np.asarray(strata), return_counts=True)
    return int(sizes[sizes > 1].sum())


def block_intervals(
    hits: ArrayLike, sizes: ArrayLike, strata: ArrayLike, *, draws: int = DRAWS, confidence: float = 0.95, seed: int = 0
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
        Percentile bounds of sum(hits) / sum(sizes), one of each per share; NaN where every stratum is a single block.

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
    if not count_varying(article):
        nothing = np.full(counted.shape[1], np.nan)
        return nothing, nothing
    weights = draw_within(article, draws=draws, seed=seed)
    shares = (weights @ counted) / (weights @ whole)[:, None]
    low, high = bounds_of(shares, confidence)
    return low, high


def share_intervals(
    hits: pd.DataFrame, sizes: pd.Series, articles: pd.Series, *, draws: int = DRAWS, seed: int = 0
) -> tuple[NDArray[np.float64], int]:
    """Give the block intervals of several shares of one group, where it has blocks enough for any.

    Parameters
    ----------
    hits : DataFrame, blocks x shares
        What is counted in each block; a block without any may be missing.
    sizes, articles : Series, blocks
        What the shares are taken of, and the article of each block.
    draws, seed
        As in `block_intervals`.

    Returns
    -------
    bounds : array, 2 x shares
        Low and high; NaN below ten blocks, above 1,000 articles, and for a share of zero: nothing of it can be drawn.
    n_blocks : int
        Blocks that can vary; an article's only block cannot.
    """
    n_blocks = count_varying(articles)
    bounds = np.full((2, hits.shape[1]), np.nan)
    if n_blocks >= LEAST_BLOCKS and articles.nunique() <= BLOCKED:
        whole = hits.reindex(articles.index, fill_value=0)
        bounds = np.array(block_intervals(whole, sizes.reindex(articles.index), articles, draws=draws, seed=seed))
        bounds[:, whole.sum().to_numpy() == 0] = np.nan
    return bounds, n_blocks


def bounds_of(replicates: NDArray[np.float64], confidence: float = 0.95) -> NDArray[np.float64]:
    """Give the percentile interval of replicates (draws x quantities): two rows, low and high."""
    tail = 50 * (1 - confidence)
    return np.percentile(replicates, [tail, 100 - tail], axis=0)
