"""Owner files: what Excel and LibreOffice leave beside a workbook that they have open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

__all__ = ["OpenBy", "owner"]


@dataclass(frozen=True)
class OpenBy:
    """Who has a workbook open, as far as is known, and since when (UTC; None where unknown)."""

    name: str
    since: dt.datetime | None


def owner(path: Path) -> OpenBy | None:
    """Who says, in an owner file beside the workbook, that it is open: Excel's or LibreOffice's."""
    for file_of, name_in in (
        (path.with_name(f"~${path.name}"), _excel_owner),
        (path.with_name(f".~lock.{path.name}#"), _libreoffice_owner),
    ):
        try:
            with file_of.open("rb") as file:
                data = file.read(4096)
            since = dt.datetime.fromtimestamp(file_of.stat().st_mtime, dt.UTC)
        except FileNotFoundError:
            continue
        except OSError:
            # Excel on Windows keeps its owner file locked: that it is there says enough.
            return OpenBy("", None)
        return OpenBy(name_in(data), since)
    return None


def _excel_owner(data: bytes) -> str:
    """The name in ``~$customers.xlsx``: one byte length, then the name; again as UTF-16 from byte 55 on."""
    wide = int.from_bytes(data[55:57], "little")
    if len(data) >= 57 and 0 < wide <= 54 and len(data) >= 57 + 2 * wide:
        return data[57 : 57 + 2 * wide].decode("utf-16-le", "replace").strip("\0 ")
    length = data[0] if data else 0
    return data[1 : 1 + length].decode("cp1252", "replace").strip("\0 ")


def _libreoffice_owner(data: bytes) -> str:
    """The name in ``.~lock.customers.xlsx#``: name, account, machine, date, profile, separated by commas."""
    fields = data.decode("utf-8", "replace").split(",")
    return next((field.strip() for field in fields[:2] if field.strip()), "")
