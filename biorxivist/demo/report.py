"""The report: one HTML file that needs nothing else, for the reader who does not open a terminal.

Everything that is put into the page is escaped: statements, names and reasons come from papers and files.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from html import escape
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from biorxivist import __version__
from biorxivist.claims.index import number, why
from biorxivist.claims.statement import named
from biorxivist.cli.output import clean
from biorxivist.demo.budget import headline
from biorxivist.demo.terminal import NEXT, STYLES, summary
from graph.records import Evidence, Result, SaturationPoint
from graph.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from biorxivist.claims.disagreements import Disagreement
    from biorxivist.demo.run import ClaimRow, Demo

__all__ = ["render", "write_report"]

UNDECIDED = ("inconclusive", "not_testable")
PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "ladybug", "pydantic", "matplotlib")
LINK = re.compile(r"https?://\S+")


def write_report(demo: Demo, path: Path) -> None:
    """Write the report as one file, in one step.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".html.new")
    fresh.write_text(render(demo), encoding="utf-8")
    fresh.replace(path)


def render(demo: Demo) -> str:
    """The page."""
    template = (resources.files("biorxivist.demo") / "report.html").read_text(encoding="utf-8")
    sections = (_study(demo), _verdicts(demo), _heatmaps(demo), _pairs(demo), _small(demo), _provenance(demo))
    return Template(template).substitute(
        title="BioRxivist: which claims stand",
        heading="Which claims about single-cell foundation models stand?",
        lead=_text(f"{summary(demo)} {headline(demo.arms)}"),
        tiles=_tiles(demo),
        sections="\n".join(section for section in sections if section),
        footer=f"Made by biorxivist {_text(__version__)} from the archive <code>{_text(demo.digest[:16])}</code>. "
        "<code>biorxivist explain CLAIM</code> shows how a verdict came about.",
    )


def _text(value: object) -> str:
    return escape(clean(value))


def _named(text: str) -> str:
    return named(text, load_vocabulary())


def _link(address: str | None) -> str:
    if address and LINK.fullmatch(address):
        return f'<a href="{_text(address)}" rel="noopener noreferrer">{_text(address)}</a>'
    return _text(address or "")


def _tiles(demo: Demo) -> str:
    papers = len({row.claim.paper_id for row in demo.rows})
    judged = [row for row in demo.rows if row.verdict != "not_testable"]
    tiles = (
        (len(demo.rows), "claims"),
        (papers, "papers that make them"),
        (len(judged), "claims that numbers here can test"),
        (len(demo.runs), "training runs of the shipped study"),
        (sum(point.source == "published" for point in demo.points), "published saturation points"),
    )
    cells = "".join(f'<div class="tile"><b>{count:,}</b><span>{_text(what)}</span></div>' for count, what in tiles)
    counts = {verdict: sum(row.verdict == verdict for row in judged) for verdict in STYLES}
    found = {verdict: count for verdict, count in counts.items() if count}
    bar = "".join(f'<i class="fill v-{v}" style="width:{100 * n / len(judged):.2f}%"></i>' for v, n in found.items())
    legend = "".join(
        f'<li><i class="fill v-{verdict}"></i>{count} {_text(verdict.replace("_", " "))}</li>'
        for verdict, count in found.items()
    )
    return f'<div class="tiles">{cells}</div><div class="bar">{bar}</div><ul class="legend">{legend}</ul>'


def _section(title: str, note: str, body: str) -> str:
    return f'<section><h2>{_text(title)}</h2><p class="note">{_text(note)}</p>{body}</section>'


def _verdicts(demo: Demo) -> str:
    decided = [row for row in demo.rows if row.verdict not in UNDECIDED]
    open_ = [row for row in demo.rows if row.verdict == "inconclusive"]
    rest = [row for row in demo.rows if row.verdict == "not_testable"]
    body = _claims(decided)
    if open_:
        body += _folded(f"{len(open_)} claims were tested and stay open", _claims(open_))
    if rest:
        rows = "".join(
            f"<tr><td>{_text(row.who)}</td><td>{_text(row.claim.statement)}</td><td>{_text(_named(row.why))}</td></tr>"
            for row in rest
        )
        head = "<tr><th>Who says so</th><th>Claim</th><th>Not testable because</th></tr>"
        table = f'<div class="scroll"><table class="plain">{head}{rows}</table></div>'
        body += _folded(f"{len(rest)} claims cannot be tested with the numbers at hand", table)
    note = (
        "A verdict names the scale that it was reached at: “reproduced” needs half of the claim's corpus and model "
        "size, or a re-analysis of the printed numbers. Open a row for gates, steps and source."
    )
    return _section("Verdicts", note, body)


