"""The explorer: controls beside a chart of terms, its table, the sentences of a term, and what can be saved of it."""

from __future__ import annotations

import base64
import gc
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from html import escape
from pathlib import Path
from time import perf_counter
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import DisplayHandle, Javascript, display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from analysis.corpus import Corpus
from analysis.explorer.marked import find_evidence, show_evidence
from analysis.explorer.view import ALL, MEASURES, VOICES, View, write_code
from analysis.figures import check_name, output_folder, save_figure, write_files
from analysis.keyness import compare_terms
from analysis.plots.look import STYLE, figure_of
from analysis.plots.terms import first_terms, plot_keyness
from analysis.shown import Shown, show_table

NAME = "07-explorer"
_MOST_TERMS = 40
_MANY = 2_000  # articles from which on all voices are counted when the explorer is opened
_COLUMNS = ["source", "term", "count", "rest_count", "per_1000", "rest_per_1000", "articles", "rest_articles"]
_LINES = {"z": ["log_odds", "z", "low", "high", "tipping_phi"], "log_ratio": ["log_ratio", "log_ratio_bound"],
          "g2": ["g2"], "per_1000": []}  # fmt: skip
# JupyterLab takes arrow keys and letters for the notebook even where a list has the focus ('d' twice deletes the cell),
# unless the element that has it says no. And screen readers read what changes only in a place that is known to change.
_SCRIPT = """setTimeout(() => {
    const area = element.closest('.jp-OutputArea');
    area?.addEventListener('focusin', event => {
        if (!event.target.matches(':read-write')) event.target.setAttribute('data-lm-suppress-shortcuts', 'true');
    });
    area?.querySelectorAll('[role=status]').forEach(line => line.parentElement.setAttribute('aria-live', 'polite'));
})"""
_UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


def explore(corpus: Corpus) -> Explorer:
    """Open an explorer of terms: controls, a chart and its table that follow, and the sentences of the term chosen.

    Parameters
    ----------
    corpus : Corpus
        Or a selection of one. What it holds can be chosen; at first its core sources are.

    Returns
    -------
    Explorer
        Shows itself as the last value of a cell. Without a running kernel the notebook still shows the chart, the table
        and the sentences as they were.

    Raises
    ------
    ValueError
        Fewer than two sources.
    """
    return Explorer(corpus)


