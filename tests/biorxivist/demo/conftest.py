from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

import scaling
from biorxivist.demo.model import Demo
from biorxivist.demo.run import run_demo
from biorxivist.workspace.home import Home
from tests.conftest import copy_home

CANARY = "canary-5c21d"


class DemoRun(NamedTuple):
    """A demo that has been run, and where it wrote."""

    demo: Demo
    home: Home
    report: Path


@pytest.fixture(scope="session")
def demo_run(seeded_home: Home, tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """The demo on simulated cells, with a study of a few seconds in place of one of a minute."""
    folder = tmp_path_factory.mktemp("demo")
    study = scaling.load_study("demo")
    short = study.model_copy(
        update={
            "budget": study.budget.model_copy(update={"steps": 8, "checkpoints": (1, 2, 8), "warmup": 2}),
            "arms": tuple(
                arm.model_copy(update={"sizes": sizes, "seeds": 2})
                for arm, sizes in zip(study.arms, ((50, 100, "all"), (50, 100)), strict=True)
            ),
        }
    )
    home = copy_home(seeded_home, folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scaling, "load_study", lambda name: short, raising=False)
        patch.setenv("NEO4J_PASSWORD", CANARY)
        patch.setenv("OPENAI_API_KEY", CANARY)
        demo = run_demo(home, report=folder / "out" / "report.html", workers=1, offline=True)
        again = run_demo(home, workers=1, offline=True)
    assert again.digest == demo.digest
    return DemoRun(demo, home, folder / "out" / "report.html")


@pytest.fixture
def demo(demo_run: DemoRun) -> Demo:
    return demo_run.demo
