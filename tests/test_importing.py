"""Import: each kind of input, what is skipped and why, one form of dates and outlets, copies, documents that attack."""

import json
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

import analysis as an
from analysis.__main__ import main
from analysis.importing.normal import find_order, normal_date, normal_sources, slug
from analysis.text import read_toml

RIVER = "The river rose above the quay on Monday, and the harbour was closed to all ships until further notice."
PRICE = "Prices of grain climbed for the third week in a row, the traders of the exchange told the council."
UNION = "The union said that its members would return to work if the owners signed the agreement by Friday."


def take(tmp_path, *paths, **options):
    return an.import_articles(paths, tmp_path / "new", **options)


def rows_of(done, name="articles.csv"):
    return pd.read_csv(done.folder / name, dtype=str, keep_default_na=False)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def texts_of(done):
    return {path.stem: path.read_text() for path in (done.folder / "text").glob("*.txt")}


# ------------------------------------------------------------------------------------------- kinds of input


def test_text_files_with_a_table_of_metadata(tmp_path):
    write(tmp_path / "in" / "a.txt", RIVER), write(tmp_path / "in" / "b.txt", PRICE)
    write(tmp_path / "in" / "meta.csv", "File;Headline;Outlet;Date;Desk\na.txt;River;The Gazette;7 December 2021;news\n"
          "b.txt;Grain;Courier;2021-12-08;\nc.txt;Gone;Courier;2021-12-08;\n")  # fmt: skip
    done = take(tmp_path, tmp_path / "in")
    articles = rows_of(done).set_index("article_id")
    assert articles["source"].to_dict() == {"gazette-20211207": "The Gazette", "courier-20211208": "Courier"} or (
        articles["source"].to_dict() == {"the-gazette-20211207": "The Gazette", "courier-20211208": "Courier"}
    )
    assert articles["title"].tolist().count("River") == 1 and set(articles["date"]) == {"2021-12-07", "2021-12-08"}
    assert sorted(texts_of(done).values()) == sorted([RIVER, PRICE])
    assert done.skipped["reason"].tolist() == ["describes the file 'c.txt', which is not there"]
    kept = rows_of(done, "imported.csv").set_index("source")
    assert kept.loc["The Gazette", "date_as_found"] == "7 December 2021"
    assert json.loads(kept.loc["The Gazette", "other"]) == {"Desk": "news"}


def test_file_names_folders_and_a_source_for_all_say_what_nothing_else_does(tmp_path):
    home = tmp_path / "in"
    write(home / "2021-12-07_The Gazette_River rises.txt", RIVER), write(home / "2021-12-08_Post.txt", OWN)
    write(home / "Courier" / "2021" / "001.txt", PRICE), write(home / "txt" / "x.txt", UNION)
    write(home / "2021-12-07_New_York_Times_Title.txt", "Who it is of cannot be told from such a name.")
    done = take(tmp_path, home)
    articles = rows_of(done).set_index("source")
    assert articles.loc["The Gazette", ["date", "title"]].tolist() == ["2021-12-07", "River rises"]
    assert set(articles.index) == {"The Gazette", "Courier", "Post"} and "--names" in done.skipped["reason"].iloc[0]
    general = an.import_articles(home, tmp_path / "general", source="Wire")
    assert rows_of(general)["source"].value_counts().to_dict() == {"Wire": 3, "The Gazette": 1, "Post": 1}
    done = an.import_articles(home / "txt" / "x.txt", tmp_path / "other", source="Wire", names="{title}")
    assert rows_of(done)["title"].tolist() == ["x"]


@pytest.mark.parametrize("names", ["{source}-{source}", "{source", "plain", "{day}"])
def test_a_pattern_of_names_that_says_nothing_is_refused(tmp_path, names):
    with pytest.raises(ValueError, match="import: names="):
        take(tmp_path, write(tmp_path / "a.txt", RIVER), source="A", names=names)


def test_a_table_names_files_by_their_folder_and_each_once(tmp_path):
    home = tmp_path / "in"
    write(home / "one" / "1.txt", RIVER), write(home / "two" / "1.txt", PRICE), write(home / "2.html.txt", UNION)
    write(
        home / "m.csv",
        "file,source,date\none/1.txt,A,07/12/2021\nTWO/1,B,13/12/2021\n2.html,C,\n1.txt,D,\none/1.txt,E,\n",
    )
    done = take(tmp_path, home)
    assert rows_of(done)[["source", "date"]].to_numpy().tolist() == [
        ["A", "2021-12-07"],
        ["B", "2021-12-13"],
        ["C", ""],
    ]
    assert [r.partition(", ")[2] for r in done.skipped["reason"]] == [
        "which is there more than once; name its folder too", "as m.csv row 2 does"]  # fmt: skip


