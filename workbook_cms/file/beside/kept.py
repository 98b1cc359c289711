"""What stands in the side folder: how it is named, listed and read, whatever became of it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["TIME", "Head", "JournalFile", "is_stamped", "later", "listed", "read_json"]

#: How names of the journal begin, and its length.
TIME, _TIME_LENGTH = "%Y%m%dT%H%M%S.%f", 22
_STAMPED = re.compile(r"\d{8}T\d{6}\.\d{6}-")
#: Of a journal file, more than an import of all rows that a sheet has. What is larger is not ours.
MAX_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True)
class Head:
    """Where the history ended after the last write, and the highest key numbers given out.

    Attributes:
        no: Number of the last history row.
        chain: Its chain value.
        keys: Highest key number given out, by table id; keys are never used twice.
        lost: (number, chain value) of heads that a file on disk once did not hold: an older version came back.
        archived: The latest time that a line in an archive of the history tells, "" where there is none; None where that
            is not known.
        tried: Number of the line at which lines should have moved to an archive and could not.
        coming: (number, chain value) where the history of a copy ends that is about to be put back; who did that may
            have died before it wrote the head anew.
    """

    no: int = 0
    chain: str = ""
    keys: Mapping[str, int] = field(default_factory=dict)
    lost: Sequence[tuple[int, str]] = ()
    archived: str | None = None
    tried: int = 0
    coming: tuple[int, str] | None = None

    def at(self, no: int, chain: str) -> Head:
        """The head of a file whose history ends there: where that is the copy that was to be put back, it was."""
        return Head(no, chain, self.keys) if self.coming == (no, chain) else self

    @classmethod
    def read(cls, path: Path) -> Head:
        """The head in a file, or an empty one where there is none or it cannot be read."""
        data = read_json(path) or {}
        try:
            archived, coming = data.get("archived"), data.get("coming")
            return cls(
                int(data["no"]),
                str(data["chain"]),
                {str(table): int(number) for table, number in data["keys"].items()},
                [(int(number), str(chain)) for number, chain in data["lost"]],
                None if archived is None else str(archived),
                int(data.get("tried", 0)),
                None if coming is None else (int(coming[0]), str(coming[1])),
            )
        except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError):
            return cls()


@dataclass(frozen=True)
class JournalFile:
    """An accepted submission that the workbook may not hold yet; ``data`` is None when the file is damaged."""

    path: Path
    data: Mapping[str, Any] | None

    @classmethod
    def read(cls, path: Path) -> JournalFile:
        """A file of the journal, or one that was in it."""
        return cls(path, read_json(path))


def is_stamped(name: str) -> bool:
    """Whether a name begins with a time, as those of the journal do."""
    return _STAMPED.match(name) is not None


def later(name: str, journal: Sequence[Path]) -> str:
    """The name, with the time after that of the last file of the journal where its own is not later."""
    last = max((path.name[:_TIME_LENGTH] for path in journal if is_stamped(path.name)), default="")
    if not is_stamped(name) or name[:_TIME_LENGTH] > last:
        return name
    try:
        after = dt.datetime.strptime(last, TIME) + dt.timedelta(microseconds=1)  # noqa: DTZ007 - only for order
    except (ValueError, OverflowError):
        return name  # somebody else's file
    return f"{after:{TIME}}{name[_TIME_LENGTH:]}"


def listed(folder: Path, pattern: str) -> list[Path]:
    """Files of a folder by name; none where there is no folder."""
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


def read_json(path: Path) -> Any | None:
    """The JSON object in a file; None when it holds none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)
        if "\\u" in text:
            json.dumps(data, ensure_ascii=False).encode()  # half of a pair of surrogates could be written nowhere
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
