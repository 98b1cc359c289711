"""The command line: parses, calls the library, prints. Each command's module is imported when it is called."""

from __future__ import annotations

import atexit
import difflib
import os
import sys
import threading
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn, TextIO

import click

from workbook_cms.errors import EntryRefusedError, WorkbookCmsError

__all__ = ["main", "run"]

#: Exit codes (see the manual): 0 done, clean or queued.
FOUND = 1
CANNOT_GO_ON = 2
_STOPPED = 130

# Command -> module and the line `--help` shows for it, so that help needs to import none of them.
_COMMANDS = {
    "new": ("book", "Make a new workbook from a template."),
    "demo": ("book", "See it all in some seconds, in a folder of its own."),
    "templates": ("book", "List the templates."),
    "add": ("entries", "Add one record."),
    "update": ("entries", "Change one record."),
    "find": ("entries", "Find records by any detail."),
    "show": ("views", "Show everything about one record."),
    "due": ("views", "Show what has to be done, and what is overdue."),
    "import": ("bulk", "Take in a CSV file or worksheet from another system."),
    "duplicates": ("duplicates", "List records that are probably one."),
    "merge": ("duplicates", "Make records that are one into one; `undo` takes it back."),
    "not-duplicate": ("duplicates", "Say that records which look alike are not one."),
    "check": ("checks", "Check the workbook; mend what is safe with --fix."),
    "report": ("checks", "Write the monthly clean-up report."),
    "across": ("across", "Find who stands in several workbooks of a folder."),
    "rule": ("checks", "Explain a rule, or list them all."),
    "history": ("history", "Show who changed what, and when."),
    "undo": ("history", "Take a change back."),
    "status": ("queue", "Say what waits, what conflicts, who has the workbook open, how old its copy is."),
    "sync": ("queue", "Write what waits; --replay what an older version of the file has lost."),
    "restore": ("restore", "List the copies of a workbook, or put one back."),
    "settings": ("queue", "Name the computer that writes, and what is kept: copies, lines of the history."),
    "serve": ("serve", "Answer the forms that are open in Excel or LibreOffice."),
    "front-end": ("forms", "Make a workbook with forms that write into a record workbook."),
    "doctor": ("doctor", "Say what this computer or a workbook lacks, and how to mend it."),
    "setup": ("doctor", "Set up this computer for the forms; --remove undoes it."),
    "policy": ("policy", "Show, check, export, edit or apply the workbook's rules."),
    "form": ("form", "Make entries in a form in this terminal."),
    "practice": ("training", "Make a practice copy with a guided tour."),
    "cheat-sheet": ("training", "Write a page to print: fields, lists, keys."),
}


class _Commands(click.Group):
    """Commands by name, each imported when it is called: the modules behind them are slow to load."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"workbook_cms.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = module.COMMANDS[cmd_name]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name not in _COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, _COMMANDS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"there is no command {name}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and seldom asked for

        click.echo(f"workbook-cms {version('workbook-cms')}")
        ctx.exit()


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version."
)
def workbook_cms() -> None:
    """Guard a customer workbook: entries are checked, duplicates caught, every change is traced.

    \b
    Exit codes: 0 done, clean or queued;
                1 findings of severity error, an entry refused, or an alert without a reason;
                2 cannot go on, with one line that says why.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; problems become one line on the error stream."""
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    try:
        result = workbook_cms.main(list(arguments), prog_name="workbook-cms", standalone_mode=False)
        _flush(sys.stdout)
    except EntryRefusedError as error:
        return _fail(str(error), FOUND)
    except WorkbookCmsError as error:
        return _fail(str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return _fail("say which command.")
    except click.NoSuchOption as error:
        return _fail(f"{error.format_message()} {_hint(error)}")
    except click.UsageError as error:
        return _fail(f"{error.format_message()} {_hint(error)}".strip())
    except click.ClickException as error:
        return _fail(error.format_message())
    except (KeyboardInterrupt, click.Abort):
        return _fail("stopped. What was acknowledged before is kept.", _STOPPED)
    except BrokenPipeError:
        # The reader (head, less) has gone; Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = error.filename or "the disk"
        return _fail(
            f"{where}: {error.strerror or 'cannot be used'}. Check the folder, the space on it and your rights."
        )
    return result if isinstance(result, int) else 0


def _hint(error: click.UsageError) -> str:
    return f"See `{error.ctx.command_path} --help`." if error.ctx else ""


def _fail(line: str, code: int = CANNOT_GO_ON) -> int:
    from workbook_cms.console import one_line  # noqa: PLC0415 - only when something goes wrong

    click.echo(f"workbook-cms: {one_line(line)}", err=True)
    return code


def _speak_utf8(stream: TextIO) -> None:
    """UTF-8 into files and pipes whatever the machine's code page; a console shows what it can."""
    reconfigure = getattr(stream, "reconfigure", None)  # a stream that a test or an IDE put there may have none
    if reconfigure:
        if stream.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", errors="replace")


def _flush(stream: TextIO | None) -> None:
    if stream is not None:  # it is None where the program was started with the stream closed
        stream.flush()


def main() -> NoReturn:
    """Entry point of the console script."""
    if not sys.warnoptions:  # a library's advice to its callers is no message for people
        warnings.simplefilter("ignore")
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End the process without taking it apart.

    Python would free every object one by one, which for a long table takes a sixth of an entry's time. What has to be done
    at the end is done; where something else still runs, Python ends as it always does.
    """
    if threading.active_count() > 1:
        sys.exit(code)
    atexit._run_exitfuncs()
    try:
        _flush(sys.stdout)
        _flush(sys.stderr)
    except (OSError, ValueError):  # nobody reads any longer, or it is closed: Python knows what to do with that
        sys.exit(code)
    os._exit(code)
