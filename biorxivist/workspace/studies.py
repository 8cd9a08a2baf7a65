"""Studies of the scaling engine, run for a person: presets by name, and what is missing said plainly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from biorxivist.errors import ExtraMissing, InvalidInput

__all__ = ["preset", "presets", "require_scaling", "run_study"]

NEEDED = ("torch", "h5py", "sklearn", "anndata", "scipy")


def require_scaling(needed_for: str) -> None:
    """Say which part of the scaling extra is missing, if any.

    Raises
    ------
    ExtraMissing
        With the command that installs it.
    """
    for module in NEEDED:
        if find_spec(module) is None:
            raise ExtraMissing("scaling", needed_for, module)  # noqa: EM101 - names, not a message


def presets() -> tuple[str, ...]:
    """Names of the studies that ship with the scaling engine."""
    folder = resources.files("scaling") / "presets"
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def preset(name: str) -> Path:
    """File of a preset.

    Raises
    ------
    InvalidInput
        If there is no such preset.
    """
    if name not in presets():
        msg = f"{name} is neither a study file nor a preset. Presets are {', '.join(presets())}."
        raise InvalidInput(msg)
    return Path(str(resources.files("scaling") / "presets" / f"{name}.toml"))


def run_study(
    study: Path,
    *,
    cells: Path,
    out: Path,
    workers: int = 1,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, int]:
    """Run a study file or preset; returns how many records of each kind it gave.

    Raises
    ------
    ExtraMissing
        If torch or another part of the scaling extra is not installed.
    InvalidInput
        If there is no such study.
    ScalingError
        If the cells or the study cannot be used, or a run failed.
    """
    require_scaling("A study")
    import scaling

    file = study if study.is_file() else preset(str(study))
    records = scaling.run(scaling.load_study(file), cells=cells, out=out, workers=workers, progress=progress)
    return dict(Counter(type(record).__name__ for record in records))
