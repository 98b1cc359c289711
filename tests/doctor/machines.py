"""Computers as facts: what Windows and macOS would answer, for tests on any system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from workbook_cms.doctor.machine import FileFacts, LibreOffice, Output, RegistryValue, System

__all__ = ["NOW", "GivenMachine", "mac", "windows"]

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


@dataclass
class GivenMachine:
    """A computer that is nothing but facts; what is written to it can be read from it again.

    Attributes:
        files: Content by path; the folders above exist.
        stamps: Facts of files that differ from the usual.
        links: Where paths lead that are links.
        kinds: File system by the path it is mounted on.
        closed: Folders that cannot be written to.
        outputs: What programs answer, by the command in one line; others cannot be run.
    """

    system: System
    home: PurePath
    environ: Mapping[str, str]
    python: PurePath
    python_version: tuple[int, int, int] = (3, 12, 4)
    now: dt.datetime = NOW
    packages: Mapping[str, str] = field(default_factory=dict)
    package_files: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    stamps: Mapping[str, FileFacts] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    closed: Sequence[str] = ()
    code_page: str = "cp1252"
    office: LibreOffice | None = None
    free_bytes: int | None = 80 << 30
    keys: dict[str, dict[str, RegistryValue]] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)

    def path(self, text: str) -> PurePath:
        """Text as a path."""
        return PureWindowsPath(text) if self.system is System.WINDOWS else PurePosixPath(text)

    def package_version(self, name: str) -> str:
        """Version of a package."""
        return self.packages.get(name, "")

    def package_file(self, package: str, name: str) -> bytes | None:
        """File of a package."""
        return self.package_files.get((package, name))

    def read(self, path: PurePath) -> bytes | None:
        """Content of a file."""
        return next((data for name, data in self.files.items() if self.path(name) == path), None)

    def facts(self, path: PurePath) -> FileFacts | None:
        """Facts of a file or folder."""
        for name, stamp in self.stamps.items():
            if self.path(name) == path:
                return stamp
        if self.read(path) is not None:
            return FileFacts(modified=NOW - dt.timedelta(days=1))
        return FileFacts(folder=True) if self.names(path) else None

    def names(self, folder: PurePath) -> list[str]:
        """Names in a folder."""
        paths = [self.path(name) for name in self.files]
        inside = [path.relative_to(folder) for path in paths if path != folder and path.is_relative_to(folder)]
        return sorted({path.parts[0] for path in inside})

    def resolved(self, path: PurePath) -> PurePath:
        """Where a path leads."""
        for link, target in self.links.items():
            if path.is_relative_to(self.path(link)):
                return self.path(target) / path.relative_to(self.path(link))
        return path

    def file_system(self, path: PurePath) -> str:
        """Kind of file system."""
        over = [(len(at), kind) for at, kind in self.kinds.items() if path.is_relative_to(self.path(at))]
        return max(over)[1] if over else ""

    def free(self, path: PurePath) -> int | None:
        """Free bytes."""
        return self.free_bytes

    def may_write(self, folder: PurePath) -> bool:
        """Whether a folder takes files."""
        return not any(folder == self.path(name) for name in self.closed)

    def registry(self, key: str) -> Mapping[str, RegistryValue]:
        """Values of a registry key."""
        return next((dict(v) for name, v in self.keys.items() if name.casefold() == key.casefold()), {})

    def subkeys(self, key: str) -> list[str]:
        """Keys below a key."""
        start = key.casefold() + "\\"
        below = [name[len(start) :] for name in self.keys if name.casefold().startswith(start)]
        return sorted({name.partition("\\")[0] for name in below})

    def output(self, command: Sequence[str]) -> Output | None:
        """What a program answers."""
        return self.outputs.get(" ".join(command))

    def libreoffice(self) -> LibreOffice | None:
        """The LibreOffice."""
        return self.office

    def write(self, path: PurePath, data: bytes | None) -> None:
        """Puts a file in place."""
        self.files = {name: content for name, content in self.files.items() if self.path(name) != path}
        if data is not None:
            self.files[str(path)] = data

    def set_registry(self, key: str, name: str, value: str | None) -> None:
        """Sets a value of the registry."""
        values = self.keys.setdefault(key, {})
        values.pop(name, None)
        if value is not None:
            values[name] = value


def windows(**facts: object) -> GivenMachine:
    """A computer with Windows and what is given."""
    usual = {"USERPROFILE": r"C:\Users\mia", "APPDATA": r"C:\Users\mia\AppData\Roaming"}
    usual |= {"LOCALAPPDATA": r"C:\Users\mia\AppData\Local", "PROGRAMFILES": r"C:\Program Files"}
    environ = facts.pop("environ", {})
    assert isinstance(environ, dict)
    home, python = PureWindowsPath(r"C:\Users\mia"), PureWindowsPath(r"C:\cms\.venv\Scripts\python.exe")
    return GivenMachine(System.WINDOWS, home, {**usual, **environ}, python, **facts)  # type: ignore[arg-type]


def mac(**facts: object) -> GivenMachine:
    """A Mac and what is given."""
    home = PurePosixPath("/Users/mia")
    usual = {"HOME": str(home)}
    python = PurePosixPath("/Users/mia/cms/.venv/bin/python")
    return GivenMachine(System.MACOS, home, usual, python, **facts)  # type: ignore[arg-type]
