"""The plain form of a part: the same meaning, whatever program wrote it."""

from __future__ import annotations

import re
from xml.etree.ElementTree import canonicalize, fromstring, tostring

import pytest

from tests.support.odd_xml import ODD_FORMS, prefixed, unaddressed
from workbook_cms.file.plain import plain, utf8

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<worksheet xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<dimension ref="A1:C5"/><cols><col min="1" max="2" width="9.5"/></cols><sheetData>'
    '<row r="1" spans="1:3"><c r="A1" t="inlineStr"><is><t>Größe</t></is></c><c r="B1" s="2"/></row>'
    '<row r="3"><c r="C3"><f>IF(A1="x",\'My sheet\'!A1,1&gt;0)</f><v>1</v></c></row>'
    '<row r="4"><c r="A4" t="inlineStr"><is><r><rPr><charset val="1"/></rPr><t>a</t></r></is></c></row>'
    '</sheetData><dataValidations count="1"><dataValidation sqref="A2" prompt="a &gt; &quot;b&quot; it\'s">'
    "<formula1>1</formula1></dataValidation></dataValidations><rowBreaks/></worksheet>"
).encode()
TABLE = (
    f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="A1:B3"><autoFilter ref="A1:B3"/>'
    '<tableColumns count="2"><tableColumn id="1" name="a &gt; b"/><tableColumn id="2" name="c"/></tableColumns></table>'
).encode()


def _meaning(data: bytes) -> str:
    """What a parser makes of a part: names with namespaces, attributes in order, texts."""
    text = data.decode("utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.decode("utf-8-sig")
    return canonicalize(tostring(fromstring(text), encoding="unicode"), rewrite_prefixes=True)  # noqa: S314 - ours


@pytest.mark.parametrize("data", [SHEET, TABLE, SHEET.replace(b"<sheetData>", b"<sheetData>\n  ")])
def test_what_is_plain_is_given_back_as_it_is(data: bytes) -> None:
    """Parts as Excel writes them are not copied."""
    assert plain(data) is data


@pytest.mark.parametrize("form", ODD_FORMS)
@pytest.mark.parametrize("data", [SHEET, TABLE], ids=["sheet", "table"])
def test_every_odd_form_becomes_plain(form: str, data: bytes) -> None:
    """The plain form means the same as the odd one, and is plain."""
    odd = ODD_FORMS[form]("xl/worksheets/sheet1.xml", data)
    found = plain(odd)
    if form != "no addresses":
        assert _meaning(found) == _meaning(odd)
    assert plain(found) is found


def test_prefixes_of_the_own_namespace_go_and_others_stay() -> None:
    """``x:row`` becomes ``row``; ``xdr:row`` and elements of extensions stay."""
    odd = prefixed("", SHEET).replace(
        b"</x:worksheet>",
        b'<x:controls><xdr:row xmlns:xdr="urn:d">1</xdr:row></x:controls>'
        b'<x:extLst><x:ext><x14:f xmlns:x14="urn:x14"><r xmlns="urn:none"/></x14:f></x:ext></x:extLst></x:worksheet>',
    )
    found = plain(odd)
    assert _meaning(found) == _meaning(odd)
    assert b"<row r=" in found
    assert b"<x:" not in found
    assert b"<xdr:row " in found


def test_prefix_beside_a_default_namespace() -> None:
    """A part that writes some of its elements with a prefix, some without, and some in no namespace at all."""
    odd = (
        f'<x:worksheet xmlns:x="{MAIN}" xmlns="urn:other"><x:sheetData><x:row r="1"><x:c r="A1"/></x:row></x:sheetData>'
        '<note><x:row/></note><y:row xmlns:y="urn:y" xmlns=""><gap/></y:row></x:worksheet>'
    ).encode()
    found = plain(odd)
    assert _meaning(found) == _meaning(odd)
    assert b'<sheetData><row r="1"><c r="A1"/></row></sheetData>' in found
    bare = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData/><gap a="1"/></x:worksheet>'.encode()
    assert _meaning(plain(bare)) == _meaning(bare)


def test_a_prefix_bound_again_below_the_root() -> None:
    """A row that brings its own prefix is a row like the others."""
    odd = SHEET.replace(b'<row r="3">', f'<q:row xmlns:q="{MAIN}" r="3">'.encode()).replace(
        b'</c></row><row r="4">', b'</c></q:row><row r="4">'
    )
    assert _meaning(plain(odd)) == _meaning(odd)
    assert re.search(rb'<row [^>]*r="3"', plain(odd))


def test_rows_and_cells_get_their_places() -> None:
    """Without ``r``, a row follows the row before, and a cell the cell before; small letters become large."""
    assert plain(unaddressed("", SHEET)) == SHEET
    odd = SHEET.replace(b'r="C3"', b'r="c3"').replace(b'<row r="1"', b"<row")
    assert plain(odd) == SHEET


def test_texts_that_look_like_markup_stay() -> None:
    """Comments go, raw text becomes escaped text, and neither makes a row."""
    odd = SHEET.replace(
        "<t>Größe</t>".encode(), b'<t>a<!-- <row r="9"> --><![CDATA[<row r="9"> & ]]>b</t><?p <row?>'
    )
    assert b'<t>a&lt;row r="9"&gt; &amp; b</t>' in plain(odd)
    assert plain(odd).count(b"<row ") == SHEET.count(b"<row ")


@pytest.mark.parametrize(
    "encoding", ["utf-16-le", "utf-16-be", "utf-16", "iso-8859-1", "windows-1252", "utf-8-sig"]
)
def test_encodings(encoding: str) -> None:
    """A part in another encoding is UTF-8 afterwards, and says so."""
    text = SHEET.decode()
    if not encoding.startswith("utf-8"):
        text = text.replace("UTF-8", "UTF-16" if "16" in encoding else encoding)
    found = plain(text.encode(encoding))
    assert found.removeprefix(b"\xef\xbb\xbf") == SHEET
    assert utf8(found) is found


@pytest.mark.parametrize(
    "data",
    [
        SHEET.replace(b"</row>", b"<!-- --></rov>", 1),
        SHEET.replace(b"</worksheet>", b"<!-- -->"),
        SHEET.replace(b"<sheetData>", b"<sheetData><!-- --><row r='1' <c/>"),
        SHEET.decode().encode("utf-16")[:-1],
    ],
    ids=["crossed", "open", "unfinished", "half a character"],
)
def test_what_is_not_well_formed(data: bytes) -> None:
    """Damage is said to be damage, never mended by guessing."""
    with pytest.raises(ValueError, match=r"."):
        plain(data)
