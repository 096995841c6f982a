"""Which terms set each source apart, and what it would take to believe it: intervals, permutations, and words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy import sparse, special

from analysis.compare import rate, to_table
from analysis.contrasts import (
    Contrast,
    Counted,
    Tally,
    count_terms,
    dp_norm_of_cells,
    floor_of,
    own_names,
    tell_dispersion,
)
from analysis.corpus import Corpus, indicator_matrix
from analysis.resampling import (
    BLOCKED,
    DRAWS,
    LEAST_BLOCKS,
    bounds_of,
    check_draws,
    count_labellings,
    count_varying,
    draw_counts,
    draw_within,
    number_blocks,
)
from analysis.statistics import (
    Floats,
    article_p,
    at_least,
    benjamini_hochberg,
    holm,
    labellings,
    log_ratio,
    log_ratio_bound,
    permutation_share,
    signed_g2,
    smoothed_log_odds,
    tipping_phi,
)

# Pseudo-words of the prior in all: about half a news article that says nothing differs (benchmarks/calibration.py).
ALPHA_0 = 200.0
LEAST_ARTICLES = 5  # per group; below, drawing articles anew promises what it cannot keep
_COLUMNS = ["term", "kind", "count", "rest_count", "per_1000", "rest_per_1000", "articles", "rest_articles",
            "log_odds", "std_err", "z", "low", "high", "block_low", "block_high", "testable", "phi", "tipping_phi",
            "log_ratio", "log_ratio_bound", "g2", "dispersion", "loo_low", "loo_high", "loo_flips", "unit", "only_here",
            "dispersion_over"]  # fmt: skip
FEW = 200  # articles that are left out one by one, all terms at a time
COVERED = 30  # articles per group from which an article bootstrap covers what it says


def compare_terms(
    corpus: Corpus,
    by: str = "source",
    *,
    min_count: int = 1,
    alpha_0: float = ALPHA_0,
    variance_terms: int = 4,
    dispersion: Corpus | None = None,
    leave_one_out: bool = True,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Say which terms each source uses more than the others together, by how much, and what that rests on.

    Parameters
    ----------
    corpus : Corpus
        `keep(names=False)` beforehand leaves names out, `select(voice="outlet")` all that others say.
    by : str
        A column of articles.csv with at least two groups.
    min_count : int
        Leave out terms with fewer occurrences in all groups together.
    alpha_0 : float
        Size of the prior in pseudo-words; a term's share of them is its share of all words here.
    variance_terms : {4, 2}
        Full variance or the common short one.
    dispersion : Corpus, optional
        Borrow the dispersion between articles from this corpus, instead of telling it from articles of one source here.
    leave_one_out : bool
        False leaves loo_low, loo_high and loo_flips out, which saves a third of the time for many articles.
    draws, seed
        Replicates of the sentence-block bootstrap and their seed; 0 draws leaves it out.

    Returns
    -------
    DataFrame
        One row per group and term, strongest z first within a group, ties by term; zeros kept. A source has no row for
        its own name; where groups are not sources, no outlet's name has one. The group; term; kind (word, phrase);
        count, rest_count : occurrences in the group and in all others;
        per_1000, rest_per_1000 : the same per 1,000 words;
        articles, rest_articles : how many contain it;
        log_odds : natural logarithm of the odds ratio under the prior, positive where the group uses the term more;
        std_err : its standard error, of independent words, times the root of phi where phi is known;
        z : log_odds / std_err, which ranks terms;
        low, high : 95 % interval between articles (log_odds -+ 1.96 std_err); NaN where phi is not known;
        block_low, block_high : 95 % interval conditional on these articles, from sentence blocks drawn anew; NaN below
        ten blocks in the group or in the rest, and where either does not use the term;
        testable : permuting whole articles could give a p of .05 or less;
        phi : dispersion between articles of one source, 1 as for independent words; NaN where there are no replicates;
        tipping_phi : the dispersion at which the interval would just reach no difference;
        log_ratio : doublings of the rate; log_ratio_bound : the bound nearer to 0 of its interval, 95 % for all terms
        of the group together, 0 where it holds no difference (independent words);
        g2 : signed log-likelihood (independent words);
        dispersion : how unevenly the group's own occurrences are spread, DPnorm, 0 to 1; NaN where it has none;
        loo_low, loo_high : range of log_odds when each article is left out in turn that leaves words on both sides (so
        not a source's only one); loo_flips : whether its sign turns or is lost; missing where none can be left out;
        unit : 'article' where low and high speak of articles, else 'conditional on these articles';
        only_here : found in a single article;
        dispersion_over : the parts that dispersion is over, 'articles', or 'paragraphs' of a single article.
        `attrs["dispersion"]` says where phi comes from, `attrs["note"]` what could not be told, `attrs["articles"]` how
        many there are in each group.

    Raises
    ------
    ValueError
        Fewer than two groups, a group without a word, no term left, or a prior that is not above zero.

    Notes
    -----
    Monroe, Colaresi & Quinn (2008), one group against the pooled rest. With one article per source this describes the
    texts at hand; tipping_phi says what it would take to go beyond. Words cluster in articles (Church & Gale 1995), so
    that phi is rarely 1. Weights of the moderation and the size of the prior were settled by
    simulation (benchmarks/calibration.py). Leaving an article out, a term that vanishes with it counts as 0.
    """
    _check_prior(alpha_0, "compare_terms")
    check_draws(draws, "compare_terms")
    if variance_terms not in (2, 4):
        raise ValueError(f"compare_terms: variance_terms={variance_terms}; the variance has 4 terms, or 2")
    counted = count_terms(corpus, by, min_count, "compare_terms")
    terms, tally = counted.terms, counted.tally
    phi, _, told = tell_dispersion(counted, dispersion)
    held, alpha = tally.present, alpha_0 * tally.alpha
    found = held.sum(axis=0)
    block_low, block_high, short = _block_bounds(counted, alpha_0, draws, seed)
    tables = []
    for i, c in enumerate(tally.contrasts()):
        columns = {
            by: c.group, "term": terms["term"], "kind": terms["kind"],
            "articles": held[i], "rest_articles": found - held[i],
            "block_low": block_low[i], "block_high": block_high[i], "testable": floor_of(c) <= 0.05, "phi": phi,
            "unit": told["unit"], "only_here": found == 1,
            **_score(c, phi, alpha, alpha_0, variance_terms),
            **_vary(counted, c, alpha_0, leave_one_out),
        }  # fmt: skip
        columns["loo_flips"] = _flips(columns["log_odds"], columns["loo_low"], columns["loo_high"])
        tables.append(_order(pd.DataFrame(columns)[[by, *_COLUMNS]], counted, c))
    result = to_table(
        pd.concat(tables), corpus, "occurrences of terms", by=by, min_count=min_count, alpha_0=alpha_0,
        variance_terms=variance_terms, leave_one_out=leave_one_out, draws=draws, seed=seed, confidence=0.95,
    )  # fmt: skip
    result.attrs["articles"] = dict(zip(tally.groups, np.bincount(tally.group_of).tolist(), strict=True))
    result.attrs["dispersion"] = told
    chance = [f"Of {len(result):,} comparisons some leave out zero by chance."] if told["phi"] else []
    result.attrs["note"] = " ".join([told["note"], *chance, *short])
    return result


