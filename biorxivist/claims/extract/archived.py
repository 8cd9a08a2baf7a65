"""The papers of an archive -> their claims in the archive, once a paper and rule version."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from biorxivist.claims.extract.extract import RULES, Extraction, extract_claims
from biorxivist.claims.extract.introduced import competing_models, hold_homonyms, introduced_models
from biorxivist.claims.extract.tables import TABLES, read_tables
from biorxivist.claims.extract.unread import Unread
from biorxivist.claims.present import counted
from biorxivist.claims.standing import SURE, why_held
from biorxivist.workspace.vocabulary import read_vocabulary
from graph.progress import Progress, silent
from graph.records import Claim, Model, Passage, Reference, Review, Tombstone, Version

if TYPE_CHECKING:
    from graph.archive import Archive

__all__ = ["Extracted", "extract_archived", "newest_texts", "of_passages"]

T = TypeVar("T")
WRITER = "extracted"
NAMED_TABLES = 100
"""Tables that a summary for people names; there may be thousands."""
UNSURE = f"less sure than {SURE:g}"
"""Why most claims of running text wait."""
READERS = tuple(f"{name.partition('@')[0]}@" for name in (RULES, TABLES))
"""How the extractors of this module's claims begin, of whatever version."""


@dataclass
class Extracted:
    """What was read in the papers of an archive."""

    papers: int = 0
    """Papers that have a text to read."""
    claims: list[Claim] = field(default_factory=list)
    """Claims that stand in them now."""
    new_ids: set[str] = field(default_factory=set)
    """Those of them that were not in the archive."""
    removed: int = 0
    """Claims of earlier rules that these rules no longer read, and that nobody had reviewed."""
    rejected: Counter[str] = field(default_factory=Counter)
    """Reason -> drafts that made no claim."""
    unknown_names: Counter[str] = field(default_factory=Counter)
    """Models that drafts name and the vocabulary lacks."""
    introduced: list[Model] = field(default_factory=list)
    """Models that entered the vocabulary with the papers that introduce them."""
    tables: int = 0
    """Tables that have cells."""
    pictures: int = 0
    """Tables of which the text has the caption only."""
    unread: list[Unread] = field(default_factory=list)
    """Tables with cells that gave no claim, and why."""
    partly: list[Unread] = field(default_factory=list)
    """Tables that gave claims, with what was left out of them."""

    @property
    def new(self) -> int:
        """Claims that were not in the archive."""
        return len(self.new_ids)

    @property
    def held(self) -> Counter[str]:
        """Reason -> claims that wait for a person for it."""
        return Counter(claim.held or UNSURE for claim in self.claims if why_held(claim))

    def add(self, other: Extracted) -> None:
        """Count other papers in."""
        for name in ("papers", "claims", "removed", "introduced", "tables", "pictures", "unread", "partly"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("rejected", "unknown_names", "new_ids"):
            getattr(self, name).update(getattr(other, name))

    def tables_sentence(self) -> str:
        """What became of the tables, with every one that gave nothing; empty if there are none."""
        said = []
        if self.tables:
            refused = f" and {len(self.unread)} did not" if self.unread else ""
            said.append(f"{self.tables - len(self.unread)} of {counted(self.tables, 'table')} gave scores{refused}")
        if self.pictures:
            are = "is a picture or a link and was" if self.pictures == 1 else "are pictures or links and were"
            said.append(f"{counted(self.pictures, 'table')} {are} not read")
        lines = [f"{'; '.join(said)}."] if said else []
        return "\n".join([*lines, *_listed("Not read", self.unread), *_listed("Read in part", self.partly)])


def _listed(what: str, tables: Sequence[Unread]) -> list[str]:
    """Tables by why they were not read, each with its paper where there are several."""
    papers = {table.paper_id for table in tables}
    by_reason: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for table in tables[:NAMED_TABLES]:
        by_reason[table.why][table.paper_id][table.table] += 1
    lines = [f"{what}:"] if tables else []
    for why, of_papers in by_reason.items():
        named = "; ".join(
            _names(names) + (f" of {paper_id.removeprefix('doi:')}" if len(papers) > 1 else "")
            for paper_id, names in of_papers.items()
        )
        lines.append(f"- {named}: {why}.")
    left = len(tables) - NAMED_TABLES
    return [*lines, f"- {counted(left, 'more table')}; --json names all."] if left > 0 else lines


def _names(tables: Counter[str]) -> str:
    named = [name if number == 1 else f"{name} ({counted(number, 'table')})" for name, number in tables.items()]
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def of_passages(done: Extracted, archive: Archive, passage_ids: Collection[str]) -> Extracted:
    """What of an extraction is of these passages, such as those of the file that somebody has just loaded."""
    wanted = set(passage_ids)
    passages = [each for each in archive.find("Passage", sorted(wanted)).values() if isinstance(each, Passage)]
    tables = read_tables(passages, read_vocabulary(archive))
    claims = [claim for claim in done.claims if claim.passage_id in wanted]
    only = Extracted(
        papers=done.papers,
        claims=claims,
        new_ids={claim.id for claim in claims} & done.new_ids,
        removed=done.removed,
        introduced=done.introduced,
    )
    extraction = Extraction((), tuple(tables.rejected), 0, tables)
    _add(only, extraction)
    return only


def extract_archived(
    archive: Archive, paper_ids: Collection[str] | None = None, *, progress: Progress = silent
) -> Extracted:
    """Read the claims of papers in the archive and write them there.

    A second run writes only what has changed. A claim that earlier rules read and these do not is removed, unless a
    person has reviewed it: a person's word is never touched.

    Parameters
    ----------
    paper_ids
        Papers to read; all that have a text if left out.
    """
    texts = newest_texts(archive, paper_ids)
    vocabulary = read_vocabulary(archive)
    done = Extracted(papers=len({paper_id for paper_id, _ in texts}))
    references = _references(archive, {paper_id for paper_id, _ in texts})
    read: dict[tuple[str, str], Extraction] = {}
    known = vocabulary
    for number, (version, passages) in enumerate(sorted(texts.items()), start=1):
        progress(number, len(texts), version[1])
        read[version] = extract_claims(passages, vocabulary, references=references[version[0]])
        if models := introduced_models(read[version].unknown_names, passages, known):
            done.introduced += models
            known = known.extend(models)

    def read_again(version: tuple[str, str], passages: Sequence[Passage]) -> None:
        if any(known.find("model", name) for name in read[version].unknown_names):
            read[version] = extract_claims(passages, known, references=references[version[0]])

    for version, passages in sorted(texts.items()):
        read_again(version, passages)
        if models := competing_models(read[version].rejected, passages, known):
            done.introduced += models
            known = known.extend(models)
    for version, passages in sorted(texts.items()):
        # also the papers that come before the one that introduces a model, so that their order does not matter
        read_again(version, passages)
        claims = hold_homonyms(read[version].claims, passages, known)
        _add(done, replace(read[version], claims=claims))
    before = {
        claim.id: claim
        for claim in _of(Claim, archive.read("Claim"))
        if claim.extractor.startswith(READERS) and (paper_ids is None or claim.paper_id in paper_ids)
    }
    now = {claim.id for claim in done.claims}
    reviewed = {review.claim_id for review in _of(Review, archive.read("Review"))}
    # A claim that stands already keeps what a person said of it.
    fresh = [claim for claim in done.claims if claim.id not in before or _is_read_anew(before[claim.id], claim)]
    gone = [claim for claim in before.values() if claim.id not in now and claim.id not in reviewed]
    archive.append(done.introduced, writer=WRITER)
    archive.append([claim for claim in fresh if claim.id not in reviewed], writer=WRITER)
    archive.append(
        [
            Tombstone(target_record="Claim", target_id=claim.id, reason=f"{RULES} and {TABLES} do not read it")
            for claim in gone
        ],
        writer=WRITER,
    )
    done.new_ids = {claim.id for claim in fresh} - set(before)
    done.removed = len(gone)
    return done


def newest_texts(archive: Archive, paper_ids: Collection[str] | None) -> dict[tuple[str, str], list[Passage]]:
    """(paper, version) -> passages, of the newest version with a text of each paper."""
    texts: dict[str, dict[str, list[Passage]]] = defaultdict(lambda: defaultdict(list))
    for passage in _of(Passage, archive.read("Passage")):
        if passage.kind != "fact" and (paper_ids is None or passage.paper_id in paper_ids):
            texts[passage.paper_id][passage.version_id].append(passage)
    order = {version.id: version.rank for version in _of(Version, archive.read("Version"))}
    return {
        (paper_id, newest): versions[newest]
        for paper_id, versions in texts.items()
        for newest in [max(versions, key=lambda version_id: (order.get(version_id, (False, 0)), version_id))]
    }


def _references(archive: Archive, paper_ids: Collection[str]) -> dict[str, list[Reference]]:
    references: dict[str, list[Reference]] = defaultdict(list)
    for reference in _of(Reference, archive.read("Reference")):
        if reference.paper_id in paper_ids:
            references[reference.paper_id].append(reference)
    return references


def _add(done: Extracted, extraction: Extraction) -> None:
    done.claims.extend(extraction.claims)
    done.rejected.update(entry.outcome for entry in extraction.rejected)
    done.unknown_names.update(extraction.unknown_names)
    done.tables += extraction.tables.tables
    done.pictures += extraction.tables.pictures
    done.unread += extraction.tables.unread
    done.partly += extraction.tables.partly


def _is_read_anew(old: Claim, new: Claim) -> bool:
    """Whether other rules read a claim that stood already, or a name has been entered that shows its field."""
    return old.extractor != new.extractor or old.held != new.held


def _of(kind: type[T], records: Iterable[object]) -> Iterator[T]:
    return (record for record in records if isinstance(record, kind))
