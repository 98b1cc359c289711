"""``import``: rows of other systems, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Cli, one_line
from tests.support.shared import shared
from workbook_cms.workbook import Workbook

CONTACTS = """First Name,Surname,E-mail Address,Mobile,Loyalty
Niamh,O'Sullivan,niamh@example.com,0491 570 737,gold
Bad,Phone,bad@example.com,12,silver
Short,Row
Quenby,Zafiropoulos,quenby.z@example.com,0491 570 156,gold
"""


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    """A file with a good row, one with a bad phone, a ragged one and one that is in the workbook already."""
    path = tmp_path / "contacts.csv"
    path.write_text(CONTACTS)
    return path


def records(path: Path) -> dict[str, str]:
    """Family name by key."""
    frame = Workbook.open(path).table("Stakeholders").to_pandas()
    return dict(zip(frame["Stakeholder ID"], frame["Family name"], strict=True))


def test_good_rows_go_in_and_the_others_are_kept(cli: Cli, path: Path, contacts: Path) -> None:
    """Each refused row is in the quarantine workbook, untouched, with line and reason; exit code 1."""
    result = cli("import", path, "Stakeholders", contacts, "--set", "Type=Customer")
    assert result.code == 1
    assert "1 row taken in, 3 refused." in result.out
    assert "Not taken in: Loyalty" in result.out
    assert records(path) == {"STK-00001": "Zafiropoulos", "STK-00002": "O'Sullivan"}
    page = openpyxl.load_workbook(contacts.with_name("contacts-refused.xlsx")).active
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert [(row[0], *row[2:]) for row in rows] == [
        (3, "Bad", "Phone", "bad@example.com", "12", "silver"),
        (4, "Short", "Row", None, None, None),
        (5, "Quenby", "Zafiropoulos", "quenby.z@example.com", "0491 570 156", "gold"),
    ]
    assert "[ENT010]" in rows[0][1]
    assert "fewer than the 5" in rows[1][1]
    assert "[DUP001]" in rows[2][1]


def test_mended_rows_can_be_imported_again(cli: Cli, path: Path, contacts: Path) -> None:
    """The quarantine workbook is a source like any other, once the values are mended."""
    cli("import", path, "Stakeholders", contacts, "--set", "Type=Customer")
    refused = contacts.with_name("contacts-refused.xlsx")
    book = openpyxl.load_workbook(refused)
    book.active["F2"] = "0491 570 158"
    book.save(refused)
    result = cli("import", path, "Stakeholders", refused, "--set", "Type=Customer", "--format", "json")
    data = json.loads(result.out)
    assert data["keys"] == ["STK-00003"]
    assert [row["line"] for row in data["refused"]] == [3, 4]
    assert data["quarantine"].endswith("contacts-refused-2.xlsx")


def test_a_dry_run_writes_nothing(cli: Cli, path: Path, contacts: Path) -> None:
    """What would happen is told with a map to correct; neither workbook nor folder change."""
    before = path.read_bytes()
    result = cli("import", path, "Stakeholders", contacts, "--set", "Type=Customer", "--dry-run")
    assert result.code == 1
    assert "1 row would be taken in, 3 refused." in result.out
    assert "First Name: Given name" in result.out
    assert path.read_bytes() == before
    assert not contacts.with_name("contacts-refused.xlsx").exists()


def test_rows_of_one_file_that_are_the_same_name_each_other_by_line(cli: Cli, path: Path, tmp_path: Path) -> None:
    """Of two rows for one person the second is held back, and its reason names the line of the first."""
    person = "Customer,Mei,Nakamura,mei@example.com\n"
    source = tmp_path / "twice.csv"
    source.write_text(f"Type,Given name,Family name,Email\n\n{person}{person}", encoding="utf-8")
    done = cli("import", path, "Stakeholders", source)
    assert done.code == 1
    assert "line 4:" in done.out
    assert "as line 3, Mei Nakamura. At most one of the two goes in. [DUP001]" in " ".join(done.out.split())


def test_a_map_decides(cli: Cli, path: Path, tmp_path: Path) -> None:
    """Columns, constants and notes of a map.yaml are obeyed."""
    source = tmp_path / "leads.csv"
    source.write_text("Nom,Prénom,Tél,Loyalty\nDupont,Zoé,+61491570737,gold\n", encoding="utf-8")
    plan = tmp_path / "map.yaml"
    plan.write_text(
        "columns:\n  Nom: Family name\n  Prénom: Given name\n  Tél: Phone\nset:\n  Type: Prospect\nnotes: true\n",
        encoding="utf-8",
    )
    assert cli("import", path, "Stakeholders", source, "--map", plan).code == 0
    record = Workbook.open(path).table("Stakeholders").get("STK-00002")
    assert (record["Family name"], record["Given name"], record["Notes"]) == ("Dupont", "Zoé", "Loyalty: gold")


def test_rows_are_queued_while_the_workbook_is_open(
    cli: Cli, path: Path, contacts: Path, opened_elsewhere
) -> None:
    """Imported rows are safe beside an open workbook, and it is said that they wait."""
    with opened_elsewhere(path):
        result = cli("import", path, "Stakeholders", contacts, "--set", "Type=Customer")
    assert "1 of them wait" in result.out


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("First Name\nA\n", [], "no column gives Type, which every record of Stakeholders needs"),
        ("Alpha,Beta\n1,2\n", ["--set", "Type=Customer"], "no column has a name that Stakeholders knows"),
        ("First Name\nA\n", ["--set", "Kind=Customer"], "Stakeholders has no such field"),
        ("First Name\nA\n", ["--map", "gone.yaml"], "gone.yaml: there is no such file"),
        ("", [], "the file is empty"),
        ('First Name\n"A\n', [], "a quotation mark is opened and never closed"),
        ("First Name\nA\n", ["--encoding", "klingon"], "encoding klingon: is not known"),
    ],
)
def test_what_cannot_be_imported_is_one_line(
    cli: Cli, path: Path, tmp_path: Path, content: str, arguments: list[str], words: str
) -> None:
    """Place, problem and remedy in one line; the workbook is unchanged and no file is left behind."""
    source = tmp_path / "contacts.csv"
    source.write_text(content)
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    assert words in one_line(cli("import", path, "Stakeholders", source, *arguments))
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


def test_a_header_alone_is_no_error(cli: Cli, path: Path, tmp_path: Path) -> None:
    """A daily export of an empty day imports nothing, and says so."""
    source = tmp_path / "contacts.csv"
    source.write_text("First Name,Last Name\n")
    result = cli("import", path, "Stakeholders", source, "--set", "Type=Customer")
    assert result.code == 0
    assert "There are no rows below the header." in result.out


@pytest.mark.parametrize("name", ["customers-100.csv", "leads-100.csv"])
def test_real_exports_lose_no_row(cli: Cli, path: Path, tmp_path: Path, name: str) -> None:
    """Every row of a real export is in the table or among the refused."""
    source = tmp_path / name
    source.write_bytes((shared(name)).read_bytes())
    data = json.loads(
        cli("import", path, "Stakeholders", source, "--set", "Type=Customer", "--format", "json").out
    )
    assert data["accepted"] + len(data["refused"]) == 100
    assert len(records(path)) == 1 + data["accepted"]
    assert data["columns"]["Phone 1"] == "Phone"
    assert "Phone 2" in data["unmapped"]


def test_rows_taken_in_with_a_warning_are_named(cli: Cli, path: Path, tmp_path: Path) -> None:
    """A warning says which line and which record it is about, and asks no more for the reason that was given."""
    source = tmp_path / "more.csv"
    source.write_text(
        "First,Last,Phone,E-mail\nQuenby,Zafiris,0491 570 156,q@example.com\nQuenbie,Zafiris,0491 570 156,z@example.com\n",
        encoding="utf-8",
    )
    held = cli("import", path, "Stakeholders", source, "--set", "Type=Customer")
    assert 'go in with a reason: --override "reason".' in held.out
    done = cli("import", path, "Stakeholders", source, "--set", "Type=Customer", "--override", "sisters")
    words = " ".join(done.out.split())
    assert "line 2, Stakeholders STK-00003 (Stakeholders!A4): probably the same as" in words
    assert "go on with a reason" not in words


def test_a_field_that_no_column_gives_is_said_once(cli: Cli, path: Path, tmp_path: Path) -> None:
    """Where rows are refused for want of it, the note says so above all the rows."""
    source = tmp_path / "names.csv"
    source.write_text(
        "Family name,Vorname,Email\nOtt,Karl,karl@example.com\nOtt,Ida,ida@example.com\n", encoding="utf-8"
    )
    result = cli("import", path, "Stakeholders", source, "--set", "Type=Customer", "--dry-run")
    words = "Note: No column gives Given name, which 2 rows cannot do without. Name the column in a map."
    assert words in result.out
