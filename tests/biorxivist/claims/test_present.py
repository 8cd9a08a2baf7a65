from __future__ import annotations

from biorxivist.claims.present import with_names
from graph.vocabulary import load_vocabulary


def test_ids_are_replaced_by_names_and_unknown_ids_are_kept() -> None:
    assert with_names("model:scgpt against model:nobody", load_vocabulary()) == "scGPT against model:nobody"
