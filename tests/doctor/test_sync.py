"""Synced folders: each program's, on each system, as it makes itself known there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.doctor.machines import GivenMachine, mac, windows
from workbook_cms.doctor.sync import sync_root

ACCOUNT = r"HKCU\Software\Microsoft\OneDrive\Accounts\Business1"
LIBRARY = r"C:\Users\mia\World Traveller\Sales - Documents"
DROPBOX = json.dumps({"personal": {"path": "D:\\Dropbox", "host": 1}, "business": None}).encode()
DRIVE_FS = '{"per_account_preferences":[{"key":"1","value":{"mount_point_path":"G"}}]}'

WINDOWS = [
    (
        windows(environ={"OneDrive": r"C:\Users\mia\OneDrive"}),
        r"c:\users\MIA\onedrive\a\customers.xlsx",
        "OneDrive",
    ),
    (
        windows(environ={"OneDriveCommercial": r"C:\Users\mia\OneDrive - WT"}),
        r"C:\Users\mia\OneDrive - WT\customers.xlsx",
        "OneDrive",
    ),
    (windows(keys={ACCOUNT: {"UserFolder": r"E:\Cloud"}}), r"E:\Cloud\customers.xlsx", "OneDrive"),
    (windows(keys={rf"{ACCOUNT}\Tenants\World Traveller": {LIBRARY: 1}}), LIBRARY + r"\c.xlsx", "OneDrive"),
    (
        windows(
            keys={
                r"HKCU\Software\SyncEngines\Providers\OneDrive\3f2": {
                    "MountPoint": LIBRARY,
                    "UrlNamespace": "https://wt.sharepoint.com/sites/Sales/Documents/",
                }
            }
        ),
        LIBRARY + r"\2026\customers.xlsx",
        "SharePoint (with OneDrive)",
    ),
    (
        windows(files={r"C:\Users\mia\AppData\Local\Dropbox\info.json": DROPBOX}),
        r"D:\Dropbox\x\customers.xlsx",
        "Dropbox",
    ),
    (
        windows(keys={r"HKCU\Software\Google\DriveFS": {"PerAccountPreferences": DRIVE_FS}}),
        r"G:\My Drive\customers.xlsx",
        "Google Drive",
    ),
    (windows(), r"C:\Users\mia\iCloudDrive\customers.xlsx", "iCloud Drive"),
]
STORAGE = "/Users/mia/Library/CloudStorage"
CLOUD_DOCS = "/Users/mia/Library/Mobile Documents/com~apple~CloudDocs"
MAC = [
    (mac(files={f"{STORAGE}/OneDrive-WT/a": b""}), f"{STORAGE}/OneDrive-WT/Sales/c.xlsx", "OneDrive"),
    (
        mac(files={f"{STORAGE}/OneDrive-SharedLibraries-WT/a": b""}),
        f"{STORAGE}/OneDrive-SharedLibraries-WT/c.xlsx",
        "SharePoint (with OneDrive)",
    ),
    (
        mac(files={f"{STORAGE}/GoogleDrive-m@wt.test/a": b""}),
        f"{STORAGE}/GoogleDrive-m@wt.test/c.xlsx",
        "Google Drive",
    ),
    (mac(), f"{CLOUD_DOCS}/c.xlsx", "iCloud Drive"),
    (mac(files={f"{CLOUD_DOCS}/Documents/a": b""}), "/Users/mia/documents/c.xlsx", "iCloud Drive"),
    (
        mac(files={f"{STORAGE}/Dropbox/a": b""}, links={"/Users/mia/Dropbox": f"{STORAGE}/Dropbox"}),
        "/Users/mia/Dropbox/c.xlsx",
        "Dropbox",
    ),
    (
        mac(files={"/Volumes/data/cloud/.sync_0a1b2c.db": b""}),
        "/Volumes/data/cloud/a/c.xlsx",
        "Nextcloud or ownCloud",
    ),
]


@pytest.mark.parametrize(("machine", "path", "program"), [*WINDOWS, *MAC])
def test_synced_folder_is_known(machine: GivenMachine, path: str, program: str) -> None:
    """The program is named, and the folder that it looks after holds the workbook."""
    found = sync_root(path, machine)
    assert found is not None
    assert found.program == program
    assert program in found.sentence
    assert str(found.folder) in found.sentence


@pytest.mark.parametrize(
    ("machine", "path"),
    [
        (windows(environ={"OneDrive": r"C:\Users\mia\OneDrive"}), r"C:\Users\mia\OneDrive Archive\customers.xlsx"),
        (windows(environ={"OneDrive": ""}), r"C:\Data\customers.xlsx"),
        (windows(files={r"C:\Users\mia\AppData\Local\Dropbox\info.json": b"{broken"}), r"D:\Dropbox\c.xlsx"),
        (windows(files={r"C:\Users\mia\AppData\Local\Dropbox\info.json": b"[1]"}), r"D:\Dropbox\c.xlsx"),
        (mac(), "/Users/mia/Documents/customers.xlsx"),
        (mac(files={"/Users/mia/.dropbox/x": b""}), "/Users/mia/work/customers.xlsx"),
    ],
)
def test_other_folders_are_not_taken_for_synced(machine: GivenMachine, path: str) -> None:
    """A name that only begins alike, an empty variable, a damaged settings file and a plain folder are nothing."""
    assert sync_root(path, machine) is None


def test_on_this_machine(tmp_path: Path) -> None:
    """A folder of this machine is not synced until a sync program leaves its mark in it, also through a link."""
    folder = tmp_path / "team" / "2026"
    folder.mkdir(parents=True)
    assert sync_root(folder / "customers.xlsx") is None
    (tmp_path / "team" / ".stfolder").mkdir()
    (tmp_path / "short").symlink_to(folder)
    found = sync_root(tmp_path / "short" / "customers.xlsx")
    assert found is not None
    assert (found.program, found.folder) == ("Syncthing", tmp_path / "team")
