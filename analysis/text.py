"""From a raw file to the lines of an article: decoding, checksum, words, and cleaning by line.

Nothing is removed by word. A line stays whole, or a named rule takes it away and it is accounted for; only a
dateline or the like may be cut out of a line, by a rule of its own.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, repeat
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

Answer = TypeVar("Answer")
_OWN_PATTERN: ContextVar[re.Pattern[str] | None] = ContextVar("own pattern", default=None)
MAX_BYTES = 5_000_000
REMEMBERED = 200_000  # words of which an answer is kept, some 30 MB a question
SECTIONS = ("headline", "standfirst", "subhead", "body")
_LETTER = r"[^\W\d_]"
_UNIT = rf"(?:{_LETTER}(?:\.{_LETTER})+(?!\w)\.?|\d+(?:[.,:]\d+)*[^\W_]*|{_LETTER}[^\W_]*(?:['’ʼ]{_LETTER}+)*)"
_WORD = re.compile(rf"{_UNIT}(?:[-‐‑]{_UNIT})*")
# The same, parting a text at its words; most are plain letters, which are tried first.
_BETWEEN_WORDS = re.compile(rf"([A-Za-z]+(?![\w.'’ʼ\-‐‑])|{_WORD.pattern})")
# Addresses are matched first and give no word: digits of a URL slug are not quantities. Their parts have bounded
# lengths, so that no text takes more than linear time.
_ADDRESS_OR_WORD = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]{1,64}@\w\S*|@\w+|\w{1,40}(?:-\w{1,40}){2,20}(?:-\d{1,8}){2,4}(?!\w)"
    rf"|(?P<word>{_WORD.pattern})"
)
_ADDRESS = re.compile(r"://|www\.|@|-\d{1,8}-\d")  # what every address has
DOUBLE_MARKS, SINGLE_MARKS = '"“”„«»', "'‘’‚‹›"
MARKS = re.compile(f"[{DOUBLE_MARKS}{SINGLE_MARKS}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]")
_CLOSED = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
_CUT = 5  # words that a cut title needs to be looked for
_SUBHEAD_WORDS = 15


class Token(NamedTuple):
    """One occurrence of a word: where it begins in its text, and the word as it stands."""

    start: int
    text: str


@dataclass(frozen=True)
class Line:
    """A line that is part of the article: its number in the raw file, its text, and its section."""

    number: int
    text: str
    section: str


@dataclass(frozen=True)
class Removed:
    """A line, or a piece of one, that is not part of the article, and the rule that says so."""

    number: int
    rule: str
    n_words: int


# --------------------------------------------------------------------------------------- files and words


def decode(raw: bytes, name: str) -> str:
    """Read bytes as UTF-8, with or without BOM, UTF-16 or Windows-1252, and end lines with LF.

    Parameters
    ----------
    raw : bytes
        The content of a file.
    name : str
        What an error message calls it.

    Raises
    ------
    ValueError
        The bytes are none of these encodings.
    """
    for start, kind in {b"PK": "a Word or zip file", b"%PDF": "a PDF", b"{\\rtf": "a rich-text file"}.items():
        if raw.startswith(start):
            raise ValueError(f"{name}: is {kind}, not plain text; save it as plain text (UTF-8)")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif raw[:200].count(b"\0") > len(raw[:200]) // 4:  # UTF-16 without a mark: every other byte is zero
        encodings = ["utf-16-be" if raw[:1] == b"\0" else "utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise ValueError(f"{name}: not readable as UTF-8, UTF-16 or Windows-1252 text; save it as UTF-8")


def read_text(path: Path) -> str:
    """Read one raw article file.

    Raises
    ------
    ValueError
        The file is larger than `MAX_BYTES`, which no article is, or its encoding is unknown.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(f"{path.name}: {size / 1e6:.0f} MB is more than an article; the limit is"
                         f" {MAX_BYTES / 1e6:.0f} MB. Split the file, one article each")  # fmt: skip
    return decode(path.read_bytes(), path.name)


def checksum(text: str) -> str:
    """Give the SHA-256 by which an article is recognized whatever its file name or line endings.

    It is taken of the whole raw text as UTF-8 without BOM, NFC, lines ended by LF, without trailing blanks (at
    the end of a line or of the text).
    """
    lines = unicodedata.normalize("NFC", text.removeprefix("\ufeff")).split("\n")
    return hashlib.sha256("\n".join(line.rstrip() for line in lines).rstrip().encode()).hexdigest()


