"""Merges: records that are one become one, through the door, in one commit that `undo` takes back as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from validation.digests import canonical
from validation.duplicates.proposal import OneOf, Proposal, ProposedValue, propose
from validation.entry import RETIRED
from validation.findings import CellValue, Finding, Severity
from validation.frames import Operation, TableFrame
from validation.history import BELOW, HistoryRow, decode_values, joined
from validation.policy import PolicyTable
from workbook_cms.decisions import not_one, reason_for
from workbook_cms.errors import EntryRefusedError, InputError
from workbook_cms.preparation import field_of
from workbook_cms.receipts import Receipt, is_alert, stopping
from workbook_cms.records import Door
from workbook_cms.referring import Referrer, referrers
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import DECIDE, REMOVE, UPDATE, Entry, group_of, new_ids

__all__ = ["Merge", "MovedReference", "Proposals", "Wish", "keep_apart", "merge", "written"]


@dataclass(frozen=True)
class MovedReference:
    """A record that named one that went, and names the one that stayed.

    Attributes:
        table, key, field: Where; the field by its label.
        old, new: What it named and what it names; "" where it would have named itself.
    """

    table: str
    key: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Merge:
    """What a merge did, or would do.

    Attributes:
        table: Table name.
        proposal: Which record stays and why, and each field's value with the record that it is from.
        moved: References that follow.
        receipts: The survivor's first where it changes, then those of the records that name others, then the losers';
            none on a dry run.
        findings: What rules say of the records as they are then.
    """

    table: str
    proposal: Proposal
    moved: tuple[MovedReference, ...]
    receipts: tuple[Receipt, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What a person wants of a merge beyond what is proposed.

    Attributes:
        survivor: Key of the record that stays; proposed by `propose` where "".
        chosen: By field label, the key of the record whose value is taken, or another value; "" or None for none.
        override: Reason to go on in spite of an alert.
        why: Reason for the merge, for the history.
        source: How it came in, for the history.
    """

    survivor: str = ""
    chosen: Mapping[str, CellValue] = field(default_factory=dict)
    override: str = ""
    why: str = ""
    source: str = "merge"


def merge(
    door: Door,
    snapshot: Callable[[], Snapshot],
    table: PolicyTable,
    keys: Sequence[str],
    wish: Wish,
    dry_run: bool = False,
) -> Merge:
    """Make records that are one into one: the survivor keeps its key, the others leave the table.

    The history keeps what they held and that they were merged into the survivor, so that their keys lead to it.

    Args:
        door: Takes the entries.
        snapshot: Gives the workbook as it is now.
        table: Their table.
        keys: At least two.
        wish: What is wanted beyond what is proposed.
        dry_run: Tell what would change and write nothing.

    Raises:
        InputError: Fewer than two records, or a field that there is not.
        UnknownRecordError: There is no such record.
        EntryRefusedError: Rules would be broken, or a record was changed meanwhile; nothing was written.
        FileError: The workbook cannot be written; nothing was written.
    """
    now = snapshot()
    place = f"{now.path.name}, table {table.name}"
    keys = _asked(keys, wish.survivor, place)
    proposal = Proposals(door, now, table, keys).of(keys, wish.survivor)
    proposal = replace(proposal, values=tuple(_as_chosen(door, table, proposal, wish.chosen, place)))
    current = {key: door.current(table, key) for key in keys}
    named = list(_referrers(now, table, proposal.losers))
    why = "; ".join(part for part in (wish.why, wish.override) if part)
    entries = _entries(table, proposal, current, named, why)
    told = _judged(door, f"{place} {proposal.survivor}", entries, wish.override)
    stays = (table.id, proposal.survivor)
    moved = tuple(
        MovedReference(who.table, who.key, who.label, who.target[1], proposal.survivor)
        for who in named
        if (who.table_id, who.key) != stays and (who.table_id, who.key) not in {(table.id, k) for k in keys}
    )
    done = Merge(table.name, proposal, moved, findings=tuple(f for every in told for f in every))
    if dry_run:
        return done
    if wish.override:
        entries = [replace(e, why=reason_for(e.why, found)) for e, found in zip(entries, told, strict=True)]
    return replace(done, receipts=tuple(door.acceptance.accept(entries, wish.source, [(f, []) for f in told])))


