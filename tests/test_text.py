"""Decoding, checksums, words, and cleaning by line."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text import Rules, checksum, clean, decode, line_hash, normal_form, read_rules, tokenize

NO_RULES = Rules((), (), {})
SENTENCE = "The café’s owner said “no”."


def words(text):
    return [token.text for token in tokenize(text)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_usual_encoding_gives_the_same_text_and_checksum(encoding):
    text = decode(SENTENCE.encode(encoding), "a.txt")
    assert text == SENTENCE
    assert checksum(text) == checksum(SENTENCE)


@pytest.mark.parametrize("raw", [b"\x81\x8d\xff", b"text\0with\0\0zeros", b"\xff\xfe\x00"])
def test_bytes_that_are_no_text_are_refused_by_name(raw):
    with pytest.raises(ValueError, match="a.txt"):
        decode(raw, "a.txt")


def test_the_checksum_ignores_line_ends_trailing_blanks_and_composition():
    assert checksum("caf\u00e9\nb") == checksum("\ufeffcafe\u0301  \nb\t\n\n")
    assert decode(b"a\r\nb\rc\n", "a.txt") == "a\nb\nc\n"
    assert checksum("a b") != checksum("a  b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. said so.", ["The", "U.S.", "said", "so"]),
        ("In the U.S.-Russia talks", ["In", "the", "U.S.-Russia", "talks"]),
        ("They don’t and can't.", ["They", "don’t", "and", "can't"]),
        ("A well-kept pre-war so-called plan", ["A", "well-kept", "pre-war", "so-called", "plan"]),
        ("94,000 troops at 18:08, up 3.5%", ["94,000", "troops", "at", "18:08", "up", "3.5"]),
        ("the allies’ ‘deep concerns", ["the", "allies", "deep", "concerns"]),
        ("see https://a.example/b-1?c=2 or www.b.example, @someone or me@a.example", ["see", "or", "or"]),
        ("charged it talks-over-river-news-2021-11-08 A man", ["charged", "it", "A", "man"]),
        ("at 5 p.m. on 2021-12-07", ["at", "5", "p.m.", "on", "2021-12-07"]),
        ("G7 and 2nd", ["G7", "and", "2nd"]),
        ("naïve Київ Москва", ["naïve", "Київ", "Москва"]),
        ("… — “” ’ '", []),
    ],
)
def test_words_are_what_a_reader_takes_for_words(text, expected):
    assert words(text) == expected


def test_a_form_loses_case_and_possessive_and_nothing_else():
    assert [normal_form(w) for w in ("Russia’s", "U.S.", "Don’t", "BUILD‑UP")] == [
        "russia",
        "u.s.",
        "don't",
        "build-up",
    ]


@given(st.text())
def test_words_stand_in_their_text_in_order_and_do_not_overlap(text):
    end = 0
    for token in tokenize(text):
        assert token.start >= end
        end = token.start + len(token.text)
        assert text[token.start : end] == token.text


@given(st.text(), st.text())
def test_words_of_two_lines_are_the_words_of_each(one, two):
    assert words(one + "\n" + two) == words(one) + words(two)


# ---------------------------------------------------------------------------------------------- cleaning


def rules(tmp_path, text):
    path = tmp_path / "boilerplate.toml"
    path.write_text(text, encoding="utf-8")
    return read_rules(path)


def test_a_rule_removes_the_whole_line_and_the_same_words_stay_in_a_sentence(tmp_path):
    found = rules(tmp_path, "[[rule]]\nname='form'\nmatch='comments?'\nreason='a form'")
    kept, removed = clean("Title\nHe had no comment to make.\nComments\n• COMMENT", "Title", found, "a")
    assert [line.text for line in kept] == ["Title", "He had no comment to make."]
    assert [(r.number, r.rule, r.n_words) for r in removed] == [(3, "form", 1), (4, "form", 1)]


def test_an_inset_takes_the_next_line_with_it_and_the_text_after_it_stays(tmp_path):
    found = rules(tmp_path, "[[rule]]\nname='inset'\nmatch='related:'\nnext=1\nreason='another article'")
    kept, removed = clean("One here.\nRELATED:\n\nAnother headline.\nTwo here.", "", found, "a")
    assert [line.text for line in kept] == ["One here.", "Two here."]
    assert [r.number for r in removed] == [2, 4]


def test_a_span_is_cut_out_of_a_line_and_accounted_for(tmp_path):
    found = rules(tmp_path, "[[span]]\nname='dateline'\nmatch='^[A-Z]+ - '\nreason='place'")
    kept, removed = clean("ELLIN - It rained.", "", found, "a")
    assert [line.text for line in kept] == ["It rained."]
    assert [(r.rule, r.n_words) for r in removed] == [("span: dateline", 1)]


def test_a_repeated_headline_is_removed_and_the_outlets_name_after_it_is_allowed_for():
    kept, removed = clean(
        "Dam closes\nThe dam CLOSES\nIt closed.\nThe dam closes - Wire", "The dam closes", NO_RULES, "a"
    )
    assert next((line.text, line.section) for line in kept) == ("The dam CLOSES", "headline")
    assert [r.rule for r in removed] == ["repeated headline"]


@pytest.mark.parametrize("title", ["Rain floods the old harbour …", "Rain floods the old harbour..."])
def test_a_title_that_is_cut_is_the_beginning_of_its_line(tmp_path, title):
    whole = "Rain floods the old harbour and its market"
    text = f"Home\n{whole}\nRain floods the old harbour, it was said.\n{whole}\nIt rained."
    kept, removed = clean(text, title, rules(tmp_path, ""), "a")
    assert [(k.number, k.section) for k in kept if k.section == "headline"] == [(2, "headline")]
    assert [(r.number, r.rule) for r in removed] == [(4, "repeated headline")]  # line 3 only begins so
    kept, _ = clean("Rain fell at last.\nIt rained.", "Rain …", rules(tmp_path, ""), "a")
    assert [k.text for k in kept if k.section == "headline"] == ["Rain …"]  # too short to be looked for


def test_headline_first_then_standfirst_and_short_lines_without_a_stop_are_subheads(tmp_path):
    text = "It rained all day.\nWhat next\nWhy it rained.\nThe rain\nMore rain fell."
    entry = f"[[line]]\narticle='a'\nline=3\nsha256='{line_hash('Why it rained.')}'\nsection='standfirst'\nreason='set apart'"
    kept, _ = clean(text, "The rain", rules(tmp_path, entry), "a")
    assert [line.section for line in kept] == ["headline", "standfirst", "body", "subhead", "body"]


def test_a_title_that_is_not_in_the_text_is_read_as_the_headline():
    kept, _ = clean("It rained.", "The rain", NO_RULES, "a")
    assert [(line.number, line.text, line.section) for line in kept] == [
        (0, "The rain", "headline"),
        (1, "It rained.", "body"),
    ]


def test_a_rule_for_one_line_refuses_another_line(tmp_path):
    entry = "[[line]]\narticle='a'\nline=1\nsha256='0123456789abcdef'\nrule='caption'\nreason='a picture'"
    with pytest.raises(ValueError, match="a line 1 was written for another line"):
        clean("It rained.", "", rules(tmp_path, entry), "a")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[[rule]]\nname='x'\nmatch='('\nreason='r'", "pattern of 'x' cannot be read"),
        ("[[rule]]\nname='x'\nmatch='y'", "number 1 lacks reason"),
        ("[[line]]\narticle='a'\nline=1\nsha256='0'\nreason='r'", "needs a rule that removes the line"),
        ("[[rule]", "boilerplate.toml: "),
    ],
)
def test_a_faulty_rule_is_named(tmp_path, toml, message):
    with pytest.raises(ValueError, match=message):
        rules(tmp_path, toml)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n\r"), max_size=30), max_size=8))
def test_every_word_is_kept_or_accounted_for(lines):
    rule = Rules((("short", re.compile(r"\w{1,3}"), 0),), (), {})
    raw = "\n".join(lines)
    try:
        kept, removed = clean(raw, "", rule, "a")
    except ValueError:
        return
    cleaned = sum(len(tokenize(line.text)) for line in kept) + sum(r.n_words for r in removed)
    assert cleaned == len(tokenize(unicodedata.normalize("NFC", raw)))
