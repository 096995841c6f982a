"""From lines to sentences and passages: where a sentence ends, and whose words each stretch of it is.

A passage is the longest stretch of one sentence in one voice. Voices are told apart by quotation marks alone:
what stands between marks is `quote`, the rest `outlet`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, zip_longest

from analysis.text import Line, Token, tokenize

Span = tuple[int, int]
_DOUBLE, _SINGLE = '"“”„«»', "'‘’‚‹›"
_MARKS = re.compile(f"[{_DOUBLE}{_SINGLE}]")
_OPENING = "“„«‘‚‹"
# nupunkt takes some plain words ('chaos.', 'per cent.') for abbreviations: after a lower-case word of four letters or
# more that is none, a capital begins a sentence.
_MISSED = re.compile(
    r"(?<![\w'’-])(?!(?:approx|assn|capt|corp|dept|govt|inst|prof|sept|univ)\.)[a-z]{4,}[.!?][\"”’)\]]*"
    r"\s+(?=[\"“‘(\[]?[A-Z])"
)
_SINGLE_REACH = 300  # characters; a single mark that is not closed within them is an apostrophe


@dataclass(frozen=True)
class Passage:
    """A stretch of a sentence in one voice: its place in the sentence's text, and its words."""

    start: int
    end: int
    voice: str
    quotation: int | None
    tokens: tuple[Token, ...]


@dataclass(frozen=True)
class Sentence:
    """A sentence with its number in the article, its paragraph and section, and its passages."""

    number: int
    paragraph: int
    section: str
    text: str
    passages: tuple[Passage, ...]


def split_article(lines: Sequence[Line], joined: re.Pattern[str] | None, verbs: frozenset[str]) -> list[Sentence]:
    """Split the kept lines of an article into sentences and passages.

    Parameters
    ----------
    lines : sequence of Line
        In reading order.
    joined : pattern or None
        What no sentence boundary may cut: spellings of names with a full stop inside ('states. United').
    verbs : frozenset of str
        Reporting verbs, by which a cut-off '“He said.' is known to belong to the quotation before it.

    Returns
    -------
    list of Sentence
        Numbered from 1; no sentence crosses a line, and neither does a quotation.
    """
    sentences: list[Sentence] = []
    quotations = 0
    for paragraph, line in enumerate(lines, start=1):
        quotes = find_quotations(line.text)
        for start, end in split_sentences(line.text, joined, verbs):
            passages = tuple(_passages(line.text, (start, end), quotes, quotations))
            sentences.append(
                Sentence(len(sentences) + 1, paragraph, line.section, line.text[start:end], passages)
            )  # fmt: skip
        quotations += len(quotes)
    return sentences


# --------------------------------------------------------------------------------------------- sentences


@cache
def _splitter() -> Callable[[str], Iterable[Span]]:
    from nupunkt import sent_spans  # loads its model on first use

    return sent_spans


def split_sentences(text: str, joined: re.Pattern[str] | None, verbs: frozenset[str]) -> list[Span]:
    """Find the sentences of one line: nupunkt's boundaries, less those that translation engines put inside.

    Returns
    -------
    list of (start, end)
        Without the blanks around them. Every word of the line is in exactly one of them.
    """
    spans: list[Span] = []
    uncut = [m.span() for m in joined.finditer(text)] if joined else []
    for start, end in _boundaries(text):
        piece = text[start:end]
        start, end = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if start >= end:
            continue
        if spans and (_continues(text[start:end], text[spans[-1][0] : spans[-1][1]], verbs)
                      or any(a < start < b for a, b in uncut)):  # fmt: skip
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [(a, b) for a, b in spans if tokenize(text[a:b])]


def _boundaries(text: str) -> Iterator[Span]:
    for start, end in _splitter()(text):
        cuts = [start, *(m.end() for m in _MISSED.finditer(text, start, end)), end]
        yield from pairwise(cuts)


def _continues(piece: str, before: str, verbs: frozenset[str]) -> bool:
    """Tell whether a piece belongs to the sentence before it.

    It does when it has no word; when its first word is in lower case ('on Tuesday. in which'); and when it is
    nothing but the attribution of a quotation ('“He said.').
    """
    words = [t.text for t in tokenize(piece)]
    if not words or (words[0].islower() and not words[0][0].isdigit()):
        return True
    return len(words) <= 3 and bool(_MARKS.search(before)) and bool({w.lower() for w in (words[0], words[-1])} & verbs)


# --------------------------------------------------------------------------------------------- quotations


