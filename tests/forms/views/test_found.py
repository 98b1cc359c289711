"""The page Find."""

import pytest

from workbook_cms.forms.views import Link, find_page


def rows(page):
    """(number, key) of the rows that are no headings."""
    return [row.cells[:2] for row in page.rows if row.look != "heading"]


@pytest.mark.parametrize(
    "asked", ["zafir", "0491570156", "quenby.z@example.com", "14/3/1986", "STK-00001", "WT1000426"]
)
def test_people_by_any_detail(busy_book, asked):
    """A person is found by name, phone, e-mail, birthday, key, or the number of a booking."""
    page = find_page(busy_book, asked)
    assert "STK-00001" in [key for _, key in rows(page)]
    assert page.status.mark == "good"


def test_what_tells_them_apart(busy_book):
    """A row has name, birthday, phone, last contact, and leads to its record."""
    (row,) = find_page(busy_book, "quenby").rows
    assert row.cells[2] == "Quenby Zafiropoulos"
    assert "Date of birth: 14 Mar 1986" in row.cells[4]
    assert "last contact: 20 Nov 2026" in row.cells[4]
    assert row.link == Link("Stakeholders", "A2")


def test_records_of_other_tables_by_key(busy_book):
    """The key of an interaction finds it, and whose it is; rows are numbered through."""
    page = find_page(busy_book, "INT-000002")
    assert rows(page) == [("1", "INT-000002"), ("2", "STK-00001")]
    assert [row.cells[2] for row in page.rows if row.look == "heading"] == ["Interactions", "Stakeholders"]


def test_words_in_other_tables(busy_book):
    """Where nobody has that name, records that hold the words are found, with whose they are."""
    page = find_page(busy_book, "five hours late")
    assert rows(page) == [("1", "INT-000002")]
    assert page.rows[0].cells[2] == "STK-00001 Quenby Zafiropoulos, 0491 570 156"


def test_queued_person(book, opened_elsewhere):
    """Somebody who waits to be written is found, without a number."""
    with opened_elsewhere(book.path):
        book.add(
            "Stakeholders",
            {"Type": "Customer", "Given name": "Ada", "Family name": "Rossi", "Phone": "0491 570 157"},
        )
        (row,) = find_page(book, "rossi").rows
    assert (row.cells[1], row.link) == ("queued", None)


@pytest.mark.parametrize(("asked", "words"), [("", "Type a few letters"), ("qqqqq", 'Nothing matches "qqqqq"')])
def test_nothing(book, asked, words):
    """Nothing asked and nothing found are answered with what to do."""
    page = find_page(book, asked)
    assert page.rows == ()
    assert words in page.status.text
