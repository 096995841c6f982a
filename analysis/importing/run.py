"""Import articles: read, bring into one form, find copies, and write a corpus folder with an account of everything."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd

from analysis.importing.found import FIELDS, Found, Piece, Skipped, Told, read_file
from analysis.importing.normal import find_order, normal_date, normal_sources, slug
from analysis.overlap import RUN, Runs, find_overlap, hash_runs
from analysis.storage import corpus_folder
from analysis.tables import INPUT, TABLES, nearest, to_csv
from analysis.text import MAX_BYTES, checksum, line_hash, tokenize

TEMPLATE = Path(__file__).parent / "template"
NAMES = "{date}_{source}_{title}"  # what a file name may say where nothing else does
NEAR = 0.5  # share of the shorter one's runs of five words from which on an article is a near-duplicate
COPIED_LINE = 0.8  # share of a line's runs that stand in the other article, for the line to be masked
COPIES = ("keep", "mark", "mask")
IMPORTED, SKIPPED, COPIED, ACCOUNT = "imported.csv", "skipped.csv", "copies.csv", "import.txt"
_SHOWN = 20
_USUAL_NAMES = (NAMES, "{date}_{source}")
_GENERAL = {"txt", "text", "texts", "html", "htm", "docx", "csv", "articles", "data", "files", "docs", "raw", "inbox"}
_TAGS = re.compile(r"</?(p|a|div|span|br|script|b|i|strong|em)\b[^<>]*>", re.I)
_HIDDEN = re.compile(r"^(\.|~\$|Thumbs\.db$|desktop\.ini$)")
_ALLOWED = {f.name: f.values for f in TABLES["articles"] if f.name in ("role", "translation")}


@dataclass(frozen=True)
class Imported:
    """What an import did: the new folder, one row per article, what was skipped, which articles are near-duplicates.

    `articles`: article_id, where it was found, source and date as they stood, and all columns that nobody asked for
    (as JSON). `skipped`: place, reason. `copies`: article_id, of (the earlier one), share (of its runs of five words),
    across (of another source), done. `missing`: field -> number of articles without it.
    """

    folder: Path
    articles: pd.DataFrame
    skipped: pd.DataFrame
    copies: pd.DataFrame
    missing: Mapping[str, int]
    n_found: int
    tables: Sequence[Told] = ()
    tagged: int = 0  # texts in which tags of web pages stand

    def account(self) -> str:
        """Say in a page what was found, imported and skipped, what is missing, and what is copied."""
        parts = [
            [f"found {self.n_found:,}, imported {len(self.articles):,}, skipped {len(self.skipped):,}"],
            self._tell_sources(), *self._tell_tables(), self._tell_skipped(), self._tell_missing(), self._tell_copies(),
        ]  # fmt: skip
        return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"

    def _tell_sources(self) -> list[str]:
        counts = self.articles["source"].value_counts().sort_index()
        lines = ["Articles of each source:", *(f"  {name}: {n:,}" for name, n in counts.items())]
        if len(counts) == 1:
            lines.append("  There is one; the notebooks compare two or more.")
        renamed = self.articles[self.articles["source"] != self.articles["source_as_found"]]
        pairs = sorted(set(zip(renamed["source_as_found"], renamed["source"], strict=True)))
        return lines + [f"  {old!r} was read as {new!r}" for old, new in pairs]

    def _tell_tables(self) -> Iterator[list[str]]:
        for told in self.tables:
            read = ", ".join(f"{name} from {column!r}" for name, column in told.columns.items())
            unused = f"; not used: {', '.join(map(repr, told.unused))}" if told.unused else ""
            yield [f"{told.place}: {read or 'no column was understood'}{unused}"]

    def _tell_skipped(self) -> list[str]:
        if self.skipped.empty:
            return []
        lines = ["Skipped:", *(f"  {s.place}: {s.reason}" for s in self.skipped.head(_SHOWN).itertuples())]
        more = len(self.skipped) - _SHOWN
        return lines + ([f"  … and {more:,} more: {SKIPPED} has all"] if more > 0 else [])

    def _tell_missing(self) -> list[str]:
        lines = ["Fields that are missing:", *(f"  {name}: {n:,} articles" for name, n in self.missing.items())]
        wrong = self.articles[self.articles["date_fault"] != ""]
        lines += [f"  {row.article_id}: {row.date_as_found!r}: {row.date_fault}" for row in wrong.head(5).itertuples()]
        if len(wrong) > 5:
            lines.append(f"  … and {len(wrong) - 5:,} more dates: {IMPORTED} has all")
        if self.tagged:
            lines.append(
                f"{self.tagged:,} texts hold tags of web pages (<p>, <a …>): import the pages, or take the tags out"
            )
        return lines if self.missing or self.tagged else []

    def _tell_copies(self) -> list[str]:
        if self.copies.empty:
            return []
        lines = [f"Near-duplicates (half of the runs of {RUN} words or more):"]
        for row in self.copies.head(_SHOWN).itertuples():
            same = "" if row.across else " (same source)"
            lines.append(f"  {row.article_id} shares {row.share:.0%} with {row.of}{same}: {row.done}")
        more = len(self.copies) - _SHOWN
        return lines + ([f"  … and {more:,} more: {COPIED} has all"] if more > 0 else [])


def import_articles(
    paths: Sequence[str | Path] | str | Path,
    to: str | Path,
    *,
    source: str = "",
    names: str = NAMES,
    columns: Mapping[str, str] | None = None,
    dates: str = "",
    copies: str = "mark",
) -> Imported:
    """Read articles from files and folders, and write a corpus folder that `build` can read.

    Parameters
    ----------
    paths : sequence of path
        Files, or folders with all that is in them: .txt, .html, .docx (Nexis Uni or any other), .csv, .tsv, .xlsx,
        .jsonl. A table with a text in each row is articles; one with a column of file names describes the texts that
        lie beside it.
    to : str or Path
        The new corpus: a name under `corpus/`, or a folder. It must not hold anything yet.
    source : str
        The outlet of articles that name none. Without it a file in a folder of its own (`Gazette/2021/001.txt`) takes
        the folder's name.
    names : str
        What a file's name says, as '{date}_{source}_{title}' (or without the title); read where nothing else says it.
        Of these two no part may hold a '_', so that 'New_York_Times' is not taken for 'New'.
    columns : mapping, optional
        Field -> column, where a table calls it otherwise: `{"text": "Volltext"}`.
    dates : {"", "dmy", "mdy"}
        What '07/12/2021' means. Otherwise a file's other dates tell, or it stays open.
    copies : {"mark", "keep", "mask"}
        What to do with the later of two articles that share half of their runs of five words: say so in its genre;
        nothing; or leave the shared lines out of its text (boilerplate.toml then has an entry for each).

    Returns
    -------
    Imported
        The folder has `text/`, articles.csv, imported.csv (each article as it was found), skipped.csv, copies.csv and
        import.txt (the account), and lists to fill in (codebook.toml and others).

    Raises
    ------
    ValueError
        No such path or field, the folder holds something, or there is no article in any file. Nothing is written then.

    Notes
    -----
    Files are read as data: macros do not run, XML that declares entities and archives that unpack without measure are
    refused, links out of a folder are not followed, and no name from a file decides where anything is written.
    """
    given = list(dict.fromkeys(Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)))
    target, columns = _check(given, to, columns or {}, dates, copies), columns or {}
    patterns = [_name_pattern(name) for name in ([names] if names != NAMES else _USUAL_NAMES)]
    pieces = [piece for path in given for piece in _read(path, columns)]
    tables = [piece for piece in pieces if isinstance(piece, Told)]
    for column in columns.values():
        if tables and not any(column in told.columns.values() for told in tables):
            known = {name for told in tables for name in (*told.columns.values(), *told.unused)}
            raise ValueError(f"import: no table has a column {column!r}; {nearest(column, sorted(known))}")
    found, missing_files = _describe([p for p in pieces if isinstance(p, Found)])
    skipped = [*(p for p in pieces if isinstance(p, Skipped)), *missing_files]
    n_found = len(found) + len(skipped)
    whole: list[Found] = []
    for piece in (_by_name(article, patterns, source) for article in found):
        reason = _fault(piece)
        skipped += [Skipped(piece.place, reason)] if reason else []
        whole += [] if reason else [piece]
    articles = _normalize(whole, dates)
    texts = {row.article_id: piece.fields["text"] for row, piece in zip(articles.itertuples(), whole, strict=True)}
    articles, repeated = _drop_repeated(articles, texts)
    skipped += repeated
    if articles.empty:
        reasons = "\n".join(f"{s.place}: {s.reason}" for s in skipped[:_SHOWN])
        raise ValueError(f"import: no article was found\n{reasons}".rstrip())
    near = _find_copies(articles, texts)
    masks = {row.article_id: list(_mask(row, texts)) for row in near.itertuples()} if copies == "mask" else {}
    near["done"] = pd.Series([_tell_copy(copies, masks.get(name)) for name in near["article_id"]], dtype=object)
    tagged = sum(bool(_TAGS.search(texts[name])) for name in articles["article_id"])
    listed = pd.DataFrame([(s.place, s.reason) for s in skipped], columns=["place", "reason"])
    result = Imported(target, articles, listed, near, _missing(articles), n_found, tables, tagged)
    _write(result, texts, [entry for entries in masks.values() for entry in entries])
    return result


def _check(given: Sequence[Path], to: str | Path, columns: Mapping[str, str], dates: str, copies: str) -> Path:
    """Refuse what cannot be done before anything is read; give the new folder."""
    if not given:
        raise ValueError("import: give a file or folder")
    if not str(to).strip():
        raise ValueError("import: to is empty; name the new corpus")
    for path in given:
        if not path.exists():
            raise ValueError(f"import: {path}: not found")
    for name in columns:
        if name not in FIELDS:
            raise ValueError(f"import: no field {name!r}; {nearest(name, FIELDS)}")
    for what, value, known in (("dates", dates, ("", "dmy", "mdy")), ("copies", copies, COPIES)):
        if value not in known:
            raise ValueError(f"import: {what}={value!r}; {nearest(value, filter(None, known))}")
    target = Path(to)
    if len(target.parts) == 1 and not target.exists():
        target = _beside_other_corpora(str(to))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ValueError(f"import: {target} holds something already; give another folder, or empty it first")
    return target


def _beside_other_corpora(name: str) -> Path:
    """Say where a corpus of this name goes: `corpus/NAME`, where there is a corpus/."""
    try:
        return corpus_folder("example").parent / name
    except ValueError:
        return Path(name)


# ------------------------------------------------------------------------------------------------- reading


def _read(path: Path, columns: Mapping[str, str]) -> Iterator[Piece]:
    """Read a file, or every file of a folder in the order of their names."""
    if path.is_file():
        yield from read_file(path, path.name, columns)
        return
    root = path.resolve()
    for file in sorted(path.rglob("*")):
        place = file.relative_to(path).as_posix()
        parts = file.relative_to(path).parts
        if any(_HIDDEN.match(part) for part in parts):
            if file.is_file():
                yield Skipped(place, "a hidden file, or in a hidden folder")
        elif any(part.endswith("_files") for part in parts[:-1]):
            if file.is_file():
                yield Skipped(place, "part of a saved web page")
        elif not file.resolve().is_relative_to(root):
            yield Skipped(place, "a link that leads out of the folder")
        elif file.is_file():
            for piece in read_file(file, place, columns):
                yield replace(piece, folder=_outlet_of(parts[:-1])) if isinstance(piece, Found) else piece
        elif not file.is_dir():
            yield Skipped(place, "no regular file")


def _outlet_of(folders: Sequence[str]) -> str:
    """Take the uppermost folder that can be an outlet's: no number, and no word for files."""
    return next((f for f in folders if re.search(r"[^\W\d_]", f) and f.lower() not in _GENERAL), "")


