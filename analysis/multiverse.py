"""Does a claim hold under other choices that could be defended, and without each single article?

A multiverse (Steegen et al. 2016) shown as a specification curve (Simonsohn et al. 2020): every combination of
choices is one specification. They are not independent of each other, and their share is no probability; it says what
a claim rests on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from analysis.claims import Claim, read_claim
from analysis.codebook import NONE, codes_of
from analysis.coding import CODED_SECTIONS, SENTENCE, coders_of, is_final
from analysis.compare import check_by, to_table
from analysis.contrasts import Contrast, Counted, count_terms, own_names
from analysis.corpus import ROW, Corpus, count_by_form
from analysis.frames import read_cells
from analysis.keyness import ALPHA_0, compare_terms
from analysis.sentiment import score_sensitivity
from analysis.speakers import OTHER, UNATTRIBUTED
from analysis.statistics import Floats, at_least, log_ratio_bound, smoothed_log_odds
from analysis.tables import nearest

LEFT_OUT = "left out"
BOUND = "log ratio bound"
_PRIORS = {f"prior {ALPHA_0 * factor:g}": ALPHA_0 * factor for factor in (1, 0.1, 10)}
_DICTIONARY = "dictionary"
_NAMED = 3  # choices that a line names as those under which a claim fails
VARIED = re.compile(r"\s+Varied: `([^`]+)`")  # in findings.md, before 'Check:'
# What the mean polarity of an article weighs in that of its source.
_WEIGHED_BY = {"each expression alike": "n_scored", "unscored as 0": "n_sentences"}
_QUANTITIES = {
    ("term", "more"): "log-odds, or the bound of the log ratio (natural logarithms)",
    ("term", ""): "rank of the term",
    ("frame", "more"): "rate less that of all others",
    ("frame", ""): "rank of the frame",
    ("voice", ""): "share of the frame's sentences",
    ("side", "more"): "share of words less that of all others",
    ("side", ""): "rank of the side",
    ("polarity", ""): "mean polarity less that of the next source",
}

Choices = Mapping[str, str]
Grid = Mapping[str, Sequence[str]]


class Answer(NamedTuple):
    """What one specification makes of a claim: a number, whether it holds (None: it cannot be asked), and why not."""

    value: float
    holds: bool | None
    why: str = ""


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
    Choices for terms: voice (all, outlet), translated texts, spellings (merged by variants.toml, or as found), names
    kept or left out, stop words (the corpus's list, or scikit-learn's 318 as well), least count, and score (z and
    log-odds with a tenth of the prior, the prior, and ten times of it; the conservative bound of the log ratio).
    Upper and lower case are not told apart in the tables, and not varied. Frames: whose reading, or the dictionary;
    section; voice; translated texts. Sides: quoted or reported words, counted as words or passages; section; whether
    'other' and 'unattributed' are sides. Polarity: the choices of `score_sensitivity`; section; voice; translated
    texts.

    A term or frame that is not there fails. Choices that cannot change a claim are not crossed with it, so that none
    is counted twice.
    """
    check_by(corpus, by, "robustness")
    if len(corpus.groups(by)) < 2:
        found = ", ".join(map(repr, corpus.groups(by))) or "no group"
        raise ValueError(f"robustness: {by} has only {found}; two are needed: take more into the selection")
    claims = [read_claim(corpus, text, by) for text in ([claim] if isinstance(claim, str) else claim)]
    world = _World(corpus, by)
    grids = [_GRIDS[c.kind](world, c) for c in claims]
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
    result.attrs["note"] = ("Specifications share texts and most choices; the share in which a claim holds is no"
                            " probability.")  # fmt: skip
    return result


