"""One group of articles against all others together: counts, words, floor and dispersion of each contrast."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.compare import check_by, count_present, group_articles
from analysis.corpus import Corpus, indicator_matrix
from analysis.resampling import part_terms
from analysis.statistics import Floats, moderate_pearson, permutation_floor, sum_pearson

Whole = NDArray[np.integer]


@dataclass(frozen=True)
class Contrast:
    """Counts of one group against the pooled rest, and what both are made of."""

    group: Any
    mine: NDArray[np.bool_]  # articles of the group
    count: Floats
    rest_count: Floats
    words: int
    rest_words: int

    @property
    def sizes(self) -> tuple[int, int]:
        """Articles of the group, and of the rest."""
        return int(self.mine.sum()), int((~self.mine).sum())


@dataclass(frozen=True)
class Tally:
    """Articles x terms of a selection, and the sums over the articles of each group, each worked out once.

    Articles without a word in the selection are no units and are left out. What is `part` of another tally, some of its
    groups and of its terms, takes its sums from there.
    """

    by: str
    articles: list[str]
    words: NDArray[np.int64]
    groups: list[Any]
    group_of: NDArray[np.intp]
    whole: sparse.csr_array | None = None
    part: Part | None = None

    def choose_terms(self, columns: NDArray[np.bool_]) -> Tally:
        """Give the tally of some of the terms."""
        if columns.all():
            return self
        part = Part(self, np.ones(len(self.groups), bool), columns)
        return Tally(self.by, self.articles, self.words, self.groups, self.group_of, part=part)

    def choose_groups(self, names: Sequence[Any]) -> Tally:
        """Give the tally of some of the groups."""
        groups, columns = np.isin(self.groups, names), np.ones(self.totals.shape[1], bool)
        mine = groups[self.group_of]
        articles = np.array(self.articles, dtype=object)[mine].tolist()
        number = (np.cumsum(groups) - 1)[self.group_of[mine]]
        return Tally(self.by, articles, self.words[mine], list(names), number, part=Part(self, groups, columns))

    @cached_property
    def counts(self) -> sparse.csr_array:
        """Occurrences, articles x terms."""
        if self.part is None:
            return self.whole
        counts = self.part.of.counts[:, self.part.terms]
        return counts if self.part.groups.all() else counts[self.part.groups[self.part.of.group_of]]

    @cached_property
    def totals(self) -> Whole:
        """Occurrences, groups x terms."""
        if self.part is not None:
            return self.part.take(self.part.of.totals)
        totals: Whole = (indicator_matrix(self.group_of, len(self.groups)) @ self.counts).toarray()
        return totals

    @cached_property
    def present(self) -> Whole:
        """Articles that have the term, groups x terms."""
        if self.part is not None:
            return self.part.take(self.part.of.present)
        return count_present(self.counts, self.group_of, len(self.groups))

    @cached_property
    def pearson(self) -> tuple[Floats, Floats, Floats]:
        """X^2 over the articles of each group of two or more, hits, and degrees of freedom (see `sum_pearson`)."""
        if self.part is None:
            return sum_pearson(self.counts, self.group_of, self.words)
        several = pd.unique(self.part.of.group_of)  # in the order that `sum_pearson` has
        several = several[np.bincount(self.part.of.group_of)[several] > 1]
        squares, hits, df = self.part.of.pearson
        mine = self.part.groups[several]
        return squares[np.ix_(mine, self.part.terms)], hits[np.ix_(mine, self.part.terms)], df[mine]

    @cached_property
    def spread(self) -> Floats:
        """How unevenly the articles of each group have the term (DPnorm), groups x terms; NaN for a single article."""
        if self.part is not None:
            return self.part.take(self.part.of.spread)
        rows = [np.flatnonzero(self.group_of == i) for i in range(len(self.groups))]
        return np.array([dp_norm_of_cells(self.counts[mine], self.words[mine]) for mine in rows])

    @property
    def alpha(self) -> Floats:
        """Share of each term in all words: the prior of one pseudo-word."""
        return self.totals.sum(axis=0) / self.words.sum()

    def contrasts(self) -> Iterator[Contrast]:
        """Set each group against the others together."""
        pooled, total = self.totals.sum(axis=0), int(self.words.sum())
        for i, group in enumerate(self.groups):
            mine, count = self.group_of == i, self.totals[i]
            words = int(self.words[mine].sum())
            yield Contrast(group, mine, count, pooled - count, words, total - words)

    def chunks(self, rows: int) -> Iterator[slice]:
        """Part the terms, so that a matrix of so many rows stays small."""
        return part_terms(self.totals.shape[1], rows)

    @cached_property
    def extremes(self) -> tuple[Whole, Whole, Whole, Whole]:
        """The shortest and the longest of the articles of one group that have a term equally often, 0 times included.

        Term, group, occurrences and words of each: what leaving out any article can bring about lies between these.
        """
        found: list[tuple[Whole, Whole, Whole, Whole]] = [_shortest_and_longest(self.counts, self.group_of, self.words)]
        for number in range(len(self.groups)):
            mine = np.flatnonzero(self.group_of == number)
            ascending = mine[np.argsort(self.words[mine], kind="stable")]
            for order in (ascending, ascending[::-1]):
                terms, first = _first_without(self.counts[order])
                found.append(
                    (terms, np.full(len(terms), number), np.zeros(len(terms), np.int64), self.words[order[first]])
                )
        term, group, count, size = (np.concatenate(column) for column in zip(*found, strict=True))
        return term, group, count, size


@dataclass(frozen=True)
class Part:
    """Which groups and which terms of a tally are taken."""

    of: Tally
    groups: NDArray[np.bool_]
    terms: NDArray[np.bool_]

    def take(self, sums: Any) -> Any:
        """Take them from what that tally has worked out, groups x terms."""
        return sums[np.ix_(self.groups, self.terms)]


def tally_articles(corpus: Corpus, by: str) -> Tally:
    """Count all terms of a selection in its articles, once for the selection and whatever terms are kept of it.

    Of a selection that was counted, some whole groups are not counted anew.
    """
    known = corpus.worked_out
    if ("tally", by) not in known:
        wider: Tally | None = corpus.worked_out_wider.get(("tally", by))
        if corpus.kept_from is not None:
            source, columns = corpus.kept_from
            known["tally", by] = tally_articles(source, by).choose_terms(columns)
        elif wider is not None and _has_whole_groups(corpus, by, wider):
            known["tally", by] = wider.choose_groups(corpus.groups(by))
        else:
            known["tally", by] = _tally_anew(corpus, by)
    tally: Tally = known["tally", by]
    return tally


def _has_whole_groups(corpus: Corpus, by: str, wider: Tally) -> bool:
    """Say whether each group here has all the articles with words that it has in the wider selection."""
    spoken = corpus.words("article_id").to_numpy() > 0
    here = np.isin(wider.groups, corpus.groups(by))[wider.group_of]
    return int(spoken.sum()) == int(here.sum())  # the articles here are some of those


def _tally_anew(corpus: Corpus, by: str) -> Tally:
    length = corpus.words("article_id").to_numpy(np.int64)
    spoken = np.flatnonzero(length > 0)
    counts = sparse.csr_array(corpus.group_matrix("article_id") @ corpus.counts)
    return Tally(
        by=by,
        articles=np.array(corpus.groups("article_id"), dtype=object)[spoken].tolist(),
        words=length[spoken],
        groups=corpus.groups(by),
        group_of=group_articles(corpus, by)[spoken],
        whole=counts if len(spoken) == len(length) else counts[spoken],
    )


@dataclass(frozen=True)
class Counted:
    """The terms of a selection that are compared, and the groups.

    `every` counts the terms too rare to be compared as well: they help to tell how much articles differ.
    """

    source: Corpus
    min_count: int
    every: Tally
    kept: NDArray[np.bool_]

    @cached_property
    def corpus(self) -> Corpus:
        """The selection, with the terms that are compared."""
        return self.source.keep(min_count=self.min_count)

    @cached_property
    def terms(self) -> pd.DataFrame:
        """Term and kind of each column."""
        return self.source.terms[self.kept].reset_index(drop=True)

    @cached_property
    def tally(self) -> Tally:
        """The terms that are compared, in articles."""
        return self.every.choose_terms(self.kept)


def _shortest_and_longest(counts: sparse.csr_array, group_of: Whole, words: Whole) -> tuple[Whole, Whole, Whole, Whole]:
    """Give for each term, group and number of occurrences the fewest and the most words of an article."""
    cells = counts.tocoo()
    bases = [int(group_of.max()) + 1, int(cells.data.max(initial=0)) + 1, int(words.max()) + 1]
    if counts.shape[1] * math.prod(bases) >= 1 << 63:
        return cells.col, group_of[cells.row], cells.data, words[cells.row]
    keys = cells.col.astype(np.int64)
    for base, column in zip(bases, (group_of[cells.row], cells.data, words[cells.row]), strict=True):
        keys = keys * base + column
    keys.sort()
    kinds = keys // bases[2]
    starts = np.flatnonzero(np.diff(kinds, prepend=-1))
    ends = np.append(starts[1:], len(keys)) - 1
    rest, size = np.divmod(keys[np.concatenate([starts, ends])], bases[2])
    rest, count = np.divmod(rest, bases[1])
    term, group = np.divmod(rest, bases[0])
    return term, group, count, size


def _first_without(counts: sparse.csr_array) -> tuple[Whole, Whole]:
    """Find for each term the first row that does not contain it; a term that all rows contain is left out."""
    by_term = counts.tocsc()  # in the order of rows within each term
    sizes = np.diff(by_term.indptr)
    place = np.arange(len(by_term.indices)) - np.repeat(by_term.indptr[:-1], sizes)
    gap = np.where(by_term.indices == place, counts.shape[0], place)  # the k-th row with the term is not row k
    first, filled = sizes.astype(np.int64), np.flatnonzero(sizes)
    if len(filled):
        first[filled] = np.minimum(first[filled], np.minimum.reduceat(gap, by_term.indptr[:-1][filled]))
    terms = np.flatnonzero(first < counts.shape[0])
    return terms, first[terms]


def count_terms(corpus: Corpus, by: str, min_count: int, function: str, *, least: int = 2) -> Counted:
    """Count terms in articles, or say why so many groups cannot be compared."""
    check_by(corpus, by, function)
    groups, words = corpus.groups(by), corpus.words(by)
    if len(groups) < least:
        found = ", ".join(map(repr, groups)) or "no group"
        raise ValueError(f"{function}: {by} has only {found}; two are needed: take more into the selection")
    if empty := [g for g in groups if words[g] == 0]:
        raise ValueError(f"{function}: {by} {empty[0]!r} has no words in this selection; widen it or leave it out")
    every = tally_articles(corpus, by)
    kept = every.totals.sum(axis=0) >= max(min_count, 1)
    if not kept.any():
        raise ValueError(f"{function}: no term here occurs {min_count} times or more; lower min_count or keep more")
    return Counted(corpus, max(min_count, 1), every, kept)


def dp_norm_of_cells(parts: sparse.csr_array, sizes: np.ndarray) -> Floats:
    """Give `dp_norm` of terms (parts x terms) from the cells that are not zero; the others add their part's size."""
    total = np.asarray(parts.sum(axis=0)).ravel()
    if len(sizes) < 2:
        return np.full(len(total), np.nan)
    shares, cells = sizes / sizes.sum(), parts.tocoo()
    expected = shares[cells.row]
    more = np.abs(cells.data / total[cells.col] - expected) - expected
    summed = 1 + np.bincount(cells.col, weights=more, minlength=len(total))
    return np.where(total > 0, np.maximum(summed, 0) / 2, np.nan) / (1 - shares.min())


