"""Measures of frames: the reading first, the dictionary second, and how well the second reproduces the first.

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
from analysis.coding import SENTENCE, describe_coding, reference_coding
from analysis.compare import check_by, rate, to_table
from analysis.corpus import ROW, Corpus, show_sentences
from analysis.resampling import BLOCK, DRAWS, check_draws, number_blocks, share_intervals
from analysis.statistics import (
    at_least,
    benjamini_hochberg,
    labellings,
    permutation_floor,
    permutation_share,
    wilson_interval,
)
from analysis.tables import nearest
from analysis.wordlists import read_voice_words

VOICES = ("all", "outlet", "reported", "quote")
PARTS = ("in sample", "held out")
OTHERS = "each article by the others"
LEAST_PRECISION = 0.8
LABELLINGS = 9_999


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
        (outlet takes scare quotes along), speaker, side, passage, begins, ends (share of the article's words before the
        sentence and up to its end).
    """
    cells = _cells(corpus)
    present = cells["coded"].fillna(False).astype(bool) | cells["found"]
    places = pd.MultiIndex.from_frame(corpus.passages[ROW])
    chosen = cells[present & pd.MultiIndex.from_frame(cells[ROW]).isin(places)]
    columns = ["article_id", "source", "sentence", "section", "frame", "coded", "found", "patterns", "attribute",
               "voice", "speaker", "side", "passage", "begins", "ends"]  # fmt: skip
    table = to_table(chosen[columns], corpus)
    table.attrs["frames"] = _names(corpus)
    return table


def _names(corpus: Corpus) -> dict[str, str]:
    """Give the name of each frame, for charts."""
    return {frame.code: frame.name for frame in corpus.codebook.frames}


def _cells(corpus: Corpus) -> pd.DataFrame:
    """Give every sentence x frame of the whole corpus with its codes and the passage that carries it."""
    passages, codes = corpus.tables["passages"], corpus.codebook.codes
    sentences = passages.drop_duplicates(SENTENCE)[[*SENTENCE, "section"]]
    words = passages.groupby(SENTENCE, sort=False)["n_words"].sum()
    before = words.groupby(level="article_id", sort=False).cumsum() - words
    total = words.groupby(level="article_id").transform("sum")
    cells = sentences.merge(pd.DataFrame({"frame": pd.Series(codes, dtype=object)}), how="cross")
    keys = pd.MultiIndex.from_frame(cells[SENTENCE])
    cells["begins"] = (before / total).reindex(keys).to_numpy()
    cells["ends"] = ((before + words) / total).reindex(keys).to_numpy()
    cells["source"] = cells["article_id"].map(corpus.tables["articles"].set_index("article_id")["source"])
    read = reference_coding(corpus)
    present = read[read["frame"] != NONE].set_index([*SENTENCE, "frame"])["attribute"]
    key = pd.MultiIndex.from_frame(cells[[*SENTENCE, "frame"]])
    was_read = keys.isin(pd.MultiIndex.from_frame(read[SENTENCE]))
    cells["coded"] = pd.array(np.where(was_read, key.isin(present.index), None), dtype="boolean")
    cells["attribute"] = present.reindex(key).fillna("").to_numpy()
    hits = corpus.tables["indicator_hits"]
    cells["found"] = key.isin(pd.MultiIndex.from_frame(hits.loc[_clear(corpus, hits), [*SENTENCE, "frame"]]))
    patterns = hits.groupby([*SENTENCE, "frame"])["pattern"].agg(lambda p: ", ".join(dict.fromkeys(p)))
    cells["patterns"] = patterns.reindex(key).fillna("").to_numpy()
    return _carry(cells, passages, _said_hits(corpus, hits))


