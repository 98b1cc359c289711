"""The policy as sheets."""

import datetime as dt

import pytest
from hypothesis import given, settings

from tests.policies.policies import cell_of, policies, raw_tables
from workbook_cms.errors import PolicyError
from workbook_cms.file.reader import RawTable
from workbook_cms.policies import sheets
from workbook_cms.policies.columns import Names, join, slug, split


def with_rows(raw, name, *rows):
    """The tables with rows (heading -> value) added to one of them."""
    old = raw[name]
    cells = [*old.cells, *([row.get(label) for label in old.columns] for row in rows)]
    numbers = range(4, 4 + len(cells))
    return raw | {name: RawTable(name, old.sheet, old.columns, cells, numbers, old.letters)}


def changed(raw, name, heading, value, /, **found_by):
    """The tables with one cell changed."""
    row, position = cell_of(raw[name], heading, **found_by)
    row[position] = value
    return raw


@settings(max_examples=30)
@given(policies())
def test_round_trip(policy):
    """What is written is read back as the same policy."""
    assert sheets.read(raw_tables(policy)).policy == policy


@settings(max_examples=15)
@given(policies())
def test_every_cell_is_text(policy):
    """Cells are text or blank, so that Excel makes no date of them."""
    values = [value for table in sheets.to_tables(policy) for row in table.rows for value in row.values()]
    assert all(value is None or (isinstance(value, str) and value) for value in values)


def test_people_read_labels(world_traveller):
    """Conditions name fields by label, lists by title, tables by name."""
    raw = raw_tables(world_traveller)
    row, position = cell_of(raw["PolicyConditions"], "Fields", id="people_have_names")
    assert row[position] == "Given name; Family name"
    row, position = cell_of(raw["PolicyFields"], "List", label="Contact reason")
    assert row[position] == "Contact reasons"
    row, position = cell_of(raw["PolicyTables"], "Owner field", table="FollowUps")
    assert row[position] == "Owner"


def test_new_field_gets_an_id(world_traveller):
    """A row without an id gets one from its label."""
    new = {"Table": "Stakeholders", "Label": "Loyalty number", "Type": "text"}
    policy = sheets.from_tables(with_rows(raw_tables(world_traveller), "PolicyFields", new), "x.xlsx")
    assert policy.table_by_id["stakeholders"].by_label["Loyalty number"].id == "loyalty_number"


def test_new_list_and_condition_get_ids(world_traveller):
    """Rows of a new list hold together by its title; a condition gets an id of its own."""
    raw = with_rows(
        raw_tables(world_traveller),
        "PolicyLists",
        {"List": "Airlines", "Value": "QF"},
        {"List": "Airlines", "Value": "VA"},
    )
    raw = with_rows(raw, "PolicyConditions", {"Table": "Bookings", "Fields": "Value", "Must be": "filled"})
    policy = sheets.from_tables(raw, "x.xlsx")
    assert (policy.lists[-1].id, policy.lists[-1].active) == ("airlines", ("QF", "VA"))
    assert policy.conditions[-1].id == "value_filled"


def test_excel_typed_cells(world_traveller):
    """Numbers, dates and booleans that Excel made of typed text are read as what they say."""
    raw = changed(raw_tables(world_traveller), "PolicyFields", "Width", 20, label="Email")
    raw = changed(raw, "PolicyFields", "Required", True, label="Email")
    raw = changed(raw, "PolicyFields", "Minimum", dt.date(1910, 1, 1), label="Date of birth")
    raw = changed(raw, "PolicySettings", "Value", 400, setting="Stale after days")
    policy = sheets.from_tables(raw, "x.xlsx")
    fields = policy.table_by_id["stakeholders"].by_id
    assert (fields["email"].width, fields["email"].required) == (20.0, True)
    assert (fields["date_of_birth"].minimum, policy.settings.stale_after_days) == ("1910-01-01", 400)


def test_renamed_label_is_still_found(world_traveller):
    """Rows that call a field by its earlier label find it when the earlier policy is given."""
    raw = changed(raw_tables(world_traveller), "PolicyFields", "Label", "E-mail address", id="email")
    policy = sheets.from_tables(raw, "x.xlsx", world_traveller)
    assert policy.conditions == world_traveller.conditions
    assert ("POL006", "'Policy conditions'!I6") in [(f.code, f.cell) for f in sheets.read(raw).findings]