def floor_of(contrast: Contrast, *, signed: bool = True, drawn: int | None = None) -> float:
    """Give the smallest p that permuting articles between the group and the rest can reach.

    Of labellings that are `drawn`, the true one is one more.
    """
    floor = permutation_floor(contrast.sizes, signed=signed)
    return floor if drawn is None else max(floor, 1 / (drawn + 1))


def tell_dispersion(counted: Counted, reference: Corpus | None) -> tuple[Floats, Floats, dict[str, Any]]:
    """Tell the dispersion of each term, its own degrees of freedom, and in words where it comes from."""
    by = counted.every.by
    if reference is not None and not isinstance(reference, Corpus):
        raise ValueError(f"dispersion={reference!r}: give a corpus, as from read_corpus")
    if reference is None:
        phi, df, typical, total = _moderate(counted.every)
        phi, df = phi[counted.kept], df[counted.kept]
        told, unit, origin, whose = counted, "article", counted.source.name, f"of one {by}"
    else:
        told = count_terms(reference, by, 1, "dispersion", least=1)
        _, _, typical, total = _moderate(told.every)
        phi, df = np.full(len(counted.terms), typical), np.zeros(len(counted.terms))
        unit, origin = f"article (dispersion borrowed from {reference.name})", f"borrowed from {reference.name}"
        whose = f"of one {by} of {reference.name}, from which this is borrowed,"
    sizes = np.bincount(told.every.group_of)
    replicates = int(sizes[sizes > 1].sum())
    known = None if np.isnan(typical) else typical
    if known is None:
        lack = "no two articles are of" if replicates == 0 else "too few terms tell how articles vary within"
        note = f"No interval between articles: {lack} one {by}."
        unit, origin = "conditional on these articles", "not known"
    else:
        note = (f"Articles {whose} vary {typical:.1f} times as much as independent words would (in variance, for a"
                f" typical term; {replicates} articles tell it).")  # fmt: skip
    return phi, df, {"phi": known, "df": total, "articles": replicates, "from": origin, "unit": unit, "note": note}


def _moderate(tally: Tally) -> tuple[Floats, Floats, float, int]:
    """Give `moderated_dispersion` of a tally."""
    return moderate_pearson(*tally.pearson, hits_of_all=tally.totals.sum(axis=0), n_articles=len(tally.words))


def own_names(corpus: Corpus, source: str | None) -> set[str]:
    """Name what a text carries because of who printed it: the names of one source, or of all."""
    sources = corpus.sources if source is None else [source]
    return {name for s in sources for name in corpus.own_names.get(s, [s.lower()])}
