"""How well the rules reproduce a reading: voices compared with what a reader marked by hand in voices_gold.csv.

Both are compared word by word, so that a mark or a full stop more or less does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import pandas as pd

from analysis.build import Article, read_judgements, split_text
from analysis.matching import match_texts
from analysis.storage import corpus_folder
from analysis.tables import read_metadata, read_table
from analysis.text import tokenize

GOLD = "voices_gold"
SPOKEN = ("quote", "reported")
Place = tuple[int, int]  # line of the raw file, word in it


@dataclass(frozen=True)
class _Run:
    """Words that stand side by side in one voice and belong to one speaker."""

    voice: str
    speaker: str
    side: str
    words: tuple[Place, ...]


def score_voices(name: str | Path, text: str | Path | None = None) -> pd.DataFrame:
    """Say how well the rules tell who is speaking, against what a reader marked by hand.

    Parameters
    ----------
    name : str or Path
        A corpus with its text and a voices_gold.csv; `part` there is 'tuning' or 'final' (whoever changes the rules
        never reads the texts of 'final').
    text : str or Path, optional
        The folder of raw texts; `text/` in the corpus folder otherwise.

    Returns
    -------
    DataFrame
        One row per part and measure: part, measure, value (0 to 1), hits, n. `quotation exact` is the F1 of stretches
        in marks (speech and scare quotes) that have the same words and the same voice on both sides; `overlap` counts a
        stretch as found when one of the same voice shares a word with it. `side` is the share of the reader's
        stretches whose words the rules mostly give to the same side; a stretch that was missed has a wrong side.

    Raises
    ------
    ValueError
        There is no voices_gold.csv, or a row of it fits no article, text or word.

    Notes
    -----
    A stretch is what is left of a mark when those inside it are taken out, so that a quotation in a quotation counts
    for itself. Labels, and scare quotes inside a quotation, are no voice of their own.
    """
    folder = corpus_folder(name)
    metadata = read_metadata(folder)
    texts = match_texts(metadata, Path(text) if text else folder / "text")
    if not (folder / f"{GOLD}.csv").exists():
        raise ValueError(f"{folder.name} has no {GOLD}.csv; a reader marks there who speaks (see corpus/example)")
    gold = read_table(folder, GOLD)
    judgements = read_judgements(folder)
    unknown = sorted(set(gold["article_id"]) - set(texts))
    if unknown:
        raise ValueError(f"{GOLD}.csv: article_id {unknown[0]!r} stands in no row of articles.csv")
    read, found, words = {}, {}, {}
    for meta in metadata[metadata["article_id"].isin(gold["article_id"])].to_dict("records"):
        article_id = str(meta["article_id"])
        article = split_text(meta, texts[article_id], judgements)
        read[article_id] = _read_runs(article_id, texts[article_id], gold[gold["article_id"] == article_id])
        found[article_id], words[article_id] = _found_runs(article, texts[article_id])
    part_of = gold.groupby("article_id")["part"].first()
    parts = {part: [a for a in read if part_of[a] == part] for part in sorted(set(part_of), reverse=True)}
    rows = [
        {"part": part, **row}
        for part, articles in parts.items()
        for row in _measures([read[a] for a in articles], [found[a] for a in articles], [words[a] for a in articles])
    ]
    return pd.DataFrame(rows)


# -------------------------------------------------------------------------------------- runs of words


def _read_runs(article_id: str, raw: str, gold: pd.DataFrame) -> list[_Run]:
    """Give the reader's stretches of one article, by their words."""
    marks = gold.sort_values(["start", "end"], ascending=[True, False]).to_dict("records")
    owner: dict[Place, int] = {}
    for i, mark in enumerate(marks):
        place = f"{GOLD}.csv: {article_id}, {mark['start']} to {mark['end']}"
        if not 0 <= mark["start"] < mark["end"] <= len(raw):
            raise ValueError(f"{place}: the text has {len(raw)} characters")
        line = raw.count("\n", 0, mark["start"])
        begin = raw.rfind("\n", 0, mark["start"]) + 1
        end = begin + len(raw[begin:].partition("\n")[0])
        if mark["end"] > end:
            raise ValueError(f"{place}: goes beyond its line")
        words = [
            (line, n) for n, t in enumerate(tokenize(raw[begin:end])) if mark["start"] <= begin + t.start < mark["end"]
        ]
        if not words:
            raise ValueError(f"{place}: has no word")
        if mark["kind"] == "label":
            continue
        inside_quotation = words[0] in owner and marks[owner[words[0]]]["kind"] == "quote"
        if mark["kind"] == "scare" and inside_quotation:
            continue
        owner.update(dict.fromkeys(words, i))
    return list(_runs([(p, owner[p]) for p in sorted(owner)],
                      {i: (m["kind"], m["speaker"], m["side"]) for i, m in enumerate(marks)}))  # fmt: skip


