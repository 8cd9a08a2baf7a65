from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.archive import Archive, ArchiveUnwritable
from graph.errors import ArchiveError, GraphError
from graph.records import FetchLog, Metric, Model, Record, Tombstone, lines

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def model(name: str, **fields: object) -> Model:
    return Model.model_validate({"id": f"model:{name}", "name": name, **fields})


def test_what_was_written_is_read_back_in_an_order_for_graphs(tmp_path: Path, field: list[Record]) -> None:
    archive = Archive(tmp_path)
    assert archive.append(field, writer="w") == len(field)
    again = list(Archive(tmp_path).read())
    assert {(type(r), r.id): r for r in again} == {(type(r), r.id): r for r in field}
    kinds = [type(record).__name__ for record in again]
    assert kinds.index("Paper") < kinds.index("Claim") < kinds.index("Evidence")
    assert archive.count() == len(field)


def test_a_record_that_stands_with_equal_data_is_not_written_again(tmp_path: Path, field: list[Record]) -> None:
    Archive(tmp_path).append(field, writer="w")
    sizes = {path: path.stat().st_size for path in tmp_path.rglob("*.jsonl")}
    assert Archive(tmp_path).append(field, writer="w") == 0
    assert Archive(tmp_path).append(field, writer="other") == 0
    assert {path: path.stat().st_size for path in tmp_path.rglob("*.jsonl")} == sizes


def test_the_later_record_of_an_id_wins_whoever_wrote_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.append([model("a", objective="masked")], writer="b", at=NOON + timedelta(days=1))
    archive.append([model("a", objective="contrastive")], writer="a", at=NOON)
    assert [r.objective for r in archive.read("Model") if isinstance(r, Model)] == ["masked"]


