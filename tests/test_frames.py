"""Frames by source and voice, salience, attributes, the dictionary's worth; facts and what is left out."""

import numpy as np
import pandas as pd
import pytest
from conftest import CALL, copy_corpus, stated_on_methods
from scipy import stats
from sklearn.metrics import precision_recall_fscore_support

import analysis as an
from analysis.__main__ import main
from analysis.agreement import ALL
from analysis.coding import reference_coding
from analysis.resampling import number_blocks
from analysis.statistics import benjamini_hochberg

TEXTS = {
    "x-1": "“Troops moved,” Ann Lee said.\nTalks were offered.\nIt rained.\nAnn Lee denied that troops went.",
    "x-2": "Nothing happened.\nTroops moved.\nTalks went on.",
    "y-1": "It rained.\nThe line held.\nTroops moved.",
}
CODEBOOK = """
[held_out]
articles = ["y-1"]
[[frame]]
code = "MIL"
attributes = { who = ["A", "B"] }
indicators = ["troops", { pattern = "line", ambiguous = "also of trains" }]
[[frame]]
code = "DIP"
indicators = ["talks"]
[[frame]]
code = "DENIAL"
indicators = ["denied"]
"""
FACTS = """
[[fact]]
code = "move"
name = "Troops move"
group = "war"
patterns = ["troops"]
[[fact]]
code = "rain"
patterns = ["rain*"]
known_from = 2031-05-05
[[fact]]
code = "lines"
patterns = ["line"]
articles = ["y-1"]
"""
CODING = """article_id,sentence,coder,frame,attribute
x-1,1,A,MIL,who=A;who=B
x-1,2,A,DIP,
x-1,3,A,NONE,
x-1,4,A,MIL,
x-1,4,A,DENIAL,
x-2,1,A,MIL,who=A
x-2,2,A,MIL,who=B
x-2,3,A,NONE,
y-1,1,A,NONE,
y-1,2,A,NONE,
y-1,3,A,MIL,
"""
READ = """article_id,fact,sentence,coder
x-1,move,1,A
x-1,move,4,A
x-2,move,,A
y-1,rain,1,A
"""


@pytest.fixture
def small(make_folder):
    rows = [
        {"article_id": "x-1", "source": "X", "date": "2031-05-04"},
        {"article_id": "x-2", "source": "X", "date": "2031-05-05"},
        {"article_id": "y-1", "source": "Y", "date": "2031-05-06"},
    ]
    folder = make_folder(TEXTS, rows, codebook_toml=CODEBOOK, facts_toml=FACTS)
    for name, text in {"coding": CODING, "coders": "coder,kind,description\nA,machine,\n", "facts_read": READ}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    an.write_corpus(an.build_corpus(folder))
    return an.read_corpus(folder)


def whole(table):
    return table[table["voice"] == "all"].set_index(["source", "frame"])


# ----------------------------------------------------------------------------------------------- comparison


def test_shares_and_rates_are_counts_of_sentences_and_words(small):
    table = whole(an.compare_frames(small, draws=0))
    row = table.loc[("X", "MIL")]
    words = small.words()["X"]
    assert [row[c] for c in ("coded", "coded_sentences", "articles", "n_articles", "found", "n_sentences")] == [
        4,
        7,
        2,
        2,
        3,
        7,
    ]
    assert row["coded_share"] == pytest.approx(4 / 7) and row["coded_per_1000"] == pytest.approx(4000 / words)
    assert row["found_share"] == pytest.approx(3 / 7) and row["found_per_1000"] == pytest.approx(3000 / words)
    assert table.loc[("Y", "DIP"), ["coded", "found"]].tolist() == [0, 0]  # zeros stay


def test_an_ambiguous_indicator_is_counted_and_makes_no_frame(small):
    assert an.count_vocabulary(small).set_index(["pattern", "source"])["count"][("line", "Y")] == 1
    assert whole(an.compare_frames(small, draws=0)).loc[("Y", "MIL"), "found"] == 1


