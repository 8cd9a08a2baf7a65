"""No entry of the seeds has one of the known kinds of error; the seeds of before the audit had nearly all of them."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.biorxivist.seeds import kinds_of_error as kinds
from tests.biorxivist.seeds.kinds_of_error import Entry, Seeds, read_seeds

ROOT = Path(__file__).parents[3]
BEFORE = "987dd53"
"""The last commit before the audit's corrections."""
Check = Callable[[Seeds], Iterator[str]]

PAPERS: dict[str, Any] = {
    "article": {"preprint_doi": "10.1101/2024.01.01.000001", "doi": "10.1038/s1", "read": "full_text"},
    "critic": {"kind": "commentary", "discusses": ["article"], "read": "page"},
}
MODELS: dict[str, Any] = {
    "large": {"parameters": 7, "source_url": "https://example.org", "read": "2026-11-28"},
    "plain": {"role": "baseline"},
}


def small(claim: dict[str, Any] | None = None, source: dict[str, Any] | None = None, **parts: Any) -> Seeds:
    """Seeds of one claim without an error, changed as given."""
    where = {"paper": "article", "version": "1", "url": "https://example.org/text", "location": "text",
             "read": "full_text", **(source or {})}  # fmt: skip
    what = {"statement": "It scores.", "kind": "score", "subjects": ["large"], "task": "cell_type_classification",
            "metric": "accuracy", "dataset": "ms", **(claim or {})}  # fmt: skip
    seeds = Seeds(PAPERS, (Entry("a.toml", what, where),), {"a.toml, source s": where}, MODELS, {})
    return replace(seeds, **parts)


@pytest.fixture(scope="module")
def today() -> Seeds:
    return read_seeds(ROOT)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    """The seeds of before, from the history; a checkout without it skips these tests."""
    command = ["git", "archive", BEFORE, "biorxivist/seeds", "graph/vocabulary"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"commit {BEFORE} is not in this checkout")
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return read_seeds(folder)


@pytest.mark.parametrize("check", kinds.CHECKS, ids=lambda check: check.__name__)
def test_no_entry_of_the_seeds_has_this_error(check: Check, today: Seeds) -> None:
    assert list(check(today)) == []


@pytest.mark.parametrize("check", kinds.CHECKS, ids=lambda check: check.__name__)
def test_seeds_without_an_error_pass(check: Check) -> None:
    assert list(check(small())) == []


@pytest.mark.parametrize(
    "check",
    [check for check in kinds.CHECKS if check is not kinds.value_lies_in_its_interval],
    ids=lambda check: check.__name__,
)
def test_the_seeds_of_before_the_audit_had_this_error(check: Check, before: Seeds) -> None:
    assert list(check(before))


PREPRINT = "https://www.biorxiv.org/content/10.1101/2024.01.01.000001v2.full"


@pytest.mark.parametrize(
    ("check", "seeds"),
    [
        (kinds.version_and_address_fit, small(source={"url": PREPRINT})),
        (kinds.version_and_address_fit, small(source={"url": "https://arxiv.org/html/2503.02726v2"})),
        (kinds.version_and_address_fit, small(source={"url": "https://doi.org/10.1038/S1"})),
        (kinds.version_and_address_fit, small(source={"url": "https://doi.org/10.1101/2024.01.01.000001",
                                                      "version": "journal"})),
        (kinds.version_and_address_fit, small(source={"url": "https://doi.org/10.1038/s1", "version": "journal",
                                                      "evidence_type": "commentary"})),
        (kinds.version_and_address_fit, small(source={"url": "a digest of the paper"})),
        (kinds.value_lies_in_its_interval, small({"printed": "0.5", "low": 0.6, "high": 0.7})),
        (kinds.value_lies_in_its_interval, small({"value": 0.8, "high": 0.7})),
        (kinds.a_printed_interval_says_what_it_is, small({"printed": "0.5±0.1", "runs": 3})),
        (kinds.a_printed_interval_says_what_it_is, small({"printed": "0.5±0.1", "spread": "sd"})),
        (kinds.a_score_of_several_runs_keeps_their_interval, small({"printed": "0.5"}, {"evidence_type": "code"})),
        (kinds.facts_of_models_have_a_source, small(models={"large": {"parameters": 7}})),
        (kinds.facts_of_models_have_a_source, small(models={"large": {**MODELS["large"], "read": None}})),
        (kinds.it_is_said_how_a_source_was_read, small(source={"read": None})),
        (kinds.nobody_speaks_in_the_place_of_a_critic, small(source={"evidence_type": "commentary"})),
        (kinds.nobody_speaks_in_the_place_of_a_critic, small(source={"evidence_type": "summary"})),
        (kinds.nobody_speaks_in_the_place_of_a_critic,
         small(source={"evidence_type": "summary", "read": "third_party"})),
        (kinds.nobody_speaks_in_the_place_of_a_critic, small(source={"read": "third_party"})),
        (kinds.nobody_speaks_in_the_place_of_a_critic,
         small(source={"paper": "critic"}, papers={**PAPERS, "critic": {"kind": "commentary"}})),
        (kinds.the_metric_fits_the_task, small({"task": "batch_integration"})),
        (kinds.the_metric_fits_the_task, small({"task": "batch_integration", "metric": "avg_bio"})),
        (kinds.the_metric_fits_the_task, small({"metric": "mse", "unit": "bits"})),
        (kinds.the_regime_fits_the_model, small({"ablation": "no pre-training", "regime": "fine_tuned"})),
        (kinds.the_regime_fits_the_model, small({"subjects": ["plain"], "regime": "fine_tuned"})),
        (kinds.a_hedge_in_words_is_one_in_the_field, small({"statement": "It tends to score."})),
        (kinds.a_round_number_says_that_it_is_one,
         small({"kind": "scale_fact", "statement": "It read over 50 million cells.", "printed": "50E6"})),
    ],
)  # fmt: skip
def test_an_entry_with_the_error_is_found(check: Check, seeds: Seeds) -> None:
    assert len(list(check(seeds))) == 1


def test_a_score_without_its_share_of_labels_is_found_where_the_paper_has_several() -> None:
    seeds = small({"regime": "fine_tuned"})
    shares = [replace(seeds.claims[0], claim={**seeds.claims[0].claim, "train_fraction": share}) for share in (0.1, 1)]
    found = kinds.shares_of_labels_are_given_where_they_differ(replace(seeds, claims=(*seeds.claims, *shares)))
    assert list(found) == ["a.toml: It scores.: no train_fraction"]
