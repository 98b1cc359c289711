"""A form sheet in an open workbook: read as one block, shown in blocks, and recognised when it was damaged."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from workbook_cms.errors import WorkbookCmsError
from workbook_cms.forms import adapter
from workbook_cms.forms.answers import Answer, Given, Line, Look, Mark, Message, Request, State
from workbook_cms.forms.areas import Area, LostNameError, area_of, find_area, safe
from workbook_cms.forms.design import DO, FIND, PICK, REASON, FormDesign
from workbook_cms.forms.engines.errors import SpreadsheetError
from workbook_cms.forms.folding import arranged
from workbook_cms.forms.grid import CODE, ID, INPUT, MESSAGE
from workbook_cms.forms.inputs import input_prompt, start_lines

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["ANSWERED", "STOP", "DamagedFormError", "FormSheet", "Reading"]

_CONTROLS = (FIND, PICK, REASON, DO)
#: Typed alone into an input, it asks to submit.
STOP = "."
#: In the memory, the digest of the request whose answer is being shown.
ANSWERED = "answered"
_PARTS = ("panel", "status", "info", "state", "guidance")
#: Messages that nothing may cover.
_URGENT = frozenset({Mark.WRONG, Mark.DOUBT})


class DamagedFormError(WorkbookCmsError):
    """The form sheet lacks what it needs to be served; nothing in it was changed."""


@dataclass(frozen=True)
class Reading:
    """What stands in a form sheet.

    Attributes:
        rows: Position in the body, from 0, of each row of the design that is there.
        cells: Text of the input column of every row of the body, from the top.
        shown: (message, mark code) of every row of the body, from the top.
        before: By position, what stood in an input before somebody typed a lone full stop over it.
    """

    rows: Mapping[str, int]
    cells: tuple[str, ...]
    shown: tuple[tuple[str, str], ...]
    before: Mapping[int, str] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """Text of each input by row id, controls included; a lone full stop, which only asks to submit, is not one."""
        return {row: self.before.get(at, self.cells[at]) for row, at in self.rows.items()}

    def changed(self, seen: Sequence[str]) -> set[str]:
        """Row ids of inputs that differ from what was seen before."""
        return {row for row, at in self.rows.items() if at >= len(seen) or self.cells[at] != seen[at]}

    def stopped(self, seen: Sequence[str]) -> Reading | None:
        """The same without the full stops that ask to submit, and with what stood in their place; None without any."""
        stops = {
            at: seen[at] if at < len(seen) and seen[at] != STOP else ""
            for at in self.rows.values()
            if self.cells[at].strip() == STOP
        }
        return replace(self, before=stops) if stops else None

    @property
    def request(self) -> str:
        """What stands in the request cell."""
        return self.cells[self.rows[DO]].strip()

    def digest(self, request: Request) -> str:
        """Tells this request with these inputs from another one."""
        told = [request.value, sorted((row, text) for row, text in self.texts.items() if row != DO)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


class FormSheet:
    """One form of an open workbook."""

    def __init__(self, book: xw.Book, design: FormDesign, *, buttons: bool = False) -> None:
        """Find the form by its names; ``buttons`` says whether it has some.

        Raises:
            LostNameError: The name of its rows is gone: there is no such form here.
        """
        self.book, self.design = book, design
        self._around: dict[str, object] = {}
        self._start = start_lines(buttons=buttons)
        self._ids: tuple[str, ...] = ()
        self._rows: dict[str, int] = {}
        self._single: dict[int, Area] = {}
        self.find()

    def find(self) -> None:
        """Look up again where the parts of the form are."""
        self._body = find_area(self.book, self.design.name("body"))
        self._inputs = self._body.part(0, INPUT, self._body.height)
        self._messages = self._body.part(0, MESSAGE, self._body.height, 2)
        self._areas: dict[str, Area] = {}
        self._around.clear()
        self._single.clear()
        for part in _PARTS:
            try:
                self._areas[part] = find_area(self.book, self.design.name(part))
            except LostNameError:
                continue  # said when it is needed
        self.title = self._body.title

    # reading -------------------------------------------------------------------------------------------------

    def read(self) -> Reading:
        """The whole form, in one block.

        Raises:
            DamagedFormError: A row of the form was deleted, or a column.
        """
        rows = self._body.read()
        if tuple(row[ID] for row in rows) != self._ids or len(rows[0]) != CODE + 1:
            self._ids = ()  # looked at again next time, unless all is well
            self.find()
            rows = self._body.read()
            if self._body.width != CODE + 1:
                raise self._damaged("has lost a column" if self._body.width <= CODE else "has a column too many")
            ids = tuple(row[ID] for row in rows)
            self._rows = self._placed(ids)
            self._ids = ids
        return Reading(
            self._rows,
            tuple(row[INPUT] for row in rows),
            tuple((row[MESSAGE], row[CODE]) for row in rows),
        )

    def given(self, reading: Reading, request: Request, memory: str) -> Given:
        """What the session is told."""
        texts = reading.texts
        inputs = {row: text for row, text in texts.items() if row not in _CONTROLS and text}
        find, pick, reason = (texts.get(control, "") for control in (FIND, PICK, REASON))
        return Given(request, inputs, find, pick, reason, State.from_json(memory))

    def memory(self) -> str:
        """Text of the hidden cell in which the form remembers.

        Raises:
            DamagedFormError: The cell is gone.
        """
        try:
            return area_of(self._areas, "state").read()[0][0]
        except LostNameError:
            raise self._damaged("has lost the cell in which it remembers") from None

    # showing -------------------------------------------------------------------------------------------------

    def show(self, answer: Answer, reading: Reading, request: Request) -> tuple[str, ...]:
        """Show an answer: values only, in blocks, what stands there already left alone.

        What somebody typed since the reading is kept. After something was saved, the memory holds what was answered
        until the inputs are cleared: a program that dies in between does not take the same entry for a second one.

        Returns:
            The input column as it is now.
        """
        cells = reading.cells
        memory = json.loads(answer.state.to_json())
        with adapter.unprotected(self._body.sheet):
            if answer.receipt is not None:
                self._remember({**memory, ANSWERED: reading.digest(request)})
            if request is not Request.LOOK:
                cells = self._show_inputs(answer, reading)
            self._remember(memory)
            self._show_messages(answer, reading)
            self._show_panel(answer.panel, reading.rows.get(answer.focus, 0))
            self._show_status(self._with_homeless(answer, reading))
            self._write("info", [[safe(answer.info)]])
        if answer.focus in reading.rows and request is not Request.LOOK:
            self._focus(reading.rows[answer.focus])
        else:
            self._lead_on(reading)
        return cells

    def say(self, message: Message, reading: Reading | None = None) -> None:
        """Show a sentence and nothing else; a request counts as answered.

        Where the status line is gone it stands beside the request cell, and without that at the bottom of the window.
        """
        with adapter.unprotected(self._body.sheet):
            told = "status" in self._areas
            if told:
                self._show_status(message)
            if reading is not None and reading.request:
                request = self._body.part(reading.rows[DO], INPUT, 1, 3)
                own = ["", "", ""] if told else ["", safe(message.text), message.mark.value]
                request.write([own])
                told = True
        if not told:
            with adapter.calls():
                adapter.tell(self.book, message.text)

    def go(self) -> None:
        """Bring the form to the front."""
        with adapter.calls():
            self._body.sheet.activate()

    def _remember(self, memory: Mapping[str, object]) -> None:
        self._write("state", [[json.dumps(memory, ensure_ascii=False, separators=(",", ":"))]])

    def _focus(self, at: int) -> None:
        """Put the cursor into an input, if the form is in front: nobody is taken away from another sheet."""
        with adapter.calls():
            if self.book.sheets.active.name == self.title:
                self._input(at).select()

    def _lead_on(self, reading: Reading) -> None:
        """Put the cursor into the next input where it is in none: Enter was pressed while the sheet was unprotected."""
        inputs = sorted(at for row, at in reading.rows.items() if not self.design.by_id[row].locked)
        with adapter.calls():
            if self.book.sheets.active.name != self.title or (cursor := self.book.app.selection) is None:
                return
            at, beside = cursor.row - self._body.row, cursor.column - self._body.column != INPUT
        if at not in inputs or beside:
            self._input(next((one for one in inputs if one >= at + beside), inputs[0])).select()

    def _input(self, at: int) -> Area:
        """One cell of the input column, kept: the cursor comes to the same few again and again."""
        return self._single.setdefault(at, self._body.part(at, INPUT))

    def get_ready(self) -> None:
        """Find the inputs the cursor may go to, while nobody waits for it."""
        with contextlib.suppress(SpreadsheetError):  # found when the cursor goes there
            for row, at in self._rows.items():
                if not self.design.by_id[row].locked:
                    self._input(at).find()

    def _show_inputs(self, answer: Answer, reading: Reading) -> tuple[str, ...]:
        now = [row[0] for row in self._inputs.read()]
        wanted = list(now)
        controls = {FIND: answer.find, PICK: answer.pick, REASON: answer.reason, DO: ""}
        for row, at in reading.rows.items():
            if now[at] == reading.cells[at]:
                wanted[at] = controls[row] if row in controls else answer.inputs.get(row, "")
        if wanted != now:
            self._inputs.write([[text] for text in wanted])
        return tuple(wanted)

    def _show_messages(self, answer: Answer, reading: Reading) -> None:
        wanted = [("", "")] * len(reading.shown)
        for row, message in answer.messages.items():
            if row in reading.rows:
                wanted[reading.rows[row]] = (safe(message.text), message.mark.value)
        if tuple(wanted) != reading.shown:
            self._messages.write(wanted)
            self._clear_view(reading, [mark for _, mark in wanted])

    def _clear_view(self, reading: Reading, marks: Sequence[str]) -> None:
        """Take away the help of an input beside which something urgent is said, since it would cover that, and put it
        back once that is mended."""
        for row, at in reading.rows.items():
            before, now = reading.shown[at][1] in _URGENT, marks[at] in _URGENT
            prompt = input_prompt(self.design.by_id[row])
            if before != now and prompt:
                address = self._body.part(at, INPUT).address
                adapter.prompt(self._body.sheet, address, *(("", "") if now else prompt))

    def _show_panel(self, lines: Sequence[Line], focus: int) -> None:
        if panel := self._areas.get("panel"):
            if "guidance" in self._areas:  # cells of this sheet say that already
                lines = [line for line in lines if line.look is not Look.GUIDANCE]
            shown = arranged(lines or self._start, panel.height, self._body.row + focus - panel.row)
            self._write("panel", [(safe(line.text), line.look.value) for line in shown])

    def _show_status(self, message: Message) -> None:
        width = self._areas["status"].width if "status" in self._areas else 2
        self._write("status", [[safe(message.text), *[""] * (width - 2), message.mark.value]])

    def _with_homeless(self, answer: Answer, reading: Reading) -> Message:
        """The status, with what is wrong in fields that this sheet has no row for."""
        labels = {row.id: row.label for row in self.design.by_id.values()}
        lost = [
            f"{labels.get(row, row)}: {message.text}"
            for row, message in answer.messages.items()
            if row not in reading.rows and message.mark is Mark.WRONG
        ]
        if not lost:
            return answer.status
        return Message(" ".join([answer.status.text, *lost, "Make a new front-end to fill it in."]), Mark.WRONG)

    def _write(self, part: str, rows: Sequence[Sequence[str]]) -> None:
        """Write a part, unless it holds this already or is gone: what can be shown is shown."""
        wanted = [list(row) for row in rows]
        if part in self._areas and self._around.get(part) != wanted:
            self._around.pop(part, None)
            self._areas[part].write(wanted)
            self._around[part] = wanted

    # damage --------------------------------------------------------------------------------------------------

    def _placed(self, ids: Sequence[str]) -> dict[str, int]:
        """Where each row of the design is: by its id, and where that was overtyped by the name of its input."""
        found = {row: at for at, row in enumerate(ids) if row in self.design.by_id}
        for row in self.design.by_id:
            if row not in found and (at := self._by_name(row)) is not None:
                found[row] = at
        if DO not in found:
            raise self._damaged("has lost its request cell")
        return found

    def _by_name(self, row: str) -> int | None:
        """Position of a row whose id is gone from column A, by the name of its input; None without the name."""
        name = self.design.input_name(row)
        try:
            at = find_area(self.book, name).row - self._body.row
        except LostNameError:
            with adapter.calls():
                names = {str(known.name): str(known.refers_to) for known in self.book.names}
            if name in names:
                raise self._damaged(f"has lost its row {self.design.by_id[row].label}") from None
            return None
        if not 0 <= at < self._body.height:
            raise self._damaged(f"has its row {self.design.by_id[row].label} in another place")
        return at

    def _damaged(self, what: str) -> DamagedFormError:
        return DamagedFormError(
            f"The form {self.design.title}",
            f"{what}, so it was not read. Nothing was saved, and nothing in it was changed.",
            "Undo the last step, or make a new front-end.",
        )
