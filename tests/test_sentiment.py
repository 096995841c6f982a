"""Adjective polarity: what is scored, what made the score, what it depends on, what it misses, and the tone read."""

import numpy as np
import pandas as pd
import pytest
from conftest import CALL, EXAMPLE, copy_corpus, needs_articles, split_lines, stated_on_methods
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau
from textblob import TextBlob

import analysis as an
from analysis.__main__ import main
from analysis.coding import check_coding
from analysis.polarity import (
    CONTRACTIONS,
    NAMES,
    PHRASES,
    VARIANTS,
    read_rewritings,
    rescore,
    rewrite,
    score_expressions,
    sum_up,
)
from analysis.sentiment import AS_IT_STANDS, sentence_polarity
from analysis.speakers import read_sides


def sentence(text):
    (found,) = split_lines(text)
    return found


# --------------------------------------------------------------------------------------------- expressions


def test_an_expression_is_counted_where_its_last_word_stands():
    found = score_expressions(sentence("It was not “very good” but “cold” for many."))
    assert [(e.passage, e.words) for e in found] == [(1, "not very good"), (3, "cold"), (4, "many")]


def test_splitting_a_sentence_by_voice_loses_no_negation():
    found = score_expressions(sentence("This is not “good”."))
    assert [e.polarity for e in found] == [-0.35]


def test_a_sentence_without_a_scored_word_has_no_polarity():
    assert score_expressions(sentence("War threatens.")) == []
    polarity, _, n_scored, _ = sum_up([])
    assert np.isnan(polarity) and n_scored == 0


spoken = st.lists(
    st.sampled_from(["good", "very", "not", "bad", "economic", "war", "“", "”", "more", "!", ":)", "great,", "isn't", "İstanbul"]),
    min_size=1, max_size=20,
).map(" ".join)  # fmt: skip


@given(spoken)
def test_the_expressions_of_a_sentence_average_to_textblobs_polarity(text):
    for split in split_lines(text):
        found = score_expressions(split)
        expected = TextBlob(split.text).sentiment
        if found:
            mine = sum_up(found)
            assert mine[:2] == pytest.approx(tuple(expected), abs=1e-12)
        else:
            assert tuple(expected) == (0.0, 0.0)


# ---------------------------------------------------------------------------------------------- rewriting


@pytest.fixture(scope="module")
def rewritings():
    return {r.name: r for r in read_rewritings(EXAMPLE, read_sides(EXAMPLE))[""]}


def test_set_phrases_are_masked_and_their_words_are_not_scored(rewritings):
    text, _ = rewrite(sentence("The Cold War made Great Britain great."), rewritings[PHRASES])
    assert text == "The xxxx xxx made xxxxx xxxxxxx great."
    (again,) = score_expressions(sentence("The Cold War made Great Britain great."), rewritings[PHRASES])
    assert (again.words, again.polarity) == ("great", 0.8)


@pytest.mark.parametrize(
    ("contracted", "written"),
    [("isn't", "is not"), ("isn’t", "is not"), ("can't", "can not"), ("won’t", "will not"), ("we're", "we are"),
     ("shan't", "shall not"), ("I've", "I have"), ("dog's", "dog's"), ("they'd", "they'd")],
)  # fmt: skip
def test_contractions_are_written_out(rewritings, contracted, written):
    assert rewrite(sentence(f"Well, {contracted} it good?"), rewritings[CONTRACTIONS])[0] == f"Well, {written} it good?"


def test_a_written_out_negation_turns_the_score(rewritings):
    said = sentence("It isn't good, she said.")
    assert [e.polarity for e in score_expressions(said)] == [0.7]
    again = dict(rescore(said, list(rewritings.values())))
    assert [e.polarity for e in again[CONTRACTIONS]] == [-0.35] and PHRASES not in again


def test_persons_bodies_and_countries_are_masked_by_name(tmp_path):
    (tmp_path / "sides.toml").write_text(
        '[[side]]\nname = "A"\nreason = "x"\ncountries = ["Russian"]\nbodies = ["White House"]\nhe = ["Jack Black"]\n',
        encoding="utf-8",
    )
    names = next(r for r in read_rewritings(tmp_path, read_sides(tmp_path))[""] if r.name == NAMES)
    text, _ = rewrite(sentence("The White House told Jack Black and Black of a Russian plan in a white house."), names)
    assert text == "The xxxxx xxxxx told xxxx xxxxx and xxxxx of a xxxxxxx plan in a white house."


