from __future__ import annotations

from graph.read import read_records
from graph.records import Record
from graph.schema import SCHEMA
from tests.graph.conftest import Opener


def test_records_come_back_from_a_store_as_they_were_written(open_any: Opener, field: list[Record]) -> None:
    kinds = (*SCHEMA.nodes, "Relation")
    with open_any() as store:
        store.write(field, replace=True)
        found = {(type(record).__name__, record.id): record for record in read_records(store, kinds)}
    expected = {(type(record).__name__, record.id): record for record in field if type(record).__name__ in kinds}
    assert found == expected
