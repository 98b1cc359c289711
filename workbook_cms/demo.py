"""The demonstration: a sample workbook, five entries through the one door, a check and the monthly report."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from validation.findings import CellValue, Finding
from validation.frames import display
from workbook_cms import console
from workbook_cms.errors import EntryRefusedError, FileError, InputError
from workbook_cms.formats import plural, summary_line
from workbook_cms.reports.cleanup import write_report
from workbook_cms.seeding import SAMPLE_DAY
from workbook_cms.workbook import Workbook

__all__ = ["Demonstration", "Outcome", "run"]

_NAME = "workbook-cms-demo"
_CLEAN: dict[str, CellValue] = {
    "Type": "Customer",
    "Title": "Ms",
    "Given name": "Niamh",
    "Family name": "O'Sullivan",
    "Date of birth": "23 Mar 1987",
    "Email": "niamh.osullivan@example.com",
    "Phone": "+61491570737",
    "Preferred channel": "E-mail",
    "Segment": "Adventure",
}
_UNTIDY: dict[str, CellValue] = {
    "Type": "Prospect",
    "Given name": "  RAJESH ",
    "Family name": "venkataraman",
    "Date of birth": "5/11/1979",
    "Email": "rajesh.v@EXAMPLE.COM",
    "Phone": "0491 570 313",
    "Suburb": "BRUNSWICK WEST",
    "State": "VIC",
    "Postcode": "3055",
}
_WRONG: dict[str, CellValue] = {
    "Type": "Cutomer",
    "Given name": "test",
    "Family name": "Sm1th",
    "Date of birth": "31/2/1990",
    "Email": "test@nowhere",
    "Phone": "12345",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one entry of the demonstration: ``state`` is that of its receipt, or ``refused``."""

    title: str
    state: str
    key: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Demonstration:
    """What a run of the demonstration left behind."""

    workbook: Path
    report: Path
    outcomes: tuple[Outcome, ...]


def run(folder: Path | None, say: Callable[[str], object]) -> Demonstration:
    """Show what the product does, in a folder that did not exist before (or is empty).

    Args:
        folder: Where; ``workbook-cms-demo`` or the next free number in the current folder when None.
        say: Prints a piece of text.

    Raises:
        InputError: The folder is there and holds something.
        FileError: The folder cannot be made.
    """
    place = _folder(folder)
    path = place / "world-traveller.xlsx"
    say("World Traveller, a travel agency, keeps its customers in an Excel workbook. Here is a new one")
    say("from the template, with sample records in which some faults are planted.\n")
    today = max(dt.datetime.now().astimezone().date(), SAMPLE_DAY)
    book = Workbook.create(path, "world-traveller", sample=True, today=today)
    for table in book.tables:
        say(f"  {table.name:<14}{len(table):>5,} records")
    show = _Show(book, say)
    passengers = _passengers(book)
    show.enter("1. A clean entry", "Stakeholders", _CLEAN)
    show.enter("2. An untidy entry is mended on its way in", "Stakeholders", _UNTIDY)
    show.enter("3. An entry that breaks the rules for names and fields is refused", "Stakeholders", _WRONG)
    show.enter("4. Somebody who is in the workbook already", "Stakeholders", _again(book, passengers[0]))
    show.enter("5. A conversation put down to the wrong passenger", "Interactions", _call(book, *passengers[1:3]))
    findings = book.check()
    say(_heading("The whole workbook is checked by the same rules"))
    say(_overview(findings))
    say(f"\n{summary_line(findings)}")
    report = write_report(book, f"{book.today():%Y-%m}", place)
    say(_heading("The monthly clean-up report"))
    for name, share in report.scores.items():
        say(f"  {name:<14}{'-' if share is None else f'{share:.1%}':>7}")
    say(_heading("Look at them"))
    say(f"  {path}\n  {report.path}\n  {report.page}  (the duplicates, for a browser)\n")
    say("And go on:")
    say(f"  workbook-cms check {path}")
    say(f"  workbook-cms history {path}")
    say("  workbook-cms rule DUP002")
    return Demonstration(path, report.path, tuple(show.outcomes))


