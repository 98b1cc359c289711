"""The words a policy may use: types, formats, conventions, actions. Closed lists, the same in sheets and YAML."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "Action",
    "Convention",
    "DateOrder",
    "FieldFormat",
    "FieldType",
    "Kind",
    "Must",
    "Normaliser",
    "SavePolicy",
    "Sensitivity",
    "Stage",
    "Strength",
    "WhenIs",
]


class FieldType(StrEnum):
    """Types of Table Schema that a worksheet cell can hold."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"


class FieldFormat(StrEnum):
    """Formats of a string field."""

    DEFAULT = "default"
    EMAIL = "email"
    PHONE = "phone"
    URI = "uri"
    POSTCODE = "postcode"


class Convention(StrEnum):
    """Naming convention a string field follows."""

    NONE = ""
    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    CODE = "code"


class Normaliser(StrEnum):
    """What is mended without asking when a value is entered."""

    TRIM = "trim"  # white space at the ends and doubled, control characters, Unicode NFC
    CASE = "case"  # ALL CAPITALS or all small letters to the convention's case
    LOWER = "lower"
    UPPER = "upper"
    PHONE = "phone"  # to E.164, by the region
    EMAIL = "email"  # domain in small letters
    POSTCODE = "postcode"


class Sensitivity(StrEnum):
    """How much care a field needs: reports mask sensitive values; personal ones they show, since people mend by them."""

    NONE = ""
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Action(StrEnum):
    """Duplicate action: what a match does to an entry."""

    BLOCK = "block"
    ALERT = "alert"
    ALLOW = "allow"


class Kind(StrEnum):
    """What a field is, for matching; the weights follow from it."""

    GIVEN_NAME = "given-name"
    FAMILY_NAME = "family-name"
    FULL_NAME = "full-name"
    ORGANISATION = "organisation"
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    IDENTIFIER = "identifier"
    STREET_NUMBER = "street-number"
    STREET = "street"
    PLACE = "place"
    POSTCODE = "postcode"
    CATEGORY = "category"
    TEXT = "text"


class Strength(StrEnum):
    """A steward's word on how much a field counts in a match."""

    WEAKER = "weaker"
    NORMAL = "normal"
    STRONGER = "stronger"


class Must(StrEnum):
    """What a condition asks of its fields."""

    FILLED = "filled"
    EMPTY = "empty"
    ONE_FILLED = "one filled"  # at least one of the fields
    ONE_OF = "one of"  # a value among `values`
    NOT_ONE_OF = "not one of"
    ON_OR_AFTER = "on or after"  # the field `other`
    ON_OR_BEFORE = "on or before"
    AT_LEAST = "at least"  # the number in `values`
    AT_MOST = "at most"
    SAME_AS = "same as"  # the field `other`
    DIFFERENT_FROM = "different from"


class WhenIs(StrEnum):
    """How a condition looks at the field that switches it on."""

    ONE_OF = "one of"
    NOT_ONE_OF = "not one of"  # blank counts as not one of
    FILLED = "filled"
    EMPTY = "empty"


class SavePolicy(StrEnum):
    """What validation on save does."""

    WARN = "warn"
    BLOCK = "block"
    OFF = "off"


class Stage(StrEnum):
    """Where a record stands when its status has a value of a list: prepare, create, finalise and review."""

    NONE = ""
    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"
    REVIEWED = "reviewed"


class DateOrder(StrEnum):
    """How people here write 5/11/2026."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"
