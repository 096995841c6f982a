"""Who is speaking: attribution of quotations and of indirect speech, in all its kinds."""

import pytest
from conftest import split_lines

from analysis.text import Line


def read(*lines, section="body", translated=False):
    """Read lines as an article and give its passages as (voice, speaker, text), and whole."""
    split = split_lines(*(Line(n, line, section) for n, line in enumerate(lines, 1)), translated=translated)
    return [(p.voice, p.speaker, s.text[p.start : p.end].strip(" ,.;:?“”‘’\"'")) for s in split for p in s.passages], [
        p for s in split for p in s.passages
    ]


def spoken(*lines, **options):
    """Give only what is not the outlet's, as (voice, speaker, text)."""
    return [p for p in read(*lines, **options)[0] if p[0] != "outlet"]


HASK, QUILLAN, VESK, MARRICK = "Tobin Hask", "Marta Quillan", "Jarna Vesk", "Ilena Marrick"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # before, behind, inside the quotation
        ("Tobin Hask said, “The port is open.”", [("quote", HASK, "The port is open")]),
        ("“The port is open,” Tobin Hask said.", [("quote", HASK, "The port is open")]),
        ("“The port is open,” said Tobin Hask.", [("quote", HASK, "The port is open")]),
        (
            "“The port,” said Tobin Hask, the transport minister, “is open.”",
            [("quote", HASK, "The port"), ("quote", HASK, "is open")],
        ),
        # over a sentence boundary
        (
            "“The port is open,” Hask said on Monday. “We waited for this.”",
            [("quote", HASK, "The port is open"), ("quote", HASK, "We waited for this")],
        ),
        ("“The port is open. “Hask said.", [("quote", HASK, "The port is open")]),
        ("“Who can pay?” Hask asked. “Nobody.”", [("quote", HASK, "Who can pay"), ("quote", HASK, "Nobody")]),
        # several sentences in one pair of marks
        (
            "“It rains. It pours. We stay,” Hask said.",
            [("quote", HASK, "It rains"), ("quote", HASK, "It pours"), ("quote", HASK, "We stay")],
        ),
        # in part
        ("Hask called the strike “a costly mistake”.", [("quote", HASK, "a costly mistake")]),
        (
            "Hask said the strike was “a costly mistake” and would end.",
            [
                ("reported", HASK, "the strike was"),
                ("quote", HASK, "a costly mistake"),
                ("reported", HASK, "and would end"),
            ],
        ),
        # colon
        ("Hask was blunt: “The port is open.”", [("quote", HASK, "The port is open")]),
        ("Asked about the gates, Hask answered: “They are open.”", [("quote", HASK, "They are open")]),
        # office, body, somebody unnamed
        ("“No comment,” a Talvian official said.", [("quote", "Talvian official", "No comment")]),
        ("“No,” said a spokesman for Tidewater Terminal.", [("quote", "spokesman for Tidewater Terminal", "No")]),
        # a participle, and a subject behind commas
        ("Hask, who has read the report, said, “It is long.”", [("quote", HASK, "It is long")]),
        (
            "“It is long,” Hask said, adding, “And it is dull.”",
            [("quote", HASK, "It is long"), ("quote", HASK, "And it is dull")],
        ),
        # nobody
        (
            "On the wall stood “We shall be back on Monday morning.”",
            [("quote", "", "We shall be back on Monday morning")],
        ),
        ("“Nobody came to see us all day.”", [("quote", "", "Nobody came to see us all day")]),
    ],
)
def test_a_quotation_belongs_to_whoever_is_said_to_have_said_it(text, expected):
    assert spoken(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hask said that the port was open.", [(HASK, "the port was open")]),
        ("Hask said the port was open.", [(HASK, "the port was open")]),
        ("Hask told reporters in Port Ellin on Monday that the port was open.", [(HASK, "the port was open")]),
        ("Hask said on Monday that the port was open.", [(HASK, "the port was open")]),
        ("The port was open, Hask said.", [(HASK, "The port was open")]),
        ("The port was open, said Hask.", [(HASK, "The port was open")]),
        ("The port was open on Monday, Hask told parliament.", [(HASK, "The port was open on Monday")]),
        ("According to Hask, the port was open.", [(HASK, "the port was open")]),
        ("According to transport minister Tobin Hask, the port was open.", [(HASK, "the port was open")]),
        ("The port was open, according to Hask.", [(HASK, "The port was open")]),
        ("The port, according to Hask, was open.", [(HASK, "The port"), (HASK, "was open")]),
        (
            "The port fell silent, the union said, up from nothing a year ago.",
            [("union", "The port fell silent"), ("union", "up from nothing a year ago")],
        ),
        ("Hask accused the union of theft.", [(HASK, "the union of theft")]),
        ("Hask denied the charge.", [(HASK, "the charge")]),
        ("Hask denied that he had lied.", [(HASK, "he had lied")]),
        ("Hask warned of empty shelves.", [(HASK, "of empty shelves")]),
        ("Hask urged the dockers to go home.", [(HASK, "the dockers to go home")]),
        ("Hask promised to open the gates.", [(HASK, "to open the gates")]),
        ("Hask called for calm.", [(HASK, "calm")]),
        ("Hask asked whether the gates were shut.", [(HASK, "whether the gates were shut")]),
        ("Hask, the transport minister, said the port was open.", [(HASK, "the port was open")]),
        ("The transport minister, Tobin Hask, said the port was open.", [(HASK, "the port was open")]),
        (
            "Hask said the port was open and added that the ships would come.",
            [(HASK, "the port was open"), (HASK, "the ships would come")],
        ),
        (
            "Hask said the port was open, adding that ships would come.",
            [(HASK, "the port was open"), (HASK, "ships would come")],
        ),
        (
            "Hask said the port was open, but Marta Quillan said it was shut.",
            [(HASK, "the port was open"), (QUILLAN, "it was shut")],
        ),
        ("It was said that the port was open.", [("", "the port was open")]),
        ("Hask was accused by the union of lying.", [("union", "of lying")]),
        ("Talvia will wait, its ministry said.", [("ministry", "Talvia will wait")]),
        ("The union put the number of marchers at 4,000.", [("union", "the number of marchers at 4,000")]),
        (
            "Talvia denies a plan to flood Verrany, says the dam is safe.",
            [("Talvia", "a plan to flood Verrany"), ("Talvia", "the dam is safe")],
        ),
        ("Hask said talks would go on, but Quillan called the plan “a trick”.", [(HASK, "talks would go on")]),
        ("Hask was quoted as saying that the port was open.", [(HASK, "the port was open")]),
        ("Hask warned of empty shelves if the strike went on.", [(HASK, "of empty shelves if the strike went on")]),
        ("Vesk denied a report that the gates were shut.", [(VESK, "a report that the gates were shut")]),
    ],
)
def test_indirect_speech_is_the_complement_of_a_reporting_verb(text, expected):
    assert [(speaker, words) for voice, speaker, words in spoken(text) if voice == "reported"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Hask declined to comment.",
        "Hask did not say whether the gates were shut.",
        "Hask will say more on Monday.",
        "Hask refused to tell the union anything.",
        "Hask spoke for an hour about the port.",
        "The union’s claims were long.",
        "The states met on Monday.",
        "Hask denied that.",
        "Hask put his coat on the chair.",
        "Neither side said who had called.",
        "It was a long conference call.",
        "Hask believes that the port is open.",
        "The workers’ rights and the ’90s are no quotations.",
    ],
)
def test_what_was_not_said_is_the_outlets(text):
    assert spoken(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The so-called “plan” failed.", [("scare", "", "plan")]),
        ("The “activists” left at noon.", [("scare", "", "activists")]),
        ("They sang “Salt on the Rope” at the gate.", []),
        ("The exercise, named “Iron Tide”, ends today.", []),
        ("The ministry gave out the word “stoppage” again.", []),
    ],
)
def test_a_scare_quote_is_nobodys_and_a_label_is_nothing(text, expected):
    assert spoken(text) == expected


