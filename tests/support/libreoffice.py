"""LibreOffice as an independent reader and writer of workbooks."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.support.require import missing

__all__ = ["resave", "resave_all"]


def resave(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice saves it, in ``folder``, under its own name.

    Skips the test where LibreOffice is missing; fails it when WORKBOOK_CMS_REQUIRE names ``libreoffice``.
    """
    return resave_all([path], folder)[0]


def resave_all(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Workbooks of different names as LibreOffice saves them, made in one go; otherwise as `resave`."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        missing("libreoffice", "LibreOffice is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    profile = folder / "profile"  # its own, or a LibreOffice that runs already would take the work
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run(
        [*command, "--outdir", str(folder), *map(str, paths)], check=True, capture_output=True, timeout=180
    )
    return [folder / f"{path.stem}.xlsx" for path in paths]
