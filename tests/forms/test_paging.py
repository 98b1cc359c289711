"""The pages beside the forms, in a real LibreOffice: Find, the view of a record, what is due, findings."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.conftest import TODAY
from workbook_cms.forms.desk import Desk
from workbook_cms.forms.pages import PageDesign, page_designs
from workbook_cms.workbook import Workbook


class OpenPage:
    """A page in front, used as a person would."""

    def __init__(self, book, record, page_id) -> None:
        designs = page_designs(Workbook.open(record).policy)
        self.book = book
        self.design: PageDesign = next(design for design in designs if design.id == page_id)
        book.sheets[self.design.title].activate()

    def type(self, text):
        """Type into the input of the page."""
        self._cells(self.design.key).value = text

    def ask(self, request):
        """Choose in its request cell."""
        self._cells("do").value = request

    @property
    def request(self):
        """What stands in the request cell."""
        return self._cells("do").value or ""

    @property
    def status(self):
        """The status line."""
        return self._cells("status").value[0] or ""

    @property
    def text(self):
        """All that the block shows."""
        return "\n".join("  ".join(c for c in row if c) for row in self._cells(self.design.block).value).strip()

    def select(self, words):
        """Put the cursor into the row that holds these words."""
        block = self._cells(self.design.block)
        at = next(at for at, row in enumerate(block.value) if any(words in (c or "") for c in row))
        block[at, 0].select()

    def _cells(self, part):
        return self.book.names[self.design.name(part)].refers_to_range


@pytest.fixture
def desk(front_end) -> Desk:
    """The desk of the team's front-end."""
    return Desk(front_end.book, today=TODAY)


@pytest.fixture
def page(front_end, desk, team):
    """Gives a page, brought to the front and looked at once."""

    def bring(page_id):
        opened = OpenPage(front_end.book, team, page_id)
        desk.tick()
        return opened

    return bring


def test_find_page(page, desk) -> None:
    """Typing in Find lists who it may be."""
    found = page("find")
    found.type("zafir")
    desk.tick()
    assert "STK-00001" in found.text
    assert "Quenby Zafiropoulos" in found.text


def test_find_then_view(page, desk, front_end) -> None:
    """View with the number of a found record brings its page to the front."""
    found = page("find")
    found.type("zafir")
    desk.tick()
    found.type("1")
    found.ask("View")
    desk.tick()
    assert front_end.book.sheets.active.name == "Stakeholder view"
    view = page("view")
    assert "quenby.z@example.com" in view.text
    assert desk.tick() is False


def test_view_of_nobody(page, desk) -> None:
    """A key that nobody has is told, in the page's status line, and the request is taken away."""
    view = page("view")
    view.type("STK-99999")
    view.ask("View")
    desk.tick()
    assert "STK-99999" in view.status
    assert view.request == ""


def test_due_page_opens_a_record(page, desk, front_end, team) -> None:
    """What is due is shown when the page comes to the front; Open brings the selected one into its form."""
    book = Workbook.open(team, today=TODAY)
    table = next(t for t in book.policy.tables if (t.due_date and t.name == "FollowUps") or t.id == "follow_ups")
    due = {"Stakeholder ID": "STK-00001", table.by_id[table.due_date].label: TODAY - dt.timedelta(days=3)}
    values = {f.label: f.example for f in table.fields if f.required and f.label not in due and f.example}
    key = book.add(table.name, {**values, **due}, override="test").key
    shown = page("due")
    assert key in shown.text
    assert "3 days late" in shown.text
    shown.select(key)
    desk.tick()
    shown.ask("Open")
    desk.tick()
    assert front_end.book.sheets.active.name == "Record a follow-up", shown.status
    state = front_end.book.names["form_follow_ups.state"].refers_to_range.value
    assert key in state


def test_findings_page(page, desk) -> None:
    """Check lists what breaks the rules."""
    findings = page("findings")
    findings.ask("Check")
    desk.tick()
    assert findings.request == ""
    assert findings.status == "Nothing breaks a rule." or findings.text


def test_unknown_request_on_a_page(page, desk) -> None:
    """A word that is no request of the page is told with those that are."""
    findings = page("findings")
    findings.ask("xyz")
    desk.tick()
    assert findings.status == "xyz is nothing that can be done here. Choose one of Check."


def test_page_without_record_workbook(page, desk, team) -> None:
    """A page says why it cannot be filled, and goes on when it can."""
    found = page("find")
    hidden = team.rename(team.with_name("elsewhere.xlsx"))
    found.type("zafir")
    desk.tick()
    assert "customers.xlsx" in found.status
    hidden.rename(team)
    found.ask("Find")
    desk.tick()
    assert "Quenby" in found.text
