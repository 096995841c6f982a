"""What leaves the notebook: figures on disk with their data, caption and alt text, tables, and the findings.

Each of these shows itself in the notebook as HTML and hands the report the same thing as Markdown.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import platform
import re
from dataclasses import dataclass, field
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.corpus import Corpus
from analysis.plots.look import STYLE
from analysis.tables import to_csv

_PACKAGES = [
    "media-framing-study",
    "matplotlib",
    "nupunkt",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "textblob",
]
# What a column is called where a reader meets it.
_HEADINGS = {
    "adjusted_below": "adjusted p below .05",
    "agree": "patterns agree",
    "alpha_high": "to",
    "alpha_low": "95 % interval from",
    "alpha_unaided": "alpha in these",
    "at_least": "least count",
    "begins": "words before it (share)",
    "block_high": "to",
    "block_low": "interval in these articles, from",
    "coded": "coded with it",
    "coded_per_1000": "per 1,000 words",
    "coded_sentences": "sentences read",
    "coded_share": "share of sentences",
    "copied": "articles with copied text",
    "count_own": "the outlet's own",
    "dealt_jsd": "words dealt by chance",
    "document_polarity": "polarity of the whole text",
    "elsewhere": "count elsewhere",
    "first": "first sentence",
    "f1": "F1",
    "f1_high": "to",
    "f1_low": "95 % interval from",
    "floor": "smallest possible p",
    "found": "found by the dictionary",
    "high": "to",
    "hit_rate": "share scored",
    "holm_below": "model p below .05 (Holm)",
    "is_first": "heard first",
    "is_last": "heard last",
    "jsd": "divergence (bits)",
    "last": "last sentence",
    "log_odds": "log-odds",
    "log_ratio": "log ratio",
    "log_ratio_bound": "least log ratio (independent words)",
    "longest": "longest article",
    "loo_high": "to",
    "loo_low": "log-odds without an article, from",
    "low": "95 % interval from",
    "n_articles": "articles",
    "n_listed": "words compared",
    "n_nonzero": "of these not 0.0",
    "n_quoted": "words quoted",
    "n_reported": "words in indirect speech",
    "n_rest_articles": "articles of others",
    "n_rest_listed": "words of others",
    "n_scored": "scored expressions",
    "n_scored_sentences": "scored sentences",
    "n_sentences": "sentences",
    "n_unaided": "sentences without a hit",
    "n_words": "words",
    "other_coded": "with the other",
    "p_adjusted": "adjusted p",
    "per_1000": "per 1,000 words",
    "permuted_jsd": "articles labelled by chance",
    "phi": "dispersion (phi)",
    "rate_gap": "gap of mean rates",
    "rest_articles": "articles of others",
    "rest_count": "count of others",
    "rest_per_1000": "others per 1,000",
    "rest_share": "share of others",
    "sentence_block_high": "to",
    "sentence_block_low": "95 % interval from",
    "sentence_share": "share of sentences",
    "shared_5grams": "shared runs of 5 words",
    "shortest": "shortest article",
    "smallest_p": "smallest p",
    "testable": "can be tested",
    "tipping_phi": "holds up to dispersion",
}
_ALONE = re.compile(r"([\\`*_\[\]<>$|#~^@{}])")


@dataclass(frozen=True)
class Shown:
    """Something that shows itself in a notebook (HTML, or Markdown where there is none) and in the report."""

    html: str
    markdown: str
    paths: tuple[Path, ...] = field(default=())

    def __repr__(self) -> str:
        """Say in a line what it is; a notebook shows the thing itself."""
        return f"Shown: {', '.join(map(str, self.paths)) or self.markdown.splitlines()[0]}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        html = {"text/html": self.html} if self.html else {}
        return {**html, "text/markdown": self.markdown, "text/plain": self.markdown}


def escape_markdown(text: object) -> str:
    """Let a text stand in Markdown as itself: nothing in it is markup, and it stays on one line."""
    return _ALONE.sub(r"\\\1", " ".join(str(text).split()))


# ----------------------------------------------------------------------------------------------- figures


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
    folder: str | Path | None = None,
) -> Shown:
    """Save a figure for a manuscript, with everything that a reader needs to trust it.

    Parameters
    ----------
    figure : Figure, Axes or array of Axes
        What a plot function returned.
    name : str
        Name of the files: lower-case letters, digits and hyphens, beginning with the notebook's number.
    data : DataFrame
        The table that was drawn; what it was made from stands in its `attrs`.
    alt : str
        What the figure shows, in words, for those who cannot see it.
    caption : str
    folder : str or Path, optional
        `figures/CORPUS/` otherwise.

    Returns
    -------
    Shown
        Shows the figure with caption and alt text in the notebook. `paths` are the files: PDF, SVG and PNG
        (300 dpi), CSV of the data, TXT with caption and alt text, JSON with parameters, versions and checksum.
        Saving the same figure again gives the same bytes.

    Raises
    ------
    ValueError
        A name that is no file name, an empty caption or alt text, or a table that does not say its corpus.
    OSError
        The folder cannot be written.
    """
    drawn = figure if isinstance(figure, Figure) else np.ravel(np.asarray(figure, dtype=object))[0].figure
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise ValueError(
            f"save_figure: name {name!r}: use lower-case letters, digits and hyphens, as in '03-vocabulary'"
        )
    for what, text in {"alt": alt, "caption": caption}.items():
        if not text.strip():
            raise ValueError(f"save_figure: {name}: {what} is empty; say what the figure shows")
    if folder is None and "folder" not in data.attrs:
        raise ValueError(f"save_figure: {name}: data does not say which corpus it comes from; pass the table that a"
                         " measure returned, or folder=")  # fmt: skip
    target = Path(folder) if folder else output_folder(Path(data.attrs["folder"]), "figures")
    contents = {f"{name}.{kind}": _render(drawn, kind) for kind in ("pdf", "svg", "png")}
    contents[f"{name}.csv"] = to_csv(data).encode()
    contents[f"{name}.txt"] = f"Caption: {caption}\n\nAlt text: {alt}\n".encode()
    contents[f"{name}.json"] = (json.dumps(_side_file(drawn, name, data, alt, caption), indent=2, sort_keys=True,
                                           ensure_ascii=False, default=str) + "\n").encode()  # fmt: skip
    plt.close(drawn)
    target.mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        part = target / f".{file}.part"
        part.write_bytes(content)
        part.replace(target / file)
    image = base64.b64encode(contents[f"{name}.png"]).decode()
    width = round(drawn.get_figwidth() * 110)
    html = (f'<figure style="margin:0"><img src="data:image/png;base64,{image}" alt="{escape(alt)}"'
            f' style="width:{width}px;max-width:100%"><figcaption>{escape(caption)}</figcaption></figure>')  # fmt: skip
    quoted = escape_markdown(alt).replace('"', r"\"")
    markdown = f'![{escape_markdown(caption)}](figures/{name}.png){{#fig-{name} alt="{quoted}"}}'
    return Shown(html, markdown, tuple(target / file for file in contents))


def _render(figure: Figure, kind: str) -> bytes:
    """Write a figure in one format, without date or software in the file, at exactly its own size."""
    metadata = {
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
        "svg": {"Date": None, "Creator": None},
        "png": {"Software": None},
    }
    buffer = io.BytesIO()
    with plt.style.context(STYLE):
        figure.savefig(buffer, format=kind, dpi=300, metadata=metadata[kind])
    return buffer.getvalue()


def _side_file(figure: Figure, name: str, data: pd.DataFrame, alt: str, caption: str) -> dict[str, Any]:
    facts = {key: value for key, value in data.attrs.items() if key != "folder"}
    stopwords = Path(data.attrs["folder"]) / "stopwords.txt" if "folder" in data.attrs else None
    stop_list = hashlib.sha256(stopwords.read_bytes()).hexdigest() if stopwords and stopwords.exists() else "package"
    return {
        **facts,
        "name": name,
        "alt": alt,
        "caption": caption,
        "rows": len(data),
        "size_mm": [round(float(side) * 25.4, 2) for side in figure.get_size_inches()],
        "stop_list": stop_list,
        "tokenizer": "analysis.text.tokenize",
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
    }


# ----------------------------------------------------------------------------------- tables and findings


def show_table(table: pd.DataFrame, caption: str, *, digits: int = 2) -> Shown:
    """Show a table with its caption, in the notebook and as a real table in the report.

    Parameters
    ----------
    table : DataFrame
        Its index is not shown. Text is shown as text, whatever it contains.
    caption : str
    digits : int
        Decimals of numbers that are not whole.
    """
    cells = table.copy()
    for column in cells:
        cells[column] = [_cell(value, digits) for value in cells[column]]
    numeric = [pd.api.types.is_numeric_dtype(t) and not pd.api.types.is_bool_dtype(t) for t in table.dtypes]
    cells.columns = [_HEADINGS.get(str(c), str(c).replace("_", " ")) for c in cells.columns]
    note = str(table.attrs.get("note", ""))
    html = _html_table(cells, numeric, caption) + (f"<p>{escape(note)}</p>" if note else "")
    safe = cells.map(escape_markdown).rename(columns=escape_markdown)
    if len(safe):
        header, _, *lines = safe.to_markdown(index=False, tablefmt="pipe", disable_numparse=True).splitlines()
        body = "\n".join([header, _ruler(safe, numeric), *lines])
        markdown = f"Table: {escape_markdown(caption)}\n\n{body}\n"
    else:
        markdown = f"{escape_markdown(caption)}: none.\n"
    return Shown(html, markdown + (f"\n{escape_markdown(note)}\n" if note else ""))


def _html_table(cells: pd.DataFrame, numeric: list[bool], caption: str) -> str:
    """Write a table that aligns its columns by itself, whatever the page around it does."""
    styles = [f"text-align:{'right' if n else 'left'};vertical-align:top" for n in numeric]
    head = "".join(f'<th scope="col" style="{s}">{escape(str(c))}</th>' for c, s in zip(cells, styles, strict=True))
    rows = (
        "".join(f'<td style="{s}">{escape(cell)}</td>' for cell, s in zip(row, styles, strict=True))
        for row in cells.itertuples(index=False)
    )
    title = f'<caption style="text-align:left;font-weight:bold">{escape(caption)}</caption>'
    return (
        f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{r}</tr>' for r in rows)}</tbody></table>"
    )


def _ruler(cells: pd.DataFrame, numeric: list[bool]) -> str:
    """Rule off the header; the lengths are the columns' shares of the page where a writer needs them."""
    parts = []
    for i, name in enumerate(cells.columns):
        longest_word = max(len(word) for text in [name, *cells.iloc[:, i]] for word in [*text.split(), ""])
        width = max(longest_word, min(max(map(len, cells.iloc[:, i])), 44)) + 4  # a heading may take several lines
        parts.append("-" * (width - 1) + ":" if numeric[i] else ":" + "-" * (width - 1))
    return "|" + "|".join(parts) + "|"


def _cell(value: object, digits: int) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return "–"
    if isinstance(value, float | np.floating):
        small = 0 < abs(float(value)) < 0.5 * 10**-digits  # would be printed as zero
        return f"{value:.1e}" if small else f"{value:,.{digits}f}"
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


def show_findings(corpus: Corpus, section: str) -> Shown:
    """Show what the corpus's own findings.md says in one section, or that nothing has been written yet."""
    path = corpus.folder / "findings.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    match = re.search(rf"^## {re.escape(section)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    markdown = match[1].strip() if match else f"No findings are written for {escape_markdown(corpus.name)} yet."
    return Shown("", markdown)
