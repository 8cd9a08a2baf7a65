"""The papers of the samples, set by LaTeX with line numbers, running heads, ligatures and a stamp, and read back."""

from __future__ import annotations

from datetime import date

import pytest

from biorxivist.literature.parse import parse
from tests.biorxivist.literature.parse.pdf.latex import source_of, typeset, why_not
from tests.biorxivist.literature.parse.pdf.test_printed_papers import HEAD, PAPERS
from tests.biorxivist.literature.parse.pdf.words import share_in_order, words

STAMP = (
    "bioRxiv preprint doi: https://doi.org/{doi}; this version posted April 7, 2020. The copyright holder for this "
    "preprint is the author/funder. It is made available under a CC-BY 4.0 International license."
)


@pytest.mark.long
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_that_latex_sets_reads_the_same(shared, tmp_path, name: str, columns: int) -> None:
    if reason := why_not():
        pytest.skip(reason)
    jats = parse(shared / f"samples/jats/{name}.xml")
    doi = jats.paper.id.removeprefix("doi:")
    source = source_of(jats, columns=columns, head=HEAD, stamp=STAMP.format(doi=doi), has_line_numbers=True)
    document = parse(typeset(source, tmp_path))
    printed = [p for p in jats.passages if p.kind != "table" and p.section != "References"]
    wanted = words([p.text for p in printed] + [reference.text for reference in jats.references])
    read = [p.text for p in document.passages if p.section != "References"]
    read += [reference.text for reference in document.references]
    assert share_in_order(wanted, words(read)) > 0.99
    assert document.paper.title == jats.paper.title
    assert document.paper.id == jats.paper.id
    assert document.paper.posted == date(2020, 4, 7)
    headings = {p.text for p in printed if p.kind == "title"}
    found = {p.text for p in document.passages if p.kind == "title"}
    assert headings - found == set()
    assert found - headings <= {"References"}
    assert len(document.references) == len(jats.references)
    text = "\n".join(passage.text for passage in document.passages)
    assert HEAD not in text
    assert "copyright holder" not in text