def test_voices_sum_to_all_of_it(call, example, small):
    for corpus in (call, example, small):
        table = an.compare_frames(corpus, draws=0).set_index(["source", "frame", "voice"])
        for column in ("coded", "found"):
            parts = table[column].unstack("voice")
            assert (parts[["outlet", "reported", "quote"]].sum(axis=1) == parts["all"]).all()


def test_a_selection_by_voice_has_its_own_denominators(example):
    own = example.select(voice="outlet")
    part, all_ = whole(an.compare_frames(own, draws=0)), an.compare_frames(example, draws=0)
    outlet = all_[all_["voice"] == "outlet"].set_index(["source", "frame"])
    assert part["coded"].tolist() == outlet["coded"].tolist()
    assert (part["coded_sentences"] < outlet["coded_sentences"]).all()
    assert part.groupby("source")["n_words"].first().to_dict() == (
        own.select(section=["headline", "standfirst", "body"]).words().to_dict()
    )


def test_the_frame_is_carried_by_the_passage_of_its_indicators_else_by_the_longest(small):
    codes = an.count_codes(small).set_index(["article_id", "sentence", "frame"])
    assert codes.loc[("x-1", 1, "MIL"), ["voice", "speaker"]].tolist() == ["quote", "Ann Lee"]
    assert codes.loc[("x-2", 1, "MIL"), "voice"] == "outlet"  # coded without an indicator


def test_what_a_reporting_verb_finds_is_carried_by_what_it_reports(small):
    codes = an.count_codes(small).set_index(["article_id", "sentence", "frame"])
    assert codes.loc[("x-1", 4, "DENIAL"), ["voice", "speaker"]].tolist() == ["reported", "Ann Lee"]
    assert codes.loc[("x-1", 4, "DENIAL"), "found"]


def test_codes_are_those_of_the_reading(example):
    codes = an.count_codes(example)
    read = reference_coding(example).query("frame != 'NONE'")
    coded = codes[codes["coded"].fillna(False)]
    assert len(coded) == len(read)
    assert set(map(tuple, coded[["article_id", "sentence", "frame"]].to_numpy())) == set(
        map(tuple, read[["article_id", "sentence", "frame"]].to_numpy())
    )
    assert (codes["begins"] < codes["ends"]).all() and codes["ends"].max() == 1


def test_the_interval_is_that_of_blocks_and_needs_ten(call, example):
    assert an.compare_frames(call)["block_low"].isna().all()  # nine blocks at most
    table = an.compare_frames(example)
    rows = table[table["coded"] > 0]
    all_ = rows[rows["voice"] == "all"]
    assert (all_["block_low"] < all_["coded_share"]).all() and (all_["coded_share"] < all_["block_high"]).all()
    assert table.loc[table["coded"] == 0, "block_low"].isna().all()
    assert number_blocks(example).nunique() >= table.groupby("source")["n_blocks"].first().sum()


def test_p_is_that_of_exchanging_articles(example):
    core = example.select(role="core")
    table = an.compare_frames(core, draws=0)
    rows = whole(table)
    codes = an.count_codes(core).query("coded and frame == 'ORDER'").groupby("article_id").size()
    size = core.passages.drop_duplicates(["article_id", "sentence"]).groupby("article_id").size()
    read = reference_coding(core).drop_duplicates(["article_id", "sentence"]).groupby("article_id").size()
    share = (codes.reindex(size.index, fill_value=0) / read.reindex(size.index)).to_numpy()
    mine = size.index.str.startswith("stateherald")
    gap = share[mine].mean() - share[~mine].mean()
    assert rows.loc[("State Herald", "ORDER"), "gap"] == pytest.approx(gap)
    test = stats.permutation_test((share[mine], share[~mine]), lambda a, b: a.mean() - b.mean(), alternative="greater",
                                  n_resamples=9_999, rng=np.random.default_rng(1))  # fmt: skip
    assert rows.loc[("State Herald", "ORDER"), "p"] == pytest.approx(test.pvalue, abs=0.002)
    harbour = share[size.index.str.startswith("harbourwire")]
    other = share[~size.index.str.startswith("harbourwire")]
    test = stats.permutation_test((harbour, other), lambda a, b: a.mean() - b.mean(), alternative="greater",
                                  n_resamples=9_999, rng=np.random.default_rng(1))  # fmt: skip
    assert rows.loc[("Harbour Wire", "ORDER"), "p"] == pytest.approx(test.pvalue, abs=0.02)
    assert table["p_adjusted"].dropna().tolist() == pytest.approx(benjamini_hochberg(table["p"].dropna()).tolist())
    assert table.loc[table["voice"] != "all", "p"].isna().all()


