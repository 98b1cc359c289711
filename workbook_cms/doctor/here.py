"""The computer this program runs on, as the doctor and the setup see it."""

from __future__ import annotations

import contextlib
import datetime as dt
import locale
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath

from workbook_cms.doctor.machine import FileFacts, LibreOffice, Output, RegistryValue, System
from workbook_cms.file.platform import fsync_folder, replace_file

__all__ = ["ThisMachine"]

#: Programs that are asked something answer within this time, or are taken for silent (seconds).
_PATIENCE = 15
_READ_ONLY = 0x1  # FILE_ATTRIBUTE_READONLY
_REMOTE = 4  # DRIVE_REMOTE of GetDriveType
_SYSTEMS = {"win32": System.WINDOWS, "darwin": System.MACOS}


class ThisMachine:
    """See `workbook_cms.doctor.machine.Machine`."""

    def __init__(self) -> None:
        self.system = _SYSTEMS.get(sys.platform, System.LINUX)
        self.home: PurePath = Path.home()
        self.environ: Mapping[str, str] = os.environ
        self.python: PurePath = Path(sys.executable)
        self.python_version = sys.version_info[:3]
        self.code_page = locale.getencoding()

    @property
    def now(self) -> dt.datetime:
        """See `Machine`."""
        return dt.datetime.now(dt.UTC)

    def path(self, text: str) -> PurePath:
        """See `Machine`."""
        return Path(text)

    def package_version(self, name: str) -> str:
        """See `Machine`."""
        from importlib import metadata  # noqa: PLC0415 - slow to load; `add` asks for the sync root alone

        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return ""

    def package_file(self, package: str, name: str) -> bytes | None:
        """See `Machine`."""
        from importlib.util import find_spec  # noqa: PLC0415 - slow to load

        spec = find_spec(package)
        places = spec.submodule_search_locations if spec else None
        return self.read(Path(next(iter(places))) / name) if places else None

    def read(self, path: PurePath) -> bytes | None:
        """See `Machine`."""
        try:
            return Path(path).read_bytes()
        except (OSError, ValueError):
            return None

    def facts(self, path: PurePath) -> FileFacts | None:
        """See `Machine`."""
        try:
            status = Path(path).stat()
        except (OSError, ValueError):
            return None
        modified = dt.datetime.fromtimestamp(status.st_mtime, dt.UTC)
        writable = status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
        attributes = getattr(status, "st_file_attributes", 0)  # Windows alone has them
        return FileFacts(stat.S_ISDIR(status.st_mode), modified, not writable or bool(attributes & _READ_ONLY))

    def names(self, folder: PurePath) -> list[str]:
        """See `Machine`."""
        try:
            return sorted(path.name for path in Path(folder).iterdir())
        except (OSError, ValueError):
            return []

    def resolved(self, path: PurePath) -> PurePath:
        """See `Machine`."""
        return Path(os.path.realpath(path))

    def file_system(self, path: PurePath) -> str:
        """See `Machine`."""
        place = str(self.resolved(path))
        if sys.platform == "win32":
            import ctypes  # noqa: PLC0415 - Windows only

            drive = PurePath(place).anchor
            return "network" if ctypes.windll.kernel32.GetDriveTypeW(drive) == _REMOTE else ""
        if self.system is System.MACOS:
            said = self.output(["/sbin/mount"])
            # //mia@server/data on /Volumes/data (smbfs, nodev, nosuid)
            mounts = [line.rpartition(" (") for line in said.text.splitlines()] if said else []
            places = [(head.partition(" on ")[2], kind.partition(",")[0]) for head, _, kind in mounts]
        else:
            lines = (self.read(Path("/proc/self/mounts")) or b"").decode("utf-8", "replace").splitlines()
            fields = [line.split(" ") for line in lines]
            places = [(field[1].replace("\\040", " "), field[2]) for field in fields if len(field) > 2]
        over = [(len(at), number, kind) for number, (at, kind) in enumerate(places) if _holds(at, place)]
        return max(over)[2].casefold() if over else ""

    def free(self, path: PurePath) -> int | None:
        """See `Machine`."""
        import shutil  # noqa: PLC0415 - slow to load, and seldom needed

        try:
            return shutil.disk_usage(path).free
        except (OSError, ValueError):
            return None

    def may_write(self, folder: PurePath) -> bool:
        """See `Machine`."""
        import tempfile  # noqa: PLC0415 - slow to load

        try:
            with tempfile.TemporaryFile(dir=folder, prefix=".", suffix=".cms-tmp"):
                return True
        except (OSError, ValueError):
            return False

    def registry(self, key: str) -> Mapping[str, RegistryValue]:
        """See `Machine`."""
        values: dict[str, RegistryValue] = {}
        if sys.platform == "win32":
            with contextlib.suppress(OSError), _opened(key) as handle:
                for number in range(winreg.QueryInfoKey(handle)[1]):
                    name, value, _ = winreg.EnumValue(handle, number)
                    values[name] = value if isinstance(value, (str, int)) else str(value)
        return values

    def subkeys(self, key: str) -> list[str]:
        """See `Machine`."""
        names: list[str] = []
        if sys.platform == "win32":
            with contextlib.suppress(OSError), _opened(key) as handle:
                names += [winreg.EnumKey(handle, number) for number in range(winreg.QueryInfoKey(handle)[0])]
        return names

    def output(self, command: Sequence[str]) -> Output | None:
        """See `Machine`."""
        import subprocess  # noqa: PLC0415 - slow to load

        try:
            done = subprocess.run(  # noqa: S603 - programs that the doctor names itself
                command, capture_output=True, timeout=_PATIENCE, check=False, stdin=subprocess.DEVNULL
            )
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return None
        return Output(done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"))

    def libreoffice(self) -> LibreOffice | None:
        """See `Machine`."""
        from workbook_cms.forms.engines.office import find_program  # noqa: PLC0415 - slow to load
        from workbook_cms.forms.engines.uno_bridge import binding_problem  # noqa: PLC0415

        program = find_program()
        return None if program is None else LibreOffice(program, binding_problem())

    def write(self, path: PurePath, data: bytes | None) -> None:
        """See `Machine`."""
        import secrets  # noqa: PLC0415 - slow to load

        target = Path(os.path.realpath(path))  # a link to a settings file stays a link
        if data is None:
            target.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        try:
            with aside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                aside.chmod(stat.S_IMODE(target.stat().st_mode))
                replace_file(aside, target)
            else:
                aside.rename(target)
            fsync_folder(target.parent)
        finally:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)

    def set_registry(self, key: str, name: str, value: str | None) -> None:
        """See `Machine`."""
        if sys.platform == "win32":
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key.partition("\\")[2]) as handle:
                if value is None:
                    with contextlib.suppress(FileNotFoundError):
                        winreg.DeleteValue(handle, name)
                else:
                    winreg.SetValueEx(handle, name, 0, winreg.REG_SZ, value)
        else:
            raise OSError("this system has no registry")


if sys.platform == "win32":
    import winreg

    @contextlib.contextmanager
    def _opened(key: str) -> Iterator[winreg.HKEYType]:
        hive, _, rest = key.partition("\\")
        root = {
            "HKCU": winreg.HKEY_CURRENT_USER,
            "HKLM": winreg.HKEY_LOCAL_MACHINE,
            "HKCR": winreg.HKEY_CLASSES_ROOT,
        }
        # Office and Python may differ in bits; the 64-bit view has what both see.
        with winreg.OpenKey(root[hive], rest, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as handle:
            yield handle


def _holds(mount: str, place: str) -> bool:
    return place == mount or place.startswith(mount.rstrip("/") + "/")
