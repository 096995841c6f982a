"""Coding sheets: what a coder fills in, in a spreadsheet, and how it comes back.

A sheet shows sentences in random order, each with the sentence before it, and does not say whose they are: a coder who
knows the outlet codes the outlet. It holds text of the articles and is never committed (git ignores `sheets/`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.codebook import NONE
from analysis.coding import CODED_SECTIONS, SENTENCE, changed_since_coded, check_code, is_final, list_faults
from analysis.corpus import Corpus
from analysis.evidence import sentence_texts
from analysis.polarity import TONES, read_tone_rules
from analysis.storage import write_readings
from analysis.tables import empty_table, guard, nearest, unguard
from analysis.text import decode, tokenize

SLOTS = 5  # frames of one sentence; a coder may add frame_6 and attribute_6
COLUMNS = ["row", "rows", "coder", "unit", "section", "before", "text"]
FRAMES, TONE = "frames", "tone"
MOST = 12  # faults said one by one
_TABLE = {FRAMES: "coding", TONE: "tone"}
_SHOWN = 4_000  # characters; a spreadsheet's cell holds 32,767
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
Place = tuple[str, int]


def write_sheet(
    corpus: Corpus, path: str | Path, *, coder: str, task: str = FRAMES, sample: int | None = None, seed: int = 0
) -> pd.DataFrame:
    """Write a sheet for one coder: the sentences of a selection in random order, with a drop-down of codes.

    Parameters
    ----------
    corpus : Corpus
        Its text must be at hand. Headlines, standfirsts and body sentences go on the sheet.
    path : str or Path
        `.csv` (UTF-8 with its mark, so that spreadsheets know it) or `.xlsx` (with drop-downs and the codebook).
    coder : str
        Whose sheet it is; each coder has another order.
    task : {"frames", "tone"}
        What is coded: the frames of codebook.toml, or the tone of the sentence by the rules of sentiment.toml.
    sample : int, optional
        So many sentences, drawn at random (the same for every coder); all otherwise.
    seed : int

    Returns
    -------
    DataFrame
        What was written: row, rows (number of the row, and how many there are), coder, unit (stands for article and
        sentence), section, before (the sentence before, for pronouns), text; frame_1, attribute_1 … frame_5,
        attribute_5, or tone; and note (empty; a note is for the coder, and is not read).

    Raises
    ------
    ValueError
        No text, no frame in codebook.toml, no sentence, no fit name of a coder, another ending than .csv or .xlsx, an
        unknown task.
    FileExistsError
        The file is there already; a coder's work is never written over.
    """
    path = Path(path)
    check_coder(coder)
    if path.suffix not in (".csv", ".xlsx"):
        raise ValueError(f"{path.name}: a sheet is a .csv or .xlsx file")
    if path.exists():
        raise FileExistsError(f"{path} is there already, and a coder may have worked in it; give another name")
    if task not in (FRAMES, TONE):
        raise ValueError(f"task {task!r} is not {FRAMES!r} or {TONE!r}")
    if task == FRAMES and not corpus.codebook.frames:
        raise ValueError(f"{corpus.name} has no frames to code; write them into codebook.toml")
    texts = sentence_texts(corpus)
    passages = corpus.passages[corpus.passages["section"].isin(CODED_SECTIONS)].drop_duplicates(SENTENCE)
    places: list[Place] = list(passages[SENTENCE].itertuples(index=False, name=None))
    if missing := sorted({article for article, sentence in places if (article, sentence) not in texts}):
        raise ValueError(f"a sheet shows sentences, and the text of {', '.join(missing[:5])} is not at hand; put the"
                         f" raw articles into corpus/{corpus.name}/text/")  # fmt: skip
    if sample is not None and sample < 1:
        raise ValueError(f"sample: {sample} sentences are no sheet; give 1 or more")
    if sample is not None and sample < len(places):
        drawn = np.random.default_rng(seed).choice(len(places), sample, replace=False)
        places = [places[i] for i in sorted(drawn)]
    if not places:
        raise ValueError(f"{corpus.name}: the selection has no sentence to code")
    own = int.from_bytes(hashlib.sha256(coder.encode()).digest()[:4], "big")
    order = np.random.default_rng([seed, own]).permutation(len(places))
    units, sections = _units(corpus), passages.set_index(SENTENCE)["section"]
    asked = [*_slots(SLOTS), "note"] if task == FRAMES else [TONE, "note"]
    rows = [
        [number, len(places), coder, units[place], sections[place], _cut(texts.get((place[0], place[1] - 1), "")),
         _cut(texts[place]), *[""] * len(asked)]
        for number, place in enumerate((places[i] for i in order), start=1)
    ]  # fmt: skip
    sheet = pd.DataFrame(rows, columns=[*COLUMNS, *asked])
    content = _to_xlsx(sheet, corpus) if path.suffix == ".xlsx" else _to_csv(sheet)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
    return sheet


def check_coder(name: str) -> None:
    """Refuse a coder's name that could not stand in a table or name a file."""
    if not re.fullmatch(r"[\w.-]+", name):
        raise ValueError(f"coder {name!r}: give one name of letters, digits, '-', '_', '.' (--coder)")


