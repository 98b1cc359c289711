"""The same change to the same workbook as different programs write it: what comes out means the same, part by part."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest

from tests.support.books import book, members, seen, seen_by_calamine
from tests.support.handmade import handmade, header
from tests.support.ledger import ledger
from tests.support.libreoffice import resave, resave_all
from tests.support.odd_xml import ODD_FORMS, rewrite, undimensioned
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_tables
from workbook_cms.file.soundness import check
from workbook_cms.file.writer import Append, Change, Delete, Patch, RenameColumn, write

STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b' conformance="strict"', b""),
)  # fmt: skip
CHANGES: dict[str, list[Change]] = {
    "append": [Append("Sales", [{"Item": "x & <y>", "Net": 50}, {"Item": "z", "Net": 60}])],
    "patch": [Patch("Sales", 4, {"Item": "patched", "Net": None})],
    "delete": [Delete("Sales", [6])],
    "rename": [RenameColumn("Sales", "Net", "Netto")],
}


def meaning(path: Path) -> dict[str, str]:
    """What each part says, whatever form it has."""
    package, found = Package.open(path), {}
    for part in package.members:
        if part.endswith((".xml", ".rels")) and not part.startswith("docProps"):  # which hold the time
            data = undimensioned(part, package.plain(part))
            for strict, transitional in STRICT:
                data = data.replace(strict, transitional)
            text = data.decode("utf-8-sig").replace('Target="/xl/', 'Target="').replace('Target="../', 'Target="')
            found[part] = canonicalize(text, rewrite_prefixes=True)
    return found


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The ledger in its usual form, as it was made and after each change."""
    folder = tmp_path_factory.mktemp("usual")
    made = {"": ledger(folder / "made.xlsx")}
    for change, changes in CHANGES.items():
        made[change] = Path(shutil.copy(made[""], folder / f"{change}.xlsx"))
        write(Package.open(made[change]), changes)
    return made


@pytest.mark.parametrize("form", ODD_FORMS)
@pytest.mark.parametrize("change", CHANGES)
def test_the_same_change_in_every_form(usual: dict[str, Path], tmp_path: Path, change: str, form: str) -> None:
    """Formulas, totals, rules, names and charts follow whatever the form; parts that need no change keep theirs."""
    odd = rewrite(Path(shutil.copy(usual[""], tmp_path / "odd.xlsx")), ODD_FORMS[form])
    before = members(odd)
    write(Package.open(odd), CHANGES[change])
    expected, found = meaning(usual[change]), meaning(odd)
    assert found.keys() == expected.keys()
    assert [part for part in found if found[part] != expected[part]] == []
    assert check(Package.open(odd)) == []
    assert changed(before, members(odd)) <= changed(members(usual[""]), members(usual[change]))


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """Names of the members that are not byte for byte as they were."""
    return {name for name in after if after[name] != before.get(name)}


@pytest.mark.parametrize("form", ODD_FORMS)
def test_the_same_cells_are_read(usual: dict[str, Path], tmp_path: Path, form: str) -> None:
    """Values, places, errors and formulas of every table are those of the workbook in its usual form."""
    odd = rewrite(Path(shutil.copy(usual["append"], tmp_path / "odd.xlsx")), ODD_FORMS[form])
    (expected,), (found,) = (read_tables(Package.open(path)).values() for path in (usual["append"], odd))
    for name in ("columns", "rows", "cells", "errors", "formulas", "stray", "merged"):
        assert getattr(found, name) == getattr(expected, name)


def test_days_in_a_strict_workbook(tmp_path: Path) -> None:
    """A strict workbook stays one, and holds days and moments as Excel writes them there; others read the same days."""
    day, moment, early = dt.date(2026, 11, 22), dt.datetime(2026, 11, 22, 9, 30, 15), dt.date(1899, 1, 1)
    path = rewrite(book(tmp_path / "strict.xlsx"), ODD_FORMS["strict"])
    rows = [{"Key": "a", "Born": day}, {"Key": "b", "Born": moment}, {"Key": "c", "Born": early}]
    write(Package.open(path), [Append("People", rows)])
    write(Package.open(path), [Patch("People", 4, {"Name": "patched"})])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml")
    assert b"purl.oclc.org/ooxml/spreadsheetml/main" in sheet[:300]
    assert b' t="d"><v>2026-11-22</v>' in sheet
    assert b' t="d"><v>2026-11-22T09:30:15</v>' in sheet
    assert check(Package.open(path)) == []
    assert read_tables(Package.open(path), ["People"])["People"].by_column[2][2:] == [day, moment, "1899-01-01"]
    assert [row[2] for row in seen_by_calamine(resave(path, tmp_path / "out"))[3:]] == [day, moment, "1899-01-01"]


def test_libreoffice_opens_what_was_written(tmp_path: Path) -> None:
    """A program of others finds the row, in every form that it knows to begin with."""
    forms = ("prefixed", "strict", "single quotes", "loose", "comments", "no addresses")
    paths = [rewrite(book(tmp_path / f"{form}.xlsx"), ODD_FORMS[form]) for form in forms]
    for path in paths:
        write(Package.open(path), [Append("People", [{"Key": "k & <n>", "Cost": 7.5}])])
    for path in resave_all(paths, tmp_path / "out"):
        assert seen_by_calamine(path)[-1] == ["k & <n>", "", "", 7.5]


def test_formulas_without_a_value(tmp_path: Path) -> None:
    """A row with a formula that openpyxl saved, its value an empty element, is changed like any other."""
    path = handmade(
        tmp_path / "a.xlsx",
        header("Id", "B", "C") + '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><f>A2*2</f><v></v></c></row>',
        "A1:C2",
    )
    write(Package.open(path), [Patch("People", 2, {"B": "changed"})])
    assert seen(path)[1] == [1, "changed", "=A2*2"]


def zipped(path: Path, change: Callable[[zipfile.ZipInfo], None]) -> Path:
    """The workbook packed anew, every member's entry changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            change(info)
            archive.writestr(info, data)
    return path


def _backslashes(info: zipfile.ZipInfo) -> None:
    info.filename = info.filename.replace("/", "\\")


def _capitals(info: zipfile.ZipInfo) -> None:
    info.filename = info.filename.title() if info.filename.startswith("xl") else info.filename


def _stored(info: zipfile.ZipInfo) -> None:
    info.compress_type = zipfile.ZIP_STORED


@pytest.mark.parametrize("change", [_backslashes, _capitals, _stored])
def test_odd_archives(tmp_path: Path, change: Callable[[zipfile.ZipInfo], None]) -> None:
    """Names with backslashes or in another case, members that are not packed: written, and named as they were."""
    path = zipped(ledger(tmp_path / "odd.xlsx"), change)
    before = members(path)
    write(Package.open(path), CHANGES["append"])
    assert members(path).keys() == before.keys()
    assert [row[0] for row in read_tables(Package.open(path))["Sales"].cells][-2:] == ["x & <y>", "z"]
