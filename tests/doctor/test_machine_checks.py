"""What the doctor says of a computer: Windows and macOS by given facts, one hindrance at a time."""

from __future__ import annotations

import plistlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import pytest
import xlwings

from tests.doctor.machines import GivenMachine, mac, windows
from workbook_cms.doctor.diagnosis import Diagnosis, Judgement
from workbook_cms.doctor.excel import look_at_excel
from workbook_cms.doctor.helper import look_at_helper
from workbook_cms.doctor.here import ThisMachine
from workbook_cms.doctor.libreoffice import look_at_libreoffice
from workbook_cms.doctor.machine import LibreOffice, Output, System
from workbook_cms.doctor.programs import look_at_programs
from workbook_cms.doctor.runpython import look_at_interpreter, look_at_versions, user_conf
from workbook_cms.doctor.trust import look_at_trust
from workbook_cms.setup.login import start_at_login

FRONT_END = r"C:\Forms\entry.xlsm"
SECURITY = r"HKCU\Software\Microsoft\Office\16.0\Excel\Security"
POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security"
ASR = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
MANAGED = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager"
RULE = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
EXCEL_APP = "/Applications/Microsoft Excel.app/Contents/Info.plist"
CONF = r"C:\Users\mia\.xlwings\xlwings.conf"
PACKAGES = dict.fromkeys(
    ("pandas", "pandera", "openpyxl", "xlsxwriter", "python-calamine", "isal", "workbook-cms"), "1.0"
)
FORMS = {"xlwings": "0.37.8", "textual": "8.0", "watchfiles": "1.3"}


def judged(diagnoses: Iterable[Diagnosis]) -> dict[str, str]:
    """Judgements by id; every one that is not ok says what to do or is only to be known."""
    found = list(diagnoses)
    assert all(d.mend for d in found if d.judgement is Judgement.PROBLEM)
    return {d.id: d.judgement.value for d in found}


# programs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"packages": PACKAGES | FORMS | {"pywin32": "3"}}, {"python": "ok", "packages": "ok", "forms": "ok"}),
        ({"packages": PACKAGES}, {"python": "ok", "packages": "ok", "forms": "note"}),
        (
            {"packages": PACKAGES | FORMS},
            {"python": "ok", "packages": "ok", "forms": "ok", "xlwings": "problem"},
        ),
        (
            {"packages": FORMS | {"pywin32": "3"}, "python_version": (3, 10, 1)},
            {"python": "problem", "packages": "problem", "forms": "ok"},
        ),
    ],
)
def test_python_and_packages(facts: dict[str, Any], expected: dict[str, str]) -> None:
    """An old Python and missing packages are problems, missing extras are not, each with the command that mends it."""
    assert judged(look_at_programs(windows(**facts))) == expected


# Excel, LibreOffice -------------------------------------------------------------------------------------------

CURRENT = {
    r"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe": {"": r"C:\Office\EXCEL.EXE"},
    r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration": {
        "VersionToReport": "16.0.17928.20156",
        "Platform": "x64",
    },
    r"HKCR\Excel.Application\CurVer": {"": "Excel.Application.16"},
}


def test_excel_on_windows() -> None:
    """Version, bits and place are told."""
    (found,) = look_at_excel(windows(keys=CURRENT))
    assert (found.judgement, found.found) == ("ok", r"Excel 16.0.17928.20156, 64 bits (C:\Office\EXCEL.EXE).")


@pytest.mark.parametrize(
    ("keys", "expected", "words"),
    [
        ({}, "note", "not installed"),
        (dict(list(CURRENT.items())[:2]), "problem", "does not know it"),
        ({r"HKCR\Excel.Application\CurVer": {"": "Excel.Application.15"}}, "note", "older than 2016"),
    ],
)
def test_excel_that_cannot_be_used(keys: dict[str, Any], expected: str, words: str) -> None:
    """Missing, not registered, too old: each in its own words."""
    (found,) = look_at_excel(windows(keys=keys))
    assert found.judgement == expected
    assert words in found.found


ASK = 'osascript -e tell application id "com.microsoft.Excel" to count workbooks'


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ({}, "note"),
        ({"pgrep -x Microsoft Excel": Output(1, "")}, "note"),
        ({"pgrep -x Microsoft Excel": Output(0, "5"), ASK: Output(0, "2\n")}, "ok"),
        (
            {
                "pgrep -x Microsoft Excel": Output(0, "5"),
                ASK: Output(1, "execution error: Not authorised to send Apple events to Microsoft Excel. (-1743)"),
            },
            "problem",
        ),
        ({"pgrep -x Microsoft Excel": Output(0, "5")}, "note"),
    ],
)
def test_automation_on_macos(outputs: dict[str, Output], expected: str) -> None:
    """Excel is asked only while it runs; a refusal by macOS is a problem with the place of the switch."""
    data = plistlib.dumps({"CFBundleShortVersionString": "16.90"})
    found = list(look_at_excel(mac(files={EXCEL_APP: data}, outputs=outputs)))
    assert "Excel 16.90" in found[0].found
    assert judged(found) == {"excel": "ok", "automation": expected}


