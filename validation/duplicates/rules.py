"""The texts of the rules on duplicates."""

from __future__ import annotations

from validation.findings import Rule, Severity

__all__ = ["EXACT", "LIMITED", "PROBABLE", "RULES"]

EXACT = Rule(
    code="DUP001",
    name="exact-duplicate",
    title="A record repeats another one in all fields of a match rule",
    severity=Severity.WARNING,
    what=(
        "Looks for two records of a table that hold the same values in every field of an exact match rule, such as "
        "the same e-mail address. Capitals, accents, punctuation and spaces make no difference, and a phone number is "
        "the same with and without its country code. A record that leaves one of the fields blank is not compared. "
        "Where a value stands in more than two records, each later one is reported once, against the first."
    ),
    why=(
        "Two records for one person split their history: half of the calls stand here and half there, letters go out "
        "twice, and a change of address reaches only one of them."
    ),
    example=(
        "| Stakeholder ID | Family name | Email |\n"
        "|---|---|---|\n"
        "| STK-00377 | Zafiris | quenby.z@example.com |\n"
        "| STK-00412 | Zafiris | Quenby.Z@example.com |\n\n"
        "STK-00412 is reported. Mended: what STK-00412 knows more is entered in STK-00377, and STK-00412 is merged into it."
    ),
    mend=(
        "On entry, open the record named in the finding. If it is the same person, go on with that record instead of a "
        "new one. If they are two people who share the value (a couple with one e-mail address), say so as the reason. "
        "Where both are in the table already, `workbook-cms merge` makes them one and `workbook-cms not-duplicate` says "
        "that they are two; `workbook-cms undo` takes back either. The history keeps the reason, and the finding is a "
        "note from then on, until one of the values changes. "
        "Whether a match refuses an entry (block), asks for a reason (alert) or is only noted (allow) is set in the "
        "policy, for adding, changing and importing apart."
    ),
)

PROBABLE = Rule(
    code="DUP002",
    name="probable-duplicate",
    title="A record is probably the same as another one",
    severity=Severity.WARNING,
    what=(
        "Compares records field by field and adds up what each field says for and against one person: equal, "
        "close in spelling, same sound, swapped, one digit off, different. Agreement on a rare value (an uncommon "
        "family name) says more than on a common one; a blank says nothing. Fields of an address count together only "
        "up to a limit, and contact details count little where the given names clearly differ, since a household "
        "shares them. A pair is reported from the probability that the match rule sets."
    ),
    why=(
        "Most duplicates are not exact: a name misspelt on the phone, a birthday with day and month swapped, a new "
        "e-mail address. They pass every search for equal values, and they are the ones that send a brochure or a "
        "ticket to the wrong person."
    ),
    example=(
        "| Stakeholder ID | Given name | Family name | Date of birth | Email |\n"
        "|---|---|---|---|---|\n"
        "| STK-00377 | Quincy | Zafiris | 4 Mar 1984 | quincy.z@example.com |\n"
        "| STK-00412 | Quincy | Zafirris | 4 Mar 1984 | quincy.z@example.com |\n\n"
        "*STK-00412: probably the same as STK-00377 Quincy Zafiris (99 %): same given name, same date of birth, same "
        "e-mail, family name close in spelling.* Mended: one of the two is merged into the other."
    ),
    mend=(
        "Open the record named in the finding and compare the fields it lists. On entry, the same person: go on with "
        "that record; two people: go on with a reason. Where both are in the table already, `workbook-cms merge` makes "
        "them one and `workbook-cms not-duplicate` says that they are two; `workbook-cms undo` takes back either. The "
        "history keeps the reason, and the finding is a note from then on, until one of the values changes. Too "
        "many false alarms: raise the threshold of the match rule in the policy; too "
        "many missed: lower it, or add a field to the rule."
    ),
    source=(
        "I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage, Journal of the American Statistical Association "
        "64 (1969) 1183-1210; W. E. Winkler, String Comparator Metrics and Enhanced Decision Rules in the "
        "Fellegi-Sunter Model of Record Linkage (1990)"
    ),
)

LIMITED = Rule(
    code="DUP003",
    name="duplicate-search-limited",
    title="Too many records share a value for all of them to be compared",
    severity=Severity.INFO,
    what=(
        "Says that the search for duplicates was cut short: so many records hold the same value (or values so much "
        "alike) that comparing each with each would take too long. Each of them was compared with its nearest "
        "neighbours only, or only the first findings were listed."
    ),
    why=(
        "A value that stands in thousands of records is seldom a real one: a placeholder for a missing birthday, the "
        "office's own phone number. A limit that nobody is told of would look like a clean table."
    ),
    example=(
        "1,200 records hold the date of birth 1 Jan 1900. *Only neighbouring records were compared.* Mended: the "
        "placeholder is emptied, since a blank is honest."
    ),
    mend="Empty the placeholder in the field named, or mend the findings listed, and check again.",
)

RULES: tuple[Rule, ...] = (EXACT, PROBABLE, LIMITED)
