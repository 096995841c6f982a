"""Where a text attributes words to somebody: 'Hask said', 'said the ministry', 'according to her', 'Hask:'.

A cue is a reporting verb with its subject, or a phrase that stands for one. The rules look at one unit at a time: a
sentence, or several where a quotation holds them together; a quotation counts as one thing in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from analysis.sentences import Span
from analysis.speakers import NOBODY, OTHER, REMEMBERED, Cast, Mention, Speaker, find_mentions
from analysis.text import normal_form, tokens_in
from analysis.wordlists import Verb

_MARKS = re.compile(r"[“”„«»‘’‚‹›\"']")
_NO_PAUSE = re.compile(r"[^.,!?…:;–—]")
_BLANKS = re.compile(r"\s+")
_COLON = Verb(":", "attribution", "clause")


class Item(NamedTuple):
    """A word outside quotation marks, or a whole quotation (`word` is ''), and what stands before it."""

    word: str
    lower: str
    start: int
    end: int
    gap: str
    quotation: int | None = None


@dataclass(frozen=True)
class Cue:
    """An attribution: its items from first to last, the verb (at `at`), the speaker, and how it is built.

    `place` is before or after (where the subject stands), linked ('and said'), participle (', adding'), phrase
    ('according to') or colon. `said` are the runs of items that are indirect speech, `reach` is where quotations are
    the speaker's; both are found when all cues of the unit are known.
    """

    first: int
    last: int
    verb: Verb
    speaker: Speaker
    place: str
    at: int
    said: tuple[Span, ...] = ()
    reach: Span = (0, 0)


def read_items(text: str, span: Span, quotations: Sequence[tuple[int, Span]]) -> list[Item]:
    """Read a stretch of text as words and whole quotations, each with what stands before it, marks left out."""
    items: list[Item] = []
    at, end = span
    before = span[0]  # where the item before ends

    def gap_to(start: int) -> str:
        gap = text[before:start]
        if items and not items[-1].word:  # a comma inside the closing mark stands between the two
            gap = _NO_PAUSE.sub("", text[before - 3 : before]) + gap
        return gap if gap == " " else _BLANKS.sub(" ", _MARKS.sub("", gap))

    for number, (opens, closes) in [*quotations, (-1, (end, end))]:
        for start, word in tokens_in(text, at, max(opens, at)):
            stop = start + len(word)
            items.append(Item(word, normal_form(word), start, stop, gap_to(start)))
            before = stop
        if number >= 0 and tokens_in(text, opens, closes):
            items.append(Item("", "", opens, closes, gap_to(opens), number))
            before = closes
        at = max(at, closes)
    return items


class Unit:
    """The items of a unit, the speakers it mentions, and the cues in it.

    Parameters
    ----------
    items : sequence of Item
    cast : Cast
        Who has been named so far.
    speaking : Speaker or None
        Inside a quotation, whose it is: 'I' and 'we' mean him or her.
    strict : bool
        A pronoun has the right gender.
    titles : frozenset of int
        Items that are titles in marks; a subject may end with one.
    """

    def __init__(
        self, items: Sequence[Item], cast: Cast, speaking: Speaker | None, *, strict: bool, titles: frozenset[int]
    ) -> None:
        """Find who is mentioned."""
        self.items, self.cast, self.speaking, self.strict, self.titles = items, cast, speaking, strict, titles
        self.lists, self.grammar = cast.words, cast.words.grammar
        self.mentions = find_mentions([i.word for i in items], [i.gap for i in items], cast)
        self.ending = {m.last: m for m in self.mentions}
        self.starting = {m.first: m for m in self.mentions}

    # ------------------------------------------------------------------------------------------ the cues

    def find_cues(self, *, headline: bool) -> list[Cue]:
        """Find the cues of the unit, from left to right; a headline may attribute by a colon."""
        cues: list[Cue] = []
        i = 0
        while i < len(self.items):
            size = self._matches(i)
            cue = self._read_cue(i, size, cues) if size else None
            if cue:
                cues.append(cue)
            i += size if cue else 1
        colon = self._colon() if headline and not cues else None
        return [colon] if colon else cues

    def _matches(self, i: int) -> int:
        """Give the number of words of the verb or attribution that begins at an item, 0 for none."""
        if self.items[i].lower not in self.lists.longest_from:
            return 0
        if i and self.items[i].word[:1].isupper() and self.items[i].gap == " ":
            return 0  # a name: 'the United States'
        for size in range(min(self.lists.longest_from.get(self.items[i].lower, 0), len(self.items) - i), 0, -1):
            words = tuple(item.lower for item in self.items[i : i + size])
            known = words in self.lists.verbs or words in self.lists.attributions
            if known and all(item.gap == " " for item in self.items[i + 1 : i + size]):
                return size
        return 0

    def _read_cue(self, i: int, size: int, before: Sequence[Cue]) -> Cue | None:
        words = tuple(item.lower for item in self.items[i : i + size])
        if words in self.lists.attributions:
            mention = self.phrase_after(i + size)
            verb = self.lists.attributions[words]
            return Cue(i, mention.last, verb, self.resolve(mention), "phrase", i) if mention else None
        verb = self.lists.verbs[words]
        at, auxiliaries = self.auxiliaries_before(i)
        if auxiliaries & self.grammar.unsaid or any(word.endswith("n't") for word in auxiliaries):
            return None
        if words[0].endswith("ing") and not auxiliaries & (self.grammar.be | self.grammar.auxiliaries):
            return self._participle(i, size, at, verb, before)
        if auxiliaries & self.grammar.be and not words[0].endswith("ing"):
            return self._passive(i, size, verb)
        return self._finite(i, size, at, verb, before)

    def auxiliaries_before(self, i: int) -> tuple[int, set[str]]:
        """Go back from a verb over adverbs, days and auxiliaries; give the item before them, and the auxiliaries."""
        found: set[str] = set()
        at = i - 1
        while at >= 0 and self.items[at + 1].gap == " " and self.items[at].word:
            word = self.items[at].lower
            if word in self.grammar.days and at and self.items[at - 1].lower in ("on", "last", "this"):
                at -= 1
            elif word in self.grammar.be | self.grammar.auxiliaries | self.grammar.unsaid or word.endswith("n't"):
                found.add(word)
            elif not (self.grammar.is_adverb(word) or word.endswith(("self", "selves"))):
                break
            at -= 1
        return at, found

    def _finite(self, i: int, size: int, at: int, verb: Verb, before: Sequence[Cue]) -> Cue | None:
        """Read a verb by its subject: the noun phrase before it, before a clause in commas, or after it."""
        last = i + size - 1
        gap, previous = self.items[at + 1].gap, self.items[at] if at >= 0 else None
        if at in self.titles or (previous and gap == " " and not previous.word and verb.lemma in self.lists.hearers):
            speaker = self.first_speaker()  # 'a man who calls himself “Witness 31” told'
            return Cue(at, last, verb, speaker, "before", i) if speaker else None
        if previous is None:
            return None
        if gap == " " and previous.word:
            return self._with_subject_beside(i, last, at, verb, before)
        in_commas = previous.word != "" and re.search(r"[,)–—]", gap) is not None
        if in_commas and not self._is_followed_by_subject(last + 1, verb):
            if mention := self._before_commas(at, first=not before):
                return Cue(mention.first, last, verb, self.resolve(mention), "before", i)
            if before and before[0].first <= 1 and before[0].place == "before":
                return Cue(at + 1, last, verb, before[-1].speaker, "linked", i)  # 'X denies Y, says Z'
        after = self.phrase_after(last + 1) if not previous.word or re.search(r"[,–—?!.]", gap) else None
        near = after and (
            after.first - last <= 2 or self.items[last + 1].lower in self.grammar.determiners | {"from", "in"}
        )
        if after and near:
            return Cue(i, after.last, verb, self.resolve(after), "after", i)
        ends = last + 1 == len(self.items) or bool(re.search("[,.:]", self.items[last + 1].gap))
        if not previous.word and ends and not self.speaking:  # '“No”, has explained', as translated from Spanish
            return Cue(i, last, verb, self.cast.resolve("he", strict=False) or NOBODY, "before", i)
        return None

    def _with_subject_beside(self, i: int, last: int, at: int, verb: Verb, before: Sequence[Cue]) -> Cue | None:
        """Read 'the minister said', 'and said', 'who said', 'another said', 'a grower of onions said'."""
        word, grammar = self.items[at].lower, self.grammar
        stands_for_nobody = grammar.determiners - grammar.others - {"that", "this", "these"}
        if word in grammar.prepositions | grammar.attached | stands_for_nobody:
            return None  # 'the heads of state'
        if mention := self._head_ending(at):
            denied = mention.first > 0 and self.items[mention.first - 1].lower in grammar.nobody
            agrees = not denied and self._agrees(mention, self.items[i].lower, verb)
            return Cue(mention.first, last, verb, self.resolve(mention), "before", i) if agrees else None
        if word in ("who", "which"):
            antecedent = self.ending.get(at - 1)
            return Cue(at, last, verb, self.resolve(antecedent), "before", i) if antecedent else None
        saying = [cue for cue in before if cue.verb.takes != "quotation"] or list(before)
        if word in ("and", "but", "then", "or"):
            speaker = saying[-1].speaker if saying else self.first_speaker()
            speaker = speaker or (NOBODY if self.speaking else None)
            return Cue(at, last, verb, speaker, "linked", i) if speaker else None
        if word in grammar.others:
            side = saying[-1].speaker.side if saying else OTHER
            return Cue(at, last, verb, Speaker(word, side, "office"), "before", i)
        mention = self._unnamed_before(at, verb)
        return Cue(mention.first, last, verb, self.resolve(mention), "before", i) if mention else None

    def _agrees(self, mention: Mention, word: str, verb: Verb) -> bool:
        """Tell 'officials call' from 'a conference call': a singular has no verb without an ending."""
        words = [item.lower for item in self.items[mention.first : mention.last + 1]]
        if word != verb.lemma.split(" ")[0] or word in ("put", "read"):
            return not ("and" in words and word.endswith("s"))  # 'Poland and the Baltic states'
        plural = (
            mention.speaker.pronoun in ("they", "we", "i")
            or words[-1].endswith("s")
            or words[-1] in ("people", "police")
        )
        return plural or "and" in words

    def _is_followed_by_subject(self, i: int, verb: Verb) -> bool:
        """Tell ', says the union,' where nothing but the subject stands between the commas."""
        if verb.takes == "anything" or verb.lemma in self.lists.hearers:
            return False
        while i < len(self.items) and self.items[i].lower in self.grammar.determiners:
            i += 1
        mention = self.starting.get(i)
        following = mention.last + 1 if mention else 0
        return following > 0 and (following == len(self.items) or bool(re.search(r"[,.]", self.items[following].gap)))

    def _participle(self, i: int, size: int, at: int, verb: Verb, before: Sequence[Cue]) -> Cue | None:
        """Read ', adding that': its subject is that of the clause it hangs on, or stands in 'with Keel saying'."""
        last = i + size - 1
        if at > 0 and self.items[at].lower == "as" and (quoted := self._quoted_as(at)):
            return Cue(quoted.first, last, verb, self.resolve(quoted), "before", i)
        own = self.ending.get(at)
        if own and "with" in [item.lower for item in self.items[max(own.first - 2, 0) : own.first + 1]]:
            return Cue(at + 1, last, verb, self.resolve(own), "participle", i)
        links = ("after", "by", "before", "while", "and", "when", "without", "in")
        hangs_on = at < 0 or self.items[at].lower in links or re.search(r"[,–—-]", self.items[at + 1].gap)
        is_noun = (
            last + 1 < len(self.items) and self.items[last + 1].lower in self.grammar.be | self.grammar.auxiliaries
        )
        speaker = before[-1].speaker if before else self.first_speaker()
        return Cue(at + 1, last, verb, speaker, "participle", i) if hangs_on and not is_noun and speaker else None

    def _quoted_as(self, at: int) -> Mention | None:
        """Find the speaker in 'was quoted as saying' and 'quoted the minister as saying'."""
        if self.items[at - 1].lower in ("quoted", "cited"):
            return self.ending.get(self.auxiliaries_before(at - 1)[0])
        mention = self.ending.get(at - 1)
        before = self.before_determiners(mention.first) - 1 if mention else -1
        return mention if before >= 0 and re.match(r"quot|cit(e|ing)", self.items[before].lower) else None

    def _passive(self, i: int, size: int, verb: Verb) -> Cue | None:
        """Read 'was accused of', 'it was said that': the agent speaks, or nobody who can be made out."""
        if verb.takes == "quotation":
            return None
        speaker, last = NOBODY, i + size - 1
        if last + 1 < len(self.items) and self.items[last + 1].lower == "by" and (agent := self.phrase_after(last + 2)):
            speaker, last = self.resolve(agent), agent.last
        return Cue(i, last, verb, speaker, "before", i)

    def _colon(self) -> Cue | None:
        """Read a headline's 'X: Y' and 'Y: X'."""
        final = self.mentions[-1] if self.mentions else None
        if (
            final
            and final.last == len(self.items) - 1
            and final.first > 1
            and re.search("[:–—]", self.items[final.first].gap)
        ):
            return Cue(final.first, final.last, _COLON, self.resolve(final), "after", final.last)
        i = next((i for i, item in enumerate(self.items[1:7], start=1) if ":" in item.gap), 0)
        mention = self.ending.get(i - 1) if i else None
        if mention is None or mention.first > 1 or mention.speaker.kind == "pronoun":
            return None
        return Cue(0, i - 1, _COLON, self.resolve(mention), "colon", i - 1)

    # ------------------------------------------------------------------------------------- noun phrases

    def before_determiners(self, first: int) -> int:
        """Go back from an item over the determiners before it."""
        while first > 0 and self.items[first - 1].lower in self.grammar.determiners and self.items[first].gap == " ":
            first -= 1
        return first

    def _head_ending(self, at: int) -> Mention | None:
        """Give the noun phrase that ends at an item, or the one it only belongs to ('shippers in Dravesk').

        Of two who speak together the first stands for both.
        """
        mention = self.ending.get(at)
        while mention and not mention.possessive:
            start = self.before_determiners(mention.first)
            if start < 2 or self.items[start].gap != " ":
                break
            link, head = self.items[start - 1].lower, self.ending.get(start - 2)
            if head is None or head.possessive or self.items[start - 1].gap != " ":
                break
            if link in ("and", "or") and head.speaker.kind != "pronoun":
                mention = replace(head, last=at)
            elif link in self.grammar.attached:
                mention = replace(_with_side(head, mention), last=mention.last)
            else:
                break
        return None if mention is None or mention.possessive else mention

    def _before_commas(self, at: int, *, first: bool) -> Mention | None:
        """Find the subject before a clause in commas: 'Keel, who has read it, said'; a person before anything else.

        Behind another cue (not `first`) it must itself stand behind a comma or 'and'.
        """
        found: list[Mention] = []
        for i in range(at, max(at - 30, -1), -1):
            if not self.items[i].word or re.search(r"[;:]", self.items[i].gap):
                break
            mention = self.ending.get(i)
            if mention and not mention.possessive and re.search(r"[,(–—]", self.items[i + 1].gap):
                start = self.before_determiners(mention.first)
                begins = start == 0 or re.search(r"[,(–—.]", self.items[start].gap) is not None
                begins = begins or self.items[start - 1].lower in self.grammar.links | {"that"}
                head = mention if begins else self._head_ending(i) if first else None
                if head and self._begins_clause(head.first):
                    found.append(head)
        persons = [mention for mention in found if mention.speaker.kind == "person"]
        by_name = [
            m for m in persons if m.speaker.name.split()[-1] in (i.word for i in self.items[m.first : m.last + 1])
        ]
        return replace((by_name or persons or found)[-1], first=min(m.first for m in found)) if found else None

    def _begins_clause(self, first: int) -> bool:
        """Tell a subject from 'the return to Europe', which a preposition ties to something else."""
        first = self.before_determiners(first)
        tied = first > 0 and self.items[first - 1].lower in self.grammar.prepositions | self.grammar.attached
        return not tied or self.items[first].gap != " "

    def _unnamed_before(self, at: int, verb: Verb) -> Mention | None:
        """Take 'a grower of onions' before a verb: the words from an article on, as somebody without a name."""
        grammar = self.grammar
        following = self.items[at + 2].lower if at + 2 < len(self.items) else "that"
        speaks = verb.takes in ("clause", "quotation") or following in ("that", "") or self.speaking is not None
        if not speaks or re.search(r"['’]s?$", self.items[at].word):
            return None  # 'the dam threatens the valley'
        for first in range(at, max(at - 7, -1), -1):
            item = self.items[first]
            if item.lower in grammar.determiners - {"that", "this", "these"}:
                inner = [self.items[k].lower for k in range(first, at)]
                if first == at or any(word in grammar.links | grammar.be | grammar.auxiliaries for word in inner):
                    return None
                if first and self.items[first - 1].lower in grammar.prepositions | grammar.attached and item.gap == " ":
                    return self._mentioned_before(first)  # 'officials briefed on the plans said'
                named = next((m for m in self.mentions if first < m.first <= at and not m.possessive), None)
                if named and named.speaker.kind in ("person", "office", "body"):
                    return named
                return Mention(first + 1, at, self._described(first + 1, at))
            if not item.word or item.gap.strip():
                return None
        return None

    def _mentioned_before(self, i: int) -> Mention | None:
        """Give the last speaker mentioned before an item, in the same stretch between commas."""
        for at in range(i - 1, max(i - 8, -1), -1):
            mention = self.ending.get(at)
            if mention and not mention.possessive:
                return mention if mention.speaker.kind in ("person", "office", "body") else None
            if self.items[at].gap.strip():
                return None
        return None

    def phrase_after(self, i: int) -> Mention | None:
        """Give the noun phrase that begins at an item, with what belongs to it and a name behind a comma."""
        grammar, n = self.grammar, len(self.items)
        place = self.starting.get(i + 1) if i < n and self.items[i].lower in ("from", "in") else None
        if place and place.speaker.kind in ("country", "name") and place.last + 1 < n:
            return self.phrase_after(place.last + 1)  # 'said from Moscow the minister'
        at = i
        while at < n and at - i < 5 and (self.items[at].gap == " " or at == i):
            mention, word = self.starting.get(at), self.items[at].lower
            if mention and mention.speaker.kind == "pronoun":
                return mention if at == i else None
            if mention and not mention.possessive:
                return self._with_noun(mention) or self.extend(mention)
            if not word or (word in grammar.prepositions and at == i):
                return None
            if word in grammar.questions:
                break
            at = mention.last + 1 if mention else at + 1
        if i + 1 < n and self.items[i].lower in grammar.determiners - {"that"} and self.items[i].gap == " ":
            last = i
            while last + 1 < n and self.items[last + 1].gap == " " and last - i < 6 and self.items[last + 1].word \
                    and self.items[last + 1].lower not in grammar.questions:  # fmt: skip
                last += 1
            return Mention(i, last, self._described(i + 1, last)) if last > i else None
        return None

    def _with_noun(self, mention: Mention) -> Mention | None:
        """Read 'a Dravesk exporter', whose noun no list has."""
        following = self.items[mention.last + 1] if mention.last + 1 < len(self.items) else None
        if (
            mention.speaker.kind != "country"
            or following is None
            or following.gap != " "
            or not following.word.islower()
        ):
            return None
        if following.lower in self.grammar.not_a_name:
            return None
        return Mention(mention.first, mention.last + 1, self._described(mention.first, mention.last + 1))

    def _described(self, first: int, last: int) -> Speaker:
        """Name somebody by the words that the text has; 'one of them' is one of those who spoke last."""
        label = " ".join(item.word for item in self.items[first : last + 1])
        group = None
        if label.lower() == "of them":
            here = (m.speaker for m in reversed(self.mentions) if m.last < first and m.speaker.pronoun == "they")
            group = next(here, None) or self.cast.resolve("they", strict=True)
        side = next((m.speaker.side for m in self.mentions if first <= m.first <= last and m.speaker.side), OTHER)
        return group or Speaker(label, side, "office")

    def extend(self, mention: Mention) -> Mention:
        """Add 'of the Quayside Workers' Federation' and ', the minister of ports,' to a name."""
        last = mention.last
        while last + 1 < len(self.items):
            following = last + 1
            gap, word = self.items[following].gap, self.items[following].lower
            apposed = gap.strip() == ","
            if (gap == " " and word in self.grammar.attached - {"to", "against"}) or (
                apposed and word in ("a", "an", "the")
            ):
                following += 1
            elif not apposed:
                break
            while following < len(self.items) and self.items[following].lower in self.grammar.determiners - {"that"}:
                following += 1
            added = self.starting.get(following)
            if added is None or added.possessive or added.speaker.kind == "pronoun":
                break
            named = following > last + 1 or added.speaker.kind in ("person", "office")
            other = mention.speaker.kind in ("body", "country") and added.speaker.kind == "person"
            if apposed and (not named or other):  # 'according to the ministry, Keel left'
                break
            is_name = mention.speaker.kind != "person" and added.speaker.kind == "person"
            mention = _with_side(added, mention) if is_name else _with_side(mention, added)
            last = added.last
        return replace(mention, last=last)

    # ----------------------------------------------------------------------------------------- who it is

    def resolve(self, mention: Mention) -> Speaker:
        """Say whom a noun phrase means; a pronoun means the last speaker that it fits."""
        speaker = mention.speaker
        if speaker.kind != "pronoun":
            return speaker if speaker.side else replace(speaker, side=OTHER)
        if speaker.pronoun in ("i", "we"):
            return self.speaking or NOBODY
        if speaker.pronoun == "they" and self.speaking:
            return NOBODY
        kinds = ("person", "office") if speaker.pronoun in ("he", "she") else ("body", "country", "office")
        here = (
            m.speaker for m in self.mentions if m.last < mention.first and m.speaker.kind in kinds and not m.possessive
        )
        recent = [*self.cast.recent[-REMEMBERED:], *islice(here, 1)]
        found = replace(self.cast, recent=recent).resolve(speaker.pronoun, strict=self.strict, but=self.speaking)
        return found or NOBODY

    def first_speaker(self) -> Speaker | None:
        """Give the first speaker whom the unit names, its likely subject."""
        mention = next((m for m in self.mentions if not m.possessive), None)
        return self.resolve(mention) if mention else None


def _with_side(head: Mention, attached: Mention) -> Mention:
    """Let 'shippers in Dravesk' speak for the side of Dravesk, where the head has none of its own."""
    if head.speaker.side in ("", OTHER) and attached.speaker.side:
        return replace(head, speaker=replace(head.speaker, side=attached.speaker.side))
    return head
