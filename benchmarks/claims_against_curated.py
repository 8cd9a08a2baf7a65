"""Claims that the rules read in a paper's text, against those that people read in the whole paper.

    python benchmarks/claims_against_curated.py [TEXT.txt --paper DOI]

TEXT holds a paragraph a line. Without arguments the one text of ``$BIORXIVIST_SHARED`` is read whose paper has curated
claims. Two claims agree if kind, sides, direction and polarity are the same, set, metric and task too where both name
them, and the value of a score or size. "Opposed" are pairs with the same sides and set that point in other directions:
each is to be read by a person.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path

from biorxivist.claims.extract.extract import extract_claims
from biorxivist.seeds import records
from graph.records import Claim, Passage
from graph.vocabulary import load_vocabulary

SHARED = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).resolve().parents[2] / "shared"))
TURNED = {">": "<", "<": ">", "~": "~"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", nargs="?", type=Path, default=SHARED / "samples/eval/scfm_mini/deep_dive.txt")
    parser.add_argument("--paper", default="10.1101/2023.10.19.563100")
    arguments = parser.parse_args()
    if not arguments.text.is_file():
        print(f"{arguments.text} is not there: nothing to compare.")
        return
    work = f"doi:{arguments.paper}"
    curated = [record for record in records() if isinstance(record, Claim) and record.paper_id == work]
    lines = enumerate(arguments.text.read_text(encoding="utf-8").splitlines())
    passages = [
        Passage(paper_id=work, version_id=f"{work}v1", section="Text", text=text, start=place * 10**6)
        for place, text in lines
        if text.strip()
    ]
    read = extract_claims(passages, load_vocabulary())
    agreeing = [claim for claim in read.claims if any(agree(claim, other) for other in curated)]
    found = [other for other in curated if any(agree(claim, other) for claim in read.claims)]
    opposed = [(claim, other) for claim in read.claims for other in curated if oppose(claim, other)]
    print(f"{len(passages)} paragraphs, {read.sentences} sentences; {len(curated)} curated claims")
    print(f"read {len(read.claims)} {kinds(read.claims)}, agreeing {len(agreeing)}")
    print(f"curated claims found {len(found)} {kinds(found)}, missed {kinds([c for c in curated if c not in found])}")
    for claim in read.claims:
        if claim not in agreeing:
            print(f"  adds: {claim.statement}")
    for claim, other in opposed:
        print(f"  opposed: {claim.statement} / {other.statement}")


def kinds(claims: list[Claim] | tuple[Claim, ...]) -> str:
    """How many of each kind."""
    return ", ".join(f"{number} {kind}" for kind, number in Counter(claim.kind for claim in claims).most_common())


def agree(claim: Claim, other: Claim) -> bool:
    """Whether two claims say the same."""
    if claim.kind != other.kind or claim.polarity != other.polarity or not same_scope(claim, other):
        return False
    straight = (claim.subject_ids, claim.comparator_ids) == (other.subject_ids, other.comparator_ids)
    turned = claim.kind == "comparison" and (claim.subject_ids, claim.comparator_ids) == (
        other.comparator_ids, other.subject_ids,
    )  # fmt: skip
    direction = claim.direction if straight else TURNED.get(str(claim.direction))
    has_value = claim.kind in {"score", "scale_fact"}
    return (straight or turned) and direction == other.direction and (not has_value or claim.value == other.value)


def oppose(claim: Claim, other: Claim) -> bool:
    """Whether two comparisons of the same sides on the same set point in other directions."""
    sides = (claim.subject_ids, claim.comparator_ids, claim.dataset_id)
    return (
        claim.kind == other.kind == "comparison"
        and sides == (other.subject_ids, other.comparator_ids, other.dataset_id)
        and (claim.direction, claim.polarity) != (other.direction, other.polarity)
    )


def same_scope(claim: Claim, other: Claim) -> bool:
    pairs = ((getattr(claim, field), getattr(other, field)) for field in ("task_id", "dataset_id", "metric_id"))
    return all(one == two for one, two in pairs if one and two)


if __name__ == "__main__":
    main()
