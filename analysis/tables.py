"""The tables of a corpus folder: their columns, and how they are read.

Everything that passes between the stages of the study passes through these tables, so the contract stands
here once: `TABLES` is at the same time the validator, the order of columns and the published data dictionary.
A small corpus has them as CSV; a large one as Parquet, articles.csv apart, which a person writes.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.text import decode

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Field:
    """One column: its name, what a cell holds, and which values are allowed."""

    name: str
    type: str  # string, integer, number or date
    description: str
    values: tuple[str, ...] = ()
    required: bool = True


def _fields(text: str) -> tuple[Field, ...]:
    """Read 'name: type: description', one to a line; `type?` may be empty, `{a|b}` lists the values."""
    fields = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, type_, description = (part.strip() for part in line.split(":", 2))
        type_, _, values = type_.partition("{")
        allowed = tuple(values.rstrip("}").split("|")) if values else ()
        fields.append(Field(name, type_.rstrip("?"), description, allowed, not type_.endswith("?")))
    return tuple(fields)


PLACE = """
    article_id: string: the article
    sentence: integer: number of the sentence in its article, from 1
    passage: integer: number of the passage in its sentence, from 1
"""
TABLES: dict[str, tuple[Field, ...]] = {
    "articles": _fields("""
        article_id: string: short name of the article, unique
        source: string: the outlet whose copy this is
        role: string{core|context}: core sources are compared, context sources stand beside them
        title: string?: headline as published (bibliography); one that ends in '…' is its first words
        url: string?: address, where known
        publisher_site: string?: site that carried the copy
        date: date?: day of publication, ISO 8601
        phase: string?: before or after the event
        genre: string?: news report, analysis, ...
        original_language: string?: ISO 639 code of the language it was written in
        translation: string{none|machine|round-trip}: how it came into English
        provenance: string?: what is known of where the copy comes from
        n_words: integer: words in all passages, function words and headline too
        n_sentences: integer: sentences in all sections
        lines_kept: integer: lines of the raw file that are part of the article
        lines_removed: integer: lines of the raw file that are not
        sha256: string: checksum of the raw file (UTF-8 without BOM, NFC, LF, no trailing blanks)
        polarity: number?: TextBlob polarity of the whole body, -1 to 1; empty when no word is scored
        subjectivity: number?: TextBlob subjectivity of the whole body, 0 to 1; empty when no word is scored
    """),
    "passages": _fields("""
        article_id: string: the article
        paragraph: integer: number of the paragraph in the article, from 1
        sentence: integer: number of the sentence in its article, from 1 (headline first)
        passage: integer: number of the passage in its sentence, from 1
        section: string{headline|standfirst|subhead|body}: part of the article
        voice: string{outlet|quote|reported|scare}: who speaks
        quotation: integer?: running number of the quotation that the passage belongs to
        speaker: string?: who is said to have said it; empty in the outlet's own words
        side: string?: the speaker's side; empty in the outlet's own words
        verb: string?: the reporting verb; empty in the outlet's own words
        n_words: integer: all words, function words too
        polarity: number?: mean TextBlob polarity of the passage's scored expressions; empty when it has none
        subjectivity: number?: mean TextBlob subjectivity of the same expressions
        n_scored: integer: expressions that TextBlob scores
        n_nonzero: integer: those whose polarity is not zero
    """),
    "terms": _fields(f"""{PLACE}
        term: string: the word or phrase, lower case, spellings unified
        form: string: the same as found, lower case
        kind: string{{word|phrase}}: a phrase is counted beside its words
        count: integer: occurrences
    """),
    "capitals": _fields(f"""{PLACE}
        term: string: the word or phrase, as in the table of terms
        form: string: the same as found, lower case
        kind: string{{word|phrase}}: as there
        written: string: the form as written, where that is not in small letters alone
        count: integer: occurrences of the form that are written so
    """),
    "sentiment_words": _fields(f"""{PLACE}
        words: string: the scored expression, lower case
        polarity: number: its polarity, -1 to 1
        subjectivity: number: its subjectivity, 0 to 1
    """),
    "sentiment_variants": _fields(f"""{PLACE}
        variant: string{{names masked|set phrases masked|contractions written out}}: how its sentence was rewritten
        polarity: number?: mean polarity of the scored expressions then; empty where nothing is scored
        subjectivity: number?: mean subjectivity then
        n_scored: integer: expressions scored then
        n_nonzero: integer: of these, not scored 0.0
    """),
    "indicator_hits": _fields(f"""{PLACE}
        frame: string: code of the frame in codebook.toml
        pattern: string: the indicator as written there
        count: integer: occurrences
    """),
    "facts": _fields("""
        article_id: string: the article
        fact: string: code of the fact or actor in facts.toml
        sentence: integer?: first sentence in which one of its patterns stands; empty where none does
        voice: string?{outlet|quote|reported|scare}: voice of that mention
        side: string?: the speaker's side there; empty in the outlet's own words
        n: integer: sentences that mention it, headline and standfirst too, subheads not
    """),
    "markers": _fields(f"""{PLACE}
        kind: string: class of a reporting verb (voices.toml), or 'distance'
        words: string: the verb's base form, or the word of distance
        count: integer: occurrences
        side: string?: for whom the verb's subject speaks; empty for distance
    """),
    "overlap": _fields("""
        article_id: string: one article
        other_id: string: another, later in the alphabet
        shared_5grams: integer: different runs of five words that both contain
        share: number: of the first article's runs, the share found in the other
        other_share: number: of the other article's runs, the share found in the first
    """),
    "removed_lines": _fields("""
        article_id: string: the article
        line: integer: number of the line in the raw file, from 1
        rule: string: the rule of boilerplate.toml that removed it; 'span: NAME' removed only a piece of the line
        n_words: integer: words removed with it
    """),
}
# Tables that a person writes; a column that may be missing is named with them.
READINGS = {
    "voices_gold": _fields("""
        article_id: string: the article
        start: integer: first character in the raw text (code points, from 0; lines ended by LF)
        end: integer: the character behind the last
        kind: string{quote|reported|scare|label}: what a reader takes it for; a label in marks is no voice of its own
        speaker: string?: who is said to have said it
        side: string?: the speaker's side
        verb: string?: base form of the reporting verb
        part: string?: tuning or final; the texts of the final part are not read while the rules are changed
    """),
    "coding": _fields("""
        article_id: string: the article
        sentence: integer: number of the sentence in its article, from 1
        coder: string: who coded it; 'final' is the reconciled coding
        frame: string: code of a frame of codebook.toml; NONE where the sentence was coded without a frame
        attribute: string?: key=value, several joined by ';'
    """),
    "coders": _fields("""
        coder: string: name of the coder in coding.csv
        kind: string{person|machine}: what kind of reader it was
        description: string?: how the coding was done
    """),
    "decisions": _fields("""
        article_id: string: the article
        sentence: integer: number of the sentence in its article
        frame: string: the frame on which the coders differ
        decision: string{present|absent}: what the reconciled coding has
        reason: string: why, by the rules of the codebook
    """),
    "tone": _fields("""
        article_id: string: the article
        sentence: integer: number of the sentence in its article, from 1
        coder: string: who read it
        tone: string{negative|neutral|positive}: how the sentence presents what it speaks of
    """),
    "facts_read": _fields("""
        article_id: string: the article
        fact: string: code of the fact or actor in facts.toml
        sentence: integer?: a sentence that mentions it, one row each; empty where the article does not
        coder: string: who read it; 'final' is the reconciled reading
    """),
}
MAY_BE_MISSING = ("part",)
KEYS = {
    "articles": ["article_id"],
    "passages": ["article_id", "sentence", "passage"],
    "terms": ["article_id", "sentence", "passage", "term", "form", "kind"],
    "capitals": ["article_id", "sentence", "passage", "term", "form", "kind", "written"],
    "sentiment_words": [],
    "sentiment_variants": ["article_id", "sentence", "passage", "variant"],
    "indicator_hits": ["article_id", "sentence", "passage", "frame", "pattern"],
    "facts": ["article_id", "fact"],
    "markers": ["article_id", "sentence", "passage", "kind", "words", "side"],
    "overlap": ["article_id", "other_id"],
    "removed_lines": [],
}
INPUT = [field.name for field in TABLES["articles"][:12]]
STAGE = ".staged"
REJECTS = "rejects.csv"
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def nearest(word: object, known: Iterable[object]) -> str:
    """Name the known words that look most like this one, for the end of an error message."""
    names = [str(k) for k in known]
    close = difflib.get_close_matches(str(word), names, n=3, cutoff=0.4)
    return f"did you mean {' or '.join(map(repr, close))}?" if close else f"known: {', '.join(names[:20]) or 'none'}"


# ---------------------------------------------------------------------------------------------- reading


def read_table(folder: Path, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read one table of a corpus folder with its types; every fault names its row and column.

    Parameters
    ----------
    folder : Path
        The corpus folder.
    name : str
        A key of `TABLES` or of `READINGS`.
    columns : sequence of str, optional
        Of a Parquet table read these alone.

    Returns
    -------
    DataFrame
        The columns of that table, in that order; empty numbers are NaN, other empty cells ''.

    Raises
    ------
    ValueError
        A column is missing or unknown, or a cell does not fit; all faults of the table in one message.
    """
    path = table_path(folder, name)
    if path.suffix == ".parquet":
        return _read_parquet(path, name, columns)
    table = _read_text_table(path)
    fields = {**TABLES, **READINGS}[name]
    faults = _check_columns(table, path.name, fields, [f.name for f in fields if f.name not in MAY_BE_MISSING])
    if faults:
        raise ValueError("\n".join(faults))
    table = table.assign(**{f.name: "" for f in fields if f.name not in table})
    typed = {f.name: _typed(table[f.name], f, table, path.name, faults) for f in fields}
    if faults:
        raise ValueError("\n".join(faults))
    return pd.DataFrame(typed)


