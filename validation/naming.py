"""Naming rules: what a name of a person, an organisation, a place or a code looks like.

The tests behind them are in `names`; what is mended at entry is in `normalise`.
"""

from __future__ import annotations

from validation.findings import Fix, Rule, Severity

__all__ = ["RULES"]

SPACING = Rule(
    code="NAM001",
    name="spacing",
    title="Spaces that nobody sees",
    severity=Severity.WARNING,
    what="Finds spaces at the beginning or end of a text, doubled spaces, tabs, non-breaking spaces and cells that "
    "hold nothing but spaces.",
    why="`Mei Chen` with a space behind it is found by no search, is another customer for every lookup, and looks "
    "blameless.",
    example="Stakeholders, Family name `Chen␣`: mended to `Chen`. Suburb `Surry␣␣Hills`: mended to `Surry Hills`.",
    mend="`workbook-cms check --fix` mends it. Entries through the forms are mended on their way in.",
    fix=Fix.SAFE,
)
UNICODE = Rule(
    code="NAM002",
    name="odd-characters",
    title="Invisible characters, or letters of another alphabet that look the same",
    severity=Severity.WARNING,
    what="Finds characters that cannot be seen, accents kept apart from their letters, and words in which Cyrillic or "
    "Greek letters stand among Latin ones. Text is kept in Unicode's normal form C.",
    why="They come with text pasted from web pages and PDFs. Two names that look the same are then never the same.",
    example="Stakeholders, Family name `Сhen` with a Cyrillic С: did you mean `Chen`? `Zoë` with a loose accent: mended.",
    mend="Invisible characters are mended by `--fix`. Look at words with mixed alphabets and type them again.",
    fix=Fix.SAFE,
    source="Unicode Standard Annex 15 (normal form C); Technical Standard 39 (confusables)",
)
CASE = Rule(
    code="NAM003",
    name="letter-case",
    title="A name is all capitals or all small letters",
    severity=Severity.WARNING,
    what="Finds names of people, organisations and places that are wholly in capitals or wholly in small letters, and "
    "suggests the usual case: particles (van, de, von), O' and Mc, hyphens, Pty Ltd. Abbreviations stay.",
    why="A letter that begins `Dear MEI CHEN` reads like a demand note.",
    example="Stakeholders, Family name `O'BRIEN-SMITH`: mended to `O'Brien-Smith`. "
    "Organisation `harbour travel pty ltd`: mended to `Harbour Travel Pty Ltd`.",
    mend="`workbook-cms check --fix` mends it. A name that is meant so (`iiNet`) mixes capitals and small letters and "
    "stays.",
    fix=Fix.SAFE,
)
PLACEHOLDER = Rule(
    code="NAM004",
    name="placeholder",
    title="A name that is no name",
    severity=Severity.ERROR,
    what="Finds words that people type to get past a required field: test, n/a, unknown, tba, asdf, xxx, a dash. "
    "Words that are somebody's name as well (Null, None, Nil) are only a warning.",
    why="`Test Test` is mailed a brochure every spring, and every count of customers is wrong by as many as there are.",
    example="Stakeholders, Given name `asdf`: ask for the name, or leave it blank where the policy allows.",
    mend="Enter the real name. If nobody knows it, leave the field blank, or archive the record.",
)
HONORIFIC = Rule(
    code="NAM005",
    name="title-in-name",
    title="A form of address stands in the name",
    severity=Severity.WARNING,
    what="Finds Mr, Mrs, Ms, Miss, Dr, Prof and the like at the beginning of a person's name.",
    why="The greeting becomes `Dear Mr Mr Patel`, and `Dr Anna Weiss` and `Anna Weiss` are not seen to be one person.",
    example="Stakeholders, Given name `Dr Anna`: given name `Anna`, title `Dr`.",
    mend="Move the form of address to the field Title and leave the name.",
    fix=Fix.UNSAFE,
)
CHARACTERS = Rule(
    code="NAM006",
    name="not-in-a-name",
    title="Characters that no person's name has",
    severity=Severity.ERROR,
    what="Finds digits and signs such as @, #, / or & in a person's name, two people in one field, and family and given "
    "name turned round with a comma. Letters of all scripts, hyphens, apostrophes and full stops are fine.",
    why="A ticket is issued for the name as it stands; the airline turns away a passenger whose passport says another.",
    example="Stakeholders, Given name `John4`: `John`. Contact name `Smith, John`: `John Smith`. "
    "Given name `Tom & Jo`: a record each.",
    mend="Take out what does not belong to the name; numbers and remarks go into their own fields.",
    fix=Fix.UNSAFE,
)
ORGANISATION = Rule(
    code="NAM007",
    name="organisation-name",
    title="An organisation's name is not written by the convention",
    severity=Severity.WARNING,
    what="Finds legal forms written in other ways than the register writes them (Pty. Ltd., P/L, Proprietary Limited) and "
    "marks left over at the end of the name.",
    why="`Harbour Travel P/L` and `Harbour Travel Pty Ltd` become two customers with half of the bookings each.",
    example="Stakeholders, Organisation `Harbour Travel P/L`: `Harbour Travel Pty Ltd`.",
    mend="Take the suggested name after a look at the register (in Australia, ABN Lookup).",
    fix=Fix.UNSAFE,
    source="Corporations Act 2001 (Cth), section 149 (abbreviations in company names)",
)
PLACE = Rule(
    code="NAM008",
    name="place-name",
    title="A place name holds more than the place",
    severity=Severity.WARNING,
    what="Finds a state or a postcode behind the name of a place, which have fields of their own, and marks at its end.",
    why="Mail is sorted by suburb; `Manly NSW 2095` and `Manly` are counted as two suburbs.",
    example="Stakeholders, Suburb `Manly NSW 2095`: `Manly`, with State `NSW` and Postcode `2095`.",
    mend="Move state and postcode to their own fields.",
    fix=Fix.UNSAFE,
    source="Australia Post, Addressing guidelines",
)
CODE = Rule(
    code="NAM009",
    name="code-form",
    title="A code has small letters, spaces or other signs",
    severity=Severity.WARNING,
    what="Codes are capitals, digits, and - / . _ between them, without spaces.",
    why="`wt 1234566` and `WT1234566` are one booking to a person and two to a lookup.",
    example="Bookings, Booking number `wt 1234566`: mended to `WT1234566`.",
    mend="`workbook-cms check --fix` mends capitals and spaces. Read the code again where other signs stand in it.",
    fix=Fix.SAFE,
)
RULES: tuple[Rule, ...] = (
    SPACING,
    UNICODE,
    CASE,
    PLACEHOLDER,
    HONORIFIC,
    CHARACTERS,
    ORGANISATION,
    PLACE,
    CODE,
)