def test_what_belongs_to_a_saved_page_is_no_article(tmp_path):
    write(tmp_path / "in" / "a.txt", RIVER), write(tmp_path / "in" / "Page_files" / "ad.txt", PRICE)
    done = take(tmp_path, tmp_path / "in", source="A")
    assert done.skipped["reason"].tolist() == ["part of a saved web page"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimited_tables_with_line_breaks_and_marks_in_cells(tmp_path, mark):
    text = f'"{RIVER}\n{PRICE} {mark} ""so"""'
    path = write(tmp_path / ("t.tsv" if mark == "\t" else "t.csv"), mark.join(["Source", "Published at", "Body"]) + "\n"
                 + mark.join(["Gazette", "2021-12-07T10:00:00Z", text]) + "\n\n")  # fmt: skip
    done = take(tmp_path, path)
    assert rows_of(done)["date"].tolist() == ["2021-12-07"]
    assert list(texts_of(done).values()) == [f'{RIVER}\n{PRICE} {mark} "so"']


def test_a_row_with_more_cells_than_headings_is_skipped_and_the_rest_goes_on(tmp_path):
    done = take(
        tmp_path, write(tmp_path / "t.csv", f'source,text\nA,"{RIVER}"\nB,one,two\nB,"{PRICE}"\n,"{UNION}"\nC,\n')
    )
    assert len(rows_of(done)) == 2 and done.n_found == 5
    reasons = dict(zip(done.skipped["place"], done.skipped["reason"], strict=True))
    assert reasons["t.csv row 3"].startswith("3 cells under 2 headings") and "no source" in reasons["t.csv row 5"]
    assert reasons["t.csv row 6"] == "there is no text in it"


def test_a_quotation_mark_that_is_not_closed_is_said(tmp_path):
    path = write(tmp_path / "t.csv", f'source,text\nA,"{RIVER}"\nB,"{PRICE}\nC,{UNION}\n')
    done = take(tmp_path, path)
    assert (
        list(texts_of(done).values()) == [RIVER] and "is a quotation mark not closed" in done.skipped["reason"].iloc[0]
    )


def test_a_table_says_how_it_was_read_and_keeps_each_column(tmp_path):
    path = write(tmp_path / "t.csv", f"sep=;\nSource;Text;note;note;Datum\nA;{RIVER};one;two;7.12.2021\n")
    done = take(tmp_path, path)
    assert "t.csv: text from 'Text', source from 'Source'; not used: 'note', 'note (2)', 'Datum'" in done.account()
    other = json.loads(rows_of(done, "imported.csv")["other"].iloc[0])
    assert other == {"note": "one", "note (2)": "two", "Datum": "7.12.2021"}
    with pytest.raises(
        ValueError, match="no column for the text among Zeitung, Volltext; say which: --column text=NAME"
    ):
        an.import_articles(write(tmp_path / "u.csv", f"Zeitung,Volltext\nA,{RIVER}\n"), tmp_path / "other")


def test_a_column_that_one_table_has_is_not_asked_of_the_others(tmp_path):
    (
        write(tmp_path / "in" / "a.csv", f'source,Volltext\nA,"{RIVER}"\n'),
        write(tmp_path / "in" / "b.csv", f'source,text\nB,"{PRICE}"\n'),
    )
    done = take(tmp_path, tmp_path / "in", columns={"text": "Volltext"})
    assert sorted(texts_of(done).values()) == sorted([RIVER, PRICE]) and done.skipped.empty


def test_every_sheet_is_read_and_rows_above_the_headings_are_passed_over(tmp_path):
    book = openpyxl.Workbook()
    for row in ([None, None], ["source", "text"], ["A", RIVER]):
        book.active.append(row)
    second = book.create_sheet("2022")
    for row in (["source", "text"], ["B", PRICE]):
        second.append(row)
    book.create_sheet("notes").append(["remarks"])
    book.save(tmp_path / "t.xlsx")
    done = take(tmp_path, tmp_path / "t.xlsx")
    assert sorted(rows_of(done)["source"]) == ["A", "B"]
    assert done.skipped["reason"].tolist() == ["no column for the text among remarks; say which: --column text=NAME"]


def test_values_of_json_that_are_no_texts(tmp_path):
    line = {"source": {"id": "cnn", "name": "CNN"}, "content": [RIVER, PRICE], "authors": [1]}
    done = take(tmp_path, write(tmp_path / "t.jsonl", json.dumps(line)))
    assert rows_of(done)["source"].tolist() == ["CNN"] and list(texts_of(done).values()) == [f"{RIVER}\n{PRICE}"]


def test_texts_with_tags_are_counted(tmp_path):
    done = take(tmp_path, write(tmp_path / "t.jsonl", json.dumps({"source": "A", "text": f"<p>{RIVER}</p>"})))
    assert "1 texts hold tags of web pages" in done.account()


def test_a_page_is_decoded_as_it_says(tmp_path):
    words = "Река поднялась выше набережной, и порт был закрыт для всех судов до особого распоряжения. " * 4
    page = f"<html><head><meta charset='windows-1251'><title>Река</title></head><body><article><p>{words}</p></article></body></html>"
    done = take(tmp_path, write(tmp_path / "p.html", page.encode("cp1251")), source="Газета")
    assert "Река поднялась" in next(iter(texts_of(done).values()))


def test_excel_and_jsonl(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["outlet", "date", "content"])
    book.active.append(["Gazette", pd.Timestamp("2021-12-07").to_pydatetime(), RIVER])
    book.save(tmp_path / "t.xlsx")
    lines = [json.dumps({"publisher": "Courier", "published": "2021-12-08", "text": PRICE, "id": "X 1", "tags": ["a"]}),
             "{no json", json.dumps(["list"]), json.dumps({"publisher": "Courier", "text": None}), ""]  # fmt: skip
    write(tmp_path / "t.jsonl", "\n".join(lines))
    done = take(tmp_path, tmp_path / "t.xlsx", tmp_path / "t.jsonl")
    articles = rows_of(done).set_index("article_id")
    assert articles["date"].to_dict() == {"gazette-20211207": "2021-12-07", "x-1": "2021-12-08"}
    assert list(done.skipped["place"]) == ["t.jsonl line 2", "t.jsonl line 3", "t.jsonl line 4"]
    assert "tags" in rows_of(done, "imported.csv").set_index("article_id").loc["x-1", "other"]


def test_a_line_that_cannot_be_told_apart_does_not_end_its_file(tmp_path):
    lines = [{"source": "A", "text": RIVER, "body": PRICE}, {"source": "A", "fulltext": UNION}]
    done = take(tmp_path, write(tmp_path / "t.jsonl", "\n".join(map(json.dumps, lines))), columns={"text": "body"})
    assert sorted(texts_of(done).values()) == sorted([PRICE, UNION])  # the second has no 'body', and its own text
    with pytest.raises(ValueError, match="no table has a column 'boddy'; did you mean 'body'"):
        an.import_articles(tmp_path / "t.jsonl", tmp_path / "no", columns={"text": "boddy"})
    lines = [{"source": "A", "content": RIVER, "body": PRICE}, {"source": "A", "text": UNION}]
    done = an.import_articles(write(tmp_path / "u.jsonl", "\n".join(map(json.dumps, lines))), tmp_path / "other")
    assert list(texts_of(done).values()) == [UNION] and "could both be the text" in done.skipped["reason"].iloc[0]


def test_half_a_character_in_json_is_marked_and_not_lost(tmp_path):
    done = take(tmp_path, write(tmp_path / "t.jsonl", '{"source": "A", "text": "rain \\ud800 fell"}'))
    assert list(texts_of(done).values()) == ["rain ? fell"]


def test_a_web_page_is_its_article(tmp_path):
    paragraphs = "".join(f"<p>{text}</p>" for text in (RIVER, PRICE, UNION))
    page = (f"<html><head><title>River rises</title><meta property='og:site_name' content='Gazette'></head><body><nav>Home | Sport"
            f"</nav><article><h1>River rises</h1>{paragraphs}</article><script>alert('no')</script></body></html>")  # fmt: skip
    done = take(tmp_path, write(tmp_path / "in" / "p.html", page), source="Unknown")
    (text,) = texts_of(done).values()
    assert RIVER in text and UNION in text and "alert" not in text and "Sport" not in text
    assert rows_of(done)["source"].tolist() == ["Gazette"]


# ------------------------------------------------------------------------------------------------------ Nexis


def nexis(path, *articles, announced=None):
    document = Document()
    if announced:
        for line in ("User Name: =", f"Documents ({announced})", "1. First headline", "Client/Matter: -None-"):
            document.add_paragraph(line)
    for title, source, date, body in articles:
        for line in (title, source, date, "Copyright 2021 All Rights Reserved", "Section: NEWS; Pg. 4", "Length: 52 words",
                     "Byline: A. Writer", "Body", "", *body, "Load-Date: December 9, 2021", "", "End of Document", ""):  # fmt: skip
            if line is not None:
                document.add_paragraph(line)
    document.save(path)
    return path


def test_a_nexis_document_of_many_articles_and_one_of_one(tmp_path):
    many = nexis(tmp_path / "many.docx", ("First headline", "The Gazette (London)", "December 7, 2021 Tuesday", [RIVER, PRICE]),
                 ("Second", "Courier", "8 December 2021", [UNION]), announced=2)  # fmt: skip
    one = nexis(
        tmp_path / "one.docx",
        ("Third", "The Gazette (London)", "December 9, 2021", ["Rain fell on the town and the fields."]),
    )
    done = take(tmp_path, many, one)
    articles = rows_of(done).set_index("title")
    assert articles["source"].to_dict() == {
        "First headline": "The Gazette",
        "Second": "Courier",
        "Third": "The Gazette",
    }
    assert articles["date"].to_dict() == {"First headline": "2021-12-07", "Second": "2021-12-08", "Third": "2021-12-09"}
    assert f"{RIVER}\n{PRICE}" in texts_of(done).values() and done.skipped.empty
    assert not any("Load-Date" in text or "Byline" in text for text in texts_of(done).values())
    assert "A. Writer" in rows_of(done, "imported.csv")["other"].iloc[0]
    assert rows_of(done, "imported.csv")["source_as_found"].tolist()[0] == "The Gazette (London)"


def test_what_a_nexis_document_lacks_is_said(tmp_path):
    path = nexis(tmp_path / "n.docx", ("First headline", "Gazette", "December 7, 2021", [RIVER]),
                 ("Second", "Courier", "some day", [UNION]), ("Third", "Courier", "December 8, 2021", []), announced=5)  # fmt: skip
    done = take(tmp_path, path)
    assert len(rows_of(done)) == 2
    assert set(rows_of(done)["date"]) == {"2021-12-07", ""}  # 'some day' is kept as it was found
    assert [re.sub(r"'.*", "", r) for r in done.skipped["reason"]] == [
        "nothing between ",
        "the document announces 5 articles and holds 3: 2 missing"]  # fmt: skip


def test_what_nexis_adds_is_kept_apart_and_what_the_article_says_stays(tmp_path):
    document = Document()
    added = [
        "Graphic",
        "Photo: boats.",
        "",
        "Classification",
        "Language: ENGLISH",
        "Subject: PORTS (90%)",
        "Load-Date: December 9, 2021",
    ]
    last = ["Notes were passed in the hall.", "Graphic footage was shown on Friday."]
    for line in ["Rise: a river", "A subtitle", "The Post", "December 7, 2021 Tuesday, Final Edition", "Copyright 2021 Post",
                 "Series: December 1, 2021", "Body", RIVER, "", *last, "", *added, "End of Document", "",
                 "Half title", "The Post", "December 8, 2021", "Some lines of it."]:  # fmt: skip
        document.add_paragraph(line)
    document.save(tmp_path / "n.docx")
    done = take(tmp_path, tmp_path / "n.docx")
    assert list(texts_of(done).values()) == ["\n".join([RIVER, *last])]
    row, other = rows_of(done).iloc[0], json.loads(rows_of(done, "imported.csv")["other"].iloc[0])
    assert (row["title"], row["source"], row["date"]) == ("A subtitle", "The Post", "")
    assert (
        other["above title"] == "Rise: a river"
        and other["behind"].startswith("Graphic\nPhoto")
        and "PORTS" in other["behind"]
    )
    assert other["series"] == "December 1, 2021"
    assert rows_of(done, "imported.csv")["date_as_found"].iloc[0].endswith("Final Edition")
    assert "half an article? 'Half title'" in done.skipped["reason"].iloc[0]


def test_text_in_tables_of_a_document_is_read(tmp_path):
    document = Document()
    document.add_paragraph(RIVER)
    document.add_table(1, 2).rows[0].cells[1].text = PRICE
    document.add_paragraph(UNION)
    document.save(tmp_path / "t.docx")
    assert list(texts_of(take(tmp_path, tmp_path / "t.docx", source="A")).values()) == [f"{RIVER}\n{PRICE}\n{UNION}"]


def test_any_other_word_document_is_one_article(tmp_path):
    document = Document()
    document.add_paragraph(RIVER), document.add_paragraph(PRICE)
    document.save(tmp_path / "2021-12-07_Gazette_River.docx")
    done = take(tmp_path, tmp_path / "2021-12-07_Gazette_River.docx")
    assert rows_of(done)["title"].tolist() == ["River"] and list(texts_of(done).values()) == [f"{RIVER}\n{PRICE}"]


# ------------------------------------------------------------------------------------------- what is refused


def test_bombs_entities_macros_and_broken_files_do_no_harm(tmp_path):
    home = tmp_path / "in"
    write(home / "good.txt", RIVER)
    with zipfile.ZipFile(home / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 60_000_000)
    secret = write(tmp_path / "secret", "the secret")
    entity = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]><d>&x;</d>'
    for name, data in {"xxe.docx": entity.encode(), "xxe16.docx": entity.encode("utf-16")}.items():
        with zipfile.ZipFile(home / name, "w") as archive:
            archive.writestr("word/document.xml", data)
    with zipfile.ZipFile(home / "xxe.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", entity)
    (
        write(home / "broken.docx", b"PK\x03\x04 nothing"),
        write(home / "old.doc", b"\xd0\xcf"),
        write(home / "m.docm", b"PK"),
    )
    (
        write(home / "empty.csv", ""),
        write(home / "paper.pdf", b"%PDF-1.4"),
        write(home / "noise.txt", b"\0\1\2\0\0\0\0\0"),
    )
    done = take(tmp_path, home, source="A")
    assert list(texts_of(done).values()) == [RIVER]
    reasons = dict(zip(done.skipped["place"], done.skipped["reason"], strict=True))
    assert len(reasons) == 10 and done.n_found == 11
    assert "times its size" in reasons["bomb.docx"] and "cannot be opened" in reasons["broken.docx"]
    for name in ("xxe.docx", "xxe16.docx", "xxe.xlsx"):
        assert "document type declaration" in reasons[name]
    assert "save it as .docx" in reasons["old.doc"] and "save it as .docx" in reasons["m.docm"]
    assert "no reader for .pdf" in reasons["paper.pdf"]
    assert "the secret" not in "".join(p.read_text(errors="replace") for p in done.folder.rglob("*") if p.is_file())


