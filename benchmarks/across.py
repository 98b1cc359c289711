"""``python -m benchmarks across``: our weights run by Splink on DuckDB, held against our own scoring.

Splink adds up what the fields say one by one; `across` lets our own scoring have the last word on the pairs that it finds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging

import numpy as np

from benchmarks.labelled import NAMES, Labelled, Missing, f1, load
from benchmarks.markdown import machine, versions
from validation.duplicates import find_pairs
from validation.duplicates.blocking import Candidates
from validation.duplicates.columns import prepare
from validation.duplicates.pairs import match
from validation.policy import Kind

__all__ = ["main"]

_HEAD = ("set", "pairs of ours", "F1", "pairs by Splink's sum", "F1", "decided alike", "with our last word", "F1")


def main(arguments: list[str] | None = None) -> int:
    """Measures and prints Markdown; 0 unless Splink is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks across", description=__doc__)
    parser.parse_args(arguments)
    print(
        f"Measured {dt.datetime.now().astimezone().date()} on {machine()}. Versions: {versions('splink', 'duckdb')}.\n"
    )
    print(f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}", flush=True)
    logging.disable(logging.WARNING)
    for name in NAMES:
        try:
            labelled = load(name)
        except Missing as missing:
            print(f"| {name} | {missing} |", flush=True)
            continue
        if not labelled.first:  # two tables are linked elsewhere
            print(f"| {name} | {' | '.join(_line(labelled))} |", flush=True)
    return 0


def _line(labelled: Labelled) -> list[str]:
    from workbook_cms.across.engines import found_by_splink  # noqa: PLC0415 - says so where Splink is missing
    from workbook_cms.across.model import margin, settings  # noqa: PLC0415
    from workbook_cms.across.prepared import prepared  # noqa: PLC0415

    frame = labelled.frame
    own = find_pairs(frame, labelled.kinds)
    columns = [prepare(frame[name], Kind(kind), name) for name, kind in labelled.kinds.items()]
    records = prepared(columns, np.zeros(len(frame), dtype=np.int64))
    wide = found_by_splink(records, settings(columns, records, "duckdb"), "duckdb", -margin(columns))
    summed = wide[wide["bits"] >= 0]
    both = [set(zip(some["left"], some["right"], strict=True)) for some in (own, summed)]
    candidates = Candidates(wide["left"].to_numpy(np.int64), wide["right"].to_numpy(np.int64))
    last = match(columns, [candidates], len(frame), 0.5)
    return [
        f"{len(own):,}",
        f"{f1(labelled, own['left'].to_numpy(), own['right'].to_numpy()):.4f}",
        f"{len(summed):,}",
        f"{f1(labelled, summed['left'].to_numpy(), summed['right'].to_numpy()):.4f}",
        f"{len(both[0] & both[1]) / len(both[0] | both[1]):.2%}",
        f"{len(last):,}",
        f"{f1(labelled, last.left, last.right):.4f}",
    ]
