"""From raw texts to the tables of a corpus: every count that the study needs, each in its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import pandas as pd

from analysis.assessments import assess
from analysis.codebook import Fact, read_facts
from analysis.passages import Passage, Sentence, split_article
from analysis.patterns import Pattern, Search
from analysis.polarity import Rewriting, read_rewritings, rescore, score_expressions, sum_up
from analysis.speakers import Sides, read_sides
from analysis.tables import TABLES
from analysis.terms import (
    Lexicon,
    Words,
    find_terms,
    find_units,
    five_grams,
    read_lexicons,
)
from analysis.text import Line, Removed, Rules, checksum, clean, read_rules
from analysis.voices import Reader
from analysis.wordlists import VoiceWords, read_voice_words

Row = dict[str, object]
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Judgements:
    """What a corpus folder says about its own texts: boilerplate, who speaks and how, spellings, phrases and facts."""

    rules: Rules
    voices: VoiceWords
    sides: Mapping[str, Sides]
    lexicons: Mapping[str, Lexicon]
    rewritings: Mapping[str, Sequence[Rewriting]]
    facts: tuple[Fact, ...]

    def lexicon(self, article: str) -> Lexicon:
        """Give the lexicon that holds for an article."""
        return self.lexicons.get(article, self.lexicons[""])

    def facts_about(self, article: str) -> Search:
        """Give the search for the facts that an article could mention."""
        about = [fact for fact in self.facts if not fact.articles or article in fact.articles]
        return _search(tuple((fact.code, pattern) for fact in about for pattern in fact.patterns))

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
    sides = read_sides(folder)
    return Judgements(
        read_rules(folder / "boilerplate.toml"), read_voice_words(folder), sides, read_lexicons(folder),
        read_rewritings(folder, sides), read_facts(folder),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _search(patterns: tuple[tuple[str, Pattern], ...]) -> Search:
    return Search(patterns)


def split_text(meta: Mapping[Hashable, object], raw: str, judgements: Judgements) -> Article:
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
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    five: dict[str, set[Words]] = {}
    passage_texts: list[str] = []
    for meta in metadata.to_dict("records"):
        article_id = str(meta["article_id"])
        article = split_text(meta, texts[article_id], judgements)
        rows["articles"].append({**meta, **_article_counts(article), "sha256": checksum(texts[article_id])})
        rows["removed_lines"] += [
            {"article_id": article_id, "line": r.number, "rule": r.rule, "n_words": r.n_words} for r in article.removed
        ]
        facts = judgements.facts_about(article_id)
        mentions: list[Row] = []
        for sentence in article.sentences:
            mentions += _add_sentence(rows, article_id, sentence, judgements, facts)
        rows["facts"] += _first_mentions(article_id, mentions, facts)
        passage_texts += article.passage_texts()
        five[article_id] = five_grams(article.sentences)
    rows["overlap"] = [_overlap(a, b, five) for a, b in combinations(five, 2)]
    return {name: _typed_table(name, rows[name]) for name in TABLES}, passage_texts


def _article_counts(article: Article) -> Row:
    polarity, subjectivity, scored = assess(" ".join(s.text for s in article.sentences if s.section == "body"))
    return {
        "n_words": sum(len(p.tokens) for s in article.sentences for p in s.passages),
        "n_sentences": len(article.sentences),
        "lines_kept": sum(line.number > 0 for line in article.lines),
        "lines_removed": sum(not r.rule.startswith("span: ") for r in article.removed),
        "polarity": polarity if scored else None,
        "subjectivity": subjectivity if scored else None,
    }


def _add_sentence(
    rows: dict[str, list[Row]], article_id: str, sentence: Sentence, judgements: Judgements, facts: Search
) -> list[Row]:
    """Add one sentence's passages, markers, terms, scored expressions and indicators to the rows; give its facts."""
    place, lexicon = {"article_id": article_id, "sentence": sentence.number}, judgements.lexicon(article_id)
    units, voices = find_units(sentence, lexicon), [passage.voice for passage in sentence.passages]
    terms = find_terms(units, lexicon)
    expressions = score_expressions(sentence)
    for i, passage in enumerate(sentence.passages):
        rows["passages"].append({
            **place, "paragraph": sentence.paragraph, "passage": i + 1, "section": sentence.section,
            "voice": passage.voice, "quotation": passage.quotation, "speaker": passage.speaker,
            "side": passage.side, "verb": passage.verb, "n_words": len(passage.tokens),
            **sum_up([e for e in expressions if e.passage == i]),
        })  # fmt: skip
    marked = Counter((i, m.kind, m.words, m.side) for i, m in sentence.markers)
    for (i, kind, words, side), count in sorted(marked.items()):
        rows["markers"].append(place | {"passage": i + 1, "kind": kind, "words": words, "count": count, "side": side})
    for (i, *names), count in sorted(Counter((t.passage, t.term, t.form, t.kind) for t in terms).items()):
        rows["terms"].append(
            place | {"passage": i + 1} | dict(zip(("term", "form", "kind"), names, strict=True)) | {"count": count}
        )
    for e in sorted(expressions, key=lambda e: (e.passage, e.words, e.polarity, e.subjectivity)):
        rows["sentiment_words"].append(
            place
            | {
                "passage": e.passage + 1,
                "words": e.words,
                "polarity": e.polarity,
                "subjectivity": e.subjectivity,
            }
        )
    for variant, again in rescore(sentence, judgements.rewritings.get(article_id, judgements.rewritings[""])):
        for i in range(len(sentence.passages)):
            before, now = ([e for e in found if e.passage == i] for found in (expressions, again))
            if [e.polarity for e in before] != [e.polarity for e in now]:
                rows["sentiment_variants"].append(place | {"passage": i + 1, "variant": variant} | sum_up(now))
    for (i, frame, pattern), count in sorted(Counter(lexicon.indicators.find(units, voices)).items()):
        rows["indicator_hits"].append(place | {"passage": i + 1, "frame": frame, "pattern": pattern, "count": count})
    mentions = []
    for i, fact, text in facts.find(units, voices) if sentence.section != "subhead" else []:
        said = _where_said(sentence.passages, i, judgements.voices.introduces(facts.by_text[fact, text]))
        mentions.append(place | {"fact": fact, "voice": said.voice, "side": said.side})
    return mentions


