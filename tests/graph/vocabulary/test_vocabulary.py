from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import UnknownName
from graph.records import Dataset, Metric, Model, Task
from graph.vocabulary import Vocabulary, fold, load_vocabulary

OBJECTIVES = {
    "masked", "reconstruction", "linear_reconstruction", "generative", "contrastive", "metric_learning",
    "classification", "masked_contrastive",
}  # fmt: skip
SUPERVISION = {"self_supervised", "supervised", "weakly_supervised", "none"}

RELIED_ON = [
    "task:downstream", "task:cell_type_classification", "task:batch_integration", "task:perturbation_prediction",
    "task:representation", "task:gene_network_inference", "task:pretraining", "task:masked_modelling",
    "task:corpus_design", "metric:performance", "metric:micro_f1", "metric:macro_f1", "metric:accuracy",
    "metric:avg_bio", "metric:pearson_r", "metric:loss", "metric:count", "model:scfm", "model:masked_models",
    "model:ours_pca", "model:ours_masked", "model:ours_contrastive", "model:lognorm_knn", "model:pca_reference",
    "dataset:sctab", "dataset:held_out_mean", "dataset:pbmc3k", "dataset:kang_ctrl", "dataset:kang_muscat",
    "dataset:kang_stim2k", "dataset:pbmc_3tech", "dataset:zheng_facs", "dataset:zheng_sorted14k", "dataset:onek1k",
    "dataset:simulated",
]  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.mark.parametrize("entry_id", RELIED_ON)
def test_every_id_that_other_parts_rely_on_is_an_entry(vocabulary: Vocabulary, entry_id: str) -> None:
    assert entry_id in vocabulary


def test_every_name_and_alias_resolves_to_its_own_entry(vocabulary: Vocabulary) -> None:
    for entry in vocabulary:
        kind, _, slug = entry.id.partition(":")
        for name in (entry.id, slug, entry.name, *entry.aliases):
            assert vocabulary.resolve(kind, name) == entry.id


@pytest.mark.parametrize("written", ["scvi", "SCVI", "sc VI", "sc-VI", "sc_vi", "model:scvi"])
def test_a_name_is_found_whatever_its_case_spaces_and_hyphens(vocabulary: Vocabulary, written: str) -> None:
    assert vocabulary.resolve("model", written) == "model:scvi"


def test_a_misspelt_name_is_suggested_and_never_resolved(vocabulary: Vocabulary) -> None:
    with pytest.raises(UnknownName, match="scVI") as caught:
        vocabulary.resolve("model", "scVl")
    assert "scVI" in caught.value.suggestions


def test_scvi_and_scanvi_are_two_models(vocabulary: Vocabulary) -> None:
    assert vocabulary.resolve("model", "scVI") != vocabulary.resolve("model", "scANVI")
    assert not vocabulary.same_family("model:scvi", "model:scanvi")


def test_a_name_of_another_kind_is_unknown(vocabulary: Vocabulary) -> None:
    assert vocabulary.resolve("dataset", "scTab") == "dataset:sctab"
    assert vocabulary.resolve("model", "scTab") == "model:sctab"
    with pytest.raises(UnknownName):
        vocabulary.resolve("metric", "scTab")


def test_two_entries_with_one_alias_are_refused() -> None:
    entries = {
        "model:a": Model(id="model:a", name="A", aliases=("Some-Model",)),
        "model:b": Model(id="model:b", name="B", aliases=("some model",)),
    }
    with pytest.raises(ValueError, match="belongs to both model:a and model:b"):
        Vocabulary(entries)


def test_a_parent_that_is_no_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="'model:nobody' is not an entry"):
        Vocabulary({"model:a": Model(id="model:a", name="A", parent_id="model:nobody")})


def test_one_alias_may_name_entries_of_two_kinds() -> None:
    both = Vocabulary({"model:x": Model(id="model:x", name="X"), "dataset:x": Dataset(id="dataset:x", name="X")})
    assert both.resolve("model", "X") == "model:x"
    assert both.resolve("dataset", "X") == "dataset:x"


def test_facts_of_models_use_one_set_of_terms(vocabulary: Vocabulary) -> None:
    models = [entry for entry in vocabulary if isinstance(entry, Model)]
    assert {model.objective for model in models} - {None} <= OBJECTIVES
    assert {model.supervision for model in models} - {None} <= SUPERVISION


def test_corpus_sizes_of_models_and_of_their_corpora_agree(vocabulary: Vocabulary) -> None:
    for model in vocabulary:
        if isinstance(model, Model) and model.corpus_id and model.corpus_cells:
            corpus = vocabulary.get(model.corpus_id)
            assert isinstance(corpus, Dataset)
            assert corpus.cells == model.corpus_cells, model.id


def test_every_path_to_the_root_ends(vocabulary: Vocabulary) -> None:
    for entry in vocabulary:
        root = vocabulary.get(vocabulary.lineage(entry.id)[-1])
        assert root is not None
        assert root.parent_id is None, f"{entry.id} lies on a circle"


