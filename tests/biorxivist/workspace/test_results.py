from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.errors import BadResults, InvalidInput
from biorxivist.workspace.results import read_results

HEADER = "model,dataset,task,metric,value"
ROW = "scGPT,pbmc3k,cell type classification,macro F1,0.9"


def write(folder: Path, *lines: str) -> Path:
    path = folder / "results.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_names_are_resolved_and_everything_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER},seed,fraction,cells,steps,regime", f"{ROW},3,0.1,1000,250,zero_shot")
    (result,) = read_results(path)
    assert (result.model_id, result.dataset_id) == ("model:scgpt", "dataset:pbmc3k")
    assert (result.task_id, result.metric_id) == ("task:cell_type_classification", "metric:macro_f1")
    assert (result.value, result.seed_init, result.fraction, result.cells) == (0.9, 3, 0.1, 1000)
    assert (result.steps, result.regime, result.source, result.n) == (250, "zero_shot", "user", 1)


def test_a_corrected_value_replaces_the_one_of_the_same_file(tmp_path: Path) -> None:
    (first,) = read_results(write(tmp_path, HEADER, ROW))
    (second,) = read_results(write(tmp_path, HEADER, ROW.replace("0.9", "0.8")))
    assert first.id == second.id
    assert first.value != second.value


@pytest.mark.parametrize(
    ("lines", "row", "told"),
    [
        ([HEADER, ROW.replace("scGPT", "scVl")], 2, "scVI"),
        ([HEADER, ROW, ROW.replace("pbmc3k", "nowhere")], 3, "dataset 'nowhere'"),
        ([HEADER, ROW.replace("0.9", "90")], 2, "give 0.9"),
        ([HEADER, ROW.replace("0.9", "nan")], 2, "not a number"),
        ([HEADER, ROW.replace("0.9", "high")], 2, "not a number"),
        ([HEADER, ROW, ROW], 3, "same as row 2"),
        ([HEADER, ROW + ",extra"], 2, "5 columns"),
        ([HEADER, "scGPT,pbmc3k"], 2, "5 columns"),
        (["model,dataset,task,metric", "a,b,c,d"], 1, "no column value"),
        ([HEADER + ",sed", ROW + ",1"], 1, "Did you mean seed"),
        ([HEADER + ",value", ROW + ",1"], 1, "stands twice"),
        ([HEADER], 1, "no row below"),
        ([HEADER + ",regime", ROW + ",often"], 2, "regime 'often'"),
        ([HEADER + ",fraction", ROW + ",10"], 2, "10 % as 0.1"),
        ([HEADER + ",seed", ROW + ",1.5"], 2, "whole number"),
    ],
)
def test_a_row_that_cannot_be_imported_is_named_and_nothing_is(
    tmp_path: Path, lines: list[str], row: int, told: str
) -> None:
    with pytest.raises(BadResults, match="Nothing was imported") as error:
        read_results(write(tmp_path, *lines))
    assert error.value.row == row
    assert told in str(error.value)


def test_a_loss_may_be_larger_than_one(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, "scGPT,pbmc3k,masked modelling,loss,3.7")
    assert read_results(path)[0].value == 3.7


def test_a_file_that_is_no_text_or_absent_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadResults, match="not UTF-8"):
        read_results(tmp_path / "b.csv")
    with pytest.raises(InvalidInput, match=r"absent\.csv cannot be read: No such file.* columns model, dataset"):
        read_results(tmp_path / "absent.csv")


def test_records_of_a_study_are_sent_to_the_command_that_loads_them(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"kind": "run", "id": "run:1"}\n', encoding="utf-8")
    with pytest.raises(InvalidInput, match="biorxivist graph load"):
        read_results(path)


def test_a_byte_order_mark_and_other_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{ROW}\r\n".encode())
    assert len(read_results(path)) == 1
