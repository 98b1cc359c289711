"""Charts of the newer kinds (waterfall, treemap; chartEx parts) whose ranges are those of a table."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from tests.support.ledger import ledger
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, write

_PART = "xl/charts/chartEx1.xml"
#: As [MS-ODRAWXML] 2.24.3 has it: formula, then levels with the values kept.
_CHART = (
    '<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"><cx:chartData><cx:data id="0">'
    '<cx:strDim type="cat"><cx:f>Data!$B$4:$B$6</cx:f><cx:lvl ptCount="1"><cx:pt idx="0">a</cx:pt></cx:lvl>'
    '<cx:lvl ptCount="1"><cx:pt idx="0">b</cx:pt></cx:lvl></cx:strDim>'
    '<cx:numDim type="val"><cx:f dir="row">Rates!$A$1</cx:f><cx:lvl ptCount="1"><cx:pt idx="0">7</cx:pt></cx:lvl>'
    "</cx:numDim></cx:data></cx:chartData></cx:chartSpace>"
)


def test_newer_charts_grow(tmp_path: Path) -> None:
    """The range takes in the new rows, the values kept with it go, and those of other ranges stay."""
    path = ledger(tmp_path / "sales.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    kind = f'<Override PartName="/{_PART}" ContentType="application/vnd.ms-office.chartex+xml"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", kind.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**parts, _PART: _CHART.encode()}.items():
            archive.writestr(name, data)
    write(Package.open(path), [Append("Sales", [{"Item": "x", "Net": 50}])])
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(_PART).decode()
    assert re.findall(r"<cx:f[^>]*>(.*?)</cx:f>", xml) == ["Data!$B$4:$B$7", "Rates!$A$1"]
    assert re.findall(r"<cx:pt[^>]*>(.*?)</cx:pt>", xml) == ["7"]
