"""How two values of a kind agree: a level for each pair, worked out once for each different pair of values."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel, JaroWinkler

from validation.duplicates.glance import may_agree
from validation.duplicates.nicknames import full_names_of
from validation.policy import Kind

if TYPE_CHECKING:
    from validation.duplicates.columns import Codes, Column, Texts

__all__ = ["Level", "Levels", "compare", "compare_texts", "on_different_pairs"]

Levels = npt.NDArray[np.int8]
#: Letters that a name must have to be told as part of another one.
_PART_OF_NAME = 4
#: Jaro-Winkler similarity from which on one word is mostly the other one misspelt.
_MISSPELT = 0.9
#: Likeness (insertions and deletions only) below which two words are hardly one misspelt: two at random have about .45.
_WORDS_ALIKE = 0.6
#: Jaro-Winkler similarity below which two words are mostly two names.
_TWO_NAMES = 0.8
_Compare = Callable[["Column", "Codes", "Codes"], Levels]


class Level(IntEnum):
    """How two values agree. Each kind uses some of them."""

    BLANK = 0  # one of the two, or both: says nothing
    DIFFERENT = 1
    EXACT = 2  # after normalising
    CLOSE = 3  # a misspelling
    SIMILAR = 4  # alike, with more than one letter changed
    SOUND = 5
    INITIAL = 6
    SWAPPED = 7  # given and family name in each other's place
    DAY_MONTH = 8  # day and month in each other's place
    ONE_OFF = 9  # one digit or letter differs, or two neighbours are swapped
    PARTS = 10  # two of day, month and year
    PART = 11  # the year alone; the part of an e-mail before the @; the last digits of a phone number
    NICKNAME = 12  # a short or a full form of the other
    WITHIN = 13  # all of one is part of the other: one of two family names, a firm's name with its town
    ACRONYM = 14  # one is the initials of the other


def compare(column: Column, left: Codes, right: Codes) -> Levels:
    """Level of agreement of each pair.

    Args:
        column: The column.
        left: Codes of one record of each pair, -1 for blank.
        right: Codes of the other.
    """
    levels = np.zeros(len(left), dtype=np.int8)
    filled = (left >= 0) & (right >= 0)
    same = filled & (left == right)
    levels[same] = Level.EXACT
    rest = np.flatnonzero(filled & ~same)
    if len(rest):
        levels[rest] = Level.DIFFERENT
        rest = rest[may_agree(column, left[rest], right[rest])]
        levels[rest] = on_different_pairs(column, left[rest], right[rest], _COMPARE[column.kind])
    return levels


def on_different_pairs(column: Column, left: Codes, right: Codes, judge: _Compare) -> Levels:
    """``judge`` asked once for each different pair of values, whichever way round."""
    low, high = np.minimum(left, right), np.maximum(left, right)
    if len(left) < len(column.texts):  # hardly any two pairs will be the same, and looking for them takes longer
        return judge(column, low, high)
    pairs, back = np.unique(low * len(column.texts) + high, return_inverse=True)
    out: Levels = judge(column, pairs // len(column.texts), pairs % len(column.texts))[back]
    return out


def compare_texts(left: Texts, right: Texts) -> Levels:
    """Levels CLOSE, SIMILAR or DIFFERENT of names that are not equal, and EXACT of those that are.

    The limits on Jaro-Winkler similarity are those W. E. Winkler found for names: above .9 mostly one name misspelt,
    below .8 mostly two names.
    """
    likeness = process.cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32, score_cutoff=0.7)
    levels = np.full(len(left), Level.DIFFERENT, dtype=np.int8)
    levels[likeness >= _TWO_NAMES] = Level.SIMILAR
    levels[likeness >= _MISSPELT] = Level.CLOSE
    levels[likeness >= 1.0] = Level.EXACT
    return levels


def _steps(left: Texts, right: Texts) -> npt.NDArray[np.uint8]:
    """Letters inserted, dropped, changed or swapped with a neighbour; 3 stands for 3 and more."""
    return process.cpdist(left, right, scorer=OSA.distance, dtype=np.uint8, score_cutoff=2)


def _names(column: Column, left: Codes, right: Codes) -> Levels:
    a, b = column.texts[left], column.texts[right]
    levels = compare_texts(a, b)
    weak = np.flatnonzero((levels == Level.DIFFERENT) | (levels == Level.SIMILAR))
    # The sound has to be more than a letter or two, or half of all short names sound alike.
    same = weak[(column.sounds[left[weak]] == column.sounds[right[weak]]) & (column.sound_lengths[left[weak]] > 2)]
    levels[same] = Level.SOUND
    # One ends as the other does: Lopez and Garcia Lopez, Berg and van den Berg.
    ends = weak[column.endings[left[weak]] == column.endings[right[weak]]]
    ends = ends[np.minimum(column.lengths[left[ends]], column.lengths[right[ends]]) >= _PART_OF_NAME]
    levels[ends] = [
        Level.WITHIN if x.endswith(y) or y.endswith(x) else known
        for (x, y), known in zip(_both(a, b, ends), levels[ends].tolist(), strict=True)
    ]
    weak = np.flatnonzero(levels != Level.CLOSE)
    one, other = column.lengths[left[weak]], column.lengths[right[weak]]
    one_letter = weak[(np.minimum(one, other) == 1) & (np.maximum(one, other) > 1)]
    levels[one_letter] = [Level.INITIAL if x[0] == y[0] else Level.DIFFERENT for x, y in _both(a, b, one_letter)]
    return levels


def _given_names(column: Column, left: Codes, right: Codes) -> Levels:
    levels = _names(column, left, right)
    weak = np.flatnonzero((levels == Level.DIFFERENT) | (levels == Level.SIMILAR))
    forms = column.nicknames
    # An array that compares to None one by one.
    weak = weak[(forms[left[weak]] != None) & (forms[right[weak]] != None)]  # noqa: E711
    related = [not x.isdisjoint(y) for x, y in zip(forms[left[weak]], forms[right[weak]], strict=True)]
    levels[weak[np.array(related, dtype=bool)]] = Level.NICKNAME
    return levels


def _full_names(column: Column, left: Codes, right: Codes) -> Levels:
    a, b = column.texts[left], column.texts[right]
    levels = compare_texts(a, b)
    # Python per pair: only for different pairs of names, and a few set operations each.
    levels[:] = [_by_words(x.split(), y.split(), known) for x, y, known in zip(a, b, levels.tolist(), strict=True)]
    return levels


def _by_words(a: list[str], b: list[str], known: int) -> int:
    """Level of two full names that share a word: what is left of the two may be initials, short forms or nothing."""
    common = {w for w in a if len(w) > 1} & set(b)
    if not common:
        return known
    rest_a, rest_b = [w for w in a if w not in common], [w for w in b if w not in common]
    if len(rest_a) > len(rest_b):
        rest_a, rest_b = rest_b, rest_a
    if not rest_a or known == Level.CLOSE:
        # Two of one long family name look alike, whatever their given names: what differs has to be alike by itself.
        if known == Level.CLOSE:
            return known if all(any(_perhaps_one_name(x, y) for y in rest_b) for x in rest_a) else Level.SIMILAR
        return Level.WITHIN if len(common) > 1 else known
    starts, short_starts = {w[0] for w in rest_b}, {w[0] for w in rest_a}
    if all(len(w) == 1 and w in starts for w in rest_a) or all(len(w) == 1 and w in short_starts for w in rest_b):
        return Level.INITIAL
    if all(any(_one_name(x, y) for y in rest_b) for x in rest_a):
        return Level.NICKNAME
    return known


def _one_name(x: str, y: str) -> bool:
    forms, others = full_names_of(x), full_names_of(y)
    if forms is not None and others is not None and not forms.isdisjoint(others):
        return True
    return (len(x) == 1 and y.startswith(x)) or bool(JaroWinkler.similarity(x, y) >= _MISSPELT)


def _perhaps_one_name(x: str, y: str) -> bool:
    """As `_one_name`, but a likeness at which two names are not mostly two will do (see `compare_texts`)."""
    return bool(JaroWinkler.similarity(x, y) >= _TWO_NAMES) or _one_name(x, y)


def _organisations(column: Column, left: Codes, right: Codes) -> Levels:
    a, b = column.texts[left], column.texts[right]
    levels = _phrases(a, b)
    levels[:] = [_by_parts(x.split(), y.split(), known) for x, y, known in zip(a, b, levels.tolist(), strict=True)]
    return levels


def _by_parts(a: list[str], b: list[str], known: int) -> int:
    """Level of two firms' names, their words in order of the alphabet."""
    if len(a) > len(b):
        a, b = b, a
    if known != Level.DIFFERENT and not _alike_apart(a, b):
        known = Level.SIMILAR if known == Level.CLOSE else Level.DIFFERENT
    elif known == Level.CLOSE:
        return known
    if len(b) > len(a) and max(map(len, a)) >= _PART_OF_NAME and set(a) <= set(b):
        return Level.WITHIN
    if len(a) == 1 and len(a[0]) == len(b) > 2 and "".join(sorted(a[0])) == "".join(w[0] for w in b):
        return Level.ACRONYM
    return known


