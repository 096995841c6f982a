"""Who is named in a line: persons, bodies and offices, and the side that each of them speaks for.

Names come from sides.toml, in every spelling that variants.toml unifies; offices ('a spokesman') from voices.toml;
other persons from the text itself, which names them in full at first and by the surname later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, zip_longest
from pathlib import Path

from analysis.text import Remembered, read_toml, tokenize
from analysis.wordlists import POSSESSIVE, VoiceWords, Words, longest_from

UNATTRIBUTED = "unattributed"
OTHER = "other"
REMEMBERED = 12  # speakers back to whom a pronoun can reach


@dataclass(frozen=True)
class Speaker:
    """Somebody who can say something: the name as it is shown, and the side ('' where the words do not tell it).

    `kind` is person, office, body, country, name (capitals of which more is not known) or pronoun; `pronoun` is he,
    she, it, they or ''. A `weak` side holds only where no country is named beside it.
    """

    name: str
    side: str
    kind: str
    pronoun: str = ""
    weak: bool = False


NOBODY = Speaker("", UNATTRIBUTED, "")


@dataclass(frozen=True)
class Sides:
    """The table of persons and institutions: for whom each way of writing them speaks."""

    names: Mapping[Words, Speaker]

    @cached_property
    def longest_from(self) -> Remembered[int]:
        """Number of words of the longest name that can begin with a word, as it stands or with a small letter."""
        sizes = longest_from(self.names)

        def longest(word: str) -> int:
            word = word.replace("’", "'")
            alone = word.removesuffix("'s")
            single = (alone,) in self.names or (alone.lower(),) in self.names
            return max(sizes.get(word, 0), sizes.get(word.lower(), 0), int(single))

        return Remembered(longest)


@dataclass(frozen=True)
class Mention:
    """A noun phrase that names a speaker: its first and last word among the words given."""

    first: int
    last: int
    speaker: Speaker
    possessive: bool = False


@dataclass
class Cast:
    """Who has been named so far in an article; it grows as the article is read."""

    sides: Sides
    words: VoiceWords
    surnames: dict[str, Speaker] = field(default_factory=dict)
    offices: dict[str, list[Speaker]] = field(default_factory=dict)  # 'minister' -> who held it, the latest last
    before: dict[str, str] = field(default_factory=dict)  # 'ministry', 'official' -> the side of the one named last
    recent: list[Speaker] = field(default_factory=list)  # who spoke or acted, the latest last

    def note(self, speaker: Speaker) -> None:
        """Remember who spoke or acted last."""
        if speaker.name and speaker.kind != "pronoun" and self.recent[-1:] != [speaker]:
            self.recent.append(speaker)

    def spoken_for(self) -> str:
        """Give the side for which a spokesman without a word on whose he is speaks: that of the body named last."""
        bodies = (s.side for s in reversed(self.recent[-REMEMBERED:]) if s.kind in ("body", "country"))
        return next(bodies, "")

    def resolve(self, pronoun: str, *, strict: bool, but: Speaker | None = None) -> Speaker | None:
        """Find the last speaker whom a pronoun fits; in translated copy (not `strict`) gender decides nothing."""
        for speaker in reversed(self.recent[-REMEMBERED:]):
            is_person = speaker.kind in ("person", "office") and speaker.pronoun != "they"
            if pronoun in ("he", "she"):
                fits = is_person and (not strict or speaker.pronoun in ("", pronoun))
            else:
                fits = speaker.kind in ("body", "country") if pronoun == "it" else not is_person
            if fits and speaker != but:
                return speaker
        return None


# ----------------------------------------------------------------------------------------------- the table


def read_sides(folder: Path) -> dict[str, Sides]:
    """Read sides.toml, with the spellings of variants.toml.

    Returns
    -------
    dict
        Under '' the table for every article, under an article_id that of one with spellings of its own.

    Raises
    ------
    ValueError
        A side lacks its name or reason, or a name stands on two sides.
    """
    variants = read_toml(folder / "variants.toml").get("variant", [])
    names = _listed_names(read_toml(folder / "sides.toml").get("side", []))
    tables = {}
    for article in sorted({"", *(entry["article"] for entry in variants if "article" in entry)}):
        entries = [entry for entry in variants if entry.get("article", article) == article]
        tables[article] = Sides(_with_surnames({w: names[n] for n in names for w in _spellings(n, entries)}))
    return tables


def _listed_names(sides: Sequence[Mapping[str, list[str] | str]]) -> dict[str, Speaker]:
    kinds = {"countries": ("country", "it"), "bodies": ("body", "it"), "persons": ("person", ""),
             "he": ("person", "he"), "she": ("person", "she")}  # fmt: skip
    names: dict[str, Speaker] = {}
    for number, entry in enumerate(sides, start=1):
        if missing := sorted({"name", "reason"} - entry.keys()):
            raise ValueError(f"sides.toml: [[side]] number {number} lacks {', '.join(missing)}")
        side = str(entry["name"])
        for key, (kind, pronoun) in kinds.items():
            for name in entry.get(key, []):
                if name in names and names[name].side != side:
                    raise ValueError(f"sides.toml: {name!r} stands on two sides, {names[name].side!r} and {side!r}")
                own = "office" if kind == "person" and name.islower() else kind
                plural = "they" if own == "office" and name.endswith("s") else pronoun
                names[name] = Speaker(name, side, own, plural, name in entry.get("unless_a_country", []))
    return names


def _spellings(name: str, entries: Iterable[Mapping[str, object]]) -> Iterator[Words]:
    """Give a name's words in each spelling that counts for the same term."""
    words = _split(name)
    yield words
    for entry in entries:
        term = _split(str(entry["term"]))
        for form in [*entry.get("forms", []), *entry.get("exact", [])]:  # type: ignore[misc]
            for i in range(len(words) - len(term) + 1):
                if tuple(w.lower() for w in words[i : i + len(term)]) == term:
                    yield (*words[:i], *_split(str(form)), *words[i + len(term) :])


