"""Cells for the walk where there are no real ones, and the study whose cells, budget and sets a design takes."""

from __future__ import annotations

from pathlib import Path

from scaling.simulate import simulate, write_simulated

LIKE = """
name = "simulated"
title = "Four simulated studies: corpus, validation, two held out"

[corpus]
id = "dataset:simulated_corpus"
files = ["simulated1"]
genes = 100
min_genes = 100

[budget]
steps = 24
warmup = 2
hidden = [16]
dimensions = 8
batch_size = 32

[validation]
file = "simulated2"

[[arms]]
families = ["pca"]
sizes = ["all"]
seeds = 2

[[evaluations]]
kind = "cross_study"
reference = "simulated3"
query = "simulated4"

[[evaluations]]
kind = "cross_study"
reference = "simulated4"
query = "simulated3"
"""


def simulated(folder: Path) -> tuple[Path, Path]:
    """Write the cells and the study file; the folder of the one and the path of the other."""
    cells, like = folder / "cells", folder / "like.toml"
    cells.mkdir(parents=True)
    write_simulated(cells, simulate(cells=2400, genes=300, types=6, studies=4, depth=60, seed=3))
    like.write_text(LIKE, encoding="utf-8")
    return cells, like
