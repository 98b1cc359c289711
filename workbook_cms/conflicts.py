"""Conflicts: accepted changes that waited, and met a record changed by somebody else or a refusal of the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from validation.findings import CellValue
from workbook_cms.file.beside.side import SideFolder
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import Entry, Submission

__all__ = ["Conflicted", "of", "settle"]


@dataclass(frozen=True)
class Conflicted:
    """A change that was not applied.

    Attributes:
        entry_id: Its entry id.
        table, key: Table name and key of the record it was for.
        problem: Why it was not applied.
        when: When it was accepted, UTC.
        person, account: Who made it.
        values: What it was to write, by field label.
        seen: What its author saw in those fields.
        submission: Tells what was entered together with it, and was set aside with it.
    """

    entry_id: str
    table: str
    key: str
    problem: str
    when: dt.datetime
    person: str
    account: str
    values: Mapping[str, CellValue]
    seen: Mapping[str, CellValue]
    submission: str = ""


def of(snapshot: Snapshot, account: str | None = None) -> tuple[Conflicted, ...]:
    """The conflicts whose author has that account, all of them where none is given; oldest first."""
    found = [
        _conflicted(snapshot, path, submission, entry)
        for path, submission in _submissions(snapshot.side)
        for entry in submission.entries
        if account is None or submission.actor.account.casefold() == account.casefold()
        if entry.table in snapshot.policy.table_by_id
    ]
    return tuple(sorted(found, key=lambda conflict: conflict.when))


def settle(side: SideFolder, entry_id: str) -> None:
    """Move the submission of an entry from the conflicts to the applied ones, which are kept 30 days.

    Raises:
        FileError: The folder cannot be written.
    """
    for path, submission in _submissions(side):
        if any(entry.id == entry_id for entry in submission.entries):
            side.settle(path)


def _submissions(side: SideFolder) -> Iterator[tuple[Path, Submission]]:
    for file in side.conflict_files():
        if file.data is not None:
            try:
                submission = Submission.from_json(file.data)
            except ValueError:
                continue  # `check` reports it
            yield file.path, submission


def _conflicted(snapshot: Snapshot, path: Path, submission: Submission, entry: Entry) -> Conflicted:
    table = snapshot.policy.table_by_id[entry.table]
    actor = submission.actor

    def labelled(values: Mapping[str, CellValue]) -> dict[str, CellValue]:
        return {table.by_id[name].label: value for name, value in values.items() if name in table.by_id}

    return Conflicted(
        entry.id,
        table.name,
        entry.key,
        snapshot.side.reason_set_aside(path),
        submission.when,
        actor.person,
        actor.account,
        labelled(entry.values),
        labelled(entry.old),
        path.stem,
    )
