"""New workbooks: built from a template, with the first line of their history, and the template's sample records."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from validation.findings import CellValue
from validation.history import CREATED
from validation.policy import Policy, PolicyTable
from validation.policy_checks import check_policy
from validation.typing import parse_text
from workbook_cms.commit import write_event
from workbook_cms.errors import FileError, InputError
from workbook_cms.file.beside.side import Head, SideFolder
from workbook_cms.file.builder import build
from workbook_cms.file.layout import WorkbookSpec
from workbook_cms.history import Event
from workbook_cms.layout import workbook_spec
from workbook_cms.policies import problems, text
from workbook_cms.records import Door
from workbook_cms.resources import template_folder
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import ADD, Entry, new_id, new_ids

__all__ = ["SAMPLE_DAY", "Dress", "create", "fill", "sample_rows", "template_policy"]

#: The day the sample records are of; on a machine whose clock is behind it they would lie in the future.
SAMPLE_DAY = dt.date(2026, 11, 22)


def template_policy(name: str) -> Policy:
    """The policy of a template.

    Raises:
        InputError: There is no such template.
    """
    path = template_folder(name) / "policy.yaml"
    return _loaded(path.read_text(encoding="utf-8"), f"template {name}, policy.yaml")


@lru_cache(maxsize=4)
def _loaded(content: str, source: str) -> Policy:
    """A policy cannot change: the same text need not be read again, which takes a third of the time of `create`."""
    return text.load(content, source)


#: What forms add to the workbook of a policy.
Dress = Callable[[Policy, WorkbookSpec], WorkbookSpec]


def create(target: Path, template: str | Policy, overwrite: bool, door: Door, dress: Dress | None = None) -> None:
    """Build the workbook ``target``; nothing is left behind when it cannot be done.

    Args:
        target: Where; ends with ``.xlsx``, or with ``.xlsm`` when ``dress`` brings macros.
        template: Name of a template, or a policy.
        overwrite: Replace a file that is there.
        door: Says who makes it.
        dress: Adds forms and macros.

    Raises:
        InputError: There is no such template, or the name has another ending.
        PolicyError: The policy breaks its own rules.
        FileError: The file is there already, entries wait for it, or the folder cannot be written to.
    """
    policy = template_policy(template) if isinstance(template, str) else template
    problems.require(problems.Reading(policy, tuple(check_policy(policy))), target.name)
    spec = workbook_spec(policy)
    if dress is not None:
        spec = dress(policy, spec)
    ending = ".xlsx" if spec.macros is None else ".xlsm"
    if target.suffix.lower() != ending:
        what = "a workbook's name" if spec.macros is None else "the name of a workbook with macros"
        raise InputError(target.name, f"{what} ends with {ending}.", f"Try {target.with_suffix(ending).name}.")
    side = SideFolder(target)
    if side.journal_files():
        raise FileError(
            target.name,
            f"entries for a workbook of that name wait in {side.path.name}.",
            "Put that workbook back, or move the folder away.",
        )
    build(target, spec, overwrite=overwrite)
    with side.locked():
        snapshot = Snapshot.open(target)
        name = policy.template or "own policy"
        event = Event(CREATED, "", "", new_id(), new=policy.digest, why=f"built from {name}")
        write_event(snapshot, door.acceptance.actor("new"), door.acceptance.now(), event, Head())


def fill(template: str, snapshot: Snapshot, door: Door) -> None:
    """Write a template's sample records as they are, planted faults included."""
    entries: list[Entry] = []
    for table in snapshot.policy.tables:
        entries += _sample(sample_rows(template, table.name), table, snapshot.policy)
    ids = new_ids(len(entries))
    entries = [replace(entry, id=one) for entry, one in zip(entries, ids, strict=True)]
    if not entries:
        raise InputError(f"template {template}", "has no sample records.", "Make the workbook without them.")
    door.take(entries, "sample")


def sample_rows(template: str, table: str) -> list[dict[str, str]]:
    """A template's sample records of one table, text by label; none where it has no sample.

    Raises:
        InputError: There is no such template.
    """
    path = template_folder(template) / f"{table.lower()}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sample(rows: list[dict[str, str]], table: PolicyTable, policy: Policy) -> list[Entry]:
    entries = []
    for row in rows:
        values: dict[str, CellValue] = {}
        for label, cell in row.items():
            if cell:
                field = table.by_label[label]
                values[field.id] = parse_text(cell, field, policy.settings)
        entries.append(Entry("", ADD, table.id, str(values.get(table.key) or ""), values))
    return entries