def _check_prior(alpha_0: float, function: str) -> None:
    """Refuse a prior that is none."""
    if not (np.isfinite(alpha_0) and alpha_0 > 0):
        raise ValueError(f"{function}: alpha_0={alpha_0}; the prior needs pseudo-words, above zero")


def _order(table: pd.DataFrame, counted: Counted, contrast: Contrast) -> pd.DataFrame:
    """Put the strongest terms of a contrast first, ties by term, and leave out what names the outlet itself."""
    table = table.iloc[np.argsort(-table["z"].to_numpy(), kind="stable")]  # terms come in alphabetical order
    source = str(contrast.group) if counted.every.by == "source" else None
    return table[~table["term"].isin(own_names(counted.source, source))]


def _score(c: Contrast, phi: Floats, alpha: Floats, alpha_0: float, variance_terms: int) -> dict[str, Any]:
    """Score the terms of one contrast: counts, rates, log-odds with its interval, and the scores of tokens."""
    log_odds, variance = smoothed_log_odds(
        c.count, c.rest_count, c.words, c.rest_words, alpha, alpha, alpha_0, alpha_0, terms=variance_terms
    )
    independent, known = np.sqrt(variance), ~np.isnan(phi)
    std_err = independent * np.sqrt(np.where(known, phi, 1))
    half = np.where(known, -special.ndtri(0.025) * std_err, np.nan)
    cells = (c.count, c.rest_count, c.words, c.rest_words)
    return {
        "count": c.count, "rest_count": c.rest_count,
        "per_1000": rate(c.count, c.words), "rest_per_1000": rate(c.rest_count, c.rest_words),
        "log_odds": log_odds, "std_err": std_err, "z": log_odds / std_err,
        "low": log_odds - half, "high": log_odds + half,
        "tipping_phi": tipping_phi(log_odds, independent), "log_ratio": log_ratio(*cells),
        "log_ratio_bound": log_ratio_bound(*cells, family=len(c.count)), "g2": signed_g2(*cells),
    }  # fmt: skip


