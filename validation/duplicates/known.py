"""What is worked out once per different value of a column, and kept where the table is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from validation.duplicates.columns import Column

__all__ = ["Known", "per_value"]


class Known(Protocol):
    """Of a column that holds some records of a table: what is known of its values there."""

    def count(self, texts: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
        """How many records of the table hold each of some values."""

    def feature(self, column: Column, name: str, make: Callable[[Column], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """What ``make`` gives for the values of the column, as far as it was not made before."""


class per_value:  # noqa: N801 - used as a decorator, as `cached_property` is
    """What is worked out once per different value of a column: an array, one row a value."""

    def __init__(self, make: Callable[[Any], npt.NDArray[Any]]) -> None:
        self._make, self._name, self.__doc__ = make, make.__name__, make.__doc__

    @overload
    def __get__(self, column: None, owner: type) -> per_value: ...
    @overload
    def __get__(self, column: Column, owner: type) -> npt.NDArray[Any]: ...
    def __get__(self, column: Column | None, owner: type) -> per_value | npt.NDArray[Any]:
        """The array; looked up from then on."""
        if column is None:
            return self
        made = (
            column.known.feature(column, self._name, self._make)
            if column.known is not None
            else self._make(column)
        )
        column.__dict__[self._name] = made  # found there before this is asked again
        return made
