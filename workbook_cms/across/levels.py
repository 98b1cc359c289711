"""The levels of agreement as SQL: what `validation.duplicates.comparators` says of two values, said to a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from validation.duplicates.comparators import Level
from validation.policy import Kind

__all__ = ["DIALECTS", "Dialect", "conditions"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a database calls the likeness of two texts.

    Attributes:
        likeness: Jaro-Winkler similarity.
        steps: Letters inserted, dropped, changed or swapped with a neighbour.
        overlap: Whether two lists have something in common.
        includes: Template of whether the list ``all`` has everything that ``some`` has.
    """

    likeness: str
    steps: str
    overlap: str
    includes: str


DIALECTS = {
    "duckdb": Dialect(
        "jaro_winkler_similarity", "damerau_levenshtein", "list_has_any", "list_has_all({all}, {some})"
    ),
    "spark": Dialect(
        "jaro_winkler", "damerau_levenshtein", "arrays_overlap", "size(array_except({some}, {all})) = 0"
    ),
}


def conditions(kind: Kind, name: str, dialect: Dialect) -> list[tuple[Level, str]]:
    """Levels of a kind and when two values agree so, the first that holds counts; EXACT stands first.

    Args:
        kind: What the field is.
        name: Name of the column; `helpers` stand beside it as ``NAME__SUFFIX``.
        dialect: Of the database.
    """
    given = _Sql(name, dialect)
    return [(Level.EXACT, f"{name}_l = {name}_r"), *_LEVELS[kind](given)]


@dataclass(frozen=True, slots=True)
class _Sql:
    """Conditions on the two values of a column."""

    name: str
    dialect: Dialect

    def side(self, side: str, suffix: str = "") -> str:
        return f"{self.name}{suffix}_{side}"

    def both(self, template: str, suffix: str = "") -> str:
        return template.format(l=self.side("l", suffix), r=self.side("r", suffix))

    def same(self, suffix: str) -> str:
        return self.both("{l} = {r}", f"__{suffix}")

    def overlap(self, suffix: str) -> str:
        return f"{self.dialect.overlap}({self.side('l', suffix)}, {self.side('r', suffix)})"

    def one_within(self, suffix: str) -> str:
        """One list has all that the other one has."""
        sides = self.side("l", suffix), self.side("r", suffix)
        ways = (self.dialect.includes.format(all=a, some=b) for a, b in (sides, sides[::-1]))
        return f"({' OR '.join(ways)})"

    def alike(self, least: float, suffix: str = "") -> str:
        return f"{self.dialect.likeness}({self.side('l', suffix)}, {self.side('r', suffix)}) >= {least}"

    def steps(self, most: int) -> str:
        return f"{self.dialect.steps}({self.side('l')}, {self.side('r')}) <= {most}"

    def shortest(self, least: int) -> str:
        return self.both(f"length({{l}}) >= {least} AND length({{r}}) >= {least}")


def _texts(sql: _Sql) -> list[tuple[Level, str]]:
    return [(Level.CLOSE, sql.alike(0.9)), (Level.SIMILAR, sql.alike(0.8))]


def _names(sql: _Sql) -> list[tuple[Level, str]]:
    close, similar = _texts(sql)
    one_letter = sql.both("least(length({l}), length({r})) = 1 AND substr({l}, 1, 1) = substr({r}, 1, 1)")
    ends = sql.both("({l} LIKE '%' || {r} OR {r} LIKE '%' || {l})")
    return [
        close,
        (Level.INITIAL, one_letter),
        (Level.WITHIN, f"{sql.shortest(4)} AND {ends}"),
        (Level.SOUND, sql.same("sound")),
        similar,
    ]


def _given_names(sql: _Sql) -> list[tuple[Level, str]]:
    *before, similar = _names(sql)
    return [*before, (Level.NICKNAME, sql.overlap("__forms")), similar]


def _full_names(sql: _Sql) -> list[tuple[Level, str]]:
    # Near what our own comparator says, which looks at each word of one name beside each of the other.
    close, similar = _texts(sql)
    sides = (("l", "r"), ("r", "l"))
    shortened = " OR ".join(
        f"{sql.side(other, '__initials')} LIKE {sql.side(one, '__short')} || '%'" for one, other in sides
    )
    two_words = sql.both("{l} LIKE '% %' AND {r} LIKE '% %'")
    return [
        close,
        (Level.INITIAL, shortened),
        (Level.WITHIN, f"{two_words} AND {sql.one_within('__words')}"),
        (Level.NICKNAME, f"{sql.overlap('__words')} AND {sql.overlap('__forms')}"),
        similar,
    ]