class Explorer:
    """Controls and what follows them. `view` is what is chosen; setting controls by code moves them on the screen, too.

    Attributes
    ----------
    corpus : Corpus
    controls : dict
        The widgets by name: sources, voice, side, measure, min_count, n, names, offices, translated; term; name.
    view : View
    terms : DataFrame
        From `compare_terms`; empty where the choices leave nothing to compare.
    seconds : dict
        How long the last steps took: compare (select and compare), draw, list (table and terms), sentences.
    """

    def __init__(self, corpus: Corpus) -> None:
        """Work out the first view."""
        if not isinstance(corpus, Corpus):
            raise ValueError(f"explore: give a corpus, as from read_corpus, not {type(corpus).__name__!r}")
        if len(sources := corpus.groups("source")) < 2:
            found = ", ".join(map(repr, sources)) or "none"
            raise ValueError(f"explore: sources are compared, two or more; in this selection there is {found}")
        self.corpus = corpus
        self.seconds: dict[str, float] = {}
        self._saved: dict[str, View] = {}  # the names of what was saved here
        self._alt = ""
        self._select = lru_cache(maxsize=6)(self._select_anew)
        self._compare = lru_cache(maxsize=24)(self._compare_anew)
        self.controls = _make_controls(corpus)
        self._shown = {part: _Part() for part in ("said", "chart", "table", "sentences", "told")}
        self._buttons = {"figure": widgets.Button(description="Save figure", icon="save"),
                         "code": widgets.Button(description="Save code", icon="code")}  # fmt: skip
        self._filling = False
        for name, control in self.controls.items():
            if name not in ("term", "name"):
                control.observe(self._follow, "value")
        self.controls["term"].observe(self._follow_term, "value")
        self._buttons["figure"].on_click(lambda _: self._tell(self.save_figure))
        self._buttons["code"].on_click(lambda _: self._tell(self.save_code))
        if len(corpus.articles) > _MANY:  # what takes long is done now, and not when a control is moved
            for voice in VOICES:
                with suppress(ValueError):
                    self._compare(replace(self.view, voice=voice).terms())
        self._follow()
        gc.collect()
        gc.freeze()  # to look for garbage in what is here now would take 150 ms between a control and its picture

    def __repr__(self) -> str:
        """Say in a line what is chosen."""
        return f"Explorer of {self.corpus.name!r}: {self.view}"

    # ------------------------------------------------------------------------------------- what is chosen

    @property
    def view(self) -> View:
        """Read the controls."""
        value = {name: control.value for name, control in self.controls.items()}
        return View(
            tuple(source for source in self.corpus.groups("source") if source in value["sources"]),
            value["voice"], value["side"], value["measure"], value["min_count"], value["n"],
            not value["names"], not value["offices"], not value["translated"],
        )  # fmt: skip

    def _select_anew(self, view: View) -> Corpus:
        if len(view.sources) < 2:
            raise ValueError("Choose two sources or more: with Ctrl or Shift and a click, or Shift and the arrow keys.")
        every = replace(view, sources=tuple(self.corpus.groups("source")))
        if view == every:
            asked = view.selecting(self.corpus)
            return self.corpus.select(**asked) if asked else self.corpus
        return self._select(every).select(source=list(view.sources))  # counted already, if all were compared

    def _compare_anew(self, view: View) -> pd.DataFrame:
        chosen = self._select(view.passages())
        return compare_terms(chosen.keep(**view.keeping()), **view.comparing(self.corpus))

    # ------------------------------------------------------------------------------------- what follows

    def _follow(self, _: Any = None) -> None:
        """Work out the view that the controls ask for, and show it."""
        begun, view = perf_counter(), self.view
        try:
            self.terms = self._compare(view.terms())
            compared = perf_counter()
            self._figure = _draw(self.terms, view)
        except (ValueError, KeyError, OSError) as error:  # nothing to compare under these choices: the next may do
            self.terms, self._drawn = pd.DataFrame(), pd.DataFrame()
            self._shown["chart"].show(_warning(_cause(error)), _cause(error))
            self._shown["table"].show("", "")
        else:
            self._drawn = first_terms(self.terms, "source", **view.drawing())
            self._alt = view.alt(self._drawn)
            self._shown["chart"].show(_image(self._figure, self._alt), self._alt)
            drawn = perf_counter()
            shown = [*_COLUMNS, *_LINES[MEASURES[view.measure]]]
            table = show_table(self._drawn[shown], f"The terms of the chart, ordered by {view.measure}")
            self._shown["table"].show(_scrolled(table.html), table.markdown)
            self.seconds |= {"compare": compared - begun, "draw": drawn - compared, "list": perf_counter() - drawn}
        for button in self._buttons.values():
            button.disabled = self._drawn.empty
        self._list_terms()
        self._show_sentences()
        self._say("" if self._drawn.empty else f"Terms in the chart: {len(self._drawn)}, ordered by {view.measure}")

    def _list_terms(self) -> None:
        """Offer the terms of the chart; the one that was chosen stays, if it is still there."""
        rows = self._drawn.reindex(columns=["source", "term", "kind", "count", "rest_count"]).itertuples(index=False)
        options = [(f"{row.source}: {row.term} ({row.count} : {row.rest_count})", tuple(row[:3])) for row in rows]
        before, self._filling = self.controls["term"].value, True
        self.controls["term"].options = options
        values = [value for _, value in options]
        self.controls["term"].value = before if before in values else next(iter(values), None)
        self._filling = False

    def _follow_term(self, _: Any) -> None:
        if not self._filling:
            self._say(self._show_sentences())

    def _show_sentences(self) -> str:
        """Show the sentences of the term that is chosen; give what there is to say of them."""
        begun, chosen = perf_counter(), self.controls["term"].value
        if chosen is None:
            self._shown["sentences"].show("", "")
            return ""
        source, term, kind = chosen
        try:
            found = find_evidence(self.corpus, self._select(self.view.passages()), source, term, kind)
        except (ValueError, OSError) as error:  # a file of the corpus has changed, or cannot be read
            self._shown["sentences"].show(_warning(_cause(error)), _cause(error))
            return ""
        html, told = show_evidence(source, term, *found), f"Sentences with {term} in {source}: {found[1]}"
        self._shown["sentences"].show(html, told)
        self.seconds["sentences"] = perf_counter() - begun
        return told

    # ------------------------------------------------------------------------------------- what is saved

    def code(self, name: str = "") -> str:
        """Give the code that makes the figure that is shown, and saves it under a name that is free."""
        if self._drawn.empty:
            return "# Under these choices there is nothing to draw.\n"
        return write_code(self.corpus, self.view, self._free(name), self._alt)

    def save_figure(self, name: str = "") -> Shown:
        """Save the figure that is shown, as `an.save_figure` does; a name that is taken gets a number.

        Parameters
        ----------
        name : str
            What stands in the control otherwise.
        """
        view, name = self._what_is_shown(), self._free(name)
        axes = plot_keyness(self.terms, **view.drawing())
        saved = save_figure(axes, name, data=self.terms, alt=self._alt, caption=view.caption(self.corpus))
        self._saved[name] = view
        return saved

    def save_code(self, name: str = "") -> Path:
        """Save the code that makes the figure that is shown, as Python beside the figures."""
        view, name = self._what_is_shown(), self._free(name)
        path = self._folder / f"{name}.py"
        write_files(self._folder, {path.name: write_code(self.corpus, view, name, self._alt).encode()})
        self._saved[name] = view
        return path

    def _what_is_shown(self) -> View:
        if self._drawn.empty:
            raise ValueError("Under these choices there is nothing to save.")
        return self.view

    @property
    def _folder(self) -> Path:
        return output_folder(self.corpus.folder, "figures")

    def _free(self, name: str) -> str:
        """Give the name, with a number where another figure or code has it: what was saved before stays."""
        name = name or self.controls["name"].value
        check_name(name)
        for free in (name, *(f"{name}-{number}" for number in range(2, 10_000))):
            taken = any((self._folder / f"{free}{ending}").exists() for ending in (".json", ".py"))
            if self._saved.get(free) == self.view or not taken:
                return free
        raise ValueError(f"{name}: all names that begin so are taken; give another one")

    def _tell(self, save: Callable[[], Shown | Path]) -> None:
        """Save, and say where; or why it could not be."""
        try:
            saved = save()
        except (ValueError, OSError) as error:
            self._shown["told"].show(_warning(_cause(error)), _cause(error))
            return
        if isinstance(saved, Path):
            html = f"<p>Saved as <code>{escape(str(saved))}</code>:</p><pre>{escape(saved.read_text('utf-8'))}</pre>"
            self._shown["told"].show(html, str(saved))
            self._say(f"Saved as {saved.name}")
            return
        files = ", ".join(f"<code>{escape(path.name)}</code>" for path in saved.paths)
        html = f"<p>Saved in <code>{escape(str(saved.paths[0].parent))}</code>: {files}.</p>{saved.html}"
        self._shown["told"].show(html, ", ".join(path.name for path in saved.paths))
        self._say(f"Saved as {saved.paths[0].stem}")

    # ------------------------------------------------------------------------------------- on the screen

    def _say(self, text: str) -> None:
        """Tell screen readers what has changed: to see, it is on the screen."""
        self._shown["said"].show(f'<p role="status" style="{_UNSEEN}">{escape(text)}</p>', "")

    def _ipython_display_(self) -> None:
        """Show controls and what follows them; the latter are outputs of the notebook, which stay without a kernel."""
        self._shown["said"].display()
        display(Javascript(_SCRIPT))
        c = self.controls
        columns = [[c["sources"]], [c["voice"], c["side"], c["measure"]], [c["min_count"], c["n"]]]
        above = _beside(*(widgets.VBox(column) for column in columns))
        display(widgets.VBox([above, _beside(c["names"], c["offices"], c["translated"])]))
        self._shown["chart"].display()
        self._shown["table"].display()
        display(c["term"])
        self._shown["sentences"].display()
        display(_beside(c["name"], *self._buttons.values()))
        self._shown["told"].display()