def _with_surnames(names: Mapping[Words, Speaker]) -> dict[Words, Speaker]:
    """Add each person's surname; of two on one side it is the first one's, of two on different sides nobody's."""
    surnames: dict[Words, list[Speaker]] = {}
    for words, speaker in names.items():
        if speaker.kind == "person" and len(words) > 1:
            surnames.setdefault(words[-1:], []).append(speaker)
    alone = {words: found[0] for words, found in surnames.items() if len({s.side for s in found}) == 1}
    return {**alone, **names}


def _split(text: str) -> Words:
    return tuple(token.text.replace("’", "'") for token in tokenize(text))


# ----------------------------------------------------------------------------------- pieces of noun phrases


@dataclass(frozen=True)
class _Piece:
    """A part of a noun phrase: words first to last, and what they name."""

    first: int
    last: int
    speaker: Speaker
    possessive: bool


@dataclass(frozen=True)
class _Reading:
    """The words of a stretch of text as they stand ('' is a quotation), what stands before each, and who is known."""

    words: Sequence[str]
    gaps: Sequence[str]
    cast: Cast

    def lower(self, i: int) -> str:
        return self.words[i].lower()

    def pieces(self) -> Iterator[_Piece]:
        """Find the parts of noun phrases, from left to right, the longest first."""
        longest, can_name = self.cast.sides.longest_from, self.cast.words.can_name
        i = 0
        while i < len(self.words):
            if not longest[self.words[i]] and not can_name[self.words[i]]:
                i += 1
                continue
            found = self._listed(i) or self._unnamed(i) or self._capitals(i)
            if found:
                size, speaker = found
                last = self.words[i + size - 1]
                yield _Piece(i, i + size - 1, speaker, last.endswith(("'s", "’s")))
            i += found[0] if found else 1

    def _listed(self, i: int) -> tuple[int, Speaker] | None:
        """Look up a name of sides.toml; one that is written small there may have a capital here."""
        names = self.cast.sides.names
        for size in range(min(self.cast.sides.longest_from[self.words[i]], len(self.words) - i), 0, -1):
            if any(gap not in (" ", ". ") for gap in self.gaps[i + 1 : i + size]):
                continue
            run = [w.replace("’", "'") for w in self.words[i : i + size]]
            run[-1] = run[-1].removesuffix("'s")
            small = (run[0].lower(), *run[1:])
            if speaker := names.get(tuple(run)) or names.get(small):
                return size, speaker
        return None

    def _unnamed(self, i: int) -> tuple[int, Speaker] | None:
        """Look up an office, a body, a document (which speaks for whoever issued it), or a pronoun."""
        lists, word = self.cast.words, POSSESSIVE.sub("", self.words[i])
        if noun := lists.noun(word.lower()):
            is_body, plural = noun in lists.bodies, noun != word.lower() or noun in ("people", "police", "media")
            gender = "she" if noun.endswith("woman") else "he" if noun.endswith("man") else ""
            pronoun = "they" if plural else "it" if is_body else gender
            return 1, Speaker(noun if is_body else word, "", "body" if is_body else "office", pronoun)
        if word.lower() in lists.documents and i and self.lower(i - 1) in ("the", "its", "their"):
            return 1, Speaker("", "", "pronoun", "it")
        return (1, Speaker("", "", "pronoun", word.lower())) if word.lower() in lists.grammar.pronouns else None

    def _capitals(self, i: int) -> tuple[int, Speaker] | None:
        """Read capitals as a name: one that was introduced before, or a new one."""
        size = 0
        while i + size < len(self.words) and self._is_name(i + size, inside=size > 0):
            size += 1
            if POSSESSIVE.search(self.words[i + size - 1]):
                break
        if not size:
            return None
        bare = [POSSESSIVE.sub("", w) for w in self.words[i : i + size]]
        known = self.cast.surnames.get(bare[-1]) or self.cast.sides.names.get((bare[-1],))
        if known and known.kind == "person":
            return size, known
        begins_sentence = i == 0 or re.search(r"[.!?:]", self.gaps[i])
        return None if size == 1 and begins_sentence else (size, Speaker(" ".join(bare), "", "name"))

    def _is_name(self, i: int, *, inside: bool) -> bool:
        word = POSSESSIVE.sub("", self.words[i])
        grammar = self.cast.words.grammar
        if (
            not word[:1].isupper()
            or word.lower() in grammar.not_a_name
            or (not inside and word.lower() in grammar.ranks)
        ):
            return False
        if not inside:
            return True
        named = (word,) in self.cast.sides.names or tuple(self.words[i : i + 2]) in self.cast.sides.names
        return self.gaps[i] in (" ", ". ") and not named and not self.cast.words.noun(word.lower())

    def joins(self, one: _Piece, other: _Piece) -> bool:
        """Tell whether two pieces are one noun phrase: 'US President Joe Biden', 'the minister of health'."""
        grammar = self.cast.words.grammar
        kinds = (one.speaker.kind, other.speaker.kind)
        if "pronoun" in kinds or any(gap not in (" ", "", ". ") for gap in self.gaps[one.last + 1 : other.first + 1]):
            return False
        between = self.between(one, other)
        if all(w in grammar.ranks for w in between):
            return not (kinds[0] == "person" and not one.possessive and kinds[1] in ("person", "name", "office"))
        holds = kinds[0] in ("office", "body") and not one.possessive
        return holds and self.hangs_on(one, other) and (kinds[1] != "person" or between[-1] in grammar.ranks)

    def between(self, one: _Piece, other: _Piece) -> list[str]:
        return [self.lower(i) for i in range(one.last + 1, other.first)]

    def hangs_on(self, one: _Piece, other: _Piece) -> bool:
        """Tell 'spokesman for the ministry', where the second part only belongs to the first."""
        grammar = self.cast.words.grammar
        rest = [w for w in self.between(one, other) if w not in grammar.determiners | grammar.ranks]
        return rest in (["of"], ["for"], ["at"], ["from"], ["in"])


