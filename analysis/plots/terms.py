"""Charts of distinctive terms: the forest of intervals, the funnel of z by frequency, the shift between two sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from analysis.plots.look import (
    BEYOND,
    FAINT,
    QUIET,
    Marker,
    across,
    beside,
    broken,
    canvas,
    clipped,
    empty,
    figure_of,
    grouped_by,
    label_of,
    looks_of,
    make_room,
    note,
    page_width,
    panels,
    points,
    row_height,
    source_look,
    styled,
    translated_remark,
    x_label,
)

_INTERVALS = ("low", "block_low")
_DOTS = 3_000  # from which on they are drawn as a picture in vector files


@dataclass(frozen=True)
class Measure:
    """How a measure of terms is drawn: the column of the mark, its label, what orders the terms, what a line can be.

    Of the lines the first that a table knows is drawn.
    """

    column: str
    label: str
    order: str
    lines: Mapping[str, str]


MEASURES = {
    "z": Measure("log_odds", "weighted log-odds", "z", {
        "low": "95 % interval between articles (variance {phi:.1f} times that of independent words for a typical term)",
        "block_low": "95 % interval conditional on these articles (sentence blocks)",
        "loo_low": "how far it moves when an article is left out (never a source's only one)",
    }),
    "log_ratio": Measure("log_ratio", "log ratio: doublings of the rate", "log ratio", {
        "log_ratio_bound": "down to the least log ratio that the counts leave room for if words were independent, 0"
        " where that is no difference (95 % for all terms of the source together)",
    }),
    "g2": Measure("g2", "log-likelihood G2", "G2, which takes words for independent and tests nothing here", {}),
    "per_1000": Measure("per_1000", "occurrences per 1,000 words", "rate", {
        "rest_per_1000": "to the rate of all others together",
    }),
}  # fmt: skip


@styled
def plot_keyness(table: pd.DataFrame, *, n: int = 12, min_count: int = 2, measure: str = "z") -> np.ndarray:
    """Draw the terms that each source uses relatively most, how far they can be trusted, and the counts beneath.

    Parameters
    ----------
    table : DataFrame
        From `compare_terms`.
    n : int
        Terms per source: those with the highest measure, ties in alphabetical order.
    min_count : int
        Draw only terms with so many occurrences in the source itself.
    measure : {"z", "log_ratio", "g2", "per_1000"}
        What orders the terms: z of the weighted log-odds, which are drawn; doublings of the rate; log-likelihood; or
        the rate itself, whether others use the term as often or not.

    Returns
    -------
    array of Axes
        One panel per group. The mark is the measure (for z the weighted log-odds), hollow for a term of one article
        only. The line, for z: the interval between articles, else the one conditional on these articles, else the range
        when articles are left out; for log_ratio: down to its least value; for per_1000: to the rate of all others.
        The numbers are count : count in all others, and in how many articles.

    Raises
    ------
    ValueError
        No such measure, or the table of another one than `compare_terms`.
    """
    if measure not in MEASURES:
        raise ValueError(f"plot_keyness: measure {measure!r} is none of {', '.join(MEASURES)}")
    drawn_as = MEASURES[measure]
    by = grouped_by(table, "plot_keyness", "compare_terms", ["term", measure, drawn_as.column, "only_here"])
    if table.empty:
        return np.array([empty("No term to compare.")])
    groups = list(pd.unique(table[by]))
    drawn = first_terms(table, by, n=n, min_count=min_count, measure=measure)
    drawn.attrs = {}  # every piece of it would copy them
    top = {g: drawn[drawn[by] == g] for g in groups}
    rows = max(max(map(len, top.values())), 1)
    wide = across(len(groups), 84)
    labels = {term: broken(term, 0.3 / wide if wide > 1 else 0.26, 2) for term in drawn["term"]}
    titles = [(label_of(group, table),) for group in groups]
    axes = panels(titles, row_height(list(labels.values()), 4.3) * rows, wide)
    lines = [name for name in drawn_as.lines if name in drawn and drawn[name].notna().any()]
    line = lines[0] if lines else None
    looks = looks_of(table, by)
    for ax, group in zip(axes, groups, strict=True):
        _draw_forest(ax, top[group], *source_look(str(group), looks), drawn_as.column, line, _sizes(table, group))
        ax.set_yticks(range(len(top[group])), [labels[term] for term in top[group]["term"]])
        ax.set_ylim(rows - 0.4, -0.6)
        ax.yaxis.set_label_coords(0, 0.5)  # of no label: to look for a place would take a tenth of the time
        x_label(ax, drawn_as.label, wide, 40)
    ends = drawn[[drawn_as.column, *_ends(line)]].to_numpy(float)
    least, most = np.nanmin(ends, initial=0), np.nanmax(ends, initial=1)
    axes[0].set_xlim(*((min(least - 0.15, -0.3), most + 0.15) if measure == "z" else (min(least, 0), 1.03 * most)))
    axes[0].locator_params(axis="x", nbins=5)
    remarks = [f"ordered by {drawn_as.order}; numbers: count here : in all others together; counts, not rates (articles"
               " with the term / of so many); hollow: one article only"]  # fmt: skip
    if line:
        phi = table.attrs.get("dispersion", {}).get("phi")
        known = "no interval between articles; " if measure == "z" and line != "low" else ""
        remarks.insert(0, known + "line: " + drawn_as.lines[line].format(phi=phi or float("nan")))
    remarks[-1] = "; ".join([remarks[-1], *translated_remark(table, groups)])
    note(axes, *remarks)
    return axes


def _sizes(table: pd.DataFrame, group: object) -> tuple[str, str]:
    """Say of how many articles the group and the rest are, as they follow a count of articles ('/9')."""
    articles = table.attrs.get("articles", {})
    rest = sum(articles.values()) - articles.get(group, 0)
    return (f"/{articles[group]}", f"/{rest}") if group in articles else ("", "")


def first_terms(table: pd.DataFrame, by: str, *, n: int, min_count: int, measure: str) -> pd.DataFrame:
    """Give the rows that `plot_keyness` draws: the first terms of each group, in the order of the groups."""
    values, terms, groups = table[measure].to_numpy(float), table["term"].to_numpy(object), table[by].to_numpy(object)
    drawn = np.flatnonzero((values > 0) & (table["count"].to_numpy() >= min_count))
    first: list[int] = []
    for group in pd.unique(groups):
        mine = drawn[groups[drawn] == group]
        if len(mine) > n:  # to sort a few is quicker
            mine = mine[values[mine] >= np.partition(values[mine], -n)[-n]]
        first += sorted(mine, key=lambda i: (-values[i], terms[i]))[:n]
    return table.iloc[first]


def _ends(line: str | None) -> list[str]:
    """Name the columns of a line's ends; some lines have one beside the mark itself."""
    return [] if line is None else list(dict.fromkeys([line, line.replace("low", "high")]))


