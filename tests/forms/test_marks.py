"""Required marks and guidance as a spreadsheet program calculates them: they follow what is typed, without our program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from tests.conftest import TODAY
from tests.support.front_end import OpenFrontEnd
from tests.support.odd_policy import LONG_ID, odd_policy
from validation.findings import Severity
from workbook_cms.forms.design import form_design, form_designs
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.forms.grid import places
from workbook_cms.forms.marks import mark_formulas
from workbook_cms.resources import template_names
from workbook_cms.workbook import Workbook


@pytest.fixture(scope="module")
def opened(office, tmp_path_factory) -> Iterator[Any]:
    """Gives the form of a table, open in LibreOffice and served by nobody."""
    books = {}

    def get(name: Any, table: int = 0) -> OpenFrontEnd:
        key = name if isinstance(name, str) else "odd"
        if key not in books:
            folder = tmp_path_factory.mktemp(key)
            record = Workbook.create(folder / "customers.xlsx", name, today=TODAY).path
            path = make_frontend(record, folder / f"marks-{key}.xlsx")
            books[key] = (office.app.books.open(str(path)), record)
        return OpenFrontEnd(*books[key], table)

    yield get
    for book, _ in books.values():
        book.close()


def rows_of(form: OpenFrontEnd) -> dict[str, tuple[str, str, Any]]:
    """(mark, text, row on the sheet) of each row of the form, read in one block."""
    body = form.book.names[form.design.name("body")].refers_to_range
    return {row[0]: (row[2] or "", row[3] or "", body.row + at) for at, row in enumerate(body.value) if row[0]}


def type_into(form: OpenFrontEnd, texts: dict[str, str]) -> None:
    """Fill the inputs with these texts and empty all others."""
    for row_id, (_, now, at) in rows_of(form).items():
        if now != texts.get(row_id, "") and not form.design.by_id[row_id].locked:
            form.sheet.range((at, 4)).value = texts.get(row_id, "")


def marked(form: OpenFrontEnd) -> set[str]:
    """Ids of the fields that have the required mark."""
    return {row_id for row_id, (mark, _, _) in rows_of(form).items() if mark == "*"}


ALWAYS = {"stakeholder_id", "date", "channel", "contact_reason", "purpose", "details"}
#: What the template's conditions ask for, written down by hand.
NEEDED = {
    "Enquiry": {"desired_outcome"},
    "Complaint": {"desired_outcome", "responsible", "follow_up_date"},
    "Booking": {"responsible", "booking_number"},
}


@pytest.mark.parametrize("purpose", NEEDED)
@pytest.mark.parametrize("typed", [str, str.lower, lambda text: text[:5] + " "])
def test_marks_follow_the_purpose(opened, purpose, typed):
    """Chosen from the list, typed in small letters, or begun: the fields that the purpose needs get the mark."""
    form = opened("world-traveller")
    type_into(form, {"purpose": typed(purpose)})
    assert marked(form) - {"recorded_by"} == ALWAYS | NEEDED[purpose]


def test_without_a_purpose_only_what_is_always_needed(opened):
    """A text that is no purpose, or that begins several, needs nothing more."""
    form = opened("world-traveller")
    for text in ("", "zzz", "C", "=Com", "<>", "*"):
        type_into(form, {"purpose": text})
        assert marked(form) - {"recorded_by"} == ALWAYS, text


ENTRIES = [
    ("interactions", {}),
    ("interactions", {"purpose": "Complaint", "status": "Closed"}),
    ("interactions", {"purpose": "Payment", "cost": "150", "signed_off_by": "Ben Okafor", "status": "Signed off"}),
    ("interactions", {"purpose": "Quote", "cost": "0"}),
    ("stakeholders", {}),
    ("stakeholders", {"type": "Customer", "email": "a@example.com", "street": "1 High Street"}),
    (
        "stakeholders",
        {"type": "Supplier", "preferred_channel": "SMS", "country": "New Zealand", "street": "1 High"},
    ),
    ("stakeholders", {"type": "Organisation", "preferred_channel": "Letter"}),
    ("follow_ups", {"status": "Done"}),
    ("bookings", {"status": "Quoted"}),
]


@pytest.mark.parametrize(("table", "entry"), ENTRIES)
def test_marks_agree_with_what_the_door_asks_for(opened, table, entry):
    """A blank field that is refused as missing has the mark, and a blank field with the mark is missed by the rules."""
    policy = Workbook.open(opened("world-traveller").record).policy
    number = [design.table.id for design in form_designs(policy)].index(table)
    form = opened("world-traveller", number)
    type_into(form, entry)
    labels = {f.id: f.label for f in form.design.fields}
    book = Workbook.open(form.record, today=TODAY, person="Amelia Tran")
    found = book.prepare(form.design.table.name, {labels[name]: text for name, text in entry.items()}).findings[0]
    typed = {labels[name] for name in entry}
    missed = {f.field for f in found if f.severity is Severity.ERROR and f.field not in typed}
    groups = [c for c in policy.conditions if c.must == "one filled" and c.table == table]
    either = {labels[name] for group in groups for name in group.fields}
    blank = {
        labels[name] for name in marked(form) if not entry.get(name) and not form.design.table.by_id[name].default
    }
    assert missed <= blank | {"Recorded by"}
    assert blank - missed <= (either if missed & either else set())


def test_guidance_follows_what_is_chosen(opened):
    """The guidance of purpose and contact reason, of several reasons the first one's; a hint before anything is chosen."""
    form = opened("world-traveller")
    lines = form.book.names[form.design.name("guidance")].refers_to_range
    type_into(form, {})
    assert [row for row in lines.value if row] == [
        "Contact reason: what to ask and answer shows here…",
        "Purpose: what to ask and answer shows here…",
    ]
    type_into(form, {"contact_reason": "Compliment; Brochure", "purpose": "feed"})
    assert [row for row in lines.value if row] == [
        "Contact reason: Thank them, and ask whether we may pass it on by name.",
        "Purpose: In the customer's own words.",
    ]


