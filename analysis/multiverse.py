"""Does a claim hold under other choices that could be defended, and without each single article?

A multiverse (Steegen et al. 2016) shown as a specification curve (Simonsohn et al. 2020): every combination of
choices is one specification. They are not independent of each other, and their share is no probability; it says what
a claim rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

import pandas as pd

from analysis.claims import Claim, read_claim
from analysis.compare import check_by, to_table
from analysis.corpus import Corpus
from analysis.keyness import compare_terms
from analysis.speakers import OTHER, UNATTRIBUTED
from analysis.specifications import ANSWERS, DICTIONARY, GRIDS, Grid, World
from analysis.tables import nearest

LEFT_OUT = "left out"
MANY = 200  # articles up to which each is left out in turn
# Claims in which only the texts of the group itself count, so that leaving out another's says nothing.
_OF_ITS_OWN = {("frame", "leads"), ("frame", "first"), ("side", "most")}
_NAMED = 3  # choices that a line names as those under which a claim fails
VARIED = re.compile(r"\s+Varied: `([^`]+)`")  # in findings.md, before 'Check:'
_QUANTITIES = {
    ("term", "none"): "number of occurrences",
    ("frame", "none"): "number of sentences with the frame",
    ("term", "more"): "log-odds, or the bound of the log ratio (natural logarithms)",
    ("term", ""): "rank of the term",
    ("frame", "more"): "rate less that of all others",
    ("frame", ""): "rank of the frame",
    ("voice", ""): "share of the frame's sentences",
    ("side", "more"): "share of words less that of all others",
    ("side", ""): "rank of the side",
    ("own", ""): "share of own words less that of the next",
    ("polarity", ""): "mean polarity less that of the next",
}


def robustness(
    corpus: Corpus, claim: str | Sequence[str], by: str = "source", *, choices: Grid | None = None
) -> pd.DataFrame:
    """Ask whether a claim holds under every combination of choices, and without each single article.

    Parameters
    ----------
    corpus : Corpus
        Or the selection that the claim is about, as `corpus.select(role="core")`.
    claim : str or list of str
        In a form of `analysis.claims`: "'nato' leads for teleSUR", "DENIAL is in Sputnik's own voice".
    by : str
        The column of articles.csv whose groups are compared.
    choices : mapping, optional
        Choices to keep to: `{"voice": ["outlet"]}`. All that apply otherwise.

    Returns
    -------
    DataFrame
        One row per claim and specification, the usual choices first: claim; a column for each choice ('' where it
        does not apply to the claim; the first row of a claim has the usual ones); left out (an article_id, all
        choices being the usual ones then; '' otherwise); value (`attrs["quantities"]` says of what); holds (missing
        where the claim cannot be asked, as of a source whose only text is left out); why (it fails or cannot be
        asked). `attrs["lines"]` has a line for each claim: in how many of the specifications it holds, and where it
        fails. `attrs["choices"]` lists the choices of each claim.

    Raises
    ------
    ValueError
        A claim that cannot be read, a choice that there is not, or fewer than two groups.

    Notes
    -----
    Choices for terms: voice (all, outlet), translated texts, spellings (merged by variants.toml; as found; as written,
    so that capitals and small letters are two words, and a term is asked for as it is most often written), names kept
    or left out, stop words (the corpus's list, or scikit-learn's 318 as well), least count, and score (z and log-odds
    with a tenth of the prior, the prior, and ten times of it; z of independent words, where the dispersion is known;
    the bound of the log ratio, of an interval for independent words and all terms together, which few occurrences
    never bring above zero). Frames: whose reading, or the dictionary; section; voice; translated texts. Sides: quoted
    or reported words, counted as words or passages; section; whether 'other' and 'unattributed' are sides. Own words:
    counted as words or passages; section; whether scare quotes are own; translated texts. Polarity: the choices of
    `score_sensitivity`; section; voice; translated texts.

    Of more than 200 articles none is left out in turn, and of a large corpus spellings are not counted apart.

    A term or frame that is not there fails, unless that is the claim. Choices that cannot change a claim are not
    crossed with it, so that none is counted twice: what is absent is so in less text, too, and is asked of other
    readings, or of all terms that begin so.
    """
    check_by(corpus, by, "robustness")
    if len(corpus.groups(by)) < 2:
        found = ", ".join(map(repr, corpus.groups(by))) or "no group"
        raise ValueError(f"robustness: {by} has only {found}; two are needed: take more into the selection")
    claims = [read_claim(corpus, text, by) for text in ([claim] if isinstance(claim, str) else claim)]
    world = World(corpus, by)
    grids = [GRIDS[c.kind](world, c) for c in claims]
    for wanted in choices or {}:
        if wanted not in (known := sorted({name for grid in grids for name in grid})):
            raise ValueError(f"robustness: no choice {wanted!r} for these claims; {nearest(wanted, known)}")
    rows: list[dict[str, Any]] = []
    for c, whole in zip(claims, grids, strict=True):
        grid = {name: _keep(name, values, (choices or {}).get(name)) for name, values in whole.items()}
        rows += _ask(world, c, grid)
    names = list(dict.fromkeys(name for grid in grids for name in grid))
    table = pd.DataFrame(rows, columns=["claim", *names, LEFT_OUT, "value", "holds", "why"])
    table[[*names, LEFT_OUT]] = table[[*names, LEFT_OUT]].fillna("")
    table["holds"] = table["holds"].astype("boolean")
    result = to_table(table, corpus, "specifications", by=by)
    result.attrs["choices"] = {c.text: list(grid) for c, grid in zip(claims, grids, strict=True)}
    result.attrs["groups"] = {c.text: str(c.group) for c in claims}
    result.attrs["quantities"] = {c.text: _QUANTITIES.get((c.kind, c.says)) or _QUANTITIES[c.kind, ""] for c in claims}
    result.attrs["lines"] = dict(read_robustness(result)[["claim", "line"]].to_numpy())
    result.attrs["note"] = (
        "Specifications share texts and most choices; the share in which a claim holds is no probability."
    )
    if len(corpus.articles) > MANY:
        result.attrs["note"] += f" Articles were not left out one by one: there are more than {MANY}."
    return result


def _keep(name: str, values: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """Keep the choices that are wanted."""
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if wanted is not None and not len(wanted):
        raise ValueError(f"robustness: {name} has no choice left; give one or more of {', '.join(values)}")
    for value in wanted or ():
        if value not in values:
            raise ValueError(f"robustness: {name} has no choice {value!r}; {nearest(value, values)}")
    return [value for value in values if wanted is None or value in wanted]


def _ask(world: World, claim: Claim, grid: Grid) -> Iterator[dict[str, Any]]:
    """Ask a claim under each combination of choices, and under the first without each article."""
    answer = ANSWERS[claim.kind]
    specifications = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    for spec in specifications:
        if spec.get("told by") != "readers" or spec.get("reading") != DICTIONARY:  # it notes no voice
            yield {"claim": claim.text, **spec, LEFT_OUT: "", **answer(world, claim, spec)._asdict()}
    articles = world.corpus.articles.head(0) if claim.says == "none" else world.corpus.articles
    if claim.kind == "voice" or (claim.kind, claim.says) in _OF_ITS_OWN:
        articles = articles[articles[world.by] == claim.group]
    for article in articles["article_id"] if len(world.corpus.articles) <= MANY else ():
        found = answer(world.without(article), claim, specifications[0])
        yield {"claim": claim.text, **specifications[0], LEFT_OUT: article, **found._asdict()}


# -------------------------------------------------------------------------------------------- in one line


def read_robustness(table: pd.DataFrame) -> pd.DataFrame:
    """Say of each claim in how many specifications it holds, and where it fails.

    Parameters
    ----------
    table : DataFrame
        From `robustness`.

    Returns
    -------
    DataFrame
        One row per claim, in the order of the table: claim, holds, specifications (in which it can be asked), results
        (different values among these: some choices change nothing), not_asked (in which it cannot), fails_where (the
        choices under which it always fails, or most often), kept, left (with an article left out: in how many it
        holds, of how many; of the group's own where only they count), line (all of this in a sentence).
    """
    rows = []
    for claim, mine in table.groupby("claim", sort=False):
        grid, single = mine[mine[LEFT_OUT] == ""], mine[mine[LEFT_OUT] != ""]
        asked, told = (part[part["holds"].notna()] for part in (grid, single))
        failing = asked[~asked["holds"].astype(bool)]
        row = {
            "claim": claim, "holds": len(asked) - len(failing), "specifications": len(asked),
            "results": len(asked[["value", "holds"]].round(9).drop_duplicates()), "not_asked": len(grid) - len(asked),
            "fails_where": _where(asked, failing, table.attrs["choices"][claim]),
            "kept": int(told["holds"].sum()), "left": len(told),
        }  # fmt: skip
        row["line"] = _line(row, grid, single)
        rows.append(row)
    columns = ["claim", "holds", "specifications", "results", "not_asked", "fails_where", "kept", "left", "line"]
    result = pd.DataFrame(rows, columns=columns)
    result.attrs = {name: value for name, value in table.attrs.items() if name not in ("lines", "choices")}
    return result


def _line(row: Mapping[str, Any], grid: pd.DataFrame, single: pd.DataFrame) -> str:
    """Put what is known of a claim into one sentence."""
    parts = []
    if row["specifications"]:
        results = f" ({row['results']:,} different result{'' if row['results'] == 1 else 's'})"
        parts.append(f"holds in {row['holds']:,} of {row['specifications']:,} specifications{results}")
    if row["fails_where"]:
        parts.append(f"fails where {row['fails_where']}")
    if row["not_asked"]:
        reasons = sorted(set(grid.loc[grid["holds"].isna(), "why"]))
        where = f" in {row['not_asked']:,}" if row["specifications"] else ""
        parts.append(f"cannot be asked{where} ({'; '.join(reasons)})")
    told = single[single["holds"].notna()]
    if len(told):
        lost = told.loc[~told["holds"].astype(bool), LEFT_OUT].tolist()
        usual = len(grid) > 0 and grid["holds"].iloc[0] is not pd.NA and bool(grid["holds"].iloc[0])
        whose = f", not without {', '.join(lost[:_NAMED])}{' and others' if len(lost) > _NAMED else ''}"
        parts.append(
            f"with one article left out in {row['kept']:,} of {row['left']:,}{whose if lost and usual else ''}"
        )
    elif len(single):
        parts.append("cannot be asked without its only article")
    return "; ".join(parts)


def _where(asked: pd.DataFrame, failing: pd.DataFrame, names: Sequence[str]) -> str:
    """Name the choices under which a claim fails: first those under which it always does, then the worst one."""
    told: list[str] = []
    rest, left = failing, asked
    while 0 < len(rest) < len(left) and len(told) < _NAMED:
        shares = [
            (hits / int((left[name] == value).sum()), hits, name, value)
            for name in names
            for value, hits in rest[name].value_counts().items()
            if not (left[name] == value).all()
        ]
        if not shares:
            break
        share, _, name, value = min(shares, key=lambda s: (-s[0], -s[1], s[2], str(s[3])))
        hits, of = (int((part[name] == value).sum()) for part in (failing, asked))
        told.append(f"{name} = {value} ({'all' if hits == of else f'{hits:,} of'} {of:,})")
        rest, left = rest[rest[name] != value], left[left[name] != value]
        if share < 1:
            break
    return ", ".join(told) + (f", and in {len(rest):,} more" if told and len(rest) else "")


# ------------------------------------------------------------------------------------------ claims to ask


def list_claims(corpus: Corpus, by: str = "source") -> list[str]:
    """List claims to ask: those of the corpus's findings.md, then what the usual choices suggest of each group.

    Parameters
    ----------
    corpus : Corpus
        The selection that they are about.
    by : str
        A column of articles.csv.

    Returns
    -------
    list of str
        Those of findings.md that are about this selection; of each group that its first term, its most frequent frame
        and the side heard most lead there; which group speaks most in its own voice, and which has the highest
        polarity. What shares the lead is no claim.

    Notes
    -----
    What the texts suggested cannot be confirmed by them: such a claim holds under the usual choices because it was
    found there, and the question is what else it takes.
    """
    check_by(corpus, by, "list_claims")
    forms = {
        "term": [f"'{term}' leads for {{}}" for term in _first_terms(corpus, by)],
        "frame": [f"{code} leads for {{}}" for code in corpus.codebook.codes],
        "side": [f"{side} is heard most by {{}}" for side in corpus.sides if side not in (OTHER, UNATTRIBUTED)],
        "own": ["{} speaks most in its own voice"],
        "polarity": ["polarity is highest for {}"],
    }
    world = World(corpus, by)
    written = [text for texts in claims_of_findings(corpus).values() for text in texts]
    found = [claim.text for claim in map(partial(_readable, corpus, by), written) if claim]
    for group in corpus.groups(by):
        for kind, texts in forms.items():
            for text in texts:
                claim = read_claim(corpus, text.replace("{}", str(group)), by)
                usual = {name: values[0] for name, values in GRIDS[kind](world, claim).items()}
                if ANSWERS[kind](world, claim, usual).holds:
                    found.append(claim.text)
    return list(dict.fromkeys(found))


def _readable(corpus: Corpus, by: str, text: str) -> Claim | None:
    """Read a claim; None for one about what is not in this selection."""
    try:
        return read_claim(corpus, text, by)
    except ValueError:
        return None


def _first_terms(corpus: Corpus, by: str) -> list[str]:
    """Name the first term of each group by z."""
    table = compare_terms(corpus, by, min_count=3, draws=0)
    return list(dict.fromkeys(table.groupby(by, sort=False)["term"].first()))


def claims_of_findings(corpus: Corpus) -> dict[str, list[str]]:
    """Give the claims that a corpus's findings.md marks with 'Varied:', by the section in which they stand."""
    path = corpus.folder / "findings.md"
    sections = re.split(r"^## ", path.read_text(encoding="utf-8") if path.exists() else "", flags=re.M)[1:]
    return {text.split(maxsplit=1)[0]: VARIED.findall(text) for text in sections if text.strip()}
