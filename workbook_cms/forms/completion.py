"""A unique beginning counts as the whole: list values and keys need not be typed out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from validation.policy import PolicyList
from workbook_cms.forms.wording import listed, quoted

__all__ = ["Completed", "complete_key", "complete_list", "folded"]

_SHOWN = 8


@dataclass(frozen=True)
class Completed:
    """A text after completion.

    Attributes:
        text: The text, each part that was a unique beginning written out.
        problem: What to do about a part that begins several values; "" when there is none.
    """

    text: str
    problem: str = ""


def complete_list(text: str, choices: PolicyList, multiple: bool) -> Completed:
    """Values of a list from their beginnings; only active ones are offered, a retired one written out stays."""
    parts = [part.strip() for part in re.split(r"[;\n]", text)] if multiple else [text]
    done: list[str] = []
    problems = []
    for part in filter(None, parts):
        found = _matches(part, choices)
        if len(found) == 1:
            done.append(found[0])
            continue
        done.append(part)
        if found:
            more = f" or {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            names = ", ".join(found[:_SHOWN]) if more else listed(found, "or")
            problems.append(f"{quoted(part)} could be {names}{more}. Type one letter more.")
    return Completed("; ".join(dict.fromkeys(done)), " ".join(problems))


def _matches(part: str, choices: PolicyList) -> Sequence[str]:
    """The value meant, or the values that may be meant: beginnings of values first, then of words inside them."""
    wanted = folded(part)
    same = [value for value in choices.active if folded(value) == wanted]
    if same or part in choices.values:
        return same[:1] or [part]
    begin = [value for value in choices.active if folded(value).startswith(wanted)]
    return begin or [v for v in choices.active if f" {wanted}" in folded(v)]


def folded(text: str) -> str:
    """A text in which capitals, hyphens and other signs make no difference."""
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def complete_key(text: str, keys: Iterable[str], own: Sequence[str] = ()) -> str:
    """A key from its digits (``412`` for ``INT-000412``) or its beginning or end; the text as it is where that is
    not one key.

    Args:
        text: As typed.
        keys: All keys of the table; only a whole key or its number counts among them.
        own: Keys that are likelier (bookings of the stakeholder at hand): three characters of one are enough.
    """
    wanted, digits = text.casefold(), text.lstrip("0")
    numbers = []
    for key in keys:
        if key.casefold() == wanted:
            return key
        if digits.isascii() and digits.isdigit() and key and re.sub(r"^\D+0*", "", key) == digits:
            numbers.append(key)
    if len(numbers) == 1 and not numbers[0][:1].isdigit():
        return numbers[0]
    folded = {key: key.casefold() for key in own}
    near = [key for key in own if len(wanted) >= 3 and folded[key].startswith(wanted)]
    near = near or [key for key in own if len(wanted) >= 3 and folded[key].endswith(wanted)]
    return near[0] if len(near) == 1 else text
