"""Looks into what was made: whether anything of a user's text stands where a program would run, follow or draw it."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
from markdown_it import MarkdownIt  # comes with textual

__all__ = ["cells_of", "live", "steering"]

#: Elements of a workbook whose text is worked out.
_FORMULAS = {"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"}
#: Attributes that lead somewhere, or stand in a formula.
_WAYS = {"target", "location", "ref", "url", "href", "src", "macro", "onaction"}
_LITERAL = re.compile(r"""\"(?:[^"]|"")*"|'(?:[^']|'')*'(?=!)""")


def live(path: Path) -> list[str]:
    """What of a user's text would be run, followed or drawn in a file."""
    judges = {".xlsx": _workbook, ".xlsm": _workbook, ".html": _page, ".md": _markdown}
    return list(judges[path.suffix](path))


def _workbook(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for part in archive.namelist():
            if not part.endswith((".xml", ".rels", ".vml")):
                continue
            if "externalLink" in part or "connections" in part:
                yield f"{part} is there"
            for element in ET.fromstring(archive.read(part)).iter():  # noqa: S314 - made by us
                kind = str(element.tag).rpartition("}")[2]
                # In a formula what stands between quotation marks is text, or the name of a sheet.
                if kind in _FORMULAS and "evil" in _LITERAL.sub('""', element.text or "").lower():
                    yield f"{part}: <{kind}> {element.text}"
                for name, value in element.items():
                    held = "evil" in _LITERAL.sub("", value).lower()
                    if name.rpartition("}")[2].lower() in _WAYS and held:
                        yield f"{part}: <{kind} {name}={value!r}>"


def cells_of(path: Path) -> list[str]:
    """The texts of a workbook's cells; none of them is a formula."""
    book = openpyxl.load_workbook(path)
    try:
        cells = [
            cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)
        ]
        assert not [
            cell.value for cell in cells if cell.data_type == "f" and "EVIL" in _LITERAL.sub("", cell.value)
        ]
        return [cell.value for cell in cells if cell.data_type != "f"]
    finally:
        book.close()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        allowed = {"lang", "charset", "class", "scope"}
        odd = {"script", "img", "b", "iframe", "object", "svg", "a", "link", "base", "form", "input"}
        if tag in odd or {name for name, _ in attrs} - allowed or "evil" in str(attrs).lower():
            self.found.append(f"<{tag} {attrs}>")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!-- {data}")

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.text += data


def _page(path: Path) -> Iterator[str]:
    yield from _tags(path.read_text(encoding="utf-8"))


def _tags(html: str) -> list[str]:
    tags = _Tags()
    tags.feed(html)
    tags.close()
    assert "EVIL" in tags.text
    return tags.found


def _markdown(path: Path) -> Iterator[str]:
    yield from _tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(path.read_text("utf-8")))


def steering(text: str) -> set[str]:
    """Characters that are not seen and could steer who prints them."""
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c != "\n"}
