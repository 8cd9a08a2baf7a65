"""Papers: where and when they appeared, who wrote them, and what they claim."""

from __future__ import annotations

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, name_of, names_in_words, speaks_of, summary
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from biorxivist.answers.retrieve import stem
from biorxivist.answers.sources import introducing_paper
from biorxivist.answers.words import claim_words
from graph.records import Model, Paper

__all__ = ["claims_of_paper", "papers_about", "published"]

WHEN = (
    r"^when|when (?:was|were|did|is)|year|date|how old|published (?:in|when)|what year|come out|came out|"
    r"appear(?:ed)?|posted|publication"
)
WHERE = r"journal|venue|conference|published|publish|appear(?:ed)?|where"
WHO = (
    r"who (?:wrote|made|developed|published|introduced|created|built|proposed|invented|authored|is behind|"
    r"are)|author(?:s|ed)?|wrote"
)
LINK = r"doi|title|titled|cite|citation|reference|link|arxiv|id|url"
UNDERSTOOD = (
    rf"{COMMON}|{WHEN}|{WHERE}|{LINK}|authors?|authored|wrote|made|developed|introduced|created|built|proposed|invented|"
    r"behind|year|appear\w*|come|came|original|first|released?|release|peer-reviewed|version|introduc\w*|describ\w*"
)
MOST = 12
LONG_NAME = 4
"""Words from which what stands before the colon of a title is no name any more."""
ABOUT = (
    r"about|on|study|studies|studied|discuss\w*|evaluat\w*|compare\w*|benchmark\w*|test\w*|mention\w*|cover\w*|deal\w*|"
    r"introduc\w*|present\w*|describ\w*|propos\w*"
)
INTRODUCED = r"introduc\w*|present\w*|describ\w*|propos\w*"
REPORTS = (
    r"claims?|claimed|findings?|find|found|conclu\w*|shows?|showed|shown|report\w*|argu\w*|say|says|said|result\w*|"
    r"contribution\w*|main|message|points?|key|takeaways?|take-aways?|state\w*"
)


CLAIMING = rf"{COMMON}|{REPORTS}|about|regarding|concerning|paper|made|makes|topic|do|does|did"


def _papers(question: Question, graph: Graph) -> list[Paper]:
    """Papers that are named, articles before threads; else those that introduce the models that are named."""
    named = [graph.index.papers[each] for name in question.mentions("paper") for each in name.ids]
    articles = [paper for paper in named if paper.kind == "article"]
    if named:
        return articles or named
    introducing = (introducing_paper(each, graph.index) for each in question.of("model"))
    return list({paper.id: paper for paper in introducing if paper is not None}.values())


def _fits_published(question: Question) -> bool:
    if not (question.of("paper") or question.of("model")) or question.of("dataset") or question.of("task"):
        return False
    return question.has(f"{WHEN}|{WHERE}|{WHO}|{LINK}") and not question.has(
        "train\\w*|pretrain\\w*|weights|claims?|licence"
    )


def _respond_published(question: Question, graph: Graph) -> Response | Refused | None:
    papers = _papers(question, graph)
    if not papers:
        names = " or ".join(name.words for name in question.names)
        years = [
            f"{entry.name} was first made public in {entry.year}"
            for each in question.of("model")
            if isinstance(entry := graph.vocabulary.get(each), Model) and entry.year
        ]
        if years and question.has(WHEN):
            ids = question.of("model")
            return Response([Sentence(text=f"{years[0]}.", kind="fact", part="bottom_line", sources=ids)])
        return Refused(f"The graph holds no paper that introduces {names}.", years)
    sentences = [_paper_sentence(paper, question, graph) for paper in papers]
    for model_id in question.of("model"):
        entry = graph.vocabulary.get(model_id)
        if isinstance(entry, Model) and entry.year and question.has(WHEN):
            text = f"{entry.name} was first made public in {entry.year}."
            sentences.append(Sentence(text=text, kind="fact", sources=(model_id,), citation=entry.source_url or ""))
    graph.run("paper_versions", paper=papers[0].id)
    return Response([sentences[0].model_copy(update={"part": "bottom_line"}), *sentences[1:]])


def _paper_sentence(paper: Paper, question: Question, graph: Graph) -> Sentence:
    index = graph.index
    subject = " and ".join(
        name_of(each, graph.vocabulary)
        for each in question.of("model")
        if (introducing := introducing_paper(each, index)) is not None and introducing.id == paper.id
    )
    introduces = f" introduces {subject} and" if subject else ""
    where = f" in {paper.venue}" if paper.venue else ""
    text = f"“{paper.title}” ({index.cite(paper.id)}){introduces} appeared{where}"
    if paper.year and str(paper.year) not in (paper.venue or ""):
        text += f", {paper.year}"
    if paper.posted:
        text += f"; first posted on {paper.posted}"
    if question.has(WHO):
        names = [index.authors[each].name for each in paper.author_ids if each in index.authors]
        if names:
            text += f"; by {', '.join(names[:MOST])}" + (" and others" if len(names) > MOST else "")
    if question.has(LINK):
        text += f"; {paper.id}"
    return Sentence(
        text=f"{text}.", kind="fact", sources=(paper.id,), papers=(paper.id,), citation=index.cite(paper.id)
    )


def _fits_claims(question: Question) -> bool:
    if question.of("paper"):
        return question.has(f"{REPORTS}|on|about|per|according")
    by_authors = question.has(
        r"MODEL (?:paper|article|study|authors?)|(?:paper|article|study|authors?) (?:of|on|behind) MODEL"
    )
    asks = question.has(REPORTS) and not question.has(r"who|when|where|which journal")
    return bool(question.of("model")) and by_authors and asks


