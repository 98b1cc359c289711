"""The practice copy: same rules, nobody real, everything valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import TODAY
from workbook_cms import Workbook
from workbook_cms.errors import FileError, InputError
from workbook_cms.policies import text
from workbook_cms.practice.copy import is_practice, make_practice, practice_path
from workbook_cms.practice.tour import progress


@pytest.fixture
def customers(book: Workbook) -> Path:
    """A World Traveller workbook with one real stakeholder."""
    return book.path


@pytest.mark.parametrize("template", ["world-traveller", "small-business", "blank"])
def test_every_template_gives_valid_made_up_records(tmp_path: Path, template: str) -> None:
    """Each table has records to practise on, none of them with a finding, in a file that Excel opens as it is."""
    Workbook.create(tmp_path / "customers.xlsx", template, today=TODAY)
    book = make_practice(tmp_path / "customers.xlsx", today=TODAY)
    assert [table.name for table in book.tables if len(table) < 3] == []
    assert book.check() == []


def test_nobody_in_it_is_real(customers: Path) -> None:
    """No detail of the people in the workbook is in the copy, and the workbook itself is only read."""
    before = customers.read_bytes()
    book = make_practice(customers, today=TODAY)
    people = book.table("Stakeholders").to_pandas().astype(str)
    assert not people.isin(["Zafiropoulos", "quenby.z@example.com"]).any(axis=None)
    assert customers.read_bytes() == before


def test_it_says_that_it_is_practice(customers: Path) -> None:
    """The organisation's name says so, once, also in a copy of a copy; the other rules are the same."""
    book = make_practice(customers, today=TODAY)
    again = make_practice(book.path, today=TODAY)
    assert book.path.name == "customers-practice.xlsx"
    assert again.policy.settings.organisation == "PRACTICE - World Traveller"
    assert [is_practice(Workbook.open(path).policy) for path in (customers, again.path)] == [False, True]
    real = Workbook.open(customers).policy
    assert book.policy.model_copy(update={"settings": real.settings}) == real


def test_what_happened_lies_close_to_today(customers: Path) -> None:
    """The records are as fresh as the day they are made, whenever that is: follow-ups are due around it."""
    book = make_practice(customers, today=TODAY.replace(year=2031))
    dates = book.table("Interactions").to_pandas()["Date"]
    assert dates.min().year >= 2030
    assert dates.max().date() <= book.today()
    assert book.check() == []


def test_changed_rules_are_kept_to(customers: Path) -> None:
    """Where the team has other lists and rules than the template, the made-up records follow them."""
    book = Workbook.open(customers, today=TODAY)
    policy = book.policy
    lists = tuple(
        choice.model_copy(update={"items": choice.items[:2]}) if choice.id in ("staff", "segments") else choice
        for choice in policy.lists
    )
    book.apply_policy(policy.model_copy(update={"lists": lists}))
    practice = make_practice(customers, today=TODAY)
    assert set(practice.table("Stakeholders").to_pandas()["Segment"].dropna()) <= {"Leisure", "Family"}
    assert set(practice.table("Interactions").to_pandas()["Recorded by"]) == {"Amelia Tran", "Ben Okafor"}
    assert practice.check() == []


def test_any_policy_gets_records(tmp_path: Path) -> None:
    """Rules that no template has, with numbers, yes and no, several values and a key that people type."""
    policy = text.load(
        """
        version: 1
        settings: {organisation: Allotments, region: GB}
        lists: [{id: crops, title: Crops, items: [Beans, Kale, Leeks]}]
        tables:
          - id: plots
            name: Plots
            title: Plot
            key: plot
            fields:
              - {id: plot, label: Plot, required: true, unique: true, example: A1}
              - {id: tenant, label: Tenant, naming: person, required: true}
              - {id: phone, label: Phone, format: phone, required: true}
              - {id: size, label: Size, type: integer, minimum: 1, maximum: 9, required: true}
              - {id: shed, label: Shed, type: boolean, required: true}
              - {id: crops, label: Crops, enum: crops, multiple: true, required: true}
              - {id: since, label: Since, type: date, maximum: '@today', required: true}
        """,
        "allotments",
    )
    Workbook.create(tmp_path / "plots.xlsx", policy, today=TODAY)
    book = make_practice(tmp_path / "plots.xlsx", today=TODAY)
    assert len(book.table("Plots")) >= 1
    assert book.check() == []


def test_a_copy_that_is_there_is_kept(customers: Path) -> None:
    """Work in a practice copy is not lost by making another, unless that is asked for."""
    book = make_practice(customers, today=TODAY)
    book.update("Stakeholders", "STK-00001", {"Segment": "Groups"}, source="form")
    with pytest.raises(FileError, match=r"customers-practice\.xlsx"):
        make_practice(customers, today=TODAY)
    fresh = make_practice(customers, overwrite=True, today=TODAY)
    assert [step.done for step in progress(fresh)] == [False] * len(progress(fresh))
    assert fresh.check() == []


def test_a_front_end_beside_it_has_its_own_place(tmp_path: Path) -> None:
    """The copy of a macro workbook is a plain one of the same name."""
    assert practice_path(tmp_path / "customers.xlsm") == tmp_path / "customers-practice.xlsx"
    with pytest.raises(InputError, match=r"\.xlsx"):
        Workbook.create(tmp_path / "a.xlsx", "blank")
        make_practice(tmp_path / "a.xlsx", tmp_path / "b.csv")
