"""Long lines of a panel folded to its width: its cells are not wrapped, or the rows of the form would grow with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook_cms.forms.answers import Line, Look

__all__ = ["arranged", "folded"]

_WIDTH = 396
"""Pixels of text that a line takes, in Calibri 11: the column without its edges and indent."""
_BOLD = 1.06  # bold letters are so much wider
_HEAVY = (Look.HEADING, Look.STRONG, Look.ALERT)
_INDENT = "    "
_DOT = "·"  # stands between facts, not at the edge of a line
_ABOVE = 8  # rows that a small window shows above its last one, the title not counted


def arranged(lines: Sequence[Line], height: int, at: int = 0) -> list[Line]:
    """The lines as they fill a panel of ``height`` rows.

    Args:
        lines: What is to be shown.
        height: Rows of the panel.
        at: Row of the panel beside which the cursor goes: what is told must be on the screen with it, and begins some
            rows above it where the form is long.
    """
    shown = folded(lines)
    if len(shown) > height > 0:
        shown[height - 1 :] = [Line(f"... and {len(shown) - height + 1} more lines.", Look.QUIET)]
    start = max(0, min(at - _ABOVE, height - len(shown)))
    return [*[Line("")] * start, *shown, *[Line("")] * (height - start - len(shown))][:height]


def folded(lines: Sequence[Line]) -> list[Line]:
    """The lines, each long one as several of the same look; the following ones are indented."""
    return [Line(text, line.look) for line in lines for text in _pieces(line)]


def _pieces(line: Line) -> Iterator[str]:
    from xlsxwriter.utility import xl_pixel_width  # noqa: PLC0415 - not needed where nothing is shown

    room = _WIDTH / (_BOLD if line.look in _HEAVY else 1)
    piece = ""
    for at, word in enumerate(line.text.split(" ")):
        longer = f"{piece} {word}" if at else word
        if piece.strip() and xl_pixel_width(longer) > room:
            yield piece.removesuffix(f" {_DOT}")
            longer = _INDENT[:-1] if word == _DOT else _INDENT + word
        while xl_pixel_width(longer) > room:  # a word that no line takes, such as the address of a web page
            fits = next(n for n in range(len(longer) - 1, 0, -1) if xl_pixel_width(longer[:n]) <= room)
            yield longer[:fits]
            longer = _INDENT + longer[fits:]
        piece = longer
    yield piece
