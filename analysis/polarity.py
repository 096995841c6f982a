"""From a sentence to the expressions that TextBlob scores in it, as it stands and rewritten.

A sentence is assessed whole, and each expression is counted in the passage where it stands. What the score rests on is
seen by scoring the sentence anew with names masked, set phrases masked, or contractions written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from analysis.assessments import assess
from analysis.passages import Sentence
from analysis.speakers import Sides
from analysis.text import own_or_default, read_toml

TONES = ("negative", "neutral", "positive")
# How a sentence can be written anew before it is scored.
NAMES, PHRASES, CONTRACTIONS = "names masked", "set phrases masked", "contractions written out"
VARIANTS = (NAMES, PHRASES, CONTRACTIONS)
_CONTRACTED = re.compile(r"\b(ca|wo|sha)n[’']t\b|n[’']t\b|[’'](re|ve|ll|m)\b", re.I)
_APOSTROPHE = re.compile("[’']")
_STEMS = {"ca": "can", "wo": "will", "sha": "shall"}
_ENDS = {"re": " are", "ve": " have", "ll": " will", "m": " am"}


class Expression(NamedTuple):
    """One expression that TextBlob scores: index of its passage in the sentence, its words and its scores."""

    passage: int
    words: str
    polarity: float
    subjectivity: float


@dataclass(frozen=True)
class Rewriting:
    """One way of writing a sentence anew: its name, what is replaced, and by what."""

    name: str
    pattern: re.Pattern[str]
    replace: Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Tone:
    """How coders are asked for the tone of a sentence."""

    question: str
    rules: Sequence[str]


# --------------------------------------------------------------------------------------------- rewriting


def read_rewritings(folder: Path, sides: Mapping[str, Sides]) -> dict[str, tuple[Rewriting, ...]]:
    """Read sentiment.toml and take the names from the table of sides.

    Returns
    -------
    dict
        Under '' the rewritings that hold for every article; under an article_id those of an article with names of its
        own.

    Raises
    ------
    ValueError
        A [[mask]] lacks its phrases or its reason.
    """
    masks = read_toml(own_or_default(folder, "sentiment.toml")).get("mask", [])
    for number, entry in enumerate(masks, start=1):
        if missing := {"phrases", "reason"} - entry.keys():
            raise ValueError(f"sentiment.toml: [[mask]] number {number} lacks {', '.join(sorted(missing))}")
    phrases = [phrase for entry in masks for phrase in entry["phrases"]]
    fixed = [Rewriting(PHRASES, _any_of(phrases, re.I), _blank), Rewriting(CONTRACTIONS, _CONTRACTED, _write_out)]
    return {
        article: (Rewriting(NAMES, _any_of(_names(table)), _blank), *fixed) for article, table in sorted(sides.items())
    }


def read_tone_rules(folder: Path) -> Tone:
    """Read from sentiment.toml how coders are asked for the tone of a sentence."""
    table = read_toml(own_or_default(folder, "sentiment.toml")).get("tone", {})
    return Tone(str(table.get("question", "")), tuple(table.get("rules", ())))


def _names(sides: Sides) -> Iterator[str]:
    """Give the names of persons, bodies and countries, and persons' surnames; an office in small letters is no name."""
    for words, speaker in sides.names.items():
        if not speaker.name.islower():
            yield " ".join(words)
            if speaker.kind == "person":
                yield words[-1]


def _any_of(phrases: Sequence[str] | Iterator[str], flags: int = 0) -> re.Pattern[str]:
    """Find any of these phrases as whole words, the longest first; nothing where there are none.

    They are sorted by their first letter, so that a search goes from one place where any can begin to the next.
    """
    listed = sorted({phrase.strip() for phrase in phrases} - {""}, key=lambda p: (-len(p), p))
    if not listed:
        return re.compile(r"(?!)")
    rests: dict[str, list[str]] = {}
    for phrase in listed:
        first, *rest = phrase.split()
        letters = first[0].lower() + first[0].upper() if flags & re.I else first[0]
        rests.setdefault(letters, []).append(r"\s+".join(map(re.escape, [first[1:], *rest])))
    starts = sorted(rests.items())
    choices = "|".join(rf"(?<=[{re.escape(letters)}])(?:{'|'.join(found)})" for letters, found in starts)
    insensitive = "i" if flags & re.I else ""
    first_letters = "".join(re.escape(letters) for letters, _ in starts)
    return re.compile(rf"[{first_letters}](?<!\w.)(?{insensitive}:{choices})(?!\w)")


