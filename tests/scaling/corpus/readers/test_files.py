from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import anndata
import h5py
import numpy as np
import pytest
from scipy.sparse import csc_matrix, csr_matrix

from scaling.corpus.h5ad import read_h5ad
from scaling.corpus.readers import matrix as matrices
from scaling.corpus.readers.files import find_files, open_cells
from scaling.corpus.shards.build import build_shards
from scaling.corpus.shards.recipe import Recipe
from scaling.errors import CorpusError
from scaling.simulate import simulate

DENSE = np.array([[0, 2, 0, 5], [1, 0, 0, 0], [0, 0, 7, 300]])


def table(matrix: Any = None, **layers: Any) -> anndata.AnnData:
    data = anndata.AnnData(DENSE.astype(np.float32) if matrix is None else matrix, layers=layers)
    data.obs_names = ["ACGT", "CCGT", "TTTT"]
    data.var_names = ["A", "B", "C", "D"]
    data.obs["cell_type"] = ["T", "B", "T"]
    data.obs["cell_type"] = data.obs["cell_type"].astype("category")
    return data


def write(data: anndata.AnnData, path: Path, **options: Any) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of zarr: the third version of its format is young
        if path.suffix == ".zarr":
            data.write_zarr(path, **options)
        else:
            data.write_h5ad(path, **options)
    return path


def dense_of(path: Path, **options: Any) -> list[list[int]]:
    cells = read_h5ad(path, **options)
    return csr_matrix((cells.counts, cells.indices, cells.indptr), (len(cells), len(cells.genes))).toarray().tolist()


@pytest.mark.parametrize("suffix", [".h5ad", ".zarr"])
@pytest.mark.parametrize("layout", [csr_matrix, csc_matrix, np.asarray], ids=["rows", "columns", "dense"])
def test_every_layout_is_read_from_every_store(tmp_path: Path, suffix: str, layout: Any) -> None:
    path = write(table(layout(DENSE.astype(np.float32))), tmp_path / f"a{suffix}")
    assert dense_of(path) == DENSE.tolist()
    with open_cells(path) as file:
        assert file.barcodes.read().tolist() == ["ACGT", "CCGT", "TTTT"]
        assert file.obs["cell_type"].read(1).tolist() == ["B", "T"]


@pytest.mark.parametrize("layout", [csr_matrix, csc_matrix, np.asarray], ids=["rows", "columns", "dense"])
def test_blocks_of_any_size_are_the_same_cells(tmp_path: Path, layout: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.4, (53, 31)).astype(np.float32)
    data = anndata.AnnData(layout(counts))
    path = write(data, tmp_path / "a.h5ad")
    # Small blocks, and columns that are turned through files of ten cells.
    for name, value in (("CELLS", 7), ("ENTRIES", 40), ("IN_MEMORY", 0), ("SPOOLED", 10)):
        monkeypatch.setattr(matrices, name, value)
    assert dense_of(path) == counts.tolist()
    with open_cells(path) as file:
        later = list(file.matrix.blocks(25, spool=tmp_path))
        assert later[0].start == 25
        assert sum(len(block.indptr) - 1 for block in later) == 28
        assert sum(block.values.sum() for block in later) == counts[25:].sum()
        parts = list(file.matrix.values())
        found = np.bincount(np.concatenate([part.cells for part in parts]),
                            np.concatenate([part.values for part in parts]), 53)  # fmt: skip
        assert found.tolist() == counts.sum(axis=1).tolist()
    assert not list(tmp_path.glob("columns-*"))


def test_counts_are_taken_from_raw_where_x_holds_none(tmp_path: Path) -> None:
    data = table()
    data.raw = table(np.hstack([DENSE, DENSE[:, :1]]).astype(np.float32)[:, :4])
    data.X = np.log1p(data.X)
    path = write(data, tmp_path / "a.h5ad")
    assert dense_of(path) == DENSE.tolist()
    assert dense_of(path, layer="raw") == DENSE.tolist()
    with open_cells(path) as file:
        assert file.matrix.where == "raw.X"


