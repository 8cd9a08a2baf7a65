"""Answer a question without a language model: claims, verdicts, facts and texts of the graph, each with its source.

Disagreements come first if the question is about them, then facts of the vocabulary, then claims from both sides with
the verdict on each; texts are used only where there is nothing else. A question about a name that occurs in no entry
and no text is refused, and so is one whose words mostly occur in no claim and no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from biorxivist.answers.answer import Answer, Sentence, Support
from biorxivist.claims.check import Finding, Search, about, check_statement
from biorxivist.claims.disagreements import disagreements
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.statement import Wording, as_statement, content_words, read, unknown_names
from biorxivist.literature.doi import find_doi
from graph.evidence.verdict import verdict_row, verdict_text
from graph.records import Model
from graph.vocabulary import Vocabulary

__all__ = ["answer"]

MIN_COVERAGE = 0.5
"""Fraction of a question's words, besides the names, that a text must contain to be an answer to it."""
MAX_TEXTS, MAX_RELATED = 20, 3
"""Texts that are searched for, and related claims or disagreements that are shown beside something better."""
UNDECIDED = {"not_testable", "inconclusive"}
DISAGREE = re.compile(r"disagree|contradict|conflict|differ|controvers|oppos", re.IGNORECASE)
FIELD = re.compile(r"\b(?:papers?|claims?|literature|scaling|single-cell|foundation models?|pre-?training)\b", re.I)
FACTS: tuple[tuple[str, str, str], ...] = (
    (r"\bcells\b", "corpus_cells", "was pre-trained on {:,} cells"),
    (r"\bparameters?\b|how (?:big|large)\b", "parameters", "has {:,} parameters"),
    (r"\bobjective|pre-?training task|trained to\b", "objective", "is trained with a {} objective"),
    (r"\barchitecture", "architecture", "is built as: {}"),
    (r"supervis", "supervision", "is {}"),
)
"""Words of a question -> field of a model that answers it, and the phrase of the answer."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Zs])")
"""End of a sentence; a sentence may start with a model's name in lower case (scGPT, scConcept)."""
SPELLED = {"self_supervised": "self-supervised", "weakly_supervised": "weakly supervised", "none": "not trained"}


def answer(
    question: str, *, index: ClaimIndex, search: Search, vocabulary: Vocabulary | None = None, limit: int = 8
) -> Answer:
    """Answer a question from the graph, or refuse.

    Parameters
    ----------
    question
        One question in plain English.
    index
        Claims, verdicts and relations.
    search
        Full-text search of the graph.
    vocabulary
        Names of the field; the index's by default.
    limit
        Largest number of claims; each may bring its verdict.
    """
    vocabulary = vocabulary or index.vocabulary
    wording = read(question, vocabulary)
    texts = search(question, MAX_TEXTS)
    if reason := _unknown_name(question, texts, vocabulary):
        return _refusal(question, reason)

    facts = list(_facts(wording, index, vocabulary))
    opposed = list(_opposed(wording, index, vocabulary)) if DISAGREE.search(question) else []
    statement = as_statement(question)
    matches = check_statement(statement, index, search=search, vocabulary=vocabulary, limit=10 * limit).findings
    comparable = [match for match in matches if match.stand != "related"][:limit]
    related = [match for match in matches if match.stand == "related" and _covers(wording, match.claim.statement)]
    claims = comparable or related[: MAX_RELATED if facts else limit]
    sentences = [*opposed, *facts, *chain.from_iterable(map(_claim_sentences, claims))]

    if facts or opposed or comparable:
        return _answered(question, sentences, claims)
    if sentences:
        reason = "No rule reads a direction here; these claims share its words."
        return _answered(question, sentences, claims, partial_because=reason)
    if passages := list(_passages(wording, texts, index)):
        return _answered(question, passages, [], partial_because="No claim answers it; these texts share its words.")
    return _refusal(question, "No claim, number or text in the graph supports an answer.")


def _unknown_name(question: str, texts: Iterable[Mapping[str, object]], vocabulary: Vocabulary) -> str | None:
    """Reason to refuse a question with a name that occurs in no entry and no text; None if all names are known."""
    text = " ".join(str(row["text"]) for row in texts)
    names = [name for name in unknown_names(question, vocabulary) if not _occurs_in(name, text)]
    if not names:
        return None
    similar = dict.fromkeys(entry for name in names for entry in vocabulary.suggest("model", name))
    hint = f" Similar names, which may mean something else: {', '.join(similar)}." if similar else ""
    return f"Nothing in the graph is called {', '.join(names)}.{hint}"


def _refusal(question: str, reason: str) -> Answer:
    return Answer(question=question, status="refused", support="none", reason=reason)