def text_files(folder: Path) -> list[Path]:
    """List the raw `.txt` files of a folder, sorted by name."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() == ".txt") if folder.is_dir() else []


def tokenize(text: str) -> list[Token]:
    """Find the words of a text: the one tokenizer for every count of the study.

    'U.S.', contractions, hyphenated compounds, '94,000' and '18:08' are one word each; addresses are none.

    Examples
    --------
    >>> [t.text for t in tokenize("The U.S. doesn’t list 94,000 ill-fed men.")]
    ['The', 'U.S.', 'doesn’t', 'list', '94,000', 'ill-fed', 'men']
    """
    if own := _OWN_PATTERN.get():
        return [Token(m.start(), m[0]) for m in own.finditer(text) if m[0]]
    if _ADDRESS.search(text):
        return [Token(m.start(), m["word"]) for m in _ADDRESS_OR_WORD.finditer(text) if m["word"]]
    parts = _BETWEEN_WORDS.split(text)  # what stands before a word, the word, and so on
    ends = accumulate(map(len, parts))
    return list(map(tuple.__new__, repeat(Token), zip(islice(ends, 0, None, 2), parts[1::2], strict=False)))


@contextmanager
def words_found_by(pattern: re.Pattern[str] | None) -> Iterator[None]:
    """Let a corpus's own pattern say what a word is, as long as its texts and word lists are read."""
    token = _OWN_PATTERN.set(pattern)
    try:
        yield
    finally:
        _OWN_PATTERN.reset(token)


def read_token_pattern(folder: Path) -> re.Pattern[str] | None:
    """Read from [tokens] of variants.toml what a word is in the script of a corpus; None for the tokenizer's own.

    Raises
    ------
    ValueError
        It lacks its pattern or reason, or is no regular expression.
    """
    entry = read_toml(folder / "variants.toml").get("tokens", {})
    if not entry:
        return None
    if missing := sorted({"pattern", "reason"} - entry.keys()):
        raise ValueError(f"variants.toml: [tokens] lacks {', '.join(missing)}")
    return _compile({"match": entry["pattern"], "name": "[tokens]"}, folder / "variants.toml", 0)


def tokens_in(text: str, start: int, end: int) -> list[Token]:
    """Find the words of a piece of a text, as `tokenize` would in the piece alone; their places are those in the text.

    The words of the text are found once, whatever pieces of it are asked for.
    """
    tokens, starts, parted = _tokens_of(text, _OWN_PATTERN.get())
    first, last = bisect_left(starts, start), bisect_left(starts, end)
    cut = first > 0 and starts[first - 1] + len(tokens[first - 1].text) > start
    cut = cut or (last > first and starts[last - 1] + len(tokens[last - 1].text) > end)
    if not parted or cut or _is_inside(text, start) or _is_inside(text, end):
        return [Token(start + token.start, token.text) for token in tokenize(text[start:end])]
    return tokens[first:last]


@lru_cache(maxsize=64)  # lines: those of an article are asked for again and again
def _tokens_of(text: str, own: re.Pattern[str] | None) -> tuple[list[Token], list[int], bool]:
    """Give the words of a text and their places, and say that none can be an address or another pattern's."""
    tokens = tokenize(text)
    return tokens, [token.start for token in tokens], own is None and not _ADDRESS.search(text)


def _is_inside(text: str, at: int) -> bool:
    """Tell whether a place has letters or digits on both sides."""
    return 0 < at < len(text) and text[at - 1 : at + 1].isalnum()


_SIGNS = str.maketrans("’ʼ‐‑", "''--")  # apostrophes and hyphens


class Remembered(dict[str, Answer]):
    """What a function says of each word, worked out once; it is emptied when it has grown large."""

    def __init__(self, function: Callable[[str], Answer]) -> None:
        """Begin with nothing."""
        super().__init__()
        self.function = function

    def __missing__(self, word: str) -> Answer:
        """Ask the function."""
        if len(self) >= REMEMBERED:
            self.clear()
        self[word] = answer = self.function(word)
        return answer


def written_form(word: str) -> str:
    """Give a word as it is written, capitals and all, with straight apostrophe and without a possessive 's."""
    form = word.translate(_SIGNS)
    return form[:-2] if form[-2:].lower() == "'s" else form


def _normal_form(word: str) -> str:
    return word.translate(_SIGNS).lower().removesuffix("'s")


_NORMAL_FORMS = Remembered(_normal_form)


def normal_form(word: str) -> str:
    """Give a word's form as it is counted: lower case, straight apostrophe, without a possessive 's."""
    return _NORMAL_FORMS[word]