class _Show:
    """Takes entries and tells what becomes of each."""

    def __init__(self, book: Workbook, say: Callable[[str], object]) -> None:
        self._book, self._say = book, say
        self.outcomes: list[Outcome] = []

    def enter(self, title: str, table: str, values: Mapping[str, CellValue]) -> None:
        self._say(_heading(title))
        width = max(len(label) for label in values)
        self._say("\n".join(f"  {label:<{width}}  {display(value)}" for label, value in values.items()) + "\n")
        try:
            receipt = self._book.add(table, values, source="demo")
        except EntryRefusedError as error:
            found = [f for f in error.findings if isinstance(f, Finding)]
            self._say(console.refusal(error, values, self._book))
            self.outcomes.append(Outcome(title, "refused", "", tuple(f.code for f in found)))
        else:
            self._say(console.receipt(receipt))
            codes = tuple(f.code for f in receipt.warnings)
            self.outcomes.append(Outcome(title, receipt.state, receipt.key, codes))


def _heading(text: str) -> str:
    return f"\n{text}\n{'-' * len(text)}"


def _folder(wanted: Path | None) -> Path:
    """A folder of the demonstration's own, so that no file of the user is touched."""
    try:
        if wanted is not None:
            wanted.mkdir(parents=True, exist_ok=True)
            if any(wanted.iterdir()):
                raise InputError(str(wanted), "the folder is not empty.", "Name one that is new or empty.")
            return wanted
        number = 1
        while True:
            folder = Path(_NAME if number == 1 else f"{_NAME}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                number += 1
            else:
                return folder
    except OSError as error:
        where = str(wanted or _NAME)
        raise FileError(where, f"the folder cannot be made ({error.strerror}).", "Name one with --out.") from None


def _passengers(book: Workbook) -> list[str]:
    """Keys of customers whose record is whole and without findings, so that what is shown is due to the entry."""
    found = book.check()
    doubtful = {key for finding in found for key in (finding.key, *finding.related)}
    frame = book.table("Stakeholders").to_pandas()
    whole = frame[["Given name", "Family name", "Email", "Phone", "Date of birth"]].notna().all(axis=1)
    frame = frame[whole & (frame["Type"] == "Customer") & (frame["Status"] == "Active")]
    frame = frame[~frame["Stakeholder ID"].isin(doubtful)].drop_duplicates("Family name")
    return [str(key) for key in frame["Stakeholder ID"]]


def _again(book: Workbook, key: str) -> dict[str, CellValue]:
    """A person as somebody in a hurry types them in a second time: a letter too few, no e-mail."""
    known = book.table("Stakeholders").get(key)
    family = str(known["Family name"])
    values = {name: known[name] for name in ("Type", "Given name", "Date of birth", "Phone")}
    return {**values, "Family name": family[:-2] + family[-1]}


def _call(book: Workbook, chosen: str, caller: str) -> dict[str, CellValue]:
    """A call of one passenger, recorded under another who was chosen by mistake."""
    who = book.table("Stakeholders").get(caller)
    staff = book.policy.list_by_id["staff"].active
    return {
        "Stakeholder ID": chosen,
        "Date": book.today(),
        "Channel": "Phone",
        "Contact reason": "Brochure",
        "Purpose": "Enquiry",
        "Details": "Asked which walks of the Tasmania brochure suit beginners.",
        "Desired outcome": "Two walks to choose from, by e-mail",
        "Recorded by": staff[0],
        "Contact name": f"{who['Given name']} {who['Family name']}",
        "Contact email": who["Email"],
        "Contact phone": who["Phone"],
        "Contact date of birth": who["Date of birth"],
    }


def _overview(findings: Sequence[Finding]) -> str:
    """How often each rule found something, most often first."""
    from validation.catalogue import RULES  # noqa: PLC0415 - gathers every rule module

    counts = Counter(finding.code for finding in findings)
    rows = [
        (
            code,
            RULES[code].severity.value if code in RULES else "",
            count,
            RULES[code].title if code in RULES else "",
        )
        for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return console.columns(rows[:12], ("Rule", "", "Times", "What it finds"), 70) + (
        f"\n... and {plural(len(rows) - 12, 'rule')} more" if len(rows) > 12 else ""
    )
