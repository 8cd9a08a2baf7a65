from __future__ import annotations

import errno
import inspect
from pathlib import Path

import pytest

from biorxivist import errors
from biorxivist.errors import BadResults, ExtraMissing, HomeNotWritable, NotFound, exit_code, unwritable
from graph.errors import GraphError, QueryTimeout, StoreUnavailable, UnknownQuery, UnsafeCypher
from scaling.errors import ScalingError


def test_the_tree_in_the_docstring_names_every_error() -> None:
    classes = [
        name
        for name, thing in inspect.getmembers(errors, inspect.isclass)
        if issubclass(thing, Exception) and thing.__module__ == errors.__name__
    ]
    assert errors.__doc__ is not None
    assert [name for name in classes if name not in errors.__doc__] == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("claim", "x"), 1),
        (GraphError("x"), 1),
        (QueryTimeout(3.0), 1),
        (ScalingError("x"), 1),
        (BadResults(Path("a.csv"), 3, "x"), 2),
        (UnsafeCypher("x"), 2),
        (UnknownQuery("x"), 2),
        (ExtraMissing("scaling", "The demo", "torch"), 3),
        (HomeNotWritable(Path("/x"), "the disk is full"), 3),
        (StoreUnavailable("x"), 3),
        (KeyboardInterrupt(), 130),
        (ValueError("a bug"), None),
    ],
)
def test_each_error_has_its_exit_code(error: BaseException, code: int | None) -> None:
    assert exit_code(error) == code


def test_a_full_disk_is_told_with_the_folder_and_what_to_set() -> None:
    clear = unwritable(OSError(errno.ENOSPC, "no space", "/data/home/archive"), Path("/data/home"))
    assert clear is not None
    assert "the disk is full" in str(clear)
    assert "/data/home/archive" in str(clear)
    assert "BIORXIVIST_HOME" in str(clear)


def test_an_error_of_another_kind_is_not_called_unwritable() -> None:
    assert unwritable(OSError(errno.ECONNRESET, "reset"), Path("/x")) is None
