"""A model as it comes against the same model fine-tuned: claims under each regime, and where it saturates in each."""

from __future__ import annotations

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, is_about_group_of, names_in_words, speaks_of, summary
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from biorxivist.claims.present import counted
from graph.records import Claim

__all__ = ["regimes"]

ZERO = r"zeroshot|as (?:they|it) (?:come|comes|are|is)|without finetun\w*|frozen|out of the box|as it is|no finetun\w*"
TUNED = r"finetun\w*|tuned|supervised training"
WORKS = (
    r"works?|working|good|well|useful|reliable|usable|any use|fails?|failing|poor\w*|bad\w*|limit\w*|trust\w*|"
    r"robust\w*|"
    r"perform\w*|useless|ready|enough|suffic\w*|capabilit\w*|able|strong|weak|how"
)
UNDERSTOOD = (
    rf"{COMMON}|{ZERO}|{WORKS}|without|{TUNED}|vs|versus|against|than|better|worse|difference|differ\w*|help\w*|improv\w*|matter\w*|need\w*|"
    r"needed|worth|beat\w*|outperform\w*|or|good|well|after|before|use|usage|setting|regime|mode|necessary|"
    r"saturat\w*|earlier|later|erase\w*|remove\w*|close\w*|gap|just|directly|large|big|much|have|come|affect\w*|effect|frozen|box|embeddings?|hurt\w*|level|off|model"
)
MOST = 5


def _fits(question: Question) -> bool:
    if len(question.of("model")) > 1 or question.of("paper"):
        return False
    both = question.has(ZERO) and question.has(TUNED)
    alone = question.has(ZERO) and question.has(WORKS) and bool(question.of("model"))
    return (
        both
        or alone
        or question.has(
            rf"(?:does|do|is|should|how much|how does) .*(?:{TUNED}).*(?:help|improv|matter|need|worth|better|hurt|"
            rf"necessary|affect)\w*"
        )
    )


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    models = question.of("model")
    graph.run("saturation_by_regime", limit=200)
    claims = [
        claim
        for claim in graph.index.standing_claims()
        if claim.regime in ("zero_shot", "fine_tuned") and claim.kind != "scale_fact"
        and (not models or _is_of(claim, models, graph))
        and (not question.of("task") or speaks_of(claim, question.of("task"), graph.vocabulary))
        and (not question.of("dataset") or speaks_of(claim, question.of("dataset"), graph.vocabulary))
    ]  # fmt: skip
    order = {claim.id: place for place, claim in enumerate(graph.index.by_interest())}
    claims.sort(key=lambda claim: (claim.kind == "score", claim.attribution == "cited", order[claim.id]))
    direct = [claim for claim in claims if _is_direct(claim)]
    zero = [claim for claim in claims if claim.regime == "zero_shot" and claim not in direct]
    tuned = [claim for claim in claims if claim.regime == "fine_tuned" and claim not in direct]
    names = names_in_words((*models, *question.of("task"), *question.of("dataset")), graph.vocabulary)
    if not claims:
        return Refused(f"The graph holds no claim about {names} that says whether it was fine-tuned.", ())
    whose = f" of {names}" if names else ""
    line = f"The graph holds {counted(len(direct), 'claim')} on what fine-tuning changes{whose}"
    line += f"; {len(zero)} are about use without fine-tuning (zero-shot) and {len(tuned)} about fine-tuned models"
    line += ", and no source compares the two on equal terms." if not direct else "."
    shown = [*direct[:MOST], *zero[:MOST], *tuned[:MOST]]
    sentences: list[Sentence] = [
        summary(line, [claim.id for claim in shown], graph, papers=[claim.paper_id for claim in shown][:8])
    ]
    for group in (direct, zero, tuned):
        sentences += claim_sentences(group, graph, limit=MOST)
    return Response(sentences)


def _is_of(claim: Claim, models: tuple[str, ...], graph: Graph) -> bool:
    """Whether a claim is about one of the models, or on fine-tuning itself and about a group of theirs."""
    return speaks_of(claim, models, graph.vocabulary) or (
        _is_direct(claim) and is_about_group_of(claim, models, graph.vocabulary)
    )


def _is_direct(claim: Claim) -> bool:
    words = claim.statement.casefold().replace("without fine-tuning", "")
    return (
        claim.kind in ("effect", "comparison", "qualitative")
        and "fine-tuning" in words
        and any(word in words for word in ("improv", "help", "gain", "mask", "worse", "better", "without and"))
    )


regimes = Intent("regimes", "a model without fine-tuning (zero-shot) against fine-tuned", UNDERSTOOD, _fits, _respond)
