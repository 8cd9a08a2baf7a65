"""``biorxivist choose``: models that fit what a user needs, with what is known and claimed of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from biorxivist.cli.completion import licences, task_names
from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag, choice
from biorxivist.cli.output import note, print_text, print_wrapped
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.claims.choose import Candidate, Member

__all__ = ["app"]

app = new_app()

LISTED = 3
SIZE = re.compile(r"(\d+(?:\.\d+)?(?:e\d+)?)\s*([kmb]?)", re.IGNORECASE)
UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}


@app.command(
    epilog=examples(
        "biorxivist choose --species human --licence permissive --task annotation",
        "biorxivist choose --max-parameters 100M --weights --by year",
        "biorxivist choose --licence Apache-2.0 --input rank --json",
    )
)
def choose(
    *,
    species: Annotated[str | None, typer.Option(metavar="NAME", help="Species it reads, such as human.")] = None,
    licence: Annotated[
        str | None,
        typer.Option(
            metavar="WORD",
            help="permissive, noncommercial (any stated licence), or an SPDX identifier such as MIT.",
            autocompletion=licences,
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only models that claims on this task are about.", autocompletion=task_names),
    ] = None,
    input_: Annotated[
        str | None, typer.Option("--input", metavar="WORD", help="How it reads a cell: rank, values, text ...")
    ] = None,
    max_parameters: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Most trained parameters: 100M, 1.5B.")
    ] = None,
    weights: Annotated[bool, typer.Option("--weights", help="Only models whose weights have a known address.")] = False,
    by: Annotated[str, typer.Option(metavar="ORDER", help="name, or year (newest first).")] = "name",
    all_: Annotated[bool, typer.Option("--all", help=f"All claims of a model, not the first {LISTED}.")] = False,
    json: JsonFlag = False,
) -> None:
    """List models that fit your needs: facts with sources, claims.

    Nothing is ranked. A model for which no source states a fact that you ask for is listed at the end, with what is
    missing. A licence fits if every licence stated for code or weights does. Models are grouped by family; the claims
    about the family follow, each with who makes it and the verdict on it.
    """
    from biorxivist.claims.choose import Needs
    from biorxivist.claims.choose import choose as find_models
    from biorxivist.claims.index import read_index
    from biorxivist.claims.review import reviews
    from biorxivist.cli.opening import opened
    from biorxivist.workspace.home import open_home

    order: Literal["name", "year"] = "year" if choice(by, ("name", "year"), option="--by") == "year" else "name"
    most = _number(max_parameters) if max_parameters else None
    needs = Needs(species=species, licence=licence, task=task, input=input_, max_parameters=most, weights=weights)
    home = open_home()
    with opened(home) as store:
        candidates = find_models(needs, read_index(store, reviews=reviews(home.archive)), by=order)
    if json:
        print_rows([candidate.row() for candidate in candidates], "json")
    else:
        _print(candidates, None if all_ else LISTED)
    if not any(candidate.fits for candidate in candidates):
        note("No model is known to fit; leave one of the conditions out.")
        raise typer.Exit(FAILED)


def _number(text: str) -> int:
    match = SIZE.fullmatch(text.strip().replace(",", "").replace("_", ""))
    if match is None:
        msg = f"{text!r} is not a number of parameters; write 100M, 1.5B or 100000000."
        raise typer.BadParameter(msg, param_hint="--max-parameters")
    return int(float(match[1]) * UNITS[match[2].lower()])


def _print(candidates: list[Candidate], most: int | None) -> None:
    fitting = [candidate for candidate in candidates if candidate.fits]
    for candidate in fitting:
        _print_family(candidate, most)
    open_ = [member for candidate in candidates for member in candidate.members if member.unknown]
    if open_:
        print_text(f"Not known whether they fit ({len(open_)})")
        for member in open_:
            print_wrapped(f"{member.model.name}: {', '.join(member.unknown)} not stated", indent=2, hang=2)


def _print_family(candidate: Candidate, most: int | None) -> None:
    from graph.evidence.verdict import verdict_text

    print_text(candidate.family.name)
    for member in candidate.members:
        if not member.unknown:
            _print_member(member, of=candidate.family.name)
    if not candidate.claims:
        print_wrapped("no claims in the graph", indent=2)
    for line in candidate.claims[:most]:
        print_wrapped(f"{line.who}: {line.claim.statement}  [{line.claim.id}]", indent=2, hang=2)
        if line.verdict is not None:
            print_wrapped(verdict_text(line.verdict), indent=6, hang=2)
    if most is not None and len(candidate.claims) > most:
        rest = len(candidate.claims) - most
        more = f"{rest} more claim{'s' if rest > 1 else ''}"
        print_wrapped(f"{more}: --all, or `biorxivist show {candidate.family.id}`", indent=2)
    print_text("")


def _print_member(member: Member, *, of: str) -> None:
    from biorxivist.claims.facts import sources_in_words

    model = member.model
    year = f" ({model.year})" if model.year else ""
    parts = [
        ", ".join(model.species) or "species not stated",
        f"reads {model.input}" if model.input else "input not stated",
        f"{model.parameters:,} parameters" if model.parameters else "size not stated",
        f"pre-trained on {model.corpus_cells:,} cells" if model.corpus_cells else "cells not stated",
        f"code licence {model.licence_code or 'not stated'}, weights licence {model.licence_weights or 'not stated'}",
        f"weights at {model.weights_url}" if model.weights_url else "address of the weights not stated",
    ]
    name = "" if model.name == of else f"{model.name}{year}: "
    print_wrapped(f"{name or f'{of}{year}: '}{'; '.join(parts)}", indent=2, hang=2)
    shown = {"year", "species", "input", "parameters", "corpus_cells", "licence_code", "licence_weights", "weights_url"}
    for text in sources_in_words(fact for fact in member.facts if fact.name in shown):
        print_wrapped(text, indent=6, hang=2)
    if model.read_on:
        print_wrapped(f"read on {model.read_on}", indent=6)
