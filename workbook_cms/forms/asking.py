"""What a person asks of a form sheet, told from what stands in it now and what stood there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbook_cms.forms.answers import Request
from workbook_cms.forms.design import DO, FIND, PICK, REASON, FormDesign
from workbook_cms.forms.sheet import STOP, Reading
from workbook_cms.forms.wording import shortened

__all__ = ["SAVING", "Asked", "asked", "request_of"]

#: Requests after which something may have been saved.
SAVING = frozenset({Request.SUBMIT, Request.CLOSE, Request.SIGN_OFF})


@dataclass(frozen=True)
class Asked:
    """A request.

    Attributes:
        request: What is asked; None where the request cell holds something that is no request.
        reading: What stands in the form, without what only asked.
        problem: What is wrong with the request cell.
    """

    request: Request | None
    reading: Reading
    problem: str = ""


def asked(design: FormDesign, reading: Reading, seen: Sequence[str] | None) -> Asked | None:
    """What is asked, or None.

    The request cell goes before all; then a lone full stop in an input; then what was typed since: Find, Pick, others.

    Args:
        design: The form.
        reading: What stands in it.
        seen: The input column as it was before; None where this is the first look at it.
    """
    if reading.request not in {"", STOP}:
        request = request_of(design, reading.request)
        said = shortened(reading.request, 40)
        offered = ", ".join(one.value for one in design.requests)
        problem = "" if request else f"{said} is nothing that can be done here. Choose one of {offered}."
        return Asked(request, reading.stopped(seen or ()) or reading, problem)
    if stopped := reading.stopped(seen or ()):
        return Asked(Request.SUBMIT, stopped)
    # What was typed before the first look is answered, not greeted away.
    changed = reading.changed(seen or ()) - {REASON, DO}
    for control, request in ((PICK, Request.PICK), (FIND, Request.FIND)):
        if control in changed and reading.texts[control].strip():
            return Asked(request, reading)
    if seen is None:
        return Asked(Request.GREET, reading)
    return Asked(Request.LOOK, reading) if changed else None


def request_of(design: FormDesign, text: str) -> Request | None:
    """The request that a text means: its word, or a beginning of it, the first that is offered."""
    wanted = " ".join(text.split()).casefold()
    every = (*design.requests, *(one for one in Request if one not in design.requests))
    for request in every:
        if request.value.casefold() == wanted:
            return request
    return next((one for one in design.requests if wanted and one.value.casefold().startswith(wanted)), None)
