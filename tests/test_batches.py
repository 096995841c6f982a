"""The build in batches: the same tables however it runs, what cannot be built, and what interrupts it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from conftest import CALL, EXAMPLE, ROOT, copy_corpus, needs_articles

import analysis as an
from analysis import batches, overlap
from analysis.__main__ import main
from analysis.tables import TABLES, read_table

sys.path.insert(0, str(ROOT / "benchmarks"))
from articles import make_articles, write_folder

FILES = [f"{name}.csv" for name in TABLES] + ["datapackage.json"]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.suffix in (".csv", ".json", ".parquet")}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of 400 articles, not built yet."""
    return write_folder(tmp_path_factory.mktemp("made") / "made", 400)


@pytest.fixture(scope="module")
def serial(made, tmp_path_factory):
    """What a build in one process makes of it."""
    folder = Path(shutil.copytree(made, tmp_path_factory.mktemp("serial") / "made"))
    an.build_folder(folder)
    return contents(folder)


@pytest.fixture
def fresh(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "made"))


# ------------------------------------------------------------------------------------------ the same tables


@pytest.mark.parametrize("corpus", [EXAMPLE, pytest.param(CALL, marks=needs_articles)], ids=lambda path: path.name)
def test_batches_write_the_published_tables(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "LEAST", 2)
    folder = copy_corpus(corpus, tmp_path / "corpus" / corpus.name, text=True)
    published = {name: (folder / name).read_bytes() for name in FILES}
    for name in TABLES:
        if name != "articles":
            (folder / f"{name}.csv").unlink()
    an.build_folder(folder, n_jobs=2)
    assert {name: (folder / name).read_bytes() for name in FILES} == published
    assert not (folder / batches.BUILDING).exists()


def test_processes_and_sizes_of_batches_change_nothing(fresh, serial, monkeypatch):
    monkeypatch.setattr(batches, "LEAST", 37)
    an.build_folder(fresh, n_jobs=2)
    assert contents(fresh) == serial


@pytest.mark.filterwarnings("error")
def test_a_process_that_is_replaced_is_no_warning(fresh, serial, monkeypatch):
    class Replacing(joblib.Parallel):
        def __call__(self, jobs):
            warnings.warn("A worker stopped while some jobs were given to the executor.", UserWarning, stacklevel=2)
            return super().__call__(jobs)

    monkeypatch.setattr(batches, "Parallel", Replacing)
    an.build_folder(fresh)
    assert contents(fresh) == serial


def test_parquet_holds_what_csv_holds(fresh, serial):
    an.build_folder(fresh, parquet=True)
    assert sorted(p.stem for p in fresh.glob("*.parquet")) == sorted(set(TABLES) - {"articles"})
    assert not (set(TABLES) - {"articles"}) & {p.stem for p in fresh.glob("*.csv")}
    large = an.read_corpus(fresh)
    parquet = {name: read_table(fresh, name) for name in TABLES}
    an.build_folder(fresh, parquet=False)
    assert contents(fresh) == serial
    small = an.read_corpus(fresh)
    for name in TABLES:
        table = read_table(fresh, name)
        pd.testing.assert_frame_equal(parquet[name], table, obj=name, check_dtype=len(table) > 0)
    assert (large.counts != small.counts).nnz == 0 and (large.hits != small.hits).nnz == 0
    assert large.terms.equals(small.terms) and large.indicators.equals(small.indicators)
    pd.testing.assert_frame_equal(an.compare_terms(large, draws=0), an.compare_terms(small, draws=0))


def test_a_large_corpus_reads_the_texts_that_are_shown(fresh):
    an.build_folder(fresh, parquet=False)
    term = an.read_corpus(fresh).keep(kind="word", min_count=3).terms["term"].iloc[-1]
    small = an.concordance(an.read_corpus(fresh), term)
    an.build_folder(fresh, parquet=True)
    large = an.read_corpus(fresh)
    assert large.texts.isna().all()
    pd.testing.assert_frame_equal(an.concordance(large, term), small)
    (fresh / "text" / f"{small['article_id'].iloc[0]}.txt").write_text("Another text.", encoding="utf-8")
    assert an.concordance(large, term)["text"].iloc[0].startswith("needs text")


def test_a_changed_parquet_table_is_noticed(fresh):
    an.build_folder(fresh, parquet=True)
    with (fresh / "markers.parquet").open("ab") as file:
        file.write(b"more")
    with pytest.warns(UserWarning, match=r"markers\.parquet was changed"):
        an.read_corpus(fresh)
    (fresh / "passages.parquet").write_bytes(b"no table")
    with pytest.raises(ValueError, match=r"passages\.parquet cannot be read"), pytest.warns(UserWarning):
        an.read_corpus(fresh)


