"""One workbook with forms, records and macros in a real LibreOffice: buttons, opening, and what becomes of a save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import QUENBY, TODAY
from tests.forms.vba.test_chain import CALLER, for_tests
from tests.support.front_end import INTERACTION, OpenFrontEnd
from tests.support.macro_office import MacroOffice, macro_office, until
from validation.policy import Policy, SavePolicy
from workbook_cms import Workbook
from workbook_cms.file.layout import WorkbookSpec
from workbook_cms.forms.engines import libreoffice
from workbook_cms.forms.frontend import one_workbook
from workbook_cms.seeding import template_policy

RED = (251, 213, 208)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MacroOffice]:
    """A LibreOffice that runs macros, whose calls reach our macro module."""
    with macro_office(tmp_path_factory.mktemp("office")) as running:
        running.python(CALLER.format(profile=str(running.profile)))
        yield running


@pytest.fixture
def solo(tmp_path: Path) -> Callable[[SavePolicy], Path]:
    """Makes solo.xlsm under a save policy, as `workbook-cms new` does, with macros that LibreOffice can run."""

    def make(save_policy: SavePolicy = SavePolicy.WARN) -> Path:
        path = tmp_path / "solo.xlsm"
        policy = template_policy("world-traveller")
        policy = Policy.model_validate({**policy.model_dump(), "settings": replaced(policy, save_policy)})

        def dress(policy: Policy, spec: WorkbookSpec) -> WorkbookSpec:
            return for_tests(replace(one_workbook(macros=True)(policy, spec), macros=None))

        book = Workbook.create(path, policy, dress=dress, today=TODAY)
        book.add("Stakeholders", QUENBY)
        return path

    return make


def replaced(policy: Policy, save_policy: SavePolicy) -> dict[str, Any]:
    """The settings of a policy with another save policy."""
    return {**policy.settings.model_dump(), "save_policy": save_policy}


def form_of(office: MacroOffice, path: Path) -> OpenFrontEnd:
    """The first form of the workbook that is open."""
    app: Any = libreoffice.attach(office.pipe, office.profile)
    return OpenFrontEnd(app.books.active, path)


def overtype(form: OpenFrontEnd, value: str) -> Any:
    """Type over Quenby's telephone number after the sheet was unprotected by hand."""
    sheet = form.book.sheets["Stakeholders"]
    sheet.api.unprotect("")
    column = sheet.tables["Stakeholders"].range.options(ndim=2).value[0].index("Phone") + 1
    cell = sheet.range((2, column))
    cell.value = value
    return cell


def press(office: MacroOffice, document: Any, form: OpenFrontEnd, caption: str) -> str:
    """Press a button of the form and wait for the end; the status line afterwards."""
    office.press(document, form.design.sheet, caption)
    known = len(office.calls())
    until(lambda: len(office.calls()) > known or not known, f"the call of {caption}")
    office.idle()
    assert office.trouble() == ""
    return form.status


def test_opening_greets_and_offers(office: MacroOffice, solo: Callable[..., Path]) -> None:
    """Submit by its button, close without saving: the next opening says what is missing, and Bring in puts it there."""
    path = solo()
    with office.opened(path) as document:
        form = form_of(office, path)
        form.say_who("Amelia Tran")
        form.type("@find", "STK-00001")
        press(office, document, form, "Find")
        form.fill(**INTERACTION)
        assert press(office, document, form, "Submit").startswith(
            "Saved as INT-000001. It stands in the open workbook"
        )
    front = path.read_bytes()
    with office.opened(path) as document:
        form = form_of(office, path)
        assert form.status.startswith("1 accepted entry waits since")
        said = press(office, document, form, "Bring in")
        assert said == "1 accepted entry brought in. Save the workbook when you can."
        rows = form.book.sheets["Interactions"].tables["Interactions"].data_body_range.options(ndim=2).value
        assert [row[0] for row in rows] == ["INT-000001"]
    assert path.read_bytes() == front


@pytest.mark.parametrize("save_policy", [SavePolicy.WARN, SavePolicy.BLOCK, SavePolicy.OFF])
def test_save_of_wrong_data(office: MacroOffice, solo: Callable[..., Path], save_policy: SavePolicy) -> None:
    """Warn saves and marks, block keeps the file and puts a copy aside, off asks nobody."""
    path = solo(save_policy)
    before = path.read_bytes()
    with office.opened(path) as document:
        form = form_of(office, path)
        cell = overtype(form, "12")
        office.save(document)
        office.idle()
        assert office.trouble() == ""
        assert (path.read_bytes() == before) is (save_policy is SavePolicy.BLOCK)
        assert (cell.color == RED) is (save_policy is not SavePolicy.OFF)
        assert (office.calls()[-1].endswith("before_save()")) is (save_policy is not SavePolicy.OFF)
    copies = [*Path(f"{path}.cms").glob("recovery/*.xlsm")]
    assert len(copies) == int(save_policy is SavePolicy.BLOCK)
    for copy in copies:
        assert Workbook.open(copy, today=TODAY).table("Stakeholders").get("STK-00001")["Phone"] == "12"


def test_save_anyway(office: MacroOffice, solo: Callable[..., Path]) -> None:
    """A reason on the Findings page lets the same errors through at the next save, and stands in the history."""
    path = solo(SavePolicy.BLOCK)
    before = path.read_bytes()
    with office.opened(path) as document:
        form = form_of(office, path)
        overtype(form, "12")
        office.save(document)
        office.idle()
        assert path.read_bytes() == before
        form.book.sheets["Findings"].activate()
        form.book.names["findings_do"].refers_to_range.value = "Save anyway: Ben has seen it"
        office.press(document, "Findings", "Check")
        status = form.book.names["findings_status"].refers_to_range
        until(lambda: "let through" in str(status.value), "the leave to save")
        office.idle()
        office.save(document)
        office.idle()
        assert (office.trouble(), path.read_bytes() == before) == ("", False)
    last = Workbook.open(path, today=TODAY).snapshot().history[-1]
    assert (last.action, last.why) == ("saved anyway", "Ben has seen it")
