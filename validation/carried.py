"""What a history keeps of the lines that were moved to an archive: where it goes on, and the digests of their records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from validation.chain import Seal
from validation.history import ARCHIVED, HistoryRow, decode_values, joined

__all__ = ["Carried", "Sealed", "carried"]

_FIELD = "archived"
#: Sorts behind every time.
_ANY_TIME = "9999"


class Sealed(NamedTuple):
    """An archive as it was left: a file of these bytes holds the lines that were proven to be in it."""

    digest: str
    """SHA-256 of the file, hexadecimal."""
    size: int
    """Its bytes."""
    end: Seal
    """Its last line."""


@dataclass(frozen=True)
class Carried:
    """What the line that tells of an archiving holds; it stands for all that were archived before, too.

    Attributes:
        seal: Number and chain value of the last archived line: what the first line in the workbook continues.
        files: Archives, oldest first, as seen from the workbook.
        records: Salt, digest and time of the last archived line of each record, by (table name, key).
        until: The latest time that an archived line tells, "" where no line was archived: an entry accepted later stands
            in no archive.
    """

    seal: Seal = field(default_factory=Seal)
    files: tuple[str, ...] = ()
    records: Mapping[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    until: str = ""
    sealed: Mapping[str, Sealed] = field(default_factory=dict)
    decided: Mapping[tuple[str, str, str], int] | None = field(default_factory=dict)

    def values(self) -> dict[str, object]:
        """As the values of the line."""
        tables: dict[str, dict[str, tuple[str, str, str]]] = {}
        for (table, key), known in self.records.items():
            tables.setdefault(table, {})[key] = known
        data: dict[str, object] = {
            "seal": self.seal,
            "files": self.files,
            "records": tables,
            "until": self.until,
            "sealed": self.sealed,
        }
        if self.decided is not None:
            data["decided"] = [[*alert, no] for alert, no in self.decided.items()]
        return {_FIELD: json.dumps(data, ensure_ascii=False, separators=(",", ":"))}


def carried(history: Sequence[HistoryRow]) -> Carried:
    """What the newest such line of a history holds; nothing where no line was archived."""
    at = next((place for place in range(len(history) - 1, -1, -1) if history[place].action == ARCHIVED), -1)
    if at < 0:
        return Carried()
    try:
        data = json.loads(decode_values(next(joined(history[at:])).values)[_FIELD])
        number, chain = data["seal"]
        tables = data["records"].items()
        records = {
            (table, key): (str(s), str(d), str(w)) for table, keys in tables for key, (s, d, w) in keys.items()
        }
        files = tuple(map(str, data["files"]))
        sealed = {
            str(name): Sealed(str(digest), int(size), Seal(int(no), str(end)))
            for name, (digest, size, (no, end)) in data.get("sealed", {}).items()
        }
        decided = (
            {(str(t), str(k), str(a)): int(no) for t, k, a, no in data["decided"]} if "decided" in data else None
        )
        until = str(data.get("until", _ANY_TIME))
        return Carried(Seal(int(number), str(chain)), files, records, until, sealed, decided)
    except (AttributeError, KeyError, TypeError, ValueError):
        return Carried()  # a damaged line: the chain says so
