"""What is left out: the facts and actors of the event, article by article, by the reading and by patterns."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.codebook import Fact
from analysis.coding import SENTENCE, reference_facts
from analysis.compare import to_table
from analysis.corpus import ROW, Corpus
from analysis.evidence import show_sentences
from analysis.frames import lay_sentences
from analysis.tables import nearest

MENTIONED, ABSENT, UNKNOWN, OTHER = "mentioned", "absent", "not yet known", "not about it"


def compare_facts(corpus: Corpus) -> pd.DataFrame:
    """Say which facts and actors of the event each article mentions, where first, and in whose voice.

    Parameters
    ----------
    corpus : Corpus
        Articles may be selected, passages not: the tables hold first mentions.

    Returns
    -------
    DataFrame
        One row per fact and article, in the order of facts.toml and of the sources. fact, name, group; article_id,
        source; status: 'mentioned', 'absent', 'not yet known' (absent, and published before anybody could know it) or
        'not about it' (facts.toml names the articles that could be, and this is none); basis ('reading', or 'patterns'
        where nobody read the article for it); n (sentences that mention it), first (the first one), begins (share of
        the article's words before that), voice and side there (of the passage in which a pattern hits, or the longest);
        found (n by the patterns), agree (reading and patterns say the same of mention or absence; NaN without a
        reading).

    Raises
    ------
    ValueError
        A selection by voice, side or another column of passages.csv.

    Notes
    -----
    Absent is a statement about this text. What an article could not yet know is no omission; why another fact is not
    there (space, news value, policy) no count can tell.
    """
    partial = sorted(set(corpus.selection) - set(corpus.articles))
    if partial:
        raise ValueError(f"compare_facts: a selection by {partial[0]} has only parts of the articles, and facts.csv"
                         " holds first mentions; select articles")  # fmt: skip
    found = corpus.tables["facts"].set_index(["article_id", "fact"]).to_dict("index")
    read = reference_facts(corpus)
    mentions = read.groupby(["article_id", "fact"])["sentence"].agg(["count", "min"])
    places = _places(corpus)
    order = {source: i for i, source in enumerate(corpus.sources)}
    articles = corpus.articles.assign(order=corpus.articles["source"].map(order)).sort_values(["order", "article_id"])
    rows = []
    for fact in corpus.facts:
        for article in articles.itertuples():
            key = (article.article_id, fact.code)
            hit = found.get(key, {"n": 0, "sentence": pd.NA, "voice": "", "side": ""})
            by_reading = key in mentions.index
            n, first = mentions.loc[key] if by_reading else (hit["n"], hit["sentence"])
            begins, voice, side = places.loc[(article.article_id, int(first))] if n else (float("nan"), "", "")
            if n and hit["n"] and first == hit["sentence"]:
                voice, side = hit["voice"], hit["side"]
            rows.append({
                "fact": fact.code, "name": fact.name, "group": fact.group, "article_id": article.article_id,
                "source": article.source, "status": _status(fact, article, int(n)),
                "basis": "reading" if by_reading else "patterns", "n": int(n), "first": first if n else pd.NA,
                "begins": begins, "voice": voice.replace("scare", "outlet"), "side": side, "found": hit["n"],
                "agree": (n > 0) == (hit["n"] > 0) if by_reading else None,
            })  # fmt: skip
    columns = ["fact", "name", "group", "article_id", "source", "status", "basis", "n", "first", "begins", "voice",
               "side", "found", "agree"]  # fmt: skip
    typed = pd.DataFrame(rows, columns=columns).astype({"first": "Int64", "agree": "boolean"})
    table = to_table(typed, corpus, "sentences that mention a fact")
    kinds = sorted(read.loc[read["article_id"].isin(table["article_id"]), "kind"].unique())
    told = f"Read by a {' and a '.join(kinds)}." if kinds else "Found by patterns; nobody has read for it."
    table.attrs["readers"], table.attrs["note"] = told, _note_early(corpus, table)
    return table


def _note_early(corpus: Corpus, table: pd.DataFrame) -> str:
    """Name the mentions that come before the fact could be known: a date or a pattern is wrong."""
    known = {fact.code: str(fact.known_from) for fact in corpus.facts if fact.known_from}
    if not known:
        return ""
    dates = table["article_id"].map(corpus.articles.set_index("article_id")["date"])
    early = table[(table["n"] > 0) & (dates != "") & (dates < table["fact"].map(known).fillna(""))]
    listed = ", ".join(f"{row.fact} ({row.article_id})" for row in early.itertuples())
    return f"Mentioned before the day that facts.toml gives as known_from: {listed}." if listed else ""


def _places(corpus: Corpus) -> pd.DataFrame:
    """Give for each sentence the share of the article before it, and voice and side of its longest passage."""
    voices = corpus.tables["passages"].set_index(ROW)[["voice", "side"]]
    sentences = lay_sentences(corpus).reset_index().rename(columns={"longest": "passage"})
    return sentences.join(voices, on=ROW).set_index(SENTENCE)[["begins", "voice", "side"]]


def _status(fact: Fact, article: Any, n: int) -> str:
    if fact.articles and article.article_id not in fact.articles:
        return OTHER
    if n:
        return MENTIONED
    return UNKNOWN if fact.known_from and article.date and article.date < str(fact.known_from) else ABSENT


def read_fact(corpus: Corpus, fact: str, *, most: int | None = None, **values: Any) -> pd.DataFrame:
    """Show the sentences in which a fact is mentioned: the evidence of a cell of the matrix.

    Parameters
    ----------
    corpus : Corpus
        Or a selection of one.
    fact : str
        A code of facts.toml.
    most : int, optional
        Only the first so many; `attrs["found"]` says how many there are. Of a large corpus each text has to be read.
    **values
        Further selection, as in `Corpus.select`: `article_id="reuters-1204"`.

    Returns
    -------
    DataFrame
        article_id, source, sentence, basis ('reading', 'patterns': the first mention only), text (as in `read_frame`).

    Raises
    ------
    KeyError
        facts.toml has no such fact; the nearest are offered.
    """
    known = [f.code for f in corpus.facts]
    if fact not in known and (fact or known):
        raise KeyError(f"facts.toml has no fact {fact!r}; {nearest(fact, known)}")
    chosen = corpus.select(**values) if values else corpus
    read, found = reference_facts(corpus), corpus.tables["facts"]
    parts = [
        table[table["fact"] == fact].assign(basis=basis) for table, basis in ((read, "reading"), (found, "patterns"))
    ]
    rows = pd.concat(parts).dropna(subset="sentence").drop_duplicates(SENTENCE)[[*SENTENCE, "basis"]]
    rows = rows[rows["article_id"].isin(chosen.articles["article_id"])].sort_values(SENTENCE)
    table = show_sentences(chosen, rows.head(len(rows) if most is None else most).astype({"sentence": "int64"}))
    table.attrs["found"] = len(rows)
    return table
