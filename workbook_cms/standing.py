"""Where records stood that are put back, among those that went and came back since. Pure: history rows in, keys out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from validation.history import ADDED, ADOPTED, BELOW, TAKEN_OUT, HistoryRow, decode_values

__all__ = ["Standing"]


@dataclass
class _Away:
    """A time for which a record was out of its table.

    Attributes:
        went: Place in the history of the line that took it out.
        below: Key of the record below which it stood then, "" for the first place; None where nothing tells.
        back: Place of the line that put it back; None while it is away.
    """

    went: int
    below: str | None
    back: int | None = None


class Standing:
    """What the history tells of the order of records that were taken out of their tables."""

    def __init__(self, rows: Iterable[HistoryRow]) -> None:
        """Look through a history.

        Args:
            rows: The history, continuations joined on.
        """
        self._away: dict[tuple[str, str], list[_Away]] = {}
        #: Which came in before which: new records go to the end of their table.
        self._came: dict[tuple[str, str], int] = {}
        for at, row in enumerate(rows):
            if row.action in TAKEN_OUT:
                self._away.setdefault((row.table, row.key), []).append(_Away(at, _below(row)))
            elif row.action in (ADDED, ADOPTED):
                self._came.setdefault((row.table, row.key), at)
                if times := self._away.get((row.table, row.key)):
                    times[-1].back = at

    def above(self, table: str, coming: Collection[str], keys: Sequence[str]) -> dict[str, str | None]:
        """The record below which each goes of those that go back.

        Args:
            table: Table name.
            coming: Keys of records that were taken out.
            keys: Keys of the records that are there, in order.

        Returns:
            By key the key of the record above, which may be one that goes back too; "" for the first place, None where
            nothing tells: at the end.
        """
        following: dict[str, str | None] = dict(zip(["", *keys], [*keys, None], strict=True))
        found: dict[str, str | None] = {}
        for key in sorted(coming, key=lambda key: self._came.get((table, key), -1)):
            above = self._place(table, key, following)
            if above is None:
                found[key] = None
            else:
                following[key], following[above] = following[above], key
        wanted = set(coming)
        return found | {below: above for above, below in following.items() if below in wanted}

    def _place(self, table: str, key: str, following: Mapping[str, str | None]) -> str | None:
        """Key of the record above, by those that are there, each with the one that follows."""
        gone: dict[str, _Away] = {}
        above = key
        # Who stood above may be gone too: then it is asked where that one would stand.
        while above not in following:
            times = self._away.get((table, above))
            if not times or above in gone or (below := times[-1].below) is None:
                return None
            gone[above] = times[-1]
            above = below
        for one, away in reversed(gone.items()):
            while (other := following[above]) and self._stood_above(table, other, one, away.went):
                above = other
        return above

    def _stood_above(self, table: str, other: str, key: str, went: int) -> bool:
        """Whether a record that was away when another was taken out, and is back, stood above it."""
        times = self._away.get((table, other), ())
        away = any(time.went < went and (time.back is None or went < time.back) for time in times)
        came = self._came.get((table, key), -1)
        return away and self._came.get((table, other), came) < came


def _below(row: HistoryRow) -> str | None:
    try:
        found = decode_values(row.values or "{}").get(BELOW)
    except ValueError:
        return None  # a damaged line: FIL004 says so
    return None if found is None else str(found)
