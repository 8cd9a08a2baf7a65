from __future__ import annotations

import errno
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scaling.corpus.counts import align, build_corpus, take
from scaling.corpus.h5ad import CellSet, read_h5ad, write_h5ad
from scaling.corpus.shards import filling
from scaling.corpus.shards.build import build_shards
from scaling.corpus.shards.reading import open_corpus
from scaling.corpus.shards.recipe import Recipe
from scaling.errors import CorpusError, UnusableFiles
from scaling.simulate import simulate, write_simulated

RECIPE = Recipe(min_genes=100)


@pytest.fixture(scope="module")
def cells() -> list[CellSet]:
    return simulate(cells=300, genes=200, types=4, studies=2, depth=400, seed=5)


@pytest.fixture
def files(cells: list[CellSet], tmp_path: Path) -> Path:
    write_simulated(tmp_path / "cells", cells)
    return tmp_path / "cells"


def built(files: Path, out: Path, recipe: Recipe = RECIPE, **options) -> dict:  # type: ignore[type-arg,no-untyped-def]
    return build_shards([files], out, recipe=recipe, **options)


def changed(cells: CellSet, matrix) -> CellSet:  # type: ignore[no-untyped-def]
    return replace(
        cells,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int32),
        counts=matrix.data.astype(np.uint32),
    )


def dense(cells: CellSet) -> np.ndarray:
    from scipy.sparse import csr_matrix

    return csr_matrix((cells.counts, cells.indices, cells.indptr), (len(cells), len(cells.genes))).toarray()


def test_a_corpus_on_disk_has_the_digest_of_the_same_cells_in_memory(
    files: Path, cells: list[CellSet], tmp_path: Path
) -> None:
    manifest = built(files, tmp_path / "c")
    assert manifest["digest"] == build_corpus(cells, name="c", min_genes=100).digest()
    assert manifest["simulated"]


def test_any_cells_are_read_in_the_order_that_they_are_asked_for(
    files: Path, cells: list[CellSet], tmp_path: Path
) -> None:
    built(files, tmp_path / "c", replace(RECIPE, shard_cells=40))
    corpus, memory = open_corpus(tmp_path / "c"), build_corpus(cells, name="c", min_genes=100)
    assert len(corpus.manifest["shards"]) == 2  # a block at least: the two files
    ids = np.array([299, 3, 150, 3, 149])
    expected = take(memory, ids)
    rows = corpus.rows(ids)
    for mine, other in zip(rows, (expected.indptr, expected.indices, expected.counts), strict=True):
        assert mine.tolist() == other.tolist()
    assert corpus.obs("barcode", ids).tolist() == expected.barcode.tolist()
    assert corpus.obs("cell_type", ids).tolist() == np.concatenate([c.obs["cell_type"] for c in cells])[ids].tolist()
    assert corpus.study(ids).tolist() == [1, 0, 1, 0, 0]
    with pytest.raises(CorpusError, match="it has 0 to 299"):
        corpus.rows(np.array([300]))
    with pytest.raises(CorpusError, match=r"no column 'tissue'.*batch, cell_type"):
        corpus.obs("tissue")


def test_counts_above_two_bytes_are_kept_exactly(cells: list[CellSet], tmp_path: Path) -> None:
    large = cells[0].counts.copy()
    large[[0, 7, 500]] = [65_534, 65_535, 4_000_000_000]
    write_h5ad(tmp_path / "large.h5ad", replace(cells[0], counts=large))
    built(tmp_path / "large.h5ad", tmp_path / "c")
    corpus = open_corpus(tmp_path / "c")
    assert corpus.rows(np.arange(len(corpus))).counts.tolist() == large.tolist()
    assert corpus.manifest["shards"][0]["overflows"] == 2
    assert corpus.digest == build_corpus([replace(cells[0], counts=large)], name="c", min_genes=100).digest()


