"""TextBlob's adjective polarity: what it says of sentences and sources, from which words, and what it misses.

The polarity of a group is the mean over its sentences with a scored expression, everywhere: what depends on that
choice, and on others, `score_sensitivity` says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.assessments import assess
from analysis.coding import SENTENCE
from analysis.compare import check_by, select_pair, to_table
from analysis.corpus import ROW, Corpus
from analysis.frames import frame_names, read_cells
from analysis.polarity import VARIANTS
from analysis.resampling import DRAWS, check_draws, number_blocks, share_intervals
from analysis.statistics import weighted_average_shift
from analysis.terms import read_stopwords

AS_IT_STANDS, ALIKE, NEUTRAL = "as it stands", "each expression alike", "unscored as 0"
_EXPRESSIONS = "scored expressions, each scored sentence weighing the same"
_SUMS = ["n_words", "n_scored", "n_nonzero", "p", "s"]


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
    passages = _sums(corpus).assign(
        source=corpus.labels("source"), voice=corpus.passages["voice"].replace("scare", "outlet")
    )
    keys = ["article_id", "source", "sentence", "section", "voice"]
    rows = _means(passages.groupby(keys, sort=True)[_SUMS].sum().reset_index())
    return to_table(rows, corpus, "parts of sentences in one voice")


def _sums(corpus: Corpus) -> pd.DataFrame:
    """Give the passages with the sums of polarity and subjectivity that they add to a sentence."""
    passages = corpus.passages
    weights = {"p": passages["polarity"] * passages["n_scored"], "s": passages["subjectivity"] * passages["n_scored"]}
    return passages.assign(**weights)


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    """Turn sums into means, to five decimals: the tables hold six, and a sum of nothing must stay exactly 0."""
    scored = rows["n_scored"].where(rows["n_scored"] > 0)
    rows["polarity"] = (rows.pop("p") / scored).round(5) + 0.0
    rows["subjectivity"] = (rows.pop("s") / scored).round(5) + 0.0
    return rows


def _sentences(passages: pd.DataFrame, corpus: Corpus, by: str) -> pd.DataFrame:
    """Give one row per sentence of the selection: its group, what is scored in it, and its polarity."""
    rows = _means(passages.groupby(SENTENCE)[_SUMS].sum().reset_index())
    rows["group"] = rows["article_id"].map(corpus.articles.set_index("article_id", drop=False)[by])
    return rows


def sentence_polarity(corpus: Corpus) -> pd.DataFrame:
    """Give the polarity of every sentence of the selection, its voices together.

    Returns
    -------
    DataFrame
        One row per sentence: article_id, sentence, section, n_words, n_scored, n_nonzero, polarity, subjectivity.
    """
    rows = _sentences(_sums(corpus), corpus, "article_id").drop(columns="group")
    sections = corpus.passages.drop_duplicates(SENTENCE).set_index(SENTENCE)["section"]
    rows.insert(2, "section", sections.reindex(pd.MultiIndex.from_frame(rows[SENTENCE])).to_numpy())
    return rows


def summarize_sentiment(corpus: Corpus, by: str = "source", *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Say how many sentences have a scored word at all, and what their mean polarity is.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.
    draws, seed
        Replicates of the interval (2,000 or more, or 0 for none), and seed of the random numbers.

    Returns
    -------
    DataFrame
        One row per group: n_sentences (all sections in the selection), n_scored_sentences, hit_rate (their share),
        n_scored, n_nonzero (expressions), polarity (mean over the scored sentences), block_low, block_high (95 %,
        blocks of sentences drawn anew within these articles: conditional on them; NaN below ten blocks), n_blocks,
        lowest, highest (sentence).

    Raises
    ------
    ValueError
        `by` is no column of articles.csv, or fewer draws.
    """
    check_by(corpus, by, "summarize_sentiment")
    check_draws(draws, "summarize_sentiment")
    per = _sentences(_sums(corpus), corpus, by)
    blocks = corpus.passages[SENTENCE].assign(block=number_blocks(corpus)).drop_duplicates(SENTENCE)
    per = per.merge(blocks, on=SENTENCE)
    rows = []
    for group in corpus.groups(by):
        mine = per[per["group"] == group]
        scored = mine["polarity"].dropna()
        low, high, n_blocks = _mean_interval(mine, draws, seed)
        rows.append({
            by: group, "n_sentences": len(mine), "n_scored_sentences": len(scored),
            "hit_rate": len(scored) / len(mine) if len(mine) else np.nan,
            "n_scored": int(mine["n_scored"].sum()), "n_nonzero": int(mine["n_nonzero"].sum()),
            "polarity": scored.mean(), "block_low": low, "block_high": high, "n_blocks": n_blocks,
            "lowest": scored.min(), "highest": scored.max(),
        })  # fmt: skip
    return to_table(pd.DataFrame(rows), corpus, "sentences", by=by, draws=draws, seed=seed)


