"""Duplicates found with the recordlinkage toolkit, as the guides in its documentation do it for FEBRL 1 and 4.

A block of the same given name; given name, birthday, suburb and state compared for equality, surname and address by
Jaro and Winkler's similarity of at least .85; a pair that agrees in more than half of them is a match.
"""

from __future__ import annotations

import importlib.util

import numpy as np

from benchmarks.labelled import Labelled, Missing

__all__ = ["pairs"]

_ALIKE = ("family-name", "street", "email")
_LEFT_OUT = ("street-number", "text", "postcode", "identifier")


def pairs(labelled: Labelled, _name: str) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that are matches, by position.

    Raises:
        Missing: The toolkit is not installed.
    """
    if importlib.util.find_spec("recordlinkage") is None:
        raise Missing("recordlinkage is not installed: pip install recordlinkage 'pandas<3'")
    import recordlinkage  # noqa: PLC0415 - a second of imports

    given = next(column for column, kind in labelled.kinds.items() if kind == "given-name")
    compared = {column: kind for column, kind in labelled.kinds.items() if kind not in _LEFT_OUT}
    compare = recordlinkage.Compare()
    for column, kind in compared.items():
        if kind in _ALIKE:
            compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
        else:
            compare.exact(column, column, label=column)
    indexer = recordlinkage.Index()
    indexer.block(given)
    frames = (
        [labelled.frame[: labelled.first], labelled.frame[labelled.first :]]
        if labelled.first
        else [labelled.frame]
    )
    candidates = indexer.index(*frames)
    agreed = compare.compute(candidates, *frames).sum(axis=1)
    found = agreed[agreed > len(compared) / 2].index
    return found.get_level_values(0).to_numpy(), found.get_level_values(1).to_numpy()
