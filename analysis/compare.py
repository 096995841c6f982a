"""Measures: each takes a Corpus and returns a labelled table, in which raw counts travel with every score."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.corpus import ROW, Corpus, indicator_matrix
from analysis.overlap import LISTED
from analysis.tables import nearest


def check_by(corpus: Corpus, by: str, function: str) -> None:
    """Refuse what is no column of articles.csv: a comparison is one of articles."""
    if by not in corpus.articles:
        way = (f"select({by}=…) compares sources within one {by}" if by in corpus.passages
               else nearest(by, corpus.articles.columns))  # fmt: skip
        raise ValueError(f"{function}: by={by!r} is no column of articles.csv; {way}")


def select_pair(corpus: Corpus, by: str, group: str, rest: str | None, function: str) -> Corpus:
    """Select two groups that are set against each other, or all where there is no second; refuse what cannot be."""
    check_by(corpus, by, function)
    known = corpus.groups(by)
    for name in (group, *([] if rest is None else [rest])):
        if name not in known:
            raise ValueError(f"{function}: {by} has no {name!r} here; {nearest(str(name), map(str, known))}")
    if group == rest:
        raise ValueError(f"{function}: {group!r} cannot be set against itself")
    return corpus if rest is None else corpus.select(**{by: [group, rest]})


def to_table(rows: pd.DataFrame, corpus: Corpus, counted: str = "", **parameters: object) -> pd.DataFrame:
    """Number the rows anew, and write into `attrs` what they were made from and what they count."""
    rows = rows.reset_index(drop=True)
    rows.attrs = corpus.provenance(**parameters) | ({"counted": counted} if counted else {})
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
    return to_table(rows, corpus, "words", by=by)


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
    matrix, index, words = _weigh(corpus, unit, weighting)
    vectors = pd.DataFrame.sparse.from_spmatrix(matrix, index=index, columns=words)
    vectors.attrs = corpus.provenance(unit=unit, weighting=weighting)
    return vectors


def _weigh(corpus: Corpus, unit: str, weighting: str) -> tuple[sparse.csr_matrix, pd.Index, pd.Series]:
    """Give what `vectorize` does as a matrix, with its rows and columns."""
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
    return sparse.csr_matrix(matrix), index, words.terms["term"]


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
        shared_words (words that both use), shared_5grams (runs of five words that both contain: copied text; NaN for
        the pairs with little of it that overlap does not list of more than 200 articles). Of more than 200 articles
        only the pairs that overlap lists; `attrs["note"]` says so.
    """
    from sklearn.preprocessing import normalize  # needs a second to load

    matrix, articles, _ = _weigh(corpus, "article", weighting)
    overlap = corpus.tables["overlap"].set_index(["article_id", "other_id"])["shared_5grams"]
    many = len(articles) > LISTED
    if many:
        first, second = (articles.get_indexer(overlap.index.get_level_values(name)) for name in overlap.index.names)
        here = (first >= 0) & (second >= 0)
        first, second = first[here], second[here]
    else:
        first, second = np.triu_indices(len(articles), k=1)
    pairs = pd.DataFrame({"article_id": articles[first], "other_id": articles[second]})
    unit, used = normalize(matrix.astype(float)), (matrix > 0).astype(np.int64)
    pairs["cosine"], pairs["shared_words"] = (_products(rows, first, second) for rows in (unit, used))
    pairs["shared_5grams"] = overlap.reindex(pd.MultiIndex.from_frame(pairs[overlap.index.names])).to_numpy()
    result = to_table(pairs, corpus, weighting=weighting)
    if many:
        result.attrs["note"] = (f"Of more than {LISTED} articles only those pairs are compared that share a tenth of"
                                " their runs of five words.")  # fmt: skip
    return result


def _products(matrix: sparse.csr_matrix, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Give the scalar product of two rows each, some thousand at a time."""
    parts = [slice(i, i + 10_000) for i in range(0, len(first), 10_000)]
    sums = [np.asarray(matrix[first[part]].multiply(matrix[second[part]]).sum(axis=1)).ravel() for part in parts]
    return np.concatenate(sums) if sums else np.zeros(0, matrix.dtype)


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
    return to_table(rows, corpus, "occurrences of indicators", by=by)


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
    return count_present(corpus.group_matrix("article_id") @ counts, group_articles(corpus, by), len(corpus.groups(by)))


def group_articles(corpus: Corpus, by: str) -> np.ndarray:
    """Give the number of each article's group, in the order of the rows of `group_matrix("article_id")`."""
    labels = corpus.articles.sort_values("article_id")[by]
    return pd.Categorical(labels, categories=corpus.groups(by)).codes.astype(np.intp)


def count_present(counts: sparse.csr_array, group_of: np.ndarray, n_groups: int) -> np.ndarray:
    """Count the rows of each group in which a column is not zero: groups x columns."""
    counts.eliminate_zeros()
    found = sparse.csr_array((np.ones(counts.nnz, np.int64), counts.indices, counts.indptr), shape=counts.shape)
    return (indicator_matrix(group_of, n_groups) @ found).toarray()


def rate(count: pd.Series | np.ndarray, words: pd.Series | np.ndarray | int) -> np.ndarray:
    """Give occurrences per 1,000 words; NaN where there are no words."""
    n = np.asarray(words, float)
    return 1000 * np.asarray(count, float) / np.where(n > 0, n, np.nan)
