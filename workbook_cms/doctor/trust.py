"""What keeps macros of a front-end from running on Windows: marks on the file, Excel's settings, rules of Defender."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from workbook_cms.doctor.diagnosis import Diagnosis, note, ok, problem
from workbook_cms.doctor.machine import Machine, RegistryValue, System, below, expanded

__all__ = ["look_at_trust", "trusted_location"]

#: "Block all Office applications from creating child processes".
CHILD_PROCESS_RULE = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A"
_OFFICE = r"Microsoft\Office\16.0\Excel\Security"
#: Where a setting may stand; what comes first wins.
_PLACES = (
    r"HKCU\Software\Policies\Microsoft\Cloud\Office\16.0\Excel\Security",
    rf"HKLM\Software\Policies\{_OFFICE}",
    rf"HKCU\Software\Policies\{_OFFICE}",
    rf"HKCU\Software\{_OFFICE}",
)
_RULES = (
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
    r"HKLM\SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
)
#: Intune writes all rules into one value: ``guid=1|guid=2``.
_MANAGED = (r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager", "ASRRules")
_ZONE = re.compile(rb"ZoneId\s*=\s*(\d)")
_HELPER = "Use `workbook-cms serve`, which needs no macros, or ask IT"
_INTERNET, _RESTRICTED = 3, 4


def look_at_trust(machine: Machine, workbook: PurePath | None, *, macros: bool) -> Iterator[Diagnosis]:
    """Whether macros run, and may start Python; nothing is asked outside Windows.

    Args:
        machine: The computer.
        workbook: The front-end; None looks at the settings of the machine alone.
        macros: Whether it needs them: without, a hindrance is a note.
    """
    if machine.system is not System.WINDOWS:
        return
    trusted = trusted_location(machine, workbook) if workbook is not None else None
    if workbook is not None:
        if trusted is None:
            found = "The workbook is in no trusted location of Excel."
            yield (
                note("trusted-location", found, "File, Options, Trust Center, Trusted Locations.")
                if macros
                else ok("trusted-location", found)
            )
        else:
            yield ok("trusted-location", f"The workbook is in a trusted location of Excel ({trusted}).")
        yield _mark(machine, workbook, trusted, macros=macros)
    yield _warnings(machine, trusted, macros=macros)
    yield _child_processes(machine, macros=macros)


def _setting(machine: Machine, name: str, below_key: str = "") -> tuple[RegistryValue, str] | None:
    """The value that counts and the key it stands in; None where nobody set it."""
    for place in _PLACES:
        for found, value in machine.registry(place + below_key).items():
            if found.casefold() == name.casefold():
                return value, place
    return None


def _number(value: RegistryValue) -> int:
    return int(value) if str(value).isdigit() else -1


def trusted_location(machine: Machine, workbook: PurePath) -> PurePath | None:
    """The trusted location of Excel that holds a workbook, None where there is none."""
    off = _setting(machine, "AllLocationsDisabled", r"\Trusted Locations")
    if off is not None and _number(off[0]) == 1:
        return None
    network = _setting(machine, "AllowNetworkLocations", r"\Trusted Locations")
    remote = str(workbook).startswith("\\\\") or machine.file_system(workbook) == "network"
    if remote and (network is None or _number(network[0]) != 1):
        return None
    for place in _PLACES:
        for name in machine.subkeys(rf"{place}\Trusted Locations"):
            values = machine.registry(rf"{place}\Trusted Locations\{name}")
            text = expanded(machine, str(values.get("Path", "")))
            if not text:
                continue
            folder = machine.path(text)
            if workbook.parent == folder:
                return folder
            if _number(values.get("AllowSubfolders", 0)) == 1 and below(machine, workbook, folder):
                return folder
    return None


def _mark(machine: Machine, workbook: PurePath, trusted: PurePath | None, *, macros: bool) -> Diagnosis:
    """Mark of the Web: the stream that browsers and mail programs put on what comes from elsewhere."""
    data = machine.read(workbook.with_name(f"{workbook.name}:Zone.Identifier"))
    zone = _ZONE.search(data or b"")
    if zone is None or int(zone[1]) not in (_INTERNET, _RESTRICTED):
        return ok("mark-of-the-web", "The file is not marked as coming from the internet.")
    found = "The file is marked as coming from the internet"
    if trusted is not None:
        return ok("mark-of-the-web", f"{found}, which does not matter in a trusted location.")
    if macros:
        return problem(
            "mark-of-the-web",
            f"{found}: Excel will not run its macros.",
            "Right-click the file, Properties, tick Unblock, OK; then open it again.",
        )
    return note(
        "mark-of-the-web",
        f"{found}: Excel opens it in Protected View.",
        "Click Enable Editing once, or right-click the file, Properties, tick Unblock.",
    )


def _warnings(machine: Machine, trusted: PurePath | None, *, macros: bool) -> Diagnosis:
    """``VBAWarnings``: 1 all macros run, 2 Excel asks (the usual), 3 only signed ones, 4 none."""
    found = _setting(machine, "VBAWarnings")
    level = _number(found[0]) if found else 2
    ruled = " by a policy of your organisation" if found and "Policies" in found[1] else ""
    judged = problem if macros and trusted is None else note
    if level == 1:
        return note(
            "macro-settings", "Excel runs every macro without asking, also those of strangers.", "Set it to ask."
        )
    if level == 3:
        return judged(
            "macro-settings", f"Excel runs signed macros only{ruled}.", f"{_HELPER} for a trusted location."
        )
    if level == 4:
        return judged("macro-settings", f"Excel runs no macros{ruled}.", f"{_HELPER} for a trusted location.")
    return ok("macro-settings", "Excel asks before it runs macros.")


def _child_processes(machine: Machine, *, macros: bool) -> Diagnosis:
    """The rule of attack surface reduction that stops Office from starting programs, so RunPython too."""
    state = 0
    for key in _RULES:
        for name, value in machine.registry(key).items():
            if name.strip("{}").upper() == CHILD_PROCESS_RULE:
                state = state or _number(value)
    rules = str(machine.registry(_MANAGED[0]).get(_MANAGED[1], "")).upper()
    managed = re.search(rf"{CHILD_PROCESS_RULE}\}}?=(\d)", rules)
    state = state or (int(managed[1]) if managed else 0)
    judged = problem if macros else note
    if state == 1:
        return judged(
            "child-processes",
            "Windows stops Office from starting programs, so macros cannot start Python.",
            f"{_HELPER} for an exclusion from that rule ({CHILD_PROCESS_RULE}).",
        )
    if state == 6:
        return note(
            "child-processes",
            "Windows asks each time Office starts a program, so each click on a form would ask.",
            f"{_HELPER} for an exclusion from that rule ({CHILD_PROCESS_RULE}).",
        )
    return ok("child-processes", "No rule is known that stops Office from starting programs.")
