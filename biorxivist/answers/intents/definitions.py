"""What the product's own words mean: the verdicts, and the terms that its answers and verdicts are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from graph.evidence.explain import MEANING

__all__ = ["definitions"]

CUE = (
    r"mean|means|meaning|meant|defin\w*|explain\w*|difference|differ\w*|distinguish|what (?:is|are)|understand|"
    r"interpret|"
    r"when do(?:es)? you (?:say|call)"
)
TERMS: tuple[tuple[str, str, str], ...] = (
    (
        r"(?:learning )?saturation points?", "Learning saturation point",
        "the smallest share of a corpus on which pre-training does as well as on the whole: by DenAdel et al. "
        "where a run "
        "reaches 95 % of the best score, in our studies where an equivalence test against the whole corpus passes",
    ),
    (
        r"head ?room", "Headroom",
        "what a PCA of the same cells leaves to gain; where it scores .95 and more nothing can be seen, and a "
        "gate says so",
    ),
    (
        r"equivalence tests?", "Equivalence test",
        "a test that a difference is smaller than a margin named beforehand, which no difference found is not",
    ),
    (
        r"gates?", "Gate",
        "a condition that has to hold before a number may decide a claim; a verdict names those that failed",
    ),
    (
        r"re-?analys[ei]s|reanalysis", "Re-analysis",
        "a verdict from printed numbers, read again; nothing was trained for it",
    ),
    (
        r"differs? in scope|differences? of scope", "Differs in scope",
        "two claims that point in opposite directions under conditions that differ, which are named",
    ),
    (
        r"zeroshot", "Zero-shot",
        "the model is used as pre-training left it; only the classifier on its embeddings, or a metric, sees labels",
    ),
    (r"finetun\w*", "Fine-tuned", "weights of the pre-trained model are trained further on labels of the task"),
    (r"fewshot", "Few-shot", "fine-tuned on few labels of each type"),
    (
        r"linear prob(?:e|es|ing)", "Linear probe",
        "a linear classifier on frozen embeddings; no weight of the model is trained",
    ),
    (r"untrained twins?", "Untrained twin", "the same network before any training: what it scores is owed to no data"),
)  # fmt: skip
UNDERSTOOD = (
    rf"{COMMON}|{CUE}|context|opposed|verdicts?|status|label|labels|word|words|term|terms|"
    + "|".join(pattern for pattern, _, _ in TERMS)
    + r"|not|no|effect|same|opposite|direction|at|scale|consistent|inconsistent|printed|reproduced|testable|"
    + r"inconclusive|rising"
)  # fmt: skip
PAGE = "docs/verdicts.md"


def _verdicts(question: Question) -> list[str]:
    """Verdicts that a question names, in its order, the longer of two in one place."""
    at: dict[str, int] = {}
    text = question.masked.replace("_", " ").replace("-", " ")
    for verdict in sorted(MEANING, key=len, reverse=True):
        words = verdict.replace("_", " ")
        if match := re.search(rf"\b{words}\b", text):
            at[verdict] = match.start()
            text = text[: match.start()] + "·" * len(match.group()) + text[match.end() :]
    return sorted(at, key=at.__getitem__)


def _terms(question: Question) -> Iterator[tuple[str, str]]:
    for pattern, name, meaning in TERMS:
        if question.has(pattern):
            yield name, meaning


def _fits(question: Question) -> bool:
    return question.has(CUE) and not question.names and bool(_verdicts(question) or list(_terms(question)))


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    del graph
    defined = [(verdict.replace("_", " ").capitalize(), MEANING[verdict]) for verdict in _verdicts(question)]
    defined += _terms(question)
    sentences = [
        Sentence(text=f"{name}: {meaning}.", kind="fact", sources=(PAGE,), citation=PAGE) for name, meaning in defined
    ]
    return Response([sentences[0].model_copy(update={"part": "bottom_line"}), *sentences[1:]])


definitions = Intent("definitions", "what a verdict or a term of this graph means", UNDERSTOOD, _fits, _respond)
