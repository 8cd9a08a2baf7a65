from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scaling.corpus.h5ad import write_h5ad
from scaling.corpus.selection import ancestors, read_ontology, sctab_types
from scaling.errors import CorpusError
from scaling.simulate import simulate

OBO = """format-version: 1.2

[Term]
id: CL:1
name: native cell

[Term]
id: CL:2
name: lymphocyte
is_a: CL:1 ! native cell

[Term]
id: CL:3
name: T cell
is_a: CL:2 {source="x"} ! lymphocyte
is_a: CL:9 ! not in this file
relationship: part_of CL:4

[Term]
id: CL:4
name: HeLa

[Term]
id: CL:5
name: gone
is_a: CL:2
is_obsolete: true
"""


@pytest.fixture
def ontology(tmp_path: Path) -> dict[str, frozenset[str]]:
    (tmp_path / "cl.obo").write_text(OBO, encoding="utf-8")
    return read_ontology(tmp_path / "cl.obo")


def test_ancestors_follow_is_a_only(ontology: dict[str, frozenset[str]]) -> None:
    assert ancestors("T cell", ontology) == {"lymphocyte", "native cell"}
    assert ancestors("HeLa", ontology) == set()
    assert "gone" not in ontology


def test_a_type_needs_cells_samples_levels_and_to_be_a_native_cell(
    tmp_path: Path, ontology: dict[str, frozenset[str]]
) -> None:
    cells = simulate(cells=12, genes=60, types=2, studies=1, depth=50, seed=0)[0]
    cells.obs.clear()
    cells.obs.update(
        {
            "cell_type": np.array(["T cell"] * 5 + ["lymphocyte"] * 3 + ["HeLa"] * 4),
            "assay": np.array(["10x 3' v3"] * 3 + ["Smart-seq2"] + ["10x 3' v3"] * 8),
            "is_primary_data": np.array(["True"] * 4 + ["False"] + ["True"] * 7),
            "dataset_id": np.array(["d"] * 12),
            "donor_id": np.array(["1", "2", "2"] + ["1"] * 5 + ["1", "2", "3", "4"]),
        }
    )
    files = [write_h5ad(tmp_path / "a.h5ad", cells)]
    few = {"min_cells": 3, "min_samples": 1, "min_ancestors": 1}
    assert sctab_types(files, ontology, **few) == {"T cell": 3, "lymphocyte": 3}
    assert sctab_types(files, ontology, **{**few, "min_cells": 4}) == {}
    assert sctab_types(files, ontology, **{**few, "min_samples": 2}) == {"T cell": 3}
    assert sctab_types(files, ontology, **{**few, "min_ancestors": 2}) == {"T cell": 3}


def test_a_file_of_another_source_is_refused_with_the_columns_that_it_lacks(
    simulated: Path, ontology: dict[str, frozenset[str]]
) -> None:
    with pytest.raises(CorpusError, match="no column assay, dataset_id, donor_id, is_primary_data"):
        sctab_types([simulated / "simulated1.h5ad"], ontology)


def test_a_file_that_is_no_ontology_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.obo").write_text("T cells are cells", encoding="utf-8")
    with pytest.raises(CorpusError, match="no terms"):
        read_ontology(tmp_path / "notes.obo")
