from __future__ import annotations

from pathlib import Path

import pytest

from scaling.corpus.h5ad import read_h5ad
from scaling.corpus.shards.build import build_shards
from scaling.corpus.shards.recipe import Recipe
from scaling.corpus.shards.sets import read_set, set_paths
from scaling.errors import CorpusError
from scaling.study.plan import specs
from scaling.study.prepare import choose_genes, describe
from scaling.study.reading import read_cells
from scaling.study.spec import Study


@pytest.fixture(scope="module")
def shards(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    build_shards([simulated], folder / "atlas", recipe=Recipe(min_genes=100))
    return folder / "atlas"


def facts(study: Study, cells: Path) -> dict[str, object]:
    corpus, evaluations = read_cells(study, cells)
    found = describe(study, corpus, evaluations, choose_genes(study, corpus, evaluations))
    names = ("corpus_digest", "genes_digest", "evaluation_digests", "simulated")
    return {name: getattr(found, name) for name in names} | {"runs": [spec.run_id for spec in specs(study, found)]}


def test_a_study_has_the_same_runs_from_shards_as_from_the_files_they_were_built_of(
    study: Study, simulated: Path, shards: Path
) -> None:
    assert facts(study, shards) == facts(study, simulated)
    assert facts(study, shards.parent) == facts(study, simulated)  # a folder that holds a corpus


def test_a_study_of_a_corpus_is_the_file_it_came_from(simulated: Path, shards: Path) -> None:
    assert [path.stem for path in set_paths(shards)] == [f"simulated{number}" for number in (1, 2, 3, 4)]
    mine, other = read_set(shards / "simulated3.h5ad"), read_h5ad(simulated / "simulated3.h5ad")
    assert mine.genes == other.genes
    assert mine.barcodes.tolist() == other.barcodes.tolist()
    assert {name: values.tolist() for name, values in mine.obs.items()} == {
        name: values.tolist() for name, values in other.obs.items()
    }


def test_cells_that_the_corpus_left_out_stand_in_the_record_of_the_study(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    keep = {"cell_type": [f"type {number}" for number in (1, 2, 3, 4)]}
    build_shards([simulated], tmp_path / "c", recipe=Recipe(min_genes=100, keep=keep))
    corpus, evaluations = read_cells(study, tmp_path / "c")
    assert corpus.left_out == {"not selected": 500 - len(corpus)}
    assert evaluations["simulated3"].left_out == {"not selected": 250 - len(evaluations["simulated3"])}


def test_a_set_that_is_not_there_is_refused_with_the_names_of_those_that_are(study: Study, shards: Path) -> None:
    corpus = study.corpus.model_copy(update={"files": ("heart",)})
    with pytest.raises(CorpusError, match=r"no heart\.h5ad.*There are: simulated1, simulated2"):
        read_cells(study.model_copy(update={"corpus": corpus}), shards)
