"""Which column of a source goes to which field: suggested from the names, or said in a ``map.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook_cms.errors import InputError
from workbook_cms.intake.layouts import meaning, plain

if TYPE_CHECKING:
    import pandas as pd

    from validation.policy import PolicyField, PolicyTable

__all__ = ["ColumnMap", "Match", "apply", "dump", "load", "suggest"]

#: Names at least so alike (per cent) and so long are taken for the same, with a word to the user.
_CLOSE = 88
_LONG_ENOUGH = 5
_SECTIONS = ("columns", "set", "notes")


@dataclass(frozen=True)
class Match:
    """Why a column goes to a field: ``said``, ``same name``, ``known layout``, ``similar name`` or ``part of it``."""

    label: str
    why: str


@dataclass(frozen=True)
class ColumnMap:
    """Where the columns of a source go.

    Attributes:
        matches: Field by source column; the values of several columns of one field are joined, see `apply`.
        constants: Value for every row, by field label.
        unmapped: Source columns that go to no field, in the source's order.
        notes: Label of the field that takes the values of unmapped columns as ``Column: value`` lines, or "".
        left_out: Unmapped columns that the user said are not wanted; they do not go to the notes either.
    """

    matches: Mapping[str, Match]
    constants: Mapping[str, str] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    notes: str = ""
    left_out: frozenset[str] = frozenset()

    @property
    def labels(self) -> frozenset[str]:
        """Fields that get a value from a column or a constant."""
        return frozenset(m.label for m in self.matches.values()) | frozenset(self.constants)

    def missing(self, table: PolicyTable) -> tuple[str, ...]:
        """Required fields that nothing fills: every row would be refused."""
        own_key = table.key if table.key_format else ""
        return tuple(
            f.label
            for f in table.fields
            if f.required and not f.retired and not f.default and f.id != own_key and f.label not in self.labels
        )


def suggest(columns: Iterable[str], table: PolicyTable) -> ColumnMap:
    """The best guess from the names alone: the same name, a name other systems use for it, or a similar one.

    A field gets one column; keys that the workbook gives out itself get none.
    """
    names = list(columns)
    return _completed(names, table, {}, frozenset())


def _fields(table: PolicyTable) -> list[PolicyField]:
    return [f for f in table.fields if not f.retired and not (table.key_format and f.id == table.key)]


def _completed(
    names: list[str],
    table: PolicyTable,
    said: Mapping[str, str],
    settled: frozenset[str],
    constant: Iterable[str] = (),
) -> ColumnMap:
    """The map ``said``, with columns that are not ``settled`` guessed onto the fields that are still free."""
    matches = {name: Match(label, "said") for name, label in said.items()}
    free = {f.label for f in _fields(table)} - set(said.values()) - set(constant)
    for candidates, why in (
        (_same(names, free), "same name"),
        (_known(names, free), "known layout"),
        (_similar(names, free), "similar name"),
    ):
        for _, name, label in sorted(candidates, key=lambda c: c[0]):
            if name in matches or name in settled or label not in free or _is_job_title(name, label, names):
                continue
            matches[name] = Match(label, why)
            free.discard(label)
    parts = {name: matches[name] for name, label in said.items() if list(said.values()).count(label) > 1}
    parts |= _parts([n for n in names if n not in matches and n not in settled], free)
    matches |= parts
    ordered = {name: matches[name] for name in names if name in matches.keys() - parts.keys()} | parts
    unmapped = tuple(name for name in names if name not in matches)
    return ColumnMap(ordered, unmapped=unmapped, left_out=settled - frozenset(said))


def _parts(names: Iterable[str], free: Iterable[str]) -> dict[str, Match]:
    """The columns of given and family name, where the table has one field for the whole name and no column gives it."""
    whole = next((label for label in sorted(free) if (meaning(label) or ("",))[0] == "full name"), "")
    best: dict[str, tuple[int, str]] = {}
    for name in names:
        part, rank = meaning(name) or ("", 0)
        if part in {"given name", "family name"}:
            best[part] = min(best.get(part, (rank, name)), (rank, name))
    if not whole or len(best) < 2:
        return {}
    return {best[part][1]: Match(whole, "part of it") for part in ("given name", "family name")}


def _same(names: list[str], labels: Iterable[str]) -> list[tuple[int, str, str]]:
    by_name = {plain(label): label for label in labels}
    return [(i, name, by_name[plain(name)]) for i, name in enumerate(names) if plain(name) in by_name]


def _known(names: list[str], labels: Iterable[str]) -> list[tuple[int, str, str]]:
    wanted: dict[str, list[str]] = {}
    for label in sorted(labels):
        if found := meaning(label):
            wanted.setdefault(found[0], []).append(label)
    candidates: list[tuple[int, str, str]] = []
    for name in names:
        if found := meaning(name):
            candidates.extend((found[1], name, label) for label in wanted.get(found[0], ()))
    return candidates


def _similar(names: list[str], labels: Iterable[str]) -> list[tuple[int, str, str]]:
    from rapidfuzz import fuzz  # noqa: PLC0415 - only an import of a file needs it

    candidates: list[tuple[int, str, str]] = []
    for name in names:
        for label in sorted(labels):
            score = round(fuzz.ratio(plain(name), plain(label)))
            if score >= _CLOSE and len(plain(name)) >= _LONG_ENOUGH:
                candidates.append((-score, name, label))
    return candidates


def _is_job_title(name: str, label: str, names: list[str]) -> bool:
    """In Salesforce's layout "Salutation" is the title of the name and "Title" is what the person does."""
    others = {plain(other) for other in names}
    return plain(name) == "title" == plain(label) and bool(others & {"salutation", "nameprefix"})


