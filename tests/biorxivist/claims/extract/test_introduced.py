"""A model enters the vocabulary with the paper that introduces it, and then claims about it are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.claims.extract.archived import extract_archived
from biorxivist.claims.extract.introduced import HOMONYM, introduced_models
from biorxivist.errors import InvalidInput
from biorxivist.workspace.vocabulary import add_entry, read_vocabulary
from graph.archive import Archive
from graph.records import Model, Passage, Version
from graph.vocabulary import load_vocabulary


def paper(name: str, title: str, abstract: str, body: str = "Cells were counted.") -> list[Passage]:
    texts = [("title", "", title), ("abstract", "Abstract", abstract), ("paragraph", "Results", body)]
    return [
        Passage.model_validate(
            {"paper_id": f"doi:10.1/{name}", "version_id": f"doi:10.1/{name}v1", "kind": kind, "section": heading,
             "text": text, "start": 1_000 * place, "end": 1_000 * place + len(text)}
        )
        for place, (kind, heading, text) in enumerate(texts)
    ]  # fmt: skip


def keep(archive: Archive, *papers: list[Passage]) -> None:
    for passages in papers:
        first = passages[0]
        archive.append([Version(paper_id=first.paper_id, label="1"), *passages], writer="test")


@pytest.mark.parametrize(
    ("name", "title", "abstract"),
    [
        ("scNova", "scNova: a foundation model of single cells", "Single-cell data are many."),
        ("NOVA", "NOVA - integration without labels", "Single-cell data are many."),
        ("scNova", "A model of cells", "Here we present scNova, which reads ranks of gene expression."),
        ("CellNova2", "A model of cells", "We propose a new framework of single-cell data called CellNova2."),
        ("NOVA", "A model of cells", "We introduce a graph network for single cells (NOVA)."),
        ("NOVA-X", "A model of cells", "This work develops the transformer NOVA-X for single-cell annotation."),
        ("CNOVA", "Cell numbers of a vast area (CNOVA): a model", "Single-cell data are many."),
        ("NOVA-GNN", "NOVA-GNN: cells as graphs", "Single-cell data are many."),
        ("scNova", "A model of single cells", "We propose a framework called scNova from the view of transport."),
        (
            "EGNet",
            "A model of cells",
            "This paper proposes an Example Guided Network (EGNet) to predict gene expression.",
        ),
    ],
)
def test_a_name_that_the_paper_presents_enters(name: str, title: str, abstract: str) -> None:
    (model,) = introduced_models([name], paper("a", title, abstract), load_vocabulary())
    assert (model.name, model.role, model.introduced_in) == (name, "method", "doi:10.1/a")
    assert model.source_url == "https://doi.org/10.1/a"


@pytest.mark.parametrize(
    ("name", "title", "abstract"),
    [
        ("scOther", "A benchmark of scOther", "We compare scOther with PCA."),
        ("scOther", "A benchmark", "We present a method that is better than scOther."),
        ("scOther", "A benchmark", "We introduce a loss for scOther, and test it."),
        ("scOther", "A benchmark", "We propose a model based on scOther."),
        ("scOther", "A benchmark", "We present a benchmark. Methods were scOther and scNext."),
        ("FOLD", "A model", "We present NOVA as a variant of the popular Folded (FOLD) algorithm."),
        ("FOLD", "A model", "We present New Cells (NOVA), tuned like a fold (FOLD)."),
        ("Stem", "Stem: cells in images", "We present Stem."),
        ("novel", "novel: a word", "We present novel methods."),
        ("scGPT", "scGPT: a foundation model", "We present scGPT."),
        ("scNova-2", "A model", "We present scNova-2-large."),
        # words for something that the model does, is made of or is for
        ("CCC", "A model", "We propose a network that reads CCC signals."),
        ("CCC", "A model", "We propose CCC signals as a guide."),
        ("logFC", "A model", "We introduce a framework that predicts log fold changes (logFC)."),
        ("CDR", "A model", "We propose a method for predicting cancer drug response (CDR)."),
        ("MIL", "A model", "We introduce a framework integrating mixed models and instance learning (MIL)."),
        ("CNN", "A model", "We propose a convolutional network (CNN)."),
    ],
)
def test_a_name_that_it_does_not_present_or_that_is_a_word_does_not(name: str, title: str, abstract: str) -> None:
    passages = paper("a", title, f"{abstract} Single-cell data are many.")
    assert introduced_models([name], passages, load_vocabulary()) == []


def test_a_paper_of_another_field_brings_no_name() -> None:
    radiographs = paper("a", "LUNGNet: radiographs", "LUNGNet outperformed ResNet.")
    assert introduced_models(["LUNGNet"], radiographs, load_vocabulary()) == []


NEW = paper("z", "scNova: a model of single cells", "scNova outperformed scGPT in cell type annotation.")
ABOUT = paper("a", "A benchmark of single-cell models", "PCA outperformed scNova in cell type annotation.")


@pytest.mark.parametrize("order", [(NEW, ABOUT), (ABOUT, NEW)])
def test_claims_about_it_are_read_in_every_paper_whatever_their_order(
    order: tuple[list[Passage], ...], tmp_path: Path
) -> None:
    archive = Archive(tmp_path)
    keep(archive, *order)
    done = extract_archived(archive)
    assert [model.id for model in done.introduced] == ["model:scnova"]
    assert {claim.subject_ids + claim.comparator_ids for claim in done.claims} == {
        ("model:scnova", "model:scgpt"), ("model:pca_baseline", "model:scnova"),
    }  # fmt: skip
    assert all(claim.held is None for claim in done.claims)
    again = extract_archived(archive)
    assert (again.new, again.introduced, again.removed) == (0, [], 0)
    assert again.claims == done.claims


def test_a_name_that_a_second_paper_gives_again_holds_its_claims(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    keep(archive, NEW)
    extract_archived(archive)
    keep(archive, paper("y", "scNova: single-cell novelty scores", "scNova outperformed PCA in cell type annotation."))
    held = {claim.paper_id: claim.held for claim in extract_archived(archive).claims}
    assert held == {"doi:10.1/z": None, "doi:10.1/y": HOMONYM}


def test_a_name_in_capitals_is_no_common_word(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    body = "Stem cells outperformed scGPT. In cell type annotation stem outperformed scGPT."
    keep(archive, paper("s", "STEM: single-cell images", "STEM outperformed scGPT in cell type annotation.", body))
    (claim,) = extract_archived(archive).claims
    assert claim.quote == "STEM outperformed scGPT in cell type annotation."


def test_a_person_says_more_of_it_and_is_not_overwritten(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    keep(archive, NEW)
    extract_archived(archive)
    address = "https://example.org/scnova"
    add_entry(archive, "model", "scNova", source_url=address, facts={"role": "foundation", "parameters": 7})
    keep(archive, ABOUT)
    extract_archived(archive)
    model = read_vocabulary(archive).get("model:scnova")
    assert isinstance(model, Model)
    assert (model.role, model.parameters, model.introduced_in, model.source_url) == ("foundation", 7, None, address)
    with pytest.raises(InvalidInput, match="already names"):
        add_entry(archive, "model", "scNova", source_url=address, facts={"role": "foundation"})


RIVALS = paper("r", "scNova: a model of single cells", "In annotation scNova outperformed CellFoo and the new methods.")


def test_a_name_that_a_known_model_is_compared_with_enters_as_met(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    keep(archive, RIVALS)
    done = extract_archived(archive)
    assert [(model.id, model.introduced_in, model.met_in) for model in done.introduced] == [
        ("model:scnova", "doi:10.1/r", None), ("model:cellfoo", None, "doi:10.1/r"),
    ]  # fmt: skip
    assert ("model:scnova", "model:cellfoo") in {claim.subject_ids + claim.comparator_ids for claim in done.claims}
    again = extract_archived(archive)
    assert (again.new, again.introduced, again.removed) == (0, [], 0)


def test_the_paper_that_introduces_a_model_which_was_met_before_is_not_held(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    keep(archive, RIVALS)
    extract_archived(archive)
    keep(archive, paper("f", "CellFoo: cells in graphs", "CellFoo outperformed scGPT on single-cell data."))
    (claim,) = (claim for claim in extract_archived(archive).claims if claim.paper_id == "doi:10.1/f")
    assert claim.held is None
    add_entry(archive, "model", "CellFoo", source_url="https://example.org/foo", facts={"role": "foundation"})


@pytest.mark.parametrize(
    "abstract",
    [
        "scNova was compared with CellFoo on single-cell data.",
        "scNova outperformed foo on single-cell data.",
        "scNova reached 0.9 accuracy on CellSet-1 of single cells.",
        "scNova outperformed CNN baselines on single-cell data.",
    ],
)
def test_what_is_no_rival_or_written_as_a_word_does_not_enter(abstract: str, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    keep(archive, paper("n", "scNova: a model of single cells", abstract))
    assert {model.name for model in extract_archived(archive).introduced} <= {"scNova"}