def _draw_forest(
    ax: Axes, table: pd.DataFrame, colour: str, marker: Marker, column: str, line: str | None, sizes: tuple[str, str]
) -> None:
    """Draw a row per term: its mark, its line, and the counts at the right edge."""
    ax.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
    ax.grid(axis="x")
    rows, marks = np.arange(len(table)), table[column].to_numpy(float)
    known = np.isfinite(table[line].to_numpy(float)) if line else np.zeros(len(table), bool)
    if known.any():
        ends = table[[column, *_ends(line)]].to_numpy(float)[known]
        weak = line not in _INTERVALS  # no interval, and not to be taken for one
        style = "solid" if line == "low" else (0, (2, 1.2))
        ax.hlines(rows[known], ends.min(axis=1), ends.max(axis=1), color=FAINT if weak else colour,
                  linewidth=0.7 if weak else 1, linestyle=(0, (1, 1.5)) if weak else style)  # fmt: skip
    alone = table["only_here"].to_numpy(bool)
    for some, face in ((~alone, colour), (alone, "white")):
        if some.any():  # a line without a point would be laid out as if it stood in the corner of the figure
            ax.plot(marks[some], rows[some], marker=marker, linestyle="none", color=colour, markerfacecolor=face,
                    clip_on=False)  # fmt: skip
    for y, row in enumerate(table[["count", "rest_count", "articles", "rest_articles"]].itertuples(index=False)):
        counts = f"{row.count} : {row.rest_count}  ({row.articles}{sizes[0]} : {row.rest_articles}{sizes[1]})"
        ax.text(1.02, y, counts, transform=ax.get_yaxis_transform(), va="center", fontsize="small")
    if table.empty:
        ax.text(0.04, 0.5, "no such term", transform=ax.transAxes, color=QUIET)


