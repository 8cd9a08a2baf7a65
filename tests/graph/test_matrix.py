from __future__ import annotations

from typing import Any

import pytest

from biorxivist.seeds import records
from graph.errors import GraphError
from graph.matrix import UNSTATED, Matrix, matrix
from graph.records import Claim, Paper

PLATEAU = {
    "kind": "scaling",
    "direction": "plateau",
    "task_id": "task:downstream",
    "metric_id": "metric:performance",
    "subject_ids": ("model:scvi",),
    "corpus_id": "dataset:sctab",
    "unit": "cells",
}


def claim(paper: str, **data: Any) -> Claim:
    base = {"source_url": "https://example.org", "location": "section 1", "statement": "s"}
    return Claim.model_validate({**base, **PLATEAU, "paper_id": paper, "version_id": f"{paper}v1", **data})


def test_rows_are_papers_and_columns_the_conditions_that_their_claims_share() -> None:
    a, b = claim("doi:10.1/a"), claim("doi:10.1/b", direction="+")
    score = claim("doi:10.1/b", kind="score", value=0.8, dataset_id="dataset:ms", regime="zero_shot", direction=None)
    found = matrix([b, a, score])
    assert found.papers == ("doi:10.1/a", "doi:10.1/b")
    assert [column.papers for column in found.columns] == [2, 1]
    first, second = found.columns
    assert first.key == ("scaling", "task:downstream", "metric:performance", UNSTATED, UNSTATED)
    assert second.key == ("score", "task:downstream", "metric:performance", "zero_shot", "dataset:ms")
    assert found.cell("doi:10.1/a", first) == (a,)
    assert found.cell("doi:10.1/a", second) == ()
    assert found.cell("doi:10.1/b", second) == (score,)


def test_a_column_tells_how_many_pairs_of_papers_agree_and_what_parts_the_others() -> None:
    same, denied = claim("doi:10.1/b"), claim("doi:10.1/c", direction="no_plateau")
    elsewhere = claim("doi:10.1/d", direction="no_plateau", corpus_id=None, corpus_cells=200_000_000)
    found = matrix([claim("doi:10.1/a"), same, denied, elsewhere], by=("kind",))
    (column,) = found.columns
    assert (column.count("agrees"), column.count("contradicts"), column.count("differs_in_scope")) == (2, 2, 2)
    assert column.agreement == pytest.approx(1 / 3)
    assert column.differing == ("corpus", "size")
    assert column.summary() == "2 of 6 agree, 2 contradict, 2 differ in scope (corpus, size)"


def test_claims_of_one_paper_are_not_held_against_each_other() -> None:
    later = claim("doi:10.1/a", direction="no_plateau", version_id="doi:10.1/av2")
    (column,) = matrix([claim("doi:10.1/a"), later]).columns
    assert column.agreement is None
    assert column.summary() == "one paper"


def test_given_papers_are_the_rows_in_their_order_with_their_titles() -> None:
    papers = [Paper(id="doi:10.1/b", title="Scaling | saturates", year=2025), Paper(id="doi:10.1/x", title="Silent")]
    found = matrix([claim("doi:10.1/a"), claim("doi:10.1/b")], papers=papers)
    assert found.papers == ("doi:10.1/b", "doi:10.1/x")
    assert [name for name, _ in found.rows()] == ["Scaling | saturates (2025)", "Silent", "agreement"]
    assert found.columns[0].papers == 1


def test_the_order_of_the_claims_does_not_matter() -> None:
    claims = [claim("doi:10.1/a"), claim("doi:10.1/b", direction="+"), claim("doi:10.1/c", regime="zero_shot")]
    assert matrix(claims) == matrix(list(reversed(claims)))


def test_markdown_has_a_line_per_paper_and_the_agreement_last_and_escapes_bars() -> None:
    denied = claim("doi:10.1/b", direction="+", polarity="negated")
    papers = [Paper(id="doi:10.1/a", title="A | B"), Paper(id="doi:10.1/b", title="C")]
    lines = matrix([claim("doi:10.1/a"), denied], papers=papers, by=("kind", "metric")).to_markdown().splitlines()
    assert lines == [
        "| paper | scaling · Performance |",
        "| --- | --- |",
        "| A \\| B | scVI: plateau with cells |",
        "| C | scVI: not gains with cells |",
        "| agreement | 1 of 1 agree |",
    ]


def test_a_frame_has_the_conditions_as_columns_and_the_agreement_beside_it() -> None:
    pytest.importorskip("pandas")
    frame = matrix([claim("doi:10.1/a"), claim("doi:10.1/b")], by=("kind", "metric")).to_pandas()
    assert frame.shape == (2, 1)
    assert list(frame.columns.names) == ["kind", "metric"]
    assert frame.loc["doi:10.1/a", ("scaling", "metric:performance")] == "scVI: plateau with cells"
    assert frame.attrs["agreement"].tolist() == [1.0]


def test_an_empty_matrix_is_still_a_table() -> None:
    empty = matrix([])
    assert isinstance(empty, Matrix)
    assert empty.to_markdown().splitlines()[0] == "| paper |"


@pytest.mark.parametrize("by", [(), ("kind", "colour")])
def test_an_unknown_condition_is_refused_with_the_known_ones(by: tuple[Any, ...]) -> None:
    with pytest.raises(GraphError, match=r"kind, task, metric.*given"):
        matrix([], by=by)


def test_the_fields_dispute_about_data_scaling_stands_in_one_column_and_is_one_of_scope() -> None:
    claims = [record for record in records() if isinstance(record, Claim)]
    found = matrix([one for one in claims if one.unit == "cells"], by=("kind", "task", "metric"), least=2)
    (column,) = [one for one in found.columns if one.key == ("scaling", "task:downstream", "metric:performance")]
    assert column.papers >= 4
    assert column.count("differs_in_scope") > column.count("contradicts") == 0
    assert {"objective", "subject"} <= set(column.differing)
