"""Cells for the demo: the user's, else PBMC 3k where the network answers, else simulated ones."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from graph.progress import Progress, silent

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["Cells", "find_cells", "join_labels"]

logger = logging.getLogger(__name__)

HOSTS = ("https://falexwolf.de", "https://raw.githubusercontent.com")
PROBE_SECONDS = 4.0
DOWNLOAD_SECONDS = 60.0
SIMULATED_CELLS = 3000
TYPES, DEPTH, SEED = 12, 300.0, 0
"""Counts so shallow that fifty cells do not suffice to tell the types apart, and three thousand do."""


class Cells(NamedTuple):
    """Where the cells are, and what they are."""

    path: Path
    description: str
    """Which cells, and how many where they are simulated."""
    simulated: bool = False


def find_cells(
    path: Path | None,
    folder: Path,
    *,
    offline: bool = False,
    progress: Progress = silent,
) -> Cells:
    """Find cells for a demo; fetched and simulated ones stay in ``folder`` and serve again.

    Parameters
    ----------
    path
        A user's .h5ad file or folder of such files.
    folder
        Where fetched and simulated cells are stored.
    offline
        Do not try the network.
    progress
        Called before each step that takes long.
    """
    if path is not None:
        return Cells(path, f"your cells ({path})")
    folder.mkdir(parents=True, exist_ok=True)
    pbmc = folder / "pbmc3k.h5ad"
    if not pbmc.is_file() and not offline:
        progress(0, 0, "looking for PBMC 3k on the network")
        if _hosts_answer():
            progress(0, 0, "fetching PBMC 3k")
            _fetch(pbmc)
    if pbmc.is_file():
        return Cells(pbmc, "PBMC 3k through scanpy: 2,638 blood cells with the labels of the processed set")
    simulated = folder / "simulated1.h5ad"
    if not simulated.is_file():
        progress(0, 0, "simulating cells")
        _simulate(folder)
    reason = "offline" if offline else "PBMC 3k could not be downloaded"
    return Cells(simulated, f"{SIMULATED_CELLS:,} simulated cells ({reason})", simulated=True)


def _hosts_answer() -> bool:
    """Whether both hosts of PBMC 3k answer within seconds, with the machine's proxies."""
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    for host in HOSTS:
        try:
            with urlopen(Request(host, method="HEAD"), timeout=PROBE_SECONDS):  # noqa: S310 - fixed https addresses
                pass
        except HTTPError:
            continue  # an error page is an answer: the host is there
        except (URLError, OSError, RuntimeError) as error:
            logger.info("%s does not answer: %s", host, error)
            return False
    return True


def _fetch(target: Path) -> None:
    """Fetch in a child process, which can be stopped at the deadline if the network hangs."""
    command = [sys.executable, "-m", "biorxivist.demo.cells", str(target)]
    try:
        child = subprocess.run(command, timeout=DOWNLOAD_SECONDS, capture_output=True, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        logger.info("PBMC 3k did not arrive within %g s", DOWNLOAD_SECONDS)
        return
    if child.returncode != 0:
        logger.info("PBMC 3k was not fetched: %s", child.stderr.decode(errors="replace")[-500:])


def fetch_pbmc3k(target: Path) -> None:
    """Fetch the counts and the labels of PBMC 3k by scanpy, and write them as one file."""
    import scanpy as sc

    sc.settings.datasetdir = target.parent / "downloads"
    joined = join_labels(sc.datasets.pbmc3k(), sc.datasets.pbmc3k_processed())
    unfinished = target.with_suffix(".part")
    joined.write_h5ad(unfinished)
    unfinished.replace(target)


def join_labels(counts: AnnData, processed: AnnData, *, label_key: str = "louvain") -> AnnData:
    """Counts of the cells that the processed set has, with its labels.

    Parameters
    ----------
    counts
        AnnData with raw counts, ``obs_names`` barcodes; its ``var_names`` are made unique in place.
    processed
        AnnData with some of these cells and ``obs[label_key]``.
    label_key
        Column of the labels; written as ``obs["cell_type"]``.

    Returns
    -------
    AnnData with ``obs["cell_type"]`` and unique ``var_names``.
    """
    counts.var_names_make_unique()
    shared = processed.obs_names[processed.obs_names.isin(counts.obs_names)]
    joined = counts[shared].copy()
    joined.obs["cell_type"] = processed.obs.loc[shared, label_key].astype(str).to_numpy()
    return joined


def _simulate(folder: Path) -> None:
    from scaling.simulate import simulate, write_simulated

    write_simulated(folder, simulate(cells=SIMULATED_CELLS, types=TYPES, studies=1, depth=DEPTH, seed=SEED))


if __name__ == "__main__":
    fetch_pbmc3k(Path(sys.argv[1]))
