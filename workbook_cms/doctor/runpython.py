"""What xlwings' RunPython needs, which the buttons of a front-end with macros call: interpreter, version, script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from workbook_cms.doctor.diagnosis import Diagnosis, note, ok, problem
from workbook_cms.doctor.machine import Machine, System, expanded

__all__ = [
    "INTERPRETER_KEYS",
    "applescript_name",
    "look_at_interpreter",
    "look_at_versions",
    "read_conf",
    "script_folder",
    "user_conf",
]

#: The setting RunPython reads, by system; macros do not run Python on Linux.
INTERPRETER_KEYS = {System.WINDOWS: "INTERPRETER_WIN", System.MACOS: "INTERPRETER_MAC"}
#: Names that mean "whatever is first on the path".
_ANY_PYTHON = ("", "python", "pythonw")
_PAIR = re.compile(r'^"([^"]*)","([^"]*)"\s*$', re.MULTILINE)
_TRY = "import workbook_cms, xlwings; print(xlwings.__version__)"
_SETUP = "Run `workbook-cms setup` with the Python that the macros are to use."
_ADD_IN = "xlwings.xlam"


def user_conf(machine: Machine) -> PurePath:
    """Where xlwings keeps the settings of an account (``xlwings.USER_CONFIG_FILE``)."""
    if machine.system is System.MACOS:
        return machine.home / "Library" / "Containers" / "com.microsoft.Excel" / "Data" / "xlwings.conf"
    return machine.home / ".xlwings" / "xlwings.conf"


def script_folder(machine: Machine) -> PurePath:
    """Where Excel for macOS looks for the script with which RunPython starts Python."""
    return machine.home / "Library" / "Application Scripts" / "com.microsoft.Excel"


def applescript_name(version: str) -> str:
    """Name of that script; the version of RunPython is part of it."""
    return f"xlwings-{version}.applescript"


def read_conf(machine: Machine, path: PurePath) -> dict[str, str]:
    """Settings of an ``xlwings.conf`` by name in capitals; none where it is missing."""
    text = (machine.read(path) or b"").decode(machine.code_page, "replace").replace("\r\n", "\n")
    return {name.upper(): value for name, value in _PAIR.findall(text)}


def look_at_interpreter(machine: Machine, front_end: PurePath | None, *, macros: bool) -> Iterator[Diagnosis]:
    """Which Python RunPython will start, and whether it can do its work.

    Args:
        machine: The computer.
        front_end: The front-end whose macros are meant; a settings file beside it goes before the account's.
        macros: Whether they are needed: without, a fault is a note.
    """
    key = INTERPRETER_KEYS.get(machine.system)
    if key is None:
        return
    judged = problem if macros else note
    conf, place = _conf(machine, front_end)
    given = expanded(machine, conf.get(key) or conf.get("INTERPRETER", ""))
    if conf.get("CONDA PATH") and machine.system is System.WINDOWS:
        name = conf.get("CONDA ENV", "")
        yield note("interpreter", f"RunPython starts Python through Conda, environment {name} ({place}).")
    elif given in _ANY_PYTHON:
        yield judged("interpreter", "No Python is set for macros: they would take the first on the path.", _SETUP)
    elif machine.facts(machine.path(given)) is None:
        yield judged("interpreter", f"The Python set for macros is not there: {given} ({place}).", _SETUP)
    elif machine.path(given) == machine.python:
        yield ok("interpreter", f"Macros start this Python ({place}).")
    else:
        yield _other_python(machine, given, place, macros=macros)
    yield from _add_in(machine)


def _conf(machine: Machine, front_end: PurePath | None) -> tuple[Mapping[str, str], PurePath]:
    """The settings that count and where they stand: beside the workbook, or of the account (GetConfig in xlwings.bas)."""
    if front_end is not None:
        beside = front_end.parent / "xlwings.conf"
        found = read_conf(machine, beside)
        if found.keys() & {INTERPRETER_KEYS[machine.system], "INTERPRETER"}:
            return found, beside
    return read_conf(machine, user_conf(machine)), user_conf(machine)


def _other_python(machine: Machine, given: str, place: PurePath, *, macros: bool) -> Diagnosis:
    tried = machine.output([given, "-c", _TRY])
    if tried is not None and tried.code == 0:
        return ok("interpreter", f"Macros start {given} ({place}), which has workbook-cms and xlwings.")
    judged = problem if macros else note
    if tried is None:
        return judged("interpreter", f"The Python set for macros cannot be started: {given} ({place}).", _SETUP)
    return judged(
        "interpreter", f"The Python set for macros lacks workbook-cms or xlwings: {given} ({place}).", _SETUP
    )


def _add_in(machine: Machine) -> Iterator[Diagnosis]:
    """The add-in is not needed, since a front-end brings RunPython along; an old one is a source of confusion."""
    if machine.system is System.WINDOWS:
        folder = machine.path(machine.environ.get("APPDATA", "")) / "Microsoft" / "Excel" / "XLSTART"
    else:
        content = machine.home / "Library" / "Group Containers" / "UBF8T346G9.Office" / "User Content.localized"
        folder = content / "Startup.localized" / "Excel"
    if machine.facts(folder / _ADD_IN) is None:
        yield ok(
            "add-in", "The xlwings add-in is not installed, and not needed: the front-end brings RunPython along."
        )
    else:
        yield note(
            "add-in",
            f"The xlwings add-in is installed ({folder}). The forms do not use it.",
            "If nobody else does: `xlwings addin remove`.",
        )


def look_at_versions(machine: Machine, inside: str, front_end: str) -> Iterator[Diagnosis]:
    """RunPython inside a front-end against the installed xlwings, and on macOS the script that it calls.

    Args:
        machine: The computer.
        inside: Version whose RunPython is in the front-end; "" for one without macros.
        front_end: Its name.
    """
    installed = machine.package_version("xlwings")
    if not inside or not installed:
        return
    again = f"Make it again: `workbook-cms front-end`, then replace {front_end}."
    if machine.system is System.MACOS:
        script = script_folder(machine) / applescript_name(inside)
        if machine.facts(script) is None:
            here = inside == installed
            yield problem(
                "runpython-script",
                f"Excel cannot start Python for {front_end}: {script.name} is missing in {script.parent}.",
                "Run `workbook-cms setup`, or `xlwings runpython install`." if here else again,
            )
        else:
            yield ok(
                "runpython-script", f"The script that starts Python for {front_end} is there ({script.name})."
            )
    if inside == installed:
        yield ok("runpython", f"RunPython in {front_end} is of the installed xlwings, {installed}.")
    else:
        yield note(
            "runpython", f"RunPython in {front_end} is of xlwings {inside}; {installed} is installed.", again
        )
