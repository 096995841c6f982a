"""TextBlob's scores: equal to the last bit on many sentences, and TextBlob itself where its inside has changed."""

import random
import re
from dataclasses import replace

import pytest
from conftest import EXAMPLE
from hypothesis import given
from hypothesis import strategies as st
from textblob._text import EMOTICONS
from textblob.en import sentiment

from analysis import assessments
from analysis.assessments import assess, assess_with_textblob

SIGNS = sorted(sign for group in EMOTICONS.values() for sign in group)
BITS = [
    *(["not", "no", "never", "n't", "isn't", "don't", "very", "really", "extremely", "hardly", "a", "the", "to", "o", "X", "8", "x", "D", "S", "e.g.", "Mr.", "U.S.", "It's", "we'll", "'s", "'d"]),
    *(['(', ')', '(!)', '!!', '!', '...', '....', '.', ',', ';', ':', '-', '_', '?', '"', '“', '”', '’', '‘', '[', ']', '/', '*', '°', '<', '=', '{', '`', '~', '+', '@', '#', '$', '^', '&']),
    *("'", "''", "'''", "\n", "\n\n", "\r\n\r\n", "\t", "\u2003", "\x1c", "\x85", "END-OF-SENTENCE", "İ", "ΑΣ", "naïve", ":Dn't", "2008"),
]  # fmt: skip


def made_up(n: int, seed: int) -> list[str]:
    """Sentences of lexicon words, negations, intensifiers, emoticons and punctuation, glued and spaced in all ways."""
    rng, words, texts = random.Random(seed), sorted(sentiment), []
    for _ in range(n):
        parts = []
        for _ in range(rng.randint(1, 14)):
            chance = rng.random()
            kind = (
                words
                if chance < 0.35
                else BITS
                if chance < 0.8
                else SIGNS
                if chance < 0.88
                else ["table", "ok", "Quell"]
            )
            word = rng.choice(kind)
            word = rng.choice([word.upper(), word.capitalize()]) if rng.random() < 0.2 else word
            parts += [word, rng.choice([" ", "", "  ", "\n"]) if rng.random() < 0.5 else " "]
        texts.append("".join(parts))
    return texts


def test_twenty_five_thousand_sentences_have_textblobs_scores_to_the_last_bit():
    raw = [path.read_text(encoding="utf-8") for path in sorted((EXAMPLE / "text").glob("*.txt"))]
    texts = [s for text in raw for s in re.split(r"(?<=[.!?”])\s+", text)] + raw
    texts += made_up(25_000 - len(texts), seed=5)
    assert len(set(texts)) > 20_000
    scored = 0
    for text in texts:
        mine = assess(text)
        assert repr(mine) == repr(assess_with_textblob(text)), repr(text)
        scored += bool(mine.assessments)
    assert scored > 15_000


@given(st.text())
def test_any_text_has_textblobs_scores(text):
    assert repr(assess(text)) == repr(assess_with_textblob(text))


@pytest.fixture
def chosen_anew():
    assessments._assess.cache_clear()
    yield
    assessments._assess.cache_clear()


def test_a_textblob_with_other_rules_is_used_itself(monkeypatch, chosen_anew):
    monkeypatch.setattr(sentiment, "negations", ("no", "not", "n't", "never", "hardly"))
    told = assessments.read_assessor()
    monkeypatch.setattr(assessments, "read_assessor", lambda: replace(told, negations=frozenset({"no"})))
    with pytest.warns(UserWarning, match="other rules"):
        assert assess("Not good.") == assess_with_textblob("Not good.")


def test_a_textblob_built_in_another_way_is_used_itself(monkeypatch, chosen_anew):
    monkeypatch.delattr("textblob._text.EMOTICONS")
    with pytest.warns(UserWarning, match="EMOTICONS"):
        assert assess("It is good.").polarity == 0.7
