"""Charts of adjective polarity: every sentence a dot, the words that made the score, what parts two sources, tone."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.plots.look import (
    BEYOND,
    FAINT,
    INK,
    QUIET,
    SOLID,
    Marker,
    across,
    beside,
    broken,
    canvas,
    clipped,
    empty,
    figure_of,
    grouped_by,
    in_order,
    label_below,
    label_of,
    looks_of,
    make_room,
    note,
    page_width,
    panels,
    points,
    row_height,
    signed,
    source_look,
    styled,
    translated_remark,
    x_label,
)

_CELL = 0.05  # of polarity: dots nearer than this stand over each other
_LEAST_MEAN = 10  # dots that a mean is drawn of
_STACKED = 60  # dots over each other; where there were more, bars say how many
_MANY = 12  # articles that have a panel each; more are drawn by source
_LANES = ("headline", "standfirst", "subhead", "outlet", "reported", "quote")
_CALLED = {"outlet": "outlet's words", "reported": "indirect speech", "quote": "quotations"}
_TONES = ("positive", "neutral", "negative")


@styled
def plot_sentiment(table: pd.DataFrame, *, by: str | None = None) -> np.ndarray:
    """Draw the TextBlob adjective polarity of every scored sentence, one dot each, by section and voice.

    Parameters
    ----------
    table : DataFrame
        From `score_sentiment`.
    by : {"article_id", "source"}, optional
        What a panel is: the article, or the source where there are more than twelve articles.

    Returns
    -------
    array of Axes
        A panel per group with a lane for headline and standfirst and one for each voice of the body. A dot is a
        sentence's words in one voice (filled: the outlet's, hollow: of others), the line the mean of a lane; the
        numbers say how many of how many have a scored word. Where more than sixty dots would stand over each other,
        bars say how many there are, the highest of each lane being as high as the lane.
    """
    grouped_by(
        table.assign(source=""), "plot_sentiment", "score_sentiment", ["voice", "section", "polarity", "n_scored"]
    )
    by = by or ("article_id" if table["article_id"].nunique() <= _MANY else "source")
    if by not in ("source", "article_id"):
        raise ValueError(f"plot_sentiment draws the table of score_sentiment by source or article_id, not by {by!r}")
    if table.empty:
        return np.array([empty("The selection has no sentence.")])
    looks = looks_of(table, "source")
    order = table.drop_duplicates(by)
    order = in_order(order, looks)
    lanes = table["section"].where(table["section"] != "body", table["voice"])
    present = [lane for lane in _LANES if (lanes == lane).any()]
    wide = across(len(order), 44, 28)
    stacks = table.dropna(subset="polarity").groupby([by, lanes, (table["polarity"] / _CELL).round()]).size()
    most = int(stacks.max()) if len(stacks) else 1  # dots over each other
    reach = 0.5 if not (table["polarity"].abs() > 0.5).any() else 1.0
    whose = order["article_id"] if by == "article_id" else [None] * len(order)
    titles = [(label_of(s, table), *filter(None, [a])) for s, a in zip(order["source"], whose, strict=True)]
    axes = panels(titles, min(max(8.5, 1.3 * most), 14) * len(present), wide, sharey=True)
    for ax, (_, row) in zip(axes, order.iterrows(), strict=True):
        mine = table[by] == row[by]
        for y, lane in enumerate(present):
            _draw_lane(ax, y, table[mine & (lanes == lane)], *source_look(row["source"], looks), many=most > _STACKED)
        _polarity_axis(ax, reach)
    axes[0].set_yticks(range(len(present)), [broken(_CALLED.get(lane, lane), 0.2, 2) for lane in present])
    axes[0].set_ylim(len(present) - 0.4, -0.6)
    label_below(axes, wide, "TextBlob adjective polarity (-1 to 1)".replace("-", "\u2212"), 28)
    shape = "dot" if most <= _STACKED else "bars: how many, in each lane to a scale of its own; counted"
    remark = (
        f"{shape}: the words of a sentence in one voice (filled: the outlet's, hollow: of others); "
        "line: the mean of ten or more; number: how many of how many have a scored word; the others have no polarity"
    )
    note(axes, "; ".join([remark, *translated_remark(table, list(order["source"]))]))
    return axes


def _polarity_axis(ax: Axes, reach: float) -> None:
    ax.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
    ax.set_xlim(-1.05 * reach, 1.05 * reach)
    ax.set_xticks([-reach, -reach / 2, 0, reach / 2, reach] if reach == 1 else [-reach, 0, reach])
    ax.grid(axis="x")


def _draw_lane(ax: Axes, y: float, table: pd.DataFrame, colour: str, marker: Marker, *, many: bool) -> None:
    """Draw the scored sentences of one lane as dots or bars, their mean as a line, and how many there are."""
    scored = table.dropna(subset="polarity").sort_values(["polarity", "article_id", "sentence"])
    if many:
        _draw_bars(ax, y, scored, colour)
    else:
        places = y + _spread(scored["polarity"].to_numpy())
        for own in (True, False):
            these = ((scored["voice"] == "outlet") == own).to_numpy()
            draw_dots(ax, scored["polarity"][these], places[these], colour, marker, filled=own)
    if len(scored) >= _LEAST_MEAN:
        ax.plot([scored["polarity"].mean()] * 2, [y - 0.4, y + 0.4], color=INK, linewidth=1)
    numbers = f"{len(scored):,} of {len(table):,}" if len(table) else "–"
    ax.annotate(numbers, (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize="small",
                annotation_clip=False)  # fmt: skip


def _draw_bars(ax: Axes, y: float, scored: pd.DataFrame, colour: str) -> None:
    """Draw how many sentences have which polarity, as bars about the middle of a lane; hollow where others speak."""
    if scored.empty:
        return
    counts = (scored["polarity"] / _CELL).round().value_counts()
    heights = 0.8 * counts / counts.max()
    own = (scored["voice"] == "outlet").mean() >= 0.5
    ax.bar(heights.index * _CELL, heights, 0.9 * _CELL, bottom=y - heights / 2, facecolor=colour if own else "white",
           edgecolor=colour, linewidth=0.6)  # fmt: skip


def draw_dots(ax: Axes, x: pd.Series, y: np.ndarray, colour: str, marker: Marker, *, filled: bool) -> None:
    """Draw dots that keep apart where they touch: filled ones with a white edge, hollow ones somewhat smaller."""
    edged = filled and marker in SOLID
    ax.plot(
        x, y, marker=marker, color=colour, linestyle="none", markersize=points(4.6 if filled else 3.6),
        markeredgewidth=0.6, markerfacecolor=colour if filled else "white",
        markeredgecolor="white" if edged else colour,
    )  # fmt: skip


def _spread(values: np.ndarray, width: float = _CELL, step: float = 0.17) -> np.ndarray:
    """Move dots that would lie on each other up and down, by their order alone, within their lane."""
    cells = np.round(values / width).astype(int)
    offsets = np.zeros(len(values))
    for cell in np.unique(cells):
        inside = np.flatnonzero(cells == cell)
        ranks = np.arange(len(inside)) - (len(inside) - 1) / 2
        offsets[inside] = ranks * min(step, 0.84 / max(len(inside), 1))
    return offsets


@styled
def plot_contributions(table: pd.DataFrame, *, n: int = 8) -> np.ndarray:
    """Draw the expressions that made each mean polarity: bars whose lengths sum to it.

    Parameters
    ----------
    table : DataFrame
        From `score_contributions`.
    n : int
        Expressions drawn one by one in each panel, the heaviest first; the others stand in one bar.

    Returns
    -------
    array of Axes
        One panel per group. The bars of a panel sum to the diamond at its foot, the mean polarity over scored
        sentences; the numbers are how often the expression is scored, and its mean score.
    """
    by = grouped_by(table, "plot_contributions", "score_contributions", ["words", "times", "polarity", "contribution"])
    if table.empty:
        return np.array([empty("No expression of the selection is scored.")])
    looks, groups = looks_of(table, by), list(pd.unique(table[by]))
    shown = {group: _with_others(table[table[by] == group], n) for group in groups}
    rows = max(map(len, shown.values())) + 1
    wide = across(len(groups), 60)
    axes = panels([(label_of(group, table),) for group in groups], 4.6 * rows, wide)
    for ax, group in zip(axes, groups, strict=True):
        mine, colour = shown[group], source_look(str(group), looks)[0]
        for y, row in enumerate(mine.itertuples()):
            face = "white" if row.others else colour
            ax.barh(y, row.contribution, height=0.66, color=face, edgecolor=colour, linewidth=0.8)
            text = f"({row.times})" if row.others else f"{signed(row.polarity)} ({row.times})"
            beside(ax, row.contribution, y, text, 3 if row.contribution >= 0 else -3, QUIET)
        total = float(mine["contribution"].sum())
        ax.plot(total, len(mine), marker="D", color=INK, markersize=points(4))
        beside(ax, total, len(mine), f"{signed(total, 3)}", 5 if total >= 0 else -5)
        ax.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
        ax.set_yticks(range(len(mine) + 1), [*(clipped(w, 20, 1) for w in mine["words"]), "sum: the mean"])
        ax.set_ylim(rows - 0.4, -0.6)
        ax.grid(axis="x")
    axes[0].locator_params(axis="x", nbins=4)
    label_below(axes, wide, "part of the mean polarity", 30)
    remark = "numbers: mean score (times scored); each use weighs 1 / (scored expressions of its sentence × scored"
    remark += (
        " sentences); white: all other expressions; diamond: the mean over scored sentences, to which the bars sum"
    )
    note(axes, "; ".join([remark, *translated_remark(table, groups)]))
    make_room(axes)
    return axes


def _with_others(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """Keep the n heaviest expressions, and put all others into one row."""
    top, rest = table.head(n).assign(others=False), table.iloc[n:]
    if rest.empty:
        return top
    times = int(rest["times"].sum())
    mean = float((rest["polarity"] * rest["times"]).sum() / times)
    row = {"words": f"{len(rest)} others", "times": times, "polarity": mean,
           "contribution": rest["contribution"].sum(), "others": True}  # fmt: skip
    return pd.concat([top, pd.DataFrame([row])], ignore_index=True)


@styled
def plot_sentiment_shift(table: pd.DataFrame, *, n: int = 16, ax: Axes | None = None) -> Axes:
    """Draw which expressions part the mean polarities of two sources: bars whose lengths sum to the gap.

    Parameters
    ----------
    table : DataFrame
        From `score_sentiment_shift`.
    n : int
        Expressions drawn one by one, the heaviest first; the others stand in one bar.
    ax : Axes, optional
        Draw here instead of on a new figure.

    Returns
    -------
    Axes
        A bar per expression, to the right where it raises the first source's mean above the other's; in the colour of
        the source that uses it relatively more. The numbers are its score and its counts in both.
    """
    group, rest = (str(table.attrs.get("parameters", {}).get(name, "")) for name in ("group", "rest"))
    if not group or not {"contribution", "rest_times", "share"} <= set(table):
        raise ValueError("plot_sentiment_shift draws the table that score_sentiment_shift gives")
    grouped_by(table.assign(source=""), "plot_sentiment_shift", "score_sentiment_shift", ["contribution"])
    if table.empty:
        return empty("No expression of the selection is scored.")
    top, others = table.head(n), table.iloc[n:]
    ax = ax or canvas(38 + 4.3 * (len(top) + 2))[0, 0]
    looks, letters = looks_of(table, "source"), int(page_width() * 0.2 / 1.35)
    for y, row in enumerate(top.itertuples()):
        leans = group if row.share > row.rest_share else rest
        colour = source_look(leans, looks)[0] if leans in looks else BEYOND
        _two_sided_bar(ax, y, row.contribution, clipped(f"{row.words} {signed(row.polarity)}", letters, 1),
                       f"{row.rest_times} : {row.times}", colour, colour)  # fmt: skip
    if len(others):
        _two_sided_bar(ax, len(top), float(others["contribution"].sum()), f"{len(others)} others", "", "white", QUIET)
    gap = float(table["contribution"].sum())
    ax.plot(gap, len(top) + 1, marker="D", color=INK, markersize=points(4))
    beside(ax, gap, len(top) + 1, f"{signed(gap, 3)}", 5 if gap >= 0 else -5)
    beside(ax, 0, len(top) + 1, "sum: the gap", -5 if gap >= 0 else 5)
    most = max(table["contribution"].abs().max(), abs(others["contribution"].sum()), abs(gap), 1e-9)
    ax.set_xlim(-1.2 * most, 1.2 * most)
    ax.set_ylim(len(top) + 1.6, -0.6)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=FAINT, linewidth=0.8)
    x_label(ax, "part of the gap between the mean polarities")
    letters = int(page_width() / 5.2)
    means = table.attrs["means"]
    left = clipped(f"raises {label_of(rest, table)}", letters, 3) + f"\nmean {signed(means[1], 3)}"
    ax.set_title(left, loc="left", color=source_look(rest, looks)[0] if rest in looks else BEYOND)
    right = clipped(f"raises {label_of(group, table)}", letters, 3) + f"\nmean {signed(means[0], 3)}"
    ax.set_title(right, loc="right", color=source_look(group, looks)[0] if group in looks else BEYOND)
    remark = f"beside each expression its score; numbers: times in {clipped(rest, 40, 1)} : in {clipped(group, 40, 1)}"
    remark += (
        "; colour: who uses it relatively more; bar: difference of shares × (score less the other's mean); diamond: the"
    )
    remark += " gap, to which the bars sum"
    note([ax], "; ".join([remark, *translated_remark(table, [group, rest])]))
    make_room([ax])
    return ax


def _two_sided_bar(ax: Axes, y: float, length: float, name: str, numbers: str, face: str, edge: str) -> None:
    """Draw a bar to one side of zero, its name on the other and its numbers at its end."""
    sign = 1 if length >= 0 else -1
    ax.barh(y, length, height=0.68, color=face, edgecolor=edge, linewidth=0.8)
    beside(ax, 0, y, name, -3 * sign)
    if numbers:
        beside(ax, length, y, numbers, 3 * sign, QUIET)


@styled
def plot_tone(table: pd.DataFrame) -> Axes:
    """Draw the polarity of every sentence beside the tone that readers gave it.

    Parameters
    ----------
    table : DataFrame
        From `read_tone`.

    Returns
    -------
    Axes
        A lane per tone with a dot per scored sentence, in its source's look; the line is the mean of the lane, the
        numbers say how many of how many sentences have a scored word. If polarity followed tone, the lanes would stand
        apart from left to right.
    """
    grouped_by(table, "plot_tone", "read_tone", ["tone", "polarity", "called"])
    read = table[table["tone"] != ""]
    if read.empty:
        return empty("Nobody has read these sentences for their tone.")
    looks = looks_of(table, "source")
    present = [source for source in looks if source in set(read["source"])]
    labels = [f"read as {tone}" for tone in _TONES]
    ax: Axes = canvas(34 + row_height(labels, 17) * len(_TONES))[0, 0]
    for y, tone in enumerate(_TONES):
        mine = read[read["tone"] == tone]
        scored = mine.dropna(subset="polarity").sort_values(["polarity", "article_id", "sentence"])
        places = y + _spread(scored["polarity"].to_numpy(), 0.025, 0.1)
        for source in present:
            these = (scored["source"] == source).to_numpy()
            draw_dots(ax, scored["polarity"][these], places[these], *source_look(source, looks), filled=True)
        if len(scored):
            ax.plot([scored["polarity"].mean()] * 2, [y - 0.45, y + 0.45], color=INK, linewidth=1)
        ax.annotate(f"{len(scored)} of {len(mine)}", (1.01, y), xycoords=("axes fraction", "data"), va="center",
                    fontsize="small", annotation_clip=False)  # fmt: skip
    _polarity_axis(ax, 0.5 if not (read["polarity"].abs() > 0.5).any() else 1.0)
    ax.set_yticks(range(len(_TONES)), labels)
    ax.set_ylim(len(_TONES) - 0.45, -0.55)
    x_label(ax, "TextBlob adjective polarity of the sentence")
    names = [clipped(label_of(source, table), 30, 1) for source in present]
    handles = [_mark(*source_look(source, looks), name) for source, name in zip(present, names, strict=True)]
    columns = max(int(page_width() / (10 + 1.35 * max(map(len, names)))), 1)
    figure_of(ax).legend(handles=handles, loc="outside upper left", ncols=columns, frameon=False, fontsize="small",
                         handletextpad=0.3, columnspacing=1.2)  # fmt: skip
    remark = "line: mean of the lane; number: how many of how many sentences have a scored word"
    note([ax], "; ".join([remark, *translated_remark(table, present)]))
    return ax


def _mark(colour: str, marker: Marker, name: str) -> Line2D:
    """Give the mark of a source for a legend."""
    return Line2D([], [], marker=marker, color=colour, linestyle="none", label=name)  # type: ignore[arg-type]
