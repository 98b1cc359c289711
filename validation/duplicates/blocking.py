"""Which pairs are worth comparing: those that agree on one of several keys, so that work grows with the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from validation.duplicates.columns import FEATURES, recode
from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from validation.duplicates.columns import Codes, Column

__all__ = [
    "LARGEST",
    "NEIGHBOURS",
    "Candidates",
    "Key",
    "Oversized",
    "between",
    "few",
    "joint",
    "keys_of",
    "ordering",
    "within",
]

#: A block of more records than this is not compared each with each.
LARGEST = 60
#: In such a block each record is compared with so many neighbours to either side.
NEIGHBOURS = 8
#: Up to so many pairs, all are compared and no block is needed.
FEW = 500_000


@dataclass(frozen=True, slots=True)
class Oversized:
    """A block too large to compare each record with each.

    Attributes:
        fields: Names of the fields that make its key.
        record: Position of one of its records.
        records: How many records it holds.
    """

    fields: tuple[str, ...]
    record: int
    records: int


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs worth comparing, by positions, each once; ``left`` comes before ``right`` in the table.

    ``oversized`` says which blocks were compared only in part.
    """

    left: Codes
    right: Codes
    oversized: tuple[Oversized, ...] = ()


def few(records: int) -> bool:
    """Whether so many records are compared each with each; a check and an entry answer alike."""
    return records * (records - 1) // 2 <= FEW


def within(columns: Sequence[Column]) -> Candidates:
    """Pairs of records of one table."""
    records = len(columns[0].codes) if columns else 0
    if few(records):
        left, right = np.triu_indices(records, k=1)
        return Candidates(left.astype(np.int64), right.astype(np.int64))
    neighbours = _order(columns)
    packed, oversized = [], []
    for fields, key in _keys(columns):
        at = neighbours[key[neighbours] >= 0]
        at = at[np.argsort(key[at], kind="stable")]
        starts, sizes = _blocks(key[at])
        packed.append(_pairs_in_blocks(at, starts, sizes, records))
        oversized += [
            Oversized(fields, int(at[starts[i]]), int(sizes[i])) for i in np.flatnonzero(sizes > LARGEST)
        ]
    return _unpack(packed, records, oversized)


def between(columns: Sequence[Column], first: int) -> Candidates:
    """Pairs with at least one of the records from position ``first`` on (those on their way in)."""
    records = len(columns[0].codes) if columns else 0
    new = np.arange(first, records, dtype=np.int64)
    if few(records):
        left, right = (a.ravel() for a in np.meshgrid(np.arange(records, dtype=np.int64), new, indexing="ij"))
        keep = left < right
        return Candidates(left[keep], right[keep])
    if len(new) == 1:
        return _with_one(columns, first)
    neighbours = _order(columns)
    packed, oversized = [], []
    for fields, key in _keys(columns):
        wanted = np.zeros(int(key.max(initial=-1)) + 2, dtype=bool)
        wanted[key[new]] = True
        wanted[-1] = False  # the place that code -1, a blank, looks at
        at = neighbours[wanted[key[neighbours]]]
        at = at[np.argsort(key[at], kind="stable")]
        starts, sizes = _blocks(key[at])
        pairs = _pairs_with_new(at, starts, sizes, first)
        packed.append(np.minimum(*pairs) * records + np.maximum(*pairs))
        oversized += [
            Oversized(fields, int(at[starts[i]]), int(sizes[i])) for i in np.flatnonzero(sizes > LARGEST)
        ]
    return _unpack(packed, records, oversized)


def _with_one(columns: Sequence[Column], one: int) -> Candidates:
    """Pairs of the last record with others: its blocks alone are gathered, which takes a third of the time."""
    like: dict[tuple[int, str], npt.NDArray[np.bool_]] = {}
    packed, oversized = [], []
    for key in keys_of([column.kind for column in columns]):
        if any(columns[j].codes[one] < 0 for j, _ in key.parts):
            continue
        if key.either_way:
            (given, _), (family, _) = key.parts
            block = _like_either_way(columns[given], columns[family], one)
        else:
            for j, name in key.parts:
                if (j, name) not in like:
                    like[j, name] = _like(columns[j], name, one)
            block = np.logical_and.reduce([like[part] for part in key.parts])
        at = np.flatnonzero(block)
        if not block[one]:
            continue  # it is blank in this feature
        if len(at) > LARGEST:
            neighbours = _order(columns)
            at = neighbours[block[neighbours]]
            oversized.append(Oversized(tuple(columns[j].name for j, _ in key.parts), int(at[0]), len(at)))
        pairs = _pairs_with_new(at, np.zeros(1, dtype=np.int64), np.array([len(at)]), one)
        packed.append(np.minimum(*pairs) * (one + 1) + np.maximum(*pairs))
    return _unpack(packed, one + 1, oversized)


