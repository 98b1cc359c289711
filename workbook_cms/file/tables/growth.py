"""What becomes of ranges on a sheet when a table's rows come, go or move: as Excel moves them with its own tables.

Excel takes a range that covers all rows of a table's column along when the table grows, whether a formula, a name, a
dropdown, a format or a chart holds it; ranges over a part of the rows stay as they are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from workbook_cms.errors import RefusedChangeError
from workbook_cms.file.addresses import column_letters, parse_range
from workbook_cms.file.tables.references import Area, Reference, rewritten

__all__ = ["Growth", "areas_of", "sqref"]


@dataclass(frozen=True)
class Growth:
    """How one table changes: rows are counted from 1 as on the sheet, before the change.

    Attributes:
        sheet: Name of its sheet.
        left, right: Its columns.
        head: Its header row, or its first row of data where it has no header.
        first, last: Its rows of data.
        totals: Whether a totals row follows them.
        new_last: Its last row of data afterwards.
        removed: Rows taken out of it, in order; those below move up.
        inserted: Rows put in among its own, in order, by the numbers that they get; those below move down.
        place: The table, for messages.
    """

    sheet: str
    left: int
    right: int
    head: int
    first: int
    last: int
    totals: bool
    new_last: int
    removed: tuple[int, ...] = ()
    inserted: tuple[int, ...] = ()
    place: str = ""

    @property
    def added(self) -> int:
        """How many rows it gains; negative where it loses some."""
        return self.new_last - self.last

    @property
    def end(self) -> int:
        """Its last row of all."""
        return self.last + self.totals

    @property
    def rows(self) -> range:
        """Rows that a reference must name to be touched by this."""
        return range(min(self.moving.start, self.last), self.end + 1)

    @property
    def moving(self) -> range:
        """Rows that go or get another place; none where rows only come at the end."""
        ends = [*self.removed[:1], *self._above[:1]]
        return range(ends[0] if ends else self.end + (not self.totals), self.end + 1)

    @property
    def shifts(self) -> bool:
        """Whether rows go, or come among those that are there."""
        return bool(self.removed or self.inserted)

    @cached_property
    def _above(self) -> list[int]:
        """For each inserted row the row that it is put above, by its number before."""
        return [number - place for place, number in enumerate(self.inserted)]

    @property
    def moves(self) -> bool:
        """Whether any cell gets another address."""
        return self.shifts or (self.totals and self.added != 0)

    def row(self, number: int) -> int | None:
        """Where a row of the table goes; None for one that is taken out."""
        if self.removed and self.first <= number <= self.end:
            before = bisect_left(self.removed, number)
            return None if self.removed[before : before + 1] == (number,) else number - before
        if self.inserted and self.first <= number <= self.end:
            return number + bisect_right(self._above, number)
        return number + self.added if self.totals and number == self.end else number

    def area(self, area: Area) -> Area | None:
        """Where a range goes; None when all its cells are taken out. Ranges wider than the table stay."""
        if not (self.left <= area.left and area.right <= self.right):
            return area
        rows = self._fewer(area) if self.removed else self._wider(area) if self.inserted else self._more(area)
        return rows and Area(area.left, rows[0], area.right, rows[1])

    def _fewer(self, area: Area) -> tuple[int, int] | None:
        inside = range(max(area.top, self.first), min(area.bottom, self.end) + 1)
        if not inside:
            return area.top, area.bottom
        left = self._ends(inside)
        if not left and area.top >= self.first and area.bottom <= self.end:
            return None
        top = area.top if area.top < self.first else left[0] if left else area.top - len(self.removed)
        bottom = area.bottom if area.bottom > self.end else left[-1] if left else self.first - 1
        return max(top, 1), max(bottom, top)

    def _ends(self, inside: range) -> list[int]:
        """First and last of the rows that stay, where they go."""
        found = []
        for rows in (inside, reversed(inside)):
            row = next((new for number in rows if (new := self.row(number))), None)
            found += [row] if row else []
        return found

    def _wider(self, area: Area) -> tuple[int, int]:
        """What covers all records covers the new ones too; other ranges hold what they held, and what comes between."""
        top, bottom = area.top, area.bottom
        every = top <= self.first and bottom >= self.last
        if self.first <= top <= self.end and not every:
            top = self.row(top) or top
        if bottom == self.last and every:
            bottom = self.new_last
        elif self.first <= bottom <= self.end:
            bottom = self.row(bottom) or bottom
        return top, bottom

    def _more(self, area: Area) -> tuple[int, int]:
        top, bottom = area.top, area.bottom
        if bottom == self.last and top <= self.first:
            return top, self.new_last
        if self.totals and bottom == self.end:
            return (top + self.added if top == self.end else top), bottom + self.added
        if self.totals and top < self.end < bottom < self.end + self.added:
            return top, self.end + self.added
        return top, bottom

    def reference(self, reference: Reference, home: str) -> Reference | str | None:
        """Where a reference of a formula on the sheet ``home`` goes; None when it stays, ``#REF!`` when it is lost."""
        area = reference.area
        sheet = home if reference.sheet is None else reference.sheet
        if area is None or sheet.casefold() != self.sheet.casefold():
            return None
        new = self.area(area)
        if new is None:
            return "#REF!"
        return reference.with_rows(new.top, new.bottom) if new != area else None

    def formula(self, formula: str, home: str, *, own: bool = False) -> str:
        """A formula that stands on the sheet ``home``.

        Args:
            formula: As the file holds it.
            home: The sheet whose cells it names without saying so.
            own: It stands in the table's data: there a range whose end is relative, such as that of a running total,
                belongs to its row and does not grow. (Excel grows it, which spoils running totals.)
        """

        def changed(reference: Reference) -> Reference | str | None:
            area = reference.area
            if own and not self.removed and not (reference.last or reference.first).row_fixed:
                if area is None or (not self.inserted and area.bottom <= self.last):
                    return None
                if self.inserted and self.reference(reference, home) is not None:
                    # A running total begins with the first record, whichever it is.
                    stays = area.top == self.first and reference.runs
                    top = area.top if stays else self.row(area.top)
                    return reference.with_rows(top or area.top, self.row(area.bottom) or area.bottom)
            return self.reference(reference, home)

        return self.kept(formula, rewritten(formula, changed), home)

    def anchored(self, formula: str, home: str) -> str:
        """The formula of a calculated column, as the table holds it for the first record.

        Its relative references count from that record, whichever it is; fixed ones name cells.
        """
        if not self.shifts:
            return self.formula(formula, home, own=True)

        def changed(reference: Reference) -> Reference | str | None:
            first, last = reference.first, reference.last
            if last is None or first.row_fixed is last.row_fixed:
                return self.reference(reference, home) if first.row_fixed else None
            return self.from_fixed(reference, home)

        return self.kept(formula, rewritten(formula, changed), home)

    def from_fixed(self, reference: Reference, home: str) -> Reference:
        """A range from a fixed row to the record's own, such as that of a running total, without the removed rows."""
        area = reference.area
        sheet = home if reference.sheet is None else reference.sheet
        if area is None or sheet.casefold() != self.sheet.casefold():
            return reference
        corner = reference.first if reference.first.row_fixed or reference.last is None else reference.last
        row = next((new for number in range(corner.row, self.end + 1) if (new := self.row(number))), corner.row)
        if self.inserted and corner.row == self.first:
            row = self.first
        inside = self.left <= area.left and area.right <= self.right
        return reference.with_fixed_row(row) if inside else reference

    def kept(self, old: str, new: str, home: str) -> str:
        """``new``, what ``old`` has become.

        Raises:
            RefusedChangeError: it has lost cells that it names.
        """
        if new.count("#REF!") > old.count("#REF!"):
            where = f"the sheet {home}" if home else "a name or a chart"
            raise RefusedChangeError(
                self.place,
                f"The formula {old} of {where} names a record that would be taken out.",
                "Change the formula in Excel first.",
            )
        return new

    def printed(self, formula: str) -> str:
        """A print area: it also grows where it is wider than the table and ends with it."""

        def changed(reference: Reference) -> Reference | str | None:
            area = reference.area
            if area is None or (reference.sheet or "").casefold() != self.sheet.casefold():
                return None
            whole = area.left <= self.left and area.right >= self.right and area.top <= self.head
            if whole and area.bottom == self.end:
                return reference.with_rows(area.top, max(self.end + self.added, area.top))
            return None

        return rewritten(formula, changed)

    def places(self, areas: Iterable[Area]) -> list[Area]:
        """Where the cells go that a format, a dropdown or another rule lies over."""
        found = list(areas)
        new = [moved for area in found if (moved := self.area(area))]
        if self.shifts or self.added <= 0:
            return new
        for index, area in enumerate(new):
            last = Area(area.left, self.last, area.right, self.last)
            if area.bottom != self.last or not self._covered(found, area):
                continue
            if self.left <= area.left and area.right <= self.right:
                # The rule was cut in pieces by a row that was moved or pasted; together they cover the column.
                new[index] = area._replace(bottom=self.new_last)
            elif last.meets(Area(self.left, self.last, self.right, self.last)):
                left, right = max(self.left, area.left), min(self.right, area.right)
                new.append(Area(left, self.last + 1, right, self.new_last))
        return new

    def _covered(self, areas: list[Area], column: Area) -> bool:
        """Whether areas together cover all rows of data in the columns that one of them has in the table."""
        left, right = max(self.left, column.left), min(self.right, column.right)
        spans = sorted((a.top, a.bottom) for a in areas if a.left <= left and right <= a.right)
        reached = self.first - 1
        for top, bottom in spans:
            if top > reached + 1:
                return False
            reached = max(reached, bottom)
        return reached >= self.last


def areas_of(text: str) -> list[Area] | None:
    """The ranges of a list such as ``A2:A9 C2``; None where one is not understood."""
    found = [parse_range(part) for part in text.split()]
    return None if None in found else [Area(*box) for box in found if box]


def sqref(areas: Iterable[Area]) -> str:
    """A list of ranges as the file writes it."""
    return " ".join(
        f"{column_letters(a.left)}{a.top}"
        + (f":{column_letters(a.right)}{a.bottom}" if (a.left, a.top) != (a.right, a.bottom) else "")
        for a in areas
    )