def read_readings(folder: Path) -> dict[str, pd.DataFrame]:
    """Read what readers wrote of a corpus; a table that is not there has no rows."""
    names = [name for name in READINGS if name != "voices_gold"]
    return {
        name: read_table(folder, name) if table_path(folder, name).exists() else empty_table(name) for name in names
    }


def empty_table(name: str) -> pd.DataFrame:
    """Give a table without rows that has the columns and types of the contract."""
    return typed(name, pd.DataFrame(columns=[field.name for field in {**TABLES, **READINGS}[name]]))


def read_metadata(folder: Path) -> pd.DataFrame:
    """Read the descriptive columns of articles.csv, which a person fills in before anything is built.

    Rows that an earlier build had to leave out stand in rejects.csv, and are taken from there.

    Returns
    -------
    DataFrame
        One row per article, sorted by article_id; the index is its row in the file, from 0. The descriptive
        columns and `sha256` ('' where it is not known yet).

    Raises
    ------
    ValueError
        The file is missing or empty, lacks article_id or source, or a cell does not fit.
    """
    path = table_path(folder, "articles")
    if not path.exists():
        raise ValueError(f"{path}: not found; a corpus needs an articles.csv with a row per article")
    table = _read_text_table(path)
    faults = _check_columns(table, "articles.csv", TABLES["articles"], ["article_id", "source"])
    if not faults and table.empty:
        faults.append("articles.csv has no rows; add one per article")
    if faults:
        raise ValueError("\n".join(faults))
    defaults = {"role": "core", "translation": "none"}
    if (folder / REJECTS).exists():
        rejected = _read_text_table(folder / REJECTS).reindex(columns=table.columns, fill_value="")
        mine = (rejected["source"] != "") & ~rejected["article_id"].isin(table["article_id"])
        table = pd.concat([table, rejected[mine]], ignore_index=True)
    table = table.map(str.strip)
    for name in [*INPUT, "sha256"]:
        table[name] = table[name].replace("", defaults.get(name, "")) if name in table else defaults.get(name, "")
    for field in TABLES["articles"][:12]:
        _typed(table[field.name], field, table, "articles.csv", faults)
    for i in np.flatnonzero(table["article_id"].duplicated()):
        faults.append(f"articles.csv row {i + 2} ({table['article_id'].iloc[i]}): article_id is used twice")
    for i in np.flatnonzero(table["article_id"].str.endswith(".txt")):
        faults.append(f"articles.csv row {i + 2}: article_id {table['article_id'].iloc[i]!r}: leave out '.txt'")
    for spellings in table.groupby(table["source"].str.casefold())["source"].unique():
        if len(spellings) > 1:
            faults.append(f"articles.csv: source is written {' and '.join(map(repr, spellings))}; write it one way")
    for i in np.flatnonzero(table["article_id"].str.contains(r"[^\w.-]|^\.", regex=True)):
        faults.append(f"articles.csv row {i + 2}: article_id {table['article_id'].iloc[i]!r} has characters other"
                      " than letters, digits, '-', '_' and '.'; it also names a file")  # fmt: skip
    if faults:
        raise ValueError("\n".join(faults))
    return table[[*INPUT, "sha256"]].sort_values("article_id")