def keep_apart(
    door: Door, snapshot: Callable[[], Snapshot], table: PolicyTable, keys: Sequence[str], why: str, source: str
) -> list[Receipt]:
    """Say of records that they are not one; each pair is let alone until one of its matching fields changes.

    Args:
        door: Takes the entries.
        snapshot: Gives the workbook as it is now.
        table: Their table.
        keys: At least two; every pair of them is meant.
        why: Reason, which the history keeps.
        source: How it came in, for the history.

    Raises:
        InputError: Fewer than two records, no reason, or a key that a reason cannot tell.
        UnknownRecordError: There is no such record.
        FileError: The workbook cannot be written; nothing was written.
    """
    place = f"{snapshot().path.name}, table {table.name}"
    keys = _asked(keys, "", place)
    current = {key: door.current(table, key) for key in keys}
    if not why.strip():
        raise InputError(place, "no reason was given.", 'Say why they are not one: --why "twins".')
    pairs = [(key, other) for at, key in enumerate(keys) for other in keys[:at]]
    entries = [
        Entry(one, DECIDE, table.id, key, {}, current[key], not_one(why, other), other)
        for one, (key, other) in zip(new_ids(len(pairs)), pairs, strict=True)
    ]
    if unfit := next((entry for entry in entries if not entry.why), None):
        raise InputError(
            place, f"the key {unfit.other} cannot be kept in a reason.", "Give the record another key."
        )
    return door.take(entries, source)


class Proposals:
    """What is proposed for records that are one, from what the workbook and its history tell of all of them."""

    def __init__(self, door: Door, now: Snapshot, table: PolicyTable, keys: Iterable[str]) -> None:
        """Look at the records.

        Args:
            door: Says what rules say of them.
            now: The workbook.
            table: Their table.
            keys: Keys of all records that will be asked for.

        Raises:
            UnknownRecordError: There is no such record.
        """
        self._table, self._keys = table, list(dict.fromkeys(keys))
        current = [door.current(table, key) for key in self._keys]
        said = door.prepare(table, current, Operation.UPDATE, frozenset(self._keys)).findings if current else []
        since = written(now.whole_history.rows, {(table.name, key) for key in self._keys})
        counts = dict.fromkeys(self._keys, 0)
        for who in _referrers(now, table, self._keys):
            counts[who.target[1]] += 1
        self._records = {}
        for key, values, found in zip(self._keys, current, said, strict=True):
            # A retired value stays valid on a record that has it.
            wrong = {f.field for f in found if f.severity is not Severity.INFO and f.code != RETIRED.code}
            invalid = frozenset(table.by_label[label].id for label in wrong & table.by_label.keys())
            self._records[key] = OneOf(key, values, since[table.name, key], counts[key], invalid)

    def of(self, keys: Sequence[str], survivor: str = "") -> Proposal:
        """Which of some of them should stay, and with which values; see `propose`."""
        return propose(self._table, [self._records[key] for key in keys], survivor)


def written(
    rows: Iterable[HistoryRow], wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, str]]:
    """When each value of some records was written last, by (table name, key) and field id.

    ISO 8601, UTC, with the number of a line of the history behind: of two in one second the later is known too. What came
    in together, such as the rows of an import, was written at one time.
    """
    firsts: dict[str, int] = {}
    found: dict[tuple[str, str], dict[str, str]] = {place: {} for place in wanted}
    for row in joined(row for row in rows if (row.table, row.key) in found):
        try:
            names = decode_values(row.values) if row.values else {}
        except ValueError:
            continue  # a damaged line: FIL004 says so
        first = firsts.setdefault(group_of(row.entry), row.no)
        found[row.table, row.key].update(dict.fromkeys(names.keys() - {BELOW}, f"{row.when} {first:09d}"))
    return found


def _asked(keys: Sequence[str], survivor: str, place: str) -> list[str]:
    asked = list(dict.fromkeys(keys))
    if len(asked) < 2:
        raise InputError(place, "two records or more are needed.", "Give their keys.")
    if survivor and survivor not in asked:  # mistyped, it would make somebody else one with them
        raise InputError(
            place, f"{survivor} is none of the records to be merged.", "Check the key, or name it too."
        )
    return asked


