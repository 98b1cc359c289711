"""The data shared beside the checkout: genuine workbooks, customers, leads."""

from __future__ import annotations

from pathlib import Path

from tests.support.require import missing

__all__ = ["shared"]

_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared(name: str) -> Path:
    """The shared file or folder ``name``.

    Skips the test where it is missing; fails it when WORKBOOK_CMS_REQUIRE names ``data``.
    """
    path = _DATA / name
    if not path.exists():
        missing("data", f"the shared data does not lie beside this checkout ({path})")
    return path
