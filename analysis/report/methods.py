"""What the report says of itself: the methods in one paragraph, from the parameters in force, limits and references."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from analysis.agreement import ALL, score_agreement
from analysis.coding import describe_coding
from analysis.corpus import Corpus, isolated
from analysis.resampling import BLOCK, BLOCKED, LEAST_BLOCKS, number_blocks
from analysis.storage import read_package
from analysis.terms import read_stopwords
from analysis.tone import describe_readers, score_polarity, score_tone

REFERENCES = Path(__file__).parent / "references.txt"
LIMITS = (
    "How an outlet writes in general: articles are the independent units, and a source with one article has no second to"
    " compare it with.",
    "Why a difference is there: date, genre, length, topic and translation may go with the source, and no count tells"
    " them apart.",
    "That a frame is absent because its words are, or that sources are equal because a difference is small or its interval"
    " wide.",
    "What an outlet thinks or wants: polarity averages adjectives, and a quotation is printed, not endorsed.",
    "Words of a translated text are possibly the translator's; contrasts have a twin without translated texts.",
    "Voices, speakers and the dictionary's frames are found by rules that err; docs/methods.md of the project says how often.",
)


def corpus_title(corpus: Corpus) -> str:
    """Give the corpus's title from its data package, or its name."""
    return str(read_package(corpus.folder).get("title") or corpus.name)


