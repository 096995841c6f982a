"""Charts of what a claim rests on (the specification curve), and of how many articles a difference would take."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator

from analysis.plots.look import (
    COLOURS,
    FAINT,
    INK,
    MARKERS,
    QUIET,
    canvas,
    clipped,
    empty,
    grouped_by,
    label_of,
    note,
    page_width,
    points,
    source_look,
    styled,
    translated_remark,
    x_label,
)

_CURVE = 42.0  # millimetres
_ROW = 3.4
_DECADES = (1, 3, 10, 30, 100, 300, 1000, 3000, 10000)


@styled
def plot_robustness(table: pd.DataFrame, claim: str | None = None) -> np.ndarray:
    """Draw the specification curve of a claim: what each combination of choices gives, and which choices it is.

    Parameters
    ----------
    table : DataFrame
        From `robustness`.
    claim : str, optional
        Which of its claims; the first by default.

    Returns
    -------
    array of Axes
        Above, a mark for each specification that can be asked, the best first: filled where the claim holds, hollow
        where it fails; a diamond marks the usual choices. Below, a row for each choice with a dash under the marks that
        took it. Specifications without an article are not drawn: `attrs["lines"]` tells of them.

    Raises
    ------
    ValueError
        The table has no such claim.
    """
    _check(table, "plot_robustness", "robustness", ["claim", "left out", "value", "holds"])
    lines = table.attrs.get("lines", {})
    claim = claim or next(iter(pd.unique(table["claim"])), "")
    rows = table[(table["claim"] == claim) & (table["left out"] == "")]
    if table.empty or rows.empty:
        if not table.empty:
            raise ValueError(f"plot_robustness: no claim {claim!r}; there are: {', '.join(lines)}")
        return np.array([empty("No claim was asked.")])
    asked = rows[rows["holds"].notna() & rows["value"].notna()]
    if asked.empty:
        return np.array([empty(f"{claim}: no specification gives a number.")])
    quantity = table.attrs.get("quantities", {}).get(claim, "value")
    least = quantity.startswith(("rank", "number")) or claim.startswith("polarity is lowest")
    up = -1 if least else 1  # where the best lie
    order = asked.assign(fails=~asked["holds"].astype(bool), key=-up * asked["value"])
    order = order.sort_values(["fails", "key"], kind="stable")
    names = [n for n in table.attrs["choices"][claim] if len(set(order[n])) > 1]
    listed = [(name, value) for name in names for value in dict.fromkeys(rows[name])]
    heights = [_CURVE, max(_ROW * len(listed) + 2.0 * len(names), 8)]
    axes = canvas(sum(heights) + 22, 2, 1, sharex=True, gridspec_kw={"height_ratios": heights}).ravel()
    group = table.attrs.get("groups", {}).get(claim, "")
    colour = source_look(group, table.attrs.get("sources", []))[0]
    _draw_curve(axes[0], order, colour, rows.index[0], quantity)
    axes[0].set_ylabel(clipped(quantity, 19, 4))
    title = claim.replace(group, label_of(group, table)) if group else claim
    axes[0].set_title(clipped(title, int(page_width() * 0.62 / 1.9), 3))  # beside the labels of the rows
    _draw_choices(axes[1], order, listed)
    x_label(axes[1], "specifications, those in which the claim holds first", left=page_width() * 0.36)
    remarks = ["filled: holds; hollow: fails; diamond: the usual choices"]
    if absent := int(rows["holds"].notna().sum()) - len(asked):
        remarks[0] += f"; {absent:,} in which there is nothing to rank fail and are not drawn"
    if claim in lines:
        remarks.append(f"It {lines[claim]}.")
    note(axes, *remarks, *translated_remark(table, [group]), str(table.attrs.get("note", "")))
    return axes


def _check(table: pd.DataFrame, plot: str, measure: str, columns: list[str]) -> None:
    """Make sure that a table, which has no column of groups, is that measure's."""
    by = str(table.attrs.get("parameters", {}).get("by", "source")) if isinstance(table, pd.DataFrame) else ""
    grouped_by(table.assign(**{by: ""}) if by else table, plot, measure, columns)


