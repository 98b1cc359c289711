"""From one policy to the next."""

import datetime as dt
from dataclasses import replace

import openpyxl
import pytest

from validation.policy import FieldType, ListItem, Policy, PolicyField, PolicyList, Stage
from workbook_cms.errors import PolicyError
from workbook_cms.file.writer import RenameColumn
from workbook_cms.policies.change import _renames, differences, plan
from workbook_cms.workbook import Workbook


def with_field(policy, table, field, **changes):
    """The policy with parts of one field changed."""
    return with_table(
        policy,
        table,
        fields=tuple(
            f.model_copy(update=changes) if f.id == field else f for f in policy.table_by_id[table].fields
        ),
    )


def with_table(policy, table, **changes):
    """The policy with parts of one table changed."""
    tables = tuple(t.model_copy(update=changes) if t.id == table else t for t in policy.tables)
    return Policy.model_validate(policy.model_dump() | {"tables": [t.model_dump() for t in tables]})


def with_new_field(policy, table, **parts):
    """The policy with one more field."""
    return with_table(policy, table, fields=(*policy.table_by_id[table].fields, PolicyField(**parts)))


def with_lists(policy, lists):
    """The policy with other lists."""
    return Policy.model_validate(policy.model_dump() | {"lists": [choice.model_dump() for choice in lists]})


def sentences(old, new):
    """The differences as texts."""
    return [str(change) for change in differences(old, new)]


def test_same(world_traveller):
    """Equal policies differ in nothing and need no change of the workbook."""
    assert (differences(world_traveller, world_traveller), plan(world_traveller, world_traveller)) == ([], [])


def test_sentences(world_traveller):
    """A change is told as a person would tell it."""
    new = with_new_field(world_traveller, "stakeholders", id="loyalty", label="Loyalty number")
    assert sentences(world_traveller, new) == ["field 'Loyalty number' added to Stakeholders"]
    new = with_field(world_traveller, "stakeholders", "email", label="E-mail")
    assert sentences(world_traveller, new) == ["label 'Email' of Stakeholders becomes 'E-mail'"]
    new = with_field(world_traveller, "stakeholders", "phone", required=True)
    assert sentences(world_traveller, new) == ["field 'Phone' of Stakeholders, Required: No becomes Yes"]
    new = with_field(world_traveller, "stakeholders", "segment", retired=True)
    assert sentences(world_traveller, new) == ["field 'Segment' of Stakeholders retired"]


def test_list_sentences(world_traveller):
    """Values added and retired are told by name."""
    lists = [
        choice.model_copy(update={"items": (*choice.items[1:], ListItem(value="Kiosk"))})
        if choice.id == "directions"
        else choice
        for choice in world_traveller.lists
    ]
    assert sentences(world_traveller, with_lists(world_traveller, lists)) == [
        "'Kiosk' added to directions",
        "'Inbound' removed from directions; records that hold it will be reported",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: with_table(p, "bookings", name="Trips"), "cannot be renamed"),
        (lambda p: with_table(p, "bookings", key="product"), "key field cannot be changed"),
        (lambda p: with_table(p, "stakeholders", key_format="S-{:05d}"), "key format cannot be changed"),
        (
            lambda p: with_field(p, "bookings", "value", type=FieldType.STRING),
            "type cannot change from number to string",
        ),
        (lambda p: with_field(p, "bookings", "value", id="worth"), "id cannot become worth"),
        (lambda p: with_table(p, "bookings", fields=p.table_by_id["bookings"].fields[:-1]), "cannot be deleted"),
        (
            lambda p: Policy.model_validate(p.model_dump() | {"tables": p.model_dump()["tables"][:-1]}),
            "cannot be removed",
        ),
        (lambda p: with_table(p, "bookings", id="trips"), "cannot be removed"),
    ],
)
def test_refusals(world_traveller, change, words):
    """What would lose data or keys is refused in one line."""
    with pytest.raises(PolicyError) as caught:
        plan(world_traveller, change(world_traveller))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_labels_that_swap():
    """Two labels that change places go through a spare one, so that no header stands twice."""
    steps = list(_renames("T", ["A", "B", "C"], {"A": "B", "B": "A"}))
    assert steps == [
        RenameColumn("T", "A", "B (was A)"),
        RenameColumn("T", "B", "A"),
        RenameColumn("T", "B (was A)", "B"),
    ]


