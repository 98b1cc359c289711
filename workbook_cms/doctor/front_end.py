"""What a front-end says of itself, read from its file."""

from __future__ import annotations

from workbook_cms.errors import FileError
from workbook_cms.file.addresses import parse_range
from workbook_cms.file.guards import parse_xml
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_cells
from workbook_cms.forms.settings import SETTINGS_NAME, FrontEndSettings

__all__ = ["front_end_settings"]


def front_end_settings(package: Package) -> FrontEndSettings | None:
    """The settings block of a workbook with forms, None where it has none.

    Raises:
        FileError: The block is damaged.
    """
    root = parse_xml(package.read(package.workbook_part), package.place, package.workbook_part)
    names = {item.get("name"): item.text or "" for item in root.iter() if item.tag.endswith("}definedName")}
    sheet, _, ref = names.get(SETTINGS_NAME, "").rpartition("!")
    if not ref:
        return None
    place = parse_range(ref.replace("$", ""))
    if place is None:
        raise FileError(package.place, f"the name {SETTINGS_NAME} leads nowhere.", "Make the front-end again.")
    left, top, _, bottom = place
    rows = read_cells(package, sheet.strip("'").replace("''", "'"))[top - 1 : bottom]
    return FrontEndSettings.from_rows([row[left - 1 : left + 1] for row in rows])
