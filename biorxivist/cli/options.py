"""Options that several commands share, and how ``key=value`` is read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from biorxivist.cli.output import Form

__all__ = ["CsvFlag", "JsonFlag", "Parameters", "form", "parameters"]

JsonFlag = Annotated[bool, typer.Option("--json", help="JSON lines: one object per line.")]
CsvFlag = Annotated[bool, typer.Option("--csv", help="CSV with a header.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", metavar="KEY=VALUE", help="A $parameter: number, true, false, JSON or text."),
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


def parameters(given: list[str] | None) -> dict[str, Any]:
    """Read ``key=value`` texts; a value that is a JSON value is taken as one, any other as text.

    Raises
    ------
    typer.BadParameter
        If there is no ``=``, the key is no name, or a key is given twice.
    """
    found: dict[str, Any] = {}
    for text in given or ():
        key, equals, value = text.partition("=")
        if not equals or not NAME.fullmatch(key):
            msg = f"{text!r} is not KEY=VALUE (for example -p model=scGPT)."
            raise typer.BadParameter(msg, param_hint="-p")
        if key in found:
            msg = f"{key} is given twice."
            raise typer.BadParameter(msg, param_hint="-p")
        found[key] = _value(value)
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        return text
