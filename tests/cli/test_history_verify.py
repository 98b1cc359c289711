"""``history --verify``: what was done to a history or past it, found in real files, with the cell."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Cli
from tests.support.raw import append_row, edit, remove_last_row, row_of
from workbook_cms import Workbook

#: Sheet row of line 1, so that line n stands in row n + FIRST - 1.
FIRST = 2


@pytest.fixture(scope="module")
def several_folder(one_record_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook whose history has eight lines: made, one record added, six changes of it."""
    folder = tmp_path_factory.mktemp("several")
    shutil.copytree(one_record_folder, folder, dirs_exist_ok=True)
    book = Workbook.open(folder / "customers.xlsx")
    for number in range(157, 163):
        book.update("Stakeholders", "STK-00001", {"Phone": f"0491 570 {number}"})
    return folder


@pytest.fixture
def several(several_folder: Path, tmp_path: Path) -> Path:
    """That workbook, for one test to change."""
    shutil.copytree(several_folder, tmp_path, dirs_exist_ok=True)
    return tmp_path / "customers.xlsx"


def rows(path: Path, change: Callable[[list[list[object]]], object]) -> None:
    """Change the lines of the history in a file, as somebody with an unprotected sheet does; the table follows."""
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book if "History" in s.tables)
    first, last = sheet.tables["History"].ref.split(":")
    header = int("".join(filter(str.isdigit, first)))
    assert header + 1 == FIRST
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST)]
    change(lines)
    sheet.delete_rows(FIRST, sheet.max_row)
    for number, line in enumerate(lines, start=FIRST):
        for column, value in enumerate(line, start=1):
            sheet.cell(number, column).value = value
    ref = f"{first}:{last.rstrip('0123456789')}{header + len(lines)}"
    sheet.tables["History"].ref = sheet.tables["History"].autoFilter.ref = ref
    book.save(path)


def verified(cli: Cli, path: Path) -> tuple[int, set[tuple[str, str]]]:
    """Exit code, and (code, cell) of each flaw."""
    result = cli("history", path, "--verify", "--format", "json")
    assert result.err == ""
    return result.code, {(f["code"], f["cell"]) for f in json.loads(result.out)["findings"]}


def test_a_sound_history_is_said_to_be(cli: Cli, several: Path) -> None:
    """How many lines, from when to when, that the head matches, and that there is no flaw."""
    data = json.loads(cli("history", several, "--verify", "--format", "json").out)
    assert data["findings"] == []
    told = data["verified"]
    assert (told["lines"], told["erased"], told["head"], told["records"]) == (8, 0, True, 1)
    result = cli("history", several, "--verify")
    assert result.code == 0
    assert result.out == (
        f"Verified 8 lines of history from {told['first']} to {told['last']}; it ends as the last write left it; "
        "1 record held against it. No flaws.\n"
    )


def _edited(lines: list[list[object]]) -> None:
    lines[3][6] = "0400 000 000"


def _sealed_again(lines: list[list[object]]) -> None:
    lines[3][19] = "0" * 32


def _renumbered(lines: list[list[object]]) -> None:
    lines[3][0] = 77


def _other_day(lines: list[list[object]]) -> None:
    lines[3][1] = "2026-01-01T00:00:00Z"


def _unsalted(lines: list[list[object]]) -> None:
    lines[3][16], lines[3][6] = None, "0400 000 000"


def _deleted(lines: list[list[object]]) -> None:
    del lines[3]


def _deleted_two(lines: list[list[object]]) -> None:
    del lines[3:5]


def _inserted(lines: list[list[object]]) -> None:
    lines.insert(3, [*lines[2][:6], "old", "new", *lines[2][8:]])


def _inserted_twice(lines: list[list[object]]) -> None:
    lines.insert(3, list(lines[2]))


def _moved_down(lines: list[list[object]]) -> None:
    lines.insert(6, lines.pop(3))


def _moved_up(lines: list[list[object]]) -> None:
    lines.insert(3, lines.pop(6))


def _cut(lines: list[list[object]]) -> None:
    del lines[-2:]


