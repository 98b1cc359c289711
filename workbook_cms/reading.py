"""What can be read from a workbook: its records, what breaks rules, its history and what waits."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from validation.engine import check_tables
from validation.excess import Excess
from validation.findings import CellValue
from validation.findings import select as chosen
from validation.frames import Operation
from validation.history import MERGED
from validation.policy import Policy
from workbook_cms.acceptance import Acceptance, Writing
from workbook_cms.collector import collector_paused
from workbook_cms.decisions import mark_decided
from workbook_cms.file import platform
from workbook_cms.file.beside.side import SideFolder
from workbook_cms.file.container.sameness import state_of
from workbook_cms.history import HISTORY_TABLE, Actor
from workbook_cms.integrity import Verification, deciding_lines, file_findings, verify
from workbook_cms.merged import pointed
from workbook_cms.receipts import Prepared
from workbook_cms.records import Door
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import Entry, Submission
from workbook_cms.tables import Findings, Table

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

    from validation.frames import TypedTable
    from workbook_cms.conflicts import Conflicted
    from workbook_cms.file.beside.backup import Backup
    from workbook_cms.file.beside.settings import Settings
    from workbook_cms.file.platform import OpenBy
    from workbook_cms.lost import Lost
    from workbook_cms.plain_tables import PlainWorkbook
    from workbook_cms.search import Hit
    from workbook_cms.status import Status

__all__ = ["WorkbookReading"]


class WorkbookReading:
    """A workbook as it can be read; `workbook_cms.workbook.Workbook` also writes."""

    def __init__(
        self,
        path: Path,
        *,
        today: dt.date | None = None,
        account: str | None = None,
        machine: str | None = None,
        person: str = "",
        writing: Writing | None = None,
    ) -> None:
        self.path = path
        self._today = today
        self._known: tuple[object, object, Snapshot] | None = None
        #: Where the file has no policy, its tables as they are.
        self._plain: PlainWorkbook | None = None
        acceptance = Acceptance(
            self.snapshot,
            lambda: dt.datetime.now(dt.UTC),
            platform.account() if account is None else account,
            platform.machine() if machine is None else machine,
            person,
            writing,
        )
        self._door = Door(self.snapshot, self.today, acceptance)

    def snapshot(self) -> Snapshot:
        """The workbook as it is now; read anew only when the file or its journal changed."""
        if not self.path.exists():
            _recover(self.path)
        file = state_of(self.path)  # where there is none, opening it says what is wrong
        journal = SideFolder(self.path).journal_state()
        known = self._known
        if known is None or known[0] != file:
            before = known[2] if known else None
            written = before.package.successor if before else None
            same = written if written is not None and written.state == file else None
            self._known = (file, journal, Snapshot.open(self.path, before, same))
        elif known[1] != journal:
            self._known = (file, journal, known[2].with_new_journal())
        assert self._known is not None  # noqa: S101 - set above
        return self._known[2]

    def today(self) -> dt.date:
        """The day that counts as today."""
        return self._today or dt.datetime.now().astimezone().date()

    @property
    def person(self) -> str:
        """Who is at the keyboard, by the Staff list or by her own word; "" where nobody knows."""
        return self._door.acceptance.who()[0]

    @property
    def verified(self) -> bool:
        """Whether the Staff list says so."""
        return bool(self.person) and self._door.acceptance.who()[1]

    def actor(self, source: str) -> Actor:
        """Who the history names for what is done now, and how it came in."""
        return self._door.acceptance.actor(source)

    def opened_by(self) -> OpenBy | None:
        """Who has the workbook open in a spreadsheet program, as far as can be known."""
        return platform.open_by(self.path)

    # reading -------------------------------------------------------------------------------------------------

    @property
    def policy(self) -> Policy:
        """The workbook's rules."""
        return self.snapshot().policy

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables of the policy, in its order; without a policy, all tables of the file."""
        if self._plain is not None:
            return self._plain.tables
        return tuple(self.table(table.name) for table in self.snapshot().policy.tables)

    def table(self, name: str) -> Table:
        """One table, by name.

        Raises:
            UnknownTableError: There is none of that name.
        """
        if self._plain is not None:
            return self._plain.table(name)

        def typed() -> TypedTable:
            snapshot = self.snapshot()
            return snapshot.typed(snapshot.table(name))

        return Table(typed, self._door)

    @collector_paused()
    def check(self, select: Sequence[str] = (), ignore: Sequence[str] = (), *, whole: bool = False) -> Findings:
        """Everything that breaks a rule: in the records, between the tables, in the file and its history.

        Args:
            select: Beginnings of rule codes to report, such as ``DUP``; all when empty.
            ignore: Beginnings of rule codes to leave out.
            whole: Tell each finding, however many there are of a kind; else, of very many, the first and how many more.
        """
        snapshot, excess = self.snapshot(), Excess()
        found = check_tables(snapshot.context(self.today()), None if whole else excess)
        of_file = file_findings(snapshot)
        found += of_file if whole else excess.kept(of_file)
        found += excess.rest()
        found = pointed(found, lambda: snapshot.merged, snapshot.policy)
        found = mark_decided(found, deciding_lines(snapshot, found), snapshot.policy)
        return Findings(chosen(found, select, ignore))

    def schema(self, table: str) -> DataFrameSchema:
        """The column rules of a table as a pandera schema over `Table.to_pandas`, for a team's own pandas code."""
        from validation.schema import compile_schema  # noqa: PLC0415 - pandera takes half a second to import

        snapshot = self.snapshot()
        return compile_schema(snapshot.table(table), snapshot.policy, self.today(), by="label")

    def find(self, table: str, query: str, limit: int = 10) -> list[Hit]:
        """Records that match any detail - name, phone, e-mail, key ... - best first, each with the reason."""
        from workbook_cms import merged_search  # noqa: PLC0415 - rapidfuzz is not needed to add a record

        snapshot = self.snapshot()
        return merged_search.find(snapshot, snapshot.table(table), query, limit, self.today())

    def history(self, key: str = "") -> pd.DataFrame:
        """Rows of the history, oldest first, columns as on the sheet; of one record when ``key`` is given, with those
        that tell of records merged into it."""
        every = self.snapshot().whole_history.rows
        rows = [row for row in every if not key or row.key == key or (row.action == MERGED and row.new == key)]
        return pd.DataFrame(rows, columns=[column.label for column in HISTORY_TABLE.columns])

    def verify_history(self) -> Verification:
        """The history held against its seals, the last write and the records."""
        return verify(self.snapshot())

    @property
    def waiting(self) -> tuple[Submission, ...]:
        """Accepted submissions that are still to be written, oldest first."""
        return tuple(one for one in self.snapshot().pending if self._door.acceptance.waits(one))

    @property
    def pending(self) -> tuple[Entry, ...]:
        """Accepted entries that are still to be written."""
        return tuple(entry for submission in self.waiting for entry in submission.entries)

    @property
    def unsaved(self) -> tuple[Submission, ...]:
        """Accepted submissions that stand in the open workbook, and not in the file yet; oldest first."""
        return tuple(one for one in self.snapshot().pending if not self._door.acceptance.waits(one))

    def conflicts(self) -> tuple[Conflicted, ...]:
        """Accepted changes of the person at the keyboard that could no longer be applied, oldest first."""
        from workbook_cms import conflicts  # noqa: PLC0415 - only where forms show them

        return conflicts.of(self.snapshot(), self._door.acceptance.actor("").account)

    def conflicts_of_all(self) -> tuple[Conflicted, ...]:
        """The same of everybody."""
        from workbook_cms import conflicts  # noqa: PLC0415 - as above

        return conflicts.of(self.snapshot())

    def status(self) -> Status:
        """How the workbook stands: what waits, what conflicts, what was lost, who has it open, how old its copy is."""
        from workbook_cms.status import status  # noqa: PLC0415 - not needed to add a record

        return status(self.snapshot(), self.actor("").machine, self.waiting, self.unsaved)

    def lost(self) -> list[Lost]:
        """Entries that the workbook held once and holds no longer, since an older version of it came back."""
        from workbook_cms.lost import lost  # noqa: PLC0415 - as above

        return lost(self.snapshot())

    @property
    def settings(self) -> Settings:
        """Which computer writes to the workbook, and how many copies of it are kept."""
        return self.snapshot().side.settings()

    @staticmethod
    def copies(path: str | os.PathLike[str]) -> list[Backup]:
        """The copies of a workbook, newest first; it need not be there, or readable."""
        from workbook_cms.restoring import copies  # noqa: PLC0415 - as above

        return copies(Path(path))

    def prepare(self, table: str, values: Mapping[str, CellValue], *, key: str = "") -> Prepared:
        """What an entry would become and what rules say of it; nothing is written.

        Args:
            table: Name of the table.
            values: By field label.
            key: Key of the record it would change; a new record otherwise.
        """
        policy_table = self.snapshot().table(table)
        operation = Operation.UPDATE if key else Operation.ADD
        return self._door.prepare(policy_table, [values], operation, frozenset([key] if key else []))


def _recover(path: Path) -> None:
    """A program may have died while Windows was replacing the file, which then has another name."""
    from workbook_cms.file import replacement  # noqa: PLC0415 - readers need no writer

    if replacement.left_behind(path):
        with SideFolder(path).locked():
            replacement.recover(path)
