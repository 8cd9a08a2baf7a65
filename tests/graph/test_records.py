from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from graph.records import (
    RECORDS,
    Author,
    Claim,
    Model,
    Paper,
    Record,
    Relation,
    Run,
    Version,
    canonical_json,
    digest,
    paper_id,
)

CURATED = {
    "paper_id": "doi:10.1/a",
    "version_id": "doi:10.1/av1",
    "statement": "a statement",
    "kind": "score",
    "source_url": "https://example.org",
    "location": "abstract",
}


def test_a_paper_is_named_by_its_preprint_then_its_journal_then_arxiv_then_a_key() -> None:
    assert paper_id(preprint_doi="https://doi.org/10.1101/ABC", doi="10.1/x") == "doi:10.1101/abc"
    assert paper_id(doi="10.1038/X") == "doi:10.1038/x"
    assert paper_id(arxiv="arXiv:2503.02726") == "arxiv:2503.02726"
    assert paper_id(key="Stack2026") == "key:stack2026"
    with pytest.raises(ValueError, match="needs a DOI"):
        paper_id()


def test_a_version_is_named_by_its_paper_and_label() -> None:
    assert Version(paper_id="doi:10.1/a", label="2").id == "doi:10.1/av2"
    assert Version(paper_id="doi:10.1/a", label="journal").id == "doi:10.1/avjournal"


def test_a_record_named_from_outside_must_be_given_its_id() -> None:
    with pytest.raises(ValidationError, match="needs an id"):
        Paper(title="A title")


def test_a_claim_has_the_same_id_whatever_its_wording_and_another_one_for_another_value() -> None:
    claim = Claim.model_validate({**CURATED, "value": 0.5})
    assert Claim.model_validate({**CURATED, "value": 0.5, "statement": "said otherwise"}).id == claim.id
    assert Claim.model_validate({**CURATED, "value": 0.6}).id != claim.id
    assert Claim.model_validate({**CURATED, "value": 0.5, "version_id": "doi:10.1/av2"}).id != claim.id


def test_a_field_that_came_later_changes_the_id_of_a_claim_only_where_it_is_set() -> None:
    claim = Claim.model_validate({**CURATED, "value": 0.5})
    assert claim.id == "claim:b8003bcdab7bd59d", "the id that format version 1 gave this claim"
    assert (
        Claim.model_validate({**CURATED, "value": 0.5, "condition": None, "printed": "0.5", "runs": 3}).id == claim.id
    )
    for added in ({"condition": "30 epochs"}, {"factor": "labels"}, {"threshold": 0.95}, {"attributed_to": "doi:10/x"}):
        assert Claim.model_validate({**CURATED, "value": 0.5, **added}).id != claim.id


def test_a_claim_names_only_its_own_fields_as_inferred() -> None:
    assert Claim.model_validate({**CURATED, "inferred": ["subject_ids"]}).inferred == ("subject_ids",)
    with pytest.raises(ValidationError, match="inferred names subjects, which is not a field"):
        Claim.model_validate({**CURATED, "inferred": ["subjects"]})


def test_two_authors_of_one_name_are_two_unless_they_have_one_orcid() -> None:
    wang, other = (Author(family="Wang", given="Wei", paper_id="doi:10.1/a", position=n) for n in (1, 2))
    assert wang.name == other.name == "Wei Wang"
    assert wang.id != other.id
    here, there = Author(name="W. Wang", orcid="0000-0002-1825-0097"), Author(name="Wang", orcid="0000-0002-1825-0097")
    assert here.id == there.id


