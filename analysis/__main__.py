"""The command line: build and check a corpus, say who speaks in it, run the study."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.corpus import Corpus

DEFAULT, EXAMPLE = "call-2021", "example"
SHOWN = 20  # reasons said one by one


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code; what goes wrong is said in a sentence, not in a traceback."""
    parser = argparse.ArgumentParser(prog="python -m analysis", description="How news sources frame one event.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    take = commands.add_parser("import", help="make a corpus folder of texts, tables, web pages or Nexis documents")
    take.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with all that is in it")
    take.add_argument("--to", required=True, metavar="DIR", help="the new corpus: a name under corpus/, or a folder")
    take.add_argument("--source", default="", help="the outlet of articles that name none")
    take.add_argument("--names", metavar="PATTERN", help="what file names say (default: {date}_{source}_{title})")
    take.add_argument(
        "--column", action="append", default=[], metavar="FIELD=NAME", help="a table's column for a field"
    )
    take.add_argument("--dates", choices=["dmy", "mdy"], default="", help="what 07/12/2021 means")
    take.add_argument(
        "--copies",
        choices=["mark", "keep", "mask"],
        default="mark",
        help="near-duplicates: say so in their genre (default), nothing, or leave the shared lines out",
    )
    build = commands.add_parser("build", help="read raw articles and write the tables of a corpus")
    build.add_argument("corpus", help="a name under corpus/, or a folder")
    build.add_argument("--text", metavar="DIR", help="folder of the raw .txt files (default: CORPUS/text)")
    build.add_argument("--jobs", type=int, default=-1, metavar="N", help="processes (default: one for each core)")
    build.add_argument("--strict", action="store_true", help="stop at what cannot be built, and write nothing")
    build.add_argument("--parquet", action=argparse.BooleanOptionalAction, help="tables as Parquet (default: if large)")
    check = commands.add_parser("check", help="validate tables, checksums and the data dictionary")
    check.add_argument("corpus", nargs="?", default=DEFAULT, help=f"default: {DEFAULT}")
    voices = commands.add_parser("voices", help="say whose words each source prints")
    voices.add_argument("corpus", nargs="?", default=DEFAULT, help=f"default: {DEFAULT}")
    voices.add_argument("--score", action="store_true", help="compare the rules with the reading in voices_gold.csv")
    voices.add_argument(
        "--text", metavar="DIR", help="with --score: folder of the raw .txt files (default: CORPUS/text)"
    )
    coding = commands.add_parser(
        "coding", help="code frames or tone by reading: sheets for coders, and how far they agree"
    )
    coding.add_argument("corpus", nargs="?", default=DEFAULT, help=f"default: {DEFAULT}")
    task = coding.add_mutually_exclusive_group(required=True)
    task.add_argument(
        "--sheet",
        nargs="?",
        const="",
        metavar="FILE",
        help="write a sheet (.xlsx or .csv; default: CORPUS/sheets/CODER.xlsx)",
    )
    task.add_argument("--read", metavar="FILE", help="take a filled-in sheet back")
    task.add_argument("--agreement", action="store_true", help="say how far the coders agree")
    coding.add_argument("--tone", action="store_true", help="the tone of sentences instead of their frames")
    coding.add_argument("--coder", help="whose sheet it is (default: a free letter; with --read what the sheet says)")
    coding.add_argument("--kind", choices=["person", "machine"], help="with --read: what kind of reader a new coder is")
    coding.add_argument("--description", default="", help="with --read: how the coding was done")
    coding.add_argument("--replace", action="store_true", help="with --read: replace what the coder coded before")
    coding.add_argument("--sample", type=int, metavar="N", help="with --sheet: so many sentences, drawn at random")
    coding.add_argument("--text", metavar="DIR", help="folder of the raw .txt files (default: CORPUS/text)")
    frames = commands.add_parser("frames", help="say which frames each source uses")
    frames.add_argument("corpus", nargs="?", default=DEFAULT, help=f"default: {DEFAULT}")
    frames.add_argument("--validate", action="store_true", help="compare the dictionary with the reading in coding.csv")
    study = commands.add_parser("study", help="run the notebooks; figures and a report come out")
    study.add_argument("corpus", nargs="?", default=DEFAULT, help=f"default: {DEFAULT}")
    study.add_argument("--notebook", metavar="NN", help="run only the notebook whose name begins so; no report")
    args = parser.parse_args(argv)
    run = {
        "import": _import,
        "build": _build,
        "check": _check,
        "voices": _voices,
        "coding": _coding,
        "frames": _frames,
        "study": _study,
    }
    try:
        return run[args.command](args)
    except (ValueError, KeyError, OSError) as error:
        print(f"error: {error.args[0] if isinstance(error, KeyError) else error}", file=sys.stderr)
        return 1


def _import(args: argparse.Namespace) -> int:
    from shlex import quote

    from analysis.importing.run import NAMES, import_articles

    if wrong := [text for text in args.column if "=" not in text]:
        raise ValueError(f"--column {wrong[0]!r}: write FIELD=NAME, as text=Body")
    done = import_articles(
        args.paths, args.to, source=args.source, names=args.names or NAMES,
        columns=dict(text.split("=", 1) for text in args.column), dates=args.dates, copies=args.copies,
    )  # fmt: skip
    print(done.account())
    print(f"{done.folder}: README.md there says how to go on; first python -m analysis build {quote(str(done.folder))}")
    return 0


def _build(args: argparse.Namespace) -> int:
    from analysis.batches import build_folder

    built = build_folder(
        args.corpus, args.text, n_jobs=args.jobs, strict=args.strict, parquet=args.parquet, progress=True
    )
    print(
        f"{built.folder.name}: {built.n_articles:,} articles, {built.n_sentences:,} sentences, {built.n_words:,} words"
    )
    for reason in built.rejects["reason"][:SHOWN]:
        print(f"left out: {reason}", file=sys.stderr)
    if len(built.rejects):
        print(f"left out in all: {len(built.rejects)}; rejects.csv has every one with its reason, and the next build"
              " tries them again", file=sys.stderr)  # fmt: skip
    return 0


def _check(args: argparse.Namespace) -> int:
    from analysis.coding import check_coding
    from analysis.loading import read_corpus
    from analysis.storage import check_tables, corpus_folder

    folder = corpus_folder(args.corpus)
    faults = check_tables(folder)
    if not faults:
        faults = check_coding(read_corpus(folder))
    print("\n".join(faults) if faults else f"{folder.name}: tables, checksums and data dictionary are in order")
    return 1 if faults else 0


def _voices(args: argparse.Namespace) -> int:
    if args.score:
        from analysis.readings import score_voices

        scores = score_voices(args.corpus, args.text)
        print(scores.to_string(index=False, formatters={"value": "{:.3f}".format}))
        return 0
    from analysis.loading import read_corpus
    from analysis.speech import count_sides

    sides = count_sides(read_corpus(args.corpus))
    print(
        sides[["source", "voice", "side", "n_words", "share"]].to_string(
            index=False, formatters={"share": "{:.1%}".format}
        )
    )
    return 0


def _coding(args: argparse.Namespace) -> int:
    from pathlib import Path

    from analysis.loading import read_corpus
    from analysis.sheets import FRAMES, TONE, add_coding, read_sheet, write_sheet

    corpus = read_corpus(args.corpus, args.text)
    if args.sheet is not None:
        known, task = set(corpus.tables["coders"]["coder"]), TONE if args.tone else FRAMES
        coder = args.coder or next(letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in known)
        own = f"{coder}-tone.xlsx" if args.tone else f"{coder}.xlsx"
        path = Path(args.sheet) if args.sheet else corpus.folder / "sheets" / own
        sheet = write_sheet(corpus, path, coder=coder, task=task, sample=args.sample)
        print(f"{path}: {len(sheet)} sentences for coder {coder}. It holds text of the articles; do not publish it.")
        return 0
    if args.read:
        codes = read_sheet(corpus, args.read, coder=args.coder)
        add_coding(corpus, codes, kind=args.kind, description=args.description, replace=args.replace)
        table = "tone" if TONE in codes else "coding"
        print(f"{table}.csv has {len(codes)} rows of coder {codes['coder'].iloc[0]} now")
        corpus = read_corpus(args.corpus, args.text)
        return _tone(corpus) if TONE in codes else _agreement(corpus)
    return _tone(corpus) if args.tone else _agreement(corpus)


def _tone(corpus: Corpus) -> int:
    from analysis.tone import score_polarity, score_tone

    table, against = score_tone(corpus), score_polarity(corpus)
    if len(table):
        print("How far readers agree on the tone of sentences:")
        print(_text(table))
    if len(against):
        print("\nTextBlob's polarity against that tone:")
        print(_text(against))
    print(against.attrs["note"])
    return 0


def _agreement(corpus: Corpus) -> int:
    from analysis.agreement import count_confusion, read_disagreements, score_agreement, score_pairs
    from analysis.coding import describe_coding

    print(describe_coding(corpus))
    table = score_agreement(corpus)
    print(table.attrs.get("note", ""))
    if len(table):
        print(_text(table.drop(columns=["n_sentences", "attributes_alike", "attributes"])))
        print("\nTwo by two:")
        print(_text(score_pairs(corpus)))
        print("\nWhat one coder saw where another saw something else (pairs of coders):")
        print(_text(count_confusion(corpus)))
        print("\nSentences on which coders differ, and what was decided:")
        print(_text(read_disagreements(corpus).drop(columns=["source", "text"])))
    return 0


def _frames(args: argparse.Namespace) -> int:
    from analysis.dictionary import read_errors, score_dictionary, score_indicators
    from analysis.frames import compare_frames
    from analysis.loading import read_corpus

    corpus = read_corpus(args.corpus)
    if not args.validate:
        table = compare_frames(corpus.select(role="core"))
        print(table.attrs["coding"])
        columns = [
            "source",
            "frame",
            "voice",
            "coded",
            "coded_share",
            "block_low",
            "block_high",
            "found",
            "found_share",
        ]
        print(_text(table[columns]))
        print(corpus.select(role="core").caveat())
        return 0
    scores = score_dictionary(corpus)
    if scores.empty:
        raise ValueError(f"{corpus.name}: {scores.attrs['note']}")
    print(scores.attrs["coding"])
    print(_text(scores))
    if corpus.name != EXAMPLE and (corpus.folder.parent / EXAMPLE).is_dir():
        beside = score_dictionary(read_corpus(corpus.folder.parent / EXAMPLE))
        print(f"\nBeside it, all decisions of the corpus {EXAMPLE}, in its own frames:")
        print(_text(beside[beside["frame"] == "micro"].drop(columns="frame")))
    print("\nIndicators that hit once or never, are below .8, or are marked ambiguous:")
    indicators = score_indicators(corpus)
    print(_text(indicators[(indicators["flag"] != "") | (indicators["ambiguous"] != "")]))
    print("\nWhere dictionary and reading differ:")
    print(_text(read_errors(corpus).drop(columns=["source", "text"])))
    return 0


def _text(table: pd.DataFrame) -> str:
    return "none" if table.empty else table.to_string(index=False, float_format="{:.3f}".format, na_rep="–")


def _study(args: argparse.Namespace) -> int:
    from analysis.report.study import run_study

    for path in run_study(args.corpus, only=args.notebook):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
