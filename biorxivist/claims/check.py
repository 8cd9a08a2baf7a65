"""Before you cite it: what the field and our runs say about a statement or a paper.

A statement is read by the small rules of `biorxivist.claims.statement` and compared with every claim by the rule of
`graph.compare`; what no rule can compare is shown as related, unjudged. Text similarity never makes an agreement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from biorxivist.claims.extract.wording import state
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.standing import stands
from biorxivist.claims.statement import Wording, content_words, read, unknown_names
from graph.compare import compare, reasons_in_order, scope
from graph.evidence.verdict import verdict_row
from graph.records import Claim, Direction, Evidence, Paper, Relation
from graph.vocabulary import Vocabulary

__all__ = ["CheckResult", "Finding", "Search", "about", "check_paper", "check_statement", "describe_claim"]

Stand = Literal["agrees", "contradicts", "differs_in_scope", "related"]
Search = Callable[[str, int], list[dict[str, Any]]]
"""Full-text search of the graph: (text, k) -> rows with id and label."""

SIDES: dict[Stand, str] = {
    "agrees": "say the same",
    "contradicts": "say the opposite (under conditions that it leaves open)",
    "differs_in_scope": "say the opposite under other conditions",
}
"""Stand that a rule finds -> the claims of that side, in words."""
FROM_SUBJECT = ("subject", "objective", "supervision", "corpus", "size")
ENOUGH = 0.5
"""Fraction of the statement's words that a claim must share to be on its topic, where no name decides."""
STATED = 3
"""Claims of a statement that are said again in words."""
RANKED = 50
"""Full-text hits that are looked at."""
PRETRAINING = "pre-training"
OPPOSITE: dict[Direction, Direction] = {"+": "-", "-": "+"}


@dataclass(frozen=True)
class Finding:
    """A claim that bears on the question."""

    claim: Claim
    who: str
    """Who makes the claim."""
    stand: Stand | None
    """How the claim stands to the statement; none where the question is about a paper."""
    reasons: tuple[str, ...]
    """Reasons for that stand."""
    verdicts: tuple[Evidence, ...]
    """What was computed about it, most telling first."""
    relations: tuple[tuple[Relation, Claim, str], ...]
    """Other claims that agree with it, contradict it or differ in scope, and who makes them."""
    standing: str = ""
    """What the last review of it says, where it no longer stands; else empty."""

    def row(self) -> dict[str, Any]:
        """The finding as plain values, for JSON."""
        claim = self.claim
        return {
            "claim": claim.id,
            "statement": claim.statement,
            "who": self.who,
            "paper": claim.paper_id,
            "extractor": claim.extractor,
            "confidence": claim.confidence,
            "review": claim.review,
            "quote": claim.quote,
            "source": claim.source_url,
            "location": claim.location,
            "stand": self.stand,
            "reasons": list(self.reasons),
            "verdicts": [verdict_row(evidence) for evidence in self.verdicts],
            "evidence": [evidence.id for evidence in self.verdicts],
            "relations": [
                {"relation": relation.relation, "claim": other.id, "who": who, "fields": list(relation.fields)}
                for relation, other, who in self.relations
            ],
        }


@dataclass(frozen=True)
class CheckResult:
    """What is known about one statement, paper or bibliography entry."""

    query: str
    """The statement, DOI or citation key."""
    reading: str
    """How it was understood."""
    findings: tuple[Finding, ...] = ()
    paper: Paper | None = None
    notes: tuple[str, ...] = ()


