"""Parts of a model as compiled code: the same training, and plain torch where they cannot be compiled.

The backend is torch's own interpreter of what it traced (``eager``): these tests need no compiler.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
import torch

from scaling import families
from scaling.corpus.counts import build_corpus, label_cells
from scaling.families import find
from scaling.model.family import CellModel
from scaling.simulate import simulate
from scaling.train import compiling
from scaling.train.compiling import LONG, compile_on
from scaling.train.loop import Spent, Training, train
from scaling.views.counts import GeneCounts, choose_counts

GENES = 60
NAMES = [f"gene{number}" for number in range(GENES)]
SMALL: dict[str, dict[str, Any]] = {
    "masked": {"hidden": (16,), "dimensions": 4},
    "contrastive": {"hidden": (16,), "dimensions": 4},
    "ssl": {"hidden": (16, 8), "dimensions": 4, "dropout": 0.3},
    "scvi": {"width": 16, "dimensions": 4},
    "ldvae": {"width": 16, "dimensions": 4},
    "geneformer": {"width": 8, "heads": 2, "context": 24},
    "binned": {"width": 8, "heads": 2, "inner": 8, "context": 24},
}


@pytest.fixture(scope="module")
def cells() -> GeneCounts:
    entries = simulate(cells=200, genes=GENES, types=4, studies=2, depth=300, seed=0)
    labels = [label_cells(entry) for entry in entries]
    return choose_counts(build_corpus(entries, name="c", labels=labels, min_genes=5), np.arange(GENES))


@pytest.fixture(autouse=True)
def without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "BACKEND", "eager")
    compiling._warn.cache_clear()


def run(family: str, cells: GeneCounts, *, compiled: bool, steps: int = 5) -> tuple[CellModel, Spent]:
    config = find(family).config.model_validate(SMALL.get(family, {}))
    model = find(family).build(NAMES, config, seed_init=0)
    spent = train(
        model, cells, np.arange(150), Training(family, config, steps, 16, (steps,)),
        seed_init=0, at_checkpoint=lambda step, now: None, compiled=compiled,
    )  # fmt: skip
    return model, spent


@pytest.mark.parametrize("family", SMALL)
def test_a_compiled_training_ends_with_the_same_weights(family: str, cells: GeneCounts) -> None:
    plain, alone = run(family, cells, compiled=False)
    model, spent = run(family, cells, compiled=True)
    assert (alone.compiled, spent.compiled) == (False, True)
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(tensor, plain.state_dict()[name], rtol=1e-5, atol=1e-6)


def test_the_parts_are_compiled_while_it_trains_and_plain_before_and_after(
    cells: GeneCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    compile_it = torch.compile

    def noted(work: Any, **options: Any) -> Any:
        made.append(work.__name__)
        return compile_it(work, **options)

    monkeypatch.setattr(torch, "compile", noted)
    model, _ = run("scvi", cells, compiled=True)
    assert made == ["posterior", "rates"]
    assert not {"posterior", "rates"} & vars(model).keys()


def test_every_family_in_steps_names_parts_but_one_whose_loss_looks_at_pairs_of_cells() -> None:
    names = [name for name in families.names() if find(name).config().optimiser is not None]
    models = {name: find(name).build(NAMES, find(name).config(), seed_init=0) for name in names}
    plain = {
        name for name, model in models.items() if not any(getattr(part, "to_compile", ()) for part in model.modules())
    }
    assert plain == {"scimilarity"}


@pytest.mark.parametrize("family", ["masked", "scvi"])
def test_what_cannot_be_compiled_is_trained_as_it_is_and_one_warning_says_so(
    family: str, cells: GeneCounts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    plain, _ = run(family, cells, compiled=False)
    monkeypatch.setattr(compiling, "BACKEND", refuse)
    with caplog.at_level(logging.WARNING, logger="scaling.train.compiling"):
        for _ in range(2):
            model, spent = run(family, cells, compiled=True)
    assert not spent.compiled
    (warning,) = caplog.records
    assert "is not compiled" in warning.getMessage()
    assert "no compiler" in warning.getMessage()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, plain.state_dict()[name]), "a step on trial leaves nothing"


def test_a_failure_while_the_gradient_is_compiled_leaves_nothing_either(
    cells: GeneCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, _ = run("scvi", cells, compiled=False)

    def half_way(graph: torch.fx.GraphModule, inputs: Any) -> Any:
        def passed(*args: Any) -> Any:
            graph(*args)  # batch normalisation has changed its statistics
            raise RuntimeError("no compiler for the gradient")  # noqa: EM101

        return passed

    monkeypatch.setattr(compiling, "BACKEND", half_way)
    model, spent = run("scvi", cells, compiled=True)
    assert not spent.compiled
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, plain.state_dict()[name])


def test_by_itself_a_long_training_on_a_gpu_is_compiled_and_no_other() -> None:
    assert compile_on("cuda", "auto", LONG)
    assert not compile_on("cuda", "auto", LONG - 1)
    assert not compile_on("cpu", "auto", 10 * LONG)
    assert compile_on("cpu", "on", 1)
    assert not compile_on("cuda", "off", 10 * LONG)


def refuse(graph: torch.fx.GraphModule, inputs: Any) -> Any:
    """A backend without a compiler."""
    raise RuntimeError("no compiler here")  # noqa: EM101
