"""`Workbook`: the public face of the product. The command line only calls it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from validation.engine import check_tables
from validation.findings import CellValue
from validation.findings import select as chosen
from validation.frames import Operation
from validation.policy import Policy
from workbook_cms.collector import collector_paused
from workbook_cms.decisions import mark_decided
from workbook_cms.errors import InputError
from workbook_cms.file import platform
from workbook_cms.file.side import SideFolder
from workbook_cms.history import HISTORY_TABLE
from workbook_cms.integrity import file_findings
from workbook_cms.receipts import Receipt
from workbook_cms.records import Door
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import Entry
from workbook_cms.tables import Batch, Findings, Table

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

    from workbook_cms.fixes import FixedCell
    from workbook_cms.policies.change import PolicyChange
    from workbook_cms.search import Hit

__all__ = ["Workbook"]


class Workbook:
    """An Excel workbook that keeps its own rules."""

    def __init__(
        self, path: Path, *, today: dt.date | None = None, account: str | None = None, machine: str | None = None
    ) -> None:
        self.path = path
        self._today = today
        self._known: tuple[object, tuple[str, ...], Snapshot] | None = None
        self._door = Door(
            self.snapshot,
            lambda: dt.datetime.now(dt.UTC),
            self.today,
            platform.account() if account is None else account,
            platform.machine() if machine is None else machine,
        )

    # opening -------------------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], *, today: dt.date | None = None, account: str | None = None
    ) -> Workbook:
        """Open a workbook; the file is read now, and again whenever it has changed.

        Args:
            path: The ``.xlsx`` or ``.xlsm`` file.
            today: The day that counts as today for rules such as "not in the future"; the real one unless given.
            account: Account of the person at the keyboard; the operating system's unless given.

        Raises:
            FileError: There is no such file, or it is not a workbook that can be read safely.
            PolicyError: It has no policy, or one that breaks its own rules.
        """
        book = cls(Path(path), today=today, account=account)
        book.snapshot()
        return book

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        template: str | Policy = "world-traveller",
        *,
        sample: bool = False,
        overwrite: bool = False,
        today: dt.date | None = None,
    ) -> Workbook:
        """Build a new workbook from a template.

        Args:
            path: Where; ends with ``.xlsx``.
            template: Name of a template, or a policy.
            sample: Fill in the template's sample records, planted faults included.
            overwrite: Replace a file that is there.
            today: As for `open`.

        Raises:
            InputError: There is no such template, or the name has another ending.
            PolicyError: The policy breaks its own rules.
            FileError: The file exists, or the folder cannot be written to.
        """
        from workbook_cms import seeding  # noqa: PLC0415 - the builder and YAML are not needed to add a record

        target = Path(path)
        book = cls(target, today=today)
        seeding.create(target, template, overwrite, book._door)
        if sample:
            if not isinstance(template, str):
                raise InputError("sample", "only a template has sample records.", "Give the name of a template.")
            seeding.fill(template, book.snapshot(), book._door)
        return book

    def snapshot(self) -> Snapshot:
        """The workbook as it is now; read anew only when the file or its journal changed."""
        file = _state(self.path)
        journal = tuple(path.name for path in SideFolder(self.path).journal_files())
        known = self._known
        if known is None or known[0] != file:
            self._known = (file, journal, Snapshot.open(self.path))
        elif known[1] != journal:
            self._known = (file, journal, known[2].with_new_journal())
        assert self._known is not None  # noqa: S101 - set above
        return self._known[2]

    def today(self) -> dt.date:
        """The day that counts as today."""
        return self._today or dt.datetime.now().astimezone().date()

    # reading -------------------------------------------------------------------------------------------------

    @property
    def policy(self) -> Policy:
        """The workbook's rules."""
        return self.snapshot().policy

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables of the policy, in its order."""
        snapshot = self.snapshot()
        return tuple(Table(snapshot.typed(table)) for table in snapshot.policy.tables)

    def table(self, name: str) -> Table:
        """One table, by name.

        Raises:
            UnknownTableError: There is none of that name.
        """
        snapshot = self.snapshot()
        return Table(snapshot.typed(snapshot.table(name)))

    @collector_paused()
    def check(self, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Findings:
        """Everything that breaks a rule: in the records, between the tables, in the file and its history.

        Args:
            select: Beginnings of rule codes to report, such as ``DUP``; all when empty.
            ignore: Beginnings of rule codes to leave out.
        """
        snapshot = self.snapshot()
        found = check_tables(snapshot.context(self.today()))
        found += file_findings(snapshot)
        found = mark_decided(found, snapshot.history, snapshot.policy)
        return Findings(chosen(found, select, ignore))

    def schema(self, table: str) -> DataFrameSchema:
        """The column rules of a table as a pandera schema over `Table.to_pandas`, for a team's own pandas code."""
        from validation.schema import compile_schema  # noqa: PLC0415 - pandera takes half a second to import

        snapshot = self.snapshot()
        return compile_schema(snapshot.table(table), snapshot.policy, self.today(), by="label")

    def find(self, table: str, query: str, limit: int = 10) -> list[Hit]:
        """Records that match any detail - name, phone, e-mail, key ... - best first, each with the reason."""
        from workbook_cms import search  # noqa: PLC0415 - rapidfuzz is not needed to add a record

        snapshot = self.snapshot()
        tables = snapshot.context(self.today()).tables
        return search.find(snapshot.typed(snapshot.table(table)), query, snapshot.policy, limit, tables)

    def history(self, key: str = "") -> pd.DataFrame:
        """Rows of the history, oldest first, columns as on the sheet; of one record when ``key`` is given."""
        rows = [row for row in self.snapshot().history if not key or row.key == key]
        return pd.DataFrame(rows, columns=[column.label for column in HISTORY_TABLE.columns])

    @property
    def pending(self) -> tuple[Entry, ...]:
        """Accepted entries that the file does not hold yet."""
        return tuple(entry for submission in self.snapshot().pending for entry in submission.entries)

    # writing -------------------------------------------------------------------------------------------------

    @collector_paused()
    def add(
        self, table: str, values: Mapping[str, CellValue], *, override: str = "", source: str = "api"
    ) -> Receipt:
        """Add a record.

        Args:
            table: Name of the table.
            values: By field label; what is left out is blank or gets its default.
            override: Reason to go on in spite of an alert (possible duplicate, doubtful attribution).
            source: How it came in, for the history.

        Raises:
            EntryRefusedError: It breaks rules, or an alert has no reason; ``findings`` says which.
            FileError: The workbook cannot be written. Nothing was written.
        """
        return self._door.add(self.snapshot().table(table), values, override, source)

    def update(
        self,
        table: str,
        key: str,
        values: Mapping[str, CellValue],
        *,
        override: str = "",
        why: str = "",
        source: str = "api",
    ) -> Receipt:
        """Change a record; the old values stay in the history.

        Args:
            table: Name of the table.
            key: Key of the record.
            values: The changed fields by label; "" or None empties one.
            override: Reason to go on in spite of an alert.
            why: Reason for the change, for the history.
            source: How it came in, for the history.

        Raises:
            UnknownRecordError: There is no such record.
            EntryRefusedError: The change breaks rules, or somebody else changed the record meanwhile.
            FileError: The workbook cannot be written. Nothing was written.
        """
        return self._door.update(self.snapshot().table(table), key, values, override, why, source)

    @collector_paused()
    def add_many(
        self,
        table: str,
        rows: pd.DataFrame,
        *,
        override: str = "",
        source: str = "import",
        dry_run: bool = False,
    ) -> Batch:
        """Add many records in one commit; rows that break rules are held back, the others go in.

        Args:
            table: Name of the table.
            rows: One row a record, labels as columns, blank as None, NaN or "".
            override: Reason to take rows in spite of alerts.
            source: How they came in, for the history.
            dry_run: Check only.

        Raises:
            FileError: The workbook cannot be written. Nothing was written.
        """
        policy_table = self.snapshot().table(table)
        given: list[dict[str, Any]] = [
            {str(name): value for name, value in row.items() if not _blank(value)}
            for row in rows.astype(object).to_dict("records")
        ]
        prepared = self._door.prepare(policy_table, given, Operation.IMPORT)
        if dry_run:
            refused = self._door.held_back(prepared, given, override)
            return Batch((), tuple(refused), len(given) - len(refused))
        receipts, refused = self._door.add_many(prepared, given, override, source)
        return Batch(tuple(receipts), tuple(refused), len(receipts))

    def fix(
        self,
        *,
        unsafe: bool = False,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        dry_run: bool = False,
    ) -> list[FixedCell]:
        """Apply suggested values through the door, each with its history.

        Args:
            unsafe: Also those that a person should look at first.
            select: As for `check`.
            ignore: As for `check`.
            dry_run: Tell what would change and write nothing.
        """
        from workbook_cms import fixes  # noqa: PLC0415 - only here

        if dry_run:
            return fixes.plan(self._door, self.snapshot(), self.check(select, ignore), unsafe)
        return fixes.apply(self._door, self.snapshot, lambda: self.check(select, ignore), unsafe)

    def sync(self) -> int:
        """Write what waits in the journal; the number of entries written.

        Raises:
            WorkbookLockedError: The workbook is open elsewhere.
            FileError: It cannot be written.
        """
        return len(self._door.commit().places) if self.pending else 0

    def apply_policy(self, policy: Policy, *, dry_run: bool = False) -> list[PolicyChange]:
        """Give the workbook a changed policy; data and history stay.

        Args:
            policy: The changed policy.
            dry_run: Tell what would change and write nothing.

        Raises:
            PolicyError: The policy breaks its own rules, or asks for what cannot be done.
            FileError: The workbook cannot be written. Nothing was written.
        """
        from workbook_cms import policing  # noqa: PLC0415 - the builder is not needed to add a record

        return policing.apply(self._door, self.snapshot, policy, dry_run)


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None  # opening it says what is wrong
    return status.st_mtime_ns, status.st_size, status.st_ino


def _blank(value: object) -> bool:
    return value is None or value == "" or value is pd.NA or value is pd.NaT or value != value  # noqa: PLR0124
