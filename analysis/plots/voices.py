"""Charts of voices: how much of a text is whose, in which verbs, at what distance, and in what order.

Voices are told apart without colour: filled is direct speech, hatched indirect speech, and the outlet's own words stand
by themselves. Sides are written out, or carry their letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from analysis.plots.look import (
    INK,
    QUIET,
    across,
    bar,
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
    source_look,
    styled,
    translated_remark,
    x_label,
)

_KEY = "white: the outlet's own words; dotted: its scare quotes; hatched: indirect speech; filled: in quotation marks"
# Sides are coloured only in the strip, where no source is; told apart by their letters as well.
_SIDE_COLOURS = ["#8C1D40", "#3F66C4", "#A66A00", "#00796B", "#7A4DA0", "#5A5A00"]
_OTHER_COLOURS = {"other": "#6E6E6E", "unattributed": "#1a1a1a"}


def side_look(side: str, sides: Sequence[str]) -> tuple[str, str]:
    """Give a side's colour and letter: they follow its place in sides.toml."""
    letters: dict[str, str] = {}
    for name in sides:
        taken = set(letters.values())
        own = (c for c in name.upper() if c.isalnum() and c not in taken)
        letters[name] = "?" if name == "unattributed" else next(own, "#")
    colour = _OTHER_COLOURS.get(side)
    return colour or _SIDE_COLOURS[list(sides).index(side) % len(_SIDE_COLOURS)], letters[side]


@styled
def plot_corpus(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many words of each article are the outlet's own, reported, and quoted.

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
    group = grouped_by(table, "plot_corpus", "count_voices", ["voice", "n_words", "share"])
    if table.empty:
        return empty("The selection has no article.")
    look = "source" if "source" in table else group
    looks = looks_of(table, look)
    order = table.drop_duplicates(group)
    order = in_order(order, looks, look)
    names = order[group].tolist()
    labels = [broken(label_of(s, table)) + (f"\n{clipped(n, 34, 1)}" if group != look else "")
              for s, n in zip(order[look], names, strict=True)]  # fmt: skip
    ax = ax or canvas(26 + row_height(labels, 8.5) * len(names))[0, 0]
    most = table.groupby(group)["n_words"].sum().max()
    for y, (_, row) in enumerate(order.iterrows()):
        colour = source_look(row[look], looks)[0]
        left = 0
        mine = table[table[group] == row[group]].set_index("voice")
        for voice, words in mine.loc[mine["n_words"] > 0, "n_words"].items():
            bar(ax, y, words, left, colour, str(voice))
            left += words
        shares = [f"{mine['share'].get(voice, 0.0):.0%} {name}" for voice, name in
                  (("reported", "reported"), ("quote", "quoted"))]  # fmt: skip
        beside(ax, left, y, f"{left:,} word{'s' if left != 1 else ''}, {', '.join(shares)}", 4)
    ax.set_yticks(range(len(names)), labels, linespacing=1.1)
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.set_xlim(0, most)
    x_label(ax, "words")
    ax.grid(axis="x")
    note([ax], "; ".join([_KEY, *translated_remark(table, list(order[look]))]))
    make_room([ax])
    return ax


@styled
def plot_sides(table: pd.DataFrame) -> np.ndarray:
    """Draw whose words each source prints: a bar for the outlet and for each side, in share of all words.

    Parameters
    ----------
    table : DataFrame
        From `count_sides`.

    Returns
    -------
    array of Axes
        One panel per group, with a bar for each voice of each side (filled: in quotation marks; hatched: indirect
        speech; dotted: scare quotes) and its words beside it. A dark line is the interval of the share, if it has one.
    """
    by = grouped_by(table, "plot_sides", "count_sides", ["voice", "side", "n_words", "share"])
    if not table["n_words"].any():
        return np.array([empty("The selection has no words.")])
    looks, groups = looks_of(table, by), list(pd.unique(table[by]))
    spoken = set(table.loc[table["n_words"] > 0, "side"])
    rows = ["", *[s for s in table.attrs.get("sides", sorted(spoken)) if s in spoken]]
    labels = ["outlet", *(clipped(side, max(int(page_width() * 0.125), 13), 2) for side in rows[1:])]
    wide, words = across(len(groups), 46, 22), table.groupby(by)["n_words"].sum()
    titles = [(label_of(group, table), f"{words[group]:,} words") for group in groups]
    axes = panels(titles, row_height(labels, 7.4) * len(rows), wide, sharey=True)
    most = np.nanmax(table[["share", "block_high"]].to_numpy(float))
    for ax, group in zip(axes, groups, strict=True):
        colour = source_look(str(group), looks)[0]
        for y, side in enumerate(rows):
            mine = table[(table[by] == group) & (table["side"] == side) & (table["n_words"] > 0)].set_index("voice")
            for offset, voice in zip((-0.2, 0.2), ("reported", "quote") if side else ("outlet", "scare"), strict=True):
                if voice in mine.index:
                    _draw_share(ax, y + offset, mine.loc[voice], colour, voice)
            if mine.empty:
                beside(ax, 0, y, "0", 3, color=QUIET)
        ax.grid(axis="x")
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:.0%}")
    axes[0].set_yticks(range(len(rows)), labels)
    axes[0].set_ylim(len(rows) - 0.4, -0.6)
    axes[0].set_xlim(0, most)
    label_below(axes, wide, "share of words", 22)
    line = ["line: 95 %, conditional on these articles"] if table["block_low"].notna().any() else []
    note(axes, "; ".join([f"numbers: words; {_KEY}", *line, *translated_remark(table, groups)]))
    make_room(axes)
    return axes


