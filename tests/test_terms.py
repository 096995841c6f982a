"""Terms, phrases, spellings and stop words."""

import pytest
from conftest import split_lines

from analysis.overlap import five_grams
from analysis.terms import (
    find_terms,
    find_units,
    read_lexicons,
)

VARIANTS = """
[[variant]]
term = "united islands"
forms = ["United Islands", "Islander"]
exact = ["US", "U.S."]
reason = "one country"
[[variant]]
article = "a"
term = "united islands"
forms = ["islands. United"]
reason = "broken by a translation engine"
[[variant]]
term = "kyiv"
forms = ["Kiev"]
reason = "one city"
[compounds]
parts = ["united islands", "verrany"]
[own_names]
"Harbour Wire" = ["harbour wire"]
"""
CODEBOOK = """
[[frame]]
code = "WAR"
indicators = ["war", "state of war", "attack*", "verrany treaty"]
[[frame]]
code = "LAW"
indicators = ["treaty", "united islands"]
"""


@pytest.fixture
def lexicons(tmp_path):
    (tmp_path / "variants.toml").write_text(VARIANTS, encoding="utf-8")
    (tmp_path / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    (tmp_path / "stopwords.txt").write_text("the of a and in # function words\nus", encoding="utf-8")
    return read_lexicons(tmp_path)


def sentence(text, joined=None):
    return split_lines(text, joined=joined)[0]


def terms(text, lexicon):
    return sorted(
        (t.term, t.form, t.kind) for t in find_terms(find_units(sentence(text, lexicon.joined), lexicon), lexicon)
    )


def hits(text, lexicon):
    split = sentence(text)
    return lexicon.indicators.find(find_units(split, lexicon), [p.voice for p in split.passages])


def test_the_initials_are_the_country_and_the_pronoun_is_not(lexicons):
    found = terms("The US and the U.S. told us", lexicons[""])
    assert found == [
        ("told", "told", "word"),
        ("united islands", "u.s.", "word"),
        ("united islands", "us", "word"),
    ]


def test_a_form_keeps_its_capitals_beside_it(lexicons):
    text = "ISLANDER’S War: the Verrany Treaty, U.S.–Verrany and NATO's State of war"
    units = find_units(sentence(text), lexicons[""])
    assert [(u.form, u.written) for u in units if u.form != u.written] == [
        ("islander", "ISLANDER"), ("war", "War"), ("verrany", "Verrany"), ("treaty", "Treaty"), ("u.s.", "U.S."),
        ("verrany", "Verrany"), ("nato", "NATO"), ("state", "State")]  # fmt: skip
    phrases = [(t.term, t.written) for t in find_terms(units, lexicons[""]) if t.kind == "phrase"]
    assert phrases == [("verrany treaty", "Verrany Treaty"), ("state of war", "State of war")]


def test_a_possessive_of_initials_is_the_country(lexicons):
    assert ("united islands", "us", "word") in terms("the US’ plan and the US’s plan", lexicons[""])


def test_a_name_of_several_words_is_one_term_and_its_words_are_none(lexicons):
    assert terms("the United Islands", lexicons[""]) == [("united islands", "united islands", "word")]


def test_a_compound_of_two_countries_counts_for_each_and_any_other_is_one_term(lexicons):
    assert terms("US-Verrany", lexicons[""]) == [
        ("united islands", "us-verrany", "word"),
        ("verrany", "us-verrany", "word"),
    ]
    assert terms("well-kept", lexicons[""]) == [("well-kept", "well-kept", "word")]


def test_a_spelling_may_hold_for_one_article_alone(lexicons):
    text = "They hit the islands. United."
    assert ("united islands", "islands united", "word") in terms(text, lexicons["a"])
    assert ("united islands", "islands united", "word") not in terms(text, lexicons[""])


def test_each_spelling_stays_countable_as_a_form(lexicons):
    assert terms("Kiev Kyiv", lexicons[""]) == [("kyiv", "kiev", "word"), ("kyiv", "kyiv", "word")]


def test_a_phrase_is_counted_beside_its_words_and_before_stop_words_are_dropped(lexicons):
    assert terms("a state of war", lexicons[""]) == [
        ("state", "state", "word"), ("state of war", "state of war", "phrase"), ("war", "war", "word")]  # fmt: skip


def test_a_name_with_its_short_form_in_brackets_is_named_once(lexicons):
    assert terms("the United Islands (US) and", lexicons[""]) == [("united islands", "united islands", "word")]
    assert len(terms("the United Islands, US,", lexicons[""])) == 2


def test_a_word_is_one_hit_however_it_matches(lexicons):
    assert hits("US-Verrany attack of attackers", lexicons[""]) == [
        (0, "LAW", "united islands"), (0, "WAR", "attack*"), (0, "WAR", "attack*")]  # fmt: skip


def test_an_outlets_name_of_two_words_is_one_term(lexicons):
    assert terms("Harbour Wire asked", lexicons[""]) == [
        ("asked", "asked", "word"),
        ("harbour wire", "harbour wire", "word"),
    ]


def test_indicators_are_words_phrases_and_beginnings(lexicons):
    assert hits("The attackers broke the Verrany treaty, an act of war.", lexicons[""]) == [
        (0, "LAW", "treaty"), (0, "WAR", "attack*"), (0, "WAR", "verrany treaty"), (0, "WAR", "war")]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("variants.toml", "[[variant]]\nterm='a'\nforms=['b']", "number 1 lacks reason"),
        ("variants.toml", "[[variant]]\nterm='a'\nreason='r'", "number 1 lacks forms"),
        ("variants.toml", "[[variant]]\nterm='a'\nforms='b c'\nreason='r'", "forms = 'b c' is not a list of texts"),
        ("codebook.toml", "[[frames]]\ncode='X'", "unknown table 'frames'; known: coding, frame"),
        ("codebook.toml", "[[frame]]\ncode='X'", "number 1 lacks indicators"),
        ("codebook.toml", "[[frame]]\ncode='X'\nindicators=['a*b']", "X: 'a\\*b'"),
        ("codebook.toml", "[[frame]]\ncode='X'\nindicators=['']", "X: ''"),
    ],
)
def test_a_faulty_judgement_is_named(tmp_path, file, text, message):
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_lexicons(tmp_path)


def test_five_grams_do_not_cross_a_sentence():
    runs = five_grams(split_lines("One two three four five six. Seven."))
    assert len(runs) == 2 and runs.tolist() == sorted(runs.tolist())
    assert set(five_grams(split_lines("Two Three FOUR five six’s.")).tolist()) < set(runs.tolist())
    assert len(five_grams(split_lines("One two three four."))) == 0
    backwards = five_grams(split_lines("Six five four three two one."))
    assert not set(backwards.tolist()) & set(runs.tolist())