def test_a_correction_wins_even_if_the_clock_is_behind(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    future = datetime.now(UTC) + timedelta(days=365)
    archive.append([model("a", objective="masked")], writer="elsewhere", at=future)
    assert archive.append([model("a", objective="contrastive")], writer="here") == 1
    assert [r.objective for r in archive.read("Model") if isinstance(r, Model)] == ["contrastive"]


def test_a_tombstone_removes_and_a_later_record_comes_back(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    gone = Tombstone(target_record="Model", target_id="model:a", reason="misread")
    archive.append([model("a"), model("b")], writer="w")
    assert archive.append([gone], writer="w") == 1
    assert [record.id for record in archive.read()] == ["model:b", gone.id]
    assert archive.append([model("a")], writer="w") == 1
    assert sorted(record.id for record in archive.read()) == ["model:a", "model:b"]
    assert archive.append([gone], writer="w") == 1, "a second removal is not the first one repeated"
    assert archive.count("Model") == 1


def test_two_versions_of_a_record_in_one_batch_keep_the_second(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.append([model("a", objective="x"), model("a", objective="y")], writer="w")
    assert [r.objective for r in archive.read("Model") if isinstance(r, Model)] == ["y"]


def test_the_canonical_export_has_no_times_and_no_logs_and_is_sorted(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    log = FetchLog(source_name="s", url="u", at=NOON, outcome="ok")
    archive.append([model("b"), log, model('a" é'), Metric(id="metric:m", name="m")], writer="w")
    exported = list(archive.export())
    assert exported == sorted(exported)
    assert [set(json.loads(line)) for line in exported] == [{"record", "v", "id", "data"}] * 3
    assert len(list(archive.export(canonical=False))) == 4


facts = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["masked", "contrastive", None, "gone"]),
        st.integers(0, 3),
        st.sampled_from(["one", "two"]),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=facts, seed=st.integers(0, 9))
def test_the_export_does_not_depend_on_the_order_of_lines_or_files(
    facts: list[tuple[str, str | None, int, str]], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shuffled = random.Random(seed).sample(facts, len(facts))
    texts = []
    for order, writers in ((facts, ("one", "two")), (shuffled, ("two", "one"))):
        folder = tmp_path_factory.mktemp("archive")
        for name, objective, hours, writer in order:
            record = (
                Tombstone(target_record="Model", target_id=f"model:{name}")
                if objective == "gone"
                else model(name, objective=objective)
            )
            path = folder / type(record).__name__ / f"{writers[writer == 'one']}.jsonl"
            path.parent.mkdir(exist_ok=True)
            with path.open("ab") as file:  # as files from several machines come together: nothing is skipped
                file.write(lines.encode(record, NOON + timedelta(hours=hours)))
        texts.append("\n".join(Archive(folder).export()))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"record": "Model"', "not JSON"),
        ("[]", "not an object"),
        ('{"record":"Model","v":1,"id":"model:x","at":"2026-01-01T00:00:00+00:00","data":{},"more":1}', "exactly"),
        ('{"record":"Planet","v":1,"id":"x","at":"2026-01-01T00:00:00+00:00","data":{}}', "unknown record kind"),
        ('{"record":"Metric","v":1,"id":"x","at":"2026-01-01T00:00:00+00:00","data":{}}', "folder of Model"),
        ('{"record":"Model","v":3,"id":"x","at":"2026-01-01T00:00:00+00:00","data":{}}', "format version 3"),
        ('{"record":"Model","v":1,"id":"model:x","at":"yesterday","data":{}}', "at is 'yesterday'"),
        ('{"record":"Model","v":1,"id":"model:x","at":"2026-01-01T00:00:00","data":{}}', "with a zone"),
        ('{"record":"Model","v":1,"id":"model:x","at":"2026-01-01T00:00:00+00:00","data":{}}', "name: Field required"),
        ('{"record":"Model","v":1,"id":"x","at":"2026-01-01T00:00:00+00:00","data":{"name":"n","x":1}}', "x: Extra"),
        ('{"record":"Model","v":1,"id":"x","at":"2026-01-01T00:00:00+00:00","data":{"name":NaN}}', "NaN is no JSON"),
        ("[" * 100_000, "not JSON"),
        ("\0\0\0\0", "not JSON"),
    ],
)
def test_a_corrupt_line_is_named_with_its_file_number_and_reason(tmp_path: Path, line: str, reason: str) -> None:
    archive = Archive(tmp_path)
    archive.append([model("a"), model("b")], writer="w")
    archive.append([model("c")], writer="other")
    path = tmp_path / "Model" / "w.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(ArchiveError, match="line 3") as caught:
        list(Archive(tmp_path).read())
    assert caught.value.path == path
    assert caught.value.line == 3
    assert reason in caught.value.reason


def test_a_line_that_is_too_long_is_refused_on_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Archive(tmp_path).append([model("a" * 500)], writer="w")
    monkeypatch.setattr("graph.records.lines.MAX_LINE", 400)
    monkeypatch.setattr("graph.archive.index.MAX_LINE", 400)
    with pytest.raises(ArchiveError, match="line 1: longer than 400 bytes"):
        list(Archive(tmp_path).read())
    with pytest.raises(GraphError, match="limit is 400"):
        Archive(tmp_path / "new").append([model("b" * 500)], writer="w")


def test_a_folder_of_unknown_records_is_named(tmp_path: Path) -> None:
    (tmp_path / "Planet").mkdir()
    (tmp_path / "Planet" / "w.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(ArchiveError, match="unknown record kind 'Planet'"):
        list(Archive(tmp_path).read())


@pytest.mark.parametrize("kept", [1, 20, -3])
def test_a_torn_last_line_is_skipped_reported_and_cut_off_by_the_next_append(tmp_path: Path, kept: int) -> None:
    archive = Archive(tmp_path)
    archive.append([model("a"), model("b")], writer="w")
    path = tmp_path / "Model" / "w.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + lines.encode(model("c"), NOON)[:kept])
    torn = Archive(tmp_path)
    assert [record.id for record in torn.read()] == ["model:a", "model:b"]
    assert len(torn.problems) == 1
    assert f"{path}, line 3: skipped a torn last line" in torn.problems[0]
    torn.append([model("d")], writer="w")
    assert [record.id for record in torn.read()] == ["model:a", "model:b", "model:d"]
    assert torn.problems == []
    assert path.read_bytes().startswith(whole + b'{"record":"Model","v":2,"id":"model:d"')


def test_a_whole_last_line_without_newline_is_a_record(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.append([model("a")], writer="w")
    path = tmp_path / "Model" / "w.jsonl"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    archive = Archive(tmp_path)
    assert [record.id for record in archive.read()] == ["model:a"]
    archive.append([model("b")], writer="w")
    with path.open("ab") as file:
        file.write(b"broken\n")
    with pytest.raises(ArchiveError, match="line 3"):
        archive.count()
    path.write_bytes(path.read_bytes().removesuffix(b"broken\n"))
    assert [record.id for record in Archive(tmp_path).read()] == ["model:a", "model:b"]
    assert archive.problems == []


APPEND_FOREVER = """
import sys
from pathlib import Path
from graph.archive import Archive
from graph.records import Model
archive = Archive(Path(sys.argv[1]))
for number in range(10**6):
    archive.append([Model(id=f"model:{number}_{i}", name="x" * 3000) for i in range(20)], writer="w")
    print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", APPEND_FOREVER, str(tmp_path)], stdout=subprocess.PIPE, cwd=root, text=True
        )
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(8)]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.read().splitlines()
        process.wait()
        process.stdout.close()
        archive = Archive(tmp_path)
        ids = {record.id for record in archive.read("Model")}
        assert {f"model:{int(number)}_{i}" for number in acknowledged for i in range(20)} <= ids
        archive.append([model("after")], writer="w")
        assert archive.problems == []
        assert "model:after" in {record.id for record in Archive(tmp_path).read("Model")}


def test_a_full_disk_keeps_what_was_there_and_says_what_to_do(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.append([model("a")], writer="w")
    before = (tmp_path / "Model" / "w.jsonl").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, limits[1]))
    try:
        with pytest.raises(ArchiveUnwritable, match="BIORXIVIST_HOME") as caught:
            archive.append([model(f"m{i}", architecture="x" * 500) for i in range(10)], writer="w")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, old)
    assert isinstance(caught.value, GraphError)
    assert isinstance(caught.value, OSError)
    assert (tmp_path / "Model" / "w.jsonl").read_bytes() == before
    assert archive.append([model("b")], writer="w") == 1


def test_a_home_that_is_a_file_says_what_to_do(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("", encoding="utf-8")
    with pytest.raises(ArchiveUnwritable, match="BIORXIVIST_HOME"):
        Archive(home / "archive").append([model("a")], writer="w")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_home_can_be_read_and_not_written(tmp_path: Path) -> None:
    Archive(tmp_path).append([model("a")], writer="w")
    (tmp_path / "Model").chmod(0o500)
    try:
        assert Archive(tmp_path).append([model("a")], writer="w2") == 0
        with pytest.raises(ArchiveUnwritable, match="Permission denied"):
            Archive(tmp_path).append([model("b")], writer="w2")
    finally:
        (tmp_path / "Model").chmod(0o700)


def test_a_file_that_another_process_cut_off_is_read_anew(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.append([model("a"), model("b"), model("c")], writer="w")
    archive.append([Tombstone(target_record="Model", target_id="model:a")], writer="w")
    path = tmp_path / "Model" / "w.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert [record.id for record in archive.read("Model")] == ["model:b"]
    (tmp_path / "Tombstone" / "w.jsonl").write_bytes(b"")
    assert [record.id for record in archive.read()] == ["model:a", "model:b"]
    assert archive.count() == 2


@pytest.mark.parametrize("size", [1, 2, 7])
def test_portions_of_any_size_give_the_same_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("graph.archive.index.LINES_IN_A_PORTION", size)
    monkeypatch.setattr("graph.archive.places.IDS_PER_QUERY", size)
    monkeypatch.setattr("graph.archive.archive.BATCH", 3)
    archive = Archive(tmp_path)
    archive.append([model(f"{n}") for n in range(10)], writer="a", at=NOON)
    archive.append([model(f"{n}", objective="masked") for n in range(0, 10, 2)], writer="b", at=NOON + timedelta(1))
    archive.append([Tombstone(target_record="Model", target_id=f"model:{n}") for n in (3, 4)], writer="a")
    for opened in (archive, Archive(tmp_path)):
        found = {r.id: r.objective for r in opened.read("Model") if isinstance(r, Model)}
        assert found == {f"model:{n}": None if n % 2 else "masked" for n in range(10) if n not in {3, 4}}
        assert [json.loads(line)["id"] for line in opened.export()] == sorted(found)
        assert opened.count() == 10


def test_an_index_that_finds_no_room_says_where_to_make_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Archive(tmp_path).append([model(f"{n}" * 50) for n in range(2000)], writer="w")
    monkeypatch.setattr("graph.archive.places.SETTINGS", "PRAGMA journal_mode = OFF; PRAGMA max_page_count = 5; BEGIN;")
    with pytest.raises(GraphError, match="SQLITE_TMPDIR"):
        list(Archive(tmp_path).read())


def test_two_writers_of_one_name_do_not_mix_their_lines(tmp_path: Path) -> None:
    def work(name: str) -> None:
        archive = Archive(tmp_path)
        for number in range(20):
            archive.append([model(f"{name}{number}_{i}") for i in range(5)], writer="w")

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Archive(tmp_path).count("Model") == 200


@pytest.mark.parametrize("writer", ["", "../evil", "a/b", ".hidden", "x" * 65, "a b"])
def test_a_writer_name_is_a_plain_file_name(tmp_path: Path, writer: str) -> None:
    with pytest.raises(GraphError, match="not a plain name"):
        Archive(tmp_path).append([model("a")], writer=writer)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_is_not_there_is_empty(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "none")
    assert list(archive.read()) == []
    assert archive.digest() == Archive(tmp_path).digest()


def test_a_kind_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="No records of kind Planet"):
        list(Archive(tmp_path).read("Planet"))
