"""One record held against a table by lookup: the same answer as the whole engine gives, whatever was written before."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from validation import attribution
from validation.duplicates import check
from validation.frames import Context, Operation, TableFrame
from validation.typing import type_table
from workbook_cms.policies.text import load
from workbook_cms.resources import template_folder

TODAY = dt.date(2026, 11, 22)
GIVEN = ("Ann", "Anna", "Hanna", "Bo", "Zoë", "Jean Luc", "李", "")
FAMILY = ("Smith", "Smyth", "Schmidt", "van der Berg", "Ng", "Nguyen", "Anna", "")
"""Few names, so that blocks are oversized and only neighbours are compared."""
EMAILS = ("a.smith@example.com", "asmith@gmail.com", "", "office@example.com")
STREETS = ("12 High Street", "12 High St", "Flat 3, 9 Mill Lane", "")
ROWS = 1_040


def person(chance: random.Random) -> dict[str, object]:
    """Values of a stakeholder by field id; half of the details are shared with others."""
    own = chance.randrange(400)
    return {
        "type": "Customer",
        "given_name": chance.choice(GIVEN) or None,
        "family_name": chance.choice([*FAMILY, f"Name{own}"]) or None,
        "organisation": chance.choice([None, None, "Acme Pty Ltd", f"Firm {own}"]),
        "date_of_birth": chance.choice([None, dt.date(1900, 1, 1), dt.date(1950 + own % 50, 1 + own % 12, 3)]),
        "email": chance.choice([*EMAILS, f"p{own}@example.org"]) or None,
        "phone": chance.choice([None, "+61299990000", f"+6141234{own:04d}"]),
        "street": chance.choice([*STREETS, f"{own} Acacia Avenue"]) or None,
        "suburb": chance.choice([None, "Newtown", "Dubbo"]),
        "postcode": chance.choice([None, "2042", f"2{own:03d}"]),
    }


@pytest.fixture(scope="module")
def policy():
    """The World Traveller policy."""
    return load((template_folder("world-traveller") / "policy.yaml").read_text(encoding="utf-8"))


def typed(policy, records, first=1):
    """Stakeholders as they stand in the table, from that number on."""
    table = policy.table_by_id["stakeholders"]
    rows = [{"stakeholder_id": f"STK-{n:05d}", **record} for n, record in enumerate(records, first)]
    return type_table(TableFrame.of_entries(table, rows), policy)


def entry(policy, record):
    """A record on its way in."""
    return type_table(TableFrame.of_entries(policy.table_by_id["stakeholders"], [record]), policy)


SEQUENCES = st.tuples(
    st.integers(0, 10_000), st.lists(st.sampled_from(["add", "update", "ask", "ask for an update"]), max_size=8)
)


@settings(max_examples=6, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(sequence=SEQUENCES)
def test_lookup_answers_as_the_whole_engine(policy, sequence):
    """After any adds and updates the findings for one record are the same, to the last bit, by lookup and in full."""
    seed, steps = sequence
    chance = random.Random(seed)  # noqa: S311 - no secret
    warm = typed(policy, [person(chance) for _ in range(ROWS)])
    warm.lookup(now=True)
    for step in [*steps, "ask", "ask for an update"]:
        place, record = chance.randrange(len(warm)), person(chance)
        if step == "add":
            warm = warm.grown(typed(policy, [record], len(warm) + 1), np.array([len(warm)]))
        elif step == "update":
            warm = warm.grown(typed(policy, [record], place + 1), np.array([place]))
        else:
            cold = type_table(TableFrame.of_entries(warm.table, warm.raw.values.to_dict("records")), policy)
            operation, replaces = Operation.ADD, frozenset[str]()
            if step == "ask for an update":
                operation, replaces = Operation.UPDATE, frozenset([warm.raw.keys[place]])
                record = {
                    **dict(warm.raw.values.iloc[place].items()),
                    "given_name": record["given_name"],
                }
            else:
                record |= {"given_name": "Ann", "family_name": "Smith"} if chance.random() < 0.5 else {}
            answers = []
            for standing in (warm, cold):
                context = Context(policy, {"stakeholders": standing}, TODAY).during(operation, replaces)
                answers.append(list(check(entry(policy, record), context)))
            assert warm.lookup() is not None
            assert answers[0] == answers[1]


@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(seed=st.integers(0, 10_000))
def test_whose_a_detail_is_is_looked_up_with_the_same_answer(policy, seed):
    """Findings about an entry that names a record are the same by lookup and by looking through the table."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    warm = typed(policy, [person(chance) for _ in range(60)])
    warm.lookup(now=True)
    table = policy.table_by_id["interactions"]
    for number in range(12):
        own, other = (warm.raw.values.iloc[chance.randrange(len(warm))] for _ in range(2))
        values = {
            "stakeholder_id": own["stakeholder_id"],
            "contact_email": chance.choice([None, own["email"], other["email"], "nobody@example.org"]),
            "contact_phone": chance.choice([None, own["phone"], other["phone"]]),
            "contact_date_of_birth": chance.choice([None, own["date_of_birth"], other["date_of_birth"]]),
            "contact_name": chance.choice([None, f"{own['given_name']} {own['family_name']}", "Anna Smith"]),
        }
        row = type_table(TableFrame.of_entries(table, [values]), policy)
        warm = warm.grown(typed(policy, [person(chance)], len(warm) + 1), np.array([len(warm)]))
        cold = type_table(TableFrame.of_entries(warm.table, warm.raw.values.to_dict("records")), policy)
        # Two rows at once are searched for, so that the first of them tells what the search says.
        both = type_table(TableFrame.of_entries(table, [values, {}]), policy)
        context = Context(policy, {"stakeholders": warm}, TODAY).during(Operation.ADD)
        assert list(attribution.check(row, context)) == list(
            attribution.check(both, Context(policy, {"stakeholders": cold}, TODAY).during(Operation.ADD))
        ), number
