"""The text of a sheet, held deflated in segments."""

from workbook_cms.file.container.packing import pack
from workbook_cms.file.sheets.sheet_text import SheetText


def test_only_a_segment_of_the_same_bytes_is_known():
    """Not one of the same length and checksum: those can be forged."""
    segments = [b"<w><sheetData>", b'<row r="1"></row>', b"</sheetData></w>"]
    text, packed = SheetText.cut(segments, "a sheet"), pack(segments).data[1]
    assert text.packed_as(text.segments[1], memoryview(packed))
    assert not text.packed_as(text.segments[1], memoryview(bytes(len(packed))))
    assert not text.packed_as(text.segments[1]._replace(crc=1), memoryview(packed))
