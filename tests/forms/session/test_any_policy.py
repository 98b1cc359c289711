"""The session knows no template: forms of other policies, and of sixty fields."""

import datetime as dt

import pytest

from tests.conftest import TODAY
from tests.support.typist import AMELIA, Typist
from validation.policy import FieldType, ListItem, Policy, PolicyField, PolicyList, PolicyTable, Settings, Stage
from workbook_cms import Workbook
from workbook_cms.forms.design import form_designs


@pytest.fixture
def contacts(tmp_path):
    """A workbook of the blank template."""
    return Workbook.create(tmp_path / "contacts.xlsx", "blank", today=TODAY)


@pytest.fixture
def shop(tmp_path):
    """A workbook of the small-business template."""
    return Workbook.create(tmp_path / "shop.xlsx", "small-business", today=TODAY)


@pytest.fixture
def tools(tmp_path):
    """A workbook of things, not people: keys that people type, yes and no, numbers, several values, sixty fields."""
    colours = PolicyList(
        id="colours", title="Colours", items=tuple(ListItem(value=v) for v in ("Red", "Green", "Grey"))
    )
    states = PolicyList(
        id="states",
        title="States",
        items=(ListItem(value="In use", stage=Stage.OPEN), ListItem(value="Gone", stage=Stage.CLOSED)),
    )
    fields = [
        PolicyField(id="code", label="Code", required=True, unique=True, pattern=r"T\d{3}"),
        PolicyField(id="colour", label="Colour", enum="colours", multiple=True),
        PolicyField(id="sharp", label="Sharp", type=FieldType.BOOLEAN, default="TRUE"),
        PolicyField(id="weight", label="Weight", type=FieldType.NUMBER),
        PolicyField(id="pieces", label="Pieces", type=FieldType.INTEGER, default="1"),
        PolicyField(id="bought", label="Bought", type=FieldType.DATE, default="2020-05-01"),
        PolicyField(id="state", label="State", enum="states", default="In use"),
        *(PolicyField(id=f"note_{n}", label=f"Note {n}") for n in range(53)),
    ]
    table = PolicyTable(id="tools", name="Tools", title="Tool", key="code", status="state", fields=tuple(fields))
    policy = Policy(settings=Settings(organisation="Shed"), lists=(colours, states), tables=(table,))
    return Workbook.create(tmp_path / "tools.xlsx", policy, today=TODAY)


def test_the_blank_template(contacts):
    """A table of people without anything that refers to it: add, find, change."""
    form = Typist(contacts, "Contacts")
    assert (form.status, form.sees.focus) == ("Fill in the form, or Find a record.", "name")
    form.ask("Look", name="maria o'rossi", phone="0491 570 006")
    assert "Maria: Mike Alfa Romeo India Alfa" in form.panel
    form.ask("Submit")
    assert form.status == "Saved as CON-00001."
    form.ask("Find", find="nobody at all")
    assert form.status.endswith("or go on and add it.")
    form.ask("Find", find="rossi")
    form.ask("Pick")
    form.ask("Submit", organisation="Rossi Bakery")
    assert contacts.table("Contacts").get("CON-00001")["Organisation"] == "Rossi Bakery"


def test_the_small_business_template(shop):
    """Customers and interactions under other names; no staff, no locked field."""
    customers = next(d for d in form_designs(shop.policy) if d.subject is None)
    form = Typist(shop, customers.table.name)
    form.ask("Submit", name="Quenby Zafiropoulos", phone="0491 570 156")
    form = Typist(shop, "Interactions")
    form.ask("Find", find="quenby")
    form.ask("Pick")
    reason = shop.policy.list_by_id["reasons"].active[0]
    form.ask("Submit", channel="ph", reason=reason, details="Asked for the price of a cake.")
    assert form.wrong() == {}
    assert form.status.startswith("Saved as INT-000001. Next one for CUS-00001 Quenby Zafiropoulos")
    form.ask("Open")
    form.ask("Close", outcome="Told the price.")
    assert form.status.startswith("INT-000001 is saved and closed.")


