"""Measures of frames: which ones each source uses, in whose voice, by the reading first and the dictionary second.

A frame belongs to a sentence. It is carried by one of its passages, the one with most hits of the frame's indicators,
or the longest where none has any, and so it has a voice and a side. What a reporting verb ('denied') finds is carried
by what it reports.
"""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analysis.codebook import NONE, codes_of
from analysis.coding import CODED_SECTIONS, SENTENCE, describe_coding, reference_coding
from analysis.compare import check_by, rate, to_table
from analysis.corpus import ROW, Corpus
from analysis.evidence import show_sentences
from analysis.resampling import BLOCK, DRAWS, check_draws, count_labellings, number_blocks, share_intervals
from analysis.statistics import (
    at_least,
    benjamini_hochberg,
    labellings,
    permutation_floor,
    permutation_share,
)
from analysis.tables import nearest
from analysis.wordlists import read_voice_words

VOICES = ("all", "outlet", "reported", "quote")


def count_codes(corpus: Corpus) -> pd.DataFrame:
    """List the frames of every sentence, by the reading and by the dictionary, with who says it.

    Parameters
    ----------
    corpus : Corpus
        A frame is in a selection when the passage that carries it is.

    Returns
    -------
    DataFrame
        One row per sentence and frame that the reading or the dictionary has there, in reading order: article_id,
        source, sentence, section, frame, coded (by the reading; empty where the sentence was not read), found (by the
        dictionary, indicators marked ambiguous left out), patterns (that hit, ambiguous ones too), attribute, voice
        (outlet takes scare quotes along), speaker, side, passage, carried (how these are known: 'one voice' has the
        whole sentence; 'indicator': the passage with most hits; 'longest': no indicator hits, the longest passage),
        begins, ends (share of the article's words before the sentence and up to its end).
    """
    cells = read_cells(corpus)
    present = cells["coded"].fillna(False).astype(bool) | cells["found"]
    places = pd.MultiIndex.from_frame(corpus.passages[ROW])
    chosen = cells[present & pd.MultiIndex.from_frame(cells[ROW]).isin(places)]
    columns = ["article_id", "source", "sentence", "section", "frame", "coded", "found", "patterns", "attribute",
               "voice", "speaker", "side", "passage", "carried", "begins", "ends"]  # fmt: skip
    table = to_table(chosen[columns], corpus, "sentences")
    table.attrs["frames"], table.attrs["coding"] = frame_names(corpus), describe_coding(corpus)
    table.attrs["codes"] = "; ".join(f"{code}: {name}" for code, name in frame_names(corpus).items()) + "."
    return table


def _coded(corpus: Corpus, by: str = "source") -> pd.DataFrame:
    """Give the codes of the reading alone, with the group of each."""
    codes = count_codes(corpus)
    codes = codes[codes["coded"].fillna(False).astype(bool)]
    return codes.assign(group=codes["article_id"].map(corpus.articles.set_index("article_id")[by]))


def frame_names(corpus: Corpus) -> dict[str, str]:
    """Give the name of each frame, for charts."""
    return {frame.code: frame.name for frame in corpus.codebook.frames}


def read_cells(corpus: Corpus) -> pd.DataFrame:
    """Give every sentence x frame of the whole corpus with its codes and the passage that carries it."""
    frames = pd.DataFrame({"frame": pd.Series(corpus.codebook.codes, dtype=object)})
    cells = lay_sentences(corpus).reset_index().merge(frames, how="cross")
    keys = pd.MultiIndex.from_frame(cells[SENTENCE])
    cells["source"] = cells["article_id"].map(corpus.tables["articles"].set_index("article_id")["source"])
    read = reference_coding(corpus)
    present = read[read["frame"] != NONE].set_index([*SENTENCE, "frame"])["attribute"]
    key = pd.MultiIndex.from_frame(cells[[*SENTENCE, "frame"]])
    was_read = keys.isin(pd.MultiIndex.from_frame(read[SENTENCE]))
    cells["coded"] = pd.array(np.where(was_read, key.isin(present.index), None), dtype="boolean")
    cells["attribute"] = present.reindex(key).fillna("").to_numpy()
    hits = corpus.tables["indicator_hits"]
    cells["found"] = key.isin(pd.MultiIndex.from_frame(hits.loc[decisive(corpus, hits), [*SENTENCE, "frame"]]))
    named = hits["pattern"].where(decisive(corpus, hits), hits["pattern"] + " (ambiguous)")
    patterns = named.groupby([hits[c] for c in (*SENTENCE, "frame")]).agg(lambda p: ", ".join(dict.fromkeys(p)))
    cells["patterns"] = patterns.reindex(key).fillna("").to_numpy()
    return _carry(cells, corpus.tables["passages"], _said_hits(corpus, hits))


