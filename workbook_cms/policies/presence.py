"""Whether a workbook has a policy at all, and what to do where it has none."""

from __future__ import annotations

from workbook_cms.errors import NoPolicyError, PolicyError
from workbook_cms.file.package import Package
from workbook_cms.layout import FORMS_SHEET
from workbook_cms.policies import sheets

__all__ = ["require_policy"]


def require_policy(package: Package, place: str) -> None:
    """Refuse a workbook whose rules are not known.

    Args:
        package: The workbook.
        place: Its name, for messages.

    Raises:
        NoPolicyError: It has no policy.
        PolicyError: Some of its policy tables are missing.
    """
    missing = [name for name in sheets.TABLE_NAMES if name not in package.tables]
    if len(missing) == len(sheets.TABLE_NAMES):
        if any(sheet.name == FORMS_SHEET for sheet in package.sheets):
            raise NoPolicyError(
                place,
                "this is a front-end: it has forms, but neither records nor rules.",
                "Give the record workbook that it writes into; `workbook-cms doctor` names it.",
            )
        raise NoPolicyError(
            place,
            "the workbook has no policy, so its rules are not known.",
            "Make a new one with `workbook-cms new` and import the records into it.",
        )
    if missing:
        raise PolicyError(
            place,
            f"the policy table {missing[0]} is missing.",
            "Its sheet was deleted, or the table renamed: undo that, or restore an earlier copy.",
        )
