"""`Workbook`: the public face of the product. The command line only calls it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from validation.findings import CellValue
from validation.policy import Policy
from workbook_cms.collector import collector_paused
from workbook_cms.errors import InputError, NoPolicyError
from workbook_cms.receipts import Receipt
from workbook_cms.tables import Batch
from workbook_cms.workbook_merging import WorkbookMerging

if TYPE_CHECKING:
    from workbook_cms.archiving import Archiving
    from workbook_cms.file.beside.settings import Settings
    from workbook_cms.fixes import FixedCell
    from workbook_cms.lost import Replayed
    from workbook_cms.policies.change import PolicyChange
    from workbook_cms.restoring import Restored
    from workbook_cms.seeding import Dress
    from workbook_cms.undo import Undone

__all__ = ["Workbook"]


class Workbook(WorkbookMerging):
    """An Excel workbook that keeps its own rules."""

    # opening -------------------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        today: dt.date | None = None,
        account: str | None = None,
        person: str = "",
    ) -> Workbook:
        """Open a workbook; the file is read now, and again whenever it has changed.

        A workbook without a policy has tables only: `tables` and `table`, with `to_pandas`, `append` and `update`.

        Args:
            path: The ``.xlsx`` or ``.xlsm`` file.
            today: The day that counts as today for rules such as "not in the future"; the real one unless given.
            account: Account of the person at the keyboard; the operating system's unless given.
            person: Name in the Staff list of who is at the keyboard, for an account that several people share. It is
                a claim: the history says "unverified" behind it, and an account that the list knows goes before it.

        Raises:
            FileError: There is no such file, or it is not a workbook that can be read safely.
            PolicyError: Its policy breaks its own rules.
        """
        book = cls(Path(path), today=today, account=account, person=person)
        try:
            book.snapshot()
        except NoPolicyError:
            # Somebody else's workbook: its tables can be read and written; what needs rules says that it has none.
            from workbook_cms.plain_tables import PlainWorkbook  # noqa: PLC0415 - not for record workbooks

            book._plain = PlainWorkbook(book.path)
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
        dress: Dress | None = None,
    ) -> Workbook:
        """Build a new workbook from a template.

        Args:
            path: Where; ends with ``.xlsx``, or with ``.xlsm`` when ``dress`` brings macros.
            template: Name of a template, or a policy.
            sample: Fill in the template's sample records, planted faults included.
            overwrite: Replace a file that is there.
            today: As for `open`.
            dress: Adds forms: `workbook_cms.forms.frontend.with_forms`.

        Raises:
            InputError: There is no such template, or the name has another ending.
            PolicyError: The policy breaks its own rules.
            FileError: The file exists, or the folder cannot be written to.
        """
        from workbook_cms import seeding  # noqa: PLC0415 - the builder and YAML are not needed to add a record

        target = Path(path)
        book = cls(target, today=today)
        seeding.create(target, template, overwrite, book._door, dress)
        if sample:
            if not isinstance(template, str):
                raise InputError("sample", "only a template has sample records.", "Give the name of a template.")
            seeding.fill(template, book.snapshot(), book._door)
        return book

    # writing -------------------------------------------------------------------------------------------------

    @collector_paused()
    def add(
        self,
        table: str,
        values: Mapping[str, CellValue],
        *,
        override: str = "",
        source: str = "api",
        entry_id: str = "",
    ) -> Receipt:
        """Add a record.

        Args:
            table: Name of the table.
            values: By field label; what is left out is blank or gets its default.
            override: Reason to go on in spite of an alert (possible duplicate, doubtful attribution).
            source: How it came in, for the history.
            entry_id: UUID of the entry, where its maker has one: one that was taken before is not taken twice, and
                gives its receipt again.

        Raises:
            EntryRefusedError: It breaks rules, or an alert has no reason; ``findings`` says which.
            FileError: The workbook cannot be written. Nothing was written.
        """
        return self._door.add(self.snapshot().table(table), values, override, source, entry_id)

    def update(
        self,
        table: str,
        key: str,
        values: Mapping[str, CellValue],
        *,
        override: str = "",
        why: str = "",
        source: str = "api",
        seen: Mapping[str, CellValue] | None = None,
        entry_id: str = "",
    ) -> Receipt:
        """Change a record; the old values stay in the history.

        Args:
            table: Name of the table.
            key: Key of the record.
            values: The changed fields by label; "" or None empties one.
            override: Reason to go on in spite of an alert.
            why: Reason for the change, for the history.
            source: How it came in, for the history.
            seen: The record by label as its author loaded it, where that was some time ago.
            entry_id: As for `add`.

        Raises:
            UnknownRecordError: There is no such record.
            ChangedMeanwhileError: A field to be changed is no longer as in ``seen``.
            EntryRefusedError: The change breaks rules, or somebody else changed the record meanwhile.
            FileError: The workbook cannot be written. Nothing was written.
        """
        policy_table = self.snapshot().table(table)
        return self._door.update(policy_table, key, values, override, why, source, seen=seen, entry_id=entry_id)

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
        prepared = self._door.prepare_together(policy_table, given, override)
        refused = self._door.held_back(prepared, given, override)
        if dry_run:
            return Batch((), tuple(refused), len(given) - len(refused))
        given.clear()  # a long import would be held several times over
        receipts = self._door.add_many(prepared, refused, override, source)
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
            return fixes.plan(self._door, self.snapshot(), self.check(select, ignore, whole=True), unsafe)
        return fixes.apply(self._door, self.snapshot, lambda: self.check(select, ignore, whole=True), unsafe)

    @collector_paused()
    def undo(
        self, change: str | int, *, batch: bool = False, override: str = "", why: str = "", dry_run: bool = False
    ) -> Undone:
        """Take a change back by another one, which has its own history and can be undone too.

        A record added is taken out, one taken out is put back, changed fields get their old values, the policy is as
        it was before. What others name does not go.

        Args:
            change: Number of a line of the history, or an entry id.
            batch: Take back all entries that came in together with that one (an import, a run of fixes).
            override: Reason to go on although a value was changed since, or an error comes back with the old one.
            why: Reason for the undo, for the history.
            dry_run: Tell what would change and write nothing.

        Raises:
            InputError: There is no such change, or nothing of it is left to undo.
            ChangedMeanwhileError: A value was changed since; nothing was written.
            EntryRefusedError: Others name a record that would go, or errors would come back; nothing was written.
            FileError: The workbook cannot be written. Nothing was written.
        """
        from workbook_cms.undo import undo  # noqa: PLC0415 - only here

        return undo(
            self._door, self.snapshot, str(change), batch=batch, override=override, why=why, dry_run=dry_run
        )

    def archive_history(self, before: str, folder: str | os.PathLike[str] | None = None) -> Archiving:
        """Move the lines of the history from before a month to workbooks of their own, one a year.

        The chain goes on over both; `history`, `undo` and `verify_history` read them along.

        Args:
            before: The month, ``2026-06``; lines from then on stay.
            folder: Where these workbooks lie; beside this one unless given.

        Raises:
            InputError: It is no month, or there are no such lines.
            FileError: The history has flaws, or something cannot be written. No line is lost.
        """
        from workbook_cms import archiving  # noqa: PLC0415 - only here

        return archiving.archive(self._door.acceptance, self.snapshot, before, Path(folder) if folder else None)

    def sync(self) -> int:
        """Write what waits in the journal; the number of entries written.

        Raises:
            WorkbookLockedError: The workbook is open elsewhere.
            FileError: It cannot be written.
        """
        return len(self._door.acceptance.commit().places) if self.pending else 0

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

    def replay(self) -> Replayed:
        """Write entries again that an older version of the file has lost; see `lost`.

        Raises:
            WorkbookLockedError: The workbook is open elsewhere, or another computer is the one that writes.
            FileError: It cannot be written.
        """
        from workbook_cms.lost import replay  # noqa: PLC0415 - as above

        return replay(self.snapshot, self.actor("replay"), self._door.acceptance.now())

    @classmethod
    def restore(cls, path: str | os.PathLike[str], to: str, *, account: str | None = None) -> Restored:
        """Put an earlier copy in the place of a workbook; what is there is copied first, what waits goes on waiting.

        Args:
            path: The workbook; it need not be there, or readable.
            to: The copy: its number in `copies` from 1, its file name, or a local time ``2026-11-22 07:40``.
            account: As for `open`.

        Raises:
            InputError: There is no such copy.
            FileError: The workbook is open elsewhere, or nothing can be written. It is as it was then.
        """
        from workbook_cms.restoring import chosen, restore  # noqa: PLC0415 - as above

        acceptance = cls(Path(path), account=account)._door.acceptance
        target = Path(path)
        return restore(target, chosen(target, to), acceptance.account, acceptance.machine, acceptance.now())

    def change_settings(self, change: Callable[[Settings], Settings]) -> Settings:
        """Change which computer writes to the workbook, or how many copies of it are kept; gives the new ones.

        Raises:
            FileError: The side folder cannot be written.
        """
        side = self.snapshot().side
        with side.locked():
            settings = change(side.settings())
            side.write_settings(settings)
        return settings

    def settle(self, entry_id: str) -> None:
        """Take a conflict off the list: its author has seen it, or entered the change again."""
        from workbook_cms import conflicts  # noqa: PLC0415 - as above

        conflicts.settle(self.snapshot().side, entry_id)


def _blank(value: object) -> bool:
    return value is None or value == "" or value is pd.NA or value is pd.NaT or value != value  # noqa: PLR0124
