"""What something is: a model, set, task, metric or paper in a few sentences."""

from __future__ import annotations

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, cite_address, claim_sentences, name_of, names_in_words, speaks_of
from biorxivist.answers.intents.facts import FACTS, SET_FACTS, fact_sentences
from biorxivist.answers.intents.intent import Intent, Refused, Response
from biorxivist.answers.question import Question
from biorxivist.answers.sources import introducing_paper
from graph.records import Dataset, Metric, Model, Task

__all__ = ["what_is"]

CUE = (
    r"what (?:is|are|does|do)|who is|define|definition|explain|describe|tell me about|about|mean|means|"
    r"meaning|introduce"
)
UNDERSTOOD = (
    r"defin\w*|explain\w*|describ\w*|mean\w*|introduc\w*|overview|summar\w*|metric|corpus|dataset|measure\w*|task|stand"
)
OF_MODEL = ("objective", "architecture", "supervision", "species", "input", "parameters", "corpus_id", "corpus_cells")
OF_SET = ("cells", "genes", "species", "tissue", "parent_id", "part_of")
MOST = 4


def _fits(question: Question) -> bool:
    kinds = {name.kind for name in question.names}
    return (
        len(question.names) == 1
        and not kinds & {"paper"}
        and (question.has(CUE) or question.masked.strip(" ?.!") in {"MODEL", "DATASET", "TASK", "METRIC"})
    )


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    sentences: list[Sentence] = []
    for entry_id in question.names[0].ids[:3]:
        entry = graph.vocabulary.get(entry_id)
        if isinstance(entry, Model):
            sentences += _model(entry, graph)
        elif isinstance(entry, Dataset):
            sentences += _dataset(entry, graph)
        elif isinstance(entry, Task | Metric):
            sentences += _defined(entry, graph)
    if not sentences:
        return None
    first, *rest = sentences
    return Response([first.model_copy(update={"part": "bottom_line"}), *rest])


def _model(entry: Model, graph: Graph) -> list[Sentence]:
    graph.run("facts_of_model", model=entry.id)
    paper = introducing_paper(entry.id, graph.index)
    role = {
        "group": "a group of models",
        "baseline": "a baseline",
        "method": "a method",
        "ours": "a model that we train",
    }
    what = role.get(entry.role, "a single-cell foundation model")
    above = entry.variant_of or entry.parent_id
    text = f"{entry.name} is {what}" + (f" ({name_of(above, graph.vocabulary)})" if above else "")
    text += f", introduced by {graph.index.cite(paper.id)}: “{paper.title}”" if paper else ""
    papers, citation = cite_address(entry, "name", graph)
    works = (paper.id,) if paper else papers
    first = Sentence(text=f"{text}.", kind="fact", sources=(entry.id, *works), papers=works, citation=citation)
    wanted = [fact for fact in FACTS if fact.field in OF_MODEL]
    claims = [
        claim for claim in graph.index.by_interest()
        if claim.kind != "scale_fact" and speaks_of(claim, [entry.id], graph.vocabulary, role="subject")
        and len(claim.subject_ids) == 1 and claim.attribution == "own"
    ]  # fmt: skip
    return [first, *fact_sentences(entry.id, wanted, graph), *claim_sentences(claims, graph, limit=MOST)]


def _dataset(entry: Dataset, graph: Graph) -> list[Sentence]:
    graph.run("facts_of_set", dataset=entry.id)
    trained = [each.id for each in graph.vocabulary if isinstance(each, Model) and each.corpus_id == entry.id]
    papers, citation = cite_address(entry, "name", graph)
    cells = f" of {entry.cells:,} cells" if entry.cells else ""
    whose = f" ({', '.join(entry.species)})" if entry.species else ""
    text = f"{entry.name} is a set{cells}{whose}"
    if trained:
        text = (
            f"{entry.name} is a pre-training corpus{cells}{whose}, used by {names_in_words(trained, graph.vocabulary)}"
        )
    first = Sentence(text=f"{text}.", kind="fact", sources=(entry.id, *trained), papers=papers, citation=citation)
    return [first, *fact_sentences(entry.id, [fact for fact in SET_FACTS if fact.field in OF_SET], graph)]


def _defined(entry: Task | Metric, graph: Graph) -> list[Sentence]:
    kind = "task" if isinstance(entry, Task) else "metric"
    above = f", a kind of {name_of(entry.parent_id, graph.vocabulary).lower()}" if entry.parent_id else ""
    text = f"{entry.name} is a {kind}{above}." + (f" {entry.definition}" if entry.definition else "")
    if isinstance(entry, Metric):
        text += " Higher is better." if entry.higher_is_better else " Lower is better."
    return [Sentence(text=text, kind="fact", sources=(entry.id,), citation=entry.source_url or "")]


what_is = Intent("what_is", "what a model, set, task or metric is", UNDERSTOOD, _fits, _respond)
