"""Where the modules of a macro project come from: ``macros/`` and, for RunPython, the installed xlwings."""

from __future__ import annotations

import importlib.util
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from workbook_cms.errors import FileError, InputError
from workbook_cms.forms.vba.compression import decompress
from workbook_cms.forms.vba.dirstream import CODEPAGE, read_dir
from workbook_cms.forms.vba.project import Kind, Module
from workbook_cms.resources import resource_folder

__all__ = ["glue_modules", "project_sources", "stand_in_module", "xlwings_modules", "xlwings_version"]

#: Workbook of xlwings whose RunPython needs no add-in, and the modules that make it work.
_STANDALONE = "quickstart_standalone.xlsm"
_WANTED = {"xlwings": Kind.STANDARD, "Dictionary": Kind.CLASS}
_VERSION = re.compile(r'XLWINGS_VERSION As String = "([^"]+)"')
_EXPORTED = re.compile(r"\A(?:VERSION .*\nBEGIN\n(?:.*\n)*?END\n)?((?:Attribute VB_.*\n)+)")
_NAME = re.compile(r'VB_Name = "(\w+)"')


def glue_modules() -> tuple[Module, ...]:
    """The modules of ``macros/``, that of the workbook first."""
    folder = resource_folder("macros")
    standard = (_read(path, Kind.STANDARD) for path in sorted(folder.glob("*.bas")))
    return (_read(folder / "ThisWorkbook.cls", Kind.WORKBOOK), *standard)


def stand_in_module() -> Module:
    """RunPython for LibreOffice, with which the tests run the macros."""
    return _read(resource_folder("macros") / "testing" / "RunPython.bas", Kind.STANDARD)


def xlwings_modules() -> tuple[Module, ...]:
    """The modules of the installed xlwings that RunPython consists of.

    Raises:
        InputError: xlwings is not installed.
        FileError: The installed xlwings does not hold them.
    """
    spec = importlib.util.find_spec("xlwings")  # where it is; not imported, which takes long
    if spec is None or spec.origin is None:
        raise InputError("Macros", "need xlwings.", "Install it with: pip install 'workbook-cms[forms]'")
    path = Path(spec.origin).with_name(_STANDALONE)
    try:
        with zipfile.ZipFile(path) as package:
            sources = project_sources(package.read("xl/vbaProject.bin"))
        return tuple(_taken(name, kind, sources[name]) for name, kind in _WANTED.items())
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise FileError(
            str(path),
            "does not hold the macros that RunPython consists of.",
            "Install it again with: pip install --force-reinstall xlwings",
        ) from error


def xlwings_version(modules: Iterable[Module] | Mapping[str, str]) -> str:
    """Version of the xlwings whose RunPython is among the modules (or sources by name); "" if none is."""
    texts = modules.values() if isinstance(modules, Mapping) else (module.code for module in modules)
    return next((found[1] for text in texts if (found := _VERSION.search(text))), "")


def project_sources(binary: bytes) -> dict[str, str]:
    """The source of each module of a ``vbaProject.bin``, attributes included, by name.

    Raises:
        ValueError: It is damaged or no such file.
        InputError: The package olefile, which reads it, is not installed.
    """
    try:
        import olefile  # noqa: PLC0415 - only for who builds or looks into macros
    except ImportError as error:
        raise InputError(
            "Macros", "need olefile.", "Install it with: pip install 'workbook-cms[forms]'"
        ) from error
    try:
        with olefile.OleFileIO(io.BytesIO(binary)) as file:
            entries = read_dir(decompress(file.openstream("VBA/dir").read()))
            stored = {e.name: file.openstream(f"VBA/{e.stream}").read()[e.offset :] for e in entries}
    except OSError as error:  # what olefile says of a damaged file
        raise ValueError(str(error)) from error
    return {name: decompress(code).decode(f"cp{CODEPAGE}") for name, code in stored.items()}


def _read(path: Path, kind: Kind) -> Module:
    """A module in the form in which the VBA editor exports it."""
    text = path.read_text(encoding="utf-8")
    head = _EXPORTED.match(text)
    name = _NAME.search(head[1]) if head else None
    if head is None or name is None:
        raise FileError(path.name, "does not begin with the name of a module.", "Install workbook-cms again.")
    return Module(name[1], kind, text[head.end() :])


def _taken(name: str, kind: Kind, source: str) -> Module:
    """A module as another project holds it; a standard one gets its attributes anew."""
    return Module(name, kind, source if kind is Kind.CLASS else source.partition("\n")[2])
