"""Bad input of every kind: one line with place, problem and remedy, exit 2, and nothing changed or left behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Cli, Result, one_line
from tests.support.shared import shared
from workbook_cms.workbook import Workbook

ADD = ["--set", "Type=Customer", "--set", "Given name=Ada", "--set", "Family name=Lovelace"]
ADD += ["--set", "Email=ada@example.com"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
ROWS = "Type,Given name,Family name,Email\nCustomer,Grace,Hopper,grace@example.com\n"
SHEET = "xl/worksheets/sheet2.xml"
#: Nothing of the language it is written in belongs into a message.
PYTHON = re.compile(r"Traceback|Error\b|Exception|NoneType|object has no|\bcodec\b|dtype|errno|<class")

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in its own folder, so that what a command leaves behind is seen."""
    monkeypatch.chdir(tmp_path)


def commands(path: Path) -> dict[str, list[object]]:
    """Every command that reads or writes a workbook, for ``path``; what is written beside it goes to ``out``."""
    out = path.parent / "out"
    rows = path.parent / "rows.csv"
    return {
        "check": ["check", path],
        "check json": ["check", path, "--format", "json"],
        "diff": ["check", path, "--diff"],
        "fix": ["check", path, "--fix"],
        "add": ["add", path, "Stakeholders", *ADD],
        "update": ["update", path, "Stakeholders", "STK-00001", "--set", "Notes=x"],
        "find": ["find", path, "Stakeholders", "Quenby"],
        "history": ["history", path],
        "history verify": ["history", path, "--verify"],
        "history archive": ["history", path, "--archive-before", "2999-01"],
        "undo": ["undo", path, "2"],
        "status": ["status", path],
        "sync": ["sync", path],
        "sync replay": ["sync", path, "--replay"],
        "settings": ["settings", path, "--copies", "3"],
        "report": ["report", path, "--month", "2026-10", "--out", out],
        "import": ["import", path, "Stakeholders", rows],
        "policy show": ["policy", "show", path],
        "policy check": ["policy", "check", path],
        "policy export": ["policy", "export", path],
        "policy edit": ["policy", "edit", path, "--out", path.parent / "copy.xlsx"],
        "policy apply": ["policy", "apply", path, path],
    }


NAMES = list(commands(Path("x.xlsx")))
WRITERS = ["add", "update", "import"]


def files(folder: Path) -> dict[str, bytes]:
    """What stands in a folder, but for the lock, the copy made before a write, and empty folders of the side folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("lock", "holder.json") and path.parent.name != "backups"
    }


def refused(cli: Cli, *arguments: object, folder: Path | None = None) -> str:
    """The one line of a command that cannot go on; nothing in ``folder`` (the working folder) changed."""
    folder = folder or Path.cwd()
    before = files(folder)
    line = one_line(cli(*arguments))
    assert files(folder) == before
    assert not PYTHON.search(line), line
    assert line.strip().endswith(".")
    return line


def sound(result: Result, *codes: int) -> Result:
    """The result of a command that could go on: no traceback, one of the exit codes."""
    assert result.code in codes, (result.out, result.err)
    assert "Traceback" not in result.out + result.err
    return result


def rows_csv(folder: Path, text: str | bytes = ROWS) -> Path:
    """A file to import."""
    source = folder / "rows.csv"
    source.write_bytes(text.encode() if isinstance(text, str) else text)
    return source


def rezipped(path: Path, change: Change) -> None:
    """Change the parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def replaced(part: str, old: bytes, new: bytes) -> Change:
    """A change of one part, which must apply."""

    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new)

    return change


def saved(path: Path, change: Callable[[openpyxl.Workbook], object]) -> None:
    """Change the workbook as another program would, and save it."""
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)
    workbook.close()


# what is no workbook -----------------------------------------------------------------------------------------


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


# made to do harm -----------------------------------------------------------------------------------------------

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


# changed by somebody -------------------------------------------------------------------------------------------


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


# where it lies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITERS)
def test_read_only_file(cli: Cli, path: Path, tmp_path: Path, name: str) -> None:
    """A file marked read-only is not replaced, not even for an administrator."""
    rows_csv(tmp_path)
    path.chmod(0o444)
    assert "read-only" in refused(cli, *commands(path)[name])
    sound(cli("check", path), 0)
    path.chmod(0o644)


