"""From raw texts to the tables of a corpus: every count that the study needs, each in its row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analysis.assessments import assess
from analysis.codebook import Fact, read_facts
from analysis.counting import Numbers, Vocabulary, count_cells
from analysis.overlap import Runs, find_overlap, five_grams
from analysis.passages import Passage, Sentence, split_article
from analysis.patterns import Pattern, Search
from analysis.polarity import Rewriting, read_rewritings, rescore, score_expressions, sum_up
from analysis.speakers import Sides, read_sides
from analysis.storage import judgement_hashes
from analysis.tables import INPUT, KEYS, TABLES, typed
from analysis.terms import Lexicon, find_terms, find_units, read_lexicons
from analysis.text import Line, Removed, Rules, checksum, clean, read_rules, read_token_pattern, words_found_by
from analysis.voices import Reader
from analysis.wordlists import VoiceWords, read_voice_words

Row = tuple[object, ...]  # cells in the order of the table's columns
Tables = dict[str, pd.DataFrame]
Meta = Mapping[Hashable, object]  # a row of articles.csv
Key = TypeVar("Key", bound=tuple[int | str, ...])


@dataclass(frozen=True)
class Judgements:
    """What a corpus folder says about its own texts: boilerplate, who speaks and how, spellings, phrases and facts."""

    rules: Rules
    voices: VoiceWords
    sides: Mapping[str, Sides]
    lexicons: Mapping[str, Lexicon]
    rewritings: Mapping[str, Sequence[Rewriting]]
    facts: tuple[Fact, ...]
    pattern: re.Pattern[str] | None = None  # of a word, where the corpus has its own

    def lexicon(self, article: str) -> Lexicon:
        """Give the lexicon that holds for an article."""
        return self.lexicons.get(article, self.lexicons[""])

    def facts_about(self, article: str) -> Search:
        """Give the search for the facts that an article could mention."""
        about = tuple(fact.code for fact in self.facts if not fact.articles or article in fact.articles)
        if about not in self._searches:
            facts = [fact for fact in self.facts if fact.code in about]
            self._searches[about] = Search(tuple((fact.code, pattern) for fact in facts for pattern in fact.patterns))
        return self._searches[about]

    @cached_property
    def _searches(self) -> dict[tuple[str, ...], Search]:
        return {}

    def verbs_in(self, pattern: Pattern) -> frozenset[str]:
        """Give the reporting verbs that a pattern finds."""
        if pattern.text not in self._verbs:
            self._verbs[pattern.text] = self.voices.introduces(pattern)
        return self._verbs[pattern.text]

    @cached_property
    def _verbs(self) -> dict[str, frozenset[str]]:
        return {}

    def reader(self, article: str, translation: str) -> Reader:
        """Give a new reader of an article's voices; in translated copy a pronoun's gender decides nothing."""
        return Reader(self.voices, self.sides.get(article, self.sides[""]), translation != "none")


@dataclass(frozen=True)
class Article:
    """One raw text, cleaned and split."""

    article_id: str
    lines: Sequence[Line]
    removed: Sequence[Removed]
    sentences: Sequence[Sentence]

    def passage_texts(self) -> Iterator[str]:
        """Give the text of each passage, in the order of passages.csv."""
        for sentence in self.sentences:
            yield from (sentence.text[p.start : p.end].strip() for p in sentence.passages)


def read_judgements(folder: Path) -> Judgements:
    """Read the rules and word lists of a corpus folder: its .toml files and stopwords.txt.

    Raises
    ------
    ValueError
        An entry is incomplete or cannot be read; the message names the file and the entry.
    """
    pattern = read_token_pattern(folder)
    with words_found_by(pattern):
        sides = read_sides(folder)
        return Judgements(
            read_rules(folder / "boilerplate.toml"), read_voice_words(folder), sides, read_lexicons(folder),
            read_rewritings(folder, sides), read_facts(folder), pattern,
        )  # fmt: skip


def known_judgements(folder: Path) -> Judgements:
    """Give the rules and word lists of a corpus folder, read once in a process as long as their files are the same."""
    return _read_once(folder, tuple(sorted(judgement_hashes(folder).items())))


@lru_cache(maxsize=2)
def _read_once(folder: Path, hashes: tuple[tuple[str, str], ...]) -> Judgements:
    return read_judgements(folder)


def split_text(meta: Meta, raw: str, judgements: Judgements) -> Article:
    """Clean one raw text and split it into sentences and passages.

    Parameters
    ----------
    meta : mapping
        The article's row of articles.csv: article_id, title and translation are used.
    raw : str
    judgements : Judgements

    Raises
    ------
    ValueError
        Nothing of the text is left after cleaning.
    """
    article_id = str(meta["article_id"])
    with words_found_by(judgements.pattern):
        lines, removed = clean(raw, str(meta["title"]), judgements.rules, article_id)
        reader = judgements.reader(article_id, str(meta["translation"]))
        sentences = split_article(lines, judgements.lexicon(article_id).joined, reader)
    if not sentences:
        raise ValueError(f"{article_id}: no word is left after cleaning; look at the text and at boilerplate.toml")
    return Article(article_id, lines, removed, sentences)


# ----------------------------------------------------------------------------------------------- the tables


def build_tables(metadata: pd.DataFrame, texts: Mapping[str, str], judgements: Judgements) -> tuple[Tables, list[str]]:
    """Build every table of a corpus; the same input gives the same tables, row for row.

    Parameters
    ----------
    metadata : DataFrame
        One row per article, from `read_metadata`.
    texts : mapping
        article_id -> raw text.
    judgements : Judgements
        The corpus's own rules and word lists.

    Returns
    -------
    dict of DataFrame, list of str
        The tables of `TABLES`, and the text of each row of passages.
    """
    part = build_part(metadata.to_dict("records"), texts.__getitem__, judgements, strict=True)
    return {**part.tables, "overlap": list_overlap(part.runs)}, part.texts


@dataclass(frozen=True)
class Part:
    """What is built of some articles: their tables, `overlap` empty; the text of each passage; the runs of five words.

    `rejects` says of each article that could not be built why.
    """

    tables: Tables
    texts: list[str]
    runs: dict[str, Runs]
    rejects: dict[str, str]


def build_part(articles: Iterable[Meta], read: Callable[[str], str], judgements: Judgements, *, strict: bool) -> Part:
    """Build the tables of some articles of a corpus.

    Parameters
    ----------
    articles : iterable of mappings
        The rows of articles.csv.
    read : function
        article_id -> raw text.
    judgements : Judgements
    strict : bool
        Let an article that cannot be built stop everything; otherwise it is left out, with the reason.
    """
    rows, runs, rejects = _Rows(), {}, {}
    for meta in articles:
        article_id = str(meta["article_id"])
        state = rows.state()
        try:
            runs[article_id] = rows.add_article(meta, read(article_id), judgements)
        except Exception as error:
            if strict:
                raise
            rows.restore(state)
            rejects[article_id] = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    return Part(rows.tables(), rows.texts, runs, rejects)


def list_overlap(runs: Mapping[str, Runs]) -> pd.DataFrame:
    """Make the table of pairs of articles that share text."""
    return _table("overlap", list(find_overlap(runs)))


class _Rows:
    """The rows of all tables while they grow; `terms` are numbers until all are there."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.of: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.texts: list[str] = []
        self.numbers: Vocabulary[tuple[str, str, str, str]] = Vocabulary()  # of (term, form, kind, written)
        self.terms: list[int] = []
        self.passages: list[int] = []  # of each term, the row of its passage

    def state(self) -> list[int]:
        """Say how far the rows have grown."""
        return [len(grown) for grown in self._grown()]

    def restore(self, state: Sequence[int]) -> None:
        """Drop what was added since."""
        for grown, length in zip(self._grown(), state, strict=True):
            del grown[length:]

    def _grown(self) -> list[list[Any]]:
        return [*self.of.values(), self.texts, self.terms, self.passages]

    def tables(self) -> Tables:
        """Give the tables."""
        tables = {name: _table(name, self.of[name]) for name in TABLES if name not in ("terms", "capitals")}
        tables["terms"], tables["capitals"] = self._count_terms(tables["passages"])
        return {name: tables[name] for name in TABLES}

    def _count_terms(self, passages: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Count each term, form and kind in each passage, in alphabetical order within it; and what has capitals."""
        met, terms, rows = list(self.numbers), np.array(self.terms, np.int64), np.array(self.passages, np.int64)
        capital = np.array([form != written for _, form, _, written in met], bool)[terms]
        return (
            _count_keys("terms", passages, rows, [key[:3] for key in met], terms),
            _count_keys("capitals", passages, rows[capital], met, terms[capital]),
        )

    def add_article(self, meta: Meta, raw: str, judgements: Judgements) -> Runs:
        """Add the rows of one article; give its runs of five words."""
        article = split_text(meta, raw, judgements)
        article_id, facts = article.article_id, judgements.facts_about(article.article_id)
        self.of["articles"].append((*(meta[name] for name in INPUT), *_article_counts(article, raw)))
        self.of["removed_lines"] += [(article_id, r.number, r.rule, r.n_words) for r in article.removed]
        mentions: list[Row] = []
        for sentence in article.sentences:
            mentions += self._add_sentence(article_id, sentence, judgements, facts)
        self.of["facts"] += _first_mentions(article_id, mentions, facts)
        self.texts += article.passage_texts()
        return five_grams(article.sentences)

    def _add_sentence(self, article_id: str, sentence: Sentence, judgements: Judgements, facts: Search) -> list[Row]:
        """Add one sentence's passages, markers, terms, scored words and indicators to the rows; give its facts."""
        number, lexicon = sentence.number, judgements.lexicon(article_id)
        units, voices = find_units(sentence, lexicon), [passage.voice for passage in sentence.passages]
        expressions, rows, first_row = score_expressions(sentence), self.of, len(self.of["passages"])
        for i, p in enumerate(sentence.passages):
            rows["passages"].append((
                article_id, sentence.paragraph, number, i + 1, sentence.section, p.voice, p.quotation, p.speaker,
                p.side, p.verb, len(p.tokens), *sum_up([e for e in expressions if e.passage == i]),
            ))  # fmt: skip
        marked = [(i, m.kind, m.words, m.side) for i, m in sentence.markers]
        for (i, kind, words, side), count in _count(marked):
            rows["markers"].append((article_id, number, i + 1, kind, words, count, side))
        for t in find_terms(units, lexicon):
            self.terms.append(self.numbers[t.term, t.form, t.kind, t.written])
            self.passages.append(first_row + t.passage)
        for e in sorted(expressions, key=lambda e: (e.passage, e.words, e.polarity, e.subjectivity)):
            rows["sentiment_words"].append((article_id, number, e.passage + 1, e.words, e.polarity, e.subjectivity))
        for variant, again in rescore(sentence, judgements.rewritings.get(article_id, judgements.rewritings[""])):
            for i in range(len(sentence.passages)):
                before, now = ([e for e in found if e.passage == i] for found in (expressions, again))
                if [e.polarity for e in before] != [e.polarity for e in now]:
                    rows["sentiment_variants"].append((article_id, number, i + 1, variant, *sum_up(now)))
        for (i, frame, pattern), count in _count(lexicon.indicators.find(units, voices)):
            rows["indicator_hits"].append((article_id, number, i + 1, frame, pattern, count))
        mentions: list[Row] = []
        for i, fact, text in facts.find(units, voices) if sentence.section != "subhead" else []:
            said = _where_said(sentence.passages, i, judgements.verbs_in(facts.by_text[fact, text]))
            mentions.append((article_id, fact, number, said.voice, said.side))
        return mentions


def _article_counts(article: Article, raw: str) -> Row:
    polarity, subjectivity, scored = assess(" ".join(s.text for s in article.sentences if s.section == "body"))
    return (
        sum(len(p.tokens) for s in article.sentences for p in s.passages),
        len(article.sentences),
        sum(line.number > 0 for line in article.lines),
        sum(not r.rule.startswith("span: ") for r in article.removed),
        checksum(raw),
        polarity if scored else None,
        subjectivity if scored else None,
    )


def _count_keys(
    name: str, passages: pd.DataFrame, rows: Numbers, keys: Sequence[tuple[str, ...]], numbers: Numbers
) -> pd.DataFrame:
    """Count keys in passages, given the row and the number of the key of each occurrence, in alphabetical order."""
    ordered = sorted(set(keys))
    place = {key: i for i, key in enumerate(ordered)}  # from the order of meeting to the alphabet
    columns = np.array([place[key] for key in keys], np.int64)[numbers]
    counts = count_cells(rows, columns, (len(passages), max(len(ordered), 1))).tocoo()
    table = passages[KEYS["passages"]].take(counts.row).reset_index(drop=True)
    for number, field in enumerate(TABLES[name][len(table.columns) : -1]):
        table[field.name] = np.array([key[number] for key in ordered], dtype=object)[counts.col]
    return table.assign(count=counts.data)


def _count(found: Sequence[Key]) -> list[tuple[Key, int]]:
    """Count equal things, in order."""
    return sorted(Counter(found).items()) if found else []


def _where_said(passages: Sequence[Passage], i: int, verbs: frozenset[str]) -> Passage:
    """Give the passage that a hit belongs to: what a reporting verb says ('denied') is said in its complement."""
    if passages[i].voice in ("quote", "reported"):
        return passages[i]
    return next((p for p in passages if p.verb in verbs and p.verb), passages[i])


def _first_mentions(article_id: str, mentions: Sequence[Row], facts: Search) -> Iterator[Row]:
    """Say for each fact in how many sentences an article mentions it, and where and in whose voice first."""
    for code in dict.fromkeys(code for code, _ in facts.patterns):
        mine = [m for m in mentions if m[1] == code]
        first = mine[0] if mine else (article_id, code, None, "", "")
        yield (*first, len({m[2] for m in mine}))


def _table(name: str, rows: Sequence[Row]) -> pd.DataFrame:
    return typed(name, pd.DataFrame(rows, columns=[field.name for field in TABLES[name]]))
