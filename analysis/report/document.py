"""Gather what the notebooks show into one Markdown document, and turn that into HTML, Word and PDF."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from nbformat import NotebookNode

from analysis.corpus import Corpus
from analysis.shown import escape_markdown
from analysis.tables import read_package

HERE = Path(__file__).parent
# Whatever a title or a sentence contains, it cannot become raw HTML, LaTeX or Typst.
READER = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations-example_lists-yaml_metadata_block-smart"
# With so many columns no table line is too long, and a writer that can fits columns to their content; Word's
# cannot, and takes each column's share from the rule under the table's header.
FITTED = "--columns=100000"
_PACKAGES = ["jupyterlab", "matplotlib", "nupunkt", "numpy", "pandas", "scikit-learn", "scipy", "textblob"]
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
        The four files. HTML is one file that makes no request; in Word tables are tables; the PDF has text and
        bookmarks.
    """
    markdown = report_markdown(corpus, notebooks)
    (folder / "figures").mkdir()
    for name in sorted(set(re.findall(r"\]\((figures/[a-z0-9-]+\.png)\)", markdown))):
        image = figures / Path(name).name
        side = json.loads(image.with_suffix(".json").read_text(encoding="utf-8"))
        if side["checksum"] != corpus.checksum:
            raise ValueError(f"{image.name} was drawn from other tables (checksum); run the whole study again")
        shutil.copyfile(image, folder / name)
    source = folder / "report.md"
    source.write_text(markdown, encoding="utf-8")
    html, docx, pdf = (folder / f"report.{kind}" for kind in ("html", "docx", "pdf"))
    title = f"Media framing: {corpus_title(corpus)}"
    common = ["--standalone", f"--resource-path={folder}", f"--metadata=title:{title}",
              "--metadata=lang:en"]  # fmt: skip
    _convert(source, html, "html5", [*common, FITTED, "--toc", "--toc-depth=2", "--embed-resources", f"--css={HERE / 'report.css'}"])
    _convert(source, docx, "docx", [*common, f"--reference-doc={_word_template(folder)}"])
    _write_pdf(source, pdf, [*common, FITTED])
    return [source, html, docx, pdf]


def corpus_title(corpus: Corpus) -> str:
    """Give the corpus's title from its data package, or its name."""
    return str(read_package(corpus.folder).get("title") or corpus.name)


def _convert(source: Path, target: Path, to: str, options: list[str]) -> None:
    import pypandoc

    os.environ["SOURCE_DATE_EPOCH"] = _EPOCH
    pypandoc.convert_file(str(source), to, format=READER, outputfile=str(target), extra_args=options)


def _word_template(folder: Path) -> Path:
    """Make Word's template from pandoc's own: small type in tables, and narrower margins, so that tables fit."""
    import pypandoc

    default = subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file=reference.docx"], capture_output=True, check=True
    ).stdout
    path = folder / "template.docx"
    with zipfile.ZipFile(io.BytesIO(default)) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "word/styles.xml":
                compact = re.compile(rb'(<w:style [^>]*w:styleId="Compact".*?)(</w:style>)', re.S)
                content = compact.sub(rb'\1<w:rPr><w:sz w:val="15"/><w:szCs w:val="15"/></w:rPr>\2', content)
            elif entry.filename == "word/document.xml":
                page = b'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"/>'
                content = content.replace(b"</w:body>", b"<w:sectPr>" + page + b"</w:sectPr></w:body>")
            new.writestr(entry, content)
    return path


def _write_pdf(source: Path, target: Path, options: list[str]) -> None:
    """Set the document with Typst, which needs neither TeX nor a network."""
    import typst

    body = target.with_suffix(".typ")
    _convert(source, body, "typst", [*options, f"--template={HERE / 'report.typ'}"])
    typst.compile(str(body), output=str(target), root=str(body.parent), timestamp=int(_EPOCH))
    body.unlink()


# ---------------------------------------------------------------------------------------------- the text


def report_markdown(corpus: Corpus, notebooks: Mapping[str, NotebookNode]) -> str:
    """Write the report as one Markdown text: what it is about, the notebooks in order, versions and checksum."""
    core = corpus.select(role="core")
    context = [source for source in corpus.groups("source") if source not in core.groups("source")]
    beside = f"; {_listed(context)} stand beside them as context" if context else ""
    parts = [
        f"This report compares how {_listed(core.groups('source'))} cover one event{beside}."
        f" {escape_markdown(core.caveat())} What differs between the texts is exact; what it says about the outlets"
        " beyond them is limited by that.",
    ]
    for notebook in notebooks.values():
        parts += _notebook_parts(notebook)
    text, checks = _part_checks("\n\n".join(part.strip() for part in parts))
    parts = [text, "# How the findings are checked", checks or "This corpus has no findings yet."]
    versions = ", ".join(f"{name} {version(name)}" for name in ["media-framing-study", *_PACKAGES])
    parts += ["# Versions and checksum", f"Made with {versions}. Checksum of the corpus tables: `{corpus.checksum}`."]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _part_checks(text: str) -> tuple[str, str]:
    """Move the calls that check the findings out of the text into a list, by number."""
    checks: list[str] = []

    def number(match: re.Match[str]) -> str:
        checks.append(match[1])
        return f" \\[{len(checks)}\\]"

    text = re.sub(r"\s+Check: (`[^`]+`)", number, text)
    listed = "\n\n".join(f"{i}. {check}" for i, check in enumerate(checks, start=1))
    about = (
        "The numbers in brackets behind the findings refer to these calls. Run on the corpus, each must give True;"
        " `core` is the core sources and `vocabulary` their framing vocabulary."
    )
    return text, f"{about}\n\n{listed}" if checks else ""


def _listed(names: list[str]) -> str:
    escaped = [escape_markdown(name) for name in names]
    return " and ".join([", ".join(escaped[:-1]), escaped[-1]]) if len(escaped) > 1 else "".join(escaped)


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


