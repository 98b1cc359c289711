"""What refers to a table's cells from anywhere in the workbook, taken along when the table's rows come, go or move.

Formulas of cells, names, print areas, charts, pivot tables and controls; the rules of sheets are in `file.tables.ranges`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import unescape

from workbook_cms.file.addresses import column_letters
from workbook_cms.file.container.members import parts_of_type
from workbook_cms.file.package import Package
from workbook_cms.file.sheets.edits import Raw, SheetEdit
from workbook_cms.file.sheets.rows import escape_formula
from workbook_cms.file.sheets.sheet import RowXml
from workbook_cms.file.tables.facts import facts_of, holds, may_change
from workbook_cms.file.tables.formula_cells import FormulaCell, SharedFormulas
from workbook_cms.file.tables.growth import Growth, areas_of, sqref
from workbook_cms.file.tables.references import Area
from workbook_cms.file.tables.structured import Rename

__all__ = ["FormulaChange", "changed_cells", "grown_columns", "grown_names", "grown_parts", "write_out"]

_NAME = re.compile(rb"(<definedName\b([^>]*)>)([^<]*)(?=</definedName>)")
_PRINTED = b'name="_xlnm.Print_Area"'
_CHART_FORMULA = re.compile(
    rb"(?P<open><(?P<f>(?:\w+:)?f)(?:\s[^>]*)?>)(?P<text>[^<]*)(?P<close></(?P=f)>)"
    # Charts of the newer kinds keep the values in levels right behind the formula.
    rb"(?P<cache>\s*<(?P<c>(?:\w+:)?(?:num|str|multiLvlStr)Cache)>.*?</(?P=c)>|(?:\s*<(?P<l>\w+:lvl)\b.*?</(?P=l)>)+)?",
    re.DOTALL,
)
_COLUMN_FORMULA = re.compile(rb"(<(calculatedColumnFormula|totalsRowFormula)\b[^>]*>)([^<]*)(?=<)")
_SOURCE = re.compile(rb"<worksheetSource\b[^>]*>")
_CACHE = re.compile(rb"<pivotCacheDefinition\b[^>]*>")
_REF = re.compile(rb'(\sref=")([^"]*)(?=")')
_SHEET = re.compile(rb'\ssheet="([^"]*)"')
#: Ranges that a control fills or reads, and the cell that a shape shows.
_LINKED = re.compile(rb'(\s(?:fmlaLink|fmlaRange|fmlaTxbx|textlink)=")([^"]*)(?=")')


def changed_cells(sheet: SheetEdit, change: FormulaChange, taken: Sequence[Area]) -> None:
    """Formulas in the cells of a sheet, where they name cells of the tables.

    Args:
        sheet: The sheet.
        change: What becomes of a formula.
        taken: Cells that tables rewrite themselves.
    """
    shared = False
    needles = change.needles
    for number, start, end in list(sheet.xml.rows()):
        xml = sheet.xml.text(start, end)
        if b"<f" not in xml:
            continue
        shared = shared or b'"shared"' in xml
        # Taking a row apart costs far more than a look whether it names any row in question.
        if needles and not any(needle in xml for needle in needles):
            continue
        for column, cell in RowXml(xml, sheet.place).cells.items():
            own = any(_holds(area, column, number) for area in taken)
            named = not needles or any(needle in cell for needle in needles)
            found = FormulaCell.of(cell) if named and not own else None
            if found is None or found.kind == "shared" or not found.text:
                continue
            new = change(found.text, column, number)
            if new != found.text:
                found.text = new
                sheet.put(number, {column: Raw(found.to_bytes(f"{column_letters(column)}{number}"))})
    if shared:
        _grown_shared(sheet, change, taken)


def _holds(area: Area, column: int, row: int) -> bool:
    return area.left <= column <= area.right and area.top <= row <= area.bottom


class FormulaChange:
    """What becomes of a formula in a cell of one sheet, by the place where it stood."""

    def __init__(self, sheet: str, part: str, growths: Sequence[Growth], renames: Sequence[Rename] = ()) -> None:
        self._sheet, self._part, self._growths, self._renames = sheet, part, growths, renames

    @property
    def needles(self) -> list[bytes]:
        """Texts of which a formula that changes with the tables holds one; [] where that cannot be said."""
        if self._renames or any(growth.shifts for growth in self._growths):
            return []
        return [b"%d" % row for growth in self._growths for row in growth.rows]

    def may_change(self, formula: str, height: int) -> bool:
        """Whether a formula, or one of its copies in the rows below, may change."""
        return bool(self._renames) or may_change(formula, height, self._growths)

    def __call__(self, formula: str, column: int, row: int) -> str:
        for growth in self._growths:
            own = (
                growth.sheet == self._sheet
                and growth.left <= column <= growth.right
                and growth.first <= row <= growth.last
            )
            formula = growth.formula(formula, self._sheet, own=own)
        for rename in self._renames:
            formula = rename.formula(formula, inside=rename.holds(self._part, column, row))
        return formula


def _grown_shared(sheet: SheetEdit, change: FormulaChange, taken: Sequence[Area]) -> None:
    """Formulas that cells share: where one of them changes, each cell of its group gets its own."""
    shared = SharedFormulas(sheet.xml)
    for number in shared.numbers:
        if not change.may_change(*shared.master(number)):
            continue
        places = [place for place in shared.places(number) if not any(place.meets(area) for area in taken)]
        texts = {place: shared.text(number, place) for place in places}
        new = {place: change(text, place.left, place.top) for place, text in texts.items()}
        if new == texts:
            continue
        for place, text in new.items():
            write_out(sheet, place, text)


def write_out(sheet: SheetEdit, place: Area, text: str) -> None:
    """Give a cell with a formula another, its own."""
    row = sheet.xml.row(place.top)
    found = FormulaCell.of(row.cells[place.left]) if row and place.left in row.cells else None
    if found:
        found.text, found.attributes = text, {}
        sheet.put(place.top, {place.left: Raw(found.to_bytes(f"{column_letters(place.left)}{place.top}"))})


def grown_names(xml: bytes, growths: Sequence[Growth]) -> bytes:
    """The workbook part with its defined names, print areas among them."""

    def changed(match: re.Match[bytes]) -> bytes:
        old = new = unescape(match[3].decode())
        for growth in growths:
            printed = growth.printed(new) if _PRINTED in match[2] else new
            new = growth.formula(new, "") if printed == new else printed
        return match[1] + (match[3] if new == old else escape_formula(new).encode())

    return _NAME.sub(changed, xml)


def grown_parts(package: Package, growths: Sequence[Growth]) -> dict[str, bytes]:
    """Charts, sources of pivot tables, controls and linked shapes that name cells of the tables, changed."""
    changed: dict[str, bytes] = {}

    def look(parts: list[str], change: Callable[[bytes], bytes]) -> None:
        for part in parts:
            old = package.plain(part)
            new = change(old)
            if new != old:
                changed[part] = new

    charts = parts_of_type(package, "chart+xml", "chartex+xml")
    look([part for part in charts if facts_of(package, part).touched(growths)], lambda xml: _chart(xml, growths))
    pivots = [
        part
        for part in parts_of_type(package, "pivotCacheDefinition+xml")
        if holds(package, part, b"worksheetSource")
    ]
    look(pivots, lambda xml: _pivot_source(xml, growths))
    controls = parts_of_type(package, "controlproperties+xml", "drawing+xml")
    look(
        [
            part
            for part in controls
            if holds(package, part, b'fmlaLink="', b'fmlaRange="', b'fmlaTxbx="', b'textlink="')
        ],
        lambda xml: _LINKED.sub(lambda match: _linked(match, growths), xml),
    )
    return changed


def grown_columns(xml: bytes, growths: Sequence[Growth], home: str, own: Growth | None) -> bytes:
    """The formulas of a table part on the sheet ``home``; ``own`` is what becomes of that table itself."""

    def changed(match: re.Match[bytes]) -> bytes:
        old = new = unescape(match[3].decode())
        for growth in growths:
            anchored = growth == own and match[2] == b"calculatedColumnFormula"
            new = growth.anchored(new, home) if anchored else growth.formula(new, home)
        return match[1] + (match[3] if new == old else escape_formula(new).encode())

    return _COLUMN_FORMULA.sub(changed, xml)


def _chart(xml: bytes, growths: Sequence[Growth]) -> bytes:
    """A chart: the values kept with a range that changes go, and are read from the cells when it is shown."""

    def changed(match: re.Match[bytes]) -> bytes:
        old = new = unescape(match["text"].decode())
        for growth in growths:
            new = growth.formula(new, "")
        if new == old:
            return match[0]
        return match["open"] + escape_formula(new).encode() + match["close"]

    return _CHART_FORMULA.sub(changed, xml)


def _linked(match: re.Match[bytes], growths: Sequence[Growth]) -> bytes:
    old = new = unescape(match[2].decode())
    for growth in growths:
        new = growth.formula(new, "")
    return match[1] + (match[2] if new == old else escape_formula(new).replace('"', "&quot;").encode())


def _pivot_source(xml: bytes, growths: Sequence[Growth]) -> bytes:
    """The source of a pivot table; it is told to read it anew when the workbook is opened."""
    source = _SOURCE.search(xml)
    ref, sheet = (_REF.search(source[0]), _SHEET.search(source[0])) if source else (None, None)
    if source is None or ref is None or sheet is None:
        return xml
    areas = areas_of(ref[2].decode()) or []
    new: list[Area | None] = list(areas)
    for growth in growths:
        if unescape(sheet[1].decode()) == growth.sheet:
            new = [area and growth.area(area) for area in new]
    if new == areas:
        return xml
    made = source[0].replace(ref[0], ref[1] + sqref(area for area in new if area).encode(), 1)
    xml = xml[: source.start()] + made + xml[source.end() :]
    return _CACHE.sub(_refreshed, xml, count=1)


def _refreshed(match: re.Match[bytes]) -> bytes:
    tag = re.sub(rb'\srefreshOnLoad="\w+"', b"", match[0])
    return tag[: len(b"<pivotCacheDefinition")] + b' refreshOnLoad="1"' + tag[len(b"<pivotCacheDefinition") :]