def test_macros_in_a_document_are_never_looked_at(tmp_path):
    document = Document()
    document.add_paragraph(RIVER)
    document.save(tmp_path / "plain.docx")
    with zipfile.ZipFile(tmp_path / "plain.docx", "a") as archive:
        archive.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0 macro")
    done = take(tmp_path, tmp_path / "plain.docx", source="A")
    assert list(texts_of(done).values()) == [RIVER]


def test_no_name_from_a_file_decides_where_anything_is_written(tmp_path):
    rows = [{"id": "../../evil", "source": "../up", "text": RIVER}, {"id": "/etc/passwd", "source": "a\0b", "text": PRICE},
            {"id": "CON", "source": "=cmd()", "text": UNION}]  # fmt: skip
    path = write(tmp_path / "t.jsonl", "\n".join(map(json.dumps, rows)))
    write(tmp_path / "m.csv", "file,source\n../../../etc/passwd,A\n..\\..\\x.txt,B\n")
    done = take(tmp_path, path, tmp_path / "m.csv")
    inside = {p.relative_to(tmp_path).parts[0] for p in tmp_path.rglob("*")}
    assert inside == {"new", "t.jsonl", "m.csv"}
    assert set(texts_of(done)) == {"evil", "etc-passwd", "article-con"}
    assert all("which is not there" in r for r in done.skipped["reason"])
    assert not re.search(r"(^|,)=cmd", (done.folder / "articles.csv").read_text(), re.M)


