"""The files of a corpus folder: whole sets of tables are written or none, described, and checked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.tables import KEYS, READINGS, STAGE, TABLES, named_row, nearest, read_table, table_path, to_csv
from analysis.text import TOML_TABLES, decode

Content = bytes | Callable[[Path], None]  # of a file, or how it is written


def corpus_folder(name: str | Path) -> Path:
    """Find a corpus: a folder, or a name under `corpus/` here, in a folder above, or beside the package.

    Raises
    ------
    ValueError
        There is no such folder; the known corpora are offered.
    """
    if Path(name).is_dir():
        return Path(name).resolve()
    homes = [parent / "corpus" for parent in [Path.cwd(), *Path.cwd().parents, Path(__file__).parents[1]]]
    for home in homes:
        if str(name).strip("/.") and (home / name).is_dir():
            return (home / name).resolve()
    known = sorted({path.name for home in homes if home.is_dir() for path in home.iterdir() if path.is_dir()})
    raise ValueError(f"no corpus {str(name)!r}; {nearest(name, known)} (there are: {', '.join(known) or 'none'})")


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write all tables of a corpus as CSV, and its data dictionary, or none of them.

    The whole set is written to a side folder first. Renaming that folder is the moment at which the new set
    counts: interrupted before it, the old tables are untouched; after it, reading and the next writing finish
    the move, so old and new tables are never mixed.

    Raises
    ------
    OSError
        The folder cannot be written or the disk is full; the old tables are still whole.
    """
    write_set(folder, {f"{name}.csv": to_csv(tables[name]).encode() for name in TABLES})


def write_set(folder: Path, files: Mapping[str, Content]) -> None:
    """Write a whole set of tables, in the way of `write_tables`: by file name its bytes, or what writes the file."""

    def describe(stage: Path) -> Mapping[str, object]:
        built = [_resource(Path(file).stem, stage / file) for file in files if Path(file).stem in TABLES]
        package = {**read_package(folder), "resources": built + _describe_readings(folder)}
        return package | {"judgements": judgement_hashes(folder)}

    _write_staged(folder, files, describe)


