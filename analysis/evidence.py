"""From a mark to its sentences: where a term stands and who says it, as far as the text is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.corpus import ROW, Corpus
from analysis.matching import read_named_texts
from analysis.tables import nearest
from analysis.terms import read_stopwords

NEEDS_TEXT = "needs text"
_CLOSING = re.compile(r"[,.;:!?…”’)\]]")


def concordance(corpus: Corpus, term: str, *, most: int | None = None, **values: Any) -> pd.DataFrame:
    """Show every passage in which a term, phrase or indicator stands, with its sentence where the text is at hand.

    Parameters
    ----------
    corpus : Corpus
        Or a selection of one.
    term : str
        A term of the corpus; a beginning followed by '*' finds all terms that begin so.
    most : int, optional
        Only the first so many; `attrs["found"]` says how many there are. Of a large corpus each text has to be read.
    **values
        Further selection, as in `Corpus.select`: `source="teleSUR"`, `voice="outlet"`.

    Returns
    -------
    DataFrame
        One row per passage: article_id, source, sentence, passage, section, voice, speaker, side, count, terms (all
        terms of the passage in alphabetical order, from the tables), text (the passage; where its file is not at hand,
        'needs text' and the terms). `attrs["needs_text"]` says how to add the texts.

    Raises
    ------
    KeyError
        The term stands nowhere in the whole corpus; the nearest terms are offered.
    """
    if not term.strip("* "):
        raise ValueError("concordance: give a term, or the beginning of one and '*'")
    pattern = re.compile(re.escape(term.lower().rstrip("*")) + (".*" if term.endswith("*") else ""), re.S)
    columns = corpus.terms["term"].map(lambda t: bool(pattern.fullmatch(t))).to_numpy()
    if not columns.any():
        forms = corpus.tables["terms"].set_index("form")["term"]
        if term.lower() in forms.index:
            counted = sorted(set(forms.loc[[term.lower()]]))
            raise KeyError(f"{term!r} is a spelling that is counted as {' and '.join(map(repr, counted))}")
        if term.lower() in read_stopwords(corpus.folder):
            raise KeyError(f"{term!r} is a function word of stopwords.txt; those are counted in n_words, not listed")
        raise KeyError(f"no term {term!r} in {corpus.name}; {nearest(term.lower(), corpus.terms['term'])}")
    chosen = corpus.select(**values) if values else corpus
    counts = chosen.counts @ columns.astype(np.int64)
    rows = np.flatnonzero(counts)
    table = _evidence(chosen, rows[:most], term=term)
    table.insert(list(table).index("side") + 1, "count", counts[rows[:most]])
    table.attrs["found"] = len(rows)
    return table


def read_passages(corpus: Corpus, *, most: int | None = None, **values: Any) -> pd.DataFrame:
    """Show every passage of a selection, with its words where the text is at hand: `speaker="Vladimir Putin"`.

    Parameters
    ----------
    corpus : Corpus
        Or a selection of one.
    most : int, optional
        Only the first so many; `attrs["found"]` says how many there are. Of a large corpus each text has to be read.
    **values
        Further selection, as in `Corpus.select`.

    Returns
    -------
    DataFrame
        As from `concordance`, without count.
    """
    chosen = corpus.select(**values) if values else corpus
    table = _evidence(chosen, np.arange(len(chosen.passages))[:most])
    table.attrs["found"] = len(chosen.passages)
    return table


def _evidence(chosen: Corpus, rows: np.ndarray, **parameters: object) -> pd.DataFrame:
    """Show passages as evidence: where they stand, who speaks, and their words or at least their terms."""
    table = chosen.passages.loc[rows, ["article_id", "sentence", "passage", "section", "voice", "speaker", "side"]]
    table.insert(1, "source", chosen.labels("source").iloc[rows])
    names, cells = chosen.terms["term"].to_numpy(), chosen.counts[rows]
    held = np.split(names[cells.indices], cells.indptr[1:-1])
    table["terms"] = np.array([", ".join(dict.fromkeys(mine)) for mine in held[: len(rows)]], dtype=object)
    texts = passage_texts(chosen, rows)
    table["text"] = texts.where(texts.notna(), table["terms"].map(say_terms))
    table.attrs = chosen.provenance(**parameters)
    return _note_missing(chosen, table.reset_index(drop=True), missing=bool(texts.isna().any()))


def passage_texts(corpus: Corpus, rows: np.ndarray) -> pd.Series:
    """Give the text of some passages; of a large corpus the files of their articles are read, ARTICLE_ID.txt each.

    Returns
    -------
    Series
        Indexed as these rows of `passages`; NaN where a file is not at hand, or is not the text that was built from.
    """
    texts = corpus.texts.iloc[rows]
    if corpus.text_folder is None:
        return texts
    places = corpus.passages.iloc[rows][ROW]
    articles = corpus.articles[corpus.articles["article_id"].isin(set(places["article_id"]))]
    read = read_named_texts(corpus.folder, articles, corpus.text_folder)
    found = [read.get(place, np.nan) for place in places.itertuples(index=False, name=None)]
    return pd.Series(found, index=texts.index, dtype=object)


def show_sentences(corpus: Corpus, table: pd.DataFrame) -> pd.DataFrame:
    """Add source and text to a table of sentences (article_id, sentence), as evidence.

    The text is that of the selected passages of the sentence; where its file is not at hand, 'needs text' and the
    terms of the sentence in alphabetical order.
    """
    places = list(zip(table["article_id"], table["sentence"], strict=True))
    wanted = np.flatnonzero(corpus.passages["article_id"].isin(set(table["article_id"])))
    texts = sentence_texts(corpus, wanted)
    rows_of: dict[tuple[str, int], list[int]] = {place: [] for place in places if place not in texts}
    for row, place in zip(wanted, _sentence_of(corpus, wanted), strict=True):
        if place in rows_of:
            rows_of[place].append(int(row))
    told = {place: say_terms(list_terms(corpus, mine)) for place, mine in rows_of.items()}
    rows = table.reset_index(drop=True)
    rows.insert(1, "source", rows["article_id"].map(corpus.articles.set_index("article_id")["source"]))
    rows["text"] = [texts[place] if place in texts else told[place] for place in places]
    rows.attrs = {**corpus.provenance(), **table.attrs}
    return _note_missing(corpus, rows, missing=bool(told))


def sentence_texts(corpus: Corpus, rows: np.ndarray | None = None) -> dict[tuple[str, int], str]:
    """Give the text of each sentence of the selection (or of some rows of it) whose article's file is at hand."""
    rows = np.arange(len(corpus.passages)) if rows is None else rows
    parts: dict[tuple[str, int], list[str]] = {}
    for place, text in zip(_sentence_of(corpus, rows), passage_texts(corpus, rows), strict=True):
        if isinstance(text, str):
            parts.setdefault(place, []).append(text)
    return {place: join_passages(found)[0] for place, found in parts.items()}


