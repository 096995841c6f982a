"""What one combination of choices makes of a claim, for terms, frames, voices, sides, own words and polarity.

Each kind of claim has a grid (the choices that could change it, the usual one first) and an answer (what a combination
of them gives). What many specifications share is worked out once and kept in a `World`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from analysis.claims import Claim
from analysis.codebook import NONE, codes_of
from analysis.coding import CODED_SECTIONS, SENTENCE, coders_of, is_final
from analysis.contrasts import Contrast, Counted, count_terms, own_names, tell_dispersion
from analysis.corpus import ROW, Corpus
from analysis.frames import read_cells
from analysis.keyness import ALPHA_0
from analysis.loading import LazyTables, count_by_form, list_forms
from analysis.patterns import LEAST_BEGINNING
from analysis.sentiment import ALIKE, NEUTRAL, score_sensitivity
from analysis.speakers import OTHER, UNATTRIBUTED
from analysis.statistics import Floats, at_least, log_ratio_bound, smoothed_log_odds

MERGED, FOUND, WRITTEN = "merged", "as found", "as written"
BOUND = "log ratio bound"
BEGINNING = "all that begin with it"
PLAIN = "z of independent words"
DICTIONARY = "dictionary"
_PRIORS = {f"prior {ALPHA_0 * factor:g}": ALPHA_0 * factor for factor in (1, 0.1, 10)}
# What the mean polarity of an article weighs in that of its source.
_WEIGHED_BY = {ALIKE: "n_scored", NEUTRAL: "n_sentences"}

Choices = Mapping[str, str]
Grid = Mapping[str, Sequence[str]]
Mask = NDArray[np.bool_]


class Answer(NamedTuple):
    """What one specification makes of a claim: a number, whether it holds (None: it cannot be asked), and why not."""

    value: float
    holds: bool | None
    why: str = ""


@dataclass
class World:
    """A corpus, and what the specifications of many claims share; `whole` is what an article was left out of."""

    corpus: Corpus
    by: str
    whole: World | None = None
    held: dict[Any, Any] = field(default_factory=dict)

    def remember(self, key: Any, work_out: Callable[[], Any]) -> Any:
        """Work something out once."""
        if key not in self.held:
            self.held[key] = work_out()
        return self.held[key]

    def without(self, article: str) -> World:
        """Give the same without an article."""
        others = [name for name in self.corpus.articles["article_id"] if name != article]
        return self.remember(article, lambda: World(self.corpus.select(article_id=others), self.by, self))

    @cached_property
    def readings(self) -> dict[str, str]:
        """What tells the frames of a sentence, and the coder of each."""
        return _name_readings(self.corpus)

    @cached_property
    def has_translated(self) -> bool:
        """Whether any article is translated."""
        return bool((self.corpus.articles["translation"] != "none").any())

    @cached_property
    def spellings(self) -> list[str]:
        """How spellings can be counted: of a large corpus they are merged, since their table is not in memory."""
        if isinstance(self.corpus.tables, LazyTables):
            return [MERGED]
        tables, here = self.corpus.tables, set(self.corpus.articles["article_id"])
        rows, capitals = (table[table["article_id"].isin(here)] for table in (tables["terms"], tables["capitals"]))
        found = [FOUND] if (rows["term"] != rows["form"]).any() else []
        return [MERGED, *found, *([WRITTEN] if len(capitals) else [])]

    @cached_property
    def has_replicates(self) -> bool:
        """Whether two articles are of one group, so that their dispersion widens z."""
        return bool(self.corpus.articles[self.by].duplicated().any())

    @cached_property
    def names(self) -> set[str]:
        """Terms that are names, and their spellings."""
        if self.spellings == [MERGED]:
            return set(self.corpus.names)
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


def _voice(world: World) -> dict[str, list[str]]:
    """Offer the outlet's own voice where others speak as well."""
    others = ~world.corpus.passages["voice"].isin(["outlet", "scare"])
    return {"voice": ["all", "outlet"]} if others.any() else {}


