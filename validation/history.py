"""The history: one row a record added, one a changed field, each chained to the one before.

The chain hashes salted digests, never values: erasing a person empties values and salt, and it still verifies.
It shows accidents and meddling, not a forger who rewrites workbook, head and backups alike.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from validation.frames import CellError

__all__ = [
    "ADDED",
    "ADOPTED",
    "ARCHIVED",
    "BELOW",
    "CHANGED",
    "CONTINUED",
    "CREATED",
    "DECIDED",
    "MERGED",
    "OPEN_AGAIN",
    "OUTSIDE",
    "POLICY",
    "REMOVED",
    "REPLAYED",
    "RESTORED",
    "TAKEN_OUT",
    "HistoryRow",
    "chain_link",
    "content_digest",
    "decode_values",
    "encode_values",
    "joined",
    "mark_values",
    "replay",
    "unmark_values",
]

ADDED = "added"
CHANGED = "changed"
CONTINUED = "continued"  # the values of the row above go on here: they did not fit into one cell
OUTSIDE = "edited outside"  # an edit outside the forms, found and recorded when the record was next written
ADOPTED = "adopted"  # a record that came into the table outside the forms, recorded when it was next written
REMOVED = "removed"  # a record taken out of its table by an undo; its last values stand in the line
MERGED = "merged"  # a record taken out of its table since it is one with another, whose key stands under New
DECIDED = "decided"  # two records were said not to be one; the values are as they were
CREATED = "created"
POLICY = "policy"
ARCHIVED = "archived"  # older lines were moved to an archive; the line keeps their end and the records' digests
RESTORED = "restored"  # an earlier copy of the workbook was put back
REPLAYED = "replayed"  # entries that an older version had lost went in again
#: Under New, in a line that takes a decision back.
OPEN_AGAIN = "open again"
#: After these the record is no longer in its table.
TAKEN_OUT = frozenset({REMOVED, MERGED})
#: Among the values of a record taken out: the key of the record that it stood below, "" where it was the first. No
#: field has such an id.
BELOW = "@below"


class HistoryRow(NamedTuple):
    """A row of the history table, columns in the order of the sheet; all text but ``no``."""

    no: int
    when: str
    """UTC, ISO 8601 to the second: ``2026-11-22T01:13:58Z``."""
    table: str
    key: str
    action: str
    field: str
    """Label at the time; the stable id stands in ``values``."""
    old: str
    new: str
    why: str
    person: str
    account: str
    machine: str
    source: str
    entry: str
    values: str
    """JSON of the values written, by field id."""
    policy: str
    salt: str
    record: str
    """Digest of the whole record after the change."""
    content: str
    """Salted digest of what the row tells: field, old, new, why, who, from where, values."""
    chain: str


def content_digest(row: HistoryRow) -> str:
    """Salted digest of the parts of a row that may hold something personal."""
    parts = (
        row.salt,
        row.field,
        row.old,
        row.new,
        row.why,
        row.person,
        row.account,
        row.machine,
        row.source,
        row.values,
    )
    return _sha(parts)


def chain_link(previous: str, row: HistoryRow) -> str:
    """The chain's next value: a hash over the value before and the row's own digests and public parts."""
    parts = (
        previous,
        str(row.no),
        row.when,
        row.table,
        row.key,
        row.action,
        row.entry,
        row.policy,
        row.record,
        row.content,
    )
    return _sha(parts)


def _sha(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def encode_values(values: Mapping[str, object]) -> str:
    """Cell values by field id as JSON; dates, times and errors are marked, blank is null."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_marked)


def mark_values(values: Mapping[str, object]) -> dict[str, Any]:
    """Cell values by field id as JSON-ready data, marked as `encode_values` does."""
    plain = (str, int, float, bool, type(None))
    return {name: value if isinstance(value, plain) else _marked(value) for name, value in values.items()}


def _marked(value: object) -> dict[str, str]:
    if isinstance(value, dt.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, dt.time):
        return {"time": value.isoformat()}
    if isinstance(value, CellError):
        return {"error": value.code}
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


_UNMARK = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "error": CellError,
}


def decode_values(text: str) -> dict[str, Any]:
    """The reverse of `encode_values`.

    Raises:
        ValueError: The text is not what `encode_values` gives.
    """
    return unmark_values(json.loads(text))


def unmark_values(values: Any) -> dict[str, Any]:
    """The reverse of `mark_values`.

    Raises:
        ValueError: The data is not what `mark_values` gives.
    """
    if not isinstance(values, dict):
        raise ValueError("values are not an object")
    if not any(isinstance(value, dict) for value in values.values()):
        return values
    return {name: _unmarked(value) if isinstance(value, dict) else value for name, value in values.items()}


def _unmarked(marked: dict[str, Any]) -> Any:
    [(mark, inner)] = marked.items()
    if mark not in _UNMARK:
        raise ValueError(f"unknown mark {mark}")
    return _UNMARK[mark](inner)


def joined(rows: Iterable[HistoryRow]) -> Iterator[HistoryRow]:
    """Rows with the values of their continuations joined on; the continuations themselves are left out."""
    held: HistoryRow | None = None
    for row in rows:
        if row.action == CONTINUED and held is not None:
            held = held._replace(values=held.values + row.values)
            continue
        if held is not None:
            yield held
        held = row
    if held is not None:
        yield held


def replay(rows: Iterable[HistoryRow]) -> dict[str, Any]:
    """The values a record ought to hold, by field id, from its rows of the history in order; none once it is removed.

    Rows whose values were erased are passed over.
    """
    values: dict[str, Any] = {}
    for row in joined(rows):
        if row.action in TAKEN_OUT:
            values.clear()
        elif row.values:
            values.update(decode_values(row.values))
    return {name: value for name, value in values.items() if value is not None}
