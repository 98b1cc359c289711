"""Cells of a table as plain arrays and back, so that a file can hold them: every value and its type as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from validation.frames import CellError
from validation.vocabulary import FieldType

__all__ = ["Arrays", "UnfitError", "joined", "packed_cells", "parted", "typed_cells", "unpacked_cells"]

Arrays = Mapping[str, npt.NDArray[Any]]
_BETWEEN = "\0"  # in no cell: XML forbids it
_DAY = dt.datetime(1970, 1, 1)
_MICROSECOND = dt.timedelta(microseconds=1)
_YES = np.array([True])


class UnfitError(ValueError):
    """What is to be packed holds what arrays cannot say."""


def joined(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Texts as bytes.

    Raises:
        UnfitError: One of them holds NUL, or half of a pair of surrogates.
    """
    text = _BETWEEN.join(texts)
    if text.count(_BETWEEN) != max(len(texts) - 1, 0):
        raise UnfitError("a text holds NUL")
    try:
        return np.frombuffer(text.encode(), dtype=np.uint8)
    except UnicodeEncodeError as error:
        raise UnfitError("a text cannot be encoded") from error


def parted(data: npt.NDArray[np.uint8], count: int) -> npt.NDArray[np.object_]:
    """The ``count`` texts that `joined` made bytes of.

    Raises:
        ValueError: It did not.
    """
    texts = data.tobytes().decode().split(_BETWEEN) if count else []
    if len(texts) != count:
        raise ValueError(f"{len(texts)} texts, where {count} were written")
    array = np.empty(count, dtype=object)
    array[:] = texts
    return array


def packed_cells(cells: npt.NDArray[np.object_]) -> dict[str, npt.NDArray[Any]]:
    """Cells of one column as arrays.

    Args:
        cells: str, int, float, bool, date, datetime, time, `CellError` or None.

    Raises:
        UnfitError: One is of another type, or too large.
    """
    kinds = list(map(type, cells.tolist()))
    present = sorted({_PLACE.get(kind, -1) for kind in set(kinds) - {type(None)}})
    if present and present[0] < 0:
        raise UnfitError("a cell holds a value of another type")
    arrays: dict[str, npt.NDArray[Any]] = {"count": np.array([len(cells)])}
    if len(present) > 1 or type(None) in kinds:
        arrays["kinds"] = np.fromiter((_PLACE.get(kind, 255) for kind in kinds), dtype=np.uint8, count=len(kinds))
    for number in present:
        chosen = cells if "kinds" not in arrays else cells[arrays["kinds"] == number]
        try:
            for name, array in _FORMS[number][1](chosen).items():
                arrays[f"{number}.{name}"] = array
        except OverflowError as error:
            raise UnfitError("a number is too large") from error
    return arrays


def unpacked_cells(arrays: Arrays) -> npt.NDArray[np.object_]:
    """The cells that `packed_cells` made arrays of.

    Raises:
        KeyError, ValueError, IndexError: It did not.
    """
    count = int(arrays["count"][0])
    cells = np.full(count, None, dtype=object)
    for number, (_, _, unpack) in enumerate(_FORMS):
        own = {name.partition(".")[2]: array for name, array in arrays.items() if name.startswith(f"{number}.")}
        if own:
            where = arrays["kinds"] == number if "kinds" in arrays else slice(None)
            cells[where] = unpack(own)
    return cells


def typed_cells(arrays: Arrays, cells: npt.NDArray[np.object_], field_type: FieldType) -> npt.NDArray[Any] | None:
    """What `typing.type_table` makes of a column, where its arrays tell that it finds fault with no cell; else None.

    Only texts and dates are told so: to look at each cell of a long table anew takes as long as to read the arrays.

    Args:
        arrays: Of `packed_cells`.
        cells: What `unpacked_cells` made of them.
        field_type: Type of the field.
    """
    kind = {FieldType.STRING: _PLACE[str], FieldType.DATE: _PLACE[dt.date]}.get(field_type)
    if kind is None or any(name[0].isdigit() and not name.startswith(f"{kind}.") for name in arrays):
        return None
    if field_type is FieldType.STRING:
        return cells if bool(arrays.get(f"{kind}.filled", _YES)[0]) else None
    days = np.full(len(cells), "NaT", dtype="datetime64[D]")
    if (own := arrays.get(f"{kind}.values")) is not None:
        days[arrays["kinds"] == kind if "kinds" in arrays else slice(None)] = own.astype("datetime64[D]")
    return days.astype("datetime64[s]")


def _texts(cells: npt.NDArray[np.object_]) -> dict[str, npt.NDArray[Any]]:
    codes, different = pd.factorize(cells)
    return {
        "texts": joined(different.tolist()),
        "filled": np.array([all(text and not text.isspace() for text in different)]),
        "different": np.array([len(different)]),
        "codes": codes.astype(np.int32),
    }


def _whole_texts(arrays: Arrays) -> npt.NDArray[np.object_]:
    return parted(arrays["texts"], int(arrays["different"][0]))[arrays["codes"]]


def _numbers(kind: type[np.generic]) -> Callable[[npt.NDArray[np.object_]], dict[str, npt.NDArray[Any]]]:
    return lambda cells: {"values": cells.astype(kind)}


def _listed(arrays: Arrays) -> Any:
    return _objects(arrays["values"].tolist())


def _days(cells: npt.NDArray[np.object_]) -> dict[str, npt.NDArray[Any]]:
    return {"values": cells.astype("datetime64[D]").astype(np.int32)}


def _from_days(arrays: Arrays) -> Any:
    return arrays["values"].astype("datetime64[D]").astype(object)


def _moments(cells: npt.NDArray[np.object_]) -> dict[str, npt.NDArray[Any]]:
    if any(cell.tzinfo or cell.fold for cell in cells):
        raise UnfitError("a moment has a time zone")
    return {"values": np.array([(cell - _DAY) // _MICROSECOND for cell in cells], dtype=np.int64)}


def _from_moments(arrays: Arrays) -> Any:
    return _objects([_DAY + n * _MICROSECOND for n in arrays["values"].tolist()])


def _times(cells: npt.NDArray[np.object_]) -> dict[str, npt.NDArray[Any]]:
    return _moments(_objects([dt.datetime.combine(_DAY, cell) for cell in cells]))


def _from_times(arrays: Arrays) -> Any:
    return _objects([moment.time() for moment in _from_moments(arrays)])


def _errors(cells: npt.NDArray[np.object_]) -> dict[str, npt.NDArray[Any]]:
    return _texts(_objects([cell.code for cell in cells]))


def _from_errors(arrays: Arrays) -> Any:
    return _objects([CellError(code) for code in _whole_texts(arrays)])


def _objects(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


_Pack = Callable[["npt.NDArray[np.object_]"], "dict[str, npt.NDArray[Any]]"]
#: How cells of each type are packed and unpacked; their places stand in the file.
_FORMS: tuple[tuple[type, _Pack, Callable[[Arrays], Any]], ...] = (
    (str, _texts, _whole_texts),
    (int, _numbers(np.int64), _listed),
    (float, _numbers(np.float64), _listed),
    (bool, _numbers(np.bool_), _listed),
    (dt.date, _days, _from_days),
    (dt.datetime, _moments, _from_moments),
    (dt.time, _times, _from_times),
    (CellError, _errors, _from_errors),
)
_PLACE = {kind: number for number, (kind, _, _) in enumerate(_FORMS)}
