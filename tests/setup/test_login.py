"""Start at login: what each system runs, and that it goes again without a trace."""

from __future__ import annotations

import plistlib
import subprocess
from pathlib import PurePosixPath

from tests.doctor.machines import GivenMachine, mac, windows
from workbook_cms.doctor.machine import System
from workbook_cms.setup.changes import RegistryChange
from workbook_cms.setup.login import start_at_login

RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"


def linux(python: str = "/home/mia/cms/bin/python") -> GivenMachine:
    """A computer with Linux."""
    return GivenMachine(System.LINUX, PurePosixPath("/home/mia"), {}, PurePosixPath(python))


def test_windows_runs_it_without_a_window() -> None:
    """The account's Run key starts pythonw; what others start there stays, and ours goes again."""
    machine = windows(keys={RUN: {"OneDrive": "x"}}, files={r"C:\cms\.venv\Scripts\pythonw.exe": b""})
    start_at_login(machine, wanted=True).do(machine)
    assert machine.keys[RUN]["workbook-cms"] == r"C:\cms\.venv\Scripts\pythonw.exe -P -m workbook_cms serve"
    change = start_at_login(machine, wanted=False)
    assert change.needed(machine)
    change.do(machine)
    assert machine.keys == {RUN: {"OneDrive": "x"}}
    assert not change.needed(machine)


def test_windows_folder_with_a_space() -> None:
    """A path with a space stands in quotation marks."""
    machine = windows()
    machine.python = machine.path(r"C:\Program Files\cms\python.exe")
    change = start_at_login(machine, wanted=True)
    assert isinstance(change, RegistryChange)
    assert change.value == r'"C:\Program Files\cms\python.exe" -P -m workbook_cms serve'


def test_macos_starts_an_agent() -> None:
    """A launch agent that starts in the session with windows, and again after a crash."""
    machine = mac()
    change = start_at_login(machine, wanted=True)
    change.do(machine)
    (path,) = machine.files
    assert path == "/Users/mia/Library/LaunchAgents/workbook-cms.serve.plist"
    agent = plistlib.loads(machine.files[path])
    assert agent["ProgramArguments"] == [str(machine.python), "-P", "-m", "workbook_cms", "serve"]
    assert agent["RunAtLoad"]
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert path.endswith(f"/{agent['Label']}.plist")
    start_at_login(machine, wanted=False).do(machine)
    assert machine.files == {}


def test_linux_gets_an_autostart_entry() -> None:
    """The command of the entry is the helper's, also where the path holds what has a meaning there."""
    machine = linux("/home/mia/50% `of` $it \\ all/python")
    start_at_login(machine, wanted=True).do(machine)
    (path,) = machine.files
    assert path == "/home/mia/.config/autostart/workbook-cms-serve.desktop"
    line = next(line for line in machine.files[path].decode().splitlines() if line.startswith("Exec="))
    # As the specification reads it: first the backslashes of the value, then the quoting, which is that of a shell.
    words = line.removeprefix("Exec=").replace("\\\\", "\\")
    said = subprocess.run(["sh", "-c", f"printf '%s\\n' {words}"], capture_output=True, text=True, check=True)
    command = [word.replace("%%", "%") for word in said.stdout.splitlines()]
    assert command == [str(machine.python), "-P", "-m", "workbook_cms", "serve"]
