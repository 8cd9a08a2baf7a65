from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.errors import SettingsInvalid
from biorxivist.settings import Settings, load_settings


def test_an_argument_wins_over_the_environment_over_dotenv_over_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BIORXIVIST_HOME")
    (tmp_path / "biorxivist.toml").write_text('home = "/toml"\nquery_limit = 1\nllm_model = "toml"\n', encoding="utf-8")
    assert load_settings().home == Path("/toml")
    (tmp_path / ".env").write_text("BIORXIVIST_HOME=/dotenv\nBIORXIVIST_QUERY_LIMIT=2\n", encoding="utf-8")
    assert (load_settings().home, load_settings().query_limit) == (Path("/dotenv"), 2)
    monkeypatch.setenv("BIORXIVIST_HOME", "/environment")
    assert load_settings().home == Path("/environment")
    assert load_settings(home=Path("/argument")).home == Path("/argument")
    assert load_settings().llm_model == "toml"


def test_the_store_lies_in_the_home_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(home=Path("/a/b")).store_url == "ladybug:/a/b/graph"
    monkeypatch.setenv("BIORXIVIST_STORE", "neo4j://there")
    assert load_settings().store_url == "neo4j://there"


def test_the_usual_variables_of_neo4j_and_openai_are_read_and_secrets_never_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://there")
    monkeypatch.setenv("NEO4J_PASSWORD", "hunter2")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    settings = load_settings()
    assert settings.neo4j_uri == "bolt://there"
    assert settings.neo4j_password is not None
    assert settings.neo4j_password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings)
    assert "sk-secret" not in repr(settings)


def test_a_key_in_the_environment_names_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert load_settings().llm_model is None


def test_a_value_that_cannot_be_used_is_named_with_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIORXIVIST_QUERY_TIMEOUT", "soon")
    with pytest.raises(SettingsInvalid, match=r"query_timeout = 'soon'"):
        load_settings()


def test_a_misspelt_key_in_the_settings_file_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    (tmp_path / "biorxivist.toml").write_text("query_limits = 3\n", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="Did you mean query_limit"):
        load_settings()


def test_a_settings_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "biorxivist.toml").write_text("home = = 3\n", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=r"biorxivist\.toml cannot be read"):
        load_settings()


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
