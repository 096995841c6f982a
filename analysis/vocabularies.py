"""Whole vocabularies: how far two of them lie apart, and which words part them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.compare import select_pair, to_table
from analysis.contrasts import count_terms, floor_of, own_names
from analysis.corpus import Corpus
from analysis.resampling import draw_counts
from analysis.statistics import (
    Floats,
    at_least,
    js_contributions,
    js_of_shares,
    labellings,
    permutation_share,
)


def compare_sources(
    corpus: Corpus, by: str = "source", *, min_count: int = 1, draws: int = 999, seed: int = 0
) -> pd.DataFrame:
    """Say how far each source's vocabulary lies from the others', beside what chance gives.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv with at least two groups.
    min_count : int
        Leave out words with fewer occurrences in all groups together.
    draws, seed
        Random labellings, where there are more than these, and deals of words; their seed.

    Returns
    -------
    DataFrame
        One row per group: the group; n_articles, n_rest_articles; n_listed, n_rest_listed (occurrences of the words
        compared: content words, without the outlets' names); jsd (Jensen-Shannon divergence in bits, 0 for the same
        shares, 1 for no word in common); dealt_jsd (mean when the words of both sides are dealt out anew, as many to
        each as it has); permuted_jsd (mean over articles labelled anew); labellings (how many); p (share of labellings
        that diverge as much); floor (the smallest p there can be here); testable; unit ('article').

    Raises
    ------
    ValueError
        As in `compare_terms`.

    Notes
    -----
    The estimate is too large, the more so the shorter the texts: dealt_jsd says how large it is when nothing differs
    but where each word fell, permuted_jsd when articles differ, but not with the source. The latter does not hold the
    length of the two sides fixed: the shortest text lies farthest from the others for its length alone.
    """
    counted = count_terms(corpus.keep(kind="word"), by, min_count, "compare_sources")
    shared = ~counted.terms["term"].isin(own_names(corpus, None)).to_numpy()
    counts = counted.tally.counts[:, shared]
    rows = []
    for c in counted.tally.contrasts():
        drawn, exact = labellings(c.mine, draws=draws, seed=seed)
        true, *labelled = _divergences(counts, np.vstack([c.mine, drawn]))
        found = np.array(labelled)
        floor = floor_of(c, signed=False, drawn=None if exact else len(drawn))
        rows.append({
            by: c.group, "n_articles": c.sizes[0], "n_rest_articles": c.sizes[1],
            "n_listed": int(c.count[shared].sum()), "n_rest_listed": int(c.rest_count[shared].sum()),
            "jsd": true, "dealt_jsd": _dealt(c.count[shared], c.rest_count[shared], draws, seed),
            "permuted_jsd": float(found.mean()), "labellings": len(drawn),
            "p": float(permutation_share(at_least(found, true).sum(), len(drawn), exact)),
            "floor": floor, "testable": floor <= 0.05, "unit": "article",
        })  # fmt: skip
    return to_table(pd.DataFrame(rows), corpus, by=by, min_count=min_count, draws=draws, seed=seed)


def _divergences(counts: sparse.csr_array, labels: NDArray[np.bool_]) -> Floats:
    """Give, for each labelling of the articles, the Jensen-Shannon divergence of those it marks and the others.

    Parameters
    ----------
    counts : csr_array, articles x words
    labels : array, labellings x articles

    Returns
    -------
    array, labellings
        Bits; NaN where a side has no word.
    """
    sizes, whole = counts.sum(axis=1), counts.sum(axis=0)
    mine = labels @ sizes
    rest = sizes.sum() - mine
    told, bits = (mine > 0) & (rest > 0), np.zeros(len(labels))
    for chunk, drawn in draw_counts(counts, labels.astype(np.float32)):
        others = whole[chunk, None] - drawn
        bits += js_of_shares(drawn / np.maximum(mine, 1), others / np.maximum(rest, 1)).sum(axis=0)
    return np.where(told, bits, np.nan)


def _dealt(count: Floats, rest_count: Floats, draws: int, seed: int) -> float:
    """Give the mean divergence when the words of both sides are dealt out anew, as many to each as it has."""
    pooled, mine = (count + rest_count).astype(np.int64), int(count.sum())
    if not 0 < mine < pooled.sum():
        return float("nan")
    if pooled.sum() >= 10**9:  # more than the generator deals; of so many words the bias is known (Miller 1955)
        return float((np.count_nonzero(pooled) - 1) * (1 / mine + 1 / (pooled.sum() - mine)) / (8 * np.log(2)))
    rng = np.random.default_rng(seed)
    hands = rng.multivariate_hypergeometric(pooled, mine, size=draws, method="marginals")
    return float(np.mean([js_contributions(hand, pooled - hand).sum() for hand in hands]))


def score_shift(corpus: Corpus, group: str, rest: str | None = None, by: str = "source") -> pd.DataFrame:
    """Say which words make the vocabularies of two sources diverge, and by how many bits each.

    Parameters
    ----------
    corpus : Corpus
    group, rest : str
        Two groups; without `rest` the first is set against all others together.
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per content word of either, heaviest first, ties by word: term; count, rest_count; share, rest_share (of
        the words compared, which leave the outlets' names out); contribution (bits; they sum to the Jensen-Shannon
        divergence, `attrs["jsd"]`); leans (the group that uses it relatively more); only_here.

    Raises
    ------
    ValueError
        No such group; the nearest are offered. Or one of the two has no word.

    Notes
    -----
    Gallagher et al. (2021). The words describe what parts these texts; `compare_sources` says how much of it chance
    would part as well.
    """
    pair = select_pair(corpus, by, group, rest, "score_shift")
    counted = count_terms(pair.keep(kind="word"), by, 1, "score_shift")
    contrast = next(c for c in counted.tally.contrasts() if c.group == group)
    terms = counted.terms["term"]
    shared = ~terms.isin(own_names(corpus, None)).to_numpy()
    a, b = contrast.count[shared], contrast.rest_count[shared]
    if not (a.any() and b.any()):
        raise ValueError("score_shift: one of the two has no word to compare in this selection")
    held = counted.tally.present.sum(axis=0)
    p, q = a / a.sum(), b / b.sum()
    other = rest or "others"
    rows = pd.DataFrame({
        "term": terms[shared].to_numpy(), "count": a, "rest_count": b, "share": p, "rest_share": q,
        "contribution": js_contributions(a, b), "leans": np.where(p > q, group, other), "only_here": held[shared] == 1,
    })  # fmt: skip
    rows = rows.sort_values(["contribution", "term"], ascending=[False, True])
    result = to_table(rows, pair, "words", by=by, group=group, rest=other)
    result.attrs["jsd"] = float(rows["contribution"].sum())
    return result
