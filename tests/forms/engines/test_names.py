"""Defined names of both scopes."""

from __future__ import annotations

import pytest

from workbook_cms.forms.engines.errors import SpreadsheetError


def test_names_of_both_scopes(sample) -> None:
    """The workbook lists all, those of a sheet with the sheet before them; a sheet lists its own."""
    assert {name.name: name.refers_to for name in sample.names} == {
        "form_phone": "='Our form'!$A$3",
        "vat": "=0.1",
        "'Our form'!inputs": "='Our form'!$A$3:$B$3",
    }
    assert [name.name for name in sample.sheets["Our form"].names] == ["'Our form'!inputs"]
    assert len(sample.sheets["Data"].names) == 0


def test_a_name_leads_to_its_cells(sample) -> None:
    """Whatever its capitals, from the workbook, the sheet, or as an address."""
    form = sample.sheets["Our form"]
    assert sample.names["form_phone"].refers_to_range == form["A3"]
    assert sample.names["FORM_PHONE"].refers_to_range.value == "0412"
    assert form.names["inputs"].refers_to_range.shape == (1, 2)
    assert sample.names["'Our form'!inputs"].refers_to_range.address == "$A$3:$B$3"
    assert form.range("inputs").address == "$A$3:$B$3"
    assert sample.sheets["Data"].range("form_phone") == form["A3"]


def test_membership(sample) -> None:
    """`in` works in both scopes; the name of a sheet is not the workbook's."""
    assert "form_phone" in sample.names
    assert "inputs" not in sample.names
    assert "'Our form'!inputs" in sample.names
    assert "nobody" not in sample.names
    with pytest.raises(KeyError):
        _ = sample.names["nobody"]


def test_names_added_changed_and_deleted(sample) -> None:
    """For the workbook and for a sheet; a name that is there is changed."""
    data = sample.sheets["Data"]
    sample.names.add("form_email", "='Our form'!$B$3")
    data.names.add("here", "=Data!$E$1")
    assert sample.names["form_email"].refers_to_range.address == "$B$3"
    assert [name.name for name in data.names] == ["Data!here"]
    sample.names["form_email"].refers_to = "='Our form'!$A$3"
    assert sample.names["form_email"].refers_to == "='Our form'!$A$3"
    sample.names["form_email"].name = "form_mail"
    assert "form_email" not in sample.names
    sample.names["form_mail"].delete()
    del sample.names["Data!here"]
    assert ("form_mail" in sample.names, len(data.names)) == (False, 0)


def test_the_name_of_a_range(sample) -> None:
    """A range is named, and knows its name."""
    data = sample.sheets["Data"]
    data["E1:E2"].name = "spot"
    assert sample.names["spot"].refers_to == "=Data!$E$1:$E$2"
    assert data["E1:E2"].name.name == "spot"
    assert data["E3"].name is None


def test_a_name_that_stands_for_no_cells(sample) -> None:
    """A constant has no range; so has a name whose cells were deleted."""
    with pytest.raises(SpreadsheetError, match="The name vat stands for no cells"):
        _ = sample.names["vat"].refers_to_range
    sample.sheets["Our form"].delete()
    with pytest.raises(SpreadsheetError, match="The name form_phone stands for no cells"):
        _ = sample.names["form_phone"].refers_to_range


def test_names_are_saved(office, sample, tmp_path) -> None:
    """A name added here is there after saving and opening again."""
    sample.names.add("form_email", "='Our form'!$B$3")
    sample.save(str(tmp_path / "again.xlsx"))
    sample.close()
    again = office.app.books.open(str(tmp_path / "again.xlsx"))
    assert again.names["form_email"].refers_to == "='Our form'!$B$3"
    again.close()
