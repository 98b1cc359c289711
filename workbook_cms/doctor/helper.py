"""The resident helper: whether it starts at login, and starts the right program."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_cms.doctor.diagnosis import Diagnosis, note, ok
from workbook_cms.doctor.machine import Machine
from workbook_cms.setup.login import start_at_login

__all__ = ["look_at_helper"]

_OFFICES = ("", "excel", "libreoffice")


def look_at_helper(machine: Machine) -> Iterator[Diagnosis]:
    """What is set for the login: nothing, the helper of this Python, or something that `setup` would write anew."""
    if any(not start_at_login(machine, wanted=True, office=office).needed(machine) for office in _OFFICES):
        yield ok("helper", "The helper for the forms starts at login.")
    elif start_at_login(machine, wanted=False).needed(machine):
        yield note(
            "helper",
            "What starts at login is the helper of another Python, or was changed since it was set.",
            "`workbook-cms setup --start-at-login on` sets it anew.",
        )
    else:
        yield ok(
            "helper", "The helper does not start at login; `workbook-cms setup --start-at-login on` makes it."
        )
