"""The page of duplicates, and the groups in the report: what is proposed, how a pair is weighed, nothing that leaks."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from tests.support.require import missing
from validation import duplicates
from validation.findings import Finding, Severity
from validation.frames import Context
from validation.policy import Kind, MatchField, MatchRule
from validation.typing import type_table
from workbook_cms.reports.cleanup import Report, Snapshot, build_report
from workbook_cms.reports.waterfall import Step, percent, waterfall

NOW = dt.datetime(2026, 11, 2, 9, 30)
#: Three of one person, one alike, one alone; id, given name, family name, e-mail, diet, status.
PEOPLE = [
    ("STK-00001", "Quincy", "Zafiris", "quincy.z@example.com", None, "Active"),
    ("STK-00002", "Quincy", "Zafirris", "quincy.z@example.com", "no pork", "Active"),
    ("STK-00003", "Quincy", "Zafiris", "QUINCY.Z@example.com", "no pork", None),
    ("STK-00004", "Quincy", "Zafirris", None, None, "Active"),
    ("STK-00005", "<script>alert(1)</script>", "R&D \x07 עדי", None, None, "Active"),
]
RULE = MatchRule(
    id="same",
    table="stakeholders",
    threshold=0.5,
    fields=(
        MatchField(field="given_name", kind=Kind.GIVEN_NAME),
        MatchField(field="family_name", kind=Kind.FAMILY_NAME),
        MatchField(field="email", kind=Kind.EMAIL),
        MatchField(field="diet", kind=Kind.TEXT),
    ),
)


class Page(HTMLParser):
    """Texts and attributes of a page, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps the tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keeps the text."""
        self.texts.append(data)


def found(snapshot: Snapshot, rule: MatchRule = RULE) -> list[Finding]:
    """What the match rule finds among the stakeholders of a snapshot."""
    policy = snapshot.policy.model_copy(update={"matches": (rule,)})
    typed = type_table(snapshot.tables["stakeholders"].raw, policy)
    return list(duplicates.check(typed, Context(policy, {"stakeholders": typed}, snapshot.today)))


@pytest.fixture
def written(make: Callable[..., Snapshot], tmp_path: Path) -> Report:
    """The report on three records of one person, and one that is alike."""
    return build_report(
        make(found(make(rows={"stakeholders": PEOPLE})), {"stakeholders": PEOPLE}), "2026-10", tmp_path, NOW
    )


@pytest.fixture
def page(written: Report) -> Page:
    """Its page of duplicates."""
    return Page(written.page.read_text(encoding="utf-8"))


def test_groups_have_what_is_proposed(written: Report) -> None:
    """The sheet names the record that stays and why, each field's value and where it is from; diets are masked."""
    rows = [row[:8] for row in openpyxl.load_workbook(written.path)["Groups"].iter_rows(values_only=True)]
    assert rows[1] == (
        1, "Stakeholders", "STK-00002", "STK-00001, STK-00003", "(record)", "STK-00002", None,
        "the most fields filled: 5, STK-00001 has 4",
    )  # fmt: skip
    fields = {row[4]: row[5:7] for row in rows[2:]}
    assert fields == {
        "Given name": ("Quincy", "STK-00002"),
        "Family name": ("Zafirris", "STK-00002"),
        "Email": ("quincy.z@example.com", "STK-00002"),
        "Diet": ("•••", "STK-00002"),
        "Status": ("Active", "STK-00002"),
    }


def test_pairs_are_grouped_only_where_they_are_sure(page: Page) -> None:
    """What is less sure than 95 % stays a pair that a person looks at."""
    headings = [text for text in page.texts if text.startswith(("Group ", "Pairs to", "Pair "))]
    assert headings[0] == "Group 1: 3 records of Stakeholders"
    at = headings.index("Pairs to look at")
    assert all("STK-00004" not in text for text in headings[:at])
    assert all("STK-00004" in text for text in headings[at + 1 :])
    assert headings[at + 1 :]


def test_the_picture_adds_up(written: Report) -> None:
    """What stands at the bars goes from the odds of two records at random to the total."""
    tree = re.findall(r"<svg.*?</svg>", written.page.read_text(encoding="utf-8"), re.DOTALL)
    assert tree
    for text in tree:
        svg = ET.fromstring(text)  # noqa: S314 - our own page
        numbers = [
            float(e.text.replace("−", "-"))
            for e in svg.iter("text")
            if re.fullmatch(r"[+−]?\d+\.\d", e.text or "")
        ]
        *parts, total = numbers
        assert sum(parts) == pytest.approx(total, abs=0.06 * len(parts))
        assert parts[0] == pytest.approx(-9.0, abs=0.1)


def test_the_picture_has_a_text_that_tells_it() -> None:
    """Who cannot see it reads the same."""
    svg = waterfall("p", -9.0, [Step("Email", "same", 9.2), Step("Given name", "different", -4.2)], -4.0, 0.0588)
    assert svg.get("role") == "img"
    (desc,) = svg.iter("desc")
    assert desc.get("id") in (svg.get("aria-labelledby") or "")
    assert desc.text == (
        "Two records at random: −9.0 bits; Email, same: +9.2; Given name, different: −4.2; together −4.0 bits, "
        "5 % that they are one."
    )


def test_what_speaks_against_is_told_without_colour() -> None:
    """It is hatched and has a minus sign."""
    svg = waterfall("p", -9.0, [Step("Email", "same", 9.2), Step("Given name", "different", -4.2)], -4.0, 0.0588)
    hatched = [e for e in svg.iter("rect") if e.get("fill") == "url(#p-hatch)"]
    assert len(hatched) == 1
    assert "−4.2" in [e.text for e in svg.iter("text")]