def _like(column: Column, name: str, one: int) -> npt.NDArray[np.bool_]:
    """Which records are like one in a feature of their value; none where it has no such feature."""
    made = column.sounds.tolist() if name.endswith(" sound") else FEATURES[name](column.texts.tolist())
    wanted = made[column.codes[one]]
    if not wanted:
        return np.zeros(len(column.codes), dtype=bool)
    found: npt.NDArray[np.bool_] = _equal(made, wanted)[column.codes]
    return found


def _equal(texts: Sequence[str], wanted: str) -> npt.NDArray[np.bool_]:
    return np.append(np.array(texts, dtype=object) == wanted, False)  # the last answers for code -1


def _like_either_way(given: Column, family: Column, one: int) -> npt.NDArray[np.bool_]:
    """Which records have names that begin as those of one, whichever stands in front."""
    wanted = [column.texts[column.codes[one]][:3] for column in (given, family)]
    first, last = (
        [_equal(beginnings, beginning)[column.codes] for beginning in wanted]
        for column in (given, family)
        for beginnings in ([text[:3] for text in column.texts],)
    )
    found: npt.NDArray[np.bool_] = (first[0] & last[1]) | (first[1] & last[0])
    return found


def _blocks(key: Codes) -> tuple[Codes, Codes]:
    """Start and size of each run of equal values in a sorted array."""
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.empty(0, dtype=np.int64)
    return starts, np.diff(np.r_[starts, len(key)])


def _pairs_in_blocks(at: Codes, starts: Codes, sizes: Codes, records: int) -> Codes:
    """Pairs of records of one block, packed: each with each, or with its neighbours in an oversized block."""
    reach = np.where(sizes > LARGEST, NEIGHBOURS, sizes - 1)
    ends, reach = np.repeat(starts + sizes, sizes), np.repeat(reach, sizes)
    here = np.arange(len(at))
    out = [np.empty(0, dtype=np.int64)]
    for step in range(1, LARGEST):
        here = here[(here + step < ends[here]) & (reach[here] >= step)]
        if not len(here):
            break
        one, other = at[here], at[here + step]
        out.append(np.minimum(one, other) * records + np.maximum(one, other))
    return np.concatenate(out)


def _pairs_with_new(at: Codes, starts: Codes, sizes: Codes, first: int) -> tuple[Codes, Codes]:
    """Each new record of a block with every other of it, or with its neighbours in an oversized block."""
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    here = np.flatnonzero(at >= first)
    low, high = start[here], start[here] + size[here]
    large = size[here] > LARGEST
    low = np.where(large, np.maximum(low, here - NEIGHBOURS), low)
    high = np.where(large, np.minimum(high, here + NEIGHBOURS + 1), high)
    many = high - low
    one = np.repeat(here, many)
    other = np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
    keep = one != other
    return at[one[keep]], at[other[keep]]


def _unpack(packed: list[Codes], records: int, oversized: list[Oversized]) -> Candidates:
    # Sorted by hand: np.unique takes five times as long on so many.
    pairs = np.sort(np.concatenate([np.full(1, -1, dtype=np.int64), *packed]))
    pairs = pairs[1:][pairs[1:] != pairs[:-1]]
    return Candidates(pairs // records, pairs % records, tuple(oversized))


def ordering(kinds: Sequence[Kind]) -> list[int]:
    """The columns that records alike stand near each other by: family name, given name, and so on."""
    liked = [Kind.FAMILY_NAME, Kind.FULL_NAME, Kind.ORGANISATION, Kind.GIVEN_NAME, Kind.DATE, Kind.STREET]
    return sorted((j for j, kind in enumerate(kinds) if kind in liked), key=lambda j: liked.index(kinds[j]))


def _order(columns: Sequence[Column]) -> Codes:
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


def _keys(columns: Sequence[Column]) -> Iterator[tuple[tuple[str, ...], Codes]]:
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
