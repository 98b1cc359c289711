"""Entry rules of single fields, and what their pages say: required, list, range, length, pattern, e-mail and more.

The tests behind the rules are in `fields`; rules across fields are in `conditions`, types in `typing`.
"""

from __future__ import annotations

from validation.findings import Fix, Rule, Severity

__all__ = ["RETIRED", "RULES", "UNKNOWN_FIELD"]

REQUIRED = Rule(
    code="ENT001",
    name="required-field",
    title="A required field is blank",
    severity=Severity.ERROR,
    what="Finds records in which a field that the policy marks as required holds nothing (spaces count as nothing).",
    why="Each required field is there because somebody downstream needs it: without a contact reason an "
    "interaction counts towards no measure, without a date it is in no report.",
    example="Interactions INT-000412, Contact reason is blank: `Booking change` is entered after asking the consultant.",
    mend="Enter the value. If it cannot be known in many records, ask the steward whether the field should be required.",
)
IN_LIST = Rule(
    code="ENT004",
    name="not-in-list",
    title="A value is not in the list of its field",
    severity=Severity.ERROR,
    what="Compares the value with the list that the policy gives for the field. In a field that takes several values, "
    "each of them (separated by ;) must be in the list. The closest value is suggested.",
    why="`Phone`, `phone` and `Telephone` are three lines in a report by channel, and none of them is right.",
    example="Interactions, Channel `E mail`: mended to `Email`. Contact reason `Complain`: did you mean `Complaint`?",
    mend="Choose a value of the list. A value that is missing there is added by the steward (`policy edit`, Policy lists). "
    "Only a difference in capitals and spaces is mended without asking.",
    fix=Fix.UNSAFE,
)
RETIRED = Rule(
    code="ENT005",
    name="retired-value",
    title="A new entry uses a retired value of a list",
    severity=Severity.ERROR,
    what="Refuses in new entries what the list marks as no longer active; records that hold such a value stay as they "
    "are.",
    why="A retired contact reason must stay readable in old records, yet nobody should add to it.",
    example="Interactions, Contact reason `Fax request` in a new entry: `Brochure request` is chosen instead.",
    mend="Choose one of the active values, which the message names.",
)
RANGE = Rule(
    code="ENT006",
    name="out-of-range",
    title="A number is smaller or larger than its field allows",
    severity=Severity.ERROR,
    what="Compares numbers with the minimum and maximum of the field.",
    why="A party of 40 instead of 4 books a coach; a negative value makes the month's turnover wrong.",
    example="Bookings, Party size 0: at least 1 person travels.",
    mend="Check the number at its source. If it is right, ask the steward to widen the range.",
)
LENGTH = Rule(
    code="ENT007",
    name="wrong-length",
    title="A text is shorter or longer than its field allows",
    severity=Severity.ERROR,
    what="Counts the characters of a text and compares them with the field's shortest and longest length.",
    why="Details of two letters help nobody who picks the case up; a title of 300 letters was pasted into the wrong field.",
    example="Interactions, Details `ok`: at least 10 characters, such as `Confirmed the new flight by phone`.",
    mend="Say more, or move the text to the field it belongs to.",
)
PATTERN = Rule(
    code="ENT008",
    name="wrong-pattern",
    title="A text is not written the way its field asks",
    severity=Severity.ERROR,
    what="Compares the whole value with the pattern that the policy gives for the field. Where only capitals or "
    "spaces are wrong, the mended value is given.",
    why="Booking numbers that are written in three ways are never found again.",
    example="Bookings, Booking number `wt 1234566`: mended to `WT1234566`.",
    mend="Write it like the example in the field's help.",
    fix=Fix.UNSAFE,
    source="RE2 syntax, https://github.com/google/re2/wiki/Syntax",
)
EMAIL = Rule(
    code="ENT009",
    name="not-an-email",
    title="Not an e-mail address, or not in its standard form",
    severity=Severity.ERROR,
    what="Checks that mail could be sent to the address: one @, a domain with a dot, no spaces, no characters that "
    "cannot stand there. Capitals in the domain are a warning with a safe mend. No mail is sent and no server asked.",
    why="The itinerary goes to nobody, and the traveller stands at the airport without it.",
    example="Stakeholders, Email `mei.chen@gmail,com`: did you mean `mei.chen@gmail.com`? "
    "`mei.chen@Example.COM`: mended to `mei.chen@example.com`.",
    mend="Take the suggested address if it is the right one, ask for it again, or leave it blank.",
    fix=Fix.UNSAFE,
    source="RFC 5321 and RFC 5322 as the email-validator package reads them",
)
PHONE = Rule(
    code="ENT010",
    name="not-a-phone-number",
    title="Not a telephone number, or not in its standard form",
    severity=Severity.ERROR,
    what="Reads the number as people in the policy's region write it and checks it with Google's libphonenumber. A good "
    "number that is not in international form is a warning with a safe mend; an extension is kept.",
    why="A number with a digit missing cannot be called when a flight is cancelled; the same number written in two "
    "ways hides that two records are one person.",
    example="Stakeholders, Phone `0412 345 678`: mended to `+61412345678`. `0412 345 67`: it has 9 digits, a mobile has 10.",
    mend="Ask for the number again. A number abroad begins with + and the country code.",
    fix=Fix.UNSAFE,
    source="ITU-T E.164; libphonenumber metadata",
)
DATE_BOUND = Rule(
    code="ENT012",
    name="date-out-of-range",
    title="A date lies further in the future or the past than its field allows",
    severity=Severity.ERROR,
    what="Compares dates with the earliest and latest date of the field, which may move with today (`@today`).",
    why="An interaction cannot have happened tomorrow, and nobody who travels was born in 1826: the day, the month or "
    "the century was mistyped, and age discounts follow from it.",
    example="Interactions, Date 5 Nov 2062: not after today; 5 Nov 2026 was meant.",
    mend="Check the date, the year first.",
)
UNIQUE = Rule(
    code="ENT014",
    name="not-unique",
    title="A value that must be unique stands in more than one record",
    severity=Severity.ERROR,
    what="Finds each record that shares its value of a unique field with another one, in the table and among the rows "
    "of an import. The message names the others.",
    why="If two stakeholders hold one passport or loyalty number, points and papers go to the wrong person.",
    example="Stakeholders STK-00012 and STK-00340 both hold Loyalty number `QF884120`.",
    mend="Find out whose it is. If the records are one and the same, merge them; else correct one of them.",
)
CHECK_DIGIT = Rule(
    code="ENT015",
    name="wrong-check-digit",
    title="The check digit of a number does not fit",
    severity=Severity.ERROR,
    what="Works out the check digit of the number by the field's method and compares it with the one that is there.",
    why="A check digit catches nearly every single wrong digit and every swap of two neighbours before the booking of "
    "somebody else is changed.",
    example="Bookings, Booking number `WT1243566`: two digits are swapped, it is `WT1234566`.",
    mend="Read the number again from the document, digit by digit.",
    source="Luhn: ISO/IEC 7812-1; Verhoeff 1969; Damm 2004; ISO/IEC 7064; through python-stdnum",
)
POSTCODE = Rule(
    code="ENT016",
    name="not-a-postcode",
    title="Not a postcode of the region, or not in its standard form",
    severity=Severity.ERROR,
    what="Compares the postcode with the shape it has in the policy's region. Spaces and capitals are mended.",
    why="Brochures come back, and a postcode kept as a number has lost the zero of Darwin's 0800.",
    example="Stakeholders, Postcode `800`: mended to `0800`. `200`: it must be four digits, such as 2000.",
    mend="Look the postcode up by suburb and state, or leave it blank.",
    fix=Fix.UNSAFE,
    source="Universal Postal Union, Postal addressing systems in member countries",
)
URI = Rule(
    code="ENT018",
    name="not-a-web-address",
    title="Not a web address",
    severity=Severity.ERROR,
    what="Checks that the text is the address of a web page: a host name with a dot, nothing that cannot stand there.",
    why="A link that leads nowhere is found out by the customer.",
    example="Stakeholders, Website `www harbour travel`: `https://www.harbourtravel.com.au`.",
    mend="Copy the address from the browser.",
    source="RFC 3986",
)
UNKNOWN_FIELD = Rule(
    code="ENT019",
    name="unknown-field",
    title="A value is given for a field the table does not have",
    severity=Severity.ERROR,
    what="Compares the fields in an entry with those of its table. A retired field is not filled in new records.",
    why="A value under a misspelt name would be lost without a word.",
    example="`Emial = mei.chen@example.com` for Stakeholders: the field is Email.",
    mend="Correct the name of the field; `workbook-cms policy show` lists them. A new field is added to the policy first.",
)
RULES: tuple[Rule, ...] = (
    REQUIRED,
    IN_LIST,
    RETIRED,
    RANGE,
    LENGTH,
    PATTERN,
    EMAIL,
    PHONE,
    DATE_BOUND,
    UNIQUE,
    CHECK_DIGIT,
    POSTCODE,
    URI,
    UNKNOWN_FIELD,
)
