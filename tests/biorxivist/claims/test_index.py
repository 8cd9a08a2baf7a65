from __future__ import annotations

import pytest

from biorxivist.claims.compare import compare_named
from biorxivist.claims.index import ClaimIndex
from biorxivist.errors import InvalidInput, NotFound
from biorxivist.literature.doi import bare_doi
from graph.evidence.verdict import verdict_text, why


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1101/2024.12.13.628448", "10.1101/2024.12.13.628448"),
        (" https://doi.org/10.1101/2024.12.13.628448v2. ", "10.1101/2024.12.13.628448"),
        ("DOI: 10.1038/S41592-024-02201-0", "10.1038/s41592-024-02201-0"),
        ("more data helps", None),
        ("10.1101/2024.12.13.628448 says so", None),
    ],
)
def test_a_doi_is_recognised_in_its_usual_spellings(text: str, doi: str | None) -> None:
    assert bare_doi(text) == doi


def test_the_beginning_of_an_id_will_do_where_it_is_unique(known: ClaimIndex) -> None:
    claim = next(iter(known.claims.values()))
    assert known.claim(claim.id[:16]) == claim
    assert known.claim(claim.id.removeprefix("claim:")) == claim
    with pytest.raises(NotFound):
        known.claim("claim:")
    with pytest.raises(NotFound):
        known.claim("nothing at all")


def test_every_claim_has_a_verdict_with_a_reason(known: ClaimIndex) -> None:
    for claim in known.claims:
        verdicts = known.verdicts(claim)
        assert verdicts
        assert all(why(one) and verdict_text(one) for one in verdicts)


def test_what_is_decided_comes_before_what_is_not(known: ClaimIndex) -> None:
    order = [known.verdicts(claim.id)[0].verdict for claim in known.by_interest()]
    assert "not_testable" not in order[: order.index("inconclusive")]
    assert set(order[order.index("not_testable") :]) == {"not_testable"}


def test_a_claim_cannot_be_compared_with_itself(known: ClaimIndex) -> None:
    claim = next(iter(known.claims))
    with pytest.raises(InvalidInput, match="are the same"):
        compare_named(claim, claim, known)


def test_two_claims_are_compared_whatever_comes_of_it(known: ClaimIndex) -> None:
    fact, score = (next(c.id for c in known.claims.values() if c.kind == kind) for kind in ("scale_fact", "score"))
    (compared,) = compare_named(fact, score, known)
    assert compared.row()["relation"] == "not_comparable"
    assert compared.row()["reasons"]


def test_scaling_of_sctab_and_of_the_masked_models_differ_in_supervision_and_objective(known: ClaimIndex) -> None:
    found = compare_named("10.1101/2024.12.13.628448", "10.1038/s41467-024-51059-5", known)
    fields = [set(one.relation.fields) for one in found if one.relation.relation == "differs_in_scope"]
    assert any({"supervision", "objective"} <= one and "corpus" not in one for one in fields)
