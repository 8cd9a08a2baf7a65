"""Write ``docs/models.md``: the models that people choose from, every fact with a link to where it was read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from biorxivist.claims.choose import choosable
from biorxivist.claims.facts import Fact, facts_of, in_words
from graph.records import Model
from graph.vocabulary import Vocabulary, load_vocabulary

PAGE = Path(__file__).with_name("models.md")
COLUMNS = {
    "Year": ("year",),
    "Species": ("species",),
    "Reads": ("input",),
    "Genes known / read per cell": ("vocabulary_genes", "genes_per_cell"),
    "Parameters": ("parameters",),
    "Corpus": ("corpus_id",),
    "Cells used": ("corpus_cells",),
    "Licence of code": ("licence_code",),
    "Licence of weights": ("licence_weights",),
    "Weights": ("weights_url",),
}
MANY = 4
"""More species than this are counted and not listed."""

PREFACE = """\
# Models

<!-- Written by docs/build_models.py from graph/vocabulary/models.toml. Change facts there, then run `make docs`. -->

What sources state of the models that people choose from. Every value is a link to the page that says so; an empty
cell means that no source that we read states it, not that there is none. Versions and sizes stand under their family.
`biorxivist choose --species human --licence permissive` filters the same facts and shows what is claimed of each;
`biorxivist show NAME` gives one model with all its facts. [contributing-facts.md](contributing-facts.md) says how to
add one.
"""


def cell(facts: dict[str, Fact], names: tuple[str, ...], vocabulary: Vocabulary) -> str:
    """The values of some facts, each a link to its source."""
    return " / ".join(_link(facts[name], vocabulary) for name in names if name in facts)


def _link(fact: Fact, vocabulary: Vocabulary) -> str:
    if fact.name == "weights_url":
        return f"[released]({fact.value})"
    text = in_words(fact, vocabulary)
    if fact.name == "species" and len(fact.value) > MANY:
        text = f"{len(fact.value)} species"
    text = text.replace("|", "\\|")
    return f"[{text}]({fact.source})" if fact.source else text


def rows(vocabulary: Vocabulary) -> Iterator[str]:
    """Rows of the table: families by name, each followed by its variants."""
    models = [entry for entry in vocabulary if isinstance(entry, Model) and choosable(entry)]
    families: dict[str, list[Model]] = {}
    for model in models:
        families.setdefault(vocabulary.family(model.id), []).append(model)
    for family, members in sorted(families.items(), key=lambda item: _name(item[0], vocabulary).casefold()):
        for model in members:
            facts = {fact.name: fact for fact in facts_of(model)}
            name = f"**{model.name}**" if model.id == family else f"↳ {model.name}"
            yield f"| {name} | " + " | ".join(cell(facts, names, vocabulary) for names in COLUMNS.values()) + " |"


def _name(model_id: str, vocabulary: Vocabulary) -> str:
    entry = vocabulary.get(model_id)
    return entry.name if entry else model_id


def render() -> str:
    """The page."""
    vocabulary = load_vocabulary()
    head = f"| Model | {' | '.join(COLUMNS)} |\n|{'---|' * (len(COLUMNS) + 1)}"
    return f"{PREFACE}\n{head}\n" + "\n".join(rows(vocabulary)) + "\n"
