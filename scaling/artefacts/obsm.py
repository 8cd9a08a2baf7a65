"""Write an embedding into ``.obsm`` of an .h5ad file, and leave all the rest of the file alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scaling.errors import BadEmbedding, CorpusError

__all__ = ["check_free", "write_obsm"]


def check_free(path: Path, key: str, *, copied_from: Path | None = None) -> None:
    """Check that there is no such embedding yet, before one is computed.

    Parameters
    ----------
    path
        File that is written.
    copied_from
        File that it will be a copy of; it must not be there yet.

    Raises
    ------
    CorpusError
        If the copy exists, or the file cannot be read.
    BadEmbedding
        If the key is taken.
    """
    import h5py

    if copied_from is not None and path.exists():
        msg = f"{path}: is there already. Give another file (--out), or --overwrite."
        raise CorpusError(msg, path)
    try:
        with h5py.File(copied_from or path, "r") as handle:
            taken = "obsm" in handle and key in handle["obsm"]
    except OSError as error:
        msg = f"{copied_from or path}: cannot be read as .h5ad ({str(error).splitlines()[0]})."
        raise CorpusError(msg, path) from error
    if taken:
        msg = f"{copied_from or path}: obsm[{key!r}] is there already. Give another key (--key), or --overwrite."
        raise BadEmbedding(key, msg)


def write_obsm(cells: Path, key: str, embedding: npt.NDArray[np.float32], *, out: Path | None = None) -> Path:
    """Write an embedding as ``obsm[key]``, in place of one of this name.

    Parameters
    ----------
    cells
        An .h5ad file.
    embedding
        A row per cell of it, in its order.
    out
        Copy of the file that is written; the file itself if left out.

    Raises
    ------
    CorpusError
        If the file cannot be written.
    """
    import h5py

    path = cells
    try:
        if out is not None:
            path = out.with_name(f"{out.name}.{os.getpid()}.part")
            shutil.copyfile(cells, path)
        with h5py.File(path, "r+") as handle:
            group = handle.require_group("obsm")
            if "encoding-type" not in group.attrs:
                group.attrs["encoding-type"], group.attrs["encoding-version"] = "dict", "0.1.0"
            if key in group:
                del group[key]
            data = group.create_dataset(key, data=embedding)
            data.attrs["encoding-type"], data.attrs["encoding-version"] = "array", "0.2.0"
        if out is not None:
            path.replace(out)
    except OSError as error:
        msg = f"{out or cells}: cannot be written ({str(error).splitlines()[0]}). Give a file you may write (--out)."
        raise CorpusError(msg, out or cells) from error
    return out or cells
