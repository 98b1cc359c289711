"""Rows that come in together: which of those that are one goes in, by the action of the match rule."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from validation.policy import Action, MatchField, MatchRule
from workbook_cms.seeding import template_policy
from workbook_cms.tables import Batch
from workbook_cms.workbook import Workbook

MEI = ("Mei Nakamura", "mei@example.com", "0491 570 006")
WRONG_PHONE = ("Mei Nakamura", "mei@example.com", "12")


@pytest.fixture
def contacts(tmp_path: Path) -> Workbook:
    """A workbook of contacts of whom no two may have one e-mail address."""
    return with_action(tmp_path, Action.BLOCK)


def with_action(folder: Path, action: Action) -> Workbook:
    """The same with another action at an import."""
    rule = MatchRule.model_validate(
        {
            "id": "same_email",
            "table": "contacts",
            "exact": True,
            "fields": [MatchField.model_validate({"field": "email", "kind": "email"})],
            "on_import": action,
        }
    )
    return Workbook.create(
        folder / "contacts.xlsx", template_policy("blank").model_copy(update={"matches": (rule,)})
    )


def taken(book: Workbook, *rows: tuple[str, str, str], override: str = "") -> Batch:
    """What became of rows."""
    return book.add_many("Contacts", pd.DataFrame(rows, columns=["Name", "Email", "Phone"]), override=override)


def held(batch: Batch) -> list[tuple[int, list[tuple[str, object]]]]:
    """Rows held back, with code and the row that each repeats."""
    return [(row.row, [(f.code, f.details.get("row")) for f in row.findings]) for row in batch.refused]


def test_of_rows_that_are_one_the_first_goes_in(contacts: Workbook) -> None:
    """The others are held back, and named is the one that went in."""
    batch = taken(contacts, MEI, ("Leo", "leo@example.com", ""), MEI, MEI)
    assert batch.accepted == 2
    assert held(batch) == [(2, [("DUP001", 0)]), (3, [("DUP001", 0)])]
    assert (
        "row 1 of this import, Mei Nakamura. At most one of the two goes in."
        in batch.refused[0].findings[0].message
    )


def test_of_rows_that_are_one_the_first_that_can_goes_in(contacts: Workbook) -> None:
    """A row with a fault of its own stands in nobody's way; the next takes its place, and one goes in, not two."""
    batch = taken(contacts, ("Leo", "leo@example.com", "12"), WRONG_PHONE, MEI, MEI)
    assert [receipt.key for receipt in batch.receipts] == ["CON-00001"]
    assert held(batch) == [(0, [("ENT010", None)]), (1, [("ENT010", None)]), (3, [("DUP001", 2)])]
    assert "row 3 of this import, Mei Nakamura" in batch.refused[2].findings[0].message
    assert batch.refused[2].findings[0].position == 3


def test_nothing_goes_in_that_is_there(contacts: Workbook) -> None:
    """The same file once more: each row names the record."""
    taken(contacts, MEI)
    batch = taken(contacts, WRONG_PHONE, MEI)
    assert batch.accepted == 0
    assert [f.related for row in batch.refused for f in row.findings if f.code == "DUP001"] == [("CON-00001",)] * 2


def test_an_alert_takes_a_reason(tmp_path: Path) -> None:
    """Without one the second row is held back; with one both go in."""
    book = with_action(tmp_path, Action.ALERT)
    assert held(taken(book, MEI, MEI)) == [(1, [("DUP001", 0)])]
    assert taken(book, MEI, override="twins, one address").accepted == 1


def test_what_is_allowed_goes_in_with_a_note(tmp_path: Path) -> None:
    """Both rows are kept, and the note names the other."""
    batch = taken(with_action(tmp_path, Action.ALLOW), MEI, MEI)
    assert batch.accepted == 2
    assert [(f.code, f.severity.value) for f in batch.warnings] == [("DUP001", "info")]
