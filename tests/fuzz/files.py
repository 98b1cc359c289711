"""The workbooks that are bent: one with records, in several forms, and genuine ones of other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.conftest import QUENBY, TODAY
from tests.fuzz.victims import plain_tables, records
from tests.support.ledger import ledger
from tests.support.odd_xml import prefixed, rewrite, strict, unaddressed
from tests.support.shared import shared
from workbook_cms import Workbook, WorkbookCmsError

__all__ = ["Victim", "genuine", "made"]


class Victim(NamedTuple):
    """A file to be bent, and what is done with it then."""

    raw: bytes
    use: Callable[[Path], str]


def made(folder: Path) -> list[Victim]:
    """Workbooks of ours: with records, cut into segments by a write, and tables with formulas in other forms of XML."""
    book = Workbook.create(folder / "good.xlsx", sample=True, today=TODAY)
    raws = [book.path.read_bytes()]
    book.add("Stakeholders", QUENBY)
    raws.append(book.path.read_bytes())
    tables = [ledger(folder / "ledger.xlsx")]
    tables += [rewrite(ledger(folder / f"{form.__name__}.xlsx"), form) for form in (prefixed, strict, unaddressed)]
    return [
        *(Victim(raw, records) for raw in raws),
        *(Victim(path.read_bytes(), plain_tables) for path in tables),
    ]


def genuine() -> Iterator[Victim]:
    """Genuine workbooks that have tables."""
    for path in sorted(shared("workbooks").iterdir()):
        try:
            if Workbook.open(path).tables:
                yield Victim(path.read_bytes(), plain_tables)
        except WorkbookCmsError:
            continue
