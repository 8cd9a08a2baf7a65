"""Sentences that may answer a question: searched by words, in papers' own texts, and checked against what is asked for.

A sentence has to name what the question names (itself, its paragraph or its paper), to be of the kind that is asked for
(a number of epochs, a year), and its paragraph has to hold the words that tell this question from others.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from biorxivist.answers.names import SPELLINGS
from biorxivist.answers.question import FILLER, Question
from biorxivist.claims.extract.sentences import split_sentences
from biorxivist.claims.index import ClaimIndex
from graph.stores.base import Store

__all__ = ["Search", "TextHit", "beside_names", "folded", "retrieve", "stem", "telling_words"]

PARAGRAPHS = 250
"""Passages that are searched for; of those with a paper's own text, every sentence is looked at."""
CURATED = 0.65
OWN_TEXT = 0.3
"""Share of the weight of a question's words that a statement of one sentence, and a paragraph, have to hold. The second
was measured on one paper, where it refused 5 of 5 questions without an answer and none of 10 with one."""
BESIDE = 0.5
"""Weight of a sentence's paragraph beside the sentence itself."""
WORD = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]|\d[\d.,]*\d|\d")
STEM = 6
FEW = 3
"""Words of a question up to which a statement has to hold them all."""
DIGIT = r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million|half)\b"
KINDS: tuple[tuple[str, str], ...] = (
    (r"p[- ]?values?|how significant", r"\bp\s*[=<>≤≥]|p-value"),
    (r"how (?:many|much|large|big|long|often|few)|number of|what (?:fraction|share|percentage|proportion)|METRIC|"
     r"accuracy|"
     r"at (?:which|what)|how (?:high|low)", DIGIT),
    (r"^(?:since )?when|when (?:was|were|did)|what year|which year", r"\b(?:19|20)\d\d\b|\b(?:january|february|"
                                                                     r"march|april|june|july|august|september|"
     r"october|november|december)\b"),
    (r"what (?:equation|formula)", r"="),
)  # fmt: skip
"""What is asked for -> what a sentence has to hold that answers it."""
SAME: tuple[tuple[str, str], ...] = (
    (r"linear (?:classifiers?|models?)|simple classifiers?", "logistic regression linear"),
    (r"large (?:\w+ )?models?|big (?:\w+ )?models?", "foundation pretrained"),
    (r"few (?:labels?|labelled \w+|examples?)|little (?:data|labelled \w+)|small (?:training )?(?:data|sets?)",
     "fewshot limited small low-data few"),
    (r"initial (?:weights|parameters|values)|starting (?:weights|point)", "initialization initialized random seed"),
    (r"fund(?:ed|ing|s)?|sponsor\w*|paid", "funded funding supported award grant fellowship"),
    (r"imbalanc\w*|unbalanced|rare (?:cell )?types", "imbalance rare weight"),
    (r"source code|code", "code github repository"),
    (r"hardware|gpus?|machines?", "gpu gpus hardware nodes"),
)  # fmt: skip
"""Words of a question -> words by which papers say the same; either covers the other."""
STAGES = ("pretrain", "finetun")
OF_THE_STAGE = 1.5
COUNTED = re.compile(r"\b(?:how many|number of) (?:of (?:the|these) )?(?:[a-z-]+ ){0,1}?([a-z][a-z-]+)")


class Search(Protocol):
    """Full-text or any other search: an embedder joins by being one."""

    def __call__(self, text: str, k: int, /) -> list[dict[str, Any]]:
        """Rows with id, label, paper_id, text and score, the best first."""
        ...


@dataclass(frozen=True)
class TextHit:
    """A sentence of a passage."""

    text: str
    start: int
    """Where it begins in the passage, in code points."""
    end: int
    passage_id: str
    paper_id: str
    score: float
    coverage: float
    """Share of the weight of the question's words that its passage holds."""