def _slots(n: int) -> list[str]:
    return [f"{name}_{i}" for i in range(1, n + 1) for name in ("frame", "attribute")]


def _units(corpus: Corpus) -> dict[Place, str]:
    """Give each sentence a name that tells nobody where it is from, and that changes when its article does."""
    sums = corpus.tables["articles"].set_index("article_id")["sha256"]
    places = corpus.tables["passages"][SENTENCE].drop_duplicates().itertuples(index=False, name=None)
    return {
        # begins with a letter, or a spreadsheet would take some for numbers
        (article, sentence): "u" + hashlib.sha256(f"{article}/{sums[article]}/{sentence}".encode()).hexdigest()[:12]
        for article, sentence in places
    }


def _cut(text: str) -> str:
    text = _ILLEGAL.sub(" ", text)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"


def _to_csv(sheet: pd.DataFrame) -> bytes:
    return sheet.map(guard).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _to_xlsx(sheet: pd.DataFrame, corpus: Corpus) -> bytes:
    from openpyxl import Workbook  # needs some time to load
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    page, legend = book.active, book.create_sheet("codebook")
    page.title = "sentences"
    page.append(list(sheet))
    for row in sheet.map(guard).itertuples(index=False):
        page.append(list(row))
    lines, how, rules = _tone_legend(corpus) if TONE in sheet else _frame_legend(corpus)
    for line in lines:
        legend.append([guard(_ILLEGAL.sub(" ", text)) for text in line])
    legend.cell(1, 7, how)
    codes = legend.max_row
    for number, rule in enumerate(rules, start=1):
        legend.append(["" if number > 1 else "rules", number, guard(_ILLEGAL.sub(" ", rule))])
    listed = DataValidation(type="list", formula1=f"codebook!$A$2:$A${codes}", allow_blank=True)
    listed.error, listed.errorTitle, listed.showErrorMessage = "Take a code of the codebook.", "Unknown code", True
    page.add_data_validation(listed)
    for number, name in enumerate(sheet, start=1):
        letter = get_column_letter(number)
        width = {"before": 50, "text": 80, "unit": 14, "note": 40}.get(name, 16 if name.startswith("attribute") else 10)
        page.column_dimensions[letter].width = width
        if name == TONE or name.startswith("frame_"):
            listed.add(f"{letter}2:{letter}{len(sheet) + 1}")
    for letter, width in zip("ABCDEFG", (10, 26, 60, 60, 60, 50, 50), strict=True):
        legend.column_dimensions[letter].width = width
    for cells in [*page.iter_rows(), *legend.iter_rows()]:
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=cell.row == 1)
            if isinstance(cell.value, str):
                cell.data_type = "s"  # never a formula
    page.freeze_panes = legend.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return _undated(buffer.getvalue())


def _frame_legend(corpus: Corpus) -> tuple[list[tuple[str, ...]], str, Sequence[str]]:
    """Give the lines that explain the codes, how to fill in a sheet, and the rules of coding."""
    lines: list[tuple[str, ...]] = [("code", "frame", "definition", "include", "exclude", "attributes")]
    for frame in corpus.codebook.frames:
        values = "; ".join(f"{key}={'|'.join(allowed)}" for key, allowed in frame.attributes.items())
        lines.append((frame.code, frame.name, frame.definition, frame.include, frame.exclude, values))
    lines.append((NONE, "no frame", "the sentence was read and has none of these"))
    how = (
        "Every row needs a code: frame_1, and more frames in frame_2 and so on. An attribute is written key=value with"
        " one of the values listed, several with ; between them: target=A;target=B"
    )
    return lines, how, corpus.codebook.rules


