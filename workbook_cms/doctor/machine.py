"""What the doctor and the setup may ask of a computer, and change on it. Everything outside goes through here.

`ThisMachine` in `here` is the real one. Since the rest asks nothing but this, what holds on Windows and macOS can be
tested anywhere with given facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Protocol

__all__ = [
    "FileFacts",
    "LibreOffice",
    "Machine",
    "Output",
    "RegistryValue",
    "System",
    "below",
    "conf_folder",
    "expanded",
]

RegistryValue = str | int


class System(StrEnum):
    """Operating systems, by the names people know."""

    WINDOWS = "Windows"
    MACOS = "macOS"
    LINUX = "Linux"


@dataclass(frozen=True)
class FileFacts:
    """What the file system says of a file or folder; ``modified`` in UTC."""

    folder: bool = False
    modified: dt.datetime = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
    read_only: bool = False


@dataclass(frozen=True)
class Output:
    """What a program said, and the code it ended with."""

    code: int
    text: str


@dataclass(frozen=True)
class LibreOffice:
    """A LibreOffice that is installed.

    Attributes:
        program: The program.
        hindrance: Why this Python cannot drive it, and what to do about it; None when it can.
    """

    program: PurePath
    hindrance: tuple[str, str] | None = None


class Machine(Protocol):
    """A computer and the account that is logged on."""

    @property
    def system(self) -> System:
        """The operating system."""

    @property
    def home(self) -> PurePath:
        """Home folder of the account."""

    @property
    def environ(self) -> Mapping[str, str]:
        """Environment variables."""

    @property
    def python(self) -> PurePath:
        """The Python that runs this program."""

    @property
    def python_version(self) -> tuple[int, int, int]:
        """Its version."""

    @property
    def code_page(self) -> str:
        """The encoding in which VBA and other old programs of this system read and write text files."""

    @property
    def now(self) -> dt.datetime:
        """The clock, UTC."""

    def path(self, text: str) -> PurePath:
        """Text as a path of this system."""

    def package_version(self, name: str) -> str:
        """Version of an installed Python package, "" where it is missing."""

    def package_file(self, package: str, name: str) -> bytes | None:
        """A file that an installed Python package brings along."""

    def read(self, path: PurePath) -> bytes | None:
        """Content of a file or of a named stream of one (``x.xlsm:Zone.Identifier``); None where it cannot be read."""

    def facts(self, path: PurePath) -> FileFacts | None:
        """What the file system says of a path, None where there is nothing."""

    def names(self, folder: PurePath) -> list[str]:
        """Names in a folder, sorted; none where it is missing or closed."""

    def resolved(self, path: PurePath) -> PurePath:
        """The absolute path, links followed."""

    def file_system(self, path: PurePath) -> str:
        """Kind of the file system a path lies on in small letters (``ntfs``, ``cifs``, ``network``), "" unknown."""

    def free(self, path: PurePath) -> int | None:
        """Free bytes for this account where a path lies."""

    def may_write(self, folder: PurePath) -> bool:
        """Whether a file can be made in a folder; tried, since rights alone do not tell."""

    def registry(self, key: str) -> Mapping[str, RegistryValue]:
        r"""Values of a key of the Windows registry, such as ``HKCU\Software\X``, by name; the default value is ""."""

    def subkeys(self, key: str) -> list[str]:
        """Names of the keys below one."""

    def output(self, command: Sequence[str]) -> Output | None:
        """Run a program, for some seconds at most; None where it cannot be run or does not end."""

    def libreoffice(self) -> LibreOffice | None:
        """The LibreOffice that the forms would use, None where none is installed."""

    # changes, for the setup ----------------------------------------------------------------------------------

    def write(self, path: PurePath, data: bytes | None) -> None:
        """Put a file in place in one step, folders made; None takes it away.

        Raises:
            OSError: It cannot be done; the file is then as it was.
        """

    def set_registry(self, key: str, name: str, value: str | None) -> None:
        """Set a value of the registry of this account; None takes it away.

        Raises:
            OSError: It cannot be done.
        """


def below(machine: Machine, path: PurePath, folder: PurePath) -> bool:
    """Whether ``path`` is ``folder`` or lies in it; letter case counts on Linux alone."""
    if machine.system is not System.MACOS:
        return path.is_relative_to(folder)
    return machine.path(str(path).casefold()).is_relative_to(machine.path(str(folder).casefold()))


def expanded(machine: Machine, text: str) -> str:
    """Text with environment variables filled in as the system writes them: ``%USERPROFILE%``, ``$HOME``."""
    for name, value in sorted(machine.environ.items(), key=lambda item: -len(item[0])):
        if machine.system is System.WINDOWS:
            at = text.casefold().find(f"%{name}%".casefold())
            if at >= 0:
                text = text[:at] + value + text[at + len(name) + 2 :]
        else:
            text = text.replace(f"${{{name}}}", value).replace(f"${name}", value)
    return text


def conf_folder(machine: Machine) -> PurePath:
    """Where programs keep settings of the account: ``%APPDATA%``, ``~/Library/Application Support``, ``~/.config``."""
    if machine.system is System.WINDOWS:
        given = machine.environ.get("APPDATA", "")
        return machine.path(given) if given else machine.home / "AppData" / "Roaming"
    if machine.system is System.MACOS:
        return machine.home / "Library" / "Application Support"
    given = machine.environ.get("XDG_CONFIG_HOME", "")
    return machine.path(given) if given else machine.home / ".config"
