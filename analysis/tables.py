"""The tables of a corpus folder: their columns, and how they are read, checked and written.

Everything that passes between the stages of the study passes through these tables, so the contract stands
here once: `TABLES` is at the same time the validator, the order of columns and the published data dictionary.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.text import TOML_TABLES, decode


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
        title: string?: headline as published (bibliography)
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
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def nearest(word: object, known: Iterable[object]) -> str:
    """Name the known words that look most like this one, for the end of an error message."""
    names = [str(k) for k in known]
    close = difflib.get_close_matches(str(word), names, n=3, cutoff=0.4)
    return f"did you mean {' or '.join(map(repr, close))}?" if close else f"known: {', '.join(names[:20]) or 'none'}"


# ---------------------------------------------------------------------------------------------- reading


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read one table of a corpus folder with its types; every fault names its row and column.

    Parameters
    ----------
    folder : Path
        The corpus folder.
    name : str
        A key of `TABLES` or of `READINGS`.

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
    kinds = {"integer": "int64", "number": "float64"}
    return pd.DataFrame({
        f.name: pd.Series(dtype="Int64" if f.type == "integer" and not f.required else kinds.get(f.type, "object"))
        for f in {**TABLES, **READINGS}[name]
    })  # fmt: skip


def read_metadata(folder: Path) -> pd.DataFrame:
    """Read the descriptive columns of articles.csv, which a person fills in before anything is built.

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
    staged = folder / STAGE / f"{name}.csv"
    return staged if staged.exists() else folder / f"{name}.csv"


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
    faults += [f"{_row(file, table, i)}: {field.name} {cells.iloc[i]!r} {advice}" for i in np.flatnonzero(wrong)]
    if field.required:
        faults += [f"{_row(file, table, i)}: {field.name} is empty; give one or drop the row"
                   for i in np.flatnonzero(empty)]  # fmt: skip
    if field.type == "integer" and not wrong.any():
        return values.astype("int64" if field.required and not empty.any() else "Int64")
    return values


def _row(file: str, table: pd.DataFrame, i: int | np.integer) -> str:
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


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write all tables of a corpus and its data dictionary, or none of them.

    The whole set is written to a side folder first. Renaming that folder is the moment at which the new set
    counts: interrupted before it, the old tables are untouched; after it, reading and the next writing finish
    the move, so old and new tables are never mixed.

    Raises
    ------
    OSError
        The folder cannot be written or the disk is full; the old tables are still whole.
    """
    contents = {name: to_csv(tables[name]).encode() for name in TABLES}
    resources = [_resource(name, content) for name, content in contents.items()]
    package = {**read_package(folder), "resources": resources + _describe_readings(folder)}
    _write_staged(folder, contents, package | {"judgements": _judgement_hashes(folder)})


def write_readings(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables of `READINGS` and describe them in datapackage.json, or write nothing at all."""
    contents = {name: to_csv(table).encode() for name, table in tables.items()}
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    built = [entry for entry in package["resources"] if entry["name"] not in READINGS]
    resources = built + _describe_readings(folder, contents)
    _write_staged(folder, contents, package | {"resources": resources, "coded": _coded_states(folder, tables)})