def test_things_with_typed_keys_and_sixty_fields(tools):
    """Defaults as people write them, several values, yes and no, a key that people type."""
    form = Typist(tools, "Tools")
    assert form.sees.inputs == {"sharp": "yes", "pieces": "1", "bought": "1 May 2020", "state": "In use"}
    assert form.sees.focus == "code"
    form.ask("Look", code="T1", colour="r; gre")
    assert form.wrong()["colour"] == '"gre" could be Green or Grey. Type one letter more.'
    assert "code" in form.wrong()
    form.ask("Submit", code="T001", colour="r; gree", sharp="n", weight="1,234.5", note_7="x")
    assert form.status == "Saved as T001."
    assert tools.table("Tools").get("T001") == {
        "Code": "T001",
        "Colour": "Red; Green",
        "Sharp": False,
        "Weight": 1234.5,
        "Pieces": 1,
        "Bought": dt.date(2020, 5, 1),
        "State": "In use",
        "Note 7": "x",
    }


def test_a_typed_key_is_opened_and_stays(tools):
    """Its number cannot be changed into another one's."""
    form = Typist(tools, "Tools")
    form.ask("Submit", code="T001")
    form.ask("Find", find="t001")
    assert form.sees.state.editing == "T001"
    form.ask("Submit", code="T002")
    assert form.wrong() == {"code": "cannot be changed: this is T001. Enter another one as a new record."}
    form.ask("Submit", code="T001", sharp="no")
    assert form.status == "T001 is changed: Sharp."
    form.ask("Open")
    form.ask("Submit", sharp="yes", pieces="0")
    assert form.status == "T001 is changed: Sharp and Pieces."
    form.ask("Open")
    form.ask("Submit", pieces="3")
    assert form.status == "T001 is changed: Pieces."


def test_a_key_that_is_taken_is_refused(tools):
    """A second T001 is said to be one."""
    form = Typist(tools, "Tools")
    form.ask("Submit", code="T001")
    form.ask("Submit", code="T001")
    assert set(form.wrong()) == {"code"}


def test_a_thing_without_people_has_no_contacts_to_show(tools):
    """No panel of contacts, no crash."""
    form = Typist(tools, "Tools")
    form.ask("Submit", code="T001")
    form.ask("Open")
    assert "No earlier contact" not in form.panel


def test_a_booking_is_typed_with_its_own_number(book):
    """The key is the customer's; the price and the number are read back."""
    desk = Workbook.open(book.path, today=TODAY, account=AMELIA)
    form = Typist(desk, "Bookings")
    form.ask("Find", find="STK-00001")
    trip = {"product": "Coastal Walks of Tasmania, 7 days", "travel_date": "14/2/2027", "value": "4,380"}
    form.ask("Look", booking_number="wt1000426", **trip)
    assert "Booking number WT1000426: Whiskey Tango, one zero zero, zero four two, six" in form.panel
    assert "Value: 4380" in form.panel
    form.ask("Submit")
    assert form.status.startswith("Saved as WT1000426.")
    form.ask("Find", find="WT1000426")
    assert form.sees.state.editing == "WT1000426"


@pytest.mark.parametrize("template", ["world-traveller", "small-business", "blank"])
def test_every_form_answers_every_request(tmp_path, template):
    """Whatever is asked of an empty workbook's forms, in whatever order, there is an answer in words."""
    book = Workbook.create(tmp_path / "any.xlsx", template, today=TODAY)
    for design in form_designs(book.policy):
        form = Typist(book, design.table.name, design)
        for request in (
            "Submit",
            "Pick",
            "Open",
            "Look",
            "Close",
            "Sign off",
            "Bring in",
            "Find",
            "Next",
            "Clear",
        ):
            answer = form.ask(request, find="anything" if request == "Find" else "")
            assert "\n" not in answer.status.text
            assert len(book.table(design.table.name)) == 0


def test_who_needs_no_name_is_not_asked_for_one(shop):
    """A policy that fills no field with a name does not say that none is chosen."""
    form = Typist(shop, shop.policy.tables[0].name)
    assert "name" not in form.sees.info