# What a corpus's own judgement files may hold.
TOML_TABLES = {
    "boilerplate.toml": ("rule", "span", "line"),
    "codebook.toml": ("coding", "frame", "held_out"),
    "facts.toml": ("fact",),
    "variants.toml": ("variant", "compounds", "own_names", "tokens"),
    "voices.toml": ("verbs", "hearers", "attributions", "offices", "distance", "labels"),
    "grammar.toml": (),  # its tables are the fields of wordlists.Grammar
    "sentiment.toml": ("tone", "mask"),
    "sides.toml": ("side",),
}
_LISTS = (
    *("forms", "exact", "parts", "verbs", "persons", "bodies", "documents", "before"),
    *("countries", "he", "she", "unless_a_country", "patterns", "articles", "unless", "rules", "phrases"),
)


def read_toml(path: Path) -> dict[str, Any]:
    """Read one of a corpus's own judgement files; a missing one is empty.

    Raises
    ------
    ValueError
        The file is not TOML (the message has the line), has a table of an unknown name, or text where a list
        belongs.
    """
    if not path.exists():
        return {}
    try:
        content = tomllib.loads(decode(path.read_bytes(), path.name))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {error}") from None
    for name, table in content.items():
        if TOML_TABLES[path.name] and name not in TOML_TABLES[path.name]:
            raise ValueError(f"{path.name}: unknown table {name!r}; known: {', '.join(TOML_TABLES[path.name])}")
        for entry in table if isinstance(table, list) else [table]:
            if not isinstance(entry, dict):
                raise ValueError(f"{path.name}: {name} = {entry!r} stands outside a table; write it under its heading")
            for key, value in entry.items():
                is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
                if (key in _LISTS or name == "own_names") and not is_list:
                    raise ValueError(f"{path.name}: {key} = {value!r} is not a list of texts; write [{value!r}]")
    return content


def own_or_default(folder: Path, name: str) -> Path:
    """Say where a word list is read from: the corpus's own, or the package's where it has none."""
    own = folder / name
    return own if own.exists() else Path(__file__).parent / "defaults" / name


# ---------------------------------------------------------------------------------------------- cleaning


@dataclass(frozen=True)
class Rules:
    """The boilerplate rules of a corpus, compiled: whole lines, pieces of lines, single lines of an article."""

    lines: tuple[tuple[str, re.Pattern[str], int], ...]
    spans: tuple[tuple[str, re.Pattern[str]], ...]
    single: Mapping[tuple[str, int], Mapping[str, Any]]


def read_rules(path: Path) -> Rules:
    """Read boilerplate.toml.

    Raises
    ------
    ValueError
        An entry lacks its name, pattern or reason, or a pattern cannot be compiled.
    """
    table = read_toml(path)
    for kind, needs in {
        "rule": {"name", "match"},
        "span": {"name", "match"},
        "line": {"article", "line", "sha256"},
    }.items():
        for number, entry in enumerate(table.get(kind, []), start=1):
            if missing := sorted((needs | {"reason"}) - entry.keys()):
                raise ValueError(f"{path.name}: [[{kind}]] number {number} lacks {', '.join(missing)}")
            if kind == "line" and not entry.get("rule") and entry.get("section") not in SECTIONS:
                raise ValueError(f"{path.name}: [[line]] number {number} needs a rule that removes the line,"
                                 f" or a section: {', '.join(SECTIONS)}")  # fmt: skip
    return Rules(
        tuple((r["name"], _compile(r, path, re.I), int(r.get("next", 0))) for r in table.get("rule", [])),
        tuple((s["name"], _compile(s, path, 0)) for s in table.get("span", [])),
        {(entry["article"], entry["line"]): entry for entry in table.get("line", [])},
    )


def _compile(entry: Mapping[str, Any], path: Path, flags: int) -> re.Pattern[str]:
    try:
        return re.compile(entry["match"], flags)
    except re.error as error:
        raise ValueError(f"{path.name}: the pattern of {entry['name']!r} cannot be read: {error}") from None


