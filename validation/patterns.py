"""Patterns of the policy: matched with a whole text in time linear in its length, whatever the pattern."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

__all__ = ["is_simple", "matcher"]

#: Parts of a pattern that the standard library's `re` reads as RE2 does: plain characters, classes, counts.
_PART = re.compile(
    r"""(?:
        [A-Za-z0-9\ _@\#%&,;:/<>=!"'~-]
      | \\[d.+*?()|/\ -]
      | \[ (?: [A-Za-z0-9]-[A-Za-z0-9] | [A-Za-z0-9\ _./\#@+'] | \\[d./+\ -] )+ -?\]
    )
    ( \{(\d{1,3})(?:,(\d{1,3}))?\} | [?+*] | )""",
    re.VERBOSE | re.ASCII,
)
#: In so many ways at most may the counts of a pattern share a text out among themselves.
_WAYS = 1000


def is_simple(pattern: str) -> bool:
    """Whether `re` matches ``pattern`` as RE2 does, and in time linear in the text: nothing is nested, no choices are
    left open but one unbounded count and few bounded ones."""
    ways, unbounded, end = 1, 0, 0
    for part in _PART.finditer(pattern):
        if part.start() != end:
            return False
        end = part.end()
        count, low, high = part.groups()
        unbounded += count in {"+", "*"}
        ways *= 2 if count == "?" else int(high) - int(low) + 1 if high else 1
    return end == len(pattern) and unbounded <= 1 and 0 < ways <= _WAYS


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], object] | None:
    """Whether a whole text matches ``pattern``, in time linear in its length; None where RE2 cannot read it.

    RE2 cannot be made to take long; where `re` cannot either, it is used, for its calls take a tenth of the time.
    """
    if is_simple(pattern):
        try:
            return re.compile(pattern, re.ASCII).fullmatch
        except re.error:  # a range from z to a, which RE2 does not take either
            return None
    import re2  # noqa: PLC0415 - only for patterns that need it

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
        # A set of one pattern answers yes or no five times faster than a match object is made.
        single = re2.Set.FullMatchSet(options)
        single.Add(pattern)
        single.Compile()
    except re2.error:
        return None

    def matches(text: str) -> bool:
        try:
            # A set that runs out of memory says no; the slower way has the last word.
            return bool(single.Match(text)) or compiled.fullmatch(text) is not None
        except UnicodeEncodeError:  # half a surrogate pair, which no pattern means
            return False

    return matches
