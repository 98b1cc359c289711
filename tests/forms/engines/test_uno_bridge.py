"""LibreOffice and its Python binding: found, missing, or made for another Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.office import require_office
from workbook_cms.forms.engines import office as offices
from workbook_cms.forms.engines import uno_bridge
from workbook_cms.forms.engines.errors import OfficeMissingError

ROOT = Path(__file__).resolve().parents[3]


def test_binding_is_loaded_without_its_folder() -> None:
    """The folder of the system's packages does not come on the path."""
    require_office()
    code = (
        "import sys; from workbook_cms.forms.engines import uno_bridge; uno_bridge.load(); "
        "print('/usr/lib/python3/dist-packages' in sys.path, 'uno' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("linked", "minor"),
    [
        (b"\x00libpython3.11.so.1.0\x00", 11),
        (b"\x00python311.dll\x00", 11),
        (b"Python.framework/Versions/3.12/Python\x00", 12),
        (b"nothing of that", 0),
    ],
)
def test_python_of_a_binding(tmp_path, linked, minor) -> None:
    """It is read from the library it is linked to, on each system."""
    library = tmp_path / "libpyuno.so"
    library.write_bytes(b"\x7fELF\x00" + linked)
    assert uno_bridge.python_of(library) == minor


def _problem(monkeypatch, folders: list[Path]) -> tuple[str, str] | None:
    """What a fresh process would find, were LibreOffice in these folders."""
    monkeypatch.delitem(sys.modules, "uno", raising=False)
    monkeypatch.setattr(uno_bridge, "program_folders", lambda: iter(folders))
    monkeypatch.setattr(uno_bridge, "system_folders", list)
    return uno_bridge.binding_problem()


def test_binding_for_another_python(tmp_path, monkeypatch) -> None:
    """Loading it would crash the process, so that it is told instead."""
    (tmp_path / "libpyuno.so").write_bytes(b"\x00libpython3.4.so.1.0\x00")
    (tmp_path / "uno.py").write_text("", encoding="utf-8")
    problem, remedy = _problem(monkeypatch, [tmp_path])
    assert problem.startswith("Its Python binding is made for Python 3.4, and this is Python 3.")
    assert remedy == "Install workbook-cms with Python 3.4."


def test_no_binding(tmp_path, monkeypatch) -> None:
    """The package to install is named."""
    problem, remedy = _problem(monkeypatch, [tmp_path])
    assert problem == "Its Python binding is not installed."
    assert "python3-uno" in remedy


def test_no_libreoffice(tmp_path, monkeypatch) -> None:
    """Starting it says what to install; attaching finds nothing."""
    require_office()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(uno_bridge, "program_folders", lambda: iter(()))
    assert offices.find_program() is None
    with pytest.raises(OfficeMissingError, match=r"LibreOffice: It is not installed. Install LibreOffice"):
        offices.start("cms-test-nothing", tmp_path / "profile", visible=False)


def test_a_program_that_does_not_start(tmp_path, monkeypatch) -> None:
    """A program that ends at once is told in one line, not waited for."""
    require_office()
    broken = tmp_path / "soffice"
    broken.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(offices.SpreadsheetError, match="LibreOffice: It did not start"):
        offices.start("cms-test-broken", tmp_path / "profile", visible=False)


def test_a_program_that_wants_to_be_started_again(tmp_path, monkeypatch) -> None:
    """Exit 81 of a fresh profile is answered with a second start."""
    require_office()
    again = tmp_path / "soffice"
    script = f"#!/bin/sh\nif [ -e {tmp_path}/once ]; then exit 3; fi\ntouch {tmp_path}/once\nexit 81\n"
    again.write_text(script, encoding="utf-8")
    again.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(offices.SpreadsheetError):
        offices.start("cms-test-again", tmp_path / "profile", visible=False)
    assert (tmp_path / "once").exists()


def test_profile_of_the_account(monkeypatch, tmp_path) -> None:
    """Where each system keeps it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert offices.user_profile() == tmp_path / "libreoffice" / "4"
    monkeypatch.setattr(sys, "platform", "win32")
    assert offices.user_profile() == tmp_path / "LibreOffice" / "4"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert offices.user_profile().parts[-4:] == ("Library", "Application Support", "LibreOffice", "4")