def _tone_legend(corpus: Corpus) -> tuple[list[tuple[str, ...]], str, Sequence[str]]:
    """Give the same for a sheet that asks for the tone of sentences."""
    asked = read_tone_rules(corpus.folder)
    lines: list[tuple[str, ...]] = [("code",), *((tone,) for tone in TONES)]
    return lines, f"Every row needs a tone. {asked.question}".strip(), asked.rules


def _undated(content: bytes) -> bytes:
    """Take the time of writing out of a workbook, so that the same sheet has the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            data = re.sub(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>", b"", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


# ---------------------------------------------------------------------------------------------- coming back


def read_sheet(corpus: Corpus, path: str | Path, *, coder: str | None = None) -> pd.DataFrame:
    """Read a sheet that a coder has filled in, and say row by row what is wrong with it.

    Parameters
    ----------
    corpus : Corpus
        The corpus (or selection) that the sheet was written from.
    path : str or Path
        `.csv` with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252, or `.xlsx`.
    coder : str, optional
        Who coded it; the sheet says so otherwise.

    Returns
    -------
    DataFrame
        Rows for coding.csv: article_id, sentence, coder, frame, attribute; of a sheet that asks for tone, rows for
        tone.csv: article_id, sentence, coder, tone.

    Raises
    ------
    ValueError
        The faults, one sentence each: a row that is missing, stands twice or belongs to another corpus; a sentence
        that has changed since; one without a code; a frame or attribute that the codebook does not have; another
        coder's sheet.
    """
    path = Path(path)
    sheet = _read_cells(path)
    _check_columns(path.name, list(sheet))
    coder = _whose(path.name, sheet, coder)
    task = FRAMES if "frame_1" in sheet else TONE
    places = {unit: place for place, unit in _units(corpus).items()}
    if not set(sheet["unit"]) & set(places):
        raise ValueError(f"{path.name}: no row belongs to {corpus.name}; it is the sheet of another corpus, or the"
                         " articles were changed since it was written")  # fmt: skip
    texts = sentence_texts(corpus)
    rows: list[dict[str, object]] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, cells in zip(sheet.index, sheet.to_dict("records"), strict=True):
        unit, place = cells["unit"], places.get(cells["unit"])
        codes, wrong = _codes(corpus, cells) if task == FRAMES else _tone(cells)
        if unit in seen:
            wrong = [f"unit {unit} stands in row {seen[unit]} already; keep one of the two"]
        elif place is None:
            wrong = [f"unit {unit!r} is no sentence of {corpus.name}; the row is from another corpus, or the article"
                     " was changed since the sheet was written"]  # fmt: skip
        elif _changed(cells.get("text", ""), texts.get(place, "")):
            wrong = ["the text is not the sentence of its unit; was a column sorted alone, or the file saved in an odd"
                     " encoding? Otherwise the corpus was changed since"]  # fmt: skip
        else:
            rows += [{**dict(zip(SENTENCE, place, strict=True)), "coder": coder, **code} for code in codes]
        seen.setdefault(unit, number)
        faults += [f"{path.name} row {number}: {fault}" for fault in wrong]
    faults += _missing(path.name, sheet)
    if faults:
        raise ValueError(list_faults(faults, MOST))
    columns = list(empty_table(_TABLE[task]))
    return pd.DataFrame(rows, columns=columns).sort_values([*SENTENCE, columns[3]], ignore_index=True)


def _check_columns(file: str, columns: Sequence[str]) -> None:
    """Refuse a sheet that lacks a column, or has one that is none of the sheet's and no note."""
    needed = ["row", "rows", "unit", *([] if TONE in columns else ["frame_1"])]
    named = {"frame_1": "frame_1 (or tone)"}
    faults = [f"{file}: column {named.get(c, c)!r} is missing; send the sheet back with all its columns" for c in needed
              if c not in columns]  # fmt: skip
    more = re.compile(r"(frame|attribute)_\d+|(note|comment)s?.*")
    unknown = [c for c in columns if c not in (*COLUMNS, TONE) and not more.fullmatch(c)]
    faults += [f"{file}: unknown column {c!r}; {nearest(c, [*COLUMNS, TONE, *_slots(SLOTS)])}" for c in unknown]
    if TONE in columns and "frame_1" in columns:
        faults.append(f"{file}: a sheet asks for frames or for tone, and this one has columns of both")
    if faults:
        raise ValueError(list_faults(faults, MOST))


