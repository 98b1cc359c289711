"""One form for the XML of a part, whatever program wrote it: what edits bytes needs to know only that form.

Plain is UTF-8; the part's own namespace without a prefix; attributes in double quotes with no blanks around ``=``;
no comments, raw text sections or processing instructions; and in a worksheet, every row and cell with its ``r``.
The meaning stays, to the last cell. Parts of Excel are plain as they stand and are given back as the same object.

Source of what may differ: XML 1.0, Namespaces in XML 1.0, and ECMA-376 part 1, 18.3.1.73 and 18.3.1.4 (``r`` is
optional: a row or cell without it follows the one before).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from workbook_cms.file.addresses import column_letters, column_number

__all__ = ["NAMESPACES", "plain", "utf8"]

#: SpreadsheetML, transitional and strict.
NAMESPACES = (
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
)
#: Namespaces whose prefix is taken off. Others (drawings, charts) are left as their programs wrote them.
_OWN = (
    *NAMESPACES,
    b"http://schemas.openxmlformats.org/package/2006/relationships",
    b"http://schemas.openxmlformats.org/package/2006/content-types",
)

#: First bytes of a part with two bytes a character, with and without a byte order mark.
_TWO_BYTES = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_DECLARATION = re.compile(rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["'][^>]*?\?>""")
_DECLARED = re.compile(r"\A\ufeff?\s*<\?xml.*?\?>", re.DOTALL)
_NEW_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

