from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from biorxivist.literature.document import Document
from biorxivist.literature.parse import parse


@pytest.fixture(scope="session")
def meca_paper() -> bytes:
    """A paper in the dialect of MECA archives, written for these tests."""
    return (Path(__file__).parent / "data" / "meca_paper.xml").read_bytes()


@pytest.fixture(scope="session")
def sample(shared: Path) -> Callable[[str], bytes]:
    return lambda name: (shared / "samples" / "jats" / f"{name}.xml").read_bytes()


@pytest.fixture(scope="session")
def document(sample: Callable[[str], bytes]) -> Callable[[str], Document]:
    known: dict[str, Document] = {}

    def read(name: str) -> Document:
        if name not in known:
            known[name] = parse(sample(name))
        return known[name]

    return read


def bag(text: str) -> Counter[str]:
    return Counter(character for character in text if not character.isspace())


def _tree(data: bytes) -> etree._Element:
    """An own reading of the file, with none of the product's code."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, remove_comments=True, remove_pis=True)
    return etree.fromstring(data, parser)


_TEXT_PARTS = ("body", "back", "floats-group", "sub-article", "response")


def _text_of(data: bytes) -> Counter[str]:
    """Characters of body, back, floats and of other documents in the file; of references without their labels."""
    found: Counter[str] = Counter()
    tree = _tree(data)
    for other in list(tree.iter("sub-article", "response")):
        if any(outer.tag in ("sub-article", "response") for outer in other.iterancestors()):
            continue
        found += bag("".join(other.itertext()))
    for other in list(tree.iter("sub-article", "response")):
        for inner in list(other):
            other.remove(inner)
        other.text = None
    for part in tree:
        if part.tag in _TEXT_PARTS:
            for label in list(part.iterfind(".//ref//label")):
                label.text = None
                for inner in list(label):
                    label.remove(inner)
            found += bag("".join(part.itertext()))
    return found


def _landed(document: Document) -> Counter[str]:
    found: Counter[str] = Counter()
    for record in (*document.passages, *document.references):
        found += bag(document.as_printed(record))
    for drop in document.log:
        found += bag(drop.text)
    return found


@pytest.fixture(scope="session")
def unaccounted() -> Callable[[bytes], tuple[str, str]]:
    """Characters of the text that a document lacks, and those that it has too often.

    What stands in the front is taken off by reading the same file without any text in it.
    """

    def compare(data: bytes) -> tuple[str, str]:
        empty = _tree(data)
        for part in list(empty):
            if part.tag in _TEXT_PARTS:
                empty.remove(part)
        landed = _landed(parse(data))
        landed.subtract(_landed(parse(etree.tostring(empty.getroottree()))))
        want = _text_of(data)
        lacking, doubled = want - landed, landed - want
        return "".join(sorted(lacking.elements())), "".join(sorted(doubled.elements()))

    return compare
