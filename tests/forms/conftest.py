"""Fixtures of the forms: a running LibreOffice, a team's record workbook and its front-end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TODAY
from tests.support.front_end import OpenFrontEnd
from tests.support.office import OfficeForTests, running_office
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.forms.offices import LibreOfficeSource
from workbook_cms.forms.serving import Helper


@pytest.fixture(scope="session")
def office(tmp_path_factory) -> Iterator[OfficeForTests]:
    """A LibreOffice without windows, shared by the tests that do not stop it."""
    with running_office(tmp_path_factory.mktemp("office")) as running:
        yield running


@pytest.fixture
def team(book, tmp_path) -> Path:
    """A team's record workbook with the stakeholder STK-00001 Quenby Zafiropoulos; its front-end lies beside it."""
    make_frontend(book.path, tmp_path / "entry.xlsx")
    return book.path


@pytest.fixture
def front_end(office, team) -> Iterator[OpenFrontEnd]:
    """The team's front-end open in LibreOffice; Amelia Tran has said who she is."""
    opened = OpenFrontEnd(office.app.books.open(str(team.with_name("entry.xlsx"))), team)
    opened.say_who("Amelia Tran")
    yield opened
    if opened.book in list(office.app.books):
        opened.book.close()


@pytest.fixture
def said() -> list[str]:
    """What the helper told the person who started it."""
    return []


@pytest.fixture
def helper_for(said) -> Callable[[Any], Helper]:
    """Gives a helper for a source of open workbooks; its clock goes on by an hour at each look."""

    def make(source: Any) -> Helper:
        hours = iter(range(0, 10**9, 3600))
        return Helper(source, said.append, today=TODAY, clock=lambda: next(hours), wait=lambda _: None)

    return make


@pytest.fixture
def helper(office, helper_for) -> Helper:
    """A helper that serves the running LibreOffice."""
    return helper_for(LibreOfficeSource(office.pipe, office.profile))


@pytest.fixture
def filled(front_end, helper) -> OpenFrontEnd:
    """The form with Quenby picked and a whole enquiry typed."""
    helper.step()
    front_end.type_enquiry(helper.step)
    return front_end
