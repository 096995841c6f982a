"""A view of the terms: what is chosen, what that asks of the measures, and the code that makes its figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.corpus import Corpus
from analysis.keyness import FEW
from analysis.storage import corpus_folder

VOICES: Mapping[str, Sequence[str]] = {
    "all voices": (),
    "the outlet's own words": ("outlet",),
    "quotations and indirect speech": ("quote", "reported"),
    "quotations": ("quote",),
    "indirect speech": ("reported",),
}
MEASURES: Mapping[str, str] = {
    "weighted log-odds, by z": "z",
    "log ratio": "log_ratio",
    "log-likelihood G2": "g2",
    "rate per 1,000 words": "per_1000",
}
ALL = "all sides"


@dataclass(frozen=True)
class View:
    """What is chosen: sources in the corpus's order, a key of VOICES and of MEASURES, ALL or a side, and the terms.

    `min_count` is of all sources together, `n` of each; False leaves out terms that are names or offices, or texts that
    are translated.
    """

    sources: tuple[str, ...]
    voice: str = "all voices"
    side: str = ALL
    measure: str = "weighted log-odds, by z"
    min_count: int = 3
    n: int = 8
    names: bool = True
    offices: bool = True
    translated: bool = True

    def selecting(self, corpus: Corpus) -> dict[str, Any]:
        """Say what `select` is asked for."""
        asked: dict[str, Any] = {}
        if list(self.sources) != corpus.groups("source"):
            asked["source"] = list(self.sources)
        if VOICES[self.voice]:
            asked["voice"] = list(VOICES[self.voice])
        if self.side != ALL:
            asked["side"] = self.side
        if not self.translated:
            asked["translation"] = "none"
        return asked

    def keeping(self) -> dict[str, Any]:
        """Say what `keep` is asked for."""
        return {name: False for name in ("names", "offices") if not getattr(self, name)}

    def comparing(self, corpus: Corpus) -> dict[str, Any]:
        """Say what `compare_terms` is asked for: no sentence blocks, and of many articles none is left out."""
        many = {"leave_one_out": False} if len(corpus.articles) > FEW else {}
        return {"min_count": self.min_count, "draws": 0, **many}

    def drawing(self) -> dict[str, Any]:
        """Say what `plot_keyness` is asked for."""
        return {"n": self.n, "min_count": min(self.min_count, 2), "measure": MEASURES[self.measure]}

    def passages(self) -> View:
        """Give the view that all views of the same passages have in common."""
        return View(self.sources, self.voice, self.side, translated=self.translated)

    def terms(self) -> View:
        """Give the view that all views of the same table have in common."""
        return replace(self, measure="weighted log-odds, by z", n=0)

    def caption(self) -> str:
        """Say what is drawn, for `save_figure`."""
        what = "Most frequent terms" if self.measure.startswith("rate") else "Terms used relatively more"
        whose = {"all voices": "", "the outlet's own words": " in the outlet's own words"}
        side = "" if self.side == ALL else f", said by the side {self.side!r}"
        without = "" if self.translated else "; translated texts are left out"
        return (f"{what} in each source{whose.get(self.voice, f' in {self.voice}')}{side} {{scope}}, ordered by"
                f" {self.measure.removeprefix('weighted log-odds, by ')}{without}")  # fmt: skip

    def alt(self, drawn: pd.DataFrame) -> str:
        """Say what the chart of these rows shows, to those who do not see it."""
        if drawn.empty:
            return "A chart without a term: under these choices none is left."
        firsts = drawn.groupby("source", sort=False)["term"].agg(lambda terms: ", ".join(terms.head(5)))
        first = "; ".join(f"{source}: {terms}" for source, terms in firsts.items())
        return f"Forest chart, a panel per source, terms in rows, ordered by {self.measure}. First terms: {first}"


def write_code(corpus: Corpus, view: View, name: str, alt: str) -> str:
    """Write the code that makes and saves the figure of a view; names and terms are literals in it.

    Parameters
    ----------
    corpus : Corpus
        What the explorer was opened with.
    view : View
    name : str
        Of the figure.
    alt : str
        Its alt text.
    """
    opened = f"an.read_corpus({_address(corpus)!r})"
    opened += _call("select", corpus.selection) + _call("keep", corpus.kept)
    chosen = _call("select", view.selecting(corpus)) + _call("keep", view.keeping())
    return "\n".join([
        "import analysis as an",
        "",
        f"corpus = {opened}",
        f"terms = an.compare_terms(corpus{chosen}, {_arguments(view.comparing(corpus))})",
        "an.save_figure(",
        f"    an.plot_keyness(terms, {_arguments(view.drawing())}),",
        f"    {name!r},",
        "    data=terms,",
        f"    alt={alt!r},",
        f"    caption={view.caption()!r},",
        ")",
        "",
    ])  # fmt: skip


def _address(corpus: Corpus) -> str:
    """Give the name by which the corpus can be read again, or its folder."""
    try:
        return corpus.name if corpus_folder(corpus.name) == corpus.folder else str(corpus.folder)
    except ValueError:
        return str(corpus.folder)


def _call(function: str, arguments: Mapping[str, Any]) -> str:
    return f".{function}({_arguments(arguments)})" if arguments else ""


def _arguments(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())