def test_a_pronoun_means_the_last_speaker_whom_it_fits():
    lines = ["“No,” said Marta Quillan.", "Tobin Hask had said yes.", "“Never,” she added."]
    assert spoken(*lines)[-1] == ("quote", QUILLAN, "Never")
    assert spoken(*lines, translated=True)[-1] == ("quote", HASK, "Never")


def test_it_means_a_body():
    assert spoken("The ministry met the union.", "It said: “We are ready to talk.”")[-1][1] == "ministry"


def test_a_definite_office_means_the_person_who_holds_it():
    found = spoken("Transport minister Tobin Hask came.", "“Soon,” the minister said.")
    assert found == [("quote", HASK, "Soon")]


def test_a_person_whom_no_table_lists_has_a_name_and_the_side_other():
    passages = read("“Not here,” said Edda Marn, a baker. Marn said she was tired.")[1]
    assert [(p.voice, p.speaker, p.side) for p in passages if p.voice != "outlet"] == [
        ("quote", "Edda Marn", "other"),
        ("reported", "Edda Marn", "other"),
    ]


def test_an_office_has_the_side_of_its_country_and_a_unionist_that_of_the_union():
    sides = {
        t: read(t)[1][0].side
        for t in (
            "“No,” a Sundmari minister said.",
            "“No,” a minister said.",
            "“No,” a Talvian docker said.",
            "“No,” a man said.",
            "“No,” it was said.",
        )
    }
    assert list(sides.values()) == ["Sundmar", "Verrany", "workers", "other", "unattributed"]


def test_a_reopened_quotation_keeps_its_speaker_and_its_number():
    passages = read("“It rained,” said Hask. “It poured for days.", "“Then it stopped.”", "The sun shone.")[1]
    quotes = [(p.speaker, p.quotation) for p in passages if p.voice == "quote"]
    assert quotes == [(HASK, 1), (HASK, 2), (HASK, 2)]


def test_a_quotation_in_a_quotation_is_a_passage_of_its_own():
    assert spoken("“Marrick said, ‘Friends do not count,’ and I laughed,” Hask told reporters.") == [
        ("quote", HASK, "Marrick said"),
        ("quote", MARRICK, "Friends do not count"),
        ("quote", HASK, "and I laughed"),
    ]


def test_a_headline_attributes_by_a_colon_but_a_topic_is_no_speaker():
    assert spoken("Quillan: the port stays shut", section="headline") == [("reported", QUILLAN, "the port stays shut")]
    assert spoken("Talvia: Quillan says the port stays shut", section="headline")[0][1] == QUILLAN


def test_verb_and_side_stand_with_every_passage():
    passages = read("“No,” warned Jarna Vesk, according to the union.")[1]
    assert (passages[0].side, passages[0].verb) == ("Talvia", "warn")
    outlet = read("It rained. The “plan” failed.")[1]
    assert {(p.speaker, p.side, p.verb) for p in outlet} == {("", "", "")}