def test_one_article_a_source_is_never_testable(call):
    table = an.compare_frames(call.select(role="core"), draws=0)
    assert not table["testable"].any() and table["p_adjusted"].isna().all()
    assert table["floor"].unique() == pytest.approx([1 / 3]) and (table["p"].dropna() >= 1 / 3 - 1e-12).all()


def test_shuffled_rows_give_the_same_table(example, tmp_path):
    folder = copy_corpus(example.folder, tmp_path / "corpus" / "example", text=False)
    coding = pd.read_csv(folder / "coding.csv", dtype=str, keep_default_na=False)
    coding.sample(frac=1, random_state=3).to_csv(folder / "coding.csv", index=False)
    shuffled = an.read_corpus(folder)
    pd.testing.assert_frame_equal(an.compare_frames(shuffled), an.compare_frames(example))
    pd.testing.assert_frame_equal(an.score_agreement(shuffled), an.score_agreement(example))


def test_a_wrong_group_and_few_draws_are_refused(small):
    with pytest.raises(ValueError, match="compare_frames: by='frame' is no column of articles.csv"):
        an.compare_frames(small, by="frame")
    with pytest.raises(ValueError, match="20 draws are too few"):
        an.compare_frames(small, draws=20)
    with pytest.raises(KeyError, match="codebook.toml has no frame 'MILL'; did you mean 'MIL'"):
        an.read_frame(small, "MILL")


def test_salience_says_where_a_frame_stands_first(call, small):
    table = an.count_salience(small).set_index(["article_id", "frame"])
    assert table.loc[("x-1", "DIP"), ["coded", "first"]].tolist() == [1, 2]
    before = small.passages.query("article_id == 'x-1' and sentence < 2")["n_words"].sum()
    words = small.passages.query("article_id == 'x-1'")["n_words"].sum()
    assert table.loc[("x-1", "DIP"), "begins"] == pytest.approx(before / words)
    assert table.loc[("y-1", "DIP"), "coded"] == 0 and pd.isna(table.loc[("y-1", "DIP"), "first"])
    heads = an.count_salience(call)
    assert set(heads.loc[heads["headline"], "frame"]) >= {"SUMMIT"}
    assert heads["standfirst"].sum() == 2  # teleSUR's has two frames


def test_cooccurrence_counts_sentences_with_both(small):
    table = an.count_cooccurrence(small).set_index(["source", "frame", "other_frame"])
    assert table.loc[("X", "MIL", "DENIAL")].tolist() == [1, 4, 1, 1 / 4]
    assert table.loc[("Y", "DIP", "DENIAL")].tolist()[:3] == [0, 0, 0] and np.isnan(
        table.loc[("Y", "DIP", "DENIAL"), "jaccard"]
    )


def test_attributes_are_counted_with_who_says_it(small):
    table = an.count_attributes(small).set_index(["source", "value", "voice"])["count"]
    assert table.to_dict() == {("X", "A", "outlet"): 1, ("X", "A", "quote"): 1, ("X", "B", "outlet"): 1, ("X", "B", "quote"): 1,
                               ("X", "not noted", "reported"): 1, ("Y", "not noted", "outlet"): 1}  # fmt: skip


