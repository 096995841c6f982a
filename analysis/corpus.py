"""The corpus in memory: articles, passages and their counts, with or without the text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy import sparse

from analysis.build import build_tables, read_judgements
from analysis.codebook import Codebook, Fact, check_articles, read_codebook, read_facts
from analysis.counting import Vocabulary
from analysis.matching import find_texts, match_texts, read_named_texts
from analysis.speakers import OTHER, UNATTRIBUTED, read_sides
from analysis.statistics import permutation_floor
from analysis.storage import check_package, corpus_folder, is_large, sum_package, write_tables
from analysis.tables import (
    KEYS,
    TABLES,
    nearest,
    read_metadata,
    read_readings,
    read_table,
    table_path,
    to_csv,
)
from analysis.terms import read_stopwords
from analysis.text import normal_form, read_toml
from analysis.wordlists import read_voice_words

ROW = KEYS["passages"]
_OF_PASSAGES = (
    "_article_of",
    "_lengths",
    "_caveat",
    "_groups",
    "_copied_pairs",
    "sources",
)  # what does not depend on terms
NEEDS_TEXT = "needs text"
Whole = NDArray[np.integer]
_COUNTED = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


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

    @cached_property
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
        terms = self.terms[chosen].reset_index(drop=True)
        counts = self.counts if chosen.all() else self.counts[:, chosen]
        steps = (*self.steps, ("keep", told)) if told else self.steps
        kept = replace(self, counts=counts, terms=terms, kept={**self.kept, **told}, steps=steps)
        known = {name: self.__dict__[name] for name in _OF_PASSAGES if name in self.__dict__}
        kept.__dict__.update(known)  # the passages are the same
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
        counts = self.group_matrix(column) @ self.passages["n_words"].to_numpy()
        return pd.Series(counts, index=self.groups(column), name="n_words")

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
            codes = pd.Categorical(self.articles[column], categories=groups).codes[self._article_of]
        else:
            codes = pd.Categorical(self.passages[column], categories=groups).codes
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
    def kept_from(self) -> tuple[Corpus, NDArray[np.bool_]] | None:
        """Hold the corpus of which `keep` made this one, and which of its terms were kept."""
        return None

    @cached_property
    def _groups(self) -> dict[str, list[Any]]:
        """Hold the groups of the columns that were asked for."""
        return {}

    @cached_property
    def _article_of(self) -> Whole:
        """Hold the row of `articles` to which each passage belongs."""
        return pd.Index(self.articles["article_id"]).get_indexer(self.passages["article_id"])

    @cached_property
    def _lengths(self) -> tuple[Whole, Whole]:
        """Hold the words and the sentences of each article here, which every table of the selection rests on."""
        sentence = self.passages["sentence"].to_numpy(np.int64)
        base = int(sentence.max(initial=0)) + 1
        of_sentences = pd.unique(self._article_of * base + sentence) // base
        words = np.zeros(len(self.articles), np.int64)
        np.add.at(words, self._article_of, self.passages["n_words"].to_numpy(np.int64))
        return words, np.bincount(of_sentences, minlength=len(self.articles))

    @cached_property
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

    @cached_property
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
        translated = self.tables["articles"].groupby("source")["translation"].agg(lambda t: (t != "none").all())
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
            "translated": sorted(translated.index[translated]),
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


def indicator_matrix(codes: np.ndarray, n_groups: int) -> sparse.csr_array:
    """Give the matrix, groups x members, with a 1 where a member has the group's code."""
    members = np.arange(len(codes))
    return sparse.csr_array((np.ones(len(codes), np.int64), (codes, members)), shape=(n_groups, len(codes)))


# ------------------------------------------------------------------------------------ reading and building


def build_corpus(name: str | Path, text: str | Path | None = None) -> Corpus:
    """Read the raw articles of a corpus and count everything that the study needs.

    Parameters
    ----------
    name : str or Path
        The corpus: a name under `corpus/`, or a folder. It holds articles.csv with a row per article, and the
        study's own judgements (boilerplate.toml, variants.toml, codebook.toml, voices.toml, stopwords.txt).
    text : str or Path, optional
        The folder of raw `.txt` files; `text/` in the corpus folder otherwise. A file belongs to the article
        whose sha256 it has, or, where the row has none yet, whose article_id is its name.

    Returns
    -------
    Corpus
        With the text. Nothing is written; `write_corpus` does that.

    Raises
    ------
    ValueError
        A row without a text, a text without a row, a text that stands twice, or one that cannot be read, has
        changed since its checksum was taken, or has nothing left after cleaning.
    """
    folder = corpus_folder(name)
    metadata = read_metadata(folder)
    texts = match_texts(metadata, Path(text) if text else folder / "text")
    tables, passages = build_tables(metadata, texts, read_judgements(folder))
    return _make_corpus(folder, tables, passages, folder / "text")