def test_links_out_of_a_folder_and_hidden_files_are_named_and_not_read(tmp_path):
    secret = write(tmp_path / "secret.txt", "the secret text of another")
    write(tmp_path / "in" / "a.txt", RIVER), write(tmp_path / "in" / ".hidden.txt", PRICE)
    (tmp_path / "in" / "link.txt").symlink_to(secret)
    done = take(tmp_path, tmp_path / "in", source="A")
    assert dict(zip(done.skipped["place"], done.skipped["reason"], strict=True)) == {
        ".hidden.txt": "a hidden file, or in a hidden folder", "link.txt": "a link that leads out of the folder"}  # fmt: skip
    assert list(texts_of(done).values()) == [RIVER]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"columns": {"txt": "Body"}}, "no field 'txt'; did you mean 'text'"), ({"dates": "ymd"}, "dates='ymd'"),
        ({"copies": "drop"}, "copies='drop'"), ({"names": "{day}_{source}"}, "no field 'day'"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_and_nothing_is_written(tmp_path, options, reason):
    path = write(tmp_path / "a.txt", RIVER)
    with pytest.raises(ValueError, match=re.escape(reason)):
        take(tmp_path, path, source="A", **options)
    assert not (tmp_path / "new").exists()


def test_an_empty_import_a_missing_path_and_a_full_folder_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not found"):
        take(tmp_path, tmp_path / "nowhere")
    write(tmp_path / "x.pdf", b"%PDF")
    with pytest.raises(ValueError, match="(?s)no article was found.*x.pdf: no reader for .pdf"):
        take(tmp_path, tmp_path / "x.pdf")
    kept = write(tmp_path / "new" / "mine.txt", "mine")
    with pytest.raises(ValueError, match="holds something already"):
        take(tmp_path, write(tmp_path / "a.txt", RIVER), source="A")
    assert kept.read_text() == "mine"


def test_an_import_that_breaks_leaves_nothing_behind(tmp_path, monkeypatch):
    def broken(table):
        raise OSError("disk is full")

    monkeypatch.setattr("analysis.importing.run.to_csv", broken)
    with pytest.raises(OSError, match="disk is full"):
        take(tmp_path, write(tmp_path / "a.txt", RIVER), source="A")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_two_columns_that_could_be_the_text_are_asked_about(tmp_path):
    path = write(tmp_path / "t.csv", f'source,content,body\nA,"{RIVER}",short one\n')
    with pytest.raises(
        ValueError, match="'content' and 'body' could both be the text; say which: --column text='content'"
    ):
        take(tmp_path, path)
    done = take(tmp_path, path, columns={"text": "content"})
    assert list(texts_of(done).values()) == [RIVER]


# ----------------------------------------------------------------------------------------------- in one form


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2021-12-07", "", "2021-12-07"), ("2021-12-07T23:30:00+05:00", "", "2021-12-07"), ("20211207", "", "2021-12-07"),
        ("2021/12/07", "", "2021-12-07"), ("2021.12.07", "", "2021-12-07"), ("7 December 2021", "", "2021-12-07"),
        ("December 7, 2021 Tuesday", "", "2021-12-07"), ("Tue, 07 Dec 2021 10:00:00 GMT", "", "2021-12-07"),
        ("31.12.2021", "", "2021-12-31"), ("12/31/2021", "", "2021-12-31"), ("07/12/2021", "dmy", "2021-12-07"),
        ("07/12/2021", "mdy", "2021-07-12"), ("2021-12-07", "dmy", "2021-12-07"), ("07/07/2021", "", "2021-07-07"),
        ("07/12/2021", "", ""), ("December 2021", "", ""), ("Tuesday", "", ""), ("2021", "", ""), ("", "", ""),
        ("yesterday", "", ""), ("32/13/2021", "", ""), ("7 December", "", ""), ("21-12-07", "", ""), ("12 11 10", "dmy", ""),
        ("2021-12-07/2021-12-09", "", ""), ("07.12.2021", "", "2021-12-07"), ("Dec 7 2021 5:00 PM EST", "", "2021-12-07"), ("Section 5, page 3", "", ""),
    ],
)  # fmt: skip
def test_a_date_is_whole_or_none(text, order, day):
    assert normal_date(text, order)[0] == day
    assert bool(normal_date(text, order)[1]) == (not day)