def test_a_group_is_an_author_without_parts_of_a_name() -> None:
    group = Author(collective="The Tabula Sapiens Consortium", paper_id="doi:10.1/a", position=5)
    assert (group.name, group.family) == ("The Tabula Sapiens Consortium", None)
    with pytest.raises(ValidationError, match="a person or a group"):
        Author(collective="A Consortium", family="Wang", orcid="0000-0002-1825-0097")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Ada"},
        {"name": "Ada", "paper_id": "doi:10.1/a"},
        {"name": "Ada", "orcid": "0000-0002-1825-0097", "paper_id": "doi:10.1/a", "position": 1},
    ],
)
def test_an_author_has_an_orcid_or_a_place_in_a_paper_and_not_both(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="needs an ORCID, or else a paper and a position"):
        Author.model_validate(fields)


def test_sources_name_facts_of_the_model_only() -> None:
    address = {"parameters": "https://example.org"}
    assert Model(id="model:x", name="X", sources=address).sources == address
    with pytest.raises(ValidationError, match="sources names size, which is not a fact"):
        Model(id="model:x", name="X", sources={"size": "https://example.org"})


def test_a_run_is_the_same_run_on_any_device_and_with_any_code_version() -> None:
    data = {
        "study": "s", "model_id": "model:ours_pca", "corpus_id": "dataset:x", "corpus_digest": "0", "corpus_cells": 10,
        "genes": 5, "sampling": "random", "cells": 5, "fraction": 0.5, "family": "pca", "config": "{}",
        "protocol": "p@1", "seed_data": 0, "seed_init": 0, "seed_split": 0,
    }  # fmt: skip
    here = Run.model_validate(data)
    assert Run.model_validate({**data, "device": "cuda", "code_version": "9", "seconds": 3.0}).id == here.id
    assert Run.model_validate({**data, "seed_init": 1}).id != here.id
    assert len(here.id.partition(":")[2]) == 64


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"location": None}, "source_url and location"),
        ({"extractor": "rules@1"}, "quote, passage_id"),
        (
            {"extractor": "rules@1", "quote": "abc", "passage_id": "p", "start": 0, "end": 4},
            "3 characters, its offsets span 4",
        ),
        ({"fraction": 25}, "less than or equal to 1"),
        ({"direction": "up"}, "Input should be"),
        ({"colour": "red"}, "Extra inputs"),
        ({"value": float("nan")}, "finite"),
    ],
)
def test_a_claim_without_a_source_or_with_nonsense_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Claim.model_validate({**CURATED, **change})


def test_records_are_frozen() -> None:
    claim = Claim.model_validate(CURATED)
    with pytest.raises(ValidationError, match="frozen"):
        claim.statement = "changed"  # type: ignore[misc]


def test_a_record_survives_json_unchanged() -> None:
    claim = Claim.model_validate({**CURATED, "subject_ids": ["model:scvi"], "value": 0.1 + 0.2})
    assert Claim.model_validate_json(claim.model_dump_json()) == claim


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.floats(allow_nan=False)), max_size=5))
def test_canonical_json_does_not_depend_on_the_order_of_keys(data: dict[str, Any]) -> None:
    turned = dict(reversed(data.items()))
    assert canonical_json(data) == canonical_json(turned)
    assert digest(data) == digest(turned)
    assert json.loads(canonical_json(data)) == data


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_every_field_of_every_record_is_documented(record: type[Record]) -> None:
    assert record.__doc__
    assert [name for name, field in record.model_fields.items() if not field.description] == []


def test_one_field_name_has_one_type_in_all_records() -> None:
    types: dict[str, set[str]] = {}
    for record in RECORDS.values():
        for name, field in record.model_fields.items():
            kinds = [kind for kind in get_args(field.annotation) or (field.annotation,) if kind is not type(None)]
            text = any(isinstance(kind, str) or kind is str for kind in kinds)
            types.setdefault(name, set()).add("text" if text else str(kinds))
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


@pytest.mark.parametrize("other", ["claim:a", "claim:b"])
def test_a_relation_that_is_not_lower_id_first_is_refused(other: str) -> None:
    with pytest.raises(ValidationError, match=r"lower id first.*min\(a, b\)"):
        Relation(claim_id="claim:b", other_id=other, relation="agrees", rule="r@1")
