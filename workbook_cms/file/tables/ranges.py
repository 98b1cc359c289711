"""The rules of a sheet that lie over ranges, grown and moved with its tables: formats, dropdowns, links, filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import unescape

from workbook_cms.file.sheets.rows import escape_formula
from workbook_cms.file.tables.growth import Growth, areas_of, sqref
from workbook_cms.file.tables.references import Area, Corner, Reference, rewritten

__all__ = ["grown_sorting", "grown_tail", "rewritten_formulas"]

_RULE = re.compile(
    rb"<(?P<name>(?:\w+:)?(?:conditionalFormatting|dataValidation))\b(?:[^>]*/>|.*?</(?P=name)>)", re.DOTALL
)
_SQREF = re.compile(rb'(\ssqref=")([^"]*)(?=")|(<(?:\w+:)?sqref>)([^<]*)(?=<)')
_FORMULA = re.compile(rb"(<(?:\w+:)?(?:formula[12]?|f)(?:\s[^>]*)?>)([^<]*)(?=<)")
#: Values of icon sets, colour scales and bars may be formulas too.
_LIMIT = re.compile(rb'(<cfvo\b[^>]*?type="formula"[^>]*?\sval=")([^"]*)(?=")')
_PLACED = re.compile(
    rb'(<(?:\w+:)?(?:ignoredError|protectedRange)\b[^>]*?\ssqref="|<(?:autoFilter|sortState|sortCondition)\b[^>]*?\sref=")'
    rb'([^"]*)(?=")'
)
#: What belongs to single cells: it moves with them, but new cells have none of their own.
_SINGLE = re.compile(rb'(<(?:mergeCell|hyperlink)\b[^>]*?\sref="|<cellWatch\b[^>]*?\sr=")([^"]*)(?=")')
_SPARKLINE = re.compile(rb"<(?P<name>\w+:sparkline)>.*?</(?P=name)>", re.DOTALL)
_GROUP = re.compile(rb"<(?P<name>\w+:sparklineGroup)\b.*?</(?P=name)>", re.DOTALL)
_LOST = re.compile(
    rb"<(?P<name>(?:\w+:)?(?:hyperlink|ignoredError|protectedRange|sortCondition|cellWatch))\b[^>]*?\s"
    rb'(?:ref|sqref|r)=""[^>]*(?:/>|>.*?</(?P=name)>)',
    re.DOTALL,
)
_EMPTY = re.compile(
    rb"<(?P<name>(?:\w+:)?(?:dataValidations|hyperlinks|ignoredErrors|protectedRanges|sortState|cellWatches|"
    rb"conditionalFormattings|sparklineGroups))\b[^>]*>\s*</(?P=name)>"
)
_COUNTED = re.compile(rb"<(?P<name>(?:\w+:)?dataValidations)\b[^>]*>.*?</(?P=name)>", re.DOTALL)
_SORTED = re.compile(rb'(<(?:sortState|sortCondition)\b[^>]*?\sref=")([^"]*)(?=")')


def grown_tail(tail: bytes, growths: Sequence[Growth], home: str) -> bytes:
    """What follows the rows of the sheet ``home``, with its rules where the tables' cells are after ``growths``."""
    for growth in growths:
        here = growth.sheet == home
        taken = _validated(tail) if here else []
        tail = _each(_RULE, lambda match, g=growth, t=taken: _rule(match[0], g, home, t), tail)  # type: ignore[misc]
        tail = _each(_SPARKLINE, lambda match, g=growth: _sparkline(match[0], g, home), tail)  # type: ignore[misc]
        if here:
            tail = _each(_PLACED, lambda match, g=growth: match[1] + _placed(match[2], g), tail)  # type: ignore[misc]
            tail = _each(_SINGLE, lambda match, g=growth: match[1] + _moved(match[2], g), tail)  # type: ignore[misc]
        if here and growth.removed:
            tail = _without_lost(tail)
    return tail


def _each(pattern: re.Pattern[bytes], change: Callable[[re.Match[bytes]], bytes], xml: bytes) -> bytes:
    """``pattern.sub(change, xml)``, which keeps a list of all pieces: 250 MB for 800,000 links of which none changes."""
    new, at = bytearray(), 0
    for match in pattern.finditer(xml):
        changed = change(match)
        if changed != match[0]:
            new += xml[at : match.start()]
            new += changed
            at = match.end()
    return bytes(new + xml[at:]) if at else xml


def grown_sorting(xml: bytes, growth: Growth) -> bytes:
    """A table part with the ranges that it is sorted by."""
    return _SORTED.sub(lambda match: match[1] + _placed(match[2], growth), xml)


