"""The program: started, attached to, killed, and what its app offers."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from tests.support.office import running_office
from workbook_cms.forms.engines import libreoffice
from workbook_cms.forms.engines import office as offices
from workbook_cms.forms.engines.errors import SpreadsheetBusyError, SpreadsheetGoneError


def test_register_once() -> None:
    """The engine is added to xlwings once, however often it is asked for."""
    assert libreoffice.register().name == "libreoffice"
    assert libreoffice.register().impl is libreoffice.register().impl


def test_an_app(office) -> None:
    """Number of its process, version, no window."""
    app = office.app
    assert app.pid > 0
    assert app.version.major >= 7
    assert app.visible is False
    assert app.engine.apps[app.pid] == app
    with pytest.raises(KeyError):
        _ = app.engine.apps[-1]


def test_switches_of_an_app(office, sheet) -> None:
    """Screen, calculation and status line are switched and put back."""
    app = office.app
    sheet["A1"].value = [[1, "=A1*2"]]
    with app.properties(screen_updating=False, calculation="manual", status_bar="Saving", display_alerts=False):
        assert (app.screen_updating, app.calculation, app.status_bar) == (False, "manual", "Saving")
        sheet["A1"].value = 5
        assert sheet["B1"].value == 2
        app.calculate()
        assert sheet["B1"].value == 10
    assert (app.screen_updating, app.calculation, app.status_bar) == (True, "automatic", False)


def test_a_program_that_died(tmp_path) -> None:
    """Every object of it says so; it is no longer listed, and can be started again."""
    with running_office(tmp_path) as office:
        book = office.app.books.add()
        cell, name = book.sheets[0]["A1"], book.names.add("spot", "=Sheet1!$A$1")
        cell.value = "before"
        app = office.app
        office.kill()
        asked = (
            lambda: cell.value,
            lambda: setattr(cell, "value", "x"),
            lambda: cell.color,
            lambda: name.refers_to_range,
            lambda: book.name,
            lambda: book.sheets[0].name,
            lambda: len(app.books),
            book.close,
        )
        assert [_said(ask) for ask in asked] == [
            "LibreOffice: It was closed or has stopped. Start it again."
        ] * len(asked)
        assert app not in list(app.engine.apps)
        assert libreoffice.attach(office.pipe, office.profile) is None
        office.start()
        assert len(office.app.books) == 0


def test_a_program_without_a_door_is_attached_to(tmp_path) -> None:
    """One that was started without a pipe, as people do, opens one when it is asked to."""
    with running_office(tmp_path) as office:
        office.app.books.add().sheets[0]["A1"].value = "typed by hand"
        other = f"{office.pipe}-helper"
        assert not offices.running(tmp_path / "another profile")
        assert offices.running(office.profile)
        app = libreoffice.attach(other, office.profile)
        assert app.books[0].sheets[0]["A1"].value == "typed by hand"
        assert app.pid == office.app.pid


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that halts a program")
def test_a_program_that_does_not_answer(tmp_path) -> None:
    """One that runs and is stuck is told apart from none, and can be attached to when it goes on."""
    with running_office(tmp_path) as office:
        pid = office.app.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(SpreadsheetBusyError, match="LibreOffice: It runs, but does not answer"):
                offices.attach(f"{office.pipe}-helper", office.profile, patience=0.5)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert offices.attach(f"{office.pipe}-helper", office.profile) is not None


def test_start_takes_the_program_that_runs(tmp_path) -> None:
    """A second start with the same settings is the same program."""
    with running_office(tmp_path) as office:
        assert libreoffice.start(f"{office.pipe}-more", office.profile, visible=False).pid == office.app.pid


def test_quit(tmp_path) -> None:
    """It ends without saving and without a question."""
    with running_office(tmp_path) as office:
        app = office.app
        app.books.add().sheets[0]["A1"].value = "not saved"
        app.quit()
        assert offices.attach(office.pipe, office.profile) is None


def test_windows_on_a_screen(tmp_path) -> None:
    """With a screen there are windows; what is being typed into a cell comes with Enter and stops nobody."""
    with running_office(tmp_path, screen=(800, 600)) as office:
        book = office.app.books.add()
        office.fill_screen(book)
        sheet = book.sheets[0]
        assert office.app.visible is True
        sheet["B2"].select()
        book.activate()
        office.run("xdotool", "mousemove", "400", "400", "click", "1", "type", "abc")
        sheet["A1"].value = "written meanwhile"
        office.run("xdotool", "key", "Return")
        typed = _filled(sheet)
        assert sheet["A1"].value == "written meanwhile"
        assert typed == {"abc", "written meanwhile"}
        assert office.screenshot(tmp_path / "screen.png").stat().st_size > 1000


def _filled(sheet) -> set[str]:
    """The texts of a sheet, once there are two: keys take a moment to arrive."""
    for _ in range(500):
        texts = {value for row in sheet.used_range.options(ndim=2).value for value in row if value}
        if len(texts) == 2:
            break
    return texts


def _said(ask) -> str:
    """What is answered when the workbook or the program is gone."""
    with pytest.raises(SpreadsheetGoneError) as caught:
        ask()
    return str(caught.value)
