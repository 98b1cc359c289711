"""A click that starts all anew: a button in LibreOffice, VBA, a new Python, the row in the record workbook."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.support.front_end import OpenFrontEnd, until
from tests.support.macro_office import macro_office
from workbook_cms.file.builder import build, sheet_titles
from workbook_cms.file.layout import HomeSpec, WorkbookSpec
from workbook_cms.forms.engines import libreoffice
from workbook_cms.forms.frontend import settings_for, with_forms
from workbook_cms.forms.settings import Kind
from workbook_cms.forms.vba import Flavour, macro_project
from workbook_cms.workbook import Workbook

__all__ = ["seconds"]

#: What xlwings' RunPython does before a call, done for LibreOffice.
_CALLER = """
import xlwings
from pathlib import Path
from workbook_cms.forms.engines import libreoffice
xlwings.Book.set_mock_caller(libreoffice.attach(pipe, Path({profile!r})).books.active)
exec(call)
"""


def seconds(record: Path, folder: Path, clicks: int) -> list[float]:
    """Seconds from each click on Submit to the answer in the status line."""
    folder.mkdir()
    path = record.with_name("buttons.xlsm")
    policy = Workbook.open(record).policy
    spec = with_forms(
        WorkbookSpec(HomeSpec("Benchmark"), ()),
        policy,
        settings_for(policy, Kind.FRONT_END, record, path),
        macros=True,
    )
    build(path, replace(spec, macros=macro_project(sheet_titles(spec), Flavour.TEST)))
    with macro_office(folder) as office, office.opened(path) as document:
        office.python(_CALLER.format(profile=str(office.profile)))
        app: Any = libreoffice.attach(office.pipe, office.profile)
        form = OpenFrontEnd(app.books.active, record)
        form.say_who("Amelia Tran")
        form.type("@find", "STK-00001")
        office.press(document, form.design.sheet, "Find")
        until(lambda: form.text("stakeholder_id").startswith("STK-00001"))
        office.idle()
        return [_clicked(office, document, form, number) for number in range(clicks)]


def _clicked(office: Any, document: Any, form: OpenFrontEnd, number: int) -> float:
    form.fill(channel="Phone", contact_reason="Compliment", purpose="Feedback")
    chance = random.Random(number)  # noqa: S311 - the same texts in every run
    form.type("details", " ".join("".join(chance.choices("abcdefghij", k=6)) for _ in range(9)))
    before = form.status
    started = time.perf_counter()
    office.press(document, form.design.sheet, "Submit")
    until(lambda: form.status != before and form.mark in ("good", "wrong"))
    taken = time.perf_counter() - started
    office.idle()
    if form.mark == "wrong":
        raise SystemExit(f"click {number + 1}: {form.status} {office.trouble()}")
    return taken
