from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaling.corpus.shards.build import build_shards
from scaling.corpus.shards.layout import SHARD_FILES
from scaling.corpus.shards.recipe import Recipe
from scaling.corpus.shards.verify import verify_corpus
from scaling.errors import CorpusError
from scaling.simulate import simulate, write_simulated


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    write_simulated(folder / "cells", simulate(cells=120, genes=80, types=3, studies=2, depth=200, seed=1))
    build_shards([folder / "cells"], folder / "c", recipe=replace(Recipe(), min_genes=10, shard_cells=50))
    return folder / "c"


def flipped(path: Path, place: int) -> bytes:
    content = path.read_bytes()
    place %= len(content)
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    return content


def test_a_corpus_that_is_whole_has_no_damage(corpus: Path) -> None:
    seen: list[str] = []
    assert list(verify_corpus(corpus, progress=lambda done, total, what: seen.append(what))) == []
    assert seen == ["reading tables", "reading shard-00000", "reading shard-00001"]


@pytest.mark.parametrize("place", [0, 130, -1], ids=["first byte", "data", "last byte"])
@pytest.mark.parametrize("name", SHARD_FILES)
def test_one_flipped_byte_is_found_and_its_shard_named(corpus: Path, name: str, place: int) -> None:
    path = corpus / "shard-00001" / name
    content = flipped(path, place)
    assert [(found.shard, found.file) for found in verify_corpus(corpus)] == [("shard-00001", name)]
    path.write_bytes(content)


def test_damage_of_the_tables_and_a_missing_file_are_found(corpus: Path) -> None:
    genes, counts = flipped(corpus / "genes.parquet", 40), (corpus / "shard-00000" / "counts.npy").read_bytes()
    (corpus / "shard-00000" / "counts.npy").unlink()
    found = list(verify_corpus(corpus))
    assert [(entry.shard, entry.file) for entry in found] == [("", "genes.parquet"), ("shard-00000", "counts.npy")]
    assert "No such file" in found[1].what
    (corpus / "genes.parquet").write_bytes(genes)
    (corpus / "shard-00000" / "counts.npy").write_bytes(counts)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_one_flipped_byte_of_the_manifest_is_found_too(corpus: Path, share: float) -> None:
    path = corpus / "corpus.json"
    content = flipped(path, int(share * path.stat().st_size))
    with pytest.raises(CorpusError, match=r"corpus\.json: (damaged|format)"):
        list(verify_corpus(corpus))
    path.write_bytes(content)
