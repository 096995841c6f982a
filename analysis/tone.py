"""The tone that readers give sentences, how far they agree on it, and how far TextBlob's polarity agrees with them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.agreement import among_readers, read_alpha
from analysis.coding import SENTENCE, coders_of, is_final
from analysis.compare import to_table
from analysis.corpus import Corpus
from analysis.evidence import show_sentences
from analysis.polarity import TONES
from analysis.resampling import DRAWS, bounds_of, check_draws, draw_within, number_blocks
from analysis.sentiment import sentence_polarity
from analysis.statistics import krippendorff_alpha, wilson_interval

UNSCORED = "unscored"


def read_tone(corpus: Corpus) -> pd.DataFrame:
    """Set the tone that readers gave each sentence beside its polarity.

    Returns
    -------
    DataFrame
        One row per sentence of the selection that was read: article_id, source, sentence, section, tone (that of the
        reconciled reading, else what most readers say, persons before machines; empty where they are divided), read_as
        (by each reader), n_scored, polarity (of the selected passages of the sentence; NaN without a scored word),
        called (what the sign of the polarity says: negative, neutral at exactly 0.0, positive, or unscored), text (or
        what can be shown without it).
    """
    polarity = sentence_polarity(corpus)
    tones = _reference(corpus)
    rows = polarity.merge(tones, on=SENTENCE)
    rows["called"] = np.select(
        [rows["polarity"] < 0, rows["polarity"] == 0, rows["polarity"] > 0], list(TONES), UNSCORED
    )
    columns = [*SENTENCE, "section", "tone", "read_as", "n_scored", "polarity", "called"]
    table = show_sentences(corpus, rows[columns])
    table.attrs |= {"counted": "sentences", "n_sentences": len(rows)}
    return table


def _reference(corpus: Corpus) -> pd.DataFrame:
    """Give the tone that counts of every sentence that was read: article_id, sentence, tone, read_as."""
    readings, kinds = corpus.tables["tone"], coders_of(corpus, "tone")
    rows = []
    for (article, sentence), mine in readings.groupby(SENTENCE):
        given = dict(zip(mine["coder"], mine["tone"], strict=True))
        rows.append({
            "article_id": article, "sentence": sentence, "tone": _most(given, kinds),
            "read_as": ", ".join(f"{coder} {given[coder]}" for coder in sorted(given)),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=[*SENTENCE, "tone", "read_as"])


def _most(given: dict[str, str], kinds: pd.Series) -> str:
    """Choose the tone of one sentence: of persons if any read it, the reconciled one, else that of most."""
    persons = [coder for coder in given if kinds[coder] == "person"]
    readers = persons or list(given)
    final = sorted(coder for coder in readers if is_final(coder))
    if final:
        return given[final[0]]
    counts = pd.Series([given[coder] for coder in readers]).value_counts()
    return str(counts.index[0]) if len(counts) == 1 or counts.iloc[0] > counts.iloc[1] else ""


def score_tone(corpus: Corpus, *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Say how far the readers agree on the tone of sentences.

    Parameters
    ----------
    corpus : Corpus
        Agreement over the sentences of the selection that two readers or more have read.
    draws, seed
        Replicates of the bootstrap (2,000 or more, or 0 for no interval), and seed of the random numbers.

    Returns
    -------
    DataFrame
        A row for all persons together, or for all machines where fewer than two persons have read; then one for each
        pair: readers, among (persons, a person and a machine, machine readings), n_sentences, differ (sentences on
        which not all agree), alpha (Krippendorff's, nominal), alpha_low, alpha_high (95 %, sentences drawn anew within
        each article), reading (what may be made of it). Without readings no row.
    """
    check_draws(draws, "score_tone")
    kinds = coders_of(corpus, "tone")
    singles = sorted(name for name in kinds.index if not is_final(name))
    of_kind = {kind: [name for name in singles if kinds[name] == kind] for kind in ("person", "machine")}
    together = of_kind["person"] if len(of_kind["person"]) > 1 else of_kind["machine"]
    groups: list[Sequence[str]] = [group for group in (together, *combinations(singles, 2)) if len(group) > 1]
    groups = list(dict.fromkeys(map(tuple, groups)))
    tones = corpus.tables["tone"].merge(corpus.passages[SENTENCE].drop_duplicates(), on=SENTENCE)
    wide = tones.pivot_table(index=SENTENCE, columns="coder", values="tone", aggfunc="first")
    rows = []
    for readers in groups:
        both = wide.reindex(columns=list(readers)).dropna(thresh=2)
        if both.empty:
            continue
        values = both.to_numpy(dtype=object).T
        alpha = float(krippendorff_alpha(values))
        low, high = np.nan, np.nan
        if draws and not np.isnan(alpha) and alpha < 1:  # without a difference nothing can be drawn
            weights = draw_within(both.index.get_level_values(0), draws=draws, seed=seed)
            drawn = krippendorff_alpha(values, weights=weights)
            low, high = bounds_of(drawn[~np.isnan(drawn)])
        among = among_readers(kinds[list(readers)])
        rows.append({
            "readers": ", ".join(readers), "among": among, "n_sentences": len(both),
            "differ": sum(len(set(row.dropna())) > 1 for _, row in both.iterrows()), "alpha": alpha,
            "alpha_low": low, "alpha_high": high,
            "reading": read_alpha(alpha, among),
        })  # fmt: skip
    columns = ["readers", "among", "n_sentences", "differ", "alpha", "alpha_low", "alpha_high", "reading"]
    return to_table(pd.DataFrame(rows, columns=columns), corpus, draws=draws, seed=seed)


