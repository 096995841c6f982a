"""Claims under other choices: the grammar, each kind of claim against the measure that it varies, ties, and the line."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import CALL, ROOT, copy_corpus, stated_on_methods
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

import analysis as an
from analysis.claims import read_claim
from analysis.loading import count_by_form
from analysis.multiverse import LEFT_OUT, claims_of_findings
from analysis.statistics import at_least

MEETING, DENIAL = "'meeting' leads for teleSUR", "DENIAL is in Sputnik's own voice"


@pytest.fixture(scope="module")
def core(call):
    return call.select(role="core")


@pytest.fixture(scope="module")
def meeting(core):
    return an.robustness(core, MEETING)


def only(table, **spec):
    """The one row of these choices."""
    spec = {name.replace("_", " "): value for name, value in spec.items()}
    rows = table[(table[list(spec)] == pd.Series(spec)).all(axis=1) & (table[LEFT_OUT] == "")]
    assert len(rows) == 1
    return rows.iloc[0]


# ------------------------------------------------------------------------------------------------ the grammar


@pytest.mark.parametrize(
    ("text", "kind", "subject", "group", "says", "first"),
    [
        (MEETING, "term", "meeting", "teleSUR", "leads", 1),
        ("“nato” is among the first 5 for teleSUR.", "term", "nato", "teleSUR", "first", 5),
        ("'united states' is used more by  Reuters", "term", "united states", "Reuters", "more", 1),
        ("SUMMIT leads for Reuters", "frame", "SUMMIT", "Reuters", "leads", 1),
        ("MIL is used more by Reuters", "frame", "MIL", "Reuters", "more", 1),
        (DENIAL, "voice", "DENIAL", "Sputnik", "own", 1),
        ("BLAME is in Reuters' own voice", "voice", "BLAME", "Reuters", "own", 1),
        ("NATO/EU is heard most by teleSUR", "side", "NATO/EU", "teleSUR", "most", 1),
        ("Russia is heard more in Sputnik", "side", "Russia", "Sputnik", "more", 1),
        ("'invasion' is not used by teleSUR", "term", "invasion", "teleSUR", "none", 1),
        ("NATO is not used by Reuters", "frame", "NATO", "Reuters", "none", 1),
        ("Sputnik speaks most in its own voice", "own", "own", "Sputnik", "most", 1),
        ("polarity is lowest for teleSUR", "polarity", "polarity", "teleSUR", "lowest", 1),
    ],
)
def test_a_claim_is_read(core, text, kind, subject, group, says, first):
    claim = read_claim(core, text)
    assert (claim.kind, claim.subject, claim.group, claim.says, claim.first) == (kind, subject, group, says, first)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("teleSUR likes meetings", "has no form that is known; write, as in"),
        ("", "has no form that is known"),
        ("'meeting' leads for Telesur", "source has no 'Telesur' here; did you mean 'teleSUR'"),
        ("'meetinng' leads for teleSUR", "no term 'meetinng' here; did you mean 'meeting'"),
        ("SUMIT leads for teleSUR", "no frame of codebook.toml 'SUMIT' here; did you mean 'SUMMIT'"),
        ("nato is not used by Reuters", "write the term in quotation marks: 'nato'"),
        ("Rusia is heard most by teleSUR", "no side 'Rusia' here; did you mean 'Russia'"),
        ("'meeting' is among the first 0 for teleSUR", "has no form"),
    ],
)
def test_what_cannot_be_asked_is_said_with_the_nearest(core, text, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        an.robustness(core, text)


def test_other_bad_input_is_refused(core, call):
    with pytest.raises(ValueError, match="source has only 'teleSUR'; two are needed"):
        an.robustness(call.select(source="teleSUR"), MEETING)
    with pytest.raises(ValueError, match="no choice 'voices' for these claims; did you mean 'voice'"):
        an.robustness(core, MEETING, choices={"voices": ["all"]})
    with pytest.raises(ValueError, match="voice has no choice 'outlets'; did you mean 'outlet'"):
        an.robustness(core, MEETING, choices={"voice": "outlets"})
    with pytest.raises(ValueError, match="no column of articles.csv"):
        an.robustness(core, MEETING, by="voice")


# ----------------------------------------------------------------------------------------------------- terms


def rank_of(table, column, term, source):
    mine = table[table["source"] == source]
    own = mine.loc[mine["term"] == term, column].max()
    return int(at_least(mine[column].to_numpy(), own).sum())


@pytest.mark.parametrize("voice", ["all", "outlet"])
@pytest.mark.parametrize("translated", ["with", "without"])
@pytest.mark.parametrize(("least", "score", "alpha_0", "column"), [
    ("3", "z, prior 200", 200, "z"), ("2", "z, prior 20", 20, "z"), ("5", "log-odds, prior 2000", 2000, "log_odds"),
    ("2", "log-odds, prior 200", 200, "log_odds"), ("3", "log ratio bound", 200, "log_ratio_bound"),
])  # fmt: skip
def test_a_rank_is_that_of_compare_terms_with_the_same_choices(
    core, meeting, voice, translated, least, score, alpha_0, column
):
    chosen = core.select(voice="outlet") if voice == "outlet" else core
    chosen = chosen.select(translation="none") if translated == "without" else chosen
    table = an.compare_terms(chosen, min_count=int(least), alpha_0=alpha_0, draws=0)
    usual = {"spellings": "merged", "names": "kept", "stop_words": "own list"}
    row = only(meeting, voice=voice, translated=translated, least_count=least, score=score, **usual)
    if "meeting" not in set(table["term"]):
        assert np.isnan(row["value"]) and not row["holds"] and row["why"].startswith("too rare")
    else:
        assert row["value"] == rank_of(table, column, "meeting", "teleSUR")


def test_names_and_more_stop_words_are_left_out_as_keep_and_scikit_learn_have_them(core, meeting):
    table = an.compare_terms(core.keep(names=False), min_count=2, draws=0)
    table = table[~table["term"].isin(ENGLISH_STOP_WORDS)]
    spec = {"voice": "all", "translated": "with", "spellings": "merged", "names": "left out", "least_count": "2"}
    row = only(meeting, **spec, stop_words="scikit-learn's too", score="log-odds, prior 200")
    assert row["value"] == rank_of(table, "log_odds", "meeting", "teleSUR")


def test_spellings_as_found_are_counted_apart(make_folder):
    texts = {"a-1": "The U.S. met. The United States met. US aid came.", "b-1": "The United States left. Rain fell."}
    variants = '[[variant]]\nterm="united states"\nforms=["u.s.","united states"]\nexact=["US"]\nreason="one"\n'
    corpus = an.build_corpus(make_folder(texts, variants_toml=variants))
    assert corpus.by("source").loc[("united states", "word")].tolist() == [3, 1]
    found = count_by_form(corpus).by("source")
    kept = {
        form: found.loc[(form, "word")].tolist()
        for form in ("u.s", "u.s.", "us", "united states")
        if form in found.index
    }
    assert sum(np.array(list(kept.values()))).tolist() == [3, 1] and kept["united states"] == [1, 1]
    chosen = corpus.select(source="b")
    assert count_by_form(chosen).by("source").loc[("united states", "word"), "b"] == 1


def test_words_as_written_are_told_apart_by_their_capitals(make_folder):
    texts = {"a-1": "Turkey sold turkey. The TURKEY’S Turkey ran.", "b-1": "A turkey ran. Rain fell on turkey."}
    corpus = an.build_corpus(make_folder(texts))
    written = count_by_form(corpus, case=True).by("source")
    assert {form: written.loc[(form, "word")].tolist() for form in ("turkey", "Turkey", "TURKEY")} == {
        "turkey": [1, 2], "Turkey": [2, 0], "TURKEY": [1, 0]}  # fmt: skip
    assert written.to_numpy().sum() == corpus.counts.sum()
    table = an.robustness(corpus, "'turkey' is used more by a")
    holds = table[(table["score"] == "log-odds, prior 200") & (table[LEFT_OUT] == "")].set_index("spellings")["holds"]
    assert holds.to_dict() == {"merged": True, "as written": False}


def test_a_lead_that_is_shared_is_none(make_folder):
    texts = {"a-1": "Ships ships ships. Boats boats boats. Rain fell.", "b-1": "Rain fell and rain fell and rain fell."}
    corpus = an.build_corpus(make_folder(texts))
    table = an.robustness(corpus, ["'ships' leads for a", "'ships' is among the first 2 for a"])
    first = table[table["score"] == "z, prior 200"].groupby("claim", sort=False).first()
    assert first["value"].tolist() == [2, 2] and first["holds"].tolist() == [False, True]
    assert first["why"].iloc[0] == "others lead or share the lead"


def test_a_term_that_nobody_uses_there_fails_and_a_name_cannot_be_asked_without_names(core):
    table = an.robustness(core, "'nato' leads for teleSUR")
    assert (table.query("names == 'left out'")["why"] == "it is a name").all()
    assert table.query("names == 'left out'")["holds"].isna().all()
    own = table.query("names == 'kept' and voice == 'outlet'")
    assert (own["why"] == "nobody uses it").all() and not own["holds"].any()


def test_used_more_is_a_sign_of_the_log_odds_or_of_the_bound(core):
    table = an.robustness(core, "'meeting' is used more by teleSUR")
    assert "names" not in table and "least count" not in table  # they cannot change it
    terms = an.compare_terms(core, draws=0).query("source == 'teleSUR' and term == 'meeting'").iloc[0]
    spec = {"voice": "all", "translated": "with", "spellings": "merged"}
    assert only(table, **spec, score="log-odds, prior 200")["value"] == pytest.approx(terms["log_odds"])
    assert only(table, **spec, score="log-odds, prior 200")["holds"]


@pytest.mark.parametrize("source", ["Reuters", "Sputnik", "teleSUR"])
def test_what_is_absent_is_counted_by_other_readings_and_beginnings(core, source):
    claims = [f"'nato' is not used by {source}", f"MIL is not used by {source}"]
    table = an.robustness(core, claims)
    assert (table["holds"] == (table["value"] == 0)).all() and (table[LEFT_OUT] == "").all()  # less text, less of it
    terms, frames = (table[table["claim"] == claim] for claim in claims)
    counts = core.by("source")[source].xs("word", level="kind")
    assert terms.set_index("counted")["value"].to_dict() == {
        "the term": counts["nato"], "all that begin with it": counts[counts.index.str.startswith("nato")].sum()}  # fmt: skip
    coded = an.compare_frames(core, draws=0).query("source == @source and frame == 'MIL' and voice == 'all'")
    assert frames.set_index("reading").loc["the one that counts", "value"] == coded["coded"].iloc[0]
    assert list(frames["reading"]) == ["the one that counts", "coder A", "coder B", "coder C", "dictionary"]


def test_absence_is_asked_of_the_groups_own_words_alone(core):
    quoted = core.select(side="Ukraine")  # of which Sputnik and teleSUR have no word
    assert an.robustness(quoted, "'nato' is not used by Reuters")["holds"].all()
    silent = an.robustness(quoted, "'nato' is not used by Sputnik")
    assert silent["holds"].isna().all() and set(silent["why"]) == {"no word of Sputnik is left"}


def test_a_term_is_asked_for_as_these_articles_write_it_most_often(make_folder):
    texts = {
        "a-1": "Trade grew. The trade went on. Harbour work.",
        "b-1": "Trade fell. Rain.",
        "c-1": "Rain fell on trade, trade and trade.",
    }
    corpus = an.build_corpus(make_folder(texts)).select(source=["a", "b"])
    table = an.robustness(corpus, "'trade' is used more by a", choices={"score": "log-odds, prior 200"})
    as_written = table[(table[LEFT_OUT] == "") & (table["spellings"] == "as written")]["value"].iloc[0]
    terms = an.compare_terms(count_by_form(corpus, case=True), draws=0).query("source == 'a' and term == 'Trade'")
    assert as_written == pytest.approx(terms["log_odds"].iloc[0])  # 2 'Trade' here, 1 'trade'


def test_every_combination_is_there_once_and_each_article_is_left_out_once(core, meeting):
    grid = meeting[meeting[LEFT_OUT] == ""]
    names = meeting.attrs["choices"][MEETING]
    assert len(grid) == np.prod([grid[name].nunique() for name in names]) == len(grid.drop_duplicates(names))
    left = meeting[meeting[LEFT_OUT] != ""]
    assert left[LEFT_OUT].tolist() == core.articles["article_id"].tolist()
    assert (left[names] == grid[names].iloc[0]).all(axis=None)
    assert (
        left.set_index(LEFT_OUT).loc["telesur-1207", "why"] == "no word of teleSUR is left"
        or (left.set_index(LEFT_OUT)["holds"].isna()["telesur-1207"])
    )


def test_leaving_an_article_out_is_the_claim_on_the_others(example):
    chosen = example.select(
        article_id=[*example.articles["article_id"].iloc[:4], *example.articles["article_id"].iloc[9:13]]
    )
    claims = [text for text in an.list_claims(chosen) if "heard" not in text]
    whole = an.robustness(chosen, claims)
    article = chosen.articles["article_id"].iloc[1]
    others = [name for name in chosen.articles["article_id"] if name != article]
    alone = an.robustness(chosen.select(article_id=others), claims)
    asked = 0
    for claim in claims:
        left = whole[(whole["claim"] == claim) & (whole[LEFT_OUT] == article)]
        usual = alone[alone["claim"] == claim].iloc[0]
        for row in left.itertuples():
            asked += 1
            assert row.holds == usual["holds"] and row.value == pytest.approx(usual["value"], nan_ok=True), claim
    assert asked >= 3


def test_only_the_groups_own_articles_are_left_out_where_no_other_counts(core):
    table = an.robustness(
        core, ["SUMMIT leads for Reuters", "Russia is heard most by teleSUR", DENIAL, "NATO is used more by teleSUR"]
    )
    left = table[table[LEFT_OUT] != ""].groupby("claim")[LEFT_OUT].agg(list)
    assert left["SUMMIT leads for Reuters"] == ["reuters-1204"] and left[DENIAL] == ["sputnik-1207"]
    assert (
        left["Russia is heard most by teleSUR"] == ["telesur-1207"] and len(left["NATO is used more by teleSUR"]) == 3
    )
    assert table.attrs["lines"][DENIAL].endswith("cannot be asked without its only article")


def test_what_cannot_change_a_claim_is_not_crossed_with_it(core):
    table = an.robustness(core, "'meeting' is used more by teleSUR")
    assert set(table["score"]) == {"log-odds, prior 200", "log ratio bound"}  # the prior changes no sign
    body = an.robustness(
        core.select(section="body", voice="outlet"), ["SUMMIT leads for Reuters", "polarity is highest for Reuters"]
    )
    assert "section" not in body and "voice" not in body


def test_z_is_that_of_compare_terms_where_the_dispersion_is_known(example):
    chosen = example.select(role="core")
    table = an.compare_terms(chosen, min_count=3, draws=0).query("source == 'State Herald'").reset_index(drop=True)
    assert table["phi"].max() > 1
    for term in table["term"].head(6):
        rows = an.robustness(
            chosen,
            f"'{term}' leads for State Herald",
            choices={"score": ["z, prior 200", "z of independent words, prior 200"]},
        )
        assert rows["value"].iloc[0] == rank_of(table, "z", term, "State Herald")


def test_a_coder_who_read_nothing_of_a_group_is_not_asked_and_one_who_read_a_part_is_named(example):
    table = an.robustness(example, "ECON leads for analysis", by="genre")
    parts = [name for name in table["reading"].unique() if name.startswith("coder C")]
    assert parts == ["coder C (12 of 36 articles)"]
    assert table.loc[table["reading"] == parts[0], "why"].unique().tolist() == ["nothing was read there"]


def test_an_outlets_own_name_cannot_be_asked_and_the_bound_says_why_it_fails(make_folder):
    texts = {"a-1": "Gazette wrote of rain, Gazette of snow.", "b-1": "Rain fell and rain fell again on the town."}
    rows = [{"article_id": "a-1", "source": "Gazette"}, {"article_id": "b-1", "source": "Post"}]
    corpus = an.build_corpus(make_folder(texts, rows))
    table = an.robustness(corpus, ["'gazette' is used more by Gazette", "'rain' is used more by Post"])
    own = table[table["claim"].str.startswith("'gaz")]
    assert own["holds"].isna().all() and set(own["why"]) >= {"it is the outlet's own name"}
    assert "the interval holds no difference" in set(table["why"])


@pytest.mark.parametrize(
    "names", [("St. James' Gazette Inc.", "The Post"), ("x' is used more by y", "y"), ("Two  blanks", "Other")]
)
def test_sources_of_any_name_can_be_asked(make_folder, names):
    texts = {"a-1": "Ships ships ships left. Rain fell.", "b-1": "Rain rain rain fell and ships came."}
    corpus = an.build_corpus(
        make_folder(texts, [{"article_id": a, "source": n} for a, n in zip(texts, names, strict=True)])
    )
    claims = an.list_claims(corpus)
    assert len(claims) == 2 and an.robustness(corpus, claims).groupby("claim", sort=False)["holds"].first().all()


def test_a_claim_that_could_be_about_two_sources_is_refused(example):
    articles = example.articles.assign(
        source=example.articles["source"].replace({"Harbour Wire": "People", "State Herald": "People's"})
    )
    from dataclasses import replace

    corpus = replace(example, articles=articles, tables={**example.tables, "articles": articles})
    with pytest.raises(ValueError, match="can be about"):
        read_claim(corpus, "ORDER is in People's own voice")
    assert read_claim(corpus, "ORDER leads for People's").group == "People's"


def test_groups_of_another_column_can_be_asked_and_drawn(call):
    table = an.robustness(call, ["'meeting' leads for after", "polarity is highest for before"], by="phase")
    an.plot_robustness(table)
    an.plot_robustness(table, "polarity is highest for before")
    single = an.robustness(call, "polarity is highest for telesur-1207", by="article_id")
    assert single["holds"].notna().any()
    with pytest.raises(ValueError, match="voice has no choice left"):
        an.robustness(call, MEETING, choices={"voice": []})


# --------------------------------------------------------------------------------- frames, sides, polarity


@pytest.mark.parametrize("reading", ["the one that counts", "dictionary"])
@pytest.mark.parametrize("section", ["all", "body"])
def test_frames_are_those_of_compare_frames(core, reading, section):
    table = an.robustness(core, ["SUMMIT leads for Sputnik", "NATO is used more by teleSUR"])
    chosen = core.select(section="body") if section == "body" else core
    counts = an.compare_frames(chosen, draws=0).query("voice == 'all'").set_index(["source", "frame"])
    column = "found" if reading == "dictionary" else "coded"
    mine = counts.loc["Sputnik", column]
    spec = {"reading": reading, "section": section, "voice": "all"}
    leads = table[table["claim"].str.startswith("SUMMIT")]
    assert only(leads, **spec)["value"] == (mine >= mine["SUMMIT"]).sum()
    size = counts["n_sentences" if reading == "dictionary" else "coded_sentences"]
    one = counts.loc[("teleSUR", "NATO"), column] / size["teleSUR", "NATO"]
    rest = sum(counts.loc[(s, "NATO"), column] for s in ("Reuters", "Sputnik")) / sum(
        size[s, "NATO"] for s in ("Reuters", "Sputnik")
    )
    more = table[table["claim"].str.startswith("NATO")]
    row = only(more, **spec, translated="with", rate="per sentence")
    assert row["value"] == pytest.approx(one - rest) and row["holds"] == (one > rest)


def test_each_coder_is_a_choice_and_the_dictionary_notes_no_voice(core):
    table = an.robustness(core, DENIAL)
    grid = table[table[LEFT_OUT] == ""]
    assert set(grid["reading"]) == {"the one that counts", "coder A", "coder B", "coder C", "dictionary"}
    assert set(grid.query("reading == 'dictionary'")["told by"]) == {"rules"}
    noted = an.count_attributes(core).query("frame == 'DENIAL' and key == 'voice' and source == 'Sputnik'")
    share = noted.loc[noted["value"] == "outlet", "count"].sum() / noted["count"].sum()
    spec = {"reading": "the one that counts", "section": "all", "scare_quotes": "own"}
    assert only(table, **spec, told_by="readers")["value"] == pytest.approx(share)
    told = an.count_codes(core).query("coded and frame == 'DENIAL' and source == 'Sputnik'")
    assert only(table, **spec, told_by="rules")["value"] == pytest.approx((told["voice"] == "outlet").mean())


@pytest.mark.parametrize("section", ["all", "body"])
def test_sides_are_those_of_count_sides(core, section):
    table = an.robustness(core, ["Russia is heard more by teleSUR", "US is heard most by Reuters"])
    chosen = core.select(section="body") if section == "body" else core
    sides = an.count_sides(chosen).query("voice in ['quote', 'reported']")
    words = sides.groupby(["source", "side"])["n_words"].sum()
    whole = chosen.words()
    gap = words["teleSUR", "Russia"] / whole["teleSUR"] - (words["Reuters", "Russia"] + words["Sputnik", "Russia"]) / (
        whole["Reuters"] + whole["Sputnik"]
    )
    spec = {"speech": "quoted and reported", "section": section, "counted": "words"}
    row = only(table[table["claim"].str.startswith("Russia")], **spec, translated="with")
    assert row["value"] == pytest.approx(gap)
    most = only(table[table["claim"].str.startswith("US")], **spec, **{"'other' and 'unattributed'": "compared too"})
    assert most["value"] == (words["Reuters"] >= words["Reuters", "US"]).sum()


@pytest.mark.parametrize("section", ["all", "body"])
@pytest.mark.parametrize("own", [["outlet"], ["outlet", "scare"]])
def test_own_words_are_those_of_count_voices(core, section, own):
    chosen = core if section == "all" else core.select(section="body")
    table = an.robustness(core, [f"{source} speaks most in its own voice" for source in core.groups("source")])
    kept = {"section": section, "scare quotes": "own" if "scare" in own else "not own"}
    kept |= {"translated": "with", LEFT_OUT: ""}
    rows = table[(table[list(kept)] == list(kept.values())).all(axis=1)]
    voices = an.count_voices(chosen, by="source").query("voice in @own").groupby("source")
    sums = an.count_voices(chosen, by="source").groupby("source")
    for counted, column in (("words", "n_words"), ("passages", "n_passages")):
        shares = voices[column].sum() / sums[column].sum()
        mine = rows[rows["counted"] == counted].set_index("claim")
        for source, share in shares.items():
            row = mine.loc[f"{source} speaks most in its own voice"]
            assert row["value"] == pytest.approx(share - shares.drop(source).max())
            assert row["holds"] == (shares.idxmax() == source)


def test_where_all_words_are_the_outlets_own_nobody_speaks_most(make_folder):
    texts = {"a-1": "Rain fell.", "b-1": "Snow fell."}
    corpus = an.build_corpus(make_folder(texts, [{"article_id": a, "source": a[0].upper()} for a in texts]))
    rows = an.robustness(corpus, "A speaks most in its own voice")
    assert rows["value"].iloc[0] == 0 and not rows["holds"].iloc[0]


@pytest.mark.parametrize("voice", ["all", "outlet"])
def test_polarity_is_that_of_score_sensitivity_in_every_scoring(example, voice):
    chosen = example.select(role="core")
    source = chosen.groups("source")[0]
    choices = {"voice": voice, "section": "all"}
    table = an.robustness(chosen, f"polarity is highest for {source}", choices=choices)
    means = an.score_sensitivity(chosen.select(voice="outlet") if voice == "outlet" else chosen)
    for scoring, rows in means.groupby("choice"):
        own, others = rows.set_index("source")["polarity"][source], rows.set_index("source")["polarity"].drop(source)
        row = table[(table["scoring"] == scoring) & (table[LEFT_OUT] == "")].iloc[0]
        assert row["value"] == pytest.approx(own - others.max()), scoring
        assert row["holds"] == (own > others.max())


def test_a_source_whose_only_text_is_translated_cannot_be_asked_without_translations(core):
    table = an.robustness(core, ["polarity is highest for Reuters", "MIL is used more by Reuters"])
    without = table[table["translated"] == "without"]
    assert without["holds"].isna().all() and (without["why"] == "no article of Reuters is left").all()


# ---------------------------------------------------------------------------------------------- in one line


def made(fails, missing=0):
    """A table of two choices of two values, in which those fail of which `fails` says so."""
    rows = [
        {"claim": "c", "one": a, "other": b, LEFT_OUT: "", "value": 1.0, "holds": not fails(a, b), "why": ""}
        for a in "xy" for b in "uv"
    ]  # fmt: skip
    rows += [{**rows[0], "one": "x", "other": "w", "holds": None, "why": "no text"}] * missing
    rows += [{**rows[0], LEFT_OUT: name, "holds": name != "b"} for name in "ab"]
    table = pd.DataFrame(rows).astype({"holds": "boolean"})
    table.attrs = {"choices": {"c": ["one", "other"]}}
    return an.read_robustness(table).iloc[0]


def test_the_line_says_where_a_claim_fails():
    assert made(lambda a, b: False)["line"] == (
        "holds in 4 of 4 specifications (1 different result); with one article left out in 1 of 2, not without b"
    )
    assert made(lambda a, b: a == "y")["fails_where"] == "one = y (all 2)"
    assert made(lambda a, b: a == "y" or b == "v")["fails_where"] == "one = y (all 2), other = v (all 2)"
    row = made(lambda a, b: True, missing=3)
    assert (row["holds"], row["specifications"], row["not_asked"], row["fails_where"]) == (0, 4, 3, "")
    assert "cannot be asked in 3 (no text)" in row["line"]


def test_choices_can_be_kept_to(core, meeting):
    kept = an.robustness(core, MEETING, choices={"voice": "all", "score": ["z, prior 200", "log ratio bound"]})
    grid = kept[kept[LEFT_OUT] == ""]
    assert set(grid["voice"]) == {"all"} and len(grid) == 2 * 3 * 2 * 2 * 3 * 2
    same = meeting.merge(grid, on=[*kept.attrs["choices"][MEETING], LEFT_OUT], suffixes=("", "_kept"))
    assert len(same) == len(grid) and (same["holds"] == same["holds_kept"]).all()


def test_the_table_is_the_same_every_time_and_says_what_it_rests_on(core):
    one, other = (an.robustness(core, [DENIAL, "Russia is heard most by teleSUR"]) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert one.attrs["lines"] == other.attrs["lines"] and set(one.attrs["lines"]) == set(one["claim"])
    assert "no probability" in one.attrs["note"] and one.attrs["scope"] == "in these three articles"


def test_no_claim_gives_no_row(core):
    table = an.robustness(core, [])
    assert table.empty and table.attrs["lines"] == {} and an.read_robustness(table).empty
    assert {"claim", LEFT_OUT, "value", "holds", "why"} <= set(table)
    an.plot_robustness(table)


def test_suggested_claims_hold_under_the_usual_choices(example):
    chosen = example.select(role="core")
    claims = an.list_claims(chosen)
    assert {"'order' leads for State Herald", "ECON leads for Morning Ledger"} <= set(claims)
    assert an.robustness(chosen, claims).groupby("claim", sort=False)["holds"].first().all()


def test_a_corpus_without_codebook_sides_or_scored_words_has_claims_too(make_folder):
    texts = {"a-1": "Ships ships ships left. Rain fell.", "b-1": "Rain rain rain fell and ships came."}
    corpus = an.build_corpus(make_folder(texts))
    assert an.list_claims(corpus) == ["'ships' leads for a", "'rain' leads for b"]
    with pytest.raises(ValueError, match="no frame of codebook.toml 'MIL' here"):
        an.robustness(corpus, "MIL leads for a")
    table = an.robustness(corpus, "polarity is highest for a")
    assert not table["holds"].fillna(False).any() and table["holds"].isna().iloc[0]


# ------------------------------------------------------------------------------------------- in the findings


@pytest.mark.parametrize("path", sorted((ROOT / "corpus").glob("*/findings.md")), ids=lambda p: p.parent.name)
def test_the_claims_of_the_findings_can_be_asked_and_each_shows_its_line(path):
    corpus = an.read_corpus(path.parent)
    found = claims_of_findings(corpus)
    assert sum(map(len, found.values())) >= 5
    for section, claims in found.items():
        if claims:
            shown = an.show_findings(corpus, section).markdown
            assert "Varied:" not in shown and shown.count("*Under other choices*") == len(claims)
            assert re.search(r"holds in \d+ of \d+ specifications", shown)


def test_a_claim_of_the_findings_that_cannot_be_read_is_named(tmp_path):
    folder = tmp_path / "call-2021"
    copy_corpus(CALL, folder, text=False)
    (folder / "findings.md").write_text(
        "## 04_x\n\n- Much.\n  Varied: `'meeting' wins`\n  Check: `True`\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match="claim \"'meeting' wins\" has no form"):
        an.show_findings(an.read_corpus(folder), "04_x")


def test_the_page_on_methods_states_what_claims_rest_on(call):
    claims = ["DENIAL is in Sputnik's own voice", "Russia is heard more by teleSUR", "'meeting' leads for teleSUR",
              "'nato' is among the first 2 for teleSUR"]  # fmt: skip
    told = an.read_robustness(an.robustness(call.select(role="core"), claims))
    for row in told.itertuples():
        stated = next(cells for name, cells in stated_on_methods().items() if name.startswith(row.claim))
        assert stated[:2] == [f"{row.holds} of {row.specifications:,}", str(row.results)]
