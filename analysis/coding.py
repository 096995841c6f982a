"""The coding of a corpus: what coders read in each sentence, what does not fit, and which reading counts.

coding.csv holds every coder's codes, tone.csv the tone that readers gave sentences, coders.csv what kind of reader each
was, decisions.csv why a disagreement was decided as it was. More coders need more rows, and no code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.codebook import NONE, codes_of
from analysis.corpus import Corpus
from analysis.storage import article_states, read_coded_states
from analysis.tables import nearest

FINAL = "final"
SENTENCE = ["article_id", "sentence"]
CODED_SECTIONS = ("headline", "standfirst", "body")  # what a sheet asks for; a subhead belongs to no sentence


def check_coding(corpus: Corpus) -> list[str]:
    """Say row by row what in the readers' tables does not fit the corpus or its codebook.

    Returns
    -------
    list of str
        One sentence per fault: a sentence that is not there, a code or attribute that the codebook does not have, a row
        that stands twice, NONE beside a frame, a coder of whom coders.csv says nothing. Empty when all is well.
    """
    faults = []
    sentences = set(zip(*(corpus.tables["passages"][c] for c in SENTENCE), strict=True))
    for name in ("coding", "tone", "decisions", "facts_read"):
        table = corpus.tables[name]
        wrong = _wrong_codes(corpus, table)
        for row, (article, sentence) in enumerate(zip(*(table[c] for c in SENTENCE), strict=True)):
            place = f"{name}.csv row {row + 2} ({article})"
            if not pd.isna(sentence) and (article, sentence) not in sentences:
                faults.append(f"{place}: there is no sentence {sentence}; remove the row, or build the corpus again")
            faults += [f"{place}: {fault}" for fault in wrong[row]]
        keys = [c for c in (*SENTENCE, "fact", "coder", "frame") if c in table]
        for i in np.flatnonzero(table.duplicated(keys)):
            key = ", ".join(str(table[k].iloc[i]) for k in keys)
            faults.append(f"{name}.csv row {i + 2}: {key} stands twice; keep one")
    coding = corpus.tables["coding"]
    several = coding[coding["frame"] == NONE].merge(coding[coding["frame"] != NONE], on=[*SENTENCE, "coder"])
    faults += [
        f"coding.csv: {r.article_id}, sentence {r.sentence}, coder {r.coder}: {NONE} stands beside {r.frame_y}; drop"
        " one of the two"
        for r in several.itertuples()
    ]
    faults += changed_since_coded(corpus)
    described = set(corpus.tables["coders"]["coder"])
    coders = {coder for name in ("coding", "tone", "facts_read") for coder in corpus.tables[name]["coder"]}
    return faults + [
        f"coders.csv has no row for coder {coder!r}; add one with kind person or machine"
        for coder in sorted(coders - described)
    ]


def _wrong_codes(corpus: Corpus, table: pd.DataFrame) -> list[list[str]]:
    """Say for each row what is wrong with its code or fact; like codes are looked at once."""
    if "fact" in table:
        known = [fact.code for fact in corpus.facts]
        faults = {
            f: [] if f in known else [f"facts.toml has no fact {f!r}; {nearest(f, known)}"] for f in set(table["fact"])
        }
        return [faults[fact] for fact in table["fact"]]
    if "tone" in table:  # its values are checked when it is read
        return [[] for _ in range(len(table))]
    codes = list(zip(table["frame"], table["attribute"] if "attribute" in table else [""] * len(table), strict=True))
    checked = {code: list(check_code(corpus, *code)) for code in set(codes)}
    return [checked[code] for code in codes]


def changed_since_coded(corpus: Corpus) -> list[str]:
    """Say which articles were changed since they were coded, so that codes would stand at other sentences."""
    articles = corpus.tables["articles"]
    now = dict(zip(articles["article_id"], article_states(articles), strict=True))
    coded = {article for name in ("coding", "tone", "facts_read") for article in corpus.tables[name]["article_id"]}
    return [
        f"{article} was changed since it was coded (its text, or how it is split into sentences), and codes may stand"
        " at the wrong sentences; restore it, or take its rows out of coding.csv, tone.csv, facts_read.csv and"
        " decisions.csv"
        for article, then in sorted(read_coded_states(corpus.folder).items())
        if article in now and now[article] != then and article in coded
    ]


def check_code(corpus: Corpus, frame: str, attribute: str) -> Iterator[str]:
    """Say what is wrong with one code and its attribute, by the codebook."""
    frames = {f.code: f for f in corpus.codebook.frames}
    if frame not in frames and frame != NONE:
        yield f"codebook.toml has no frame {frame!r}; {nearest(frame, [*frames, NONE])}"
        return
    allowed = frames[frame].attributes if frame != NONE else {}
    for key, value in codes_of(attribute):
        if key not in allowed:
            yield f"{frame} has no attribute {key!r}; {nearest(key, allowed)}"
        elif value not in allowed[key]:
            yield f"{frame}: {key} {value!r} is not one of {', '.join(allowed[key])}"


def coders_of(corpus: Corpus, table: str = "coding") -> pd.Series:
    """List the coders of a table as kind (person, machine) by name, those whose reading counts first at the top.

    A person's reading counts before a machine's, and the reconciled one of either kind ('final') before single ones.
    """
    if faults := check_coding(corpus):
        raise ValueError(list_faults(faults, 10))
    kinds = corpus.tables["coders"].set_index("coder")["kind"]
    kinds = kinds[kinds.index.isin(corpus.tables[table]["coder"])]
    order = sorted(kinds.index, key=lambda coder: (kinds[coder] != "person", not is_final(coder), coder))
    return kinds.reindex(order)


def list_faults(faults: Sequence[str], most: int) -> str:
    """Write so many faults line by line, and how many more there are."""
    more = [f"… and {len(faults) - most} more"] if len(faults) > most else []
    return "\n".join([*faults[:most], *more])


def is_final(coder: str) -> bool:
    """Tell whether a coder's name stands for a reconciled reading: 'final', or 'final-persons' beside it."""
    return coder == FINAL or coder.startswith(f"{FINAL}-")


