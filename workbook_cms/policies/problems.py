"""From plain data to a policy, with everything that is wrong said in plain English at its line or cell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError

from validation import policy as model
from validation.findings import Finding, Severity
from validation.policy_checks import MISSING, UNKNOWN_PART, VALUE, check_policy
from workbook_cms.errors import PolicyError

__all__ = ["Path", "Reading", "bound", "known_parts", "number", "place_of", "read_data", "require"]

#: Way into a policy's data: names of parts and positions in lists, such as ("tables", 0, "fields", 3, "enum").
Path = tuple[str | int, ...]

_MODELS: dict[str, type[BaseModel]] = {
    "": model.Policy,
    "settings": model.Settings,
    "lists": model.PolicyList,
    "items": model.ListItem,
    "tables": model.PolicyTable,
    "fields": model.PolicyField,
    "conditions": model.Condition,
    "when": model.When,
    "matches": model.MatchRule,
    "attributions": model.Attribution,
    "clues": model.AttributionClue,
}
_VOCABULARIES: dict[str, type[StrEnum]] = {
    "type": model.FieldType,
    "format": model.FieldFormat,
    "naming": model.Convention,
    "normalise": model.Normaliser,
    "sensitivity": model.Sensitivity,
    "on_add": model.Action,
    "on_update": model.Action,
    "on_import": model.Action,
    "on_doubt": model.Action,
    "kind": model.Kind,
    "strength": model.Strength,
    "must": model.Must,
    "test": model.WhenIs,
    "save_policy": model.SavePolicy,
    "stage": model.Stage,
    "date_order": model.DateOrder,
}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Reading:
    """What came of reading a policy: the policy, or None where its shape is wrong, and all that was found."""

    policy: model.Policy | None
    findings: tuple[Finding, ...]


def read_data(
    data: Mapping[str, Any],
    places: Callable[[], Mapping[Path, str]],
    found: Iterable[Finding] = (),
    word: Callable[[Path], str] = lambda path: f'"{path[-1]}"',
) -> Reading:
    """Plain data (mappings, lists, texts) as a policy.

    ``places`` gives the lines or cells by path and is asked only where something is found; ``found`` is what was
    already found while the data was gathered (not reported twice), ``word`` what people call the part at a path.
    """
    findings = list(found)
    stopped = any(f.severity is Severity.ERROR for f in findings)
    policy = None
    try:
        policy = model.Policy.model_validate(data)
    except ValidationError as error:
        seen = {f.details.get("path") for f in findings}
        for problem in error.errors(include_url=False):
            path = _known(tuple(problem["loc"]), data, str(problem["type"]))
            broken_inside = problem["type"] == "too_short" and bool(problem.get("input"))
            if path not in seen and path[:-1] not in seen and not broken_inside:
                seen.add(path)
                findings.append(_finding(problem["type"], path, problem, word))
    if policy is not None and not stopped:
        findings.extend(check_policy(policy))
    known = places() if findings else {}
    placed = [f._replace(cell=f.cell or place_of(f.details.get("path", ()), known)) for f in findings]
    return Reading(None if stopped else policy, tuple(placed))


def require(reading: Reading, source: str) -> model.Policy:
    """The policy that was read, or one `PolicyError` that gives the first error and holds them all."""
    errors = [f for f in reading.findings if f.severity is Severity.ERROR]
    if reading.policy is not None and not errors:
        return reading.policy
    first = errors[0]
    place = ", ".join(part for part in (source if source not in first.cell else "", first.cell) if part)
    rest = len(errors) - 1
    more = f" ({rest} more {'problem' if rest == 1 else 'problems'} found.)" if rest else ""
    raise PolicyError(place or "policy", first.message + more, "", reading.findings)


def place_of(path: Path, places: Mapping[Path, str]) -> str:
    """The line or cell of ``path``, or of the nearest part that holds it; "" where nothing is known."""
    for length in range(len(path), -1, -1):
        if path[:length] in places:
            return places[path[:length]]
    return ""


def bound(text: str) -> float | str:
    """A minimum or maximum: a number where it reads as one, otherwise the text (a date, ``@today``)."""
    text = text.strip()
    return float(text) if _NUMBER.fullmatch(text) else text


def number(value: float) -> str:
    """A number as people write it, exactly: ``5`` and not ``5.0``."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def known_parts(path: Path) -> tuple[str, ...]:
    """Names of the parts that the model knows at ``path``."""
    names = [part for part in path if isinstance(part, str)]
    last = names[-1] if names else ""
    if last == "fields" and names[0] == "matches":
        return tuple(model.MatchField.model_fields)
    return tuple(_MODELS[last].model_fields) if last in _MODELS else ()