@given(spoken)
def test_a_rewritten_sentence_keeps_its_passages_in_order(text):
    made = read_rewritings(EXAMPLE, read_sides(EXAMPLE))[""]
    for split in split_lines(text):
        for rewriting in made:
            written, ends = rewrite(split, rewriting)
            assert ends == sorted(ends) and all(0 <= end <= len(written) for end in ends)
            assert written[ends[-1] :] == split.text[split.passages[-1].end :]


def test_a_mask_without_a_reason_is_refused(tmp_path):
    (tmp_path / "sentiment.toml").write_text('[[mask]]\nphrases = ["Cold War"]\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"sentiment.toml: \[\[mask\]\] number 1 lacks reason"):
        read_rewritings(tmp_path, {})


# ------------------------------------------------------------------------------------------------ measures


def toy(make_folder, **files):
    texts = {
        "a-1": "Rain is good. Rain is good and bad. Rain fell. It isn't good.",
        "a-2": "The Cold War was long. Snow was good.",
        "b-1": "Rain was bad. “Rain is bad,” she said. Snow fell.",
    }
    return an.build_corpus(make_folder(texts, **files))


def test_the_mean_is_over_scored_sentences_by_hand(make_folder):
    # a-1: .7, (.7 - .7)/2 = 0, none, .7; a-2: (-.6 - .05)/2 = -.325, .7;  b-1: -.7, -.7, none
    table = an.summarize_sentiment(toy(make_folder)).set_index("source")
    assert table.loc["a", "polarity"] == pytest.approx((0.7 + 0 + 0.7 - 0.325 + 0.7) / 5)
    assert table.loc["b", ["n_sentences", "n_scored_sentences", "polarity"]].tolist() == [3, 2, pytest.approx(-0.7)]


def test_a_sentences_polarity_is_textblobs(example):
    table = an.score_sentiment(example)
    texts = example.passages.assign(text=example.texts).groupby(["article_id", "sentence"])["text"].agg(" ".join)
    whole = (
        table.assign(p=table["polarity"].fillna(0) * table["n_scored"])
        .groupby(["article_id", "sentence"])[["p", "n_scored"]]
        .sum()
    )
    differing = 0
    for place, text in texts.items():
        n, p = whole.loc[place, "n_scored"], whole.loc[place, "p"]
        differing += abs((p / n if n else 0) - TextBlob(text).sentiment.polarity) > 1e-4
    assert differing <= 2  # joining passages by a blank may part a mark from its word


def test_a_sentence_without_a_scored_word_is_missing_not_neutral(example):
    table = an.score_sentiment(example)
    assert table.loc[table["n_scored"] == 0, "polarity"].isna().all()
    assert table.loc[table["n_scored"] > 0, "polarity"].notna().all()


def test_sensitivity_by_hand(make_folder):
    table = an.score_sensitivity(toy(make_folder)).set_index(["source", "choice"])["polarity"]
    assert table["a", PHRASES] == pytest.approx((0.7 + 0 + 0.7 - 0.05 + 0.7) / 5)
    assert table["a", CONTRACTIONS] == pytest.approx((0.7 + 0 - 0.35 - 0.325 + 0.7) / 5)
    assert table["a", "each expression alike"] == pytest.approx((0.7 + 0.7 - 0.7 + 0.7 - 0.6 - 0.05 + 0.7) / 7)
    assert table["a", "unscored as 0"] == pytest.approx((0.7 + 0 + 0.7 - 0.325 + 0.7) / 6)
    assert table["b", CONTRACTIONS] == table["b", AS_IT_STANDS] == pytest.approx(-0.7)


def test_sensitivity_starts_from_the_summary_and_leaves_out_zeros(example):
    body = example.select(section="body")
    table = an.score_sensitivity(body)
    plain = table[table["choice"] == AS_IT_STANDS].set_index("source")
    assert plain["polarity"].to_numpy() == pytest.approx(an.summarize_sentiment(body, draws=0)["polarity"].to_numpy())
    assert (plain["difference"] == 0).all() and table["choice"].nunique() == 5 + len(VARIANTS)
    zeros = table[table["choice"] == "0.0 left out"]
    assert (zeros["n_scored"] == zeros["n_nonzero"]).all()


def test_function_words_can_be_left_out_by_hand(make_folder):
    corpus = an.build_corpus(
        make_folder({"a-1": "More rain is good. The other road is more narrow.", "b-1": "It is bad."})
    )
    table = an.score_sensitivity(corpus).set_index(["source", "choice"])
    scores = {w: TextBlob(w).sentiment.polarity for w in ("more", "good", "other", "narrow")}
    plain = [(0.5 + scores["good"]) / 2, (scores["other"] + 0.5 + scores["narrow"]) / 3]
    assert table.loc[("a", AS_IT_STANDS), "polarity"] == pytest.approx(np.mean(plain), abs=1e-5)
    left = table.loc[("a", "function words left out")]
    assert (
        left["polarity"] == pytest.approx((scores["good"] + scores["narrow"]) / 2, abs=1e-5) and left["n_scored"] == 2
    )


def test_expressions_that_cancel_leave_exactly_zero(call):
    rows = sentence_polarity(call)
    place = rows[(rows["article_id"] == "sputnik-1207") & (rows["sentence"] == 14)]
    assert place["polarity"].item() == 0 and place["n_nonzero"].item() == 2
    assert an.read_tone(call).query("article_id == 'sputnik-1207' and sentence == 14")["called"].item() == "neutral"


def test_without_anything_to_rewrite_nothing_moves(make_folder):
    corpus = an.build_corpus(make_folder({"a-1": "Rain is good.", "b-1": "Rain is bad."}))
    assert corpus.tables["sentiment_variants"].empty
    table = an.score_sensitivity(corpus)
    assert (table.loc[table["choice"].isin(VARIANTS), "difference"] == 0).all()


def test_the_summary_counts_what_the_sentences_show(example):
    sentences, summary = an.score_sentiment(example), an.summarize_sentiment(example).set_index("source")
    for source, rows in sentences.groupby("source"):
        scored = rows[rows["n_scored"] > 0]
        assert summary.loc[source, "n_scored_sentences"] == len(scored[["article_id", "sentence"]].drop_duplicates())
        assert summary.loc[source, "n_sentences"] == len(rows[["article_id", "sentence"]].drop_duplicates())
    assert (summary["hit_rate"] == summary["n_scored_sentences"] / summary["n_sentences"]).all()
    assert (summary["block_low"] < summary["polarity"]).all() and (summary["polarity"] < summary["block_high"]).all()


def test_an_interval_of_few_blocks_is_missing_and_not_narrow(call):
    assert an.summarize_sentiment(call.select(section="body"))["block_low"].isna().all()
    with pytest.raises(ValueError, match="draws are too few"):
        an.summarize_sentiment(call, draws=10)


def test_contributions_sum_to_the_mean_polarity(example, call):
    for corpus in (example, example.select(section="body"), call.select(role="core")):
        made = an.score_contributions(corpus).groupby("source")["contribution"].sum()
        means = an.summarize_sentiment(corpus, draws=0).set_index("source")["polarity"]
        assert made[means.index].to_numpy() == pytest.approx(means.to_numpy(), abs=1e-5)


def test_the_shift_sums_to_the_gap_and_turns_its_sign_with_the_sources(example, call):
    for corpus, one, other in ((example, "State Herald", "La Voz Obrera"), (call, "Reuters", "teleSUR")):
        means = an.summarize_sentiment(corpus, draws=0).set_index("source")["polarity"]
        there, back = an.score_sentiment_shift(corpus, one, other), an.score_sentiment_shift(corpus, other, one)
        assert there["contribution"].sum() == pytest.approx(means[one] - means[other], abs=1e-5)
        assert back["contribution"].sum() == pytest.approx(means[other] - means[one], abs=1e-5)
        assert there.attrs["means"] == pytest.approx([means[one], means[other]], abs=1e-5)
        assert there[["share", "rest_share"]].sum().to_numpy() == pytest.approx([1, 1])


def test_the_shift_against_all_others_weighs_each_scored_sentence_alike(example):
    shift = an.score_sentiment_shift(example, "State Herald")
    others = sentence_polarity(example.select(source=[s for s in example.sources if s != "State Herald"]))
    assert shift.attrs["means"][1] == pytest.approx(others["polarity"].mean(), abs=1e-5)


def test_the_shift_by_hand(make_folder):
    shift = an.score_sentiment_shift(
        an.build_corpus(make_folder({"a-1": "It is good. It is bad.", "b-1": "It is bad."})), "a", "b"
    )
    assert shift["words"].tolist() == ["good", "bad"]
    assert shift["contribution"].tolist() == pytest.approx([0.5 * (0.7 + 0.7), 0.0])


@pytest.mark.parametrize(
    ("pair", "message"),
    [(("Sputnk", None), "has no 'Sputnk' here; did you mean 'Sputnik'"), (("Sputnik", "Sputnik"), "against itself")],
)
def test_a_shift_of_a_source_that_is_not_there_is_refused(call, pair, message):
    with pytest.raises(ValueError, match=message):
        an.score_sentiment_shift(call, *pair)


def test_document_boundaries_and_weighting_make_the_sentence_mean(example, call):
    for corpus in (example.select(section="body"), call.select(section="body")):
        table = an.compare_scores(corpus)
        total = table["document_polarity"] + table["boundaries"] + table["weighting"]
        assert total.to_numpy() == pytest.approx(table["sentence_mean"].to_numpy(), abs=2e-5)
        per = corpus.passages.assign(p=corpus.passages["polarity"] * corpus.passages["n_scored"]).groupby("article_id")
        expected = (per["p"].sum() / per["n_scored"].sum())[table["article_id"]]
        assert table["expression_mean"].to_numpy() == pytest.approx(expected.to_numpy(), abs=5e-6)


def test_the_document_score_is_missing_where_the_body_is_not_whole(example):
    assert an.compare_scores(example.select(section="body"))["document_polarity"].notna().all()
    assert an.compare_scores(example.select(section="headline"))["document_polarity"].isna().all()
    assert an.compare_scores(example.select(voice="quote"))["document_polarity"].isna().all()


def test_the_document_score_is_textblob_on_the_whole_body(example):
    body = example.select(section="body")
    article = example.articles["article_id"].iloc[0]
    text = " ".join(body.texts[body.passages["article_id"] == article])
    assert example.articles["polarity"].iloc[0] == pytest.approx(TextBlob(text).sentiment.polarity, abs=0.01)


def test_texts_without_any_scored_word_have_no_polarity_and_no_contributions(make_folder):
    corpus = an.build_corpus(make_folder({"a-1": "Rain fell on the dam.", "b-1": "The dam held."}))
    assert an.score_contributions(corpus).empty
    summary = an.summarize_sentiment(corpus)
    assert summary["polarity"].isna().all() and summary["hit_rate"].tolist() == [0, 0]
    assert corpus.articles["polarity"].isna().all() and an.compare_scores(corpus)["sentence_mean"].isna().all()
    assert an.score_sentiment_shift(corpus, "a", "b").empty


def test_scored_expressions_of_a_passage_average_to_its_polarity(example):
    words = (
        example.tables["sentiment_words"]
        .groupby(["article_id", "sentence", "passage"])["polarity"]
        .agg(["mean", "size"])
    )
    passages = example.passages.set_index(["article_id", "sentence", "passage"])
    scored = passages[passages["n_scored"] > 0]
    assert (words["size"].reindex(scored.index) == scored["n_scored"]).all()
    assert words["mean"].reindex(scored.index).to_numpy() == pytest.approx(scored["polarity"].to_numpy(), abs=2e-6)


def test_a_choice_of_voice_takes_only_its_passages(example):
    outlet = example.select(voice="outlet")
    assert set(an.score_sentiment(outlet)["voice"]) == {"outlet"}
    words = example.tables["sentiment_words"].merge(outlet.passages[["article_id", "sentence", "passage"]])
    assert an.score_sensitivity(outlet).query("choice == 'as it stands'")["n_scored"].sum() == len(words)


# ------------------------------------------------------------------------------------------- what is missed


def test_framing_words_are_looked_up_and_counted(call):
    table = an.score_words(call).set_index("word")
    assert table.loc["military", ["in_lexicon", "polarity"]].tolist() == [True, -0.1]
    for word in ("sanctions", "invasion", "troops"):
        assert not table.loc[word, "in_lexicon"] and np.isnan(table.loc[word, "polarity"])
        assert table.loc[word, "count"] == call.tables["terms"].query("term == @word and kind == 'word'")["count"].sum()


def test_words_of_ones_own_are_looked_up_even_where_they_do_not_occur(call):
    table = an.score_words(call, ["War", "terrible", "zeppelin"]).set_index("word")
    assert table.loc["terrible", ["count", "polarity"]].tolist() == [0, -1] and not table.loc["war", "in_lexicon"]


def test_the_sentences_of_a_frame_are_parted_into_unscored_below_at_and_above(call):
    table = an.score_frame_sentences(call)
    parts = table[["unscored", "below", "zero", "above"]].sum(axis=1)
    assert (parts == table["n_sentences"]).all()
    codes = an.count_codes(call)
    mil = codes[(codes["frame"] == "MIL") & codes["coded"].fillna(False)]
    assert table.set_index("frame").loc["MIL", "n_sentences"] == len(mil)
    whole = table.set_index("frame").loc["all sentences"]
    assert whole["n_sentences"] == call.articles["n_sentences"].sum()
    assert whole["unscored"] == sentence_polarity(call)["polarity"].isna().sum()


def test_a_corpus_without_frames_has_one_row_and_no_framing_words(make_folder):
    corpus = toy(make_folder)
    assert an.score_frame_sentences(corpus)["frame"].tolist() == ["all sentences"]
    assert an.score_words(corpus).empty and an.score_words(corpus, ["good"])["polarity"].tolist() == [0.7]


# --------------------------------------------------------------------------------------------------- tone


@pytest.fixture
def read_by(make_folder):
    """A corpus whose sentences these readers have read: {coder: (kind, [tones in reading order])}."""

    def make(readers):
        corpus = toy(make_folder)
        an.write_corpus(corpus)
        places = corpus.passages[["article_id", "sentence"]].drop_duplicates()
        for coder, (kind, tones) in readers.items():
            rows = places.head(len(tones)).assign(coder=coder, tone=tones)
            rows = rows[rows["tone"] != ""]
            an.add_coding(an.read_corpus(corpus.folder), rows, kind=kind)
        return an.read_corpus(corpus.folder)

    return make


def test_the_tone_that_counts_is_the_persons_then_the_reconciled_then_that_of_most(read_by):
    n, p = "negative", "positive"
    corpus = read_by({
        "A": ("machine", [n, n, n, n]), "B": ("machine", [n, p, n, p]), "C": ("machine", [n, p, n, ""]),
        "final": ("machine", ["", "", p, ""]), "EVE": ("person", [p, "", "", ""]),
    })  # fmt: skip
    assert an.read_tone(corpus)["tone"].tolist() == [p, p, p, ""]  # the person; the most; final; divided
    assert an.score_polarity(corpus).attrs["n_divided"] == 1


def test_polarity_against_tone_by_hand(read_by):
    # polarities in order: .7, 0, none, .7, -.325, .7, -.7, -.7, none
    tones = ["positive", "positive", "neutral", "negative", "negative", "neutral", "negative", "positive", "neutral"]
    corpus = read_by({"A": ("machine", tones)})
    table = an.score_polarity(corpus).set_index("tone")
    assert table.loc["negative", ["n_read", "n_called", "hits", "unscored"]].tolist() == [3, 3, 2, 0]
    assert table.loc["neutral", ["n_read", "n_called", "hits", "unscored"]].tolist() == [3, 1, 0, 2]
    assert table.loc["positive", ["n_read", "n_called", "hits"]].tolist() == [3, 3, 1]
    assert table.loc["all", ["n_called", "hits"]].tolist() == [7, 3]
    assert table["expected"].tolist() == pytest.approx([3 * 3 / 7, 1 * 1 / 7, 3 * 3 / 7, 19 / 7])
    assert table.loc["negative", "precision"] == pytest.approx(2 / 3)
    assert table.loc["all", "recall"] == pytest.approx(3 / 9)
    polarity, order = [0.7, 0, 0.7, -0.325, 0.7, -0.7, -0.7], [2, 2, 0, 0, 1, 0, 2]
    assert an.score_polarity(corpus).attrs["tau"] == pytest.approx(kendalltau(polarity, order).statistic)


def test_readers_who_agree_have_an_alpha_of_one_and_no_interval(read_by):
    tones = ["positive", "negative", "neutral", "negative"]
    table = an.score_tone(read_by({"A": ("machine", tones), "B": ("machine", tones)}))
    assert table["alpha"].tolist() == [1] and table["alpha_low"].isna().all()
    assert table["reading"].tolist() == ["machine readings consistent"]


def test_persons_are_not_pooled_with_machines(read_by):
    t = ["positive", "negative", "neutral", "negative", "negative"]
    other = ["positive", "negative", "negative", "negative", "positive"]
    corpus = read_by({"A": ("machine", t), "B": ("machine", t), "EVE": ("person", t), "IDA": ("person", other)})
    table = an.score_tone(corpus)
    assert table.loc[0, ["readers", "among"]].tolist() == ["EVE, IDA", "persons"]
    assert table["alpha"].iloc[0] < 1
    corpus = read_by_one_person(corpus)
    assert an.score_tone(corpus).loc[0, ["readers", "among"]].tolist() == ["A, B", "machine readings"]


def read_by_one_person(corpus):
    """Take the second person's reading away."""
    path = corpus.folder / "tone.csv"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if ",IDA," not in line]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return an.read_corpus(corpus.folder)


