"""Keeps what a check tells readable and in bounds: of very many findings of one kind the first, then how many more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from validation.findings import Finding, Severity

__all__ = ["Excess", "stands_for"]

_MORE = "more"  # in the details of a finding: how many others it stands for
#: Findings of one kind that are told, and those of each further kind once so many are told in all. One takes about a
#: kilobyte; more than this nobody works off, and files made to do harm hold millions.
_OF_A_KIND, _IN_ALL, _THEN = 30_000, 60_000, 100

_Kind = tuple[str, Severity, str, str]
"""Code, severity, table and field."""


class Excess:
    """Passes findings on and counts those that are too many of their kind: one rule about one field of one table."""

    def __init__(self) -> None:
        self._seen: Counter[_Kind] = Counter()
        self._left_out: Counter[_Kind] = Counter()
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
                self._left_out[kind] += 1

    def rest(self) -> list[Finding]:
        """For each kind of which some were left out, a finding that stands for them; the count begins anew."""
        counts, self._left_out = self._left_out, Counter()
        return [
            Finding(code, severity, _message(count), table=table, field=field, details={_MORE: count})
            for (code, severity, table, field), count in counts.items()
        ]


def stands_for(finding: Finding) -> int:
    """How many findings one stands for."""
    return int(finding.details.get(_MORE, 1))


def _message(count: int) -> str:
    what = "one more finding" if count == 1 else f"{count:,} more findings"
    return f"and {what} of this kind. Mend those that are told, then check again."
