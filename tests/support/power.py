"""A disk that loses power: what was not flushed may be there, not be there, or be there in part."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import combinations
from pathlib import Path

from tests.support.disk_calls import Call

__all__ = ["Disk", "State", "lay"]

#: Up to so many changes of names that were not flushed, every choice among them is tried.
_ALL_CHOICES = 4

#: Path below the root -> content; None for a folder.
State = dict[str, bytes | None]


@dataclass
class _File:
    """A file by what programs see in it, and what is sure to be there after the power was cut."""

    content: bytearray = field(default_factory=bytearray)
    kept: bytes = b""

    @property
    def flushed(self) -> bool:
        return bytes(self.content) == self.kept

    def after(self, share: float) -> bytes:
        """The content when that share of what was not flushed had reached the disk."""
        if self.flushed or share == 0:
            return self.kept
        return bytes(self.content) if share == 1 else bytes(self.content[: int(len(self.content) * share)])


@dataclass(frozen=True)
class _Change:
    """A change of names that no flush of its folder has made sure of yet. A rename is one step, as on disks with a
    journal; whether the creation of the old name was kept does not matter for the new one."""

    kind: str
    path: str
    to: str = ""
    file: _File | None = None

    def folders(self) -> set[str]:
        return {str(Path(name).parent) for name in (self.path, self.to) if name}

    def apply(self, names: dict[str, _File | None]) -> None:
        if self.kind == "rename":
            names.pop(self.path, None)
            names[self.to] = self.file
        elif self.kind in ("unlink", "rmdir"):
            names.pop(self.path, None)
        else:
            names[self.path] = self.file


class Disk:
    """Follows the calls of a program, and gives the states that a cut of power could leave."""

    def __init__(self, root: Path) -> None:
        """All that lies below ``root`` now is safely there."""
        self.root = root
        self.names: dict[str, _File | None] = {}
        self.by_inode: dict[int, _File] = {}  # of those made by the program
        for path in sorted(root.rglob("*")):
            file = None if path.is_dir() else _File(bytearray(path.read_bytes()), path.read_bytes())
            self.names[str(path)] = file
        self.kept = dict(self.names)
        self.pending: list[_Change] = []

    def follow(self, call: Call) -> None:
        """The call was made."""
        path = str(call.path)
        match call.kind:
            case "create":
                file = self.by_inode[call.inode] = _File()
                self._change(_Change("create", path, file=file))
            case "truncate":
                self._file(call).content.clear()
            case "write":
                file = self._file(call)
                file.content[call.offset : call.offset + len(call.data)] = call.data
            case "rename":
                self._change(_Change("rename", path, str(call.to), self.names[path]))
            case "unlink" | "rmdir" | "mkdir":
                self._change(_Change(call.kind, path))
            case "fsync":
                self._flush(call, path)

    def _change(self, change: _Change) -> None:
        change.apply(self.names)
        self.pending.append(change)

    def _file(self, call: Call) -> _File:
        file = self.names.get(str(call.path))  # one that was there before, or still has the name it was made under
        return file if file else self.by_inode[call.inode]

    def _flush(self, call: Call, path: str) -> None:
        if path != str(self.root) and self.names.get(path, self) is not None:
            file = self._file(call)
            file.kept = bytes(file.content)
            return
        for change in list(self.pending):
            if path in change.folders():
                change.apply(self.kept)
                self.pending.remove(change)

    def states(self) -> Iterator[tuple[str, State]]:
        """What the disk may hold when the power is cut now, each once, with a digest of it."""
        seen = set()
        for chosen in _choices(self.pending):
            names = dict(self.kept)
            for change in chosen:
                change.apply(names)
            there = {name: file for name, file in names.items() if self._reached(name, names)}
            for share in (0.0, 0.5, 1.0):
                state = {name: file.after(share) if file else None for name, file in sorted(there.items())}
                digest = sha256(repr(state).encode()).hexdigest()
                if digest not in seen:
                    seen.add(digest)
                    yield digest, {str(Path(name).relative_to(self.root)): data for name, data in state.items()}

    def _reached(self, name: str, names: dict[str, _File | None]) -> bool:
        """Whether all folders above a name are there."""
        above = [str(folder) for folder in Path(name).parents if self.root in folder.parents]
        return all(folder in names for folder in above)


def _choices(pending: Sequence[_Change]) -> Iterator[Iterable[_Change]]:
    """Which of the changes may have been kept: any, or of many none, the first few, all but one, one alone."""
    if len(pending) <= _ALL_CHOICES:
        for size in range(len(pending) + 1):
            yield from combinations(pending, size)
        return
    for number in range(len(pending) + 1):
        yield pending[:number]
    for number in range(len(pending)):
        yield [pending[number]]
        yield [*pending[:number], *pending[number + 1 :]]


def lay(state: State, folder: Path) -> None:
    """Puts a state on a disk that works."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in sorted(state.items()):
        target = folder / name
        if data is None:
            target.mkdir()
        else:
            target.write_bytes(data)
