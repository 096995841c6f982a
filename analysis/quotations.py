"""Where a quotation begins and ends, whatever marks it stands in; not yet whose it is.

A mark opens or closes by what stands beside it; where that does not decide, by its shape. No quotation crosses a
line, and a missing mark costs a sentence at most, never the rest of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.sentences import Span, split_sentences
from analysis.text import DOUBLE_MARKS, MARKS, SINGLE_MARKS

_OPENING = "“„«‘‚‹"
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|us|me|[Mm]y|[Oo]ur)\b")
_SINGLE_REACH = 1500  # characters; a single mark that is not closed within them is an apostrophe
_SINGLES_TRIED = 12  # closing candidates; so that apostrophes without end cost no more than linear time


@dataclass(frozen=True)
class Quotation:
    """A stretch in quotation marks, marks included: its place in the line, and how many others it stands in."""

    start: int
    end: int
    depth: int


def find_quotations(text: str, verbs: frozenset[str] = frozenset(), *, reopened: str = "") -> list[Quotation]:
    """Find the quotations of one line: curly or straight, double or single, facing either way, balanced or not.

    A quotation that is never closed ends with its sentence, or before the ', he said' in it; a mark between two
    blanks is no mark; a single mark counts only as one of a pair, the others being apostrophes.

    Parameters
    ----------
    text : str
        One line.
    verbs : frozenset of str
        Forms of reporting verbs, by which an attribution inside an unclosed quotation is known.
    reopened : str
        The quotation mark with which the next line begins, if it does: by convention a quotation in such marks that is
        left open here goes to the end of the line.

    Returns
    -------
    list of Quotation
        In reading order, an outer one before those inside it; two either lie apart or one in the other.
    """
    spans = _double_quotations(text, verbs, reopened=reopened != "" and reopened in DOUBLE_MARKS)
    spans += _single_quotations(text, sorted(spans), reopened=reopened != "" and reopened in SINGLE_MARKS)
    quotations: list[Quotation] = []
    outer: list[int] = []  # ends of the quotations that the present place lies in
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        while outer and outer[-1] <= start:
            outer.pop()
        quotations.append(Quotation(start, end, len(outer)))
        outer.append(end)
    return quotations


def _double_quotations(text: str, verbs: frozenset[str], *, reopened: bool) -> list[Span]:
    """Pair double marks; a second one opens inside the first only where two closing marks follow it."""
    found: list[Span] = []
    opened: list[int] = []
    last = len(text.rstrip()) - 1
    marks = [m.start() for m in MARKS.finditer(text) if m[0] in DOUBLE_MARKS]
    for i, at in enumerate(marks):
        closing = [_facing(text, later, last, inside=True) == "close" for later in marks[i + 1 : i + 4]]
        facing = _facing(text, at, last, inside=bool(opened))
        if facing == "open" and opened and not (closing[:1] == [True] or closing == [False, True, True]):
            facing = "close"  # wrongly faced: nothing that it could open is ever closed
        if facing == "close" and opened:
            found.append((opened.pop(), at + 1))
        elif facing == "open":
            if opened and not (len(opened) == 1 and closing[:2] == [True, True]):
                found.append((opened[0], _cut_off(text, opened[0], at, verbs)))
                opened = []
            opened.append(at)
    if opened:
        end = _cut_off(text, opened[0], len(text), verbs)
        if reopened and text[end - 1] != ",":
            end = len(text.rstrip())
        found = [span for span in found if span[1] <= end or span[0] < opened[0]]
        found.append((opened[0], max([end, *(b for a, b in found if a > opened[0])])))
    return found


def _facing(text: str, at: int, last: int, *, inside: bool) -> str:
    """Say whether the mark opens, closes or neither; `inside` a quotation, a mark alone between blanks may close."""
    before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
    blank_before = before.isspace() or before in "([{–—-/" + _OPENING
    blank_after = after.isspace() or after in ".,;:!?)]}–—-/…”’»›"
    if blank_before and blank_after and text[at] in "«»" and at < last:
        return "close" if inside else "open"  # French sets a blank inside them
    if blank_before and blank_after:
        alone = before.isspace() and at < last and (text[at] in _OPENING or (after.isspace() and not inside))
        return "neither" if alone else "close"
    if blank_before != blank_after:
        return "open" if blank_before else "close"
    return "open" if text[at] in _OPENING else "close"


def _cut_off(text: str, start: int, limit: int, verbs: frozenset[str]) -> int:
    """Find where an unclosed quotation ends: before the attribution in its first sentence, else with the sentence.

    It goes on as long as the speaker says 'I' or 'we'.
    """
    ends = [start + end for _, end in split_sentences(text[start:limit], None, frozenset())] or [limit]
    for comma in re.finditer(r",\s+(?=((?:[\w’']+\s+){0,3}[\w’']+))", text[start : ends[0]]):
        words = comma[1].split()
        verb = next((i for i, word in enumerate(words) if word.lower() in verbs), -1)
        named = verb == 0 or words[0] in ("he", "she", "they", "it", "the") or words[0][0].isupper()
        if verb >= 0 and named:
            return start + comma.start() + 1
    last = 0
    while last + 1 < len(ends) and _FIRST_PERSON.search(text, ends[last], ends[last + 1]):
        last += 1
    return ends[last]


def _single_quotations(text: str, double: Sequence[Span], *, reopened: bool) -> list[Span]:
    """Pair single marks with one another, each pair within one double quotation, outside all, or around some."""
    marks = [m.start() for m in MARKS.finditer(text) if m[0] in SINGLE_MARKS]
    region = _regions(double)
    opening = [at for at in marks if _opens(text, at)]
    closing = [at for at in marks if _closes(text, at)]
    pairs: list[Span] = []
    free = 0
    for at in opening:
        if at < free:
            continue
        first = bisect_right(closing, at)
        near = [c for c in closing[first : first + _SINGLES_TRIED]
                if c - at <= _SINGLE_REACH and region(c) == region(at)]  # fmt: skip
        if near:
            later = bisect_right(opening, near[0])
            limit = opening[later] if later < len(opening) else len(text)
            near = [c for c in near if c < limit]
            # "the workers' rights" inside: a plural's apostrophe is followed by a word, and another mark can close
            end = next((c for c in near if not re.match(r"s['’]\s+[^\W\dA-Z_]", text[c - 1 : c + 3])), near[0])
            pairs.append((at, end + 1))
            free = end + 1
        elif reopened and at == opening[-1] and region(at) == (-1, -1):
            pairs.append((at, len(text.rstrip())))
    return pairs


def _opens(text: str, at: int) -> bool:
    before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
    if not before.isspace() and re.match(r"['’]s\b", text[at : at + 3]):
        return False  # 'the N.T.C.'s offer'
    return not before.isalnum() and (after.isalnum() or after in '[“"') and text[at] != "’"


def _closes(text: str, at: int) -> bool:
    before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
    return not before.isspace() and not after.isalnum() and text[at] != "‘"


def _regions(double: Sequence[Span]) -> Callable[[int], tuple[int, int]]:
    """Give the function that names the double quotation, and the one inside it, in which a place lies."""
    tops: list[Span] = []
    inner: list[Span] = []
    for span in sorted(double, key=lambda span: (span[0], -span[1])):
        (inner if tops and span[0] < tops[-1][1] else tops).append(span)

    def region(at: int) -> tuple[int, int]:
        return _around(tops, at), _around(inner, at)

    return region


def _around(spans: Sequence[Span], at: int) -> int:
    i = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return i if i >= 0 and at < spans[i][1] else -1
