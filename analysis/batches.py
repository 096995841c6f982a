"""The build of a corpus of any size: in batches, on as many processes as there are, resumed where it was interrupted.

Each batch is a folder of its own under `.building/`, named by what it is made from (texts, rows of articles.csv, rules,
this package's code). It appears whole or not at all, so that a build that was killed goes on with the batches that are
missing, and one of whose input something was changed makes those anew that depend on it.
"""

from __future__ import annotations

import gc
import hashlib
import json
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from joblib import Parallel, delayed
from pyarrow import feather
from tqdm import tqdm

from analysis.build import build_part, known_judgements, list_overlap
from analysis.matching import Matched, match_files
from analysis.storage import Content, corpus_folder, judgement_hashes, move_staged, write_set
from analysis.tables import REJECTS, TABLES, arrow_schema, read_metadata, to_csv, typed
from analysis.text import read_text

BUILDING = ".building"
LARGE = 2_000  # articles from which on tables are Parquet
BATCHES, LEAST, MOST = 64, 100, 400  # batches wanted; articles in one
DONE = "done.json"
_COUNTED = ("n_articles", "n_sentences", "n_words")


@dataclass(frozen=True)
class Outcome:
    """What a build did: articles built, sentences, words, and one row for each article or file that was left out."""

    folder: Path
    n_articles: int
    n_sentences: int
    n_words: int
    rejects: pd.DataFrame


def build_folder(
    name: str | Path,
    text: str | Path | None = None,
    *,
    n_jobs: int | None = None,
    strict: bool = False,
    parquet: bool | None = None,
    progress: bool = False,
) -> Outcome:
    """Build the tables of a corpus folder from its raw articles, and write them.

    Parameters
    ----------
    name : str or Path
        The corpus: a name under `corpus/`, or a folder.
    text : str or Path, optional
        The folder of raw `.txt` files; `text/` in the corpus folder otherwise.
    n_jobs : int, optional
        Processes; -1 for as many as there are cores. By default what `joblib.parallel_config` says: one, or a cluster.
    strict : bool
        Let what cannot be built stop everything. Otherwise it is left out and written to `rejects.csv` with the reason;
        the next build tries it again.
    parquet : bool, optional
        Tables as Parquet; by default from `LARGE` articles on.
    progress : bool
        Show a bar with rate and time left, where a person looks at it.

    Returns
    -------
    Outcome

    Raises
    ------
    ValueError
        articles.csv cannot be read, no article can be built, or, if `strict`, any cannot; nothing is written then.
    """
    folder = corpus_folder(name)
    move_staged(folder)
    metadata = read_metadata(folder)
    matched = match_files(metadata, Path(text) if text else folder / "text", n_jobs=n_jobs)
    if strict and matched.faults:
        raise ValueError("\n".join(matched.faults.values()))
    rows = metadata[metadata["article_id"].isin(matched.paths)]
    jobs = list(_plan(folder, rows, matched))
    work = folder / BUILDING
    work.mkdir(exist_ok=True)
    missing = [job for job in jobs if not _is_done(work / job.name)]
    bar = tqdm(total=len(rows), unit=" articles", disable=None if progress else True, smoothing=0)
    with bar, warnings.catch_warnings():
        # a process whose remembered words have grown by 300 MB is replaced by a new one, as is meant to be
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
        bar.update(len(rows) - sum(len(job.articles) for job in missing))
        run = Parallel(n_jobs=n_jobs if len(missing) > 1 else 1, return_as="generator_unordered")
        for size in run(delayed(_build_batch)(folder, job, strict=strict) for job in missing):
            bar.update(size)
    parts = [work / job.name for job in jobs]
    told = [_read_done(part) for part in parts]
    rejects = _list_rejects(metadata, {**matched.faults, **{a: r for done in told for a, r in done["rejects"].items()}})
    n_articles, n_sentences, n_words = (sum(done[key] for done in told) for key in _COUNTED)
    if not n_articles:
        raise ValueError("no article can be built:\n" + "\n".join(rejects["reason"]))
    _write(folder, parts, rejects, parquet=n_articles >= LARGE if parquet is None else parquet)
    if rejects.empty:
        (folder / REJECTS).unlink(missing_ok=True)
    shutil.rmtree(work)
    return Outcome(folder, n_articles, n_sentences, n_words, rejects)


def _list_rejects(metadata: pd.DataFrame, faults: Mapping[str, str]) -> pd.DataFrame:
    """List what was left out: the rows of articles.csv, so that nothing of them is lost, and files without one."""
    rows = metadata[metadata["article_id"].isin(faults)]
    files = pd.DataFrame({"article_id": sorted(faults.keys() - set(rows["article_id"]))}, dtype=object)
    table = pd.concat([rows, files.reindex(columns=rows.columns, fill_value="")], ignore_index=True)
    return table.assign(reason=[faults[article] for article in table["article_id"]])


# --------------------------------------------------------------------------------------------- the batches


