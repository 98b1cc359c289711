"""The desk with an Excel that is simulated below xlwings: busy, closed, on the web, never saved, killed."""

from __future__ import annotations

import pytest

from tests.support.excel import CALL_REJECTED, CELL_EDITED, GONE, ComError, Excel
from tests.support.front_end import INTERACTION, OpenFrontEnd, interaction_keys
from workbook_cms.forms.engines.errors import SpreadsheetError
from workbook_cms.forms.offices import ExcelSource


class InExcel(OpenFrontEnd):
    """A front-end in the simulated Excel; typing needs no call of xlwings."""

    def __init__(self, book, record) -> None:
        self.book, self.record = book, record
        self.design = OpenFrontEnd.design_of(record)
        book.impl.sheets.front = book.impl.sheets(self.design.sheet)

    def cell(self, row):
        """The cell of the grid behind an input."""
        return self._cells(self.design.input_name(row))[0][0]

    def say_who(self, name):
        """Choose a name on Home."""
        self._cells("cms_person")[0][0].value = name

    @property
    def status(self):
        """The status line."""
        return self._cells(self.design.name("status"))[0][0].value or ""

    def _cells(self, name):
        sheet, _, cells = self.book.impl.defined[name].rpartition("!")
        found = self.book.impl.sheets(sheet.strip("'")).cells[cells.replace("$", "")]
        return found if isinstance(found, tuple) else ((found,),)


@pytest.fixture
def excel(monkeypatch) -> Excel:
    """A running Excel without a workbook."""
    return Excel(monkeypatch)


@pytest.fixture
def helper(excel, helper_for):
    """A helper that serves it."""
    return helper_for(ExcelSource())


@pytest.fixture
def front_end(excel, team) -> InExcel:
    """The team's front-end open in Excel; Amelia Tran has said who she is."""
    opened = InExcel(excel.open(team.with_name("entry.xlsx")), team)
    opened.say_who("Amelia Tran")
    return opened


def test_submit(filled, helper, team) -> None:
    """The same way as in LibreOffice: the row is in the record workbook and the form says so."""
    filled.ask("Submit")
    helper.step()
    assert filled.status.startswith("Saved as INT-000001.")
    assert interaction_keys(team) == ["INT-000001"]
    assert filled.book.impl.sheets(filled.design.sheet).protected


def test_every_call_may_find_excel_busy(filled, helper, excel, team) -> None:
    """Somebody types in a cell at any moment of a submit: nothing is lost, nothing twice, and the answer comes."""
    filled.ask("Submit")
    excel.calls = 0
    busy = 0
    while filled.text("@do") or not filled.status.startswith("Saved as"):
        excel.trouble = [None] * busy + [ComError(CALL_REJECTED), ComError(-2147352567, CELL_EDITED)]
        helper.step()
        busy += 1
        excel.trouble = []
        assert busy < 100
    assert interaction_keys(team) == ["INT-000001"]
    assert filled.text("details") == ""
    helper.step()
    assert interaction_keys(team) == ["INT-000001"]


def test_busy_helper_waits_longer_and_longer(front_end, excel, helper) -> None:
    """While Excel takes no calls the helper asks less often, and serves as soon as it does."""
    helper.step()
    front_end.type("@find", "zaf")
    for _ in range(5):
        excel.trouble = [None, None, *[ComError(CALL_REJECTED)] * 50]
        helper.step()
    excel.trouble = []
    helper.step()
    assert "STK-00001" in "".join(str(row[0].value) for row in front_end._cells(front_end.design.name("panel")))


def test_excel_that_ended_is_left(filled, excel, helper, said) -> None:
    """When Excel ends, the helper goes on and waits for the next one."""
    excel.trouble = [ComError(GONE)] * 50
    helper.step()
    excel.trouble = []
    excel.close(filled.book)
    helper.step()
    assert helper.front_ends == ()
    assert said[-1] == "Waiting for Excel: open a front-end in it."


@pytest.mark.parametrize(
    ("full_name", "words"),
    [
        ("https://firm.sharepoint.com/entry.xlsx", "this workbook is opened from the web"),
        ("Book1", "this workbook was never saved"),
    ],
)
def test_front_end_without_a_folder(excel, team, helper, full_name, words) -> None:
    """A front-end on the web, or never saved, says so in its status line, with what to do."""
    opened = InExcel(excel.open(team.with_name("entry.xlsx"), full_name=full_name), team)
    opened.fill(details="typed before")
    helper.step()
    assert words in opened.status
    assert opened.text("details") == "typed before"


def test_read_only_front_end_works(excel, team, helper) -> None:
    """A front-end holds nothing: one that was opened for reading only records as well as any."""
    opened = InExcel(excel.open(team.with_name("entry.xlsx"), read_only=True), team)
    opened.say_who("Amelia Tran")
    helper.step()
    opened.type("@find", "STK-00001")
    helper.step()
    opened.fill(**INTERACTION)
    opened.ask("s")
    helper.step()
    assert interaction_keys(team) == ["INT-000001"]


def test_excel_where_there_is_none() -> None:
    """On a system without Excel the reason is one line that names what can be served."""
    with pytest.raises(SpreadsheetError, match=r"Windows and macOS only\. Use `workbook-cms serve --office libre"):
        ExcelSource()


def test_a_first_apostrophe_is_kept(filled, helper, team) -> None:
    """Excel swallows the apostrophe that a text begins with; 't Hooft stays what she is, in the form and on disk."""
    filled.cell("contact_name").value = "'t Hooft"  # as Excel gives a cell in which two were typed
    filled.ask("Find")  # any answer writes all inputs back
    helper.step()
    assert filled.cell("contact_name").value == "'t Hooft"
