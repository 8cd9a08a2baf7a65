from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.settings import load_settings
from biorxivist.workspace import doctor
from biorxivist.workspace.doctor import Part, examine
from biorxivist.workspace.home import Home


def parts(home: Home) -> dict[str, Part]:
    return {part.part: part for part in examine(load_settings(), home)}


def home_in(folder: Path) -> Home:
    return Home(folder, f"ladybug:{folder / 'graph'}")


def test_a_fresh_machine_is_well(tmp_path: Path) -> None:
    found = parts(home_in(tmp_path / "fresh"))
    assert {part.state for part in found.values()} <= {"ok", "optional"}
    assert "made at first use" in found["home"].detail
    assert not (tmp_path / "fresh").exists()


def test_a_built_home_tells_its_records_and_papers(seeded_home: Home) -> None:
    found = parts(seeded_home)
    assert "records" in found["archive"].detail
    assert "113 papers" in found["graph"].detail
    assert "behind" not in found["graph"].detail


def test_a_torn_line_is_told_and_a_broken_one_is_named(own_home: Home) -> None:
    file = next((own_home.folder / "archive" / "Author").glob("*.jsonl"))
    with file.open("ab") as stream:
        stream.write(b'{"record": "Author", ')
    assert "torn" in parts(own_home)["archive"].detail
    with file.open("ab") as stream:
        stream.write(b"\n")
    found = parts(own_home)["archive"]
    assert found.state == "missing"
    assert file.name in found.detail


def test_a_graph_that_cannot_be_opened_is_told_with_the_remedy(own_home: Home) -> None:
    import shutil

    shutil.rmtree(own_home.folder / "graph")
    found = parts(own_home)["graph"]
    assert found.state == "missing"
    assert "graph rebuild" in found.detail


def test_a_home_below_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert parts(home_in(tmp_path / "file" / "home"))["home"].state == "missing"


def test_absent_packages_are_named_with_what_installs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name == "torch" else object())
    found = parts(home_in(tmp_path))
    assert found["experiments"].state == "optional"
    assert "torch" in found["experiments"].detail
    assert "[scaling]" in found["experiments"].detail


def test_a_key_alone_is_no_consent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    detail = parts(home_in(tmp_path))["language model"].detail
    assert "not consent" in detail
    assert "sk-secret" not in detail


def test_a_configured_server_is_told_without_its_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://there")
    monkeypatch.setenv("NEO4J_PASSWORD", "hunter2")
    detail = parts(home_in(tmp_path))["neo4j"].detail
    assert "bolt://there" in detail
    assert "hunter2" not in detail
