"""What a claim says, so that it can be checked under other choices: who, what, and compared with whom.

    'meeting' leads for teleSUR                     no other term has as high a score there
    'meeting' is among the first 5 for teleSUR
    'meeting' is used more by teleSUR               than by all others together
    'invasion' is not used by teleSUR
    DENIAL leads for Sputnik                        no other frame has as many sentences there
    DENIAL is among the first 3 for Sputnik
    DENIAL is used more by Sputnik
    NATO is not used by Reuters                     none of its sentences has the frame
    DENIAL is in Sputnik's own voice                in most of its sentences with the frame
    Russia is heard most by teleSUR                 no other side has as much of its reported and quoted words
    Russia is heard more by teleSUR                 a larger share of all words than all others together give it
    Reuters speaks most in its own voice            no other gives its own words as large a share
    polarity is highest for Reuters                 or lowest

A lead that is shared is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.corpus import Corpus
from analysis.tables import nearest

_RANKED = r"leads for|is among the first (?P<first>[1-9]\d*) for|is used more by|is not used by"
_OPEN, _CLOSE = "['‘\"“„«‚]", "['’\"”“»‘]"
# How a claim of each kind is built; {group} becomes the name of a group.
_FORMS = {
    "term": rf"{_OPEN}(?P<subject>.+){_CLOSE} (?P<said>{_RANKED}) {{group}}",
    "polarity": r"(?P<subject>polarity) is (?P<said>highest|lowest) for {group}",
    "own": r"{group} speaks (?P<said>most) in its (?P<subject>own) voice",
    "side": r"(?P<subject>.+?) is heard (?P<said>most|more) (?:by|in) {group}",
    "voice": r"(?P<subject>\S+) is (?P<said>in) {group}(?:['’]s|['’]|(?<=['’]s)) own voice",
    "frame": rf"(?P<subject>\S+) (?P<said>{_RANKED}) {{group}}",
}
_SAYS = {"leads for": "leads", "is used more by": "more", "is not used by": "none", "in": "own"}


@dataclass(frozen=True)
class Claim:
    """A claim that can be true or not: of a 'term', 'frame', 'voice' (of a frame), 'side', 'own' (words) or 'polarity'.

    `says` is leads, first, more, none, own, most, highest or lowest; `first` the rank that is good enough for it.
    """

    text: str
    kind: str
    subject: str
    group: str
    says: str
    first: int = 1


def read_claim(corpus: Corpus, text: str, by: str = "source") -> Claim:
    """Read a claim, and make sure that the corpus knows what it is about.

    Parameters
    ----------
    corpus : Corpus
    text : str
        In one of the forms that the module lists.
    by : str
        The column of articles.csv whose groups are compared.

    Raises
    ------
    ValueError
        It has none of the forms, or names a group, term, frame or side that is not here; the nearest are offered.
    """
    words = " ".join(str(text).split())
    groups = {" ".join(str(name).split()): name for name in corpus.groups(by)}
    unstopped = words.removesuffix(".")
    found = _find_forms(words, groups) or _find_forms(unstopped, groups)
    if not found:
        anything = {kind: form.replace("{group}", "(?P<group>.+)") for kind, form in _FORMS.items()}
        match = next((m for form in anything.values() if (m := re.fullmatch(form, unstopped))), None)
        if match:
            wrong = match["group"]
            raise ValueError(f"robustness: claim {words!r}: {by} has no {wrong!r} here; {nearest(wrong, groups)}")
        raise ValueError(f"robustness: claim {words!r} has no form that is known; write, as in \"'nato' leads for"
                         " teleSUR\" or \"DENIAL is in Sputnik's own voice\" (analysis.claims lists all)")  # fmt: skip
    if len({group for _, group, _ in found}) > 1:
        several = " or ".join(repr(group) for _, group, _ in found)
        raise ValueError(f"robustness: claim {words!r} can be about {several}")
    kind, group, match = found[0]
    subject, said = match["subject"], match["said"]
    known = {
        "term": corpus.terms["term"].tolist(),
        "side": list(corpus.sides),
        "polarity": [subject],
        "own": [subject],
    }.get(kind, list(corpus.codebook.codes))
    if kind == "term" and subject not in known and subject.lower() in known:
        subject = subject.lower()
    if subject not in known:
        what = {"term": "term", "side": "side"}.get(kind, "frame of codebook.toml")
        quoted = kind == "frame" and subject.lower() in set(corpus.terms["term"])
        hint = f"write the term in quotation marks: {subject.lower()!r}" if quoted else nearest(subject, known)
        raise ValueError(f"robustness: claim {words!r}: no {what} {subject!r} here; {hint}")
    first = match.groupdict().get("first")
    return Claim(words, kind, subject, groups[group], "first" if first else _SAYS.get(said, said), int(first or 1))


def _find_forms(words: str, groups: Mapping[str, object]) -> list[tuple[str, str, re.Match[str]]]:
    """Find the kind of a claim and the groups that it can be about."""
    for kind, form in _FORMS.items():
        found = [
            (kind, name, match)
            for name in sorted(groups, key=lambda name: (-len(name), name))
            if (match := re.fullmatch(form.replace("{group}", re.escape(name)), words))
        ]
        if found:
            return found if kind == "voice" else found[:1]
    return []