def test_the_published_readings_of_tone(call, example):
    for corpus, n in ((call, 92), (example, 240)):
        table = an.score_polarity(corpus)
        assert table["n_read"].iloc[-1] + table.attrs["n_divided"] == n
        assert table["hits"].iloc[-1] == table["hits"].iloc[:-1].sum()
        assert an.score_tone(corpus)["alpha"].min() > 0.8
    assert an.score_polarity(call).attrs["tau_low"] < 0 < an.score_polarity(call).attrs["tau_high"]


def test_the_page_on_methods_states_how_far_polarity_agrees_with_tone(call, example):
    columns = []
    for corpus in (call, example):
        table = an.score_polarity(corpus).set_index("tone")
        known, (every, negative) = table.attrs, table.loc[["all", "negative"]].astype(object).to_dict("records")
        alpha, tau, low, high = (
            f"{value:.2f}".replace("0.", ".")
            for value in (an.score_tone(corpus)["alpha"].iloc[0], known["tau"], known["tau_low"], known["tau_high"])
        )
        columns.append([
            f"{every['n_read'] + known['n_divided']}, {alpha}", str(every["unscored"]), f"{tau} ({low} to {high})",
            f"{every['hits']} of {known['n_scored']} ({every['expected']:.0f})",
            f"{negative['hits']} of {negative['n_read']}",
        ])  # fmt: skip
    rows = list(stated_on_methods().items())
    first = next(i for i, (name, _) in enumerate(rows) if name.startswith("sentences read"))
    assert [numbers for _, numbers in rows[first : first + 5]] == [list(row) for row in zip(*columns, strict=True)]


