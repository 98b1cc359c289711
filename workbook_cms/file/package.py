"""A workbook file as parts: its sheets, tables and members, guarded against bad input. Knows no rules."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from isal import isal_zlib

from workbook_cms.errors import FileError
from workbook_cms.file.addresses import column_letters, column_number, parse_range
from workbook_cms.file.container.archive import Archive, ArchiveError, Member
from workbook_cms.file.container.buffer import Buffer
from workbook_cms.file.container.sameness import FileState
from workbook_cms.file.container.scan import Seen
from workbook_cms.file.container.scan import scan as look_through
from workbook_cms.file.container.segments import Segment, within
from workbook_cms.file.guards import MAX_SHEETS, check_members, load, open_archive, parse_xml
from workbook_cms.file.parts import Sheet, TablePart, children, local_name, read_table
from workbook_cms.file.plain import plain

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from workbook_cms.file.sheets.sheet_text import SheetText

__all__ = ["Package", "Sheet", "Stamp", "TablePart", "column_letters", "column_number", "parse_range"]

_WHOLE = "Open it in Excel, let Excel repair it, and save it."


@dataclass(frozen=True)
class Stamp:
    """What tells one state of a file from another: bytes, and the checksum over all checksums of its parts."""

    size: int
    directory: int

    @classmethod
    def of(cls, archive: Archive) -> Stamp:
        """The stamp of an archive."""
        return cls(len(archive.raw), isal_zlib.crc32(archive.directory))


class Package:
    """A workbook file, read whole at one moment; what other programs do to the file afterwards is not seen."""

    #: What this process put in the place of the file since, with the file's state then.
    successor: Package | None = None
    state: FileState | None = None

    def __init__(self, path: Path, archive: Archive) -> None:
        """Understand the workbook in ``archive``; use :meth:`open`."""
        self.path = path
        self.place = path.name
        self.archive = archive
        self.stamp = Stamp.of(archive)
        self.seen = Seen()
        #: Sheets that were cut into segments for a look at their rows, by part: the write that follows needs them too.
        self.texts: dict[str, SheetText] = {}
        self._relations: dict[str, tuple[tuple[str, str, str], ...]] = {}
        self._members = {_normal(member.name): member for member in archive.members}
        self.workbook_part, self.strict = self._workbook()
        root = self._xml(self.workbook_part)
        properties = next(children(root, "workbookPr"), None)
        self.date1904 = properties is not None and properties.get("date1904") in ("1", "true", "on")
        self.sheets = tuple(self._sheets(root))
        self.tables: Mapping[str, TablePart] = self._tables()

    @classmethod
    def open(cls, path: Path, *, scan: bool = True, before: Package | None = None) -> Package:
        """Open a workbook and refuse what is none, what is damaged, and what is made to do harm.

        Args:
            path: The file.
            scan: Look through every sheet for cells too far out for a reader's memory; needed before one is parsed.
            before: The same file as it was opened before; what is in both is not looked through again.

        Raises:
            FileError: place, problem and remedy in one line.
        """
        path = Path(path)
        package = cls(path, open_archive(load(path), path.name))
        if scan:
            package.seen = look_through(package, before)
        return package

    def with_bytes(self, raw: Buffer) -> Package:
        """The workbook as it is when its file holds ``raw``; nothing but its structure was looked at yet.

        Raises:
            FileError: they are no workbook, or a damaged one.
        """
        try:
            archive = Archive(raw)
            check_members(archive, self.place)
        except ArchiveError as error:
            raise self._damaged(error) from error
        return Package(self.path, archive)

    @property
    def raw(self) -> bytes:
        """The file's bytes as they were when it was opened; they may have to be copied."""
        return bytes(self.archive.raw)

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the parts, in the order of the file."""
        return tuple(member.name for member in self.archive.members)

    def member(self, part: str) -> Member:
        """The zip member of a part; letter case and slashes of the name do not matter.

        Raises:
            FileError: the workbook has no such part.
        """
        member = self._members.get(_normal(part))
        if member is None:
            raise FileError(self.place, f"The part {part} is missing from the workbook.", _WHOLE)
        return member

    def has(self, part: str) -> bool:
        """Whether the workbook has a part of that name."""
        return _normal(part) in self._members

    def read(self, part: str) -> bytes:
        """The inflated bytes of a part; they are not kept.

        Raises:
            FileError: no such part, or damaged.
        """
        try:
            return self.archive.read(self.member(part))
        except ArchiveError as error:
            raise self._damaged(error) from error

    def plain(self, part: str) -> bytes:
        """The XML of a part in the one form that is edited, see :mod:`workbook_cms.file.plain`; not kept.

        Raises:
            FileError: no such part, or damaged.
        """
        try:
            return plain(self.read(part))
        except ValueError as error:
            raise FileError(self.place, f"The part {part} is damaged.", _WHOLE) from error

    def regions(self, part: str, places: Sequence[tuple[int, int]]) -> list[bytes]:
        """Some stretches (offset, length) of a part, in that order, inflated without holding the whole part.

        Raises:
            FileError: no such part, or damaged; the checksum of every segment that is inflated is verified, that of
                the whole part where it has none.
        """
        found = [bytearray() for _ in places]
        order = sorted(range(len(places)), key=lambda index: places[index])
        first = 0
        for at, chunk in self._holding(part, places):
            end = at + len(chunk)
            while first < len(order) and sum(places[order[first]]) <= at:
                first += 1
            for index in order[first:]:
                start, length = places[index]
                if start >= end:
                    break
                found[index] += chunk[max(start - at, 0) : max(start + length - at, 0)]
        return [bytes(piece) for piece in found]

    def _holding(self, part: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
        """(offset, bytes) of what a part's places lie in: the segments that hold them, or all of it in pieces."""
        segments = self.segments(part)
        for segment in within(segments, places):
            yield segment.offset, self.segment(part, segment)
        at = 0
        for chunk in () if segments else self.chunks(part):
            yield at, chunk
            at += len(chunk)

    def segments(self, part: str) -> tuple[Segment, ...]:
        """The stretches of a part that can be inflated alone, () where it has none; see `file.container.segments`."""
        try:
            return self.archive.segments(self.member(part))
        except ArchiveError as error:
            raise self._damaged(error) from error

    def segment(self, part: str, segment: Segment) -> bytes:
        """The inflated bytes of one of a part's segments, its checksum verified.

        Raises:
            FileError: no such part, or damaged.
        """
        try:
            return self.archive.segment(self.member(part), segment)
        except ArchiveError as error:
            raise self._damaged(error) from error

    def packed(self, part: str, segment: Segment) -> memoryview:
        """The packed bytes of one of a part's segments, not copied.

        Raises:
            FileError: no such part.
        """
        start = self.archive.span(self.member(part))[0] + segment.start
        return self.archive.raw.view(start, start + segment.packed)

    def chunks(self, part: str) -> Iterator[bytes]:
        """The inflated bytes of a part in pieces, its checksum verified at the end.

        Raises:
            FileError: no such part, or damaged.
        """
        return self._chunks(self.member(part))

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise FileError(self.place, f"There is no sheet {name}.", "Give a sheet the workbook has.")

    def table(self, name: str) -> TablePart:
        """The table of that name.

        Raises:
            FileError: the workbook has no such table.
        """
        table = self.tables.get(name)
        if table is None:
            raise FileError(
                self.place,
                f"The table {name} is missing.",
                "Its sheet was deleted, or the table renamed: undo that, or restore an earlier copy.",
            )
        return table

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """The relationships of a part inside the package: (id, last word of the type, target part)."""
        if part not in self._relations:
            self._relations[part] = tuple(self._related(*posixpath.split(part)))
        return list(self._relations[part])

    def _related(self, folder: str, name: str) -> Iterator[tuple[str, str, str]]:
        rels = posixpath.join(folder, "_rels", name + ".rels")
        for item in children(self._xml(rels), "Relationship") if self.has(rels) else ():
            if item.get("TargetMode") != "External":
                kind = item.get("Type", "").rpartition("/")[2]
                yield item.get("Id", ""), kind, _target(folder, item.get("Target", ""))

    def _chunks(self, member: Member) -> Iterator[bytes]:
        try:
            yield from self.archive.chunks(member)
        except ArchiveError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: ArchiveError) -> FileError:
        return FileError(
            self.place, f"The file is damaged: {error}.", "Take it from a backup or ask for it again."
        )

    def _xml(self, part: str) -> Element:
        return parse_xml(self.read(part), self.place, part)

    def _workbook(self) -> tuple[str, bool]:
        part = ""
        if self.has("_rels/.rels"):
            part = next((target for _, kind, target in self._root_relations() if kind == "officeDocument"), "")
        if part.lower().endswith(".bin"):
            raise FileError(
                self.place,
                "This is a binary workbook (.xlsb).",
                "Open it in Excel and save it as Excel Workbook (.xlsx).",
            )
        if self.has("content.xml") and not part:
            raise FileError(
                self.place,
                "This is an OpenDocument file, not an Excel workbook.",
                "Open it and save it as Excel Workbook (.xlsx).",
            )
        if not part or not self.has(part) or local_name(self._xml(part)) != "workbook":
            raise FileError(
                self.place, "The file holds no workbook.", "Save it as Excel Workbook (.xlsx) and try again."
            )
        return part, "purl.oclc.org" in self._xml(part).tag

    def _root_relations(self) -> list[tuple[str, str, str]]:
        return self.relations("")

    def _sheets(self, root: Element) -> Iterator[Sheet]:
        targets = {key: (kind, target) for key, kind, target in self.relations(self.workbook_part)}
        for sheets in children(root, "sheets"):
            if len(sheets) > MAX_SHEETS:
                raise FileError(
                    self.place, f"The workbook lists {len(sheets):,} sheets.", "No workbook needs so many."
                )
            for item in children(sheets, "sheet"):
                key = next((value for name, value in item.items() if name.endswith("}id")), "")
                kind, target = targets.get(key, ("", ""))
                if kind == "worksheet":
                    self.member(target)
                    yield Sheet(item.get("name", ""), target)

    def _tables(self) -> dict[str, TablePart]:
        tables: dict[str, TablePart] = {}
        for sheet in self.sheets:
            for _, kind, target in self.relations(sheet.part):
                if kind == "table":
                    fed = any(kind == "queryTable" for _, kind, _ in self.relations(target))
                    part = self.member(target).name
                    table = read_table(self._xml(target), self.place, sheet, part, fed_by_query=fed)
                    if table.name in tables:
                        raise FileError(self.place, f"Two tables are called {table.name}.", _WHOLE)
                    tables[table.name] = table
        return tables


def _normal(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _target(folder: str, target: str) -> str:
    target = unquote(target).replace("\\", "/")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
