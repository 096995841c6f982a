"""Documents of Nexis Uni: many articles in one file, or one, each between its headline and 'End of Document'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analysis.importing.normal import normal_date

Article = tuple[dict[str, str], dict[str, str], str]  # fields, other fields, why it cannot be read
_END, _BODY = "end of document", "body"
_KEY = re.compile(
    r"(Section|Length|Byline|Dateline|Highlight|Correction|Language|Publication-Type|Journal Code): ?(.*)"
)
_AFTER = re.compile(r"(Load-Date|Classification|Graphic|Notes?)\b:?", re.I)
_LISTED = re.compile(r"Documents? \((\d+)\)")


def read_nexis(lines: Sequence[str]) -> list[Article] | None:
    """Part the paragraphs of a Nexis document into its articles; None where it is not one.

    Parameters
    ----------
    lines : sequence of str
        The text of each paragraph, without blanks around it.

    Returns
    -------
    list of (fields, other, reason)
        title, source, date and text as they stand; byline, section, length and the like in `other`. An article
        without a date or body has the reason and no text. Where the document says how many it holds and fewer were
        found, a last one says so.
    """
    ends = [i for i, line in enumerate(lines) if line.lower() == _END]
    if not ends:
        return None
    starts = [0, *(end + 1 for end in ends[:-1])]
    articles = [_read_article(lines[a:b]) for a, b in zip(starts, ends, strict=True)]
    rest = [line for line in lines[ends[-1] + 1 :] if line]
    if any(line.lower() == _BODY for line in rest):
        articles.append(_read_article(rest))
    announced = next((int(m[1]) for line in lines[: ends[0]] if (m := _LISTED.fullmatch(line))), None)
    if announced is not None and announced > len(articles):
        missing = announced - len(articles)
        articles.append(
            ({}, {}, f"the document announces {announced} articles and holds {len(articles)}: {missing} missing")
        )
    return articles


def _read_article(lines: Sequence[str]) -> Article:
    body = next((i for i, line in enumerate(lines) if line.lower() == _BODY), None)
    if body is None:
        return {}, {}, f"no line 'Body' in the article {_first(lines)!r}"
    head = [line for line in lines[:body] if line]
    dated = next((i for i in range(len(head) - 1, -1, -1) if not _KEY.match(head[i]) and normal_date(head[i])[0]), None)
    if dated is None or dated < 2:
        return {}, {}, f"no headline, outlet and date before the body of {_first(head)!r}"
    text = list(_body_lines(lines[body + 1 :]))
    if not text:
        return {}, {}, f"nothing between 'Body' and the end of {head[dated - 2]!r}"
    fields = {"title": head[dated - 2], "source": head[dated - 1], "date": head[dated], "text": "\n".join(text)}
    other = {m[1].lower(): m[2] for line in head[dated + 1 :] if (m := _KEY.match(line)) and m[2]}
    return fields, other, ""


def _body_lines(lines: Sequence[str]) -> Iterator[str]:
    """Give the paragraphs of the text, up to what Nexis adds at its end."""
    last = max((i for i, line in enumerate(lines) if _AFTER.match(line) and i >= len(lines) - 6), default=len(lines))
    while last and last < len(lines) and any(_AFTER.match(line) for line in lines[max(last - 3, 0) : last]):
        last = next(i for i in range(max(last - 3, 0), last) if _AFTER.match(lines[i]))
    yield from (line for line in lines[:last] if line)


def _first(lines: Sequence[str]) -> str:
    return next((line for line in lines if line), "")[:60]
