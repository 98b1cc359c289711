"""The workbook that append and read are measured on: one table of 20 columns."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from benchmarks.measure import ROOT

__all__ = ["build", "fresh", "path_of", "saved_by_another"]


def path_of(folder: Path, rows: int) -> Path:
    """Where the workbook of so many rows stands."""
    return folder / f"records-{rows}.xlsx"


def build(folder: Path, rows: int) -> None:
    """Builds it once, through our builder and writer."""
    from benchmarks.data import policy_of_twelve_rules, records  # noqa: PLC0415 - what is measured loads no pandas
    from workbook_cms.file.package import Package  # noqa: PLC0415
    from workbook_cms.file.writer import Append, write  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    policy = policy_of_twelve_rules()
    path = path_of(folder, rows)
    Workbook.create(path, policy, overwrite=True)
    frame = records(rows).rename(columns={field.id: field.label for field in policy.tables[0].fields})
    labelled = [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
    write(Package.open(path), [Append("Records", labelled)])


def fresh(folder: Path, rows: int, name: str) -> Path:
    """A copy to write to."""
    copy = folder / f"{name}.xlsx"
    shutil.copyfile(path_of(folder, rows), copy)
    return copy


def saved_by_another(path: Path) -> None:
    """The workbook as another program saves it: the same parts, each in one stream; by a process of its own."""
    subprocess.run([sys.executable, "-m", "benchmarks.records_file", str(path)], cwd=ROOT, check=True)


def _save(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


if __name__ == "__main__":
    _save(Path(sys.argv[1]))
