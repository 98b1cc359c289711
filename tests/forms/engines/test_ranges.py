"""Places on a sheet, formulas, links, and what a person selects."""

from __future__ import annotations

import pytest

from workbook_cms.forms.engines.errors import SpreadsheetError


def test_addresses(sheet) -> None:
    """Addresses, rows, columns and shapes, as documented."""
    block = sheet.range((2, 3), (4, 5))
    assert block.address == "$C$2:$E$4"
    assert (block.row, block.column, block.shape, block.count, block.size) == (2, 3, (3, 3), 9, 9)
    assert block.last_cell.address == "$E$4"
    assert block.get_address(False, False) == "C2:E4"
    assert [cell.address for cell in sheet["A1:B2"]] == ["$A$1", "$B$1", "$A$2", "$B$2"]
    assert [row.address for row in block.rows] == ["$C$2:$E$2", "$C$3:$E$3", "$C$4:$E$4"]
    assert block.columns[1].address == "$D$2:$D$4"


def test_address_with_workbook_and_sheet(sample) -> None:
    """A sheet whose name needs it is quoted."""
    block = sample.sheets["Data"]["C2:E4"]
    assert block.get_address(True, False, include_sheetname=True) == "Data!C$2:E$4"
    cell = sample.sheets["Our form"]["A1"]
    assert cell.get_address(external=True) == "'[sample.xlsx]Our form'!$A$1"
    assert cell.get_address(include_sheetname=True) == "'Our form'!$A$1"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("b3", "$B$3"),
        ("$B$3:C4", "$B$3:$C$4"),
        ("C4:B3", "$B$3:$C$4"),
        ("B:C", "$B$1:$C$1048576"),
        ("2:3", "$A$2:$XFD$3"),
        ("Sheet1!B3", "$B$3"),
    ],
)
def test_ranges_by_text(sheet, text, address) -> None:
    """Cells, blocks, whole columns and rows, with or without the sheet's name."""
    assert sheet.range(text).address == address


def test_ranges_by_corners(sheet) -> None:
    """Two cells, as text, numbers or ranges, make a block; counting starts with 1."""
    assert sheet.range("A1", "B2").address == "$A$1:$B$2"
    assert sheet.range(sheet["B2"], sheet["A1"]).address == "$A$1:$B$2"
    assert sheet[0, 1].address == "$B$1"
    assert sheet["A1:C3"][1:, :2].address == "$A$2:$B$3"
    with pytest.raises(IndexError):
        sheet.range((0, 1))


def test_offset_and_resize(sheet) -> None:
    """They move and size a range; off the sheet is an error."""
    assert sheet["B2:C3"].offset(1, 2).address == "$D$3:$E$4"
    assert sheet["B2"].resize(2, 3).address == "$B$2:$D$3"
    with pytest.raises(IndexError):
        sheet["A1"].offset(-1)


def test_a_name_that_does_not_exist(sheet) -> None:
    """The message says which name is missing."""
    with pytest.raises(SpreadsheetError, match="no name form_phone in this workbook"):
        sheet.range("form_phone")


def test_end_follows_ctrl_and_arrow(sheet) -> None:
    """To the end of filled cells, over a gap to the next one, else to the edge of the sheet."""
    sheet["B2"].value = [[1, 2, None, 4], [None, '=""', None, None], [5, None, None, None]]
    assert sheet["B2"].end("right").address == "$C$2"
    assert sheet["C2"].end("right").address == "$E$2"
    assert sheet["E2"].end("left").address == "$C$2"
    assert sheet["C2"].end("down").address == "$C$3"  # a formula that shows nothing counts
    assert sheet["B2"].end("down").address == "$B$4"
    assert sheet["B4"].end("up").address == "$B$2"
    assert sheet["B4"].end("down").row == 1_048_576
    assert sheet["B2"].end("up").row == 1


def test_expand(sheet) -> None:
    """The documented example, and down and right alone."""
    sheet["A1"].value = [[None, 1], [2, 3]]
    assert sheet["A1"].expand().address == "$A$1:$B$2"
    assert sheet["A1"].expand("right").address == "$A$1:$B$1"
    sheet["D1"].options(transpose=True).value = [1, 2, 3, 4]
    assert sheet["D1"].expand("down").address == "$D$1:$D$4"
    assert sheet["D1"].options(expand="down").value == [1, 2, 3, 4]
    assert sheet["F9"].expand().address == "$F$9"


def test_current_region(sheet) -> None:
    """The filled cells around, to the next blank row and column."""
    sheet["B2"].value = [[1, None], [None, 2]]
    sheet["E2"].value = "apart"
    assert sheet["B2"].current_region.address == "$B$2:$C$3"
    assert sheet.used_range.address == "$B$2:$E$3"


