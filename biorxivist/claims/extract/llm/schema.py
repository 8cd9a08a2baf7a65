"""The shape of a model's answer: flat, every field required, null where the text does not say."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from biorxivist.llm.schema import strict_schema
from graph.records import Direction

__all__ = ["SCHEMA", "SCHEMA_NAME", "ProposedClaim", "ProposedClaims"]

Kind = Literal["comparison", "effect", "scaling", "saturation", "score", "scale_fact"]
Unit = Literal[
    "cells", "parameters", "tokens", "genes", "datasets", "studies", "methods", "models", "tasks", "species", "donors",
    "tissues", "cell types", "cell lines", "perturbations",
]  # fmt: skip
Factor = Literal[
    "cells", "parameters", "training cells", "compute", "diversity", "pre-training", "fine-tuning", "labels"
]


class ProposedClaim(BaseModel):
    """One claim as a model proposes it."""

    model_config = ConfigDict(extra="forbid")

    quote: str
    kind: Kind
    subject: str | None
    comparator: str | None
    direction: Direction | None
    polarity: Literal["asserted", "negated"]
    factor: Factor | None
    task: str | None
    dataset: str | None
    metric: str | None
    regime: Literal["zero_shot", "few_shot", "fine_tuned", "from_scratch"] | None
    number: str | None
    unit: Unit | None
    hedging: Literal["none", "weak", "strong"]
    attribution: Literal["own", "cited"]


class ProposedClaims(BaseModel):
    """All claims of a section."""

    model_config = ConfigDict(extra="forbid")

    claims: list[ProposedClaim]


SCHEMA_NAME = "claims"
SCHEMA: dict[str, Any] = strict_schema(ProposedClaims)
