"""Commands that look at a whole workbook: check, report, rule."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from validation.findings import MASK
from workbook_cms.cli.options import WORKBOOK, output_format, prefixes, print_json, workbook_argument
from workbook_cms.errors import InputError, NoPolicyError, WorkbookCmsError

if TYPE_CHECKING:
    from validation.findings import Finding, Rule
    from workbook_cms.fixes import FixedCell

__all__ = ["COMMANDS"]

#: Formats that are one document, which a watch never ends.
_DOCUMENTS = ("sarif", "junit")
_CANNOT_GO_ON = 2


@click.command()
@click.argument("workbooks", type=WORKBOOK, nargs=-1, required=True, metavar="WORKBOOK...")
@click.option("--select", default="", callback=prefixes, metavar="CODES", help="Only these rules: DUP,ENT003")
@click.option("--ignore", default="", callback=prefixes, metavar="CODES", help="Not these rules.")
@click.option("--fix", is_flag=True, help="Apply the suggestions that are safe; each goes into the history.")
@click.option("--unsafe-fixes", is_flag=True, help="Apply those too that a person should look at first.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option(
    "--show-sensitive", is_flag=True, help="Show values of sensitive fields, which are masked otherwise."
)
@click.option("--skip-others", is_flag=True, help="Pass over workbooks that have no policy.")
@click.option("--watch", is_flag=True, help="Check again whenever one is saved; WORKBOOK may be a folder.")
@click.option(
    "--poll/--no-poll", default=None, help="With --watch: look again and again; needed on file servers, found out."
)
@output_format("text", "json", "github", "sarif", "junit")
def check(
    workbooks: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    format_: str,
    skip_others: bool,
    show_sensitive: bool,
    watch: bool,
    poll: bool | None,
    **mending: bool,
) -> None:
    """Check every record of WORKBOOK, the references between them, duplicates, the file and its history."""
    _refuse_mixtures(workbooks, format_, watch, poll, any(mending.values()))
    if watch:
        from workbook_cms.cli.watching import watch_workbooks  # noqa: PLC0415 - keeps help fast

        watch_workbooks(workbooks, select, ignore, format_, poll=poll, show_sensitive=show_sensitive)
        return
    for workbook in workbooks if len(workbooks) > 1 else ():
        if not workbook.exists():  # a mistake in typing, rather than a workbook that cannot be read
            raise InputError(str(workbook), "there is no such file.", "Check the name and the folder.")
    codes = []
    for workbook in workbooks:
        try:
            if len(workbooks) > 1 and format_ == "text":
                click.echo(f"{workbook}:")
            codes.append(_check(workbook, select, ignore, format_, show_sensitive, **mending))
        except NoPolicyError as error:
            if not skip_others:
                raise
            click.echo(f"{error.place} has no policy and is passed over.", err=True)
        except WorkbookCmsError as error:
            if len(workbooks) == 1:
                raise
            click.echo(f"workbook-cms: {error}", err=True)  # the others are checked all the same
            codes.append(_CANNOT_GO_ON)
    raise click.exceptions.Exit(max(codes, default=0))


def _refuse_mixtures(
    workbooks: tuple[Path, ...], format_: str, watch: bool, poll: bool | None, mending: bool
) -> None:
    """Options that make no sense together.

    Raises:
        UsageError: The first of them.
    """
    if poll is not None and not watch:
        raise click.UsageError("--poll says how --watch looks; give --watch too.")
    if watch and mending:
        raise click.UsageError("--watch only looks; mend with --fix in a call of its own.")
    if watch and format_ in _DOCUMENTS:
        raise click.UsageError(f"--watch goes on, and {format_} is one document; take text, json or github.")
    if len(workbooks) > 1 and not watch and format_ not in ("text", "github"):
        raise click.UsageError(f"{format_} is one document about one workbook; call check for each.")


def _check(
    workbook: Path,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    format_: str,
    show_sensitive: bool,
    *,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
) -> int:
    """Checks one workbook, mends it where asked to, and gives the exit code."""
    from workbook_cms import console, formats  # noqa: PLC0415 - keeps help fast
    from workbook_cms.reports.records import shown  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    book = Workbook.open(workbook)
    fixed: list[FixedCell] = []
    if diff:
        fixed = book.fix(unsafe=unsafe_fixes, select=select, ignore=ignore, dry_run=True)
        if not show_sensitive:
            fixed = _masked(fixed, shown(book, [cell.finding for cell in fixed]))
        if format_ == "text":
            click.echo(console.diff((f.finding, f.before, f.after) for f in fixed))
        else:
            print_json("check", workbook=str(workbook), would_change=[_change(cell) for cell in fixed])
        return _code(book.check(select, ignore))
    if fix or unsafe_fixes:
        fixed = book.fix(unsafe=unsafe_fixes, select=select, ignore=ignore)
    findings = book.check(select, ignore)
    if fixed:
        # To the error stream, so that the other formats stay what machines expect.
        click.echo(_mended(fixed), err=True)
    told = findings if show_sensitive else shown(book, findings)
    text = formats.render(told, format_, workbook, colour=console.in_colour(sys.stdout))
    if text:
        click.echo(text)
    return _code(findings)


def _mended(fixed: Sequence[FixedCell]) -> str:
    from workbook_cms import formats  # noqa: PLC0415 - keeps help fast

    count = formats.plural(len(fixed), "cell")
    waits = next((cell.receipt.waits for cell in fixed if cell.receipt and cell.receipt.state == "queued"), None)
    if waits is None:
        return f"{count} mended; `workbook-cms history` shows them."
    return f"{count} to be mended, which waits beside the workbook and goes in by itself. {waits}".strip()


def _masked(fixed: Sequence[FixedCell], told: Sequence[Finding]) -> list[FixedCell]:
    """What would be changed, before and after masked where the finding's own value is."""
    return [
        replace(
            cell,
            finding=finding,
            before=MASK if hidden and cell.before is not None else cell.before,
            after=MASK if hidden and cell.after is not None else cell.after,
        )
        for cell, finding in zip(fixed, told, strict=True)
        for hidden in [MASK in (finding.value, finding.suggestion)]
    ]


