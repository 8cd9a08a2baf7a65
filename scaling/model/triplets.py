"""Triplets of cells by the rule of SCimilarity (Heimberg et al., Nature 2024), without a loop over pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

__all__ = ["mine", "relatives"]

PAIRS = 2048
"""Pairs of cells that are compared with a batch at a time."""


def relatives(types: Sequence[str], is_a: Mapping[str, Sequence[str]]) -> npt.NDArray[np.bool_]:
    """Whether two types are the same, or one is a kind of the other in any generation: types x types.

    Parameters
    ----------
    is_a
        Type -> the types that it is a kind of; types that are not in ``types`` link others.
    """
    number = {name: place for place, name in enumerate(types)}
    related = np.eye(len(types), dtype=bool)
    for name, place in number.items():
        above, seen = list(is_a.get(name, ())), set()
        while above:
            parent = above.pop()
            if parent not in seen:  # a name that stands above itself ends here, too
                seen.add(parent)
                above.extend(is_a.get(parent, ()))
        for parent in seen & number.keys():
            related[place, number[parent]] = related[number[parent], place] = True
    return related


def mine(
    embedding: Tensor, label: Tensor, study: Tensor, related: Tensor, *, margin: float, rng: torch.Generator
) -> Tensor:
    """Choose a semi-hard negative for every pair of cells of one type in different studies, where there is one.

    A negative is of a type that is not related, and is semi-hard if its squared distance from the anchor is larger than
    that of the positive, by less than ``margin``; one of these is drawn at random.

    Parameters
    ----------
    embedding
        Cells x dimensions.
    label, study
        Numbers of type (-1: unknown, in no triplet) and study of each cell.
    related
        Whether types are related, types x types (:func:`relatives`).

    Returns
    -------
    Numbers of anchor, positive and negative: 3 x triplets. The anchor stands before the positive in the batch.
    """
    known = label >= 0
    same = (label[:, None] == label) & (study[:, None] != study) & known[:, None]
    anchor, positive = torch.triu(same, diagonal=1).nonzero(as_tuple=True)
    squares = embedding.square().sum(dim=1)
    distance = squares[:, None] + squares - 2.0 * embedding @ embedding.T
    types = label.clamp(min=0)
    apart = ~related[types[:, None], types] & known & known[:, None]
    triplets = []
    for start in range(0, len(anchor), PAIRS):
        first, second = anchor[start : start + PAIRS], positive[start : start + PAIRS]
        excess = distance[first, second][:, None] - distance[first] + margin
        semi_hard = apart[first] & (excess > 0) & (excess < margin)
        chance = torch.rand(semi_hard.shape, generator=rng, device=rng.device)
        negative = torch.where(semi_hard, chance, -1.0).argmax(dim=1)
        some = semi_hard.any(dim=1)
        triplets.append(torch.stack([first, second, negative])[:, some])
    return torch.cat(triplets, dim=1) if triplets else anchor.new_zeros((3, 0))
