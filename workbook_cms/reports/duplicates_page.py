"""The page of duplicates: groups with what is proposed, pairs side by side with a picture of the evidence.

One HTML file that needs nothing else: no script, no font, no picture from elsewhere. Made as a tree of elements, so
that whatever a cell holds is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from xml.etree import ElementTree as ET

from validation.duplicates.explanation import level_in_words
from workbook_cms.reports.groups import Group, rows_of
from workbook_cms.reports.pairs import Pair
from workbook_cms.reports.records import Records
from workbook_cms.reports.waterfall import STYLE, Step, percent, shown_bits, waterfall

__all__ = ["MAX_SHOWN", "PageData", "duplicates_page"]

#: Pairs that are shown; more nobody looks through in one sitting, and a browser becomes slow.
MAX_SHOWN = 1_000
#: Characters of a value that are shown: a cell may hold 32,767.
_LONGEST = 300
#: What HTML may not hold, or what would end a line in a way of its own.
_NOT_HTML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class PageData:
    """All that the page says.

    Attributes:
        title: Such as ``Duplicates, October 2026``.
        source: Organisation and file name.
        made: When it was made, for people.
        found: The pairs, those of a group together.
        groups: The groups.
        limited: Sentences that say which records were not all compared.
    """

    title: str
    source: str
    made: str
    found: Sequence[Pair]
    groups: Sequence[Group]
    limited: Sequence[str]


def duplicates_page(data: PageData, records: Records) -> str:
    """The page as text of an HTML file."""
    html = ET.Element("html", {"lang": "en"})
    head = ET.SubElement(html, "head")
    ET.SubElement(head, "meta", {"charset": "utf-8"})
    ET.SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    # Whatever the page may hold, a browser loads and runs nothing.
    rule = "default-src 'none'; style-src 'unsafe-inline'"
    ET.SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": rule})
    _add(head, "title", data.title)
    ET.SubElement(head, "style").text = _style() + STYLE
    body = ET.SubElement(html, "body")
    main = ET.SubElement(body, "main")
    _opening(main, data)
    shown = list(data.found[:MAX_SHOWN])
    numbers = {id(pair): number for number, pair in enumerate(shown, start=1)}
    for group in data.groups:
        pairs = [pair for pair in group.pairs if id(pair) in numbers]
        if pairs:
            _group(main, records, group)
            for pair in pairs:
                _pair(main, pair, numbers[id(pair)])
    rest = [pair for pair in shown if not pair.cluster]
    if rest:
        _add(main, "h2", "Pairs to look at")
        note = "Alike, but not so surely that they were put into a group. A person decides on each of them."
        _add(main, "p", note, "note")
        for pair in rest:
            _pair(main, pair, numbers[id(pair)])
    return "<!DOCTYPE html>\n" + ET.tostring(html, encoding="unicode", method="html") + "\n"


def _style() -> str:
    return files("workbook_cms.reports").joinpath("duplicates.css").read_text(encoding="utf-8")


def _add(parent: ET.Element, tag: str, text: str = "", style: str = "") -> ET.Element:
    element = ET.SubElement(parent, tag, {"class": style} if style else {})
    element.text = _clean(text)
    return element


def _clean(text: str) -> str:
    text = _NOT_HTML.sub("\ufffd", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _value(parent: ET.Element, text: str, style: str = "") -> None:
    """A cell of a table with a value, whose direction of writing is its own."""
    cell = ET.SubElement(parent, "td", {"class": style} if style else {})
    if text:
        ET.SubElement(cell, "bdi").text = _clean(text)
    else:
        _add(cell, "span", "blank", "blank")


def _opening(main: ET.Element, data: PageData) -> None:
    header = ET.SubElement(main, "header")
    _add(header, "h1", data.title)
    _add(header, "p", f"{data.source} · {data.made}", "note")
    if not data.found:
        _add(main, "p", "No two records look like the same one.")
    else:
        grouped = sum(pair.cluster > 0 for pair in data.found)
        counts = [f"{_count(len(data.groups), 'group')} of records that are surely one"] if grouped else []
        counts += [f"{_count(len(data.found) - grouped, 'pair')} to look at"] if grouped < len(data.found) else []
        _add(main, "p", f"{', '.join(counts)}.", "lead")
        how = (
            "Each picture weighs what two records have in common. It begins with how unlikely it is that two records at "
            "random are one; a blue bar speaks for one and the same, a hatched orange one against it, and the dark one is "
            "what it comes to. One bit doubles the odds."
        )
        main.append(_paragraph(how))
        what = (
            "workbook-cms duplicates lists the same with the command that makes a group one record; workbook-cms "
            "not-duplicate says that two are not one. workbook-cms undo takes back either."
        )
        main.append(_paragraph(what))
    for sentence in data.limited:
        _add(main, "p", sentence, "warning")
    if len(data.found) > MAX_SHOWN:
        _add(main, "p", f"The first {MAX_SHOWN:,} of {len(data.found):,} pairs are shown.", "warning")


def _paragraph(text: str) -> ET.Element:
    element = ET.Element("p", {"class": "note"})
    element.text = text
    return element


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _group(main: ET.Element, records: Records, group: Group) -> None:
    _add(main, "h2", f"Group {group.number}: {len(group.keys)} records of {group.table}")
    stays = group.proposal.survivor
    words = ET.SubElement(main, "p")
    words.text = "Proposed: "
    _add(words, "strong", stays).tail = f" stays ({group.proposal.reason}), {', '.join(group.proposal.losers)} "
    words[-1].tail = (words[-1].tail or "") + ("goes." if len(group.keys) == 2 else "go.")
    table = ET.SubElement(ET.SubElement(main, "div", {"class": "wide"}), "table")
    head = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    for label in ("Field", "Proposed", "From", *group.keys):
        _add(head, "th", label).set("scope", "col")
    body = ET.SubElement(table, "tbody")
    for row in rows_of(records, group):
        line = ET.SubElement(body, "tr")
        _add(line, "th", row.label).set("scope", "row")
        _value(line, row.value, "taken")
        source = _add(line, "td", row.source, "from-key")
        if row.reason:
            _add(source, "span", row.reason, "why")
        for key in group.keys:
            _value(line, row.held[key], "from" if key == row.source else "")


def _pair(main: ET.Element, pair: Pair, number: int) -> None:
    article = ET.SubElement(main, "article")
    title = _add(article, "h3", f"Pair {number}: {pair.left} and {pair.right}")
    sure = "identical" if pair.bits is None else percent(pair.probability)
    _add(title, "span", f"{pair.table} · {sure}", "sure")
    _add(article, "p", f"{pair.sentence[:1].upper()}{pair.sentence[1:]}".rstrip(".") + ".")
    if pair.bits is None or pair.prior is None:
        return  # all fields of the rule are the same: there is nothing to weigh
    beside = ET.SubElement(article, "div", {"class": "beside"})
    _table(ET.SubElement(beside, "div", {"class": "wide"}), pair)
    steps = [Step(row[0], level_in_words(row[3]), row[4]) for row in pair.rows if row[4]]
    steps.sort(key=lambda step: -step.bits)
    figure = ET.SubElement(beside, "figure")
    figure.append(waterfall(f"pair-{number}", pair.prior, steps, pair.bits, pair.probability))


def _table(parent: ET.Element, pair: Pair) -> None:
    table = ET.SubElement(parent, "table")
    head = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    for label in ("Field", pair.left, pair.right, "Agreement", "Bits"):
        _add(head, "th", label, "bits" if label == "Bits" else "").set("scope", "col")
    body = ET.SubElement(table, "tbody")
    for label, left, right, level, bits in pair.rows:
        line = ET.SubElement(body, "tr")
        _add(line, "th", label).set("scope", "row")
        _value(line, left)
        _value(line, right)
        _add(line, "td", level_in_words(level) if bits is not None else level, "how")
        _add(line, "td", "" if not bits else shown_bits(bits), "bits")
