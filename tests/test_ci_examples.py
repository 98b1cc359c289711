"""Workbooks in git: the pre-commit hook in a repository, and the examples of docs/ci.md as they stand there."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml

from tests.support.require import missing
from workbook_cms import Workbook

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def example(word: str) -> Any:
    """The example of the page that holds a word."""
    (found,) = (text for text in EXAMPLES if word in text)
    return yaml.safe_load(found)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with planted faults."""
    path = tmp_path_factory.mktemp("sample") / "customers.xlsx"
    Workbook.create(path, sample=True)
    return path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty git repository; commands find this program and pre-commit, and keep their things in it."""
    if shutil.which("git") is None:
        missing("git", "git is not installed")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)  # a test that runs in a hook must not reach the repository it runs for
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder = tmp_path / "repository"
    folder.mkdir()
    call(folder, "git", "init", "--quiet")
    (folder / ".gitignore").write_text("*.xlsx.cms/\n", encoding="utf-8")
    return folder


def call(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in a folder."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def hook(folder: Path, **local: str) -> subprocess.CompletedProcess[str]:
    """Stages everything and runs the hook of this project as pre-commit runs it, in the environment of the test."""
    if importlib.util.find_spec("pre_commit") is None:
        missing("pre-commit", "pre-commit is not installed")
    config = {"repos": [{"repo": "local", "hooks": [HOOKS[0] | {"language": "system"} | local]}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    call(folder, "git", "add", ".")
    return call(folder, sys.executable, "-m", "pre_commit", "run", "--verbose", "--color", "never")


def test_hook_stops_a_workbook_with_errors(repository: Path, sample: Path) -> None:
    """The findings stand in the output, the commit would not happen."""
    shutil.copy(sample, repository / "customers.xlsx")
    done = hook(repository)
    assert done.returncode == 1, done.stderr
    assert "STK-00169, Given name (Stakeholders!" in done.stdout
    assert "Failed" in done.stdout


def test_hook_lets_sound_and_foreign_workbooks_pass(repository: Path) -> None:
    """A clean workbook in a folder, capitals in its ending, one without a policy, and an owner file of Excel."""
    (repository / "team").mkdir()
    Workbook.create(repository / "team" / "other.xlsx")
    (repository / "team" / "other.xlsx").rename(repository / "team" / "Other Customers.XLSX")
    with xlsxwriter.Workbook(repository / "prices.xlsx") as workbook:
        workbook.add_worksheet("Prices")
    (repository / "team" / "~$other.xlsx").write_bytes(b"\x03mia")
    done = hook(repository)
    assert done.returncode == 0, done.stdout
    assert "No findings." in done.stdout
    assert "prices.xlsx has no policy and is passed over." in done.stdout


def test_hook_has_nothing_to_do_without_workbooks(repository: Path) -> None:
    """A commit of other files does not start it."""
    assert "(no files to check)Skipped" in hook(repository).stdout


def test_hook_definition_is_valid() -> None:
    """pre-commit itself accepts the file that other repositories will read."""
    if importlib.util.find_spec("pre_commit") is None:
        missing("pre-commit", "pre-commit is not installed")
    done = call(ROOT, sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml")
    assert (done.returncode, done.stdout) == (0, "")


def test_page_shows_the_hook_as_it_is() -> None:
    """Ids, files and entry of both ways on the page are those of the definition; the arguments are accepted."""
    (listed,) = example("rev:")["repos"][0]["hooks"]
    assert listed["id"] == HOOKS[0]["id"]
    (local,) = example("repo: local")["repos"][0]["hooks"]
    assert {name: local[name] for name in ("id", "entry", "files", "exclude", "name")} == {
        name: HOOKS[0][name] for name in ("id", "entry", "files", "exclude", "name")
    }


@pytest.mark.parametrize("faults", [True, False])
def test_workflow_runs(repository: Path, sample: Path, faults: bool) -> None:
    """Its own commands run as GitHub runs them (bash -e): annotations, exit code, and SARIF in either case."""
    if shutil.which("bash") is None:
        missing("bash", "bash is not installed")
    job = example("runs-on")["jobs"]["check"]
    (name,) = job["strategy"]["matrix"]["workbook"]
    if faults:
        shutil.copy(sample, repository / name)
    else:
        Workbook.create(repository / name)
    assert job["env"] == {"WORKBOOK": "${{ matrix.workbook }}"}
    steps = {step["name"]: step for step in job["steps"] if "run" in step}
    codes = {}
    for title in ("Check", "Write SARIF"):
        script = f"export WORKBOOK={name}\n{steps[title]['run']}"
        done = call(repository, "bash", "-e", "-c", script)
        codes[title] = done.returncode
        if title == "Check":
            assert done.stdout.startswith("::" if faults else "")
    assert codes == {"Check": int(faults), "Write SARIF": 0}
    sarif = json.loads((repository / "findings.sarif").read_text(encoding="utf-8"))
    assert bool(sarif["runs"][0]["results"]) == faults
    upload = job["steps"][-1]
    assert upload["with"]["sarif_file"] == "findings.sarif"
    (repository / name).write_bytes(b"PK\3\4")
    assert call(repository, "bash", "-e", "-c", f"WORKBOOK={name}; {steps['Write SARIF']['run']}").returncode == 1