def test_cells_that_are_no_data_are_dropped_and_counted(cells: list[CellSet], tmp_path: Path) -> None:
    from scipy.sparse import csr_matrix

    counts = dense(cells[0])
    counts[:5] = 0
    counts[10:13] = counts[20]
    labels = cells[0].obs["cell_type"].astype("U20")
    labels[30:34] = ["nan", "NA", "", "Unassigned"]
    first = changed(cells[0], csr_matrix(counts))
    folder = tmp_path / "cells"
    write_simulated(folder, [replace(first, obs={**first.obs, "cell_type": labels}), cells[1]])
    again = replace(cells[1].take(np.arange(7)), name="again")
    write_simulated(folder, [replace(again, barcodes=np.array([f"other{n}" for n in range(7)]))])
    manifest = built(folder, tmp_path / "c")
    # The seven cells come in a third file under other barcodes; files are read in the order of their names.
    assert manifest["left_out"] == {"without any count": 5, "the same profile as an earlier cell": 3 + 7}
    assert manifest["unlabelled"] == 4
    assert manifest["cells"] == 300 - 5 - 3


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda values: values * 0.5, "not whole"),
        (lambda values: -values, "below zero"),
        (lambda values: np.where(values == values.max(), np.nan, values), "neither finite nor below"),
        (lambda values: np.rint(np.log1p(values)), "logarithms"),
    ],
    ids=["fractions", "negative", "not a number", "rounded logarithms"],
)
def test_a_file_that_is_no_counts_is_refused_before_anything_is_written(
    files: Path,
    cells: list[CellSet],
    tmp_path: Path,
    spoil,
    said: str,  # type: ignore[no-untyped-def]
) -> None:
    import h5py

    sizes = np.repeat(np.add.reduceat(cells[0].counts, cells[0].indptr[:-1]), np.diff(cells[0].indptr))
    scaled = cells[0].counts * (1e4 if said == "logarithms" else 1.0) / (sizes if said == "logarithms" else 1.0)
    with h5py.File(files / "simulated1.h5ad", "a") as handle:
        del handle["X/data"]
        handle["X/data"] = spoil(scaled)
    with pytest.raises(UnusableFiles, match=rf"1 of 2 files.*\n  simulated1 \(150 cells\): .*{said}.*") as caught:
        built(files, tmp_path / "c")
    assert "--leave-out" in str(caught.value)
    assert not list((tmp_path / "c").glob("shard-*"))
    manifest = built(files, tmp_path / "c", replace(RECIPE, leave_out=True))
    assert manifest["studies"] == ["simulated2"]
    assert [(entry["name"], entry["cells"]) for entry in manifest["left_out_files"]] == [("simulated1", 150)]
    assert said in manifest["left_out_files"][0]["reason"]
    counted = {"not whole": "fractions", "below zero": "negatives", "neither finite nor below": "unusable"}
    if said in counted:
        assert manifest["left_out_files"][0][counted[said]] > 0


