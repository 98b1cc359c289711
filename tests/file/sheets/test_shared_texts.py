"""Texts that very many cells share: what would fill the memory is refused before a reader sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.handmade import handmade, header
from workbook_cms.errors import FileError
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_tables
from workbook_cms.file.sheets.shared_texts import check_shared

_LONG = "x" * 32_000


def named(path: Path, text: str, cells: int, cell: str = '<c r="A{0}" t="s"><v>1</v></c>') -> Package:
    """A workbook whose cells in column A all name the second of its two shared texts."""
    rows = "".join(f'<row r="{n}">{cell.format(n)}</row>' for n in range(2, cells + 2))
    return Package.open(
        handmade(path, header("Id", "B", "C") + rows, f"A1:C{cells + 1}", strings=f"<si><t>a</t></si>{text}")
    )


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (f"<si><t>{_LONG}</t></si>", '<c r="A{0}" t="s"><v>1</v></c>'),
        (f"<si><t>{_LONG}</t></si>", "<c r='A{0}' t='s'><v>1</v></c>"),
        (f"<si><t>{_LONG}</t></si>", '<c r="A{0}" t="s"><f/><v>1</v></c>'),
        ("<si>" + "<r><t>short</t></r>" * 2000 + "</si>", '<c r="A{0}" t="s"><v>1</v></c>'),
        (f"<si><t><![CDATA[<si>{_LONG}]]></t></si>", '<c r="A{0}" t="s"><v>1</v></c>'),
    ],
    ids=["usual", "single quotes", "a formula before", "many short pieces", "raw"],
)
def test_one_long_text_in_very_many_cells(tmp_path: Path, text: str, cell: str) -> None:
    """A file of some kilobytes that would take gigabytes is refused in one line, in whatever form it is written."""
    package = named(tmp_path / "a.xlsx", text, 12_000, cell)
    with pytest.raises(FileError, match="sheet People: its texts come to more than 256 MB") as refused:
        read_tables(package)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("make", "cells"),
    [(lambda: f"<si><t>{_LONG}</t></si>", 2_000), (lambda: "<si><t>Melbourne, Victoria</t></si>", 60_000)],
    ids=["long ones", "many short ones"],
)
def test_texts_that_people_use_again(tmp_path: Path, make: Callable[[], str], cells: int) -> None:
    """What stands in many cells is read as it is, long or short."""
    package = named(tmp_path / "a.xlsx", make(), cells)
    check_shared(package, package.read("xl/worksheets/sheet1.xml"), "")
    assert len(set(read_tables(package)["People"].by_column[0])) == 1
