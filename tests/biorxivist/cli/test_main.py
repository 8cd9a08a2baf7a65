from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from biorxivist.load.prepare import open_graph
from biorxivist.workspace.home import Home
from tests.conftest import COUNT_PAPERS, FirstUse

HEAVY = {
    "anndata", "h5py", "ladybug", "langchain", "lark", "lxml", "matplotlib", "neo4j", "numpy", "openai", "pandas",
    "pydantic", "pydantic_settings", "requests", "scanpy", "scipy", "sklearn", "torch",
}  # fmt: skip
Cli = Callable[..., Result]


def run(
    *arguments: str, code: str = "from biorxivist.cli.main import main; main()"
) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=60,
    )


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom biorxivist.cli.main import app\ntry:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = run(code=code)
    assert "check" in done.stdout
    assert HEAVY & set(done.stderr.split()) == set()


@pytest.mark.parametrize(
    "command",
    [
        [], ["demo"], ["graph"], ["graph", "load"], ["graph", "rebuild"], ["graph", "query"], ["graph", "schema"],
        ["archive", "export"], ["compare"], ["evidence"], ["explain"], ["check"], ["ask"], ["results", "import"],
        ["scaling", "run"], ["doctor"],
    ],
)  # fmt: skip
def test_every_command_explains_itself(cli: Cli, command: list[str]) -> None:
    result = cli(*command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_the_version_is_printed(cli: Cli) -> None:
    assert cli("--version").stdout.startswith("biorxivist 0.")


def test_an_unknown_command_or_option_exits_2(cli: Cli) -> None:
    assert cli("nosuch").exit_code == 2
    assert cli("evidence", "--nosuch").exit_code == 2


def test_cypher_gives_one_json_object_a_line(cli: Cli, seeded: Home) -> None:
    result = cli("graph", "query", "MATCH (p:Paper)-[:MAKES]->(c:Claim) RETURN p.title, c.statement LIMIT 5", "--json")
    assert result.exit_code == 0
    assert len(rows(result)) == 5
    assert set(rows(result)[0]) == {"p.title", "c.statement"}


def test_a_writing_query_is_refused_with_the_place_and_changes_nothing(cli: Cli, seeded: Home) -> None:
    with open_graph(seeded) as store:
        before = store.digest()
    result = cli("graph", "query", "MATCH (p:Paper) SET p.title = 'x' RETURN p")
    assert result.exit_code == 2
    assert result.stdout == ""
    message, line, caret = result.stderr.splitlines()
    assert "SET" in message
    assert line[caret.index("^")] == "S"
    with open_graph(seeded) as store:
        assert store.digest() == before


def test_a_query_without_end_is_stopped_and_the_next_one_works(cli: Cli, seeded: Home) -> None:
    result = cli("graph", "query", "UNWIND range(1, 1000000000) AS x RETURN sum(x)", "--timeout", "5")
    assert result.exit_code == 1
    assert "stopped at its" in result.stderr or "stopped after" in result.stderr
    assert cli("graph", "query", "MATCH (p:Paper) RETURN count(p) AS n", "--json").exit_code == 0


def test_the_published_saturation_points_count_as_printed(cli: Cli, seeded: Home) -> None:
    counts = {row["fraction"]: row["points"] for row in rows(cli("graph", "query", "published_saturation", "--json"))}
    assert counts == {0.01: 191, 0.1: 34, 0.25: 11, 0.5: 4}


def test_parameters_are_typed_and_read_from_stdin_too(cli: Cli, seeded: Home) -> None:
    text = "MATCH (p:Paper) WHERE p.year = $year AND $yes RETURN count(p) AS n"
    result = cli("graph", "query", "-", "-p", "year=2024", "-p", "yes=true", "--json", stdin=text)
    assert result.exit_code == 0
    assert isinstance(rows(result)[0]["n"], int)
    assert rows(result)[0]["n"] != 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-p", "year"], "KEY=VALUE"),
        (["-p", "a=1", "-p", "a=2"], "given twice"),
        (["--json", "--csv"], "not both"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_options_that_cannot_be_used_exit_2(cli: Cli, seeded: Home, arguments: list[str], told: str) -> None:
    result = cli("graph", "query", "papers", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_no_rows_is_no_failure_and_is_said_on_stderr(cli: Cli, seeded: Home) -> None:
    result = cli("graph", "query", "MATCH (p:Paper) WHERE p.year = 1900 RETURN p.id", "--json")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no rows\n")


def test_a_misspelt_query_or_parameter_is_corrected_in_the_message(cli: Cli, seeded: Home) -> None:
    result = cli("graph", "query", "contradiction")
    assert result.exit_code == 2
    assert "contradictions" in result.stderr
    result = cli("graph", "query", "contradictions", "-p", "limi=3")
    assert result.exit_code == 2
    assert "Did you mean limit" in result.stderr


def test_csv_can_be_read_back_and_a_pipe_gets_tabs(cli: Cli, seeded: Home) -> None:
    table = list(csv.DictReader(io.StringIO(cli("graph", "query", "papers", "--csv", "--limit", "3").stdout)))
    assert len(table) == 3
    lines = cli("graph", "query", "papers", "--limit", "3").stdout.splitlines()
    assert lines[0].split("\t") == list(table[0])
    assert len(lines) == 4


def test_the_named_queries_are_listed_with_their_questions(cli: Cli) -> None:
    listed = rows(cli("graph", "query", "--list", "--json"))
    assert len(listed) >= 12
    assert all(row["question"] for row in listed)


def test_a_canonical_export_is_the_same_twice_and_has_no_times(cli: Cli, seeded: Home) -> None:
    first, second = (cli("archive", "export", "--canonical").stdout for _ in range(2))
    assert first == second
    assert all("at" not in json.loads(line) for line in first.splitlines()[:50])


def test_a_new_home_is_filled_from_the_shipped_facts_and_says_so(cli: Cli, seeded: Home, first_use: FirstUse) -> None:
    assert json.loads(first_use.stdout) == {"n": 113}
    assert "first use" in first_use.stderr
    again = cli(*COUNT_PAPERS)
    assert (again.stdout, again.stderr) == (first_use.stdout, "")


def test_records_exported_from_one_home_load_into_another(
    cli: Cli, seeded: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = cli("archive", "export", "--canonical").stdout.splitlines(keepends=True)
    exported = "".join(line for line in lines if line.startswith(('{"record":"Author"', '{"record":"Paper"')))
    file = tmp_path / "facts.jsonl"
    file.write_text(exported, encoding="utf-8")
    monkeypatch.setenv("BIORXIVIST_HOME", str(tmp_path / "other"))
    assert cli("graph", "load", str(file)).exit_code == 0
    assert cli("archive", "export", "--canonical").stdout == exported


def test_a_broken_line_is_named_and_nothing_is_loaded(cli: Cli, own_home: Home, tmp_path: Path) -> None:
    before = own_home.archive.digest()
    file = tmp_path / "bad.jsonl"
    file.write_text(
        '{"record":"Author","v":1,"id":"author:x","data":{"name":"A"}}\n{"record":"Nobody"}\n', encoding="utf-8"
    )
    result = cli("graph", "load", str(file))
    assert result.exit_code == 1
    assert "bad.jsonl, line 2" in result.stderr
    assert own_home.archive.digest() == before


def test_a_home_that_is_a_file_is_told_with_the_variable_to_set(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("BIORXIVIST_HOME", str(tmp_path / "file" / "home"))
    result = cli("graph", "query", "papers")
    assert result.exit_code == 3
    assert "BIORXIVIST_HOME" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_store_address_exits_3(cli: Cli, own_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIORXIVIST_STORE", "neo4j://nowhere")
    result = cli("graph", "query", "papers")
    assert result.exit_code == 3
    assert "neo4j://nowhere" in result.stderr


def test_known_errors_show_their_traceback_only_when_asked(cli: Cli, seeded: Home) -> None:
    assert cli("explain", "claim:nothing").exception is not None
    assert "Traceback" not in run("explain", "claim:nothing").stderr
    loud = run("-v", "explain", "claim:nothing")
    assert "Traceback" in loud.stderr


def test_an_interrupt_exits_130(cli: Cli, seeded: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("biorxivist.workspace.home.open_home", interrupted)
    assert cli("evidence").exit_code == 130


def test_output_into_a_closed_pipe_is_no_error(seeded: Home) -> None:
    code = "import sys; sys.argv = ['biorxivist', *sys.argv[1:]]; from biorxivist.cli.main import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        [sys.executable, "-c", code, "archive", "export"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_evidence_lists_verdicts_and_explain_shows_each_gate(cli: Cli, seeded: Home) -> None:
    found = rows(cli("evidence", "--verdict", "consistent_with_printed", "--json"))
    assert found
    assert {row["verdict"] for row in found} == {"consistent_with_printed"}
    told = cli("explain", str(found[0]["claim_id"])).stdout
    assert "gates:" in told
    assert str(found[0]["evidence_id"]) in told
    assert cli("explain", str(found[0]["evidence_id"])).exit_code == 0
    misspelt = cli("evidence", "--verdict", "reproducd")
    assert misspelt.exit_code == 2
    assert "Did you mean reproduced or not_reproduced?" in " ".join(misspelt.stderr.split())


def test_two_papers_are_compared_claim_by_claim_contradictions_first(cli: Cli, seeded: Home) -> None:
    found = rows(cli("compare", "10.1101/2024.12.13.628448", "10.1038/s41467-024-51059-5", "--json"))
    assert any(
        row["relation"] == "differs_in_scope"
        and "supervision" in str(row["fields"])
        and "objective" in str(row["fields"])
        for row in found
    )
    assert "not_comparable" not in {row["relation"] for row in found}


def test_check_speaks_for_both_sides_and_exits_1_when_nothing_is_known(cli: Cli, seeded: Home) -> None:
    found = rows(cli("check", "More pre-training data improves single-cell foundation models", "--json"))
    assert {"agrees", "contradicts"} <= {row["stand"] for row in found}
    result = cli("check", "Aspirin cures headaches")
    assert result.exit_code == 1
    assert "No claim in the graph matches" in result.stderr


def test_check_of_a_doi_gives_its_claims_and_of_a_bibliography_a_line_an_entry(
    cli: Cli, seeded: Home, tmp_path: Path
) -> None:
    assert cli("check", "https://doi.org/10.1101/2024.12.13.628448").exit_code == 0
    assert cli("check", "10.1234/nothing").exit_code == 1
    bib = tmp_path / "refs.bib"
    bib.write_text(
        "@article{a, doi = {10.1101/2024.12.13.628448v1}}\n@article{b, title = {Nothing of ours}}\n", encoding="utf-8"
    )
    found = rows(cli("check", str(bib), "--json"))
    assert [(row["entry"], row["found"]) for row in found] == [("a", True), ("b", False)]


def test_ask_answers_with_sources_and_refuses_what_it_does_not_know(cli: Cli, seeded: Home) -> None:
    answer = rows(cli("ask", "How many cells was scGPT pre-trained on?", "--json"))[0]
    assert answer["status"] == "answered"
    refused = cli("ask", "Does scFoo beat scGPT?", "--json")
    assert refused.exit_code == 1
    assert rows(refused)[0]["status"] == "refused"
    with_model = cli("ask", "Does more data help?", "--model", "gpt")
    assert with_model.exit_code == 3
    assert "needs a key: set OPENAI_API_KEY" in with_model.stderr


def test_doctor_prints_a_line_a_part_and_exits_0_when_all_is_well(cli: Cli, seeded: Home) -> None:
    result = cli("doctor", "--json")
    assert result.exit_code == 0
    parts = {row["part"]: row["state"] for row in rows(result)}
    assert parts["graph"] == parts["archive"] == parts["home"] == "ok"
    assert parts["neo4j"] == parts["language model"] == "optional"


def test_imported_results_are_counted_and_a_second_import_changes_nothing(
    cli: Cli, own_home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "results.csv"
    file.write_text(
        "model,dataset,task,metric,value,seed\nscGPT,pbmc3k,cell type classification,macro F1,0.9,0\n", encoding="utf-8"
    )
    first = cli("results", "import", str(file), "--json")
    assert first.exit_code == 0, first.stderr
    assert rows(first)[0]["new"] == 1
    assert rows(cli("results", "import", str(file), "--json"))[0]["new"] == 0
    query = "MATCH (r:Result) WHERE r.source = 'user' RETURN r.model_id AS model, r.value AS value"
    assert rows(cli("graph", "query", query, "--json")) == [{"model": "model:scgpt", "value": 0.9}]


def test_a_study_that_does_not_exist_names_the_presets(cli: Cli, tmp_path: Path) -> None:
    result = cli("scaling", "run", "nosuch", "--cells", str(tmp_path), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "demo" in result.stderr
