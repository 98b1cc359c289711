"""The texts of the rules on attribution."""

from __future__ import annotations

from validation.findings import Rule, Severity

__all__ = ["BIRTH", "BOOKING", "EMAIL", "NAME", "PHONE", "RULES"]

_WHY = (
    "An interaction filed under the wrong person is lost for the right one and wrong for the other: the brochure goes "
    "to the wrong address, the ticket is made out in a misspelt name, one passenger's change is made to another's trip."
)
_MEND = (
    "Ask for the booking number or the date of birth and compare. If somebody else is meant, choose that record. "
    "If the right one was chosen, go on with a reason, and enter the new detail in that record, so that it is known "
    "next time; the history keeps the reason, and the finding is a note from then on. "
    "No program decides this for you: only a person can know who it was."
)

EMAIL = Rule(
    code="ATT001",
    name="email-of-another",
    title="The e-mail address in an entry is another record's",
    severity=Severity.WARNING,
    what=(
        "Looks up the e-mail address given in an entry. It is reported when it stands in another record and not in the "
        "one that the entry names. An address that nobody has, or that both share, is no finding."
    ),
    why=_WHY,
    example=(
        "| Interaction ID | Stakeholder ID | Contact email |\n|---|---|---|\n"
        "| INT-000812 | STK-00214 | quenby.z@example.com |\n\n"
        "*quenby.z@example.com is the e-mail of STK-00377 Quincy Zafiris, not of STK-00214 Quenby Zafiropoulos.* "
        "Mended: Stakeholder ID is STK-00377."
    ),
    mend=_MEND,
)
PHONE = Rule(
    code="ATT002",
    name="phone-of-another",
    title="The phone number in an entry is another record's",
    severity=Severity.WARNING,
    what=(
        "Looks up the phone number given in an entry, in whatever shape it was typed. It is reported when it stands in "
        "another record and not in the one that the entry names. A number that nobody has, or that both share (a "
        "household), is no finding."
    ),
    why=_WHY,
    example=(
        "| Interaction ID | Stakeholder ID | Contact phone |\n|---|---|---|\n"
        "| INT-000813 | STK-00214 | 0412 345 678 |\n\n"
        "*0412 345 678 is the phone number of STK-00377 Quincy Zafiris, not of STK-00214 Quenby Zafiropoulos.* "
        "Mended: Stakeholder ID is STK-00377."
    ),
    mend=_MEND,
)
BIRTH = Rule(
    code="ATT003",
    name="date-of-birth-differs",
    title="The date of birth in an entry is not the one of the record it names",
    severity=Severity.WARNING,
    what=(
        "Compares the date of birth given in an entry with the one in the record that it names. Where another record "
        "has this date of birth, and another detail or a similar name speaks for it too, that record is named."
    ),
    why=_WHY + " The date of birth is what tells two people of the same name apart.",
    example=(
        "| Interaction ID | Stakeholder ID | Contact date of birth |\n|---|---|---|\n"
        "| INT-000814 | STK-00214 | 4 Mar 1984 |\n\n"
        "*4 Mar 1984 is not the date of birth of STK-00214 Quenby Zafiropoulos (19 Aug 1961) but that of STK-00377 "
        "Quincy Zafiris.* Mended: Stakeholder ID is STK-00377."
    ),
    mend=_MEND,
)
BOOKING = Rule(
    code="ATT004",
    name="booking-of-another",
    title="The booking number in an entry belongs to another record",
    severity=Severity.WARNING,
    what=(
        "Looks up the booking number (or another identifying number) given in an entry and whose it is. It is reported "
        "when it is not that of the record that the entry names. A number that does not exist is for rule REF001."
    ),
    why=_WHY,
    example=(
        "| Interaction ID | Stakeholder ID | Booking number |\n|---|---|---|\n"
        "| INT-000815 | STK-00214 | WT1002345 |\n\n"
        "*booking number WT1002345 belongs to STK-00377 Quincy Zafiris, not to STK-00214 Quenby Zafiropoulos.* "
        "Mended: Stakeholder ID is STK-00377."
    ),
    mend=_MEND,
)
NAME = Rule(
    code="ATT005",
    name="name-of-another",
    title="The name in an entry does not look like the name of the record it names",
    severity=Severity.WARNING,
    what=(
        "Compares the name given in an entry with the name in the record that it names. Capitals, accents, initials, "
        "the order of names, a common short form (Bob for Robert), a title and small misspellings are all let pass. "
        "Where another record has that name, it is named."
    ),
    why=_WHY,
    example=(
        "| Interaction ID | Stakeholder ID | Contact name |\n|---|---|---|\n"
        "| INT-000816 | STK-00214 | Quincy Zafiris |\n\n"
        "*Quincy Zafiris does not look like STK-00214 Quenby Zafiropoulos, but like STK-00377 Quincy Zafiris.* "
        "Mended: Stakeholder ID is STK-00377."
    ),
    mend=_MEND,
)

RULES: tuple[Rule, ...] = (EMAIL, PHONE, BIRTH, BOOKING, NAME)