def _organisations(sql: _Sql) -> list[tuple[Level, str]]:
    # Our own comparator counts letters dropped and inserted only, which no database does.
    steps, both = f"{sql.dialect.steps}({{l}}, {{r}})", "(length({l}) + length({r}))"
    acronym = [f"{sql.side(a, '__acronym')} = {sql.side(b, '__letters')}" for a, b in (("l", "r"), ("r", "l"))]
    longest = sql.both("greatest(length({l}), length({r})) >= 4")
    return [
        (Level.CLOSE, sql.both(f"{steps} <= 0.1 * {both}")),
        (Level.WITHIN, f"{longest} AND {sql.one_within('__words')}"),
        (Level.ACRONYM, " OR ".join(acronym)),
        (Level.SIMILAR, sql.both(f"{steps} <= 0.2 * {both}")),
    ]


def _streets(sql: _Sql) -> list[tuple[Level, str]]:
    same_number = f"coalesce({sql.overlap('__numbers')}, true)"
    return [
        (Level.CLOSE, f"{sql.alike(0.9)} AND {same_number}"),
        (Level.SIMILAR, f"{sql.alike(0.9)} OR ({sql.alike(0.8)} AND {same_number})"),
    ]


def _street_numbers(sql: _Sql) -> list[tuple[Level, str]]:
    unit = sql.both("{l} <> {r}", "__unit")
    return [*_numbers(sql), (Level.WITHIN, f"{unit} AND {sql.same('house')}")]


def _dates(sql: _Sql) -> list[tuple[Level, str]]:
    year, month, day = (sql.same(part) for part in ("year", "month", "day"))
    month_l, month_r, day_l, day_r = (sql.side(s, f"__{part}") for part in ("month", "day") for s in "lr")
    two = " OR ".join(f"({one} AND {other})" for one, other in ((year, month), (year, day), (month, day)))
    return [
        (Level.DAY_MONTH, f"{year} AND {month_l} = {day_r} AND {day_l} = {month_r}"),
        (Level.ONE_OFF, sql.steps(1)),
        (Level.PARTS, two),
        (Level.PART, year),
    ]


def _phones(sql: _Sql) -> list[tuple[Level, str]]:
    long = sql.shortest(6)
    return [(Level.PART, f"{long} AND {sql.same('tail')}"), (Level.ONE_OFF, f"{long} AND {sql.steps(1)}")]


def _emails(sql: _Sql) -> list[tuple[Level, str]]:
    return [(Level.PART, sql.same("head")), (Level.CLOSE, sql.steps(2)), (Level.SIMILAR, sql.alike(0.92))]


def _identifiers(sql: _Sql) -> list[tuple[Level, str]]:
    return [
        (Level.ONE_OFF, f"{sql.shortest(4)} AND {sql.steps(1)}"),
        (Level.CLOSE, f"{sql.shortest(6)} AND {sql.steps(2)}"),
    ]


def _numbers(sql: _Sql) -> list[tuple[Level, str]]:
    return [(Level.ONE_OFF, sql.both("greatest(length({l}), length({r})) >= 2 AND ") + sql.steps(1))]


def _categories(_sql: _Sql) -> list[tuple[Level, str]]:
    return []


_LEVELS: dict[Kind, Callable[[_Sql], list[tuple[Level, str]]]] = {
    Kind.GIVEN_NAME: _given_names,
    Kind.FAMILY_NAME: _names,
    Kind.FULL_NAME: _full_names,
    Kind.ORGANISATION: _organisations,
    Kind.DATE: _dates,
    Kind.PHONE: _phones,
    Kind.EMAIL: _emails,
    Kind.IDENTIFIER: _identifiers,
    Kind.STREET_NUMBER: _street_numbers,
    Kind.STREET: _streets,
    Kind.PLACE: _texts,
    Kind.POSTCODE: _numbers,
    Kind.CATEGORY: _categories,
    Kind.TEXT: _texts,
}
