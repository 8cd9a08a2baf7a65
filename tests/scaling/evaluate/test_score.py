from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from anndata import AnnData
from scipy.sparse import csr_matrix

from graph.records import Dataset, Model, Result
from scaling import score
from scaling.errors import BadEmbedding, CorpusError, MissingLabel, NothingToScore
from scaling.evaluate.further_report import further_rows, further_sentences
from scaling.evaluate.picture import save_picture
from scaling.evaluate.records import Scores
from scaling.evaluate.report import class_rows, records, score_rows, sentences, verdict_rows
from scaling.simulate import simulate


def simulated(cells: int = 400, *, studies: int = 2, seed: int = 1) -> AnnData:
    """Simulated cells of several studies with an informative and a meaningless embedding."""
    sets = simulate(cells=cells, genes=200, types=4, studies=studies, depth=200, seed=seed)
    counts = np.concatenate(
        [csr_matrix((part.counts, part.indices, part.indptr), (len(part), 200)).toarray() for part in sets]
    )
    adata = AnnData(csr_matrix(counts.astype(np.float32)))
    adata.var_names = list(sets[0].genes)
    adata.obs_names = [name for part in sets for name in part.barcodes.tolist()]
    for column in ("cell_type", "batch"):
        adata.obs[column] = [value for part in sets for value in part.obs[column].tolist()]
    logged = np.log1p(counts / counts.sum(axis=1, keepdims=True) * 1e4)
    centred = logged - logged.mean(axis=0)
    adata.obsm["X_pca"] = (centred @ np.linalg.svd(centred, full_matrices=False)[2][:30].T).astype(np.float32)
    adata.obsm["X_noise"] = np.random.default_rng(0).normal(size=(len(counts), 8)).astype(np.float32)
    return adata


@pytest.fixture(scope="module")
def scores() -> Scores:
    return score(simulated(), obsm=["X_pca", "X_noise"], label_key="cell_type", batch_key="batch")


def test_noise_is_the_worst_and_pca_is_not_worse_than_itself(scores: Scores) -> None:
    for setting in ("within", "across"):
        values = {row["method"]: row["knn_macro_f1"] for row in score_rows(scores) if row["setting"] == setting}
        known = {method: value for method, value in values.items() if value is not None}
        assert min(known, key=lambda method: known[method]) == "X_noise"
    verdicts = {(row["method"], row["setting"], row["classifier"]): row["verdict"] for row in verdict_rows(scores)}
    assert {verdict for (method, *_), verdict in verdicts.items() if method == "X_noise"} == {"worse"}
    assert "worse" not in {verdict for (method, *_), verdict in verdicts.items() if method == "X_pca"}


def test_the_sentence_names_verdict_value_interval_and_what_would_have_been_seen(scores: Scores) -> None:
    pca, noise = (next(line for line in sentences(scores) if line.startswith(name)) for name in ("X_pca", "X_noise"))
    assert pca.startswith("X_pca is not distinguishable from PCA at telling 4 cell types apart across the batches")
    assert "this set would have shown a difference of .0" in pca
    assert noise.startswith("X_noise is worse than PCA")
    assert "interval -." in noise


def test_an_embedding_that_knows_the_labels_is_better_than_every_pca() -> None:
    adata = simulated(seed=4)
    adata.obs["cell_type"] = np.random.default_rng(1).permutation(adata.obs["cell_type"].to_numpy())
    codes = np.unique(adata.obs["cell_type"], return_inverse=True)[1]
    adata.obsm["X_oracle"] = np.eye(4)[codes] + np.random.default_rng(2).normal(0, 0.1, (len(codes), 4))
    found = score(adata, obsm=["X_oracle"], label_key="cell_type")
    assert [row["verdict"] for row in verdict_rows(found)] == ["better", "better"]
    assert sentences(found)[0].startswith("X_oracle is better than PCA")


def test_every_baseline_is_scored_on_the_splits_of_the_embeddings(scores: Scores) -> None:
    methods = {row["method"] for row in score_rows(scores)}
    assert {"HVG", "log-normalised", "untrained", "logistic regression", "PCA of all genes"} <= methods
    assert {row["setting"] for row in score_rows(scores)} == {"within", "across"}


def test_cell_types_come_with_their_cells_and_rare_ones_first(scores: Scores) -> None:
    rows = list(class_rows(scores))
    assert sum(row["cells"] for row in rows) == scores.cells
    assert [row["cells"] for row in rows] == sorted(row["cells"] for row in rows)
    assert all(row["rare"] == (row["cells"] < 50) for row in rows)
    value, low, high = rows[0]["X_pca"]
    assert 0 <= low <= value <= high <= 1


def test_the_same_cells_give_the_same_scores_and_digests(scores: Scores) -> None:
    again = score(simulated(), obsm=["X_pca", "X_noise"], label_key="cell_type", batch_key="batch")
    assert list(score_rows(again)) == list(score_rows(scores))
    assert (again.embedding_digests, again.evaluation_digests) == (scores.embedding_digests, scores.evaluation_digests)


