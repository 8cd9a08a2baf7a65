from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from biorxivist.literature.document import Document
from biorxivist.literature.parse import parse
from biorxivist.literature.parse.text import squeeze

JATS = (
    "biorxiv_2020.04.07.030213",
    "biorxiv_2021.11.17.469032",
    "biorxiv_2022.03.15.484463",
    "plos_pone.0058242",
    "plos_pone.0117688",
    "plos_pone.0126470",
)
Unaccounted = Callable[[bytes], tuple[str, str]]


def in_place(document: Document) -> bool:
    sections = {section.path: section.text for section in document.sections}
    passages = all(sections[p.section][p.start : p.end] == p.text for p in document.passages)
    texts = {passage.id: passage.text for passage in document.passages}
    citations = all(texts[c.passage_id][c.start : c.end] == c.text for c in document.citations)
    cells = all(
        texts[t.passage_id][c.start : c.end] == c.text for t in document.tables if t.passage_id for c in t.cells
    )
    return passages and citations and cells


@pytest.mark.parametrize("name", JATS)
def test_every_character_of_a_real_paper_lands_exactly_once(
    name: str, sample: Callable[[str], bytes], unaccounted: Unaccounted
) -> None:
    assert unaccounted(sample(name)) == ("", "")


def test_every_character_of_a_meca_paper_lands_exactly_once(meca_paper: bytes, unaccounted: Unaccounted) -> None:
    assert unaccounted(meca_paper) == ("", "")


@pytest.mark.parametrize("name", JATS)
def test_every_passage_citation_and_cell_of_a_real_paper_is_the_text_at_its_offsets(
    name: str, document: Callable[[str], Document]
) -> None:
    assert in_place(document(name))


def test_every_passage_citation_and_cell_of_a_meca_paper_is_the_text_at_its_offsets(meca_paper: bytes) -> None:
    assert in_place(parse(meca_paper))


@pytest.mark.parametrize("name", JATS)
def test_ids_are_those_that_the_records_compute_and_none_stands_twice(
    name: str, document: Callable[[str], Document]
) -> None:
    read = document(name)
    for records in (read.passages, read.references, read.authors, read.versions):
        assert len({record.id for record in records}) == len(records)
    assert all(record.id == record.compute_id() for record in (*read.passages, *read.references, *read.authors))


@pytest.mark.parametrize("text", ['5" long', "a\\b", "one\x7fline\u2028", "α"])
def test_ids_of_texts_that_json_escapes_are_those_of_the_records(text: str) -> None:
    data = (
        f"<article><body><p>{text}</p><table><tr><td>{text}</td><td>b</td></tr><tr><td>c</td></tr></table></body>"
        f"<back><ref-list><ref><label>{text}</label><citation>{text}</citation></ref></ref-list></back></article>"
    )
    read = parse(data.encode())
    assert {passage.kind for passage in read.passages} == {"paragraph", "table"}
    assert all(record.id == record.compute_id() for record in (*read.passages, *read.references))


WORDS = st.text("ab é\u00a0\u200b\n\t", max_size=6)
NAMES = (
    "sec p title label bold sup sub xref list list-item fig caption table-wrap table thead tbody tr td th fn "
    "disp-quote boxed-text def-list def-item term def disp-formula inline-formula alternatives tex-math graphic "
    "alt-text attrib "
    "supplementary-material media ack app ref-list glossary unknown-thing object-id permissions named-content break "
    "fig-group table-wrap-foot verse-group verse-line statement speech speaker code array chem-struct-wrap notes "
    "table-wrap-group question textual-form milestone-start sub-article response floats-group"
)
TAGS = st.sampled_from(tuple(NAMES.split()))


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> etree._Element:
    element = etree.Element(draw(TAGS))
    element.text = draw(WORDS)
    for _ in range(draw(st.integers(0, 3 if depth < 4 else 0))):
        child = draw(elements(depth=depth + 1))
        child.tail = draw(WORDS)
        element.append(child)
    return element


@given(parts=st.lists(elements(), max_size=4))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_is_nested_in_whatever_no_character_is_lost_or_doubled(
    parts: list[etree._Element], unaccounted: Unaccounted
) -> None:
    article = etree.Element("article")
    body = etree.SubElement(article, "body")
    body.extend(parts)
    data = etree.tostring(article, encoding="utf-8")
    assert unaccounted(data) == ("", "")
    assert in_place(parse(data))


@given(pieces=st.lists(st.text("ab \n\u00a0", max_size=4), max_size=8), cuts=st.lists(st.integers(0, 8), max_size=6))
def test_white_space_becomes_one_and_marks_keep_their_text(pieces: list[str], cuts: list[int]) -> None:
    bounds = sorted(min(cut, len(pieces)) for cut in cuts)
    marks = [(a, b, None) for a, b in zip(bounds[::2], bounds[1::2], strict=False)]
    text, spans, _ = squeeze(pieces, marks)
    assert text == " ".join("".join(pieces).split())
    for (low, high, _), (start, end) in zip(marks, spans, strict=True):
        assert text[start:end] == " ".join("".join(pieces[low:high]).split())


@given(
    pieces=st.lists(st.tuples(st.text("ab \n\u00a0", max_size=4), st.booleans()), max_size=8),
    cuts=st.lists(st.integers(0, 8), max_size=4),
)
def test_what_was_added_can_be_taken_out_of_a_squeezed_text_again(
    pieces: list[tuple[str, bool]], cuts: list[int]
) -> None:
    bounds = sorted(min(cut, len(pieces)) for cut in cuts)
    marks = [(a, b, None) for a, b in zip(bounds[::2], bounds[1::2], strict=False)]
    parts = [text for text, _ in pieces]
    places = [place for place, (_, is_added) in enumerate(pieces) if is_added]
    text, spans, added = squeeze(parts, marks, places)
    assert (text, spans) == squeeze(parts, marks)[:2]
    printed = "".join(character for offset, character in enumerate(text) if offset not in added)
    assert " ".join(printed.split()) == " ".join("".join(part for part, is_added in pieces if not is_added).split())
    own = "".join(part for part, is_added in pieces if is_added)
    assert "".join(text[offset] for offset in added if text[offset] != " ") == "".join(own.split())
