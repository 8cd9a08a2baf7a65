from __future__ import annotations

from pathlib import Path

import pytest

from scaling.corpus import gene_table
from scaling.corpus.gene_table import columns_in, find_genes, read_genes
from scaling.corpus.readers.names import GeneNames, gene_names
from scaling.errors import CorpusError, NoCommonGenes

ONE, TWO, THREE = (f"ENSG0000000000{number}" for number in (1, 2, 3))
"""Ensembl ids of the genes A, B and C."""


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gene_table, "MIN_GENES", 1)


def named(*index: str, **columns: list[str]) -> GeneNames:
    return gene_names(list(index), columns)


def test_ids_and_symbols_are_found_wherever_a_file_keeps_them() -> None:
    cellxgene = named(f"{ONE}.5", f"{TWO}.11_PAR_Y", feature_name=["A", "B"])
    scanpy = named("A", "B", gene_ids=[ONE, TWO])
    download = named("0", "1", feature_id=[ONE, TWO], feature_name=["A", "B"])
    for names in (cellxgene, scanpy, download):
        assert (names.ids, names.symbols) == ((ONE, TWO), ("A", "B"))
    assert named("A", "B") == GeneNames(("A", "B"), None, ("A", "B"))
    assert named(ONE, TWO) == GeneNames((ONE, TWO), (ONE, TWO), None)


def test_genes_go_by_id_if_any_file_has_ids_and_symbols_are_translated() -> None:
    both, ids, symbols = named(ONE, TWO, THREE, gene_name=["A", "B", "C"]), named(THREE, ONE), named("A", "C", "other")
    table = find_genes([both, ids, symbols], gene_share=1.0)
    assert table.genes == (ONE, THREE)
    assert table.symbols == ("A", "C")
    assert columns_in(table, symbols).tolist() == [0, 1, -1]
    assert columns_in(table, ids).tolist() == [1, 0]
    assert find_genes([both, ids, symbols], gene_share=0.3).genes == (ONE, TWO, THREE)


def test_two_columns_of_one_gene_are_one_gene() -> None:
    names = named(f"{ONE}.1", f"{ONE}.2", TWO)
    assert columns_in(find_genes([names], gene_share=1.0), names).tolist() == [0, 0, 1]


def test_a_symbol_that_two_genes_share_stands_for_neither() -> None:
    table = find_genes([named(ONE, TWO, THREE, gene_name=["A", "A", "C"])], gene_share=1.0)
    assert columns_in(table, named("A", "C")).tolist() == [-1, 2]


def test_ids_and_symbols_that_never_meet_are_no_common_genes() -> None:
    with pytest.raises(NoCommonGenes, match="0 genes in common"):
        find_genes([named(ONE, TWO), named("A", "B")], gene_share=1.0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.txt", f"{TWO}.3\n{ONE}\n\n{TWO}\n"),
        ("table.csv", f"feature_id,feature_name\n{TWO}.3,B\n{ONE},A\n"),
        ("table.tsv", f"number\tfeature_id\n1\t{TWO}\n2\t{ONE}\n"),
    ],
)
def test_a_list_of_genes_keeps_its_order(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    table = read_genes(tmp_path / name)
    assert table.genes == (TWO, ONE)
    assert table.symbols == (("B", "A") if "feature_name" in text else ("", ""))


def test_a_list_is_read_from_parquet_too(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"feature_id": [TWO, ONE], "feature_name": ["B", "A"]}), tmp_path / "features.parquet")
    table = read_genes(tmp_path / "features.parquet")
    assert (table.genes, table.symbols) == ((TWO, ONE), ("B", "A"))


@pytest.mark.parametrize("name", ["genes.txt", "genes.csv", "genes.parquet"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00"])
def test_a_list_without_genes_is_refused(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=r"no (list of )?genes"):
        read_genes(tmp_path / name)
