"""Values of sensitive fields in what ``check`` and ``history --verify`` print: masked unless they are asked for."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Cli
from validation.findings import CellValue
from validation.policy import Policy, Sensitivity
from workbook_cms.seeding import template_policy
from workbook_cms.workbook import Workbook

Values = dict[str, CellValue]
_BIRTH = "1990-12-30"
_SECRETS = ("30 Dec 1990", "1990-12-30", "31 Jan 2090", "2090", "1 Feb 1943")


def sensitive(label: str) -> Policy:
    """The rules of the template, one field of its tables sensitive."""
    policy = template_policy("world-traveller")
    tables = []
    for table in policy.tables:
        fields = tuple(
            f.model_copy(update={"sensitivity": Sensitivity.SENSITIVE}) if f.label == label else f
            for f in table.fields
        )
        tables.append(table.model_copy(update={"fields": fields}))
    return policy.model_copy(update={"tables": tuple(tables)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workbook of `path`, made once."""
    folder = tmp_path_factory.mktemp("sensitive")
    _make(folder / "customers.xlsx")
    return folder


@pytest.fixture
def path(folder: Path, tmp_path: Path) -> Path:
    """A person whose date of birth is sensitive and was changed in the sheet, and a talk that gives a wrong one."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return tmp_path / "customers.xlsx"


def _make(path: Path) -> None:
    book = Workbook.create(path, sensitive("Date of birth"))
    person: Values = {
        "Type": "Customer",
        "Given name": "Quenby",
        "Family name": "Zafiris",
        "Date of birth": _BIRTH,
    }
    book.add("Stakeholders", {**person, "Email": "quenby@example.com"})
    talk: Values = {
        "Stakeholder ID": "STK-00001",
        "Channel": "Phone",
        "Contact reason": "Brochure",
        "Purpose": "Enquiry",
    }
    said: Values = {
        "Recorded by": "Amelia Tran",
        "Details": "Asked for a brochure.",
        "Desired outcome": "A brochure",
    }
    other: Values = {
        "Contact email": "quenby@example.com",
        "Contact date of birth": dt.date(1943, 2, 2),
    }
    book.add("Interactions", {**talk, **said, **other}, override="as she said")
    book.add(
        "Stakeholders", {**person, "Given name": "Bo", "Date of birth": "1980-01-01", "Email": "bo@example.com"}
    )
    sheet = openpyxl.load_workbook(path)
    sheet["Stakeholders"]["G3"] = dt.datetime(2090, 1, 31)
    sheet.save(path)


@pytest.mark.parametrize("format_", ["text", "json", "github", "sarif", "junit"])
def test_a_check_masks_sensitive_values(cli: Cli, path: Path, format_: str) -> None:
    """In the message, the value, the suggestion and the data behind it; of a record that another one names too."""
    shown = cli("check", path, "--format", format_)
    assert (shown.code, "•••" in shown.out) == (1, True)
    assert [secret for secret in _SECRETS if secret in shown.out] == []
    asked = cli("check", path, "--format", format_, "--show-sensitive").out
    assert "31 Jan 2090" in asked
    assert "30 Dec 1990" in asked


def test_what_a_fix_would_change_is_masked(cli: Cli, path: Path) -> None:
    """Before and after, as text and as JSON."""
    for format_ in ("text", "json"):
        arguments = ("check", path, "--diff", "--unsafe-fixes", "--select", "FIL", "--format", format_)
        shown, asked = cli(*arguments).out, cli(*arguments, "--show-sensitive").out
        assert "•••" in shown
        assert not any(secret in shown for secret in (*_SECRETS, "1980"))
        assert "1980" in asked


def test_a_verification_masks_sensitive_values(cli: Cli, path: Path) -> None:
    """What the history held and what the cell holds."""
    shown = cli("history", path, "--verify").out
    assert ("•••" in shown, "2090" in shown, "1 Jan 1980" in shown) == (True, False, False)
    data = json.loads(cli("history", path, "--verify", "--format", "json").out)
    assert not any(secret in json.dumps(data["findings"]) for secret in ("2090", "1 Jan 1980", "1980-01-01"))


def test_an_import_and_a_merge_mask_sensitive_values(cli: Cli, tmp_path: Path) -> None:
    """On the terminal and in the data of a merge; the workbook of refused rows has them, as the file had."""
    path, source = tmp_path / "states.xlsx", tmp_path / "people.csv"
    book = Workbook.create(path, sensitive("State"))
    for name in ("Karl", "Ida"):
        person: Values = {
            "Type": "Customer",
            "Given name": name,
            "Family name": "Ott",
            "Email": f"{name}@example.com",
        }
        book.add("Stakeholders", person, override="siblings")
    source.write_text("Type,First,Last,Email,State\nCustomer,Bo,Yong,bo@example.net,Zzyzx\n", encoding="utf-8")
    result = cli("import", path, "Stakeholders", source)
    assert "[ENT004]" in result.out
    assert "Zzyzx" not in result.out
    refused = openpyxl.load_workbook(tmp_path / "people-refused.xlsx").active
    assert refused is not None
    assert "Zzyzx" in str(refused["B2"].value)
    for format_ in ("text", "json"):
        merged = cli(
            "merge", path, "Stakeholders", "STK-00001", "STK-00002", "--set", "State=Zzyzx", "--format", format_
        )
        assert (merged.code, "ENT004" in merged.out, "Zzyzx" in merged.out) == (1, True, False)
