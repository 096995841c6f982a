"""The one look of all charts: sizes, colours, markers, labels, panels, and what is said when there is nothing to draw.

Lengths are millimetres at the type size of the style sheet (7.5 pt). A preset with larger type has fewer of them on its
page, so that panels move below each other and labels break sooner.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from analysis.tables import nearest

STYLE = Path(__file__).parents[1] / "style.mplstyle"
INCH = 25.4  # millimetres
TYPE = 7.5  # points: the type size that lengths are written for


@dataclass(frozen=True)
class Preset:
    """The room that a figure has: width and greatest height in millimetres, and the size of its type in points."""

    width: float
    height: float
    font: float


# Widths of columns and type as publishers ask for them in their guides for artwork (Nature: 89 and 183 mm, 5 to 7 pt;
# PLOS: 132 mm for the text column and 190.5 mm at most, 8 to 12 pt; Elsevier: 90, 140 and 190 mm, 7 pt). The smallest
# type of a figure is five sixths of the size given here. A journal's own guide goes first.
PRESETS: Mapping[str, Preset] = {
    "single": Preset(89, 240, 7),
    "one-and-a-half": Preset(140, 240, 7.5),
    "double": Preset(183, 240, TYPE),
    "slide": Preset(338.67, 190.5, 15),
    "nature-single": Preset(89, 247, 6.5),
    "nature-double": Preset(183, 247, 6.5),
    "plos-text": Preset(132, 222.3, 9.7),
    "plos-page": Preset(190.5, 222.3, 9.7),
    "elsevier-single": Preset(90, 240, 7.2),
    "elsevier-one-and-a-half": Preset(140, 240, 7.2),
    "elsevier-double": Preset(190, 240, 7.2),
}
DEFAULT = "double"
_PRESET: ContextVar[Preset] = ContextVar("preset", default=PRESETS[DEFAULT])

# Told apart by colour-blind readers, 4.5:1 on white, so that white figures can stand on them.
COLOURS = ["#0072B2", "#C44E00", "#00795C", "#7A4DA0", "#7F6300", "#A3195B", "#0B7F91", "#4D4D4D"]
MARKERS = "os^DvPX*"
SOLID = tuple("os^Dv")  # broad enough to keep their colour within a white edge
INK, QUIET, FAINT = "#1a1a1a", "#5c5c5c", "#808080"  # text, lesser text, lesser marks
TRANSLATED = "†"
BEYOND = "#4D4D4D"  # sources that the palette does not reach
# Voices are told apart without colour: filled is direct speech, hatched indirect speech, white the outlet's own words.
HATCHES = {"outlet": None, "scare": "....", "reported": "////", "quote": None}

Marker = str | tuple[int, int, int]


# ------------------------------------------------------------------------------------------------- sizes


@contextmanager
def style(preset: str = DEFAULT) -> Iterator[Preset]:
    """Draw in the study's look, at the size of a preset; the reader's own settings come back afterwards.

    Raises
    ------
    ValueError
        No such preset; the nearest are offered.
    """
    if preset not in PRESETS:
        raise ValueError(f"no preset {preset!r}; {nearest(preset, PRESETS)} (there are: {', '.join(PRESETS)})")
    chosen = PRESETS[preset]
    token = _PRESET.set(chosen)
    size = (chosen.width / INCH, min(chosen.width * 0.6, chosen.height) / INCH)
    by_type = {"font.size": chosen.font, "lines.markersize": 5 * chosen.font / TYPE, "figure.figsize": size}
    try:
        with plt.style.context([STYLE, by_type]):
            yield chosen
    finally:
        _PRESET.reset(token)


def styled(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Draw in the study's look; the plot takes a `preset`, and its figure can be drawn anew at another one."""

    @wraps(draw)
    def drawn(*args: Any, preset: str = DEFAULT, **kwargs: Any) -> Any:
        with style(preset):
            axes = draw(*args, **kwargs)
            if kwargs.get("ax") is None:
                figure = figure_of(axes)
                figure.redraw, figure.preset = partial(drawn, *args, **kwargs), preset  # type: ignore[attr-defined]
            return axes

    signature = inspect.signature(draw)
    option = inspect.Parameter("preset", inspect.Parameter.KEYWORD_ONLY, default=DEFAULT, annotation="str")
    drawn.__signature__ = signature.replace(parameters=[*signature.parameters.values(), option])  # type: ignore[attr-defined]
    drawn.__doc__ = (draw.__doc__ or "").replace("\n    Returns\n", _PRESET_DOC + "\n    Returns\n", 1)
    return drawn


_PRESET_DOC = f"""    preset : str
        Size and type: {", ".join(PRESETS)}.
"""


