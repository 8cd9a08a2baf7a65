"""A study as an RO-Crate: the records of an experiment with a description that machines and repositories read.

The crate is a folder with ``records.jsonl`` (an archive of its own: ``biorxivist graph load`` brings it in) and
``ro-crate-metadata.json``, JSON-LD after RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) and the Process Run Crate
profile: every training run is a ``CreateAction`` that used a program and a corpus and made the records.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from graph.archive.lines import fact
from graph.errors import GraphError
from graph.export.files import fresh_folder
from graph.records import Dataset, Metric, Model, Record, Result, Run, SaturationPoint, Task, canonical_json

__all__ = ["describe", "studies", "study_records", "write_crate"]

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
METADATA, RECORDS_FILE = "ro-crate-metadata.json", "records.jsonl"
SOFTWARE = "#biorxivist"
MEASURED = (Run, Result, SaturationPoint)
Entity = dict[str, Any]


def studies(records: Iterable[Record]) -> tuple[str, ...]:
    """Names of the studies that have runs, results or points among the records, sorted."""
    return tuple(sorted({one.study for one in records if isinstance(one, MEASURED) and one.study}))


def study_records(study: str, records: Iterable[Record]) -> list[Record]:
    """What a study measured, and the models, data sets, tasks and metrics that it names; sorted by kind and id.

    Raises
    ------
    GraphError
        If nothing of this study is among the records.
    """
    everything = list(records)
    measured = [one for one in everything if isinstance(one, MEASURED) and one.study == study]
    if not measured:
        known = ", ".join(studies(everything)) or "none"
        msg = f"No run, result or saturation point of a study {study!r}; studies here are: {known}."
        raise GraphError(msg)
    names: set[str] = set()
    for one in measured:
        data = one.model_dump()
        names |= {data[name] for name in data if name.endswith("_id") and isinstance(data[name], str)}
    named = [one for one in everything if isinstance(one, Model | Dataset | Task | Metric) and one.id in names]
    return sorted([*named, *measured], key=lambda one: (type(one).__name__, one.id))


def write_crate(
    study: str, records: Iterable[Record], folder: Path, *, published: date, license_url: str | None = None
) -> dict[str, int]:
    """Write the crate of a study, and return how many records of each kind are in it.

    Parameters
    ----------
    study
        Name of the study, as its runs and results carry it.
    records
        Records of an archive.
    folder
        The crate; it must not be there yet.
    published
        Day that the crate states as its publication.
    license_url
        Licence of the records, an address; left out, the crate states none.

    Raises
    ------
    GraphError
        If there is no such study, or the folder is there already or cannot be written.
    """
    kept = study_records(study, records)
    body = "".join(f"{fact(record)}\n" for record in kept).encode()
    metadata = describe(study, kept, body, published=published, license_url=license_url)
    with fresh_folder(folder) as made:
        (made / RECORDS_FILE).write_bytes(body)
        text = json.dumps(metadata, ensure_ascii=False, indent=2)
        (made / METADATA).write_text(text + "\n", encoding="utf-8")
    counts: dict[str, int] = {}
    for record in kept:
        counts[type(record).__name__] = counts.get(type(record).__name__, 0) + 1
    return counts


def describe(
    study: str, records: Sequence[Record], body: bytes, *, published: date, license_url: str | None = None
) -> Entity:
    """The JSON-LD of a crate: descriptor, root, file, program, corpora, models and runs, each with its ``@id``.

    Parameters
    ----------
    records
        What :func:`study_records` gives.
    body
        Content of ``records.jsonl``.
    """
    runs = [one for one in records if isinstance(one, Run)]
    models = [one for one in records if isinstance(one, Model)]
    datasets = [one for one in records if isinstance(one, Dataset)]
    scores = sum(isinstance(one, Result) for one in records)
    points = sum(isinstance(one, SaturationPoint) for one in records)
    there = {one.id for one in (*models, *datasets)}
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": f"Study {study}",
        "description": f"{len(runs)} training runs, {scores} scores and {points} saturation points of the study "
        f"{study}, as records of BioRxivist.",
        "datePublished": published.isoformat(),
        "hasPart": [{"@id": RECORDS_FILE}],
        "mentions": [{"@id": _at(run)} for run in runs],
        "about": [{"@id": _at(one)} for one in (*models, *datasets)],
        "variableMeasured": sorted(one.name for one in records if isinstance(one, Metric)),
    }
    if license_url:
        root["license"] = {"@id": license_url}
    return {
        "@context": CONTEXT,
        "@graph": [
            _descriptor(),
            root,
            _profile(),
            *([{"@id": license_url, "@type": "CreativeWork", "name": license_url}] if license_url else []),
            _file(body),
            *_programs(runs),
            *(_dataset(one) for one in datasets),
            *(_model(one) for one in models),
            *(_run(run, there) for run in runs),
        ],
    }


def _at(record: Record) -> str:
    return f"#{record.id}"


def _given(**fields: Any) -> Entity:
    """The fields that are there; JSON-LD has no nulls."""
    return {name.replace("at_", "@", 1): value for name, value in fields.items() if value is not None}


def _descriptor() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }


def _profile() -> Entity:
    return {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}


def _file(body: bytes) -> Entity:
    return {
        "@id": RECORDS_FILE,
        "@type": "File",
        "name": "Runs, scores and saturation points",
        "description": "One record a line; docs/data.md of BioRxivist explains every field.",
        "encodingFormat": "application/jsonl",
        "contentSize": str(len(body)),
        "sha256": hashlib.sha256(body).hexdigest(),
    }


def _programs(runs: Sequence[Run]) -> list[Entity]:
    versions = sorted({run.code_version for run in runs})
    return [
        _given(
            at_id=_program(version),
            at_type="SoftwareApplication",
            name="BioRxivist",
            softwareVersion=version or None,
        )
        for version in versions
    ]


def _program(version: str) -> str:
    return f"{SOFTWARE}-{version}" if version else SOFTWARE


def _dataset(dataset: Dataset) -> Entity:
    return _given(
        at_id=_at(dataset),
        at_type="CreativeWork",  # a Dataset would have to be a part of the crate, and the cells are not
        additionalType="https://schema.org/Dataset",
        name=dataset.name,
        identifier=dataset.sha256 and f"sha256:{dataset.sha256}",
        size=None if dataset.cells is None else f"{dataset.cells} cells",
        license=dataset.license,
        url=dataset.source_url,
    )


def _model(model: Model) -> Entity:
    return _given(
        at_id=_at(model),
        at_type="CreativeWork",
        name=model.name,
        description=model.objective and f"training objective: {model.objective}",
        url=model.source_url,
    )


def _run(run: Run, there: Collection[str]) -> Entity:
    """A run; it refers to its corpus and its model where they are described in the crate."""
    settings: Mapping[str, Any] = {
        "cells": run.cells,
        "fraction": run.fraction,
        "sampling": run.sampling,
        "steps": run.steps,
        "seeds": [run.seed_data, run.seed_init, run.seed_split],
        "subset": run.subset_digest,
        "protocol": run.protocol,
    }
    return _given(
        at_id=_at(run),
        at_type="CreateAction",
        name=f"Train {run.model_id} on {run.cells} cells ({run.sampling}), {run.steps} steps, seed {run.seed_data}",
        instrument={"@id": _program(run.code_version)},
        object=[{"@id": f"#{used}"} for used in (run.corpus_id, run.model_id) if used in there],
        result={"@id": RECORDS_FILE},
        description=canonical_json({**settings, "config": run.config}),
    )
