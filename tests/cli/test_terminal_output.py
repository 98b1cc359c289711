"""What a cell holds cannot steer the terminal that shows it: no escape sequences, no marks that turn text round."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import Path

import pytest

from tests.conftest import TODAY
from workbook_cms import Workbook
from workbook_cms.cli import run
from workbook_cms.file.package import Package
from workbook_cms.seeding import sample_rows

#: Clears the screen, sets the window's title, rings, and turns what follows round.
EVIL = "_x001B_[2J_x001B_]0;EVIL_x0007_\u202eLIVE\u2066_x009B_31m"


@pytest.fixture(scope="module")
def evil(tmp_path_factory) -> Path:
    """A workbook whose cells, sheet names and history hold escape sequences, as another program may have written them."""
    path = Workbook.create(tmp_path_factory.mktemp("evil") / "customers.xlsx", sample=True, today=TODAY).path
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    package = Package.open(path)
    words = "|".join(
        row[name]
        for row in sample_rows("world-traveller", "Stakeholders")[:40]
        for name in ("Family name", "City")
        if row.get(name)
    )
    for part in (package.table(name).sheet_part for name in ("Stakeholders", "History")):
        parts[part] = re.sub(f">(?={words})".encode(), b">" + EVIL.encode(), parts[part])
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'name="Bookings"', 'name="\u202eBook"'.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--fix", "--dry-run"],
        ["find", "Stakeholders", "LIVE"],
        ["show", "STK-00001"],
        ["due"],
        ["history"],
        ["history", "--verify"],
        ["status"],
        ["policy", "show"],
        ["add", "Stakeholders", "--set", "Type=\x1b[31m\u202eX", "--set", "Family name=LIVE"],
        ["update", "Stakeholders", "STK-00001", "--set", "\x1b[2JNo=\u202eX"],
        ["add", "\x1b[2J\u202e", "--set", "a=b"],
        ["\x1b[2J\u202e"],
    ],
)
def test_no_command_lets_a_cell_steer_the_terminal(evil, capsys, arguments) -> None:
    """Every command, whatever it shows of the cells: only characters that are seen, blanks and line ends."""
    name, *others = arguments
    run([name, str(evil), *others])
    printed = "".join(capsys.readouterr())
    assert printed.strip()
    assert not {c for c in printed if unicodedata.category(c) in {"Cc", "Cf", "Cs"} and c not in "\n\t"}, printed
