"""A policy whose every text is one that some program would run: labels, titles, values of lists, help, messages."""

from __future__ import annotations

from collections.abc import Sequence

from validation.findings import Finding, Severity
from validation.policy import (
    Condition,
    ListItem,
    Must,
    Policy,
    PolicyField,
    PolicyList,
    PolicyTable,
    Settings,
    When,
)
from validation.policy_checks import check_policy

__all__ = ["evil_policy", "refusals"]


def evil_policy(texts: Sequence[str]) -> Policy:
    """Two tables, a list and a condition for each text, with the texts wherever a policy takes a text."""
    items = tuple(ListItem(value=text, guidance=text, login=text) for text in texts)
    fields = tuple(
        PolicyField(
            id=f"field_{at}", label=text, section=text, help=text, example=text, enum="kinds" if at % 2 else None
        )
        for at, text in enumerate(texts)
    )
    key = PolicyField(id="key", label="Key")
    tables = tuple(
        PolicyTable(
            id=name.lower(),
            name=name,
            title=texts[at],
            key="key",
            key_format=f"{name[0]}-{{:03d}}",
            fields=(key, *fields),
        )
        for at, name in enumerate(("First", "Second"))
    )
    conditions = tuple(
        Condition(
            id=f"c{at}", table="first", when=(When(field="field_1", values=(text.strip(),)),), must=Must.FILLED,
            fields=("field_0",), message=text,
        )
        for at, text in enumerate(texts)
    )  # fmt: skip
    lists = (PolicyList(id="kinds", title=texts[0], items=items),)
    return Policy(settings=Settings(organisation=texts[0]), lists=lists, tables=tables, conditions=conditions)


def refusals(text: str) -> list[Finding]:
    """The errors that a policy with a text in it gets before any workbook is made of it."""
    return [found for found in check_policy(evil_policy([text, "EVIL plain"])) if found.severity is Severity.ERROR]