def rewritten_formulas(xml: bytes, change: Sequence[Growth], home: str) -> bytes:
    """A part whose formulas (``<f>``, ``<formula>`` of whatever prefix) name where the tables' cells are."""

    def changed(match: re.Match[bytes]) -> bytes:
        old = unescape(match[2].decode())
        new = old
        for growth in change:
            new = growth.formula(new, home)
        return match[1] + (match[2] if new == old else escape_formula(new).encode())

    return _FORMULA.sub(changed, xml)


def _rule(xml: bytes, growth: Growth, home: str, taken: list[list[Area]]) -> bytes:
    """One conditional format or dropdown; b"" when no cell of it is left."""
    areas = next((areas_of((m[2] or m[4]).decode()) for m in _SQREF.finditer(xml)), None)
    down, over = 0, False
    if areas and growth.sheet == home:
        new = growth.places(areas)
        if b"dataValidation" in xml[:40]:
            new = _apart(areas, new, growth, taken)
        if not new:
            return b""
        if new != areas:
            ref = sqref(new).encode()
            xml = _SQREF.sub(lambda match: (match[1] or match[3]) + ref, xml)
        down = min(area.top for area in new) - min(area.top for area in areas)
        records = Area(growth.left, growth.first, growth.right, growth.end)
        over = growth.shifts and any(area.meets(records) for area in areas)

    def changed(match: re.Match[bytes]) -> bytes:
        old = unescape(match[2].decode())
        formula = _relative_to(old, growth, home, down, over=over)
        return match[1] + (match[2] if formula == old else escape_formula(formula).replace('"', "&quot;").encode())

    return _LIMIT.sub(changed, _FORMULA.sub(changed, xml))


def _relative_to(formula: str, growth: Growth, home: str, down: int, *, over: bool) -> str:
    """A rule's formula, whose relative references count from the rule's first cell, which went ``down``.

    ``over`` rows of which some go or come, such a reference names the record's own cells, whichever it is.
    """

    def moved(corner: Corner) -> Corner:
        return corner if corner.row_fixed else corner.moved(0, down) or corner

    def changed(reference: Reference) -> Reference | str | None:
        ends = [reference.first, *([reference.last] if reference.last else [])]
        fixed = [corner.row_fixed for corner in ends]
        if all(fixed) or (down == 0 and not over):
            return growth.reference(reference, home)
        if over and any(fixed):
            reference = growth.from_fixed(reference, home)
        return replace(reference, first=moved(reference.first), last=reference.last and moved(reference.last))

    return growth.kept(formula, rewritten(formula, changed), home)


def _validated(tail: bytes) -> list[list[Area]]:
    """The ranges of each dropdown."""
    found = []
    for match in _RULE.finditer(tail):
        if b"dataValidation" in match["name"]:
            for ref in _SQREF.finditer(match[0]):
                found.append(areas_of((ref[2] or ref[4]).decode()) or [])
    return found


def _apart(old: list[Area], new: list[Area], growth: Growth, taken: list[list[Area]]) -> list[Area]:
    """``new``, or ``old`` where another dropdown lies over the cells to come: a cell can have only one."""
    coming = [area._replace(top=growth.last + 1) for area in new if area.bottom > growth.last >= area.top - 1]
    others = [area for areas in taken if areas != old for area in areas]
    return old if any(area.meets(other) for area in coming for other in others if area not in old) else new


def _placed(refs: bytes, growth: Growth) -> bytes:
    areas = areas_of(refs.decode())
    new = growth.places(areas) if areas else None
    # What lies over no cell any more has no range; its element goes with `_without_lost`.
    return refs if new is None or new == areas else sqref(new).encode()


def _moved(refs: bytes, growth: Growth) -> bytes:
    areas = areas_of(refs.decode()) if growth.moves else None
    if not areas or (not growth.shifts and areas[0].top != growth.end):
        return refs
    return sqref(new for area in areas if (new := growth.area(area))).encode()


def _without_lost(tail: bytes) -> bytes:
    """The tail without links and marks whose cells are gone, and without lists that are empty then."""
    tail = _GROUP.sub(lambda match: match[0] if b":sparkline>" in match[0] else b"", _LOST.sub(b"", tail))
    for _ in range(2):
        tail = _EMPTY.sub(b"", tail)
    return _COUNTED.sub(_counted, tail)


def _counted(match: re.Match[bytes]) -> bytes:
    count = len(re.findall(rb"<(?:\w+:)?dataValidation\b", match[0]))
    return re.sub(rb'\scount="\d+"', b' count="%d"' % count, match[0], count=1)


def _sparkline(xml: bytes, growth: Growth, home: str) -> bytes:
    """One sparkline: the cells it draws, and the cell it stands in."""
    xml = rewritten_formulas(xml, [growth], home)
    if growth.sheet != home:
        return xml
    areas = next((areas_of((match[2] or match[4]).decode()) for match in _SQREF.finditer(xml)), None)
    if areas and not growth.places(areas):
        return b""
    return _SQREF.sub(lambda match: (match[1] or match[3]) + _placed(match[2] or match[4], growth), xml)
