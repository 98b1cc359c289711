"""``workbook-cms serve`` as a process of its own: several forms, a record workbook open elsewhere, kills and bugs."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import TODAY
from tests.support.front_end import INTERACTION, OpenFrontEnd, until
from tests.support.raw import edit, row_of
from tests.support.served import serving
from workbook_cms import Workbook
from workbook_cms.forms.frontend import make_frontend

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = (
    "Which tours of Dubbo Zoo are there in January?",
    "Lost a suitcase on the ferry to Tasmania.",
    "Wants a sleeper to Perth for two people.",
    "Asks whether dogs may come along on the Ghan.",
)
#: A bug: what is saved with these words breaks, in an error that holds what was typed.
BUG = """

_sound = save


def save(draft, given):
    if "break it" in draft.texts.get("details", ""):
        raise ZeroDivisionError(str(draft.texts))
    return _sound(draft, given)
"""
#: Where the process of the helper ends itself, as a power cut would: module, and what stands at its end then.
CUTS = {
    "before the answer": ("workbook_cms/forms/sheet.py", "FormSheet.show = _cut"),
    "before the inputs are cleared": ("workbook_cms/forms/sheet.py", "FormSheet._show_inputs = _cut"),
    "before the messages": ("workbook_cms/forms/sheet.py", "FormSheet._show_messages = _cut"),
}
CUT_OFF = """

def _cut(self, answer, *_):
    if answer.receipt is None:
        return _whole(self, answer, *_)
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)


"""
CUT = """

def _show_panel(self, lines, focus):
    raise ZeroDivisionError(str(lines))


FormSheet._show_panel = _show_panel
"""


def interactions(team: Path):
    """The interactions on disk, those that wait too."""
    return Workbook.open(team, today=TODAY).table("Interactions").to_pandas()


def find(form: OpenFrontEnd) -> None:
    """Find Quenby and wait until she is there."""
    form.sheet.activate()
    form.type("@find", "STK-00001")
    until(lambda: form.text("stakeholder_id").startswith("STK-00001"))


def submit(form: OpenFrontEnd, details: str) -> str:
    """Record an enquiry of Quenby and wait for the answer; the status line afterwards."""
    form.sheet.activate()
    form.fill(**{**INTERACTION, "details": details})
    return ask(form, "Submit")


_NO_ANSWER = ("STK-", "For STK-")


def ask(form: OpenFrontEnd, request: str) -> str:
    """Ask for something and wait for the answer; the status line afterwards.

    What is said of a record that was found, or of what is typed, may come only now, and is no answer.
    """
    before = form.status
    form.ask(request)
    until(lambda: not form.text("@do") and form.status != before and not form.status.startswith(_NO_ANSWER))
    return form.status


@contextlib.contextmanager
def shown(office, path: Path, team: Path, person: str) -> Iterator[OpenFrontEnd]:
    """A front-end, open, with a name chosen on Home."""
    form = OpenFrontEnd(office.app.books.open(str(path)), team)
    try:
        form.say_who(person)
        yield form
    finally:
        form.book.close()


def test_two_front_ends_one_record(office, team, tmp_path) -> None:
    """Two people's forms in turn, through one helper: each is answered, every entry is there once, under its author."""
    second = make_frontend(team, tmp_path / "second.xlsx")
    with (
        serving(office, tmp_path / "state"),
        shown(office, team.with_name("entry.xlsx"), team, "Amelia Tran") as hers,
        shown(office, second, team, "Ben Okafor") as his,
    ):
        for form in (hers, his):
            form.book.activate()
            find(form)
        said = [submit(form, text) for form, text in zip((hers, his) * 2, QUESTIONS, strict=True)]
    assert [text.split(".")[0] for text in said] == [f"Saved as INT-00000{n}" for n in range(1, 5)]
    rows = interactions(team)
    assert list(rows["Interaction ID"]) == [f"INT-00000{n}" for n in range(1, 5)]
    assert list(rows["Recorded by"]) == ["Amelia Tran", "Ben Okafor"] * 2


def test_queued_drained_and_told(office, team, tmp_path, opened_elsewhere) -> None:
    """Queued while the record workbook is open elsewhere; then an entry goes in, and a change that met another is told."""
    with (
        serving(office, tmp_path / "state"),
        shown(office, team.with_name("entry.xlsx"), team, "Amelia Tran") as form,
    ):
        find(form)
        assert submit(form, "A question about the tours of Dubbo Zoo.").startswith("Saved as INT-000001.")
        ask(form, "Open")
        with opened_elsewhere(team):
            form.type("outcome", "Hers.")
            assert "queued" in ask(form, "Submit")
            assert submit(form, "Another question about the train to Perth.").startswith("Accepted,")
            edit(
                team,
                "Interactions",
                row_of(team, "Interactions", "Interaction ID", "INT-000001"),
                {"Outcome": "Mia's."},
            )
        said = ask(form, "Bring in")
        assert said.startswith(
            "Your change to INT-000001 (Outcome) was not applied: Outcome was changed meanwhile"
        )
        ask(form, "Open")
        until(lambda: form.text("outcome") == "Hers.")
        assert "Mia's." in form.message("outcome")[0]
        assert ask(form, "Submit").startswith("INT-000001 is changed: Outcome.")
    rows = interactions(team)
    assert list(rows["Interaction ID"]) == ["INT-000001", "INT-000002"]
    assert rows["Outcome"][0] == "Hers."


