"""A compact policy of a travel agency, and helpers that check Markdown tables by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.markdown import entries, table_frame
from validation.engine import check_rows, check_tables
from validation.findings import Finding
from validation.frames import Context, Operation, TableFrame
from validation.normalise import normalise
from validation.policy import (
    Condition,
    Convention,
    FieldFormat,
    FieldType,
    ListItem,
    Must,
    Normaliser,
    Policy,
    PolicyField,
    PolicyList,
    PolicyTable,
    Settings,
    When,
)
from validation.typing import type_table

TODAY = dt.date(2026, 11, 22)
NAME = (Normaliser.TRIM, Normaliser.CASE)


def _field(label: str, **rest: Any) -> PolicyField:
    rest.setdefault("id", label.lower().replace(" ", "_").replace("-", "_"))
    return PolicyField(label=label, **rest)


PEOPLE = PolicyTable(
    id="people",
    name="People",
    title="Person",
    key="person_id",
    key_format="PER-{:05d}",
    fields=(
        _field("Person ID"),
        _field("Given name", naming=Convention.PERSON, normalise=NAME),
        _field("Family name", naming=Convention.PERSON, normalise=NAME),
        _field("Organisation", naming=Convention.ORGANISATION, normalise=NAME),
        _field("Date of birth", type=FieldType.DATE, minimum="@today-43830", maximum="@today"),
        _field("Email", format=FieldFormat.EMAIL, normalise=(Normaliser.TRIM, Normaliser.EMAIL)),
        _field("Phone", format=FieldFormat.PHONE, normalise=(Normaliser.TRIM, Normaliser.PHONE)),
        _field("Suburb", naming=Convention.PLACE, normalise=NAME),
        _field("Postcode", format=FieldFormat.POSTCODE, normalise=(Normaliser.TRIM, Normaliser.POSTCODE)),
        _field("Website", format=FieldFormat.URI),
        _field("Loyalty number", unique=True, pattern=r"[A-Z]{2}[0-9]{6}", example="QF884120"),
        _field("Status", enum="status"),
        _field("Interests", enum="interests", multiple=True),
        _field("Active", type=FieldType.BOOLEAN),
        _field("Notes", max_length=40),
    ),
)
TRIPS = PolicyTable(
    id="trips",
    name="Trips",
    title="Trip",
    key="booking_number",
    fields=(
        _field(
            "Booking number",
            naming=Convention.CODE,
            normalise=(Normaliser.TRIM, Normaliser.UPPER),
            pattern=r"WT[0-9]{7}",
            check_digit="luhn",
        ),
        _field("Person ID", foreign_key="people", required=True),
        _field("Travel date", type=FieldType.DATE, required=True),
        _field("Return date", type=FieldType.DATE),
        _field("Party size", type=FieldType.INTEGER, minimum=1, maximum=40),
        _field("Value", type=FieldType.NUMBER, minimum=0),
        _field("Purpose", enum="purpose"),
        _field("Approved by"),
        _field("Sold by"),
    ),
)
POLICY = Policy(
    settings=Settings(organisation="World Traveller", match_rules_only=True),
    lists=(
        PolicyList(
            id="status", title="Status", items=(ListItem(value="Active"), ListItem(value="Dormant", active=False))
        ),
        PolicyList(
            id="interests",
            title="Interests",
            items=tuple(ListItem(value=v) for v in ("Cruise", "Rail", "Hiking", "Food & wine")),
        ),
        PolicyList(id="purpose", title="Purpose", items=(ListItem(value="Leisure"), ListItem(value="Business"))),
    ),
    tables=(PEOPLE, TRIPS),
    conditions=(
        Condition(id="reachable", table="people", fields=("email", "phone"), must=Must.ONE_FILLED),
        Condition(
            id="approval",
            table="trips",
            when=(When(field="purpose", values=("Business",)),),
            fields=("approved_by",),
            must=Must.FILLED,
        ),
        Condition(id="back", table="trips", fields=("return_date",), must=Must.ON_OR_AFTER, other="travel_date"),
        Condition(
            id="other_eyes",
            table="trips",
            fields=("approved_by",),
            must=Must.DIFFERENT_FROM,
            other="sold_by",
            warning=True,
        ),
    ),
)

Check = Callable[..., list[Finding]]


@pytest.fixture
def policy() -> Policy:
    """People and Trips of a travel agency in Australia."""
    return POLICY


def context_of(*frames: TableFrame, policy: Policy = POLICY) -> Context:
    """A context whose workbook holds the frames."""
    return Context(policy, {f.table.id: type_table(f, policy, TODAY) for f in frames}, TODAY)


@pytest.fixture
def check() -> Check:
    """Checks Markdown tables, given by table id, as a whole workbook."""

    def run(**tables: str) -> list[Finding]:
        frames = [table_frame(POLICY.table_by_id[name], text) for name, text in tables.items()]
        return check_tables(context_of(*frames))

    return run


@pytest.fixture
def enter() -> Check:
    """Checks rows of a Markdown table on their way into a table, normalised as the door does it."""

    def run(table: str, text: str, replaces: frozenset[str] = frozenset(), **tables: str) -> list[Finding]:
        frames = [table_frame(POLICY.table_by_id[name], there) for name, there in tables.items()]
        own = POLICY.table_by_id[table]
        rows = [{own.by_label[k].id: v for k, v in row.items()} for row in entries(text)]
        frame, _ = normalise(TableFrame.of_entries(own, rows), POLICY, TODAY)
        operation = Operation.UPDATE if replaces else Operation.ADD
        return check_rows(type_table(frame, POLICY, TODAY), context_of(*frames).during(operation, replaces))

    return run


def places(findings: list[Finding]) -> list[tuple[str, str]]:
    """Findings as (code, cell), or (code, field) where they stand in no sheet."""
    return [(f.code, f.cell.partition("!")[2] or f.field) for f in findings]
