"""Find: records that fit what was typed, people first, with what tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from validation.policy import PolicyTable
from workbook_cms.forms.answers import Mark, Message
from workbook_cms.forms.candidates import find
from workbook_cms.forms.design import is_about_people
from workbook_cms.forms.related import at
from workbook_cms.forms.views.page import Page, PageRow, heading
from workbook_cms.forms.views.records import Shown
from workbook_cms.forms.wording import day, plain, quoted
from workbook_cms.search import Hit
from workbook_cms.workbook import Workbook

__all__ = ["FOUND", "find_page"]

#: Headings of the columns.
FOUND = ("No", "Key", "Who or what", "Why it matches", "Tells them apart")
#: Score from which a record was asked for by its key.
_BY_KEY = 95
_LIMIT = 40


def find_page(book: Workbook, query: str, limit: int = _LIMIT) -> Page:
    """Records that fit any detail: people and organisations, and a record of any table by its key.

    Where nobody fits, records of all tables that hold the words.

    Args:
        book: The workbook.
        query: What was typed.
        limit: How many records of a table at most.
    """
    asked = plain(query)
    if not asked:
        text = "Type a few letters of a name, a phone number, an e-mail address or a key."
        return Page("Find", Message(text, Mark.HINT), FOUND, ())
    shown = Shown(book)
    people = [table for table in book.policy.tables if is_about_people(table)]
    others = [table for table in book.policy.tables if table not in people]
    hits = {table.id: book.find(table.name, asked, limit) for table in others}
    found = [(t, list(_records(shown, t, (h for h in hits[t.id] if h.score >= _BY_KEY)))) for t in others]
    found += [(table, list(_people(shown, table, asked, limit))) for table in people]
    if not any(rows for _, rows in found):
        found = [(table, list(_records(shown, table, hits[table.id]))) for table in others]
    found = [(table, rows) for table, rows in found if rows]
    return Page("Find", _status(asked, sum(len(rows) for _, rows in found)), FOUND, tuple(_numbered(found)))


def _status(asked: str, count: int) -> Message:
    if not count:
        text = f"Nothing matches {quoted(asked, 40)}. Try fewer letters, a telephone number or an e-mail address."
        return Message(text, Mark.DOUBT)
    verb = "record matches" if count == 1 else "records match"
    return Message(f"{count:,} {verb} {quoted(asked, 40)}.", Mark.GOOD)


def _numbered(found: list[tuple[PolicyTable, list[PageRow]]]) -> Iterator[PageRow]:
    number = 0
    for table, rows in found:
        if len(found) > 1:
            yield heading(FOUND, table.name, 2)
        for row in rows:
            number += 1
            yield PageRow((str(number), *row.cells[1:]), row.look, row.link)


def _people(shown: Shown, table: PolicyTable, asked: str, limit: int) -> Iterator[PageRow]:
    form = shown.form(table)
    for candidate in find(form, asked, limit):
        link = shown.link(table, candidate.key)
        name = candidate.who.removeprefix(candidate.key).strip() or candidate.who
        details = "   ".join(f"{label}: {text}" for label, text in candidate.details.items())
        yield PageRow(("", candidate.key if link else "queued", name, candidate.why, details), link=link)


def _records(shown: Shown, table: PolicyTable, hits: Iterable[Hit]) -> Iterator[PageRow]:
    """Records that are about other people: whose they are, and what they say."""
    for hit in hits:
        position = shown.position(table, hit.key)
        if position is not None:
            item = at(shown.form(table), table, position)
            when = day(item.when) if item.when else ""
            what = "   ".join(filter(None, [when, shown.what(item)]))
            who = shown.whose(table, item.values) or table.title
            yield PageRow(("", hit.key, who, hit.why, what), link=shown.link(table, hit.key))
