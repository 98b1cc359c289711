"""The whole file, or some of its parts, looked through for flaws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from workbook_cms.errors import FileError
from workbook_cms.file.container.archive import Archive
from workbook_cms.file.guards import load, open_archive
from workbook_cms.file.soundness.book import Tab, check_book, tabs, workbook_part
from workbook_cms.file.soundness.chain import check_chain
from workbook_cms.file.soundness.flaws import Flaw, Flaws
from workbook_cms.file.soundness.frame import check_frame, merges_of
from workbook_cms.file.soundness.markup import inside
from workbook_cms.file.soundness.names import check_names
from workbook_cms.file.soundness.notes import check_notes
from workbook_cms.file.soundness.packaging import check_packaging, check_part, check_uses
from workbook_cms.file.soundness.parts import Parts
from workbook_cms.file.soundness.rows import Limits, Seen
from workbook_cms.file.soundness.rules import check_rules
from workbook_cms.file.soundness.sheets import scan_sheet
from workbook_cms.file.soundness.strings import Strings
from workbook_cms.file.soundness.styles import check_styles, style_sizes
from workbook_cms.file.soundness.tables import (
    TableNames,
    check_table,
    check_tables_apart,
    header_rows,
    tables_of,
)

if TYPE_CHECKING:
    from workbook_cms.file.package import Package

__all__ = ["check", "check_file", "new_flaws"]

#: Kinds of sheets whose rows are looked through.
_WITH_ROWS = ("worksheet",)


def check(
    package: Package,
    parts: Collection[str] | None = None,
    shortened: Mapping[str, Iterable[bytes]] | None = None,
) -> list[Flaw]:
    """The flaws of a workbook, or of some of its parts; memory does not grow with its sheets.

    Args:
        package: The workbook.
        parts: Names of the parts to look at; None for all. What they refer to in other parts is looked up.
        shortened: Sheets by name of their part, in pieces, without the rows that need not be looked at; of those
            sheets nothing else is read.
    """
    return _Check(package.archive, package.path.name, parts, shortened or {}).run()


def check_file(path: Path) -> list[Flaw]:
    """The flaws of the file at ``path``; one that is no whole zip archive has that as its only flaw."""
    path = Path(path)
    try:
        archive = open_archive(load(path), path.name)
    except FileError as error:
        return [Flaw("zip", path.name, "", error.problem)]
    return _Check(archive, path.name, None, {}).run()


def new_flaws(new: Collection[Flaw], old: Iterable[Flaw]) -> list[Flaw]:
    """The flaws of a file that its former state did not have: a change is not blamed for what was there before.

    Flaws of a single cell are compared by their cell; of others, so many of a kind in a part as there were before
    are taken for the old ones, since a range may have moved.
    """
    before = list(old)
    cells = {(flaw.kind, flaw.part, flaw.cell) for flaw in before if flaw.one_cell}
    others = Counter((flaw.kind, flaw.part) for flaw in before if not flaw.one_cell)
    found = []
    for flaw in new:
        if flaw.one_cell:
            if (flaw.kind, flaw.part, flaw.cell) not in cells:
                found.append(flaw)
        elif others[flaw.kind, flaw.part] > 0:
            others[flaw.kind, flaw.part] -= 1
        else:
            found.append(flaw)
    return found


class _Check:
    def __init__(
        self,
        archive: Archive,
        place: str,
        chosen: Collection[str] | None,
        shortened: Mapping[str, Iterable[bytes]],
    ) -> None:
        self._flaws = Flaws()
        self._parts = Parts(archive, self._flaws, place)
        self._chosen = None if chosen is None else {part.replace("\\", "/").lstrip("/").lower() for part in chosen}
        self._shortened = {part.lstrip("/").lower(): pieces for part, pieces in shortened.items()}
        self._book = workbook_part(self._parts)
        relations = self._parts.relations(self._book) if self._book else ()
        self._related = {item.kind: item.target for item in relations if not item.external}
        self._sizes = style_sizes(self._parts, self._related.get("styles", ""))
        self._strings = Strings(self._parts, self._related.get("sharedStrings", ""))
        self._defined: set[str] = set()
        self._scoped: set[str] = set()

    def run(self) -> list[Flaw]:
        """All flaws, the parts as a whole first, then workbook, styles, sheets and tables."""
        parts, flaws = self._parts, self._flaws
        if self._looked_at("[Content_Types].xml"):
            check_packaging(parts, flaws, self._book)
        sheets = [tab for tab in tabs(parts, self._book) if tab.kind in _WITH_ROWS and parts.has(tab.part)]
        own = {tab.part.lower() for tab in sheets}
        for name in parts.names:
            if name.lower().endswith((".xml", ".rels")) and name.lower() not in own and self._looked_at(name):
                check_part(parts, flaws, name)
        self._workbook(sheets)
        seen = {tab.part: self._sheet(tab) for tab in sheets}
        self._tables(sheets, seen)
        chain = self._related.get("calcChain", "")
        if chain and parts.has(chain) and self._looked_at(chain):
            places = {tab.number: None if (rows := seen[tab.part]) is None else rows.formulas for tab in sheets}
            check_chain(parts, flaws, chain, places)
        return flaws.listed()

    def _looked_at(self, part: str) -> bool:
        return self._chosen is None or part.replace("\\", "/").lower() in self._chosen

    def _workbook(self, sheets: list[Tab]) -> None:
        parts, flaws, book = self._parts, self._flaws, self._book
        tree = parts.tree(book) if book else None
        if self._looked_at(book) or tree is None:
            check_book(parts, flaws, book)
        if tree is not None:
            noted = flaws if self._looked_at(book) else Flaws()
            names = [tab.name for tab in tabs(parts, book)]
            self._defined = check_names(tree, noted, parts.name(book), names)
            self._scoped = {item.get("name", "").lower() for item in inside(tree, "definedNames")}
        if (styles := self._related.get("styles", "")) and self._looked_at(styles):
            check_styles(parts, flaws, styles)
        if (strings := self._related.get("sharedStrings", "")) and self._looked_at(strings):
            self._strings.check(flaws)

    def _sheet(self, tab: Tab) -> Seen | None:
        parts, flaws = self._parts, self._flaws
        given = self._shortened.get(tab.part.lower())
        if given is None and not self._looked_at(tab.part):
            return None
        tables = tables_of(parts, tab.part)
        limits = Limits(
            self._sizes.cells,
            None if given is not None else self._strings.count,
            header_rows(tables),
            formulas="calcChain" in self._related and given is None,
            partial=given is not None,
        )
        read = scan_sheet(parts, flaws, tab.part, limits, given)
        if read is None:
            return None
        frame, seen = read
        tree = parts.tree(self._book)
        views = len(inside(tree, "bookViews")) if tree is not None else 0
        check_uses(parts, flaws, tab.part, frame)
        check_frame(parts, flaws, tab.part, frame, seen, self._sizes.cells, views)
        check_rules(frame, flaws, parts.name(tab.part), self._sizes.conditional, self._scoped)
        check_tables_apart(tables, merges_of(frame), flaws)
        if given is None:
            check_notes(parts, flaws, tab.part)
        return seen

    def _tables(self, sheets: list[Tab], seen: Mapping[str, Seen | None]) -> None:
        """All tables: their names and numbers must differ in the whole workbook."""
        wanted = {text for rows in seen.values() if rows for text in rows.texts.values() if isinstance(text, int)}
        strings = self._strings.texts(wanted) if wanted else {}
        used = TableNames(self._defined)
        for tab in sheets:
            rows = seen[tab.part]
            for table in tables_of(self._parts, tab.part):
                looked_at = rows is not None and table.box is not None and table.box[1] in rows.rows
                whole = rows is not None and tab.part.lower() not in self._shortened
                texts = rows.texts if rows is not None and (looked_at or whole) else None
                noted = self._flaws if rows is not None or self._looked_at(table.part) else Flaws()
                check_table(table, noted, used, self._sizes.conditional, texts, lambda at: strings.get(at, ""))
