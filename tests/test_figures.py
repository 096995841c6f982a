"""Charts, asserted on their artists, and what is written beside them."""

import json
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from PIL import Image
from pypdf import PdfReader

import analysis as an
from analysis.figures import escape_markdown, output_folder
from analysis.plots.look import COLOURS, source_look
from analysis.plots.voices import _OTHER_COLOURS, _SIDE_COLOURS, side_look

PLOTS = {
    "corpus": lambda c: (an.plot_corpus, an.count_voices(c)),
    "vocabulary": lambda c: (an.plot_vocabulary, an.count_vocabulary(c)),
    "keyness": lambda c: (an.plot_keyness, an.compare_terms(c)),
    "funnel": lambda c: (an.plot_funnel, an.compare_terms(c, draws=0)),
    "shift": lambda c: (an.plot_shift, an.score_shift(c, *c.groups("source")[:2])),
    "sentiment": lambda c: (an.plot_sentiment, an.score_sentiment(c)),
    "sides": lambda c: (an.plot_sides, an.count_sides(c)),
    "verbs": lambda c: (an.plot_verbs, an.count_verbs(c)),
    "strip": lambda c: (an.plot_strip, an.count_passages(c)),
    "distance": lambda c: (an.plot_distance, an.count_distance(c)),
    "frames": lambda c: (an.plot_frames, an.compare_frames(c)),
    "course": lambda c: (an.plot_course, an.count_codes(few(c))),
    "facts": lambda c: (an.plot_facts, an.compare_facts(few(c))),
    "validity": lambda c: (an.plot_validity, an.score_dictionary(c)),
}


def few(corpus):
    """Select what a figure of articles can hold."""
    return corpus.select(article_id=corpus.articles.groupby("source")["article_id"].head(4).tolist())


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def first(axes):
    return np.ravel(np.asarray(axes, dtype=object))[0]


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


def test_the_terms_drawn_are_the_first_of_each_source(call):
    table = an.compare_terms(call.select(role="core"), min_count=3)
    axes = an.plot_keyness(table, n=5)
    for ax, source in zip(axes, ["Reuters", "Sputnik", "teleSUR"], strict=True):
        expected = table[(table["source"] == source) & (table["count"] >= 2)].head(5)
        assert [t.get_text() for t in ax.get_yticklabels()] == expected["term"].tolist()
        marks = [line for line in ax.lines if line.get_marker() not in ("None", "")]
        assert [m.get_xdata()[0] for m in marks] == pytest.approx(expected["log_odds"].tolist())
        assert [m.get_markerfacecolor() == "white" for m in marks] == expected["only_here"].tolist()
        assert texts(ax) == [f"{r.count} : {r.rest_count}  ({r.articles}/1 : {r.rest_articles}/2)"
                             for r in expected.itertuples()]  # fmt: skip


@pytest.mark.parametrize(("corpus", "columns"), [("example", ["low", "high"]), ("call", ["loo_low", "loo_high"])])
def test_the_line_through_a_mark_is_the_most_that_the_table_knows(request, corpus, columns):
    table = an.compare_terms(request.getfixturevalue(corpus).select(role="core"), min_count=3)
    axes = an.plot_keyness(table, n=5)
    first_source = table[(table["source"] == table["source"].iloc[0]) & (table["count"] >= 2)].head(5)
    ends = first_source[[*columns, "log_odds"]]
    drawn = [c.get_segments()[0][:, 0] for c in axes[0].collections]
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


def test_a_bar_of_the_shift_is_as_long_as_its_part_and_on_the_side_of_who_says_it(call):
    table = an.score_shift(call, "Sputnik", "teleSUR")
    ax = an.plot_shift(table, n=10)
    expected = [1000 * r.contribution * (1 if r.leans == "Sputnik" else -1) for r in table.head(10).itertuples()]
    assert [p.get_width() for p in ax.patches] == pytest.approx(expected)
    assert texts(ax)[:2] == [table["term"].iloc[0], f"{table['rest_count'].iloc[0]} : {table['count'].iloc[0]}"]
    assert ax.get_title(loc="right") == "more in Sputnik"
    assert f"{table.attrs['jsd']:.2f} bits" in ax.figure._supxlabel.get_text()


