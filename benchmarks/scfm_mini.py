"""Claims read in the open half of scfm_mini: a paper's text with comparisons and numbers that a person marked.

A comparison is found if a claim of its paragraph has its two sides and its direction, whichever side stands first; its
sets are right if the claims of these sides name them. A number is found if a claim of its paragraph has it; p-values
and hyper-parameters are no claims, and are counted where one was made of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from biorxivist.claims.extract.extract import extract_claims
from graph.records import Claim, Passage
from graph.vocabulary import Vocabulary, load_vocabulary

__all__ = ["score"]

GROUPS = {"foundation models": "model:scfm"}
DATASETS = {"myeloid": "Tumour-infiltrating myeloid (scGPT split)", "pancreas": "Human pancreas (scGPT split)"}
TURNED = {">": "<", "<": ">"}
FACTS = ("metric", "scale")


def score(folder: Path) -> str:
    """Read the text in ``folder`` and hold what is claimed against what was marked; lines to print."""
    vocabulary = load_vocabulary()
    texts = (folder / "deep_dive.txt").read_text(encoding="utf-8").splitlines()
    passages = [Passage(paper_id="key:p", version_id="key:pv1", text=text, start=n) for n, text in enumerate(texts)]
    paragraphs = {passage.id: number for number, passage in enumerate(passages)}
    read: dict[int, list[Claim]] = {}
    for claim in extract_claims(passages, vocabulary).claims:
        read.setdefault(paragraphs[str(claim.passage_id)], []).append(claim)
    gold = [json.loads(line) for line in (folder / "gold_claims.jsonl").read_text(encoding="utf-8").splitlines()]
    compared = [row for row in gold if row["kind"] == "comparison"]
    facts = [row for row in gold if row["kind"] in FACTS]
    others = [row for row in gold if row["kind"] not in {"comparison", *FACTS}]
    found = {row["id"]: _same(row, read.get(row["paragraph"], []), vocabulary) for row in compared}
    of_sets = [row for row in compared if row["datasets"]]
    sets = [row["id"] for row in of_sets if _has_sets(row, found[row["id"]], vocabulary)]
    numbers = [row["id"] for row in facts if _has_number(row, read)]
    asserted = [row["id"] for row in others if _has_number(row, read)]
    missed = [row["id"] for row in (*compared, *facts) if not found.get(row["id"]) and row["id"] not in numbers]
    return "\n".join(
        [
            f"scfm_mini: comparisons {sum(map(bool, found.values()))} of {len(compared)}, "
            f"their sets {len(sets)} of {len(of_sets)}, metric and size facts {len(numbers)} of {len(facts)}",
            f"  missed {', '.join(missed) or 'none'}; sets wrong of "
            f"{', '.join(row['id'] for row in of_sets if row['id'] not in sets) or 'none'}; "
            f"p-values and hyper-parameters claimed: {', '.join(asserted) or 'none'}",
        ]
    )


def _same(row: dict[str, Any], claims: list[Claim], vocabulary: Vocabulary) -> list[Claim]:
    subject, comparator = (
        GROUPS.get(row[side]) or vocabulary.find("model", row[side]) for side in ("subject", "comparator")
    )
    said = row["direction"]
    wanted = {(">", "asserted")} if said == ">" else {("~", "asserted")} if said == "~" else {("<", "negated")}
    return [
        claim
        for claim in claims
        if claim.kind == "comparison"
        for one, other, direction in [
            (claim.subject_ids[0], claim.comparator_ids[0], claim.direction),
            (claim.comparator_ids[0], claim.subject_ids[0], TURNED.get(str(claim.direction), claim.direction)),
        ]
        if (one, other) == (subject, comparator) and (direction, claim.polarity) in wanted
    ]


def _has_sets(row: dict[str, Any], claims: list[Claim], vocabulary: Vocabulary) -> bool:
    wanted = {vocabulary.find("dataset", DATASETS.get(name, name)) for name in row["datasets"]}
    return wanted <= {claim.dataset_id for claim in claims}


def _has_number(row: dict[str, Any], read: dict[int, list[Claim]]) -> bool:
    return any(
        abs(value - row["value"]) <= 1e-9 * abs(row["value"])
        for claim in read.get(row["paragraph"], [])
        for value in (claim.value, claim.low, claim.high)
        if value is not None
    )
