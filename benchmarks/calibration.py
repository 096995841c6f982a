"""Calibration: how often the engine calls a term different when nothing differs, beside what peers' tests do.

    python benchmarks/calibration.py [CORPORA]

Every simulated corpus goes through `score_terms` as a reader's own would. Bursty words: an article's rate of a word is
gamma (a Dirichlet-multinomial whose concentration varies by word around the value given, by a lognormal factor of
sigma 0.5) or lognormal; articles have 260 to 780 words. Shares are of terms with ten occurrences or more in all, times
sources. 'engine': the 95 % interval with the dispersion between articles leaves out zero. Peers: token G2 (chi-squared,
5 %), plain weighted log-odds (|z| > 1.96), a percentile bootstrap of articles (500 draws). Power: of words tripled in
one source; the plain tests are cut so that they have the engine's false positives.
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
TERMS = 800
TEMPLATE = an.read_corpus("example")


def simulate(
    rng: np.random.Generator,
    sizes: Sequence[int],
    kind: str,
    burst: float,
    tripled: Sequence[int] = (),
    target: int = 0,
) -> an.Corpus:
    """Draw a corpus of articles, in one source of which some words are three times as frequent."""
    n, labels = sum(sizes), np.repeat(np.arange(len(sizes)), sizes)
    words = np.exp(rng.uniform(np.log(260), np.log(780), n)).round().astype(int)
    share = 1 / (np.arange(TERMS) + 13)
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
    rows["bootstrap"] = article_bootstrap(corpus, rows, draws) if draws else False
    return rows


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
        called["bootstrap"].append(rows["bootstrap"].mean())
    return {name: float(np.mean(values)) for name, values in called.items()}


def null_cell(split: str, burst: tuple[str, str, float], corpora: int) -> dict[str, Any]:
    rng = np.random.default_rng([20211207, list(SPLITS).index(split), BURSTS.index(burst)])
    tables = [measure(simulate(rng, SPLITS[split], *burst[1:])) for _ in range(corpora)]
    terms = np.mean([rows["term"].nunique() for rows in tables])
    return {"burstiness": burst[0], "split": split, "terms": round(float(terms)), **shares(tables)}


def power_cell(split: str, target: int, corpora: int) -> dict[str, Any]:
    rng = np.random.default_rng([20211208, list(SPLITS).index(split), target])
    null, true = defaultdict(list), defaultdict(list)
    for _ in range(corpora):
        chosen = rng.choice(60, 12, replace=False)
        rows = measure(simulate(rng, SPLITS[split], "gamma", 600.0, chosen, target), draws=0)
        rows = rows[rows["source"] == f"source {target}"]
        is_true = rows["term"].isin([f"w{i:04d}" for i in chosen])
        for name in ("z", "plain", "g2"):
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
    return cell


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
    null = run(delayed(null_cell)(split, burst, corpora) for burst in BURSTS for split in SPLITS)
    power = run(delayed(power_cell)(split, target, corpora) for split, target in TARGETS)
    outlets = TEMPLATE.groups("source")
    text = run(delayed(text_cell)(o, sizes, corpora // 2) for o in outlets for sizes in ([2, 3], [4, 5], [2, 1, 1, 1]))
    for title, cells in (
        (f"Null terms called different, {corpora} simulated corpora a cell", null),
        ("Power for a tripled word, concentration 600, at the engine's false positives", power),
        (f"Articles of one outlet of the example corpus parted by chance, {corpora // 2} times", text),
    ):
        print(f"{title}\n{pd.DataFrame(cells).round(3).to_markdown(index=False)}\n")
    engine, false_any = [c["engine"] for c in null], [c["Holm"] for c in null]
    gap = min(c["engine"] - max(c["plain z"], c["G2"]) for c in power)
    print(
        f"engine {min(engine):.3f} to {max(engine):.3f}; Holm at most {max(false_any):.3f}; power {gap:+.3f} at worst"
    )


if __name__ == "__main__":
    main()
