"""Settings: where the home and the store are, and which services may be contacted.

A value is taken from the first of: arguments of `Settings`, environment variables, ``.env``, ``biorxivist.toml``
(both in the working directory), the default. Only the command line and the facade read settings; everything below
them takes arguments.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from biorxivist.contact import is_mail_address
from biorxivist.errors import SettingsInvalid

__all__ = ["Settings", "load_settings"]

TOML_FILE = Path("biorxivist.toml")


def _unprefixed(name: str, *others: str) -> Any:
    """Field that is also set by the environment variable that other tools use for it, without our prefix."""
    choices = AliasChoices(name, name.upper(), f"BIORXIVIST_{name.upper()}", *others)
    return Field(validation_alias=choices)


class Settings(BaseSettings):
    """All settings. The environment variable of a field is ``BIORXIVIST_<FIELD>``, or the one in parentheses."""

    model_config = SettingsConfigDict(
        env_prefix="BIORXIVIST_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        toml_file=TOML_FILE,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    home: Annotated[Path, Field(validate_default=True)] = Path(
        platformdirs.user_data_dir("biorxivist", appauthor=False)
    )
    """Folder of the archive, the embedded store and the ledger."""
    store: str = ""
    """Store address: ``ladybug:PATH``, ``neo4j://host`` or ``bolt://host``; default ``ladybug:<home>/graph``."""
    neo4j_uri: Annotated[str | None, _unprefixed("neo4j_uri", "NEO4J_URL")] = None
    """Address of a Neo4j server (``NEO4J_URI``)."""
    neo4j_username: Annotated[str, _unprefixed("neo4j_username")] = "neo4j"
    """User of the Neo4j server (``NEO4J_USERNAME``)."""
    neo4j_password: Annotated[SecretStr | None, _unprefixed("neo4j_password")] = None
    """Its password (``NEO4J_PASSWORD``); never printed."""
    neo4j_database: Annotated[str | None, _unprefixed("neo4j_database")] = None
    """Database of the Neo4j server (``NEO4J_DATABASE``); its default database if unset."""
    llm_model: str | None = None
    """Name of a language model; unset means offline, whatever keys the environment holds."""
    llm_base_url: str | None = None
    """Address of an OpenAI-compatible server, with its ``/v1``; OpenAI's if unset. ``OPENAI_BASE_URL`` does nothing."""
    llm_api_key: SecretStr | None = None
    """Key for that server, if it needs one."""
    openai_api_key: Annotated[SecretStr | None, _unprefixed("openai_api_key")] = None
    """Key for OpenAI (``OPENAI_API_KEY``), sent to no other server; without ``llm_model`` it has no effect."""
    europepmc_url: str | None = None
    """Address of Europe PMC, where it is not the public one."""
    europepmc_rate: Annotated[float | None, Field(gt=0, le=1000)] = None
    """Requests per second to Europe PMC at most; unset means what it advises."""
    biorxiv_api_url: str | None = None
    """Address of the bioRxiv API."""
    biorxiv_api_rate: Annotated[float | None, Field(gt=0, le=1000)] = None
    """Requests per second to the bioRxiv API at most."""
    biorxiv_web_url: str | None = None
    """Address of the bioRxiv site, which is contacted only if the user selects it."""
    biorxiv_web_rate: Annotated[float | None, Field(gt=0, le=1000)] = None
    """Requests per second to the bioRxiv site at most; unset means one in three seconds."""
    medrxiv_web_url: str | None = None
    """Address of the medRxiv site; its API is that of bioRxiv."""
    medrxiv_web_rate: Annotated[float | None, Field(gt=0, le=1000)] = None
    """Requests per second to the medRxiv site at most; unset means one in three seconds."""
    crossref_url: str | None = None
    """Address of Crossref."""
    crossref_rate: Annotated[float | None, Field(gt=0, le=1000)] = None
    """Requests per second to Crossref at most."""
    openalex_url: str | None = None
    """Address of OpenAlex."""
    openalex_rate: Annotated[float | None, Field(gt=0, le=1000)] = None
    """Requests per second to OpenAlex at most."""
    contact: str | None = None
    """Mail address that is sent to the services, so that they can write instead of blocking; ``doctor`` asks for it."""
    papers: Path | None = None
    """Folder of your own papers: the source ``local``."""
    query_timeout: Annotated[float, Field(gt=0, le=3600)] = 10.0
    """Seconds after which a user's query is stopped."""
    query_limit: Annotated[int, Field(gt=0, le=1_000_000)] = 1000
    """Rows after which its result is cut."""

    @field_validator("contact")
    @classmethod
    def _a_mail_address(cls, contact: str | None) -> str | None:
        if contact is not None and not is_mail_address(contact.strip()):
            msg = "it is no mail address, such as ann@example.org"
            raise ValueError(msg)
        return contact.strip() if contact else None

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @property
    def store_url(self) -> str:
        """Address of the store, with its default filled in."""
        return self.store or f"ladybug:{self.home / 'graph'}"

    @property
    def archive_folder(self) -> Path:
        """Folder of the archive."""
        return self.home / "archive"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of the sources, first one wins; secret files are not used."""
        del file_secret_settings
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**given: Any) -> Settings:
    """Read the settings; values of ``given`` override them unless they are None.

    Raises
    ------
    SettingsInvalid
        If a value is invalid, or biorxivist.toml is not TOML or has a key that is not a setting.
    """
    try:
        _check_toml(TOML_FILE)
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "settings"
        msg = (
            f"Setting {field} = {first.get('input')!r} cannot be used: {first['msg']}. "
            "Correct it in the environment, .env or biorxivist.toml."
        )
        raise SettingsInvalid(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{TOML_FILE.absolute()} cannot be read: {error}. Correct or remove it."
        raise SettingsInvalid(msg) from error


def _check_toml(path: Path) -> None:
    if not path.is_file():
        return
    known = list(Settings.model_fields)
    for key in tomllib.loads(path.read_text(encoding="utf-8")):
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Settings are {', '.join(known)}."
            msg = f"{path.absolute()}: {key!r} is not a setting. {hint}"
            raise SettingsInvalid(msg)
