"""Errors of the biorxivist package, and the exit code that each known error has on the command line.

BiorxivistError
|- SetupMissing             something that the command needs is not set up                         exit 3
|  |- HomeNotWritable       the home folder is read-only, full or not a folder (has .folder)
|  |- ExtraMissing          an optional part is not installed (has .extra)
|  `- ModelNotConfigured    the command needs a language model, and none is configured
|- InvalidInput             a file or a value from outside cannot be used                          exit 2
|  |- SettingsInvalid       a setting has an invalid value
|  |- BadBibliography       the .bib file cannot be read
|  `- BadResults            a row of results.csv cannot be imported (has .row)
|- CallFailed ...           a language model gave no answer; `biorxivist.llm.errors` draws the tree            exit 1
|- NotFound                 nothing of this name is in the graph (has .suggestions)                exit 1
`- FetchError               a source of papers did not give what was wanted; `biorxivist.literature.errors` draws the
                            tree: PaperNotFound, NotOpenAccess, RateLimited, Blocked, EmptyResponse ...      exit 1

Errors of ``graph`` and ``scaling`` reach the user as they are; `exit_code` gives theirs too. A message says what
happened, with the value, and what to do next.
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from graph import errors as graph_errors

__all__ = [
    "BadBibliography",
    "BadResults",
    "BiorxivistError",
    "ExtraMissing",
    "HomeNotWritable",
    "InvalidInput",
    "ModelNotConfigured",
    "NotFound",
    "SettingsInvalid",
    "SetupMissing",
    "exit_code",
]

FAILED, USAGE, SETUP, INTERRUPTED = 1, 2, 3, 130
UNWRITABLE = {
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EEXIST: "it is a file, not a folder",
    errno.ENOENT: "a folder cannot be made there",
}


class BiorxivistError(Exception):
    """Root of every error raised by ``biorxivist``."""


class SetupMissing(BiorxivistError):
    """Something that the command needs is not set up."""


class HomeNotWritable(SetupMissing):
    """The home folder is read-only, full or not a folder."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder, self.reason = folder, reason
        super().__init__(
            f"Cannot write to {folder}: {reason}. Nothing already there was changed. Make room or set "
            "BIORXIVIST_HOME to a folder that can be written, for example BIORXIVIST_HOME=~/biorxivist."
        )


class ExtraMissing(SetupMissing):
    """An optional part of the package is not installed."""

    def __init__(self, extra: str, needed_for: str, module: str) -> None:
        self.extra = extra
        super().__init__(
            f"{needed_for} needs {module}, which is not installed. Install the extra: "
            f"pip install 'biorxivist-graph[{extra}]'."
        )


class ModelNotConfigured(SetupMissing):
    """The command needs a language model, and none is configured."""


class InvalidInput(BiorxivistError):
    """A file or a value from outside cannot be used."""


class SettingsInvalid(InvalidInput):
    """A setting has an invalid value."""


class BadBibliography(InvalidInput):
    """The .bib file cannot be read."""


class BadResults(InvalidInput):
    """A row of a results file cannot be imported."""

    def __init__(self, path: Path, row: int, reason: str) -> None:
        self.path, self.row, self.reason = path, row, reason
        super().__init__(f"{path}, row {row}: {reason} Nothing was imported; correct the row and run it again.")


class NotFound(BiorxivistError, LookupError):
    """Nothing of this name is in the graph."""

    def __init__(self, what: str, name: str, suggestions: tuple[str, ...] = (), *, hint: str = "") -> None:
        self.name, self.suggestions = name, suggestions
        guess = f" Did you mean {graph_errors.or_list(suggestions)}?" if suggestions else ""
        super().__init__(f"No {what} {name!r} in the graph.{guess}" + (f" {hint}" if hint else ""))


def exit_code(error: BaseException) -> int | None:
    """Exit code of a known error; None for any other, which is a fault of ours and keeps its traceback.

    1 failed or nothing found, 2 wrong usage or refused, 3 set-up missing, 130 interrupted.
    """
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, SetupMissing | graph_errors.StoreUnavailable):
        return SETUP
    if isinstance(error, InvalidInput | graph_errors.UnsafeCypher | graph_errors.UnknownQuery):
        return USAGE
    # Not imported: if no module of the engine was loaded, the error cannot be one of its errors.
    scaling_errors = sys.modules.get("scaling.errors")
    known: tuple[type[BaseException], ...] = (BiorxivistError, graph_errors.GraphError)
    if scaling_errors is not None:
        if isinstance(error, scaling_errors.Untestable):
            return USAGE
        known = (*known, scaling_errors.ScalingError)
    return FAILED if isinstance(error, known) else None


def unwritable(error: OSError, folder: Path) -> HomeNotWritable | None:
    """Convert an error of the file system to the clear one, if it means that the home cannot be written."""
    if error.errno not in UNWRITABLE:
        return None
    return HomeNotWritable(Path(error.filename or folder), UNWRITABLE[error.errno])
