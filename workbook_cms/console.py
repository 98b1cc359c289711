"""How receipts, refusals, hits, changes and tables look in a terminal; plain text in, plain text out."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from validation.findings import Finding, Fix, Severity
from workbook_cms.formats import plural

if TYPE_CHECKING:
    from workbook_cms.records import Receipt

__all__ = ["columns", "diff", "in_colour", "one_line", "paragraph", "quoted", "receipt", "refusal", "side_by_side"]

_WIDEST = 48
_LABELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def in_colour(stream: TextIO) -> bool:
    """Whether a stream is a terminal that wants colours (https://no-color.org)."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def one_line(text: str) -> str:
    """Text as one line, without control characters that could steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def quoted(value: object) -> str:
    """A value between quotation marks as a person would write it; "(blank)" for none."""
    if value is None or value == "":
        return "(blank)"
    from validation.frames import display  # noqa: PLC0415 - frames need pandas

    return f'"{one_line(display(value))}"'


def paragraph(text: str, indent: str = "", first: str | None = None) -> str:
    """Text folded to the terminal's width, at most 100 characters."""
    width = min(shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100, 100)
    return textwrap.fill(
        one_line(text),
        max(width, 40),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns(rows: Sequence[Sequence[object]], heads: Sequence[str], widest: int = _WIDEST) -> str:
    """Rows under heads, each column as wide as its longest value; longer than ``widest`` is cut with an ellipsis."""
    cells = [[_cut(one_line("" if value is None else str(value)), widest) for value in row] for row in rows]
    widths = [max(len(r[i]) for r in [list(heads), *cells]) for i in range(len(heads))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    head = "  ".join(text.ljust(width) for text, width in zip(heads, widths, strict=True)).rstrip()
    return "\n".join([head, "  ".join("-" * width for width in widths), *lines])


def _cut(text: str, widest: int) -> str:
    return text if len(text) <= widest else text[: widest - 1] + "…"


def receipt(given: Receipt, verb: str = "Added") -> str:
    """What an accepted entry gets: where it is, what was mended, what to look at."""
    lines = []
    if given.state == "written":
        lines.append(f"{verb} {given.key} in {given.table} ({given.cell}).")
    else:
        what = f"{given.table} {given.key}".strip()
        lines.append(f"Accepted for {what}, {given.state}: it is safe beside the workbook and goes in by itself.")
    for item in given.mended:
        lines.append(f"  mended   {item.field}: {quoted(item.before)} -> {quoted(item.after)}")
    for finding in given.warnings:
        lines.append(_finding(finding))
    lines.append(f"  receipt  {given.entry_id}")
    return "\n".join(lines)


def _finding(finding: Finding) -> str:
    place = f"{finding.field}: " if finding.field else ""
    label = f"  {_LABELS[finding.severity]:<8} "
    return paragraph(f"{place}{finding.message} [{finding.code}]", " " * len(label), label)


def refusal(place: str, problem: str, remedy: str, findings: Iterable[Finding]) -> str:
    """Why an entry was not taken, a finding at a time, and what to do."""
    lines = [f"Not saved. {place}: {problem}"]
    for finding in findings:
        lines.append(_finding(finding))
        if finding.suggestion is not None:
            lines.append(f"           suggested: {quoted(finding.suggestion)}")
    lines.append(remedy)
    return "\n".join(lines)


def side_by_side(mine: Mapping[str, Any], other: Mapping[str, Any], heads: tuple[str, str]) -> str:
    """Two records field by field, those fields that one of them fills; what differs is marked."""
    rows = []
    for label in dict.fromkeys([*other, *mine]):
        left, right = _shown(mine.get(label)), _shown(other.get(label))
        if left or right:
            rows.append(("" if left == right or not left or not right else "*", label, left, right))
    return textwrap.indent(columns(rows, ("", "Field", *heads), 36), "    ")


def _shown(value: object) -> str:
    return "" if value is None else quoted(value).strip('"').replace("(blank)", "")


def diff(changes: Iterable[tuple[Finding, object, object]]) -> str:
    """Changes that ``--fix`` would make, as before and after."""
    lines = []
    count = 0
    for finding, before, after in changes:
        count += 1
        unsafe = " (unsafe)" if finding.fix is Fix.UNSAFE else ""
        lines.append(f"{finding.place} {finding.code}{unsafe}")
        lines.append(f"- {_value(before)}")
        lines.append(f"+ {_value(after)}")
    lines.append(f"{plural(count, 'cell')} would change; nothing was written." if count else "Nothing to mend.")
    return "\n".join(lines)


def _value(value: object) -> str:
    return quoted(value)[1:-1] if value not in (None, "") else "(blank)"
