"""The compression of VBA streams, against oletools and the worked examples of [MS-OVBA] 3.2."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.vba import decompressed
from workbook_cms.forms.vba.compression import compress, decompress

#: Text and its container, from the specification: one without, one with, one with the most repetition.
EXAMPLES = [
    (b"abcdefghijklmnopqrstuv.", "0119b000616263646566676800696a6b6c6d6e6f70007172737475762e"),
    (
        b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
        "012fb000236161616263646582660070616768696a013808616b6c00306d6e6f700671027004107273747576107778797a003c",
    ),
    (b"a" * 73, "0103b002614500"),
]
#: Few letters, so that there is much to copy.
repetitive = st.lists(st.sampled_from([b"ab", b"abcabc", b" ", b"\r\n", b"x" * 300]), max_size=60).map(b"".join)


def incompressible(length: int) -> bytes:
    """Bytes in which nothing comes twice worth a copy."""
    return random.Random(7).randbytes(length)  # noqa: S311 - no secret


@pytest.mark.parametrize(("text", "container"), EXAMPLES, ids=["none", "some", "most"])
def test_examples_of_the_specification(text: bytes, container: str) -> None:
    """The containers printed in [MS-OVBA] 3.2 are read, and ours are as short (of equal copies it takes others)."""
    assert decompress(bytes.fromhex(container)) == text
    assert len(compress(text)) == len(container) // 2


@given(st.binary(max_size=600) | repetitive | st.text("VBA sub\r\n", min_size=4000, max_size=9000).map(str.encode))
@example(b"")
@example(b"a")
@example(b"ab" * 2048)
@example(b"ab" * 2049)
@example(bytes(4096 * 3))
def test_round_trip(text: bytes) -> None:
    """What goes in comes out, here and in oletools, whatever the length."""
    container = compress(text)
    assert decompress(container) == text
    assert decompressed(container) == text


@pytest.mark.parametrize("length", [4096, 4096 * 2, 4096 + 3000])
def test_incompressible_chunks_are_stored(length: int) -> None:
    """A chunk that would grow is stored as it is, and others beside it still compress."""
    text = incompressible(length)
    container = compress(text)
    assert decompress(container) == text == decompressed(container)
    assert len(container) <= 1 + length + length // 4096 * 2 + (length % 4096) // 8 + 4


def test_incompressible_end_is_filled_up() -> None:
    """A last chunk that cannot be compressed is filled with zero bytes, as the specification has it."""
    text = incompressible(4000)
    assert decompress(compress(text)) == text + bytes(96)
    assert decompressed(compress(text)) == text + bytes(96)


@pytest.mark.parametrize(
    "container",
    [b"", b"\x02\x00", b"\x01\x00\x00a", b"\x01\x03\xb0\x01\x45\x00"],
    ids=["empty", "other sign", "no chunk", "copy from nowhere"],
)
def test_damage_is_told(container: bytes) -> None:
    """A damaged container is an error, never silently wrong text."""
    with pytest.raises(ValueError, match=r"container|chunk"):
        decompress(container)


@given(st.binary(max_size=60))
def test_damage_ends_in_no_other_way(rest: bytes) -> None:
    """Whatever follows the signature is read, or refused in one way."""
    try:
        decompress(b"\x01" + rest)
    except ValueError as error:
        assert "chunk" in str(error)
