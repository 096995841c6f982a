"""Measures of who speaks: words by voice and side, reporting verbs, distance, and the course of each article."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.compare import check_by, rate, to_table
from analysis.corpus import ROW, Corpus
from analysis.resampling import BLOCK, BLOCKED, DRAWS, LEAST_BLOCKS, check_draws, number_blocks, share_intervals

VOICES = ("outlet", "scare", "reported", "quote")
SPOKEN = ("reported", "quote")


def count_sides(corpus: Corpus, by: str = "source", *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Say what share of its words and sentences each source gives to its own voice and to each side.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.
    draws : int
        Replicates of the sentence-block bootstrap, 2,000 or more.
    seed : int

    Returns
    -------
    DataFrame
        One row per group, voice and side that occurs in the selection, zeros kept. The group; voice; side ('' in the
        outlet's own words); n_words, share (of the group's selected words); n_sentences (with a passage of this voice
        and side), sentence_share (of the group's selected sentences; the shares do not sum to 1, since a sentence can
        hold several); block_low, block_high and sentence_block_low, sentence_block_high: 95 % intervals of the two
        shares, conditional on these articles; n_blocks (an article's only block, which cannot vary, is none).
        `attrs["note"]` names the groups too short for an interval.

    Raises
    ------
    ValueError
        `by` is no column of articles.csv, or fewer than 2,000 draws.

    Notes
    -----
    Blocks are runs of three sentences or more, of one article, that cut no quotation; they are drawn anew within
    each article. The interval speaks of this text, not of the outlet. A group has none (NaN) below ten blocks, and
    a share of zero has none: nothing can be drawn of it.
    """
    check_by(corpus, by, "count_sides")
    check_draws(draws, "count_sides", none=False)
    groups, kinds = corpus.groups(by), _kinds(corpus)
    passages = corpus.passages.assign(group=corpus.labels(by), block=number_blocks(corpus))
    sentences = passages.drop_duplicates(["article_id", "sentence", "voice", "side"])
    keys = ["group", "voice", "side"]
    index = pd.MultiIndex.from_tuples([(g, *kind) for g in groups for kind in kinds], names=[by, "voice", "side"])
    counted = pd.DataFrame({
        "n_words": passages.groupby(keys)["n_words"].sum(), "n_sentences": sentences.groupby(keys).size()
    })  # fmt: skip
    rows = counted.rename_axis(index.names).reindex(index, fill_value=0).reset_index()
    words = passages.groupby("group")["n_words"].sum()
    whole = passages.drop_duplicates(["article_id", "sentence"]).groupby("group").size()
    rows.insert(4, "share", rows["n_words"] / rows[by].map(words).astype(float))
    rows["sentence_share"] = rows["n_sentences"] / rows[by].map(whole).astype(float)
    rows = rows.join(_intervals(passages, groups, kinds, draws, seed))
    table = to_table(
        rows, corpus, "words", by=by, draws=draws, seed=seed, block=BLOCK, unit="conditional on these articles"
    )
    table.attrs["sides"] = corpus.sides
    notes = []
    if many := [str(g) for g in groups if (corpus.articles[by] == g).sum() > BLOCKED]:
        notes.append(f"No interval for {', '.join(many)}: of more than {BLOCKED:,} articles no blocks are drawn.")
    if short := [str(g) for g in groups if not (rows.loc[rows[by] == g, "n_blocks"] >= LEAST_BLOCKS).any()]:
        notes.append(
            f"No interval for {', '.join(short)}: fewer than {LEAST_BLOCKS} blocks of {BLOCK} sentences or more."
        )
    if notes:
        table.attrs["note"] = " ".join(notes)
    return table


def _kinds(corpus: Corpus) -> list[tuple[str, str]]:
    """List the voices and sides that occur, in their fixed order."""
    found = set(zip(corpus.passages["voice"], corpus.passages["side"], strict=True))
    order = {side: i for i, side in enumerate(["", *corpus.sides])}
    return sorted(found, key=lambda kind: (VOICES.index(kind[0]), order[kind[1]])) or [("outlet", "")]


def _intervals(
    passages: pd.DataFrame, groups: list[object], kinds: list[tuple[str, str]], draws: int, seed: int
) -> pd.DataFrame:
    """Give each row's intervals, in the order of groups and kinds."""
    parts = []
    columns = pd.MultiIndex.from_tuples(kinds)
    for group in groups:
        mine = passages[passages["group"] == group]
        articles = mine.drop_duplicates("block").set_index("block")["article_id"].sort_index()
        once = mine.drop_duplicates(["article_id", "sentence", "voice", "side"]).assign(n_words=1)
        counted = {
            "block": (mine, mine.groupby("block")["n_words"].sum()),
            "sentence_block": (once, mine.groupby("block")["sentence"].nunique()),
        }
        found = pd.DataFrame(index=range(len(kinds)))
        for name, (rows, sizes) in counted.items():
            hits = rows.pivot_table(
                index="block", columns=["voice", "side"], values="n_words", aggfunc="sum", fill_value=0
            )
            hits = hits.reindex(columns=columns, fill_value=0)
            bounds, n_blocks = share_intervals(hits, sizes, articles, draws=draws, seed=seed)
            found["n_blocks"] = n_blocks
            found[f"{name}_low"], found[f"{name}_high"] = bounds
        parts.append(found)
    return pd.concat(parts, ignore_index=True)


