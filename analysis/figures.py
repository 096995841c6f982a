"""A figure on disk: PDF, SVG and PNG of exact size, with its data, caption, alt text and what made it."""

from __future__ import annotations

import base64
import builtins
import errno
import hashlib
import io
import json
import math
import os
import platform
import re
import sys
import warnings
from collections.abc import Callable, Mapping
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.captions import check_claims, write_caption
from analysis.gallery import write_gallery
from analysis.plots.look import DEFAULT, INCH, PRESETS, STYLE, figure_of, find_infinite, style
from analysis.shown import Shown, escape_markdown
from analysis.tables import to_csv

KINDS = ("pdf", "svg", "png")
_LONGEST_NAME = 100  # letters: some disks take no more than 255 bytes with the ending
_EDGE = 0.02  # inches that a mark may lie beyond its figure
# Names the file in which a run of the study notes the figures that were saved in it.
RUN = "ANALYSIS_FIGURES_OF_THIS_RUN"
_SAVED: dict[Path, str] = {}  # what this process has saved, outside a notebook
PACKAGES = [
    "fonttools",
    "matplotlib",
    "nupunkt",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "textblob",
]


def output_folder(corpus_folder: Path, kind: str) -> Path:
    """Say where a corpus's figures or report go: `KIND/NAME/` beside `corpus/`, or in a folder that stands alone."""
    if corpus_folder.parent.name == "corpus":
        return corpus_folder.parents[1] / kind / corpus_folder.name
    return corpus_folder / kind


def save_figure(
    figure: Figure | Axes | np.ndarray,
    name: str,
    *,
    data: pd.DataFrame,
    alt: str,
    caption: str,
    preset: str | None = None,
    folder: str | Path | None = None,
) -> Shown:
    """Save a figure for a manuscript, with everything that a reader needs to trust it.

    Parameters
    ----------
    figure : Figure, Axes or array of Axes
        What a plot function returned, or a figure of your own.
    name : str
        Name of the files: lower-case letters, digits and hyphens, beginning with the notebook's number.
    data : DataFrame
        The table that was drawn; what it was made from stands in its `attrs`.
    alt : str
        What the figure shows, in words, for those who cannot see it.
    caption : str
        What is drawn, in words. How many articles and sentences it rests on, what is counted, what an interval means
        and what else differs between the sources is added from the table; '{scope}' becomes 'in these five articles'.
    preset : str, optional
        Draw it anew at this size and type (`an.style`), e.g. 'single', 'one-and-a-half', 'double', 'slide',
        'nature-single'; what you changed on the Axes is then lost, so draw it at the preset first
        (`plot_…(table, preset='single')`). As it was drawn otherwise. A figure of your own gets the preset's width.
    folder : str or Path, optional
        `figures/CORPUS/` otherwise.

    Returns
    -------
    Shown
        Shows the figure with caption and alt text in the notebook. `paths` are the files: PDF and SVG (text is text,
        fonts are in the file), PNG (300 dpi), CSV of the data, TXT with caption and alt text, JSON with parameters,
        versions and checksum. `index.html` in the same folder shows all figures. Saving the same figure again gives the
        same bytes.

    Raises
    ------
    ValueError
        A name that is no file name, or that another figure of the same run has; an empty caption or alt text, or a
        caption that claims what cannot be claimed; a table that does not say its corpus, or that holds an infinite
        number; an unknown preset. Nothing is written then.
    OSError
        The folder cannot be written; the files there are as they were.

    Warns
    -----
    UserWarning
        The figure is higher than the page of its preset, was changed before it was drawn anew, or, one of your own,
        runs over its edge.
    """
    _check_kinds(name, data, alt, caption)
    _check(name, data, alt, caption, folder)
    drawn = _at_preset(figure_of(figure), preset)
    target = Path(folder) if folder else output_folder(Path(data.attrs["folder"]), "figures")
    whole = write_caption(caption, data)
    contents = {f"{name}.{kind}": render(drawn, kind) for kind in KINDS}
    contents[f"{name}.csv"] = to_csv(data).encode()
    contents[f"{name}.txt"] = f"Caption: {whole}\n\nAlt text: {alt}\n".encode()
    side = _side_file(drawn, name, data, alt, whole, preset or getattr(drawn, "preset", None))
    contents[f"{name}.json"] = (json.dumps(side, indent=2, sort_keys=True, ensure_ascii=False, default=str,
                                           allow_nan=False) + "\n").encode()  # fmt: skip
    _claim_name(target / name, contents)
    plt.close(drawn)
    write_files(target, contents)
    write_gallery(target, str(data.attrs.get("checksum", "")))
    image = base64.b64encode(contents[f"{name}.png"]).decode()
    width = round(drawn.get_figwidth() * 110)
    html = (f'<figure style="margin:0"><img src="data:image/png;base64,{image}" alt="{escape(alt)}"'
            f' style="width:{width}px;max-width:100%"><figcaption>{escape(whole)}</figcaption></figure>')  # fmt: skip
    quoted = escape_markdown(alt).replace('"', r"\"")
    markdown = f'![{escape_markdown(whole)}](figures/{name}.png){{#fig-{name} alt="{quoted}"}}'
    return Shown(html, markdown, tuple(target / file for file in contents))