def test_many_articles_share_what_a_comparison_of_all_pairs_finds(monkeypatch):
    words = np.random.default_rng(3).integers(1, 1 << 62, (260, 60)).astype(np.uint64)
    words[7, :30], words[200, :5] = words[3, :30], words[3, :5]
    words[40:50, :9] = words[40, :9]
    runs = {f"a-{i:03d}": np.unique(row) for i, row in enumerate(words)}
    listed = list(overlap.find_overlap(runs))
    monkeypatch.setattr(overlap, "LISTED", 1_000)
    every = [pair for pair in overlap.find_overlap(runs) if max(pair[3:]) >= overlap.COPIED]
    assert listed == every and len(listed) == 46


# ----------------------------------------------------------------------------------- what cannot be built


def test_a_bad_article_is_left_out_with_its_reason_and_the_rest_is_built(make_folder, capsys):
    texts = {"a-1": "Rain fell.", "a-2": "…", "b-1": b"PK\x03\x04", "b-2": "It was dry.", "c-1": "Rain fell."}
    rows = [{"article_id": a, "source": a[0], "provenance": "=1+1" if a == "a-2" else ""} for a in [*texts, "d-1"]]
    folder = make_folder({**texts, "stray": "Nobody knows me."}, rows)
    assert main(["build", str(folder)]) == 0
    assert read_table(folder, "articles")["article_id"].tolist() == ["a-1", "b-2"]
    rejects = pd.read_csv(folder / "rejects.csv", keep_default_na=False).set_index("article_id")
    assert rejects["reason"].to_dict() == {
        "a-2": "a-2: no word is left after cleaning; look at the text and at boilerplate.toml",
        "b-1": "b-1.txt: is a Word or zip file, not plain text; save it as plain text (UTF-8)",
        "c-1": "c-1.txt and a-1.txt hold the same text; keep one, articles count as independent",
        "d-1": "articles.csv row 7 (d-1): no text in text/; add d-1.txt or drop the row",
        "stray.txt": "stray.txt: articles.csv has no row for it; add one with article_id 'stray' or remove the file",
    }
    assert rejects.loc["a-2", "provenance"] == "'=1+1"  # nothing of the row is lost, and no spreadsheet runs it
    said = capsys.readouterr()
    assert "2 articles" in said.out and "left out: a-2: no word" in said.err and "left out in all: 5" in said.err


def test_what_was_left_out_is_tried_again(make_folder):
    folder = make_folder({"a-1": "Rain fell.", "a-2": "…"})
    an.build_folder(folder)
    (folder / "text" / "a-2.txt").write_text("Now it rains.", encoding="utf-8")
    built = an.build_folder(folder)
    assert built.n_articles == 2 and built.rejects.empty
    assert read_table(folder, "articles")["article_id"].tolist() == ["a-1", "a-2"]
    assert not (folder / "rejects.csv").exists()


def test_strict_stops_and_writes_nothing(make_folder, capsys):
    folder = make_folder({"a-1": "Rain fell.", "a-2": "…", "a-3": "?"})
    before = contents(folder)
    assert main(["build", str(folder), "--strict"]) == 1
    said = capsys.readouterr().err
    assert "a-2: no word is left" in said and "a-3: no word is left" in said
    assert contents(folder) == before


def test_nothing_but_bad_articles_is_an_error(make_folder):
    folder = make_folder({"a-1": "…"})
    before = contents(folder)
    with pytest.raises(ValueError, match="no article can be built:\na-1: no word is left"):
        an.build_folder(folder)
    assert contents(folder) == before


def test_an_article_at_which_a_rule_breaks_leaves_no_row_behind(make_folder, monkeypatch):
    folder = make_folder({"a-1": "Rain fell.", "a-2": "It broke. Here.", "a-3": "It was dry."})
    from analysis import build

    score = build.score_expressions
    monkeypatch.setattr(build, "score_expressions", lambda s: score(s) if s.text != "Here." else 1 / 0)
    built = an.build_folder(folder)
    assert built.rejects["reason"].tolist() == ["ZeroDivisionError: division by zero"]
    assert set(read_table(folder, "terms")["article_id"]) == {"a-1", "a-3"}


