"""Real files taken in: exports with real column names and phones in many shapes, the people of FEBRL, LibreOffice."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.support.libreoffice import resave
from tests.support.people import febrl
from tests.support.shared import shared
from tests.support.soundness import assert_sound
from workbook_cms.intake.arrival import Arrival, take_in
from workbook_cms.workbook import Workbook

_CONSTANTS = {"Type": "Prospect", "Country": "Australia"}


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    """A new workbook without records."""
    return Workbook.create(tmp_path / "customers.xlsx", "world-traveller")


def held_back(arrival: Arrival) -> pd.DataFrame:
    """The workbook of refused rows, its columns as texts."""
    assert arrival.quarantine is not None
    return pd.read_excel(arrival.quarantine, engine="openpyxl", dtype=str, keep_default_na=False)


def digits(text: str) -> str:
    """A phone number's digits alone."""
    return re.sub(r"\D", "", text)


@pytest.mark.parametrize(("name", "email"), [("customers-100.csv", "Email"), ("leads-100.csv", "Email 1")])
def test_every_row_of_a_real_export_is_in_one_place(book: Workbook, tmp_path: Path, name: str, email: str) -> None:
    """Each of the 100 rows is in the table or held back, by its address, and its phone is as it was or in E.164."""
    source = tmp_path / name
    source.write_bytes(shared(name).read_bytes())
    given = pd.read_csv(source, dtype=str, keep_default_na=False).set_index(email)["Phone 1"]
    arrival = take_in(book, "Stakeholders", source, constants=_CONSTANTS)
    table = book.table("Stakeholders").to_pandas().set_index("Email")["Phone"]
    refused = held_back(arrival).set_index(email)["Phone 1"]
    assert sorted([*table.index, *refused.index]) == sorted(given.index)
    assert refused.to_dict() == given[refused.index].to_dict()
    # Number and extension: all the digits that were given, but for the way out of the country and its code.
    assert {
        mail
        for mail, phone in table.items()
        if not digits(phone).endswith(re.sub("^0+", "", digits(given[mail])).removeprefix("1"))
    } == set()
    assert book.check(select=("FIL", "ENT", "REF")) == []


def test_people_of_febrl_are_taken_in_and_mended_rows_follow(book: Workbook, tmp_path: Path) -> None:
    """State and dates are read as they are written there; refused rows go in once they are mended."""
    source = tmp_path / "febrl.csv"
    people = febrl(1).head(120)
    people.to_csv(source)
    first = take_in(book, "Stakeholders", source, constants={"Type": "Customer"})
    assert (first.accepted + len(first.refused), first.accepted > 0, len(first.refused) > 0) == (120, True, True)
    frame = book.table("Stakeholders").to_pandas()
    assert set(frame["State"].dropna()) <= {"ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"}
    assert frame["Date of birth"].notna().sum() > 0.8 * len(frame)
    assert first.quarantine is not None
    workbook = openpyxl.load_workbook(first.quarantine)
    sheet = workbook.active
    assert sheet is not None
    head = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for column, text in (("given_name", "Robin"), ("surname", "Example"), ("suburb", "Carlton")):
            if not sheet.cell(row, head[column]).value:
                sheet.cell(row, head[column]).value = text
    workbook.save(first.quarantine)
    second = take_in(
        book, "Stakeholders", first.quarantine, constants={"Type": "Customer"}, override="looked at one by one"
    )
    assert second.accepted > 0
    assert second.accepted + len(second.refused) == len(first.refused)
    assert len(Workbook.open(book.path).table("Stakeholders")) == first.accepted + second.accepted
    assert book.check(select=("FIL",)) == []


def test_a_workbook_saved_by_libreoffice_takes_more_rows(book: Workbook, tmp_path: Path) -> None:
    """After a save by LibreOffice nothing is reported, an import goes in, and the file is sound."""
    source = tmp_path / "febrl.csv"
    febrl(1).dropna().head(40).to_csv(source)
    take_in(book, "Stakeholders", source, constants={"Type": "Customer"}, override="test")
    saved = resave(book.path, tmp_path / "saved")
    book.path.write_bytes(saved.read_bytes())
    again = Workbook.open(book.path)
    before = len(again.table("Stakeholders"))
    assert again.check(select=("FIL",)) == []
    more = tmp_path / "more.csv"
    more.write_text("First Name,Last Name,Mobile Phone\nMia,Tran,0491 570 156\n", encoding="utf-8")
    assert take_in(again, "Stakeholders", more, constants={"Type": "Customer"}).accepted == 1
    final = Workbook.open(book.path)
    assert len(final.table("Stakeholders")) == before + 1
    assert final.table("Stakeholders").get(f"STK-{before + 1:05d}")["Phone"] == "+61491570156"
    assert final.check(select=("FIL",)) == []
    assert_sound(book.path)
