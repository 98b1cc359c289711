"""Telephone numbers, e-mail addresses, web addresses and postcodes: canonical text, and what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

__all__ = [
    "country_name",
    "email",
    "email_fault",
    "is_email",
    "is_phone",
    "is_plain_email",
    "is_postcode",
    "is_uri",
    "phone",
    "phone_fault",
    "postcode",
    "postcode_fault",
    "uri_fault",
]

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_EXTENSION = " ext. "
_PHONE_TEXT = re.compile(
    r"[\d\s()\[\]+\-‐-–./]+(?:[,;]?\s*(?:x|ext\.?|extn\.?|extension|#)[\s.:=]*\d{1,7})?", re.IGNORECASE
)
#: Nearly every address: plain letters, digits and single dots or dashes; email-validator judges the others.
_PLAIN_EMAIL = re.compile(
    r"(?!.{65})[A-Za-z0-9]+(?:[._+\-][A-Za-z0-9]+)*"
    r"@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.){1,4}(?:com|net|org|edu|gov|info|biz|io|[a-z]{2})"
)
_ORDINARY_EMAIL = re.compile(
    r"[a-z0-9]+(?:[._+\-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.){1,4}(?!(?:test|local|invalid|localhost|arpa|onion)$)[a-z]{2,12}",
    re.IGNORECASE | re.ASCII,
)
_URI = re.compile(
    r"(?:https?://)?(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9\-]{1,62}(?::[0-9]{1,5})?(?:[/?#][^\s<>\"]*)?",
    re.IGNORECASE,
)
#: Shape of a postcode once spaces are as they should be (Universal Postal Union, Postal addressing systems).
_POSTCODES = {
    "AU": (r"[0-9]{4}", "four digits, such as 2000"),
    "NZ": (r"[0-9]{4}", "four digits, such as 6011"),
    "GB": (r"GIR 0AA|[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}", "letters and digits such as SW1A 1AA"),
    "US": (r"[0-9]{5}(?:-[0-9]{4})?", "five digits, such as 90210"),
    "CA": (r"[A-Z][0-9][A-Z] [0-9][A-Z][0-9]", "letters and digits such as K1A 0B1"),
    "DE": (r"[0-9]{5}", "five digits, such as 10115"),
    "FR": (r"[0-9]{5}", "five digits, such as 75001"),
    "IT": (r"[0-9]{5}", "five digits, such as 00184"),
    "ES": (r"[0-9]{5}", "five digits, such as 28013"),
    "AT": (r"[0-9]{4}", "four digits, such as 1010"),
    "CH": (r"[0-9]{4}", "four digits, such as 3000"),
    "BE": (r"[0-9]{4}", "four digits, such as 1000"),
    "DK": (r"[0-9]{4}", "four digits, such as 1050"),
    "NL": (r"[0-9]{4} [A-Z]{2}", "four digits and two letters, such as 1012 JS"),
    "IE": (r"[A-Z][0-9]{2}W? [0-9A-Z]{4}", "seven letters and digits, such as D02 X285"),
    "SG": (r"[0-9]{6}", "six digits, such as 238859"),
    "IN": (r"[0-9]{6}", "six digits, such as 110001"),
}
_ANY_POSTCODE = r"[A-Z0-9](?:[A-Z0-9 \-]{1,8})[A-Z0-9]"
_COUNTRIES = {
    "AU": "Australia", "NZ": "New Zealand", "GB": "the United Kingdom", "US": "the United States", "CA": "Canada",
    "DE": "Germany", "FR": "France", "IT": "Italy", "ES": "Spain", "AT": "Austria", "CH": "Switzerland",
    "BE": "Belgium", "DK": "Denmark", "NL": "the Netherlands", "IE": "Ireland", "SG": "Singapore", "IN": "India",
}  # fmt: skip


def country_name(region: str) -> str:
    """English name of a region where we know it, else its code."""
    return _COUNTRIES.get(region, region)


# --- telephone ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _known_shape(region: str) -> re.Pattern[str]:
    """All valid international numbers of a region as one pattern, from the same metadata phonenumbers judges by."""
    from phonenumbers import PhoneMetadata, country_code_for_region  # noqa: PLC0415 - 60 ms, only with a phone field

    data = PhoneMetadata.metadata_for_region(region, None)
    if data is None:
        return re.compile(r"(?!)")
    kinds: tuple[Any, ...] = (
        data.fixed_line, data.mobile, data.toll_free, data.premium_rate, data.shared_cost, data.voip,
        data.personal_number, data.pager, data.uan, data.voicemail,
    )  # fmt: skip
    patterns = [k.national_number_pattern for k in kinds if k is not None and k.national_number_pattern]
    shape = "|".join(f"(?:{p})" for p in patterns) or "(?!)"
    return re.compile(rf"\+{country_code_for_region(region)}(?:{shape})", re.ASCII)


@lru_cache(maxsize=200_000)
def phone(text: str, region: str) -> str | None:
    """A telephone number as E.164 (``+61412345678``), an extension after it as `` ext. 123``; None if it is none.

    ``region`` tells how a number without a country code is meant. Valid is what Google's libphonenumber says.
    """
    if _E164.fullmatch(text) and _known_shape(region).fullmatch(text):
        return text
    import phonenumbers  # noqa: PLC0415 - 60 ms, only where a phone is looked at

    # libphonenumber finds a number in any text; ``ring after six 0412 345 678`` is for a person to part.
    if len(text) > 60 or not _PHONE_TEXT.fullmatch(text):
        return None
    number = _international(text, region) if text.lstrip(" (").startswith("00") else _valid(text, region)
    if number is None:
        return None
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain}{_EXTENSION}{number.extension}" if number.extension else str(plain)


def _valid(text: str, region: str | None) -> Any:
    """The number as phonenumbers has it, None where it is none or not a valid one."""
    import phonenumbers  # noqa: PLC0415 - see `phone`

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _international(text: str, region: str) -> Any:
    """A number that begins with 00, the way out of most countries; read so before any way out of the region alone.

    libphonenumber knows codes of single carriers: 0019 leaves Australia, and ``001-949-844-8787`` would become a
    number in Germany. Where 00 gives no number, only the region's usual way out and its own numbers count.
    """
    import phonenumbers  # noqa: PLC0415 - see `phone`

    bare = text.lstrip(" (")
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    usual = metadata.preferred_international_prefix if metadata else None
    if usual and bare.startswith(usual):
        return _valid(text, region)
    number = _valid("+" + bare[2:].lstrip(" )-.").rstrip(), None)
    if number is None:
        number = _valid(text, region)
        if number is not None and number.country_code != phonenumbers.country_code_for_region(region):
            return None
    return number


def is_phone(text: str, region: str) -> bool:
    """Whether it is a telephone number, in whatever shape."""
    return phone(text, region) is not None


def phone_fault(text: str, region: str) -> str:
    """Why ``text`` is no telephone number and what to do, for people."""
    import phonenumbers  # noqa: PLC0415 - see above

    place = country_name(region)
    digits = re.sub(r"\D", "", text)
    abroad = text.strip().startswith(("+", "00"))
    if not digits:
        return "is not a telephone number: it has no digits. Ask for the number, or leave it blank."
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    where = "a telephone number" if abroad else f"a telephone number in {place}"
    if abroad or example is None:
        return (
            f"is not {where}: no country has such a number. Check it with the person and write it with the "
            f"country code, such as +44 20 7946 0958, or leave it blank."
        )
    shown = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
    length = len(re.sub(r"\D", "", shown))
    problem = f"it has {len(digits)} digits, a mobile has {length}"
    if len(digits) == length:
        problem = "no number there begins like this"
    return (
        f"is not {where}: {problem}. Ask again (a mobile looks like {shown}; a number abroad starts with + and the "
        f"country code), or leave it blank."
    )


# --- e-mail ------------------------------------------------------------------------------------------------------


def email(text: str) -> str:
    """An e-mail address with its domain in small letters, ``mailto:`` and angle brackets gone. The part before the
    @ stays: some servers tell capitals apart there (RFC 5321, 2.4)."""
    text = re.sub(r"^mailto:", "", text.strip(), flags=re.IGNORECASE)
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.lower()}" if at else text


#: True of an e-mail address of the commonest kind, in its standard form: a quick yes, no is no verdict.
is_plain_email: Callable[[str], object] = _PLAIN_EMAIL.fullmatch


def is_email(text: str) -> bool:
    """Whether it is an e-mail address that mail can be sent to (RFC 5322 without comments, a real domain)."""
    if _ORDINARY_EMAIL.fullmatch(text) and len(text.partition("@")[0]) <= 64 and len(text) <= 250:
        return True
    return _email_error(text) is None


@lru_cache(maxsize=4096)
def _email_error(text: str) -> str | None:
    import email_validator  # noqa: PLC0415 - 60 ms, only for an address out of the ordinary

    try:
        email_validator.validate_email(text, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        return str(error)
    except ValueError:  # what idna says of some broken host names
        return "The part after the @-sign is not a host name."
    return None


def email_fault(text: str) -> tuple[str, str | None]:
    """Why ``text`` is no e-mail address and what to do, and a mended address where one is likely."""
    mended = _mended_email(text)
    ask = f"Did you mean {mended}?" if mended else "Ask for the address again, or leave it blank."
    if re.search(r"[;,]\s*\S+@", text):
        return "holds more than one e-mail address. Keep the one to write to, the others go into the notes.", None
    if "@" not in text:
        problem = "it has no @"
    elif text.count("@") > 1:
        problem = "it has more than one @"
    elif re.search(r"\s", text):
        problem = "it has a space in it"
    elif text.endswith("@"):
        problem = "nothing follows the @"
    elif text.startswith("@"):
        problem = "nothing stands before the @"
    elif "." not in text.rpartition("@")[2]:
        problem = "the part after the @ has no dot, such as .com.au"
    elif ".." in text:
        problem = "two dots follow each other"
    elif re.search(r"\.@|@\.|^\.|\.$", text):
        problem = "a dot stands where none can"
    elif re.search(r"\.(test|local|invalid|localhost|example)$", text, re.IGNORECASE):
        problem = "no mail can be sent to that domain"
    else:
        problem = _plain_reason(_email_error(text) or "")
    return f"is not an e-mail address: {problem}. {ask}", mended


def _plain_reason(reason: str) -> str:
    if "@" in reason and "contains invalid characters" in reason:
        bad = reason.rpartition(": ")[2].rstrip(".")
        return f"it has a character that cannot stand there ({bad})"
    if "too long" in reason:
        return "it is too long"
    if "special-use" in reason or "reserved" in reason:
        return "no mail can be sent to that domain"
    return "the part before or after the @ cannot be so"


def _mended_email(text: str) -> str | None:
    mended = email(re.sub(r"\s+", "", text).replace("..", ".").strip(".,;:<>\"'"))
    mended = re.sub(r"@\.", "@", re.sub(r"\.@", "@", re.sub("@+", "@", mended)))
    mended = re.sub(r"(?<=@)(\w+),(\w+)", r"\1.\2", mended)
    if mended == text or not mended.isascii():
        return None
    return mended if _ORDINARY_EMAIL.fullmatch(mended) else None


# --- web address -------------------------------------------------------------------------------------------------


def is_uri(text: str) -> bool:
    """Whether it is a web address, with or without ``https://``."""
    return _URI.fullmatch(text) is not None


