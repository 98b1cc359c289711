"""Keeps what a check tells readable and in bounds: of very many findings of one kind the first, then how many more."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator

from validation.findings import Finding, Severity

__all__ = ["Excess", "records_of", "stands_for"]

_MORE, _RECORDS = "more", "records"  # in the details of a finding that stands for others
#: Findings of one kind that are told, and those of each further kind once so many are told in all. One takes about a
#: kilobyte; more than this nobody works off, and files made to do harm hold millions.
_OF_A_KIND, _IN_ALL, _THEN = 20_000, 30_000, 100

_Kind = tuple[str, Severity, str, str]
"""Code, severity, table and field."""


class Excess:
    """Passes findings on and counts those that are too many of their kind: one rule about one field of one table."""

    def __init__(self) -> None:
        self._seen: Counter[_Kind] = Counter()
        self._left_out: dict[_Kind, array[int]] = {}
        self._told = 0

    def kept(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that are told."""
        for finding in findings:
            kind = finding.code, finding.severity, finding.table, finding.field
            self._seen[kind] += 1
            if self._seen[kind] <= (_OF_A_KIND if self._told < _IN_ALL else _THEN):
                self._told += 1
                yield finding
            else:
                self._left_out.setdefault(kind, array("l")).append(finding.position)

    def rest(self) -> list[Finding]:
        """For each kind of which some were left out, a finding that stands for them; the count begins anew."""
        left_out, self._left_out = self._left_out, {}
        found = []
        for (code, severity, table, field), places in left_out.items():
            details = {_MORE: len(places), _RECORDS: _runs(sorted({*places} - {-1}))}
            found.append(Finding(code, severity, _message(len(places)), table=table, field=field, details=details))
        return found


def stands_for(finding: Finding) -> int:
    """How many findings one stands for."""
    return int(finding.details.get(_MORE, 1))


def records_of(finding: Finding) -> Iterator[int]:
    """Positions in their table, from 0, of the records of the findings that one stands for; none where it is just one."""
    return (place for first, last in finding.details.get(_RECORDS, ()) for place in range(first, last + 1))


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """First and last of each run of numbers that follow each other."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def _message(count: int) -> str:
    what = "one more finding" if count == 1 else f"{count:,} more findings"
    return f"and {what} of this kind. Mend those that are told, then check again."
