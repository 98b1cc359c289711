"""Workbooks, as a report sees them: tables with their findings, in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from validation.findings import Finding, Fix, Rule, Severity
from validation.frames import TableFrame
from validation.policy import (
    Convention,
    FieldType,
    Kind,
    MatchField,
    MatchRule,
    Policy,
    PolicyField,
    PolicyList,
    PolicyTable,
    Sensitivity,
    Settings,
)
from validation.typing import type_table
from workbook_cms.reports.cleanup import Snapshot

TODAY = dt.date(2026, 11, 2)


def _policy() -> Policy:
    stakeholders = PolicyTable(
        id="stakeholders", name="Stakeholders", title="Stakeholder", key="id", key_format="STK-{:05d}",
        fields=(
            PolicyField(id="id", label="Stakeholder ID"),
            PolicyField(id="given_name", label="Given name", naming=Convention.PERSON),
            PolicyField(id="family_name", label="Family name", naming=Convention.PERSON, required=True),
            PolicyField(id="email", label="Email", sensitivity=Sensitivity.PERSONAL),
            PolicyField(id="diet", label="Diet", sensitivity=Sensitivity.SENSITIVE),
            PolicyField(id="status", label="Status", default="Active"),
        ),
    )  # fmt: skip
    interactions = PolicyTable(
        id="interactions", name="Interactions", title="Interaction", key="id", activity_date="date",
        fields=(
            PolicyField(id="id", label="Interaction ID"),
            PolicyField(id="stakeholder_id", label="Stakeholder ID", foreign_key="stakeholders", required=True),
            PolicyField(id="date", label="Date", type=FieldType.DATE, required=True),
            PolicyField(id="channel", label="Channel", enum="channels", required=True),
            PolicyField(id="reason", label="Contact reason", enum="reasons", required=True, multiple=True),
        ),
    )  # fmt: skip
    follow_ups = PolicyTable(
        id="follow_ups", name="FollowUps", title="Follow-up", key="id",
        fields=(
            PolicyField(id="id", label="Follow-up ID"),
            PolicyField(id="stakeholder_id", label="Stakeholder ID", foreign_key="stakeholders"),
            PolicyField(id="due", label="Due", type=FieldType.DATE),
            PolicyField(id="status", label="Status", default="Open"),
            PolicyField(id="done_on", label="Done on", type=FieldType.DATE),
        ),
    )  # fmt: skip
    match = MatchRule(id="same", table="stakeholders", fields=(MatchField(field="email", kind=Kind.EMAIL),))
    return Policy(
        settings=Settings(organisation="World Traveller", stale_after_days=365),
        lists=(PolicyList(id="channels", title="Channels"), PolicyList(id="reasons", title="Reasons")),
        tables=(stakeholders, interactions, follow_ups),
        matches=(match,),
    )


STAKEHOLDERS = [
    ("STK-00001", "Anna", "Berg", "anna@example.com", "no pork", "Active"),
    ("STK-00002", "Ana", "Berg", "anna@example.com", None, "Active"),
    ("STK-00003", "Chen", "Wu", "=1+1", None, "Active"),
    ("STK-00004", "Old", "Friend", None, None, "Archived"),
    ("STK-00005", "New", None, None, None, None),
]
INTERACTIONS = [
    ("INT-000001", "STK-00001", dt.date(2026, 10, 5), "Phone", "Brochure; New trip"),
    ("INT-000002", "STK-00001", dt.date(2026, 10, 31), "E-mail", "Brochure"),
    ("INT-000003", "STK-00002", dt.date(2026, 9, 30), "Phone", "Complaint"),
    ("INT-000004", "STK-00003", dt.date(2025, 3, 1), "Phone", "Brochure"),
    ("INT-000005", "STK-00003", dt.date(2027, 3, 1), "Phone", "Brochure"),
    ("INT-000006", "STK-00004", dt.date(2020, 3, 1), "Phone", "Brochure"),
]
FOLLOW_UPS = [
    ("FUP-00001", "STK-00001", dt.date(2026, 11, 1), "Open", None),
    ("FUP-00002", "STK-00001", dt.date(2026, 9, 1), "Open", None),
    ("FUP-00003", "STK-00002", dt.date(2026, 9, 1), "Done", dt.date(2026, 9, 2)),
    ("FUP-00004", "STK-00002", dt.date(2026, 11, 2), "Open", None),
    ("FUP-00005", "STK-00002", dt.date(2026, 9, 1), "Dropped", None),
]
HISTORY = [
    ("2024-01-01T00:00:00Z", "Stakeholders", "STK-00003", "added"),
    ("2026-10-02T00:00:00Z", "Stakeholders", "STK-00005", "added"),
    ("2026-10-03T00:00:00Z", "Stakeholders", "STK-00005", "changed"),
]
RULES = {
    code: Rule(code, code.lower(), title, severity, "what", "why", "example", "How to mend it.")
    for code, title, severity in (
        ("ENT001", "Required field is empty", Severity.ERROR),
        ("ENT009", "Not an e-mail address", Severity.ERROR),
        ("NAM001", "Stray spaces", Severity.WARNING),
        ("DUP002", "Probable duplicate", Severity.WARNING),
    )
}


def frame(table: PolicyTable, rows: list[tuple[Any, ...]]) -> TableFrame:
    """Rows as they stand in a sheet with its header in row 3."""
    ids = [field.id for field in table.fields]
    letters = {name: chr(ord("A") + at) for at, name in enumerate(ids)}
    values = pd.DataFrame(rows, columns=ids, dtype=object)
    return TableFrame(table, values, table.name, np.arange(4, 4 + len(rows), dtype=np.int64), letters)


def agency(
    source: Path, findings: list[Finding] | None = None, rows: Mapping[str, list[tuple[Any, ...]]] | None = None
) -> Snapshot:
    """The agency's workbook as it stands."""
    policy = _policy()
    cells = {"stakeholders": STAKEHOLDERS, "interactions": INTERACTIONS, "follow_ups": FOLLOW_UPS, **(rows or {})}
    tables = {t.id: type_table(frame(t, cells[t.id]), policy) for t in policy.tables}
    history = pd.DataFrame(HISTORY, columns=["When", "Table", "Key", "Action"])
    return Snapshot(source, policy, tables, findings or [], history, RULES, TODAY)


