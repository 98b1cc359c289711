"""Whatever is merged, and taken back: every table is as it was, cell for cell and row for row."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.filters import FilterColumn, Filters, SortCondition, SortState

from tests.conftest import TODAY
from tests.support.soundness import assert_sound
from validation.policy import Policy, PolicyField, PolicyTable, Settings
from workbook_cms import Workbook
from workbook_cms.errors import ChangedMeanwhileError, EntryRefusedError, FileError

PEOPLE = PolicyTable(
    id="people",
    name="People",
    title="Person",
    key="id",
    key_format="P-{:03d}",
    fields=(
        PolicyField(id="id", label="ID"),
        PolicyField(id="name", label="Name", required=True),
        PolicyField(id="email", label="Email", format="email", unique=True),
        PolicyField(id="born", label="Born", type="date"),
        PolicyField(id="points", label="Points", type="integer"),
        PolicyField(id="partner", label="Partner", foreign_key="people"),
    ),
)
VISITS = PolicyTable(
    id="visits",
    name="Visits",
    title="Visit",
    key="id",
    key_format="V-{:03d}",
    fields=(
        PolicyField(id="id", label="ID"),
        PolicyField(id="person", label="Person", foreign_key="people", required=True),
        PolicyField(id="guide", label="Guide", foreign_key="people"),
        PolicyField(id="note", label="Note"),
    ),
)
RULES = Policy(settings=Settings(organisation="Guides"), tables=(PEOPLE, VISITS))

PERSON = st.fixed_dictionaries(
    {"Name": st.sampled_from(["Mia", "Bo", "Ngaire", "=1+1", "007"])},
    optional={
        "Born": st.dates(min_value=pd.Timestamp("1900-01-01").date(), max_value=TODAY),
        "Points": st.integers(0, 10**6),
        "Partner": st.integers(0, 6),
        "Email": st.just(True),
    },
)
VISIT = st.fixed_dictionaries(
    {"Person": st.integers(0, 6)}, optional={"Guide": st.integers(0, 6), "Note": st.text("ab <é", max_size=5)}
)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook of people and visits, none in it."""
    folder = tmp_path_factory.mktemp("blank")
    Workbook.create(folder / "guides.xlsx", RULES, today=TODAY)
    return folder


def state(book: Workbook) -> dict[str, Any]:
    """All cells of all tables, in their order, with their rows."""
    every = {table.name: book.snapshot().raw(table.name) for table in book.policy.tables}
    return {name: (list(raw.rows), copy.deepcopy(raw.cells)) for name, raw in every.items()}


def filled(book: Workbook, people: list[dict[str, Any]], visits: list[dict[str, Any]]) -> list[str]:
    """The keys of the people, entered with those they name, and with visits."""
    rows = [
        {**{n: v for n, v in one.items() if n not in ("Partner", "Email")}}
        | ({"Email": f"p{at}@example.com"} if "Email" in one else {})
        for at, one in enumerate(people)
    ]
    receipts = book.add_many("People", pd.DataFrame(rows, dtype=object), override="made up").receipts
    keys = [receipt.key for receipt in receipts]
    for key, one in zip(keys, people, strict=True):
        if "Partner" in one:
            book.update("People", key, {"Partner": keys[one["Partner"] % len(keys)]}, override="made up")
    named = [
        {name: keys[value % len(keys)] if isinstance(value, int) else value for name, value in visit.items()}
        for visit in visits
    ]
    if named:
        book.add_many("Visits", pd.DataFrame(named, dtype=object), override="made up")
    return keys


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(PERSON, min_size=2, max_size=7),
    st.lists(VISIT, max_size=5),
    st.lists(st.integers(0, 6), min_size=2, max_size=4),
    st.booleans(),
)
def test_a_merge_and_its_undo_leave_every_table_as_it_was(
    blank: Path,
    tmp_path_factory: pytest.TempPathFactory,
    people: list[dict[str, Any]],
    visits: list[dict[str, Any]],
    places: list[int],
    later: bool,
) -> None:
    """Two records or more, whoever names whom, from any place; also with records entered in between."""
    folder = tmp_path_factory.mktemp("merge")
    shutil.copytree(blank, folder, dirs_exist_ok=True)
    book = Workbook.open(folder / "guides.xlsx", today=TODAY)
    keys = filled(book, people, visits)
    asked = list(dict.fromkeys(keys[place % len(keys)] for place in places))
    if len(asked) < 2:
        asked = keys[:2]
    before = state(book)
    try:
        done = book.merge("People", asked, override="made up")
    except EntryRefusedError:
        assert state(book) == before
        return
    _assert_merged(book, done.proposal.survivor, done.proposal.losers)
    if later:
        book.add("People", {"Name": "Later"}, override="made up")
    number = int(book.history()["No"].iat[-1 - later])
    book.undo(number)
    after = state(book)
    if later:
        rows, cells = after["People"]
        assert cells.pop()[1] == "Later"
        rows.pop()
    assert after == before
    assert book.check(select=["FIL", "REF"]) == []
    assert_sound(book.path)


