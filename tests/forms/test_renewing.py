"""A front-end that is older than the rules, in a real LibreOffice."""

from __future__ import annotations

import pytest

from tests.conftest import TODAY
from tests.support.front_end import INTERACTION
from validation.policy import ListItem, Policy, PolicyField
from workbook_cms.forms.desk import Desk
from workbook_cms.workbook import Workbook


@pytest.fixture
def changed(team):
    """Gives the record workbook another policy, made from its own by a function."""

    def change(function) -> Policy:
        book = Workbook.open(team, today=TODAY)
        book.apply_policy(function(book.policy))
        return Workbook.open(team).policy

    return change


def with_reason(policy: Policy) -> Policy:
    """The policy with one more contact reason."""
    lists = [
        choice.model_copy(update={"items": (*choice.items, ListItem(value="Zoo festival"))})
        if choice.id == "contact_reasons"
        else choice
        for choice in policy.lists
    ]
    return policy.model_copy(update={"lists": tuple(lists)})


def with_field(policy: Policy) -> Policy:
    """The policy with a required field more among the interactions."""
    tables = [
        table.model_copy(
            update={"fields": (*table.fields, PolicyField(id="ticket", label="Ticket number", required=True))}
        )
        if table.id == "interactions"
        else table
        for table in policy.tables
    ]
    return policy.model_copy(update={"tables": tuple(tables)})


def setting(front_end, key) -> str:
    """A setting of the front-end."""
    return dict(front_end.book.names["cms_settings"].refers_to_range.value)[key]


def test_lists_follow_the_policy(front_end, changed) -> None:
    """A new contact reason is in the dropdown's list when the front-end is served, and can be recorded at once."""
    policy = changed(with_reason)
    desk = Desk(front_end.book, today=TODAY)
    desk.tick()
    lists = front_end.book.names["cms_lists"].refers_to_range.value
    assert "Zoo festival" in [value for row in lists for value in row]
    assert setting(front_end, "policy") == policy.digest
    front_end.type_enquiry(desk.tick, contact_reason="Zoo f")
    front_end.ask("Submit")
    desk.tick()
    assert front_end.status.startswith("Saved as INT-000001.")


def test_new_field_needs_a_new_front_end(front_end, changed, team) -> None:
    """A new field is named in the greeting; where it is required, the record workbook's rules refuse and say which."""
    changed(with_field)
    desk = Desk(front_end.book, today=TODAY)
    desk.tick()
    assert "New in the rules: the field Ticket number. Make a new front-end to have it." in front_end.status
    front_end.type_enquiry(desk.tick)
    front_end.ask("Submit")
    desk.tick()
    assert "Ticket number" in front_end.status
    assert front_end.mark == "wrong"
    assert front_end.text("details") == INTERACTION["details"]
    assert len(Workbook.open(team, today=TODAY).table("Interactions")) == 0


def test_rules_changed_while_it_is_open(front_end, changed) -> None:
    """Rules that change during the day count at the next request."""
    desk = Desk(front_end.book, today=TODAY)
    desk.tick()
    changed(with_reason)
    front_end.type_enquiry(desk.tick, contact_reason="Zoo festival")
    front_end.ask("Submit")
    desk.tick()
    assert front_end.status.startswith("Saved as INT-000001.")
