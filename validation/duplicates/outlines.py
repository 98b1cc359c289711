"""How near two values can be at most, told by eight bytes of each: few pairs have to be compared letter by letter.

An outline holds which letters a value has, its length, and three marks of what else two values may have in common: how
they sound, how they end, the year. Letters that one value has and the other has not bound every measure of likeness.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from validation.duplicates.columns import heads_of
from validation.duplicates.comparators import Level
from validation.duplicates.nicknames import full_names_of
from validation.duplicates.normalising import sound
from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["CONDITIONS", "Outlines", "Sort", "outline_of", "outlines_of", "possible"]

#: By value: letters in the lowest 32 bits, then the length and three marks, a byte each.
Outlines = npt.NDArray[np.uint64]
_Flags = npt.NDArray[np.bool_]

#: First and third mark of a date that is none.
_ANY = 255
#: What a length is taken for that is greater.
_LONGEST = 255
#: Longer values of one's own are not told apart: what `_LONGEST` cuts off of another one could count.
_TOLD = 200
#: Longer phone numbers that are one step apart begin or end with the same three digits.
_HALVED = 7
_LETTERS, _BYTE, _UPPER = np.uint64((1 << 32) - 1), np.uint64(255), np.uint64(32)
_SHIFTS = (40, 48, 56)
_MARKS = [np.uint64(255 << shift) for shift in _SHIFTS]
#: Likeness is worked out with less precision where pairs are compared.
_ROUNDING = 0.005


class _Reach(NamedTuple):
    """From where on values of a kind are close and alike, and how many steps apart they may be; see `comparators`.

    Attributes:
        close: Least likeness of level CLOSE.
        similar: Least likeness of level SIMILAR.
        steps: Most steps of the levels that are told by steps.
    """

    close: float = 2.0
    similar: float = 2.0
    steps: int = -1


_NAME = _Reach(0.9, 0.8)
_REACH = {
    Kind.GIVEN_NAME: _NAME,
    Kind.FAMILY_NAME: _NAME,
    Kind.FULL_NAME: _NAME,
    Kind.ORGANISATION: _Reach(0.86, 0.72),
    Kind.DATE: _Reach(),
    Kind.PHONE: _Reach(steps=1),
    Kind.EMAIL: _Reach(similar=0.92, steps=2),
    Kind.IDENTIFIER: _Reach(steps=2),
    Kind.STREET_NUMBER: _Reach(steps=1),
    Kind.STREET: _NAME,
    Kind.PLACE: _NAME,
    Kind.POSTCODE: _Reach(steps=1),
    Kind.CATEGORY: _Reach(),
    Kind.TEXT: _NAME,
}
#: What `possible` tells of, one after another.
CONDITIONS = ("close", "similar", "steps", "first mark", "second mark", "third mark")
_TELLING: dict[Kind, tuple[tuple[Level, ...], ...]] = {
    Kind.GIVEN_NAME: ((Level.CLOSE,), (Level.SIMILAR, Level.INITIAL), (), (Level.SOUND,), (Level.WITHIN,), ()),
    Kind.FAMILY_NAME: ((Level.CLOSE,), (Level.SIMILAR, Level.INITIAL), (), (Level.SOUND,), (Level.WITHIN,), ()),
    Kind.DATE: (
        (),
        (),
        (),
        (Level.DAY_MONTH, Level.ONE_OFF, Level.PARTS, Level.PART),
        (),
        (Level.ONE_OFF, Level.PARTS),
    ),
    Kind.PHONE: ((), (), (Level.ONE_OFF,), (Level.PART,), (), ()),
    Kind.EMAIL: ((), (Level.SIMILAR,), (Level.CLOSE,), (Level.PART,), (), ()),
    Kind.IDENTIFIER: ((), (), (Level.CLOSE, Level.ONE_OFF), (), (), ()),
    Kind.STREET_NUMBER: ((), (), (Level.ONE_OFF,), (), (), ()),
    Kind.POSTCODE: ((), (), (Level.ONE_OFF,), (), (), ()),
}
_BY_LIKENESS = ((Level.CLOSE,), (Level.SIMILAR,), (), (), (), ())


class Sort(NamedTuple):
    """What of a value decides which levels it may have with others.

    Attributes:
        kind: What it is.
        long: Whether it is too long to be told apart by its outline.
        letter: Whether it is one letter, and may be anybody's initial.
        short: Whether it is a given name that is a short or a full form of another one.
    """

    kind: Kind
    long: bool
    letter: bool
    short: bool

    @classmethod
    def of(cls, kind: Kind, text: str) -> Sort:
        """The sort of a value."""
        short = kind is Kind.GIVEN_NAME and full_names_of(text) is not None
        return cls(kind, len(text) > _TOLD, len(text) == 1, short)

    def levels_when(self) -> tuple[tuple[Level, ...], ...]:
        """Levels that it has with a value that is not the same only under each of the `CONDITIONS`; others always."""
        if self.long:
            return ((),) * len(CONDITIONS)
        found = _TELLING.get(self.kind, _BY_LIKENESS)
        if self.letter:
            found = tuple(tuple(level for level in levels if level is not Level.INITIAL) for levels in found)
        if self.kind is Kind.GIVEN_NAME and not self.short:  # it is nobody's, so that any condition will do
            found = (*found[:3], (*found[3], Level.NICKNAME), *found[4:])
        return found


def outlines_of(kind: Kind, texts: Sequence[str]) -> Outlines:
    """The outline of each of some values, normalised, none of them blank."""
    if not texts:
        return np.empty(0, dtype="<u8")
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    out = np.bitwise_or.reduceat(
        np.left_shift(np.uint32(1), letters & np.uint32(31)), np.cumsum(lengths) - lengths
    )
    out = out.astype("<u8") | (np.minimum(lengths, _LONGEST).astype(np.uint64) << _UPPER)
    for shift, marks in zip(_SHIFTS, _marks(kind, texts), strict=True):
        out |= np.array(marks, dtype=np.uint64) << np.uint64(shift)
    return np.asarray(out)


@lru_cache(maxsize=4096)
def outline_of(kind: Kind, text: str) -> int:
    """The outline of one value: numpy takes ten times as long for one."""
    letters = 0
    for letter in set(text):
        letters |= 1 << (ord(letter) & 31)
    out = letters | min(len(text), _LONGEST) << int(_UPPER)
    for shift, marks in zip(_SHIFTS, _marks(kind, [text]), strict=True):
        out |= marks[0] << shift
    return out


def _marks(kind: Kind, texts: Sequence[str]) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """Three marks of each value, below 256; the third one of most kinds is the first letter."""
    if kind is Kind.DATE:
        parts = [
            (int(t[:4]), int(t[6:])) if len(t) == 8 and t.isascii() and t.isdigit() else (_ANY, _ANY)
            for t in texts
        ]
        return (
            [year if day == _ANY else year % _ANY for year, day in parts],
            [0] * len(texts),
            [d for _, d in parts],
        )
    if kind is Kind.PHONE:
        return _bytes(t[-7:] for t in texts), _bytes(t[:3] for t in texts), _bytes(t[-3:] for t in texts)
    first = [ord(t[0]) % _ANY for t in texts]
    if kind in (Kind.GIVEN_NAME, Kind.FAMILY_NAME):
        return _bytes(sound(texts)), _bytes(t[-4:] for t in texts), first
    none = [0] * len(texts)
    return (_bytes(heads_of(texts)) if kind is Kind.EMAIL else none), none, first


def _bytes(texts: Iterable[str]) -> list[int]:
    return [hash(text) % _ANY for text in texts]


def possible(kinds: Sequence[Kind], own: Outlines, theirs: Outlines) -> list[_Flags]:
    """Whether each of the `CONDITIONS` may hold of some values, and if it may not, surely none of its levels comes up.

    Args:
        kinds: What each row is.
        own: One's own value of each row, as a column.
        theirs: The others', one row a kind.
    """
    differs, letters, mine = own ^ theirs, theirs & _LETTERS, own & _LETTERS
    lacking, added = np.bitwise_count(mine & ~letters), np.bitwise_count(letters & ~mine)
    one, other = (((side >> _UPPER) & _BYTE).astype(np.float64) for side in (own, theirs))
    marks = [(differs & mark) == 0 for mark in _MARKS]
    for row, kind in enumerate(kinds):
        if kind is Kind.DATE:
            wild = ((theirs[row] & _MARKS[0]) == _MARKS[0]) | ((own[row] & _MARKS[0]) == _MARKS[0])
            marks[0][row] |= wild
            marks[2][row] |= wild
    alike = _likeness(kinds, one, other, np.minimum(one - lacking, other - added), marks[2])
    close, similar, steps = _reach(tuple(kinds))
    few = np.maximum(lacking, added) <= steps
    for row, kind in enumerate(kinds):
        if kind is Kind.PHONE and one[row] > _HALVED:  # one step leaves either the beginning or the end as it is
            few[row] &= marks[1][row] | marks[2][row]
    return [alike >= close, (alike >= similar) | (other == 1), few, *marks]


@lru_cache(maxsize=64)
def _reach(kinds: tuple[Kind, ...]) -> npt.NDArray[np.float64]:
    """Of each row, from where on values are close and similar, and how many steps count; each as a column."""
    found = np.array([_REACH[kind] for kind in kinds], dtype=np.float64).reshape(-1, 3).T[:, :, None]
    return np.asarray(found - np.array([_ROUNDING, _ROUNDING, 0.0]).reshape(3, 1, 1))


def _likeness(
    kinds: Sequence[Kind],
    one: npt.NDArray[np.float64],
    other: npt.NDArray[np.float64],
    common: npt.NDArray[np.float64],
    first: _Flags,
) -> npt.NDArray[np.float64]:
    """The greatest likeness of values of some lengths with at most so many letters in common.

    Jaro's is a third of the shares of both values that are common, and of 1; Winkler adds a tenth of what is missing for
    each of up to four letters with which both begin (The State of Record Linkage, 1999). Of firms' names it is twice the
    letters in common by all letters.
    """
    jaro = (common / one + common / other + 1) / 3
    alike = np.where(first, jaro + 0.4 * (1 - jaro), jaro)
    for row, kind in enumerate(kinds):
        if kind is Kind.ORGANISATION:
            alike[row] = 2 * common[row] / (one[row] + other[row])
    return np.asarray(alike)
