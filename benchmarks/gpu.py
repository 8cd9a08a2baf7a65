"""Families on a GPU: do they compute what the CPU computes, how fast, and then a study in the time that is left.

    python benchmarks/gpu.py --out OUT [--cells CELLS] [--device cuda] [--scale full] [--minutes 8]
    python benchmarks/gpu.py --out OUT --device cpu --scale tiny        # the same steps, in a minute, on any machine

Five parts, each printed as it ends and added to ``OUT/gpu.jsonl``; the third and fourth are not measured again where
that file has them of the same device:

1. the device, and that everything imports;
2. for each family the loss of one batch on the CPU and on the device, in float32 without TensorFloat, with the same
   masks: at most 1e-4 apart, relative to a loss above one;
3. cells per second of training, in float32 and under bfloat16 autocast (but for families whose loss needs float32),
   with the cells that passed at once where a step did not fit the memory, and the share of the device's peak that the
   family's operations make of it (MFU); beside them scvi-tools and a BERT of Hugging Face's transformers of the size
   of our Geneformer on the same device, where they are installed (``make test-parity`` installs them);
4. for each family that can be stacked the cells per second of one model, and of 4 and 8 whose steps are taken as one
   (`scaling.train.stack`); for some families those of compiled parts (`scaling.train.compiling`), with the seconds that
   compiling takes and the steps after which they are paid back;
5. studies, one after the other, each as a process of its own that is interrupted when the time is over:
   ``OUT/study.toml`` if it is there, else first the masked loss over the size of the model at 10,000 and 20,000 cells
   (`scaling.study.model_sizes`: claims that can be tested at their own scale), and then a preset. Runs that are
   finished are kept, and the next call goes on with the rest. Last come the slopes of that loss so far.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from scaling import families
from scaling.analysis.model_sizes import slopes
from scaling.corpus.counts import build_corpus, label_cells
from scaling.errors import DeviceFull
from scaling.model.family import CellModel
from scaling.simulate import simulate
from scaling.study.design.write import study_text
from scaling.study.lines import read_records
from scaling.study.model_sizes import studies_of_sizes
from scaling.study.run import status
from scaling.study.spec import Study, load_study
from scaling.train import compiling
from scaling.train.compiling import as_compiled
from scaling.train.learner import Learner
from scaling.train.loop import Training, precision_on, train
from scaling.train.peak import CARDS
from scaling.train.stack import Stack, StackFull
from scaling.train.training import Trainee
from scaling.views.batch import batch_of
from scaling.views.counts import GeneCounts, choose_counts

SHARED = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).resolve().parents[2] / "shared"))
TOLERANCE = 1e-4


class Scale(NamedTuple):
    """How large everything is."""

    genes: int
    cells: int
    batch: int
    seconds: float
    """Of training, for each speed."""
    study: str
    """Preset that comes last."""
    sizes: dict[str, Any]
    """Cells, genes and widths of the models whose loss is taken before; all if empty."""
    backend: str
    """What compiles; torch's ``eager`` only goes through the steps, without a compiler."""


SEEDS = (4, 8)
COMPILED = ("masked", "contrastive", "scvi", "geneformer")
TINY = {"cells": (300,), "genes": (60,), "widths": (8,)}
SCALES = {
    "full": Scale(2000, 8192, 512, 4.0, "blood_p", {}, "inductor"),
    "tiny": Scale(100, 256, 32, 0.05, "ci", TINY, "eager"),
}


def simulated(scale: Scale) -> tuple[GeneCounts, list[str]]:
    """Cells of three studies that share types, with as many counts as a type of blood has."""
    sets = simulate(cells=scale.cells, genes=scale.genes, types=6, studies=3, depth=2000, seed=0)
    corpus = build_corpus(sets, name="gpu", labels=[label_cells(each) for each in sets], min_genes=10)
    return choose_counts(corpus, np.arange(scale.genes)), corpus.genes.tolist()


def built(family: str, genes: list[str], cells: GeneCounts, device: str) -> CellModel:
    """An untrained model with what it learns before the first step, on a device."""
    found = families.find(family)
    model = found.build(genes, found.config(), seed_init=0)
    model.fit(cells, np.arange(len(cells)))
    return model.to(device)


