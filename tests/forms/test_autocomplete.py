"""Completion of typed letters by the program: off while a front-end is served, as before afterwards."""

from __future__ import annotations

from workbook_cms.forms.autocomplete import stop_completing


def completes(office) -> bool:
    """Whether LibreOffice completes what is typed."""
    return office.app.impl.office.create("com.sun.star.sheet.GlobalSheetSettings").DoAutoComplete


def test_off_while_served_and_on_again(office, front_end, helper) -> None:
    """It is switched off when a front-end is met, and on again when the last one is closed."""
    assert completes(office)
    helper.step()
    assert not completes(office)
    front_end.book.close()
    helper.step()
    assert completes(office)


def test_left_off_where_it_was_off(office, front_end) -> None:
    """Somebody who does not want it does not get it."""
    again = stop_completing(front_end.book)
    assert again is not None
    assert stop_completing(front_end.book) is None
    again()
    assert completes(office)