def _section(world: World) -> dict[str, list[str]]:
    """Offer the body alone where there is more."""
    return {"section": ["all", "body"]} if (world.corpus.passages["section"] != "body").any() else {}


def _scare(world: World) -> dict[str, list[str]]:
    return {"scare quotes": ["own", "not own"]} if (world.corpus.passages["voice"] == "scare").any() else {}


def _translated(world: World) -> dict[str, list[str]]:
    return {"translated": ["with", "without"]} if world.has_translated else {}


# --------------------------------------------------------------------------------------------------- terms


def _term_grid(world: World, claim: Claim) -> Grid:
    if claim.says == "none":  # of other choices none could find what the usual ones do not
        return {"counted": ["the term", BEGINNING] if len(claim.subject) >= LEAST_BEGINNING else ["the term"]}
    scores = [f"log-odds, {prior}" for prior in _PRIORS]
    spellings = {"spellings": world.spellings} if len(world.spellings) > 1 else {}
    common = {**_voice(world), **_translated(world), **spellings}
    if claim.says == "more":  # neither z nor the prior changes the sign of the log-odds, and other terms do not matter
        return {**common, "score": [scores[0], BOUND]}
    scores = [f"z, {prior}" for prior in _PRIORS] + scores
    if world.has_replicates:
        scores.append(f"{PLAIN}, {next(iter(_PRIORS))}")
    stopped = {"stop words": ["own list", "scikit-learn's too"]}
    has_more = bool(set(world.corpus.terms["term"]) & ENGLISH_STOP_WORDS)
    has_names = bool(set(world.corpus.terms["term"]) & world.corpus.names)
    return {
        **common, **({"names": ["kept", "left out"]} if has_names else {}), **(stopped if has_more else {}),
        "least count": ["3", "2", "5"], "score": [*scores, BOUND],
    }  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    """What the specifications of a claim about a term share that count the same words: masks are over the terms."""

    counted: Counted
    contrast: Contrast
    phi: Floats
    mine: Mask
    names: Mask
    stopped: Mask
    outlets: Mask  # own names, which have no rank


def _ask(world: World, claim: Claim, spec: Choices) -> _Asked | str:
    """Count the words, or say why the claim cannot be asked of them."""
    base = _key(spec, "voice", "translated", "spellings")
    counted = world.remember(("terms", *base), lambda: _count(world, spec))
    if isinstance(counted, str):
        return counted
    contrast = next((c for c in counted.tally.contrasts() if c.group == claim.group), None)
    if contrast is None:
        return f"no word of {claim.group} is left"
    outlets = own_names(counted.source, claim.group if world.by == "source" else None)
    if claim.subject in outlets:
        return "it is the outlet's own name"
    subject = _spelling(world, claim.subject, spec.get("spellings", MERGED))
    phi = world.remember(("phi", *base), lambda: tell_dispersion(counted, None)[0])
    terms = counted.terms["term"]
    among = [terms.str.lower().isin(words).to_numpy() for words in (world.names, ENGLISH_STOP_WORDS, outlets)]
    return _Asked(counted, contrast, phi, (terms == subject).to_numpy(), *among)


def _term_answer(world: World, claim: Claim, spec: Choices) -> Answer:
    if claim.says == "none":
        return _count_absent(world, claim, spec)
    key = ("asked", claim.group, claim.subject, *_key(spec, "voice", "translated", "spellings"))
    asked = world.remember(key, lambda: _ask(world, claim, spec))
    if isinstance(asked, str):
        return Answer(np.nan, None, asked)
    mine, whole = asked.mine, asked.contrast.count + asked.contrast.rest_count
    not_more = "the interval holds no difference" if spec["score"] == BOUND else "no more than the others"
    if claim.says == "more":
        if not mine.any():
            return Answer(np.nan, False, "nobody uses it")
        value = float(_score(asked, spec["score"], mine).max())
        return Answer(value, value > 0, "" if value > 0 else not_more)
    kept = whole >= int(spec["least count"])
    if spec.get("names") == "left out":
        if claim.subject in world.corpus.names:
            return Answer(np.nan, None, "it is a name")
        kept &= ~asked.names
    if spec.get("stop words") == "scikit-learn's too":
        kept &= ~asked.stopped
    ranked = kept & ~asked.outlets
    if not (mine & ranked).any():
        return Answer(np.nan, False, "too rare, or a stop word" if mine.any() else "nobody uses it")
    scores = _score(asked, spec["score"], kept)
    own = float(scores[mine[kept]].max())
    rank = int(at_least(scores[ranked[kept]], own).sum())
    if own <= 0:
        return Answer(rank, False, not_more)
    return Answer(rank, rank <= claim.first, "" if rank <= claim.first else "others lead or share the lead")