def write_corpus(corpus: Corpus, folder: str | Path | None = None) -> None:
    """Write all tables of a corpus and its data dictionary, or, if anything fails, none of them.

    Parameters
    ----------
    corpus : Corpus
        From `build_corpus`. A selection of a corpus writes the whole corpus.
    folder : str or Path, optional
        Another folder than its own.
    """
    write_tables(Path(folder) if folder else corpus.folder, corpus.tables)


def read_corpus(name: str | Path, text: str | Path | None = None) -> Corpus:
    """Read a corpus from its tables, and the text of those articles whose raw file is at hand.

    Parameters
    ----------
    name : str or Path
        The corpus: a name under `corpus/`, or a folder.
    text : str or Path, optional
        Where raw `.txt` files may lie; `text/` in the corpus folder otherwise. Files are recognized by their
        checksum, whatever their names.

    Returns
    -------
    Corpus
        The counts come from the tables alone. `texts` is NaN for articles whose text is not at hand.

    Warns
    -----
    UserWarning
        A table, word list or rule was changed since the corpus was built. Or a file in the text folder is not one of
        the articles: it is not used; the warning names it, and the article whose passages are found in it, with
        their share.

    Raises
    ------
    ValueError
        A table is missing, or a cell does not fit; the message has file, row, column and value.
    """
    folder = corpus_folder(name)
    if not table_path(folder, "passages").exists():
        raise ValueError(f"{folder.name} has not been built; run python -m analysis build {folder.name}")
    where = Path(text) if text else folder / "text"
    tables: Mapping[str, pd.DataFrame]
    if is_large(folder):
        tables, passages, notes = LazyTables(folder), None, check_package(folder, quick=True)
    else:
        tables = {table: read_table(folder, table) for table in TABLES}
        passages, strange = find_texts(folder, tables, where)
        notes = [*check_package(folder), *strange]
    for note in notes:
        warnings.warn(note, stacklevel=2)
    return _make_corpus(folder, tables, passages, where)


def _make_corpus(
    folder: Path, tables: Mapping[str, pd.DataFrame], texts: Sequence[str | float] | None, text_folder: Path
) -> Corpus:
    """Make a corpus of its tables; without `texts` the text of a passage is read when it is shown."""
    passages, codebook, facts = tables["passages"], read_codebook(folder), read_facts(folder)
    check_articles(codebook, facts, set(tables["articles"]["article_id"]))
    counts, terms = _count_matrix(passages, _batches(folder, tables, "terms", ["term", "kind"]), ["term", "kind"])
    listed = [(indicator.frame, indicator.pattern.text) for indicator in codebook.indicators]
    batches = _batches(folder, tables, "indicator_hits", ["frame", "pattern"])
    hits, indicators = _count_matrix(passages, batches, ["frame", "pattern"], listed)
    names, offices = _find_names(folder, terms["term"])
    readings = read_readings(folder)
    return Corpus(
        name=folder.name,
        folder=folder,
        articles=tables["articles"],
        passages=passages,
        counts=counts,
        terms=terms,
        hits=hits,
        indicators=indicators,
        codebook=codebook,
        facts=facts,
        texts=pd.Series(np.nan if texts is None else texts, index=passages.index, dtype=object),
        text_folder=text_folder if texts is None else None,
        tables=tables if isinstance(tables, LazyTables) else {**tables, **readings},
        own_names=read_toml(folder / "variants.toml").get("own_names", {}),
        names=names,
        offices=offices,
        sides=_order_sides(folder, passages),
        checksum=sum_package(folder) if texts is None else _checksum(tables[name] for name in sorted(tables)),
        readings_checksum=_checksum(readings[name] for name in sorted(readings)),
    )


