"""The codebook: frames with their definitions, attributes and indicators, and the facts and actors of the event.

A coder codes by the definitions. Indicators only try to reproduce that reading, and are measured against it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from analysis.patterns import Condition, Pattern, Wording, read_pattern
from analysis.text import read_token_pattern, read_toml, words_found_by

NONE = "NONE"  # the code of a sentence that was read and has no frame


@dataclass(frozen=True)
class Indicator:
    """A pattern of a frame; one that is `ambiguous` (its reason) is counted, and makes no frame present."""

    frame: str
    pattern: Pattern
    ambiguous: str = ""


@dataclass(frozen=True)
class Frame:
    """A frame: its code, what a coder goes by, the attributes to note with it (key -> values), its indicators.

    Where one of the wordings of `unless` stands, no indicator of the frame counts in that sentence.
    """

    code: str
    name: str
    definition: str
    include: str
    exclude: str
    attributes: Mapping[str, Sequence[str]]
    indicators: tuple[Indicator, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codebook:
    """All frames, the rules of coding, and the articles that were not looked at while indicators were chosen."""

    frames: tuple[Frame, ...]
    held_out: frozenset[str] = frozenset()
    rules: tuple[str, ...] = ()

    @property
    def codes(self) -> list[str]:
        """The codes of the frames, in the codebook's order."""
        return [frame.code for frame in self.frames]

    @property
    def indicators(self) -> list[Indicator]:
        """The indicators of all frames, in the codebook's order."""
        return [indicator for frame in self.frames for indicator in frame.indicators]


@dataclass(frozen=True)
class Fact:
    """A fact or actor of the event that an article may mention or leave out.

    `known_from` is the day before which nobody could report it, `articles` those that could be about it at all (all
    where empty).
    """

    code: str
    name: str
    group: str
    definition: str
    patterns: tuple[Pattern, ...]
    known_from: date | None = None
    articles: frozenset[str] = frozenset()


def read_codebook(folder: Path) -> Codebook:
    """Read codebook.toml; a corpus without one has no frames.

    Raises
    ------
    ValueError
        A frame without code or indicators, two of one code, a pattern that cannot be read, or one that another pattern
        of its frame finds already; the message names frame and pattern.
    """
    table = read_toml(folder / "codebook.toml")
    with words_found_by(read_token_pattern(folder)):
        frames = [_read_frame(entry, number) for number, entry in enumerate(table.get("frame", []), start=1)]
    _refuse_doubles([frame.code for frame in frames], "codebook.toml: frame")
    rules = tuple(" ".join(rule.split()) for rule in table.get("coding", {}).get("rules", []))
    return Codebook(tuple(frames), frozenset(table.get("held_out", {}).get("articles", [])), rules)


def _read_frame(entry: Mapping[str, Any], number: int) -> Frame:
    _check_keys(
        entry, {"code", "indicators"}, set(Frame.__dataclass_fields__), f"codebook.toml: [[frame]] number {number}"
    )
    place = f"codebook.toml: {entry['code']}"
    code = entry["code"]
    if not isinstance(code, str) or not code.strip() or code.upper() == NONE or set(code) & set(",;=|"):
        raise ValueError(f"{place}: a code is a short name without , ; = or |, and not {NONE!r}")
    if not isinstance(entry["indicators"], list) or not entry["indicators"]:
        raise ValueError(f"{place}: indicators is no list of patterns, or an empty one; a frame needs at least one")
    indicators = tuple(_read_indicator(item, code, place) for item in entry["indicators"])
    _refuse_found_twice(indicators, place)
    unless = tuple(entry.get("unless", []))
    barred = tuple(Condition("NOT", wordings=_read_wordings(text, f"{place}: unless")) for text in unless)
    attributes = entry.get("attributes", {})
    if not isinstance(attributes, dict) or not all(_is_texts(values) for values in attributes.values()):
        raise ValueError(
            f'{place}: attributes names the values of each key, without ; = or |: {{ target = ["A", "B"] }}'
        )
    texts = {key: " ".join(str(entry.get(key, "")).split()) for key in ("definition", "include", "exclude")}
    return Frame(
        code=code, name=str(entry.get("name", code)), **texts, attributes=attributes, unless=unless,
        indicators=tuple(
            replace(i, pattern=replace(i.pattern, conditions=i.pattern.conditions + barred)) for i in indicators
        ),
    )  # fmt: skip


def _read_indicator(item: object, code: str, place: str) -> Indicator:
    entry: dict[str, Any] = item if isinstance(item, dict) else {"pattern": item}
    if not isinstance(entry.get("pattern"), str) or entry.keys() - {"pattern", "ambiguous"}:
        raise ValueError(f'{place}: indicator {item!r} is neither a text nor {{ pattern = "…", ambiguous = "why" }}')
    reason = entry.get("ambiguous", "")
    if "ambiguous" in entry and not (isinstance(reason, str) and reason.strip()):
        raise ValueError(f"{place}: {entry['pattern']!r}: ambiguous gives the reason, in words")
    return Indicator(code, _read_pattern(entry["pattern"], place), reason)


