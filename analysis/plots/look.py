"""The one look of all charts: colours, markers, labels, panels, and what is said when there is nothing to draw."""

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

STYLE = Path(__file__).parents[1] / "style.mplstyle"
MM = 1 / 25.4
WIDTH = 183 * MM  # double column
# Told apart by colour-blind readers, and at least 3:1 on white.
COLOURS = ["#0072B2", "#C44E00", "#00795C", "#7A4DA0", "#7F6300", "#A3195B", "#0B7F91", "#4D4D4D"]
MARKERS = "os^DvPX*"
SOLID = tuple("os^Dv")  # broad enough to keep their colour within a white edge
INK, QUIET = "#1a1a1a", "#5c5c5c"
TRANSLATED = "†"
# Voices are told apart without colour: filled is direct speech, hatched indirect speech, white the outlet's own words.
HATCHES = {"outlet": None, "scare": "....", "reported": "////", "quote": None}

Marker = str | tuple[int, int, int]
P = ParamSpec("P")
R = TypeVar("R")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw in the study's style and leave the reader's own settings as they were."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with plt.style.context(STYLE):
            return draw(*args, **kwargs)

    return drawn


def source_look(source: str, sources: Sequence[str]) -> tuple[str, Marker]:
    """Give a source's colour and marker, the same in every figure: they follow its place in the corpus's order.

    Beyond the palette a source is grey and its marker a star of so many points, so that it is seen to have no own look.
    """
    i = list(sources).index(source) if source in sources else len(sources)
    return (COLOURS[i], MARKERS[i]) if i < len(COLOURS) else ("#4D4D4D", (i - len(COLOURS) + 4, 1, 0))


def looks_of(table: pd.DataFrame, by: str) -> list[str]:
    """List what colours and markers are given to: all sources of the corpus, or the groups of the table."""
    return list(table.attrs["sources"]) if by == "source" and "sources" in table.attrs else list(pd.unique(table[by]))


def grouped_by(table: pd.DataFrame, plot: str, measure: str, columns: Sequence[str]) -> str:
    """Name the column of a measure's groups, after making sure that the table is that measure's."""
    by = str(table.attrs.get("parameters", {}).get("by", "source"))
    if missing := [column for column in (by, *columns) if column not in table]:
        raise ValueError(f"{plot} draws the table that {measure} gives; this one has no column {missing[0]!r}")
    return by


def label_of(source: str, table: pd.DataFrame) -> str:
    """Mark a source whose articles are translated."""
    return f"{source}\u00a0{TRANSLATED}" if source in table.attrs.get("translated", ()) else source


def empty(text: str) -> Axes:
    """Say on the figure that there is nothing to draw, and why."""
    ax = plt.subplots(figsize=(WIDTH, 30 * MM))[1]
    ax.set_axis_off()
    ax.text(0.5, 0.5, text, ha="center", va="center")
    return ax


def broken(label: str) -> str:
    """Break a long label at a row of the chart."""
    return "\n".join(textwrap.wrap(label, 34))


def wrapped(label: str, across: int) -> str:
    """Break a panel's title where it would run into the next of so many panels."""
    return "\n".join(textwrap.wrap(label, max(72 // across, 8)))


def panels(n: int, height: float, columns: int, *, sharey: bool = False) -> np.ndarray:
    """Lay out n panels of this height, so many to a row, with one x axis for all."""
    rows = -(-n // columns)
    _, axes = plt.subplots(rows, columns, figsize=(WIDTH, height * rows), squeeze=False, sharex=True, sharey=sharey)
    for ax in axes.flat[n:]:
        ax.set_visible(False)
    return axes.ravel()[:n]


def note(axes: Sequence[Axes] | np.ndarray, text: str) -> None:
    """Write a remark under the whole figure."""
    axes[0].figure.supxlabel(text, fontsize=6.5, color=QUIET, x=0.01, ha="left")  # type: ignore[union-attr]


def beside(ax: Axes, x: float, y: float, text: str, points: float, color: str = INK) -> None:
    """Write a count beside its mark, at a distance that does not depend on the scale."""
    ax.annotate(text, (x, y), (points, 0), textcoords="offset points", va="center", fontsize=6.5, color=color)


def bar(ax: Axes, y: float, size: float, left: float, colour: str, voice: str, height: float = 0.62) -> None:
    """Draw a stretch of a bar so that its voice is seen without its colour."""
    face = colour if voice == "quote" else "white"
    ax.barh(y, size, left=left, height=height, color=face, edgecolor=colour, linewidth=0.9, hatch=HATCHES[voice])


def label_below(axes: Sequence[Axes] | np.ndarray, across: int, text: str) -> None:
    """Write the label of the x axis under the last panel of each column."""
    for ax in axes[max(len(axes) - across, 0) :]:
        ax.set_xlabel(text, loc="left")