@given(st.text(max_size=80), st.sampled_from(["", "dmy", "mdy"]))
def test_any_text_gives_a_date_or_a_reason(text, order):
    day, reason = normal_date(text, order)
    assert (re.fullmatch(r"\d{4}-\d\d-\d\d", day) and not reason) or (not day and reason)


@given(st.dates())
def test_every_day_is_read_back_from_its_own_forms(day):
    if day.year >= 1400 and day.year <= 2200:
        for form in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y"):
            assert normal_date(day.strftime(form))[0] == day.isoformat()
        assert (
            normal_date(day.strftime("%d.%m.%Y"), "dmy")[0]
            == normal_date(day.strftime("%m/%d/%Y"), "mdy")[0]
            == day.isoformat()
        )


def test_dates_of_the_same_file_tell_whether_the_day_comes_first(tmp_path):
    assert find_order(["07/12/2021", "13/12/2021"]) == "dmy" and find_order(["07/12/2021", "12/13/2021"]) == "mdy"
    assert find_order(["07/12/2021"]) == "" == find_order(["13/12/2021", "12/13/2021"])
    path = write(
        tmp_path / "t.csv", f'source,date,text\nA,07/12/2021,"{RIVER}"\nA,13/12/2021,"{PRICE}"\nA,soon,"{UNION}"\n'
    )
    done = take(tmp_path, path)
    assert sorted(rows_of(done)["date"]) == ["", "2021-12-07", "2021-12-13"]
    assert "'soon': no date" in done.account()


