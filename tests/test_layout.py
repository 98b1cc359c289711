"""The workbook of a policy: its sheets, the dropdowns behind its lists, and the help on its headers."""

import openpyxl
import pytest

from tests.support.libreoffice import resave
from tests.support.soundness import assert_sound
from validation.policy import ListItem, Policy, PolicyField, PolicyList, PolicyTable, Settings
from workbook_cms.file.builder import build
from workbook_cms.file.layout import CellStyle
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_tables
from workbook_cms.layout import column_spec, list_names, lists_table, workbook_spec
from workbook_cms.policies import text
from workbook_cms.policies.sheets import from_tables
from workbook_cms.resources import template_folder


def a_field(id_, label, **more):
    return PolicyField(id=id_, label=label, **more)


@pytest.fixture
def policy():
    """A policy with a list in use, one without active values, and a table called like Excel's own sheet."""
    return Policy(
        settings=Settings(organisation="World Traveller"),
        lists=(
            PolicyList(
                id="kinds",
                title="Kinds",
                items=(ListItem(value="A"), ListItem(value="B", active=False), ListItem(value="C")),
            ),
            PolicyList(id="nothing", title="Nothing", items=(ListItem(value="Old", active=False),)),
        ),
        tables=(
            PolicyTable(
                id="people",
                name="People",
                title="Person",
                key="id",
                key_format="P-{:03d}",
                fields=(
                    a_field("id", "Person ID", required=True),
                    a_field("kind", "Kind", enum="kinds", required=True, help="What they are.", example="A"),
                    a_field("many", "Many", enum="kinds", multiple=True),
                    a_field("old", "Old", enum="kinds", retired=True),
                    a_field("none", "None", enum="nothing"),
                    a_field("born", "Born", type="date", width=14),
                    a_field("visits", "Visits", type="integer"),
                ),
            ),
            PolicyTable(id="lists", name="Lists", title="List", key="id", fields=(a_field("id", "Id"),)),
        ),
    )


@pytest.fixture(params=["world-traveller", "blank"])
def template(request):
    """The policy of a template."""
    path = template_folder(request.param) / "policy.yaml"
    return text.load(path.read_text(encoding="utf-8"), request.param)


def test_workbook_of_a_template_is_sound(template, tmp_path):
    """The template's workbook has nothing to repair, and its policy sheets hold the policy."""
    path = tmp_path / "book.xlsx"
    build(path, workbook_spec(template))
    assert_sound(path)
    tables = read_tables(Package.open(path))
    assert {t.name for t in template.tables} | {"History", "ListChoices"} < set(tables)
    assert from_tables(tables, "book.xlsx") == template
    assert all(
        len(tables[t.name]) == 0 and tables[t.name].columns == tuple(f.label for f in t.fields)
        for t in template.tables
    )
    assert not any(table.stray or table.merged for table in tables.values())


def test_policy_survives_libreoffice(template, tmp_path):
    """The policy reads the same from a workbook that LibreOffice saved."""
    path = tmp_path / "book.xlsx"
    build(path, workbook_spec(template))
    again = resave(path, tmp_path / "again")
    assert from_tables(read_tables(Package.open(again)), "book.xlsx") == template


def test_dropdowns_offer_the_active_values(policy, tmp_path):
    """Each defined name covers exactly the active values, the first cell where there is none."""
    path = tmp_path / "book.xlsx"
    build(path, workbook_spec(policy))
    assert_sound(path)
    book = openpyxl.load_workbook(path)
    assert {name: item.attr_text for name, item in book.defined_names.items()} == {
        "list_kinds": "Lists!$B$2:$B$3",
        "list_nothing": "Lists!$C$2:$C$2",
    }
    assert [cell.value for (cell,) in book["Lists"]["B2:B3"]] == ["A", "C"]
    assert book["Lists"]["C2"].value is None
    rules = {str(v.sqref): v.formula1 for v in book["People"].data_validations.dataValidation if v.type == "list"}
    assert rules == {"B2:B1048576": "list_kinds", "E2:E1048576": "list_nothing"}


def test_sheet_titles_stay_apart(policy, tmp_path):
    """A table called like one of our sheets gets another title, and Excel's own name History is not used."""
    titles = [sheet.title for sheet in workbook_spec(policy).sheets]
    assert titles[:2] == ["People", "Lists records"]
    assert titles[-2:] == ["Change history", "Lists"]
    build(tmp_path / "book.xlsx", workbook_spec(policy))
    assert openpyxl.load_workbook(tmp_path / "book.xlsx").sheetnames[0] == "Home"


def test_names_follow_the_columns_that_are_there():
    """In a workbook that is there already a new list comes at the end, wherever the policy has it."""
    one, two = (PolicyList(id=i, title=i, items=(ListItem(value="x"),)) for i in ("one", "two"))
    table = PolicyTable(id="t", name="T", title="T", key="id", fields=(a_field("id", "Id"),))
    policy = Policy(settings=Settings(organisation="x"), lists=(one, two), tables=(table,))
    assert list_names(policy, ("No", "gone", "two"), "My lists") == {
        "list_one": "'My lists'!$D$2:$D$2",
        "list_two": "'My lists'!$C$2:$C$2",
    }
    assert [c.label for c in lists_table(policy, ("No", "gone", "two")).columns] == ["No", "gone", "two", "one"]
    assert list(lists_table(policy, ("No", "gone", "two")).rows) == [
        {"No": 1, "gone": None, "two": "x", "one": "x"}
    ]


def test_column_of_a_field(policy):
    """Format by type, help with what is asked, a dropdown only where one value is chosen."""
    table = policy.tables[0]
    specs = {f.id: column_spec(policy, table, f) for f in table.fields}
    assert specs["kind"].help == "Required.\nWhat they are.\nExample: A"
    assert specs["id"].help == "Given out when the record is added."
    assert (specs["many"].choices, specs["old"].choices, specs["kind"].choices) == ("", "", "list_kinds")
    assert specs["old"].help.startswith("Retired")
    assert (specs["born"].style, specs["visits"].style, specs["born"].width) == (
        CellStyle.DATE,
        CellStyle.INTEGER,
        14,
    )


def test_policy_without_lists(policy, tmp_path):
    """The lists' table is there from the start, so that a first list can be added later."""
    bare = policy.model_copy(update={"lists": (), "tables": policy.tables[1:]})
    path = tmp_path / "book.xlsx"
    build(path, workbook_spec(bare))
    assert_sound(path)
    assert read_tables(Package.open(path))["ListChoices"].columns == ("No",)
