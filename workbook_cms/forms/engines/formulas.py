"""Formulas between the notation of Excel (A1, English names, commas) and that of LibreOffice's API."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from workbook_cms.forms.engines.uno_bridge import struct

__all__ = ["Formulas"]

#: com.sun.star.sheet.AddressConvention
_OOO, _XL_OOX = 0, 3


class Formulas:
    """Translates the formulas of one open workbook."""

    def __init__(self, document: Any) -> None:
        self._document = document

    @cached_property
    def _excel(self) -> Any:
        return self._parser(_XL_OOX)

    @cached_property
    def _api(self) -> Any:
        return self._parser(_OOO)

    def _parser(self, convention: int) -> Any:
        parser = self._document.createInstance("com.sun.star.sheet.FormulaParser")
        parser.CompileEnglish = True
        parser.FormulaConvention = convention
        return parser

    def native(self, formula: str, corner: Any, row: int, column: int) -> str:
        """A formula of Excel as `setFormulaArray` takes it, for the cell that lies there from the corner of a range."""
        cell = _cell(corner, row, column)
        return "=" + str(self._api.printFormula(self._excel.parseFormula(formula[1:], cell), cell))

    def excel(self, formula: str, corner: Any, row: int, column: int) -> str:
        """The reverse of `native`."""
        cell = _cell(corner, row, column)
        return "=" + str(self._excel.printFormula(self._api.parseFormula(formula[1:], cell), cell))

    def moved(self, formula: str, corner: Any, row: int, column: int) -> str:
        """A formula written for the corner of a range, as it reads when it is filled down and right to a cell."""
        tokens = self._excel.parseFormula(formula[1:], _cell(corner, 0, 0))
        return "=" + str(self._excel.printFormula(tokens, _cell(corner, row, column)))

    def tokens(self, formula: str) -> Any:
        """A formula of Excel, with or without its equals sign, as names take it."""
        return self._excel.parseFormula(formula.removeprefix("="), struct("table.CellAddress", 0, 0, 0))

    def text(self, tokens: Any) -> str:
        """The reverse of `tokens`, with an equals sign."""
        return "=" + str(self._excel.printFormula(tokens, struct("table.CellAddress", 0, 0, 0)))


def _cell(corner: Any, row: int, column: int) -> Any:
    return struct("table.CellAddress", corner.Sheet, corner.StartColumn + column, corner.StartRow + row)
