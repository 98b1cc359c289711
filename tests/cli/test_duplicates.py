"""``duplicates``, ``merge`` and ``not-duplicate``: what they print, their exit codes, and their JSON."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli, one_line

_PEOPLE = "Stakeholders"
_PAIR = ("STK-00199", "STK-00200")


def found(cli: Cli, path: Path) -> list[list[str]]:
    """The keys of each cluster of stakeholders."""
    data = json.loads(cli("duplicates", path, _PEOPLE, "--format", "json").out)
    return [cluster["keys"] for cluster in data["tables"][0]["clusters"]]


def test_duplicates_are_listed_with_what_is_proposed(cli: Cli, sample: Path) -> None:
    """Who they are, why they are alike, who should stay and why, and the command that merges them."""
    result = cli("duplicates", sample, _PEOPLE)
    assert (result.code, result.err) == (0, "")
    block = result.out.split("Cluster 2: ")[1].split("Cluster 3")[0]
    assert block.startswith("STK-00199 Siobhan McGillicuddy, STK-00200 Siobhan MacGillicudy\n")
    assert "same phone" in block
    assert "Keep STK-00199: the most fields filled: 14, STK-00200 has 13." in block
    assert f"workbook-cms merge {sample} Stakeholders STK-00199 STK-00200" in block


def test_the_command_of_a_cluster_can_be_typed(cli: Cli, sample: Path) -> None:
    """The name of a workbook with a blank in it stands between quotation marks; tables stand apart."""
    path = sample.rename(sample.with_name("my customers.xlsx"))
    lines = cli("duplicates", path).out.splitlines()
    assert f'  workbook-cms merge "{path}" Bookings WT1283249 WT1285373' in lines
    heads = [at for at, line in enumerate(lines) if "pairs to look at" in line]
    assert len(heads) == 3
    assert all(lines[at - 1] == "" for at in heads[1:])


def test_a_merge_and_its_undo(cli: Cli, sample: Path) -> None:
    """What it would do is what it does; the undo of its last line brings all of it back."""
    before = sample.read_bytes()
    plan = cli("merge", sample, _PEOPLE, *_PAIR, "--set", "Family name=STK-00200", "--dry-run")
    assert sample.read_bytes() == before
    assert plan.out.endswith("Nothing was written. STK-00200 would be merged into STK-00199.\n")
    assert "Interactions INT-000286" in plan.out
    done = cli("merge", sample, _PEOPLE, *_PAIR, "--set", "Family name=STK-00200", "--format", "json")
    data = json.loads(done.out)
    assert (data["proposal"]["survivor"], [m["key"] for m in data["moved"]]) == (
        "STK-00199",
        ["INT-000286", "INT-000287"],
    )
    assert list(_PAIR) not in found(cli, sample)
    shown = cli("show", sample, "STK-00200").out
    assert shown.startswith("STK-00200 was merged into STK-00199. STK-00199 Siobhan MacGillicudy.")
    line = json.loads(cli("history", sample, "STK-00200", "--format", "json").out)["changes"][-1]
    assert (line["action"], line["new"]) == ("merged", "STK-00199")
    assert cli("undo", sample, line["no"]).code == 0
    assert list(_PAIR) in found(cli, sample)
    assert cli("show", sample, "STK-00200").out.startswith("STK-00200 Siobhan MacGillicudy.")


def test_what_is_not_a_duplicate_leaves_the_list(cli: Cli, sample: Path) -> None:
    """And comes back with the undo."""
    result = cli("not-duplicate", sample, _PEOPLE, *_PAIR, "--why", "sisters")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Kept: STK-00199 and STK-00200 are not one.")
    assert list(_PAIR) not in found(cli, sample)
    assert (
        "1 pair let in with a reason, or said not to be one; --decided lists what."
        in cli("duplicates", sample).out
    )
    listed = " ".join(cli("duplicates", sample, "--decided").out.split())
    assert "STK-00199 Siobhan McGillicuddy and STK-00200 Siobhan MacGillicudy: same" in listed
    assert listed.endswith(": sisters")
    line = json.loads(cli("history", sample, "STK-00200", "--format", "json").out)["changes"][-1]
    assert (line["action"], line["new"]) == ("decided", "not one with STK-00199")
    assert cli("undo", sample, line["no"]).code == 0
    assert list(_PAIR) in found(cli, sample)


def test_a_merge_that_breaks_a_rule_is_refused(cli: Cli, sample: Path) -> None:
    """Exit code 1, the field and the rule; as JSON too."""
    result = cli("merge", sample, _PEOPLE, *_PAIR, "--set", "Type=")
    assert result.code == 1
    assert "the merge would break a rule: Type: is required and blank" in result.out
    data = json.loads(cli("merge", sample, _PEOPLE, *_PAIR, "--set", "Type=", "--format", "json").out)
    assert (data["receipts"], [f["code"] for f in data["findings"]]) == ([], ["ENT001"])


def test_a_record_that_is_not_there_is_one_line(cli: Cli, sample: Path) -> None:
    """With what is near to it; and one record alone is no merge."""
    assert "there is no record STK-0020" in one_line(cli("merge", sample, _PEOPLE, "STK-00199", "STK-0020"))
    assert "two records or more are needed" in one_line(cli("merge", sample, _PEOPLE, "STK-00199"))


def test_a_merge_waits_while_the_workbook_is_open(cli: Cli, sample: Path, opened_elsewhere) -> None:
    """It says why, and that it goes in by itself."""
    with opened_elsewhere(sample):
        result = cli("merge", sample, _PEOPLE, *_PAIR)
        assert result.code == 0
        assert "The merge waits beside the workbook and goes in by itself." in result.out


def test_where_all_was_let_in_with_a_reason_that_is_said(cli: Cli, path: Path) -> None:
    """Who goes on with a reason does not hear afterwards that no two look like one."""
    same = ("--set", "Type=Customer", "--set", "Given name=Mya", "--set", "Family name=Tran")
    cli("add", path, _PEOPLE, *same, "--set", "Phone=0491 570 156", "--set", "Email=mya@example.com")
    cli("add", path, _PEOPLE, *same, "--set", "Phone=0491 570 156", "--override", "could not ask her")
    out = cli("duplicates", path).out
    assert out.startswith("No other two records look like the same one.\n\n1 pair let in with a reason")
    assert cli("duplicates", path, "--decided").out.rstrip().endswith(": could not ask her")


def test_a_merge_names_the_command_that_takes_it_back(cli: Cli, sample: Path) -> None:
    """It can be typed as it stands."""
    out = cli("merge", sample, _PEOPLE, *_PAIR).out
    command = out.splitlines()[-1].split()
    assert (command[:2], command[2]) == (["workbook-cms", "undo"], str(sample))
    assert cli("undo", sample, command[3]).code == 0
    assert list(_PAIR) in found(cli, sample)