def _respond_claims(question: Question, graph: Graph) -> Response | Refused | None:
    papers = _papers(question, graph)
    if not papers:
        return None
    sentences: list[Sentence] = []
    claims = [
        claim
        for paper in papers
        for claim in graph.claims(row["claim"] for row in graph.run("paper_claims", paper=paper.id, limit=1000))
    ]
    if not claims:
        names = ", ".join(graph.index.cite(paper.id) for paper in papers)
        return Refused(f"The graph holds the paper {names} and no claim of it.", [paper.title for paper in papers])
    about = (
        *question.of("task"), *question.of("dataset"), *(question.of("model") if question.of("paper") else ()),
    )  # fmt: skip
    of_paper = {word for paper in papers for word in _words_of(paper, graph)}
    whole, topic = len(claims), [word for word in question.leftover(CLAIMING) if word not in of_paper]
    claims = [claim for claim in claims if all(speaks_of(claim, [each], graph.vocabulary) for each in about)]
    stems = set(map(stem, topic))
    named = claims if about else []
    claims = [claim for claim in claims if stems <= set(map(stem, claim_words(claim, graph)))]
    partial = "" if claims else f"None of them holds: {', '.join(topic)}."
    claims = claims or named
    if not claims:
        names = ", ".join(graph.index.cite(paper.id) for paper in papers)
        what = ", ".join((*(name_of(each, graph.vocabulary) for each in about), *topic))
        titles = [paper.title for paper in papers]
        return Refused(f"None of the {whole} claims of {names} in the graph is about {what}.", titles)
    order = {claim.id: place for place, claim in enumerate(graph.index.by_interest())}
    claims.sort(key=lambda claim: order[claim.id])
    shown = claims[:MOST]
    names = "; ".join(f"{graph.index.cite(paper.id)}, “{paper.title}”" for paper in papers[:3])
    more = f"; the first {MOST} follow, `biorxivist show` lists all" if len(claims) > MOST else ""
    count = "1 claim" if len(claims) == 1 else f"{len(claims)} claims"
    on = f" about {names_in_words(about, graph.vocabulary)}" if about else ""
    line = f"{names}: {count}{on} in the graph{more}."
    sentences.append(summary(line, [claim.id for claim in shown], graph, papers=[paper.id for paper in papers]))
    sentences += claim_sentences(shown, graph, limit=MOST)
    return Response(sentences, partial=partial)


def _words_of(paper: Paper, graph: Graph) -> list[str]:
    """Family names of its authors and the short name that its title begins with: they name it and ask nothing."""
    authors = [graph.index.authors[each] for each in paper.author_ids if each in graph.index.authors]
    families = [(author.family or author.name).lower() for author in authors]
    head, colon, _ = paper.title.partition(":")
    return [*families, *(head.lower().replace("-", " ").split() if colon and len(head.split()) < LONG_NAME else ())]


def _fits_about(question: Question) -> bool:
    lists = r"(?:which|what|list|show|how many|any|all) (?:\w+ )?(?:papers?|articles?|studies|works)\b.*\b"
    asks = question.has(rf"{lists}(?:{ABOUT})|papers? (?:on|about)")
    return bool(question.names) and not question.of("paper") and asks


def _respond_about(question: Question, graph: Graph) -> Response | Refused | None:
    index, models = graph.index, question.of("model")
    if models and question.has(INTRODUCED) and (paper := introducing_paper(models[0], index)):
        return Response([_paper_sentence(paper, question, graph).model_copy(update={"part": "bottom_line"})])
    claims_by_paper: dict[str, list[str]] = {}
    for claim in index.standing_claims():
        if all(speaks_of(claim, name.ids, graph.vocabulary) for name in question.names):
            claims_by_paper.setdefault(claim.paper_id, []).append(claim.id)
    for paper in index.papers.values():
        if all(set(name.ids) & set(paper.model_ids) for name in question.names):
            claims_by_paper.setdefault(paper.id, [])
    if not claims_by_paper:
        return Refused(f"No paper in the graph is about {', '.join(name.words for name in question.names)}.")
    order = sorted(claims_by_paper, key=lambda each: (-len(claims_by_paper[each]), each))
    what = ", ".join(name_of(name.ids[0], graph.vocabulary) for name in question.names)
    line = (
        f"{'1 paper is' if len(order) == 1 else f'{len(order)} papers are'} about {what}: "
        f"{', '.join(map(index.cite, order[:MOST]))}"
    )
    line += f" and {len(order) - MOST} more." if len(order) > MOST else "."
    sentences = [summary(line, order[:MOST], graph, papers=order[:MOST])]
    for each in order[:MOST]:
        claims = tuple(claims_by_paper[each][:8])
        text = f"{index.cite(each)}: “{index.papers[each].title}”; claims on it: {len(claims_by_paper[each])}."
        sentences.append(
            Sentence(
                text=text, kind="fact", sources=(each, *claims), claims=claims, papers=(each,),
                citation=index.cite(each),
            )
        )  # fmt: skip
    return Response(sentences)


published = Intent(
    "published", "when and where a paper, or that of a model, appeared, who wrote it, its DOI", UNDERSTOOD,
    _fits_published, _respond_published,
)  # fmt: skip
claims_of_paper = Intent(
    "claims_of_paper", "what a paper claims, at all or about something", r"[a-z0-9'-]+", _fits_claims, _respond_claims
)
papers_about = Intent(
    "papers_about", "which papers are about a model, set or task",
    rf"{COMMON}|{ABOUT}|{INTRODUCED}|exist\w*|written|list|publi\w*", _fits_about, _respond_about,
)  # fmt: skip
