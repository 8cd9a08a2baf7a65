"""Sentences of a Markdown or LaTeX file that cite something, and what they cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from biorxivist.claims.extract.sentences import split_sentences
from biorxivist.errors import InvalidInput
from biorxivist.literature.bibtex import Entry, read_bibliography

__all__ = ["Citing", "Manuscript", "read_manuscript"]

MOST_BYTES = 5_000_000
LATEX = re.compile(r"\\(?:[a-zA-Z]*cite[a-zA-Z]*\*?)(?:\s*\[[^\]]*\]){0,2}\s*\{([^}]*)\}")
PANDOC_GROUP = re.compile(r"\[[^\[\]]*?@[^\[\]]+\]")
PANDOC = re.compile(r"(?<![\w@])-?@\{?([A-Za-z0-9_][\w:.#$%&+?<>~/-]*[\w/]|\w)\}?")
DOI = re.compile(
    r"\[[^\]\n]*\]\((?:https?://(?:dx\.)?doi\.org/)(10\.[^\s)]+)\)|(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/[^\s\])},;]+)"
)
NUMBERED = re.compile(r"(?<=[\w.,)])\s?\[(\d+(?:\s*[,–-]\s*\d+)*)\]")
COMMENT = re.compile(r"(?<!\\)%[^\n]*")
HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
REFERENCES = re.compile(
    r"^\s{0,3}(?:#+\s*)?(?:\*\*)?(?:references|bibliography|literature cited)(?:\*\*)?:?\s*$|"
    r"\\begin\{thebibliography\}",
    re.IGNORECASE | re.MULTILINE,
)
LISTED = re.compile(r"^\s*(?:\[(\d+)\]|(\d+)[.)])\s+(.*(?:\n(?!\s*(?:\[\d+\]|\d+[.)])\s).*)*)", re.MULTILINE)
BIBITEM = re.compile(r"\\bibitem(?:\[[^\]]*\])?\{([^}]*)\}((?:(?!\\bibitem|\\end\{thebibliography\}).)*)", re.DOTALL)
BIBLIOGRAPHY = re.compile(r"\\(?:bibliography|addbibresource)(?:\[[^\]]*\])?\{([^}]*)\}")
YAML_BIBLIOGRAPHY = re.compile(r"^bibliography:\s*(.*(?:\n\s+-\s+.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Citing:
    """A sentence with what it cites."""

    line: int
    """Line of the file on which it begins, counted from 1."""
    text: str
    """The sentence without its citations and markup."""
    keys: tuple[str, ...]
    """Citation keys, DOIs and numbers of the reference list."""


@dataclass(frozen=True)
class Manuscript:
    """A file taken apart."""

    sentences: tuple[Citing, ...]
    """Sentences that cite something."""
    entries: dict[str, Entry]
    """Citation key -> entry of a bibliography, or of the reference list of the file."""
    problems: tuple[str, ...]
    """Bibliographies that could not be read."""


def read_manuscript(path: Path) -> Manuscript:
    """Take a file apart.

    Parameters
    ----------
    path
        A ``.md`` or ``.tex`` file; its bibliography is the one that it names, else every .bib file beside it.

    Raises
    ------
    InvalidInput
        If the file cannot be read as text, or is larger than 5 MB.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            msg = f"{path} has more than {MOST_BYTES:,} bytes; give one chapter at a time."
            raise InvalidInput(msg)
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read as UTF-8 text: {error}."
        raise InvalidInput(msg) from error
    latex = path.suffix.lower() == ".tex"
    body = _blanked(text, latex=latex)
    entries, problems = _bibliography(text, path, latex=latex)
    sentences = tuple(_sentences(body, latex=latex))
    return Manuscript(sentences, entries, tuple(problems))


def _blanked(text: str, *, latex: bool) -> str:
    """The running text, everything else replaced by spaces, so that places in it stay."""
    ends = REFERENCES.search(text)
    body = text[: ends.start()] if ends else text
    patterns = (COMMENT,) if latex else (FRONT, FENCE, HTML_COMMENT)
    for pattern in patterns:
        body = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), body)
    if latex and (start := body.find(r"\begin{document}")) >= 0:
        body = re.sub(r"[^\n]", " ", body[:start]) + body[start:]
    return body


def _sentences(body: str, *, latex: bool) -> Iterator[Citing]:
    for paragraph in re.finditer(r"(?:[^\n]|\n(?!\s*\n))+", body):
        text = paragraph.group()
        cited = list(_citations(text, latex=latex))
        if not cited:
            continue
        plain = text
        for start, end, _ in cited:
            plain = plain[:start] + " " * (end - start) + plain[end:]
        spans = [(each.start, each.end) for each in split_sentences(plain)]
        for number, (start, end) in enumerate(spans):
            # a citation behind the full stop belongs to the sentence before it
            after = spans[number + 1][0] if number + 1 < len(spans) else len(text)
            begin = 0 if number == 0 else start
            keys = [key for at, _, keys_there in cited for key in keys_there if begin <= at < after]
            if keys:
                line = body.count("\n", 0, paragraph.start() + start) + 1
                yield Citing(line, _readable(plain[start:end], latex=latex), tuple(dict.fromkeys(keys)))