def test_spellings_of_an_outlet_are_one_and_the_one_found_is_kept(tmp_path):
    names = ["The Gazette", "THE GAZETTE", "Gazette, The", "The Gazette (London)", "The Gazette", "Courier", "courier "]
    spelled = normal_sources(names)
    assert set(spelled.values()) == {"The Gazette", "Courier"}
    two = normal_sources(["The Times (London)", "Times (Perth)", "The Times", "Post (Late)", "Post"])
    assert two == {"The Times (London)": "The Times (London)", "Times (Perth)": "Times (Perth)", "The Times": "The Times",
                   "Post (Late)": "Post", "Post": "Post"}  # fmt: skip
    assert normal_sources(["The", "the"]) == {"The": "The", "the": "The"}
    lines = [
        json.dumps({"source": n, "text": f"{RIVER} {i} {'x' * i} harbour {PRICE[: 20 * i]}"})
        for i, n in enumerate(names)
    ]
    done = take(tmp_path, write(tmp_path / "t.jsonl", "\n".join(lines)), copies="keep")
    assert set(rows_of(done)["source"]) == {"The Gazette", "Courier"}
    assert set(rows_of(done, "imported.csv")["source_as_found"]) == {n.strip() for n in names}
    assert "'THE GAZETTE' was read as 'The Gazette'" in done.account()