def lay_sentences(corpus: Corpus) -> pd.DataFrame:
    """Say of every sentence where it stands and which of its passages is the longest.

    Returns
    -------
    DataFrame
        Of the whole corpus, indexed by article_id and sentence: section; begins, ends (share of the article's words
        before it, and up to its end); longest (passage; the first of equals).
    """
    passages = corpus.tables["passages"]
    ordered = passages.sort_values([*SENTENCE, "n_words", "passage"], ascending=[True, True, False, True])
    longest = ordered.drop_duplicates(SENTENCE).set_index(SENTENCE)["passage"]
    grouped = passages.groupby(SENTENCE, sort=False)
    sentences = grouped.agg(section=("section", "first"), n_words=("n_words", "sum"))
    words = sentences.pop("n_words")
    until, whole = (words.groupby(level="article_id").transform(how) for how in ("cumsum", "sum"))
    return sentences.assign(begins=(until - words) / whole, ends=until / whole, longest=longest)


def decisive(corpus: Corpus, hits: pd.DataFrame) -> np.ndarray:
    """Say which hits make their frame present: those of indicators that are not marked ambiguous."""
    clear = {(i.frame, i.pattern.text) for i in corpus.codebook.indicators if not i.ambiguous}
    return np.array([pair in clear for pair in zip(hits["frame"], hits["pattern"], strict=True)], bool)


def _said_hits(corpus: Corpus, hits: pd.DataFrame) -> pd.DataFrame:
    """Move the hit of a reporting verb ('denied') from the words of the outlet to the speech that it introduces."""
    words = read_voice_words(corpus.folder)
    verbs = {(i.frame, i.pattern.text): words.introduces(i.pattern) for i in corpus.codebook.indicators}
    passages = corpus.tables["passages"]
    spoken = passages[passages["verb"] != ""]
    said: dict[tuple[str, int], dict[str, int]] = {}
    for row in spoken.itertuples():
        said.setdefault((row.article_id, row.sentence), {}).setdefault(row.verb, row.passage)
    own = set(map(tuple, passages.loc[passages["side"] == "", ROW].to_numpy()))
    moved = []
    for row in hits.itertuples():
        there = (
            said.get((row.article_id, row.sentence), {}) if (row.article_id, row.sentence, row.passage) in own else {}
        )
        lemmas = verbs.get((row.frame, row.pattern), frozenset())
        moved.append(next((there[v] for v in there if v in lemmas), row.passage))
    return hits.assign(passage=moved)


