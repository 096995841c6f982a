"""Indicator patterns: the words, beginnings, phrases and neighbourhoods of words that stand for a frame or a fact.

A pattern reads like a search in a library of news; its words are in lower case, its operators in capitals:

    troops                  the word
    red line                the words side by side
    negotiat*               any word that begins so, also at the end of a phrase
    troops|forces           any of these
    troops NEAR/5 border    the first with the second within five words, on either side
    troops AND border       the first in a sentence with the second
    attack NOT cyber*       the first in a sentence without the second; NOT/3: without it within three words
    plan IN scare           the first in a passage of that voice; `outlet` takes scare quotes along

Conditions can follow each other. There are no regular expressions, so that no pattern can run away.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from analysis.text import Remembered, normal_form, tokenize

Words = tuple[str, ...]
Match = tuple[int, int]  # the first unit of a sentence that belongs to it, and the one behind its last

VOICES = ("outlet", "quote", "reported", "scare")
LEAST_BEGINNING = 3  # letters; a shorter one would find half of the language
_OPERATOR = re.compile(r"\s+(NEAR/\d+|NEAR|AND|NOT/\d+|NOT|IN)\s+")
_REGULAR = re.compile(r"[\\()\[\]{}^$?+]|\.\*|\*(?=[*\w])")


class Unit(NamedTuple):
    """A word of a sentence, or a spelling of several words that is one name.

    `place` is its number among the words of the sentence, `passage` the index of its passage, `term` what it counts
    as, `form` what was found, `name` says that a spelling unified it, and `written` is the form with its capitals.
    """

    place: int
    passage: int
    term: str
    form: str
    name: bool
    written: str

    @property
    def readings(self) -> tuple[Words, ...]:
        """The words that a pattern may meet here: those of the term, and those of the form found."""
        term = tuple(self.term.split())
        return (term,) if self.form == self.term else tuple(dict.fromkeys([term, tuple(self.form.split())]))


@dataclass(frozen=True)
class Wording:
    """One alternative of a pattern: its words, the last of which may be a beginning."""

    words: Words
    begins: bool

    def match(self, units: Sequence[Unit], start: int) -> int | None:
        """Give the unit behind the last one, if the words stand here."""
        return self._match(units, start, self.words)

    def _match(self, units: Sequence[Unit], at: int, words: Words) -> int | None:
        if not words:
            return at
        if at == len(units):
            return None
        for reading in units[at].readings:
            size = len(reading)
            last = size == len(words) and self.begins
            if reading == words[:size] or (last and reading[:-1] == words[:-1] and reading[-1].startswith(words[-1])):
                end = self._match(units, at + 1, words[size:])
                if end is not None:
                    return end
        return None

    def covers(self, other: Wording) -> bool:
        """Tell whether each place of the other is one of this as well."""
        if len(self.words) != len(other.words) or self.words[:-1] != other.words[:-1] or (other.begins > self.begins):
            return False
        mine, its = self.words[-1], other.words[-1]
        return its.startswith(mine) if self.begins else its == mine


@dataclass(frozen=True)
class Condition:
    """What else must hold: `NEAR`, `AND` or `NOT` some wordings, so many words away at most, or `IN` some voices."""

    operator: str
    within: int | None = None
    wordings: tuple[Wording, ...] = ()
    voices: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pattern:
    """A pattern as written, its alternatives, and its conditions."""

    text: str
    wordings: tuple[Wording, ...]
    conditions: tuple[Condition, ...] = ()

    @property
    def phrases(self) -> Iterator[Words]:
        """The alternatives of several whole words, which are counted as terms."""
        return (w.words for w in self.wordings if len(w.words) > 1 and not w.begins)

    def names(self, word: str) -> bool:
        """Tell whether a word alone is one of the alternatives, conditions apart."""
        return any(w.covers(Wording((word,), begins=False)) for w in self.wordings)

    def find(self, units: Sequence[Unit], voices: Sequence[str]) -> Iterator[Match]:
        """Give each place of a sentence where the pattern stands, in order.

        Parameters
        ----------
        units : sequence of Unit
            The words of one sentence.
        voices : sequence of str
            The voice of each of its passages.
        """
        heads = _places(self.wordings, units)
        checks = [_check(condition, units, voices) for condition in self.conditions] if heads else []
        yield from (head for head in heads if all(check(*head) for check in checks))


def read_pattern(text: str) -> Pattern:
    """Read one pattern.

    Raises
    ------
    ValueError
        It is empty, has an operator without words or a number, a beginning that is too short, an unknown voice, or
        what only a regular expression would have; the message says which.
    """
    head, *rest = _OPERATOR.split(f" {text.strip()} ")
    conditions = [_read_condition(operator, words, text) for operator, words in zip(rest[::2], rest[1::2], strict=True)]
    return Pattern(text.strip(), _read_wordings(head, text), tuple(conditions))


def _read_condition(operator: str, words: str, text: str) -> Condition:
    kind, _, number = operator.partition("/")
    if kind == "IN":
        voices = frozenset(words.strip().split("|"))
        if unknown := sorted(voices - set(VOICES)):
            raise ValueError(f"{text!r}: IN {unknown[0]!r}: no such voice; known: {', '.join(VOICES)}")
        return Condition(kind, voices=voices | ({"scare"} if "outlet" in voices else set()))
    if kind == "NEAR" and not number:
        raise ValueError(f"{text!r}: NEAR needs a number of words, as in NEAR/5")
    if number and not 1 <= int(number) <= 100:
        raise ValueError(f"{text!r}: {operator}: give a distance of 1 to 100 words")
    return Condition(kind, int(number) if number else None, _read_wordings(words, text))


def _read_wordings(text: str, whole: str) -> tuple[Wording, ...]:
    return tuple(_read_wording(alternative.strip(), whole) for alternative in text.split("|"))


def _read_wording(text: str, whole: str) -> Wording:
    if _REGULAR.search(text):
        raise ValueError(f"{whole!r} has the signs of a regular expression, which are not read; write words, phrases,"
                         " or a word's beginning with '*' at its end")  # fmt: skip
    found = [token.text for token in tokenize(text.rstrip("*"))]
    if not found or len(text.split()) != len(found):
        raise ValueError(f"{whole!r}: {text!r} is not a word, a phrase, or a beginning with '*' at its end")
    if capital := next((w for w in found if w.isupper() and w in ("NEAR", "AND", "NOT", "IN", "OR")), None):
        raise ValueError(f"{whole!r}: {capital} stands where words are needed; alternatives are parted by '|'")
    words = tuple(normal_form(word) for word in found)
    if text.endswith("*") and len(words[-1]) < LEAST_BEGINNING:
        raise ValueError(f"{whole!r}: {text!r} would find far too much; give {LEAST_BEGINNING} letters or more")
    return Wording(words, text.endswith("*"))


def _places(wordings: Iterable[Wording], units: Sequence[Unit]) -> list[Match]:
    """Give the places of any of these wordings; of those that begin together the longest."""
    ends: dict[int, int] = {}
    for wording in wordings:
        first = wording.words[0]
        for start, unit in enumerate(units):
            if unit.term.startswith(first) or unit.form.startswith(first):
                end = wording.match(units, start)
                if end is not None:
                    ends[start] = max(end, ends.get(start, 0))
    return sorted(ends.items())


def _check(condition: Condition, units: Sequence[Unit], voices: Sequence[str]) -> Callable[[int, int], bool]:
    """Make the test of one condition in one sentence; a head takes the same few steps however long the sentence is."""
    if condition.operator == "IN":
        return lambda start, end: voices[units[start].passage] in condition.voices
    others = _places(condition.wordings, units)
    starts = [start for start, _ in others]
    longest = max(len(wording.words) for wording in condition.wordings)

    def distances(start: int, end: int) -> Iterator[int]:
        right = bisect_left(starts, end)
        if right < len(others):
            yield units[starts[right]].place - units[end - 1].place
        at = bisect_left(starts, start)
        before = [last for _, last in others[max(at - 2 * longest, 0) : at] if last <= start]  # the rest overlap
        if before:
            yield units[start].place - units[max(before) - 1].place

    def holds(start: int, end: int) -> bool:
        found = any(condition.within is None or distance <= condition.within for distance in distances(start, end))
        return found != (condition.operator == "NOT")

    return holds


@dataclass(frozen=True)
class Search:
    """Patterns of several frames (or facts), made ready to be looked for in many sentences."""

    patterns: tuple[tuple[str, Pattern], ...]

    @cached_property
    def by_text(self) -> Mapping[tuple[str, str], Pattern]:
        """The patterns by name and text, as `find` gives them."""
        return {(name, pattern.text): pattern for name, pattern in self.patterns}

    @cached_property
    def _first_words(self) -> tuple[Mapping[str, set[int]], Mapping[str, set[int]]]:
        """Say which patterns can begin with a word, and which with a beginning."""
        whole: dict[str, set[int]] = {}
        begun: dict[str, set[int]] = {}
        for number, (_, pattern) in enumerate(self.patterns):
            for wording in pattern.wordings:
                single = wording.begins and len(wording.words) == 1
                (begun if single else whole).setdefault(wording.words[0], set()).add(number)
        return whole, begun

    @cached_property
    def _possible(self) -> Remembered[tuple[int, ...]]:
        """The patterns that can begin with a word of a term."""
        whole, begun = self._first_words
        lengths = sorted({len(beginning) for beginning in begun})

        def possible(term: str) -> tuple[int, ...]:
            numbers = {n for word in term.split() for n in whole.get(word, ())}
            numbers.update(n for word in term.split() for k in lengths for n in begun.get(word[:k], ()))
            return tuple(sorted(numbers))

        return Remembered(possible)

    def find(self, units: Sequence[Unit], voices: Sequence[str]) -> list[tuple[int, str, str]]:
        """Find all patterns in a sentence, as (passage, name, pattern), in that order.

        A word counts once for each frame: where two patterns of one frame overlap, the one of more words counts, or
        the one with more conditions, or the one that begins first.
        """
        possible = self._possible.__getitem__
        numbers = set().union(*map(possible, [unit.term for unit in units]))
        numbers.update(*map(possible, [unit.form for unit in units if unit.name]))
        if not numbers:
            return []
        found: dict[str, list[tuple[int, int, Pattern]]] = {}
        for number in sorted(numbers):
            name, pattern = self.patterns[number]
            found.setdefault(name, []).extend((start, end, pattern) for start, end in pattern.find(units, voices))
        return sorted(
            (units[start].passage, name, text)
            for name, matches in found.items()
            for start, text in _longest(matches, units)
        )


def _longest(matches: Iterable[tuple[int, int, Pattern]], units: Sequence[Unit]) -> Iterator[tuple[int, str]]:
    taken: set[int] = set()
    for start, end, pattern in sorted(matches, key=lambda m: (m[0] - m[1], -len(m[2].conditions), m[0], m[2].text)):
        places = {units[i].place for i in range(start, end)}
        if not places & taken:
            taken |= places
            yield start, pattern.text
