"""Excel: whether it is there, which one, and on macOS whether programs may drive it."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from xml.parsers.expat import ExpatError

from workbook_cms.doctor.diagnosis import Diagnosis, note, ok, problem
from workbook_cms.doctor.machine import Machine, System

__all__ = ["look_at_excel"]

_APP_PATH = r"Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_APPLICATIONS = ("/Applications", "~/Applications")
_BUNDLE = "Microsoft Excel.app"
_WITHOUT = "The forms also run in LibreOffice, and in a terminal: `workbook-cms form`."
#: Error of Apple events: the user has not allowed it (Apple, "errAEEventNotPermitted").
_NOT_PERMITTED = "-1743"
_ASK_EXCEL = ("osascript", "-e", 'tell application id "com.microsoft.Excel" to count workbooks')
_IS_RUNNING = ("pgrep", "-x", "Microsoft Excel")


def look_at_excel(machine: Machine) -> Iterator[Diagnosis]:
    """Excel, and the right to drive it."""
    if machine.system is System.LINUX:
        yield ok("excel", f"Excel does not exist for Linux. {_WITHOUT}")
    elif machine.system is System.WINDOWS:
        yield _on_windows(machine)
    else:
        yield from _on_macos(machine)


def _on_windows(machine: Machine) -> Diagnosis:
    paths = (str(machine.registry(rf"{hive}\{_APP_PATH}").get("", "")) for hive in ("HKCU", "HKLM"))
    path = next((found.strip('"') for found in paths if found), "")
    office = machine.registry(_CLICK_TO_RUN)
    # "Excel.Application.16": what a program gets that asks Windows for Excel.
    registered = str(machine.registry(r"HKCR\Excel.Application\CurVer").get("", ""))
    generation = registered.rpartition(".")[2]
    if not path and not registered:
        return note("excel", "Excel is not installed.", _WITHOUT)
    if not registered:
        return problem(
            "excel",
            f"Excel is at {path}, but Windows does not know it as a program that others can drive.",
            "Repair Office: Settings, Apps, Microsoft 365, Modify, Quick Repair.",
        )
    if generation.isdigit() and int(generation) < 16:
        return note(
            "excel", f"Excel {generation}.0 is older than 2016; nothing was tried with it.", "Update Office."
        )
    version = str(office.get("VersionToReport", "")) or f"{generation}.0"
    bits = {"x64": "64 bits", "x86": "32 bits"}.get(str(office.get("Platform", "")), "")
    return ok("excel", f"Excel {version}{f', {bits}' if bits else ''}{f' ({path})' if path else ''}.")


def _on_macos(machine: Machine) -> Iterator[Diagnosis]:
    for folder in _APPLICATIONS:
        bundle = machine.path(folder.replace("~", str(machine.home))) / _BUNDLE
        data = machine.read(bundle / "Contents" / "Info.plist")
        if data is not None:
            yield ok("excel", f"Excel {_bundle_version(data)} ({bundle}).")
            yield _automation(machine)
            return
    yield note("excel", "Excel is not installed.", _WITHOUT)


def _bundle_version(data: bytes) -> str:
    try:
        return str(plistlib.loads(data).get("CFBundleShortVersionString", "of unknown version"))
    except (plistlib.InvalidFileException, ExpatError, ValueError, AttributeError):
        return "of unknown version"


def _automation(machine: Machine) -> Diagnosis:
    """Whether macOS lets this program drive Excel; only a running Excel is asked, since asking would start it."""
    running = machine.output(_IS_RUNNING)
    if running is None or running.code != 0:
        return note(
            "automation",
            "Whether macOS lets this terminal drive Excel is only known while Excel runs.",
            "Start Excel and run `workbook-cms doctor` again; allow it when macOS asks.",
        )
    answer = machine.output(_ASK_EXCEL)
    if answer is not None and answer.code == 0:
        return ok("automation", "macOS lets this terminal drive Excel.")
    if answer is not None and _NOT_PERMITTED in answer.text:
        return problem(
            "automation",
            "macOS does not let this terminal drive Excel.",
            "System Settings, Privacy & Security, Automation: switch Microsoft Excel on below the terminal "
            "(or below Python, for the helper that starts at login).",
        )
    return note(
        "automation",
        "Excel did not answer: a dialog may be open in it, or a cell is being edited.",
        "Finish that in Excel, answer what macOS asks, and run `workbook-cms doctor` again.",
    )
