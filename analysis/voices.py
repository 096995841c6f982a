"""Who is speaking: to whom each quotation belongs, and what is indirect speech.

An attribution ('the Kremlin said', 'according to her', 'Lavrov:') governs words on one side of it. The rules look at one
unit at a time: a sentence, or several where a quotation holds them together; a quotation counts as one thing in it.
What they cannot tell stays `unattributed`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from analysis.quotations import Quotation, find_quotations
from analysis.sentences import Span, split_sentences
from analysis.speakers import DAYS, MONTHS, OTHER, UNATTRIBUTED, Cast, Mention, Sides, Speaker, Words, find_mentions
from analysis.text import normal_form, own_or_default, read_toml, tokenize

SCARE_WORDS = 4  # a stretch in marks with no speaker is a scare quote up to this length, a quotation beyond it
_LONGEST_UNIT = 250  # words outside quotation marks, and quotations
_REACH = 14  # words from a verb to its 'that'
_BE = frozenset("is are was were be been being am".split())
_GOES_ON = frozenset("kept keeps keep began begins started starts".split())  # 'kept shouting'
_HAVE = frozenset("has have had having".split())
_UNSAID = frozenset("""not never to will would may might must should could can cannot did does do refused declined without
    nor won't wouldn't didn't doesn't don't couldn't can't hasn't haven't hadn't""".split())  # fmt: skip
_ADVERBS = frozenset("""also later then earlier again previously once still now too often already just soon twice first further
    nonetheless nevertheless therefore thus even ever always instead rather likewise though however almost""".split())  # fmt: skip
_ADDRESSED = frozenset("asked consulted questioned pressed contacted reached speaking".split())  # 'Asked why, she said'
_BARE = frozenset("it this that them him her so".split())
_LINKS = frozenset("and but while as though although whereas yet or".split())
_RELATIVES = frozenset("who which".split())
_QUESTIONS = frozenset("whether if how why what when where who which".split())
_PREPOSITIONS = frozenset("""on in at by during after before from to with through over via as for under of about into without
    since until upon when while following alongside near outside inside between against""".split())  # fmt: skip
_ATTACHED = frozenset("of for in at from with on near behind to against between beside alongside".split())
_TIMES = frozenset(DAYS | MONTHS | set("today yesterday tomorrow tonight separately afterwards".split()))
_DETERMINERS = frozenset("""a an the this that these his her its their our one two three four some many several both
    my your""".split())  # fmt: skip
_OBJECTS = frozenset("him her them us me it you himself herself itself themselves".split())
_OTHERS = frozenset("another others some many one".split())
_EMPTY = frozenset("so nothing little no yes much this more anything something".split())


@dataclass(frozen=True)
class Verb:
    """A reporting verb: base form, class, and what may follow it as indirect speech."""

    lemma: str
    kind: str
    takes: str


@dataclass(frozen=True)
class VoiceWords:
    """The word lists of voices.toml."""

    verbs: Mapping[Words, Verb]
    hearers: frozenset[str]
    attributions: Mapping[Words, str]
    distance: frozenset[str]
    labels: frozenset[str]

    @cached_property
    def forms(self) -> frozenset[str]:
        """The single words that report speech, in all their forms."""
        return frozenset(words[0] for words, verb in self.verbs.items() if len(words) == 1 and verb.takes != "quotation")

    @cached_property
    def longest(self) -> int:
        """Number of words of the longest verb or attribution."""
        return max(map(len, [*self.verbs, *self.attributions]), default=1)


@dataclass(frozen=True)
class Stretch:
    """Words in one voice: their place in the line, who says them, and the quotation that they are (its index)."""

    start: int
    end: int
    voice: str
    speaker: str = ""
    side: str = ""
    verb: str = ""
    quotation: int | None = None


@dataclass(frozen=True)
class Marker:
    """A reporting verb or a word of distance: its place in the line, its kind, itself, and the side it speaks of."""

    start: int
    kind: str
    words: str
    side: str


def read_voice_words(folder: Path) -> VoiceWords:
    """Read voices.toml; a corpus without one takes the package's.

    Raises
    ------
    ValueError
        A list lacks its class, forms or reason.
    """
    table = read_toml(own_or_default(folder, "voices.toml"))
    for name, needs in {"verbs": {"class", "takes", "forms"}, "attributions": {"takes", "forms"}, "distance": {"forms"}}.items():
        for number, entry in enumerate(table.get(name, []), start=1):
            if missing := sorted((needs | {"reason"}) - entry.keys()):
                raise ValueError(f"voices.toml: [[{name}]] number {number} lacks {', '.join(missing)}")
            if name == "verbs" and entry["takes"] not in ("clause", "that", "anything", "quotation"):
                raise ValueError(f"voices.toml: [[verbs]] number {number}: takes = {entry['takes']!r} is not one of"
                                 " clause, that, anything, quotation")  # fmt: skip
    verbs: dict[Words, Verb] = {}
    for entry in table.get("verbs", []):
        for line in entry["forms"]:
            forms = line.replace("_", " ").split(" ") if "_" not in line else [f.replace("_", " ") for f in line.split()]
            for form in forms:
                verbs.setdefault(tuple(form.split()), Verb(forms[0], entry["class"], entry["takes"]))
    return VoiceWords(
        verbs,
        frozenset(table.get("hearers", {}).get("verbs", [])),
        {tuple(form.split()): a["takes"] for a in table.get("attributions", []) for form in a["forms"]},
        frozenset(form for entry in table.get("distance", []) for form in entry["forms"]),
        frozenset(table.get("labels", {}).get("before", [])),
    )


# ------------------------------------------------------------------------------------------- one article


@dataclass(frozen=True)
class _Said:
    """To whom words belong: speaker and verb."""

    speaker: Speaker
    verb: str


@dataclass
class Reader:
    """Reads the lines of one article in order and remembers who has been named and who spoke last."""

    words: VoiceWords
    sides: Sides
    translated: bool = False
    cast: Cast = field(default_factory=Cast)
    last: _Said | None = None  # who spoke last in this paragraph
    carried: _Said | None = None  # whose quotation the next paragraph reopens, or who was announced by a colon
    is_open: bool = False

    def read_line(
        self, text: str, sentences: Sequence[Span], reopened: str, headline: bool = False
    ) -> tuple[list[Stretch], list[Marker]]:
        """Find the stretches and markers of one line.

        Parameters
        ----------
        text : str
        sentences : sequence of (start, end)
        reopened : str
            The quotation mark with which the next line begins, '' for none.
        headline : bool
            'X: Y' attributes Y to X.

        Returns
        -------
        list of Stretch, list of Marker
            Stretches lie in one another or apart, an outer one before those inside it. A label in marks is none.
        """
        quotations = find_quotations(text, self.words.forms, reopened=reopened)
        stretches: list[Stretch] = []
        markers: list[Marker] = []
        self.last = None
        nested = _by_depth(quotations)
        for span in _units(sentences, nested.get(0, [])):
            for unit in _read_units(text, span, nested, 0, self, headline):
                stretches += unit.stretches()
                markers += unit.markers()
        self.carried = self.last if self._is_left_open(text, quotations, reopened) else None
        return sorted(stretches, key=lambda s: (s.start, -s.end)), sorted(markers, key=lambda m: m.start)

    def _is_left_open(self, text: str, quotations: Sequence[Quotation], reopened: str) -> bool:
        """Tell whether the speaker holds on: the quotation is not closed here, or a colon announces the next line."""
        stripped = text.rstrip()
        outer = [q for q in quotations if q.depth == 0]
        self.is_open = bool(reopened and outer and outer[-1].end == len(stripped) and not _is_closed(stripped, outer[-1]))
        return self.is_open or stripped.endswith(":")


def _is_closed(text: str, quotation: Quotation) -> bool:
    pairs = {"“": "”", '"': '"', "‘": "’", "'": "'", "«": "»", "„": "“”", "”": "”\""}
    return text[quotation.end - 1] in pairs.get(text[quotation.start], "”’\"'") and quotation.end - quotation.start > 1


Nested = Mapping[int, Sequence[tuple[int, Quotation]]]  # by depth, each with its index in the line


def _by_depth(quotations: Sequence[Quotation]) -> Nested:
    nested: dict[int, list[tuple[int, Quotation]]] = {}
    for number, quotation in enumerate(quotations):
        nested.setdefault(quotation.depth, []).append((number, quotation))
    return nested


def _within(nested: Nested, depth: int, span: Span) -> Sequence[tuple[int, Quotation]]:
    """Give the quotations of a depth that begin in a span."""
    level = nested.get(depth, [])
    first, last = (bisect_left(level, at, key=lambda pair: pair[1].start) for at in span)
    return level[first:last]


def _units(sentences: Sequence[Span], quotations: Sequence[tuple[int, Quotation]]) -> list[Span]:
    """Join sentences that a quotation holds together."""
    units: list[Span] = []
    outer = (quotation for _, quotation in quotations)
    quotation = next(outer, None)
    for start, end in sentences:
        while quotation and quotation.end <= start:
            quotation = next(outer, None)
        if units and quotation and quotation.start < units[-1][1] and start < quotation.end:
            units[-1] = (units[-1][0], end)
        else:
            units.append((start, end))
    return units


# ------------------------------------------------------------------------------------------------ one unit


@dataclass(frozen=True)
class _Item:
    """A word outside quotation marks, or a whole quotation (`word` is ''), and what stands before it."""

    word: str
    lower: str
    start: int
    end: int
    gap: str
    quotation: int | None = None


@dataclass(frozen=True)
class _Cue:
    """An attribution: its items from first to last, verb, speaker, where it stands, and what it governs.

    `said` are the items (from, to) that are indirect speech, `reach` those among which quotations are the speaker's.
    """

    first: int
    last: int
    verb: Verb
    speaker: Speaker
    place: str  # before, after, participle, linked, phrase
    said: tuple[Span, ...] = ()
    reach: Span = (0, 0)
    at: int = 0


class Unit:
    """A sentence, or several held together by a quotation, with everything that is found in it."""

    def __init__(
        self, text: str, items: Sequence[_Item], nested: Nested, depth: int, reader: Reader, headline: bool
    ) -> None:
        self.text, self.items, self.nested = text, items, nested
        self.depth, self.reader, self.headline = depth, reader, headline
        self.mentions = find_mentions([i.word for i in self.items], [i.gap for i in self.items], reader.sides, reader.cast)
        self.ending = {m.last: m for m in self.mentions}
        self.starting = {m.first: m for m in self.mentions}
        self.titles = {i for i, item in enumerate(self.items) if not item.word and self._is_title(i)}
        self.cues = self._govern(self._find_cues())

    # ------------------------------------------------------------------------------------- finding cues

    def _find_cues(self) -> list[_Cue]:
        cues: list[_Cue] = []
        i = 0
        while i < len(self.items):
            size = self._matches(i)
            cue = self._read_cue(i, size, cues) if size else None
            if cue:
                cues.append(cue)
            i = max(i + 1, i + size if cue else 0)
        if self.headline and (colon := self._colon(cues)):
            cues.insert(0, colon)
        return cues

    def _matches(self, i: int) -> int:
        """Give the number of words of the verb or attribution that begins at an item, 0 for none."""
        for size in range(min(self.reader.words.longest, len(self.items) - i), 0, -1):
            words = tuple(item.lower for item in self.items[i : i + size])
            if i and self.items[i].word[:1].isupper() and self.items[i].gap == " ":
                return 0  # a name: 'the United States'
            if words in self.reader.words.verbs or words in self.reader.words.attributions:
                if all(item.gap == " " for item in self.items[i + 1 : i + size]):
                    return size
        return 0

    def _read_cue(self, i: int, size: int, before: Sequence[_Cue]) -> _Cue | None:
        words = tuple(item.lower for item in self.items[i : i + size])
        if words in self.reader.words.attributions:
            mention = self._noun_phrase_after(i + size)
            verb = Verb(" ".join(words), "neutral", self.reader.words.attributions[words])
            return _Cue(i, mention.last, verb, self._resolve(mention), "phrase", at=i) if mention else None
        verb = self.reader.words.verbs[words]
        at, helpers = self._helpers(i)
        if helpers & _UNSAID or any(h.endswith("n't") for h in helpers):
            return None
        if words[0].endswith("ing") and not helpers & (_BE | _GOES_ON):
            return self._participle(i, size, at, verb, before)
        if helpers & _BE and not words[0].endswith("ing"):
            return self._passive(i, size, verb)
        first, speaker, place = self._subject(i, size, at, verb, before)
        if speaker is None:
            return None
        last = i + size - 1
        if place == "after":
            mention = self._noun_phrase_after(i + size)
            last = mention.last if mention else last
            first = i
        return _Cue(first, last, verb, speaker, place, at=i)

    def _helpers(self, i: int) -> tuple[int, set[str]]:
        """Go back over adverbs and auxiliaries; give the item before them and the auxiliaries."""
        helpers: set[str] = set()
        at = i - 1
        while at >= 0 and self.items[at + 1].gap == " ":
            word = self.items[at].lower
            if word in DAYS and self.items[at - 1].lower in ("on", "last", "this"):
                at -= 1
            elif word in _BE | _HAVE | _UNSAID | _GOES_ON or word.endswith("n't"):
                helpers.add(word)
            elif not (word in _ADVERBS or word.endswith(("self", "selves")) or (word.endswith("ly") and len(word) > 4)):
                break
            at -= 1
        return at, helpers

    def _participle(self, i: int, size: int, at: int, verb: Verb, before: Sequence[_Cue]) -> _Cue | None:
        """Read ', adding that': its subject is the one of the clause that it hangs on."""
        gap = self.items[at + 1].gap
        if at > 0 and self.items[at].lower == "as" and (quoted := self._quoted_as(at)):
            return _Cue(quoted.first, i + size - 1, verb, self._resolve(quoted), "before", at=i)
        own = self.ending.get(at)
        if own and own.first > 1 and "with" in [item.lower for item in self.items[own.first - 2 : own.first]]:
            return _Cue(at + 1, i + size - 1, verb, self._resolve(own), "participle", at=i)
        linked = at >= 0 and self.items[at].lower in ("after", "by", "before", "while", "and", "when", "without", "in")
        if not (re.search(r"[,–—-]", gap) or linked or at < 0):
            return None
        if self._noun_use(i + size):
            return None
        speaker = before[-1].speaker if before else self._first_speaker()
        return _Cue(at + 1, i + size - 1, verb, speaker, "participle", at=i) if speaker else None

    def _quoted_as(self, at: int) -> Mention | None:
        """Find the speaker in 'was quoted as saying' and 'quoted the minister as saying'."""
        if self.items[at - 1].lower in ("quoted", "cited"):
            return self.ending.get(self._helpers(at - 1)[0])
        mention = self.ending.get(at - 1)
        before = (mention.first if mention else 0) - 1
        while before > 0 and self.items[before].lower in _DETERMINERS:
            before -= 1
        is_quoted = before >= 0 and self.items[before].lower in ("quoted", "quotes", "quoting", "cited", "cites", "citing")
        return mention if is_quoted else None

    def _noun_use(self, after: int) -> bool:
        return after < len(self.items) and self.items[after].lower in _BE | _HAVE

    def _passive(self, i: int, size: int, verb: Verb) -> _Cue | None:
        """Read 'was accused of', 'it was said that': the agent speaks, or nobody who can be made out."""
        if verb.takes == "quotation":
            return None
        speaker = Speaker("", UNATTRIBUTED, "")
        last = i + size - 1
        if last + 1 < len(self.items) and self.items[last + 1].lower == "by":
            mention = self._noun_phrase_after(last + 2)
            if mention:
                speaker, last = self._resolve(mention), mention.last
        return _Cue(i, last, verb, speaker, "before", at=i)

    def _subject(
        self, i: int, size: int, at: int, verb: Verb, before: Sequence[_Cue]
    ) -> tuple[int, Speaker | None, str]:
        """Find who says it: the noun phrase before the verb, before a clause in commas, or after the verb."""
        gap = self.items[at + 1].gap
        previous = self.items[at] if at >= 0 else None
        if at in self.titles or (previous and gap == " " and not previous.word and verb.lemma in self.reader.words.hearers):
            return at, self._first_speaker(), "before"  # 'a man who calls himself “Witness 31” told'
        if previous and gap == " " and previous.word:
            if mention := self._head_ending(at):
                agrees = self._agrees(mention, self.items[i].lower, verb) and not self._is_denied(mention)
                return mention.first, self._resolve(mention) if agrees else None, "before"
            if previous.lower in _OTHERS:
                side = before[-1].speaker.side if before else OTHER
                return at, Speaker(previous.lower, side, "office"), "before"
            if previous.lower in _RELATIVES | {"that"}:
                mention = self.ending.get(at - 1)
                if mention and previous.lower != "that":
                    return at, self._resolve(mention), "before"
            if previous.lower in ("and", "but", "then", "or"):
                saying = [c for c in before if c.verb.takes != "quotation"] or before
                speaker = saying[-1].speaker if saying else self._first_speaker()
                return at, speaker or (Speaker("", UNATTRIBUTED, "") if self.depth else None), "linked"
            if mention := self._noun_phrase_before(at, verb):
                return mention.first, self._resolve(mention), "before"
            return at, None, ""
        behind = self.starting.get(i + size + (i + size < len(self.items) and self.items[i + size].lower in _DETERMINERS))
        closes = behind and (behind.last + 1 >= len(self.items) or re.search(r"[,.]", self.items[behind.last + 1].gap))
        inverted = closes and verb.takes != "anything" and verb.lemma not in self.reader.words.hearers
        if not inverted and re.search(r"[,)–—]", gap) and (mention := self._before_commas(at)):
            if not (previous and not previous.word):
                return mention.first, self._resolve(mention), "before"
        if previous and (not previous.word or re.search(r"[,–—?!.]", gap)):
            mention = self._noun_phrase_after(i + size)
            if mention and self._inverts(i, size, mention):
                return i, self._resolve(mention), "after"
        return at, None, ""

    def _agrees(self, mention: Mention, word: str, verb: Verb) -> bool:
        """Tell 'officials call' from 'a conference call': a singular has no verb without an ending."""
        if word != verb.lemma.split(" ")[0] or word in ("put", "read"):
            return True
        words = [item.lower for item in self.items[mention.first : mention.last + 1]]
        return mention.speaker.pronoun in ("they", "we", "i") or "and" in words or words[-1].endswith("s") \
            or words[-1] in ("people", "police")  # fmt: skip

    def _is_denied(self, mention: Mention) -> bool:
        return mention.first > 0 and self.items[mention.first - 1].lower in ("neither", "no", "nobody")

    def _inverts(self, i: int, size: int, mention: Mention) -> bool:
        """Tell 'said Peskov' from 'asked the union to …': the subject follows the verb at once."""
        return mention.first - (i + size) <= 1 or self.items[i + size].lower in _DETERMINERS | {"from", "in"}

    def _colon(self, cues: Sequence[_Cue]) -> _Cue | None:
        """Read a headline's 'X: Y'."""
        last = self.mentions[-1] if self.mentions else None
        if last and last.last == len(self.items) - 1 and last.first > 1 and re.search("[:–—]", self.items[last.first].gap):
            return _Cue(last.first, last.last, Verb(":", "neutral", "clause"), self._resolve(last), "after", at=last.last)
        for i, item in enumerate(self.items[1:7], start=1):
            if ":" in item.gap and not cues:
                mention = self.ending.get(i - 1)
                if mention and mention.first <= 1 and mention.speaker.kind != "pronoun":
                    return _Cue(0, i - 1, Verb(":", "neutral", "clause"), self._resolve(mention), "colon", at=i - 1)
                return None
        return None

    # ------------------------------------------------------------------------------------- noun phrases

    def _head_ending(self, at: int) -> Mention | None:
        """Give the noun phrase that ends at an item, or the one that it only belongs to ('shippers in Dravesk')."""
        mention = self.ending.get(at)
        while mention and not mention.possessive:
            before = mention.first - 1
            while before > 0 and self.items[before].lower in _DETERMINERS and self.items[before].gap == " ":
                before -= 1
            if before > 0 and self.items[before].lower in ("and", "or") and self.items[before + 1].gap == " ":
                first = self.ending.get(before - 1)  # of two who speak together the first stands for both
                if first and not first.possessive and first.speaker.kind != "pronoun":
                    mention = replace(first, last=at)
                    continue
            while before >= 0 and self.items[before].lower in _DETERMINERS:
                before -= 1
            if before < 1 or self.items[before].lower not in _ATTACHED or self.items[before].gap != " ":
                break
            head = self.ending.get(before - 1)
            if head is None or head.possessive or self.items[before + 1].gap != " ":
                break
            mention = _with_side(head, mention)
        return None if mention is None or mention.possessive else mention

    def _before_commas(self, at: int) -> Mention | None:
        """Find the subject before a clause in commas: 'Keel, who has read it, said'; a person before anything else."""
        found: list[Mention] = []
        for i in range(at, max(at - 30, -1), -1):
            if not self.items[i].word or re.search(r"[;:]", self.items[i].gap):
                break
            mention = self.ending.get(i)
            if mention and not mention.possessive and re.search(r"[,(–—]", self.items[i + 1].gap):
                start = mention.first - (self.items[mention.first - 1].lower in _DETERMINERS if mention.first else 0)
                if start == 0 or re.search(r"[,(–—.]", self.items[start].gap) or self.items[start - 1].lower in _LINKS | {"that"}:
                    found.append(mention)
                elif (head := self._head_ending(i)) and self._begins_clause(head.first):
                    found.append(head)
        persons = [m for m in found if m.speaker.kind == "person"]
        if not found:
            return None
        first = min(m.first for m in found)
        return replace((persons or found)[-1], first=first)

    def _begins_clause(self, first: int) -> bool:
        """Tell a subject from 'the return to Europe', which a preposition ties to something else."""
        while first > 0 and self.items[first - 1].lower in _DETERMINERS and self.items[first].gap == " ":
            first -= 1
        return first == 0 or self.items[first].gap != " " or self.items[first - 1].lower not in _PREPOSITIONS | _ATTACHED

    def _noun_phrase_before(self, at: int, verb: Verb) -> Mention | None:
        """Take 'a grower of onions' before a verb: the words from an article on, as somebody without a name."""
        following = self.items[at + 2].lower if at + 2 < len(self.items) else "that"
        if verb.takes not in ("clause", "quotation") and following not in ("that", "") and not self.depth:
            return None  # 'the dam threatens the valley'
        if re.search(r"['’]s?$", self.items[at].word):
            return None
        for first in range(at, max(at - 7, -1), -1):
            item = self.items[first]
            if not item.word:
                return None
            if item.lower in _DETERMINERS and item.lower not in ("that", "this", "these"):
                if any(self.items[k].lower in _LINKS | _BE | _HAVE for k in range(first, at)) or first == at:
                    return None
                side = next((m.speaker.side for m in self.mentions if first <= m.first <= at and m.speaker.side), OTHER)
                named = next((m for m in self.mentions if first < m.first <= at and not m.possessive), None)
                if named and named.speaker.kind in ("person", "office", "body"):
                    return named
                return Mention(first + 1, at, self._unnamed(first + 1, at, side), definite=False)
            if re.search(r"[^\s]", item.gap):
                return None
        return None

    def _noun_phrase_after(self, i: int) -> Mention | None:
        """Give the noun phrase that begins at an item, with what belongs to it and a name behind a comma."""
        start = i
        place = self.starting.get(i + 1) if i < len(self.items) and self.items[i].lower in ("from", "in") else None
        if place and place.speaker.kind in ("country", "name") and place.last + 1 < len(self.items):
            return self._noun_phrase_after(place.last + 1)  # 'said from Moscow the minister'
        while i < len(self.items) and i - start < 5 and (self.items[i].gap == " " or i == start):
            mention = self.starting.get(i)
            if mention and mention.speaker.kind == "pronoun":
                return mention if i == start else None
            if mention and not mention.possessive:
                following = self.items[mention.last + 1] if mention.last + 1 < len(self.items) else None
                if mention.speaker.kind == "country" and following and following.gap == " " and following.word.islower() \
                        and following.lower not in _PREPOSITIONS | _LINKS | _BE | _HAVE | _TIMES | {"that"}:  # fmt: skip
                    label = " ".join(item.word for item in self.items[mention.first : mention.last + 2])
                    return Mention(mention.first, mention.last + 1, Speaker(label, mention.speaker.side, "office"), definite=False)
                return self._extend(mention)
            word = self.items[i].lower
            if not self.items[i].word or (word in _PREPOSITIONS and i == start) or word in _QUESTIONS:
                return None
            i = mention.last + 1 if mention else i + 1
        if start < len(self.items) and self.items[start].lower in _DETERMINERS and self.items[start].gap == " ":
            last = start
            while last + 1 < len(self.items) and self.items[last + 1].gap == " " and last - start < 6 and self.items[last + 1].word:
                last += 1
            if last > start and self.items[start].lower != "that":
                side = next((m.speaker.side for m in self.mentions if start <= m.first <= last and m.speaker.side), OTHER)
                return Mention(start, last, self._unnamed(start + 1, last, side), definite=False)
        return None

    def _unnamed(self, first: int, last: int, side: str) -> Speaker:
        """Name somebody by the words that the text has; 'one of them' is one of those who spoke last."""
        label = " ".join(item.word for item in self.items[first : last + 1])
        group = self.reader.cast.resolve("they", strict=True) if label.lower() == "of them" else None
        return group or Speaker(label, side, "office")

    def _extend(self, mention: Mention) -> Mention:
        """Add 'of the Quayside Workers' Federation' and ', the minister of ports,' to a name."""
        last, side = mention.last, mention.speaker.side
        while last + 1 < len(self.items):
            following = last + 1
            gap, word = self.items[following].gap, self.items[following].lower
            apposition = gap.strip() == "," and word in ("a", "an", "the")
            if (gap == " " and word in _ATTACHED - {"to", "against"}) or apposition:
                following += 1
            elif gap.strip() != ",":
                break
            while following < len(self.items) and self.items[following].lower in _DETERMINERS and self.items[following].gap == " ":
                following += 1
            added = self.starting.get(following)
            if added is None or added.possessive or (added.speaker.kind == "pronoun"):
                break
            if gap.strip() == "," and not (apposition or added.speaker.kind in ("person", "office")):
                break
            if gap.strip() == "," and mention.speaker.kind in ("body", "country") and added.speaker.kind == "person":
                break  # 'according to the ministry, Keel left'
            if mention.speaker.kind != "person" and added.speaker.kind == "person":
                mention = added
            last, side = added.last, added.speaker.side if side in ("", OTHER) else side
        speaker = mention.speaker
        if speaker.side in ("", OTHER) and side:
            speaker = Speaker(speaker.name, side, speaker.kind, speaker.pronoun)
        return Mention(mention.first, last, speaker, mention.definite)

    def _resolve(self, mention: Mention) -> Speaker:
        """Say whom a noun phrase means; a pronoun means the last speaker that it fits."""
        speaker = mention.speaker
        if speaker.kind == "pronoun":
            strict = not self.reader.translated
            outer = self.reader.last.speaker if self.depth and self.reader.last else None
            if speaker.pronoun in ("i", "we", "they") and (self.depth or speaker.pronoun != "they"):
                return outer if outer and speaker.pronoun != "they" else Speaker("", UNATTRIBUTED, "")
            earlier = [m.speaker for m in self.mentions if m.last < mention.first and m.speaker.kind != "pronoun"][:1]
            cast = self.reader.cast
            own = Cast(recent=[*cast.recent, *earlier]) if earlier else cast
            found = own.resolve(speaker.pronoun, strict=strict, but=outer)
            return found or Speaker("", UNATTRIBUTED, "")
        return speaker if speaker.side else Speaker(speaker.name, OTHER, speaker.kind, speaker.pronoun)

    def _first_speaker(self) -> Speaker | None:
        """Give the first speaker whom the unit names, its likely subject."""
        mention = next((m for m in self.mentions if not m.possessive), None)
        return self._resolve(mention) if mention else None

    # ------------------------------------------------------------------------------------ what is governed

    def _govern(self, cues: list[_Cue]) -> list[_Cue]:
        """Find for each cue the words that it attributes."""
        governed: list[_Cue] = []
        for n, cue in enumerate(cues):
            limit = self._limit(cue, cues[n + 1 :])
            start = self._content(cue, limit)
            said: tuple[Span, ...] = ((start, limit),) if start is not None and start < limit else ()
            reach = (cue.last + 1, limit)
            if cue.place == "phrase":
                said, reach = self._around_phrase(cue, limit)
            elif not said and self._is_tail(replace(cue, reach=reach)):
                left = self._left(cue)
                reach = (left, limit)
                said = ((left, self._clause_start(cue)), *self._goes_on(cue, limit))
            elif said and "," in self.items[cue.last + 1].gap and self._is_tail(cue) and self.items[cue.last + 1].lower == "that":
                said = ((self._left(cue), self._clause_start(cue)), (cue.last + 1, limit))  # 'Y, X said, that Z'
            if cue.verb.takes == "quotation":
                said = ()
            governed.append(replace(cue, said=said, reach=reach))
        return governed

    def _limit(self, cue: _Cue, following: Sequence[_Cue]) -> int:
        """Find where a cue's reach ends: where the next one's clause or another main clause begins."""
        begin = self._content(cue, len(self.items)) or cue.last + 1
        starts = (self._clause_start(c) for c in following if self._stands_alone(c))
        limit = next((start for start in starts if start > begin), len(self.items))
        limit = next((k for k in range(cue.last + 2, limit) if ";" in self.items[k].gap
                      or (not self.items[k - 1].word and re.search("[–—]", self.items[k].gap))), limit)  # fmt: skip
        if cue.first > 0 and self.items[cue.first].lower in _RELATIVES:  # 'X, who said Y, left'
            limit = next((k for k in range(cue.last + 2, limit) if "," in self.items[k].gap), limit)
        return max(limit, cue.last + 1)

    def _goes_on(self, cue: _Cue, limit: int) -> tuple[Span, ...]:
        """Find what goes on behind 'Y, X said, …'; a clause about the speaker is none of it."""
        start = cue.last + 1
        if start >= limit or "," not in self.items[start].gap or not self.items[start].word:
            return ()
        if not self.items[self._clause_start(cue) - 1].word:  # behind direct speech the outlet goes on
            return ()
        word = self.items[start].lower
        if word in _RELATIVES | {"whose", "speaking", "then", "after", "before", "when", "as", "while", "during", "following"}:
            return ()
        conditional = self.items[0].lower in ("if", "when", "unless")  # 'if it rains, says X, the dam will hold'
        about = word in _DETERMINERS or start in self.starting or (cue.place == "after" and word in _PREPOSITIONS)
        return () if about and not conditional else ((start, limit),)

    def _stands_alone(self, cue: _Cue) -> bool:
        """Tell a clause of its own from one inside what another cue reports."""
        if cue.verb.takes == "quotation":
            return False
        if cue.place in ("participle", "linked"):
            return cue.place == "linked" or bool(re.search(r"[,–—]", self.items[cue.first].gap))
        first = cue.first
        while first > 0 and self.items[first - 1].lower in _DETERMINERS:
            first -= 1
        gap = self.items[first].gap
        return bool(re.search(r"[,;–—”]", gap)) or (first > 0 and self.items[first - 1].lower in _LINKS)

    def _clause_start(self, cue: _Cue) -> int:
        first = cue.first
        while first > 0 and self.items[first - 1].lower in _DETERMINERS and self.items[first].gap == " ":
            first -= 1
        return first - 1 if first > 0 and self.items[first - 1].lower in _LINKS else first

    def _content(self, cue: _Cue, limit: int) -> int | None:
        """Find where indirect speech begins after a cue: behind hearer, time and 'that'; None where there is none."""
        if cue.place == "after":
            return None
        items, start = self.items, cue.last + 1
        if start >= limit:
            return None
        begin = self._after_hearer(cue, start, limit)
        if items[start].lower == "that" and start + 1 == limit:
            return None
        that = self._that(begin, limit, hearer=cue.verb.lemma in self.reader.words.hearers)
        if that is not None:
            return that
        if begin < limit and items[begin].lower in _QUESTIONS and items[begin].gap == " ":
            return begin
        if cue.verb.lemma in self.reader.words.hearers and begin > start and begin < limit and items[begin].lower == "to":
            return start
        if cue.verb.takes == "anything":
            begin = start
            named = self.starting.get(begin)
            if items[begin].lower == "as" or (named and named.last + 1 == limit and limit - begin <= 2):
                return None  # 'blamed Ukraine, saying that'
        begin = self._after_time(begin, limit)
        if begin >= limit or (re.search(r"[,;.?!)–—]", items[begin].gap) and cue.place != "colon"):
            return None
        if ":" in items[begin].gap and cue.place != "colon":
            return None
        if cue.verb.takes == "that" or (cue.verb.takes == "clause" and items[begin].lower in _PREPOSITIONS):
            return None
        if (items[begin].lower in _EMPTY and limit - begin <= 3) or (items[begin].lower in _BARE and limit - begin == 1):
            return None
        if cue.verb.takes == "clause" and limit - begin < 2 and items[begin].word:
            return None
        return begin

    def _after_hearer(self, cue: _Cue, start: int, limit: int) -> int:
        if cue.verb.lemma not in self.reader.words.hearers or start >= limit or self.items[start].gap != " ":
            return start
        if self.items[start].lower in _OBJECTS:
            return start + 1
        i = start
        while i < limit and (self.items[i].lower in _DETERMINERS - {"that"}):
            i += 1
        if mention := self.starting.get(i):
            return min(self._extend(mention).last + 1, limit)
        for i in range(start, min(start + 9, limit)):
            if self.items[i].lower in _QUESTIONS | {"that", "to"} or (i > start and self.items[i].lower in _PREPOSITIONS) or i > start and self.items[i].gap != " ":
                return i
        if self.items[start].lower in _TIMES or limit - start > 9:
            return start
        return limit

    def _that(self, start: int, limit: int, *, hearer: bool) -> int | None:
        """Find the 'that' of a verb, past time, place and hearer."""
        for i in range(start, min(start + _REACH, limit)):
            item = self.items[i]
            if not item.word or re.search(r"[;:(]", item.gap):
                return None
            if item.lower == "that":
                near = i == start or self.items[start].lower in _PREPOSITIONS | _TIMES | _ADVERBS | {"last", "this"} \
                    or self.items[start].lower.endswith("ly") or i - start <= (8 if hearer else 3) or re.search(",", self.items[start].gap)  # fmt: skip
                if not near or i + 1 >= limit:
                    return None
                return i if self.items[i + 1].lower in _BE | _HAVE | {"would", "will", "could"} else i + 1
        return None

    def _after_time(self, i: int, limit: int) -> int:
        while i < limit and self.items[i].gap == " ":
            word = self.items[i].lower
            following = self.items[i + 1].lower if i + 1 < limit else ""
            if word in _TIMES | _ADVERBS or (word.endswith("ly") and len(word) > 4):
                i += 1
            elif word in ("on", "last", "this", "next", "late", "early", "in", "earlier") and (
                following in _TIMES or following in ("week", "month", "year", "morning", "evening", "night", "afternoon")
            ):
                i += 2
            else:
                break
        return i

    def _is_tail(self, cue: _Cue) -> bool:
        """Tell 'the river fell, she said': the cue stands behind what it attributes."""
        first = cue.first
        while first > 0 and self.items[first - 1].lower in _DETERMINERS and self.items[first].gap == " ":
            first -= 1
        if first == 0 or cue.place in ("participle", "linked", "colon"):
            return False
        if self.items[0].lower in _ADDRESSED or any(":" in item.gap for item in self.items[cue.last + 1 : cue.reach[1]]):
            return False
        return cue.place == "after" or not self.items[first - 1].word or bool(re.search(r"[,–—?!.]", self.items[first].gap))

    def _left(self, cue: _Cue) -> int:
        """Find where the words before a cue begin: with the unit, or with the quotation that a comma sets apart."""
        left = 0
        for i in range(cue.first - 1, 0, -1):
            if ";" in self.items[i].gap:
                return i
            if not self.items[i].word and re.search(r"[,:.?!]", self.items[i].gap) and self.items[i - 1].word:
                return i
        return left

    def _around_phrase(self, cue: _Cue, limit: int) -> tuple[tuple[Span, ...], Span]:
        """Find what 'according to X' covers: what follows at the beginning of a sentence, else what stands before it."""
        after = cue.last + 1
        while after < limit and not re.search(r"[,:]", self.items[after].gap):
            after += 1
        if cue.first > 0 and self.items[cue.first - 1].lower in _LINKS and self.items[cue.last + 1 : limit]:
            return ((cue.last + 1, limit),), (cue.last + 1, limit)
        if cue.first == 0 or (cue.first == 1 and self.items[0].word):
            limit = len(self.items)
            return (((after, limit),) if after < limit else ()), (cue.last + 1, limit)
        begin = 1 if self.items[0].lower in ("but", "and") else 0
        return ((begin, cue.first), *(((after, limit),) if after < limit else ())), (0, limit)

    # ------------------------------------------------------------------------------------------ the result

    def stretches(self) -> list[Stretch]:
        """Give the unit's stretches, and leave word of who spoke."""
        found: list[Stretch] = []
        taken: list[Span] = []
        for cue in sorted(self.cues, key=lambda c: -sum(b - a for a, b in c.said)) if self.depth == 0 else []:
            if any(a < end and start < b for a, b in taken for start, end in cue.said):
                continue
            taken += cue.said
            for a, b in cue.said:
                if any(item.word for item in self.items[a:b]):
                    start, end = self.items[a].start, self.items[b - 1].end
                    found.append(Stretch(start, end, "reported", cue.speaker.name, cue.speaker.side, cue.verb.lemma))
        for i, item in enumerate(self.items):
            if item.quotation is not None:
                found += self._quotation(i, item)
        self._leave()
        return found

    def _quotation(self, i: int, item: _Item) -> list[Stretch]:
        """Say whose a quotation is; a label is none, and inside a quotation only another's words are told apart."""
        number = item.quotation
        assert number is not None  # noqa: S101
        content = self.text[item.start : item.end]
        cue = self._cue_of(i)
        said = _Said(cue.speaker, cue.verb.lemma) if cue else None
        if self._is_label(i, content, cue):
            return []
        is_short = len(tokenize(content)) <= SCARE_WORDS and not re.search(r"[.,!?…]\W*$", content)
        is_short &= not (re.match(r"\W*[^\W\d_a-z]", content) and (i == 0 or ":" in item.gap))
        distanced = any(self.items[k].lower in self.reader.words.distance for k in range(max(i - 2, 0), i))
        in_passing = cue is not None and len(tokenize(content)) == 1 and is_short and i > 0 and self.items[i].gap == " " and (
            self.items[i - 1].lower in _DETERMINERS - {"that", "this"} or bool(re.search(r"['’]s?$", self.items[i - 1].word))
        )  # 'officials said the “activists” had gone'
        if distanced or in_passing or (said is None and is_short and any(it.word for it in self.items)):
            return [] if self.depth else [Stretch(item.start, item.end, "scare", quotation=number)]
        if said is None and self.depth == 0:
            said = self._unspoken(i)
        if self.depth and cue is None:
            return []
        said = said or _Said(Speaker("", UNATTRIBUTED, ""), "")
        if self.depth == 0:
            self.reader.last = said
            self.reader.cast.note(said.speaker)
        own = Stretch(item.start, item.end, "quote", said.speaker.name, said.speaker.side, said.verb, number)
        return [own, *self._inside(item, said)]

    def _inside(self, item: _Item, said: _Said) -> Iterator[Stretch]:
        """Read the quotations inside a quotation, sentence by sentence."""
        depth, begin = self.depth + 1, item.start + 1
        inner = _within(self.nested, depth, (item.start, item.end))
        if not inner:
            return
        sentences = split_sentences(self.text[begin : item.end], None, self.reader.words.forms)
        for span in _units([(a + begin, b + begin) for a, b in sentences], inner):
            for unit in _read_units(self.text, span, self.nested, depth, self.reader, headline=False):
                yield from unit.stretches()

    def _cue_of(self, i: int) -> _Cue | None:
        """Choose the cue of a quotation: the one right behind it, else the last before it that reaches it."""
        behind = [c for c in self.cues if c.first > i and c.reach[0] <= i < c.reach[1] and c.place != "participle"]
        before = [c for c in self.cues if c.last < i and c.reach[0] <= i < c.reach[1]]
        strong = [c for c in before if c.verb.takes != "quotation"] if len(before) > 1 else before
        if behind and (not before or behind[0].first - i <= 2):
            return behind[0]
        return (strong or before or [None])[-1]

    def _is_label(self, i: int, content: str, cue: _Cue | None) -> bool:
        """Tell a title or name in marks, by the word before it or by its capitals."""
        words = [t.text for t in tokenize(content)]
        if i in self.titles:
            return True
        if re.search(r"[.!?…,]\W*$", content) or not i or self.items[i].gap != " ":
            return False
        if self.items[i - 1].lower in self.reader.words.labels:
            return True
        follows = i + 1 < len(self.items) and self.items[i + 1].gap == " "
        return len(words) == 1 and words[0][0].isupper() and follows and not (cue and cue.last == i - 1)

    def _is_title(self, i: int) -> bool:
        """Tell 'the song “Salt on the Rope”': several words, those that count in capitals, and no verb before them."""
        words = [t.text for t in tokenize(self.text[self.items[i].start : self.items[i].end])]
        capitals = all(w[0].isupper() or w[0].isdigit() or len(w) <= 3 for w in words) and words[0][0].isupper()
        last_counts = len(words) > 1 and (words[-1][0].isupper() or words[-1][0].isdigit())
        if not (capitals and last_counts and len(words) <= 6 and i > 0) or not self.items[i - 1].word:
            return False
        before = self.items[i - 1].lower
        spoken = before in self.reader.words.forms or before in {"that", "be"} or re.search("[:]", self.items[i].gap)
        return not spoken and (self.items[i].gap == " " or (i + 1 < len(self.items) and self.items[i + 1].gap != " "))

    def _unspoken(self, i: int) -> _Said | None:
        """Attribute a quotation whose unit has no cue: to the paragraph's last speaker, or the one who holds on."""
        item = self.items[i]
        before = self.items[i - 1] if i else None
        if before and ":" in item.gap:
            mention = next((m for m in reversed(self.mentions) if m.last < i and not m.possessive), None)
            return _Said(self._resolve(mention), ":") if mention else None
        if self.reader.last:
            return self.reader.last if i == 0 else None
        return self.reader.carried if i == 0 else None

    def _leave(self) -> None:
        """Note for the sentences that follow who was named first and who spoke last."""
        if self.depth:
            return
        cast = self.reader.cast
        mention = next((m for m in self.mentions if not m.possessive and m.speaker.kind in ("person", "office", "body", "country")), None)
        if mention and mention.speaker.name:
            cast.note(self._resolve(mention))
        for cue in self.cues:
            if cue.verb.takes != "quotation" and cue.speaker.side != UNATTRIBUTED:
                cast.note(cue.speaker)
                if cue.place != "participle" or self.reader.last is None:
                    self.reader.last = _Said(cue.speaker, cue.verb.lemma)

    def markers(self) -> list[Marker]:
        """Give the reporting verbs that govern something, and the words of distance."""
        found = [Marker(self.items[c.at].start, c.verb.kind, c.verb.lemma, c.speaker.side)
                 for c in self.cues
                 if c.verb.takes != "quotation" and c.place not in ("phrase", "colon")
                 and (c.said or any(i.quotation is not None and self._cue_of(n) is c for n, i in enumerate(self.items)))]  # fmt: skip
        begin, end = self.items[0].start, self.items[-1].end
        distance = [Marker(begin + t.start, "distance", t.text.lower(), "") for t in tokenize(self.text[begin:end])
                    if normal_form(t.text) in self.reader.words.distance]  # fmt: skip
        return found + distance