def test_every_scored_sentence_is_one_dot(example):
    table = an.score_sentiment(example)
    ax = an.plot_sentiment(table)
    dots = np.concatenate([line.get_xdata() for line in ax.lines if line.get_marker() not in ("None", "")])
    assert sorted(dots) == pytest.approx(sorted(table["polarity"].dropna()))
    lanes = table.groupby(["source", "voice"])["polarity"].agg(["count", "size"])
    assert sorted(t for t in texts(ax)) == sorted(
        f"{r['count']} of {r['size']} sentences scored ({r['count'] / r['size']:.0%})" for _, r in lanes.iterrows()
    )


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
    labels = [t.get_text() for t in ax.get_legend().get_texts()]
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
    if plot == "validity":
        return  # speaks of frames, not of sources
    seen = [
        ax.get_title(loc="left")
        + ax.get_title(loc="right")
        + " ".join(t.get_text() for t in [*ax.get_yticklabels(), *ax.get_xticklabels()])
        for ax in axes
    ]
    assert any("Reuters\u00a0†" in s for s in seen) and not any("Sputnik\u00a0†" in s for s in seen)


def drawn_texts(ax):
    """All texts of an Axes that can be seen."""
    low, high = ax.get_xlim()
    ticks = [t.label1 for t in ax.xaxis.get_major_ticks() if low <= t.get_loc() <= high]
    labels = [*ax.texts, ax._left_title, ax._right_title, ax.xaxis.label, *ax.get_yticklabels(), *ticks]
    return [text for text in labels if text.get_visible() and text.get_text()]


@pytest.mark.parametrize("plot", PLOTS)
def test_no_text_runs_out_of_its_figure_or_into_the_next_title(call, example, plot):
    for corpus in (call, call.select(role="core"), example):
        draw, table = PLOTS[plot](corpus)
        figure = first(draw(table)).figure
        figure.canvas.draw()
        width, height = figure.canvas.get_width_height()
        axes = [ax for ax in figure.axes if ax.get_visible()]
        for text in [t for ax in axes for t in drawn_texts(ax)] + ([figure._supxlabel] if figure._supxlabel else []):
            box = text.get_window_extent()
            assert box.x0 >= -1 and box.x1 <= width + 1 and box.y0 >= -1 and box.y1 <= height + 1, text.get_text()
        titles = [t.get_window_extent() for ax in axes for t in (ax._left_title, ax._right_title) if t.get_text()]
        assert not any(a.overlaps(b) for i, a in enumerate(titles) for b in titles[i + 1 :])


def test_a_source_has_one_colour_and_marker_everywhere(call):
    few = an.plot_keyness(an.compare_terms(call.select(source=["Sputnik", "teleSUR"])))
    many = an.plot_keyness(an.compare_terms(call))
    colours = [next(line.get_color() for line in ax.lines if line.get_marker() == "s") for ax in (few[0], many[1])]
    assert colours == [source_look("Sputnik", call.sources)[0]] * 2


def test_colours_have_contrast_on_white_and_differ():
    def luminance(colour):
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return float(np.dot(parts, [0.2126, 0.7152, 0.0722]))

    for colours in (COLOURS, [*_SIDE_COLOURS, *_OTHER_COLOURS.values()]):
        assert all(1.05 / (luminance(c) + 0.05) >= 3 for c in colours)
    assert len(set(COLOURS)) == len(COLOURS)
    looks = [source_look(str(i), [str(i) for i in range(12)]) for i in range(12)]
    assert len(set(looks)) == 12


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


def test_a_shown_thing_is_short_in_a_plain_session(saved):
    assert len(repr(saved)) < 1500 and "04-x.pdf" in repr(saved)


def test_drawing_leaves_the_readers_settings_alone(call):
    before = dict(plt.rcParams)
    an.plot_corpus(an.count_voices(call))
    assert dict(plt.rcParams) == before


# --------------------------------------------------------------------------------------------------- saving


@pytest.fixture
def saved(call, tmp_path):
    table = an.compare_terms(call.select(role="core"), min_count=3)
    return an.save_figure(
        an.plot_keyness(table), "04-x", data=table, alt='Dots & "marks"', caption="Terms.", folder=tmp_path
    )


def test_one_call_writes_every_file(saved):
    assert sorted(p.suffix for p in saved.paths) == [".csv", ".json", ".pdf", ".png", ".svg", ".txt"]
    assert all(p.stat().st_size for p in saved.paths)
    assert not plt.get_fignums()


def test_the_size_is_exact_and_text_stays_text(saved):
    files = {p.suffix: p for p in saved.paths}
    side = json.loads(files[".json"].read_text(encoding="utf-8"))
    page = PdfReader(files[".pdf"]).pages[0]
    assert float(page.mediabox.width) / 72 * 25.4 == pytest.approx(183, abs=0.1) == side["size_mm"][0]
    assert "weighted log-odds" in page.extract_text()
    svg = ElementTree.parse(files[".svg"]).getroot()
    assert "meeting" in {t.text for t in svg.iter("{http://www.w3.org/2000/svg}text")}
    with Image.open(files[".png"]) as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert image.width == pytest.approx(183 / 25.4 * 300, abs=1)


