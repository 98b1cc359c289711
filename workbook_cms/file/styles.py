"""The cell styles of a workbook: looked up by number format, and new ones added at the end, as bytes."""

from __future__ import annotations

import datetime as dt
import re

from workbook_cms.errors import FileError
from workbook_cms.file.layout import CellStyle

__all__ = ["Styles"]

_NUM_FORMAT = re.compile(rb"<numFmt\b[^>]*>")
_XF = re.compile(rb"<xf\b[^>]*?(?:/>|>.*?</xf>)", re.DOTALL)
_CELL_XFS = re.compile(rb"<cellXfs\b[^>]*?>(.*?)</cellXfs>", re.DOTALL)
_NUM_FORMATS = re.compile(rb"<numFmts\b[^>]*?>(.*?)</numFmts>", re.DOTALL)
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
#: Number formats that need no entry in the workbook (ECMA-376 part 1, 18.8.30).
_BUILT_IN = {0: "General", 1: "0", 4: "#,##0.00", 14: "mm-dd-yy", 21: "h:mm:ss", 22: "m/d/yy h:mm", 49: "@"}
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_FIRST_OWN_FORMAT = 164
#: Number format of each kind of column, as the builder uses them.
_FORMATS = {
    CellStyle.TEXT: "@",
    CellStyle.WRAPPED: "@",
    CellStyle.DATE: "d mmm yyyy",
    CellStyle.INTEGER: "0",
    CellStyle.NUMBER: "#,##0.00",
    CellStyle.BOOLEAN: "General",
}
_DATE, _MOMENT, _TIME = "d mmm yyyy", "d mmm yyyy hh:mm:ss", "hh:mm:ss"


class Styles:
    """``styles.xml`` of one workbook; :attr:`data` is None-safe to compare with the original to see a change."""

    def __init__(self, data: bytes, place: str) -> None:
        """Read the cell formats of ``data``.

        Raises:
            FileError: the part is not built in the usual way.
        """
        self.data = data
        self._place = place
        found = _CELL_XFS.search(data)
        if found is None:
            raise FileError(
                place, "The styles of the workbook cannot be understood.", "Open it in Excel and save it."
            )
        self._xfs = _XF.findall(found[1])
        self._codes = dict(_BUILT_IN)
        if own := _NUM_FORMATS.search(data):
            for item in _NUM_FORMAT.findall(own[1]):
                attributes = dict(_ATTRIBUTE.findall(item))
                if attributes.get(b"numFmtId", b"").isdigit():
                    self._codes[int(attributes[b"numFmtId"])] = _unescaped(attributes.get(b"formatCode", b""))
        self._dated: dict[tuple[int, str], int] = {}

    def __len__(self) -> int:
        return len(self._xfs)

    def is_date(self, style: int) -> bool:
        """Whether cells of that style show their number as a date or time."""
        number = self._format_of(style)
        if number in _BUILT_IN_DATES:
            return True
        code = _QUOTED.sub("", self._codes.get(number, "")).lower()
        return any(letter in code for letter in "ymdhs") and "general" not in code

    def dated(self, style: int, value: dt.date | dt.time) -> int:
        """The style itself when it shows dates, otherwise its twin that does; a time of day needs one that shows it."""
        has_time = isinstance(value, dt.time) or (isinstance(value, dt.datetime) and value.time() != dt.time())
        code = _TIME if isinstance(value, dt.time) else _MOMENT if has_time else _DATE
        if (style, code) not in self._dated:
            fits = self.is_date(style) and (not has_time or self._shows_time(style))
            self._dated[style, code] = style if fits else self._variant(style, code)
        return self._dated[style, code]

    def like(self, style: int, kind: CellStyle) -> int:
        """A style as ``style`` (font, lines, protection) with the number format of ``kind``."""
        return self._variant(style, _FORMATS[kind], wrap=kind is CellStyle.WRAPPED)

    def _shows_time(self, style: int) -> bool:
        number = self._format_of(style)
        return number in (18, 19, 20, 21, 22, 45, 46, 47) or "h" in self._codes.get(number, "").lower()

    def _format_of(self, style: int) -> int:
        if not 0 <= style < len(self._xfs):
            return 0
        number = dict(_ATTRIBUTE.findall(self._xfs[style].partition(b">")[0])).get(b"numFmtId", b"0")
        return int(number) if number.isdigit() else 0

    def _variant(self, style: int, code: str, wrap: bool = False) -> int:
        base = self._xfs[style if 0 <= style < len(self._xfs) else 0]
        opening, _, body = base.partition(b">")
        opening = opening.rstrip(b"/")
        number = b'numFmtId="%d"' % self._number_of(code)
        opening = (
            re.sub(rb'numFmtId="\d+"', number, opening) if b"numFmtId=" in opening else opening + b" " + number
        )
        opening = re.sub(rb'\s+applyNumberFormat="\w+"', b"", opening) + b' applyNumberFormat="1"'
        if wrap and b"wrapText" not in body:
            opening = re.sub(rb'\s+applyAlignment="\w+"', b"", opening) + b' applyAlignment="1"'
            body = (
                body.replace(b"<alignment", b'<alignment wrapText="1"', 1)
                if b"<alignment" in body
                else b'<alignment wrapText="1"/>' + body
            )
        elif not wrap:
            body = re.sub(rb'\s+wrapText="\w+"', b"", body)
        made = opening + b">" + (body if body.endswith(b"</xf>") else body + b"</xf>") if body else opening + b"/>"
        if made in self._xfs:
            return self._xfs.index(made)
        self._xfs.append(made)
        self.data = _grown(self.data, b"cellXfs", made, len(self._xfs))
        return len(self._xfs) - 1

    def _number_of(self, code: str) -> int:
        for number, known in self._codes.items():
            if known == code and number != 14:
                return number
        number = max(_FIRST_OWN_FORMAT - 1, *self._codes) + 1
        self._codes[number] = code
        item = b'<numFmt numFmtId="%d" formatCode="%s"/>' % (number, code.encode())
        own = sum(known >= _FIRST_OWN_FORMAT for known in self._codes)
        if _NUM_FORMATS.search(self.data):
            self.data = _grown(self.data, b"numFmts", item, own)
        else:
            block = b'<numFmts count="1">' + item + b"</numFmts>"
            self.data = re.sub(rb"(<styleSheet\b[^>]*>)", lambda found: found[1] + block, self.data, count=1)
        return number


def _grown(data: bytes, name: bytes, item: bytes, count: int) -> bytes:
    """``data`` with ``item`` at the end of the list ``name``, its count set."""
    end = data.index(b"</" + name + b">")
    data = data[:end] + item + data[end:]
    return re.sub(
        rb"(<" + name + rb'\b[^>]*?count=")\d+(")',
        lambda found: b"%s%d%s" % (found[1], count, found[2]),
        data,
        count=1,
    )


def _unescaped(code: bytes) -> str:
    text = code.decode()
    for name, character in (("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(name, character)
    return text
