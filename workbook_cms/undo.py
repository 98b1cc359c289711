"""Undo: a change of the history taken back by another one, through the door.

An undo is entries like any other: it waits while the workbook is open elsewhere, is written once, has its own lines in
the history, and can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from validation.digests import canonical
from validation.findings import CellValue, Finding, Severity
from validation.frames import TableFrame, display
from validation.history import OPEN_AGAIN, POLICY, HistoryRow, decode_values, joined
from validation.policy import Policy, PolicyTable
from workbook_cms.decisions import decided_of
from workbook_cms.errors import ChangedMeanwhileError, EntryRefusedError, InputError
from workbook_cms.past import Effect, chosen, effects, line_number
from workbook_cms.policies.change import PolicyChange
from workbook_cms.receipts import Receipt, is_alert
from workbook_cms.records import Door
from workbook_cms.referring import Referrer, referrers
from workbook_cms.snapshot import Snapshot, record
from workbook_cms.standing import Standing
from workbook_cms.submission import ADD, DECIDE, REMOVE, UPDATE, Entry, new_ids

__all__ = ["Undone", "UndoneValue", "undo"]

_SHOWN = 3


@dataclass(frozen=True)
class UndoneValue:
    """A value put back; of a record taken out or put back as a whole, ``field`` is "".

    Attributes:
        table, key, field: Where; the field by its label.
        now: What stood there.
        then: What stands there once it is undone.
    """

    table: str
    key: str
    field: str
    now: CellValue
    then: CellValue


@dataclass(frozen=True)
class Undone:
    """What an undo did, or would do.

    Attributes:
        lines: Numbers of the lines of the history that it takes back.
        values: The values, in the order of the history.
        policy: Changes of the policy.
        receipts: One an entry; none on a dry run.
        findings: What rules say of the records as they are then.
        others: Number of entries that came in together with the one undone, and stay.
    """

    lines: tuple[int, ...]
    values: tuple[UndoneValue, ...] = ()
    policy: tuple[PolicyChange, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    findings: tuple[Finding, ...] = ()
    others: int = 0


@dataclass
class _Plan:
    """What is to be written, while it is gathered."""

    entries: list[Entry] = field(default_factory=list)
    values: list[UndoneValue] = field(default_factory=list)
    clashes: dict[str, tuple[CellValue, CellValue]] = field(default_factory=dict)


def undo(
    door: Door,
    snapshot: Callable[[], Snapshot],
    change: str,
    *,
    batch: bool = False,
    override: str = "",
    why: str = "",
    dry_run: bool = False,
) -> Undone:
    """Take a change back.

    Args:
        door: Takes the entries.
        snapshot: Gives the workbook as it is now.
        change: Number of a line of the history, or an entry id.
        batch: Take back all entries that came in together with that one.
        override: Reason to go on although a value was changed since, or an error comes back with the old one.
        why: Reason for the undo, for the history.
        dry_run: Tell what would change and write nothing.

    Raises:
        InputError: There is no such change, or nothing of it is left to undo.
        ChangedMeanwhileError: A value was changed since; nothing was written.
        EntryRefusedError: Others name a record that would go, or errors would come back; nothing was written.
        FileError: The workbook cannot be written; nothing was written.
    """
    now = snapshot()
    place = now.path.name
    every = now.whole_history
    rows = list(joined(every.rows))
    number = line_number(change)
    if every.missing and number is not None and rows and number < rows[0].no:
        raise InputError(
            f"{place}, change {change}",
            f"that line stands in the archive {', '.join(every.missing)}, which is not there or cannot be read.",
            "Put it back.",
        )
    lines = chosen(rows, change, batch, place)
    numbers = tuple(row.no for row in lines)
    said = _said(lines, "; ".join(part for part in (why, override) if part))
    if lines[0].action == POLICY:
        changes = _undo_policy(door, snapshot, lines[0], override, said, dry_run)
        return Undone(numbers, policy=tuple(changes))
    plan = _Plan()
    found = effects(rows, lines, place)
    _place(found, Standing(rows), now)
    for effect in reversed(found):
        _add(plan, now, effect, said)
    if not plan.entries:
        raise InputError(f"{place}, change {change}", "it is undone already.", "Nothing was written.")
    _refuse_clashes(plan, place, override)
    _refuse_named(plan, now)
    ids = new_ids(len(plan.entries))
    entries = [replace(entry, id=one, why=entry.why or said) for one, entry in zip(ids, plan.entries, strict=True)]
    findings = _judged(door, now, entries, override)
    others = len({row.entry for row in chosen(rows, change, True, place)} - {row.entry for row in lines})
    done = Undone(
        numbers, tuple(plan.values), findings=tuple(f for every in findings for f in every), others=others
    )
    if dry_run:
        return done
    receipts = door.acceptance.accept(entries, "undo", [(found, []) for found in findings])
    return Undone(done.lines, done.values, (), tuple(receipts), done.findings, others)


def _place(found: Iterable[Effect], standing: Standing, now: Snapshot) -> None:
    """Where the records that come back stand among those that are there now."""
    back: dict[str, dict[str, Effect]] = {}
    for effect in found:
        if effect.after is None and effect.below is not None:
            back.setdefault(effect.table, {})[effect.key] = effect
    for table, coming in back.items():
        keys = now.typed(now.policy.table_by_name[table]).raw.keys
        for key, above in standing.above(table, coming.keys() - set(keys), keys).items():
            coming[key].below = above


def _said(lines: Sequence[HistoryRow], why: str) -> str:
    first, last = lines[0].no, lines[-1].no
    what = f"undo of line {first}" if first == last else f"undo of lines {first} to {last}"
    return f"{what}: {why}" if why else what


def _add(plan: _Plan, now: Snapshot, effect: Effect, said: str) -> None:
    """Note what takes back one effect; nothing where that is done already."""
    table = now.policy.table_by_name[effect.table]
    frame = now.typed(table).raw
    there = effect.key in frame.keys
    current = record(frame, frame.keys.index(effect.key)) if there else {}
    if effect.before is None:
        if there:
            _compare(
                plan,
                table,
                effect.key,
                {name: ((effect.after or {}).get(name), None) for name in table.by_id},
                current,
            )
            into = effect.into if effect.into in frame.keys else ""
            plan.entries.append(Entry("", REMOVE, table.id, effect.key, {}, current, other=into))
            plan.values.append(UndoneValue(table.name, effect.key, "", _summary(table, current), None))
    elif effect.after is None:
        if not there:
            values = {name: value for name, value in effect.before.items() if name in table.by_id}
            plan.entries.append(Entry("", ADD, table.id, effect.key, values, below=effect.below))
            plan.values.append(UndoneValue(table.name, effect.key, "", None, _summary(table, values)))
    elif there and effect.decided:
        plan.entries.append(_decided_anew(table, effect.decided, current, said))
        again = f"not one with {plan.entries[-1].other}" if plan.entries[-1].other else OPEN_AGAIN
        plan.values.append(UndoneValue(table.name, effect.key, "Decision", effect.decided.new, again))
    elif there:
        fields = {
            name: (new, old)
            for name, (old, new) in effect.fields.items()
            if name in table.by_id and canonical(current.get(name)) != canonical(old)
        }
        _compare(plan, table, effect.key, fields, current)
        if fields:
            then = {name: old for name, (_, old) in fields.items()}
            old = {name: current.get(name) for name in fields}
            plan.entries.append(Entry("", UPDATE, table.id, effect.key, then, old))
            plan.values += [
                UndoneValue(table.name, effect.key, table.by_id[name].label, current.get(name), old)
                for name, old in then.items()
            ]


def _decided_anew(table: PolicyTable, line: HistoryRow, current: dict[str, CellValue], said: str) -> Entry:
    """What makes it open again whether two records are one, or settles it again."""
    alerts = decided_of(line.why)
    other = alerts.partition(";")[0].partition(" ")[2] if line.new == OPEN_AGAIN else ""
    return Entry("", DECIDE, table.id, line.key, {}, current, f"{said} [{alerts}]", other)


def _compare(
    plan: _Plan,
    table: PolicyTable,
    key: str,
    fields: dict[str, tuple[CellValue, CellValue]],
    current: dict[str, CellValue],
) -> None:
    """Note the fields that no longer hold what the change wrote: (written, put back) by field id."""
    for name, (new, old) in fields.items():
        if canonical(current.get(name)) != canonical(new):
            plan.clashes[f"{table.name} {key}, {table.by_id[name].label}"] = (old, current.get(name))


def _summary(table: PolicyTable, values: dict[str, CellValue]) -> str:
    shown = (display(values.get(f.id)) for f in table.fields if f.id != table.key and values.get(f.id) is not None)
    return ", ".join(text for _, text in zip(range(_SHOWN + 1), shown, strict=False))


def _refuse_clashes(plan: _Plan, place: str, override: str) -> None:
    if not plan.clashes or override:
        return
    names = list(plan.clashes)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    raise ChangedMeanwhileError(
        place,
        f"what would be undone was changed since: {'; '.join(names[:_SHOWN])}{more}.",
        'Look at both; undo all the same with a reason: --override "reason".',
        {name: old for name, (old, _) in plan.clashes.items()},
        {name: now for name, (_, now) in plan.clashes.items()},
    )


def _refuse_named(plan: _Plan, now: Snapshot) -> None:
    """A record that others name does not go; no reason helps, since those would point nowhere."""
    gone = {(entry.table, entry.key) for entry in plan.entries if entry.action == REMOVE}
    changed = {(entry.table, entry.key): entry.values for entry in plan.entries if entry.action == UPDATE}
    if not gone:
        return
    targets = {table for table, _ in gone}
    found: list[Referrer] = []
    for table in now.policy.tables:
        if targets & {field.foreign_key for field in table.references}:
            every = referrers(table, partial(_column, now.typed(table).raw), gone)
            found += (who for who in every if who.field not in changed.get((who.table_id, who.key), {}))
    if found:
        more = f" and {len(found) - _SHOWN} more do so" if len(found) > _SHOWN else ""
        raise EntryRefusedError(
            f"{now.path.name}, {now.policy.table_by_id[found[0].target[0]].name} {found[0].target[1]}",
            f"the record cannot go: {' '.join(who.sentence for who in found[:_SHOWN])}{more}",
            "Undo or change those first.",
        )


def _column(frame: TableFrame, name: str) -> Iterable[tuple[str, CellValue]]:
    return zip(frame.keys, frame.values[name].tolist(), strict=True)


def _judged(door: Door, now: Snapshot, entries: Sequence[Entry], override: str) -> list[list[Finding]]:
    """What rules say of each entry that they did not say before.

    Raises:
        EntryRefusedError: Errors would come back, and no reason was given.
    """
    keys = {entry.key for entry in entries if entry.action == ADD}
    told = zip(entries, door.brought_about(entries), strict=True)
    found = [[f for f in every if not _parted(entry, f, keys)] for entry, every in told]
    errors = [f for every in found for f in every if f.severity is Severity.ERROR and not is_alert(f)]
    if errors and not override:
        raise EntryRefusedError(
            now.path.name,
            f"the old values break {'a rule' if len(errors) == 1 else f'{len(errors)} rules'} as things are now.",
            'Undo all the same with a reason: --override "reason".',
            tuple(errors),
        )
    return found


def _parted(entry: Entry, finding: Finding, back: Collection[str]) -> bool:
    """Whether it says that a record which comes back is like another: they were one until now."""
    return finding.code.startswith("DUP") and not {entry.key, *finding.related}.isdisjoint(back)


def _undo_policy(
    door: Door, snapshot: Callable[[], Snapshot], line: HistoryRow, override: str, said: str, dry_run: bool
) -> list[PolicyChange]:
    from workbook_cms import policing  # noqa: PLC0415 - the builder and YAML are not needed for records
    from workbook_cms.policies import text  # noqa: PLC0415

    now = snapshot()
    place = f"{now.path.name}, change {line.no}"
    kept = decode_values(line.values).get("policy") if line.values else None
    if not kept:
        raise InputError(
            place,
            "an earlier version of this program made that change and did not keep the rules before it.",
            "Put them back with `workbook-cms policy edit`, or from a backup.",
        )
    if line.old == now.policy.digest:
        raise InputError(place, "it is undone already.", "Nothing was written.")
    if line.new != now.policy.digest and not override:
        raise EntryRefusedError(
            place,
            "the rules were changed again since, which would be lost too.",
            'Undo the later change first, or go on with a reason: --override "reason".',
        )
    changes = policing.apply(door, snapshot, _with_fields_since(text.load(kept, place), now.policy), dry_run, said)
    if not changes:
        raise InputError(place, "it is undone already.", "Nothing was written.")
    return changes


def _with_fields_since(old: Policy, now: Policy) -> Policy:
    """The old policy with the fields added since, which hold data and cannot go: they are retired."""
    tables = []
    for table in old.tables:
        added = [f for f in now.table_by_id[table.id].fields if f.id not in table.by_id]
        retired = tuple(f.model_copy(update={"retired": True, "required": False}) for f in added)
        tables.append(table.model_copy(update={"fields": table.fields + retired}))
    used = {f.enum for table in tables for f in table.fields if f.enum}
    known = {choice.id for choice in old.lists}
    lists = tuple(choice for choice in now.lists if choice.id in used and choice.id not in known)
    return old.model_copy(update={"tables": tuple(tables), "lists": old.lists + lists})
