"""What a form asks and what it is answered: plain data between the session and whatever shows the form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbook_cms.receipts import Receipt

__all__ = ["Answer", "Given", "Line", "Look", "Mark", "Message", "Request", "State"]


class Request(StrEnum):
    """What a person can ask a form to do; the words stand in the request cell's dropdown and on the buttons."""

    SUBMIT = "Submit"
    """Save the entry, or the change of the record that is open."""
    FIND = "Find"
    """Look up what stands in Find; candidates are shown in the panel."""
    PICK = "Pick"
    """Take the candidate whose number stands in Pick."""
    OPEN = "Open"
    """Open for change the record that was just saved, is named by its key in Find, or that an alert is about."""
    NEXT = "Next"
    """A clean form; the stakeholder is kept."""
    CLEAR = "Clear"
    """A clean form."""
    LOOK = "Look"
    """Say what is wrong so far and how dates were read; nothing is saved. Comes from the form itself, while typing."""
    GREET = "Greet"
    """The form was opened: what waits, who has the file open, what could not be applied."""
    CLOSE = "Close"
    """Save with the status that means closed."""
    SIGN_OFF = "Sign off"
    """Save the closed record that is open as reviewed by the person at the keyboard."""
    BRING_IN = "Bring in"
    """Write accepted entries that wait (closed without saving, queued) now."""


class Mark(StrEnum):
    """How a message beside a field is shown."""

    NONE = ""
    HINT = "hint"  # grey: help, how a date was read
    GOOD = "good"  # green
    DOUBT = "doubt"  # amber: an alert or a warning
    WRONG = "wrong"  # red: has to be mended


class Look(StrEnum):
    """How a line of the panel is shown."""

    PLAIN = ""
    HEADING = "heading"
    STRONG = "strong"
    QUIET = "quiet"
    SPOKEN = "spoken"  # to be read out to the customer
    ALERT = "alert"
    GUIDANCE = "guidance"  # what to ask and answer; form sheets have cells of their own for it


@dataclass(frozen=True)
class Message:
    """A text and how it is shown."""

    text: str = ""
    mark: Mark = Mark.NONE


@dataclass(frozen=True)
class Line:
    """A line of the panel beside the form."""

    text: str
    look: Look = Look.PLAIN


@dataclass(frozen=True)
class State:
    """What a form remembers between two requests; it lies in one hidden cell of the sheet, as JSON.

    Attributes:
        entry: Id of the entry in the form, given when the form was cleared: a submit that is repeated after a crash
            is not a second record.
        subject: Key of the stakeholder that was chosen; "" for none.
        editing: Key of the record that is open for change; "" while a new one is written.
        loaded: By field id, what each field was filled with - by a default, the entry before or the record that is open
            for change - so that it can be told what was typed since; a long text as its checksum.
        candidates: Keys that the last Find offered, in the order shown.
        asked: What an alert asked about, so that a reason counts for that question only; "" for nothing.
        other: Key of the record an alert is about.
        last: Key (or entry id, while queued) of the record saved last.
        person: Who the person at a shared login says they are.
        conflict: Entry id of the change that could not be applied and stands in the form again; "" for none.
        refused: ``yes`` once it was submitted and refused: from then on blanks that are needed stay marked.
    """

    entry: str = ""
    subject: str = ""
    editing: str = ""
    loaded: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    asked: str = ""
    other: str = ""
    last: str = ""
    person: str = ""
    conflict: str = ""
    refused: str = ""

    def to_json(self) -> str:
        """As text for one cell; what is empty is left out."""
        return json.dumps({k: v for k, v in asdict(self).items() if v}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> State:
        """The reverse of `to_json`; an empty state where the text was damaged."""
        try:
            data = json.loads(text or "{}")
            return cls(
                **{k: str(data.get(k, "")) for k in _TEXTS},
                loaded={str(k): str(v) for k, v in dict(data.get("loaded", {})).items()},
                candidates=tuple(str(key) for key in data.get("candidates", ())),
            )
        except (AttributeError, TypeError, ValueError, RecursionError):
            return cls()


_TEXTS = ("entry", "subject", "editing", "asked", "other", "last", "person", "conflict", "refused")


@dataclass(frozen=True)
class Given:
    """What stands in a form when something is asked of it.

    Attributes:
        request: What is asked.
        inputs: Text of each input by field id, as typed; blank ones may be left out.
        find: Text of Find.
        pick: Text of Pick.
        reason: Reason to go on in spite of an alert, or for a change.
        state: What the form remembered.
    """

    request: Request
    inputs: Mapping[str, str] = field(default_factory=dict)
    find: str = ""
    pick: str = ""
    reason: str = ""
    state: State = State()


@dataclass(frozen=True)
class Answer:
    """What the form shows next. All of it is shown anew: what is not in here is empty.

    Attributes:
        status: The line on top.
        info: Short facts at the right of the title: organisation, person, queue, who has the file open.
        inputs: Text of each input by field id.
        find: Text of Find.
        pick: Text of Pick.
        reason: Text of Reason.
        messages: By row id of the form's design (field ids, and controls such as ``@find``).
        panel: Lines beside the form: candidates, read-back, guidance, earlier contacts, the other record of an alert.
        state: To be remembered.
        focus: Row id where the cursor goes; "" leaves it.
        receipt: Of what was saved.
    """

    status: Message
    info: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    find: str = ""
    pick: str = ""
    reason: str = ""
    messages: Mapping[str, Message] = field(default_factory=dict)
    panel: tuple[Line, ...] = ()
    state: State = State()
    focus: str = ""
    receipt: Receipt | None = None