# ------------------------------------------------------------------------------------------------ mentions


def find_mentions(words: Sequence[str], gaps: Sequence[str], cast: Cast) -> list[Mention]:
    """Find the noun phrases of a stretch of text that can be speakers, and learn the persons it names.

    Parameters
    ----------
    words : sequence of str
        As they stand; '' is a quotation, which belongs to no name.
    gaps : sequence of str
        What stands between a word and the one before it; a name goes on only over a blank.
    cast : Cast
        Who is known so far; it learns.

    Returns
    -------
    list of Mention
        In order, without overlap. Pronouns are resolved later, where it is known who spoke last.
    """
    reading = _Reading(words, gaps, cast)
    pieces = list(reading.pieces())
    mentions: list[Mention] = []
    start = 0
    for i, piece in enumerate(pieces):
        if i + 1 == len(pieces) or not reading.joins(piece, pieces[i + 1]):
            mentions.append(_mention(reading, pieces[start : i + 1], mentions))
            start = i + 1
    for mention, following in zip_longest(mentions, mentions[1:]):
        if mention.speaker.kind == "person":
            _learn(reading, mention, following)
    return mentions


def _mention(reading: _Reading, run: Sequence[_Piece], earlier: Sequence[Mention]) -> Mention:
    """Say whom a noun phrase names: a person before an office, an office before its body, a body before a country."""
    words, cast = reading.words, reading.cast
    first, last = _extent(reading, run)
    before = reading.lower(first - 1) if first else ""
    heads = _heads(reading, run)
    side, weak = _side(run)
    if (weak or not side) and before in ("its", "their"):
        side = _owner(earlier, before) or (cast.spoken_for() if not earlier else "") or side
    definite = before in ("the", "its", "their", "his", "her") or run[0].possessive
    if weak and definite and cast.recent[-1:] and cast.recent[-1].kind == "country":
        side = cast.recent[-1].side  # 'Talvia denied that. The ministry said …'
    if weak and any(reading.lower(i) not in cast.words.grammar.ranks for i in range(first, run[0].first)):
        side = ""  # 'a hospital official'
    titled = next((n for n, p in enumerate(heads) if p.speaker.kind == "office"), -1)
    by_kind = {kind: [p.speaker for p in heads if p.speaker.kind == kind] for kind in ("person", "office", "body")}
    names = [p.speaker for n, p in enumerate(heads) if p.speaker.kind == "name" and n > titled]
    label = " ".join(words[run[0].first : run[-1].last + 1])
    if by_kind["person"]:
        speaker = by_kind["person"][0]
    elif names and (by_kind["office"] or (" " in names[-1].name and not by_kind["body"])):
        speaker = Speaker(names[-1].name, side or OTHER, "person")
    elif by_kind["office"]:
        office = by_kind["office"][0]
        holders = cast.offices.get(office.name.lower(), []) if definite and office.pronoun != "they" else []
        held = next((person for person in reversed(holders) if side in ("", person.side)), None)
        if definite and (weak or not side) and office.pronoun != "they":
            side = cast.before.get(office.name.lower(), side)  # 'the official', of whom a country was told before
        if not side and len(run) == 1 and office.name.lower().startswith("spokes"):
            side = cast.spoken_for()
        speaker = held or Speaker(label, side or OTHER, "office", office.pronoun)
        cast.before[office.name.lower()] = speaker.side
    elif by_kind["body"]:
        body = by_kind["body"][-1]
        side = (
            cast.before.get(body.name, side) if definite and (weak or not side) else side
        )  # 'the ministry' named before
        listed = next((b.name for b in by_kind["body"] if b.side), label)
        speaker = Speaker(listed, side or OTHER, "body", by_kind["body"][0].pronoun or "it")
        nouns = {cast.words.noun(reading.lower(i)) for i in range(run[0].first, run[-1].last + 1)}
        cast.before.update(dict.fromkeys(nouns - {""}, speaker.side))
    else:
        speaker = heads[-1].speaker if heads[-1].speaker.side or not names else replace(names[-1], side=OTHER)
    return Mention(first, last, speaker, run[-1].possessive)


