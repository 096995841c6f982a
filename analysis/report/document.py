"""Gather what the notebooks show into one Markdown document, and turn that into HTML, Word and PDF."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import matplotlib as mpl
from nbformat import NotebookNode

from analysis.corpus import Corpus
from analysis.figures import PACKAGES
from analysis.report.methods import LIMITS, corpus_title, listed, methods_paragraph, references
from analysis.shown import LINE, escape_markdown, show_table

HERE = Path(__file__).parent
# Whatever a title or a sentence contains, it cannot become raw HTML, LaTeX or Typst.
READER = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations-example_lists-yaml_metadata_block-smart"
# Tables whose lines are longer take their columns' shares from the rule under the header (Word's do from 72 characters
# on), others fit their columns to what they hold; a browser can always do that.
FITTED, PAGED = "--columns=100000", f"--columns={LINE}"
_FIGURE = re.compile(r"\]\(figures/([a-z0-9-]+)\.png\)")
_EPOCH = "315532800"  # 1 January 1980: documents carry no date of their making


def write_report(corpus: Corpus, notebooks: Mapping[str, NotebookNode], figures: Path, folder: Path) -> list[Path]:
    """Write report.md, .html, .docx and .pdf.

    Parameters
    ----------
    corpus : Corpus
    notebooks : mapping
        Executed notebooks by name, in order.
    figures : Path
        Where the notebooks saved their figures; those in the report are copied beside it.
    folder : Path
        Where to write.

    Returns
    -------
    list of Path
        The files: report.md, .html (one file that makes no request), .docx (tables are tables) and .pdf (text,
        bookmarks, PDF/UA), and methods.txt, the methods in one paragraph.
    """
    body = "\n\n".join(part.strip() for notebook in notebooks.values() for part in _notebook_parts(notebook))
    sides = {name: _side_of(figures / f"{name}.json", corpus) for name in sorted(set(_FIGURE.findall(body)))}
    (folder / "figures").mkdir()
    for name in sides:
        for kind in ("png", "svg"):
            shutil.copyfile(figures / f"{name}.{kind}", folder / "figures" / f"{name}.{kind}")
    methods = methods_paragraph(corpus, sides)
    markdown = _numbered(report_markdown(corpus, body, methods))
    files = [folder / name for name in ("report.md", "report.html", "report.docx", "report.pdf", "methods.txt")]
    source, html, docx, pdf, alone = files
    source.write_text(markdown, encoding="utf-8")
    alone.write_text(methods + "\n", encoding="utf-8")
    drawn = folder / "drawn.md"  # with figures that stay sharp, whose text is text
    drawn.write_text(_FIGURE.sub(r"](figures/\1.svg)", markdown), encoding="utf-8")
    title = f"Media framing: {corpus_title(corpus)}"
    common = ["--standalone", f"--resource-path={folder}", f"--metadata=title:{title}",
              "--metadata=lang:en"]  # fmt: skip
    page = ["--toc", "--toc-depth=2", "--embed-resources", f"--css={HERE / 'report.css'}"]
    _convert(drawn, html, "html5", [*common, FITTED, *page])
    html.write_text(_accessible(html.read_text(encoding="utf-8")), encoding="utf-8")
    _convert(source, docx, "docx", [*common, f"--reference-doc={_word_template(folder)}"])
    _edit_parts(docx, _fitting_part)
    _write_pdf(drawn, pdf, [*common, PAGED], {name: str(side["alt"]) for name, side in sides.items()})
    return files


def _numbered(markdown: str) -> str:
    """Give figures and tables numbers by which they can be cited."""
    figures, tables = count(1), count(1)
    markdown = re.sub(r"^!\[(?=.*\]\(figures/)", lambda _: f"![Figure {next(figures)}. ", markdown, flags=re.M)
    return re.sub(r"^Table: ", lambda _: f"Table: Table {next(tables)}. ", markdown, flags=re.M)


def _side_of(path: Path, corpus: Corpus) -> dict[str, Any]:
    """Read what a figure was made from, and refuse one that was drawn from other tables."""
    side: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if side["checksum"] != corpus.checksum:
        raise ValueError(f"{path.stem} was drawn from other tables (checksum); run the whole study again")
    return side


def _accessible(page: str) -> str:
    """Give the page a main landmark, header cells a scope, and tables a frame that can be scrolled from the keyboard."""
    page = page.replace("</nav>", "</nav>\n<main>", 1).replace("</body>", "</main>\n</body>", 1)
    page = re.sub(r"<th\b(?![^>]*\bscope=)", '<th scope="col"', page)
    numbers = count(1)

    def framed(match: re.Match[str]) -> str:
        name = f"table-{next(numbers)}"
        table = match[0].replace("<caption", f'<caption id="{name}"', 1)
        label = f'aria-labelledby="{name}"' if "<caption" in table else 'aria-label="Table"'
        kind = "table evidence" if re.search(r">text</th>\s*</tr>", table) else "table"
        return f'<div class="{kind}" role="region" tabindex="0" {label}>{table}</div>'

    return re.sub(r"<table\b.*?</table>", framed, page, flags=re.S)


def _convert(source: Path, target: Path, to: str, options: list[str]) -> None:
    import pypandoc

    os.environ["SOURCE_DATE_EPOCH"] = _EPOCH
    pypandoc.convert_file(str(source), to, format=READER, outputfile=str(target), extra_args=options)


def _word_template(folder: Path) -> Path:
    """Make Word's template from pandoc's own: small type in tables and captions, and margins in which tables fit."""
    import pypandoc

    default = subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file=reference.docx"], capture_output=True, check=True
    ).stdout
    path = folder / "template.docx"
    path.write_bytes(default)
    _edit_parts(path, _template_part)
    return path


def _template_part(name: str, content: bytes) -> bytes:
    """Set the sizes of type and page in a part of the template."""
    if name == "word/styles.xml":
        content = content.replace(b'<w:sz w:val="24" />', b'<w:sz w:val="21" />', 1)
        for style, half_points in ((b"Compact", b"15"), (b"ImageCaption", b"17"), (b"TableCaption", b"17")):
            kind = re.compile(rb'(<w:style [^>]*w:styleId="' + style + rb'".*?)(</w:style>)', re.S)
            size = b'<w:rPr><w:sz w:val="' + half_points + b'"/><w:szCs w:val="' + half_points + b'"/></w:rPr>'
            content = kind.sub(rb"\1" + size + rb"\2", content)
    elif name == "word/document.xml":
        page = b'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"/>'
        content = content.replace(b"</w:body>", b"<w:sectPr>" + page + b"</w:sectPr></w:body>")
    return content


def _fitting_part(name: str, content: bytes) -> bytes:
    """Let Word widen the columns of a table where a word would be broken: their widths are a wish, not fixed."""
    fixed, fitting = b'<w:tblLayout w:type="fixed" />', b'<w:tblLayout w:type="autofit" />'
    return content.replace(fixed, fitting) if name == "word/document.xml" else content


def _edit_parts(path: Path, edit: Callable[[str, bytes], bytes]) -> None:
    """Write the parts of a Word file anew."""
    with zipfile.ZipFile(path) as old:
        parts = [(entry, edit(entry.filename, old.read(entry))) for entry in old.infolist()]
    with zipfile.ZipFile(path, "w") as new:
        for entry, content in parts:
            new.writestr(entry, content)


def _write_pdf(source: Path, target: Path, options: list[str], alts: Mapping[str, str]) -> None:
    """Set the document with Typst, which needs neither TeX nor a network, and give each figure its alt text."""
    import typst

    body = target.with_suffix(".typ")
    _convert(source, body, "typst", [*options, f"--template={HERE / 'report.typ'}"])
    text = body.read_text(encoding="utf-8")
    for name, alt in alts.items():  # pandoc leaves them out
        image = f'#figure(image("figures/{name}.svg"'
        text = text.replace(f"{image})", f"{image}, alt: {json.dumps(alt, ensure_ascii=False)})")
    body.write_text(text, encoding="utf-8")
    # the figures' typeface lies in matplotlib, the text's in Typst: the same on every machine
    typst.compile(str(body), output=str(target), root=str(body.parent), timestamp=int(_EPOCH), pdf_standards=["ua-1"],
                  font_paths=[mpl.get_data_path() + "/fonts/ttf"], ignore_system_fonts=True)  # fmt: skip
    body.unlink()


# ---------------------------------------------------------------------------------------------- the text


def report_markdown(corpus: Corpus, body: str, methods: str) -> str:
    """Write the report as one Markdown text.

    Parameters
    ----------
    corpus : Corpus
    body : str
        What the notebooks show, as Markdown.
    methods : str
        From `methods_paragraph`.

    Returns
    -------
    str
        Question; the corpus and what else differs with the sources; methods; the notebooks in order; limits;
        references; how the findings are checked; versions and checksums.
    """
    core = corpus.select(role="core")
    sources = listed([escape_markdown(source) for source in core.groups("source")])
    design = corpus.design()
    design = design[["source", "role", "articles", "n_words", "dates", "phases", "genres", "translation", "copied", "floor"]]
    checksums = corpus.articles[["article_id", "n_words", "sha256"]]
    text, checks = _part_checks(body)
    versions = ", ".join(f"{name} {version(name)}" for name in ["media-framing-study", "jupyterlab", *PACKAGES])
    cited = references(f"{methods} {body}")
    parts = [
        "# Question",
        f"How do {sources} frame one event: {escape_markdown(corpus_title(corpus))}? Which frames and words do they use, in"
        " whose voice, and what can so many articles show of it? What differs between the texts is exact; what it says"
        " about the outlets beyond them is limited by how many articles there are.",
        "# Corpus and confounds",
        show_table(design, "What each source rests on, and what else differs with it").markdown,
        f"The core sources are compared, the others stand beside them. {escape_markdown(core.caveat())}",
        "# Methods in one paragraph",
        "It can be copied alone; `methods.txt` beside the report holds it as plain text.",
        "> " + escape_markdown(methods),
        text,
        "# What the study cannot show",
        "\n\n".join(f"- {limit}" for limit in LIMITS),
        "# References",
        "\n\n".join(f"- {escape_markdown(work)}" for work in cited),
        "# How the findings are checked",
        checks or "This corpus has no findings yet.",
        "# Versions and checksums",
        f"Made with {versions}. SHA-256 of the corpus tables: `{corpus.checksum}`; of what readers wrote:"
        f" `{corpus.readings_checksum}`.",
        show_table(checksums, "The articles' raw files, by their checksum").markdown,
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _part_checks(text: str) -> tuple[str, str]:
    """Move the calls that check the findings out of the text into a list, by number."""
    checks: list[str] = []

    def number(match: re.Match[str]) -> str:
        checks.append(match[1])
        return f" \\[{len(checks)}\\]"

    text = re.sub(r"\\\n\s+\*Check:\* (`[^`]+`)", number, text)
    listed = "\n\n".join(f"{i}. {check}" for i, check in enumerate(checks, start=1))
    about = (
        "The numbers in brackets behind the findings refer to these calls. Run on the corpus, each must give True;"
        " `core` is the core sources and `vocabulary` their framing vocabulary."
    )
    return text, f"{about}\n\n{listed}" if checks else ""


def _notebook_parts(notebook: NotebookNode) -> list[str]:
    """Take the prose of a notebook, and of its outputs those that were shown for the report."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(re.sub(r"^\*\*(Reads|Writes)\*\* .*\n*", "", cell.source, flags=re.M))
        elif cell.cell_type == "code":
            parts += [output["data"]["text/markdown"] for output in cell.outputs
                      if "text/markdown" in output.get("data", {})]  # fmt: skip
    return [re.sub(r"\n(?=- )", "\n\n", "".join(part)) for part in parts]  # list items in the text's own size


