"""TextBlob's polarity and subjectivity at a fraction of its cost, number for number.

TextBlob stays the source: its lexicon, its emoticons and its tokenizer are asked, each word once. What is written anew
is the walk over a sentence, in which most words have no effect. Where a walk over probes does not give what this
version of TextBlob gives, TextBlob itself is used, and a warning says so.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from analysis.text import Remembered

Scores = tuple[float, float, float]  # polarity, subjectivity, intensity
# A word and marks that are parted from it whatever it is; a full stop may belong to an abbreviation.
_PLAIN = re.compile(r"([“\"]?)([^\W_]+)([.,]?)([”\"]?)")
PROBES = (
    "A not very good, really not bad and extremely dull film! Never again!!! It isn't great (!) :-) 8) <3",
    "No wonderful day. No the not a pretty one; hardly ever n't fine... “Truly” 'awful' o_o XD, e.g. Mr. U.S. kind",
    "very ' good, slightly not\n\nhappy\r\n\r\n? It's horrible? No! Not badly! (2008) He: Sad END-OF-SENTENCE best",
)


class Sentiment(NamedTuple):
    """As TextBlob's `sentiment_assessments`: scores of a text, and each expression with its scores and label."""

    polarity: float
    subjectivity: float
    assessments: list[tuple[list[str], float, float, str | None]]


class Chunk(NamedTuple):
    """What stands between two blanks: its tokens, and whether they leave a walk alone that waits for nothing."""

    tokens: tuple[str, ...]
    quiet: bool


@dataclass
class Assessor:
    """TextBlob's rules, ready for many texts.

    `scores` has the words of the lexicon; `modifying` those that can modify the next word; `moods` the emoticons, lower
    case; `short` the abbreviations. `rare` finds texts in which tokens may be joined again (emoticons, sarcasm): these
    are tokenized whole.
    """

    tokenizer: Callable[[str], Iterable[str]]
    scores: Mapping[str, Scores]
    labels: Mapping[str, str]
    modifying: frozenset[str]
    is_modifier: Callable[[str], bool]
    negations: frozenset[str]
    moods: Mapping[str, float]
    rare: re.Pattern[str]
    short: frozenset[str]

    def tokens(self, text: str) -> Iterator[str]:
        """Give TextBlob's tokens of a text, lower case, as its sentiment sees them."""
        return (word.lower() for word in " ".join(self.tokenizer(text)).split())

    def assess(self, text: str) -> Sentiment:
        """Assess a text as `TextBlob(text).sentiment_assessments` does."""
        if self.rare.search(text) or ("!" in text and "(" in text):
            return _sum_up(self._walk([Chunk(tuple(self.tokens(text)), quiet=False)]))
        chunks = list(map(self.chunks.__getitem__, text.split()))
        return _sum_up(self._walk(chunks) if any(chunks) else [])

    @cached_property
    def chunks(self) -> Remembered[Chunk | None]:
        """Chunks by their text; None is one that has no effect but to end what a negation or modifier waits for."""
        return Remembered(self._read_chunk)

    def _read_chunk(self, piece: str) -> Chunk | None:
        parts = _PLAIN.fullmatch(piece)
        if parts and (
            parts[3] != "." or (parts[2].islower() and len(parts[2]) > 1 and f"{parts[2]}." not in self.short)
        ):
            tokens = tuple([part.lower() for part in parts.groups() if part])
        else:
            tokens = tuple(self.tokens(piece))
        quiet = self.acting.isdisjoint(tokens)
        first = tokens[0] if tokens else ""
        ends = len(first) > 2 and len(first.strip("'")) > 1
        return None if quiet and ends else Chunk(tokens, quiet)

    @cached_property
    def acting(self) -> frozenset[str]:
        """The tokens that have an effect of their own."""
        return frozenset({"!", "(!)"}.union(self.negations, self.moods, self.scores))

    def _walk(self, chunks: Iterable[Chunk | None]) -> list[_Found]:
        """Walk over the words; a known word is scored with the modifier and the negation that stand before it."""
        found: list[_Found] = []
        known, modifying, negations, moods = self.scores, self.modifying, self.negations, self.moods
        modifier = negation = None
        for chunk in chunks:
            if chunk is None:
                modifier = negation = None
                continue
            if chunk.quiet and modifier is None and negation is None:
                continue
            for word in chunk.tokens:
                scores = known.get(word)
                if scores is not None:
                    if modifier is None:
                        found.append(_Found([word], *scores, self.labels.get(word)))
                    else:
                        found[-1].extend(word, *scores, self.labels.get(word))
                    if negation is not None:
                        found[-1].negate(negation)
                    modifier = word if word in modifying else None
                    negation = word if word in negations else None
                    continue
                if word in negations:
                    negation = word
                elif negation and len(word.strip("'")) > 1:
                    negation = None
                if negation is not None and modifier is not None and self.is_modifier(modifier):
                    found[-1].words.append(negation)
                    found[-1].negated = True
                    negation = None
                elif modifier and len(word) > 2:
                    modifier = None
                if word == "!" and found:
                    found[-1].words.append("!")
                    found[-1].polarity = _clip(found[-1].polarity * 1.25)
                if word == "(!)":
                    found.append(_Found([word], 0.0, 1.0, 1.0, "irony"))
                if word in moods:
                    found.append(_Found([word], moods[word], 1.0, 1.0, "mood"))
        return found