def _mean_interval(sentences: pd.DataFrame, draws: int, seed: int) -> tuple[float, float, int]:
    """Give the interval of a mean over scored sentences, from blocks that hold such a sentence."""
    scored = sentences.dropna(subset="polarity")
    if not draws or scored.empty:
        return np.nan, np.nan, 0
    grouped = scored.groupby("block")
    bounds, n_blocks = share_intervals(
        grouped[["polarity"]].sum(), grouped.size(), grouped["article_id"].first(), draws=draws, seed=seed
    )
    return float(bounds[0, 0]), float(bounds[1, 0]), n_blocks


def compare_scores(corpus: Corpus) -> pd.DataFrame:
    """Set TextBlob's score of each whole text beside the mean of its sentences, and say why they differ.

    Returns
    -------
    DataFrame
        One row per article: article_id, source, n_scored_sentences, n_scored; sentence_mean (mean over scored
        sentences: the study's polarity), expression_mean (mean over all scored expressions), document_polarity
        (TextBlob's score of the body as one text; NaN where the selection does not hold the whole bodies); weighting
        (sentence_mean less expression_mean: a sentence with many expressions counts once), boundaries (expression_mean
        less document_polarity: a negation or an intensifier that TextBlob carries over the end of a sentence).
        document_polarity + boundaries + weighting = sentence_mean.
    """
    per = _sentences(_sums(corpus), corpus, "article_id")
    per["p"] = per["polarity"] * per["n_scored"]
    grouped = per.groupby("article_id")
    n = grouped["n_scored"].sum()
    rows = pd.DataFrame({
        "n_scored_sentences": grouped["polarity"].count(), "n_scored": n,
        "sentence_mean": grouped["polarity"].mean(), "expression_mean": grouped["p"].sum() / n.where(n > 0),
    })  # fmt: skip
    articles = corpus.articles[["article_id", "source"]]
    rows = articles.merge(rows.reset_index(), on="article_id", how="left")
    rows[["n_scored_sentences", "n_scored"]] = rows[["n_scored_sentences", "n_scored"]].fillna(0).astype("int64")
    rows["document_polarity"] = _document_polarity(corpus).to_numpy()
    rows["weighting"] = rows["sentence_mean"] - rows["expression_mean"]
    # the tables hold six decimals
    rows["boundaries"] = (rows["expression_mean"] - rows["document_polarity"]).round(5) + 0.0
    return to_table(rows, corpus)


def _document_polarity(corpus: Corpus) -> pd.Series:
    """Give TextBlob's polarity of each article's body, NaN where the selection lacks a part of it."""

    def body_words(passages: pd.DataFrame) -> pd.Series:
        body = passages[passages["section"] == "body"]
        return corpus.articles["article_id"].map(body.groupby("article_id")["n_words"].sum())

    return corpus.articles["polarity"].where(body_words(corpus.passages) == body_words(corpus.tables["passages"]))


# ------------------------------------------------------------------------------------ which words made it


