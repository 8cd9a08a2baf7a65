"""What a choice changes: diversity of a corpus, few labels, tokens, imbalance, batch size, and what else is varied."""

from __future__ import annotations

from collections.abc import Sequence

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import (
    Graph,
    claim_sentences,
    is_about_group_of,
    missing,
    names_in_words,
    speaks_of,
    summary,
)
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from biorxivist.claims.present import counted
from graph.records import Claim

__all__ = ["factors"]

FEW_LABELS = (
    r"few(?:er)? (?:\w+ )?(?:TASK cells|labels?|label(?:l)?ed|annotat\w+|examples?|shots?)|fewshot|"
    r"low[- ](?:data|label)\w*|label[- ](?:efficien\w*|scarc\w*)|"
    r"(?:scarce|limited|little|hardly any|\d+) (?:\w+ )?(?:labels?|label(?:l)?ed\b|TASK cells)|"
    r"small(?:er)? label(?:l)?ed|(?:number|amount) of labels|label(?:l)?ed cells"
)
SIZE = "the size of the corpus"
"""Asked for beside another factor; alone it is a question of scaling."""
COMPARES = r"as good as|better than|worse than|beats?|outperform\w*|compared"
FACTORS: tuple[tuple[str, str, frozenset[str]], ...] = (
    (
        r"divers\w*|variet\w*|heterogen\w*|composition|(?:tissue|organ)s? mix|"
        r"(?:more|other|different|many) (?:kinds of )?(?:tissues?|organs?|species|cell types)",
        "the diversity of the corpus", frozenset({"diversity", "perturbed cells"}),
    ),
    (r"perturb(?:ed|ation) (?:cells|data)", "perturbed cells in the corpus", frozenset({"perturbed cells"})),
    (FEW_LABELS, "the number of labels", frozenset({"labels"})),
    (r"tokeni[sz]\w*|tokens?", "how cells become tokens", frozenset({"tokenisation"})),
    (
        r"binn?(?:ing|s|ed)|rank(?:ing|s|ed)?(?: encod\w*)?|(?:expression|value) encod\w*|discreti[sz]\w*",
        "how expression is encoded", frozenset({"expression encoding", "tokenisation"}),
    ),
    (
        r"imbalanc\w*|rare (?:cell )?types?|unbalanced",
        "rare cell types", frozenset({"class imbalance", "sampling of labels"}),
    ),
    (r"oversampl\w*|resampl\w*|undersampl\w*", "how labels are sampled", frozenset({"sampling of labels"})),
    (r"batch sizes?", "the batch size", frozenset({"batch size"})),
    (r"augment\w*", "augmentation", frozenset({"augmentation"})),
    (r"gene2vec|gene embeddings?", "gene2vec embeddings", frozenset({"gene2vec"})),
    (r"quanti[sz]\w*|4[- ]bits?", "quantisation", frozenset({"quantisation"})),
    (r"attention heads?", "attention heads", frozenset({"attention heads"})),
    (r"(?:random )?seeds?|initiali[sz]ation", "the random seed", frozenset({"seed"})),
    (r"size|(?:number|amount) of cells|more cells", SIZE, frozenset({"cells"})),
    (r"nois[ey]\w*|measurement noise|sequencing depth", "noise", frozenset({"noise"})),
)  # fmt: skip
"""Words that name what is varied, the same as an answer puts it, and the factors of claims on it."""
ASKS = (
    r"matter\w*|help\w*|improv\w*|better|affect\w*|effect\w*|influenc\w*|impact\w*|role|important|importance|change\w*|"
    r"sensitiv\w*|depend\w*|need\w*|benefit\w*|hurt\w*|harm\w*|worth|enough|best|good|well|wins?|cope\w*|handle\w*|"
    r"robust\w*|difference|shine\w*|excel\w*|any good|more important|or|useful|make|makes|bring\w*|deal\w*|"
    r"struggl\w*|what about|how (?:do|does|is|are)|which|versus"
)
UNDERSTOOD = (
    rf"{COMMON}|{ASKS}|{'|'.join(cue for cue, _, _ in FACTORS)}|corp(?:us|ora)|pretrain\w*|train\w*|downstream|a lot|"
    r"at all|really|choice|choose|adding|add\w*|mix|regime|case|types?|in terms of|setting|number|amount|labels?|"
    r"annotated|small|large"
)
MOST = 10


def _factors(question: Question) -> list[tuple[str, frozenset[str]]]:
    return [(words, ids) for cue, words, ids in FACTORS if question.has(cue)]


def _fits(question: Question) -> bool:
    varied = {words for words, _ in _factors(question)}
    if not varied - {SIZE} or question.of("paper") or len(question.of("model")) > 1:
        return False
    return question.has(ASKS) and not (question.of("model") and question.has(COMPARES))


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    varied = _factors(question)
    names = [each for kind in ("model", "task", "dataset") for each in (question.of(kind),) if each]
    either = question.has("or|versus|vs|than|against")
    claims = _claims(varied, names, graph, either=either)
    words = names_in_words([word for word, _ in varied], graph.vocabulary)
    about = names_in_words([each for ids in names for each in ids], graph.vocabulary)
    whose = f" for {about}" if about else ""
    if not claims:
        near = [claim.statement for claim in _claims(varied, [], graph, either=either)[:3]]
        return Refused(f"No claim in the graph says what {words} changes{whose}.", near)
    papers = list(dict.fromkeys(claim.paper_id for claim in claims))
    count = f"{counted(len(claims), 'claim')} of {counted(len(papers), 'paper')}"
    line = f"On what {words} changes{whose} the graph holds {count}."
    sentences: list[Sentence] = [summary(line, [claim.id for claim in claims[:8]], graph, papers=papers[:8])]
    sentences += claim_sentences(claims, graph, limit=MOST)
    sentences += missing(claims, graph)
    return Response(sentences)


def _claims(
    varied: Sequence[tuple[str, frozenset[str]]], names: Sequence[tuple[str, ...]], graph: Graph, *, either: bool
) -> list[Claim]:
    """Claims on all that is named and varied, or on ``either`` of what is varied; those with a direction first."""
    vary = any if either else all
    vocabulary = graph.vocabulary
    claims = [
        claim
        for claim in graph.index.by_interest()
        if vary(_is_on(claim, ids) for _, ids in varied)
        and all(speaks_of(claim, ids, vocabulary) or is_about_group_of(claim, ids, vocabulary) for ids in names)
    ]
    return sorted(claims, key=lambda claim: (claim.kind in {"score", "scale_fact"}, claim.direction is None))


def _is_on(claim: Claim, ids: frozenset[str]) -> bool:
    return claim.factor in ids or ("labels" in ids and claim.regime == "few_shot")


factors = Intent(
    "factors", "what diversity of a corpus, few labels, tokens, imbalance or another choice changes", UNDERSTOOD, _fits,
    _respond,
)  # fmt: skip
