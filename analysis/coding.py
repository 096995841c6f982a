"""The coding of a corpus: what coders read in each sentence, how far they agree, and which reading counts.

coding.csv holds every coder's codes, coders.csv what kind of reader each was, decisions.csv why a disagreement was
decided as it was. More coders need more rows, and no code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.codebook import NONE, codes_of
from analysis.corpus import Corpus, show_sentences
from analysis.resampling import DRAWS, bounds_of, check_draws, draw_within
from analysis.statistics import krippendorff_alpha
from analysis.tables import nearest

FINAL = "final"
SENTENCE = ["article_id", "sentence"]
CODED_SECTIONS = ("headline", "standfirst", "body")  # what a sheet asks for; a subhead belongs to no sentence
ALL = "all frames"
FIRM, TENTATIVE = 0.8, 0.667  # Krippendorff (2019)


def check_coding(corpus: Corpus) -> list[str]:
    """Say row by row what in the readers' tables does not fit the corpus or its codebook.

    Returns
    -------
    list of str
        One sentence per fault: a sentence that is not there, a code or attribute that the codebook does not have, a row
        that stands twice, NONE beside a frame, a coder of whom coders.csv says nothing. Empty when all is well.
    """
    faults = []
    sentences = set(zip(*(corpus.tables["passages"][c] for c in SENTENCE), strict=True))
    for name in ("coding", "decisions", "facts_read"):
        table = corpus.tables[name]
        for row in table.itertuples():
            place = f"{name}.csv row {row.Index + 2} ({row.article_id})"
            if not pd.isna(row.sentence) and (row.article_id, row.sentence) not in sentences:
                faults.append(
                    f"{place}: there is no sentence {row.sentence}; remove the row, or build the corpus again"
                )
            if name != "facts_read":
                faults += [
                    f"{place}: {fault}" for fault in check_code(corpus, row.frame, getattr(row, "attribute", ""))
                ]
            elif row.fact not in (known := [fact.code for fact in corpus.facts]):
                faults.append(f"{place}: facts.toml has no fact {row.fact!r}; {nearest(row.fact, known)}")
        keys = [c for c in (*SENTENCE, "fact", "coder", "frame") if c in table]
        for i in np.flatnonzero(table.duplicated(keys)):
            key = ", ".join(str(table[k].iloc[i]) for k in keys)
            faults.append(f"{name}.csv row {i + 2}: {key} stands twice; keep one")
    coding = corpus.tables["coding"]
    several = coding[coding["frame"] == NONE].merge(coding[coding["frame"] != NONE], on=[*SENTENCE, "coder"])
    faults += [
        f"coding.csv: {r.article_id}, sentence {r.sentence}, coder {r.coder}: {NONE} stands beside {r.frame_y}; drop"
        " one of the two"
        for r in several.itertuples()
    ]
    described = set(corpus.tables["coders"]["coder"])
    coders = set(coding["coder"]) | set(corpus.tables["facts_read"]["coder"])
    return faults + [
        f"coders.csv has no row for coder {coder!r}; add one with kind person or machine"
        for coder in sorted(coders - described)
    ]


def check_code(corpus: Corpus, frame: str, attribute: str) -> Iterator[str]:
    """Say what is wrong with one code and its attribute, by the codebook."""
    frames = {f.code: f for f in corpus.codebook.frames}
    if frame not in frames and frame != NONE:
        yield f"codebook.toml has no frame {frame!r}; {nearest(frame, [*frames, NONE])}"
        return
    allowed = frames[frame].attributes if frame != NONE else {}
    for key, value in codes_of(attribute):
        if key not in allowed:
            yield f"{frame} has no attribute {key!r}; {nearest(key, allowed)}"
        elif value not in allowed[key]:
            yield f"{frame}: {key} {value!r} is not one of {', '.join(allowed[key])}"


def coders_of(corpus: Corpus, table: str = "coding") -> pd.Series:
    """List the coders of a table as kind (person, machine) by name, those whose reading counts first at the top.

    A person's reading counts before a machine's, and the reconciled one of either kind ('final') before single ones.
    """
    if faults := check_coding(corpus):
        more = f"\n… and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise ValueError("\n".join(faults[:10]) + more)
    kinds = corpus.tables["coders"].set_index("coder")["kind"]
    kinds = kinds[kinds.index.isin(corpus.tables[table]["coder"])]
    order = sorted(kinds.index, key=lambda coder: (kinds[coder] != "person", coder != FINAL, coder))
    return kinds.reindex(order)


def reference_coding(corpus: Corpus) -> pd.DataFrame:
    """Give the codes that count: of each sentence those of the first coder in the order of `coders_of`.

    Returns
    -------
    DataFrame
        Of the whole corpus, one row per sentence and frame (NONE where there is none): article_id, sentence, frame,
        attribute, coder, kind (person, machine).
    """
    return _first_reading(corpus, "coding", SENTENCE).sort_values([*SENTENCE, "frame"], ignore_index=True)


def reference_facts(corpus: Corpus) -> pd.DataFrame:
    """Give the mentions of facts that count: of each article and fact those of the first reader.

    Returns
    -------
    DataFrame
        Of the whole corpus: article_id, fact, sentence (one row per mention; empty where there is none), coder, kind.
    """
    rows = _first_reading(corpus, "facts_read", ["article_id", "fact"])
    return rows.sort_values(["article_id", "fact", "sentence"], ignore_index=True)


def _first_reading(corpus: Corpus, table: str, unit: Sequence[str]) -> pd.DataFrame:
    """Keep of each unit the rows of the first coder in the order of `coders_of`."""
    kinds, rows = coders_of(corpus, table), corpus.tables[table]
    rank = rows["coder"].map({coder: i for i, coder in enumerate(kinds.index)})
    chosen = rows[rank == rank.groupby([rows[c] for c in unit]).transform("min")]
    return chosen.assign(kind=chosen["coder"].map(kinds))


def describe_coding(corpus: Corpus) -> str:
    """Say in a sentence or two who coded the selected sentences, and what that is worth."""
    used = reference_coding(corpus).drop_duplicates(SENTENCE)
    used = used.merge(corpus.passages[SENTENCE].drop_duplicates(), on=SENTENCE)
    if used.empty:
        return "No sentence has been coded by reading."
    kinds = used["kind"].value_counts()
    said = ", ".join(f"{n:,} sentences by a {kind}" for kind, n in kinds.items())
    machines = " A machine's reading is no person's judgement." if "machine" in kinds else ""
    return f"Coded by reading: {said}.{machines}"


# -------------------------------------------------------------------------------------------- agreement


def score_agreement(corpus: Corpus, *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Say for each frame how far the coders agree beyond chance.

    Parameters
    ----------
    corpus : Corpus
        Agreement over the sentences of the selection that two coders or more have coded; 'final' is no coder.
    draws : int
        Replicates of the bootstrap, 2,000 or more, or 0 for no interval.
    seed : int

    Returns
    -------
    DataFrame
        One row per frame, then 'all frames' (every decision on a sentence and a frame). frame; n_sentences; coded (by
        each coder, in so many sentences); disagree (sentences in which coders differ); alpha (Krippendorff's, nominal;
        1 throughout, 0 as by chance; NaN where nobody coded the frame); alpha_low, alpha_high (95 %, percentiles of
        sentences drawn anew within each article; NaN where coders differ nowhere, and nothing can be drawn); n_unaided,
        alpha_unaided, unaided_low, unaided_high: the same over the sentences without a hit of the frame's indicators
        (for 'all frames', of any), where looking a word up cannot help; attributes_alike, attributes (codes that all
        coders of the sentence gave, and of them those with the same attributes); reading (what may be made of it).

    Raises
    ------
    ValueError
        The coding does not fit the codebook, or fewer draws.

    Notes
    -----
    Krippendorff (2019), ch. 12; .80 and .667 are his lines. Machine readings of one kind are not independent of each
    other: their consistency says nothing about how far people would agree. The interval takes sentences for
    independent, and knows these articles only.
    """
    check_draws(draws, "score_agreement")
    codes = corpus.codebook.codes
    coders, units, decisions = _decisions(corpus)
    machine = (coders_of(corpus).reindex(coders) == "machine").any()
    weights = draw_within(units["article_id"], draws=draws, seed=seed) if draws and len(units) else None
    aided = _hit_sentences(corpus, units)
    rows = []
    for k, code in enumerate([*codes, ALL] if len(coders) > 1 else []):
        mine = [k] if code != ALL else list(range(len(codes)))
        values = decisions[:, :, mine].reshape(len(coders), -1)
        free = np.logical_not(aided[:, mine].any(axis=1))
        n = [int(np.nansum(values[c])) for c in range(len(coders))]
        alpha, low, high = _alpha(values, weights, np.ones(len(units), bool), len(mine))
        unaided = _alpha(values, weights, free, len(mine))
        differ = np.nanmax(values, axis=0) != np.nanmin(values, axis=0)
        alike, both = _attributes(corpus, None if code == ALL else code, coders)
        rows.append({
            "frame": code, "n_sentences": len(units),
            "coded": ", ".join(f"{coder} {count}" for coder, count in zip(coders, n, strict=True)),
            "disagree": int(differ.reshape(len(units), -1).any(axis=1).sum()),
            "alpha": alpha, "alpha_low": low, "alpha_high": high, "n_unaided": int(free.sum()),
            "alpha_unaided": unaided[0], "unaided_low": unaided[1], "unaided_high": unaided[2],
            "attributes_alike": alike, "attributes": both, "reading": _read_alpha(alpha, machine),
        })  # fmt: skip
    columns = ["frame", "n_sentences", "coded", "disagree", "alpha", "alpha_low", "alpha_high", "n_unaided",
               "alpha_unaided", "unaided_low", "unaided_high", "attributes_alike", "attributes", "reading"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table.attrs = corpus.provenance(draws=draws, seed=seed, coders=coders)
    if len(coders) < 2:
        table.attrs["note"] = "Agreement takes two coders; coding.csv has " + (
            f"one, {coders[0]}." if coders else "none."
        )
    elif machine:
        table.attrs["note"] = (
            "Machine readings are among them: this is the consistency of readings of one kind, not agreement of people."
        )
    return table


def _decisions(corpus: Corpus) -> tuple[list[str], pd.DataFrame, np.ndarray]:
    """Give coders, sentences that two or more coded, and coders x sentences x frames: 1, 0, NaN if not coded."""
    coding = corpus.tables["coding"]
    coders = sorted(set(coders_of(corpus).index) - {FINAL})
    coding = coding[coding["coder"].isin(coders)].merge(corpus.passages[SENTENCE].drop_duplicates(), on=SENTENCE)
    counted = coding.drop_duplicates([*SENTENCE, "coder"]).groupby(SENTENCE).size()
    units = counted[counted > 1].reset_index()[SENTENCE]
    decisions = np.full((len(coders), len(units), len(corpus.codebook.codes)), np.nan)
    rows = pd.MultiIndex.from_frame(units).get_indexer(pd.MultiIndex.from_frame(coding[SENTENCE]))
    who = coding["coder"].map(coders.index).to_numpy(int)
    which = coding["frame"].map({code: k for k, code in enumerate(corpus.codebook.codes)}).fillna(-1).to_numpy(int)
    decisions[who[rows >= 0], rows[rows >= 0]] = 0
    has = (rows >= 0) & (which >= 0)
    decisions[who[has], rows[has], which[has]] = 1
    return coders, units, decisions


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


def _read_alpha(alpha: float, machine: bool) -> str:
    """Say what may be made of an agreement."""
    if np.isnan(alpha):
        return "cannot be told"
    if alpha < TENTATIVE:
        return "not to be reported as a finding"
    if machine:
        return "machine readings consistent" if alpha >= FIRM else "machine readings roughly consistent: tentative"
    return "firm" if alpha >= FIRM else "tentative"


def count_confusion(corpus: Corpus) -> pd.DataFrame:
    """Count which frame one coder saw where another saw another one.

    Returns
    -------
    DataFrame
        One row per pair of frames that occurs: frame, other_frame (NONE: the other coder saw no frame; 'nothing else':
        the other saw only what both saw), count (pairs of coders and sentences), the most frequent first.
    """
    coders, _, decisions = _decisions(corpus)
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
        decision (present, absent; '' where none was made), reason, text (as in `read_frame`).
    """
    coders, units, decisions = _decisions(corpus)
    final = corpus.tables["coding"].query("coder == @FINAL")
    decided = set(map(tuple, final[SENTENCE].to_numpy()))
    present = set(map(tuple, final[[*SENTENCE, "frame"]].to_numpy()))
    reasons = corpus.tables["decisions"].set_index([*SENTENCE, "frame"])["reason"].to_dict()
    rows = []
    for u, place in enumerate(units.itertuples(index=False, name=None)):
        for k, code in enumerate(corpus.codebook.codes):
            seen = decisions[:, u, k]
            if np.nanmax(seen) == np.nanmin(seen):
                continue
            said = ("present" if (*place, code) in present else "absent") if place in decided else ""
            rows.append({
                "article_id": place[0], "sentence": place[1], "frame": code,
                "coded_by": ", ".join(c for c, v in zip(coders, seen, strict=True) if v == 1),
                "not_by": ", ".join(c for c, v in zip(coders, seen, strict=True) if v == 0),
                "decision": said, "reason": reasons.get((*place, code), ""),
            })  # fmt: skip
    columns = ["article_id", "sentence", "frame", "coded_by", "not_by", "decision", "reason"]
    return show_sentences(corpus, pd.DataFrame(rows, columns=columns))
