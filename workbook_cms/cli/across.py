"""The command that looks through a folder of workbooks: across."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_cms.cli.options import WORKBOOK, output_format, print_json

if TYPE_CHECKING:
    from workbook_cms.across.folder import Gathered
    from workbook_cms.across.pairs import Found, Pair, Side

__all__ = ["COMMANDS"]

#: Pairs that are printed; ``--out`` has them all.
_SHOWN = 50


@click.command()
@click.argument("folder", type=WORKBOOK)
@click.argument("table")
@click.option(
    "--engine",
    type=click.Choice(["own", "duckdb", "spark"]),
    default="own",
    show_default=True,
    help="What looks for pairs: this program, or Splink on DuckDB or Spark.",
)
@click.option("--inside", is_flag=True, help="Hold records of one workbook against each other too.")
@click.option(
    "--threshold",
    type=click.FloatRange(0.01, 0.999),
    default=None,
    help="Least probability, such as 0.5; the match rule's unless given.",
)
@click.option("--out", type=WORKBOOK, default=None, help="Write all pairs to this workbook (.xlsx).")
@click.option(
    "--settings",
    "settings_file",
    type=WORKBOOK,
    default=None,
    help="Write the settings that Splink is given (JSON).",
)
@output_format("text", "json")
def across(
    folder: Path,
    table: str,
    engine: str,
    inside: bool,
    threshold: float | None,
    out: Path | None,
    settings_file: Path | None,
    format_: str,
) -> None:
    """Find who stands in several workbooks of FOLDER, by the match rule of TABLE."""
    from workbook_cms.across.folder import gather  # noqa: PLC0415 - keeps help fast
    from workbook_cms.across.pairs import find  # noqa: PLC0415

    if out is not None and out.suffix.casefold() != ".xlsx":
        raise click.UsageError("--out names a workbook; let it end with .xlsx.")
    if settings_file is not None and engine == "own":
        raise click.UsageError("--settings writes what Splink is given; name --engine duckdb or spark too.")
    if threshold is not None and math.isnan(threshold):  # which no range of click refuses
        raise click.UsageError("--threshold is a probability from 0.01 to 0.999, such as 0.5.")
    gathered = gather(folder, table)
    for path, why in gathered.passed_over:
        click.echo(f"{path.name} is passed over: {why}", err=True)
    if settings_file is not None:
        _write_settings(gathered, engine, settings_file, inside=inside)
    found = find(gathered, engine, inside=inside, threshold=threshold)
    if out is not None:
        from workbook_cms.across.listing import write_listing  # noqa: PLC0415

        write_listing(out, folder, gathered.table.name, found.pairs)
    if format_ == "json":
        print_json("across", **_json(folder, engine, gathered, found))
    else:
        click.echo("\n".join(_lines(folder, gathered, found, out)))


def _write_settings(gathered: Gathered, engine: str, path: Path, *, inside: bool) -> None:
    from workbook_cms.across.model import settings  # noqa: PLC0415 - as above
    from workbook_cms.across.prepared import prepared  # noqa: PLC0415
    from workbook_cms.reports.placing import placed  # noqa: PLC0415

    records = prepared(gathered.columns, gathered.sources)
    with placed(path) as aside:
        aside.write_text(
            json.dumps(settings(gathered.columns, records, engine, within=inside), indent=2) + "\n", "utf-8"
        )


def _lines(folder: Path, gathered: Gathered, found: Found, out: Path | None) -> Iterator[str]:
    from workbook_cms.console import one_line, paragraph  # noqa: PLC0415 - keeps help fast
    from workbook_cms.formats import plural  # noqa: PLC0415

    for pair in found.pairs[:_SHOWN]:
        per_cent = min(99.9, round(pair.probability * 100, 1))
        yield f"{_named(folder, pair.left)}  =  {_named(folder, pair.right)}  ({per_cent:g} %)"
        yield paragraph(one_line(pair.sentence), "    ")
    if len(found.pairs) > _SHOWN and out is None:
        yield f"... and {len(found.pairs) - _SHOWN:,} more; --out pairs.xlsx lists them all."
    if found.parted[0]:
        count, fields = found.parted
        yield (
            f"{count:,} records share one {' and '.join(fields)}; of so many, each was compared with its nearest "
            "neighbours only."
        )
    records = f"{len(gathered):,} records of {plural(len(gathered.books), 'workbook')}"
    yield f"{records}, {plural(len(found.pairs), 'pair')}" + (f"; they stand in {out}." if out else ".")


def _named(folder: Path, side: Side) -> str:
    from workbook_cms.console import one_line  # noqa: PLC0415 - as above

    return one_line(f"{side.workbook.relative_to(folder).as_posix()} {side.key or 'a queued entry'} {side.name}")


def _json(folder: Path, engine: str, gathered: Gathered, found: Found) -> dict[str, object]:
    return {
        "folder": str(folder),
        "table": gathered.table.name,
        "engine": engine,
        "records": len(gathered),
        "workbooks": [path.relative_to(folder).as_posix() for path in gathered.books],
        "passed_over": [
            {"workbook": path.relative_to(folder).as_posix(), "why": why} for path, why in gathered.passed_over
        ],
        "pairs": list(_pairs(folder, found.pairs)),
    }


def _pairs(folder: Path, pairs: Sequence[Pair]) -> Iterator[dict[str, object]]:
    for pair in pairs:
        sides = {
            word: {
                "workbook": side.workbook.relative_to(folder).as_posix(),
                "key": side.key,
                "name": side.name,
                "cell": side.cell,
            }
            for word, side in (("left", pair.left), ("right", pair.right))
        }
        evidence = [field.to_dict() for field in pair.fields]
        yield {
            **sides,
            "probability": round(pair.probability, 6),
            "bits": round(pair.bits, 2),
            "sentence": pair.sentence,
            "fields": evidence,
        }


COMMANDS: dict[str, click.Command] = {"across": across}
