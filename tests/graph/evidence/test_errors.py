"""How often verdicts are wrong: a small run of benchmarks/verdict_errors.py, whose tables stand in docs/verdicts.md."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
BOUND = 0.05


@pytest.fixture(scope="module")
def simulation() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "benchmarks" / "verdict_errors.py"))


def at_most(share: float, trials: int) -> int:
    """Most failures that ``trials`` of this chance give, but in one of a thousand runs."""
    from scipy.stats import binom

    return int(binom.ppf(0.999, trials, share))


NAMES = [
    "two models of a study",
    "two models against a third, both by the effect",
    "re-weighting the corpus, at two sizes",
    "leaving a part out, with the whole corpus",
    "slope per decade",
    "one objective gains more than another",
    "a quarter is enough; the loss there is the effect",
    "plateau exactly at the share; the effect is the loss at 16 %",
    "seeds of a user",
    "a single printed run",
    "printed means with intervals",
    "single printed runs",
    "printed means with and without a change",
    "one count in two papers, δ = 5 %; the spread is the share of counts cut off and not rounded",
]


@pytest.mark.parametrize("what", NAMES)
def test_a_verdict_is_wrong_in_at_most_one_of_twenty_simulations(what: str, simulation: dict[str, Any]) -> None:
    (case,) = (case for case in simulation["cases"]() if case.what == what)
    sims = 2
    found = simulation["simulate"](case, sims=sims, seed=1)
    assert any(tally.right for tally in found.values()), "a rule that decides nothing is never wrong"
    for number in range(len(case.claims)):
        wrong = sum(tally.wrong for key, tally in found.items() if key[3] == number)
        trials = sims * len(case.sizes) * len(case.effects) * len(case.spreads)
        assert wrong <= at_most(BOUND, trials), f"{wrong} of {trials}: {case.claims[number][0].direction}"
        clear = {key: tally for key, tally in found.items() if key[3] == number and key[1] != case.effects[2]}
        wrong = sum(tally.wrong for tally in clear.values())
        assert wrong <= at_most(0.01, sum(tally.total for tally in clear.values())), "away from the margin"


def test_every_kind_of_claim_that_has_a_rule_is_simulated(simulation: dict[str, Any]) -> None:
    from graph.evidence.judge import EXPERIMENTS, REANALYSES

    kinds = {claim.kind for case in simulation["cases"]() for claim, _ in case.claims}
    assert kinds == set(EXPERIMENTS) | set(REANALYSES)


def test_of_many_claims_tested_together_few_decided_ones_are_wrong(simulation: dict[str, Any]) -> None:
    import numpy as np

    found = simulation["many"](tests=20, effect=0.08, seeds=8, spread=0.01, sims=200, rng=np.random.default_rng(2))
    wrong, _, power = found["Benjamini-Hochberg"]
    assert wrong <= BOUND
    assert wrong < found["none"][0]
    assert power > 0.9


def test_the_document_has_the_tables_of_the_simulation(simulation: dict[str, Any], tmp_path: Path) -> None:
    text = (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8")
    for case in simulation["cases"]():
        assert f"| {case.kind} | {case.what} |" in text
    copy = tmp_path / "verdicts.md"
    copy.write_text("<!-- errors -->\nold\n<!-- /errors -->\n", encoding="utf-8")
    simulation["write"](copy, {"errors": "new"})
    assert copy.read_text(encoding="utf-8") == "<!-- errors -->\nnew\n<!-- /errors -->\n"
    with pytest.raises(ValueError, match="no markers"):
        simulation["write"](copy, {"other": ""})
