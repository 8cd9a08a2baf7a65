"""Papers to ask about, and a model that reads them as the rules do."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.llm.schema import ProposedClaim
from biorxivist.claims.extract.read import read_sentence
from biorxivist.claims.extract.sentences import split_sentences
from graph.records import Paper, Passage, Record, Version
from graph.vocabulary import load_vocabulary

MODELS = ("scGPT", "Geneformer", "scVI", "UCE", "scBERT", "CellFM")
SECTIONS = ("Abstract", "Results", "Discussion")


def papers(number: int) -> list[Record]:
    """So many papers of three sections, each with claims of its own."""
    made: list[Record] = []
    for place in range(number):
        paper = Paper(id=f"doi:10.1101/p{place}", title=f"Paper {place}", dois=(f"10.1101/p{place}",))
        version = Version(paper_id=paper.id, label="1")
        made += [paper, version]
        for section_place, section in enumerate(SECTIONS):
            one, other = MODELS[(place + section_place) % 6], MODELS[(place + section_place + 1) % 6]
            text = (
                f"On the pancreas data, {one} outperformed {other} in accuracy. "
                f"{one} reached an accuracy of 0.{700 + 10 * place + section_place} on the pancreas data."
            )
            _read(text)  # now, so that no answer of the server is late
            made.append(passage(paper.id, section, text))
    return made


def passage(paper_id: str, section: str, text: str) -> Passage:
    return Passage(paper_id=paper_id, version_id=f"{paper_id}v1", section=section, text=text, end=len(text))


def read_faithfully(section: str, passages: list[str]) -> list[dict[str, Any]]:
    """What the rules read, as a model would put it."""
    return [claim for text in passages for claim in _read(text)]


@cache
def _read(text: str) -> tuple[dict[str, Any], ...]:
    vocabulary = load_vocabulary()
    return tuple(
        proposal(draft, sentence.text)
        for sentence in split_sentences(text)
        for draft in read_sentence(sentence.text, vocabulary)
    )


def proposal(draft: Draft, quote: str) -> dict[str, Any]:
    """A reading as a proposal of a model."""
    printed = None
    if draft.kind == "score":
        printed = f"{draft.value:g}"
    elif draft.kind == "scale_fact":
        printed = f"{draft.value / 1e6:g} million" if draft.value else None
    return empty() | {
        "quote": quote, "kind": draft.kind, "subject": draft.subject, "comparator": draft.comparator,
        "direction": draft.direction, "polarity": draft.polarity, "task": draft.task, "dataset": draft.dataset,
        "metric": draft.metric, "regime": draft.regime, "number": printed, "hedging": draft.hedging,
        "unit": draft.unit if draft.kind == "scale_fact" else None, "attribution": draft.attribution,
    }  # fmt: skip


def empty() -> dict[str, Any]:
    """A proposal that says nothing yet."""
    return dict.fromkeys(ProposedClaim.model_fields) | {
        "polarity": "asserted", "hedging": "none", "attribution": "own",
    }  # fmt: skip


def as_answer(claims: list[dict[str, Any]]) -> str:
    return json.dumps({"claims": claims})