def _expressions(corpus: Corpus, by: str) -> pd.DataFrame:
    """Give every scored expression of the selection with its group and its weight in its sentence: 1 of so many."""
    places = corpus.passages[ROW].assign(group=corpus.labels(by))
    words = corpus.tables["sentiment_words"].merge(places, on=ROW)
    return words.assign(weight=1 / words.groupby(SENTENCE)["polarity"].transform("size"))


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
    words = _expressions(corpus, by)
    scored = words.drop_duplicates(SENTENCE).groupby("group").size()
    words["contribution"] = words["polarity"] * (words["weight"] / words["group"].map(scored).astype(float))
    rows = words.groupby(["group", "words"]).agg(
        times=("polarity", "size"), polarity=("polarity", "mean"), contribution=("contribution", "sum")
    )
    rows = rows.rename_axis([by, "words"]).reset_index()
    order = rows[by].map({group: i for i, group in enumerate(corpus.groups(by))})
    rows = rows.assign(order=order, weight=-rows["contribution"].abs()).sort_values(["order", "weight", "words"])
    return to_table(
        rows.drop(columns=["order", "weight"]),
        corpus,
        _EXPRESSIONS,
        by=by,
    )


def score_sentiment_shift(corpus: Corpus, group: str, rest: str | None = None, by: str = "source") -> pd.DataFrame:
    """Say which expressions part the mean polarities of two groups, and by how much each.

    Parameters
    ----------
    corpus : Corpus
    group, rest : str
        Two groups of `by`; without `rest` the first is set against all others together.
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per expression of either, the heaviest first, ties by the expression: words, polarity (its score),
        times, rest_times; share, rest_share (of the weights that make the two means); contribution ((share less
        rest_share) x (polarity less the rest's mean); they sum to the gap). `attrs["means"]` holds the two means.
        No row where one of the two has no scored expression.

    Raises
    ------
    ValueError
        No such group; the nearest are offered.

    Notes
    -----
    The weighted average shift of Gallagher et al. (2021) with the rest's mean as reference. An expression weighs as in
    `score_contributions`, so that the means are those of `summarize_sentiment`.
    """
    pair = select_pair(corpus, by, group, rest, "score_sentiment_shift")
    words = _expressions(pair, by)
    words["side"] = np.where(words["group"] == group, "mine", "its")
    cells = {"index": ["words", "polarity"], "columns": "side", "values": "weight", "fill_value": 0}
    counts = words.pivot_table(**cells, aggfunc="size")
    weights = words.pivot_table(**cells, aggfunc="sum")
    if not {"mine", "its"} <= set(weights):  # without a mean on either side there is no gap
        weights, counts = (table.reindex(columns=["mine", "its"]).iloc[:0] for table in (weights, counts))
    scores = weights.index.get_level_values("polarity").to_numpy(float)
    shares = weights / weights.sum()
    rows = pd.DataFrame({
        "words": weights.index.get_level_values("words"), "polarity": scores,
        "times": counts["mine"].to_numpy(), "rest_times": counts["its"].to_numpy(),
        "share": shares["mine"].to_numpy(), "rest_share": shares["its"].to_numpy(),
        "contribution": weighted_average_shift(weights["mine"], weights["its"], scores) if len(weights) else 0.0,
    })  # fmt: skip
    order = rows.assign(heaviest=-rows["contribution"].abs()).sort_values(["heaviest", "words", "polarity"]).index
    table = to_table(rows.loc[order], pair, _EXPRESSIONS, by=by, group=group, rest=rest or "others")
    table.attrs["means"] = [float(rows["share"] @ rows["polarity"]), float(rows["rest_share"] @ rows["polarity"])]
    return table


# --------------------------------------------------------------------------------------------- sensitivity


