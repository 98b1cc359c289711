"""The folder beside a workbook, ``customers.xlsx.cms``: journal, applied entries, conflicts, lock and head."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbook_cms.errors import FileError, UnsettledError, WorkbookLockedError
from workbook_cms.file.beside import durable, lock, privacy
from workbook_cms.file.beside.kept import TIME, Head, JournalFile, is_stamped, later, listed, read_json
from workbook_cms.file.beside.settings import Settings

__all__ = ["Head", "JournalFile", "SideFolder"]

#: How long a writer waits for another one on the same workbook, seconds.
LOCK_WAIT = 10.0
#: How long applied journal files are kept, seconds.
APPLIED_KEPT = 30 * 86400
#: Endings of what is kept beside a submission: why it was set aside, and where its records went.
_WHY, _PLACES = ".why.json", ".places"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class SideFolder:
    """Side files of one workbook. Nothing here is made until the first write."""

    def __init__(self, workbook: Path) -> None:
        self.workbook = workbook
        self.path = privacy.side_folder(workbook)

    @property
    def backups(self) -> Path:
        """Where copies made before bulk changes lie."""
        return self.path / "backups"

    @contextlib.contextmanager
    def locked(self, wait: float = LOCK_WAIT, done: Callable[[], bool] = lambda: False) -> Iterator[bool]:
        """Hold the write lock of the workbook; the operating system frees it if the process dies.

        Args:
            wait: Seconds to wait for another writer.
            done: Asked while waiting: whether there is nothing left to hold it for.

        Yields:
            Whether it is held; False when ``done`` came first.

        Raises:
            WorkbookLockedError: Another process held it for longer than ``wait`` seconds.
            FileError: The folder cannot be written.
        """
        self._make(self.path)
        with contextlib.ExitStack() as stack:
            try:
                taken = stack.enter_context(lock.held(self.path, wait, done, mode=self._mode))
            except lock.LockHeldError as error:
                raise self._held(error.holder) from error
            except OSError as error:
                raise self._unwritable(self.path, error) from error
            yield taken

    def writing(self) -> lock.Holder | None:
        """Who holds the write lock right now; None when nobody does."""
        try:
            if not (self.path / "lock").exists():
                return None
            with lock.held(self.path, 0, sign=False, mode=self._mode):
                return None
        except lock.LockHeldError as error:
            return error.holder or lock.Holder("", "", 0, "")
        except OSError:
            return None  # it cannot be written to at all; whoever tries is told

    def _held(self, by: lock.Holder | None) -> WorkbookLockedError:
        who = f" ({by.account} on {by.machine} since {by.since[11:16]} UTC)" if by and by.machine else ""
        return WorkbookLockedError(
            self.workbook.name,
            f"another program is writing to the workbook right now{who}.",
            "Try again in a moment.",
        )

    # settings ------------------------------------------------------------------------------------------------

    def settings(self) -> Settings:
        """What is set for this workbook.

        Raises:
            WorkbookLockedError: The file is damaged: which computer writes is then unknown, and entries wait.
            FileError: It may not be read.
        """
        path = self.path / "settings.json"
        try:
            if not path.exists():
                return Settings()
            return Settings.from_data(read_json(path) or {"writer": None})
        except ValueError as error:
            raise WorkbookLockedError(
                self.workbook.name,
                f"the settings in {path} are damaged, so that nobody knows which computer writes.",
                "Delete that file, and set them again with `workbook-cms settings`.",
            ) from error
        except OSError as error:
            raise self._unreadable() from error

    def write_settings(self, settings: Settings) -> None:
        """Replace the settings. The write lock must be held."""
        self._put(self.path / "settings.json", settings.to_data(), indent=1)

    # journal -------------------------------------------------------------------------------------------------

    def write_journal(self, name: str, data: Mapping[str, Any]) -> Path:
        """Keep an accepted submission: written aside, fsynced, renamed in. Only then may anyone be told.

        Args:
            name: Sorts by time and is unique, such as ``20261122T011358.123456-<uuid>``. When the clock went back since
                the last one was kept, it gets a later time: an entry must not overtake one that it builds on.
            data: JSON-ready.
        """
        target = self.path / "journal" / f"{name}.json"
        if not target.exists():
            target = target.with_name(f"{later(name, self.journal_files())}.json")
        self._put(target, data)
        return target

    def journal(self) -> list[JournalFile]:
        """Submissions that wait, oldest first."""
        files = [JournalFile.read(path) for path in self.journal_files()]
        return [file for file in files if file.data is not None or file.path.exists()]  # not those just retired

    def journal_files(self) -> list[Path]:
        """Their paths."""
        try:
            return listed(self.path / "journal", "*.json")
        except OSError as error:
            raise self._unreadable() from error

    def journal_state(self) -> tuple[tuple[str, int], ...]:
        """(name, size) of each: a sync program may bring a file in pieces under its own name."""
        found = []
        try:
            with os.scandir(self.path / "journal") as files:
                for file in files:
                    if file.name.endswith(".json") and not file.name.startswith("."):
                        with contextlib.suppress(FileNotFoundError):
                            found.append((file.name, file.stat().st_size))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise self._unreadable() from error
        return tuple(sorted(found))

    def retire(self, entries: Mapping[Path, Mapping[str, tuple[str, str]]]) -> None:
        """Move submissions that the workbook on disk holds to ``applied``.

        Args:
            entries: By journal file (key, cell) of its records by entry id: what its author, who may wait for the lock,
                is told, and what is needed should the workbook go back to an older version.
        """
        for path, places in entries.items():
            self._leave_word(path, places)
        if entries:
            try:
                durable.move_all(list(entries), self.path / "applied", self._mode)
            except OSError as error:
                raise self._unwritable(self.path / "applied", error) from error

    def _leave_word(self, path: Path, places: Mapping[str, tuple[str, str]]) -> None:
        if places:
            self._make(self.path / "applied")
            # Not fsynced: the workbook, which is, holds all this.
            with contextlib.suppress(OSError):
                placed = self.path / "applied" / f"{path.stem}{_PLACES}"
                privacy.start(placed, self._mode)
                placed.write_text(json.dumps(places, ensure_ascii=False), encoding="utf-8")
        with contextlib.suppress(OSError):
            os.utime(path)  # it is kept for so long from now on

    def places(self, path: Path) -> dict[str, tuple[str, str]]:
        """(key, cell) by entry id that a submission of that journal file was given, as far as is known."""
        data = read_json(self.path / "applied" / f"{path.stem}{_PLACES}") or {}
        return {entry: (str(place[0]), str(place[1])) for entry, place in data.items() if len(place) == 2}

    def applied(self) -> list[Path]:
        """Submissions that a workbook held, oldest first."""
        settled = set(self.settled())
        return [
            p for p in listed(self.path / "applied", "*.json") if not p.name.endswith(_WHY) and p not in settled
        ]

    def settled(self) -> list[Path]:
        """Submissions that were set aside and whose authors know of it: no workbook ever held them."""
        reasons = listed(self.path / "applied", f"*{_WHY}")
        return [path.with_name(f"{path.name.removesuffix(_WHY)}.json") for path in reasons]

    def set_aside(self, entry: JournalFile, why: Mapping[str, Any]) -> None:
        """Move a submission that can no longer be applied to ``conflicts``, with the reason."""
        self._put(self.path / "conflicts" / f"{entry.path.stem}{_WHY}", why, indent=1)
        self._move(entry.path, "conflicts")

    def reason_set_aside(self, path: Path) -> str:
        """Why a submission of that journal file was set aside, "" when it was not."""
        data = read_json(self.path / "conflicts" / f"{path.stem}{_WHY}")
        return str(data["problem"]) if data and "problem" in data else ""

    def withdraw(self, path: Path) -> None:
        """Take back a submission nobody was told of. The write lock must be held, or another writer may have it."""
        try:
            durable.remove(path)
        except OSError as error:
            raise self._unwritable(path.parent, error) from error

    def conflict_files(self) -> list[JournalFile]:
        """Submissions that were set aside."""
        return [JournalFile(path, read_json(path)) for path in self.conflicts()]

    def settle(self, path: Path) -> None:
        """Move a submission that was set aside to ``applied``, with the reason: its author knows of it."""
        why = path.with_name(f"{path.stem}{_WHY}")
        if why.exists():
            self._move(why, "applied")
        self._move(path, "applied")

    def conflicts(self) -> list[Path]:
        """What stands in ``conflicts``, reasons left out."""
        return [p for p in listed(self.path / "conflicts", "*.json") if not p.name.endswith(_WHY)]

    def clean(self) -> None:
        """Take away what programs that died left half written. The write lock must be held."""
        durable.clean([self.path, self.path / "journal", self.path / "conflicts"])

    def forget_applied(self, now: float) -> None:
        """Remove applied files older than 30 days; ``now`` in seconds since the epoch."""
        # Names begin with a time that is never after that of the file, so that few files need to be asked.
        newest = dt.datetime.fromtimestamp(now - APPLIED_KEPT, dt.UTC).strftime(TIME)
        with contextlib.suppress(OSError), os.scandir(self.path / "applied") as found:
            old = [one for one in found if one.name < newest or not is_stamped(one.name)]
            for one in old:
                with contextlib.suppress(OSError):  # someone else tidies at the same time
                    if one.name.endswith((".json", _PLACES)) and one.stat().st_mtime < now - APPLIED_KEPT:
                        Path(one.path).unlink()

    # head ----------------------------------------------------------------------------------------------------

    def head(self) -> Head:
        """The head, or an empty one where there is none or it cannot be read."""
        return Head.read(self.path / "head.json")

    def write_head(self, head: Head) -> None:
        """Replace the head."""
        self._put(self.path / "head.json", asdict(head), indent=1)

    def conflict_copies(self) -> list[str]:
        """Names of files beside the workbook that look like conflict copies of it, as sync programs make them."""
        stem, suffix = re.escape(self.workbook.stem), re.escape(self.workbook.suffix)
        # Dropbox and iCloud/Drive name the conflict; OneDrive appends the machine's name in capitals.
        pattern = re.compile(
            rf"{stem}(?: \(.*conflict.*\)|[ -]conflict.*|-(?=[A-Z0-9-]*[A-Z])[A-Z0-9][A-Z0-9-]*| \[conflict.*\]){suffix}",
        )
        return sorted(p.name for p in listed(self.workbook.parent, "*") if pattern.fullmatch(p.name))

    # -----------------------------------------------------------------------------------------------------------

    @property
    def _mode(self) -> int | None:
        return privacy.folder_mode(self.workbook)

    def _make(self, folder: Path) -> None:
        try:
            if self.path != privacy.beside(self.workbook) and not self.path.is_dir():
                raise FileNotFoundError(errno.ENOENT, "not there", str(self.path))
            durable.make_folder(folder, self._mode)
            privacy.guard(self.path, self.workbook)
        except OSError as error:
            raise self._unwritable(folder, error) from error

    def _put(self, target: Path, data: Any, indent: int | None = None) -> None:
        # No indent for what may be long: with one, json falls back from C to Python, which took as long as the write
        # of the workbook.
        text = json.dumps(data, ensure_ascii=False, indent=indent)
        try:
            self._make(self.path)
            durable.put(target, text.encode("utf-8"), self._mode)
        except OSError as error:
            raise self._unwritable(target.parent, error) from error

    def _move(self, path: Path, folder: str) -> None:
        try:
            durable.move(path, self.path / folder / path.name, self._mode)
        except OSError as error:
            raise self._unwritable(self.path / folder, error) from error

    def _unreadable(self) -> FileError:
        return FileError(
            self.workbook.name,
            f"the folder {self.path} cannot be read, so nobody knows what waits in it.",
            "Ask for the right to read it.",
        )

    def _unwritable(self, folder: Path, error: OSError) -> FileError:
        if isinstance(error, durable.UnsureError):
            return UnsettledError(
                self.workbook.name,
                f"the drive failed while this was being kept in {folder}, and again when it was to be taken back, so that "
                "it may or may not be kept.",
                "Check the drive, and look whether it is there before you enter it again.",
            )
        if error.errno in _FULL:
            problem, remedy = f"the disk is full, so nothing can be kept in {folder}.", "Free some space"
        elif isinstance(error, FileNotFoundError):
            problem, remedy = (
                f"its side folder {self.path} cannot be reached.",
                "Connect the drive that it lies on",
            )
        elif isinstance(error, IsADirectoryError):
            problem, remedy = (
                f"a folder stands where a file should be: {error.filename or folder}.",
                "Move it away",
            )
        elif isinstance(error, (FileExistsError, NotADirectoryError)):
            problem, remedy = f"a file stands where the folder {folder} should be.", "Move it away"
        else:
            problem, remedy = f"the folder {folder} cannot be written to.", "Ask for the right to write in it"
        return FileError(self.workbook.name, f"{problem} Nothing was saved.", f"{remedy}, then try again.")
