"""The entries of the vocabulary as nodes: models, datasets, tasks, metrics, and the facts about them."""

from __future__ import annotations

from typing import Literal

from graph.records.base import Record

__all__ = ["Dataset", "Metric", "Model", "Task"]


class Model(Record):
    """A model, a baseline, or a named group of models, with the facts that claims are compared on."""

    name: str
    """Name as its authors print it."""
    aliases: tuple[str, ...] = ()
    """Other names that mean exactly this model."""
    parent_id: str | None = None
    """The family or group that it belongs to."""
    role: Literal["foundation", "baseline", "method", "group", "ours"] = "foundation"
    """What it is in this field; ``ours`` are the models that the scaling engine trains."""
    objective: str | None = None
    """Training objective: masked, reconstruction, contrastive, generative, classification, metric_learning ..."""
    supervision: str | None = None
    """``self_supervised``, ``supervised``, ``weakly_supervised`` or ``none``."""
    architecture: str | None = None
    """Transformer, MLP, VAE, linear ..."""
    parameters: int | None = None
    """Number of parameters of the largest released model."""
    corpus_id: str | None = None
    """Pre-training corpus."""
    corpus_cells: int | None = None
    """Cells in the pre-training corpus."""
    source_url: str | None = None
    """Where the facts were read."""


class Dataset(Record):
    """A corpus or an evaluation set."""

    name: str
    """Name in the literature."""
    aliases: tuple[str, ...] = ()
    """Other names."""
    parent_id: str | None = None
    """The collection that it belongs to."""
    organism: str | None = None
    """Species."""
    tissue: str | None = None
    """Tissue or system."""
    cells: int | None = None
    """Number of cells."""
    genes: int | None = None
    """Number of genes."""
    sha256: str | None = None
    """Digest of the counts, where the file was at hand."""
    simulated: bool = False
    """True for simulated cells; results on them never judge a claim."""
    license: str | None = None
    """Licence of the data, as stated by their source."""
    source_url: str | None = None
    """Where it comes from."""


class Task(Record):
    """What a model is asked to do."""

    name: str
    """Name in the literature."""
    aliases: tuple[str, ...] = ()
    """Other names."""
    parent_id: str | None = None
    """The wider task; two tasks are of one family if one lies on the other's path to the root."""
    definition: str | None = None
    """One sentence."""
    source_url: str | None = None
    """Where it was read."""


class Metric(Record):
    """How an answer is scored."""

    name: str
    """Name in the literature."""
    aliases: tuple[str, ...] = ()
    """Other names."""
    parent_id: str | None = None
    """The metric family."""
    higher_is_better: bool = True
    """False for losses and errors."""
    unit: str | None = None
    """Unit of its values; scores are fractions 0-1."""
    definition: str | None = None
    """One sentence."""
    source_url: str | None = None
    """Where it was read."""