def _alike_apart(a: list[str], b: list[str]) -> bool:
    """Whether what two firms' names do not share is alike too: a long trade in common makes no name a misspelling."""
    common = set(a) & set(b)
    rest_a, rest_b = (" ".join([w for w in words if w not in common]) for words in (a, b))
    if len(common) != 1 or not (rest_a and rest_b):
        return True
    return bool(Indel.normalized_similarity(rest_a, rest_b) >= _WORDS_ALIKE)


def _phrases(a: Texts, b: Texts) -> Levels:
    """Levels CLOSE, SIMILAR or DIFFERENT of names of several words, which begin alike more often than persons do."""
    likeness = process.cpdist(a, b, scorer=Indel.normalized_similarity, dtype=np.float32, score_cutoff=0.7)
    levels = np.full(len(a), Level.DIFFERENT, dtype=np.int8)
    levels[likeness >= 0.72] = Level.SIMILAR
    levels[likeness >= 0.86] = Level.CLOSE
    return levels


def _texts(column: Column, left: Codes, right: Codes) -> Levels:
    return compare_texts(column.texts[left], column.texts[right])


def _streets(column: Column, left: Codes, right: Codes) -> Levels:
    """As texts; but 5th Avenue is not 9th Avenue, nor is number 12 of a street its number 14."""
    levels = _texts(column, left, right)
    numbers = column.numbers
    alike = np.flatnonzero((levels == Level.CLOSE) | (levels == Level.SIMILAR))
    alike = alike[(numbers[left[alike]] != None) & (numbers[right[alike]] != None)]  # noqa: E711
    other = [x.isdisjoint(y) for x, y in zip(numbers[left[alike]], numbers[right[alike]], strict=True)]
    at = alike[np.array(other, dtype=bool)]
    levels[at] = np.where(levels[at] == Level.CLOSE, Level.SIMILAR, Level.DIFFERENT)
    return levels


