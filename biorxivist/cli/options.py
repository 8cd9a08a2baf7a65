"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from biorxivist.cli.completion import parameter_values
from biorxivist.cli.rows import Form

__all__ = ["CsvFlag", "HomeOption", "JsonFlag", "Parameters", "choice", "form", "parameters"]

JsonFlag = Annotated[bool, typer.Option("--json", help="JSON lines: one object per line.")]
CsvFlag = Annotated[bool, typer.Option("--csv", help="CSV with a header.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--param",
        "-p",
        metavar="KEY=VALUE",
        help="A parameter of the query: number, true, false, JSON or text; repeatable.",
        autocompletion=parameter_values,
    ),
]
HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Home folder [default: $BIORXIVIST_HOME]."),
]

NAME = re.compile(r"[A-Za-z_]\w*")


def form(*, as_json: bool, as_csv: bool = False) -> Form:
    """Form of the output that the two flags ask for.

    Raises
    ------
    typer.BadParameter
        If both are given.
    """
    if as_json and as_csv:
        msg = "Give --json or --csv, not both."
        raise typer.BadParameter(msg)
    return "json" if as_json else "csv" if as_csv else "table"


def choice(value: str | None, choices: Sequence[str], *, option: str) -> str | None:
    """The value if it is one of the choices, in any case and with spaces or hyphens for underscores.

    Raises
    ------
    typer.BadParameter
        If it is none of them; similar ones are suggested.
    """
    if value is None:
        return None
    folded = re.sub(r"[\s-]+", "_", value.strip().casefold())
    if folded in choices:
        return folded
    import difflib

    close = difflib.get_close_matches(folded, choices, n=2)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"Choose from {', '.join(choices)}."
    msg = f"there is no {value!r}. {hint}"
    raise typer.BadParameter(msg, param_hint=option)


def parameters(assignments: list[str] | None, *, text: Collection[str] = ()) -> dict[str, Any]:
    """Read ``key=value`` texts; a value that is valid JSON is read as JSON, any other, and those of ``text``, as text.

    Raises
    ------
    typer.BadParameter
        If there is no ``=``, the key is no name, or a key is given twice.
    """
    values: dict[str, Any] = {}
    for assignment in assignments or ():
        key, equals, value = assignment.partition("=")
        if not equals or not NAME.fullmatch(key):
            msg = f"{assignment!r} is not KEY=VALUE (for example -p model=scGPT)."
            raise typer.BadParameter(msg, param_hint="-p")
        if key in values:
            msg = f"{key} is given twice."
            raise typer.BadParameter(msg, param_hint="-p")
        values[key] = value if key in text else _value(value)
    return values


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        return text
