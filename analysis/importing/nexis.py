"""Documents of Nexis Uni: many articles in one file, or one, each between its headline and 'End of Document'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.importing.normal import normal_date

Article = tuple[dict[str, str], dict[str, str], str]  # fields, other fields, why it cannot be read
_END, _BODY = "end of document", "body"
_KEY = re.compile(r"([A-Z][\w -]{0,30}): ?(.*)")
_AFTER = re.compile(r"Load-Date:.*|(Classification|Graphic|Notes)", re.I)  # what Nexis adds behind the text
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
    elif any(not re.fullmatch(r"(Page )?\d+( of \d+)?", line) for line in rest):
        articles.append(({}, {}, f"text behind the last 'End of Document', half an article? {_first(rest)!r}"))
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
    dated = _find_date(head)
    if dated is None or dated < 2:
        return {}, {}, f"no headline, outlet and date before the body of {_first(head)!r}; above it: {head[-3:]}"
    rest = [line for line in lines[body + 1 :] if line]
    end = next((i for i, line in enumerate(rest) if _AFTER.fullmatch(line)), len(rest))
    if not rest[:end]:
        return {}, {}, f"nothing between 'Body' and the end of {head[dated - 2]!r}"
    fields = {
        "title": head[dated - 2], "source": head[dated - 1], "date": head[dated], "text": "\n".join(rest[:end]),
    }  # fmt: skip
    other = {m[1].lower(): m[2] for line in head[dated + 1 :] if (m := _KEY.match(line)) and m[2]}
    above, behind = "\n".join(head[max(dated - 4, 0) : dated - 2]), "\n".join(rest[end:])
    return fields, {**other, **({"above title": above} if above else {}), **({"behind": behind} if behind else {})}, ""


def _find_date(head: Sequence[str]) -> int | None:
    """Find the line of the date: above the copyright, or the first that is a date and no 'Word: …'."""
    copyrighted = next((i for i, line in enumerate(head) if line.lower().startswith("copyright")), None)
    if copyrighted is not None:
        return copyrighted - 1
    return next((i for i, line in enumerate(head) if i > 1 and not _KEY.match(line) and normal_date(line)[0]), None)


def _first(lines: Sequence[str]) -> str:
    return next((line for line in lines if line), "")[:60]
