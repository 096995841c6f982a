"""From the lines of an article to sentences and passages: every stretch of a sentence that has one voice.

Voices are `outlet` (the journalist's own words), `quote` (in marks, somebody's), `reported` (indirect speech) and
`scare` (in marks, nobody's: the outlet keeps its distance).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from analysis.sentences import Span, split_sentences
from analysis.text import MARKS, Line, Token, tokens_in
from analysis.voices import Marker, Reader, Stretch

OUTLET = Stretch(0, 0, "outlet")


class Passage(NamedTuple):
    """A stretch of a sentence in one voice: its place in the sentence's text, whose words it has, and the words.

    The words have their places in the line.
    """

    start: int
    end: int
    voice: str
    quotation: int | None
    speaker: str
    side: str
    verb: str
    tokens: tuple[Token, ...]


class Sentence(NamedTuple):
    """A sentence with its number in the article, its paragraph and section, its passages, and what marks speech.

    `offset` is its place in the line.
    """

    number: int
    paragraph: int
    section: str
    text: str
    passages: tuple[Passage, ...]
    markers: tuple[tuple[int, Marker], ...]  # with the index of the passage in which each stands
    offset: int


def split_article(lines: Sequence[Line], joined: re.Pattern[str] | None, reader: Reader) -> list[Sentence]:
    """Split the kept lines of an article into sentences and passages.

    Parameters
    ----------
    lines : sequence of Line
        In reading order.
    joined : pattern or None
        What no sentence boundary may cut: spellings of names with a full stop inside ('states. United').
    reader : Reader
        A new one for each article; it tells whose words are whose.

    Returns
    -------
    list of Sentence
        Numbered from 1; no sentence crosses a line. Quotations are numbered through the article; one that the next
        paragraph reopens keeps its number.
    """
    sentences: list[Sentence] = []
    numbered = 0
    for paragraph, (line, following) in enumerate(zip_longest(lines, lines[1:]), start=1):
        in_body = following is not None and line.section == following.section == "body"
        reopened = following.text[0] if in_body and MARKS.match(following.text) else ""
        continued = reader.is_open
        spans = split_sentences(line.text, joined, reader.words.forms)
        stretches, markers = reader.read_line(line.text, spans, reopened=reopened, headline=line.section != "body")
        found = sorted({s.quotation for s in stretches if s.quotation is not None})
        first = numbered if continued and found else numbered + 1
        numbers = dict(zip(found, range(first, first + len(found)), strict=True))
        numbered = first + len(found) - 1
        stretches = [s if s.quotation is None else replace(s, quotation=numbers[s.quotation]) for s in stretches]
        cuts = _cuts(stretches)
        for start, end in spans:
            passages = tuple(_passages(line.text, (start, end), cuts))
            text = line.text[start:end]
            starts = [p.start for p in passages]
            first_in, last_in = (bisect_left(markers, at, key=lambda m: m.start) for at in (start, end))
            own = tuple((bisect_right(starts, m.start - start) - 1, m) for m in markers[first_in:last_in])
            sentences.append(Sentence(len(sentences) + 1, paragraph, line.section, text, passages, own, start))
    return sentences


def _passages(text: str, sentence: Span, cuts: Sequence[tuple[int, Stretch]]) -> Iterator[Passage]:
    """Cut a sentence where a stretch begins or ends; a piece without a word joins the one before it."""
    start, end = sentence
    tokens = tokens_in(text, start, end)
    cut = bisect_right(cuts, start, key=lambda cut: cut[0]) - 1
    if cut + 1 == len(cuts) or cuts[cut + 1][0] > tokens[-1].start:
        runs = [(0, cuts[cut][1], tokens)]
    else:
        runs = _runs(tokens, cuts, cut, start)
    stops = [at for at, _, _ in runs[1:]] + [end - start]
    for i, ((at, own, tokens), stop) in enumerate(zip(runs, stops, strict=True)):
        yield Passage(at if i else 0, stop, own.voice, own.quotation, own.speaker, own.side, own.verb, tuple(tokens))


def _runs(
    tokens: Sequence[Token], cuts: Sequence[tuple[int, Stretch]], cut: int, start: int
) -> list[tuple[int, Stretch, list[Token]]]:
    """Divide words by the stretch in which they stand; the first begins in the stretch of that number."""
    runs: list[tuple[int, Stretch, list[Token]]] = []
    for token in tokens:
        while cut + 1 < len(cuts) and cuts[cut + 1][0] <= token.start:
            cut += 1
        at, own = cuts[cut]
        if not runs or runs[-1][1] != own:  # empty marks between two stretches do not part them
            runs.append((max(at - start, 0), own, []))
        runs[-1][2].append(token)
    return runs


def _cuts(stretches: Sequence[Stretch]) -> list[tuple[int, Stretch]]:
    """Say from which place of a line on which stretch holds, the innermost first."""
    cuts = [(0, OUTLET)]
    around: list[Stretch] = []
    for stretch in [*stretches, None]:
        while around and (stretch is None or around[-1].end <= stretch.start):
            ended = around.pop()
            cuts.append((ended.end, around[-1] if around else OUTLET))
        if stretch is not None:
            cuts.append((stretch.start, stretch))
            around.append(stretch)
    return cuts
