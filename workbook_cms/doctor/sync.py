"""Folders that a program copies between machines: OneDrive, SharePoint, Dropbox, iCloud, Google Drive and others."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from workbook_cms.doctor.here import ThisMachine
from workbook_cms.doctor.machine import Machine, System, below

__all__ = ["SYNC_ADVICE", "SyncRoot", "sync_root"]

#: Design decision 4, in one line for people.
SYNC_ADVICE = (
    "Let one named computer write to it (`workbook-cms settings --writer NAME`); the others only enter, and their "
    "entries wait in the folder beside the workbook. Or move it to a file server."
)
_ACCOUNTS = r"HKCU\Software\Microsoft\OneDrive\Accounts"
_PROVIDERS = r"HKCU\Software\SyncEngines\Providers\OneDrive"
#: What sync programs leave in the top folder that they look after, and their names.
_MARKERS = (
    (re.compile(r"\.dropbox(\.cache)?$"), "Dropbox"),
    (re.compile(r"\.tmp\.drive(up|down)load$|\.shortcut-targets-by-id$"), "Google Drive"),
    (re.compile(r"\._?sync_[0-9a-f]+\.db$"), "Nextcloud or ownCloud"),
    (re.compile(r"\.stfolder$"), "Syncthing"),
)
#: Folders below ~/Library/CloudStorage are called after the program: ``OneDrive-WorldTraveller``.
_CLOUD_STORAGE = {
    "OneDrive": "OneDrive",
    "Dropbox": "Dropbox",
    "GoogleDrive": "Google Drive",
    "Box": "Box",
    "ProtonDrive": "Proton Drive",
}


@dataclass(frozen=True)
class SyncRoot:
    """A synced folder: the name of the program, and the top folder that it looks after."""

    program: str
    folder: PurePath

    @property
    def sentence(self) -> str:
        """What to tell people of a workbook in it."""
        return f"it lies in a folder that {self.program} copies between computers ({self.folder})."


def sync_root(path: str | os.PathLike[str], machine: Machine | None = None) -> SyncRoot | None:
    """The synced folder in which a file or folder lies, None where it lies in none that is known.

    Args:
        path: The workbook; links are followed.
        machine: The computer that is asked; this one unless given.
    """
    at = machine or ThisMachine()
    place = at.resolved(Path(path) if machine is None else at.path(os.fspath(path)))
    found = [root for root in _roots(at) if root.folder.parts and below(at, place, root.folder)]
    if found:  # the innermost: OneDrive itself rather than the folder above it
        return max(found, key=lambda root: len(root.folder.parts))
    return _marked(at, place)


def _roots(machine: Machine) -> Iterator[SyncRoot]:
    """The roots this machine knows of."""
    sources = {System.WINDOWS: _on_windows, System.MACOS: _on_macos, System.LINUX: _on_linux}
    for root in (*sources[machine.system](machine), *_dropbox(machine)):
        # Also where the root itself leads: ~/OneDrive is often a link.
        yield root
        yield SyncRoot(root.program, machine.resolved(root.folder))


def _on_windows(machine: Machine) -> Iterator[SyncRoot]:
    for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"):
        if folder := machine.environ.get(name):
            yield SyncRoot("OneDrive", machine.path(folder))
    for account in machine.subkeys(_ACCOUNTS):
        if folder := str(machine.registry(rf"{_ACCOUNTS}\{account}").get("UserFolder", "")):
            yield SyncRoot("OneDrive", machine.path(folder))
        for tenant in machine.subkeys(rf"{_ACCOUNTS}\{account}\Tenants"):
            # The names of the values are the folders: OneDrive's own, and libraries of SharePoint.
            for folder in machine.registry(rf"{_ACCOUNTS}\{account}\Tenants\{tenant}"):
                if folder:
                    yield SyncRoot("OneDrive", machine.path(folder))
    for provider in machine.subkeys(_PROVIDERS):
        values = machine.registry(rf"{_PROVIDERS}\{provider}")
        if folder := str(values.get("MountPoint", "")):
            address = str(values.get("UrlNamespace", "")).casefold()
            personal = "-my.sharepoint." in address or "sharepoint." not in address
            yield SyncRoot("OneDrive" if personal else "SharePoint (with OneDrive)", machine.path(folder))
    yield from _google_drive_on_windows(machine)
    for name, program in (("iCloudDrive", "iCloud Drive"), ("Box", "Box"), ("Google Drive", "Google Drive")):
        yield SyncRoot(program, machine.home / name)


def _google_drive_on_windows(machine: Machine) -> Iterator[SyncRoot]:
    r"""Streamed drives: ``PerAccountPreferences`` holds JSON with a drive letter or a folder for each account."""
    text = str(machine.registry(r"HKCU\Software\Google\DriveFS").get("PerAccountPreferences", ""))
    for mount in re.findall(r'"mount_point_path"\s*:\s*"((?:[^"\\]|\\.)+)"', text):
        folder = json.loads(f'"{mount}"')
        yield SyncRoot("Google Drive", machine.path(f"{folder}:\\" if len(folder) == 1 else folder))


def _on_macos(machine: Machine) -> Iterator[SyncRoot]:
    storage = machine.home / "Library" / "CloudStorage"
    for name in machine.names(storage):
        program, _, account = name.partition("-")
        title = _CLOUD_STORAGE.get(program, program)
        if account.startswith("SharedLibraries"):
            title = "SharePoint (with OneDrive)"
        yield SyncRoot(title, storage / name)
    yield SyncRoot("iCloud Drive", machine.home / "Library" / "Mobile Documents")
    # With "Desktop & Documents Folders" on, iCloud Drive shows both of them, and they are synced where they are.
    shown = machine.names(machine.home / "Library" / "Mobile Documents" / "com~apple~CloudDocs")
    for name in ("Desktop", "Documents"):
        if name in shown:
            yield SyncRoot("iCloud Drive", machine.home / name)
    yield SyncRoot("OneDrive", machine.home / "OneDrive")
    yield SyncRoot("Google Drive", machine.path("/Volumes/GoogleDrive"))


def _on_linux(machine: Machine) -> Iterator[SyncRoot]:
    yield SyncRoot("OneDrive", machine.home / "OneDrive")


def _dropbox(machine: Machine) -> Iterator[SyncRoot]:
    """Dropbox says in a file of its own where it keeps what (help.dropbox.com, "find the Dropbox folder")."""
    if machine.system is System.WINDOWS:
        places = [machine.environ.get(name, "") for name in ("APPDATA", "LOCALAPPDATA")]
        files = [machine.path(place) / "Dropbox" / "info.json" for place in places if place]
    else:
        files = [machine.home / ".dropbox" / "info.json"]
    for file in files:
        try:
            accounts = json.loads(machine.read(file) or b"{}")
        except ValueError:
            continue
        for account in accounts.values() if isinstance(accounts, dict) else ():
            for name in ("path", "root_path"):
                folder = account.get(name) if isinstance(account, dict) else None
                if folder and isinstance(folder, str):
                    yield SyncRoot("Dropbox", machine.path(folder))


def _marked(machine: Machine, place: PurePath) -> SyncRoot | None:
    """The nearest folder above with the mark of a sync program in it."""
    for folder in place.parents:
        if folder != machine.home:  # programs keep their own settings there, under the same names
            for name in machine.names(folder):
                for marker, program in _MARKERS:
                    if marker.match(name):
                        return SyncRoot(program, folder)
    return None
