"""Which records name others: what stands in the way of taking a record out of its table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from validation.findings import CellValue
from validation.policy import PolicyTable

__all__ = ["Referrer", "referrers"]


@dataclass(frozen=True)
class Referrer:
    """A record that names another.

    Attributes:
        target: Table id and key of the record that is named.
        table: Name of its own table.
        key: Its own key.
        label: The field in which it does so.
        table_id: Id of its own table.
        field: Id of that field.
    """

    target: tuple[str, str]
    table: str
    key: str
    label: str
    table_id: str
    field: str

    @property
    def sentence(self) -> str:
        """For people."""
        return f"{self.table} {self.key} names it under {self.label}."


def referrers(
    table: PolicyTable,
    column: Callable[[str], Iterable[tuple[str, CellValue]]],
    gone: Collection[tuple[str, str]],
) -> Iterator[Referrer]:
    """The records of a table that name one of those in ``gone`` (table id, key) and are not among them.

    Args:
        table: The table.
        column: Gives key and value of each record, by field id.
        gone: Records about to be taken out.
    """
    targets = {target for target, _ in gone}
    for field in table.references:
        if field.foreign_key in targets:
            for key, value in column(field.id):
                if (field.foreign_key, value) in gone and (table.id, key) not in gone:
                    yield Referrer(
                        (field.foreign_key, str(value)), table.name, key, field.label, table.id, field.id
                    )
