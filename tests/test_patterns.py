"""Indicator patterns and the codebook: what they find, how they count, and what is refused."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.codebook import codes_of, read_codebook, read_facts
from analysis.patterns import VOICES, Search, Unit, read_pattern

WORDS = "troops near the border talks about troops and cyber attacks negotiations red line"


def units(text, passage=0, terms=None):
    return [
        Unit(i, passage, (terms or {}).get(word, word), word, word in (terms or {}), word)
        for i, word in enumerate(text.split())
    ]


def found(pattern, text, voices=("outlet",), terms=None):
    """Say at which words of a text a pattern begins."""
    return [start for start, _ in read_pattern(pattern).find(units(text, terms=terms), voices)]


@pytest.mark.parametrize(
    ("pattern", "text", "places"),
    [
        ("troops", "troops and more troops", [0, 3]),
        ("troops", "trooper", []),
        ("negotiat*", "they negotiated in negotiations", [1, 3]),
        ("red line", "a red line and a line in red", [1]),
        ("red lin*", "a red line and red linen", [1, 4]),
        ("troops|forces", "forces meet troops", [0, 2]),
        ("troops NEAR/2 border", "troops at border", [0]),
        ("troops NEAR/2 border", "border with troops", [2]),
        ("troops NEAR/1 border", "troops at border", []),
        ("red line NEAR/1 drawn", "drawn red line", [1]),
        ("red line NEAR/1 drawn", "red line drawn", [0]),
        ("red line NEAR/1 drawn", "red line was drawn", []),
        ("troops AND border", "border a b c d e f troops", [7]),
        ("troops AND border", "troops", []),
        ("attack NOT cyber*", "an attack", [1]),
        ("attack NOT cyber*", "an attack of cyberspies", []),
        ("attack NOT/2 cyber*", "attack a b cyber", [0]),
        ("attack NOT/3 cyber*", "attack a b cyber", []),
        ("troops NOT nato NOT allies", "troops of allies", []),
        ("troops NOT nato NEAR/3 border", "troops on border", [0]),
        ("troops NEAR/5 troops", "troops", []),  # a word is not near itself
        ("troops NEAR/5 troops", "troops meet troops", [0, 2]),
        ("Troops", "troops", [0]),
        ("build-up", "a build-up", [1]),
        ("94,000", "more than 94,000 men", [2]),
    ],
)
def test_a_pattern_finds_its_places(pattern, text, places):
    assert found(pattern, text) == places


def test_a_name_is_found_by_its_term_and_by_the_form_that_stands_there():
    terms = {"kiev": "kyiv", "us": "united states"}
    assert found("kyiv", "in kiev", terms=terms) == found("kiev", "in kiev", terms=terms) == [1]
    assert found("united states troops", "the us troops", terms=terms) == [1]
    assert found("united", "the us", terms=terms) == []
    assert found("united*", "the us", terms=terms) == []


def test_a_place_must_be_in_the_voice_that_is_asked_for():
    text = [*units("a plan"), Unit(2, 1, "plan", "plan", False, "plan"), Unit(3, 2, "plan", "plan", False, "plan")]
    voices = ["outlet", "scare", "quote"]
    assert [s for s, _ in read_pattern("plan IN scare").find(text, voices)] == [2]
    assert [s for s, _ in read_pattern("plan IN outlet").find(text, voices)] == [1, 2]
    assert [s for s, _ in read_pattern("plan IN quote|reported").find(text, voices)] == [3]


def test_a_word_counts_once_for_a_frame_and_once_more_for_another():
    search = Search((
        ("A", read_pattern("line")), ("A", read_pattern("red line")), ("A", read_pattern("red line NEAR/5 drawn")),
        ("B", read_pattern("lin*")),
    ))  # fmt: skip
    assert search.find(units("a red line and a line"), ["outlet"]) == [
        (0, "A", "line"), (0, "A", "red line"), (0, "B", "lin*"), (0, "B", "lin*")]  # fmt: skip
    assert (0, "A", "red line NEAR/5 drawn") in search.find(units("a red line was drawn"), ["outlet"])


def test_a_compound_of_two_names_is_two_places_of_one_word():
    both = [Unit(0, 0, name, "us-russia", True, "US-Russia") for name in ("united states", "russia")]
    assert Search((("A", read_pattern("us-russia")),)).find(both, ["outlet"]) == [(0, "A", "us-russia")]


@given(st.lists(st.sampled_from(WORDS.split()), max_size=25), st.integers(1, 5))
def test_near_is_what_counting_words_says(words, within):
    text = units(" ".join(words))
    places = [i for i, w in enumerate(words) if w == "troops"]
    border = [i for i, w in enumerate(words) if w == "border"]
    near = [i for i in places if any(abs(i - j) <= within for j in border)]
    assert [s for s, _ in read_pattern(f"troops NEAR/{within} border").find(text, ["outlet"])] == near
    assert [s for s, _ in read_pattern(f"troops NOT/{within} border").find(text, ["outlet"])] == [
        i for i in places if i not in near
    ]


@given(st.lists(st.sampled_from([*WORDS.split(), "cyber", "a"]), max_size=20))
def test_the_search_finds_what_its_patterns_find_one_by_one(words):
    patterns = [
        read_pattern(p) for p in ("troops", "negotiat*", "red line", "cyber* NOT border", "talks about NEAR/3 troops")
    ]
    text = units(" ".join(words))
    alone = sorted((text[s].passage, p.text, p.text) for p in patterns for s, _ in p.find(text, ["outlet"]))
    assert Search(tuple((p.text, p) for p in patterns)).find(text, ["outlet"]) == alone


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("", "is not a word"),
        ("|", "is not a word"),
        ("troops|", "is not a word"),
        ("ab*", "'ab\\*' would find far too much; give 3 letters or more"),
        ("*", "is not a word"),
        ("(a+)+$", "signs of a regular expression"),
        ("a.*b", "signs of a regular expression"),
        ("war[s]?", "signs of a regular expression"),
        ("a*b", "signs of a regular expression"),
        ("troops NEAR border", "NEAR needs a number of words, as in NEAR/5"),
        ("troops NEAR/0 border", "give a distance of 1 to 100 words"),
        ("troops NEAR/5", "is not a word"),
        ("NOT cyber", "is not a word"),
        ("troops OR forces", "OR stands where words are needed"),
        ("plan IN headline", "IN 'headline': no such voice; known: outlet"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_why(pattern, message):
    with pytest.raises(ValueError, match=message):
        read_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["a a a a b NOT c", "a NEAR/5 b", "a a NOT/3 b", "a|b AND c NOT/2 d", "a b NEAR/9 a b"]
)
def test_a_pattern_takes_linear_time_however_often_its_words_stand(pattern):
    """Four times the text costs about four times the steps, not sixteen."""

    def steps(n):
        count = 0

        def traced(frame, event, arg):
            nonlocal count
            count += event == "line"
            return traced

        text = units("a b " * n)
        sys.settrace(traced)
        try:
            list(read_pattern(pattern).find(text, ["outlet"]))
        finally:
            sys.settrace(None)
        return count

    assert steps(2_000) < 5 * steps(500)


# ------------------------------------------------------------------------------------------------- codebook


def codebook(tmp_path, text):
    (tmp_path / "codebook.toml").write_text(text, encoding="utf-8")
    return read_codebook(tmp_path)


def test_a_codebook_has_frames_with_attributes_and_marks(tmp_path):
    book = codebook(
        tmp_path,
        """
        [held_out]
        articles = ["b"]
        [[frame]]
        code = "WAR"
        definition = "war is
        the problem"
        """.replace('"war is\n        the problem"', '"""war is\n  the problem"""')
        + """
        attributes = { who = ["us", "them"] }
        unless = ["denied"]
        indicators = ["war", { pattern = "attack*", ambiguous = "of computers" }]
        """,
    )
    (frame,) = book.frames
    assert (frame.code, frame.name, frame.definition) == ("WAR", "WAR", "war is the problem")
    assert [(i.pattern.text, i.ambiguous) for i in frame.indicators] == [("war", ""), ("attack*", "of computers")]
    assert book.held_out == {"b"} and book.codes == ["WAR"]
    assert list(frame.indicators[0].pattern.find(units("they denied war"), ["outlet"])) == []
    assert list(frame.indicators[0].pattern.find(units("a war"), ["outlet"])) == [(1, 2)]


FRAME = "[[frame]]\ncode = 'X'\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[frame]]\nindicators = ['war']", "number 1 lacks code"),
        (FRAME, "number 1 lacks indicators"),
        (
            FRAME + "indicators = []",
            "X: indicators is no list of patterns, or an empty one; a frame needs at least one",
        ),
        (FRAME + "indicators = 'war'", "X: indicators is no list of patterns"),
        (FRAME + "indicators = [3]", "indicator 3 is neither a text nor"),
        (FRAME + "indicators = [{pattern='war', why='x'}]", "is neither a text nor"),
        (FRAME + "indicators = [{pattern='war', ambiguous=''}]", "'war': ambiguous gives the reason"),
        (FRAME + "indicators = ['(a+)+']", "codebook.toml: X: '\\(a\\+\\)\\+' has the signs of a regular expression"),
        (FRAME + "indicators = ['war', 'war']", "X: 'war' finds all that 'war' finds; drop one"),
        (FRAME + "indicators = ['war*', 'warning']", "'war\\*' finds all that 'warning' finds"),
        (FRAME + "indicators = ['war|peace', 'war']", "'war\\|peace' finds all that 'war' finds"),
        (FRAME + "indicators = ['war', 'war NEAR/3 cold']", "'war' finds all that 'war NEAR/3 cold' finds"),
        (FRAME + "indicators = ['war NOT a', 'war NOT a']", "indicator 'war NOT a' stands twice"),
        (FRAME + "indicators = ['war']\nunless = ['x+']", "X: unless: 'x\\+' has the signs of a regular expression"),
        (FRAME + "indicators = ['war']\nunless = ['x NEAR/2 y']", "X: unless: 'x NEAR/2 y' has a condition"),
        (FRAME + "indicators = ['war']\nattributes = {a = ['b;c']}", "without ; = or"),
        (FRAME + "indicators = ['war']\n" + "[[frame]]\ncode = 'x'\nindicators = ['peace']", "frame 'x' stands twice"),
        ("[frame]\ncode = 'X'\nindicators = ['war']", "is no table; write its heading in two brackets"),
        (FRAME + "indicators = ['war']\nattributes = {a = 'b'}", "X: attributes names the values of each key"),
        (FRAME + "indicators = ['war']\ncolour = 'red'", "unknown key 'colour'; known: attributes, code"),
        (FRAME + "indicators = ['war']\n" + FRAME + "indicators = ['peace']", "frame 'X' stands twice"),
        ("[[frame]]\ncode = 'NONE'\nindicators = ['war']", "NONE: a code is a short name"),
        ("[[frame]]\ncode = 'A;B'\nindicators = ['war']", "A;B: a code is a short name without , ; = or |"),
    ],
)
def test_a_faulty_codebook_is_named(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        codebook(tmp_path, text)


@pytest.mark.parametrize(
    "indicators",
    ["['line', 'red line']", "['line', 'red line', 'red line of fire']",
     "[{pattern='war', ambiguous='also of prices'}, 'war NEAR/3 cold']", "['war NOT cold', 'war NEAR/3 hot']"],
)  # fmt: skip
def test_phrases_may_overlap_where_each_counts_for_itself(tmp_path, indicators):
    assert codebook(tmp_path, FRAME + f"indicators = {indicators}").codes == ["X"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[fact]]\ncode = 'x'", "number 1 lacks patterns"),
        ("[[fact]]\ncode = 'x'\npatterns = []", "x: patterns is empty"),
        ("[[fact]]\ncode = 'x'\npatterns = ['a']\nknown_from = '2021-12-07'", "known_from '2021-12-07' is not a date"),
        ("[[fact]]\ncode = 'x'\npatterns = ['a']\n" * 2, "fact 'x' stands twice"),
        ("[[facts]]\ncode = 'x'", "unknown table 'facts'"),
    ],
)
def test_a_faulty_fact_is_named(tmp_path, text, message):
    (tmp_path / "facts.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_facts(tmp_path)


def test_no_codebook_is_no_frame_and_no_fact(tmp_path):
    assert read_codebook(tmp_path).frames == () and read_facts(tmp_path) == ()


def test_attributes_are_taken_apart():
    assert codes_of("target=A; target=B;voice=C") == [("target", "A"), ("target", "B"), ("voice", "C")]
    assert codes_of("") == []


def test_every_voice_can_be_asked_for(example):
    assert set(example.passages["voice"]) <= set(VOICES)


def test_the_indicators_of_the_study_name_no_article(call, example):
    for corpus in (call, example):
        text = (corpus.folder / "codebook.toml").read_text(encoding="utf-8")
        rules = text.partition("[[frame]]")[2]
        assert not any(article in rules for article in corpus.articles["article_id"])