def test_formulas_in_excels_words(sample) -> None:
    """English names and commas in both directions, other sheets with an exclamation mark."""
    data = sample.sheets["Data"]
    data["E1"].formula = "=IF('Our form'!B1>1,SUM(C3:C4,1),\"no\")"
    assert data["E1"].value == 10.5
    assert data["E1"].formula == "=IF('Our form'!B1>1,SUM(C3:C4,1),\"no\")"
    data["F1:F2"].formula = [["=C3*2"], ['=form_phone&"!"']]
    assert data["F1:F2"].value == [4, "0412!"]
    assert data["E1:F1"].formula == (("=IF('Our form'!B1>1,SUM(C3:C4,1),\"no\")", "=C3*2"),)


def test_formula_of_a_constant_is_the_constant(sheet) -> None:
    """As in Excel, what is no formula is given as text."""
    sheet["A1"].value = ["0412", 2.5, None]
    assert sheet["A1:C1"].formula == (("0412", "2.5", ""),)


def test_a_wrong_formula_is_an_error_cell(sheet) -> None:
    """A formula that cannot be understood shows an error and stops nothing."""
    sheet["A1"].formula = "=NOSUCHFUNCTION(1)"
    assert sheet["A1"].options(err_to_str=True).value == "#NAME?"


def test_clear(sheet) -> None:
    """Contents go and formats stay; formats go and contents stay; or all goes."""
    sheet["A1:A3"].value = "x"
    sheet["A1:A3"].color = "#ff0000"
    sheet["A1"].clear_contents()
    sheet["A2"].clear_formats()
    sheet["A3"].clear()
    assert [cell.value for cell in sheet["A1:A3"]] == [None, "x", None]
    assert [cell.color for cell in sheet["A1:A3"]] == [(255, 0, 0), None, None]


def test_select(sample) -> None:
    """Selecting shows the sheet; the selection can be asked for."""
    sample.sheets["Data"].activate()
    sample.sheets["Our form"]["A3:B3"].select()
    assert sample.sheets.active.name == "Our form"
    assert sample.app.selection == sample.sheets["Our form"]["A3:B3"]
    assert sample.selection.address == "$A$3:$B$3"


def test_merged_cells(sample) -> None:
    """A cell knows the merged cells it lies in."""
    form = sample.sheets["Our form"]
    assert form["B8"].merge_area.address == "$A$8:$C$9"
    assert form["A1"].merge_area.address == "$A$1"
    assert (form["A8"].merge_cells, form["A1"].merge_cells) == (True, False)
    data = sample.sheets["Data"]
    data["E5:F6"].merge()
    assert data["E6"].merge_area.address == "$E$5:$F$6"
    data["E5"].merge_area.unmerge()
    assert data["E6"].merge_area.address == "$E$6"


def test_links(sample) -> None:
    """Links are read as Excel writes them, and made."""
    form, data = sample.sheets["Our form"], sample.sheets["Data"]
    assert (form["A5"].hyperlink, form["A5"].value) == ("#Data!B2", "to the data")
    assert form["A6"].hyperlink == "https://example.com/"
    data["E7"].add_hyperlink("#'Our form'!A3", "the phone")
    assert (data["E7"].hyperlink, data["E7"].value) == ("#'Our form'!A3", "the phone")
    with pytest.raises(SpreadsheetError, match="holds no link"):
        _ = data["E8"].hyperlink


def test_cells_inserted_and_deleted(sheet) -> None:
    """Those below move down and up again."""
    sheet["A1"].options(transpose=True).value = [1, 2]
    sheet["A1"].insert("down")
    assert sheet["A1:A3"].value == [None, 1, 2]
    sheet["A1"].delete("up")
    assert sheet["A1:A3"].value == [1, 2, None]


def test_a_held_sheet_counts_from_its_corner(sheet) -> None:
    """Whatever somebody inserts or deletes at the top of a sheet, A1 is A1."""
    sheet["A1"].value = [["a", "b"], ["c", "d"]]
    other = sheet.book.api.getSheets().getByIndex(0)
    other.getRows().removeByIndex(0, 1)
    assert sheet["A1:B1"].value == ["c", "d"]
    other.getColumns().removeByIndex(0, 1)
    sheet["A2"].value = "e"
    assert sheet.used_range.value == ["d", "e"]
    other = sheet.book.api.getSheets().getByIndex(0)
    other.getRows().insertByIndex(0, 1)
    assert sheet["A1:A3"].value == [None, "d", "e"]


def test_cells_copied(sheet) -> None:
    """With their formats, and formulas that move along."""
    sheet["A1"].value = [1, "=A1+1"]
    sheet["A1:B1"].color = (0, 0, 255)
    sheet["A1:B1"].copy(sheet["A3"])
    assert sheet["A3:B3"].formula == (("1", "=A3+1"),)
    assert sheet["B3"].color == (0, 0, 255)


def test_what_the_engine_does_not_offer(sheet) -> None:
    """It says so, as xlwings' own engines do."""
    with pytest.raises(NotImplementedError):
        sheet["A1"].adjust_indent(1)
