"""Values that no form expects, in a real LibreOffice: judged as typed, never a formula of ours, never dropped."""

from __future__ import annotations

import pytest

from tests.conftest import TODAY
from workbook_cms.forms.areas import MAX_SHOWN, safe, text_of
from workbook_cms.workbook import Workbook


def interactions(path):
    """The interactions of the record workbook."""
    return Workbook.open(path, today=TODAY).table("Interactions").to_pandas()


@pytest.mark.parametrize(("formula", "error"), [("=1/0", "#DIV/0!"), ("=NA()", "#N/A")])
def test_an_error_in_an_input(filled, helper, team, formula, error) -> None:
    """A cell that shows an error is not taken for a blank one, also where the field may stay blank."""
    filled.sheet.api.unprotect("")
    filled.cell("outcome").number_format = "General"
    filled.cell("outcome").formula = formula
    filled.ask("Submit")
    helper.step()
    assert filled.message("outcome") == (f"holds the error {error}. Type the value.", "wrong")
    assert len(interactions(team)) == 0


def test_a_formula_pasted_counts_as_what_it_shows(filled, helper, team) -> None:
    """A formula that was pasted is taken as the value it shows."""
    filled.sheet.api.unprotect("")
    filled.cell("channel").number_format = "General"
    filled.cell("channel").formula = '="Pho"&"ne"'
    filled.ask("Submit")
    helper.step()
    assert list(interactions(team)["Channel"]) == ["Phone"]


@pytest.mark.parametrize("typed", ["=cmd|'/c calc'!A0", "'t Hooft", "@SUM(1) <b>b</b> 😀 الاسم"])
def test_texts_stay_texts(filled, helper, team, typed) -> None:
    """What looks like a formula, HTML or another script is kept as it is, through a refusal and into the record."""
    filled.fill(outcome=typed, contact_email="quenby@")
    filled.ask("Submit")
    helper.step()
    assert filled.text("outcome") == typed
    assert filled.cell("outcome").api.getType().value == "TEXT"
    filled.type("contact_email", "")
    filled.ask("Submit")
    helper.step()
    assert list(interactions(team)["Outcome"]) == [typed]


def test_request_as_long_as_a_cell(filled, helper) -> None:
    """A text pasted into a request cell is quoted with its beginning only, here and on the pages."""
    filled.ask("z" * 32_767)
    helper.step()
    assert len(filled.status) < 300
    page = filled.book.sheets["Findings"]
    page.activate()
    filled.book.names["findings_do"].refers_to_range.value = "z" * 32_767
    helper.step()
    assert len(filled.book.names["findings_status"].refers_to_range.value[0]) < 300


def test_nothing_shown_is_longer_than_a_cell() -> None:
    """Excel refuses a whole block when one text in it is too long: such a text is cut."""
    assert len(safe("=" + "x" * 40_000)) == MAX_SHOWN


@pytest.mark.parametrize(
    ("value", "text"), [(-2146826281, "#DIV/0!"), (-2146826246, "#N/A"), (-2146826280, "#VALUE!")]
)
def test_errors_as_excel_gives_them(value, text) -> None:
    """An error cell reaches us from Excel on Windows as a number, and is named as people see it."""
    assert text_of(value) == text


def test_a_list_without_an_active_value(filled, helper, team) -> None:
    """A list whose values were all retired says who can help instead of offering nothing."""
    policy = Workbook.open(team, today=TODAY).policy
    channels = policy.list_by_id["channels"]
    retired = channels.model_copy(
        update={"items": tuple(item.model_copy(update={"active": False}) for item in channels.items)}
    )
    lists = tuple(retired if one is channels else one for one in policy.lists)
    Workbook.open(team, today=TODAY).apply_policy(policy.model_copy(update={"lists": lists}))
    for typed in ("Phone", "Pigeon"):
        filled.type("channel", typed)
        filled.ask("Submit")
        helper.step()
        assert filled.message("channel")[0].endswith("The list has no active value: ask the steward for one.")
