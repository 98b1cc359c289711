"""Every way in which a user's text leaves us - workbooks, reports, exports, pages, answers - tried with the same texts."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import pytest
import xlsxwriter
import yaml

from tests.conftest import TODAY
from tests.injection.judges import cells_of, live, steering
from tests.injection.policies import evil_policy, refusals
from tests.injection.strings import EVIL
from workbook_cms import PolicyError, Workbook
from workbook_cms.cli import run
from workbook_cms.file.package import Package
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.practice.copy import make_practice
from workbook_cms.practice.printing import write_cheat_sheet

#: What no cell can hold (XML 1.0, section 2.2).
_NO_CELL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: What a policy takes at all, as it keeps it.
HELD = list(dict.fromkeys(" ".join(text.split()) for text in EVIL if not refusals(text)))


@pytest.fixture(scope="module")
def records(tmp_path_factory) -> Path:
    """A workbook with a record for each text, in fields that take any text and in some that find fault with it."""
    book = Workbook.create(tmp_path_factory.mktemp("records") / "customers.xlsx", today=TODAY)
    rows = [
        {
            "Type": "Customer", "Given name": f"Per{_letters(at)}", "Family name": f"Fam{_letters(at)}",
            "Email": f"person{at}@example.com", "Notes": text, "Street": text, "State": "NSW", "Postcode": "2000",
            "Suburb": "Sydney",
        }
        for at, text in enumerate(EVIL)
    ]  # fmt: skip
    batch = book.add_many("Stakeholders", pd.DataFrame(rows), override="=EVIL()")
    assert len(batch.receipts) > 40
    book.update("Stakeholders", "STK-00001", {"Notes": "=EVIL()"}, why="=EVIL()", override="=EVIL()")
    _typed_over(book.path, {f"Fam{_letters(at)}": text for at, text in enumerate(EVIL)})
    return book.path


@pytest.fixture(scope="module")
def ruled(tmp_path_factory) -> Path:
    """A workbook in whose policy every text is one of these."""
    book = Workbook.create(tmp_path_factory.mktemp("ruled") / "customers.xlsx", evil_policy(HELD), today=TODAY)
    book.add("First", {HELD[0]: "EVIL"})
    return book.path


def _letters(number: int) -> str:
    return "".join(chr(97 + number // 26**place % 26) for place in range(3))


def _typed_over(path: Path, texts: dict[str, str]) -> None:
    """Put texts into cells past the forms, where rules will find fault with them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = Package.open(path).table("Stakeholders").sheet_part
    for old, new in texts.items():
        held = escape(re.sub(r"[\x00-\x1f]", lambda c: f"_x{ord(c[0]):04X}_", new))
        parts[sheet] = parts[sheet].replace(f">{old}<".encode(), f">{held}<".encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def _copied(path: Path, folder: Path) -> Path:
    shutil.copytree(path.parent, folder, dirs_exist_ok=True)
    return folder / path.name


def _itself(path: Path, folder: Path) -> list[Path]:
    return [path]


def _archive(path: Path, folder: Path) -> list[Path]:
    book = Workbook.open(_copied(path, folder))
    return [folder / name for name in book.archive_history("2099-01").files]


def _report(path: Path, folder: Path) -> list[Path]:
    assert run(["report", str(path), "--out", str(folder)]) == 0
    return [*folder.glob("*.xlsx")]


def _practice(path: Path, folder: Path) -> list[Path]:
    return [Path(make_practice(path, folder / "practice.xlsx", today=TODAY).path)]


def _front_end(path: Path, folder: Path) -> list[Path]:
    return [make_frontend(path, folder / "form.xlsx")]


def _policy_to_edit(path: Path, folder: Path) -> list[Path]:
    assert run(["policy", "edit", str(path), "--out", str(folder / "policy.xlsx")]) == 0
    return [folder / "policy.xlsx"]


def _refused_rows(path: Path, folder: Path) -> list[Path]:
    source = folder / "people.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Type", "Given name", "Family name", *HELD])
        writer.writerows([["EVIL", "", text, *[text] * len(HELD)] for text in EVIL if "\x00" not in text])
    assert run(["import", str(_copied(path, folder / "book")), "Stakeholders", str(source)]) == 1
    return [*folder.glob("*.xlsx")]