def test_saving_twice_gives_the_same_bytes(saved, call, tmp_path):
    before = {p.name: p.read_bytes() for p in saved.paths}
    table = an.compare_terms(call.select(role="core"), min_count=3)
    an.save_figure(an.plot_keyness(table), "04-x", data=table, alt='Dots & "marks"', caption="Terms.", folder=tmp_path)
    assert {p.name: p.read_bytes() for p in saved.paths} == before


def test_the_side_file_states_what_made_the_figure(saved, call):
    side = json.loads(next(p for p in saved.paths if p.suffix == ".json").read_text(encoding="utf-8"))
    assert side["parameters"] == {"alpha_0": 200.0, "by": "source", "confidence": 0.95, "draws": 2000, "min_count": 3,
                                  "seed": 0, "variance_terms": 4}  # fmt: skip
    assert side["dispersion"]["phi"] is None and side["dispersion"]["from"] == "not known"
    assert side["checksum"] == call.checksum and side["scope"] == "in these three articles"
    assert {"matplotlib", "nupunkt", "textblob"} <= side["versions"].keys()
    assert "folder" not in side


def test_the_notebook_shows_alt_text_and_caption(saved):
    bundle = saved._repr_mimebundle_()
    assert (
        'alt="Dots &amp; &quot;marks&quot;"' in bundle["text/html"]
        and "<figcaption>Terms.</figcaption>" in bundle["text/html"]
    )
    assert bundle["text/markdown"] == '![Terms.](figures/04-x.png){#fig-04-x alt="Dots & \\"marks\\""}'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "Fig 1"}, "use lower-case letters"),
        ({"name": "../x"}, "use lower-case letters"),
        ({"alt": " "}, "alt is empty"),
        ({"caption": ""}, "caption is empty"),
        ({"data": pd.DataFrame({"a": [1]})}, "does not say which corpus"),
    ],
)
def test_a_figure_that_says_too_little_is_refused(call, change, message):
    table = an.count_voices(call)
    options = {"name": "01-x", "data": table, "alt": "a", "caption": "c"} | change
    with pytest.raises(ValueError, match=message):
        an.save_figure(an.plot_corpus(table), options.pop("name"), **options)


def test_a_folder_that_cannot_be_written_is_an_error(call, tmp_path):
    table = an.count_voices(call)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        an.save_figure(
            an.plot_corpus(table),
            "01-x",
            data=table,
            alt="a",
            caption="c",
            folder=tmp_path / "file" / "figures",
        )


def test_figures_of_a_corpus_stand_beside_it_or_in_it(tmp_path):
    assert output_folder(tmp_path / "corpus" / "x", "figures") == tmp_path / "figures" / "x"
    assert output_folder(tmp_path / "mine", "figures") == tmp_path / "mine" / "figures"


def test_a_cell_that_begins_like_a_formula_is_guarded_in_the_exported_data(call, tmp_path):
    table = an.count_voices(call)
    table["source"] = "=HYPERLINK(1)"
    table.attrs["sources"] = ["=HYPERLINK(1)"]
    shown = an.save_figure(an.plot_corpus(table), "01-x", data=table, alt="a", caption="c", folder=tmp_path)
    data = next(p for p in shown.paths if p.suffix == ".csv").read_text(encoding="utf-8")
    assert ",'=HYPERLINK(1)," in data and ",=HYPERLINK" not in data


def test_names_with_markup_are_drawn_as_they_stand(call, tmp_path):
    table = an.count_voices(call)
    table["source"] = table["source"].replace("Sputnik", "$\\frac{1}$ <b> & _x_")
    table.attrs["sources"] = list(pd.unique(table["source"]))
    ax = an.plot_corpus(table)
    assert any("$\\frac{1}$ <b> & _x_" in t.get_text() for t in ax.get_yticklabels())
    shown = an.save_figure(ax, "01-x", data=table, alt="a", caption="c", folder=tmp_path)
    ElementTree.parse(next(p for p in shown.paths if p.suffix == ".svg"))


def test_markdown_shows_text_as_text():
    assert escape_markdown("a|b *c* <d> [e](f) $g$\nh") == r"a\|b \*c\* \<d\> \[e\](f) \$g\$ h"


def test_a_table_without_rows_says_so(call):
    assert "none" in an.show_table(an.count_voices(call).head(0), "Nothing here").markdown


def test_findings_of_a_corpus_without_any_say_so(example, call):
    assert "No findings are written for example yet" in an.show_findings(example, "99_nothing").markdown
    assert "Five articles were read" in an.show_findings(call, "01_corpus").markdown
