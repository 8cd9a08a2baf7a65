"""``biorxivist vocabulary``: the names that claims and results may use, and those that a user adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from biorxivist.cli.completion import show_names
from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import CsvFlag, JsonFlag, form, parameters
from biorxivist.cli.output import note, print_wrapped
from biorxivist.cli.rows import print_rows

if TYPE_CHECKING:
    from graph.records import Record
    from graph.vocabulary import Vocabulary

__all__ = ["app"]

app = new_app()
vocabulary_app = new_app(no_args_is_help=True, help="List the known names, and add your own.")
app.add_typer(vocabulary_app, name="vocabulary")

Kind = Literal["model", "dataset", "task", "metric"]


@vocabulary_app.command(
    epilog=examples(
        "biorxivist vocabulary add model MyNet role=foundation --source https://example.org/mynet --alias my-net",
        "biorxivist vocabulary add model MyNet-L role=foundation parent=MyNet --source https://example.org/mynet",
        "biorxivist vocabulary add dataset MyCells cells=20000 --source https://example.org/cells",
    )
)
def add(
    kind: Annotated[Kind, typer.Argument(help="Kind of entry.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name as its authors print it.")],
    facts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FIELD=VALUE]...",
            help="Facts that the source states, such as objective=masked; of a model always its role.",
        ),
    ] = None,
    *,
    source: Annotated[str, typer.Option(metavar="URL", help="Page where the facts were read.")],
    alias: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Another name of exactly this entry; repeatable.")
    ] = None,
    parent: Annotated[
        str | None, typer.Option(metavar="NAME", help="Family, collection or wider task that it belongs to.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Add a model, dataset, task or metric.

    It is stored in your home, and known to every command from then on. A name means one thing: one that already
    exists, even as an alias, is refused. A model needs role=foundation, baseline, method or group.
    """
    from biorxivist.workspace.home import open_home
    from biorxivist.workspace.vocabulary import add_entry

    fields = parameters(facts)
    if parent is not None:
        fields["parent"] = parent
    entry = add_entry(open_home().archive, kind, name, source_url=source, aliases=tuple(alias or ()), facts=fields)
    if json:
        print_rows([_row(entry)], "json")
    else:
        _print_entry(entry)
    note(f"{entry.id} is in the vocabulary.")


@vocabulary_app.command(
    "list", epilog=examples("biorxivist vocabulary list model", "biorxivist vocabulary list --json")
)
def list_(
    kind: Annotated[Kind | None, typer.Argument(help="Only this kind.", show_default=False)] = None,
    *,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """List the known names."""
    shape = form(as_json=json, as_csv=csv)
    rows = [_row(entry) for entry in _vocabulary() if kind is None or entry.id.startswith(f"{kind}:")]
    if shape == "table":
        rows = [{"id": row["id"], "name": row["name"], "aliases": ", ".join(row["aliases"])} for row in rows]
    print_rows(rows, shape)


@vocabulary_app.command(epilog=examples("biorxivist vocabulary show scGPT", "biorxivist vocabulary show metric:loss"))
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Id, name or alias.", autocompletion=show_names)],
    *,
    json: JsonFlag = False,
) -> None:
    """Show an entry with its facts.

    `biorxivist show NAME` adds the claims about it and the papers.
    """
    from biorxivist.workspace.vocabulary import find_entries

    for entry in find_entries(_vocabulary(), name):
        if json:
            print_rows([_row(entry)], "json")
        else:
            _print_entry(entry)


def _vocabulary() -> Vocabulary:
    from biorxivist.workspace.home import open_home
    from biorxivist.workspace.vocabulary import read_vocabulary

    return read_vocabulary(open_home().archive)


def _row(entry: Record) -> dict[str, Any]:
    return entry.model_dump(mode="json", exclude_none=True)


def _print_entry(entry: Record) -> None:
    row = _row(entry)
    sources = row.pop("sources", {})
    for field, value in row.items():
        text = ", ".join(value) if isinstance(value, list) else value
        if text not in ("", False):
            print_wrapped(f"{field.removesuffix('_id').replace('_', ' ')}: {text}", hang=2)
    for field, address in sources.items():
        print_wrapped(f"source of {field.removesuffix('_id').replace('_', ' ')}: {address}", hang=2)