def faults() -> list[Finding]:
    """One finding of each kind that a report treats in a way of its own."""
    return [
        Finding("NAM001", Severity.WARNING, "“Wu ” has a space at its end.", "Stakeholders", "STK-00003",
                "Family name", "Stakeholders!C6", "Wu ", "Wu", Fix.SAFE, position=2),
        Finding("ENT009", Severity.ERROR, "“=1+1” is no e-mail address.", "Stakeholders", "STK-00003",
                "Email", "Stakeholders!D6", "=1+1", position=2),
        Finding("NAM001", Severity.WARNING, "“no pork” has a space at its end.", "Stakeholders", "STK-00001",
                "Diet", "Stakeholders!E4", "no pork", "pork, no", Fix.SAFE, position=0),
        Finding("ENT001", Severity.ERROR, "Family name is empty. Fill it in.", "Stakeholders", "STK-00005",
                "Family name", "Stakeholders!C8", position=4),
        Finding("DUP002", Severity.WARNING, "May be STK-00002.", "Stakeholders", "STK-00001", "",
                "Stakeholders!A4", related=("STK-00002",), position=0,
                details={"rule": "same", "probability": 0.97, "bits": 5.1, "sentence": "Same e-mail; no pork.",
                         "fields": [{"field": "email", "left": "", "right": "", "level": "exact", "bits": 9.6}]}),
        Finding("DUP002", Severity.WARNING, "May be STK-00001.", "Stakeholders", "STK-00002", "",
                "Stakeholders!A5", related=("STK-00001",), position=1,
                details={"rule": "same", "probability": 0.97, "bits": 5.1, "fields": []}),
    ]  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Where the record workbook would be."""
    return tmp_path / "customers.xlsx"


@pytest.fixture
def make(source: Path) -> Callable[..., Snapshot]:
    """Makes a snapshot of the agency, with other findings or rows if given."""
    return lambda findings=None, rows=None: agency(source, findings, rows)


@pytest.fixture
def faulty(source: Path) -> Snapshot:
    """The agency with its faults."""
    return agency(source, faults())
