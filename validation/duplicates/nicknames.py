"""Short and full forms of given names: Bob is Robert, as is Rob."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nicknames import NickNamer

__all__ = ["full_names_of"]


@cache
def _known() -> tuple[NickNamer, frozenset[str]]:
    from nicknames import NickNamer  # noqa: PLC0415 - its list is read only where given names are compared

    known = NickNamer()
    return known, frozenset(known.nickname_lookup) | frozenset(known.canonical_lookup)


def full_names_of(name: str) -> frozenset[str] | None:
    """The names that a given name may stand for, itself among them; None for one that is no short or full form.

    Two names may be one person's where these have a name in common. ``name`` is folded, without spaces.
    """
    known, names = _known()
    return frozenset({name, *known.canonicals_of(name)}) if name in names else None
