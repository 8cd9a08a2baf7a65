from __future__ import annotations

import pytest
from pydantic import ValidationError

from scaling import families
from scaling.model.family import Optimiser


def test_a_preset_is_where_settings_start_from_and_what_is_given_wins() -> None:
    kind = families.find("scvi").config
    reference = kind.model_validate({"preset": "reference", "width": 64})
    assert reference.model_dump() == kind().model_dump() | {
        "width": 64, "kl_warmup_in": "epochs", "unused_heads": True, "ignore_unmeasured": False,
    }  # fmt: skip
    assert kind.model_validate({"preset": "corrected"}) == kind()


def test_an_optimiser_that_is_given_in_part_keeps_the_rest_of_the_familys_own() -> None:
    found = families.find("scvi").config.model_validate({"optimiser": {"learning_rate": 0.01}}).optimiser
    assert found == Optimiser(name="adam", learning_rate=0.01, weight_decay=1e-6, eps=0.01, warmup=0, ema=None)
    found = families.find("geneformer").config.model_validate({"preset": "reference", "optimiser": {"warmup": 5}})
    assert found.optimiser is not None
    assert (found.optimiser.schedule, found.optimiser.warmup) == ("linear", 5)


def test_an_unknown_preset_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValidationError, match=r"no preset .scbart.*: corrected, scbert, scgpt"):
        families.find("binned").config.model_validate({"preset": "scbart"})


@pytest.mark.parametrize("family", families.names())
def test_settings_without_an_optimiser_are_those_of_an_untrained_model(family: str) -> None:
    kind = families.find(family).config
    untrained = kind.model_validate(kind().model_dump() | {"optimiser": None})
    assert untrained.optimiser is None
    assert untrained.model_dump(exclude={"optimiser"}) == kind().model_dump(exclude={"optimiser"})


@pytest.mark.parametrize("family", families.names())
def test_every_preset_is_valid(family: str) -> None:
    kind = families.find(family).config
    for name in kind.presets:
        assert kind.model_validate({"preset": name}) != kind()
