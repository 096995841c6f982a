"""Charts, asserted on their artists, and what is written beside them."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import PLOTS
from matplotlib.colors import to_rgba

import analysis as an
from analysis.plots.look import source_look
from analysis.plots.voices import side_look


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(axes):
    return [t.get_text() for ax in np.ravel(np.asarray(axes, dtype=object)) for t in ax.texts]


def test_a_bar_is_as_long_as_its_words(call):
    table = an.count_voices(call)
    ax = an.plot_corpus(table)
    widths = sorted(round(p.get_width()) for p in ax.patches)
    assert widths == sorted(table.loc[table["n_words"] > 0, "n_words"].tolist())
    ends = {round(p.get_y(), 2): 0 for p in ax.patches}
    for p in ax.patches:
        assert p.get_x() == pytest.approx(ends[round(p.get_y(), 2)])
        ends[round(p.get_y(), 2)] += p.get_width()


def test_a_dot_stands_at_its_rate_and_its_count_beside_it(call):
    core = call.select(role="core")
    table = an.count_vocabulary(core)
    axes = an.plot_vocabulary(table, min_count=2)
    totals = table.groupby("pattern", sort=False)["count"].sum()
    labels = totals.index[totals >= 2].tolist()
    shown = [t.get_text().partition(" …")[0] for t in axes[0].get_yticklabels()]
    assert [label.partition(" N")[0].replace("|", ", ") for label in labels] == shown
    tele = table[table["source"] == "teleSUR"].set_index("pattern")
    x, y = axes[2].lines[0].get_data()
    drawn = {labels[int(row)]: rate for rate, row in zip(x, y, strict=True)}
    assert drawn == pytest.approx({p: tele.loc[p, "per_1000"] for p in labels if tele.loc[p, "count"]})
    counts = [t.get_text() for t in axes[2].texts if t.get_text().isdigit()]
    assert counts == [str(tele.loc[p, "count"]) for p in labels]


def bars(ax):
    return [(p.get_x(), p.get_y() + p.get_height() / 2, p.get_width()) for p in ax.patches]


def test_a_bar_of_a_frame_is_its_share_parted_by_voice(call):
    table = an.compare_frames(call.select(role="core"), draws=0)
    axes = an.plot_frames(table)
    frames = list(pd.unique(table["frame"]))
    for ax, source in zip(axes, ["Reuters", "Sputnik", "teleSUR"], strict=True):
        mine = table[table["source"] == source].set_index(["frame", "voice"])
        for y, frame in enumerate(frames):
            drawn = [(x, width) for x, row, width in bars(ax) if round(row) == y]
            parts = [mine.loc[(frame, v), "coded_share"] for v in ("outlet", "reported", "quote")]
            assert [width for _, width in drawn] == pytest.approx([p for p in parts if p])
            assert sum(width for _, width in drawn) == pytest.approx(mine.loc[(frame, "all"), "coded_share"])
        counts = [t.get_text() for t in ax.texts]
        assert counts == [str(mine.loc[(frame, "all"), "coded"]) for frame in frames]
        crosses = [line for line in ax.lines if line.get_marker() == "x"]
        assert [c.get_xdata()[0] for c in crosses] == pytest.approx(
            [mine.loc[(f, "all"), "found_share"] for f in frames if mine.loc[(f, "all"), ["coded", "found"]].any()]
        )


def test_a_frame_with_an_interval_has_a_line_and_one_without_has_none(example, call):
    table = an.compare_frames(example)
    axes = an.plot_frames(table)
    lines = [segment for ax in axes for c in ax.collections for segment in c.get_segments()]
    intervals = table[(table["voice"] == "all") & table["block_low"].notna()]
    assert sorted(s[0][0] for s in lines) == pytest.approx(sorted(intervals["block_low"]))
    assert not any(ax.collections for ax in an.plot_frames(an.compare_frames(call.select(role="core"))))


def test_a_box_stands_where_its_sentence_stands(call):
    codes = an.count_codes(call.select(source="teleSUR"))
    (ax,) = an.plot_course(codes)
    coded = codes[codes["coded"].fillna(False)]
    frames = list(codes.attrs["frames"])
    expected = [(r.begins, frames.index(r.frame), r.ends - r.begins) for r in coded.itertuples()]
    assert np.array(sorted(bars(ax))) == pytest.approx(np.array(sorted(expected)))


def test_a_cell_of_facts_says_how_often_where_first_or_that_there_is_none(call):
    table = an.compare_facts(call)
    ax = an.plot_facts(table)
    said = [t.get_text() for t in ax.texts]
    mentioned = table[table["status"] == "mentioned"]
    assert len(ax.patches) == len(mentioned)
    assert sorted(t for t in said if t.isdigit()) == sorted(mentioned["n"].astype(str))
    assert sorted(t for t in said if t.startswith("s. ")) == sorted("s. " + mentioned["first"].astype(str))
    assert said.count("–") == (table["status"] == "absent").sum()
    assert said.count("not yet") == (table["status"] == "not yet known").sum()


def test_a_mark_of_validity_stands_at_its_score_with_its_interval(example):
    table = an.score_dictionary(example)
    axes = an.plot_validity(table)
    shown = table[table["frame"] != "macro"]
    for ax, measure in zip(axes, ["precision", "recall", "f1"], strict=True):
        marks = [line for line in ax.lines if line.get_marker() in ("o", "s", "D")]
        assert sorted(m.get_xdata()[0] for m in marks) == pytest.approx(sorted(shown[measure].dropna()))
        lows = sorted(s[0][0] for c in ax.collections for s in c.get_segments())
        assert lows == pytest.approx(sorted(shown[f"{measure}_low"].dropna()))


def marks_of(ax):
    """List the marks of a chart from above: row, place, whether hollow."""
    drawn = [line for line in ax.lines if line.get_marker() not in ("None", "")]
    return sorted((y, x, line.get_markerfacecolor() == "white") for line in drawn for x, y in line.get_xydata())


@pytest.mark.parametrize(("measure", "column"), [("log_ratio", "log_ratio"), ("g2", "g2"), ("per_1000", "per_1000")])
def test_terms_can_be_ordered_by_another_measure_which_is_drawn(example, measure, column):
    table = an.compare_terms(example.select(role="core"), min_count=3, draws=0)
    axes = an.plot_keyness(table, n=6, measure=measure)
    for ax, (_, mine) in zip(axes, table.groupby("source", sort=False), strict=True):
        often = mine[(mine["count"] >= 2) & (mine[measure] > 0)]
        expected = often.sort_values([measure, "term"], ascending=[False, True]).head(6)
        assert [t.get_text() for t in ax.get_yticklabels()] == expected["term"].tolist()
        assert [x for _, x, _ in marks_of(ax)] == pytest.approx(expected[column].tolist())
    remark = axes[0].figure._supxlabel.get_text()
    assert {"log_ratio": "least log ratio", "g2": "tests nothing", "per_1000": "ordered by rate"}[measure] in remark
    with pytest.raises(ValueError, match="measure 'chi' is none of z, log_ratio, g2, per_1000"):
        an.plot_keyness(table, measure="chi")


def test_the_terms_drawn_are_the_first_of_each_source(call):
    table = an.compare_terms(call.select(role="core"), min_count=3)
    axes = an.plot_keyness(table, n=5)
    for ax, source in zip(axes, ["Reuters", "Sputnik", "teleSUR"], strict=True):
        expected = table[(table["source"] == source) & (table["count"] >= 2)].head(5)
        assert [t.get_text() for t in ax.get_yticklabels()] == expected["term"].tolist()
        marks = marks_of(ax)
        assert [x for _, x, _ in marks] == pytest.approx(expected["log_odds"].tolist())
        assert [hollow for *_, hollow in marks] == expected["only_here"].tolist()
        assert texts(ax) == [f"{r.count} : {r.rest_count}  ({r.articles}/1 : {r.rest_articles}/2)"
                             for r in expected.itertuples()]  # fmt: skip


@pytest.mark.parametrize(("corpus", "columns"), [("example", ["low", "high"]), ("call", ["loo_low", "loo_high"])])
def test_the_line_through_a_mark_is_the_most_that_the_table_knows(request, corpus, columns):
    table = an.compare_terms(request.getfixturevalue(corpus).select(role="core"), min_count=3)
    axes = an.plot_keyness(table, n=5)
    first_source = table[(table["source"] == table["source"].iloc[0]) & (table["count"] >= 2)].head(5)
    ends = first_source[[*columns, "log_odds"]]
    drawn = [segment[:, 0] for c in axes[0].collections for segment in c.get_segments()]
    assert np.allclose(drawn, np.column_stack([ends.min(axis=1), ends.max(axis=1)]))
    remark = axes[0].figure._supxlabel.get_text()
    assert ("95 % interval between articles" in remark) == (corpus == "example")
    assert ("no interval between articles" in remark) == (corpus == "call")


def test_every_term_is_a_dot_of_the_funnel_and_its_labels_keep_apart(example):
    table = an.compare_terms(example.select(role="core"), draws=0)
    axes = an.plot_funnel(table, n=8)
    axes[0].figure.canvas.draw()
    for ax, (_, mine) in zip(axes, table.groupby("source", sort=False), strict=True):
        dots = np.concatenate([line.get_ydata() for line in ax.lines if line.get_marker() not in ("None", "")])
        assert sorted(dots) == pytest.approx(sorted(mine["z"]))
        shown = [t for t in ax.texts if t.get_visible()]
        assert 4 <= len(shown) <= 8 and {t.get_text() for t in shown} <= set(mine["term"].head(8))
        boxes = [t.get_window_extent() for t in shown]
        assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert "dashed" in axes[0].figure._supxlabel.get_text()


@pytest.mark.parametrize("most", [10, 100_000])
def test_very_many_dots_are_a_picture_within_the_vector_file(example, most, monkeypatch):
    monkeypatch.setattr("analysis.plots.terms._DOTS", most)
    axes = an.plot_funnel(an.compare_terms(example.select(role="core"), draws=0))
    svg = io.StringIO()
    axes[0].figure.savefig(svg, format="svg")
    assert ("<image" in svg.getvalue()) == (most == 10)


def test_a_bar_of_the_shift_is_as_long_as_its_part_and_on_the_side_of_who_says_it(call):
    table = an.score_shift(call, "Sputnik", "teleSUR")
    ax = an.plot_shift(table, n=10)
    expected = [1000 * r.contribution * (1 if r.leans == "Sputnik" else -1) for r in table.head(10).itertuples()]
    assert [p.get_width() for p in ax.patches] == pytest.approx(expected)
    assert texts(ax)[:2] == [table["term"].iloc[0], f"{table['rest_count'].iloc[0]} : {table['count'].iloc[0]}"]
    assert ax.get_title(loc="right") == "more in Sputnik"
    assert f"{table.attrs['jsd']:.2f} bits" in ax.figure._supxlabel.get_text()


def dots(ax):
    """The x of all marks of an Axes."""
    drawn = [line.get_xdata() for line in ax.lines if line.get_marker() not in ("None", "")]
    return np.concatenate(drawn) if drawn else np.array([])


@pytest.mark.parametrize("by", ["article_id", "source"])
def test_every_scored_sentence_is_one_dot_and_the_lanes_say_how_many_there_are(example, call, by):
    for corpus in (example, call):
        table = an.score_sentiment(corpus)
        axes = an.plot_sentiment(table, by=by)
        order = sorted(table[by].unique()) if by == "article_id" else corpus.sources
        for ax in axes if by == "source" else []:
            mine = table[table["source"] == order[list(axes).index(ax)]]
            assert sorted(dots(ax)) == pytest.approx(sorted(mine["polarity"].dropna()))
        drawn = np.concatenate([dots(ax) for ax in axes])
        assert sorted(drawn) == pytest.approx(sorted(table["polarity"].dropna()))
        lanes = table["section"].where(table["section"] != "body", table["voice"])
        counts = table.groupby([by, lanes])["polarity"].agg(["count", "size"])
        written = [text for text in texts(axes) if text != "–"]
        assert sorted(written) == sorted(f"{r['count']} of {r['size']}" for _, r in counts.iterrows())


def test_few_articles_have_a_panel_each_and_many_are_drawn_by_source(example, call):
    assert len(an.plot_sentiment(an.score_sentiment(call))) == len(call.articles)
    assert len(an.plot_sentiment(an.score_sentiment(example))) == len(example.sources)


def test_of_many_sentences_bars_say_how_many_have_which_polarity(example):
    table = an.score_sentiment(example)
    many = pd.concat([table] * 40, ignore_index=True)
    many.attrs = table.attrs
    axes = an.plot_sentiment(many)
    for ax, source in zip(axes, example.sources, strict=True):
        assert not [line for line in ax.lines if line.get_marker() not in ("None", None, "")]
        lane = many[(many["source"] == source) & (many["section"] == "body") & (many["voice"] == "quote")]
        counts = (lane["polarity"].dropna() / 0.05).round().value_counts().sort_index()
        y = [label.get_text() for label in axes[0].get_yticklabels()].index("quotations")
        bars = [bar for bar in ax.patches if round(bar.get_y() + bar.get_height() / 2) == y]
        heights = sorted((round(bar.get_x() + bar.get_width() / 2, 2), bar.get_height()) for bar in bars)
        assert [height for _, height in heights] == pytest.approx((0.8 * counts / counts.max()).tolist())
        assert [x for x, _ in heights] == pytest.approx((counts.index * 0.05).tolist())


def test_the_bars_of_a_mean_sum_to_it(call, example):
    for corpus, n in ((call, 3), (example, 8)):
        table = an.score_contributions(corpus)
        means = an.summarize_sentiment(corpus, draws=0)["polarity"]
        for ax, mean in zip(an.plot_contributions(table, n=n), means, strict=True):
            assert sum(p.get_width() for p in ax.patches) == pytest.approx(mean, abs=1e-5)
            assert dots(ax) == pytest.approx([mean], abs=1e-5) and len(ax.patches) == n + 1
            assert ax.patches[-1].get_facecolor() == (1, 1, 1, 1)  # all other expressions


def test_the_bars_of_a_gap_sum_to_it_and_have_the_colour_of_who_says_more(call):
    table = an.score_sentiment_shift(call, "Reuters", "Sputnik")
    ax = an.plot_sentiment_shift(table, n=10)
    means = an.summarize_sentiment(call, draws=0).set_index("source")["polarity"]
    gap = means["Reuters"] - means["Sputnik"]
    assert sum(p.get_width() for p in ax.patches) == pytest.approx(gap, abs=1e-5) and dots(ax) == pytest.approx(
        [gap], abs=1e-5
    )
    for patch, row in zip(ax.patches, table.head(10).itertuples(), strict=False):
        more = "Reuters" if row.share > row.rest_share else "Sputnik"
        assert patch.get_facecolor() == to_rgba(source_look(more, call.sources)[0])
    assert "raises Reuters" in ax.get_title(loc="right")


def test_a_sentence_is_a_dot_in_the_lane_of_its_tone(call):
    table = an.read_tone(call)
    ax = an.plot_tone(table)
    assert sorted(dots(ax)) == pytest.approx(sorted(table.loc[table["tone"] != "", "polarity"].dropna()))
    for lane, tone in enumerate(("positive", "neutral", "negative")):
        mine = table[table["tone"] == tone]
        assert texts(ax)[lane] == f"{mine['polarity'].notna().sum()} of {len(mine)}"
    names = [text.get_text() for legend in ax.figure.legends for text in legend.get_texts()]
    assert names == [f"{s}\u00a0†" if s not in ("Sputnik", "teleSUR") else s for s in call.sources]


def test_a_bar_is_as_long_as_its_share_and_is_told_apart_without_colour(call):
    table = an.count_sides(call)
    axes = an.plot_sides(table)
    for ax, source in zip(axes, call.sources, strict=True):
        mine = table[(table["source"] == source) & (table["n_words"] > 0)]
        assert sorted(p.get_width() for p in ax.patches) == pytest.approx(sorted(mine["share"]))
        looks = {(p.get_hatch(), p.get_facecolor() == (1, 1, 1, 1)) for p in ax.patches}
        assert len(looks) == mine["voice"].nunique()
        written = sorted(int(t.replace(",", "")) for t in texts(ax) if t != "0")
        assert written == sorted(mine["n_words"])


def test_an_interval_is_a_line_over_its_bar(example):
    table = an.count_sides(example)
    first_axes = an.plot_sides(table)[0]
    drawn = sorted(tuple(line.get_xdata()) for line in first_axes.lines if len(line.get_xdata()) == 2)
    mine = table[table["source"] == example.sources[0]].dropna(subset="block_low")
    assert len(mine) > 5 and np.allclose(drawn, sorted(zip(mine["block_low"], mine["block_high"], strict=True)))


def test_a_strip_has_every_word_of_others_in_its_place(call):
    table = an.count_passages(call)
    ax = an.plot_strip(table)
    spoken = table[table["voice"].isin(["quote", "reported"])]
    assert sum(p.get_width() for p in ax.patches) == spoken["n_words"].sum()
    ends = sorted(round(p.get_x() + p.get_width()) for p in ax.patches)
    assert max(ends) == (spoken["begins"] + spoken["n_words"]).max()
    labels = [t.get_text() for legend in ax.figure.legends for t in legend.get_texts()]
    assert labels == ["R  Russia", "U  US", "K  Ukraine", "N  NATO/EU", "O  other"]
    letters = [side_look(side, call.sides)[1] for side in call.sides]
    assert len(set(letters)) == len(letters)


def test_a_disc_carries_its_count_and_stands_at_its_class_and_side(call):
    table = an.count_verbs(call)
    axes = an.plot_verbs(table)
    sources = [s for s in call.sources if s in set(table["source"])]
    for ax, source in zip(axes, sources, strict=True):
        counts = table[table["source"] == source].groupby(["kind", "side"])["count"].sum()
        assert sorted(t for t in texts(ax) if t != "0") == sorted(map(str, counts))
        assert len(ax.collections) == len(counts)
        assert len(texts(ax)) == table["kind"].nunique() * table["side"].nunique()  # zeros are written


def test_distance_has_a_row_per_marker_and_zeros_are_written(call):
    table = an.count_distance(call)
    axes = an.plot_distance(table)
    assert axes[0].get_yticklabels()[0].get_text() == "scare quotes"
    sputnik = table[table["source"] == "Sputnik"].groupby("words")["count"].sum()
    assert sorted(texts(axes[1])) == sorted(map(str, sputnik))


def test_an_empty_selection_says_so_on_the_chart(call):
    nobody = call.select(side="unattributed")
    for plot, count in ((an.plot_sides, an.count_sides), (an.plot_verbs, an.count_verbs), (an.plot_strip, an.count_passages),
                        (an.plot_distance, an.count_distance)):  # fmt: skip
        assert "selection" in texts(plot(count(nobody)))[0]


@pytest.mark.parametrize("plot", PLOTS)
def test_translated_sources_are_marked(call, plot):
    draw, table = PLOTS[plot](call)
    axes = np.ravel(np.asarray(draw(table), dtype=object))
    if plot in ("validity", "tone", "robustness", "planning"):
        return  # speaks of frames or one claim, not of sources; names them in its legend
    seen = [
        ax.get_title(loc="left")
        + ax.get_title(loc="right")
        + " ".join(t.get_text() for t in [*ax.get_yticklabels(), *ax.get_xticklabels()])
        for ax in axes
    ]
    assert any("Reuters\u00a0†" in s for s in seen) and not any("Sputnik\u00a0†" in s for s in seen)


def test_a_claim_on_a_translated_source_is_marked_and_has_its_colour(call):
    table = an.robustness(call.select(role="core"), ["SUMMIT leads for Reuters", "SUMMIT leads for teleSUR"])
    for claim, marked in (("SUMMIT leads for Reuters", True), ("SUMMIT leads for teleSUR", False)):
        axes = an.plot_robustness(table, claim)
        assert ("†" in axes[0].get_title(loc="left")) == marked == ("†" in axes[0].figure._supxlabel.get_text())
        assert axes[0].lines[0].get_markeredgecolor() == source_look(claim.split()[-1], call.sources)[0]
    with pytest.raises(ValueError, match="no claim 'x'; there are: SUMMIT leads for Reuters, SUMMIT"):
        an.plot_robustness(table, "x")


def test_a_specification_curve_draws_each_specification_once_those_that_hold_first(call):
    table = an.robustness(call.select(role="core"), "Russia is heard more by teleSUR")
    above, below = an.plot_robustness(table)
    drawn = {line.get_markerfacecolor(): line for line in above.lines if line.get_marker() == "o"}
    grid = table[table["left out"] == ""]
    holds = int(grid["holds"].sum())
    failing = drawn.pop("white")
    (holding,) = drawn.values()
    assert holding.get_xdata().tolist() == list(range(holds)) and len(failing.get_xdata()) == len(grid) - holds
    assert sorted(holding.get_ydata(), reverse=True) == holding.get_ydata().tolist()
    taken = [len(c.get_segments()) for c in below.collections]
    assert taken == [int((grid[name] == value).sum()) for name in table.attrs["choices"][grid["claim"].iloc[0]]
                     for value in dict.fromkeys(grid[name])]  # fmt: skip


def test_a_source_has_one_colour_and_marker_everywhere(call):
    few = an.plot_keyness(an.compare_terms(call.select(source=["Sputnik", "teleSUR"])))
    many = an.plot_keyness(an.compare_terms(call))
    colours = [next(line.get_color() for line in ax.lines if line.get_marker() == "s") for ax in (few[0], many[1])]
    assert colours == [source_look("Sputnik", call.sources)[0]] * 2


def test_a_table_of_another_measure_is_refused(call):
    with pytest.raises(
        ValueError, match="plot_keyness draws the table that compare_terms gives; this one has no column"
    ):
        an.plot_keyness(an.count_vocabulary(call))
    with pytest.raises(ValueError, match="plot_funnel draws the table that compare_terms gives"):
        an.plot_funnel(an.count_vocabulary(call))
    with pytest.raises(ValueError, match="plot_shift draws the table that score_shift gives"):
        an.plot_shift(an.compare_terms(call))
    for plot, measure in {"frames": "compare_frames", "course": "count_codes", "facts": "compare_facts",
                          "validity": "score_dictionary"}.items():  # fmt: skip
        with pytest.raises(ValueError, match=f"plot_{plot} draws the table that {measure} gives"):
            getattr(an, f"plot_{plot}")(an.count_voices(call))
    with pytest.raises(ValueError, match="by source or article_id, not by 'phase'"):
        an.plot_sentiment(an.score_sentiment(call), by="phase")


@pytest.mark.parametrize("by", ["phase", "article_id"])
def test_groups_other_than_sources_are_drawn_too(call, by):
    assert len(an.plot_vocabulary(an.count_vocabulary(call, by=by))) == len(call.groups(by))
    assert len(an.plot_keyness(an.compare_terms(call, by=by))) == len(call.groups(by))
    assert len(an.plot_corpus(an.count_voices(call, by=by)).get_yticklabels()) == len(call.groups(by))


def test_a_vocabulary_without_a_word_says_so(call):
    axes = an.plot_vocabulary(an.count_vocabulary(call), min_count=10**6)
    assert "No word of the vocabulary occurs 1000000 times" in texts(axes)[0]


def test_drawing_leaves_the_readers_settings_alone(call):
    before = dict(plt.rcParams)
    an.plot_corpus(an.count_voices(call))
    assert dict(plt.rcParams) == before
