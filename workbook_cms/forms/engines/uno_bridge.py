"""The way to LibreOffice's API: finds its Python binding ``uno`` and connects to a running program over a pipe.

Debian keeps the binding in the system's ``dist-packages``. Only its two files are loaded, never that folder put on the
path: it would shadow the packages of a virtual environment.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from workbook_cms.forms.engines.errors import OfficeMissingError

__all__ = [
    "binding_problem",
    "connect",
    "failure",
    "load",
    "program_folders",
    "python_of",
    "struct",
    "system_folders",
]

#: The binding is linked to one Python: libpython3.11.so, python311.dll, Python.framework/Versions/3.11.
_LINKED = re.compile(rb"(?:libpython|Versions/|python)3\.?(\d{1,2})(?=[.\x00m/])")
_BINARIES = ("libpyuno.so", "libpyuno.dylib", "pyuno.pyd", "pyuno.so")


def program_folders() -> Iterator[Path]:
    """Folders in which LibreOffice keeps its programs on this kind of system, the likeliest first; they exist."""
    places = [
        *(Path(root) / "LibreOffice" / "program" for root in map(os.environ.get, _WINDOWS) if root),
        Path("/Applications/LibreOffice.app/Contents/MacOS"),
        Path("/Applications/LibreOffice.app/Contents/Resources"),
        Path("/Applications/LibreOffice.app/Contents/Frameworks"),
        Path("/usr/lib/libreoffice/program"),
        Path("/usr/lib64/libreoffice/program"),
        *sorted(Path("/opt").glob("libreoffice*/program"), reverse=True),
        Path("/snap/libreoffice/current/lib/libreoffice/program"),
    ]
    return (place for place in places if place.is_dir())


_WINDOWS = ("PROGRAMFILES", "PROGRAMFILES(X86)")


def system_folders() -> list[Path]:
    """Folders of the system's Python, in which distributions keep the binding."""
    return [Path("/usr/lib/python3/dist-packages"), *Path("/usr").glob("lib*/python3.*/site-packages")]


def binding_problem() -> tuple[str, str] | None:
    """Why ``uno`` cannot be used by this Python, and what to do about it; None when it can."""
    if "uno" in sys.modules or importlib.util.find_spec("uno"):
        return None
    if (binary := _binary()) is None or _script() is None:
        remedy = "Install it (Debian, Ubuntu: apt install libreoffice-calc python3-uno)."
        return "Its Python binding is not installed.", remedy
    if (minor := python_of(binary)) and minor != sys.version_info.minor:
        problem = (
            f"Its Python binding is made for Python 3.{minor}, and this is Python 3.{sys.version_info.minor}."
        )
        return problem, f"Install workbook-cms with Python 3.{minor}."
    return None


@cache
def load() -> ModuleType:
    """The module ``uno``.

    Raises:
        OfficeMissingError: it is not installed, or belongs to another version of Python (loading it would crash).
    """
    if problem := binding_problem():
        raise OfficeMissingError("LibreOffice", *problem)
    if "uno" not in sys.modules and importlib.util.find_spec("uno") is None:
        binary, script = _binary(), _script()
        assert binary and script  # noqa: S101 - binding_problem has looked
        program = binary.parent
        for name in ("fundamentalrc", "fundamental.ini"):
            if (program / name).is_file():
                os.environ.setdefault("URE_BOOTSTRAP", f"vnd.sun.star.pathname:{program / name}")
        if sys.platform == "win32":
            os.add_dll_directory(str(program))
        extension = next(p for p in (program / "pyuno.so", program / "pyuno.pyd") if p.is_file())
        _load_file("pyuno", extension)
        _load_file("uno", script)
    uno = importlib.import_module("uno")
    vars(uno)["_uno_struct__setattr__"] = _set_attribute
    return uno


def connect(pipe: str) -> Any:
    """Component context of the program that listens on a pipe, or None where none does."""
    local = load().getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    try:
        return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
    except failure():
        return None


def struct(name: str, *values: Any) -> Any:
    """A structure of the API, such as ``beans.PropertyValue``."""
    return load().createUnoStruct(f"com.sun.star.{name}", *values)


@cache
def failure() -> type[Exception]:
    """The class of all errors that come from the program or from a connection that broke; for ``except``."""
    error: type[Exception] = load().getClass("com.sun.star.uno.Exception")
    return error


def _set_attribute(self: Any, name: str, value: Any) -> None:
    """Set an attribute of a structure, or what Python keeps with an error, which `uno` would send to the program.

    `contextlib` sets ``__traceback__`` of an error that leaves a with statement since Python 3.11.
    """
    if name.startswith("__"):
        BaseException.__setattr__(self, name, value)
    else:
        setattr(self.__dict__["value"], name, value)


def _load_file(name: str, path: Path) -> None:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise OfficeMissingError("LibreOffice", f"{path} cannot be loaded.", "Install LibreOffice again.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def _binary() -> Path | None:
    files = (folder / name for folder in program_folders() for name in _BINARIES)
    return next((file for file in files if file.is_file()), None)


def _script() -> Path | None:
    folders = [*system_folders(), *program_folders()]
    return next((f / "uno.py" for f in folders if (f / "uno.py").is_file()), None)


def python_of(binary: Path) -> int:
    """Minor version of the Python that the binding was linked to; 0 where it does not say."""
    found = _LINKED.search(binary.read_bytes())
    return int(found[1]) if found else 0