def read_facts(folder: Path) -> tuple[Fact, ...]:
    """Read facts.toml; a corpus without one has no facts.

    Raises
    ------
    ValueError
        As `read_codebook`.
    """
    with words_found_by(read_token_pattern(folder)):
        return tuple(_read_facts(folder))


def _read_facts(folder: Path) -> list[Fact]:
    facts = []
    for number, entry in enumerate(read_toml(folder / "facts.toml").get("fact", []), start=1):
        _check_keys(
            entry, {"code", "patterns"}, set(Fact.__dataclass_fields__), f"facts.toml: [[fact]] number {number}"
        )
        place = f"facts.toml: {entry['code']}"
        if not entry["patterns"]:
            raise ValueError(f"{place}: patterns is empty; give at least one")
        known_from = entry.get("known_from")
        if known_from is not None and type(known_from) is not date:
            raise ValueError(f"{place}: known_from {known_from!r} is not a date; write it as 2021-12-07, without marks")
        texts = {key: str(entry.get(key, "")) for key in ("group", "definition")}
        facts.append(
            Fact(
                code=str(entry["code"]), name=str(entry.get("name", entry["code"])), **texts, known_from=known_from,
                patterns=tuple(_read_pattern(pattern, place) for pattern in entry["patterns"]),
                articles=frozenset(entry.get("articles", [])),
            )
        )  # fmt: skip
    _refuse_doubles([fact.code for fact in facts], "facts.toml: fact")
    return facts


def _read_pattern(text: str, place: str) -> Pattern:
    try:
        return read_pattern(text)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def _read_wordings(text: str, place: str) -> tuple[Wording, ...]:
    pattern = _read_pattern(text, place)
    if pattern.conditions:
        raise ValueError(f"{place}: {text!r} has a condition; words, phrases and beginnings alone can bar a frame")
    return pattern.wordings


def _check_keys(entry: Mapping[str, Any], needed: set[str], known: set[str], place: str) -> None:
    if not isinstance(entry, Mapping):
        raise ValueError(f"{place} is no table; write its heading in two brackets: [[…]]")
    if missing := sorted(needed - entry.keys()):
        raise ValueError(f"{place} lacks {', '.join(missing)}")
    if unknown := sorted(entry.keys() - known):
        raise ValueError(f"{place}: unknown key {unknown[0]!r}; known: {', '.join(sorted(known))}")


def _refuse_doubles(codes: Sequence[str], what: str) -> None:
    folded = [code.casefold() for code in codes]
    if doubled := next((codes[i] for i, code in enumerate(folded) if code in folded[:i]), None):
        raise ValueError(f"{what} {doubled!r} stands twice (small and capital letters are the same)")


def _refuse_found_twice(indicators: Sequence[Indicator], place: str) -> None:
    """Refuse an indicator each of whose places another one of the frame finds; an ambiguous one may be the wider."""
    free = [i for i in indicators if not i.pattern.conditions]
    for one in free:
        for other in indicators:
            wider = all(any(w.covers(v) for w in one.pattern.wordings) for v in other.pattern.wordings)
            if one is not other and wider and (not one.ambiguous or other.ambiguous):
                raise ValueError(f"{place}: {one.pattern.text!r} finds all that {other.pattern.text!r} finds; drop one")
    texts = [i.pattern.text for i in indicators]
    _refuse_doubles(texts, f"{place}: indicator")


def _is_texts(values: object) -> bool:
    texts = isinstance(values, list) and bool(values) and all(isinstance(value, str) for value in values)
    return texts and not any(set(value) & set(";=|") for value in values)  # type: ignore[attr-defined]


def check_articles(codebook: Codebook, facts: Sequence[Fact], articles: Collection[str]) -> None:
    """Refuse a codebook or facts that name an article which the corpus does not have.

    Raises
    ------
    ValueError
        The file, where, and the article.
    """
    named = [("codebook.toml: held_out", codebook.held_out)]
    named += [(f"facts.toml: {fact.code}", fact.articles) for fact in facts]
    for place, names in named:
        if unknown := sorted(set(names) - set(articles)):
            raise ValueError(f"{place}: articles.csv has no article {unknown[0]!r}")


def codes_of(attribute: str) -> list[tuple[str, str]]:
    """Take the attribute of a code apart: 'target=A;target=B' has two (key, value) pairs."""
    pairs = (part.partition("=") for part in attribute.split(";") if part.strip())
    return [(key.strip(), value.strip()) for key, _, value in pairs]
