"""Charts of words: framing vocabulary and adjective polarity."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.plots.look import (
    INK,
    MM,
    QUIET,
    SOLID,
    TRANSLATED,
    WIDTH,
    Marker,
    beside,
    broken,
    empty,
    grouped_by,
    label_of,
    looks_of,
    note,
    panels,
    source_look,
    styled,
    wrapped,
)

_VOICES = {"outlet": "outlet", "reported": "reported", "quote": "quoted"}


@styled
def plot_vocabulary(table: pd.DataFrame, *, min_count: int = 2) -> np.ndarray:
    """Draw the framing vocabulary by source: a dot per word and source, with its count beside it.

    Parameters
    ----------
    table : DataFrame
        From `count_vocabulary`.
    min_count : int
        Draw words that occur this often in all sources together.

    Returns
    -------
    array of Axes
        One panel per group, words in rows in the codebook's order; the x axis is shared.
    """
    by = grouped_by(table, "plot_vocabulary", "count_vocabulary", ["frame", "pattern", "per_1000"])
    total = table.groupby(["frame", "pattern"], sort=False)["count"].transform("sum")
    shown = table[total >= max(min_count, 1)]
    rows = shown[["frame", "pattern"]].drop_duplicates().reset_index(drop=True)
    place = {pair: i for i, pair in enumerate(rows.itertuples(index=False, name=None))}
    looks = looks_of(table, by)
    sources = [s for s in looks if s in set(table[by])]
    if shown.empty:
        return np.array([empty(f"No word of the vocabulary occurs {min_count} times or more.")])
    across = len(sources) if len(sources) <= 5 else 4
    height = (24 + 4.1 * len(rows)) * MM
    axes = panels(len(sources), height, across, sharey=True)
    most = shown["per_1000"].max()
    for ax, source in zip(axes, sources, strict=True):
        colour, marker = source_look(source, looks)
        mine = shown[shown[by] == source]
        y = [place[pair] for pair in zip(mine["frame"], mine["pattern"], strict=True)]
        x, count = mine["per_1000"].to_numpy(), mine["count"].to_numpy()
        ax.hlines(y, 0, x, color=colour, linewidth=0.8, alpha=0.5)
        ax.plot(x[count > 0], np.array(y)[count > 0], marker=marker, color=colour, linestyle="none")
        for xi, yi, n in zip(x, y, count, strict=True):
            beside(ax, xi, yi, str(n), 5 if n else 2, color=INK if n else QUIET)
        words = int(mine["n_words"].iloc[0])
        ax.set_title(f"{wrapped(label_of(source, table), across)}\n{words:,} words")
        ax.tick_params(labelbottom=True)
        ax.grid(axis="x")
    axes[0].set_yticks(range(len(rows)), [_shortened(pattern) for pattern in rows["pattern"]])
    axes[0].set_ylim(len(rows) - 0.4, -0.6)
    axes[0].set_xlim(0, most * 1.18)
    last_row = (len(axes) - 1) // across * across
    middle = axes[last_row : last_row + across][(len(axes) - last_row - 1) // 2]
    middle.set_xlabel("occurrences per 1,000 words (number: count)", loc="left" if len(axes) > across else "center")
    if any(s in table.attrs.get("translated", ()) for s in sources):
        note(axes, f"{TRANSLATED} translated into English: the word may be the translator's")
    return axes


def _shortened(pattern: str) -> str:
    """Write an indicator without its conditions, which dots stand for."""
    head, *conditions = re.split(r" (?=(?:NEAR|AND|NOT|IN)\b)", pattern)
    return broken(head.replace("|", ", ") + (" …" if conditions else ""))


@styled
def plot_sentiment(table: pd.DataFrame, *, by: str = "source", ax: Axes | None = None) -> Axes:
    """Draw the TextBlob adjective polarity of every scored sentence, one dot each, by source and voice.

    Parameters
    ----------
    table : DataFrame
        From `score_sentiment`.
    by : {"source", "article_id"}
        What a lane is.
    ax : Axes, optional
        Draw here instead of on a new figure.

    Returns
    -------
    Axes
        A lane per group and voice: filled dots outlet, hollow dots quotations; the text says how many sentences
        have a scored word at all.
    """
    if by not in ("source", "article_id") or not {"voice", "polarity"} <= set(table):
        raise ValueError(f"plot_sentiment draws the table of score_sentiment by source or article_id, not by {by!r}")
    sources = looks_of(table, "source")
    names = sources if by == "source" else sorted(table[by].unique())
    lanes = [(g, v) for g in names for v in _VOICES if ((table[by] == g) & (table["voice"] == v)).any()]
    ax = ax or plt.subplots(figsize=(WIDTH, (20 + 9 * len(lanes)) * MM))[1]
    for lane, (group, voice) in enumerate(lanes):
        mine = table[(table[by] == group) & (table["voice"] == voice)]
        _draw_lane(ax, lane, mine, *source_look(mine["source"].iloc[0], sources), filled=voice == "outlet")
        if lane and lanes[lane - 1][0] != group:
            ax.axhline(lane - 0.5, color="#c9c9c9", linewidth=0.6)
    ax.axvline(0, color="#8a8a8a", linewidth=0.8, zorder=0)
    ax.set_yticks(
        range(len(lanes)),
        [broken(f"{label_of(g, table)}: {_VOICES[v]}") for g, v in lanes],
    )
    ax.set_ylim(len(lanes) - 0.4, -0.6)
    ax.set_xlim(-1.05, 1.85)
    ax.set_xticks([-1, -0.5, 0, 0.5, 1])
    ax.set_xlabel("TextBlob adjective polarity (dot: a sentence's words in one voice; line: mean)", loc="left")
    ax.spines["bottom"].set_bounds(-1, 1)
    ax.grid(axis="x")
    if any(g in table.attrs.get("translated", ()) for g in names):
        note([ax], f"{TRANSLATED} translated into English")
    return ax


def _draw_lane(ax: Axes, lane: int, table: pd.DataFrame, colour: str, marker: Marker, *, filled: bool) -> None:
    """Draw the scored sentences of one group and voice as dots, their mean as a line, and how many there are."""
    scored = table.dropna(subset="polarity").sort_values(["polarity", "article_id", "sentence"])
    ax.plot(
        scored["polarity"],
        lane + _spread(scored["polarity"].to_numpy()),
        marker=marker,
        color=colour,
        linestyle="none",
        markersize=4.6 if filled else 3.6,
        markeredgewidth=0.6,
        markerfacecolor=colour if filled else "white",
        markeredgecolor="white" if filled and marker in SOLID else colour,
    )
    if len(scored):
        ax.plot([scored["polarity"].mean()] * 2, [lane - 0.36, lane + 0.36], color=INK, linewidth=1)
    share = len(scored) / len(table)
    ax.text(1.07, lane, f"{len(scored)} of {len(table)} sentences scored ({share:.0%})", fontsize=6.5, va="center")


def _spread(values: np.ndarray, width: float = 0.03, step: float = 0.15) -> np.ndarray:
    """Move dots that would lie on each other up and down, by their order alone, within their lane."""
    cells = np.round(values / width).astype(int)
    offsets = np.zeros(len(values))
    for cell in np.unique(cells):
        inside = np.flatnonzero(cells == cell)
        ranks = np.arange(len(inside)) - (len(inside) - 1) / 2
        offsets[inside] = ranks * min(step, 0.84 / max(len(inside), 1))
    return offsets
