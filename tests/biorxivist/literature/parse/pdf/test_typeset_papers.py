"""The papers of the samples, set by LaTeX with line numbers, running heads, ligatures and a stamp, and read back."""

from __future__ import annotations

from datetime import date

import pytest

from biorxivist.literature.document import Document
from biorxivist.literature.parse import ParseError, parse
from tests.biorxivist.literature.parse.pdf.latex import BITMAPS, FONTS, settable, source_of, typeset, why_not
from tests.biorxivist.literature.parse.pdf.test_printed_papers import HEAD, PAPERS, STAMP
from tests.biorxivist.literature.parse.pdf.words import share_in_order, words


def set_paper(jats: Document, folder, *, font: str, columns: int = 1) -> bytes:
    if reason := why_not():
        pytest.skip(reason)
    stamp = STAMP.format(doi=jats.paper.id.removeprefix("doi:"))
    source = source_of(jats, columns=columns, head=HEAD, stamp=stamp, has_line_numbers=True, font=font)
    return typeset(source, folder)


@pytest.mark.long
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_that_latex_sets_reads_the_same(shared, tmp_path, name, font, columns) -> None:
    jats = parse(shared / f"samples/jats/{name}.xml")
    document = parse(set_paper(jats, tmp_path, font=FONTS[font], columns=columns))
    printed = [p for p in jats.passages if p.kind != "table" and p.section != "References"]
    wanted = words(settable(text) for text in [*(p.text for p in printed), *(ref.text for ref in jats.references)])
    read = [p.text for p in document.passages if p.section != "References"]
    read += [reference.text for reference in document.references]
    share = share_in_order(wanted, words(read))
    print(f"{share:.2%} of {len(wanted)} words")
    assert share > 0.99
    assert document.paper.title == settable(jats.paper.title)
    assert document.paper.id == jats.paper.id
    assert document.paper.posted == date(2020, 4, 7)
    headings = {settable(p.text) for p in printed if p.kind == "title"}
    found = {p.text for p in document.passages if p.kind == "title"}
    assert headings - found == set()
    assert found - headings <= {"References"}
    assert len(document.references) == len(jats.references)
    text = "\n".join(passage.text for passage in document.passages)
    assert HEAD not in text
    assert "copyright holder" not in text


@pytest.mark.long
def test_a_typeface_of_pictures_is_refused(shared, tmp_path) -> None:
    jats = parse(shared / f"samples/jats/{PAPERS[5]}.xml")
    with pytest.raises(ParseError, match=r"fonts of the PDF do not say .* have no Unicode map"):
        parse(set_paper(jats, tmp_path, font=BITMAPS))
