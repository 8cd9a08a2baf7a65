"""Before you cite it: what the field and our runs say about a statement, a paper or a bibliography.

A statement is read by the small rules of `biorxivist.claims.statement` and compared with every claim by the rule of
`graph.compare`; what no rule can compare is shown as related, unjudged. Text similarity never makes an agreement.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from biorxivist.claims.index import Knowledge, bare_doi
from biorxivist.claims.statement import Wording, content_words, read, unknown_names
from biorxivist.literature.bibtex import Entry, read_bibliography
from graph.compare import compare, scope
from graph.records import Claim, Evidence, Paper, Relation
from graph.vocabulary import Vocabulary, load_vocabulary

__all__ = ["Checked", "Finding", "Search", "about", "check_bibliography", "check_paper", "check_statement"]

Stand = Literal["agrees", "contradicts", "differs_in_scope", "related"]
Search = Callable[[str, int], list[dict[str, Any]]]
"""Full-text search of the graph: (text, k) -> rows with id and label."""

SIDES: tuple[Stand, ...] = ("agrees", "contradicts", "differs_in_scope")
COUNTED: dict[Stand, str] = {
    "agrees": "say the same",
    "contradicts": "say the opposite (under conditions that it leaves open)",
    "differs_in_scope": "say the opposite under other conditions",
}
FROM_SUBJECT = ("subject", "objective", "supervision", "corpus", "size")
ENOUGH = 0.5


@dataclass(frozen=True)
class Finding:
    """A claim that bears on what was asked."""

    claim: Claim
    who: str
    """Who says so."""
    stand: Stand | None
    """How the claim stands to the statement; none when a paper was asked for."""
    reasons: tuple[str, ...]
    """Why it stands so."""
    verdicts: tuple[Evidence, ...]
    """What was computed about it, most telling first."""
    relations: tuple[tuple[Relation, Claim, str], ...]
    """Other claims that agree with it, contradict it or differ in scope, and who makes them."""

    def row(self) -> dict[str, Any]:
        """The finding as plain values, for JSON."""
        claim = self.claim
        return {
            "claim": claim.id,
            "statement": claim.statement,
            "who": self.who,
            "paper": claim.paper_id,
            "quote": claim.quote,
            "source": claim.source_url,
            "location": claim.location,
            "stand": self.stand,
            "reasons": list(self.reasons),
            "verdicts": [
                {"verdict": e.verdict, "basis": e.basis, "effect": e.effect, "ci": [e.ci_low, e.ci_high], "id": e.id}
                for e in self.verdicts
            ],
            "relations": [
                {"relation": relation.relation, "claim": other.id, "who": who, "fields": list(relation.fields)}
                for relation, other, who in self.relations
            ],
        }


@dataclass(frozen=True)
class Checked:
    """What is known about one statement, paper or bibliography entry."""

    asked: str
    understood: str
    """How the question was read."""
    findings: tuple[Finding, ...] = ()
    paper: Paper | None = None
    notes: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether anything is known."""
        return bool(self.findings)


def check_statement(
    text: str, knowledge: Knowledge, *, search: Search, vocabulary: Vocabulary | None = None, limit: int = 10
) -> Checked:
    """Claims that bear on a statement, those that a rule can compare with it first.

    Parameters
    ----------
    text
        A sentence.
    knowledge
        Claims, verdicts and relations.
    search
        Full-text search, for claims that the names do not reach.
    vocabulary
        Names of the field; the shipped ones by default.
    limit
        Most findings.
    """
    vocabulary = vocabulary or load_vocabulary()
    wording = read(text, vocabulary)
    unknown = unknown_names(text, vocabulary)
    notes = [f"{name!r} is not in the vocabulary; nothing is known by this name." for name in unknown]
    found = {} if unknown and not wording.of("model", "dataset") else _compared(wording, knowledge, vocabulary)
    ranks = {row["id"]: rank for rank, row in enumerate(search(text, 50)) if row.get("label") == "Claim"}
    if not unknown:
        for claim_id in ranks:
            claim = knowledge.claims.get(claim_id)
            if claim is not None and claim_id not in found and _topical(wording, claim, vocabulary):
                found[claim_id] = ("related", ("speaks of the same things; no rule compares the two",))
    best = _in_turn(found, ranks)
    findings = tuple(finding(knowledge.claims[name], knowledge, *found[name]) for name in best[:limit])
    judged = Counter(stand for stand, _ in found.values())
    del judged["related"]
    if judged:
        told = ", ".join(f"{judged[stand]} {COUNTED[stand]}" for stand in SIDES if judged[stand])
        notes.insert(0, f"Of {judged.total()} claims that can be compared with it, {told}.")
    if len(best) > limit:
        notes.append(f"{len(best) - limit} more claims; --limit shows them.")
    return Checked(text, _understood(wording, vocabulary), findings, notes=tuple(notes))


def _in_turn(found: dict[str, tuple[Stand, tuple[str, ...]]], ranks: dict[str, int]) -> list[str]:
    """Those that agree and those that do not in turn, so that a cut leaves both sides; related ones last."""
    ranked = sorted(found, key=lambda name: (ranks.get(name, len(ranks)), name))
    sides = ([name for name in ranked if found[name][0] == stand] for stand in SIDES)
    judged = [name for row in zip_longest(*sides) for name in row if name is not None]
    return [*judged, *(name for name in ranked if found[name][0] == "related")]


