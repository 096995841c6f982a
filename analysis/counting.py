"""Counting words in texts: what scikit-learn's CountVectorizer counts, number for number, in less time.

Every word is looked up in a vocabulary that grows by itself, and from there on all is arrays of numbers: n-grams are
pairs of numbers, and a text's counts are its sorted numbers. The words' text is touched once.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import NDArray
from scipy import sparse

Key = TypeVar("Key", bound=Hashable)
Numbers = NDArray[np.integer]
TOKEN_PATTERN = r"(?u)\b\w\w+\b"  # scikit-learn's: two letters or more
LEAST, MOST = 2_000, 50_000  # texts given to a process at a time


class Vocabulary(dict[Key, int]):
    """Numbers of things, from 0 in the order in which they are first looked up."""

    def __missing__(self, key: Key) -> int:
        """Give the next number."""
        self[key] = number = len(self)
        return number


def count_texts(
    texts: Sequence[str],
    *,
    token_pattern: str = TOKEN_PATTERN,
    lowercase: bool = True,
    stop_words: frozenset[str] = frozenset(),
    ngram_range: tuple[int, int] = (1, 1),
    n_jobs: int | None = None,
) -> tuple[sparse.csr_array, NDArray[np.object_]]:
    """Count the words or n-grams of each text.

    Parameters
    ----------
    texts : sequence of str
    token_pattern : str
        Regular expression of a word, with one group at most, as CountVectorizer takes it. Scripts whose words have
        combining marks, as Devanagari, need one that names them: `r"[\\w\\u0900-\\u097f]{2,}"`.
    lowercase : bool
    stop_words : set of str
        Words left out, before n-grams are formed.
    ngram_range : (int, int)
        Fewest and most words of an n-gram.
    n_jobs : int, optional
        Processes; by default what `joblib.parallel_config` says.

    Returns
    -------
    counts : csr_array, texts x terms, int64
        As `CountVectorizer.fit_transform` gives it; the indices of each row are sorted.
    terms : array of str
        In alphabetical order.

    Raises
    ------
    ValueError
        The pattern cannot be read or has several groups, the range is none, or no word is found.
    """
    if not 1 <= ngram_range[0] <= ngram_range[1]:
        raise ValueError(f"count_texts: ngram_range {ngram_range} is not (fewest, most), from 1 on")
    try:
        pattern = re.compile(token_pattern)
    except re.error as error:
        raise ValueError(f"count_texts: the token pattern cannot be read: {error}") from None
    if pattern.groups > 1:
        raise ValueError("count_texts: the token pattern has more than one group; give it one at most")
    jobs = min(effective_n_jobs(n_jobs), -(-len(texts) // LEAST)) or 1
    size = min(MOST, -(-len(texts) // jobs)) or 1
    parts = [texts[i : i + size] for i in range(0, len(texts), size)]
    run = Parallel(n_jobs=n_jobs if jobs > 1 else 1, return_as="generator")
    vocabulary: Vocabulary[str] = Vocabulary()
    numbers, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    for words, numbered, sizes in run(delayed(_number_words)(part, token_pattern, lowercase) for part in parts):
        own = np.fromiter(map(vocabulary.__getitem__, words), np.int32, len(words))
        numbers.append(own[numbered])
        lengths.append(sizes)
    words = sorted(vocabulary.keys() - stop_words)
    if not words:
        raise ValueError("count_texts: no word is found; give other texts, or another token pattern")
    place = np.full(len(vocabulary), -1, np.int32)  # from the order of meeting to the alphabet
    place[[vocabulary[word] for word in words]] = np.arange(len(words))
    found, sizes = place[np.concatenate(numbers)], np.concatenate(lengths)
    del numbers
    if ngram_range == (1, 1):
        return _count_words(found, sizes, len(words)), np.array(words, dtype=object)
    row = np.repeat(np.arange(len(texts)), sizes)
    if stop_words:
        row, found = row[found >= 0], found[found >= 0]
    rows, columns, terms = _number_ngrams(found, row, words, ngram_range)
    if not len(terms):
        raise ValueError(f"count_texts: no text has {ngram_range[0]} words")
    return count_cells(rows, columns, (len(texts), len(terms))), terms


def _count_words(numbers: Numbers, lengths: Numbers, n_words: int) -> sparse.csr_array:
    """Count words some texts at a time, so that no more than the counts is held; -1 is a word left out."""
    starts = np.concatenate([[0], np.cumsum(lengths)])
    blocks = []
    for first in range(0, len(lengths), LEAST):
        last = min(first + LEAST, len(lengths))
        part, rows = numbers[starts[first] : starts[last]], np.repeat(np.arange(last - first), lengths[first:last])
        kept = part >= 0
        blocks.append(count_cells(rows[kept], part[kept], (last - first, n_words)))
    return sparse.csr_array(sparse.vstack(blocks, format="csr"))


def count_cells(rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> sparse.csr_array:
    """Count how often each row and column come together: a matrix with sorted indices."""
    cells = rows * np.int64(shape[1]) + columns
    cells.sort()
    first = np.flatnonzero(np.concatenate([[True], cells[1:] != cells[:-1]])) if len(cells) else cells
    counts = np.diff(first, append=len(cells))
    row, column = np.divmod(cells[first], shape[1])
    ends = np.searchsorted(row, np.arange(shape[0] + 1))
    return sparse.csr_array((counts, column.astype(np.int32), ends.astype(np.int32)), shape=shape)


def _number_words(texts: Sequence[str], token_pattern: str, lowercase: bool) -> tuple[list[str], Numbers, Numbers]:
    """Number the words of some texts: the different ones, those of each text in turn, and how many each text has."""
    find = _find_words if token_pattern == TOKEN_PATTERN else re.compile(token_pattern).findall
    vocabulary: Vocabulary[str] = Vocabulary()
    numbers = [np.zeros(0, np.int32)]
    for text in texts:
        words = find(text.lower() if lowercase else text)
        numbers.append(np.fromiter(map(vocabulary.__getitem__, words), np.int32, len(words)))
    return list(vocabulary), np.concatenate(numbers), np.array([len(found) for found in numbers[1:]], np.int64)


def _find_words(text: str) -> list[str]:
    """Find what TOKEN_PATTERN finds: as words are read to their end, it needs no boundaries.

    A list of letters is read faster than `\\w`; it has those of two bytes, which hardly a text goes beyond.
    """
    two_bytes = len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text)
    return (_listed_letters() if two_bytes else re.compile(r"\w\w+")).findall(text)


@cache
def _listed_letters() -> re.Pattern[str]:
    is_word = [chr(code).isalnum() or chr(code) == "_" for code in range(1 << 16)] + [False]
    edges = [code for code, (one, other) in enumerate(pairwise([False, *is_word])) if one != other]
    spans = [
        f"{re.escape(chr(first))}-{re.escape(chr(end - 1))}" for first, end in zip(edges[::2], edges[1::2], strict=True)
    ]
    return re.compile(f"[{''.join(spans)}]{{2,}}")


def _number_ngrams(
    numbers: Numbers, texts: Numbers, words: Sequence[str], ngram_range: tuple[int, int]
) -> tuple[Numbers, Numbers, NDArray[np.object_]]:
    """Number the n-grams of texts.

    Parameters
    ----------
    numbers, texts : arrays
        Each word, as its place in `words`, and the text in which it stands, in order.
    words : sequence of str
        In alphabetical order.

    Returns
    -------
    rows, columns, terms : arrays
        For each occurrence its text, and its place among the terms, which are in alphabetical order.
    """
    low, high = ngram_range
    at, which, names = np.arange(len(numbers)), numbers, np.array(words, dtype=object)
    grams = np.arange(len(words))[:, None]
    levels = []
    for size in range(1, high + 1):
        if size > 1:
            inside = at + size - 1 < len(numbers)
            inside[inside] = texts[at[inside]] == texts[at[inside] + size - 1]
            at = at[inside]
            pairs = which[inside] * np.int64(len(words)) + numbers[at + size - 1]
            pairs, which = np.unique(pairs, return_inverse=True)
            before, last = np.divmod(pairs, len(words))
            following = np.array(words, dtype=object)[last].tolist()
            names = np.array([f"{a} {b}" for a, b in zip(names[before].tolist(), following, strict=True)], dtype=object)
            grams = np.column_stack([grams[before], last])
        if size >= low:
            levels.append((texts[at], which, names, np.pad(grams + 1, ((0, 0), (0, high - size)))))
    if len(levels) == 1 and (high == 1 or _is_plain(words)):
        return levels[0][:3]
    starts = np.cumsum([0] + [len(level[2]) for level in levels])
    columns = np.concatenate([level[1] + start for level, start in zip(levels, starts, strict=False)])
    names, grams = (np.concatenate([level[i] for level in levels]) for i in (2, 3))
    terms, place = _sort_terms(names, grams, words)
    return np.concatenate([level[0] for level in levels]), place[columns], terms


def _sort_terms(
    names: NDArray[np.object_], grams: Numbers, words: Sequence[str]
) -> tuple[NDArray[np.object_], Numbers]:
    """Sort terms by the alphabet, and give the place of each; `grams` are the places of their words, from 1."""
    if not _is_plain(words):
        terms, place = np.unique(names, return_inverse=True)
        return terms, place
    n = len(words) + 1
    if n ** grams.shape[1] < 1 << 63:
        keys = np.zeros(len(grams), np.int64)
        for column in grams.T:
            keys = keys * n + column
        order = np.argsort(keys)
    else:
        order = np.lexsort(grams.T[::-1])
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return names[order], place


def _is_plain(words: Sequence[str]) -> bool:
    """Tell whether a blank comes before all letters: what sorts words then sorts n-grams, and no two look alike."""
    return min(map(min, words)) > " "
