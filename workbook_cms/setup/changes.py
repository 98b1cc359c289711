"""One thing that the setup changes on a computer, said before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from workbook_cms.doctor.machine import Machine

__all__ = ["Change", "FileChange", "RegistryChange"]


@dataclass(frozen=True)
class Change:
    """Something to do.

    Attributes:
        id: Stays the same from version to version, such as ``start-at-login``.
        about: What it is for, a sentence.
    """

    id: str
    about: str

    @property
    def place(self) -> str:
        """The file or setting that changes."""
        raise NotImplementedError

    def needed(self, machine: Machine) -> bool:
        """Whether the machine is not so already."""
        raise NotImplementedError

    def do(self, machine: Machine) -> None:
        """Do it.

        Raises:
            OSError: It cannot be done; nothing was changed.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class FileChange(Change):
    """A file is put in place, or taken away where ``data`` is None."""

    path: PurePath
    data: bytes | None

    @property
    def place(self) -> str:
        """The file."""
        return str(self.path)

    def needed(self, machine: Machine) -> bool:
        """Whether the file differs."""
        return machine.read(self.path) != self.data

    def do(self, machine: Machine) -> None:
        """Write the file."""
        machine.write(self.path, self.data)


@dataclass(frozen=True)
class RegistryChange(Change):
    """A value of the registry is set, or taken away where ``value`` is None."""

    key: str
    name: str
    value: str | None

    @property
    def place(self) -> str:
        """The key and the name of the value."""
        return rf"{self.key}\{self.name}"

    def needed(self, machine: Machine) -> bool:
        """Whether the value differs."""
        return machine.registry(self.key).get(self.name) != self.value

    def do(self, machine: Machine) -> None:
        """Set the value."""
        machine.set_registry(self.key, self.name, self.value)