@pytest.mark.parametrize(
    ("table", "heading", "value", "found_by", "code", "cell"),
    [
        ("PolicyFields", "Label", None, {"label": "Email"}, "POL002", "'Policy fields'!C11"),
        ("PolicyFields", "Type", "money", {"label": "Email"}, "POL004", "'Policy fields'!D11"),
        ("PolicyFields", "List", "Colours", {"label": "Email"}, "POL006", "'Policy fields'!H11"),
        ("PolicyFields", "Table", "Nowhere", {"label": "Email"}, "POL006", "'Policy fields'!A11"),
        ("PolicyTables", "Key field", "Nothing", {"table": "Bookings"}, "POL006", "'Policy tables'!D7"),
        ("PolicyConditions", "Must be", "full", {"id": "reachable"}, "POL004", "'Policy conditions'!J6"),
        ("PolicySettings", "Value", "never", {"setting": "Save policy"}, "POL004", "'Policy settings'!B8"),
        ("PolicySettings", "Setting", "Colour", {"setting": "Save policy"}, "POL003", "'Policy settings'!A8"),
        ("PolicyMatches", "Likely from", "often", {"field": "Date of birth"}, "POL004", "'Policy matches'!G9"),
        ("PolicyLists", "Active", "perhaps", {"value": "Fax"}, "POL004", "'Policy lists'!D255"),
        ("PolicyLists", "Stage", "ended", {"value": "Waiting"}, "POL004", "'Policy lists'!H285"),
        ("PolicyTables", "Owner field", "Nobody", {"table": "FollowUps"}, "POL006", "'Policy tables'!J6"),
        ("PolicyTables", "Due date", "Action", {"table": "FollowUps"}, "POL020", "'Policy tables'!I6"),
        ("PolicyFields", "Locked", "Yes", {"label": "Email"}, "POL021", "'Policy fields'!Y11"),
    ],
)
def test_faults_have_their_cell(world_traveller, table, heading, value, found_by, code, cell):
    """Each fault is found in its sheet and cell."""
    raw = changed(raw_tables(world_traveller), table, heading, value, **found_by)
    assert (code, cell) in [(f.code, f.cell) for f in sheets.read(raw).findings]


def test_fault_is_told_in_the_words_of_the_sheet(world_traveller):
    """A message calls the part by the heading of its column."""
    raw = changed(raw_tables(world_traveller), "PolicyConditions", "Must be", "full", id="reachable")
    with pytest.raises(PolicyError) as caught:
        sheets.from_tables(raw, "x.xlsx")
    assert str(caught.value).startswith("x.xlsx, 'Policy conditions'!J6: Must be cannot be \"full\". ")


def test_error_cell(world_traveller):
    """An Excel error in a cell is a finding there."""
    raw = raw_tables(world_traveller)
    raw["PolicyLists"].errors[0, 2] = "#REF!"
    assert ("POL004", "'Policy lists'!C4") in [(f.code, f.cell) for f in sheets.read(raw).findings]


def test_missing_sheet(world_traveller):
    """A policy sheet that is gone is named."""
    raw = raw_tables(world_traveller)
    del raw["PolicyMatches"]
    (finding,) = sheets.read(raw).findings
    assert (finding.code, "Policy matches" in finding.message) == ("POL001", True)


def test_unknown_column_is_a_warning(world_traveller):
    """A column of somebody's own is passed over with a warning."""
    raw = raw_tables(world_traveller)
    old = raw["PolicyTables"]
    cells = [[*row, "mine"] for row in old.cells]
    raw["PolicyTables"] = RawTable(
        old.name, old.sheet, [*old.columns, "Mine"], cells, old.rows, [*old.letters, "K"]
    )
    reading = sheets.read(raw)
    assert reading.policy == world_traveller
    assert [(f.code, f.severity) for f in reading.findings] == [("POL003", "warning")]


def test_editing_sheets_offer_their_words(world_traveller):
    """In the sheets for editing a closed word is chosen from a dropdown, a list or field is typed."""
    pages, names = sheets.editing_sheets(world_traveller)
    offered = {
        c.label: c.choices for page in pages for c in page.table.columns if page.table.name == "PolicyFields"
    }
    assert (offered["Type"], offered["Required"], offered["List"]) == ("choice_type", "choice_yes_no", "")
    assert names["choice_tables"].startswith("Choices!$")
    assert {c for page in pages for c in (col.choices for col in page.table.columns)} - {""} <= names.keys()


@pytest.mark.parametrize(
    "texts", [["a", "b"], ["a; b"], ['say "x"'], [""], [" x "], ['"', ";", '";"'], ["", ""], ["x\ny"]]
)
def test_join_and_split(texts):
    """Texts in one cell come apart as they were."""
    assert split(join(texts)) == texts


def test_people_write_lists_loosely():
    """Missing and doubled spaces and semicolons do no harm."""
    assert split(" a;b ;; c;") == ["a", "b", "c"]


def test_slug():
    """Ids come from labels, without accents, and are new."""
    assert slug("Numéro de client", ()) == "numero_de_client"
    assert slug("2nd phone", ("n_2nd_phone",)) == "n_2nd_phone_2"
    assert slug("電話", ()) == "new"


def test_ambiguous_label_is_written_as_id():
    """A label that two fields share is not written."""
    names = Names([("a", "Phone"), ("b", "phone"), ("c", "a")])
    assert (names.write("a"), names.write("b"), names.write("c")) == ("Phone", "phone", "c")
    assert names.find("PHONE") is None