def _clear(corpus: Corpus, hits: pd.DataFrame) -> np.ndarray:
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
    longest = passages.sort_values([*SENTENCE, "n_words", "passage"], ascending=[True, True, False, True])
    longest = longest.drop_duplicates(SENTENCE).set_index(SENTENCE)["passage"]
    per_passage = hits.groupby([*ROW, "frame"])["count"].sum().reset_index()
    most = per_passage.sort_values([*SENTENCE, "frame", "count", "passage"], ascending=[True, True, True, False, True])
    most = most.drop_duplicates([*SENTENCE, "frame"]).set_index([*SENTENCE, "frame"])["passage"]
    found = most.reindex(pd.MultiIndex.from_frame(cells[[*SENTENCE, "frame"]])).to_numpy()
    default = longest.reindex(pd.MultiIndex.from_frame(cells[SENTENCE])).to_numpy()
    cells = cells.assign(passage=np.where(np.isnan(found), default, found).astype(np.int64))
    voices = passages.set_index(ROW)[["voice", "speaker", "side"]]
    voices["voice"] = voices["voice"].replace("scare", "outlet")
    return cells.join(voices, on=ROW)


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
        sentences per 1,000 words read), articles, n_articles (k of n have it). By the dictionary: found, n_sentences,
        found_share, found_block_low, found_block_high, found_per_1000; n_words. The denominators are the group's, so
        that voices sum to 'all'; shares of the outlet's own sentences come from `select(voice="outlet")`.
        gap (mean share of the group's articles less that of the others'), p (of that gap, permuting articles;
        one-sided; voice 'all' only), p_adjusted (Benjamini-Hochberg over testable rows), floor (smallest p there can
        be), testable (floor .05 or less); n_blocks. What was not read is NaN, and in no denominator.

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
    groups = corpus.groups(by)
    sentences = _selected_sentences(corpus, by)
    codes = count_codes(corpus).merge(sentences[[*SENTENCE, "group", "block"]], on=SENTENCE)
    kinds = {"coded": codes["coded"].fillna(False).astype(bool), "found": codes["found"]}
    index = pd.MultiIndex.from_product([groups, corpus.codebook.codes, VOICES], names=[by, "frame", "voice"])
    table = pd.DataFrame(index=index).reset_index()
    key = pd.MultiIndex.from_frame(table[[by, "frame", "voice"]])
    read = sentences["read"]
    for kind, mask in kinds.items():
        whole = sentences[read] if kind == "coded" else sentences
        mine = codes[mask]
        mine = pd.concat([mine.assign(voice="all"), mine])
        n, words = (whole.groupby("group")[c].agg(f) for c, f in (("sentence", "size"), ("n_words", "sum")))
        counted = mine.groupby(["group", "frame", "voice"]).size().reindex(key, fill_value=0).to_numpy()
        of, of_words = (table[by].map(x).fillna(0).astype("int64") for x in (n, words))
        table[kind] = counted
        table["coded_sentences" if kind == "coded" else "n_sentences"] = of
        table[f"{kind}_share"] = (counted / of.where(of > 0)).astype(float)
        low, high, n_blocks = _block_bounds(mine, whole, groups, corpus.codebook.codes, draws, seed)
        prefix = "" if kind == "coded" else "found_"
        table[f"{prefix}block_low"], table[f"{prefix}block_high"] = low, high
        table[f"{kind}_per_1000"] = rate(counted, of_words)
        if kind == "coded":
            having = mine.groupby(["group", "frame", "voice"])["article_id"].nunique()
            table["articles"] = having.reindex(key, fill_value=0).to_numpy()
            table["n_articles"] = table[by].map(corpus.articles[by].value_counts()).astype("int64")
        else:
            table["n_words"], table["n_blocks"] = of_words, n_blocks
    unread = table["coded_sentences"] == 0
    for column in ("coded", "articles"):
        table[column] = table[column].astype("Int64").mask(unread)
    table = _permute(table, codes[kinds["coded"]], sentences[read], corpus, by, seed)
    result = to_table(table, corpus, by=by, draws=draws, seed=seed, block=BLOCK, unit="conditional on these articles")
    result.attrs["coding"], result.attrs["frames"] = describe_coding(corpus), _names(corpus)
    return result


def _selected_sentences(corpus: Corpus, by: str) -> pd.DataFrame:
    """Give the sentences of a selection with their group, selected words, block, and whether they were read."""
    passages = corpus.passages.assign(group=corpus.labels(by), block=number_blocks(corpus))
    rows = passages.groupby(SENTENCE, sort=False).agg(
        group=("group", "first"), n_words=("n_words", "sum"), block=("block", "first")
    ).reset_index()  # fmt: skip
    read = pd.MultiIndex.from_frame(reference_coding(corpus)[SENTENCE])
    return rows.assign(read=pd.MultiIndex.from_frame(rows[SENTENCE]).isin(read))


