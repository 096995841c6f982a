"""Who is named in a line: persons, bodies and offices, and the side that each of them speaks for.

Names come from sides.toml, in every spelling that variants.toml unifies; offices ('a spokesman') from voices.toml; other
persons from the text itself, which names them in full at first and by the surname later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, zip_longest
from pathlib import Path

from analysis.text import own_or_default, read_toml, tokenize

Words = tuple[str, ...]
UNATTRIBUTED = "unattributed"
OTHER = "other"
_POSSESSIVE = re.compile(r"['’]s?$")
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
MONTHS = frozenset("january february march april may june july august september october november december".split())
# Capitals at the beginning of a sentence that begin no name.
_NO_NAMES = DAYS | MONTHS | frozenset("""a an the this that these those he she it they we i you who whose what when where why
    how and but or nor so yet if as at by for from in into of off on onto out over per than then to toward under until up
    upon via with within without after again against all also although amid among any anyone around because before being below
    besides between both despite do does did down during each earlier either even every few first had has have having here his
    her hers him its later many more most much my neither no nobody none not nothing now once one only other others our
    perhaps reportedly she since some still such their them there though three through throughout today tomorrow tonight two
    was were while will would yes yesterday your yet asked according particularly interestingly furthermore meanwhile
    moreover however following""".split())  # fmt: skip
_DETERMINERS = frozenset("a an the this that his her its their our one two three several some many both other".split())
_RANKS = frozenset("""mr mrs ms dr prof sir lord lady gen col sen rep gov senior former top deputy vice prime foreign chief acting unnamed first interior defence defense finance
    trade transport health education environment water press presidential general national state public federal
    high-ranking leading local retired outgoing new old young second special permanent policy security""".split())  # fmt: skip
PRONOUNS = frozenset("he she it they i we".split())


@dataclass(frozen=True)
class Speaker:
    """Somebody who can say something: name as it is shown, side, kind, and pronoun ('' where it is not known)."""

    name: str
    side: str
    kind: str  # person, body, office, country, pronoun
    pronoun: str = ""
    weak: bool = False  # its side holds only where no country is named


@dataclass(frozen=True)
class Sides:
    """The table of persons and institutions: how each is written, and for which side it speaks."""

    names: Mapping[Words, Speaker]
    persons: frozenset[str]
    bodies: frozenset[str]
    documents: frozenset[str]

    @cached_property
    def longest(self) -> int:
        """Number of words of the longest name."""
        return max(map(len, self.names), default=1)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The sides as sides.toml lists them, then those that every corpus has."""
        listed = dict.fromkeys(s.side for s in self.names.values() if s.side not in (OTHER, UNATTRIBUTED))
        return (*listed, OTHER, UNATTRIBUTED)


@dataclass(frozen=True)
class Mention:
    """A noun phrase that names a speaker: its first and last word among the words given, and whether it is definite."""

    first: int
    last: int
    speaker: Speaker
    definite: bool
    possessive: bool = False


@dataclass
class Cast:
    """Who has been named so far in an article; it grows as the article is read."""

    surnames: dict[str, Speaker] = field(default_factory=dict)
    offices: dict[str, list[Speaker]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)  # 'ministry' -> the side of the one named last
    recent: list[Speaker] = field(default_factory=list)  # who spoke or acted, the latest last

    def note(self, speaker: Speaker) -> None:
        """Remember who spoke or acted last."""
        if speaker.kind != "pronoun" and speaker.name and (not self.recent or self.recent[-1] != speaker):
            self.recent.append(speaker)

    def resolve(self, pronoun: str, *, strict: bool, but: Speaker | None = None) -> Speaker | None:
        """Find the last speaker whom a pronoun fits; in translated copy (not `strict`) gender decides nothing."""
        for speaker in reversed(self.recent[-12:]):
            if speaker == but:
                continue
            is_person = speaker.kind in ("person", "office") and speaker.pronoun != "they"
            if pronoun in ("he", "she"):
                fits = is_person and (not strict or speaker.pronoun in ("", pronoun))
            elif pronoun == "it":
                fits = speaker.kind in ("body", "country")
            else:
                fits = not is_person
            if fits:
                return speaker
        return None


# ----------------------------------------------------------------------------------------------- the table


