"""The policy as YAML: what templates hold and ``policy export`` writes.

Every scalar is read as the text that stands there: ``No``, ``On``, ``1-2`` and ``2026-11-05`` are values of lists
in real policies, and YAML would make a boolean or a date of them.
"""

from __future__ import annotations

from typing import Any

import yaml

from validation.findings import Finding, Severity
from validation.policy import Policy
from validation.policy_checks import UNREADABLE, VALUE
from workbook_cms.policies.problems import Path, Reading, bound, number, read_data, require
from workbook_cms.unseen import replaced

__all__ = ["dump", "load", "read"]

#: Parts that hold several texts; one alone may be written without brackets.
_SEVERAL = frozenset({"values", "targets", "normalise"})
_BOUNDS = frozenset({"minimum", "maximum"})
_DEEPEST = 40


def load(text: str, source: str = "policy.yaml") -> Policy:
    """The policy that the YAML ``text`` says.

    Raises:
        PolicyError: Where it breaks the rules of a policy. Its ``findings`` have file and line in ``cell``
            (``policy.yaml:12``).
    """
    return require(read(text, source), source)


def read(text: str, source: str = "policy.yaml") -> Reading:
    """Like `load`, but gives what was found, warnings too, instead of raising."""
    try:
        node = _Loader(text.removeprefix("\ufeff")).get_single_node()
    except yaml.MarkedYAMLError as error:
        return Reading(None, (_syntax(error, source),))
    except yaml.YAMLError as error:  # a character that YAML does not allow; has no line
        message = f"The text holds a character that YAML does not allow ({_reason(error)}). Remove it."
        return Reading(None, (Finding(UNREADABLE.code, Severity.ERROR, message, cell=source),))
    if not isinstance(node, yaml.MappingNode):
        message = 'This is no policy. It must have the parts "settings", "lists" and "tables".'
        return Reading(None, (Finding(UNREADABLE.code, Severity.ERROR, message, cell=f"{source}:1"),))
    gathered = _Gathered(source)
    data = gathered.mapping(node, ())
    return read_data(data, lambda: gathered.places, gathered.findings)


def dump(policy: Policy) -> str:
    """The policy as YAML, without what is as it is by default; `load` gives the same policy back."""
    data = policy.model_dump(mode="json", exclude_defaults=True)
    for choice in data.get("lists", ()):
        choice["items"] = [_item(item) for item in choice.get("items", ())]
    for table in data["tables"]:
        for field in table["fields"]:
            for name in _BOUNDS & field.keys():
                if isinstance(field[name], float):
                    field[name] = _Plain(number(field[name]))
    for condition in data.get("conditions", ()):
        if "when" in condition:
            condition["when"] = [_Inline(when) for when in condition["when"]]
    for match in data.get("matches", ()):
        match["fields"] = [_Inline(field) for field in match["fields"]]
    for attribution in data.get("attributions", ()):
        attribution["clues"] = [_Inline(clue) for clue in attribution["clues"]]
    text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    # PyYAML takes marks that turn text round for letters. Texts that hold any stand between quotation marks.
    return replaced(text, lambda number: f"\\U{number:08x}")


def _item(item: dict[str, Any]) -> object:
    if item.keys() == {"value"}:
        return item["value"]
    return item if len(item.get("guidance", "")) > 60 else _Inline(item)


class _Gathered:
    """Plain data of YAML nodes, with the line of each part."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.places: dict[Path, str] = {}
        self.findings: list[Finding] = []

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        self.places.setdefault(path, self._line(node))
        data: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = name_node.value if isinstance(name_node, yaml.ScalarNode) else "?"
            where = (*path, name)
            if name in data:
                message = f'"{name}" stands here twice. Remove one of the two.'
                self.findings.append(
                    Finding(
                        VALUE.code, Severity.ERROR, message, cell=self._line(name_node), details={"path": where}
                    )
                )
                continue
            self.places[where] = self._line(name_node)
            value = self._value(value_node, where)
            if value is not None:
                data[name] = value
        return data

    def _value(self, node: yaml.Node, path: Path) -> Any:
        self.places.setdefault(path, self._line(node))
        name = path[-1]
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            entries = [self._value(entry, (*path, index)) for index, entry in enumerate(node.value)]
            return ["" if entry is None else entry for entry in entries]
        text = str(node.value)
        # An empty value, ~ or null of a part is a part not given; in a list it is what it says.
        if isinstance(name, str) and _plain(node) and text in ("", "~", "null"):
            return None
        if isinstance(name, int):
            return {"value": text} if path[-2] == "items" else text
        if name in _SEVERAL or (name == "fields" and path[0] == "conditions"):
            return [text]
        return bound(text) if name in _BOUNDS else text

    def _line(self, node: yaml.Node) -> str:
        return f"{self.source}:{node.start_mark.line + 1}"


class _Loader(yaml.SafeLoader):
    """YAML without aliases (they could repeat a value without end) and without endless depth."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="found an alias", problem_mark=self.get_mark())
        if self.depth > _DEEPEST:
            raise yaml.MarkedYAMLError(problem="found too deep a nesting", problem_mark=self.get_mark())
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _syntax(error: yaml.MarkedYAMLError, source: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    line = f"{source}:{mark.line + 1}" if mark else source
    problem = error.problem or ""
    known = {
        "alias": "Anchors and aliases (& and *) are not known here. Write the value out.",
        "too deep": "The parts are nested too deep. Follow the shape of a template's policy.yaml.",
        "\\t": "A tab stands at the beginning of the line. Use spaces.",
        "mapping values are not allowed": "There is a colon too many, or the line is indented wrongly. "
        "Put a text with a colon in quotes.",
        "could not find expected ':'": 'A colon is missing. Write "name: value".',
        "expected <block end>": "The line is indented differently from those above it. Align it with them.",
        "found unexpected end of stream": "A quote or bracket is not closed. Close it.",
        "another document": "The text holds more than one document (---). Keep one.",
        "but got": "A bracket or a comma is missing or too many here or above. Mend it.",
    }
    message = next((known[mark_] for mark_ in known if mark_ in problem), None)
    message = message or f"YAML cannot read this line ({problem}). Mend it, or put the text in quotes."
    return Finding(UNREADABLE.code, Severity.ERROR, message, cell=line, details={"path": ()})


def _reason(error: yaml.YAMLError) -> str:
    character = getattr(error, "character", None)
    return f"U+{character:04X}" if isinstance(character, int) else "unreadable"


def _plain(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None


class _Inline(dict[str, Any]):
    """A small group that is written on one line."""


class _Plain(str):
    """A number that is written as it stands."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Lists indented under their name, short ones on one line, long texts as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_short(self, data: list[Any]) -> yaml.Node:
        flat = all(isinstance(entry, str) for entry in data) and len("".join(data)) < 90
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flat)

    def represent_inline(self, data: _Inline) -> yaml.Node:
        return self.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True)

    def represent_text(self, data: str) -> yaml.Node:
        lines = data.split("\n")
        style = "|" if len(lines) > 1 else None
        if not all(map(str.isprintable, lines)):
            style = '"'
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    def represent_plain(self, data: _Plain) -> yaml.Node:
        is_whole = data.lstrip("-").isdigit()
        return self.represent_scalar(f"tag:yaml.org,2002:{'int' if is_whole else 'float'}", str(data))


_Dumper.add_representer(list, _Dumper.represent_short)
_Dumper.add_representer(_Inline, _Dumper.represent_inline)
_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(_Plain, _Dumper.represent_plain)