@styled
def plot_funnel(table: pd.DataFrame, *, n: int = 6, min_count: int = 1) -> np.ndarray:
    """Draw every term's z against its frequency, so that what stands out is seen among all that does not.

    Parameters
    ----------
    table : DataFrame
        From `compare_terms`.
    n : int
        Terms labelled per source, those with the highest z; one is left without a label where it would lie on another.
    min_count : int
        Draw terms with so many occurrences in all sources together.

    Returns
    -------
    array of Axes
        One panel per group; the axes are shared.

    Notes
    -----
    After Monroe, Colaresi & Quinn (2008), fig. 4.
    """
    by = grouped_by(table, "plot_funnel", "compare_terms", ["term", "z", "count", "rest_count"])
    groups = list(pd.unique(table[by]))
    looks = looks_of(table, by)
    total = table["count"] + table["rest_count"]
    shown = table[total >= max(min_count, 1)].assign(total=total)
    if shown.empty:
        return np.array([empty(f"No term occurs {min_count} times or more.")])
    wide = across(len(groups), 52, 10)
    axes = panels([(label_of(group, table),) for group in groups], 46, wide, sharey=True)
    labels: list[Annotation] = []
    for ax, group in zip(axes, groups, strict=True):
        mine, (colour, marker) = shown[shown[by] == group], source_look(str(group), looks)
        first = mine[mine["z"] > 0].head(n)
        rest = mine.drop(first.index)
        ax.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
        many = len(rest) > _DOTS
        ax.plot(rest["total"], rest["z"], ".", color=FAINT, markersize=points(2.5), rasterized=many)
        ax.plot(first["total"], first["z"], marker=marker, color=colour, linestyle="none", markersize=points(4))
        labels += [beside(ax, x, z, clipped(t, 24, 1), 4)
                   for t, x, z in zip(first["term"], first["total"], first["z"], strict=True)]  # fmt: skip
        ax.grid(axis="y")
    axes[0].margins(y=0.1)  # room for labels above the highest mark
    axes[0].set_xscale("log")
    least, most = shown["total"].min(), shown["total"].max()
    axes[0].set_xlim(least * 0.8, most * 2.6)
    steps = (1, 2, 5) if most <= 100 * least else (1,)
    ticks = [t * 10**k for k in range(9) for t in steps if least <= t * 10**k <= most]
    axes[0].set_xticks(ticks, [f"{t:,}" for t in ticks])
    axes[0].set_xticks([], minor=True)
    for ax in axes:
        x_label(ax, "occurrences in all (log scale)", wide, 10)
    for ax in axes[::wide]:
        ax.set_ylabel("z of the weighted log-odds")
    remark = "up: used more here than by all others together; grey: all other terms; dots coincide, and a label without"
    remark += " room is left out"
    beyond = []
    if shown["phi"].notna().any():
        for ax in axes:
            for z in (-1.96, 1.96):
                ax.axhline(z, color=FAINT, linewidth=0.6, linestyle=(0, (4, 2)), zorder=0)
        beyond = ["dashed: beyond it a term's own 95 % interval between articles excludes zero"]
    else:
        remark += "; z ranks here, it tests nothing"
    note(axes, "; ".join([remark, *translated_remark(table, groups)]), *beyond)
    _part(labels)
    return axes


def _part(labels: Sequence[Annotation]) -> None:
    """Move labels that lie on each other or on a mark to another side of their own, and hide those that find none.

    A place that is free of the grey dots as well goes first.
    """
    if not labels:
        return
    figure_of(labels[0].axes).canvas.draw()  # type: ignore[arg-type]
    dots = {ax: _grey_dots(ax) for ax in dict.fromkeys(label.axes for label in labels) if isinstance(ax, Axes)}
    taken: list[Bbox] = []
    for label in labels:  # marks are not to be written on either
        x, y = label.axes.transData.transform(label.xy)  # type: ignore[union-attr]
        taken.append(Bbox.from_extents(x - 3, y - 3, x + 3, y + 3))
    for label in labels:
        frame = label.axes.get_window_extent()  # type: ignore[union-attr]
        free = [
            (place, box)
            for place, box in _places(label)
            if frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
            and not any(box.overlaps(other) for other in taken)
        ]  # fmt: skip
        if not free:
            label.set_visible(False)
            continue
        clear = [(place, box) for place, box in free if not _covers(box, dots[label.axes])]  # type: ignore[index]
        place, box = (clear or free)[0]
        _move(label, place)
        taken.append(box)


