"""The sentences behind a term, with the term marked; where the text is not at hand, what the tables hold of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from analysis.corpus import ROW, Corpus
from analysis.evidence import join_passages, list_terms, passage_texts, say_terms
from analysis.loading import forms_of
from analysis.text import normal_form, read_token_pattern, tokenize, words_found_by

MOST = 20  # sentences shown
_SPOKEN = {"outlet": "the outlet's own words", "scare": "scare quotes", "reported": "indirect speech",
           "quote": "quotation"}  # fmt: skip
Span = tuple[int, int]


@dataclass(frozen=True)
class Evidence:
    """A sentence in which a term is counted: where, in whose mouths, how often, its text, and the places to mark.

    Without the text `text` has the sentence's terms, in alphabetical order.
    """

    article_id: str
    sentence: int
    told: str
    count: int
    text: str
    marks: Sequence[Span]
    known: bool


def find_evidence(
    corpus: Corpus, chosen: Corpus, source: str, term: str, kind: str, most: int = MOST
) -> tuple[list[Evidence], int, int]:
    """Give the first sentences of a source in which a term is counted.

    Parameters
    ----------
    corpus : Corpus
        Has all passages of these sentences.
    chosen : Corpus
        A selection of it: only what stands there is counted and marked.
    source, term, kind : str
        As in a row of `compare_terms`.
    most : int
        Sentences given.

    Returns
    -------
    list of Evidence, int, int
        Of how many sentences these are the first, and the occurrences in all of them.
    """
    counts = chosen.counts @ ((chosen.terms["term"] == term) & (chosen.terms["kind"] == kind)).to_numpy(np.int64)
    rows = np.flatnonzero((counts > 0) & (chosen.labels("source") == source).to_numpy())
    counted = chosen.passages.iloc[rows].assign(count=counts[rows])
    sentences = counted.groupby(["article_id", "sentence"], sort=True)["count"].sum()
    shown = sentences.head(most)
    articles = set(shown.index.get_level_values(0))
    around = _passages_of(corpus, shown.index)
    texts = passage_texts(corpus, around)
    places = corpus.passages.iloc[around][ROW]
    here = pd.MultiIndex.from_frame(places).isin(pd.MultiIndex.from_frame(counted[ROW]))
    forms = {tuple(form.split(" ")) for form in forms_of(corpus, term, kind, articles)}
    found = []
    with words_found_by(read_token_pattern(corpus.folder)):
        for (article, number), count in shown.items():
            mine = ((places["article_id"] == article) & (places["sentence"] == number)).to_numpy()
            parts = texts[mine].tolist()
            known = all(isinstance(part, str) for part in parts)
            if known:
                text, marks = _mark(_mark_gaps(parts, places.loc[mine, "passage"]), here[mine], forms)
            else:
                text, marks = say_terms(list_terms(corpus, around[mine])), []
            told = _tell_voices(corpus.passages.iloc[around[mine & here]])
            found.append(Evidence(str(article), int(number), told, int(count), text, marks, known))
    return found, len(sentences), int(sentences.sum())


def _passages_of(corpus: Corpus, sentences: pd.MultiIndex) -> np.ndarray:
    """Give the rows of all passages of these sentences."""
    mine = np.flatnonzero(corpus.passages["article_id"].isin(set(sentences.get_level_values(0))))
    places = pd.MultiIndex.from_frame(corpus.passages.iloc[mine][["article_id", "sentence"]])
    return mine[places.isin(sentences)]


def _tell_voices(passages: pd.DataFrame) -> str:
    """Say in whose mouths the term stands."""
    told = []
    for row in passages.itertuples():
        whose = f" of {row.speaker or 'somebody not named'} ({row.side})" if row.side else ""
        told.append(_SPOKEN[row.voice] + whose)
    return ", ".join(dict.fromkeys(told))


def _mark_gaps(parts: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """Put dots where passages of the sentence are not in the corpus that is explored."""
    before = [0, *numbers]
    return [
        part if number == last + 1 else f"… {part}" for part, number, last in zip(parts, numbers, before, strict=False)
    ]


def _mark(parts: Sequence[str], counted: np.ndarray, forms: Collection[tuple[str, ...]]) -> tuple[str, list[Span]]:
    """Put a sentence together from its passages, and find the term where it begins in one that counts."""
    text, begins = join_passages(parts)
    marks: list[Span] = []
    for start, end in find_forms(text, forms):
        in_brackets = bool(marks) and text[marks[-1][1] : start].strip() == "("  # '… Organization (NATO)' counts once
        if counted[np.searchsorted(begins, start, side="right") - 1] and not in_brackets:
            marks.append((start, end))
    return text, marks


def find_forms(text: str, forms: Collection[tuple[str, ...]]) -> Iterator[Span]:
    """Find where a text has one of these runs of words (their normal forms): the longest first, none within another."""
    tokens = tokenize(text)
    words = [normal_form(token.text) for token in tokens]
    sizes = sorted({len(form) for form in forms}, reverse=True)
    i = 0
    while i < len(tokens):
        size = next((n for n in sizes if i + n <= len(words) and tuple(words[i : i + n]) in forms), 0)
        if size:
            last = tokens[i + size - 1]
            yield tokens[i].start, last.start + len(last.text)
        i += size or 1


def show_evidence(source: str, term: str, found: Sequence[Evidence], n_sentences: int, n_occurrences: int) -> str:
    """Write the sentences as HTML; whatever stands in them, they are text."""
    often = f"{n_occurrences:,} occurrence{'' if n_occurrences == 1 else 's'}"
    where = f"{n_sentences:,} sentence{'' if n_sentences == 1 else 's'}"
    first = f"; the first {len(found)}:" if len(found) < n_sentences else ":"
    items = "".join(f"<li>{_marked(e)}<br><small>{escape(_place(e))}</small></li>" for e in found)
    lacking = "" if all(e.known for e in found) else (
        "<p>Put the raw articles as .txt files into the text/ folder of the corpus, and these are sentences.</p>"
    )  # fmt: skip
    head = f"<p><strong>{escape(term)}</strong> in {escape(source)}: {often} in {where}{first}</p>"
    return f"<section>{head}<ol>{items}</ol>{lacking}</section>"


def _place(evidence: Evidence) -> str:
    often = f", {evidence.count} times" if evidence.count > 1 else ""
    if evidence.known and len(evidence.marks) != evidence.count:
        often += f" (what is marked looks alike; {evidence.count} counted)"
    return f"{evidence.article_id}, sentence {evidence.sentence}: {evidence.told}{often}"


def _marked(evidence: Evidence) -> str:
    pieces, last = [], 0
    for start, end in evidence.marks:
        pieces += [escape(evidence.text[last:start]), f"<mark>{escape(evidence.text[start:end])}</mark>"]
        last = end
    return "".join([*pieces, escape(evidence.text[last:])])
