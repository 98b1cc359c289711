"""The Findings page of a workbook that is forms and records in one leads to the cells, in a real LibreOffice."""

from __future__ import annotations

from tests.conftest import QUENBY, TODAY
from tests.support.office import running_office
from workbook_cms import Workbook
from workbook_cms.forms.desk import Desk
from workbook_cms.forms.frontend import one_workbook


def test_each_finding_has_a_way_to_its_cell(tmp_path) -> None:
    """A cell typed over is found by Check before it is saved; beside the finding stands a link to it."""
    path = tmp_path / "solo.xlsx"
    Workbook.create(path, today=TODAY, dress=one_workbook(macros=False)).add("Stakeholders", QUENBY)
    with running_office(tmp_path / "office") as office:
        book = office.app.books.open(str(path))
        records = book.sheets["Stakeholders"]
        records.api.unprotect("")
        records["I2"].value = "12"
        page = book.sheets["Findings"]
        page.activate()
        desk = Desk(book, today=TODAY)
        desk.tick()
        book.names["findings_do"].refers_to_range.value = "Check"
        assert desk.tick()
        block = book.names["findings_body"].refers_to_range
        rows = block.options(ndim=2).value
        at = next(i for i, row in enumerate(rows) if row[2] == "ENT010" and "I2" in str(row[0]))
        link = block[at, block.shape[1] - 1].offset(0, 1)
        assert link.value == "Go"
        assert link.formula.startswith("=IF(")
        assert link.offset(0, 1).value == "#'Stakeholders'!I2"
        heading = block[at - 1, block.shape[1] - 1].offset(0, 1)
        assert heading.value in ("", None)
