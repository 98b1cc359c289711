"""Programs killed at any call of the disk, and power cut there: what was acknowledged is there once, the file whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.crashes import (
    NAME,
    Calls,
    Entered,
    Operation,
    chosen,
    cuts,
    examine,
    killed,
    kills,
    laid_out,
    observed,
)
from tests.support.operations import OPERATIONS, next_write
from tests.support.power import lay
from tests.support.soundness import assert_sound
from workbook_cms import Workbook

#: So many points of each operation are tried, chosen by a fixed seed; `python -m benchmarks durability` tries all.
KILLS, CUTS = 30, 26
#: Of fewer states that a power cut can leave, all are tried; no operation has fewer than these.
FEWEST_CUTS = 20


@dataclass(frozen=True)
class Scene:
    """An operation, where it begins, and its calls when nothing befalls it."""

    operation: Operation
    template: Path
    folder: Path
    told: list[Entered]
    book: Workbook
    calls: Calls


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook that nobody has written to since, with one stakeholder in it."""
    folder = tmp_path_factory.mktemp("start")
    Workbook.create(folder / NAME, today=TODAY).add("Stakeholders", QUENBY)
    shutil.rmtree(folder / f"{NAME}.cms")
    return folder


@pytest.fixture(scope="module")
def scene(start: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Operation], Scene]:
    """Brings an operation to where it begins, and runs it once."""
    known: dict[str, Scene] = {}

    def begun(operation: Operation) -> Scene:
        if operation.name not in known:
            folder = tmp_path_factory.mktemp("scene")
            laid_out(start, folder / "template")
            told = list(operation.prepare(folder / "template"))
            book = Workbook.open(laid_out(folder / "template", folder / "work"), today=TODAY)
            calls = observed(operation, book)
            assert_sound(book.path)
            known[operation.name] = Scene(operation, folder / "template", folder / "work", told, book, calls)
        return known[operation.name]

    return begun


def test_enough_points_are_tried() -> None:
    """At least 500 of them in all."""
    assert len(OPERATIONS) * (KILLS + FEWEST_CUTS) >= 500


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_killed_program_loses_nothing(scene: Callable[[Operation], Scene], operation: Operation) -> None:
    """Killed before any call, or in the middle of a write: the file is old or new, every entry there once."""
    here = scene(operation)
    calls = here.calls.calls
    tried = chosen(kills(here.calls), KILLS, operation.name)
    assert len(tried) == KILLS
    for number, torn in tried:
        laid_out(here.template, here.folder)
        told = here.told + killed(operation, here.book, number, torn)
        outcome = examine(here.book, told, here.calls.versions, next_write, operation.findings)
        assert outcome.clean, (calls[number - 1].kind, calls[number - 1].path.name, torn, outcome)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_power_cut_loses_nothing(scene: Callable[[Operation], Scene], operation: Operation) -> None:
    """Power cut after any call: what was not flushed is dropped or torn, and still every entry is there once."""
    here = scene(operation)
    laid_out(here.template, here.folder)
    tried = chosen(cuts(here.folder, here.told, here.calls), CUTS, operation.name)
    assert FEWEST_CUTS <= len(tried) <= CUTS
    for state, told in tried:
        lay(state, here.folder)
        outcome = examine(here.book, told, here.calls.versions, next_write, operation.findings)
        assert outcome.clean, (sorted(state), outcome)
