"""What of a paper goes into the archive: what people wrote by hand stays, abstracts stay where the licence is open."""

from __future__ import annotations

from biorxivist.literature.sources.fields import is_open
from graph.archive import Archive
from graph.records import Paper

__all__ = ["kept", "standing_papers"]

CURATED = ("model_ids", "topic", "arxiv", "verified", "unverified_fields")


def standing_papers(archive: Archive) -> dict[str, Paper]:
    """Papers in the archive that somebody has described by hand."""
    papers = (record for record in archive.read("Paper") if isinstance(record, Paper))
    return {paper.id: paper for paper in papers if paper.model_ids or paper.topic or paper.verified}


def kept(paper: Paper, standing: dict[str, Paper], *, own: bool = False) -> Paper:
    """A paper as it is archived.

    Parameters
    ----------
    paper
        What a source says.
    standing
        Papers that were described by hand: their models, topic and marks stay.
    own
        Whether it is the user's own file, of which the abstract is kept whatever its licence.
    """
    changes: dict[str, object] = {} if own or is_open(paper.license) else {"abstract": None}
    if found := standing.get(paper.id):
        changes |= {name: value for name in CURATED if (value := getattr(found, name))}
    return paper.model_copy(update=changes) if changes else paper