def _owner(earlier: Sequence[Mention], pronoun: str) -> str:
    """Give the side that 'its' or 'their' points to: 'Talvia will wait, its ministry said'."""
    if pronoun == "their":
        groups = (m.speaker.side for m in reversed(earlier) if m.speaker.pronoun == "they" and m.speaker.side)
        if group := next(groups, ""):
            return group
    return earlier[0].speaker.side if earlier else ""


def _extent(reading: _Reading, run: Sequence[_Piece]) -> tuple[int, int]:
    """Take ranks and plain words behind an article along: 'the former defence minister', 'the fishing association'."""
    words, gaps, grammar = reading.words, reading.gaps, reading.cast.words.grammar
    first, last = run[0].first, run[-1].last
    while first > 0 and gaps[first] in (" ", ". ") and reading.lower(first - 1) in grammar.ranks:
        first -= 1
    for at in range(first, max(first - 4, 0), -1):
        before = words[at - 1]
        if gaps[at] != " " or not before.islower() or (before in grammar.not_a_name - grammar.determiners):
            break
        if before in grammar.determiners:
            first = at
            break
    is_office = run[-1].speaker.kind in ("office", "body")
    while is_office and last + 2 < len(words) and reading.lower(last + 1) in ("of", "and") \
            and reading.lower(last + 2) in grammar.ranks and words[last + 2][0].isupper():  # fmt: skip
        last += 2  # 'the Ministry of Trade'
    return first, last