def read_sides(folder: Path) -> dict[str, Sides]:
    """Read sides.toml, with the spellings of variants.toml, and the offices of voices.toml.

    Returns
    -------
    dict
        Under '' the table for every article, under an article_id that of one with spellings of its own.

    Raises
    ------
    ValueError
        A side lacks its name or reason, or a name stands on two sides.
    """
    offices = read_toml(own_or_default(folder, "voices.toml")).get("offices", {})
    unnamed = [frozenset(offices.get(kind, [])) for kind in ("persons", "bodies", "documents")]
    variants = read_toml(folder / "variants.toml").get("variant", [])
    names = _listed_names(read_toml(folder / "sides.toml").get("side", []))
    tables = {}
    for article in sorted({"", *(entry["article"] for entry in variants if "article" in entry)}):
        entries = [entry for entry in variants if entry.get("article", article) == article]
        spelled = {words: names[name] for name in names for words in _spellings(name, entries)}
        tables[article] = Sides(_with_surnames(spelled), *unnamed)
    return tables


def _listed_names(sides: Sequence[Mapping[str, list[str] | str]]) -> dict[str, Speaker]:
    names: dict[str, Speaker] = {}
    for number, entry in enumerate(sides, start=1):
        if missing := sorted({"name", "reason"} - entry.keys()):
            raise ValueError(f"sides.toml: [[side]] number {number} lacks {', '.join(missing)}")
        side = str(entry["name"])
        kinds = {"countries": ("country", "it"), "bodies": ("body", "it"), "persons": ("person", ""),
                 "he": ("person", "he"), "she": ("person", "she")}  # fmt: skip
        for key, (kind, pronoun) in kinds.items():
            for name in entry.get(key, []):
                if name in names and names[name].side != side:
                    raise ValueError(f"sides.toml: {name!r} stands on two sides, {names[name].side!r} and {side!r}")
                own = "office" if kind == "person" and name.islower() else kind
                names[name] = Speaker(name, side, own, pronoun, name in entry.get("unless_a_country", []))
    return names


def _spellings(name: str, entries: Iterable[Mapping[str, object]]) -> Iterator[Words]:
    """Give a name's words in each spelling that counts for the same term."""
    words = _words(name)
    yield words
    for entry in entries:
        term = _words(str(entry["term"]))
        for form in [*entry.get("forms", []), *entry.get("exact", [])]:  # type: ignore[misc]
            for i in range(len(words) - len(term) + 1):
                if tuple(w.lower() for w in words[i : i + len(term)]) == term:
                    yield (*words[:i], *_words(str(form)), *words[i + len(term) :])


def _with_surnames(names: Mapping[Words, Speaker]) -> dict[Words, Speaker]:
    """Add each person's surname; of two on one side it is the first one's, of two on different sides nobody's."""
    surnames: dict[Words, list[Speaker]] = {}
    for words, speaker in names.items():
        if speaker.kind == "person" and len(words) > 1:
            surnames.setdefault(words[-1:], []).append(speaker)
    alone = {words: found[0] for words, found in surnames.items() if len({s.side for s in found}) == 1}
    return {**alone, **names}


def _words(text: str) -> Words:
    return tuple(token.text.replace("’", "'") for token in tokenize(text))


# ------------------------------------------------------------------------------------------------ mentions


@dataclass(frozen=True)
class _Piece:
    """A part of a noun phrase: words first to last, and what they name."""

    first: int
    last: int
    speaker: Speaker
    possessive: bool


def find_mentions(words: Sequence[str], linked: Sequence[str], sides: Sides, cast: Cast) -> list[Mention]:
    """Find the noun phrases of a stretch of text that can be speakers, and learn the persons it names.

    Parameters
    ----------
    words : sequence of str
        As they stand; '' is a quotation, which belongs to no name.
    linked : sequence of str
        What stands between a word and the one before it; a name goes on only over a blank.
    sides, cast
        Who is known beforehand, and from the article so far.

    Returns
    -------
    list of Mention
        In order, without overlap; pronouns are resolved later, where it is known who spoke last.
    """
    pieces = list(_pieces(words, linked, sides, cast))
    mentions: list[Mention] = []
    i = 0
    while i < len(pieces):
        run = [pieces[i]]
        while i + 1 < len(pieces) and _joins(run[-1], pieces[i + 1], words, linked):
            i += 1
            run.append(pieces[i])
        mentions.append(_mention(run, words, linked, mentions[0] if mentions else None, cast))
        i += 1
    _learn(mentions, words, linked, sides, cast)
    return mentions


def _pieces(words: Sequence[str], linked: Sequence[str], sides: Sides, cast: Cast) -> Iterator[_Piece]:
    i = 0
    while i < len(words):
        found = next(_named(i, words, linked, sides, cast), None)
        if found is None:
            i += 1
            continue
        size, speaker = found
        last = words[i + size - 1]
        yield _Piece(i, i + size - 1, speaker, bool(_POSSESSIVE.search(last)) and not last.endswith("'"))
        i += size


