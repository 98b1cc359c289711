"""A policy on its way through a spreadsheet or a text file: the copy to edit, and the changed policy read back."""

from __future__ import annotations

from pathlib import Path

from validation.policy import Policy
from workbook_cms.errors import InputError
from workbook_cms.file.builder import build
from workbook_cms.file.layout import HomeLink, HomeSpec, WorkbookSpec
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_tables
from workbook_cms.policies import sheets, text
from workbook_cms.policies.problems import Reading

__all__ = ["TEXT_SUFFIXES", "copy_path", "original", "read_changed", "write_copy"]

TEXT_SUFFIXES = frozenset({".yaml", ".yml"})
_COPY = "-policy"


def copy_path(workbook: Path) -> Path:
    """Where the copy to edit lies unless told otherwise: ``customers-policy.xlsx`` beside ``customers.xlsx``."""
    return workbook.with_name(f"{workbook.stem}{_COPY}.xlsx")


def original(copy: Path) -> Path | None:
    """The workbook beside a copy that has its name from `copy_path`; None where there is none.

    A label changed in the copy may stand under its old name in other rows: only the original tells what is meant.
    """
    if not copy.stem.endswith(_COPY):
        return None
    found = (copy.with_name(copy.stem.removesuffix(_COPY) + ending) for ending in (".xlsx", ".xlsm"))
    return next((path for path in found if path.is_file()), None)


def write_copy(policy: Policy, path: Path, source: Path) -> None:
    """Write a small workbook with the policy's sheets alone, unlocked; ``source`` is the workbook it belongs to.

    Raises:
        FileError: The file is there already, or the folder cannot be written to.
    """
    pages, names = sheets.editing_sheets(policy)
    home = HomeSpec(
        title="The rules, to be changed",
        subtitle=f"A copy of the policy of {source.name}",
        links=tuple(HomeLink(page.title, page.title, page.intro) for page in pages if not page.hidden),
        steps=(
            (
                "Change",
                "Edit the sheets: a label, a list, a condition. Add a row for a new field or a new list value.",
            ),
            ("Retire", "Set a field to retired, or a list value to not active, rather than deleting it."),
            ("Keep the ids", "An id is how data and history find a field; its label may change freely."),
            ("Check", f"workbook-cms policy apply {source.name} {path.name} --dry-run"),
            ("Apply", f"workbook-cms policy apply {source.name} {path.name}"),
        ),
    )
    build(path, WorkbookSpec(home, pages, names, title=f"Policy of {source.name}"))


def read_changed(path: Path, before: Policy | None = None) -> Reading:
    """The policy in an edited copy, in YAML, or in a record workbook itself, with all that is wrong with it.

    ``before`` is the policy from which the copy was made: rows that still use a field's earlier label find it.

    Raises:
        InputError: There is no such file, or it is not text.
        FileError: It is not a workbook that can be read safely.
    """
    if path.suffix.lower() in TEXT_SUFFIXES:
        try:
            return text.read(path.read_text(encoding="utf-8-sig"), path.name)
        except FileNotFoundError:
            raise InputError(str(path), "there is no such file.", "Check the name and the folder.") from None
        except (OSError, UnicodeDecodeError):
            raise InputError(str(path), "cannot be read as text.", "Save it as UTF-8.") from None
    package = Package.open(path)
    missing = [name for name in sheets.TABLE_NAMES if name not in package.tables]
    if missing:
        raise InputError(
            path.name,
            f"the policy table {missing[0]} is not in it.",
            "Start from the copy that `workbook-cms policy edit` makes.",
        )
    tables = read_tables(package, sheets.TABLE_NAMES)
    outside = [f"sheet {table.sheet}, cell {cell}" for table in tables.values() for cell in table.stray]
    if outside:
        more = f", and so do {len(outside) - 1} more cells" if len(outside) > 1 else ""
        raise InputError(
            f"{path.name}, {outside[0]}",
            f"this stands outside the table{more}, so it would not count as a rule.",
            "Drag the table's lower right corner over it, or empty it.",
        )
    return sheets.read(tables, before)
