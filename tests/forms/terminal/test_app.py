"""The finer points of the form in a terminal, with textual's own pilot at the keys."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.conftest import TODAY
from workbook_cms import Workbook
from workbook_cms.errors import FileError
from workbook_cms.forms.answers import Answer, Given, Request
from workbook_cms.forms.design import form_designs
from workbook_cms.forms.session import Session
from workbook_cms.forms.terminal.app import Answers, FormApp
from workbook_cms.forms.terminal.fields import ChoiceInput, input_id
from workbook_cms.forms.terminal.rows import Row

Acts = Callable[[FormApp, "Pilot[None]"], Awaitable[None]]


@pytest.fixture
def book(book: Workbook) -> Workbook:
    """A workbook with STK-00001 Quenby Zafiropoulos; Amelia Tran is at the keyboard."""
    return Workbook.open(book.path, today=TODAY, account="atran")


def use(book: Workbook, acts: Acts, session: Answers | None = None, table: str = "interactions") -> None:
    """Run the form of a table, greeted and settled, and act on it."""
    design = next(d for d in form_designs(book.policy) if d.table.id == table)
    app = FormApp(session or Session(book, design), design, book.policy)

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(app, pilot)
            await acts(app, pilot)

    asyncio.run(run())


async def settled(app: FormApp, pilot: Pilot[None]) -> None:
    """Wait until every key has arrived and every answer is shown."""
    await pilot.pause()
    while app.busy:
        if app.workers:
            await asyncio.wait([asyncio.create_task(worker.wait()) for worker in app.workers])
        await pilot.pause()


async def press(app: FormApp, pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after the other and let all of it arrive; a text is typed letter by letter."""
    for key in keys:
        if len(key) > 1 and (" " in key or key[0].isupper() or key.startswith("'")):
            await pilot.press(*("space" if c == " " else c for c in key.removeprefix("'")))
        else:
            await pilot.press(key)
    await settled(app, pilot)


def status(app: FormApp) -> str:
    """The line on top."""
    return str(app.query_one("#status", Static).content)


def row(app: FormApp, name: str) -> Row:
    """A row of the form."""
    return next(row for row in app.query(Row) if row.row.id == name)


def said(app: FormApp, name: str) -> str:
    """What stands beside a field."""
    return str(row(app, name).query_one(".said", Static).content)


def go(app: FormApp, name: str) -> None:
    """Put the cursor into a field."""
    app.query_one(f"#{input_id(name)}").focus()


async def filled(app: FormApp, pilot: Pilot[None]) -> None:
    """An interaction of Quenby that can be submitted."""
    await press(app, pilot, "STK-00001", "enter")
    texts = {
        "channel": "Phone",
        "contact_reason": "Brochure",
        "purpose": "Enquiry",
        "details": "Asked for walks",
        "desired_outcome": "A list",
    }
    for name, text in texts.items():
        row(app, name).put(text)


class Slow(Session):
    """A session whose door takes its time: a submit waits until it is let through."""

    def __init__(self, book: Workbook) -> None:
        super().__init__(book, form_designs(book.policy)[0])
        self.started, self.through = threading.Event(), threading.Event()

    def answer(self, given: Given) -> Answer:
        """The answer, when the gate is open."""
        if given.request is Request.SUBMIT:
            self.started.set()
            self.through.wait(60)
        return super().answer(given)


class Failing(Session):
    """A session that fails once in a way nobody thought of."""

    def __init__(self, book: Workbook, error: Exception) -> None:
        super().__init__(book, form_designs(book.policy)[0])
        self._errors = [error]

    def answer(self, given: Given) -> Answer:
        """The failure, then answers."""
        if given.request is Request.SUBMIT and self._errors:
            raise self._errors.pop()
        return super().answer(given)


def test_two_submits_are_one_entry(book: Workbook) -> None:
    """Whoever presses Ctrl+S again while it is being saved gets one record; what she types meanwhile stays."""
    slow = Slow(book)

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        await filled(app, pilot)
        go(app, "contact_name")
        await pilot.press("ctrl+s", "ctrl+s")
        await asyncio.to_thread(slow.started.wait, 60)
        assert status(app) == "Saving ..."
        await pilot.press("ctrl+s", "N", "e", "d", "ctrl+q")
        await pilot.pause()
        assert row(app, "contact_name").text == "Ned"
        assert "Quit in a moment" in status(app)
        slow.through.set()
        await settled(app, pilot)
        assert "INT-000001" in status(app)
        assert row(app, "contact_name").text == "Ned"
        assert row(app, "details").text == ""

    use(book, acts, slow)
    assert len(book.table("Interactions")) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("x"), "A fault in the program (KeyError)"),
        (OSError(28, "No space left on device", "customers.xlsx"), "customers.xlsx: No space left on device."),
        (FileError("customers.xlsx", "is gone.", "Put it back."), "customers.xlsx: is gone. Put it back."),
    ],
)
def test_what_nobody_thought_of_is_one_line(book: Workbook, error: Exception, words: str) -> None:
    """The status says it, nothing typed is lost, and the next submit works."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        await filled(app, pilot)
        await press(app, pilot, "ctrl+s")
        assert status(app).startswith(f"✗ {words}")
        assert row(app, "details").text == "Asked for walks"
        await press(app, pilot, "ctrl+s")
        assert "INT-000001" in status(app)

    use(book, acts, Failing(book, error))


def test_required_marks_follow_the_purpose(book: Workbook) -> None:
    """A field that the purpose needs is marked at once, and no more when the purpose is another."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        star = row(app, "follow_up_date").query_one(".star", Static)
        go(app, "purpose")
        await press(app, pilot, "c", "o", "m")
        assert str(star.content) == "*"
        await press(app, pilot, "ctrl+u", "f", "e")
        assert str(star.content) == ""

    use(book, acts)