def _vary(counted: Counted, contrast: Contrast, alpha_0: float, leave_one_out: bool) -> dict[str, Any]:
    """Say how the terms of one contrast vary from article to article, or from paragraph to paragraph."""
    nothing = np.full(len(contrast.count), np.nan)
    low, high = _leave_one_out(counted.tally, contrast, alpha_0) if leave_one_out else (nothing, nothing)
    spread, parts = _spread(counted, contrast)
    return {"dispersion": spread, "dispersion_over": parts, "loo_low": low, "loo_high": high}


def _spread(counted: Counted, contrast: Contrast) -> tuple[Floats, str]:
    """Say how unevenly the group's occurrences lie over its articles, or over the paragraphs of its only one."""
    rows = np.flatnonzero(contrast.mine)
    if len(rows) > 1:
        return counted.tally.spread[counted.tally.groups.index(contrast.group)], "articles"
    corpus = counted.corpus
    mine = (corpus.passages["article_id"] == counted.tally.articles[rows[0]]).to_numpy()
    codes, index = corpus.passages.loc[mine, "paragraph"].factorize()
    matrix = indicator_matrix(codes, len(index))
    sizes = matrix @ corpus.passages.loc[mine, "n_words"].to_numpy()
    return dp_norm_of_cells(sparse.csr_array(matrix @ corpus.counts[mine]), sizes), "paragraphs"


def _leave_one_out(tally: Tally, contrast: Contrast, alpha_0: float) -> tuple[Floats, Floats]:
    """Give the range of log_odds when each article is left out that leaves words on both sides."""
    if len(tally.words) > FEW and 2 * alpha_0 < min(contrast.words, contrast.rest_words):
        return _leave_one_out_of_many(tally, contrast, alpha_0)
    low, high = np.full(len(contrast.count), np.inf), np.full(len(contrast.count), -np.inf)
    total = contrast.words + contrast.rest_words
    for i, words in enumerate(tally.words):
        n1, n2 = contrast.words - contrast.mine[i] * words, contrast.rest_words - (not contrast.mine[i]) * words
        if n1 == 0 or n2 == 0:
            continue
        gone = tally.counts[[i]].toarray().ravel()
        a, b = contrast.count - contrast.mine[i] * gone, contrast.rest_count - (not contrast.mine[i]) * gone
        left = a + b
        alpha = alpha_0 * np.where(left > 0, left, 1) / (total - words)
        log_odds = np.where(left > 0, smoothed_log_odds(a, b, n1, n2, alpha, alpha, alpha_0, alpha_0)[0], 0.0)
        low, high = np.minimum(low, log_odds), np.maximum(high, log_odds)
    return np.where(np.isinf(low), np.nan, low), np.where(np.isinf(high), np.nan, high)


