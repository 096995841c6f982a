"""Fixtures: the two corpora of the repository, and a maker of small ones."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import settings

import analysis as an
from analysis.passages import Sentence, split_article
from analysis.speakers import read_sides
from analysis.text import Line
from analysis.voices import Reader
from analysis.wordlists import read_voice_words

ROOT = Path(__file__).parents[1]
CALL = ROOT / "corpus" / "call-2021"
EXAMPLE = ROOT / "corpus" / "example"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip
mpl.use("Agg")
# the same examples in every run, and no clock: a slow machine is no failure
settings.register_profile("study", deadline=None, derandomize=True)
settings.load_profile("study")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker waits for them in the end."""
    items.sort(key=lambda item: item.path.name not in ("test_study.py", "test_study_corpora.py"))


needs_articles = pytest.mark.skipif(
    not list((CALL / "text").glob("*.txt")), reason="corpus/call-2021/text/ holds no articles"
)


@pytest.fixture(scope="session")
def example() -> an.Corpus:
    return an.read_corpus(EXAMPLE)


@pytest.fixture(scope="session")
def call(tmp_path_factory: pytest.TempPathFactory) -> an.Corpus:
    """The study's corpus from its tables alone."""
    folder = tmp_path_factory.mktemp("tables") / "corpus" / "call-2021"
    return an.read_corpus(copy_corpus(CALL, folder, text=False))


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium that asks nothing of the network by itself."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe, which checks a page for accessibility."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def stated_on_methods() -> dict[str, list[str]]:
    """Read the tables of docs/methods.md: the first cell of each row, and the others."""
    lines = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.replace("\\|", "¦").split("|")[1:-1]] for line in lines if line.startswith("|")
    ]
    return {name: numbers for name, *numbers in rows}


def split_lines(*lines: Line | str, joined: re.Pattern[str] | None = None, translated: bool = False) -> list[Sentence]:
    """Split lines as an article of the example corpus would be."""
    whole = [line if isinstance(line, Line) else Line(n, line, "body") for n, line in enumerate(lines, start=1)]
    reader = Reader(read_voice_words(EXAMPLE), read_sides(EXAMPLE)[""], translated)
    return split_article(whole, joined, reader)


def copy_corpus(source: Path, target: Path, *, text: bool) -> Path:
    """Copy a corpus folder, with or without its text."""
    ignore = shutil.ignore_patterns() if text else shutil.ignore_patterns("text")
    return Path(shutil.copytree(source, target, ignore=ignore))


Maker = Callable[..., Path]


def folder_maker_in(home: Path) -> Maker:
    """Give a maker of a small corpus folder: texts by article_id, and articles.csv with these columns."""

    def make(texts: Mapping[str, str | bytes], rows: list[dict[str, str]] | None = None, **files: str) -> Path:
        folder = home / "corpus" / "tiny"
        (folder / "text").mkdir(parents=True)
        for name, text in texts.items():
            (folder / "text" / f"{name}.txt").write_bytes(text.encode() if isinstance(text, str) else text)
        rows = rows if rows is not None else [{"article_id": a, "source": a.partition("-")[0]} for a in texts]
        with (folder / "articles.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else ["article_id", "source"])
            writer.writeheader()
            writer.writerows(rows)
        for name, content in files.items():
            (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def make_folder(tmp_path: Path) -> Maker:
    return folder_maker_in(tmp_path)


@pytest.fixture(scope="session")
def folder_maker() -> Callable[[Path], Maker]:
    return folder_maker_in


# What is drawn from which table.
PLOTS = {
    "corpus": lambda c: (an.plot_corpus, an.count_voices(c)),
    "vocabulary": lambda c: (an.plot_vocabulary, an.count_vocabulary(c)),
    "keyness": lambda c: (an.plot_keyness, an.compare_terms(c)),
    "funnel": lambda c: (an.plot_funnel, an.compare_terms(c, draws=0)),
    "shift": lambda c: (an.plot_shift, an.score_shift(c, *c.groups("source")[:2])),
    "sentiment": lambda c: (an.plot_sentiment, an.score_sentiment(c)),
    "sides": lambda c: (an.plot_sides, an.count_sides(c)),
    "verbs": lambda c: (an.plot_verbs, an.count_verbs(c)),
    "strip": lambda c: (an.plot_strip, an.count_passages(c)),
    "distance": lambda c: (an.plot_distance, an.count_distance(c)),
    "frames": lambda c: (an.plot_frames, an.compare_frames(c)),
    "course": lambda c: (an.plot_course, an.count_codes(few(c))),
    "facts": lambda c: (an.plot_facts, an.compare_facts(few(c))),
    "contributions": lambda c: (an.plot_contributions, an.score_contributions(c)),
    "sentiment shift": lambda c: (an.plot_sentiment_shift, an.score_sentiment_shift(c, *c.groups("source")[:2])),
    "tone": lambda c: (an.plot_tone, an.read_tone(c)),
    "robustness": lambda c: (an.plot_robustness, an.robustness(c, first_claim(c))),
    "planning": lambda c: (an.plot_planning, an.plan_articles(c, ratio=[2, 5], groups=3)),
    "validity": lambda c: (an.plot_validity, an.score_dictionary(c)),
}


def first_claim(corpus):
    """A claim that holds under the usual choices."""
    row = an.compare_terms(corpus, min_count=3, draws=0).iloc[0]
    return f"'{row['term']}' leads for {row['source']}"


def few(corpus):
    """Select what a figure of articles can hold."""
    return corpus.select(article_id=corpus.articles.groupby("source")["article_id"].head(4).tolist())


def first(axes):
    return np.ravel(np.asarray(axes, dtype=object))[0]
