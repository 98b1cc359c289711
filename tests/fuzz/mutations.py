"""Bends a workbook file at random, knowing how it is built: its zip, its parts, their XML, the places they name."""

from __future__ import annotations

import io
import random
import re
import zipfile

__all__ = ["mutated"]

Parts = dict[str, bytes]

#: An element with nothing but text in it, so that leaving it out or repeating it leaves well-formed XML.
_LEAF = re.compile(rb"<([A-Za-z_][\w:.-]*)(?:\s[^<>]*)?(?:/>|>[^<>]*</\1>)")
_TAG = re.compile(rb"<([A-Za-z_][\w:.-]*)(?:\s[^<>]*?)?/?>")
_ATTRIBUTE = re.compile(rb'([\w:.-]+)="([^"]*)"')
_TEXT = re.compile(rb">([^<>]+)<")
#: What stands where something else should: numbers out of range, ranges that are none, other scripts, ways elsewhere.
_ODD = (
    b"", b"0", b"-1", b"1", b"2", b"1e99", b"NaN", b"99999999999999999999", b"1048577", b"A0", b"A1:XFD1048576",
    b"XFE1", b"A1048577", b"B2:A1", b"A1:A1:A1", b"#REF!", b"R1C1", b"true", b"s", b"e", b"n", b"d", b"inlineStr",
    b"../../../etc/passwd", b"\\\\evil\\share\\x.xlsx", b"http://example.invalid/x", b"rId1", b"rId999",
    "\U0001f600\u0627\u0644".encode(), b"\xff\xfe", b"_x0000_", b"&#0;", b"&#xD800;", b"&bogus;", b"x" * 40_000,
    b"=cmd|' /C calc'!A0", b"2026-02-31", b"-657435", b"2958466", b"1:1048576", b"A:XFD", b"Table1", b"' '!A1",
)  # fmt: skip


def mutated(raw: bytes, seed: int, most: int = 3) -> bytes:
    """A workbook with one thing bent, sometimes up to ``most``; the same seed gives the same file."""
    dice = random.Random(seed)  # noqa: S311 - for tests
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(dice.choice((1, 1, 1, most))):
        if parts:
            dice.choices((_bend_xml, _bend_parts), (6, 1))[0](parts, dice)
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    packed = memory.getvalue()
    return _bend_bytes(packed, dice) if dice.random() < 0.15 else packed


def _bend_parts(parts: Parts, dice: random.Random) -> None:
    name, other = dice.choice(list(parts)), dice.choice(list(parts))
    data = parts[name]
    match dice.randrange(8):
        case 0:
            del parts[name]
        case 1:
            parts[name], parts[other] = parts[other], data
        case 2:
            parts[name] = data[: dice.randrange(len(data) + 1)]
        case 3:
            parts[dice.choice(("../evil.xml", "/abs.xml", "C:\\x.xml", "a\\b.xml", "x" * 300, "\u202e.xml"))] = (
                data
            )
        case 4:
            parts[name] = data.decode("utf-8", "replace").encode("utf-16")
        case 5:
            parts[name] = b"\xef\xbb\xbf<!DOCTYPE a [<!ENTITY b 'c'>]>" + data
        case 6:
            parts[name.upper()] = parts.pop(name)
        case _:
            parts[name] = data + data


def _bend_xml(parts: Parts, dice: random.Random) -> None:
    structure = [name for name in parts if re.search(r"workbook|table|rels|Types|styles|sharedStr", name)]
    name = dice.choice(dice.choice((structure, list(parts))) or list(parts))
    data = parts[name]
    window = dice.randrange(max(len(data) - 4000, 1))  # what is near the beginning is what readers trust most
    window = dice.choice((0, window, max(len(data) - 4000, 0)))
    pattern, bend = dice.choice(_BENDS)
    found = list(pattern.finditer(data, window, window + 20_000))
    if found:
        place = dice.choice(found)
        parts[name] = data[: place.start()] + bend(place, data, dice) + data[place.end() :]


def _without(place: re.Match[bytes], data: bytes, dice: random.Random) -> bytes:
    return b""


def _again(place: re.Match[bytes], data: bytes, dice: random.Random) -> bytes:
    return place[0] * dice.choice((2, 3, 500))


def _other(place: re.Match[bytes], data: bytes, dice: random.Random) -> bytes:
    return dice.choice(list(_LEAF.finditer(data, 0, 50_000)))[0]


def _attribute(place: re.Match[bytes], data: bytes, dice: random.Random) -> bytes:
    found = list(_ATTRIBUTE.finditer(place[0]))
    if not found:
        return place[0]
    one = dice.choice(found)
    value = dice.choice((*_ODD, one[2] + b"0", one[2][:-1], one[2].swapcase(), b" " + one[2]))
    new = dice.choice((*(b'%s="%s"' % (one[1], value),) * 3, b"", b"%s='%s'" % (one[1], one[2])))
    return place[0][: one.start()] + new + place[0][one.end() :]


def _text(place: re.Match[bytes], data: bytes, dice: random.Random) -> bytes:
    return b">%s<" % dice.choice(_ODD)


def _other_name(place: re.Match[bytes], data: bytes, dice: random.Random) -> bytes:
    return place[0].replace(place[1], dice.choice((b"x:" + place[1], b"extLst", b"c", b"row", place[1] + b"x")))


def _nested(place: re.Match[bytes], data: bytes, dice: random.Random) -> bytes:
    deep = dice.choice((3, 300, 30_000))
    return b"<a>" * deep + b"</a>" * deep + place[0]


def _noise(place: re.Match[bytes], data: bytes, dice: random.Random) -> bytes:
    return (
        dice.choice((b"\0", b"<", b"]]>", b"<!-- -->", b"<![CDATA[<c/>]]>", b"&lt;", b"\x1b[31m", b"<?x?>"))
        + place[0]
    )


_BENDS = (
    (_TAG, _attribute), (_TAG, _attribute), (_TAG, _attribute), (_LEAF, _without), (_LEAF, _without), (_LEAF, _again),
    (_LEAF, _other), (_LEAF, _other_name), (_TEXT, _text), (_TEXT, _text), (_LEAF, _nested), (_TAG, _noise),
)  # fmt: skip


def _bend_bytes(raw: bytes, dice: random.Random) -> bytes:
    """Flip, cut or repeat bytes of the zip itself, mostly in its directory."""
    data = bytearray(raw)
    for _ in range(dice.randint(1, 6)):
        directory = dice.random() < 0.6
        at = dice.randrange(max(len(data) - 2000, 0), len(data)) if directory else dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                data[at] = dice.randrange(256)
            case 1:
                data[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"PK\1\2", b"PK\3\4"))
            case 2:
                del data[at:]
                if not data:
                    return b""
            case _:
                data[at:at] = data[at : at + dice.randrange(1, 60)]
    return bytes(data)
