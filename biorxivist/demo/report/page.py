"""The page as a whole: its parts in order, where it comes from, and what it may load (nothing)."""

from __future__ import annotations

import hashlib
import platform
from base64 import b64encode
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template

from biorxivist.demo.budget import short_headline
from biorxivist.demo.model import NEXT, Demo, summary
from biorxivist.demo.report.claims import render_bar, render_claims
from biorxivist.demo.report.markup import plain_table, section, text
from biorxivist.demo.report.pairs import render_pairs
from biorxivist.demo.report.studies import render_budget, render_heatmaps, render_small_study

__all__ = ["render", "write_report"]

DISTRIBUTION = "biorxivist-graph"
PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "ladybug", "pydantic", "matplotlib")


def write_report(demo: Demo, path: Path) -> None:
    """Write the report as one file, in one step.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".html.new")
    unfinished.write_text(render(demo), encoding="utf-8")
    unfinished.replace(path)


def render(demo: Demo) -> str:
    """The page."""
    parts = (
        render_pairs(demo), render_budget(demo), render_claims(demo), render_heatmaps(demo), render_small_study(demo),
        _provenance(demo), _next_steps(),
    )  # fmt: skip
    script = _resource("filter.js")
    return Template(_resource("page.html")).substitute(
        policy=_policy(script),
        script=script,
        title="BioRxivist: which claims stand",
        heading="Which claims about single-cell foundation models stand?",
        lead=text(f"{summary(demo)} {short_headline(demo.arms)}"),
        tiles=_tiles(demo) + render_bar(demo),
        sections="\n".join(part for part in parts if part),
        footer=f"Made by biorxivist {text(_version(DISTRIBUTION))} from the archive "
        f"<code>{text(demo.digest[:16])}</code>. "
        "<code>biorxivist explain CLAIM</code> shows how a verdict came about.",
    )


def _resource(name: str) -> str:
    return (resources.files("biorxivist.demo.report") / name).read_text(encoding="utf-8")


def _policy(script: str) -> str:
    """Content security policy: this one script, inline styles and pictures; nothing from anywhere else."""
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _tiles(demo: Demo) -> str:
    tested = sum(row.verdict != "not_testable" for row in demo.rows)
    tiles = (
        (len(demo.rows), "claims"),
        (demo.papers, "papers that make them"),
        (tested, "claims that numbers here can test"),
        (len(demo.runs), "training runs of the shipped studies"),
        (sum(point.source == "published" for point in demo.points), "published saturation points"),
    )
    cells = "".join(f'<div class="tile"><b>{count:,}</b><span>{text(what)}</span></div>' for count, what in tiles)
    return f'<div class="tiles">{cells}</div>'


def _provenance(demo: Demo) -> str:
    packages = [f"{name} {installed}" for name in PACKAGES if (installed := _version(name))]
    rows = [
        ("biorxivist", _version(DISTRIBUTION) or ""),
        ("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        ("Packages", ", ".join(packages)),
        ("Archive", f"digest {demo.digest}"),
        ("Rules", ", ".join(sorted({evidence.rule for row in demo.rows for evidence in row.evidence}))),
    ]
    for study in demo.studies:
        runs = [run for run in demo.runs if run.study == study]
        if not runs:
            continue
        run = runs[0]
        seeds = ", ".join(map(str, sorted({run.seed_data for run in runs})))
        minutes = sum(run.seconds or 0 for run in runs) / 60
        rows += [
            (f"Study {study}", f"{len(runs)} runs, protocol {run.protocol}, seeds {seeds}"),
            (f"Corpus of {study}", f"{run.corpus_id}, {run.corpus_cells:,} cells, sha256 {run.corpus_digest}"),
            (f"Time of {study}", f"{minutes:.0f} minutes of training on {run.device}"),
        ]
    table = plain_table(("Item", "Value"), rows, demo.index.vocabulary)
    return section("Where this comes from", "What is needed to reproduce it.", table)


def _next_steps() -> str:
    commands = "\n".join(NEXT)
    return section("Next", "Commands to try.", f"<pre>{text(commands)}</pre>")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
