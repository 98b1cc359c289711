"""What the tests of the command line share."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import QUENBY
from workbook_cms.cli import run


@dataclass(frozen=True)
class Result:
    """What a command gave: exit code, standard output, error stream."""

    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command as a shell would, in this process."""

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a World Traveller workbook and its sample records, made once."""
    folder = tmp_path_factory.mktemp("sample")
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - the tests of help need none

    Workbook.create(folder / "customers.xlsx", sample=True)
    return folder


@pytest.fixture
def sample(sample_folder: Path, tmp_path: Path) -> Path:
    """A workbook with the sample records, for one test to change."""
    shutil.copytree(sample_folder, tmp_path / "work")
    return tmp_path / "work" / "customers.xlsx"


@pytest.fixture(scope="session")
def one_record_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook of one stakeholder, made once."""
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - the tests of help need none

    folder = tmp_path_factory.mktemp("one")
    Workbook.create(folder / "customers.xlsx").add("Stakeholders", QUENBY)
    return folder


@pytest.fixture
def path(one_record_folder: Path, tmp_path: Path) -> Path:
    """A workbook with one stakeholder, STK-00001 Quenby Zafiropoulos, for one test to change."""
    shutil.copytree(one_record_folder, tmp_path, dirs_exist_ok=True)
    return tmp_path / "customers.xlsx"


def one_line(result: Result) -> str:
    """The line on the error stream of a command that could not go on; there must be exactly one, and no output."""
    assert result.code == 2, (result.out, result.err)
    assert result.out == ""
    assert result.err.startswith("workbook-cms: ")
    assert result.err.count("\n") == 1
    assert "Traceback" not in result.err
    return result.err
