"""What must work wherever it is installed. Run twice: in the checkout, and by .ci/run against the wheel alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import validation
import workbook_cms
from workbook_cms.resources import resource_folder, template_folder, template_names

FROM_WHEEL = "wheel" in os.environ.get("WORKBOOK_CMS_REQUIRE", "").split(",")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own and in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "workbook_cms", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_both_packages_come_from_one_installation() -> None:
    """Both packages lie side by side; in the run against the wheel that is not in a checkout."""
    places = [Path(package.__file__ or "").parents[1] for package in (workbook_cms, validation)]
    assert places[0] == places[1]
    assert ("site-packages" in places[0].parts) >= FROM_WHEEL


def test_templates_are_found() -> None:
    """The locator finds every template, with its policy and its README."""
    assert {"blank", "world-traveller"} <= set(template_names())
    for name in template_names():
        assert (template_folder(name) / "policy.yaml").is_file()
        assert (template_folder(name) / "README.md").is_file()


def test_macros_are_found() -> None:
    """The locator finds the folder of the macros."""
    assert (resource_folder("macros") / "README.md").is_file()


def test_version_is_that_of_the_package(tmp_path: Path) -> None:
    """``--version`` says the version that the installation has."""
    done = run(tmp_path, "--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"workbook-cms {version('workbook-cms')}")


def test_command_is_installed() -> None:
    """The command ``workbook-cms`` points at a function that exists."""
    (command,) = entry_points(group="console_scripts", name="workbook-cms")
    assert callable(command.load())


@pytest.mark.parametrize("template", ["blank", "world-traveller"])
def test_new_workbook_is_clean(tmp_path: Path, template: str) -> None:
    """A workbook made from a template checks without a finding."""
    assert run(tmp_path, "new", "book.xlsx", "--template", template).returncode == 0
    done = run(tmp_path, "check", "book.xlsx", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, [])


def test_entry_goes_in_and_is_found(tmp_path: Path) -> None:
    """An entry gets a receipt, and the record is found afterwards."""
    run(tmp_path, "new", "book.xlsx")
    entry = ["Type=Customer", "Given name=Mia", "Family name=Tran", "Email=mia.tran@example.com"]
    options = [word for value in entry for word in ("--set", value)]
    done = run(tmp_path, "add", "book.xlsx", "Stakeholders", *options, "--format", "json")
    receipt = json.loads(done.stdout)["receipt"]
    assert (done.returncode, receipt["state"], receipt["key"]) == (0, "written", "STK-00001")
    done = run(tmp_path, "find", "book.xlsx", "Stakeholders", "mia tran", "--format", "json")
    assert [hit["key"] for hit in json.loads(done.stdout)["hits"]] == ["STK-00001"]
