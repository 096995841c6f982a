"""The one look: sizes, labels that neither overlap nor run out, contrast, and names of any kind, on drawn figures."""

import random

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import PLOTS, few, first
from drawn import faults, seen_texts
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgba

import analysis as an
from analysis.plots.look import (
    BEYOND,
    COLOURS,
    FAINT,
    INK,
    PRESETS,
    QUIET,
    broken,
    clipped,
    page_width,
    signed,
    source_look,
)
from analysis.plots.voices import _OTHER_COLOURS, _SIDE_COLOURS

LONG = "The Gazette of the Northern and Southern Provinces and Territories"
SCORED = ["good", "bad", "terrible", "excellent", "very happy", "not so interesting", "new", "economic"]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def write_wide_corpus(folder, n):
    """A corpus of n sources with names, frames, facts and words that are as long as they come."""
    rng = random.Random(n)
    words = [
        f"{'interministerial-countermeasure' if i % 7 == 0 else 'negotiation'}{chr(97 + i % 26)}{i}" for i in range(60)
    ]
    words = ["".join(c if not c.isdigit() else "klmnopqrst"[int(c)] for c in word) for word in words]
    texts, rows = {}, []
    for source in range(n):
        for k in range(2 if n <= 5 else 1):
            name = f"gazette-of-the-northern-provinces-{chr(97 + source)}-{k}"
            lines = [f"A headline of {words[source]} that is good"]
            for _ in range(14):
                some, score = " ".join(rng.sample(words, 5)), rng.choice(SCORED)
                lines.append(rng.choice([
                    f"The {some} was {score}.", f"It rained on {some}.", f"Officials claimed that so-called {some} was {score}.",
                    f"“The {some} is {score} and we reject it,” Maria Vandenbergh-Castellanos warned.",
                ]))  # fmt: skip
            texts[name] = "\n".join(lines)
            rows.append({"article_id": name, "source": f"{LONG} {chr(65 + source)}",
                         "translation": "machine" if source % 2 else "none"})  # fmt: skip
    frames = "\n".join(
        f'[[frame]]\ncode="FRAMECODE{i}"\nname="The long name of a frame about negotiation {i}"\ndefinition="x"\n'
        f'indicators=["{words[3 * i]}","{words[3 * i + 1]}","{words[3 * i + 2]}"]' for i in range(10)
    )  # fmt: skip
    facts = "\n".join(
        f'[[fact]]\ncode="F{i}"\nname="Fact number {i} with a longer name about countermeasures"\ngroup="Group {i // 5}"\n'
        f'definition="x"\npatterns=["{words[i]}"]' for i in range(15)
    )  # fmt: skip
    sides = '[[side]]\nname="The Federation of Northern States"\nreason="x"\nshe=["Maria Vandenbergh-Castellanos"]\n'
    folder = folder(texts, rows, codebook_toml=frames, facts_toml=facts, sides_toml=sides)
    corpus = an.build_corpus(folder)
    an.write_corpus(corpus)
    return an.read_corpus(folder)


@pytest.fixture(scope="module", params=[2, 5, 12])
def wide(request, tmp_path_factory, folder_maker):
    return write_wide_corpus(folder_maker(tmp_path_factory.mktemp(f"wide{request.param}")), request.param)


def figure_of(plot, corpus, **options):
    draw, table = PLOTS[plot](corpus)
    return first(draw(table, **options)).figure


@pytest.mark.parametrize("plot", PLOTS)
def test_no_label_lies_on_another_or_runs_out_with_long_names_and_two_to_twelve_sources(wide, plot):
    if plot in ("validity", "tone"):
        pytest.skip("nobody has read these texts")
    assert faults(figure_of(plot, few(wide) if plot in ("course", "facts") else wide)) == []


@pytest.mark.parametrize("preset", ["single", "slide", "plos-text"])
@pytest.mark.parametrize("plot", PLOTS)
def test_no_label_lies_on_another_or_runs_out_at_other_sizes(call, plot, preset):
    assert faults(figure_of(plot, call, preset=preset)) == []


