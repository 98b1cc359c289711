"""Start of the resident helper at login, the way each system wants it."""

from __future__ import annotations

import plistlib
import subprocess
from collections.abc import Sequence
from pathlib import PurePath

from workbook_cms.doctor.machine import Machine, System, conf_folder
from workbook_cms.setup.changes import Change, FileChange, RegistryChange

__all__ = ["helper_command", "start_at_login"]

_RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
_NAME = "workbook-cms"
_AGENT = "workbook-cms.serve"
#: Characters that have a meaning between quotation marks in a desktop entry (Desktop Entry Specification, "Exec").
_SPECIAL = '\\"`$'


def helper_command(machine: Machine, office: str = "") -> list[str]:
    """The command that starts the helper: no window of its own, and nothing found in the folder it starts in.

    Args:
        machine: The computer.
        office: ``excel`` or ``libreoffice``; "" lets the helper choose.
    """
    python = machine.python
    if machine.system is System.WINDOWS:
        quiet = python.with_name("pythonw.exe")
        python = quiet if machine.facts(quiet) is not None else python
    return [str(python), "-P", "-m", "workbook_cms", "serve", *(("--office", office) if office else ())]


def start_at_login(machine: Machine, *, wanted: bool, office: str = "") -> Change:
    """What makes the helper start at login, or no more; ``office`` as for `helper_command`."""
    about = (
        "The helper for the forms starts at login." if wanted else "The helper does not start at login any more."
    )
    command = helper_command(machine, office)
    if machine.system is System.WINDOWS:
        line = subprocess.list2cmdline([*command]) if wanted else None
        return RegistryChange("start-at-login", about, _RUN, _NAME, line)
    if machine.system is System.MACOS:
        path = machine.home / "Library" / "LaunchAgents" / f"{_AGENT}.plist"
        return FileChange("start-at-login", about, path, _agent(machine.home, command) if wanted else None)
    path = conf_folder(machine) / "autostart" / "workbook-cms-serve.desktop"
    return FileChange("start-at-login", about, path, _desktop_entry(command) if wanted else None)


def _agent(home: PurePath, command: Sequence[str]) -> bytes:
    """A launch agent (launchd.plist(5)): in the session with windows only, started again after a crash."""
    return plistlib.dumps(
        {
            "Label": _AGENT,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 30,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
            "StandardErrorPath": str(home / "Library" / "Logs" / "workbook-cms.log"),
        }
    )


def _desktop_entry(command: Sequence[str]) -> bytes:
    """An autostart entry (Desktop Application Autostart Specification)."""
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Name=workbook-cms helper",
        "Comment=Serves the forms of customer workbooks",
        f"Exec={' '.join(map(_quoted, command))}",
        "Terminal=false",
        "NoDisplay=true",
        "X-GNOME-Autostart-enabled=true",
    ]
    return ("\n".join(lines) + "\n").encode()


def _quoted(argument: str) -> str:
    # Twice: once for the command line, once for the value of a key, where a backslash is written double.
    inner = "".join(f"\\{c}" if c in _SPECIAL else c for c in argument.replace("%", "%%"))
    return '"' + inner.replace("\\", "\\\\") + '"'
