"""``check`` of several workbooks, and the words of ``--watch`` in each format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from tests.cli.conftest import Cli, one_line
from workbook_cms.cli.watching import _lines
from workbook_cms.watch import Watch


@pytest.fixture
def foreign(path: Path) -> Path:
    """A workbook without a policy."""
    other = path.with_name("prices.xlsx")
    with xlsxwriter.Workbook(other) as workbook:
        workbook.add_worksheet("Prices")
    return other


def test_several_workbooks(cli: Cli, path: Path, sample: Path) -> None:
    """Each is named before its findings; the worst decides on the exit code."""
    result = cli("check", path, sample)
    assert result.code == 1
    assert result.out.startswith(f"{path}:\nNo findings.\n{sample}:\n")
    assert cli("check", path, path).code == 0
    assert "::error" in cli("check", path, sample, "--format", "github").out


def test_one_that_cannot_be_read_does_not_hide_the_others(cli: Cli, path: Path, tmp_path: Path) -> None:
    """It is told on the error stream, the others are checked, and the exit code is 2."""
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\3\4")
    result = cli("check", broken, path)
    assert (result.code, result.out.endswith("No findings.\n")) == (2, True)
    assert result.err.count("\n") == 1
    assert "broken.xlsx" in result.err


def test_workbooks_of_others(cli: Cli, path: Path, foreign: Path) -> None:
    """Without a policy a workbook is refused, unless such are to be passed over, which is said."""
    assert "has no policy" in one_line(cli("check", foreign))
    result = cli("check", foreign, path, "--skip-others", "--format", "github")
    assert (result.code, result.out) == (0, "")
    assert result.err == "prices.xlsx has no policy and is passed over.\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--poll"], "give --watch too"),
        (["--watch", "--fix"], "--watch only looks"),
        (["--watch", "--format", "sarif"], "one document"),
        (["again", "--format", "json"], "call check for each"),
    ],
)
def test_options_that_make_no_sense_together(cli: Cli, path: Path, options: list[str], words: str) -> None:
    """One line that says what to do instead."""
    assert words in one_line(cli("check", path, *(path if o == "again" else o for o in options)))


def test_words_of_a_watch(sample: Path) -> None:
    """Text tells counts and then each finding, JSON is one line, GitHub gets its commands; a problem is in each."""
    watch = Watch([sample])

    def batches() -> object:
        yield ()
        sample.write_bytes(b"PK\3\4")
        for _ in range(8):
            yield {(1, str(sample))}
        sample.unlink()
        yield {(1, str(sample))}
        yield ()

    first, problem, removed = watch.run(batches())  # type: ignore[arg-type]
    text = list(_lines(first, "text"))
    assert "customers.xlsx: " in text[0]
    assert "STK-00169, Given name (Stakeholders!" in "\n".join(text)
    (line,) = _lines(first, "json")
    assert json.loads(line)["summary"]["findings"] == len(first.findings)
    assert "\n" not in line
    assert next(_lines(first, "github")).startswith("::")
    assert "not checked. customers.xlsx: The file is damaged" in next(_lines(problem, "text"))
    assert json.loads(next(_lines(problem, "json")))["event"] == "problem"
    assert next(_lines(problem, "github")).startswith("::error title=not checked::customers.xlsx")
    assert next(_lines(removed, "text")).endswith("customers.xlsx: removed.")
    later = next(_lines(type(first)(sample, first.findings, first.new[:1], first.new[1:3]), "text"))
    assert "1 new, 2 gone." in later