def reference_coding(corpus: Corpus) -> pd.DataFrame:
    """Give the codes that count: of each sentence those of the first coder in the order of `coders_of`.

    Returns
    -------
    DataFrame
        Of the whole corpus, one row per sentence and frame (NONE where there is none): article_id, sentence, frame,
        attribute, coder, kind (person, machine).
    """
    return _first_reading(corpus, "coding", SENTENCE).sort_values([*SENTENCE, "frame"], ignore_index=True)


def reference_facts(corpus: Corpus) -> pd.DataFrame:
    """Give the mentions of facts that count: of each article and fact those of the first reader.

    Returns
    -------
    DataFrame
        Of the whole corpus: article_id, fact, sentence (one row per mention; empty where there is none), coder, kind.
    """
    rows = _first_reading(corpus, "facts_read", ["article_id", "fact"])
    return rows.sort_values(["article_id", "fact", "sentence"], ignore_index=True)


def _first_reading(corpus: Corpus, table: str, unit: Sequence[str]) -> pd.DataFrame:
    """Keep of each unit the rows of the first coder in the order of `coders_of`."""
    kinds, rows = coders_of(corpus, table), corpus.tables[table]
    rank = rows["coder"].map({coder: i for i, coder in enumerate(kinds.index)})
    chosen = rows[rank == rank.groupby([rows[c] for c in unit]).transform("min")]
    return chosen.assign(kind=chosen["coder"].map(kinds))


def describe_coding(corpus: Corpus) -> str:
    """Say in a few sentences who coded the selected sentences, how many have no frame, and what that is worth."""
    used = reference_coding(corpus)
    used = used.merge(corpus.passages[SENTENCE].drop_duplicates(), on=SENTENCE)
    bare = int((used["frame"] == NONE).sum())
    used = used.drop_duplicates(SENTENCE)
    if used.empty:
        return "No sentence has been coded by reading."
    kinds = coders_of(corpus)
    counts = used["kind"].value_counts()
    said = " and ".join(_told(kind, kinds, f"{counts[kind]:,} " if len(counts) > 1 else "") for kind in counts.index)
    text = f"Coded by reading: {len(used):,} sentences, {bare:,} of them without a frame, {said}."
    if len(counts) > 1:
        source = used["article_id"].map(corpus.tables["articles"].set_index("article_id")["source"])
        by = (used["kind"] == "person").groupby(source).agg(["sum", "size"])
        listed = ", ".join(f"{name} {row['sum']} of {row['size']}" for name, row in by.iterrows())
        text += f" Who read differs: by persons {listed}."
    persons = [name for name, kind in kinds.items() if kind == "person" and not is_final(name)]
    if len(persons) > 1 and not any(is_final(name) and kinds[name] == "person" for name in kinds.index):
        text += f" Where persons differ, {persons[0]} counts first, by the alphabet alone."
    return text + (" No person has read them." if set(counts.index) == {"machine"} else "")


def _told(kind: str, kinds: pd.Series, number: str) -> str:
    """Say which readers of a kind there are: 'by machines (A and B; final decides where they differ)'."""
    mine = [name for name in kinds.index if kinds[name] == kind]
    single = [name for name in mine if not is_final(name)]
    final = [name for name in mine if is_final(name)]
    decides = f"{final[0]} decides where they differ" if final else ""
    listed = "; ".join(filter(None, [", ".join(single), decides]))
    return f"{number}by {'a ' if len(single) == 1 else ''}{kind}{'' if len(single) == 1 else 's'} ({listed})"
