"""Full-text search beside the embedded graph: SQLite FTS5 over passages, claims and papers.

Words are stemmed (porter) and folded (unicode61), ranked by bm25. What a person types is cut into words and each is
quoted, so that no text can be query syntax.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["add", "create", "open_readonly", "remove", "search", "text_of"]

TABLES = """
CREATE TABLE IF NOT EXISTS docs(
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, label TEXT NOT NULL, paper_id TEXT, text TEXT NOT NULL,
    UNIQUE(label, id));
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    text, content='docs', content_rowid='number', tokenize='porter unicode61');
"""
MAX_WORDS = 64
WORD = re.compile(r"\w+")
STOP_LIST = """
a about after all also an and any are as at be because been before being between both but by can could did do
does doing for from had has have how if in into is it its more most no nor not of on only or other our over
own same should so some such than that the their them then there these they this those through to too under
until up us very was we were what when where which while who why will with would you your
"""
STOP_WORDS = frozenset(STOP_LIST.split())


def text_of(label: str, row: Mapping[str, Any]) -> tuple[str | None, str] | None:
    """Paper id and text by which a node is found; None for nodes that have no text."""
    match label:
        case "Passage":
            return row["paper_id"], row["text"]
        case "Claim":
            return row["paper_id"], row["statement"]
        case "Paper":
            return row["id"], "\n".join(part for part in (row["title"], row["abstract"]) if part)
    return None


def create(path: Path) -> sqlite3.Connection:
    """Open for writing and make the tables; the file is in a folder that is discarded if the writer dies."""
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + TABLES)
    return db


def remove(db: sqlite3.Connection, nodes: Iterable[tuple[str, str]]) -> None:
    """Forget nodes, given by label and id; those without text are passed over."""
    for label, node_id in nodes:
        query = "SELECT number, text FROM docs WHERE label = ? AND id = ?"
        if doc := db.execute(query, (label, node_id)).fetchone():
            # the index keeps no text of its own, so that it has to be given the one that it should forget
            db.execute("INSERT INTO words(words, rowid, text) VALUES ('delete', ?, ?)", doc)
            db.execute("DELETE FROM docs WHERE number = ?", doc[:1])


def add(db: sqlite3.Connection, label: str, row: Mapping[str, Any]) -> None:
    """Index a node, in place of what was known of it; a node without text is passed over."""
    if (paper_and_text := text_of(label, row)) is None:
        return
    remove(db, [(label, row["id"])])
    insert = "INSERT INTO docs(id, label, paper_id, text) VALUES (?, ?, ?, ?)"
    number = db.execute(insert, (row["id"], label, *paper_and_text)).lastrowid
    db.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (number, paper_and_text[1]))


def open_readonly(path: Path) -> sqlite3.Connection:
    """Open a file that nobody writes any more, also on a medium that cannot be written."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def expression(text: str) -> str:
    """Any of the words of a text, as FTS5 and Lucene both read it; empty if only stop words are left.

    Each word is quoted, because a bare NOT, AND or OR would be an operator. Stop words are dropped here and not left
    to the engines, whose lists differ: Lucene never finds one, FTS5 has none.
    """
    words = dict.fromkeys(word.lower() for word in WORD.findall(text))
    telling = [word for word in words if word not in STOP_WORDS]
    return " OR ".join(f'"{word}"' for word in telling[:MAX_WORDS])


def search(db: sqlite3.Connection, text: str, k: int) -> list[dict[str, Any]]:
    """Best ``k`` texts: id, label, paper_id, text, score (higher is better); ties in the order of ids."""
    if k <= 0 or not (words := expression(text)):
        return []
    rows = db.execute(
        "SELECT d.id, d.label, d.paper_id, d.text, -bm25(words) AS score FROM words JOIN docs d ON d.number = "
        "words.rowid WHERE words MATCH ? ORDER BY score DESC, d.label, d.id LIMIT ?",
        (words, k),
    )
    return [dict(zip(("id", "label", "paper_id", "text", "score"), row, strict=True)) for row in rows]
