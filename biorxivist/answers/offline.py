"""Answer a question without a language model: no text is generated but fixed phrases around what the graph holds.

In this order: the kinds of questions that a named query answers (`biorxivist.answers.intents`), claims for and against
what is asked, curated claims and sentences of papers that hold its words. What the graph does not hold is refused, with
the nearest things that it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from biorxivist.answers.about import claims_on_the_subject
from biorxivist.answers.answer import Answer, Quote, Sentence, Support
from biorxivist.answers.evidence import Graph, claim_sentences
from biorxivist.answers.frames import framed_statement
from biorxivist.answers.intents import INTENTS, Refused, Response
from biorxivist.answers.intents.facts import known_facts
from biorxivist.answers.intents.papers import claims_of_paper
from biorxivist.answers.question import NEGATIONS, Question, known_words, read_question
from biorxivist.answers.retrieve import Search, TextHit, beside_names, retrieve, stem, telling_words
from biorxivist.answers.statements import claims_for_and_against
from biorxivist.answers.words import claim_words
from biorxivist.claims.index import ClaimIndex
from graph.records import Claim
from graph.stores.base import Store

__all__ = ["answer", "as_sentence", "compose", "refuse"]

UNDECIDED = {"not_testable", "inconclusive"}
SENTENCES = 5
"""Sentences of papers that are shown."""
CLAIMS = 3
"""Claims that share the words of a question and no more."""
COVERED = 0.85
"""Share of a question's words that such a claim has to hold."""
LISTED = 6
NARROWING_WORDS = """
    unseen new novel held-out immune blood brain lung heart liver kidney tissue tissues tumour tumours tumor tumors
    cancer healthy diseased spatial dissociated human mouse rare double combinatorial clinical noisy sparse adult fetal
    foetal embryonic never seen before
"""
NARROWING = frozenset(NARROWING_WORDS.split())
"""Words that narrow a question: where nothing else is left of it, the wider one is answered, and the answer says so."""
LONG = 3
ORDINARY = (
    r"zeroshot|fewshot|finetun\w*|pretrain\w*|affect\w*|influenc\w*|impact\w*|depend\w*|caus\w*|chang\w*|differ\w*|relat\w*|"
    r"happen\w*|behav\w*|handl\w*|deal\w*|work\w*|converg\w*|recommend\w*|suggest\w*|possible|likely|worse|wrong|evaluat\w*"
)
"""Words that no paper has to hold for it to speak of what is asked."""
LEAST = 2
"""Words of a question below which a match says nothing."""


def answer(question: str, *, index: ClaimIndex, store: Store, searches: Sequence[Search] = ()) -> Answer:
    """Answer a question from the graph, or refuse.

    Parameters
    ----------
    question
        One question in plain English.
    index
        Claims, verdicts and relations.
    store
        The graph: named queries and full text.
    searches
        Further searches for texts; the store's own by default.
    """
    graph = Graph(store, index)
    statement = framed_statement(question)
    read = read_question(f"does {statement}" if statement else question, index)
    if read.unknown and (reason := _unknown(read, graph)):
        return refuse(question, reason, [name for each in read.unknown for name in read.similar.get(each, ())])
    if statement and read.has("|".join(NEGATIONS)) and (claims := claims_for_and_against(read, graph)):
        return compose(question, claims.sentences, graph)
    refusal: Refused | None = None
    for intent in INTENTS:
        if read.unknown or not intent.fits(read):
            continue
        if leftover := read.leftover(intent.understood):
            if set(leftover) <= NEGATIONS and not statement:
                reason = f"The question asks what is {leftover[0]} so; the graph holds what sources state."
                return refuse(question, reason, _nearest(read, graph), graph)
            continue
        response = intent.respond(read, graph)
        if isinstance(response, Response):
            return compose(question, response.sentences, graph, partial_because=response.partial)
        if isinstance(response, Refused):
            refusal = response
            break
    if refusal is None and (strange := _strange(read, graph)):
        reason = f"Nothing in the graph mentions {', '.join(strange)}."
        return refuse(question, reason, _nearest(read, graph), graph)
    if refusal is None and (claims := claims_for_and_against(read, graph)):
        return compose(question, claims.sentences, graph)
    if texts := _texts(read, graph, searches, claims_too=refusal is None):
        why = "No claim or number answers it; these texts hold its words."
        return compose(question, texts, graph, partial_because=why)
    if refusal is None and (response := _without_narrowing(read, graph) or claims_on_the_subject(read, graph)):
        return compose(question, response.sentences, graph, partial_because=response.partial)
    if refusal is not None:
        return refuse(question, refusal.reason, refusal.nearest, graph)
    return refuse(question, "No claim, number or text in the graph supports an answer.", _nearest(read, graph), graph)


