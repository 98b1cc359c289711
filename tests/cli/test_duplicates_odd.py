"""A steward's way through duplicates whose cells mean no good: no command is steered, nothing runs, no traceback."""

from __future__ import annotations

import csv
import json
import shutil
import unicodedata
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Cli, Result, one_line
from tests.support.soundness import assert_sound
from workbook_cms import Workbook

#: What names may hold that another program wrote, each there twice.
EVIL = [
    "_x001B_[2J_x001B_]0;owned_x0007_Mia Zafiris",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "Q" * 300,
    "\u202eevil txt.exe \u2066",
    "Mia\nZafiris\r\nOyelaran",
    "👩\u200d👩\u200d👧 Zoë",
    "محمد علي",
    "';--\"&amp;\u009b31m\u2028line",
]
TABLE = "Contacts"


@pytest.fixture(scope="module")
def evil_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook whose contacts hold what means no good, made once."""
    folder = tmp_path_factory.mktemp("evil")
    path = Workbook.create(folder / "odd.xlsx", "blank").path
    workbook = openpyxl.load_workbook(path)
    sheet = workbook[TABLE]
    heads = [cell.value for cell in sheet[1]]
    for at, name in enumerate(name for name in EVIL for _ in range(2)):
        held = {
            "Contact ID": f"CON-{at + 1:05d}",
            "Name": name,
            "Email": f"x{at // 2}@example.com",
            "Notes": name * (at % 2),
        }
        for label, value in held.items():
            cell = sheet.cell(at + 2, heads.index(label) + 1, value)
            cell.data_type = "s"
    [table] = sheet.tables.values()
    table.ref = table.autoFilter.ref = f"A1:{sheet.cell(1, len(heads)).column_letter}{2 * len(EVIL) + 1}"
    workbook.save(path)
    return folder


@pytest.fixture
def evil(evil_folder: Path, tmp_path: Path) -> Path:
    """That workbook, for one test to change."""
    shutil.copytree(evil_folder, tmp_path / "work")
    return tmp_path / "work" / "odd.xlsx"


def shown(result: Result, code: int = 0) -> str:
    """What a command printed: only what can be seen, and no traceback."""
    text = result.out + result.err
    assert result.code == code, text
    assert not {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c not in "\n\t"}
    assert "Traceback" not in text
    return text


def formulas(path: Path) -> list[str]:
    """Formulas in a workbook, those of our own left out."""
    cells = (cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row)
    values = (str(cell.value) for cell in cells if cell.data_type == "f")
    return [value for value in values if not value.startswith(("=SUBTOTAL(", "=HYPERLINK("))]


def test_a_steward_deals_with_them(cli: Cli, evil: Path) -> None:
    """Listed, merged with a chosen value, said not to be one, told by the history, undone: the workbook stays sound."""
    assert f"{len(EVIL)} clusters" in shown(cli("duplicates", evil))
    assert "Keep CON-00002" in shown(cli("merge", evil, TABLE, "CON-00001", "CON-00002", "--dry-run"))
    why = ["--why", "\x1b[31m=1+1 [DUP002 X]", "--override", "\u202eok"]
    chosen = ["--survivor", "CON-00004", "--set", "Notes==cmd|x!A0", "--set", "Name=CON-00003"]
    told = shown(cli("merge", evil, TABLE, "CON-00003", "CON-00004", *chosen, *why))
    assert "=cmd|x!A0" in told
    for left, right in ((5, 6), (7, 8)):
        shown(cli("merge", evil, TABLE, f"CON-{left:05d}", f"CON-{right:05d}", *why))
    shown(cli("not-duplicate", evil, TABLE, "CON-00009", "CON-00010", *why[:2]))
    assert f"{len(EVIL) - 4} clusters" in shown(cli("duplicates", evil, "--decided"))
    lines = json.loads(cli("history", evil, "--format", "json").out)["changes"]
    shown(cli("history", evil))
    for line in reversed([line for line in lines if line["action"] in ("merged", "decided")]):
        shown(cli("undo", evil, line["no"], *why))
    assert f"{len(EVIL)} clusters" in shown(cli("duplicates", evil))
    assert formulas(evil) == []
    assert_sound(evil)
    names = [str(cell.value) for cell in openpyxl.load_workbook(evil)[TABLE]["B"][1:]]
    assert names[2:8] == [name for name in EVIL[1:4] for _ in range(2)]


def test_the_report_and_its_page_run_nothing(cli: Cli, evil: Path, tmp_path: Path) -> None:
    """Names are text on the page and in the sheets."""
    shown(cli("report", evil, "--out", tmp_path / "reports"))
    [page] = (tmp_path / "reports").glob("*.html")
    text = page.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in text
    assert not {"<script", "<img", "\x1b", "\x9b"} & {
        part for part in ("<script", "<img", "\x1b", "\x9b") if part in text
    }
    [sheets] = (tmp_path / "reports").glob("*.xlsx")
    assert formulas(sheets) == []


def test_they_are_found_across_a_folder(cli: Cli, evil: Path, tmp_path: Path) -> None:
    """Two workbooks that hold them are held against each other, on the screen and in a list."""
    other = tmp_path / "folder"
    other.mkdir()
    for name in ("a.xlsx", "b.xlsx"):
        shutil.copy(evil, other / name)
    assert f"{4 * len(EVIL)} pairs" in shown(cli("across", other, TABLE, "--out", tmp_path / "list.xlsx"))
    assert formulas(tmp_path / "list.xlsx") == []


def test_an_import_of_them_within_and_against(cli: Cli, evil: Path, tmp_path: Path) -> None:
    """Rows that are one with each other and with records of the table are told, and held back as text."""
    source = tmp_path / "in.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["Name", "Email", "Notes"])
        for name in ("Anna Kowalczyk", "Anna Kowalczyk", "\x1b[2J\u202eNils Berg", "=cmd|' /C calc'!A0"):
            rows.writerow(
                [name, "anna@example.org" if name.startswith("Anna") else "x1@example.com", "=1+1\x1b]0;x\x07"]
            )
    told = shown(cli("import", evil, TABLE, source), 1)
    assert "1 row taken in, 3 refused" in told
    assert "as line 2, Anna Kowalczyk" in told
    assert formulas(tmp_path / "in-refused.xlsx") == []
    assert formulas(evil) == []
    shown(cli("import", evil, TABLE, tmp_path / "in-refused.xlsx", "--override", "\x1b[1mall right"), 1)
    assert_sound(evil)


@pytest.mark.parametrize(
    "arguments",
    [
        ["merge", TABLE, "CON-00001", "\x1b[2J"],
        ["merge", TABLE, "CON-00001", "CON-00001"],
        ["merge", TABLE, "CON-00001", "CON-00002", "--survivor", "\u202eCON-00003"],
        ["merge", TABLE, "CON-00001", "CON-00002", "--set", "\x1b[2J=x"],
        ["merge", TABLE, "CON-00001", "CON-00002", "--set", "Name"],
        ["merge", "\x1b[2J", "CON-00001", "CON-00002"],
        ["merge", TABLE, "CON-00001", "CON-00002", "--override", "x", "--why", "x" * 40_000],
        ["not-duplicate", TABLE, "CON-00001", "CON-00002", "--why", " \n"],
        ["not-duplicate", TABLE, "CON-00001", "--why", "x"],
        ["not-duplicate", TABLE, "CON-00001", "CON-99999", "--why", "x"],
        ["undo", "\x1b[2J"],
        ["undo", "9" * 5_000],
        ["undo", "²³"],
        ["duplicates", "\u202e\udcff"],
        ["across", TABLE, "--threshold", "nan"],
    ],
    ids=lambda arguments: " ".join(arguments)[:40].encode("ascii", "backslashreplace").decode(),
)
def test_mistakes_are_one_line(cli: Cli, evil: Path, arguments: list[str]) -> None:
    """Exit code 2, one line that can be read, and the workbook is as it was."""
    before = evil.read_bytes()
    name, *others = arguments
    result = cli(name, evil.parent if name == "across" else evil, *others)
    one_line(result)
    shown(result, 2)
    assert evil.read_bytes() == before
