"""Studies that vary the size of a model.

A study trains a family at one size, so that each size, number of genes and number of cells is a study of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.study.spec import Study

__all__ = ["CELLS", "GENES", "WIDTHS", "studies_of_sizes"]

WIDTHS = (8, 16, 32, 64, 128, 256, 512)
GENES = (512, 1024)
CELLS = (10_000, 20_000)


def studies_of_sizes(
    base: Study, *, cells: Sequence[int] = CELLS, genes: Sequence[int] = GENES, widths: Sequence[int] = WIDTHS
) -> Iterator[Study]:
    """Make the studies of a base whose only family is ``binned``, such as the preset ``sizes_g``.

    Few cells come before many, and all widths of one setting one after the other: what is finished is worth reading,
    however early it stops.
    """
    data = base.model_dump(mode="json", exclude_unset=True)
    for number in cells:
        for seen in genes:
            for width in widths:
                binned = {**data["families"]["binned"], "width": width, "inner": 2 * width}
                changed = {
                    "name": f"{base.name}_{number}_{seen}_{width}",
                    "corpus": {**data["corpus"], "genes": seen},
                    "families": {"binned": binned},
                    "arms": [{**arm, "sizes": [number]} for arm in data["arms"]],
                }
                yield Study.model_validate(data | changed)