def _answered(
    question: str, sentences: Iterable[Sentence], claims: Iterable[Finding], *, partial_because: str = ""
) -> Answer:
    """Compose the answer; it is supported strongly by several papers if a verdict was reached on one of the claims."""
    # Different claims may have the same wording, and verdicts often do: a repetition has the same sources too.
    distinct = {(sentence.text, sentence.sources): sentence for sentence in sentences}
    papers = {paper for sentence in distinct.values() for paper in sentence.papers}
    decided = any(evidence.verdict not in UNDECIDED for match in claims for evidence in match.verdicts)
    support: Support = "weak" if len(papers) < 2 or partial_because else "strong" if decided else "moderate"
    return Answer(
        question=question,
        status="partial" if partial_because else "answered",
        support=support,
        sentences=tuple(distinct.values()),
        reason=partial_because,
    )


def _occurs_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _covers(wording: Wording, text: str) -> bool:
    """Whether ``text`` contains enough of the question's words; names do not count: all claims about them match."""
    names = set(content_words(" ".join(wording.mentions.values())))
    words = [word for word in content_words(wording.terms) if word not in names]
    if not words:
        return bool(names)
    available = set(content_words(text))
    return sum(word in available for word in words) >= MIN_COVERAGE * len(words)


def _claim_sentences(match: Finding) -> Iterator[Sentence]:
    """The claim, and directly after it every verdict on it."""
    claim = match.claim
    yield Sentence(
        text=claim.statement, kind="claim", sources=(claim.id,), papers=(claim.paper_id,), citation=match.who
    )
    for evidence in match.verdicts:
        if evidence.verdict != "not_testable":  # says nothing about the claim
            yield Sentence(
                text=f"On the claim of {match.who}: {verdict_text(evidence)}.",
                kind="verdict",
                sources=(evidence.id, claim.id),
                papers=(claim.paper_id,),
                citation=match.who,
                verdict=verdict_row(evidence),
            )


def _opposed(wording: Wording, index: ClaimIndex, vocabulary: Vocabulary) -> Iterator[Sentence]:
    """The sharpest disagreements between claims about what the question names."""
    if not wording.of("model", "dataset") and not FIELD.search(wording.text):
        return
    pairs = (
        pair
        for pair in disagreements(index)
        if about(wording, pair.first, vocabulary) or about(wording, pair.second, vocabulary)
    )
    for pair in islice(pairs, MAX_RELATED):
        first, second = index.who(pair.first), index.who(pair.second)
        yield Sentence(
            text=f"{first} (“{pair.first.statement}”) and {second} (“{pair.second.statement}”) {pair.describe()}.",
            kind="relation",
            sources=(pair.first.id, pair.second.id),
            papers=(pair.first.paper_id, pair.second.paper_id),
            citation=f"{first}; {second}",
        )


def _facts(wording: Wording, index: ClaimIndex, vocabulary: Vocabulary) -> Iterator[Sentence]:
    """Facts of the models that the question names, of the kind that it asks for."""
    if not _asks_for_fact(wording):
        return
    for model_id in wording.of("model"):
        model = vocabulary.get(model_id)
        if not isinstance(model, Model):
            continue
        papers = _papers_at(model.source_url, index)
        citation = "; ".join((*map(index.cite, papers), *filter(None, (model.source_url,))))
        for pattern, field, template in FACTS:
            value = getattr(model, field)
            if value is not None and re.search(pattern, wording.text, re.IGNORECASE):
                text = f"{model.name} {template.format(SPELLED.get(value, value))}."
                yield Sentence(text=text, kind="fact", sources=(model_id,), papers=papers, citation=citation)


def _papers_at(address: str | None, index: ClaimIndex) -> tuple[str, ...]:
    """The paper whose text stands at this address; none where the facts were read elsewhere, such as in code."""
    if address is None:
        return ()
    doi = find_doi(address)
    paper_id = index.by_doi.get(doi.name) if doi else None
    # A publisher's address may name an article by the last part of its DOI only (nature.com/articles/s41592-...).
    page = re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2].lower()
    named = (each for name, each in index.by_doi.items() if name.partition("/")[2] == page)
    paper_id = paper_id or next(named, None)
    return (paper_id,) if paper_id else ()


def _asks_for_fact(wording: Wording) -> bool:
    """Whether the question asks for a fact (how many, which) rather than whether something is true."""
    return re.match(r"\W*(?:how|what|which|is|was|were|on|with)\b", wording.text, re.IGNORECASE) is not None


def _passages(wording: Wording, texts: Iterable[Mapping[str, object]], index: ClaimIndex) -> Iterator[Sentence]:
    """From each passage with all names of the question, the sentence that shares most words with the question."""
    words = {*content_words(wording.text)}
    for row in texts:
        text = str(row["text"])
        if row["label"] != "Passage" or not _covers(wording, text):
            continue
        if not all(_occurs_in(name, text) for name in wording.mentions.values()):
            continue
        best = max(SENTENCE_END.split(text), key=lambda part: len(words & {*content_words(part)}))
        paper = str(row["paper_id"])
        yield Sentence(
            text=best, kind="passage", sources=(str(row["id"]),), papers=(paper,), citation=index.cite(paper)
        )