def test_leaving_a_field_says_how_it_was_read(book: Workbook) -> None:
    """A date is echoed with its weekday, one that cannot be is called wrong."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        go(app, "follow_up_date")
        await press(app, pilot, *"27/11/2026", "tab")
        assert "Fri 27 Nov 2026" in said(app, "follow_up_date")
        go(app, "follow_up_date")
        await press(app, pilot, *"31/2/2027", "tab")
        assert said(app, "follow_up_date").startswith("✗ ")
        assert row(app, "follow_up_date").text == "31/2/2027"

    use(book, acts)


def test_a_list_is_narrowed_down_and_walked(book: Workbook) -> None:
    """What is typed narrows the list; arrows and Enter take a value; of several, the last one is chosen."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        go(app, "contact_reason")
        await press(app, pilot, "c", "o", "m")
        choice = row(app, "contact_reason").query_one(ChoiceInput)
        shown = [str(choice.list.get_option_at_index(i).prompt) for i in range(choice.list.option_count)]
        assert shown == ["Complaint", "Compliment"]
        await press(app, pilot, "down", "down", "enter", "semicolon", "p", "a", "y", "down", "tab")
        assert row(app, "contact_reason").text == "Compliment; Payment or refund"
        assert not choice.is_open

    use(book, acts)


def test_escape_closes_the_list_then_asks(book: Workbook) -> None:
    """One Esc closes what is open; the next asks before anything typed is cleared, and n keeps it."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        go(app, "channel")
        await press(app, pilot, "p", "escape")
        assert not row(app, "channel").query_one(ChoiceInput).is_open
        assert row(app, "channel").text == "p"
        await press(app, pilot, "escape", "n")
        assert row(app, "channel").text == "p"
        await press(app, pilot, "escape", "y")
        assert row(app, "channel").text == ""

    use(book, acts)


def test_escape_on_a_clean_form_does_not_ask(book: Workbook) -> None:
    """Where nothing was typed, nothing is asked."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "escape")
        assert len(app.screen_stack) == 1
        await press(app, pilot, "ctrl+q")
        assert not app.is_running

    use(book, acts)


def test_what_stands_in_do_is_done(book: Workbook) -> None:
    """The beginning of a request and Enter do it; what is none is said beside it."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        go(app, "@do")
        await press(app, pilot, "x", "enter")
        assert said(app, "@do").startswith("✗ Choose one of Submit")
        await press(app, pilot, "ctrl+u", "s", "u", "enter")
        assert "to mend" in status(app)
        assert row(app, "@do").text == ""

    use(book, acts)


def test_a_change_is_saved_and_the_old_value_kept(book: Workbook) -> None:
    """Ctrl+O opens what Find names; what is changed is submitted as a change."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "ctrl+f", "STK-00001", "ctrl+o")
        assert row(app, "family_name").text == "Zafiropoulos"
        row(app, "segment").put("Family")
        await press(app, pilot, "ctrl+s")
        assert "STK-00001" in status(app)

    use(book, acts, table="stakeholders")
    assert book.table("Stakeholders").get("STK-00001")["Segment"] == "Family"


def test_next_keeps_the_stakeholder(book: Workbook) -> None:
    """After a record is saved, Ctrl+N gives a clean form for the same person."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        await filled(app, pilot)
        await press(app, pilot, "ctrl+s", "ctrl+n")
        assert row(app, "stakeholder_id").text.startswith("STK-00001")
        assert row(app, "details").text == ""

    use(book, acts)


def test_help_lists_keys_and_fields(book: Workbook) -> None:
    """F1 opens it, Esc goes back to the field one was in."""

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        go(app, "purpose")
        await press(app, pilot, "f1")
        shown = [str(widget.content) for widget in app.screen.query(Static)]
        assert [text for text in shown if text.startswith("Ctrl+S")] != []
        assert [text for text in shown if text.startswith("Purpose: ")] != []
        await press(app, pilot, "escape")
        assert app.focused is not None
        assert app.focused.id == input_id("purpose")

    use(book, acts)


def test_brackets_are_text(book: Workbook) -> None:
    """What looks like markup in the workbook is shown as it is."""
    book.update("Stakeholders", "STK-00001", {"Notes": "[b]deaf[/b] in one ear [link=x]"})

    async def acts(app: FormApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "STK-00001", "enter")
        shown = [str(widget.render()) for widget in app.query_one("#panel").query(Static)]
        assert [text for text in shown if "[b]deaf[/b] in one ear [link=x]" in text] != []

    use(book, acts)
