"""The study on other corpora and other notebooks: what runs through, and what is refused in words."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import CALL, EXAMPLE, ROOT, copy_corpus
from docx import Document
from pypdf import PdfReader
from test_study import FIGURES, GUIDE, Page, report, run

from analysis.__main__ import main
from analysis.report.study import run_study


@pytest.fixture(scope="module")
def example_run(tmp_path_factory):
    return run(EXAMPLE, tmp_path_factory.mktemp("example"), text=True)


def test_the_same_notebooks_serve_another_corpus(example_run):
    text = (report(example_run, "example") / "report.md").read_text(encoding="utf-8")
    assert "State Herald" in text and "Reuters" not in text and "Putin" not in text
    assert len(list((example_run / "figures" / "example").glob("*.pdf"))) == len(FIGURES + GUIDE)


def write_notebook(folder: Path, name: str, *cells: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, folder / f"{name}.ipynb")


def test_an_error_names_notebook_cell_and_cause_and_leaves_no_half_report(tmp_path):
    folder = copy_corpus(CALL, tmp_path / "corpus" / "call-2021", text=False)
    target = tmp_path / "report" / "call-2021"
    target.mkdir(parents=True)
    (target / "report.md").write_text("the old report", encoding="utf-8")
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    write_notebook(notebooks, "01_good", 'CORPUS = "x"', "1 + 1")
    write_notebook(notebooks, "02_bad", 'CORPUS = "x"', "1 + 1", "boats = {}\nboats['ferry']")
    with pytest.raises(ValueError) as error:
        run_study(folder, notebooks=notebooks)
    assert "02_bad, cell 3 failed: KeyError: 'ferry'" in str(error.value) and "boats['ferry']" in str(error.value)
    assert [p.name for p in target.iterdir()] == ["report.md"]
    assert (target / "report.md").read_text(encoding="utf-8") == "the old report"


def test_a_name_that_two_notebooks_give_their_figures_is_an_error(tmp_path):
    folder = copy_corpus(CALL, tmp_path / "corpus" / "call-2021", text=False)
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    lines = ["import analysis as an", "table = an.count_voices(an.read_corpus(CORPUS))",
             "an.save_figure(an.plot_corpus(table), '01-x', data=table, alt='a', caption='c')"]  # fmt: skip
    for name in ("01_one", "02_other"):
        write_notebook(notebooks, name, 'CORPUS = "x"', "\n".join(lines))
    with pytest.raises(
        ValueError, match="02_other, cell 2 failed: ValueError: save_figure: 01-x has been saved in this run"
    ):
        run_study(folder, notebooks=notebooks)


def test_one_core_source_is_refused_before_anything_runs(make_folder):
    folder = make_folder({"a-1": "It rained.", "a-2": "It was dry."})
    assert main(["build", str(folder)]) == 0
    with pytest.raises(
        ValueError, match="tiny: the notebooks compare sources with role 'core', and articles.csv has 1"
    ):
        run_study(folder)


def test_many_sources_and_no_codebook_run_through(make_folder):
    names = [f"Outlet {chr(65 + i)} of the Northern and Southern Provinces" for i in range(10)]
    texts = {f"a-{i}": f"Rain fell on town {i}. “It is good rain,” she said of the rain." for i in range(10)}
    folder = make_folder(texts, rows=[{"article_id": f"a-{i}", "source": n} for i, n in enumerate(names)])
    assert main(["build", str(folder)]) == 0
    run_study(folder)
    assert (folder.parents[1] / "report" / "tiny" / "report.pdf").exists()


def test_a_notebook_that_does_not_exist_is_named(capsys):
    assert main(["study", "example", "--notebook", "99"]) == 1
    assert "no notebook begins with '99'" in capsys.readouterr().err


def test_one_notebook_runs_alone(tmp_path):
    folder = copy_corpus(EXAMPLE, tmp_path / "corpus" / "example", text=False)
    assert [p.name for p in run_study(folder, only="01")] == ["01_corpus.ipynb"]
    assert not (tmp_path / "report" / "example" / "report.md").exists()
    assert (tmp_path / "figures" / "example" / "01-corpus.pdf").exists()


def test_hostile_titles_and_texts_stay_text_in_every_format(make_folder):
    title = '<script>alert(1)</script> "quoted" | $x^2$ `code` #set page(fill: red) \\input{x} [a](b)'
    bodies = {f"{s}-{i}": f"{title}\n<img src=x onerror=alert(2)> {s} said “<b>rain {i}</b>”. Rain fell and fell; rain."
              for s in "ab" for i in (1, 2)}  # fmt: skip
    folder = make_folder(
        bodies, rows=[{"article_id": a, "source": f"<i>{a[0]}</i> $e$", "title": title} for a in bodies],
        codebook_toml='[[frame]]\ncode="<u>F</u>"\nindicators=["rain","fell"]')  # fmt: skip
    assert main(["build", str(folder)]) == 0
    run_study(folder)
    home = folder.parents[1] / "report" / "tiny"
    text = (home / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert "script" not in page.tags and all(i.get("src", "").startswith("data:") for i in page.images)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert(1)</script>" in " ".join(
        p.extract_text() for p in PdfReader(home / "report.pdf").pages
    ).replace("\n", "")
    tables = Document(str(home / "report.docx")).tables
    assert any(title in cell.text for cell in tables[1].columns[5].cells)


def test_the_help_is_quick_to_read_and_names_the_commands():
    out = subprocess.run(
        [sys.executable, "-m", "analysis", "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    assert all(command in out for command in ("build", "check", "voices", "study"))
    assert shutil.which("make") is None or (ROOT / "Makefile").exists()
