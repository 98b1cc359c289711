"""The parts of a file as the checks see them: read once, parsed once, with their relationships and types."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from workbook_cms.file.container.archive import Archive, ArchiveError
from workbook_cms.file.plain import utf8
from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.markup import children

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Parts", "Relation"]

#: Larger parts are only looked through for being well-formed: a tree takes some forty times as much memory.
_MAX_TREE = 2 << 20
_TYPES = "[Content_Types].xml"
_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


_ENTITIES = "the part defines entities, which Excel refuses."
_NOT_WELL_FORMED = "the part is damaged: its XML is not well-formed"


class DocumentTypeError(Exception):
    """A part has a document type."""


@dataclass(frozen=True)
class Relation:
    """A line of a relationships part; ``target`` is the name of a part unless it leads out of the file."""

    id: str
    kind: str
    target: str
    external: bool


class Parts:
    """The parts of an archive by name, whatever letter case and slashes the names have."""

    def __init__(self, archive: Archive, flaws: Flaws, place: str) -> None:
        self.place = place
        self._archive, self._flaws = archive, flaws
        self._members = {_normal(member.name): member for member in archive.members}
        self._trees: dict[str, Element | None] = {}
        self._relations: dict[str, tuple[Relation, ...]] = {}
        self.names = tuple(member.name for member in archive.members)

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return _normal(part) in self._members

    def name(self, part: str) -> str:
        """The name of a part as the file writes it."""
        member = self._members.get(_normal(part))
        return member.name if member else part

    def size(self, part: str) -> int:
        """Inflated bytes of a part."""
        return self._members[_normal(part)].size

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part in pieces.

        Raises:
            ArchiveError: damaged.
        """
        return self._archive.chunks(self._members[_normal(part)])

    def read(self, part: str) -> bytes:
        """The bytes of a part, b"" where it cannot be inflated (which is noted as a flaw)."""
        try:
            return self._archive.read(self._members[_normal(part)])
        except ArchiveError as error:
            self._flaws.add("zip", self.name(part), f"the part cannot be unpacked: {error}.")
            return b""

    def is_large(self, part: str) -> bool:
        """Whether a part is too large for a tree."""
        return self._members[_normal(part)].size > _MAX_TREE

    def check_form(self, part: str) -> bool:
        """Whether a part is well-formed, looked at without holding it; a flaw is noted where it is not."""
        from xml.parsers.expat import ExpatError, ParserCreate  # noqa: PLC0415 - late for a fast start

        parser = ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse
        try:
            for chunk in self.chunks(part):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
            return True
        except ArchiveError as error:
            self._flaws.add("zip", self.name(part), f"the part cannot be unpacked: {error}.")
        except ExpatError as error:
            self._flaws.add("xml", self.name(part), f"{_NOT_WELL_FORMED} ({error}).")
        except DocumentTypeError:
            self._flaws.add("document-type", self.name(part), _ENTITIES)
        return False

    def tree(self, part: str) -> Element | None:
        """The root of a part; None where it is missing, far too large or damaged (which is noted as a flaw)."""
        key = _normal(part)
        if key not in self._members:
            return None
        if key not in self._trees:
            self._trees[key] = self.parse(part, self.read(part)) if not self.is_large(part) else None
        return self._trees[key]

    def parse(self, part: str, data: bytes) -> Element | None:
        """The root of some XML that stands in a part; None, and a flaw, where it is damaged."""
        from xml.etree.ElementTree import ParseError, fromstring  # noqa: PLC0415 - late for a fast start

        try:
            data = utf8(data)
        except ValueError as error:
            self._flaws.add("xml", self.name(part), f"{_NOT_WELL_FORMED} ({error}).")
            return None
        if _DOCUMENT_TYPE.search(data):
            self._flaws.add("document-type", self.name(part), _ENTITIES)
            return None
        try:
            return fromstring(data)  # noqa: S314 - no document type, hence no entities
        except (ParseError, ValueError, LookupError) as error:
            self._flaws.add("xml", self.name(part), f"{_NOT_WELL_FORMED} ({error}).")
            return None

    def relations(self, part: str) -> tuple[Relation, ...]:
        """The relationships of a part, "" for those of the file itself."""
        if part not in self._relations:
            tree = self.tree(self.relations_part(part))
            folder = posixpath.dirname(part)
            self._relations[part] = tuple(
                Relation(
                    item.get("Id", ""),
                    item.get("Type", "").rpartition("/")[2],
                    item.get("Target", "") if external else _target(folder, item.get("Target", "")),
                    external,
                )
                for item in (children(tree, "Relationship") if tree is not None else ())
                for external in (item.get("TargetMode") == "External",)
            )
        return self._relations[part]

    @staticmethod
    def relations_part(part: str) -> str:
        """The name of the part that holds the relationships of ``part``."""
        folder, name = posixpath.split(part)
        return posixpath.join(folder, "_rels", name + ".rels")

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that ``part`` is related to by a relationship of that kind."""
        return [item.target for item in self.relations(part) if item.kind == kind and not item.external]

    @cached_property
    def types(self) -> tuple[dict[str, str], dict[str, str]]:
        """Content types by part name and by ending, both in lower case."""
        tree = self.tree(_TYPES)
        if tree is None:
            return {}, {}
        overrides = {
            _normal(unquote(e.get("PartName", ""))): e.get("ContentType", "") for e in children(tree, "Override")
        }
        defaults = {e.get("Extension", "").lower(): e.get("ContentType", "") for e in children(tree, "Default")}
        return overrides, defaults

    def type_of(self, part: str) -> str:
        """The content type of a part, "" where it has none."""
        overrides, defaults = self.types
        key = _normal(part)
        return overrides.get(key) or defaults.get(key.rpartition(".")[2], "")


def _normal(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _target(folder: str, target: str) -> str:
    target = unquote(target.partition("#")[0]).replace("\\", "/")
    joined = target if target.startswith("/") else posixpath.join("/" + folder, target)
    return posixpath.normpath(joined).lstrip("/")


def _refuse(*_: object) -> None:
    raise DocumentTypeError
