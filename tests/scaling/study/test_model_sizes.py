from __future__ import annotations

from scaling.study.model_sizes import CELLS, GENES, WIDTHS, studies_of_sizes
from scaling.study.spec import load_study


def test_every_size_is_a_study_of_its_own_with_few_cells_first() -> None:
    studies = list(studies_of_sizes(load_study("sizes_g")))
    assert len({study.name for study in studies}) == len(studies) == len(CELLS) * len(GENES) * len(WIDTHS)
    assert [study.arms[0].sizes for study in studies] == sorted(study.arms[0].sizes for study in studies)
    assert {(study.corpus.genes, study.config("binned").model_dump()["width"]) for study in studies} == {
        (genes, width) for genes in GENES for width in WIDTHS
    }
    assert all(study.budget == studies[0].budget for study in studies)