def _describe(found: Sequence[Found]) -> tuple[list[Found], list[Skipped]]:
    """Join texts with the rows of tables that describe them, by their place or, where that is clear, their name."""
    rows = [piece for piece in found if "text" not in piece.fields and "file" in piece.fields]
    texts = [piece for piece in found if "text" in piece.fields or "file" not in piece.fields]
    by_place: dict[str, list[Found]] = {}
    for piece in texts:
        if "file" in piece.fields:
            where = PurePosixPath(_file_of(piece.place).casefold())
            for key in {str(where), where.name, str(where.with_suffix("")), where.stem}:
                by_place.setdefault(key, []).append(piece)
    told: dict[int, Found] = {}
    skipped = []
    for row in rows:
        name = row.fields["file"].strip().replace("\\", "/").casefold()
        mine = by_place.get(name.removeprefix("./")) or by_place.get(PurePosixPath(name).name) or []
        if len(mine) != 1:
            many = "is there more than once; name its folder too" if mine else "is not there"
            skipped.append(Skipped(row.place, f"describes the file {name!r}, which {many}"))
        elif id(mine[0]) in told:
            skipped.append(Skipped(row.place, f"describes the file {name!r}, as {told[id(mine[0])].place} does"))
        else:
            told[id(mine[0])] = row
    joined = []
    for piece in texts:
        row = told.get(id(piece), Found("", {}))
        own = {name: piece.fields[name] for name in ("text", "file") if name in piece.fields}
        fields, other = {**piece.fields, **row.fields, **own}, {**piece.other, **row.other}
        joined.append(replace(piece, fields=fields, other=other, table=row.place))
    return joined, skipped


