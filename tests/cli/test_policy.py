"""``policy``: shown, checked, exported, edited in Excel, applied."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Cli, one_line
from workbook_cms.policies import text
from workbook_cms.seeding import template_policy
from workbook_cms.workbook import Workbook


@pytest.fixture
def copy(cli: Cli, path: Path, tmp_path: Path) -> Path:
    """The copy of the rules that ``policy edit`` makes."""
    target = tmp_path / "rules.xlsx"
    assert cli("policy", "edit", path, "--out", target).code == 0
    return target


def change(copy: Path, table: str, heading: str, old: str, new: str) -> None:
    """Change one cell of the copy: the first under ``heading`` that holds ``old``."""
    book = openpyxl.load_workbook(copy)
    page = next(sheet for sheet in book if table in sheet.tables)
    top = int("".join(c for c in page.tables[table].ref.split(":")[0] if c.isdigit()))
    column = next(cell.column for cell in page[top] if cell.value == heading)
    cell = next(
        page.cell(row, column) for row in range(top + 1, page.max_row + 1) if page.cell(row, column).value == old
    )
    cell.value = new
    book.save(copy)


def test_show_names_fields_lists_and_rules(cli: Cli, path: Path) -> None:
    """A person can read what is required, listed, conditional and a duplicate."""
    out = cli("policy", "show", path).out
    assert "Stakeholders (key Stakeholder ID, STK-{:05d})" in out
    assert "Duplicate when" in out
    assert "retired: Fax" in out
    data = json.loads(cli("policy", "show", path, "--format", "json").out)
    assert data["policy"]["settings"]["organisation"] == "World Traveller"


def test_a_sound_policy_passes(cli: Cli, path: Path) -> None:
    """The rules of a fresh workbook have no findings."""
    assert cli("policy", "check", path).code == 0


def test_yaml_comes_back_as_the_same_policy(cli: Cli, path: Path, tmp_path: Path) -> None:
    """What is exported as YAML is the policy, and a file that is there is kept."""
    target = tmp_path / "policy.yaml"
    assert cli("policy", "export", path, "--format", "yaml", "--out", target).code == 0
    shown = json.loads(cli("policy", "show", path, "--format", "json").out)
    assert text.load(target.read_text(encoding="utf-8")).digest == shown["digest"]
    assert "is there already" in one_line(cli("policy", "export", path, "--out", target))


def test_the_export_is_a_data_package(cli: Cli, path: Path) -> None:
    """The descriptor names every table as a resource with its fields."""
    descriptor = json.loads(cli("policy", "export", path).out)
    names = [resource["name"] for resource in descriptor["resources"]]
    assert len(names) == 4
    assert all(resource["schema"]["fields"] for resource in descriptor["resources"])


def test_the_same_rules_change_nothing(cli: Cli, path: Path, copy: Path) -> None:
    """An unchanged copy is recognised, and the workbook stays byte for byte."""
    before = path.read_bytes()
    assert cli("policy", "apply", path, copy).out == "The rules are the same; nothing to do.\n"
    assert path.read_bytes() == before


def test_a_renamed_field_is_applied(cli: Cli, path: Path, copy: Path) -> None:
    """The dry run tells and writes nothing; then the label is new and the data is there."""
    change(copy, "PolicyFields", "Label", "Family name", "Surname")
    before = path.read_bytes()
    result = cli("policy", "apply", path, copy, "--dry-run")
    assert "Surname" in result.out
    assert "nothing was written" in result.out
    assert path.read_bytes() == before
    assert cli("policy", "apply", path, copy).code == 0
    assert Workbook.open(path).table("Stakeholders").get("STK-00001")["Surname"] == "Zafiropoulos"
    assert cli("check", path).out == "No findings.\n"


def test_a_broken_copy_is_refused_with_its_cells(cli: Cli, path: Path, copy: Path) -> None:
    """Findings name sheet and cell, exit code 1, the workbook keeps its rules."""
    change(copy, "PolicyFields", "Type", "date", "dat")
    before = path.read_bytes()
    result = cli("policy", "apply", path, copy)
    assert result.code == 1
    assert "POL" in result.out
    assert "!" in result.out
    assert path.read_bytes() == before
    assert cli("policy", "check", copy).code == 1


def test_wrong_files_are_one_line(cli: Cli, path: Path, tmp_path: Path) -> None:
    """A copy that is not there, is no text, or has no policy is said in one line."""
    assert "there is no such file" in one_line(cli("policy", "apply", path, tmp_path / "gone.yaml"))
    stranger = tmp_path / "stranger.xlsx"
    openpyxl.Workbook().save(stranger)
    assert "policy edit" in one_line(cli("policy", "apply", path, stranger))
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as text" in one_line(cli("policy", "apply", path, tmp_path / "bad.yaml"))


def test_the_copy_beside_the_workbook_is_taken_unless_told_otherwise(cli: Cli, path: Path) -> None:
    """`policy edit` and `policy apply` need only the workbook; without a copy, one line says how to make one."""
    assert f"policy edit {path}" in one_line(cli("policy", "apply", path, "--dry-run"))
    assert cli("policy", "edit", path).code == 0
    beside = path.with_name(f"{path.stem}-policy.xlsx")
    change(beside, "PolicyFields", "Label", "Family name", "Surname")
    assert cli("policy", "check", beside).code == 0
    result = cli("policy", "apply", path)
    assert (result.code, "label 'Family name' of Stakeholders becomes 'Surname'" in result.out) == (0, True)
    assert "Surname" in Workbook.open(path).table("Stakeholders").to_pandas().columns


def test_the_copy_offers_closed_words_in_its_cells(cli: Cli, copy: Path) -> None:
    """Where the words are closed, also a new row offers them from a list that is there."""
    book = openpyxl.load_workbook(copy)
    page = next(sheet for sheet in book if "PolicyFields" in sheet.tables)
    lists = {rule.formula1 for rule in page.data_validations.dataValidation if rule.type == "list"}
    assert {"choice_tables", "choice_yes_no", "choice_type"} <= lists
    assert lists <= set(book.defined_names)
    assert book["Choices"].sheet_state == "hidden"


def test_rows_below_a_policy_table_are_not_passed_over(cli: Cli, path: Path, copy: Path) -> None:
    """A list value typed under the table, which LibreOffice does not take into it, is refused with its cell."""
    book = openpyxl.load_workbook(copy)
    page = next(sheet for sheet in book if "PolicyLists" in sheet.tables)
    row = page.max_row + 1
    for column in range(1, 4):
        page.cell(row, column).value = page.cell(row - 1, column).value
    book.save(copy)
    line = one_line(cli("policy", "apply", path, copy))
    assert f"sheet {page.title}, cell A{row}: this stands outside the table, and so do 2 more cells" in line
    assert "Drag the table's lower right corner over it" in line


@pytest.fixture
def without_rules(tmp_path: Path) -> Path:
    """A workbook whose contacts have no match rule."""
    path = tmp_path / "contacts.xlsx"
    Workbook.create(path, template_policy("blank").model_copy(update={"matches": ()}))
    return path


def test_guessed_match_rules_are_shown_as_such(cli: Cli, without_rules: Path) -> None:
    """A person sees what fields are taken for, and that nobody said so."""
    out = cli("policy", "show", without_rules).out
    assert (
        "  Duplicate when alike from 90%: Name (full-name), Organisation (organisation), Email (email), Phone (phone); "
        "add alert, update alert, import alert\n"
        "    guessed (guessed_contacts); `workbook-cms policy edit --guessed` gives it as rows to change\n"
    ) in out
    data = json.loads(cli("policy", "show", without_rules, "--format", "json").out)
    assert (data["policy"]["matches"], [rule["id"] for rule in data["guessed_matches"]]) == (
        [],
        ["guessed_contacts"],
    )


def test_guessed_match_rules_find_duplicates(cli: Cli, without_rules: Path) -> None:
    """The second entry of a person is held back, with the reason."""
    person = ("Name=Quenby Zafiropoulos", "Email=quenby@example.com", "Phone=0491 570 006")
    pairs = [part for value in person for part in ("--set", value)]
    assert cli("add", without_rules, "Contacts", *pairs).code == 0
    result = cli("add", without_rules, "Contacts", *pairs)
    assert result.code == 1
    assert "probably the same as" in result.err + result.out


def test_guessed_match_rules_can_be_taken_over(cli: Cli, without_rules: Path) -> None:
    """In the copy they are rows like others; a changed action is the policy's from then on."""
    copy = without_rules.with_name("contacts-policy.xlsx")
    assert cli("policy", "edit", without_rules, "--guessed").code == 0
    change(copy, "PolicyMatches", "On add", "alert", "block")
    change(copy, "PolicyMatches", "On add", "alert", "block")
    change(copy, "PolicyMatches", "On add", "alert", "block")
    change(copy, "PolicyMatches", "On add", "alert", "block")
    assert cli("policy", "apply", without_rules).code == 0
    policy = Workbook.open(without_rules).policy
    assert [(rule.id, rule.on_add.value) for rule in policy.matches] == [("guessed_contacts", "block")]
    assert policy.guessed_matches == ()