def test_records_are_a_users_results_with_digests_and_the_names_that_nobody_knows(scores: Scores) -> None:
    made = records(scores, location="cells.h5ad")
    results = [record for record in made if isinstance(record, Result)]
    assert len({result.id for result in results}) == len(results)
    assert {result.source for result in results} == {"user"}
    assert all(result.evaluation_digest and result.test_cells == 400 for result in results)
    own = [result for result in results if result.model_id == "model:user_noise"]
    assert {result.embedding_digest for result in own} == {scores.embedding_digests["X_noise"]}
    assert {record.id for record in made if isinstance(record, Dataset)} == {"dataset:user_anndata"}
    assert "model:user_noise" in {record.id for record in made if isinstance(record, Model)}


def test_an_embedding_that_the_vocabulary_knows_keeps_its_id() -> None:
    adata = simulated()
    adata.obsm["X_scGPT"] = adata.obsm["X_pca"]
    made = records(score(adata, obsm=["X_scGPT"], label_key="cell_type"), location="cells.h5ad")
    assert "model:scgpt" in {record.model_id for record in made if isinstance(record, Result)}
    assert "model:scgpt" not in {record.id for record in made}


def test_a_picture_is_written(scores: Scores, tmp_path: Path) -> None:
    assert save_picture(scores, tmp_path / "scores.png").stat().st_size > 10_000


def test_a_file_scores_as_the_anndata_in_it(scores: Scores, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        simulated().write_h5ad(tmp_path / "anndata.h5ad")
    np.save(tmp_path / "noise.npy", simulated().obsm["X_noise"])
    names = ["X_pca", f"X_noise={tmp_path / 'noise.npy'}"]
    found = score(tmp_path / "anndata.h5ad", obsm=names, label_key="cell_type", batch_key="batch")
    assert list(score_rows(found)) == list(score_rows(scores))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: a.obsm.pop("X_pca"), r"no obsm\['X_pca'\]. It has: X_noise"),
        (lambda a: a.obsm["X_pca"].__setitem__((3, 0), np.nan), "1 values are NaN or infinite, in 1 of 400 cells"),
        (lambda a: a.obsm.__setitem__("X_pca", np.ones((400, 3))), "the same for every cell"),
        (lambda a: a.obsm.__setitem__("X_pca", np.full((400, 3), "x")), "not numbers"),
    ],
    ids=["missing", "nan", "constant", "text"],
)
def test_a_bad_embedding_is_refused_with_what_is_wrong(change, said: str) -> None:  # type: ignore[no-untyped-def]
    adata = simulated()
    change(adata)
    with pytest.raises(BadEmbedding, match=said):
        score(adata, obsm=["X_pca"], label_key="cell_type")


def test_an_embedding_of_other_cells_is_refused_with_both_numbers(tmp_path: Path) -> None:
    adata = simulated()
    with pytest.raises(BadEmbedding, match="has 399 rows, and there are 400 cells"):
        score(adata, obsm={"X_short": adata.obsm["X_pca"][1:]}, label_key="cell_type")
    adata.write_h5ad(tmp_path / "a.h5ad")
    import h5py

    with h5py.File(tmp_path / "a.h5ad", "r+") as handle:
        short = handle["obsm/X_pca"][1:]
        del handle["obsm/X_pca"]
        handle["obsm/X_pca"] = short
    with pytest.raises(BadEmbedding, match="has 399 rows, and there are 400 cells"):
        score(tmp_path / "a.h5ad", obsm=["X_pca"], label_key="cell_type")


def test_a_column_that_is_missing_is_named_with_those_that_are_there() -> None:
    with pytest.raises(MissingLabel, match=r"columns are: cell_type, batch. Did you mean cell_type"):
        score(simulated(), obsm=["X_pca"], label_key="cell_typ")
    with pytest.raises(MissingLabel, match="--batch-key"):
        score(simulated(), obsm=["X_pca"], label_key="cell_type", batch_key="donor")


def test_one_batch_one_type_and_too_few_cells_are_refused_in_words() -> None:
    adata = simulated()
    adata.obs["one"], adata.obs["empty"] = "a", "nan"
    with pytest.raises(NothingToScore, match="has one value"):
        score(adata, obsm=["X_pca"], label_key="cell_type", batch_key="one")
    with pytest.raises(NothingToScore, match=r"leaves one cell type only \(a\)"):
        score(adata, obsm=["X_pca"], label_key="one")
    with pytest.raises(NothingToScore, match=r"no cell type .* 400 cells without a label"):
        score(adata, obsm=["X_pca"], label_key="empty")
    with pytest.raises(NothingToScore, match="fewer than the 300 neighbours"):
        score(adata, obsm=["X_pca"], label_key="cell_type", k=300)
    with pytest.raises(NothingToScore, match="Every cell type occurs in one value"):
        score(adata, obsm=["X_pca"], label_key="cell_type", batch_key="cell_type")