def _whose(file: str, sheet: pd.DataFrame, coder: str | None) -> str:
    """Say whose sheet it is, and refuse one coder's sheet under another's name."""
    named = sorted(set(sheet["coder"]) - {""}) if "coder" in sheet else []
    if len(named) > 1 or (coder and named and named != [coder]):
        raise ValueError(f"{file}: the sheet is that of {' and '.join(named)}; each coder has one of their own")
    if not named and not coder:
        raise ValueError(f"{file}: the sheet does not say whose it is; say it (--coder)")
    return coder or named[0]


def _read_cells(path: Path) -> pd.DataFrame:
    """Read the cells of a sheet as texts, whatever a spreadsheet made of the file."""
    if not path.exists():
        raise ValueError(f"{path}: not found")
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"\xd0\xcf\x11\xe0":
        raise ValueError(f"{path.name}: an old Excel file (.xls); save it as .xlsx or as CSV")
    rows = list(_read_workbook(path) if start.startswith(b"PK") else _read_lines(path))
    if not rows:
        raise ValueError(f"{path.name} is empty")
    header = [_cell(name).lower() for name in rows[0]]
    named = [i for i, name in enumerate(header) if name]
    if doubled := next((header[i] for n, i in enumerate(named) if header[i] in [header[k] for k in named[:n]]), None):
        raise ValueError(f"{path.name}: column {doubled!r} stands twice")
    cells = {n: [_cell(value) for value in row] for n, row in enumerate(rows[1:], start=2)}
    for number, row in cells.items():
        if any(row[len(header) :]):
            raise ValueError(f"{path.name} row {number}: {len(row)} cells where the header has {len(header)}")
    filled = {n: row + [""] * (len(header) - len(row)) for n, row in cells.items() if any(row)}
    return pd.DataFrame(
        [[row[i] for i in named] for row in filled.values()], columns=[header[i] for i in named], index=list(filled),
        dtype=object,
    )  # fmt: skip


def _read_workbook(path: Path) -> Iterator[Sequence[object]]:
    from openpyxl import load_workbook  # needs some time to load

    try:
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True)
            name = next((n for n in book.sheetnames if n != "codebook"), book.sheetnames[0])
            yield from book[name].iter_rows(values_only=True)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name}: cannot be read as a workbook ({error}); save it as .xlsx or .csv") from None


def _read_lines(path: Path) -> Iterator[Sequence[str]]:
    text = decode(path.read_bytes(), path.name)
    if re.match(r"sep=.\n", text):  # Excel's own first line
        text = text.partition("\n")[2]
    header = text.partition("\n")[0]
    return csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))


def _cell(value: object) -> str:
    if value is None:
        return ""
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    return unguard(str(whole).strip())


def _changed(shown: str, now: str) -> bool:
    """Tell whether the sheet's sentence is another one than the corpus's; unknown where either is not at hand.

    Spreadsheets spoil single characters, so that four words of five are enough.
    """
    if not shown or not now:
        return False
    ours, theirs = (Counter(t.text.casefold() for t in tokenize(_cut(text))) for text in (now, shown))
    return (ours & theirs).total() < 0.8 * max(ours.total(), theirs.total())


def _tone(cells: Mapping[str, str]) -> tuple[list[dict[str, str]], list[str]]:
    """Give the tone of one row, and what is wrong with it."""
    given = cells[TONE].strip().casefold()
    if not given:
        return [], [f"no tone; give {', '.join(TONES[:-1])} or {TONES[-1]}"]
    return ([{TONE: given}], []) if given in TONES else ([], [f"tone {cells[TONE]!r}; {nearest(given, TONES)}"])


