"""Where a workbook lies: an address, a share, a synced folder, a disk that is full or closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from workbook_cms.doctor.diagnosis import Diagnosis, note, ok, problem
from workbook_cms.doctor.machine import Machine
from workbook_cms.doctor.sync import SYNC_ADVICE, sync_root

__all__ = ["is_address", "look_at_address", "look_at_place", "on_network"]

#: Excel gives an address where a workbook was opened from OneDrive or SharePoint; ``Path`` drops one of the slashes.
_ADDRESS = re.compile(r"https?:/+", re.IGNORECASE)
_WEB_FOLDER = re.compile(r"^\\\\[^\\]+@ssl|\\davwwwroot\\", re.IGNORECASE)
#: File systems of other machines whose locks reach everybody.
_SERVERS = frozenset({"network", "cifs", "smb2", "smb3", "smbfs", "nfs", "nfs4", "afpfs", "afs", "ncpfs"})
#: And those that only look like a disk.
_LOOSE = frozenset({"davfs", "webdav", "fuse.davfs2", "fuse.rclone", "fuse.sshfs", "fuse.gvfsd-fuse", "vboxsf"})
_LITTLE, _TOO_LITTLE = 1 << 30, 100 << 20


def is_address(text: str) -> bool:
    """Whether a name is an address on the web instead of a file."""
    return bool(_ADDRESS.match(text))


def look_at_address(text: str) -> Diagnosis:
    """What to say of a workbook that is given as an address."""
    return problem(
        "address",
        f"{text} is an address, not a file: nothing can lock it or replace it safely.",
        "Give the path of the folder that OneDrive syncs it to, or keep the workbook on a file server.",
    )


def on_network(machine: Machine, path: PurePath) -> bool:
    """Whether a path lies on another machine."""
    return str(path).startswith("\\\\") or machine.file_system(path) in _SERVERS | _LOOSE


def look_at_place(machine: Machine, workbook: PurePath) -> Iterator[Diagnosis]:
    """Whether a workbook can be locked, replaced and journalled where it lies."""
    path = machine.resolved(workbook)
    yield _shared(machine, path)
    facts = machine.facts(path)
    if facts is not None and facts.read_only:
        yield problem("read-only", f"{path.name} is read-only.", "Take the write protection off it (Properties).")
    side = path.with_name(f"{path.name}.cms")
    closed = [
        folder
        for folder in (path.parent, side, side / "journal")
        if (folder == path.parent or machine.facts(folder) is not None) and not machine.may_write(folder)
    ]
    if closed:
        yield problem(
            "side-folder",
            f"Nothing can be written to {closed[0]}, so no entry can be accepted.",
            "Ask for the right to write and delete in it.",
        )
    else:
        yield ok("side-folder", "The folder of the workbook, and the one beside it, can be written to.")
    yield _space(machine, path)


def _shared(machine: Machine, path: PurePath) -> Diagnosis:
    root = sync_root(str(path), machine)
    kind = machine.file_system(path)
    if root is not None:
        return note("place", f"{path.name}: {root.sentence}", SYNC_ADVICE)
    if _WEB_FOLDER.search(str(path)) or kind in _LOOSE:
        return problem(
            "place",
            f"{path.parent} is a folder of the web or of another program ({kind or 'WebDAV'}): locks do not hold there.",
            "Move the workbook to a local disk or a file server, and let one named computer write to it till then.",
        )
    if on_network(machine, path):
        return ok("place", f"{path.parent} is on a file server: writers there wait for each other.")
    return ok("place", f"{path.parent} is on a disk of this computer.")


def _space(machine: Machine, path: PurePath) -> Diagnosis:
    free = machine.free(path.parent)
    if free is None:
        return note("space", f"How much space is free in {path.parent} cannot be told.")
    if free < _TOO_LITTLE:
        return problem("space", f"Only {free >> 20:,} MB are free in {path.parent}.", "Free some space.")
    if free < _LITTLE:
        return note("space", f"Only {free >> 20:,} MB are free in {path.parent}.", "Free some space soon.")
    return ok("space", f"{free / (1 << 30):,.0f} GB are free in {path.parent}.")
