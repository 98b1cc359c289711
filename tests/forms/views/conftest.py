"""Fixtures of the tests on pages."""

import shutil

import pytest

from tests.conftest import QUENBY, TODAY
from workbook_cms import Workbook

CALL = {
    "Stakeholder ID": "STK-00001",
    "Channel": "Phone",
    "Direction": "Inbound",
    "Contact reason": "Brochure",
    "Purpose": "Enquiry",
    "Details": "Asked for the brochure Coastal Walks of Tasmania.",
    "Desired outcome": "Brochure in the post",
    "Recorded by": "Amelia Tran",
}


@pytest.fixture(scope="session")
def busy_folder(tmp_path_factory):
    """A folder with the workbook of `busy_book`, made once."""
    folder = tmp_path_factory.mktemp("busy")
    book = Workbook.create(folder / "customers.xlsx", today=TODAY)
    book.add("Stakeholders", QUENBY)
    closed = {"Date": "5 Nov 2026", "Status": "Closed", "Outcome": "Sent", "Contact date of birth": "14/3/1986"}
    book.add("Interactions", CALL | closed)
    complaint = {
        "Date": "20 Nov 2026",
        "Purpose": "Complaint",
        "Contact reason": "Complaint",
        "Details": "The coach was five hours late and nobody called.",
        "Responsible": "Ben Okafor",
        "Follow-up date": "21 Nov 2026",
    }
    book.add("Interactions", CALL | complaint)
    chase = {"Stakeholder ID": "STK-00001", "Interaction ID": "INT-000002", "Owner": "Daniel Ng"}
    book.add("FollowUps", chase | {"Due": "12 Nov 2026", "Action": "Call the coach company"})
    book.add("FollowUps", chase | {"Due": "30 Nov 2026", "Action": "Send the refund", "Owner": "Ben Okafor"})
    book.add(
        "FollowUps",
        chase | {"Due": "1 Nov 2026", "Action": "Send a card", "Status": "Done", "Done on": "2 Nov 2026"},
    )
    booking = {
        "Booking number": "WT1000426",
        "Stakeholder ID": "STK-00001",
        "Product": "Red Centre",
        "Value": "900",
    }
    book.add("Bookings", booking | {"Travel date": "14 Feb 2027", "Booked on": "1 Nov 2026"})
    return folder


@pytest.fixture
def busy_book(busy_folder, tmp_path):
    """STK-00001 with a closed call in which she was identified, an open complaint, three follow-ups, one of them done,
    and a booking."""
    shutil.copytree(busy_folder, tmp_path / "busy")
    return Workbook.open(tmp_path / "busy" / "customers.xlsx", today=TODAY)


def sections(page):
    """Cells of the rows of a page, by the heading above them."""
    found, name = {}, ""
    for row in page.rows:
        if row.look == "heading":
            name = next(filter(None, row.cells))
            found[name] = []
        else:
            found.setdefault(name, []).append(row.cells)
    return found