@given(st.text(max_size=60))
def test_a_slug_names_a_file_anywhere(text):
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug(text))


def test_ids_are_of_source_and_date_and_never_twice(tmp_path):
    rows = [{"source": "A", "date": "2021-12-07", "text": RIVER}, {"source": "A", "date": "2021-12-07", "text": PRICE},
            {"source": "A", "text": UNION}, {"source": "Ж", "text": "Rain fell over the town."},
            {"source": "B", "id": "one", "text": "Snow fell on the town."}, {"source": "B", "id": "ONE", "text": "Hail fell."}]  # fmt: skip
    done = take(tmp_path, write(tmp_path / "t.jsonl", "\n".join(map(json.dumps, rows))))
    assert list(done.articles["article_id"]) == [
        "a-20211207",
        "a-20211207-002",
        "a-001",
        "source-001",
        "one",
        "one-002",
    ]


# --------------------------------------------------------------------------------------------------- copies

SHARED = [RIVER, PRICE, UNION]
OWN = "Our own reporter saw three boats beside the mole before the rain began on Tuesday morning."


def copies(tmp_path, how):
    rows = [{"source": "Wire", "date": "2021-12-07", "id": "wire", "text": "\n".join(SHARED)},
            {"source": "Gazette", "date": "2021-12-08", "id": "gazette", "genre": "news", "text": "\n".join([OWN, *SHARED])},
            {"source": "Courier", "date": "2021-12-08", "id": "courier", "text": "Nothing of this stands in any other paper of the town."}]  # fmt: skip
    return take(tmp_path, write(tmp_path / "t.jsonl", "\n".join(map(json.dumps, rows))), copies=how)


def test_a_near_duplicate_is_named_with_its_share_and_marked(tmp_path):
    done = copies(tmp_path, "mark")
    row = done.copies.iloc[0]
    assert len(done.copies) == 1 and (row["article_id"], row["of"], row["across"]) == ("gazette", "wire", True)
    words = [len(line.split()) for line in [OWN, *SHARED]]
    expected = sum(n - 4 for n in words[1:]) / sum(n - 4 for n in words)
    assert row["share"] == pytest.approx(expected, abs=1e-3)
    assert rows_of(done).set_index("article_id")["genre"].to_dict() == {
        "courier": "",
        "gazette": "news, copy",
        "wire": "",
    }
    assert f"gazette shares {row['share']:.0%} with wire: marked" in done.account()


def test_a_copy_of_which_no_line_or_every_line_is_shared_is_marked_instead(tmp_path):
    rows = [{"source": "Wire", "date": "2021-12-07", "id": "wire", "text": "\n".join(SHARED)},
            {"source": "Gazette", "date": "2021-12-08", "id": "one-line", "text": " ".join([OWN, *SHARED])},
            {"source": "Courier", "date": "2021-12-09", "id": "all", "text": "\n".join(SHARED[:2])}]  # fmt: skip
    done = take(tmp_path, write(tmp_path / "t.jsonl", "\n".join(map(json.dumps, rows))), copies="mask")
    assert set(done.copies["done"]) == {"marked in its genre: no line could be left out, or all of them"}
    assert rows_of(done).set_index("article_id")["genre"].to_dict() == {"wire": "", "one-line": "copy", "all": "copy"}
    assert read_toml(done.folder / "boilerplate.toml") == {}


