"""Changes to the shape of a workbook as bytes: table parts, columns of a sheet, dropdowns, defined names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from workbook_cms.errors import FileError
from workbook_cms.file.sheets.rows import escape_attribute, escape_text

__all__ = [
    "Calculation",
    "add_column",
    "calculations",
    "check_table_xml",
    "define_names",
    "rename_column",
    "set_range",
    "with_column",
    "with_full_calculation",
    "with_validations",
]

_TABLE = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*"
    rb'<table\b[^>]*?\bxmlns="(?:http://schemas\.openxmlformats\.org/spreadsheetml/2006|http://purl\.oclc\.org/ooxml/spreadsheetml)/main"[^>]*>'
)
_REF = re.compile(rb'(\sref=")[^"]*(")')
_INSERT_ROW = re.compile(rb'\sinsertRow(?:Shift)?="\w+"')
_WHOLE_COLUMN = re.compile(rb"<tableColumn\b(?:[^>]*/>|.*?</tableColumn>)", re.DOTALL)
_CALCULATION = re.compile(rb"<calculatedColumnFormula\b([^>]*)>(.*?)</calculatedColumnFormula>", re.DOTALL)
_AUTO_FILTER = re.compile(rb"<autoFilter\b[^>]*>")
_COLUMNS = re.compile(rb'(<tableColumns\b[^>]*?count=")(\d+)("[^>]*>)')
_COLUMN = re.compile(rb"<tableColumn\b[^>]*>")
_NAME = re.compile(rb'(\sname=")[^"]*(")')
_ID = re.compile(rb'\sid="(\d+)"')
_WORKBOOK = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*"
    rb'<workbook\b[^>]*?\bxmlns="(?:http://schemas\.openxmlformats\.org/spreadsheetml/2006|http://purl\.oclc\.org/ooxml/spreadsheetml)/main"'
)
_CALC = re.compile(rb"<calcPr\b([^>]*?)(/?)>")
_DEFINED_NAME = re.compile(rb"<definedName\b([^>]*)>.*?</definedName>", re.DOTALL)
_COLS = re.compile(rb"<cols>.*?</cols>", re.DOTALL)
_COL = re.compile(rb"<col\b[^>]*/>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_VALIDATIONS = re.compile(rb"<dataValidations\b[^>]*?(?:/>|>.*?</dataValidations>)", re.DOTALL)
#: What may follow ``dataValidations`` in a worksheet (ECMA-376 part 1, CT_Worksheet), in that order.
_AFTER_VALIDATIONS = re.compile(
    rb"<(?:hyperlinks|printOptions|pageMargins|pageSetup|headerFooter|rowBreaks|colBreaks|customProperties|"
    rb"cellWatches|ignoredErrors|smartTags|drawing|legacyDrawing|legacyDrawingHF|drawingHF|picture|oleObjects|"
    rb"controls|webPublishItems|tableParts|extLst)[\s/>]|</worksheet>|<mc:AlternateContent"
)
#: What may follow ``definedNames`` in a workbook (CT_Workbook).
_AFTER_NAMES = re.compile(
    rb"<(?:calcPr|oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing|"
    rb"fileRecoveryPr|webPublishObjects|extLst)[\s/>]|</workbook>"
)


def check_table_xml(xml: bytes, place: str) -> None:
    """Refuse a table part that is not written the usual way.

    Raises:
        FileError: prefixed, strict or in another encoding.
    """
    if not _TABLE.match(xml):
        raise FileError(
            place,
            "The table cannot be changed safely: it was saved in a form that only some programs use.",
            "Open it in Excel and save it there.",
        )


def set_range(xml: bytes, ref: str, filtered: str) -> bytes:
    """A table part with its range set to ``ref``, and that of its filter to ``filtered``, which has no totals row.

    The mark of a table whose only row is the blank one is taken away, since it has a record now.
    """

    def changed(match: re.Match[bytes], to: str) -> bytes:
        return _REF.sub(lambda found: found[1] + to.encode() + found[2], match[0], count=1)

    opening = _TABLE.sub(lambda match: _INSERT_ROW.sub(b"", changed(match, ref)), xml, count=1)
    return _AUTO_FILTER.sub(lambda match: changed(match, filtered), opening, count=1)


@dataclass(frozen=True)
class Calculation:
    """The formula of a calculated column as the table part holds it, made for the first record."""

    formula: str
    array: bool


def calculations(xml: bytes) -> list[Calculation | None]:
    """For each column of a table part its formula, or None where it has none."""
    found = []
    for column in _WHOLE_COLUMN.findall(xml):
        match = _CALCULATION.search(column)
        array = match is not None and b'array="1"' in match[1]
        found.append(Calculation(unescape(match[2].decode()), array) if match else None)
    return found


def rename_column(xml: bytes, index: int, label: str) -> bytes:
    """A table part with the column at ``index`` (from 0) called ``label``."""
    found = list(_COLUMN.finditer(xml))[index]
    tag = _NAME.sub(lambda name: name[1] + escape_attribute(label).encode() + name[2], found[0], count=1)
    return xml[: found.start()] + tag + xml[found.end() :]


def add_column(xml: bytes, label: str) -> bytes:
    """A table part with one more column at its right; its id is new, as Excel never uses one twice."""
    ids = [int(match[1]) for tag in _COLUMN.findall(xml) if (match := _ID.search(tag))]
    new = f'<tableColumn id="{max(ids, default=0) + 1}" name="{escape_attribute(label)}"/>'.encode()
    end = xml.index(b"</tableColumns>")
    xml = xml[:end] + new + xml[end:]
    return _COLUMNS.sub(lambda found: b"%s%d%s" % (found[1], int(found[2]) + 1, found[3]), xml, count=1)


def with_column(head: bytes, number: int, width: float, style: int) -> bytes:
    """The head of a sheet with width and style of one column set; ``number`` counts from 1."""
    new = f'<col min="{number}" max="{number}" width="{width + 0.7109375:g}" style="{style}" customWidth="1"/>'
    found = _COLS.search(head)
    if found is None:
        return head.replace(b"<sheetData", b"<cols>" + new.encode() + b"</cols><sheetData", 1)
    items: list[tuple[int, bytes]] = [(number, new.encode())]
    for item in _COL.findall(found[0]):
        attributes = dict(_ATTRIBUTE.findall(item))
        first, last = int(attributes[b"min"]), int(attributes[b"max"])
        # A stretch that covers the column is cut in two around it.
        for left, right in ((first, min(last, number - 1)), (max(first, number + 1), last)):
            if left <= right:
                part = re.sub(rb'\smin="\d+"', b' min="%d"' % left, item)
                items.append((left, re.sub(rb'\smax="\d+"', b' max="%d"' % right, part)))
    block = b"<cols>" + b"".join(item for _, item in sorted(items)) + b"</cols>"
    return head[: found.start()] + block + head[found.end() :]


def with_validations(tail: bytes, xml: bytes) -> bytes:
    """What follows the rows of a sheet with its ``<dataValidations>`` replaced; b"" takes them away."""
    found = _VALIDATIONS.search(tail)
    if found:
        return tail[: found.start()] + xml + tail[found.end() :]
    after = _AFTER_VALIDATIONS.search(tail)
    at = after.start() if after else len(tail)
    return tail[:at] + xml + tail[at:]


def define_names(xml: bytes, names: Mapping[str, str], place: str) -> bytes:
    """The workbook part with defined names (name -> reference without ``=``) added, or replaced where they exist.

    Raises:
        FileError: a workbook part that is not written the usual way.
    """
    _check_workbook(xml, place)
    waiting = {name.lower(): name for name in names}

    def element(name: str) -> bytes:
        target = escape_text(names[name].lstrip("="))
        return f'<definedName name="{escape_attribute(name)}">{target}</definedName>'.encode()

    def replaced(match: re.Match[bytes]) -> bytes:
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        known = attributes.get(b"name", b"").decode().lower()
        if b"localSheetId" in attributes or known not in waiting:
            return match[0]
        return element(waiting.pop(known))

    xml = _DEFINED_NAME.sub(replaced, xml).replace(b"<definedNames/>", b"")
    new = b"".join(element(name) for name in waiting.values())
    if not new:
        return xml
    if b"</definedNames>" in xml:
        return xml.replace(b"</definedNames>", new + b"</definedNames>", 1)
    after = _AFTER_NAMES.search(xml)
    at = after.start() if after else len(xml)
    return xml[:at] + b"<definedNames>" + new + b"</definedNames>" + xml[at:]


def with_full_calculation(xml: bytes, place: str) -> bytes:
    """The workbook part told to calculate every formula when it is opened, or Excel would trust stale values.

    Raises:
        FileError: a workbook part that is not written the usual way.
    """
    found = _CALC.search(xml)
    if found and b'fullCalcOnLoad="1"' in found[1]:
        return xml
    _check_workbook(xml, place)
    if found:
        kept = re.sub(rb'\sfullCalcOnLoad="\w*"', b"", found[1]).rstrip()
        return (
            xml[: found.start()]
            + b"<calcPr"
            + kept
            + b' fullCalcOnLoad="1"'
            + found[2]
            + b">"
            + xml[found.end() :]
        )
    after = re.search(_AFTER_NAMES.pattern.replace(b"calcPr|", b""), xml)
    at = after.start() if after else len(xml)
    return xml[:at] + b'<calcPr fullCalcOnLoad="1"/>' + xml[at:]


def _check_workbook(xml: bytes, place: str) -> None:
    if not _WORKBOOK.match(xml):
        raise FileError(
            place,
            "The workbook cannot be changed safely: it was saved in a form that only some programs use.",
            "Open it in Excel and save it there.",
        )