def _named(
    i: int, words: Sequence[str], linked: Sequence[str], sides: Sides, cast: Cast
) -> Iterator[tuple[int, Speaker]]:
    """Say what begins at a word: a listed name, an office, a pronoun, or a name that the text introduces."""
    for size in range(min(sides.longest, len(words) - i), 0, -1):
        run = [w.replace("’", "'") for w in words[i : i + size]]
        if any(gap != " " for gap in linked[i + 1 : i + size]):
            continue
        run[-1] = _POSSESSIVE.sub("", run[-1]) if run[-1].endswith("'s") else run[-1]
        lower = tuple(w.lower() for w in run)
        if speaker := sides.names.get(tuple(run)) or (sides.names.get(lower) if run[1:] == list(lower[1:]) else None):
            yield size, speaker
    word = _POSSESSIVE.sub("", words[i])
    lower = word.lower()
    if key := _unnamed(lower, sides):
        body, plural = key in sides.bodies, key != lower
        yield 1, Speaker(key if body else word, "", "body" if body else "office", "they" if plural else "it" * body)
        return
    if lower in sides.documents and i and words[i - 1].lower() in ("the", "its", "their"):
        yield 1, Speaker(lower, "", "pronoun", "it")  # a statement speaks for whoever made it
    if lower in PRONOUNS:
        yield 1, Speaker("", "", "pronoun", lower)
    size = 0
    while i + size < len(words) and _is_name(words[i + size], inside=size > 0) and (size == 0 or linked[i + size] == " "):
        word = _POSSESSIVE.sub("", words[i + size])
        if size and (_unnamed(word.lower(), sides) or (word,) in sides.names or tuple(words[i + size : i + size + 2]) in sides.names):
            break
        size += 1
        if word != words[i + size - 1]:
            break
    surname = _POSSESSIVE.sub("", words[i + size - 1]) if size else ""
    known = cast.surnames.get(surname) or sides.names.get((surname,))
    if known and known.kind == "person":
        yield size, known
    elif size > 1 or (size == 1 and i > 0 and not re.search(r"[.!?:\"“”]", linked[i])):
        yield size, Speaker(" ".join(_POSSESSIVE.sub("", w) for w in words[i : i + size]), "", "name")


def _unnamed(word: str, sides: Sides) -> str:
    """Give the office or body that a word names, in the singular, '' for none."""
    singular = word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
    for key in (word, singular, word.replace("men", "man")):
        if key in sides.persons or key in sides.bodies:
            return key
    return ""


def _is_name(word: str, *, inside: bool) -> bool:
    lower = _POSSESSIVE.sub("", word).lower()
    return word[:1].isupper() and lower not in _NO_NAMES and (inside or lower not in _RANKS)


def _joins(one: _Piece, other: _Piece, words: Sequence[str], linked: Sequence[str]) -> bool:
    """Tell whether two pieces are one noun phrase: 'US President Joe Biden', 'the minister of health'."""
    if "pronoun" in (one.speaker.kind, other.speaker.kind):
        return False
    between = [w.lower() for w in words[one.last + 1 : other.first]]
    if any(gap not in (" ", "", ". ") for gap in linked[one.last + 1 : other.first + 1]):
        return False
    if all(w in _RANKS for w in between):
        is_person = one.speaker.kind == "person" and not one.possessive
        return not (is_person and other.speaker.kind in ("person", "name", "office"))
    return _hangs_on(between) and one.speaker.kind in ("office", "body") and not one.possessive and (
        other.speaker.kind != "person" or between[-1] in _RANKS
    )


def _hangs_on(between: Sequence[str]) -> bool:
    """Tell 'spokesman for the ministry', where the second part only belongs to the first."""
    return [w for w in between if w not in _DETERMINERS | _RANKS] in (["of"], ["for"], ["at"], ["from"], ["in"])