def clean(text: str, title: str, rules: Rules, article_id: str) -> tuple[list[Line], list[Removed]]:
    """Part a raw text into the lines of the article and the lines that are not.

    Parameters
    ----------
    text : str
        The raw file.
    title : str
        The article's headline: its first line with these words is the headline, later ones are repetitions. A
        title of five words or more that ends in '…' is the beginning of that line. A title that does not stand in the
        text is read as the headline.
    rules : Rules
        The corpus's boilerplate rules.
    article_id : str
        For the rules that speak of one article.

    Returns
    -------
    list of Line, list of Removed
        Kept lines in the order headline, standfirst, rest; removed lines and pieces in the order of the file.

    Raises
    ------
    ValueError
        A rule for one line of this article does not match that line, or nothing of the article is left.
    """
    if not text.strip():
        raise ValueError(f"{article_id}: the file is empty")
    kept: list[Line] = []
    removed: list[Removed] = []
    skip, skip_rule = 0, ""
    wanted = _normal_words(title)
    cut = title.rstrip().endswith(("…", "...")) and len(wanted) >= _CUT
    for number, raw in enumerate(unicodedata.normalize("NFC", text).split("\n"), start=1):
        line = _CONTROL.sub(" ", raw).strip().removeprefix("•").strip()
        if not line:
            continue
        entry = _entry(rules, article_id, number, raw)
        rule, following = entry.get("rule", ""), 0
        if not entry and skip:
            rule, skip = skip_rule, skip - 1
        elif not entry:
            rule, following = _matching_rule(line, rules)
        if following:
            skip, skip_rule = following, rule
        section = entry.get("section", "")
        if not rule and not section and _same_words(line, wanted, cut=cut):
            if cut:
                wanted, cut = _normal_words(line), False  # a repetition has all its words
            rule, section = (
                ("repeated headline", "") if any(k.section == "headline" for k in kept) else ("", "headline")
            )
        if rule:
            removed.append(Removed(number, rule, len(tokenize(line))))
            continue
        for name, pattern in rules.spans:
            if (match := pattern.search(line)) and match[0].strip() != line:
                removed.append(Removed(number, f"span: {name}", len(tokenize(match[0]))))
                line = (line[: match.start()] + line[match.end() :]).strip()
        kept.append(Line(number, line, section))
    if not kept:
        by = ", ".join(sorted({r.rule for r in removed})) or "no rule"
        raise ValueError(
            f"{article_id}: nothing is left of the text after cleaning ({len(removed)} lines removed by {by}); look at"
            " boilerplate.toml"
        )
    return _with_sections(kept, title), removed


def _entry(rules: Rules, article_id: str, number: int, raw: str) -> Mapping[str, Any]:
    """Look up the rule for this very line, and refuse it when the line is not the one it was written for."""
    entry = rules.single.get((article_id, number), {})
    if entry and entry["sha256"] != line_hash(raw):
        raise ValueError(f"boilerplate.toml: the entry for {article_id} line {number} was written for another line"
                         f" (hash {entry['sha256']}, found {line_hash(raw)})")  # fmt: skip
    return entry


def line_hash(line: str) -> str:
    """Give the first 16 hex digits of the SHA-256 of a stripped line, which address it without its words."""
    return hashlib.sha256(unicodedata.normalize("NFC", line).strip().encode()).hexdigest()[:16]


def _matching_rule(line: str, rules: Rules) -> tuple[str, int]:
    return next(((name, following) for name, pattern, following in rules.lines if pattern.fullmatch(line)), ("", 0))


def _normal_words(line: str) -> list[str]:
    return [normal_form(token.text) for token in tokenize(line)]


def _same_words(line: str, wanted: Sequence[str], *, cut: bool) -> bool:
    """Compare a line with the words of the title; the rest of a cut title, or an outlet's name, may follow them."""
    tokens = tokens_in(line, 0, len(line))
    more = len(tokens) - len(wanted)
    if not wanted or more < 0 or (more > 2 and not cut):
        return False
    return all(word == normal_form(token.text) for word, token in zip(wanted, tokens, strict=False))


def _with_sections(kept: list[Line], title: str) -> list[Line]:
    """Give each line its section and put headline and standfirst first."""
    if not any(line.section == "headline" for line in kept):
        if title:
            kept = [Line(0, title, "headline"), *kept]
        elif len(kept) > 1 and not kept[0].section and not _is_prose(kept[0].text.rstrip("?!")):
            kept = [Line(kept[0].number, kept[0].text, "headline"), *kept[1:]]
    has_body = any(not line.section and _is_prose(line.text) for line in kept)
    sections = [line.section or ("body" if _is_prose(line.text) or not has_body else "subhead") for line in kept]
    order = {"headline": 0, "standfirst": 1}
    lines = [Line(line.number, line.text, section) for line, section in zip(kept, sections, strict=True)]
    return sorted(lines, key=lambda line: order.get(line.section, 2))


def _is_prose(line: str) -> bool:
    """Tell a sentence from a subhead, which is short and has no closing punctuation."""
    return bool(_CLOSED.search(line)) or len(tokenize(line)) > _SUBHEAD_WORDS
