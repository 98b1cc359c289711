"""Finding a record by any detail that a person may have at hand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from validation.dates import read_date
from validation.duplicates.normalising import LONGEST, fold, phone_tails
from validation.frames import display
from validation.likeness import words_alike
from validation.policy import Convention, FieldFormat, FieldType

if TYPE_CHECKING:
    from validation.frames import TypedTable
    from validation.policy import Policy, PolicyField

__all__ = ["Hit", "find", "summary"]

#: Names looked at word by word, the most alike ones; the others cannot come before them.
LOOKED_AT = 300
_BETWEEN = "\x1f"
_TELLING = re.compile(r"[(\d+][\d\s().+/-]{4,}")


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that a search found.

    Attributes:
        key: Its key; "" for a queued entry.
        score: 0 to 100, how well it fits.
        why: What fits, such as ``phone`` or ``name close``.
        summary: Its telling details, label to text, blanks left out.
    """

    key: str
    score: float
    why: str
    summary: Mapping[str, str]


class _Board:
    """The best score of each record, and what earned it."""

    def __init__(self, records: int) -> None:
        self.scores: npt.NDArray[np.float64] = np.zeros(records)
        self.reasons = [""]
        self.why: npt.NDArray[np.int64] = np.zeros(records, dtype=np.int64)

    def put(self, at: npt.NDArray[np.int64], score: float | npt.NDArray[np.float64], why: str) -> None:
        """Score records; the reason stands where the score is better than before."""
        better = np.broadcast_to(score, at.shape) > self.scores[at]
        self.scores[at[better]] = np.broadcast_to(score, at.shape)[better]
        self.why[at[better]] = len(self.reasons)
        self.reasons.append(why)


def find(
    typed: TypedTable,
    query: str,
    policy: Policy,
    limit: int = 10,
    tables: Mapping[str, TypedTable] | None = None,
) -> list[Hit]:
    """Records that fit what a person typed, best first.

    Args:
        typed: The table.
        query: Any detail: key or its digits, name in any order, initials, e-mail, phone in any shape, a date such as
            a birthday, words of any other field. Case and accents make no difference.
        policy: Its settings say how dates are written.
        limit: How many at most.
        tables: Tables by id, where a record may also be found by what refers to it (a booking number).
    """
    asked = query.strip()[:LONGEST]
    if not asked or not len(typed) or limit < 1:
        return []
    board = _Board(len(typed))
    _by_key(board, typed, asked)
    _by_reference(board, typed, asked, tables or {})
    if "@" in asked:
        _by_email(board, typed, asked)
    if _TELLING.fullmatch(asked):
        _by_phone(board, typed, asked)
    _by_date(board, typed, asked, policy)
    if not any(c.isdigit() or c == "@" for c in asked) or board.scores.max() < 50:
        _by_name(board, typed, asked)
    if board.scores.max() < 85:
        _by_text(board, typed, asked)
    top = np.argsort(-board.scores, kind="stable")[:limit]
    return [
        Hit(
            typed.raw.keys[i],
            round(float(board.scores[i]), 1),
            board.reasons[int(board.why[i])],
            summary(typed, int(i)),
        )
        for i in top.tolist()
        if board.scores[i] > 0
    ]


def _by_key(board: _Board, typed: TypedTable, asked: str) -> None:
    wanted, digits = asked.casefold(), asked.lstrip("0")
    keys = typed.raw.keys
    equal = [i for i, key in enumerate(keys) if key and key.casefold() == wanted]
    board.put(np.array(equal, dtype=np.int64), 100, "key")
    if not equal and digits.isascii() and digits.isdigit() and typed.table.key_format:
        ends = [i for i, key in enumerate(keys) if key.endswith(digits)]
        same = [i for i in ends if re.sub(r"^\D*0*", "", keys[i]) == digits]
        board.put(np.array(same, dtype=np.int64), 95, "number of the key")