def test_cells_that_cannot_be_scored_are_left_out_and_counted_by_reason() -> None:
    adata = simulated()
    labels = adata.obs["cell_type"].to_numpy().astype(object)
    labels[:7] = ["nan", "Unknown", "", "NA", None, "unassigned", np.nan]
    labels[7:10] = ["lonely", "pair", "pair"]
    adata.obs["cell_type"] = labels
    counts = adata.X.toarray()
    counts[10:15] = 0
    counts[15:18] = counts[20]
    adata.X = csr_matrix(counts)
    found = score(adata, obsm=["X_pca"], label_key="cell_type")
    assert list(found.dropped.values()) == [7, 5, 3, 3]
    assert list(found.dropped)[1:3] == ["without any count", "the same profile as an earlier cell"]
    assert found.cells == 400 - 18
    assert "Too small to score: pair (2), lonely (1). 1 have one cell" in found.notes[0]


def test_log_normalised_values_serve_where_there_are_no_counts_and_it_is_said() -> None:
    adata = simulated()
    adata.X = csr_matrix(np.log1p(adata.X.toarray() / 3.0))
    found = score(adata, obsm=["X_pca"], label_key="cell_type")
    assert "No counts were found" in found.notes[0]
    assert next(row for row in verdict_rows(found))["verdict"] == "not_distinguishable"
    adata.X = adata.X.toarray() - 1.0
    with pytest.raises(CorpusError, match="negative or missing values"):
        score(adata, obsm=["X_pca"], label_key="cell_type")


def test_counts_are_found_in_a_layer_or_in_raw_before_normalised_values_are_used() -> None:
    counts = simulated()
    for where in ("layer", "raw"):
        adata = counts.copy()
        if where == "raw":
            adata.raw = adata
        else:
            adata.layers["counts"] = adata.X
        adata.X = adata.X.toarray() / 7 - 1
        found = score(adata, obsm=["X_pca"], label_key="cell_type")
        assert found.notes == ()
        assert found.dataset_digest == score(counts, obsm=["X_pca"], label_key="cell_type").dataset_digest


def test_a_large_set_is_sampled_and_keeps_its_rare_types() -> None:
    adata = simulated(600)
    labels = adata.obs["cell_type"].to_numpy().astype(object)
    labels[:20] = "rare"
    adata.obs["cell_type"] = labels
    found = score(adata, obsm=["X_pca"], label_key="cell_type", max_cells=300)
    assert dict(zip(found.labels, found.cells_of_label, strict=True))["rare"] == 20
    assert 300 <= found.cells < 330
    assert "600 cells are more than are scored at once" in found.notes[0]


def test_rounded_logarithms_are_told_from_counts() -> None:
    adata = simulated()
    counts = adata.X.toarray()
    adata.X = csr_matrix(np.rint(np.log1p(counts / counts.sum(axis=1, keepdims=True) * 1e4)))
    found = score(adata, obsm=["X_pca"], label_key="cell_type")
    assert "they are not counts: logarithms (natural)" in found.notes[0]


def test_with_batches_and_conditions_it_scores_mixing_and_the_response_of_types_that_are_left_out() -> None:
    adata = simulated(cells=240)
    adata.obs["condition"] = np.tile(["ctrl", "ctrl", "stim", "stim"], len(adata) // 4)
    scores = score(
        adata, obsm=["X_pca", "X_noise"], label_key="cell_type", batch_key="batch", condition_key="condition",
        check_labels=True,
    )  # fmt: skip
    assert scores.label_check[0].startswith("Double dipping: 240 cells fall into")
    rows = {(row["kind"], row["method"]): row for row in further_rows(scores)}
    assert rows["integration", "X_pca"]["avg_bio"][0] > rows["integration", "X_noise"]["avg_bio"][0]
    assert rows["integration", "X_noise"]["ilisi"][0] > 0.5  # noise knows no batches
    assert rows["perturbation", "no change"]["pearson_delta"][0] == 0.0
    said = further_sentences(scores)
    assert said[0].startswith("Change in a cell type that was left out")
    assert all("does not beat" in line for line in said[1:])  # the treatment does nothing
    made = [record for record in records(scores, location="x.h5ad") if isinstance(record, Result)]
    tasks = {result.task_id for result in made}
    assert tasks == {"task:cell_type_classification", "task:batch_integration", "task:perturbation_prediction"}
    assert len({result.id for result in made}) == len(made)
    assert {result.model_id for result in made if result.location == "x.h5ad: no change"} == {"model:no_change"}


def test_labels_are_not_checked_against_artificial_genes_without_counts() -> None:
    adata = simulated(cells=240)
    adata.X = adata.X.toarray() / 7
    with pytest.raises(NothingToScore, match="X holds no counts"):
        score(adata, obsm=["X_pca"], label_key="cell_type", check_labels=True)


def test_a_treatment_that_is_not_there_is_refused_with_the_values_that_are() -> None:
    adata = simulated(cells=240)
    adata.obs["condition"] = "ctrl"
    with pytest.raises(NothingToScore, match="which has ctrl"):
        score(adata, obsm=["X_noise"], label_key="cell_type", condition_key="condition")
