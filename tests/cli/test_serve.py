"""The command serve."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.front_end import INTERACTION, OpenFrontEnd, until
from tests.support.interrupts import heed_interrupts
from tests.support.office import require_office, running_office
from workbook_cms.cli import run
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.forms.serving import only_one
from workbook_cms.workbook import Workbook


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """The user's own folder is a fresh one."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "workbook-cms"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="Excel may be there")
def test_excel_is_not_here(own_folder, capsys) -> None:
    """Where Excel cannot be driven one line says so, and what can be served."""
    assert run(["serve", "--office", "excel"]) == 2
    assert "It cannot be driven on linux" in capsys.readouterr().err


def test_missing_workbook(own_folder, capsys) -> None:
    """A front-end that is not there is named before anything is started."""
    assert run(["serve", "nowhere.xlsx"]) == 2
    assert "nowhere.xlsx: there is no such file." in capsys.readouterr().err


def test_xlwings_missing(own_folder, capsys, monkeypatch) -> None:
    """Without xlwings one line says how to install it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run(["serve"]) == 2
    assert "Forms need xlwings. pip install 'workbook-cms[forms]'" in capsys.readouterr().err


def test_second_helper(own_folder, capsys) -> None:
    """A second helper of the same account ends with one line."""
    require_office()
    with only_one(own_folder):
        assert run(["serve", "--office", "libreoffice", "--once"]) == 2
    assert "another helper of this account runs already" in capsys.readouterr().err


def test_serve_in_a_process_of_its_own(own_folder, tmp_path) -> None:
    """The command serves what is open in LibreOffice, and Ctrl+C ends it with one line and no error."""
    record = tmp_path / "customers.xlsx"
    Workbook.create(record, today=TODAY).add("Stakeholders", QUENBY)
    with running_office(tmp_path) as office:
        front_end = OpenFrontEnd(
            office.app.books.open(str(make_frontend(record, tmp_path / "entry.xlsx"))), record
        )
        front_end.say_who("Amelia Tran")
        command = [sys.executable, "-m", "workbook_cms", "serve", "--office", "libreoffice", "--pipe", office.pipe]
        served = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=heed_interrupts,  # noqa: PLW1509 - no thread of ours runs
        )
        try:
            assert served.stdout is not None
            assert "Stop with Ctrl+C" in served.stdout.readline()
            assert served.stdout.readline() == "Serving entry.xlsx.\n"
            front_end.type("@find", "STK-00001")
            until(lambda: front_end.text("stakeholder_id").startswith("STK-00001"))
            front_end.fill(**INTERACTION)
            front_end.ask("Submit")
            until(lambda: front_end.status.startswith("Saved as INT-000001."))
        finally:
            served.send_signal(signal.SIGINT)
            out, err = served.communicate(timeout=60)
    assert served.returncode == 0
    assert out.splitlines()[-1].startswith("Stopped.")
    assert err == ""
    assert (own_folder / "serve.log").read_text(encoding="utf-8").count("Submit: written") == 1
