"""The macros that a workbook of ours carries."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from workbook_cms.errors import FileError
from workbook_cms.file.layout import MacroProject, PageSpec
from workbook_cms.forms.vba.project import Kind, Module, vba_project
from workbook_cms.forms.vba.sources import (
    glue_modules,
    project_sources,
    stand_in_module,
    xlwings_modules,
    xlwings_version,
)

__all__ = ["CONF_SHEET", "Flavour", "conf_page", "installed_xlwings", "macro_project", "xlwings_inside"]

_PART = "xl/vbaProject.bin"

#: Sheet in which RunPython looks for settings first; it reads them row by row, setting and value.
CONF_SHEET = "xlwings.conf"
#: The folder of a workbook is no place to take Python modules from: one called validation would stand before ours.
_CONF = (("ADD_WORKBOOK_TO_PYTHONPATH", "False"),)


class Flavour(StrEnum):
    """For which program macros are built."""

    EXCEL = "excel"
    TEST = "libreoffice-test"
    """The same sources with a small RunPython that LibreOffice can run."""


def macro_project(sheet_titles: Sequence[str], flavour: Flavour | str = Flavour.EXCEL) -> MacroProject:
    """The macros of a workbook with these sheets (all of them, hidden ones too, in their order).

    Raises:
        InputError: xlwings is not installed.
        FileError: The installed xlwings, or our own installation, lacks modules.
    """
    engine = (stand_in_module(),) if Flavour(flavour) is Flavour.TEST else xlwings_modules()
    workbook, *others = glue_modules()
    sheet_names = {title: f"Sheet{number}" for number, title in enumerate(sheet_titles, start=1)}
    sheets = (Module(name, Kind.SHEET) for name in sheet_names.values())
    return MacroProject(vba_project([workbook, *sheets, *others, *engine]), workbook.name, sheet_names)


def installed_xlwings() -> str:
    """Version of the installed xlwings whose RunPython goes into the workbooks that are built now.

    Raises:
        InputError: xlwings is not installed.
        FileError: It does not hold RunPython.
    """
    return xlwings_version(xlwings_modules())


def xlwings_inside(path: Path) -> str:
    """Version of the xlwings whose RunPython a workbook carries; "" without macros or without RunPython.

    Raises:
        FileError: The workbook or its macros cannot be read.
        InputError: The package that reads macros is not installed.
    """
    try:
        with zipfile.ZipFile(path) as package:
            if _PART not in package.namelist():
                return ""
            return xlwings_version(project_sources(package.read(_PART)))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise FileError(path.name, "its macros cannot be read.", "Make the workbook again.") from error


def conf_page() -> PageSpec:
    """The hidden sheet with the settings for RunPython that are the same on every machine.

    The interpreter is not among them: what stands here counts before what `workbook-cms setup` writes for the user.
    """

    def draw(workbook: Any, sheet: Any) -> None:
        for row, (setting, value) in enumerate(_CONF):
            sheet.write_string(row, 0, setting)
            sheet.write_string(row, 1, value)

    return PageSpec(CONF_SHEET, draw, hidden=True)
