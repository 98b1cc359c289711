"""A person at a form: types into what the form shows, asks, and sees the answer; nothing else is remembered."""

from __future__ import annotations

from workbook_cms import Workbook
from workbook_cms.forms.answers import Answer, Given, Mark, Message, Request, State
from workbook_cms.forms.design import FormDesign, form_design
from workbook_cms.forms.session import Session

__all__ = ["AMELIA", "BEN", "ENQUIRY", "Typist"]

#: Accounts of two people of the Staff list.
AMELIA, BEN = "atran", "bokafor"
#: A usual enquiry as it is typed once the stakeholder is chosen.
ENQUIRY = {
    "channel": "ph",
    "contact_reason": "broch",
    "purpose": "enq",
    "details": "Wants the brochure Coastal Walks of Tasmania.",
    "desired_outcome": "The brochure by post",
}


class Typist:
    """Fills the form of one table.

    Args:
        book: The workbook, opened as the person.
        table: Name of the table.
        design: The form as it is drawn, where that is not of the workbook's policy.
    """

    def __init__(self, book: Workbook, table: str, design: FormDesign | None = None) -> None:
        policy_table = next(t for t in book.policy.tables if t.name == table)
        self.book, self.design = book, design or form_design(book.policy, policy_table)
        self.sees = Answer(Message())
        self.ask("Greet")

    def ask(self, request: str, *, find: str = "", pick: str = "", why: str = "", **typed: str) -> Answer:
        """Type into inputs (by field id), then ask. What is not typed over stands as the form showed it.

        Args:
            request: What is asked.
            find: Text of Find.
            pick: Text of Pick.
            why: Text of Reason.
            typed: Texts by field id.
        """
        shown, state = self.sees, State.from_json(self.sees.state.to_json())
        inputs = {name: text for name, text in {**shown.inputs, **typed}.items() if text}
        given = Given(Request(request), inputs, find or shown.find, pick or shown.pick, why or shown.reason, state)
        # A session a request: what it remembered between two of them would be lost in a spreadsheet.
        self.sees = Session(self.book, self.design).answer(given)
        assert set(self.sees.messages) <= set(self.design.by_id)
        assert self.sees.focus in {"", *self.design.by_id}
        return self.sees

    def forget(self, state: str) -> None:
        """Something else stands in the hidden cell from now on."""
        self.sees = Answer(
            self.sees.status, inputs=self.sees.inputs, reason=self.sees.reason, state=State.from_json(state)
        )

    @property
    def status(self) -> str:
        """The line on top."""
        return self.sees.status.text

    @property
    def panel(self) -> str:
        """The lines beside the form."""
        return "\n".join(line.text for line in self.sees.panel)

    def wrong(self) -> dict[str, str]:
        """What is marked as wrong, by row."""
        return {name: m.text for name, m in self.sees.messages.items() if m.mark is Mark.WRONG}

    def beside(self, row: str) -> str:
        """What is said beside a row."""
        return self.sees.messages.get(row, Message()).text
