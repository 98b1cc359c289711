"""What a database needs beside a value to tell how it agrees with another: worked out here, once a different value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from validation.duplicates.nicknames import full_names_of
from validation.policy import Kind

if TYPE_CHECKING:
    from validation.duplicates.columns import Column, Texts

__all__ = ["LISTS", "helpers"]

#: Suffixes of the helpers that are lists of texts.
LISTS = ("forms", "numbers", "words")


def helpers(column: Column) -> dict[str, Texts]:
    """What the levels of a column need beside its values, by suffix.

    Each holds one text, or list of texts, a different value; None where the value has nothing of the kind.
    """
    return {suffix: make(column) for suffix, make in _HELPERS.get(column.kind, {}).items()}


def _kept(column: Column, made: Iterable[object]) -> Texts:
    out = column.texts.copy()
    for place, one in enumerate(made):
        out[place] = one or None
    return out


def _sounds(column: Column) -> Texts:
    return _kept(column, (s if len(s) > 2 else "" for s in column.sounds))


def _forms(column: Column) -> Texts:
    return _kept(column, (sorted(forms) if forms else None for forms in column.nicknames))


def _numbers(column: Column) -> Texts:
    return _kept(column, (sorted(numbers) if numbers else None for numbers in column.numbers))


def _words(column: Column) -> Texts:
    return _kept(column, (text.split() for text in column.texts))


def _longest(column: Column) -> Iterator[tuple[str, list[str]]]:
    """The longest word of each name, and the others in order."""
    for text in column.texts:
        words = text.split()
        longest = max(words, key=lambda w: (len(w), w), default="")
        yield longest, sorted(w for w in words if w != longest) if len(longest) > 1 else []


def _initials(column: Column) -> Texts:
    """The longest word of a name, and the first letters of the others."""
    return _kept(
        column, (" ".join([longest, *(w[0] for w in rest)]) if rest else "" for longest, rest in _longest(column))
    )


def _short(column: Column) -> Texts:
    """The same, of names that have nothing but letters beside their longest word."""
    return _kept(
        column,
        (
            " ".join([longest, *rest]) if rest and all(len(w) == 1 for w in rest) else ""
            for longest, rest in _longest(column)
        ),
    )


def _name_forms(column: Column) -> Texts:
    """All that the words of a full name may stand for; None where none of them is a short or full form."""
    made = ({form for word in text.split() for form in full_names_of(word) or ()} for text in column.texts)
    return _kept(column, map(sorted, made))


def _acronyms(column: Column) -> Texts:
    """The first letters of a firm's words, in order of the alphabet."""
    names = (text.split() for text in column.texts)
    return _kept(column, ("".join(sorted(w[0] for w in words)) if len(words) > 2 else "" for words in names))


def _letters(column: Column) -> Texts:
    """The letters of a firm's only word, in order of the alphabet."""
    return _kept(column, ("".join(sorted(t)) if len(t) > 2 and " " not in t else "" for t in column.texts))


def _house(column: Column) -> Texts:
    """The house of an address with a unit in it; every other number is a house."""
    return _kept(column, (text.split()[-1] for text in column.texts))


def _units(column: Column) -> Texts:
    return _kept(column, ("yes" if unit else "no" for unit in column.units))


def _part(start: int, end: int) -> Callable[[Column], Texts]:
    def part(column: Column) -> Texts:
        dated = column.dates[:, 0] > 0
        return _kept(column, (t[start:end] if d else "" for t, d in zip(column.texts, dated, strict=True)))

    return part


_HELPERS: dict[Kind, dict[str, Callable[[Column], Texts]]] = {
    Kind.GIVEN_NAME: {"sound": _sounds, "forms": _forms},
    Kind.FAMILY_NAME: {"sound": _sounds},
    Kind.FULL_NAME: {"initials": _initials, "short": _short, "forms": _name_forms, "words": _words},
    Kind.ORGANISATION: {"acronym": _acronyms, "letters": _letters, "words": _words},
    Kind.DATE: {"year": _part(0, 4), "month": _part(4, 6), "day": _part(6, 8)},
    Kind.PHONE: {"tail": lambda column: column.tails},
    Kind.EMAIL: {"head": lambda column: column.heads},
    Kind.STREET_NUMBER: {"house": _house, "unit": _units},
    Kind.STREET: {"numbers": _numbers},
}
