"""How receipts, refusals, hits, changes and tables look in a terminal; plain text in, plain text out."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from validation.findings import MASK, Finding, Fix, Severity
from validation.vocabulary import Sensitivity
from workbook_cms.formats import plural
from workbook_cms.unseen import blanked

if TYPE_CHECKING:
    from workbook_cms.errors import EntryRefusedError
    from workbook_cms.receipts import MendedField, Receipt
    from workbook_cms.workbook import Workbook

__all__ = [
    "columns",
    "command",
    "diff",
    "in_colour",
    "one_line",
    "paragraph",
    "quoted",
    "receipt",
    "refusal",
    "typed",
]

_WIDEST = 48
_LABELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def in_colour(stream: TextIO) -> bool:
    """Whether a stream is a terminal that wants colours (https://no-color.org)."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def one_line(text: str) -> str:
    """Text as one line, without control characters that could steer a terminal."""
    return " ".join(blanked(text).split())


def quoted(value: object) -> str:
    """A value between quotation marks as a person would write it; "(blank)" for none."""
    if value is None or value == "":
        return "(blank)"
    from validation.frames import display  # noqa: PLC0415 - frames need pandas

    return f'"{blanked(display(value))}"'


def command(name: str, workbook: Path, *options: str) -> str:
    """A command as it can be typed, between backquotes, the name of the workbook quoted where it must be."""
    return f"`{typed('workbook-cms', name, workbook, *options)}`"


def typed(*words: object) -> str:
    """Words of a command as they can be typed, quoted where they must be."""
    texts = map(str, words)
    return " ".join(text if re.fullmatch(r"[\w./\\:~+,@%=-]+", text) else f'"{text}"' for text in texts)


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
        lines.append(
            f"Accepted for {what}, {given.state}: it is safe beside the workbook and goes in with the next write."
        )
        if given.waits:
            lines.append(paragraph(given.waits, "           ", "  waits    "))
    lines += [_mended(item) for item in given.mended if quoted(item.before) != quoted(item.after)]
    for finding in given.warnings:
        lines.append(_finding(finding))
    lines.append(f"  receipt  {given.entry_id}")
    return "\n".join(lines)


def _mended(item: MendedField) -> str:
    if isinstance(item.before, str) and not isinstance(item.after, (str, type(None))):
        return f"  read     {item.field}: {quoted(item.before)} as {_bare(item.after)}"
    return f"  mended   {item.field}: {quoted(item.before)} -> {quoted(item.after)}"


def _finding(finding: Finding) -> str:
    place = f"{finding.field}: " if finding.field else ""
    label = f"  {_LABELS[finding.severity]:<8} "
    return paragraph(f"{place}{finding.message} [{finding.code}]", " " * len(label), label)


def refusal(error: EntryRefusedError, values: Mapping[str, object], book: Workbook) -> str:
    """Why an entry was not taken, a finding at a time, the records it collides with beside it, and what to do."""
    findings = [finding for finding in error.findings if isinstance(finding, Finding)]
    # A doubt that another one tells the whole of ("see Contact email") comes after it.
    findings.sort(key=lambda finding: not finding.details.get("remedy", "whole"))
    lines = [f"Not saved. {error.place}: {error.problem}"]
    for number, finding in enumerate(findings):
        lines.append(_finding(finding))
        following = findings[number + 1] if number + 1 < len(findings) else None
        again = following and (following.field, following.suggestion) == (finding.field, finding.suggestion)
        if finding.suggestion is not None and not again:
            lines.append(f"           suggested: {quoted(finding.suggestion)}")
    for finding in findings:
        for key in finding.related if finding.code.startswith("DUP") else ():
            lines += _beside(finding, key, values, book)
    return "\n".join([*lines, error.remedy])


def _beside(finding: Finding, key: str, values: Mapping[str, object], book: Workbook) -> Iterator[str]:
    """The record ``key`` beside the entry, with how alike each field is."""
    try:
        other = book.table(finding.table).get(key)
    except KeyError:
        return  # one that waits in the journal has no key to look it up by
    alike = {
        part["field"]: part["level"] for part in finding.details.get("fields", ()) if part["level"] != "blank"
    }
    hidden = {f.label for f in book.table(finding.table).policy.fields if f.sensitivity is Sensitivity.SENSITIVE}
    rows = [
        (label, _bare(values.get(label)), _shown(other.get(label), label in hidden), alike.get(label, ""))
        for label in dict.fromkeys([*other, *values])
    ]
    table = columns(rows, ("Field", "your entry", key, "how alike"), 36)
    yield textwrap.indent(table, "           ")


def _shown(value: object, hidden: bool) -> str:
    return MASK if hidden and _bare(value) else _bare(value)


def _bare(value: object) -> str:
    return "" if value in (None, "") else quoted(value)[1:-1]


def diff(changes: Iterable[tuple[Finding, object, object]]) -> str:
    """Changes that ``--fix`` would make, as before and after."""
    lines = []
    count = 0
    for finding, before, after in changes:
        count += 1
        unsafe = " (unsafe)" if finding.fix is Fix.UNSAFE else ""
        lines.append(f"{finding.place} {finding.code}{unsafe}")
        lines.append(f"- {_bare(before) or '(blank)'}")
        lines.append(f"+ {_bare(after) or '(blank)'}")
    lines.append(f"{plural(count, 'cell')} would change; nothing was written." if count else "Nothing to mend.")
    return "\n".join(lines)
