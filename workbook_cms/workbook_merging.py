"""`Workbook`: what concerns records that are one - found, merged, kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from validation.findings import CellValue
from workbook_cms.collector import collector_paused
from workbook_cms.reading import WorkbookReading
from workbook_cms.receipts import Receipt

if TYPE_CHECKING:
    from workbook_cms.alike import Duplicates
    from workbook_cms.merging import Merge

__all__ = ["WorkbookMerging"]


class WorkbookMerging(WorkbookReading):
    """A workbook whose duplicates can be dealt with; `workbook_cms.workbook.Workbook` also does all else."""

    def duplicates(self, table: str) -> Duplicates:
        """Records of a table that are probably one, as far as nobody has said that they are not.

        What is nearly certain is taken together in clusters, each with the record proposed to stay and each field's
        proposed value; the rest comes as pairs to be looked at.

        Args:
            table: Name of the table.

        Raises:
            UnknownTableError: There is none of that name.
        """
        from workbook_cms import alike  # noqa: PLC0415 - only here

        policy_table = self.snapshot().table(table)
        found = self.check(select=["DUP"])
        return alike.duplicates(self._door, self.snapshot(), policy_table, found)

    @collector_paused()
    def merge(
        self,
        table: str,
        keys: Sequence[str],
        *,
        survivor: str = "",
        values: Mapping[str, CellValue] | None = None,
        override: str = "",
        why: str = "",
        source: str = "api",
        dry_run: bool = False,
    ) -> Merge:
        """Make records that are one into one, in one commit: the survivor keeps its key, the others leave the table.

        References in other records follow. The history keeps what the others held, and their keys lead to the
        survivor. `undo` of any of its lines takes back all of it.

        Args:
            table: Name of the table.
            keys: Keys of the records, at least two.
            survivor: Key of the one that stays; the fullest, latest or most named one unless given.
            values: By field label, the key of the record whose value is taken instead of the proposed one, or another
                value; "" or None empties the field.
            override: Reason to go on in spite of an alert.
            why: Reason for the merge, for the history.
            source: How it came in, for the history.
            dry_run: Tell what would change and write nothing.

        Raises:
            InputError: Fewer than two records, or a field that there is not.
            UnknownRecordError: There is no such record.
            EntryRefusedError: Rules would be broken, or a record was changed meanwhile; nothing was written.
            FileError: The workbook cannot be written. Nothing was written.
        """
        from workbook_cms import merging  # noqa: PLC0415 - only here

        wish = merging.Wish(survivor, dict(values or {}), override, why, source)
        return merging.merge(self._door, self.snapshot, self.snapshot().table(table), keys, wish, dry_run)

    def keep_apart(self, table: str, keys: Sequence[str], why: str, *, source: str = "api") -> list[Receipt]:
        """Say of records that they are not one: no check, report or entry asks again until a matching field changes.

        Args:
            table: Name of the table.
            keys: Keys of the records, at least two; every pair of them is meant.
            why: Reason, for the history.
            source: How it came in, for the history.

        Raises:
            InputError: Fewer than two records, or no reason.
            UnknownRecordError: There is no such record.
            FileError: The workbook cannot be written. Nothing was written.
        """
        from workbook_cms import merging  # noqa: PLC0415 - only here

        return merging.keep_apart(self._door, self.snapshot, self.snapshot().table(table), keys, why, source)
