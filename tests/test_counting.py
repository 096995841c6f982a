"""Counting: CountVectorizer's matrix and vocabulary, number for number."""

import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

import analysis as an
from analysis import counting

LETTERS = list("aabbcdeé İßΣσς_1२हिन्दी.-'\n\t\x1f ,xX𝒳𝔘")
PATTERNS = [r"(?u)\b\w\w+\b", r"\S+", r"[^x]+", r"(a\w)\w*", r"\w+", r"[\w\u0900-\u097f]{2,}"]


def theirs(texts, **options):
    vectorizer = CountVectorizer(**options)
    counts = vectorizer.fit_transform(texts)
    counts.sort_indices()
    return counts, vectorizer.get_feature_names_out().tolist()


def same(texts, n_jobs=None, stop_words=frozenset(), **options):
    try:
        counts, terms = theirs(texts, stop_words=sorted(stop_words) or None, **options)
    except ValueError:
        with pytest.raises(ValueError, match="count_texts"):
            an.count_texts(texts, stop_words=stop_words, **options)
        return False
    mine, names = an.count_texts(texts, n_jobs=n_jobs, stop_words=stop_words, **options)
    assert names.tolist() == terms
    assert mine.shape == counts.shape and mine.dtype == counts.dtype
    for part in ("indptr", "indices", "data"):
        assert np.array_equal(getattr(mine, part), getattr(counts, part)), part
        assert getattr(mine, part).dtype == getattr(counts, part).dtype, part
    return True


@pytest.mark.filterwarnings("ignore:.*stop_words may be inconsistent:UserWarning")
def test_adversarial_texts_have_countvectorizers_counts():
    rng, counted = random.Random(1), 0
    for _ in range(600):
        texts = ["".join(rng.choice(LETTERS) for _ in range(rng.randint(0, 40))) for _ in range(rng.randint(1, 9))]
        counted += same(
            texts, ngram_range=rng.choice([(1, 1), (1, 2), (2, 3), (1, 3), (2, 2)]), lowercase=rng.random() < 0.5,
            token_pattern=rng.choice(PATTERNS), stop_words=frozenset(rng.sample(["aa", "ab", "a", "b", "ba"], 2)),
        )  # fmt: skip
    assert counted > 300


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_texts_have_countvectorizers_counts(texts):
    same(texts)


def test_every_code_point_is_read_as_the_pattern_reads_it():
    def same_words(text):
        words = [word for word in counting._split_words(text) if len(word) > 1]
        return words == re.findall(counting.TOKEN_PATTERN, text)

    codes = [chr(code) for code in range(0x110000)]
    letters = [code for code in codes if code.isalnum() or code == "_"]
    others = [code for code in codes if not (code.isalnum() or code == "_")]
    assert len(letters) > 100_000 and all(same_words(f"a{letter}b{letter}") for letter in letters)
    assert all(same_words("aé".join(others[first : first + 1_000])) for first in range(0, len(others), 1_000))
    assert same_words(" ".join(code * 2 for code in codes))


def test_processes_change_nothing(example, monkeypatch):
    monkeypatch.setattr(counting, "LEAST", 10)
    texts = [path.read_text(encoding="utf-8") for path in sorted((example.folder / "text").glob("*.txt"))]
    assert same(texts, n_jobs=2, ngram_range=(1, 2))


def test_hindi_words_stay_whole_with_a_pattern_of_their_own():
    _, terms = an.count_texts(["हिन्दी समाचार"], token_pattern=r"[\w\u0900-\u097f]{2,}")
    assert terms.tolist() == sorted(["हिन्दी", "समाचार"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ngram_range": (2, 1)}, "is not (fewest, most)"),
        ({"token_pattern": "("}, "cannot be read"),
        ({"token_pattern": "(a)(b)"}, "more than one group"),
        ({"token_pattern": "z"}, "no word is found"),
        ({"ngram_range": (9, 9)}, "no text has 9 words"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError) as error:
        an.count_texts(["rain fell"], **options)
    assert message in str(error.value)