def _check_kinds(name: object, data: object, alt: object, caption: object) -> None:
    """Refuse what is no text or no table, in words."""
    for what, text in {"name": name, "alt": alt, "caption": caption}.items():
        if not isinstance(text, str):
            raise ValueError(f"save_figure: {what} is {text!r}; give a text")
    if not isinstance(data, pd.DataFrame):
        raise ValueError(f"save_figure: {name}: data is a {type(data).__name__}; give the table that was drawn")


def check_name(name: str) -> None:
    """Refuse a name that no file should have."""
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"save_figure: name {name[:20]!r}… has {len(name)} letters; {_LONGEST_NAME} are the most")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise ValueError(
            f"save_figure: name {name!r}: use lower-case letters, digits and hyphens, as in '03-vocabulary'"
        )


def _check(name: str, data: pd.DataFrame, alt: str, caption: str, folder: str | Path | None) -> None:
    """Refuse what could not be saved, or should not."""
    check_name(name)
    for what, text in {"alt": alt, "caption": caption}.items():
        if not text.strip():
            raise ValueError(f"save_figure: {name}: {what} is empty; say what the figure shows")
    own_words = caption  # an outlet may be called anything
    chosen = (value for values in data.attrs.get("selection", {}).values() for value in values if value)
    for called in sorted({*map(str, data.attrs.get("sources", ())), *map(str, chosen)}, key=len, reverse=True):
        own_words = own_words.replace(called, "…")
    tested = "testable" in data and bool(data["testable"].any())
    check_claims(own_words, f"save_figure: {name}: caption", tested=tested)
    if folder is None and "folder" not in data.attrs:
        raise ValueError(f"save_figure: {name}: data does not say which corpus it comes from; pass the table that a"
                         " measure returned, or folder=")  # fmt: skip
    if place := find_infinite(data):
        raise ValueError(f"save_figure: {name}: row {place[0]} of data has an infinite number in column {place[1]!r};"
                         " leave the row out, or make it NaN")  # fmt: skip


def _at_preset(figure: Figure, preset: str | None) -> Figure:
    """Draw the figure anew at a preset, and warn of one that is higher than its page."""
    redraw, before = getattr(figure, "redraw", None), getattr(figure, "preset", None)
    if preset is not None:
        with style(preset) as chosen:
            if redraw is None:
                figure.set_figwidth(chosen.width / INCH)
            elif preset != before:
                _warn_of_changes(figure, redraw, before)
                plt.close(figure)
                figure = figure_of(redraw(preset=preset))
    if redraw is None:
        _warn_of_edges(figure)
    chosen_name = preset or before or DEFAULT
    page, height = PRESETS[chosen_name].height, figure.get_figheight() * INCH
    if height > page + 0.5:
        warnings.warn(f"the figure is {height:.0f} mm high, and the page of preset {chosen_name!r} {page:.0f} mm; draw"
                      " fewer rows or fewer sources, or take a preset with a larger page", stacklevel=4)  # fmt: skip
    return figure


def _warn_of_changes(figure: Figure, redraw: Callable[..., Any], preset: str | None) -> None:
    """Say that what was changed on a drawn figure is lost when it is drawn anew."""
    same = figure_of(redraw(preset=preset))
    if _draw(same, "svg") != _draw(figure, "svg"):
        warnings.warn("the figure was changed after it was drawn, and is drawn anew without the changes; draw it at the"
                      " preset (plot_…(table, preset=…)) and change it then", stacklevel=5)  # fmt: skip
    plt.close(same)


def _warn_of_edges(figure: Figure) -> None:
    """Say that something of a figure lies outside it."""
    if not figure.axes and not figure.texts:
        return
    figure.canvas.draw()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    if min(box.x0, box.y0) < -_EDGE or box.x1 > width + _EDGE or box.y1 > height + _EDGE:
        warnings.warn("the figure runs over its edge and is cut there; draw it at its size, within"
                      " `with an.style('single'):`", stacklevel=5)  # fmt: skip


