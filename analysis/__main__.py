"""The command line: build and check a corpus, say who speaks in it, run the study."""

from __future__ import annotations

import argparse
import sys

DEFAULT = "call-2021"


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code; what goes wrong is said in a sentence, not in a traceback."""
    parser = argparse.ArgumentParser(prog="python -m analysis", description="How news sources frame one event.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="read raw articles and write the tables of a corpus")
    build.add_argument("corpus", help="a name under corpus/, or a folder")
    build.add_argument("--text", metavar="DIR", help="folder of the raw .txt files (default: CORPUS/text)")
    check = commands.add_parser("check", help="validate tables, checksums and the data dictionary")
    check.add_argument("corpus", nargs="?", default=DEFAULT, help=f"default: {DEFAULT}")
    voices = commands.add_parser("voices", help="say whose words each source prints")
    voices.add_argument("corpus", nargs="?", default=DEFAULT, help=f"default: {DEFAULT}")
    voices.add_argument("--score", action="store_true", help="compare the rules with the reading in voices_gold.csv")
    voices.add_argument(
        "--text", metavar="DIR", help="with --score: folder of the raw .txt files (default: CORPUS/text)"
    )
    study = commands.add_parser("study", help="run the notebooks; figures and a report come out")
    study.add_argument("corpus", nargs="?", default=DEFAULT, help=f"default: {DEFAULT}")
    study.add_argument("--notebook", metavar="NN", help="run only the notebook whose name begins so; no report")
    args = parser.parse_args(argv)
    run = {"build": _build, "check": _check, "voices": _voices, "study": _study}[args.command]
    try:
        return run(args)
    except (ValueError, KeyError, OSError) as error:
        print(f"error: {error.args[0] if isinstance(error, KeyError) else error}", file=sys.stderr)
        return 1


def _build(args: argparse.Namespace) -> int:
    from analysis.corpus import build_corpus, write_corpus

    corpus = build_corpus(args.corpus, args.text)
    write_corpus(corpus)
    print(f"{corpus.folder.name}: {len(corpus.articles)} articles, {corpus.articles['n_sentences'].sum():,} sentences,"
          f" {corpus.articles['n_words'].sum():,} words, {len(corpus.terms):,} terms")  # fmt: skip
    return 0


def _check(args: argparse.Namespace) -> int:
    from analysis.corpus import corpus_folder
    from analysis.tables import check_tables

    folder = corpus_folder(args.corpus)
    faults = check_tables(folder)
    print("\n".join(faults) if faults else f"{folder.name}: tables, checksums and data dictionary are in order")
    return 1 if faults else 0


def _voices(args: argparse.Namespace) -> int:
    if args.score:
        from analysis.readings import score_voices

        scores = score_voices(args.corpus, args.text)
        print(scores.to_string(index=False, formatters={"value": "{:.3f}".format}))
        return 0
    from analysis.corpus import read_corpus
    from analysis.speech import count_sides

    sides = count_sides(read_corpus(args.corpus))
    print(
        sides[["source", "voice", "side", "n_words", "share"]].to_string(
            index=False, formatters={"share": "{:.1%}".format}
        )
    )
    return 0


def _study(args: argparse.Namespace) -> int:
    from analysis.report.study import run_study

    for path in run_study(args.corpus, only=args.notebook):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
