"""What `check` and `history --verify` report of the file itself: gathers what the FIL rules look at."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from validation import integrity
from validation.carried import carried
from validation.chain import Seal, check_chain, check_head, is_erased
from validation.file_rules import BROKEN
from validation.findings import Finding
from validation.frames import TableFrame, address
from validation.history import HistoryRow
from validation.soundness import FileFlaw, check_room, check_soundness
from workbook_cms.archives import as_left
from workbook_cms.batch import head_of
from workbook_cms.decisions import asked_for
from workbook_cms.errors import FileError
from workbook_cms.file import soundness
from workbook_cms.file.addresses import parse_range
from workbook_cms.file.package import Package
from workbook_cms.file.tables.obstacles import room
from workbook_cms.snapshot import Snapshot

__all__ = ["Verification", "deciding_lines", "file_findings", "verify"]


@dataclass(frozen=True)
class Verification:
    """What was looked at to verify a history, and the flaws.

    Attributes:
        lines: Number of its lines.
        first, last: Time of the first and of the last line, UTC; "" where there is none.
        erased: Lines whose values were removed; the chain holds without them, what they told is gone.
        head: Whether the history ends as the last write left it; None where no head was kept beside the workbook.
        records: Records that were held against it.
        findings: The flaws, each with its cell.
        archives: Workbooks with older lines that were looked at too.
    """

    lines: int
    first: str
    last: str
    erased: int
    head: bool | None
    records: int
    findings: tuple[Finding, ...]
    archives: tuple[str, ...] = ()


def file_findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Findings on the file, its history, its journal and what lies beside it."""
    side = snapshot.side
    yield from check_soundness(_flaws(snapshot.package))
    frames = [snapshot.frame(table) for table in snapshot.policy.tables]
    known = carried(snapshot.history)
    if known.files and as_left(known, snapshot.path):
        yield from _lines_in_the_workbook(snapshot, frames, known.seal)
    else:
        yield from _history_findings(snapshot, frames)
    for frame in frames:
        raw = snapshot.raw(frame.table.name)
        stray = [address(raw.sheet, cell) for cell in raw.stray]
        merged = [address(raw.sheet, cells) for cells in raw.merged]
        yield from integrity.check_layout(frame, stray, merged)
        if not stray:  # else FIL006 tells what is in the way
            free = room(snapshot.package, raw.name)
            yield from check_room(raw.name, free.rows, free.obstacle)
    waiting = snapshot.pending
    since = f"{waiting[0].when.astimezone():%Y-%m-%d %H:%M}" if waiting else ""
    entries = sum(len(submission.entries) for submission in waiting)
    sound = {file.path for file, _ in snapshot.readable}
    damaged = [file.path.name for file in snapshot.journal if file.path not in sound]
    writer = ""
    with contextlib.suppress(FileError):  # damaged settings are told by every command that needs them
        writer = side.settings().writer
    yield from integrity.check_queue(
        entries, since, len(side.conflicts()), side.conflict_copies(), damaged, writer
    )


def _flaws(package: Package) -> Iterator[FileFlaw]:
    """What would make Excel repair the file, told by sheet and table where it is in one."""
    sheets = {sheet.part.lower(): sheet.name for sheet in package.sheets}
    tables = {table.part.lower(): table for table in package.tables.values()}
    for flaw in soundness.check(package):
        table = tables.get(flaw.part.lower())
        sheet = table.sheet if table else sheets.get(flaw.part.lower(), "")
        cell = flaw.cell if parse_range(flaw.cell) else ""  # what is no range is told in the message
        name = table.name if table else ""
        yield FileFlaw(flaw.family, flaw.kind, flaw.part, sheet, name, cell, flaw.message, flaw.remedy)


def verify(snapshot: Snapshot) -> Verification:
    """The history held against its seals, the last write, the policy and the records."""
    frames = [snapshot.frame(table) for table in snapshot.policy.tables]
    found = _history_findings(snapshot, frames)
    head, every = head_of(snapshot), snapshot.whole_history
    rows = every.rows
    ends = not any(check_head(rows, [*head.lost, (head.no, head.chain)]))
    return Verification(
        len(rows),
        rows[0].when if rows else "",
        rows[-1].when if rows else "",
        sum(map(is_erased, rows)),
        ends if head.no else None,
        sum(len(frame.keys) for frame in frames),
        tuple(found),
        every.files,
    )


def _archive(finding: str) -> Finding:
    return Finding(BROKEN.code, BROKEN.severity, finding, table="History")


def _missing(name: str) -> Finding:
    return _archive(
        f"the archive {name}, which holds older lines of the history, is not there or cannot be read. Put it back."
    )


def _renamed(name: str, now: str) -> Finding:
    return _archive(
        f"the archive {name}, which holds older lines of the history, is called {now} now. Give it its name back."
    )


def _lines_in_the_workbook(snapshot: Snapshot, frames: Iterable[TableFrame], before: Seal) -> Iterator[Finding]:
    """The same as `_history_findings` where the archives are as they were left: their lines need not be read."""
    head, rows = head_of(snapshot), snapshot.history
    yield from check_chain(rows, snapshot.history_cells, before)
    heads = [*head.lost, (head.no, head.chain)]
    every = snapshot.whole_history if any(0 < no <= before.no for no, _ in heads) else None
    yield from check_head(every.rows if every else rows, heads, every.cells if every else snapshot.history_cells)
    yield from integrity.check_policy_digest(rows, snapshot.policy.digest)
    yield from integrity.check_records(frames, rows, lambda: snapshot.whole_history.rows)


def _history_findings(snapshot: Snapshot, frames: Iterable[TableFrame]) -> Iterator[Finding]:
    head, every = head_of(snapshot), snapshot.whole_history
    rows, cells = every.rows, every.cells
    if every.missing:
        rows, cells = snapshot.history, snapshot.history_cells
    yield from check_chain(rows, cells, carried(rows).seal if every.missing else None)
    yield from map(_missing, every.missing)
    yield from (_renamed(name, now) for name, now in every.renamed.items())
    yield from check_head(rows, [*head.lost, (head.no, head.chain)], cells)
    yield from integrity.check_policy_digest(rows, snapshot.policy.digest)
    yield from integrity.check_records(frames, rows)


def deciding_lines(snapshot: Snapshot, findings: Iterable[Finding]) -> list[HistoryRow]:
    """The lines of the history that may decide on one of the findings, and those after them; archives are read only
    where one of their lines does."""
    known = carried(snapshot.history)
    if known.decided is not None and asked_for(findings).isdisjoint(known.decided):
        return snapshot.history
    return snapshot.whole_history.rows