def test_ours_stand_for_the_objectives_of_the_papers(vocabulary: Vocabulary) -> None:
    facts = {
        slug: (entry.objective, entry.supervision)
        for slug in ("ours_masked", "ssl", "geneformer", "ours_contrastive", "scconcept", "ours_pca", "pretrained_pca")
        if isinstance(entry := vocabulary.get(f"model:{slug}"), Model)
    }
    assert facts["ours_masked"] == facts["ssl"] == facts["geneformer"]
    assert facts["ours_contrastive"] == facts["scconcept"]
    assert facts["ours_pca"] == facts["pretrained_pca"]
    assert len(set(facts.values())) == 3


def test_only_the_simulated_set_is_simulated(vocabulary: Vocabulary) -> None:
    simulated = [entry.id for entry in vocabulary if isinstance(entry, Dataset) and entry.simulated]
    assert simulated == ["dataset:simulated"]


def test_plain_words_are_no_mention_of_a_model(vocabulary: Vocabulary) -> None:
    found = vocabulary.mentions("The state of the art in a stack of transformer layers for liver and placenta.")
    assert not {entry for entry in found if entry.startswith("model:")}
    assert vocabulary.mentions("scGPT and scBERT on Zheng68K") == {
        "model:scgpt": "scGPT", "model:scbert": "scBERT", "dataset:zheng68k": "Zheng68K",
    }  # fmt: skip


@given(st.text(max_size=40))
def test_folding_a_name_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(max_size=30))
def test_text_that_is_no_alias_raises_unknown_name(name: str) -> None:
    vocabulary = load_vocabulary()
    known = {fold(alias) for entry in vocabulary for alias in (entry.id.partition(":")[2], entry.name, *entry.aliases)}
    if fold(name.removeprefix("model:")) not in known:
        with pytest.raises(UnknownName):
            vocabulary.resolve("model", name)


def test_all_names_of_the_published_tables_resolve(vocabulary: Vocabulary, shared: Path) -> None:
    with (shared / "reference/published_saturation_points.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            assert vocabulary.resolve("model", row["model"])
            assert vocabulary.resolve("dataset", row["dataset"])
    with (shared / "reference/published_curves_digitized.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            assert vocabulary.resolve("model", row["series"])
            assert vocabulary.resolve("metric", row["metric"])


def test_every_model_that_the_sampled_papers_name_is_an_entry(vocabulary: Vocabulary, shared: Path) -> None:
    loose = {"scFMs (five)", "six scFMs", "VAE", "transformer", "SE", "ST"}  # a count, or no name at all
    papers = json.loads((shared / "samples/scfm_papers.json").read_text(encoding="utf-8"))["papers"]
    for name in {name for paper in papers for name in paper["models"]} - loose:
        assert vocabulary.resolve("model", name)


def test_ids_name_their_kind(vocabulary: Vocabulary) -> None:
    prefixes = {Model: "model:", Dataset: "dataset:", Task: "task:", Metric: "metric:"}
    assert all(entry.id.startswith(prefixes[type(entry)]) for entry in vocabulary)


def test_ids_in_a_text_are_replaced_by_names_and_unknown_ids_stay() -> None:
    text = "model:scgpt minus model:nosuch on dataset:zheng68k, claim:scgpt"
    assert load_vocabulary().with_names(text) == "scGPT minus model:nosuch on Zheng68K PBMC, claim:scgpt"


def test_an_added_entry_never_takes_a_name_that_means_something_else() -> None:
    added = Model(id="model:pca", name="PCA", aliases=("scGPT", "Only mine"))
    extended = load_vocabulary().extend([added])
    assert extended.get("model:pca") == added
    assert extended.resolve("model", "PCA") == load_vocabulary().resolve("model", "PCA") != added.id
    assert extended.resolve("model", "scGPT") == "model:scgpt"
    assert extended.resolve("model", "only mine") == added.id
    assert added.id not in extended.mentions("PCA and scGPT")
    assert added.id in extended.mentions("Only mine")


def test_a_variant_of_a_model_comes_under_it_and_through_it_under_the_group() -> None:
    entries = {
        "model:group": Model(id="model:group", name="Group", role="group"),
        "model:a": Model(id="model:a", name="A", parent_id="model:group"),
        "model:a2": Model(id="model:a2", name="A2", variant_of="model:a", parent_id="model:group"),
        "model:a2_big": Model(id="model:a2_big", name="A2 big", variant_of="model:a2"),
    }
    vocabulary = Vocabulary(entries)
    assert vocabulary.lineage("model:a2_big") == ("model:a2_big", "model:a2", "model:a", "model:group")
    assert [vocabulary.family(name) for name in entries] == ["model:group", "model:a", "model:a", "model:a"]
    assert vocabulary.variants("model:a") == ("model:a2", "model:a2_big")
    assert vocabulary.variants("model:group") == ("model:a2", "model:a2_big")
    assert vocabulary.variants("model:a2_big") == ()


def test_what_a_model_is_a_variant_of_and_what_a_set_is_part_of_must_be_entries() -> None:
    with pytest.raises(ValueError, match="variant_of 'model:nobody' is not an entry"):
        Vocabulary({"model:a": Model(id="model:a", name="A", variant_of="model:nobody")})
    with pytest.raises(ValueError, match="part_of 'dataset:nothing' is not an entry"):
        Vocabulary({"dataset:a": Dataset(id="dataset:a", name="A", part_of=("dataset:nothing",))})