def test_a_layer_is_found_by_name_and_a_wrong_name_lists_what_there_is(tmp_path: Path) -> None:
    path = write(table(umi=csr_matrix(DENSE * 2), counts=csr_matrix(DENSE * 3)), tmp_path / "a.h5ad")
    assert dense_of(path, layer="umi") == (DENSE * 2).tolist()
    assert dense_of(path, layer="X") == DENSE.tolist()
    assert dense_of(path) == (DENSE * 3).tolist()
    with pytest.raises(CorpusError, match=r"no counts in 'raw'\. It has: X, counts, umi"):
        dense_of(path, layer="raw")


def test_missing_values_of_every_kind_of_column_are_unknown(tmp_path: Path) -> None:
    import pandas as pd

    data = table()
    data.obs["donor"] = pd.Categorical(["d1", None, "d2"])
    data.obs["age"] = pd.array([30, None, 50], dtype="Int64")
    data.obs["smoker"] = pd.array([True, False, None], dtype="boolean")
    with open_cells(write(data, tmp_path / "a.h5ad")) as file:
        found = {name: column.read().tolist() for name, column in file.obs.items()}
    assert found["donor"] == ["d1", "unknown", "d2"]
    assert found["age"] == ["30", "unknown", "50"]
    assert found["smoker"] == ["True", "False", "unknown"]


def test_files_of_anndata_before_0_7_are_read(tmp_path: Path) -> None:
    """One table for obs with its categories in uns, sparse matrices with other attributes, raw under dotted names."""
    path = tmp_path / "old.h5ad"
    matrix = csc_matrix(DENSE)
    with h5py.File(path, "w") as handle:
        for name, values in (("X", np.log1p(matrix.data)), ("raw.X", matrix.data.astype(np.float32))):
            group = handle.create_group(name)
            group.attrs.update({"h5sparse_format": np.bytes_(b"csc"), "h5sparse_shape": [3, 4]})
            group["data"], group["indices"], group["indptr"] = values, matrix.indices, matrix.indptr
        names = np.array([(b"A",), (b"B",), (b"C",), (b"D",)], dtype=[("index", "S1")])
        handle["var"] = handle["raw.var"] = names
        handle["obs"] = np.array(
            [(b"ACGT", 1, 0.5), (b"CCGT", 0, 1.5), (b"TTTT", 1, 2.5)],
            dtype=[("index", "S4"), ("cell_type", "i1"), ("score", "f4")],
        )
        handle["uns/cell_type_categories"] = np.array([b"B", b"T"])
    assert dense_of(path) == DENSE.tolist()
    cells = read_h5ad(path)
    assert cells.barcodes.tolist() == ["ACGT", "CCGT", "TTTT"]
    assert {name: values.tolist() for name, values in cells.obs.items()} == {
        "cell_type": ["T", "B", "T"],
        "score": ["0.5", "1.5", "2.5"],
    }


def cell_ranger(path: Path, *, version: int = 3, genomes: tuple[str, ...] = ("GRCh38",)) -> Path:
    """What Cell Ranger writes: features x barcodes by column; an antibody stands among the features."""
    matrix = csr_matrix(DENSE)
    with h5py.File(path, "w") as handle:
        for genome in genomes if version == 2 else ("matrix",):
            group = handle.create_group(genome)
            for name, values in (("data", matrix.data), ("indices", matrix.indices), ("indptr", matrix.indptr)):
                group[name] = values
            group["shape"] = [4, 3]
            group["barcodes"] = np.array([b"ACGT-1", b"CCGT-1", b"TTTT-1"])
            names = {"id": [b"ENSG00000000001", b"ENSG00000000002.4", b"ENSG00000000003", b"CD3"],
                     "name": [b"A", b"B", b"C", b"CD3_TotalSeqB"]}  # fmt: skip
            if version == 2:
                group["genes"], group["gene_names"] = np.array(names["id"]), np.array(names["name"])
                continue
            features = group.create_group("features")
            for name, values in names.items():
                features[name] = np.array(values)
            features["feature_type"] = np.array([b"Gene Expression"] * 3 + [b"Antibody Capture"])
    return path


