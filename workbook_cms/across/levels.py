"""The levels of agreement as SQL: what `validation.duplicates.comparators` says of two values, said to a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from validation.duplicates.columns import Column, Texts
from validation.duplicates.comparators import Level
from validation.policy import Kind

__all__ = ["DIALECTS", "Dialect", "conditions", "helpers"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a database calls the likeness of two texts.

    Attributes:
        likeness: Jaro-Winkler similarity.
        steps: Letters inserted, dropped, changed or swapped with a neighbour.
    """

    likeness: str
    steps: str


DIALECTS = {
    "duckdb": Dialect("jaro_winkler_similarity", "damerau_levenshtein"),
    "spark": Dialect("jaro_winkler", "damerau_levenshtein"),
}


def helpers(column: Column) -> dict[str, Texts]:
    """What the levels of a column need beside its values, by suffix: one text a different value, None for nothing."""
    return {suffix: make(column) for suffix, make in _HELPERS.get(column.kind, {}).items()}


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
    return [close, (Level.INITIAL, one_letter), (Level.SOUND, sql.same("sound")), similar]


def _full_names(sql: _Sql) -> list[tuple[Level, str]]:
    # Near what our own comparator does, which looks at all words: here the longest one must be the same.
    close, similar = _texts(sql)
    sides = (("l", "r"), ("r", "l"))
    shortened = " OR ".join(
        f"{sql.side(other, '__initials')} LIKE {sql.side(one, '__short')} || '%'" for one, other in sides
    )
    return [close, (Level.INITIAL, shortened), similar]


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


def _parts(start: int, end: int) -> Callable[[Column], Texts]:
    def part(column: Column) -> Texts:
        dated = column.dates[:, 0] > 0
        return _kept([t[start:end] if d else "" for t, d in zip(column.texts, dated, strict=True)], column)

    return part


def _kept(texts: Sequence[str], column: Column) -> Texts:
    out = column.texts.copy()
    out[:] = [text or None for text in texts]
    return out


def _initials(column: Column) -> Texts:
    """The longest word of a name, and the first letters of the others."""
    return _kept(
        [" ".join([longest, *(w[0] for w in rest)]) if rest else "" for longest, rest in _words(column)], column
    )


def _short(column: Column) -> Texts:
    """The same, of names that have nothing but letters beside their longest word."""
    return _kept(
        [
            " ".join([longest, *rest]) if rest and all(len(w) == 1 for w in rest) else ""
            for longest, rest in _words(column)
        ],
        column,
    )


def _words(column: Column) -> Iterator[tuple[str, list[str]]]:
    for text in column.texts:
        words = text.split()
        longest = max(words, key=lambda w: (len(w), w), default="")
        yield longest, sorted(w for w in words if w != longest) if len(longest) > 1 else []


_LEVELS: dict[Kind, Callable[[_Sql], list[tuple[Level, str]]]] = {
    Kind.GIVEN_NAME: _names,
    Kind.FAMILY_NAME: _names,
    Kind.FULL_NAME: _full_names,
    Kind.ORGANISATION: _texts,
    Kind.DATE: _dates,
    Kind.PHONE: _phones,
    Kind.EMAIL: _emails,
    Kind.IDENTIFIER: _identifiers,
    Kind.STREET_NUMBER: _numbers,
    Kind.STREET: _texts,
    Kind.PLACE: _texts,
    Kind.POSTCODE: _numbers,
    Kind.CATEGORY: _categories,
    Kind.TEXT: _texts,
}


def _sounds(column: Column) -> Texts:
    return _kept([s if len(s) > 2 else "" for s in column.sounds], column)


_HELPERS: dict[Kind, dict[str, Callable[[Column], Texts]]] = {
    Kind.GIVEN_NAME: {"sound": _sounds},
    Kind.FAMILY_NAME: {"sound": _sounds},
    Kind.FULL_NAME: {"initials": _initials, "short": _short},
    Kind.DATE: {"year": _parts(0, 4), "month": _parts(4, 6), "day": _parts(6, 8)},
    Kind.PHONE: {"tail": lambda column: column.tails},
    Kind.EMAIL: {"head": lambda column: column.heads},
}
