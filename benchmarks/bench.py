"""What the study's engine costs beside what a user would pick instead: a table and a plot in docs/.

    make bench                                   # 10,000 articles: some ten minutes on two cores
    python benchmarks/bench.py --articles 100000    # growth up to 100,000: most of an hour

Every measurement has a process of its own, and those that belong together take turns: three rounds, of which medians
are given, and one round where a build or more than 10,000 texts are measured. Memory is the peak of that process when
the work is done, its input included and helping processes not. What is compared gives identical output, which is
checked after the measurement, or the row says 'other output'. spaCy reads a twentieth of the articles, and its time is
taken twenty times. A peer that is not installed is skipped by name.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from articles import make_articles, write_folder

DOCS = Path(__file__).resolve().parents[1] / "docs"
ROUNDS = 3


class Cost(NamedTuple):
    seconds: float
    mb: float


Work = Callable[[int, str], tuple[Cost, Any]]  # size, name -> its cost, and what tells whether outputs are equal
COUNTING = ["CountVectorizer", "count_texts", "count_texts, 2 processes", "HashingVectorizer (other output)",
            "spacy (words alone, other output)"]  # fmt: skip
BIGRAMS = ["CountVectorizer, 1-2-grams", "count_texts, 1-2-grams", "count_texts, 1-2-grams, 2 processes"]
SCORING = ["TextBlob", "assess"]
BUILDING = ["build_folder, 2 processes"]
PANELS = {"Counting words": COUNTING, "Counting words and pairs": BIGRAMS, "Building all tables": BUILDING,
          "Scoring polarity": SCORING}  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[Cost, Any]:
    start = time.perf_counter()
    result = work()
    return Cost(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000), result


def raw(n: int) -> list[str]:
    return [article.text for article in make_articles(n)]


def sentences(n: int) -> list[str]:
    found: list[str] = []
    for article in make_articles(n):
        found += [s for s in re.split(r"(?<=[.”\"])\s", article.text) if s]
        if len(found) >= n:
            break
    return found[:n]


def counting(n: int, name: str) -> tuple[Cost, Any]:
    texts, grams = raw(n), (1, 2) if "1-2" in name else (1, 1)
    if name.startswith(("Count", "Hashing")):
        from sklearn.feature_extraction import text as sk

        vectorizer = (
            sk.CountVectorizer(ngram_range=grams) if name.startswith("Count") else sk.HashingVectorizer(norm=None)
        )
        cost, counts = timed(lambda: vectorizer.fit_transform(texts))
        return cost, print_of(counts) if name.startswith("Count") else None
    if name.startswith("spacy"):
        import spacy

        language = spacy.blank("en")
        part = texts[: max(n // 20, 1)]
        cost, _ = timed(lambda: [[token.text for token in language(text)] for text in part])
        return cost._replace(seconds=20 * cost.seconds), None
    from analysis.counting import count_texts

    jobs = 2 if "2 processes" in name else 1
    if jobs == 2:
        count_texts(texts[:5_000], n_jobs=2)  # the processes are there
    cost, (counts, _) = timed(lambda: count_texts(texts, ngram_range=grams, n_jobs=jobs))
    return cost, print_of(counts)


def print_of(counts: Any) -> list[int]:
    """Give numbers that two matrices share only when they are the same."""
    counts.sort_indices()
    place = np.arange(1, counts.nnz + 1)
    sums = [counts.indices, counts.data, counts.indices * (place % 1_000_003), counts.data * (place % 1_000_003)]
    return [*counts.shape, *(int(column.astype(np.int64).sum()) for column in sums)]


def scoring(n: int, name: str) -> tuple[Cost, Any]:
    from analysis.assessments import _assess, assess_with_textblob

    texts = sentences(n)
    score = assess_with_textblob if name == "TextBlob" else _assess()
    score("A start.")
    cost, scores = timed(lambda: [score(text) for text in texts])
    return cost, [sum(map(len, map(repr, scores))), sum(s.polarity for s in scores)]


def building(n: int, name: str) -> tuple[Cost, Any]:
    from analysis.batches import build_folder

    with tempfile.TemporaryDirectory() as home:
        folder = write_folder(Path(home) / "made", n)
        cost, _ = timed(lambda: build_folder(folder, n_jobs=2))
    return cost, None


def drawing(n: int, name: str) -> tuple[Cost, Any]:
    from scipy import sparse

    from analysis.resampling import draw_counts, draw_within

    rng = np.random.default_rng(0)
    chances = (np.arange(1, 50_001) + 2.7) ** -1.05
    words = np.searchsorted(np.cumsum(chances) / chances.sum(), rng.random(n * 270))
    counts = sparse.coo_array((np.ones(len(words)), (np.repeat(np.arange(n), 270), words)), shape=(n, 50_000)).tocsr()
    return timed(lambda: sum(d[0, 0] for _, d in draw_counts(counts, draw_within(np.arange(n) % 5, draws=999))))


KINDS: dict[str, Work] = {"counting": counting, "scoring": scoring, "building": building, "drawing": drawing}


def measure(kind: str, name: str, n: int) -> dict[str, Any] | None:
    """Run one measurement in a process of its own; None where the peer is not installed."""
    if name.startswith("spacy") and importlib.util.find_spec("spacy") is None:
        return None
    command = [sys.executable, __file__, "--one", kind, name, str(n)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(told.splitlines()[-1]))


def one(kind: str, name: str, n: int) -> None:
    cost, told = KINDS[kind](n, name)
    print(json.dumps({**cost._asdict(), "told": told}))


def compare(kind: str, names: list[str], n: int, rounds: int = ROUNDS) -> dict[str, dict[str, Any] | None]:
    """Measure in turns; give medians, and refuse outputs that differ."""
    runs: dict[str, list[dict[str, Any] | None]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            runs[name].append(measure(kind, name, n))
    found: dict[str, dict[str, Any] | None] = {}
    for name, measured in runs.items():
        there = [run for run in measured if run]
        found[name] = (
            {key: statistics.median(run[key] for run in there) for key in ("seconds", "mb")} if there else None
        )
        first = runs[names[0]][0]
        if there and first and there[0]["told"] is not None and there[0]["told"] != first["told"]:
            raise SystemExit(f"{name} does not give what {names[0]} gives, at {n:,}")
    return found


def rows_of(found: dict[str, dict[str, Any] | None], n: int, unit: str) -> list[str]:
    rows, first = [], next(filter(None, found.values()))["seconds"]
    for name, run in found.items():
        if run is None:
            rows.append(f"| {name} | {n:,} | skipped: not installed | | |")
        else:
            rate, times = f"{n / run['seconds']:,.0f} {unit}/s", f"{first / run['seconds']:.2f}"
            rows.append(f"| {name} | {n:,} | {rate} | {times} | {run['mb']:,.0f} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        one(args.one[0], args.one[1], int(args.one[2]))
        return
    sizes = [n for n in (1_000, 10_000, 100_000) if n <= args.articles] or [args.articles]
    growth: dict[str, list[tuple[int, float]]] = {}
    rows = []

    def add(kind: str, names: list[str], n: int, unit: str = "articles", rounds: int = ROUNDS) -> None:
        found = compare(kind, names, n, rounds)
        rows.extend(rows_of(found, n, unit))
        print("\n".join(rows[-len(names) :]), flush=True)
        for name, run in found.items():
            if run:
                growth.setdefault(name, []).append((n, run["seconds"] / n))

    for n in sizes:
        rounds = ROUNDS if n <= 10_000 else 1
        add("counting", COUNTING, n, rounds=rounds)
        add("counting", BIGRAMS, n, rounds=rounds)
        add("building", BUILDING, n, rounds=1)
    for n in (2_000, 100_000):
        add("scoring", SCORING, n, "sentences", rounds=ROUNDS if n == 2_000 else 1)
    add("drawing", ["999 replicates, 50,000 terms"], 10_000)
    head = ["| | size | rate | times the first | peak memory, MB |", "|---|---|---|---|---|"]
    told = __doc__.split("\n\n")
    text = [
        f"# {told[0]}",
        "",
        told[2].strip(),
        "",
        *head,
        *rows,
        "",
        f"![Milliseconds for each over size, in four panels: {', '.join(PANELS).lower()}](benchmarks.svg)",
        "",
    ]
    (DOCS / "benchmarks.md").write_text("\n".join(text), encoding="utf-8")
    draw(growth)


def draw(growth: dict[str, list[tuple[int, float]]]) -> None:
    """Plot the time each over size, a panel for what is done; in all of them the study's own lines look alike."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "benchmarks"
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(2, 2, figsize=(7.2, 6), layout="constrained", sharex=True, sharey=True)
    for axes, (title, names) in zip(grid.flat, PANELS.items(), strict=True):
        for name in names:
            if name in growth:
                size, seconds = zip(*growth[name], strict=True)
                axes.plot(size, [1e3 * s for s in seconds], label=name, markersize=5, linewidth=1.2, **look(name))
        axes.set_title(title, fontsize=9, loc="left")
        axes.set(xscale="log", yscale="log", ylim=(0.01, 30))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:,g}")
        axes.legend(fontsize=7, frameon=False, loc="upper right" if names is SCORING else "lower left")
        axes.tick_params(labelsize=8)
        axes.grid(alpha=0.3)
    figure.supxlabel("articles (sentences where polarity is scored)", fontsize=9)
    figure.supylabel("milliseconds each", fontsize=9)
    figure.savefig(DOCS / "benchmarks.svg", metadata={"Date": None})


def look(name: str) -> dict[str, Any]:
    """Give colour, line and marker: blue for the study's own, orange for peers of the same output, grey for others."""
    if "other output" in name:
        return {"color": "#767676", "linestyle": ":", "marker": "^" if name.startswith("Hash") else "v"}
    if name.startswith(("CountVectorizer", "TextBlob")):
        return {"color": "#c44e00", "linestyle": "-", "marker": "s"}
    two = "2 processes" in name
    return {"color": "#0072b2", "linestyle": "--" if two else "-", "marker": "D" if two else "o"}


if __name__ == "__main__":
    main()