def _heads(reading: _Reading, run: Sequence[_Piece]) -> Sequence[_Piece]:
    """Leave out what only belongs to another piece: possessives, and what 'of' or 'for' hangs on."""
    attached: set[_Piece] = set()
    for one, other in pairwise(run):
        of = "of" in [reading.lower(i) for i in range(run[0].last, other.first)]
        goes_on = one in attached and not (other.speaker.kind == "person" and of)
        if goes_on or (reading.hangs_on(one, other) and other.speaker.kind != "person"):
            attached.add(other)
    return [piece for piece in run if not piece.possessive and piece not in attached] or [run[-1]]


def _side(run: Sequence[_Piece]) -> tuple[str, bool]:
    """Choose a side, and say if it is weak: a docker in Talvia is the dockers', an official in Talvia is Talvia's."""
    speakers = [piece.speaker for piece in run if piece.speaker.side]
    if not speakers:
        return "", False
    best = min(speakers, key=lambda s: 2 if s.weak else 0 if s.name.islower() else 1)
    return best.side, best.weak


def _learn(reading: _Reading, mention: Mention, following: Mention | None) -> None:
    """Remember a person's surname and offices: those before the name, and the one after it between commas."""
    cast = reading.cast
    cast.surnames.setdefault(mention.speaker.name.split()[-1], mention.speaker)
    titles = list(reading.words[mention.first : mention.last + 1])
    if following and following.speaker.kind == "office" and following.first - mention.last <= 2 \
            and reading.gaps[mention.last + 1].strip() == ",":  # fmt: skip
        titles += reading.words[following.first : following.last + 1]
    for title in titles:
        if title.lower() in cast.words.persons:
            held = cast.offices.setdefault(title.lower(), [])
            if mention.speaker in held:
                held.remove(mention.speaker)
            held.append(mention.speaker)
