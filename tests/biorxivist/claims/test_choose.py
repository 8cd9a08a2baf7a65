from __future__ import annotations

from typing import Any

import pytest

from biorxivist.claims.choose import Candidate, Needs, choose
from biorxivist.claims.facts import facts_of, sources_in_words
from biorxivist.claims.index import ClaimIndex
from biorxivist.errors import InvalidInput
from graph.records import Claim, Model, Task
from graph.vocabulary import Vocabulary

PAGE, OTHER = "https://example.org/page", "https://example.org/weights"


def model(slug: str, **facts: Any) -> Model:
    return Model(id=f"model:{slug}", name=slug.title(), source_url=PAGE, **facts)


MODELS = (
    model("apple", species=("human",), licence_code="MIT", weights_url=OTHER, parameters=50, input="rank", year=2023,
          sources={"weights_url": OTHER}),
    model("apple_big", variant_of="model:apple", species=("human",), licence_code="MIT", parameters=500, input="rank"),
    model("berry", species=("mouse",), licence_code="MIT", licence_weights="CC-BY-NC-4.0", parameters=10, year=2025,
          input="values, text"),
    model("cherry", species=("human", "mouse"), licence_code="GPL-3.0", year=2024),
    model("date", species=("human",)),
    model("everything", role="group", species=("human",)),
    model("nothing_known"),
)  # fmt: skip


def claim(subject: str, task: str, **fields: Any) -> Claim:
    base = {"paper_id": "doi:10.1/a", "version_id": "doi:10.1/av1", "statement": f"{subject} does {task}.",
            "kind": "comparison", "direction": ">", "source_url": PAGE, "location": "abstract"}  # fmt: skip
    return Claim.model_validate({**base, "subject_ids": [f"model:{subject}"], "task_id": f"task:{task}", **fields})


@pytest.fixture
def index() -> ClaimIndex:
    tasks = (
        Task(id="task:annotation", name="annotation"),
        Task(id="task:rare", name="rare types", parent_id="task:annotation"),
        Task(id="task:integration", name="integration"),
    )
    claims = (claim("apple_big", "rare"), claim("berry", "integration"),
              claim("date", "annotation", review="rejected"))  # fmt: skip
    vocabulary = Vocabulary({entry.id: entry for entry in (*MODELS, *tasks)})
    return ClaimIndex(claims={each.id: each for each in claims}, vocabulary=vocabulary)


def names(found: list[Candidate], *, fit: bool = True) -> list[str]:
    return [m.model.name for each in found for m in each.members if bool(m.unknown) != fit]


def test_models_that_fit_come_by_name_or_by_year_and_groups_and_the_unknown_are_no_models(index: ClaimIndex) -> None:
    assert names(choose(Needs(), index)) == ["Apple", "Apple_Big", "Berry", "Cherry", "Date"]
    assert names(choose(Needs(), index, by="year")) == ["Berry", "Cherry", "Apple", "Apple_Big", "Date"]


def test_a_fact_that_no_source_states_leaves_open_whether_a_model_fits(index: ClaimIndex) -> None:
    found = choose(Needs(species="Homo sapiens", max_parameters=100), index)
    assert names(found) == ["Apple"]
    assert [(m.model.name, m.unknown) for each in found for m in each.members if m.unknown] == [
        ("Cherry", ("parameters",)), ("Date", ("parameters",)),
    ]  # fmt: skip
    assert [each.row()["fits"] for each in found] == [True, None, None]


@pytest.mark.parametrize(
    ("licence", "fit", "unknown"),
    [
        ("permissive", ["Apple", "Apple_Big"], ["Date"]),
        ("mit", ["Apple", "Apple_Big", "Berry"], ["Date"]),
        ("GPL-3.0", ["Cherry"], ["Date"]),
        ("noncommercial", ["Apple", "Apple_Big", "Berry", "Cherry"], ["Date"]),
    ],
)
def test_a_licence_fits_if_those_that_are_stated_do(
    index: ClaimIndex, licence: str, fit: list[str], unknown: list[str]
) -> None:
    found = choose(Needs(licence=licence), index)
    assert names(found) == fit
    assert names(found, fit=False) == unknown


def test_a_task_keeps_families_that_a_standing_claim_on_it_or_a_narrower_one_is_about(index: ClaimIndex) -> None:
    (apple,) = choose(Needs(task="annotation"), index)
    assert apple.family.name == "Apple"
    assert [line.claim.statement for line in apple.claims] == ["apple_big does rare."]


def test_input_and_weights_are_facts_like_others(index: ClaimIndex) -> None:
    assert names(choose(Needs(input="text"), index)) == ["Berry"]
    assert names(choose(Needs(weights=True), index)) == ["Apple"]


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        (Needs(species="humans"), "species 'humans'. Did you mean human"),
        (Needs(licence="MITT"), "licence 'MITT'. Did you mean MIT"),
        (Needs(input="pixels"), "input 'pixels'. Known are rank, text, values"),
        (Needs(task="anotation"), "annotation"),
    ],
)
def test_a_word_that_no_model_has_is_refused_with_near_ones(index: ClaimIndex, needs: Needs, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        choose(needs, index)


def test_a_row_gives_every_fact_with_its_source(index: ClaimIndex) -> None:
    apple = choose(Needs(species="human"), index)[0].row()["members"][0]
    assert apple["facts"]["weights_url"] == {"value": OTHER, "source": OTHER}
    assert apple["facts"]["parameters"] == {"value": 50, "source": PAGE}
    assert "corpus_cells" not in apple["facts"]


def test_sources_are_grouped_and_where_we_put_a_model_is_no_fact_of_a_source() -> None:
    assert sources_in_words(facts_of(MODELS[0])) == [
        f"source of weights: {OTHER}",
        f"source of year, species, input, parameters, licence code: {PAGE}",
    ]
    assert sources_in_words(facts_of(model("x", variant_of="model:apple", year=2020))) == [f"source: {PAGE}"]