def _sentence_of(corpus: Corpus, rows: np.ndarray) -> Iterator[tuple[str, int]]:
    return corpus.passages[["article_id", "sentence"]].iloc[rows].itertuples(index=False, name=None)


def join_passages(parts: Sequence[str]) -> tuple[str, list[int]]:
    """Put a sentence together from its passages, and say where each of them begins in it."""
    text, begins = "", []
    for part in parts:
        text += " " if text and not _CLOSING.match(part) else ""
        begins.append(len(text))
        text += part
    return text, begins


def list_terms(corpus: Corpus, rows: Sequence[int] | np.ndarray) -> str:
    """List the terms of some passages, each once, in alphabetical order."""
    return ", ".join(sorted(set(corpus.terms["term"].to_numpy()[corpus.counts[np.asarray(rows, np.intp)].indices])))


def say_terms(terms: str) -> str:
    """Say what stands where a text would."""
    return f"{NEEDS_TEXT}; its terms: {terms}"


def _note_missing(corpus: Corpus, table: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    """Say with a table in which a text is missing how to add the texts."""
    if missing:
        table.attrs["needs_text"] = (
            f"Sentences of some articles are not shown: put the raw articles as .txt files into"
            f" corpus/{corpus.name}/text/ (the names do not matter; they are recognized by their checksum)."
        )
    return table
