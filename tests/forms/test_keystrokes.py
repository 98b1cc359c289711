"""A day at the form with nothing but a keyboard: real keys, a real window, and the helper as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from tests.conftest import QUENBY
from tests.support.front_end import OpenFrontEnd, until
from tests.support.keyboard import Keyboard
from tests.support.office import OfficeForTests, running_office
from tests.support.served import serving
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.workbook import Workbook

DETAILS = "Wants the brochure of the Dubbo Zoo family tour by post."
WISH = "The brochure by post this week"


@pytest.fixture
def window(tmp_path) -> Iterator[OfficeForTests]:
    """A LibreOffice with windows, on a screen as small as that of many notebooks."""
    with running_office(tmp_path, screen=(1366, 768)) as office:
        yield office


@pytest.fixture
def forms(window, tmp_path) -> tuple[OpenFrontEnd, OpenFrontEnd]:
    """The forms for interactions and stakeholders of a team's front-end, which is open on Home."""
    record = tmp_path / "customers.xlsx"
    team = Workbook.create(record)
    team.add("Stakeholders", QUENBY)
    team.add(
        "Stakeholders",
        {"Type": "Customer", "Given name": "Quincy", "Family name": "Zafar", "Email": "q@example.com"},
    )
    book = window.app.books.open(str(make_frontend(record, tmp_path / "entry.xlsx")))
    window.fill_screen(book)
    both = OpenFrontEnd(book, record), OpenFrontEnd(book, record, -1)
    book.sheets["Home"].activate()
    return both


@pytest.fixture
def home(window, forms, tmp_path) -> Iterator[OpenFrontEnd]:
    """The form for interactions, served by a process of its own; Home is in front."""
    with serving(window, tmp_path / "state"):
        yield forms[0]


@pytest.fixture
def keyboard(window, home) -> Keyboard:
    """The keyboard; Amelia has said on Home who she is."""
    keys = Keyboard(window, home)
    name = home.book.names["cms_person"].refers_to_range
    until(lambda: home.book.app.selection.address == name.address)
    keys.type("am")
    keys.key("Return")
    until(lambda: bool(name.value))
    return keys


def find_quenby(keys: Keyboard, form: OpenFrontEnd) -> None:
    """From Home to the first field of the first record."""
    keys.key("ctrl+Next")
    until(lambda: keys.at("@find") and "Amelia Tran" in form.info)
    keys.enter("zaf", then="@pick")
    until(lambda: "2  STK-" in form.panel)
    keys.enter("1" if "1  STK-00001" in form.panel else "2", then="channel")


def first_record(keys: Keyboard, form: OpenFrontEnd) -> None:
    """The first record of a call, whole."""
    find_quenby(keys, form)
    keys.enter("p", then="direction")
    keys.enter("", then="contact_reason")
    usual_enquiry(keys)
    until(lambda: form.status.startswith("Saved as INT-000001."))


def usual_enquiry(keys: Keyboard, details: str = DETAILS, wish: str = WISH) -> None:
    """What is typed for an enquiry when it is known who calls: from the contact reason on."""
    keys.enter("b", then="purpose")
    keys.enter("e", then="details")
    keys.write(details, then="desired_outcome")
    keys.write(wish, then="responsible")
    keys.submit()


def interactions(form: OpenFrontEnd) -> pd.DataFrame:
    """What is in the record workbook on disk."""
    return Workbook.open(form.record).table("Interactions").to_pandas()


def test_first_record_of_a_call(home, keyboard) -> None:
    """From Home: open the form, find, pick, fill, submit; 18 keys beside the text of the customer."""
    before = keyboard.pressed
    first_record(keyboard, home)
    assert keyboard.pressed - before == 18
    row = interactions(home).iloc[0]
    assert (row["Stakeholder ID"], row["Channel"], row["Direction"]) == ("STK-00001", "Phone", "Inbound")
    assert (row["Contact reason"], row["Purpose"], row["Recorded by"]) == ("Brochure", "Enquiry", "Amelia Tran")
    assert (row["Details"], row["Desired outcome"]) == (DETAILS, WISH)


def test_usual_enquiry_with_the_stakeholder_kept(home, keyboard) -> None:
    """The next record for the same stakeholder takes 8 keys beside the text of the customer; the manual says so."""
    first_record(keyboard, home)
    until(lambda: keyboard.at("contact_reason"))
    before = keyboard.pressed
    usual_enquiry(keyboard, "Asked for the walks of Tasmania in autumn too.", "The dates by e-mail")
    until(lambda: home.status.startswith("Saved as INT-000002."))
    assert keyboard.pressed - before == 8
    rows = interactions(home)
    assert list(rows["Stakeholder ID"]) == ["STK-00001"] * 2
    assert list(rows["Channel"]) == ["Phone"] * 2
    assert list(rows["Purpose"]) == ["Enquiry"] * 2


def test_refused_entry_is_mended(home, keyboard) -> None:
    """What is missing is marked and the cursor stands in it; filled in by Enter and Tab, the same entry is saved."""
    find_quenby(keyboard, home)
    keyboard.enter("p", then="direction")
    keyboard.enter("", then="contact_reason")
    keyboard.enter("b", then="purpose")
    keyboard.enter("co", then="details")
    keyboard.write(DETAILS, then="desired_outcome", by="Tab")
    keyboard.submit()
    until(lambda: home.status.startswith("3 things to mend") and keyboard.at("desired_outcome"))
    assert home.text("details") == DETAILS
    assert home.message("responsible") == ("is needed where Purpose is Complaint. Fill it in.", "wrong")
    keyboard.write(WISH, then="responsible", by="Tab")
    keyboard.enter("ben", then="cost")
    keyboard.enter("", then="approved_by")
    keyboard.enter("", then="follow_up_date")
    keyboard.enter("tomorrow", then="outcome")
    until(lambda: home.status.startswith("All is mended"))
    keyboard.submit()
    until(lambda: home.status.startswith("Saved as INT-000001."))
    row = interactions(home).iloc[0]
    assert (row["Purpose"], row["Details"], row["Responsible"]) == ("Complaint", DETAILS, "Ben Okafor")


def test_alert_is_answered_with_a_reason(forms, keyboard) -> None:
    """A possible duplicate: the cursor stands in Reason, and after that in Do, where s saves it."""
    form = forms[1]
    keys = keyboard.turned_to(form)
    for _ in range(4):  # Home, interactions, follow-ups, bookings, stakeholders
        keys.key("ctrl+Next")
    until(lambda: "Amelia Tran" in form.info and keys.at("type"))
    keys.enter("cu", then="title")
    keys.enter("", then="given_name")
    keys.write("Quenby", then="family_name")
    keys.write("Zafiropoulos", then="organisation")
    keys.enter("", then="date_of_birth")
    keys.enter("14/3/1986", then="email")
    keys.enter("", then="phone")
    keys.enter("0491 570 158", then="street")
    keys.submit()
    until(lambda: form.status.startswith("Is this STK-00001 Quenby Zafiropoulos?") and keys.at("@reason"))
    keys.write("two people, both passports seen", then="@do")
    keys.type("s")
    keys.key("Return")
    until(lambda: form.status.startswith("Saved as STK-00003."))
    team = Workbook.open(form.record)
    assert list(team.table("Stakeholders").to_pandas()["Given name"]) == ["Quenby", "Quincy", "Quenby"]
    assert set(team.history("STK-00003")["Why"]) == {"two people, both passports seen [DUP002 STK-00001]"}