def loss_on(family: str, genes: list[str], cells: GeneCounts, batch: int, device: str, rows: np.ndarray) -> float:
    """Validation loss of one batch: no dropout, and masks of a generator of the CPU on both devices."""
    model = built(family, genes, cells, "cpu")
    model.eval()
    given = batch_of(cells, rows[:batch])
    rng = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=[]), torch.no_grad(), drawn_on_cpu(device):
        torch.manual_seed(0)
        if device == "cpu":
            return float(model.loss(given, rng, None))
        moved = type(given)(*(getattr(given, name).to(device) for name in given.__dataclass_fields__))
        return float(model.to(device).loss(moved, rng, None))


@contextmanager
def drawn_on_cpu(device: str) -> Iterator[None]:
    """Let torch's draws come from the CPU and move to the device, so that both devices mask the same entries."""

    def moved(draw: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
        def drawn(*args: Any, **options: Any) -> torch.Tensor:
            args = tuple(each.cpu() if isinstance(each, torch.Tensor) else each for each in args)
            return draw(*args, **{**options, "device": "cpu"}).to(device)

        return drawn

    plain = {name: getattr(torch, name) for name in ("rand", "randn", "randint", "randperm")}
    for name, draw in plain.items():
        setattr(torch, name, moved(draw))
    try:
        yield
    finally:
        for name, draw in plain.items():
            setattr(torch, name, draw)


def ignore(step: int, model: CellModel) -> None:
    del step, model


def wait_for(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()


def cells_per_second(
    family: str, genes: list[str], cells: GeneCounts, scale: Scale, device: str, precision: str
) -> tuple[float, float, int | None]:
    """Cells per second of whole training steps, loading included, operations per cell, and cells that fit at once."""
    config = families.find(family).config()
    rows = np.arange(len(cells))
    model = built(family, genes, cells, device)
    if config.optimiser is None:
        start = time.perf_counter()
        model.fit(cells, rows)
        return len(rows) / (time.perf_counter() - start), model.flops(), None
    steps, seconds = 4, 0.0
    while seconds < scale.seconds:
        training = Training(family, config, steps, scale.batch, (steps,))
        start = time.perf_counter()
        spent = train(
            model, cells, rows, training, seed_init=0, at_checkpoint=ignore, device=device, precision=precision
        )
        wait_for(device)
        seconds = time.perf_counter() - start
        rate = steps * scale.batch / seconds
        steps = min(4 * steps, max(steps + 1, int(1.2 * scale.seconds * rate / scale.batch)))
    return rate, model.flops(), spent.micro_batch


def speeds(genes: list[str], cells: GeneCounts, scale: Scale, device: str) -> Iterator[dict[str, Any]]:
    """A row per family: cells per second, in float32 and under autocast, and the share of the peak."""
    card = "" if device == "cpu" else torch.cuda.get_device_name()
    peak = next((value for name, value in CARDS.items() if name in card), None)
    for family in families.names():
        row: dict[str, Any] = {"family": family}
        for precision in ("float32", "bfloat16"):
            if precision == "bfloat16" and not built(family, genes, cells, "cpu").in_bfloat16:
                continue
            try:
                rate, flops, fits = cells_per_second(family, genes, cells, scale, device, precision)
            except DeviceFull as error:
                row[f"{precision}_failed"] = str(error)[:200]
                continue
            row[f"{precision}_cells_per_second"] = round(rate, 1)
            row["flops_per_cell"] = flops
            if fits is not None:
                row[f"{precision}_micro_batch"] = fits
            if peak is not None:
                row[f"{precision}_mfu"] = round(rate * flops / peak, 5)
        yield row


def learner_of(
    family: str, genes: list[str], cells: GeneCounts, batch: int, device: str, seed: int, *, compiled: bool = False
) -> Learner:
    """A model before its first step, in the precision that a study on the device has by itself."""
    found = families.find(family)
    model = found.build(genes, found.config(), seed_init=seed).to(device)
    training = Training(family, found.config(), 1_000_000, batch, ())
    trainee = Trainee(model, cells, np.arange(len(cells)), seed, ignore)
    return Learner(trainee, training, device=device, precision=precision_on(device, "auto"), compiled=compiled)


def steps_per_second(take_step: Callable[[int], object], scale: Scale, device: str) -> float:
    """Steps per second; the first two prepare."""
    steps, start = 0, 0.0
    while steps < 3 or time.perf_counter() - start < scale.seconds:
        steps += 1
        take_step(steps)
        wait_for(device)
        if steps == 2:
            start = time.perf_counter()
    return (steps - 2) / (time.perf_counter() - start)


def stacks(genes: list[str], cells: GeneCounts, scale: Scale, device: str) -> Iterator[dict[str, Any]]:
    """A row per family that can be stacked: cells per second of one model, and of several as one in all."""
    batch = scale.batch
    for family in families.names():
        if not built(family, genes, cells, "cpu").stacks:
            continue
        alone = learner_of(family, genes, cells, batch, device, 0)
        rate = batch * steps_per_second(alone.take_step, scale, device)
        row: dict[str, Any] = {"family": family, "alone_cells_per_second": round(rate, 1)}
        for seeds in SEEDS:
            stack = Stack([learner_of(family, genes, cells, batch, device, seed) for seed in range(seeds)])
            try:
                with stack.joined():
                    together = seeds * batch * steps_per_second(stack.take_step, scale, device)
            except StackFull as error:
                row[f"{seeds}_failed"] = str(error)[:200]
                continue
            row |= {f"{seeds}_cells_per_second": round(together, 1), f"{seeds}_ratio": round(together / rate, 2)}
        yield row


def compiled(genes: list[str], cells: GeneCounts, scale: Scale, device: str) -> Iterator[dict[str, Any]]:
    """A row per family: cells per second of plain torch and of compiled parts, and when these are paid back."""
    compiling.BACKEND = scale.backend
    for family in COMPILED:
        plain = steps_per_second(learner_of(family, genes, cells, scale.batch, device, 0).take_step, scale, device)
        start = time.perf_counter()
        fast = learner_of(family, genes, cells, scale.batch, device, 0, compiled=True)
        took = time.perf_counter() - start
        row: dict[str, Any] = {
            "family": family, "backend": scale.backend, "compiled": fast.compiled,
            "plain_cells_per_second": round(plain * scale.batch, 1), "seconds_to_compile": round(took, 1),
        }  # fmt: skip
        if fast.compiled:
            with as_compiled():
                rate = steps_per_second(fast.take_step, scale, device)
            saved = 1 / plain - 1 / rate
            row |= {
                "cells_per_second": round(rate * scale.batch, 1), "ratio": round(rate / plain, 2),
                "steps_to_pay_back": round(took / saved) if saved > 0 else None,
            }  # fmt: skip
        yield row


def published_scvi(cells: GeneCounts, scale: Scale, device: str) -> float:
    """Cells per second of scvi-tools."""
    import anndata
    import scvi
    from scipy.sparse import csr_matrix

    entries = (np.asarray(cells.counts, dtype=np.float32), np.asarray(cells.indices), np.asarray(cells.indptr))
    data = anndata.AnnData(csr_matrix(entries, (len(cells), cells.genes)))
    scvi.model.SCVI.setup_anndata(data)
    model = scvi.model.SCVI(data)
    options = {"accelerator": "cpu" if device == "cpu" else "gpu", "batch_size": scale.batch}
    model.train(max_epochs=1, enable_progress_bar=False, **options)  # the first epoch prepares the data loader
    start = time.perf_counter()
    model.train(max_epochs=2, enable_progress_bar=False, **options)
    return 2 * len(model.train_indices) / (time.perf_counter() - start)


def published_bert(genes: list[str], cells: GeneCounts, scale: Scale, device: str) -> float:
    """Cells per second of a BERT of transformers with the sizes of our Geneformer, on as many tokens as a cell has."""
    from transformers import BertConfig, BertForMaskedLM

    settings = families.find("geneformer").config()
    length = int(np.median(np.diff(cells.indptr)))
    config = BertConfig(
        vocab_size=len(genes) + 4, hidden_size=settings.width, num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads, intermediate_size=2 * settings.width,
        max_position_embeddings=max(length, 512),
    )  # fmt: skip
    model = BertForMaskedLM(config).to(device)
    optimiser = torch.optim.AdamW(model.parameters(), fused=True)
    tokens = torch.randint(4, len(genes), (scale.batch, length), device=device)
    seen, start = 0, 0.0
    for step in range(10_000):
        if step == 2:
            wait_for(device)
            start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        model(input_ids=tokens, labels=tokens).loss.backward()
        optimiser.step()
        if step >= 2:
            seen += scale.batch
            wait_for(device)
            if time.perf_counter() - start > scale.seconds:
                break
    return seen / (time.perf_counter() - start)


def baselines(genes: list[str], cells: GeneCounts, scale: Scale, device: str) -> Iterator[dict[str, Any]]:
    """A row per published library, or that it is not installed."""
    libraries = {
        "scvi": ("SCVI.train", lambda: published_scvi(cells, scale, device)),
        "transformers": ("BertForMaskedLM", lambda: published_bert(genes, cells, scale, device)),
    }
    for package, (name, rate) in libraries.items():
        found = {"cells_per_second": round(rate(), 1)} if find_spec(package) else {"not_installed": package}
        yield {"library": name, **found}


MEASURES = {"speed": speeds, "baseline": baselines, "stacked": stacks, "compiled": compiled}
"""Part -> what yields its rows."""


def measured_before(path: Path, device: dict[str, Any]) -> set[str]:
    """Parts that former calls measured on this device, so that their time is left for the studies."""
    parts, same = set(), False
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["part"] == "device":
            same = row == device
        elif same:
            parts.add(row["part"])
    return parts


def planned(out: Path, scale: Scale) -> Iterable[tuple[str, Path]]:
    """Studies to run, each with its folder."""
    own = out / "study.toml"
    if own.is_file():
        return [(str(own), out / "study")]
    base = load_study("sizes_g")
    if scale.sizes:  # a few steps, to go through them
        budget = {"steps": 4, "checkpoints": [4], "batch_size": 16}
        base = Study.model_validate(base.model_dump(mode="json", exclude_unset=True) | {"budget": budget})
    (out / "sizes").mkdir(exist_ok=True)
    files = []
    for study in studies_of_sizes(base, **scale.sizes):
        path = out / "sizes" / f"{study.name}.toml"
        path.write_text(study_text(study), encoding="utf-8")
        files.append((str(path), path.with_suffix("")))
    return [*files, (scale.study, out / "study")]


def go_on_with(study: str, folder: Path, cells: Path, device: str, seconds: float) -> dict[str, Any]:
    """Run a study for so long; what is finished stays, and the next call goes on."""
    command = [
        sys.executable, "-m", "biorxivist.cli.main", "scaling", "run", study, "--cells", str(cells),
        "--out", str(folder), "--device", device,
    ]  # fmt: skip
    process = subprocess.Popen(command, start_new_session=True)
    try:
        ended = process.wait(max(seconds, 1.0)) == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
        ended = False
    states = status(folder) if (folder / "ledger.sqlite").is_file() else {}
    return {
        "part": "study", "study": folder.name, "finished": ended, "jobs": states,
        "next": None if ended else "call again",
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cells", type=Path, default=SHARED / "cells")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--scale", choices=SCALES, default="full")
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--no-study", action="store_true")
    given = parser.parse_args(arguments)
    started, scale = time.monotonic(), SCALES[given.scale]
    given.out.mkdir(parents=True, exist_ok=True)
    if given.device != "cpu" and not torch.cuda.is_available():
        parser.error("torch finds no GPU here; --device cpu --scale tiny goes through the same steps")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False

    with (given.out / "gpu.jsonl").open("a", encoding="utf-8") as file:

        def say(row: dict[str, Any]) -> None:
            line = json.dumps(row, sort_keys=True)
            print(line, flush=True)
            file.write(line + "\n")
            file.flush()

        name = "CPU" if given.device == "cpu" else torch.cuda.get_device_name()
        device = {"part": "device", "device": name, "torch": torch.__version__, "scale": given.scale}
        before = measured_before(given.out / "gpu.jsonl", device)
        say(device)
        cells, genes = simulated(scale)
        rows = np.random.default_rng(0).permutation(len(cells))
        worst = 0.0
        for family in families.names():
            if families.find(family).config().optimiser is None:
                continue
            here, there = (loss_on(family, genes, cells, scale.batch, device, rows) for device in ("cpu", given.device))
            apart = abs(here - there) / max(abs(here), 1.0)
            worst = max(worst, apart)
            say({"part": "loss", "family": family, "cpu": here, "device": there, "apart": apart})
        for part, measure in MEASURES.items():
            for row in () if part in before else measure(genes, cells, scale, given.device):
                say({"part": part, **row})
        for study, folder in () if given.no_study else planned(given.out, scale):
            if (folder / "records.jsonl").is_file() and status(folder).keys() <= {"done"}:
                continue
            left = 60 * given.minutes - (time.monotonic() - started)
            row = go_on_with(study, folder, given.cells, given.device, left)
            say(row)
            if not row["finished"]:
                break
        finished = sorted((given.out / "sizes").glob("*/records.jsonl"))
        for slope in slopes(record for path in finished for record in read_records(path)):
            say({"part": "sizes", **asdict(slope)})
    if worst > TOLERANCE:
        sys.exit(f"the losses of a family are {worst:.1e} apart; {TOLERANCE:g} is allowed")


if __name__ == "__main__":
    main()
