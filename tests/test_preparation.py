"""A workbook that stays open judges an entry as one that was just opened does."""

from __future__ import annotations

import contextlib
import datetime as dt
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import QUENBY, TODAY
from tests.support.raw import append_row, edit, remove_last_row
from validation.findings import CellValue
from workbook_cms.errors import EntryRefusedError
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, write
from workbook_cms.workbook import Workbook

GIVEN = ["Ann", "Bea", "Cleo", "Dora", "Eve", "Fay", "Gina", "Hope", "Iris", "Jo", "Kim"]
FAMILY = ["Abbot", "Berg", "Castle", "Dorn", "Eppler", "Frost", "Gale"]
#: More records than are all compared with an entry, so that what stays open looks them up.
COUNT = 1_100
STEPS = st.lists(
    st.tuples(st.sampled_from(["here", "there", "outside"]), st.sampled_from("aur"), st.integers(0, COUNT - 1)),
    min_size=1,
    max_size=4,
)


def person(number: int) -> dict[str, CellValue]:
    """A record; every tenth is like the one before."""
    alike = number - (number % 10 == 0)
    return {
        "Type": "Customer",
        "Given name": GIVEN[alike % 11],
        "Family name": FAMILY[alike % 7]
        + "aeiou"[alike % 5]
        + "nrst"[alike // 35 % 4]
        + "aeiou"[alike // 140 % 5],
        "Date of birth": dt.date(1950, 1, 1) + dt.timedelta(days=alike * 13 % 20_000),
        "Email": f"p{alike}@example.org" if alike % 3 else None,
        "Phone": f"+614915{alike:05}" if alike % 3 != 1 else None,
    }


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with many records."""
    path = tmp_path_factory.mktemp("many") / "customers.xlsx"
    Workbook.create(path, today=TODAY)
    rows = [{**person(number), "Stakeholder ID": f"STK-{number + 1:05}"} for number in range(COUNT)]
    write(Package.open(path), [Append("Stakeholders", rows)])
    return path


def judged(book: Workbook, number: int) -> list[object]:
    """What is said of some entries: a twin, one a little different, one of nobody, a change, and a visit."""
    twin = person(number)
    entries: list[tuple[dict[str, CellValue], str]] = [
        (twin, ""),
        ({**twin, "Given name": str(twin["Given name"])[:-1] + "y", "Email": None}, ""),
        ({**QUENBY, "Email": f"n{number}@example.org"}, ""),
        ({**person(number + 1), "Notes": "as told"}, f"STK-{number + 1:05}"),
    ]
    said: list[object] = [book.prepare("Stakeholders", values, key=key) for values, key in entries]
    visit: dict[str, CellValue] = {
        "Stakeholder ID": f"STK-{number + 1:05}",
        "Details": f"{twin['Given name']} {twin['Family name']} rang",
    }
    return [*said, book.prepare("Interactions", visit)]


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(steps=STEPS)
def test_an_open_workbook_judges_as_a_fresh_one(
    many: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    """Whatever this process, another one, and people past the forms write: findings and values are the same."""
    path = tmp_path_factory.mktemp("judged") / "customers.xlsx"
    path.write_bytes(many.read_bytes())
    books = {"here": Workbook.open(path, today=TODAY), "there": Workbook.open(path, today=TODAY)}
    judged(books["here"], 0)
    for step, (who, what, number) in enumerate(steps):
        if who == "outside":
            _past_the_forms(path, what, number, step)
        elif what == "a":
            values = {**person(number), "Notes": f"step {step}", "Email": f"s{step}@example.org"}
            with contextlib.suppress(EntryRefusedError):
                books[who].add("Stakeholders", values, override="another one")
        else:
            key = books[who].table("Stakeholders").typed.raw.keys[number % 1000]
            changes = {"Notes": f"step {step}", "Family name": FAMILY[step]}
            with contextlib.suppress(EntryRefusedError):
                books[who].update("Stakeholders", key, changes, override="so she says")
        assert judged(books["here"], number) == judged(Workbook.open(path, today=TODAY), number)


def _past_the_forms(path: Path, what: str, number: int, step: int) -> None:
    if what == "a":
        append_row(path, "Stakeholders", {**person(number), "Stakeholder ID": f"STK-{9000 + step:05}"})
    elif what == "u":
        edit(path, "Stakeholders", number + 2, {"Given name": "Zelda", "Email": f"z{step}@example.org"})
    else:
        remove_last_row(path, "Stakeholders")


def test_memory_stays_as_it_is(many: Path, tmp_path: Path) -> None:
    """A process that adds records for a long time needs the memory of the records, not of each reading."""
    path = tmp_path / "customers.xlsx"
    path.write_bytes(many.read_bytes())
    book = Workbook.open(path, today=TODAY)

    def added(first: int, last: int) -> int:
        for number in range(first, last):
            values = {**person(number), "Email": f"m{number}@example.org", "Phone": f"+614919{number:05}"}
            book.add("Stakeholders", values, override="another one")
        return tracemalloc.get_traced_memory()[0]

    added(0, 4)
    tracemalloc.start()
    try:
        start = added(4, 8)
        # Twenty readings of the file would be twice as much and more.
        assert added(8, 28) - start < 4 << 20
    finally:
        tracemalloc.stop()
