"""The front-end workbook: forms, pages and settings, without a record in it. It is made anew, never migrated."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Any

from validation.policy import Policy, PolicyList, SavePolicy
from workbook_cms.errors import InputError
from workbook_cms.file.builder import build, sheet_titles
from workbook_cms.file.home import HOME_TITLE
from workbook_cms.file.layout import HomeChoice, HomeLink, HomeSpec, PageSpec, WorkbookSpec
from workbook_cms.forms.backstage import draw_backstage
from workbook_cms.forms.design import FormDesign, form_designs
from workbook_cms.forms.drawing import draw_form
from workbook_cms.forms.pages import PageDesign, draw_page, due_table, page_designs, people_table
from workbook_cms.forms.settings import SETTINGS_NAME, SETTINGS_SHEET, FrontEndSettings, Kind
from workbook_cms.layout import list_name
from workbook_cms.workbook import Workbook

__all__ = [
    "FRONTEND_LAYOUT",
    "PERSON_NAME",
    "form_home",
    "form_pages",
    "make_frontend",
    "one_workbook",
    "people_list",
    "settings_for",
    "with_forms",
]

FRONTEND_LAYOUT = 1
"""Counts up when code that serves a front-end can no longer serve those drawn before."""
PERSON_NAME = "cms_person"
"""Defined name of the cell on Home in which somebody at a shared login says who she is."""
_MACROS = ".xlsm"
_TAB = "#1B7A43"
_NOT_YET = {
    True: "Not connected yet. Allow macros if you are asked, then press a button.",
    False: "Not connected yet. Start the helper on this computer: workbook-cms serve",
}


def make_frontend(record: Path, out: Path, *, overwrite: bool = False) -> Path:
    """Make a front-end of a record workbook.

    Args:
        record: The record workbook.
        out: Where; ends with ``.xlsx``, or ``.xlsm`` for one with buttons and macros.
        overwrite: Replace a file that is there.

    Returns:
        ``out``.

    Raises:
        InputError: ``out`` has another ending or is the record workbook; xlwings is missing for an ``.xlsm``.
        FileError: The record workbook cannot be read, or ``out`` exists or cannot be written.
        PolicyError: The record workbook has no policy, or one that breaks its own rules.
    """
    record, out = Path(record), Path(out)
    if out.suffix.lower() not in (".xlsx", _MACROS):
        remedy = f"Try {out.with_suffix('.xlsx').name or 'entry.xlsx'}, or .xlsm for one with buttons."
        raise InputError(out.name or str(out), "a front-end's name ends with .xlsx or .xlsm.", remedy)
    if _same(record, out):
        raise InputError(out.name, "this is the record workbook itself.", "Give the front-end a name of its own.")
    policy = Workbook.open(record).policy
    organisation = policy.settings.organisation
    spec = WorkbookSpec(HomeSpec(organisation), (), title=f"{organisation}: forms", company=organisation)
    settings = settings_for(policy, Kind.FRONT_END, record, out)
    build(out, with_forms(spec, policy, settings, macros=out.suffix.lower() == _MACROS), overwrite=overwrite)
    return out


def settings_for(policy: Policy, kind: Kind, record: Path, out: Path) -> FrontEndSettings:
    """What a workbook with forms at ``out`` has to know about itself; its macros are noted by `with_forms`."""
    made = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    if kind is Kind.ONE_WORKBOOK:
        return FrontEndSettings(kind, "", "", policy.digest, FRONTEND_LAYOUT, made=made)
    absolute = Path(os.path.abspath(record))  # noqa: PTH100 - keeps the links of a folder that people gave
    try:
        near = Path(os.path.relpath(absolute, Path(os.path.abspath(out)).parent)).as_posix()  # noqa: PTH100
    except ValueError:  # another drive of Windows
        near = str(absolute)
    return FrontEndSettings(kind, near, str(absolute), policy.digest, FRONTEND_LAYOUT, made=made)


def with_forms(
    spec: WorkbookSpec, policy: Policy, settings: FrontEndSettings, *, macros: bool = False
) -> WorkbookSpec:
    """A workbook with the forms and pages of its policy on top of what it has: a front-end, or a record workbook.

    Args:
        spec: The workbook without forms.
        policy: The policy.
        settings: See `settings_for`.
        macros: Whether it gets buttons and macros; its name must end with ``.xlsm``.

    Raises:
        InputError: xlwings is missing for the macros.
    """
    taken = [*(sheet.title for sheet in spec.sheets), *(page.title for page in spec.pages)]
    home = form_home(policy, spec.home, taken, buttons=macros)
    if not macros:
        return replace(spec, home=home, pages=(*spec.pages, *form_pages(policy, settings, taken)))
    from workbook_cms.forms.vba import conf_page, installed_xlwings, macro_project  # noqa: PLC0415 - needs xlwings

    settings = replace(settings, xlwings=installed_xlwings())
    pages = (*spec.pages, *form_pages(policy, settings, taken, buttons=True), conf_page())
    whole = replace(spec, home=home, pages=pages)
    return replace(whole, macros=macro_project(sheet_titles(whole)))


def one_workbook(*, macros: bool) -> Callable[[Policy, WorkbookSpec], WorkbookSpec]:
    """What puts forms into a new record workbook, for `workbook_cms.workbook.Workbook.create`.

    Args:
        macros: Whether it gets buttons and macros; its name must end with ``.xlsm``.
    """

    def dress(policy: Policy, spec: WorkbookSpec) -> WorkbookSpec:
        return with_forms(spec, policy, settings_for(policy, Kind.ONE_WORKBOOK, Path(), Path()), macros=macros)

    return dress


def form_pages(
    policy: Policy, settings: FrontEndSettings, taken: Sequence[str] = (), *, buttons: bool = False
) -> tuple[PageSpec, ...]:
    """The sheets of the forms, the pages, and the hidden sheet of settings and lists, in their order.

    ``taken`` are the titles of the other sheets.
    """
    return tuple(_pages(policy, settings, _titles(policy, taken), buttons=buttons))


def form_home(policy: Policy, home: HomeSpec, taken: Sequence[str] = (), *, buttons: bool = False) -> HomeSpec:
    """Home with the ways to the forms and pages, and the cell for the name of who works at a shared login."""
    titles = _titles(policy, taken)
    actions = [HomeLink(design.title, titles[design.name("body")], _about(design)) for design in _offered(policy)]
    actions += [
        HomeLink(p.title, titles[p.name(p.block)], _ABOUT.get(p.id, p.about)) for p in page_designs(policy)
    ]
    about = "only at a login that several people share. It is kept with what you record."
    people = people_list(policy)
    choice = HomeChoice("Your name", PERSON_NAME, list_name(people.id) if people else "", about)
    subtitle = home.subtitle or "Every entry is checked, every change is kept."
    return replace(home, subtitle=subtitle, actions=tuple(actions), choice=choice, steps=_steps(buttons=buttons))


def _steps(*, buttons: bool) -> tuple[tuple[str, str], ...]:
    find = " and the button Find" if buttons else ""
    submit = "Press Submit." if buttons else "Type s in the last field, or a full stop in any empty one."
    return (
        (
            "Record",
            "Open a form above. Tab goes to the next field; the list in a field opens with Alt and the down arrow.",
        ),
        (
            "Find first",
            f"A few letters in Find{find}, then the number of the right one in Pick{find}. "
            "Read back what you are shown.",
        ),
        ("Submit", f"{submit} What is wrong is said beside the field."),
        (
            "Wrong or doubtful",
            "Nothing you typed is lost. Mend what is red; where you are asked, give the reason.",
        ),
        (
            "Saved",
            "You are told the number of the record. Queued means: safe, and written when the workbook is free.",
        ),
    )


def _titles(policy: Policy, taken: Sequence[str]) -> dict[str, str]:
    """By the name of its block: the title of each sheet, one that Excel takes and that no other sheet has."""
    wanted = {design.name("body"): design.title for design in form_designs(policy)}
    wanted |= {page.name(page.block): page.title for page in page_designs(policy)}
    used = {HOME_TITLE.lower(), "history", *(title.lower() for title in taken)}  # Excel keeps History for itself
    titles = {}
    for name, title in {**wanted, SETTINGS_NAME: SETTINGS_SHEET}.items():
        plain = re.sub(r"[\[\]:*?/\\]", "-", title)
        tries = (plain[: 31 - len(end)].strip("' ") + end for end in chain([""], map(" {}".format, count(2))))
        titles[name] = next(one for one in tries if one and one.lower() not in used)
        used.add(titles[name].lower())
    return titles


_ABOUT = {
    "find": "Anybody and anything, by a name, a phone number, an e-mail address or a key.",
    "view": "One page about one of them: details, what happened, what is open.",
    "due": "What has to be done today and what is overdue, by person.",
    "findings": "What breaks the rules, with the way to the record.",
}


def _about(design: FormDesign) -> str:
    noun = design.table.title[0].lower() + design.table.title[1:]
    return f"A new {noun}, or open one to change it."


def _offered(policy: Policy) -> tuple[FormDesign, ...]:
    """Forms in the order of Home: what is recorded about people, the people, then the rest."""
    designs = form_designs(policy)
    people, due = people_table(policy), due_table(policy)
    rank = {people.id: 1, due.id if due else "": 2}
    first = designs[0].table.id
    return tuple(
        sorted(designs, key=lambda design: 0 if design.table.id == first else rank.get(design.table.id, 3))
    )


def people_list(policy: Policy) -> PolicyList | None:
    """The list of those who work here: the one with logins, or that the field of ``@me`` takes."""
    lists = [choice for choice in policy.lists if any(item.login for item in choice.items)]
    fields = [f for table in policy.tables for f in table.fields if f.default == "@me" and f.enum]
    lists += [policy.list_by_id[f.enum] for f in fields if f.enum in policy.list_by_id]
    return lists[0] if lists else None


def _pages(
    policy: Policy, settings: FrontEndSettings, titles: Mapping[str, str], *, buttons: bool
) -> Iterator[PageSpec]:
    status, info = _NOT_YET[buttons], policy.settings.organisation
    for design in form_designs(policy):
        draw = partial(_draw_form, policy, design, status, info, buttons)
        yield PageSpec(titles[design.name("body")], draw, colour=_TAB)
    for page in page_designs(policy):
        yield PageSpec(titles[page.name(page.block)], partial(_draw_page, page, buttons), colour="#5B6675")
    one = settings.kind is Kind.ONE_WORKBOOK
    on_save = one and buttons and policy.settings.save_policy is not SavePolicy.OFF

    def backstage(workbook: Any, sheet: Any) -> None:
        draw_backstage(workbook, sheet, policy, settings, lists=not one, on_save=on_save)

    yield PageSpec(titles[SETTINGS_NAME], backstage, hidden=True)


def _draw_form(
    policy: Policy, design: FormDesign, status: str, info: str, buttons: bool, workbook: Any, sheet: Any
) -> None:
    draw_form(workbook, sheet, policy, design, status=status, info=info, buttons=buttons)


def _draw_page(page: PageDesign, buttons: bool, workbook: Any, sheet: Any) -> None:
    draw_page(workbook, sheet, page, status="", buttons=buttons)


def _same(one: Path, two: Path) -> bool:
    try:
        return one.samefile(two)
    except OSError:
        return os.path.abspath(one) == os.path.abspath(two)  # noqa: PTH100 - neither need be there