def _claims(rows: Iterable[ClaimRow]) -> str:
    return f'<div class="claims">{"".join(map(_claim, rows))}</div>'


def _folded(title: str, body: str) -> str:
    return f'<details class="more"><summary>{_text(title)}</summary>{body}</details>'


def _claim(row: ClaimRow) -> str:
    verdict = _text(row.verdict)
    inside = "".join(_evidence(one) for one in row.evidence)
    claim = row.claim
    source = f"{_text(claim.location or '')} {_link(claim.source_url)}"
    quote = f"<p>“{_text(claim.quote)}”</p>" if claim.quote else ""
    origin = f'<p class="soft">Source: {source}<br><code>{_text(claim.id)}</code></p>'
    return (
        f'<details class="v-{verdict}"><summary><span class="badge">{_text(row.verdict.replace("_", " "))}</span>'
        f'<span>{_text(claim.statement)}<span class="who">{_text(row.who)}</span></span>'
        f'<span class="effect">{_effect(row.evidence[0] if row.evidence else None)}</span></summary>'
        f'<div class="inside">{quote}{inside}{origin}</div></details>'
    )


def _effect(evidence: Evidence | None) -> str:
    if evidence is None:
        return ""
    scale = "re-analysis" if evidence.basis == "reanalysis" else ""
    if not scale and evidence.scale_ratio is not None:
        scale = f"at {evidence.scale_ratio:.2g} of the claim's corpus"
    if evidence.effect is None:
        return f"<small>{_text(scale)}</small>"
    limits = ""
    if evidence.ci_low is not None and evidence.ci_high is not None:
        limits = f"<small>{number(evidence, evidence.ci_low)} to {number(evidence, evidence.ci_high)}</small>"
    return f"{number(evidence, evidence.effect)}{limits}<small>{_text(scale)}</small>"


def _evidence(evidence: Evidence) -> str:
    gates = "".join(
        f'<tr><td class="{"ok" if gate.passed else "failed"}">{"met" if gate.passed else "not met"}</td>'
        f"<td>{_text(name.replace('_', ' '))}</td><td>{_text(gate.need)}</td>"
        f"<td>{_text('' if gate.value is None else gate.value)}</td></tr>"
        for name, gate in evidence.gates.items()
    )
    steps = "".join(f"<li>{_text(_named(reason))}</li>" for reason in evidence.reasons)
    seen = f" Smallest effect that could have been seen: {evidence.mde:.3f}." if evidence.mde is not None else ""
    verdict = _text(evidence.verdict.replace("_", " "))
    inputs = f"{len(evidence.inputs)} inputs, rule {_text(evidence.rule)}, <code>{_text(evidence.id)}</code>"
    return (
        f"<p><b>{verdict}</b>, by {_text(evidence.basis)}: {_text(_named(why(evidence)))}.{seen}</p>"
        f'<table class="gates">{gates}</table><ol>{steps}</ol><p class="soft">{inputs}</p>'
    )


def _figure(svg: str, caption: str) -> str:
    return f'<figure><div class="figure">{svg}</div><figcaption>{_text(caption)}</figcaption></figure>'


