"""The word lists by which voices are told: voices.toml (verbs, offices, distance) and grammar.toml (closed classes)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

from analysis.patterns import Pattern
from analysis.text import Remembered, normal_form, own_or_default, read_toml

Words = tuple[str, ...]
POSSESSIVE = re.compile(r"['’]s?$")
TAKES = ("clause", "that", "anything", "figure", "quotation")


@dataclass(frozen=True)
class Verb:
    """A reporting verb: base form, class, and what may follow it as indirect speech (see voices.toml)."""

    lemma: str
    kind: str
    takes: str


@dataclass(frozen=True)
class Grammar:
    """Closed classes of words, lower case; grammar.toml says what each is for."""

    determiners: frozenset[str]
    prepositions: frozenset[str]
    attached: frozenset[str]
    be: frozenset[str]
    auxiliaries: frozenset[str]
    unsaid: frozenset[str]
    adverbs: frozenset[str]
    links: frozenset[str]
    questions: frozenset[str]
    days: frozenset[str]
    times: frozenset[str]
    objects: frozenset[str]
    others: frozenset[str]
    nobody: frozenset[str]
    empty: frozenset[str]
    addressed: frozenset[str]
    ranks: frozenset[str]
    pronouns: frozenset[str]
    no_names: frozenset[str]

    @cached_property
    def when(self) -> frozenset[str]:
        """Words that tell when something was said."""
        return self.days | self.times

    @cached_property
    def not_a_name(self) -> frozenset[str]:
        """Words that begin no name, whatever their capital."""
        closed = (self.determiners, self.prepositions, self.be, self.auxiliaries, self.unsaid, self.adverbs, self.links)
        rest = (self.questions, self.when, self.objects, self.others, self.empty, self.addressed, self.pronouns)
        return self.no_names.union(*closed, *rest)

    def is_adverb(self, word: str) -> bool:
        """Tell an adverb: one of the list, or a longer word in -ly."""
        return word in self.adverbs or (word.endswith("ly") and len(word) > 4)


@dataclass(frozen=True)
class VoiceWords:
    """Everything that the two files say.

    `verbs` and `attributions` are keyed by the words of a form; `persons`, `bodies` and `documents` are the nouns for
    speakers without a name.
    """

    grammar: Grammar
    verbs: Mapping[Words, Verb]
    hearers: frozenset[str]
    attributions: Mapping[Words, Verb]
    persons: frozenset[str]
    bodies: frozenset[str]
    documents: frozenset[str]
    distance: frozenset[str]
    labels: frozenset[str]

    @cached_property
    def forms(self) -> frozenset[str]:
        """The single words that report speech, in all their forms."""
        return frozenset(
            words[0] for words, verb in self.verbs.items() if len(words) == 1 and verb.takes != "quotation"
        )

    @cached_property
    def longest(self) -> int:
        """Number of words of the longest verb or attribution."""
        return max(self.longest_from.values(), default=1)

    @cached_property
    def longest_from(self) -> Mapping[str, int]:
        """Number of words of the longest verb or attribution that begins with a word."""
        return longest_from([*self.verbs, *self.attributions])

    def introduces(self, pattern: Pattern) -> frozenset[str]:
        """Give the base forms of the reporting verbs that a pattern finds: their complement is what it is about."""
        return frozenset(verb.lemma for form, verb in self.verbs.items() if len(form) == 1 and pattern.names(form[0]))

    def noun(self, word: str) -> str:
        """Give the office or body that a word names, in the singular; '' for none."""
        singular = word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
        forms = (word, singular, word.replace("men", "man"))
        return next((form for form in forms if form in self.persons or form in self.bodies), "")

    @cached_property
    def speaks(self) -> Remembered[bool]:
        """Whether a word can begin a verb of saying or an attribution, or keeps a distance."""
        return Remembered(lambda word: normal_form(word) in self.longest_from or normal_form(word) in self.distance)

    def attributes(self, words: Words) -> bool:
        """Tell whether a verb of saying or an attribution begins with the first of these words (lower case)."""
        sizes = range(self.longest_from.get(words[0], 0), 0, -1)
        return any(words[:size] in self.verbs or words[:size] in self.attributions for size in sizes)

    @cached_property
    def can_name(self) -> Remembered[str]:
        """What a word can be that no table of names has: a 'noun' for a speaker, 'pronoun', 'capital', or '' (none)."""
        return Remembered(self._can_name)

    def _can_name(self, word: str) -> str:
        word = POSSESSIVE.sub("", word)
        lower, grammar = word.lower(), self.grammar
        if lower in self.documents or self.noun(lower):
            return "noun"
        if lower in grammar.pronouns:
            return "pronoun"
        is_name = word[:1].isupper() and lower not in grammar.not_a_name and lower not in grammar.ranks
        return "capital" if is_name else ""


def longest_from(phrases: Iterable[Words]) -> dict[str, int]:
    """Give for each word with which a phrase begins the number of words of the longest one."""
    sizes: dict[str, int] = {}
    for phrase in phrases:
        sizes[phrase[0]] = max(len(phrase), sizes.get(phrase[0], 0))
    return sizes


def read_voice_words(folder: Path) -> VoiceWords:
    """Read voices.toml and grammar.toml of a corpus; where it has none, the package's.

    Raises
    ------
    ValueError
        A list lacks its class, its forms or its reason, or says that a verb takes what no verb takes.
    """
    table = read_toml(own_or_default(folder, "voices.toml"))
    needs = {"verbs": {"class", "takes", "forms"}, "attributions": {"takes", "forms"}, "distance": {"forms"}}
    for name, keys in needs.items():
        for number, entry in enumerate(table.get(name, []), start=1):
            _check(entry, keys | {"reason"}, f"voices.toml: [[{name}]] number {number}")
    verbs: dict[Words, Verb] = {}
    for entry in table.get("verbs", []):
        for line in entry["forms"]:
            forms = [form.replace("_", " ") for form in line.split()]
            for form in forms:
                verbs.setdefault(tuple(form.split()), Verb(forms[0], entry["class"], entry["takes"]))
    attributions = {
        tuple(form.split()): Verb(form, "attribution", entry["takes"])
        for entry in table.get("attributions", [])
        for form in entry["forms"]
    }
    offices = table.get("offices", {})
    return VoiceWords(
        grammar=_read_grammar(folder),
        verbs=verbs,
        hearers=frozenset(table.get("hearers", {}).get("verbs", [])),
        attributions=attributions,
        persons=frozenset(offices.get("persons", [])),
        bodies=frozenset(offices.get("bodies", [])),
        documents=frozenset(offices.get("documents", [])),
        distance=frozenset(form for entry in table.get("distance", []) for form in entry["forms"]),
        labels=frozenset(table.get("labels", {}).get("before", [])),
    )


def _check(entry: object, needs: set[str], place: str) -> None:
    if not isinstance(entry, Mapping):
        raise ValueError(f"{place} is no table; its heading may have one bracket too few")
    if missing := sorted(needs - entry.keys()):
        raise ValueError(f"{place} lacks {', '.join(missing)}")
    if "takes" in needs and entry["takes"] not in TAKES:
        raise ValueError(f"{place}: takes = {entry['takes']!r} is not one of {', '.join(TAKES)}")


def _read_grammar(folder: Path) -> Grammar:
    table = read_toml(own_or_default(folder, "grammar.toml"))
    names = {field.name for field in fields(Grammar)}
    if unknown := sorted(table.keys() - names):
        raise ValueError(f"grammar.toml: unknown table {unknown[0]!r}; known: {', '.join(sorted(names))}")
    if missing := sorted(names - table.keys()):
        raise ValueError(f"grammar.toml lacks [{missing[0]}]; a corpus's own copy needs every list of the package's")
    for name, entry in table.items():
        _check(entry, {"words", "reason"}, f"grammar.toml: [{name}]")
    return Grammar(**{name: frozenset(entry["words"].split()) for name, entry in table.items()})
