from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

import scaling
from biorxivist.demo.model import Demo
from biorxivist.demo.run import run_demo
from biorxivist.workspace.home import Home
from scaling.study.spec import Study
from tests.conftest import copy_home

CANARY = "canary-5c21d"


class DemoRun(NamedTuple):
    """A demo that has been run, and where it wrote."""

    demo: Demo
    home: Home
    report: Path


def short_study() -> Study:
    """The study of the demo, of a few seconds in place of a minute."""
    study = scaling.load_study("demo")
    return study.model_copy(
        update={
            "budget": study.budget.model_copy(update={"steps": 8, "checkpoints": (1, 2, 8), "warmup": 2}),
            "arms": tuple(
                arm.model_copy(update={"sizes": sizes, "seeds": 2})
                for arm, sizes in zip(study.arms, ((50, 100, "all"), (50, 100)), strict=True)
            ),
        }
    )


def run_short_demo(home: Home, report: Path | None = None) -> Demo:
    """The demo on simulated cells with the short study, where keys stand in the environment."""
    study = short_study()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scaling, "load_study", lambda name: study, raising=False)
        patch.setenv("NEO4J_PASSWORD", CANARY)
        patch.setenv("OPENAI_API_KEY", CANARY)
        return run_demo(home, report=report, workers=1, offline=True)


@pytest.fixture(scope="session")
def demo_run(seeded_home: Home, tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """A demo that tests only read."""
    folder = tmp_path_factory.mktemp("demo")
    home = copy_home(seeded_home, folder / "home")
    report = folder / "out" / "report.html"
    return DemoRun(run_short_demo(home, report), home, report)


@pytest.fixture
def demo(demo_run: DemoRun) -> Demo:
    return demo_run.demo
