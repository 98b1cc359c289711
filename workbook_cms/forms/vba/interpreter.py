"""Which Python the macros start: the settings file of the user in which RunPython looks for it.

RunPython takes a setting from the first place that has it: the sheet ``xlwings.conf`` of the workbook, a file
``xlwings.conf`` in the workbook's folder, this file. Source: GetConfig in the module xlwings of xlwings 0.37.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["InterpreterSettings", "interpreter_settings", "merged"]

#: A line as VBA writes and reads it: two texts in quotes.
_LINE = re.compile(r'\s*"([^"]*)"\s*,')


@dataclass(frozen=True)
class InterpreterSettings:
    """What is to stand in the settings file of the user.

    Attributes:
        path: The file.
        values: Settings and their values.
        encoding: Encoding in which VBA reads it.
        script: AppleScript that RunPython needs beside it on macOS; None elsewhere.
    """

    path: Path
    values: Mapping[str, str]
    encoding: str
    script: Path | None = None


def interpreter_settings(system: str, home: Path, python: str, version: str = "") -> InterpreterSettings:
    """Settings that make RunPython start ``python``.

    Args:
        system: The operating system as `platform.system()` says it.
        home: Home folder of the user.
        python: Path of the interpreter that has this program.
        version: Version of the installed xlwings, which the AppleScript is called after.
    """
    if system == "Darwin":  # Excel is kept in a sandbox there and reads nothing else
        folder = home / "Library" / "Containers" / "com.microsoft.Excel" / "Data"
        script = (
            home / "Library" / "Application Scripts" / "com.microsoft.Excel" / f"xlwings-{version}.applescript"
        )
        return InterpreterSettings(folder / "xlwings.conf", {"INTERPRETER_MAC": python}, "utf-8", script)
    # VBA opens files in the code page of Windows, not in UTF-8.
    return InterpreterSettings(
        home / ".xlwings" / "xlwings.conf",
        {"INTERPRETER_WIN": python},
        "mbcs" if system == "Windows" else "utf-8",
    )


def merged(text: str, values: Mapping[str, str]) -> str:
    """The settings file with ``values`` in it; what else stands there stays, conda's settings apart.

    RunPython would activate the conda environment named there before it starts the interpreter.
    """
    gone = {name.lower() for name in values} | {"interpreter", "conda path", "conda env"}
    lines = (line for line in text.splitlines() if line.strip())
    kept = [line for line in lines if not ((found := _LINE.match(line)) and found[1].lower() in gone)]
    return "\n".join([*kept, *(f'"{name}","{value}"' for name, value in values.items()), ""])
