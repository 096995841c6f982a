"""A corpus from its folder: read from the tables, or built from the raw articles; and its spellings."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import sparse

from analysis.build import build_tables, read_judgements
from analysis.codebook import check_articles, read_codebook, read_facts
from analysis.corpus import ROW, Corpus, Whole
from analysis.counting import Vocabulary
from analysis.matching import find_texts, match_texts
from analysis.speakers import OTHER, UNATTRIBUTED, read_sides
from analysis.storage import check_package, corpus_folder, is_large, sum_package, write_tables
from analysis.tables import TABLES, read_metadata, read_readings, read_table, table_path, to_csv
from analysis.text import normal_form, read_toml
from analysis.wordlists import read_voice_words


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


def count_by_form(corpus: Corpus, *, case: bool = False) -> Corpus:
    """Count the spellings as they were found, not the terms that they count for; a compound counts for each part.

    With `case` a word with capitals and the same in small letters are two.
    """
    rows, whole = list_forms(corpus.tables, case=case), corpus.tables["passages"]
    rows = rows.loc[rows["term"].isin(set(corpus.terms["term"])), [*ROW, "form", "kind", "count"]]
    batches = pa.Table.from_pandas(rows, preserve_index=False).to_batches()
    counts, forms = _count_matrix(whole, batches, ["form", "kind"])
    places = pd.MultiIndex.from_frame(whole[ROW]).get_indexer(pd.MultiIndex.from_frame(corpus.passages[ROW]))
    return replace(corpus, counts=counts[places], terms=forms.rename(columns={"form": "term"}))


def list_forms(tables: Mapping[str, pd.DataFrame], *, case: bool) -> pd.DataFrame:
    """Give the table of terms; with `case` its forms are as written, those with capitals in rows of their own."""
    if not case:
        return tables["terms"]
    capitals, key = tables["capitals"], [*ROW, "term", "form", "kind"]
    small = capitals.assign(count=-capitals["count"])  # what is left of a form is in small letters
    every = pd.concat([table[[*key, "count"]] for table in (
        tables["terms"], small, capitals.drop(columns="form").rename(columns={"written": "form"}))])  # fmt: skip
    rows = every.groupby(key, as_index=False)["count"].sum()
    return rows[rows["count"] > 0]


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