def _street_numbers(column: Column, left: Codes, right: Codes) -> Levels:
    levels = _numbers(column, left, right)
    # Unit 3 of house 12 is at house 12.
    a, b = column.texts[left], column.texts[right]
    weak = np.flatnonzero((levels == Level.DIFFERENT) & (column.units[left] | column.units[right]))
    levels[weak] = [
        Level.WITHIN if x.split()[-1] == y.split()[-1] and (" " in x) != (" " in y) else Level.DIFFERENT
        for x, y in _both(a, b, weak)
    ]
    return levels


def _dates(column: Column, left: Codes, right: Codes) -> Levels:
    levels = np.full(len(left), Level.DIFFERENT, dtype=np.int8)
    a, b = column.dates[left], column.dates[right]
    dated = (a[:, 0] > 0) & (b[:, 0] > 0)
    same = a == b
    levels[same[:, 0]] = Level.PART
    levels[same.sum(axis=1) == 2] = Level.PARTS
    levels[_steps(column.texts[left], column.texts[right]) <= 1] = Level.ONE_OFF
    levels[same[:, 0] & (a[:, 1] == b[:, 2]) & (a[:, 2] == b[:, 1])] = Level.DAY_MONTH
    # What is no date is only equal or different.
    levels[~dated & (levels != Level.ONE_OFF)] = Level.DIFFERENT
    return levels


def _phones(column: Column, left: Codes, right: Codes) -> Levels:
    a, b = column.texts[left], column.texts[right]
    levels = np.full(len(left), Level.DIFFERENT, dtype=np.int8)
    whole = np.minimum(column.lengths[left], column.lengths[right]) >= 6
    levels[whole & (_steps(a, b) <= 1)] = Level.ONE_OFF
    levels[whole & (column.tails[left] == column.tails[right])] = Level.PART
    return levels


def _emails(column: Column, left: Codes, right: Codes) -> Levels:
    a, b = column.texts[left], column.texts[right]
    levels = np.full(len(left), Level.DIFFERENT, dtype=np.int8)
    likeness = process.cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float32, score_cutoff=0.8)
    levels[likeness >= 0.92] = Level.SIMILAR
    levels[_steps(a, b) <= 2] = Level.CLOSE
    levels[column.heads[left] == column.heads[right]] = Level.PART
    return levels


def _identifiers(column: Column, left: Codes, right: Codes) -> Levels:
    a, b = column.texts[left], column.texts[right]
    levels = np.full(len(left), Level.DIFFERENT, dtype=np.int8)
    steps, length = _steps(a, b), np.minimum(column.lengths[left], column.lengths[right])
    levels[(steps == 2) & (length >= 6)] = Level.CLOSE
    levels[(steps <= 1) & (length >= 4)] = Level.ONE_OFF
    return levels


def _numbers(column: Column, left: Codes, right: Codes) -> Levels:
    a, b = column.texts[left], column.texts[right]
    levels = np.full(len(left), Level.DIFFERENT, dtype=np.int8)
    levels[(_steps(a, b) <= 1) & (np.maximum(column.lengths[left], column.lengths[right]) >= 2)] = Level.ONE_OFF
    return levels


def _categories(_column: Column, left: Codes, _right: Codes) -> Levels:
    return np.full(len(left), Level.DIFFERENT, dtype=np.int8)


def _both(left: Texts, right: Texts, chosen: npt.NDArray[np.int64]) -> zip[tuple[str, str]]:
    return zip(left[chosen], right[chosen], strict=True)


_COMPARE: dict[Kind, _Compare] = {
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
