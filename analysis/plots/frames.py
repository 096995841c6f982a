"""Charts of frames and facts: shares by source and voice, the course of each article, what is left out, validity."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.plots.look import (
    FAINT,
    HATCHES,
    INK,
    QUIET,
    TRANSLATED,
    Marker,
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
)

_ROOM = 15  # millimetres that a column needs to say in which sentence a fact stands first
_VOICES = ("outlet", "reported", "quote")
# The parts of a dictionary's score: colour, marker and fill; no source's colour.
_PARTS = {"in sample": (FAINT, "o", "white"), "held out": (INK, "D", INK)}
_OTHER_PART = ("#6E6E6E", "s", "#6E6E6E")
_KEY = "white: the outlet's own words; hatched: indirect speech; filled: in quotation marks"


def _named(frames: list[str], table: pd.DataFrame) -> list[str]:
    """Write name and code of each frame, broken where that is long."""
    names = {"micro": "all together", **table.attrs.get("frames", {})}
    texts = [f"{names.get(f, f)} ({f})" if f in names and f != "micro" else names.get(f, f) for f in frames]
    return [clipped(text, max(int(page_width() * 0.125), 20), 3) for text in texts]


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
    names = _named(frames, table)
    wide = across(len(groups), 46, 38)
    first = table.drop_duplicates(by).set_index(by)
    read = first["coded_sentences"].where(first["coded_sentences"] > 0)
    sizes = [
        f"{first.loc[g, 'n_sentences']} sentences" if pd.isna(read[g]) else f"{read[g]:.0f} sentences read"
        for g in groups
    ]
    titles = [(label_of(group, table), size) for group, size in zip(groups, sizes, strict=True)]
    axes = panels(titles, row_height(names, 7.4) * len(frames), wide, sharey=True)
    most = np.nanmax([*table[["coded_share", "found_share", "block_high"]].max(), 0.05])
    for ax, group in zip(axes, groups, strict=True):
        for y, frame in enumerate(frames):
            mine = table[(table[by] == group) & (table["frame"] == frame)].set_index("voice")
            _draw_frame(ax, y, mine, *source_look(str(group), looks))
        ax.grid(axis="x")
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:.0%}")
    axes[0].set_yticks(range(len(frames)), names)
    axes[0].set_ylim(len(frames) - 0.4, -0.6)
    axes[0].set_xlim(0, most)
    label_below(axes, wide, "share of sentences", 38)
    cross = "×: found by the dictionary"
    remark = [
        f"number: sentences; {_KEY}; {cross}" if read.notna().any() else f"{cross}; nobody has read these sentences"
    ]
    if table["block_low"].notna().any():
        remark.append("line: 95 %, conditional on these articles (blocks of sentences)")
    remark[-1] = "; ".join([remark[-1], *translated_remark(table, groups)])
    note(axes, *remark)
    make_room(axes)
    return axes


def _draw_frame(ax: Axes, y: float, parts: pd.DataFrame, colour: str, marker: Marker) -> None:
    """Draw one frame of one group: the bar by voice, the dot with its interval, the dictionary's cross, the count."""
    if "all" not in parts.index:
        return
    whole = parts.loc["all"]
    if pd.notna(whole["coded"]):
        left = 0.0
        for voice in _VOICES:
            if share := parts["coded_share"].get(voice, 0.0):
                bar(ax, y, share, left, colour, voice, height=0.5)
                left += share
        if whole["coded"]:
            if pd.notna(whole["block_low"]):
                ax.hlines(y, whole["block_low"], whole["block_high"], color=INK, linewidth=1.1)
            ax.plot(whole["coded_share"], y, marker=marker, color=colour, markeredgecolor="white", markeredgewidth=0.7,
                    zorder=3)  # fmt: skip
    if whole["found"] or (pd.notna(whole["coded"]) and whole["coded"]):
        ax.plot(
            whole["found_share"],
            y + 0.37,
            marker="x",
            color=INK,
            markersize=points(2.6),
            markeredgewidth=0.7,
            clip_on=False,
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
    order = in_order(order, looks)
    wide = across(len(order), 48, 20)
    titles = [(label_of(s, table), a) for s, a in zip(order["source"], order["article_id"], strict=True)]
    axes = panels(titles, 4.6 * len(frames), wide, sharey=True)
    for ax, (_, article) in zip(axes, order.iterrows(), strict=True):
        colour = source_look(article["source"], looks)[0]
        for row in shown[shown["article_id"] == article["article_id"]].itertuples():
            bar(ax, frames.index(row.frame), row.ends - row.begins, row.begins, colour, row.voice, height=0.6)
        ax.grid(axis="y")
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:.0%}")
    axes[0].set_yticks(range(len(frames)), [clipped(frame, 14, 1) for frame in frames])
    axes[0].set_ylim(len(frames) - 0.4, -0.6)
    axes[0].set_xlim(0, 1)
    axes[0].set_xticks([0, 0.5, 1])
    label_below(axes, wide, "share of the article's words", 20)
    remark = [_KEY] if read else [_KEY, "by the dictionary: nobody has read these sentences"]
    note(axes, "; ".join([*remark, *translated_remark(table, list(order["source"]))]))
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
    blank = bool((table["status"] == "not about it").any())
    table = table[table["status"] != "not about it"]
    if table.empty:
        return empty("facts.toml names no fact about these articles.")
    looks = looks_of(table, "source")
    facts = table.drop_duplicates("fact")
    articles = table.drop_duplicates("article_id")
    articles = in_order(articles, looks)
    columns = {article: x for x, article in enumerate(articles["article_id"])}
    places = _rows_by_group(facts)
    names = [broken(name, 0.34, 2) for name in facts["name"]]
    room = page_width() * 0.6 / len(columns)  # millimetres for an article
    upright = room > 20
    heads = _heads(articles, table, upright)
    above = 3.4 * max(h.count("\n") + 1 for h in heads) if upright else 1.6 * max(map(len, heads))
    ax = canvas(26 + above + row_height(names, 3.9) * (max(places.values()) + 1))[0, 0]
    for row in table.itertuples():
        x, y = columns[row.article_id], places[row.fact]
        if row.status == "mentioned":
            colour = source_look(row.source, looks)[0]
            _box(ax, x, y, colour, row.voice, str(row.n), 0.34 if room > _ROOM else 0.8)
            if room > _ROOM:
                ax.text(x + 0.22, y, f"s. {row.first}", va="center", fontsize="small", color=QUIET)
        else:
            text = "–" if row.status != "not yet known" else "not yet" if room > _ROOM / 2 else "/"
            ax.text(x, y, text, ha="center", va="center", fontsize="small", color=QUIET)
    for group, first in facts.drop_duplicates("group")[["group", "fact"]].itertuples(index=False):
        if group:
            text = clipped(group, int(page_width() * 0.34 / 1.75), 1)
            ax.text(-0.62, places[first] - 1, text, fontweight="bold", va="center", ha="right")
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(columns)), heads)
    if not upright:
        for label in ax.get_xticklabels():
            label.set(rotation=90, ha="center", va="bottom")
    ax.set_yticks([places[f] for f in facts["fact"]], names)
    ax.set_xlim(-0.6, len(columns) - 0.4)
    ax.set_ylim(max(places.values()) + 0.6, -1.6)
    ax.spines[["bottom", "left", "top"]].set_visible(False)
    ax.tick_params(length=0)
    ax.grid(axis="y", alpha=0.6)
    first = "number: sentences that mention it"
    first += "; s.: the first of them, in the voice of the fill" if room > _ROOM else "; fill: the voice of the first"
    late = "not yet: could not be known" if room > _ROOM / 2 else "/: could not be known yet"
    remark = [
        _KEY,
        "–: not mentioned",
        *(["blank: not about this article's event"] if blank else []),
        *([late] if (table["status"] == "not yet known").any() else []),
    ]
    note([ax], first, "; ".join([*remark, *translated_remark(table, list(articles["source"]))]))
    return ax