def _block_bounds(
    codes: pd.DataFrame, sentences: pd.DataFrame, groups: list[Any], frames: list[str], draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the interval of each share, in the order of groups, frames and voices."""
    columns = pd.MultiIndex.from_product([frames, VOICES])
    bounds, blocks = [], []
    for group in groups:
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
    """Add the gap between mean shares of articles, and how often articles labelled by chance give as high a one."""
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
        drawn, exact = labellings(mine, draws=LABELLINGS, seed=seed)
        inside = shares[mine].sum(axis=0)
        p = permutation_share(at_least(drawn @ shares, inside).sum(axis=0), len(drawn), exact)
        floors[group] = permutation_floor([int(mine.sum()), int((~mine).sum())]) if exact else 1 / (len(drawn) + 1)
        gap = shares[mine].mean(axis=0) - shares[~mine].mean(axis=0)
        found.update(
            {(group, c): pair for c, pair in zip(corpus.codebook.codes, zip(gap, p, strict=True), strict=True)}
        )
    whole = table["voice"] == "all"
    pairs = [found.get(key, (np.nan, np.nan)) for key in zip(table[by], table["frame"], strict=True)]
    table[["gap", "p"]] = np.where(whole.to_numpy()[:, None], np.array(pairs, float).reshape(-1, 2), np.nan)
    table["floor"] = table[by].map(floors)
    table["testable"] = table["floor"] <= 0.05
    table["p_adjusted"] = benjamini_hochberg(table["p"].where(table["testable"]))
    columns = [c for c in table if c not in ("gap", "p", "p_adjusted", "floor", "testable", "n_blocks")]
    return table[[*columns, "gap", "p", "p_adjusted", "floor", "testable", "n_blocks"]]


def count_salience(corpus: Corpus) -> pd.DataFrame:
    """Say how early each article brings each frame, and whether in its headline.

    Returns
    -------
    DataFrame
        One row per article and frame, zeros kept: article_id, source, frame, coded (sentences of the selection), first
        (number of the first such sentence), begins (share of the article's words before it), headline, standfirst (the
        frame is there). NaN where the article was not read.
    """
    codes = count_codes(corpus)
    codes = codes[codes["coded"].fillna(False).astype(bool)]
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
    read = rows["article_id"].isin(set(reference_coding(corpus)["article_id"]))
    rows["coded"] = rows["coded"].fillna(0).astype("Int64").where(read)
    rows["first"] = rows["first"].astype("Int64")
    for section in ("headline", "standfirst"):
        rows[section] = rows[section].astype("boolean").fillna(False).where(read)
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
        One row per group and pair of frames, zeros kept: the group, frame, other_frame, both (sentences), coded,
        other_coded (sentences with each), jaccard (both of those with either; NaN where neither occurs).
    """
    check_by(corpus, by, "count_cooccurrence")
    codes = count_codes(corpus)
    codes = codes[codes["coded"].fillna(False).astype(bool)]
    codes = codes.assign(group=codes["article_id"].map(corpus.articles.set_index("article_id")[by]))
    rows = []
    for group in corpus.groups(by):
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
    codes = count_codes(corpus)
    codes = codes[codes["coded"].fillna(False).astype(bool)]
    codes = codes.assign(group=codes["article_id"].map(corpus.articles.set_index("article_id")[by]))
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


def read_frame(corpus: Corpus, frame: str, **values: Any) -> pd.DataFrame:
    """Show every sentence in which a frame was coded or its indicators were found: the evidence of a mark.

    Parameters
    ----------
    corpus : Corpus
        Or a selection of one.
    frame : str
        A code of the codebook.
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
    _check_frame(corpus, frame)
    chosen = corpus.select(**values) if values else corpus
    codes = count_codes(chosen)
    columns = [
        "article_id",
        "sentence",
        "section",
        "voice",
        "speaker",
        "side",
        "coded",
        "found",
        "patterns",
        "attribute",
    ]
    return show_sentences(chosen, codes.loc[codes["frame"] == frame, columns])


def _check_frame(corpus: Corpus, frame: str) -> None:
    if frame not in corpus.codebook.codes and (frame or corpus.codebook.codes):
        raise KeyError(f"codebook.toml has no frame {frame!r}; {nearest(frame, corpus.codebook.codes)}")


# -------------------------------------------------------------------------------------------- dictionary


def score_dictionary(corpus: Corpus) -> pd.DataFrame:
    """Say how well the dictionary reproduces the reading, frame by frame.

    Parameters
    ----------
    corpus : Corpus
        Scored are the sentences of the selection that were read, whatever passage carries a frame.

    Returns
    -------
    DataFrame
        One row per part and frame, then 'micro' (all decisions together) and 'macro' (mean of the frames that were
        coded or found). part ('in sample'; 'each article by the others': the same articles, but in each only those
        indicators that hit in another one, with a precision of .8 or more there; 'held out': the articles that
        codebook.toml names so); frame; coded, found, hits (sentences in which both have it); precision (hits of found),
        recall (hits of coded), f1, each with _low and _high, the Wilson interval at 95 %. NaN where there is nothing to
        take a share of.

        Without a coding the table has no rows, and `attrs["note"]` says so.

    Raises
    ------
    ValueError
        The coding does not fit the corpus or the codebook.

    Notes
    -----
    F1 = 2 hits / (coded + found) is a rising function of hits of either, whose Wilson interval is carried over. The
    intervals take sentences for independent, which within an article they are not. In sample, the indicators were
    chosen with these sentences at hand: the figures flatter. 'Each article by the others' flatters less, though its
    indicators were written with all articles at hand; what a dictionary is worth elsewhere, only 'held out' says.
    """
    cells = _scored_cells(corpus)
    by_others = cells[cells["part"] == PARTS[0]].assign(part=OTHERS)
    by_others["found"] = _found_by_others(corpus, by_others)
    cells = pd.concat([cells, by_others])
    rows = []
    for part in [p for p in (PARTS[0], OTHERS, PARTS[1]) if (cells["part"] == p).any()]:
        mine = cells[cells["part"] == part]
        counts = [_counts(mine[mine["frame"] == code]) for code in corpus.codebook.codes]
        scored = [_scores(*count) for count in counts]
        micro = tuple(int(n) for n in np.sum(counts, axis=0))
        used = pd.DataFrame([s for s, (coded, found, _) in zip(scored, counts, strict=True) if coded or found])
        macro = {name: used[name].mean() for name in ("precision", "recall", "f1") if len(used)}
        rows += [
            {"part": part, "frame": code, **_named(count), **score}
            for code, count, score in zip(corpus.codebook.codes, counts, scored, strict=True)
        ]
        rows += [{"part": part, "frame": "micro", **_named(micro), **_scores(*micro)},
                 {"part": part, "frame": "macro", **_named(micro), **macro}]  # fmt: skip
    columns = ["part", "frame", "coded", "found", "hits"]
    columns += [f"{name}{end}" for name in ("precision", "recall", "f1") for end in ("", "_low", "_high")]
    table = to_table(pd.DataFrame(rows, columns=columns), corpus)
    if not rows:
        table.attrs["note"] = "No sentence has been read: python -m analysis coding --sheet writes a sheet for a coder."
    table.attrs["coding"], table.attrs["frames"] = describe_coding(corpus), _names(corpus)
    return table


def _scored_cells(corpus: Corpus) -> pd.DataFrame:
    """Give the sentences x frames of a selection that were read, with the part to which they belong."""
    cells = _cells(corpus)
    here = pd.MultiIndex.from_frame(cells[SENTENCE]).isin(pd.MultiIndex.from_frame(corpus.passages[SENTENCE]))
    cells = cells[here & cells["coded"].notna()]
    held = cells["article_id"].isin(corpus.codebook.held_out)
    return cells.assign(coded=cells["coded"].astype(bool), part=np.where(held, PARTS[1], PARTS[0]))


def _found_by_others(corpus: Corpus, cells: pd.DataFrame) -> np.ndarray:
    """Say where a frame is found by an indicator that proved itself in another article."""
    key = [*SENTENCE, "frame"]
    hits = _right_hits(corpus, cells)
    own = hits.groupby(["article_id", "frame", "pattern"])["coded"].agg(["size", "sum"])
    others = own.groupby(level=["frame", "pattern"]).transform("sum") - own
    proved = others["sum"] >= LEAST_PRECISION * others["size"].where(others["size"] > 0)
    good = hits[proved.reindex(pd.MultiIndex.from_frame(hits[["article_id", "frame", "pattern"]])).to_numpy()]
    good = good[_clear(corpus, good)]
    return pd.MultiIndex.from_frame(cells[key]).isin(pd.MultiIndex.from_frame(good[key]))


def _right_hits(corpus: Corpus, cells: pd.DataFrame) -> pd.DataFrame:
    """Give each indicator's hit in each scored sentence, and whether the sentence was coded with the frame."""
    key = [*SENTENCE, "frame"]
    hits = corpus.tables["indicator_hits"].drop_duplicates([*key, "pattern"])
    return hits[[*key, "pattern"]].merge(cells[[*key, "coded", "part"]], on=key)


def _counts(cells: pd.DataFrame) -> tuple[int, int, int]:
    return int(cells["coded"].sum()), int(cells["found"].sum()), int((cells["coded"] & cells["found"]).sum())


def _named(counts: tuple[int, ...]) -> dict[str, int]:
    return dict(zip(("coded", "found", "hits"), counts, strict=True))


def _scores(coded: int, found: int, hits: int) -> dict[str, float]:
    """Give precision, recall and F1 with their Wilson intervals."""
    either = coded + found - hits
    shares = {"precision": (hits, found), "recall": (hits, coded), "f1": (hits, either)}
    scores: dict[str, float] = {}
    for name, (k, n) in shares.items():
        values = [k / n if n else np.nan, *map(float, wilson_interval(k, n))]
        if name == "f1":
            values = [2 * v / (1 + v) for v in values]  # from hits of either to hits of the mean of both
        scores.update(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))
    return scores


