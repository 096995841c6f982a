"""The tables: round trips, faults by row and column, and writing that is whole or not at all."""

import errno
import json
import os
from pathlib import Path

import pandas as pd
import pytest
from conftest import CALL, EXAMPLE, copy_corpus
from hypothesis import given
from hypothesis import strategies as st

import analysis as an
from analysis import storage
from analysis.storage import check_tables, write_tables
from analysis.tables import STAGE, TABLES, guard, read_metadata, read_table, to_csv, unguard


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_corpus(CALL, tmp_path / "corpus" / "call-2021", text=False)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.*"))}


@pytest.mark.parametrize("corpus", [CALL, EXAMPLE], ids=lambda p: p.name)
def test_the_published_tables_are_in_order(corpus):
    assert check_tables(corpus) == []


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_written_as_it_was_read(name):
    for corpus in (CALL, EXAMPLE):
        assert to_csv(read_table(corpus, name)) == (corpus / f"{name}.csv").read_text(encoding="utf-8")


@given(st.text())
def test_no_cell_can_act_as_a_formula_and_none_is_changed_by_reading_it_back(cell):
    guarded = guard(cell)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguard(guarded) == cell


def test_cells_that_begin_like_formulas_are_guarded_in_every_exported_table():
    table = pd.DataFrame({"term": ["=1+1", "@x", "-y", "+z", "'=q", "plain"], "z": [-1.5, 0.0, -0.0, 1, 2, 3]})
    assert to_csv(table) == "term,z\n'=1+1,-1.5\n'@x,0.0\n'-y,0.0\n'+z,1.0\n''=q,2.0\nplain,3.0\n"


