"""Validation on save: the workbook is checked as it stands; under the save policy block, errors call the save off."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from validation.findings import Finding
from validation.policy import SavePolicy
from workbook_cms.batch import chain_end
from workbook_cms.errors import FileError, InputError
from workbook_cms.file.beside import durable, privacy
from workbook_cms.file.beside.side import SideFolder
from workbook_cms.file.writer import Append
from workbook_cms.forms import adapter
from workbook_cms.forms.areas import LostNameError
from workbook_cms.forms.cell_marks import Marks
from workbook_cms.forms.save_check import SAVE_ANYWAY, allowance, is_checked, stops
from workbook_cms.forms.wording import plain
from workbook_cms.history import HISTORY_TABLE, Actor, Event, history_rows, to_cells
from workbook_cms.reading import WorkbookReading
from workbook_cms.safekeeping import require_writer

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["SAVED_ANYWAY", "before_save", "recover", "save_anyway"]

#: The action of the history row that tells of a save in spite of errors.
SAVED_ANYWAY = "saved anyway"
_KEPT = 10


def before_save(book: xw.Book, save_policy: SavePolicy, check: Callable[[], Sequence[Finding]]) -> bool:
    """Check a workbook that is about to be saved; whether the save is to be called off.

    Before it is called off, a copy of all that stands in the workbook is kept beside it.

    Args:
        book: The open workbook.
        save_policy: What the policy says.
        check: Checks the workbook as it stands and shows what was found.

    Raises:
        FileError: No copy could be kept; the save is not called off then.
    """
    if not is_checked(save_policy, autosaves=adapter.autosaves(book)):
        return False
    found = check()
    if not stops(save_policy, adapter.program_of(book), found, _allowed(book)):
        return False
    copy = recover(book)
    text = f"Not saved: there are errors, see Findings. A copy is kept: {copy.name}. To save all the same, write there:"
    adapter.tell(book, f"{text} {SAVE_ANYWAY}: and why.")
    return True


def recover(book: xw.Book) -> Path:
    """Keep a copy of the open workbook, with all that is not saved, in its side folder; the newest ones stay.

    Raises:
        FileError: The folder cannot be written to.
    """
    path = adapter.file_of(book)
    folder = SideFolder(path).path / "recovery"
    copy = folder / f"{path.stem}-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}{path.suffix}"
    try:
        durable.make_folder(folder, privacy.folder_mode(path))
        privacy.guard(folder, path)
        with adapter.calls(str(book.name)):
            adapter.copy_to(book, copy)
        privacy.as_private_as(copy, path)
        for old in sorted(folder.glob(f"*{path.suffix}"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(
            path.name,
            f"no copy could be kept in {folder} ({error.strerror}).",
            "Free some disk space, or ask for the right to write there.",
        ) from error
    return copy


def save_anyway(book: xw.Book, reading: WorkbookReading, actor: Actor, reason: str) -> int:
    """Let what is found now through at the next save; who did that, and why, goes into the history.

    Args:
        book: The open workbook.
        reading: The workbook as it stands in the program, see `open_book.open_reading`.
        actor: Who is at the keyboard.
        reason: Why it is right all the same.

    Returns:
        How many findings are let through.

    Raises:
        InputError: No reason was given.
        LostNameError: The workbook cannot remember it.
        WorkbookLockedError: Another computer is the one that writes.
        SpreadsheetError: The program does not do what it is told.
    """
    why = plain(reason)
    if not why:
        raise InputError(
            SAVE_ANYWAY, "a reason is needed.", f"Write it behind the words: {SAVE_ANYWAY}: Ben knows."
        )
    found = reading.check()
    marks, snapshot = Marks(book), reading.snapshot()
    allowed = allowance(found)
    count = sum(finding.severity == "error" for finding in found)
    require_writer(snapshot.side, actor.machine, "Do it there. Nothing was let through.")
    event = Event(SAVED_ANYWAY, "", "", "", new=f"{count:,} errors", why=why)
    with snapshot.side.locked():
        now = dt.datetime.now(dt.UTC)
        rows = history_rows(
            [event], chain_end(snapshot), actor, now, snapshot.policy.digest, [secrets.token_hex(8)]
        )
        snapshot.write([Append(HISTORY_TABLE.name, [to_cells(row) for row in rows])])
    marks.allow(allowed)
    return count


def _allowed(book: xw.Book) -> str:
    try:
        return Marks(book).allowed
    except LostNameError:
        return ""