def score_polarity(corpus: Corpus, *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Measure TextBlob's polarity against the tone that readers gave the same sentences.

    Parameters
    ----------
    corpus : Corpus
    draws, seed
        Replicates of the interval of tau (2,000 or more, or 0 for none), and seed of the random numbers.

    Returns
    -------
    DataFrame
        One row per tone and one for 'all': tone; n_read (sentences that readers gave it), n_called (whose polarity says
        so: under, at, over 0.0), hits (both), expected (hits that the two counts alone would give among the scored
        sentences), unscored (read so, without a scored word); precision (hits of n_called), recall (hits of n_read: a
        sentence without a scored word is missed) with Wilson bounds _low, _high, f1 (their harmonic mean). Without
        readings no row. `attrs`: tau (Kendall's tau-b of polarity and tone over the scored sentences: 0 no order in
        common; with as many ties as three tones make, the most it can be lies below 1), tau_low, tau_high (95 %, blocks
        of sentences drawn anew within these articles, NaN below ten), n_scored, n_divided (sentences on which readers
        are divided; left out), note.

    Notes
    -----
    A sentence without a scored word is missing, not neutral: it lowers recall and enters no precision.
    """
    check_draws(draws, "score_polarity")
    table = read_tone(corpus)
    divided = int((table["tone"] == "").sum())
    table = table[table["tone"] != ""]
    rows, scored = [], table[table["called"] != UNSCORED]
    expected = {t: float((scored["tone"] == t).sum() * (scored["called"] == t).mean()) for t in TONES if len(scored)}
    expected = expected or dict.fromkeys(TONES, 0.0)
    for tone in [*TONES, "all"] if len(table) else []:
        read = table["tone"] == tone if tone != "all" else pd.Series(True, table.index)
        called = table["called"] == tone if tone != "all" else table["called"] != UNSCORED
        same = table["called"] == table["tone"]
        hits, n_called, n_read = int((same & read).sum()), int(called.sum()), int(read.sum())
        shares = {"precision": (hits, n_called), "recall": (hits, n_read)}
        row: dict[str, object] = {"tone": tone, "n_read": n_read, "n_called": n_called, "hits": hits,
                                  "expected": expected[tone] if tone != "all" else sum(expected.values()),
                                  "unscored": int((read & (table["called"] == UNSCORED)).sum())}  # fmt: skip
        for name, (k, n) in shares.items():
            low, high = wilson_interval(k, n) if n else (np.nan, np.nan)
            row |= {name: k / n if n else np.nan, f"{name}_low": low, f"{name}_high": high}
        rows.append(row | {"f1": 2 * hits / (n_called + n_read) if n_called + n_read else np.nan})
    columns = ["tone", "n_read", "n_called", "hits", "expected", "unscored", "precision", "precision_low",
               "precision_high",
               "recall", "recall_low", "recall_high", "f1"]  # fmt: skip
    result = to_table(pd.DataFrame(rows, columns=columns), corpus, draws=draws, seed=seed)
    result.attrs |= _order(corpus, table, draws, seed) | {"n_divided": divided, "counted": "sentences"}
    result.attrs["note"] = _note(corpus, result, len(table))
    return result


def _order(corpus: Corpus, table: pd.DataFrame, draws: int, seed: int) -> dict[str, float | int]:
    """Say how far sentences are in the same order by polarity and by tone: Kendall's tau-b with its interval."""
    from scipy.stats import kendalltau  # needs a second to load

    scored = table.dropna(subset="polarity")
    known: dict[str, float | int] = {"tau": np.nan, "tau_low": np.nan, "tau_high": np.nan, "n_scored": len(scored)}
    tones = scored["tone"].map(TONES.index).to_numpy(float)
    polarity = scored["polarity"].to_numpy()
    if len(scored) < 2:
        return known
    known["tau"] = float(kendalltau(polarity, tones).statistic)
    blocks = corpus.passages[SENTENCE].assign(block=number_blocks(corpus)).drop_duplicates(SENTENCE)
    block = scored.merge(blocks, on=SENTENCE)["block"].to_numpy()
    names, first = np.unique(block, return_index=True)
    strata = scored["article_id"].to_numpy()[first]
    _, sizes = np.unique(strata, return_counts=True)
    if draws and sizes[sizes > 1].sum() >= 10 and not np.isnan(known["tau"]):
        weights = draw_within(strata, draws=draws, seed=seed).astype(int)[:, np.searchsorted(names, block)]
        drawn = [kendalltau(np.repeat(polarity, w), np.repeat(tones, w)).statistic for w in weights]
        low, high = bounds_of(np.array(drawn)[~np.isnan(drawn)])
        known |= {"tau_low": float(low), "tau_high": float(high)}
    return known


def describe_readers(corpus: Corpus) -> str:
    """Say in words who read the tone, and that machine readings are no persons'."""
    kinds = coders_of(corpus, "tone")
    persons, machines = int((kinds == "person").sum()), int((kinds == "machine").sum())
    told = [f"{persons} person{'s' if persons > 1 else ''}"] if persons else []
    if machines:
        told.append(f"{machines} machine reading{'s of one kind, which repeat each other' if machines > 1 else ''}")
    return " and ".join(told) + ("" if persons else "; no person has read them")


def _note(corpus: Corpus, result: pd.DataFrame, n: int) -> str:
    """Say who read, and what came out, in two sentences."""
    if result.empty:
        return "Nobody has read these sentences for their tone."
    known = result.attrs
    text = f"{n:,} sentences read for tone: {describe_readers(corpus)}"
    text += f"; on {known['n_divided']} more readers are divided" if known["n_divided"] else ""
    bounds = (f" (95 % {known['tau_low']:.2f} to {known['tau_high']:.2f}, conditional on these articles)"
              if not np.isnan(known["tau_low"]) else "")  # fmt: skip
    order = f"{known['tau']:.2f}{bounds}" if not np.isnan(known["tau"]) else "not known"
    return text + f". Kendall's tau of polarity and tone over {known['n_scored']:,} scored sentences: {order}."
