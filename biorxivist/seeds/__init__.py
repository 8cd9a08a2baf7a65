"""The field of single-cell foundation models as facts: papers, claims, published numbers and our own studies.

A fresh install answers from these, offline. Text is in our own words; bibliographic facts and numbers are as printed,
each with its source and with a flag where it could not be verified. The data are reviewed TOML files beside this
module (CC0); published numbers live in ``scaling.published``, the records of shipped studies in ``studies/``.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph.records import Record

__all__ = ["records"]


def records() -> Iterator[Record]:
    """All shipped records: vocabulary, papers, claims, published numbers, studies.

    Every record is named by vocabulary entries and papers that come before it, and no id comes twice.
    """
    from biorxivist.seeds import claims, papers, studies
    from graph.vocabulary import load_vocabulary
    from scaling import published

    yield from load_vocabulary().records()
    yield from papers.records()
    yield from claims.records()
    yield from published.records()
    yield from studies.records()