class _Part:
    """A piece of the notebook's output that can change."""

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None
        self._data = {"text/html": "", "text/plain": ""}

    def show(self, html: str, plain: str) -> None:
        """Change it, on the screen if it is there."""
        self._data = {"text/html": html, "text/plain": plain}
        if self._handle is not None:
            self._handle.update(self._data, raw=True)

    def display(self) -> None:
        """Put it on the screen."""
        self._handle = DisplayHandle()
        self._handle.display(self._data, raw=True)


def _make_controls(corpus: Corpus) -> dict[str, Any]:
    """Make a labelled control for everything that can be chosen."""
    sources = corpus.groups("source")
    core = set(corpus.articles.loc[corpus.articles["role"] == "core", "source"])
    chosen = [source for source in sources if source in core]
    heard = set(corpus.passages["side"].unique())
    translated = bool((corpus.articles["translation"] != "none").any())
    look = {"style": {"description_width": "9em"}, "layout": {"width": "27em"}}
    number = {"style": {"description_width": "9em"}, "layout": {"width": "15em"}}
    box = {"indent": False, "layout": {"width": "17em"}}
    return {
        "sources": widgets.SelectMultiple(
            options=sources, value=chosen if len(chosen) > 1 else sources, description="Sources",
            rows=min(max(len(sources), 2), 6), style={"description_width": "5em"}, layout={"width": "20em"}),
        "voice": widgets.Dropdown(options=list(VOICES), description="Voice", **look),
        "side": widgets.Dropdown(
            options=[ALL, *(side for side in corpus.sides if side in heard)], description="Side that speaks", **look),
        "measure": widgets.Dropdown(options=list(MEASURES), description="Measure", **look),
        "min_count": widgets.BoundedIntText(value=3, min=1, max=1_000_000, description="Least count", **number),
        "n": widgets.BoundedIntText(value=6, min=1, max=_MOST_TERMS, description="Terms a source", **number),
        "names": widgets.Checkbox(value=False, description="Leave out names", **box),
        "offices": widgets.Checkbox(value=False, description="Leave out offices", **box),
        "translated": widgets.Checkbox(
            value=False, description="Leave out translated texts", disabled=not translated, **box),
        "term": widgets.Select(
            options=[], rows=8, description="Term", style={"description_width": "5em"}, layout={"width": "40em"}),
        "name": widgets.Text(
            value=NAME, description="Name of the figure", continuous_update=False,
            style={"description_width": "12em"}, layout={"width": "30em"}),
    }  # fmt: skip


