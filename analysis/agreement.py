"""How far coders agree: Krippendorff's alpha frame by frame and two by two, and where and on what they differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.codebook import NONE, codes_of
from analysis.coding import SENTENCE, coders_of, is_final, reference_coding
from analysis.corpus import Corpus
from analysis.evidence import show_sentences
from analysis.resampling import DRAWS, bounds_of, check_draws, draw_within
from analysis.statistics import krippendorff_alpha
from analysis.tables import nearest

ALL = "all frames"
FIRM, TENTATIVE = 0.8, 0.667  # Krippendorff (2019)
LEAST_CODED = 5  # codes; below, alpha hangs on a sentence or two
_MACHINES = "machine readings"
_MIXED = "a person and a machine"
_PERSONS = "persons"


def score_agreement(
    corpus: Corpus, *, coders: Sequence[str] | None = None, draws: int = DRAWS, seed: int = 0
) -> pd.DataFrame:
    """Say for each frame how far the coders agree beyond chance.

    Parameters
    ----------
    corpus : Corpus
        Agreement over the sentences of the selection that two of the coders or more have coded.
    coders : sequence of str, optional
        Whom to compare. Otherwise all persons, if there are two or more; one person with the machines' reconciled
        reading; else all machines. Machines never make persons look more at one, nor the other way round.
    draws : int
        Replicates of the bootstrap, 2,000 or more, or 0 for no interval.
    seed : int

    Returns
    -------
    DataFrame
        One row per frame, then 'all frames' (every decision on a sentence and a frame). frame; n_sentences; coded (by
        each coder, in so many sentences); given (codes that any coder gave), disagree (those that not all gave);
        alpha (Krippendorff's, nominal; 1 throughout, 0 as by chance; NaN where nobody coded the frame); alpha_low,
        alpha_high (95 %, percentiles of sentences drawn anew within each article; NaN where coders differ nowhere, and
        nothing can be drawn); n_unaided, given_unaided, alpha_unaided, unaided_low, unaided_high: the same over the
        sentences without a hit of the frame's indicators (for 'all frames', of any), NaN below five codes;
        attributes_alike, attributes (codes that all coders of the sentence gave, and of them those with the same
        attributes); reading (what may be made of it).

    Raises
    ------
    KeyError
        A coder who has coded nothing; the nearest names are offered.
    ValueError
        The coding does not fit the codebook, or fewer draws.

    Notes
    -----
    Krippendorff (2019), ch. 12; .80 and .667 are his lines. Machine readings of one kind are not independent of each
    other: their consistency says nothing about how far people would agree. The interval takes sentences for
    independent, and knows these articles only. Sentences without a hit are those that the indicators, chosen with the
    coding at hand, were not made to find.
    """
    check_draws(draws, "score_agreement")
    codes, kinds = corpus.codebook.codes, coders_of(corpus)
    chosen = _choose(kinds, coders)
    units, decisions = _decisions(corpus, chosen)
    among = among_readers(kinds[chosen]) if chosen else ""
    weights = draw_within(units["article_id"], draws=draws, seed=seed) if draws and len(units) else None
    aided = _hit_sentences(corpus, units)
    rows = []
    for k, code in enumerate([*codes, ALL] if len(units) else []):
        mine = [k] if code != ALL else list(range(len(codes)))
        values = decisions[:, :, mine].reshape(len(chosen), -1)
        free = np.logical_not(aided[:, mine].any(axis=1))
        given, differ = np.nanmax(values, axis=0) == 1, np.nanmax(values, axis=0) != np.nanmin(values, axis=0)
        given_free = int(given.reshape(len(units), -1)[free].sum())
        alpha, low, high = _alpha(values, weights, np.ones(len(units), bool), len(mine))
        unaided = _alpha(values, weights, free, len(mine)) if given_free >= LEAST_CODED else (np.nan,) * 3
        alike, both = _attributes(corpus, None if code == ALL else code, chosen)
        counts = [f"{coder} {int(np.nansum(row))}" for coder, row in zip(chosen, values, strict=True)]
        rows.append({
            "frame": code, "n_sentences": len(units), "coded": ", ".join(counts), "given": int(given.sum()),
            "disagree": int(differ.sum()), "alpha": alpha, "alpha_low": low, "alpha_high": high,
            "n_unaided": int(free.sum()), "given_unaided": given_free, "alpha_unaided": unaided[0],
            "unaided_low": unaided[1], "unaided_high": unaided[2], "attributes_alike": alike, "attributes": both,
            "reading": read_alpha(alpha, among),
        })  # fmt: skip
    columns = ["frame", "n_sentences", "coded", "given", "disagree", "alpha", "alpha_low", "alpha_high", "n_unaided",
               "given_unaided", "alpha_unaided", "unaided_low", "unaided_high", "attributes_alike", "attributes",
               "reading"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table.attrs = corpus.provenance(draws=draws, seed=seed, coders=chosen)
    table.attrs["note"] = _note(chosen, among, len(units), kinds)
    return table


def score_pairs(corpus: Corpus) -> pd.DataFrame:
    """Say how far each two coders agree, and on which frame least: pooled figures hide who is alike.

    Returns
    -------
    DataFrame
        One row per pair that shares a sentence: coder, other, among (persons, a person and a machine, machine
        readings), n_sentences (that both coded), given, disagree, alpha (all decisions), lowest_frame, lowest_alpha.
    """
    kinds = coders_of(corpus)
    singles = [name for name in sorted(kinds.index) if not is_final(name)]
    rows = []
    for pair in combinations(singles, 2):
        table = score_agreement(corpus, coders=pair, draws=0).set_index("frame")
        if len(table):
            whole, frames = table.loc[ALL], table["alpha"].drop(ALL).dropna()
            rows.append({
                "coder": pair[0], "other": pair[1], "among": among_readers(kinds[list(pair)]),
                "n_sentences": whole["n_sentences"], "given": whole["given"], "disagree": whole["disagree"],
                "alpha": whole["alpha"], "lowest_frame": frames.idxmin() if len(frames) else "",
                "lowest_alpha": frames.min(),
            })  # fmt: skip
    columns = ["coder", "other", "among", "n_sentences", "given", "disagree", "alpha", "lowest_frame", "lowest_alpha"]
    table = pd.DataFrame(rows, columns=columns)
    table.attrs = corpus.provenance()
    return table


def _choose(kinds: pd.Series, coders: Sequence[str] | None) -> list[str]:
    """Say whom to compare: readers of one kind, or a person with the machines' reconciled reading."""
    if coders is not None:
        for name in coders:
            if name not in kinds.index:
                raise KeyError(f"coding.csv has no coder {name!r}; {nearest(name, kinds.index)}")
        return sorted(coders)
    singles = {kind: sorted(n for n in kinds.index if kinds[n] == kind and not is_final(n)) for kind in set(kinds)}
    persons, machines = singles.get("person", []), singles.get("machine", [])
    if len(persons) == 1 and machines:
        reconciled = [name for name in kinds.index if kinds[name] == "machine" and is_final(name)]
        return sorted([*persons, (reconciled or machines)[0]])
    return persons if len(persons) > 1 or not machines else machines


def among_readers(kinds: pd.Series) -> str:
    """Say of what kinds the readers are that are compared."""
    return {1: _PERSONS if "person" in set(kinds) else _MACHINES}.get(kinds.nunique(), _MIXED)


def _note(coders: Sequence[str], among: str, n_units: int, kinds: pd.Series) -> str:
    """Say what kind of agreement it is, or why there is none."""
    if len(coders) < 2:
        return "Agreement takes two coders; coding.csv has " + (f"one, {coders[0]}." if coders else "none.")
    if not n_units:
        return f"{', '.join(coders)} have no sentence of this selection in common."
    left = [name for name in kinds.index if name not in coders and not is_final(name)]
    besides = f" Compared two by two only: {', '.join(sorted(left))}." if left else ""
    if among == _MACHINES:
        return f"Machine readings of one kind: how far they repeat each other, and no agreement of people.{besides}"
    return besides.strip()


def _decisions(corpus: Corpus, coders: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Give sentences that two or more coded, and coders x sentences x frames: 1, 0, NaN if not coded."""
    coding = corpus.tables["coding"]
    coding = coding[coding["coder"].isin(coders)].merge(corpus.passages[SENTENCE].drop_duplicates(), on=SENTENCE)
    counted = coding.drop_duplicates([*SENTENCE, "coder"]).groupby(SENTENCE).size()
    units = counted[counted > 1].reset_index()[SENTENCE]
    decisions = np.full((len(coders), len(units), len(corpus.codebook.codes)), np.nan)
    rows = pd.MultiIndex.from_frame(units).get_indexer(pd.MultiIndex.from_frame(coding[SENTENCE]))
    who = coding["coder"].map(list(coders).index).to_numpy(int)
    which = coding["frame"].map({code: k for k, code in enumerate(corpus.codebook.codes)}).fillna(-1).to_numpy(int)
    decisions[who[rows >= 0], rows[rows >= 0]] = 0
    has = (rows >= 0) & (which >= 0)
    decisions[who[has], rows[has], which[has]] = 1
    return units, decisions


def _hit_sentences(corpus: Corpus, units: pd.DataFrame) -> np.ndarray:
    """Say in which sentences which frame has a hit of any of its indicators: sentences x frames."""
    hits = corpus.tables["indicator_hits"]
    places = pd.MultiIndex.from_frame(units)
    columns = [
        places.isin(pd.MultiIndex.from_frame(hits.loc[hits["frame"] == code, SENTENCE]))
        for code in corpus.codebook.codes
    ]
    return np.array(columns, bool).reshape(len(columns), len(units)).T


def _alpha(
    values: np.ndarray, weights: np.ndarray | None, chosen: np.ndarray, frames: int
) -> tuple[float, float, float]:
    """Give alpha over the chosen sentences, each with so many decisions, and its interval."""
    columns = np.repeat(chosen, frames)
    alpha = krippendorff_alpha(values[:, columns])
    if weights is None or np.isnan(alpha) or alpha == 1:  # without a difference nothing can be drawn
        return alpha, np.nan, np.nan
    drawn = krippendorff_alpha(values[:, columns], weights=np.repeat(weights[:, chosen], frames, axis=1))
    drawn = drawn[~np.isnan(drawn)]  # a replicate in which nobody coded the frame knows nothing
    low, high = bounds_of(drawn) if len(drawn) >= 0.9 * len(weights) else (np.nan, np.nan)
    return alpha, float(low), float(high)


def _attributes(corpus: Corpus, frame: str | None, coders: Sequence[str]) -> tuple[int, int]:
    """Count the codes that every coder gave a sentence and that ask for attributes, and those with the same ones."""
    asking = [f.code for f in corpus.codebook.frames if f.attributes and frame in (None, f.code)]
    coding = corpus.tables["coding"]
    coding = coding[coding["coder"].isin(coders)].merge(corpus.passages[SENTENCE].drop_duplicates(), on=SENTENCE)
    read_by = coding.drop_duplicates([*SENTENCE, "coder"]).groupby(SENTENCE).size()
    mine = coding[coding["frame"].isin(asking)]
    mine = mine.assign(attribute=mine["attribute"].map(lambda text: frozenset(codes_of(text))))
    given = mine.groupby([*SENTENCE, "frame"])["attribute"].agg(["size", "nunique"]).reset_index("frame")
    shared = given[(given["size"] > 1) & (given["size"] == read_by.reindex(given.index))]
    return int((shared["nunique"] == 1).sum()), len(shared)


def read_alpha(alpha: float, among: str) -> str:
    """Say what may be made of an agreement."""
    if np.isnan(alpha):
        return "cannot be told"
    if alpha < TENTATIVE:
        return "not to be reported as a finding"
    if among == _PERSONS:
        return "firm" if alpha >= FIRM else "tentative"
    return f"{among} {'consistent' if alpha >= FIRM else 'roughly consistent: tentative'}"


def _singles(corpus: Corpus) -> list[str]:
    """Name the coders who read for themselves, of whatever kind."""
    return sorted(name for name in coders_of(corpus).index if not is_final(name))


def count_confusion(corpus: Corpus) -> pd.DataFrame:
    """Count which frame one coder saw where another saw another one.

    Returns
    -------
    DataFrame
        One row per pair of frames that occurs: frame, other_frame (NONE: the other coder saw no frame; 'nothing else':
        the other saw only what both saw), count (pairs of coders and sentences), the most frequent first.
    """
    coders = _singles(corpus)
    _, decisions = _decisions(corpus, coders)
    codes, found = np.array(corpus.codebook.codes, dtype=object), []
    for one, other in combinations(range(len(coders)), 2):
        for mine, its in zip(decisions[one], decisions[other], strict=True):
            if np.isnan(mine).any() or np.isnan(its).any():
                continue
            for only, rest, whole in (((mine > its), (its > mine), its), ((its > mine), (mine > its), mine)):
                if only.any() and not rest.any():
                    found += [(code, "nothing else" if whole.any() else NONE) for code in codes[only]]
            found += [tuple(sorted((a, b))) for a in codes[mine > its] for b in codes[its > mine]]
    table = pd.DataFrame(found, columns=["frame", "other_frame"]).value_counts().rename("count").reset_index()
    table = table.sort_values(["count", "frame", "other_frame"], ascending=[False, True, True], ignore_index=True)
    table.attrs = corpus.provenance(coders=coders)
    return table


def read_disagreements(corpus: Corpus) -> pd.DataFrame:
    """List every frame on which coders differ, and how it was decided.

    Returns
    -------
    DataFrame
        One row per sentence and frame: article_id, source, sentence, frame, coded_by, not_by (names of coders),
        decision (present, absent: what the reading that counts has), decided_by (whose that is), reason (of
        decisions.csv, where a reconciled reading counts), text (as in `read_frame`).
    """
    coders = _singles(corpus)
    units, decisions = _decisions(corpus, coders)
    used = reference_coding(corpus)
    whose = {tuple(place): coder for *place, coder in used[[*SENTENCE, "coder"]].to_numpy()}
    present = set(map(tuple, used[[*SENTENCE, "frame"]].to_numpy()))
    reasons = corpus.tables["decisions"].set_index([*SENTENCE, "frame"])["reason"].to_dict()
    rows = []
    for u, place in enumerate(units.itertuples(index=False, name=None)):
        for k, code in enumerate(corpus.codebook.codes):
            seen = decisions[:, u, k]
            if np.nanmax(seen) == np.nanmin(seen):
                continue
            rows.append({
                "article_id": place[0], "sentence": place[1], "frame": code,
                "coded_by": ", ".join(c for c, v in zip(coders, seen, strict=True) if v == 1),
                "not_by": ", ".join(c for c, v in zip(coders, seen, strict=True) if v == 0),
                "decision": "present" if (*place, code) in present else "absent", "decided_by": whose[place],
                "reason": reasons.get((*place, code), "") if is_final(whose[place]) else "",
            })  # fmt: skip
    columns = ["article_id", "sentence", "frame", "coded_by", "not_by", "decision", "decided_by", "reason"]
    return show_sentences(corpus, pd.DataFrame(rows, columns=columns))
