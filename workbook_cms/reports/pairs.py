"""Duplicates side by side: two records, field by field, with what speaks for and against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
        cluster: Number of the group of records that hang together through pairs, from 1.
        table: Name of the table.
        left, right: Keys.
        probability: That they are the same, 0 to 1; 1 for an exact match.
        bits: Weight of all the evidence; None for an exact match.
        sentence: The explanation.
        rows: (label, left value, right value, agreement, bits or None), fields that neither has left out.
    """

    cluster: int
    table: str
    left: str
    right: str
    probability: float
    bits: float | None
    sentence: str
    rows: tuple[tuple[str, str, str, str, float | None], ...]


def pairs(records: Records, findings: Iterable[Finding]) -> list[Pair]:
    """Pairs of the duplicate findings that nobody has decided on, each once, those of one cluster together.

    The surest cluster comes first.
    """
    seen: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        if finding.code.startswith("DUP") and finding.key and "decided" not in finding.details:
            for other in finding.related:
                ends = sorted((finding.key, other))
                seen.setdefault((finding.table, ends[0], ends[1]), finding)
    roots = _clusters(seen)
    best: dict[tuple[str, str], float] = {}
    for (table, left, _), finding in seen.items():
        root = roots[table, left]
        best[root] = max(best.get(root, 0.0), _probability(finding))
    order = sorted(seen, key=lambda p: (-best[roots[p[0], p[1]]], roots[p[0], p[1]], -_probability(seen[p]), p))
    numbers: dict[tuple[str, str], int] = {}
    result = []
    for place in order:
        number = numbers.setdefault(roots[place[0], place[1]], len(numbers) + 1)
        result.append(_pair(records, number, place, seen[place]))
    return result


def _pair(records: Records, cluster: int, place: tuple[str, str, str], finding: Finding) -> Pair:
    table, left, right = place
    compared = {str(item["field"]): item for item in finding.details.get("fields", ())}
    # An exact match weighs nothing: all its fields are equal.
    bits = None if finding.code == "DUP001" else finding.details.get("bits")
    sentence = records.masked(str(finding.details.get("sentence") or finding.message), finding)
    rows = tuple(_rows(records, table, left, right, compared))
    number = float(bits) if bits is not None else None
    return Pair(cluster, table, left, right, _probability(finding), number, sentence, rows)


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
        level = str(item.get("level", "")) or _level(texts, field.sensitivity)
        yield field.label, texts[0], texts[1], level, None if bits is None else float(bits)


def _level(texts: Sequence[str], sensitivity: Sensitivity) -> str:
    if sensitivity is Sensitivity.SENSITIVE and MASK in texts:
        return "not shown"
    if not all(texts):
        return "only one has it"
    return "same" if texts[0] == texts[1] else "differs"


def _clusters(seen: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """The cluster of each record: records that hang together through pairs share one root."""
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for table, left, right in seen:
        one, other = sorted((root((table, left)), root((table, right))))
        parent[other] = one
    return {node: root(node) for node in list(parent)}


def write_pairs(report: ReportBook, records: Records, found: Sequence[Pair]) -> None:
    """The sheet Duplicates: a block a pair; the decision stands on the block's first line."""
    sheet = report.sheet("Duplicates", "#7A4E9E")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    report.put(sheet, 0, 0, "Duplicates side by side", "title")
    sheet.set_row(0, 30)
    sheet.merge_range(1, 0, 1, 5, _intro(found), report.formats["note"])
    sheet.set_row(1, 32)
    for column, label in enumerate(("Field", "Left", "Right", "Agreement", "Bits", "Decision")):
        report.put(sheet, 2, column, label, "head_right" if label == "Bits" else "head")
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    row = 3
    for number, pair in enumerate(found[:MAX_PAIRS], start=1):
        row = _write_pair(report, sheet, records, row, number, pair)


def _write_pair(report: ReportBook, sheet: Any, records: Records, row: int, number: int, pair: Pair) -> int:
    report.put(sheet, row, 0, f"Pair {number} · group {pair.cluster}", "pair")
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


def _intro(found: Sequence[Pair]) -> str:
    if not found:
        return "No two records look like the same one."
    shown = f" The first {MAX_PAIRS:,} of {len(found):,} pairs are shown." if len(found) > MAX_PAIRS else ""
    return (
        "Each block holds two records that may be one. Bits weigh the evidence: a positive number speaks for the same, "
        "a negative one against. Choose a decision on the first line of the block; the record workbook is not "
        f"changed by it.{shown}"
    )
