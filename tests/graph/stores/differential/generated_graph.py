"""A small random graph on the package's schema.

It holds nulls, equal values, lists of all lengths, text of many scripts, integers beyond what a float can hold,
parallel relationships, and papers that cite and discuss themselves.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar

from graph.records import (
    Author,
    Claim,
    Dataset,
    Evidence,
    Metric,
    Model,
    Paper,
    Passage,
    Record,
    Reference,
    Relation,
    Result,
    Run,
    SaturationPoint,
    Task,
    Version,
)
from graph.rows import edge_rows, node_rows

T = TypeVar("T")
GRAPHS = (7, 11)
"""Seeds of the graphs that are asked; each holds nulls, equal values and text of many scripts."""

WORDS = (
    "a",
    "A",
    "be",
    "Al ",
    " x",
    "ga",
    "é",
    "ß",
    "Ω",
    "中文",
    "😀",
    "it's",
    'q"',
    "back\\slash",
    "%",
    "null",
    "",
    "1",
)
"""Pieces of text; short, so that they meet each other."""
NAMES = ("x", "y", "zz", "é", "X", "", "10.1101/a", "中")


def text(rng: random.Random, pieces: int = 3) -> str:
    """Up to ``pieces`` words without a space between."""
    return "".join(rng.choices(WORDS, k=rng.randint(0, pieces)))


def records(seed: int, *, size: int = 24) -> list[Record]:
    """Records of every kind that is a node, and of every relationship.

    Parameters
    ----------
    seed
        The same seed gives the same records.
    size
        Number of papers; the rest grows with it.
    """
    rng = random.Random(seed)

    def maybe(value: T, share: float = 0.7) -> T | None:
        return value if rng.random() < share else None

    def names(most: int = 4) -> tuple[str, ...]:
        return tuple(rng.choices(NAMES, k=rng.randint(0, most)))

    def some(values: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(rng.sample(values, k=min(len(values), rng.randint(0, most))))

    def twice(names: tuple[str, ...]) -> tuple[str, ...]:
        """An author may stand at two places of a paper: two relationships between the same nodes."""
        return (*names, names[0]) if names and rng.random() < 0.2 else names

    def eighth(most: int) -> float:
        return rng.randint(-most // 2, most) / 8

    def day() -> date:
        return date(rng.randint(2020, 2022), rng.randint(1, 3), rng.randint(1, 3))

    found: list[Record] = []
    ids: dict[str, list[str]] = {
        "model": [f"model:{name}" for name in ("a", "b", "ß", "d", "e")],
        "dataset": [f"dataset:{name}" for name in ("a", "b", "c", "中")],
        "task": ["task:a", "task:b"],
        "metric": ["metric:a", "metric:b"],
        "paper": [f"doi:10.1/{number}" for number in range(size)],
    }
    for name in ids["model"]:
        found.append(
            Model(id=name, name=text(rng), aliases=names(), role=rng.choice(["ours", "foundation", "baseline"]),
                  objective=maybe(rng.choice(["masked", "contrastive"])), parameters=maybe(rng.choice([2**53 + 1, *(n * 10**6 for n in range(1, 9))])),
                  corpus_cells=maybe(rng.randint(1, 3) * 1000), supervision=maybe(rng.choice(NAMES)))
        )  # fmt: skip
    for name in ids["dataset"]:
        found.append(
            Dataset(id=name, name=text(rng), aliases=names(), cells=maybe(rng.randint(0, 9) * 100),
                    genes=maybe(rng.randint(1, 4)), simulated=rng.random() < 0.3, tissue=maybe(text(rng)))
        )  # fmt: skip
    found += [Task(id=name, name=text(rng), aliases=names(2)) for name in ids["task"]]
    found += [Metric(id=name, name=text(rng), higher_is_better=rng.random() < 0.5) for name in ids["metric"]]
    authors = [
        Author(id=f"author:{number}", name=f"{text(rng)} {number}", affiliations=names(2))
        for number in range(size // 2)
    ]
    found += authors
    passages: list[Passage] = []
    for name in ids["paper"]:
        version = Version(
            paper_id=name, id=f"{name}v1", label="1", posted=maybe(day()), license=maybe(rng.choice(NAMES))
        )
        found += [
            Paper(id=name, title=text(rng), year=maybe(rng.randint(2018, 2023)), posted=maybe(day()),
                  venue=maybe(text(rng)), server=maybe(rng.choice(["biorxiv", "arxiv"])), dois=names(),
                  abstract=maybe(text(rng, 5), 0.4), verified=rng.random() < 0.5,
                  author_ids=twice(some([author.id for author in authors], 3)),
                  discusses_ids=some(ids["paper"], 1) if rng.random() < 0.9 else (name,), model_ids=some(ids["model"], 2)),
            version,
        ]  # fmt: skip
        for number in range(rng.randint(0, 2)):
            written = f"{text(rng)}{number}"
            passages.append(
                Passage(paper_id=name, version_id=version.id, section=text(rng, 1), text=written, end=len(written))
            )
    found += passages
    for number in range(2 * size):
        cited, citing = rng.choices(ids["paper"], k=2)  # now and then the same
        found.append(Reference(paper_id=citing, cited_id=cited, key=str(number)))
    claims = [_claim(rng, ids, number) for number in range(2 * size)]
    found += claims
    pairs = {tuple(sorted(rng.sample([claim.id for claim in claims], 2))) for _ in range(2 * size)}
    for one, other in sorted(pairs):
        relation = rng.choice(["agrees", "contradicts", "differs_in_scope"])
        fields = names(2) if relation == "differs_in_scope" else ()
        found.append(
            Relation(claim_id=one, other_id=other, relation=relation, fields=fields, reasons=names(2),
                     rule=rng.choice(["scope@1", "scope@2"]))
        )  # fmt: skip
    runs = [
        Run(study="tiny", model_id=rng.choice(ids["model"]), corpus_id=rng.choice(ids["dataset"]), corpus_digest="ab",
            corpus_cells=1000, genes=50, sampling=rng.choice(["random", "geometric"]), cells=rng.randint(1, 4) * 100,
            fraction=rng.randint(1, 4) / 8, family="masked", config='{"lr":0.001}', protocol="p@1", seed_data=number,
            seed_init=rng.randint(0, 2), seed_split=0, steps=rng.choice([250, 4000]), seconds=maybe(eighth(40)))
        for number in range(size // 2)
    ]  # fmt: skip
    found += runs
    scores: list[str] = []
    for number in range(2 * size):
        scored: dict[str, Any] = {
            "study": maybe("tiny"), "paper_id": maybe(rng.choice(ids["paper"])), "evaluation": f"e{number % 3}",
            "model_id": rng.choice(ids["model"]), "dataset_id": rng.choice(ids["dataset"]),
            "task_id": rng.choice(ids["task"]), "metric_id": rng.choice(ids["metric"]), "steps": maybe(number % 4),
            "low": maybe(eighth(8)), "high": maybe(eighth(16)), "cells": maybe(rng.randint(0, 3) * 100),
            "source": rng.choice(["published", "reproduced"]), "location": str(number),
        }  # fmt: skip
        if rng.random() < 0.7:
            result = Result(
                **scored, run_id=maybe(rng.choice(runs).id), value=eighth(8), sampling=maybe(rng.choice(NAMES)),
                n=maybe(rng.randint(-1, 3)), digitized=rng.random() < 0.5,
            )  # fmt: skip
            found.append(result)
            scores.append(result.id)
        else:
            point = SaturationPoint(
                **scored, sampling="random", fraction=maybe(rng.randint(0, 8) / 8), rule="r@1", threshold=0.5
            )
            found.append(point)
            scores.append(point.id)
    for number in range(size):
        found.append(
            Evidence(claim_id=rng.choice(claims).id, basis="experiment", verdict=rng.choice(["reproduced", "inconclusive"]),
                     effect=maybe(eighth(8)), ci_low=maybe(eighth(8)), ci_high=maybe(eighth(16)), n=maybe(number % 3),
                     reasons=names(), rule=f"scaling@{number}", inputs=some(scores, 3))
        )  # fmt: skip
    return found


@cache
def joined() -> frozenset[tuple[str, str, str]]:
    """Type, label at the start and label at the end of the relationships that the generated graphs have."""
    edges = (edge for seed in GRAPHS for record in records(seed) for edge in edge_rows(record))
    return frozenset((edge.type, edge.start[0], edge.end[0]) for edge in edges)


@cache
def constants() -> dict[tuple[str, str], list[Any]]:
    """Values that nodes and relationships of the generated graphs have: (label or type, property) -> values."""
    found: dict[tuple[str, str], set[Any]] = {}
    for record in [record for seed in GRAPHS for record in records(seed)]:
        rows = [(node.label, node.row) for node in node_rows(record)]
        rows += [(edge.type, edge.properties) for edge in edge_rows(record)]
        for owner, row in rows:
            for name, value in row.items():
                found.setdefault((owner, name), set()).update([value] if isinstance(value, str | int | float) else [])
    return {key: sorted(values, key=repr) for key, values in found.items() if values}


def _claim(rng: random.Random, ids: dict[str, list[str]], number: int) -> Claim:
    def maybe(value: T, share: float = 0.6) -> T | None:
        return value if rng.random() < share else None

    return Claim(
        paper_id=rng.choice(ids["paper"]), version_id="v", statement=f"{text(rng)}{number % 5}",
        kind=rng.choice(["score", "effect", "scaling"]), subject_ids=tuple(rng.sample(ids["model"], rng.randint(0, 2))),
        comparator_ids=tuple(rng.sample(ids["model"], rng.randint(0, 1))), task_id=maybe(rng.choice(ids["task"])),
        dataset_id=maybe(rng.choice(ids["dataset"])), corpus_id=maybe(rng.choice(ids["dataset"])), metric_id=maybe(rng.choice(ids["metric"])),
        value=maybe(rng.randint(-2, 8) / 4), low=maybe(rng.randint(-2, 4) / 4), high=maybe(rng.randint(0, 8) / 4),
        direction=maybe(rng.choice(["+", "-", "plateau"])), corpus_cells=maybe(rng.randint(1, 3) * 1000),
        fraction=maybe(rng.randint(0, 4) / 4), unit=maybe(rng.choice(NAMES)), confidence=rng.randint(0, 4) / 4,
        source_url="https://example.org", location=str(number),
    )  # fmt: skip