def _where_said(passages: Sequence[Passage], i: int, verbs: frozenset[str]) -> Passage:
    """Give the passage that a hit belongs to: what a reporting verb says ('denied') is said in its complement."""
    if passages[i].voice in ("quote", "reported"):
        return passages[i]
    return next((p for p in passages if p.verb in verbs and p.verb), passages[i])


def _first_mentions(article_id: str, mentions: Sequence[Row], facts: Search) -> Iterator[Row]:
    """Say for each fact in how many sentences an article mentions it, and where and in whose voice first."""
    for code in dict.fromkeys(code for code, _ in facts.patterns):
        mine = [m for m in mentions if m["fact"] == code]
        first = mine[0] if mine else {"article_id": article_id, "fact": code, "sentence": None, "voice": "", "side": ""}
        yield {**first, "n": len({m["sentence"] for m in mine})}


def _overlap(a: str, b: str, five: Mapping[str, set[Words]]) -> Row:
    shared = len(five[a] & five[b])
    share = [shared / len(five[x]) if five[x] else 0.0 for x in (a, b)]
    return {
        "article_id": a,
        "other_id": b,
        "shared_5grams": shared,
        "share": share[0],
        "other_share": share[1],
    }


def _typed_table(name: str, rows: Sequence[Row]) -> pd.DataFrame:
    """Make a table with the columns, types and precision that reading it from its file would give."""
    table = pd.DataFrame(rows, columns=[f.name for f in TABLES[name]])
    kinds = {"integer": "int64", "number": "float64"}
    table = table.astype({
        f.name: "Int64" if f.type == "integer" and not f.required else kinds.get(f.type, "object")
        for f in TABLES[name]
    })  # fmt: skip
    numbers = [f.name for f in TABLES[name] if f.type == "number"]
    table[numbers] = table[numbers].round(6) + 0.0
    return table