def _by_reference(board: _Board, typed: TypedTable, asked: str, tables: Mapping[str, TypedTable]) -> None:
    wanted = asked.casefold()
    positions = {key: i for i, key in enumerate(typed.raw.keys) if key}
    for other in tables.values():
        fields = [f for f in other.table.references if f.foreign_key == typed.table.id and f.id in other.values]
        rows = [i for i, key in enumerate(other.raw.keys) if key and key.casefold() == wanted] if fields else []
        named = [other.values[f.id].iat[row] for f in fields for row in rows]
        at = [positions[str(key)] for key in named if str(key) in positions]
        if at:
            board.put(np.array(at, dtype=np.int64), 98, f"{other.table.title.lower()} {asked.upper()}")


def _by_email(board: _Board, typed: TypedTable, asked: str) -> None:
    wanted = asked.casefold()
    for field in _fields(typed, FieldFormat.EMAIL):
        codes, unique = _factorized(typed, field)
        texts = [t.casefold() for t in unique]
        likeness = process.cdist(
            [wanted], texts, scorer=JaroWinkler.similarity, dtype=np.float32, score_cutoff=0.85
        )
        scores = np.where(likeness[0] >= 1, 99.0, likeness[0] * 90.0).astype(np.float64)
        _put_codes(board, codes, scores, 99.0, field.label.lower())


def _by_phone(board: _Board, typed: TypedTable, asked: str) -> None:
    wanted = phone_tails([asked])[0]
    for field in _fields(typed, FieldFormat.PHONE):
        codes, unique = _factorized(typed, field)
        tails = phone_tails(unique)
        scores = np.array(
            [99.0 if t == wanted else 80.0 if len(wanted) >= 5 and t.endswith(wanted) else 0.0 for t in tails]
        )
        if not scores.any() and len(wanted) >= 6:
            near = process.cdist(
                [wanted], tails, scorer=JaroWinkler.similarity, dtype=np.float32, score_cutoff=0.93
            )
            scores = near[0].astype(np.float64) * 65
        _put_codes(board, codes, scores, 80.0, field.label.lower())


def _by_date(board: _Board, typed: TypedTable, asked: str, policy: Policy) -> None:
    read = read_date(asked, policy.settings.date_order) if any(c.isdigit() for c in asked) else None
    if read is None:
        return
    wanted = np.datetime64(read.day, "D")
    for field in typed.table.fields:
        if field.type is FieldType.DATE and field.id in typed.values:
            days = typed.values[field.id].to_numpy().astype("datetime64[D]")
            board.put(np.flatnonzero(days == wanted), 90, field.label.lower())


def _by_name(board: _Board, typed: TypedTable, asked: str) -> None:
    """Names by their words in any order, each a beginning, a slip or a short form; or by their initials."""
    (wanted,) = fold([asked])
    words = wanted.split()
    for convention, label in ((Convention.PERSON, "name"), (Convention.ORGANISATION, "organisation")):
        fields = [f for f in typed.table.fields if f.naming is convention and f.id in typed.values]
        if not fields:
            continue
        parts = [np.asarray(typed.values[f.id], dtype=object) for f in fields]
        whole = [" ".join(w for w in row if isinstance(w, str)) for row in zip(*parts, strict=True)]
        codes, unique = pd.factorize(np.array(whole, dtype=object))
        names = fold(list(unique))
        scores = np.zeros(len(names))
        letters = wanted.replace(" ", "")
        if 2 <= len(letters) <= 4 and all(len(w) == 1 for w in words[1:]):
            by_initials = [i for i, n in enumerate(names) if n and "".join(w[0] for w in n.split()) == letters]
            _put_codes(
                board,
                codes.astype(np.int64),
                _at(by_initials, len(names)),
                70.0,
                "initials",
            )
        likeness = process.cdist([wanted], names, scorer=fuzz.token_sort_ratio, dtype=np.float32)[0]
        partial = process.cdist([wanted], names, scorer=fuzz.partial_token_sort_ratio, dtype=np.float32)[0]
        nearest = np.argsort(-(likeness + partial), kind="stable")[:LOOKED_AT]
        # Word by word in Python, but only for the most alike names.
        for i in nearest.tolist():
            scores[i] = max(scores[i], _name_score(words, names[i].split(), float(likeness[i])))
        _put_codes(board, codes.astype(np.int64), scores, 90.0, label)


