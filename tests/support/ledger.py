"""A workbook as an accountant might have it: a table with formulas of every sort, and much that refers to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

__all__ = ["ledger"]


def ledger(path: Path, *, totals: bool = True, rows: int = 3) -> Path:
    """The table ``Sales`` (B3:G3 and down: Item, Net, Tax, Gross, Share, Running) on the sheet ``Data``.

    ``Tax``, ``Gross``, ``Share`` and ``Running`` are calculated: by a relative reference to a rate in ``Rates!$A$1``, by
    structured references, by a range over the whole column, and as a running total. ``Sheet 2`` sums the columns by
    ranges; names, a print area, a dropdown, formats, a chart and a sparkline lie over them too.
    """
    with xlsxwriter.Workbook(str(path)) as workbook:
        data, other = workbook.add_worksheet("Data"), workbook.add_worksheet("Sheet 2")
        workbook.add_worksheet("Rates").write("A1", 0.1)
        first, last = 4, 3 + rows
        data.add_table(
            f"B3:G{last + totals}",
            {
                "name": "Sales",
                "total_row": totals,
                "columns": [
                    {"header": "Item", "total_string": "Total"},
                    {"header": "Net", "total_function": "sum"},
                    {"header": "Tax", "formula": "=C4*Rates!$A$1"},
                    {
                        "header": "Gross",
                        "formula": "=Sales[[#This Row],[Net]]+Sales[[#This Row],[Tax]]",
                        "total_function": "sum",
                    },
                    {"header": "Share", "formula": f"=C4/SUM($C$4:$C${last})"},
                    {"header": "Running", "formula": "=SUM($C$4:C4)"},
                ],
            },
        )
        money = workbook.add_format({"num_format": "#,##0.00"})
        for row in range(first, last + 1):
            data.write(f"B{row}", f"Item {row}")
            data.write(f"C{row}", 100.0 * row, money)
            data.write_formula(f"D{row}", f"=C{row}*Rates!$A$1", money, 10.0 * row)
            data.write_formula(f"F{row}", f"=C{row}/SUM($C$4:$C${last})")
            data.write_formula(f"G{row}", f"=SUM($C$4:C{row})", money)
        if totals:
            data.write_formula(f"D{last + 1}", f"=SUBTOTAL(109,D4:D{last})", money)
            data.write_formula(f"F{last + 1}", f"=E{last + 1}/C{last + 1}")
        _over(workbook, data, last, totals)
        _refer(other, last, totals)
    return path


def _over(workbook: xlsxwriter.Workbook, data: Any, last: int, totals: bool) -> None:
    """Rules, names and pictures that lie over the table's columns."""
    data.data_validation(f"C4:C{last}", {"validate": "decimal", "criteria": ">", "value": 0})
    data.data_validation("J4", {"validate": "list", "source": f"=$B$4:$B${last}"})
    data.conditional_format(f"C4:C{last}", {"type": "cell", "criteria": ">", "value": "$C$4", "format": None})
    data.conditional_format(f"C4:C{last}", {"type": "data_bar", "data_bar_2010": True})
    data.conditional_format("C5", {"type": "cell", "criteria": ">", "value": 7, "format": None})
    data.add_sparkline("I1", {"range": f"Data!$C$4:$C${last}"})
    workbook.define_name("items", f"=Data!$B$4:$B${last}")
    workbook.define_name("first_two", "=Data!$B$4:$B$5")
    data.print_area(f"A1:H{last + totals}")
    chart = workbook.add_chart({"type": "column"})
    chart.add_series(
        {"categories": f"=Data!$B$4:$B${last}", "values": f"=Data!$C$4:$C${last}", "name": "=Data!$C$3"}
    )
    data.insert_chart("K3", chart)


def _refer(other: Any, last: int, totals: bool) -> None:
    """Formulas on another sheet."""
    other.write_formula("A1", f"=SUM(Data!C4:C{last})")
    other.write_formula("A2", f'=COUNTIF(Data!$B$4:$B${last},"B4:B6")')
    other.write_formula("A3", "=Data!C4+Data!C5")
    other.write_formula("A4", "=SUM(Sales[Gross])")
    other.write_formula("A5", "=SUM(C4:C6)")
    if totals:
        other.write_formula("A6", f"=Data!C{last + 1}*2")
        other.write_formula("A7", f"=SUM(Data!C4:C{last + 1})")
