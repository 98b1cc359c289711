"""Bytes put together from pieces behave as the bytes that they are."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from workbook_cms.file.container.buffer import Buffer


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_pieces_are_as_the_bytes(seed: int) -> None:
    """However a buffer is put together, its stretches and comparisons are those of the bytes."""
    dice = random.Random(seed)  # noqa: S311 - bytes, not secrets
    known = [(Buffer([whole]), whole) for whole in (dice.randbytes(200_000), b"", b"ab" * 40_000)]
    for _ in range(6):
        parts: list[bytes | Buffer] = []
        whole = b""
        for _ in range(dice.randint(0, 5)):
            if dice.random() < 0.4:
                piece = dice.randbytes(dice.choice([0, 1, 50, 70_000]))
                parts.append(piece)
                whole += piece
            else:
                buffer, data = dice.choice(known)
                start, end = sorted(dice.randint(0, len(data)) for _ in range(2))
                parts.append(buffer.part(start, end))
                whole += data[start:end]
        known.append((Buffer(parts), whole))
    for buffer, data in known:
        start, end = sorted(dice.randint(0, len(data) + 2) for _ in range(2))
        assert len(buffer) == len(data)
        assert bytes(buffer) == b"".join(buffer) == data
        assert buffer[start:end] == buffer.view(start, end) == bytes(buffer.part(start, end)) == data[start:end]
        assert buffer[-7:] == data[-7:]
        other, theirs = dice.choice(known)
        length, at = dice.randint(0, len(data)), dice.randint(0, len(theirs))
        expected = start + length <= len(data) and data[start : start + length] == theirs[at : at + length]
        assert buffer.same(start, other, at, length) is (expected and at + length <= len(theirs))


def test_many_pieces_become_one() -> None:
    """A buffer of very many pieces still is the same bytes."""
    whole = Buffer([bytes(range(256)) * 1000])
    parts = [whole.part(at, at + 100) for at in range(0, 200_000, 200)]
    assert bytes(Buffer(parts)) == b"".join(bytes(part) for part in parts)


def test_a_file_holds_the_bytes_or_not(tmp_path: Path) -> None:
    """A file is found to hold other bytes, fewer or more."""
    data = random.Random(1).randbytes(3_000_000)  # noqa: S311 - as above
    buffer = Buffer([data[:1_500_000], b"x", data[1_500_000:]])
    right = bytes(buffer)
    cases = {
        "right": right,
        "longer": right + b"y",
        "shorter": right[:-1],
        "other": right[:-9] + b"z" + right[-8:],
    }
    found = {}
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with (tmp_path / name).open("rb", buffering=0) as file:
            found[name] = buffer.stands_in(file)
    assert found == {"right": True, "longer": False, "shorter": False, "other": False}
