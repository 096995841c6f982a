"""Which articles share text: runs of five words that both contain, found without comparing all with all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.passages import Sentence
from analysis.text import Remembered, normal_form

Runs = NDArray[np.uint64]  # the different runs of an article, in order
RUN = 5  # words
LISTED = 200  # articles up to which every pair is listed
COPIED = 0.1  # share of the runs of either from which on two articles count as copied from each other
PARTS = 16
PAIRS = 20_000_000  # numbers that are added up at a time
COMMON = 1_000  # articles; a run that more of them contain is a phrase of the language and makes no pair
_FACTORS = (np.random.default_rng(5).integers(0, 1 << 63, RUN).astype(np.uint64) << np.uint64(1)) | np.uint64(1)


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(normal_form(word).encode(), digest_size=8).digest(), "little")


_HASHES = Remembered(_hash)


def five_grams(sentences: Sequence[Sentence]) -> Runs:
    """Give the different runs of five words, none across a sentence boundary, each as a number of 64 bits."""
    return hash_runs([[token.text for p in sentence.passages for token in p.tokens] for sentence in sentences])


def hash_runs(stretches: Sequence[Sequence[str]]) -> Runs:
    """Give the different runs of five words of stretches of text, each as a number of 64 bits.

    Two runs have the same number with a chance of one in 10^19; among the 45 million runs of 100,000 articles with one
    of one in 10,000.
    """
    hashes = np.array([_HASHES[word] for stretch in stretches for word in stretch], np.uint64)
    lengths = [len(stretch) for stretch in stretches]
    ends = np.repeat(np.cumsum(lengths), lengths)
    first = np.flatnonzero(np.arange(len(hashes)) + RUN <= ends)
    runs = sum((hashes[first + i] * factor for i, factor in enumerate(_FACTORS)), np.zeros(len(first), np.uint64))
    return np.unique(runs)


def find_overlap(runs: Mapping[str, Runs]) -> Iterator[tuple[str, str, int, float, float]]:
    """Say of pairs of articles how many runs they share, and what share that is of each one's.

    Parameters
    ----------
    runs : mapping
        article_id -> runs, sorted by article_id.

    Yields
    ------
    article_id, other_id, shared, share, other_share
        Up to `LISTED` articles for every pair; beyond, for those that share `COPIED` of the runs of either.
    """
    names = list(runs)
    sizes = np.array([len(runs[name]) for name in names])
    if len(names) <= LISTED:
        pairs = [(i, j, len(np.intersect1d(runs[names[i]], runs[names[j]], assume_unique=True)))
                 for i, j in combinations(range(len(names)), 2)]  # fmt: skip
    else:
        pairs = list(_sharing(list(runs.values()), sizes))
    for i, j, shared in pairs:
        share, other = (shared / sizes[x] if sizes[x] else 0.0 for x in (i, j))
        yield names[i], names[j], shared, float(share), float(other)


def _sharing(runs: Sequence[Runs], sizes: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """Find the pairs that share enough of the runs that two to `COMMON` articles have.

    The product of articles x runs with itself counts them for each pair; it is made for so many articles at a time that
    it stays small.
    """
    article, run, n_runs = _find_common(runs)
    matrix = sparse.csr_array((np.ones(len(run), np.int32), (article, run)), shape=(len(runs), n_runs))
    by_run = sparse.csr_array(matrix.T)
    work = np.cumsum(matrix @ np.diff(by_run.indptr).astype(np.int64))
    for rows in np.split(np.arange(len(runs)), np.flatnonzero(np.diff(work // PAIRS)) + 1):
        shared = (matrix[rows] @ by_run).tocoo()
        first, second = rows[shared.row], shared.col
        enough = (second > first) & (shared.data >= COPIED * np.minimum(sizes[first], sizes[second]))
        for i, j in sorted(zip(first[enough].tolist(), second[enough].tolist(), strict=True)):
            yield i, j, len(np.intersect1d(runs[i], runs[j], assume_unique=True))


def _find_common(runs: Sequence[Runs]) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """Give article and number of each occurrence of the runs that two to `COMMON` articles have, and how many they are.

    Runs are gone through by their first bits, so that only a part of them is sorted at a time.
    """
    edges = np.arange(1, PARTS, dtype=np.uint64) << np.uint64(64 - PARTS.bit_length() + 1)
    cuts = np.array([[0, *np.searchsorted(own, edges), len(own)] for own in runs])
    articles, numbers, known = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], 0
    for part in range(PARTS):
        here = np.concatenate([own[cut[part] : cut[part + 1]] for own, cut in zip(runs, cuts, strict=True)])
        article = np.repeat(np.arange(len(runs), dtype=np.int32), cuts[:, part + 1] - cuts[:, part])
        order = np.argsort(here, kind="stable")
        starts = np.flatnonzero(np.diff(here[order], prepend=~here[order[:1]]))
        counts = np.diff(starts, append=len(here))
        common = (counts > 1) & (counts <= COMMON)
        articles.append(article[order][np.repeat(common, counts)])
        numbers.append(known + np.repeat(np.arange(common.sum(), dtype=np.int32), counts[common]))
        known += int(common.sum())
    return np.concatenate(articles), np.concatenate(numbers), known
