"""Dates, outlets' names and article_ids in one form; what was found is kept beside it."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from dateutil import parser

_ORDERS = {"dmy": True, "mdy": False}
# Two days that share nothing: what a text leaves open is filled in differently.
_FIRST, _OTHER = datetime(2001, 2, 3), datetime(2012, 11, 10)
_IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)$")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_FOUR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b")


def normal_date(text: str, order: str = "") -> tuple[str, str]:
    """Write a date as YYYY-MM-DD.

    Parameters
    ----------
    text : str
        '2021-12-07T10:00Z', '7 December 2021', 'December 7, 2021 Tuesday', '07.12.2021'.
    order : {"", "dmy", "mdy"}
        What '07/12/2021' means; '' where it is not known.

    Returns
    -------
    date, reason : str
        '' and the reason where it is no whole date, or could be two.

    Examples
    --------
    >>> normal_date("December 7, 2021 Tuesday")
    ('2021-12-07', '')
    >>> normal_date("07/12/2021")[0]
    ''
    """
    text = " ".join(text.split())
    try:
        return datetime.fromisoformat(_FOUR_FIRST.sub(r"\1-\2-\3", text)).date().isoformat(), ""
    except ValueError:
        pass
    if not re.search(r"\d", text) or len(text) > 60:
        return "", "no date"
    if not re.search(r"(?<!\d)\d{4}(?!\d)", text):
        return "", "no year of four digits"
    if len(_ISO.findall(text)) > 1:
        return "", "more than one date"
    if re.match(r"\d{1,2}\.\d{1,2}\.\d{4}", text):
        order = "dmy"  # with dots the day comes first everywhere
    found = {name: _parse(text, day_first) for name, day_first in _ORDERS.items()}
    if order:
        return (found[order], "") if found[order] else ("", "no whole date")
    days = set(found.values())
    if len(days) > 1 and "" not in days:
        return "", "day and month could be either; say --dates dmy or --dates mdy"
    day = max(days)
    return (day, "") if day else ("", "no whole date")


def _parse(text: str, day_first: bool) -> str:
    """Read a date with dateutil; '' where any of day, month and year would have to be guessed."""
    four = _FOUR_FIRST.search(text) or re.search(r"\b\d{4}-\d", text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a time zone without a name that dateutil knows changes no day
            days = {parser.parse(text, dayfirst=day_first and not four, yearfirst=bool(four), default=start).date()
                    for start in (_FIRST, _OTHER)}  # fmt: skip
    except (ValueError, OverflowError, TypeError):
        return ""
    day: date = days.pop()
    return "" if days or not 1400 <= day.year <= 2200 else day.isoformat()


def find_order(dates: Iterable[str]) -> str:
    """Tell from dates of one file whether the day or the month comes first; '' where none of them shows it.

    Examples
    --------
    >>> find_order(["07/12/2021", "13/12/2021"])
    'dmy'
    """
    shown = set()
    for text in dates:
        if match := re.match(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}\b", text):
            one, other = int(match[1]), int(match[2])
            shown |= {"dmy"} if one > 12 >= other else {"mdy"} if other > 12 >= one else set()
    return shown.pop() if len(shown) == 1 else ""


def normal_sources(names: Iterable[str]) -> dict[str, str]:
    """Give one spelling for each outlet, the most frequent.

    Case and 'The' do not part them, nor do brackets, unless two different ones stand behind the same name.

    Returns
    -------
    dict
        Name as found -> spelling; ties go to the first by the alphabet.

    Examples
    --------
    >>> normal_sources(["The Gazette", "gazette, the", "The Gazette"])
    {'The Gazette': 'The Gazette', 'gazette, the': 'The Gazette'}
    """
    counts = Counter(names)
    brackets: dict[str, set[str]] = {}
    for name in counts:
        brackets.setdefault(_source_key(name), set()).add(_bracket(name))
    several = {key for key, found in brackets.items() if len(found - {""}) > 1}  # The Times (London) and (Perth)
    best: dict[tuple[str, str], str] = {}
    keys = {name: (key := _source_key(name), _bracket(name) if key in several else "") for name in counts}
    for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        best.setdefault(keys[name], _plain(name, keep_bracket=keys[name][1] != ""))
    return {name: best[keys[name]] for name in counts}


def _plain(name: str, *, keep_bracket: bool = False) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    return name if keep_bracket else _IN_BRACKETS.sub("", name) or name


def _bracket(name: str) -> str:
    match = _IN_BRACKETS.search(" ".join(name.split()))
    return match[1].casefold() if match else ""


def _source_key(name: str) -> str:
    words = re.sub(r"[^\w\s]", " ", _plain(name).casefold()).split()
    words = words[:-1] if len(words) > 1 and words[-1] == "the" else words
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words) or name


def slug(text: str, most: int = 40) -> str:
    """Write a text in small letters, digits and hyphens, as it can name a file anywhere.

    Examples
    --------
    >>> slug("../Ümläut & Söhne.txt")
    'umlaut-sohne-txt'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].strip("-")
