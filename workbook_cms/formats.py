"""Findings as text for people and as the formats that machines read: JSON, GitHub annotations, SARIF and JUnit."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from validation.excess import stands_for
from validation.findings import Finding, Fix, Rule, Severity
from workbook_cms.unseen import blanked, escaped, replaced

__all__ = ["Format", "as_json", "plural", "render", "summary", "summary_line"]

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_CELL = re.compile(r"!\$?([A-Z]{1,3})\$?([0-9]+)$")
# What XML 1.0 (section 2.2) cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class Format(StrEnum):
    """How findings are given out."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"


def render(findings: Sequence[Finding], format_: Format | str, source: Path, *, colour: bool = False) -> str:
    """Findings of the workbook ``source`` in a format, without a line break at the end.

    ``colour`` puts terminal colours into the text format; the others never hold any.
    """
    format_ = Format(format_)
    if format_ is Format.TEXT:
        return _text(findings, source, colour)
    writers: dict[Format, Callable[[Sequence[Finding], Path], str]] = {
        Format.JSON: _json,
        Format.GITHUB: _github,
        Format.SARIF: _sarif,
        Format.JUNIT: _junit,
    }
    return writers[format_](findings, source)


def summary(findings: Sequence[Finding]) -> dict[str, int]:
    """Counts: findings, errors, warnings, notes, tables, fixable (safe) and unsafe_fixable."""
    severities = Counter[Severity]()
    for finding in findings:
        severities[finding.severity] += stands_for(finding)
    return {
        "findings": severities.total(),
        "errors": severities[Severity.ERROR],
        "warnings": severities[Severity.WARNING],
        "notes": severities[Severity.INFO],
        "tables": len({f.table for f in findings if f.table}),
        "fixable": sum(f.fix is Fix.SAFE for f in findings),
        "unsafe_fixable": sum(f.fix is Fix.UNSAFE for f in findings),
    }


def summary_line(findings: Sequence[Finding]) -> str:
    """One line such as ``12 findings (3 errors, 7 warnings, 2 notes) in 4 tables; 5 can be mended with --fix``."""
    counts = summary(findings)
    if not findings:
        return "No findings."
    kinds = ", ".join(
        plural(counts[name], word)
        for name, word in (("errors", "error"), ("warnings", "warning"), ("notes", "note"))
        if counts[name]
    )
    text = f"{plural(counts['findings'], 'finding')} ({kinds})"
    if counts["tables"]:
        text += f" in {plural(counts['tables'], 'table')}"
    if counts["fixable"]:
        text += f"; {counts['fixable']} can be mended with --fix"
    if counts["unsafe_fixable"]:
        how = "more with" if counts["fixable"] else "can be mended with"
        text += f"; {counts['unsafe_fixable']} {how} --unsafe-fixes"
    return text + "."


def plural(count: int, word: str) -> str:
    """A count with its word: ``1 table``, ``1,200 tables``, ``2 entries``."""
    if count == 1:
        return f"1 {word}"
    return f"{count:,} {word[:-1]}ies" if word.endswith("ry") else f"{count:,} {word}s"


