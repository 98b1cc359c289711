"""Genuine workbooks of Excel and other programs: rows go into their tables, or the reason why not is true and clear."""

from __future__ import annotations

import datetime as dt
import shutil
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.formula.translate import Translator
from python_calamine import CalamineWorkbook

from tests.support.books import members
from tests.support.libreoffice import resave_all
from tests.support.require import missing
from tests.support.shared import shared
from workbook_cms import Workbook, WorkbookCmsError
from workbook_cms.file.addresses import column_letters
from workbook_cms.file.package import Package
from workbook_cms.file.soundness import check, new_flaws
from workbook_cms.plain_tables import PlainTable, RowReceipt

#: What is no workbook that anybody could write into, and why.
NOT_OPENED = {
    "excelize-encryptAES.xlsx": "The workbook is protected by a password.",
    "exceljs-missing-bits.xlsx": "The file holds no workbook.",
    "poi-crash-9bf3cd4bd6f50a8a9339d363c2c7af14b536865c.xlsx": "The workbook is protected by a password.",
}
#: Tables below which no row, or not that many, has room, and what the refusal says is in the way.
NO_ROOM = {
    ("calamine-table_with_insertrow_attribute.xlsx", "Table2", 1): "cell I39 is filled",
    ("poi-55745.xlsx", "表23", 3): "the table 表24 (E9:E10) is in the way",
    ("poi-55745.xlsx", "表24", 3): "the table 表25 (E13:E17) is in the way",
    ("poi-55745.xlsx", "表26", 3): "the table 表27 (G9:G10) is in the way",
    ("poi-55745.xlsx", "表27", 3): "the table 表28 (G13:G14) is in the way",
    ("poi-55745.xlsx", "表28", 3): "the table 表29 (G16:G17) is in the way",
    ("poi-55745.xlsx", "表29", 3): "the table 表30 (G19:G23) is in the way",
    ("poi-56170.xlsx", "Tabelle1", 3): "cell A3 is filled",
    ("poi-simple-monthly-budget.xlsx", "tblIncome", 1): "the merged cells B8:C8 are in the way",
    ("xlwings-engines.xlsm", "Table1", 3): "the table Table2 (A15:C21) is in the way",
    ("xlwings-integration_write.xlsm", "expected1", 3): "the table expected2 (F5:G8) is in the way",
    ("xlwings-integration_write.xlsm", "expected2", 3): "the table expected3 (F9:G12) is in the way",
    ("xlwings-integration_write.xlsm", "expected3", 3): "the table expected4 (F14:H17) is in the way",
}
#: Parts that a write may change, besides the sheets and tables written to: names and whether all is to be calculated,
#: styles of days; the order of calculation, which Excel makes anew; charts over a table's columns.
MAY_CHANGE = ("xl/workbook.xml", "xl/styles.xml", "xl/charts/")
OF_THE_CHAIN = ("xl/calcChain.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels")


@dataclass
class Written:
    """A copy of a genuine workbook after rows were appended to its tables, and one cell of each was changed.

    Attributes:
        path: The copy; ``genuine`` is what it was copied from.
        tables: Names of its tables; ``parts`` the sheets and tables that were written to.
        cells: (sheet, row, column) of each cell that was given a value, and the value.
        refused: (table, number of rows) and the sentence.
        new_rows: Numbers on the sheet of the new rows of each table.
    """

    genuine: Path
    path: Path
    tables: list[str] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)
    cells: dict[tuple[str, int, int], Any] = field(default_factory=dict)
    refused: dict[tuple[str, int], str] = field(default_factory=dict)
    new_rows: dict[str, list[int]] = field(default_factory=dict)


