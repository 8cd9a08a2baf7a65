from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from biorxivist.claims.refresh import compute, refresh
from biorxivist.errors import HomeNotWritable
from biorxivist.load.prepare import ensure_seeded, open_graph, prepare, rebuild, update
from biorxivist.workspace.home import Home, is_current
from graph.records import Author, Evidence, Record, Result, Tombstone
from graph.stores.open import open_store


@pytest.fixture
def small_facts(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """Shipped facts that are quick to load; a test may change the list and call it an upgrade."""
    facts: list[Record] = [
        Author(id="author:ada_lovelace", name="Ada Lovelace"),
        Author(id="author:mary_somerville", name="Mary Somerville"),
    ]

    def records() -> Iterator[Record]:
        yield from facts

    monkeypatch.setattr("biorxivist.seeds.records", records)
    for module in ("load.prepare", "workspace.home"):
        monkeypatch.setattr(f"biorxivist.{module}.shipped_facts", lambda: json.dumps([fact.id for fact in facts]))
    return facts


def names(home: Home) -> list[str]:
    with open_graph(home) as store:
        return [row["name"] for row in store.query("MATCH (a:Author) RETURN a.name AS name ORDER BY name")]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "new", f"ladybug:{tmp_path / 'new' / 'graph'}")


def test_an_empty_home_is_filled_once_and_then_left_alone(home: Home, small_facts: list[Record]) -> None:
    assert prepare(home)
    assert names(home) == ["Ada Lovelace", "Mary Somerville"]
    before = {path: path.stat().st_mtime_ns for path in home.folder.rglob("*") if path.is_file()}
    assert not prepare(home)
    assert before == {path: path.stat().st_mtime_ns for path in home.folder.rglob("*") if path.is_file()}


def test_an_upgrade_brings_new_facts_and_takes_away_those_no_longer_shipped(
    home: Home, small_facts: list[Record]
) -> None:
    prepare(home)
    small_facts[0] = Author(id="author:emmy_noether", name="Emmy Noether")
    assert not is_current(home)
    assert names(home) == ["Emmy Noether", "Mary Somerville"]


def test_a_fact_that_comes_back_is_there_again(home: Home, small_facts: list[Record]) -> None:
    prepare(home)
    gone = small_facts.pop(0)
    prepare(home)
    small_facts.append(gone)
    assert names(home) == ["Ada Lovelace", "Mary Somerville"]


def test_what_a_person_removed_stays_removed_after_an_upgrade(home: Home, small_facts: list[Record]) -> None:
    prepare(home)
    tomb = Tombstone(target_record="Author", target_id=small_facts[0].id, reason="not this one")
    home.archive.append([tomb], writer="person")
    small_facts.append(Author(id="author:emmy_noether", name="Emmy Noether"))
    assert names(home) == ["Emmy Noether", "Mary Somerville"]


def test_an_archive_of_ones_own_is_not_filled_with_the_shipped_facts(home: Home, small_facts: list[Record]) -> None:
    home.archive.append([Author(id="author:nobody_else", name="Nobody Else")], writer="loaded")
    assert names(home) == ["Nobody Else"]
    ensure_seeded(home)
    assert len(names(home)) == 3


def test_records_that_another_program_adds_are_in_the_graph_at_the_next_look(
    home: Home, small_facts: list[Record]
) -> None:
    prepare(home)
    home.archive.append([Author(id="author:grace_hopper", name="Grace Hopper")], writer="another")
    assert "Grace Hopper" in names(home)


def test_only_what_was_added_is_written_and_the_graph_is_that_of_a_rebuild(
    home: Home, small_facts: list[Record]
) -> None:
    prepare(home)
    home.archive.append([Author(id="author:grace_hopper", name="Grace Hopper")], writer="another")
    home.archive.append([Tombstone(target_record="Author", target_id=small_facts[0].id, reason="gone")], writer="me")
    counts = update(home)
    assert (counts["nodes"], counts["removed"]) == (1, 1)
    with open_graph(home) as store:
        grown = store.digest()
    rebuild(home)
    with open_graph(home) as store:
        assert store.digest() == grown
    assert names(home) == ["Grace Hopper", "Mary Somerville"]


