"""Files made to do harm: an answer in one line or in the usual way, in bounded memory, and the file stays as it was."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import QUENBY
from tests.fuzz.hostile import HOSTILE, write
from workbook_cms import Workbook

#: Bytes that reading any file may take at the most, and seconds of the processor.
MEMORY, SECONDS = 500 << 20, 20
ADD = ("Stakeholders", *(word for label, value in QUENBY.items() for word in ("--set", f"{label}={value}")))

#: Of these the report would have most to say.
FULL_OF_FAULTS = {"very many errors"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="memory is measured as POSIX systems do")


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    """A workbook with records."""
    return Workbook.create(tmp_path_factory.mktemp("good") / "customers.xlsx", sample=True).path


#: Runs commands one after the other, the time of each limited, and tells their exit codes and the most memory taken, in
#: bytes. A parent cannot ask for that: what it took itself before the child began counts for the child.
LIMITED = """
import json, resource, sys
from pathlib import Path
from workbook_cms.cli import run
told, seconds, *commands = json.loads(sys.argv[1])
codes = []
for command in commands:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    codes.append(run(command))
    print("~~", flush=True)
status = Path("/proc/self/status")
took = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if status.exists():
    took = int(status.read_text().partition("VmHWM:")[2].split()[0]) << 10
Path(told).write_text(json.dumps([codes, took]))
"""


def run(told: Path, *commands: Sequence[str]) -> tuple[list[int], list[str], int]:
    """Exit codes, what each command printed, and the most memory taken; it is ended when it takes too long."""
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, json.dumps([str(told), SECONDS, *commands])],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    printed = ended.stdout.decode()
    assert ended.returncode == 0, f"ended with {ended.returncode}: {printed[-2000:]}"
    codes, took = json.loads(told.read_text())
    return codes, printed.split("~~"), took


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_takes_little(good, tmp_path, name) -> None:
    """It is read, or refused in one line; either way within 500 MB and 20 seconds of the processor."""
    path = tmp_path / "customers.xlsx"
    write(good, name, path)
    before = path.read_bytes()
    # Commands share a process, which spares their starts; those with most to say have one of their own, as users start them.
    starts = [[["check", str(path)], ["add", str(path), *ADD]]]
    if name in FULL_OF_FAULTS:
        starts += [
            [["find", str(path), "Stakeholders", "quenby"]],
            [["report", str(path), "--out", str(tmp_path)]],
        ]
    told = [run(tmp_path / f"told {number}", *commands) for number, commands in enumerate(starts)]
    answers = [answer for codes, printed, _ in told for answer in zip(codes, printed, strict=False)]
    for code, said in answers:
        assert code in (0, 1, 2), said[-2000:]
        assert said.strip()
        assert "Traceback" not in said
        assert code != 2 or len(said.strip().splitlines()) == 1, said
    assert answers[1][0] == 0 or path.read_bytes() == before
    memory = max(peak for _, _, peak in told)
    assert memory < MEMORY, f"{memory >> 20} MB"
