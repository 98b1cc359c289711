"""What a front-end knows about itself: a small block on its hidden sheet."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from workbook_cms.errors import FileError
from workbook_cms.layout import FORMS_SHEET

__all__ = ["SETTINGS_NAME", "SETTINGS_SHEET", "FrontEndSettings", "Kind"]

SETTINGS_SHEET = FORMS_SHEET
SETTINGS_NAME = "cms_settings"


class Kind(StrEnum):
    """What a workbook with forms is."""

    FRONT_END = "front-end"
    ONE_WORKBOOK = "one workbook"


@dataclass(frozen=True)
class FrontEndSettings:
    """The settings block.

    Attributes:
        kind: What the workbook is.
        record: Path of the record workbook, relative to the folder of the front-end where possible.
        record_absolute: The same, absolute, as it was when the front-end was made.
        policy: Digest of the policy its lists, help and marks are from.
        layout: Version of the layout of its sheets.
        xlwings: Version whose RunPython is inside; "" without macros.
        made: When it was made, ISO.
    """

    kind: Kind
    record: str
    record_absolute: str
    policy: str
    layout: int
    xlwings: str = ""
    made: str = ""

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[object]]) -> FrontEndSettings:
        """Read from the rows of the block: key, value.

        Raises:
            FileError: A setting is missing or makes no sense.
        """
        found = {_text(row[0]): _text(row[1]) for row in rows if len(row) > 1 and _text(row[0])}
        try:
            return cls(
                Kind(found["kind"]),
                found["record"],
                found["record_absolute"],
                found["policy"],
                int(float(found["layout"])),
                found.get("xlwings", ""),
                found.get("made", ""),
            )
        except (KeyError, ValueError, OverflowError):
            raise FileError(
                f"sheet {SETTINGS_SHEET}",
                "the settings of this front-end are damaged.",
                "Make a new one with `workbook-cms front-end`.",
            ) from None

    def rows(self) -> list[list[str]]:
        """The rows of the block, in their order."""
        values: Mapping[str, object] = {
            "kind": self.kind,
            "record": self.record,
            "record_absolute": self.record_absolute,
            "policy": self.policy,
            "layout": self.layout,
            "xlwings": self.xlwings,
            "made": self.made,
        }
        return [[key, str(value)] for key, value in values.items()]

    def find_record(self, front_end: Path) -> Path:
        """Where the record workbook is now, for a front-end at that place.

        Raises:
            FileError: It is at neither of the places where it should be.
        """
        if self.kind is Kind.ONE_WORKBOOK:
            return front_end
        near = Path(os.path.normpath(front_end.parent / self.record.replace("\\", "/")))
        places = [near, Path(self.record_absolute)] if self.record_absolute else [near]
        for place in places:
            if place.is_file():
                return place
        raise FileError(
            near.name,
            f"the record workbook is not in {near.parent} any more.",
            "Put it back, or make a new front-end from where it is now.",
        )


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
