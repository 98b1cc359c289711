"""Policies made up by hypothesis, and policy tables as the reader would give them."""

from __future__ import annotations

from hypothesis import strategies as st

from validation import policy as model
from workbook_cms.file.reader import RawTable
from workbook_cms.policies.sheets import TITLES, to_tables

IDS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"))
#: What people write: any script, and all that YAML or the sheets could stumble over.
TEXTS = st.one_of(
    st.text(LETTERS, max_size=12),
    st.sampled_from(
        [
            "No",
            "on",
            "1-2",
            "2026-11-05",
            "~",
            "null",
            "a; b",
            '"',
            '""',
            " x ",
            "5",
            "=1+1",
            "# x",
            "a: b",
            "- a",
            "x\ny",
        ]
    ),
)
LABELS = TEXTS.map(lambda text: text.replace("\n", " ").strip()).filter(bool)


def unique(ids: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Different ids."""
    return st.lists(ids, min_size=least, max_size=most, unique=True)


@st.composite
def fields(draw: st.DrawFn, name: str, lists: list[str], tables: list[str]) -> model.PolicyField:
    """A field with any of its parts set."""
    bounds = st.one_of(st.none(), st.floats(-1e9, 1e9), st.sampled_from(["2026-11-05", "@today", "@today-30"]))
    return model.PolicyField(
        id=name,
        label=draw(LABELS),
        type=draw(st.sampled_from(model.FieldType)),
        format=draw(st.sampled_from(model.FieldFormat)),
        required=draw(st.booleans()),
        unique=draw(st.booleans()),
        pattern=draw(TEXTS),
        minimum=draw(bounds),
        maximum=draw(bounds),
        min_length=draw(st.none() | st.integers(0, 99)),
        max_length=draw(st.none() | st.integers(1, 32767)),
        enum=draw(st.none() | st.sampled_from(lists)) if lists else None,
        multiple=draw(st.booleans()),
        foreign_key=draw(st.none() | st.sampled_from(tables)),
        naming=draw(st.sampled_from(model.Convention)),
        check_digit=draw(st.sampled_from(["", "luhn", "damm"])),
        normalise=tuple(draw(st.lists(st.sampled_from(model.Normaliser), max_size=3))),
        default=draw(TEXTS),
        section=draw(TEXTS),
        help=draw(TEXTS),
        example=draw(TEXTS),
        sensitivity=draw(st.sampled_from(model.Sensitivity)),
        retired=draw(st.booleans()),
        locked=draw(st.booleans()),
        width=draw(st.floats(0.5, 255)),
    )


@st.composite
def policies(draw: st.DrawFn) -> model.Policy:
    """A policy whose references hold, in any other respect as odd as may be."""
    lists, tables = draw(unique(IDS, 0, 3)), draw(unique(IDS, 1, 3))
    names = {table: draw(unique(IDS, 1, 4)) for table in tables}
    action = st.sampled_from(model.Action)

    def field_of(table: str) -> st.SearchStrategy[str]:
        return st.sampled_from(names[table])

    items = st.builds(
        model.ListItem,
        value=LABELS,
        active=st.booleans(),
        kpi=TEXTS,
        guidance=TEXTS,
        login=TEXTS,
        stage=st.sampled_from(model.Stage),
    )
    conditions, matches, attributions = [], [], []
    for name in draw(unique(IDS, 0, 2)):
        table = draw(st.sampled_from(tables))
        when = st.builds(
            model.When,
            field=field_of(table),
            test=st.sampled_from(model.WhenIs),
            values=st.lists(TEXTS, max_size=3).map(tuple),
        )
        conditions.append(
            model.Condition(
                id=name,
                table=table,
                when=tuple(draw(st.lists(when, max_size=2))),
                fields=tuple(draw(unique(field_of(table), 1, 2))) if len(names[table]) > 1 else (names[table][0],),
                must=draw(st.sampled_from(model.Must)),
                values=tuple(draw(st.lists(TEXTS, max_size=2))),
                other=draw(st.none() | field_of(table)),
                message=draw(TEXTS),
                warning=draw(st.booleans()),
            )
        )
        match_field = st.builds(
            model.MatchField,
            field=field_of(table),
            kind=st.sampled_from(model.Kind),
            strength=st.sampled_from(model.Strength),
        )
        matches.append(
            model.MatchRule(
                id=name,
                table=table,
                fields=tuple(draw(st.lists(match_field, min_size=1, max_size=2))),
                exact=draw(st.booleans()),
                threshold=draw(st.floats(0.5, 0.999)),
                on_add=draw(action),
                on_update=draw(action),
                on_import=draw(action),
            )
        )
        other = draw(st.sampled_from(tables))
        clue = model.AttributionClue(
            field=draw(field_of(table)),
            kind=draw(st.sampled_from(model.Kind)),
            table=other,
            targets=tuple(draw(st.lists(field_of(other), min_size=1, max_size=2))),
            owner=draw(st.none() | field_of(other)),
        )
        attributions.append(
            model.Attribution(
                id=name, table=table, reference=draw(field_of(table)), clues=(clue, clue), on_doubt=draw(action)
            )
        )
    return model.Policy(
        template=draw(TEXTS),
        settings=model.Settings(
            organisation=draw(LABELS),
            region="NZ",
            date_order=draw(st.sampled_from(model.DateOrder)),
            stale_after_days=draw(st.integers(1, 36500)),
            save_policy=draw(st.sampled_from(model.SavePolicy)),
            read_only_recommended=draw(st.booleans()),
        ),
        lists=tuple(
            model.PolicyList(id=name, title=draw(LABELS), items=tuple(draw(st.lists(items, max_size=3))))
            for name in lists
        ),
        tables=tuple(
            model.PolicyTable(
                id=table,
                name=f"T{index}_{table}",
                title=draw(LABELS),
                key=names[table][0],
                key_format=draw(TEXTS),
                activity_date=draw(st.none() | field_of(table)),
                status=draw(st.none() | field_of(table)),
                sign_off=draw(st.none() | field_of(table)),
                due_date=draw(st.none() | field_of(table)),
                owner=draw(st.none() | field_of(table)),
                fields=tuple(draw(fields(name, lists, tables)) for name in names[table]),
            )
            for index, table in enumerate(tables)
        ),
        conditions=tuple(conditions),
        matches=tuple(matches),
        attributions=tuple(attributions),
    )


def raw_tables(policy: model.Policy) -> dict[str, RawTable]:
    """The policy's tables as the reader gives them, headers in row 3."""
    found = {}
    for table in to_tables(policy):
        labels = [column.label for column in table.columns]
        cells = [[row.get(label) for label in labels] for row in table.rows]
        letters = [chr(65 + index) for index in range(len(labels))]
        rows = range(4, 4 + len(cells))
        found[table.name] = RawTable(table.name, TITLES[table.name], labels, cells, rows, letters)
    return found


def cell_of(raw: RawTable, heading: str, /, **found_by: str) -> tuple[list[object], int]:
    """The row that has these values (heading -> value), and the position of ``heading`` in it."""
    wanted = {name.replace("_", " ").capitalize(): value for name, value in found_by.items()}
    for row in raw.cells:
        if all(row[raw.columns.index(name)] == value for name, value in wanted.items()):
            return row, raw.columns.index(heading)
    raise AssertionError(f"no row with {wanted}")
