"""A running LibreOffice: found on the computer, started, attached to, asked whether it lives, stopped.

A LibreOffice that somebody started has no door for other programs. It opens one when the same command is given again
with ``--accept``: LibreOffice hands the arguments of a second start to the program that runs already. So nothing has to
be set up, and the program of the person at the keyboard is served as she started it. The door is a pipe that only
her own account can use.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from workbook_cms.forms.engines import uno_bridge
from workbook_cms.forms.engines.errors import OfficeMissingError, SpreadsheetBusyError, SpreadsheetError

__all__ = ["PIPE", "Office", "attach", "find_program", "running", "start", "user_profile"]

#: The pipe on which a LibreOffice is served unless another is named.
PIPE = "workbook-cms"
#: LibreOffice exits with it when it wants to be started again (a fresh profile).
_START_AGAIN = 81
_LOOK_EVERY = 0.05


@dataclass(eq=False)
class Office:
    """A LibreOffice that answers on a pipe.

    Attributes:
        pipe: Name of the pipe.
        context: Its component context.
        process: The process, where it was started from here.
        visible: Whether it was started with windows; a program that was attached to is taken to have them.
    """

    pipe: str
    context: Any
    process: subprocess.Popen[bytes] | None = None
    visible: bool = True

    @cached_property
    def desktop(self) -> Any:
        """The object that knows all open documents."""
        return self.create("com.sun.star.frame.Desktop")

    @cached_property
    def pid(self) -> int:
        """Number of its process; 0 where the system does not tell."""
        return _listener(self.pipe) or (self.process.pid if self.process else 0)

    def create(self, service: str) -> Any:
        """An object of one of its services."""
        return self.context.ServiceManager.createInstanceWithContext(service, self.context)

    def alive(self) -> bool:
        """Whether it still answers."""
        if self.process is not None and self.process.poll() is not None:
            return False
        try:
            return bool(self.context.ServiceManager)
        except uno_bridge.failure():
            return False

    def stop(self, patience: float = 10.0) -> None:
        """Ask it to end; what was started from here is killed when it does not."""
        deadline = time.monotonic() + patience
        if self.alive():
            with contextlib.suppress(uno_bridge.failure()):  # the connection ends while it answers
                self.desktop.terminate()
        while (self.process.poll() is None) if self.process else self.alive():
            if time.monotonic() > deadline:
                if self.process:
                    self.kill()
                return
            time.sleep(_LOOK_EVERY)

    def kill(self, patience: float = 10.0) -> None:
        """End it at once, as a crash would."""
        pids = [self.pid, self.process.pid if self.process else 0]
        for pid in dict.fromkeys(pid for pid in pids if pid):
            try:
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            except ProcessLookupError:
                continue
        if self.process is not None:
            self.process.wait()
        deadline = time.monotonic() + patience
        while _listens(self.pipe) and time.monotonic() < deadline:  # the system takes a moment to close its pipe
            time.sleep(_LOOK_EVERY)


def find_program() -> Path | None:
    """The program ``soffice``, or None where LibreOffice is not installed."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return Path(found)
    files = (folder / name for folder in uno_bridge.program_folders() for name in ("soffice", "soffice.exe"))
    return next((file for file in files if file.is_file()), None)


