"""A paper is parsed under the identity that the services give it, or under the one that it prints."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from biorxivist.literature.document import Document
from biorxivist.literature.parse import parse
from graph.records import Passage, Reference

WORK = "doi:10.1016/j.other.2026.1"


@pytest.mark.parametrize("name", ["biorxiv_2022.03.15.484463", "plos_pone.0117688"])
def test_all_records_carry_the_identity_that_is_given(
    name: str, sample: Callable[[str], bytes], document: Callable[[str], Document]
) -> None:
    printed = document(name)
    read = parse(sample(name), route="europepmc:PPR1", paper_id=WORK, version="7")
    assert read.paper.id == WORK
    assert read.paper.dois == printed.paper.dois, "what the text prints stays"
    assert [(v.id, v.label, v.text_route) for v in read.versions] == [(f"{WORK}v7", "7", "europepmc:PPR1")]
    assert {passage.version_id for passage in read.passages} == {f"{WORK}v7"}
    for passage, same in zip(read.passages, printed.passages, strict=True):
        moved = {**same.model_dump(exclude={"id"}), "paper_id": WORK, "version_id": f"{WORK}v7"}
        assert passage == Passage(**moved), "as if it were made from its fields"
    for reference, entry in zip(read.references, printed.references, strict=True):
        assert reference == Reference(**{**entry.model_dump(exclude={"id"}), "paper_id": WORK})
    ids = {passage.id for passage in read.passages}
    assert {citation.passage_id for citation in read.citations} <= ids
    assert {figure.passage_id for figure in read.figures} - {None} <= ids
    assert {place for t in read.tables for place in (t.passage_id, t.caption_id, t.notes_id)} - {None} <= ids
    assert [(c.start, c.end, c.reference_keys) for c in read.citations] == [
        (c.start, c.end, c.reference_keys) for c in printed.citations
    ]


def test_an_article_page_takes_the_identity_too(shared) -> None:
    page = (shared / "samples/html/biorxiv_fulltext_10.1101_574103v1.trimmed.html").read_bytes()
    assert parse(page).versions[0].id == "doi:10.1101/574103v1"
    read = parse(page, paper_id=WORK, version="2")
    assert {passage.version_id for passage in read.passages} == {read.versions[0].id} == {f"{WORK}v2"}
    assert {reference.paper_id for reference in read.references} == {WORK}


def test_without_an_identity_the_text_says_what_it_is(document: Callable[[str], Document]) -> None:
    assert document("biorxiv_2022.03.15.484463").versions[0].id == "doi:10.1101/2022.03.15.484463v1"
