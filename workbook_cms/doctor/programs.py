"""Python, and the packages this program works with."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_cms.doctor.diagnosis import Diagnosis, note, ok, problem
from workbook_cms.doctor.machine import Machine, System

__all__ = ["FORMS_HINT", "look_at_programs"]

FORMS_HINT = "pip install 'workbook-cms[forms]'"
_OLDEST = (3, 11)
#: Packages whose version matters when something is to be explained.
_PACKAGES = ("pandas", "pandera", "openpyxl", "xlsxwriter", "python-calamine", "isal")
#: The extra `forms`, and what each is for.
_FORMS = {"xlwings": "worksheet forms", "textual": "the form in a terminal", "watchfiles": "check --watch"}
#: What xlwings needs to reach Excel.
_REACHES_EXCEL = {System.WINDOWS: "pywin32", System.MACOS: "appscript"}


def look_at_programs(machine: Machine) -> Iterator[Diagnosis]:
    """Python, this package, what it needs, and the extra for forms."""
    version = ".".join(str(part) for part in machine.python_version)
    where = f"Python {version} ({machine.python})"
    if machine.python_version < _OLDEST:
        yield problem("python", f"{where} is too old.", "Install Python 3.11 or later.")
    else:
        yield ok("python", f"{where}.")
    own = machine.package_version("workbook-cms")
    versions = {name: machine.package_version(name) for name in _PACKAGES}
    if lacking := [name for name, found in versions.items() if not found]:
        yield problem(
            "packages",
            f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not installed.",
            "Install this program again: pip install --force-reinstall workbook-cms",
        )
    else:
        found = ", ".join(f"{name} {version}" for name, version in versions.items())
        yield ok("packages", f"workbook-cms {own or 'from its source folder'}; {found}.")
    yield from _forms(machine)


def _forms(machine: Machine) -> Iterator[Diagnosis]:
    versions = {name: machine.package_version(name) for name in _FORMS}
    lacking = [f"{name} ({_FORMS[name]})" for name, found in versions.items() if not found]
    found = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    if lacking:
        yield note("forms", f"Not installed: {', '.join(lacking)}.", FORMS_HINT)
    else:
        yield ok("forms", f"{found}.")
    needed = _REACHES_EXCEL.get(machine.system)
    if versions["xlwings"] and needed and not machine.package_version(needed):
        yield problem(
            "xlwings", f"xlwings cannot reach Excel: {needed} is not installed.", f"pip install {needed}"
        )
