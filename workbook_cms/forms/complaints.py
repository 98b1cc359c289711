"""What Excel and LibreOffice complain of through xlwings, told as one of our errors."""

from __future__ import annotations

import sys

from workbook_cms.forms.engines import uno_bridge
from workbook_cms.forms.engines.errors import (
    BookClosedError,
    SpreadsheetBusyError,
    SpreadsheetError,
    SpreadsheetGoneError,
)

__all__ = ["raised", "translated"]

#: Exceptions of the libraries below xlwings. They are looked up among the modules that are loaded, since each of them
#: exists on one operating system only.
_RAISED = (
    ("pywintypes", "com_error"),
    ("xlwings._xlwindows", "ExcelBusyError"),
    ("appscript.reference", "CommandError"),
    ("aem.aemsend", "EventError"),
    ("xlwings", "XlwingsError"),
)
#: COM: call rejected by callee, retry later, and what Excel says while a cell is edited (VBA_E_IGNORE).
_COM_BUSY = frozenset({0x80010001, 0x8001010A, 0x800AC472})
#: COM: server unavailable, call failed, server died, disconnected, object not connected.
_COM_GONE = frozenset({0x800706BA, 0x800706BE, 0x80010007, 0x80010012, 0x80010108, 0x800401FD, 0x800401E3})
#: COM: object required, which Excel says of a workbook that was closed. Apple events: no such object.
_COM_CLOSED, _MAC_CLOSED = frozenset({0x800A01A8}), frozenset({-1728})
#: Apple events: time-out, event not handled; "OERROR" (parameter error) is Excel's word for "a cell is being edited".
_MAC_BUSY, _MAC_BUSY_WORD = frozenset({-1712, -1708}), "OERROR"
#: Apple events: no such process, connection invalid.
_MAC_GONE = frozenset({-600, -609})
_MAC_FORBIDDEN = -1743
#: What xlwings and pywin32 make of a rejected call when it was a look-up of an attribute.
_BUSY = ("ExcelBusyError", "AttributeError")
_UNO_GONE = ("DisposedException", "NoConnectException")


def raised() -> tuple[type[BaseException], ...]:
    """What a call of xlwings may raise here, now."""
    found: list[type[BaseException]] = [
        getattr(sys.modules[module], name) for module, name in _RAISED if hasattr(sys.modules.get(module), name)
    ]
    if "xlwings._xlwindows" in sys.modules:
        found.append(AttributeError)
    if "uno" in sys.modules:
        found.append(uno_bridge.failure())
    return tuple(found)


def translated(error: BaseException, place: str) -> SpreadsheetError:
    """One of our errors for what a call raised; ``place`` is where."""
    codes = _com_codes(error)
    number = getattr(error, "errornumber", 0)
    name = type(error).__name__.rpartition(".")[2]
    text = " ".join(str(error).split())
    if codes & _COM_BUSY or number in _MAC_BUSY or _MAC_BUSY_WORD in text or name in _BUSY:
        problem = "It is busy: a cell is being edited, or a dialog is open."
        return SpreadsheetBusyError(place, problem, "Press Enter, or close the dialog.")
    if codes & _COM_GONE or number in _MAC_GONE or name in _UNO_GONE:
        return SpreadsheetGoneError(place, "It was closed or has stopped.", "Start it again.")
    if codes & _COM_CLOSED or number in _MAC_CLOSED:
        return BookClosedError(place, "The workbook was closed.", "Open it again.")
    if number == _MAC_FORBIDDEN:
        remedy = "Allow it in System Settings, Privacy & Security, Automation."
        return SpreadsheetError(place, "It may not be driven by this program.", remedy)
    return SpreadsheetError(place, f"It did not do what it was asked ({text[:200]}).", "Try again.")


def _com_codes(error: BaseException) -> frozenset[int]:
    """The codes of a COM error, as unsigned numbers: its own, and the one Excel put into the details."""
    details = getattr(error, "excepinfo", None)
    inner = details[5] if isinstance(details, tuple) and len(details) > 5 else None
    codes = (getattr(error, "hresult", None), inner)
    return frozenset(code & 0xFFFFFFFF for code in codes if isinstance(code, int))
