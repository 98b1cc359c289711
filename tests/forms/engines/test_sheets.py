"""Sheets, and what their protection forbids."""

from __future__ import annotations

import pytest

from workbook_cms.forms.engines.errors import SheetProtectedError, SpreadsheetError


def test_sheets_by_name_and_number(sample) -> None:
    """Capitals do not matter; a missing one is a KeyError."""
    assert [sheet.name for sheet in sample.sheets] == ["Our form", "Data"]
    assert sample.sheets["our FORM"].index == 1
    assert sample.sheets[-1].name == "Data"
    assert "Data" in sample.sheets
    with pytest.raises(KeyError):
        _ = sample.sheets["Nothing"]


def test_sheets_added_renamed_and_deleted(sample) -> None:
    """A new sheet becomes the active one."""
    added = sample.sheets.add("Findings", after="Our form")
    assert [sheet.name for sheet in sample.sheets] == ["Our form", "Findings", "Data"]
    assert sample.sheets.active == added
    added.name = "What to mend"
    assert sample.sheets[1].name == "What to mend"
    added.delete()
    assert len(sample.sheets) == 2
    with pytest.raises(ValueError, match="already present"):
        sample.sheets.add("Data")


def test_a_sheet_that_somebody_deleted_or_renamed(sample) -> None:
    """A sheet that is held then is an error, not another sheet."""
    data, form = sample.sheets["Data"], sample.sheets["Our form"]
    assert (data["B3"].value, form["A3"].value) == ("pen", "0412")
    sample.api.getSheets().removeByName("Data")
    form.api.setName("Theirs")
    for held, name in ((data, "Data"), (form, "Our form")):
        with pytest.raises(SpreadsheetError, match=f"sample.xlsx: The sheet {name} was deleted or renamed"):
            held["A1"].value = "lost"
    assert sample.sheets["Theirs"]["A3"].value == "0412"


def test_the_last_sheet_stays(sheet) -> None:
    """A workbook without a sheet does not exist."""
    with pytest.raises(SpreadsheetError, match="last sheet"):
        sheet.delete()


def test_hidden_sheets(sample) -> None:
    """Sheets are hidden and shown, and written to all the same."""
    data = sample.sheets["Data"]
    data.visible = False
    data["A1"].value = "seen"
    assert (data.visible, data["A1"].value) == (False, "seen")
    data.visible = True
    assert data.visible is True


@pytest.mark.parametrize(
    "change",
    [
        lambda form: setattr(form["A1"], "value", "new"),
        lambda form: setattr(form["A1"], "value", None),
        lambda form: setattr(form["A3:A4"], "value", [["1"], ["2"]]),
        lambda form: setattr(form["A1"], "formula", "=1+1"),
        lambda form: form["A1"].clear_contents(),
        lambda form: form["A1"].clear(),
        lambda form: form.clear_contents(),
        lambda form: setattr(form["A3"], "color", (1, 2, 3)),
        lambda form: setattr(form["A1"].font, "bold", True),
        lambda form: setattr(form["A3"], "row_height", 40),
        lambda form: form["A3"].insert("down"),
        lambda form: form["A3"].delete("up"),
        lambda form: form["A1"].add_hyperlink("https://example.com", "x"),
    ],
)
def test_a_protected_sheet_refuses_aloud(sample, change) -> None:
    """What Excel refuses is refused, with the place and the remedy, and nothing is changed."""
    form = sample.sheets["Our form"]
    before = form["A1:G9"].formula
    with pytest.raises(SheetProtectedError, match=r"sample.xlsx, sheet Our form: .* Unprotect the sheet first"):
        change(form)
    assert form["A1:G9"].formula == before


def test_unlocked_cells_of_a_protected_sheet(sample) -> None:
    """Inputs can be written, and emptied, while the sheet is protected."""
    form = sample.sheets["Our form"]
    form["A3:B3"].value = ["0413", "mia@example.com"]
    assert form["A3:B3"].value == ["0413", "mia@example.com"]
    form["A3:B3"].clear_contents()
    assert form["A3:B3"].value == [None, None]


def test_protection_lifted_and_put_back(sample) -> None:
    """Through the sheet's own API; what may be selected is as it was."""
    form = sample.sheets["Our form"]
    form.api.unprotect("")
    form["A1"].value = "new"
    form.api.protect("")
    with pytest.raises(SheetProtectedError):
        form["A1"].value = "newer"
    assert form["A1"].value == "new"
