"""An answer without a language model: claims, verdicts, numbers and texts of the graph, each with its source.

Claims come first, from both sides of a question, with the verdict on each; then numbers of the vocabulary; texts only
where there is nothing else. What is asked about must be known: a name that stands in no entry and no text is refused,
and so is a question of which most words occur in nothing that was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from biorxivist.answers.answer import Answer, Sentence
from biorxivist.claims.check import Finding, Search, about, check_statement
from biorxivist.claims.disagreements import disagreements
from biorxivist.claims.index import Knowledge, verdict_text
from biorxivist.claims.statement import Wording, content_words, read, unknown_names
from graph.records import Model
from graph.vocabulary import Vocabulary, load_vocabulary

__all__ = ["answer"]

COVERED = 0.5
"""Share of a question's words that a text must hold, besides the names, to be an answer to it."""
RELATED_AT_MOST = 3
DISAGREE = re.compile(r"disagree|contradict|conflict|differ|controvers|oppos", re.IGNORECASE)
FIELD = re.compile(r"\b(?:papers?|claims?|literature|scaling|single-cell|foundation models?|pre-?training)\b", re.I)
FACTS: tuple[tuple[str, str, str], ...] = (
    (r"\bcells\b", "corpus_cells", "was pre-trained on {:,} cells"),
    (r"\bparameters?\b|how (?:big|large)\b", "parameters", "has {:,} parameters"),
    (r"\bobjective|pre-?training task|trained to\b", "objective", "is trained with a {} objective"),
    (r"\barchitecture", "architecture", "is built as: {}"),
    (r"supervis", "supervision", "is {}"),
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Zs])")
SPELLED = {"self_supervised": "self-supervised", "weakly_supervised": "weakly supervised", "none": "not trained"}


def answer(
    question: str, *, knowledge: Knowledge, search: Search, vocabulary: Vocabulary | None = None, limit: int = 8
) -> Answer:
    """Answer a question from the graph, or refuse.

    Parameters
    ----------
    question
        One question in plain English.
    knowledge
        Claims, verdicts and relations.
    search
        Full-text search of the graph.
    vocabulary
        Names of the field; the shipped ones by default.
    limit
        Most claims; each may bring its verdict.
    """
    vocabulary = vocabulary or load_vocabulary()
    wording = read(question, vocabulary)
    texts = search(question, 20)
    known = " ".join(str(row["text"]) for row in texts)
    if unknown := [name for name in unknown_names(question, vocabulary) if not _stands_in(name, known)]:
        close = [*dict.fromkeys(near for name in unknown for near in vocabulary.suggest("model", name))]
        hint = f" Similar names, which may mean something else: {', '.join(close)}." if close else ""
        return _refusal(question, f"Nothing in the graph is called {', '.join(unknown)}.{hint}")
    facts = list(_facts(wording, knowledge, vocabulary))
    findings = check_statement(question, knowledge, search=search, vocabulary=vocabulary, limit=10 * limit).findings
    judged = [found for found in findings if found.stand != "related"]
    related = [found for found in findings if found.stand == "related" and _covers(wording, found.claim.statement)]
    chosen = judged[:limit] or related[: RELATED_AT_MOST if facts else limit]
    said = [*facts, *chain.from_iterable(_claim_sentences(found) for found in chosen)]
    opposed = list(_opposed(wording, knowledge, vocabulary)) if DISAGREE.search(question) else []
    said = [*opposed, *said]
    if said:
        status = "answered" if facts or judged or opposed else "partial"
        reason = "" if status == "answered" else "No rule reads a direction here; these claims share its words."
        return _answered(question, status, said, chosen, reason)
    said = list(_passages(wording, texts, knowledge))
    if said:
        return _answered(question, "partial", said, [], "No claim answers it; these texts share its words.")
    return _refusal(question, "No claim, number or text in the graph supports an answer.")


def _refusal(question: str, reason: str) -> Answer:
    return Answer(question=question, status="refused", support="none", reason=reason)


