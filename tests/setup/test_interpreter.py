"""The Python that macros start: xlwings' own settings file, other people's lines kept, all of it undone again."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import pytest

from tests.doctor.machines import GivenMachine, mac, windows
from workbook_cms.doctor.machine import Output
from workbook_cms.errors import InputError
from workbook_cms.setup.interpreter import for_interpreter, without_interpreter

CONF = r"C:\Users\mia\.xlwings\xlwings.conf"
MAC_CONF = "/Users/mia/Library/Containers/com.microsoft.Excel/Data/xlwings.conf"
SCRIPT = "/Users/mia/Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript"
OTHERS = b'"LICENSE_KEY","abc"\r\n"INTERPRETER_WIN","C:\\old\\python.exe"\r\n"SHOW CONSOLE","True"\r\n'


def ready(make: Any, **facts: Any) -> GivenMachine:
    """A computer on which xlwings is installed beside the Python that runs."""
    machine: GivenMachine = make(packages={"xlwings": "0.37.8"}, **facts)
    machine.files[str(machine.python)] = b""
    return machine


def set_up(machine: GivenMachine, interpreter: PurePath | None = None) -> list[str]:
    """Sets the interpreter; the ids of what changed."""
    changes = [c for c in for_interpreter(machine, interpreter or machine.python) if c.needed(machine)]
    for change in changes:
        change.do(machine)
    return [change.id for change in changes]


def undo(machine: GivenMachine) -> None:
    """Undoes it."""
    for change in list(without_interpreter(machine)):
        change.do(machine)


def test_windows_from_nothing_and_back() -> None:
    """The file is made as VBA reads it, a second time changes nothing, and undoing leaves nothing behind."""
    machine = ready(windows)
    before = dict(machine.files)
    assert set_up(machine) == ["memory", "interpreter"]
    assert machine.files[CONF] == b'"INTERPRETER_WIN","C:\\cms\\.venv\\Scripts\\python.exe"\r\n'
    assert set_up(machine) == []
    undo(machine)
    assert machine.files == before


def test_other_settings_stay() -> None:
    """A licence key and the rest of the file stay; undoing brings the former interpreter back."""
    machine = ready(windows, files={CONF: OTHERS})
    set_up(machine)
    kept = machine.files[CONF].decode()
    assert '"LICENSE_KEY","abc"\r\n"SHOW CONSOLE","True"\r\n' in kept
    assert "old" not in kept
    undo(machine)
    assert sorted(machine.files[CONF].splitlines()) == sorted(OTHERS.splitlines())


def test_two_set_ups_undo_to_the_first_state() -> None:
    """After another interpreter was set, undoing still gives back what stood there before either."""
    machine = ready(windows, files={CONF: OTHERS, r"D:\py\python.exe": b""})
    machine.outputs = {
        r"D:\py\python.exe -c import workbook_cms, xlwings; print(xlwings.__version__)": Output(0, "0.37.8\n")
    }
    set_up(machine)
    set_up(machine, machine.path(r"D:\py\python.exe"))
    assert rb'"INTERPRETER_WIN","D:\py\python.exe"' in machine.files[CONF]
    undo(machine)
    assert rb'"INTERPRETER_WIN","C:\old\python.exe"' in machine.files[CONF]


def test_what_somebody_changed_since_is_left_alone() -> None:
    """An interpreter that another program set after ours is not taken away."""
    machine = ready(windows)
    set_up(machine)
    machine.files[CONF] = b'"INTERPRETER_WIN","E:\\theirs\\python.exe"\r\n'
    undo(machine)
    assert machine.files[CONF] == b'"INTERPRETER_WIN","E:\\theirs\\python.exe"\r\n'


def test_letters_of_the_code_page() -> None:
    """A user called Zoë gets her letters in the code page that VBA reads; one that it lacks is refused in words."""
    machine = ready(windows)
    machine.python = machine.path(r"C:\Users\Zoë\python.exe")
    machine.files[str(machine.python)] = b""
    set_up(machine)
    assert "Zoë".encode("cp1252") in machine.files[CONF]
    machine.python = machine.path(r"C:\Users\Łukasz\python.exe")
    machine.files[str(machine.python)] = b""
    with pytest.raises(InputError, match="Excel cannot read a path with these letters"):
        set_up(machine)


def test_macos_also_gets_the_script() -> None:
    """Setting and script are put where Excel's sandbox looks for them, and both go again."""
    name = "xlwings-0.37.8.applescript"
    machine = ready(mac, package_files={("xlwings", name): b"on VbaHandler"})
    before = dict(machine.files)
    assert set_up(machine) == ["memory", "interpreter", "runpython-script"]
    assert machine.files[MAC_CONF] == b'"INTERPRETER_MAC","/Users/mia/cms/.venv/bin/python"\n'
    assert machine.files[SCRIPT] == b"on VbaHandler"
    undo(machine)
    assert machine.files == before


def test_a_script_that_was_there_stays() -> None:
    """The script of another program's RunPython is not ours to take away."""
    machine = ready(mac, files={SCRIPT: b"on VbaHandler"})
    set_up(machine)
    undo(machine)
    assert SCRIPT in machine.files


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (r"C:\none\python.exe", "there is no such file"),
        (r"C:\bare\python.exe", "no Python that has workbook-cms and xlwings"),
        (r"C:\a,b\python.exe", "comma or quotation mark"),
    ],
)
def test_unfit_interpreters_are_refused(place: str, words: str) -> None:
    """A Python that is missing, lacks the packages or cannot be written down is refused before anything changes."""
    machine = ready(windows, files={r"C:\bare\python.exe": b"", r"C:\a,b\python.exe": b""})
    before = dict(machine.files)
    with pytest.raises(InputError, match=words):
        set_up(machine, machine.path(place))
    assert machine.files == before


def test_without_xlwings() -> None:
    """This Python without the extra is refused with the command that adds it."""
    machine = windows()
    machine.files[str(machine.python)] = b""
    with pytest.raises(InputError, match=r"workbook-cms\[forms\]"):
        set_up(machine)
