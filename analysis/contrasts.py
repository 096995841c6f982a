"""One group of articles against all others together: counts, words, floor and dispersion of each contrast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.compare import check_by
from analysis.corpus import Corpus
from analysis.statistics import Floats, moderated_dispersion, permutation_floor

CELLS = 4_000_000  # of a matrix of replicates at a time


@dataclass(frozen=True)
class Contrast:
    """Counts of one group against the pooled rest, and what both are made of."""

    group: Any
    mine: NDArray[np.bool_]  # articles of the group
    count: Floats
    rest_count: Floats
    words: int
    rest_words: int


@dataclass(frozen=True)
class Counted:
    """Articles x terms of a selection, and the groups that are compared.

    `everything` counts the terms too rare to be compared as well: they help to tell how much articles differ.
    """

    corpus: Corpus
    by: str
    counts: sparse.csr_array
    everything: sparse.csr_array
    kept: NDArray[np.bool_]
    words: NDArray[np.int64]
    groups: list[Any]
    group_of: NDArray[np.intp]

    @property
    def alpha(self) -> Floats:
        """Share of each term in all words: the prior of one pseudo-word."""
        return np.asarray(self.counts.sum(axis=0)).ravel() / self.words.sum()

    def contrasts(self) -> Iterator[Contrast]:
        """Set each group against the others together."""
        pooled, total = np.asarray(self.counts.sum(axis=0)).ravel(), int(self.words.sum())
        for i, group in enumerate(self.groups):
            mine = self.group_of == i
            count = np.asarray(self.counts[mine].sum(axis=0)).ravel()
            words = int(self.words[mine].sum())
            yield Contrast(group, mine, count, pooled - count, words, total - words)

    def chunks(self, rows: int) -> Iterator[slice]:
        """Part the terms, so that a matrix of so many rows stays small."""
        step = max(CELLS // max(rows, 1), 1)
        for start in range(0, self.counts.shape[1], step):
            yield slice(start, start + step)


def count_terms(corpus: Corpus, by: str, min_count: int, function: str) -> Counted:
    """Count terms in articles, or say why the groups cannot be compared."""
    check_by(corpus, by, function)
    groups, words = corpus.groups(by), corpus.words(by)
    if len(groups) < 2:
        raise ValueError(f"{function}: {by} has only {', '.join(map(repr, groups)) or 'no group'}; two are needed")
    if empty := [g for g in groups if words[g] == 0]:
        raise ValueError(f"{function}: {by} {empty[0]!r} has no words in this selection; widen it or leave it out")
    kept = corpus.keep(min_count=max(min_count, 1))
    if kept.terms.empty:
        raise ValueError(f"{function}: no term here occurs {min_count} times or more; lower min_count or keep more")
    labels = kept.articles.sort_values("article_id")[by]  # in the order of the rows of counts
    everything = sparse.csr_array(corpus.group_matrix("article_id") @ corpus.counts)
    enough = np.asarray(everything.sum(axis=0)).ravel() >= max(min_count, 1)
    return Counted(
        kept,
        by,
        everything[:, enough],
        everything,
        enough,
        kept.words("article_id").to_numpy(np.int64),
        groups,
        pd.Categorical(labels, categories=groups).codes.astype(np.intp),
    )


def floor_of(contrast: Contrast) -> float:
    """Give the smallest p that permuting articles between the group and the rest can reach."""
    mine = int(contrast.mine.sum())
    return permutation_floor([mine, len(contrast.mine) - mine])


def tell_dispersion(counted: Counted, reference: Corpus | None) -> tuple[Floats, Floats, dict[str, Any]]:
    """Tell the dispersion of each term, its own degrees of freedom, and in words where it comes from."""
    if reference is None:
        phi, df, typical, total = moderated_dispersion(counted.everything, counted.group_of, counted.words)
        phi, df = phi[counted.kept], df[counted.kept]
        unit, origin = "article", counted.corpus.name
    else:
        other = count_terms(reference, counted.by, 1, "compare_terms: dispersion")
        _, _, typical, total = moderated_dispersion(other.everything, other.group_of, other.words)
        phi, df = np.full(counted.counts.shape[1], typical), np.zeros(counted.counts.shape[1])
        unit, origin = f"article (dispersion borrowed from {reference.name})", f"borrowed from {reference.name}"
    if np.isnan(typical):
        lack = (
            "no two articles are of one"
            if total == 0
            else f"too few terms tell ({total} degrees of freedom) how articles vary within one"
        )
        note = f"No interval between articles: {lack} {counted.by}."
        unit, origin = "conditional on these articles", "not known"
    else:
        whose = f"one {counted.by} here" if reference is None else f"{reference.name}, borrowed,"
        note = (f"Articles of {whose} vary {typical:.1f} times as much as independent words, for a typical term"
                f" ({total:,} degrees of freedom).")  # fmt: skip
    known = None if np.isnan(typical) else typical
    return phi, df, {"phi": known, "df": total, "from": origin, "unit": unit, "note": note}


def own_names(corpus: Corpus, source: str | None) -> set[str]:
    """Name what a text carries because of who printed it: the names of one source, or of all."""
    sources = corpus.sources if source is None else [source]
    return {name for s in sources for name in corpus.own_names.get(s, [s.lower()])}