def test_labels_that_follow():
    """A label that another gives up is taken after it was given up."""
    assert list(_renames("T", ["A", "B"], {"A": "B", "B": "C"})) == [
        RenameColumn("T", "B", "C"),
        RenameColumn("T", "A", "B"),
    ]


def test_only_the_letter_case_changes():
    """A label may change its letter case alone."""
    assert list(_renames("T", ["Email"], {"Email": "EMail"})) == [RenameColumn("T", "Email", "EMail")]


def test_applied(book):
    """A new field, a new list and a new label are usable at once; the record that was there is as it was."""
    old = book.policy
    grades = PolicyList(id="grades", title="Grades", items=(ListItem(value="Gold"), ListItem(value="Blue")))
    new = with_lists(old, [*old.lists, grades])
    new = with_new_field(new, "stakeholders", id="grade", label="Grade", enum="grades")
    new = with_field(new, "stakeholders", "email", label="E-mail")
    book.apply_policy(new)

    again = Workbook.open(book.path, today=dt.date(2026, 11, 22))
    assert again.policy == new
    record = again.table("Stakeholders").get("STK-00001")
    assert (record["E-mail"], record.get("Grade")) == ("quenby.z@example.com", None)
    again.update("Stakeholders", "STK-00001", {"Grade": "Gold"})
    assert again.check() == []
    assert dropdowns(book.path, "Stakeholders")["Grade"] == "list_grades"
    assert named_values(book.path, "list_grades") == ["Gold", "Blue"]


def test_applied_twice(book):
    """A field added in the middle of the policy stands at the right of the sheet, its dropdown with it."""
    first = book.policy
    fields = first.table_by_id["stakeholders"].fields
    middle = PolicyField(id="home_state", label="Home state", enum="states")
    second = with_table(first, "stakeholders", fields=(*fields[:3], middle, *fields[3:]))
    book.apply_policy(second)
    again = Workbook.open(book.path, today=dt.date(2026, 11, 22))
    again.apply_policy(with_field(second, "stakeholders", "segment", label="Kind of traveller"))
    found = dropdowns(book.path, "Stakeholders")
    assert (found["Home state"], found["Kind of traveller"]) == ("list_states", "list_segments")
    assert (found["Type"], found["Status"]) == ("list_stakeholder_types", "list_stakeholder_statuses")


NEW_HEADINGS = {
    "PolicyTables": {"Status field", "Sign-off field", "Due date", "Owner field"},
    "PolicyFields": {"Locked"},
    "PolicyLists": {"Stage"},
}


@pytest.fixture
def earlier_book(tmp_path, world_traveller):
    """A workbook made before forms: its policy sheets have no columns for stages, due dates, locked fields."""

    def without(policy, spec):
        pages = []
        for page in spec.sheets:
            columns = tuple(c for c in page.table.columns if c.label not in NEW_HEADINGS.get(page.table.name, ()))
            rows = [{c.label: row.get(c.label) for c in columns} for row in page.table.rows]
            pages.append(replace(page, table=replace(page.table, columns=columns, rows=rows)))
        return replace(spec, sheets=tuple(pages))

    policy = world_traveller
    for table in world_traveller.tables:
        nothing = dict.fromkeys(("status", "sign_off", "due_date", "owner"))
        fields = tuple(field.model_copy(update={"locked": False}) for field in table.fields)
        policy = with_table(policy, table.id, **nothing, fields=fields)
    lists = [
        choice.model_copy(
            update={"items": tuple(i.model_copy(update={"stage": Stage.NONE}) for i in choice.items)}
        )
        for choice in policy.lists
    ]
    return Workbook.create(tmp_path / "earlier.xlsx", with_lists(policy, lists), dress=without)