def _study(demo: Demo) -> str:
    from biorxivist.demo.figures import budget_curves

    budgets = sorted({point.steps for arm in demo.arms for point in arm.points if point.steps})
    if not budgets:
        return ""
    run = demo.runs[0]
    caption = (
        f"Macro F1 of cell types in held-out studies by kNN, over the cells that the encoder was trained on; mean over "
        f"studies, band: 95 % interval over {len({one.seed_data for one in demo.runs})} seeds, ring: saturation point "
        f"by the equivalence rule. Corpus of {run.corpus_cells:,} cells, {run.genes:,} genes; the same number of "
        "optimiser steps at every size."
    )
    table = "".join(
        f"<tr><td>{_text(_named(arm.model_id))}</td><td>{_text(arm.told())}</td>"
        f"<td>{_text(arm.told_by_paper())}</td></tr>"
        for arm in demo.arms
    )
    head = "<tr><th>Model</th><th>Saturation point, equivalence rule</th><th>Rule of the paper</th></tr>"
    body = _figure(budget_curves(demo.results, demo.points, budgets), caption) + (
        f'<div class="scroll"><table class="plain">{head}{table}</table></div>'
    )
    return _section("Does the saturation point move with the training budget?", headline(demo.arms), body)


def _heatmaps(demo: Demo) -> str:
    from biorxivist.demo.figures import our_heatmap, published_heatmap

    vocabulary = load_vocabulary()
    body = ""
    if any(point.source == "published" for point in demo.points):
        body += _figure(
            published_heatmap(demo.points, vocabulary),
            "As printed: the smallest share of the 22.2 million cells of scTab at which any single run passes 95 % of "
            "the best score (DenAdel et al.).",
        )
    if demo.study and demo.arms:
        for rule, told in (("paper_any_run@1", "by the paper's rule"), ("equivalence@1", "by the equivalence rule")):
            body += _figure(
                our_heatmap(demo.points, demo.study, rule, vocabulary),
                f"Ours, {told}, at each training budget. “rising”: no smaller corpus is as good as the whole; "
                "“budget”: the answer changes between budgets; “?”: not identified.",
            )
    return _section("Saturation points, published and ours", "One rule, two scales: read them side by side.", body)


def _pairs(demo: Demo) -> str:
    if not demo.disagreements:
        return ""
    body = "".join(_pair(one, demo) for one in demo.disagreements)
    return _section(
        "Where papers disagree", "The sharpest pairs: opposite directions, scopes as equal as they come.", body
    )


def _pair(one: Disagreement, demo: Demo) -> str:
    sides = "".join(
        f'<p>{_text(claim.statement)}<span class="who">{_text(demo.knowledge.who(claim))}</span></p>'
        for claim in (one.first, one.second)
    )
    reasons = _named("; ".join(one.relation.reasons))
    return f'<div class="pair">{sides}<p class="how">They {_text(one.told())}. {_text(reasons)}</p></div>'


def _small(demo: Demo) -> str:
    from biorxivist.demo.figures import small_study_curves

    results = [record for record in demo.fresh if isinstance(record, Result)]
    points = [record for record in demo.fresh if isinstance(record, SaturationPoint)]
    if not results:
        return ""
    note = f"On {demo.cells.told}. It trains and evaluates on one set, so it is shown and judges nothing."
    caption = "Macro F1 of cell types by kNN within the set, over the cells trained on; three seeds."
    svg = small_study_curves(results, points)
    body = _figure(svg, caption) if svg else "<p>Too few cells for a curve.</p>"
    return _section("The small study of this run", note, body)


def _provenance(demo: Demo) -> str:
    runs = demo.runs
    rows = [
        ("biorxivist", __version__),
        ("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        ("Packages", ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))),
        ("Archive", f"digest {demo.digest}"),
        ("Rules", ", ".join(sorted({one.rule for row in demo.rows for one in row.evidence}))),
    ]
    if runs:
        seeds = sorted({run.seed_data for run in runs})
        rows += [
            ("Shipped study", f"{runs[0].study}: {len(runs)} runs, protocol {runs[0].protocol}, seeds {seeds}"),
            ("Its corpus", f"{runs[0].corpus_id}, {runs[0].corpus_cells:,} cells, sha256 {runs[0].corpus_digest}"),
            ("Its time", f"{sum(run.seconds or 0 for run in runs) / 60:.0f} minutes of training on {runs[0].device}"),
        ]
    table = "".join(f"<tr><th>{_text(name)}</th><td><code>{_text(told)}</code></td></tr>" for name, told in rows)
    steps = "\n".join(NEXT)
    return _section(
        "Where this comes from", "Enough to make it again.", f'<table class="plain">{table}</table>'
    ) + _section("Go on from here", "The graph is ready to be asked.", f"<pre>{_text(steps)}</pre>")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
