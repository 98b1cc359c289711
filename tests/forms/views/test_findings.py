"""The page Findings, and pages as blocks of a sheet."""

import pytest

from tests.conftest import TODAY
from workbook_cms import Workbook
from workbook_cms.forms.answers import Mark, Message
from workbook_cms.forms.pages import page_designs
from workbook_cms.forms.views import Link, Page, PageRow, due_page, find_page, findings_page, record_view


@pytest.fixture(scope="module")
def sample_book(tmp_path_factory):
    """World Traveller's sample with its planted faults."""
    return Workbook.create(tmp_path_factory.mktemp("sample") / "sample.xlsx", sample=True, today=TODAY)


def test_rule_by_rule_with_links(sample_book):
    """Errors come before warnings, each rule with its count, each finding with its cell."""
    findings = sample_book.check()
    page = findings_page(sample_book, findings)
    heads = [row.cells for row in page.rows if row.look == "heading"]
    assert heads[0] == ("2 errors", "", "ENT001", "A required field is blank")
    assert [head[0].split()[1].rstrip("s") for head in heads] == sorted(
        head[0].split()[1].rstrip("s") for head in heads
    )
    rows = [row for row in page.rows if row.look != "heading"]
    assert len(rows) == len(findings)
    assert rows[0].cells[:2] == ("STK-00180 B181", "Type")
    assert rows[0].link == Link("Stakeholders", "B181")
    assert page.status.mark == Mark.WRONG


def test_too_many_are_counted(sample_book):
    """What does not fit is counted, and the command that shows it is named."""
    findings = sample_book.check()
    page = findings_page(sample_book, findings, 12)
    shown = sum(row.look != "heading" for row in page.rows) - 1
    assert len(page.rows) == 12
    assert page.rows[-1].cells[3] == f"... and {len(findings) - shown} more: workbook-cms check sample.xlsx"


def test_clean(book):
    """A workbook without findings says so."""
    page = findings_page(book, book.check())
    assert (page.rows, page.status) == ((), Message("Nothing breaks a rule.", Mark.GOOD))


def test_pages_fit_their_sheets(busy_book):
    """The columns are those that the sheets are drawn with."""
    drawn = {page.id: tuple(heading for heading, _ in page.columns) for page in page_designs(busy_book.policy)}
    assert drawn == {
        "find": find_page(busy_book, "quenby").columns,
        "view": record_view(busy_book, "STK-00001").columns,
        "due": due_page(busy_book).columns,
        "findings": findings_page(busy_book, []).columns,
    }


def test_block_of_a_sheet():
    """A block has the rows asked for, the look last; what does not fit is counted in its last row."""
    page = Page("T", Message("s"), ("A", "B"), tuple(PageRow((str(n), "x")) for n in range(5)))
    assert page.block(6) == [[str(n), "x", ""] for n in range(5)] + [["", "", ""]]
    assert page.block(3) == [["0", "x", ""], ["1", "x", ""], ["", "... and 3 more lines.", "quiet"]]


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("Stakeholders!H12", Link("Stakeholders", "H12")),
        ("'It''s here'!A1", Link("It's here", "A1")),
        ("Stakeholders", None),
        ("", None),
    ],
)
def test_links(address, link):
    """An address leads to its sheet and cell; what stands nowhere leads nowhere."""
    assert Link.to(address) == link