def test_the_data_dictionary_describes_every_column():
    for corpus in (CALL, EXAMPLE):
        package = json.loads((corpus / "datapackage.json").read_text(encoding="utf-8"))
        for resource in package["resources"]:
            header = (corpus / resource["path"]).read_text(encoding="utf-8").splitlines()[0]
            assert [f["name"] for f in resource["schema"]["fields"]] == header.split(",")
            assert all(f["description"] for f in resource["schema"]["fields"])


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("articles.csv", "2021-12-05", "5 Dec 2021", "articles.csv row 2 (arabicwire-1205): date '5 Dec 2021' is not a date"),
        ("articles.csv", "context", "contxt", "row 2 (arabicwire-1205): role 'contxt' is not one of core, context"),
        ("articles.csv", ",Reuters,core", ",,core", "row 4 (reuters-1204): source is empty"),
        ("passages.csv", ",headline,outlet", ",headline,nobody", "passages.csv row 2 (arabicwire-1205): voice 'nobody'"),
        ("articles.csv", "genre", "gender", "articles.csv: unknown column 'gender'; did you mean 'genre'"),
        ("articles.csv", "genre", "gender", "articles.csv: column 'genre' is missing"),
        ("terms.csv", "arabicwire-1205,1,1,lavrov,lavrov,word,1", "arabicwire-1205,1,1,lavrov,lavrov,word,1.5",
         "terms.csv row 2 (arabicwire-1205): count '1.5' is not a whole number"),
        ("terms.csv", "arabicwire-1205,1,1,lavrov", "arabicwire-1205,1,9,lavrov",
         "terms.csv row 2 (arabicwire-1205): passages.csv has no row arabicwire-1205, 1, 9"),
        ("passages.csv", "telesur-1207,1,1,1,", "telesur-1207,1,2,1,", "telesur-1207, 2, 1 stands twice"),
        ("capitals.csv", ",Biden,1", ",Biden,2", "'biden' is counted 1 times there by terms.csv, with capitals 2 times"),
        ("articles.csv", ",350,14,", ",351,14,", "row 2 (arabicwire-1205): n_words is 351, passages.csv gives 350"),
        ("overlap.csv", "arabicwire-1205,frenchwire-1202", "arabicwire-1205,frenchwire", "articles.csv has no row frenchwire"),
        ("overlap.csv", "arabicwire-1205,frenchwire-1202", "arabic,frenchwire-1202", "articles.csv has no row arabic"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_file_row_column_and_value(folder, file, old, new, message):
    edit(folder / file, old, new)
    faults = check_tables(folder)
    assert any(message in fault for fault in faults), faults


def test_a_table_changed_by_hand_is_found_by_its_checksum(folder):
    edit(folder / "terms.csv", "agreement,agreement,word,1", "agreement,agreement,word,2")
    assert check_tables(folder) == ["terms.csv was changed after it was built (checksum); build the corpus again"]


def test_a_data_dictionary_of_other_columns_is_found(folder):
    edit(folder / "datapackage.json", '"name": "polarity"', '"name": "tone"')
    assert any("does not describe the columns of articles.csv" in fault for fault in check_tables(folder))


def test_a_missing_table_is_named(folder):
    (folder / "overlap.csv").unlink()
    assert any("overlap.csv: not found; build the corpus first" in fault for fault in check_tables(folder))


def test_a_cell_too_many_is_named_by_its_row(folder):
    edit(folder / "overlap.csv", "arabicwire-1205,frenchwire-1202", "arabicwire-1205,frenchwire, 1202")
    with pytest.raises(ValueError, match="overlap.csv row 2: 6 cells where the header has 5"):
        read_table(folder, "overlap")


def test_metadata_needs_two_columns_and_the_others_have_defaults(tmp_path):
    (tmp_path / "articles.csv").write_bytes("source,article_id\nWire,b\nWire,a\n".encode("utf-16"))
    metadata = read_metadata(tmp_path)
    assert metadata[["article_id", "role", "translation"]].to_numpy().tolist() == [
        ["a", "core", "none"],
        ["b", "core", "none"],
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "articles.csv is empty"),
        ("article_id,source\n", "articles.csv has no rows"),
        ("article_id\na", "column 'source' is missing"),
        ("article_id;source\na;b", "its cells are parted by semicolons"),
        ("article_id,source\na,Wire\nb,wire ", "source is written 'Wire' and 'wire'; write it one way"),
        ("article_id,source\na.txt,x", "leave out '.txt'"),
        ("article_id,source\na,x\na,y", "row 3 (a): article_id is used twice"),
        ("article_id,source\n../a,x", "article_id '../a' has characters other than"),
        ("article_id,source\na,", "row 2 (a): source is empty"),
        (
            "article_id,source,date\na,x,2021-02-30",
            "row 2 (a): date '2021-02-30' is not a date; write it as YYYY-MM-DD",
        ),
        ("article_id,source,tone\na,x,y", "unknown column 'tone'"),
        ("article_id,source,source\na,x,y", "column 'source' stands twice"),
    ],
)
def test_faulty_metadata_is_named(tmp_path, text, message):
    (tmp_path / "articles.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as error:
        read_metadata(tmp_path)
    assert message in str(error.value)


# ------------------------------------------------------------------------------------ whole or not at all


@pytest.fixture
def other(example):
    """Tables that differ from those of the call in every file."""
    return example.tables


@pytest.mark.parametrize("after", range(len(TABLES) + 1))
def test_a_disk_that_fills_up_leaves_the_old_tables_whole(folder, other, monkeypatch, after):
    before = contents(folder)
    written = []

    def full(path):
        if len(written) == after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(path)

    monkeypatch.setattr(storage, "_sync", full)
    with pytest.raises(OSError, match="No space left"):
        write_tables(folder, other)
    assert contents(folder) == before
    assert not list(folder.glob(f"{STAGE}*"))


@pytest.mark.parametrize("after", range(1, len(TABLES) + 1))
def test_a_write_cut_off_while_tables_are_moved_is_read_as_the_new_set(folder, other, monkeypatch, after):
    moved = []
    replace = Path.replace

    def killed(self, target):
        if len(moved) == after:
            raise KeyboardInterrupt
        moved.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_tables(folder, other)
    monkeypatch.undo()
    assert {name: to_csv(read_table(folder, name)) for name in TABLES} == {n: to_csv(other[n]) for n in TABLES}
    write_tables(folder, other)  # and the next writing cleans up
    assert not (folder / STAGE).exists()


def test_a_write_cut_off_before_it_was_complete_is_forgotten(folder, other):
    unfinished = folder / f"{STAGE}-unfinished"
    unfinished.mkdir()
    (unfinished / "terms.csv").write_text("half a tab", encoding="utf-8")
    assert check_tables(folder) == []
    write_tables(folder, other)
    assert not unfinished.exists()


def test_a_folder_that_cannot_be_written_is_said(folder, other, monkeypatch):
    before = contents(folder)

    def denied(self, *args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(OSError, match="Permission denied"):
        write_tables(folder, other)
    assert contents(folder) == before


def test_a_corpus_can_be_written_to_a_new_folder(example, tmp_path):
    an.write_corpus(example, tmp_path / "copies" / "example")
    assert check_tables(tmp_path / "copies" / "example") == []
    assert an.read_corpus(tmp_path / "copies" / "example").checksum == example.checksum


def test_what_a_person_wrote_in_the_data_package_survives_a_build(folder):
    corpus = an.read_corpus(folder)
    an.write_corpus(corpus)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["title"].startswith("The Biden-Putin video call")
    assert (folder / "datapackage.json").read_bytes() == (CALL / "datapackage.json").read_bytes()
