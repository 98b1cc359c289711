"""Delimited text (CSV) as rows of text with their line numbers: nothing guessed, nothing lost."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbook_cms.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MAXIMUM_CELL", "MAXIMUM_ROWS", "BrokenRow", "Source", "column_names", "read", "sniff"]

#: What one cell of a worksheet holds, in characters, and one sheet in rows below a header (Excel's limits).
MAXIMUM_CELL = 32_767
MAXIMUM_ROWS = 1_048_575
_MAXIMUM_COLUMNS = 16_384
#: Characters of one row, lines of a file, and bytes that its rows may take in memory: files made to fill it have more.
MAXIMUM_ROW = 4_000_000
_MAXIMUM_LINES = 10_000_000
MAXIMUM_ROOM = 300 << 20
#: Bytes that an empty field, a text beside its characters, and a row that fits nowhere take (CPython, 64 bits).
_FIELD, _TEXT, _BROKEN = 32, 56, 600

_DELIMITERS = ",;\t|"
_SAMPLE = 65_536
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16, whose little-endian mark is the beginning of this one.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"PK\x03\x04", "is an Excel workbook or a zip file under another name, not delimited text."),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls) or an encrypted one, not delimited text."),
    (b"%PDF", "is a PDF, not delimited text."),
)


@dataclass(frozen=True)
class BrokenRow:
    """A row that has no place under the header; kept as it was, to be shown and mended.

    Attributes:
        line: Line of the file it begins on, counted from 1.
        fields: Its fields as read.
        reason: What is wrong, and the remedy.
    """

    line: int
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Source:
    """Rows of a file from elsewhere.

    Attributes:
        path: The file.
        columns: Column names, unique and not blank, in the file's order.
        frame: One row a record, columns as ``columns``, dtype object: str, or None for an empty field.
        lines: Line (of a worksheet: row) of each row of ``frame``, counted from 1.
        broken: Rows with too many or too few fields, or that no cell can hold.
        notes: What the reader had to decide, in sentences for people.
    """

    path: Path
    columns: tuple[str, ...]
    frame: pd.DataFrame
    lines: tuple[int, ...]
    broken: tuple[BrokenRow, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)


def read(path: Path, encoding: str = "") -> Source:
    """Read delimited text.

    The encoding is UTF-8, or what a byte order mark says, or Windows-1252 with a note; ``encoding`` overrides. The
    delimiter is a comma, semicolon, tab or bar, found by looking for the one under which the rows are alike
    (or named in a first line ``sep=;`` as Excel writes it). All values stay text.

    Raises:
        InputError: There is no such file, it is empty, it is not text, a quotation mark is never closed, or it has
            more rows than a worksheet holds.
    """
    head = _head(path)
    notes: list[str] = []
    if encoding:
        try:
            io.TextIOWrapper(io.BytesIO(), encoding=encoding)  # knows text from other encodings such as base64
        except (LookupError, ValueError):
            raise InputError(f"encoding {encoding}", "is not known.", "Try utf-8, cp1252 or utf-16.") from None
        return _parse(path, encoding, notes)
    chosen = next((name for mark, name in _MARKS if head.startswith(mark)), None) or _utf16_without_mark(head)
    if chosen:
        return _parse(path, chosen, notes)
    if _is_utf8(path):
        return _parse(path, "utf-8", notes)
    notes.append("The file is not UTF-8; it was read as Windows-1252. Look at names with accents in it.")
    return _parse(path, "cp1252", notes)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
    except FileNotFoundError:
        raise InputError(str(path), "there is no such file.", "Check the name and the folder.") from None
    except IsADirectoryError:
        raise InputError(str(path), "is a folder.", "Name a file in it.") from None
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror}).", "Check that you may open it.") from None
    if not head.strip():
        raise InputError(str(path), "the file is empty.", "Export it again from where it came from.")
    for magic, problem in _NOT_TEXT:
        if head.startswith(magic):
            raise InputError(str(path), problem, "Save it as CSV (UTF-8) and import that.")
    if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise InputError(
            str(path), "is a web page or XML, not delimited text.", "Save it as CSV (UTF-8) and import that."
        )
    return head


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 shows as a NUL in nearly every other byte of text in Western letters."""
    sample = head[:2000]
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) / half > 0.7:
        return "utf-16-le"
    if sample[0::2].count(0) / half > 0.7:
        return "utf-16-be"
    return None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def sniff(sample: str) -> str:
    """The delimiter under which most records of ``sample`` have as many fields as its first; comma when in doubt."""
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        records = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
        if len(records) > 2 and len(sample) >= _SAMPLE // 4:
            records.pop()  # the sample's end has cut it
        if not records or len(records[0]) < 2:
            continue
        width = len(records[0])
        alike = sum(len(row) == width for row in records) / len(records)
        if (alike, width) > best_score:
            best, best_score = delimiter, (alike, width)
    return best


