"""Run the notebooks on a corpus and leave executed copies, figures and a report, or say which cell failed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from tqdm import tqdm

from analysis.corpus import Corpus
from analysis.loading import read_corpus
from analysis.storage import corpus_folder
from analysis.figures import RUN, output_folder
from analysis.report.document import write_report

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CELL_SECONDS = 600


def run_study(name: str | Path, *, only: str | None = None, notebooks: Path = NOTEBOOKS) -> list[Path]:
    """Execute the notebooks in order on one corpus and write the report of all that are not tagged 'guide'.

    Parameters
    ----------
    name : str or Path
        The corpus: a name under `corpus/`, or a folder.
    only : str, optional
        Execute just the notebook whose name begins so ('04'); no report is written then.
    notebooks : Path
        Where they lie.

    Returns
    -------
    list of Path
        What was written: the executed copy, or the report's files.

    Raises
    ------
    ValueError
        A cell failed (the message names notebook, cell and cause), no notebook has that name, or the corpus
        cannot be read. An older report is then left as it was; a half one is never written.
    """
    folder = corpus_folder(name)
    corpus = read_corpus(folder)
    _refuse_incomparable(corpus)  # what is wrong is said before any kernel is started
    paths = sorted(p for p in notebooks.glob("[0-9]*.ipynb") if p.name.startswith(only or ""))
    if not paths:
        known = ", ".join(sorted(p.stem for p in notebooks.glob("[0-9]*.ipynb"))) or "none"
        raise ValueError(f"no notebook begins with {only!r} in {notebooks.name}/; there are: {known}")
    target = output_folder(folder, "report")
    loaded = {path.stem: nbformat.read(path, as_version=4) for path in paths}
    total = sum(cell.cell_type == "code" for notebook in loaded.values() for cell in notebook.cells)
    with tqdm(total=total, unit="cell") as progress, _one_run():
        for stem, notebook in loaded.items():
            progress.set_description(stem)
            _execute(stem, notebook, folder, notebooks, progress)
    copies = target / "notebooks"
    copies.mkdir(parents=True, exist_ok=True)
    for stem, notebook in loaded.items():
        nbformat.write(notebook, copies / f"{stem}.ipynb")
    if only:
        return [copies / f"{stem}.ipynb" for stem in loaded]
    with tempfile.TemporaryDirectory(dir=target, prefix=".report-") as scratch:
        told = {stem: notebook for stem, notebook in loaded.items() if not _is_guide(notebook)}
        files = write_report(corpus, told, output_folder(folder, "figures"), Path(scratch))
        for file in files:
            file.replace(target / file.name)
        images = target / "figures"
        shutil.rmtree(images, ignore_errors=True)
        (Path(scratch) / "figures").replace(images)
    return [target / file.name for file in files]


def _is_guide(notebook: NotebookNode) -> bool:
    """Say whether a notebook is a guide, which goes through the others' measures once more and is not reported."""
    return "guide" in notebook.cells[0].metadata.get("tags", [])


@contextmanager
def _one_run() -> Iterator[None]:
    """Let the kernels of all notebooks know which figures this run has saved: two may not have the same name."""
    before = os.environ.get(RUN)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[RUN] = str(Path(folder) / "figures")
        try:
            yield
        finally:
            os.environ.pop(RUN)
            if before is not None:
                os.environ[RUN] = before


def _refuse_incomparable(corpus: Corpus) -> None:
    """Say before anything runs that the notebooks have nothing to compare."""
    words = corpus.select(role="core").words() if (corpus.articles["role"] == "core").any() else []
    if len(words) < 2:
        raise ValueError(
            f"{corpus.name}: the notebooks compare sources with role 'core', and articles.csv has {len(words)};"
            " give two or more sources that role and build the corpus again"
        )


def _execute(stem: str, notebook: NotebookNode, corpus: Path, notebooks: Path, progress: tqdm) -> None:
    """Execute one notebook in place, its CORPUS set to this corpus."""
    place = next((i for i, c in enumerate(notebook.cells) if "parameters" in c.metadata.get("tags", [])), None)
    if place is None:
        raise ValueError(f"{stem}: no cell is tagged 'parameters'; the corpus is set there")
    known = notebooks.parent / "corpus" / corpus.name == corpus  # then its name suffices
    chosen = nbformat.v4.new_code_cell(f"CORPUS = {corpus.name if known else str(corpus)!r}", id="chosen-corpus")
    notebook.cells.insert(place + 1, chosen)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(notebooks)}},
        on_cell_executed=lambda cell, **_: progress.update(cell.id != "chosen-corpus"),
    )
    # frozen modules make the debugger print warnings into the notebook
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, RuntimeError) as error:  # a kernel that died is a RuntimeError
        number, source = _failed_cell(notebook)
        cause = f"{error.ename}: {error.evalue}" if isinstance(error, CellExecutionError) else str(error)
        raise ValueError(f"{stem}, cell {number} failed: {cause}\n    {source}") from None


def _failed_cell(notebook: NotebookNode) -> tuple[int, str]:
    """Find the code cell that stopped the run, by its number among the code cells as they are read."""
    code = [c for c in notebook.cells if c.cell_type == "code" and c.id != "chosen-corpus"]
    for number, cell in enumerate(code, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return number, cell.source.strip().replace("\n", "\n    ")
    done = sum(cell.execution_count is not None for cell in code)
    return max(done, 1), code[max(done, 1) - 1].source.strip()
