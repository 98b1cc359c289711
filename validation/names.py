"""The naming rules of one field as column rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from validation import naming
from validation.columns import ColumnRule, Explained, per_text
from validation.findings import Fix, Severity
from validation.lettercase import name_case
from validation.letters import all_tidy, is_tidy, mixed_script_words, tidy, untangle
from validation.normalise import mender, steps
from validation.policy import Convention, FieldFormat, FieldType, Normaliser, PolicyField, Settings

__all__ = ["is_placeholder", "naming_rules"]

#: Typed to get past a required field; compared without case, spaces and signs.
_PLACEHOLDERS = frozenset(
    str.split(
        "test testing tests tester1 testtest test1 test2 testuser testcustomer na notapplicable notavailable notknown "
        "unknown unkown unk tba tbc tbd tobeadvised todo dummy example asdf asdfg asdfgh asd asdasd sdf sdfsdf "
        "qwe qwer qwert qwerty qwertz zxc zxcv zxcvb hjkl jkl fgh dfg abc abcd abcde foobar foobaz blah blahblah "
        "noname nolastname nosurname nofirstname nogivenname nobody anonymous anon firstname lastname surname givenname "
        "familyname yourname customer newcustomer delete deleteme donotuse duplicate lorem lorumipsum "
        "loremipsum johndoe janedoe donaldduck mickeymouse"
    )
)
#: Also somebody's name: Null is a family name, Nil and None occur.
_DOUBTFUL = frozenset({"null", "none", "nil", "void", "nan", "no", "guest", "sample", "foo", "fake", "client"})
_WORDLESS = re.compile(r"[\W\d_]+")
_REPEATED = re.compile(r"([a-z])\1{2,}", re.IGNORECASE)
_HONORIFICS = (
    "mr mrs ms miss mx dr doctor prof professor sir dame madam rev reverend mister missus herr frau mme mlle mstr "
    "capt captain"
)
_HONORIFIC = re.compile(
    rf"(?:(?:{'|'.join(_HONORIFICS.split())})\b\.?\s+)+(?=\w)|(?:mr|mrs|ms|dr|prof|rev)\.(?=\w)", re.IGNORECASE
)
_SOLE_HONORIFIC = re.compile(r"(?:mr|mrs|ms|mx|dr|prof)\.?", re.IGNORECASE)
#: A name at a glance: ASCII letters, single spaces, hyphens, apostrophes and full stops between them.
_PLAIN_PERSON = re.compile(r"[A-Za-z]+(?:(?:['\- ]|\. ?)[A-Za-z]+)*\.?")
_NAME_SIGNS = frozenset(" -'’ʼ‘`´.·‐‑()")
_TURNED = re.compile(r"\s*([^,\d@/&]{2,}?)\s*,\s*([^,\d@/&]{2,}?)\s*")
_GENERATION = re.compile(r"(?:jr|sr|jnr|snr|ii|iii|iv|esq|phd|md|am|ao|oam)\.?", re.IGNORECASE)
_TWO_PEOPLE = re.compile(r"\s(?:&|\+|and|und|et)\s|/", re.IGNORECASE)
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:p/l|(?:pty\.?|proprietary)\s*(?:limited|ltd\.?))$", re.I), "Pty Ltd"),
    (re.compile(r"\bltd\.?$", re.I), "Ltd"),
    (re.compile(r"\binc\.?$", re.I), "Inc"),
    (re.compile(r"\bl\.?l\.?c\.?$", re.I), "LLC"),
    (re.compile(r"\bg\.?m\.?b\.?h\.?$", re.I), "GmbH"),
)  # fmt: skip
_TAIL = re.compile(r"[\s,;:\-–_/\\|*#]+$")
_STATE_TAIL = re.compile(
    r"(?P<place>.*?[a-z])[\s,]+(?:(?:NSW|VIC|QLD|SA|WA|TAS|NT|ACT)\.?(?:[\s,]+[0-9]{4})?|[0-9]{4,5})",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z0-9]+(?:[\-/._][A-Z0-9]+)*")


def naming_rules(field: PolicyField, settings: Settings) -> Iterator[ColumnRule]:
    """The naming rules that hold for ``field``: spacing and characters for all trimmed text, the rest by its naming
    convention."""
    if field.retired or field.type is not FieldType.STRING:
        return
    functions = dict(steps(field, settings))
    # What is suggested is the value as entry would have it, so that two findings about a cell suggest the same.
    mend = mender(field, settings)
    if Normaliser.TRIM in functions:
        yield from _tidiness(field, functions[Normaliser.TRIM], mend)
    convention = field.naming
    named = convention in {Convention.PERSON, Convention.ORGANISATION, Convention.PLACE}
    if named or Normaliser.CASE in functions:
        yield _case(field, lambda text: name_case(text, convention or Convention.PERSON), mend)
    if named:
        yield _placeholder(field)
    if convention is Convention.PERSON:
        yield _honorific(field)
        yield _characters(field)
    elif convention is Convention.ORGANISATION:
        yield _organisation(field)
    elif convention is Convention.PLACE:
        yield _place(field)
    elif convention is Convention.CODE:
        yield _code(field)
    elif field.format is FieldFormat.DEFAULT:
        for which in (Normaliser.UPPER, Normaliser.LOWER):
            if which in functions:
                yield _case(
                    field, functions[which], mend, "capitals" if which is Normaliser.UPPER else "small letters"
                )


def _tidiness(
    field: PolicyField, trimmed: Callable[[str], str], mend: Callable[[str], str]
) -> Iterator[ColumnRule]:
    def spaces_only(text: str) -> bool:
        """Whether all that is wrong is spaces: without them, text and tidy text are the same."""
        return re.sub(r"\s", "", text) == re.sub(r"\s", "", trimmed(text))

    def spaced(text: str) -> bool:
        return is_tidy(text) or trimmed(text) == text or not spaces_only(text)

    def plain(text: str) -> bool:
        if text.isascii() and text.isprintable():
            return True
        return (trimmed(text) == text or spaces_only(text)) and not mixed_script_words(text)

    def explain_spaces(text: str) -> Explained:
        mended = mend(text)
        if mended == "":
            return Explained("holds nothing but spaces. Empty the cell.", "")
        return Explained(f'has spaces at its ends, or more than are needed. Write it "{mended}".', mended)

    def explain_characters(text: str) -> Explained:
        mended, mixed = mend(text), mixed_script_words(text)
        if mixed:
            better = untangle(mended)
            return Explained(
                f'mixes letters of two alphabets in "{mixed[0]}", which look the same and are not. '
                f"Type it again; {better} is probably meant.",
                better,
                Fix.UNSAFE,
            )
        return Explained(
            f'holds hidden characters, or accents apart from their letters. Write it "{mended}".', mended
        )

    yield ColumnRule(naming.SPACING, field, per_text(spaced, all_tidy), explain_spaces)
    yield ColumnRule(naming.UNICODE, field, per_text(plain, all_tidy), explain_characters)


def _case(
    field: PolicyField, cased: Callable[[str], str], mend: Callable[[str], str], wanted: str = ""
) -> ColumnRule:
    def fits(text: str) -> bool:
        # Nearly every name mixes capitals and small letters and is fine; the first test is the cheap one.
        if not wanted and not text.isupper() and not text.islower():
            return True
        return cased(text) == text or (not wanted and is_placeholder(text))

    def explain(text: str) -> Explained:
        what = "all capitals" if text.isupper() else "all small letters"
        problem = f"is to be written in {wanted}" if wanted else f"is written in {what}"
        mended = cased(mend(text))
        return Explained(f"{problem}. Write it {mended}.", mended)

    return ColumnRule(naming.CASE, field, per_text(fits), explain)


def is_placeholder(text: str) -> bool:
    """Whether a name is a word typed to get past the field; words that are also names count (see NAM004)."""
    bare = _WORDLESS.sub("", text).casefold()
    if not bare:
        # A dash, a full stop, 000: but a house number in a street or a letter of another script is none.
        return not any(c.isalpha() for c in text) and len(text.strip()) <= 4
    return bare in _PLACEHOLDERS or bare in _DOUBTFUL or _REPEATED.fullmatch(bare) is not None


def _placeholder(field: PolicyField) -> ColumnRule:
    def explain(text: str) -> Explained:
        # "Na" is a Korean and a Chinese name; "NA" and "n/a" are not.
        if _WORDLESS.sub("", text).casefold() in _DOUBTFUL or text == "Na":
            return Explained(
                f'"{text}" may be somebody\'s name, or typed to fill the field. Check it, or leave the field blank.',
                severity=Severity.WARNING,
            )
        return Explained(f'"{text}" is nobody\'s name. Enter the real one, or leave the field blank.')

    return ColumnRule(naming.PLACEHOLDER, field, per_text(lambda text: not is_placeholder(text)), explain)


def _honorific(field: PolicyField) -> ColumnRule:
    def fits(text: str) -> bool:
        return _HONORIFIC.match(text) is None and _SOLE_HONORIFIC.fullmatch(text) is None

    def explain(text: str) -> Explained:
        match = _HONORIFIC.match(text)
        if match is None:
            return Explained(f"is a form of address, not a name. Move {text} to the title and enter the name.")
        rest = tidy(text[match.end() :])
        return Explained(
            f"begins with a form of address. Move {match[0].strip()} to the title and leave {rest}.", rest
        )

    return ColumnRule(naming.HONORIFIC, field, per_text(fits), explain)


def _characters(field: PolicyField) -> ColumnRule:
    part = re.search(r"given|family|first|last|surname|middle", field.id) is not None

    def fits(text: str) -> bool:
        if _PLAIN_PERSON.fullmatch(text):
            return not _TWO_PEOPLE.search(text) or is_placeholder(text)
        clean = all(c in _NAME_SIGNS or c.isspace() or unicodedata.category(c)[0] in "LMC" for c in text)
        # A placeholder is NAM004's; it is not said twice.
        return (clean and any(c.isalpha() for c in text)) or is_placeholder(text)

    def explain(text: str) -> Explained:
        turned = _TURNED.fullmatch(text)
        if turned and not _GENERATION.fullmatch(turned[2]):
            family, given = turned[1], turned[2]
            if part:
                return Explained(f"holds two names with a comma. Enter {given} and {family} in their own fields.")
            return Explained(
                f"has family and given name turned round. Write it {given} {family}.", f"{given} {family}"
            )
        if _TWO_PEOPLE.search(text):
            return Explained("seems to name two people. Make a record for each of them.")
        if turned:
            rest = f"{turned[1]} {turned[2]}"
            return Explained(f"has a comma in it. Write it {rest}.", rest)
        odd = sorted({c for c in text if not (c in _NAME_SIGNS or c.isspace() or c.isalpha())})
        kept = tidy("".join(c for c in text if c not in odd))
        signs = " ".join(odd)
        problem = f"has characters that no person's name has: {signs}"
        if any(c.isalpha() for c in kept):
            if re.search(rf"[^\W\d_][{re.escape(''.join(odd))}]+[^\W\d_]", text):
                # "Sm1th": which letter was meant, nobody knows.
                return Explained(f"{problem}. Type the name again.")
            return Explained(f"{problem}. Write only the name: {kept}.", kept)
        return Explained(f"{problem}. Enter the name.")

    return ColumnRule(naming.CHARACTERS, field, per_text(fits), explain)


def _by_convention(field: PolicyField, mend: Callable[[str], str]) -> Callable[[str], bool]:
    return lambda text: mend(text) == text


def _organisation(field: PolicyField) -> ColumnRule:
    def mend(text: str) -> str:
        text = _TAIL.sub("", text) or text
        if text.isupper() or text.islower():
            return text  # NAM003 says it, legal form and all
        for form, written in _FORMS:
            if form.search(text):
                return form.sub(written, text)
        return text

    def explain(text: str) -> Explained:
        return Explained(f"is not written by the convention. Write it {mend(text)}.", mend(text))

    return ColumnRule(naming.ORGANISATION, field, per_text(_by_convention(field, mend)), explain)


def _place(field: PolicyField) -> ColumnRule:
    def mend(text: str) -> str:
        match = _STATE_TAIL.fullmatch(text)
        text = match["place"] if match else text
        return _TAIL.sub("", text) or text

    def explain(text: str) -> Explained:
        if _STATE_TAIL.fullmatch(text):
            return Explained(
                f"holds state or postcode behind the place. Write {mend(text)} here, the rest in its own fields.",
                mend(text),
            )
        return Explained(f"has a mark left over at its end. Write it {mend(text)}.", mend(text))

    return ColumnRule(naming.PLACE, field, per_text(_by_convention(field, mend)), explain)


def _code(field: PolicyField) -> ColumnRule:
    def explain(text: str) -> Explained:
        mended = re.sub(r"\s+", "", text).upper()
        if _CODE.fullmatch(mended):
            return Explained(f"has small letters or spaces. Write it {mended}.", mended)
        return Explained("has signs that no code has. Use capitals, digits and - / . _ between them.")

    return ColumnRule(naming.CODE, field, per_text(lambda text: _CODE.fullmatch(text) is not None), explain)
