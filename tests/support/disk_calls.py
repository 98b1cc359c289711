"""What a program asks of the disk, as it passes through ``os`` and ``io``: watched, made to fail, or its last act."""

from __future__ import annotations

import builtins
import contextlib
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

__all__ = ["Call", "DroppedCallError", "Watcher", "watched"]


@dataclass(frozen=True)
class Call:
    """One call that changes the disk, or makes a change last.

    Attributes:
        kind: create, truncate, write, fsync, rename, unlink, mkdir, rmdir, mode or time.
        path: What it is about; of a rename, what is renamed.
        to: Of a rename, the new name.
        inode: Number of the file it writes to, creates, cuts or flushes; 0 otherwise.
        offset, data: Of a write.
        handle: The open file, where there is one.
    """

    kind: str
    path: Path
    to: Path | None = None
    inode: int = 0
    offset: int = 0
    data: bytes = b""
    handle: int = -1


class DroppedCallError(Exception):
    """Raised by a watcher: the call is not made, and its caller not told, as some network drives do it."""


class Watcher:
    """Is asked before each call, and told after each that worked."""

    def before(self, call: Call) -> None:
        """May raise an OSError, which the call then fails with; drop the call; or end the process."""

    def after(self, call: Call) -> None:
        """The call was made."""


class _Layer:
    """The functions that stand in the place of those of ``os`` and ``io`` while calls are watched."""

    def __init__(self, root: Path, watcher: Watcher) -> None:
        self.root, self.watcher = os.path.realpath(root), watcher
        self.paths: dict[int, str] = {}  # of open files below the root
        self.real_open, self.real_io_open = os.open, io.open

    def inside(self, path: object) -> str:
        """The absolute path when it lies below the root, else ""."""
        if isinstance(path, int):
            return self.paths.get(path, "")
        full = os.path.abspath(os.fspath(path))  # type: ignore[call-overload]  # noqa: PTH100 - links are not followed
        text = full if isinstance(full, str) else os.fsdecode(full)
        return text if text == self.root or text.startswith(self.root + os.sep) else ""

    def told(self, call: Call, act: Callable[[], Any]) -> Any:
        try:
            self.watcher.before(call)
        except DroppedCallError:
            return None
        result = act()
        self.watcher.after(call)
        return result

    def open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        full = self.inside(path)
        there = bool(full) and os.path.lexists(full)
        makes = bool(full) and bool(flags & os.O_CREAT) and not there
        cuts = there and bool(flags & os.O_TRUNC)
        if makes or cuts:
            self.watcher.before(Call("create" if makes else "truncate", Path(full)))
        handle = self.real_open(path, flags, mode, dir_fd=dir_fd)
        if full:
            self.paths[handle] = full
            if makes or cuts:
                inode = os.fstat(handle).st_ino
                self.watcher.after(Call("create" if makes else "truncate", Path(full), inode=inode, handle=handle))
        return handle

    def io_open(
        self,
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> Any:
        if not self.inside(file) or not set(mode) & set("wax+"):
            return self.real_io_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        raw = _Raw(self, file, mode.replace("b", "").replace("t", ""), closefd, opener)
        if buffering == 0:
            return raw
        buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffer if "b" in mode else io.TextIOWrapper(buffer, encoding, errors, newline)

    def fsync(self, handle: Any) -> None:
        number = handle if isinstance(handle, int) else handle.fileno()
        full = self.paths.get(number, "")
        if not full:
            _REAL["fsync"](handle)
            return
        call = Call("fsync", Path(full), inode=os.fstat(number).st_ino, handle=number)
        self.told(call, lambda: _REAL["fsync"](handle))

    def close(self, handle: int) -> None:
        self.paths.pop(handle, None)
        _REAL["close"](handle)

    def two(self, name: str) -> Callable[..., Any]:
        def rename(source: Any, target: Any, **options: Any) -> Any:
            full, to = self.inside(source), self.inside(target)
            act = _REAL[name]
            if not full and not to:
                return act(source, target, **options)
            return self.told(Call("rename", Path(full), Path(to)), lambda: act(source, target, **options))

        return rename

    def one(self, name: str, kind: str) -> Callable[..., Any]:
        def act_on(path: Any, *arguments: Any, **options: Any) -> Any:
            full, act = self.inside(path), _REAL[name]
            if not full:
                return act(path, *arguments, **options)
            return self.told(Call(kind, Path(full)), lambda: act(path, *arguments, **options))

        return act_on


class _Raw(io.FileIO):
    """A file whose every write is told of before it is made."""

    def __init__(self, layer: _Layer, file: Any, mode: str, closefd: bool, opener: Any) -> None:
        self._layer = layer
        way = opener or (lambda path, flags: layer.open(path, flags, 0o666))
        if isinstance(file, int):
            super().__init__(file, mode, closefd=closefd)
        else:
            super().__init__(file, mode, closefd=closefd, opener=way)
        self._path = Path(layer.paths[self.fileno()])

    def write(self, data: Any, /) -> int:
        content = bytes(data)
        number = self.fileno()
        call = Call("write", self._path, None, os.fstat(number).st_ino, self.tell(), content, number)
        self._layer.watcher.before(call)
        written = super().write(content)
        assert written == len(content)
        self._layer.watcher.after(call)
        return written

    def close(self) -> None:
        if not self.closed:
            self._layer.paths.pop(self.fileno(), None)
        super().close()


_ONE = {
    "unlink": "unlink",
    "remove": "unlink",
    "mkdir": "mkdir",
    "rmdir": "rmdir",
    "truncate": "truncate",
    "chmod": "mode",
    "fchmod": "mode",
    "fchown": "mode",
    "utime": "time",
}
_TWO = ("rename", "replace", "link")
_REAL: dict[str, Callable[..., Any]] = {
    name: getattr(os, name) for name in ("fsync", "close", *_ONE, *_TWO) if hasattr(os, name)
}


@contextlib.contextmanager
def watched(root: Path, watcher: Watcher) -> Iterator[None]:
    """While it lasts, the watcher hears of every call on what lies below ``root``."""
    layer = _Layer(root, watcher)
    names: dict[str, Callable[..., Any]] = {"open": layer.open, "fsync": layer.fsync, "close": layer.close}
    names |= {name: layer.one(name, kind) for name, kind in _ONE.items() if name in _REAL}
    names |= {name: layer.two(name) for name in _TWO if name in _REAL}
    with contextlib.ExitStack() as stack:
        for name, function in names.items():
            stack.enter_context(mock.patch.object(os, name, function))
        stack.enter_context(mock.patch.object(io, "open", layer.io_open))
        stack.enter_context(mock.patch.object(builtins, "open", layer.io_open))
        # Copies in the kernel would pass by the files' own writes.
        stack.enter_context(mock.patch("shutil._USE_CP_SENDFILE", False, create=True))
        yield
