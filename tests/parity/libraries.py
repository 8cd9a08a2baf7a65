"""What the published libraries compute, in the shape in which ours is compared with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import numpy as np
import pytest
import torch


def geosketch_boxes(points: np.ndarray, k: int) -> tuple[np.ndarray, float]:
    """Boxes of geosketch, numbered by their first cell, and the side that its search ends at.

    They are local variables of its function, read as it returns; drawn with replacement, because a draw without takes
    cells out of the boxes.
    """
    from geosketch.sketch import gs_gap

    found: dict[str, Any] = {}

    def watch(frame: FrameType, event: str, arg: object) -> None:
        if event == "return" and frame.f_code is gs_gap.__code__:
            found.update(grid=frame.f_locals["grid"], unit=frame.f_locals["unit"])

    sys.setprofile(watch)
    try:
        gs_gap(points.copy(), 1, k=k, seed=0, replace=True)
    finally:
        sys.setprofile(None)
    boxes = np.empty(len(points), dtype=np.int64)
    for number, cells in enumerate(sorted(found["grid"].values(), key=min)):
        boxes[cells] = number
    return boxes, float(found["unit"])


SCVI_NAMES = {
    "log_dispersion": "px_r",
    "encoder.0": "z_encoder.encoder.fc_layers.Layer 0.0",
    "encoder.1": "z_encoder.encoder.fc_layers.Layer 0.1",
    "mean": "z_encoder.mean_encoder",
    "log_variance": "z_encoder.var_encoder",
    "decoder.0": "decoder.px_decoder.fc_layers.Layer 0.0",
    "decoder.1": "decoder.px_decoder.fc_layers.Layer 0.1",
    "shares": "decoder.px_scale_decoder.0",
    "shares.0": "decoder.factor_regressor.fc_layers.Layer 0.0",
    "shares.1": "decoder.factor_regressor.fc_layers.Layer 0.1",
}
"""Part of our scVI, or of our LDVAE (the last two), -> the same part of that of scvi-tools."""


def scvi_loss(
    weights: dict[str, torch.Tensor],
    counts: torch.Tensor,
    noise: torch.Tensor,
    *,
    hidden: int,
    kl_weight: float,
    linear: bool = False,
) -> tuple[float, dict[str, np.ndarray]]:
    """Loss and gradients of scvi-tools, by our names, for given weights, counts and noise; without dropout.

    ``linear`` takes the module of its LinearSCVI, with an observed library.
    """
    import torch.distributions.normal
    from scvi import REGISTRY_KEYS
    from scvi.module import LDVAE, VAE

    shape = {"n_input": counts.shape[1], "n_hidden": hidden, "n_latent": noise.shape[1]}
    build = LDVAE if linear else VAE
    module = build(**shape, dropout_rate=0.0, gene_likelihood="nb", use_observed_lib_size=True)
    theirs = dict(module.named_parameters())
    for name, value in weights.items():
        theirs[_scvi_name(name)].data.copy_(value)
    column = torch.zeros((len(counts), 1))
    tensors = {REGISTRY_KEYS.X_KEY: counts, REGISTRY_KEYS.BATCH_KEY: column, REGISTRY_KEYS.LABELS_KEY: column}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.distributions.normal, "_standard_normal", lambda *_, **__: noise)
        *_, losses = module(tensors, loss_kwargs={"kl_weight": kl_weight})
    losses.loss.backward()
    return float(losses.loss.detach()), {name: theirs[_scvi_name(name)].grad.numpy() for name in weights}


def _scvi_name(name: str) -> str:
    if name in SCVI_NAMES:
        return SCVI_NAMES[name]
    part, _, kind = name.rpartition(".")
    return f"{SCVI_NAMES[part]}.{kind}"


def bert_model(weights: dict[str, torch.Tensor], heads: int) -> Any:
    """BERT of transformers with our weights, without dropout."""
    from transformers import BertConfig, BertForMaskedLM

    words, width = weights["gene.weight"].shape
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("transformer.layers"))
    model = BertForMaskedLM(
        BertConfig(
            vocab_size=words, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
            intermediate_size=2 * width, hidden_act="relu", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
            max_position_embeddings=len(weights["rank.weight"]),
        )
    )  # fmt: skip
    missing, unexpected = model.load_state_dict(dict(_bert_names(weights, layers)), strict=False)
    assert not unexpected
    assert not set(missing) - {"bert.embeddings.position_ids", "cls.predictions.decoder.weight"}
    model.tie_weights()
    return model


def bert_loss(
    weights: dict[str, torch.Tensor], heads: int, shown: torch.Tensor, targets: torch.Tensor
) -> tuple[float, torch.Tensor]:
    """Loss of transformers' BERT, and the gradient of its word embeddings, for our weights; without dropout.

    ``shown`` and ``targets`` are padded (cells x longest) with 0 and -100; a target of -100 is not predicted.
    """
    model = bert_model(weights, heads)
    loss = model(input_ids=shown, attention_mask=(shown != 0).long(), labels=targets).loss
    loss.backward()
    return float(loss.detach()), model.bert.embeddings.word_embeddings.weight.grad


def _bert_names(weights: dict[str, torch.Tensor], layers: int) -> Iterator[tuple[str, torch.Tensor]]:
    pairs = {
        "bert.embeddings.LayerNorm": "norm",
        "cls.predictions.transform.dense": "transform",
        "cls.predictions.transform.LayerNorm": "transform_norm",
    }
    for number in range(layers):
        theirs, ours = f"bert.encoder.layer.{number}", f"transformer.layers.{number}"
        pairs |= {
            f"{theirs}.attention.output.dense": f"{ours}.out",
            f"{theirs}.attention.output.LayerNorm": f"{ours}.after_attention",
            f"{theirs}.intermediate.dense": f"{ours}.widen",
            f"{theirs}.output.dense": f"{ours}.narrow",
            f"{theirs}.output.LayerNorm": f"{ours}.after_network",
        }
        for kind in ("weight", "bias"):
            parts = weights[f"{ours}.query_key_value.{kind}"].chunk(3)
            for part, value in zip(("query", "key", "value"), parts, strict=True):
                yield f"{theirs}.attention.self.{part}.{kind}", value
    for theirs, ours in pairs.items():
        for kind in ("weight", "bias"):
            yield f"{theirs}.{kind}", weights[f"{ours}.{kind}"]
    for theirs, ours in (("word", "gene"), ("position", "rank"), ("token_type", "segment")):
        yield f"bert.embeddings.{theirs}_embeddings.weight", weights[f"{ours}.weight"]
    yield "cls.predictions.bias", weights["bias"]
    yield "cls.predictions.decoder.bias", weights["bias"]


def scanpy_variable_genes(counts: np.ndarray) -> np.ndarray:
    """Genes that scanpy calls highly variable by default, one flag per gene."""
    import anndata
    import scanpy

    data = anndata.AnnData(counts.astype(np.float64))
    scanpy.pp.normalize_total(data, target_sum=1e4)
    scanpy.pp.log1p(data)
    scanpy.pp.highly_variable_genes(data)
    flags: np.ndarray = data.var["highly_variable"].to_numpy()
    return flags


def scib_scores(points: np.ndarray, labels: np.ndarray, batches: np.ndarray, clusters: np.ndarray) -> dict[str, float]:
    """What scib-metrics computes of an embedding, in double precision; NMI and ARI on the given clusters."""
    import jax

    jax.config.update("jax_enable_x64", True)
    from scib_metrics import graph_connectivity, ilisi_knn, silhouette_batch, silhouette_label
    from scib_metrics.nearest_neighbors import NeighborsResults
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
    from sklearn.neighbors import NearestNeighbors

    distances, cells = NearestNeighbors(n_neighbors=90, algorithm="brute").fit(points).kneighbors(points)
    near = NeighborsResults(indices=cells, distances=distances)
    return {
        # its own wrappers of these two cluster the graph themselves, and call these functions on the outcome
        "nmi": float(normalized_mutual_info_score(labels, clusters, average_method="arithmetic")),
        "ari": float(adjusted_rand_score(labels, clusters)),
        "asw_label": float(silhouette_label(points, labels, rescale=True)),
        "asw_batch": float(silhouette_batch(points, labels, batches, rescale=True)),
        "ilisi": float(ilisi_knn(near, batches)),
        "graph_connectivity": float(graph_connectivity(near.subset_neighbors(15), labels)),
    }
