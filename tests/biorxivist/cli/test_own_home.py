"""What a user adds and decides shows in every command: names of their own, and reviews of claims."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from typer.testing import Result

from biorxivist.claims.review import review
from biorxivist.load.prepare import prepare
from biorxivist.workspace.home import Home
from biorxivist.workspace.vocabulary import add_entry
from graph.records import Claim

Cli = Callable[..., Result]
SOURCE = "https://example.org/scnova"
DENADEL = "doi:10.1101/2024.12.13.628448"


def _claim(statement: str, paper: str, other: str, **fields: object) -> Claim:
    data = {
        "paper_id": paper, "version_id": f"{paper}v1", "statement": statement, "kind": "comparison", "direction": ">",
        "subject_ids": ["model:scnova"], "comparator_ids": [other], "task_id": "task:cell_type_classification",
        "metric_id": "metric:accuracy", "source_url": SOURCE, "location": "text", **fields,
    }  # fmt: skip
    return Claim.model_validate(data)


@pytest.fixture
def claims(own_home: Home) -> tuple[Claim, Claim, Claim]:
    """Two claims about a model of the user's that differ in scope, and one that was rejected."""
    archive = own_home.archive
    add_entry(archive, "model", "scNova", source_url=SOURCE, facts={"role": "foundation"})
    better = _claim("Ours is better.", DENADEL, "model:scgpt")
    worse = _claim("Theirs is not.", "doi:10.1101/2023.10.19.563100", "model:scgpt", direction="<", regime="zero_shot")
    rejected = _claim("Ours is better than PCA.", DENADEL, "model:pca")
    archive.append([better, worse, rejected], writer="mine")
    review(archive, rejected.id, "rejected", who="A. Reader", why="Not in the text.")
    prepare(own_home)
    return better, worse, rejected


def test_own_names_and_reviews_show_in_every_command(cli: Cli, claims: tuple[Claim, Claim, Claim]) -> None:
    better, worse, rejected = claims

    compared = cli("compare", worse.id, better.id)
    assert compared.exit_code == 0, compared.stderr
    for text in (compared.stdout, cli("explain", better.id).stdout, cli("check", "scNova outperforms scGPT").stdout):
        assert text
        assert "model:scnova" not in text
    first, second = (compared.stdout.index(claim.id) for claim in (worse, better))
    assert first < second
    assert "directions < and >" in compared.stdout

    marked = "Rejected by A. Reader on "
    assert marked in cli("show", rejected.id).stdout
    (page,) = (json.loads(line) for line in cli("show", rejected.id, "--json").stdout.splitlines())
    assert page["last_review"]["why"] == "Not in the text."
    assert marked in cli("show", "scNova").stdout
    explained = cli("explain", rejected.id)
    assert explained.exit_code == 1
    assert marked in explained.stdout
    assert explained.stderr == "A claim that does not stand is not judged.\n"
    listed = cli("check", DENADEL, "--limit", "100").stdout
    place = listed.index(rejected.statement)
    assert listed[place + len(rejected.statement) :].lstrip().startswith("Rejected after review; ")


def test_an_empty_list_of_verdicts_says_what_the_claim_is(cli: Cli, seeded: Home) -> None:
    of_kind = cli("evidence", "c4f1", "--kind", "score")
    assert of_kind.exit_code == 1
    assert of_kind.stderr == "claim:c4f1263244f77b57 is a claim of the kind comparison, not score.\n"
    of_verdict = cli("evidence", "c4f1", "--verdict", "reproduced")
    assert of_verdict.stderr == "No verdict reproduced on claim:c4f1263244f77b57; it has consistent_with_printed.\n"


def test_an_unknown_version_is_said_and_the_work_is_shown(cli: Cli, seeded: Home) -> None:
    for command in ("check", "show"):
        done = cli(command, "10.1101/2024.12.13.628448v9")
        assert done.exit_code == 0
        assert "knows no version 9" in done.stderr
        assert done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("evidence", "--kind", "scaling"), ("graph", "query", "papers"), ("graph", "query", "--list"),
        ("vocabulary", "list", "metric"),
    ],
)  # fmt: skip
def test_a_command_that_lists_gives_a_pipe_a_header_and_tab_separated_rows(
    cli: Cli, seeded: Home, arguments: tuple[str, ...]
) -> None:
    header, *lines = cli(*arguments).stdout.splitlines()
    assert lines
    assert {line.count("\t") for line in lines} == {header.count("\t")} != {0}