@pytest.mark.parametrize("reached", ["journal", "applied"])
def test_helper_killed_before_the_answer(office, team, tmp_path, reached) -> None:
    """Killed for real once the entry is in the journal, or in the file: it is there once, and the form is told so."""
    with shown(office, team.with_name("entry.xlsx"), team, "Amelia Tran") as form:
        folder = team.with_name(f"{team.name}.cms") / reached
        with serving(office, tmp_path / "state") as helper:
            find(form)
            form.fill(**INTERACTION)
            until(lambda: "Dubbo" not in form.status and form.message("purpose")[1] != "wrong")
            known = set(folder.glob("*.json"))
            form.ask("Submit")
            until(lambda: set(folder.glob("*.json")) - known)
            os.kill(helper.pid, signal.SIGKILL)
            helper.wait()
        assert len(interactions(team)) == 1
        with serving(office, tmp_path / "state"):
            until(lambda: not form.text("@do") and "INT-000001" in form.status)
            assert "saved already" in form.status
            until(lambda: form.text("details") == "")
            assert submit(form, "Another question about the train to Perth.").startswith("Saved as INT-000002.")
    assert list(interactions(team)["Interaction ID"]) == ["INT-000001", "INT-000002"]


@pytest.mark.parametrize("point", CUTS)
def test_helper_killed_while_it_answers(office, team, tmp_path, point) -> None:
    """Killed at any moment of an answer, the next helper finds the entry saved, says so, and saves it no second time."""
    module, last = CUTS[point]
    name = last.removeprefix("FormSheet.").partition(" ")[0]
    code = f"{CUT_OFF}_whole = FormSheet.{name}\n{last}\n"
    broken = broken_installation(tmp_path / "broken", module, code)
    with shown(office, team.with_name("entry.xlsx"), team, "Amelia Tran") as form:
        with serving(office, tmp_path / "state", installed=broken) as helper:
            find(form)
            form.fill(**INTERACTION)
            form.ask("Submit")
            helper.wait(60)
        assert helper.returncode == -signal.SIGKILL
        assert list(interactions(team)["Interaction ID"]) == ["INT-000001"]
        with serving(office, tmp_path / "state"):
            until(lambda: form.text("details") == "" and form.text("@do") == "")
            assert submit(form, QUESTIONS[1]).startswith("Saved as INT-000002.")
    assert list(interactions(team)["Interaction ID"]) == ["INT-000001", "INT-000002"]


def broken_installation(folder: Path, module: str, code: str) -> Path:
    """A copy of the program with a bug in one of its modules."""
    for package in ("workbook_cms", "validation", "templates", "macros"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / module).open("a", encoding="utf-8") as file:
        file.write(code)
    return folder


def test_bug_does_not_end_the_helper(office, team, tmp_path) -> None:
    """A bug of ours: one sentence, nothing typed is lost, the log tells where and not what, and the helper goes on."""
    broken = broken_installation(tmp_path / "broken", "workbook_cms/forms/saving.py", BUG)
    with (
        shown(office, team.with_name("entry.xlsx"), team, "Amelia Tran") as form,
        serving(office, tmp_path / "state", installed=broken) as helper,
    ):
        find(form)
        said = submit(form, "Please break it for Dubbo.")
        log = tmp_path / "state" / "workbook-cms" / "serve.log"
        assert (
            said
            == f"Something went wrong in workbook-cms; what you typed is still here. The log {log} has the details."
        )
        assert (form.mark, form.text("details")) == ("wrong", "Please break it for Dubbo.")
        assert submit(form, "A question about the tours of Dubbo Zoo.").startswith("Saved as INT-000001.")
        assert helper.poll() is None
    text = log.read_text(encoding="utf-8")
    assert "ZeroDivisionError in " in text
    assert "workbook_cms/forms/saving.py" in text
    assert not [word for word in ("Dubbo", "Quenby", "STK-", str(tmp_path)) if word in text]


def test_bug_where_answers_are_shown(office, team, tmp_path) -> None:
    """Where the bug hits after the entry was saved, asking again saves nothing twice."""
    broken = broken_installation(tmp_path / "broken", "workbook_cms/forms/sheet.py", CUT)
    with shown(office, team.with_name("entry.xlsx"), team, "Amelia Tran") as form:
        with serving(office, tmp_path / "state"):
            find(form)
            form.fill(**INTERACTION)
            until(lambda: form.message("purpose")[1] != "wrong")
        with serving(office, tmp_path / "state", installed=broken) as helper:
            assert ask(form, "Submit").startswith("Something went wrong in workbook-cms;")
            assert helper.poll() is None
        with serving(office, tmp_path / "state"):
            until(lambda: not form.status.startswith("Something went wrong"))
            if form.text("details"):
                ask(form, "Submit")
    assert list(interactions(team)["Interaction ID"]) == ["INT-000001"]
