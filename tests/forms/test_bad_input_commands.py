"""The command serve on computers that lack something: one line that says what, and what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbook_cms.file.platform import own_folder
from workbook_cms.forms.engines.office import user_profile

_BLOCKED = """
import sys
from importlib.machinery import PathFinder

class Without:
    find_distributions = staticmethod(PathFinder.find_distributions)

    @staticmethod
    def find_spec(name, path=None, target=None):
        return None if name.split(".")[0] == "xlwings" else PathFinder.find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
from workbook_cms.cli import run
sys.exit(run(["serve", "--once"]))
"""


def serve(tmp_path, *command: str) -> tuple[int, str]:
    """Run a helper in a home of its own; exit code and what it says to the error stream."""
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stderr


def test_without_xlwings(tmp_path) -> None:
    """Without xlwings the line that installs it is given."""
    said = serve(tmp_path, "-c", _BLOCKED)
    assert said == (2, "workbook-cms: serve: Forms need xlwings. pip install 'workbook-cms[forms]'\n")


def test_with_an_old_xlwings(tmp_path) -> None:
    """An xlwings that is too old is named with the one that is needed."""
    (tmp_path / "xlwings").mkdir()
    (tmp_path / "xlwings" / "__init__.py").write_text('__version__ = "0.20.8"\n', encoding="utf-8")
    about = tmp_path / "xlwings-0.20.8.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: xlwings\nVersion: 0.20.8\n", encoding="utf-8")
    code, said = serve(tmp_path, "-m", "workbook_cms", "serve", "--once")
    assert code == 2
    assert said.startswith("workbook-cms: serve: Forms need xlwings 0.33 or later, and this is 0.20.8.")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="folders of Linux")
@pytest.mark.parametrize("folder", ["", "settings"])
def test_folders_that_do_not_count(monkeypatch, folder) -> None:
    """An XDG folder that is blank or relative counts as none, as its specification says."""
    monkeypatch.setenv("XDG_CONFIG_HOME", folder)
    monkeypatch.setenv("XDG_STATE_HOME", folder)
    assert user_profile() == Path.home() / ".config" / "libreoffice" / "4"
    assert own_folder() == Path.home() / ".local" / "state" / "workbook-cms"