def test_workbook_made_before(earlier_book, world_traveller):
    """A workbook without the columns for stages opens as it is; `policy apply` brings them in with their values."""
    again = Workbook.open(earlier_book.path)
    assert again.policy.table_by_id["interactions"].status is None
    assert again.check() == []
    said = [str(change) for change in again.apply_policy(world_traveller)]
    assert "table Interactions, Due date: nothing becomes 'follow_up_date'" in said
    assert "field 'Recorded by' of Interactions, Locked: No becomes Yes" in said
    assert "Stage of 'Prepared' in interaction statuses changed" in said
    after = Workbook.open(earlier_book.path)
    assert (after.policy, after.check()) == (world_traveller, [])


def test_columns_come_with_any_change(earlier_book):
    """The first change of the policy brings the columns, so that the sheets can be filled in."""
    earlier_book.apply_policy(
        earlier_book.policy.model_copy(
            update={"settings": earlier_book.policy.settings.model_copy(update={"stale_after_days": 99})}
        )
    )
    workbook = openpyxl.load_workbook(earlier_book.path)
    headings = {cell.value for page in workbook if page.title.startswith("Policy ") for cell in page[3]}
    assert set().union(*NEW_HEADINGS.values()) <= headings
    assert Workbook.open(earlier_book.path).check() == []


def dropdowns(path, sheet):
    """The defined name behind the dropdown of each column, by header, as openpyxl sees it."""
    workbook = openpyxl.load_workbook(path)
    page = workbook[sheet]
    headers = {cell.column_letter: cell.value for cell in page[1]}
    found = {}
    for rule in page.data_validations.dataValidation:
        if rule.type == "list":
            letters = "".join(c for c in str(rule.sqref).partition(":")[0] if c.isalpha())
            found[headers[letters]] = rule.formula1.lstrip("=")
    workbook.close()
    return found


def named_values(path, name):
    """The values of a defined name's range."""
    workbook = openpyxl.load_workbook(path)
    ((sheet, ref),) = workbook.defined_names[name].destinations
    values = [cell.value for row in workbook[sheet][ref.replace("$", "")] for cell in row]
    workbook.close()
    return values


def test_what_changed_of_a_match_rule_is_said(world_traveller):
    """Likelihood, action, kind, strength and fields, each in a sentence; nothing changes without one."""
    first, second, *others = world_traveller.matches
    fields = [f.model_dump() for f in second.fields[:-1]]
    fields[2] |= {"kind": "text", "strength": "weaker"}
    fields.append({"field": "segment", "kind": "category"})
    changed = second.model_dump() | {"threshold": 0.99, "on_add": "block", "fields": fields}
    matches = [rule.model_dump() for rule in (first, *others)]
    after = Policy.model_validate(world_traveller.model_dump() | {"matches": [matches[0], changed, *matches[1:]]})
    assert [str(change) for change in differences(world_traveller, after)] == [
        "match rule 'same_person', Likely from: 0.9 becomes 0.99",
        "match rule 'same_person', On add: 'alert' becomes 'block'",
        "field 'segment' added to match rule 'same_person'",
        "field 'postcode' removed from match rule 'same_person'",
        "match rule 'same_person', Kind of 'date_of_birth': 'date' becomes 'text'",
        "match rule 'same_person', Strength of 'date_of_birth': 'normal' becomes 'weaker'",
    ]
    swapped = second.model_dump() | {"fields": [f.model_dump() for f in reversed(second.fields)]}
    after = Policy.model_validate(world_traveller.model_dump() | {"matches": [matches[0], swapped, *matches[1:]]})
    assert [str(change) for change in differences(world_traveller, after)] == ["match rule 'same_person' changed"]
