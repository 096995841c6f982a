"""Which raw file belongs to which article, known by its checksum whatever its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed

from analysis.build import Article, Judgements, Meta, Tables, known_judgements, read_judgements, split_text
from analysis.terms import find_terms, find_units
from analysis.text import checksum, read_text, text_files

Print = tuple[int, tuple[str, ...]]
FILES = 1_000  # read by one process at a time


@dataclass(frozen=True)
class Matched:
    """Which file is which article's, its checksum, and what does not match: by article_id or file name, the reason."""

    paths: Mapping[str, Path]
    checksums: Mapping[str, str]
    faults: Mapping[str, str]


def match_texts(metadata: pd.DataFrame, folder: Path) -> dict[str, str]:
    """Find each article's raw text, as `match_files` does.

    Returns
    -------
    dict
        article_id -> raw text.

    Raises
    ------
    ValueError
        All that does not match, one sentence each.
    """
    matched = match_files(metadata, folder)
    if matched.faults:
        raise ValueError("\n".join(matched.faults.values()))
    return {article: read_text(path) for article, path in matched.paths.items()}


def match_files(metadata: pd.DataFrame, folder: Path, *, n_jobs: int | None = None) -> Matched:
    """Find each article's raw text, by checksum or, where the row has none yet, by file name.

    Parameters
    ----------
    metadata : DataFrame
        From `read_metadata`.
    folder : Path
        Holds the raw `.txt` files.
    n_jobs : int, optional
        Processes that read them.

    Returns
    -------
    Matched
        A fault is a row without a text, a text without a row, a text that stands twice, one that is not the one
        described, or one that cannot be read.

    Raises
    ------
    ValueError
        There is no file at all.
    """
    files = text_files(folder)
    if not files:
        raise ValueError(f"{folder}: no .txt files; put one raw article in each, named ARTICLE_ID.txt")
    article_of = {sha: article for article, sha in zip(metadata["article_id"], metadata["sha256"], strict=True) if sha}
    unsummed = set(metadata.loc[metadata["sha256"] == "", "article_id"])
    described = set(article_of.values())
    paths: dict[str, Path] = {}
    checksums: dict[str, str] = {}
    seen: dict[str, str] = {}
    faults: dict[str, str] = {}
    for path, sha, unreadable in _read_checksums(files, n_jobs):
        article = article_of.get(sha) or (path.stem if path.stem in unsummed else None)
        if unreadable:
            faults[article or path.stem] = unreadable
        elif sha in seen:
            faults[article if article and article not in paths else path.name] = (
                f"{path.name} and {seen[sha]} hold the same text; keep one, articles count as independent"
            )
        elif article:
            paths[article], checksums[article] = path, sha
        elif path.stem in described:
            faults[path.name] = (
                f"{path.name}: not the text that articles.csv describes (checksum {sha[:12]}…); restore it, or empty"
                " the row's sha256 to build from the changed text"
            )
        else:
            faults[path.name] = (
                f"{path.name}: articles.csv has no row for it; add one with article_id {path.stem!r} or remove the file"
            )
        seen.setdefault(sha, path.name)
    for row, article in metadata["article_id"].items():
        if article not in paths and article not in faults:
            place = f"articles.csv row {row + 2} ({article})"
            faults[article] = f"{place}: no text in {folder.name}/; add {article}.txt or drop the row"
    return Matched(paths, checksums, faults)


def _read_checksums(files: Sequence[Path], n_jobs: int | None) -> Iterator[tuple[Path, str, str]]:
    """Give the checksum of each file, or why it cannot be read."""
    pieces = [files[i : i + FILES] for i in range(0, len(files), FILES)]
    if len(pieces) == 1:
        yield from _sum_files(files)
    else:
        for summed in Parallel(n_jobs=n_jobs, return_as="generator")(delayed(_sum_files)(piece) for piece in pieces):
            yield from summed


def _sum_files(files: Sequence[Path]) -> list[tuple[Path, str, str]]:
    summed = []
    for path in files:
        try:
            summed.append((path, checksum(read_text(path)), ""))
        except (ValueError, OSError) as error:
            summed.append((path, "", str(error)))
    return summed