def as_json(data: Mapping[str, Any], indent: int | None = 2) -> str:
    r"""Data as JSON, in one line where ``indent`` is None; dates as ISO text, what else JSON does not know as its text.

    What nobody sees, such as marks that turn text round, is written by its number (``\u202e``): the value is the same, and
    who prints the JSON is not steered.
    """
    return escaped(json.dumps(data, ensure_ascii=False, indent=indent, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, (dt.date, dt.datetime, dt.time)):
        return value.isoformat()
    item = getattr(value, "item", None)  # numpy's numbers
    return item() if callable(item) else str(value)


def _text(findings: Sequence[Finding], source: Path, colour: bool) -> str:
    lines: list[str] = []
    for table, of_table in groupby(findings, key=lambda f: f.table):
        lines.append(_painted(blanked(table or source.name), "1", colour))
        for place, at_place in groupby(of_table, key=lambda f: _place(f, source)):
            lines.append(f"  {blanked(place)}")
            lines.extend(f"    {line}" for f in at_place for line in _finding_lines(f, colour))
        lines.append("")
    lines.append(summary_line(findings))
    return "\n".join(lines)


def _place(finding: Finding, source: Path) -> str:
    """Where within its table, for the second level of the text: ``STK-00012, Phone (Stakeholders!I13)``."""
    text = ", ".join(part for part in (finding.key, finding.field) if part)
    if finding.cell:
        return f"{text} ({finding.cell})" if text else finding.cell
    return text or finding.table or source.name


def _finding_lines(finding: Finding, colour: bool) -> Iterable[str]:
    code = _painted(f"{finding.code} {_word(finding.severity)}", _COLOURS[finding.severity], colour)
    yield f"{code}: {blanked(finding.message)}"
    if finding.suggestion is not None:
        how = {Fix.SAFE: " (--fix)", Fix.UNSAFE: " (--unsafe-fixes)", Fix.NONE: ""}[finding.fix]
        value = _plain(finding.suggestion) if not isinstance(finding.suggestion, str) else finding.suggestion
        yield f"  suggested: {blanked(str(value)) or 'leave it empty'}{how}"


def _word(severity: Severity) -> str:
    return "note" if severity is Severity.INFO else severity.value


def _painted(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


def _json(findings: Sequence[Finding], source: Path) -> str:
    return as_json(
        {
            "version": 1,
            "workbook": str(source),
            "findings": [f.to_dict() for f in findings],
            "summary": summary(findings),
        }
    )


def _github(findings: Sequence[Finding], source: Path) -> str:
    """Workflow commands of GitHub Actions, one line a finding (docs.github.com, "Workflow commands")."""
    lines = []
    for finding in findings:
        row, column = _row_and_column(finding)
        parts = {"file": source.as_posix(), "line": row, "col": column, "title": f"{finding.code} {finding.table}"}
        properties = ",".join(f"{name}={_github_property(str(v))}" for name, v in parts.items() if v)
        lines.append(f"::{_GITHUB_LEVELS[finding.severity]} {properties}::{_github_data(str(finding))}")
    return "\n".join(lines)


def _github_data(text: str) -> str:
    return blanked(text.strip().replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _github_property(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")


def _row_and_column(finding: Finding) -> tuple[int, int]:
    """Row and column of the finding's cell, counted from 1; (0, 0) where it stands in no sheet."""
    match = _CELL.search(finding.cell)
    if not match:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _catalogue(findings: Sequence[Finding]) -> dict[str, Rule | None]:
    """All rules by code; a code that the catalogue does not know has no rule."""
    from validation.catalogue import RULES  # noqa: PLC0415 - gathers every rule module

    rules: dict[str, Rule | None] = dict(sorted(RULES.items()))
    for finding in findings:
        rules.setdefault(finding.code, None)
    return rules


def _sarif(findings: Sequence[Finding], source: Path) -> str:
    """SARIF 2.1.0 (OASIS): one run, every rule of the catalogue, one result a finding."""
    from workbook_cms import __version__  # noqa: PLC0415 - a leaf module must not need the package at import

    rules = _catalogue(findings)
    order = {code: number for number, code in enumerate(rules)}
    uri = source.as_uri() if source.is_absolute() else quote(source.as_posix())
    driver = {
        "name": "workbook-cms",
        "version": __version__,
        "rules": [_sarif_rule(code, rule) for code, rule in rules.items()],
    }
    run = {
        "tool": {"driver": driver},
        "artifacts": [{"location": {"uri": uri}}],
        "results": [_sarif_result(f, order[f.code], uri) for f in findings],
        "columnKind": "unicodeCodePoints",
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return as_json({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _sarif_rule(code: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.what} {rule.why}".strip()},
        "help": {"text": rule.mend or rule.title},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
    }


def _sarif_result(finding: Finding, index: int, uri: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri, "index": 0}}
    row, column = _row_and_column(finding)
    if row:  # viewers show "customers.xlsx:13:9"; a sheet's rows are the nearest thing to lines
        physical["region"] = {"startLine": row, "startColumn": column}
    location: dict[str, Any] = {"physicalLocation": physical}
    path = "/".join(part for part in (finding.table, finding.key, finding.field) if part)
    name = finding.cell or path
    if name:
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": path or name, "kind": "member"}]
    properties = {k: v for k, v in finding.to_dict().items() if k not in {"code", "severity", "message"}}
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": str(finding)},
        "locations": [location],
        "properties": properties,
    }


def _junit(findings: Sequence[Finding], source: Path) -> str:
    """JUnit XML: a test case a rule, failed where the rule found errors; lesser findings stand in its output."""
    by_code: dict[str, list[Finding]] = {code: [] for code in _catalogue(findings)}
    for finding in findings:
        by_code[finding.code].append(finding)
    failures = sum(any(f.severity is Severity.ERROR for f in group) for group in by_code.values())
    counts = {"tests": str(len(by_code)), "failures": str(failures), "errors": "0"}
    suites = ET.Element("testsuites", {"name": "workbook-cms", **counts})
    suite = ET.SubElement(suites, "testsuite", {"name": _xml(PurePath(source).name), **counts, "skipped": "0"})
    for code, group in by_code.items():
        case = ET.SubElement(suite, "testcase", {"classname": _xml(source.stem), "name": code, "time": "0"})
        errors = [f for f in group if f.severity is Severity.ERROR]
        if errors:
            failure = ET.SubElement(case, "failure", {"message": plural(len(errors), "error"), "type": code})
            failure.text = _xml("\n".join(str(f) for f in errors))
        rest = [f for f in group if f.severity is not Severity.ERROR]
        if rest:
            ET.SubElement(case, "system-out").text = _xml("\n".join(f"{_word(f.severity)}: {f}" for f in rest))
    ET.indent(suites)
    xml = replaced(ET.tostring(suites, encoding="unicode"), lambda number: f"&#{number};")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}'


def _xml(text: str) -> str:
    """Text that XML can hold: what it cannot is shown as its number, ``\\x07``."""
    return _NOT_XML.sub(lambda m: f"\\x{ord(m[0]):02x}", text)
