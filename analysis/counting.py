"""Counting words in texts: what scikit-learn's CountVectorizer counts, number for number, in less time.

Every word is looked up in a vocabulary that grows by itself, and from there on all is arrays of numbers: n-grams are
pairs of numbers, and a text's counts are its sorted numbers. The words' text is touched once.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import NDArray
from scipy import sparse

Key = TypeVar("Key", bound=Hashable)
Numbers = NDArray[np.integer]
TOKEN_PATTERN = r"(?u)\b\w\w+\b"  # scikit-learn's: two letters or more
LEAST, MOST = 2_000, 10_000  # texts given to a process at a time
_ASCII = bytes(range(128))
_LETTERS_ALONE = bytes(code if chr(code).isalnum() or chr(code) == "_" else 32 for code in range(256))


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
    read = _count_words if ngram_range == (1, 1) else _number_words
    found = list(run(delayed(read)(part, token_pattern, lowercase, stop_words) for part in parts))
    words = sorted(set().union(*(part.words for part in found)))
    if not words:
        raise ValueError("count_texts: no word is found; give other texts, or another token pattern")
    place = {word: i for i, word in enumerate(words)}  # keeps the order of a part's words, so rows stay sorted
    numbers = np.concatenate([np.array([place[w] for w in part.words], np.int32)[part.numbers] for part in found])
    sizes = np.concatenate([part.sizes for part in found])
    if ngram_range == (1, 1):
        counts = np.concatenate([part.counts for part in found], dtype=np.int64)
        matrix = sparse.csr_array((counts, numbers, _ends(sizes)), (len(texts), len(words)))
        return matrix, np.array(words, dtype=object)
    row = np.repeat(np.arange(len(texts), dtype=np.int32), sizes)
    rows, columns, terms = _number_ngrams(numbers, row, words, ngram_range)
    if not len(terms):
        raise ValueError(f"count_texts: no text has {ngram_range[0]} words")
    return count_cells(rows, columns, (len(texts), len(terms))), terms


class _Found(NamedTuple):
    """The words of some texts: the different ones by the alphabet, and the places of each text's words in that list.

    `sizes` says how many each text has; `counts`, where they are counted, how often each stands there.
    """

    words: list[str]
    numbers: Numbers
    sizes: Numbers
    counts: Numbers


def _count_words(texts: Sequence[str], token_pattern: str, lowercase: bool, stop_words: frozenset[str]) -> _Found:
    """Count the words of each text."""
    words, numbers, sizes, _ = _number_words(texts, token_pattern, lowercase, stop_words)
    counts = sparse.csr_array((np.ones(len(numbers), np.int32), numbers, _ends(sizes)), (len(texts), len(words)))
    counts.sum_duplicates()
    return _Found(words, counts.indices.copy(), np.diff(counts.indptr), counts.data.copy())  # of views all would stay


def count_cells(rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> sparse.csr_array:
    """Count how often each row and column come together: a matrix with sorted indices."""
    kind = sparse.get_index_dtype(maxval=max(*shape, len(rows)))
    cells = (rows.astype(kind, copy=False), columns.astype(kind, copy=False))
    counts = sparse.coo_array((np.ones(len(rows), np.int64), cells), shape).tocsr()
    counts.sum_duplicates()
    return counts


def _number_words(texts: Sequence[str], token_pattern: str, lowercase: bool, stop_words: frozenset[str]) -> _Found:
    """Find the words of each text, as they follow each other."""
    usual = token_pattern == TOKEN_PATTERN
    find = _split_words if usual else re.compile(token_pattern).findall
    vocabulary: Vocabulary[str] = Vocabulary()
    met, sizes = array("i"), np.zeros(len(texts), np.int64)
    for i, text in enumerate(texts):
        found = find(text.lower() if lowercase else text)
        met.extend(map(vocabulary.__getitem__, found))
        sizes[i] = len(found)
    words = sorted(word for word in vocabulary.keys() - stop_words if len(word) > 1 or not usual)
    place = np.full(len(vocabulary), -1, np.int32)  # from the order of meeting to the alphabet
    place[[vocabulary[word] for word in words]] = np.arange(len(words))
    numbers = place[np.frombuffer(met, np.intc)] if met else np.zeros(0, np.int32)
    if len(left_out := np.flatnonzero(numbers < 0)):
        sizes -= np.bincount(np.searchsorted(np.cumsum(sizes), left_out, side="right"), minlength=len(texts))
        numbers = numbers[numbers >= 0]
    return _Found(words, numbers, sizes, np.zeros(0, np.int32))


def _ends(sizes: NDArray[Any]) -> NDArray[Any]:
    """Give the places where runs of these sizes begin and end, in the type that CountVectorizer's indices have."""
    ends = np.concatenate([[0], np.cumsum(sizes)])
    return ends.astype(sparse.get_index_dtype(maxval=int(ends[-1])))


def _split_words(text: str) -> list[str]:
    """Find what `\\w+` finds.

    A text whose letters are all of Latin-1 is split at blanks when all that is no letter or digit has been made blank,
    which takes half the time of a regular expression.
    """
    others = text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")
    if re.search(r"[^\W\x00-\xff]", others):
        return re.findall(r"\w+", text)
    return text.encode("latin-1", "replace").translate(_LETTERS_ALONE).decode("latin-1").split()


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
    place = np.empty(len(order), sparse.get_index_dtype(maxval=len(order)))
    place[order] = np.arange(len(order))
    return names[order], place


def _is_plain(words: Sequence[str]) -> bool:
    """Tell whether a blank comes before all letters: what sorts words then sorts n-grams, and no two look alike."""
    return min(map(min, words)) > " "
