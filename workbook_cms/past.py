"""What lines of the history did to records, all together: what an undo takes back. Pure: history rows in, effects out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from validation.findings import CellValue
from validation.history import (
    ADDED,
    ADOPTED,
    ARCHIVED,
    BELOW,
    CHANGED,
    CREATED,
    DECIDED,
    MERGED,
    OUTSIDE,
    POLICY,
    REMOVED,
    REPLAYED,
    RESTORED,
    TAKEN_OUT,
    HistoryRow,
    decode_values,
)
from workbook_cms.decisions import decided_of
from workbook_cms.errors import InputError
from workbook_cms.submission import group_of

__all__ = ["Effect", "chosen", "effects", "line_number"]

_MAKES = (ADDED, ADOPTED)
_DONE = (
    ADDED,
    CHANGED,
    REMOVED,
    MERGED,
    DECIDED,
    POLICY,
)  # what an entry was for; OUTSIDE and ADOPTED come before it
_UNDONE = (*_DONE, OUTSIDE, ADOPTED)
_DIGITS = 18
_LONGEST = 60  # of what a person typed, in a message
#: Lines that cannot be undone: what they tell of, and what to do instead.
_OTHERS = {
    CREATED: ("the making of the workbook", "Choose another line."),
    RESTORED: ("a copy put back", "The copy made before it can be put back: see `workbook-cms restore --list`."),
    REPLAYED: ("entries written again", "Undo those of them that are not wanted, by their own lines."),
    ARCHIVED: ("old lines moved to an archive, which changed no record", "Choose another line."),
}


@dataclass
class Effect:
    """What became of one record.

    Attributes:
        table: Table name.
        key: Key of the record.
        before: Its values before, by field id; None when it was not there.
        after: Its values after; None when it was removed.
        fields: (old, new) of each changed field, by id.
        below: Of a record taken out, the key of the record it stood below, "" where it was the first; None where
            nothing tells.
        into: Of a record that came back from a merge, the key of the record that it had been merged into.
        decided: The line that says that it is not one with another, or that this is open again; None where nothing
            does, or where a later line says otherwise.
    """

    table: str
    key: str
    before: Mapping[str, CellValue] | None = None
    after: Mapping[str, CellValue] | None = None
    fields: dict[str, tuple[CellValue, CellValue]] = field(default_factory=dict)
    below: str | None = None
    into: str = ""
    decided: HistoryRow | None = None


def chosen(rows: Sequence[HistoryRow], change: str, batch: bool, place: str) -> list[HistoryRow]:
    """The lines that a person means by a change.

    Args:
        rows: The history, continuations joined on.
        change: Number of a line, or an entry id.
        batch: Take all entries that came in together with that one.
        place: The workbook, for messages.

    Raises:
        InputError: There is no such line or entry, or it tells of nothing that could be undone.
    """
    text = change.strip()
    if (number := line_number(text)) is not None:
        # The values of a line may go on in the lines below it, which have numbers of their own.
        line = next((row for row in reversed(rows) if 0 < row.no <= number), None)
        found = [line] if line and rows and number <= _end(rows) else []
    else:
        found = [row for row in rows if row.entry == text.lower()]
        done = [row for row in found if row.action in _DONE]
        found = done or found
    if not found or not text:
        raise InputError(
            f"{place}, change {text if len(text) < _LONGEST else f'{text[:_LONGEST]}…'}",
            "the history has no such line or entry.",
            "`workbook-cms history` shows the numbers of its lines.",
        )
    first = found[0]
    if first.action not in _UNDONE:
        what, remedy = _OTHERS.get(
            first.action, (f"'{first.action}', which changed no record", "Choose another line.")
        )
        raise InputError(f"{place}, change {text}", f"that is {what}: it cannot be undone.", remedy)
    if first.entry:
        group = group_of(first.entry)
        together = [row for row in rows if group_of(row.entry) == group and row.action in _DONE]
        if batch or _merges(rows, together):
            return together
    same = (first.entry, first.table, first.key, first.action)
    return [row for row in rows if (row.entry, row.table, row.key, row.action) == same]


def _merges(rows: Sequence[HistoryRow], lines: Sequence[HistoryRow]) -> bool:
    """Whether lines tell of a merge, or of one that was taken back: half of it would leave records torn."""
    if any(row.action == MERGED for row in lines):
        return True
    back = {(row.table, row.key): row.no for row in lines if row.action == ADDED}
    return any(row.action == MERGED and row.no < back.get((row.table, row.key), 0) for row in rows)


def _end(rows: Sequence[HistoryRow]) -> int:
    return max(row.no for row in rows) + 50  # a continuation of the last line counts for that line


def line_number(change: str) -> int | None:
    """The number of a line that a person means; None for an entry id, and for more digits than any history has lines."""
    text = change.strip()
    return int(text) if text.isdecimal() and len(text) < _DIGITS else None


def effects(rows: Iterable[HistoryRow], lines: Sequence[HistoryRow], place: str) -> list[Effect]:
    """What the lines did to each record, in the order of the history; a record made and removed by them is left out.

    Args:
        rows: The whole history, continuations joined on.
        lines: Those that are meant.
        place: The workbook, for messages.

    Raises:
        InputError: Values that would have to come back were erased.
    """
    wanted = {(row.table, row.key) for row in lines}
    numbers = {row.no for row in lines}
    states: dict[tuple[str, str], dict[str, Any] | None] = {}
    last: dict[tuple[str, str], HistoryRow] = {}
    found: dict[tuple[str, str], Effect] = {}
    for row in rows:
        record = (row.table, row.key)
        if record not in wanted:
            continue
        before = states.get(record)
        after = states[record] = _after(row, before)
        previous, last[record] = last.get(record), row
        if row.no not in numbers:
            if row.action == DECIDED and record in found and (decided := found[record].decided):
                found[record].decided = None if decided_of(decided.why) == decided_of(row.why) else decided
            continue
        if not row.salt and not row.values:
            raise InputError(
                f"{place}, line {row.no}", "its values were erased, so they cannot come back.", "Enter them anew."
            )
        if record not in found:
            found[record] = Effect(row.table, row.key, before)
        effect = found[record]
        effect.after = after
        if row.action in TAKEN_OUT and effect.below is None:
            effect.below = decode_values(row.values or "{}").get(BELOW)
        if row.action == ADDED and previous is not None and previous.action == MERGED:
            effect.into = previous.new
        if row.action == DECIDED:
            effect.decided = row
        if row.action in (CHANGED, OUTSIDE):
            for name, new in decode_values(row.values or "{}").items():
                old = effect.fields[name][0] if name in effect.fields else (before or {}).get(name)
                effect.fields[name] = (old, new)
    return [effect for effect in found.values() if effect.before is not None or effect.after is not None]


def _after(row: HistoryRow, before: dict[str, Any] | None) -> dict[str, Any] | None:
    if row.action in TAKEN_OUT:
        return None
    values = decode_values(row.values) if row.values else {}
    kept = {} if row.action in _MAKES or before is None else before
    return {name: value for name, value in (kept | values).items() if value is not None}
