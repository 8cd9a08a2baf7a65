"""The demo on the terminal: verdicts, disagreements, the budget arm, the small study, and what to try next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from biorxivist.claims.index import number
from biorxivist.claims.statement import named
from biorxivist.cli.output import clean
from biorxivist.demo.budget import headline
from graph.records import Evidence, Result, SaturationPoint
from graph.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from biorxivist.demo.run import ClaimRow, Demo

__all__ = ["NEXT", "measured", "print_demo", "summary"]

STYLES = {
    "reproduced": "bold green",
    "not_reproduced": "bold red",
    "same_direction_at_scale": "green",
    "opposite_direction_at_scale": "red",
    "no_effect_at_scale": "yellow",
    "rising_at_scale": "cyan",
    "inconclusive": "yellow",
    "not_testable": "dim",
}
NEXT = (
    'biorxivist check "More pre-training data improves single-cell foundation models"',
    'biorxivist ask "Does more pre-training data help scConcept?"',
    "biorxivist evidence --verdict no_effect_at_scale",
    "biorxivist graph query contradictions",
    'biorxivist graph query "MATCH (p:Paper)-[:MAKES]->(c:Claim) RETURN p.title, c.statement LIMIT 5"',
    "biorxivist demo --cells your_cells.h5ad",
)


def print_demo(demo: Demo, console: Console) -> None:
    """Print everything that the demo shows."""
    console.print(Text(summary(demo), style="bold"))
    console.print(_claims(demo.shown))
    papers = len({row.claim.paper_id for row in demo.shown})
    console.print(
        f"{len(demo.shown)} claims of {papers} papers shown, {len(demo.rows)} in the graph: `biorxivist evidence`, "
        f"`biorxivist explain {demo.shown[0].claim.id if demo.shown else 'CLAIM'}`."
    )
    _section(console, "Where papers disagree", _disagreements(demo))
    _section(console, "Does the saturation point move with the training budget?", _budget(demo))
    _section(console, "The small study that has just been run", _fresh(demo))
    steps = Text("\n".join(NEXT))
    where = Text(f"The graph is in {demo.home}; set BIORXIVIST_HOME={demo.home} to ask it.", style="dim")
    _section(console, "Next", [steps, where])


def summary(demo: Demo) -> str:
    """One sentence: how many claims of how many papers, and what became of them."""
    counts: dict[str, int] = {}
    for row in demo.rows:
        counts[row.verdict] = counts.get(row.verdict, 0) + 1
    told = ", ".join(f"{counts[verdict]} {verdict.replace('_', ' ')}" for verdict in STYLES if verdict in counts)
    papers = len({row.claim.paper_id for row in demo.rows})
    return f"{len(demo.rows)} claims of {papers} papers: {told}."


def _section(console: Console, title: str, parts: Iterable[object]) -> None:
    console.print()
    console.print(Rule(title, align="left", style="dim"))
    for part in parts:
        console.print(Padding(part if isinstance(part, Text | Table | Group) else Text(str(part)), (0, 0, 0, 2)))


def _claims(rows: Iterable[ClaimRow]) -> Table:
    table = Table(box=box.HORIZONTALS, show_lines=True, pad_edge=False, expand=True)
    table.add_column("who says so", ratio=2)
    table.add_column("claim", ratio=5)
    table.add_column("our result", ratio=3)
    table.add_column("verdict, gates, reason", ratio=6)
    for row in rows:
        first = row.evidence[0] if row.evidence else None
        table.add_row(
            Text(clean(row.who)),
            Text(clean(row.claim.statement)),
            Text(measured(first)),
            _verdict(row, first),
        )
    return table


def measured(evidence: Evidence | None) -> str:
    """Effect with its interval, and the scale that it was measured at."""
    if evidence is None or evidence.verdict == "not_testable":
        return "-"
    lines = []
    if evidence.effect is not None:
        lines.append(number(evidence, evidence.effect))
        if evidence.ci_low is not None and evidence.ci_high is not None:
            lines.append(f"[{number(evidence, evidence.ci_low)}, {number(evidence, evidence.ci_high)}]")
    if evidence.basis == "reanalysis":
        lines.append("re-analysis of printed numbers")
    elif evidence.scale_ratio is not None:
        lines.append(f"our corpus: {evidence.scale_ratio:.2g} of theirs")
    return "\n".join(lines)


def _verdict(row: ClaimRow, first: Evidence | None) -> Text:
    if row.verdict == "not_testable":
        return Text(f"not_testable: {clean(named(row.why, load_vocabulary()))}", style="dim")
    text = Text(row.verdict.replace("_", " "), style=STYLES[row.verdict])
    if first is not None and first.gates:
        marks = (f"{'+' if gate.passed else 'FAILED'} {name}" for name, gate in first.gates.items())
        text.append(f"\n{'  '.join(marks)}", style="default")
    text.append(f"\n{clean(named(row.why, load_vocabulary()))}", style="dim")
    return text


def _disagreements(demo: Demo) -> list[object]:
    if not demo.disagreements:
        return ["No two papers disagree."]
    parts: list[object] = []
    for place, one in enumerate(demo.disagreements, 1):
        first, second = demo.knowledge.who(one.first), demo.knowledge.who(one.second)
        parts += [
            Text(f"{place}. {clean(first)}: {clean(one.first.statement)}"),
            Text(f"   {clean(second)}: {clean(one.second.statement)}"),
            Text(f"   They {one.told()}.", style="dim"),
        ]
    return parts


def _budget(demo: Demo) -> list[object]:
    told = [Text(f"{named(arm.model_id, load_vocabulary())}: {arm.told()}") for arm in demo.arms]
    paper = [
        Text(f"{named(arm.model_id, load_vocabulary())}, rule of the paper: {arm.told_by_paper()}", style="dim")
        for arm in demo.arms
    ]
    parts: list[object] = [headline(demo.arms), *told, *paper]
    if demo.study:
        parts.append(Text(f"Study {demo.study}, mean over held-out studies, equivalence rule.", style="dim"))
    return parts


def _fresh(demo: Demo) -> list[object]:
    results = [one for one in demo.fresh if isinstance(one, Result) and one.metric_id == "metric:macro_f1"]
    table = Table(box=None, pad_edge=False)
    for column in ("model", "sampling", "steps", "untrained", "smallest", "whole", "saturation"):
        table.add_column(column)
    points = {
        (one.model_id, one.sampling): one
        for one in sorted(_points(demo), key=lambda point: point.steps or 0)
        if one.rule == "equivalence@1"
    }
    steps = max((one.steps or 0 for one in results), default=0)
    for model_id, sampling in sorted({(one.model_id, one.sampling or "") for one in results if one.steps == steps}):
        mine = [one for one in results if one.model_id == model_id]
        sizes = {one.cells: _mean(mine, one.cells, sampling, steps) for one in mine if one.cells and one.steps == steps}
        low, whole = min(sizes), max(one.cells or 0 for one in mine)
        point = points.get((model_id, sampling))
        table.add_row(
            named(model_id, load_vocabulary()), sampling, f"{steps:,}",
            _score(_mean(mine, 0, None, 0)), _score(sizes[low]), _score(_mean(mine, whole, None, steps)),
            "-" if point is None else f"{point.outcome}" + (f", {point.cells:,} cells" if point.cells else ""),
        )  # fmt: skip
    judged = "It trains and evaluates on one set, so it is shown and judges nothing."
    return [f"On {demo.cells.told}, macro F1 of cell types by kNN. {judged}", table]


def _points(demo: Demo) -> list[SaturationPoint]:
    return [one for one in demo.fresh if isinstance(one, SaturationPoint) and one.metric_id == "metric:macro_f1"]


def _mean(results: Iterable[Result], cells: int | None, sampling: str | None, steps: int) -> float | None:
    found = [
        one.value
        for one in results
        if one.cells == cells and one.steps == steps and (sampling is None or one.sampling in (sampling, None))
    ]
    return sum(found) / len(found) if found else None


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
