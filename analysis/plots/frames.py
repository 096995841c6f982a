"""Charts of frames and facts: shares by source and voice, the course of each article, what is left out, validity."""

from __future__ import annotations

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.plots.look import (
    HATCHES,
    INK,
    MM,
    QUIET,
    TRANSLATED,
    WIDTH,
    Marker,
    bar,
    beside,
    empty,
    grouped_by,
    label_below,
    label_of,
    looks_of,
    note,
    panels,
    source_look,
    styled,
    wrapped,
)

_UPRIGHT = 5  # columns whose heads have room to stand upright
_VOICES = ("outlet", "reported", "quote")
# The parts of a dictionary's score: colour, marker and fill; no source's colour.
_PARTS = {"in sample": ("#8A8A8A", "o", "white"), "held out": (INK, "D", INK)}
_OTHER_PART = ("#6E6E6E", "s", "#6E6E6E")
_KEY = "white: the outlet's own words; hatched: indirect speech; filled: in quotation marks"


def _named(frames: list[str], table: pd.DataFrame) -> list[str]:
    """Write name and code of each frame, broken where that is long."""
    names = {"micro": "all together", **table.attrs.get("frames", {})}
    texts = [f"{names.get(f, f)} ({f})" if f in names and f != "micro" else names.get(f, f) for f in frames]
    return ["\n".join(textwrap.wrap(text, 22)) for text in texts]


@styled
def plot_frames(table: pd.DataFrame) -> np.ndarray:
    """Draw in what share of its sentences each source uses each frame, and whose voice carries it.

    Parameters
    ----------
    table : DataFrame
        From `compare_frames`.

    Returns
    -------
    array of Axes
        One panel per group, frames in rows in the codebook's order. The bar is the share by the reading, parted by
        voice (white: the outlet's, hatched: indirect speech, filled: quotation), the dot its end with the interval, if
        there is one, and the number the count of sentences; a small cross is the dictionary's share, which stands alone
        where nobody has read.
    """
    by = grouped_by(table, "plot_frames", "compare_frames", ["frame", "voice", "coded_share", "found_share"])
    if table.empty:
        return np.array([empty("codebook.toml names no frame.")])
    looks, groups = looks_of(table, by), list(pd.unique(table[by]))
    frames = list(pd.unique(table["frame"]))
    across = min(len(groups), 3) if len(groups) != 4 else 2
    axes = panels(len(groups), (22 + 7.4 * len(frames)) * MM, across, sharey=True)
    most = np.nanmax([*table[["coded_share", "found_share", "block_high"]].max(), 0.05])
    for ax, group in zip(axes, groups, strict=True):
        for y, frame in enumerate(frames):
            mine = table[(table[by] == group) & (table["frame"] == frame)].set_index("voice")
            _draw_frame(ax, y, mine, *source_look(str(group), looks))
        whole = table[table[by] == group].iloc[0]
        n = (
            f"{whole['coded_sentences']} sentences read"
            if whole["coded_sentences"]
            else f"{whole['n_sentences']} sentences"
        )
        ax.set_title(f"{wrapped(label_of(str(group), table), across)}\n{n}")
        ax.grid(axis="x")
        ax.tick_params(labelbottom=True)
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:.0%}")
    axes[0].set_yticks(range(len(frames)), _named(frames, table))
    axes[0].set_ylim(len(frames) - 0.4, -0.6)
    axes[0].set_xlim(0, most * 1.16)
    label_below(axes, across, "share of sentences")
    read = bool((table["coded_sentences"] > 0).any())
    cross = "×: found by the dictionary"
    remark = [f"number: sentences; {_KEY}; {cross}" if read else f"{cross}; nobody has read these sentences"]
    if table["block_low"].notna().any():
        remark.append("line: 95 %, conditional on these articles (blocks of sentences)")
    if any(str(g) in table.attrs.get("translated", ()) for g in groups):
        remark[-1] += f"; {TRANSLATED} translated"
    note(axes, "\n".join(remark))
    return axes


def _draw_frame(ax: Axes, y: float, parts: pd.DataFrame, colour: str, marker: Marker) -> None:
    """Draw one frame of one group: the bar by voice, the dot with its interval, the dictionary's cross, the count."""
    whole = parts.loc["all"]
    if pd.notna(whole["coded"]):
        left = 0.0
        for voice in _VOICES:
            if share := parts.loc[voice, "coded_share"]:
                bar(ax, y, share, left, colour, voice, height=0.5)
                left += share
        if whole["coded"]:
            if pd.notna(whole["block_low"]):
                ax.hlines(y, whole["block_low"], whole["block_high"], color=INK, linewidth=1.1)
            ax.plot(whole["coded_share"], y, marker=marker, color=colour, markeredgecolor="white", markeredgewidth=0.7,
                    zorder=3)  # fmt: skip
    if whole["found"] or (pd.notna(whole["coded"]) and whole["coded"]):
        ax.plot(
            whole["found_share"], y + 0.37, marker="x", color=INK, markersize=2.6, markeredgewidth=0.7, clip_on=False
        )
    count = whole["coded"] if pd.notna(whole["coded"]) else whole["found"]
    ends = [whole[c] for c in ("coded_share", "found_share", "block_high") if pd.notna(whole[c])]
    beside(ax, max(ends), y, str(count), 6, color=INK if count else QUIET)


