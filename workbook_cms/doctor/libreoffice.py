"""LibreOffice: whether it is there, which one, and whether this Python can drive it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbook_cms.doctor.diagnosis import Diagnosis, note, ok
from workbook_cms.doctor.machine import Machine, System

__all__ = ["look_at_libreoffice"]

_VERSION = re.compile(r"LibreOffice (\d+(?:\.\d+)+)")


def look_at_libreoffice(machine: Machine) -> Iterator[Diagnosis]:
    """The program and its binding for Python."""
    office = machine.libreoffice()
    if office is None and machine.system is System.LINUX:
        yield note(
            "libreoffice",
            "LibreOffice is not installed; without it the forms run in a terminal only.",
            "Install libreoffice-calc and python3-uno.",
        )
    elif office is None:
        yield ok("libreoffice", "LibreOffice is not installed, and not needed beside Excel.")
    else:
        # Windows' soffice.exe says nothing on a console; its twin soffice.com does.
        program = str(office.program)
        if program.casefold().endswith("soffice.exe"):
            program = program[:-3] + "com"
        said = machine.output([program, "--version"])
        found = _VERSION.search(said.text) if said else None
        title = f"LibreOffice{f' {found[1]}' if found else ''} ({office.program})"
        if office.hindrance is None:
            yield ok("libreoffice", f"{title}; this Python can drive it.")
        else:
            why, mend = office.hindrance
            yield note("libreoffice", f"{title} cannot be driven: {why[0].lower()}{why[1:]}", mend)
