"""The wheel holds what users need, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from the checkout by its build backend, without a network."""
    out = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; build_wheel({str(out)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(out.glob("*.whl")))


def files(folder: str, pattern: str = "*") -> set[str]:
    """Paths of the files below a folder of the checkout, as a wheel writes them."""
    found = (path for path in (ROOT / folder).rglob(pattern) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in found}


def test_wheel_holds_every_module(wheel: zipfile.ZipFile) -> None:
    """Both packages are in it whole, with the marks that they are typed."""
    wanted = files("validation", "*.py") | files("workbook_cms", "*.py")
    wanted |= {"validation/py.typed", "workbook_cms/py.typed"}
    assert wanted - set(wheel.namelist()) == set()


def test_wheel_holds_templates_and_macros(wheel: zipfile.ZipFile) -> None:
    """Templates and macros travel under workbook_cms, byte for byte."""
    wanted = files("templates") | files("macros")
    assert {"templates/world-traveller/policy.yaml", "templates/blank/policy.yaml", "macros/README.md"} <= wanted
    assert {
        name: wheel.read(f"workbook_cms/{name}") == (ROOT / name).read_bytes() for name in wanted
    } == dict.fromkeys(wanted, True)


def test_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Tests, benchmarks and the manual stay out, and no other name is put beside the two packages."""
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"validation", "workbook_cms"}


def test_wheel_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    """Name, licence text, Python version and the command stand in its metadata."""
    info = next(name for name in wheel.namelist() if name.endswith("/METADATA")).removesuffix("METADATA")
    metadata = Parser().parsestr(wheel.read(f"{info}METADATA").decode())
    assert (metadata["Name"], metadata["License-Expression"]) == ("workbook-cms", "MIT")
    assert metadata["Requires-Python"] == ">=3.11"
    assert "MIT License" in wheel.read(f"{info}licenses/LICENSE").decode()
    assert "workbook-cms = workbook_cms.__main__:main" in wheel.read(f"{info}entry_points.txt").decode()
