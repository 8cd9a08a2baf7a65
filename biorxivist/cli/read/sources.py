"""What the commands that read papers share: options, the home, the sources as the settings describe them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from biorxivist.literature.sources import Sources
    from biorxivist.workspace.home import Home

__all__ = ["Folder", "Offline", "Since", "SourceName", "Until", "Web", "home", "sources", "usage"]

SourceName = Literal["europepmc", "biorxiv", "medrxiv", "biorxiv_web", "medrxiv_web", "local"]
Since = Annotated[str | None, typer.Option(metavar="DAY", help="First day of posting, YYYY-MM-DD.")]
Until = Annotated[str | None, typer.Option(metavar="DAY", help="Last day of posting, YYYY-MM-DD.")]
Folder = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of your own papers [default: $BIORXIVIST_PAPERS].")
]
Web = Annotated[bool, typer.Option("--web", help="Also query the bioRxiv site, which is slow and may refuse.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use the cache only.")]


def home() -> Home:
    """The home of the settings."""
    from biorxivist.workspace.home import open_home

    return open_home()


def sources(home: Home | None = None, **options: Any) -> Sources:
    """The sources of the settings; options that are set take their place."""
    from biorxivist.literature.sources import Sources
    from biorxivist.settings import load_settings

    with usage():
        chosen = {name: value for name, value in options.items() if value}
        return Sources.configured(load_settings().model_dump(), home=home.folder if home else None, **chosen)


@contextmanager
def usage() -> Iterator[None]:
    """Turn a value that cannot be used into a usage error.

    Raises
    ------
    typer.BadParameter
        In place of a plain ValueError; one of a class of its own is reported as it is.
    """
    try:
        yield
    except ValueError as error:
        if type(error) is not ValueError:
            raise
        raise typer.BadParameter(str(error)) from error