def _assert_merged(book: Workbook, survivor: str, losers: tuple[str, ...]) -> None:
    """Those that went are gone, nobody names them, and their keys lead to the one that stayed."""
    frames = {table.id: book.snapshot().frame(table) for table in book.policy.tables}
    assert not set(losers) & set(frames["people"].keys)
    named = {
        *frames["people"].values["partner"],
        *frames["visits"].values["person"],
        *frames["visits"].values["guide"],
    }
    assert not set(losers) & named
    people = book.policy.table_by_id["people"]
    assert {book.snapshot().led_to(people, key) for key in losers} == {survivor}
    assert book.check(select=["FIL", "REF"]) == []


def test_what_others_show_and_name_is_as_it_was(blank: Path, tmp_path: Path) -> None:
    """Colour, link, note, formula and height of records that stay; and formulas elsewhere, which name them again."""
    path = shutil.copy(blank / "guides.xlsx", tmp_path / "guides.xlsx")
    book = Workbook.open(path, today=TODAY)
    filled(book, [{"Name": name} for name in ("Abe", "Bea", "Cid", "Dee", "Eve")], [])
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["People"]
    sheet["B5"].fill = PatternFill("solid", "FFCC00")
    sheet["B6"].hyperlink = "https://example.org/eve"
    sheet["B6"].comment = Comment("Rang twice", "Jo")
    sheet["E5"], sheet["E6"] = "=1+1", "=E5*2"
    sheet.row_dimensions[4].height = 33
    other = workbook.create_sheet("Other")
    other["A1"], other["A2"] = "=People!B5", "=SUM(People!E2:E6)"
    workbook.save(path)

    def shown() -> list[Any]:
        assert_sound(path)
        found = openpyxl.load_workbook(path)
        cells = [
            (
                c.coordinate,
                c.value,
                c.fill.fgColor.rgb,
                c.hyperlink and c.hyperlink.target,
                c.comment and c.comment.text,
            )
            for name in ("People", "Other")
            for row in found[name].iter_rows()
            for c in row
            if c.value is not None
        ]
        return [cells, found["People"].row_dimensions[4].height, found["People"].tables["People"].ref]

    before = shown()
    book = Workbook.open(path, today=TODAY)
    book.merge("People", ["P-002", "P-001"], survivor="P-001", override="made up")
    assert shown() != before
    book.undo(int(book.history()["No"].iat[-1]))
    assert shown() == before


MERGES = ((["P-001", "P-003"], "P-001"), (["P-002", "P-006", "P-004"], "P-006"), (["P-005", "P-007"], "P-007"))


@pytest.mark.parametrize("order", [(2, 1, 0), (0, 1, 2), (1, 2, 0)], ids=str)
def test_several_merges_are_taken_back_in_any_order(blank: Path, tmp_path: Path, order: tuple[int, ...]) -> None:
    """Values, references and the order of all records are as they were, and the history is sound."""
    folder = tmp_path / "merges"
    shutil.copytree(blank, folder)
    book = Workbook.open(folder / "guides.xlsx", today=TODAY)
    people = [
        {"Name": name, "Partner": at} for at, name in enumerate(("Abe", "Bea", "Cid", "Dee", "Eve", "Fay", "Gus"))
    ]
    filled(book, people, [{"Person": at, "Guide": 6 - at} for at in range(7)])
    before, lines = state(book), []
    for keys, survivor in MERGES:
        book.merge("People", keys, survivor=survivor, override="made up")
        lines.append(int(book.history()["No"].iat[-1]))
    for at in order:
        book.undo(lines[at])
    assert state(book) == before
    assert book.check(select=["FIL", "REF"]) == []
    assert book.verify_history().findings == ()


def test_a_merge_into_a_record_that_went_too_is_taken_back_after_that(blank: Path, tmp_path: Path) -> None:
    """First the later merge, then the earlier one; the other way round is refused, and both values are told."""
    folder = tmp_path / "chain"
    shutil.copytree(blank, folder)
    book = Workbook.open(folder / "guides.xlsx", today=TODAY)
    filled(book, [{"Name": name} for name in ("Abe", "Bea", "Cid")], [{"Person": 1}])
    before, lines = state(book), []
    for keys, survivor in ((["P-001", "P-002"], "P-001"), (["P-001", "P-003"], "P-003")):
        book.merge("People", keys, survivor=survivor, override="made up")
        lines.append(int(book.history()["No"].iat[-1]))
    merged = state(book)
    with pytest.raises(ChangedMeanwhileError, match="changed since: Visits V-001, Person") as refused:
        book.undo(lines[0])
    assert (refused.value.mine, refused.value.theirs) == (
        {"Visits V-001, Person": "P-002"},
        {"Visits V-001, Person": "P-003"},
    )
    assert state(book) == merged
    book.undo(lines[1])
    book.undo(lines[0])
    assert state(book) == before


