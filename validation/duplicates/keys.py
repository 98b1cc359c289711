"""What brings records together: the features that all records of a block have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from validation.duplicates.columns import FEATURES, recode
from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from validation.duplicates.columns import Codes, Column

__all__ = ["Key", "feature_codes", "has_few", "in_order", "joint", "key_codes", "keys_of", "ordering", "others_of"]


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
        hint: Whether two records that share it have too little in common to be compared for that alone, where many
            share it: beginnings and birthdays, not a whole name, number or address of one's own.
    """

    parts: tuple[tuple[int, str], ...]
    either_way: bool = False
    hint: bool = True


def keys_of(kinds: Sequence[Kind]) -> list[Key]:
    """The blocking keys that columns of some kinds allow."""
    by_name: dict[str, list[int]] = {}
    for j, kind in enumerate(kinds):
        for name in _OF_KIND[kind]:
            by_name.setdefault(name, []).append(j)
    keys: list[Key] = []
    few = has_few(kinds)
    for names in (*_KEYS, *(_WHERE_FEW if few else ())):
        if not all(name in by_name for name in names):
            continue
        # A key of one feature is tried for each field that has it, a joint one for the first field of each.
        if names[-1] == "category":
            keys += [Key(((by_name[names[0]][0], names[0]), (j, "category"))) for j in by_name["category"]]
        elif len(names) == 1:
            keys += [Key(((j, names[0]),), hint=(kinds[j], names[0]) not in _OWN) for j in by_name[names[0]]]
        else:
            keys.append(Key(tuple((by_name[name][0], name) for name in names)))
    if "given3" in by_name and "family3" in by_name:
        keys.append(Key(((by_name["given3"][0], "given3"), (by_name["family3"][0], "family3")), either_way=True))
    # Where there is nothing else to agree in, a hint is all that can be asked for.
    return [key if key.hint and others_of(kinds, key) else key._replace(hint=False) for key in keys]


def has_few(kinds: Sequence[Kind]) -> bool:
    """Whether names and categories are all that tells records apart: then categories have to bring them together."""
    return not any(kind in _TELLING for kind in kinds)


def others_of(kinds: Sequence[Kind], key: Key) -> list[tuple[int, str]]:
    """What two records that share a hint have to agree in once more: features of the fields that are not in the key."""
    taken, few = {j for j, _ in key.parts}, has_few(kinds)
    return [
        (j, name)
        for j, kind in enumerate(kinds)
        if j not in taken
        for name in (("category",) if few and kind is Kind.CATEGORY else _AGREEING.get(kind, ("whole",)))
    ]


def feature_codes(columns: Sequence[Column]) -> dict[tuple[int, str], npt.NDArray[np.int32]]:
    """For each feature that a key is made of, or that `others_of` asks for, a code a record; -1 where it is blank."""
    kinds = [column.kind for column in columns]
    keys = keys_of(kinds)
    wanted = dict.fromkeys(part for key in keys for part in (*key.parts, *others_of(kinds, key)))
    return {(j, name): _featured(columns[j], name).astype(np.int32) for j, name in wanted}


def key_codes(
    columns: Sequence[Column], features: Mapping[tuple[int, str], npt.NDArray[np.int32]]
) -> Iterator[tuple[Key, Codes]]:
    """Blocking keys of the columns, and for each a code a record (-1: in no block)."""
    for key in keys_of([column.kind for column in columns]):
        codes = [features[part].astype(np.int64) for part in key.parts]
        if key.either_way:
            (given, _), (family, _) = key.parts
            yield key, _either_way(columns[given], columns[family], *codes)
        else:
            yield key, joint(codes)


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
        if int(key.max(initial=0)) >= _WIDEST // width:
            key = np.where(key < 0, -1, pd.factorize(key)[0])
        key = np.where((key < 0) | (other < 0), -1, key * width + other)
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


#: Joint codes stay below this, so that they can be joined with a record's position without overflow.
_WIDEST = 1 << 40
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
#: Whole values that few share but by being one, or of one household or office.
_OWN = frozenset(
    {
        (Kind.FULL_NAME, "whole"),
        (Kind.ORGANISATION, "whole"),
        (Kind.IDENTIFIER, "whole"),
        (Kind.EMAIL, "whole"),
        (Kind.EMAIL, "local"),
        (Kind.PHONE, "last digits"),
    }
)
#: What of a field counts as agreeing in it once more; the whole value where nothing else is said. A category that
#: half of all records share does not count.
_AGREEING: dict[Kind, tuple[str, ...]] = {
    Kind.GIVEN_NAME: ("given3",),
    Kind.FAMILY_NAME: ("family3",),
    Kind.FULL_NAME: ("first word", "last word"),
    Kind.ORGANISATION: ("first word", "last word"),
    Kind.CATEGORY: (),
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
#: Keys of tables that hold no more than names and categories, each category tried.
_WHERE_FEW: tuple[tuple[str, ...], ...] = (("given3", "category"), ("family3", "category"))
#: Kinds that tell more than a category does.
_TELLING = frozenset(
    {
        Kind.DATE,
        Kind.PHONE,
        Kind.EMAIL,
        Kind.IDENTIFIER,
        Kind.STREET,
        Kind.STREET_NUMBER,
        Kind.PLACE,
        Kind.POSTCODE,
    }
)