def test_panels_and_damaged_files_are_named_together(files: Path, cells: list[CellSet], tmp_path: Path) -> None:
    content = (files / "simulated2.h5ad").read_bytes()
    (files / "simulated2.h5ad").write_bytes(content[: len(content) // 3])
    with pytest.raises(UnusableFiles, match=r"2 of 2 files(.|\n)*200 genes, fewer than 5,000: a panel(.|\n)*truncated"):
        build_shards([files], tmp_path / "c")


def test_genes_that_a_file_did_not_measure_are_masked(files: Path, cells: list[CellSet], tmp_path: Path) -> None:
    genes = (*cells[1].genes[:150], *(f"X{n}" for n in range(50)))
    write_h5ad(files / "simulated2.h5ad", replace(cells[1], genes=genes))
    manifest = built(files, tmp_path / "c", replace(RECIPE, gene_share=1.0))
    assert manifest["genes"] == 150
    manifest = built(files, tmp_path / "d")
    corpus = open_corpus(tmp_path / "d")
    assert manifest["genes"] == 250
    assert corpus.measured.sum(axis=1).tolist() == [200, 200]
    assert not corpus.measured[0, np.char.startswith(corpus.genes, "X")].any()


def test_a_list_of_genes_decides_what_is_kept_and_its_order(files: Path, cells: list[CellSet], tmp_path: Path) -> None:
    wanted = [*cells[0].genes[60:0:-1], "NOT_THERE"]
    (tmp_path / "genes.txt").write_text("\n".join(wanted), encoding="utf-8")
    built(files, tmp_path / "c", replace(RECIPE, genes=tmp_path / "genes.txt"))
    corpus = open_corpus(tmp_path / "c")
    assert corpus.genes.tolist() == wanted
    assert not corpus.measured[:, -1].any()
    assert corpus.digest == build_corpus_of(cells, wanted)
    (tmp_path / "strange.txt").write_text("A\nB\nC\n" + "\n".join(f"S{n}" for n in range(90)), encoding="utf-8")
    with pytest.raises(UnusableFiles, match=r"2 of 2 files(.|\n)*0 genes in common"):
        built(files, tmp_path / "d", replace(RECIPE, genes=tmp_path / "strange.txt"))


def test_a_file_of_another_species_is_named_and_can_be_left_out(
    files: Path, cells: list[CellSet], tmp_path: Path
) -> None:
    mouse = tuple(gene.capitalize() for gene in cells[0].genes)
    write_simulated(files, [replace(cells[0].take(np.arange(30)), name="mouse", genes=mouse)])
    with pytest.raises(UnusableFiles, match=r"1 of 3 files(.|\n)*mouse \(30 cells\): 0 genes in common"):
        built(files, tmp_path / "c", replace(RECIPE, gene_share=0.3))
    manifest = built(files, tmp_path / "c", replace(RECIPE, gene_share=0.3, leave_out=True))
    assert manifest["studies"] == ["simulated1", "simulated2"]
    assert manifest["genes"] == 200
    assert manifest["left_out_files"][0]["cells"] == 30


def build_corpus_of(cells: list[CellSet], genes: list[str]) -> str:
    from scaling.corpus.counts import _concatenate

    return _concatenate([align(entry, np.array(genes)) for entry in cells], "c").digest()


def test_only_the_cells_that_are_wanted_are_taken_and_a_column_names_their_study(files: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, keep={"cell_type": ("type 1", "type 2")}, study_key="cell_type")
    manifest = built(files, tmp_path / "c", recipe)
    corpus = open_corpus(tmp_path / "c")
    assert set(corpus.obs("cell_type").tolist()) == {"type 1", "type 2"}
    assert sorted(manifest["studies"]) == ["type 1", "type 2"]
    assert (np.array(corpus.studies)[corpus.study()] == corpus.obs("cell_type")).all()
    assert manifest["left_out"] == {"not selected": 300 - len(corpus)}
    with pytest.raises(CorpusError, match=r"no column 'tissue'.*batch, cell_type"):
        built(files, tmp_path / "d", replace(RECIPE, keep={"tissue": ("blood",)}))
    with pytest.raises(CorpusError, match="No cell is left: 300 not selected"):
        built(files, tmp_path / "e", replace(RECIPE, keep={"cell_type": ("none",)}))


def test_a_build_that_was_killed_goes_on_and_gives_the_same_corpus(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scaling.corpus.readers.matrix.CELLS", 20)
    recipe = replace(RECIPE, shard_cells=40)
    whole = built(files, tmp_path / "whole", recipe)
    append = filling.ShardWriter.append

    def killed_at(cells: int):  # type: ignore[no-untyped-def]
        def fragile(self, *args, **options) -> None:  # type: ignore[no-untyped-def]
            nonlocal cells
            cells -= len(options["study"])
            if cells < 0:
                raise KeyboardInterrupt
            append(self, *args, **options)

        return fragile

    for cells in (130, 70, 30):
        monkeypatch.setattr(filling.ShardWriter, "append", killed_at(cells))
        with pytest.raises(KeyboardInterrupt):
            built(files, tmp_path / "c", recipe)
        with pytest.raises(CorpusError, match="unfinished: run the same"):
            open_corpus(tmp_path / "c")
    (tmp_path / "c" / "shard-00099.part").mkdir()  # what a process leaves that is killed outright
    monkeypatch.setattr(filling.ShardWriter, "append", append)
    manifest = built(files, tmp_path / "c", recipe)
    for fact in ("digest", "cells", "left_out", "studies"):
        assert manifest[fact] == whole[fact]
    assert [shard["cells"] for shard in manifest["shards"]] == [shard["cells"] for shard in whole["shards"]]
    assert not list((tmp_path / "c").glob("*.part"))


def test_a_folder_of_another_corpus_is_refused_and_restarted_on_request(files: Path, tmp_path: Path) -> None:
    first = built(files, tmp_path / "c")
    assert built(files, tmp_path / "c") == first
    with pytest.raises(CorpusError, match=r"built otherwise: other min_genes\. .*--restart"):
        built(files, tmp_path / "c", Recipe(min_genes=50))
    assert built(files, tmp_path / "c", Recipe(min_genes=50), restart=True)["digest"] == first["digest"]
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "thesis.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"not empty \(thesis.txt\)"):
        built(files, tmp_path / "notes", restart=True)


def test_a_full_disk_is_said_to_be_one_and_the_build_goes_on_later(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self, *args, **options) -> None:  # type: ignore[no-untyped-def]
        raise OSError(errno.ENOSPC, "No space left on device")

    append = filling.ShardWriter.append
    monkeypatch.setattr(filling.ShardWriter, "append", full)
    with pytest.raises(CorpusError, match=r"c: cannot be written \(No space.*same command resumes"):
        built(files, tmp_path / "c")
    monkeypatch.setattr(filling.ShardWriter, "append", append)
    assert not list((tmp_path / "c").glob("*.part"))
    assert built(files, tmp_path / "c")["cells"] == 300
    with pytest.raises(CorpusError, match=r"simulated1\.h5ad: cannot be written"):
        built(files, files / "simulated1.h5ad")


def test_files_of_one_name_are_told_apart_by_their_folders(cells: list[CellSet], tmp_path: Path) -> None:
    for sample, entry in zip(("sample1", "sample2"), cells, strict=True):
        write_simulated(tmp_path / sample / "outs", [replace(entry, name="filtered_feature_bc_matrix")])
    assert built(tmp_path, tmp_path / "c")["studies"] == ["sample1", "sample2"]
    path = tmp_path / "sample1" / "outs" / "filtered_feature_bc_matrix.h5ad"
    outer = tmp_path / path.name  # its folder holds the folder of the other
    shutil.move(tmp_path / "sample2" / "outs" / path.name, outer)
    assert built(tmp_path, tmp_path / "e")["studies"] == ["filtered_feature_bc_matrix", "sample1_outs"]
    path.with_suffix(".h5").write_bytes(path.read_bytes())
    with pytest.raises(CorpusError, match=r"cannot be told apart by name: .*sample1"):
        built(tmp_path, tmp_path / "d")


def test_the_manifest_says_what_went_in(files: Path, tmp_path: Path) -> None:
    manifest = built(files, tmp_path / "c", name="atlas")
    assert manifest["name"] == "atlas"
    assert [(entry["name"], entry["cells"], entry["where"]) for entry in manifest["files"]] == [
        ("simulated1", 150, "X"),
        ("simulated2", 150, "X"),
    ]
    text = json.loads((tmp_path / "c" / "corpus.json").read_text(encoding="utf-8"))
    assert text["digest"] == manifest["digest"]


@pytest.mark.long
def test_real_cells_have_one_digest_on_disk_and_in_memory(shared: Path, tmp_path: Path) -> None:
    names = ("pbmc3k", "zheng_facs", "mixology_celllines")
    paths = [shared / "cells" / f"{name}.h5ad" for name in names]
    manifest = build_shards(paths, tmp_path / "c")
    assert manifest["digest"] == build_corpus([read_h5ad(path) for path in paths], name="c").digest()
