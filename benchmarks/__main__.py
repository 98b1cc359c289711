"""``python -m benchmarks [all|append|read|rules|check|import|start ...] [--rows 1000,10000] [--out FILE]``.

By themselves run, each with options of its own: ``forms`` measures entries through a form in LibreOffice, ``engine`` what
the program behind it asks of it; ``durability`` kills programs at every call of the disk and counts what is lost;
``writers`` lets many programs write at once; ``duplicates`` finds duplicates beside Splink and the recordlinkage toolkit;
``entering`` holds one record against a long table; ``across`` holds our scores against Splink's sum; ``history`` tells what
a long history costs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.markdown import page, table
from benchmarks.suite import NAMES, run

#: Programs that print a table of their own: a module each.
PROGRAMS = ("across", "duplicates", "durability", "engine", "entering", "forms", "history", "writers")
SIZES = "1000,10000,100000"


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 10:
        raise argparse.ArgumentTypeError("give numbers of rows from 10, separated by commas")
    return sizes


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints the table, and writes it into a page; 0 unless a measurement failed."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in PROGRAMS:
        # Loaded when asked for: some need LibreOffice, Splink or the crash tests.
        program: Callable[[list[str]], int] = importlib.import_module(f"benchmarks.{given[0]}").main
        return program(given[1:])
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", default=["all"], help=f"all, or of {', '.join(NAMES)}")
    parser.add_argument("--rows", type=_sizes, default=_sizes(SIZES), help=f"sizes, {SIZES} unless given")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each, 5 unless given; the median counts")
    parser.add_argument("--out", type=Path, help="Markdown page to write the table into")
    options = parser.parse_args(given)
    if unknown := set(options.names) - {"all", *NAMES}:
        known = ", ".join(["all", *NAMES])
        parser.error(
            f"unknown: {', '.join(sorted(unknown))}; there are {known}, and {', '.join(PROGRAMS)} by itself"
        )
    names = NAMES if "all" in options.names else [name for name in NAMES if name in options.names]
    lines = run(names, options.rows, options.repeats, lambda text: print(text, file=sys.stderr, flush=True))
    measured = table(lines, dt.datetime.now().astimezone().date())
    print(measured)
    if options.out:
        old = options.out.read_text(encoding="utf-8") if options.out.exists() else ""
        options.out.write_text(page(old, measured), encoding="utf-8")
    return 1 if any(line.ours is None for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
