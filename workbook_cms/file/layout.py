"""What a workbook is to look like, in plain data: shared by the builder and the writer, free of any rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = [
    "CellStyle",
    "CellValue",
    "ColumnSpec",
    "HomeChoice",
    "HomeLink",
    "HomeSpec",
    "MacroProject",
    "PageSpec",
    "SheetSpec",
    "TableSpec",
    "WorkbookSpec",
]

#: What a cell can hold; blank is None.
CellValue = str | int | float | bool | dt.date | dt.datetime | dt.time | None


class CellStyle(StrEnum):
    """How the cells of a column are formatted."""

    TEXT = "text"  # "@", so that Excel eats no leading zero
    WRAPPED = "wrapped"  # text over several lines: for sheets of rules; records keep to one line each
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class ColumnSpec:
    """A column of a table.

    Attributes:
        label: Header text.
        style: Format of its cells.
        width: Width in characters.
        help: Shown when the header cell is selected.
        choices: Defined name whose values a dropdown offers, such as ``list_purposes``; "" for none.
    """

    label: str
    style: CellStyle = CellStyle.TEXT
    width: float = 16.0
    help: str = ""
    choices: str = ""


@dataclass(frozen=True)
class TableSpec:
    """An Excel table; with no rows it is built with one blank row, as Excel itself does."""

    name: str
    columns: tuple[ColumnSpec, ...]
    rows: Sequence[Mapping[str, CellValue]] = ()


@dataclass(frozen=True)
class SheetSpec:
    """A worksheet with one table, which starts in column A."""

    title: str
    table: TableSpec
    intro: str = ""
    """A line above the table; the header is then in row 3, otherwise in row 1."""
    protected: bool = True
    hidden: bool = False
    colour: str = ""
    """Colour of its tab, such as ``#1F5AA8``."""

    @property
    def header_row(self) -> int:
        """Row of the table's header, 1-based."""
        return 3 if self.intro else 1


@dataclass(frozen=True)
class HomeLink:
    """A way from Home to a sheet."""

    text: str
    sheet: str
    about: str = ""
    section: str = ""
    """Heading it stands under."""


@dataclass(frozen=True)
class HomeChoice:
    """A cell on Home that people fill.

    Attributes:
        label: Text to its left.
        name: Its defined name.
        choices: Defined name whose values a dropdown offers; "" for none. Other text is taken too.
        about: Text to its right.
    """

    label: str
    name: str
    choices: str = ""
    about: str = ""


@dataclass(frozen=True)
class HomeSpec:
    """The sheet people see first."""

    title: str
    subtitle: str = ""
    links: tuple[HomeLink, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    """How to work with the workbook: (what for, what to do)."""
    actions: tuple[HomeLink, ...] = ()
    """What people come for: large links, before everything else."""
    choice: HomeChoice | None = None


@dataclass(frozen=True)
class PageSpec:
    """A worksheet that is no table: its maker draws it with XlsxWriter (forms)."""

    title: str
    draw: Callable[[Any, Any], None]
    """Called with the XlsxWriter workbook and worksheet."""
    hidden: bool = False
    colour: str = ""


@dataclass(frozen=True)
class MacroProject:
    """VBA that a workbook carries.

    Attributes:
        binary: The ``vbaProject.bin``.
        workbook_name: Code name of the workbook's module.
        sheet_names: Code names of the sheets' modules, by sheet title.
    """

    binary: bytes
    workbook_name: str
    sheet_names: Mapping[str, str]


@dataclass(frozen=True)
class WorkbookSpec:
    """A whole workbook."""

    home: HomeSpec
    sheets: tuple[SheetSpec, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    """Defined names and what they refer to, such as ``Lists!$A$2:$A$9``."""
    title: str = ""
    company: str = ""
    read_only_recommended: bool = False
    pages: tuple[PageSpec, ...] = ()
    """Between Home and the sheets."""
    macros: MacroProject | None = None
