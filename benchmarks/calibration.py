"""Calibration: how often the engine calls a term different when nothing differs, beside what others' tests do.

    python benchmarks/calibration.py [CORPORA]    # 200 corpora a cell: a quarter of an hour on two cores

Every simulated corpus goes through `score_terms` as a reader's own would. Bursty words: an article's rate of a word is
gamma (a Dirichlet-multinomial whose concentration varies by word around the value given, by a lognormal factor of
sigma 0.5) or lognormal; articles have 260 to 780 words. Shares are of terms with ten occurrences or more in all, times
sources. 'engine': the 95 % interval with the dispersion between articles leaves out zero; 'Holm': share of corpora in
which its p, adjusted, calls anything different. Others, at 5 %: 'G2' of tokens; 'plain z', weighted log-odds with the
engine's prior, |z| > 1.96; 'Welch', a t test of the articles' rates, where both sides have two; 'bootstrap',
percentiles of articles drawn anew, where both have five. Power: of words tripled in one source; the plain tests are
cut so that they have the engine's false positives.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy import sparse, stats

import analysis as an
from analysis.keyness import ALPHA_0
from analysis.resampling import bounds_of, draw_within
from analysis.statistics import smoothed_log_odds

SPLITS = {"2/1/1/1": [2, 1, 1, 1], "2/3": [2, 3], "1/2/2": [1, 2, 2], "5/5": [5, 5]}
BURSTS = [("none", "gamma", 0.0), ("2000", "gamma", 2000.0), ("600", "gamma", 600.0), ("200", "gamma", 200.0),
          ("lognormal .3", "lognormal", 0.3), ("lognormal .6", "lognormal", 0.6)]  # fmt: skip
TARGETS = [("2/1/1/1", 0), ("2/1/1/1", 1), ("2/3", 0), ("2/3", 1), ("1/2/2", 0), ("1/2/2", 1), ("5/5", 0)]
BANDS = [(1, 3), (3, 6), (6, 12), (12, 50)]  # occurrences an article
TERMS = 800
TEMPLATE = an.read_corpus("example")


def simulate(
    rng: np.random.Generator,
    sizes: Sequence[int],
    kind: str,
    burst: float,
    tripled: Sequence[int] = (),
    target: int = 0,
    shorter: float = 1.0,
) -> an.Corpus:
    """Draw a corpus, in one source of which some words are three times as frequent, or articles shorter."""
    n, labels = sum(sizes), np.repeat(np.arange(len(sizes)), sizes)
    words = np.exp(rng.uniform(np.log(260), np.log(780), n)) * np.where(labels == target, shorter, 1)
    words = words.round().astype(int)
    share = 1 / (np.arange(TERMS) + 5)  # the commonest word stands some 22 times in 1,000
    share *= 0.6 / share.sum()
    rates = np.tile(share, (n, 1))
    if kind == "lognormal":
        sigma = burst * np.exp(rng.normal(0, 0.25, TERMS))
        rates *= np.exp(rng.normal(size=(n, TERMS)) * sigma - sigma**2 / 2)
    elif burst:
        concentration = burst * np.exp(rng.normal(0, 0.5, TERMS))
        rates = rng.gamma(np.tile(concentration * share, (n, 1))) / concentration
    rates[np.ix_(labels == target, list(tripled))] *= 3
    rates = np.hstack([rates, np.full((n, 1), 0.4)])
    drawn = [rng.multinomial(w, r / r.sum())[:-1] for w, r in zip(words, rates, strict=True)]
    return to_corpus(np.array(drawn), words, labels)


def to_corpus(counts: np.ndarray, words: np.ndarray, labels: np.ndarray) -> an.Corpus:
    """Make a corpus with an article of one passage for each row."""
    ids = [f"article-{i:04d}" for i in range(len(words))]
    articles = TEMPLATE.articles.iloc[np.zeros(len(ids), int)].assign(
        article_id=ids, source=[f"source {g}" for g in labels], role="core"
    )
    passages = TEMPLATE.passages.iloc[np.zeros(len(ids), int)].assign(article_id=ids, n_words=words)
    tables = {**TEMPLATE.tables, "articles": articles, "passages": passages}
    terms = pd.DataFrame({"term": [f"w{i:04d}" for i in range(counts.shape[1])], "kind": "word"})
    return replace(
        TEMPLATE, articles=articles.reset_index(drop=True), passages=passages.reset_index(drop=True),
        counts=sparse.csr_array(counts), terms=terms, tables=tables, own_names={},
    )  # fmt: skip


def measure(corpus: an.Corpus, *, draws: int = 500) -> pd.DataFrame:
    """Score every term and source by the engine, and by peers' tests."""
    rows = an.score_terms(corpus, min_count=10)
    terms = an.compare_terms(corpus, min_count=10, draws=0)
    rows["z"], rows["plain"], rows["g2"] = terms["z"], np.sqrt(terms["tipping_phi"]) * 1.96, terms["g2"].abs()
    rows["expected"] = (rows["count"] + rows["rest_count"]) / len(corpus.articles)
    least = rows[["n_articles", "n_rest_articles"]].min(axis=1)
    rows["welch"] = pd.Series(welch(corpus, rows) < 0.05, index=rows.index, dtype="boolean").where(least >= 2)
    if (least >= 5).all() and draws:
        rows["bootstrap"] = article_bootstrap(corpus, rows, draws)
    return rows


