"""Journal files that cannot be read: found, kept as they are, and in nobody's way."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.operations import next_write
from workbook_cms import Workbook
from workbook_cms.file.beside import kept
from workbook_cms.submission import Submission

NEXT = "Zebra Next Traders"


@pytest.fixture
def waiting(book: Workbook, opened_elsewhere: Any) -> tuple[Workbook, Path, dict[str, Any]]:
    """A workbook that one entry waits for: its journal file and what that holds."""
    with opened_elsewhere(book.path):
        book.add("Stakeholders", {"Type": "Supplier", "Organisation": "Alpine Tours", "Email": "a@example.com"})
    [path] = book.snapshot().side.journal_files()
    return book, path, json.loads(path.read_text(encoding="utf-8"))


def organisations(book: Workbook) -> list[str]:
    """The organisations in the workbook."""
    return [
        name for name in book.table("Stakeholders").to_pandas()["Organisation"].tolist() if isinstance(name, str)
    ]


def found(book: Workbook) -> list[str]:
    """What `check` says of files that cannot be read."""
    return [finding.message for finding in book.check(select=["FIL009"])]


def with_entry(data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The submission with parts of its entry changed."""
    changed = copy.deepcopy(data)
    changed["entries"][0] |= changes
    return changed


DAMAGES: dict[str, Any] = {
    "empty": lambda _: "",
    "half": lambda data: json.dumps(data)[: len(json.dumps(data)) // 2],
    "zeros, as after a cut of power": lambda data: "\0" * len(json.dumps(data)),
    "not JSON": lambda _: "Dear colleague, please add Alpine Tours.",
    "another kind of JSON": lambda _: "[1, 2, 3]",
    "somebody else's JSON": lambda _: '{"name": "package", "version": 1}',
    "very deep": lambda _: "[" * 200_000,
    "an old value that no cell holds": lambda data: json.dumps(with_entry(data, old={"organisation": 10**400})),
    "no entries": lambda data: json.dumps({**data, "entries": []}),
    "entries of a wrong type": lambda data: json.dumps({**data, "entries": 7}),
    "values of a wrong type": lambda data: json.dumps(with_entry(data, values=["Alpine Tours"])),
    "old of a wrong type": lambda data: json.dumps(with_entry(data, old=3)),
    "a value that is a list": lambda data: json.dumps(with_entry(data, values={"organisation": [1]})),
    "a value that no cell holds": lambda data: json.dumps(with_entry(data, values={"organisation": "a\u0001"})),
    "half a character": lambda data: json.dumps(with_entry(data, values={"organisation": "\ud800"})),
    "an endless number": lambda data: json.dumps(with_entry(data, values={"organisation": float("inf")})),
    "a number of 400 digits": lambda data: json.dumps(with_entry(data, values={"organisation": 10**400})),
    "an unknown field": lambda data: json.dumps(with_entry(data, values={"shoe_size": 4})),
    "an unknown table": lambda data: json.dumps(with_entry(data, table="shoes")),
    "an unknown action": lambda data: json.dumps(with_entry(data, action="delete everything")),
    "an id that is a number": lambda data: json.dumps(with_entry(data, id=5)),
    "an id twice": lambda data: json.dumps({**data, "entries": data["entries"] * 2}),
    "a time without zone": lambda data: json.dumps({**data, "when": "2026-11-22T10:00:00"}),
    "a time that is none": lambda data: json.dumps({**data, "when": "yesterday"}),
    "nobody": lambda data: json.dumps({**data, "actor": None}),
    "a later version": lambda data: json.dumps({**data, "version": 99}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_found_kept_and_in_nobodys_way(
    waiting: tuple[Workbook, Path, dict[str, Any]], damage: str
) -> None:
    """The file stays byte for byte, `check` names it, and others' entries go in."""
    book, path, data = waiting
    content = DAMAGES[damage](data).encode("utf-8", "surrogatepass")
    path.write_bytes(content)
    next_write(book)
    assert organisations(book) == [NEXT]
    assert path.read_bytes() == content
    assert any(path.name in message for message in found(book))


def test_a_file_of_bytes_that_are_no_text(waiting: tuple[Workbook, Path, dict[str, Any]]) -> None:
    """A picture in the journal is somebody's mistake, not ours."""
    book, path, _ = waiting
    path.write_bytes(bytes(range(256)) * 50)
    next_write(book)
    assert organisations(book) == [NEXT]
    assert any(path.name in message for message in found(book))


def test_a_folder_and_a_dead_link_in_the_journal(waiting: tuple[Workbook, Path, dict[str, Any]]) -> None:
    """What is no file at all stops nobody."""
    book, path, _ = waiting
    path.with_name("20200101T000000.000000-folder.json").mkdir()
    path.with_name("20200101T000000.000000-link.json").symlink_to("nowhere")
    next_write(book)
    assert organisations(book) == ["Alpine Tours", NEXT]


def test_a_huge_file_is_not_read(
    waiting: tuple[Workbook, Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file beyond any import is not taken into memory; it is found, and others go in."""
    book, path, data = waiting
    monkeypatch.setattr(kept, "MAX_BYTES", 100_000)
    path.write_text(json.dumps(with_entry(data, why="x" * 30_000)) + " " * 100_000, encoding="utf-8")
    next_write(book)
    assert organisations(book) == [NEXT]
    assert any(path.name in message for message in found(book))


def test_an_entry_that_stands_in_two_files_goes_in_once(waiting: tuple[Workbook, Path, dict[str, Any]]) -> None:
    """A sync program's second copy of a journal file is one entry, before and after the next write."""
    book, path, data = waiting
    path.with_name(f"{path.stem} (Mia's conflicted copy).json").write_text(json.dumps(data), encoding="utf-8")
    assert organisations(book) == ["Alpine Tours"]
    assert len(book.pending) == 1
    next_write(book)
    assert organisations(book) == ["Alpine Tours", NEXT]
    assert not book.pending


def test_a_mended_file_goes_in(waiting: tuple[Workbook, Path, dict[str, Any]]) -> None:
    """Nothing is lost by damage that somebody can mend."""
    book, path, data = waiting
    path.write_text("damaged", encoding="utf-8")
    next_write(book)
    path.write_text(json.dumps(data), encoding="utf-8")
    book.sync()
    assert organisations(book) == [NEXT, "Alpine Tours"]
    assert not found(book)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(data=st.data())
def test_any_change_of_a_file_is_a_submission_or_none(
    waiting: tuple[Workbook, Path, dict[str, Any]], data: st.DataObject
) -> None:
    """Whatever stands in the place of any part, it reads as a submission or is refused as none."""
    changed = copy.deepcopy(waiting[2])
    holder: Any = changed
    while True:
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        if isinstance(holder[key], (dict, list)) and holder[key] and data.draw(st.booleans()):
            holder = holder[key]
            continue
        holder[key] = data.draw(JUNK)
        break
    try:
        submission = Submission.from_json(changed)
    except ValueError:
        return
    assert Submission.from_json(submission.to_json()) == submission or changed != changed  # noqa: PLR0124 - NaN