def user_profile() -> Path:
    """The folder in which LibreOffice keeps the settings of the account, unless it was started with another."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "LibreOffice" / "4"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "LibreOffice" / "4"
    given = Path(os.environ.get("XDG_CONFIG_HOME", ""))  # a relative one does not count (XDG Base Directory)
    return (given if given.is_absolute() else Path.home() / ".config") / "libreoffice" / "4"


def running(profile: Path | None = None) -> bool:
    """Whether a LibreOffice with this profile (the account's own unless given) runs."""
    # LibreOffice names the pipe of its first instance by the profile (desktop/source/app/officeipcthread.cxx).
    digest = hashlib.md5((profile or user_profile()).as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    name = "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest)
    return _listens(name)


def attach(pipe: str = PIPE, profile: Path | None = None, patience: float = 10.0) -> Office | None:
    """The LibreOffice that runs, or None where none does. None is started.

    Args:
        pipe: The pipe on which it answers, or is made to answer.
        profile: Its profile, unless it is the account's own.
        patience: Seconds to wait for it to open the pipe.

    Raises:
        OfficeMissingError: it cannot be talked to from this Python.
        SpreadsheetBusyError: it runs and does not answer.
    """
    uno_bridge.load()
    if _listens(pipe) and (context := uno_bridge.connect(pipe)):
        return Office(pipe, context)
    if not running(profile):
        return None
    messenger = _launch(_command(pipe, profile, ["--headless", "--nodefault"]))
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        handed_over = messenger.poll() is not None
        if handed_over and _listens(pipe) and (context := uno_bridge.connect(pipe)):
            return Office(pipe, context)
        time.sleep(_LOOK_EVERY)
    _end(messenger)
    if not running(profile):
        return None
    remedy = "Close its open dialogs and try again."
    raise SpreadsheetBusyError("LibreOffice", "It runs, but does not answer.", remedy)


def start(
    pipe: str = PIPE,
    profile: Path | None = None,
    *,
    visible: bool = True,
    options: Sequence[str] = (),
    environment: dict[str, str] | None = None,
    patience: float = 90.0,
) -> Office:
    """A LibreOffice started now; one that runs already with this profile is attached to.

    Args:
        pipe: The pipe on which it shall answer.
        profile: Folder of its settings, unless it is the account's own.
        visible: Whether it shows windows.
        options: Further options of ``soffice``, and files to open.
        environment: Environment of the process.
        patience: Seconds to wait for it.

    Raises:
        OfficeMissingError: LibreOffice, or its binding for this Python, is not installed.
        SpreadsheetError: it does not start.
    """
    uno_bridge.load()
    if running(profile) and (office := attach(pipe, profile)):
        return office
    command = _command(pipe, profile, [*([] if visible else ["--headless"]), "--norestore", "--nologo", *options])
    process = _launch(command, environment)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if _listens(pipe) and (context := uno_bridge.connect(pipe)):
            return Office(pipe, context, process, visible)
        if process.poll() == _START_AGAIN:
            process = _launch(command, environment)
        elif process.returncode is not None:
            break
        time.sleep(_LOOK_EVERY)
    _end(process)
    raise SpreadsheetError("LibreOffice", "It did not start.", "Start it by hand to see what it says.")


def _launch(command: list[str], environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the program that was found
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with those it has started: ``soffice`` is only the beginning of the real program."""
    if process.poll() is None:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _command(pipe: str, profile: Path | None, options: list[str]) -> list[str]:
    program = find_program()
    if program is None:
        remedy = "Install LibreOffice (Debian, Ubuntu: apt install libreoffice-calc python3-uno)."
        raise OfficeMissingError("LibreOffice", "It is not installed.", remedy)
    own = [f"-env:UserInstallation={profile.as_uri()}"] if profile else []
    return [str(program), *own, f"--accept=pipe,name={pipe};urp;", *options]


def _connected(name: str) -> socket.socket | None:
    """A connection to a pipe of LibreOffice, which is a socket in /tmp; None where nobody listens."""
    for folder in ("/tmp", "/var/tmp"):  # noqa: S108 - where LibreOffice puts them (sal/osl/unx/pipe.cxx)
        pipe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            pipe.connect(f"{folder}/OSL_PIPE_{os.getuid()}_{name}")
        except OSError:
            pipe.close()
        else:
            return pipe
    return None


def _listens(name: str) -> bool:
    """Whether a LibreOffice listens on a pipe; asking the binding takes far longer where none does."""
    if sys.platform == "win32":
        return any(name in pipe for pipe in os.listdir(r"\\.\pipe\\"))  # noqa: PTH208 - no folder of files
    if (found := _connected(name)) is None:
        return False
    found.close()
    return True


def _listener(pipe: str) -> int:
    """Number of the process that listens on a pipe, as the system knows it; 0 where it does not say."""
    if not hasattr(socket, "SO_PEERCRED") or (found := _connected(pipe)) is None:
        return 0
    with found:
        pid: int = struct.unpack("3i", found.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    return pid