def _answered(question: str, status: str, sentences: list[Sentence], chosen: list[Finding], reason: str) -> Answer:
    once = {sentence.text: sentence for sentence in sentences}
    papers = {paper for sentence in once.values() for paper in sentence.papers}
    tested = any(verdict.verdict not in {"not_testable", "inconclusive"} for f in chosen for verdict in f.verdicts)
    support = "weak" if len(papers) < 2 or status == "partial" else "strong" if tested else "moderate"
    return Answer.model_validate(
        {
            "question": question,
            "status": status,
            "support": support,
            "sentences": tuple(once.values()),
            "reason": reason,
        }
    )


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _covers(wording: Wording, text: str) -> bool:
    """Whether ``text`` holds enough of the question's words that are not names."""
    names = set(content_words(" ".join(wording.mentions.values())))
    asked = [word for word in content_words(wording.text) if word not in names]
    held = set(content_words(text))
    if not asked:
        return bool(names)
    return sum(word in held for word in asked) >= COVERED * len(asked)


def _claim_sentences(found: Finding) -> Iterator[Sentence]:
    claim = found.claim
    cited = {"papers": (claim.paper_id,), "citation": found.who}
    yield Sentence.model_validate({"text": claim.statement, "kind": "claim", "sources": (claim.id,), **cited})
    for verdict in found.verdicts:
        if verdict.verdict != "not_testable":
            told = f"On the claim of {found.who}: {verdict_text(verdict)}."
            yield Sentence.model_validate({"text": told, "kind": "verdict", "sources": (verdict.id, claim.id), **cited})


def _opposed(wording: Wording, knowledge: Knowledge, vocabulary: Vocabulary) -> Iterator[Sentence]:
    """The sharpest disagreements of claims that speak of what the question names."""
    if not wording.of("model", "dataset") and not FIELD.search(wording.text):
        return
    found = (
        one
        for one in disagreements(knowledge)
        if about(wording, one.first, vocabulary) or about(wording, one.second, vocabulary)
    )
    for one in islice(found, RELATED_AT_MOST):
        first, second = knowledge.who(one.first), knowledge.who(one.second)
        yield Sentence(
            text=f"{first} (“{one.first.statement}”) and {second} (“{one.second.statement}”) {one.told()}.",
            kind="relation",
            sources=(one.first.id, one.second.id),
            papers=(one.first.paper_id, one.second.paper_id),
            citation=f"{first}; {second}",
        )


def _facts(wording: Wording, knowledge: Knowledge, vocabulary: Vocabulary) -> Iterator[Sentence]:
    for name in wording.of("model"):
        entry = vocabulary.get(name)
        if not isinstance(entry, Model):
            continue
        papers = tuple(paper.id for paper in knowledge.papers.values() if name in paper.model_ids)
        for pattern, field, template in FACTS:
            value = getattr(entry, field)
            if value is not None and re.search(pattern, wording.text, re.IGNORECASE) and _asks(wording):
                text = f"{entry.name} {template.format(SPELLED.get(value, value))}."
                cited = "; ".join(knowledge.cite(paper) for paper in papers[:1]) or (entry.source_url or "")
                yield Sentence(text=text, kind="fact", sources=(name,), papers=papers[:1], citation=cited)


def _asks(wording: Wording) -> bool:
    """Whether the question asks for a fact, not whether something holds."""
    return re.match(r"\W*(?:how|what|which|is|was|were|on|with)\b", wording.text, re.IGNORECASE) is not None


def _passages(wording: Wording, texts: Iterable[dict[str, object]], knowledge: Knowledge) -> Iterator[Sentence]:
    asked = {*content_words(wording.text)}
    for row in texts:
        text = str(row["text"])
        if row["label"] != "Passage" or not _covers(wording, text):
            continue
        if not all(_stands_in(words, text) for words in wording.mentions.values()):
            continue
        best = max(SENTENCE_END.split(text), key=lambda part: len(asked & {*content_words(part)}))
        paper = str(row["paper_id"])
        yield Sentence(
            text=best, kind="passage", sources=(str(row["id"]),), papers=(paper,), citation=knowledge.cite(paper)
        )