def _parse(path: Path, encoding: str, notes: list[str]) -> Source:
    limit = csv.field_size_limit(2**31 - 1)
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(MAXIMUM_ROW)
            skipped = 0
            if first.lower().startswith("sep=") and len(first.strip()) == 5:
                delimiter, skipped = first[4], 1
            else:
                file.seek(0)
                delimiter = sniff(file.read(_SAMPLE // 4))
                file.seek(0)
            return _collect(path, _records(path, file, delimiter, skipped), notes)
    except UnicodeDecodeError as error:
        raise InputError(
            str(path),
            f"the text is not {error.encoding}.",
            "Save it as CSV UTF-8 where it came from, or name its encoding with --encoding.",
        ) from None
    except csv.Error as error:
        raise InputError(str(path), f"cannot be read as delimited text ({error}).", "Export it again.") from None
    finally:
        csv.field_size_limit(limit)


def _records(path: Path, file: io.TextIOBase, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Records with the line each begins on; blank lines are left out."""
    ended = False
    begins = taken = 0

    def lines() -> Iterator[str]:
        # The reader takes 4 bytes for each character of a field, and takes lines until a quotation mark is closed.
        nonlocal ended, taken
        while line := file.readline(MAXIMUM_ROW + 1):
            taken += len(line)
            if taken > MAXIMUM_ROW:
                raise InputError(
                    f"{path}, line {begins}",
                    f"the row that begins here has more than {MAXIMUM_ROW:,} characters.",
                    "Look for a quotation mark that is never closed, and whether the file is what you think.",
                )
            yield line
        ended = True

    reader = csv.reader(lines(), delimiter=delimiter)
    while True:
        begins, taken = reader.line_num + 1 + skipped, 0
        if begins > _MAXIMUM_LINES:
            raise InputError(str(path), f"has more than {_MAXIMUM_LINES:,} lines.", "Split the file.")
        try:
            row = next(reader)
        except StopIteration:
            return
        # The reader asks for a line past the end only when it stands inside quotation marks.
        if ended:
            raise InputError(
                f"{path}, line {begins}",
                "a quotation mark is opened and never closed.",
                'Close it, or double it ("") where it belongs to the text.',
            )
        if row:
            yield begins, row


def _collect(path: Path, records: Iterator[tuple[int, list[str]]], notes: list[str]) -> Source:
    import pandas as pd  # noqa: PLC0415 - the command line starts without it

    _, header = next(records, (0, []))
    _check_header(path, header)
    rows: list[list[str | None]] = []
    lines: list[int] = []
    broken: list[BrokenRow] = []
    blank = room = 0
    width = len(header)
    for line, values in records:  # a row at a time: a file's records have no other order to come in
        fields = values
        if len(fields) > width and not any(value.strip() for value in fields[width:]):
            fields = fields[:width]  # delimiters at the end of the line, as some programs write
        if not any(value.strip() for value in fields):
            blank += 1
            continue
        if reason := _fault(fields, header):
            broken.append(BrokenRow(line, tuple(fields), reason))
            room += _BROKEN
        else:
            rows.append([value or None for value in fields])
            lines.append(line)
        room += _FIELD * len(fields) + sum(_TEXT + len(value) for value in fields if value)
        if len(rows) + len(broken) > MAXIMUM_ROWS:
            raise InputError(
                str(path), f"has more than {MAXIMUM_ROWS:,} rows, which no worksheet holds.", "Split the file."
            )
        if room > MAXIMUM_ROOM:
            problem = f"the rows down to here take more than {MAXIMUM_ROOM >> 20} MB of memory."
            raise InputError(f"{path}, line {line:,}", problem, "Split the file.")
    if blank:
        notes.append(f"Rows without any value, passed over: {blank:,}.")
    columns = column_names(header, notes)
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    kept = [
        name for name, given in zip(columns, header, strict=True) if given.strip() or frame[name].notna().any()
    ]
    return Source(path, tuple(kept), frame[kept], tuple(lines), tuple(broken), tuple(notes))


def _check_header(path: Path, header: Sequence[str]) -> None:
    """Refuse a first line that cannot name the columns of a worksheet."""
    if not any(name.strip() for name in header):
        raise InputError(str(path), "the first line names no columns.", "Put the column names on the first line.")
    look = "Look whether the file is what you think, and leave out what is not needed."
    if len(header) > _MAXIMUM_COLUMNS:
        problem = f"the first line names {len(header):,} columns; a worksheet has {_MAXIMUM_COLUMNS:,}."
        raise InputError(str(path), problem, look)
    if any("\0" in name for name in header):
        problem = "the first line holds NUL characters: this is no text, or it is damaged."
        raise InputError(str(path), problem, "Export it again as CSV (UTF-8).")
    longest = max(map(len, header))
    if longest > MAXIMUM_CELL:
        problem = f"the first line names a column with {longest:,} characters; a cell holds {MAXIMUM_CELL:,}."
        raise InputError(str(path), problem, look)


def _fault(fields: Sequence[str], header: Sequence[str]) -> str:
    """Why a row has no place under the header; "" when it has."""
    if len(fields) != len(header):
        more = "more" if len(fields) > len(header) else "fewer"
        return (
            f"The row has {len(fields)} fields, {more} than the {len(header)} of the header. Put text that holds the "
            "delimiter in quotation marks, and keep a delimiter for each empty field."
        )
    for name, value in zip(header, fields, strict=True):
        if "\x00" in value:
            return f"{name} holds a NUL character: the file is damaged here. Type the value again."
        if len(value) > MAXIMUM_CELL:
            return f"{name} has {len(value):,} characters; a cell holds {MAXIMUM_CELL:,}. Shorten or split it."
    return ""


def column_names(header: Sequence[object], notes: list[str]) -> tuple[str, ...]:
    """Names of columns, unique and not blank; what had to be changed is added to ``notes``."""
    names: list[str] = []
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for number, given in enumerate(header):
        wanted = " ".join(str(given or "").split()) or f"Column {number + 1}"
        plain = wanted.casefold()
        name, count = wanted, counts.get(plain, 1)
        while name.casefold() in taken:
            count += 1
            name = f"{wanted} ({count})"
        if count > 1:
            notes.append(f'More than one column is called "{wanted}"; column {number + 1} is taken as "{name}".')
        counts[plain] = count
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)
