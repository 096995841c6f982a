"""Who is speaking: to whom each quotation belongs, and what is indirect speech.

A cue governs words on one side of it. What follows 'X said' to the end of the sentence is X's, or what stands before
', X said'; a quotation is the speaker's whose cue reaches it, or who spoke last in the paragraph. What the rules cannot
tell stays `unattributed`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.cues import Cue, Item, Unit, read_items
from analysis.quotations import Quotation, find_quotations
from analysis.sentences import Span, split_sentences
from analysis.speakers import NOBODY, OTHER, UNATTRIBUTED, Cast, Mention, Sides, Speaker, find_mentions
from analysis.text import Token, normal_form, tokens_in
from analysis.wordlists import POSSESSIVE, VoiceWords

SCARE_WORDS = 4  # a stretch in marks that nobody says is a scare quote up to this length, a quotation beyond it
_LONGEST_UNIT = 250  # items; no sentence of a language has more, and hostile text is read in such pieces
_REACH = 14  # words from a verb to its 'that'
_LABEL_WORDS = 6
_LONGEST_VERB = 30  # characters
_MODALS = {"would", "will", "could"}  # behind a 'that' which points: 'said that would do'
_ASIDES = {"whose", "speaking", "then", "after", "before", "as", "while", "during", "following"}  # behind ', X said,'

Nested = Mapping[int, Sequence[tuple[int, Quotation]]]  # the quotations of a line by depth, each with its index


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


@dataclass(frozen=True)
class _Said:
    """To whom words belong: speaker and verb."""

    speaker: Speaker
    verb: str


# --------------------------------------------------------------------------------------- line by line


@dataclass
class Reader:
    """Reads the lines of one article in order and remembers who has been named and who spoke last.

    In translated copy a pronoun may have the wrong gender.
    """

    words: VoiceWords
    sides: Sides
    translated: bool = False
    is_open: bool = False  # the line just read leaves a quotation open for the next
    last: _Said | None = None  # who spoke last in this paragraph
    subject: _Said | None = None  # whom the last sentence of this paragraph is about
    carried: _Said | None = None  # who holds on in the next one
    cast: Cast = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nobody named."""
        self.cast = Cast(self.sides, self.words)

    def read_line(
        self, text: str, sentences: Sequence[Span], *, reopened: str = "", headline: bool = False
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
            In order; stretches lie apart or one in the other, an outer one first. A label in marks is none.
        """
        nested: dict[int, list[tuple[int, Quotation]]] = {}
        for number, quotation in enumerate(find_quotations(text, self.words.forms, reopened=reopened)):
            nested.setdefault(quotation.depth, []).append((number, quotation))
        stretches: list[Stretch] = []
        markers: list[Marker] = []
        self.last = self.subject = None
        for span in _join_sentences(sentences, nested.get(0, [])):
            for reading in _read_units(text, span, nested, 0, self, headline=headline):
                stretches += reading.stretches()
                markers += reading.markers()
        self.is_open = bool(reopened) and _ends_open(text, nested.get(0, []))
        self.carried = self.last if self.is_open or text.rstrip().endswith(":") else None
        return sorted(stretches, key=lambda s: (s.start, -s.end)), sorted(markers, key=lambda m: m.start)


def _ends_open(text: str, outer: Sequence[tuple[int, Quotation]]) -> bool:
    """Tell whether the last quotation of a line reaches its end without a closing mark."""
    stripped = text.rstrip()
    if not outer or outer[-1][1].end != len(stripped):
        return False
    closing = {"“": "”", '"': '"', "‘": "’", "'": "'", "«": "»", "„": "“”", "”": '”"'}
    return stripped[-1] not in closing.get(text[outer[-1][1].start], "”’\"'")


def _join_sentences(sentences: Sequence[Span], quotations: Sequence[tuple[int, Quotation]]) -> list[Span]:
    """Join sentences that a quotation holds together: a unit."""
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


def _within(nested: Nested, depth: int, span: Span) -> Sequence[tuple[int, Quotation]]:
    """Give the quotations of a depth that begin in a span."""
    level = nested.get(depth, [])
    first, last = (bisect_left(level, at, key=lambda pair: pair[1].start) for at in span)
    return level[first:last]


def _read_units(
    text: str, span: Span, nested: Nested, depth: int, reader: Reader, *, headline: bool = False
) -> Iterator[_Reading]:
    quotations = [
        (number, (q.start, q.end))
        for number, q in _within(nested, depth, span)
        if not _is_verb(text, (q.start, q.end), reader.words)
    ]
    if not quotations and not depth and not headline:
        tokens = tokens_in(text, *span)
        if _is_plain(tokens, reader.words):
            _overhear(text, span, tokens, reader)
            return
    items = read_items(text, span, quotations)
    for first in range(0, len(items), _LONGEST_UNIT):
        yield _Reading(text, items[first : first + _LONGEST_UNIT], nested, depth, reader, headline=headline)


def _is_plain(tokens: Sequence[Token], words: VoiceWords) -> bool:
    """Tell a sentence in which nothing can attribute words to anybody, as most are."""
    places = [i for i, token in enumerate(tokens) if words.speaks[token.text]]
    following = (tuple(normal_form(token.text) for token in tokens[i : i + words.longest]) for i in places)
    return len(tokens) <= _LONGEST_UNIT and not any(
        run[0] in words.distance or words.attributes(run) for run in following
    )


def _overhear(text: str, span: Span, tokens: Sequence[Token], reader: Reader) -> None:
    """Learn from a plain sentence who is named in it."""
    names, can_name = reader.sides.longest_from, reader.words.can_name
    told = ("noun", "capital")  # a pronoun tells nothing new
    places = [i for i, token in enumerate(tokens) if names[token.text] or can_name[token.text] in told]
    if places == [0] and can_name[tokens[0].text] == "capital" and not names[tokens[0].text]:
        places = [0] if POSSESSIVE.sub("", tokens[0].text) in reader.cast.surnames else []  # else it only begins
    if places:
        items = read_items(text, span, [])
        _note_subject(find_mentions([i.word for i in items], [i.gap for i in items], reader.cast), reader)


def _note_subject(mentions: Sequence[Mention], reader: Reader) -> None:
    """Note for the sentences that follow who was named first."""
    kinds = ("person", "office", "body", "country")
    mention = next((m for m in mentions if not m.possessive and m.speaker.kind in kinds), None)
    if mention:
        speaker = mention.speaker if mention.speaker.side else replace(mention.speaker, side=OTHER)
        reader.cast.note(speaker)
        reader.subject = _Said(speaker, "") if speaker.kind == "person" else None


def _is_verb(text: str, span: Span, words: VoiceWords) -> bool:
    """Tell a verb of saying in marks ('she “made clear” that'), which is read as one without."""
    start, end = span
    if end - start > _LONGEST_VERB:
        return False
    inside = tuple(normal_form(token.text) for token in tokens_in(text, start, end))
    if inside not in words.verbs:
        return False
    before = tokens_in(text, max(start - _LONGEST_VERB, 0), start)
    is_noun = before and (
        before[-1].text.lower() in words.grammar.determiners or before[-1].text[-2:] in ("'s", "’s", "s’")
    )
    return bool(before) and not is_noun


# ---------------------------------------------------------------------------------------- unit by unit


class _Reading:
    """What is found in one unit; inside a quotation (`depth` above 0) only other people's quotations are looked for."""

    def __init__(
        self, text: str, items: Sequence[Item], nested: Nested, depth: int, reader: Reader, *, headline: bool
    ) -> None:
        self.text, self.items, self.nested, self.depth, self.reader = text, items, nested, depth, reader
        self.lists, self.grammar = reader.words, reader.words.grammar
        self.quoted = {i: [t.text for t in tokens_in(text, q.start, q.end)] for i, q in enumerate(items) if not q.word}
        self.titles = frozenset(i for i in self.quoted if self._is_title(i))
        speaking = reader.last.speaker if depth and reader.last else None
        self.unit = Unit(items, reader.cast, speaking, strict=not reader.translated, titles=self.titles)
        cues = self.unit.find_cues(headline=headline)
        self.cues = [self._governing(cue, cues[:n], cues[n + 1 :]) for n, cue in enumerate(cues)]
        self.cue_of = {i: self._cue_of(i) for i in self.quoted}
        self.used: list[Cue] = []  # cues to which words are given

    def stretches(self) -> list[Stretch]:
        """Give the unit's stretches, and leave word of who spoke."""
        found = [] if self.depth else self._reported()
        for i in self.quoted:
            found += self._quoted(i, self.items[i])
        if not self.depth:
            self._leave_word()
        return found

    def markers(self) -> list[Marker]:
        """Give the verbs to which `stretches` gave words, and the words of distance ('supposed to' is none)."""
        found = [
            Marker(self.items[cue.at].start, cue.verb.kind, cue.verb.lemma, cue.speaker.side)
            for cue in self.cues
            if cue in self.used and cue.verb.takes != "quotation" and cue.place not in ("phrase", "colon")
        ]
        begin, end = self.items[0].start, self.items[-1].end
        tokens = tokens_in(self.text, begin, end)
        for i, token in enumerate(tokens):
            if normal_form(token.text) in self.lists.distance and [t.text for t in tokens[i + 1 : i + 2]] != ["to"]:
                found.append(Marker(token.start, "distance", token.text.lower(), ""))
        return found

    # ------------------------------------------------------------------------------- what a cue governs

    def _governing(self, cue: Cue, before: Sequence[Cue], following: Sequence[Cue]) -> Cue:
        """Find what a cue attributes: what follows it, or what stands before it, or both."""
        limit = self._limit(cue, following)
        cue = replace(cue, reach=(cue.last + 1, limit))
        start = self._content(cue, limit)
        tail = self._is_tail(cue)
        if cue.place == "phrase":
            cue = self._around_phrase(cue, limit, alone=not before)
        elif start is None and tail:
            left = self._left(cue)
            said: tuple[Span, ...] = ((left, self._clause_start(cue)), *self._goes_on(cue, limit))
            cue = replace(cue, said=said, reach=(left, limit))
        elif start is not None:
            then_that = tail and "," in self.items[cue.last + 1].gap and self.items[cue.last + 1].lower == "that"
            parted = ((self._left(cue), self._clause_start(cue)), (cue.last + 1, limit))  # 'Y, X said, that Z'
            cue = replace(cue, said=parted if then_that else ((start, limit),))
        return replace(cue, said=()) if cue.verb.takes == "quotation" else cue

    def _limit(self, cue: Cue, following: Sequence[Cue]) -> int:
        """Find where a cue's reach ends: where the clause of another cue begins, or where the outlet goes on."""
        begin = self._content(cue, len(self.items)) or 0
        if any(other.at < begin for other in following):
            begin = 0
        starts = (self._clause_start(other) for other in following if self._stands_alone(other))
        limit = next((start for start in starts if start > begin), len(self.items))  # one at `begin` is what is said
        breaks = (k for k in range(cue.last + 2, limit) if self._breaks_off(k))
        limit = next(breaks, limit)
        if cue.first > 0 and self.items[cue.first].lower in ("who", "which"):  # 'X, who said Y, left'
            limit = next((k for k in range(cue.last + 2, limit) if "," in self.items[k].gap), limit)
        return max(limit, cue.last + 1)

    def _breaks_off(self, k: int) -> bool:
        """Tell where the outlet takes the word again: ';', a dash behind a quotation, ', while', ', a charge that'."""
        gap = self.items[k].gap
        if self.items[k].lower == "that" or [item.lower for item in self.items[k : k + 2]] == ["and", "that"]:
            return False  # '; and that'
        words = [item.lower for item in self.items[k : k + 3]]
        glossed = words[0] in ("a", "an") and words[-1] in ("that", "which")
        contrast = "," in gap and (words[0] in ("while", "although", "whereas") or glossed)
        return ";" in gap or contrast or (not self.items[k - 1].word and bool(re.search("[–—]", gap)))

    def _stands_alone(self, cue: Cue) -> bool:
        """Tell a clause of its own from one inside what another cue reports."""
        if cue.place == "linked" and cue.verb.takes != "quotation":
            return True
        first = cue.first if cue.place == "participle" else self.unit.before_determiners(cue.first)
        linked = first > 0 and self.items[first - 1].lower in self.grammar.links and cue.place != "participle"
        if cue.verb.takes == "quotation":  # ', but Keel called it'
            return linked and "," in self.items[first - 1].gap
        return linked or (cue.place != "phrase" and bool(re.search(r"[,;–—”]", self.items[first].gap)))

    def _clause_start(self, cue: Cue) -> int:
        if cue.place in ("linked", "participle"):
            return cue.first
        first = self.unit.before_determiners(cue.first)
        return first - 1 if first > 0 and self.items[first - 1].lower in self.grammar.links else first

    def _content(self, cue: Cue, limit: int) -> int | None:
        """Find where indirect speech begins behind a cue: after hearer, time and 'that'; None where there is none."""
        items, grammar, start = self.items, self.grammar, cue.last + 1
        if cue.place == "after" or start >= limit or (items[start].lower == "that" and start + 1 == limit):
            return None
        begin = self._after_hearer(cue, start, limit)
        that = self._that(cue, begin, limit)
        if that is not None:
            return that
        if begin < limit and items[begin].lower in grammar.questions and items[begin].gap == " ":
            return begin
        if start < begin < limit and items[begin].lower == "to":
            return start  # 'told Keel to leave'
        if cue.verb.takes == "anything":
            begin = start
        if cue.verb.takes == "figure":  # 'put the cost at 40 crowns'
            at = (k for k in range(start + 1, min(start + _REACH, limit - 1)) if items[k].lower == "at")
            return start if any(not items[k + 1].word.isupper() for k in at) else None
        begin = self._after_time(begin, limit)
        if begin >= limit or (re.search(r"[,;:.?!)–—]", items[begin].gap) and cue.place != "colon"):
            return None
        first, rest = items[begin].lower, limit - begin
        named = self.unit.starting.get(begin)
        no_clause = cue.verb.takes == "that" or (
            cue.verb.takes == "clause" and (first in grammar.prepositions or (rest < 2 and items[begin].word != ""))
        )
        only_named = (
            named and named.last + 1 == limit and rest <= 2 and cue.verb.takes == "anything"
        )  # 'blamed Ukraine, saying'
        no_content = (first in grammar.empty and rest <= 3) or (
            first in grammar.objects | {"this", "that"} and rest == 1
        )
        return None if no_clause or only_named or no_content or first == "as" else begin

    def _after_hearer(self, cue: Cue, start: int, limit: int) -> int:
        """Go past whoever is spoken to: 'told reporters'."""
        items, grammar = self.items, self.grammar
        spoken_to = cue.verb.lemma in self.lists.hearers and items[start].lower not in grammar.prepositions
        if not spoken_to or items[start].gap != " ":
            return start
        if items[start].lower in grammar.objects:
            return start + 1
        i = start
        while i < limit and items[i].lower in grammar.determiners - {"that"}:
            i += 1
        if mention := self.unit.starting.get(i):
            return min(self.unit.extend(mention).last + 1, limit)
        if i > start:
            return min(i + 1, limit)  # 'told his counterpart'
        for i in range(start, min(start + 9, limit)):
            ends = items[i].lower in grammar.questions | {"that", "to"}
            if ends or (i > start and (items[i].lower in grammar.prepositions or items[i].gap != " ")):
                return i
        return start if items[start].lower in grammar.when or limit - start > 9 else limit

    def _that(self, cue: Cue, start: int, limit: int) -> int | None:
        """Find the first word behind the 'that' of a verb, past time and place; a 'that' that points is none."""
        items, grammar = self.items, self.grammar
        passes = start < limit and (
            items[start].lower in grammar.prepositions | grammar.when | {"last"}
            or grammar.is_adverb(items[start].lower)
            or "," in items[start].gap
        )
        beside = 0 if cue.verb.takes == "anything" else 3  # 'denied a report that' is all of it denied
        near = _REACH if passes else 8 if cue.verb.lemma in self.lists.hearers else beside
        for i in range(start, min(start + near + 1, start + _REACH, limit)):
            if not items[i].word or re.search(r"[;:(]", items[i].gap):
                return None
            if items[i].lower == "that":
                points = i + 1 < limit and items[i + 1].lower in grammar.be | grammar.auxiliaries | _MODALS
                return None if i + 1 >= limit else i if points else i + 1
        return None

    def _after_time(self, i: int, limit: int) -> int:
        """Go past 'on Monday', 'late last week', 'separately'."""
        while i < limit and self.items[i].gap == " ":
            word, following = self.items[i].lower, self.items[i + 1].lower if i + 1 < limit else ""
            leads = (
                word in ("on", "in", "last", "this", "next", "late", "early", "earlier")
                and following in self.grammar.when
            )
            if not (leads or word in self.grammar.when or self.grammar.is_adverb(word)):
                break
            i += 2 if leads else 1
        return i

    def _is_tail(self, cue: Cue) -> bool:
        """Tell 'the river fell, she said': the cue stands behind what it attributes."""
        first = self.unit.before_determiners(cue.first)
        if first == 0 or cue.place in ("participle", "linked", "colon"):
            return False
        if self.items[0].lower in self.grammar.addressed:
            return False
        announces = any(":" in item.gap for item in self.items[cue.last + 1 : cue.reach[1]])
        if self.items[first - 1].word and (announces or self._has_object(cue)):
            return False  # 'besides, Keel reiterated her support'
        behind_pause = bool(re.search(r"[,–—?!.]", self.items[first].gap))
        return cue.place == "after" or not self.items[first - 1].word or behind_pause

    def _has_object(self, cue: Cue) -> bool:
        following = self.items[cue.last + 1] if cue.place == "before" and cue.last + 1 < cue.reach[1] else None
        if following is None or following.gap != " " or cue.verb.lemma in self.lists.hearers:
            return False
        grammar = self.grammar
        return following.lower not in grammar.prepositions | grammar.when | {"last"} and not grammar.is_adverb(
            following.lower
        )

    def _left(self, cue: Cue) -> int:
        """Find where the words before a cue begin: with the unit, or with the quotation that a comma sets apart."""
        for i in range(cue.first - 1, 0, -1):
            starts_quotation = (
                not self.items[i].word and self.items[i - 1].word and re.search(r"[,:.?!]", self.items[i].gap)
            )
            if ";" in self.items[i].gap or starts_quotation:
                return i
        return 0

    def _goes_on(self, cue: Cue, limit: int) -> tuple[Span, ...]:
        """Find what goes on in 'Y, X said, Z'; behind direct speech, and in a clause on X, it is the outlet."""
        start = cue.last + 1
        if start < limit and cue.place == "before":
            start = self._after_hearer(cue, start, limit)
        if start >= limit or "," not in self.items[start].gap or not self.items[start].word:
            return ()
        conditional = self.items[0].lower in ("if", "when", "unless")  # 'if it rains, says X, the dam will hold'
        word, grammar = self.items[start].lower, self.grammar
        elsewhere = grammar.questions | _ASIDES
        about = word in grammar.determiners or start in self.unit.starting
        about = about or (cue.place == "after" and word in grammar.prepositions)
        about = about or not self.items[self._clause_start(cue) - 1].word
        return () if word in elsewhere or (about and not conditional) else ((start, limit),)

    def _around_phrase(self, cue: Cue, limit: int, *, alone: bool) -> Cue:
        """Find what 'according to X' covers: what follows at the beginning of a clause, else what is around it.

        In the middle of a sentence that is another's it covers nothing.
        """
        items = self.items
        if cue.first > 0 and items[cue.first - 1].lower in self.grammar.links and cue.last + 1 < limit:
            return replace(cue, said=((cue.last + 1, limit),), reach=(cue.last + 1, limit))
        opens = cue.first == 0 or (cue.first == 1 and items[0].word != "")
        limit = len(items) if opens else limit
        after = next((k for k in range(cue.last + 1, limit) if re.search(r"[,:]", items[k].gap)), limit)
        rest = ((after, limit),) if after < limit else ()
        begin = 1 if items[0].lower in ("but", "and") else 0
        said = rest if opens else ((begin, cue.first), *rest) if alone or not rest else ()
        reach = (cue.last + 1, limit) if opens else (0, limit)
        return replace(cue, said=said, reach=reach)

    # ------------------------------------------------------------------------------------ whose words

    def _reported(self) -> list[Stretch]:
        """Give indirect speech; of one cue inside another the outer one has the words."""
        found: list[Stretch] = []
        taken: list[Span] = []
        for cue in sorted(self.cues, key=lambda cue: -sum(end - start for start, end in cue.said)):
            if any(a < end and start < b for a, b in taken for start, end in cue.said):
                continue
            taken += cue.said
            for a, b in cue.said:
                if any(item.word for item in self.items[a:b]):
                    self.used.append(cue)
                    start, end = self.items[a].start, self.items[b - 1].end
                    found.append(Stretch(start, end, "reported", cue.speaker.name, cue.speaker.side, cue.verb.lemma))
        return found

    def _quoted(self, i: int, item: Item) -> list[Stretch]:
        """Say whose a quotation is. A label is none; inside a quotation only what another says is told apart."""
        cue = self.cue_of[i]
        if self._is_label(i, cue) or (self.depth and cue is None):
            return []
        if self._is_scare(i, cue):
            return [] if self.depth else [Stretch(item.start, item.end, "scare", quotation=item.quotation)]
        said = _Said(cue.speaker, cue.verb.lemma) if cue else self._without_cue(i) or _Said(NOBODY, "")
        if not self.depth:
            self.reader.last = said
            self.reader.cast.note(said.speaker)
            self.used += [cue] if cue else []
        own = Stretch(item.start, item.end, "quote", said.speaker.name, said.speaker.side, said.verb, item.quotation)
        return [own, *self._inside(item)]

    def _inside(self, item: Item) -> Iterator[Stretch]:
        """Read the quotations inside a quotation, sentence by sentence."""
        depth, begin = self.depth + 1, item.start + 1
        inner = _within(self.nested, depth, (item.start, item.end))
        if not inner:
            return
        sentences = split_sentences(self.text[begin : item.end], None, self.lists.forms)
        for span in _join_sentences([(a + begin, b + begin) for a, b in sentences], inner):
            for reading in _read_units(self.text, span, self.nested, depth, self.reader):
                yield from reading.stretches()

    def _cue_of(self, i: int) -> Cue | None:
        """Choose the cue of a quotation: the one right behind it, else the last before it; a verb of saying first."""
        reaching = [cue for cue in self.cues if cue.reach[0] <= i < cue.reach[1]]
        behind = [cue for cue in reaching if cue.first > i and cue.place != "participle"]
        before = [cue for cue in reaching if cue.last < i]
        if behind and (not before or behind[0].first - i <= 2):
            return behind[0]
        saying = [cue for cue in before if cue.verb.takes != "quotation"]
        return next(iter([*saying[-1:], *before[-1:]]), None)

    def _is_scare(self, i: int, cue: Cue | None) -> bool:
        """Tell a word at a distance: after 'so-called', in passing ('the “activists” left'), or short and nobody's."""
        content = self.text[self.items[i].start : self.items[i].end]
        n, before = len(self.quoted[i]), self.items[i - 1] if i else None
        speaks = bool(re.search(r"[.,!?…]\W*$", content))
        begins = bool(re.match(r"\W*[^\W\d_a-z]", content)) and (i == 0 or ":" in self.items[i].gap)
        if any(item.lower in self.lists.distance for item in self.items[max(i - 2, 0) : i]):
            return True
        if n > SCARE_WORDS or speaks or begins:
            return False
        if cue is None or (self.depth and cue.verb.takes == "quotation"):  # 'what they call “red lines”'
            return any(item.word for item in self.items)
        articles = self.grammar.determiners - {"that", "this"}
        held = before and (before.lower in articles or re.search(r"['’]s?$", before.word))
        return n == 1 and bool(held) and self.items[i].gap == " "

    def _is_label(self, i: int, cue: Cue | None) -> bool:
        """Tell a title or a name in marks, by its capitals or by the word before it."""
        content = self.text[self.items[i].start : self.items[i].end]
        words = self.quoted[i]
        if i in self.titles:
            return True
        if re.search(r"[.!?…,]\W*$", content) or i == 0 or self.items[i].gap != " ":
            return False
        follows = i + 1 < len(self.items) and self.items[i + 1].gap == " "
        single = len(words) == 1 and words[0][0].isupper() and follows and not (cue and cue.last == i - 1)
        return self.items[i - 1].lower in self.lists.labels or single

    def _is_title(self, i: int) -> bool:
        """Tell 'the song “Salt on the Rope”': several words, those that count in capitals, and no verb before them."""
        words = self.quoted[i]
        counts = [word[0].isupper() or word[0].isdigit() for word in words]
        if not 1 < len(words) <= _LABEL_WORDS or i == 0 or not self.items[i - 1].word:
            return False
        short = all(count or len(word) <= 3 for count, word in zip(counts, words, strict=True))
        before = self.items[i - 1].lower
        spoken = before in self.lists.forms or before in ("that", "be") or ":" in self.items[i].gap
        set_apart = self.items[i].gap == " " or (i + 1 < len(self.items) and self.items[i + 1].gap != " ")
        return words[0][0].isupper() and counts[-1] and short and set_apart and not spoken

    def _without_cue(self, i: int) -> _Said | None:
        """Attribute a quotation that no cue reaches: by a colon, to the paragraph's last speaker, to who holds on."""
        if i and ":" in self.items[i].gap:
            mention = next((m for m in reversed(self.unit.mentions) if m.last < i and not m.possessive), None)
            return _Said(self.unit.resolve(mention), ":") if mention else None
        return (self.reader.last or self.reader.subject or self.reader.carried) if i == 0 else None

    def _leave_word(self) -> None:
        """Note for the sentences that follow who was named first and who spoke last."""
        _note_subject(self.unit.mentions, self.reader)
        for cue in self.cues:
            if cue.verb.takes != "quotation" and cue.speaker.side != UNATTRIBUTED:
                self.reader.cast.note(cue.speaker)
                if cue.place != "participle" or self.reader.last is None:
                    self.reader.last = _Said(cue.speaker, cue.verb.lemma)