def _codes(corpus: Corpus, cells: Mapping[str, str]) -> tuple[list[dict[str, str]], list[str]]:
    """Give the frames of one row with their attributes, and what is wrong with them."""
    codes: dict[str, str] = {}
    faults: list[str] = []
    known = {code.casefold(): code for code in [*corpus.codebook.codes, NONE]}
    for name in sorted((c for c in cells if c.startswith("frame_")), key=lambda c: int(c.partition("_")[2])):
        given, attribute = cells[name].strip(), cells.get(name.replace("frame", "attribute"), "").strip()
        if not given:
            faults += [f"{name} is empty and its attribute is {attribute!r}; give the frame"] if attribute else []
            continue
        code = known.get(given.casefold(), given)
        faults += [f"{name}: {fault}" for fault in check_code(corpus, code, attribute)]
        if code in codes:
            faults.append(f"{name}: {code} is given twice")
        codes[code] = ";".join(part.strip() for part in attribute.split(";") if part.strip())
    if not codes and not faults:
        faults.append(f"no code; give a frame, or {NONE} for a sentence without one")
    if NONE in codes and len(codes) > 1:
        faults.append(f"{NONE} stands beside {', '.join(c for c in codes if c != NONE)}; drop one")
    return [{"frame": frame, "attribute": attribute} for frame, attribute in codes.items()], faults


def _missing(file: str, sheet: pd.DataFrame) -> list[str]:
    """Say which numbered rows of a sheet did not come back."""
    numbers = pd.to_numeric(sheet["row"], errors="coerce")
    of = pd.to_numeric(sheet["rows"], errors="coerce").dropna().unique()
    if len(of) != 1 or numbers.isna().any():
        return [f"{file}: columns row and rows number the sheet's rows and were changed; restore them"]
    missing = sorted(set(range(1, int(of[0]) + 1)) - set(numbers.astype(int)))
    if not missing:
        return []
    listed = ", ".join(map(str, missing[:10])) + (", …" if len(missing) > 10 else "")
    return [f"{file}: {len(missing)} of {int(of[0])} rows are missing (by their column row: {listed}); add them"]


def add_coding(
    corpus: Corpus, codes: pd.DataFrame, *, kind: str | None = None, description: str = "", replace: bool = False
) -> pd.DataFrame:
    """Add a coder's codes to coding.csv or tone.csv, and the coder to coders.csv, or change nothing at all.

    Parameters
    ----------
    corpus : Corpus
    codes : DataFrame
        From `read_sheet`: the codes of one coder.
    kind : {"person", "machine"}, optional
        What kind of reader it is; needed for one who is new.
    description : str
        How the coding was done.
    replace : bool
        Take the new codes where the coder has coded a sentence before; an error otherwise.

    Returns
    -------
    DataFrame
        The whole coding.csv or tone.csv as written. `read_corpus` reads it from now on.

    Raises
    ------
    ValueError
        A coder of whom it is not said what kind of reader it is, or who has coded some of these sentences before; an
        article that was changed since others coded it.
    """
    table = _TABLE[TONE if TONE in codes else FRAMES]
    coding, coders = corpus.tables[table], corpus.tables["coders"]
    names: Sequence[str] = sorted(set(codes["coder"]))
    if len(names) != 1:
        raise ValueError(f"codes: {len(names)} coders; add one at a time")
    check_coder(name := names[0])
    kinds = dict(zip(coders["coder"], coders["kind"], strict=True))
    if kind not in (None, "person", "machine"):
        raise ValueError(f"kind {kind!r} is not 'person' or 'machine'")
    if name not in kinds and kind is None:
        what = "who reconciled the coding" if is_final(name) else f"what kind of reader {name!r} is"
        raise ValueError(f"say {what}: kind person or machine")
    if kind and kinds.get(name, kind) != kind:
        raise ValueError(f"coders.csv says that {name!r} is a {kinds[name]}, not a {kind}")
    places = pd.MultiIndex.from_frame(codes[SENTENCE])
    before = (coding["coder"] == name) & pd.MultiIndex.from_frame(coding[SENTENCE]).isin(places)
    if before.any() and not replace:
        n = len(coding[before].drop_duplicates(SENTENCE))
        raise ValueError(
            f"{name!r} has coded {n} of these sentences before; replace them (--replace), or give another name"
        )
    merged = pd.concat([coding[~before], codes]).sort_values([*SENTENCE, "coder", list(coding)[3]], ignore_index=True)
    if name not in kinds:
        row = pd.DataFrame([{"coder": name, "kind": kind, "description": description}])
        coders = pd.concat([coders, row]).sort_values("coder", ignore_index=True)
    if changed := changed_since_coded(corpus):
        raise ValueError("\n".join(changed))
    write_readings(corpus.folder, {table: merged, "coders": coders})
    return merged