def test_read_only_folder(cli: Cli, path: Path, tmp_path: Path) -> None:
    """Nor is a file in a folder marked read-only."""
    tmp_path.chmod(0o555)
    try:
        assert "read-only" in refused(cli, *commands(path)["add"])
    finally:
        tmp_path.chmod(0o755)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB, where the system lets us make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or sys.platform != "linux":
        pytest.skip("a small disk can only be made on Linux")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"a small disk cannot be made here: {made.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


def fill(disk: Path, leave: int) -> None:
    """Fill a disk but for some bytes."""
    status = os.statvfs(disk)
    (disk / "filler").write_bytes(b"\0" * max(status.f_bavail * status.f_frsize - leave, 0))


@pytest.mark.parametrize("leave", [0, 8192, 24576])
def test_full_disk(cli: Cli, path: Path, small_disk: Path, leave: int) -> None:
    """Where no room is left for the journal or for the new file, nothing changes, and the disk is named."""
    for name in ("customers.xlsx", "customers.xlsx.cms"):
        shutil.move(path.with_name(name), small_disk / name)
    path = small_disk / "customers.xlsx"
    fill(small_disk, leave)
    assert "disk is full" in refused(cli, *commands(path)["add"], folder=small_disk)
    (small_disk / "filler").unlink()
    assert "STK-00002" in sound(cli(*commands(path)["add"]), 0).out


@pytest.mark.parametrize(
    "name",
    ["with space.xlsx", 'it\'s "quoted".xlsx', "Kundenübersicht 顧客.xlsx", "n" * 200 + ".xlsx", "a[1]*.xlsx"],
)
def test_odd_names_work(cli: Cli, path: Path, name: str) -> None:
    """A workbook may be called what the system allows."""
    odd = path.with_name(name)
    path.rename(odd)
    sound(cli(*commands(odd)["add"]), 0)
    sound(cli("check", odd), 0)


@pytest.mark.parametrize("name", ["a\0b.xlsx", "", "x" * 300 + ".xlsx", "/".join(["y" * 200] * 40)])
def test_impossible_names(cli: Cli, name: str) -> None:
    """A name that no file can have is said in one line."""
    assert refused(cli, "check", name)
    assert refused(cli, "add", name, "Stakeholders", *ADD)


# what lies beside it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"no":"x"}',
        '{"no":1,"chain":"a","keys":{"s":"z"},"lost":[["a"]]}',
        '{"no":null}',
        "[" * 9999,
        '{"no":1e999,"chain":"","keys":{},"lost":[]}',
        '{"no":1,"chain":"","keys":[],"lost":7}',
    ],
)
def test_damaged_head(cli: Cli, path: Path, text: str) -> None:
    """A damaged head is as none: the history itself tells where it ends."""
    (path.with_name("customers.xlsx.cms") / "head.json").write_text(text)
    sound(cli("check", path), 0)
    assert "STK-00002" in sound(cli(*commands(path)["add"]), 0).out


def queued(path: Path, change: Callable[[dict[str, object]], object]) -> Path:
    """A journal file like that of the record in the workbook, changed."""
    side = path.with_name("customers.xlsx.cms")
    data = json.loads(next((side / "applied").glob("*.json")).read_text(encoding="utf-8"))
    data["entries"][0] |= {"id": "11111111-1111-4111-8111-111111111111", "key": ""}
    change(data)
    (side / "journal").mkdir(exist_ok=True)
    file = side / "journal" / "20261122T010101.000001-x.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def of_entry(**values: object) -> Callable[[dict[str, object]], object]:
    """A change of the first entry of a journal file."""

    def change(data: dict[str, object]) -> None:
        entries = data["entries"]
        assert isinstance(entries, list)
        entries[0] |= values

    return change


@pytest.mark.parametrize(
    "change",
    [
        dict.clear,
        lambda data: data.update(version=2),
        lambda data: data.update(when="yesterday"),
        lambda data: data.update(when="2026-11-22T01:00:00"),
        lambda data: data.update(actor={"account": 7, "machine": None}),
        lambda data: data.update(policy=7),
        lambda data: data.update(entries=[]),
        lambda data: data.update(entries=[None]),
        of_entry(id=None),
        of_entry(id=""),
        of_entry(key=7),
        of_entry(action="explode"),
        of_entry(table="nonsense"),
        of_entry(values={"nonsense": "x"}),
        of_entry(values={"notes": [1]}),
        of_entry(values={"notes": "a\x01b"}),
        of_entry(values={"notes": "x" * 40_000}),
        of_entry(action="update", key="STK-00001", values={"nonsense": "x"}, old={"nonsense": "y"}),
    ],
)
def test_damaged_journal_file(cli: Cli, path: Path, change: Callable[[dict[str, object]], object]) -> None:
    """A journal file that nobody can understand stays, is reported, and stands in nobody's way."""
    file = queued(path, change)
    assert "FIL009" in sound(cli("check", path), 0, 1).out
    sound(cli("find", path, "Stakeholders", "Quenby"), 0)
    assert "STK-00002" in sound(cli(*commands(path)["add"]), 0).out
    assert file.exists()