class LazyTables(Mapping[str, pd.DataFrame]):
    """The tables of a large corpus, each read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        """Read no table that was built yet."""
        self._folder = folder
        self._readings = read_readings(folder)
        self._read = dict(self._readings)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Read a table, the first time."""
        if name not in self._read:
            self._read[name] = read_table(self._folder, name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        """Name the tables, as other corpora have them."""
        return iter([*TABLES, *self._readings])

    def __len__(self) -> int:
        """Count them."""
        return len(TABLES) + len(self._readings)


def _checksum(tables: Iterable[pd.DataFrame]) -> str:
    return hashlib.sha256("".join(to_csv(table) for table in tables).encode()).hexdigest()


def _find_names(folder: Path, terms: pd.Series) -> tuple[frozenset[str], frozenset[str]]:
    """List the terms that are names (a person's word by word), and those that are offices or roles in small letters."""
    names: set[str] = set()
    offices: set[str] = set()
    for sides in read_sides(folder).values():
        for words, speaker in sides.names.items():
            whole = [normal_form(word) for word in words]
            found = whole if speaker.kind == "person" else [" ".join(whole)]
            (offices if speaker.name.islower() else names).update(found)
    lists = read_voice_words(folder)
    offices.update(term for term in terms if lists.noun(term) in lists.persons)
    return frozenset(names), frozenset(offices - names)


def _order_sides(folder: Path, passages: pd.DataFrame) -> list[str]:
    listed = [str(entry["name"]) for entry in read_toml(folder / "sides.toml").get("side", [])]
    found = sorted(set(passages["side"].unique()) - {"", *listed, OTHER, UNATTRIBUTED})
    return [*(side for side in listed if side != OTHER), *found, OTHER, UNATTRIBUTED]


def _batches(
    folder: Path, tables: Mapping[str, pd.DataFrame], name: str, columns: Sequence[str]
) -> Iterable[pa.RecordBatch]:
    """Give a table of counts piece by piece; of a large corpus no more than that is in memory."""
    wanted = [*ROW, *columns, "count"]
    if isinstance(tables, LazyTables):
        return pq.ParquetFile(table_path(folder, name)).iter_batches(1 << 20, columns=wanted)
    return pa.Table.from_pandas(tables[name][wanted], preserve_index=False).to_batches()


def _count_matrix(
    passages: pd.DataFrame, batches: Iterable[pa.RecordBatch], columns: Sequence[str], listed: Sequence[Any] = ()
) -> tuple[sparse.csr_array, pd.DataFrame]:
    """Turn the rows of a table of counts into a matrix, passages x columns; the columns in alphabetical order.

    Columns that are `listed` come first, in that order, whether they are counted or not.
    """
    articles, known = pd.factorize(passages["article_id"])
    bases = [int(passages[c].max()) + 2 if len(passages) else 1 for c in ("sentence", "passage")]
    keys = _place_keys(articles, passages["sentence"].to_numpy(), passages["passage"].to_numpy(), bases)
    order = np.argsort(keys, kind="stable")
    found: Vocabulary[tuple[str, ...]] = Vocabulary()
    cells: list[tuple[np.ndarray, ...]] = []
    for batch in batches:
        article, *names = (batch.column(c).dictionary_encode() for c in ("article_id", *columns))
        numbers = pd.Index(known).get_indexer(article.dictionary.to_pylist())[article.indices.to_numpy()]
        sentence, passage, count = (batch.column(c).to_numpy() for c in ("sentence", "passage", "count"))
        place = _place_keys(numbers, sentence, passage, bases)
        row = order[np.minimum(np.searchsorted(keys, place, sorter=order), max(len(order) - 1, 0))]
        if (strange := np.flatnonzero((keys[row] != place) | (numbers < 0))).size:
            at = int(strange[0])
            where = f"{batch.column('article_id')[at].as_py()}, {sentence[at]}, {passage[at]}"
            raise ValueError(f"passages.csv has no row {where}, which another table counts in;"
                             " python -m analysis check says where")  # fmt: skip
        sizes = tuple(len(name.dictionary) for name in names)
        kind = np.ravel_multi_index(tuple(name.indices.to_numpy() for name in names), sizes)
        here = np.flatnonzero(np.bincount(kind))
        words = [np.array(name.dictionary.to_pylist(), object) for name in names]
        spelled = zip(*(w[i] for w, i in zip(words, np.unravel_index(here, sizes), strict=True)), strict=True)
        own = np.zeros(int(np.prod(sizes)), np.int32)
        own[here] = [found[pair] for pair in spelled]
        cells.append((row.astype(np.int32), own[kind], count))
    pairs = list(dict.fromkeys([*listed, *sorted(found)]))
    position = {pair: i for i, pair in enumerate(pairs)}
    moved = np.array([position[pair] for pair in found], np.int32)
    table = pd.DataFrame(pairs, columns=list(columns), dtype=object)
    if not cells:
        return sparse.csr_array((len(passages), len(pairs)), dtype=np.int64), table
    rows, cols, counts = (np.concatenate(column) for column in zip(*cells, strict=True))
    matrix = sparse.coo_array((counts.astype(np.int64), (rows, moved[cols])), shape=(len(passages), len(pairs)))
    return matrix.tocsr(), table


def count_by_form(corpus: Corpus) -> Corpus:
    """Count the spellings as they were found, not the terms that they count for; a compound counts for each part."""
    rows, whole = corpus.tables["terms"], corpus.tables["passages"]
    rows = rows.loc[rows["term"].isin(set(corpus.terms["term"])), [*ROW, "form", "kind", "count"]]
    batches = pa.Table.from_pandas(rows, preserve_index=False).to_batches()
    counts, forms = _count_matrix(whole, batches, ["form", "kind"])
    places = pd.MultiIndex.from_frame(whole[ROW]).get_indexer(pd.MultiIndex.from_frame(corpus.passages[ROW]))
    return replace(corpus, counts=counts[places], terms=forms.rename(columns={"form": "term"}))


def forms_of(corpus: Corpus, term: str, kind: str, articles: Collection[str]) -> set[str]:
    """Give the spellings under which a term was counted in some articles; words of one are parted by blanks."""
    if isinstance(corpus.tables, LazyTables):
        wanted = [("article_id", "in", sorted(articles)), ("term", "=", term), ("kind", "=", kind)]
        found = pq.read_table(table_path(corpus.folder, "terms"), columns=["form"], filters=wanted)
        return set(found["form"].to_pylist())
    rows = corpus.tables["terms"]
    return set(rows.loc[rows["article_id"].isin(articles) & (rows["term"] == term) & (rows["kind"] == kind), "form"])


def _place_keys(article: Whole, sentence: Whole, passage: Whole, bases: Sequence[int]) -> Whole:
    """Number the place of a passage; what lies beyond all passages gets a number that none has."""
    return (article.astype(np.int64) * bases[0] + np.minimum(sentence, bases[0] - 1)) * bases[1] + np.minimum(
        passage, bases[1] - 1
    )


# ---------------------------------------------------------------------------------------------- evidence


def concordance(corpus: Corpus, term: str, **values: Any) -> pd.DataFrame:
    """Show every passage in which a term, phrase or indicator stands, with its sentence where the text is at hand.

    Parameters
    ----------
    corpus : Corpus
        Or a selection of one.
    term : str
        A term of the corpus; a beginning followed by '*' finds all terms that begin so.
    **values
        Further selection, as in `Corpus.select`: `source="teleSUR"`, `voice="outlet"`.

    Returns
    -------
    DataFrame
        One row per passage: article_id, source, sentence, passage, section, voice, speaker, side, count, terms (all
        terms of the passage in alphabetical order, from the tables), text (the passage; where its file is not at hand,
        'needs text' and the terms). `attrs["needs_text"]` says how to add the texts.

    Raises
    ------
    KeyError
        The term stands nowhere in the whole corpus; the nearest terms are offered.
    """
    if not term.strip("* "):
        raise ValueError("concordance: give a term, or the beginning of one and '*'")
    pattern = re.compile(re.escape(term.lower().rstrip("*")) + (".*" if term.endswith("*") else ""), re.S)
    columns = corpus.terms["term"].map(lambda t: bool(pattern.fullmatch(t))).to_numpy()
    if not columns.any():
        forms = corpus.tables["terms"].set_index("form")["term"]
        if term.lower() in forms.index:
            counted = sorted(set(forms.loc[[term.lower()]]))
            raise KeyError(f"{term!r} is a spelling that is counted as {' and '.join(map(repr, counted))}")
        if term.lower() in read_stopwords(corpus.folder):
            raise KeyError(f"{term!r} is a function word of stopwords.txt; those are counted in n_words, not listed")
        raise KeyError(f"no term {term!r} in {corpus.name}; {nearest(term.lower(), corpus.terms['term'])}")
    chosen = corpus.select(**values) if values else corpus
    counts = np.asarray(chosen.counts[:, columns].sum(axis=1)).ravel()
    rows = np.flatnonzero(counts)
    table = _evidence(chosen, rows, term=term)
    table.insert(list(table).index("side") + 1, "count", counts[rows])
    return table


def read_passages(corpus: Corpus, **values: Any) -> pd.DataFrame:
    """Show every passage of a selection, with its words where the text is at hand: `speaker="Vladimir Putin"`.

    Parameters
    ----------
    corpus : Corpus
        Or a selection of one.
    **values
        Further selection, as in `Corpus.select`.

    Returns
    -------
    DataFrame
        As from `concordance`, without count.
    """
    chosen = corpus.select(**values) if values else corpus
    return _evidence(chosen, np.arange(len(chosen.passages)))


def _evidence(chosen: Corpus, rows: np.ndarray, **parameters: object) -> pd.DataFrame:
    """Show passages as evidence: where they stand, who speaks, and their words or at least their terms."""
    table = chosen.passages.loc[rows, ["article_id", "sentence", "passage", "section", "voice", "speaker", "side"]]
    table.insert(1, "source", chosen.labels("source").iloc[rows])
    names = chosen.terms["term"].to_numpy()
    table["terms"] = np.array([", ".join(dict.fromkeys(names[chosen.counts[[i]].indices])) for i in rows], dtype=object)
    texts = passage_texts(chosen, rows)
    table["text"] = texts.where(texts.notna(), NEEDS_TEXT + "; its terms: " + table["terms"])
    table.attrs = chosen.provenance(**parameters)
    return _note_missing(chosen, table.reset_index(drop=True), texts)


def passage_texts(corpus: Corpus, rows: np.ndarray) -> pd.Series:
    """Give the text of some passages; of a large corpus the files of their articles are read, ARTICLE_ID.txt each.

    Returns
    -------
    Series
        Indexed as these rows of `passages`; NaN where a file is not at hand, or is not the text that was built from.
    """
    texts = corpus.texts.iloc[rows]
    if corpus.text_folder is None:
        return texts
    places = corpus.passages.iloc[rows][ROW]
    articles = corpus.articles[corpus.articles["article_id"].isin(set(places["article_id"]))]
    read = read_named_texts(corpus.folder, articles, corpus.text_folder)
    found = [read.get(place, np.nan) for place in places.itertuples(index=False, name=None)]
    return pd.Series(found, index=texts.index, dtype=object)


def show_sentences(corpus: Corpus, table: pd.DataFrame) -> pd.DataFrame:
    """Add source and text to a table of sentences (article_id, sentence), as evidence.

    The text is that of the selected passages of the sentence; where its file is not at hand, 'needs text' and the
    terms of the sentence in alphabetical order.
    """
    places = list(zip(table["article_id"], table["sentence"], strict=True))
    wanted = corpus.passages["article_id"].isin(set(table["article_id"]))
    texts, names = sentence_texts(corpus, np.flatnonzero(wanted)), corpus.terms["term"].to_numpy()
    terms: dict[tuple[str, int], set[str]] = {place: set() for place in places if place not in texts}
    for row, place in enumerate(corpus.passages[["article_id", "sentence"]].itertuples(index=False, name=None)):
        if place in terms:
            terms[place].update(names[corpus.counts[[row]].indices])
    shown = pd.Series([texts.get(place, np.nan) for place in places], dtype=object)
    told = [f"{NEEDS_TEXT}; its terms: {', '.join(sorted(terms.get(place, ())))}" for place in places]
    rows = table.reset_index(drop=True)
    rows.insert(1, "source", rows["article_id"].map(corpus.articles.set_index("article_id")["source"]))
    rows["text"] = shown.where(shown.notna(), pd.Series(told, dtype=object))
    rows.attrs = {**corpus.provenance(), **table.attrs}
    return _note_missing(corpus, rows, shown)


def sentence_texts(corpus: Corpus, rows: np.ndarray | None = None) -> dict[tuple[str, int], str]:
    """Give the text of each sentence of the selection (or of some rows of it) whose article's file is at hand."""
    texts: dict[tuple[str, int], str] = {}
    rows = np.arange(len(corpus.passages)) if rows is None else rows
    places = corpus.passages[["article_id", "sentence"]].iloc[rows].itertuples(index=False, name=None)
    for place, text in zip(places, passage_texts(corpus, rows), strict=True):
        if isinstance(text, str):
            texts[place] = f"{texts[place]} {text}" if place in texts else text
    return {place: re.sub(r"\s+(?=[,.;:!?…”’)\]])", "", text) for place, text in texts.items()}


def _note_missing(corpus: Corpus, table: pd.DataFrame, texts: pd.Series) -> pd.DataFrame:
    if texts.isna().any():
        table.attrs["needs_text"] = (
            f"Sentences of some articles are not shown: put the raw articles as .txt files into"
            f" corpus/{corpus.name}/text/ (the names do not matter; they are recognized by their checksum)."
        )
    return table
