"""Letter case of names that were typed in capitals or in small letters throughout."""

from __future__ import annotations

import re

from validation.policy import Convention

__all__ = ["name_case"]

#: Small words inside a name, never its first word.
_PARTICLES = frozenset(
    str.split("van der den de del della di da das do dos du la le ter ten von zu zur bin binti ibn al el y e")
)
_SMALL = frozenset(str.split("of the and on upon at in by for to de la du le und"))
_ROMAN = frozenset(str.split("II III IV VI VII VIII IX XI XII"))
_SUFFIXES = {"JR": "Jr", "SR": "Sr", "JNR": "Jnr", "SNR": "Snr", "PHD": "PhD"}
#: Legal forms and abbreviations as they are written (Australian, British, American, European registers).
_FORMS = {
    form.casefold(): form
    for form in str.split(
        "Pty Ltd Inc LLC LLP PLC plc Limited Co Corp GmbH AG KG OHG SA NV BV SARL SpA SRL AB AS Oy ApS KK"
    )
}
_STATES = frozenset(str.split("NSW QLD VIC TAS SA WA NT ACT CBD USA UK UAE NZ PNG PO NE NW SE SW GPO"))
#: Short words that are words; other short words in capitals are taken for abbreviations (NRMA, QBE, IBM).
_SHORT_WORDS = frozenset(
    str.split(
        "THE AND OF FOR RED BIG NEW OLD SUN SEA SKY AIR CAR BUS ONE TWO ALL OUR MY BY TOP FUN HOT ICE ART BAR INN TEA "
        "BAY FOX OAK ELM ZOO KEY WAY DAY EYE MAN BOY SON DON TIM TOM BEN SAM JIM JOE BOB KEN RON ROY RAY LEE KIM ANN AT "
        "ON IN TO SHOP CLUB BANK ARTS FISH SHIP STAR KING SHOE"
    )
)
_VOWELS = re.compile("[AEIOUYÀ-ÖØ-Ý]")
_ABBREVIATION = re.compile(
    "(?:[BCDFGHJKLMNPQRSTVWXZ]{3}.*|.*[BCDFGHJKLMNPQRSTVWXZ]{4}"
    "|(?!BL|BR|CH|CL|CR|DR|DW|FL|FR|GL|GR|KN|KR|KW|PH|PL|PR|QU|RH|SC|SH|SK|SL|SM|SN|SP|ST|SW|TH|TR|TW|VL|WH|WR|ZH|DJ|NG|LL|SV|DZ|MC|HJ|KH|GH|BH|DH|JH)"
    "[BCDFGHJKLMNPQRSTVWXZ]{2}.*)"
)
_PIECES = re.compile(r"([^\W\d_]+(?:['’ʼ][^\W\d_]+)*)")


def name_case(text: str, convention: Convention = Convention.PERSON) -> str:
    """``text`` in the convention's letter case where it is all capitals or all small letters; else as it is.

    ``O'BRIEN-SMITH`` -> ``O'Brien-Smith``, ``VAN DER BERG`` -> ``Van der Berg``, ``mcdonald`` -> ``McDonald``,
    ``HARBOUR TRAVEL PTY LTD`` -> ``Harbour Travel Pty Ltd``, ``ST KILDA`` -> ``St Kilda``. Abbreviations (``IBM``,
    ``NSW``, initials such as ``JJ``) stay. A name that mixes capitals and small letters was meant so.
    """
    upper = text.isupper()
    if not (upper or text.islower()):
        return text
    if upper and sum(c.isalpha() for c in text) <= 2:
        return text
    words = text.split(" ")
    cased = [_word(word, i, words, convention, upper) for i, word in enumerate(words)]
    return " ".join(cased)


def _word(word: str, index: int, words: list[str], convention: Convention, upper: bool) -> str:
    plain = word.strip(".,()").casefold()
    last = index == len(words) - 1
    if convention is Convention.PERSON:
        if index and not last and plain in _PARTICLES:
            return word.casefold() if not _odd_fold(word) else word.lower()
        if index and last and plain.upper() in _ROMAN:
            return word.upper()
        if index and plain.upper() in _SUFFIXES:
            return re.sub(r"\w+", _SUFFIXES[plain.upper()], word)
        if upper and index and len(plain) <= 3 and plain.isalpha() and not _VOWELS.search(word):
            return word if plain not in {"st", "ng"} else word.capitalize()
    elif index and plain in _SMALL:
        return word.lower()
    if convention is Convention.ORGANISATION:
        if index and plain in _FORMS:
            return re.sub(r"\w+", _FORMS[plain], word)
        if upper and _is_abbreviation(word):
            return word
    if convention is Convention.PLACE and plain.upper() in _STATES:
        return word.upper()
    return _PIECES.sub(lambda match: _piece(match[1], match.string[: match.start()]), word)


def _odd_fold(word: str) -> bool:
    return len(word.casefold()) != len(word)


def _is_abbreviation(word: str) -> bool:
    letters = re.sub(r"[^\w]", "", word)
    if len(letters) > 4 or letters in _SHORT_WORDS or "'" in word or "’" in word:
        return False
    if letters.casefold() in {"pty", "ltd"}:
        return False
    return len(letters) <= 3 or not _VOWELS.search(letters) or bool(_ABBREVIATION.fullmatch(letters))


def _piece(piece: str, before: str) -> str:
    """One run of letters, apostrophes inside: ``O'BRIEN``, ``MCDONALD``, ``SMITH'S``; small after a digit (1ST)."""
    if before[-1:].isdigit():
        return piece.lower() if len(piece) > 1 else piece
    parts = re.split("(['’ʼ])", piece)
    out = []
    for i, part in enumerate(parts):
        if i % 2 or not part:
            out.append(part)
        elif i and len(part) <= 2 and len(parts[0]) > 1:
            out.append(part.lower())
        else:
            out.append(_capital(part))
    return "".join(out)


def _capital(part: str) -> str:
    low = part.lower()
    if low.startswith("mc") and len(low) > 4:
        return "Mc" + low[2].upper() + low[3:]
    return low[:1].upper() + low[1:]
