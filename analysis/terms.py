"""From the words of a sentence to the terms that are counted.

Spellings are unified first, phrases are counted next, and stop words are dropped last, so that no phrase loses
its 'of'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, repeat
from pathlib import Path
from typing import Any, NamedTuple

from analysis.codebook import read_codebook
from analysis.passages import Sentence
from analysis.patterns import Search, Unit
from analysis.text import Remembered, Token, decode, normal_form, own_or_default, read_toml, tokenize, written_form
from analysis.wordlists import POSSESSIVE, longest_from

Words = tuple[str, ...]


class Term(NamedTuple):
    """One occurrence: its place in the sentence and its passage's, term, form found, kind, and the form as written."""

    place: int
    passage: int
    term: str
    form: str
    kind: str
    written: str


class Known(NamedTuple):
    """A word in the form that counts, as written, without its ending, and how many words a name from here can have."""

    form: str
    written: str
    bare: str
    longest: int


@dataclass(frozen=True)
class Lexicon:
    """What a corpus says about words: spellings that count for one term, phrases, stop words, what to search for.

    `variants` and `exact` map the words of a spelling (lower case; as written) to a term; `phrases` holds the
    words of each codebook phrase; `indicators` searches for the codebook's patterns.
    """

    variants: Mapping[Words, str]
    exact: Mapping[Words, str]
    compound_parts: frozenset[str]
    phrases: frozenset[Words]
    stopwords: frozenset[str]
    indicators: Search
    joined: re.Pattern[str] | None

    @cached_property
    def known(self) -> Remembered[Known]:
        """What is known of a word as it stands, apart from its neighbours."""
        exact, variants = longest_from(self.exact), longest_from(self.variants)

        def know(word: str) -> Known:
            form, bare = normal_form(word), POSSESSIVE.sub("", word)
            longest = max(exact.get(bare, 0), variants.get(form, 0), int(bool(_compound(bare, self))))
            return Known(form, written_form(word), bare, longest)

        return Remembered(know)

    @cached_property
    def longest_phrase(self) -> Mapping[str, int]:
        """Number of words of the longest phrase that begins with a word."""
        return longest_from(self.phrases)


def read_lexicons(folder: Path) -> dict[str, Lexicon]:
    """Read variants.toml, codebook.toml and stopwords.txt.

    Returns
    -------
    dict
        Under '' the lexicon that holds for every article; under an article_id the one of an article that has
        spellings of its own.

    Raises
    ------
    ValueError
        An entry lacks its term, forms or reason, or a frame its code or indicators.
    """
    table = read_toml(folder / "variants.toml")
    for number, entry in enumerate(table.get("variant", []), start=1):
        missing = {"term", "reason"} - entry.keys() | ({"forms"} if not {"forms", "exact"} & entry.keys() else set())
        if missing:
            raise ValueError(f"variants.toml: [[variant]] number {number} lacks {', '.join(sorted(missing))}")
    indicators = Search(tuple((i.frame, i.pattern) for i in read_codebook(folder).indicators))
    stopwords = read_stopwords(folder)
    articles = {"", *(entry["article"] for entry in table.get("variant", []) if "article" in entry)}
    return {article: _lexicon(table, article, indicators, stopwords) for article in sorted(articles)}


def _lexicon(table: Mapping[str, Any], article: str, indicators: Search, stopwords: frozenset[str]) -> Lexicon:
    entries = [e for e in table.get("variant", []) if e.get("article", article) == article]
    forms = [(form, entry["term"]) for entry in entries for form in entry.get("forms", [])]
    # an outlet's name of several words is one term, so that it can be told from its words
    forms += [(name, name) for names in table.get("own_names", {}).values() for name in names if " " in name]
    cut = sorted(re.escape(form) for form, _ in forms if re.search(r"[.!?] ", form))
    return Lexicon(
        variants={_split(form.lower()): term for form, term in forms},
        exact={_split(form): entry["term"] for entry in entries for form in entry.get("exact", [])},
        compound_parts=frozenset(table.get("compounds", {}).get("parts", [])),
        phrases=frozenset(phrase for _, pattern in indicators.patterns for phrase in pattern.phrases),
        stopwords=stopwords,
        indicators=indicators,
        joined=re.compile("|".join(cut), re.I) if cut else None,
    )


