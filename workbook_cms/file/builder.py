"""Builds a new workbook with XlsxWriter, inside what XlsxWriter is tested to write as Excel does."""

from __future__ import annotations

import datetime as dt
import errno
import io
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook_cms.errors import FileError, WorkbookLockedError
from workbook_cms.file.beside import durable
from workbook_cms.file.home import HOME_TITLE, draw_home
from workbook_cms.file.layout import (
    CellStyle,
    CellValue,
    MacroProject,
    PageSpec,
    SheetSpec,
    TableSpec,
    WorkbookSpec,
)
from workbook_cms.file.looks import Looks, text_lines

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["LAST_ROW", "MAX_TEXT", "build", "cut_text", "must_do", "sheet_titles", "validations_xml"]

LAST_ROW = 1_048_576
"""Rows of a worksheet."""
MAX_TEXT = 32_767
"""Characters (UTF-16 units) a cell can hold."""
_PROMPT_TITLE, _PROMPT_TEXT = 32, 255  # Excel's limits for an input prompt; a longer one makes it repair the file
_LARGEST_NUMBER = 10**15  # Excel keeps 15 digits; a longer whole number is kept as text
_CREATED = dt.datetime(2000, 1, 1)
_CELL_NAME = re.compile(r"[A-Za-z]{1,3}\d+|[RrCc]|[Rr]\d*[Cc]\d*")
_OPTIONS = {
    "strings_to_numbers": False,
    "strings_to_formulas": False,  # "=1+1" in a record is text
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}


def build(path: Path, spec: WorkbookSpec, *, overwrite: bool = False) -> None:
    """Write the workbook that ``spec`` describes; it is written aside and moved into place when it is whole.

    Raises:
        FileError: The file exists and ``overwrite`` is false, the folder is missing or cannot be written, the
            disk is full, or the spec holds what no worksheet can hold.
        WorkbookLockedError: The file to be overwritten is open elsewhere.
    """
    path = Path(path)
    place = str(path)
    if not path.parent.is_dir():
        raise FileError(
            place, f"the folder {path.parent} does not exist.", "Make the folder first, or choose another."
        )
    if path.exists() and (path.is_dir() or not overwrite):
        raise FileError(
            place, "a file of this name is already there.", "Choose another name, or move that file away."
        )
    _check(spec, path.name)
    durable.clean([path.parent], path)  # what one that was killed left
    aside = durable.aside_of(path)
    try:
        _write(aside, spec)
        with aside.open("rb+") as handle:
            os.fsync(handle.fileno())
        aside.replace(path)
    except OSError as error:
        raise _explained(error, place, path) from error
    finally:
        aside.unlink(missing_ok=True)


