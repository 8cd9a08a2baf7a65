"""Machines of Ray that do the jobs of a study: which ones, and how to get at them."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

from scaling.errors import StudyError

__all__ = ["Cluster", "connected"]


@dataclass(frozen=True)
class Cluster:
    """Machines of Ray that do the jobs of a study; it takes no part in any id."""

    address: str | None = None
    """``HOST:PORT`` of a running cluster, ``auto`` for the one that this machine belongs to, ``local`` for one that is
    started here and ends with the study. If left out, what ``RAY_ADDRESS`` says, else ``local``."""
    gpus_per_run: float | None = None
    """Share of a GPU that a run takes, such as .25; 0 for none. If left out, 1 where the cluster has GPUs."""
    shared: bool = False
    """Whether all machines see the folder of the study under the same path. Workers then write into it; else what they
    make is returned to the driver."""


@contextmanager
def connected(cluster: Cluster) -> Iterator[None]:
    """Connect to a cluster of Ray, and leave it at the end.

    Raises
    ------
    StudyError
        If Ray is not installed, there is no such cluster, or the share of a GPU is none.
    """
    if find_spec("ray") is None:
        msg = "Ray is not installed. Install the extra: pip install 'biorxivist-graph[ray]'; or leave --runner ray out."
        raise StudyError(msg)
    share = cluster.gpus_per_run
    if share is not None and not 0 <= share <= 1:
        msg = f"--gpus-per-run {share:g}: a run takes between 0 and 1 of a GPU."
        raise StudyError(msg)
    address = cluster.address or os.environ.get("RAY_ADDRESS") or "local"
    if address == "local":
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a study is nobody's statistics
    import ray

    if ray.is_initialized():  # whoever did it goes on using it
        yield
        return
    try:
        ray.init(address=address, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError, AssertionError) as error:
        msg = (
            f"Ray at {address}: {str(error).splitlines()[0]} Start a cluster (ray start --head), or use this machine "
            "alone: --address local."
        )
        raise StudyError(msg) from error
    try:
        yield
    finally:
        ray.shutdown()
