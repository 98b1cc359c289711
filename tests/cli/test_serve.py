"""The command serve."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.front_end import INTERACTION, OpenFrontEnd, interaction_keys, until
from tests.support.interrupts import heed_interrupts
from tests.support.office import require_office, running_office
from tests.support.served import log_of
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


@pytest.fixture
def served(own_folder, tmp_path):
    """A front-end open in LibreOffice, and the command that serves it in a process of its own."""
    record = tmp_path / "customers.xlsx"
    Workbook.create(record, today=TODAY).add("Stakeholders", QUENBY)
    with running_office(tmp_path) as office:
        front_end = OpenFrontEnd(
            office.app.books.open(str(make_frontend(record, tmp_path / "entry.xlsx"))), record
        )
        front_end.say_who("Amelia Tran")
        command = [sys.executable, "-m", "workbook_cms", "serve", "--office", "libreoffice", "--pipe", office.pipe]
        helper = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=heed_interrupts,  # noqa: PLW1509 - no thread of ours runs
        )
        try:
            assert helper.stdout is not None
            assert "Stop with Ctrl+C" in helper.stdout.readline()
            assert helper.stdout.readline() == "Serving entry.xlsx.\n"
            front_end.type("@find", "STK-00001")
            until(lambda: front_end.text("stakeholder_id").startswith("STK-00001"))
            front_end.fill(**INTERACTION)
            yield helper, front_end
        finally:
            helper.kill()
            print(*helper.communicate(), log_of(tmp_path / "state"), sep="\n")  # shown where the test failed


def ended(helper: subprocess.Popen[str], sign: signal.Signals) -> None:
    """The helper told to stop says so in its last line, and nothing went wrong in it."""
    helper.send_signal(sign)
    out, err = helper.communicate(timeout=120)
    assert out.splitlines() == ["Stopped. What was saved is saved; nothing typed in a form is lost."]
    assert err == ""
    assert helper.returncode == 0


def test_serve_in_a_process_of_its_own(own_folder, served) -> None:
    """The command serves what is open in LibreOffice, and Ctrl+C ends it with one line and no error."""
    helper, front_end = served
    front_end.ask("Submit")
    until(lambda: front_end.status.startswith("Saved as INT-000001."))
    ended(helper, signal.SIGINT)
    log = (own_folder / "serve.log").read_text(encoding="utf-8")
    assert log.count("Submit: written") == 1
    assert "a bug" not in log


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_of_an_answer(served, sign) -> None:
    """Ctrl+C when the entry is written and the form does not say so yet: the answer is finished first."""
    helper, front_end = served
    front_end.ask("Submit")
    until(lambda: interaction_keys(front_end.record))
    ended(helper, sign)
    assert front_end.status.startswith("Saved as INT-000001.")
