"""A policy that is allowed and that nobody expects: quotes, long ids, long lists, sixty fields, titles no sheet can have."""

from __future__ import annotations

from validation.policy import (
    Condition,
    FieldType,
    ListItem,
    Must,
    Policy,
    PolicyField,
    PolicyList,
    PolicyTable,
    Settings,
    When,
    WhenIs,
)

__all__ = ["LONG_ID", "odd_policy"]

LONG_ID = "a" + "b" * 62
_QUOTED = 'Say "when", it\'s = <5> & more; {x}'


def odd_policy() -> Policy:
    """One table `Cost/Benefit [a]` with a form of sixty-odd fields, and one of the same title."""
    kinds = PolicyList(
        id=LONG_ID,
        title="Kinds",
        items=(
            ListItem(value='The "big" one', guidance='Ask: "how big?" ' + "and then some more " * 30),
            ListItem(value="What?*~"),
            ListItem(value="What else"),
            ListItem(value="x" * 255),
            *(ListItem(value=f"Kind {number}") for number in range(300)),
        ),
    )
    fields = [
        PolicyField(id="key", label="Key"),
        PolicyField(id="kind", label='"Kind" & sort', enum=LONG_ID, required=True),
        PolicyField(id="kinds", label="Kinds; several", enum=LONG_ID, multiple=True),
        PolicyField(id="agreed", label="Agreed?", type=FieldType.BOOLEAN),
        PolicyField(id="amount", label="=Amount+1", type=FieldType.NUMBER),
        PolicyField(id="status", label="@Status", default='A "default"'),
        PolicyField(id=LONG_ID, label=_QUOTED, help='Type "what" you like. ' * 30),
        PolicyField(id="body", label="Body", max_length=4000, help="h"),
        *(PolicyField(id=f"more_{number}", label=f"More {number}") for number in range(55)),
    ]
    table = PolicyTable(
        id=LONG_ID, name="Costs", title="Cost/Benefit [a]", key="key", key_format="C-{:03d}", fields=tuple(fields)
    )
    twin = PolicyTable(
        id="twin",
        name="Twins",
        title="Cost/Benefit [a]",
        key="key",
        key_format="T-{:03d}",
        fields=(fields[0], fields[6]),
    )
    every = tuple(item.value for item in kinds.items)
    conditions = (
        _when("big", "kind", ('The "big" one',), LONG_ID),
        _when("several", "kinds", ("What?*~",), "more_1"),
        _when("agreed", "agreed", ("TRUE",), "more_2"),
        _when("amount", "amount", ("10.5",), "more_3"),
        _when("default", "status", ('A "default"',), "more_4"),
        _when("many", "kind", every, "more_5"),
        Condition(
            id="either", table=LONG_ID, fields=("more_6", "more_7"), must=Must.ONE_FILLED,
            when=(When(field="kind", test=WhenIs.FILLED),),
        ),
    )  # fmt: skip
    return Policy(
        settings=Settings(organisation='The "Odd" & Co'),
        lists=(kinds,),
        tables=(table, twin),
        conditions=conditions,
    )


def _when(name: str, field: str, values: tuple[str, ...], needed: str) -> Condition:
    return Condition(
        id=name, table=LONG_ID, when=(When(field=field, values=values),), fields=(needed,), must=Must.FILLED
    )
