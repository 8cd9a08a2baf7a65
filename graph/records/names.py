"""The entries of the vocabulary as nodes: models, datasets, tasks, metrics, and the facts about them."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from graph.records.base import Record

__all__ = ["Dataset", "Metric", "Model", "Task"]


class Model(Record):
    """A model, a baseline, or a named group of models, with the facts that claims are compared on."""

    name: str
    """Name as its authors print it."""
    aliases: tuple[str, ...] = ()
    """Other names that mean exactly this model."""
    parent_id: str | None = None
    """The group that it belongs to."""
    variant_of: str | None = None
    """The model that it is a version or a size of; the last one of such a chain is the family."""
    role: Literal["foundation", "baseline", "method", "group", "ours"] = "foundation"
    """What it is in this field; ``ours`` are the models that the scaling engine trains."""
    objective: str | None = None
    """Training objective: masked, reconstruction, contrastive, generative, classification, metric_learning ..."""
    supervision: str | None = None
    """``self_supervised``, ``supervised``, ``weakly_supervised`` or ``none``."""
    architecture: str | None = None
    """Transformer, MLP, VAE, linear ..."""
    year: int | None = None
    """Year in which it was first made public."""
    species: tuple[str, ...] = ()
    """Species of the cells that it was pre-trained on or reads."""
    input: str | None = None
    """How a cell is given to it: rank, bins, values, counts, text, protein_embeddings ..."""
    vocabulary_genes: int | None = None
    """Genes that it knows."""
    genes_per_cell: int | None = None
    """Genes of one cell that it reads at most."""
    parameters: int | None = None
    """Number of trained parameters."""
    frozen_parameters: int | None = None
    """Parameters that were taken over and not trained, such as those of a protein language model."""
    corpus_id: str | None = None
    """Pre-training corpus."""
    corpus_cells: int | None = None
    """Cells that were used in pre-training."""
    licence_code: str | None = None
    """Licence of the code: an SPDX identifier where there is one, else its words."""
    licence_weights: str | None = None
    """Licence of the weights, likewise."""
    weights_url: str | None = None
    """Where the weights can be had; none if no source says so."""
    source_url: str | None = None
    """Where the facts were read that ``sources`` does not name."""
    introduced_in: str | None = None
    """The paper with which the name came in, where nobody has entered it by hand."""
    met_in: str | None = None
    """The paper that compares it with a model that was known, where neither a person nor a paper has introduced it."""
    sources: dict[str, str] = Field(default_factory=dict)
    """Fact -> address at which it was read."""
    read_on: date | None = None
    """Day on which the facts were read."""

    @model_validator(mode="after")
    def _sources_name_facts(self) -> Self:
        _check_sources(self)
        return self


class Dataset(Record):
    """A corpus or an evaluation set."""

    name: str
    """Name in the literature."""
    aliases: tuple[str, ...] = ()
    """Other names."""
    parent_id: str | None = None
    """The collection that it belongs to."""
    species: tuple[str, ...] = ()
    """Species of the cells."""
    tissue: str | None = None
    """Tissue or system."""
    cells: int | None = None
    """Number of cells."""
    used_cells: int | None = None
    """Cells that were used, where that differs from those collected."""
    genes: int | None = None
    """Number of genes."""
    sha256: str | None = None
    """Digest of the counts, where the file was at hand."""
    left_out: dict[str, int] = Field(default_factory=dict)
    """Reason -> cells of the file that were not used."""
    simulated: bool = False
    """True for simulated cells; results on them never judge a claim."""
    one_experiment: bool = False
    """Whether the sets of this collection are of one experiment, so that results on two of them are no two studies."""
    labels_from: Literal["clustering", "sorting", "genotype"] | None = None
    """Where its cell types come from: clusters of its own matrix, sorted populations, genotypes; none where no source
    says so."""
    license: str | None = None
    """Licence of the data, as stated by their source."""
    part_of: tuple[str, ...] = ()
    """Corpora that hold this set, by a source that says so (dataset ids)."""
    source_url: str | None = None
    """Where it comes from."""
    sources: dict[str, str] = Field(default_factory=dict)
    """Fact -> address at which it was read, where that is not ``source_url``."""
    read_on: date | None = None
    """Day on which the facts were read."""

    @model_validator(mode="after")
    def _sources_name_facts(self) -> Self:
        _check_sources(self)
        return self


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


def _check_sources(entry: Model | Dataset) -> None:
    facts = type(entry).model_fields
    if unknown := sorted(set(entry.sources) - set(facts)):
        msg = f"{entry.id}: sources names {', '.join(unknown)}, which is not a fact; facts are {', '.join(facts)}"
        raise ValueError(msg)
