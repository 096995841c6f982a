"""Charts: each takes a measure's table and returns the Axes it drew on; nothing is computed or saved here."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

STYLE = Path(__file__).parent / "style.mplstyle"
MM = 1 / 25.4
WIDTH = 183 * MM  # double column
# Told apart by colour-blind readers, and at least 3:1 on white.
_COLOURS = ["#0072B2", "#C44E00", "#00795C", "#7A4DA0", "#7F6300", "#A3195B", "#0B7F91", "#4D4D4D"]
_MARKERS = "os^DvPX*"
_SOLID = tuple("os^Dv")  # broad enough to keep their colour within a white edge
_INK, _QUIET = "#1a1a1a", "#5c5c5c"
_TRANSLATED = "†"
_VOICES = {"outlet": "unquoted", "quote": "quoted", "reported": "reported"}

Marker = str | tuple[int, int, int]
P = ParamSpec("P")
R = TypeVar("R")


def _styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw in the study's style and leave the reader's own settings as they were."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with plt.style.context(STYLE):
            return draw(*args, **kwargs)

    return styled


def source_look(source: str, sources: Sequence[str]) -> tuple[str, Marker]:
    """Give a source's colour and marker, the same in every figure: they follow its place in the corpus's order.

    Beyond the palette a source is grey and its marker a star of so many points, so that it is seen to have no own look.
    """
    i = list(sources).index(source) if source in sources else len(sources)
    return (_COLOURS[i], _MARKERS[i]) if i < len(_COLOURS) else ("#4D4D4D", (i - len(_COLOURS) + 4, 1, 0))


def _looks(table: pd.DataFrame, by: str) -> list[str]:
    """List what colours and markers are given to: all sources of the corpus, or the groups of the table."""
    return list(table.attrs["sources"]) if by == "source" and "sources" in table.attrs else list(pd.unique(table[by]))


def _grouped_by(table: pd.DataFrame, plot: str, measure: str, columns: Sequence[str]) -> str:
    """Name the column of a measure's groups, after making sure that the table is that measure's."""
    by = str(table.attrs.get("parameters", {}).get("by", "source"))
    if missing := [column for column in (by, *columns) if column not in table]:
        raise ValueError(f"{plot} draws the table that {measure} gives; this one has no column {missing[0]!r}")
    return by


def _label(source: str, table: pd.DataFrame) -> str:
    """Mark a source whose articles are translated."""
    return f"{source}\u00a0{_TRANSLATED}" if source in table.attrs.get("translated", ()) else source


def _empty(text: str) -> Axes:
    """Say on the figure that there is nothing to draw, and why."""
    ax = plt.subplots(figsize=(WIDTH, 30 * MM))[1]
    ax.set_axis_off()
    ax.text(0.5, 0.5, text, ha="center", va="center")
    return ax


def _broken(label: str) -> str:
    """Break a long label at a row of the chart."""
    return "\n".join(textwrap.wrap(label, 34))


def _wrapped(label: str, across: int) -> str:
    """Break a panel's title where it would run into the next of so many panels."""
    return "\n".join(textwrap.wrap(label, max(72 // across, 8)))


def _panels(n: int, height: float, columns: int, *, sharey: bool = False) -> np.ndarray:
    """Lay out n panels of this height, so many to a row, with one x axis for all."""
    rows = -(-n // columns)
    _, axes = plt.subplots(rows, columns, figsize=(WIDTH, height * rows), squeeze=False, sharex=True, sharey=sharey)
    for ax in axes.flat[n:]:
        ax.set_visible(False)
    return axes.ravel()[:n]


def _note(axes: Sequence[Axes] | np.ndarray, text: str) -> None:
    axes[0].figure.supxlabel(text, fontsize=6.5, color=_QUIET, x=0.01, ha="left")  # type: ignore[union-attr]


def _beside(ax: Axes, x: float, y: float, text: str, points: float, color: str = _INK) -> None:
    """Write a count beside its mark, at a distance that does not depend on the scale."""
    ax.annotate(text, (x, y), (points, 0), textcoords="offset points", va="center", fontsize=6.5, color=color)


@_styled
def plot_corpus(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many words of each article stand outside and between quotation marks.

    Parameters
    ----------
    table : DataFrame
        From `count_voices`.
    ax : Axes, optional
        Draw here instead of on a new figure.

    Returns
    -------
    Axes
        One bar per group, in the corpus's order of sources.
    """
    group = _grouped_by(table, "plot_corpus", "count_voices", ["voice", "n_words", "share"])
    look = "source" if "source" in table else group
    looks = _looks(table, look)
    order = table.drop_duplicates(group)
    order = order.iloc[np.argsort(order[look].map(looks.index), kind="stable")]
    names = order[group].tolist()
    ax = ax or plt.subplots(figsize=(WIDTH, (22 + 8.5 * len(names)) * MM))[1]
    most = table.groupby(group)["n_words"].sum().max()
    for y, (_, row) in enumerate(order.iterrows()):
        colour = source_look(row[look], looks)[0]
        left = 0
        parts = table[(table[group] == row[group]) & (table["n_words"] > 0)]
        for voice, words in zip(parts["voice"], parts["n_words"], strict=True):
            own = voice in ("outlet", "scare")
            ax.barh(y, words, left=left, height=0.62, color=colour if own else "white", edgecolor=colour, linewidth=0.9,
                    hatch=None if own else "/////")  # fmt: skip
            left += words
        quoted = parts.loc[~parts["voice"].isin(["outlet", "scare"]), "share"].sum()
        _beside(ax, left, y, f"{left:,} word{'s' if left != 1 else ''}, {quoted:.0%} quoted", 4)
    labels = [
        _broken(_label(s, table)) if group == look else f"{_broken(_label(s, table))}\n{n}"
        for s, n in zip(order[look], names, strict=True)
    ]
    ax.set_yticks(range(len(names)), labels, fontsize=7, linespacing=1.1)
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.set_xlim(0, most * 1.42)
    ax.set_xlabel("words (solid: outside quotation marks; hatched: between them)")
    ax.grid(axis="x")
    if any(_TRANSLATED in label for label in labels):
        _note([ax], f"{_TRANSLATED} translated into English")
    return ax


@_styled
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
    by = _grouped_by(table, "plot_vocabulary", "count_vocabulary", ["frame", "pattern", "per_1000"])
    total = table.groupby(["frame", "pattern"], sort=False)["count"].transform("sum")
    shown = table[total >= max(min_count, 1)]
    rows = shown[["frame", "pattern"]].drop_duplicates().reset_index(drop=True)
    place = {pair: i for i, pair in enumerate(rows.itertuples(index=False, name=None))}
    looks = _looks(table, by)
    sources = [s for s in looks if s in set(table[by])]
    if shown.empty:
        return np.array([_empty(f"No word of the vocabulary occurs {min_count} times or more.")])
    across = len(sources) if len(sources) <= 5 else 4
    height = (24 + 4.1 * len(rows)) * MM
    axes = _panels(len(sources), height, across, sharey=True)
    most = shown["per_1000"].max()
    for ax, source in zip(axes, sources, strict=True):
        colour, marker = source_look(source, looks)
        mine = shown[shown[by] == source]
        y = [place[pair] for pair in zip(mine["frame"], mine["pattern"], strict=True)]
        x, count = mine["per_1000"].to_numpy(), mine["count"].to_numpy()
        ax.hlines(y, 0, x, color=colour, linewidth=0.8, alpha=0.5)
        ax.plot(x[count > 0], np.array(y)[count > 0], marker=marker, color=colour, linestyle="none")
        for xi, yi, n in zip(x, y, count, strict=True):
            _beside(ax, xi, yi, str(n), 5 if n else 2, color=_INK if n else _QUIET)
        words = int(mine["n_words"].iloc[0])
        ax.set_title(f"{_wrapped(_label(source, table), across)}\n{words:,} words")
        ax.tick_params(labelbottom=True)
        ax.grid(axis="x")
    axes[0].set_yticks(range(len(rows)), rows["pattern"])
    axes[0].set_ylim(len(rows) - 0.4, -0.6)
    axes[0].set_xlim(0, most * 1.18)
    last_row = (len(axes) - 1) // across * across
    middle = axes[last_row : last_row + across][(len(axes) - last_row - 1) // 2]
    middle.set_xlabel("occurrences per 1,000 words (number: count)", loc="left" if len(axes) > across else "center")
    if any(s in table.attrs.get("translated", ()) for s in sources):
        _note(axes, f"{_TRANSLATED} translated into English: the word may be the translator's")
    return axes


@_styled
def plot_keyness(table: pd.DataFrame, *, n: int = 12, min_count: int = 2) -> np.ndarray:
    """Draw the terms that each source uses relatively most, with the counts that they rest on.

    Parameters
    ----------
    table : DataFrame
        From `compare_terms`.
    n : int
        Terms per source: those with the highest z, ties in alphabetical order.
    min_count : int
        Draw only terms with so many occurrences in the source itself.

    Returns
    -------
    array of Axes
        One panel per group; a hollow mark is a term that stands in one article only.
    """
    by = _grouped_by(table, "plot_keyness", "compare_terms", ["term", "z", "log_odds", "only_here"])
    groups = list(pd.unique(table[by]))
    height = (22 + 4.3 * n) * MM
    axes = _panels(len(groups), height, min(3, len(groups)))
    more = table[(table["z"] > 0) & (table["count"] >= min_count)]
    top = {g: more[more[by] == g].head(n) for g in groups}
    most = max((t["log_odds"].max() for t in top.values() if len(t)), default=1.0)
    looks = _looks(table, by)
    for ax, group in zip(axes, groups, strict=True):
        colour, marker = source_look(group, looks)
        for y, row in enumerate(top[group].itertuples()):
            ax.hlines(y, 0, row.log_odds, color=colour, linewidth=0.8, alpha=0.5)
            face = "white" if row.only_here else colour
            ax.plot(row.log_odds, y, marker=marker, color=colour, markerfacecolor=face, clip_on=False)
            _beside(ax, row.log_odds, y, f"{row.count} : {row.rest_count}", 5)
        ax.set_yticks(range(len(top[group])), top[group]["term"])
        if top[group].empty:
            ax.text(0.04, 0.5, "no such term", transform=ax.transAxes, color=_QUIET)
        ax.set_ylim(n - 0.4, -0.6)
        ax.set_title(_wrapped(_label(str(group), table), min(3, len(groups))))
        ax.grid(axis="x")
        ax.tick_params(labelbottom=True)
        ax.set_xlabel("weighted log-odds")
    axes[0].set_xlim(0, most * 1.32)
    translated = any(g in table.attrs.get("translated", ()) for g in groups)
    note = "ordered by z, which is the log-odds over its uncertainty;  2 : 0 is count here : count in all others;"
    note += "  hollow: in one article only" + (f";  {_TRANSLATED} translated" if translated else "")
    _note(axes, note)
    return axes


@_styled
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
    sources = _looks(table, "source")
    names = sources if by == "source" else sorted(table[by].unique())
    lanes = [(g, v) for g in names for v in _VOICES if ((table[by] == g) & (table["voice"] == v)).any()]
    ax = ax or plt.subplots(figsize=(WIDTH, (20 + 13 * len(lanes)) * MM))[1]
    for lane, (group, voice) in enumerate(lanes):
        mine = table[(table[by] == group) & (table["voice"] == voice)]
        _draw_lane(ax, lane, mine, *source_look(mine["source"].iloc[0], sources), filled=voice == "outlet")
        if lane and lanes[lane - 1][0] != group:
            ax.axhline(lane - 0.5, color="#c9c9c9", linewidth=0.6)
    ax.axvline(0, color="#8a8a8a", linewidth=0.8, zorder=0)
    ax.set_yticks(
        range(len(lanes)),
        [_broken(f"{_label(g, table)}: {_VOICES[v]}") for g, v in lanes],
    )
    ax.set_ylim(len(lanes) - 0.4, -0.6)
    ax.set_xlim(-1.05, 1.85)
    ax.set_xticks([-1, -0.5, 0, 0.5, 1])
    ax.set_xlabel("TextBlob adjective polarity (dot: a sentence's words in one voice; line: mean)", loc="left")
    ax.spines["bottom"].set_bounds(-1, 1)
    ax.grid(axis="x")
    if any(g in table.attrs.get("translated", ()) for g in names):
        _note([ax], f"{_TRANSLATED} translated into English")
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
        markeredgecolor="white" if filled and marker in _SOLID else colour,
    )
    if len(scored):
        ax.plot([scored["polarity"].mean()] * 2, [lane - 0.36, lane + 0.36], color=_INK, linewidth=1)
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
