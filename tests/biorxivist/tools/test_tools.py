from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import Result

from biorxivist.errors import InvalidInput, NotFound
from biorxivist.tools import TOOLS, OpenGraph, call, functions, tool
from biorxivist.workspace.home import Home
from graph.errors import UnsafeCypher
from tests.biorxivist.tools.calls import CALLS


def test_there_are_the_promised_tools_each_with_a_purpose_of_one_sentence() -> None:
    assert [each.name for each in TOOLS] == list(CALLS)
    assert all(each.purpose.endswith(".") and ". " not in each.purpose for each in TOOLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_result_says_where_it_comes_from_and_under_which_licence(graph: OpenGraph, name: str) -> None:
    result = call(name, CALLS[name], graph)
    assert type(result) is tool(name).result
    assert result.provenance.source == "biorxivist graph"
    assert "CC0" in result.provenance.licence
    assert result.total > 0
    assert type(result).model_validate_json(result.model_dump_json()) == result


@pytest.mark.parametrize(
    ("name", "arguments", "command"),
    [
        ("evidence", {"verdict": "inconsistent_with_printed"}, ["evidence", "--verdict", "inconsistent_with_printed"]),
        ("check", {"what": "scGPT beats logistic regression", "limit": 4},
         ["check", "scGPT beats logistic regression", "--limit", "4"]),
        ("compare_claims", CALLS["compare_claims"], ["compare", *CALLS["compare_claims"].values()]),
        ("graph_query", {"query": "papers", "limit": 5}, ["graph", "query", "papers", "--limit", "5"]),
        ("graph_schema", {}, ["graph", "schema"]),
        ("get_paper", {"paper": "10.1101/2023.10.16.561085"}, ["show", "10.1101/2023.10.16.561085"]),
    ],
)  # fmt: skip
def test_the_rows_are_those_that_the_command_prints(
    graph: OpenGraph,
    seeded: Home,
    cli: Callable[..., Result],
    name: str,
    arguments: dict[str, object],
    command: list[str],
) -> None:
    printed = [json.loads(line) for line in cli(*command, "--json").stdout.splitlines()]
    assert printed
    assert json.loads(call(name, arguments, graph).model_dump_json())["rows"] == printed


def test_an_answer_is_the_one_that_the_command_prints(
    graph: OpenGraph, seeded: Home, cli: Callable[..., Result]
) -> None:
    question = CALLS["ask"]["question"]
    printed = json.loads(cli("ask", question, "--json").stdout)
    assert json.loads(call("ask", {"question": question}, graph).model_dump_json())["answer"] == printed


def test_rows_beyond_the_limit_are_left_out_and_that_is_said(graph: OpenGraph) -> None:
    result = call("find_claims", {"limit": 2}, graph).model_dump()
    assert (len(result["rows"]), result["truncated"]) == (2, True)
    assert result["total"] > 2
    whole = call("graph_query", {"query": "papers", "limit": 200}, graph).model_dump()
    assert not whole["truncated"]


def test_rows_beyond_the_limit_of_characters_are_left_out(graph: OpenGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "CHARACTERS", 3_000)
    result = call("evidence", {"limit": 200}, graph)
    assert result.truncated
    assert len(json.dumps(result.model_dump()["rows"])) < 6_000


def test_a_query_that_writes_and_arguments_of_another_schema_are_refused(graph: OpenGraph) -> None:
    with pytest.raises(UnsafeCypher, match="only read"):
        call("graph_query", {"query": "MATCH (n) DETACH DELETE n"}, graph)
    with pytest.raises(InvalidInput, match="limit"):
        call("find_claims", {"limit": 10_000}, graph)
    with pytest.raises(InvalidInput, match="no tool 'drop'"):
        call("drop", {}, graph)
    with pytest.raises(NotFound, match="nobody 1999"):
        call("get_paper", {"paper": "nobody 1999"}, graph)


def test_eight_clients_at_once_get_what_one_gets(graph: OpenGraph) -> None:
    alone = {name: call(name, arguments, graph) for name, arguments in CALLS.items()}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda name: (name, call(name, CALLS[name], graph)), [*CALLS] * 4))
    assert all(result == alone[name] for name, result in together)
