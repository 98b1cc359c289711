"""One view of a record: details, what is open, contacts newest first, what waits, what is doubtful, its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from validation.carried import carried
from validation.entry import RETIRED
from validation.frames import display
from validation.history import ADDED, CONTINUED, HistoryRow, decode_values
from validation.policy import PolicyTable, Sensitivity
from workbook_cms.decisions import mark_decided
from workbook_cms.errors import UnknownRecordError
from workbook_cms.forms.answers import Look, Mark, Message
from workbook_cms.forms.completion import complete_key
from workbook_cms.forms.design import is_about_people
from workbook_cms.forms.identification import agreeing
from workbook_cms.forms.related import Related, related
from workbook_cms.forms.views.page import Page, PageRow, rows_of
from workbook_cms.forms.views.records import Shown
from workbook_cms.forms.wording import day, moment, plain, shortened
from workbook_cms.integrity import deciding_lines
from workbook_cms.reports.records import MASK, Records
from workbook_cms.workbook import Workbook

__all__ = ["VIEW", "record_view"]

#: Headings of the columns.
VIEW = ("When", "What", "Who", "Key", "Details")
_LONGEST = 200
#: So many archives of the history are named.
_ARCHIVES = 2


def record_view(book: Workbook, key: str, longest: int = 0) -> Page:
    """Everything about one record: a stakeholder, or any other.

    Args:
        book: The workbook.
        key: Its key, in any letter case; the digits alone are enough where one record has them.
        longest: How many rows of a section at most; 0 for all.

    Raises:
        UnknownRecordError: There is no such record.
    """
    asked = plain(key)
    table, key = _found(book, asked)
    view = _View(Shown(book), table, key)
    old = _merged_key(book, table, asked)
    sections = {
        f"{table.title}": view.details(),
        "Belongs to": view.owners(),
        "Still open ({count})": view.open(),
        **{f"{other} ({{count}})": rows for other, rows in view.referring()},
        "Waiting to be written ({count})": view.waiting(),
        "Doubtful ({count})": view.doubtful(),
        "History ({count})": view.history(),
    }
    rows = [row for title, part in sections.items() for row in rows_of(VIEW, title, part, longest)]
    status = view.status()
    if old:
        status = replace(status, text=f"{old} was merged into {key}. {status.text}")
    return Page(f"{table.title} view", status, VIEW, tuple(rows))


def _found(book: Workbook, asked: str) -> tuple[PolicyTable, str]:
    tables = [(table, book.snapshot().typed(table).raw.keys) for table in book.policy.tables]
    for table, keys in tables:
        if key := next((key for key in keys if key and key.casefold() == asked.casefold()), ""):
            return table, key
    for table, _ in tables:
        if old := _merged_key(book, table, asked):
            return table, book.snapshot().led_to(table, old)
    meant = [(table, key) for table, keys in tables if asked and (key := complete_key(asked, keys)) in keys]
    likely = [found for found in meant if is_about_people(found[0])] or meant
    if len(likely) == 1:
        return likely[0]
    raise UnknownRecordError(
        book.path.name, f"there is no record {asked or 'without a key'}.", "Look it up with Find."
    )


def _merged_key(book: Workbook, table: PolicyTable, asked: str) -> str:
    """Key as it was of a record that was merged into another, where that is what was asked for."""
    known = (key for name, key in book.snapshot().merged if name == table.name)
    return next((key for key in known if key.casefold() == asked.casefold()), "")


class _View:
    def __init__(self, shown: Shown, table: PolicyTable, key: str) -> None:
        self.shown, self.table, self.key = shown, table, key
        self.book, self.form = shown.book, shown.form(table)
        self.values = self.form.record(table, key) or {}
        self.related = related(self.form, table, key)

    def status(self) -> Message:
        """Who it is, when the caller was last identified, and when the record was last changed."""
        parts = [shortened(self.form.who(self.table, self.key), 80)]
        if any(self.table.id == held.table for a in self.book.policy.attributions for held in a.clues):
            parts.append(self._confirmed() or "No detail was confirmed with them yet")
        return Message(". ".join(parts) + ".", Mark.HINT)

    def _confirmed(self) -> str:
        """When somebody last gave details that agree with the record, and which: ``confirmed by phone on ...``."""
        for item in self.related:
            form = self.shown.form(item.table)
            named = [a.reference for a in self.book.policy.attributions if a.table == item.table.id]
            said = agreeing(form, item.values)
            text = next((said[name].text for name in named if name in said), "")
            if text and item.when:
                return f"Identity {text} on {day(item.when, self.form.today)} ({item.key or 'queued'})"
        return ""

    def details(self) -> Iterator[PageRow]:
        """Its values; fields in use, and retired ones that hold something."""
        for field in self.table.fields:
            if text := self.shown.text(field, self.values.get(field.id)):
                retired = "no longer in use" if field.retired else ""
                link = self.shown.link(self.table, self.key, field.id)
                yield PageRow(("", field.label, retired, "", shortened(text, 2000)), link=link)

    def owners(self) -> Iterator[PageRow]:
        """The records that it names."""
        for field in self.table.references:
            other = self.book.policy.table_by_id[field.foreign_key or ""]
            if key := display(self.values.get(field.id)):
                name = self.form.who(other, key).removeprefix(key).strip()
                yield PageRow(("", other.title, "", key, name), link=self.shown.link(other, key))

    def open(self) -> Iterator[PageRow]:
        """What is still to be done, the most urgent first."""
        waiting = sorted((r for r in self.related if r.is_open), key=lambda r: (r.due or dt.date.max, r.key))
        for item in waiting:
            late = "overdue" if item.due and item.due < self.form.today else "due" if item.due else ""
            yield self._row(item, f"{late} {day(item.due)}" if item.due else "", Look.STRONG)

    def referring(self) -> Iterator[tuple[str, Iterator[PageRow]]]:
        """The other records that refer to it, table by table, the newest first."""
        order = [table.id for table in self.book.policy.tables]
        done = sorted((r for r in self.related if not r.is_open), key=lambda r: order.index(r.table.id))
        for name, group in groupby(done, key=lambda r: r.table.name):
            items = list(group)
            yield name, (self._row(item, day(item.when) if item.when else "", Look.PLAIN) for item in items)

    def _row(self, item: Related, when: str, look: Look) -> PageRow:
        cells = (
            when,
            item.table.title,
            self.shown.owner(item),
            item.key or "queued",
            self.shown.what(item, _LONGEST),
        )
        return PageRow(cells, look, self.shown.link(item.table, item.key))

    def waiting(self) -> Iterator[PageRow]:
        """Accepted changes that the file does not hold yet."""
        for submission in self.book.snapshot().pending:
            for entry in submission.entries:
                if entry.table == self.table.id and entry.key == self.key:
                    who = submission.actor.person or submission.actor.account
                    known = self.table.by_id
                    texts = [
                        f"{known[n].label}: {self.shown.text(known[n], v) or 'emptied'}"
                        for n, v in entry.values.items()
                    ]
                    when = moment(submission.when, self.form.today)
                    yield PageRow((when, "Queued", who, "", shortened("; ".join(texts), _LONGEST)))

    def doubtful(self) -> Iterator[PageRow]:
        """What rules say of the record now; what somebody went on in spite of, with a reason, is quiet."""
        ids = self.table.by_id
        labelled = {ids[name].label: value for name, value in self.values.items() if name in ids}
        found = self.book.prepare(self.table.name, labelled, key=self.key).findings[0]
        snapshot = self.book.snapshot()
        # A retired value stays valid on a record that has it.
        found = [f._replace(key=self.key) for f in found if f.code != RETIRED.code]
        records = Records(snapshot.policy, snapshot.context(self.form.today).tables)
        # What was decided may stand in an archive, which takes a moment to read.
        told = deciding_lines(snapshot, found) if found else []
        for finding in mark_decided(found, told, snapshot.policy):
            look = Look.QUIET if finding.severity == "info" else Look.ALERT
            field = self.table.by_label.get(finding.field)
            link = self.shown.link(self.table, self.key, field.id if field else "")
            cells = ("", finding.field, "", finding.code, records.masked(finding.message, finding))
            yield PageRow(cells, look, link)

    def history(self) -> Iterator[PageRow]:
        """Its changes, the newest first: when, what, old and new value and why, who; and where older ones stand."""
        rows = [r for r in self.book.snapshot().history if r.key == self.key and r.table == self.table.name]
        for row in reversed([row for row in rows if row.action != CONTINUED]):
            change = f"{row.old or 'nothing'} becomes {row.new or 'nothing'}" if row.field else ""
            if self._is_hidden(row):
                change = f"{MASK} becomes {MASK}"
            why = f"why: {row.why}" if row.why else ""
            source = f"from {row.source}" if row.source and row.action == ADDED else ""
            details = shortened("   ".join(filter(None, [change, why, source])), _LONGEST)
            who = row.person or row.account
            yield PageRow((_when(row), f"{row.field} {row.action}".strip(), who, "", details))
        if archives := carried(self.book.snapshot().history).files:
            # Reading them takes a moment for each, and whoever has somebody on the phone waits for this page.
            told = f"Older changes stand in {' and '.join(Path(name).name for name in archives[-_ARCHIVES:])}"
            more = f" and {len(archives) - _ARCHIVES} archives before" if len(archives) > _ARCHIVES else ""
            command = f"`workbook-cms history {self.book.path.name} {self.key}` shows all."
            yield PageRow(("", "archived", "", "", f"{told}{more}; {command}"), Look.QUIET)

    def _is_hidden(self, row: HistoryRow) -> bool:
        """Whether a change is of a sensitive field; it is known by its id, since labels change."""
        try:
            names = decode_values(row.values) if row.field and row.values else {}
        except ValueError:
            return True  # nobody knows what it was
        fields = [*(self.table.by_id.get(name) for name in names), self.table.by_label.get(row.field)]
        return any(field is not None and field.sensitivity is Sensitivity.SENSITIVE for field in fields)


def _when(row: HistoryRow) -> str:
    try:
        local = dt.datetime.fromisoformat(row.when).astimezone()
    except ValueError:
        return row.when  # typed over
    return f"{day(local.date())} {local:%H:%M}"
