"""What is found in a file: articles with their fields as they stand, and what cannot be read, with the reason."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.importing.archives import check_archive
from analysis.importing.nexis import read_nexis
from analysis.text import decode

MOST_BYTES = 500_000_000  # of a table or document; an article has its own limit
# What a column may be called, in small letters and without blanks, hyphens and underscores.
NAMES: Mapping[str, Sequence[str]] = {
    "article_id": ("articleid", "id", "docid", "documentid", "uid"),
    "text": ("text", "fulltext", "content", "body", "articletext", "article", "maintext", "plaintext"),
    "title": ("title", "headline", "heading"),
    "source": ("source", "outlet", "publication", "publisher", "newspaper", "media", "medium", "newsoutlet"),
    "date": ("date", "published", "publishedat", "publicationdate", "pubdate", "datepublished", "publishdate"),
    "url": ("url", "link", "permalink"),
    "original_language": ("originallanguage", "language", "lang"),
    "translation": ("translation",),
    "genre": ("genre", "type", "section"),
    "phase": ("phase",),
    "role": ("role",),
    "publisher_site": ("publishersite", "site", "domain"),
    "file": ("file", "filename", "path", "textfile"),
}  # fmt: skip
FIELDS = tuple(NAMES)


@dataclass(frozen=True)
class Found:
    """One article as it was found: where ('news.csv row 7'), its fields as they stand, and columns nobody asked for.

    `folder` names the outlet's own folder, where it lies in one; `table` is the row that describes it.
    """

    place: str
    fields: Mapping[str, str]
    other: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    table: str = ""


@dataclass(frozen=True)
class Skipped:
    """What was not read: where it stands, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Told:
    """How a table was read: which column is which field, and which are not used."""

    place: str
    columns: Mapping[str, str]
    unused: Sequence[str]


Piece = Found | Skipped | Told


def read_file(path: Path, place: str, columns: Mapping[str, str]) -> Iterator[Piece]:
    """Read the articles of one file by its kind.

    Parameters
    ----------
    path : Path
    place : str
        What reports call it.
    columns : mapping
        Field -> name of its column, where the reader says so.

    Yields
    ------
    Found or Skipped
        Nothing is raised for what is wrong with a file: it is skipped with the reason.
    """
    kind = path.suffix.lower()
    if kind not in _READERS:
        other = {".doc": ".docx", ".docm": ".docx", ".xls": ".xlsx", ".xlsm": ".xlsx", ".json": ".jsonl"}
        advice = "unpack it" if kind in (".zip", ".gz", ".7z", ".tar") else f"save it as {other.get(kind, '.txt')}"
        yield Skipped(place, f"no reader for {kind or 'a file without ending'}; {advice}")
        return
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise ValueError(f"{size / 1e6:,.0f} MB; the limit is {MOST_BYTES / 1e6:,.0f} MB, part it")
        yield from _READERS[kind](path, place, columns)
    except ImportError as error:
        yield Skipped(place, f"needs {error.name}, which is not installed: pip install -e '.[import]'")
    except Exception as error:  # a library's own error on a broken file; the rest goes on
        known = isinstance(error, ValueError | OSError)
        reason = str(error) if known else f"cannot be read as {kind} ({type(error).__name__}: {error})"
        yield Skipped(place, reason.removeprefix(f"{path.name}: "))


# ---------------------------------------------------------------------------------------------- one article


def _read_plain(path: Path, place: str, columns: Mapping[str, str]) -> Iterator[Piece]:
    yield Found(place, {"text": decode(path.read_bytes(), path.name), "file": path.name})


def _read_html(path: Path, place: str, columns: Mapping[str, str]) -> Iterator[Piece]:
    """Take the article out of a web page; menus, scripts and comments stay behind."""
    import trafilatura

    raw = path.read_bytes()
    page = _decode_page(raw) or decode(raw, path.name)
    text = trafilatura.extract(page, include_comments=False, include_tables=False, output_format="txt")
    if not text:
        yield Skipped(place, "no article is found in the page")
        return
    known = trafilatura.extract_metadata(page)
    fields = {
        "text": text, "file": path.name, "title": known.title if known else "", "date": known.date if known else "",
        "source": known.sitename if known else "", "url": known.url if known else "",
    }  # fmt: skip
    yield Found(place, {name: value for name, value in fields.items() if value})


def _decode_page(raw: bytes) -> str:
    """Decode a page as it says of itself; '' where it says nothing, or what it is not."""
    match = re.search(rb"charset\s*=\s*[\"']?([\w.-]+)", raw[:4096], re.I)
    try:
        return raw.decode(match[1].decode()) if match else ""
    except (LookupError, UnicodeDecodeError):
        return ""


def _read_docx(path: Path, place: str, columns: Mapping[str, str]) -> Iterator[Piece]:
    """Read a Nexis document of one or many articles, or any other as one article."""
    check_archive(path)
    import docx

    document = docx.Document(str(path))
    lines = [line.replace("\xa0", " ").strip() for block in document.iter_inner_content() for line in _lines_of(block)]
    articles = read_nexis(lines)
    if articles is None:
        text = "\n".join(line for line in lines if line)
        yield Found(place, {"text": text, "file": path.name}) if text else Skipped(place, "there is no text in it")
        return
    for number, (fields, other, reason) in enumerate(articles, start=1):
        where = f"{place} article {number}"
        yield Skipped(where, reason) if reason else Found(where, {**fields, "file": path.name}, other)


def _lines_of(block: Any) -> Iterator[str]:
    """Give the text of a paragraph, or of the rows of a table."""
    if hasattr(block, "rows"):
        yield from (" ".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in block.rows)
    else:
        yield from block.text.split("\n")


