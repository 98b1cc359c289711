"""The command that takes in many records: import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_cms.cli.options import (
    WORKBOOK,
    given_values,
    output_format,
    override_option,
    print_json,
    workbook_argument,
)

if TYPE_CHECKING:
    from workbook_cms.intake.arrival import Arrival
    from workbook_cms.workbook import Workbook

__all__ = ["COMMANDS"]

#: Rows and warnings told in full on the terminal; all of them stand in the workbook of refused rows.
_SHOWN = 5


@click.command("import")
@workbook_argument
@click.argument("table")
@click.argument("source", type=WORKBOOK)
@click.option("--map", "map_file", type=WORKBOOK, help="Which column goes where (YAML); guessed without it.")
@click.option("--set", "pairs", metavar="LABEL=VALUE", multiple=True, help="The same value in every row.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--encoding", default="", metavar="NAME", help="Encoding of the text where the guess is wrong.")
@override_option
@output_format("text", "json")
def import_(  # noqa: PLR0913, PLR0917 - an argument an option
    workbook: Path,
    table: str,
    source: Path,
    map_file: Path | None,
    pairs: tuple[str, ...],
    dry_run: bool,
    encoding: str,
    override: str,
    format_: str,
) -> None:
    """Take the rows of SOURCE (CSV, or the first sheet of an .xlsx) into TABLE of WORKBOOK.

    Rows that break rules are held back in SOURCE-refused.xlsx with the reasons; mend them there and
    import that file. --dry-run shows which column goes where, and prints a map to correct.
    """
    from workbook_cms.intake.arrival import take_in  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    constants = {label: str(value or "") for label, value in given_values(pairs, empty=True).items()}
    book = Workbook.open(workbook)
    arrival = take_in(
        book,
        table,
        source,
        map_file=map_file,
        constants=constants,
        encoding=encoding,
        override=override,
        dry_run=dry_run,
    )
    if format_ == "json":
        print_json("import", workbook=str(workbook), dry_run=dry_run, **arrival.to_dict())
    else:
        click.echo(_text(_masked(arrival, book), dry_run))
    if arrival.refused:
        raise click.exceptions.Exit(1)


def _masked(arrival: Arrival, book: Workbook) -> Arrival:
    """What became of the rows as it may be printed: without values of sensitive fields."""
    from workbook_cms.intake.quarantine import reasons_of  # noqa: PLC0415 - keeps help fast
    from workbook_cms.reports.records import shown_of_entries  # noqa: PLC0415

    told = arrival.refused[:_SHOWN]
    findings = iter(shown_of_entries(book, [finding for row in told for finding in row.findings]))
    rows = [
        replace(r, reasons=reasons_of(list(islice(findings, len(r.findings))), {})[0]) if r.findings else r
        for r in told
    ]
    warnings = shown_of_entries(book, arrival.warnings[: _SHOWN + 1])
    return replace(
        arrival, refused=(*rows, *arrival.refused[_SHOWN:]), warnings=(*warnings, *arrival.warnings[_SHOWN + 1 :])
    )


def _text(arrival: Arrival, dry_run: bool) -> str:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.formats import plural  # noqa: PLC0415
    from workbook_cms.intake.mapping import dump  # noqa: PLC0415
    from workbook_cms.receipts import is_alert  # noqa: PLC0415

    mapping = arrival.mapping
    rows = [(name, match.label, match.why) for name, match in mapping.matches.items()]
    rows += [("", label, f'always "{value}"') for label, value in mapping.constants.items()]
    for name in mapping.unmapped:
        kept = bool(mapping.notes) and name not in mapping.left_out
        rows.append((name, mapping.notes if kept else "-", "into the notes" if kept else "not taken in"))
    lines = [console.columns(rows, ("Column", "Field", "Why")), ""]
    lines += [f"Note: {note}" for note in arrival.notes]
    verb = "would be taken in" if dry_run else "taken in"
    lines.append(f"{plural(arrival.accepted, 'row')} {verb}, {len(arrival.refused):,} refused.")
    if arrival.queued:
        lines.append(
            f"The workbook is open elsewhere: {arrival.queued:,} of them wait beside it and go in by themselves."
        )
    if arrival.warnings:
        lines.append(f"{plural(len(arrival.warnings), 'warning')} on the rows taken in:")
        shown = arrival.warnings[:_SHOWN]
        lines += [
            console.paragraph(f"line {f.details['at_line']}, {f.place}: {f.message} [{f.code}]", "    ", "  ")
            for f in shown
        ]
        if len(arrival.warnings) > _SHOWN:
            lines.append("  ... `workbook-cms check` shows them all.")
    lines += _refused(arrival)
    if arrival.quarantine:
        lines.append(f"The refused rows are in {arrival.quarantine}: mend them there and import that file.")
    if doubtful := sum(bool(row.findings) and all(map(is_alert, row.findings)) for row in arrival.refused):
        lines.append(
            f"Of these, {doubtful:,} may be somebody who is there already. Look at each, and take out of that file who is; "
            'the others go in with a reason: --override "reason".'
        )
    if dry_run:
        lines += [
            "",
            "Nothing was written. To change where columns go, save this as map.yaml and give it with --map:",
        ]
        lines += ["", dump(mapping).rstrip()]
    return "\n".join(lines)


def _refused(arrival: Arrival) -> Iterator[str]:
    """What the rows were refused for, most often first, and the first of them in full."""
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.formats import plural  # noqa: PLC0415

    causes = Counter(cause for row in arrival.refused for cause in row.causes)
    if len(arrival.refused) > _SHOWN:
        for cause, count in causes.most_common(_SHOWN):
            yield f"  {count:>6,}  {cause}"
    for row in arrival.refused[:_SHOWN]:
        yield console.paragraph(f"line {row.line}: {' '.join(row.reasons)}", "    ", "  ")
    if len(arrival.refused) > _SHOWN:
        yield f"  ... and {plural(len(arrival.refused) - _SHOWN, 'row')} more."


COMMANDS: dict[str, click.Command] = {"import": import_}