def test_an_undo_after_a_later_change_of_the_survivor_is_refused(blank: Path, tmp_path: Path) -> None:
    """Both values are told and nothing is written; with a reason it goes on. What the merge did not write stays."""
    folder = tmp_path / "later"
    shutil.copytree(blank, folder)
    book = Workbook.open(folder / "guides.xlsx", today=TODAY)
    filled(book, [{"Name": "Mia", "Points": 1}, {"Name": "Mya", "Points": 2}], [])
    book.merge("People", ["P-001", "P-002"], survivor="P-001", values={"Name": "P-002"}, override="made up")
    line = int(book.history()["No"].iat[-1])
    book.update("People", "P-001", {"Name": "Zoe", "Points": 9}, override="made up")
    after = state(book)
    with pytest.raises(ChangedMeanwhileError, match="changed since: People P-001, Name") as refused:
        book.undo(line)
    assert (refused.value.mine, refused.value.theirs) == (
        {"People P-001, Name": "Mia"},
        {"People P-001, Name": "Zoe"},
    )
    assert state(book) == after
    book.undo(line, override="the first was right")
    assert [row[1] for row in state(book)["People"][1]] == ["Mia", "Mya"]
    assert book.table("People").get("P-001")["Points"] == 9


@pytest.fixture
def decorated(blank: Path, tmp_path: Path) -> Workbook:
    """Five people in a table with totals, a calculated column's formula, a filter, an order and a note."""
    folder = tmp_path / "decorated"
    shutil.copytree(blank, folder)
    path = folder / "guides.xlsx"
    book = Workbook.open(path, today=TODAY)
    filled(book, [{"Name": name, "Points": at} for at, name in enumerate(("Abe", "Bea", "Cid", "Dee", "Eve"))], [])
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["People"]
    table = sheet.tables["People"]
    table.ref, table.totalsRowCount, table.autoFilter.ref = "A1:F7", 1, "A1:F6"
    sheet["A7"], sheet["E7"] = "Total", "=SUBTOTAL(109,People[Points])"
    table.tableColumns[0].totalsRowLabel, table.tableColumns[4].totalsRowFunction = "Total", "sum"
    table.autoFilter.filterColumn = [FilterColumn(colId=1, filters=Filters(filter=["Abe", "Bea", "Cid"]))]
    table.sortState = SortState(ref="A2:F6", sortCondition=[SortCondition(ref="B2:B6")])
    sheet.row_dimensions[5].hidden = sheet.row_dimensions[6].hidden = True
    sheet["B6"].comment = Comment("Rang twice", "Jo")
    workbook.save(path)
    return Workbook.open(path, today=TODAY)


def test_totals_filter_order_and_notes_come_through(decorated: Workbook) -> None:
    """All that a table of Excel may have beside its records is as it was after a merge and its undo."""

    def shown() -> list[Any]:
        sheet = openpyxl.load_workbook(decorated.path)["People"]
        table = sheet.tables["People"]
        cells = [(c.coordinate, c.value, c.comment and c.comment.text) for row in sheet.iter_rows() for c in row]
        ranges = (table.ref, table.autoFilter.ref, table.sortState.ref, table.sortState.sortCondition[0].ref)
        kept = table.autoFilter.filterColumn[0].filters.filter
        return [cells, ranges, kept, [n for n, row in sheet.row_dimensions.items() if row.hidden]]

    before, held = shown(), state(decorated)
    decorated.merge("People", ["P-001", "P-002", "P-003"], survivor="P-003", override="made up")
    assert_sound(decorated.path)
    assert [value for at, value, _ in shown()[0] if at in ("A5", "E5")] == [
        "Total",
        "=SUBTOTAL(109,People[Points])",
    ]
    decorated.undo(int(decorated.history()["No"].iat[-1]))
    assert_sound(decorated.path)
    assert (shown(), state(decorated)) == (before, held)


def test_a_record_with_a_note_does_not_go(decorated: Workbook) -> None:
    """The cell is named, and nothing is written; as the survivor it may stay."""
    before = decorated.path.read_bytes()
    with pytest.raises(FileError, match="Cell B6, which would be taken out, carries a note"):
        decorated.merge("People", ["P-001", "P-005"], survivor="P-001", override="made up")
    assert decorated.path.read_bytes() == before
    decorated.merge("People", ["P-001", "P-005"], survivor="P-005", override="made up")
    assert openpyxl.load_workbook(decorated.path)["People"]["B5"].comment.text == "Rang twice"
