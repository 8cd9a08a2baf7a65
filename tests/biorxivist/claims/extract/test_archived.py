"""The claims of an archive: read once a paper and rule version, and never a person's word."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.claims.extract import archived, extract
from biorxivist.claims.extract.archived import extract_archived
from biorxivist.claims.review import review
from graph.archive import Archive
from graph.records import Claim, Passage, Reference, Tombstone, Version

SENTENCES = (
    "scGPT outperformed scVI in accuracy.", "Cui et al. [1] reported that scGPT outperforms PCA.",
    "UCE outperformed Harmony in accuracy.",
)  # fmt: skip
TABLE = "Method\tAccuracy\nscGPT\t0.8"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    texts = [("paragraph", " ".join(SENTENCES)), ("caption", "Table 1."), ("table", TABLE)]
    made.append(
        [
            Version(paper_id="key:p", label="1", text_route="local:p.xml"),
            Reference(paper_id="key:p", key="1", text="Cui H. A model. 2024", cited_id="key:cui"),
            *(
                Passage.model_validate(
                    {"paper_id": "key:p", "version_id": "key:pv1", "section": "Results", "kind": kind, "text": text,
                     "start": 1_000 * place, "end": 1_000 * place + len(text)}
                )
                for place, (kind, text) in enumerate(texts)
            ),
        ],
        writer="test",
    )  # fmt: skip
    return made


def standing(archive: Archive) -> dict[str, Claim]:
    return {claim.id: claim for claim in archive.read("Claim") if isinstance(claim, Claim)}


def test_sentences_tables_and_the_cited_work_are_read_from_the_archive_alone(archive: Archive) -> None:
    done = extract_archived(archive)
    assert (done.papers, done.new, done.tables, done.pictures, done.removed) == (1, 4, 1, 0, 0)
    claims = standing(archive).values()
    assert {claim.attributed_to for claim in claims} == {None, "key:cui"}
    assert {claim.extractor for claim in claims} == {extract.RULES, "tables@3"}


def test_a_second_run_writes_nothing(archive: Archive) -> None:
    extract_archived(archive)
    before = list(archive.export(canonical=False))
    done = extract_archived(archive)
    assert (done.new, done.removed) == (0, 0)
    assert list(archive.export(canonical=False)) == before


def test_a_new_rule_version_replaces_its_own_claims_and_leaves_a_persons_word(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract_archived(archive)
    reviewed, replaced = (next(c for c in standing(archive).values() if c.quote == SENTENCES[at]) for at in (0, 2))
    review(archive, reviewed.id, "accepted", who="Ada", why="It says so.")
    by_hand = replaced.model_copy(
        update={"id": "claim:byhand", "extractor": "curated", "source_url": "x", "location": "y"}
    )
    by_model = replaced.model_copy(update={"id": "claim:bymodel", "extractor": "llm@1"})
    archive.append([by_hand, by_model], writer="test")

    monkeypatch.setattr(extract, "RULES", "rules@next")
    monkeypatch.setattr(archived, "RULES", "rules@next")
    monkeypatch.setattr(
        "biorxivist.claims.extract.walk.split_sentences", lambda text: iter(())
    )  # rules that read no sentence any more
    done = extract_archived(archive)

    left = standing(archive)
    assert done.removed == 2
    assert left[reviewed.id].review == "accepted"
    assert {by_hand.id, by_model.id} < set(left)
    assert replaced.id not in left
    assert {tomb.reason for tomb in archive.read("Tombstone") if isinstance(tomb, Tombstone)} == {
        "rules@next and tables@3 do not read it"
    }


def test_a_claim_that_new_rules_read_too_is_theirs_and_keeps_its_id(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract_archived(archive)
    before = standing(archive)
    monkeypatch.setattr(extract, "RULES", "rules@next")
    monkeypatch.setattr(archived, "RULES", "rules@next")
    done = extract_archived(archive)
    assert (done.new, done.removed) == (0, 0)
    assert set(standing(archive)) == set(before)
    assert {claim.extractor for claim in standing(archive).values()} == {"rules@next", "tables@3"}


def test_only_the_papers_that_are_named_are_read(archive: Archive) -> None:
    assert extract_archived(archive, {"key:other"}).papers == 0
    assert standing(archive) == {}
