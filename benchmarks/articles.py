"""News-like articles, as many as wanted and the same in every run: what the benchmarks read.

    python benchmarks/articles.py 10000 DIR    # a corpus folder with 10,000 articles

Words follow Zipf and Mandelbrot's law over a vocabulary of 60,000: function words first, words of TextBlob's lexicon
among the rest, which are made of syllables. A third of the sentences report speech, directly or indirectly, by persons
and bodies of `corpus/example`, whose judgements (codebook, sides, spellings) the folder takes over. An article has some
450 words; one in fifty repeats paragraphs of the one before it, as wire copy does.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from analysis.codebook import read_codebook
from analysis.speakers import read_sides
from analysis.terms import read_stopwords

VOCABULARY = 60_000
SOURCES = ("Bell", "Courier", "Harbour Wire", "Lantern", "Meridian")
EXAMPLE = Path(__file__).resolve().parents[1] / "corpus" / "example"
CHUNK = 500  # articles drawn at a time
WORDS = 390  # a last sentence and the names come on top


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Frequent words in about the order of English, so that the head of the distribution is not alphabetical.
FIRST = _words(
    "the of to and a in that is was for it with as his on be at by i this had not are but from or have an they "
    "which one were all her she there would their we him been has when who will no more if out so up said what "
    "its about than into them can only other time new some could these two may first then do any like my now over "
    "such our man me even most made after also well did many before must years through very much where your way "
    "down should because long each just state those people too"
)
STARTS = _words("b br c ch cl d dr f fl g gr h j k l m n p pl pr qu r s sc sh sl sp st t th tr v w")
MIDDLES = _words("a ai au e ea ee i ia o oa oi oo ou u")
ENDS = _words("b ck d ft g l lm m n nd ng nt p r rd rk rn s sk ss st t tch th")
VERBS = ("said", "told reporters", "warned", "insisted", "added", "replied", "claimed", "argued")
SAID_THAT = ("said that", "warned that", "insisted that", "said", "denied that", "told reporters that", "claimed that")
OFFICES = ("Foreign Minister", "Defence Minister", "spokesman", "President", "union leader", "")


@dataclass(frozen=True)
class Made:
    """One article as it would be found: its name, outlet, headline, and raw text."""

    article_id: str
    source: str
    title: str
    text: str


@cache
def vocabulary() -> np.ndarray:
    """Give the 60,000 words from the most frequent to the rarest."""
    from textblob.en import sentiment

    sentiment.load()
    framing = {w for i in read_codebook(EXAMPLE).indicators for wording in i.pattern.wordings for w in wording.words}
    scored = sorted(w for w in {*sentiment, *framing} if w.isalpha() and w.islower() and w not in FIRST)
    function = [w for w in sorted(read_stopwords(EXAMPLE)) if w not in {*FIRST, *scored} and w.isalpha()]
    rng = np.random.default_rng(1)
    made: dict[str, None] = {}
    taken = {*FIRST, *scored, *function}
    while len(made) < VOCABULARY:
        parts = [rng.choice(p, 40_000) for p in (STARTS, MIDDLES, ENDS, STARTS, MIDDLES, ENDS)]
        sizes = rng.integers(1, 3, 40_000)
        for i, size in enumerate(sizes):
            word = "".join(p[i] for p in parts[: 3 * size])
            if len(word) > 2 and word not in taken:
                made.setdefault(word)
    rest = list(made)
    for rank, word in enumerate(scored):  # one in seven words down to rank 20,000
        rest.insert(7 * rank, word)
    for rank in range(40, len(rest), 50):  # and what news has beside plain words
        number = str(rng.integers(2, 90_000))
        rest[rank] = (f"{rest[rank]}-{rest[rank - 1]}", number, f"{rest[rank]}'s", f"{rest[rank]}n't")[rank // 50 % 4]
    return np.array([*FIRST, *function, *rest][:VOCABULARY], dtype=object)


@cache
def _cumulative() -> np.ndarray:
    """Give the distribution of ranks: Zipf and Mandelbrot, p(r) ~ (r + 2.7)^-1.05."""
    weights = (np.arange(1, VOCABULARY + 1) + 2.7) ** -1.05
    return np.cumsum(weights) / weights.sum()


@cache
def _speakers() -> list[str]:
    """Name persons with and without an office, bodies, and countries' people."""
    names = sorted(read_sides(EXAMPLE)[""].names.items())
    full = [" ".join(words) for words, speaker in names if speaker.kind == "person" and len(words) > 1]
    bodies = [f"the {' '.join(words)}" for words, speaker in names if speaker.kind == "body" and words[-1][0].isupper()]
    held = [f"{OFFICES[i % len(OFFICES)]} {name}".strip() for i, name in enumerate(full)]
    return [*held, *(name.split()[-1] for name in full), *bodies, "a Verranian official", "he", "she"]