def _known(path: Path, data: Any, kind: str) -> Path:
    """``path`` without what the model's own machinery adds to it (the branches of a union)."""
    keep: list[str | int] = []
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            if kind in ("missing", "extra_forbidden"):
                keep.append(part)
            break
        keep.append(part)
    return tuple(keep)


def _finding(kind: str, path: Path, problem: Mapping[str, Any], word: Callable[[Path], str]) -> Finding:
    name = word(path) if path else "the policy"
    rule = {
        "missing": MISSING,
        "extra_forbidden": UNKNOWN_PART,
        "too_short": MISSING,
        "string_too_short": MISSING,
    }.get(kind, VALUE)
    message = _message(kind, path, problem, name)
    value = problem.get("input")
    shown = value if isinstance(value, str) and kind != "extra_forbidden" else ""
    return Finding(rule.code, rule.severity, message, value=shown, details={"path": path})


def _message(kind: str, path: Path, problem: Mapping[str, Any], name: str) -> str:
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    value = problem.get("input")
    if kind == "missing":
        return f"{name} is missing. Fill it in."
    if last == "threshold":
        return (
            f"{name} cannot be {_quoted(value)}. Give a likelihood from 50 % to below 100 %, such as 90 % or 0.9."
        )
    if kind == "extra_forbidden":
        parts = known_parts(path[:-1])
        return f"{name} is not known here. " + _instead(str(path[-1]), parts)
    if kind == "enum":
        words = [str(w) for w in _VOCABULARIES[last] if w]
        return f"{name} cannot be {_quoted(value)}. " + _instead(str(value), words)
    if kind == "string_pattern_mismatch":
        return f"{name} cannot be {_quoted(value)}. " + _SHAPES.get(last, _ID)
    return _amount(kind, last, problem.get("ctx", {}), name, value)


_ID = "Use small letters, digits and _, beginning with a letter, at most 63."
_SHAPES = {
    "name": "Use letters, digits and _, beginning with a letter, at most 31.",
    "region": "Use the two capital letters of a country, such as AU.",
}


def _amount(kind: str, last: str, limits: Mapping[str, Any], name: str, value: object) -> str:
    limit = next((limits[k] for k in ("ge", "gt", "le", "lt", "max_length", "min_length") if k in limits), "")
    texts = {
        "string_too_short": f"{name} is empty. Fill it in.",
        "string_too_long": f"{name} is longer than {limit} characters. Shorten it.",
        "too_short": f"{name} is empty. Give at least one.",
        "too_long": f"{name} has more than {limit} entries. Leave the others out.",
        "greater_than_equal": f"{name} cannot be {_quoted(value)}. Give at least {limit}.",
        "greater_than": f"{name} cannot be {_quoted(value)}. Give more than {limit}.",
        "less_than_equal": f"{name} cannot be {_quoted(value)}. Give at most {limit}.",
        "less_than": f"{name} cannot be {_quoted(value)}. Give less than {limit}.",
    }
    if kind in texts:
        return texts[kind]
    if kind.startswith("bool"):
        return f"{name} cannot be {_quoted(value)}. Write yes or no."
    if kind.startswith("int"):
        return f"{name} cannot be {_quoted(value)}. Write a whole number."
    if kind.startswith("float") or kind == "finite_number":
        return f"{name} cannot be {_quoted(value)}. Write a number."
    if kind in ("tuple_type", "list_type"):
        return f'{name} must be a list. Begin each entry on its own line with "- ".'
    if kind.startswith(("model", "dict")):
        return f'{name} must be a group of parts. Write them as lines such as "id: ...".'
    if last in ("minimum", "maximum") or kind == "string_type":
        return f"{name} must be one value. Write it on one line."
    return f"{name} cannot be {_quoted(value)}. See the page on the policy for what it may hold."


def _instead(given: str, words: Iterable[str]) -> str:
    known = list(words)
    near = difflib.get_close_matches(given.lower(), known, 1, 0.7)
    if near:
        return f'Did you mean "{near[0]}"?'
    return "Use one of: " + ", ".join(known) + "." if known else "Leave it out."


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str | int | float) else "this"