def read_stopwords(folder: Path) -> frozenset[str]:
    """Read stopwords.txt, a word a line, '#' before a reason; a corpus without one takes the package's list."""
    path = own_or_default(folder, "stopwords.txt")
    lines = decode(path.read_bytes(), path.name).splitlines()
    return frozenset(word for line in lines for word in line.partition("#")[0].lower().split())


def _split(text: str) -> Words:
    return tuple(normal_form(t.text) if text == text.lower() else t.text for t in tokenize(text))


# ------------------------------------------------------------------------------------------------- terms


def find_terms(units: Sequence[Unit], lexicon: Lexicon) -> list[Term]:
    """Find the terms of one sentence: content words with their spellings unified, and the codebook's phrases.

    Parameters
    ----------
    units : sequence of Unit
        From `find_units`.

    Returns
    -------
    list of Term
        One per occurrence. A name of several words is one term, and so is a name with its short form in brackets; a
        compound of two countries counts for each; a phrase is found on unified spellings and counted beside its
        words, in the passage where it begins.
    """
    found = [
        Term(u.place, u.passage, u.term, u.form, "word", u.written)
        for u in units
        if u.name or u.term not in lexicon.stopwords
    ]
    longest = lexicon.longest_phrase
    for i, unit in enumerate(units):
        if unit.term not in longest and unit.form not in longest:
            continue
        most = max(longest.get(unit.term, 0), longest.get(unit.form, 0))
        for size in range(2, min(most, len(units) - i) + 1):
            run = units[i : i + size]
            if tuple(u.term for u in run) in lexicon.phrases or tuple(u.form for u in run) in lexicon.phrases:
                spelled = zip(*((u.term, u.form, u.written) for u in run), strict=True)
                term, form, written = (" ".join(words) for words in spelled)
                found.append(Term(unit.place, unit.passage, term, form, "phrase", written))
    return found


def find_units(sentence: Sentence, lexicon: Lexicon) -> list[Unit]:
    """Give the words of a sentence, function words too, with the spellings of one name unified."""
    known = lexicon.known
    tokens = [token for passage in sentence.passages for token in passage.tokens]
    words = [known[token.text] for token in tokens]
    passages = [i for i, passage in enumerate(sentence.passages) for _ in passage.tokens]
    forms = [word.form for word in words]
    written = [word.written for word in words]
    columns = zip(count(), passages, forms, forms, repeat(False), written, strict=False)
    plain = list(map(tuple.__new__, repeat(Unit), columns))
    opened = _after_brackets(sentence, tokens)
    units: list[Unit] = []
    done, before = 0, [""]
    for i in [i for i, word in enumerate(words) if word.longest or i in opened]:
        if i < done:
            continue
        units += plain[done:i]
        before = before if i == done else [forms[i - 1]]
        size, names = _named(words[i : i + words[i].longest], lexicon) if words[i].longest else (1, [])
        found = names or [forms[i]]
        if (
            i not in opened or found != before
        ):  # else it only repeats the name before it: '… Treaty Organization (NATO)'
            form, as_written = (" ".join(spelled[i : i + size]) for spelled in (forms, written))
            units += [Unit(i, passages[i], name, form, True, as_written) for name in names] or plain[i : i + 1]
        done, before = i + size, found
    return units + plain[done:]


def _named(words: Sequence[Known], lexicon: Lexicon) -> tuple[int, list[str]]:
    """Find what name begins here: the longest spelling of one, or a compound of two."""
    for size in range(len(words), 0, -1):
        run = words[:size]
        term = lexicon.exact.get(tuple(w.bare for w in run)) or lexicon.variants.get(tuple(w.form for w in run))
        if term:
            return size, [term]
    return 1, _compound(words[0].bare, lexicon)


def _after_brackets(sentence: Sentence, tokens: Sequence[Token]) -> frozenset[int]:
    """Give the words before which there is nothing but an opening bracket."""
    if "(" not in sentence.text:
        return frozenset()
    ends = [token.start + len(token.text) - sentence.offset for token in tokens]
    starts = [token.start - sentence.offset for token in tokens]
    return frozenset(i for i in range(1, len(tokens)) if sentence.text[ends[i - 1] : starts[i]].strip() == "(")


def _compound(word: str, lexicon: Lexicon) -> list[str]:
    """Take a compound of two countries apart; any other compound stays one term."""
    parts = word.split("-")
    terms = [lexicon.exact.get((p,)) or lexicon.variants.get((p.lower(),)) or p.lower() for p in parts]
    return terms if len(parts) == 2 and set(terms) <= lexicon.compound_parts else []
