"""The coding of a corpus: which reading counts, how far coders agree, what is refused, and the sheets of coders."""

import csv
import io
import re
import zipfile

import krippendorff
import numpy as np
import pandas as pd
import pytest
from conftest import CALL, EXAMPLE, copy_corpus

import analysis as an
from analysis.__main__ import main
from analysis.agreement import ALL
from analysis.coding import check_coding, describe_coding, reference_coding, reference_facts
from analysis.statistics import krippendorff_alpha
from analysis.storage import check_tables
from analysis.tables import read_table

TEXTS = {
    "x-1": "Troops moved to the border.\nTalks were offered.\nIt rained.\nTroops and talks were named.",
    "x-2": "Nothing happened.\nTroops moved.\nTalks went on.",
}
CODEBOOK = """
[coding]
rules = ["Read twice."]
[[frame]]
code = "MIL"
name = "Military"
attributes = { who = ["A", "B"] }
indicators = ["troops"]
[[frame]]
code = "DIP"
indicators = ["talks"]
"""
CODERS = "coder,kind,description\nA,machine,\nB,machine,\n"
#              x-1: 1    2    3     4            x-2: 1     2    3
READ = {
    "A": [["MIL"], ["DIP"], [], ["MIL", "DIP"], [], ["MIL"], ["DIP"]],
    "B": [["MIL"], [], [], ["MIL", "DIP"], [], ["MIL"], ["MIL"]],
}


def rows(read, attributes=None):
    places = [("x-1", n) for n in range(1, 5)] + [("x-2", n) for n in range(1, 4)]
    return "article_id,sentence,coder,frame,attribute\n" + "".join(
        f"{article},{sentence},{coder},{code},{(attributes or {}).get((coder, code), '')}\n"
        for coder, codes in read.items()
        for (article, sentence), found in zip(places, codes, strict=True)
        for code in found or ["NONE"]
    )