def test_of_the_same_text_the_earlier_one_stays_whatever_the_order(tmp_path):
    rows = [{"source": "B", "date": "2021-12-05", "text": RIVER}, {"source": "A", "date": "2021-12-01", "text": RIVER}]
    done = take(tmp_path, write(tmp_path / "t.jsonl", "\n".join(map(json.dumps, rows))))
    assert rows_of(done)["source"].tolist() == ["A"] and done.skipped["place"].tolist() == ["t.jsonl line 1"]


def test_it_can_be_kept_as_it_is_or_its_shared_lines_be_left_out(tmp_path):
    done = copies(tmp_path, "keep")
    assert rows_of(done).set_index("article_id").loc["gazette", "genre"] == "news" and len(done.copies) == 1
    (tmp_path / "t.jsonl").unlink(), done.folder.rename(tmp_path / "kept")
    done = copies(tmp_path, "mask")
    entries = read_toml(done.folder / "boilerplate.toml")["line"]
    assert [(e["article"], e["line"]) for e in entries] == [("gazette", n) for n in (2, 3, 4)]
    assert main(["build", str(done.folder), "--jobs", "1"]) == 0
    corpus = an.read_corpus(done.folder)
    left = corpus.select(article_id="gazette")
    assert "".join(left.texts) == OWN and corpus.tables["overlap"]["shared_5grams"].sum() == 0
    assert (corpus.tables["removed_lines"]["rule"] == "copied line").sum() == 3


def test_the_same_text_twice_is_one_article(tmp_path):
    write(tmp_path / "in" / "a.txt", RIVER), write(tmp_path / "in" / "b.txt", RIVER + "\n\n")
    done = take(tmp_path, tmp_path / "in", source="A")
    assert len(rows_of(done)) == 1 and done.skipped["reason"].tolist() == ["the same text as a-001 (A)"]


# ------------------------------------------------------------------------------------------------- the whole


def test_from_a_folder_to_a_corpus_by_the_command_line(tmp_path, capsys):
    for n, (source, text) in enumerate([("Gazette", RIVER), ("Gazette", PRICE), ("Courier", UNION), ("Courier", OWN)]):
        write(tmp_path / "in" / source / f"{n}.txt", f"{text}\n{text.replace('the', 'a')}")
    assert main(["import", str(tmp_path / "in"), "--to", str(tmp_path / "corpus" / "mine"), "--copies", "keep"]) == 0
    out = capsys.readouterr().out
    assert "found 4, imported 4, skipped 0" in out and "Courier: 2" in out and "date: 4 articles" in out
    folder = tmp_path / "corpus" / "mine"
    assert (folder / "import.txt").read_text() in out and "make study" in (folder / "README.md").read_text()
    assert main(["build", str(folder), "--jobs", "1"]) == 0 and main(["check", str(folder)]) == 0
    corpus = an.read_corpus(folder)
    assert corpus.groups("source") == ["Courier", "Gazette"] and corpus.texts.notna().all()
    assert len(an.compare_terms(corpus, draws=0)) and an.show_findings(
        corpus, "04_distinctive_terms"
    ).markdown.startswith("No findings")
    assert main(["import", str(tmp_path / "in"), "--to", str(folder)]) == 1
    assert "holds something already" in capsys.readouterr().err
    assert main(["import", str(tmp_path / "in"), "--to", str(tmp_path / "x"), "--column", "text"]) == 1
    assert "write FIELD=NAME" in capsys.readouterr().err


def test_importing_again_gives_the_same_bytes(tmp_path):
    (
        write(tmp_path / "in" / "b.csv", f'source,text\nA,"{RIVER}"\nB,"{PRICE}"\n'),
        write(tmp_path / "in" / "a.txt", UNION),
    )
    one, other = (an.import_articles(tmp_path / "in", tmp_path / name, source="C") for name in ("one", "two"))
    files = [
        sorted((p.relative_to(d.folder), p.read_bytes()) for p in d.folder.rglob("*") if p.is_file())
        for d in (one, other)
    ]
    assert files[0] == files[1]


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["source", "text", "date", "id", "x"]), st.text(max_size=30), max_size=5),
        max_size=6,
    )
)
def test_nothing_is_lost_whatever_stands_in_a_table(tmp_path_factory, rows):
    home = tmp_path_factory.mktemp("any")
    path = write(home / "t.jsonl", "\n".join(json.dumps(row) for row in rows))
    try:
        done = an.import_articles(path, home / "new")
    except ValueError as error:
        assert "no article was found" in str(error)
        return
    assert len(done.articles) + len(done.skipped) == done.n_found == len(rows)
    assert set(texts_of(done)) == set(done.articles["article_id"])
