"""Values that differ for certain, told at a glance: by their letters, before it is worked out how alike they are.

Most pairs that are compared agree in what brought them together and in nothing else. A few operations on whole arrays
tell that two values share too few letters to be taken for one, where comparing them letter by letter takes fifty times
as long. What is let through may still be different; what is not let through is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import numpy.typing as npt

from validation.policy import Kind

if TYPE_CHECKING:
    from validation.duplicates.columns import Codes, Column, Texts

__all__ = ["Glance", "may_agree", "may_be_close", "names_of"]

Flags = npt.NDArray[np.bool_]
Masks = npt.NDArray[np.uint64]

#: Between texts that are joined; it stands for no letter.
_BETWEEN = "\x1f"
PREFIX = 4
_TAIL = 7
_EACH_BYTE = np.uint64(0x0101010101010101)
#: Room for rounding in the bounds.
_ROUNDING = 1e-3


def _bits() -> Masks:
    """By character up to 127 its bit: one for each small letter and each digit, the others share what is left."""
    own = {ord(c): k for k, c in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}
    bits = np.array([1 << own.get(c, 36 + c % 28) for c in range(128)], dtype=np.uint64)
    bits[ord(_BETWEEN)] = 0
    return bits


_OF_CHARACTER = _bits()


@dataclass(frozen=True, eq=False)
class Glance:
    """What is seen of some values at a glance, each an array with one row a value.

    Attributes:
        texts: The values.
    """

    texts: Texts

    @cached_property
    def _characters(self) -> npt.NDArray[np.uint32]:
        """The values one behind the other, something between them."""
        joined = _BETWEEN.join(self.texts.tolist()) + _BETWEEN
        return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)

    @cached_property
    def lengths(self) -> npt.NDArray[np.int32]:
        """Length in characters."""
        return np.fromiter(map(len, self.texts), dtype=np.int32, count=len(self.texts))

    @cached_property
    def _starts(self) -> Codes:
        return np.cumsum(self.lengths, dtype=np.int64) - self.lengths + np.arange(len(self.lengths))

    @cached_property
    def letters(self) -> Masks:
        """The letters that a value is made of: a bit each, which rare ones share."""
        characters = self._characters
        bits = _OF_CHARACTER[np.minimum(characters, 127)]
        rare = np.flatnonzero(characters > 127)
        bits[rare] = np.uint64(1) << (np.uint64(36) + characters[rare].astype(np.uint64) % np.uint64(28))
        return np.bitwise_or.reduceat(bits, self._starts) if len(self.texts) else bits[:0]

    @cached_property
    def beginnings(self) -> npt.NDArray[np.uint32]:
        """The first four characters, a byte each: equal where they are, and seldom else."""
        packed = np.zeros(len(self.texts), dtype=np.uint32)
        for k in range(PREFIX):
            packed |= self._byte(k, self._starts + k).astype(np.uint32) << np.uint32(8 * (PREFIX - 1 - k))
        return packed

    @cached_property
    def tails(self) -> Masks:
        """The last seven characters, a byte each, the last one lowest."""
        packed, ends = np.zeros(len(self.texts), dtype=np.uint64), self._starts + self.lengths - 1
        for k in range(_TAIL):
            packed |= self._byte(k, ends - k).astype(np.uint64) << np.uint64(8 * k)
        return packed

    def _byte(self, place: int, at: Codes) -> npt.NDArray[np.uint8]:
        """A character of each value, 0 where it is too short to have it."""
        short = self.lengths <= place
        found = self._characters[np.where(short, 0, at)].astype(np.uint8)
        found[short] = 0
        return found


def names_of(forms: Texts) -> Masks:
    """The names that values may stand for (see `Column.nicknames`), a bit each, which several share; 0 for none."""
    masks = np.zeros(len(forms), dtype=np.uint64)
    for value in np.flatnonzero(forms != None).tolist():  # noqa: E711 - one by one
        masks[value] = sum({1 << crc32(name.encode()) % 64 for name in forms[value]})
    return masks


class _Seen:
    """Two values of each pair, seen at a glance."""

    def __init__(self, one: Glance, other: Glance, left: Codes, right: Codes) -> None:
        self.left, self.right, self._one, self._other = left, right, one, other
        a, b = one.letters[left], other.letters[right]
        #: How many different letters of the one are not in the other, and the other way round.
        self.more, self.fewer = np.bitwise_count(a & ~b), np.bitwise_count(b & ~a)
        self.length, self.other_length = one.lengths[left], other.lengths[right]

    def _in_common(self) -> npt.NDArray[np.int32]:
        """No more letters than this, each counted as often as it stands in both, do they have in common."""
        found: npt.NDArray[np.int32] = np.minimum(self.length - self.more, self.other_length - self.fewer)
        return found

    def like_names(self, likeness: float) -> Flags:
        """Whether the Jaro-Winkler similarity may be so high.

        Of Jaro's three terms the third is at most 1 and the others are shares of letters in common. Winkler adds a
        tenth of what is missing for each of up to four first characters in common, where Jaro's is above .7.
        """
        differ = self._one.beginnings[self.left] ^ self._other.beginnings[self.right]
        same = np.zeros(len(differ), dtype=np.int8)
        for k in range(PREFIX):
            same += differ < 1 << 8 * (PREFIX - 1 - k)
        bonus = np.arange(PREFIX + 1) / 10
        jaro = np.maximum((likeness - bonus) / (1 - bonus), min(likeness, 0.7))
        needed = (3 * jaro - 1 - _ROUNDING).astype(np.float32)[same]
        one, other = self.length.astype(np.float32), self.other_length.astype(np.float32)
        found: Flags = self._in_common() * (one + other) >= needed * (one * other)
        return found

    def like_phrases(self, likeness: float) -> Flags:
        """Whether twice the letters in common and in order, by the letters of both, may come to so much."""
        found: Flags = 2 * self._in_common() >= (likeness - _ROUNDING) * (self.length + self.other_length)
        return found

    def steps(self, most: int) -> Flags:
        """Whether so few letters inserted, dropped, changed or swapped with a neighbour may make one of the other."""
        found: Flags = np.asarray(np.maximum(self.more, self.fewer) <= most)
        longer = np.abs(self.length - self.other_length)
        found &= longer <= most
        if most == 1:  # where none is inserted or dropped, all the others stay where they are
            differ = self._one.tails[self.left] ^ self._other.tails[self.right]
            for half in (4, 2, 1):
                differ |= differ >> np.uint64(half)
            found &= (longer > 0) | (np.bitwise_count(differ & _EACH_BYTE) <= 2)
        return found

    def beginnings(self) -> Flags:
        """Whether the first four characters may be the same."""
        return np.asarray(self._one.beginnings[self.left] == self._other.beginnings[self.right])

    def tails(self, characters: int) -> Flags:
        """Whether the last characters may be the same."""
        shift = np.uint64(64 - 8 * characters)
        differ = self._one.tails[self.left] ^ self._other.tails[self.right]
        return np.asarray(differ << shift == 0)


def may_be_close(one: Column, other: Column, left: Codes, right: Codes) -> Flags:
    """Which pairs, of a value of ``one`` and a value of ``other`` each, may be close; see `comparators.compare_texts`."""
    if not _worth_it(one, left) or not _worth_it(other, right):
        return np.ones(len(left), dtype=bool)
    return _Seen(one.glance, other.glance, left, right).like_names(0.9)


def may_agree(column: Column, left: Codes, right: Codes) -> Flags:
    """Which pairs of values that are not the same may agree at all (see `comparators.compare`); the others differ.

    Args:
        column: The column.
        left: Codes of one value of each pair, none of them blank.
        right: Codes of the other.
    """
    judge = _MAY_AGREE.get(column.kind)
    if judge is None or not _worth_it(column, left):
        return np.ones(len(left), dtype=bool)
    return judge(column, _Seen(column.glance, column.glance, left, right))


def _worth_it(column: Column, codes: Codes) -> bool:
    """Whether there are pairs enough to look at all values for; where a table is kept, few are compared with one."""
    return column.known is None and len(codes) * _WORTH_IT >= len(column.texts)


def _names(column: Column, seen: _Seen) -> Flags:
    found: Flags = seen.like_names(0.8) | seen.tails(4) | (np.minimum(seen.length, seen.other_length) == 1)
    sounds = column.sound_codes
    found |= sounds[seen.left] == sounds[seen.right]
    return found


def _given_names(column: Column, seen: _Seen) -> Flags:
    found: Flags = _names(column, seen) | (column.forms[seen.left] & column.forms[seen.right] != 0)
    return found


def _organisations(_column: Column, seen: _Seen) -> Flags:
    # All of one may be part of the other, or its initials.
    found: Flags = seen.like_phrases(0.72) | (seen.more == 0) | (seen.fewer == 0)
    return found


def _texts(_column: Column, seen: _Seen) -> Flags:
    found: Flags = seen.like_names(0.8)
    return found


def _dates(_column: Column, seen: _Seen) -> Flags:
    found: Flags = seen.steps(1) | seen.beginnings() | seen.tails(4)  # the year, or month and day
    return found


def _phones(_column: Column, seen: _Seen) -> Flags:
    found: Flags = seen.steps(1) | seen.tails(7)
    return found


def _emails(column: Column, seen: _Seen) -> Flags:
    heads = column.head_codes
    found: Flags = seen.like_names(0.92) | seen.steps(2) | (heads[seen.left] == heads[seen.right])
    return found


def _identifiers(_column: Column, seen: _Seen) -> Flags:
    found: Flags = seen.steps(2)
    return found


def _numbers(_column: Column, seen: _Seen) -> Flags:
    found: Flags = seen.steps(1)
    return found


def _street_numbers(column: Column, seen: _Seen) -> Flags:
    found: Flags = seen.steps(1) | column.units[seen.left] | column.units[seen.right]
    return found


def _categories(_column: Column, seen: _Seen) -> Flags:
    found: Flags = np.zeros(len(seen.left), dtype=bool)
    return found


#: Values are looked at once for all pairs, which come in parts: a part has to be so many times smaller to leave it.
_WORTH_IT = 32
#: By what the field is; each mirrors what `comparators` takes for an agreement.
_MAY_AGREE: dict[Kind, Callable[[Column, _Seen], Flags]] = {
    Kind.GIVEN_NAME: _given_names,
    Kind.FAMILY_NAME: _names,
    Kind.ORGANISATION: _organisations,
    Kind.DATE: _dates,
    Kind.PHONE: _phones,
    Kind.EMAIL: _emails,
    Kind.IDENTIFIER: _identifiers,
    Kind.STREET_NUMBER: _street_numbers,
    Kind.STREET: _texts,
    Kind.PLACE: _texts,
    Kind.POSTCODE: _numbers,
    Kind.CATEGORY: _categories,
    Kind.TEXT: _texts,
}