def find_quotations(text: str) -> list[Span]:
    """Find the quotations of one line, marks included: curly or straight, facing either way, balanced or not.

    A mark opens or closes by what stands beside it; where that does not decide, by its shape. A quotation that is
    never closed, or closed by another that opens, ends with its sentence, so that it swallows nothing; a mark
    between two blanks is no mark; a single mark counts only as one of a pair, the others being apostrophes.

    Returns
    -------
    list of (start, end)
        In order and without overlap.
    """
    found: list[Span] = []
    opened: int | None = None
    last = len(text.rstrip()) - 1
    marks = [m.start() for m in _MARKS.finditer(text) if m[0] in _DOUBLE]
    for at, following in zip_longest(marks, marks[1:]):
        facing = _facing(text, at, last, opened is not None)
        closes_later = following is not None and _facing(text, following, last, True) == "close"
        if facing == "open" and opened is not None and not closes_later:
            facing = "close"  # wrongly faced: nothing that it could open is ever closed
        if facing == "close" and opened is not None:
            found.append((opened, at + 1))
            opened = None
        elif facing == "open":
            if opened is not None:
                found.append((opened, _sentence_end(text, opened, at)))
            opened = at
    if opened is not None:
        found.append((opened, _sentence_end(text, opened, len(text))))
    return sorted(found + _single_quotations(text, found))


def _facing(text: str, at: int, last: int, inside: bool) -> str:
    """Say whether the mark opens, closes or neither; `inside` a quotation, a mark alone between blanks may close."""
    before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
    blank_before = before.isspace() or before in "([{–—-/" + _OPENING
    blank_after = after.isspace() or after in ".,;:!?)]}–—-/…”’»›"
    if blank_before and blank_after:
        alone = before.isspace() and at < last and (text[at] in _OPENING or (after.isspace() and not inside))
        return "neither" if alone else "close"
    if blank_before != blank_after:
        return "open" if blank_before else "close"
    return "open" if text[at] in _OPENING else "close"


def _sentence_end(text: str, start: int, limit: int) -> int:
    """Find where an unclosed quotation ends: with the first sentence in it that ends before the limit."""
    ends = [end for _, end in split_sentences(text[start:limit], None, frozenset())]
    return start + ends[0] if ends else limit


def _single_quotations(text: str, found: Sequence[Span]) -> list[Span]:
    """Pair single marks outside the quotations found: one that opens with the next that can only be closing."""
    pairs: list[Span] = []
    opened: int | None = None
    for m in _MARKS.finditer(text):
        at, mark = m.start(), m[0]
        inside = bisect_right(found, at, key=lambda quote: quote[0])
        if mark not in _SINGLE or (inside and at < found[inside - 1][1]):
            continue
        if opened is not None and inside and found[inside - 1][0] > opened:
            opened = None  # a quotation in double marks lies between
        before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
        near = opened is not None and at - opened <= _SINGLE_REACH
        if not before.isalnum() and after.isalnum() and mark != "’" and not near:
            opened = at
        elif opened is not None and near and not before.isspace() and not after.isalnum() and mark != "‘":
            pairs.append((opened, at + 1))
            opened = None
    return pairs


# ----------------------------------------------------------------------------------------------- passages


def _passages(text: str, sentence: Span, quotes: Sequence[Span], numbered: int) -> Iterator[Passage]:
    """Cut a sentence where a quotation begins or ends; a stretch without a word joins the one before it."""
    start, end = sentence
    cuts: list[tuple[int, str, int | None]] = [(start, "outlet", None)]
    first = bisect_right(quotes, start, key=lambda quote: quote[1])
    for number, (a, b) in enumerate(quotes[first:], start=numbered + first + 1):
        if a >= end:
            break
        cuts += [(max(a, start), "quote", number), (b, "outlet", None)]
    starts = [at for at, _, _ in cuts]
    runs: list[tuple[int, str, int | None, list[Token]]] = []
    for token in tokenize(text[start:end]):
        cut = cuts[bisect_right(starts, start + token.start) - 1]
        if not runs or runs[-1][1:3] != cut[1:]:  # empty marks between two stretches do not part them
            runs.append((cut[0] - start, cut[1], cut[2], []))
        runs[-1][3].append(token)
    stops = [at for at, _, _, _ in runs[1:]] + [end - start]
    for i, (run, stop) in enumerate(zip(runs, stops, strict=True)):
        yield Passage(run[0] if i else 0, stop, run[1], run[2], tuple(run[3]))
