"""Commands about the computer: doctor and setup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_cms.cli.options import WORKBOOK, output_format, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook_cms.doctor.examination import Section
    from workbook_cms.doctor.machine import Machine
    from workbook_cms.setup.changes import Change

__all__ = ["COMMANDS"]


@click.command()
@click.argument("workbook", type=WORKBOOK, required=False)
@output_format("text", "json")
def doctor(workbook: Path | None, format_: str) -> None:
    """Look at what this computer, and WORKBOOK, need: each thing found, judged, and the mend said.

    \b
    Exit codes: 0 nothing to mend, though there may be notes;
                1 at least one problem;
                2 cannot go on, such as when there is no such file.
    """
    from workbook_cms.doctor.diagnosis import Judgement, worst  # noqa: PLC0415 - keeps help fast
    from workbook_cms.doctor.examination import examine  # noqa: PLC0415
    from workbook_cms.doctor.here import ThisMachine  # noqa: PLC0415

    sections = list(examine(ThisMachine(), "" if workbook is None else str(workbook)))
    judged = worst(diagnosis for section in sections for diagnosis in section.diagnoses)
    if format_ == "json":
        print_json(
            "doctor",
            workbook="" if workbook is None else str(workbook),
            worst=judged,
            sections=[{"title": s.title, "diagnoses": [vars(d) for d in s.diagnoses]} for s in sections],
        )
    else:
        click.echo(_text(sections))
    raise click.exceptions.Exit(int(judged is Judgement.PROBLEM))


def _text(sections: Sequence[Section]) -> str:
    from workbook_cms.console import one_line, paragraph  # noqa: PLC0415 - keeps help fast
    from workbook_cms.doctor.diagnosis import Judgement  # noqa: PLC0415
    from workbook_cms.formats import plural  # noqa: PLC0415

    lines = []
    for section in sections:
        lines.append(one_line(section.title))
        for diagnosis in section.diagnoses:
            first = f"  {diagnosis.judgement:<8} "
            lines.append(paragraph(diagnosis.found, " " * len(first), first))
            if diagnosis.mend:
                lines.append(paragraph(diagnosis.mend, " " * (len(first) + 2), " " * len(first) + "> "))
        lines.append("")
    found = [diagnosis.judgement for section in sections for diagnosis in section.diagnoses]
    problems, notes = found.count(Judgement.PROBLEM), found.count(Judgement.NOTE)
    lines.append(
        f"{plural(problems, 'problem')}, {plural(notes, 'note')}." if problems or notes else "All is well."
    )
    return "\n".join(lines)


@click.command()
@click.option(
    "--interpreter",
    type=WORKBOOK,
    default=None,
    help="The Python that macros start, this one unless given; Windows and macOS.",
)
@click.option("--start-at-login", type=click.Choice(("on", "off")), help="Whether the helper starts at login.")
@click.option(
    "--office", type=click.Choice(("excel", "libreoffice")), help="With --start-at-login on: the program to serve."
)
@click.option("--remove", is_flag=True, help="Undo all that this command has set.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@output_format("text", "json")
def setup(
    interpreter: Path | None,
    start_at_login: str | None,
    office: str | None,
    remove: bool,
    dry_run: bool,
    format_: str,
) -> None:
    """Set up this computer for the forms: the Python that macros start, and the helper that starts at login."""
    from workbook_cms.doctor.here import ThisMachine  # noqa: PLC0415 - keeps help fast

    if remove and (interpreter is not None or start_at_login is not None):
        raise click.UsageError("--remove undoes everything; give it alone.")
    if office and start_at_login != "on":
        raise click.UsageError(
            "--office says what the helper serves that starts at login; give --start-at-login on."
        )
    machine = ThisMachine()
    given = None if interpreter is None else Path(interpreter).absolute()
    asked = _without(machine) if remove else _with(machine, given, start_at_login, office or "")
    changes = [change for change in asked if change.needed(machine)]
    if not dry_run:
        for change in changes:
            change.do(machine)
    if format_ == "json":
        made = [{"id": change.id, "about": change.about, "place": change.place} for change in changes]
        print_json("setup", dry_run=dry_run, changes=made)
        return
    for change in changes:
        click.echo(f"{change.about}\n  {change.place}")
    if not changes:
        click.echo("Nothing to change.")
    elif dry_run:
        click.echo("Nothing was changed.")
    elif start_at_login == "on" and any(change.id == "start-at-login" for change in changes):
        click.echo("It counts from the next login; `workbook-cms serve` starts the helper now.")


def _with(machine: Machine, interpreter: Path | None, at_login: str | None, office: str) -> list[Change]:
    """What is asked for, whether or not the machine is so already."""
    from workbook_cms.doctor.machine import System  # noqa: PLC0415 - keeps help fast
    from workbook_cms.errors import InputError  # noqa: PLC0415
    from workbook_cms.setup.interpreter import for_interpreter  # noqa: PLC0415
    from workbook_cms.setup.login import start_at_login  # noqa: PLC0415

    if machine.system is System.LINUX and interpreter is not None:
        raise InputError(
            "--interpreter",
            "macros start Python in Excel only, which does not exist for Linux.",
            "Leave it out: the forms are served by `workbook-cms serve`.",
        )
    changes = list(for_interpreter(machine, interpreter or machine.python))
    if at_login is not None:
        changes.append(start_at_login(machine, wanted=at_login == "on", office=office))
    return changes


def _without(machine: Machine) -> list[Change]:
    """What undoes all of it."""
    from workbook_cms.setup.interpreter import without_interpreter  # noqa: PLC0415 - keeps help fast
    from workbook_cms.setup.login import start_at_login  # noqa: PLC0415

    return [*without_interpreter(machine), start_at_login(machine, wanted=False)]


COMMANDS: dict[str, click.Command] = {"doctor": doctor, "setup": setup}
