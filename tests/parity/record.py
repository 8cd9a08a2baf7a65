"""Record what the published libraries compute for small inputs: ``make record-parity`` writes tests/scaling/recorded.

The default tests compare with these files, so that parity is held without the libraries.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from scaling.families.geneformer import Geneformer, GeneformerConfig
from scaling.families.ldvae import Ldvae, LdvaeConfig
from scaling.families.scvi import Scvi, ScviConfig
from tests.parity.libraries import bert_loss, geosketch_boxes, scanpy_variable_genes, scib_scores, scvi_loss
from tests.scaling.evaluate.batches import batches_of_types
from tests.scaling.families.batches import GENES, cells_of_many_levels, random_batch
from tests.scaling.sampling.points import clustered_points

FOLDER = Path(__file__).parents[1] / "scaling" / "recorded"


def save(name: str, library: str, **arrays: np.ndarray) -> None:
    np.savez_compressed(FOLDER / f"{name}.npz", version=np.array(f"{library} {version(library)}"), **arrays)


def record_geosketch() -> None:
    arrays = {}
    for dtype in ("float32", "float64"):
        for k in (6, 60):
            boxes, side = geosketch_boxes(clustered_points(dtype), k)
            arrays |= {f"boxes_{dtype}_{k}": boxes.astype(np.int16), f"side_{dtype}_{k}": np.array(side)}
    save("geosketch", "geosketch", **arrays)


def record_vendi() -> None:
    from vendi_score.vendi import score_dual

    points = clustered_points("float64")
    save("vendi", "vendi-score", dual=np.array(score_dual(points)))


def record_scvi() -> None:
    torch.manual_seed(0)
    _record_likelihood("scvi", Scvi(GENES, ScviConfig(width=8, dimensions=3, dropout=0.0)), linear=False)


def record_ldvae() -> None:
    torch.manual_seed(0)
    _record_likelihood("ldvae", Ldvae(GENES, LdvaeConfig(width=8, dimensions=3, dropout=0.0)), linear=True)


def _record_likelihood(name: str, model: Scvi, *, linear: bool) -> None:
    batch, noise = random_batch(), torch.randn(24, 3)
    weights = {name: value.detach().clone() for name, value in model.named_parameters()}
    loss, gradients = scvi_loss(weights, batch.counts, noise, hidden=8, kl_weight=0.3, linear=linear)
    arrays = {f"weight.{name}": value.numpy() for name, value in weights.items()}
    arrays |= {f"gradient.{name}": value for name, value in gradients.items()}
    save(name, "scvi-tools", counts=batch.counts.numpy(), noise=noise.numpy(), loss=np.array(loss), **arrays)


def record_bert() -> None:
    torch.manual_seed(0)
    model = Geneformer(GENES[:12], GeneformerConfig(width=8, layers=2, heads=2, context=10, dropout=0.0, segments=True))
    weights = {name: value for name, value in model.state_dict().items() if name not in {"medians", "length"}}
    lengths = torch.tensor([10, 3, 7, 7, 1])
    tokens = torch.randint(2, 14, (5, 10)).where(torch.arange(10) < lengths[:, None], 0)
    hidden = (torch.rand(5, 10) < 0.3) & (tokens > 0)
    shown, targets = torch.where(hidden, 1, tokens), torch.where(hidden, tokens, -100)
    loss, gradient = bert_loss(weights, 2, shown, targets)
    arrays = {name: value.numpy() for name, value in {**weights, "gradient": gradient}.items()}
    arrays |= {"shown": shown.numpy(), "targets": targets.numpy(), "lengths": lengths.numpy()}
    save("bert", "transformers", loss=np.array(loss), **arrays)


def record_scanpy() -> None:
    flags = scanpy_variable_genes(cells_of_many_levels().dense(np.arange(0, 240, 2)))
    save("scanpy", "scanpy", variable=flags)


def record_scib() -> None:
    points, labels, batches, clusters = batches_of_types(0)
    scores = {name: np.array(value) for name, value in scib_scores(points, labels, batches, clusters).items()}
    save("scib", "scib-metrics", **scores)


if __name__ == "__main__":
    for record in (record_geosketch, record_vendi, record_scvi, record_ldvae, record_bert, record_scanpy, record_scib):
        record()