def _count_absent(world: World, claim: Claim, spec: Choices) -> Answer:
    """Count the term in the group's own words, whatever the others have."""
    own = world.remember(("own", claim.group), lambda: world.corpus.select(**{world.by: [claim.group]}))
    if not own.passages["n_words"].sum():
        return Answer(np.nan, None, f"no word of {claim.group} is left")
    terms = own.terms["term"]
    mine = terms.str.startswith(claim.subject) if spec["counted"] == BEGINNING else terms == claim.subject
    return _absence(int(own.counts[:, np.flatnonzero(mine)].sum()))


def _absence(count: int) -> Answer:
    """Say that nothing is there, or how much."""
    return Answer(count, count == 0, "" if count == 0 else "it is there")


def _count(world: World, spec: Choices) -> Counted | str:
    """Count the terms of a selection, or say why its groups cannot be compared."""
    chosen = world.select(spec)
    if (spelled := spec.get("spellings", MERGED)) != MERGED:
        chosen = count_by_form(chosen, case=spelled == WRITTEN)
    try:
        return count_terms(chosen, world.by, 1, "robustness")
    except ValueError as error:
        return str(error).removeprefix("robustness: ").partition(";")[0]


def _spelling(world: World, term: str, spellings: str) -> str:
    """Give the form that stands for a term: the same, or where there is none and as written the most frequent."""

    def find() -> str:
        if spellings == MERGED:
            return term
        rows = world.remember(("forms", spellings), partial(list_forms, world.corpus.tables, case=spellings == WRITTEN))
        rows = rows[(rows["term"] == term) & rows["article_id"].isin(world.corpus.articles["article_id"])]
        same = rows["form"].str.lower() == term
        forms = rows[same if same.any() else slice(None)].groupby("form")["count"].sum()
        return min(forms.index, key=lambda form: (-forms[form], form != form.lower(), form), default=term)

    return str(world.remember(("spelling", term, spellings), find))


def _score(asked: _Asked, score: str, kept: Mask) -> Floats:
    """Score these terms by one of the scores; z is widened by the dispersion where that is known."""
    c, tally, phi = asked.contrast, asked.counted.tally, asked.phi[kept]
    cells = (c.count[kept], c.rest_count[kept], c.words, c.rest_words)
    if score == BOUND:
        return np.asarray(log_ratio_bound(*cells, family=int(kept.sum()))) * np.log(2)
    measure, _, prior = score.partition(", ")
    alpha_0 = _PRIORS[prior]
    alpha = alpha_0 * tally.alpha[kept]
    log_odds, variance = smoothed_log_odds(*cells, alpha, alpha, alpha_0, alpha_0)
    if measure == "log-odds":
        return log_odds
    return log_odds / np.sqrt(variance * np.where(np.isnan(phi) | (measure == PLAIN), 1, phi))


# -------------------------------------------------------------------------------------------------- frames


