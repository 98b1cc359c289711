"""Makes the pictures of the manual: the forms in a real window of LibreOffice, on a screen that nobody sees.

python docs/pictures.py            makes all pictures in docs/pictures
python docs/pictures.py NAME ...   makes some, such as home or read-back

It needs LibreOffice with its Python binding, Xvfb, ImageMagick, and the font Carlito, which has Calibri's widths
(Debian, Ubuntu: apt install libreoffice-calc python3-uno xvfb imagemagick fonts-crosextra-carlito).
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.front_end import OpenFrontEnd  # noqa: E402
from tests.support.office import OfficeForTests, running_office  # noqa: E402
from workbook_cms.file.builder import build  # noqa: E402
from workbook_cms.file.layout import HomeSpec, WorkbookSpec  # noqa: E402
from workbook_cms.forms.desk import Desk  # noqa: E402
from workbook_cms.forms.frontend import form_home, form_pages, make_frontend, settings_for  # noqa: E402
from workbook_cms.forms.pages import page_designs  # noqa: E402
from workbook_cms.forms.settings import Kind  # noqa: E402
from workbook_cms.workbook import Workbook  # noqa: E402

__all__ = ["PICTURES", "main"]

FOLDER = ROOT / "docs" / "pictures"
SCREEN = (1366, 768)
_EMPTY = 30_000  # bytes of a picture on which there is something
TODAY = dt.date(2026, 11, 22)


class Scene:
    """An open front-end that is served, and the screen it is on."""

    def __init__(self, office: OfficeForTests, folder: Path) -> None:
        self.record = folder / "customers.xlsx"
        Workbook.create(self.record, sample=True, today=TODAY)
        path = make_frontend(self.record, folder / "entry.xlsx")
        self.policy = Workbook.open(self.record).policy
        self.office, self.book = office, office.app.books.open(path)
        office.fill_screen(self.book)
        self.desk = Desk(self.book, today=TODAY)
        self.book.names["cms_person"].refers_to_range.value = "Amelia Tran"

    def form(self, number: int = 0) -> OpenFrontEnd:
        """Put a form in front and let it be greeted."""
        form = OpenFrontEnd(self.book, self.record, number)
        self.office.run("xdotool", "mousemove", "1100", "75")  # away from what has something to say
        self.serve()
        return form

    def serve(self) -> None:
        """Let what was asked be answered."""
        while self.desk.tick():
            pass

    def take(self, name: str) -> None:
        """A picture of the screen once it is drawn: it is not empty, and looks the same twice running."""
        path, last = FOLDER / f"{name}.png", b""
        for _ in range(40):
            now = self.office.screenshot(path).read_bytes()
            if now == last and len(now) > _EMPTY:
                break
            last = now
        print(path)


def home(scene: Scene) -> None:
    """What people see first."""
    scene.book.sheets["Home"].activate()
    scene.serve()
    scene.take("home")


def first_form(scene: Scene) -> None:
    """A form as it is opened."""
    scene.form()
    scene.take("form")


def finding(scene: Scene) -> None:
    """Candidates for a few letters."""
    form = scene.form()
    form.type("@find", "menon")
    form.ask("Find")
    scene.serve()
    scene.take("find-candidates")


def read_back(scene: Scene) -> None:
    """A stakeholder was picked: what to read back, and what was before."""
    picked(scene)
    scene.take("read-back")


def submit(scene: Scene, **inputs: str) -> None:
    """Somebody who wants a brochure calls, and more is typed."""
    form = picked(scene)
    details = "Wants the brochure of the Dubbo Zoo family tour by post."
    form.fill(channel="Phone", contact_reason="Brochure", details=details, **inputs)
    form.ask("Submit")
    scene.serve()


def refused(scene: Scene) -> None:
    """What is wrong is said beside the field."""
    wrong = {"contact_email": "quenby.z@example", "booking_number": "WT1000427", "follow_up_date": "20/11/2026"}
    submit(scene, purpose="Complaint", **wrong)
    scene.take("refused")


def saved(scene: Scene) -> None:
    """The record is written, its key is told."""
    submit(scene, purpose="Enquiry", desired_outcome="Brochure in the post this week")
    scene.take("saved")


def duplicate(scene: Scene) -> None:
    """A possible duplicate: the other record, and the question."""
    form = scene.form(-1)
    form.fill(type="Customer", given_name="Vikram", family_name="Menon", phone="0491 571 804", title="Mr")
    form.fill(date_of_birth="28/3/1956")
    form.ask("Submit")
    scene.serve()
    scene.take("duplicate")


def pages(scene: Scene) -> None:
    """Find, the view of one stakeholder, what is due, findings: each as it answers."""
    for page in page_designs(scene.policy):
        do = scene.book.names[page.name("do")].refers_to_range
        do.sheet.activate()
        scene.serve()
        if page.ask:
            asked = "menon" if page.id == "find" else "STK-00057"
            scene.book.names[page.name(page.key)].refers_to_range.value = asked
        do.value = page.requests[0]
        scene.serve()
        scene.take(f"page-{page.id}")


def buttons(scene: Scene) -> None:
    """The form of a workbook with macros; drawn without them, since LibreOffice cannot run those for Excel."""
    policy = scene.policy
    path = scene.record.with_name("buttons.xlsx")
    settings = settings_for(policy, Kind.FRONT_END, scene.record, path)
    home = form_home(policy, HomeSpec(policy.settings.organisation))
    build(path, WorkbookSpec(home, (), pages=form_pages(policy, settings, buttons=True)))
    book = scene.office.app.books.open(path)
    scene.office.fill_screen(book)
    book.sheets[1].activate()
    scene.take("buttons")
    book.close()


def picked(scene: Scene) -> OpenFrontEnd:
    """The interaction form with a stakeholder."""
    form = scene.form()
    form.ask("Clear")
    scene.serve()
    form.type("@find", "menon")
    form.ask("Find")
    scene.serve()
    form.type("@pick", "1")
    scene.serve()
    return form


PICTURES: dict[str, Callable[[Scene], None]] = {
    "home": home,
    "form": first_form,
    "find-candidates": finding,
    "read-back": read_back,
    "refused": refused,
    "saved": saved,
    "duplicate": duplicate,
    "pages": pages,
    "buttons": buttons,
}


def main(arguments: list[str]) -> int:
    """Make the pictures that are named, or all."""
    if unknown := [name for name in arguments if name not in PICTURES]:
        print(f"There is no picture {unknown[0]}. There are: {', '.join(PICTURES)}.", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with running_office(folder, screen=SCREEN) as office:
            scene = Scene(office, folder)
            for picture in arguments or PICTURES:
                PICTURES[picture](scene)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
