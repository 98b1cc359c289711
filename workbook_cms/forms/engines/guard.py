"""Turns what LibreOffice answers when it cannot go on into the errors that people can read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any, Protocol, TypeVar

from workbook_cms.forms.engines import uno_bridge
from workbook_cms.forms.engines.errors import BookClosedError, SpreadsheetError, SpreadsheetGoneError

__all__ = ["Guarded", "Part", "explain", "guarded"]

_Class = TypeVar("_Class", bound=type)


class Guarded(Protocol):
    """What a guarded object knows of where it belongs."""

    def alive(self) -> bool:
        """Whether the program still answers."""

    def is_open(self) -> bool:
        """Whether its workbook is still open."""

    def place(self) -> str:
        """What to call it in a message."""


class Part:
    """Something that belongs to a workbook or to the program, its owner, and goes when that goes."""

    owner: Guarded

    def alive(self) -> bool:
        """Whether the program still answers."""
        return self.owner.alive()

    def is_open(self) -> bool:
        """Whether its workbook is still open."""
        return self.owner.is_open()

    def place(self) -> str:
        """What to call it in a message."""
        return self.owner.place()


def guarded(cls: _Class) -> _Class:
    """Class decorator: no error of the API leaves a method or a property as it is."""
    for name, member in list(vars(cls).items()):
        if name in ("__init__", "alive", "is_open", "place"):
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, _guard(member))
        elif isinstance(member, property):
            get, change = member.fget and _guard(member.fget), member.fset and _guard(member.fset)
            setattr(cls, name, property(get, change, doc=member.__doc__))
        elif isinstance(member, functools.cached_property):
            member.func = _guard(member.func)
    return cls


def _guard(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(self: Guarded, *arguments: Any, **options: Any) -> Any:
        try:
            return function(self, *arguments, **options)
        except uno_bridge.failure() as error:
            raise explain(self, error) from error

    return call


def explain(where: Guarded, error: Exception | None = None) -> SpreadsheetError:
    """What happened to something that does not answer as it should."""
    if not where.alive():
        return SpreadsheetGoneError("LibreOffice", "It was closed or has stopped.", "Start it again.")
    if not where.is_open():
        return BookClosedError(where.place(), "The workbook was closed.", "Open it again.")
    said = str(getattr(error, "Message", "")).partition(" at ./")[0].strip()
    because = f" ({said})" if said and "./" not in said else ""
    remedy = "Close open dialogs in LibreOffice and try again."
    return SpreadsheetError(where.place(), f"LibreOffice could not do that{because}.", remedy)