def table_path(folder: Path, name: str) -> Path:
    """Say where the table is read from: a finished set of new tables that was not moved yet goes first."""
    paths = [home / f"{name}{kind}" for home in (folder / STAGE, folder) for kind in (".parquet", ".csv")]
    return next((path for path in paths if path.exists()), paths[-1])


def typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give a table of these columns the types and precision that reading it from its file would give."""
    kinds = {"integer": "int64", "number": "float64"}
    fields = [field for field in {**TABLES, **READINGS}[name] if field.name in table]
    table = table.astype({
        f.name: "Int64" if f.type == "integer" and not f.required else kinds.get(f.type, "object") for f in fields
    })  # fmt: skip
    numbers = [f.name for f in fields if f.type == "number"]
    table[numbers] = table[numbers].round(6) + 0.0
    return table


def arrow_schema(name: str) -> pa.Schema:
    """Give the columns and types of a table as Arrow has them."""
    import pyarrow as pa

    kinds = {"integer": pa.int64(), "number": pa.float64()}
    return pa.schema([(f.name, kinds.get(f.type, pa.string())) for f in TABLES[name]])


def _read_parquet(path: Path, name: str, columns: Sequence[str] | None) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(f"{path.name} cannot be read ({error}); build the corpus again") from None
    expected = arrow_schema(name)
    if not file.schema_arrow.equals(expected):
        raise ValueError(f"{path.name}: its columns are not {', '.join(expected.names)}; build the corpus again")
    table = file.read(columns=columns).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return table.astype(
        {f.name: "int64" for f in TABLES[name] if f.type == "integer" and f.required and f.name in table}
    )


def _read_text_table(path: Path) -> pd.DataFrame:
    if not path.exists():
        raise ValueError(
            f"{path.name}: not found; build the corpus first (python -m analysis build {path.parent.name})"
        )
    text = decode(path.read_bytes(), path.name)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows:
        raise ValueError(f"{path.name} is empty; it needs a header line")
    if len(rows[0]) == 1 and ";" in rows[0][0]:
        raise ValueError(f"{path.name}: its cells are parted by semicolons; save it as CSV with commas")
    rows[0] = [name.strip() for name in rows[0]]
    for number, row in enumerate(rows[1:], start=2):
        if row and len(row) != len(rows[0]):
            raise ValueError(
                f"{path.name} row {number}: {len(row)} cells where the header has {len(rows[0])}; "
                "put cells that contain a comma in quotation marks"
            )
    table = pd.DataFrame([row for row in rows[1:] if row], columns=rows[0], dtype=object)
    if table.columns.has_duplicates:
        raise ValueError(f"{path.name}: column {table.columns[table.columns.duplicated()][0]!r} stands twice")
    return table.map(unguard)


def _check_columns(table: pd.DataFrame, file: str, fields: Iterable[Field], needed: Iterable[str]) -> list[str]:
    """Say which columns are not of the contract, and which are needed and not there."""
    known = [field.name for field in fields]
    faults = [f"{file}: unknown column {c!r}; {nearest(c, known)}" for c in table if c not in known]
    return faults + [f"{file}: column {c!r} is missing" for c in needed if c not in table]


def _typed(cells: pd.Series, field: Field, table: pd.DataFrame, file: str, faults: list[str]) -> pd.Series:
    """Turn a column of strings into its type and add what does not fit to `faults`."""
    empty = cells == ""
    if field.type in ("integer", "number"):
        values = pd.to_numeric(cells.where(~empty), errors="coerce")
        wrong = values.isna() & ~empty
        if field.type == "integer":
            wrong |= (values % 1).fillna(0) != 0
        advice = f"is not {'a whole number' if field.type == 'integer' else 'a number'}"
    elif field.type == "date":
        values = cells
        wrong = pd.to_datetime(cells.where(~empty), format="%Y-%m-%d", errors="coerce").isna() & ~empty
        advice = "is not a date; write it as YYYY-MM-DD"
    else:
        values = cells
        wrong = ~empty & ~cells.isin(field.values) if field.values else empty & False
        advice = f"is not one of {', '.join(field.values)}"
    faults += [f"{named_row(file, table, i)}: {field.name} {cells.iloc[i]!r} {advice}" for i in np.flatnonzero(wrong)]
    if field.required:
        faults += [f"{named_row(file, table, i)}: {field.name} is empty; give one or drop the row"
                   for i in np.flatnonzero(empty)]  # fmt: skip
    if field.type == "integer" and not wrong.any():
        return values.astype("int64" if field.required and not empty.any() else "Int64")
    return values


def named_row(file: str, table: pd.DataFrame, i: int | np.integer) -> str:
    """Name a row as a spreadsheet numbers it, with the article it belongs to."""
    return f"{file} row {i + 2} ({table['article_id'].iloc[i]})" if "article_id" in table else f"{file} row {i + 2}"


# ---------------------------------------------------------------------------------------------- writing


def guard(cell: object) -> object:
    """Keep a spreadsheet from running a cell as a formula: text that begins like one gets an apostrophe."""
    if isinstance(cell, str) and cell.lstrip("'").startswith(_RISKY):
        return "'" + cell
    return cell


def unguard(cell: str) -> str:
    """Take the apostrophe of `guard` away again."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_RISKY) else cell


def to_csv(table: pd.DataFrame) -> str:
    """Write a table as CSV text: the same table gives the same bytes, and no cell can act as a formula."""
    safe = table.copy()
    safe.columns = [guard(str(c)) for c in table.columns]
    for i in range(table.shape[1]):
        cells = table.iloc[:, i]
        if pd.api.types.is_float_dtype(cells.dtype):
            safe.isetitem(i, cells.round(6) + 0.0)  # + 0.0 turns -0.0 into 0.0
        elif not pd.api.types.is_numeric_dtype(cells.dtype):
            safe.isetitem(i, cells.map(guard))
    return safe.to_csv(index=False, lineterminator="\n")
