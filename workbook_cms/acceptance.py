"""Acceptance: an entry that passed is kept in the journal, and only then is anyone told; then it is committed."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from validation.findings import Finding
from validation.letters import tidy
from workbook_cms import archives
from workbook_cms.batch import Conflict, Drained, Place
from workbook_cms.commit import drain, placed
from workbook_cms.errors import (
    EntryRefusedError,
    FileError,
    InputError,
    RefusedChangeError,
    ReplacedMeanwhileError,
    UnsettledError,
    WorkbookLockedError,
)
from workbook_cms.file.beside.side import SideFolder
from workbook_cms.history import Actor
from workbook_cms.receipts import QUEUED, WRITTEN, MendedField, Receipt, gone_on
from workbook_cms.safekeeping import keep_copy, overgrown, require_writer
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import ADD, Entry, Submission

__all__ = ["Acceptance", "Writing"]

_UNVERIFIED = "(unverified)"
#: How often a commit is made anew when somebody else replaced the file, or took the side folder away, meanwhile.
_TRIES = 3


@dataclass(frozen=True)
class Writing:
    """How entries that wait are written, and what the receipt of a written one says.

    Attributes:
        drain: Writes what waits.
        state: What the receipt says.
        holds: Tells which of the journal's entries stand already where this writes to.
    """

    drain: Callable[[Snapshot], Drained] = drain
    state: str = WRITTEN
    holds: Callable[[Snapshot], frozenset[str]] = lambda _: frozenset()


class Acceptance:
    """Keeps and commits entries for one workbook.

    Args:
        snapshot: Gives the workbook as it is now.
        now: Gives the time, UTC.
        account: Account of the operating system.
        machine: Name of the computer.
        person: Who the user of a shared account says she is; what the Staff list says of the account goes before it.
        writing: Into the file on disk, or into the workbook that a spreadsheet program holds open.
    """

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        now: Callable[[], dt.datetime],
        account: str,
        machine: str,
        person: str = "",
        writing: Writing | None = None,
    ) -> None:
        self._snapshot, self.now = snapshot, now
        self.account, self.machine, self._claimed = account, machine, person
        self._writing = writing or Writing()

    def waits(self, submission: Submission) -> bool:
        """Whether a submission of the journal is still to be written, by the way this workbook is written to."""
        return submission.entries[0].id not in self._writing.holds(self._snapshot())

    def actor(self, source: str, now: Snapshot | None = None) -> Actor:
        """Who is at the keyboard: the account, and the person that the Staff list says it is.

        Args:
            source: How it came in.
            now: The workbook, where it was just read.
        """
        person, verified = self.who(now)
        return Actor(self.account, self.machine, person if verified else f"{person} {_UNVERIFIED}", source)

    def who(self, now: Snapshot | None = None) -> tuple[str, bool]:
        """The person at the keyboard, "" where nobody knows, and whether that is more than a claim."""
        account = self.account.casefold()
        for choice in (now or self._snapshot()).policy.lists:
            for item in choice.items:
                if item.active and item.login and item.login.casefold() == account:
                    return item.value, True
        return self._claimed, not self._claimed

    def taken(self, entry_id: str) -> Receipt | None:
        """The receipt of an entry that was taken before: a form that died after it asks again."""
        if not entry_id:
            return None
        snapshot = self._snapshot()
        if any(one.id == entry_id for every in snapshot.pending for one in every.entries):
            with contextlib.suppress(FileError):  # who died may have done so before the commit
                self.commit()
            snapshot = self._snapshot()
        for submission in snapshot.pending:
            for entry in submission.entries:
                if entry.id == entry_id:
                    state = QUEUED if self.waits(submission) else self._writing.state
                    return _receipt(snapshot, entry, state, None, submission.when)
        if snapshot.holds([entry_id]):
            told = [row for row in snapshot.history if row.entry == entry_id]
            for row in told or snapshot.whole_history.rows:
                if row.entry == entry_id and row.key:
                    table = next(t for t in snapshot.policy.tables if t.name == row.table)
                    entry = Entry(entry_id, ADD, table.id, row.key, {})
                    when = dt.datetime.fromisoformat(row.when)
                    return _receipt(
                        snapshot, entry, self._writing.state, placed(snapshot, [entry]).get(entry_id), when
                    )
        return None

    def accept(
        self,
        entries: Sequence[Entry],
        source: str,
        notes: Sequence[tuple[Sequence[Finding], Sequence[MendedField]]],
        judged: Snapshot | None = None,
    ) -> list[Receipt]:
        """Journal first, then the commit; a receipt an entry.

        Args:
            entries: What passed.
            source: How it came in.
            notes: (findings, what was mended) of each.
            judged: The workbook by which it was judged. Others may write meanwhile: what they changed is found at the
                commit, which reads the workbook anew, and need not be read before.
        """
        snapshot = judged or self._snapshot()
        when = self.now()
        entries = [replace(entry, why=tidy(entry.why)) for entry in entries]
        if unfit := next((entry for entry in entries if not entry.fits_cells()), None):
            raise InputError(
                f"{snapshot.path.name}, table {snapshot.policy.table_by_id[unfit.table].name}",
                "a value or the reason holds a character that no cell can hold, or is too long for one.",
                "Shorten it, or type it again.",
            )
        submission = Submission(when, self.actor(source, snapshot), snapshot.policy.digest, tuple(entries))
        drained = self._journal_and_commit(submission, snapshot.side)
        receipts = []
        for entry, (findings, mended) in zip(entries, notes, strict=True):
            if entry.id in drained.conflicts:
                problem = drained.conflicts[entry.id].problem
                table = snapshot.policy.table_by_id[entry.table].name
                raise EntryRefusedError(
                    f"{snapshot.path.name}, table {table} {entry.key}",
                    problem,
                    "Look at it and enter the change again.",
                )
            place = drained.places.get(entry.id)
            state = self._writing.state if place else QUEUED
            given = _receipt(snapshot, entry, state, place, when, tuple(findings), tuple(mended))
            receipts.append(given if place else replace(given, waits=drained.waits))
        return receipts

    def _journal_and_commit(self, submission: Submission, side: SideFolder) -> Drained:
        """Where the entries of a submission went; those that wait are in neither list."""
        for _ in range(_TRIES):
            kept = side.write_journal(submission.name, submission.to_json())
            try:
                drained = self._commit(side, lambda kept=kept: not kept.exists())  # type: ignore[misc]
                if refused := drained.refused.get(submission.entries[0].id):
                    raise refused
            except (WorkbookLockedError, UnsettledError) as error:
                # After an unsettled write the next writer sees whether the disk holds it, and writes it if not.
                return Drained(waits=error.problem)
            except FileError as error:
                aside = isinstance(error, RefusedChangeError) and bool(side.reason_set_aside(kept))
                if aside:
                    _author_told(side, kept)
                if aside or self._withdrawn(side, kept, submission):
                    raise
                drained = Drained()  # another writer took it along, or will
            if self._settled(side, kept, submission, drained):
                return drained
        raise FileError(
            side.workbook.name,
            f"the folder {side.path} was taken away while this was being saved, so nothing was saved.",
            "Look who tidies there, then try again.",
        )

    def _withdrawn(self, side: SideFolder, kept: Path, submission: Submission) -> bool:
        """Take back a submission nobody was told of yet; False when that cannot be, as when another has written it.

        Under the lock, since a writer that read the journal already would write what was said to be refused.
        """
        try:
            with side.locked():
                if not kept.exists():
                    return False
                with contextlib.suppress(FileError):  # a workbook that is gone holds nothing
                    if self._snapshot().holds([submission.entries[0].id]):
                        return False
                side.withdraw(kept)
        except FileError:
            return False  # the journal has it, and others may write it: it waits, and its author is told so
        return True

    def _settled(self, side: SideFolder, kept: Path, submission: Submission, drained: Drained) -> bool:
        """Add to ``drained`` what another writer did; False when the submission is nowhere."""
        entries = submission.entries
        if any(entry.id in drained.conflicts for entry in entries):
            _author_told(side, kept)
            return True
        missing = [entry for entry in entries if entry.id not in drained.places]
        if kept.exists() or not missing:
            return True
        # Another writer may have taken it along while this one waited for the lock.
        if problem := side.reason_set_aside(kept):
            drained.conflicts.update({entry.id: Conflict(entry, problem) for entry in missing})
            _author_told(side, kept)
            return True
        drained.places.update(self._taken_along(side, kept, missing))
        return all(entry.id in drained.places for entry in missing) or bool(
            self._snapshot().holds([missing[0].id])
        )

    def _taken_along(self, side: SideFolder, kept: Path, missing: Sequence[Entry]) -> dict[str, Place]:
        """Where the writer that took the entries along put them: it left word, unless it died before."""
        told = {one: Place(*place) for one, place in side.places(kept).items()}
        if all(entry.id in told for entry in missing):
            return told
        return placed(self._snapshot(), missing)

    def commit(self) -> Drained:
        """Write what waits in the journal.

        Raises:
            WorkbookLockedError: The workbook is open elsewhere.
            FileError: It cannot be written, or has no place for some new records, which go on waiting.
        """
        drained = self._commit(self._snapshot().side)
        for entry_id in drained.refused.keys() - drained.conflicts.keys():
            raise drained.refused[entry_id]
        return drained

    def _commit(self, side: SideFolder, done: Callable[[], bool] = lambda: False) -> Drained:
        """The same; ``done`` is asked while another process writes: whether it took along all that this is for.

        Then there is nothing to write, and what it did is told by the side folder.
        """
        require_writer(side, self.machine)
        with side.locked(done=done) as held:
            if not held:
                return Drained()
            side.clean()
            archives.clean(side.workbook)
            keep_copy(self._snapshot(), self.now())
            unkept = bool(self._snapshot().unkept)
            drained = self._drained()
            if drained.places and overgrown(self._snapshot()):
                from workbook_cms.archiving import shorten  # noqa: PLC0415 - once in some thousand entries

                shorten(self._snapshot, self.actor("archive"), self.now(), len(drained.places))
        if unkept:
            with contextlib.suppress(FileError):  # somebody took the file away: there is nothing to keep of it
                self._snapshot().keep()
        return drained

    def _drained(self) -> Drained:
        """What waits, written; once more from the start when another program replaced the file meanwhile."""
        for _ in range(_TRIES - 1):
            with contextlib.suppress(ReplacedMeanwhileError):
                return self._writing.drain(self._snapshot())
        return self._writing.drain(self._snapshot())


def _author_told(side: SideFolder, kept: Path) -> None:
    """Take a conflict away whose author is told of it now: there is nothing to wait for, or to be told again."""
    side.withdraw(kept)
    with contextlib.suppress(FileError):  # whoever set it aside has not moved it yet: it is told once more
        side.settle(side.path / "conflicts" / kept.name)


def _receipt(
    snapshot: Snapshot,
    entry: Entry,
    state: str,
    place: Place | None,
    when: dt.datetime,
    findings: tuple[Finding, ...] = (),
    mended: tuple[MendedField, ...] = (),
) -> Receipt:
    table = snapshot.policy.table_by_id[entry.table].name
    key, cell = (place.key, place.cell) if place else (entry.key, "")
    return Receipt(entry.id, state, table, key, cell, tuple(map(gone_on, findings)), mended, when)