def validations_xml(table: TableSpec, header_row: int = 1) -> bytes:
    """The ``<dataValidations>`` element of a table's sheet (dropdowns, header help) as `build` writes it; b"" if none.

    The table starts in column A, its header in ``header_row`` (1-based).
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only needed by who builds or changes a layout

    memory = io.BytesIO()
    with Workbook(memory, {"in_memory": True, **_OPTIONS}) as workbook:
        _validations(workbook.add_worksheet(), table, header_row)
    with zipfile.ZipFile(memory) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    found = re.search(rb"<dataValidations.*</dataValidations>", sheet, re.DOTALL)
    return found.group() if found else b""


def sheet_titles(spec: WorkbookSpec) -> tuple[str, ...]:
    """Titles of all sheets in their order."""
    return (HOME_TITLE, *(page.title for page in spec.pages), *(sheet.title for sheet in spec.sheets))


def _check(spec: WorkbookSpec, place: str) -> None:
    """Refuse what XlsxWriter would drop with a warning or Excel would repair."""
    titles, tables = {"history"}, set()  # Excel keeps the name History for itself
    for title in sheet_titles(spec):
        here = f"{place}, sheet {title}"
        if title.lower() in titles:
            raise FileError(here, "this sheet name is taken.", "Choose another name.")
        if not 0 < len(title) <= 31 or re.search(r"[\[\]:*?/\\]|^'|'$", title):
            raise FileError(here, "no sheet can have this name.", "Use at most 31 characters, none of []:*?/\\.")
        titles.add(title.lower())
    for sheet in spec.sheets:
        table = sheet.table
        here = f"{place}, sheet {sheet.title}"
        if table.name.lower() in tables or table.name.lower() in {name.lower() for name in spec.names}:
            raise FileError(here, f"the name {table.name} is used twice.", "Choose another name for the table.")
        if not re.fullmatch(r"[A-Za-z_\\][\w.]*", table.name) or _CELL_NAME.fullmatch(table.name):
            raise FileError(
                here, f"no table can be called {table.name}.", "Choose a word that is no cell's address."
            )
        tables.add(table.name.lower())
        labels = [column.label.lower() for column in table.columns]
        if not labels or not all(labels) or len(set(labels)) < len(labels):
            raise FileError(
                here, "two columns have the same header, or one has none.", "Give each its own header."
            )
        if sheet.header_row + len(table.rows) > LAST_ROW:
            raise FileError(here, f"{len(table.rows):,} rows do not fit on a worksheet.", "Split the table.")
        if unknown := {c.choices for c in table.columns if c.choices} - set(spec.names):
            raise FileError(
                here, f"the list {sorted(unknown)[0]} is missing.", "Add the list, or drop the dropdown."
            )


def _write(target: Path, spec: WorkbookSpec) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 - only needed by who builds
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    target.open("xb").close()  # a folder that cannot be written shows before the work is done
    workbook = Workbook(str(target), _OPTIONS)
    looks = Looks(workbook)
    workbook.set_properties(
        {"title": spec.title, "company": spec.company, "author": spec.company, "created": _CREATED}
    )
    workbook.set_size(2400, 1600)
    if spec.read_only_recommended:
        workbook.read_only_recommended()
    home = workbook.add_worksheet(HOME_TITLE)
    home.set_tab_color("#1F2937")
    home.activate()
    draw_home(workbook, home, spec.home, looks)
    for page in spec.pages:
        _page(workbook, page)
    for sheet in spec.sheets:
        _sheet(workbook, sheet, looks)
    for name, target_range in spec.names.items():
        must_do(workbook.define_name(name, "=" + target_range.lstrip("=")), name)
    if spec.macros:
        _macros(workbook, spec.macros)
    try:
        workbook.close()
    except FileCreateError as error:  # XlsxWriter wraps what the operating system said
        raise error.args[0] if isinstance(error.args[0], OSError) else OSError(str(error)) from error


def _page(workbook: Workbook, spec: PageSpec) -> None:
    page = workbook.add_worksheet(spec.title)
    if spec.colour:
        page.set_tab_color(spec.colour)
    spec.draw(workbook, page)
    if spec.hidden:
        page.hide()


def _macros(workbook: Workbook, macros: MacroProject) -> None:
    must_do(workbook.add_vba_project(io.BytesIO(macros.binary), is_stream=True), "macros")
    workbook.set_vba_name(macros.workbook_name)
    for sheet in workbook.worksheets():
        sheet.set_vba_name(macros.sheet_names[sheet.get_name()])


def _sheet(workbook: Workbook, spec: SheetSpec, looks: Looks) -> None:
    sheet = workbook.add_worksheet(spec.title)
    table, header = spec.table, spec.header_row - 1
    last_column = len(table.columns) - 1
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width, looks.column(column.style))
    if spec.intro:
        sheet.write_string(0, 0, spec.intro, looks.intro)
    headers = [{"header": column.label, "header_format": looks.header} for column in table.columns]
    options = {"name": table.name, "columns": headers, "style": "Table Style Light 1"}
    must_do(sheet.add_table(header, 0, header + max(1, len(table.rows)), last_column, options), table.name)
    _cells(sheet, table, header + 1, looks)
    _heights(sheet, table, header + 1)
    sheet.set_row(header, 15 * max(text_lines(c.label, c.width - 3) for c in table.columns) + 6)
    sheet.freeze_panes(header + 1, 1 if last_column > 5 else 0)
    _validations(sheet, table, spec.header_row)
    text = [i for i, c in enumerate(table.columns) if c.style in (CellStyle.TEXT, CellStyle.WRAPPED)]
    if text:
        must_do(
            sheet.ignore_errors({"number_stored_as_text": " ".join(_column_range(i, header + 1) for i in text)}),
            "",
        )
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    if spec.colour:
        sheet.set_tab_color(spec.colour)
    if spec.protected:
        allowed = ("autofilter", "select_locked_cells", "select_unlocked_cells", "format_columns", "format_rows")
        sheet.protect("", dict.fromkeys(allowed, True))
    if spec.hidden:
        sheet.hide()


def _cells(sheet: Worksheet, table: TableSpec, first: int, looks: Looks) -> None:
    """Write the rows (``first`` is 0-based); blanks carry the style too, since the writer copies the row above."""
    for index, column in enumerate(table.columns):
        style = looks.cell(column.style)
        for row, record in enumerate(table.rows or ({},), start=first):
            value: CellValue = record.get(column.label)
            if value is None or value == "":
                sheet.write_blank(row, index, None, style)
            elif isinstance(value, str):
                _text(sheet, row, index, value, style)
            elif isinstance(value, bool):
                sheet.write_boolean(row, index, value, style)
            elif isinstance(value, int | float):
                if isinstance(value, int) and abs(value) >= _LARGEST_NUMBER:
                    _text(sheet, row, index, str(value), looks.cell(CellStyle.TEXT))
                else:
                    sheet.write_number(row, index, value, style)
            elif isinstance(value, dt.time):
                sheet.write_datetime(row, index, value, looks.moment(with_date=False))
            elif value.year < 1900:  # before Excel's calendar begins
                _text(sheet, row, index, value.isoformat(), looks.cell(CellStyle.TEXT))
            elif isinstance(value, dt.datetime) and value.time() != dt.time():
                sheet.write_datetime(row, index, value, looks.moment(with_date=True))
            else:
                sheet.write_datetime(row, index, value, looks.cell(CellStyle.DATE))


def _heights(sheet: Worksheet, table: TableSpec, first: int) -> None:
    """Rows with wrapped text get their height here: LibreOffice would leave them one line high."""
    wrapped = [column for column in table.columns if column.style is CellStyle.WRAPPED]
    for row, record in enumerate(table.rows if wrapped else (), start=first):
        lines = max(
            sum(text_lines(line, c.width) for line in str(record.get(c.label) or "").split("\n")) for c in wrapped
        )
        if lines > 1:
            sheet.set_row(row, 15 * min(lines, 20))


def _text(sheet: Worksheet, row: int, column: int, value: str, style: Any) -> None:
    if len(value) > MAX_TEXT or sheet.write_string(row, column, value, style) != 0:
        raise FileError(
            f"sheet {sheet.get_name()}, row {row + 1}",
            f"a text of {len(value):,} characters does not fit in a cell.",
            f"Shorten it to {MAX_TEXT:,} characters.",
        )


def _validations(sheet: Worksheet, table: TableSpec, header_row: int) -> None:
    """Header help as an input prompt, and the dropdowns from the first data row to the last row of the sheet."""
    for index, column in enumerate(table.columns):
        if column.help:
            prompt = {
                "validate": "any",
                "input_title": cut_text(column.label, _PROMPT_TITLE),
                "input_message": cut_text(column.help, _PROMPT_TEXT),
            }
            must_do(sheet.data_validation(header_row - 1, index, header_row - 1, index, prompt), column.label)
        if column.choices:
            choice = {
                "validate": "list",
                "source": f"={column.choices}",
                "error_title": "Not in the list",
                "error_message": f"Choose one of the values that the list offers for {cut_text(column.label, 100)}.",
            }
            must_do(sheet.data_validation(header_row, index, LAST_ROW - 1, index, choice), column.label)


def must_do(result: int | None, what: str) -> None:
    """XlsxWriter tells of what it did not write by its return value only; anything but 0 and None is a defect."""
    if result:
        raise ValueError(f"XlsxWriter refused {what!r} ({result})")


def cut_text(text: str, length: int) -> str:
    """At most ``length`` UTF-16 units, as Excel counts, with an ellipsis where something is left out."""
    if len(text.encode("utf-16-le")) // 2 <= length:
        return text
    return text.encode("utf-16-le")[: 2 * (length - 1)].decode("utf-16-le", errors="ignore").rstrip() + "…"


def _column_range(index: int, first: int) -> str:
    from xlsxwriter.utility import xl_range  # noqa: PLC0415

    return str(xl_range(first, index, LAST_ROW - 1, index))


def _explained(error: OSError, place: str, path: Path) -> FileError:
    if error.errno == errno.ENOSPC:
        return FileError(place, "the disk is full.", "Free some space and try again; nothing was changed.")
    if isinstance(error, PermissionError) and path.exists():
        return WorkbookLockedError(
            place, "the file is open elsewhere or cannot be replaced.", "Close it and try again."
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return FileError(place, f"nothing can be written in the folder {path.parent}.", "Choose another folder.")
    return FileError(place, f"the file could not be written ({error.strerror or error}).", "Try another folder.")
