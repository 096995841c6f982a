"""Charts: each takes a measure's table and returns the Axes it drew on; nothing is computed or saved here."""

from analysis.plots.choices import plot_planning as plot_planning
from analysis.plots.choices import plot_robustness as plot_robustness
from analysis.plots.frames import plot_course as plot_course
from analysis.plots.frames import plot_facts as plot_facts
from analysis.plots.frames import plot_frames as plot_frames
from analysis.plots.frames import plot_validity as plot_validity
from analysis.plots.look import style as style
from analysis.plots.sentiment import plot_contributions as plot_contributions
from analysis.plots.sentiment import plot_sentiment as plot_sentiment
from analysis.plots.sentiment import plot_sentiment_shift as plot_sentiment_shift
from analysis.plots.sentiment import plot_tone as plot_tone
from analysis.plots.terms import plot_funnel as plot_funnel
from analysis.plots.terms import plot_keyness as plot_keyness
from analysis.plots.terms import plot_shift as plot_shift
from analysis.plots.voices import plot_corpus as plot_corpus
from analysis.plots.voices import plot_distance as plot_distance
from analysis.plots.voices import plot_sides as plot_sides
from analysis.plots.voices import plot_strip as plot_strip
from analysis.plots.voices import plot_verbs as plot_verbs
from analysis.plots.words import plot_vocabulary as plot_vocabulary