def _places(label: Annotation) -> Iterator[tuple[tuple[float, float], Bbox]]:
    """Try a label on all sides of its mark, the nearest first."""
    for x, y in ((4, 0), (-4, 0), (4, 7), (4, -7), (-4, 7), (-4, -7), (4, 13), (4, -13), (-4, 13), (-4, -13)):
        _move(label, (x, y))
        yield (x, y), label.get_window_extent().expanded(1.02, 1.05)


def _move(label: Annotation, place: tuple[float, float]) -> None:
    label.set_position((points(place[0]), points(place[1])))
    label.set(ha="left" if place[0] > 0 else "right")


def _grey_dots(ax: Axes) -> np.ndarray:
    """Give the places of the dots without a label on the canvas."""
    found = [ax.transData.transform(np.asarray(line.get_xydata())) for line in ax.lines if line.get_marker() == "."]
    return np.vstack([np.empty((0, 2)), *found])


def _covers(box: Bbox, dots: np.ndarray) -> bool:
    inside = (dots[:, 0] > box.x0 - 1) & (dots[:, 0] < box.x1 + 1) & (dots[:, 1] > box.y0) & (dots[:, 1] < box.y1)
    return bool(inside.any())


@styled
def plot_shift(table: pd.DataFrame, *, n: int = 20, ax: Axes | None = None) -> Axes:
    """Draw the words that part two vocabularies most, each on the side of the source that uses it more.

    Parameters
    ----------
    table : DataFrame
        From `score_shift`.
    n : int
        Words drawn, the heaviest first.
    ax : Axes, optional
        Draw here instead of on a new figure.

    Returns
    -------
    Axes
        A bar per word, as long as its part of the divergence; the numbers are counts of both.
    """
    group, rest = (str(table.attrs.get("parameters", {}).get(name, "")) for name in ("group", "rest"))
    if not group or not {"contribution", "leans"} <= set(table):
        raise ValueError("plot_shift draws the table that score_shift gives")
    top = table.head(n)
    if top.empty:
        return empty("No word to compare.")
    ax = ax or canvas(30 + 4.3 * len(top))[0, 0]
    looks = looks_of(table, "source")
    for y, row in enumerate(top.itertuples()):
        sign = 1 if row.leans == group else -1
        colour = source_look(row.leans, looks)[0] if row.leans in looks else BEYOND
        length = 1_000 * row.contribution * sign
        ax.barh(y, length, height=0.68, color="white" if row.only_here else colour, edgecolor=colour, linewidth=0.8)
        beside(ax, 0, y, clipped(row.term, int(page_width() * 0.2 / 1.35), 1), -3 * sign)
        beside(ax, length, y, f"{row.rest_count} : {row.count}", 3 * sign, QUIET)
    most = 1_000 * top["contribution"].max()
    two_sided(ax, most, len(top))
    x_label(ax, "part of the divergence, thousandths of a bit")
    letters = int(page_width() / 5.2)
    ax.set_title(clipped(f"more in {label_of(rest, table)}", letters, 3), loc="left")
    ax.set_title(clipped(f"more in {label_of(group, table)}", letters, 3), loc="right")
    bits = table.attrs["jsd"]
    share = f"{top['contribution'].sum() / bits:.0%}" if bits else "none"
    remark = (
        f"these {len(top)} of {len(table):,} words make {share} of a divergence of {bits:.2f} bits; numbers: count in"
    )
    remark += f" {clipped(rest, 40, 1)} : in {clipped(group, 40, 1)}; hollow: in one article only"
    note([ax], "; ".join([remark, *translated_remark(table, [group, rest])]))
    make_room([ax])
    return ax


def two_sided(ax: Axes, most: float, rows: int) -> None:
    """Lay out an Axes whose bars go to both sides of zero, with the same scale on either."""
    ax.set_xlim(-1.25 * most, 1.25 * most)
    ax.set_ylim(rows - 0.4, -0.6)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=FAINT, linewidth=0.8)
    ticks = [t for t in ax.get_xticks() if abs(t) <= 1.2 * most]
    ax.set_xticks(ticks, [f"{abs(t):g}" for t in ticks])