@pytest.mark.parametrize(
    ("texts", "needed"),
    [
        ({}, {"kind", "more_4"}),
        ({"kind": 'The "big" one'}, {"kind", LONG_ID, "more_4", "more_5", "more_6", "more_7"}),
        ({"kind": 'the "', "more_7": "x"}, {"kind", LONG_ID, "more_4", "more_5"}),
        ({"kind": "x" * 255}, {"kind", "more_4", "more_5", "more_6", "more_7"}),
        ({"kind": "Kind 299", "more_6": "x"}, {"kind", "more_4", "more_5"}),
        ({"kinds": "Kind 1;What?*~"}, {"kind", "more_1", "more_4"}),
        ({"kinds": "Kind 1 ; What?*~ ; Kind 2"}, {"kind", "more_1", "more_4"}),
        ({"kinds": "What else"}, {"kind", "more_4"}),
        ({"agreed": "Y", "status": "other"}, {"kind", "more_2"}),
        ({"agreed": "no", "amount": " 10.50"}, {"kind", "more_3", "more_4"}),
    ],
)
def test_odd_policies_are_marked_too(opened, texts, needed):
    """Quotes, wildcards, values of 255 letters, 304 values in one condition, several values, yes and no, numbers."""
    form = opened(odd_policy())
    type_into(form, texts)
    assert marked(form) == needed


@pytest.mark.parametrize("name", [*template_names(), "odd"])
def test_stored_results_are_what_a_program_calculates(opened, tmp_path, name):
    """Viewers that calculate nothing show the same marks and guidance as LibreOffice does after calculating all."""
    policy = odd_policy() if name == "odd" else name
    record = Workbook.create(tmp_path / "customers.xlsx", policy, today=TODAY)
    path = make_frontend(record.path, tmp_path / f"stored-{name}.xlsx")
    stored = openpyxl.load_workbook(path, data_only=True)
    form = opened(policy)
    book = form.book.app.books.open(str(path))
    try:
        book.impl.document.calculateAll()
        for part in ("marks", "values", *(["guidance"] if name == "world-traveller" else [])):
            area = book.names[form.design.name(part)].refers_to_range
            ((sheet, cells),) = stored.defined_names[form.design.name(part)].destinations
            was = [row[0].value or "" for row in stored[sheet][cells.replace("$", "")]]
            assert was == [value or "" for value in area.value], part
    finally:
        book.close()


def test_no_formula_is_too_long(tmp_path):
    """Excel takes 8,192 characters; a condition of 304 values of a list stays below."""
    policy = odd_policy()
    design = form_design(policy, policy.tables[0])
    formulas = mark_formulas(policy, design, places(design), {})
    assert "more_5" in formulas
    assert max(len(formula.text) for formula in formulas.values()) <= 8192
