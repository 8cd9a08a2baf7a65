"""``biorxivist scaling design``: from a claim to the study that would test it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from biorxivist.cli.completion import presets
from biorxivist.cli.lazy import examples
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text, print_wrapped
from biorxivist.cli.rows import print_rows

if TYPE_CHECKING:
    from graph.vocabulary import Vocabulary
    from scaling.study.design.design import Design

__all__ = ["EXAMPLES", "design"]

EXAMPLES = examples(
    "biorxivist scaling design claim:373d913d --out test.toml",
    'biorxivist scaling design "More pre-training data improves single-cell foundation models" --hours 2',
    "biorxivist scaling design claim:2ad4f503 --like my_study.toml --cells CELLS --seeds 5 --json",
)


def design(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="Claim id or its beginning, or a sentence.")],
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Study file that is written.")] = None,
    like: Annotated[
        Path | None,
        typer.Option(
            metavar="STUDY",
            help="Study file or preset whose cells, budget and sets are used [default: a preset that scores the task].",
            autocompletion=presets,
        ),
    ] = None,
    cells: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of these cells, which are then read, checked and counted."),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=2, max=1000, help="Replicates [default: 8, or fewer to fit --hours].")
    ] = None,
    hours: Annotated[
        float | None, typer.Option(min=0.001, help="Hours of one core that you have; seeds are cut to fit.")
    ] = None,
    family: Annotated[
        str | None, typer.Option(metavar="NAME", help="Family to stand in where it can; by default the cheapest.")
    ] = None,
    gpu: Annotated[str, typer.Option(metavar="NAME", help="GPU for which hours are given: h200 or a100.")] = "h200",
    json: JsonFlag = False,
) -> None:
    """Design the study that would test a claim: what it needs, costs and could see, and what is missing here.

    The study file names the tests that the rules of evidence will look for, and `scaling plan` and `scaling run` take
    it. Each family is trained here for about a second, to measure its speed. A claim that no run can test is refused
    with the reason (exit status 2).
    """
    from biorxivist.claims.design import choose_claim, design_study, write_study
    from biorxivist.claims.index import read_index
    from biorxivist.cli.opening import opened
    from biorxivist.workspace.home import open_home

    with opened(open_home()) as store:
        index = read_index(store)
        chosen = choose_claim(claim, index, search=store.search)
    for text in chosen.notes:
        note(text)
    designed = design_study(
        chosen.claim, index, like=like, cells=cells, seeds=seeds, hours=hours, family=family, gpu=gpu
    )
    if out is not None:
        write_study(designed, out)
    if json:
        print_rows([{"who": chosen.who, **designed.row()}], "json")
    else:
        _print(designed, chosen.who, index.vocabulary)
    if out is not None:
        note(f"Study file: {out}. `biorxivist scaling plan {out} --cells CELLS` lays it out, `scaling run` runs it.")


def _print(designed: Design, who: str, vocabulary: Vocabulary) -> None:
    print_wrapped(f"{who or 'Nobody in the graph'}: {designed.claim.statement}  [{designed.claim.id}]", hang=2)
    print_text("")
    for name, text in _lines(designed):
        print_wrapped(f"{name:<10}{vocabulary.with_names(text)}", hang=10)
    print_text("")
    print_wrapped("Missing here:" if designed.missing else "Nothing is missing here.")
    for text in designed.missing:
        print_wrapped(f"- {text}", hang=2)


def _lines(designed: Design) -> Iterator[tuple[str, str]]:
    needs, cost, sight = designed.needs, designed.cost, designed.sight
    tests = [test.model_dump(exclude_none=True) for test in needs.tests]
    yield (
        "tests",
        "; ".join(
            f"{test['kind']} of {', '.join(test['arms'])}"
            + (f" against {test['against']}" if "against" in test else "")
            + (f", {test['sampling']}" if test["sampling"] != "random" else "")
            + (f", {test['ablation']}" if "ablation" in test else "")
            + (f" at {test['fraction']:g} of the corpus" if "fraction" in test else "")
            + f" ({test['direction']})"
            for test in tests
        )
        or "nothing is named; the study is only looked at",
    )
    scored = [
        f"{entry.reference} -> {entry.query}" if entry.reference else f"{entry.query}"
        for entry in designed.study.evaluations
    ]
    yield "scores", f"{needs.scored.task_id} by {needs.metric}: {', '.join(scored)}"
    of = f" of the claim's {designed.claim_cells:,}" if designed.claim_cells else ""
    counted = "" if designed.counted else ", as the vocabulary has them"
    yield "cells", f"{designed.study.corpus.id}, {designed.corpus_cells:,}{of} ({designed.genes:,} genes{counted})"
    sizes = ", ".join(f"{size:,}" if isinstance(size, int) else "all of them" for size in designed.study.arms[0].sizes)
    yield "sizes", f"{sizes} cells, {designed.study.arms[0].seeds} seeds, {designed.study.budget.steps:,} steps"
    yield (
        "costs",
        f"{cost.runs:,} runs, {cost.cells_seen:,} cells seen, {cost.flops:.2g} operations; {cost.hours:.2f} hours of "
        "one core here (measured now: "
        + ", ".join(f"{row.family} {row.cells_per_second:,.0f} cells/s" for row in cost.families)
        + f"; {cost.scorings:,} scorings of 1.1 s, as recorded)",
    )
    yield (
        "on a GPU",
        f"at least {cost.gpu_hours:.2f} hours of training on {designed.gpu.name}: a bound from "
        f"{designed.gpu.flops:.3g} operations/s ({designed.gpu.source}), of which 30 %, and from .6 ms a step; it was "
        "not measured",
    )
    if sight is not None:
        cells = " + ".join(f"{count:,}" for count in sight.test_cells)
        yield (
            "sees",
            f"a difference of {sight.effect:.3f} or more in 80 % of such studies ({sight.seeds} seeds, {cells} test "
            f"cells, {sight.tests} test{'s' if sight.tests > 1 else ''}); to lie beyond the margin of .02 it has to be "
            f"{sight.decisive:.3f}. Half the interval: {sight.half_width:.3f}",
        )