def _coded_states(folder: Path, tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Remember of each article that has been coded which text that was."""
    articles = read_table(folder, "articles")
    now = dict(zip(articles["article_id"], article_states(articles), strict=True))
    coded = {a for table in tables.values() if "article_id" in table for a in table["article_id"]}
    return dict(sorted({**read_coded_states(folder), **{a: now[a] for a in coded if a in now}}.items()))


def article_states(articles: pd.DataFrame) -> list[str]:
    """Give for each article what changes when its sentences do: checksum of the text and number of sentences."""
    return [f"{sha}/{n}" for sha, n in zip(articles["sha256"], articles["n_sentences"], strict=True)]


def read_coded_states(folder: Path) -> dict[str, str]:
    """Read what was remembered of the articles when they were coded."""
    path = folder / "datapackage.json"
    return dict(json.loads(path.read_text(encoding="utf-8")).get("coded", {})) if path.exists() else {}


def _describe_readings(folder: Path, more: Iterable[str] = ()) -> list[dict[str, object]]:
    """Describe the readings that are there, without a checksum: a reader may go on writing them."""
    there = [name for name in READINGS if (folder / f"{name}.csv").exists() or name in more]
    resources = [_resource(name, b"") for name in there]
    return [{key: value for key, value in r.items() if key not in ("bytes", "hash")} for r in resources]


def _write_staged(folder: Path, contents: Mapping[str, bytes], package: Mapping[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{STAGE}-unfinished"
    move_staged(folder)
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for name, content in contents.items():
            _write(unfinished / f"{name}.csv", content)
        text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
        _write(unfinished / "datapackage.json", text.encode())
        unfinished.rename(folder / STAGE)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    move_staged(folder)


def move_staged(folder: Path) -> None:
    """Finish the move of a complete set of new tables, if one was interrupted."""
    stage = folder / STAGE
    if stage.exists():
        for path in sorted(stage.iterdir()):
            path.replace(folder / path.name)
        stage.rmdir()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_package(folder: Path) -> dict[str, object]:
    """Read the descriptive part of datapackage.json, which a person writes, or begin one."""
    path = folder / "datapackage.json"
    if path.exists():
        package: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        return {key: value for key, value in package.items() if key not in ("resources", "judgements")}
    return {"profile": "tabular-data-package", "name": folder.name.lower(), "title": folder.name}


def _judgement_hashes(folder: Path) -> dict[str, str]:
    """Give the checksums of the word lists and rules that the tables were built with."""
    paths = [folder / name for name in (*sorted(TOML_TABLES), "stopwords.txt")]
    return {p.name: hashlib.sha256(decode(p.read_bytes(), p.name).encode()).hexdigest() for p in paths if p.exists()}


def _resource(name: str, content: bytes) -> dict[str, object]:
    """Describe one table as the Frictionless table schema does."""
    schema: dict[str, object] = {
        "fields": [
            {
                "name": f.name,
                "type": f.type,
                "description": f.description,
                "constraints": {"required": f.required} | ({"enum": list(f.values)} if f.values else {}),
            }
            for f in {**TABLES, **READINGS}[name]
        ],
        "missingValues": [""],
    }
    if KEYS.get(name):
        schema["primaryKey"] = KEYS[name]
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
        "schema": schema,
    }


# --------------------------------------------------------------------------------------------- checking


def check_tables(folder: Path) -> list[str]:
    """Check a corpus folder and say row by row what is wrong.

    Returns
    -------
    list of str
        One sentence per fault: cells that do not fit, doubled keys, rows that refer to nothing, counts that do
        not add up, a table changed after it was built, a data dictionary that does not describe it. Empty when
        all is well.
    """
    if not table_path(folder, "passages").exists():
        return [f"{folder.name} has not been built; run python -m analysis build {folder.name}"]
    faults: list[str] = []
    tables: dict[str, pd.DataFrame] = {}
    for name in TABLES:
        try:
            tables[name] = read_table(folder, name)
        except ValueError as error:
            faults += str(error).splitlines()
    for name, table in tables.items():
        faults += _check_keys(name, table, tables)
    if {"articles", "passages"} <= tables.keys():
        faults += _check_sums(tables["articles"], tables["passages"])
    return faults + check_package(folder)


def _check_keys(name: str, table: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    file = f"{name}.csv"
    faults = []
    if KEYS[name]:
        for i in np.flatnonzero(table.duplicated(KEYS[name])):
            key = ", ".join(str(table[k].iloc[i]) for k in KEYS[name])
            faults.append(f"{_row(file, table, i)}: {key} stands twice")
    parent = "passages" if "passage" in table and name != "passages" else "articles"
    references = [KEYS[parent]] + ([["other_id"]] if "other_id" in table else [])
    for columns in references if parent in tables and name != parent else []:
        known = pd.MultiIndex.from_frame(tables[parent][KEYS[parent]])
        for i in np.flatnonzero(~pd.MultiIndex.from_frame(table[columns]).isin(known)):
            key = ", ".join(str(table[k].iloc[i]) for k in columns)
            faults.append(f"{_row(file, table, i)}: {parent}.csv has no row {key}")
    return faults


def _check_sums(articles: pd.DataFrame, passages: pd.DataFrame) -> list[str]:
    by_article = passages.groupby("article_id")
    found = {"n_words": by_article["n_words"].sum(), "n_sentences": by_article["sentence"].nunique()}
    return [
        f"{_row('articles.csv', articles, i)}: {column} is {said}, passages.csv gives {counted}"
        for column, counts in found.items()
        for i, (article, said) in enumerate(zip(articles["article_id"], articles[column], strict=True))
        if said != (counted := counts.get(article, 0))
    ]


def check_package(folder: Path) -> list[str]:
    """Say which tables, word lists or rules were changed since the corpus was built, by the data package."""
    path = folder / "datapackage.json"
    if not path.exists():
        return [f"datapackage.json is missing; build the corpus (python -m analysis build {folder.name})"]
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        listed = {r["name"]: r for r in package["resources"]}
    except (ValueError, KeyError, TypeError) as error:
        return [f"datapackage.json cannot be read as a data package ({error}); build the corpus again"]
    before, now = package.get("judgements", {}), _judgement_hashes(folder)
    faults = [
        f"{name} was changed after the tables were built with it; build the corpus again"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]
    for name in TABLES:
        if not (file := folder / f"{name}.csv").exists():
            continue  # said already
        expected = _resource(name, file.read_bytes())
        entry = listed.get(name, {})
        if entry.get("hash") != expected["hash"]:
            faults.append(f"{name}.csv was changed after it was built (checksum); build the corpus again")
        if entry.get("schema") != expected["schema"]:
            faults.append(f"datapackage.json does not describe the columns of {name}.csv; build the corpus again")
    faults += [
        f"datapackage.json does not describe {entry['name']}.csv; build the corpus again"
        for entry in _describe_readings(folder)
        if entry != listed.get(entry["name"])
    ]
    return faults