def _frame_grid(world: World, claim: Claim) -> Grid:
    readings = [*world.readings]
    if claim.says == "none":
        return {"reading": readings}
    grid: dict[str, list[str]] = {"reading": readings, **_section(world)}
    if claim.kind == "voice":
        attributes = {f.code: f.attributes for f in world.corpus.codebook.frames}[claim.subject]
        noted = "outlet" in attributes.get("voice", ()) and readings != [DICTIONARY]
        return {**grid, **({"told by": ["rules", "readers"]} if noted else {}), **_scare(world)}
    grid |= _voice(world)
    if claim.says == "more":
        return {**grid, **_translated(world), "rate": ["per sentence", "per 1,000 words"]}
    return grid


def _name_readings(corpus: Corpus) -> dict[str, str]:
    """Name what tells the frames of a sentence, with its coder: the reading that counts, each own one, the dictionary.

    One who read only some of the articles is named with their number.
    """
    coders = list(coders_of(corpus).index)
    readings = {"the one that counts": ""} if coders else {}
    articles = set(corpus.articles["article_id"])
    coding = corpus.tables["coding"]
    for name in coders if len(coders) > 1 else ():
        read = len(articles & set(coding.loc[coding["coder"] == name, "article_id"]))
        if not is_final(name) and read:
            part = f" ({read} of {len(articles)} articles)" if read < len(articles) else ""
            readings[f"coder {name}{part}"] = name
    return {**readings, DICTIONARY: ""}


def _frame_answer(world: World, claim: Claim, spec: Choices) -> Answer:
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
    sizes = _sizes(chosen, read, spec.get("rate", "per sentence")).groupby(group_of).sum()
    if not sizes.get(claim.group, 0):
        return Answer(np.nan, None, "nothing was read there")
    if claim.kind == "voice":
        return _own_voice(codes[mine & same], spec)
    if claim.says == "more":
        words, rest = sizes.get(claim.group, 0), sizes.drop(claim.group, errors="ignore").sum()
        if not words or not rest:
            return Answer(np.nan, None, "nothing was read there")
        gap = int((mine & same).sum()) / words - int((~mine & same).sum()) / rest
        return Answer(gap, bool(gap > 0), "" if gap > 0 else "no more than the others")
    if claim.says == "none":
        return _absence(int((mine & same).sum()))
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


def _codes(world: World, reading: str) -> tuple[pd.DataFrame, pd.MultiIndex]:
    """Give the codes of one reading, each with the passage that carries it, and the sentences that were read."""
    corpus = world.corpus
    cells = world.remember("cells", lambda: _cells(corpus))
    sentences = world.remember(
        "sentences", lambda: pd.MultiIndex.from_frame(cells[SENTENCE].drop_duplicates(ignore_index=True))
    )
    if reading == DICTIONARY:
        return cells[cells["found"]], sentences
    coding = corpus.tables["coding"]
    if not world.readings[reading]:
        return cells[cells["coded"].fillna(False).astype(bool)], _read_in(sentences, coding)
    own = coding[coding["coder"] == world.readings[reading]]
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
    if spec.get("scare quotes") != "not own":
        own |= codes["exact_voice"] == "scare"
    if spec.get("told by") == "readers":
        noted = [dict(codes_of(attribute)).get("voice", "") for attribute in codes["attribute"]]
        own = pd.Series(noted, index=codes.index) == "outlet"
        if spec.get("scare quotes") == "not own":
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


def _side_grid(world: World, claim: Claim) -> Grid:
    grid = {
        "speech": ["quoted and reported", "quoted", "reported"],
        **_section(world),
        "counted": ["words", "passages"],
    }
    if claim.says == "more":
        return {**grid, **_translated(world)}
    others = world.corpus.passages["side"].isin([OTHER, UNATTRIBUTED]).any()
    return {**grid, **({"'other' and 'unattributed'": ["compared too", "left out"]} if others else {})}


def _side_answer(world: World, claim: Claim, spec: Choices) -> Answer:
    chosen = world.remember(("select", *_key(spec, "section", "voice", "translated")), lambda: world.select(spec))
    if reason := world.missing(chosen, claim):
        return Answer(np.nan, None, reason)
    voices = {"quoted": ["quote"], "reported": ["reported"]}.get(spec["speech"], ["quote", "reported"])
    weight = _weights(chosen, spec)
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
    if spec.get("'other' and 'unattributed'") == "left out":
        sums = sums.drop([s for s in (OTHER, UNATTRIBUTED) if s != claim.subject], errors="ignore")
    own = sums.get(claim.subject, 0)
    if not own:
        return Answer(np.nan, False, "the side is not heard")
    rank = int((sums >= own).sum())
    return Answer(rank, rank == 1, "" if rank == 1 else "another side is heard as much or more")


