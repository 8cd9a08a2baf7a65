"""Who disagrees with whom, about what, and in which conditions they differ."""

from __future__ import annotations

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, names_in_words, speaks_of, summary
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from biorxivist.claims.disagreements import Disagreement, disagreements

__all__ = ["disagreement"]

CUE = (
    r"disagree\w*|contradict\w*|conflict\w*|oppos\w*|disput\w*|controvers\w*|debat\w*|inconsistent with (?:each|one)|"
    r"at odds|contest\w*|clash\w*|refut\w*|challeng\w*|critici[sz]\w*|argu\w* against|counter\w*|consensus|"
    r"dissent\w*|agree\w*"
)
UNDERSTOOD = (
    rf"{COMMON}|{CUE}|claims?|findings?|each|one|another|mutually|odds|scal(?:e|es|ing)|pretrain\w*|train\w*|point|points|"
    r"main|big|biggest|sharpest|most|disagreement|contradiction|topic|argu\w*|inconsistent|matter|issue|corpus|size|effect|"
    r"help\w*|benefit\w*|laws?|conclusions?|field|contested|why|reasons?|because|cause\w*|explain\w*|differ\w*|come|"
    r"where|on|whether"
)
MOST = 6
TOPICS = {"scaling": r"scal\w*|size|corpus|laws?|more"}


def _fits(question: Question) -> bool:
    if not question.has(CUE):
        return False
    named = question.of("model") or question.of("paper") or question.of("task") or question.of("dataset")
    return bool(named) or question.has(
        r"papers?|claims?|literature|scaling|studies|field|pretrain\w*|single-cell|foundation|authors?|findings?|researchers"
    )


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    papers = _articles(question.of("paper"), graph)
    names = (*question.of("model"), *question.of("task"), *question.of("dataset"))
    graph.run("who_contradicts_whom", paper=next(iter(question.of("paper")), ""), limit=1000)
    of = {claim.id for claim in graph.index.standing_claims() if claim.paper_id in papers} if papers else None
    pairs = [pair for pair in disagreements(graph.index, of=of) if _is_about(pair, names, question, graph)]
    groups = [set(name.ids) for name in question.mentions("paper")]
    if len(groups) > 1:  # those between the papers that are named, and not with others
        pairs = [pair for pair in pairs if all({pair.first.paper_id, pair.second.paper_id} & group for group in groups)]
    if not pairs:
        what = "; ".join(map(graph.index.cite, papers)) or names_in_words(names, graph.vocabulary) or "this"
        near = [_short(pair, graph) for pair in disagreements(graph.index, most=3)]
        return Refused(f"The graph holds no disagreement between papers about {what}.", near)
    sentences = [_line(pairs, papers, names, graph)]
    for pair in pairs[:MOST]:
        sentences.append(_sentence(pair, graph))
        sentences += [each for each in claim_sentences([pair.first, pair.second], graph) if each.kind == "verdict"]
    return Response(sentences)


def _articles(papers: tuple[str, ...], graph: Graph) -> set[str]:
    """The articles among the papers that a name means; threads and notes only where it means no article."""
    articles = {each for each in papers if graph.index.papers[each].kind == "article"}
    return articles or set(papers)


def _is_about(pair: Disagreement, names: tuple[str, ...], question: Question, graph: Graph) -> bool:
    claims = (pair.first, pair.second)
    for name in names:
        on_it = [speaks_of(claim, [name], graph.vocabulary) for claim in claims]
        # a model may be on one side of a disagreement, a task or set is what it is about
        if not (any(on_it) if name.startswith("model:") else all(on_it)):
            return False
    if question.has(TOPICS["scaling"]) and not names and not question.of("paper"):
        return all(claim.kind in {"scaling", "saturation"} for claim in claims)
    return True


def _line(pairs: list[Disagreement], papers: set[str], names: tuple[str, ...], graph: Graph) -> Sentence:
    sharp = sum(pair.relation.relation == "contradicts" for pair in pairs)
    scope = len(pairs) - sharp
    parts = []
    if sharp:
        parts.append(f"{sharp} contradict each other under the same conditions")
    if scope:
        parts.append(f"{scope} point in opposite directions under other conditions")
    about = f" about {names_in_words(names, graph.vocabulary)}" if names else ""
    if papers:
        others = dict.fromkeys(
            graph.index.cite(claim.paper_id)
            for pair in pairs
            for claim in (pair.first, pair.second)
            if claim.paper_id not in papers
        )
        who = "; ".join(dict.fromkeys(map(graph.index.cite, sorted(papers))))
        text = f"With {who} disagree{about}: {', '.join(list(others)[:8])}"
        text += f" and {len(others) - 8} more" if len(others) > 8 else ""
    else:
        text = f"{len(pairs)} pairs of papers disagree{about}"
    sources = [claim.id for pair in pairs[:MOST] for claim in (pair.first, pair.second)]
    works = [claim.paper_id for pair in pairs[:MOST] for claim in (pair.first, pair.second)]
    return summary(f"{text} ({'; '.join(parts)}).", sources, graph, papers=works)


def _short(pair: Disagreement, graph: Graph) -> str:
    return f"{graph.index.who(pair.first)} and {graph.index.who(pair.second)} {pair.describe()}"


def _sentence(pair: Disagreement, graph: Graph) -> Sentence:
    first, second = graph.index.who(pair.first), graph.index.who(pair.second)
    return Sentence(
        text=f"{first} (“{pair.first.statement}”) and {second} (“{pair.second.statement}”) {pair.describe()}.",
        kind="relation",
        sources=(pair.first.id, pair.second.id),
        claims=(pair.first.id, pair.second.id),
        papers=(pair.first.paper_id, pair.second.paper_id),
        citation=f"{first}; {second}",
    )


disagreement = Intent("disagreement", "who disagrees with whom, about what", UNDERSTOOD, _fits, _respond)