def test_mac_without_excel_or_with_a_damaged_one() -> None:
    """A missing Excel is a note, a bundle that cannot be read is no crash."""
    assert judged(look_at_excel(mac())) == {"excel": "note"}
    assert "unknown version" in next(look_at_excel(mac(files={EXCEL_APP: b"<plist"}))).found


def test_libreoffice() -> None:
    """Its version is asked of the program; a binding for another Python is said with the remedy."""
    program = r"C:\Program Files\LibreOffice\program\soffice"
    office = LibreOffice(windows().path(program + ".exe"), ("Its binding is for Python 3.9.", "Use that one."))
    machine = windows(office=office, outputs={f"{program}.com --version": Output(0, "LibreOffice 24.8.4.2 abc")})
    (found,) = look_at_libreoffice(machine)
    assert (found.judgement, found.mend) == ("note", "Use that one.")
    assert found.found.startswith("LibreOffice 24.8.4.2 (")
    assert found.found.endswith("cannot be driven: its binding is for Python 3.9.")
    assert judged(look_at_libreoffice(windows())) == {"libreoffice": "ok"}
    linux = GivenMachine(System.LINUX, PurePosixPath("/home/mia"), {}, PurePosixPath("/usr/bin/python3"))
    assert judged(look_at_libreoffice(linux)) == {"libreoffice": "note"}


def test_helper_at_login() -> None:
    """Not set, set for this Python (for either program), set by a Python that has gone."""
    machine = windows()
    assert "does not start at login" in next(look_at_helper(machine)).found
    for office in ("", "libreoffice"):
        start_at_login(machine, wanted=True, office=office).do(machine)
        assert next(look_at_helper(machine)).found == "The helper for the forms starts at login."
    machine.python = machine.path(r"D:\new\python.exe")
    assert judged(look_at_helper(machine)) == {"helper": "note"}


# RunPython ----------------------------------------------------------------------------------------------------

TRY = "-c import workbook_cms, xlwings; print(xlwings.__version__)"


@pytest.mark.parametrize(
    ("files", "outputs", "expected"),
    [
        ({}, {}, "problem"),
        ({CONF: b'"INTERPRETER_WIN","C:\\gone\\python.exe"\r\n'}, {}, "problem"),
        ({CONF: b'"INTERPRETER_WIN","C:\\cms\\.venv\\Scripts\\python.exe"\r\n'}, {}, "ok"),
        ({CONF: b'"INTERPRETER_WIN","%USERPROFILE%\\py\\python.exe"\n'}, {}, "problem"),
        (
            {CONF: b'"INTERPRETER_WIN","%UserProfile%\\py\\python.exe"\n'},
            {rf"C:\Users\mia\py\python.exe {TRY}": Output(0, "0.37.8")},
            "ok",
        ),
        (
            {CONF: b'"interpreter","C:\\Users\\mia\\py\\python.exe"\n'},
            {rf"C:\Users\mia\py\python.exe {TRY}": Output(1, "ModuleNotFoundError: No module named 'xlwings'")},
            "problem",
        ),
        ({CONF: b'"INTERPRETER_WIN","python"\n'}, {}, "problem"),
        ({CONF: b'"CONDA PATH","C:\\conda"\n"CONDA ENV","cms"\n'}, {}, "note"),
        (
            {
                CONF: b'"INTERPRETER_WIN","C:\\gone\\python.exe"\n',
                r"C:\Forms\xlwings.conf": b'"INTERPRETER_WIN","C:\\cms\\.venv\\Scripts\\python.exe"\n',
            },
            {},
            "ok",
        ),
    ],
)
def test_interpreter(files: dict[str, bytes], outputs: dict[str, Output], expected: str) -> None:
    """None set, gone, this one, another that lacks the packages, Conda, a settings file beside the front-end."""
    machine = windows(files={**files, r"C:\Users\mia\py\python.exe": b""}, outputs=outputs)
    machine.files[str(machine.python)] = b""
    found = judged(look_at_interpreter(machine, machine.path(FRONT_END), macros=True))
    assert found == {"interpreter": expected, "add-in": "ok"}
    if expected == "problem":  # without macros nothing needs it
        assert judged(look_at_interpreter(machine, None, macros=False))["interpreter"] != "problem"


def test_settings_file_is_where_xlwings_has_it() -> None:
    """On this system the place is the one xlwings itself uses."""
    assert str(user_conf(ThisMachine())) == xlwings.USER_CONFIG_FILE


def test_add_in_is_named_where_it_is() -> None:
    """An installed add-in is told, on both systems."""
    start = r"C:\Users\mia\AppData\Roaming\Microsoft\Excel\XLSTART\xlwings.xlam"
    content = "/Users/mia/Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized"
    for machine in (windows(files={start: b""}), mac(files={f"{content}/Excel/xlwings.xlam": b""})):
        assert judged(look_at_interpreter(machine, None, macros=False))["add-in"] == "note"


