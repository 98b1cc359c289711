"""The benchmarks are programs that run: small sizes here, and no word about time."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import PROGRAMS
from benchmarks.data import interactions, records, stakeholders, with_faults
from benchmarks.markdown import BEGIN, END, page
from tests.support.require import missing

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """``python -m benchmarks`` as a user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def first_cells(table: str) -> list[str]:
    """The first cell of each row of the printed table, without its head."""
    return [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "append",
            [
                "writer, after another program saved, 20 rows",
                "writer, the next time, 20 rows",
                "`.add`, new process, 20 rows",
                "`.add`, open process, after another program saved, 20 rows",
                "`.add`, open process, 20 rows",
                "memory that the writer adds to its process, 20 rows",
                "20 rows one by one",
            ],
        ),
        ("read", ["read into a typed frame, 20 rows"]),
        ("import", ["import a CSV, checked, 20 rows"]),
        ("check", ["check, 10 stakeholders and 20 interactions"]),
    ],
)
def test_a_benchmark_runs_and_prints_its_table(name: str, rows: list[str], tmp_path: Path) -> None:
    """Every line is measured, and the page holds what was printed."""
    done = run(name, "--rows", "20", "--repeats", "1", "--out", str(tmp_path / "page.md"))
    assert (done.returncode, first_cells(done.stdout)) == (0, rows), done.stdout + done.stderr
    assert done.stdout.strip() in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_a_long_history_is_measured_beside_none() -> None:
    """Beside one that stays in the workbook too; whether the bound is met says nothing at this size."""
    done = run("history", "--lines", "30", "--records", "5", "--entries", "2")
    assert [line.split("  ")[0] for line in done.stdout.splitlines()[1:4]] == [
        "no history",
        "as set: older lines move to archives",
        "all lines kept in the workbook",
    ], done.stderr
    assert done.returncode in (0, 1)


def test_durability_is_measured_beside_openpyxl() -> None:
    """Nothing of ours is lost or doubled; a save in place that is killed destroys the file."""
    done = run("durability", "--points", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines() if "|" in line]
    [ours] = [row for row in rows if row[0] == "all of ours"]
    [theirs] = [row for row in rows if row[0].startswith("openpyxl")]
    assert int(ours[2]) >= 32
    assert ours[4:] == ["0", "0", "0"]
    assert int(theirs[4].replace(",", "")) > 0


def test_equal_rules_find_equally_much() -> None:
    """Ours and Great Expectations count the same findings, so that the times compare like with like."""
    if importlib.util.find_spec("great_expectations") is None:
        missing("benchmarks", "great_expectations is not installed (pip install '.[benchmarks]')")
    done = run("rules", "--rows", "1000", "--repeats", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Great Expectations 5" not in done.stdout


def test_duplicates_are_measured_beside_other_programs() -> None:
    """Our column of a whole table is filled; a program that is not installed is left out with a word."""
    done = run("duplicates", "--no-sets", "--sizes", "400", "--entries", "0", "--engines", "ours,splink")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row[1].strip(): row for row in (line.split("|") for line in done.stdout.splitlines()) if len(row) > 3}
    whole = rows["400 records: time, memory, F1"]
    assert float(whole[2].split(",")[-1]) > 0.9
    assert (whole[3].strip() == "left out") == (importlib.util.find_spec("splink") is None)


def test_one_record_against_a_table_is_measured_by_itself() -> None:
    """Each line is filled; bounds count for a long table only."""
    done = run("entering", "--rows", "60", "--questions", "6", "--adds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert first_cells(done.stdout) == [
        "index made from the workbook",
        "index loaded from what was kept",
        "one match rule, p50, p95, p99",
        "all match rules of the template, p50, p95, p99",
        "`workbook-cms add` 1 times in a row, each a new process: the last one",
    ]


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_program_says_what_it_measures_and_with_which_options(name: str) -> None:
    """Each is reached by its name."""
    if name in ("engine", "forms") and importlib.util.find_spec("xlwings") is None:
        missing("benchmarks", "xlwings is not installed (pip install '.[forms]')")
    done = run(name, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: python -m benchmarks {name}")


def test_an_unknown_benchmark_is_refused() -> None:
    """One line says which there are."""
    done = run("speed")
    assert done.returncode == 2
    assert "unknown: speed; there are all, append, read, rules, check, import, start" in done.stderr


def test_data_are_the_same_at_every_run() -> None:
    """Seeded: two runs measure the same cells."""
    assert records(50).equals(records(50))
    assert with_faults(records(50)).equals(with_faults(records(50)))
    people = stakeholders(50)
    keys = [f"STK-{n:05d}" for n in range(1, 51)]
    assert interactions(50, keys, people).equals(interactions(50, keys, stakeholders(50)))


def test_only_the_measured_part_of_a_page_is_replaced() -> None:
    """The text around the table stays."""
    assert page(f"before\n{BEGIN}\nold\n{END}\nafter\n", "new") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    assert page("", "new") == f"{BEGIN}\nnew\n{END}\n"
