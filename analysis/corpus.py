"""The corpus in memory: articles, passages and their counts, with or without the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.codebook import Codebook, Fact
from analysis.statistics import permutation_floor
from analysis.tables import KEYS, TABLES, nearest

ROW = KEYS["passages"]
_OF_ALL = ("sources", "_translated")  # what is worked out of the whole corpus, and handed on by `select`
Whole = NDArray[np.integer]
Result = TypeVar("Result")
_COUNTED = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
            "twelve"]  # fmt: skip


def _settled(compute: Callable[[Corpus], Result]) -> cached_property[Result]:
    """Work out once what is the same whatever terms are kept."""

    def ask(corpus: Corpus) -> Result:
        result: Result = compute(corpus) if corpus.kept_from is None else getattr(corpus.kept_from[0], compute.__name__)
        return result

    ask.__doc__ = compute.__doc__
    return cached_property(ask)


@dataclass(frozen=True)
class Corpus:
    """A corpus, or a selection of one: the only thing that measures accept.

    Attributes
    ----------
    name, folder
        The corpus and where it lives.
    articles : DataFrame
        One row per article, in the order of article_id.
    passages : DataFrame
        One row per passage, indexed from 0; row i belongs to row i of `counts`, `hits` and `texts`.
    counts : csr_array, passages x terms
        Occurrences.
    terms : DataFrame
        `term` and `kind` of each column of `counts`, in alphabetical order.
    hits : csr_array, passages x indicators
        Occurrences of the codebook's indicators.
    indicators : DataFrame
        `frame` and `pattern` of each column of `hits`, in the order of codebook.toml.
    codebook : Codebook
        Frames, their definitions and indicators.
    facts : tuple of Fact
        Facts and actors of the event.
    texts : Series
        The text of each passage; NaN where the text is not at hand.
    text_folder : Path or None
        Of a large corpus, where raw files may lie: `passage_texts` reads those that are shown. None where `texts` has
        all that is at hand.
    tables : mapping
        All tables of the whole corpus, whatever is selected here, and what readers wrote of it (coding, coders,
        decisions, facts_read; without rows where there is none).
    own_names : mapping
        Names of each outlet, which never count as its distinctive terms.
    names, offices : frozenset of str
        Terms that name a person, body or country of sides.toml, and nouns of voices.toml for those who speak as what
        they are ('president'); `keep` can leave them out.
    sides : list of str
        All sides in their fixed order: as sides.toml lists them, then 'other' and 'unattributed'.
    checksum, readings_checksum : str
        SHA-256 over all tables that were built, and over those that readers wrote.
    selection : mapping
        What was selected, column by column.
    kept : mapping
        Which terms were kept: what `keep` was asked for, as far as it left terms out.
    steps : sequence of (str, mapping)
        How this selection was made: each `select` and `keep`, and what they were asked for.
    """

    name: str
    folder: Path
    articles: pd.DataFrame
    passages: pd.DataFrame
    counts: sparse.csr_array
    terms: pd.DataFrame
    hits: sparse.csr_array
    indicators: pd.DataFrame
    codebook: Codebook
    facts: tuple[Fact, ...]
    texts: pd.Series
    text_folder: Path | None
    tables: Mapping[str, pd.DataFrame]
    own_names: Mapping[str, Sequence[str]]
    names: frozenset[str]
    offices: frozenset[str]
    sides: Sequence[str]
    checksum: str
    readings_checksum: str
    selection: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)
    steps: Sequence[tuple[str, Mapping[str, Any]]] = ()

    def __repr__(self) -> str:
        """Say in one line what is here."""
        return (f"Corpus {self.name!r}: {len(self.articles)} articles, {len(self.passages)} passages,"
                f" {len(self.terms)} terms, text of {self.texts.notna().sum()} passages")  # fmt: skip

    @_settled
    def sources(self) -> list[str]:
        """All sources of the whole corpus in their fixed order: core sources first, then context."""
        kinds = self.tables["articles"][["role", "source"]].drop_duplicates()
        core = sorted(kinds.loc[kinds["role"] == "core", "source"])
        return core + sorted(set(kinds["source"]) - set(core))

    def select(self, **values: Any) -> Corpus:
        """Keep the passages and articles with these values: `select(voice="outlet", role="core")`.

        Parameters
        ----------
        **values : str or list of str
            By column of articles.csv or passages.csv. `voice="outlet"` takes scare quotes along, both being the
            outlet's own words.

        Returns
        -------
        Corpus
            Filtering by a column of articles.csv drops the other articles; filtering by a column of passages.csv
            keeps every article, so that a zero stays visible.

        Raises
        ------
        KeyError
            No such column; the nearest names are offered.
        ValueError
            A value that does not occur in the whole corpus; the nearest values are offered.
        """
        rows = np.ones(len(self.passages), bool)
        articles, selection, asked = self.articles, dict(self.selection), {}
        for column, wanted in values.items():
            wanted = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else list(wanted)
            wanted = asked[column] = [w.item() if isinstance(w, np.generic) else w for w in wanted]
            selection[column] = [w for w in selection.get(column, wanted) if w in wanted]
            table = "articles" if column in self.articles else "passages"
            if column not in self.tables[table]:
                known = [*self.articles.columns, *self.passages.columns]
                raise KeyError(f"select: no column {column!r}; {nearest(column, known)}")
            allowed = next(f.values for f in TABLES[table] if f.name == column) or self.tables[table][column].unique()
            allowed = ["", *self.sides] if column == "side" else allowed  # a side that is not heard has a zero
            for value in wanted:
                if value not in set(allowed):
                    raise ValueError(
                        f"select: {column} {value!r} does not occur; {nearest(value, sorted(set(allowed)))}"
                    )
            if table == "articles":
                articles = articles[articles[column].isin(wanted)]
            else:
                wanted = [*wanted, "scare"] if column == "voice" and "outlet" in wanted else wanted
                rows &= self.passages[column].isin(wanted).to_numpy()
        left = self.articles.index.isin(articles.index)
        rows &= left[self._article_of]
        chosen = replace(
            self,
            articles=articles.reset_index(drop=True),
            passages=self.passages[rows].reset_index(drop=True),
            counts=self.counts[rows],
            hits=self.hits[rows],
            texts=self.texts[rows].reset_index(drop=True),
            selection=selection,
            steps=(*self.steps, ("select", asked)),
        )
        chosen.__dict__["_article_of"] = (np.cumsum(left) - 1)[self._article_of[rows]]
        chosen.__dict__.update({name: self.__dict__[name] for name in _OF_ALL if name in self.__dict__})
        if set(asked) <= set(self.articles.columns):
            chosen.__dict__["worked_out_wider"] = self.worked_out
        return chosen

    def keep(
        self,
        *,
        min_count: int = 1,
        min_articles: int = 1,
        kind: str | None = None,
        names: bool = True,
        offices: bool = True,
    ) -> Corpus:
        """Keep the terms that occur often enough here, in enough articles, and are of this kind.

        Parameters
        ----------
        min_count, min_articles : int
            Occurrences in the selection, and articles of it that hold the term.
        kind : {"word", "phrase"}, optional
        names, offices : bool
            False leaves out what names a person, body or country of sides.toml (each word of a person's name, so that
            a surname that is a word too goes with it), or an office of voices.toml.
        """
        if kind not in (None, "word", "phrase"):
            raise ValueError(f"keep: kind {kind!r} is not 'word' or 'phrase'")
        chosen = self.counts.sum(axis=0) >= min_count
        if min_articles > 1:
            articles = self.group_matrix("article_id") @ self.counts
            chosen &= (articles > 0).sum(axis=0) >= min_articles
        if kind:
            chosen &= (self.terms["kind"] == kind).to_numpy()
        masked = (frozenset() if names else self.names) | (frozenset() if offices else self.offices)
        chosen &= ~self.terms["term"].isin(masked).to_numpy()
        asked = {"min_count": min_count, "min_articles": min_articles, "kind": kind, "names": names, "offices": offices}
        told = {name: value for name, value in asked.items() if value not in (1, None, True)}
        if not told and chosen.all():
            return self
        terms = self.terms[chosen].reset_index(drop=True)
        counts = self.counts if chosen.all() else self.counts[:, chosen]
        steps = (*self.steps, ("keep", told)) if told else self.steps
        strictest = {name: max(told[name], self.kept.get(name, 0)) for name in told if name.startswith("min_")}
        kept = replace(self, counts=counts, terms=terms, kept={**self.kept, **told, **strictest}, steps=steps)
        kept.__dict__["kept_from"] = (self, chosen)
        return kept

    def by(self, column: str = "source") -> pd.DataFrame:
        """Count each term in each group.

        Returns
        -------
        DataFrame
            Terms x groups; the index has `term` and `kind`. A term that a group does not use stands there with 0.
        """
        counts = (self.group_matrix(column) @ self.counts).toarray().T
        return pd.DataFrame(counts, index=pd.MultiIndex.from_frame(self.terms), columns=self.groups(column))

    def words(self, column: str = "source") -> pd.Series:
        """Count all words of each group, function words too: what every rate is taken of."""
        groups = self.groups(column)
        if column in self.articles:
            counts = indicator_matrix(_codes(self.articles[column], groups), len(groups)) @ self._lengths[0]
        else:
            counts = self.group_matrix(column) @ self.passages["n_words"].to_numpy()
        return pd.Series(counts, index=groups, name="n_words")

    def groups(self, column: str) -> list[Any]:
        """Name the groups of a column in their fixed order; a group without a passage is among them."""
        if column == "source":
            here = set(self.articles["source"].unique())
            return [source for source in self.sources if source in here]
        if column not in self.articles and column not in self.passages:
            raise KeyError(f"no column {column!r}; {nearest(column, [*self.articles.columns, *self.passages.columns])}")
        if column not in self._groups:
            table = self.articles if column in self.articles else self.passages
            self._groups[column] = sorted(pd.unique(table[column].to_numpy(object)))
        return list(self._groups[column])

    def group_matrix(self, column: str) -> sparse.csr_array:
        """Give the indicator matrix, groups x passages, whose product with any counts sums them by group."""
        groups = self.groups(column)
        if column in self.articles:
            codes = _codes(self.articles[column], groups)[self._article_of]
        else:
            codes = _codes(self.passages[column], groups)
        return indicator_matrix(codes, len(groups))

    def labels(self, column: str) -> pd.Series:
        """Give a column of articles.csv, or of passages.csv, for each passage."""
        if column in self.passages and (column not in self.articles or column == "article_id"):
            return self.passages[column]
        return pd.Series(self.articles[column].to_numpy()[self._article_of], self.passages.index, name=column)

    def scope(self) -> str:
        """Say in words what a statement about this selection is about: 'in these five articles'."""
        n = len(self.articles)
        number = _COUNTED[n] if n < len(_COUNTED) else f"{n:,}"
        return f"in {'this' if n == 1 else 'these'} {number} article{'' if n == 1 else 's'}"

    def caveat(self) -> str:
        """Say what a comparison of sources in this selection can show: n, the permutation floor, the confounds."""
        return self._caveat

    @cached_property
    def worked_out(self) -> dict[Any, Any]:
        """Hold what measures have worked out of this selection and will need again."""
        return {}

    @cached_property
    def worked_out_wider(self) -> Mapping[Any, Any]:
        """Hold the same of the selection of which `select` took some articles, with all their passages here."""
        return {}

    @cached_property
    def kept_from(self) -> tuple[Corpus, NDArray[np.bool_]] | None:
        """Hold the corpus of which `keep` made this one, and which of its terms were kept."""
        return None

    @_settled
    def _translated(self) -> list[str]:
        """Hold the sources of the whole corpus of which every text is translated."""
        translated = self.tables["articles"]["translation"] != "none"
        native = set(self.tables["articles"].loc[~translated, "source"])
        return sorted(set(self.sources) - native)

    @_settled
    def _groups(self) -> dict[str, list[Any]]:
        """Hold the groups of the columns that were asked for."""
        return {}

    @_settled
    def _article_of(self) -> Whole:
        """Hold the row of `articles` to which each passage belongs."""
        return pd.Index(self.articles["article_id"]).get_indexer(self.passages["article_id"])

    @_settled
    def _lengths(self) -> tuple[Whole, Whole]:
        """Hold the words and the sentences of each article here, which every table of the selection rests on."""
        sentence = self.passages["sentence"].to_numpy(np.int64)
        base = int(sentence.max(initial=0)) + 1
        of_sentences = pd.unique(self._article_of * base + sentence) // base
        words = np.zeros(len(self.articles), np.int64)
        np.add.at(words, self._article_of, self.passages["n_words"].to_numpy(np.int64))
        return words, np.bincount(of_sentences, minlength=len(self.articles))

    @_settled
    def _caveat(self) -> str:
        """Hold the caveat: every table of the selection carries it."""
        if self.articles.empty:
            return "No article is in the selection."
        design = self._design("source")
        columns = (design[c] for c in ("source", "articles", "n_words"))
        sizes = ", ".join(f"{isolated(source)} {n} ({words:,})" for source, n, words in zip(*columns, strict=True))
        parts = [f"Articles (words): {sizes}."]
        untestable = design[~design["testable"]]
        if len(untestable) and len(design) > 1:
            whose = "" if len(untestable) == len(design) else f" for {', '.join(untestable['source'])}"
            floor = untestable["floor"].min()
            parts.append(f"Descriptive{whose}: no permutation of articles can give a p below {floor:.2g}.")
        elif len(design) > 1:
            parts.append(f"Permuting articles could give a p down to {design['floor'].max():.2g}.")
        differ = [c for c in ("phases", "genres", "translation") if len(set(design[c])) > 1]
        names = " and ".join(
            {"phases": "phase (before or after the event)", "genres": "genre"}.get(c, c) for c in differ
        )
        if differ:
            parts.append(f"{names[0].upper()}{names[1:]} differ{'s' if len(differ) == 1 else ''} with source.")
        if copied := len(self._copied_pairs):
            who = "One pair of articles shares" if copied == 1 else f"{copied} pairs of articles share"
            parts.append(f"{who} a tenth or more of the runs of five words, which is no independent writing.")
        return " ".join(parts)

    @_settled
    def _copied_pairs(self) -> pd.DataFrame:
        """Hold the pairs of articles here that share a tenth or more of the runs of five words of either."""
        overlap = self.tables["overlap"]
        alike = overlap[overlap[["share", "other_share"]].max(axis=1) >= 0.1]
        known = pd.Index(self.articles["article_id"])
        return alike[(known.get_indexer(alike["article_id"]) >= 0) & (known.get_indexer(alike["other_id"]) >= 0)]

    def _copied_articles(self, by: str) -> set[str]:
        """Name the articles that share such text with an article of another group."""
        pairs = self._copied_pairs[["article_id", "other_id"]]
        group = self.articles.set_index("article_id")[by]
        across = group.loc[pairs["article_id"]].to_numpy() != group.loc[pairs["other_id"]].to_numpy()
        return set(pairs[across].to_numpy().ravel())

    def provenance(self, **parameters: Any) -> dict[str, Any]:
        """Say what a table was made from; measures keep it in the table's `attrs`, and figures write it down."""
        return {
            "corpus": self.name,
            "folder": str(self.folder),
            "checksum": self.checksum,
            "readings_checksum": self.readings_checksum,
            "scope": self.scope(),
            "n_articles": len(self.articles),
            "n_sentences": int(self._lengths[1].sum()),
            "caveat": self.caveat(),
            "sources": list(self.sources),
            "translated": list(self._translated),
            "selection": dict(self.selection),
            "kept": dict(self.kept),
            "parameters": parameters,
        }

    def design(self, by: str = "source") -> pd.DataFrame:
        """Say what each source rests on, what it can be tested against, and what else differs with it.

        Parameters
        ----------
        by : str
            A column of articles.csv.

        Returns
        -------
        DataFrame
            One row per group. articles, n_words, n_sentences: how much was read here. shortest, longest: words of its
            shortest and longest article. role, phases, dates, genres, translation: what differs between the groups
            as well, so that a difference may be due to it. copied: its articles that share a tenth or more of their
            runs of five words, or of the other's, with an article of another group, which is no independent writing.
            floor: the smallest p that permuting articles between this group and all others can reach (one-sided; 1
            where there is nothing to permute). testable: that floor is .05 or less. `attrs["omnibus_floor"]` is the
            floor of all groups at once.

        Raises
        ------
        ValueError
            `by` is no column of articles.csv.
        """
        if by not in self.articles:
            raise ValueError(f"design: {by!r} is no column of articles.csv; {nearest(by, self.articles.columns)}")
        table = self._design(by)
        units, attrs = table.pop("units").tolist(), self.provenance(by=by)
        table.attrs = attrs
        if len(units) > 1 and all(units):
            table.attrs["omnibus_floor"] = permutation_floor(units, signed=False)
        return table

    def _design(self, by: str) -> pd.DataFrame:
        """Give the rows of the design, with the number of independent units of each group."""
        groups, copied = self.groups(by), self._copied_articles(by)
        words, sentences = self._lengths
        spoken = int((words > 0).sum())
        rows = []
        for group in groups:
            of_group = (self.articles[by] == group).to_numpy()
            mine, lengths = self.articles[of_group], words[of_group]
            units = int((lengths > 0).sum())  # an article without words is none
            sizes = [units, spoken - units]
            floor = permutation_floor(sizes) if min(sizes) else 1.0
            dates = mine["date"].astype(str)
            columns = {"role": "role", "phases": "phase", "genres": "genre", "translation": "translation"}
            listed = {name: ", ".join(sorted(mine[c].astype(str).unique())) for name, c in columns.items()}
            rows.append({
                by: group, "role": listed.pop("role"), "articles": len(mine), "n_words": int(lengths.sum()),
                "n_sentences": int(sentences[of_group].sum()),
                "shortest": int(lengths.min()), "longest": int(lengths.max()),
                "dates": dates.min() if dates.min() == dates.max() else f"{dates.min()} to {dates.max()}",
                **listed, "copied": int(mine["article_id"].isin(copied).sum()),
                "floor": floor, "testable": bool(floor <= 0.05), "units": units,
            })  # fmt: skip
        return pd.DataFrame(rows)


def isolated(name: str) -> str:
    """Keep a name in right-to-left script from turning the numbers beside it round, where a text is shown."""
    turned = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name)
    return f"\u2068{name}\u2069" if turned else name


def _codes(column: pd.Series, groups: Sequence[Any]) -> Whole:
    codes: Whole = pd.Categorical(column, categories=groups).codes
    return codes


def indicator_matrix(codes: np.ndarray, n_groups: int) -> sparse.csr_array:
    """Give the matrix, groups x members, with a 1 where a member has the group's code."""
    members = np.arange(len(codes))
    return sparse.csr_array((np.ones(len(codes), np.int64), (codes, members)), shape=(n_groups, len(codes)))