def _mention(
    run: Sequence[_Piece], words: Sequence[str], linked: Sequence[str], subject: Mention | None, cast: Cast
) -> Mention:
    """Say whom a noun phrase names: a person before an office, an office before its body, a body before a country."""
    first = run[0].first
    while first > 0 and linked[first] in (" ", ". ") and words[first - 1].lower() in _RANKS:
        first -= 1
    first = _after_determiner(first, words, linked)
    definite = first > 0 and words[first - 1].lower() in ("the", "its", "their", "his", "her") and linked[first] == " "
    definite |= run[0].possessive
    last = run[-1].last
    while run[-1].speaker.kind in ("office", "body") and last + 2 < len(words) and words[last + 1].lower() in ("of", "and") \
            and words[last + 2].lower() in _RANKS and words[last + 2][0].isupper():  # fmt: skip
        last += 2  # 'the Ministry of Trade'
    attached: set[_Piece] = set()
    for a, b in pairwise(run):
        between = [w.lower() for w in words[a.last + 1 : b.first]]
        of_another = a in attached and not (b.speaker.kind == "person" and "of" in words[run[0].last : b.first])
        if of_another or (_hangs_on(between) and b.speaker.kind != "person"):
            attached.add(b)
    heads = [piece for piece in run if not piece.possessive and piece not in attached] or [run[-1]]
    # a dockers' leader in Talvia is the dockers'; a Talvian official is Talvia's
    weight = [2 if p.speaker.weak else 0 if p.speaker.name.islower() else 1 for p in run]
    sides_named = sorted((weight[n], n) for n, p in enumerate(run) if p.speaker.side)
    side = run[sides_named[0][1]].speaker.side if sides_named else ""
    person = next((p.speaker for p in heads if p.speaker.kind == "person"), None)
    bodies = [p.speaker for p in heads if p.speaker.kind == "body"]
    if (not side or weight[sides_named[0][1]] == 2) and subject and words[first - 1].lower() in ("its", "their"):
        side = subject.speaker.side or side  # 'Talvia will wait, its ministry said'
    elif bodies and definite and side and weight[sides_named[0][1]] == 2:
        side = cast.bodies.get(bodies[-1].name, side)
    titled = next((n for n, p in enumerate(heads) if p.speaker.kind == "office"), -1)
    names = [p.speaker for n, p in enumerate(heads) if p.speaker.kind == "name" and n > titled]
    offices = [p.speaker for p in heads if p.speaker.kind == "office"]
    if person:
        speaker = person
    elif names and (offices or len(names[-1].name.split()) > 1) and not (bodies and not offices):
        speaker = Speaker(names[-1].name, side or OTHER, "person")
    elif offices:
        speaker = _office(offices[0], side, run, words, definite, cast)
    elif bodies:
        named = next((b for b in bodies if b.side), None)
        label = named.name if named else " ".join(words[run[0].first : run[-1].last + 1])
        speaker = Speaker(label, side or OTHER, "body", bodies[0].pronoun or "it")
        cast.bodies[bodies[-1].name] = speaker.side
    else:
        speaker = heads[-1].speaker if heads[-1].speaker.side or not names else replace(names[-1], side=OTHER)
    return Mention(first, last, speaker, definite, run[-1].possessive)


def _after_determiner(first: int, words: Sequence[str], linked: Sequence[str]) -> int:
    """Take 'fishing' into 'the fishing association': up to three plain words behind an article."""
    for at in range(first, max(first - 4, 0), -1):
        before = words[at - 1]
        if linked[at] != " " or not before.islower():
            return first
        if before in _DETERMINERS:
            return at
        if before in _NO_NAMES:
            return first
    return first


def _office(
    office: Speaker, side: str, run: Sequence[_Piece], words: Sequence[str], definite: bool, cast: Cast
) -> Speaker:
    """Name the person who is known to hold an office, or the office itself with its side."""
    if definite and office.pronoun != "they":
        for person in reversed(cast.offices.get(office.name.lower(), [])):
            if side in ("", person.side):
                return person
    label = " ".join(words[run[0].first : run[-1].last + 1])
    return Speaker(label, side or OTHER, "office", office.pronoun)


def _learn(
    mentions: Sequence[Mention], words: Sequence[str], linked: Sequence[str], sides: Sides, cast: Cast
) -> None:
    """Remember surnames, and who holds which office: before the name, or after it between commas."""
    for mention, following in zip_longest(mentions, mentions[1:]):
        if mention.speaker.kind != "person":
            continue
        cast.surnames.setdefault(mention.speaker.name.split()[-1], mention.speaker)
        titles = list(words[mention.first : mention.last + 1])
        if following and following.speaker.kind == "office" and following.first - mention.last <= 2 \
                and linked[mention.last + 1].strip() == ",":  # fmt: skip
            titles += words[following.first : following.last + 1]
        for title in titles:
            if title.lower() in sides.persons:
                held = cast.offices.setdefault(title.lower(), [])
                if mention.speaker in held:
                    held.remove(mention.speaker)
                held.append(mention.speaker)