def test_a_corpus_can_say_what_a_word_is(make_folder):
    own = '[tokens]\npattern = "[\\\\w\\\\u0900-\\\\u0963]+"\nreason = "Devanagari joins marks to letters"\n'
    text = {"a-1": "हिन्दी समाचार। यह हिन्दी है।"}
    cut = an.build_corpus(make_folder(text))
    assert "हिन्दी" not in set(cut.terms["term"])
    shutil.rmtree(cut.folder)
    folder = make_folder(text, variants_toml=own)
    whole = an.build_corpus(folder)
    assert {"हिन्दी", "समाचार"} <= set(whole.terms["term"])
    (folder / "variants.toml").write_text('[tokens]\npattern = "["\nreason = "none"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"variants\.toml: the pattern of '\[tokens\]' cannot be read"):
        an.build_corpus(folder)


# ------------------------------------------------------------------------------------------- interruptions


def wait_for_parts(folder: Path, n: int, process: subprocess.Popen | None = None) -> None:
    deadline = time.monotonic() + 240
    while len(list((folder / batches.BUILDING).glob(f"*/{batches.DONE}"))) < n:
        assert process is None or process.poll() is None, "the build ended before it could be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_build_that_was_killed_goes_on_where_it_was(fresh, serial):
    before = contents(fresh)
    build = subprocess.Popen(
        [sys.executable, "-m", "analysis", "build", str(fresh), "--jobs", "1"], start_new_session=True
    )
    wait_for_parts(fresh, 1, build)
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    assert contents(fresh) == before  # no table is half there
    parts = {p.parent.name: p.stat().st_mtime_ns for p in (fresh / batches.BUILDING).glob(f"*/{batches.DONE}")}
    assert 1 <= len(parts) < 4
    made = []
    build_batch = batches._build_batch
    try:
        batches._build_batch = lambda folder, job, **kwargs: made.append(job.name) or build_batch(folder, job, **kwargs)
        an.build_folder(fresh)
    finally:
        batches._build_batch = build_batch
    assert not set(made) & set(parts) and len(made) + len(parts) == 4
    assert contents(fresh) == serial


def test_a_part_of_other_texts_or_rules_or_that_is_not_whole_is_made_anew(fresh, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(batches, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        an.build_folder(fresh)
    work = fresh / batches.BUILDING
    first, second, *_ = sorted(work.iterdir())
    (first / "terms.feather").write_bytes(b"torn")
    article = next(make_articles(150 - 1)).article_id
    assert article == "made-0000000"
    (fresh / "text" / "made-0000150.txt").write_text("Another text.\n", encoding="utf-8")
    made = []
    build_batch = batches._build_batch
    monkeypatch.setattr(batches, "_build_batch", lambda f, job, **k: made.append(job.name) or build_batch(f, job, **k))
    with pytest.raises(KeyboardInterrupt):
        an.build_folder(fresh)
    assert made[0] == first.name and made[1][:5] == second.name[:5] and made[1] != second.name and len(made) == 2
    made.clear()
    with (fresh / "stopwords.txt").open("a", encoding="utf-8") as file:
        file.write("another\n")
    with pytest.raises(KeyboardInterrupt):
        an.build_folder(fresh)
    assert len(made) == 4


# ------------------------------------------------------------------------------------------------ a cluster


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, worker_dashboard_address=None
        ) as local,
        distributed.Client(local) as client,
    ):
        client.wait_for_workers(2)
        yield client


def test_a_dask_cluster_builds_the_same_bytes_though_a_worker_is_killed(cluster, fresh, serial, monkeypatch):
    monkeypatch.setattr(batches, "LEAST", 40)
    pids = list(cluster.run(os.getpid).values())
    assert len(set(pids)) == 2 and os.getpid() not in pids
    errors = []

    def kill():
        try:
            wait_for_parts(fresh, 1)
            os.kill(pids[0], signal.SIGKILL)
        except Exception as error:  # what goes wrong in a thread is said in the test
            errors.append(error)

    killer = threading.Thread(target=kill)
    killer.start()
    with joblib.parallel_config("dask"):
        an.build_folder(fresh)
    killer.join()
    assert not errors
    assert contents(fresh) == serial
    cluster.wait_for_workers(2)
    assert pids[0] not in cluster.run(os.getpid).values()


def test_a_dask_cluster_draws_the_same_articles(cluster, example):
    chosen = example.keep(min_count=8)
    serial = an.score_terms(chosen, draws=2_000, labellings=99)
    with joblib.parallel_config("dask"):
        pd.testing.assert_frame_equal(an.score_terms(chosen, draws=2_000, labellings=99), serial)
