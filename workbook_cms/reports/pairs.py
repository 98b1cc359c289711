"""Duplicates side by side: two records, field by field, with what speaks for and against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from validation.duplicates.clusters import clusters
from validation.findings import Finding
from validation.policy import Sensitivity
from workbook_cms.reports.records import MASK, Records
from workbook_cms.reports.sheets import LINE_HEIGHT, Link, ReportBook, lines_in

__all__ = ["PAIR_DECISIONS", "Pair", "pairs", "write_pairs"]

#: What a steward can decide of a pair.
PAIR_DECISIONS = ("Same: keep left", "Same: keep right", "Not a duplicate")
#: Pairs shown; a longer list says how much it leaves out.
MAX_PAIRS = 2_000

_WIDTHS = (24, 38, 38, 22, 9, 20)
_SAME = ("exact", "same", "equal")


@dataclass(frozen=True)
class Pair:
    """Two records that may be one.

    Attributes:
        cluster: Number of the group of records that are surely one, from 1; 0 where a person has to look at the pair.
        table: Name of the table.
        left, right: Keys.
        probability: That they are the same, 0 to 1; 1 for an exact match.
        bits: Weight of all the evidence; None for an exact match.
        prior: What is in it before the fields are looked at; None for an exact match.
        sentence: The explanation.
        rows: (label, left value, right value, agreement, bits or None), fields that neither has left out.
    """

    cluster: int
    table: str
    left: str
    right: str
    probability: float
    bits: float | None
    prior: float | None
    sentence: str
    rows: tuple[tuple[str, str, str, str, float | None], ...]


def pairs(records: Records, findings: Iterable[Finding]) -> list[Pair]:
    """Pairs of the duplicate findings that nobody has decided on, each once, those of one cluster together.

    Clusters come first, the surest before the others; then the pairs that a person has to look at, the most probable
    first.
    """
    seen: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        if finding.code.startswith("DUP") and finding.key and "decided" not in finding.details:
            for other in finding.related:
                ends = sorted((finding.key, other))
                if other and ends[0] != ends[1]:
                    seen.setdefault((finding.table, ends[0], ends[1]), finding)
    homes = _homes(records, seen)
    best: dict[tuple[str, int], float] = {}
    for place, finding in seen.items():
        if place in homes:
            best[homes[place]] = max(best.get(homes[place], 0.0), _probability(finding))

    def order(place: tuple[str, str, str]) -> tuple[object, ...]:
        home, probability = homes.get(place), _probability(seen[place])
        return (home is None, -best[home] if home else 0.0, home or ("", 0), -probability, place)

    numbers: dict[tuple[str, int], int] = {}
    result = []
    for place in sorted(seen, key=order):
        number = numbers.setdefault(homes[place], len(numbers) + 1) if place in homes else 0
        result.append(_pair(records, number, place, seen[place]))
    return result


def _homes(
    records: Records, seen: Mapping[tuple[str, str, str], Finding]
) -> dict[tuple[str, str, str], tuple[str, int]]:
    """The cluster of each pair, by table and number; pairs that no cluster holds are left out."""
    by_table: dict[str, list[tuple[str, str, float]]] = {}
    for (table, left, right), finding in seen.items():
        by_table.setdefault(table, []).append((left, right, _probability(finding)))
    homes: dict[tuple[str, str, str], tuple[str, int]] = {}
    for table, found in by_table.items():
        frame = pd.DataFrame(found, columns=["left", "right", "probability"])
        home: dict[str, int] = {}
        for number, cluster in enumerate(clusters(frame, apart=records.apart(table))):
            home.update(dict.fromkeys(cluster.members, number))
        for left, right, _ in found:
            if left in home and home[left] == home.get(right):
                homes[table, left, right] = (table, home[left])
    return homes


def _pair(records: Records, cluster: int, place: tuple[str, str, str], finding: Finding) -> Pair:
    table, left, right = place
    compared = {str(item["field"]): item for item in finding.details.get("fields", ())}
    # An exact match weighs nothing: all its fields are equal.
    weighed = {} if finding.code == "DUP001" else finding.details
    bits, prior = (None if weighed.get(name) is None else float(weighed[name]) for name in ("bits", "prior"))
    sentence = records.masked(str(finding.details.get("sentence") or finding.message), finding)
    rows = tuple(_rows(records, table, left, right, compared))
    return Pair(cluster, table, left, right, _probability(finding), bits, prior, sentence, rows)


def _probability(finding: Finding) -> float:
    value = finding.details.get("probability")
    return 1.0 if value is None else float(value)


def _rows(
    records: Records, table: str, left: str, right: str, compared: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, str, str, float | None]]:
    typed = records.by_name.get(table)
    ends = [records.position(table, key) for key in (left, right)]
    if typed is None:
        return
    for field in typed.table.fields:
        texts = ["" if at is None else records.shown(table, at, field.id) for at in ends]
        if field.id == typed.table.key or not any(texts):
            continue
        item = compared.get(field.id) or compared.get(field.label) or {}
        bits = item.get("bits")
        level = str(item.get("level", "")).replace("blank", "") or _level(texts, field.sensitivity)
        yield field.label, texts[0], texts[1], level, None if bits is None else float(bits)


def _level(texts: Sequence[str], sensitivity: Sensitivity) -> str:
    if sensitivity is Sensitivity.SENSITIVE and MASK in texts:
        return "not shown"
    if not all(texts):
        return "only one has it"
    return "same" if texts[0] == texts[1] else "differs"


def write_pairs(report: ReportBook, records: Records, found: Sequence[Pair], limited: Sequence[str] = ()) -> None:
    """The sheet Duplicates: a block a pair; the decision stands on the block's first line.

    ``limited`` are the sentences that say which records were not all compared.
    """
    sheet = report.sheet("Duplicates", "#7A4E9E")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    report.put(sheet, 0, 0, "Duplicates side by side", "title")
    sheet.set_row(0, 30)
    sheet.merge_range(1, 0, 1, 5, _intro(found, limited), report.formats["note"])
    sheet.set_row(1, LINE_HEIGHT * (2 + sum(lines_in(text, sum(_WIDTHS)) for text in limited)))
    for column, label in enumerate(("Field", "Left", "Right", "Agreement", "Bits", "Decision")):
        report.put(sheet, 2, column, label, "head_right" if label == "Bits" else "head")
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    row = 3
    for number, pair in enumerate(found[:MAX_PAIRS], start=1):
        row = _write_pair(report, sheet, records, row, number, pair)


def _write_pair(report: ReportBook, sheet: Any, records: Records, row: int, number: int, pair: Pair) -> int:
    group = f"group {pair.cluster}" if pair.cluster else "to look at"
    report.put(sheet, row, 0, f"Pair {number} · {group}", "pair")
    for column, key in ((1, pair.left), (2, pair.right)):
        at = records.position(pair.table, key)
        address = records.cell(pair.table, at) if at is not None else ""
        report.put(sheet, row, column, Link(address, key), "pair_link" if address else "pair")
    report.put(sheet, row, 3, "identical" if pair.bits is None else f"{_per_cent(pair.probability)} sure", "pair")
    report.put(sheet, row, 4, None if pair.bits is None else round(pair.bits, 1), "pair")
    report.put(sheet, row, 5, None, "decision")
    report.choices(sheet, row, row, 5, PAIR_DECISIONS)
    sheet.merge_range(row + 1, 0, row + 1, 5, "", report.formats["note"])
    report.put(sheet, row + 1, 0, f"{pair.table}: {pair.sentence}", "note")
    sheet.set_row(row + 1, 15 * (1 + len(pair.sentence) // 150))
    row += 2
    for label, left, right, level, bits in pair.rows:
        report.put(sheet, row, 0, label, "muted")
        for column, text in ((1, left), (2, right)):
            report.put(sheet, row, column, text, "text")
        style = "same" if level.startswith(_SAME) else "differs" if level.startswith("differ") else "text"
        report.put(sheet, row, 3, level, style)
        report.put(sheet, row, 4, None if pair.bits is None else bits, "bits")
        lines = max(lines_in(left, _WIDTHS[1]), lines_in(right, _WIDTHS[2]))
        if lines > 1:
            sheet.set_row(row, LINE_HEIGHT * lines)
        row += 1
    return row + 1


def _per_cent(share: float) -> str:
    """Never 100 % for what is only probable."""
    return f"{min(share, 0.999):.1%}".replace(".0%", "%").replace("%", " %")


def _intro(found: Sequence[Pair], limited: Sequence[str]) -> str:
    if not found:
        return "\n".join(["No two records look like the same one.", *limited])
    shown = f" The first {MAX_PAIRS:,} of {len(found):,} pairs are shown." if len(found) > MAX_PAIRS else ""
    intro = (
        "Each block holds two records that may be one; those of a group are surely one, see the sheet Groups. Bits weigh "
        "the evidence: a positive number speaks for the same, a negative one against. Choose a decision on the first line "
        f"of the block; the record workbook is not changed by it.{shown}"
    )
    return "\n".join([intro, *limited])