@pytest.mark.parametrize("version", [2, 3])
def test_files_of_cell_ranger_are_read_by_cell(tmp_path: Path, version: int) -> None:
    path = cell_ranger(tmp_path / "a.h5", version=version)
    assert dense_of(path) == DENSE.tolist()
    with open_cells(path) as file:
        assert file.barcodes.read().tolist() == ["ACGT-1", "CCGT-1", "TTTT-1"]
        assert file.genes.ids is not None
        assert file.genes.ids[:3] == ("ENSG00000000001", "ENSG00000000002", "ENSG00000000003")
        assert file.genes.symbols is not None
        assert file.genes.symbols[:3] == ("A", "B", "C")


def test_an_antibody_is_no_gene(tmp_path: Path) -> None:
    with open_cells(cell_ranger(tmp_path / "a.h5")) as file:
        assert file.genes.ids is not None
        assert file.genes.symbols is not None
        assert (file.genes.ids[3], file.genes.symbols[3]) == ("", "")


def test_a_file_of_two_species_and_one_of_something_else_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"counts of 2 genomes \(hg19, mm10\)"):
        read_h5ad(cell_ranger(tmp_path / "a.h5", version=2, genomes=("hg19", "mm10")))
    with h5py.File(tmp_path / "weather.h5", "w") as handle:
        handle["rain"] = [1, 2]
    with pytest.raises(CorpusError, match="neither obs and var nor a matrix"):
        read_h5ad(tmp_path / "weather.h5")
    (tmp_path / "empty.zarr").mkdir()
    with pytest.raises(CorpusError, match=r"empty\.zarr.*cannot be read"):
        read_h5ad(tmp_path / "empty.zarr")


def test_folders_of_mixed_files_are_searched_and_what_is_missing_is_said(tmp_path: Path) -> None:
    write(table(), tmp_path / "b.h5ad")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    write(table(), tmp_path / "deep" / "er" / "a.zarr")
    cell_ranger(tmp_path / "c.h5")
    (tmp_path / "._b.h5ad").write_bytes(b"a shadow of macOS")
    (tmp_path / "notes.txt").write_text("no cells", encoding="utf-8")
    assert [path.name for path in find_files([tmp_path])] == ["b.h5ad", "c.h5", "a.zarr"]
    assert [path.name for path in find_files([tmp_path / "c.h5", tmp_path])] == ["c.h5", "b.h5ad", "a.zarr"]
    with pytest.raises(CorpusError, match=r"notes\.txt: not a file of cells"):
        find_files([tmp_path / "notes.txt"])
    with pytest.raises(CorpusError, match=r"none\.h5ad: no such file"):
        find_files([tmp_path / "none.h5ad"])


def test_copies_with_gzip_lzf_and_zarr_give_one_digest(tmp_path: Path) -> None:
    cells = simulate(cells=120, genes=100, types=3, studies=1, depth=200, seed=4)[0]
    counts = csr_matrix((cells.counts, cells.indices, cells.indptr), (120, 100))
    digests = {}
    for name, suffix, layout, options in (
        ("gzip", ".h5ad", csr_matrix, {"compression": "gzip"}),
        ("lzf", ".h5ad", csr_matrix, {"compression": "lzf"}),
        ("none, by column", ".h5ad", csc_matrix, {}),
        ("zarr", ".zarr", csr_matrix, {}),
    ):
        data = anndata.AnnData(layout(counts.astype(np.float32)))
        data.obs_names, data.var_names = cells.barcodes.tolist(), list(cells.genes)
        folder = tmp_path / name
        folder.mkdir()
        path = write(data, folder / f"cells{suffix}", **options)
        digests[name] = build_shards([path], folder / "corpus", recipe=Recipe(min_genes=10))["digest"]
    assert set(digests.values()) == {digests["gzip"]}, digests
