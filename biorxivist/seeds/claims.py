"""Read the shipped claims from ``claims/*.toml``: structured, in our own words, each with its source and location.

An entry is a Claim with short names. ``subjects``, ``comparators``, ``task``, ``dataset``, ``metric`` and ``corpus``
are slugs of the vocabulary (of models, or with their kind: ``dataset:sctab``). ``source`` names a table of the same
file that gives paper (who speaks), version, address and location; ``at`` is the place within that location.
``attributed_to`` names the paper whose finding it is, where that is another's. ``printed`` is a number as printed: its
last digit gives the rounding interval (0.595 is anything from .5945 to .5955), ``±`` the interval whose kind ``spread``
names, and ``bound`` says that it is about, at least or at most so much. ``register`` names the row of the register that
the file was made from, for reviewers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

from biorxivist.seeds.papers import paper_ids
from biorxivist.seeds.papers import records as paper_records
from graph.records import Claim, Passage, Record, Version
from graph.vocabulary import load_vocabulary

__all__ = ["claim_of", "printed_interval", "records"]

LINKS = {"task": "task", "dataset": "dataset", "metric": "metric", "corpus": "dataset"}
"""Short name -> kind of vocabulary entry; the field of the record is the short name with ``_id``."""
SOURCE_DEFAULTS = {"evidence_type", "attribution", "attributed_to", "confidence", "hedging", "read"}
"""Fields that a source may set for all its claims."""
KINDS = {
    "score": "score",
    "comparison": "comparison",
    "effect": "effect of a change",
    "saturation": "saturation point: share of the pretraining data that is enough",
    "scale_fact": "scale",
    "qualitative": "opinion or observation",
}
"""Kind of a claim -> words that a search may contain."""
PRINTED = re.compile(r"(?P<number>-?\d+(\.\d+)?(E\d+)?)(\s*±\s*(?P<half_width>\d+(\.\d+)?))?", re.IGNORECASE)


def printed_interval(text: str) -> tuple[float, float, float]:
    """Parse a number as printed: value, lower and upper end of its interval.

    ``0.595`` stands for [.5945, .5955], ``22.2E6`` for 22.15 to 22.25 million, a whole number for itself, and
    ``0.766±0.013`` for [.753, .779].

    Raises
    ------
    ValueError
        If the text is not a number.
    """
    match = PRINTED.fullmatch(text.strip())
    if match is None:
        msg = f"{text!r} is not a number as printed; write 0.595, 22.2E6 or 0.766±0.013"
        raise ValueError(msg)
    # Decimal, because it knows the last digit that was printed: 0.60 is an interval ten times narrower than 0.6.
    value = Decimal(match["number"])
    if match["half_width"]:
        half_width = Decimal(match["half_width"])
    elif match["number"].isdigit():
        half_width = Decimal(0)
    else:
        half_width = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)  # half a unit of the last digit
    return float(value), float(value - half_width), float(value + half_width)


def records() -> Iterator[Record]:
    """Read the claims, each after its passage: the statement and its scope in words, for full-text search.

    Raises
    ------
    ValueError
        If an entry is not valid, with its file and statement.
    """
    versions = {record.id for record in paper_records() if isinstance(record, Version)}
    ids = paper_ids()
    folder = resources.files("biorxivist.seeds") / "claims"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        for entry in data["claim"]:
            try:
                claim = claim_of(entry, data["source"][entry["source"]], ids)
                if claim.version_id not in versions:
                    msg = f"{claim.version_id} is not a version of papers.toml"
                    raise ValueError(msg)
            except (KeyError, ValueError) as error:
                msg = f"seeds/claims/{file.name}, {entry.get('statement', entry)!r}: {error}"
                raise ValueError(msg) from error
            yield _passage(claim)
            yield claim


def claim_of(entry: Mapping[str, Any], source: Mapping[str, Any], ids: Mapping[str, str]) -> Claim:
    """The claim of an entry and the source that it names; ``ids`` are those of the papers, by key.

    Raises
    ------
    ValueError, KeyError
        If a field is not valid, or a paper is not known.
    """
    data = {name: source[name] for name in SOURCE_DEFAULTS & source.keys()} | dict(entry)
    del data["source"]
    data["paper_id"] = ids[source["paper"]]
    data["version_id"] = f"{data['paper_id']}v{source['version']}"
    data["source_url"] = source["url"]
    data["location"] = ", ".join(filter(None, [source["location"], data.pop("at", "")]))
    data.pop("register", None)
    if "attributed_to" in data:
        data["attributed_to"] = ids[data["attributed_to"]]
    for role in ("subject", "comparator"):
        data[f"{role}_ids"] = tuple(name if ":" in name else f"model:{name}" for name in data.pop(f"{role}s", ()))
    for short, kind in LINKS.items():
        if short in data:
            data[f"{short}_id"] = f"{kind}:{data.pop(short)}"
    if "printed" in data:
        data = {**_number(data["printed"], data.get("bound")), **data}
    return Claim.model_validate(data)


def _number(printed: str, bound: str | None) -> dict[str, float]:
    """Value and ends of a printed number; a number that is only about right has no interval, a limit one end."""
    value, low, high = printed_interval(printed)
    match bound:
        case "about":
            return {"value": value}
        case "at_least":
            return {"value": value, "low": value}
        case "at_most":
            return {"value": value, "high": value}
        case _:
            return {"value": value, "low": low, "high": high}


def _passage(claim: Claim) -> Passage:
    text = f"{claim.statement} [{'; '.join(_scope_in_words(claim))}]"
    return Passage(
        paper_id=claim.paper_id,
        version_id=claim.version_id,
        section=f"Claims > {claim.location}",
        kind="fact",
        text=text,
        end=len(text),
        source_url=claim.source_url,
    )


def _scope_in_words(claim: Claim) -> Iterator[str]:
    """Describe what the claim is about by the names of the vocabulary, which are the words that people search for."""
    vocabulary = load_vocabulary()

    def names_of(*ids: str | None) -> str:
        return ", ".join(entry.name for entry_id in ids if entry_id and (entry := vocabulary.get(entry_id)))

    axis = {"cells": "pretraining data (number of cells)", "parameters": "model size (parameters)"}
    yield f"scaling with {axis.get(claim.unit or '', claim.unit)}" if claim.kind == "scaling" else KINDS[claim.kind]
    against = f" against {names_of(*claim.comparator_ids)}" if claim.comparator_ids else ""
    yield names_of(*claim.subject_ids) + against
    for entry_id in (claim.task_id, claim.dataset_id, claim.metric_id, claim.corpus_id):
        if entry_id:
            yield names_of(entry_id)
    if claim.regime:
        yield claim.regime.replace("_", "-")
    if claim.ablation:
        yield claim.ablation