def _table_made_elsewhere(path: Path, folder: Path) -> list[Path]:
    with xlsxwriter.Workbook(folder / "own.xlsx") as excel:
        columns = [{"header": name} for name in ("Item", "Note")]
        excel.add_worksheet().add_table("A1:B2", {"name": "Table1", "columns": columns, "data": [["a", "b"]]})
    table = Workbook.open(folder / "own.xlsx").table("Table1")
    table.append([{"Item": text, "Note": text} for text in EVIL if not _NO_CELL.search(text)])
    table.update(0, {"Item": "=EVIL()"})
    return [folder / "own.xlsx"]


def _pages(path: Path, folder: Path) -> list[Path]:
    for name in ("sheet.html", "sheet.md"):
        write_cheat_sheet(Workbook.open(path).policy, folder / name)
    return [folder / "sheet.html", folder / "sheet.md"]


#: What is made of records.
OF_RECORDS = (_itself, _archive, _report, _refused_rows, _table_made_elsewhere)
#: What is made of a policy.
OF_RULES = (_itself, _archive, _report, _front_end, _policy_to_edit, _practice, _pages)


@pytest.mark.parametrize(
    ("what", "make"),
    [*(("records", make) for make in OF_RECORDS), *(("ruled", make) for make in OF_RULES)],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_nothing_in_a_file_runs(request, tmp_path, what: str, make: Callable[[Path, Path], list[Path]]) -> None:
    """A text stays a text in each file that we make: no formula, link, name, outside source or tag holds a bit of it."""
    files = make(request.getfixturevalue(what), tmp_path)
    assert files
    for path in files:
        assert live(path) == [], path.name
        if path.suffix == ".xlsx":
            assert any("EVIL" in text for text in cells_of(path)), path.name


@pytest.mark.parametrize("arguments", [
    ["check"], ["check", "--format", "json"], ["check", "--format", "sarif"], ["check", "--format", "github"],
    ["check", "--format", "junit"], ["check", "--diff"], ["check", "--diff", "--format", "json"],
    ["find", "Stakeholders", "EVIL"], ["find", "Stakeholders", "EVIL", "--format", "json"],
    ["show", "STK-00001"], ["show", "STK-00001", "--format", "json"], ["history"], ["history", "--format", "json"],
    ["status", "--format", "json"], ["undo", "2", "--dry-run"], ["undo", "2", "--dry-run", "--format", "json"],
], ids=" ".join)  # fmt: skip
def test_no_answer_about_records_steers(records, capsys, arguments) -> None:
    """Whatever the form of an answer: machines read the text as it is, and who prints it is not steered."""
    _answered(records, capsys, arguments)


@pytest.mark.parametrize("arguments", [
    ["policy", "show"], ["policy", "show", "--format", "json"], ["policy", "check"],
    ["policy", "export"], ["policy", "export", "--format", "json"], ["policy", "export", "--format", "yaml"],
    ["check", "--format", "json"], ["doctor"],
], ids=" ".join)  # fmt: skip
def test_no_answer_about_rules_steers(ruled, capsys, arguments) -> None:
    """The same of answers about a policy."""
    _answered(ruled, capsys, arguments)


def _answered(path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    *names, last = arguments[: 2 if arguments[0] == "policy" else 1]
    run([*names, last, str(path), *arguments[len(names) + 1 :]])
    captured = capsys.readouterr()
    said = captured.out
    assert said.strip()
    assert not steering(said + captured.err)
    form = arguments[-1] if "--format" in arguments else "json" if arguments[:2] == ["policy", "export"] else ""
    if form in ("json", "sarif"):
        assert json.loads(said)
    elif form == "yaml":
        assert yaml.safe_load(said)["settings"]["organisation"] == HELD[0]
    elif form == "github":
        assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in said.splitlines())


@pytest.mark.parametrize("text", [text for text in EVIL if refusals(text)], ids=ascii)
def test_a_policy_is_refused_that_no_list_can_hold(tmp_path, text) -> None:
    """What a policy does not take is told in one line that steers nobody, and no workbook is made of it."""
    with pytest.raises(PolicyError) as refused:
        Workbook.create(tmp_path / "customers.xlsx", evil_policy([text, "EVIL plain"]))
    assert "EVIL" in str(refused.value)
    assert not steering(str(refused.value))
    assert not [*tmp_path.iterdir()]
