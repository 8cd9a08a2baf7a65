"""How the tables of ``claims/*.toml`` become claims."""

from __future__ import annotations

from typing import Any

import pytest

from biorxivist.seeds.claims import claim_of
from graph.records import Claim

IDS = {"one": "doi:10.1/one", "other": "doi:10.1/other"}
SOURCE: dict[str, Any] = {
    "paper": "one", "version": "1", "url": "https://example.org", "location": "text", "read": "full_text",
}  # fmt: skip
ENTRY = {"source": "text", "statement": "It scores.", "kind": "score", "subjects": ["scvi"], "task": "downstream"}


def read(source: dict[str, Any] | None = None, **entry: Any) -> Claim:
    return claim_of({**ENTRY, **entry}, {**SOURCE, **(source or {})}, IDS)


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({"printed": "0.595"}, (0.595, 0.5945, 0.5955)),
        ({"printed": "0.766±0.013", "spread": "sd", "runs": 10}, (0.766, 0.753, 0.779)),
        ({"printed": "0.820", "low": 0.81, "high": 0.83, "spread": "ci95"}, (0.82, 0.81, 0.83)),
        ({"printed": "50E6", "bound": "about"}, (50e6, None, None)),
        ({"printed": "50E6", "bound": "at_least"}, (50e6, 50e6, None)),
        ({"printed": "50E6", "bound": "at_most"}, (50e6, None, 50e6)),
        ({"printed": "50", "bound": "exact"}, (50, 50, 50)),
    ],
)
def test_a_printed_number_has_the_interval_that_its_source_gives_it(
    fields: dict[str, Any], ends: tuple[float | None, ...]
) -> None:
    claim = read(**fields)
    assert (claim.value, claim.low, claim.high) == tuple(end if end is None else pytest.approx(end) for end in ends)
    assert claim.printed == fields["printed"]


def test_a_source_says_how_it_was_read_and_whose_finding_it_is_unless_the_claim_does() -> None:
    cited = {"attribution": "cited", "attributed_to": "other"}
    assert read().read == "full_text"
    assert read(read="abstract").read == "abstract"
    assert read(cited).attributed_to == "doi:10.1/other"
    assert read(attribution="cited", attributed_to="other").attributed_to == "doi:10.1/other"
    assert read().attributed_to is None


def test_factor_condition_exceptions_and_inferred_fields_are_kept() -> None:
    claim = read(factor="labels", condition="30 epochs", exceptions="not on MS", inferred=["subject_ids"])
    assert (claim.factor, claim.condition, claim.exceptions) == ("labels", "30 epochs", "not on MS")
    assert claim.inferred == ("subject_ids",)
