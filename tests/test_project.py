"""The project itself: what it declares, what it must never hold, and the order of its modules."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import CALL, ROOT, needs_articles

from analysis.text import read_text

ORDER = [
    "text",
    "patterns",
    "codebook",
    "tables",
    "storage",
    "sentences",
    "quotations",
    "wordlists",
    "speakers",
    "cues",
    "voices",
    "passages",
    "terms",
    "assessments",
    "polarity",
    "overlap",
    "counting",
    "build",
    "matching",
    "batches",
    "statistics",
    "corpus",
    "loading",
    "evidence",
    "resampling",
    "readings",
    "coding",
    "agreement",
    "sheets",
    "compare",
    "speech",
    "frames",
    "dictionary",
    "facts",
    "sentiment",
    "tone",
    "contrasts",
    "keyness",
    "vocabularies",
    "claims",
    "specifications",
    "multiverse",
    "planning",
    "plots",
    "captions",
    "shown",
    "gallery",
    "figures",
    "report",
    "explorer",
    "importing",
]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def requirements(entries) -> dict[str, str]:
    return {re.split(r"[<>=~! ]", entry)[0]: entry for entry in entries}


def test_conda_and_pip_ask_for_the_same():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = requirements(re.findall(r"^  - ([a-z][\w.>=-]*)$", text, re.M))
    declared = requirements(PYPROJECT["project"]["dependencies"])
    card = ["jupyterlab", "pandas", "scikit-learn", "matplotlib", "textblob"]
    assert [listed[name] for name in card] == [declared[name] for name in card]
    assert listed["python"] == "python" + PYPROJECT["project"]["requires-python"]
    assert "conda-forge" in text and re.search(r"- pip:\n\s+- -e \.", text) and "pip" in listed


def test_the_lock_has_every_requirement_hashed_and_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9][\w.-]*)==", text, re.M))
    wanted = requirements(PYPROJECT["project"]["dependencies"] + PYPROJECT["project"]["optional-dependencies"]["dev"])
    assert {name.lower() for name in wanted} <= locked
    assert "://" not in text and len(re.findall(r"^[a-z0-9]", text, re.M)) <= text.count("--hash=sha256:")
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_modules_import_only_those_before_them():
    for path in sorted((ROOT / "analysis").rglob("*.py")):
        name = path.relative_to(ROOT / "analysis").parts[0].removesuffix(".py")
        if name not in ORDER:
            continue  # __init__ and __main__ hold them all together
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("analysis."):
                other = node.module.split(".")[1]
                assert ORDER.index(other) < ORDER.index(name) or other == name in (
                    "plots",
                    "report",
                    "importing",
                    "explorer",
                ), f"{name} imports {other}"


def test_every_package_is_installed():
    found = {".".join(p.parent.relative_to(ROOT).parts) for p in (ROOT / "analysis").rglob("__init__.py")}
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == found


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, analysis, analysis.__main__; print(*sorted(set(sys.modules) & {'numpy','pandas','sklearn','textblob','matplotlib','nupunkt'}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert out.strip() == ""


def test_every_public_name_is_there_and_documented():
    import analysis as an

    for name in an.__all__:
        thing = getattr(an, name)
        assert thing.__doc__ and thing.__doc__.splitlines()[0].endswith("."), name
    with pytest.raises(AttributeError, match="no attribute 'plot_words'"):
        an.plot_words  # noqa: B018


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


@needs_articles
def test_no_run_of_eight_words_of_an_article_is_tracked():
    runs = set()
    for path in sorted((CALL / "text").glob("*.txt")):
        for line in read_text(path).splitlines():
            found = words(line)
            runs |= {tuple(found[i : i + 8]) for i in range(len(found) - 7)}
    assert len(runs) > 1000
    for path in tracked():
        found = words(path.read_text(encoding="utf-8", errors="ignore"))
        assert not any(tuple(found[i : i + 8]) in runs for i in range(len(found) - 7)), path


def test_no_article_of_the_study_is_tracked():
    assert not [p for p in tracked() if p.parent == CALL / "text"]
    ignored = subprocess.run(["git", "check-ignore", "corpus/call-2021/text/a.txt", "corpus/mine/text/a.txt"], cwd=ROOT)
    assert ignored.returncode == 0
    assert subprocess.run(["git", "check-ignore", "-q", "corpus/example/text/a.txt"], cwd=ROOT).returncode == 1


def test_no_tracked_file_names_a_path_of_a_machine():
    for path in tracked():
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert str(ROOT.parent) + "/" not in text and str(Path.home()) + "/" not in text, path


def test_the_readme_names_what_there_is():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120  # the rest is in docs/
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        assert f"`{notebook.stem}`" in text
    assert all(command in text for command in ("make study", "make test", "make lab"))


def test_every_link_leads_to_a_file_and_every_page_is_linked():
    linked = set()
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        targets = [(page.parent / link).resolve() for link in links]
        assert all(target.exists() for target in targets), (page, links)
        linked |= {target for target in targets if target != page}
    assert set((ROOT / "docs").glob("*")) <= linked


def test_the_reference_lists_every_function_by_its_own_words():
    import analysis as an

    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (.*) \|$", text, flags=re.M)
    assert sorted(listed) == [(name, getattr(an, name).__doc__.splitlines()[0]) for name in an.__all__]


def test_help_and_import_load_nothing_heavy():
    for command in (["-m", "analysis", "--help"], ["-c", "import analysis"]):
        told = subprocess.run(
            [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, check=True
        )
        loaded = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
        assert "analysis" in loaded
        assert not loaded & {"numpy", "pandas", "sklearn", "matplotlib", "textblob", "pyarrow", "joblib"}
