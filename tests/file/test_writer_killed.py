"""A writer that is killed leaves the old file or the new one, never half of one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.books import book, seen
from tests.support.soundness import assert_sound
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, write

CHILD = """
import sys
from pathlib import Path
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, write
number = 0
while True:
    number += 1
    write(Package.open(Path(sys.argv[1])), [Append("People", [{"Key": f"K{number}"}])])
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 2, 5, 9])
def test_killed_writer_loses_nothing_it_told_of(tmp_path: Path, after: int) -> None:
    """Every row that was reported written is there, in order; the next writer cleans up and goes on."""
    path = book(tmp_path / "people.xlsx", [])
    told = 0
    with subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            told = int(line)
            if told >= after:
                child.kill()
                break
        told = max([told, *map(int, child.stdout.read().split())])
    assert_sound(path)
    keys = [row[0] for row in seen(path)[1:]]
    assert keys == [f"K{number}" for number in range(1, len(keys) + 1)]
    assert len(keys) - told in (0, 1)
    write(Package.open(path), [Append("People", [{"Key": "next"}])])
    assert [file.name for file in tmp_path.iterdir()] == ["people.xlsx"]