@pytest.mark.parametrize("place", ["", "journal", "applied", "lock"])
def test_something_in_the_place_of_a_side_file(cli: Cli, path: Path, place: str) -> None:
    """A file for a folder, or a folder for a file: reading works, writing is refused or done, never half."""
    side = path.with_name("customers.xlsx.cms")
    target = side / place if place else side
    if target.is_dir():
        shutil.rmtree(target)
        target.write_text("in the way")
    else:
        target.unlink(missing_ok=True)
        target.mkdir()
    sound(cli("check", path), 0)
    if place == "applied":
        # The entry is in the workbook by then: it is told so, and its journal file is cleared away some other time.
        assert "STK-00002" in sound(cli(*commands(path)["add"]), 0).out
        assert "STK-00003" in sound(
            cli("add", path, "Stakeholders", *ADD, "--override", "two people"), 0, 1
        ).out or (len(Workbook.open(path).table("Stakeholders")) == 2)
    elif place == "lock":
        # Without the lock it is not known whether another program has taken the entry already: it waits.
        assert "queued" in sound(cli(*commands(path)["add"]), 0).out
        assert "lock" in refused(cli, "sync", path)
        target.rmdir()
        assert cli("sync", path).out == "1 entry written.\n"
    else:
        assert refused(cli, *commands(path)["add"])


def test_open_elsewhere(cli: Cli, path: Path) -> None:
    """While the workbook is open elsewhere an entry is queued, and goes in afterwards, once."""
    lock = path.with_name(".~lock.customers.xlsx#")
    lock.write_bytes(b"\x80\xff nonsense")
    before = path.read_bytes()
    assert "queued" in sound(cli(*commands(path)["add"]), 0).out
    assert path.read_bytes() == before
    lock.unlink()
    sound(cli("update", path, "Stakeholders", "STK-00001", "--set", "Notes=x"), 0)
    assert [
        row["Given name"] for row in Workbook.open(path).table("Stakeholders").to_pandas().to_dict("records")
    ] == [
        "Quenby",
        "Ada",
    ]


# what is typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "@", "Nope", "--set", "a=b"],
        ["add", "@", "a\nb\x1b[31m", "--set", "a=b"],
        ["add", "@", "Stakeholders", "--set", "Notes"],
        ["add", "@", "Stakeholders"],
        ["add", "@", "Stakeholders", "--json", "none.json"],
        ["add", "@", "Stakeholders", "--json", "@"],
        ["update", "@", "Stakeholders", "STK-99999", "--set", "Notes=x"],
        ["update", "@", "Stakeholders", "", "--set", "Notes=x"],
        ["update", "@", "Stakeholders", "a\nb", "--set", "Notes=x"],
        ["update", "@", "Stakeholders", "STK-00001", "--set", "Stakeholder ID=STK-00009"],
        ["update", "@", "Stakeholders", "STK-00001"],
        ["report", "@", "--month", "2026-13"],
        ["report", "@", "--month", "last"],
        ["report", "@", "--month", "2026-10", "--out", "@"],
        ["report", "@", "--month", "2026-10", "--out", "@/x"],
        ["check", "@", "--select", "XYZ"],
        ["check", "@", "--ignore", "XYZ"],
        ["check", "@", "--format", "xml"],
        ["check", "@", "more"],
        ["check"],
        ["chekc", "@"],
        ["rule", "XXX999"],
        ["new", "@"],
        ["new", "n.xlsx", "--template", "../../etc"],
        ["new", "none/n.xlsx"],
        ["policy", "export", "@", "--out", "@"],
        ["policy", "edit", "@", "--out", "@"],
        ["policy", "edit", "@", "--out", "none/x.xlsx"],
        ["policy", "apply", "@", "none.xlsx"],
        ["import", "@", "Stakeholders", "none.csv"],
        ["import", "@", "Nope", "rows.csv"],
        ["import", "@", "Stakeholders", "rows.csv", "--map", "none.yaml"],
        ["import", "@", "Stakeholders", "rows.csv", "--map", "@"],
        ["import", "@", "Stakeholders", "rows.csv", "--encoding", "klingon"],
        ["import", "@", "Stakeholders", "rows.csv", "--encoding", "base64"],
    ],
    ids=lambda arguments: " ".join(arguments).encode("ascii", "backslashreplace").decode(),
)
def test_what_cannot_be_understood(cli: Cli, path: Path, tmp_path: Path, arguments: list[str]) -> None:
    """A wrong name, option or place is said in one line; nothing is written."""
    rows_csv(tmp_path)
    assert refused(cli, *[argument.replace("@", str(path)) for argument in arguments])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"[{}]",
        b'"x"',
        b"null",
        b'{"Notes": {"a": 1}}',
        b'{"Notes": NaN}',
        b'{"Notes": "caf\xe9"}',
        b'{"Notes": "a", "Notes": "b"}',
        b"[" * 100000,
        b'{"Notes": "\\ud800"}',
        b"{} {}",
    ],
)
def test_entry_that_is_no_entry(cli: Cli, path: Path, tmp_path: Path, text: bytes) -> None:
    """JSON that cannot be read, or is no object of plain values."""
    (tmp_path / "entry.json").write_bytes(text)
    assert refused(cli, "add", path, "Stakeholders", "--json", "entry.json")


