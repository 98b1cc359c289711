"""Whether a workbook is sound: what Excel would repair or refuse, found without Excel and without our own code.

`faults(path)` gives a line a fault, ``part: what is wrong``; an empty list means that nothing was found.
References: ECMA-376 part 1 (SpreadsheetML, sections 18.2-18.5) and part 2 (packages).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from tests.support.elements import (
    CELL,
    Element,
    box_of,
    column_letters,
    column_number,
    descend,
    inside,
    local,
    overlap,
    resolve,
    text_of,
    unescape,
)
from tests.support.macros import macro_faults

# Order of the elements of a worksheet: another order makes Excel repair the file (18.3.1.99).
_SEQUENCE = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges "
    "scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr "
    "conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter "
    "rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing "
    "legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst "
)
_ORDER = _SEQUENCE.split()
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}


def faults(path: Path) -> list[str]:
    """Every fault found in the workbook at ``path``."""
    try:
        return list(dict.fromkeys(_Checker(path).all()))
    except (zipfile.BadZipFile, zlib.error) as error:
        return [f"{path.name}: not a whole zip ({error})"]


def assert_sound(path: Path) -> None:
    """Fail with the faults of the workbook."""
    found = faults(path)
    assert not found, "\n".join(found)


class _Checker:
    def __init__(self, path: Path) -> None:
        self.ending = path.suffix.lower()
        with zipfile.ZipFile(path) as archive:
            self.names = archive.namelist()
            self.parts = {name.lower(): archive.read(name) for name in self.names}
        self.trees: dict[str, Element] = {}
        self.sheets: dict[str, str] = {}  # name -> part
        self.sheet_ids: dict[int, str] = {}  # sheetId -> name
        self.defined: set[str] = set()
        self.strings = self.styles = self.dxfs = 0

    def all(self) -> Iterator[str]:
        yield from self._well_formed()
        yield from self._package()
        if "xl/workbook.xml" not in self.trees:
            yield "xl/workbook.xml: missing or damaged"
            return
        yield from self._styles()
        yield from self._workbook()
        tables: dict[str, str] = {}
        ids: set[str] = set()
        formulas: dict[str, set[str]] = {}
        for name, part in self.sheets.items():
            if part in self.trees:
                yield from self._sheet(part, tables, ids, formulas.setdefault(name, set()))
        yield from self._calc_chain(formulas)
        if "[content_types].xml" in self.trees:
            yield from macro_faults(self.ending, self.parts, self.trees)

    def _well_formed(self) -> Iterator[str]:
        if len(self.parts) != len(self.names):
            yield "package: a part is there twice"
        for name, data in self.parts.items():
            if name.endswith((".xml", ".rels")):
                try:
                    self.trees[name] = ElementTree.fromstring(data)  # noqa: S314 - workbooks made by the tests
                except ElementTree.ParseError as error:
                    yield f"{name}: not well-formed ({error})"

    def _package(self) -> Iterator[str]:
        types = self.trees.get("[content_types].xml")
        if types is None:
            yield "[Content_Types].xml: missing or damaged"
            return
        overrides = {e.get("PartName", "").lstrip("/").lower() for e in descend(types, "Override")}
        defaults = {e.get("Extension", "").lower() for e in descend(types, "Default")}
        for name in self.parts:
            if name not in overrides and name.rpartition(".")[2] not in defaults and name != "[content_types].xml":
                yield f"{name}: has no content type"
        for name in overrides - set(self.parts):
            yield f"[Content_Types].xml: names {name}, which is missing"
        for name, tree in self.trees.items():
            if name.endswith(".rels"):
                seen = [e.get("Id") for e in descend(tree, "Relationship")]
                if len(set(seen)) < len(seen):
                    yield f"{name}: an id is given twice"
                folder = posixpath.dirname(posixpath.dirname(name))
                for relation in descend(tree, "Relationship"):
                    target = relation.get("Target", "")
                    if relation.get("TargetMode") != "External" and resolve(folder, target) not in self.parts:
                        yield f"{name}: {target} is missing"
            else:
                known = {key for key, _, _ in self._relations(name)}
                for element in tree.iter():
                    for key, value in element.items():
                        if key.endswith("relationships}id") and value not in known:
                            yield f"{name}: relationship {value} of <{local(element)}> is missing"

    def _relations(self, part: str) -> list[tuple[str, str, str]]:
        folder, name = posixpath.split(part)
        tree = self.trees.get(posixpath.join(folder, "_rels", name + ".rels"))
        if tree is None:
            return []
        return [
            (e.get("Id", ""), e.get("Type", "").rpartition("/")[2], resolve(folder, e.get("Target", "")))
            for e in descend(tree, "Relationship")
        ]

    def _styles(self) -> Iterator[str]:
        if (strings := self.trees.get("xl/sharedstrings.xml")) is not None:
            self.strings = len(descend(strings, "si"))
        if (styles := self.trees.get("xl/styles.xml")) is None:
            return
        sizes = {
            kind: len(inside(styles, kind)) for kind in ("fonts", "fills", "borders", "cellStyleXfs", "numFmts")
        }
        numbers = {e.get("numFmtId") for e in inside(styles, "numFmts")}
        self.styles, self.dxfs = len(inside(styles, "cellXfs")), len(inside(styles, "dxfs"))
        for xf in inside(styles, "cellXfs"):
            for key, kind in (
                ("fontId", "fonts"),
                ("fillId", "fills"),
                ("borderId", "borders"),
                ("xfId", "cellStyleXfs"),
            ):
                if int(xf.get(key, "0")) >= max(1, sizes[kind]):
                    yield f"xl/styles.xml: {key} {xf.get(key)} is out of range"
            if int(xf.get("numFmtId", "0")) >= 164 and xf.get("numFmtId") not in numbers:
                yield f"xl/styles.xml: number format {xf.get('numFmtId')} is not defined"

    def _workbook(self) -> Iterator[str]:
        tree = self.trees["xl/workbook.xml"]
        targets = {key: target for key, _, target in self._relations("xl/workbook.xml")}
        seen: set[str] = set()
        numbers: set[str | None] = set()
        for sheet in inside(tree, "sheets"):
            name, number = sheet.get("name", ""), sheet.get("sheetId")
            if name.lower() in seen or number in numbers:
                yield f"xl/workbook.xml: the sheet {name} is there twice"
            if not 0 < len(name) <= 31 or name.lower() == "history":
                yield f"xl/workbook.xml: Excel takes no sheet name {name!r}"
            seen.add(name.lower())
            numbers.add(number)
            self.sheet_ids[int(number or 0)] = name
            key = next((value for key, value in sheet.items() if key.endswith("}id")), "")
            self.sheets[name] = targets.get(key, "")
        scopes: set[tuple[str, str | None]] = set()
        for item in inside(tree, "definedNames"):
            name, text = item.get("name", ""), item.text or ""
            scope = (name.lower(), item.get("localSheetId"))
            if scope in scopes:
                yield f"xl/workbook.xml: the name {name} is defined twice"
            scopes.add(scope)
            self.defined.add(name.lower())
            if "#REF!" in text or not text:
                yield f"xl/workbook.xml: the name {name} refers to nothing ({text})"
            for quoted, plain in re.findall(r"'((?:[^'\[]|'')+)'!|(?<![\]\w.])([A-Za-z_][\w.]*)!", text):
                if (quoted.replace("''", "'") or plain) not in self.sheets:
                    yield f"xl/workbook.xml: the name {name} refers to a missing sheet ({text})"

    def _sheet(self, part: str, tables: dict[str, str], ids: set[str], formulas: set[str]) -> Iterator[str]:
        tree = self.trees[part]
        order = [_ORDER.index(local(child)) for child in tree if local(child) in _ORDER]
        if order != sorted(order):
            yield f"{part}: elements out of order"
        cells: dict[str, str | None] = {}
        yield from self._rows(part, tree, cells, formulas)
        taken = [
            ("merged cells " + e.get("ref", ""), box_of(e.get("ref", ""))) for e in inside(tree, "mergeCells")
        ]
        for _, kind, target in self._relations(part):
            if kind == "table" and target in self.trees:
                yield from self._table(target, cells, tables, ids)
                ref = self.trees[target].get("ref", "")
                taken.append((f"table {self.trees[target].get('displayName')}", box_of(ref)))
        for index, (what, box) in enumerate(taken):
            for other, box2 in taken[:index]:
                if box and box2 and overlap(box, box2):
                    yield f"{part}: {what} overlaps {other}"
        declared = len(inside(tree, "tableParts"))
        if declared != sum(kind == "table" for _, kind, _ in self._relations(part)):
            yield f"{part}: tableParts and relationships differ"
        yield from self._validations(part, tree)
        for link in inside(tree, "hyperlinks"):
            # A link with a relationship leads out: its location is a place in another file.
            outside = any(key.endswith("}id") for key in link.attrib)
            if not outside and "!" in (location := link.get("location", "")):
                name = location.rpartition("!")[0].strip("'").replace("''", "'")
                if name not in self.sheets:
                    yield f"{part}: a link leads to the missing sheet {name}"

    def _rows(self, part: str, tree: Element, cells: dict[str, str | None], formulas: set[str]) -> Iterator[str]:
        last_row, box = 0, (10**6, 10**7, 0, 0)
        for row in inside(tree, "sheetData"):
            number = int(row.get("r", last_row + 1))
            if number <= last_row or number > 1_048_576:
                yield f"{part}: row {number} is there twice, out of order or too far down"
            last_row, last_column = number, 0
            for cell in row:
                address = cell.get("r", "")
                place = CELL.fullmatch(address)
                column = column_number(place[1]) if place else last_column + 1
                if place and int(place[2]) != number:
                    yield f"{part}: {address} stands in row {number}"
                if column <= last_column or column > 16_384:
                    yield f"{part}: {address or column} in row {number} is there twice or out of order"
                last_column = column
                box = (min(box[0], column), min(box[1], number), max(box[2], column), max(box[3], number))
                fault, text = self._cell(cell)
                if fault:
                    yield f"{part}: {address} {fault}"
                cells[address] = text
                if any(local(child) == "f" for child in cell):
                    formulas.add(address)
        for dimension in descend(tree, "dimension"):
            covered = box_of(dimension.get("ref", ""))
            if (
                covered
                and box[2]
                and not (
                    covered[0] <= box[0] and covered[1] <= box[1] and covered[2] >= box[2] and covered[3] >= box[3]
                )
            ):
                yield f"{part}: dimension {dimension.get('ref')} does not cover the cells"

    def _cell(self, cell: Element) -> tuple[str, str | None]:
        """What is wrong with the cell ("" if nothing), and its text if it holds one."""
        kind, value = cell.get("t", "n"), next((e.text or "" for e in cell if local(e) == "v"), None)
        if int(cell.get("s", "0")) >= max(1, self.styles):
            return f"has style {cell.get('s')}, which is out of range", None
        if kind == "s":
            if value is None or not value.isdigit() or int(value) >= self.strings:
                return f"has shared string {value}, which is out of range", None
            item = descend(self.trees["xl/sharedstrings.xml"], "si")[int(value)] if self.strings < 5000 else None
            return "", text_of(item) if item is not None else None
        if kind == "inlineStr":
            text = next((text_of(e) for e in cell if local(e) == "is"), None)
            return ("is an inline string without text" if text is None else ""), text
        if kind == "n" and value is not None and not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", value):
            return f"is a number that reads {value!r}", None
        if kind == "b" and value not in ("0", "1", None):
            return f"is a truth value that reads {value!r}", None
        if kind == "e" and value not in _ERRORS:
            return f"is an error that reads {value!r}", None
        if kind not in ("n", "b", "e", "str", "d"):
            return f"has the unknown type {kind}", None
        return ("holds more than 32,767 characters" if value and len(value) > 32_767 else ""), value

    def _table(
        self, part: str, cells: dict[str, str | None], tables: dict[str, str], ids: set[str]
    ) -> Iterator[str]:
        tree = self.trees[part]
        name, number, ref = tree.get("displayName", ""), tree.get("id", ""), tree.get("ref", "")
        if name.lower() in tables or name.lower() in self.defined:
            yield f"{part}: the name {name} is used twice"
        tables[name.lower()] = part
        if number in ids or not number.isdigit() or number == "0":
            yield f"{part}: the id {number} is used twice or is none"
        ids.add(number)
        box = box_of(ref)
        if box is None or box[3] > 1_048_576:
            yield f"{part}: ref {ref} is no range"
            return
        columns = inside(tree, "tableColumns")
        names = [unescape(column.get("name", "")) for column in columns]
        count = next(iter(descend(tree, "tableColumns"))).get("count")
        if len(columns) != box[2] - box[0] + 1 or count not in (None, str(len(columns))):
            yield f"{part}: {len(columns)} columns (count {count}) in {ref}"
        if len({n.lower() for n in names}) < len(names) or len({c.get("id") for c in columns}) < len(columns):
            yield f"{part}: a column name or id is there twice"
        header, totals = tree.get("headerRowCount", "1") != "0", int(tree.get("totalsRowCount", "0"))
        if box[3] - box[1] + 1 - header - totals < 1:
            yield f"{part}: {ref} has no row for data"
        for index, label in enumerate(names if header else ()):
            address = f"{column_letters(box[0] + index)}{box[1]}"
            if cells.get(address) != label:
                yield f"{part}: header {address} is {cells.get(address)!r}, the column {label!r}"
        whole = f"{column_letters(box[0])}{box[1]}:{column_letters(box[2])}{box[3] - totals}"
        for filter_ in (child for child in tree if local(child) == "autoFilter"):
            if filter_.get("ref") != whole:
                yield f"{part}: autoFilter {filter_.get('ref')} instead of {whole}"
        for column in columns:
            for key in ("dataDxfId", "headerRowDxfId", "totalsRowDxfId"):
                if int(column.get(key, "-1")) >= self.dxfs:
                    yield f"{part}: {key} {column.get(key)} is out of range"

    def _validations(self, part: str, tree: Element) -> Iterator[str]:
        for block in (child for child in tree if local(child) == "dataValidations"):
            if block.get("count") not in (None, str(len(block))) or not len(block):
                yield f"{part}: count of dataValidations is {block.get('count')}, not {len(block)}"
            for rule in block:
                where = rule.get("sqref", "")
                if not where or any(box_of(ref) is None for ref in where.split()):
                    yield f"{part}: a data validation stands at {where!r}"
                limits = (("promptTitle", 32), ("prompt", 255), ("errorTitle", 32), ("error", 255))
                for key, limit in limits:
                    if len(rule.get(key, "")) > limit:
                        yield f"{part}: {key} of the data validation at {where} is too long"
                formula = next((child.text or "" for child in rule if local(child) == "formula1"), "")
                if rule.get("type") == "list" and (not formula or len(formula) > 257):
                    yield f"{part}: the list at {where} is empty or too long"
                if (
                    re.fullmatch(r"[A-Za-z_]\w*", formula)
                    and not CELL.fullmatch(formula)
                    and formula.lower() not in self.defined
                ):
                    yield f"{part}: the list at {where} names {formula}, which is not defined"

    def _calc_chain(self, formulas: dict[str, set[str]]) -> Iterator[str]:
        chain = self.trees.get("xl/calcchain.xml")
        sheet = 1
        for cell in chain if chain is not None else ():
            sheet = int(cell.get("i", sheet))
            name = self.sheet_ids.get(sheet, "")
            if cell.get("r") not in formulas.get(name, ()):
                yield f"xl/calcChain.xml: {cell.get('r')} of sheet {name} has no formula"