def listed(names: Sequence[object]) -> str:
    """Write names as a list in words."""
    texts = [isolated(str(name)) for name in names]
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def methods_paragraph(corpus: Corpus, figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Write the methods of a report as one paragraph that can stand in a manuscript.

    Parameters
    ----------
    corpus : Corpus
    figures : mapping
        The side file of each figure of the report, by its name: parameters, seed, replicates and dispersion are taken
        from there.

    Returns
    -------
    str
        Plain text; references as in the report's list.
    """
    parts = [_material(corpus), _counting(corpus), _frames(corpus), _terms(corpus, figures), _intervals(corpus, figures),
             _sentiment(corpus), _software(corpus)]  # fmt: skip
    return " ".join(part for part in parts if part)


def _material(corpus: Corpus) -> str:
    core = corpus.select(role="core")
    articles = corpus.articles
    context = [s for s in corpus.groups("source") if s not in core.groups("source")]
    sizes = core.articles["source"].value_counts()
    which = listed([f"{source} ({sizes[source]})" for source in core.groups("source")])
    verb = "stands" if len(context) == 1 else "stand"
    beside = f"; {listed(context)} {verb} beside them as context" if context else ""
    n, of_all = len(core.articles), f" of all {len(articles)} articles" if context else ""
    removed = len(corpus.tables["removed_lines"])
    return (
        f"We compared {n} article{'s' if n != 1 else ''} of {len(core.groups('source'))} sources, {which}:"
        f" {int(core.articles['n_words'].sum()):,} words in {int(core.articles['n_sentences'].sum()):,} sentences{beside}."
        f" {removed:,} lines and pieces of lines{of_all} that are not article text were removed by named rules."
    )


def _counting(corpus: Corpus) -> str:
    stopwords = len(read_stopwords(corpus.folder))
    unified = " spellings of one name were unified, and" if (corpus.folder / "variants.toml").exists() else ""
    speakers = "put on sides by a table of names" if len(corpus.sides) > 2 else "not put on sides"
    return (
        f"Sentences were found with nupunkt {version('nupunkt')} and parted by rules into the outlet's own words (with"
        f" scare quotes), quotations and indirect speech; speakers were {speakers}. One tokenizer served every count;"
        f"{unified} {stopwords} function words were left out of the comparisons of terms."
    )


def _frames(corpus: Corpus) -> str:
    codebook = corpus.codebook
    if not codebook.frames:
        return ""
    text = f"Frames (Entman 1993) are the {len(codebook.frames)} of the codebook. {describe_coding(corpus)}"
    agreement = score_agreement(corpus, draws=0).set_index("frame")["alpha"]
    if ALL in agreement and not np.isnan(agreement[ALL]):
        lowest = agreement.drop(ALL).dropna()
        least = f", lowest of a frame {lowest.min():.2f}" if len(lowest) else ""
        text += f" Krippendorff's (2019) alpha of the readings is {agreement[ALL]:.2f}{least}."
    return f"{text} A dictionary of {len(codebook.indicators)} indicators was measured against the reading."


def _terms(corpus: Corpus, figures: Mapping[str, Mapping[str, Any]]) -> str:
    made = next((side for side in figures.values() if "alpha_0" in side.get("parameters", {})), None)
    if made is None:
        return ""
    known = made["parameters"]
    phi = (made.get("dispersion") or {}).get("phi")
    spread = (
        f"standard errors and intervals were widened by the dispersion between articles of one source (phi = {phi:.1f} for a"
        " typical term; quasi-likelihood as in Lund et al. 2012)" if phi else
        "no two articles of one source could show how much articles vary, so that z orders the terms and tests nothing"
    )  # fmt: skip
    return (
        "Distinctive terms were ranked by z of the weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi"
        f" and Quinn 2008; {known['alpha_0']:g} pseudo-words, terms with {known.get('min_count', 1)} occurrences or more),"
        f" each source against the others together; {spread}. Whole vocabularies were compared by the Jensen-Shannon"
        f" divergence (Gallagher et al. 2021). {corpus.select(role='core').caveat()} Labels of articles were exchanged"
        " freely, whatever event an article is about."
    )


def _intervals(corpus: Corpus, figures: Mapping[str, Mapping[str, Any]]) -> str:
    draws = sorted({(side["parameters"]["draws"], side["parameters"].get("seed", 0)) for side in figures.values()
                    if side.get("parameters", {}).get("draws")})  # fmt: skip
    if not draws:
        return ""
    replicates = listed([f"B = {b:,}, seed {seed}" for b, seed in draws])
    core = corpus.select(role="core")
    body = core.select(section="body")
    blocks = number_blocks(body).groupby(body.labels("source")).nunique()
    without = [source for source in core.groups("source") if blocks.get(source, 0) < LEAST_BLOCKS]
    none = f" {listed(without)} {'has' if len(without) == 1 else 'have'} fewer, and no such interval." if without else ""
    if core.articles["source"].value_counts().max() > BLOCKED:
        none += f" Of more than {BLOCKED:,} articles of a source none are drawn."
    wilson = (
        " Precision and recall have Wilson (1927) intervals, and the alpha of readings one from sentences drawn anew; both"
        " take sentences for independent."
    ) if len(corpus.tables["coding"]) else ""
    return (
        f"Where a source has {LEAST_BLOCKS} blocks of {BLOCK} sentences or more, intervals of its shares are percentiles over"
        f" replicates of such blocks, drawn anew within each article ({replicates}; Davison and Hinkley 1997): conditional"
        f" on these articles.{none}{wilson}"
    )


def _sentiment(corpus: Corpus) -> str:
    text = (
        f"Sentiment is the adjective polarity of TextBlob {version('textblob')} (De Smedt and Daelemans 2012), assessed in"
        " whole sentences and averaged over those with a scored word; sentences without one are missing, not neutral."
    )
    against, readers = score_polarity(corpus), score_tone(corpus, draws=0)
    if len(against):
        known = against.attrs
        alpha = "one reader"
        if len(readers):
            alpha = f"nominal alpha {readers['alpha'].iloc[0]:.2f}, {readers['reading'].iloc[0]}"
        bounds = f"95 % {known['tau_low']:.2f} to {known['tau_high']:.2f}, conditional on these articles; " \
            if not np.isnan(known["tau_low"]) else ""
        text += (
            f" Against the tone of {int(against['n_read'].iloc[-1]):,} sentences ({describe_readers(corpus)}; {alpha}),"
            f" Kendall's tau-b of polarity over the {known['n_scored']:,} scored ones is {known['tau']:.2f} ({bounds}"
            f"{int(against['hits'].iloc[-1])} of their signs agree, {against['expected'].iloc[-1]:.0f} would by the counts"
            " alone)."
        )
    return text


def _software(corpus: Corpus) -> str:
    return (
        f"Made with media-framing-study {version('media-framing-study')}; corpus tables {corpus.checksum[:12]}, readings"
        f" {corpus.readings_checksum[:12]} (first digits of SHA-256)."
    )


def references(text: str) -> list[str]:
    """Give those works of the list that a text cites, by the first author's name and the year."""
    works = [line.strip() for line in REFERENCES.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [work for work in works if _cited(work, text)]


def _cited(work: str, text: str) -> bool:
    match = re.match(r"([^,.]+)[,.].*?\((\d{4})\)", work)
    return bool(match and re.search(rf"\b{re.escape(match[1])}\b(?:[^.;()]|et al\.){{0,60}}\(?{match[2]}\b", text))
