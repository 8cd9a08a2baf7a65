"""The demo on the terminal: the point in about ten lines, or everything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.rule import Rule
from rich.text import Text

from biorxivist.claims.layout import print_claims, prose, wrapped
from biorxivist.demo.budget import budget_caveat, headline, short_headline
from biorxivist.demo.model import NEXT, Demo, summary
from biorxivist.demo.small_study import caveat, scores
from graph.records import Claim

if TYPE_CHECKING:
    from rich.console import Console

    from biorxivist.claims.disagreements import Disagreement

__all__ = ["print_everything", "print_point"]

MARGIN = "  "
STANCES = {
    "+": "gain", "-": "loss", "0": "no change", "plateau": "plateau", "no_plateau": "no plateau",
    ">": "better", "<": "worse", "~": "level",
}  # fmt: skip
"""What a claim says about its subject, in a word or two."""
NEGATED = {
    "+": "no gain", "-": "no loss", "0": "a change", "plateau": "no plateau", "no_plateau": "plateau",
    ">": "not better", "<": "not worse", "~": "not level",
}  # fmt: skip


def print_point(demo: Demo, console: Console, *, report: Path | None = None) -> None:
    """Print the point: verdicts counted, the sharpest disagreements, the budget, and where the rest is."""
    _print(console, demo, summary(demo), style="bold")
    for disagreement in demo.disagreements:
        _print(console, demo, _brief(disagreement, demo), lead="- ")
    # a whole sentence on what it is worth stands in the rest: there is room for a word
    _print(console, demo, short_headline(demo.arms), lead="Open: " if budget_caveat(demo.runs, demo.arms) else "")
    place = f"Report: {report}. " if report else ""
    _print(console, demo, f"{place}The rest: biorxivist demo --all")
    _print(console, demo, NEXT[0], lead="Next: ")


def print_everything(demo: Demo, console: Console, *, report: Path | None = None) -> None:
    """Print everything that the demo shows."""
    _print(console, demo, summary(demo), style="bold")
    _heading(console, demo, "Where papers disagree")
    _print_disagreements(demo, console)
    _heading(console, demo, "Does the saturation point move with the training budget?")
    _print_budget(demo, console)
    _heading(console, demo, "Claims and verdicts")
    _print_claims(demo, console)
    _heading(console, demo, "The small study that has just been run")
    for sentence in (caveat(demo), *scores(demo)):
        _print(console, demo, sentence, lead=MARGIN)
    _heading(console, demo, "Next")
    for command in NEXT:
        _print(console, demo, command, lead=MARGIN)
    if report:
        _print(console, demo, f"Report: {report}", lead=MARGIN)


def _print(console: Console, demo: Demo, text: str, *, lead: str = "", style: str = "") -> None:
    """Print a paragraph broken at spaces and hyphens; ``lead`` begins its first line and indents the others."""
    lines = wrapped(prose(text, demo.index.vocabulary), console.width - len(lead)).split("\n")
    for number, line in enumerate(lines):
        console.print(Text((lead if number == 0 else " " * len(lead)) + line, style=style))


def _heading(console: Console, demo: Demo, title: str) -> None:
    console.print()
    if len(title) + 1 < console.width:
        console.print(Rule(title, align="left", style="dim"))
    else:
        _print(console, demo, title, style="bold")


def _brief(disagreement: Disagreement, demo: Demo) -> str:
    """Who holds what against whom, and in which conditions they differ, in one or two lines."""
    first, second = disagreement.first, disagreement.second
    sides = f"{_stance(first)}, says {demo.index.who(first)}; {_stance(second)}, says {demo.index.who(second)}"
    return f"{_topic(first)}: {sides}; {_differences(disagreement)}"


def _topic(claim: Claim) -> str:
    if claim.kind == "scaling":
        return f"More {claim.unit or 'of it'}"
    return ", ".join(claim.subject_ids[:2]) or claim.kind.capitalize()


def _stance(claim: Claim) -> str:
    return (NEGATED if claim.polarity == "negated" else STANCES).get(claim.direction or "", "no direction")


def _differences(disagreement: Disagreement) -> str:
    if disagreement.relation.relation == "contradicts":
        return "under the same conditions"
    return f"they differ in {', '.join(disagreement.relation.fields)}"


def _print_disagreements(demo: Demo, console: Console) -> None:
    if not demo.disagreements:
        _print(console, demo, "No two papers disagree.", lead=MARGIN)
    for place, disagreement in enumerate(demo.disagreements, 1):
        first, second = disagreement.first, disagreement.second
        _print(console, demo, f"{demo.index.who(first)}: {first.statement}", lead=f"{MARGIN}{place}. ")
        below = " " * len(f"{MARGIN}{place}. ")
        _print(console, demo, f"{demo.index.who(second)}: {second.statement}", lead=below)
        _print(console, demo, f"Opposite directions; {_differences(disagreement)}.", lead=below, style="dim")


def _print_budget(demo: Demo, console: Console) -> None:
    _print(console, demo, f"{headline(demo.arms)} {budget_caveat(demo.runs, demo.arms)}".strip(), lead=MARGIN)
    for arm in demo.arms:
        _print(console, demo, f"{arm.name}: {arm.describe()}", lead=MARGIN)
    for arm in demo.arms:
        text = f"{arm.name}, rule of the paper: {arm.describe_paper_points()}"
        _print(console, demo, text, lead=MARGIN, style="dim")
    if demo.studies:
        _print(console, demo, f"Shipped studies: {', '.join(demo.studies)}.", lead=MARGIN, style="dim")


def _print_claims(demo: Demo, console: Console) -> None:
    selection = demo.selection
    print_claims(selection, console, demo.index.vocabulary)
    papers = len({row.claim.paper_id for row in selection})
    console.print()
    _print(
        console,
        demo,
        f"{len(selection)} of {len(demo.rows)} claims, of {papers} papers. `biorxivist evidence` lists them all, "
        "`biorxivist explain ID` shows how a verdict came about.",
    )