def uri_fault(text: str) -> str:
    """Why it is no web address, for people."""
    if "@" in text:
        problem = "it looks like an e-mail address"
    elif re.search(r"\s", text):
        problem = "it has a space in it"
    elif "." not in text:
        problem = "it has no dot"
    elif re.match(r"(?!https?:)[a-z]+:", text, re.IGNORECASE):
        problem = "it does not begin with http:// or https://"
    else:
        problem = "a part of it cannot stand there"
    return f"is not a web address: {problem}. Write it like https://www.example.com.au, or leave it blank."


# --- postcode ----------------------------------------------------------------------------------------------------


def postcode(text: str, region: str) -> str:
    """A postcode with its letters in capitals and its space where the region puts it; as it is if it is none."""
    squeezed = re.sub(r"[\s]", "", text).upper()
    if region in {"GB", "CA"}:
        spaced = f"{squeezed[:-3]} {squeezed[-3:]}"
    elif region == "NL":
        spaced = f"{squeezed[:4]} {squeezed[4:]}"
    elif region == "IE":
        spaced = f"{squeezed[:3]} {squeezed[3:]}"
    else:
        spaced = squeezed
    return spaced if region in _POSTCODES and is_postcode(spaced, region) else text


def is_postcode(text: str, region: str) -> bool:
    """Whether it has the shape of a postcode of the region (of any country, where we do not know the region's)."""
    return _postcode_pattern(region).fullmatch(text) is not None


@lru_cache(maxsize=32)
def _postcode_pattern(region: str) -> re.Pattern[str]:
    return re.compile(_POSTCODES.get(region, (_ANY_POSTCODE, ""))[0], re.ASCII)


def postcode_fault(text: str, region: str) -> tuple[str, str | None]:
    """Why it is no postcode of the region, for people, and the mended one where it is known."""
    shape = _POSTCODES.get(region, ("", "letters and digits"))[1]
    mended = postcode(text, region)
    if mended != text:
        return f"is a postcode in another shape. It is written {mended}.", mended
    digits = re.sub(r"\D", "", text)
    if region == "AU" and text == digits and len(digits) == 3 and digits[0] in "89":
        return (
            f"has lost its first zero: postcodes of the Northern Territory begin with 0. Write 0{digits}.",
            f"0{digits}",
        )
    return f"is not a postcode in {country_name(region)}: it must be {shape}. Check it, or leave it blank.", None
