"""``add``: receipts, refusals, alerts, and the two ways of giving values."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, one_line
from validation.policy import Sensitivity
from workbook_cms.file import platform
from workbook_cms.seeding import template_policy
from workbook_cms.workbook import Workbook

GOOD = ["--set", "Type=Customer", "--set", "Given name=Niamh", "--set", "Family name=O'Sullivan"]
PHONE = ["--set", "Phone=+61491570737"]
TWIN = {
    "Type": "Customer",
    "Given name": "Quenby",
    "Family name": "Zafiropolous",
    "Date of birth": "14/3/1986",
    "Phone": "0491 570 156",
}


def keys(path: Path) -> list[str]:
    """Keys of the stakeholders in the workbook."""
    return list(Workbook.open(path).table("Stakeholders").to_pandas()["Stakeholder ID"])


def test_a_clean_entry_gets_a_receipt(cli: Cli, path: Path) -> None:
    """Key, place and entry id are told, the record is in the file, the exit code is 0."""
    result = cli("add", path, "Stakeholders", *GOOD, *PHONE)
    assert (result.code, result.err) == (0, "")
    assert "Added STK-00002 in Stakeholders (Stakeholders!A" in result.out
    assert "receipt  " in result.out
    assert keys(path) == ["STK-00001", "STK-00002"]


def test_what_was_mended_is_told(cli: Cli, path: Path) -> None:
    """Normalised values stand on the receipt, before and after."""
    result = cli("add", path, "stakeholders", *GOOD, "--set", "Phone=0491 570 737")
    assert 'mended   Phone: "0491 570 737" -> "+61491570737"' in result.out


def test_a_refusal_says_why_and_writes_nothing(cli: Cli, path: Path) -> None:
    """Each finding stands with field, problem and code; exit code 1, the file unchanged."""
    before = path.read_bytes()
    result = cli("add", path, "Stakeholders", "--set", "Type=Cutomer", "--set", "Email=nobody", "--set", "Fone=1")
    assert result.code == 1
    for code in ("ENT004", "ENT009", "ENT019"):
        assert f"[{code}]" in " ".join(result.out.split())
    assert 'suggested: "Customer"' in result.out
    assert "Nothing was written." in result.out
    assert path.read_bytes() == before


def test_a_refusal_as_json(cli: Cli, path: Path) -> None:
    """The findings of a refused entry are data, with a null receipt."""
    result = cli("add", path, "Stakeholders", "--set", "Type=Cutomer", "--format", "json")
    data = json.loads(result.out)
    assert result.code == 1
    assert data["receipt"] is None
    assert ("ENT004", "Type") in {(f["code"], f["field"]) for f in data["findings"]}
    assert set(data["refused"]) == {"place", "problem", "remedy"}


def test_an_alert_shows_the_other_record_and_needs_a_reason(cli: Cli, path: Path, tmp_path: Path) -> None:
    """A probable duplicate is laid beside the entry; with a reason it goes in, and the reason is kept."""
    entry = tmp_path / "entry.json"
    entry.write_text(json.dumps(TWIN))
    result = cli("add", path, "Stakeholders", "--json", entry)
    assert result.code == 1
    assert "STK-00001" in result.out
    assert "Zafiropoulos" in result.out
    assert '--override "reason"' in result.out
    assert keys(path) == ["STK-00001"]
    result = cli("add", path, "Stakeholders", "--json", entry, "--override", "twin sisters, asked")
    assert result.code == 0
    assert "twin sisters, asked" in cli("history", path, "STK-00002", "--format", "json").out


def test_a_sensitive_value_is_not_shown_beside_an_entry(cli: Cli, tmp_path: Path) -> None:
    """The other record's phone is masked where the policy marks it, in the table and as JSON; one's own is not."""
    policy = template_policy("blank")
    contacts = policy.tables[0]
    phone = contacts.by_id["phone"].model_copy(update={"sensitivity": Sensitivity.SENSITIVE})
    fields = tuple(phone if f.id == "phone" else f for f in contacts.fields)
    path = tmp_path / "contacts.xlsx"
    Workbook.create(path, policy.model_copy(update={"tables": (contacts.model_copy(update={"fields": fields}),)}))
    given = ["--set", "Name=Quenby Zafiropoulos", "--set", "Email=quenby@example.com"]
    assert cli("add", path, "Contacts", *given, "--set", "Phone=0491 570 006").code == 0
    again = [*given, "--set", "Phone=0491 570 157"]
    shown = cli("add", path, "Contacts", *again)
    text = shown.out + shown.err
    assert (shown.code, "probably the same as" in text, "•••" in text) == (1, True, True)
    for said in (text, cli("add", path, "Contacts", *again, "--format", "json").out):
        assert "570006" not in said.replace(" ", "")


def test_json_from_standard_input(cli: Cli, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--json -`` reads the entry from a pipe; ``--set`` goes on top of it."""
    raw = json.dumps({"Type": "Prospect", "Given name": "Zoë", "Family name": "Wang", "Phone": "+61491570737"})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw.encode())))
    result = cli("add", path, "Stakeholders", "--json", "-", "--set", "Type=Customer", "--format", "json")
    receipt = json.loads(result.out)["receipt"]
    assert (receipt["state"], receipt["key"], receipt["table"]) == ("written", "STK-00002", "Stakeholders")
    assert set(receipt) == {"entry_id", "state", "table", "key", "cell", "when", "waits", "mended", "warnings"}