def test_where_nobody_has_read_everything_says_so(make_folder):
    corpus = toy(make_folder)
    assert an.score_tone(corpus).empty and an.score_polarity(corpus).empty and an.read_tone(corpus).empty
    assert "Nobody has read" in an.score_polarity(corpus).attrs["note"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_sheet_for_tone_goes_out_and_comes_back(tmp_path, ending):
    corpus = an.read_corpus(copy_corpus(EXAMPLE, tmp_path / "corpus" / "example", text=True))
    path = tmp_path / f"ANNA.{ending}"
    sheet = an.write_sheet(corpus, path, coder="ANNA", task="tone", sample=30)
    assert list(sheet)[-2:] == ["tone", "note"] and "frame_1" not in sheet
    filled = sheet.assign(tone=["Negative", "neutral", "POSITIVE"] * 10)
    if ending == "csv":
        filled.to_csv(path, index=False)
    else:
        filled.to_excel(path, index=False)
    codes = an.read_sheet(corpus, path)
    assert list(codes) == ["article_id", "sentence", "coder", "tone"]
    assert codes["tone"].value_counts().to_dict() == {"negative": 10, "neutral": 10, "positive": 10}
    assert main(["coding", str(corpus.folder), "--read", str(path), "--kind", "person"]) == 0
    again = an.read_corpus(corpus.folder)
    assert set(again.tables["tone"]["coder"]) == {"ANNA", "tone-A", "tone-B", "tone-C"} and check_coding(again) == []
    assert main(["coding", str(corpus.folder), "--tone", "--agreement"]) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda s: s.assign(tone=["gloomy", *s["tone"][1:]]),
            r"row 2: tone 'gloomy'; known: negative, neutral, positive",
        ),
        (lambda s: s.assign(tone=["", *s["tone"][1:]]), "row 2: no tone; give negative, neutral or positive"),
        (lambda s: s.assign(frame_1="NONE"), "columns of both"),
        (lambda s: s.iloc[1:], "1 of 5 rows are missing"),
        (lambda s: s.rename(columns={"tone": "mood"}), "unknown column 'mood'"),
    ],
)
def test_a_spoiled_sheet_for_tone_is_named_row_by_row(tmp_path, example, change, message):
    sheet = an.write_sheet(example, tmp_path / "s.csv", coder="ANNA", task="tone", sample=5).assign(tone="neutral")
    change(sheet).to_csv(tmp_path / "s.csv", index=False)
    with pytest.raises(ValueError, match=message):
        an.read_sheet(example, tmp_path / "s.csv")


