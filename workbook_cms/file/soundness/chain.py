"""The calculation chain: every cell it lists must hold a formula, or Excel drops the chain and says so (18.6)."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Mapping

from workbook_cms.file.addresses import parse_range
from workbook_cms.file.guards import MAX_COLUMNS
from workbook_cms.file.plain import plain
from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.parts import Parts

__all__ = ["check_chain"]

_CELL = re.compile(rb"<c\s([^<>]*?)/?>")
_ATTRIBUTE = re.compile(rb'\b([ri])="([^"]*)"')


def check_chain(parts: Parts, flaws: Flaws, part: str, formulas: Mapping[int, array[int] | None]) -> None:
    """Hold the chain against ``formulas``: by the number of the sheet, places as `Seen.formulas` gives them.

    A sheet whose rows could not be looked at has None there.
    """
    name = parts.name(part)
    try:
        data = plain(parts.read(part))
    except ValueError:
        return  # noted where the part is looked at as a whole
    sheet = 1
    for match in _CELL.finditer(data):
        given = dict(_ATTRIBUTE.findall(match[1]))
        sheet = int(given.get(b"i", sheet))
        ref = given.get(b"r", b"").decode()
        box = parse_range(ref)
        if sheet not in formulas or box is None:
            flaws.add("calculation-chain", name, f"it lists the cell {ref!r} of a sheet that is not there.")
            continue
        held = formulas[sheet]
        if held is not None and not _holds(held, (box[1] - 1) * MAX_COLUMNS + box[0] - 1):
            flaws.add("calculation-chain", name, "it lists a cell that holds no formula.", ref)


def _holds(places: array[int], place: int) -> bool:
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place
