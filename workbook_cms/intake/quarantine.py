"""Refused rows in a workbook of their own, with the reasons, so that they can be mended and taken in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from validation.findings import Finding
from workbook_cms.errors import FileError

__all__ = ["ADDED_COLUMNS", "SHEET", "Quarantine", "RefusedRow", "reasons_of"]

SHEET = "Refused rows"
#: Columns beside the original ones; taken off again when the workbook is imported.
ADDED_COLUMNS = ("Line", "Reasons")
_CELL_LIMIT = 32_767
_ENDING = "-refused"


@dataclass(frozen=True)
class RefusedRow:
    """A row that did not go in.

    Attributes:
        line: Where it stands in the source.
        values: Its original values in the order of the source's columns; there may be more or fewer than columns.
        reasons: Why, a sentence each.
        wrong: Source columns that a reason speaks of, by number; they are marked.
    """

    line: int
    values: Sequence[str | None]
    reasons: Sequence[str]
    wrong: frozenset[int] = frozenset()
    causes: tuple[str, ...] = ()
    """The same in short, to be counted: ``Phone ENT010``."""
    findings: tuple[Finding, ...] = ()
    """What rules say of it; none where the row itself is not well formed."""


class Quarantine:
    """The workbook beside the source that refused rows go to: ``contacts-refused.xlsx``, or the next free number.

    The name is taken when the object is made, before anything is imported, so that a folder that cannot be
    written is known while nothing has happened yet. Use it as a context manager: a name that was not used
    is given back.
    """

    def __init__(self, source: Path, folder: Path | None = None) -> None:
        """Take a free name.

        Raises:
            FileError: The folder cannot be written.
        """
        self.path = _free_name(source, folder or source.parent)
        self._written = False

    def __enter__(self) -> Quarantine:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._written:
            with suppress(OSError):
                self.path.unlink()

    def write(self, columns: Sequence[str], refused: Iterable[RefusedRow]) -> Path:
        """Write the rows, values untouched and as text, in front of them their line and the reasons.

        Raises:
            FileError: The disk is full or the folder can no longer be written.
        """
        import xlsxwriter  # noqa: PLC0415 - needed only when rows were refused
        from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

        # As text whatever it looks like: a formula from a stranger's file must not run, 0412 must keep its nought.
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(str(self.path), options)
        formats = {
            "head": book.add_format(
                {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "valign": "top"}
            ),
            "text": book.add_format({"num_format": "@", "valign": "top"}),
            "wrong": book.add_format({"num_format": "@", "valign": "top", "bg_color": "#FCE4D6"}),
            "reason": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        sheet = book.add_worksheet(SHEET)
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, len(columns) + 1, 18, formats["text"])
        sheet.freeze_panes(1, 2)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for number, name in enumerate((*ADDED_COLUMNS, *columns)):
            sheet.write_string(0, number, name, formats["head"])
        width = len(columns)
        for number, row in enumerate(refused, start=1):
            reasons = list(row.reasons)
            for column, value in enumerate(row.values):
                if value is None:
                    continue
                if len(value) > _CELL_LIMIT:
                    name = columns[column] if column < width else f"field {column + 1}"
                    reasons.append(f"{name} is cut here; the whole value is on line {row.line} of the source.")
                style = formats["wrong" if column in row.wrong or column >= width else "text"]
                sheet.write_string(number, column + 2, value[:_CELL_LIMIT], style)
            sheet.write_number(number, 0, row.line)
            sheet.write_string(number, 1, "\n".join(reasons)[:_CELL_LIMIT], formats["reason"])
        try:
            book.close()
        except (FileCreateError, OSError) as error:
            raise FileError(
                str(self.path),
                f"the refused rows cannot be written ({error}).",
                "Free some space and import again.",
            ) from None
        self._written = True
        return self.path


def _free_name(source: Path, folder: Path) -> Path:
    stem = source.stem
    if _ENDING in stem:  # rows refused once more keep the first name: contacts-refused-2.xlsx
        stem = stem[: stem.rindex(_ENDING)]
    number = 1
    while True:
        name = f"{stem}{_ENDING}{'' if number == 1 else f'-{number}'}.xlsx"
        try:
            (folder / name).open("xb").close()
        except FileExistsError:
            number += 1
        except OSError as error:
            raise FileError(
                str(folder),
                f"the workbook for refused rows cannot be put here ({error.strerror}).",
                "Copy the source to a folder that you may write to.",
            ) from None
        else:
            return folder / name


def reasons_of(findings: Sequence[Finding], columns: Mapping[str, int]) -> tuple[list[str], frozenset[int]]:
    """Reasons, and the source columns they speak of, from an entry's findings; ``columns`` by field label."""
    reasons = []
    for finding in findings:
        reasons.append(": ".join(part for part in (finding.field, finding.message) if part) + f" [{finding.code}]")
    wrong = frozenset(columns[f.field] for f in findings if f.field in columns)
    return reasons, wrong