def _claim_name(path: Path, contents: Mapping[str, bytes]) -> None:
    """Refuse a second, different figure of the same name in one run: of the study, or of a script.

    In a notebook that somebody works in, a cell may be run again and again.
    """
    digest = hashlib.sha256(b"".join(contents.values())).hexdigest()
    if ledger := os.environ.get(RUN):
        listed = Path(ledger)
        names = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
        if str(path.resolve()) in names:
            raise ValueError(
                f"save_figure: {path.name} has been saved in this run already; give one of the two another name"
            )
        listed.write_text("".join(f"{line}\n" for line in [*names, path.resolve()]), encoding="utf-8")
        return
    interactive = getattr(builtins, "__IPYTHON__", False) or hasattr(sys, "ps1")
    if not interactive and _SAVED.setdefault(path.resolve(), digest) != digest:
        raise ValueError(f"save_figure: {path.name} has been saved in this run already, and looked different; give one"
                         " of the two another name")  # fmt: skip


def write_files(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write all files that are saved together, or none of them."""
    parts = {target / f".{file}.part": target / file for file in contents}
    for path in [*parts.values(), target / "index.html"]:
        if path.is_dir():
            message = f"cannot write {path}: a folder has this name; remove it, or give another name or folder="
            raise IsADirectoryError(errno.EISDIR, message)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for part, content in zip(parts, contents.values(), strict=True):
            part.write_bytes(content)
    except OSError as error:
        for part in parts:
            if part.exists():
                part.unlink()
        raise OSError(error.errno, f"cannot write into {target} ({error.strerror}); give another folder=") from None
    for part, path in parts.items():
        part.replace(path)


# ------------------------------------------------------------------------------------------------- files


def render(figure: Figure, kind: str) -> bytes:
    """Write a figure in one format, with its fonts, without date or software in the file, at exactly its own size."""
    return _with_fonts(_draw(figure, kind)) if kind == "svg" else _draw(figure, kind)


def _draw(figure: Figure, kind: str) -> bytes:
    """Write a figure as matplotlib does."""
    metadata = {
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
        "svg": {"Date": None, "Creator": None},
        "png": {"Software": None},
    }
    buffer = io.BytesIO()
    with plt.style.context(STYLE):
        figure.savefig(buffer, format=kind, dpi=300, metadata=metadata[kind])
    return buffer.getvalue()


def _with_fonts(svg: bytes) -> bytes:
    """Put those letters of the typeface into an SVG that its texts use, so that it looks the same everywhere."""
    text = svg.decode()
    letters: dict[str, set[str]] = {"normal": set(), "bold": set()}
    for look, words in re.findall(r'<text style="([^"]*)"[^>]*>(.*?)</text>', text, re.S):
        letters["bold" if re.search(r"\b(?:700|bold)\b", look) else "normal"].update(
            re.sub(r"<[^>]*>|&\w+;", "&<>\"'", words)
        )
    faces = [_font_face(weight, used) for weight, used in letters.items() if used]
    head, found, rest = text.partition("<defs>")
    return (head + found + f'\n  <style type="text/css">{"".join(faces)}</style>' + rest).encode() if found else svg


def _font_face(weight: str, letters: set[str]) -> str:
    from fontTools.subset import Options, Subsetter  # needs some time to load
    from fontTools.ttLib import TTFont
    from matplotlib.font_manager import FontProperties, findfont

    path = findfont(FontProperties(family="DejaVu Sans", weight=weight))
    font = TTFont(path, recalcTimestamp=False)
    options = Options()
    options.drop_tables = [*options.drop_tables, "FFTM"]  # a font editor's time stamp
    options.hinting, options.notdef_outline, options.recalc_timestamp = False, True, False
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(letters)))
    subsetter.subset(font)
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=True)
    data = base64.b64encode(buffer.getvalue()).decode()
    return (f"@font-face{{font-family:'DejaVu Sans';font-weight:{weight};"
            f"src:url(data:font/ttf;base64,{data}) format('truetype')}}")  # fmt: skip


def _side_file(
    figure: Figure, name: str, data: pd.DataFrame, alt: str, caption: str, preset: str | None
) -> dict[str, Any]:
    facts = {key: value for key, value in data.attrs.items() if key not in ("folder", "needs_text")}
    stopwords = Path(data.attrs["folder"]) / "stopwords.txt" if "folder" in data.attrs else None
    stop_list = hashlib.sha256(stopwords.read_bytes()).hexdigest() if stopwords and stopwords.exists() else "package"
    side = {
        **facts,
        "name": name,
        "alt": alt,
        "caption": caption,
        "rows": len(data),
        "preset": preset or "as drawn",
        "size_mm": [round(float(side) * INCH, 2) for side in figure.get_size_inches()],
        "stop_list": stop_list,
        "tokenizer": "analysis.text.tokenize",
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in ("media-framing-study", *PACKAGES)},
        },
    }
    known: dict[str, Any] = _finite(side)
    return known


def _finite(value: Any) -> Any:
    """Write what is no number as null, which JSON has no other word for."""
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
