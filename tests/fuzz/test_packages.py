"""Bent workbooks of fixed seeds: used or refused in one line, and what is written brings nothing in that Excel repairs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fuzz.files import Victim, genuine, made
from tests.fuzz.mutations import mutated
from tests.fuzz.victims import GOOD, outcome

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no fork to watch a crash from outside"
)


@pytest.fixture(scope="module")
def ours(tmp_path_factory) -> list[Victim]:
    """Workbooks of ours in several forms."""
    return made(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def theirs() -> list[Victim]:
    """Genuine workbooks of other programs that have tables."""
    return list(genuine())


def broken(victim: Victim, seed: int, path: Path) -> str:
    """What a bent file broke; "" for nothing."""
    path.write_bytes(mutated(victim.raw, seed))
    said = outcome(path, victim.use)
    return "" if said.partition(":")[0] in GOOD else f"seed {seed}: {said}"


@pytest.mark.parametrize("seed", range(42))
def test_our_workbooks_bent(ours, tmp_path, seed) -> None:
    """Records, segments, prefixes, strict XML, cells without addresses: no crash, no hang, no loss, no new flaw."""
    assert not broken(ours[seed % len(ours)], seed, tmp_path / "customers.xlsx")


@pytest.mark.parametrize("seed", range(1000, 1042))
def test_genuine_workbooks_bent(theirs, tmp_path, seed) -> None:
    """The same of workbooks that other programs made."""
    assert not broken(theirs[seed % len(theirs)], seed, tmp_path / "customers.xlsx")
