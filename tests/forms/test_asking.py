"""What a person asks of a form sheet, told from what stands in it."""

from __future__ import annotations

import pytest

from workbook_cms.forms.answers import Request
from workbook_cms.forms.asking import Asked, asked, request_of
from workbook_cms.forms.design import DO, FIND, PICK, FormDesign, form_designs
from workbook_cms.forms.sheet import Reading


@pytest.fixture
def design(fresh_book) -> FormDesign:
    """The form that records interactions."""
    return form_designs(fresh_book.policy)[0]


def reading(design: FormDesign, **texts: str) -> Reading:
    """A form in which only these inputs are filled; controls by their name without the @."""
    rows = {row: at for at, row in enumerate(design.by_id)}
    filled = {f"@{name}" if f"@{name}" in rows else name: text for name, text in texts.items()}
    return Reading(rows, tuple(filled.get(row, "") for row in rows), (("", ""),) * len(rows))


def request(design: FormDesign, now: dict[str, str], before: dict[str, str] | None = None) -> Request | None:
    """What is asked when a form changes from ``before`` to ``now``; None where nothing is."""
    seen = None if before is None else reading(design, **before).cells
    question: Asked | None = asked(design, reading(design, **now), seen)
    return question.request if question else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Submit", Request.SUBMIT),
        ("submit", Request.SUBMIT),
        ("s", Request.SUBMIT),
        (" N ", Request.NEXT),
        ("sign  off", Request.SIGN_OFF),
        ("Greet", Request.GREET),
        ("xyz", None),
        ("", None),
    ],
)
def test_request_words(design, text, expected) -> None:
    """A request is its word or a beginning of it; the first that is offered wins."""
    assert request_of(design, text) is expected


def test_first_look_greets(design) -> None:
    """A form that nobody looked at yet is greeted, unless something waits in its request cell."""
    assert request(design, {}) is Request.GREET
    assert request(design, {"do": "n"}) is Request.NEXT
    assert request(design, {"details": "a"}) is Request.GREET


def test_find_typed_before_the_first_look(design) -> None:
    """Who typed in Find before the helper came is answered, and keeps what she typed."""
    assert request(design, {"find": "zaf"}) is Request.FIND
    assert request(design, {"find": "zaf", "pick": "1"}) is Request.PICK


def test_nothing_new_asks_nothing(design) -> None:
    """What was seen before asks nothing."""
    assert request(design, {"details": "a"}, {"details": "a"}) is None


def test_typing_asks(design) -> None:
    """Find and Pick ask when they are typed into, other inputs ask for a look; Reason waits for its submit."""
    assert request(design, {"find": "zaf"}, {}) is Request.FIND
    assert request(design, {"find": "zaf", "pick": "1"}, {"find": "zaf"}) is Request.PICK
    assert request(design, {"details": "a"}, {}) is Request.LOOK
    assert request(design, {"reason": "twins"}, {}) is None


def test_lone_full_stop_submits(design) -> None:
    """A full stop in an empty input submits, and is not an input itself."""
    question = asked(design, reading(design, purpose=".", details="a"), reading(design, details="a").cells)
    assert question is not None
    assert question.request is Request.SUBMIT
    assert question.reading.texts["purpose"] == ""
    assert question.reading.texts["details"] == "a"


def test_full_stop_over_a_value_keeps_the_value(design) -> None:
    """A full stop typed over a value submits what stood there: nothing typed before is lost."""
    question = asked(design, reading(design, details="."), reading(design, details="a").cells)
    assert question is not None
    assert question.reading.texts["details"] == "a"


@pytest.mark.parametrize("control", ["find", "pick", "reason", "do"])
def test_full_stop_submits_from_any_row(design, control) -> None:
    """People are told that it does so in any empty field; it looks for nobody, is no reason and no unknown request."""
    question = asked(design, reading(design, details="a", **{control: "."}), reading(design, details="a").cells)
    assert question is not None
    assert (question.request, question.problem) == (Request.SUBMIT, "")
    assert question.reading.texts[f"@{control}"] == ""
    assert question.reading.texts["details"] == "a"


def test_unknown_request_says_what_there_is(design) -> None:
    """A word that is no request gets the ones that are."""
    question = asked(design, reading(design, do="save it"), ())
    assert question is not None
    assert question.request is None
    assert question.problem.startswith("save it is nothing that can be done here. Choose one of Submit, Next")


def test_every_row_has_a_text(design) -> None:
    """Controls count as inputs of the sheet."""
    assert {FIND, PICK, DO} <= set(reading(design).texts)