def _beside(*controls: widgets.Widget) -> widgets.HBox:
    """Put controls beside each other, as many as there is room for."""
    return widgets.HBox(controls, layout={"flex_flow": "row wrap"})


def _draw(terms: pd.DataFrame, view: View) -> Figure:
    figure = figure_of(plot_keyness(terms, **view.drawing()))
    plt.close(figure)  # of the list of open figures: a notebook would show it once more
    return figure


def _image(figure: Figure, alt: str) -> str:
    """Write a figure as an HTML image; drawn once, where saving it would lay it out and draw it twice."""
    canvas, buffer = FigureCanvasAgg(figure), io.BytesIO()
    with plt.style.context(STYLE):
        canvas.draw()
    Image.fromarray(np.asarray(canvas.buffer_rgba())).save(buffer, "png", compress_level=1)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}" style="max-width:100%">'


def _scrolled(table: str) -> str:
    """Give a long table a frame that can be scrolled, from the keyboard too."""
    frame = 'role="region" tabindex="0" aria-label="Table of the terms" style="max-height:20em;overflow:auto"'
    return f"<div {frame}>{table}</div>"


def _cause(error: Exception) -> str:
    """Say what an error says; a KeyError would put it into quotation marks."""
    return str(error.args[0]) if isinstance(error, KeyError) else str(error)


def _warning(text: str) -> str:
    return f'<p role="alert">{escape(text)}</p>'
