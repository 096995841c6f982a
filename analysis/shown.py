"""What a notebook shows: tables and findings, each as HTML there and as Markdown in the report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.captions import check_claims
from analysis.corpus import Corpus
from analysis.multiverse import VARIED, robustness

# What a column is called where a reader meets it.
LINE, _GAP = 150, 4  # characters of a table in a line of the report, and those between two columns
_WHOLE = 16  # characters: up to these a word, a date or a number is not broken over two lines
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
    "fails_where": "fails where",
    "formula": "by the formula",
    "dealt_jsd": "words dealt by chance",
    "document_polarity": "polarity of the body as one text",
    "elsewhere": "count elsewhere",
    "first": "first sentence",
    "expected": "agree by the counts alone",
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
    "kept": "without one article it holds in",
    "left": "of",
    "not_asked": "cannot be asked in",
    "phi_from": "phi from",
    "power_high": "to",
    "power_low": "95 % interval from",
    "simulated": "by simulation",
    "simulated_power": "simulated power at the formula's number",
    "results": "different results",
    "specifications": "of specifications",
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


def show_table(table: pd.DataFrame, caption: str, *, digits: int = 2, most: int = 200) -> Shown:
    """Show a table with its caption, in the notebook and as a real table in the report.

    Parameters
    ----------
    table : DataFrame
        Its index is not shown. Text is shown as text, whatever it contains.
    caption : str
    digits : int
        Decimals of numbers that are not whole.
    most : int
        Rows that are shown; a note says how many there are beyond.

    Raises
    ------
    ValueError
        The caption claims what cannot be claimed.
    """
    check_claims(caption, "show_table: caption", tested="testable" in table and bool(table["testable"].any()))
    cells = table.head(most).copy()
    for column in cells:
        cells[column] = [_cell(value, digits) for value in cells[column]]
    numeric = [pd.api.types.is_numeric_dtype(t) and not pd.api.types.is_bool_dtype(t) for t in table.dtypes]
    cells.columns = [_HEADINGS.get(str(c), str(c).replace("_", " ")) for c in cells.columns]
    notes = [str(table.attrs[name]) for name in ("note", "needs_text") if table.attrs.get(name)]
    if len(table) > len(cells):
        notes.insert(0, f"The first {len(cells):,} of {len(table):,} rows.")
    note = " ".join(notes)
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
    """Write a table that aligns its columns whatever the page around it does, and keeps dates and short words whole."""
    styles = [f"text-align:{'right' if n else 'left'};vertical-align:top" for n in numeric]
    head = "".join(f'<th scope="col" style="{s}">{escape(str(c))}</th>' for c, s in zip(cells, styles, strict=True))
    for i in range(cells.shape[1]):
        if all(len(cell) <= _WHOLE and " " not in cell for cell in cells.iloc[:, i]):  # a hyphen would break it
            styles[i] += ";white-space:nowrap"
    rows = (
        "".join(f'<td style="{s}">{escape(cell)}</td>' for cell, s in zip(row, styles, strict=True))
        for row in cells.itertuples(index=False)
    )
    title = f'<caption style="text-align:left;font-weight:bold">{escape(caption)}</caption>'
    return (
        f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{r}</tr>' for r in rows)}</tbody></table>"
    )


def _ruler(cells: pd.DataFrame, numeric: list[bool]) -> str:
    """Rule off the header; the lengths are the columns' shares of the page where a writer needs them.

    A column has its longest cell's width. Where these are more than a page has, columns of short cells keep theirs, and
    the others share the rest by their mean cell; none has less than its longest word. A heading may take several
    lines, and alternatives are parted at their bars.
    """
    texts = [cells.iloc[:, i].tolist() for i in range(cells.shape[1])]
    least = [max(_width(word) for text in [name, *column] for word in re.split(r"[\s|]+", text))
             for name, column in zip(cells.columns, texts, strict=True)]  # fmt: skip
    widths = [list(map(_width, column)) for column in texts]
    spread = [(max(w), sum(w) / len(w)) for w in widths]

    def share(scale: float) -> list[int]:
        wanted = [most if most <= _WHOLE else min(most, scale * mean) for most, mean in spread]
        return [max(low, int(want)) + _GAP for low, want in zip(least, wanted, strict=True)]

    scales = [np.inf, *(1.01**step for step in range(700, -700, -1))]
    shares = next((found for found in map(share, scales) if sum(found) <= LINE), share(0))
    parts = ["-" * (n - 1) + ":" if right else ":" + "-" * (n - 1) for n, right in zip(shares, numeric, strict=True)]
    return "|" + "|".join(parts) + "|"


def _width(text: str) -> int:
    """Measure a text in small letters; two capitals take the place of three."""
    return len(text) + sum(map(str.isupper, text)) // 2


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
    """Show what the corpus's own findings.md says in one section, or that nothing has been written yet.

    A claim of the core sources that is marked with 'Varied:' is asked anew under other choices (`robustness`), and
    what comes of it is told. The call behind 'Check:' is shown, and not run.
    """
    path = corpus.folder / "findings.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    match = re.search(rf"^## {re.escape(section)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    markdown = match[1].strip() if match else f"No findings are written for {escape_markdown(corpus.name)} yet."
    if claims := VARIED.findall(markdown):
        lines = robustness(corpus.select(role="core"), list(dict.fromkeys(claims))).attrs["lines"]
        markdown = VARIED.sub(partial(_with_line, lines), markdown)
    return Shown("", re.sub(r"\s+Check: (?=`)", "\\\\\n  *Check:* ", markdown))  # on a line of its own


def _with_line(lines: Mapping[str, str], match: re.Match[str]) -> str:
    """Write what a claim rests on."""
    claim = " ".join(match[1].split()).rstrip(".")
    return f"\\\n  *Under other choices* ({escape_markdown(claim)}): {escape_markdown(lines[claim])}."
