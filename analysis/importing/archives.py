"""Word and Excel files are zip archives of XML: what could do harm in one is refused before any library opens it."""

from __future__ import annotations

import zipfile
from pathlib import Path

MOST_UNPACKED = 1_000_000_000  # bytes
MOST_RATIO = 200  # of unpacked to packed, where a part is large
LARGE = 10_000_000
MOST_PARTS = 20_000
_CODES = ("utf-8", "utf-16-le", "utf-16-be")
_DECLARATIONS = tuple(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in _CODES)
_CHUNK = 1 << 20


def check_archive(path: Path) -> None:
    """Refuse an archive that unpacks into far more than it is, or whose XML declares entities.

    Nothing in it is run: macros are never looked at.

    Raises
    ------
    ValueError
        It is no archive, is encrypted, would unpack to more than a gigabyte or 200 times its size, or has a document
        type declaration, through which XML can name other files or grow without end.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _check_declarations(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise ValueError(f"cannot be opened: {error}") from None


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise ValueError(f"{len(parts):,} parts are more than a document has")
    if any(part.flag_bits & 1 for part in parts):
        raise ValueError("it is encrypted; save it without a password")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED:
        raise ValueError(f"it would unpack to {unpacked / 1e6:,.0f} MB, which no document needs")
    packed = sum(part.compress_size for part in parts)
    if unpacked > 10 * LARGE and unpacked > MOST_RATIO * max(packed, 1):
        raise ValueError(f"it unpacks to {unpacked / max(packed, 1):,.0f} times its size, which no text does")
    for part in parts:
        times = part.file_size / max(part.compress_size, 1)
        if part.file_size > LARGE and times > MOST_RATIO:
            raise ValueError(f"its part {part.filename!r} unpacks to {times:,.0f} times its size, which no text does")


def _check_declarations(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Look for a declaration anywhere in a part; no Word or Excel file has one."""
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if any(word in before + chunk for word in _DECLARATIONS):
                raise ValueError(f"its part {part.filename!r} has a document type declaration, which no document needs")
            before = chunk[-40:]
