"""The papers of the samples, printed by a browser and read back."""

from __future__ import annotations

from datetime import date

import pytest

from biorxivist.literature.parse import parse
from tests.biorxivist.literature.parse.pdf.printing import chromium, page_of, print_page
from tests.biorxivist.literature.parse.pdf.words import share_in_order, words

PAPERS = (
    "biorxiv_2020.04.07.030213", "biorxiv_2021.11.17.469032", "biorxiv_2022.03.15.484463",
    "plos_pone.0058242", "plos_pone.0117688", "plos_pone.0126470",
)  # fmt: skip
HEAD = "A running head of this paper"
STAMP = (
    "bioRxiv preprint doi: https://doi.org/{doi}; this version posted April 7, 2020. The copyright holder for this "
    "preprint is the author/funder. It is made available under a CC-BY 4.0 International license."
)


@pytest.mark.long
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_that_a_browser_prints_reads_the_same(shared, tmp_path, name, columns) -> None:
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    jats = parse(shared / f"samples/jats/{name}.xml")
    stamp = STAMP.format(doi=jats.paper.id.removeprefix("doi:"))
    page = page_of(jats, columns=columns, head=HEAD, stamp=stamp)
    document = parse(print_page(page, tmp_path / "paper.pdf"))
    printed = [p for p in jats.passages if p.kind != "table" and p.section != "References"]
    wanted = words([p.text for p in printed] + [reference.text for reference in jats.references])
    read = [p.text for p in document.passages if p.section != "References" and not p.text.startswith("doi:")]
    read += [reference.text for reference in document.references]
    share = share_in_order(wanted, words(read))
    print(f"{share:.2%} of {len(wanted)} words")
    assert share > 0.99
    assert document.paper.title == jats.paper.title
    assert f"doi:{jats.paper.id.removeprefix('doi:')}" == document.paper.id
    headings = {p.text for p in printed if p.kind == "title"}
    found = {p.text for p in document.passages if p.kind == "title"}
    assert headings - found == set()
    assert found - headings <= {"References"}
    assert len(document.references) == len(jats.references)
    text = "\n".join(passage.text for passage in document.passages)
    assert HEAD not in text
    assert "copyright holder" not in text
    assert document.paper.posted == date(2020, 4, 7)
    assert f" of {document.passages[-1].page}\n" not in text
