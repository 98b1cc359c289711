"""What brings records together: the features that all records of a block have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from validation.duplicates.columns import FEATURES, recode
from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from validation.duplicates.columns import Codes, Column

__all__ = ["Key", "in_order", "joint", "key_codes", "keys_of", "ordering"]


def ordering(kinds: Sequence[Kind]) -> list[int]:
    """The columns that records alike stand near each other by: family name, given name, and so on."""
    liked = [Kind.FAMILY_NAME, Kind.FULL_NAME, Kind.ORGANISATION, Kind.GIVEN_NAME, Kind.DATE, Kind.STREET]
    return sorted((j for j, kind in enumerate(kinds) if kind in liked), key=lambda j: liked.index(kinds[j]))


def in_order(columns: Sequence[Column]) -> Codes:
    """Records in the order in which those alike stand near each other; blank ones last."""
    ranks = []
    for column in (columns[j] for j in ordering([c.kind for c in columns])):
        rank = np.empty(len(column.texts) + 1, dtype=np.int64)
        rank[np.argsort(column.texts, kind="stable")] = np.arange(len(column.texts))
        rank[-1] = len(column.texts)
        ranks.append(rank[column.codes])
    return np.lexsort(ranks[::-1]) if ranks else np.arange(len(columns[0].codes), dtype=np.int64)


class Key(NamedTuple):
    """What makes records of one block: features that all have to be the same.

    Attributes:
        parts: (Position of the column, name of the feature) of each.
        either_way: Of the two, whichever stands in front: given and family name may have changed places.
    """

    parts: tuple[tuple[int, str], ...]
    either_way: bool = False


def keys_of(kinds: Sequence[Kind]) -> list[Key]:
    """The blocking keys that columns of some kinds allow."""
    by_name: dict[str, list[int]] = {}
    for j, kind in enumerate(kinds):
        for name in _OF_KIND[kind]:
            by_name.setdefault(name, []).append(j)
    keys: list[Key] = []
    for names in _KEYS:
        if not all(name in by_name for name in names):
            continue
        # A key of one feature is tried for each field that has it, a joint one for the first field of each.
        if len(names) == 1:
            keys += [Key(((j, names[0]),)) for j in by_name[names[0]]]
        else:
            keys.append(Key(tuple((by_name[name][0], name) for name in names)))
    if "given3" in by_name and "family3" in by_name:
        keys.append(Key(((by_name["given3"][0], "given3"), (by_name["family3"][0], "family3")), either_way=True))
    return keys


def key_codes(columns: Sequence[Column]) -> Iterator[tuple[tuple[str, ...], Codes]]:
    """Blocking keys of the columns: the fields' names, and a code a record (-1: in no block)."""
    made: dict[tuple[int, str], Codes] = {}
    for key in keys_of([column.kind for column in columns]):
        for j, name in key.parts:
            if (j, name) not in made:
                made[j, name] = _featured(columns[j], name)
        names = tuple(columns[j].name for j, _ in key.parts)
        codes = [made[part] for part in key.parts]
        if key.either_way:
            (given, _), (family, _) = key.parts
            yield names, _either_way(columns[given], columns[family], *codes)
        else:
            yield names, joint(codes)


def _featured(column: Column, name: str) -> Codes:
    """A code for a feature of each record's value; -1 where there is none."""
    if name in ("given sound", "family sound"):
        return recode(column.sounds, column.codes)
    texts: list[str] = column.texts.tolist()
    made = FEATURES[name](texts)
    return column.codes if made is texts else recode(made, column.codes)


def joint(codes: list[Codes]) -> Codes:
    """One code for several: equal where all are; -1 where one is blank."""
    key = codes[0]
    for other in codes[1:]:
        width = int(other.max(initial=0)) + 1
        blank = (key < 0) | (other < 0)
        _, key = np.unique(np.where(blank, -1, key * width + other), return_inverse=True)
        key = np.where(blank, -1, key)
    return key


def _either_way(given: Column, family: Column, given3: Codes, family3: Codes) -> Codes:
    """The beginnings of both names, whichever stands in front."""
    texts = np.array([*(t[:3] for t in given.texts), *(t[:3] for t in family.texts)], dtype=object)
    blank = len(texts)
    codes = recode(texts, np.r_[np.where(given.codes < 0, blank, given.codes),
                                np.where(family.codes < 0, blank, family.codes + len(given.texts))])  # fmt: skip
    one, other = codes[: len(given3)], codes[len(family3) :]
    width = int(codes.max(initial=0)) + 1
    key = np.minimum(one, other) * width + np.maximum(one, other)
    return np.where((one < 0) | (other < 0), -1, key)


_OF_KIND: dict[Kind, tuple[str, ...]] = {
    Kind.GIVEN_NAME: ("given3", "given sound"),
    Kind.FAMILY_NAME: ("family3", "family sound"),
    Kind.FULL_NAME: ("whole", "first word", "last word"),
    Kind.ORGANISATION: ("whole", "first word", "last word"),
    Kind.DATE: ("whole", "year", "month and day"),
    Kind.PHONE: ("last digits",),
    Kind.EMAIL: ("whole", "local"),
    Kind.IDENTIFIER: ("whole", "identifier head", "identifier tail"),
    Kind.STREET_NUMBER: ("number",),
    Kind.STREET: ("street4",),
    Kind.PLACE: ("place4",),
    Kind.POSTCODE: ("postcode",),
    Kind.CATEGORY: ("category",),
    Kind.TEXT: (),
}
#: Pairs that agree on all features of one of these are compared. Between them the keys let any one field be wrong.
_KEYS: tuple[tuple[str, ...], ...] = (
    ("whole",),
    ("identifier head",),
    ("identifier tail",),
    ("local",),
    ("last digits",),
    ("family3", "postcode"),
    ("family sound", "given sound"),
    ("number", "street4"),
    ("number", "postcode"),
    ("street4", "place4"),
    ("given3", "year"),
    ("family3", "month and day"),
    ("given3", "postcode"),
    ("given3", "place4"),
    ("family3", "place4"),
    ("first word", "last word"),
    ("first word", "postcode"),
    ("last word", "postcode"),
)