def find_texts(folder: Path, tables: Tables, text: Path) -> tuple[list[str | float], list[str]]:
    """Find the passages' texts of a corpus in a folder of raw files, and say what does not belong there.

    Parameters
    ----------
    folder : Path
        The corpus folder, for its judgements.
    tables : dict of DataFrame
        The corpus's tables.
    text : Path
        Holds raw `.txt` files, or does not exist.

    Returns
    -------
    list of str or NaN, list of str
        The text of each row of passages, NaN where its file is not at hand; a sentence for each file that is not
        used.
    """
    articles, passages = tables["articles"], tables["passages"]
    raw = {path.name: read_text(path) for path in text_files(text)}
    wanted = dict(zip(articles["sha256"], articles["article_id"], strict=True))
    rows = {str(row["article_id"]): row for row in articles.to_dict("records")}
    sizes = passages.groupby("article_id").size()
    judgements = read_judgements(folder)
    found: dict[str, list[str]] = {}
    notes, strangers = [], []
    for file, content in raw.items():
        article_id = wanted.get(checksum(content))
        if article_id is None:
            strangers.append(file)
            continue
        split = list(split_text(rows[article_id], content, judgements).passage_texts())
        if len(split) == sizes[article_id]:
            found[article_id] = split
        else:
            notes.append(
                f"{file}: split into {len(split)} passages where the tables have {sizes[article_id]}; the rules have"
                " changed since, so it is not used. Build the corpus again"
            )
    missing = [row for article_id, row in rows.items() if article_id not in found]
    notes += [_describe_stranger(file, raw[file], missing, tables, judgements) for file in strangers]
    values: list[str | float] = []
    for article_id in passages["article_id"].unique():
        values += found.get(article_id) or [float("nan")] * sizes[article_id]
    return values, notes


def read_named_texts(folder: Path, articles: pd.DataFrame, text: Path) -> dict[tuple[str, int, int], str]:
    """Read the passages of some articles from the files that are named ARTICLE_ID.txt and have their checksum.

    Returns
    -------
    dict
        (article_id, sentence, passage) -> text.
    """
    judgements = known_judgements(folder)
    found: dict[tuple[str, int, int], str] = {}
    for row in articles.to_dict("records"):
        article_id = str(row["article_id"])
        path = text / f"{article_id}.txt"
        raw = read_text(path) if path.is_file() else ""
        if not raw or checksum(raw) != row["sha256"]:
            continue
        article = split_text(row, raw, judgements)
        places = [(article_id, s.number, i) for s in article.sentences for i in range(1, len(s.passages) + 1)]
        found.update(zip(places, article.passage_texts(), strict=True))
    return found


def _describe_stranger(file: str, raw: str, missing: Sequence[Meta], tables: Tables, judgements: Judgements) -> str:
    """Describe a text that has no article's checksum: whose passages are in it, and in what share."""
    shares = {}
    anywhere = replace(judgements, rules=replace(judgements.rules, single={}))  # line numbers may have moved
    for row in missing:
        article_id = str(row["article_id"])
        try:
            article = split_text(row, raw, anywhere)
        except ValueError:
            continue
        published = Counter(_published_passages(article_id, tables))
        here = Counter(_counted_passages(article, judgements))
        shares[article_id] = (published & here).total() / published.total()
    best = max(sorted(shares), key=lambda a: shares[a], default=None)
    if best is None or not shares[best]:
        return f"{file}: none of the articles of articles.csv; it is not used"
    return (
        f"{file}: its checksum is not that of {best}, though {shares[best]:.0%} of that article's passages are found in"
        " it; it is not used. Put the original text in its place, or build the corpus from this one"
    )


def _published_passages(article_id: str, tables: Tables) -> Iterator[Print]:
    """Give each passage of an article as the tables hold it: its number of words and its terms."""
    passages, terms = (t[t["article_id"] == article_id] for t in (tables["passages"], tables["terms"]))
    bags: dict[tuple[int, int], Counter[str]] = {}
    for row in terms.itertuples():
        bags.setdefault((row.sentence, row.passage), Counter())[row.term] += row.count
    for row in passages.itertuples():
        yield row.n_words, tuple(sorted(bags.get((row.sentence, row.passage), Counter()).elements()))


def _counted_passages(article: Article, judgements: Judgements) -> Iterator[Print]:
    """Give each passage of a text in the same way."""
    for sentence in article.sentences:
        lexicon = judgements.lexicon(article.article_id)
        terms = find_terms(find_units(sentence, lexicon), lexicon)
        for i, passage in enumerate(sentence.passages):
            yield len(passage.tokens), tuple(sorted(t.term for t in terms if t.passage == i))