def score_sensitivity(corpus: Corpus, by: str = "source") -> pd.DataFrame:
    """Say how far each mean polarity moves under other choices that could be defended.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per group and choice: the group, choice, n_sentences, n_scored_sentences, n_scored, n_nonzero, polarity,
        difference (from 'as it stands'). Choices: 'names masked' (persons, bodies and countries of sides.toml), 'set
        phrases masked' (those of sentiment.toml, as 'Cold War'), 'contractions written out' ('isn't' as 'is not':
        TextBlob does not see the negation otherwise); 'function words left out' (scored words of the stop list, as
        'more' and 'other'), '0.0 left out' (expressions that TextBlob scores 0.0 do not count), 'each expression alike'
        (not each sentence), 'unscored as 0' (a sentence without a scored word counts as neutral, which is wrong and
        common).
    """
    check_by(corpus, by, "score_sensitivity")
    base = _sums(corpus)
    alike = _sentences(base, corpus, by)
    choices = {AS_IT_STANDS: alike}
    choices |= {name: _sentences(_rewritten(corpus, base, name), corpus, by) for name in VARIANTS}
    choices["function words left out"] = _sentences(_without_function_words(corpus, base), corpus, by)
    choices["0.0 left out"] = _sentences(base.assign(n_scored=base["n_nonzero"]), corpus, by)
    choices |= {ALIKE: alike, NEUTRAL: alike}
    groups = corpus.groups(by)
    means = {name: _mean_polarity(table, name).reindex(groups) for name, table in choices.items()}
    for table in means.values():
        table["difference"] = table["polarity"] - means[AS_IT_STANDS]["polarity"]
    counts = ["n_sentences", "n_scored_sentences", "n_scored", "n_nonzero"]
    whole = pd.concat(means, names=["choice", by])
    whole[counts] = whole[counts].fillna(0).astype(np.int64)
    group_first = np.arange(len(whole)).reshape(len(means), -1).T.ravel()
    rows = whole.iloc[group_first].reset_index()
    return to_table(rows[[by, "choice", *counts, "polarity", "difference"]], corpus, "sentences", by=by)


def _mean_polarity(sentences: pd.DataFrame, choice: str) -> pd.DataFrame:
    """Give the mean polarity of each group's sentences, and what it rests on."""
    scored = sentences["polarity"].notna()
    weight = {ALIKE: sentences["n_scored"].where(scored, 0), NEUTRAL: 1}.get(choice, scored.astype(np.int64))
    weighted = sentences.assign(
        n_sentences=1, n_scored_sentences=scored, weight=weight, polarity=sentences["polarity"].fillna(0) * weight
    )
    names = ["n_sentences", "n_scored_sentences", "n_scored", "n_nonzero", "weight", "polarity"]
    sums = weighted.groupby("group", sort=False)[names].sum()
    return sums.assign(polarity=sums["polarity"] / sums["weight"].where(sums["weight"] > 0)).drop(columns="weight")


def _without_function_words(corpus: Corpus, passages: pd.DataFrame) -> pd.DataFrame:
    """Take the scored expressions of which every word is on the stop list out of the sums of passages."""
    words, stopwords = corpus.tables["sentiment_words"], read_stopwords(corpus.folder)
    content = words[words["words"].isin([w for w in words["words"].unique() if not set(w.split()) <= stopwords])]
    sums = content.assign(
        p=content["polarity"], s=content["subjectivity"], n_scored=1, n_nonzero=content["polarity"] != 0
    )
    columns = ["p", "s", "n_scored", "n_nonzero"]
    kept = sums.groupby(ROW)[columns].sum().reindex(pd.MultiIndex.from_frame(passages[ROW]), fill_value=0)
    return passages.assign(**{name: kept[name].to_numpy() for name in columns})


def _rewritten(corpus: Corpus, passages: pd.DataFrame, variant: str) -> pd.DataFrame:
    """Put the scores of rewritten passages in the place of those as they stand."""
    table = corpus.tables["sentiment_variants"]
    other = table[table["variant"] == variant].set_index(ROW)
    keys = pd.MultiIndex.from_frame(passages[ROW])
    changed = keys.isin(other.index)
    now = other.reindex(keys[changed])
    result = passages.copy()
    for column in ("n_scored", "n_nonzero"):
        result.loc[changed, column] = now[column].to_numpy()
    for column, name in (("p", "polarity"), ("s", "subjectivity")):
        result.loc[changed, column] = (now[name] * now["n_scored"]).fillna(0.0).to_numpy()
    return result


# ------------------------------------------------------------------------------------------ what it misses