def check_statement(
    text: str, index: ClaimIndex, *, search: Search, vocabulary: Vocabulary | None = None, limit: int = 10
) -> CheckResult:
    """Claims that bear on a statement, those that a rule can compare with it first.

    Parameters
    ----------
    text
        A sentence.
    index
        Claims, verdicts and relations.
    search
        Full-text search, for claims that the names do not reach.
    vocabulary
        Names of the field; the index's by default.
    limit
        Largest number of findings.
    """
    vocabulary = vocabulary or index.vocabulary
    wording = read(text, vocabulary)
    unknown = unknown_names(text, vocabulary)
    ranks = {row["id"]: rank for rank, row in enumerate(search(wording.terms, RANKED)) if row.get("label") == "Claim"}
    # A name that nobody knows makes the sentence one about something else, unless it names something known as well.
    stands = {} if unknown and not wording.of("model", "dataset") else _comparable(wording, index, vocabulary)
    if not unknown:
        stands |= _related(wording, ranks.keys() - stands.keys(), index, vocabulary)
    changes = {name: change for name in stands if (change := index.claims[name].ablation)}
    order = _alternate(stands, ranks, changes)
    findings = tuple(describe_claim(index.claims[name], index, *stands[name]) for name in order[:limit])

    notes = [f"{name!r} is not in the vocabulary; nothing is known by this name." for name in unknown]
    counts: Counter[Stand] = Counter(stand for stand, _ in stands.values() if stand != "related")
    if counts:
        sides = ", ".join(f"{counts[stand]} {SIDES[stand]}" for stand in SIDES if counts[stand])
        notes.insert(0, f"Of {counts.total()} claims that can be compared with it, {sides}.")
    if len(order) > limit:
        notes.append(f"{len(order) - limit} more claims; --limit {len(order)} shows them.")
    return CheckResult(text, _reading(wording, vocabulary), findings, notes=tuple(notes))


def _related(
    wording: Wording, claim_ids: Iterable[str], index: ClaimIndex, vocabulary: Vocabulary
) -> dict[str, tuple[Stand, tuple[str, ...]]]:
    """Claims that share the statement's topic, without a judgement."""
    reason = ("speaks of the same things; no rule compares the two",)
    wanted = set(claim_ids)
    claims = (claim for claim in index.standing_claims() if claim.id in wanted)
    return {claim.id: ("related", reason) for claim in claims if _on_topic(wording, claim, vocabulary)}


def _alternate(
    stands: Mapping[str, tuple[Stand, tuple[str, ...]]], ranks: Mapping[str, int], changes: Mapping[str, str]
) -> list[str]:
    """Claims that agree and claims that do not in turn, so that a cut leaves both sides; related ones last."""
    ranked = sorted(stands, key=lambda name: (ranks.get(name, len(ranks)), name))
    mixed = _one_of_each_change(ranked, changes)
    judged = _in_turn([name for name in mixed if stands[name][0] == stand] for stand in SIDES)
    return [*judged, *(name for name in mixed if stands[name][0] == "related")]


def _one_of_each_change(ranked: Sequence[str], changes: Mapping[str, str]) -> list[str]:
    """The same order, but that claims on changes (left out, frozen as well) take turns by what was changed."""
    rows: dict[str, list[str]] = {}
    for name in ranked:
        if name in changes:
            rows.setdefault(changes[name], []).append(name)
    turns = iter(_in_turn(rows.values()))
    return [next(turns) if name in changes else name for name in ranked]


def _in_turn(rows: Iterable[Sequence[str]]) -> list[str]:
    """The first of each row, then the second of each, and so on."""
    return [name for column in zip_longest(*rows) for name in column if name is not None]


def describe_claim(
    claim: Claim, index: ClaimIndex, stand: Stand | None = None, reasons: tuple[str, ...] = ()
) -> Finding:
    """A claim with what is known about it, contradictions before other relations."""
    relations = [(relation, other, index.who(other)) for relation, other in index.related(claim.id)]
    relations.sort(key=lambda entry: (entry[0].relation != "contradicts", entry[0].id))
    verdicts = tuple(index.verdicts(claim.id))
    standing = "" if stands(claim) else index.standing_note(claim)
    return Finding(claim, index.who(claim), stand, reasons, verdicts, tuple(relations), standing)


def check_paper(name: str, index: ClaimIndex, *, limit: int | None = None) -> CheckResult:
    """Claims of a paper, by DOI or id, those with the most telling verdicts first; ``limit`` bounds their number.

    Raises
    ------
    NotFound
        If the paper is not in the graph.
    """
    paper = index.paper(name)
    claims = [claim for claim in index.by_interest() if claim.paper_id == paper.id]
    findings = tuple(describe_claim(claim, index) for claim in claims[:limit])
    notes = [unknown] if (unknown := index.version_note(name)) else []
    if not claims:
        notes.append("The paper is in the graph, but no claim of it is.")
    if len(claims) > len(findings):
        notes.append(f"{len(claims) - len(findings)} more claims; --limit {len(claims)} shows them.")
    return CheckResult(name, f"the paper {paper.title!r} ({paper.id})", findings, paper, tuple(notes))


