"""A front-end that is older than the policy: what values can bring up to date, and what is named as missing."""

from __future__ import annotations

import openpyxl
import pytest

from tests.conftest import TODAY
from validation.policy import ListItem, PolicyField, PolicyList
from workbook_cms.forms.design import form_designs
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.forms.refresh import Drawn, refresh
from workbook_cms.workbook import Workbook


def read(path, policy) -> Drawn:
    """What stands in a front-end, as openpyxl sees it."""
    book = openpyxl.load_workbook(path)

    def block(name):
        if name not in book.defined_names:
            return []
        ((sheet, cells),) = book.defined_names[name].destinations
        return [[cell.value or "" for cell in row] for row in book[sheet][cells.replace("$", "")]]

    designs = form_designs(policy)
    return Drawn(
        {d.table.id: [(row[0], row[1]) for row in block(d.name("body"))] for d in designs},
        {d.table.id: len(block(d.name("guidance"))) for d in designs},
        block("cms_lists")[0],
        [name for name in block("cms_guides")[0] if name],
        len(block("cms_lists")) - 1,
    )


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    """The policy of a new World Traveller workbook."""
    return Workbook.create(tmp_path_factory.mktemp("policy") / "customers.xlsx", today=TODAY).policy


@pytest.fixture(scope="module")
def drawn(policy, tmp_path_factory):
    """A front-end of that policy."""
    folder = tmp_path_factory.mktemp("drawn")
    record = Workbook.create(folder / "customers.xlsx", today=TODAY)
    return read(make_frontend(record.path, folder / "entry.xlsx"), policy)


def with_field(policy, table, old, **changes):
    """The policy with a changed field; with a new one where ``old`` is ""."""
    tables = []
    for known in policy.tables:
        fields = known.fields
        if known.id == table:
            fields = tuple(f.model_copy(update=changes) if f.id == old else f for f in fields)
            if not old:
                fields = (*fields, PolicyField(**changes))
        tables.append(known.model_copy(update={"fields": fields}))
    return policy.model_copy(update={"tables": tuple(tables)})


def with_list(policy, name, items):
    """The policy with other items in a list."""
    lists = tuple(c.model_copy(update={"items": items}) if c.id == name else c for c in policy.lists)
    return policy.model_copy(update={"lists": lists})


def test_what_is_up_to_date_stays(policy, drawn):
    """The same policy gives the blocks that stand there already, and nothing is missing."""
    fresh = refresh(policy, drawn)
    assert (fresh.missing, fresh.gone) == ((), ())
    labels = {d.table.id: [row[0] for row in fresh.texts[d.name("labels")]] for d in form_designs(policy)}
    assert labels == {table: [label for _, label in rows] for table, rows in drawn.forms.items()}


def test_every_block_fits_its_cells(policy, drawn):
    """Each block has as many rows as the range it is written to."""
    fresh = refresh(policy, drawn)
    for design in form_designs(policy):
        rows = len(drawn.forms[design.table.id])
        for part in ("marks", "values"):
            assert [len(row) for row in fresh.formulas[design.name(part)]] == [1] * rows
    assert {len(row) for row in fresh.texts["cms_lists"]} == {len(drawn.lists)}
    assert len(fresh.texts["cms_lists"]) == drawn.rows + 1


def test_lists_labels_marks_and_help_follow(policy, drawn):
    """A new value, another label, a field that is needed now, another help: all of it without a new front-end."""
    changed = with_list(
        policy, "channels", (ListItem(value="Pigeon", guidance=""), ListItem(value="Fax", active=False))
    )
    changed = with_field(
        changed, "interactions", "cost", label="Costs", required=True, help="In dollars.", example=""
    )
    fresh = refresh(changed, drawn)
    column = [row[drawn.lists.index("channels")] for row in fresh.texts["cms_lists"]]
    assert [text for text in column if text] == ["channels", "Pigeon"]
    at = [row_id for row_id, _ in drawn.forms["interactions"]].index("cost")
    assert fresh.texts["form_interactions.labels"][at] == ["Costs"]
    assert fresh.formulas["form_interactions.marks"][at] == ['="*"']
    assert fresh.prompts["input_interactions.cost"] == ("Costs", "In dollars.")
    assert fresh.missing == ()


def test_formulas_stay_on_the_rows_of_the_old_sheet(policy, drawn):
    """A retired field leaves its row where it is; the formulas below it still look at their own cells."""
    changed = with_field(policy, "interactions", "contact_name", retired=True)
    fresh = refresh(changed, drawn)
    assert fresh.gone == ("Contact name",)
    at = [row_id for row_id, _ in drawn.forms["interactions"]].index("purpose")
    assert f"$D${at + 3}" in fresh.formulas["form_interactions.values"][at][0]
    assert fresh.formulas["form_interactions.values"] == [
        [""] if row_id == "contact_name" else row
        for (row_id, _), row in zip(
            drawn.forms["interactions"], refresh(policy, drawn).formulas["form_interactions.values"], strict=True
        )
    ]


def test_what_needs_a_new_front_end_is_named(policy, drawn):
    """A new field, a new list, a list that has outgrown its room, a table without a form."""
    changed = with_field(policy, "interactions", "", id="loyalty", label="Loyalty number")
    changed = with_field(changed, "interactions", "desired_outcome", enum="moods")
    moods = PolicyList(id="moods", title="Moods", items=(ListItem(value="Glad"),))
    changed = changed.model_copy(update={"lists": (*changed.lists, moods)})
    changed = with_list(changed, "segments", tuple(ListItem(value=f"S {n}") for n in range(drawn.rows + 1)))
    forms = {table: rows for table, rows in drawn.forms.items() if table != "bookings"}
    fresh = refresh(changed, Drawn(forms, drawn.guidance, drawn.lists, drawn.guides, drawn.rows))
    assert set(fresh.missing) == {
        "the field Loyalty number", "the list Moods", "the list Segments", "the form Record a booking",
    }  # fmt: skip
    assert "form_bookings.labels" not in fresh.texts
