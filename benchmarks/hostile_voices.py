"""Voices in hostile text: how time grows with length, and a fuzz run that must neither crash nor lose a word.

    python benchmarks/hostile_voices.py [ROUNDS]

Growth is the time for twice the text over the time for the text, measured side by side: 2 is linear, 4 quadratic.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from analysis.passages import split_article
from analysis.speakers import read_sides
from analysis.text import Line, tokenize
from analysis.voices import Reader
from analysis.wordlists import read_voice_words

FOLDER = Path(__file__).parents[1] / "corpus" / "example"
WORDS, SIDES = read_voice_words(FOLDER), read_sides(FOLDER)[""]
HOSTILE = {
    "10,000 quotation marks": '"' * 10_000,
    "only opening marks": "“a " * 10_000,
    "only closing marks": "a” " * 10_000,
    "nested marks": "“a ‘b “c” d’ e” " * 2_500,
    "single marks and apostrophes": "the workers’ ‘rights’ don't " * 2_500,
    "a quotation a sentence": "“No,” Hask said. “Never.” " * 2_500,
    "a name a word": "Tobin Hask " * 10_000,
    "a verb a word": "said denied accused that " * 5_000,
    "no full stop": "said Hask that the river and " * 8_000,
    "mixed scripts": "Он «сказал» “no” 他說「不」 said هو ‘لا’ " * 2_500,
    "a paragraph reopened each line": "“It rained.\n" * 2_500,
}
PIECES = [
    *"ab .,;:\"'“”‘’«»()-–—?!\n",
    " said",
    " Hask",
    " the",
    " that",
    " he",
    " “",
    "” ",
    ". It",
    " so-called ",
    " «",
    "» ",
]


def split(text: str) -> float:
    """Read a text as one article and give the seconds; every word must be in exactly one passage."""
    lines = [Line(n, line, "body") for n, line in enumerate(filter(str.strip, text.split("\n")), start=1)]
    start = time.perf_counter()
    sentences = split_article(lines, None, Reader(WORDS, SIDES))
    seconds = time.perf_counter() - start
    words = sum(len(p.tokens) for s in sentences for p in s.passages)
    if words != sum(len(tokenize(line.text)) for line in lines):
        raise SystemExit(f"a word is lost or doubled in {text[:200]!r}")
    return seconds


def main(rounds: int = 2_000) -> None:
    """Print growth for each hostile text, then fuzz."""
    split("Warm up, said Hask.")
    for name, text in HOSTILE.items():
        half = text[: len(text) // 2]
        once, twice = min(split(half) for _ in range(2)), min(split(text) for _ in range(2))
        print(f"{name:32} {len(text) / 1000:7.0f} kB  {twice:6.2f} s  growth {twice / once:4.1f}")
    rng = random.Random(0)
    for _ in range(rounds):
        split("".join(rng.choices(PIECES, k=rng.randint(1, 120))))
    print(f"{rounds:,} random texts: none crashed, no word lost")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
