"""The commands by purpose: what ``biorxivist --help`` shows, and the module that each one is imported from."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PANELS", "Command"]


class Command(NamedTuple):
    """A command, or a group of commands, that is not imported yet."""

    name: str
    module: str
    """Module whose ``app`` holds it."""
    summary: str
    """One line for the help page; the first line of the command's own help."""


PANELS: dict[str, tuple[Command, ...]] = {
    "Decide": (
        Command("ask", "biorxivist.cli.decide.ask", "Answer a question from the graph, with a source per sentence."),
        Command("check", "biorxivist.cli.decide.check", "Check a statement, paper, bibliography or manuscript."),
        Command("evidence", "biorxivist.cli.decide.evidence", "List claims with the verdicts on them."),
        Command("explain", "biorxivist.cli.decide.evidence", "Explain a verdict: every input, number, gate and step."),
        Command("compare", "biorxivist.cli.decide.compare", "Compare two claims, or the claims of two papers."),
        Command("show", "biorxivist.cli.decide.show", "Show a paper, model, dataset, claim or verdict on one page."),
        Command(
            "choose",
            "biorxivist.cli.decide.choose",
            "List models that fit your needs: facts with sources, claims.",
        ),
    ),
    "Read": (
        Command("search", "biorxivist.cli.read.search", "Search for papers."),
        Command("get", "biorxivist.cli.read.get", "Fetch a paper and print its text."),
        Command(
            "sync",
            "biorxivist.cli.read.harvest",
            "Harvest all papers that match into the archive.",
        ),
        Command("load", "biorxivist.cli.read.harvest", "Read papers of your own, and their claims, into the archive."),
        Command("cite", "biorxivist.cli.read.get", "Print citations as BibTeX, CSL-JSON or RIS."),
        Command(
            "citations", "biorxivist.cli.read.citations", "List citing and cited papers, those that disagree first."
        ),
    ),
    "Claims": (Command("claims", "biorxivist.cli.claims", "Read claims out of papers, list and review them."),),
    "Experiment": (Command("scaling", "biorxivist.cli.scaling", "Pre-train on subsets of a corpus and evaluate."),),
    "Graph": (
        Command("graph", "biorxivist.cli.graph", "Query, describe, load, rebuild and export the graph."),
        Command("archive", "biorxivist.cli.graph", "Export the records that every graph is built from."),
    ),
    "Set-up": (
        Command("demo", "biorxivist.cli.setup", "See what this does, from claims to verdicts, on real cells."),
        Command("doctor", "biorxivist.cli.setup", "Check what is installed and configured."),
        Command("mcp", "biorxivist.cli.mcp", "Serve the graph to agents over MCP, on this machine."),
        Command("vocabulary", "biorxivist.cli.vocabulary", "List the known names, and add your own."),
        Command("results", "biorxivist.cli.results", "Import scores of your own; verdicts are recomputed."),
    ),
}
