"""What becomes of a save."""

import pytest

from validation.findings import Finding, Severity
from validation.policy import SavePolicy
from workbook_cms.forms.adapter import Program
from workbook_cms.forms.save_check import allowance, is_checked, reason_in, stops

BLANK = Finding("ENT001", Severity.ERROR, "is blank.", "Stakeholders", "STK-00001", "Type", "Stakeholders!B2")
WRONG = BLANK._replace(code="ENT010", field="Phone", value="12")
DOUBT = BLANK._replace(code="DUP002", severity=Severity.WARNING)
EXCEL, MAC = Program.EXCEL_WINDOWS, Program.EXCEL_MAC


@pytest.mark.parametrize(
    ("policy", "autosaves", "checked"),
    [
        ("warn", False, True),
        ("block", False, True),
        ("off", False, False),
        ("warn", True, False),
        ("block", True, False),
    ],
)
def test_when_a_save_is_checked(policy, autosaves, checked):
    """Nothing is done while AutoSave is on, nor where the policy says off."""
    assert is_checked(SavePolicy(policy), autosaves=autosaves) is checked


@pytest.mark.parametrize(
    ("policy", "program", "findings", "stopped"),
    [
        ("block", EXCEL, [BLANK, DOUBT], True),
        ("block", Program.LIBREOFFICE, [BLANK], True),
        ("block", EXCEL, [DOUBT], False),
        ("block", EXCEL, [], False),
        ("block", MAC, [BLANK], False),
        ("warn", EXCEL, [BLANK], False),
        ("off", EXCEL, [BLANK], False),
    ],
)
def test_when_a_save_is_called_off(policy, program, findings, stopped):
    """Only errors stop, only under block, and never on macOS."""
    assert stops(SavePolicy(policy), program, findings) is stopped


def test_what_was_let_through_does_not_stop_again():
    """Errors that somebody saved in spite of let the next save through, fewer of them too; a new one does not."""
    allowed = allowance([BLANK, WRONG, DOUBT])
    assert not stops(SavePolicy.BLOCK, EXCEL, [BLANK, WRONG], allowed)
    assert not stops(SavePolicy.BLOCK, EXCEL, [WRONG], allowed)
    assert stops(SavePolicy.BLOCK, EXCEL, [WRONG._replace(value="13")], allowed)
    assert stops(SavePolicy.BLOCK, EXCEL, [BLANK], "damaged")


def test_very_many_errors_fit_a_cell():
    """A neglected workbook can be saved too: beyond a bound the errors are let through by their number."""
    many = [BLANK._replace(key=f"STK-{number:05d}") for number in range(5000)]
    allowed = allowance(many)
    assert len(allowed) < 32_000
    assert not stops(SavePolicy.BLOCK, EXCEL, many[:4999], allowed)
    assert stops(SavePolicy.BLOCK, EXCEL, [*many, WRONG], allowed)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ("Save anyway: Ben has seen it", "Ben has seen it"),
        ("save anyway Ben has seen it", "Ben has seen it"),
        ("Save anyway", ""),
        ("Check", None),
        ("", None),
    ],
)
def test_reason_in_a_request(request_, reason):
    """The reason stands behind the words, however they are separated from it."""
    assert reason_in(request_) == reason