def _by_name(piece: Found, patterns: Sequence[re.Pattern[str]], source: str) -> Found:
    """Fill in what the file's name says, then the source that holds for all, then the folder's name."""
    own = {name: _plain_text(value) for name, value in piece.fields.items()}
    told = dict(_read_name(own["file"], patterns)) if "file" in own else {}
    general = {"source": source or piece.folder} if source or piece.folder else {}
    return replace(piece, fields={**general, **told, **own})


def _plain_text(text: str) -> str:
    """End lines with LF, and put a mark where half a character stands, which no file can hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")


def _name_pattern(names: str) -> re.Pattern[str]:
    """Make a pattern of what a file's name says; of the usual ones no part holds the mark between them."""
    parts = re.split(r"\{(\w+)\}", names)
    fields, between = parts[1::2], parts[::2]
    for name in fields:
        if name not in FIELDS:
            raise ValueError(f"import: names={names!r}: no field {name!r}; {nearest(name, FIELDS)}")
    if not fields or len(set(fields)) < len(fields) or any(mark in text for text in between for mark in "{}"):
        raise ValueError(f"import: names={names!r}: write each field once, as in {NAMES!r}")
    each = "[^_]+" if names in _USUAL_NAMES else ".+?"
    return re.compile("".join(re.escape(p) if i % 2 == 0 else f"(?P<{p}>{each})" for i, p in enumerate(parts)))


