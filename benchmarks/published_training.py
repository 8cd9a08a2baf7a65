"""Training steps of scVI and Geneformer here against scvi-tools and transformers, and what loading takes of a step.

    .venv-parity/bin/python benchmarks/published_training.py [CELLS] [--steps 3]

The published libraries are those of ``make test-parity``, which also shows that loss and gradients are equal. CELLS is
an .h5ad file of real counts (PBMC 3k of the shared cells if left out), as the lengths of cells decide what padding
costs. One thread; seconds of a core, so that other work on the machine hardly counts; the two libraries take turns.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from scaling import families
from scaling.corpus.counts import build_corpus, label_cells
from scaling.corpus.h5ad import read_h5ad
from scaling.model.family import CellModel
from scaling.simulate import simulate
from scaling.train.loop import Training, train
from scaling.views.batch import batch_of
from scaling.views.counts import GeneCounts, choose_counts

SHARED = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).resolve().parents[2] / "shared"))
SCVI_GENES, SCVI_CELLS, SCVI_BATCH = 15_000, 2048, 128
CONTEXT, WIDTH, LAYERS, HEADS, DROPOUT, BERT_BATCH = 2048, 256, 6, 4, 0.02, 12
"""Geneformer as DenAdel et al. trained it."""
ROUNDS = 2


def counts(cells: list, name: str) -> tuple[GeneCounts, list[str]]:
    corpus = build_corpus(cells, name=name, labels=[label_cells(each) for each in cells], min_genes=100)
    return choose_counts(corpus, np.arange(len(corpus.genes))), corpus.genes.tolist()


def in_turns(ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """Medians of what both return, after one call of each that is not counted."""
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(ROUNDS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def seconds_of(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def ignore(step: int, model: CellModel) -> None:
    del step, model


def compare_scvi() -> None:
    import anndata
    import scvi
    from scipy.sparse import csr_matrix

    cells, genes = counts(simulate(cells=SCVI_CELLS, genes=SCVI_GENES, types=6, studies=3, depth=2000, seed=0), "scvi")
    config = families.find("scvi").config()
    steps = SCVI_CELLS // SCVI_BATCH

    def ours() -> float:
        model = families.find("scvi").build(genes, config, seed_init=0)
        training = Training("scvi", config, steps, SCVI_BATCH, (steps,))
        return seconds_of(
            lambda: train(model, cells, np.arange(len(cells)), training, seed_init=0, at_checkpoint=ignore)
        )

    entries = (np.asarray(cells.counts, dtype=np.float32), np.asarray(cells.indices), np.asarray(cells.indptr))
    data = anndata.AnnData(csr_matrix(entries, (len(cells), cells.genes)))
    scvi.model.SCVI.setup_anndata(data)
    model = scvi.model.SCVI(data, gene_likelihood="nb")

    def theirs() -> float:
        options = {"enable_progress_bar": False, "logger": False, "enable_checkpointing": False, "train_size": 1.0}
        return seconds_of(lambda: model.train(max_epochs=1, accelerator="cpu", batch_size=SCVI_BATCH, **options))

    here, there = in_turns(ours, theirs)
    print(f"scVI, {SCVI_GENES:,} genes, an epoch of {SCVI_CELLS:,} cells: {here:.1f} s, SCVI.train {there:.1f} s: "
          f"{there / here:.1f} times as fast", flush=True)  # fmt: skip


def compare_geneformer(cells: GeneCounts, genes: list[str], steps: int) -> None:
    from transformers import BertConfig, BertForMaskedLM

    config = families.find("geneformer").config(
        width=WIDTH, layers=LAYERS, heads=HEADS, context=CONTEXT, dropout=DROPOUT
    )
    model = families.find("geneformer").build(genes, config, seed_init=0)
    model.fit(cells, np.arange(len(cells)))
    model.train()
    optimiser, rng = torch.optim.AdamW(model.parameters(), fused=True), torch.Generator().manual_seed(0)
    order = np.random.default_rng(0).permutation(len(cells))[: steps * BERT_BATCH].reshape(steps, BERT_BATCH)
    lengths = np.minimum(np.diff(cells.indptr), CONTEXT)

    def ours() -> float:
        def work() -> None:
            for rows in order:
                optimiser.zero_grad(set_to_none=True)
                model.loss(batch_of(cells, np.sort(rows)), rng, 1).backward()
                optimiser.step()

        return seconds_of(work)

    theirs_model = BertForMaskedLM(
        BertConfig(
            vocab_size=len(genes) + 2, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
            intermediate_size=2 * WIDTH, max_position_embeddings=CONTEXT, hidden_act="relu",
            hidden_dropout_prob=DROPOUT, attention_probs_dropout_prob=DROPOUT,
        )
    )  # fmt: skip
    theirs_model.train()
    other = torch.optim.AdamW(theirs_model.parameters(), fused=True)

    def theirs() -> float:
        """As many tokens as the same cells have, padded to the longest of a step; which ones costs nothing."""

        def work() -> None:
            for rows in order:
                longest = int(lengths[rows].max())
                attended = torch.arange(longest) < torch.from_numpy(lengths[rows])[:, None]
                tokens = torch.randint(2, len(genes), attended.shape)
                chosen = (torch.rand(attended.shape) < 0.15) & attended
                other.zero_grad(set_to_none=True)
                labels = torch.where(chosen, tokens, -100)
                theirs_model(input_ids=tokens, attention_mask=attended.long(), labels=labels).loss.backward()
                other.step()

        return seconds_of(work)

    here, there = in_turns(ours, theirs)
    seen, attention = lengths[order], theirs_model.config._attn_implementation
    print(
        f"Geneformer, context {CONTEXT:,}, {BERT_BATCH} cells of {seen.min()} to {seen.max()} genes (median "
        f"{np.median(seen):.0f}): {here / steps:.2f} s a step, transformers ({attention}) {there / steps:.2f} s: "
        f"{there / here:.1f} times as fast",
        flush=True,
    )


def measure_loading(cells: GeneCounts, genes: list[str]) -> None:
    """Share of a training step that goes into putting its cells together, family by family."""
    columns = np.zeros(len(genes), dtype=bool)
    columns[np.argsort(-np.bincount(cells.indices, minlength=len(genes)))[:2000]] = True
    few, names = cells.choose(columns), [gene for gene, is_kept in zip(genes, columns, strict=True) if is_kept]
    rows = np.sort(np.random.default_rng(0).permutation(len(few))[:128])
    load = statistics.median(seconds_of(lambda: batch_of(few, rows)) for _ in range(9))
    for family in families.names():
        config = families.find(family).config()
        if config.optimiser is None or families.find(family).uses_labels:
            continue
        model = families.find(family).build(names, config, seed_init=0)
        training = Training(family, config, 8, 128, (8,))
        whole = seconds_of(lambda: train(model, few, np.arange(len(few)), training, seed_init=0, at_checkpoint=ignore))  # noqa: B023
        print(
            f"loading 128 cells of 2,000 genes: {1000 * load:.2f} ms, {load / (whole / 8):.1%} of a step of {family}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cells", type=Path, nargs="?", default=SHARED / "cells" / "pbmc3k.h5ad")
    parser.add_argument("--steps", type=int, default=3)
    given = parser.parse_args()
    try:
        import scvi  # noqa: F401
        import transformers
    except ImportError:
        print("scvi-tools and transformers are not installed here: make test-parity installs them into .venv-parity")
        return
    if not given.cells.is_file():
        print(f"no cells at {given.cells}: name an .h5ad file, or set BIORXIVIST_SHARED")
        return
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    cells, genes = counts([read_h5ad(given.cells)], "cells")
    measure_loading(cells, genes)
    compare_scvi()
    compare_geneformer(cells, genes, given.steps)


if __name__ == "__main__":
    main()
