"""Any text in any field of every template: taken in as that text, never as a formula, or refused at its field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.conftest import QUENBY, TODAY
from workbook_cms import Workbook
from workbook_cms.file.addresses import unescape
from workbook_cms.resources import template_names
from workbook_cms.seeding import sample_rows

#: What some program would run, follow, draw or stumble over.
ODD = [
    "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://evil.invalid\",\"EVIL\")", "@SUM(1+1)*cmd|'EVIL'!A0", "+1+1", "-2+3",
    "=WEBSERVICE(\"http://evil.invalid/EVIL\")", "\t=1+1", "\r=1+1", "'=1+1", "{=1+1}", "\\\\evil.invalid\\share\\EVIL.xlsx",
    "file://evil.invalid/EVIL", "http://evil.invalid/EVIL", "javascript:EVIL", "<script>EVIL</script>", "<b>EVIL",
    "&lt;b&gt;", "]]>EVIL", "<!-- EVIL", "&#0;", "_x0041_", "_x0000_", "a\x00b", "\x1b[31mEVIL", "a\u202eLIVE",
    "\u200f\u05e9\u05dc\u05d5", "\ud800", "a\udfffb", "\uffff", "x" * 32_767, "x" * 32_768, "\U0001f600" * 16_384,
    "0412345678", "1e5", "1-2", "TRUE", "#N/A", "NA", "None", "nan", "12345678901234567890", "a\nb", "a\r\nb", " a ",
    "\u00a0", "1/2", "00:00", "NaN", "inf",
]  # fmt: skip


@pytest.fixture(params=template_names())
def template_book(request, tmp_path) -> tuple[Workbook, str]:
    """A workbook of each template, with sample records where it has some, and the template's name."""
    path = tmp_path / "customers.xlsx"
    sample = request.param == "world-traveller"
    return Workbook.create(path, template=request.param, sample=sample, today=TODAY), request.param


def hold(book: Workbook, table: str, rows: list[dict[str, str]], odd: list[str]) -> int:
    """Add rows, each with an odd text in one field; what is taken in is that text for all readers, what is not is told.

    Returns how many were taken in.
    """
    formulas = [*formulas_of(book.path)]
    batch = book.add_many(table, pd.DataFrame(rows), override="odd")
    refused = {one.row for one in batch.refused}
    for one in batch.refused:
        # Also at another field: a cost that is a number needs somebody who approved it.
        assert any(finding.field or finding.related for finding in one.findings)
    accepted = [row for row in range(len(rows)) if row not in refused]
    theirs = by_openpyxl(book.path, table)
    ours = by_calamine(book.path, table)
    for row, receipt in zip(accepted, batch.receipts, strict=True):
        mended = {item.field: item.after for item in receipt.mended}
        expected = mended.get(odd[row], rows[row][odd[row]])
        # A blank may get the field's default, and what is a number or a day is none of a text.
        if isinstance(expected, str) and expected.strip():
            assert theirs[receipt.key][odd[row]] == ours[receipt.key][odd[row]] == expected
    assert [*formulas_of(book.path)] == formulas
    assert not [finding for finding in book.check(select=["FIL"]) if finding.severity.value == "error"]
    return len(accepted)


def by_openpyxl(path: Path, table: str) -> dict[str, dict[str, object]]:
    """Records by key as openpyxl reads them; texts only as texts."""
    workbook = openpyxl.load_workbook(path)
    try:
        sheet = next(sheet for sheet in workbook if table in sheet.tables)
        head, *rows = sheet[sheet.tables[table].ref]
        assert all(cell.data_type != "f" for row in rows for cell in row)
        labels = [str(cell.value) for cell in head]
        return {
            str(row[0].value): dict(zip(labels, (unescaped(cell.value) for cell in row), strict=True))
            for row in rows
        }
    finally:
        workbook.close()


def unescaped(value: object) -> object:
    """A value with the escapes of the format undone, which openpyxl leaves in texts that stand in their cells."""
    return unescape(value) if isinstance(value, str) else value


def by_calamine(path: Path, table: str) -> dict[str, dict[str, object]]:
    """Records by key as calamine reads them."""
    with path.open("rb") as file:
        found = CalamineWorkbook.from_filelike(file, load_tables=True).get_table_by_name(table)
        return {
            str(row[0]): dict(
                zip(
                    found.columns,
                    (value or None if isinstance(value, str) else value for value in row),
                    strict=True,
                )
            )
            for row in found.to_python()
        }


def formulas_of(path: Path) -> Iterable[str]:
    """What a spreadsheet program would run or fetch: formulas of cells, links elsewhere, outside data."""
    with ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            data = archive.read(name)
            yield from (
                f"{name} {found.decode()}"
                for found in re.findall(rb"<f[ >/].*?</f>|<hyperlink .*?>", data, re.DOTALL)
            )
            yield from (
                f"{name} {found.decode()}" for found in re.findall(rb"<Relationship [^>]*External[^>]*>", data)
            )
            if "externalLink" in name or "connections" in name:
                yield name


def test_any_text_in_any_field(template_book) -> None:
    """Every field of every table gets every odd text; what is in the file is text, and what is refused has its field."""
    book, template = template_book
    taken = []
    for table in book.policy.tables:
        key = table.by_id[table.key].label
        base = {field.label: field.example for field in table.fields if field.required}
        base = next(iter(sample_rows(template, table.name)), base)
        base = {label: given for label, given in base.items() if given and label != key}
        fields = [field.label for field in table.fields if not field.retired and field.label != key]
        rows = [{**base, label: given} for label in fields for given in ODD]
        for number, row in enumerate(rows):  # each another person's, or all but one would be refused as the same
            if row.get("Email") and row["Email"] == base.get("Email"):
                row["Email"] = f"odd{number}@example.com"
            if not table.key_format:  # whoever enters it gives the key
                row[key] = f"WT{9_000_000 + number}"
        taken.append(hold(book, table.name, rows, [label for label in fields for _ in ODD]))
    assert min(taken) > 0  # tables of lists and days take few texts
    assert max(taken) > len(ODD)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(codec=None), min_size=1), min_size=20, max_size=60))
def test_any_text(fresh_book, texts) -> None:
    """The same of whatever Hypothesis can think of, in a field that takes any text."""
    rows = [{**QUENBY, "Notes": given} for given in texts]
    assert hold(fresh_book, "Stakeholders", rows, ["Notes"] * len(rows)) <= len(rows)
