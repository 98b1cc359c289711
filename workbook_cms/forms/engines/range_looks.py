"""How cells look in LibreOffice: colours, fonts, number formats, sizes, alignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from workbook_cms.forms.engines.guard import Part, guarded
from workbook_cms.forms.engines.uno_bridge import load

if TYPE_CHECKING:
    from workbook_cms.forms.engines.sheets import Sheet

__all__ = ["Font", "Looks"]

#: LibreOffice measures in hundredths of a millimetre, Excel in points.
_POINT = 2540 / 72
#: Excel's column width counts digits of 7 pixels and 5 pixels of margin, at 96 pixels an inch (ECMA-376, 18.3.1.13).
_DIGIT, _MARGIN, _PIXEL = 7, 5, 2540 / 96
_BOLD, _PLAIN = 150.0, 100.0
_HORIZONTAL = {
    "general": "STANDARD",
    "left": "LEFT",
    "center": "CENTER",
    "right": "RIGHT",
    "justify": "BLOCK",
    "fill": "REPEAT",
}
#: com.sun.star.table.CellVertJustify2
_VERTICAL = {"top": 1, "center": 2, "bottom": 3, "justify": 4}


def _rgb(number: int) -> tuple[int, int, int]:
    return number >> 16 & 255, number >> 8 & 255, number & 255


def _color(value: Any) -> int:
    """A colour as LibreOffice writes it, from (red, green, blue), ``#rrggbb`` or Excel's number (blue first)."""
    if isinstance(value, str):
        value = tuple(bytes.fromhex(value.removeprefix("#")))
    red, green, blue = value if isinstance(value, tuple) else reversed(_rgb(value))
    return int(red << 16 | green << 8 | blue)


def _points(length: float) -> float:
    return round(length / _POINT, 2)