@dataclass(frozen=True)
class _Job:
    """A batch: the name of its folder, the rows of its articles, and their files."""

    name: str
    articles: Sequence[dict[Any, Any]]
    paths: Mapping[str, Path]


def _plan(folder: Path, rows: pd.DataFrame, matched: Matched) -> Iterator[_Job]:
    """Part the articles into batches, and name each by all that it is made from."""
    rules = _digest([code_version(), judgement_hashes(folder)])
    size = int(np.clip(-(-len(rows) // BATCHES), LEAST, MOST))
    records = rows.to_dict("records")
    for number, first in enumerate(range(0, len(records), size)):
        articles = records[first : first + size]
        names = [str(article["article_id"]) for article in articles]
        digest = _digest([rules, articles, [matched.checksums[name] for name in names]])
        yield _Job(f"{number:05d}-{digest[:32]}", articles, {name: matched.paths[name] for name in names})


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@cache
def code_version() -> str:
    """Give a checksum of what decides about the tables beside a corpus folder: this package and what it asks."""
    home = Path(__file__).parent
    files = sorted(path for path in home.rglob("*") if path.suffix in (".py", ".toml", ".txt"))
    sums = {str(p.relative_to(home)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    return _digest([sums, [version(name) for name in ("nupunkt", "textblob", "pandas")]])


def _build_batch(folder: Path, job: _Job, *, strict: bool) -> int:
    """Build one batch and put its folder in place; give its number of articles."""
    judgements = known_judgements(folder)
    gc.disable()  # what is made lives as long as the batch: looking for garbage would take a quarter of the time
    try:
        part = build_part(job.articles, lambda article: read_text(job.paths[article]), judgements, strict=False)
    finally:
        gc.enable()
    if strict and part.rejects:
        raise ValueError("\n".join(part.rejects.values()))
    place = folder / BUILDING / job.name
    unfinished = place.with_name(f"{job.name}.{uuid4().hex}")
    unfinished.mkdir(parents=True)
    for name, table in part.tables.items():
        table.to_feather(unfinished / f"{name}.feather")
    sizes = np.array([len(runs) for runs in part.runs.values()], np.int64)
    np.savez(unfinished / "runs.npz", runs=np.concatenate([np.zeros(0, np.uint64), *part.runs.values()]), sizes=sizes)
    articles = part.tables["articles"]
    told = {
        "rejects": part.rejects, "n_articles": len(articles), "n_sentences": int(articles["n_sentences"].sum()),
        "n_words": int(articles["n_words"].sum()), "sizes": _sizes(unfinished),
    }  # fmt: skip
    (unfinished / DONE).write_text(json.dumps(told), encoding="utf-8")
    try:
        unfinished.rename(place)
    except OSError:  # another process has built the same
        shutil.rmtree(unfinished, ignore_errors=True)
        if not _is_done(place):
            raise
    return len(job.articles)


def _sizes(part: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in sorted(part.iterdir()) if path.name != DONE}


def _is_done(part: Path) -> bool:
    """Tell whether a batch is there with all its files; what is not whole is removed."""
    done = (part / DONE).exists() and _read_done(part)["sizes"] == _sizes(part)
    if not done:
        shutil.rmtree(part, ignore_errors=True)
    return done


def _read_done(part: Path) -> dict[str, Any]:
    return dict(json.loads((part / DONE).read_text(encoding="utf-8")))


# ---------------------------------------------------------------------------------------------- all of them


def _write(folder: Path, parts: Sequence[Path], rejects: pd.DataFrame, *, parquet: bool) -> None:
    """Write the tables of all batches as one set, batch by batch, so that no table is in memory as a whole."""
    runs: dict[str, np.ndarray] = {}
    for part in parts:
        names = pd.read_feather(part / "articles.feather", columns=["article_id"])["article_id"]
        with np.load(part / "runs.npz") as held:
            runs.update(zip(names, np.split(held["runs"], np.cumsum(held["sizes"])[:-1]), strict=False))
    overlap = list_overlap(runs)

    def pieces(name: str) -> Iterator[pa.Table]:
        if name == "overlap":
            yield pa.Table.from_pandas(overlap, arrow_schema(name), preserve_index=False)
        else:
            for part in parts:
                yield feather.read_table(part / f"{name}.feather").cast(arrow_schema(name))

    def write(name: str, path: Path) -> None:
        if path.suffix == ".parquet":
            with pq.ParquetWriter(path, arrow_schema(name), compression="zstd") as writer:
                for piece in pieces(name):
                    writer.write_table(piece)
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                for number, piece in enumerate(pieces(name)):
                    text = to_csv(typed(name, piece.to_pandas(integer_object_nulls=True)))
                    file.write(text if number == 0 else text.partition("\n")[2])

    kinds = {name: ".parquet" if parquet and name != "articles" else ".csv" for name in TABLES}
    files: dict[str, Content] = {f"{name}{kind}": partial(write, name) for name, kind in kinds.items()}
    if len(rejects):
        files[REJECTS] = to_csv(rejects).encode()
    write_set(folder, files)
