"""A LibreOffice of a test's own: without windows, or with real ones on a screen that nobody sees.

    with running_office(tmp_path) as office:
        book = office.app.books.open(path)

It has its own profile and its own pipe, so that it meets no other, and is gone at the end whatever happened.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.require import missing
from workbook_cms.forms.engines import libreoffice, uno_bridge
from workbook_cms.forms.engines import office as offices

__all__ = ["OfficeForTests", "require_office", "running_office"]

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{items}
</oor:items>
"""
_ITEM = '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
#: No dialog or bar on a first start, no question about keeping another program's format, no recovery after a kill.
_QUIET = {
    ("Office.Common/Misc", "FirstRun"): "false",
    ("Office.Common/Misc", "ShowTipOfTheDay"): "false",
    ("Office.Common/Save/Document", "WarnAlienFormat"): "false",
    ("Office.Common/Save/Document", "AutoSave"): "false",
    ("Office.Recovery/AutoSave", "Enabled"): "false",
    ("Office.Recovery/RecoveryInfo", "Crashed"): "false",
    ("Setup/Product", "ooSetupLastVersion"): "99.9",
    ("Setup/Product", "LastTimeDonateShown"): "9999999999",
    ("Setup/Product", "LastTimeGetInvolvedShown"): "9999999999",
}


class OfficeForTests:
    """A LibreOffice with a profile of its own, which can be started, stopped, killed and started again.

    Attributes:
        profile: Folder of its settings.
        pipe: The pipe on which it answers.
        screen: Width and height of its hidden screen; None without windows.
        environment: What its process, and programs that look at its screen, get.
    """

    def __init__(self, folder: Path, *, screen: tuple[int, int] | None = None, macro_security: int = 0) -> None:
        self.profile = folder / "libreoffice"
        self.pipe = f"cms-test-{uuid.uuid4().hex[:12]}"
        self.screen = screen
        self.environment = {**os.environ, "SAL_USE_VCLPLUGIN": "gen" if screen else "svp"}
        self._xvfb: subprocess.Popen[bytes] | None = None
        self._office: offices.Office | None = None
        settings = {**_QUIET, ("Office.Common/Security/Scripting", "MacroSecurityLevel"): str(macro_security)}
        items = [_ITEM.format(path=path, name=name, value=value) for (path, name), value in settings.items()]
        (self.profile / "user").mkdir(parents=True)
        text = _SETTINGS.format(items="\n".join(items))
        (self.profile / "user" / "registrymodifications.xcu").write_text(text, encoding="utf-8")

    def start(self) -> Any:
        """Start it; returns xlwings' App."""
        if self.screen and self._xvfb is None:
            self._start_screen(*self.screen)
        options = [] if self.screen else ["--headless"]
        self._office = offices.start(
            self.pipe, self.profile, visible=bool(self.screen), options=options, environment=self.environment
        )
        return libreoffice.app_of(self._office)

    @property
    def app(self) -> Any:
        """xlwings' App of the running program."""
        return libreoffice.attach(self.pipe, self.profile)

    def kill(self) -> None:
        """End it as a crash would; it can be started again."""
        if self._office is not None:
            self._office.kill()
            self._office = None

    def stop(self) -> None:
        """End it, and the screen it was shown on."""
        if self._office is not None:
            if self._office.alive():
                for book in self.app.books:  # a changed one would ask whether to save it
                    book.close()
            self._office.stop()
            self._office = None
        if self._xvfb is not None:
            self._xvfb.terminate()
            self._xvfb.wait()
            self._xvfb = None

    def fill_screen(self, book: Any) -> None:
        """Let the window of a book cover the whole screen; there is no window manager that could."""
        width, height = self.screen or (0, 0)
        book.impl.window.setPosSize(0, 0, width, height, 15)

    def screenshot(self, path: Path) -> Path:
        """A picture of the screen."""
        self.run("import", "-window", "root", str(path))
        return path

    def run(self, *command: str) -> str:
        """Run a program on the screen, such as ``xdotool key Return``; returns what it says."""
        if shutil.which(command[0]) is None:
            missing("libreoffice", f"{command[0]} is not installed")
        done = subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=60
        )
        return done.stdout

    def _start_screen(self, width: int, height: int) -> None:
        if shutil.which("Xvfb") is None:
            missing("libreoffice", "Xvfb, the hidden screen, is not installed")
        reader, writer = os.pipe()
        size = ["-screen", "0", f"{width}x{height}x24"]
        command = ["Xvfb", "-displayfd", str(writer), "-nolisten", "tcp", *size]
        self._xvfb = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as answer:  # the number of the screen comes when it is ready
            self.environment["DISPLAY"] = f":{answer.readline().strip()}"


def require_office() -> None:
    """Skip the test where LibreOffice or its binding is missing; fail it where it was promised."""
    if offices.find_program() is None:
        missing("libreoffice", "LibreOffice is not installed")
    if problem := uno_bridge.binding_problem():
        missing("libreoffice", problem[0])


@contextlib.contextmanager
def running_office(
    folder: Path, *, screen: tuple[int, int] | None = None, macro_security: int = 0
) -> Iterator[OfficeForTests]:
    """While it lasts, a LibreOffice of its own runs.

    Args:
        folder: Where its profile goes.
        screen: Width and height of a hidden screen for real windows; without windows unless given.
        macro_security: 0 lets all macros run, 3 none but those of trusted places.
    """
    require_office()
    office = OfficeForTests(folder, screen=screen, macro_security=macro_security)
    try:
        office.start()
        yield office
    finally:
        office.stop()
