"""Refused rows are kept whole and as text, and can be taken in again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from validation.findings import Finding, Severity
from workbook_cms.errors import FileError, InputError
from workbook_cms.intake import sheet
from workbook_cms.intake.quarantine import Quarantine, RefusedRow, reasons_of

COLUMNS = ("Name", "Phone", "Note")


def written(tmp_path: Path, *rows: RefusedRow) -> Path:
    """The quarantine workbook of ``contacts.csv`` with these rows."""
    with Quarantine(tmp_path / "contacts.csv") as quarantine:
        return quarantine.write(COLUMNS, rows)


def test_values_stand_as_text_beside_their_reasons(tmp_path: Path) -> None:
    """A formula is text, a leading zero stays, blank stays blank, the line and reasons stand in front."""
    path = written(tmp_path, RefusedRow(7, ("=cmd|x", "0412", None), ("Bad.", "Worse."), frozenset({1})))
    assert path == tmp_path / "contacts-refused.xlsx"
    page = openpyxl.load_workbook(path).active
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["Line", "Reasons", "Name", "Phone", "Note"],
        [7, "Bad.\nWorse.", "=cmd|x", "0412", None],
    ]
    assert [page.cell(2, column).data_type for column in (3, 4)] == ["s", "s"]
    assert page["D2"].fill.start_color.rgb != page["C2"].fill.start_color.rgb


def test_mended_rows_can_be_taken_in_again(tmp_path: Path) -> None:
    """The workbook reads back as the source's own columns, without line and reasons."""
    path = written(tmp_path, RefusedRow(7, ("O'Neil", "0412", None), ("x",)), RefusedRow(9, ("B", "1", "n"), ()))
    source = sheet.read(path)
    assert source.columns == COLUMNS
    assert source.frame.to_numpy().tolist() == [["O'Neil", "0412", None], ["B", "1", "n"]]
    assert source.lines == (2, 3)


def test_every_kind_of_character_is_kept(tmp_path: Path) -> None:
    """Control characters, escapes that look like Excel's own, and line breaks come back as they were."""
    value = "a\x07b _x0041_ \tc\nd 🎉"
    path = written(tmp_path, RefusedRow(2, (value, "1", "n"), ("x",)))
    assert sheet.read(path).frame.iloc[0, 0] == value


def test_rows_with_more_fields_than_columns_are_kept(tmp_path: Path) -> None:
    """The fields beyond the header stand to the right."""
    path = written(tmp_path, RefusedRow(3, ("a", "b", "c", "d"), ("too many",)))
    assert [cell.value for cell in openpyxl.load_workbook(path).active[2]][2:] == ["a", "b", "c", "d"]


def test_a_value_longer_than_a_cell_is_cut_and_said(tmp_path: Path) -> None:
    """The reason tells where the whole value stands."""
    path = written(tmp_path, RefusedRow(5, ("a", "b", "x" * 40_000), ("too long",)))
    page = openpyxl.load_workbook(path).active
    assert len(page["E2"].value) == 32_767
    assert "Note is cut here; the whole value is on line 5" in page["B2"].value


def test_a_file_of_the_user_is_never_replaced(tmp_path: Path) -> None:
    """The next free number is taken, also for rows refused a second time."""
    (tmp_path / "contacts-refused.xlsx").write_text("mine")
    path = written(tmp_path, RefusedRow(2, ("a",), ("x",)))
    assert path.name == "contacts-refused-2.xlsx"
    with Quarantine(path) as again:
        assert again.path.name == "contacts-refused-3.xlsx"


def test_a_name_that_was_not_used_is_given_back(tmp_path: Path) -> None:
    """With no refused row there is no file."""
    with Quarantine(tmp_path / "contacts.csv"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_known_first(tmp_path: Path) -> None:
    """The name is taken before anything is imported, so a missing folder stops the import."""
    with pytest.raises(FileError, match="cannot be put here"):
        Quarantine(tmp_path / "gone" / "contacts.csv")


def test_reasons_name_field_and_rule() -> None:
    """A finding becomes a sentence, and its field's column is marked."""
    findings = [
        Finding("ENT010", Severity.ERROR, "12 is no phone number.", field="Phone"),
        Finding("DUP001", Severity.ERROR, "It is there already."),
    ]
    assert reasons_of(findings, {"Phone": 4}) == (
        ["Phone: 12 is no phone number. [ENT010]", "It is there already. [DUP001]"],
        frozenset({4}),
    )


def test_a_worksheet_of_any_kind_is_read_as_text(tmp_path: Path) -> None:
    """Dates, numbers and booleans become what a person would type; the header may stand lower."""
    book = openpyxl.Workbook()
    page = book.active
    for row in (
        [],
        ["Name", "Born", "Size", "Member"],
        ["A", dt.datetime(1990, 11, 5), 12, True],
        ["B", None, 1.5, None],
    ):
        page.append(row)
    path = tmp_path / "export.xlsx"
    book.save(path)
    source = sheet.read(path)
    assert source.columns == ("Name", "Born", "Size", "Member")
    assert source.frame.to_numpy().tolist() == [["A", "1990-11-05", "12", "TRUE"], ["B", None, "1.5", None]]


def test_bad_worksheets_are_said(tmp_path: Path) -> None:
    """A missing file, an empty sheet and a file that is no workbook each get their line."""
    with pytest.raises(InputError, match="there is no such file"):
        sheet.read(tmp_path / "none.xlsx")
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(InputError, match="is empty"):
        sheet.read(tmp_path / "empty.xlsx")
    (tmp_path / "fake.xlsx").write_text("Name,Phone\n")
    with pytest.raises(FileError):
        sheet.read(tmp_path / "fake.xlsx")
