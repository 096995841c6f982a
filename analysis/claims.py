"""What a claim says, so that it can be checked under other choices: who, what, and compared with whom.

    'meeting' leads for teleSUR                     no other term has as high a score there
    'meeting' is among the first 5 for teleSUR
    'meeting' is used more by teleSUR               than by all others together
    DENIAL leads for Sputnik                        no other frame has as many sentences there
    DENIAL is among the first 3 for Sputnik
    DENIAL is used more by Sputnik
    DENIAL is in Sputnik's own voice                in most of its sentences with the frame
    Russia is heard most by teleSUR                 no other side has as much of its reported and quoted words
    Russia is heard more by teleSUR                 a larger share of all words than all others together give it
    polarity is highest for Reuters                 or lowest

A lead that is shared is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.corpus import Corpus
from analysis.tables import nearest

_RANKED = r"leads for|is among the first (?P<first>[1-9]\d*) for|is used more by"
_FORMS = {
    "term": re.compile(rf"['‘\"“](?P<subject>.+)['’\"”] (?P<said>{_RANKED}) (?P<group>.+)"),
    "polarity": re.compile(r"(?P<subject>polarity) is (?P<said>highest|lowest) for (?P<group>.+)"),
    "side": re.compile(r"(?P<subject>.+?) is heard (?P<said>most|more) (?:by|in) (?P<group>.+)"),
    "voice": re.compile(r"(?P<subject>\S+) is (?P<said>in) (?P<group>.+?)(?:['’]s|(?<=s)['’]) own voice"),
    "frame": re.compile(rf"(?P<subject>\S+) (?P<said>{_RANKED}) (?P<group>.+)"),
}
_SAYS = {"leads for": "leads", "is used more by": "more", "in": "own"}


@dataclass(frozen=True)
class Claim:
    """A claim that can be true or not: of a 'term', 'frame', 'voice' (of a frame), 'side' or 'polarity'.

    `says` is leads, first, more, own, most, highest or lowest; `first` the rank that is good enough for it.
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
    words = " ".join(str(text).split()).rstrip(".")
    kind, match = next(((k, m) for k, form in _FORMS.items() if (m := form.fullmatch(words))), ("", None))
    if match is None:
        raise ValueError(f"robustness: claim {words!r} has no form that is known; write, as in \"'nato' leads for"
                         " teleSUR\" or \"DENIAL is in Sputnik's own voice\" (analysis.claims lists all)")  # fmt: skip
    subject, group, said = match["subject"], match["group"], match["said"]
    groups = {str(name): name for name in corpus.groups(by)}
    if group not in groups:
        raise ValueError(f"robustness: claim {words!r}: {by} has no {group!r} here; {nearest(group, groups)}")
    known = {"term": corpus.terms["term"].tolist(), "side": list(corpus.sides), "polarity": [subject]}.get(
        kind, list(corpus.codebook.codes)
    )
    if subject not in known:
        what = {"term": "term", "side": "side"}.get(kind, "frame of codebook.toml")
        raise ValueError(f"robustness: claim {words!r}: no {what} {subject!r} here; {nearest(subject, known)}")
    first = match.groupdict().get("first")
    return Claim(words, kind, subject, groups[group], "first" if first else _SAYS.get(said, said), int(first or 1))
