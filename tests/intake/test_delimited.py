"""Delimited text is read whole, as text, with its line numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook_cms.errors import InputError
from workbook_cms.intake import delimited

Make = Callable[[bytes | str], Path]


def rows(source: delimited.Source) -> list[list[str | None]]:
    """The rows as plain lists."""
    return [list(row) for row in source.frame.itertuples(index=False, name=None)]


def test_values_stay_text(file: Make) -> None:
    """Leading zeros, NA, None, long numbers and formulas come out as they stand; an empty field is None."""
    source = delimited.read(file("Phone,Name,Card,Note\n0412345678,NA,12345678901234567890,=1+1\n,None,nan,\n"))
    assert rows(source) == [["0412345678", "NA", "12345678901234567890", "=1+1"], [None, "None", "nan", None]]


@pytest.mark.parametrize(
    "content",
    [
        "Name\nZoë\n".encode(),
        codecs.BOM_UTF8 + "Name\nZoë\n".encode(),
        "Name\nZoë\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "Name\nZoë\n".encode("utf-16-be"),
        ("Name\n" + "Zoë\n" * 30).encode("utf-16-le"),
        "Name\nZoë\n".encode("utf-32"),
    ],
)
def test_unicode_encodings_are_known_by_their_marks(file: Make, content: bytes) -> None:
    """UTF-8, UTF-16 and UTF-32, with and without a mark where that can be told, need no option."""
    source = delimited.read(file(content))
    assert source.columns == ("Name",)
    assert rows(source)[0] == ["Zoë"]
    assert source.notes == ()


def test_windows_text_is_read_with_a_note(file: Make) -> None:
    """What is not UTF-8 is taken for Windows-1252, and said."""
    source = delimited.read(file("Name,Price\nZoë,€5\n".encode("cp1252")))
    assert rows(source) == [["Zoë", "€5"]]
    assert "Windows-1252" in source.notes[0]


def test_an_encoding_can_be_named(file: Make) -> None:
    """The named encoding is used instead of the guess, and an unknown one is one line."""
    path = file("Name\nŁukasz\n".encode("cp1250"))
    assert rows(delimited.read(path, "cp1250")) == [["Łukasz"]]
    with pytest.raises(InputError, match="encoding klingon: is not known"):
        delimited.read(path, "klingon")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(file: Make, delimiter: str) -> None:
    """Each delimiter is recognised although the others stand in the text too."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([["Name", "Note"], ["A, B", "x;y"], ["C|D", "a\tb"], ["E", "1,5; 2"]])
    source = delimited.read(file(text.getvalue()))
    assert rows(source) == [["A, B", "x;y"], ["C|D", "a\tb"], ["E", "1,5; 2"]]


def test_excels_first_line_names_the_delimiter(file: Make) -> None:
    """``sep=;`` is obeyed, is no header, and counts as a line."""
    source = delimited.read(file("sep=;\r\nName;Note\r\nA;b,c,d\r\n"))
    assert source.columns == ("Name", "Note")
    assert source.lines == (3,)


def test_lines_are_those_of_the_file(file: Make) -> None:
    """A record over several lines counts as many; blank lines are passed over but counted."""
    source = delimited.read(file('Name,Note\nA,"one\ntwo"\n\nB,x\n'))
    assert source.lines == (2, 5)
    assert rows(source)[0][1] == "one\ntwo"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_known(file: Make, end: str) -> None:
    """Files of Unix, Windows and old Macs give the same rows."""
    source = delimited.read(file(end.join(["Name,Note", "A,b", "C,d", ""])))
    assert rows(source) == [["A", "b"], ["C", "d"]]


def test_ragged_rows_are_kept_aside(file: Make) -> None:
    """A row with more or fewer fields than the header is reported with its line and all its fields."""
    source = delimited.read(file("Name,Phone\nA,1\nB,2,extra\nC\nD,4\n"))
    assert [(row.line, row.fields) for row in source.broken] == [(3, ("B", "2", "extra")), (4, ("C",))]
    assert rows(source) == [["A", "1"], ["D", "4"]]
    assert "more than the 2 of the header" in source.broken[0].reason


