"""How many articles of each source a difference of a given size would take, by a formula and by simulation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from analysis.compare import check_by, to_table
from analysis.contrasts import count_terms, tell_dispersion
from analysis.corpus import Corpus
from analysis.keyness import ALPHA_0
from analysis.statistics import moderated_dispersion, smoothed_log_odds

RATIOS = (1.5, 2.0, 3.0, 5.0)
ASSUMED = (1.0, 2.0, 4.0)  # dispersions to plan with where the articles show none
MOST = 2_000  # articles of a source up to which a number is looked for
_CORPORA, _TERMS, _OTHERS = 20, 50, 100  # corpora drawn, terms that differ in each, terms that do not
_RARE, _COMMON = 0.2, 10.0  # occurrences in 1,000 words of those that do not


def plan_articles(
    corpus: Corpus,
    by: str = "source",
    *,
    ratio: float | Sequence[float] = RATIOS,
    per_1000: float = 2.0,
    phi: float | Sequence[float] | None = None,
    dispersion: Corpus | None = None,
    groups: int | None = None,
    power: float = 0.8,
    seed: int = 0,
) -> pd.DataFrame:
    """Say how many articles of each source it would take to tell that one of them uses a term so much more.

    Parameters
    ----------
    corpus : Corpus
        Lengths of articles, the number of sources and, where some source has two articles, the dispersion are read from
        it.
    by : str
        The column of articles.csv whose groups are compared.
    ratio : float or sequence of float
        How many times as often the source uses the term as all others do; above 1.
    per_1000 : float
        Occurrences of the term in 1,000 words of the others.
    phi : float or sequence of float, optional
        Dispersion between articles, 1 as for independent words. Where neither this nor the corpus says it, 1, 2 and 4
        are gone through.
    dispersion : Corpus, optional
        Borrow the dispersion from this corpus.
    groups : int, optional
        Number of sources; as many as the corpus has.
    power : float
        Share of such studies in which the interval between articles would lie above zero.
    seed : int

    Returns
    -------
    DataFrame
        One row per dispersion and ratio: phi; phi_from ('given', 'assumed', or the corpus that shows it); ratio;
        per_1000, rest_per_1000 (of the source, and of the others); n_words (mean of an article); groups; formula and
        simulated (articles of each source; missing beyond 2,000); simulated_power (of the number that the formula
        gives), with its 95 % interval power_low, power_high.

    Raises
    ------
    ValueError
        A ratio of 1 or less, a dispersion below 1, a power that is no share, or a term more frequent than words.

    Notes
    -----
    For one term that was named beforehand, at a nominal 5 %; for the first among many it takes more. Formula: n =
    (1.96 + z_power)^2 phi [1 / (W r1) + 1 / ((k - 1) W r0)] / ln(r1 / r0)^2, of a contrast of log rates with
    quasi-Poisson variance; W words an article, k sources. It knows neither the prior nor that the dispersion has to be
    told from the same articles, and errs in both directions where few are needed. The simulation does what
    `compare_terms` does: counts are gamma-Poisson with variance phi times their mean, in articles as long as those of
    the corpus, and the dispersion is told from them over 150 terms. At least two articles, for one shows none.
    """
    check_by(corpus, by, "plan_articles")
    ratios, given = (
        np.atleast_1d(np.asarray(ratio, float)),
        np.atleast_1d(np.asarray([] if phi is None else phi, float)),
    )
    lengths = corpus.words("article_id").to_numpy()
    lengths = lengths[lengths > 0]
    k = len(corpus.groups(by)) if groups is None else groups
    _check(ratios, given, per_1000, power, k, lengths, phi_given=phi is not None)
    known, origin = _tell(corpus, by, dispersion) if phi is None else (given, "given")
    rows = []
    for value in known:
        for times in ratios:
            settings = (float(times), float(value), per_1000, tuple(sorted(lengths.tolist())), k)
            n = articles_by_formula(times, value, per_1000, float(lengths.mean()), k, power)
            at = min(max(math.ceil(n), 2), MOST)
            shares = np.array(simulate_power(at, *settings, seed)) / _TERMS
            half = stats.t.ppf(0.975, _CORPORA - 1) * shares.std(ddof=1) / np.sqrt(_CORPORA)  # corpora are independent
            low, high = np.clip([shares.mean() - half, shares.mean() + half], 0, 1)
            rows.append({
                "phi": float(value), "phi_from": origin, "ratio": float(times), "per_1000": per_1000 * float(times),
                "rest_per_1000": per_1000, "n_words": round(float(lengths.mean())), "groups": k,
                "formula": at if n <= MOST else None, "simulated": _least(at, power, settings, seed),
                "simulated_power": float(shares.mean()), "power_low": float(low), "power_high": float(high),
            })  # fmt: skip
    table = pd.DataFrame(rows).astype({"formula": "Int64", "simulated": "Int64"})
    result = to_table(
        table, corpus, "articles", by=by, per_1000=per_1000, power=power, seed=seed, confidence=0.95, groups=k
    )
    shown = "assumed, since no two articles here are of one source" if origin == "assumed" else f"from {origin}"
    result.attrs["note"] = (
        f"For one term named beforehand, {100 * power:g} % power at a nominal 5 %; dispersion {shown}; simulated"
        " numbers are good to about a twentieth, or one article. The dispersion is taken to be the same at any rate and"
        " length, and articles of all sources to be as long."
    )
    return result


def _check(
    ratios: NDArray[np.float64],
    phi: NDArray[np.float64],
    per_1000: float,
    power: float,
    groups: float,
    lengths: NDArray[np.int64],
    *,
    phi_given: bool,
) -> None:
    """Refuse what cannot be planned."""
    if not len(ratios) or not (np.isfinite(ratios) & (ratios > 1)).all():
        raise ValueError(
            f"plan_articles: ratio={ratios.tolist()}; a term has to be used more than once as often: above 1"
        )
    if not (np.isfinite(phi) & (phi >= 1)).all() or (phi_given and not len(phi)):
        raise ValueError(f"plan_articles: phi={phi.tolist()}; words vary at least as independent ones do: 1 or more")
    if not 0 < power < 1:
        raise ValueError(f"plan_articles: power={power}; give a share between 0 and 1, as 0.8")
    if groups != int(groups) or groups < 2:
        raise ValueError(f"plan_articles: groups={groups}; a comparison needs two or more")
    if not (per_1000 > 0 and per_1000 * ratios.max() <= 500):
        raise ValueError(
            f"plan_articles: per_1000={per_1000} and ratio={ratios.max():g}; no term is more than 500 of 1,000 words"
        )
    if not len(lengths):
        raise ValueError("plan_articles: no article of the selection has a word; take more into it")


def _tell(corpus: Corpus, by: str, dispersion: Corpus | None) -> tuple[Sequence[float], str]:
    """Read the dispersion from the articles, or name those to go through."""
    counted = count_terms(corpus, by, 1, "plan_articles", least=1)
    told = tell_dispersion(counted, dispersion)[2]
    if told["phi"] is None:
        return ASSUMED, "assumed"
    return [max(round(float(told["phi"]), 2), 1.0)], str(told["from"])


def articles_by_formula(
    ratio: float, phi: float, per_1000: float, n_words: float, groups: int, power: float = 0.8
) -> float:
    """Give the articles of each source by the formula of `plan_articles`, not rounded."""
    rate, rest = ratio * per_1000 / 1000, per_1000 / 1000
    quantiles = -special.ndtri(0.025) + special.ndtri(power)
    variance = phi * (1 / (n_words * rate) + 1 / ((groups - 1) * n_words * rest))
    return float(quantiles**2 * variance / np.log(ratio) ** 2)


@lru_cache(maxsize=4096)
def simulate_power(
    n: int, ratio: float, phi: float, per_1000: float, lengths: tuple[int, ...], groups: int, seed: int
) -> tuple[int, ...]:
    """Draw 20 corpora of n articles a source, and count the terms whose interval between articles lies above zero.

    Returns
    -------
    tuple of int
        For each corpus, of the 50 terms of which one source has `ratio` times as many as the others, those told.
    """
    rng = np.random.default_rng([seed, n, groups, *(round(1000 * x) for x in (ratio, phi, per_1000))])
    group_of = np.repeat(np.arange(groups), n)
    others = np.geomspace(_RARE, _COMMON, _OTHERS)
    rates = np.tile(np.concatenate([np.full(_TERMS, per_1000), others]) / 1000, (len(group_of), 1))
    rates[group_of == 0, :_TERMS] *= ratio
    hits = []
    for _ in range(_CORPORA):
        words = rng.choice(lengths, len(group_of))
        means = rates * words[:, None]
        drawn = rng.poisson(rng.gamma(means / (phi - 1), phi - 1) if phi > 1 else means)
        counts = np.minimum(drawn, words[:, None])
        hits.append(int(_is_told(counts, group_of, words)[:_TERMS].sum()))
    return tuple(hits)


def _is_told(counts: NDArray[np.int64], group_of: NDArray[np.intp], words: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say for each term whether the first group's interval lies above zero, as `compare_terms` tells it."""
    mine = group_of == 0
    phi = moderated_dispersion(counts, group_of, words)[0]
    alpha = ALPHA_0 * np.maximum(counts.sum(axis=0), 1) / words.sum()  # a term that nobody uses is not told either way
    log_odds, variance = smoothed_log_odds(
        counts[mine].sum(axis=0), counts[~mine].sum(axis=0), words[mine].sum(), words[~mine].sum(), alpha, alpha,
        ALPHA_0, ALPHA_0,
    )  # fmt: skip
    told: NDArray[np.bool_] = log_odds + special.ndtri(0.025) * np.sqrt(variance * phi) > 0
    return told


def _least(
    start: int, power: float, settings: tuple[float, float, float, tuple[int, ...], int], seed: int
) -> int | None:
    """Look for the fewest articles with which so many are told, from what the formula gives."""

    def enough(n: int) -> bool:
        return sum(simulate_power(n, *settings, seed)) >= power * _CORPORA * _TERMS

    low = high = start
    while not enough(high):
        if high >= MOST:
            return None
        low, high = high, min(high + max(high // 8, 1), MOST)
    while low == high or (low > 1 and enough(low)):
        low, high = low - max(low // 8, 1), min(low, high)
    while high - low > max(1, low // 50):
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
