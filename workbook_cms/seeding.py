"""New workbooks: built from a template, with the first line of their history, and the template's sample records."""

from __future__ import annotations

import csv
from pathlib import Path

from validation.findings import CellValue
from validation.history import CREATED
from validation.policy import Policy, PolicyTable
from validation.policy_checks import check_policy
from validation.typing import parse_text
from workbook_cms.commit import write_event
from workbook_cms.errors import FileError, InputError
from workbook_cms.file.builder import build
from workbook_cms.file.side import Head, SideFolder
from workbook_cms.history import Event
from workbook_cms.layout import workbook_spec
from workbook_cms.policies import problems, text
from workbook_cms.records import Door
from workbook_cms.resources import template_folder
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import ADD, Entry, new_id

__all__ = ["create", "fill", "template_policy"]


def template_policy(name: str) -> Policy:
    """The policy of a template.

    Raises:
        InputError: There is no such template.
    """
    path = template_folder(name) / "policy.yaml"
    return text.load(path.read_text(encoding="utf-8"), f"template {name}, policy.yaml")


def create(target: Path, template: str | Policy, overwrite: bool, door: Door) -> None:
    """Build the workbook ``target``; nothing is left behind when it cannot be done.

    Raises:
        InputError: There is no such template, or the name does not end with ``.xlsx``.
        PolicyError: The policy breaks its own rules.
        FileError: The file is there already, entries wait for it, or the folder cannot be written to.
    """
    if target.suffix.lower() != ".xlsx":
        raise InputError(
            target.name, "a workbook's name ends with .xlsx.", f"Try {target.with_suffix('.xlsx').name}."
        )
    policy = template_policy(template) if isinstance(template, str) else template
    problems.require(problems.Reading(policy, tuple(check_policy(policy))), target.name)
    side = SideFolder(target)
    if side.journal_files():
        raise FileError(
            target.name,
            f"entries for a workbook of that name wait in {side.path.name}.",
            "Put that workbook back, or move the folder away.",
        )
    build(target, workbook_spec(policy), overwrite=overwrite)
    with side.locked():
        snapshot = Snapshot.open(target)
        name = policy.template or "own policy"
        event = Event(CREATED, "", "", new_id(), new=policy.digest, why=f"built from {name}")
        write_event(snapshot, door.actor("new"), door.now(), event, Head())


def fill(template: str, snapshot: Snapshot, door: Door) -> None:
    """Write a template's sample records as they are, planted faults included."""
    folder = template_folder(template)
    entries: list[Entry] = []
    for table in snapshot.policy.tables:
        path = folder / f"{table.name.lower()}.csv"
        if path.is_file():
            entries += _sample(path, table, snapshot.policy)
    if not entries:
        raise InputError(f"template {template}", "has no sample records.", "Make the workbook without them.")
    door.take(entries, "sample")


def _sample(path: Path, table: PolicyTable, policy: Policy) -> list[Entry]:
    entries = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            values: dict[str, CellValue] = {}
            for label, cell in row.items():
                if cell:
                    field = table.by_label[label]
                    values[field.id] = parse_text(cell, field, policy.settings)
            entries.append(Entry(new_id(), ADD, table.id, str(values.get(table.key) or ""), values))
    return entries