def welch(corpus: an.Corpus, rows: pd.DataFrame) -> np.ndarray:
    """Give the p of a Welch test of each term's rates in the articles of the source and of all others."""
    source, words = corpus.articles["source"].to_numpy(), corpus.passages["n_words"].to_numpy()
    index = {term: i for i, term in enumerate(corpus.terms["term"])}
    out = np.ones(len(rows))
    for group, mine in rows.groupby("source"):
        rates = corpus.counts[:, [index[t] for t in mine["term"]]].toarray() / words[:, None]
        a, b = rates[source == group], rates[source != group]
        if min(len(a), len(b)) >= 2:
            some = np.ptp(a, axis=0) + np.ptp(b, axis=0) > 0  # the same rate in every article: nothing to test
            p = np.ones(len(mine))
            p[some] = stats.ttest_ind(a[:, some], b[:, some], equal_var=False).pvalue
            out[rows.index.get_indexer(mine.index)] = p
    return out


def article_bootstrap(corpus: an.Corpus, rows: pd.DataFrame, draws: int) -> np.ndarray:
    """Say for each row whether the percentile interval of articles drawn anew within their source leaves out zero."""
    source = corpus.articles["source"].to_numpy()
    weights = draw_within(source, draws=draws)
    index = {term: i for i, term in enumerate(corpus.terms["term"])}
    words, out = corpus.passages["n_words"].to_numpy(), np.zeros(len(rows), bool)
    for group, mine in rows.groupby("source"):
        counts = corpus.counts[:, [index[t] for t in mine["term"]]].toarray().astype(float)
        a, b = (weights[:, side] @ counts[side] for side in (source == group, source != group))
        n1, n2 = ((weights[:, side] @ words[side])[:, None] for side in (source == group, source != group))
        alpha = ALPHA_0 * counts.sum(axis=0) / words.sum()
        low, high = bounds_of(smoothed_log_odds(a, b, n1, n2, alpha, alpha, ALPHA_0, ALPHA_0)[0])
        out[rows.index.get_indexer(mine.index)] = (low > 0) | (high < 0)
    return out


def shares(tables: Sequence[pd.DataFrame]) -> dict[str, float]:
    """Give the share of null terms called different, and of corpora in which Holm calls any so."""
    called = defaultdict(list)
    for rows in tables:
        called["engine"].append((rows["model_p"] < 0.05).mean())
        called["Holm"].append((rows["model_p_holm"] < 0.05).any())
        called["G2"].append((rows["g2"] > stats.chi2.isf(0.05, 1)).mean())
        called["plain z"].append((rows["plain"] > 1.96).mean())
        called["Welch"].append(rows["welch"].mean() if rows["welch"].notna().any() else np.nan)
        called["bootstrap"].append(rows["bootstrap"].mean() if "bootstrap" in rows else np.nan)
    return {name: float(np.mean(values)) if np.isfinite(values).any() else np.nan for name, values in called.items()}


def null_cell(split: str, burst: tuple[str, str, float], corpora: int) -> dict[str, Any]:
    rng = np.random.default_rng([20211207, list(SPLITS).index(split), BURSTS.index(burst)])
    tables = [measure(simulate(rng, SPLITS[split], *burst[1:])) for _ in range(corpora)]
    terms = np.mean([rows["term"].nunique() for rows in tables])
    whole, bands = pd.concat(tables), {}
    for low, high in BANDS:
        band = whole[whole["expected"].between(low, high, inclusive="left")]
        bands[f"{low} to {high}"] = float((band["model_p"] < 0.05).mean()) if len(band) >= 50 else np.nan
    return {"burstiness": burst[0], "split": split, "terms": round(float(terms)), **shares(tables), **bands}