def _code(findings: Sequence[Finding]) -> int:
    return int(any(finding.severity == "error" for finding in findings))


def _change(cell: FixedCell) -> dict[str, object]:
    return {"finding": cell.finding.to_dict(), "before": cell.before, "after": cell.after}


@click.command()
@workbook_argument
@click.option("--month", default="", metavar="YYYY-MM", help="The month it is about; this one unless given.")
@click.option("--out", type=WORKBOOK, default=Path("reports"), show_default=True, help="Folder for the report.")
@output_format("text", "json")
def report(workbook: Path, month: str, out: Path, format_: str) -> None:
    """Write the monthly clean-up report of WORKBOOK: scores, findings, duplicates side by side, stale records."""
    from workbook_cms.formats import plural  # noqa: PLC0415 - keeps help fast
    from workbook_cms.reports.cleanup import write_report  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    book = Workbook.open(workbook)
    written = write_report(book, month or f"{book.today():%Y-%m}", out)
    if format_ == "json":
        print_json(
            "report",
            workbook=str(workbook),
            report=str(written.path),
            page=str(written.page),
            scores=dict(written.scores),
            counts=dict(written.counts),
        )
        return
    scores = [(name, "-" if share is None else f"{share:.1%}") for name, share in written.scores.items()]
    width = max((len(name) for name, _ in scores), default=0)
    click.echo("\n".join(f"{name:<{width}}  {share:>6}" for name, share in scores))
    click.echo(f"\n{plural(sum(written.counts.values()), 'finding')}. The report is {written.path}.")
    click.echo(f"The duplicates, with what speaks for and against each pair: {written.page}")


@click.command()
@click.argument("code", default="")
@output_format("text", "json")
def rule(code: str, format_: str) -> None:
    """Explain the rule CODE: what it checks, why, an example, how to mend it. Without a code, list all rules."""
    from validation.catalogue import RULES  # noqa: PLC0415 - gathers every rule module
    from workbook_cms import console  # noqa: PLC0415

    wanted = code.strip().upper()
    chosen = [r for name, r in sorted(RULES.items()) if name.startswith(wanted)]
    if not chosen:
        raise InputError(f"rule {code}", "there is no such rule.", "`workbook-cms rule` lists them all.")
    if format_ == "json":
        print_json("rule", rules=[_rule_json(r) for r in chosen])
    elif wanted in RULES:
        click.echo(_page(RULES[wanted]))
    else:
        rows = [(r.code, r.severity.value, "yes" if r.fix != "none" else "", r.title) for r in chosen]
        click.echo(console.columns(rows, ("Code", "Severity", "Fix", "What it finds"), 90))


def _rule_json(item: Rule) -> dict[str, str]:
    names = ("code", "name", "title", "severity", "what", "why", "example", "mend", "fix", "source")
    return {name: str(getattr(item, name)) for name in names}


def _page(item: Rule) -> str:
    from workbook_cms.console import paragraph  # noqa: PLC0415 - keeps help fast

    fixes = {
        "none": "No: a person has to decide.",
        "safe": "Yes, with `check --fix`.",
        "unsafe": "With `check --unsafe-fixes`: look at the suggestions first.",
    }
    parts = [
        (f"{item.code} {item.name}", f"{item.title} ({item.severity.value})"),
        ("What it checks", item.what),
        ("Why it matters", item.why),
        ("How to mend it", item.mend),
        ("Mended by the program", fixes[item.fix.value]),
        ("Source", item.source),
    ]
    lines = [f"{head}\n{paragraph(text, '  ')}\n" for head, text in parts if text]
    lines.insert(3, "An example\n" + "\n".join(f"  {line}" for line in item.example.strip().splitlines()) + "\n")
    return "\n".join(lines).rstrip()


COMMANDS: dict[str, click.Command] = {"check": check, "report": report, "rule": rule}