@pytest.mark.parametrize("plot", PLOTS)
def test_no_label_lies_on_another_or_runs_out_with_many_articles(example, plot):
    assert faults(figure_of(plot, example)) == []


@pytest.mark.parametrize("n", [1, 40])
@pytest.mark.parametrize("plot", ["keyness", "shift", "contributions", "sentiment shift"])
def test_one_term_and_forty_terms_have_room(wide, plot, n):
    assert faults(figure_of(plot, wide, n=n)) == []


def test_the_test_of_labels_finds_what_it_looks_for():
    figure, ax = plt.subplots()
    ax.text(0.5, 0.5, "here"), ax.text(0.51, 0.5, "there"), ax.text(0.99, 0.9, "out of the figure altogether")
    found = faults(figure)
    assert "'here' lies on 'there'" in found and any(f.startswith("runs out: 'out of") for f in found)


# --------------------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_gives_exactly_its_width_and_type(call, preset):
    figure = figure_of("corpus", call, preset=preset)
    assert figure.get_figwidth() * 25.4 == pytest.approx(PRESETS[preset].width)
    sizes = {round(text.get_fontsize(), 3) for text in seen_texts(figure)}
    assert sizes <= {round(PRESETS[preset].font * f, 3) for f in (1, 0.833)}


def test_type_is_as_large_as_journals_ask_for():
    assert all(PRESETS[name].font * 0.833 >= 5 and PRESETS[name].font <= 7 for name in PRESETS if "nature" in name)
    assert all(PRESETS[name].font * 0.833 >= 8 for name in PRESETS if "plos" in name)
    assert all(PRESETS[name].font * 0.833 >= 5 for name in PRESETS)


def test_an_unknown_preset_is_named_with_those_that_there_are(call):
    table = an.count_voices(call)
    with pytest.raises(ValueError, match="no preset 'doubble'; did you mean 'double'.*slide"):
        an.plot_corpus(table, preset="doubble")


def test_a_style_ends_where_its_block_ends():
    before, width = dict(plt.rcParams), page_width()
    with an.style("slide"):
        assert page_width() != width and plt.rcParams["font.size"] == PRESETS["slide"].font
    assert dict(plt.rcParams) == before and page_width() == width
    with pytest.raises(ZeroDivisionError), an.style("single"):
        1 / 0  # noqa: B018
    assert dict(plt.rcParams) == before and page_width() == width


def test_every_plot_says_that_it_takes_a_preset():
    for name in (n for n in an.__all__ if n.startswith("plot_")):
        assert "preset : str" in getattr(an, name).__doc__


# -------------------------------------------------------------------------------------------------- colours


def luminance(colour):
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgba(colour)[:3]]
    return float(np.dot(parts, [0.2126, 0.7152, 0.0722]))


def contrast(colour, other="white"):
    light, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def marks(ax):
    """The colours that carry data: of lines, markers and edges; an edge of a filled mark is no mark."""
    for line in ax.lines:
        drawn = line.get_linestyle() not in ("None", "none", " ", "")
        yield (line.get_color(), line.get_alpha()) if drawn else (line.get_markerfacecolor(), line.get_alpha())
        if line.get_markerfacecolor() in ("white", "none"):
            yield line.get_markeredgecolor(), line.get_alpha()
    for patch in ax.patches:
        yield patch.get_edgecolor(), patch.get_alpha()
    for collection in ax.collections:
        for colour in collection.get_edgecolor():
            yield tuple(colour), collection.get_alpha()


@pytest.mark.parametrize("plot", PLOTS)
def test_marks_have_three_to_one_and_texts_four_and_a_half_to_one(call, plot):
    figure = figure_of(plot, call)
    for ax in (ax for ax in figure.axes if ax.get_visible()):
        for colour, alpha in marks(ax):
            assert alpha in (None, 1)
            assert colour == "white" or contrast(colour) >= 3, colour
    for text in seen_texts(figure):
        on_white = contrast(text.get_color()) >= 4.5
        on_its_bar = min(contrast(text.get_color(), c) for c in COLOURS[:5]) >= 4.5
        assert on_white or on_its_bar, (text.get_text(), text.get_color())