class _Found:
    """A scored expression while it grows."""

    __slots__ = ("intensity", "label", "negated", "polarity", "subjectivity", "words")

    def __init__(
        self, words: list[str], polarity: float, subjectivity: float, intensity: float, label: str | None
    ) -> None:
        self.words, self.polarity, self.subjectivity = words, polarity, subjectivity
        self.intensity, self.label, self.negated = intensity, label, False

    def extend(self, word: str, polarity: float, subjectivity: float, intensity: float, label: str | None) -> None:
        """Take the word that it modifies."""
        self.words.append(word)
        self.polarity = _clip(polarity * self.intensity)
        self.subjectivity = _clip(subjectivity * self.intensity)
        self.intensity, self.label = intensity, label

    def negate(self, negation: str) -> None:
        """Take the negation before it."""
        self.words.insert(0, negation)
        self.intensity = 1.0 / self.intensity
        self.negated = True


def _clip(score: float) -> float:
    return max(-1.0, min(score, +1.0))


def _sum_up(found: Sequence[_Found]) -> Sentiment:
    """Give the means as TextBlob sums them: in order, from zero; a negated expression has minus half its polarity."""
    if not found:
        return Sentiment(0.0, 0.0, [])
    listed = [(e.words, e.polarity * -0.5 if e.negated else e.polarity, e.subjectivity, e.label) for e in found]
    n = float(len(listed))
    return Sentiment(sum([e[1] for e in listed]) / n, sum([e[2] for e in listed]) / n, listed)


# ------------------------------------------------------------------------------------------- from TextBlob


def assess_with_textblob(text: str) -> Sentiment:
    """Ask TextBlob itself."""
    from textblob import TextBlob  # needs a second to load

    return Sentiment(*TextBlob(text).sentiment_assessments)


def read_assessor() -> Assessor:
    """Take lexicon and rules from TextBlob.

    Raises
    ------
    ImportError, AttributeError, KeyError, TypeError
        This version of TextBlob is built in another way.
    """
    from textblob._text import ABBREVIATIONS, EMOTICONS, IRONY, MOOD, PUNCTUATION
    from textblob.en import sentiment

    if (IRONY, MOOD) != ("irony", "mood"):
        raise AttributeError("TextBlob's labels of emoticons are others now")
    sentiment.load()
    moods: dict[str, float] = {}
    for (_, polarity), signs in EMOTICONS.items():
        for sign in sorted(signs):
            word = sign.lower()
            if not word.isalpha() and len(word) <= 5 and word not in PUNCTUATION:
                moods.setdefault(word, polarity)
    signs = sorted({sign for group in EMOTICONS.values() for sign in group}, key=lambda sign: (-len(sign), sign))
    words = {word: entry[None] for word, entry in sentiment.items() if None in entry}
    return Assessor(
        tokenizer=sentiment.tokenizer,
        scores={word: (scores[0], scores[1], scores[2]) for word, scores in words.items()},
        labels=dict(sentiment.labeler),
        modifying=frozenset(word for word in words if any(tag in sentiment[word] for tag in sentiment.modifiers)),
        is_modifier=sentiment.modifier,
        negations=frozenset(sentiment.negations),
        moods={word: polarity for word, polarity in moods.items() if word not in words},
        rare=_any_sign(signs),
        short=frozenset(ABBREVIATIONS),
    )


def _any_sign(signs: Iterable[str]) -> re.Pattern[str]:
    """Find where TextBlob may join tokens to an emoticon: its signs, with blanks or not, that end where a token can."""
    by_first: dict[str, list[str]] = {}
    for sign in signs:
        rest = "".join(rf"\s*{re.escape(letter)}" for letter in sign[1:])
        ends = r"(?:(?![^\W_])|(?=n't))" if sign[-1].isalnum() else ""
        by_first.setdefault(sign[0], []).append(rest + ends)
    starts = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(by_first.items()))
    return re.compile(starts)


@cache
def _assess() -> Callable[[str], Sentiment]:
    """Choose the walk of this module, or TextBlob where the two differ."""
    try:
        assessor = read_assessor()
        if all(repr(assessor.assess(probe)) == repr(assess_with_textblob(probe)) for probe in PROBES):
            return assessor.assess
        reason = "its scores of the probes are others"
    except (ImportError, AttributeError, KeyError, TypeError) as error:
        reason = str(error)
    warnings.warn(f"this TextBlob has other rules ({reason}); it is used itself, which is slow", stacklevel=3)
    return assess_with_textblob


def assess(text: str) -> Sentiment:
    """Give TextBlob's polarity, subjectivity and assessments of a text, unchanged.

    Examples
    --------
    >>> assess("A not good idea.").assessments
    [(['not', 'good'], -0.35, 0.6000000000000001, None)]
    """
    return _assess()(text)