@styled
def plot_course(table: pd.DataFrame) -> np.ndarray:
    """Draw where in each article each frame stands, from its first word to its last.

    Parameters
    ----------
    table : DataFrame
        From `count_codes`.

    Returns
    -------
    array of Axes
        One panel per article, frames in rows; a box is a sentence with the frame by the reading (white: in the outlet's
        voice, hatched: indirect speech, filled: quotation), or, where nobody has read it, by the dictionary.
    """
    grouped_by(
        table, "plot_course", "count_codes", ["article_id", "source", "frame", "coded", "found", "begins", "ends"]
    )
    read = table["coded"].notna().any()
    shown = table[table["coded"].fillna(False).astype(bool) if read else table["found"]]
    if shown.empty:
        return np.array([empty("No sentence of the selection has a frame.")])
    looks, frames = looks_of(table, "source"), list(table.attrs.get("frames", pd.unique(table["frame"])))
    order = shown.drop_duplicates("article_id").sort_values("article_id")
    order = order.iloc[np.argsort(order["source"].map(looks.index), kind="stable")]
    across = min(3, len(order)) if len(order) != 4 else 2
    axes = panels(len(order), (20 + 4.6 * len(frames)) * MM, across, sharey=True)
    for ax, (_, article) in zip(axes, order.iterrows(), strict=True):
        colour = source_look(article["source"], looks)[0]
        for row in shown[shown["article_id"] == article["article_id"]].itertuples():
            bar(ax, frames.index(row.frame), row.ends - row.begins, row.begins, colour, row.voice, height=0.6)
        ax.set_title(f"{wrapped(label_of(article['source'], table), across)}\n{article['article_id']}")
        ax.grid(axis="y")
        ax.tick_params(labelbottom=True)
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:.0%}")
    axes[0].set_yticks(range(len(frames)), frames)
    axes[0].set_ylim(len(frames) - 0.4, -0.6)
    axes[0].set_xlim(0, 1)
    axes[0].set_xticks([0, 0.5, 1])
    label_below(axes, across, "share of the article's words")
    remark = _KEY + ("" if read else "; by the dictionary: nobody has read these sentences")
    translated = any(s in table.attrs.get("translated", ()) for s in order["source"])
    note(axes, remark + (f"; {TRANSLATED} translated" if translated else ""))
    return axes


@styled
def plot_facts(table: pd.DataFrame) -> Axes:
    """Draw which facts and actors each article mentions and which it leaves out.

    Parameters
    ----------
    table : DataFrame
        From `compare_facts`.

    Returns
    -------
    Axes
        Facts in rows by group, articles in columns. A box holds the number of sentences that mention the fact, its fill
        the voice of the first mention (white: outlet, hatched: indirect speech, filled: quotation), and beside it
        stands the first sentence's number; a dash is not mentioned, 'not yet' could not be known.
    """
    grouped_by(table.assign(source=""), "plot_facts", "compare_facts", ["fact", "status", "n", "first", "voice"])
    table = table[table["status"] != "not about it"]
    if table.empty:
        return empty("facts.toml names no fact about these articles.")
    looks = looks_of(table, "source")
    facts = table.drop_duplicates("fact")
    articles = table.drop_duplicates("article_id")
    articles = articles.iloc[np.argsort(articles["source"].map(looks.index), kind="stable")]
    columns = {article: x for x, article in enumerate(articles["article_id"])}
    places = _rows_by_group(facts)
    ax = plt.subplots(figsize=(WIDTH, (34 + 3.9 * (max(places.values()) + 1)) * MM))[1]
    for row in table.itertuples():
        x, y = columns[row.article_id], places[row.fact]
        if row.status == "mentioned":
            colour = source_look(row.source, looks)[0]
            _box(ax, x, y, colour, row.voice, str(row.n))
            ax.text(x + 0.22, y, f"s. {row.first}", va="center", fontsize=6, color=QUIET)
        else:
            text = "not yet" if row.status == "not yet known" else "–"
            ax.text(x, y, text, ha="center", va="center", fontsize=6.5, color=QUIET)
    for group, first in facts.drop_duplicates("group")[["group", "fact"]].itertuples(index=False):
        if group:
            ax.text(-0.62, places[first] - 1, group, fontsize=7, fontweight="bold", va="center", ha="right")
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(columns)), _heads(articles, table), fontsize=6.5)
    if len(columns) > _UPRIGHT:
        plt.setp(ax.get_xticklabels(), rotation=35, ha="left", rotation_mode="anchor")
    ax.set_yticks([places[f] for f in facts["fact"]], facts["name"], fontsize=7)
    ax.set_xlim(-0.6, len(columns) - 0.4)
    ax.set_ylim(max(places.values()) + 0.6, -1.6)
    ax.spines[["bottom", "left", "top"]].set_visible(False)
    ax.tick_params(length=0)
    ax.grid(axis="y", alpha=0.6)
    remark = "number: sentences that mention it; s.: the first of them, in the voice of the fill\n" + _KEY
    remark += "; –: not mentioned" + (
        "; not yet: could not be known" if (table["status"] == "not yet known").any() else ""
    )
    if any(s in table.attrs.get("translated", ()) for s in articles["source"]):
        remark += f"; {TRANSLATED} translated"
    note([ax], remark)
    return ax