def retrieve(
    question: Question,
    store: Store,
    index: ClaimIndex,
    *,
    searches: Sequence[Search] = (),
    limit: int = 5,
    curated: bool = True,
) -> list[TextHit]:
    """Sentences that may answer the question, the best first; none where nothing holds enough of its words.

    Parameters
    ----------
    searches
        Searches whose passages are looked at; the store's own by default.
    limit
        Largest number of sentences.
    curated
        Whether statements in our own words count beside the papers' own texts.
    """
    others = " ".join(other for pattern, other in SAME if re.search(rf"\b(?:{pattern})\b", folded(question.text)))
    query = f"{question.text} {folded(question.text)} {others}"
    passages: dict[str, dict[str, Any]] = {}
    for search in searches or (store.search,):
        for row in search(query, PARAGRAPHS):
            if row["label"] == "Passage":
                passages.setdefault(row["id"], row)
    kinds = _kinds(store, passages)
    rows = [row for row in passages.values() if not _repeats_a_claim(kinds.get(row["id"]))]
    if not curated:
        rows = [row for row in rows if kinds.get(row["id"], {}).get("kind") != "fact"]
    words = telling_words(question)
    beside = beside_names(question)
    same = _same(question, words)
    stems = {row["id"]: _stems(row["text"]) for row in rows}
    weights = _weights(words, same, list(stems.values()))
    total = sum(weights.values())
    if not rows or not total:
        return []
    hits = []
    best_row = max(float(row["score"]) for row in rows)
    pairs = [(row, span) for row in rows for span in _sentences(row["text"])]
    every = tuple(dict.fromkeys((*words, *(each for other in same.values() for each in other))))
    scores = _rank(every, [row["text"][start:end] for row, (start, end) in pairs])
    best = max(scores, default=0.0) or 1.0
    for (row, (start, end)), own in zip(pairs, scores, strict=True):
        text = row["text"][start:end]
        covered = sum(weights[word] for word in words if _holds(word, same, stems[row["id"]])) / total
        if kinds.get(row["id"], {}).get("kind") == "fact":
            if covered < (1.0 if len(words) <= FEW else CURATED) or not beside:
                continue
        elif covered < OWN_TEXT:
            continue
        if not _names_all(question, row, index) or not _is_of_kind(question, text):
            continue
        score = (own / best + BESIDE * float(row["score"]) / (best_row or 1.0)) * _stage(question, text)
        if not score:
            continue
        hits.append(TextHit(text, start, end, row["id"], str(row["paper_id"]), score, covered))
    hits.sort(key=lambda hit: (-hit.score, hit.passage_id, hit.start))
    return hits[:limit]


def folded(text: str) -> str:
    """The text in lower case with spellings of one word made one: "pre-trained" and "pretrained"."""
    text = text.lower()
    for pattern, word in SPELLINGS:
        text = re.sub(pattern, word, text)
    return text


def telling_words(question: Question) -> tuple[str, ...]:
    """Stems of the words that tell this question from others, names included."""
    words = WORD.findall(folded(question.text))
    return tuple(dict.fromkeys(stem(word) for word in words if word not in FILLER))


def beside_names(question: Question) -> tuple[str, ...]:
    """Stems of the telling words that belong to no name: a question without them asks nothing of its names."""
    named = {stem(word) for name in question.names for word in re.findall(r"[a-z0-9]+", folded(name.words))}
    return tuple(word for word in telling_words(question) if word not in named)


def stem(word: str) -> str:
    """A word without its ending, roughly."""
    bare = word.removesuffix("'s")
    bare = bare[:-1] if bare.endswith("s") and len(bare) > 3 else bare
    return bare[:STEM] if bare.isalpha() else bare


def _stems(text: str) -> set[str]:
    return {stem(word) for word in WORD.findall(folded(text))} | {
        stem(part) for word in re.findall(r"[a-z]+(?:-[a-z]+)+", folded(text)) for part in word.split("-")
    }


def _same(question: Question, words: Sequence[str]) -> dict[str, set[str]]:
    """Stem of a word -> stems that say the same in a paper."""
    same: dict[str, set[str]] = {}
    text = folded(question.text)
    for pattern, others in SAME:
        for match in re.finditer(rf"\b(?:{pattern})\b", text):
            for word in map(stem, match.group().split()):
                if word in words:
                    same.setdefault(word, set()).update(map(stem, others.split()))
    return same


