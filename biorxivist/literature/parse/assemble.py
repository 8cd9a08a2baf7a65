"""The `Document` at the end of every reader: what stands before the text, the reference list, and what was written."""

from __future__ import annotations

from biorxivist.literature.document import Document
from biorxivist.literature.parse.front import Front
from biorxivist.literature.parse.references import ReferenceList
from biorxivist.literature.parse.writer import Writer

__all__ = ["document_of"]


def document_of(front: Front, listed: ReferenceList, w: Writer, *, abstract: str = "") -> Document:
    """Put together what a reader has found.

    Parameters
    ----------
    front
        What stands before the text.
    listed
        The reference list.
    w
        What the text was written to.
    abstract
        The abstract as the text prints it; that of the front where there is none.
    """
    paper = front.paper.model_copy(update={"abstract": abstract}) if abstract else front.paper
    return Document(
        paper=paper,
        versions=(front.version,),
        authors=front.authors,
        passages=tuple(w.passages),
        sections=w.sections(),
        citations=tuple(w.citations),
        references=listed.references,
        tables=tuple(w.tables),
        figures=tuple(w.figures),
        log=(*w.drops, *listed.log),
        identifiers=listed.identifiers,
        keywords=front.keywords,
        added={**w.added, **listed.added},
    )
