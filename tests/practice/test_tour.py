"""The guided tour: tasks from the policy, ticked off by the history."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import TODAY
from validation.policy import Stage
from workbook_cms import Workbook
from workbook_cms.errors import InputError
from workbook_cms.practice.copy import make_practice
from workbook_cms.practice.tour import progress

NIAMH = {
    "Type": "Customer",
    "Given name": "Niamh",
    "Family name": "O'Sullivan",
    "Date of birth": "23 Mar 1987",
    "Email": "niamh.osullivan@example.com",
}
QUOTE = {
    "Stakeholder ID": "STK-00001",
    "Channel": "Phone",
    "Contact reason": "New trip",
    "Purpose": "Quote",
    "Details": "Two adults to Tasmania in March.",
    "Desired outcome": "A quote by Friday",
    "Responsible": "Ben Okafor",
    "Follow-up date": "27 Nov 2026",
    "Recorded by": "Ben Okafor",
}


@pytest.fixture(scope="module")
def practice_folder(tmp_path_factory: pytest.TempPathFactory, made: dict[str, Path]) -> Path:
    """A folder with an empty workbook and its practice copy, made once."""
    folder = tmp_path_factory.mktemp("practice")
    shutil.copytree(made["fresh"], folder, dirs_exist_ok=True)
    make_practice(folder / "customers.xlsx", today=TODAY)
    return folder


@pytest.fixture
def practice(practice_folder: Path, tmp_path: Path) -> Workbook:
    """A practice copy of an empty World Traveller workbook."""
    shutil.copytree(practice_folder, tmp_path, dirs_exist_ok=True)
    return Workbook.open(tmp_path / "customers-practice.xlsx", today=TODAY)


def done(book: Workbook) -> list[str]:
    """Titles of the tasks that are done."""
    return [step.task.title for step in progress(book) if step.done]


def test_nothing_is_done_at_the_start(practice: Workbook) -> None:
    """The made-up records count for no task."""
    assert done(practice) == []
    assert len(progress(practice)) >= 5


def test_each_task_ticks_itself_off(practice: Workbook) -> None:
    """What the history shows is done, task by task."""
    practice.add("Stakeholders", NIAMH, source="form")
    assert done(practice) == ["Add a stakeholder"]
    known = practice.table("Stakeholders").get("STK-00001")
    again = {name: known[name] for name in ("Type", "Given name", "Date of birth", "Phone")}
    again["Family name"] = str(known["Family name"])[:-1]
    practice.add("Stakeholders", again, override="practice", source="form")
    assert done(practice) == ["Add a stakeholder", "Meet somebody who is there already"]
    practice.update("Stakeholders", "STK-00002", {"Segment": "Groups"}, source="form")
    assert done(practice)[-1] == "Change a detail"
    practice.add("Interactions", QUOTE | {"Purpose": "Enquiry"}, source="form")
    assert done(practice)[-1] == "Record an interaction"
    practice.add("Interactions", QUOTE, source="form")
    assert done(practice)[-1] == "Record one with Purpose Quote"


def test_the_tour_shows_whom_to_look_for(practice: Workbook) -> None:
    """A task that needs somebody names a person of the copy and the key."""
    first = practice.table("Stakeholders").get("STK-00001")
    name = f"{first['Given name']} {first['Family name']} (STK-00001)"
    assert [step.task.title for step in progress(practice) if name in step.task.how] != []


def test_stages_of_a_policy_become_tasks(practice: Workbook) -> None:
    """Where the policy knows what closed and signed off mean, both are tasks, and closing one ticks it off."""
    policy = practice.policy
    stages = {"Prepared": Stage.PREPARED, "Open": Stage.OPEN, "Closed": Stage.CLOSED, "Signed off": Stage.REVIEWED}
    statuses = policy.list_by_id["interaction_statuses"]
    items = tuple(i.model_copy(update={"stage": stages.get(i.value, Stage.NONE)}) for i in statuses.items)
    lists = tuple(c.model_copy(update={"items": items}) if c is statuses else c for c in policy.lists)
    tables = tuple(
        t.model_copy(update={"status": "status", "sign_off": "signed_off_by"}) if t.id == "interactions" else t
        for t in policy.tables
    )
    practice.apply_policy(policy.model_copy(update={"lists": lists, "tables": tables}))
    open_one = practice.add("Interactions", QUOTE, source="form")
    changes = {"Status": "Closed", "Outcome": "Quote sent"}
    practice.update("Interactions", open_one.key, changes, source="form")
    assert "Close an interaction" in done(practice)
    assert "Review what a colleague did" not in done(practice)
    signed = {"Status": "Signed off", "Signed off by": "Grace Walker"}
    practice.update("Interactions", open_one.key, signed, source="form")
    assert "Review what a colleague did" in done(practice)


def test_a_real_workbook_has_no_tour(tmp_path: Path) -> None:
    """Nobody is told to practise on real records."""
    book = Workbook.create(tmp_path / "customers.xlsx", today=TODAY)
    with pytest.raises(InputError, match="not a practice copy"):
        progress(book)
