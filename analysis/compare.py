"""Measures: each takes a Corpus and returns a labelled table, in which raw counts travel with every score."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.corpus import ROW, Corpus, indicator_matrix
from analysis.tables import nearest


def check_by(corpus: Corpus, by: str, function: str) -> None:
    """Refuse what is no column of articles.csv: a comparison is one of articles."""
    if by not in corpus.articles:
        way = (f"select({by}=…) compares sources within one {by}" if by in corpus.passages
               else nearest(by, corpus.articles.columns))  # fmt: skip
        raise ValueError(f"{function}: by={by!r} is no column of articles.csv; {way}")


def to_table(rows: pd.DataFrame, corpus: Corpus, **parameters: object) -> pd.DataFrame:
    """Number the rows anew and write into `attrs` what they were made from."""
    rows = rows.reset_index(drop=True)
    rows.attrs = corpus.provenance(**parameters)
    return rows


# ------------------------------------------------------------------------------------------- the corpus


def count_voices(corpus: Corpus, by: str = "article_id") -> pd.DataFrame:
    """Count the words that each article, or each group of articles, gives to each voice.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per group and voice that occurs in the corpus: the group, source (where groups are articles),
        voice, n_words, share (of the group's words), n_passages. A voice that a group does not use has 0.
    """
    check_by(corpus, by, "count_voices")
    voices = [v for v in ("outlet", "scare", "reported", "quote") if v in set(corpus.passages["voice"])]
    table = corpus.passages.assign(group=corpus.labels(by))
    index = pd.MultiIndex.from_product([corpus.groups(by), voices], names=[by, "voice"])
    counted = table.groupby(["group", "voice"])["n_words"].agg(["sum", "size"]).reindex(index, fill_value=0)
    rows = counted.set_axis(["n_words", "n_passages"], axis=1).reset_index()
    total = rows.groupby(by)["n_words"].transform("sum")
    rows.insert(3, "share", (rows["n_words"] / total).where(total > 0))
    if by == "article_id":
        rows.insert(1, "source", rows[by].map(corpus.articles.set_index("article_id")["source"]))
    return to_table(rows, corpus, by=by)


def count_removed(corpus: Corpus) -> pd.DataFrame:
    """Count what was cleaned away, by article and rule.

    Returns
    -------
    DataFrame
        One row per article and rule: article_id, rule, lines, n_words.
    """
    removed = corpus.tables["removed_lines"]
    removed = removed[removed["article_id"].isin(corpus.articles["article_id"])]
    counted = removed.groupby(["article_id", "rule"]).agg(lines=("line", "size"), n_words=("n_words", "sum"))
    return to_table(counted.reset_index(), corpus)


# ------------------------------------------------------------------------------------- vectors, similarity


def vectorize(corpus: Corpus, unit: str = "article", weighting: str = "count") -> pd.DataFrame:
    """Turn the corpus into a matrix of units by words, as scikit-learn takes it.

    Parameters
    ----------
    corpus : Corpus
    unit : {"article", "source", "sentence", "passage"}
        What a row is.
    weighting : {"count", "tfidf"}
        Occurrences, or scikit-learn's TF-IDF (smoothed idf, rows of Euclidean length 1).

    Returns
    -------
    DataFrame
        Sparse; one row per unit, one column per word of the corpus (phrases are left out, their words stand
        there already). Hand it to any scikit-learn estimator.

    Raises
    ------
    ValueError
        Unknown unit or weighting.

    Notes
    -----
    Description: with five documents idf takes five values, and a word's weight says little about its meaning.
    """
    if weighting not in ("count", "tfidf"):
        raise ValueError(f"vectorize: weighting {weighting!r} is not 'count' or 'tfidf'")
    words = corpus.keep(kind="word")
    if words.terms.empty:
        raise ValueError("vectorize: the selection has no word")
    if unit in ("article", "source"):
        column = {"article": "article_id"}.get(unit, unit)
        matrix, index = words.group_matrix(column) @ words.counts, pd.Index(words.groups(column), name=column)
    elif unit == "passage":
        matrix, index = words.counts, pd.MultiIndex.from_frame(words.passages[ROW])
    elif unit == "sentence":
        places = pd.MultiIndex.from_frame(words.passages[["article_id", "sentence"]])
        codes, index = places.factorize()
        matrix = indicator_matrix(codes, len(index)) @ words.counts
    else:
        raise ValueError(f"vectorize: unit {unit!r} is not 'article', 'source', 'sentence' or 'passage'")
    if weighting == "tfidf":
        from sklearn.feature_extraction.text import TfidfTransformer  # needs a second to load

        matrix = TfidfTransformer().fit_transform(sparse.csr_matrix(matrix))
    vectors = pd.DataFrame.sparse.from_spmatrix(sparse.csr_matrix(matrix), index=index, columns=words.terms["term"])
    vectors.attrs = corpus.provenance(unit=unit, weighting=weighting)
    return vectors


def compare_articles(corpus: Corpus, weighting: str = "tfidf") -> pd.DataFrame:
    """Say how alike the articles' vocabularies are, two by two.

    Parameters
    ----------
    corpus : Corpus
    weighting : {"tfidf", "count"}
        As in `vectorize`.

    Returns
    -------
    DataFrame
        One row per pair: article_id, other_id, cosine (0: no word in common, 1: the same proportions),
        shared_words (words that both use), shared_5grams (runs of five words that both contain: copied text).
    """
    from sklearn.metrics.pairwise import cosine_similarity  # needs a second to load

    vectors = vectorize(corpus, "article", weighting)
    matrix = sparse.csr_matrix(vectors.sparse.to_coo())
    used = (matrix > 0).astype(np.int64)
    first, second = np.triu_indices(len(vectors), k=1)
    pairs = pd.DataFrame({"article_id": vectors.index[first], "other_id": vectors.index[second]})
    pairs["cosine"] = cosine_similarity(matrix)[first, second]
    pairs["shared_words"] = (used @ used.T).toarray()[first, second]
    overlap = corpus.tables["overlap"].set_index(["article_id", "other_id"])["shared_5grams"]
    pairs["shared_5grams"] = overlap.reindex(pd.MultiIndex.from_frame(pairs[overlap.index.names])).to_numpy()
    return to_table(pairs, corpus, weighting=weighting)


# -------------------------------------------------------------------------------------- words by source


def count_vocabulary(corpus: Corpus, by: str = "source") -> pd.DataFrame:
    """Count the framing vocabulary: every indicator of the codebook in every source.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per indicator and group, in the codebook's order, zeros kept. frame, pattern; the group; count;
        n_words (of the group); per_1000 (count per 1,000 words); articles, n_articles (k of n contain it).

    Notes
    -----
    That a frame's word stands in a text does not make the frame present, nor its absence the frame absent:
    `score_indicators` says how often it does. A place where an indicator's conditions do not hold is not counted.
    """
    check_by(corpus, by, "count_vocabulary")
    groups, words = corpus.groups(by), corpus.words(by)
    counts = (corpus.group_matrix(by) @ corpus.hits).toarray()
    articles = count_articles(corpus, by, corpus.hits)
    n_articles = corpus.articles[by].value_counts().reindex(groups)
    indicators = corpus.indicators
    rows = indicators.loc[indicators.index.repeat(len(groups))].reset_index(drop=True)
    rows[by] = groups * len(indicators)
    rows["count"] = counts.T.ravel()
    rows["n_words"] = np.tile(words.to_numpy(), len(indicators))
    rows["per_1000"] = rate(rows["count"], rows["n_words"])
    rows["articles"] = articles.T.ravel()
    rows["n_articles"] = np.tile(n_articles, len(indicators))
    return to_table(rows, corpus, by=by)


def count_forms(corpus: Corpus, term: str, by: str = "source") -> pd.DataFrame:
    """Count the spellings that were unified under one term ('kiev' and 'kyiv'), group by group.

    Parameters
    ----------
    corpus : Corpus
    term : str
        A term of the corpus, as it is counted.
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per form and group, zeros kept: term, form, the group, count.

    Raises
    ------
    KeyError
        No such term; the nearest are offered.
    """
    check_by(corpus, by, "count_forms")
    forms = corpus.tables["terms"]
    forms = forms[forms["term"] == term]
    if forms.empty:
        raise KeyError(f"no term {term!r} in {corpus.name}; {nearest(term, corpus.terms['term'])}")
    places = corpus.passages[ROW].assign(group=corpus.labels(by))
    counted = forms.merge(places, on=ROW).groupby(["form", "group"])["count"].sum()
    index = pd.MultiIndex.from_product([sorted(forms["form"].unique()), corpus.groups(by)], names=["form", by])
    rows = counted.rename_axis(["form", by]).reindex(index, fill_value=0).reset_index()
    rows.insert(0, "term", term)
    return to_table(rows, corpus, by=by)


def count_articles(corpus: Corpus, by: str, counts: sparse.csr_array) -> np.ndarray:
    """Count the articles of each group that contain each column of `counts` (passages x columns)."""
    articles = corpus.articles.sort_values("article_id")  # as `groups` sorts them
    groups = pd.Categorical(articles[by], categories=corpus.groups(by))
    found = (corpus.group_matrix("article_id") @ counts > 0).astype(np.int64)
    return (indicator_matrix(groups.codes, len(groups.categories)) @ found).toarray()


def rate(count: pd.Series | np.ndarray, words: pd.Series | np.ndarray | int) -> np.ndarray:
    """Give occurrences per 1,000 words; NaN where there are no words."""
    n = np.asarray(words, float)
    return 1000 * np.asarray(count, float) / np.where(n > 0, n, np.nan)


# --------------------------------------------------------------------------------------------- sentiment


def score_sentiment(corpus: Corpus) -> pd.DataFrame:
    """Give the TextBlob adjective polarity of every sentence, and how many words it rests on.

    Returns
    -------
    DataFrame
        One row per sentence and voice: article_id, source, sentence, section, voice (outlet takes scare quotes
        along), n_words, n_scored (expressions that TextBlob scores), n_nonzero (those not scored 0.0), polarity,
        subjectivity (means over the scored expressions; NaN, not zero, where there are none).

    Notes
    -----
    TextBlob averages a lexicon of review adjectives: a measure of adjectives, not of tone or stance. Expressions
    are assessed in their whole sentence and counted in the passage where they stand.
    """
    passages = corpus.passages.assign(
        source=corpus.labels("source"),
        voice=corpus.passages["voice"].replace("scare", "outlet"),
        p=corpus.passages["polarity"] * corpus.passages["n_scored"],
        s=corpus.passages["subjectivity"] * corpus.passages["n_scored"],
    )
    keys = ["article_id", "source", "sentence", "section", "voice"]
    rows = passages.groupby(keys, sort=True)[["n_words", "n_scored", "n_nonzero", "p", "s"]].sum().reset_index()
    scored = rows["n_scored"].where(rows["n_scored"] > 0)
    rows["polarity"], rows["subjectivity"] = rows.pop("p") / scored, rows.pop("s") / scored
    return to_table(rows, corpus)


def summarize_sentiment(corpus: Corpus, by: str = "source") -> pd.DataFrame:
    """Say how many sentences have a scored word at all, and what their mean polarity is.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per group: n_sentences (all sections in the selection), n_scored_sentences, hit_rate (their share),
        n_scored, n_nonzero (expressions), polarity (mean over the scored sentences), lowest, highest (sentence),
        document_polarity (mean of TextBlob's scores of the whole bodies, which weighs each expression alike instead
        of each sentence; NaN where the selection does not hold the whole bodies).
    """
    check_by(corpus, by, "summarize_sentiment")
    sentences = score_sentiment(corpus)
    sentences["p"] = sentences["polarity"] * sentences["n_scored"]
    per = sentences.groupby(["article_id", "sentence"])[["n_scored", "n_nonzero", "p"]].sum().reset_index()
    per["polarity"] = per["p"] / per["n_scored"].where(per["n_scored"] > 0)
    per["group"] = per["article_id"].map(dict(zip(corpus.articles["article_id"], corpus.articles[by], strict=True)))
    grouped = per.groupby("group")
    rows = pd.DataFrame({
        "n_sentences": grouped.size(), "n_scored_sentences": grouped["polarity"].count(),
        "hit_rate": grouped["polarity"].count() / grouped.size(),
        "n_scored": grouped["n_scored"].sum(), "n_nonzero": grouped["n_nonzero"].sum(),
        "polarity": grouped["polarity"].mean(),
        "lowest": grouped["polarity"].min(), "highest": grouped["polarity"].max(),
        "document_polarity": _document_polarity(corpus).groupby(corpus.articles[by]).mean(),
    })  # fmt: skip
    rows = rows.reindex(corpus.groups(by)).rename_axis(by).reset_index()
    counts = ["n_sentences", "n_scored_sentences", "n_scored", "n_nonzero"]
    rows[counts] = rows[counts].fillna(0).astype("int64")
    return to_table(rows, corpus, by=by)


def _document_polarity(corpus: Corpus) -> pd.Series:
    """Give TextBlob's polarity of each article's body, NaN where the selection lacks a part of it."""

    def body_words(passages: pd.DataFrame) -> pd.Series:
        body = passages[passages["section"] == "body"]
        return corpus.articles["article_id"].map(body.groupby("article_id")["n_words"].sum())

    return corpus.articles["polarity"].where(body_words(corpus.passages) == body_words(corpus.tables["passages"]))


def score_contributions(corpus: Corpus, by: str = "source") -> pd.DataFrame:
    """Say which expressions made a group's mean polarity, and how much of it each of them made.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per group and expression, the heaviest first, ties by the expression: the group, words, times,
        polarity (mean score), contribution. The contributions of a group sum to its mean polarity over scored
        sentences (`summarize_sentiment`).

    Notes
    -----
    An expression of polarity p in a sentence with m scored expressions contributes p / (m x scored sentences).
    """
    check_by(corpus, by, "score_contributions")
    words = corpus.tables["sentiment_words"].merge(corpus.passages[ROW].assign(group=corpus.labels(by)), on=ROW)
    sentence = words.groupby(["article_id", "sentence"])["polarity"]
    scored = words.drop_duplicates(["article_id", "sentence"]).groupby("group").size()
    words["contribution"] = words["polarity"] / sentence.transform("size") / words["group"].map(scored).astype(float)
    rows = words.groupby(["group", "words"]).agg(
        times=("polarity", "size"), polarity=("polarity", "mean"), contribution=("contribution", "sum")
    )
    rows = rows.rename_axis([by, "words"]).reset_index()
    order = rows[by].map({group: i for i, group in enumerate(corpus.groups(by))})
    rows = rows.assign(order=order, weight=-rows["contribution"].abs()).sort_values(["order", "weight", "words"])
    return to_table(rows.drop(columns=["order", "weight"]), corpus, by=by)
