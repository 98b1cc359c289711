"""What people do with a workbook, for programs that die meanwhile."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from tests.conftest import TODAY
from tests.support.crashes import NAME, Entered, Operation, Tell
from validation.policy import Policy
from workbook_cms import Workbook
from workbook_cms.cli.settling import WANTED, settle
from workbook_cms.receipts import Receipt

__all__ = ["ADD", "OPERATIONS", "next_write"]

_TABLE = "Stakeholders"


def _company(name: str) -> dict[str, Any]:
    return {"Type": "Supplier", "Organisation": name, "Email": f"{name.replace(' ', '.').lower()}@example.com"}


def _add(book: Workbook, name: str, tell: Tell) -> Receipt:
    receipt = book.add(_TABLE, _company(name), override="another branch")
    tell(Entered(receipt.entry_id, _TABLE, "Organisation", name))
    return receipt


def _add_all(book: Workbook, names: Sequence[str], tell: Tell) -> None:
    for name in names:
        _add(book, name, tell)


def _sync(book: Workbook, _: Tell) -> None:
    book.sync()


def _update(book: Workbook, key: str, notes: str, tell: Tell) -> None:
    receipt = book.update(_TABLE, key, {"Notes": notes}, override="another branch")
    tell(Entered(receipt.entry_id, _TABLE, "Notes", notes))


def _import(book: Workbook, names: Sequence[str], tell: Tell) -> None:
    done = book.add_many(_TABLE, pd.DataFrame([_company(name) for name in names]), override="another branch")
    assert not done.refused
    for receipt, name in zip(done.receipts, names, strict=True):
        tell(Entered(receipt.entry_id, _TABLE, "Organisation", name))


def _apply_policy(book: Workbook, _: Tell) -> None:
    policy = book.policy.model_dump()
    [field] = [item for item in policy["tables"][0]["fields"] if item["label"] == "Date of birth"]
    field["label"] = "Born on"
    book.apply_policy(Policy.model_validate(policy))


def _undo(book: Workbook, _: Tell) -> None:
    book.undo(book.snapshot().history[-1].no)


def _merge(book: Workbook, tell: Tell) -> None:
    done = book.merge(_TABLE, ["STK-00002", "STK-00001"], survivor="STK-00001", values={"Notes": "one of two"})
    [stays] = [one for one in done.receipts if one.key == "STK-00001"]
    tell(Entered(stays.entry_id, _TABLE, "Notes", "one of two"))


def _undo_merge(book: Workbook, tell: Tell) -> None:
    done = book.undo(book.snapshot().history[-1].no)
    [back] = [one for one in done.receipts if one.key == "STK-00002"]
    tell(Entered(back.entry_id, _TABLE, "Organisation", "Alpine Tours"))


def _restore(book: Workbook, _: Tell) -> None:
    Workbook.restore(book.path, "1")


def _with_update(folder: Path) -> Sequence[Entered]:
    """A change that is about to be taken back, so that nobody counts on it; a copy was made before it."""
    _update(Workbook.open(folder / NAME, today=TODAY), "STK-00001", "soon gone", lambda _: None)
    return ()


def _with_two(folder: Path) -> Sequence[Entered]:
    """Two records that are one, an interaction that names the second, and a third record below them."""
    book = Workbook.open(folder / NAME, today=TODAY)
    for name in ("Alpine Tours", "Bay Cruises"):
        _add(book, name, lambda _: None)
    visit = {
        "Stakeholder ID": "STK-00002",
        "Channel": "Phone",
        "Contact reason": "Brochure",
        "Purpose": "Enquiry",
        "Details": "Asked for the brochure.",
        "Desired outcome": "Has it by Friday.",
        "Recorded by": "Amelia Tran",
    }
    book.add("Interactions", visit, override="another branch")
    return ()


def _with_merge(folder: Path) -> Sequence[Entered]:
    """The same, merged already."""
    _with_two(folder)
    _merge(Workbook.open(folder / NAME, today=TODAY), lambda _: None)
    return ()


def _with_long_history(folder: Path) -> Sequence[Entered]:
    """As many lines as the history may have, so that the next entry moves the older half to an archive."""
    book = Workbook.open(folder / NAME, today=TODAY)
    told: list[Entered] = []
    for number in range(4):
        _add(book, f"Early {'ABCD'[number]} Holdings", told.append)
    book.change_settings(lambda now: replace(now, lines=len(book.snapshot().history)))
    return told


def _archive(book: Workbook, _: Tell) -> None:
    book.archive_history("2999-01")


def _set_and_add(book: Workbook, tell: Tell) -> None:
    book.change_settings(lambda now: replace(now, lines=500, copies=3))
    _add(book, "Alpine Tours", tell)


def _keep_apart(book: Workbook, _: Tell) -> None:
    book.keep_apart(_TABLE, ["STK-00002", "STK-00003"], "two firms of one owner")


def _settle(book: Workbook, tell: Tell) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        settle(book, "STK-00001", WANTED, "text", (lambda _: iter(()), lambda _: {}))
    tell(Entered(book.snapshot().history[-1].entry, _TABLE, "Notes", "queued remark"))


def _replay(book: Workbook, tell: Tell) -> None:
    book.replay()
    added = [row.entry for row in book.snapshot().history if row.action == "added"]
    tell(Entered(added[-1], _TABLE, "Organisation", "Alpine Tours"))


def _with_conflict(folder: Path) -> Sequence[Entered]:
    """A change that waited while somebody else changed the same field."""
    _with_queue(0)(folder)
    [waiting] = (folder / f"{NAME}.cms" / "journal").glob("*.json")
    late = waiting.rename(folder / waiting.name)
    book = Workbook.open(folder / NAME, today=TODAY)
    _update(book, "STK-00001", "somebody else's remark", lambda _: None)
    late.rename(waiting)
    book.sync()
    return ()


def _with_lost_entry(folder: Path) -> Sequence[Entered]:
    """A copy was put back that does not hold an entry."""
    book = Workbook.open(folder / NAME, today=TODAY)
    _update(book, "STK-00001", "soon gone", lambda _: None)
    book.undo(book.snapshot().history[-1].no)
    _add(book, "Alpine Tours", lambda _: None)
    Workbook.restore(book.path, "1")
    return ()


def _as_made(_: Path) -> Sequence[Entered]:
    return ()


def _with_queue(count: int) -> Callable[[Path], Sequence[Entered]]:
    """Entries accepted while another program had the workbook open."""

    def prepare(folder: Path) -> Sequence[Entered]:
        book = Workbook.open(folder / NAME, today=TODAY)
        owner = folder / f".~lock.{NAME}#"
        owner.write_text(",mia,PC-7,22.11.2026 09:12,file:///home/mia;", encoding="utf-8")
        told: list[Entered] = []
        for number in range(count):
            _add(book, f"Queued {'ABCDEFGH'[number]} Holdings", told.append)
        _update(book, "STK-00001", "queued remark", told.append)
        owner.unlink()
        return told

    return prepare


def next_write(book: Workbook) -> None:
    """What the next program does."""
    book.add(_TABLE, _company("Zebra Next Traders"), override="another branch")


ADD = Operation("add while others wait", _with_queue(2), lambda book, tell: _add_all(book, ["Alpine Tours"], tell))
OPERATIONS = (
    Operation("add a record", _as_made, lambda book, tell: _add_all(book, ["Alpine Tours"], tell)),
    Operation(
        "add three records",
        _as_made,
        lambda book, tell: _add_all(book, ["Alpine Tours", "Bay Cruises", "Coral Trips"], tell),
    ),
    Operation("update a record", _as_made, lambda book, tell: _update(book, "STK-00001", "prefers trains", tell)),
    Operation(
        "add and update",
        _as_made,
        lambda book, tell: _update(book, _add(book, "Alpine Tours", tell).key, "prefers trains", tell),
    ),
    Operation(
        "import 40 records",
        _as_made,
        lambda book, tell: _import(
            book, [f"Firm{number:02d} Travel {number * 7919}" for number in range(40)], tell
        ),
    ),
    Operation("drain a queue", _with_queue(3), _sync),
    ADD,
    Operation("apply a policy", _with_queue(1), _apply_policy),
    Operation("undo a change", _with_update, _undo),
    Operation("merge two records", _with_two, _merge),
    Operation("undo a merge", _with_merge, _undo_merge),
    Operation(
        "add to a history that is moved",
        _with_long_history,
        lambda book, tell: _add_all(book, ["Alpine Tours", "Bay Cruises"], tell),
    ),
    Operation("restore a copy", _with_update, _restore),
    Operation("archive old lines", _as_made, _archive),
    Operation("change settings and add", _as_made, _set_and_add),
    Operation("keep two records apart", _with_two, _keep_apart),
    Operation("settle a conflict", _with_conflict, _settle, frozenset({"FIL009"})),
    Operation("write a lost entry again", _with_lost_entry, _replay),
)
