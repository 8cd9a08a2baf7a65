from __future__ import annotations

from collections.abc import Callable

from biorxivist.literature.document import Document, Table
from biorxivist.literature.parse import parse

Read = Callable[[str], Document]


def placed(table: Table) -> list[tuple[str, int, int, int, int, int]]:
    return [(c.text, c.row, c.col, c.rowspan, c.colspan, c.header) for c in table.cells]


def test_a_table_with_a_heading_over_three_columns_is_read_as_it_stands_on_the_page(document: Read) -> None:
    """Table 3 of the paper, read by hand."""
    table = next(t for t in document("plos_pone.0058242").tables if t.label == "Table 3")
    assert (table.rows, table.cols, table.kind) == (7, 6, "grid")
    assert placed(table)[:10] == [
        ("", 0, 0, 1, 1, 1),
        ("Median of difference (25%, 75% Percentile)", 0, 1, 1, 1, 1),
        ("Median % Absolute difference (25%, 75% Percentile)", 0, 2, 1, 1, 1),
        ("Accuracy within", 0, 3, 1, 3, 1),
        ("", 1, 0, 1, 1, 2),
        ("", 1, 1, 1, 1, 2),
        ("", 1, 2, 1, 1, 2),
        ("15%", 1, 3, 1, 1, 2),
        ("30%", 1, 4, 1, 1, 2),
        ("50%", 1, 5, 1, 1, 2),
    ]
    grid = table.grid()
    assert grid[2] == ["CG equation", "−1.23(9.96,12.25)", "26.00(13.03,47.55)*", "29.2*", "55.0*", "77.6*"]
    assert grid[6] == ["GABP6 network", "−0.26(−8.54,5.73)", "15.61(8.44,29.87)", "49.0", "75.1", "90.5"]
    assert table.headings(4) == ("Accuracy within", "30%")
    assert table.notes.startswith("* :P<0.001 compared with GABP6 network-GFR. † :P<0.01")
    assert table.caption == (
        "Overall performance of difference and accuracy between eGFR and sGFR in the external validation data set."
    )


def test_a_table_with_two_groups_of_five_columns_is_read_as_it_stands_on_the_page(document: Read) -> None:
    """Table 1 of the paper, read by hand."""
    table = next(t for t in document("plos_pone.0117688").tables if t.label == "Table 1")
    assert (table.rows, table.cols) == (22, 11)
    assert placed(table)[:4] == [
        ("Trans. (mm)", 0, 0, 1, 1, 1),
        ("[10, 20]", 0, 1, 1, 5, 1),
        ("[90, 100]", 0, 6, 1, 5, 1),
        ("Rot. (deg.)", 1, 0, 1, 1, 2),
    ]
    assert [table.headings(col) for col in (0, 3, 8)] == [
        ("Trans. (mm)", "Rot. (deg.)"),
        ("[10, 20]", "Runtime"),
        ("[90, 100]", "Runtime"),
    ]
    assert table.grid()[2] == [
        "[0, 15]", "Isotropic", "1.0", "0.0001", "0.439", "0", "Isotropic", "1.0", "0.0001", "0.442", "0"]  # fmt: skip
    assert all(cell.rowspan == 1 for cell in table.cells)


def test_a_table_with_a_heading_over_nine_columns_is_read_as_it_stands_on_the_page(document: Read) -> None:
    """Table 6 of the paper, read by hand."""
    table = next(t for t in document("plos_pone.0117688").tables if t.label == "Table 6")
    assert table.cols == 11
    assert [c.text for c in table.cells if c.header == 2] == ["", "", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    over = next(c for c in table.cells if c.colspan == 9)
    assert (over.row, over.col, over.header) == (0, 2, 1)
    assert over.text.startswith("Average Runtimes (sec")
    assert table.grid()[2][:5] == ["2A", "ICP", "0.086", "0.094", "0.109"]
    assert {c.header for c in table.cells if c.row > 1} == {0}


def test_spans_levels_and_row_names_of_a_meca_table(meca_paper: bytes) -> None:
    table = parse(meca_paper).tables[0]
    assert (table.rows, table.cols) == (6, 4)
    assert table.grid() == [
        ["Model", "Cells & time", "Cells & time", "Ref."],
        ["Model", "Size", "Runtime", "Ref."],
        ["", "(10^6)", "(h)", ""],
        ["scXa", "1.5", "12", "1"],
        ["scXa", "22.2", "140", "2, 3"],
        ["All on one card"] * 4,
    ]
    assert [c.text for c in table.cells if c.row_header] == ["scXa"]
    assert table.notes == "a Without dropout."


def grid(rows: str) -> Table:
    data = f"<article><body><table-wrap><table>{rows}</table></table-wrap></body></article>".encode()
    return parse(data).tables[0]


def test_a_span_stays_in_its_row_group() -> None:
    table = grid('<thead><tr><td rowspan="9">h</td></tr></thead><tbody><tr><td>a</td></tr></tbody>')
    assert placed(table) == [("h", 0, 0, 1, 1, 1), ("a", 1, 0, 1, 1, 0)]


def test_a_table_without_head_has_its_first_row_of_th_as_heading() -> None:
    table = grid("<tr><th>a</th><th>b</th></tr><tr><th>c</th><td>1</td></tr>")
    assert [(c.text, c.header, c.row_header) for c in table.cells] == [
        ("a", 1, False), ("b", 1, False), ("c", 0, True), ("1", 0, False)]  # fmt: skip


def test_an_oasis_table_is_placed_by_its_column_names() -> None:
    ns = 'xmlns:o="http://www.niso.org/standards/z39-96/ns/oasis-exchange/table"'
    data = (
        f"<article {ns}><body><table-wrap><o:table><o:tgroup><o:thead><o:row>"
        "<o:entry namest='c1' nameend='c2'>wide</o:entry></o:row></o:thead>"
        "<o:tbody><o:row><o:entry morerows='1'>tall</o:entry><o:entry>x</o:entry></o:row>"
        "<o:row><o:entry colname='c2'>y</o:entry></o:row></o:tbody></o:tgroup></o:table></table-wrap></body></article>"
    )
    assert placed(parse(data.encode()).tables[0]) == [
        ("wide", 0, 0, 1, 2, 1), ("tall", 1, 0, 2, 1, 0), ("x", 1, 1, 1, 1, 0), ("y", 2, 1, 1, 1, 0)]  # fmt: skip
