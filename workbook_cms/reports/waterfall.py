"""A pair's evidence as a picture: from what is likely beforehand, up and down field by field, to what it comes to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

__all__ = ["STYLE", "Step", "percent", "shown_bits", "waterfall"]

#: Sizes in pixels of the picture's own coordinates: labels, bars, then the number of bits.
_LABELS, _BARS, _NUMBERS = 222, 244, 54
_ROW, _BAR, _TOP, _BOTTOM = 24, 14, 6, 34
_WIDTH = _LABELS + _BARS + _NUMBERS
_LONGEST = 34
#: Odds that are marked below the bars, as bits: 1 to 1,000, even, 9 to 1, 1,000 to 1.
_MARKS = ((-9.966, "0.1 %"), (0.0, "50 %"), (9.966, "99.9 %"))

#: Blue and vermilion of Okabe and Ito (2008), which people with any colour blindness tell apart; what speaks against is
#: hatched and has a minus sign as well, so that a print in grey tells the same.
STYLE = """
.waterfall { width: 100%; max-width: 560px; height: auto; font: 12.5px system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
.waterfall text { fill: #1f2933; }
.waterfall .faint { fill: #52606d; }
.waterfall .strong { font-weight: 700; }
.waterfall .for { fill: #0072b2; }
.waterfall .against { fill: #fff; stroke: #b34700; stroke-width: 1.5; }
.waterfall .hatch { stroke: #d55e00; stroke-width: 1.6; }
.waterfall .before { fill: #9aa5b1; }
.waterfall .total { fill: #1f2933; }
.waterfall .axis { stroke: #9aa5b1; stroke-width: 1; }
.waterfall .mark { stroke: #d5dbe1; stroke-width: 1; stroke-dasharray: 3 3; }
.waterfall .link { stroke: #7b8794; stroke-width: 1; }
"""


@dataclass(frozen=True)
class Step:
    """What one field says.

    Attributes:
        label: Its name.
        words: How the two agree: ``same``, ``close in spelling``.
        bits: For (above 0) or against (below 0) one and the same.
    """

    label: str
    words: str
    bits: float


def waterfall(name: str, prior: float, steps: Sequence[Step], total: float, probability: float) -> ET.Element:
    """An ``svg`` element, whose text alternative tells all that it shows.

    Args:
        name: Unlike that of any other picture of the page; letters, digits and ``-``.
        prior: Bits before the fields are looked at.
        steps: The fields that say something, in the order in which they are shown.
        total: Bits in the end.
        probability: What that comes to.
    """
    rows = len(steps) + 2
    height = _TOP + _ROW * rows + _BOTTOM
    svg = ET.Element("svg", {
        "class": "waterfall", "viewBox": f"0 0 {_WIDTH} {height}", "role": "img",
        "aria-labelledby": f"{name}-title {name}-text",
    })  # fmt: skip
    ET.SubElement(svg, "title", {"id": f"{name}-title"}).text = "Evidence, in bits"
    ET.SubElement(svg, "desc", {"id": f"{name}-text"}).text = _told(prior, steps, total, probability)
    _hatching(svg, name)
    levels = [0.0, prior]
    for step in steps:
        levels.append(levels[-1] + step.bits)
    scale = _Scale([*levels, total])
    _axis(svg, scale, rows)
    _bar(svg, scale, 0, 0.0, prior, "before", name)
    _label(svg, 0, "Two records at random", "", prior)
    for row, (step, start) in enumerate(zip(steps, levels[1:], strict=False), start=1):
        _link(svg, scale, row, start)
        _bar(svg, scale, row, start, start + step.bits, "against" if step.bits < 0 else "for", name)
        _label(svg, row, step.label, step.words, step.bits)
    _bar(svg, scale, rows - 1, 0.0, total, "total", name)
    _label(svg, rows - 1, f"One and the same: {percent(probability)}", "", total, "strong")
    return svg


class _Scale:
    """Bits as places from left to right."""

    def __init__(self, levels: Sequence[float]) -> None:
        self.low, self.high = min(levels) - 1, max(levels) + 1

    def __call__(self, bits: float) -> float:
        return round(_LABELS + _BARS * (bits - self.low) / (self.high - self.low), 1)


def _hatching(svg: ET.Element, name: str) -> None:
    pattern = ET.SubElement(ET.SubElement(svg, "defs"), "pattern", {
        "id": f"{name}-hatch", "width": "5", "height": "5", "patternUnits": "userSpaceOnUse",
        "patternTransform": "rotate(45)",
    })  # fmt: skip
    ET.SubElement(pattern, "line", {"class": "hatch", "x1": "0", "y1": "0", "x2": "0", "y2": "5"})


def _axis(svg: ET.Element, scale: _Scale, rows: int) -> None:
    bottom = _TOP + _ROW * rows
    for bits, words in _MARKS:
        if scale.low < bits < scale.high:
            x = str(scale(bits))
            style = "axis" if bits == 0 else "mark"
            ET.SubElement(svg, "line", {"class": style, "x1": x, "x2": x, "y1": str(_TOP), "y2": str(bottom + 4)})
            _text(svg, float(x), bottom + 17, words, "faint", "middle")
    _text(svg, _LABELS, bottom + 31, "less likely", "faint", "start")
    _text(svg, _LABELS + _BARS, bottom + 31, "more likely", "faint", "end")


def _bar(svg: ET.Element, scale: _Scale, row: int, start: float, end: float, style: str, name: str) -> None:
    left, right = sorted((scale(start), scale(end)))
    place = {
        "x": str(left), "y": str(_TOP + _ROW * row + (_ROW - _BAR) / 2), "height": str(_BAR),
        "width": str(round(max(right - left, 1.5), 1)),
    }  # fmt: skip
    ET.SubElement(svg, "rect", {"class": style, **place})
    if style == "against":
        ET.SubElement(svg, "rect", {"fill": f"url(#{name}-hatch)", **place})


def _link(svg: ET.Element, scale: _Scale, row: int, bits: float) -> None:
    """The thin line from the end of one bar down to the beginning of the next."""
    x, y = str(scale(bits)), _TOP + _ROW * row
    inset = (_ROW - _BAR) / 2
    ET.SubElement(svg, "line", {"class": "link", "x1": x, "x2": x, "y1": str(y - inset), "y2": str(y + inset)})


def _label(svg: ET.Element, row: int, label: str, words: str, bits: float, style: str = "") -> None:
    y = _TOP + _ROW * row + _ROW / 2 + 4
    text = _text(svg, 0, y, _short(label, _LONGEST - min(len(words), _LONGEST // 2)), style, "start")
    if words:
        ET.SubElement(text, "tspan", {"class": "faint", "dx": "5"}).text = _short(
            words, _LONGEST - len(text.text or "")
        )
    _text(svg, _WIDTH, y, shown_bits(bits), style, "end")


def _text(svg: ET.Element, x: float, y: float, words: str, style: str, anchor: str) -> ET.Element:
    place = {"x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor}
    element = ET.SubElement(svg, "text", {"class": style, **place} if style else place)
    element.text = words
    return element


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: max(longest - 1, 1)].rstrip() + "…"


def _told(prior: float, steps: Sequence[Step], total: float, probability: float) -> str:
    parts = [f"Two records at random: {shown_bits(prior)} bits"]
    parts += [f"{step.label}, {step.words}: {shown_bits(step.bits)}" for step in steps]
    return f"{'; '.join(parts)}; together {shown_bits(total)} bits, {percent(probability)} that they are one."


def shown_bits(bits: float) -> str:
    """Bits with their sign, a real minus: ``+4.2``, ``−0.5``."""
    return f"{bits:+.1f}".replace("-", "−") if abs(bits) >= 0.05 else "0.0"


def percent(probability: float) -> str:
    """A probability in per cent, cut, not rounded: 100 % is said of nothing that is only likely."""
    digits = 1 if probability > 0.99 or probability < 0.01 else 0
    return f"{math.floor(min(probability, 0.9999) * 100 * 10**digits) / 10**digits:g} %"
