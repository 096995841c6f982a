"""Sentences and quotations."""

import itertools
import re
import sys

import pytest
from conftest import split_lines
from hypothesis import given
from hypothesis import strategies as st

from analysis.quotations import find_quotations
from analysis.sentences import split_sentences
from analysis.text import Line, tokenize

VERBS = frozenset({"said", "told"})


def sentences(text, joined=None):
    return [text[a:b] for a, b in split_sentences(text, joined, VERBS)]


def quotes(text):
    return [text[q.start : q.end] for q in find_quotations(text, VERBS) if q.depth == 0]


def voices(text):
    split = split_lines(text)
    return [(p.voice, s.text[p.start : p.end].strip()) for s in split for p in s.passages]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The U.S. President met Mr. Holt at 5 p.m. on Monday. They spoke.", 2),
        ("They will speak on Tuesday. in which they address the river.", 1),
        ("He kept its lead. A handful of boats followed.", 2),
        ("The city woke to chaos. Their bridge was closed.", 2),
        ("It fell by 45 per cent. On Monday it rose. See the dept. Registry.", 3),
        ("“We are ready. We will come,” she said. “Now.”", 3),
        ("“We do not accept it. “He said.", 1),
        ("We are ready for it. “", 1),
        ("The level is 94,000.5 units. It rose.", 2),
        ("One line without an end", 1),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text, number):
    assert len(sentences(text)) == number


def test_a_name_broken_by_a_full_stop_is_never_cut():
    text = "They attacked the islands. United. Then they left."
    assert len(sentences(text)) == 3
    assert sentences(text, re.compile(re.escape("islands. United"))) == [
        "They attacked the islands. United.",
        "Then they left.",
    ]


def test_no_sentence_crosses_a_line():
    lines = [Line(1, "A headline without a stop", "headline"), Line(2, "It rained.", "body")]
    assert [s.text for s in split_lines(*lines)] == ["A headline without a stop", "It rained."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “no” and “never”.", ["“no”", "“never”"]),
        ('He said "no" and "never".', ['"no"', '"never"']),
        ("He said 'no' and left.", ["'no'"]),
        ("He said ‘no’ and left.", ["‘no’"]),
        ("He said «no» and left.", ["«no»"]),
        ("The workers’ rights, the ’90s and rock ’n’ roll don't count.", []),
        ("The allies’ ‘deep concerns over the river were voiced.", []),
        ("He met the minister “ Anna Holt and will “act soon.”", ["“act soon.”"]),
        ("“We do not accept it. “He said.", ["“We do not accept it. “"]),
        ("“We are ready. It rained and rained.", ["“We are ready."]),
        ("“We came. “They left,” she said.", ["“We came.", "“They left,”"]),
        ("“She said ‘no’ to us,” he said.", ["“She said ‘no’ to us,”"]),
        ("It is 5' by 6\" wide.", []),
        ("“", []),
        ("", []),
    ],
)
def test_quotations_are_found_whatever_their_marks(text, expected):
    assert [q for q in quotes(text) if tokenize(q)] == expected


def test_a_passage_is_the_longest_stretch_in_one_voice():
    assert voices("“No,” she said. “It rained.”") == [
        ("quote", "“No,”"),
        ("outlet", "she said."),
        ("quote", "“It rained.”"),
    ]
    assert voices("She spoke of “rain”.") == [("outlet", "She spoke of"), ("quote", "“rain”.")]


def test_quotations_are_numbered_through_the_article():
    lines = [Line(1, "“No,” he said. “Never.”", "body"), Line(2, "She said “yes”.", "body")]
    numbers = [p.quotation for s in split_lines(*lines) for p in s.passages if p.voice == "quote"]
    assert numbers == [1, 2, 3]


def test_a_missing_closing_mark_swallows_no_following_sentence():
    found = voices("“It rained. The dam held. The river fell.")
    assert found == [("quote", "“It rained."), ("outlet", "The dam held."), ("outlet", "The river fell.")]


pieces = [*"ab .,\"'“”‘’«»-", "He said. ", "it rained", " A "]
marked = st.lists(st.sampled_from(pieces), max_size=60).map("".join)


@given(marked)
def test_the_words_of_the_passages_are_the_words_of_the_line(line):
    split = split_lines(line)
    assert sum(len(p.tokens) for s in split for p in s.passages) == len(tokenize(line))
    for sentence in split:
        ends = [0] + [p.end for p in sentence.passages]
        assert [p.start for p in sentence.passages] == ends[:-1]
        assert ends[-1] == len(sentence.text)
        assert all(a.voice != b.voice or a.quotation != b.quotation
                   for a, b in zip(sentence.passages, sentence.passages[1:], strict=False))  # fmt: skip


@given(st.text(max_size=200))
def test_quotations_never_overlap(text):
    spans = [(q.start, q.end) for q in find_quotations(text) if q.depth == 0]
    assert all(a < b for a, b in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))


@pytest.mark.parametrize(
    "piece",
    [
        "“",
        '"a" ',
        "“a ",
        "a“",
        "’a‘ ",
        "“no,” he said. ",
        "a.1.",
        "_-",
        "a-1-",
        "“a ‘b’ c” ",
        "Он «нет» ",
        "said Hask that ",
    ],
)
def test_ten_thousand_marks_cost_ten_times_what_a_thousand_do(piece):
    def steps(n):
        count = 0

        def trace(*_):
            nonlocal count
            count += 1
            return trace

        sys.settrace(trace)
        try:
            split_lines(piece * n)
        finally:
            sys.settrace(None)
        return count

    split_lines("Warm up.")
    assert steps(2_000) < 14 * steps(200)
