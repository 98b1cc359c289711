"""Accepted entries on their way into the workbook: what one journal file holds."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from validation.history import decode_values, encode_values
from workbook_cms.file.layout import CellValue
from workbook_cms.history import Actor

__all__ = ["ADD", "UPDATE", "Entry", "Submission", "new_id"]

ADD = "add"
UPDATE = "update"
_VERSION = 1


@dataclass(frozen=True)
class Entry:
    """One record to add, or one to change.

    Attributes:
        id: Entry id (UUID), the same on the receipt, in the journal and in the history.
        action: `ADD` or `UPDATE`.
        table: Table id.
        key: Key of the record; "" for an add whose key is given out at the commit.
        values: New values by field id; for an update the changed fields only, None empties a field.
        old: For an update, the values the author saw in those fields.
        why: Reason given.
    """

    id: str
    action: str
    table: str
    key: str
    values: Mapping[str, CellValue]
    old: Mapping[str, CellValue] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class Submission:
    """Entries accepted together: one journal file, one commit, all or nothing."""

    when: dt.datetime
    actor: Actor
    policy: str
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """File name in the journal, sorted by time."""
        return f"{self.when:%Y%m%dT%H%M%S.%f}-{self.entries[0].id}"

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "version": _VERSION,
            "when": self.when.isoformat(),
            "actor": asdict(self.actor),
            "policy": self.policy,
            "entries": [
                {
                    **asdict(entry),
                    "values": json.loads(encode_values(entry.values)),
                    "old": json.loads(encode_values(entry.old)),
                }
                for entry in self.entries
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Submission:
        """The reverse of `to_json`.

        Raises:
            ValueError: The data is not a submission of a version known here.
        """
        try:
            if data["version"] != _VERSION:
                raise ValueError(f"version {data['version']} is not known")
            return cls(
                when=dt.datetime.fromisoformat(data["when"]),
                actor=Actor(**data["actor"]),
                policy=data["policy"],
                entries=tuple(_entries(data["entries"])),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not a submission") from error


def _entries(items: Any) -> Iterator[Entry]:
    for item in items:
        values, old = (decode_values(json.dumps(item[name])) for name in ("values", "old"))
        yield Entry(**{**item, "values": values, "old": old})


def new_id() -> str:
    """A fresh entry id."""
    return str(uuid.uuid4())
