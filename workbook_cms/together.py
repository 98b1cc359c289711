"""Rows that come in together: each is held against those that can go in, not against those that are held back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from validation.duplicates.explanation import row_of_import
from validation.findings import CellValue, Finding
from workbook_cms.receipts import Prepared, stopping

__all__ = ["prepare_together"]

_Given = Sequence[Mapping[str, CellValue]]
#: How often rows are looked at again without those that are held back. What is open after that is held back too.
_AGAIN = 2


def prepare_together(prepare: Callable[[_Given], Prepared], given: _Given, override: str) -> Prepared:
    """Rows of an import made ready for the door. Of rows that are one the first that can go in does.

    A row that repeats one that is held back (for a fault of its own, say) is looked at again without that one: it may go
    in instead, or repeat yet another.

    Args:
        prepare: Normalises and checks rows, see `workbook_cms.preparation.prepare`.
        given: The rows.
        override: Reason to take rows in spite of alerts.
    """
    whole = prepare(given)
    findings = [list(of_row) for of_row in whole.findings]
    rows = list(range(len(given)))
    for _ in range(_AGAIN):
        held, still_open = _judged(findings, rows, override)
        if not still_open:
            break
        rows = [row for row in rows if row not in held]
        again = prepare([given[row] for row in rows])
        for row, of_row in zip(rows, again.findings, strict=True):
            findings[row] = [_in_whole(finding, row, rows) for finding in of_row]
    return replace(whole, findings=findings)


def _judged(
    findings: Sequence[Sequence[Finding]], rows: Sequence[int], override: str
) -> tuple[set[int], set[int]]:
    """Rows that are held back, and those of which that depends on rows that do not go in either."""
    held: set[int] = set()
    still_open: set[int] = set()
    for row in rows:
        others = [finding.details.get("row") for finding in stopping(findings[row], override)]
        if others and all(other in held or other in still_open for other in others):
            still_open.add(row)
        elif others:
            held.add(row)
    return held, still_open


def _in_whole(finding: Finding, row: int, rows: Sequence[int]) -> Finding:
    """A finding on some of the rows, as one on all of them."""
    at = finding.details.get("row")
    if at is None:
        return finding._replace(position=row)
    message = finding.message.replace(row_of_import(at), row_of_import(rows[at]), 1)
    return finding._replace(position=row, message=message, details={**finding.details, "row": rows[at]})