def _draw_share(ax: Axes, y: float, part: pd.Series, colour: str, voice: str) -> None:
    """Draw one voice's share as a bar with its words beside it, and its interval as a line through the bar's end."""
    bar(ax, y, part["share"], 0, colour, voice, height=0.34)
    end = part["share"]
    if pd.notna(part["block_low"]):
        ax.plot([part["block_low"], part["block_high"]], [y, y], color=INK, linewidth=1.1, solid_capstyle="butt")
        end = max(end, part["block_high"])
    beside(ax, end, y, f"{part['n_words']:,}", 4)


@styled
def plot_verbs(table: pd.DataFrame) -> np.ndarray:
    """Draw which class of reporting verb each source gives to which side.

    Parameters
    ----------
    table : DataFrame
        From `count_verbs`.

    Returns
    -------
    array of Axes
        One panel per group, classes in rows, sides in columns; the number is the count of verbs, ringed unless 0.
    """
    by = grouped_by(table, "plot_verbs", "count_verbs", ["kind", "verb", "side", "count"])
    if table.empty:
        return np.array([empty("No reporting verb is in the selection.")])
    looks = looks_of(table, by)
    groups = [g for g in looks if g in set(table[by])]
    kinds = sorted(table["kind"].unique())
    sides = [s for s in table.attrs.get("sides", sorted(table["side"].unique())) if s in set(table["side"])]
    counted = table.groupby([by, "kind", "side"])["count"].sum()
    wide = across(len(groups), max(14 + 7 * len(sides), 34), 22)
    titles = [(label_of(group, table), f"{counted[group].sum():,} reporting verbs") for group in groups]
    axes = panels(titles, 10 + 8 * len(kinds), wide, sharey=True)
    for ax, group in zip(axes, groups, strict=True):
        colour = source_look(str(group), looks)[0]
        for y, kind in enumerate(kinds):
            for x, side in enumerate(sides):
                count = counted[group].get((kind, side), 0)
                if count:
                    ax.scatter(
                        x, y, s=points(10.5) ** 2, facecolor="white", edgecolor=colour, linewidth=1.2, clip_on=False
                    )
                ax.text(x, y, str(count), ha="center", va="center", fontsize="small", color=INK if count else QUIET)
        ax.set_xticks(range(len(sides)), [clipped(s, 14, 1) for s in sides],
                      rotation=40, ha="right", rotation_mode="anchor")  # fmt: skip
        ax.grid(alpha=0.6)
        ax.set_axisbelow(True)
    axes[0].set_xlim(-0.6, len(sides) - 0.4)
    axes[0].set_yticks(range(len(kinds)), kinds)
    axes[0].set_ylim(len(kinds) - 0.4, -0.6)
    note(axes, *translated_remark(table, groups, "translated into English: the verb may be the translator's"))
    return axes