def _heads(articles: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    """Write source and article above each column, or the article alone where columns are narrow."""
    pairs = list(zip(articles["source"], articles["article_id"], strict=True))
    if len(pairs) > _UPRIGHT:
        return [f"{a}\u00a0{TRANSLATED}" if s in table.attrs.get("translated", ()) else a for s, a in pairs]
    return [f"{wrapped(label_of(s, table), len(pairs) - 1)}\n{a}" for s, a in pairs]


def _rows_by_group(facts: pd.DataFrame) -> dict[str, int]:
    """Give each fact its row, with a free one above each group for its name."""
    places: dict[str, int] = {}
    y, before = -1, None
    for fact, group in zip(facts["fact"], facts["group"], strict=True):
        y += 1 if group == before else 2 if before is not None and group else 1
        places[fact], before = y, group
    return places


def _box(ax: Axes, x: float, y: float, colour: str, voice: str, text: str) -> None:
    """Draw a box whose fill is a voice, with a number that can be read on it."""
    face = colour if voice == "quote" else "white"
    ax.bar(x, 0.76, bottom=y - 0.38, width=0.34, color=face, edgecolor=colour, linewidth=0.9, hatch=HATCHES[voice])
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if voice == "reported" else None
    ax.text(x, y, text, ha="center", va="center", fontsize=6.5, color="white" if voice == "quote" else INK, bbox=ground)


@styled
def plot_validity(table: pd.DataFrame) -> np.ndarray:
    """Draw how well the dictionary reproduces the reading: precision, recall and F1 of each frame.

    Parameters
    ----------
    table : DataFrame
        From `score_dictionary`.

    Returns
    -------
    array of Axes
        A panel per measure, frames in rows, then all decisions together. Each part has its mark and Wilson interval;
        the numbers are those of the last part, which flatters least: hits of so many.
    """
    grouped_by(
        table.assign(source=""), "plot_validity", "score_dictionary", ["part", "frame", "precision", "recall", "f1"]
    )
    if table.empty:
        return np.array([empty("No sentence has been read.")])
    shown = table[table["frame"] != "macro"]
    parts, frames = list(pd.unique(shown["part"])), list(pd.unique(shown["frame"]))
    axes = panels(3, (26 + (4 + 2.4 * len(parts)) * len(frames)) * MM, 3, sharey=True)
    names = {"precision": ("precision: of those found", "found"), "recall": ("recall: of those coded", "coded"),
             "f1": ("F1: both", "")}  # fmt: skip
    for ax, (measure, (title, of)) in zip(axes, names.items(), strict=True):
        ax.axvline(0.8, color="#8a8a8a", linewidth=0.8, linestyle=(0, (3, 2)), zorder=0)
        for p, part in enumerate(parts):
            offset = (p - (len(parts) - 1) / 2) * 0.24
            for y, frame in enumerate(frames):
                row = shown[(shown["part"] == part) & (shown["frame"] == frame)].iloc[0]
                if pd.isna(row[measure]):
                    continue
                colour, marker, face = _PARTS.get(part, _OTHER_PART)
                ax.hlines(y + offset, row[f"{measure}_low"], row[f"{measure}_high"], color=colour, linewidth=0.9)
                ax.plot(row[measure], y + offset, marker=marker, color=colour, markerfacecolor=face, linestyle="none",
                        markersize=4, clip_on=False, label=part if not y else None)  # fmt: skip
        if of:
            for y, frame in enumerate(frames):
                row = shown[(shown["part"] == parts[-1]) & (shown["frame"] == frame)].iloc[0]
                beside(ax, 1.0, y, f"{row['hits']}/{row[of]}", 6)
        ax.set_title(title)
        ax.grid(axis="x")
        ax.set_xlim(0, 1.24 if of else 1.02)
        ax.set_xticks([0, 0.5, 0.8, 1], ["0", ".5", ".8", "1"])
        ax.spines["bottom"].set_bounds(0, 1)
    axes[0].set_yticks(range(len(frames)), _named(frames, table))
    axes[0].set_ylim(len(frames) - 0.4, -0.6)
    handles = axes[0].get_legend_handles_labels()
    axes[0].figure.legend(*handles, loc="outside upper left", ncols=3, frameon=False, fontsize=6.5)
    note(axes, f"line: Wilson interval, which takes sentences for independent; numbers: hits of so many, {parts[-1]}")
    return axes