@pytest.mark.parametrize(
    ("plant", "flaws"),
    [
        (_edited, {("FIL004", "'Change history'!A5")}),
        (_sealed_again, {("FIL004", "'Change history'!A5")}),
        (_renumbered, {("FIL004", "'Change history'!A5")}),
        (_other_day, {("FIL004", "'Change history'!A5")}),
        (_unsalted, {("FIL004", "'Change history'!A5")}),
        (_deleted, {("FIL004", "'Change history'!A5")}),
        (_deleted_two, {("FIL004", "'Change history'!A5")}),
        (_inserted, {("FIL004", "'Change history'!A5")}),
        (_inserted_twice, {("FIL004", "'Change history'!A5")}),
        (_moved_down, {("FIL004", "'Change history'!A8")}),
        (_moved_up, {("FIL004", "'Change history'!A5")}),
        (_cut, {("FIL005", "'Change history'!A7")}),
    ],
    ids=lambda value: getattr(value, "__name__", "").strip("_"),
)
def test_what_was_done_to_the_history_is_found(
    cli: Cli, several: Path, plant: Callable[[list[list[object]]], object], flaws: set[tuple[str, str]]
) -> None:
    """A line edited, taken out, put in, moved or cut off at the end is found at its cell, and nothing else is."""
    rows(several, plant)
    code, found = verified(cli, several)
    assert code == 1
    assert {flaw for flaw in found if flaw[0] != "FIL001"} == flaws


def test_each_flaw_says_what_was_done(cli: Cli, several: Path) -> None:
    """The words tell an edit from a deletion and a move, and which columns an edit is in."""
    rows(several, _edited)
    assert "line 4 of the history was edited (Field, Old, New" in " ".join(
        cli("history", several, "--verify").out.split()
    )
    rows(several, _deleted_two)
    assert "lines 4 to 5 of the history are missing" in " ".join(cli("history", several, "--verify").out.split())


def test_a_record_changed_outside_is_told_with_both_values(cli: Cli, several: Path) -> None:
    """Old and new value, and the cell; also of a record pasted in and one taken out."""
    edit(several, "Stakeholders", row_of(several, "Stakeholders", "Stakeholder ID", "STK-00001"), {"Phone": "12"})
    data = json.loads(cli("history", several, "--verify", "--format", "json").out)
    [flaw] = data["findings"]
    assert (flaw["code"], flaw["key"], flaw["field"]) == ("FIL001", "STK-00001", "Phone")
    assert (flaw["details"]["old"], flaw["details"]["new"]) == ("+61491570162", "12")
    append_row(several, "Stakeholders", {"Stakeholder ID": "STK-00900", "Family name": "Lin"})
    assert "FIL003" in {flaw_code for flaw_code, _ in verified(cli, several)[1]}
    remove_last_row(several, "Stakeholders")
    remove_last_row(several, "Stakeholders")
    assert {flaw_code for flaw_code, _ in verified(cli, several)[1]} == {"FIL002"}


def test_without_a_head_that_is_said(cli: Cli, several: Path) -> None:
    """A workbook that went back to an older version cannot be told without the file beside it."""
    (several.parent / f"{several.name}.cms" / "head.json").unlink()
    result = cli("history", several, "--verify")
    assert result.code == 0
    assert "head.json is missing" in result.out


def test_verifying_one_key_is_refused(cli: Cli, several: Path) -> None:
    """The chain is one for all records."""
    result = cli("history", several, "STK-00001", "--verify")
    assert (result.code, "leave the key out" in result.err) == (2, True)


def test_after_lines_were_deleted_the_history_goes_on_where_it_ended(cli: Cli, several: Path) -> None:
    """openpyxl leaves empty rows at the end of the table; the next line gets the next number, and no flaw of its own."""
    book = openpyxl.load_workbook(several)
    next(s for s in book if "History" in s.tables).delete_rows(FIRST + 3)
    book.save(several)
    _, flaws = verified(cli, several)
    cli("update", several, "Stakeholders", "STK-00001", "--set", "Segment=Family")
    assert verified(cli, several) == (1, flaws)
    assert Workbook.open(several).history()["No"].iloc[-1] == 9