def _with_side(head: Mention, attached: Mention) -> Mention:
    """Let 'shippers in Dravesk' speak for the side of Dravesk, where the head has none of its own."""
    speaker = head.speaker
    if speaker.side in ("", OTHER) and attached.speaker.side:
        speaker = Speaker(speaker.name, attached.speaker.side, speaker.kind, speaker.pronoun)
    return Mention(head.first, attached.last, speaker, head.definite)


def _read_units(
    text: str, span: Span, nested: Nested, depth: int, reader: Reader, headline: bool
) -> Iterator[Unit]:
    """Read a unit; one that no sentence of a language can be is read in pieces, so that time stays linear."""
    items = _items(text, span, _within(nested, depth, span))
    for first in range(0, len(items), _LONGEST_UNIT):
        yield Unit(text, items[first : first + _LONGEST_UNIT], nested, depth, reader, headline)


def _items(text: str, span: Span, quotations: Sequence[tuple[int, Quotation]]) -> list[_Item]:
    """Read a unit as words and whole quotations, each with what stands before it, the marks themselves left out."""
    items: list[_Item] = []
    at, end = span

    def add(word: str, start: int, stop: int, number: int | None = None) -> None:
        gap = text[items[-1].end if items else span[0] : start]
        if items and not items[-1].word:  # a comma inside the closing mark stands between the two
            gap = re.sub(r"[^.,!?…:;–—]", "", text[items[-1].end - 3 : items[-1].end]) + gap
        gap = re.sub(r"\s+", " ", re.sub(r"[“”„«»‘’‚‹›\"']", "", gap))
        items.append(_Item(word, normal_form(word), start, stop, gap, number))

    for number, quotation in [*quotations, (-1, Quotation(end, end, 0))]:
        for token in tokenize(text[at : max(quotation.start, at)]):
            add(token.text, at + token.start, at + token.start + len(token.text))
        if number >= 0 and tokenize(text[quotation.start : quotation.end]):
            add("", quotation.start, quotation.end, number)
        at = max(at, quotation.end)
    return items