# -------------------------------------------------------------------------------------------- many articles


def _read_delimited(path: Path, place: str, columns: Mapping[str, str]) -> Iterator[Piece]:
    csv.field_size_limit(MOST_BYTES)
    text = decode(path.read_bytes(), path.name)
    said = re.match(r"sep=(.)\n", text)  # what Excel writes for itself
    text = text[said.end() :] if said else text
    header = text.partition("\n")[0]
    mark = said[1] if said else "\t" if path.suffix.lower() == ".tsv" else max(",;\t|", key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        names = next(rows, [])
        yield from _read_rows(names, ((row, f"row {rows.line_num}") for row in rows), place, columns)
    except csv.Error as error:
        yield Skipped(
            f"{place} row {rows.line_num}", f"{error}: is a quotation mark not closed? What follows is not read"
        )


def _read_xlsx(path: Path, place: str, columns: Mapping[str, str]) -> Iterator[Piece]:
    """Read every sheet that has headings; formulas are not worked out, their last values are taken."""
    check_archive(path)
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            where = place if len(book.worksheets) == 1 else f"{place} sheet {sheet.title!r}"
            cells = ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
            rows = ((row, f"row {n}") for n, row in enumerate(cells, start=1) if any(cell.strip() for cell in row))
            names = next(rows, ([], ""))[0]
            yield from _read_rows(names, rows, where, columns)
    finally:
        book.close()


def _cell(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return "" if value is None else str(value)


def _read_jsonl(path: Path, place: str, columns: Mapping[str, str]) -> Iterator[Piece]:
    entries = [
        (f"{place} line {number}", _read_line(line))
        for number, line in enumerate(decode(path.read_bytes(), path.name).split("\n"), start=1)
        if line.strip()
    ]
    known = dict.fromkeys(name for _, cells in entries if isinstance(cells, dict) for name in cells)
    used = find_columns(list(known), columns, place, strict=False)
    yield Told(place, used, [name for name in known if name not in used.values()])
    for where, cells in entries:
        if isinstance(cells, str):
            yield Skipped(where, cells)
            continue
        try:
            yield Found(where, *_sort_fields(cells, find_columns(list(cells), columns, where)))
        except ValueError as error:
            yield Skipped(where, str(error).removeprefix(where).lstrip(": "))


def _read_line(line: str) -> dict[str, str] | str:
    """Read a line of JSON as texts by name; what is none is said in words."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"no JSON: {error}"
    if not isinstance(entry, dict):
        return "no JSON object with an article's fields"
    return {str(name): _as_text(value) for name, value in entry.items()}


def _as_text(value: Any) -> str:
    """Write a value of JSON as a text: paragraphs of a list, the name or text of an object; any other as JSON."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    if isinstance(value, dict):
        named = next((value[key] for key in ("text", "name", "title") if isinstance(value.get(key), str)), None)
        value = value if named is None else named
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _read_rows(
    names: Sequence[str], rows: Iterator[tuple[list[str], str]], place: str, columns: Mapping[str, str]
) -> Iterator[Piece]:
    names = _each_once([name.strip() for name in names])
    if not any(names):
        yield Skipped(place, "there is nothing in it")
        return
    known = find_columns(names, columns, place)
    yield Told(place, known, [name for name in names if name and name not in known.values()])
    if not {"text", "file"} & known.keys():
        listed = ", ".join(name for name in names if name)
        yield Skipped(place, f"no column for the text among {listed}; say which: --column text=NAME")
        return
    for cells, number in rows:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{place} {number}"
        if len(cells) > len(names) and any(cells[len(names) :]):
            yield Skipped(where, f"{len(cells)} cells under {len(names)} headings; quote what holds the mark")
            continue
        padded = [*cells, *[""] * (len(names) - len(cells))]
        yield Found(where, *_sort_fields(dict(zip(names, padded, strict=False)), known))


def _each_once(names: Sequence[str]) -> list[str]:
    """Number headings that stand twice, so that neither column is lost."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0)
    once = []
    for name in names:
        seen[name] += 1
        once.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return once


def find_columns(names: Sequence[str], wanted: Mapping[str, str], place: str, *, strict: bool = True) -> dict[str, str]:
    """Say which column holds which field, by what the reader says or by what columns are usually called.

    Raises
    ------
    ValueError
        Two columns could be the same field, and the difference matters (if `strict`).
    """
    plain = {n: n.lower().replace(" ", "").replace("_", "").replace("-", "") for n in names}
    found: dict[str, str] = {}
    for name, aliases in NAMES.items():
        fits = [n for alias in aliases for n in names if plain[n] == alias and n not in wanted.values()]
        exact = [n for n in fits if plain[n] == aliases[0]] or fits
        if wanted.get(name) in names:
            found[name] = wanted[name]
        elif len(exact) > 1 and name in ("text", "source", "date") and strict:
            raise ValueError(f"{place}: {' and '.join(map(repr, exact))} could both be the {name};"
                             f" say which: --column {name}={exact[0]!r}")  # fmt: skip
        elif exact:
            found[name] = exact[0]
    return found


def _sort_fields(cells: Mapping[str, str], known: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    fields = {name: cells[column] for name, column in known.items() if cells[column].strip()}
    return fields, {name: value for name, value in cells.items() if name not in known.values() and value.strip()}


Reader = Callable[[Path, str, Mapping[str, str]], Iterator[Piece]]
_READERS: dict[str, Reader] = {
    ".txt": _read_plain, ".html": _read_html, ".htm": _read_html, ".docx": _read_docx, ".csv": _read_delimited,
    ".tsv": _read_delimited, ".xlsx": _read_xlsx, ".jsonl": _read_jsonl, ".ndjson": _read_jsonl,
}  # fmt: skip