def test_an_unknown_task_is_refused(example, tmp_path):
    with pytest.raises(ValueError, match="task 'mood' is not 'frames' or 'tone'"):
        an.write_sheet(example, tmp_path / "s.csv", coder="A", task="mood")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("reuters-1204,999,tone-A,neutral", "there is no sentence 999"),
        ("reuters-1204,1,tone-A,neutral", "stands twice"),
        ("reuters-1204,1,NOBODY,neutral", "no row for coder 'NOBODY'"),
    ],
)
def test_a_fault_in_tone_csv_is_named(tmp_path, row, message):
    folder = copy_corpus(CALL, tmp_path / "corpus" / "call-2021", text=False)
    with (folder / "tone.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")
    assert any(message in fault for fault in check_coding(an.read_corpus(folder)))


def test_a_tone_that_does_not_exist_is_named_when_it_is_read(tmp_path):
    folder = copy_corpus(CALL, tmp_path / "corpus" / "call-2021", text=False)
    with (folder / "tone.csv").open("a", encoding="utf-8") as file:
        file.write("reuters-1204,1,tone-A,gloomy\n")
    with pytest.raises(ValueError, match="tone 'gloomy' is not one of negative, neutral, positive"):
        an.read_corpus(folder)


@needs_articles
def test_the_five_articles_are_rescored_as_their_sentences_are():
    corpus = an.read_corpus(CALL)
    variants = corpus.tables["sentiment_variants"]
    merged = variants.merge(corpus.passages, on=["article_id", "sentence", "passage"], suffixes=("", "_before"))
    same = (merged["n_scored"] == merged["n_scored_before"]) & np.isclose(merged["polarity"], merged["polarity_before"])
    assert len(variants) > 20 and not same.any()
    assert set(variants["variant"]) <= set(VARIANTS)


def test_sentiment_takes_a_column_of_articles_and_names_a_wrong_one(call):
    assert an.summarize_sentiment(call, by="phase", draws=0)["phase"].tolist() == ["after", "before"]
    for measure in (an.summarize_sentiment, an.score_contributions, an.score_sensitivity):
        with pytest.raises(ValueError, match="by='sorce' is no column of articles.csv; did you mean 'source'"):
            measure(call, by="sorce")
    assert isinstance(an.score_frame_sentences(call), pd.DataFrame)
