"""The machine's time zone and language change nothing: findings, digests, chain, times of the history."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.require import missing
from workbook_cms.workbook import Workbook

_DAY = dt.date(2026, 11, 22)
_PROGRAM = """
import datetime, json, locale, sys, time
from pathlib import Path
from workbook_cms.workbook import Workbook
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    sys.exit(77)
book = Workbook.open(Path(sys.argv[1]), today=datetime.date(2026, 11, 22))
history = book.history()
print(json.dumps({
    "findings": [finding.to_dict() for finding in book.check()],
    "policy": book.policy.digest,
    "history": history.astype(str).values.tolist(),
}))
if len(sys.argv) > 2:
    book.update("Stakeholders", "STK-00001", {"Notes": "written in " + time.tzname[0]}, why="test")
"""


def run(path: Path, zone: str, language: str = "C.UTF-8", *write: str) -> dict[str, list[object]]:
    """What a program sees in the workbook on a machine of that time zone and language."""
    env = {**os.environ, "TZ": zone, "LC_ALL": language, "LANG": language, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(path), *write], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        missing("locales", f"the locale {language} is not installed")
    assert done.returncode == 0, done.stderr
    result: dict[str, list[object]] = json.loads(done.stdout)
    return result


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample workbook, faults and all."""
    path = tmp_path_factory.mktemp("machine") / "customers.xlsx"
    Workbook.create(path, "world-traveller", sample=True, today=_DAY)
    return path


@pytest.fixture(scope="module")
def in_utc(sample: Path) -> dict[str, list[object]]:
    """What a program sees in it on a machine in UTC."""
    return run(sample, "UTC")


@pytest.mark.parametrize(
    ("zone", "language"),
    [
        ("Pacific/Auckland", "C.UTF-8"),
        ("America/Los_Angeles", "C.UTF-8"),
        ("Asia/Kolkata", "de_DE.UTF-8"),
        ("UTC", "tr_TR.UTF-8"),
    ],
)
def test_a_check_says_the_same_everywhere(
    sample: Path, in_utc: dict[str, list[object]], zone: str, language: str
) -> None:
    """Findings, the policy's digest and the history are those of a machine in UTC."""
    assert run(sample, zone, language) == in_utc


def test_history_is_in_utc_wherever_it_was_written(sample: Path, tmp_path: Path) -> None:
    """A change made at two ends of the world stands in the history at one time, and the chain holds."""
    path = tmp_path / "customers.xlsx"
    path.write_bytes(sample.read_bytes())
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        before = dt.datetime.now(dt.UTC).replace(microsecond=0)
        run(path, zone, "C.UTF-8", "write")
        written = str(Workbook.open(path).history("STK-00001").iloc[-1]["When"])
        moment = dt.datetime.fromisoformat(written)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment
        assert before <= moment <= dt.datetime.now(dt.UTC)
    assert Workbook.open(path, today=_DAY).check(select=("FIL",)) == []