def _keep(name: str, values: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """Keep the choices that are wanted."""
    wanted = [wanted] if isinstance(wanted, str) else wanted
    for value in wanted or ():
        if value not in values:
            raise ValueError(f"robustness: {name} has no choice {value!r}; {nearest(value, values)}")
    return [value for value in values if wanted is None or value in wanted]


def _ask(world: _World, claim: Claim, grid: Grid) -> Iterator[dict[str, Any]]:
    """Ask a claim under each combination of choices, and under the first without each article."""
    answer = _ANSWERS[claim.kind]
    specifications = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    for spec in specifications:
        if spec.get("told by") != "readers" or spec.get("reading") != _DICTIONARY:  # it notes no voice
            yield {"claim": claim.text, **spec, LEFT_OUT: "", **answer(world, claim, spec)._asdict()}
    for article in world.corpus.articles["article_id"]:
        found = answer(world.without(article), claim, specifications[0])
        yield {"claim": claim.text, **specifications[0], LEFT_OUT: article, **found._asdict()}


@dataclass
class _World:
    """A corpus, and what the specifications of many claims share; `whole` is what an article was left out of."""

    corpus: Corpus
    by: str
    whole: _World | None = None
    held: dict[Any, Any] = field(default_factory=dict)

    def remember(self, key: Any, work_out: Callable[[], Any]) -> Any:
        """Work something out once."""
        if key not in self.held:
            self.held[key] = work_out()
        return self.held[key]

    def without(self, article: str) -> _World:
        """Give the same without an article."""
        others = [name for name in self.corpus.articles["article_id"] if name != article]
        return self.remember(article, lambda: _World(self.corpus.select(article_id=others), self.by, self))

    @cached_property
    def has_translated(self) -> bool:
        return bool((self.corpus.articles["translation"] != "none").any())

    @cached_property
    def names(self) -> set[str]:
        """Terms that are names, and their spellings."""
        rows = self.corpus.tables["terms"]
        return set(self.corpus.names) | set(rows.loc[rows["term"].isin(self.corpus.names), "form"])

    def select(self, spec: Choices) -> Corpus:
        """Select what a specification looks at: voice, section, translated texts."""
        chosen = self.corpus
        if spec.get("translated") == "without":
            chosen = chosen.select(translation="none") if (chosen.articles["translation"] == "none").any() else (
                chosen.select(article_id=[]))  # fmt: skip
        if spec.get("section") == "body":
            chosen = chosen.select(section="body")
        return chosen.select(voice="outlet") if spec.get("voice") == "outlet" else chosen

    def missing(self, chosen: Corpus, claim: Claim) -> str:
        """Say why a claim cannot be asked of a selection, '' where it can."""
        groups = chosen.groups(self.by)
        articles = int((chosen.articles[self.by] == claim.group).sum())
        if not articles:
            return f"no article of {claim.group} is left"
        return "no other group is left" if len(groups) < 2 else ""


def _translated(world: _World) -> dict[str, list[str]]:
    return {"translated": ["with", "without"]} if world.has_translated else {}


# --------------------------------------------------------------------------------------------------- terms


def _term_grid(world: _World, claim: Claim) -> Grid:
    scores = [f"log-odds, {prior}" for prior in _PRIORS]
    common = {"voice": ["all", "outlet"], **_translated(world), "spellings": ["merged", "as found"]}
    if claim.says == "more":  # z has the sign of the log-odds, and other terms do not matter
        return {**common, "score": [*scores, BOUND]}
    scores = [f"z, {prior}" for prior in _PRIORS] + scores
    stopped = {"stop words": ["own list", "scikit-learn's too"]}
    has_more = bool(set(world.corpus.terms["term"]) & ENGLISH_STOP_WORDS)
    has_names = bool(set(world.corpus.terms["term"]) & world.corpus.names)
    return {
        **common, **({"names": ["kept", "left out"]} if has_names else {}), **(stopped if has_more else {}),
        "least count": ["3", "2", "5"], "score": [*scores, BOUND],
    }  # fmt: skip


def _term_answer(world: _World, claim: Claim, spec: Choices) -> Answer:
    base = (spec["voice"], spec.get("translated"), spec["spellings"])
    found = world.remember(("terms", *base), lambda: _count(world, spec))
    if isinstance(found, str):
        return Answer(np.nan, None, found)
    counted: Counted = found
    contrast = world.remember(("contrast", *base, claim.group), lambda: _contrast(counted, claim.group))
    if contrast is None:
        return Answer(np.nan, None, f"no word of {claim.group} is left")
    terms = counted.corpus.terms["term"].to_numpy()
    subject = _spelling(world, claim.subject) if spec["spellings"] == "as found" else claim.subject
    mine = terms == subject
    whole = contrast.count + contrast.rest_count
    if claim.says == "more":
        if not mine.any():
            return Answer(np.nan, False, "nobody uses it")
        value = float(_score(counted, contrast, spec["score"], mine).max())
        return Answer(value, value > 0, "" if value > 0 else "no more than the others")
    kept = whole >= int(spec["least count"])
    if spec.get("names") == "left out":
        if claim.subject in world.corpus.names:
            return Answer(np.nan, None, "it is a name")
        kept &= ~np.isin(terms, list(world.names))
    if spec.get("stop words") == "scikit-learn's too":
        kept &= ~np.isin(terms, list(ENGLISH_STOP_WORDS))
    outlets = list(own_names(counted.corpus, claim.group if world.by == "source" else None))
    ranked = kept & ~np.isin(terms, outlets)
    if not (mine & ranked).any():
        return Answer(np.nan, False, "too rare, a stop word or the outlet's name" if mine.any() else "nobody uses it")
    scores = _score(counted, contrast, spec["score"], kept)
    own = float(scores[mine[kept]].max())
    rank = int(at_least(scores[ranked[kept]], own).sum())
    if own <= 0:
        return Answer(rank, False, "no more than the others")
    return Answer(rank, rank <= claim.first, "" if rank <= claim.first else "others lead or share the lead")


def _count(world: _World, spec: Choices) -> Counted | str:
    """Count the terms of a selection, or say why its groups cannot be compared."""
    chosen = world.select(spec)
    if spec["spellings"] == "as found":
        chosen = count_by_form(chosen)
    try:
        return count_terms(chosen, world.by, 1, "robustness")
    except ValueError as error:
        return str(error).removeprefix("robustness: ").partition(";")[0]


def _contrast(counted: Counted, group: Any) -> Contrast | None:
    return next((c for c in counted.contrasts() if c.group == group), None)


def _spelling(world: _World, term: str) -> str:
    """Give the form that stands for a term where spellings are not merged: the same, or the most frequent."""

    def find() -> str:
        rows = world.corpus.tables["terms"]
        rows = rows[rows["term"] == term]
        forms = rows.groupby("form")["count"].sum().sort_values(ascending=False, kind="stable")
        return term if term in forms.index or forms.empty else str(forms.index[0])

    return str(world.remember(("spelling", term), find))


def _score(counted: Counted, c: Contrast, score: str, kept: np.ndarray) -> Floats:
    """Score these terms by one of the scores."""
    cells = (c.count[kept], c.rest_count[kept], c.words, c.rest_words)
    if score == BOUND:
        return np.asarray(log_ratio_bound(*cells, family=int(kept.sum()))) * np.log(2)
    measure, _, prior = score.partition(", ")
    alpha_0 = _PRIORS[prior]
    alpha = alpha_0 * counted.alpha[kept]
    log_odds, variance = smoothed_log_odds(*cells, alpha, alpha, alpha_0, alpha_0)
    return log_odds / np.sqrt(variance) if measure == "z" else log_odds


# -------------------------------------------------------------------------------------------------- frames


def _frame_grid(world: _World, claim: Claim) -> Grid:
    readings = _readings(world.corpus)
    grid: dict[str, list[str]] = {"reading": readings, "section": ["all", "body"]}
    if claim.kind == "voice":
        attributes = {f.code: f.attributes for f in world.corpus.codebook.frames}[claim.subject]
        noted = "outlet" in attributes.get("voice", ()) and readings != [_DICTIONARY]
        return {**grid, **({"told by": ["rules", "readers"]} if noted else {}), "scare quotes": ["own", "not own"]}
    grid["voice"] = ["all", "outlet"]
    if claim.says == "more":
        return {**grid, **_translated(world), "rate": ["per sentence", "per 1,000 words"]}
    return grid


def _readings(corpus: Corpus) -> list[str]:
    """Name what tells the frames of a sentence: the reading that counts, each coder's own, the dictionary."""
    coders = list(coders_of(corpus).index)
    single = [f"coder {name}" for name in coders if not is_final(name)]
    return [*(["the one that counts"] if coders else []), *(single if len(coders) > 1 else []), _DICTIONARY]


def _frame_answer(world: _World, claim: Claim, spec: Choices) -> Answer:
    chosen = world.remember(("select", *_key(spec, "section", "voice", "translated")), lambda: world.select(spec))
    if reason := world.missing(chosen, claim):
        return Answer(np.nan, None, reason)
    whole = world.whole or world
    all_codes, read = whole.remember(("codes", spec["reading"]), lambda: _codes(whole, spec["reading"]))
    codes = world.remember(
        ("here", *_key(spec, "reading", "section", "voice", "translated")), lambda: _here(all_codes, chosen)
    )
    group_of = dict(zip(chosen.articles["article_id"], chosen.articles[world.by], strict=True))
    mine = codes["article_id"].map(group_of) == claim.group
    same = codes["frame"] == claim.subject
    if claim.kind == "voice":
        return _own_voice(codes[mine & same], spec)
    if claim.says == "more":
        sizes = _sizes(chosen, read, spec["rate"]).groupby(group_of).sum()
        words, rest = sizes.get(claim.group, 0), sizes.drop(claim.group, errors="ignore").sum()
        if not words or not rest:
            return Answer(np.nan, None, "nothing was read there")
        gap = int((mine & same).sum()) / words - int((~mine & same).sum()) / rest
        return Answer(gap, bool(gap > 0), "" if gap > 0 else "no more than the others")
    counts = codes[mine]["frame"].value_counts()
    own = int(counts.get(claim.subject, 0))
    if not own:
        return Answer(np.nan, False, "no sentence has it")
    rank = int((counts >= own).sum())
    return Answer(rank, rank <= claim.first, "" if rank <= claim.first else "others lead or share the lead")


def _here(codes: pd.DataFrame, chosen: Corpus) -> pd.DataFrame:
    """Keep the codes that passages of the selection carry."""
    return codes[pd.MultiIndex.from_frame(codes[ROW]).isin(pd.MultiIndex.from_frame(chosen.passages[ROW]))]


def _key(spec: Choices, *names: str) -> tuple[str | None, ...]:
    return tuple(spec.get(name) for name in names)


def _codes(world: _World, reading: str) -> tuple[pd.DataFrame, pd.MultiIndex]:
    """Give the codes of one reading, each with the passage that carries it, and the sentences that were read."""
    corpus = world.corpus
    cells = world.remember("cells", lambda: _cells(corpus))
    sentences = world.remember(
        "sentences", lambda: pd.MultiIndex.from_frame(cells[SENTENCE].drop_duplicates(ignore_index=True))
    )
    if reading == _DICTIONARY:
        return cells[cells["found"]], sentences
    coding = corpus.tables["coding"]
    if not reading.startswith("coder "):
        return cells[cells["coded"].fillna(False).astype(bool)], _read_in(sentences, coding)
    own = coding[coding["coder"] == reading.removeprefix("coder ")]
    present = own[own["frame"] != NONE].set_index([*SENTENCE, "frame"])["attribute"]
    keys = pd.MultiIndex.from_frame(cells[[*SENTENCE, "frame"]])
    codes = cells[keys.isin(present.index)]
    noted = present.reindex(pd.MultiIndex.from_frame(codes[[*SENTENCE, "frame"]])).to_numpy()
    return codes.assign(attribute=noted), _read_in(sentences, own)


def _cells(corpus: Corpus) -> pd.DataFrame:
    """Give every sentence x frame here that can be coded, with the exact voice of the passage that carries it."""
    cells = read_cells(corpus)
    places = pd.MultiIndex.from_frame(corpus.passages[ROW])
    cells = cells[cells["section"].isin(CODED_SECTIONS) & pd.MultiIndex.from_frame(cells[ROW]).isin(places)]
    return cells.join(corpus.passages.set_index(ROW)["voice"].rename("exact_voice"), on=ROW)


def _read_in(sentences: pd.MultiIndex, coding: pd.DataFrame) -> pd.MultiIndex:
    return sentences[sentences.isin(pd.MultiIndex.from_frame(coding[SENTENCE]))]


def _own_voice(codes: pd.DataFrame, spec: Choices) -> Answer:
    """Say in what share of these sentences the outlet itself speaks."""
    if codes.empty:
        return Answer(np.nan, False, "no sentence has it")
    own = codes["exact_voice"] == "outlet"
    if spec["scare quotes"] == "own":
        own |= codes["exact_voice"] == "scare"
    if spec.get("told by") == "readers":
        noted = [dict(codes_of(attribute)).get("voice", "") for attribute in codes["attribute"]]
        own = pd.Series(noted, index=codes.index) == "outlet"
        if spec["scare quotes"] == "not own":
            own &= codes["exact_voice"] != "scare"
    share = float(own.mean())
    return Answer(share, share > 0.5, "" if share > 0.5 else "half of the sentences or more are others' words")


def _sizes(chosen: Corpus, read: pd.MultiIndex, rate: str) -> pd.Series:
    """Give what a rate is of, article by article: sentences that were read, or their words in thousands."""
    passages = chosen.passages[pd.MultiIndex.from_frame(chosen.passages[SENTENCE]).isin(read)]
    if rate == "per sentence":
        return passages.drop_duplicates(SENTENCE).groupby("article_id").size()
    return passages.groupby("article_id")["n_words"].sum() / 1000


# --------------------------------------------------------------------------------------------------- sides


def _side_grid(world: _World, claim: Claim) -> Grid:
    grid = {
        "speech": ["quoted and reported", "quoted", "reported"],
        "section": ["all", "body"],
        "counted": ["words", "passages"],
    }
    if claim.says == "more":
        return {**grid, **_translated(world)}
    return {**grid, "'other' and 'unattributed'": ["compared too", "left out"]}


def _side_answer(world: _World, claim: Claim, spec: Choices) -> Answer:
    chosen = world.remember(("select", *_key(spec, "section", "voice", "translated")), lambda: world.select(spec))
    if reason := world.missing(chosen, claim):
        return Answer(np.nan, None, reason)
    voices = {"quoted": ["quote"], "reported": ["reported"]}.get(spec["speech"], ["quote", "reported"])
    weight = chosen.passages["n_words"] if spec["counted"] == "words" else pd.Series(1, chosen.passages.index)
    mine = chosen.labels(world.by) == claim.group
    spoken = chosen.passages["voice"].isin(voices)
    said = spoken & (chosen.passages["side"] == claim.subject)
    if claim.says == "more":
        whole, rest = weight[mine].sum(), weight[~mine].sum()
        if not whole or not rest:
            return Answer(np.nan, None, "nothing of one of the two is left")
        gap = float(weight[mine & said].sum() / whole - weight[~mine & said].sum() / rest)
        return Answer(gap, gap > 0, "" if gap > 0 else "no more than in the others")
    sums = weight[mine & spoken].groupby(chosen.passages["side"]).sum()
    if spec["'other' and 'unattributed'"] == "left out":
        sums = sums.drop([s for s in (OTHER, UNATTRIBUTED) if s != claim.subject], errors="ignore")
    own = sums.get(claim.subject, 0)
    if not own:
        return Answer(np.nan, False, "the side is not heard")
    rank = int((sums >= own).sum())
    return Answer(rank, rank == 1, "" if rank == 1 else "another side is heard as much or more")


# ------------------------------------------------------------------------------------------------ polarity


def _polarity_grid(world: _World, claim: Claim) -> Grid:
    names = world.remember("sensitivity", lambda: score_sensitivity(world.corpus, world.by))["choice"].unique()
    return {"scoring": list(names), "section": ["all", "body"], "voice": ["all", "outlet"], **_translated(world)}


def _polarity_answer(world: _World, claim: Claim, spec: Choices) -> Answer:
    key, whole = _key(spec, "section", "voice", "translated"), world.whole or world
    chosen = world.remember(("select", *key), lambda: world.select(spec))
    if reason := world.missing(chosen, claim):
        return Answer(np.nan, None, reason)
    scored = whole.remember(("polarity", *key), lambda: score_sensitivity(whole.select(spec), "article_id"))
    scored = scored[(scored["choice"] == spec["scoring"]) & scored["article_id"].isin(chosen.articles["article_id"])]
    scored = scored.dropna(subset="polarity")
    groups = scored["article_id"].map(chosen.articles.set_index("article_id")[world.by])
    weights = scored[_WEIGHED_BY.get(spec["scoring"], "n_scored_sentences")]
    sums = (scored["polarity"] * weights).groupby(groups).sum() / weights.groupby(groups).sum()
    means = sums.dropna()
    if claim.group not in means or len(means) < 2:
        return Answer(np.nan, None, "no scored word in it, or in no other")
    sign = 1 if claim.says == "highest" else -1
    own, others = sign * means[claim.group], sign * means.drop(claim.group)
    gap = float(own - others.max())
    return Answer(sign * gap, gap > 0, "" if gap > 0 else f"{others.idxmax()} is {claim.says}, or they share it")


_GRIDS: Mapping[str, Callable[[_World, Claim], Grid]] = {
    "term": _term_grid, "frame": _frame_grid, "voice": _frame_grid, "side": _side_grid, "polarity": _polarity_grid,
}  # fmt: skip
_ANSWERS: Mapping[str, Callable[[_World, Claim, Choices], Answer]] = {
    "term": _term_answer, "frame": _frame_answer, "voice": _frame_answer, "side": _side_answer,
    "polarity": _polarity_answer,
}  # fmt: skip


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
        One row per claim, in the order of the table: claim, holds, specifications (in which it can be asked),
        not_asked (in which it cannot), fails_where (the choices under which it always fails, or most often), kept, left
        (with an article left out: in how many it holds, of how many), line (all of this in a sentence).
    """
    rows = []
    for claim, mine in table.groupby("claim", sort=False):
        grid, single = mine[mine[LEFT_OUT] == ""], mine[mine[LEFT_OUT] != ""]
        asked, told = (part[part["holds"].notna()] for part in (grid, single))
        failing = asked[~asked["holds"].astype(bool)]
        row = {
            "claim": claim, "holds": len(asked) - len(failing), "specifications": len(asked),
            "not_asked": len(grid) - len(asked),
            "fails_where": _where(asked, failing, table.attrs["choices"][claim]),
            "kept": int(told["holds"].sum()), "left": len(told),
        }  # fmt: skip
        row["line"] = _line(row, grid, told)
        rows.append(row)
    columns = ["claim", "holds", "specifications", "not_asked", "fails_where", "kept", "left", "line"]
    result = pd.DataFrame(rows, columns=columns)
    result.attrs = {name: value for name, value in table.attrs.items() if name not in ("lines", "choices")}
    return result


def _line(row: Mapping[str, Any], grid: pd.DataFrame, told: pd.DataFrame) -> str:
    """Put what is known of a claim into one sentence."""
    parts = [f"holds in {row['holds']:,} of {row['specifications']:,} specifications"]
    if row["fails_where"]:
        parts.append(f"fails where {row['fails_where']}")
    if row["not_asked"]:
        reasons = sorted(set(grid.loc[grid["holds"].isna(), "why"]))
        parts.append(f"cannot be asked in {row['not_asked']:,} ({'; '.join(reasons)})")
    if row["left"]:
        lost = told.loc[~told["holds"].astype(bool), LEFT_OUT].tolist()
        whose = f", not without {', '.join(lost[:_NAMED])}{' and others' if len(lost) > _NAMED else ''}" if lost else ""
        parts.append(f"with one article left out in {row['kept']:,} of {row['left']:,}{whose}")
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
        share, hits, name, value = min(shares, key=lambda s: (-s[0], -s[1], s[2], str(s[3])))
        told.append(
            f"{name} = {value} ({'all' if share == 1 else f'{hits:,} of'} {int((left[name] == value).sum()):,})"
        )
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
        and the side heard most lead there; and which group has the highest polarity. What shares the lead is no claim.

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
        "polarity": ["polarity is highest for {}"],
    }
    world = _World(corpus, by)
    written = [text for texts in claims_of_findings(corpus).values() for text in texts]
    found = [claim.text for claim in map(partial(_readable, corpus, by), written) if claim]
    for group in corpus.groups(by):
        for kind, texts in forms.items():
            for text in texts:
                claim = read_claim(corpus, text.replace("{}", str(group)), by)
                usual = {name: values[0] for name, values in _GRIDS[kind](world, claim).items()}
                if _ANSWERS[kind](world, claim, usual).holds:
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
