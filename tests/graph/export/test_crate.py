from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.errors import GraphError
from graph.evidence.verdict import verdict_row
from graph.export.crate import CONTEXT, PROFILE, SPECIFICATION, studies, study_records, study_verdicts, write_crate
from graph.records import Evidence, Record, Run
from graph.records.lines import decode

DAY = date(2026, 11, 21)


@pytest.fixture
def crate(field: list[Record], tmp_path: Path) -> Path:
    write_crate("tiny", field, tmp_path / "crate", published=DAY, license_url="https://example.org/licence")
    return tmp_path / "crate"


@pytest.fixture
def entities(crate: Path) -> dict[str, dict[str, Any]]:
    text = json.loads((crate / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert text["@context"] == CONTEXT
    assert len({entity["@id"] for entity in text["@graph"]}) == len(text["@graph"])
    return {entity["@id"]: entity for entity in text["@graph"]}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict) and value.keys() == {"@id"}:
        yield value["@id"]


def test_the_descriptor_and_the_root_are_as_the_specification_asks(entities: dict[str, dict[str, Any]]) -> None:
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    assert descriptor["conformsTo"] == {"@id": SPECIFICATION}
    assert descriptor["about"] == {"@id": "./"}
    assert root["@type"] == "Dataset"
    assert root["datePublished"] == "2026-11-21"
    assert root["conformsTo"] == {"@id": PROFILE}
    assert root["license"] == {"@id": "https://example.org/licence"}
    assert root["variableMeasured"] == ["F1"]


def test_every_entity_has_a_type_and_every_reference_is_described(entities: dict[str, dict[str, Any]]) -> None:
    outside = {SPECIFICATION}
    for entity in entities.values():
        assert entity["@type"]
        for name, value in entity.items():
            assert value is not None
            assert set(references(value)) <= entities.keys() | outside, name


def test_the_file_is_there_with_its_size_and_digest(crate: Path, entities: dict[str, dict[str, Any]]) -> None:
    parts = [part["@id"] for part in entities["./"]["hasPart"]]
    assert sorted(path.name for path in crate.iterdir()) == sorted([*parts, "ro-crate-metadata.json"])
    body = (crate / "records.jsonl").read_bytes()
    assert entities["records.jsonl"]["contentSize"] == str(len(body))
    assert entities["records.jsonl"]["sha256"] == hashlib.sha256(body).hexdigest()


def test_every_run_is_an_action_with_program_corpus_and_model(
    field: list[Record], entities: dict[str, dict[str, Any]]
) -> None:
    (run,) = (record for record in field if isinstance(record, Run))
    action = entities[f"#{run.id}"]
    assert action["@type"] == "CreateAction"
    assert entities[action["instrument"]["@id"]]["@type"] == "SoftwareApplication"
    assert [item["@id"] for item in action["object"]] == ["#dataset:corpus", "#model:masked"]
    assert json.loads(action["description"])["steps"] == 250


def test_the_records_of_a_crate_are_the_study_and_what_it_names(crate: Path, field: list[Record]) -> None:
    lines = (crate / "records.jsonl").read_text(encoding="utf-8").splitlines()
    read = [decode(json.dumps({"at": "2026-01-01T00:00:00Z", **json.loads(line)}).encode()).record() for line in lines]
    assert read == study_records("tiny", field)
    assert {type(record).__name__ for record in read} == {
        "Dataset", "Metric", "Model", "Result", "Run", "SaturationPoint", "Task",
    }  # fmt: skip
    assert not any(getattr(record, "source", "") == "published" for record in read)


def test_the_verdicts_that_rest_on_a_study_are_in_its_crate_in_their_one_shape(
    crate: Path, field: list[Record], entities: dict[str, dict[str, Any]]
) -> None:
    (resting,) = study_verdicts("tiny", field)
    (row,) = map(json.loads, (crate / "verdicts.jsonl").read_text(encoding="utf-8").splitlines())
    assert row == verdict_row(resting)
    assert list(row) == list(verdict_row(resting))
    assert entities["verdicts.jsonl"]["name"].startswith("Verdicts")


def test_a_study_that_judges_nothing_has_no_file_of_verdicts(field: list[Record], tmp_path: Path) -> None:
    untested = [record for record in field if not isinstance(record, Evidence)]
    write_crate("tiny", untested, tmp_path / "crate", published=DAY)
    assert sorted(path.name for path in (tmp_path / "crate").iterdir()) == ["records.jsonl", "ro-crate-metadata.json"]


def test_the_same_study_gives_the_same_bytes(crate: Path, field: list[Record], tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_crate("tiny", field[::-1], other, published=DAY, license_url="https://example.org/licence")
    assert [path.read_bytes() for path in sorted(crate.iterdir())] == [
        path.read_bytes() for path in sorted(other.iterdir())
    ]


def test_without_a_licence_none_is_stated(field: list[Record], tmp_path: Path) -> None:
    write_crate("tiny", field, tmp_path / "crate", published=DAY)
    assert "license" not in (tmp_path / "crate" / "ro-crate-metadata.json").read_text(encoding="utf-8")


def test_an_unknown_study_names_those_that_are_there(field: list[Record], tmp_path: Path) -> None:
    assert studies(field) == ("tiny",)
    with pytest.raises(GraphError, match=r"study 'huge'; studies here are: tiny"):
        write_crate("huge", field, tmp_path / "crate", published=DAY)
    assert list(tmp_path.iterdir()) == []