def _leave_one_out_of_many(tally: Tally, contrast: Contrast, alpha_0: float) -> tuple[Floats, Floats]:
    """Give the same from the articles that can be extreme.

    Of articles of one group with as many occurrences of a term, log_odds without one of them goes in one direction with
    its words, as long as both sides have more words than the prior: the shortest and the longest decide.
    """
    term, group, gone, size = tally.extremes
    mine = np.array([contrast.mine[tally.group_of == i].all() for i in range(len(tally.groups))])[group]
    a, b = contrast.count[term] - mine * gone, contrast.rest_count[term] - ~mine * gone
    left, n1, n2 = a + b, contrast.words - mine * size, contrast.rest_words - ~mine * size
    alpha = alpha_0 * np.where(left > 0, left, 1) / (contrast.words + contrast.rest_words - size)
    log_odds = np.where(left > 0, smoothed_log_odds(a, b, n1, n2, alpha, alpha, alpha_0, alpha_0)[0], 0.0)
    low, high = np.full(len(contrast.count), np.inf), np.full(len(contrast.count), -np.inf)
    told = (n1 > 0) & (n2 > 0)
    np.minimum.at(low, term[told], log_odds[told])
    np.maximum.at(high, term[told], log_odds[told])
    return np.where(np.isinf(low), np.nan, low), np.where(np.isinf(high), np.nan, high)


def _flips(log_odds: Floats, low: Floats, high: Floats) -> pd.Series:
    """Say whether leaving an article out turns the sign or takes it away; missing where none can be left out."""
    flips = pd.Series(((log_odds > 0) & (low <= 0)) | ((log_odds < 0) & (high >= 0)), dtype="boolean")
    return flips.mask(np.isnan(low))


def _block_bounds(counted: Counted, alpha_0: float, draws: int, seed: int) -> tuple[Floats, Floats, list[str]]:
    """Draw sentence blocks anew within each article, and give the interval of log_odds, groups x terms."""
    tally = counted.tally
    shape = (len(tally.groups), len(counted.terms))
    bounds = np.full((2, *shape), np.nan)
    if draws == 0:
        return bounds[0], bounds[1], []
    if len(tally.words) > BLOCKED:
        return bounds[0], bounds[1], [f"No interval conditional on these articles: there are more than {BLOCKED:,}, and"
                                      " the one between articles says more."]  # fmt: skip
    counts, words, stratum = _count_blocks(counted)
    group = tally.group_of[stratum]
    sizes = np.array([count_varying(stratum[group == i]) for i in range(shape[0])])
    told = [i for i in range(shape[0]) if sizes[i] >= LEAST_BLOCKS and sizes.sum() - sizes[i] >= LEAST_BLOCKS]
    note = []
    if short := [str(tally.groups[i]) for i in range(shape[0]) if i not in told]:
        note = [f"No interval conditional on these articles for {', '.join(short)}: fewer than {LEAST_BLOCKS} blocks of"
                " sentences."]  # fmt: skip
    if not told:
        return bounds[0], bounds[1], note
    weights = draw_within(stratum, draws=draws, seed=seed)
    drawn_words = np.stack([weights[:, group == i] @ words[group == i] for i in range(shape[0])])
    for chunk in tally.chunks(draws * shape[0]):
        drawn = np.stack([weights[:, group == i] @ counts[group == i, chunk].toarray() for i in range(shape[0])])
        whole, alpha = drawn.sum(axis=0), alpha_0 * tally.alpha[chunk]
        used = np.stack([np.asarray(counts[group == i, chunk].sum(axis=0)).ravel() for i in range(shape[0])])
        for i in told:
            seen = (used[i] > 0) & (used.sum(axis=0) > used[i])  # of what a side does not use no replicate knows
            if seen.any():
                n1, n2 = drawn_words[i][:, None], (drawn_words.sum(axis=0) - drawn_words[i])[:, None]
                a, b = drawn[i][:, seen], (whole - drawn[i])[:, seen]
                log_odds, _ = smoothed_log_odds(a, b, n1, n2, alpha[seen], alpha[seen], alpha_0, alpha_0)
                bounds[:, i, np.flatnonzero(seen) + chunk.start] = bounds_of(log_odds)
    return bounds[0], bounds[1], note


