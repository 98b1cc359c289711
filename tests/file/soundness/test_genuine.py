"""No false alarm: workbooks saved by Excel and by other programs are sound, but for what is really wrong in them."""

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from tests.support.libreoffice import resave
from tests.support.rich import rich
from tests.support.shared import shared
from workbook_cms.file.soundness import check_file

#: What is really wrong in a shared workbook, (kind, part), and why it is there.
REALLY_THERE = {
    # Its maker left parts out on purpose, to see what readers do.
    "exceljs-missing-bits.xlsx": {
        ("no-content-types", "[Content_Types].xml"),
        ("no-workbook", ""),
        ("target-missing", "xl/_rels/workbook.xml.rels"),
    },
    # Styles and cells were added by hand, without their counts.
    "excelize-Book1.xlsx": {("style-count", "xl/styles.xml"), ("dimension", "xl/worksheets/sheet2.xml")},
    # A report of a web server, which counts only its first row.
    "poi-craftonhills.edu_programreview_report.aspx_goalpriorityreport_0011d159-1eeb-4b63-8833-867b0926e5f3.xlsx": {
        ("dimension", "xl/worksheets/sheet1.xml")
    },
    # Its shared strings were taken out by hand, their count was not.
    "poi-InlineString.xlsx": {("string-count", "xl/sharedStrings.xml")},
    # Protected by a password: no zip archive at all.
    "excelize-encryptAES.xlsx": {("zip", "excelize-encryptAES.xlsx")},
    "poi-crash-9bf3cd4bd6f50a8a9339d363c2c7af14b536865c.xlsx": {
        ("zip", "poi-crash-9bf3cd4bd6f50a8a9339d363c2c7af14b536865c.xlsx")
    },
}


def test_shared_workbooks_give_no_false_alarm():
    """Of the workbooks of other people, each flaw that is found is named above with its reason."""
    files = sorted(shared("workbooks").glob("*.xls?"))
    assert len(files) > 40
    found = {path.name: {(flaw.kind, flaw.part) for flaw in check_file(path)} for path in files}
    assert {name: flaws for name, flaws in found.items() if flaws} == REALLY_THERE


def test_workbooks_of_openpyxl_are_sound(tmp_path):
    """What openpyxl writes gives no alarm: formats, merged cells, dropdowns, coloured rules, comments, a table, names."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Id", "Two\nlines", "Note"])
    sheet.append([1, "", "a & b <c>"])
    sheet.append([True, None, '=IF(A2>0,"(","it\'s")'])
    sheet.add_table(Table(displayName="People", ref="A1:C3"))
    sheet.merge_cells("E1:F2")
    sheet["E1"].font = Font(bold=True)
    sheet["A2"].comment = Comment("here", "me")
    sheet["H1"].hyperlink = "https://example.com"
    rule = DataValidation("list", formula1='"a,b"')
    rule.add("B2:B3")
    sheet.add_data_validation(rule)
    red = PatternFill("solid", bgColor="FFC7CE")
    sheet.conditional_formatting.add("A2:A3", CellIsRule(operator="lessThan", formula=["5"], fill=red))
    sheet.conditional_formatting.add("A2:A3", FormulaRule(formula=["A2>1"], fill=red))
    sheet.conditional_formatting.add(
        "A2:A9", ColorScaleRule(start_type="min", start_color="FF0000", end_type="max", end_color="00FF00")
    )
    book.defined_names["people_all"] = DefinedName("people_all", attr_text="Sheet!$A$1:$B$2")
    sheet.column_dimensions.group("J", "L", hidden=True)
    book.create_sheet("It's a chart").sheet_view.zoomScale = 80
    book.save(tmp_path / "made.xlsx")
    assert check_file(tmp_path / "made.xlsx") == []


@pytest.mark.parametrize("streamed", [False, True])
def test_workbooks_of_xlsxwriter_are_sound(tmp_path, streamed):
    """What XlsxWriter writes gives no alarm, with shared strings and with texts in the cells."""
    book = xlsxwriter.Workbook(tmp_path / "made.xlsx", {"constant_memory": streamed, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for row in range(20):
        sheet.write_row(row, 0, [row, f"text {row}", " spaced ", "a\nb", "<&>", "_x0041_", 1e-20, -2.5])
        sheet.write_formula(row, 10, f'=A{row + 1}&" ""quoted"" (("')
        sheet.write_array_formula(row, 12, row, 13, f"{{=A{row + 1}*{{1,2}}}}")
    sheet.write_rich_string("P1", "a", book.add_format({"bold": True}), "b")
    sheet.write_dynamic_array_formula("R1:R1", "=_xlfn.UNIQUE(A1:A9)")
    book.close()
    assert check_file(tmp_path / "made.xlsx") == []


def test_workbooks_of_libreoffice_are_sound(tmp_path):
    """What LibreOffice makes of a workbook with a bit of everything gives one alarm: it lets filters take in totals."""
    found = check_file(resave(rich(tmp_path / "rich.xlsx"), tmp_path / "saved"))
    assert [(flaw.kind, flaw.message) for flaw in found] == [
        ("table-filter", "the filter of the table People is A1:D4 instead of A1:D3.")
    ]
