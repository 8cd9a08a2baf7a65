"""Examine the set-up: which parts are there, which are missing, and how to add them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from biorxivist.contact import read_contact
from biorxivist.settings import Settings
from biorxivist.workspace.home import Home, is_current
from graph.errors import GraphError

__all__ = ["Part", "examine"]

State = Literal["ok", "missing", "optional"]
CORE = ("pydantic", "ladybug", "lark", "typer", "rich", "numpy", "scipy", "lxml", "requests")
SCALING = (
    "torch", "h5py", "anndata", "scanpy", "pandas", "sklearn", "matplotlib", "pyarrow", "safetensors", "zarr",
)  # fmt: skip


class Part(NamedTuple):
    """One part of the set-up."""

    part: str
    state: State
    """``missing`` if nothing works without it, ``optional`` if only some commands need it."""
    detail: str
    """Its state in a sentence, with what to do about it."""


def examine(settings: Settings, home: Home) -> Iterator[Part]:
    """Examine every part, without changing anything; nothing is contacted but the store of the home."""
    yield _python()
    yield _packages("core packages", CORE, "missing", "pip install biorxivist-graph")
    yield _home(home.folder)
    yield from _archive_and_store(home)
    yield _packages("experiments", SCALING, "optional", "pip install 'biorxivist-graph[scaling]'")
    yield _contact(settings, home.folder)
    yield _neo4j(settings)
    yield _language_model(settings)


def _python() -> Part:
    number = ".".join(map(str, sys.version_info[:3]))
    return Part("python", "ok" if sys.version_info >= (3, 11) else "missing", f"{number} (3.11 or newer is needed)")


def _packages(part: str, modules: tuple[str, ...], state_if_absent: State, remedy: str) -> Part:
    absent = [module for module in modules if find_spec(module) is None]  # without importing them: torch takes seconds
    if absent:
        return Part(part, state_if_absent, f"not installed: {', '.join(absent)}; {remedy}")
    return Part(part, "ok", ", ".join(f"{module} {_version(module)}" for module in modules[:4]))


def _version(module: str) -> str:
    try:
        return version({"sklearn": "scikit-learn"}.get(module, module))
    except PackageNotFoundError:
        return "(version unknown)"


def _home(folder: Path) -> Part:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Part("home", "missing", f"{folder} cannot be written; set BIORXIVIST_HOME to a folder that can")
    return Part("home", "ok", str(folder) if folder.exists() else f"{folder} (made at first use)")


def _archive_and_store(home: Home) -> Iterator[Part]:
    if not (home.folder / "archive").is_dir():
        yield Part("archive", "ok", "empty; the first command fills it with the shipped facts")
        yield Part("graph", "ok", f"not built yet; {home.store_url}")
        return
    try:
        archive = home.archive
        count = sum(1 for _ in archive.read())
    except (GraphError, OSError) as error:
        yield Part("archive", "missing", str(error))
        return
    problems = f"; {len(archive.problems)} torn lines skipped: {archive.problems[0]}" if archive.problems else ""
    yield Part("archive", "ok", f"{count} records{problems}")
    yield _store(home)


def _store(home: Home) -> Part:
    from graph.stores.open import open_store

    try:
        with open_store(home.store_url, read_only=True, login=home.login) as store:
            papers = len(store.run("papers"))
    except (GraphError, OSError) as error:
        return Part("graph", "missing", f"{error} `biorxivist graph rebuild` builds it again from the archive.")
    behind = "" if is_current(home) else "; behind the archive, the next command brings it up to date"
    return Part("graph", "ok", f"{home.store_url}, {papers} papers{behind}")


def _contact(settings: Settings, folder: Path) -> Part:
    if address := settings.contact or read_contact(folder):
        return Part("contact", "ok", f"{address}, sent with every request to Europe PMC, Crossref and OpenAlex")
    remedy = "set BIORXIVIST_CONTACT to a mail address: services write to it before they block, and some serve faster"
    return Part("contact", "optional", f"no address is sent; {remedy}")


def _neo4j(settings: Settings) -> Part:
    if settings.neo4j_uri is None:
        return Part("neo4j", "optional", "not configured (NEO4J_URI); the embedded graph is used")
    if find_spec("neo4j") is None:
        detail = f"{settings.neo4j_uri}, but its driver is not installed; pip install 'biorxivist-graph[neo4j]'"
        return Part("neo4j", "optional", detail)
    used = (
        "used" if settings.store_url.startswith(("neo4j", "bolt")) else "not used; BIORXIVIST_STORE chooses the store"
    )
    return Part("neo4j", "ok", f"{settings.neo4j_uri} as {settings.neo4j_username}, {used}")


def _language_model(settings: Settings) -> Part:
    if settings.llm_model:
        where = settings.llm_base_url or "OpenAI"
        detail = f"{settings.llm_model} at {where}, asked by `claims extract --llm` only; questions stay offline"
        return Part("language model", "optional", detail)
    key = " A key alone (OPENAI_API_KEY) is not consent: nothing is sent anywhere." if settings.openai_api_key else ""
    return Part("language model", "optional", f"none; answers are made offline.{key}")
