"""Claims of papers on something else than single cells wait for a person, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.claims.extract.archived import extract_archived
from biorxivist.claims.extract.extract import extract_claims
from biorxivist.claims.extract.of_field import ANOTHER_FIELD, is_of_field
from biorxivist.claims.review import review
from biorxivist.claims.standing import stands, why_held
from graph.archive import Archive
from graph.records import Claim, Passage, Version
from graph.vocabulary import load_vocabulary

SENTENCE = "Logistic regression outperformed foundation models in accuracy."


def paper(title: str, abstract: str, body: str = SENTENCE, section: str = "Results") -> list[Passage]:
    texts = [("title", "", title), ("abstract", "Abstract", abstract), ("paragraph", section, body)]
    return [
        Passage.model_validate(
            {"paper_id": "key:p", "version_id": "key:pv1", "kind": kind, "section": heading, "text": text,
             "start": 1_000 * place, "end": 1_000 * place + len(text)}
        )
        for place, (kind, heading, text) in enumerate(texts)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Simple models of single-cell data", "We compare models."),
        ("A benchmark", "We compare foundation models of transcriptomes."),
        ("A benchmark", "Models are tested on multi-omics data."),
        ("Perturb-seq with linear models", "We compare models."),
        ("What does scGPT learn?", "We compare models."),
        ("A benchmark", "snRNA-seq of the brain was annotated."),
    ],
)
def test_a_paper_on_single_cells_is_of_the_field(title: str, abstract: str) -> None:
    assert is_of_field(paper(title, abstract))


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Foundation models for chest radiographs", "We compare models on images of the lung."),
        ("Language models in the clinic", "GPT-4 was tested on notes of patients."),
        ("Radiomics of gliomas", "Radiomics and pathomics were compared with deep networks."),
        ("Genomic language models", "DNA models were compared on genomes of phages."),
        ("Detecting cells in slides", "Nuclei were segmented, and PCA and SimCLR compared."),
    ],
)
def test_a_paper_on_something_else_is_not(title: str, abstract: str) -> None:
    assert not is_of_field(paper(title, abstract))


def test_a_heading_or_the_name_of_a_model_anywhere_shows_the_field() -> None:
    assert is_of_field(paper("A benchmark", "We compare models.", section="Single-cell data"))
    assert is_of_field(paper("A benchmark", "We compare models.", body="scVI and scBERT were trained."))


def test_what_no_title_introduces_is_looked_at_whole() -> None:
    *_, body = paper("", "", body="Cells of a single-cell atlas were annotated.")
    assert is_of_field([body])


def test_claims_of_another_field_are_read_and_do_not_stand() -> None:
    vocabulary = load_vocabulary()
    abstract = f"We compare models. {SENTENCE}"
    (here,) = extract_claims(paper("Single-cell data", abstract, "More of it."), vocabulary).claims
    (there,) = extract_claims(paper("Chest radiographs", abstract, "More of it."), vocabulary).claims
    assert (here.id, here.confidence, here.held) == (there.id, there.confidence, None)
    assert stands(here)
    assert not stands(there)
    assert why_held(there) == there.held == ANOTHER_FIELD
    assert stands(there.model_copy(update={"review": "accepted"}))


def test_a_person_accepts_it_and_a_second_run_leaves_that(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    version = Version(paper_id="key:p", label="1", text_route="local:p.xml")
    archive.append([version, *paper("Chest radiographs", "We compare models.")], writer="test")
    done = extract_archived(archive)
    assert done.held == {ANOTHER_FIELD: 1}
    assert len(done.claims) == 1
    review(archive, done.claims[0].id, "accepted", who="A. Reader", why="It is about cells after all.")
    extract_archived(archive)
    (claim,) = (record for record in archive.read("Claim") if isinstance(record, Claim))
    assert claim.held == ANOTHER_FIELD
    assert stands(claim)


def test_a_title_that_shows_the_field_frees_its_claims(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    title, abstract, body = paper("Radiographs", "We compare models.")
    archive.append([Version(paper_id="key:p", label="1"), title, abstract, body], writer="test")
    assert extract_archived(archive).held == {ANOTHER_FIELD: 1}
    more = paper("Radiographs", "We compare models of single cells.")[1]
    archive.append([more], writer="test")
    assert ANOTHER_FIELD not in extract_archived(archive).held
    (claim,) = (record for record in archive.read("Claim") if isinstance(record, Claim))
    assert claim.held is None
