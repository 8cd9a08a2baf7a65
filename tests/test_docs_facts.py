"""The examples of ``docs/contributing-facts.md`` are entries that load, and that the checks of the seeds pass."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from biorxivist.seeds import papers
from biorxivist.seeds.claims import claim_of
from graph.records import Claim, Paper, Version
from graph.vocabulary import Vocabulary, entry_of, load_vocabulary
from tests.biorxivist.seeds import kinds_of_error as kinds

PAGE = Path(__file__).parents[1] / "docs" / "contributing-facts.md"


def example(name: str) -> dict[str, Any]:
    blocks = re.findall(rf"^```toml {name}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    return tomllib.loads("\n".join(blocks))


@pytest.fixture
def vocabulary() -> Vocabulary:
    added = {f"model:{slug}": entry_of("model", slug, table) for slug, table in example("model").items()}
    return Vocabulary({**{entry.id: entry for entry in load_vocabulary()}, **added})


@pytest.fixture
def read_papers(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(papers, "_tables", lambda: example("paper"))
    return papers.paper_ids()


def read_claims(ids: dict[str, str]) -> list[Claim]:
    data = example("claims")
    return [claim_of(entry, data["source"][entry["source"]], ids) for entry in data["claim"]]


def test_the_papers_load_and_the_commentary_discusses_the_article(read_papers: dict[str, str]) -> None:
    article, comment = (record for record in papers.records() if isinstance(record, Paper))
    assert comment.discusses_ids == (article.id,) == (read_papers["doe2026"],)
    assert [v.label for v in papers.records() if isinstance(v, Version)] == ["1", "2", "journal", "1"]


def test_the_models_load_into_the_vocabulary_as_a_family_and_a_variant(vocabulary: Vocabulary) -> None:
    assert vocabulary.variants("model:celljane") == ("model:celljane_small",)
    assert "model:masked_models" in vocabulary.lineage("model:celljane_small")


def test_the_claims_load_with_names_and_versions_that_exist(
    read_papers: dict[str, str], vocabulary: Vocabulary
) -> None:
    versions = {record.id for record in papers.records() if isinstance(record, Version)}
    claims = read_claims(read_papers)
    assert len({claim.id for claim in claims}) == 3
    for claim in claims:
        assert claim.version_id in versions
        for name in (*claim.subject_ids, claim.task_id, claim.dataset_id, claim.metric_id):
            assert name is None or name in vocabulary


def test_the_examples_pass_the_checks_of_the_seeds() -> None:
    data = example("claims")
    seeds = kinds.Seeds(
        papers=example("paper"),
        claims=tuple(kinds.Entry("example", entry, data["source"][entry["source"]]) for entry in data["claim"]),
        sources=data["source"],
        models=example("model"),
        metrics={},
    )
    assert [fault for check in kinds.CHECKS for fault in check(seeds)] == []
