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
    n: int = 6
    names: bool = True
    offices: bool = True
    translated: bool = True

    def selecting(self, corpus: Corpus) -> dict[str, Any]:
        """Say what `select` is asked for."""
        asked: dict[str, Any] = {}
        if VOICES[self.voice]:
            asked["voice"] = list(VOICES[self.voice])
        if self.side != ALL:
            asked["side"] = self.side
        if not self.translated:
            asked["translation"] = "none"
        if list(self.sources) != corpus.groups("source"):
            asked["source"] = list(self.sources)
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

    def caption(self, corpus: Corpus) -> str:
        """Say what is drawn, for `save_figure`: also what was left out before the explorer was opened."""
        what = "Most frequent terms" if self.measure.startswith("rate") else "Terms used relatively more"
        whose = {"all voices": "", "the outlet's own words": " in the outlet's own words"}
        side = "" if self.side == ALL else f", said by the side {self.side!r}"
        order = self.measure.removeprefix("weighted log-odds, by ")
        parts = [
            f"{what} in each source{whose.get(self.voice, f' in {self.voice}')}{side} {{scope}}, ordered by {order}"
        ]
        if (least := self.drawing()["min_count"]) > 1:
            parts.append(f"drawn with {least} occurrences or more in the source")
        if MEASURES[self.measure] == "log_ratio":
            parts.append("lines: down to the least log ratio if words were independent")
        if not self.translated:
            parts.append("translated texts are left out")
        before = {name: values for name, values in corpus.selection.items() if name not in ("source", "role")}
        before |= {name: [value] for name, value in corpus.kept.items() if value is not False}
        parts += [f"{name.replace('_', ' ')}: {', '.join(map(str, values))}" for name, values in before.items()]
        return "; ".join(parts)

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
    opened = f"an.read_corpus({_address(corpus)!r})" + "".join(_call(*step) for step in corpus.steps)
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
        f"    caption={view.caption(corpus)!r},",
        ")",
        "",
    ])  # fmt: skip


def _address(corpus: Corpus) -> str:
    """Give the name by which the corpus can be read again from anywhere in the study, or its folder."""
    try:
        known = corpus.folder.parent.name == "corpus" and corpus_folder(corpus.name) == corpus.folder
    except ValueError:
        known = False
    return corpus.name if known else str(corpus.folder)


def _call(function: str, arguments: Mapping[str, Any]) -> str:
    return f".{function}({_arguments(arguments)})" if arguments else ""


def _arguments(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())