def _at(positions: list[int], length: int) -> npt.NDArray[np.float64]:
    scores = np.zeros(length)
    scores[positions] = 70.0
    return scores


def _name_score(asked: list[str], name: list[str], likeness: float) -> float:
    """0 to 96: how well the words asked for stand in a name."""
    left, total = list(name), 0.0
    for word in asked:
        if word in left:
            left.remove(word)
            total += 1
        elif near := next((w for w in left if words_alike(word, w)), None):
            left.remove(near)
            total += 0.85 if len(word) > 1 else 0.7
        else:
            likest = max((JaroWinkler.similarity(word, w) for w in left), default=0.0)
            total += likest * 0.75 if likest >= 0.85 else 0.0
    found = total / len(asked) if asked else 0.0
    if found < 0.6:
        return likeness * 0.7 if likeness >= 75 else 0.0
    return found * 88 + likeness * 0.08


def _by_text(board: _Board, typed: TypedTable, asked: str) -> None:
    """Any text field that holds what was asked for."""
    (wanted,) = fold([asked])
    for field in typed.table.fields:
        if field.type is not FieldType.STRING or field.id not in typed.values or field.id == typed.table.key:
            continue
        codes, unique = _factorized(typed, field)
        holding = _holding(wanted, fold(unique))
        scores = np.zeros(len(unique))
        scores[holding] = 60.0
        _put_codes(board, codes, scores, 0.0, field.label.lower())


def _holding(wanted: str, texts: list[str]) -> list[int]:
    """Positions of the texts that hold ``wanted``; one search through all of them joined."""
    joined = _BETWEEN.join(texts)
    starts = list(accumulate((len(t) + 1 for t in texts), initial=0))
    found, at = [], joined.find(wanted) if wanted else -1
    while at >= 0:
        text = bisect_right(starts, at) - 1
        found.append(text)
        at = joined.find(wanted, starts[text + 1])
    return found


def _put_codes(
    board: _Board, codes: npt.NDArray[np.int64], scores: npt.NDArray[np.float64], sure: float, why: str
) -> None:
    """Score the records of each value; below ``sure`` the reason says that the value is only close."""
    of_record = np.append(scores, 0.0)[codes]
    exact = np.flatnonzero(of_record >= max(sure, 0.1))
    board.put(exact, of_record[exact], why)
    close = np.flatnonzero((of_record > 0) & (of_record < sure))
    board.put(close, of_record[close], f"{why} close")


def _factorized(typed: TypedTable, field: PolicyField) -> tuple[npt.NDArray[np.int64], list[str]]:
    codes, unique = pd.factorize(np.asarray(typed.values[field.id], dtype=object))
    return codes.astype(np.int64), [str(u) for u in unique]


def _fields(typed: TypedTable, shape: FieldFormat) -> list[PolicyField]:
    return [f for f in typed.table.fields if f.format is shape and f.id in typed.values]


def summary(typed: TypedTable, position: int) -> dict[str, str]:
    """The telling details of a record, label to text, blanks left out."""
    out = {}
    for field in typed.table.fields:
        telling = field.naming in (Convention.PERSON, Convention.ORGANISATION) or field.type is FieldType.DATE
        telling = telling or field.format in (FieldFormat.EMAIL, FieldFormat.PHONE)
        if telling and field.id in typed.values and (text := display(typed.values[field.id].iat[position])):
            out[field.label] = text
    return out
