"""Values that a shell completes: names of the vocabulary, queries, presets, verdicts.

Completion runs at every press of the tab key, so nothing here opens a store or imports the records: names come from
the data files themselves, and those of the user from the lines of the archive. A name that holds a space would need
quotes, so its slug is offered in its place.

bash splits a word at ``=`` before it asks (``-p model=sc`` arrives as three words) and puts the answer in place of
the last part only; `complete` joins the words, and takes the key off the answers.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

__all__ = [
    "claim_kinds",
    "complete",
    "licences",
    "parameter_values",
    "presets",
    "queries",
    "show_names",
    "task_names",
    "verdicts",
]

VARIABLE = "_BIORXIVIST_COMPLETE"
SHIPPED = "seeds"
"""Writer of the archive's shipped entries, whose names are known already."""
KINDS = ("model", "dataset", "task", "metric")
VERDICTS = (
    "reproduced", "not_reproduced", "same_direction_at_scale", "opposite_direction_at_scale", "no_effect_at_scale",
    "rising_at_scale", "consistent_with_printed", "inconsistent_with_printed", "inconclusive", "not_testable",
)  # fmt: skip
CLAIM_KINDS = ("score", "comparison", "effect", "scaling", "saturation", "scale_fact", "qualitative")


def verdicts(incomplete: str) -> list[str]:
    """Verdicts that begin so."""
    return _beginning(incomplete, VERDICTS)


def claim_kinds(incomplete: str) -> list[str]:
    """Kinds of claims that begin so."""
    return _beginning(incomplete, CLAIM_KINDS)


def queries(incomplete: str) -> list[str]:
    """Named queries that begin so."""
    return _beginning(incomplete, _files("graph", "queries", ".cypher"))


def presets(incomplete: str) -> list[str]:
    """Studies that ship with the scaling engine."""
    return _beginning(incomplete, _files("scaling.study", "presets", ".toml"))


def show_names(incomplete: str) -> list[str]:
    """Names of models, datasets, tasks and metrics that begin so, in any case."""
    return _beginning(incomplete, (name for kind in KINDS for name in _names(kind)))


def task_names(incomplete: str) -> list[str]:
    """Names of tasks that begin so."""
    return _beginning(incomplete, _names("task"))


def licences(incomplete: str) -> list[str]:
    """The words for kinds of licences, and the licences that some model has."""
    import tomllib
    from importlib import resources

    text = (resources.files("graph") / "vocabulary" / "models.toml").read_text(encoding="utf-8")
    stated = {entry.get(name) for entry in tomllib.loads(text).values() for name in ("licence_code", "licence_weights")}
    words = sorted(word for word in stated if word and " " not in word)
    return _beginning(incomplete, ("permissive", "noncommercial", *words))


def parameter_values(incomplete: str) -> list[str]:
    """``model=scGPT`` and the like, where the key is a kind of the vocabulary."""
    key, equals, value = incomplete.partition("=")
    if not equals:
        return _beginning(key, (f"{kind}=" for kind in KINDS))
    return [f"{key}={name}" for name in _beginning(value, _names(key))] if key in KINDS else []


def complete(run: Callable[[], None]) -> None:
    """Run the command line; where bash asks for completions, with words that it has split at ``=`` joined again."""
    words = os.environ.get("COMP_WORDS", "").split("\n")
    if os.environ.get(VARIABLE) != "complete_bash" or "=" not in words:
        run()
        return
    from contextlib import redirect_stdout
    from io import StringIO

    joined, place, key = _join(words, int(os.environ["COMP_CWORD"]))
    os.environ.update(COMP_WORDS="\n".join(joined), COMP_CWORD=str(place))
    answers = StringIO()
    try:
        with redirect_stdout(answers):
            run()
    finally:
        for line in answers.getvalue().splitlines():
            sys.stdout.write((line.removeprefix(f"{key}=") if key else line) + "\n")


def _join(words: list[str], current: int) -> tuple[list[str], int, str]:
    """Words with ``KEY``, ``=`` and ``VALUE`` joined, the place of the current one, and the key where it has one."""
    joined: list[str] = []
    place, key, at = len(words), "", 0
    while at < len(words):
        span = 3 if words[at + 1 : at + 2] == ["="] else 1
        if at <= current < at + span:
            place, key = len(joined), words[at] if span > 1 else ""
        joined.append("".join(words[at : at + span]))
        at += span
    return joined, place, key


def _beginning(incomplete: str, names: Iterator[str] | tuple[str, ...]) -> list[str]:
    """Names that begin so; those of another case are not offered, because a shell drops them."""
    return [name for name in dict.fromkeys(names) if name.startswith(incomplete)]


def _files(package: str, folder: str, suffix: str) -> Iterator[str]:
    from importlib import resources

    for file in sorted((resources.files(package) / folder).iterdir(), key=lambda file: file.name):
        if file.name.endswith(suffix):
            yield file.name.removesuffix(suffix)


def _names(kind: str) -> Iterator[str]:
    import tomllib
    from importlib import resources

    text = (resources.files("graph") / "vocabulary" / f"{kind}s.toml").read_text(encoding="utf-8")
    for slug, entry in tomllib.loads(text).items():
        yield _word(entry.get("name", slug), slug)
    for entry_id, name in _own_names(kind):
        yield _word(name, entry_id.partition(":")[2])


def _own_names(kind: str) -> Iterator[tuple[str, str]]:
    """Ids and names of the entries that the home adds; none where it cannot be read, because a shell shows no error."""
    import json
    from contextlib import suppress

    from biorxivist.errors import SettingsInvalid
    from biorxivist.settings import load_settings

    with suppress(OSError, SettingsInvalid, ValueError, KeyError, TypeError):
        for file in sorted((load_settings().home / "archive" / kind.capitalize()).glob("*.jsonl")):
            if file.stem == SHIPPED:
                continue
            for line in file.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                yield entry["id"], entry["data"]["name"]


def _word(name: str, slug: str) -> str:
    """The name if it is one word, else the slug."""
    return slug if " " in name else name