def score_words(corpus: Corpus, words: Sequence[str] = ()) -> pd.DataFrame:
    """Say what TextBlob makes of the words that carry the frames: most are not in its lexicon at all.

    Parameters
    ----------
    corpus : Corpus
    words : sequence of str
        Words to look at. Otherwise the single words of the corpus that the codebook's indicators name, whatever their
        conditions.

    Returns
    -------
    DataFrame
        One row per word, the most frequent first, ties by word: word, frames (whose indicators name it), count (in the
        selection), articles (that contain it), in_lexicon, polarity (of the word alone; NaN where it is not in the
        lexicon).
    """
    named = _framing_words(corpus)
    listed = list(dict.fromkeys(word.lower() for word in words)) or sorted(named)
    terms = corpus.terms["term"].tolist()
    count = dict(zip(terms, np.asarray(corpus.counts.sum(axis=0)).ravel().tolist(), strict=True))
    held = (corpus.group_matrix("article_id") @ corpus.counts > 0).sum(axis=0)
    articles = dict(zip(terms, np.asarray(held).ravel().tolist(), strict=True))
    rows = []
    for word in listed:
        polarity, _, scored = assess(word)
        rows.append({
            "word": word, "frames": ", ".join(named.get(word, ())), "count": int(count.get(word, 0)),
            "articles": int(articles.get(word, 0)), "in_lexicon": bool(scored),
            "polarity": polarity if scored else np.nan,
        })  # fmt: skip
    table = pd.DataFrame(rows, columns=["word", "frames", "count", "articles", "in_lexicon", "polarity"])
    if not words:
        table = table[table["count"] > 0]
    return to_table(table.sort_values(["count", "word"], ascending=[False, True]), corpus, words=list(words))


def _framing_words(corpus: Corpus) -> dict[str, list[str]]:
    """Give the single words of the corpus that indicators name, with the frames of these indicators."""
    words = corpus.terms.loc[corpus.terms["kind"] == "word", "term"]
    named: dict[str, list[str]] = {}
    for indicator in corpus.codebook.indicators:
        for wording in indicator.pattern.wordings:
            if len(wording.words) > 1:
                continue
            begin = wording.words[0]
            for word in words[words.str.startswith(begin)] if wording.begins else words[words == begin]:
                if indicator.frame not in named.setdefault(word, []):
                    named[word].append(indicator.frame)
    return named


def score_frame_sentences(corpus: Corpus) -> pd.DataFrame:
    """Say what polarity the sentences of each frame have, and how many have none.

    Returns
    -------
    DataFrame
        One row per frame, in the codebook's order, then 'no frame' and 'all sentences': frame, name, n_sentences (with
        the frame: by the reading, or by the dictionary where nobody has read), unscored (without a scored word), below,
        zero, above (polarity under, at, over 0.0), polarity (mean of the scored ones).
    """
    per = _sentences(_sums(corpus), corpus, "source").set_index(SENTENCE)["polarity"]
    cells = read_cells(corpus)
    cells = cells[pd.MultiIndex.from_frame(cells[SENTENCE]).isin(per.index)]
    present = cells[cells["coded"].astype("boolean").fillna(cells["found"]).astype(bool)]
    framed = pd.MultiIndex.from_frame(present[SENTENCE].drop_duplicates())
    groups = {code: pd.MultiIndex.from_frame(present.loc[present["frame"] == code, SENTENCE])
              for code in corpus.codebook.codes}  # fmt: skip
    if groups:
        groups["no frame"] = per.index.difference(framed)
    groups["all sentences"] = per.index
    names, rows = frame_names(corpus), []
    for code, places in groups.items():
        values = per.reindex(places)
        rows.append({
            "frame": code, "name": names.get(code, code), "n_sentences": len(values),
            "unscored": int(values.isna().sum()), "below": int((values < 0).sum()), "zero": int((values == 0).sum()),
            "above": int((values > 0).sum()), "polarity": values.mean(),
        })  # fmt: skip
    return to_table(pd.DataFrame(rows), corpus, "sentences")