def test_the_evidence_of_a_frame_is_its_sentences(small, call):
    table = an.read_frame(small, "MIL", source="X")
    assert table[["sentence", "coded", "found", "patterns"]].to_numpy().tolist() == [
        [1, True, True, "troops"], [4, True, True, "troops"], [1, True, False, ""], [2, True, True, "troops"]]  # fmt: skip
    assert table["text"].iloc[0] == "“Troops moved,” Ann Lee said."
    without = an.read_frame(call, "NATO")
    assert (
        without["text"].str.startswith("needs text; its terms: ").all() and "not shown" in without.attrs["needs_text"]
    )


def test_an_unread_sentence_is_in_no_denominator(small):
    folder = small.folder
    kept = [line for line in CODING.splitlines() if not line.startswith(("x-2", "y-1"))]
    (folder / "coding.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    table = whole(an.compare_frames(an.read_corpus(folder), draws=0))
    assert table.loc[("X", "MIL"), ["coded", "coded_sentences", "n_sentences"]].tolist() == [2, 4, 7]
    assert pd.isna(table.loc[("Y", "MIL"), "coded"]) and np.isnan(table.loc[("Y", "MIL"), "coded_share"])
    assert table.loc[("Y", "MIL"), "found"] == 1


# ----------------------------------------------------------------------------------------------- dictionary


def test_the_dictionary_is_scored_as_another_program_does(example):
    cells = an.count_codes(example)
    scores = an.score_dictionary(example).set_index(["part", "frame"])
    held = cells["article_id"].isin(example.codebook.held_out)
    for part, mine in (("in sample", cells[~held]), ("held out", cells[held])):
        for code in example.codebook.codes:
            rows = mine[mine["frame"] == code]
            coded, found = rows["coded"].fillna(False).astype(int), rows["found"].astype(int)
            p, r, f, _ = precision_recall_fscore_support(coded, found, average="binary", zero_division=np.nan)
            assert scores.loc[(part, code), ["precision", "recall", "f1"]].tolist() == pytest.approx(
                [p, r, f], nan_ok=True
            )
        frames = scores.loc[part].loc[example.codebook.codes]
        sums = frames[["coded", "found", "hits"]].sum()
        micro, macro = scores.loc[(part, "micro")], scores.loc[(part, "macro")]
        assert micro["f1"] == pytest.approx(2 * sums["hits"] / (sums["coded"] + sums["found"]))
        assert macro["f1"] == pytest.approx(frames["f1"].mean()) and np.isnan(macro["f1_low"])


def test_wilson_intervals_of_precision_and_recall_are_scipys(call):
    row = an.score_dictionary(call).set_index(["part", "frame"]).loc[("in sample", "SUMMIT")]
    for measure, of in (("precision", "found"), ("recall", "coded")):
        interval = stats.binomtest(int(row["hits"]), int(row[of])).proportion_ci(method="wilson")
        assert row[[f"{measure}_low", f"{measure}_high"]].tolist() == pytest.approx([interval.low, interval.high])
    either = stats.binomtest(int(row["hits"]), int(row["coded"] + row["found"] - row["hits"])).proportion_ci(
        method="wilson"
    )
    assert row["f1_low"] == pytest.approx(2 * either.low / (1 + either.low))
    assert row["f1_low"] < row["f1"] < row["f1_high"]


def test_by_the_others_an_indicator_must_have_proved_itself_elsewhere(small):
    scores = an.score_dictionary(small).set_index(["part", "frame"])
    # troops: right twice in x-1, once in x-2, so each article is searched with it; talks: right in x-1, wrong in x-2
    assert scores.loc[("in sample", "DIP"), ["coded", "found", "hits"]].tolist() == [1, 2, 1]
    assert scores.loc[("each article by the others", "DIP"), ["coded", "found", "hits"]].tolist() == [1, 1, 0]
    assert scores.loc[("each article by the others", "MIL"), ["coded", "found", "hits"]].tolist() == [4, 3, 3]
    assert scores.loc[("each article by the others", "DENIAL"), "found"] == 0  # stands in one article
    assert scores.loc[("held out", "MIL"), ["coded", "found", "hits"]].tolist() == [1, 1, 1]


def test_indicators_are_judged_in_sample_alone(small):
    table = an.score_indicators(small).set_index(["part", "pattern"])
    assert table.loc[("in sample", "talks"), ["sentences", "right", "precision", "flag"]].tolist() == [
        2,
        1,
        0.5,
        "below .8",
    ]
    assert table.loc[("in sample", "line"), ["sentences", "flag"]].tolist() == [0, "never"]
    assert table.loc[("in sample", "denied"), "flag"] == "once"
    assert table.loc[("held out", "line"), ["sentences", "right", "flag"]].tolist() == [1, 0, ""]


def test_errors_are_where_the_two_differ(small):
    table = an.read_errors(small)
    assert table[["article_id", "sentence", "frame", "error", "patterns"]].to_numpy().tolist() == [
        ["x-2", 1, "MIL", "miss", ""], ["x-2", 3, "DIP", "false hit", "talks"]]  # fmt: skip
    assert len(an.read_errors(small, "DIP")) == 1
    with pytest.raises(KeyError, match="did you mean 'DIP'"):
        an.read_errors(small, "DIPL")


def test_errors_add_up_to_the_scores(example):
    errors = an.read_errors(example).groupby(["part", "frame", "error"]).size()
    for (part, code), row in an.score_dictionary(example).set_index(["part", "frame"]).iterrows():
        if code in example.codebook.codes and part in ("in sample", "held out"):
            assert errors.get((part, code, "miss"), 0) == row["coded"] - row["hits"]
            assert errors.get((part, code, "false hit"), 0) == row["found"] - row["hits"]


def test_the_dictionaries_of_the_study_keep_their_promises(call, example):
    scores = an.score_dictionary(call).set_index(["part", "frame"])["f1"]
    assert scores["in sample", "micro"] >= 0.85
    for corpus in (call, example):
        assert "below .8" not in set(an.score_indicators(corpus)["flag"])  # dropped, or marked with a reason


# ---------------------------------------------------------------------------------------------------- facts


def test_a_fact_is_mentioned_absent_not_yet_known_or_no_matter_of_the_article(small):
    table = an.compare_facts(small).set_index(["fact", "article_id"])
    assert table["status"].to_dict() == {
        ("move", "x-1"): "mentioned", ("move", "x-2"): "absent", ("move", "y-1"): "mentioned",
        ("rain", "x-1"): "mentioned", ("rain", "x-2"): "absent", ("rain", "y-1"): "mentioned",
        ("lines", "x-1"): "not about it", ("lines", "x-2"): "not about it", ("lines", "y-1"): "mentioned",
    }  # fmt: skip
    assert table.loc[("move", "x-1"), ["basis", "n", "first", "voice", "found"]].tolist() == [
        "reading",
        2,
        1,
        "quote",
        2,
    ]
    assert table.loc[("move", "x-2"), ["basis", "n", "found", "agree"]].tolist() == ["reading", 0, 1, False]
    assert table.loc[("move", "y-1"), ["basis", "n"]].tolist() == ["patterns", 1] and pd.isna(
        table.loc[("move", "y-1"), "agree"]
    )


def test_what_could_not_be_known_is_no_omission(call):
    table = an.compare_facts(call)
    unknown = table[table["status"] == "not yet known"]
    assert set(unknown["fact"]) <= {"call-duration", "told-in-call"}
    assert set(unknown["article_id"]) == {"arabicwire-1205", "frenchwire-1202", "reuters-1204"}


def test_a_mention_before_its_day_is_said(small):
    assert "before the day that facts.toml gives as known_from: rain (x-1)" in an.compare_facts(small).attrs["note"]


def test_facts_are_counted_where_they_stand(small):
    found = small.tables["facts"].set_index(["article_id", "fact"])
    assert found.loc[("x-1", "move"), ["sentence", "voice", "n"]].tolist() == [1, "quote", 2]
    assert found.loc[("x-2", "rain"), "n"] == 0 and pd.isna(found.loc[("x-2", "rain"), "sentence"])
    assert ("x-1", "lines") not in found.index and len(found) == 7


def test_facts_are_facts_of_whole_articles(small):
    with pytest.raises(ValueError, match="a selection by voice has only parts of the articles"):
        an.compare_facts(small.select(voice="outlet"))
    assert set(an.compare_facts(small.select(source="Y"))["article_id"]) == {"y-1"}


def test_the_evidence_of_a_fact_is_its_sentences(small):
    table = an.read_fact(small, "move")
    assert table[["article_id", "sentence", "basis"]].to_numpy().tolist() == [
        ["x-1", 1, "reading"], ["x-1", 4, "reading"], ["x-2", 2, "patterns"], ["y-1", 3, "patterns"]]  # fmt: skip
    with pytest.raises(KeyError, match="facts.toml has no fact 'moves'; did you mean 'move'"):
        an.read_fact(small, "moves")


def test_patterns_find_most_mentions_of_the_reader(call):
    agree = an.compare_facts(call)["agree"]
    assert agree.mean() >= 0.95


# ----------------------------------------------------------------------------------------- without a reading


def test_everything_runs_without_a_reading_and_without_a_codebook(tmp_path, call):
    folder = copy_corpus(CALL, tmp_path / "corpus" / "call-2021", text=False)
    for name in ("coding.csv", "tone.csv", "coders.csv", "decisions.csv", "facts_read.csv"):
        (folder / name).unlink()
    corpus = an.read_corpus(folder)
    table = an.compare_frames(corpus, draws=0)
    assert table["coded"].isna().all() and (table["found"] == an.compare_frames(call, draws=0)["found"]).all()
    assert table.attrs["coding"] == "No sentence has been coded by reading."
    assert (
        an.score_dictionary(corpus).empty and "No sentence has been read" in an.score_dictionary(corpus).attrs["note"]
    )
    assert an.score_indicators(corpus).empty and an.read_errors(corpus).empty and an.count_attributes(corpus).empty
    assert set(an.compare_facts(corpus)["basis"]) == {"patterns"}
    assert main(["frames", str(folder), "--validate"]) == 1
    assert main(["frames", str(folder)]) == 0
    for draw in (an.plot_frames(table), an.plot_course(an.count_codes(corpus)), an.plot_facts(an.compare_facts(corpus)),
                 an.plot_validity(an.score_dictionary(corpus))):  # fmt: skip
        assert draw is not None


def test_validate_prints_the_table_and_where_it_errs(capsys):
    assert main(["frames", str(CALL), "--validate"]) == 0
    out = capsys.readouterr().out
    assert "in sample" in out and "micro" in out and "each article by the others" in out
    assert "false hit" in out and "miss" in out and "ambiguous" in out


def test_the_page_on_methods_states_what_is_measured(call, example):
    said = stated_on_methods()
    held = example.select(article_id=sorted(example.codebook.held_out))
    tables = [an.score_agreement(c, draws=0).set_index("frame") for c in (call, example, held)]

    def two(value):
        return f"{value:.2f}".removeprefix("0")

    assert said["all frames"] == [two(t.loc[ALL, "alpha"]) for t in tables]
    assert said["lowest of a frame"] == [two(t["alpha"].drop(ALL).min()) for t in tables]
    pairs = [two(an.score_pairs(c)["lowest_alpha"].min()) for c in (call, example, held)]
    assert said["lowest of a frame between two of the readings"] == pairs
    unaided = [t.loc[ALL, "alpha_unaided"] for t in tables]
    assert said["all frames, sentences without any indicator"] == ["–" if np.isnan(a) else two(a) for a in unaided]
    rows = {
        "the five articles, in sample": (call, "in sample"),
        "each of them by indicators of the others": (call, "each article by the others"),
        "the example, in sample": (example, "in sample"),
        "each of its articles by indicators of the others": (example, "each article by the others"),
        "the example, held out": (example, "held out"),
    }
    for name, (corpus, part) in rows.items():
        row = an.score_dictionary(corpus).set_index(["part", "frame"]).loc[(part, "micro")]
        f1 = f"{two(row['f1'])} ({two(row['f1_low'])} to {two(row['f1_high'])})"
        assert said[name] == [two(row["precision"]), two(row["recall"]), f1]