def _comparable(
    wording: Wording, index: ClaimIndex, vocabulary: Vocabulary
) -> dict[str, tuple[Stand, tuple[str, ...]]]:
    """Claims that the rule can compare with the statement, and that speak of its models and sets."""
    stands: dict[str, tuple[Stand, tuple[str, ...]]] = {}
    for claim in index.standing_claims():
        if not about(wording, claim, vocabulary):
            continue
        for statement in wording.claims:
            if _differ(statement.unit, claim.unit):
                continue
            if statement.kind == "comparison" and not _same_pair(statement, claim, vocabulary):
                continue
            shown, general = _as_shown(statement), _in_general(claim)
            relation = compare(shown, general, vocabulary=vocabulary)
            if relation.relation != "not_comparable":
                stands.setdefault(claim.id, _stand(shown, general, relation, vocabulary))
    return stands


def _as_shown(statement: Claim) -> Claim:
    """What pre-training gains is shown by leaving it out: such a statement in the terms of the claims that do so."""
    if statement.kind != "effect" or statement.ablation or statement.factor != PRETRAINING:
        return statement
    direction = OPPOSITE.get(statement.direction, statement.direction) if statement.direction else None
    return statement.model_copy(update={"ablation": f"no {PRETRAINING}", "direction": direction})


def _in_general(claim: Claim) -> Claim:
    """A claim with its change as statements name it; what follows a comma says how it was made."""
    if not claim.ablation:
        return claim
    return claim.model_copy(update={"ablation": claim.ablation.partition(",")[0]})


def _differ(a: str | None, b: str | None) -> bool:
    """Whether both are stated and are not the same."""
    return a is not None and b is not None and a != b


def _same_pair(statement: Claim, claim: Claim, vocabulary: Vocabulary) -> bool:
    """Whether the claim compares the two sides of the statement, in either order."""
    sides = (claim.subject_ids, claim.comparator_ids)
    return any(
        _meets(statement.subject_ids, left, vocabulary) and _meets(statement.comparator_ids, right, vocabulary)
        for left, right in (sides, sides[::-1])
    )


def _stand(statement: Claim, claim: Claim, relation: Relation, vocabulary: Vocabulary) -> tuple[Stand, tuple[str, ...]]:
    """Stand of a claim to a statement: conditions that the statement leaves open do not part the two."""
    reasons = reasons_in_order(statement, claim, vocabulary=vocabulary)
    if relation.relation == "agrees":
        return "agrees", reasons
    stated = scope(statement, vocabulary)
    covered = FROM_SUBJECT if _covers(statement.subject_ids, claim.subject_ids, vocabulary) else ()
    parting = [name for name in relation.fields if stated[name] is not None and name not in covered]
    return ("differs_in_scope" if parting else "contradicts"), reasons


def _covers(groups: Iterable[str], members: Iterable[str], vocabulary: Vocabulary) -> bool:
    wide = set(groups)
    return not wide or all(wide & set(vocabulary.lineage(member)) for member in members)


def about(wording: Wording, claim: Claim, vocabulary: Vocabulary) -> bool:
    """Whether the claim speaks of a model and of a set that the statement names, if it names any."""
    models = {*claim.subject_ids, *claim.comparator_ids}
    sets = {claim.dataset_id, claim.corpus_id, *(name for name in models if name.startswith("dataset:"))} - {None}
    named = wording.of("dataset")
    return _meets(wording.of("model"), models, vocabulary) and (not sets or _meets(named, sets, vocabulary))


def _meets(named: tuple[str, ...], spoken_of: Iterable[str | None], vocabulary: Vocabulary) -> bool:
    lines = [set(vocabulary.lineage(name)) for name in spoken_of]
    return not named or any(
        name in line or line & set(vocabulary.lineage(name)[:1]) for name in named for line in lines
    )


def _on_topic(wording: Wording, claim: Claim, vocabulary: Vocabulary) -> bool:
    if wording.of("model", "dataset"):
        return about(wording, claim, vocabulary)
    words, others = content_words(wording.terms), set(content_words(claim.statement))
    return bool(words) and sum(word in others for word in words) >= ENOUGH * len(words)


def _reading(wording: Wording, vocabulary: Vocabulary) -> str:
    names = [entry.name for name in wording.mentions if (entry := vocabulary.get(name)) is not None]
    parts = [f"about {', '.join(names)}" if names else "no known model, set, task or metric named"]
    parts += [state(draft).rstrip(".") for draft in wording.drafts[:STATED]]
    if not wording.drafts:
        parts.append("nothing that a rule reads as a finding")
    return "; ".join(parts)
