"""Tables that come as files: CSV, TSV and XLSX as passages, bounded."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from biorxivist.literature.supplements import UnreadableSupplement, read_supplement
from graph.records import Passage

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEETS = '<sheets><sheet name="Scores" r:id="r1"/></sheets>'
WORKBOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{SHEETS}</workbook>'
LINKS = '<Relationships xmlns="x"><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'
PARTS = {
    "xl/workbook.xml": WORKBOOK,
    "xl/_rels/workbook.xml.rels": LINKS,
    "xl/sharedStrings.xml": f"""<sst xmlns="{MAIN}">
        <si><t>Method</t></si><si><r><t>Accu</t></r><r><t>racy</t></r></si></sst>""",
    "xl/worksheets/sheet1.xml": f"""<worksheet xmlns="{MAIN}"><sheetData>
        <row r="1"><c r="A1" t="inlineStr"><is><t>Zero-shot</t></is></c></row>
        <row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c></row>
        <row r="4"><c r="A4" t="str"><v>scGPT</v></c><c r="C4"><f>1-0.19</f><v>0.81000000000000005</v></c></row>
        </sheetData></worksheet>""",
}


def workbook(path: Path, parts: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def read(path: Path) -> list[Passage]:
    return read_supplement(path, paper_id="key:p", version_id="key:pv1")


def test_a_sheet_is_read_with_its_caption_and_its_empty_columns(tmp_path: Path) -> None:
    caption, table = read(workbook(tmp_path / "s3.xlsx", PARTS))
    assert (caption.kind, caption.text) == ("caption", "Zero-shot")
    assert (table.kind, table.text) == ("table", "Method\t\tAccuracy\nscGPT\t\t0.81")
    assert table.section == "Supplement s3.xlsx > Scores"
    assert (caption.end + 1, table.version_id) == (table.start, "key:pv1")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separated_values_are_read_whatever_separates_them(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(f"Method{separator}Accuracy\n\nscGPT{separator}0.8\n", encoding="utf-8-sig")
    assert [passage.text for passage in read(path)] == ["Method\tAccuracy", "scGPT\t0.8"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"\xff\xfe\x00", "not UTF-8 text"),
        ("a.csv", b"a,b\n" * 6_000, "more than 5000 rows"),
        ("a.csv", b"," * 400, "200 columns"),
        ("a.xlsx", b"not a zip", "not an XLSX file"),
    ],
)
def test_what_is_no_table_of_scores_is_refused_by_name(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableSupplement, match=message):
        read(path)


def test_a_sheet_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    bomb = workbook(tmp_path / "bomb.xlsx", {**PARTS, "xl/sharedStrings.xml": " " * 60_000_000})
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(UnreadableSupplement, match="unpacks to more than"):
        read(bomb)


def test_entities_of_a_sheet_are_not_resolved(tmp_path: Path) -> None:
    hostile = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + PARTS["xl/sharedStrings.xml"].replace(
        "Method", "&e;"
    )
    passages = read(workbook(tmp_path / "s.xlsx", {**PARTS, "xl/sharedStrings.xml": hostile}))
    assert not any("root:" in passage.text for passage in passages)
