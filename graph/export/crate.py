"""A study as an RO-Crate: the records of an experiment with a description that machines and repositories read.

The crate is a folder with ``records.jsonl`` (an archive of its own: ``biorxivist graph load`` brings it in),
``verdicts.jsonl`` (the verdicts that rest on the study, one `graph.evidence.verdict.verdict_row` a line) and
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

from graph.errors import GraphError
from graph.evidence.verdict import verdict_row
from graph.export.files import fresh_folder
from graph.records import Dataset, Evidence, Metric, Model, Record, Result, Run, SaturationPoint, Task, canonical_json
from graph.records.lines import fact

__all__ = ["describe", "studies", "study_records", "study_verdicts", "write_crate"]

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
METADATA, RECORDS_FILE, VERDICTS_FILE = "ro-crate-metadata.json", "records.jsonl", "verdicts.jsonl"
SOFTWARE = "#biorxivist"
RECORDS_HELP = "One record a line; docs/data.md of BioRxivist explains every field."
VERDICTS_HELP = "One verdict a line; its sentence says which number met which threshold."
MEASURED = (Run, Result, SaturationPoint)
Entity = dict[str, Any]


def studies(records: Iterable[Record]) -> tuple[str, ...]:
    """Names of the studies that have runs, results or points among the records, sorted."""
    return tuple(sorted({record.study for record in records if isinstance(record, MEASURED) and record.study}))


def study_records(study: str, records: Iterable[Record]) -> list[Record]:
    """What a study measured, and the models, data sets, tasks and metrics that it names; sorted by kind and id.

    Raises
    ------
    GraphError
        If nothing of this study is among the records.
    """
    everything = list(records)
    measured = [record for record in everything if isinstance(record, MEASURED) and record.study == study]
    if not measured:
        known = ", ".join(studies(everything)) or "none"
        msg = f"No run, result or saturation point of a study {study!r}; studies here are: {known}."
        raise GraphError(msg)
    names: set[str] = set()
    for record in measured:
        data = record.model_dump()
        names |= {data[name] for name in data if name.endswith("_id") and isinstance(data[name], str)}
    named = [
        record for record in everything if isinstance(record, Model | Dataset | Task | Metric) and record.id in names
    ]
    return sorted([*named, *measured], key=lambda record: (type(record).__name__, record.id))


def study_verdicts(study: str, records: Iterable[Record]) -> list[Evidence]:
    """Evidence that uses a result or point of a study, sorted by claim and id."""
    everything = list(records)
    measured = {record.id for record in everything if isinstance(record, MEASURED) and record.study == study}
    resting = (
        record for record in everything if isinstance(record, Evidence) and not measured.isdisjoint(record.inputs)
    )
    return sorted(resting, key=lambda evidence: (evidence.claim_id, evidence.id))


def write_crate(
    study: str, records: Iterable[Record], folder: Path, *, published: date, license_url: str | None = None
) -> dict[str, int]:
    """Write the crate of a study, and return how many records of each kind ``records.jsonl`` holds.

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
    everything = list(records)
    members = study_records(study, everything)
    verdicts = study_verdicts(study, everything)
    body = "".join(f"{fact(record)}\n" for record in members).encode()
    judged = "".join(f"{json.dumps(verdict_row(verdict), ensure_ascii=False)}\n" for verdict in verdicts).encode()
    metadata = describe(study, members, body, judged, published=published, license_url=license_url)
    with fresh_folder(folder) as made:
        (made / RECORDS_FILE).write_bytes(body)
        if judged:
            (made / VERDICTS_FILE).write_bytes(judged)
        text = json.dumps(metadata, ensure_ascii=False, indent=2)
        (made / METADATA).write_text(text + "\n", encoding="utf-8")
    counts: dict[str, int] = {}
    for record in members:
        counts[type(record).__name__] = counts.get(type(record).__name__, 0) + 1
    return counts


def describe(
    study: str,
    records: Sequence[Record],
    body: bytes,
    judged: bytes = b"",
    *,
    published: date,
    license_url: str | None = None,
) -> Entity:
    """The JSON-LD of a crate: descriptor, root, file, program, corpora, models and runs, each with its ``@id``.

    Parameters
    ----------
    records
        What :func:`study_records` gives.
    body, judged
        Content of ``records.jsonl`` and of ``verdicts.jsonl``, which is left out where it is empty.
    """
    runs = [record for record in records if isinstance(record, Run)]
    models = [record for record in records if isinstance(record, Model)]
    datasets = [record for record in records if isinstance(record, Dataset)]
    scores = sum(isinstance(record, Result) for record in records)
    points = sum(isinstance(record, SaturationPoint) for record in records)
    described = {record.id for record in (*models, *datasets)}
    files = [
        _file(RECORDS_FILE, "Runs, scores and saturation points", RECORDS_HELP, body),
        *(
            [_file(VERDICTS_FILE, "Verdicts on claims that rest on this study", VERDICTS_HELP, judged)]
            if judged
            else []
        ),
    ]
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": f"Study {study}",
        "description": f"{len(runs)} training runs, {scores} scores and {points} saturation points of the study "
        f"{study}, as records of BioRxivist.",
        "datePublished": published.isoformat(),
        "hasPart": [{"@id": file["@id"]} for file in files],
        "mentions": [{"@id": _at(run)} for run in runs],
        "about": [{"@id": _at(record)} for record in (*models, *datasets)],
        "variableMeasured": sorted(record.name for record in records if isinstance(record, Metric)),
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
            *files,
            *_programs(runs),
            *(_dataset(record) for record in datasets),
            *(_model(record) for record in models),
            *(_run(run, described) for run in runs),
        ],
    }


def _at(record: Record) -> str:
    return f"#{record.id}"


def _present(**fields: Any) -> Entity:
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


def _file(file: str, name: str, description: str, body: bytes) -> Entity:
    return {
        "@id": file,
        "@type": "File",
        "name": name,
        "description": description,
        "encodingFormat": "application/jsonl",
        "contentSize": str(len(body)),
        "sha256": hashlib.sha256(body).hexdigest(),
    }


def _programs(runs: Sequence[Run]) -> list[Entity]:
    versions = sorted({run.code_version for run in runs})
    return [
        _present(
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
    return _present(
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
    return _present(
        at_id=_at(model),
        at_type="CreativeWork",
        name=model.name,
        description=model.objective and f"training objective: {model.objective}",
        url=model.source_url,
    )


def _run(run: Run, described: Collection[str]) -> Entity:
    """A run; it refers to its corpus and its model where they are described in the crate."""
    settings: Mapping[str, Any] = {
        "cells": run.cells,
        "fraction": run.fraction,
        "sampling": run.sampling,
        "steps": run.steps,
        "seeds": [seed for seed in (run.seed_data, run.seed_init, run.seed_split) if seed is not None],
        "subset": run.subset_digest,
        "protocol": run.protocol,
    }
    return _present(
        at_id=_at(run),
        at_type="CreateAction",
        name=f"Train {run.model_id} on {run.cells} cells ({run.sampling}), {run.steps} steps, seed {run.seed_data}",
        instrument={"@id": _program(run.code_version)},
        object=[{"@id": f"#{used}"} for used in (run.corpus_id, run.model_id) if used in described],
        result={"@id": RECORDS_FILE},
        description=canonical_json({**settings, "config": run.config}),
    )
