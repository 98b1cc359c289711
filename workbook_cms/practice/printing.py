"""The cheat sheet as a page to print (HTML) or to put into a wiki (Markdown)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from validation.policy import Policy
from workbook_cms.errors import FileError, InputError
from workbook_cms.practice.cheat_sheet import CheatSheet, Row, cheat_sheet

__all__ = ["as_html", "as_markdown", "write_cheat_sheet"]

#: A4 on its side, three columns; a browser's print dialog makes PDF of it. No image, no script, nothing from outside.
_STYLE = """
@page { size: A4 landscape; margin: 9mm; }
* { box-sizing: border-box; }
body { font: 7.6pt/1.28 Carlito, Calibri, Arial, sans-serif; color: #1f2937; margin: 0 auto; max-width: 279mm; }
header { display: flex; justify-content: space-between; align-items: baseline; border-bottom: 2px solid #1f5aa8;
  margin-bottom: 2.5mm; }
h1 { font-size: 14pt; color: #1f5aa8; margin: 0 0 1mm; }
header p { margin: 0; color: #4b5563; }
main { columns: 3; column-gap: 6mm; column-rule: 1px solid #d7dde6; }
h2 { font-size: 10pt; color: #ffffff; background: #1f5aa8; margin: 0 0 1mm; padding: .4mm 1.5mm; break-after: avoid;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
h3 { font-size: 8pt; color: #1f5aa8; margin: 1.6mm 0 .4mm; border-bottom: 1px solid #d7dde6; break-after: avoid; }
section { margin-bottom: 3mm; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .15mm 0; overflow-wrap: anywhere; }
th { width: 27mm; padding-right: 2mm; }
tr { break-inside: avoid; }
.star { color: #b42318; }
ul { margin: 0; padding-left: 3.5mm; }
p { margin: 0; }
@media screen { body { padding: 8mm; background: #ffffff; font-size: 10pt; } th { width: 11em; } }
@media screen and (max-width: 60em) { main { columns: 1; } }
"""
_LEGEND = "* required"


def write_cheat_sheet(policy: Policy, out: Path) -> None:
    """Write the cheat sheet of a policy; the ending says how.

    Raises:
        InputError: The name ends with neither ``.html`` nor ``.md``.
        FileError: The file cannot be written.
    """
    ending = out.suffix.lower()
    if ending not in {".html", ".htm", ".md"}:
        remedy = "Open the .html in a browser and print it, to paper or as PDF." if ending == ".pdf" else ""
        raise InputError(out.name, "a cheat sheet is written as .html or .md.", remedy or "Choose one of them.")
    sheet = cheat_sheet(policy)
    try:
        out.write_text(as_markdown(sheet) if ending == ".md" else as_html(sheet), encoding="utf-8", newline="\n")
    except OSError as error:
        raise FileError(
            str(out), f"cannot be written ({error.strerror}).", "Name another file with --out."
        ) from None


def as_html(sheet: CheatSheet) -> str:
    """One page of HTML; whatever the policy holds is shown as text."""
    title = f"{sheet.organisation}: entering records"
    body = "\n".join(_html(sheet))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<header><h1>{escape(title)}</h1><p>{_LEGEND}</p></header>\n"
        f"<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _html(sheet: CheatSheet) -> Iterator[str]:
    for form in sheet.forms:
        yield f"<section><h2>{escape(form.title)}</h2>"
        for title, rows in form.sections:
            yield f"<h3>{escape(title)}</h3>" if title else ""
            yield _rows(rows)
        for label, rows in form.needs:
            yield f"<h3>{escape(_needed(label))}</h3>" + _rows(rows)
        if form.rules:
            yield "<h3>Also</h3><ul>" + "".join(f"<li>{escape(rule)}</li>" for rule in form.rules) + "</ul>"
        yield "</section>"
    yield "<section><h2>Lists</h2>"
    for part in sheet.lists:
        yield f"<h3>{escape(part.title)}</h3>"
        yield _rows(part.guided) if part.guided else f"<p>{escape(part.values)}</p>"
    yield "</section><section><h2>Keys</h2>"
    for title, rows in sheet.keys:
        yield f"<h3>{escape(title)}</h3>" + _rows(rows)
    yield "</section>"


def _needed(label: str) -> str:
    return f"What is needed by {label}"


def _rows(rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        star = ' <span class="star">*</span>' if row.marked else ""
        lines.append(f'<tr><th scope="row">{escape(row.name)}{star}</th><td>{escape(row.text)}</td></tr>')
    return f"<table>{''.join(lines)}</table>"


def as_markdown(sheet: CheatSheet) -> str:
    """The same for a wiki."""
    return "\n".join(_markdown(sheet)) + "\n"


def _markdown(sheet: CheatSheet) -> Iterator[str]:
    yield f"# {_text(sheet.organisation)}: entering records"
    yield from ("", f"\\{_LEGEND}")
    for form in sheet.forms:
        yield from ("", f"## {_text(form.title)}")
        for title, rows in form.sections:
            yield from _table(title, ("Field", "What to enter"), rows)
        for label, rows in form.needs:
            yield from _table(_needed(label), (label, "Fill in"), rows)
        if form.rules:
            yield from ("", "### Also", "")
            yield from (f"- {_text(rule)}" for rule in form.rules)
    yield from ("", "## Lists")
    for part in sheet.lists:
        if part.guided:
            yield from _table(part.title, ("Value", "What to ask and do"), part.guided)
        else:
            yield from ("", f"### {_text(part.title)}", "", _text(part.values))
    yield from ("", "## Keys")
    for title, rows in sheet.keys:
        yield from _table(title, ("Key", "What it does"), rows)


def _table(title: str, heads: tuple[str, str], rows: Sequence[Row]) -> Iterator[str]:
    if title:
        yield from ("", f"### {_text(title)}")
    yield from ("", f"| {_text(heads[0])} | {_text(heads[1])} |", "|---|---|")
    for row in rows:
        star = r" \*" if row.marked else ""
        yield f"| {_text(row.name)}{star} | {_text(row.text)} |"


def _text(text: str) -> str:
    r"""Text that Markdown shows as it is: its own signs are escaped, line breaks become spaces."""
    flat = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in flat)
