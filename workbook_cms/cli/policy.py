"""Commands about the rules of a workbook: policy show, check, export, edit, apply."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_cms.cli.options import WORKBOOK, output_format, print_json, workbook_argument
from workbook_cms.errors import FileError
from workbook_cms.unseen import blanked

if TYPE_CHECKING:
    from validation.policy import Condition, MatchRule, Policy, PolicyField, PolicyTable

__all__ = ["COMMANDS"]


@click.group()
def policy() -> None:
    """Show, check, export, edit or apply the rules of a workbook."""


@policy.command()
@workbook_argument
@output_format("text", "json")
def show(workbook: Path, format_: str) -> None:
    """Show the rules of WORKBOOK: fields, lists, conditions, match rules, settings."""
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    rules = Workbook.open(workbook).policy
    if format_ == "json":
        print_json(
            "policy show",
            workbook=str(workbook),
            digest=rules.digest,
            policy=rules.model_dump(mode="json"),
            guessed_matches=[match.model_dump(mode="json") for match in rules.guessed_matches],
        )
    else:
        click.echo("\n".join(map(blanked, _summary(rules))))


@policy.command()
@workbook_argument
@output_format("text", "json", "github", "sarif", "junit")
def check(workbook: Path, format_: str) -> None:
    """Check the rules themselves; WORKBOOK may also be a copy made by `policy edit`, or a policy.yaml."""
    from workbook_cms import console, formats  # noqa: PLC0415 - keeps help fast
    from workbook_cms.editing import original, read_changed  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    record = original(workbook)
    findings = read_changed(workbook, Workbook.open(record).policy if record else None).findings
    text = formats.render(findings, format_, workbook, colour=console.in_colour(sys.stdout))
    if text:
        click.echo(text)
    raise click.exceptions.Exit(int(any(finding.severity == "error" for finding in findings)))


@policy.command()
@workbook_argument
@click.option(
    "--format",
    "format_",
    type=click.Choice(["datapackage", "yaml", "json"]),
    default="datapackage",
    show_default=True,
    help="Data Package descriptor (Frictionless), YAML as in a template, or JSON.",
)
@click.option("--out", type=WORKBOOK, default=None, help="File to write; the terminal without it.")
def export(workbook: Path, format_: str, out: Path | None) -> None:
    """Write the rules of WORKBOOK in a form that other programs read."""
    from workbook_cms.formats import as_json  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    rules = Workbook.open(workbook).policy
    if format_ == "yaml":
        from workbook_cms.policies.text import dump  # noqa: PLC0415

        text = dump(rules)
    elif format_ == "json":
        text = as_json(rules.model_dump(mode="json"))
    else:
        from workbook_cms.policies.descriptor import descriptor  # noqa: PLC0415

        text = as_json(descriptor(rules))
    if out is None:
        click.echo(text.rstrip("\n"))
        return
    _write_new(out, text.rstrip("\n") + "\n")
    click.echo(f"Wrote {out}.")


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise FileError(str(path), "the file is there already.", "Choose another name.") from None
    except OSError as error:
        raise FileError(str(path), f"cannot be written ({error.strerror}).", "Choose another folder.") from None


@policy.command()
@workbook_argument
@click.option("--out", type=WORKBOOK, default=None, help="The copy; WORKBOOK-policy.xlsx beside it unless given.")
@click.option("--guessed", is_flag=True, help="With the match rules that are guessed, as rows to change.")
def edit(workbook: Path, out: Path | None, guessed: bool) -> None:
    """Make a small workbook with the rules of WORKBOOK, to change in Excel or LibreOffice."""
    from workbook_cms.editing import copy_path, write_copy  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    copy = out or copy_path(workbook)
    rules = Workbook.open(workbook).policy
    if guessed:
        rules = rules.model_copy(update={"matches": (*rules.matches, *rules.guessed_matches)})
    write_copy(rules, copy, workbook)
    named = "" if out is None else f" {copy}"
    click.echo(f"Made {copy}. Change it, save it, then: workbook-cms policy apply {workbook}{named} --dry-run")


@policy.command()
@workbook_argument
@click.argument("changed", type=WORKBOOK, required=False)
@click.option("--dry-run", is_flag=True, help="Say what would change and write nothing.")
@output_format("text", "json")
def apply(workbook: Path, changed: Path | None, dry_run: bool, format_: str) -> None:
    """Give WORKBOOK the rules in CHANGED; data and history stay.

    CHANGED is a copy made by `policy edit`, or YAML. Without it, the copy that `policy edit` makes beside WORKBOOK.
    """
    from workbook_cms import formats  # noqa: PLC0415 - keeps help fast
    from workbook_cms.editing import TEXT_SUFFIXES, copy_path, read_changed  # noqa: PLC0415
    from workbook_cms.policies.problems import require  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    book = Workbook.open(workbook)
    if changed is None:
        changed = copy_path(workbook)
        if not changed.exists():
            raise FileError(
                str(changed), "there is no copy of the rules.", f"Make one: workbook-cms policy edit {workbook}"
            )
    reading = read_changed(changed, book.policy)
    if any(finding.severity == "error" for finding in reading.findings):
        if format_ == "json":
            print_json("policy apply", changes=[], findings=[f.to_dict() for f in reading.findings])
        else:
            click.echo(formats.render(reading.findings, "text", changed))
            click.echo(f"{workbook} keeps its rules.")
        raise click.exceptions.Exit(1)
    changes = [str(item) for item in book.apply_policy(require(reading, changed.name), dry_run=dry_run)]
    if format_ == "json":
        print_json(
            "policy apply", dry_run=dry_run, changes=changes, findings=[f.to_dict() for f in reading.findings]
        )
        return
    for sentence in changes:
        click.echo(f"  {sentence}")
    if not changes:
        click.echo("The rules are the same; nothing to do.")
    elif dry_run:
        click.echo(f"{formats.plural(len(changes), 'change')} would be made; nothing was written.")
    else:
        click.echo(f"{formats.plural(len(changes), 'change')} made. {workbook} now keeps these rules.")
        if changed.suffix.lower() not in TEXT_SUFFIXES:
            click.echo(
                f"For further changes delete {changed} and make a new copy with: workbook-cms policy edit {workbook}"
            )


def _summary(rules: Policy) -> Iterator[str]:
    """The policy as a person reads it."""
    settings = rules.settings
    yield settings.organisation
    yield (
        f"  Region {settings.region}, dates {settings.date_order.value}, stale after {settings.stale_after_days} days, "
        f"on save {settings.save_policy.value}. Policy {rules.digest}."
    )
    for table in rules.tables:
        yield ""
        yield f"{table.name} (key {table.by_id[table.key].label}{', ' + table.key_format if table.key_format else ''})"
        width = max(len(field.label) for field in table.fields)
        for field in table.fields:
            yield f"  {field.label:<{width}}  {_field(rules, field)}".rstrip()
        yield from _procedure(rules, table)
        for condition in rules.conditions:
            if condition.table == table.id:
                yield f"  {_condition(table, condition)}"
        for match in rules.match_rules(table.id):
            yield f"  {_match(table, match)}"
        if guessed := [match.id for match in rules.guessed_matches if match.table == table.id]:
            yield f"    guessed ({guessed[0]}); `workbook-cms policy edit --guessed` gives it as rows to change"
    for choice in rules.lists:
        retired = [item.value for item in choice.items if not item.active]
        yield ""
        yield f"List {choice.title}: {', '.join(choice.active)}"
        if retired:
            yield f"  retired: {', '.join(retired)}"


def _procedure(rules: Policy, table: PolicyTable) -> Iterator[str]:
    """Where a record stands, until when and by whom it is done, who reviews it."""
    status = table.by_id.get(table.status or "")
    for item in rules.list_by_id[status.enum or ""].items if status else ():
        if status and item.stage:
            yield f"  {status.label} {item.value}: {item.stage.value}"
    for word, name in (("Due by", table.due_date), ("Done by", table.owner), ("Signed off in", table.sign_off)):
        if name:
            yield f"  {word} {table.by_id[name].label}"


def _field(rules: Policy, field: PolicyField) -> str:
    parts = [field.type.value if field.format.value == "default" else field.format.value]
    parts += [word for word in ("required", "unique", "locked") if getattr(field, word)]
    if field.enum:
        parts.append(f"from the list {rules.list_by_id[field.enum].title}")
    if field.naming:
        parts.append(f"{field.naming.value} names")
    if field.foreign_key:
        parts.append(f"refers to {rules.table_by_id[field.foreign_key].name}")
    if field.retired:
        parts.append("retired")
    return ", ".join(parts)


def _condition(table: PolicyTable, condition: Condition) -> str:
    cases = [
        f"{table.by_id[when.field].label} is {when.test.value} {', '.join(when.values)}".rstrip()
        for when in condition.when
    ]
    labels = [table.by_id[name].label for name in condition.fields]
    if condition.must == "one filled":
        rule = f"at least one of {', '.join(labels)} must be filled"
        return f"When {' and '.join(cases)}: {rule}" if cases else f"Always: {rule}"
    fields = " and ".join(labels)
    than = table.by_id[condition.other].label if condition.other else ", ".join(condition.values)
    rule = f"{fields} must be {condition.must.value} {than}".rstrip()
    return f"When {' and '.join(cases)}: {rule}" if cases else f"Always: {rule}"


def _match(table: PolicyTable, match: MatchRule) -> str:
    fields = [
        f"{table.by_id[m.field].label} ({m.kind}{'' if m.strength == 'normal' else f', {m.strength}'})"
        for m in match.fields
    ]
    how = "the same" if match.exact else f"alike from {match.threshold:.0%}"
    actions = f"add {match.on_add.value}, update {match.on_update.value}, import {match.on_import.value}"
    return f"Duplicate when {how}: {', '.join(fields)}; {actions}"


COMMANDS: dict[str, click.Command] = {"policy": policy}
