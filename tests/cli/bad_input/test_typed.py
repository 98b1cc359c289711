"""What people type or import that cannot be understood, or only just."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from tests.cli.bad_input.given import (
    refused,
    rows_csv,
    sound,
)
from tests.cli.conftest import Cli, one_line
from workbook_cms.workbook import Workbook


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "@", "Nope", "--set", "a=b"],
        ["add", "@", "a\nb\x1b[31m", "--set", "a=b"],
        ["add", "@", "Stakeholders", "--set", "Notes"],
        ["add", "@", "Stakeholders"],
        ["add", "@", "Stakeholders", "--json", "none.json"],
        ["add", "@", "Stakeholders", "--json", "@"],
        ["update", "@", "Stakeholders", "STK-99999", "--set", "Notes=x"],
        ["update", "@", "Stakeholders", "", "--set", "Notes=x"],
        ["update", "@", "Stakeholders", "a\nb", "--set", "Notes=x"],
        ["update", "@", "Stakeholders", "STK-00001", "--set", "Stakeholder ID=STK-00009"],
        ["update", "@", "Stakeholders", "STK-00001"],
        ["report", "@", "--month", "2026-13"],
        ["report", "@", "--month", "last"],
        ["report", "@", "--month", "2026-10", "--out", "@"],
        ["report", "@", "--month", "2026-10", "--out", "@/x"],
        ["check", "@", "--select", "XYZ"],
        ["check", "@", "--ignore", "XYZ"],
        ["check", "@", "--format", "xml"],
        ["check", "@", "more"],
        ["check"],
        ["chekc", "@"],
        ["rule", "XXX999"],
        ["new", "@"],
        ["new", "n.xlsx", "--template", "../../etc"],
        ["new", "none/n.xlsx"],
        ["policy", "export", "@", "--out", "@"],
        ["policy", "edit", "@", "--out", "@"],
        ["policy", "edit", "@", "--out", "none/x.xlsx"],
        ["policy", "apply", "@", "none.xlsx"],
        ["import", "@", "Stakeholders", "none.csv"],
        ["import", "@", "Nope", "rows.csv"],
        ["import", "@", "Stakeholders", "rows.csv", "--map", "none.yaml"],
        ["import", "@", "Stakeholders", "rows.csv", "--map", "@"],
        ["import", "@", "Stakeholders", "rows.csv", "--encoding", "klingon"],
        ["import", "@", "Stakeholders", "rows.csv", "--encoding", "base64"],
    ],
    ids=lambda arguments: " ".join(arguments).encode("ascii", "backslashreplace").decode(),
)
def test_what_cannot_be_understood(cli: Cli, path: Path, tmp_path: Path, arguments: list[str]) -> None:
    """A wrong name, option or place is said in one line; nothing is written."""
    rows_csv(tmp_path)
    assert refused(cli, *[argument.replace("@", str(path)) for argument in arguments])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"[{}]",
        b'"x"',
        b"null",
        b'{"Notes": {"a": 1}}',
        b'{"Notes": NaN}',
        b'{"Notes": "caf\xe9"}',
        b'{"Notes": "a", "Notes": "b"}',
        b"[" * 100000,
        b'{"Notes": "\\ud800"}',
        b"{} {}",
    ],
)
def test_entry_that_is_no_entry(cli: Cli, path: Path, tmp_path: Path, text: bytes) -> None:
    """JSON that cannot be read, or is no object of plain values."""
    (tmp_path / "entry.json").write_bytes(text)
    assert refused(cli, "add", path, "Stakeholders", "--json", "entry.json")


@pytest.mark.parametrize(
    "value",
    [
        "=cmd|' /C calc'!A0",
        "@SUM(A1)",
        "+1+1",
        "-2+3",
        "<script>&amp;",
        "_x0041_",
        "👍🏽",
        "שלום",
        "a\nb",
        "\x1b[31mred",
        "a\x00b\x01",
        "#N/A",
        "z" + "́" * 300,
    ],
)
def test_odd_values_are_kept_as_text(cli: Cli, path: Path, tmp_path: Path, value: str) -> None:
    """What looks like a formula or markup is text, and what no cell can hold does not get in."""
    (tmp_path / "entry.json").write_text(json.dumps({"Notes": value}))
    sound(cli("update", path, "Stakeholders", "STK-00001", "--json", "entry.json"), 0, 1)
    workbook = openpyxl.load_workbook(path)
    cell = workbook["Stakeholders"]["R2"]
    assert cell.data_type in ("s", "inlineStr", "n")
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", str(cell.value))
    workbook.close()
    sound(cli("check", path, "--select", "FIL"), 0)


@pytest.mark.parametrize("why", ["a\x00\x01b", "w" * 40_000, "\ud800b"])
def test_odd_reasons(cli: Cli, path: Path, why: str) -> None:
    """A reason that the history could not hold stops nobody: it is tidied, or refused at once."""
    result = cli("update", path, "Stakeholders", "STK-00001", "--set", "Notes=x", "--why", why)
    assert one_line(result) if result.code else result.out
    assert Workbook.open(path).pending == ()
    sound(cli("check", path), 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Given name,Family name\n".encode("utf-16"), 0),
        ("Type;Given name;Family name;Email\nCustomer;Zoë;Ångström;zoe@example.com\n".encode("cp1252"), 0),
        (b"Type,Given name,Family name\nCustomer,A\n\nCustomer,B,C,D,E\n", 1),
        (b"Type,Given name,Family name\nCustomer,A\0da,Love\0lace\n", 1),
        (b"Type,Given name,Family name\nCustomer,Ada," + b"x" * 200_000 + b"\n", 1),
        (b"Given name,Given name\nAda,Bo\n", 2),
        (b"1,2,3\n4,5,6\n", 2),
        (b'Given name\n"Ada\n', 2),
        (b"\0\0\0\0\0", 2),
        (b"", 2),
    ],
)
def test_odd_text_to_import(cli: Cli, path: Path, tmp_path: Path, content: bytes, code: int) -> None:
    """Encodings, ragged rows, zero bytes, huge fields, doubled headers: taken in, held back, or said in one line."""
    source = rows_csv(tmp_path, content)
    before = path.read_bytes()
    result = cli(
        "import", path, "Stakeholders", source, "--set", "Type=Customer" if b"Type" not in content else "Notes=x"
    )
    sound(result, 0, 1, 2)
    if result.code == 2:
        assert one_line(result)
        assert path.read_bytes() == before
    sound(cli("check", path), 0, 1)