def _read_name(file: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[tuple[str, str]]:
    """Read a file's name by the first pattern that it fits; nothing where it fits none, or its date is none."""
    stem = PurePosixPath(file).stem
    for pattern in patterns:
        fields = match.groupdict() if (match := pattern.fullmatch(stem)) else {}
        if fields and (("date" not in fields) or normal_date(fields["date"], "dmy")[0]):
            for name, value in fields.items():
                yield name, value if name in ("date", "article_id") else " ".join(re.split(r"[_\s]+", value)).strip()
            return


def _fault(piece: Found) -> str:
    """Say why an article cannot be imported, '' where it can."""
    text = piece.fields.get("text", "")
    if not text.strip():
        return "there is no text in it"
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return f"its text is longer than {MAX_BYTES / 1e6:.0f} MB, which no article is"
    if "\0" in text or not tokenize(text):
        return "there is no word in it"
    return (
        ""
        if piece.fields.get("source", "").strip()
        else "no source: give --source, --names, a column, or a folder of its name"
    )


# -------------------------------------------------------------------------------------------- into one form


def _normalize(found: Sequence[Found], dates: str) -> pd.DataFrame:
    """Give one row per article: the columns of articles.csv, what was found, and where."""
    spelled = normal_sources([" ".join(piece.fields["source"].split()) for piece in found])
    files = [_file_of(piece.table or piece.place) for piece in found]  # where the dates of each stand
    orders: dict[str, list[str]] = {}
    for file, piece in zip(files, found, strict=True):
        orders.setdefault(file, []).append(piece.fields.get("date", ""))
    order_of = {file: dates or find_order(texts) for file, texts in orders.items()}
    rows, taken = [], set[str]()
    for file, piece in zip(files, found, strict=True):
        fields, other = dict(piece.fields), dict(piece.other)
        has_date = bool(fields.get("date", "").strip())
        day, fault = normal_date(fields["date"], order_of[file]) if has_date else ("", "")
        as_found = " ".join(fields["source"].split())
        for name, allowed in _ALLOWED.items():
            if (value := fields.get(name, "").strip()) and value not in allowed:
                other[name] = fields.pop(name)
        article = _name_article(fields, spelled[as_found], day, taken)
        rows.append({
            **{name: " ".join(fields.get(name, "").split()) for name in INPUT}, "article_id": article,
            "source": spelled[as_found], "date": day, "role": fields.get("role", "").strip() or "core",
            "translation": fields.get("translation", "").strip() or "none",
            "provenance": f"imported from {piece.place}", "place": piece.place,
            "id_as_found": fields.get("article_id", ""), "source_as_found": as_found,
            "date_as_found": fields.get("date", ""), "date_fault": fault,
            "other": json.dumps(other, ensure_ascii=False, sort_keys=True) if other else "",
        })  # fmt: skip
    columns = [*INPUT, "place", "id_as_found", "source_as_found", "date_as_found", "date_fault", "other"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _file_of(place: str) -> str:
    return re.sub(r" (row|line|article) \d+$", "", place)


def _name_article(fields: Mapping[str, str], source: str, day: str, taken: set[str]) -> str:
    """Make an article_id: the one that was given, or of source and date; a number where it is taken."""
    given = slug(fields.get("article_id", ""), 60)
    stem = given or "-".join(part for part in (slug(source) or "source", day.replace("-", "")) if part)
    stem = f"article-{stem}" if re.fullmatch(r"con|prn|aux|nul|(com|lpt)\d", stem) else stem  # no names for Windows
    name, number = stem, 2 if given or day else 1
    while name in taken or (number == 1 and not given and not day):
        name, number = f"{stem}-{number:03d}", number + 1
    taken.add(name)
    return name


def _drop_repeated(articles: pd.DataFrame, texts: dict[str, str]) -> tuple[pd.DataFrame, list[Skipped]]:
    """Leave out a text that stands twice, the later one: articles count as independent."""
    first: dict[str, str] = {}
    source = dict(zip(articles["article_id"], articles["source"], strict=True))
    skipped, gone = [], set()
    for row in articles.assign(day=articles["date"].replace("", "9999")).sort_values("day", kind="stable").itertuples():
        known = first.setdefault(checksum(texts[row.article_id]), row.article_id)
        if known != row.article_id:
            skipped.append(Skipped(row.place, f"the same text as {known} ({source[known]})"))
            gone.add(row.article_id)
    return articles[~articles["article_id"].isin(gone)].reset_index(drop=True), skipped


def _missing(articles: pd.DataFrame) -> dict[str, int]:
    wanted = ["title", "date", "url", "genre", "phase", "original_language"]
    return {name: int((articles[name] == "").sum()) for name in wanted if (articles[name] == "").any()}


# -------------------------------------------------------------------------------------------------- copies


def _line_words(text: str) -> list[list[str]]:
    return [[token.text for token in tokenize(line)] for line in unicodedata.normalize("NFC", text).split("\n")]


def _find_copies(articles: pd.DataFrame, texts: Mapping[str, str]) -> pd.DataFrame:
    """List the articles of which half of the runs of five words stand in an earlier one, with that of most."""
    dates = dict(zip(articles["article_id"], articles["date"], strict=True))
    source = dict(zip(articles["article_id"], articles["source"], strict=True))
    order = sorted(dates, key=lambda name: (dates[name] or "9999", name))
    place = {name: i for i, name in enumerate(order)}
    runs: dict[str, Runs] = {name: hash_runs(_line_words(texts[name])) for name in sorted(texts.keys() & dates.keys())}
    best: dict[str, tuple[float, str]] = {}
    for one, other, _, share, other_share in find_overlap(runs):
        later, earlier = sorted([one, other], key=place.__getitem__, reverse=True)
        own = share if later == one else other_share
        if own >= NEAR:
            best[later] = max(best.get(later, (0.0, "")), (own, earlier), key=lambda b: (b[0], -place.get(b[1], 0)))
    rows = [(name, best[name][1], round(best[name][0], 4), source[name] != source[best[name][1]])
            for name in sorted(best)]  # fmt: skip
    return pd.DataFrame(rows, columns=["article_id", "of", "share", "across"])


def _shared_lines(text: str, other: str) -> Iterator[int]:
    """Number the lines of a text, from 1, whose runs of five words stand in the other one."""
    known = hash_runs(_line_words(other))
    for number, words in enumerate(_line_words(text), start=1):
        own = hash_runs([words])
        if len(own) and np.isin(own, known).mean() >= COPIED_LINE:
            yield number


# ------------------------------------------------------------------------------------------------- writing


def _write(result: Imported, texts: Mapping[str, str], masks: Sequence[str]) -> None:
    """Write the folder beside its place and move it there whole."""
    articles = result.articles
    copied = result.copies.loc[result.copies["done"].str.startswith("marked"), "article_id"]
    genres = [f"{g}, copy" if g else "copy" for g in articles["genre"]]
    articles = articles.assign(genre=np.where(articles["article_id"].isin(copied), genres, articles["genre"]))
    target = result.folder
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        (staged / "text").mkdir(parents=True)
        for name in articles["article_id"]:
            (staged / "text" / f"{name}.txt").write_text(texts[name], encoding="utf-8", newline="\n")
        for file in sorted(TEMPLATE.iterdir()):
            shutil.copyfile(file, staged / file.name)
        with (staged / "boilerplate.toml").open("a", encoding="utf-8") as rules:
            rules.write("".join(masks))
        kept = [
            "article_id",
            "id_as_found",
            "place",
            "source",
            "source_as_found",
            "date",
            "date_as_found",
            "date_fault",
            "other",
        ]
        tables = {"articles.csv": articles[INPUT].sort_values("article_id"), IMPORTED: articles[kept],
                  SKIPPED: result.skipped, COPIED: result.copies}  # fmt: skip
        for name, table in tables.items():
            (staged / name).write_text(to_csv(table), encoding="utf-8", newline="")
        (staged / ACCOUNT).write_text(result.account(), encoding="utf-8")
        if target.exists():
            target.rmdir()
        staged.rename(target)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise


def _mask(copy: Any, texts: Mapping[str, str]) -> Iterator[str]:
    """Write an entry of boilerplate.toml for each line that a copy shares; none where it would have no line left."""
    lines = texts[copy.article_id].split("\n")
    shared = list(_shared_lines(texts[copy.article_id], texts[copy.of]))
    if len(shared) == sum(bool(line.strip()) for line in lines):
        return
    for number in shared:
        entry = {"article": copy.article_id, "sha256": line_hash(lines[number - 1]), "rule": "copied line",
                 "reason": f"it stands in {copy.of}"}  # fmt: skip
        cells = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items())
        yield f"\n[[line]]\nline = {number}\n{cells}\n"


def _tell_copy(copies: str, masked: Sequence[str] | None) -> str:
    """Say what was done with a copy."""
    if copies == "keep":
        return "kept"
    if masked:
        return f"{len(masked)} shared lines left out"
    return "marked in its genre" + ("" if masked is None else ": no line could be left out, or all of them")
