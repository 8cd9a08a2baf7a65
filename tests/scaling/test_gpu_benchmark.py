from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
import torch

from scaling import families
from scaling.train import compiling

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "gpu.py"


def test_the_script_for_a_gpu_goes_through_its_steps_on_a_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "BACKEND", compiling.BACKEND)  # the script chooses another one
    script = runpy.run_path(str(SCRIPT))
    draw = torch.rand
    script["main"](["--out", str(tmp_path), "--device", "cpu", "--scale", "tiny", "--no-study"])
    assert torch.rand is draw
    rows = [json.loads(line) for line in (tmp_path / "gpu.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["family"] for row in rows if row["part"] == "speed"} == set(families.names())
    stacked = {row["family"]: row for row in rows if row["part"] == "stacked"}
    assert stacked.keys() == {"masked", "contrastive", "ssl", "scvi", "ldvae"}
    assert all(row["alone_cells_per_second"] and row["4_ratio"] and row["8_ratio"] for row in stacked.values())
    compiled = {row["family"]: row for row in rows if row["part"] == "compiled"}
    assert compiled.keys() == {"masked", "contrastive", "scvi", "geneformer"}
    assert all(row["compiled"] and row["ratio"] > 0 and "steps_to_pay_back" in row for row in compiled.values())
    losses = {row["family"]: row for row in rows if row["part"] == "loss"}
    assert set(losses) == {name for name in families.names() if families.find(name).config().optimiser is not None}
    assert all(row["apart"] == 0 and row["cpu"] == row["device"] for row in losses.values())
    script["main"](["--out", str(tmp_path), "--device", "cpu", "--scale", "tiny", "--no-study"])
    lines = (tmp_path / "gpu.jsonl").read_text(encoding="utf-8").splitlines()
    again = [json.loads(line)["part"] for line in lines[len(rows) :]]
    assert set(again) == {"device", "loss"}, "speeds are not measured a second time"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_how_to_go_through_the_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        runpy.run_path(str(SCRIPT))["main"](["--out", str(tmp_path)])
    assert "--device cpu --scale tiny" in capsys.readouterr().err