# Possessive (++, *+): an unfinished tag is found to be one in a single pass.
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>)?\s*+"
    rb'<((?:[\w.-]+:)?)([\w.-]+)((?:\s++[\w.:-]++="[^"<>]*+")*+)\s*+/?>'
)
_NAMESPACE = re.compile(rb"""\sxmlns(?::([\w.-]+))?\s*=\s*(?:"([^"]*)"|'([^']*)')""")
#: What only some programs write: a blank or a single quote about ``=``, ``>`` inside a value, a blank in a closing tag.
_ODD = re.compile(rb"""<[\w:.-]+\s[^<>]*?(?:=\s*'|\s=\s*"|=\s+"|="[^"<>]*>)|</[^<>\s]*\s|<sheetData\s[^>]*>""")
_ODD_ROW = re.compile(rb'<row(?![^>]*?\sr="\d+")[\s/>]')
_ODD_CELL = re.compile(rb'<c(?![^>]*?\sr="[A-Z]{1,3}\d+")[\s/>]')
_UNPREFIXED = re.compile(rb"</?[\w.-]+[\s/>]")
_TOKEN = re.compile(
    rb"""<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>"""
    rb"""|<(/?)([^\s<>/!?"'=]++)([^"'<>]*+(?:(?:"[^"]*+"|'[^']*+')[^"'<>]*+)*+)>""",
    re.DOTALL,
)
_USUAL_ATTRIBUTES = re.compile(rb'(?: [\w.:-]++="[^"<>]*+")*+ ?/?')
_ATTRIBUTE = re.compile(rb"""([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NUMBER = re.compile(rb'\sr="(\d+)"')
_ADDRESS = re.compile(rb'\sr="([A-Za-z]{1,3})(\d+)"')
#: So much from the start and the end of the rows is looked at closely: a program writes all rows alike.
_SAMPLE = 1 << 14


def utf8(data: bytes, errors: str = "strict") -> bytes:
    """The bytes of a part in UTF-8, whatever they were in; the same object when they are.

    Args:
        data: A part.
        errors: As for `bytes.decode`.

    Raises:
        ValueError: bytes that are no characters, when ``errors`` is "strict".
    """
    codec = _TWO_BYTES.get(data[:2], "")
    if not codec:
        declared = _DECLARATION.match(data)
        codec = declared[1].decode().lower() if declared else "utf-8"
        # Who declares two bytes a character and writes one means UTF-8.
        if codec.startswith(("utf-8", "utf8", "us-ascii", "ascii", "utf-16", "ucs")):
            return data
    try:
        text = data.decode(codec, errors)
    except LookupError:
        return data
    return _DECLARED.sub(_NEW_DECLARATION, text.removeprefix("\ufeff"), count=1).encode()


def plain(data: bytes) -> bytes:
    """A part in the plain form; the same object when it has it.

    Raises:
        ValueError: not well-formed.
    """
    data = utf8(data)
    if _is_plain(data):
        return data
    quick = _prefix_off(data)
    if quick is not None and _is_plain(quick):
        return quick
    return b"".join(_Rewriter().pieces(data))


def _is_plain(data: bytes) -> bool:
    root = _ROOT.match(data)
    if root is None or (b"!" in data and b"<!" in data) or (b"?" in data and data.find(b"<?", 1) >= 0):
        return False
    bound = {match[1] or b"": match[2] for match in _NAMESPACE.finditer(root[3])}
    own = bound.get(root[1].rstrip(b":"))
    if own in _OWN:
        if root[1]:
            return False
        again = [prefix for prefix, uri in bound.items() if uri == own and prefix]
        if any(b"<" + prefix + b":" in data for prefix in again):
            return False
    if root[2] != b"worksheet":
        return _ODD.search(data, root.end()) is None and not _bound_again(data[root.end() :], own)
    return _is_plain_sheet(data, root.end(), own)


def _is_plain_sheet(data: bytes, start: int, own: bytes | None) -> bool:
    body, end = data.find(b"<sheetData", start), data.rfind(b"</sheetData>")
    if body < 0 or end < 0:
        body = end = len(data) if body < 0 else body
    around = data[start : body + len(b"<sheetData/>")] + data[end:]
    if _ODD.search(around) or _bound_again(around, own):
        return False
    if own is not None and data.find(own, body, end) >= 0:
        return False
    for at in (body, max(body, end - _SAMPLE)):
        if _ODD.search(data, at, min(end, at + _SAMPLE)):
            return False
    # Counting is many times faster than a search for what is not as it should be, which only odd sheets need.
    rows, cells = data.count(b"<row", body, end), data.count(b"<c", body, end)
    if data.count(b'<row r="', body, end) != rows and _ODD_ROW.search(data, body, end):
        return False
    return data.count(b'<c r="', body, end) == cells or _ODD_CELL.search(data, body, end) is None


def _bound_again(data: bytes, own: bytes | None) -> bool:
    """Whether a prefix is bound to the part's own namespace below the root, elsewhere than in an extension."""
    if own is None or own not in data:
        return False
    outside = re.sub(rb"<ext\s.*?</ext>", b"", data, flags=re.DOTALL)
    return b'"' + own + b'"' in outside


def _prefix_off(data: bytes) -> bytes | None:
    """The part with the root's prefix taken off everywhere, where that is all there is to it; fast in large sheets."""
    root = _ROOT.match(data)
    if root is None or not root[1]:
        return None
    prefix = root[1].rstrip(b":")
    bound = {match[1] or b"": match[2] for match in _NAMESPACE.finditer(root[3])}
    own = bound.get(prefix)
    again = data.find(b"xmlns:" + prefix + b"=", root.end()) >= 0
    if own not in _OWN or b"" in bound or again or _UNPREFIXED.search(data) or b"<![" in data:
        return None
    at = root.start(1)
    opened = data[:at] + root[2] + b' xmlns="' + own + b'"' + data[root.start(3) : root.end()]
    rest = data[root.end() :]
    return opened + rest.replace(b"<" + root[1], b"<").replace(b"</" + root[1], b"</")


@dataclass
class _Element:
    """An open element: its name as read and as written, and what prefixes mean inside it."""

    read: bytes
    written: bytes
    bound: dict[bytes, bytes]
    #: The namespace of names without a prefix, as written.
    default: bytes
    #: Its name without prefix when it is of the part's own namespace.
    own: bytes = b""


@dataclass
class _Rewriter:
    """Goes through a part tag by tag, and copies what is plain already."""

    namespace: bytes = b""
    open: list[_Element] = field(default_factory=list)
    row: int = 0
    column: int = 0

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The part piece by piece.

        Raises:
            ValueError: not well-formed.
        """
        at, first = 0, True
        for token in _TOKEN.finditer(data):
            between = data[at : token.start()]
            if b"<" in between:
                raise ValueError("a tag without an end")
            yield between
            at = token.end()
            if token[3] is not None:
                yield self._tag(token)
            elif token[1] is not None:
                yield token[1].replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
            elif first and token[0].startswith(b"<?xml"):
                yield token[0]
            first = False
        if self.open or b"<" in data[at:]:
            raise ValueError("an element without an end")
        yield data[at:]

    def _tag(self, token: re.Match[bytes]) -> bytes:
        name, attributes = token[3], token[4]
        if token[2]:
            if not self.open or self.open[-1].read != name:
                raise ValueError("an element that ends where it should not")
            return b"</" + self.open.pop().written + b">"
        if not _USUAL_ATTRIBUTES.fullmatch(attributes):
            attributes = _usual(attributes)
        element = self._element(name, attributes)
        around = self.open[-1].default if self.open else b""
        attributes = _with_default(attributes, element.default, around)
        attributes = self._placed(element, attributes)
        empty = attributes.endswith(b"/")
        if not empty:
            self.open.append(element)
        if element.own == b"sheetData":
            attributes = attributes.rstrip(b" /") + b"/" * empty
        return b"<" + element.written + attributes + b">"

    def _element(self, name: bytes, attributes: bytes) -> _Element:
        outer = self.open[-1] if self.open else _Element(b"", b"", {}, b"")
        bound = outer.bound
        if b"xmlns" in attributes:
            bound = dict(bound)
            bound.update((match[1] or b"", match[2]) for match in _NAMESPACE.finditer(attributes))
        prefix, _, local = name.rpartition(b":")
        uri = bound.get(prefix, b"")
        if not self.open and uri in _OWN:
            self.namespace = uri
        own = local if uri == self.namespace and uri else b""
        if own and prefix and (not self.open or outer.default == uri):
            return _Element(name, local, bound, uri, own)
        # A name without prefix keeps its namespace, also below an element that had one and has none any more.
        return _Element(name, name, bound, outer.default if prefix else uri, own)

    def _placed(self, element: _Element, attributes: bytes) -> bytes:
        """The attributes of a row or cell with its place, counted on from the one before where it tells none."""
        around = self.open[-1].own if self.open else b""
        if element.own == b"row" and around == b"sheetData":
            found = _NUMBER.search(attributes)
            self.row, self.column = int(found[1]) if found else self.row + 1, 0
            return attributes if found else b' r="%d"' % self.row + attributes
        if element.own == b"c" and around == b"row":
            found = _ADDRESS.search(attributes)
            self.column = column_number(found[1].decode()) if found else self.column + 1
            if found is None:
                return b' r="%s%d"' % (column_letters(self.column).encode(), self.row) + attributes
            return attributes[: found.start(1)] + found[1].upper() + attributes[found.end(1) :]
        return attributes


def _with_default(attributes: bytes, default: bytes, around: bytes) -> bytes:
    """Attributes that give names without a prefix the namespace ``default``, where it is ``around`` outside."""
    declared = None
    if b"xmlns" in attributes:
        declared = next((match for match in _NAMESPACE.finditer(attributes) if not match[1]), None)
        if declared is not None and declared[2] != default:
            attributes = attributes[: declared.start()] + attributes[declared.end() :]
            declared = None
    return attributes if declared or default == around else b' xmlns="' + default + b'"' + attributes


def _usual(attributes: bytes) -> bytes:
    """Attributes with one blank before each, in double quotes."""
    written = []
    for name, double, single in _ATTRIBUTE.findall(attributes):
        value = double or single.replace(b'"', b"&quot;")
        written.append(b" " + name + b'="' + value.replace(b">", b"&gt;").replace(b"<", b"&lt;") + b'"')
    return b"".join(written) + (b"/" if attributes.rstrip().endswith(b"/") else b"")
