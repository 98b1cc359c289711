"""What `check` reports of the file itself: gathers what the FIL rules look at."""

from __future__ import annotations

from validation import integrity
from validation.findings import Finding
from validation.frames import address
from workbook_cms.snapshot import Snapshot, readable

__all__ = ["file_findings"]


def file_findings(snapshot: Snapshot) -> list[Finding]:
    """Findings on the file, its history, its journal and what lies beside it."""
    head, side = snapshot.side.head(), snapshot.side
    frames = [snapshot.frame(table) for table in snapshot.policy.tables]
    found = list(integrity.check_chain(snapshot.history, snapshot.history_cells))
    found += integrity.check_head(snapshot.history, [*head.lost, (head.no, head.chain)])
    found += integrity.check_policy_digest(snapshot.history, snapshot.policy.digest)
    found += integrity.check_records(frames, snapshot.history)
    for frame in frames:
        raw = snapshot.raw(frame.table.name)
        stray = [address(raw.sheet, cell) for cell in raw.stray]
        merged = [address(raw.sheet, cells) for cells in raw.merged]
        found += integrity.check_layout(frame, stray, merged)
    waiting = snapshot.pending
    since = f"{waiting[0].when.astimezone():%d.%m.%Y %H:%M}" if waiting else ""
    entries = sum(len(submission.entries) for submission in waiting)
    sound = {file.path for file, _ in readable(snapshot.journal, snapshot.policy)}
    damaged = [file.path.name for file in snapshot.journal if file.path not in sound]
    found += integrity.check_queue(entries, since, len(side.conflicts()), side.conflict_copies(), damaged)
    return found