def _weights(chosen: Corpus, spec: Choices) -> pd.Series:
    """Give what each passage counts: its words, or one."""
    return chosen.passages["n_words"] if spec["counted"] == "words" else pd.Series(1, chosen.passages.index)


def _own_grid(world: World, claim: Claim) -> Grid:
    return {**_section(world), "counted": ["words", "passages"], **_scare(world), **_translated(world)}


def _own_answer(world: World, claim: Claim, spec: Choices) -> Answer:
    chosen = world.remember(("select", *_key(spec, "section", "voice", "translated")), lambda: world.select(spec))
    if reason := world.missing(chosen, claim):
        return Answer(np.nan, None, reason)
    own = chosen.passages["voice"].isin(["outlet"] if spec.get("scare quotes") == "not own" else ["outlet", "scare"])
    weight, group = _weights(chosen, spec), chosen.labels(world.by)
    shares = (weight.where(own, 0).groupby(group).sum() / weight.groupby(group).sum()).dropna()
    if claim.group not in shares or len(shares) < 2:
        return Answer(np.nan, None, "nothing of one of them is left")
    gap = float(shares[claim.group] - shares.drop(claim.group).max())
    return Answer(gap, gap > 0, "" if gap > 0 else "another does so as much or more")


# ------------------------------------------------------------------------------------------------ polarity


def _polarity_grid(world: World, claim: Claim) -> Grid:
    names = world.remember("sensitivity", lambda: score_sensitivity(world.corpus, world.by))["choice"].unique()
    return {"scoring": list(names), **_section(world), **_voice(world), **_translated(world)}


def _polarity_answer(world: World, claim: Claim, spec: Choices) -> Answer:
    key, whole = _key(spec, "section", "voice", "translated"), world.whole or world
    chosen = world.remember(("select", *key), lambda: world.select(spec))
    if reason := world.missing(chosen, claim):
        return Answer(np.nan, None, reason)
    scored = whole.remember(("polarity", *key), lambda: score_sensitivity(whole.select(spec), "article_id"))
    scored = scored[(scored["choice"] == spec["scoring"]) & scored["article_id"].isin(chosen.articles["article_id"])]
    scored = scored.dropna(subset="polarity")
    group_of = dict(zip(chosen.articles["article_id"], chosen.articles[world.by], strict=True))
    groups = scored["article_id"].map(group_of)
    weights = scored[_WEIGHED_BY.get(spec["scoring"], "n_scored_sentences")]
    sums = (scored["polarity"] * weights).groupby(groups).sum() / weights.groupby(groups).sum()
    means = sums.dropna()
    if claim.group not in means or len(means) < 2:
        return Answer(np.nan, None, "no scored word in it, or in no other")
    sign = 1 if claim.says == "highest" else -1
    own, others = sign * means[claim.group], sign * means.drop(claim.group)
    gap = float(own - others.max())
    return Answer(sign * gap, gap > 0, "" if gap > 0 else f"{others.idxmax()} is {claim.says}, or they share it")


GRIDS: Mapping[str, Callable[[World, Claim], Grid]] = {
    "term": _term_grid, "frame": _frame_grid, "voice": _frame_grid, "side": _side_grid, "own": _own_grid,
    "polarity": _polarity_grid,
}  # fmt: skip
ANSWERS: Mapping[str, Callable[[World, Claim, Choices], Answer]] = {
    "term": _term_answer, "frame": _frame_answer, "voice": _frame_answer, "side": _side_answer,
    "own": _own_answer, "polarity": _polarity_answer,
}  # fmt: skip
