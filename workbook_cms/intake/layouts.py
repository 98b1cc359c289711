"""What other systems call their columns: names that mean the same, in the order in which they are preferred."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["meaning", "plain"]

_NOT_LETTERS = re.compile(r"[\W_]+")

# Each group is one meaning; its first name is the best source when a file has several of them (a file with
# "Phone" and "Home Phone" gives its "Phone"). Names are compared without case, spaces and punctuation. They come
# from the export layouts of Salesforce (labels and API names), HubSpot, Zoho, Outlook and Google Contacts.
_GROUPS: dict[str, str] = {
    "given name": (
        "given name, first name, firstname, forename, given names, christian name, fname, contact first name, first, given"
    ),
    "family name": "family name, last name, lastname, surname, lname, second name, contact last name, last, family",
    "full name": "full name, name, display name, contact name, customer name",
    "title": "salutation, name prefix, honorific, honorific prefix, title, courtesy title, prefix",
    "organisation": (
        "organisation, organization, company, company name, account name, organisation name, organization name, "
        "organization 1 - name, associated company, business name, employer, account"
    ),
    "date of birth": "date of birth, birth date, birthdate, birthday, dob, born, contact date of birth",
    "email": (
        "email, e-mail, email address, e-mail address, e-mail 1 - value, email 1, primary email, work email, "
        "e-mail 1 address, home email, person email, contact email"
    ),
    "phone": (
        "phone, phone number, telephone, telephone number, phone 1 - value, phone 1, primary phone, mobile, "
        "mobile phone, mobile phone number, cell phone, mobile number, business phone, work phone, home phone, tel, "
        "contact phone, contact number, mob, cell, ph"
    ),
    "street": (
        "street, street address, mailing street, address, address line 1, address 1, address 1 - street, "
        "billing street, business street, home street, other street, postal address, address1"
    ),
    "suburb": (
        "suburb, city, town, locality, mailing city, address 1 - city, billing city, business city, home city, "
        "other city, mailing suburb, town/city"
    ),
    "state": (
        "state, state/province, state/region, region, province, county, mailing state, mailing state/province, "
        "address 1 - region, billing state, billing state/province, business state, home state, other state, territory"
    ),
    "postcode": (
        "postcode, post code, postal code, zip, zip code, zip/postal code, mailing zip, mailing zip/postal code, "
        "mailing postal code, mailing postcode, address 1 - postal code, billing zip, billing code, "
        "billing zip/postal code, business postal code, home postal code, other zip, mailing code, p/code, pc"
    ),
    "country": (
        "country, country/region, country/territory, mailing country, address 1 - country, billing country, "
        "business country/region, business country, home country/region, home country, other country, nation"
    ),
    "notes": "notes, note, description, comments, comment, remarks, additional information",
    "type": "type, contact type, record type, customer type, category, account type",
    "status": "status, contact status, lead status, customer status",
    "segment": "segment, customer segment, market segment, lead source segment",
    "preferred channel": "preferred channel, preferred contact method, preferred method of contact, contact preference",
    "date": "date, activity date, interaction date, call date, created date, due date only, start date",
    "channel": "channel, activity type, medium, contact channel",
    "details": "details, subject details, full details, call notes, body, summary",
    "recorded by": "recorded by, activity assigned to, created by, assigned to, logged by, agent, owner",
    "due": "due, due date, deadline",
    "booking number": "booking number, booking no, booking reference, booking ref, reservation number, booking id",
}


def plain(name: str) -> str:
    """A name for comparison: ``E-mail 1 - Value`` and ``email1value`` are the same, accents do not count."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return _NOT_LETTERS.sub("", "".join(c for c in decomposed if not unicodedata.combining(c)))


_MEANINGS: dict[str, tuple[str, int]] = {
    plain(name): (group, rank) for group, names in _GROUPS.items() for rank, name in enumerate(names.split(","))
}


def meaning(name: str) -> tuple[str, int] | None:
    """What a column's name means and how good a source it is (0 is the best); None when it is not known."""
    return _MEANINGS.get(plain(name))
