"""Commands that get bad input, files that are made bad, and what must hold of every answer."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

from tests.cli.conftest import Cli, Result, one_line

__all__ = [
    "ADD",
    "NAMES",
    "OLE",
    "PYTHON",
    "ROWS",
    "SHEET",
    "WRITERS",
    "Change",
    "commands",
    "files",
    "refused",
    "replaced",
    "rezipped",
    "rows_csv",
    "saved",
    "sound",
]

ADD = ["--set", "Type=Customer", "--set", "Given name=Ada", "--set", "Family name=Lovelace"]
ADD += ["--set", "Email=ada@example.com"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
ROWS = "Type,Given name,Family name,Email\nCustomer,Grace,Hopper,grace@example.com\n"
SHEET = "xl/worksheets/sheet2.xml"
#: Nothing of the language it is written in belongs into a message.
PYTHON = re.compile(r"Traceback|Error\b|Exception|NoneType|object has no|\bcodec\b|dtype|errno|<class")

Change = Callable[[dict[str, bytes]], None]


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
