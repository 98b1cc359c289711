"""The Python that macros start: xlwings' own setting, changed in one line, everything else in the file kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePath

from workbook_cms.doctor.machine import Machine, System, conf_folder
from workbook_cms.doctor.runpython import INTERPRETER_KEYS, applescript_name, read_conf, script_folder, user_conf
from workbook_cms.errors import InputError
from workbook_cms.setup.changes import Change, FileChange

__all__ = ["for_interpreter", "memory", "without_interpreter"]

_TRY = "import workbook_cms, xlwings; print(xlwings.__version__)"


def memory(machine: Machine) -> PurePath:
    """Where the setup keeps what stood there before, so that it can be undone."""
    if machine.system is System.WINDOWS:  # not the folder that roams to other computers, where the path may differ
        local = machine.environ.get("LOCALAPPDATA", "")
        folder = machine.path(local) if local else machine.home / "AppData" / "Local"
    else:
        folder = conf_folder(machine)
    return folder / "workbook-cms" / "setup.json"


def for_interpreter(machine: Machine, interpreter: PurePath) -> Iterator[Change]:
    """What has to change so that macros start ``interpreter``.

    Raises:
        InputError: It is no Python that has what the macros call, or its path cannot be written down.
    """
    key = INTERPRETER_KEYS.get(machine.system)
    if key is None:
        return
    _check(machine, interpreter)
    conf = user_conf(machine)
    known = _remembered(machine)
    present = read_conf(machine, conf).get(key)
    script = script_folder(machine) / applescript_name(machine.package_version("xlwings"))
    if present != str(interpreter):
        before = known.get("before") if "set" in known and present == known["set"] else present
        kept = {"set": str(interpreter), "before": before}
        if machine.system is System.MACOS and (known.get("script") or machine.facts(script) is None):
            kept["script"] = script.name
        yield FileChange(
            "memory", "What was set before is kept, so that it can be undone.", memory(machine), _json(kept)
        )
    yield FileChange(
        "interpreter", f"Macros start {interpreter}.", conf, _with(machine, conf, key, str(interpreter))
    )
    if machine.system is System.MACOS:
        data = machine.package_file("xlwings", script.name)
        if data is not None:
            yield FileChange("runpython-script", "Excel may start Python (xlwings' own script).", script, data)


def without_interpreter(machine: Machine) -> Iterator[Change]:
    """What undoes it: the former setting comes back, unless somebody changed it since."""
    key = INTERPRETER_KEYS.get(machine.system)
    known = _remembered(machine)
    if key is None or not known:
        return
    conf = user_conf(machine)
    if read_conf(machine, conf).get(key) == known.get("set"):
        before = known.get("before")
        about = f"Macros start {before} again." if before else "No Python is set for macros any more."
        yield FileChange("interpreter", about, conf, _with(machine, conf, key, before))
    if name := known.get("script"):
        yield FileChange(
            "runpython-script", "The script that starts Python goes.", script_folder(machine) / name, None
        )
    yield FileChange("memory", "What was remembered goes.", memory(machine), None)


def _check(machine: Machine, interpreter: PurePath) -> None:
    place = str(interpreter)
    if machine.facts(interpreter) is None:
        raise InputError(place, "there is no such file.", "Give the path of the Python that has workbook-cms.")
    if '"' in place or "," in place:
        raise InputError(
            place, "xlwings cannot read a path with a comma or quotation mark.", "Install it elsewhere."
        )
    try:
        place.encode(machine.code_page)
    except UnicodeEncodeError:
        raise InputError(
            place, "Excel cannot read a path with these letters on this computer.", "Install it in another folder."
        ) from None
    if interpreter == machine.python:
        if not machine.package_version("xlwings"):
            raise InputError(place, "macros need xlwings.", "pip install 'workbook-cms[forms]'")
        return
    tried = machine.output([place, "-c", _TRY])
    if tried is None or tried.code != 0:
        raise InputError(
            place,
            "this is no Python that has workbook-cms and xlwings.",
            "Install them there: pip install 'workbook-cms[forms]'",
        )


def _with(machine: Machine, conf: PurePath, key: str, value: str | None) -> bytes | None:
    """The settings file with one setting changed, None where nothing would be left of it."""
    data = machine.read(conf)
    text = (data or b"").decode(machine.code_page, "surrogateescape")
    end = "\r\n" if "\r\n" in text or machine.system is System.WINDOWS else "\n"
    line = re.compile(rf'^"{re.escape(key)}","[^"\r\n]*"[ \t]*\r?(?:\n|\Z)', re.MULTILINE | re.IGNORECASE)
    kept = line.sub("", text)
    if value is not None:
        if kept and not kept.endswith("\n"):
            kept += end
        kept += f'"{key}","{value}"{end}'
    return kept.encode(machine.code_page, "surrogateescape") if kept else None


def _remembered(machine: Machine) -> dict[str, str]:
    try:
        known = json.loads(machine.read(memory(machine)) or b"{}")
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def _json(kept: dict[str, str | None]) -> bytes:
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()
