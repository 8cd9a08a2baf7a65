from __future__ import annotations

import torch

from scaling.train.peak import peak


def test_the_peak_of_a_processor_is_measured_once_and_draws_no_random_numbers() -> None:
    state = torch.get_rng_state()
    first = peak("cpu")
    assert first > 1e8  # any processor multiplies matrices faster than that
    assert peak("cpu") == first
    assert torch.equal(torch.get_rng_state(), state)
