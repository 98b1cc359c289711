"""What is going on around a workbook: who has it open, what waits, what the history and the clock say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from validation.findings import Finding, Severity
from workbook_cms.doctor.diagnosis import Diagnosis, Judgement, note, ok, problem
from workbook_cms.errors import FileError
from workbook_cms.file.beside.cache import bytes_kept
from workbook_cms.file.beside.side import SideFolder
from workbook_cms.file.platform import open_by
from workbook_cms.integrity import file_findings
from workbook_cms.snapshot import Snapshot
from workbook_cms.status import no_head

__all__ = ["look_at_clock", "look_at_locks", "look_at_records"]

#: Clocks of two machines differ by less, as a rule; more makes the history misleading.
_TOLERANCE = dt.timedelta(minutes=5)
#: Between the problem and the remedy of a message.
_REMEDY = re.compile(r"(?<=[.!]) (?=[A-Z])")
_JUDGED = {Severity.ERROR: Judgement.PROBLEM, Severity.WARNING: Judgement.NOTE, Severity.INFO: Judgement.NOTE}


def look_at_locks(workbook: Path, now: dt.datetime) -> Iterator[Diagnosis]:
    """Who has the workbook open, owner files that nobody took away, and whether a program writes right now."""
    who = open_by(workbook, now)
    left = [
        path
        for path in (workbook.with_name(f"~${workbook.name}"), workbook.with_name(f".~lock.{workbook.name}#"))
        if path.exists()
    ]
    if who is not None:
        by = f" by {who.name}" if who.name else ""
        since = f" since {who.since.astimezone():%d %b %H:%M}" if who.since else ""
        yield note("open", f"The workbook is open{by}{since}.", "Entries wait beside it until it is closed there.")
    elif left:
        yield note(
            "open",
            f"{left[0].name} was left behind by a program that ended badly; it is not obeyed.",
            "Delete it when nobody has the workbook open.",
        )
    else:
        yield ok("open", "Nobody is known to have the workbook open.")
    side = SideFolder(workbook)
    if kept := bytes_kept(side.path):
        yield ok(
            "cache", f"What is kept of long tables takes {kept / 1e6:.0f} MB; who deletes it loses only time."
        )
    if side.writing() is not None:
        yield note("lock", "A program is writing to the workbook right now.", "Wait a moment.")
    try:
        writer = side.settings().writer
    except FileError as error:
        yield problem("writer", f"{error.problem[0].upper()}{error.problem[1:]}", error.remedy)
    else:
        if writer:
            yield ok("writer", f"Only the computer {writer} writes to the workbook; the others enter.")


def look_at_records(snapshot: Snapshot) -> Iterator[Diagnosis]:
    """What the rules on file, history and journal find, one line a rule; and whether the journal is empty."""
    if not snapshot.journal:
        yield ok("journal", "Nothing waits to be written.")
    found = sorted(file_findings(snapshot), key=lambda finding: finding.code)
    # FIL007 and FIL009 say something different each time; the others are of one kind, and may be many.
    for _, group in groupby(found, key=lambda f: (f.code, f.message if not f.key else "")):
        findings = list(group)
        yield _as_diagnosis(findings[0], len(findings) - 1)
    for said in no_head(snapshot):
        text, _, mend = said.partition(". ")
        yield note("head", f"{text[0].upper()}{text[1:]}.", mend)
    if not found:
        yield ok("history", "File, history and journal agree.")


def _as_diagnosis(finding: Finding, more: int) -> Diagnosis:
    text = f"{finding.place}: {finding.message}" if finding.key else finding.message
    said, _, mend = _REMEDY.sub("\0", text[0].upper() + text[1:], count=1).partition("\0")
    if more:
        said = f"{said} And {more:,} more of that kind."
    return Diagnosis(finding.code, _JUDGED[finding.severity], said, mend or "See `workbook-cms check`.")


def look_at_clock(snapshot: Snapshot, now: dt.datetime) -> Diagnosis:
    """The clock of this computer against the newest time that anybody left in or beside the workbook."""
    times = [("the workbook was saved", dt.datetime.fromtimestamp(snapshot.path.stat().st_mtime, dt.UTC))]
    times += [("an entry was accepted", submission.when) for submission in snapshot.pending]
    times += [
        ("a change was made", when) for row in snapshot.history[-1:] if (when := _time(row.when)) is not None
    ]
    what, newest = max(times, key=lambda item: item[1])
    if newest > now + _TOLERANCE:
        return problem(
            "clock",
            f"By this computer's clock it is {now.astimezone():%d %b %Y %H:%M}, but {what} at "
            f"{newest.astimezone():%d %b %Y %H:%M}.",
            "Set the clock here, or on the computer that wrote last.",
        )
    return ok("clock", f"The clock fits ({now.astimezone():%d %b %Y %H:%M}).")


def _time(text: str) -> dt.datetime | None:
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        return None  # a damaged history: FIL004 says so
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)
