from __future__ import annotations

from pathlib import Path

import pytest

import biorxivist as bx
from biorxivist.errors import InvalidInput
from biorxivist.load.files import load_results
from biorxivist.load.prepare import open_graph, prepare
from biorxivist.workspace.home import Home
from biorxivist.workspace.vocabulary import add_entry, read_vocabulary
from graph.archive import Archive
from graph.errors import UnknownName
from graph.vocabulary import load_vocabulary

SOURCE = "https://example.org/scnova"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def test_an_added_model_is_found_by_name_and_alias_and_keeps_its_source(archive: Archive) -> None:
    entry = add_entry(
        archive,
        "model",
        "scNova-2",
        source_url=SOURCE,
        aliases=("Nova",),
        facts={"role": "baseline", "parameters": "7"},
    )
    vocabulary = read_vocabulary(archive)
    assert entry.id == "model:scnova_2"
    assert {vocabulary.resolve("model", name) for name in ("scnova 2", "NOVA", "scNova-2")} == {entry.id}
    assert vocabulary.get(entry.id) == entry
    assert (entry.source_url, entry.role, entry.parameters) == (SOURCE, "baseline", 7)


@pytest.mark.parametrize("kind", ["model", "dataset", "task", "metric"])
def test_every_kind_of_entry_can_be_added(archive: Archive, kind: str) -> None:
    facts = {"role": "method"} if kind == "model" else {}
    entry = add_entry(archive, kind, "Entirely new", source_url=SOURCE, facts=facts)
    assert entry.source_url == SOURCE
    assert read_vocabulary(archive).resolve(kind, "entirely-new") == f"{kind}:entirely_new"


@pytest.mark.parametrize(
    ("kind", "name", "options", "words"),
    [
        ("model", "scGPT", {}, "already names model:scgpt"),
        ("model", "New", {"aliases": ("sc-gpt",)}, "already names model:scgpt"),
        ("gene", "TP53", {}, "not a kind of entry"),
        ("model", "New", {}, "Give the role of New: role=foundation, role=baseline"),
        ("model", "New", {"facts": {"role": "foundation", "speed": 1}}, "no fact 'speed'"),
        ("model", "New", {"facts": {"role": "foundation", "parameters": "many"}}, "parameters"),
        ("model", "New", {"source_url": "a book"}, "not an address"),
        ("model", "--", {}, "no letter"),
    ],
)
def test_what_is_known_or_not_valid_is_refused_and_nothing_is_written(
    archive: Archive, kind: str, name: str, options: dict[str, object], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        add_entry(archive, kind, name, **{"source_url": SOURCE, **options})
    assert list(archive.read()) == []


def test_a_parent_is_named_and_must_exist(archive: Archive) -> None:
    facts = {"role": "foundation", "parent": "scGPT"}
    assert add_entry(archive, "model", "New", source_url=SOURCE, facts=facts).parent_id == "model:scgpt"
    with pytest.raises(UnknownName, match="scGPT"):
        add_entry(archive, "model", "Newer", source_url=SOURCE, facts={"role": "foundation", "parent": "scGTP"})


def test_a_shipped_entry_is_never_changed_by_one_that_was_added(archive: Archive) -> None:
    shipped = load_vocabulary().get("model:scgpt")
    assert shipped is not None
    archive.append([shipped.model_copy(update={"name": "Other", "aliases": ("Geneformer",)})], writer="loaded")
    assert read_vocabulary(archive).get("model:scgpt") == shipped


def test_an_added_model_is_known_to_results_to_check_and_to_ask(own_home: Home, tmp_path: Path) -> None:
    prepare(own_home)
    add_entry(
        own_home.archive, "model", "scNova", source_url=SOURCE, facts={"role": "foundation", "corpus_cells": 12_000_000}
    )
    table = tmp_path / "mine.csv"
    table.write_text("model,dataset,task,metric,value\nscNova,PBMC 3k,cell type annotation,macro F1,0.5\n")
    assert load_results(own_home, table).new == 1
    with open_graph(own_home) as graph:
        answer = bx.ask("On how many cells was scNova pre-trained?", graph=graph)
        assert answer.sentences[0].text == "scNova was pre-trained on 12,000,000 (12 million) cells."
        assert "scNova" in bx.check("scNova outperforms scGPT", graph=graph)[0].reading