@guarded
class Looks(Part):
    """The part of a range that is about its looks. On a protected sheet nothing of it can be changed."""

    api: Any
    sheet: Sheet
    shape: tuple[int, int]

    def refuse_formatting(self) -> None:
        """Raise when the sheet is protected."""
        raise NotImplementedError

    def _mixed(self, name: str) -> bool:
        return bool(self.api.getPropertyState(name).value == "AMBIGUOUS_VALUE")

    def _change(self, name: str, value: Any) -> None:
        self.refuse_formatting()
        self.api.setPropertyValue(name, value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The background."""
        number = self.api.CellBackColor
        return None if number < 0 else _rgb(number)

    @color.setter
    def color(self, value: Any) -> None:
        self._change("CellBackColor", -1 if value is None else _color(value))

    @property
    def font(self) -> Font:
        """The font."""
        return Font(self)

    @property
    def number_format(self) -> str | None:
        """The code of the number format; None when the cells differ."""
        if self._mixed("NumberFormat"):
            return None
        return self.sheet.book.formats.code(self.api.NumberFormat)

    @number_format.setter
    def number_format(self, value: str) -> None:
        self._change("NumberFormat", self.sheet.book.formats.key(value))

    @property
    def wrap_text(self) -> bool | None:
        """Whether texts are broken into lines; None when the cells differ."""
        return None if self._mixed("IsTextWrapped") else bool(self.api.IsTextWrapped)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self._change("IsTextWrapped", bool(value))

    @property
    def horizontal_alignment(self) -> str | None:
        """How it is aligned from left to right; None when the cells differ."""
        if self._mixed("HoriJustify"):
            return None
        native = self.api.HoriJustify.value
        return next((name for name, other in _HORIZONTAL.items() if other == native), "general")

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        enum = load().Enum("com.sun.star.table.CellHoriJustify", _HORIZONTAL[value])
        self._change("HoriJustify", enum)

    @property
    def vertical_alignment(self) -> str | None:
        """How it is aligned from top to bottom; None when the cells differ."""
        if self._mixed("VertJustify"):
            return None
        return next((name for name, other in _VERTICAL.items() if other == self.api.VertJustify), "bottom")

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self._change("VertJustify", _VERTICAL[value])

    @property
    def row_height(self) -> float | None:
        """Height of its rows in points; None when they differ."""
        rows = self.api.getRows()
        heights = {rows.getByIndex(number).Height for number in range(self.shape[0])}
        return _points(heights.pop()) if len(heights) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.refuse_formatting()
        self.api.getRows().Height = round(value * _POINT)

    @property
    def column_width(self) -> float | None:
        """Width of its columns in characters, as Excel counts them; None when they differ."""
        columns = self.api.getColumns()
        widths = {columns.getByIndex(number).Width for number in range(self.shape[1])}
        return round((widths.pop() / _PIXEL - _MARGIN) / _DIGIT, 2) if len(widths) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.refuse_formatting()
        self.api.getColumns().Width = round((value * _DIGIT + _MARGIN) * _PIXEL)

    @property
    def width(self) -> float:
        """Width in points."""
        return _points(self.api.Size.Width)

    @property
    def height(self) -> float:
        """Height in points."""
        return _points(self.api.Size.Height)

    @property
    def left(self) -> float:
        """Distance from the left edge of the sheet in points."""
        return _points(self.api.Position.X)

    @property
    def top(self) -> float:
        """Distance from the top edge of the sheet in points."""
        return _points(self.api.Position.Y)

    @property
    def row_hidden(self) -> bool:
        """Whether its rows are hidden."""
        return not self.api.getRows().IsVisible

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self.refuse_formatting()
        self.api.getRows().IsVisible = not value

    @property
    def column_hidden(self) -> bool:
        """Whether its columns are hidden."""
        return not self.api.getColumns().IsVisible

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self.refuse_formatting()
        self.api.getColumns().IsVisible = not value

    def autofit(self, axis: str | None = None) -> None:
        """Fit rows (``r``), columns (``c``) or both to what they hold."""
        self.refuse_formatting()
        if axis in (None, "c", "columns"):
            self.api.getColumns().OptimalWidth = True
        if axis in (None, "r", "rows"):
            self.api.getRows().OptimalHeight = True


@guarded
class Font(Part, base_classes.Font):
    """The font of a range; what differs between its cells is None."""

    def __init__(self, cells: Looks) -> None:
        self._cells = self.owner = cells

    def _get(self, name: str) -> Any:
        return None if self._cells._mixed(name) else self._cells.api.getPropertyValue(name)

    @property
    def api(self) -> Any:
        """LibreOffice's range, which holds the font's properties."""
        return self._cells.api

    @property
    def bold(self) -> bool | None:
        """Whether it is bold."""
        weight = self._get("CharWeight")
        return None if weight is None else bool(weight > _PLAIN)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._cells._change("CharWeight", _BOLD if value else _PLAIN)

    @property
    def italic(self) -> bool | None:
        """Whether it is slanted."""
        posture = self._get("CharPosture")
        return None if posture is None else bool(posture.value != "NONE")

    @italic.setter
    def italic(self, value: bool) -> None:
        enum = load().Enum("com.sun.star.awt.FontSlant", "ITALIC" if value else "NONE")
        self._cells._change("CharPosture", enum)

    @property
    def size(self) -> float | None:
        """Its size in points."""
        size: float | None = self._get("CharHeight")
        return size

    @size.setter
    def size(self, value: float) -> None:
        self._cells._change("CharHeight", float(value))

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Its colour; black where it is the automatic one."""
        number = self._get("CharColor")
        return None if number is None else _rgb(max(number, 0))

    @color.setter
    def color(self, value: Any) -> None:
        self._cells._change("CharColor", _color(value))

    @property
    def name(self) -> str | None:
        """Its name."""
        name: str | None = self._get("CharFontName")
        return name

    @name.setter
    def name(self, value: str) -> None:
        self._cells._change("CharFontName", value)
