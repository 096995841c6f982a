"""What the dictionary is worth: how well its indicators reproduce the reading, frame by frame and one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.coding import SENTENCE, describe_coding
from analysis.compare import to_table
from analysis.corpus import Corpus
from analysis.evidence import show_sentences
from analysis.frames import check_frame, decisive, frame_names, read_cells
from analysis.statistics import wilson_interval

PARTS = ("in sample", "held out")
OTHERS = "each article by the others"
LEAST_PRECISION = 0.8


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
    table = to_table(pd.DataFrame(rows, columns=columns), corpus, "decisions on a sentence and a frame")
    if not rows:
        table.attrs["note"] = (
            f"No sentence has been read: python -m analysis coding {corpus.name} --sheet writes a sheet for a coder."
        )
    table.attrs["coding"], table.attrs["frames"] = describe_coding(corpus), frame_names(corpus)
    return table


def _scored_cells(corpus: Corpus) -> pd.DataFrame:
    """Give the sentences x frames of a selection that were read, with the part to which they belong."""
    cells = read_cells(corpus)
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
    good = good[decisive(corpus, good)]
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
        check_frame(corpus, frame)
    cells = _scored_cells(corpus)
    wrong = cells[(cells["coded"] != cells["found"]) & (cells["frame"] == frame if frame else True)]
    wrong = wrong.assign(error=np.where(wrong["found"], "false hit", "miss"))
    return show_sentences(corpus, wrong[[*SENTENCE, "part", "frame", "error", "patterns"]])