def test_the_palette_has_contrast_and_no_two_looks_are_alike():
    assert all(contrast(c) >= 4.5 for c in [*COLOURS, BEYOND, INK, QUIET])
    assert all(contrast(c) >= 3 for c in [*_SIDE_COLOURS, *_OTHER_COLOURS.values(), FAINT])
    names = [str(i) for i in range(30)]
    looks = [source_look(name, names) for name in names]
    assert len(set(looks)) == 30 and len({marker for _, marker in looks}) == 30  # told apart in grey as well
    assert {colour for colour, _ in looks[len(COLOURS) :]} == {BEYOND}


def test_a_source_beyond_the_palette_is_seen_to_be(wide):
    axes = np.ravel(an.plot_contributions(an.score_contributions(wide)))
    colours = [ax.patches[0].get_edgecolor() for ax in axes]
    assert colours == [to_rgba(COLOURS[i] if i < len(COLOURS) else BEYOND) for i in range(len(axes))]


# --------------------------------------------------------------------------------------------------- labels


@given(st.text(max_size=400), st.integers(1, 60), st.integers(1, 4))
def test_a_clipped_label_keeps_to_its_lines_and_letters(label, letters, lines):
    result = clipped(label, letters, lines).split("\n")
    assert len(result) <= lines and all(len(line) <= max(letters, 8) for line in result)


def test_a_short_label_stays_as_it_is_and_a_long_one_ends_with_an_ellipsis():
    assert broken("Reuters") == "Reuters"
    assert broken("word " * 60).endswith("…")
    assert signed(-0.034, 3) == "−0.034" and signed(0.5) == "+0.50"


NAMES = ["$\\frac{a}{b}$ _x_ <b> & Co", "صحيفة الشرق الأوسط", "הארץ היומי", "x" * 300, "# 'quoted' \\input{y} % ^ ~"]


@pytest.mark.parametrize("plot", ["corpus", "sides", "keyness", "sentiment", "contributions", "frames", "tone"])
def test_names_with_markup_or_in_right_to_left_script_are_drawn_as_they_stand(call, plot):
    draw, table = PLOTS[plot](call)
    renamed = dict(zip(call.sources, NAMES, strict=True))
    table["source"] = table["source"].replace(renamed)
    table.attrs["sources"] = NAMES
    if "articles" in table.attrs:
        table.attrs["articles"] = {renamed[s]: n for s, n in table.attrs["articles"].items()}
    figure = first(draw(table)).figure
    assert faults(figure) == []
    drawn = " ".join(text.get_text().replace("\n", " ") for text in seen_texts(figure))
    assert all(name.split()[0][:8] in drawn for name in NAMES)


# ------------------------------------------------------------------------------------------- tables that are odd


def test_an_infinite_number_is_refused_by_row_and_column(call):
    table = an.compare_terms(call)
    table.loc[2, "log_odds"] = np.inf
    with pytest.raises(ValueError, match="plot_keyness: row 3 has an infinite number in column 'log_odds'"):
        an.plot_keyness(table)


def test_missing_numbers_are_drawn_as_missing(call):
    table = an.score_sentiment(call)
    table["polarity"] = np.nan
    axes = an.plot_sentiment(table)
    assert not [
        line for ax in axes for line in ax.lines if line.get_marker() not in ("None", "") and len(line.get_xdata())
    ]
    shares = an.count_sides(call)
    shares[["block_low", "block_high"]] = np.nan
    assert faults(first(an.plot_sides(shares)).figure) == []


@pytest.mark.parametrize("plot", PLOTS)
def test_an_empty_table_says_that_there_is_nothing_and_one_row_is_drawn(call, plot):
    draw, table = PLOTS[plot](call)
    attrs = table.attrs
    for rows in (table.head(0), table.head(1)):
        rows = rows.copy()
        rows.attrs = attrs
        if plot == "verbs" and len(rows):
            rows = rows.reset_index(drop=True)
        figure = first(draw(rows)).figure
        assert faults(figure) == []
        assert len(rows) or len(seen_texts(figure)) >= 1
