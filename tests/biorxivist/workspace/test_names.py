from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from biorxivist.errors import InvalidInput
from biorxivist.load.files import load_files, read_files
from biorxivist.workspace.home import Home
from biorxivist.workspace.names import require_known_names
from graph.records import Claim, Model


def claim(subject: str) -> Claim:
    return Claim(
        paper_id="doi:10.1/a", version_id="doi:10.1/av1", statement="s", kind="qualitative", subject_ids=(subject,),
        source_url="https://example.org", location="abstract",
    )  # fmt: skip


def written(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_claim_about_an_unknown_model_is_refused_with_names_that_look_similar() -> None:
    with pytest.raises(InvalidInput, match=r"'scGTP' is not in the vocabulary\. Did you mean scGPT"):
        require_known_names([claim("model:scGTP")])


def test_a_name_is_known_if_it_is_in_the_vocabulary_the_files_or_the_archive() -> None:
    require_known_names([claim("model:scgpt")])
    require_known_names([claim("model:mine"), Model(id="model:mine", name="Mine")])
    require_known_names([claim("model:mine")], archived=[Model(id="model:mine", name="Mine")])


def test_an_id_that_names_nothing_of_the_kind_is_refused() -> None:
    with pytest.raises(InvalidInput, match="does not name a model"):
        require_known_names([claim("scgpt")])


def test_nothing_is_kept_of_a_file_with_an_unknown_name(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", f"ladybug:{tmp_path / 'graph'}")
    lines = [
        {"record": "Claim", "id": record.id, "data": record.model_dump(mode="json")}
        for record in (claim("model:scgpt"), claim("model:scGTP"))
    ]
    with pytest.raises(InvalidInput):
        load_files(home, [written(tmp_path / "claims.jsonl", *lines)])
    assert list(home.archive.read()) == []


def test_an_id_that_is_left_out_is_computed(tmp_path: Path) -> None:
    record = claim("model:scgpt")
    line = {"record": "Claim", "data": record.model_dump(mode="json", exclude={"id"})}
    assert list(read_files([written(tmp_path / "claims.jsonl", line)])) == [record]