def test_delimiters_at_the_end_are_no_fault(file: Make) -> None:
    """Empty fields beyond the header, as some programs write them, are dropped."""
    source = delimited.read(file("Name,Phone\nA,1,,\n"))
    assert rows(source) == [["A", "1"]]
    assert source.broken == ()


def test_columns_get_names_of_their_own(file: Make) -> None:
    """A second column of the same name is numbered with a note; a blank name with values is numbered too."""
    source = delimited.read(file("Phone,phone,,\n1,2,3,\n"))
    assert source.columns == ("Phone", "phone (2)", "Column 3")
    assert 'called "phone"' in source.notes[0]


def test_a_nul_is_a_fault_of_its_row_only(file: Make) -> None:
    """A damaged row is held back; the others are taken."""
    source = delimited.read(file(b"Name,Phone\nA,1\nB\x00,2\nC,3\n"))
    assert [row.line for row in source.broken] == [3]
    assert rows(source) == [["A", "1"], ["C", "3"]]


def test_a_field_longer_than_a_cell_is_held_back(file: Make) -> None:
    """Far beyond the csv module's own limit there is a reason instead of a failure, and nothing is cut."""
    source = delimited.read(file(f"Name,Note\nA,{'x' * 200_000}\nB,y\n"))
    assert [(row.line, len(row.fields[1])) for row in source.broken] == [(2, 200_000)]
    assert "200,000 characters" in source.broken[0].reason


def test_a_header_alone_has_no_rows(file: Make) -> None:
    """A file without rows is read; it has none."""
    source = delimited.read(file("Name,Phone\n"))
    assert len(source.frame) == 0
    assert source.columns == ("Name", "Phone")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b" \r\n\r\n", "the file is empty"),
        (b"PK\x03\x04 ...", "is an Excel workbook or a zip file"),
        (b"\xd0\xcf\x11\xe0 ...", "old Excel workbook"),
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (b",,\nA,B,C\n", "names no columns"),
        (b'Name,Note\nA,"never closed\nB,x\n', "line 2: a quotation mark is opened and never closed"),
        (b"Name\n\x81\x8d\xff\n", "the text is not"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(file: Make, content: bytes, words: str) -> None:
    """Each kind of bad file has its own problem and a remedy."""
    with pytest.raises(InputError) as caught:
        delimited.read(file(content))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    """No file, and a folder in its place, are problems in plain words."""
    with pytest.raises(InputError, match="there is no such file"):
        delimited.read(tmp_path / "none.csv")
    with pytest.raises(InputError, match=r"is a folder|cannot be read"):
        delimited.read(tmp_path)


_FIELD = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.tuples(st.text('abc;,|\t"\n', min_size=1), _FIELD, _FIELD), min_size=1, max_size=8))
def test_what_csv_wrote_is_read_back(tmp_path: Path, table: list[tuple[str, str, str]]) -> None:
    """Any rows written as CSV come back the same, quotes, line breaks and all."""
    path = tmp_path / "made.csv"
    wanted = [["First", "Second", "Third"], *map(list, table)]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerows(wanted)
    source = delimited.read(path)
    assert source.broken == ()
    expected = [[value or None for value in row] for row in wanted[1:] if any(v.strip() for v in row)]
    assert rows(source) == expected


def test_a_line_of_delimiters_is_no_header(tmp_path: Path) -> None:
    """A first line with more columns than a worksheet has is refused before anything is made of them."""
    source = tmp_path / "rows.csv"
    source.write_text("a" + "," * 1_000_000 + "\nb\n", encoding="utf-8")
    with pytest.raises(InputError, match="names 1,000,001 columns; a worksheet has 16,384"):
        delimited.read(source)