def _citations(text: str, *, latex: bool) -> Iterator[tuple[int, int, list[str]]]:
    """Start, end and keys of every citation."""
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or match.start() >= end for start, end in taken)

    if latex:
        for match in LATEX.finditer(text):
            taken.append(match.span())
            yield (*match.span(), [key.strip() for key in match[1].split(",") if key.strip()])
    else:
        for match in PANDOC_GROUP.finditer(text):
            taken.append(match.span())
            yield (*match.span(), [key[1].rstrip(".") for key in PANDOC.finditer(match.group())])
        for match in filter(free, PANDOC.finditer(text)):
            taken.append(match.span())
            yield (*match.span(), [match[1].rstrip(".")])
    for match in filter(free, DOI.finditer(text)):
        taken.append(match.span())
        yield (*match.span(), [(match[1] or match[2]).rstrip(".")])
    for match in filter(free, NUMBERED.finditer(text)):
        yield (*match.span(), list(_numbers(match[1])))


def _numbers(text: str) -> Iterator[str]:
    for part in text.split(","):
        first, *last = (int(number) for number in re.findall(r"\d+", part))
        yield from map(str, range(first, min(last[0], first + 50) + 1) if last else (first,))


def _readable(text: str, *, latex: bool) -> str:
    """A sentence without markup."""
    if latex:
        text = re.sub(
            r"\\(?:section|subsection|paragraph|caption|title)\*?\{[^}]*\}|\\(?:begin|end|label)\{[^}]*\}", " ", text
        )
        text = re.sub(r"\\(?:emph|textbf|textit|texttt|mathrm|text|underline)\{([^}]*)\}", r"\1", text)
        text = text.replace(r"\%", "%").replace(r"\&", "&").replace(r"\_", "_").replace("~", " ").replace("$", "")
        text = text.replace("\\,", "").replace("``", '"').replace("''", '"')
        text = re.sub(r"\\times\s*10\^\{?(\d+)\}?", r"x 10^\1", text)
        text = re.sub(r"\\[a-zA-Z]+\*?", " ", text)
        text = text.replace("{", "").replace("}", "")
    else:
        text = re.sub(r"^\s{0,3}(?:#+|[-*+]|\d+[.)]|>)\s+", "", text, flags=re.MULTILINE)
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
        text = re.sub(r"[*`]+|(?<!\w)_+|_+(?!\w)", "", text)
    text = re.sub(r"\(\s*(?:see|e\.g\.|cf\.)?[\s;,]*\)|\[\s*[;,]?\s*\]", " ", text)
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\s+([.,;:])", r"\1", text)


def _bibliography(text: str, path: Path, *, latex: bool) -> tuple[dict[str, Entry], list[str]]:
    entries: dict[str, Entry] = {}
    problems: list[str] = []
    for file in _bibliography_files(text, path, latex=latex):
        if not file.is_file():
            problems.append(f"{file.name}: no such bibliography.")
            continue
        read, bad = read_bibliography(file)
        entries.update({entry.key: entry for entry in read})
        problems += bad
    heading = REFERENCES.search(text)
    listed = text[heading.start() :] if heading else ""
    for match in BIBITEM.finditer(listed) if latex else LISTED.finditer(listed):
        key, body = (match[1], match[2]) if latex else (match[1] or match[2], match[3])
        doi = DOI.search(body)
        fields = {"doi": (doi[1] or doi[2]).rstrip(".")} if doi else {}
        entries.setdefault(
            key,
            Entry(
                key,
                text.count("\n", 0, (heading.start() if heading else 0) + match.start()) + 1,
                {**fields, "text": re.sub(r"\s+", " ", body).strip()},
            ),
        )
    return entries, problems


def _bibliography_files(text: str, path: Path, *, latex: bool) -> list[Path]:
    if latex:
        names = [name.strip() for match in BIBLIOGRAPHY.finditer(text) for name in match[1].split(",")]
    else:
        front = FRONT.match(text)
        named = YAML_BIBLIOGRAPHY.search(front.group()) if front else None
        names = re.findall(r"[\w./ -]+\.bib", named[1]) if named else []
    files = [path.parent / (name if name.endswith(".bib") else f"{name}.bib") for name in map(str.strip, names) if name]
    return files or sorted(path.parent.glob("*.bib"))