SCRIPTS = "/Users/mia/Library/Application Scripts/com.microsoft.Excel"


@pytest.mark.parametrize(
    ("machine", "inside", "expected"),
    [
        (windows(packages=FORMS), "0.37.8", {"runpython": "ok"}),
        (windows(packages=FORMS), "0.33.4", {"runpython": "note"}),
        (windows(packages=FORMS), "", {}),
        (windows(), "0.33.4", {}),
        (mac(packages=FORMS), "0.37.8", {"runpython-script": "problem", "runpython": "ok"}),
        (
            mac(packages=FORMS, files={f"{SCRIPTS}/xlwings-0.37.8.applescript": b""}),
            "0.37.8",
            {"runpython-script": "ok", "runpython": "ok"},
        ),
        (
            mac(packages=FORMS, files={f"{SCRIPTS}/xlwings-0.37.8.applescript": b""}),
            "0.33.4",
            {"runpython-script": "problem", "runpython": "note"},
        ),
    ],
)
def test_version_inside_a_front_end(machine: GivenMachine, inside: str, expected: dict[str, str]) -> None:
    """An upgrade of xlwings breaks an older front-end on macOS, where the script carries the version."""
    assert judged(look_at_versions(machine, inside, "entry.xlsm")) == expected


# trust --------------------------------------------------------------------------------------------------------

MARK = {rf"{FRONT_END}:Zone.Identifier": b"[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://mail.test/\r\n"}
FINE = {
    "trusted-location": "note",
    "mark-of-the-web": "ok",
    "macro-settings": "ok",
    "child-processes": "ok",
}


def location(path: str, subfolders: int = 0) -> dict[str, dict[str, str | int]]:
    """A trusted location."""
    return {rf"{SECURITY}\Trusted Locations\Location7": {"Path": path, "AllowSubfolders": subfolders}}


@pytest.mark.parametrize(
    ("facts", "differences"),
    [
        ({}, {}),
        ({"files": MARK}, {"mark-of-the-web": "problem"}),
        ({"files": {rf"{FRONT_END}:Zone.Identifier": b"[ZoneTransfer]\r\nZoneId=1"}}, {}),
        ({"files": MARK, "keys": location("C:\\Forms\\")}, {"trusted-location": "ok"}),
        ({"files": MARK, "keys": location("%HOMEDRIVE%\\", 1)}, {"trusted-location": "ok"}),
        ({"files": MARK, "keys": location("C:\\")}, {"mark-of-the-web": "problem"}),
        (
            {
                "files": MARK,
                "keys": location("C:\\Forms") | {rf"{POLICY}\Trusted Locations": {"AllLocationsDisabled": 1}},
            },
            {"mark-of-the-web": "problem"},
        ),
        (
            {"files": MARK, "keys": location("C:\\Forms"), "kinds": {"C:\\": "network"}},
            {"mark-of-the-web": "problem"},
        ),
        ({"keys": {SECURITY: {"VBAWarnings": 4}}}, {"macro-settings": "problem"}),
        ({"keys": {SECURITY: {"VBAWarnings": 1}}}, {"macro-settings": "note"}),
        ({"keys": {SECURITY: {"VBAWarnings": 2}, POLICY: {"vbawarnings": 3}}}, {"macro-settings": "problem"}),
        (
            {"keys": {SECURITY: {"VBAWarnings": 4}} | location("C:\\Forms")},
            {"macro-settings": "note", "trusted-location": "ok"},
        ),
        ({"keys": {ASR: {RULE: "1"}}}, {"child-processes": "problem"}),
        ({"keys": {ASR: {RULE.upper(): "6"}}}, {"child-processes": "note"}),
        ({"keys": {ASR: {RULE: "2"}}}, {}),
        (
            {"keys": {MANAGED: {"ASRRules": f"75668c1f-73b5-4cf0-bb93-3ecf5cb7cc84=1|{RULE}=1"}}},
            {"child-processes": "problem"},
        ),
        ({"keys": {MANAGED: {"ASRRules": f"{{{RULE}}}=2"}}}, {}),
    ],
)
def test_what_keeps_macros_from_running(facts: dict[str, Any], differences: dict[str, str]) -> None:
    """Mark of the Web, trusted locations, Excel's setting, policies before it, and the rule on child processes."""
    machine = windows(environ={"HOMEDRIVE": "C:"}, **facts)
    assert judged(look_at_trust(machine, machine.path(FRONT_END), macros=True)) == FINE | differences
    # A front-end without macros is served by the helper: nothing of this stops it.
    assert "problem" not in judged(look_at_trust(machine, machine.path(FRONT_END), macros=False)).values()


def test_policy_is_named() -> None:
    """Who cannot change a setting herself is told that it comes from the organisation."""
    machine = windows(keys={POLICY: {"VBAWarnings": 4}})
    found = {d.id: d.found for d in look_at_trust(machine, None, macros=True)}
    assert "by a policy of your organisation" in found["macro-settings"]
