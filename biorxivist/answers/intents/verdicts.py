"""What was reproduced, what was not, and what is open: verdicts, those of new runs before those of re-analysis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, names_in_words, speaks_of, summary
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from biorxivist.claims.verdicts import ADVERSE
from graph.records import Claim, Evidence

__all__ = ["verdicts"]

CUE = (
    r"reproduc\w*|replicat\w*|verif\w*|confirm\w*|verdicts?|(?:hold|holds|held) up|(?:bear|borne|bears) out|re-?run\w*|"
    r"re-?analys\w*|inconsistent|consistent with|refuted|stand up|stands up|tested|validated|testable|untest\w*|"
    r"inconclusive|undecided|(?:own|new|smaller) (?:runs?|experiments?|results?|studies|models?)|re-?ran|"
    r"(?:runs?|experiments?) (?:of yours|you (?:ran|made|did))"
)
UNTESTED = r"(?:not|cannot be|could not be|never|nobody) (?:yet )?test(?:ed|able)|untest\w*"
UNDECIDED = r"inconclusive|undecided"
AGAINST = r"not|could not|cannot|fail\w*|inconsistent|refuted|irreproducib\w*|wrong|opposite|contradict\w*"
UNDERSTOOD = (
    rf"{COMMON}|{CUE}|{AGAINST}|checks?|results?|no|why|yet|never|nobody|claims?|findings?|hold|holds|held|bear|borne|out|printed|numbers?|runs?|own|experiments?|"
    r"came|come|comes|support\w*|back\w*|agree\w*|zeroshot|finetun\w*|critici\w*|saturat\w*|plateau\w*|scaling|able|possible|manage\w*|decid\w*|settle\w*|say|said|ran|run|studies|study|outcomes?|"
    r"independently|statements?|stand|stands|true|actually|at scale"
)
MOST = 8


def _fits(question: Question) -> bool:
    return question.has(CUE)


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    papers, names = set(question.of("paper")), (*question.of("model"), *question.of("task"), *question.of("dataset"))
    graph.run("reproduced_claims", paper=next(iter(question.of("paper")), ""), limit=1000)
    judged = [(claim, evidence) for claim, evidence in _judged(papers, names, graph) if _is_on_topic(claim, question)]
    decided = [
        (claim, evidence) for claim, evidence in judged if evidence.verdict not in ("inconclusive", "not_testable")
    ]
    about = "; ".join(map(graph.index.cite, papers)) or names_in_words(names, graph.vocabulary)
    if not judged:
        return Refused(f"No claim of or about {about} has a verdict.", ())
    if still_open := _still_open(question, judged):
        shown = [claim for claim, _ in still_open][:MOST]
        return Response([_line(judged, about, graph), *claim_sentences(shown, graph, limit=MOST, reasons=True)])
    adverse = [pair for pair in decided if pair[1].verdict in ADVERSE]
    borne = [pair for pair in decided if pair[1].verdict not in ADVERSE]
    wanted = adverse if question.has(AGAINST) else decided
    sentences: list[Sentence] = [_line(judged, about, graph)]
    shown = [claim for claim, _ in (wanted or decided)][:MOST]
    if question.has(AGAINST):
        sentences += claim_sentences(shown, graph, part="against", limit=MOST)
    else:
        sentences += claim_sentences([c for c, _ in borne][:MOST], graph, part="for", limit=MOST)
        sentences += claim_sentences([c for c, _ in adverse][:MOST], graph, part="against", limit=MOST)
    return Response(sentences)


def _is_on_topic(claim: Claim, question: Question) -> bool:
    """Whether a claim is on scaling or saturation, or of a regime, if the question is confined to that."""
    if any(claim.regime != regime for regime in question.regimes):
        return False
    if question.has(r"saturat\w*|plateau\w*"):
        return claim.kind == "saturation" or claim.direction in {"plateau", "no_plateau"}
    return claim.kind in {"scaling", "saturation"} or not question.has(r"scaling")


def _still_open(question: Question, judged: Sequence[tuple[Claim, Evidence]]) -> list[tuple[Claim, Evidence]]:
    """Claims that no verdict decides, if the question asks for those."""
    wanted = {
        verdict for verdict, cue in (("not_testable", UNTESTED), ("inconclusive", UNDECIDED)) if question.has(cue)
    }
    return [(claim, evidence) for claim, evidence in judged if evidence.verdict in wanted]


def _judged(papers: set[str], names: Sequence[str], graph: Graph) -> Iterator[tuple[Claim, Evidence]]:
    for claim in graph.index.by_interest():
        if papers and claim.paper_id not in papers:
            continue
        if names and not all(speaks_of(claim, [name], graph.vocabulary) for name in names):
            continue
        if evidence := graph.index.verdicts(claim.id):
            yield claim, evidence[0]


def _line(judged: Sequence[tuple[Claim, Evidence]], about: str, graph: Graph) -> Sentence:
    groups: dict[tuple[str, str], int] = {}
    for _, evidence in judged:
        key = (evidence.basis, evidence.verdict)
        groups[key] = groups.get(key, 0) + 1

    def counts_in_words(basis: str) -> str:
        of_basis = [
            (verdict, count) for (each, verdict), count in groups.items() if each == basis and verdict != "not_testable"
        ]
        return ", ".join(
            f"{count} {verdict.replace('_', ' ')}" for verdict, count in sorted(of_basis, key=lambda v: -v[1])
        )

    runs, printed = counts_in_words("experiment"), counts_in_words("reanalysis")
    whole = sum(count for (_, verdict), count in groups.items() if verdict in ("reproduced",))
    of = f" of or about {about}" if about else ""
    lead = (
        f"{whole} claims{of} were reproduced in full by new runs."
        if whole
        else (f"No claim{of} was reproduced in full: that takes new runs at half of the claim's corpus or more.")
    )
    parts = [
        f"By smaller new runs: {runs}." if runs else "No new run tests one.",
        f"By printed numbers: {printed}." if printed else "",
    ]
    untested = sum(count for (_, verdict), count in groups.items() if verdict == "not_testable")
    if untested:
        parts.append(f"{untested} cannot be tested.")
    text = " ".join((lead, *filter(None, parts)))
    decided = [pair for pair in judged if pair[1].verdict != "not_testable"] or judged
    sources = [evidence.id for _, evidence in decided[:8]]
    return summary(text, sources, graph, papers=[claim.paper_id for claim, _ in decided[:8]])


verdicts = Intent("verdicts", "which claims were reproduced, borne out, or not", UNDERSTOOD, _fits, _respond)
