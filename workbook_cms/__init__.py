"""workbook_cms: a data-entry layer for teams that keep their customers in Excel.

The names below are imported when they are first used, so that a command which needs no frame starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validation.findings import Finding, Fix, Severity
    from workbook_cms.errors import (
        EntryRefusedError,
        FileError,
        InputError,
        PolicyError,
        UnknownRecordError,
        UnknownTableError,
        WorkbookCmsError,
        WorkbookLockedError,
    )
    from workbook_cms.receipts import Receipt
    from workbook_cms.workbook import Workbook

    __version__: str

__all__ = [
    "EntryRefusedError",
    "FileError",
    "Finding",
    "Fix",
    "InputError",
    "PolicyError",
    "Receipt",
    "Severity",
    "UnknownRecordError",
    "UnknownTableError",
    "Workbook",
    "WorkbookCmsError",
    "WorkbookLockedError",
    "__version__",
]

_HOMES = {
    "Finding": "validation.findings",
    "Fix": "validation.findings",
    "Receipt": "workbook_cms.receipts",
    "Severity": "validation.findings",
    "Workbook": "workbook_cms.workbook",
}


def __getattr__(name: str) -> object:
    """The public name, from the module it lives in (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbook_cms.rooms import own_validation  # noqa: PLC0415 - only when a name is asked for

    own_validation()
    value: object
    if name == "__version__":
        value = import_module("importlib.metadata").version("workbook-cms")
    else:
        value = getattr(import_module(_HOMES.get(name, "workbook_cms.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
