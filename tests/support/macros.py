"""Whether the macros of a workbook fit it: what Excel would drop or repair, found without Excel and our own code."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from tests.support.elements import Element, descend

__all__ = ["macro_faults"]

_BINARY = "xl/vbaproject.bin"
_TYPE = "application/vnd.ms-office.vbaProject"
_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_BOOK_WITH_MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ENDINGS = {".xlsx": _BOOK, ".xlsm": _BOOK_WITH_MACROS}


def macro_faults(ending: str, parts: Mapping[str, bytes], trees: Mapping[str, Element]) -> Iterator[str]:
    """Faults of the macros of a package, its parts given by lower-case name; none for a workbook without macros."""
    types = trees["[content_types].xml"]
    given = {e.get("PartName", "").lstrip("/").lower(): e.get("ContentType") for e in descend(types, "Override")}
    given |= {"." + e.get("Extension", "").lower(): e.get("ContentType") for e in descend(types, "Default")}
    if ending in _ENDINGS and given.get("xl/workbook.xml") != _ENDINGS[ending]:
        yield f"xl/workbook.xml: its content type does not go with {ending}"
    relations = trees.get("xl/_rels/workbook.xml.rels")
    named = [e for e in descend(relations, "Relationship") if e.get("Type") == _RELATION] if relations else []
    if _BINARY not in parts:
        if named or ending == ".xlsm":
            yield "xl/vbaProject.bin: missing"
        return
    if len(named) != 1:
        yield "xl/_rels/workbook.xml.rels: does not name the macros"
    if given.get(_BINARY, given.get(".bin")) != _TYPE:
        yield "xl/vbaProject.bin: has another content type"
    import olefile  # noqa: PLC0415 - tests of workbooks without macros run without it and oletools

    try:
        with olefile.OleFileIO(io.BytesIO(parts[_BINARY]), raise_defects=olefile.DEFECT_UNSURE) as file:
            project = file.openstream("PROJECT").read().decode("cp1252")
    except OSError as error:
        yield f"xl/vbaProject.bin: damaged ({error})"
        return
    yield from _code_names(project, trees)
    yield from _buttons(parts)


def _code_names(project: str, trees: Mapping[str, Element]) -> Iterator[str]:
    """The workbook and every sheet must have the module that its code name says, and no module must be left over."""
    documents = re.findall(r"^Document=(\w+)/", project, re.MULTILINE)
    names = [e.get("codeName") for e in descend(trees["xl/workbook.xml"], "workbookPr")]
    for part, tree in trees.items():
        if part.startswith("xl/worksheets/") and part.endswith(".xml"):
            found = [e.get("codeName") for e in descend(tree, "sheetPr")]
            names += found or [None]
            if not any(found):
                yield f"{part}: has no code name"
    if len(set(names)) < len(names):
        yield f"xl/workbook.xml: a code name is given twice ({', '.join(map(str, names))})"
    if set(names) != set(documents):
        odd = sorted(map(str, set(names) ^ set(documents)))
        yield f"xl/vbaProject.bin: modules and code names differ ({', '.join(odd)})"


def _buttons(parts: Mapping[str, bytes]) -> Iterator[str]:
    """Every macro behind a button must be a public sub of a standard module."""
    from tests.support.vba import modules_of  # noqa: PLC0415 - see above

    code = "\n".join(text for name, text in modules_of("x.bin", parts[_BINARY]).items() if name.endswith(".bas"))
    subs = set(re.findall(r"^(?:Public )?Sub (\w+)\(\)", code, re.MULTILINE))
    for part, data in parts.items():
        if part.endswith(".vml"):
            for macro in re.findall(r"<x:FmlaMacro>(?:\[0\]!)?(.*?)</x:FmlaMacro>", data.decode()):
                if macro not in subs:
                    yield f"{part}: a button calls {macro}, which is no macro"