def load(path: Path, columns: Iterable[str], table: PolicyTable) -> ColumnMap:
    """The map a user wrote. Columns it does not name are guessed as `suggest` does.

    ``columns`` says where a source column goes (nothing after the colon: it is left out; several may go to one field of
    text), ``set`` gives a field the
    same value in every row, ``notes: true`` puts what is left into the field Notes (or names another field)::

        columns:
          Phone 1: Phone
          Index:
        set:
          Type: Customer
        notes: true

    Raises:
        InputError: The file is missing, is not YAML of this shape, or names a column or field that is not there.
    """
    data = _yaml(path)
    names = list(columns)
    known = {f.label for f in _fields(table)}
    said: dict[str, str] = {}
    for column, label in _section(path, data, "columns").items():
        if column not in names:
            raise InputError(
                f"{path}, columns",
                f'the source has no column "{column}".',
                f"Its columns are: {', '.join(names)}.",
            )
        if label:
            _require(path, "columns", label, known)
            if label in said.values() and not _is_text(table.by_label[label]):
                raise InputError(f"{path}, columns", f'two columns go to "{label}".', "Choose one of them.")
            said[column] = label
    constants = _section(path, data, "set")
    for label in constants:
        _require(path, "set", label, known)
    if both := sorted(set(constants) & set(said.values())):
        raise InputError(str(path), f'"{both[0]}" is filled both by a column and by set.', "Keep one of them.")
    settled = frozenset(_section(path, data, "columns"))
    found = _completed(names, table, said, settled, constants)
    return replace(found, constants=constants, notes=_notes_field(path, data, table))


def _yaml(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - needed only with a map

    try:
        # BaseLoader builds nothing but text, lists and mappings: a value "No" or "0412" stays what was written.
        data = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506
    except FileNotFoundError:
        raise InputError(str(path), "there is no such file.", "Check the name and the folder.") from None
    except (OSError, UnicodeDecodeError):
        raise InputError(str(path), "cannot be read as text.", "Save it as UTF-8.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}, line {mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "the text cannot be understood"
        raise InputError(place, f"{problem}.", "Write a map as docs/import.md shows.") from None
    if not isinstance(data, dict) or (unknown := sorted(set(data) - set(_SECTIONS))):
        what = f'"{unknown[0]}" is not known' if isinstance(data, dict) else "this is no map"
        raise InputError(str(path), f"{what}.", "A map has the parts columns, set and notes.")
    return data


def _section(path: Path, data: Mapping[str, Any], name: str) -> dict[str, str]:
    section = data.get(name) or {}
    if not isinstance(section, dict) or not all(isinstance(value, str) for value in section.values()):
        raise InputError(
            f"{path}, {name}", "this part is not a list of pairs.", f'Write "{name}:" and pairs below.'
        )
    return section


def _require(path: Path, section: str, label: str, known: Iterable[str]) -> None:
    if label not in known:
        raise InputError(
            f"{path}, {section}",
            f'the table has no field "{label}".',
            f"Its fields are: {', '.join(sorted(known))}.",
        )


def _notes_field(path: Path, data: Mapping[str, Any], table: PolicyTable) -> str:
    wanted = str(data.get("notes") or "false")
    if wanted.casefold() in {"false", "no"}:
        return ""
    label = "Notes" if wanted.casefold() in {"true", "yes"} else wanted
    _require(path, "notes", label, {f.label for f in _fields(table) if f.type == "string" and not f.enum})
    return label


def _is_text(field_: PolicyField) -> bool:
    """Whether values joined may be one of the field: an ordinary text, from no list."""
    return field_.type == "string" and field_.format == "default" and not field_.enum and not field_.foreign_key


def apply(mapping: ColumnMap, frame: pd.DataFrame) -> pd.DataFrame:
    """The source's rows with field labels as columns: object values, str or None, the same index.

    Of several columns of one field the values stand one after the other, in the order of the map, a blank between them.
    """
    import pandas as pd  # noqa: PLC0415

    columns: dict[str, pd.Series] = {}
    for name, match in mapping.matches.items():
        before = columns.get(match.label)
        columns[match.label] = frame[name] if before is None else _joined(before, frame[name])
    for label, value in mapping.constants.items():
        columns[label] = pd.Series([value or None] * len(frame), index=frame.index, dtype=object)
    if mapping.notes:
        parts = [columns[mapping.notes].fillna("")] if mapping.notes in columns else []
        for name in mapping.unmapped:
            if name not in mapping.left_out:
                filled = frame[name].notna()
                parts.append((f"{name}: " + frame[name].fillna("").astype(str)).where(filled, ""))
        if parts:
            text = parts[0].astype(object)
            for part in parts[1:]:
                gap = pd.Series("", index=frame.index, dtype=object).mask((text != "") & (part != ""), "\n")
                text = text + gap + part
            columns[mapping.notes] = text.where(text != "", None)
    result = pd.DataFrame(columns, index=frame.index, dtype=object)
    return result.where(result.notna(), None)


def _joined(first: pd.Series, second: pd.Series) -> pd.Series:
    both = first.fillna("").astype(str) + " " + second.fillna("").astype(str)
    return both.str.strip().replace("", None).astype(object)


def dump(mapping: ColumnMap) -> str:
    """The map as the text of a ``map.yaml``, for a user to correct."""
    import yaml  # noqa: PLC0415

    columns: dict[str, str | None] = {name: match.label for name, match in mapping.matches.items()}
    if not mapping.notes:
        columns.update(dict.fromkeys(mapping.unmapped))
    data: dict[str, Any] = {"columns": columns}
    if mapping.constants:
        data["set"] = dict(mapping.constants)
    if mapping.notes:
        data["notes"] = mapping.notes
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    return text.replace(": null\n", ":\n")
