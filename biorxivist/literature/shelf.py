"""Adding readings to the papers of an archive: a paper that is read again gains and never loses.

`Shelf.gain` merges one reading of a paper with what the archive holds, in the order of `trust`, and returns the
records to write. A version keeps one text. When a better text replaces another, `Shelf.settle` withdraws the old
passages and moves the claims that quote them to the new text. A claim whose quote the new text lacks keeps its old
passage and is marked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from biorxivist.literature.anchor import anchor
from biorxivist.literature.licence import is_open, may_keep_text
from biorxivist.literature.references import with_deposited_dois
from biorxivist.literature.trust import CURATED_FIELDS, TRUST, merged_authors, merged_paper, merged_version, route_kind
from graph.archive import Archive
from graph.records import Author, Claim, Paper, Passage, Record, Reference, Review, Tombstone, Version

__all__ = ["Shelf"]

R = TypeVar("R", bound=Record)

SUPERSEDED = "superseded by a better text of this version"
NOT_FOUND = "not found in the text by "


class Shelf:
    """The papers of an archive, ready to take in further readings.

    Parameters
    ----------
    archive
        What it holds is looked up paper by paper; `settle` reads it as a whole if a text was replaced.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._recent: dict[str, dict[str, Record]] = {"Paper": {}, "Author": {}, "Version": {}}
        """What `gain` has returned and the archive may not hold yet: kind -> id -> record."""
        self._labels: defaultdict[str, set[str]] = defaultdict(set)
        for record in archive.read("Version"):
            if isinstance(record, Version):
                self._labels[record.paper_id].add(record.label)
        self._new_texts: dict[str, set[str]] = {}
        self._new_references: dict[str, list[Reference]] = {}
        self._other_references: dict[str, list[Reference]] = {}
        self._replaced: set[str] = set()
        self._added: dict[str, Sequence[int]] = {}
        self._routes: dict[str, str] = {}

    def was_read(self, paper_id: str) -> bool:
        """Whether the archive's record of this paper comes from a text rather than from services alone."""
        known = self._find(Paper, [paper_id])
        return bool(known and known[0].field_routes)

    def forget_written(self) -> None:
        """Let go of what `gain` has returned: the archive holds it now."""
        for records in self._recent.values():
            records.clear()

    def gain(self, records: Iterable[Record], *, added: Mapping[str, Sequence[int]] | None = None) -> list[Record]:
        """Merge one reading of a paper into the archive's.

        Parameters
        ----------
        records
            The paper with its authors, versions, passages and references, as one route delivered them.
        added
            Passage id -> offsets of the characters that the plain form adds.

        Returns
        -------
        The records to write; without passages if the archive has a better text of this version.
        """
        incoming = list(records)
        paper = next((record for record in incoming if isinstance(record, Paper)), None)
        if paper is None:
            return incoming
        read = next((r for r in incoming if isinstance(r, Version) and r.text_route), None)
        kind, label = (route_kind(read.text_route), read.label) if read else ("services", _newest(incoming))
        known = self._find(Paper, [paper.id])
        before = known[0] if known else Paper(id=paper.id, title=paper.title)
        merged = merged_paper(before, paper, (kind, label))
        authors, gone = self._merge_authors(
            before, merged, [r for r in incoming if isinstance(r, Author)], (kind, label)
        )
        merged = merged.model_copy(update={"author_ids": tuple(author.id for author in authors)})
        versions, is_better = self._merge_versions(merged, incoming, read)
        if merged.abstract and not is_open(merged.license) and not self._is_own(merged.id, versions):
            merged = merged.model_copy(update={"abstract": None})
        text = [record for record in incoming if isinstance(record, Passage | Reference)]
        if read and text:
            text = self._merge_text(merged, read, text, is_better=is_better, added=added or {})
        whole: list[Record] = [*authors, merged, *versions, *text]
        for record in whole[: len(authors) + 1 + len(versions)]:
            self._take(record)
        others = (r for r in incoming if not isinstance(r, Paper | Author | Version | Passage | Reference))
        return [*whole, *others, *gone]

    def gain_more(self, version_id: str, passages: Sequence[Passage], added: Mapping[str, Sequence[int]]) -> None:
        """Register further passages of a long text whose first ones `gain` has accepted; the caller writes them."""
        if version_id in self._new_texts:
            self._new_texts[version_id].update(passage.id for passage in passages)
            self._added.update(added)

    def keep_read(self, facts: Iterable[Record]) -> Iterator[Record]:
        """Shipped facts, with papers that were read since completed; curated fields stay as shipped."""
        for fact in facts:
            known = self._find(Paper, [fact.id]) if isinstance(fact, Paper) else []
            if isinstance(fact, Paper) and known and known[0].field_routes:
                merged = merged_paper(known[0], fact, ("services", "0"))
                yield merged.model_copy(update={name: getattr(fact, name) for name in CURATED_FIELDS})
            else:
                yield fact

    def settle(self) -> list[Record]:
        """Records that conclude the replacement of texts: withdrawals, and claims moved to the new text."""
        written: list[Record] = []
        if self._new_texts:
            written += self._settle_passages()
        if self._new_references or self._other_references:
            written += self._settle_references()
        self._new_texts.clear()
        self._new_references.clear()
        self._other_references.clear()
        self._replaced.clear()
        self._added.clear()
        return written

    @property
    def pending(self) -> int:
        """Number of papers waiting for `settle`, whose references are held in memory until then."""
        return len(self._new_references) + len(self._other_references)

    def _is_own(self, paper_id: str, versions: Iterable[Version]) -> bool:
        """Whether any text of the paper came from a local file of the user."""
        known = self._versions_of(paper_id)
        return any((version.text_route or "").startswith("local:") for version in (*versions, *known))

    def _take(self, record: Record) -> None:
        self._recent[type(record).__name__][record.id] = record
        if isinstance(record, Version):
            self._labels[record.paper_id].add(record.label)

    def _find(self, kind: type[R], ids: Sequence[str]) -> list[R]:
        """Records by their ids, in that order; those that are not known are left out."""
        recent = self._recent[kind.__name__]
        elsewhere = [record_id for record_id in ids if record_id not in recent]
        by_id = {**recent, **(self._archive.find(kind.__name__, elsewhere) if elsewhere else {})}
        records = (by_id.get(record_id) for record_id in ids)
        return [record for record in records if isinstance(record, kind)]

    def _versions_of(self, paper_id: str) -> list[Version]:
        return self._find(Version, [f"{paper_id}v{label}" for label in sorted(self._labels.get(paper_id, ()))])

    def _merge_authors(
        self, before: Paper, merged: Paper, read: list[Author], source: tuple[str, str]
    ) -> tuple[tuple[Author, ...], list[Record]]:
        """Merge the author lists; also returns tombstones for authors whose record has a new id."""
        known = self._find(Author, before.author_ids)
        if not read or not known:
            return tuple(read or known), []
        takes_new = f"author_ids={source[0]} {source[1]}" in merged.field_routes
        best, other = (read, known) if takes_new else (known, read)
        authors = merged_authors(best, other, merged.id)
        ids = {author.id for author in authors}
        gone = (author.id for author in known if not author.orcid and author.id not in ids)
        reason = "replaced by another record of the same author"
        return authors, [Tombstone(target_record="Author", target_id=i, reason=reason) for i in gone]

    def _merge_versions(
        self, paper: Paper, incoming: Sequence[Record], read: Version | None
    ) -> tuple[list[Version], bool]:
        """Merge the versions; also returns whether the new reading's text is the one to keep."""
        known = {version.label: version for version in self._versions_of(paper.id)}
        has_text = any(isinstance(record, Passage) for record in incoming)
        is_better = True
        versions = []
        for version in (record for record in incoming if isinstance(record, Version)):
            before = known.get(version.label)
            if before is None:
                versions.append(version)
                continue
            route = before.text_route or version.text_route
            if read is not None and version.id == read.id and before.text_route and version.text_route:
                is_kept = may_keep_text(before, paper, known.values())
                ours, theirs = TRUST[route_kind(before.text_route)], TRUST[route_kind(version.text_route)]
                is_better = theirs >= ours or not is_kept
                route = version.text_route if is_better and has_text else before.text_route
            versions.append(merged_version(before, version, text_route=route))
        return versions, is_better

    def _merge_text(
        self,
        paper: Paper,
        read: Version,
        text: list[Passage | Reference],
        *,
        is_better: bool,
        added: Mapping[str, Sequence[int]],
    ) -> list[Passage | Reference]:
        """The text to write, if it is kept; notes what `settle` has to do about the text it replaces."""
        references = [record for record in text if isinstance(record, Reference)]
        if not is_better:
            self._other_references[paper.id] = references
            return []
        passages = [record for record in text if isinstance(record, Passage)]
        texts = {version.label for version in self._versions_of(paper.id) if version.text_route}
        if read.label in texts:
            self._new_texts[read.id] = {passage.id for passage in passages}
            self._added.update((p.id, added[p.id]) for p in passages if p.id in added)
            self._routes[read.id] = read.text_route or ""
        if texts:  # `settle` writes the references, after looking up which of them have a DOI already
            self._new_references[paper.id] = references
            if texts <= {read.label}:
                self._replaced.add(paper.id)
            return list(passages)
        return text

    def _settle_passages(self) -> Iterator[Record]:
        claims = [
            claim
            for claim in self._archive.read("Claim")
            if isinstance(claim, Claim) and claim.version_id in self._new_texts and claim.passage_id
        ]
        quoted_versions = {claim.version_id for claim in claims}
        old: dict[str, Passage | None] = {}
        new: defaultdict[str, list[Passage]] = defaultdict(list)
        for passage in self._archive.read("Passage"):
            if not isinstance(passage, Passage) or passage.version_id not in self._new_texts:
                continue
            is_quoted = passage.version_id in quoted_versions
            if passage.id not in self._new_texts[passage.version_id]:
                old[passage.id] = passage if is_quoted else None
            elif is_quoted:
                new[passage.version_id].append(passage)
        moved: dict[str, str] = {}
        for claim in claims:
            if claim.passage_id in old:
                other = self._anchored(claim, old[claim.passage_id], new[claim.version_id])
                if other.passage_id == claim.passage_id:
                    old.pop(claim.passage_id, None)
                if other.id != claim.id:
                    moved[claim.id] = other.id
                    yield other
                    yield Tombstone(
                        target_record="Claim", target_id=claim.id, reason=f"moved to the new text: {other.id}"
                    )
        for passage_id in old:
            yield Tombstone(target_record="Passage", target_id=passage_id, reason=SUPERSEDED)
        for review in self._archive.read("Review") if moved else ():
            if isinstance(review, Review) and review.claim_id in moved:
                yield Review(**{**review.model_dump(exclude={"id"}), "claim_id": moved[review.claim_id]})
                yield Tombstone(
                    target_record="Review", target_id=review.id, reason="its claim was moved to the new text"
                )

    def _anchored(self, claim: Claim, old: Passage | None, passages: Sequence[Passage]) -> Claim:
        """The claim moved to the new text; left where it was, and marked, if the new text lacks its quote."""
        quote = claim.quote or ""
        place = anchor(quote, passages, section=old.section if old else "", added=self._added) if quote else None
        note = (claim.location or "").partition(NOT_FOUND)[0].rstrip("; ") or None
        values = claim.model_dump(exclude={"id"})
        if place is None:
            mark = f"{NOT_FOUND}{self._routes[claim.version_id]}"
            return Claim(**{**values, "location": f"{note}; {mark}" if note else mark})
        values |= {"passage_id": place.passage.id, "start": place.start, "end": place.end, "quote": place.text}
        return Claim(**{**values, "location": note})

    def _settle_references(self) -> Iterator[Record]:
        known: defaultdict[str, list[Reference]] = defaultdict(list)
        for record in self._archive.read("Reference"):
            if isinstance(record, Reference) and (
                record.paper_id in self._new_references or record.paper_id in self._other_references
            ):
                known[record.paper_id].append(record)
        for paper_id in {*self._new_references, *self._other_references}:
            archived = {reference.id: reference for reference in known[paper_id]}
            new = self._new_references.get(paper_id)
            references = [_completed(r, archived.get(r.id)) for r in new] if new is not None else known[paper_id]
            ids = {reference.id for reference in references}
            others = [r for r in known[paper_id] if r.id not in ids] + self._other_references.get(paper_id, [])
            references.sort(key=lambda r: (int(r.key) if r.key.isdigit() else 0, r.key))
            yield from (r for r in with_deposited_dois(references, others) if r != archived.get(r.id))
            for reference in known[paper_id]:
                if reference.id not in ids and paper_id in self._replaced:
                    yield Tombstone(target_record="Reference", target_id=reference.id, reason=SUPERSEDED)


def _completed(read: Reference, known: Reference | None) -> Reference:
    """A newly read entry, with the DOI and the cited work that were found for it earlier."""
    if known is None:
        return read
    return read.model_copy(update={"doi": read.doi or known.doi, "cited_id": read.cited_id or known.cited_id})


def _newest(records: Iterable[Record]) -> str:
    numbers = [int(r.label) for r in records if isinstance(r, Version) and r.label.isdigit()]
    return str(max(numbers, default=0))