def test_a_value_may_hold_an_equals_sign(cli: Cli, path: Path) -> None:
    """Only the first = separates."""
    cli("add", path, "Stakeholders", *GOOD, *PHONE, "--set", "Notes=a=b==c")
    assert Workbook.open(path).table("Stakeholders").get("STK-00002")["Notes"] == "a=b==c"


def test_an_entry_is_queued_while_the_workbook_is_open(cli: Cli, path: Path, opened_elsewhere) -> None:
    """Exit code 0, state queued, and the record is there when the workbook is closed and written again."""
    with opened_elsewhere(path):
        result = cli("add", path, "Stakeholders", *GOOD, *PHONE)
        assert result.code == 0
        assert "queued" in result.out
    cli("add", path, "Stakeholders", "--set", "Type=Customer", "--set", "Given name=Tui", "--set", "Family name=Ngata",
        "--set", "Email=tui.ngata@example.com")  # fmt: skip
    assert keys(path) == ["STK-00001", "STK-00002", "STK-00003"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Stakeholders"], "nothing was given to enter"),
        (["Stakeholders", "--set", "Type"], "names no field and value"),
        (["Stakeholders", "--set", "=x"], "names no field and value"),
        (["Stakeholders", "--set", "Type=a", "--set", "Type=b"], "the field is given twice"),
        (["Stakeholder", "--set", "Type=a"], "there is no table Stakeholder"),
        (["Stakeholders", "--json", "gone.json"], "there is no such file"),
    ],
)
def test_wrong_values_are_one_line(cli: Cli, path: Path, arguments: list[str], words: str) -> None:
    """What names no value, table or file is said in one line, exit code 2."""
    assert words in one_line(cli("add", path, *arguments))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds nothing"),
        (b'{"Type": }', "line 1: is not JSON"),
        (b"[1, 2]", "holds a list; this takes one entry"),
        (b"3", "holds no object"),
        (b'{"Type": ["a"]}', "Type: holds a list or an object"),
        (b'{"Type": "\xff"}', "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"Type": NaN}', "NaN is no number"),
        (b'{"Type": "a", "Type": "b"}', "Type is given twice"),
        (b'{"Given name": "\\ud800"}', "holds half a character"),
    ],
)
def test_wrong_json_is_one_line(cli: Cli, path: Path, tmp_path: Path, content: bytes, words: str) -> None:
    """A file that is not one JSON object of plain values is said in one line."""
    file = tmp_path / "entry.json"
    file.write_bytes(content)
    assert words in one_line(cli("add", path, "Stakeholders", "--json", file))


def test_a_synced_folder_is_told(cli: Cli, path: Path, tmp_path: Path) -> None:
    """The entry goes in, and its author learns that no lock there keeps other computers out."""
    (tmp_path / ".dropbox").touch()
    synced = tmp_path / path.name
    synced.write_bytes(path.read_bytes())
    result = cli("add", synced, "Stakeholders", *GOOD, *PHONE)
    assert result.code == 0
    assert "Added STK-00002" in result.out
    assert "Note: it lies in a folder that Dropbox copies between computers" in result.err
    cli("settings", synced, "--writer", platform.machine())
    assert cli("update", synced, "Stakeholders", "STK-00002", "--set", "Notes=Rings back").err == ""
