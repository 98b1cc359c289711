"""What fields are, guessed from their names and types: match rules for a table whose policy has none.

The words come from the column names that Salesforce, HubSpot, Dynamics 365, Outlook, Google Contacts and Zoho export,
and from what German, French, Spanish, Italian and Dutch forms call the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from validation.vocabulary import Convention, FieldFormat, FieldType, Kind

if TYPE_CHECKING:
    from validation.policy import PolicyField, PolicyTable

__all__ = ["kinds_of_headers", "kinds_of_table"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Columns with such a word are about somebody else, about the sound of a name, or about no person at all.
_NOT_THE_RECORD = _words(
    "accountmanager agent anniversary approved assigned assistant assistants asst author bounced by callback caller "
    "campaign car consent created creator department dept display do domain emergency event expiry extended extension "
    "fax formatted hash image industry isdn job kin label labels last lead link main manager managers member modified "
    "next nickname not occupation office old opt optout owner pager parent partner phonetic photo position preference "
    "preferred prefix previous product profession project purpose radio reason recorded referee referral referred "
    "related reports responsible role row sales salutation score segment service sold source spouse stage status "
    "suffix supplier sync telex timezone title tty type updated url verified website yomi"
)
#: "Last" alone is when something happened last; before a name it is the family's.
_FAMILY = _words("lastname surname lname nachname familienname apellido apellidos cognome achternaam nachnamen")
_GIVEN = _words(
    "firstname forename forenames fname givenname vorname vornamen prenom prenoms nome voornaam givennames"
)
_FULL = _words("name fullname contactname customername clientname personname naam nom nombre")
#: The whole name where it stands alone, the family's beside a given name.
_FAMILY_BESIDE_GIVEN = _words("nom naam")
_ORGANISATION = _words(
    "organisation organization company companyname employer firma unternehmen societe entreprise empresa azienda "
    "bedrijf organisationname organizationname institution"
)
_ORGANISATION_NAMES = _words("account business trading legal company organisation organization firm practice")
_BORN = _words(
    "birthdate birthday dob born dateofbirth geburtsdatum geboren naissance nacimiento nascita geboortedatum"
)
_EMAIL = _words("email mail emailaddress courriel correo emails")
_PHONE = _words(
    "phone phones telephone tel mobile cell cellphone phonenumber mobilephone telefon telefono telefone handy "
    "telefoon landline mobil"
)
_STREET = _words(
    "street streetaddress addressline1 address1 strasse rue calle via straat mailingstreet thoroughfare"
)
_STREET_NUMBER = _words("streetnumber housenumber hausnummer numero huisnummer")
_PLACE = _words(
    "suburb city town locality village ort stadt ville ciudad citta plaats stad municipality mailingcity"
)
_POSTCODE = _words(
    "postcode zip zipcode postalcode plz postleitzahl codepostal cap pincode eircode mailingpostalcode"
)
#: Numbers that somebody else gave the person or organisation; a system's own row numbers tell no two apart.
_IDENTIFIER = _words(
    "abn acn ssn nhs vat passport licence license tfn iban ein duns siren siret cif nif dni nie bsn ustid steuernummer "
    "medicare socsecid loyalty membership taxnumber vatnumber nino crn"
)
_IDENTIFIER_PAIRS = (
    _words("social security"),
    _words("national id"),
    _words("government id"),
    _words("tax id"),
    _words("tax number"),
    _words("company number"),
    _words("registration number"),
    _words("soc sec"),
)
#: Best names first, where a table has several columns of one kind; a table has often a home and a work address.
_FIRST = "primary mailing 1 - mobile business work home billing shipping other 2 3"
#: Fields of one kind that take part.
_MOST = {Kind.PHONE: 2, Kind.EMAIL: 2, Kind.IDENTIFIER: 2}
_NAMES = frozenset({Kind.FULL_NAME, Kind.FAMILY_NAME, Kind.ORGANISATION})
#: What makes a given name alone enough.
_OWN = frozenset({Kind.EMAIL, Kind.PHONE, Kind.DATE, Kind.IDENTIFIER})
#: A table with such a column keeps what people bought or booked: one person comes up there many times.
_HAPPENED = _words("invoice order quantity transaction")
_BY_FORMAT = {
    FieldFormat.EMAIL: Kind.EMAIL,
    FieldFormat.PHONE: Kind.PHONE,
    FieldFormat.POSTCODE: Kind.POSTCODE,
}


def kinds_of_headers(headers: Iterable[str]) -> dict[str, Kind]:
    """What columns are, by their names alone.

    Args:
        headers: Such as ``First Name``, ``MailingPostalCode`` or ``E-mail 1 - Value``.

    Returns:
        Kind by header, only for columns that tell records apart; {} where they would not do so together, since
        no name is among them, or nothing beside it.
    """
    names = list(dict.fromkeys(headers))
    return _chosen({name: _by_words(_split(name)) for name in names}, {name: name for name in names})


def kinds_of_table(table: PolicyTable) -> dict[str, Kind]:
    """What the fields of a table are, by labels, types, formats and naming conventions.

    Returns:
        Kind by field id; {} where the fields do not tell records apart, and for a table of what happened with
        others (it has an activity date or a due date, or each record must name another): one person comes up
        there many times.
    """
    must_name = any(field.foreign_key and field.required for field in table.fields)
    if table.activity_date or table.due_date or must_name:
        return {}
    fields = [f for f in table.fields if f.id != table.key and not f.retired]
    return _chosen({f.id: _of_field(f) for f in fields}, {f.id: f.label for f in fields})


def _of_field(field: PolicyField) -> Kind | None:
    words = _split(field.label)
    if field.enum or field.foreign_key or field.multiple or field.locked:
        return None
    if field.type is FieldType.DATE:
        return Kind.DATE if _by_words(words) is Kind.DATE else None
    if field.type is not FieldType.STRING:
        return None
    kind = _by_words(words)
    if kind is Kind.DATE or _elsewhere(words):
        return None
    if field.format in _BY_FORMAT:
        return _BY_FORMAT[field.format]
    if field.naming is Convention.PERSON:
        return kind if kind in (Kind.GIVEN_NAME, Kind.FAMILY_NAME) else Kind.FULL_NAME
    if field.naming is Convention.ORGANISATION:
        return Kind.ORGANISATION
    if field.naming is Convention.PLACE and kind is None:
        return None  # a state or a country says little, and a place of birth is not where somebody lives
    return kind


def _split(label: str) -> list[str]:
    """Words of a label: ``MailingPostalCode`` and ``mailing_postal_code`` have the same."""
    decomposed = unicodedata.normalize("NFKD", label.replace("ß", "ss"))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("'", "")
    return [word.lower() for word in _WORD.findall(re.sub(r"(?i)\be-mail\b", "email", plain))]


def _elsewhere(words: list[str]) -> bool:
    """Whether a column is about somebody else, or about something that happened."""
    said = set(words) - ({"last"} if "name" in words else set())
    return not _NOT_THE_RECORD.isdisjoint(said) or {"middle", "name"} <= said


def _by_words(words: list[str]) -> Kind | None:
    said = {*words, *(one + other for one, other in pairwise(words)), "".join(words)}
    if _elsewhere(words):
        return None
    if "id" in words and not any(pair <= said for pair in _IDENTIFIER_PAIRS) and _IDENTIFIER.isdisjoint(said):
        return None
    if not _BORN.isdisjoint(said) or {"date", "birth"} <= said:
        return None if "place" in said else Kind.DATE
    if not _IDENTIFIER.isdisjoint(said) or any(pair <= said for pair in _IDENTIFIER_PAIRS):
        return None if said & {"date", "state", "country", "name", "status"} else Kind.IDENTIFIER
    return _contact(said) or _name(said)


def _contact(said: set[str]) -> Kind | None:
    if not _EMAIL.isdisjoint(said):
        return Kind.EMAIL
    if not _PHONE.isdisjoint(said):
        return Kind.PHONE
    if not _POSTCODE.isdisjoint(said) or {"postal", "code"} <= said:
        return Kind.POSTCODE
    if not _STREET_NUMBER.isdisjoint(said):
        return Kind.STREET_NUMBER
    if said & {"2", "3", "line2", "line3", "box"}:
        return None
    if not _PLACE.isdisjoint(said):
        return Kind.PLACE
    elsewhere = said & _words("state region country province county")
    return Kind.STREET if not _STREET.isdisjoint(said) or ("address" in said and not elsewhere) else None


def _name(said: set[str]) -> Kind | None:
    if not _FAMILY.isdisjoint(said) or {"family", "name"} <= said:
        return Kind.FAMILY_NAME
    if not _GIVEN.isdisjoint(said) or {"given", "name"} <= said or {"given", "names"} <= said:
        return Kind.GIVEN_NAME
    if not _ORGANISATION.isdisjoint(said) or ("name" in said and not _ORGANISATION_NAMES.isdisjoint(said)):
        return Kind.ORGANISATION
    others = said & _words("file user domain host goal objective item unit field")
    return None if _FULL.isdisjoint(said) or others else Kind.FULL_NAME


def _rank(words: set[str]) -> int:
    order = _FIRST.split()
    return min((rank for rank, word in enumerate(order) if word in words), default=order.index("-"))


def _chosen(guessed: Mapping[str, Kind | None], labels: Mapping[str, str]) -> dict[str, Kind]:
    """The best columns of each kind, in their order; nothing where they do not tell records apart."""
    words = {name: set(_split(label)) for name, label in labels.items()}
    if any(not _HAPPENED.isdisjoint(said) for said in words.values()):
        return {}
    kinds = {name: kind for name, kind in guessed.items() if kind is not None}
    if Kind.GIVEN_NAME in kinds.values():
        for name, kind in list(kinds.items()):
            if kind is Kind.FULL_NAME and not _FAMILY_BESIDE_GIVEN.isdisjoint(words[name]):
                kinds[name] = Kind.FAMILY_NAME
        if Kind.FAMILY_NAME in kinds.values():
            kinds = {name: kind for name, kind in kinds.items() if kind is not Kind.FULL_NAME}
    taken: dict[Kind, list[str]] = {}
    for name in sorted(kinds, key=lambda name: _rank(words[name])):
        same = taken.setdefault(kinds[name], [])
        if len(same) < _MOST.get(kinds[name], 1):
            same.append(name)
    chosen = {name: kind for name, kind in kinds.items() if name in taken[kind]}
    told = set(chosen.values())
    enough = len(told) > 1 and (told & _NAMES or (Kind.GIVEN_NAME in told and told & _OWN))
    return chosen if enough else {}
