"""What stands under a figure: what was drawn, from what, with which uncertainty, and nothing that cannot be claimed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.resampling import BLOCKED

_CAUSE = "date, genre, translation and ideology go with the source, so none of them is known to be the cause"
_ABSENT = "a frame can stand in a text without any of its words; say 'by the reading' where sentences were read"
_EQUAL = "a wide interval leaves room for large differences; say that none can be told"
_STANCE = "polarity averages adjectives and is no stance; call it adjective polarity, and say of how many sentences"
_TEST = "nothing could be tested here; give the counts, the interval and the permutation floor"
_HABIT = "how an outlet usually writes cannot be seen in these articles; say what they contain"
_CAUSES = (
    r"(?:ideolog\w+|propaganda|political lean\w*|editorial line|bias\w*|worldview|translat(?:ion|ors?|ing)|state-\w+)"
)
_FEELING = (
    r"(?:hostile|friendly|neutral|(?:un)?favou?rable|sympathetic|critical|supportive|positive|negative|warm|cold)"
)
# What no caption may say, and why: the limits of a comparison of a few articles.
_BANNED = {
    r"tend(?:s|ed)? to\b|tendenc(?:y|ies)\b|(?:always|usually|generally|typically|systematically|habitually)\b": _HABIT,
    r"significan(?:t|tly|ce)\b|statistically (?:different|distinct|detectable)|excludes? zero,? so\b":
        _TEST,
    r"pro(?:ve[sdn]?|ving|of that)\b|demonstrates? that|conclusively":
        "so few articles prove nothing about a source; say what the texts contain",
    rf"(?:because|on account|as a (?:result|consequence)|owing|due|thanks|attributable|caused?|driven|explained"
    rf"|reflect(?:s|ing)?)\b[^.;]{{0,40}}\b{_CAUSES}": _CAUSE,
    rf"{_CAUSES} (?:\w+ ){{0,3}}(?:explains?|causes?|drives?|leads?|makes?|accounts?|raises?|lowers?|softens?"
    r"|hardens?)\b": _CAUSE,
    r"(?:is|are|was|were) (?:biased|propaganda|ideological)\b|bias(?:es)? (?:of|in|is|against|towards?)\b":
        "counts of words show no bias and no ideology",
    r"frames?\b[^.;]{0,60}\b(?:absent|missing|lacking|unused|not (?:used|present|there))\b": _ABSENT,
    r"(?:no|lacks?|without) (?!frame\b)[^.;]{0,40}\bframes?\b (?:in|because|since|as)\b": _ABSENT,
    r"(?:do|does|did) not differ\b|no (?:real |true )?differences? (?:between|among|in)\b|equally "
    r"(?:positive|negative|often|likely|frequent)|(?:sources?|outlets?|texts?|articles|tones?|polarity|scores?|rates?|shares?|means?"
    r"|coverage|they|both)\b[^.;]{0,40}\b(?:are|is|were|was) (?:about |roughly |nearly )?(?:equal|identical|the same"
    r"|indistinguishable|alike)\b|(?:have|has|show|share)s? (?:about )?the same\b": _EQUAL,
    rf"{_FEELING} (?:\w+ )?(?:towards?|coverage|stance|attitude|portrayal|slant|about)\b|hostil\w+ (?:to|of)\b"
    rf"|(?:critical|supportive) of\b|sympath\w+ (?:to|with|for)\b|(?:more|less|most|least) {_FEELING}\b"
    rf"|{_FEELING} (?:tone|view|opinion|picture) (?:of|on|in|dominates|prevails)\b"
    r"|(?:stance|attitude|opinion|slant|sentiment) (?:of|on|towards?)\b|(?:dis)?approves? of\b"
    r"|(?:negative|positive|favou?rab|unfavou?rab|critical|sympathetical|warm|cold)ly\b"
    r"|(?:pro|anti)-\w+ (?:\w+ )?(?:coverage|slant|stance|framing|bias|line|tone)\b": _STANCE,
}  # fmt: skip
_TESTED = re.compile(r"\bp\s?[<≤=]\s?0?\.\d+", re.I)
_COMPILED = [(re.compile(rf"\b(?:{pattern})", re.I), reason) for pattern, reason in _BANNED.items()]
# What is denied, or left open, is not claimed; but equality is itself a denial.
_DENIED = re.compile(
    r"\b(?:no|not|nothing|none|never|cannot|neither|without|may|might|possibly|perhaps|whether)\b"
    r"(?: [^\s.;:,]+){0,4} ?$",
    re.I,
)
# What readers took sentences for, and what a lexicon scores words as, are no feelings of an outlet.
_OF_WORDS = re.compile(r"\b(?:words?|expressions?|sentences?|scored?|readers?|reading)\b[^.;:]{0,40}$", re.I)


def check_claims(text: str, what: str, *, tested: bool = False) -> None:
    """Refuse a text that claims what a comparison of these articles cannot carry.

    Parameters
    ----------
    text : str
    what : str
        What the text is, for the message ('03-frames: caption').
    tested : bool
        The table has a test that could reach .05; a p may be named then.

    Raises
    ------
    ValueError
        The words that claim too much, why, and what to say instead.

    Notes
    -----
    It knows wordings, not meanings: it catches slips, and no text is right because it passes.
    """
    text = " ".join(text.split())
    if (match := _TESTED.search(text)) and not tested and not _DENIED.search(text[: match.start()]):
        raise ValueError(f"{what}: {match[0]!r} claims too much: {_TEST}")
    for pattern, reason in _COMPILED:
        for match in pattern.finditer(text):
            before = text[: match.start()]
            told = (
                (reason == _TEST and tested)
                or (reason == _ABSENT and re.search(r"\bby the (?:reading|coding)|\bcoded\b|\bread\b", text, re.I))
                or (reason == _STANCE and _OF_WORDS.search(before))
                or (reason not in (_EQUAL, _ABSENT, _HABIT) and "differ" not in text[match.end() : match.end() + 12]
                    and _DENIED.search(before))
            )  # fmt: skip
            if not told:
                raise ValueError(f"{what}: {match[0]!r} claims too much: {reason}")


def write_caption(text: str, table: pd.DataFrame) -> str:
    """Write a caption: what was drawn, and what the table itself knows about it.

    Parameters
    ----------
    text : str
        What is drawn, in words. '{scope}' in it becomes 'in these five articles'; it is added at the end otherwise.
    table : DataFrame
        From a measure. Its `attrs` say how many articles and sentences it rests on, what is counted, how it was
        coded, what could not be told, and what else differs between the sources; its columns and parameters say what
        an interval means, how many replicates it has and from which seed.

    Returns
    -------
    str
        The text alone where the table knows nothing.
    """
    known, text = table.attrs, " ".join(text.split()).rstrip(".")
    if table.empty:
        return text.replace(" {scope}", "").replace("{scope}", "") + ": there is nothing to draw in this selection."
    scope = str(known.get("scope", ""))
    if "{scope}" in text:
        text = text.replace("{scope}", scope)
    elif scope not in text:
        text = f"{text} {scope}"
    parts = [text + "."]
    if "n_sentences" in known:
        counted = f"; counted: {known['counted']}" if known.get("counted") else ""
        n = known["n_sentences"]
        parts.append(f"{n:,} sentence{'' if n == 1 else 's'}{counted}; independent unit: the article.")
    parts += [str(known[name]) for name in ("codes", "coding", "voices", "readers", "note") if known.get(name)]
    parts += [told for told in (_settings(known.get("parameters", {})), _masks(known.get("kept", {})), _interval(table),
                                str(known.get("caveat", ""))) if told]  # fmt: skip
    return " ".join(parts)


def _masks(kept: Mapping[str, Any]) -> str:
    """Say which terms were left out because of what they name."""
    left = [what for what in ("names", "offices") if kept.get(what) is False]
    return f"Terms that are {' or '.join(left)} are left out." if left else ""


def _settings(parameters: Mapping[str, Any]) -> str:
    """Say which terms were compared, and with which prior."""
    if "alpha_0" not in parameters:
        return ""
    least = parameters.get("min_count", 1)
    terms = f"terms with {least} occurrences or more" if least > 1 else "all terms"
    return f"Prior of {parameters['alpha_0']:g} pseudo-words; {terms}; ties by the alphabet."


def _interval(table: pd.DataFrame) -> str:
    """Say what the intervals of a table mean, or why it has none."""
    known = table.attrs.get("parameters", {})
    if "low" in table and "phi" in table and table["low"].notna().any():
        return "Intervals of log-odds, where drawn: 95 %, between articles (standard errors times the root of phi)."
    if "block_low" in table and known.get("draws"):
        if table["block_low"].notna().any():
            return ("Intervals, where drawn: 95 %, conditional on these articles (blocks of sentences drawn anew within"
                    f" them, B = {known['draws']:,}, seed {known.get('seed', 0)}).")  # fmt: skip
        told = str(table.attrs.get("note", "")).startswith("No interval")
        few = "fewer than ten blocks of sentences a source"
        why = few if table.attrs.get("n_articles", 0) <= BLOCKED else f"more than {BLOCKED:,} articles"
        return "" if told else f"No interval within the articles: {why}."
    if "precision_low" in table:
        return "Intervals: Wilson, 95 %, which takes sentences for independent."
    return ""
