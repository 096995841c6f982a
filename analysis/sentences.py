"""Where a sentence ends: nupunkt's boundaries, repaired where news and translation engines break them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

from analysis.text import DOUBLE_MARKS, MARKS, SINGLE_MARKS, Token, tokens_in

Span = tuple[int, int]
_ASKED = re.compile(rf"[?!][{DOUBLE_MARKS}{SINGLE_MARKS}]+$")  # a question or call in marks that ends here
# nupunkt takes some plain words ('chaos.', 'per cent.') for abbreviations: after a lower-case word of four letters or
# more that is none, a capital begins a sentence.
_MISSED = re.compile(
    r"(?<![\w'’-])(?!(?:approx|assn|capt|corp|dept|govt|inst|prof|sept|univ)\.)[a-z]{4,}[.!?][\"”’)\]]*"
    r"\s+(?=[\"“‘(\[]?[A-Z])"
)


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
        if spans and (_continues(tokens_in(text, start, end), text[slice(*spans[-1])], verbs)
                      or any(a < start < b for a, b in uncut)):  # fmt: skip
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [(a, b) for a, b in spans if tokens_in(text, a, b)]


def _boundaries(text: str) -> Iterator[Span]:
    for start, end in _splitter()(text):
        cuts = [start, *(m.end() for m in _MISSED.finditer(text, start, end)), end]
        yield from pairwise(cuts)


def _continues(piece: Sequence[Token], before: str, verbs: frozenset[str]) -> bool:
    """Tell whether a piece belongs to the sentence before it.

    It does when it has no word; when its first word is in lower case ('on Tuesday. in which'); when it is nothing
    but the attribution of a quotation ('“He said.'); and when it is that of a question ('“Why?” Ms Keel asked them.').
    """
    words = [token.text for token in piece]
    if not words or (words[0].islower() and not words[0][0].isdigit()):
        return True
    if len(words) <= 3 and MARKS.search(before) and {w.lower() for w in (words[0], words[-1])} & verbs:
        return True
    verb = next((i for i, w in enumerate(words[:5]) if w.lower() in verbs), 0)
    named = all(w[0].isupper() or i == verb - 1 for i, w in enumerate(words[:verb]))
    return bool(verb and named and _ASKED.search(before)) and len(words) - verb <= 6 and "that" not in words
