"""The real command on a pseudo-terminal, used as a person uses it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.conftest import QUENBY
from tests.support.terminal import Terminal
from workbook_cms import Workbook

NIAMH = {
    "Type": "Customer",
    "Given name": "Niamh",
    "Family name": "O'Sullivan",
    "Date of birth": "23 Mar 1987",
    "Email": "niamh.osullivan@example.com",
}
#: From Channel to Details.
WHAT = ("Phone", "Tab", "Tab", "Brochure", "Tab", "Enquiry", "Tab", "Asked for walks in Tasmania.")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook of two stakeholders."""
    folder = tmp_path_factory.mktemp("two")
    book = Workbook.create(folder / "customers.xlsx")
    for person in (QUENBY, NIAMH):
        book.add("Stakeholders", person)
    return folder


@pytest.fixture
def path(made_once: Path, tmp_path: Path) -> Path:
    """A workbook with STK-00001 Quenby Zafiropoulos and STK-00002 Niamh O'Sullivan."""
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "customers.xlsx"


def form(
    path: Path, table: str = "Interactions", columns: int = 120, rows: int = 40, **environment: str
) -> Terminal:
    """The form of a table in a terminal; the person gives her name, since her login is not in the Staff list."""
    command = ["-m", "workbook_cms", "form", str(path), table, "--person", "Amelia Tran"]
    return Terminal(command, Path.cwd(), columns, rows, **environment)


def choose(terminal: Terminal) -> None:
    """Find Quenby and pick her; the cursor is then in Channel."""
    terminal.until("Record an interaction", "Find: ")
    terminal.type("quen", "Enter")
    terminal.until("1 STK-00001 Quenby Zafiropoulos")
    terminal.type("1")
    terminal.until("Read back to the customer", "Channel: ")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_an_interaction_from_find_to_the_row(path: Path, size: tuple[int, int]) -> None:
    """Find, read back, fill in, be refused, mend, submit: the row is in the workbook, and the form is clean."""
    with form(path, columns=size[0], rows=size[1]) as terminal:
        choose(terminal)
        terminal.until("Quebec Uniform")
        terminal.type(*WHAT, "Ctrl+S")
        terminal.until("✗", "1 thing", "Desired outcome: ", "is needed where")
        terminal.type("A list of walks", "Ctrl+S")
        terminal.until("INT-000001")
        terminal.until(gone="A list of walks")
        terminal.type("Ctrl+Q")
        assert terminal.end() == 0
    row = Workbook.open(path).table("Interactions").get("INT-000001")
    assert row["Details"] == "Asked for walks in Tasmania."
    assert row["Desired outcome"] == "A list of walks"
    assert row["Recorded by"] == "Amelia Tran"
    history = Workbook.open(path).history("INT-000001")
    assert set(history["Person"]) == {"Amelia Tran (unverified)"}


def test_one_of_several_is_picked_by_its_number(path: Path) -> None:
    """A digit is enough where the candidates stand beside the form."""
    with form(path) as terminal:
        terminal.until("Find: ")
        terminal.type("example.com", "Enter")
        screen = terminal.until("1 STK-", "2 STK-")
        second = screen[screen.index("2  STK-") :].split()[1]
        terminal.type("2")
        assert f"{second} " in terminal.until("Read back", f"{second} ")


def test_an_alert_takes_a_reason(path: Path) -> None:
    """Somebody alike is shown; with a reason the record goes in, and the reason is kept."""
    with form(path, "Stakeholders") as terminal:
        terminal.until("Add a stakeholder", "Type: ")
        terminal.type("Customer", "Tab", "Tab", "Niamh", "Tab", "OSullivan", "Tab", "Tab")
        terminal.type("23 Mar 1987", "Tab", "Tab", "0491 570 157", "Ctrl+S")
        terminal.until("! ", "STK-00002", "Reason: ")
        terminal.type("twin sister", "Ctrl+S")
        terminal.until("STK-00003")
    history = Workbook.open(path).history("STK-00003")
    assert [why for why in history["Why"] if why] == ["twin sister [DUP002 STK-00002]"]


def test_while_the_workbook_is_open_elsewhere_the_entry_waits(
    path: Path, opened_elsewhere: Callable[[Path], AbstractContextManager[None]]
) -> None:
    """It is said who has it open; the entry is accepted, and goes in with the next write."""
    with opened_elsewhere(path), form(path) as terminal:
        terminal.until("mia")
        choose(terminal)
        terminal.type(*WHAT, "Tab", "A list", "Ctrl+S")
        terminal.until("queued: customers.xlsx is open by mia")
        assert len(Workbook.open(path).pending) == 1
    book = Workbook.open(path)
    book.sync()
    assert book.table("Interactions").get("INT-000001")["Desired outcome"] == "A list"


def test_quitting_asks_when_something_is_typed(path: Path) -> None:
    """No goes back to the form with all that was typed; yes leaves, and nothing is written."""
    with form(path) as terminal:
        choose(terminal)
        terminal.type(*WHAT, "Ctrl+Q")
        terminal.until("What you typed is not saved.", "quit without saving")
        terminal.type("n")
        terminal.until("Asked for walks in", gone="quit without saving")
        terminal.type("Ctrl+Q")
        terminal.until("quit without saving")
        terminal.type("y")
        assert terminal.end() == 0
    assert len(Workbook.open(path).table("Interactions")) == 0


def test_a_window_of_another_size_loses_nothing(path: Path) -> None:
    """Down to a sliver and back, everything that was typed stands in the form."""
    with form(path) as terminal:
        choose(terminal)
        terminal.type(*WHAT)
        terminal.until("Details: What was said", "Asked for walks")
        for size in ((80, 24), (60, 20), (140, 50)):
            terminal.resize(*size)
            terminal.until("Record an interaction", "* Asked for walks", "Details: What was said")
        terminal.type("Tab", "A list of walks", "Ctrl+S")
        terminal.until("INT-000001")
    assert Workbook.open(path).table("Interactions").get("INT-000001")["Desired outcome"] == "A list of walks"


def test_without_colour_the_signs_tell(path: Path) -> None:
    """With NO_COLOR nothing is coloured, and what is wrong is told by sign and word."""
    with form(path, NO_COLOR="1") as terminal:
        terminal.until("Find: ")
        terminal.type("Ctrl+S")
        terminal.until("✗ ", "Stakeholder ID *")
        used = {c.fg for line in terminal.screen.buffer.values() for c in line.values()}
    assert [fg for fg in used if len(fg) == 6 and len({fg[0:2], fg[2:4], fg[4:6]}) > 1] == []


def test_a_workbook_that_is_none_is_one_line(tmp_path: Path) -> None:
    """No form opens; place, problem and remedy stand on the screen."""
    (tmp_path / "customers.xlsx").write_text("nothing")
    with Terminal(["-m", "workbook_cms", "form", str(tmp_path / "customers.xlsx")], Path.cwd()) as terminal:
        terminal.until("workbook-cms: customers.xlsx")
        assert terminal.end() == 2
        assert "Traceback" not in terminal.text


def test_who_gave_no_name_is_told_how_here(path: Path) -> None:
    """A terminal has no sheet Home to choose a name on: the command takes it."""
    with Terminal(["-m", "workbook_cms", "form", str(path), "Interactions"], Path.cwd()) as terminal:
        seen = terminal.until("Recorded by is filled with it")
    assert 'Start again with --person "Your name": Recorded by is filled with it.' in seen
    assert "Home" not in seen