def _heads(articles: pd.DataFrame, table: pd.DataFrame, upright: bool) -> list[str]:
    """Write source and article above each column, or the article alone where columns are narrow."""
    pairs = list(zip(articles["source"], articles["article_id"], strict=True))
    if not upright:
        return [clipped(a, 26, 1) + (f"\u00a0{TRANSLATED}" if s in table.attrs.get("translated", ()) else "")
                for s, a in pairs]  # fmt: skip
    letters = int(page_width() * 0.6 / len(pairs) / 1.4)
    return [f"{clipped(label_of(s, table), letters, 3)}\n{clipped(a, letters, 1)}" for s, a in pairs]


def _rows_by_group(facts: pd.DataFrame) -> dict[str, int]:
    """Give each fact its row, with a free one above each group for its name."""
    places: dict[str, int] = {}
    y, before = -1, None
    for fact, group in zip(facts["fact"], facts["group"], strict=True):
        y += 1 if group == before else 2 if before is not None and group else 1
        places[fact], before = y, group
    return places


def _box(ax: Axes, x: float, y: float, colour: str, voice: str, text: str, width: float) -> None:
    """Draw a box whose fill is a voice, with a number that can be read on it."""
    face = colour if voice == "quote" else "white"
    ax.bar(x, 0.76, bottom=y - 0.38, width=width, color=face, edgecolor=colour, linewidth=0.9, hatch=HATCHES[voice])
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if voice == "reported" else None
    ax.text(
        x, y, text, ha="center", va="center", fontsize="small", color="white" if voice == "quote" else INK, bbox=ground
    )


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
    labels = _named(frames, table)
    wide = across(3, 46, 38)
    titles = [("precision: of those found",), ("recall: of those coded",), ("F1: both",)]
    axes = panels(titles, 4 + row_height(labels, 4 + 2.4 * len(parts)) * len(frames), wide, sharey=True)
    for ax, (measure, of) in zip(axes, {"precision": "found", "recall": "coded", "f1": ""}.items(), strict=True):
        ax.axvline(0.8, color=FAINT, linewidth=0.8, linestyle=(0, (3, 2)), zorder=0)
        for p, part in enumerate(parts):
            offset = (p - (len(parts) - 1) / 2) * 0.24
            for y, frame in enumerate(frames):
                row = shown[(shown["part"] == part) & (shown["frame"] == frame)].iloc[0]
                if pd.isna(row[measure]):
                    continue
                colour, marker, face = _PARTS.get(part, _OTHER_PART)
                ax.hlines(y + offset, row[f"{measure}_low"], row[f"{measure}_high"], color=colour, linewidth=0.9)
                ax.plot(row[measure], y + offset, marker=marker, color=colour, markerfacecolor=face, linestyle="none",
                        markersize=points(4), clip_on=False, label=part if not y else None)  # fmt: skip
        if of:
            for y, frame in enumerate(frames):
                row = shown[(shown["part"] == parts[-1]) & (shown["frame"] == frame)].iloc[0]
                offset = (len(parts) - 1) / 2 * 0.24  # that of the last part
                beside(ax, 1.0, y + offset, f"{row['hits']}/{row[of]}", 6)
        ax.grid(axis="x")
        ax.set_xlim(0, 1.02)
        ax.set_xticks([0, 0.5, 0.8, 1], ["0", ".5", ".8", "1"])
        ax.spines["bottom"].set_bounds(0, 1)
    axes[0].set_yticks(range(len(frames)), labels)
    axes[0].set_ylim(len(frames) - 0.4, -0.6)
    handles = axes[0].get_legend_handles_labels()
    columns = max(int(page_width() / 52), 1)
    figure_of(axes).legend(*handles, loc="outside upper left", ncols=columns, frameon=False, fontsize="small")
    make_room(axes)
    note(axes, f"line: Wilson interval, which takes sentences for independent; numbers: hits of so many, {parts[-1]}")
    return axes
