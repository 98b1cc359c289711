"""Each test of bad input runs in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command leaves behind in its folder is seen."""
    monkeypatch.chdir(tmp_path)