def finding(claim: Claim, knowledge: Knowledge, stand: Stand | None = None, reasons: tuple[str, ...] = ()) -> Finding:
    """A claim with what is known about it."""
    relations = tuple((relation, other, knowledge.who(other)) for relation, other in knowledge.related(claim.id))
    strongest = tuple(sorted(relations, key=lambda found: (found[0].relation != "contradicts", found[0].id)))
    return Finding(claim, knowledge.who(claim), stand, reasons, tuple(knowledge.verdicts(claim.id)), strongest)


def check_paper(name: str, knowledge: Knowledge) -> Checked:
    """Claims of a paper, by DOI or id, and their verdicts.

    Raises
    ------
    NotFound
        If the paper is not in the graph.
    """
    paper = knowledge.paper(name)
    findings = tuple(finding(claim, knowledge) for claim in knowledge.claims_of(paper.id))
    notes = () if findings else ("The paper is in the graph, but no claim of it is.",)
    return Checked(name, f"the paper {paper.title!r} ({paper.id})", findings, paper, notes)


def check_bibliography(path: Path, knowledge: Knowledge) -> list[Checked]:
    """What is known about each entry of a .bib file.

    Raises
    ------
    BadBibliography
        If the file cannot be read.
    """
    entries, problems = read_bibliography(path)
    titles = {_fold(paper.title): paper.id for paper in knowledge.papers.values()}
    arxiv = {paper.arxiv.lower(): paper.id for paper in knowledge.papers.values() if paper.arxiv}
    checked = [_entry(entry, knowledge, titles, arxiv) for entry in entries]
    return [*checked, *(Checked(str(path), "an entry that cannot be read", notes=(note,)) for note in problems)]


def _entry(entry: Entry, knowledge: Knowledge, titles: dict[str, str], arxiv: dict[str, str]) -> Checked:
    doi = bare_doi(entry.fields.get("doi", "") or entry.fields.get("url", ""))
    eprint = re.sub(r"^arxiv:|v\d+$", "", entry.fields.get("eprint", "").lower())
    title = entry.fields.get("title", "")
    found = knowledge.by_doi.get(doi or "") or arxiv.get(eprint) or titles.get(_fold(title))
    if found is None:
        label = doi or eprint or title or "no doi, eprint or title"
        return Checked(entry.key, label, notes=("not in the graph",))
    checked = check_paper(found, knowledge)
    return Checked(entry.key, checked.understood, checked.findings, checked.paper, checked.notes)


def _fold(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", title.casefold())


def _compared(
    wording: Wording, knowledge: Knowledge, vocabulary: Vocabulary
) -> dict[str, tuple[Stand, tuple[str, ...]]]:
    """Claims that the rule can compare with the statement, and that speak of its models and sets."""
    said = wording.claim()
    if said is None:
        return {}
    found: dict[str, tuple[Stand, tuple[str, ...]]] = {}
    for claim in knowledge.claims.values():
        if not about(wording, claim, vocabulary) or (said.unit or claim.unit) != (claim.unit or said.unit):
            continue
        if said.kind == "comparison" and not _same_pair(said, claim, vocabulary):
            continue
        relation = compare(said, claim, vocabulary=vocabulary)
        if relation.relation != "not_comparable":
            found[claim.id] = _stand(said, claim, relation, vocabulary)
    return found


def _same_pair(said: Claim, claim: Claim, vocabulary: Vocabulary) -> bool:
    """Whether the claim compares the two sides of the statement, in either order."""
    sides = (claim.subject_ids, claim.comparator_ids)
    return any(
        _meets(said.subject_ids, one, vocabulary) and _meets(said.comparator_ids, other, vocabulary)
        for one, other in (sides, sides[::-1])
    )


def _stand(said: Claim, claim: Claim, relation: Relation, vocabulary: Vocabulary) -> tuple[Stand, tuple[str, ...]]:
    """Stand of a claim to a statement: conditions that the statement leaves open do not part the two."""
    if relation.relation == "agrees":
        return "agrees", relation.reasons
    ours = scope(said, vocabulary)
    covered = FROM_SUBJECT if _covers(said.subject_ids, claim.subject_ids, vocabulary) else ()
    parting = [name for name in relation.fields if ours[name] is not None and name not in covered]
    return ("differs_in_scope" if parting else "contradicts"), relation.reasons


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


def _topical(wording: Wording, claim: Claim, vocabulary: Vocabulary) -> bool:
    if wording.of("model", "dataset"):
        return about(wording, claim, vocabulary)
    words, theirs = content_words(wording.text), set(content_words(claim.statement))
    return bool(words) and sum(word in theirs for word in words) >= ENOUGH * len(words)


def _understood(wording: Wording, vocabulary: Vocabulary) -> str:
    names = [entry.name for name in wording.mentions if (entry := vocabulary.get(name)) is not None]
    parts = [f"about {', '.join(names)}" if names else "no known model, set, task or metric named"]
    if wording.kind and wording.direction:
        denied = "denies " if wording.polarity == "negated" else ""
        parts.append(f"a {wording.kind} statement, direction {denied}{wording.direction}")
    else:
        parts.append("no direction that a rule can read")
    return "; ".join(parts)
