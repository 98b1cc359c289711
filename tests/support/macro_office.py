"""LibreOffice with macros allowed, whose RunPython (macros/testing) runs Python of the test's choice.

with macro_office(tmp_path) as office, office.opened(path) as document:
    office.press(document, "Submit")
    assert office.calls() == [...]
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.office import OfficeForTests, require_office
from workbook_cms.forms.engines import uno_bridge

__all__ = ["MacroOffice", "macro_office", "until"]

#: The program that the macro starts: notes the call, runs it, and says that it has ended.
_PROGRAM = """#!{python}
import pathlib, sys, traceback
folder = pathlib.Path({folder!r})
number = sys.argv[1]
call = (folder / f"run.{{number}}.command").read_text().strip()
with (folder / "calls").open("a") as calls:
    calls.write(call + "\\n")
sys.path[:0] = {path!r}
code = 0
try:
    exec((folder / "python").read_text(), {{"call": call}})
except BaseException:
    (folder / "errors").write_text(traceback.format_exc())
    code = 1
ended = folder / f"ended.{{number}}"
ended.write_text(f"{{code}}\\n")
ended.replace(folder / f"run.{{number}}.done")
"""


def until(true: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Wait for something that comes in its own time; fail when it does not."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


@dataclass
class MacroOffice:
    """A LibreOffice that runs macros.

    Attributes:
        pipe: The pipe on which it answers.
        profile: Folder of its settings.
        folder: Where its RunPython keeps its files.
    """

    pipe: str
    profile: Path
    folder: Path

    def python(self, code: str) -> None:
        """What RunPython runs from now on; it finds what the macro called in ``call``, and `self.pipe` in ``pipe``."""
        (self.folder / "python").write_text(f"pipe = {self.pipe!r}\n{code}", encoding="utf-8")

    def calls(self) -> list[str]:
        """What the macros of the workbook called since it was opened."""
        path = self.folder / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def trouble(self) -> str:
        """The traceback of a call that failed; "" for none."""
        path = self.folder / "errors"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def idle(self) -> None:
        """Wait until no macro waits for Python: LibreOffice runs no other while one does."""
        until(lambda: not [*self.folder.glob("run.*")], "the end of a call")

    def create(self, service: str) -> Any:
        """An object of LibreOffice's API."""
        contexts: list[Any] = []

        def answers() -> bool:
            contexts.append(uno_bridge.connect(self.pipe))
            return contexts[-1] is not None

        until(answers, "LibreOffice at its pipe")
        return contexts[-1].ServiceManager.createInstanceWithContext(service, contexts[-1])

    @contextlib.contextmanager
    def opened(self, path: Path) -> Iterator[Any]:
        """While it lasts, the workbook is open with its macros, and what they do at opening is done."""
        for path_ in (self.folder / "calls", self.folder / "errors", *self.folder.glob("run.*")):
            path_.unlink(missing_ok=True)
        macros = uno_bridge.struct("beans.PropertyValue")
        macros.Name, macros.Value = "MacroExecutionMode", 4  # always, without a question
        desktop = self.create("com.sun.star.frame.Desktop")
        document = desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, (macros,))
        try:
            until(self.calls, "the call at opening")
            self.idle()
            yield document
        finally:
            document.setModified(False)
            document.close(True)

    def press(self, document: Any, sheet: str, caption: str) -> None:
        """Press a button as a screen reader would, which returns before the macro has run."""
        page = document.Sheets.getByName(sheet).DrawPage
        controls = [page.getByIndex(index).Control for index in range(page.Count)]
        (model,) = [control for control in controls if control.Label == caption]
        document.CurrentController.setActiveSheet(document.Sheets.getByName(sheet))
        document.CurrentController.getControl(model).AccessibleContext.doAccessibleAction(0)

    def save(self, document: Any) -> None:
        """Save as the menu does, which asks the macros before."""
        document.setModified(True)
        dispatcher = self.create("com.sun.star.frame.DispatchHelper")
        dispatcher.executeDispatch(document.CurrentController.Frame, ".uno:Save", "", 0, ())


@contextlib.contextmanager
def macro_office(folder: Path) -> Iterator[MacroOffice]:
    """While it lasts, a LibreOffice runs the macros of what it opens."""
    require_office()
    program = folder / "run"
    path = [entry for entry in sys.path if entry]
    program.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder), path=path), encoding="utf-8")
    program.chmod(0o755)
    office = OfficeForTests(folder)
    office.environment["CMS_RUNPYTHON"] = str(program)
    macros = MacroOffice(office.pipe, office.profile, folder)
    macros.python("")
    try:
        office.start()
        yield macros
    finally:
        office.stop()