def figure_of(axes: Figure | Axes | np.ndarray) -> Figure:
    """Give the figure of what a plot returned."""
    if isinstance(axes, Figure):
        return axes
    figure: Figure = np.ravel(np.asarray(axes, dtype=object))[0].figure
    return figure


def page_width() -> float:
    """Give the width of the page in millimetres at the type size that lengths are written for."""
    preset = _PRESET.get()
    return preset.width * TYPE / preset.font


def points(size: float) -> float:
    """Give a length in points (of a marker, of a distance) at the preset's type size."""
    return size * _PRESET.get().font / TYPE


def canvas(height: float, rows: int = 1, columns: int = 1, **options: Any) -> np.ndarray:
    """Make a figure of exactly the preset's width and of this height, with a grid of Axes."""
    preset = _PRESET.get()
    size = (preset.width / INCH, height * preset.font / TYPE / INCH)
    axes: np.ndarray = plt.subplots(rows, columns, figsize=size, squeeze=False, **options)[1]
    return axes


def across(n: int, least: float, left: float = 0.0) -> int:
    """Say how many of n panels of this least width stand beside each other, with labels of this width on the left."""
    most = max(int((page_width() - left) // least), 1)
    return -(-n // -(-n // min(most, n)))  # as few rows as can be, filled evenly


# ------------------------------------------------------------------------------------------------- looks


def source_look(source: str, sources: Sequence[str]) -> tuple[str, Marker]:
    """Give a source's colour and marker, the same in every figure: they follow its place in the corpus's order.

    Beyond the palette a source is grey and its marker a star of so many points, so that it is seen to have no own look.
    """
    i = list(sources).index(source) if source in sources else len(sources)
    return (COLOURS[i], MARKERS[i]) if i < len(COLOURS) else (BEYOND, (i - len(COLOURS) + 4, 1, 0))


def looks_of(table: pd.DataFrame, by: str) -> list[str]:
    """List what colours and markers are given to: all sources of the corpus, or the groups of the table."""
    return list(table.attrs["sources"]) if by == "source" and "sources" in table.attrs else list(pd.unique(table[by]))


def grouped_by(table: pd.DataFrame, plot: str, measure: str, columns: Sequence[str]) -> str:
    """Name the column of a measure's groups, after making sure that the table is that measure's and can be drawn.

    Raises
    ------
    ValueError
        A column is missing, or holds an infinite number, which no chart can show.
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"{plot} draws the table that {measure} gives, not {type(table).__name__!r}")
    by = str(table.attrs.get("parameters", {}).get("by", "source"))
    if missing := [column for column in (by, *columns) if column not in table]:
        raise ValueError(f"{plot} draws the table that {measure} gives; this one has no column {missing[0]!r}")
    if place := find_infinite(table):
        raise ValueError(f"{plot}: row {place[0]} has an infinite number in column {place[1]!r}; a chart cannot show"
                         " it: leave the row out, or make it NaN")  # fmt: skip
    return by


def find_infinite(table: pd.DataFrame) -> tuple[int, str] | None:
    """Give row, from 1, and column of the first infinite number of a table."""
    for name in table.select_dtypes("number"):
        infinite = np.flatnonzero(np.isinf(table[name].to_numpy(float, na_value=np.nan)))
        if len(infinite):
            return int(infinite[0]) + 1, str(name)
    return None


def in_order(rows: pd.DataFrame, looks: Sequence[str], column: str = "source") -> pd.DataFrame:
    """Put rows in the order of their sources; those of one source stay as they stand."""
    return rows.iloc[np.argsort(rows[column].map(list(looks).index), kind="stable")]


def label_of(source: object, table: pd.DataFrame) -> str:
    """Write a source's name, marked where its articles are translated."""
    return f"{source}\u00a0{TRANSLATED}" if source in table.attrs.get("translated", ()) else str(source)


def translated_remark(table: pd.DataFrame, sources: Sequence[object], what: str = "translated") -> list[str]:
    """Say what the mark of a translated source means, if one of these has it."""
    return [f"{TRANSLATED}\u00a0{what}"] if set(sources) & set(table.attrs.get("translated", ())) else []


# ------------------------------------------------------------------------------------------------ labels


def broken(label: str, share: float = 0.3, lines: int = 3) -> str:
    """Break a label of the rows so that it takes no more than a share of the page, and end it with … if it must."""
    return clipped(label, int(page_width() * share / 1.6), lines)


def clipped(label: str, letters: int, lines: int) -> str:
    """Break a label after so many letters, and end it with … where it would take more lines."""
    letters = max(letters, 8)
    whole = textwrap.wrap(str(label), letters) or [""]
    if len(whole) > lines:
        whole = [*whole[: lines - 1], whole[lines - 1][: letters - 2].rstrip() + " …"]
    return "\n".join(whole)


def row_height(labels: Sequence[str], least: float) -> float:
    """Give the height of a row that holds the longest of these labels, each line of which takes 3.1 mm."""
    return max(least, 3.1 * max((label.count("\n") + 1 for label in labels), default=1) + 0.9)


def x_label(ax: Axes, text: str, beside: int = 1, left: float = 0.0) -> None:
    """Write the label of the x axis, broken to the width of one of so many panels."""
    ax.set_xlabel(clipped(text, int((page_width() - left) / beside / 1.75), 4), loc="left")


def label_below(axes: Sequence[Axes] | np.ndarray, beside: int, text: str, left: float = 0.0) -> None:
    """Write the label of the x axis under the last panel of each column."""
    for ax in axes[max(len(axes) - beside, 0) :]:
        x_label(ax, text, beside, left)


def note(axes: Sequence[Axes] | np.ndarray, *remarks: str) -> None:
    """Write remarks under the whole figure, each on its own lines."""
    letters = int(page_width() / 1.3)
    lines = [line for remark in remarks for line in textwrap.wrap(remark, letters)]
    if lines:
        figure_of(axes[0]).supxlabel("\n".join(lines), fontsize="small", color=QUIET, x=0.01, ha="left")


def beside(ax: Axes, x: float, y: float, text: str, distance: float, color: str = INK) -> Annotation:
    """Write a count beside its mark, at a distance in points that does not depend on the scale."""
    return ax.annotate(
        text, (x, y), (points(distance), 0), textcoords="offset points", va="center", fontsize="small", color=color,
        ha="left" if distance >= 0 else "right",
    )  # fmt: skip


def signed(value: float, digits: int = 2) -> str:
    """Write a number with its sign, as the axes write theirs."""
    return f"{value:+.{digits}f}".replace("-", "\u2212")


def make_room(axes: Sequence[Axes] | np.ndarray) -> None:
    """Widen the x axis until every text that hangs on a mark ends within its panel.

    Where panels share the axis, the widest text counts for all.
    """
    axes = list(axes)
    figure_of(axes[0]).canvas.draw()
    low, high = axes[0].get_xlim()
    least, most = low, high
    for _ in range(3):  # a wider range moves marks inwards, and their texts with them
        for ax in axes:
            frame = ax.get_window_extent()
            for text in (t for t in ax.texts if isinstance(t, Annotation) and t.xycoords == "data"):
                x, box = float(text.xy[0]), text.get_window_extent()
                anchor = float(ax.transData.transform((x, 0))[0])
                right, left = max(box.x1 - anchor, 0.0), max(anchor - box.x0, 0.0)
                if box.x1 > frame.x1 and frame.width > 2 * right:
                    most = max(most, low + (x - low) * frame.width / (frame.width - right))
                if box.x0 < frame.x0 and frame.width > 2 * left:
                    least = min(least, high - (high - x) * frame.width / (frame.width - left))
        if (least, most) == (low, high):
            return
        low, high = least, most
        for ax in axes:
            ax.set_xlim(low, high)
        least, most = low, high


# ------------------------------------------------------------------------------------------ pieces of charts


def empty(text: str) -> Axes:
    """Say on the figure that there is nothing to draw, and why."""
    ax: Axes = canvas(30)[0, 0]
    ax.set_axis_off()
    ax.text(0.5, 0.5, clipped(text, int(page_width() / 1.9), 6), ha="center", va="center")
    return ax


def panels(titles: Sequence[Sequence[str]], height: float, beside: int, *, sharey: bool = False) -> np.ndarray:
    """Lay out a panel for each title, so many to a row, with one x axis for all.

    A title is a name and lines beneath it; `height` is that of the rows of a panel, to which title and axis are added.
    """
    letters = int(page_width() / beside / 2.5)
    heads = [
        "\n".join([clipped(name, letters, 3), *(clipped(line, letters, 2) for line in lines)])
        for name, *lines in titles
    ]
    rows = -(-len(titles) // beside)
    whole = height + 14 + 3.6 * max(head.count("\n") + 1 for head in heads)
    axes = canvas(whole * rows + 5, rows, beside, sharex=True, sharey=sharey)
    for ax, head in zip(axes.flat, heads, strict=False):
        ax.set_title(head)
        ax.tick_params(labelbottom=True)
    for ax in axes.flat[len(titles) :]:
        ax.set_visible(False)
    return axes.ravel()[: len(titles)]


def bar(ax: Axes, y: float, size: float, left: float, colour: str, voice: str, height: float = 0.62) -> None:
    """Draw a stretch of a bar so that its voice is seen without its colour."""
    face = colour if voice == "quote" else "white"
    ax.barh(y, size, left=left, height=height, color=face, edgecolor=colour, linewidth=0.9, hatch=HATCHES[voice])
