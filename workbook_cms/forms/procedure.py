"""The procedure of a record: prepared, open, closed, reviewed and signed off."""

from __future__ import annotations

from validation.findings import CellValue
from validation.policy import Stage
from workbook_cms.errors import InputError
from workbook_cms.forms.answers import Request, State
from workbook_cms.forms.form import Form

__all__ = ["set_by"]


def set_by(form: Form, request: Request, state: State) -> dict[str, CellValue]:
    """Values by field id that a request sets beside what was typed; what must be so, the policy's conditions say.

    Raises:
        InputError: The policy has no such stage, or the record is not at the stage before it.
    """
    if request is Request.CLOSE:
        return {form.table.status or "": _status(form, Stage.CLOSED, state)}
    if request is Request.SIGN_OFF:
        return {
            form.table.status or "": _status(form, Stage.REVIEWED, state),
            form.table.sign_off or "": _reviewer(form),
        }
    return {}


def _status(form: Form, wanted: Stage, state: State) -> str:
    status = form.status_of(wanted)
    what = form.table.title.lower()
    if not status or (wanted is Stage.REVIEWED and not form.table.sign_off):
        done = "closed" if wanted is Stage.CLOSED else "signed off"
        raise InputError("Do", f"the rules do not say what it means that this is {done}.", "Choose Submit.")
    stage = form.stage(form.table, form.record(form.table, state.editing) or {}) if state.editing else Stage.NONE
    if wanted is Stage.CLOSED and stage in (Stage.CLOSED, Stage.REVIEWED):
        raise InputError(state.editing, "this is closed already.", "Choose Submit to save a change.")
    if wanted is Stage.REVIEWED and not state.editing:
        raise InputError("Do", f"no {what} is open.", "Type the number of a closed one in Find and choose Open.")
    if wanted is Stage.REVIEWED and stage is Stage.REVIEWED:
        raise InputError(state.editing, "this is signed off already.", "Choose Next for another one.")
    if wanted is Stage.REVIEWED and stage is not Stage.CLOSED:
        raise InputError(
            state.editing, "this is not closed yet.", "Close it first; then a colleague signs it off."
        )
    return status


def _reviewer(form: Form) -> str:
    if not form.book.person:
        raise InputError("Sign off", "it is not known who you are.", f"{form.naming}.")
    return form.book.person
