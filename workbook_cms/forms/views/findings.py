"""Findings: what breaks the rules, rule by rule, each with the cell it leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from validation.catalogue import RULES
from validation.findings import Finding, Severity
from workbook_cms.formats import plural
from workbook_cms.forms.answers import Look, Mark, Message
from workbook_cms.forms.views.page import Link, Page, PageRow
from workbook_cms.forms.wording import listed, shortened
from workbook_cms.reading import WorkbookReading
from workbook_cms.reports.records import Records

__all__ = ["FINDINGS", "findings_page"]

#: Headings of the columns.
FINDINGS = ("Where", "Field", "Rule", "What is wrong, and the remedy")
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LIMIT = 200
_LONGEST = 400


def findings_page(book: WorkbookReading, findings: Sequence[Finding], limit: int = _LIMIT) -> Page:
    """What a check found: errors first, rule by rule with its count, each finding with its cell.

    Values of sensitive fields are masked, in messages too.

    Args:
        book: The workbook that was checked.
        findings: What was found.
        limit: How many rows at most; the last one then says how many more there are. The counts are of all.
    """
    snapshot = book.snapshot()
    records = Records(snapshot.policy, snapshot.context(book.today()).tables)
    order = list(_WORDS)
    ranked = sorted(findings, key=lambda f: (order.index(f.severity), f.code))
    rows: list[PageRow] = []
    for (severity, code), group in groupby(ranked, key=lambda f: (f.severity, f.code)):
        same = list(group)
        if len(rows) < limit:
            rows.append(PageRow((plural(len(same), _WORDS[severity]), "", code, RULES[code].title), Look.HEADING))
        # Of what is not shown the page only says how much it is.
        rows.extend(_rows(records, same, max(limit - len(rows), 0)))
    page = Page("Findings", _status(findings), FINDINGS, tuple(rows[:limit]))
    shown = sum(row.look is not Look.HEADING for row in page.rows)
    if shown == len(findings):
        return page
    left = len(findings) - shown + 1
    text = f"... and {left:,} more: workbook-cms check {book.path.name}"
    return Page(page.title, page.status, FINDINGS, (*page.rows[:-1], PageRow(("", "", "", text), Look.QUIET)))


def _rows(records: Records, findings: Sequence[Finding], room: int) -> Iterator[PageRow]:
    for finding in findings[:room]:
        where = " ".join(filter(None, [finding.key or finding.table, finding.cell.rpartition("!")[2]]))
        message = shortened(records.masked(finding.message, finding), _LONGEST)
        look = Look.QUIET if finding.severity is Severity.INFO else Look.PLAIN
        yield PageRow((where, finding.field, finding.code, message), look, Link.to(finding.cell))


def _status(findings: Sequence[Finding]) -> Message:
    worst = {finding.severity for finding in findings}
    mark = Mark.WRONG if Severity.ERROR in worst else Mark.DOUBT if Severity.WARNING in worst else Mark.GOOD
    counts = [(sum(f.severity is kind for f in findings), word) for kind, word in _WORDS.items()]
    text = listed([plural(count, word) for count, word in counts if count])
    return Message(f"{text}." if text else "Nothing breaks a rule.", mark)