def score_indicators(corpus: Corpus) -> pd.DataFrame:
    """Say of each indicator how often it hits, how often rightly, and what is to be thought of it.

    Parameters
    ----------
    corpus : Corpus
        As in `score_dictionary`.

    Returns
    -------
    DataFrame
        One row per part and indicator, in the codebook's order: part ('in sample', 'held out'), frame, pattern,
        ambiguous (the reason, '' for none), sentences (of the selection that were read, with a hit), right (of them
        coded with the frame), precision, precision_low, precision_high (Wilson, 95 %), flag ('never', 'once': too rare
        to be judged; 'below .8': drop it, or mark it ambiguous; '' in held out articles, by which nothing is chosen).
    """
    cells = _scored_cells(corpus)
    counted = _right_hits(corpus, cells).groupby(["part", "frame", "pattern"])["coded"].agg(["size", "sum"])
    rows = []
    for part, indicator in ((p, i) for p in PARTS if (cells["part"] == p).any() for i in corpus.codebook.indicators):
        key = (part, indicator.frame, indicator.pattern.text)
        n, right = map(int, counted.loc[key]) if key in counted.index else (0, 0)
        low, high = wilson_interval(right, n)
        fine = right >= LEAST_PRECISION * n or indicator.ambiguous
        flag = {0: "never", 1: "once"}.get(n, "" if fine else "below .8") if part == PARTS[0] else ""
        rows.append({
            "part": part, "frame": key[1], "pattern": key[2], "ambiguous": indicator.ambiguous, "sentences": n,
            "right": right, "precision": right / n if n else np.nan, "precision_low": float(low),
            "precision_high": float(high), "flag": flag,
        })  # fmt: skip
    columns = ["part", "frame", "pattern", "ambiguous", "sentences", "right", "precision", "precision_low",
               "precision_high", "flag"]  # fmt: skip
    return to_table(pd.DataFrame(rows, columns=columns), corpus)


def read_errors(corpus: Corpus, frame: str | None = None) -> pd.DataFrame:
    """List every sentence in which the dictionary and the reading differ.

    Parameters
    ----------
    corpus : Corpus
        As in `score_dictionary`.
    frame : str, optional
        Of this frame only.

    Returns
    -------
    DataFrame
        One row per sentence and frame: article_id, source, sentence, part, frame, error ('false hit': found, not coded;
        'miss': coded, not found), patterns (that hit), text (as in `read_frame`).
    """
    if frame is not None:
        _check_frame(corpus, frame)
    cells = _scored_cells(corpus)
    wrong = cells[(cells["coded"] != cells["found"]) & (cells["frame"] == frame if frame else True)]
    wrong = wrong.assign(error=np.where(wrong["found"], "false hit", "miss"))
    return show_sentences(corpus, wrong[[*SENTENCE, "part", "frame", "error", "patterns"]])
