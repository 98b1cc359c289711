"""What stands in and at the inputs of a new form: defaults, help, and the legend of the request cell."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from workbook_cms.file.builder import cut_text
from workbook_cms.forms.answers import Line, Look, Request
from workbook_cms.forms.design import FormDesign, FormRow

__all__ = ["first_inputs", "input_prompt", "key_legend", "start_lines"]

_PROMPT_TITLE, _PROMPT_TEXT = 32, 255  # Excel's limits
_PROMPT_WIDTH = 42  # LibreOffice does not wrap it: a longer line would cover the panel


def start_lines(*, buttons: bool) -> tuple[Line, ...]:
    """The panel while it has nothing else to show; a button answers also where no helper watches for Enter."""
    find = "then the button Find" if buttons else "then Enter"
    submit = "the button Submit" if buttons else "a full stop in an empty field, then Enter"
    return (
        Line("How it goes", Look.HEADING),
        Line(f"1  A few letters in Find, {find}: see here what fits."),
        Line(f"2  The number of the right one in Pick, {find}."),
        Line("3  Fill in what has a red star; Enter goes on."),
        Line("    Of a value in a list its first letters are enough."),
        Line(f"4  To submit: {submit}."),
    )


def first_inputs(design: FormDesign) -> dict[str, str]:
    """Text of the inputs of a form as it is drawn: the defaults that need neither clock nor person."""
    return {field.id: field.default for field in design.fields if field.default and field.default[0] != "@"}


def input_prompt(row: FormRow) -> tuple[str, str] | None:
    """Title and text of what is shown while an input is selected; a control has its help beside it."""
    if row.field is None or row.locked or not row.help:
        return None
    lines = [row.help, *([f"Example: {row.field.example}"] if row.field.example else [])]
    text = "\n".join(textwrap.fill(line, _PROMPT_WIDTH) for line in lines)
    return cut_text(row.label, _PROMPT_TITLE), cut_text(text, _PROMPT_TEXT)


def key_legend(requests: Sequence[Request]) -> str:
    """The shortest beginnings that name a request: ``s Submit   n Next``."""
    words = [request.lower() for request in requests]
    legend = []
    for index, (word, request) in enumerate(zip(words, requests, strict=True)):
        # Of several requests that begin alike the first one is meant.
        starts = (word[:length] for length in range(1, len(word) + 1))
        short = next((s for s in starts if not any(other.startswith(s) for other in words[:index])), word)
        legend.append(f"{short} {request}")
    return "   ".join(legend)
