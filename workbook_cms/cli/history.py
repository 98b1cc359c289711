"""Commands about what happened in a workbook: history, undo."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from validation.findings import Finding
from validation.history import CONTINUED
from workbook_cms.cli.entries import receipt_json
from workbook_cms.cli.options import WORKBOOK, output_format, print_json, workbook_argument
from workbook_cms.errors import ChangedMeanwhileError, EntryRefusedError

if TYPE_CHECKING:
    from workbook_cms.integrity import Verification
    from workbook_cms.undo import Undone
    from workbook_cms.workbook import Workbook

__all__ = ["COMMANDS"]

_SHOWN = ["No", "When", "Table", "Key", "Action", "Field", "Old", "New", "Why", "Person", "Account", "Source"]


@click.command()
@workbook_argument
@click.argument("key", default="")
@click.option(
    "--verify",
    is_flag=True,
    help="Hold the history against its seals, and the records against the history; exit code 1 if there is a flaw.",
)
@click.option(
    "--archive-before",
    default="",
    metavar="YYYY-MM",
    help="Move the lines from before that month to a workbook beside.",
)
@click.option(
    "--to", "folder", type=WORKBOOK, default=None, help="With --archive-before: folder for that workbook."
)
@output_format("text", "json")
def history(
    workbook: Path, key: str, verify: bool, archive_before: str, folder: Path | None, format_: str
) -> None:
    """Show what happened in WORKBOOK, or to the record KEY: when, what, who, old and new value, why."""
    from workbook_cms.formats import plural  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - as above

    if verify and key:
        raise click.UsageError("--verify looks at the whole history; leave the key out.")
    if archive_before and (verify or key):
        raise click.UsageError("--archive-before is about the whole history, and does nothing else.")
    if folder and not archive_before:
        raise click.UsageError("--to says where --archive-before moves lines to; give that too.")
    book = Workbook.open(workbook)
    if archive_before:
        moved = book.archive_history(archive_before, folder)
        files = [str(path) for path in moved.files]
        if format_ == "json":
            print_json(
                "history", workbook=str(workbook), archived=moved.lines, files=files, backup=str(moved.backup)
            )
        else:
            click.echo(f"{plural(moved.lines, 'line')} moved to {' and '.join(files)}.")
            click.echo(f"What was there before is kept as {moved.backup.name}.")
        return
    if verify:
        _verify(book, workbook, format_)
    else:
        _show(book, workbook, key, format_)


def _show(book: Workbook, workbook: Path, key: str, format_: str) -> None:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast

    rows = book.history(key)[[*_SHOWN, "Entry"]].to_dict("records")
    if format_ == "json":
        plain = [{str(name).lower(): value for name, value in row.items()} for row in rows]
        print_json("history", workbook=str(workbook), key=key, changes=plain, queued=len(book.pending))
        return
    if not rows:
        click.echo(f"{workbook} has no history of {key}." if key else f"{workbook} has no history yet.")
    else:
        who = ["Who", "From"]
        heads = [*(_SHOWN[:2] if key else _SHOWN[:4]), *_SHOWN[4:9], *who]
        lines = [
            [_visible(row[name]) for name in heads if name not in who]
            + [row["Person"] or row["Account"], row["Source"]]
            for row in rows
        ]
        lines = [line for line, row in zip(lines, rows, strict=True) if row["Action"] != CONTINUED]
        filled = [i for i, _ in enumerate(heads) if any(line[i] not in ("", None) for line in lines)]
        click.echo(console.columns([[line[i] for i in filled] for line in lines], [heads[i] for i in filled], 30))
    for name in book.snapshot().whole_history.missing:
        click.echo(f"Older lines stand in the archive {name}, which is not there or cannot be read. Put it back.")
    waiting = sum(1 for entry in book.pending if not key or entry.key == key)
    if waiting:
        click.echo(f"{waiting} more wait to be written: the workbook was open when they were entered.")


def _visible(value: object) -> object:
    """A value as it is; between quotation marks where it has blanks that nobody would see."""
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast

    return console.quoted(value) if isinstance(value, str) and value != " ".join(value.split()) else value


def _verify(book: Workbook, workbook: Path, format_: str) -> None:
    from workbook_cms import console, formats  # noqa: PLC0415 - keeps help fast
    from workbook_cms.reports.records import shown  # noqa: PLC0415

    result = book.verify_history()
    result = replace(result, findings=tuple(shown(book, result.findings)))
    if format_ == "json":
        print_json(
            "history",
            workbook=str(workbook),
            verified={
                "lines": result.lines,
                "first": result.first,
                "last": result.last,
                "erased": result.erased,
                "head": result.head,
                "records": result.records,
                "archives": list(result.archives),
            },
            findings=[finding.to_dict() for finding in result.findings],
        )
    else:
        if result.findings:
            click.echo(formats.render(result.findings, "text", workbook, colour=console.in_colour(sys.stdout)))
            click.echo()
        click.echo(_summary(result))
    if result.findings:
        raise click.exceptions.Exit(1)


def _summary(result: Verification) -> str:
    from workbook_cms.formats import plural  # noqa: PLC0415 - keeps help fast

    if not result.lines:
        return "The history has no lines."
    ends = {
        True: "it ends as the last write left it",
        False: "it does not end as the last write left it",
        None: "how the last write left it is not known, since head.json is missing beside the workbook",
    }[result.head]
    parts = [
        f"Verified {plural(result.lines, 'line')} of history from {result.first} to {result.last}",
        ends,
        f"{plural(result.records, 'record')} held against it",
    ]
    if result.archives:
        parts.append(f"read along: {', '.join(result.archives)}")
    if result.erased:
        parts.append(f"{plural(result.erased, 'line')} erased, so what they told cannot be shown")
    flaws = plural(len(result.findings), "flaw") if result.findings else "No flaws"
    return f"{'; '.join(parts)}. {flaws}."


@click.command()
@workbook_argument
@click.argument("change")
@click.option("--batch", is_flag=True, help="Undo all that came in together with it: an import, a run of fixes.")
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@click.option(
    "--override",
    metavar="REASON",
    default="",
    help="Go on although it was changed since, or the old values break a rule; the reason is kept.",
)
@click.option("--why", metavar="REASON", default="", help="Why it is undone, for the history.")
@output_format("text", "json")
def undo(workbook: Path, change: str, batch: bool, dry_run: bool, override: str, why: str, format_: str) -> None:
    """Undo CHANGE of WORKBOOK: the number of a line that `history` shows, or an entry id.

    A record added is taken out, one taken out is put back, changed fields get their old values, a changed
    policy is as it was. The undo is a change like any other: the history tells of it, and it can be undone.

    \b
    workbook-cms undo customers.xlsx 118 --dry-run
    """
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    book = Workbook.open(workbook)
    try:
        done = book.undo(change, batch=batch, override=override, why=why, dry_run=dry_run)
    except EntryRefusedError as error:
        _refuse(error, workbook, format_)
    if format_ == "json":
        print_json("undo", **_undone_json(done, workbook, dry_run))
        return
    click.echo(_undone(done, dry_run))


def _refuse(error: EntryRefusedError, workbook: Path, format_: str) -> NoReturn:
    """Print why nothing was undone, and leave with exit code 1."""
    both = error if isinstance(error, ChangedMeanwhileError) else None
    findings = [finding for finding in error.findings if isinstance(finding, Finding)]
    if format_ == "json":
        print_json(
            "undo",
            workbook=str(workbook),
            receipts=[],
            refused={"place": error.place, "problem": error.problem, "remedy": error.remedy},
            changed_since=[{"place": n, "now": both.theirs[n], "then": both.mine[n]} for n in both.mine]
            if both
            else [],
            findings=[finding.to_dict() for finding in findings],
        )
    else:
        from workbook_cms import console, formats  # noqa: PLC0415 - keeps help fast

        click.echo(console.one_line(str(error)))
        if both:
            rows = [(n, console.quoted(both.theirs[n]), console.quoted(both.mine[n])) for n in both.mine]
            click.echo(console.columns(rows, ("Changed since", "Now", "Before the change"), 40))
        if findings:
            click.echo(formats.render(findings, "text", workbook, colour=console.in_colour(sys.stdout)))
    raise click.exceptions.Exit(1)


def _undone_json(done: Undone, workbook: Path, dry_run: bool) -> dict[str, object]:
    return {
        "workbook": str(workbook),
        "dry_run": dry_run,
        "lines": list(done.lines),
        "values": [
            {"table": v.table, "key": v.key, "field": v.field, "now": v.now, "then": v.then} for v in done.values
        ],
        "policy": [str(change) for change in done.policy],
        "others": done.others,
        "receipts": [receipt_json(receipt) for receipt in done.receipts],
        "findings": [finding.to_dict() for finding in done.findings],
    }


def _undone(done: Undone, dry_run: bool) -> str:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.formats import plural  # noqa: PLC0415

    rows = [
        (f"{v.table} {v.key}", v.field or "(the record)", console.quoted(v.now), console.quoted(v.then))
        for v in done.values
    ]
    lines = [
        console.columns(rows, ("Record", "Field", "Now" if dry_run else "Was", "Then" if dry_run else "Is"), 40)
    ]
    lines = lines if rows else []
    lines += [f"The policy: {change}" for change in done.policy]
    lines += [console.paragraph(f"{f.place}: {f.message} [{f.code}]", "  ") for f in done.findings]
    if done.others:
        stays = "stays" if done.others == 1 else "stay"
        lines.append(f"{plural(done.others, 'entry')} came in together with it and {stays}; --batch undoes all.")
    if dry_run:
        lines.append("Nothing was written.")
    elif waits := [receipt.waits for receipt in done.receipts if receipt.state == "queued"]:
        lines.append(console.one_line(f"{waits[0]} The undo waits beside the workbook and goes in by itself."))
    else:
        lines.append("Undone; `workbook-cms history` shows it.")
    return "\n".join(lines)


COMMANDS: dict[str, click.Command] = {"history": history, "undo": undo}
