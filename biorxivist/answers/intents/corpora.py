"""Which models and papers use a corpus, and which models have a fact in common."""

from __future__ import annotations

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, cite_address, name_of, names_in_words, summary
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from graph.records import Dataset, Model

__all__ = ["users"]

CUE = (
    r"(?:who|which|what|list|any|papers?|models?|studies|anyone|how many)\b.*\b(?:use[sd]?|using|train\w*|"
    r"pretrain\w*|based|built|"
    r"rel(?:y|ies|ied)|includ\w*|contain\w*|work\w*|evaluat\w*|test\w*|stud\w*|claims?)|(?:use[sd]?|users?) (?:of|"
    r"by)|used"
)
UNDERSTOOD = (
    rf"{COMMON}|use[sd]?|using|users?|train\w*|pretrain\w*|based|built|rel(?:y|ies|ied)|includ\w*|contain\w*|evaluat\w*|"
    r"test\w*|stud\w*|papers?|models?|corpus|corpora|dataset|atlas|groups?|wrote|claims?|employ\w*"
)


def _fits(question: Question) -> bool:
    return (
        bool(question.of("dataset"))
        and question.of("model") in {(), ("model:scfm",)}
        and not question.of("task")
        and not question.of("metric")
        and not question.of("paper")
        and question.has(CUE)
        and not question.has(r"(?:how many|number of|which|what) (?:cells|genes|species|tissues?)|best|cells")
    )


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    vocabulary = graph.vocabulary
    wanted = set(question.of("dataset"))
    for each in wanted:
        graph.run("corpus_users", corpus=each, limit=1000)
    trained = [
        entry for entry in vocabulary
        if isinstance(entry, Model) and entry.corpus_id and wanted & _holds(entry.corpus_id, graph)
    ]  # fmt: skip
    studied: dict[str, list[str]] = {}
    for claim in graph.index.standing_claims():
        sets = {claim.corpus_id, claim.dataset_id, *(each for each in claim.subject_ids if each.startswith("dataset:"))}
        if any(wanted & set(vocabulary.lineage(each)) for each in sets if each):
            studied.setdefault(claim.paper_id, []).append(claim.id)
    names = {entry.id for entry in trained}
    by_model = {
        paper.id: [each for each in paper.model_ids if each in names or vocabulary.family(each) in names]
        for paper in graph.index.papers.values()
        if paper.kind == "article"
    }
    papers = dict.fromkeys(
        [*studied, *(paper for paper, models in by_model.items() if models and _introduces(paper, models, graph))]
    )
    if not trained and not papers:
        what = names_in_words(wanted, vocabulary)
        return Refused(f"No model and no claim in the graph uses {what}.", _corpora(graph))
    what = names_in_words(question.of("dataset"), vocabulary, last="or")
    parts = []
    if trained:
        parts.append(f"models: {', '.join(entry.name for entry in trained)}")
    if papers:
        parts.append(f"papers: {', '.join(dict.fromkeys(map(graph.index.cite, papers)))}")
    sources = [*(entry.id for entry in trained), *papers]
    sentences: list[Sentence] = [summary(f"{what} is used by {'; '.join(parts)}.", sources, graph, papers=list(papers))]
    for entry in trained:
        works, citation = cite_address(entry, "corpus_id", graph)
        corpus = name_of(entry.corpus_id or "", vocabulary)
        if entry.corpus_id in wanted:
            within = ""
        elif wanted & set(vocabulary.lineage(entry.corpus_id)):
            within = f", which is drawn from {what}"
        else:
            within = f", which holds {what}"
        sentences.append(
            Sentence(
                text=f"{entry.name} was pre-trained on {corpus}{within}.", kind="fact", sources=(entry.id,),
                papers=works, citation=citation,
            )
        )  # fmt: skip
    for paper, claims in studied.items():
        count = "1 claim" if len(claims) == 1 else f"{len(claims)} claims"
        sentences.append(
            Sentence(
                text=f"{graph.index.cite(paper)} makes {count} on it.", kind="fact", sources=tuple(claims[:8]),
                claims=tuple(claims[:8]), papers=(paper,), citation=graph.index.cite(paper),
            )
        )  # fmt: skip
    return Response(sentences)


def _holds(corpus_id: str, graph: Graph) -> set[str]:
    """The corpus, its collections, and the sets that stand in it by a source that says so."""
    inside = {entry.id for entry in graph.vocabulary if isinstance(entry, Dataset) and corpus_id in entry.part_of}
    return {*graph.vocabulary.lineage(corpus_id), *inside}


def _introduces(paper_id: str, models: list[str], graph: Graph) -> bool:
    paper = graph.index.papers[paper_id]
    return paper.topic == "model" and paper.model_ids[:1] == (models[0],)


def _corpora(graph: Graph) -> list[str]:
    used = {entry.corpus_id for entry in graph.vocabulary if isinstance(entry, Model) and entry.corpus_id}
    return sorted(name_of(each, graph.vocabulary) for each in used)[:8]


users = Intent("users", "which models and papers use a corpus or set", UNDERSTOOD, _fits, _respond)
