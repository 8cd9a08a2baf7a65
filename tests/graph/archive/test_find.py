"""Records are found by their ids, as they stand."""

from __future__ import annotations

from pathlib import Path

from graph.archive import Archive
from graph.records import Paper, Tombstone


def test_the_newest_record_of_an_id_is_found_and_one_that_was_removed_is_not(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first, second = Paper(id="doi:10.1/a", title="A"), Paper(id="doi:10.1/b", title="B")
    archive.append([first, second], writer="one")
    archive.append([first.model_copy(update={"title": "A, corrected"})], writer="two")
    archive.append([Tombstone(target_record="Paper", target_id=second.id)], writer="two")
    found = archive.find("Paper", [first.id, second.id, "doi:10.1/c"])
    assert {record_id: record.title for record_id, record in found.items() if isinstance(record, Paper)} == {
        first.id: "A, corrected"
    }
    assert archive.find("Author", [first.id]) == {}