def _as_chosen(
    door: Door, table: PolicyTable, proposal: Proposal, chosen: Mapping[str, CellValue], place: str
) -> Iterator[ProposedValue]:
    """The proposed values, those put in their place that a person chose."""
    keys = [proposal.survivor, *proposal.losers]
    current = {key: door.current(table, key) for key in keys}
    wanted: dict[str, tuple[CellValue, str]] = {}
    given: dict[str, CellValue] = {}
    for label, value in chosen.items():
        field_ = field_of(table, label)
        if field_ is None:
            raise InputError(f"{place}, {label}", "there is no such field.", "Check its label.")
        if field_.id == table.key:
            raise InputError(f"{place}, {label}", "the key stays that of the survivor.", "Use --survivor.")
        if isinstance(value, str) and value in keys and field_.foreign_key != table.id:
            wanted[field_.id] = current[value].get(field_.id), value
        else:
            given[field_.id] = value
    if given:  # normalised as an entry is
        ready = door.prepare(table, [{**current[keys[0]], **given}], Operation.UPDATE, frozenset(keys)).values[0]
        wanted.update({name: (ready.get(name), "") for name in given})
    known = {value.field: value for value in proposal.values}
    for field_ in table.fields:
        if field_.id in wanted:
            value, source = wanted[field_.id]
            held = {key: theirs for key in keys if (theirs := current[key].get(field_.id)) is not None}
            others = {key: theirs for key, theirs in held.items() if canonical(theirs) != canonical(value)}
            yield ProposedValue(field_.id, field_.label, value, source, "chosen", others)
        elif field_.id in known:
            yield known[field_.id]


def _referrers(now: Snapshot, table: PolicyTable, keys: Iterable[str]) -> Iterator[Referrer]:
    """Records that name one of some, those records themselves left out."""
    wanted = {(table.id, key) for key in keys}
    for other in now.policy.tables:
        if any(field.foreign_key == table.id for field in other.references):
            yield from referrers(other, partial(_column, now.typed(other).raw), wanted)


def _column(frame: TableFrame, name: str) -> Iterable[tuple[str, CellValue]]:
    return zip(frame.keys, frame.values[name].tolist(), strict=True)


def _entries(
    table: PolicyTable,
    proposal: Proposal,
    current: Mapping[str, Mapping[str, CellValue]],
    named: Sequence[Referrer],
    why: str,
) -> list[Entry]:
    """The survivor's new values, the references that follow, then the losers, which leave."""
    stays = proposal.survivor
    ours = current[stays]
    said = f"merge of {', '.join(proposal.losers)} into {stays}" + (f": {why}" if why else "")
    new = {v.field: v.value for v in proposal.values if canonical(ours.get(v.field)) != canonical(v.value)}
    changes: dict[tuple[str, str], tuple[dict[str, CellValue], dict[str, CellValue]]] = {}
    if new:
        changes[table.id, stays] = new, {name: ours.get(name) for name in new}
    for who in named:
        place = (who.table_id, who.key)
        if place != (table.id, stays):  # the proposal says what it names itself
            values, old = changes.setdefault(place, ({}, {}))
            values[who.field], old[who.field] = stays, who.target[1]
    entries = [Entry("", UPDATE, *place, values, old, said) for place, (values, old) in changes.items()]
    entries += (Entry("", REMOVE, table.id, key, {}, current[key], said, stays) for key in proposal.losers)
    return [replace(entry, id=one) for entry, one in zip(entries, new_ids(len(entries)), strict=True)]


def _judged(door: Door, place: str, entries: Sequence[Entry], override: str) -> list[list[Finding]]:
    """What rules say of each record then, and do not say now.

    Raises:
        EntryRefusedError: Rules would be broken, or an alert has no reason.
    """
    found = door.brought_about(entries)
    stops = stopping((f for told in found for f in told), override)
    if stops and all(map(is_alert, stops)):
        raise EntryRefusedError(
            place,
            f"the merge needs a look before it can be made: {_said(stops[0])}",
            'Go on with a reason: --override "reason".',
            tuple(stops),
        )
    if broken := [f for f in stops if not is_alert(f)]:
        raise EntryRefusedError(
            place,
            f"the merge would break a rule: {_said(broken[0])}",
            'Nothing was written. Choose another value: --set "Field=KEY".',
            tuple(stops),
        )
    return found


def _said(finding: Finding) -> str:
    where = f"{finding.field}: " if finding.field else ""
    return f"{where}{finding.message}"