def write_readings(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables of `READINGS` and describe them in datapackage.json, or write nothing at all."""
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    built = [entry for entry in package["resources"] if entry["name"] not in READINGS]
    resources = built + _describe_readings(folder, tables)
    package |= {"resources": resources, "coded": _coded_states(folder, tables)}
    files = {f"{name}.csv": to_csv(table).encode() for name, table in tables.items()}
    _write_staged(folder, files, lambda stage: package)


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
    return [_resource(name) for name in there]


def _write_staged(folder: Path, files: Mapping[str, Content], describe: Callable[[Path], Mapping[str, object]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{STAGE}-unfinished"
    move_staged(folder)
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for name, content in files.items():
            if callable(content):
                content(unfinished / name)
            else:
                (unfinished / name).write_bytes(content)
            _sync(unfinished / name)
        package = unfinished / "datapackage.json"
        package.write_text(json.dumps(describe(unfinished), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        _sync(package)
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
            other = {".csv": ".parquet", ".parquet": ".csv"}.get(path.suffix)
            if other and path.stem in TABLES:  # the same table as the set before had it
                (folder / path.name).with_suffix(other).unlink(missing_ok=True)
        stage.rmdir()


def _sync(path: Path) -> None:
    """Have a file on the disk before it counts."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def read_package(folder: Path) -> dict[str, object]:
    """Read the descriptive part of datapackage.json, which a person writes, or begin one."""
    path = folder / "datapackage.json"
    if path.exists():
        package: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        return {key: value for key, value in package.items() if key not in ("resources", "judgements")}
    return {"profile": "tabular-data-package", "name": folder.name.lower(), "title": folder.name}


def is_large(folder: Path) -> bool:
    """Tell whether a corpus has its tables as Parquet."""
    return table_path(folder, "passages").suffix == ".parquet"


def sum_package(folder: Path) -> str:
    """Give one checksum of all tables that were built, from those that datapackage.json has of each."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    sums = [f"{r['name']} {r['hash']}" for r in package["resources"] if "hash" in r]
    return hashlib.sha256("\n".join(sorted(sums)).encode()).hexdigest()


def judgement_hashes(folder: Path) -> dict[str, str]:
    """Give the checksums of the word lists and rules that the tables were built with."""
    paths = [folder / name for name in (*sorted(TOML_TABLES), "stopwords.txt")]
    return {p.name: hashlib.sha256(decode(p.read_bytes(), p.name).encode()).hexdigest() for p in paths if p.exists()}


def _resource(name: str, path: Path | None = None) -> dict[str, object]:
    """Describe one table as the Frictionless table schema does; with its file also its size and checksum."""
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
    parquet = path is not None and path.suffix == ".parquet"
    described: dict[str, object] = {
        "name": name,
        "path": f"{name}.parquet" if parquet else f"{name}.csv",
        "profile": "data-resource" if parquet else "tabular-data-resource",
        **({"format": "parquet"} if parquet else {"encoding": "utf-8"}),
    }
    if path is not None:
        with path.open("rb") as file:
            sha = hashlib.file_digest(file, "sha256").hexdigest()
        described |= {"bytes": path.stat().st_size, "hash": f"sha256:{sha}"}
    return described | {"schema": schema}


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
    if {"terms", "capitals"} <= tables.keys():
        faults += _check_capitals(tables["terms"], tables["capitals"])
    if {"articles", "passages"} <= tables.keys():
        faults += _check_sums(tables["articles"], tables["passages"])
    return faults + check_package(folder)


def _check_capitals(terms: pd.DataFrame, capitals: pd.DataFrame) -> list[str]:
    """Say which forms are written with capitals more often than they occur."""
    key = KEYS["terms"]
    written = capitals.groupby(key)["count"].transform("sum")
    known = terms.drop_duplicates(key).set_index(key)["count"]
    most = known.reindex(pd.MultiIndex.from_frame(capitals[key])).fillna(0).to_numpy()
    return [
        f"{named_row('capitals.csv', capitals, i)}: {capitals['form'].iloc[i]!r} is counted {most[i]:.0f} times"
        f" there by terms.csv, with capitals {written.iloc[i]} times"
        for i in np.flatnonzero(written.to_numpy() > most)
    ]


def _check_keys(name: str, table: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    file = f"{name}.csv"
    faults = []
    if KEYS[name]:
        for i in np.flatnonzero(table.duplicated(KEYS[name])):
            key = ", ".join(str(table[k].iloc[i]) for k in KEYS[name])
            faults.append(f"{named_row(file, table, i)}: {key} stands twice")
    parent = "passages" if "passage" in table and name != "passages" else "articles"
    references = [KEYS[parent]] + ([["other_id"]] if "other_id" in table else [])
    for columns in references if parent in tables and name != parent else []:
        known = pd.MultiIndex.from_frame(tables[parent][KEYS[parent]])
        for i in np.flatnonzero(~pd.MultiIndex.from_frame(table[columns]).isin(known)):
            key = ", ".join(str(table[k].iloc[i]) for k in columns)
            faults.append(f"{named_row(file, table, i)}: {parent}.csv has no row {key}")
    return faults


def _check_sums(articles: pd.DataFrame, passages: pd.DataFrame) -> list[str]:
    by_article = passages.groupby("article_id")
    found = {"n_words": by_article["n_words"].sum(), "n_sentences": by_article["sentence"].nunique()}
    return [
        f"{named_row('articles.csv', articles, i)}: {column} is {said}, passages.csv gives {counted}"
        for column, counts in found.items()
        for i, (article, said) in enumerate(zip(articles["article_id"], articles[column], strict=True))
        if said != (counted := counts.get(article, 0))
    ]


def check_package(folder: Path, *, quick: bool = False) -> list[str]:
    """Say which tables, word lists or rules were changed since the corpus was built, by the data package.

    A `quick` check compares the size of Parquet tables, not their checksum.
    """
    path = folder / "datapackage.json"
    if not path.exists():
        return [f"datapackage.json is missing; build the corpus (python -m analysis build {folder.name})"]
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        listed = {r["name"]: r for r in package["resources"]}
    except (ValueError, KeyError, TypeError) as error:
        return [f"datapackage.json cannot be read as a data package ({error}); build the corpus again"]
    before, now = package.get("judgements", {}), judgement_hashes(folder)
    faults = [
        f"{name} was changed after the tables were built with it; build the corpus again"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]
    for name in TABLES:
        file = table_path(folder, name)
        if not file.exists():
            continue  # said already
        entry = listed.get(name, {})
        if quick and file.suffix == ".parquet":
            changed = entry.get("bytes") != file.stat().st_size
        else:
            changed = entry.get("hash") != _resource(name, file)["hash"]
        if changed:
            faults.append(f"{file.name} was changed after it was built (checksum); build the corpus again")
        if entry.get("schema") != _resource(name)["schema"]:
            faults.append(f"datapackage.json does not describe the columns of {file.name}; build the corpus again")
    faults += [
        f"datapackage.json does not describe {entry['name']}.csv; build the corpus again"
        for entry in _describe_readings(folder)
        if entry != listed.get(entry["name"])
    ]
    return faults
