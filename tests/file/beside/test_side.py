"""The folder beside a workbook: journal, lock, head, conflict copies."""

import json
import multiprocessing

import pytest

from workbook_cms.errors import FileError, WorkbookLockedError
from workbook_cms.file.beside.side import Head, SideFolder


@pytest.fixture
def side(tmp_path):
    """The side folder of a workbook, nothing written yet."""
    return SideFolder(tmp_path / "customers.xlsx")


def test_looking_makes_no_folder(side):
    """A reader leaves no trace beside the workbook."""
    assert (side.journal(), side.head(), side.conflicts()) == ([], Head(), [])
    assert not side.path.exists()


def test_journal_is_read_in_the_order_of_its_names(side):
    """Names sort by time, so entries go in as they were accepted."""
    side.write_journal("20261122T02-b", {"n": 2})
    side.write_journal("20261122T01-a", {"n": 1})
    assert [file.data for file in side.journal()] == [{"n": 1}, {"n": 2}]


def test_a_damaged_journal_file_is_kept_and_known(side):
    """A torn file hides no other entry and is not thrown away."""
    path = side.write_journal("a", {"n": 1})
    path.write_text('{"n": ', encoding="utf-8")
    side.write_journal("b", {"n": 2})
    assert [file.data for file in side.journal()] == [None, {"n": 2}]


def test_a_retired_entry_stands_in_applied_for_thirty_days(side):
    """Applied entries can be replayed for a month, then they go."""
    side.write_journal("a", {"n": 1})
    [file] = side.journal()
    side.retire({file.path: {}})
    applied = side.path / "applied" / "a.json"
    assert side.journal() == []
    assert json.loads(applied.read_text(encoding="utf-8")) == {"n": 1}
    side.forget_applied(applied.stat().st_mtime + 29 * 86400)
    assert applied.exists()
    side.forget_applied(applied.stat().st_mtime + 31 * 86400)
    assert not applied.exists()


def test_a_conflict_keeps_the_entry_and_the_reason(side):
    """What can no longer be applied is shown to its author, not dropped."""
    side.write_journal("a", {"n": 1})
    side.set_aside(side.journal()[0], {"problem": "gone"})
    assert [path.name for path in side.conflicts()] == ["a.json"]
    why = (side.path / "conflicts" / "a.why.json").read_text(encoding="utf-8")
    assert json.loads(why) == {"problem": "gone"}


def test_the_head_comes_back_as_written(side):
    """The head survives, lost heads included."""
    side.write_head(Head(7, "abc", {"people": 12}, [(9, "zzz")]))
    head = side.head()
    assert (head.no, head.chain, head.keys, [tuple(x) for x in head.lost]) == (
        7,
        "abc",
        {"people": 12},
        [(9, "zzz")],
    )


def _hold(workbook, ready, done):
    with SideFolder(workbook).locked():
        ready.set()
        done.wait(300)


def test_a_second_writer_waits_and_then_is_told(side):
    """The lock is held across processes."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(side.workbook, ready, done), daemon=True)
    other.start()
    assert ready.wait(300)
    with pytest.raises(WorkbookLockedError, match="another program is writing"), side.locked(wait=0.1):
        pass
    done.set()
    other.join()
    with side.locked(wait=5):
        assert other.exitcode == 0


def test_a_lock_left_by_a_dead_process_is_free(side):
    """The operating system frees the lock of a process that was killed."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(side.workbook, ready, done), daemon=True)
    other.start()
    assert ready.wait(300)
    other.kill()
    other.join()
    with side.locked(wait=5):
        assert other.exitcode != 0


def test_a_side_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    """A file in the folder's place is said, with the remedy."""
    side = SideFolder(tmp_path / "customers.xlsx")
    side.path.write_text("in the way", encoding="utf-8")
    with pytest.raises(FileError, match=r"^customers\.xlsx: a file stands where the folder .* should be"):
        side.write_journal("a", {})


@pytest.mark.parametrize(
    "name",
    [
        "customers-LAPTOP7.xlsx",
        "customers (Mia's conflicted copy 2026-11-05).xlsx",
        "customers (conflict 2026-11-05).xlsx",
        "customers-DESKTOP-4F2K.xlsx",
    ],
)
def test_conflict_copies_are_known_by_their_names(side, name):
    """OneDrive, Dropbox and others leave a second file when two machines wrote."""
    (side.workbook.parent / name).touch()
    assert side.conflict_copies() == [name]


@pytest.mark.parametrize("name", ["customers-2026.xlsx", "customers.xlsx", "customers old.xlsx", "other-PC1.xlsx"])
def test_other_workbooks_are_no_conflict_copies(side, name):
    """A yearly copy beside the workbook is nobody's conflict."""
    (side.workbook.parent / name).touch()
    assert side.conflict_copies() == []
