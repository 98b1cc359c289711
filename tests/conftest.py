"""Fixtures shared by all tests, named for the state they give."""

import contextlib
import datetime as dt

import pytest
from hypothesis import HealthCheck, settings

from workbook_cms import Workbook

# Machines are slow or busy: no test depends on how long an example takes.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

TODAY = dt.date(2026, 11, 22)
QUENBY = {
    "Type": "Customer",
    "Given name": "Quenby",
    "Family name": "Zafiropoulos",
    "Date of birth": "14/3/1986",
    "Email": "quenby.z@example.com",
    "Phone": "0491 570 156",
}


@pytest.fixture
def fresh_book(tmp_path):
    """A World Traveller workbook with no record in it."""
    return Workbook.create(tmp_path / "customers.xlsx", today=TODAY)


@pytest.fixture
def book(fresh_book):
    """A World Traveller workbook with one stakeholder, STK-00001 Quenby Zafiropoulos."""
    fresh_book.add("Stakeholders", QUENBY)
    return fresh_book


@pytest.fixture
def opened_elsewhere():
    """While it lasts, another program has the workbook open (LibreOffice's lock file lies beside it)."""

    @contextlib.contextmanager
    def opened(path):
        lock = path.with_name(f".~lock.{path.name}#")
        lock.write_text(",mia,PC-7,22.11.2026 09:12,file:///home/mia;", encoding="utf-8")
        yield
        lock.unlink()

    return opened


@pytest.fixture
def read_only():
    """While it lasts, the file is marked read-only."""

    @contextlib.contextmanager
    def marked(path):
        mode = path.stat().st_mode
        path.chmod(0o444)
        yield
        path.chmod(mode)

    return marked