def _without_narrowing(question: Question, graph: Graph) -> Response | None:
    """The answer to the wider question, which says what it leaves out; none if that is more than a narrowing."""
    for intent in INTENTS:
        leftover = question.leftover(intent.understood)
        if intent is claims_of_paper or not leftover or not NARROWING.issuperset(leftover) or not intent.fits(question):
            continue
        response = intent.respond(question, graph)
        if isinstance(response, Response):
            return replace(response, partial=f"Not taken into account: {', '.join(leftover)}.")
    return None


def _strange(question: Question, graph: Graph) -> list[str]:
    """Words of the question that stand in no claim, title, text or name of the graph: it is about something else."""
    known = known_words(graph.index)
    ordinary = "|".join(intent.understood for intent in INTENTS if intent is not claims_of_paper)
    return [
        word
        for word in question.leftover(f"{ordinary}|{ORDINARY}")
        if len(word) > LONG and word not in known and not graph.store.search(word, 1)
    ]


def _unknown(question: Question, graph: Graph) -> str | None:
    """Reason to refuse a question with a name that occurs in no entry and no text; None if it stands in some text."""
    missing = [name for name in question.unknown if not _stands_somewhere(name, graph)]
    if not missing:
        return None
    similar = dict.fromkeys(near for name in missing for near in question.similar.get(name, ()))
    hint = f" Similar names, which may mean something else: {', '.join(similar)}." if similar else ""
    return f"Nothing in the graph is called {', '.join(missing)}.{hint}"


def _stands_somewhere(name: str, graph: Graph) -> bool:
    folded = name.casefold()
    return any(folded in str(row["text"]).casefold() for row in graph.store.search(name, 20))


def refuse(question: str, reason: str, nearest: Iterable[str] = (), graph: Graph | None = None) -> Answer:
    """A refusal that names the nearest things that the graph holds."""
    queries = tuple(graph.queries) if graph else ()
    near = tuple(dict.fromkeys(nearest))
    return Answer(question=question, status="refused", support="none", reason=reason, nearest=near, cypher=queries)


def compose(question: str, sentences: Iterable[Sentence], graph: Graph, *, partial_because: str = "") -> Answer:
    """The answer; it is supported strongly by several papers if a verdict was reached on one of the claims."""
    # Different claims may have the same wording, and verdicts often do: a repetition has the same sources too.
    distinct = {(each.text, each.sources): each for each in sentences}
    bearing = [each for each in distinct.values() if each.part != "related"]
    papers = {paper for each in bearing for paper in each.papers}
    decided = any(each.verdict and each.verdict["verdict"] not in UNDECIDED for each in bearing)
    support: Support = "weak" if len(papers) < 2 or partial_because else "strong" if decided else "moderate"
    return Answer(
        question=question,
        status="partial" if partial_because else "answered",
        support=support,
        sentences=tuple(distinct.values()),
        reason=partial_because,
        cypher=tuple(graph.queries),
    )


def _texts(question: Question, graph: Graph, searches: Sequence[Search], *, claims_too: bool) -> list[Sentence]:
    """Sentences of papers, and curated claims, that hold the words of the question; texts of papers first."""
    hits = retrieve(question, graph.store, graph.index, searches=searches, limit=SENTENCES, curated=claims_too)
    sentences = [as_sentence(hit, graph) for hit in hits]
    if claims_too and not sentences:
        sentences += claim_sentences(_sharing(question, graph), graph, limit=CLAIMS)
    return sentences


def as_sentence(hit: TextHit, graph: Graph) -> Sentence:
    """A sentence of a paper, with its place in the passage."""
    return Sentence(
        text=hit.text,
        kind="passage",
        sources=(hit.passage_id,),
        quotes=(Quote(passage_id=hit.passage_id, start=hit.start, end=hit.end, text=hit.text),),
        papers=(hit.paper_id,),
        citation=graph.index.cite(hit.paper_id),
    )


def _sharing(question: Question, graph: Graph) -> list[Claim]:
    """Claims that hold nearly all words of a question, names included, the fullest first."""
    words = telling_words(question)
    if len(words) < LEAST or not beside_names(question):
        return []
    sharing = []
    for claim in graph.claims(row["id"] for row in graph.store.search(question.text, 30) if row["label"] == "Claim"):
        text = {stem(word) for word in claim_words(claim, graph)}
        share = sum(word in text for word in words) / len(words)
        if share >= COVERED:
            sharing.append((share, claim))
    return [claim for _, claim in sorted(sharing, key=lambda each: (-each[0], each[1].id))]


def _nearest(question: Question, graph: Graph) -> list[str]:
    """What is known of the things that the question names; where it names nothing, nothing is near."""
    named = dict.fromkeys(each for name in question.names for each in name.ids)
    papers = [
        f"{index.cite(each)}: {index.papers[each].title}" for each in named if each in (index := graph.index).papers
    ]
    return [*known_facts([each for each in named if each not in graph.index.papers], graph), *papers][:LISTED]