def _count_blocks(counted: Counted) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """Count terms and words in blocks of sentences, and number the article of each block."""
    corpus = counted.corpus
    codes, index = pd.factorize(number_blocks(corpus))
    blocks = indicator_matrix(codes, len(index))
    first = np.unique(codes, return_index=True)[1]
    article = pd.Index(counted.tally.articles).get_indexer(corpus.passages["article_id"].iloc[first])
    spoken = article >= 0  # an article without a word is no unit
    words = blocks @ corpus.passages["n_words"].to_numpy()
    return sparse.csr_array(blocks @ corpus.counts)[spoken], words[spoken], article[spoken]


# -------------------------------------------------------------------------------- whole articles, drawn and permuted


def score_terms(
    corpus: Corpus,
    by: str = "source",
    *,
    min_count: int = 1,
    alpha_0: float = ALPHA_0,
    dispersion: Corpus | None = None,
    labellings: int | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Say what permuting whole articles between the sources, and drawing them anew, makes of each term.

    Parameters
    ----------
    corpus : Corpus
    by : str
        A column of articles.csv with at least two groups.
    min_count, alpha_0, dispersion
        As in `compare_terms`.
    labellings : int, optional
        Random labellings, where there are more than these to go through; 9,999, and of more than 1,000 articles 999.
    draws, seed
        Replicates of the article bootstrap, 0 for none; seed of both.
    n_jobs : int, optional
        Processes, one group in each; by default what `joblib.parallel_config` says. The result is the same.

    Returns
    -------
    DataFrame
        One row per group and term, in the order of `compare_terms`: the group, term, kind, count, rest_count;
        n_articles, n_rest_articles : the units, articles with words in the selection;
        log_odds : as there;
        rate_gap : mean rate per 1,000 words of the group's articles, less that of the others';
        p : share of labellings in which rate_gap is as high (one-sided: used more than by the rest);
        p_adjusted : Benjamini-Hochberg over all rows that are testable; NaN elsewhere;
        floor : the smallest p there can be here; testable : floor is .05 or less;
        model_p : two-sided p of z with the dispersion between articles; NaN where that is not known;
        model_p_holm : adjusted over all rows (with two groups, over one row a term), so that one false one below .05
        has a chance of 5 % or less; with few articles hardly anything can pass it;
        article_low, article_high : 95 % interval of log_odds when articles are drawn anew within each source; NaN where
        a group has fewer than five, or one side does not use the term;
        unit : 'article' throughout.
        `attrs["note"]` says how far the interval covers.

    Raises
    ------
    ValueError
        As in `compare_terms`.

    Notes
    -----
    What is permuted is the mean of the articles' rates, not log_odds, in which the length of the articles that happen
    to be together counts as well. Where the floor is above .05, p describes: no labelling could have given a small one.
    With few articles an article bootstrap is too narrow: of 95 % intervals 87 % hold the truth at 5 v 5, 94 % at
    30 v 30, for terms that both sides use (simulated; docs/calibration.md has 5 v 5).
    """
    _check_prior(alpha_0, "score_terms")
    check_draws(draws, "score_terms")
    counted = count_terms(corpus, by, min_count, "score_terms")
    terms, tally = counted.terms, counted.tally
    alpha = alpha_0 * tally.alpha
    phi, df, told = tell_dispersion(counted, dispersion)
    labellings = count_labellings(len(tally.words)) if labellings is None else labellings
    least = int(np.bincount(tally.group_of).min())
    drawn = draw_within(tally.group_of, draws=draws, seed=seed) if draws and least >= LEAST_ARTICLES else None
    contrasts, tables = list(tally.contrasts()), []
    drawn_bounds = Parallel(n_jobs=n_jobs)(
        delayed(_draw_articles)(tally.counts, tally.words, c, tally.alpha, alpha_0, drawn) for c in contrasts
    )
    for c, (low, high) in zip(contrasts, drawn_bounds, strict=True):
        gap, p, floor = _permute(tally, c, labellings, seed)
        table = pd.DataFrame({
            by: c.group, "term": terms["term"], "kind": terms["kind"], "n_articles": c.sizes[0],
            "n_rest_articles": c.sizes[1], "rate_gap": gap, "p": p, "floor": floor, "phi": phi, "df": df,
            "article_low": low, "article_high": high, **_score(c, phi, alpha, alpha_0, 4),
        })  # fmt: skip
        tables.append(_order(table, counted, c))
    rows = pd.concat(tables, ignore_index=True)
    rows["testable"] = rows["floor"] <= 0.05
    rows["p_adjusted"] = benjamini_hochberg(rows["p"].where(rows["testable"]))
    rows["model_p"] = article_p(rows["z"].where(rows["phi"].notna()), rows["df"])
    rows["model_p_holm"] = _adjust_once(rows, len(tally.groups))
    rows["unit"] = "article"
    order = [by, "term", "kind", "count", "rest_count", "n_articles", "n_rest_articles", "log_odds", "rate_gap",
             "p", "p_adjusted", "floor", "testable", "model_p", "model_p_holm", "article_low", "article_high",
             "unit"]  # fmt: skip
    result = to_table(
        rows[order], corpus, by=by, min_count=min_count, alpha_0=alpha_0, labellings=labellings, draws=draws, seed=seed
    )
    result.attrs["dispersion"], result.attrs["note"] = told, _coverage(least)
    return result


def _adjust_once(rows: pd.DataFrame, groups: int) -> pd.Series:
    """Adjust model_p by Holm; two groups mirror each other, so that each term is one comparison."""
    family = rows.drop_duplicates(["term", "kind"]) if groups == 2 else rows
    adjusted = pd.Series(holm(family["model_p"]), index=family.index)
    if groups > 2:
        return adjusted
    places = rows.groupby(["term", "kind"], sort=False).ngroup()
    return places.map(dict(zip(places[family.index], adjusted, strict=True)))


def _coverage(least: int) -> str:
    """Say what an article bootstrap of so few articles is worth."""
    if least < LEAST_ARTICLES:
        return f"No article bootstrap: it takes {LEAST_ARTICLES} articles in each group, and one has {least}."
    if least < COVERED:
        return (
            f"With {least} articles in a group an article bootstrap covers less than its 95 %: 87 % at 5, 94 % at 30."
        )
    return ""


def _permute(tally: Tally, contrast: Contrast, most: int, seed: int) -> tuple[Floats, Floats, float]:
    """Give the gap between mean rates of articles, the share of labellings with as high a gap, and its floor."""
    mine, rest = contrast.sizes
    drawn, exact = labellings(contrast.mine, draws=most, seed=seed)
    weights = np.ascontiguousarray(drawn.T, np.float64)
    by_term = sparse.csr_array(1000 * tally.counts.T / tally.words)
    whole, inside = (np.asarray(rates.sum(axis=1)).ravel() for rates in (by_term, by_term[:, contrast.mine]))
    shares = []
    for chunk in tally.chunks(len(drawn)):
        # the rest's mean falls as the group's rises, so that the sum in the group orders the labellings
        as_high = at_least((by_term[chunk] @ weights).T, inside[chunk]).sum(axis=0)
        shares.append(permutation_share(as_high, len(drawn), exact))
    floor = floor_of(contrast, drawn=None if exact else len(drawn))
    return inside / mine - (whole - inside) / rest, np.concatenate(shares), floor


def _draw_articles(
    counts: sparse.csr_array,
    lengths: np.ndarray,
    contrast: Contrast,
    shares: Floats,
    alpha_0: float,
    weights: np.ndarray | None,
) -> tuple[Floats, Floats]:
    """Give the interval of log_odds over articles drawn anew; none for a term that one side does not use."""
    if weights is None:
        return np.full(len(shares), np.nan), np.full(len(shares), np.nan)
    mine, words = contrast.mine, lengths.astype(float)
    sides = [np.flatnonzero(side) for side in (mine, ~mine)]
    n1, n2 = (weights[:, side] @ words[side] for side in sides)
    replicates = zip(*(draw_counts(counts[side], weights[:, side]) for side in sides), strict=True)
    bounds = []
    for (chunk, a), (_, b) in replicates:
        alpha = alpha_0 * shares[chunk][:, None]
        found = bounds_of(smoothed_log_odds(a, b, n1, n2, alpha, alpha, alpha_0, alpha_0)[0].T)
        found[:, (contrast.count[chunk] == 0) | (contrast.rest_count[chunk] == 0)] = np.nan
        bounds.append(found)
    low, high = np.concatenate(bounds, axis=1)
    return low, high


# ----------------------------------------------------------------------------------------------- in words


def read_terms(terms: pd.DataFrame, n: int = 3) -> pd.DataFrame:
    """Say in a sentence each what the first terms of every source rest on, and what it would take to believe them.

    Parameters
    ----------
    terms : DataFrame
        From `compare_terms`.
    n : int
        Terms per group.

    Returns
    -------
    DataFrame
        One row per term: the group, term, and reading.

    Raises
    ------
    ValueError
        A table of another measure.
    """
    if not isinstance(terms, pd.DataFrame) or "tipping_phi" not in terms:
        raise ValueError("read_terms reads the table that compare_terms gives")
    by, sizes = str(terms.attrs.get("parameters", {}).get("by", "source")), terms.attrs.get("articles", {})
    first = terms[terms["z"] > 0].groupby(by, sort=False).head(n)
    readings = []
    for group, row in zip(first[by], first.itertuples(), strict=True):
        here, rest = sizes.get(group, ""), sum(sizes.values()) - sizes.get(group, 0) if sizes else ""
        readings.append(
            _reading(row, f"{row.articles} of {here} articles here and {row.rest_articles} of {rest} elsewhere")
        )
    rows = first[[by, "term"]].assign(reading=readings).reset_index(drop=True)
    rows.attrs = {key: value for key, value in terms.attrs.items() if key != "note"}  # each row says it
    return rows


def _reading(row: Any, articles: str) -> str:
    """Say what one term rests on."""
    up_to = f"up to {row.tipping_phi:.1f} times as much as independent words (in variance)"
    if row.tipping_phi < 1:
        firm = "Chance alone could give this, word by word."
    elif np.isnan(row.phi):
        firm = f"Taken alone, it would hold if articles varied {up_to}; how much they do cannot be seen here."
    elif row.tipping_phi > row.phi:
        firm = f"Taken alone, it would hold if articles varied {up_to}; they vary {row.phi:.1f} times as much."
    else:
        firm = f"Even alone, it would hold only if articles varied {up_to}; they vary {row.phi:.1f} times as much."
    burst = " It stands in a single article and may be a burst of that one." if row.only_here else ""
    rates = f"{row.per_1000:.1f} : {row.rest_per_1000:.1f} per 1,000 words"
    return f"{row.count} : {row.rest_count} ({rates}), in {articles}. {firm}{burst}"