def _found_runs(article: Article, raw: str) -> tuple[list[_Run], dict[Place, str]]:
    """Give the stretches that the rules find, and the voice of every word."""
    lines = raw.split("\n")
    places: list[Place] = []
    for line in article.lines:
        if line.number:
            places += _places(line.text, lines[line.number - 1], line.number - 1)
        else:
            places += [(-1, n) for n in range(len(tokenize(line.text)))]
    owned: list[tuple[Place, object]] = []
    voices: dict[Place, str] = {}
    keys: dict[object, tuple[str, str, str]] = {}
    at = 0
    for sentence in article.sentences:
        for n, passage in enumerate(sentence.passages):
            number = passage.quotation if passage.voice == "quote" else (sentence.number, n)
            key = (passage.voice, passage.speaker, passage.side, number)
            keys[key] = (passage.voice, passage.speaker, passage.side)
            for _ in passage.tokens:
                voices[places[at]] = passage.voice
                if passage.voice != "outlet":
                    owned.append((places[at], key))
                at += 1
    return list(_runs(sorted(owned, key=lambda o: o[0]), keys)), voices


def _places(cleaned: str, raw: str, number: int) -> Iterator[Place]:
    """Say which words of the raw line are those of the cleaned one."""
    ours, theirs = [t.text for t in tokenize(cleaned)], [t.text for t in tokenize(raw)]
    matched: dict[int, int] = {}
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        matched.update({block.a + k: block.b + k for k in range(block.size)})
    for i in range(len(ours)):
        yield number, matched.get(i, -1 - i)


def _runs(owned: Sequence[tuple[Place, object]], keys: Mapping[object, tuple[str, str, str]]) -> Iterator[_Run]:
    """Join neighbouring words of one owner."""
    run: list[Place] = []
    for i, (place, key) in enumerate(owned):
        run.append(place)
        following = owned[i + 1] if i + 1 < len(owned) else None
        if following is None or following[1] != key or following[0] != (place[0], place[1] + 1):
            yield _Run(*keys[key], tuple(run))
            run = []


# ------------------------------------------------------------------------------------------- measures


def _measures(
    read: Sequence[list[_Run]], found: Sequence[list[_Run]], voices: Sequence[dict[Place, str]]
) -> Iterator[dict[str, object]]:
    marked = {"quotation": ("quote", "scare"), "scare quote": ("scare",), "indirect speech": ("reported",)}
    for label, kinds in marked.items():
        ours = [[r for r in runs if r.voice in kinds] for runs in read]
        theirs = [[r for r in runs if r.voice in kinds] for runs in found]
        yield {"measure": f"{label}: span F1, exact", **_f1(ours, theirs, exact=True)}
        yield {"measure": f"{label}: span F1, overlap", **_f1(ours, theirs, exact=False)}
    right = [
        voices_.get(place, "outlet") == voice
        for runs, voices_ in zip(read, voices, strict=True)
        for place, voice in _voice_of(runs, voices_)
    ]
    yield {"measure": "voice of a word", **_share(right)}
    for label, kinds in {"quotation": ("quote",), "indirect speech": ("reported",)}.items():
        for what in ("side", "speaker"):
            sides = [
                _same(what, run, runs)
                for ours, runs in zip(read, found, strict=True)
                for run in ours
                if run.voice in kinds
            ]
            yield {"measure": f"{label}: {what}", **_share(sides)}


def _voice_of(runs: Sequence[_Run], voices: Mapping[Place, str]) -> Iterator[tuple[Place, str]]:
    by_reader = {place: run.voice for run in runs for place in run.words}
    for place in voices:
        yield place, by_reader.get(place, "outlet")


def _same(what: str, run: _Run, found: Sequence[_Run]) -> bool:
    """Compare with the found stretch of speech that has most of the run's words."""
    words = set(run.words)
    best = max(
        (r for r in found if r.voice in SPOKEN and words & set(r.words)),
        key=lambda r: len(words & set(r.words)),
        default=None,
    )
    if best is None or 2 * len(words & set(best.words)) < len(words):
        return False
    if what == "side":
        return best.side == run.side
    ours, theirs = (_name(r.speaker) for r in (run, best))
    return ours == theirs


def _name(speaker: str) -> str:
    """Take a speaker's last word: the surname of a person, the head of most other names."""
    words = [t.text.lower() for t in tokenize(speaker)]
    return words[-1] if words else ""


def _f1(read: Sequence[list[_Run]], found: Sequence[list[_Run]], *, exact: bool) -> dict[str, float]:
    hits = [0, 0]
    for ours, theirs in zip(read, found, strict=True):
        for side, (one, other) in enumerate(((ours, theirs), (theirs, ours))):
            for run in one:
                hits[side] += any(
                    r.voice == run.voice and (r.words == run.words if exact else bool(set(r.words) & set(run.words)))
                    for r in other
                )
    n_read, n_found = sum(map(len, read)), sum(map(len, found))
    total = n_read + n_found
    return {"value": sum(hits) / total if total else float("nan"), "hits": hits[0], "n": n_read}


def _share(right: Sequence[bool]) -> dict[str, float]:
    return {"value": sum(right) / len(right) if right else float("nan"), "hits": sum(right), "n": len(right)}
