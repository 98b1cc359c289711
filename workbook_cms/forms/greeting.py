"""What a form says when it is opened: who is at the keyboard, what waits, what could not be applied."""

from __future__ import annotations

import datetime as dt

from workbook_cms.conflicts import Conflicted
from workbook_cms.formats import plural
from workbook_cms.forms.answers import Line, Look, Mark, Message
from workbook_cms.forms.design import form_design
from workbook_cms.forms.form import Form
from workbook_cms.forms.wording import listed, moment, shortened

__all__ = ["conflict_lines", "greeting", "info", "open_elsewhere", "own_conflicts", "unnamed", "waiting"]

_TOLD = 5


def info(form: Form) -> str:
    """Short facts at the right of the title: ``World Traveller | Amelia Tran | 3 queued since 09:12 | open by Mia``."""
    parts = [form.policy.settings.organisation]
    if person := form.book.person:
        parts.append(person if form.book.verified else f"{person} (unverified)")
    elif any(f.default == "@me" for table in form.policy.tables for f in table.fields):
        parts.append("no name chosen")  # a policy without people needs none
    if since := _since(form):
        parts.append(f"{len(form.book.pending):,} queued since {moment(since, form.today)}")
    if form.book.unsaved:
        parts.append(f"not saved since {moment(form.book.unsaved[0].when, form.today)}")
    if by := open_elsewhere(form):
        parts.append(by)
    return " | ".join(parts)


def _since(form: Form) -> dt.datetime | None:
    return min((submission.when for submission in form.book.waiting), default=None)


def open_elsewhere(form: Form) -> str:
    """``open by Mia since 09:12``; "" where nobody has the workbook open."""
    by = form.book.opened_by()
    if by is None:
        return ""
    since = f" since {moment(by.since, form.today)}" if by.since else ""
    return f"open by {by.name or 'another program'}{since}"


def waiting(form: Form) -> str:
    """What waits, and when it goes in; "" where nothing does."""
    since = _since(form)
    if since is None:
        return ""
    count = len(form.book.pending)
    waits = (
        f"{plural(count, 'accepted entry')} {'waits' if count == 1 else 'wait'} since {moment(since, form.today)}"
    )
    if by := open_elsewhere(form):
        return f"{waits}: {form.book.path.name} is {by}. Nothing is lost; they go in when it is closed."
    return f"{waits}. Choose Bring in to write {'it' if count == 1 else 'them'} now."


def unnamed(form: Form) -> str:
    """What to do where the form is filled with the name of a person whom nobody knows; "" where all is well."""
    mine = [f.label for f in form.fields if f.default == "@me" and f not in form.typed_fields]
    if form.book.person or not mine:
        return ""
    return f"{form.naming}: {listed(mine)} {'is' if len(mine) == 1 else 'are'} filled with it."


def own_conflicts(form: Form) -> list[Conflicted]:
    """Changes of the person at the keyboard that could not be applied, those of this form's table first."""
    return sorted(form.book.conflicts(), key=lambda conflict: conflict.table != form.table.name)


def conflict_lines(form: Form, conflicts: list[Conflicted]) -> list[Line]:
    """The conflicts in the panel, each with what was to be written."""
    lines = [Line("Changes of yours that were not applied", Look.HEADING)] if conflicts else []
    for conflict in conflicts[:_TOLD]:
        lines.append(Line(_not_applied(conflict), Look.ALERT))
        if conflict.table != form.table.name:
            table = form.policy.table_by_name.get(conflict.table)
            where = f' on the form "{form_design(form.policy, table).title}"' if table else ""
            lines.append(Line(f"You can look at it{where}.", Look.QUIET))
    return lines


def _not_applied(conflict: Conflicted) -> str:
    names = listed(list(conflict.values))
    return f"Your change to {conflict.key} ({shortened(names, 80)}) was not applied: {conflict.problem}"


def greeting(form: Form, conflicts: list[Conflicted]) -> Message:
    """The line on top when a form is opened; the gravest thing there is to say."""
    if conflicts and conflicts[0].table == form.table.name:
        return Message(f"{_not_applied(conflicts[0])} Choose Open to see both.", Mark.DOUBT)
    if name := unnamed(form):
        return Message(f"{waiting(form)} {name}".strip(), Mark.DOUBT)
    if conflicts:
        return Message(_not_applied(conflicts[0]), Mark.DOUBT)
    if text := waiting(form):
        return Message(text, Mark.DOUBT)
    start = (
        "Find the right one first, or type its number." if form.subject else "Fill in the form, or Find a record."
    )
    return Message(start, Mark.HINT)
