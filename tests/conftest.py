"""Fixtures shared by all tests, named for the state they give."""

import contextlib
import datetime as dt
import shutil

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


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Folders with the workbooks of `fresh_book` and `book`, made once: tests get copies."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("fresh", "one")}
    Workbook.create(folders["fresh"] / "customers.xlsx", today=TODAY)
    shutil.copytree(folders["fresh"], folders["one"], dirs_exist_ok=True)
    Workbook.open(folders["one"] / "customers.xlsx", today=TODAY).add("Stakeholders", QUENBY)
    return folders


@pytest.fixture
def fresh_book(made, tmp_path):
    """A World Traveller workbook with no record in it."""
    shutil.copytree(made["fresh"], tmp_path, dirs_exist_ok=True)
    return Workbook.open(tmp_path / "customers.xlsx", today=TODAY)


@pytest.fixture
def book(made, tmp_path):
    """A World Traveller workbook with one stakeholder, STK-00001 Quenby Zafiropoulos."""
    shutil.copytree(made["one"], tmp_path, dirs_exist_ok=True)
    return Workbook.open(tmp_path / "customers.xlsx", today=TODAY)


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
