"""Whether the file still tells the truth about its records, its history and its policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from validation.carried import carried
from validation.digests import canonical, record_digests
from validation.file_rules import (
    CONFLICT_COPY,
    EDITED,
    MERGED,
    PASTED,
    POLICY_EDITED,
    QUEUED,
    REMOVED,
    STRAY,
)
from validation.findings import Finding, Fix, Severity
from validation.frames import TableFrame, display
from validation.history import ADDED, ADOPTED, ARCHIVED, CREATED, POLICY, TAKEN_OUT, HistoryRow, replay
from validation.policy import PolicyField

__all__ = [
    "check_layout",
    "check_policy_digest",
    "check_queue",
    "check_records",
    "latest",
    "outside_edits",
    "policy_in_force",
]


def latest(history: Iterable[HistoryRow]) -> dict[tuple[str, str], HistoryRow]:
    """The last row of each record, by (table name, key)."""
    rows = list(history)
    blank = HistoryRow(0, *[""] * 19)
    archived = [
        blank._replace(when=when, table=table, key=key, action=ARCHIVED, salt=salt, record=digest)
        for (table, key), (salt, digest, when) in carried(rows).records.items()
    ]
    return {(row.table, row.key): row for row in (*archived, *rows) if row.key}


def policy_in_force(history: Iterable[HistoryRow]) -> str:
    """Digest of the policy that the history says is in force, "" where it does not say."""
    return next((row.new for row in reversed(list(history)) if row.action in (CREATED, POLICY, ARCHIVED)), "")


def check_policy_digest(history: Sequence[HistoryRow], digest: str) -> Iterator[Finding]:
    """FIL010 when the policy in the sheets, of that digest, is not the one that the history knows."""
    known = policy_in_force(history)
    if known and known != digest:
        yield Finding(
            POLICY_EDITED.code,
            POLICY_EDITED.severity,
            "the rules in the policy sheets are not those that were last brought in with `policy apply`. Bring them "
            "in, or put the old ones back.",
            details={"old": known, "new": digest},
        )


def outside_edits(
    frame: TableFrame, position: int, known: Mapping[str, object]
) -> list[tuple[PolicyField, object, object]]:
    """Fields of a record whose value differs from what the history knows: (field, known value, value now)."""
    row = frame.values.iloc[position]
    return [
        (field, known.get(field.id), row[field.id])
        for field in frame.table.fields
        if field.id in frame.values and canonical(known.get(field.id)) != canonical(row[field.id])
    ]


def check_records(
    frames: Iterable[TableFrame],
    history: Sequence[HistoryRow],
    whole: Callable[[], Sequence[HistoryRow]] | None = None,
) -> Iterator[Finding]:
    """FIL001 to FIL003: each table held against the history.

    Args:
        frames: The tables.
        history: Its lines in the workbook, or with those of archives.
        whole: Gives it with those of archives, where it is without; asked only for what a changed record held.
    """
    last = latest(history)
    for frame in frames:
        keys = frame.keys
        salts = [row.salt if (row := last.get((frame.table.name, key))) else "" for key in keys]
        digests = record_digests(salts, frame.values)
        differing: dict[str, int] = {}
        for position, (key, digest) in enumerate(zip(keys, digests, strict=True)):
            known = last.get((frame.table.name, key))
            if not frame.rows[position]:
                continue  # a queued entry stands in no sheet yet
            if known is None or known.action in TAKEN_OUT:
                yield _pasted(frame, position, key)
            elif known.salt and known.record != digest:
                differing[key] = position
        yield from _edited(frame, differing, history, whole)
        present = set(keys)
        for (table, key), row in last.items():
            if table == frame.table.name and key not in present and row.action not in TAKEN_OUT:
                yield Finding(
                    REMOVED.code,
                    REMOVED.severity,
                    f"the record is gone from the table; the history last wrote it on {row.when[:10]}. "
                    "Add it again from the history, or restore an earlier copy.",
                    table=table,
                    key=key,
                )


def _pasted(frame: TableFrame, position: int, key: str) -> Finding:
    return Finding(
        PASTED.code,
        PASTED.severity,
        "the record came into the table outside the forms: the history does not know it. "
        "Write it once through a form or `update`, or remove the row.",
        table=frame.table.name,
        key=key,
        cell=frame.cell(position, frame.table.key),
    )


def _edited(
    frame: TableFrame,
    differing: Mapping[str, int],
    history: Sequence[HistoryRow],
    whole: Callable[[], Sequence[HistoryRow]] | None,
) -> Iterator[Finding]:
    rows = _rows_of(frame, differing, history)
    if whole and any(not _from_the_start(rows[key]) for key in differing):
        rows = _rows_of(frame, differing, whole())
    for key, position in differing.items():
        if not _from_the_start(rows[key]):
            yield _edited_somewhere(frame, position, key)
            continue
        for field, old, new in outside_edits(frame, position, replay(rows[key])):
            yield Finding(
                EDITED.code,
                EDITED.severity,
                f"was changed outside the forms: the history has {_quoted(old)}, the cell holds {_quoted(new)}. "
                "Put the old value back, or enter the new one through a form.",
                table=frame.table.name,
                key=key,
                field=field.label,
                cell=frame.cell(position, field.id),
                value=display(new),
                suggestion="" if old is None else old,  # type: ignore[arg-type]
                fix=Fix.UNSAFE,
                details={"old": display(old), "new": display(new)},
            )


def _rows_of(frame: TableFrame, keys: Iterable[str], history: Iterable[HistoryRow]) -> dict[str, list[HistoryRow]]:
    rows: dict[str, list[HistoryRow]] = {key: [] for key in keys}
    for row in history if rows else ():
        if row.table == frame.table.name and row.key in rows:
            rows[row.key].append(row)
    return rows


def _from_the_start(rows: Sequence[HistoryRow]) -> bool:
    """Whether lines of a record tell all that it held."""
    return bool(rows) and rows[0].action in (ADDED, ADOPTED)


def _edited_somewhere(frame: TableFrame, position: int, key: str) -> Finding:
    """The record is not as it was; which field that is in, only an archive knows that is not there."""
    return Finding(
        EDITED.code,
        EDITED.severity,
        "was changed outside the forms. What it held stands in an archive of the history that cannot be read: put it "
        "back where it was.",
        table=frame.table.name,
        key=key,
        cell=frame.cell(position, frame.table.key),
    )


def _quoted(value: object) -> str:
    text = display(value)
    return f"'{text}'" if text else "nothing"


def check_layout(frame: TableFrame, stray: Sequence[str], merged: Sequence[str]) -> Iterator[Finding]:
    """FIL006 and FIL008 from what the reader saw around the table."""
    for cell in stray:
        yield Finding(
            STRAY.code,
            STRAY.severity,
            "something stands outside the table, where no check or report sees it. Enter it through a form, then "
            "clear the cell.",
            table=frame.table.name,
            cell=cell,
        )
    for cells in merged:
        yield Finding(
            MERGED.code,
            MERGED.severity,
            "cells of the table are merged, so only the first of them holds a value. Unmerge them and fill each one.",
            table=frame.table.name,
            cell=cells,
        )


_GOES_IN = "Close the workbook where it is open; `workbook-cms sync` or the next entry writes what waits."


def check_queue(
    queued: int, since: str, conflicts: int, copies: Sequence[str], damaged: Sequence[str], writer: str = ""
) -> Iterator[Finding]:
    """FIL007 and FIL009 from what lies beside the workbook; ``writer`` is the one computer that writes, if there is one."""
    for name in damaged:
        yield Finding(
            QUEUED.code,
            Severity.ERROR,
            f"the journal file {name} is damaged, so its entry cannot go in. Open it in a text editor, enter what it "
            "tells again, then move it away.",
        )
    if queued:
        one = queued == 1
        yield Finding(
            QUEUED.code,
            QUEUED.severity,
            f"{queued:,} accepted {'entry waits' if one else 'entries wait'} since {since}. "
            + (
                f"The computer {writer}, the one that writes, takes {'it' if one else 'them'} in."
                if writer
                else _GOES_IN
            ),
        )
    if conflicts:
        one = conflicts == 1
        yield Finding(
            QUEUED.code,
            Severity.WARNING,
            f"{conflicts} {'change' if one else 'changes'} could not go in: the record had changed meanwhile, or the "
            "workbook refuses it. See why and both sides with `workbook-cms status`, enter what is right, then delete "
            "its file in the conflicts folder.",
        )
    for name in copies:
        yield Finding(
            CONFLICT_COPY.code,
            CONFLICT_COPY.severity,
            f"a conflict copy lies beside the workbook: {name}. Compare the two, enter what is missing, then move "
            "the copy away.",
        )