def _blank(match: re.Match[str]) -> str:
    """Write as many x as there are letters, which no lexicon scores."""
    return re.sub(r"\w", "x", match[0])


def _write_out(match: re.Match[str]) -> str:
    stem, end = match[1], match[2]
    return _ENDS[end.lower()] if end else (_STEMS[stem.lower()] if stem else "") + " not"


def rewrite(sentence: Sentence, rewriting: Rewriting) -> tuple[str, list[int]]:
    """Write a sentence anew, and say where its passages end then."""
    ends, text, cursor = [passage.end for passage in sentence.passages], "", 0
    moved = list(ends)
    for match in rewriting.pattern.finditer(sentence.text):
        new = rewriting.replace(match)
        text += sentence.text[cursor : match.start()] + new
        cursor = match.end()
        moved = [
            at + len(new) - len(match[0]) if end >= match.end() else at for at, end in zip(moved, ends, strict=True)
        ]
    return text + sentence.text[cursor:], moved


# ----------------------------------------------------------------------------------------------- scoring


def score_expressions(sentence: Sentence, rewriting: Rewriting | None = None) -> list[Expression]:
    """Assess a sentence as a whole, and place each scored expression in the passage where its last word stands.

    A sentence split by voice thereby loses no negation, and the mean over all its passages' expressions is
    TextBlob's polarity of the sentence.
    """
    plain = (sentence.text, [passage.end for passage in sentence.passages])
    text, ends = rewrite(sentence, rewriting) if rewriting else plain
    assessments = assess(text).assessments
    places = _places(text, [words for words, *_ in assessments], ends) if len(ends) > 1 else [0] * len(assessments)
    return [
        Expression(place, " ".join(words), polarity, subjectivity)
        for place, (words, polarity, subjectivity, _) in zip(places, assessments, strict=True)
    ]


def _places(text: str, expressions: Sequence[Sequence[str]], ends: Sequence[int]) -> Iterator[int]:
    """Say in which passage the last word of each expression stands."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    at = 0
    for words in expressions:
        for word in words:
            at = _end_of(word, lower, at)
        yield next((i for i, end in enumerate(ends) if at <= end), len(ends) - 1)


def _end_of(word: str, text: str, start: int) -> int:
    """Give the place behind a word of a text, no part of a longer one; the start where it is not found."""
    at = text.find(word, start)
    while at >= 0:
        end = at + len(word)
        if not _is_letter(text[at - 1 : at]) and not _is_letter(text[end : end + 1]):
            return end
        at = text.find(word, at + 1)
    return start


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


def rescore(sentence: Sentence, rewritings: Sequence[Rewriting]) -> Iterator[tuple[str, list[Expression]]]:
    """Score a sentence anew in each way of writing it that changes its text."""
    for rewriting in rewritings:
        needed = rewriting.name != CONTRACTIONS or _APOSTROPHE.search(sentence.text)
        if needed and rewriting.pattern.search(sentence.text):
            yield rewriting.name, score_expressions(sentence, rewriting)


def sum_up(expressions: Sequence[Expression]) -> tuple[float, float, int, int]:
    """Give what a table says of these expressions: polarity, subjectivity, n_scored, n_nonzero.

    The first two are means; NaN, not zero, where nothing is scored.
    """
    if not expressions:
        return float("nan"), float("nan"), 0, 0
    n = len(expressions)
    polarity = sum([e.polarity for e in expressions]) / n
    subjectivity = sum([e.subjectivity for e in expressions]) / n
    return polarity, subjectivity, n, sum([e.polarity != 0 for e in expressions])
