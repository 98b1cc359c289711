"""Pairs of records of different workbooks, by each engine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.people import FEBRL, febrl
from validation.duplicates import find_pairs
from validation.duplicates.blocking import Candidates
from validation.duplicates.columns import prepare
from validation.duplicates.pairs import match
from validation.policy import Kind
from workbook_cms import Workbook
from workbook_cms.across.engines import found_by_splink
from workbook_cms.across.folder import gather
from workbook_cms.across.model import margin, settings
from workbook_cms.across.pairs import find
from workbook_cms.across.prepared import prepared
from workbook_cms.errors import InputError


def ends(found) -> set[tuple[str, str, str, str]]:
    """(workbook, key, other workbook, other key) of each pair."""
    return {
        (pair.left.workbook.name, pair.left.key, pair.right.workbook.name, pair.right.key) for pair in found.pairs
    }


BOTH = {
    ("north.xlsx", "STK-00001", "south.xlsx", "STK-00002"),
    ("south.xlsx", "STK-00001", "west.xlsx", "STK-00001"),
}


def test_who_stands_in_several_workbooks(branches) -> None:
    """Both are found, with the reason; who stands in one workbook is not spoken of."""
    found = find(gather(branches, "Stakeholders"))
    assert ends(found) == BOTH
    quenby = next(pair for pair in found.pairs if pair.left.name.startswith("Quenby"))
    assert quenby.left.cell == "Stakeholders!A2"
    assert "same phone" in quenby.sentence
    assert "family name" in quenby.sentence
    assert 0.9 < quenby.probability < 1
    assert {(field.field, field.level) for field in quenby.fields} >= {("Given name", "exact"), ("Email", "blank")}


def test_records_of_one_workbook_on_request(branches) -> None:
    """A duplicate within one workbook is found with ``inside`` alone."""
    book = Workbook.open(branches / "north" / "north.xlsx", today=TODAY)
    book.add("Stakeholders", {**QUENBY, "Email": ""}, override="is she?")
    within = ("north.xlsx", "STK-00001", "north.xlsx", "STK-00002")
    assert within not in ends(find(gather(branches, "Stakeholders")))
    assert within in ends(find(gather(branches, "Stakeholders"), inside=True))


def test_a_queued_entry_takes_part(branches, opened_elsewhere) -> None:
    """Who waits in a journal is found too, without a key."""
    path = branches / "west" / "west.xlsx"
    with opened_elsewhere(path):
        Workbook.open(path, today=TODAY).add("Stakeholders", {**QUENBY, "Email": ""})
        found = find(gather(branches, "Stakeholders"))
    assert ("north.xlsx", "STK-00001", "west.xlsx", "") in ends(found)


def test_others_in_the_folder_are_passed_over(branches) -> None:
    """A damaged workbook is told with its reason, a workbook without a policy too, and the others are read."""
    (branches / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    gathered = gather(branches, "Stakeholders")
    assert [path.name for path, _ in gathered.passed_over] == ["broken.xlsx"]
    assert all(why for _, why in gathered.passed_over)
    assert len(gathered) == 4


@pytest.mark.parametrize(
    ("folder", "table", "words"),
    [("nowhere", "Stakeholders", "no such folder"), (".", "Customers", "no table Customers"), ("empty", "X", "no workbook")],
)  # fmt: skip
def test_bad_input(branches, folder, table, words) -> None:
    """What cannot be looked through is one line with the reason."""
    (branches / "empty").mkdir()
    with pytest.raises(InputError, match=words):
        gather(branches / folder, table)


@pytest.mark.usefixtures("splink")
def test_duckdb_finds_the_same(branches) -> None:
    """Splink on DuckDB finds the same pairs with the same probability and reason."""
    gathered = gather(branches, "Stakeholders")
    assert find(gathered, "duckdb").pairs == find(gathered).pairs


@pytest.mark.usefixtures("spark")
def test_spark_finds_the_same(branches, tmp_path) -> None:
    """So does Splink on Spark, here on this machine alone, and leaves nothing where the user works.

    In a process of its own, since Spark leaves threads behind.
    """
    own_folder = tmp_path / "own"
    own_folder.mkdir()

    def pairs(engine: str) -> object:
        command = [sys.executable, "-m", "workbook_cms", "across", str(branches), "Stakeholders"]
        done = subprocess.run(
            [*command, "--engine", engine, "--format", "json"],
            capture_output=True,
            text=True,
            check=True,
            cwd=own_folder,
        )
        assert not any(own_folder.iterdir())
        return json.loads(done.stdout)["pairs"]

    assert pairs("spark") == pairs("own") != []


@pytest.mark.usefixtures("splink")
def test_splink_alone_agrees_on_people() -> None:
    """On FEBRL 1, Splink's plain sum of the exported weights decides each pair as our own scoring does."""
    people = febrl(1)
    columns = [prepare(people[name], Kind(kind), name) for name, kind in FEBRL.items()]
    records = prepared(columns, people.index.map(lambda _: 0).to_numpy())
    pairs = found_by_splink(records, settings(columns, records, "duckdb"), "duckdb", -margin(columns))
    own = find_pairs(people.reset_index(drop=True), FEBRL)
    ours = set(zip(own["left"], own["right"], strict=True))
    likely = pairs[pairs["bits"] >= 0]
    theirs = set(zip(likely["left"], likely["right"], strict=True))
    assert len(ours & theirs) / len(ours | theirs) >= 0.99
    again = match(columns, [Candidates(pairs["left"].to_numpy(), pairs["right"].to_numpy())], len(people), 0.5)
    assert set(zip(again.left.tolist(), again.right.tolist(), strict=True)) == ours
