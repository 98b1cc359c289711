"""Commands about records that are one: duplicates, merge, not-duplicate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from validation.findings import Finding
from workbook_cms.cli.entries import receipt_json
from workbook_cms.cli.options import (
    given_values,
    output_format,
    override_option,
    print_json,
    workbook_argument,
)
from workbook_cms.errors import EntryRefusedError

if TYPE_CHECKING:
    from validation.duplicates.proposal import Proposal
    from workbook_cms.alike import AlikePair, Duplicates
    from workbook_cms.merging import Merge
    from workbook_cms.workbook import Workbook

__all__ = ["COMMANDS"]


@click.command()
@workbook_argument
@click.argument("table", default="")
@click.option("--decided", is_flag=True, help="List also what was let in with a reason, or said not to be one.")
@output_format("text", "json")
def duplicates(workbook: Path, table: str, decided: bool, format_: str) -> None:
    """List records of TABLE, or of all tables of WORKBOOK, that are probably one.

    What is nearly certain is taken together, with the record to keep and each field's value as proposed for
    `merge`; the rest comes as pairs to be looked at. What was let in with a reason, or said not to be one, is
    counted; --decided lists it.
    """
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    book = Workbook.open(workbook)
    names = [book.snapshot().table(table).name] if table else [t.name for t in book.policy.tables]
    found = [book.duplicates(name) for name in names]
    if format_ == "json":
        print_json("duplicates", workbook=str(workbook), tables=[_json(one) for one in found])
        return
    tables = ["\n".join(_lines(one, workbook)) for one in found if one.clusters or one.pairs]
    settled = [pair for one in found for pair in one.decided]
    if not tables:
        tables = [f"No {'other ' if settled else ''}two records look like the same one."]
    if settled:
        tables.append("\n".join(_settled(settled, decided)))
    click.echo("\n\n".join(tables))


@click.command()
@workbook_argument
@click.argument("table")
@click.argument("keys", nargs=-1, required=True)
@click.option("--survivor", metavar="KEY", default="", help="The record that stays; proposed unless given.")
@click.option(
    "--set",
    "pairs",
    metavar="FIELD=KEY",
    multiple=True,
    help="Take this field from that record, or give it another value; as often as needed.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@override_option
@click.option("--why", metavar="REASON", default="", help="Why they are one, for the history.")
@output_format("text", "json")
def merge(
    workbook: Path,
    table: str,
    keys: tuple[str, ...],
    pairs: tuple[str, ...],
    dry_run: bool,
    format_: str,
    **wish: str,
) -> None:
    """Make the records KEYS in TABLE of WORKBOOK into one.

    One stays with its key, the others leave the table; what they held stays in the history, and their keys lead
    to the one that stays. References in other records follow. `undo` takes all of it back.

    \b
    workbook-cms merge customers.xlsx Stakeholders STK-00012 STK-00377 --dry-run
    workbook-cms merge customers.xlsx Stakeholders STK-00012 STK-00377 --set Phone=STK-00377
    """
    values = given_values(pairs, "", empty=True)
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    book = Workbook.open(workbook)
    try:
        done = book.merge(table, keys, values=values, source="command line", dry_run=dry_run, **wish)
    except EntryRefusedError as error:
        _refuse("merge", error, book, format_)
    from workbook_cms.alike import masked  # noqa: PLC0415 - as above
    from workbook_cms.reports.records import shown_of_entries  # noqa: PLC0415

    proposal = masked(done.proposal, book.snapshot().table(table))
    done = replace(done, proposal=proposal, findings=tuple(shown_of_entries(book, done.findings)))
    if format_ == "json":
        print_json("merge", workbook=str(workbook), dry_run=dry_run, **_merge_json(done))
    else:
        click.echo("\n".join(_merged(done, workbook, dry_run)))


@click.command("not-duplicate")
@workbook_argument
@click.argument("table")
@click.argument("keys", nargs=-1, required=True)
@click.option("--why", metavar="REASON", required=True, help="Why they are not one, for the history.")
@output_format("text", "json")
def not_duplicate(workbook: Path, table: str, keys: tuple[str, ...], why: str, format_: str) -> None:
    """Say that the records KEYS in TABLE of WORKBOOK are not one.

    `check`, the report and the forms do not ask again, until a field changes by which they look alike.

    \b
    workbook-cms not-duplicate customers.xlsx Stakeholders STK-00012 STK-00377 --why "twins"
    """
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    book = Workbook.open(workbook)
    try:
        receipts = book.keep_apart(table, keys, why, source="command line")
    except EntryRefusedError as error:
        _refuse("not-duplicate", error, book, format_)
    if format_ == "json":
        print_json("not-duplicate", workbook=str(workbook), receipts=[receipt_json(one) for one in receipts])
        return
    names = f"{', '.join(keys[:-1])} and {keys[-1]}"
    waits = next(
        (f" {one.waits} It waits beside the workbook and goes in by itself." for one in receipts if one.waits), ""
    )
    click.echo(
        f"Kept: {names} are not one. Nobody is asked again until a field changes by which they look alike.{waits}"
    )


def _lines(found: Duplicates, workbook: Path) -> Iterator[str]:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.formats import plural  # noqa: PLC0415

    yield f"{found.table}: {plural(len(found.clusters), 'cluster')}, {plural(len(found.pairs), 'pair')} to look at."
    for number, cluster in enumerate(found.clusters, start=1):
        names = {p.left: p.left_name for p in cluster.pairs} | {p.right: p.right_name for p in cluster.pairs}
        yield ""
        yield console.one_line(f"Cluster {number}: {', '.join(names[key] for key in cluster.keys)}")
        yield from (console.paragraph(_pair(pair), "  ") for pair in cluster.pairs)
        yield from (
            console.paragraph(f"{left} and {right} hang together through the others only: look at both.", "  ")
            for left, right in cluster.chained
        )
        yield from _proposal(cluster.proposal)
        keys = (cluster.proposal.survivor, *cluster.proposal.losers)
        yield "  " + console.typed("workbook-cms", "merge", workbook, found.table, *keys)
    if found.pairs:
        yield ""
        yield "To look at one by one:"
        yield from (console.paragraph(f"{_pair(pair)} ({pair.reason})", "  ") for pair in found.pairs)


def _settled(pairs: list[AlikePair], listed: bool) -> Iterator[str]:
    """What somebody has decided on: how many, and which where they are asked for."""
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.formats import plural  # noqa: PLC0415

    count = f"{plural(len(pairs), 'pair')} let in with a reason, or said not to be one"
    yield f"{count}:" if listed else f"{count}; --decided lists what."
    if listed:
        yield from (console.paragraph(f"{_pair(pair)}. Decided {pair.reason}", "  ") for pair in pairs)


def _pair(pair: AlikePair) -> str:
    # Never 100 %: no agreement of names is certainty.
    share = "equal" if pair.exact else f"{min(pair.probability, 0.999):.1%}".replace("%", " %")
    return f"{share}: {pair.left_name} and {pair.right_name}: {pair.sentence}"


def _proposal(proposal: Proposal) -> Iterator[str]:
    """Which record stays and why, and of its fields those that take another's value or leave one behind."""
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast

    yield console.paragraph(f"Keep {proposal.survivor}: {proposal.reason}.", "  ")
    rows = [
        (
            value.label,
            console.quoted(value.value),
            value.source,
            value.reason,
            "; ".join(f"{key}: {console.quoted(theirs)}" for key, theirs in value.others.items()),
        )
        for value in proposal.values
        if value.others or value.source != proposal.survivor
    ]
    if rows:
        heads = ("Field", "Value", "From", "Because", "Not taken")
        yield "\n".join(f"  {line}" for line in console.columns(rows, heads, 32).splitlines())


