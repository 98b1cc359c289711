"""Files that are no workbook, that were made to do harm, or that somebody changed by hand."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.cli.bad_input.given import (
    ADD,
    NAMES,
    OLE,
    SHEET,
    Change,
    commands,
    refused,
    replaced,
    rezipped,
    rows_csv,
    saved,
    sound,
)
from tests.cli.conftest import Cli, one_line
from tests.support.shared import shared
from workbook_cms.workbook import Workbook


@pytest.mark.parametrize("name", NAMES)
def test_missing_file(cli: Cli, tmp_path: Path, name: str) -> None:
    """Every command says that there is no such file, and makes none."""
    rows_csv(tmp_path)
    assert "there is no such file" in refused(cli, *commands(tmp_path / "none.xlsx")[name]).lower()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (OLE, "old kind (.xls)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<html><table></table></html>", "web page"),
        (b"Name,Phone\nAda,1\n", "plain text such as CSV"),
        (b"%PDF-1.4\n1 0 obj", "PDF"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1", "not an Excel workbook"),
        (b"PK\3\4" + b"\7" * 300, "damaged"),
    ],
)
@pytest.mark.parametrize("name", ["check", "add", "find", "report", "policy check", "import"])
def test_another_file_named_xlsx(cli: Cli, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """A file is called what it is, whatever its name says."""
    rows_csv(tmp_path)
    path = tmp_path / "customers.xlsx"
    path.write_bytes(content)
    assert words in refused(cli, *commands(path)[name])


@pytest.mark.parametrize("content", [b"", OLE, b"<html>", b"Name\nAda\n", b"%PDF-", b"PK\3\4" + b"\7" * 99])
def test_another_file_named_xlsx_to_import(cli: Cli, path: Path, tmp_path: Path, content: bytes) -> None:
    """The file to import is looked at in the same way."""
    source = tmp_path / "other.xlsx"
    source.write_bytes(content)
    assert refused(cli, "import", path, "Stakeholders", source).startswith("workbook-cms: other.xlsx: ")


def test_folder(cli: Cli, path: Path, tmp_path: Path) -> None:
    """A folder is no workbook, no file to import, and no entry."""
    folder = tmp_path / "folder.xlsx"
    folder.mkdir()
    for arguments in (
        ["check", folder],
        ["add", folder, "Stakeholders", *ADD],
        ["import", path, "Stakeholders", folder],
        ["import", path, "Stakeholders", tmp_path],
        ["policy", "apply", path, tmp_path],
        ["add", path, "Stakeholders", "--json", tmp_path],
        ["new", folder],
        *(arguments for name, arguments in commands(Path()).items() if name != "import"),
        ["status", "/"],
        ["restore", ".", "--list"],
    ):
        assert refused(cli, *arguments)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.999])
def test_truncated_workbook(cli: Cli, path: Path, tmp_path: Path, share: float) -> None:
    """A workbook that was cut off is damaged for every command."""
    rows_csv(tmp_path)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    for arguments in commands(path).values():
        assert "damaged" in refused(cli, *arguments)


def test_genuine_workbooks_without_a_policy(cli: Cli, tmp_path: Path) -> None:
    """Forty-nine real files: every command says in one line that there is no policy, or what is wrong."""
    rows_csv(tmp_path)
    for original in sorted(shared("workbooks").iterdir()):
        path = tmp_path / original.name
        shutil.copyfile(original, path)
        for name in ("check", "add", "policy check", "policy apply"):
            assert re.search("policy|password|holds no workbook", refused(cli, *commands(path)[name]))
        sound(cli("import", path, "Stakeholders", path), 2)
        path.unlink()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/tables/table1.xml"])
def test_entities(cli: Cli, path: Path, part: str) -> None:
    """External entities and those that multiply are refused wherever they stand."""

    def change(parts: dict[str, bytes]) -> None:
        parts[part] = (LAUGHS + parts[part].decode().partition("?>")[2]).encode()

    rezipped(path, change)
    for name in ("check", "add"):
        assert "defines entities" in refused(cli, *commands(path)[name])
    other = path.with_name("other.xlsx")
    path.rename(other)
    assert "defines entities" in refused(cli, "policy", "check", other)


def test_zip_bomb(cli: Cli, path: Path) -> None:
    """A part that would fill the memory is refused before it is unpacked."""
    rezipped(path, lambda parts: parts.update({"xl/media/image1.png": b"\0" * (80 << 20)}))
    assert "would unpack to 80 MB" in refused(cli, "check", path)
    assert "would unpack to 80 MB" in refused(cli, *commands(path)["add"])


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.update({SHEET: b"\7" * 5000}),
        lambda parts: parts.update({SHEET: parts[SHEET][: len(parts[SHEET]) // 2]}),
        lambda parts: parts.update({"xl/sharedStrings.xml": b"<sst"}),
        lambda parts: parts.pop("xl/sharedStrings.xml"),
        lambda parts: parts.pop("xl/workbook.xml"),
        lambda parts: parts.update({"xl/tables/table2.xml": parts["xl/tables/table1.xml"]}),
        replaced("xl/tables/table1.xml", b' ref="A1:R2"', b' ref="A1:C2"'),
        replaced("xl/tables/table1.xml", b' ref="A1:R2"', b""),
    ],
)
def test_damaged_parts(cli: Cli, path: Path, change: Change) -> None:
    """A damaged part stops reading and writing alike."""
    rezipped(path, change)
    for name in ("check", "add", "report"):
        assert refused(cli, *commands(path)[name])


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", SHEET])
def test_damaged_workbook_to_import(cli: Cli, path: Path, tmp_path: Path, part: str) -> None:
    """A damaged part of the file to import is said in one line too."""
    source = tmp_path / "other.xlsx"
    shutil.copyfile(path, source)
    rezipped(source, lambda parts: parts.update({part: b"<sst", "xl/worksheets/sheet1.xml": b"<worksheet"}))
    assert "other.xlsx" in refused(cli, "import", path, "Stakeholders", source)


def test_renamed_sheet_works(cli: Cli, path: Path) -> None:
    """Tables are found by name, so that a sheet may be called what its owner likes."""
    saved(path, lambda workbook: setattr(workbook["Stakeholders"], "title", "Our customers"))
    sound(cli("check", path), 0)
    assert "'Our customers'!A3" in sound(cli(*commands(path)["add"]), 0).out


def rename_table(workbook: openpyxl.Workbook) -> None:
    """Call the table of the stakeholders something else."""
    sheet = workbook["Stakeholders"]
    table = sheet.tables.pop("Stakeholders")
    table.name = table.displayName = "People"
    sheet.add_table(table)


def name_column(workbook: openpyxl.Workbook, name: str) -> None:
    """Give the fourth column another name."""
    sheet = workbook["Stakeholders"]
    sheet["D1"] = name
    sheet.tables["Stakeholders"].tableColumns[3].name = name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda workbook: workbook.remove(workbook["Stakeholders"]), "table Stakeholders: the table is missing"),
        (rename_table, "table Stakeholders: the table is missing"),
        (lambda workbook: workbook.remove(workbook["Policy lists"]), "PolicyLists is missing"),
        (lambda workbook: name_column(workbook, "Christian name"), "the column 'Given name' is missing"),
    ],
)
def test_structure_changed_by_hand(
    cli: Cli, path: Path, change: Callable[[openpyxl.Workbook], object], words: str
) -> None:
    """A table, sheet or column that was taken away is named, with what to do."""
    saved(path, change)
    for name in ("check", "add", "find"):
        assert words in refused(cli, *commands(path)[name])


POLICY_SHEETS = ["settings", "tables", "fields", "lists", "conditions", "matches", "attributions"]


@pytest.mark.parametrize("title", POLICY_SHEETS)
@pytest.mark.parametrize("value", ["nonsense ~!", -1e300, None])
def test_policy_cells_overtyped(cli: Cli, path: Path, title: str, value: object) -> None:
    """A nonsensical policy is refused with the cell, or it is sound; it never breaks the program."""

    def overtype(workbook: openpyxl.Workbook) -> None:
        for cell in workbook[f"Policy {title}"][5]:
            cell.value = value

    saved(path, overtype)
    result = sound(cli("check", path), 0, 1, 2)
    if result.code == 2:
        assert "policy" in one_line(result).lower()
    sound(cli("policy", "check", path), 0, 1)


def test_slow_pattern(cli: Cli, path: Path) -> None:
    """A pattern that takes other engines ages is judged at once."""

    def slow(workbook: openpyxl.Workbook) -> None:
        sheet = workbook["Policy fields"]
        heads = [cell.value for cell in sheet[3]]
        row = next(row for row in sheet.iter_rows(min_row=4) if row[heads.index("Label")].value == "Notes")
        row[heads.index("Pattern")].value = "(a+)+$"
        workbook["Stakeholders"]["R2"] = "a" * 3000 + "!"

    saved(path, slow)
    assert "ENT008" in sound(cli("check", path, "--select", "ENT008"), 1).out


def test_tables_without_rows(cli: Cli, tmp_path: Path) -> None:
    """A workbook with no record in it simply works."""
    path = tmp_path / "fresh.xlsx"
    Workbook.create(path)
    rows_csv(tmp_path)
    for name, arguments in commands(path).items():
        if name != "update":
            sound(cli(*arguments), 0)
    assert "Grace" in set(Workbook.open(path).table("Stakeholders").to_pandas()["Given name"])


def test_table_beyond_the_sheet(cli: Cli, path: Path) -> None:
    """A range that reaches further than any sheet is named, whatever is asked for."""
    rezipped(path, replaced("xl/tables/table1.xml", b"A1:R2", b"A1:R1048580"))
    assert "(A1:R1048580) reaches beyond the end of its sheet" in refused(
        cli, "find", path, "Stakeholders", "Quenby"
    )


def test_full_sheet(cli: Cli, path: Path) -> None:
    """A table that reaches the end of the sheet takes no further record."""
    rezipped(path, replaced("xl/tables/table1.xml", b"A1:R2", b"A1:R1048576"))
    assert "sheet is full" in refused(cli, *commands(path)["add"])
    sound(cli("find", path, "Stakeholders", "Quenby"), 0)