def test_a_store_into_which_another_home_wrote_is_built_anew(
    home: Home, small_facts: list[Record], tmp_path: Path
) -> None:
    prepare(home)
    with open_store(home.store_url) as store:
        store.write([Author(id="author:stranger", name="Somebody Else")])
    home.archive.append([Author(id="author:grace_hopper", name="Grace Hopper")], writer="another")
    assert names(home) == ["Ada Lovelace", "Grace Hopper", "Mary Somerville"]


def test_a_store_in_an_older_form_is_built_again_in_one_sentence_and_nothing_is_lost(
    home: Home, small_facts: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("graph.stores.version.FORMAT", 2)
        prepare(home)
    home.archive.append([Author(id="author:grace_hopper", name="Grace Hopper")], writer="another")
    (ledger,) = (home.folder / "graph").glob("gen-*/ledger.sqlite")
    ledger.unlink()
    with closing(sqlite3.connect(ledger)) as old:  # its keys were texts
        old.execute("CREATE TABLE nodes(key TEXT, owner TEXT, fact TEXT, data TEXT, PRIMARY KEY(key, owner))")
    said: list[str] = []
    assert prepare(replace(home, progress=lambda done, total, what: said.append(what)))
    assert said.count("building the graph again from the archive, since another version of BioRxivist built it") == 1
    assert names(home) == ["Ada Lovelace", "Grace Hopper", "Mary Somerville"]


def test_a_state_file_that_is_damaged_costs_a_rebuild_and_no_facts(home: Home, small_facts: list[Record]) -> None:
    prepare(home)
    (home.folder / "state.json").write_text("{not json", encoding="utf-8")
    assert names(home) == ["Ada Lovelace", "Mary Somerville"]


def test_a_store_that_was_deleted_is_built_again(home: Home, small_facts: list[Record]) -> None:
    import shutil

    prepare(home)
    shutil.rmtree(home.folder / "graph")
    assert names(home) == ["Ada Lovelace", "Mary Somerville"]


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_a_home_that_cannot_be_written_is_a_clear_error(
    home: Home, small_facts: list[Record], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), str(home.folder))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(HomeNotWritable, match="BIORXIVIST_HOME"):
        prepare(home)


def test_a_home_that_is_up_to_date_can_be_read_where_nothing_may_be_written(
    home: Home, small_facts: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(home)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "read-only", str(home.folder))

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)
    assert not prepare(home)


def test_two_first_commands_at_once_both_answer(tmp_path: Path) -> None:
    code = (
        "import biorxivist as bx, biorxivist.seeds as seeds\n"
        "from graph.records import Author\n"
        "seeds.records = lambda: (Author(id=f'author:{n}', name=f'Author {n}') for n in range(50))\n"
        "print(bx.open_graph().query('MATCH (a:Author) RETURN count(a) AS n'))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "BIORXIVIST_HOME": str(tmp_path / "two")}
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=60) for process in both]
    assert [out.decode().strip() for out, _ in told] == ["[{'n': 50}]"] * 2, told


def test_verdicts_do_not_depend_on_the_order_of_the_facts(seeded_home: Home) -> None:
    facts = list(seeded_home.archive.read("Claim", "Result", "SaturationPoint", "Run"))
    verdicts = compute(facts)
    assert verdicts == compute(facts[::-1])
    # two studies that judge one claim have a verdict each, also where a gate stopped both before a score was used
    assert len({verdict.id for verdict in verdicts}) == len(verdicts)


def test_the_same_facts_write_no_verdict_a_second_time(own_home: Home) -> None:
    refresh(own_home.archive)
    assert refresh(own_home.archive) == 0


def test_a_verdict_whose_inputs_have_changed_is_replaced(own_home: Home) -> None:
    def verdicts() -> dict[str, Evidence]:
        found = own_home.archive.read("Evidence")
        return {one.id: one for one in found if isinstance(one, Evidence)}

    before = verdicts()
    consistent = [one for one in before.values() if one.verdict == "consistent_with_printed"]
    used = next(one for one in consistent if one.inputs[0].startswith("result:"))
    changed = next(one for one in own_home.archive.read("Result") if one.id in used.inputs)
    assert isinstance(changed, Result)
    own_home.archive.append([Tombstone(target_record="Result", target_id=changed.id)], writer="test")
    update(own_home)
    after = verdicts()
    assert used.id not in after
    assert {one.claim_id for one in after.values()} == {one.claim_id for one in before.values()}
    with open_graph(own_home) as store:
        assert store.query("MATCH (e:Evidence) WHERE e.id = $id RETURN e.id", {"id": used.id}) == []