def _merged(done: Merge, workbook: Path, dry_run: bool) -> Iterator[str]:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.formats import plural  # noqa: PLC0415

    yield from _proposal(done.proposal)
    if done.moved:
        rows = [(f"{m.table} {m.key}", m.field, m.old, m.new) for m in done.moved[:20]]
        yield "\n".join(
            f"  {line}" for line in console.columns(rows, ("Record", "Field", "Was", "Is"), 32).splitlines()
        )
        if len(done.moved) > len(rows):
            yield f"  and {plural(len(done.moved) - len(rows), 'more reference')}"
    yield from (console.paragraph(f"{f.place}: {f.message} [{f.code}]", "  ") for f in done.findings)
    losers, stays = ", ".join(done.proposal.losers), done.proposal.survivor
    if dry_run:
        yield f"Nothing was written. {losers} would be merged into {stays}."
    elif waits := next((one.waits for one in done.receipts if one.state == "queued"), ""):
        yield console.one_line(f"{waits} The merge waits beside the workbook and goes in by itself.")
    else:
        yield f"Merged: {losers} into {stays}. What takes it back:"
        yield "  " + console.typed("workbook-cms", "undo", workbook, done.receipts[-1].entry_id)


def _proposal_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "survivor": proposal.survivor,
        "reason": proposal.reason,
        "losers": list(proposal.losers),
        "values": [
            {
                "field": v.label,
                "value": v.value,
                "source": v.source,
                "reason": v.reason,
                "others": dict(v.others),
            }
            for v in proposal.values
        ],
    }


