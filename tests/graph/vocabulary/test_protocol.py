from __future__ import annotations

import pytest

from graph.vocabulary import load_vocabulary, protocol


@pytest.mark.parametrize("name", ["ACCURACY", "MICRO_F1", "MACRO_F1", "COUNT", "POOLED"])
def test_every_id_of_the_protocol_is_an_entry_of_the_vocabulary(name: str) -> None:
    assert getattr(protocol, name) in load_vocabulary()


def test_the_samplings_of_the_engine_are_words_of_the_protocol() -> None:
    from typing import get_args

    from scaling.study.arms import Sampling

    assert set(get_args(Sampling)) <= {protocol.RANDOM, *protocol.DIVERSE}


def test_the_former_name_of_sketching_still_finds_its_entry() -> None:
    vocabulary = load_vocabulary()
    assert vocabulary.resolve("model", "geometric_sketch") == f"model:{protocol.GEOMETRIC_SKETCHING}"


def test_the_shipped_points_are_made_by_rules_of_the_protocol() -> None:
    from graph.records import SaturationPoint
    from scaling import published

    rules = {record.rule for record in published.records() if isinstance(record, SaturationPoint)}
    assert rules <= {protocol.EQUIVALENCE, protocol.ANY_RUN, protocol.SEED_MEAN, protocol.POWER_LAW}
    assert protocol.ANY_RUN in rules
