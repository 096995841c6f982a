"""The chart of the framing vocabulary."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis.plots.look import (
    INK,
    QUIET,
    across,
    beside,
    broken,
    empty,
    grouped_by,
    label_below,
    label_of,
    looks_of,
    make_room,
    note,
    panels,
    row_height,
    source_look,
    styled,
    translated_remark,
)


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
    labels = [_shortened(pattern) for pattern in rows["pattern"]]
    wide = across(len(sources), 27, 50)
    words = shown.drop_duplicates(by).set_index(by)["n_words"]
    titles = [(label_of(source, table), f"{words[source]:,} words") for source in sources]
    axes = panels(titles, row_height(labels, 4.1) * len(rows), wide, sharey=True)
    for ax, source in zip(axes, sources, strict=True):
        colour, marker = source_look(str(source), looks)
        mine = shown[shown[by] == source]
        y = [place[pair] for pair in zip(mine["frame"], mine["pattern"], strict=True)]
        x, count = mine["per_1000"].fillna(0).to_numpy(), mine["count"].to_numpy()
        ax.hlines(y, 0, x, color=colour, linewidth=0.8)
        ax.plot(x[count > 0], np.array(y)[count > 0], marker=marker, color=colour, linestyle="none")
        for xi, yi, n in zip(x, y, count, strict=True):
            beside(ax, xi, yi, str(n), 5 if n else 2, color=INK if n else QUIET)
        ax.grid(axis="x")
    axes[0].set_yticks(range(len(rows)), labels)
    axes[0].set_ylim(len(rows) - 0.4, -0.6)
    axes[0].set_xlim(0, shown["per_1000"].max())
    axes[0].locator_params(axis="x", nbins=3)
    label_below(axes, wide, "per 1,000 words", 50)
    note(
        axes,
        "number: count",
        *translated_remark(table, sources, "translated into English: the word may be the translator's"),
    )
    make_room(axes)
    return axes


def _shortened(pattern: str) -> str:
    """Write an indicator without its conditions, which dots stand for."""
    head, *conditions = re.split(r" (?=(?:NEAR|AND|NOT|IN)\b)", pattern)
    return broken(head.replace("|", ", ") + (" …" if conditions else ""), 0.28, 2)