def genuine() -> list[Path]:
    """The genuine workbooks; none where they do not lie beside the checkout."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "workbooks"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def some_value(column: pd.Series[Any], number: int) -> Any:
    """A value of the kind that a column holds."""
    match str(column.dtype):
        case "Int64":
            return 1000 + number
        case "float64":
            return number + 0.5
        case "boolean":
            return True
        case "datetime64[s]":
            return dt.datetime(2026, 11, 22)
    return f"Added & <{number}>"


def fill(written: Written, table: PlainTable) -> None:
    """Append one row, then three, and change a cell of the last, in the columns that Excel does not calculate."""
    frame = table.to_pandas()
    given = [label for label in table.columns if label not in table.part.calculated]
    rows = [{label: some_value(frame[label], i) for label in given} for i in range(3)]
    done: list[tuple[RowReceipt, dict[str, Any]]] = []
    for count in (1, 3):
        try:
            done += zip(table.append(rows[:count]), rows, strict=False)
        except WorkbookCmsError as error:
            written.refused[table.name, count] = str(error)
            break
    if not done:
        return
    last = done[-1][0].row
    done.append((table.update(last, {given[0]: "patched"}), {given[0]: "patched"}))
    written.parts |= {table.part.part, table.part.sheet_part}
    part, first = table.part, table.part.first_row + table.part.has_header
    for receipt, values in done:
        for label, value in values.items():
            place = (part.sheet, first + receipt.row, part.first_col + part.columns.index(label))
            written.cells[place] = value
    written.new_rows[table.name] = sorted({first + receipt.row for receipt, _ in done})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    """Copies of all genuine workbooks that have tables, written to."""
    shared("workbooks")
    folder, found = tmp_path_factory.mktemp("real"), {}
    for path in genuine():
        if path.name in NOT_OPENED:
            continue
        copy = Path(shutil.copy(path, folder / path.name))
        copy.chmod(0o644)
        one = Written(path, copy)
        for table in Workbook.open(copy).tables:
            assert isinstance(table, PlainTable)
            one.tables.append(table.name)
            fill(one, table)
        if one.tables:
            found[path.name] = one
    return found


def test_most_are_written(written: dict[str, Written]) -> None:
    """At least 92 of 100 genuine workbooks with tables take rows; of those known here, all do."""
    taken = [name for name, one in written.items() if one.cells]
    assert len(taken) / len(written) >= 0.92
    assert sorted(written.keys() - set(taken)) == []


def test_every_refusal_is_known(written: dict[str, Written]) -> None:
    """A table that takes no row says what is in its way, in one line, and is one of those looked at by a person."""
    refused = {(name, *key): text for name, one in written.items() for key, text in one.refused.items()}
    assert refused.keys() == NO_ROOM.keys()
    for key, said in NO_ROOM.items():
        assert said in refused[key]
        assert f"{key[0]}, table {key[1]}: " in refused[key]
        assert "\n" not in refused[key]


@pytest.mark.parametrize("name", NOT_OPENED)
def test_what_is_no_workbook(name: str) -> None:
    """Encrypted and broken files are refused with the reason."""
    with pytest.raises(WorkbookCmsError, match=NOT_OPENED[name]):
        Workbook.open(shared("workbooks") / name)


def test_other_members_stay_byte_for_byte(written: dict[str, Written]) -> None:
    """Nothing changes but the parts written to, and the few that must follow."""
    for name, one in written.items():
        before, after = members(one.genuine), members(one.path)
        changed = {part for part in before if before[part] != after.get(part)} - one.parts
        allowed = MAY_CHANGE + (OF_THE_CHAIN if "xl/calcChain.xml" in before else ())
        assert [part for part in changed if not part.startswith(allowed)] == [], name
        assert after.keys() <= before.keys()
        assert before.keys() - after.keys() <= {"xl/calcChain.xml"}


def test_no_new_flaws(written: dict[str, Written]) -> None:
    """The checker finds nothing in the file that was not in it before."""
    for name, one in written.items():
        old, new = check(Package.open(one.genuine)), check(Package.open(one.path))
        assert new_flaws(new, old) == [], name


def test_calamine_and_openpyxl_see_the_rows(written: dict[str, Written]) -> None:
    """Two readers of others find every value in its cell."""
    for name, one in written.items():
        with one.path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            grids = {
                sheet: book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
                for sheet in {key[0] for key in one.cells}
            }
        other = _openpyxl(one.path)
        for (sheet, row, column), value in one.cells.items():
            place = (name, sheet, f"{column_letters(column)}{row}")
            assert _same(grids[sheet][row - 1][column - 1], value), place
            assert _same(other[sheet].cell(row, column).value, value), place


def test_formulas_of_the_new_rows(written: dict[str, Written]) -> None:
    """Each calculated column has in the new rows what Excel would fill down: relative references moved, others kept."""
    looked_at = 0
    for name, one in written.items():
        book, package = _openpyxl(one.path), Package.open(one.path)
        for table, rows in one.new_rows.items():
            part = package.tables[table]
            sheet = book[part.sheet]
            columns = sheet.tables[table].tableColumns
            for number, column in enumerate(columns, start=part.first_col):
                meant = column.calculatedColumnFormula
                if meant is None or meant.array:
                    continue
                letters = column_letters(number)
                origin = f"{letters}{part.first_row + 1}"
                for row in rows:
                    expected = Translator(f"={meant.attr_text}", origin).translate_formula(f"{letters}{row}")
                    assert sheet[f"{letters}{row}"].value == expected, (name, table, f"{letters}{row}")
                    looked_at += 1
    assert looked_at > 20


def test_libreoffice_sees_the_rows(written: dict[str, Written], tmp_path: Path) -> None:
    """LibreOffice opens every workbook that was written, and finds every value in its cell."""
    if not written:
        missing("data", "there are no genuine workbooks")
    taken = [one for one in written.values() if one.cells]
    for one, saved in zip(taken, resave_all([one.path for one in taken], tmp_path), strict=True):
        other = _openpyxl(saved, data_only=True)  # it saves TRUE as a formula
        for (sheet, row, column), value in one.cells.items():
            cell = other[sheet].cell(row, column)
            assert _same(cell.value, value), (one.path.name, sheet, cell.coordinate)


def _openpyxl(path: Path, *, data_only: bool = False) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that it does not know
        return openpyxl.load_workbook(path, data_only=data_only)


def _same(found: Any, value: Any) -> bool:
    if isinstance(found, dt.date) and not isinstance(found, dt.datetime):
        found = dt.datetime(found.year, found.month, found.day)
    return bool(found == value)