@pytest.mark.parametrize(
    "value",
    [
        "=cmd|' /C calc'!A0",
        "@SUM(A1)",
        "+1+1",
        "-2+3",
        "<script>&amp;",
        "_x0041_",
        "👍🏽",
        "שלום",
        "a\nb",
        "\x1b[31mred",
        "a\x00b\x01",
        "#N/A",
        "z" + "́" * 300,
    ],
)
def test_odd_values_are_kept_as_text(cli: Cli, path: Path, tmp_path: Path, value: str) -> None:
    """What looks like a formula or markup is text, and what no cell can hold does not get in."""
    (tmp_path / "entry.json").write_text(json.dumps({"Notes": value}))
    sound(cli("update", path, "Stakeholders", "STK-00001", "--json", "entry.json"), 0, 1)
    workbook = openpyxl.load_workbook(path)
    cell = workbook["Stakeholders"]["R2"]
    assert cell.data_type in ("s", "inlineStr", "n")
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", str(cell.value))
    workbook.close()
    sound(cli("check", path, "--select", "FIL"), 0)


@pytest.mark.parametrize("why", ["a\x00\x01b", "w" * 40_000, "\ud800b"])
def test_odd_reasons(cli: Cli, path: Path, why: str) -> None:
    """A reason that the history could not hold stops nobody: it is tidied, or refused at once."""
    result = cli("update", path, "Stakeholders", "STK-00001", "--set", "Notes=x", "--why", why)
    assert one_line(result) if result.code else result.out
    assert Workbook.open(path).pending == ()
    sound(cli("check", path), 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Given name,Family name\n".encode("utf-16"), 0),
        ("Type;Given name;Family name;Email\nCustomer;Zoë;Ångström;zoe@example.com\n".encode("cp1252"), 0),
        (b"Type,Given name,Family name\nCustomer,A\n\nCustomer,B,C,D,E\n", 1),
        (b"Type,Given name,Family name\nCustomer,A\0da,Love\0lace\n", 1),
        (b"Type,Given name,Family name\nCustomer,Ada," + b"x" * 200_000 + b"\n", 1),
        (b"Given name,Given name\nAda,Bo\n", 2),
        (b"1,2,3\n4,5,6\n", 2),
        (b'Given name\n"Ada\n', 2),
        (b"\0\0\0\0\0", 2),
        (b"", 2),
    ],
)
def test_odd_text_to_import(cli: Cli, path: Path, tmp_path: Path, content: bytes, code: int) -> None:
    """Encodings, ragged rows, zero bytes, huge fields, doubled headers: taken in, held back, or said in one line."""
    source = rows_csv(tmp_path, content)
    before = path.read_bytes()
    result = cli(
        "import", path, "Stakeholders", source, "--set", "Type=Customer" if b"Type" not in content else "Notes=x"
    )
    sound(result, 0, 1, 2)
    if result.code == 2:
        assert one_line(result)
        assert path.read_bytes() == before
    sound(cli("check", path), 0, 1)
