"""What stops a command: one base class, every message a place, a problem and a remedy in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validation.findings import Finding

__all__ = [
    "ChangedMeanwhileError",
    "EntryRefusedError",
    "FileError",
    "InputError",
    "NoPolicyError",
    "PolicyError",
    "RefusedChangeError",
    "ReplacedMeanwhileError",
    "UnknownRecordError",
    "UnknownTableError",
    "UnsettledError",
    "WorkbookCmsError",
    "WorkbookLockedError",
]


class WorkbookCmsError(Exception):
    """The work cannot go on. ``str()`` is one line for people, without Python words.

    Attributes:
        place: File, table, sheet, cell or option, such as ``customers.xlsx, table Interactions``.
        problem: What is wrong there.
        remedy: What the reader can do about it.
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(place, problem, remedy)
        self.place, self.problem, self.remedy = place, problem, remedy

    def __str__(self) -> str:
        return f"{self.place}: {self.problem} {self.remedy}".strip()


class FileError(WorkbookCmsError):
    """The file cannot be read, understood or written; it was left as it was."""


class WorkbookLockedError(FileError):
    """Another program or person holds the workbook, so it cannot be written now."""


class ReplacedMeanwhileError(FileError):
    """Another program replaced the file since it was read. Nothing was written; a second try reads it anew."""


class RefusedChangeError(FileError):
    """Something in the file would be damaged or hidden by one change. Nothing was written; others may go in."""


class UnsettledError(FileError):
    """The file holds the change, but the drive could not confirm that it would outlast a power cut."""


class PolicyError(WorkbookCmsError):
    """The policy is missing or breaks its own rules. ``findings`` says where, one each."""

    def __init__(self, place: str, problem: str, remedy: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(place, problem, remedy)
        self.findings = findings


class NoPolicyError(PolicyError):
    """A workbook that has no policy at all: somebody else's, as far as is known."""


class InputError(WorkbookCmsError):
    """What was given on the command line, or in a file to be taken in, cannot be understood."""


class UnknownTableError(InputError, LookupError):
    """The workbook has no such table."""


class UnknownRecordError(InputError, LookupError):
    """The table has no record of that key."""


class EntryRefusedError(WorkbookCmsError):
    """An entry broke rules. ``findings`` says which; nothing was written."""

    def __init__(self, place: str, problem: str, remedy: str, findings: tuple[object, ...] = ()) -> None:
        super().__init__(place, problem, remedy)
        self.findings = findings


class ChangedMeanwhileError(EntryRefusedError):
    """Somebody else changed the record since its author loaded it; nothing was written.

    Attributes:
        mine: By field label, what the author wants to write.
        theirs: By field label, what the record holds by now, in the fields that both changed.
    """

    def __init__(
        self, place: str, problem: str, remedy: str, mine: Mapping[str, object], theirs: Mapping[str, object]
    ) -> None:
        super().__init__(place, problem, remedy)
        self.mine, self.theirs = mine, theirs