@pytest.fixture
def coded(make_folder):
    """Give a maker of small coded corpora."""

    def make(coding=None, coders=CODERS, **files):
        folder = make_folder(TEXTS)
        (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
        for name, text in {"coding": coding or rows(READ), "coders": coders, **files}.items():
            if text:
                (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        an.write_corpus(an.build_corpus(folder))
        return an.read_corpus(folder)

    return make


# -------------------------------------------------------------------------------------- which reading counts


def test_a_persons_reading_counts_before_a_machines_sentence_by_sentence(coded):
    person = "x-1,1,P,DIP,\n"
    final = "x-1,1,final,MIL,who=A\nx-1,2,final,DIP,\n"
    corpus = coded(rows(READ) + final + person, CODERS + "final,machine,\nP,person,\n")
    used = reference_coding(corpus).set_index(["article_id", "sentence"])
    assert used.loc[("x-1", 1), ["frame", "coder", "kind"]].tolist() == ["DIP", "P", "person"]
    assert used.loc[("x-1", 2), ["frame", "coder"]].tolist() == ["DIP", "final"]
    assert used.loc[("x-2", 3), ["frame", "coder"]].tolist() == ["DIP", "A"]
    assert describe_coding(corpus) == (
        "Coded by reading: 7 sentences, 2 of them without a frame, 6 by machines (A, B; final decides where they differ) and"
        " 1 by a person (P). Who read differs: by persons x 1 of 7."
    )


def test_a_persons_final_reading_counts_first_of_all(coded):
    more = "x-1,1,P,DIP,\nx-1,1,final,NONE,\n"
    corpus = coded(rows(READ) + more, CODERS + "final,person,\nP,person,\n")
    assert reference_coding(corpus).iloc[0][["frame", "coder"]].tolist() == ["NONE", "final"]


def test_without_a_coding_nothing_is_claimed(coded):
    corpus = coded(coding="article_id,sentence,coder,frame,attribute\n")
    assert describe_coding(corpus) == "No sentence has been coded by reading."
    assert an.score_agreement(corpus).empty and an.read_disagreements(corpus).empty


# ------------------------------------------------------------------------------------------------ agreement


def decisions(read, code):
    return np.array([[code in found for found in codes] for codes in read.values()], float)


def test_alpha_is_what_another_program_gives(coded):
    table = an.score_agreement(coded(), draws=0).set_index("frame")
    for code in ("MIL", "DIP"):
        expected = krippendorff.alpha(decisions(READ, code), level_of_measurement="nominal")
        assert table.loc[code, "alpha"] == pytest.approx(expected, abs=1e-12)
    both = np.hstack([decisions(READ, "MIL"), decisions(READ, "DIP")])
    assert table.loc[ALL, "alpha"] == pytest.approx(krippendorff.alpha(both, level_of_measurement="nominal"))
    assert table["coded"].tolist() == ["A 3, B 4", "A 3, B 1", "A 6, B 5"]
    assert table["disagree"].tolist() == [1, 2, 3] and table["given"].tolist() == [4, 3, 7]
    assert (table["n_sentences"] == 7).all()


def test_a_third_coder_of_some_sentences_needs_no_code(coded):
    read = rows(READ) + "x-1,1,C,DIP,\nx-2,1,C,NONE,\n"
    table = an.score_agreement(coded(read, CODERS + "C,machine,\n"), draws=0).set_index("frame")
    third = [0, np.nan, np.nan, np.nan, 0, np.nan, np.nan]
    values = np.vstack([decisions(READ, "MIL"), third])
    assert table.loc["MIL", "alpha"] == pytest.approx(krippendorff.alpha(values, level_of_measurement="nominal"))


def test_the_unaided_sentences_are_those_without_an_indicator(coded, monkeypatch):
    corpus = coded()
    table = an.score_agreement(corpus, draws=0).set_index("frame")

    def again(coding):
        (corpus.folder / "coding.csv").write_text(coding, encoding="utf-8")
        return an.read_corpus(corpus.folder)

    # 'troops' stands in x-1 1, x-1 4 and x-2 2; of the other four sentences one has a code, by one coder
    assert table.loc["MIL", ["n_unaided", "given_unaided"]].tolist() == [4, 1]
    assert np.isnan(table.loc["MIL", "alpha_unaided"])  # hangs on one sentence
    assert table.loc[ALL, "n_unaided"] == 2  # 'It rained.', 'Nothing happened.'
    more = {coder: [codes[0], codes[1], ["MIL"], codes[3], ["MIL"], *codes[5:]] for coder, codes in READ.items()}
    monkeypatch.setattr("analysis.agreement.LEAST_CODED", 3)
    table = an.score_agreement(again(rows(more)), draws=0).set_index("frame")
    unaided = decisions(more, "MIL")[:, [1, 2, 4, 6]]
    assert table.loc["MIL", "alpha_unaided"] == pytest.approx(
        krippendorff.alpha(unaided, level_of_measurement="nominal")
    )


def test_where_coders_differ_nowhere_there_is_no_interval(coded):
    same = {"A": READ["A"], "B": READ["A"]}
    table = an.score_agreement(coded(rows(same))).set_index("frame")
    assert (table["alpha"] == 1).all() and table[["alpha_low", "alpha_high"]].isna().all(axis=None)


def test_the_interval_holds_alpha_and_is_seeded(example):
    one, same, other = (an.score_agreement(example, seed=s) for s in (0, 0, 1))
    pd.testing.assert_frame_equal(one, same)
    assert not one["alpha_low"].equals(other["alpha_low"])
    assert ((one["alpha_low"] < one["alpha"]) & (one["alpha"] < one["alpha_high"])).all()


def test_weighted_alpha_is_alpha_of_repeated_units():
    rng = np.random.default_rng(1)
    values = rng.integers(0, 3, (3, 12)).astype(object)
    values[0, 3] = None
    weights = rng.integers(0, 3, (5, 12))
    expected = [krippendorff_alpha(np.repeat(values, w, axis=1)) for w in weights]
    assert krippendorff_alpha(values, weights=weights) == pytest.approx(expected)
    with pytest.raises(ValueError, match="weights: 3 units where values have 12"):
        krippendorff_alpha(values, weights=np.ones((2, 3)))


def test_persons_are_not_mixed_with_machines(coded):
    read = rows({**READ, "M": READ["A"], "N": READ["A"]})
    kinds = "coder,kind,description\nA,person,\nB,person,\nM,machine,\nN,machine,\n"
    table = an.score_agreement(coded(read, kinds), draws=0).set_index("frame")
    expected = krippendorff.alpha(decisions(READ, "MIL"), level_of_measurement="nominal")
    assert table.loc["MIL", "alpha"] == pytest.approx(expected)
    assert table.attrs["parameters"]["coders"] == ["A", "B"] and "two by two only: M, N" in table.attrs["note"]


def test_one_person_is_set_beside_the_machines_reconciled_reading(coded):
    final = "".join(row.replace(",A,", ",final,") + "\n" for row in rows({"A": READ["A"]}).splitlines()[1:])
    kinds = "coder,kind,description\nA,machine,\nB,person,\nfinal,machine,\n"
    table = an.score_agreement(coded(rows(READ) + final, kinds), draws=0)
    assert table.attrs["parameters"]["coders"] == ["B", "final"] and "firm" not in " ".join(table["reading"])


def test_pairs_are_alpha_two_by_two(coded):
    third = {**READ, "C": [["MIL"], [], [], ["DIP"], [], ["MIL"], ["DIP"]]}
    table = an.score_pairs(coded(rows(third), CODERS + "C,person,\n")).set_index(["coder", "other"])
    for one, other in (("A", "B"), ("A", "C"), ("B", "C")):
        both = np.hstack([decisions({k: third[k] for k in (one, other)}, code) for code in ("MIL", "DIP")])
        assert table.loc[(one, other), "alpha"] == pytest.approx(
            krippendorff.alpha(both, level_of_measurement="nominal")
        )
    assert table["among"].tolist() == ["machine readings", "a person and a machine", "a person and a machine"]
    assert table.loc[("A", "B"), ["given", "disagree", "lowest_frame"]].tolist() == [7, 3, "DIP"]


def test_coders_without_a_common_sentence_have_no_agreement(coded):
    corpus = coded("article_id,sentence,coder,frame,attribute\nx-1,1,A,MIL,\nx-2,1,B,MIL,\n")
    table = an.score_agreement(corpus)
    assert table.empty and "A, B have no sentence of this selection in common" in table.attrs["note"]
    assert an.score_pairs(corpus).empty and an.count_confusion(corpus).empty
    with pytest.raises(KeyError, match="coding.csv has no coder 'Z'"):
        an.score_agreement(corpus, coders=["A", "Z"])


def test_machine_readings_are_never_called_firm(coded, call):
    table = an.score_agreement(call, draws=0)
    assert not table["reading"].str.contains("firm").any()
    assert "no agreement of people" in table.attrs["note"]
    people = an.score_agreement(coded(coders="coder,kind,description\nA,person,\nB,person,\n"), draws=0)
    assert people["reading"].tolist() == [
        "tentative",
        "not to be reported as a finding",
        "not to be reported as a finding",
    ]


def test_attributes_are_compared_where_all_coders_have_the_frame(coded):
    corpus = coded(rows(READ, {("A", "MIL"): "who=A", ("B", "MIL"): "who=B"}))
    assert an.score_agreement(corpus, draws=0).set_index("frame").loc[
        "MIL", ["attributes_alike", "attributes"]
    ].tolist() == [0, 3]


def test_confusion_pairs_what_one_saw_with_what_the_other_saw(coded):
    table = an.count_confusion(coded())
    assert table.to_numpy().tolist() == [["DIP", "MIL", 1], ["DIP", "NONE", 1]]


def test_a_disagreement_is_listed_with_its_decision(coded):
    final = "".join(f"x-1,{n},final,NONE,\n" for n in (1, 2)) + "x-2,3,final,MIL,\n"
    corpus = coded(
        rows(READ) + final, CODERS + "final,machine,\n",
        decisions="article_id,sentence,frame,decision,reason\nx-2,3,MIL,present,R1\n",
    )  # fmt: skip
    table = an.read_disagreements(corpus)
    assert table[["sentence", "frame", "coded_by", "not_by", "decision", "reason"]].to_numpy().tolist() == [
        [2, "DIP", "A", "B", "absent", ""], [3, "MIL", "B", "A", "present", "R1"], [3, "DIP", "A", "B", "absent", ""]]  # fmt: skip
    assert set(table["decided_by"]) == {"final"}
    assert table["text"].iloc[0] == "Talks were offered."


def test_the_coding_of_the_study_is_whole(call, example):
    for corpus in (call, example):
        assert check_coding(corpus) == []
        sections = corpus.tables["passages"].drop_duplicates(["article_id", "sentence"])
        asked = set(map(tuple, sections.loc[sections["section"] != "subhead", ["article_id", "sentence"]].to_numpy()))
        coding = corpus.tables["coding"]
        for coder in ("A", "B", "final"):
            assert set(map(tuple, coding.loc[coding["coder"] == coder, ["article_id", "sentence"]].to_numpy())) == asked
        undecided = an.read_disagreements(corpus)
        assert (undecided["decision"] != "").all() and (undecided["reason"] != "").all()
        # where all coders agree, the reconciled coding has what they have
        keys = ["article_id", "sentence", "frame"]
        singles = coding[coding["coder"] != "final"]
        n = singles.drop_duplicates(["article_id", "sentence", "coder"]).groupby(keys[:2]).size()
        given = singles.groupby(keys).size()
        agreed = given[given == n.reindex(given.index.droplevel("frame")).to_numpy()]
        final = pd.MultiIndex.from_frame(coding.loc[coding["coder"] == "final", keys])
        assert agreed.index.isin(final).all()


def test_the_reading_of_facts_is_whole(call):
    read = reference_facts(call)
    assert set(map(tuple, read[["article_id", "fact"]].to_numpy())) == {
        (article, fact.code) for article in call.articles["article_id"] for fact in call.facts
    }


@pytest.mark.parametrize(
    ("coding", "message"),
    [
        ("x-1,9,A,MIL,", r"coding.csv row 2 \(x-1\): there is no sentence 9"),
        ("x-7,1,A,MIL,", r"row 2 \(x-7\): there is no sentence 1"),
        ("x-1,1,A,MILL,", "codebook.toml has no frame 'MILL'; did you mean 'MIL'"),
        ("x-1,1,A,MIL,whom=A", "MIL has no attribute 'whom'; did you mean 'who'"),
        ("x-1,1,A,MIL,who=C", "MIL: who 'C' is not one of A, B"),
        ("x-1,1,A,DIP,who=A", "DIP has no attribute 'who'"),
        ("x-1,1,A,MIL,\nx-1,1,A,MIL,", "row 3: x-1, 1, A, MIL stands twice"),
        ("x-1,1,A,MIL,\nx-1,1,A,NONE,", "x-1, sentence 1, coder A: NONE stands beside MIL"),
        ("x-1,1,Z,MIL,", "coders.csv has no row for coder 'Z'"),
    ],
)  # fmt: skip
def test_a_faulty_coding_is_named_and_not_counted(coded, coding, message):
    corpus = coded("article_id,sentence,coder,frame,attribute\n" + coding + "\n")
    assert any(re.search(message, fault) for fault in check_coding(corpus))
    with pytest.raises(ValueError, match=message):
        an.compare_frames(corpus, draws=0)


def test_check_names_a_faulty_coding(coded, capsys):
    corpus = coded("article_id,sentence,coder,frame,attribute\nx-1,9,A,MIL,\n")
    assert main(["check", str(corpus.folder)]) == 1
    assert "there is no sentence 9" in capsys.readouterr().out


# --------------------------------------------------------------------------------------------------- sheets


def fill(path, codes, **changes):
    """Fill in a CSV sheet by the sentence's text, as a coder would."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        found = codes(row["text"])
        for i, (frame, attribute) in enumerate(found, start=1):
            row[f"frame_{i}"], row[f"attribute_{i}"] = frame, attribute
        row.update(changes)
    return rows


def save(path, rows, *, delimiter=",", encoding="utf-8"):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def by_words(text):
    found = [(code, "") for word, code in (("roops", "MIL"), ("alks", "dip")) if word in text]
    return found or [("NONE", "")]


@pytest.fixture
def sheet(coded, tmp_path):
    corpus = coded(coding="article_id,sentence,coder,frame,attribute\n")
    an.write_sheet(corpus, tmp_path / "P.csv", coder="P")
    return corpus, tmp_path / "P.csv"


def test_a_sheet_has_every_sentence_once_in_the_coders_own_order(sheet, tmp_path):
    corpus, path = sheet
    one = an.write_sheet(corpus, tmp_path / "one.csv", coder="P")
    other = an.write_sheet(corpus, tmp_path / "other.csv", coder="Q")
    assert path.read_bytes() == (tmp_path / "one.csv").read_bytes()
    assert one["row"].tolist() == list(range(1, 8)) and (one["rows"] == 7).all()
    assert set(one["text"]) == {line for text in TEXTS.values() for line in text.splitlines()}
    assert one["text"].tolist() != other["text"].tolist() and set(one["unit"]) == set(other["unit"])
    assert one.set_index("text").loc["It rained.", "before"] == "Talks were offered."
    assert not any("x-1" in cell or "x-2" in cell for cell in one.astype(str).to_numpy().ravel())


def test_a_sample_is_the_same_for_every_coder(example, tmp_path):
    sheets = [an.write_sheet(example, tmp_path / f"{c}.csv", coder=c, sample=40) for c in "PQ"]
    assert len(sheets[0]) == 40 and set(sheets[0]["unit"]) == set(sheets[1]["unit"])
    assert set(sheets[0]["section"]) <= {"headline", "standfirst", "body"}


def test_a_workbook_has_a_drop_down_of_frames_and_no_formula(coded, tmp_path):
    from openpyxl import load_workbook

    corpus = coded(coding="article_id,sentence,coder,frame,attribute\n")
    for name in ("a", "b"):
        an.write_sheet(corpus, tmp_path / f"{name}.xlsx", coder="P")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as packed:
        assert b"dcterms:modified" not in packed.read("docProps/core.xml")
    book = load_workbook(tmp_path / "a.xlsx")
    (rule,) = book["sentences"].data_validations.dataValidation
    assert rule.formula1 == "codebook!$A$2:$A$4" and "H2:H8" in str(rule.sqref)
    assert [row[0].value for row in book["codebook"].iter_rows()] == ["code", "MIL", "DIP", "NONE", "rules"]
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)


def test_text_that_looks_like_a_formula_is_no_formula_and_comes_back(make_folder, tmp_path):
    folder = make_folder({"x-1": "=HYPERLINK(1) troops.\nTalks."})
    (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    an.write_corpus(an.build_corpus(folder))
    corpus = an.read_corpus(folder)
    an.write_sheet(corpus, tmp_path / "P.csv", coder="P")
    assert ",'=HYPERLINK(1) troops." in (tmp_path / "P.csv").read_text(encoding="utf-8-sig")
    save(tmp_path / "P.csv", fill(tmp_path / "P.csv", by_words))
    assert an.read_sheet(corpus, tmp_path / "P.csv", coder="P")["frame"].tolist() == ["MIL", "DIP"]


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8"), (";", "cp1252"), ("\t", "utf-16"), (";", "utf-8-sig")]
)
def test_a_sheet_comes_back_however_a_spreadsheet_saved_it(sheet, delimiter, encoding):
    corpus, path = sheet
    save(path, fill(path, by_words), delimiter=delimiter, encoding=encoding)
    codes = an.read_sheet(corpus, path, coder="P")
    assert codes["frame"].tolist() == ["MIL", "DIP", "NONE", "DIP", "MIL", "NONE", "MIL", "DIP"]
    assert (codes["coder"] == "P").all() and codes["sentence"].tolist() == [1, 2, 3, 4, 4, 1, 2, 3]


def test_a_workbook_comes_back(coded, tmp_path):
    from openpyxl import load_workbook

    corpus = coded(coding="article_id,sentence,coder,frame,attribute\n")
    an.write_sheet(corpus, tmp_path / "P.xlsx", coder="P")
    book = load_workbook(tmp_path / "P.xlsx")
    header = [cell.value for cell in book["sentences"][1]]
    for row in book["sentences"].iter_rows(min_row=2):
        row[header.index("frame_1")].value = "MIL" if "roops" in row[header.index("text")].value else "NONE"
        row[header.index("attribute_1")].value = "who=A" if "roops" in row[header.index("text")].value else None
    book.save(tmp_path / "P.xlsx")
    codes = an.read_sheet(corpus, tmp_path / "P.xlsx", coder="P")
    assert codes.query("frame == 'MIL'")["attribute"].tolist() == ["who=A"] * 3


def change(number, **cells):
    def changed(rows):
        rows[number - 2].update(cells)
        return rows

    return changed


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda rows: rows[:-2], r"P.csv: 2 of 7 rows are missing \(by their column row: 6, 7\); add them"),
        (lambda rows: [*rows, rows[0]], "P.csv row 9: unit u[0-9a-f]{12} stands in row 2 already"),
        (change(3, unit="u000000000000"), "P.csv row 3: unit 'u000000000000' is no sentence of tiny"),
        (change(4, frame_1="", frame_2=""), "P.csv row 4: no code; give a frame, or NONE"),
        (
            change(4, frame_1="MILITARY"),
            "P.csv row 4: frame_1: codebook.toml has no frame 'MILITARY'; did you mean 'MIL'",
        ),
        (change(4, frame_1="MIL", attribute_1="who=X"), "row 4: frame_1: MIL: who 'X' is not one of A, B"),
        (change(4, frame_1="MIL", frame_2="mil"), "row 4: frame_2: MIL is given twice"),
        (change(4, frame_1="NONE", frame_2="MIL"), "row 4: NONE stands beside MIL"),
        (
            change(4, frame_1="MIL", frame_2="", attribute_2="who=A"),
            "row 4: frame_2 is empty and its attribute is 'who=A'",
        ),
        (
            change(4, text="Quite another sentence stands here."),
            "row 4: the text is not the sentence of its unit",
        ),
        (change(4, row="x"), "columns row and rows number the sheet's rows"),
        (lambda rows: [{k: v for k, v in r.items() if k != "unit"} for r in rows], "column 'unit' is missing"),
        (lambda rows: [{**r, "mood": ""} for r in rows], "unknown column 'mood'"),
    ],
)
def test_a_spoiled_sheet_is_refused_row_by_row_and_nothing_is_changed(sheet, spoil, message):
    corpus, path = sheet
    save(path, spoil(fill(path, by_words)))
    before = (corpus.folder / "coding.csv").read_bytes()
    with pytest.raises(ValueError, match=message):
        an.read_sheet(corpus, path, coder="P")
    assert main(["coding", str(corpus.folder), "--read", str(path), "--kind", "person"]) == 1
    assert (corpus.folder / "coding.csv").read_bytes() == before


def test_all_faults_of_a_sheet_are_said_at_once(sheet):
    corpus, path = sheet
    rows = fill(path, by_words)
    rows[0]["frame_1"], rows[1]["frame_1"] = "X", ""
    save(path, rows[:-1])
    with pytest.raises(ValueError) as error:
        an.read_sheet(corpus, path, coder="P")
    assert len(str(error.value).splitlines()) == 3


def test_a_sheet_of_another_corpus_is_refused(sheet, example, tmp_path):
    corpus, _ = sheet
    an.write_sheet(example, tmp_path / "other.csv", coder="P", sample=3)
    with pytest.raises(ValueError, match="no row belongs to tiny; it is the sheet of another corpus"):
        an.read_sheet(corpus, tmp_path / "other.csv", coder="P")


def test_a_sheet_is_known_by_its_content_not_by_its_name(sheet, tmp_path):
    corpus, path = sheet
    an.write_sheet(corpus, tmp_path / "W.xlsx", coder="P")
    (tmp_path / "W.csv").write_bytes((tmp_path / "W.xlsx").read_bytes())
    with pytest.raises(ValueError, match="W.csv row 2: no code; give a frame, or NONE"):
        an.read_sheet(corpus, tmp_path / "W.csv")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0 and more")
    with pytest.raises(ValueError, match="an old Excel file"):
        an.read_sheet(corpus, tmp_path / "old.xls")
    save(path, fill(path, by_words, note="hard"), delimiter=";")
    path.write_text("sep=;\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert len(an.read_sheet(corpus, path)) == 8


def test_a_flood_of_faults_is_cut(example, tmp_path):
    an.write_sheet(example, tmp_path / "P.csv", coder="P", sample=40)
    with pytest.raises(ValueError) as error:
        an.read_sheet(example, tmp_path / "P.csv")
    assert len(str(error.value).splitlines()) == 13 and str(error.value).endswith("… and 28 more")


def test_a_file_that_is_no_workbook_says_so(sheet, tmp_path):
    (tmp_path / "x.xlsx").write_bytes(b"PK no")
    with pytest.raises(ValueError, match="cannot be read as a workbook"):
        an.read_sheet(sheet[0], tmp_path / "x.xlsx", coder="P")
    with pytest.raises(ValueError, match="not found"):
        an.read_sheet(sheet[0], tmp_path / "y.csv", coder="P")


def test_a_sheet_is_never_written_over(sheet):
    corpus, path = sheet
    with pytest.raises(FileExistsError, match="a coder may have worked in it"):
        an.write_sheet(corpus, path, coder="P")
    with pytest.raises(ValueError, match="a sheet is a .csv or .xlsx file"):
        an.write_sheet(corpus, path.with_suffix(".ods"), coder="P")
    with pytest.raises(ValueError, match="sample: 0 sentences are no sheet"):
        an.write_sheet(corpus, path.with_name("s.csv"), coder="P", sample=0)


def test_a_sheet_needs_text_and_frames(tmp_path, make_folder):
    folder = copy_corpus(CALL, tmp_path / "corpus" / "call-2021", text=False)
    with pytest.raises(ValueError, match="the text of arabicwire-1205, .* is not at hand"):
        an.write_sheet(an.read_corpus(folder), tmp_path / "s.csv", coder="P")
    bare = make_folder({"x-1": "It rained."})
    an.write_corpus(an.build_corpus(bare))
    with pytest.raises(ValueError, match="has no frames to code"):
        an.write_sheet(an.read_corpus(bare), tmp_path / "s.csv", coder="P")


def test_a_coding_is_merged_and_a_person_counts_first(sheet, capsys):
    corpus, path = sheet
    save(path, fill(path, by_words))
    command = ["coding", str(corpus.folder), "--read", str(path)]
    assert main(command) == 1 and "say what kind of reader 'P' is: kind person or machine" in capsys.readouterr().err
    assert main([*command, "--kind", "person", "--description", "a student"]) == 0
    assert "Agreement takes two coders" in capsys.readouterr().out
    assert check_tables(corpus.folder) == []
    merged = an.read_corpus(corpus.folder)
    assert merged.tables["coders"].set_index("coder").loc["P"].tolist() == ["person", "a student"]
    assert len(read_table(corpus.folder, "coding")) == 8
    assert main([*command, "--kind", "person"]) == 1
    assert "'P' has coded 7 of these sentences before; replace them (--replace)" in capsys.readouterr().err
    assert main([*command, "--replace"]) == 0
    assert len(read_table(corpus.folder, "coding")) == 8
    assert main([*command, "--coder", "Q", "--kind", "machine"]) == 1
    assert "the sheet is that of P; each coder has one of their own" in capsys.readouterr().err
    an.write_sheet(merged, path.with_name("Q.csv"), coder="Q")
    save(path.with_name("Q.csv"), fill(path.with_name("Q.csv"), by_words))
    assert main(["coding", str(corpus.folder), "--read", str(path.with_name("Q.csv")), "--kind", "machine"]) == 0
    assert "all frames" in capsys.readouterr().out  # agreement is shown at once
    assert main(["coding", str(corpus.folder), "--sheet", "--coder", "a b"]) == 1
    assert "coder 'a b': give one name of letters" in capsys.readouterr().err
    assert main([*command, "--kind", "machine", "--replace"]) == 1
    assert "coders.csv says that 'P' is a person" in capsys.readouterr().err


def test_codes_do_not_slide_onto_other_sentences(coded, tmp_path):
    corpus = coded(coding="article_id,sentence,coder,frame,attribute\n")
    an.write_sheet(corpus, tmp_path / "P.csv", coder="P")
    save(tmp_path / "P.csv", fill(tmp_path / "P.csv", by_words))
    an.add_coding(corpus, an.read_sheet(corpus, tmp_path / "P.csv"), kind="person")
    raw = corpus.folder / "text" / "x-1.txt"
    raw.write_text("A new beginning.\n" + raw.read_text(encoding="utf-8"), encoding="utf-8")
    articles = corpus.folder / "articles.csv"
    table = pd.read_csv(articles, dtype=str, keep_default_na=False)
    table.loc[table["article_id"] == "x-1", "sha256"] = ""
    table.to_csv(articles, index=False)
    an.write_corpus(an.build_corpus(corpus.folder))
    changed = an.read_corpus(corpus.folder)
    with pytest.raises(ValueError, match="x-1 was changed since it was coded"):
        an.compare_frames(changed, draws=0)
    with pytest.raises(ValueError, match="x-1 was changed since it was coded"):
        an.add_coding(changed, an.read_sheet(corpus, tmp_path / "P.csv").assign(coder="Q"), kind="person")
    assert main(["check", str(corpus.folder)]) == 1


def test_the_command_line_writes_a_sheet_where_git_does_not_look(tmp_path, capsys):
    folder = copy_corpus(EXAMPLE, tmp_path / "corpus" / "example", text=True)
    assert main(["coding", str(folder), "--sheet", "--sample", "5"]) == 0
    assert "E.xlsx: 5 sentences for coder E" in capsys.readouterr().out  # A to D have coded
    assert (folder / "sheets" / "E.xlsx").exists()
    assert main(["coding", str(folder), "--sheet", str(tmp_path / "x.csv"), "--coder", "F"]) == 0
    assert main(["coding", str(folder), "--agreement"]) == 0
    assert "how far they repeat each other" in capsys.readouterr().out
