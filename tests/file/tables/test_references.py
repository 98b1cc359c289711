"""References in formulas: shifted as Excel shifts them when a formula is copied, everything else left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator

from workbook_cms.file.tables.references import Relative, shifted


@pytest.mark.parametrize(
    ("formula", "one_down_one_right"),
    [
        ("B2*2", "C3*2"),
        ("$B2+B$2+$B$2", "$B3+C$2+$B$2"),
        ("SUM($C$4:C4)", "SUM($C$4:D5)"),
        ("SUM(A:A)+SUM($1:2)", "SUM(B:B)+SUM($1:3)"),
        ("Rates!A1*'It''s A1'!B2", "Rates!B2*'It''s A1'!C3"),
        ("Sheet1:Sheet3!A1+[1]Sheet1!A1+'[1]a b'!A1", "Sheet1:Sheet3!B2+[1]Sheet1!B2+'[1]a b'!B2"),
        ("Sheet1!A1:Sheet1!B2", "Sheet1!B2:Sheet1!C3"),
        ('"A1 ""B2"""&A1', '"A1 ""B2"""&B2'),
        (
            "Sales[[#This Row],[A1]]+Sales[A1]+Sales[It''s A1]+A1",
            "Sales[[#This Row],[A1]]+Sales[A1]+Sales[It''s A1]+B2",
        ),
        (
            "LOG10(A1)+_xlfn.BASE(A1,2)+TAX2024_rate+R1C1+my.A1",
            "LOG10(B2)+_xlfn.BASE(B2,2)+TAX2024_rate+R1C1+my.A1",
        ),
        ("#REF!+A1+#N/A+Sheet1!#REF!", "#REF!+B2+#N/A+Sheet1!#REF!"),
        ("IF(A1>1.5E3,TRUE,A1%)", "IF(B2>1.5E3,TRUE,B2%)"),
        ("_xlfn.ANCHORARRAY(A1)+SUM(A1:INDEX(B:B,3))", "_xlfn.ANCHORARRAY(B2)+SUM(B2:INDEX(C:C,3))"),
        ("XFE1+A1048577+A0", "XFE1+A1048577+A0"),
        ("Größe!Ä1+Größe!A1", "Größe!Ä1+Größe!B2"),
        ("A1048576+XFD1", "#REF!+#REF!"),
    ],
)
def test_copied_formula(formula: str, one_down_one_right: str) -> None:
    """Relative rows and columns move, fixed ones, names, functions, texts and structured references do not."""
    assert shifted(formula, 1, 1) == one_down_one_right


@given(
    parts=st.lists(
        st.sampled_from(["B2", "$B2", "B$2", "Sales[[#This Row],[B2]]", '"B2"', "SUM($B$2:B2)", "'a b'!B2", "7"]),
        min_size=1,
    ),
    row=st.integers(2, 1_048_570),
)
def test_a_formula_for_any_row(parts: list[str], row: int) -> None:
    """The quick way for many rows comes to the same as shifting the formula for each."""
    formula = "+".join(parts)
    assert Relative(formula, 2).at(row) == shifted(formula, row - 2)


@given(
    cells=st.lists(
        st.builds(
            "{}{}{}{}".format,
            st.sampled_from(["", "$"]),
            st.sampled_from(["A", "Z", "AA", "XFC"]),
            st.sampled_from(["", "$"]),
            st.integers(1, 9000),
        ),
        min_size=2,
        max_size=4,
    ),
    rows=st.integers(0, 9000),
)
def test_openpyxl_shifts_the_same(cells: list[str], rows: int) -> None:
    """openpyxl's own translation of formulas comes to the same."""
    formula = f"SUM({cells[0]}:{cells[1]})*N('a b'!{cells[-1]})&\"A1\""
    translated = Translator("=" + formula, origin="B2").translate_formula(f"B{2 + rows}")
    assert shifted(formula, rows) == translated[1:]