def _carry(cells: pd.DataFrame, passages: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """Add the passage that carries each frame, with its voice, speaker and side."""
    per_passage = hits.groupby([*ROW, "frame"])["count"].sum().reset_index()
    most = per_passage.sort_values([*SENTENCE, "frame", "count", "passage"], ascending=[True, True, True, False, True])
    most = most.drop_duplicates([*SENTENCE, "frame"]).set_index([*SENTENCE, "frame"])["passage"]
    found = most.reindex(pd.MultiIndex.from_frame(cells[[*SENTENCE, "frame"]])).to_numpy()
    cells = cells.assign(passage=np.where(np.isnan(found), cells["longest"], found).astype(np.int64))
    voices = passages.assign(voice=passages["voice"].replace("scare", "outlet"))
    several = voices.drop_duplicates([*SENTENCE, "voice", "side"]).groupby(SENTENCE).size() > 1
    several = several.reindex(pd.MultiIndex.from_frame(cells[SENTENCE])).to_numpy()
    cells["carried"] = np.where(~several, "one voice", np.where(np.isnan(found), "longest", "indicator"))
    return cells.join(voices.set_index(ROW)[["voice", "speaker", "side"]], on=ROW)


# -------------------------------------------------------------------------------------------- comparison


def compare_frames(corpus: Corpus, by: str = "source", *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Say how often each source uses each frame, and in whose voice, by the reading and by the dictionary.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.
    draws : int
        Replicates of the sentence-block bootstrap, 2,000 or more, or 0 for none.
    seed : int
        Of the bootstrap, and of labellings where there are too many to go through.

    Returns
    -------
    DataFrame
        One row per group, frame and voice ('all', and its parts outlet, reported, quote), zeros kept. By the reading:
        coded (sentences with the frame), coded_sentences (sentences read), coded_share, block_low, block_high (95 %
        interval of the share, conditional on these articles; NaN below ten blocks and for zero), coded_per_1000 (such
        sentences per 1,000 words read), articles, n_articles (k of the n that were read have it). By the dictionary:
        found, n_sentences, found_share, found_block_low, found_block_high, found_per_1000; n_words. The denominators
        are the group's, without subheads, so that voices sum to 'all'; shares of the outlet's own sentences come from
        `select(voice="outlet")`. gap (mean share of the group's articles less that of the others'), p (of that gap,
        permuting articles; one-sided; voice 'all' only), p_adjusted (Benjamini-Hochberg over testable rows), floor
        (smallest p there can be), testable (floor .05 or less); n_blocks. What was not read is NaN, and in no
        denominator. `attrs["voices"]` says how far voices are told by rule.

    Raises
    ------
    ValueError
        `by` is no column of articles.csv, fewer draws, or a coding that does not fit.

    Notes
    -----
    One article per source: description of these texts. A frame that nobody coded is absent from these sentences, by
    this reading.
    """
    check_by(corpus, by, "compare_frames")
    check_draws(draws, "compare_frames")
    sentences = _selected_sentences(corpus, by)
    codes = count_codes(corpus).merge(sentences[[*SENTENCE, "group", "block"]], on=SENTENCE)
    coded, read = codes[codes["coded"].fillna(False).astype(bool)], sentences[sentences["read"]]
    index = pd.MultiIndex.from_product([corpus.groups(by), corpus.codebook.codes, VOICES])
    by_reading = _count_shares(coded, read, index, draws, seed)
    by_dictionary = _count_shares(codes[codes["found"]], sentences, index, draws, seed)
    having = pd.concat([coded.assign(voice="all"), coded]).groupby(["group", "frame", "voice"])["article_id"].nunique()
    table = pd.DataFrame({
        by: index.get_level_values(0), "frame": index.get_level_values(1), "voice": index.get_level_values(2),
        "coded": by_reading["count"].astype("Int64"), "coded_sentences": by_reading["n"],
        "coded_share": by_reading["share"], "block_low": by_reading["low"], "block_high": by_reading["high"],
        "coded_per_1000": by_reading["per_1000"],
        "articles": having.reindex(index, fill_value=0).astype("Int64").array,
        "n_articles": by_reading["n_articles"],
        "found": by_dictionary["count"], "n_sentences": by_dictionary["n"], "found_share": by_dictionary["share"],
        "found_block_low": by_dictionary["low"], "found_block_high": by_dictionary["high"],
        "found_per_1000": by_dictionary["per_1000"], "n_words": by_dictionary["n_words"],
    })  # fmt: skip
    table[["coded", "articles"]] = table[["coded", "articles"]].mask(table["coded_sentences"] == 0)
    table = table.join(_permute(table, coded, read, corpus, by, seed)).assign(n_blocks=by_dictionary["n_blocks"])
    result = to_table(
        table, corpus, "sentences", by=by, draws=draws, seed=seed, block=BLOCK, unit="conditional on these articles"
    )
    result.attrs["coding"], result.attrs["frames"] = describe_coding(corpus), frame_names(corpus)
    result.attrs["voices"] = _describe_carrying(coded)
    return result


def _count_shares(
    codes: pd.DataFrame, sentences: pd.DataFrame, index: pd.MultiIndex, draws: int, seed: int
) -> pd.DataFrame:
    """Count the sentences with each frame in each voice, of each group's sentences, with intervals and rates."""
    codes = pd.concat([codes.assign(voice="all"), codes])
    groups = index.get_level_values(0)
    rows = pd.DataFrame({"count": codes.groupby(["group", "frame", "voice"]).size().reindex(index, fill_value=0)})
    grouped = sentences.groupby("group")
    rows["n"] = groups.map(grouped.size()).fillna(0).astype(np.int64)
    rows["n_words"] = groups.map(grouped["n_words"].sum()).fillna(0).astype(np.int64)
    rows["n_articles"] = groups.map(grouped["article_id"].nunique()).fillna(0).astype(np.int64)
    rows["share"] = (rows["count"] / rows["n"].where(rows["n"] > 0)).astype(float)
    rows["low"], rows["high"], rows["n_blocks"] = _block_bounds(codes, sentences, index, draws, seed)
    rows["per_1000"] = rate(rows["count"], rows["n_words"])
    return rows.reset_index(drop=True)


def _describe_carrying(codes: pd.DataFrame) -> str:
    """Say how far the voices of the codes are told by rule."""
    n = codes["carried"].value_counts()
    ruled = n.get("indicator", 0) + n.get("longest", 0)
    if not len(codes):
        return ""
    return (f"The voice of {ruled} of the {len(codes)} codes, in sentences of several voices, is told by rule: where"
            f" indicators stand ({n.get('indicator', 0)}), else the longest part ({n.get('longest', 0)}).")  # fmt: skip


def _selected_sentences(corpus: Corpus, by: str) -> pd.DataFrame:
    """Give the sentences of a selection, subheads apart, with group, selected words, block, and if they were read."""
    passages = corpus.passages.assign(group=corpus.labels(by), block=number_blocks(corpus))
    passages = passages[passages["section"].isin(CODED_SECTIONS)]
    rows = passages.groupby(SENTENCE, sort=False).agg(
        group=("group", "first"), n_words=("n_words", "sum"), block=("block", "first")
    ).reset_index()  # fmt: skip
    read = pd.MultiIndex.from_frame(reference_coding(corpus)[SENTENCE])
    return rows.assign(read=pd.MultiIndex.from_frame(rows[SENTENCE]).isin(read))


def _block_bounds(
    codes: pd.DataFrame, sentences: pd.DataFrame, index: pd.MultiIndex, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the interval of each share, in the order of groups, frames and voices."""
    columns = index.droplevel(0).unique()
    bounds, blocks = [np.empty((2, 0))], [np.empty(0, np.int64)]
    for group in index.get_level_values(0).unique():
        mine, whole = codes[codes["group"] == group], sentences[sentences["group"] == group]
        hits = pd.crosstab(mine["block"], [mine["frame"], mine["voice"]]).reindex(columns=columns, fill_value=0)
        articles = whole.drop_duplicates("block").set_index("block")["article_id"].sort_index()
        if draws and len(articles):
            found, n = share_intervals(hits, whole.groupby("block").size(), articles, draws=draws, seed=seed)
        else:
            found, n = np.full((2, len(columns)), np.nan), 0
        bounds.append(found)
        blocks.append(np.full(len(columns), n))
    low, high = np.concatenate(bounds, axis=1)
    return low, high, np.concatenate(blocks)


def _permute(
    table: pd.DataFrame, codes: pd.DataFrame, sentences: pd.DataFrame, corpus: Corpus, by: str, seed: int
) -> pd.DataFrame:
    """Give the gap between mean shares of articles, and how often articles labelled by chance give as high a one."""
    size = sentences.groupby("article_id").size()
    label = corpus.articles.set_index("article_id")[by].reindex(size.index)
    counted = pd.crosstab(codes["article_id"], codes["frame"])
    shares = counted.reindex(index=size.index, columns=corpus.codebook.codes, fill_value=0).div(size, axis=0).to_numpy()
    found: dict[tuple[Hashable, str], tuple[float, float]] = {}
    floors: dict[Hashable, float] = {}
    for group in corpus.groups(by):
        mine = (label == group).to_numpy()
        floors[group] = 1.0
        if not mine.any() or mine.all():
            continue
        drawn, exact = labellings(mine, draws=count_labellings(len(label)), seed=seed)
        inside = shares[mine].sum(axis=0)
        p = permutation_share(at_least(drawn @ shares, inside).sum(axis=0), len(drawn), exact)
        floors[group] = permutation_floor([int(mine.sum()), int((~mine).sum())]) if exact else 1 / (len(drawn) + 1)
        gap = shares[mine].mean(axis=0) - shares[~mine].mean(axis=0)
        found.update(
            {(group, c): pair for c, pair in zip(corpus.codebook.codes, zip(gap, p, strict=True), strict=True)}
        )
    whole = (table["voice"] == "all").to_numpy()[:, None]
    pairs = [found.get(key, (np.nan, np.nan)) for key in zip(table[by], table["frame"], strict=True)]
    columns = np.where(whole, np.array(pairs, float).reshape(-1, 2), np.nan)
    tests = pd.DataFrame(columns, columns=["gap", "p"], index=table.index)
    floor = table[by].map(floors)
    tests["p_adjusted"] = benjamini_hochberg(tests["p"].where(floor <= 0.05))
    return tests.assign(floor=floor, testable=floor <= 0.05)


def count_salience(corpus: Corpus) -> pd.DataFrame:
    """Say how early each article brings each frame, and whether in its headline.

    Returns
    -------
    DataFrame
        One row per article and frame, zeros kept: article_id, source, frame, coded (sentences of the selection), first
        (number of the first such sentence), begins (share of the article's words before it), headline, standfirst (the
        frame is there). NaN where nothing of the article, or no such part of it, was read or is selected.
    """
    codes = _coded(corpus)
    index = pd.MultiIndex.from_product(
        [corpus.articles["article_id"], corpus.codebook.codes], names=["article_id", "frame"]
    )
    grouped = codes.groupby(["article_id", "frame"])
    rows = pd.DataFrame(
        {"coded": grouped.size(), "first": grouped["sentence"].min(), "begins": grouped["begins"].min()}
    )
    for section in ("headline", "standfirst"):
        rows[section] = grouped["section"].agg(lambda sections, section=section: (sections == section).any())
    rows = rows.reindex(index).reset_index()
    places = pd.MultiIndex.from_frame(reference_coding(corpus)[SENTENCE])
    read = corpus.passages[pd.MultiIndex.from_frame(corpus.passages[SENTENCE]).isin(places)]
    rows["coded"] = rows["coded"].fillna(0).astype("Int64").where(rows["article_id"].isin(set(read["article_id"])))
    rows["first"] = rows["first"].astype("Int64")
    for section in ("headline", "standfirst"):
        there = rows["article_id"].isin(set(read.loc[read["section"] == section, "article_id"]))
        rows[section] = rows[section].astype("boolean").fillna(False).where(there)
    rows.insert(1, "source", rows["article_id"].map(corpus.articles.set_index("article_id")["source"]))
    return to_table(rows, corpus)


def count_cooccurrence(corpus: Corpus, by: str = "source") -> pd.DataFrame:
    """Count in how many sentences two frames stand together, by the reading.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per group of which something was read, and pair of frames, zeros kept: the group, frame, other_frame,
        both (sentences), coded, other_coded (sentences with each), jaccard (both of those with either; NaN where
        neither occurs).
    """
    check_by(corpus, by, "count_cooccurrence")
    codes = _coded(corpus, by)
    rows, read = [], set(_selected_sentences(corpus, by).query("read")["group"])
    for group in [g for g in corpus.groups(by) if g in read]:
        mine = codes[codes["group"] == group]
        places = {
            code: set(map(tuple, mine.loc[mine["frame"] == code, SENTENCE].to_numpy()))
            for code in corpus.codebook.codes
        }
        for one, other in combinations(corpus.codebook.codes, 2):
            both, either = len(places[one] & places[other]), len(places[one] | places[other])
            rows.append({
                by: group, "frame": one, "other_frame": other, "both": both, "coded": len(places[one]),
                "other_coded": len(places[other]), "jaccard": both / either if either else np.nan,
            })  # fmt: skip
    columns = [by, "frame", "other_frame", "both", "coded", "other_coded", "jaccard"]
    return to_table(pd.DataFrame(rows, columns=columns), corpus, by=by)


def count_attributes(corpus: Corpus, by: str = "source") -> pd.DataFrame:
    """Count what coders noted with a frame, and who says it: who is blamed by whom, what is denied in whose voice.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per frame, key, value, group, voice and side that occurs: frame, key, value ('not noted' where the code
        came without), the group, voice, side (of the passage that carries the frame), count (sentences).
    """
    check_by(corpus, by, "count_attributes")
    codes = _coded(corpus, by)
    keys = {frame.code: list(frame.attributes) for frame in corpus.codebook.frames}
    rows = [
        (row.frame, key, value, row.group, row.voice, row.side)
        for row in codes.itertuples()
        for key in keys[row.frame]
        for value in [v for k, v in codes_of(row.attribute) if k == key] or ["not noted"]
    ]
    columns = ["frame", "key", "value", by, "voice", "side"]
    counted = pd.DataFrame(rows, columns=columns).value_counts().rename("count").reset_index()
    order = {code: i for i, code in enumerate(corpus.codebook.codes)} | {g: i for i, g in enumerate(corpus.groups(by))}
    counted = counted.sort_values(
        ["frame", "key", by, "count", "value", "voice", "side"],
        key=lambda c: c.map(order) if c.name in ("frame", by) else -c if c.name == "count" else c,
    )
    return to_table(counted, corpus, by=by)


def read_frame(corpus: Corpus, frame: str, *, most: int | None = None, **values: Any) -> pd.DataFrame:
    """Show every sentence in which a frame was coded or its indicators were found: the evidence of a mark.

    Parameters
    ----------
    corpus : Corpus
        Or a selection of one.
    frame : str
        A code of the codebook.
    most : int, optional
        Only the first so many; `attrs["found"]` says how many there are. Of a large corpus each text has to be read.
    **values
        Further selection, as in `Corpus.select`.

    Returns
    -------
    DataFrame
        article_id, source, sentence, section, voice, speaker, side, coded, found, patterns, attribute, text (of the
        selected passages of the sentence; where its file is not at hand, 'needs text' and its terms).

    Raises
    ------
    KeyError
        The codebook has no such frame; the nearest are offered.
    """
    check_frame(corpus, frame)
    chosen = corpus.select(**values) if values else corpus
    codes = count_codes(chosen)
    columns = ["article_id", "sentence", "section", "voice", "speaker", "side", "coded", "found", "patterns",
               "attribute"]  # fmt: skip
    rows = codes.loc[codes["frame"] == frame, columns]
    table = show_sentences(chosen, rows.head(len(rows) if most is None else most))
    table.attrs["found"] = len(rows)
    return table


def check_frame(corpus: Corpus, frame: str) -> None:
    """Refuse a code that the codebook does not have."""
    if frame not in corpus.codebook.codes and (frame or corpus.codebook.codes):
        raise KeyError(f"codebook.toml has no frame {frame!r}; {nearest(frame, corpus.codebook.codes)}")
