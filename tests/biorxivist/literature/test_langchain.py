from __future__ import annotations

import pytest

pytest.importorskip("langchain_core")

from langchain_core.document_loaders import BaseLoader

from biorxivist.langchain import BioRxivLoader, chunks

DOI = "10.64898/2026.07.01.600000"


def test_documents_come_one_passage_each_with_their_place(fake, sources_of) -> None:
    services = fake(4, open_every=4)
    loader = BioRxivLoader([DOI], sources=sources_of(services))
    assert isinstance(loader, BaseLoader)
    stream = loader.lazy_load()
    assert services.count() == 0
    documents = list(stream)
    assert len(documents) > 20
    first = documents[0]
    assert first.metadata["doi"] == DOI
    assert first.metadata["kind"] == "abstract"
    assert len({document.id for document in documents}) == len(documents)
    assert all(
        document.metadata["end"] - document.metadata["start"] == len(document.page_content) for document in documents
    )
    assert {document.metadata["kind"] for document in documents} <= {"abstract", "paragraph"}
    assert len(loader.load()) == len(documents)


def test_captions_are_there_for_those_who_ask(fake, sources_of) -> None:
    services = fake(4, open_every=4)
    documents = BioRxivLoader(DOI, kinds=["caption"], sources=sources_of(services)).load()
    assert documents
    assert {document.metadata["kind"] for document in documents} == {"caption"}


def test_chunks_keep_paragraphs_whole() -> None:
    text = "\n\n".join(["a" * 400, "b" * 400, "c" * 400, "d" * 3000])
    found = chunks(text, metadata={"title": "T"})
    assert [len(document.page_content) for document in found] == [802, 400, 3000]
    assert "\n\n".join(document.page_content for document in found) == text
    assert found[0].metadata == {"title": "T"}
    assert chunks("") == []
