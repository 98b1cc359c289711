"""Fixtures of the session tests, named for the state they give."""

import pytest

from tests.conftest import TODAY
from tests.support.typist import AMELIA, Typist
from workbook_cms import Workbook


@pytest.fixture
def desk(book):
    """The workbook with Quenby in it, Amelia Tran at the keyboard."""
    return Workbook.open(book.path, today=TODAY, account=AMELIA)


@pytest.fixture
def amelia(desk):
    """Amelia at the form for interactions, nothing typed yet."""
    return Typist(desk, "Interactions")


@pytest.fixture
def with_quenby(amelia):
    """Amelia at the form for interactions, Quenby picked."""
    amelia.ask("Find", find="STK-00001")
    return amelia


@pytest.fixture
def adding(desk):
    """Amelia at the form for stakeholders, nothing typed yet."""
    return Typist(desk, "Stakeholders")