@styled
def plot_strip(table: pd.DataFrame) -> Axes:
    """Draw each article from its first word to its last: whose words, and in which voice.

    Parameters
    ----------
    table : DataFrame
        From `count_passages`.

    Returns
    -------
    Axes
        A strip per article on a scale of words. The thin line is the article, which is the outlet's where nothing else
        stands; a hatched box is indirect speech, a filled one a quotation, a small tick below the line a scare quote.
        Colour and letter are the side.
    """
    grouped_by(table.assign(source=""), "plot_strip", "count_passages", ["begins", "n_words", "voice", "side"])
    if table.empty:
        return empty("The selection has no words.")
    looks, sides = looks_of(table, "source"), table.attrs.get("sides", sorted(set(table["side"]) - {""}))
    order = table.drop_duplicates("article_id").sort_values("article_id")
    order = in_order(order, looks)
    names = order["article_id"].tolist()
    labels = [f"{broken(label_of(s, table), 0.26)}\n{clipped(n, 34, 1)}"
              for s, n in zip(order["source"], names, strict=True)]  # fmt: skip
    ax = canvas(32 + row_height(labels, 12) * len(names))[0, 0]
    longest = float((table["begins"] + table["n_words"]).max())
    letter_width = longest * 2.6 / (page_width() * 0.6)  # in words, on the least room that labels leave
    for y, name in enumerate(names):
        mine = table[table["article_id"] == name]
        ax.plot([mine["begins"].min(), (mine["begins"] + mine["n_words"]).max()], [y, y], color=INK, linewidth=0.8)
        taken = {-0.29: -longest, 0.29: -longest}  # how far letters reach, above and below the strip
        for part in _stretches(mine):
            middle = part["begins"] + part["n_words"] / 2
            if part["voice"] == "scare":
                ax.plot([middle] * 2, [y + 0.04, y + 0.22], color=INK, linewidth=1.2)
            if part["voice"] in ("reported", "quote"):
                colour, letter = side_look(part["side"], sides)
                bar(ax, y, part["n_words"], part["begins"], colour, part["voice"], height=0.44)
                place = next((p for p, reach in taken.items() if middle - reach > letter_width), None)
                if place:
                    ax.text(
                        middle, y + place, letter, ha="center", va="bottom" if place < 0 else "top", fontsize="small"
                    )
                    taken[place] = middle
    ax.set_yticks(range(len(names)), labels, linespacing=1.1)
    ax.set_ylim(len(names) - 0.3, -0.7)
    ax.set_xlim(0, longest * 1.01)
    x_label(ax, "words from the beginning, headline first", 1, 40)
    present = [s for s in sides if s in set(table["side"])]
    handles = [
        Patch(facecolor=side_look(s, sides)[0], label=f"{side_look(s, sides)[1]}  {clipped(s, 22, 1)}") for s in present
    ]
    figure_of(ax).legend(handles=handles, loc="outside upper left", ncols=max(int(page_width() / 29), 1), frameon=False,
                         fontsize="small", handlelength=1, handleheight=1, columnspacing=1.2)  # fmt: skip
    remark = "line: the article; filled: in quotation marks; hatched: indirect speech; tick below the line: scare quote"
    note([ax], "; ".join([remark, *translated_remark(table, list(order["source"]))]))
    return ax


def _stretches(passages: pd.DataFrame) -> list[dict[str, Any]]:
    """Join passages that follow each other in one voice and side, so that a quotation of three sentences is one box."""
    joined: list[dict[str, Any]] = []
    for part in passages[["begins", "n_words", "voice", "side"]].to_dict("records"):
        last = joined[-1] if joined else None
        if last and (last["voice"], last["side"]) == (part["voice"], part["side"]) \
                and last["begins"] + last["n_words"] == part["begins"]:  # fmt: skip
            last["n_words"] += part["n_words"]
        else:
            joined.append(dict(part))
    return joined


@styled
def plot_distance(table: pd.DataFrame) -> np.ndarray:
    """Draw the words and marks of distance by source, with their counts.

    Parameters
    ----------
    table : DataFrame
        From `count_distance`.

    Returns
    -------
    array of Axes
        One panel per group, markers in rows; filled: in the outlet's own words, hollow: in somebody's speech.
    """
    by = grouped_by(table, "plot_distance", "count_distance", ["words", "voice", "count", "per_1000"])
    if table.empty:
        return np.array([empty("No word of distance and no scare quote is in the selection.")])
    looks = looks_of(table, by)
    groups = [g for g in looks if g in set(table[by])]
    words = sorted(table["words"].unique(), key=lambda w: (w != "scare quotes", w))
    labels = [broken(word, 0.2, 2) for word in words]
    wide = across(len(groups), 30, 26)
    titles = [
        (label_of(group, table), f"{table.loc[table[by] == group, 'n_words'].iloc[0]:,} words") for group in groups
    ]
    axes = panels(titles, row_height(labels, 5) * len(words), wide, sharey=True)
    most = max(table.groupby([by, "words"])["per_1000"].sum().max(), 1e-9)
    for ax, group in zip(axes, groups, strict=True):
        colour, marker = source_look(str(group), looks)
        mine = table[table[by] == group]
        for y, word in enumerate(words):
            parts = mine[(mine["words"] == word) & (mine["count"] > 0)]
            own = parts.loc[parts["voice"] == "outlet", ["count", "per_1000"]].sum()
            all_ = parts[["count", "per_1000"]].sum()
            ax.hlines(y, 0, all_["per_1000"], color=colour, linewidth=0.8)
            if all_["count"] > own["count"]:
                ax.plot(all_["per_1000"], y, marker=marker, color=colour, markerfacecolor="white", linestyle="none")
            if own["count"]:
                ax.plot(own["per_1000"], y, marker=marker, color=colour, linestyle="none")
            text = f"{own['count']:.0f}" + (
                f" + {all_['count'] - own['count']:.0f}" if all_["count"] > own["count"] else ""
            )
            beside(ax, all_["per_1000"], y, text, 5 if all_["count"] else 2, color=INK if all_["count"] else QUIET)
        ax.grid(axis="x")
    axes[0].set_yticks(range(len(words)), labels)
    axes[0].set_ylim(len(words) - 0.4, -0.6)
    axes[0].set_xlim(0, most)
    label_below(axes, wide, "per 1,000 words", 26)
    remark = "number: count in the outlet's own words (filled) + in indirect speech and quotations (hollow)"
    note(axes, "; ".join([remark, *translated_remark(table, groups)]))
    make_room(axes)
    return axes
