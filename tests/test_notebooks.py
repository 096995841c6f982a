"""The rules that every notebook keeps to."""

import ast
import re
import subprocess
import sys
from statistics import median

import nbformat
import pytest
from conftest import CALL, ROOT

import analysis as an

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def test_there_are_notebooks():
    assert {p.stem for p in NOTEBOOKS} >= {"01_corpus", "03_frames", "04_distinctive_terms", "05_sentiment"}


def test_it_has_ten_to_twenty_five_short_code_cells(notebook):
    lengths = [len(source.splitlines()) for source in code(notebook)]
    assert 10 <= len(lengths) <= 25 and median(lengths) <= 4 and max(lengths) <= 12


def test_it_opens_with_its_question_and_closes_with_its_limits(notebook):
    first = notebook.cells[0].source
    assert notebook.cells[0].cell_type == "markdown" and first.startswith("# ")
    assert all(f"**{word}" in first for word in ("Question", "Reads", "Writes")) and first.count("?") == 1
    assert [text.splitlines()[0] for text in prose(notebook)[-2:]] == [
        "## What this shows",
        "## What it cannot show",
    ]


def test_it_says_which_figures_it_writes(notebook):
    saved = re.findall(r'save_figure\(.*?"(\d\d-[a-z-]+)"', "\n".join(code(notebook)), re.S)
    assert saved and all(f"`{name}`" in notebook.cells[0].source for name in saved)


def test_it_defines_nothing_and_touches_no_path(notebook):
    for source in code(notebook):
        tree = ast.parse(source)
        assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in ast.walk(tree))
        assert not re.search(r"sys\.path|^!|^%|warnings\.|plt\.", source, re.M)


def test_its_parameters_stand_in_one_cell(notebook):
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1 and re.match(r'CORPUS = "[a-z0-9-]+"  #', tagged[0].source)
    constants = {
        line.split(" = ")[0]
        for source in code(notebook)
        for line in source.splitlines()
        if re.match(r"[A-Z_0-9]+ = ", line)
    }
    assert constants == {line.split(" = ")[0] for line in tagged[0].source.splitlines()}


def test_it_is_committed_without_outputs(notebook):
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


def test_stripping_outputs_again_changes_nothing():
    command = [sys.executable, "-m", "nbstripout", "--verify", *map(str, NOTEBOOKS)]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_its_prose_names_no_source_and_no_number_of_a_corpus(notebook, call):
    for text in prose(notebook):
        assert not any(source in text for source in call.sources)


@pytest.mark.parametrize("path", sorted((ROOT / "corpus").glob("*/findings.md")), ids=lambda p: p.parent.name)
def test_every_finding_is_checked_by_its_call(path):
    corpus = an.read_corpus(path.parent)
    names = {"an": an, "corpus": corpus, "core": corpus.select(role="core")}
    names["vocabulary"] = an.count_vocabulary(names["core"])
    text = path.read_text(encoding="utf-8")
    claims = re.findall(r"^- (.*?)(?=^- |^## |\Z)", text, re.M | re.S)
    assert len(claims) >= 8
    for claim in claims:
        check = re.search(r"Check: `([^`]+)`\s*$", claim)
        assert check, f"no call checks this claim: {claim}"
        assert eval(check[1], names), claim


def test_every_notebook_has_its_findings():
    for notebook in NOTEBOOKS:
        assert f"## {notebook.stem}" in (CALL / "findings.md").read_text(encoding="utf-8")
