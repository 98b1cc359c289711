"""Bends what lies beside a workbook at random: journal, head, settings, cache, archives of the history."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

__all__ = ["bent", "bent_data"]

#: What stands where something else should.
_ODD: tuple[Any, ...] = (
    None, [], {}, "", 0, -1, 10**30, 1e308, True, "x" * 100_000, "\ud800", "../../x", "\x00", [[[[]]]], {"a": {"b": []}},
    "9999-99-99", "2026-11-05T00:00:00+99:00", "STK-00001", ["STK-00001"] * 3,
)  # fmt: skip


def bent(raw: bytes, dice: random.Random) -> bytes:
    """The bytes of a file with something bent: its values where it is JSON, else its bytes."""
    if raw[:1] in b"{[" and raw and dice.random() < 0.7:
        return json.dumps(bent_data(json.loads(raw), dice)).encode()
    at = dice.randrange(len(raw) + 1)
    bends: tuple[Callable[[], bytes], ...] = (
        lambda: b"",
        lambda: raw[:at],
        lambda: raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :],
        lambda: raw + raw,
        lambda: b"\0" * len(raw),
        lambda: b"[" * 100_000,
        lambda: b"\xff\xfe" + raw,
        lambda: raw[:at] + raw[at + 40 :],
    )
    return dice.choice(bends)()


def bent_data(data: Any, dice: random.Random) -> Any:
    """JSON with one value, name or entry exchanged, doubled or gone."""
    if isinstance(data, dict) and data and dice.random() < 0.85:
        name = dice.choice(sorted(data))
        rest = {key: value for key, value in data.items() if key != name}
        match dice.randrange(6):
            case 0:
                return rest
            case 1:
                return {**rest, dice.choice(("x", "", "\ud800")): data[name]}
            case _:
                return {**data, name: bent_data(data[name], dice)}
    if isinstance(data, list) and data and dice.random() < 0.85:
        at = dice.randrange(len(data))
        middle = dice.choice(([], [data[at]] * 2, [bent_data(data[at], dice)], [bent_data(data[at], dice)]))
        return [*data[:at], *middle, *data[at + 1 :]]
    return dice.choice(_ODD)
