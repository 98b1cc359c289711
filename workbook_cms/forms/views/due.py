"""What is due: overdue first, one's own first, with whom it is for and how to reach them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd

from validation.policy import PolicyTable, Stage
from workbook_cms.forms.answers import Look, Mark, Message
from workbook_cms.forms.related import Related, at
from workbook_cms.forms.views.page import Page, PageRow, rows_of
from workbook_cms.forms.views.records import Shown
from workbook_cms.forms.wording import day, listed
from workbook_cms.workbook import Workbook

__all__ = ["DUE", "due_page"]

#: Headings of the columns.
DUE = ("Due", "Who does it", "For", "Key", "What")
_AHEAD = 14


def due_page(book: Workbook, person: str | None = None, today: dt.date | None = None, ahead: int = _AHEAD) -> Page:
    """Open records that must be done: overdue, today, and in the days to come; each part one's own first.

    A record is open unless the stage of its status is closed or reviewed.

    Args:
        book: The workbook.
        person: Whose come first; whoever is at the keyboard unless given.
        today: The day that counts as today; the workbook's unless given.
        ahead: How many days to come are shown.
    """
    shown, now = Shown(book), today or book.today()
    mine = book.person if person is None else person
    tables = [table for table in book.policy.tables if table.due_date and not table.by_id[table.due_date].retired]
    title = f"{tables[0].title}s due" if len(tables) == 1 else "What is due"
    if not tables:
        text = "The rules name no due date. The steward can name one under Policy tables."
        return Page(title, Message(text, Mark.HINT), DUE, ())
    items = [item for table in tables for item in _open(shown, table, now + dt.timedelta(days=ahead))]
    items.sort(key=lambda item: (not _is(mine, shown.owner(item)), item.due or now, item.key))
    parts = {
        "Overdue": [item for item in items if item.due and item.due < now],
        "Today": [item for item in items if item.due == now],
        f"In the next {ahead} days": [item for item in items if item.due and item.due > now],
    }
    rows = [
        row
        for name, part in parts.items()
        for row in rows_of(DUE, f"{name} ({{count}})", (_row(shown, item, now, mine) for item in part))
    ]
    return Page(title, _status(parts, mine, shown), DUE, tuple(rows))


def _open(shown: Shown, table: PolicyTable, until: dt.date) -> Iterator[Related]:
    form = shown.form(table)
    typed = form.typed(table)
    if table.due_date not in typed.values:
        return
    days = pd.to_datetime(typed.values[table.due_date])
    wanted = (days <= pd.Timestamp(until)).to_numpy(dtype=bool)
    status = table.by_id.get(table.status or "")
    choices = form.choices(status) if status else None
    if status is not None and choices is not None and status.id in typed.values:
        done = [item.value for item in choices.items if item.stage in (Stage.CLOSED, Stage.REVIEWED)]
        wanted = wanted & ~typed.values[status.id].isin(done).to_numpy(dtype=bool)
    yield from (at(form, table, position) for position in np.flatnonzero(wanted).tolist())


def _row(shown: Shown, item: Related, today: dt.date, mine: str) -> PageRow:
    owner = shown.owner(item)
    due = day(item.due, today) if item.due else ""
    if item.due and (late := (today - item.due).days) > 0:
        due = f"{day(item.due)}, {late:,} {'day' if late == 1 else 'days'} late"
    look = Look.STRONG if _is(mine, owner) else Look.PLAIN
    cells = (due, owner, shown.whose(item.table, item.values), item.key or "queued", shown.what(item))
    return PageRow(cells, look, shown.link(item.table, item.key))


def _is(mine: str, owner: str) -> bool:
    return bool(mine) and owner.casefold() == mine.casefold()


def _status(parts: dict[str, list[Related]], mine: str, shown: Shown) -> Message:
    overdue, today, later = parts.values()
    if not (overdue or today or later):
        return Message("Nothing is due.", Mark.GOOD)
    counts = [(overdue, "overdue"), (today, "due today"), (later, "to come")]
    text = listed([f"{len(part):,} {word}" for part, word in counts if part])
    own = sum(_is(mine, shown.owner(item)) for item in [*overdue, *today])
    if mine and (overdue or today):
        text += f"; {own:,} of those overdue or due today {'is' if own == 1 else 'are'} yours"
    return Message(f"{text}.", Mark.DOUBT if overdue else Mark.GOOD)