def power_cell(split: str, target: int, corpora: int) -> dict[str, Any]:
    rng = np.random.default_rng([20211208, list(SPLITS).index(split), target])
    null, true, passed = defaultdict(list), defaultdict(list), []
    for _ in range(corpora):
        chosen = rng.choice(60, 12, replace=False)
        rows = measure(simulate(rng, SPLITS[split], "gamma", 600.0, chosen, target), draws=0)
        rows = rows[rows["source"] == f"source {target}"]
        is_true = rows["term"].isin([f"w{i:04d}" for i in chosen])
        passed.append(rows.loc[is_true, "model_p_holm"] < 0.05)
        rows = rows.assign(welch=rows["welch"].astype(float))
        for name in ("z", "plain", "g2", "welch"):
            null[name].append(rows.loc[~is_true, name].abs())
            true[name].append(rows.loc[is_true, name].abs())
    kept = {name: (np.concatenate(null[name]), np.concatenate(true[name])) for name in null}
    false = float((kept["z"][0] > 1.96).mean())
    cell = {
        "split": split,
        "source": target + 1,
        "false positives": false,
        "engine": float((kept["z"][1] > 1.96).mean()),
    }
    for name, label in (("plain", "plain z"), ("g2", "G2")):
        cell[label] = float((kept[name][1] > np.quantile(kept[name][0], 1 - false)).mean())
    has_welch = np.isfinite(kept["welch"][1]).all()
    cell["Welch at 5 %"] = float(kept["welch"][1].mean()) if has_welch else np.nan
    return {**cell, "engine, Holm": float(np.concatenate(passed).mean())}


def exchange_cell(min_count: int, corpora: int) -> dict[str, Any]:
    """Permute articles of three sources of which one writes a quarter shorter, and nothing else differs."""
    rng = np.random.default_rng([20211210, min_count])
    found = []
    for _ in range(corpora):
        corpus = simulate(rng, [9, 9, 9], "gamma", 600.0, shorter=0.75)
        rows = an.score_terms(corpus, min_count=min_count, draws=0)
        found.append((rows["p_adjusted"] < 0.05).sum())
    return {"min_count": min_count, "corpora with a false term": float(np.mean(np.array(found) > 0)),
            "false terms": float(np.mean(found))}  # fmt: skip


def text_cell(outlet: str, sizes: Sequence[int], corpora: int) -> dict[str, Any]:
    """Split articles of one outlet of the example corpus by chance: whatever differs, the outlet does not."""
    corpus = TEMPLATE.select(source=outlet).keep(kind="word")
    counts = (corpus.group_matrix("article_id") @ corpus.counts).toarray()
    words, rng, tables = corpus.words("article_id").to_numpy(), np.random.default_rng([20211209, *sizes]), []
    for _ in range(corpora):
        chosen = rng.permutation(len(words))[: sum(sizes)]
        tables.append(measure(to_corpus(counts[chosen], words[chosen], np.repeat(np.arange(len(sizes)), sizes))))
    terms = np.mean([rows["term"].nunique() for rows in tables])
    return {"outlet": outlet, "split": "/".join(map(str, sizes)), "terms": round(float(terms)), **shares(tables)}


def main() -> None:
    corpora = int(next((a for a in sys.argv[1:] if a.isdigit()), "200"))
    run = Parallel(n_jobs=-1)
    null = pd.DataFrame(run(delayed(null_cell)(split, burst, corpora) for burst in BURSTS for split in SPLITS))
    power = pd.DataFrame(run(delayed(power_cell)(split, target, corpora) for split, target in TARGETS))
    exchange = pd.DataFrame(run(delayed(exchange_cell)(m, corpora // 2) for m in (1, 3)))
    outlets, sizes = TEMPLATE.groups("source"), ([2, 3], [4, 5], [2, 1, 1, 1])
    text = pd.DataFrame(run(delayed(text_cell)(o, s, corpora // 2) for o in outlets for s in sizes))
    bands = [f"{low} to {high}" for low, high in BANDS]
    for title, cells in (
        (f"Null terms called different, {corpora} simulated corpora a cell", null.drop(columns=bands)),
        ("The engine's share by occurrences an article", null[["burstiness", "split", *bands]]),
        ("Power for a tripled word, concentration 600, at the engine's false positives", power),
        (f"Articles exchanged, 9/9/9, one source writes a quarter shorter, {corpora // 2} corpora", exchange),
        (f"Articles of one outlet of the example corpus parted by chance, {corpora // 2} times", text),
    ):
        shown = cells.round(3).astype(object).where(cells.notna(), "")
        print(f"{title}\n\n{shown.to_markdown(index=False)}\n")
    gap = (power["engine"] - power[["plain z", "G2"]].max(axis=1)).min()
    least, most, wrong = null["engine"].min(), null["engine"].max(), null["Holm"].max()
    print(
        f"engine {least:.3f} to {most:.3f}; Holm at most {wrong:.3f} of simulated corpora;"
        f" power {gap:+.3f} against plain z or G2 at worst"
    )


if __name__ == "__main__":
    main()
