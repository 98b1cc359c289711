"""What the doctor says of a workbook: where it lies (given facts), and what is going on around it (real files)."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.doctor.machines import NOW, GivenMachine, mac, windows
from workbook_cms import Workbook
from workbook_cms.doctor.diagnosis import Diagnosis, Judgement
from workbook_cms.doctor.examination import examine
from workbook_cms.doctor.here import ThisMachine
from workbook_cms.doctor.machine import FileFacts
from workbook_cms.doctor.place import is_address, look_at_place
from workbook_cms.forms.settings import FrontEndSettings, Kind

PLACE = r"C:\Data\customers.xlsx"


def found_in(machine: Any, workbook: str) -> dict[str, Diagnosis]:
    """What is found of a workbook, by id; of the computer nothing."""
    return {d.id: d for section in list(examine(machine, workbook))[1:] for d in section.diagnoses}


# where it lies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "path", "different"),
    [
        (windows(), PLACE, {}),
        (windows(), r"\\server\team\customers.xlsx", {}),
        (windows(kinds={"S:\\": "network"}), r"S:\customers.xlsx", {}),
        (mac(kinds={"/": "apfs", "/Volumes/team": "smbfs"}), "/Volumes/team/customers.xlsx", {}),
        (windows(environ={"OneDrive": r"C:\Data"}), PLACE, {"place": "note"}),
        (windows(), r"\\wt.sharepoint.com@SSL\DavWWWRoot\sites\Sales\customers.xlsx", {"place": "problem"}),
        (mac(kinds={"/Volumes/web": "webdav"}), "/Volumes/web/customers.xlsx", {"place": "problem"}),
        (windows(stamps={PLACE: FileFacts(read_only=True)}), PLACE, {"read-only": "problem"}),
        (windows(closed=[r"C:\Data"]), PLACE, {"side-folder": "problem"}),
        (
            windows(closed=[PLACE + r".cms\journal"], files={PLACE + r".cms\journal\a.json": b""}),
            PLACE,
            {"side-folder": "problem"},
        ),
        (windows(free_bytes=1000), PLACE, {"space": "problem"}),
        (windows(free_bytes=500 << 20), PLACE, {"space": "note"}),
        (windows(free_bytes=None), PLACE, {"space": "note"}),
    ],
)
def test_place(machine: GivenMachine, path: str, different: dict[str, str]) -> None:
    """Disk, server, synced folder, web folder, write protection, closed folders, space."""
    found = {d.id: d.judgement.value for d in look_at_place(machine, machine.path(path))}
    assert found == {"place": "ok", "side-folder": "ok", "space": "ok"} | different


@pytest.mark.parametrize("text", ["https://wt.sharepoint.com/sites/c.xlsx", "https:/d.docs.live.net/1/c.xlsx"])
def test_an_address_is_no_place(text: str) -> None:
    """What Excel calls its full name in OneDrive is refused with the way out, and nothing is looked for."""
    assert is_address(text)
    (found,) = found_in(windows(), text).values()
    assert (found.id, found.judgement) == ("address", Judgement.PROBLEM)


# what goes on around it ---------------------------------------------------------------------------------------


def around(path: Path) -> dict[str, str]:
    """Judgements of what goes on around a real workbook."""
    return {name: d.judgement.value for name, d in found_in(ThisMachine(), str(path)).items()}


def test_a_workbook_in_order(book: Workbook) -> None:
    """Nothing to say."""
    found = around(book.path)
    assert {"place", "space"} <= found.keys()  # how these are judged depends on where the tests run
    expected = {"side-folder", "open", "journal", "history", "clock"}
    assert {name: found[name] for name in found if name not in ("place", "space")} == dict.fromkeys(expected, "ok")


def test_open_elsewhere_and_waiting(book: Workbook, opened_elsewhere: Any) -> None:
    """Who has it open is named, and what waits is counted."""
    with opened_elsewhere(book.path):
        book.add(
            "Stakeholders",
            {"Type": "Customer", "Given name": "Ada", "Family name": "Byron", "Email": "ada@example.com"},
        )
        found = found_in(ThisMachine(), str(book.path))
    assert "mia" in found["open"].found
    assert found["open"].judgement == "note"
    (waiting,) = [d for d in found.values() if "1 accepted entry waits since" in d.found]
    assert waiting.judgement == "note"
    assert waiting.mend.startswith("Close the workbook")


def test_an_owner_file_left_behind(book: Workbook) -> None:
    """One older than a day is said to be left behind, with what to delete."""
    left = book.path.with_name(f"~${book.path.name}")
    left.write_bytes(b"\x03mia")
    os.utime(left, (1_700_000_000, 1_700_000_000))
    found = found_in(ThisMachine(), str(book.path))["open"]
    assert (found.judgement, left.name in found.found) == ("note", True)
    assert found.mend.startswith("Delete it")


def test_a_program_that_writes(book: Workbook) -> None:
    """While another process holds the write lock, that is said."""
    code = (
        "import sys; from pathlib import Path; from workbook_cms.file.beside.side import SideFolder\n"
        f"with SideFolder(Path({str(book.path)!r})).locked():\n    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert around(book.path)["lock"] == "note"
        holder.communicate()
    assert "lock" not in around(book.path)


def test_the_computer_that_writes(book: Workbook) -> None:
    """Where one is named it is told; where the settings are damaged nobody knows, and that is a problem."""
    assert "writer" not in around(book.path)
    book.change_settings(lambda now: replace(now, writer="OFFICE-PC"))
    assert "OFFICE-PC" in found_in(ThisMachine(), str(book.path))["writer"].found
    (book.snapshot().side.path / "settings.json").write_text("{half", encoding="utf-8")
    assert around(book.path)["writer"] == "problem"


def test_damaged_journal_and_history(book: Workbook) -> None:
    """What the rules on the file find is told, errors as problems."""
    folder = book.path.with_name(f"{book.path.name}.cms") / "journal"
    (folder / "x.json").write_text("{half", encoding="utf-8")
    found = found_in(ThisMachine(), str(book.path))
    (damaged,) = [d for d in found.values() if "x.json is damaged" in d.found]
    assert damaged.judgement == Judgement.PROBLEM
    assert damaged.mend
    assert "journal" not in found


def test_many_of_a_kind_are_one_line(tmp_path: Path) -> None:
    """Hundreds of records changed outside the forms are one line with their number."""
    path = tmp_path / "customers.xlsx"
    book = Workbook.create(path)
    for name in ("Ada", "Bea", "Cleo"):
        values = {"Type": "Customer", "Given name": name, "Family name": f"{name}son"}
        book.add("Stakeholders", values | {"Email": f"{name.lower()}@example.com"})
    import openpyxl  # noqa: PLC0415 - plays a person with Excel here

    outside = openpyxl.load_workbook(path)
    sheet = outside["Stakeholders"]
    column = next(c.column for row in sheet.iter_rows() for c in row if c.value == "Family name")
    for row in sheet.iter_rows():
        if str(row[column - 1].value).endswith("son"):
            row[column - 1].value = "Meddled"
    outside.save(path)
    lines = [d for d in found_in(ThisMachine(), str(path)).values() if "more of that kind" in d.found]
    assert [d.found.rpartition("And ")[2] for d in lines] == ["2 more of that kind."]


def test_clock(book: Workbook) -> None:
    """A workbook saved in the future says that a clock is wrong; some minutes do not."""
    for ahead, expected in ((dt.timedelta(minutes=2), "ok"), (dt.timedelta(days=2), "problem")):
        moment = (dt.datetime.now(dt.UTC) + ahead).timestamp()
        os.utime(book.path, (moment, moment))
        assert around(book.path)["clock"] == expected


def test_a_workbook_that_cannot_be_read(tmp_path: Path) -> None:
    """Damage and a foreign workbook are problems with their remedy, not the end of the examination."""
    damaged, foreign = tmp_path / "damaged.xlsx", tmp_path / "prices.xlsx"
    damaged.write_bytes(b"PK\3\4half")
    with xlsxwriter.Workbook(foreign) as workbook:
        workbook.add_worksheet("Prices")
    for path, words in ((damaged, "damaged"), (foreign, "has no policy")):
        found = found_in(ThisMachine(), str(path))
        assert words in found["workbook"].found
        assert found["workbook"].mend
        assert found["side-folder"].judgement == "ok"


def test_front_end_leads_to_its_record_workbook(book: Workbook, tmp_path: Path) -> None:
    """Of a front-end the version of RunPython is told, and then all of the record workbook."""
    front_end = tmp_path / "forms" / "entry.xlsx"
    front_end.parent.mkdir()
    settings = FrontEndSettings(Kind.FRONT_END, "../customers.xlsx", "", "abc", 1, "0.33.4", "2026-11-22T09:00:00")
    with xlsxwriter.Workbook(front_end) as workbook:
        workbook.add_worksheet("Home")
        sheet = workbook.add_worksheet("cms")
        for number, row in enumerate(settings.rows()):
            sheet.write_row(number + 2, 1, row)
        workbook.define_name("cms_settings", f"=cms!$B$3:$C${len(settings.rows()) + 2}")
    sections = list(examine(ThisMachine(), str(front_end)))
    assert [section.title for section in sections[1:]] == ["entry.xlsx", "customers.xlsx"]
    assert {d.id: d.judgement.value for d in sections[1].diagnoses}["runpython"] == "note"
    assert {"journal", "clock"} <= {d.id for d in sections[2].diagnoses}
    book.path.rename(tmp_path / "moved.xlsx")
    found = found_in(ThisMachine(), str(front_end))["workbook"]
    assert "the record workbook is not in" in found.found


def test_this_machine_answers_as_promised(tmp_path: Path) -> None:
    """What is asked of a real computer: files, folders, rights, programs; and what is missing is no error."""
    here = ThisMachine()
    (tmp_path / "a").write_text("x", encoding="utf-8")
    assert here.read(tmp_path / "a") == b"x"
    assert here.read(tmp_path / "b") is None
    assert here.names(tmp_path) == ["a"]
    assert here.names(tmp_path / "b") == []
    facts = here.facts(tmp_path / "a")
    assert facts is not None
    assert not facts.read_only
    (tmp_path / "a").chmod(0o444)
    assert here.facts(tmp_path / "a") == FileFacts(False, facts.modified, True)
    assert here.facts(tmp_path / "b") is None
    assert here.may_write(tmp_path)
    assert not here.may_write(tmp_path / "b")
    assert (here.free(tmp_path) or 0) > 0
    assert here.free(tmp_path / "b") is None
    said = here.output([sys.executable, "-c", "import sys; print('hm'); sys.exit(3)"])
    assert said is not None
    assert (said.code, said.text.strip()) == (3, "hm")
    assert here.output(["/no/such/program"]) is None
    assert here.package_version("no-such-package") == ""
    assert here.package_file("xlwings", "xlwings.bas") is not None
    assert here.package_file("nosuchpackage", "x") is None
    assert here.file_system(tmp_path) != ""


def test_this_machine_replaces_files_whole(tmp_path: Path) -> None:
    """A settings file is replaced in one step, keeps its rights, follows a link, and goes again."""
    here, path, link = ThisMachine(), tmp_path / "new" / "conf", tmp_path / "link"
    here.write(path, b"1")
    path.chmod(0o600)
    link.symlink_to(path)
    here.write(link, b"2")
    assert (path.read_bytes(), path.stat().st_mode & 0o777, link.is_symlink()) == (b"2", 0o600, True)
    here.write(path, None)
    here.write(path, None)
    assert here.names(path.parent) == []


def test_given_computers_are_sound() -> None:
    """The given facts answer as a file system does."""
    machine = windows(files={r"C:\a\b.txt": b"x"})
    assert machine.names(machine.path("C:\\")) == ["a"]
    assert machine.facts(machine.path(r"c:\A")) == FileFacts(folder=True)
    assert machine.now == NOW
    assert json.loads(json.dumps(machine.subkeys("HKCU"))) == []