def _draw_curve(ax: Axes, order: pd.DataFrame, colour: str, usual: object, quantity: str) -> None:
    """Draw the values in order; ranks on a logarithmic scale, 1 on top."""
    x, size = np.arange(len(order)), points(3.2 if len(order) <= 150 else 2.2)
    for fails in sorted(set(order["fails"]), reverse=True):  # an empty line would take room at the figure's corner
        mine, face = (order["fails"] == fails).to_numpy(), "white" if fails else colour
        ax.plot(x[mine], order["value"].to_numpy()[mine], "o", markersize=size, markerfacecolor=face,
                markeredgecolor=colour, markeredgewidth=0.6, linestyle="none", clip_on=False)  # fmt: skip
    if usual in order.index:
        at = order.index.get_loc(usual)
        ax.plot(at, order["value"].iloc[at], "D", markersize=size * 2, markerfacecolor="none", markeredgecolor=INK,
                clip_on=False, zorder=4)  # fmt: skip
    if quantity.startswith("rank"):
        ax.set_yscale("log")
        ax.set_ylim(max(order["value"].max() * 1.3, 2.2), 0.8)
        ax.yaxis.set_minor_locator(NullLocator())
        worst = max(order["value"].max(), 2)
        steps = (1, 2, 3, 5, 10, 20) if worst <= 20 else (1, 2, 5, 10, 20, 50, 100) if worst <= 100 else _DECADES
        ticks = [t for t in steps if t <= worst]
        ax.set_yticks(ticks, [str(t) for t in ticks])
    elif quantity.startswith("share of the frame"):
        ax.axhline(0.5, color=FAINT, linewidth=0.7, zorder=0)
        ax.set_ylim(-0.05, 1.05)
    elif quantity.startswith("number"):
        most = max(order["value"].max(), 1)
        ax.set_ylim(-0.06 * most, 1.06 * most)
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    else:
        ax.axhline(0, color=FAINT, linewidth=0.7, zorder=0)
    ax.tick_params(labelbottom=False)


def _draw_choices(ax: Axes, order: pd.DataFrame, listed: list[tuple[str, str]]) -> None:
    """Draw a row for each choice, parted where another kind of choice begins."""
    y, at, before = [], 0.0, ""
    for name, _ in listed:
        at += 0.6 if before and name != before else 0
        y.append(at)
        at, before = at + 1, name
    width = max(min(points(250 / max(len(order), 1)), points(4)), 0.35)
    for (name, value), place in zip(listed, y, strict=True):
        x = np.flatnonzero((order[name] == value).to_numpy())
        ax.vlines(x, place - 0.33, place + 0.33, color=QUIET, linewidth=width)
    room = int(page_width() * 0.36 / 1.6)
    whole = [f"{name}: {value}" for name, value in listed]
    labels = [
        clipped(text if len(text) <= room else value, room, 1) for text, (_, value) in zip(whole, listed, strict=True)
    ]
    ax.set_yticks(y, labels, fontsize="small")
    ax.set_ylim(at - 0.4, -0.6)
    ax.set_xlim(-0.02 * len(order) - 0.5, 1.02 * len(order) - 0.5)
    numbers = [n for n in MaxNLocator(5, integer=True).tick_values(1, len(order)) if 1 < n <= len(order)]
    ax.set_xticks([0, *(n - 1 for n in numbers)], ["1", *(f"{n:,.0f}" for n in numbers)])
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False)


@styled
def plot_planning(table: pd.DataFrame) -> Axes:
    """Draw how many articles of each source a difference takes, by its size and by the dispersion.

    Parameters
    ----------
    table : DataFrame
        From `plan_articles`.

    Returns
    -------
    Axes
        Both axes are logarithmic. A line for each dispersion is the formula, the marks with their numbers are the
        simulation.
    """
    _check(table, "plot_planning", "plan_articles", ["phi", "ratio", "formula", "simulated"])
    drawn = table.dropna(subset=["simulated"])
    if drawn.empty:
        return empty("No number of articles up to 2,000 is enough.")
    ax: Axes = canvas(80)[0, 0]
    for i, (phi, rows) in enumerate(table.groupby("phi")):
        colour, marker = COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]
        formula = rows.dropna(subset="formula")
        ax.plot(formula["ratio"], formula["formula"].astype(float), color=colour, linewidth=1)
        told = rows.dropna(subset="simulated")
        label = f"{phi:g}" + (" (assumed)" if set(rows["phi_from"]) == {"assumed"} else "")
        ax.plot(told["ratio"], told["simulated"].astype(float), marker, color=colour, label=label)
        for row in told.itertuples():
            ax.annotate(f"{row.simulated:,}", (row.ratio, row.simulated), (points(4), points(4)),
                        textcoords="offset points", fontsize="small", color=colour)  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    ratios = sorted(set(table["ratio"]))
    ax.set_xticks(ratios, [f"{ratio:g}" for ratio in ratios])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlim(min(ratios) / 1.12, max(ratios) * 1.2)
    most = float(drawn["simulated"].max())
    ticks = [t for t in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if t <= most * 2.5]
    ax.set_yticks(ticks, [f"{t:,}" for t in ticks])
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_ylim(1, ticks[-1])
    x_label(ax, "how many times as often the source uses the term")
    ax.set_ylabel("articles of each source")
    ax.legend(title="dispersion (phi)", loc="upper right")
    known = table.attrs.get("parameters", {})
    settings = (f"{known.get('per_1000', 0):g} in 1,000 words of the others, {known.get('groups', 0)} sources,"
                f" articles of {table['n_words'].iloc[0]:,} words")  # fmt: skip
    note([ax], f"lines: formula; marks and numbers: simulation; {settings}", str(table.attrs.get("note", "")))
    return ax
