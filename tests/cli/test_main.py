"""The command line as a whole: help, version, usage errors, interruption, broken pipes, encodings."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Cli, one_line
from workbook_cms import cli as module
from workbook_cms.cli import run, workbook_cms

ENVIRONMENT = dict(os.environ)


def program(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    command = [sys.executable, "-m", "workbook_cms", *arguments]
    return subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT)


def test_help_lists_every_command(cli: Cli) -> None:
    """Help is on standard output, ends with 0 and names all commands and exit codes."""
    result = cli("--help")
    assert (result.code, result.err) == (0, "")
    commands = workbook_cms.list_commands(click.Context(workbook_cms))
    assert [name for name in commands if f"\n  {name} " not in result.out] == []
    assert "Exit codes" in result.out


def test_every_command_can_be_loaded_and_explains_itself(cli: Cli) -> None:
    """Each command's module exists, and its help says what it does."""
    for name in workbook_cms.list_commands(click.Context(workbook_cms)):
        result = cli(name, "--help")
        assert (name, result.code) == (name, 0)
        assert f"Usage: workbook-cms {name}" in result.out


def test_help_imports_nothing_heavy() -> None:
    """Help is there at once because neither pandas, pandera, pydantic nor a spreadsheet library is loaded."""
    code = (
        "import sys; from workbook_cms.cli import run; run(['--help']); run(['check', '--help']);"
        "print([m for m in ('pandas', 'numpy', 'pandera', 'pydantic', 'xlsxwriter', 'openpyxl', 'rapidfuzz', 'yaml',"
        "'phonenumbers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version(cli: Cli) -> None:
    """The version is that of the package."""
    assert cli("--version").out == f"workbook-cms {version('workbook-cms')}\n"


def test_no_command_shows_help(cli: Cli) -> None:
    """Without a command people see what there is, not a complaint."""
    result = cli()
    assert "\n  duplicates " in result.err
    assert "\n  edit " in cli("policy").err
    assert result.code == 2
    assert result.err.splitlines()[-1] == "workbook-cms: say which command."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chekc"], "there is no command chekc. Did you mean check? See `workbook-cms --help`."),
        (["add"], "Missing argument 'WORKBOOK'. See `workbook-cms add --help`."),
        (["check", "x.xlsx", "--formt", "json"], "No such option '--formt'"),
        (["check", "x.xlsx", "--format", "pdf"], "'pdf' is not one of"),
        (["find", "x.xlsx", "T", "q", "--limit", "0"], "'--limit'"),
        (["policy", "shw"], "shw"),
        (["check", "x.xlsx", "--select", "XYZ"], "--select XYZ: no rule begins so."),
        (["rule", "XYZ1"], "rule XYZ1: there is no such rule."),
        (["check", "gone.xlsx"], "gone.xlsx"),
    ],
)
def test_wrong_use_is_one_line(cli: Cli, tmp_path: Path, arguments: list[str], words: str) -> None:
    """Every mistake on the command line is one line on the error stream, exit code 2."""
    assert words in one_line(cli(*arguments))


def test_interruption_is_no_traceback(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends with 130 and one line."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.workbook_cms, "main", interrupted)
    assert run(["check", "x.xlsx"]) == 130
    assert capsys.readouterr().err == "workbook-cms: stopped. What was acknowledged before is kept.\n"


def test_a_reader_that_leaves_is_no_traceback() -> None:
    """``workbook-cms rule | head -1`` ends quietly."""
    command = f"'{sys.executable}' -m workbook_cms rule | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Code")
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell that closes a stream for the program")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_is_no_traceback(closed: str) -> None:
    """A program that is started with an output stream closed, as a service may be, ends with its own code."""
    for arguments, code in ("--help", 0), ("status nowhere.xlsx", 2):
        command = f'"{sys.executable}" -m workbook_cms {arguments} {closed}'
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert "Traceback" not in done.stdout + done.stderr


def test_all_of_a_long_output_arrives(cli: Cli) -> None:
    """Ending quickly cuts nothing off, neither in a pipe nor on the error stream."""
    assert program("rule").stdout.decode().splitlines() == cli("rule").out.splitlines()
    assert program("status", "nowhere.xlsx").stderr.endswith(b"\n")


def test_what_is_left_to_the_end_is_done(tmp_path: Path) -> None:
    """What a library wants done at the end of the program is done, and a thread that still runs ends first."""
    code = (
        "import atexit, pathlib, sys, threading\n"
        "from workbook_cms.cli import main\n"
        "if sys.argv.pop(1) == 'exit': atexit.register(pathlib.Path('done').touch)\n"
        "else: threading.Timer(0.2, pathlib.Path('done').touch).start()\n"
        "main()"
    )
    for kind in "exit", "thread":
        subprocess.run([sys.executable, "-c", code, kind, "--help"], cwd=tmp_path, check=True, capture_output=True)
        (tmp_path / "done").unlink()


def test_output_in_a_pipe_is_utf8_everywhere(tmp_path: Path) -> None:
    """A machine whose code page knows no Polish still writes UTF-8 into pipes, and does not fail."""
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "workbook_cms", "check", "Łódź.xlsx"]
    done = subprocess.run(command, capture_output=True, check=False, env=environment, cwd=tmp_path)
    assert done.returncode == 2
    assert "Łódź.xlsx" in done.stderr.decode("utf-8")


def test_it_runs_as_a_module() -> None:
    """``python -m workbook_cms`` is the same program."""
    assert program("--version").stdout.startswith(b"workbook-cms ")