def _holds(word: str, same: Mapping[str, set[str]], stems: set[str]) -> bool:
    return word in stems or bool(same.get(word, set()) & stems)


def _weights(words: Iterable[str], same: Mapping[str, set[str]], texts: Sequence[set[str]]) -> dict[str, float]:
    """Rarer words weigh more; one that stands nowhere weighs most."""
    count = len(texts) + 1
    return {word: math.log(1 + count / (0.5 + sum(_holds(word, same, each) for each in texts))) for word in words}


def _stage(question: Question, text: str) -> float:
    """Whether a sentence is about the stage (pre-training, fine-tuning) that the question asks about: 0 if another."""
    named = [stage for stage in STAGES if stage in question.masked]
    if len(named) != 1:
        return 1.0
    held = [stage for stage in STAGES if stage in folded(text)]
    if named[0] in held:
        return OF_THE_STAGE
    return 0.0 if held and any(question.has(kind) for kind, _ in KINDS) else 1.0


def _sentences(text: str) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in split_sentences(text)] or [(0, len(text))]


def _rank(words: Sequence[str], texts: Sequence[str]) -> list[float]:
    """BM25 of each text for the words, with porter stems."""
    if not texts or not words:
        return [0.0] * len(texts)
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='porter unicode61')")
        db.executemany("INSERT INTO t(rowid, text) VALUES (?, ?)", enumerate(map(folded, texts)))
        terms = " OR ".join(f'"{word}" *' for word in words)
        scores = dict(db.execute("SELECT rowid, -bm25(t) FROM t WHERE t MATCH ?", (terms,)).fetchall())
    finally:
        db.close()
    return [scores.get(number, 0.0) for number in range(len(texts))]


def _kinds(store: Store, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    wanted = list(ids)
    if not wanted:
        return {}
    cypher = "MATCH (p:Passage) WHERE p.id IN $ids RETURN p.id AS id, p.kind AS kind, p.section AS section"
    return {row["id"]: row for row in store.query(cypher, {"ids": wanted}, limit=PARAGRAPHS * 2)}


def _repeats_a_claim(row: Mapping[str, Any] | None) -> bool:
    """Whether a passage is a curated claim once more: claims are looked up as claims."""
    return row is not None and row["kind"] == "fact" and str(row["section"]).startswith("Claims")


def _names_all(question: Question, row: Mapping[str, Any], index: ClaimIndex) -> bool:
    """Whether the passage, or the paper that it stands in, names every model, set and paper of the question."""
    text = _fold(row["text"])
    paper = index.papers.get(str(row["paper_id"]))
    beside = _fold(f"{paper.title} {' '.join(paper.model_ids)}") if paper else ""
    for name in question.names:
        if name.kind == "paper":
            if str(row["paper_id"]) not in name.ids:
                return False
        elif name.kind in {"model", "dataset"} and name.ids[0] not in GROUP_IDS:
            aliases = {name.words, *(alias for each in name.ids for alias in _aliases(each, index))}
            if not any(_fold(alias) in text or _fold(alias) in beside for alias in aliases):
                return False
    return True


GROUP_IDS = {"model:scfm", "model:simple_baselines", "model:prior_methods"}


def _aliases(entry_id: str, index: ClaimIndex) -> set[str]:
    entry = index.vocabulary.get(entry_id)
    return {entry.name, *entry.aliases} if entry else set()


def _fold(text: str) -> str:
    return folded(text).replace("-", "").replace(" ", "")


def _is_of_kind(question: Question, text: str) -> bool:
    """Whether a sentence holds what is asked for: a number of that which is counted, a p-value, a year."""
    lowered = folded(text)
    for in_question, in_text in KINDS:
        if question.has(in_question):
            if not re.search(in_text, lowered):
                return False
            counted = COUNTED.search(question.masked)
            return not (counted and counted[1] not in FILLER and stem(counted[1]) not in _stems(text))
    return True