@pytest.mark.parametrize(
    ("probability", "text"),
    [(1.0, "99.9 %"), (0.9999999, "99.9 %"), (0.979, "97 %"), (0.9951, "99.5 %"), (0.5, "50 %")],
)
def test_nothing_is_certain(probability: float, text: str) -> None:
    """No agreement of names is certainty, and a share is cut, not rounded up."""
    assert percent(probability) == text


def test_sensitive_values_are_on_no_page(written: Report, page: Page) -> None:
    """A diet is masked in pairs, groups and pictures; personal values are shown."""
    assert "pork" not in written.page.read_text(encoding="utf-8")
    assert "•••" in page.texts
    assert "quincy.z@example.com" in page.texts


def test_the_page_needs_nothing_else_and_runs_nothing(page: Page) -> None:
    """No script, no link, no source: whatever a cell holds is text."""
    tags = {tag for tag, _ in page.tags}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "a", "object", "form"})
    assert not any(name.startswith("on") or name in ("src", "href") for _, given in page.tags for name in given)
    policy = next(given for tag, given in page.tags if given.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_what_a_cell_holds_stays_text(make: Callable[..., Snapshot], tmp_path: Path) -> None:
    """Markup, control characters and right-to-left names break nothing."""
    rows = [*PEOPLE, ("STK-00006", *PEOPLE[4][1:3], "x@example.com", None, "Active")]
    given = Finding(
        "DUP002", Severity.WARNING, "May be.", "Stakeholders", "STK-00006", related=("STK-00005",), position=5,
        details={"probability": 0.6, "bits": 0.6, "prior": -9.0, "sentence": "same <b>given</b> name", "fields": [
            {"field": "Given name", "left": "", "right": "", "level": "exact", "bits": 9.6}]},
    )  # fmt: skip
    report = build_report(make([given], {"stakeholders": rows}), "2026-10", tmp_path, NOW)
    shown = Page(report.page.read_text(encoding="utf-8"))
    assert "script" not in {tag for tag, _ in shown.tags}
    assert "<script>alert(1)</script>" in shown.texts
    assert "R&D \ufffd עדי" in shown.texts
    assert "Same <b>given</b> name." in shown.texts


def test_records_that_were_not_all_compared_are_told(make: Callable[..., Snapshot], tmp_path: Path) -> None:
    """A search that was cut short says so on the page and on the sheet of duplicates."""
    limited = Finding("DUP003", Severity.INFO, "1,200 records are alike in email.", "Stakeholders", position=0)
    report = build_report(make([limited]), "2026-10", tmp_path, NOW)
    words = "Stakeholders: 1,200 records are alike in email."
    assert words in Page(report.page.read_text(encoding="utf-8")).texts
    assert words in openpyxl.load_workbook(report.path)["Duplicates"]["A2"].value


def test_a_table_without_duplicates_has_a_page(make: Callable[..., Snapshot], tmp_path: Path) -> None:
    """It says so."""
    report = build_report(make(), "2026-10", tmp_path, NOW)
    assert "No two records look like the same one." in Page(report.page.read_text(encoding="utf-8")).texts


def test_evidence_of_a_sensitive_field_is_masked(make: Callable[..., Snapshot]) -> None:
    """JSON, SARIF and the annotations of CI get the findings as they are: no diet may be in them."""
    findings = found(make(rows={"stakeholders": PEOPLE}))
    assert findings
    assert "pork" not in repr([finding.to_dict() for finding in findings])
    evidence = [part for finding in findings for part in finding.details["fields"] if part["field"] == "Diet"]
    assert ("•••", "•••", "exact") in [(part["left"], part["right"], part["level"]) for part in evidence]


def test_an_exact_match_of_a_sensitive_field_is_masked(make: Callable[..., Snapshot]) -> None:
    """The value of the finding itself too."""
    rule = RULE.model_copy(update={"exact": True, "fields": RULE.fields[3:]})
    (finding,) = found(make(rows={"stakeholders": PEOPLE}), rule)
    assert (finding.code, finding.cell, finding.value) == ("DUP001", "Stakeholders!E6", "•••")
    assert finding.field == "Diet"


@pytest.mark.parametrize("width", [1280, 420])
def test_a_browser_shows_the_page(written: Report, tmp_path: Path, width: int) -> None:
    """In a real browser nothing sticks out at the side, and each picture has its bars."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        missing("browser", "there is no chromium")
    probe = tmp_path / "probe.html"
    # The page itself runs no script; its measure is taken from a frame around it.
    text = written.page.read_text(encoding="utf-8").replace('http-equiv="Content-Security-Policy"', 'data-was=""')
    script = (
        "const all = [...document.querySelectorAll('svg')];"
        "document.title = [document.documentElement.scrollWidth - innerWidth, all.length,"
        " all.every(one => one.getBoundingClientRect().width > 250)].join(' ')"
    )
    probe.write_text(text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},900", "--dump-dom"]
    done = subprocess.run(
        [*command, f"--user-data-dir={tmp_path / 'profile'}", probe.as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    title = re.search(r"<title>(.*?)</title>", done.stdout)
    assert title is not None
    beside, pictures, wide = title[1].split()
    assert int(beside) <= 0
    assert (int(pictures) > 2, wide) == (True, "true")
