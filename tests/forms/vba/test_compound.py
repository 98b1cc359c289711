"""OLE compound files as olefile, an independent reader, sees them."""

from __future__ import annotations

import io
import random

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook_cms.forms.vba.compound import compound_file

names = st.text("ABCdef_019", min_size=1, max_size=31)
streams = st.dictionaries(names, st.binary(max_size=200) | st.sampled_from([4095, 4096, 4097, 9000]).map(bytes))


def unlike(storage: dict[str, object]) -> dict[str, object]:
    """The storage without names that differ only in capitals, which a compound file cannot hold."""
    return dict({name.upper(): (name, held) for name, held in storage.items()}.values())


def opened(data: bytes) -> olefile.OleFileIO:
    """The file, read with every defect raised."""
    return olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_UNSURE)


@given(streams.map(unlike), streams.map(unlike))
def test_streams_are_read_back(outer: dict[str, bytes], inner: dict[str, bytes]) -> None:
    """Every stream is found by its path with its bytes, be it short, long or on the edge between."""
    outer = {name: data for name, data in outer.items() if name.upper() != "VBA"}
    with opened(compound_file({**outer, "VBA": inner})) as file:
        wanted = {(name,): data for name, data in outer.items()} | {("VBA", n): data for n, data in inner.items()}
        assert {tuple(path) for path in file.listdir()} == set(wanted)
        assert {path: file.openstream(list(path)).read() for path in wanted} == wanted
        assert file.parsing_issues == []


def test_siblings_are_sorted() -> None:
    """Names stand in the order by which Excel searches: shorter ones first, then by capitals."""
    data = compound_file(dict.fromkeys(("dir", "ThisWorkbook", "Sheet10", "sheet2", "Sheet1", "a"), b"x"))
    with opened(data) as file:
        entries = file.direntries

        def walk(number: int) -> list[str]:
            if number == olefile.NOSTREAM:
                return []
            entry = entries[number]
            return [*walk(entry.sid_left), entry.name, *walk(entry.sid_right)]

        assert walk(entries[0].sid_child) == ["a", "dir", "Sheet1", "sheet2", "Sheet10", "ThisWorkbook"]


def test_many_sectors() -> None:
    """A file whose allocation table takes several sectors is whole."""
    data = random.Random(3).randbytes(900_000)  # noqa: S311 - no secret
    with opened(compound_file({"long": data, "short": b"1"})) as file:
        assert file.openstream("long").read() == data
        assert (file.num_fat_sectors, file.parsing_issues) == (14, [])


@pytest.mark.parametrize("root", [{"": b"x"}, {"x" * 32: b"x"}, {"long": bytes(8_000_000)}])
def test_what_does_not_fit_is_refused(root: dict[str, bytes]) -> None:
    """Names that no entry can hold, and files past the header's table, are errors."""
    with pytest.raises(ValueError, match=r"characters|7 MB"):
        compound_file(root)
