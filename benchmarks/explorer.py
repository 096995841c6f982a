"""How long each control of the explorer takes to its picture: `python benchmarks/explorer.py call-2021 FOLDER …`."""

import argparse
import time
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl

import analysis as an


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="+")
    mpl.use("agg")
    for name in parser.parse_args().corpus:
        corpus, seconds = timed(lambda name=name: an.read_corpus(name))
        explorer, opened = timed(lambda corpus=corpus: an.explore(corpus))
        print(
            f"\n{corpus.name}: {len(corpus.articles):,} articles; read in {seconds:.1f} s, opened in {opened:.1f} s\n"
        )
        print("| control | to the picture (ms) | compare | draw | table and terms | sentences |")
        print("|---|---|---|---|---|---|")
        for control, value in moves(explorer):
            explorer.controls[control].value = value
            steps = {step: 1000 * seconds for step, seconds in explorer.seconds.items()}
            steps = [steps["compare"] + steps["draw"], *(steps[s] for s in ("compare", "draw", "list", "sentences"))]
            print(f"| {control} = {value} | {' | '.join(f'{ms:.0f}' for ms in steps)} |")


def moves(explorer: Any) -> Iterator[tuple[str, Any]]:
    """Move every control once to a value that it has not had, and some back."""
    side = explorer.controls["side"].options[1]
    yield from [
        ("n", 7), ("measure", "log ratio"), ("voice", "the outlet's own words"), ("voice", "quotations"),
        ("min_count", 2), ("names", True), ("side", side), ("voice", "all voices"), ("side", "all sides"),
        ("names", False), ("sources", explorer.controls["sources"].value[:2]),
    ]  # fmt: skip


def timed(call: Any) -> tuple[Any, float]:
    """Give what a call returns, and the seconds that it took."""
    begun = time.perf_counter()
    return call(), time.perf_counter() - begun


if __name__ == "__main__":
    main()
