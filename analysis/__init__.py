"""How news sources frame one event: from text files to tables, measures, charts and a report.

The names below are the whole public interface. They are loaded on first use, so that importing the package
costs nothing before it is needed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.agreement import count_confusion as count_confusion
    from analysis.agreement import read_disagreements as read_disagreements
    from analysis.agreement import score_agreement as score_agreement
    from analysis.agreement import score_pairs as score_pairs
    from analysis.assessments import assess as assess
    from analysis.batches import build_folder as build_folder
    from analysis.compare import compare_articles as compare_articles
    from analysis.compare import count_forms as count_forms
    from analysis.compare import count_removed as count_removed
    from analysis.compare import count_vocabulary as count_vocabulary
    from analysis.compare import count_voices as count_voices
    from analysis.compare import vectorize as vectorize
    from analysis.corpus import Corpus as Corpus
    from analysis.counting import count_texts as count_texts
    from analysis.dictionary import read_errors as read_errors
    from analysis.dictionary import score_dictionary as score_dictionary
    from analysis.dictionary import score_indicators as score_indicators
    from analysis.evidence import concordance as concordance
    from analysis.evidence import read_passages as read_passages
    from analysis.explorer.explorer import explore as explore
    from analysis.facts import compare_facts as compare_facts
    from analysis.facts import read_fact as read_fact
    from analysis.figures import save_figure as save_figure
    from analysis.frames import compare_frames as compare_frames
    from analysis.frames import count_attributes as count_attributes
    from analysis.frames import count_codes as count_codes
    from analysis.frames import count_cooccurrence as count_cooccurrence
    from analysis.frames import count_salience as count_salience
    from analysis.frames import read_frame as read_frame
    from analysis.importing.run import import_articles as import_articles
    from analysis.keyness import compare_terms as compare_terms
    from analysis.keyness import read_terms as read_terms
    from analysis.keyness import score_terms as score_terms
    from analysis.loading import build_corpus as build_corpus
    from analysis.loading import read_corpus as read_corpus
    from analysis.loading import write_corpus as write_corpus
    from analysis.multiverse import list_claims as list_claims
    from analysis.multiverse import read_robustness as read_robustness
    from analysis.multiverse import robustness as robustness
    from analysis.planning import plan_articles as plan_articles
    from analysis.plots import plot_contributions as plot_contributions
    from analysis.plots import plot_corpus as plot_corpus
    from analysis.plots import plot_course as plot_course
    from analysis.plots import plot_distance as plot_distance
    from analysis.plots import plot_facts as plot_facts
    from analysis.plots import plot_frames as plot_frames
    from analysis.plots import plot_funnel as plot_funnel
    from analysis.plots import plot_keyness as plot_keyness
    from analysis.plots import plot_planning as plot_planning
    from analysis.plots import plot_robustness as plot_robustness
    from analysis.plots import plot_sentiment as plot_sentiment
    from analysis.plots import plot_sentiment_shift as plot_sentiment_shift
    from analysis.plots import plot_shift as plot_shift
    from analysis.plots import plot_sides as plot_sides
    from analysis.plots import plot_strip as plot_strip
    from analysis.plots import plot_tone as plot_tone
    from analysis.plots import plot_validity as plot_validity
    from analysis.plots import plot_verbs as plot_verbs
    from analysis.plots import plot_vocabulary as plot_vocabulary
    from analysis.plots import style as style
    from analysis.readings import score_voices as score_voices
    from analysis.sentiment import compare_scores as compare_scores
    from analysis.sentiment import score_contributions as score_contributions
    from analysis.sentiment import score_frame_sentences as score_frame_sentences
    from analysis.sentiment import score_sensitivity as score_sensitivity
    from analysis.sentiment import score_sentiment as score_sentiment
    from analysis.sentiment import score_sentiment_shift as score_sentiment_shift
    from analysis.sentiment import score_words as score_words
    from analysis.sentiment import summarize_sentiment as summarize_sentiment
    from analysis.sheets import add_coding as add_coding
    from analysis.sheets import read_sheet as read_sheet
    from analysis.sheets import write_sheet as write_sheet
    from analysis.shown import show_findings as show_findings
    from analysis.shown import show_table as show_table
    from analysis.speech import count_distance as count_distance
    from analysis.speech import count_passages as count_passages
    from analysis.speech import count_sides as count_sides
    from analysis.speech import count_speakers as count_speakers
    from analysis.speech import count_verbs as count_verbs
    from analysis.tone import read_tone as read_tone
    from analysis.tone import score_polarity as score_polarity
    from analysis.tone import score_tone as score_tone
    from analysis.vocabularies import compare_sources as compare_sources
    from analysis.vocabularies import score_shift as score_shift

_HOME = {
    "corpus": ["Corpus"],
    "loading": ["build_corpus", "read_corpus", "write_corpus"],
    "evidence": ["concordance", "read_passages"],
    "assessments": ["assess"],
    "batches": ["build_folder"],
    "compare": [
        "compare_articles",
        "count_forms",
        "count_removed",
        "count_vocabulary",
        "count_voices",
        "vectorize",
    ],
    "keyness": ["compare_terms", "read_terms", "score_terms"],
    "vocabularies": ["compare_sources", "score_shift"],
    "plots": [
        "plot_corpus",
        "plot_tone",
        "plot_sentiment_shift",
        "plot_contributions",
        "plot_distance",
        "plot_course",
        "plot_facts",
        "plot_frames",
        "plot_validity",
        "plot_funnel",
        "plot_planning",
        "plot_robustness",
        "plot_keyness",
        "plot_sentiment",
        "plot_shift",
        "plot_sides",
        "plot_strip",
        "plot_verbs",
        "plot_vocabulary",
        "style",
    ],
    "readings": ["score_voices"],
    "multiverse": ["list_claims", "read_robustness", "robustness"],
    "planning": ["plan_articles"],
    "speech": ["count_distance", "count_passages", "count_sides", "count_speakers", "count_verbs"],
    "agreement": ["count_confusion", "read_disagreements", "score_agreement", "score_pairs"],
    "counting": ["count_texts"],
    "importing.run": ["import_articles"],
    "dictionary": ["read_errors", "score_dictionary", "score_indicators"],
    "facts": ["compare_facts", "read_fact"],
    "frames": [
        "compare_frames",
        "count_attributes",
        "count_codes",
        "count_cooccurrence",
        "count_salience",
        "read_frame",
    ],
    "sentiment": [
        "compare_scores",
        "score_contributions",
        "score_frame_sentences",
        "score_sensitivity",
        "score_sentiment",
        "score_sentiment_shift",
        "score_words",
        "summarize_sentiment",
    ],
    "tone": ["read_tone", "score_polarity", "score_tone"],
    "sheets": ["add_coding", "read_sheet", "write_sheet"],
    "figures": ["save_figure"],
    "explorer.explorer": ["explore"],
    "shown": ["show_findings", "show_table"],
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_MODULE_OF)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    return getattr(import_module(f"analysis.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