def count_verbs(corpus: Corpus, by: str = "source") -> pd.DataFrame:
    """Count which verbs each source gives to which side when it reports speech.

    Parameters
    ----------
    corpus : Corpus
        A selection by side counts that side's verbs; a verb is counted where any passage of its sentence is selected.
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per group, class of verb, verb and side that occurs: the group; kind (class, as voices.toml has it);
        verb (base form); side; count (attributions); n_words (of the group's whole selection).

    Notes
    -----
    Only verbs to which words are given count: none without content, none inside what another reports; 'according to'
    is no verb. A class says what the verb may tell of the reporter's stance (neutral, doubting or assertive, speech
    act, factive). Who is quoted most has most verbs of each class: compare within a side, not between sides.
    """
    check_by(corpus, by, "count_verbs")
    verbs = _markers(corpus, by)
    verbs = verbs[verbs["kind"] != "distance"]
    if "side" in corpus.selection:
        verbs = verbs[verbs["side"].isin(corpus.selection["side"])]
    keys = ["group", "kind", "words", "side"]
    rows = verbs.groupby(keys)["count"].sum().reset_index().rename(columns={"group": by, "words": "verb"})
    order = {group: i for i, group in enumerate(corpus.groups(by))}
    rows = rows.sort_values([by, "kind", "count", "verb", "side"], key=lambda c: c.map(order) if c.name == by else
                            -c if c.name == "count" else c)  # fmt: skip
    rows["n_words"] = rows[by].map(corpus.words(by)).astype("int64")
    table = to_table(rows, corpus, "reporting verbs", by=by)
    table.attrs["sides"] = corpus.sides
    return table


def count_distance(corpus: Corpus, by: str = "source") -> pd.DataFrame:
    """Count the words and quotation marks by which each source keeps its distance.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv.

    Returns
    -------
    DataFrame
        One row per marker, voice in which it occurs, and group, zeros kept: words (a word of distance, or 'scare
        quotes'), voice, the group, count, n_words (of the group's selection, all voices), per_1000.

    Notes
    -----
    'alleged' in a quotation is its speaker's distance, in the outlet's words the outlet's: hence the voice.
    """
    check_by(corpus, by, "count_distance")
    words = _markers(corpus, by, sentences=False)
    words = words[words["kind"] == "distance"]
    scare = corpus.passages.assign(group=corpus.labels(by), words="scare quotes", count=1)
    scare = scare[scare["voice"] == "scare"].assign(voice="outlet")
    found = pd.concat([words.assign(voice=words["voice"].replace("scare", "outlet")), scare])
    counted = found.groupby(["words", "voice", "group"])["count"].sum()
    pairs = sorted(set(zip(found["words"], found["voice"], strict=True)))
    index = pd.MultiIndex.from_tuples([(*p, g) for p in pairs for g in corpus.groups(by)], names=["words", "voice", by])
    rows = counted.rename_axis(index.names).reindex(index, fill_value=0).reset_index() if pairs else \
        pd.DataFrame(columns=["words", "voice", by, "count"])  # fmt: skip
    rows["n_words"] = rows[by].map(corpus.words(by)).astype("int64")
    rows["per_1000"] = rate(rows["count"], rows["n_words"])
    return to_table(rows, corpus, "words and marks of distance", by=by)


def _markers(corpus: Corpus, by: str, *, sentences: bool = True) -> pd.DataFrame:
    """Give the markers of the selected passages, or of their whole sentences, with group and voice."""
    keys = ["article_id", "sentence"] if sentences else ROW
    places = corpus.passages.assign(group=corpus.labels(by))[[*keys, "group", *([] if sentences else ["voice"])]]
    return corpus.tables["markers"].merge(places.drop_duplicates(), on=keys)


def count_speakers(corpus: Corpus) -> pd.DataFrame:
    """Say who speaks in each article, for how many words, and who is heard first and last.

    Returns
    -------
    DataFrame
        One row per article, speaker and side, in the order in which they are first heard: article_id, source, speaker
        ('' where it cannot be made out), side, n_quoted, n_reported (words in direct and in indirect speech),
        n_quotations, first, last (numbers of the first and last sentence), is_first, is_last (heard before, after all
        others of the article).
    """
    spoken = corpus.passages[corpus.passages["voice"].isin(SPOKEN)]
    spoken = spoken.assign(
        source=corpus.labels("source"), quoted=spoken["n_words"].where(spoken["voice"] == "quote", 0)
    )
    keys = ["article_id", "source", "speaker", "side"]
    spoken = spoken.assign(order=np.arange(len(spoken)))
    rows = spoken.groupby(keys).agg(
        n_quoted=("quoted", "sum"), n_words=("n_words", "sum"), n_quotations=("quotation", "nunique"),
        first=("sentence", "min"), last=("sentence", "max"), begins=("order", "min"), ends=("order", "max"),
    ).reset_index()  # fmt: skip
    rows.insert(5, "n_reported", rows.pop("n_words") - rows["n_quoted"])
    per_article = rows.groupby("article_id")
    rows["is_first"] = rows["begins"] == per_article["begins"].transform("min")
    rows["is_last"] = rows["ends"] == per_article["ends"].transform("max")
    return to_table(rows.sort_values("begins").drop(columns=["begins", "ends"]), corpus)


def count_passages(corpus: Corpus) -> pd.DataFrame:
    """Lay each article out passage by passage, from its first word to its last.

    Returns
    -------
    DataFrame
        One row per passage: article_id, source, section, sentence, passage, voice, speaker, side, n_words, begins
        (words of the article before it, headline first).
    """
    whole = corpus.tables["passages"].set_index(ROW)["n_words"]
    begins = whole.groupby(level="article_id", sort=False).cumsum() - whole
    rows = corpus.passages[["article_id", "section", "sentence", "passage", "voice", "speaker", "side", "n_words"]]
    rows = rows.assign(begins=begins.reindex(pd.MultiIndex.from_frame(rows[ROW])).to_numpy())
    rows.insert(1, "source", corpus.labels("source"))
    table = to_table(rows, corpus)
    table.attrs["sides"] = corpus.sides
    return table
