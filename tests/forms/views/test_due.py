"""What is due."""

import datetime as dt

from tests.forms.views.conftest import sections
from workbook_cms import Workbook
from workbook_cms.forms.views import due_page


def keys(page):
    """Keys of the rows by section."""
    return {name: [row[3] for row in rows] for name, rows in sections(page).items()}


def test_overdue_first_and_ones_own_first(busy_book):
    """What is late comes first, and in it what is one's own, though another thing is later still."""
    assert keys(due_page(busy_book, "Ben Okafor")) == {
        "Overdue (2)": ["INT-000002", "FUP-00001"],
        "In the next 14 days (1)": ["FUP-00002"],
    }
    assert keys(due_page(busy_book, ""))["Overdue (2)"] == ["FUP-00001", "INT-000002"]


def test_row_says_how_late_whom_and_what(busy_book):
    """A row is enough to make the call: how late, what to do, whom, their telephone number, who does it."""
    row = sections(due_page(busy_book, ""))["Overdue (2)"][0]
    assert row == (
        "Thu 12 Nov 2026, 10 days late",
        "Daniel Ng",
        "STK-00001 Quenby Zafiropoulos, 0491 570 156",
        "FUP-00001",
        "Call the coach company (Open)",
    )


def test_status_counts(busy_book):
    """The line on top says how much there is and how much of it is one's own."""
    assert due_page(busy_book, "Ben Okafor").status.text == (
        "2 overdue and 1 to come; 1 of those overdue or due today is yours."
    )


def test_today(busy_book):
    """What is due today stands between what is late and what is to come."""
    page = due_page(busy_book, "", dt.date(2026, 11, 21))
    assert keys(page)["Today (1)"] == ["INT-000002"]
    assert sections(page)["Today (1)"][0][0] == "Sat 21 Nov 2026, today"


def test_done_is_not_due(busy_book):
    """What is closed or dropped is gone from the page."""
    busy_book.update("FollowUps", "FUP-00001", {"Status": "Dropped"})
    assert "FUP-00001" not in str(keys(due_page(busy_book)))


def test_how_far_ahead(busy_book):
    """Only so many days to come are shown."""
    assert list(keys(due_page(busy_book, ahead=3))) == ["Overdue (2)"]


def test_queued_is_due(busy_book, opened_elsewhere):
    """A follow-up that waits to be written is due all the same."""
    with opened_elsewhere(busy_book.path):
        new = {"Stakeholder ID": "STK-00001", "Due": "22 Nov 2026", "Owner": "Ben Okafor", "Action": "Call back"}
        busy_book.add("FollowUps", new)
        assert keys(due_page(busy_book))["Today (1)"] == ["queued"]


def test_nothing_is_due(book):
    """A page with nothing on it says so."""
    page = due_page(book)
    assert (page.rows, page.status.text) == ((), "Nothing is due.")


def test_rules_without_a_due_date(tmp_path):
    """Where the rules name no due date, the page says what the steward can do."""
    page = due_page(Workbook.create(tmp_path / "x.xlsx", "blank"))
    assert "The steward can name one" in page.status.text