def make_articles(n: int, seed: int = 7) -> Iterator[Made]:
    """Make n articles; the first k of them are the same whatever n is."""
    before: list[str] = []
    for chunk in range((n + CHUNK - 1) // CHUNK):
        rng = np.random.default_rng([seed, chunk])
        words = iter(vocabulary()[np.searchsorted(_cumulative(), rng.random(CHUNK * 620))].tolist())
        numbers = iter(rng.integers(0, 1 << 30, CHUNK * 260).tolist())
        lengths = iter(np.clip(rng.normal(21, 8, CHUNK * 70), 4, 60).astype(int).tolist())
        for i in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            source = SOURCES[next(numbers) % len(SOURCES)]
            title = " ".join(next(words) for _ in range(8)).capitalize()
            paragraphs = list(_paragraphs(words, numbers, lengths))
            if i % 50 == 49:
                paragraphs[1:4] = before[1:4]
            before = paragraphs
            yield Made(f"made-{i:07d}", source, title, "\n".join([title, *paragraphs]) + "\n")


def _paragraphs(words: Iterator[str], numbers: Iterator[int], lengths: Iterator[int]) -> Iterator[str]:
    written = 0
    while written < WORDS:
        sentences = []
        for _ in range(1 + next(numbers) % 3):
            size = next(lengths)
            written += size
            sentences.append(_sentence([next(words) for _ in range(size)], next(numbers)))
        yield " ".join(sentences)


def _sentence(words: list[str], number: int) -> str:
    """Write words as a sentence: told, quoted, or reported."""
    kind, number = number % 18, number // 18
    who = _speakers()[number % len(_speakers())]
    text = " ".join(words)
    middle = len(words) // 2
    first, second = " ".join(words[:middle]), " ".join(words[middle:])
    if kind == 0:
        return f"“{text.capitalize()},” {who} {VERBS[number % len(VERBS)]}."
    if kind == 1:
        return f'"{first.capitalize()}," said {who}. "{second.capitalize()}."'
    if kind in (2, 3):
        return f"{who[0].upper()}{who[1:]} {SAID_THAT[number % len(SAID_THAT)]} {text}."
    if kind == 4:
        return f"{text.capitalize()}, {who} said on Tuesday."
    if kind == 5:
        return (
            f"{first.capitalize()} “{' '.join(words[middle : middle + 3])}” {' '.join(words[middle + 3 :])}.".replace(
                " .", "."
            )
        )
    if kind == 6:
        return f"According to {who}, {first}, {second}."
    return f"{first.capitalize()}, {second}." if number % 3 == 0 else f"{text.capitalize()}."


def write_folder(folder: Path, n: int) -> Path:
    """Write a corpus folder with n articles, ready to be built."""
    (folder / "text").mkdir(parents=True, exist_ok=True)
    for name in ("codebook.toml", "sides.toml", "voices.toml", "stopwords.txt", "variants.toml"):
        text = (EXAMPLE / name).read_text(encoding="utf-8")
        text = re.sub(r"^\[held_out\].*?(?=^\[|\Z)", "", text, flags=re.M | re.S)  # articles that are not here
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "articles.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["article_id", "source", "title", "date"])
        for article in make_articles(n):
            rows.writerow([article.article_id, article.source, article.title, "2032-01-22"])
            (folder / "text" / f"{article.article_id}.txt").write_text(article.text, encoding="utf-8")
    return folder


if __name__ == "__main__":
    write_folder(Path(sys.argv[2]), int(sys.argv[1]))