def _pair_json(pair: AlikePair) -> dict[str, Any]:
    return {
        "left": pair.left,
        "right": pair.right,
        "probability": round(pair.probability, 6),
        "exact": pair.exact,
        "sentence": pair.sentence,
        "reason": pair.reason,
    }


def _json(found: Duplicates) -> dict[str, Any]:
    return {
        "table": found.table,
        "clusters": [
            {
                "keys": list(cluster.keys),
                "proposal": _proposal_json(cluster.proposal),
                "pairs": [_pair_json(pair) for pair in cluster.pairs],
                "chained": [list(ends) for ends in cluster.chained],
            }
            for cluster in found.clusters
        ],
        "pairs": [_pair_json(pair) for pair in found.pairs],
        "decided": [_pair_json(pair) for pair in found.decided],
    }


def _merge_json(done: Merge) -> Mapping[str, Any]:
    return {
        "table": done.table,
        "proposal": _proposal_json(done.proposal),
        "moved": [
            {"table": m.table, "key": m.key, "field": m.field, "old": m.old, "new": m.new} for m in done.moved
        ],
        "receipts": [receipt_json(one) for one in done.receipts],
        "findings": [finding.to_dict() for finding in done.findings],
    }


def _refuse(command: str, error: EntryRefusedError, book: Workbook, format_: str) -> NoReturn:
    """Print why nothing was written, sensitive values masked, and leave with exit code 1."""
    from workbook_cms.reports.records import shown_of_entries  # noqa: PLC0415 - keeps help fast

    found = [finding for finding in error.findings if isinstance(finding, Finding)]
    findings, problem = shown_of_entries(book, found), error.problem
    for plain, masked in zip(found, findings, strict=True):
        problem = problem.replace(plain.message, masked.message)
    if format_ == "json":
        print_json(
            command,
            workbook=str(book.path),
            receipts=[],
            refused={"place": error.place, "problem": problem, "remedy": error.remedy},
            findings=[finding.to_dict() for finding in findings],
        )
    else:
        from workbook_cms import console  # noqa: PLC0415 - keeps help fast

        click.echo(console.one_line(f"{error.place}: {problem} {error.remedy}"))
        for finding in findings:
            click.echo(console.paragraph(f"{finding.place}: {finding.message} [{finding.code}]", "  "))
    raise click.exceptions.Exit(1)


COMMANDS: dict[str, click.Command] = {"duplicates": duplicates, "merge": merge, "not-duplicate": not_duplicate}
