"""The columns of the policy sheets: what each is called, which part of the policy it holds, and how it is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from validation import policy as model
from workbook_cms.policies.problems import number

__all__ = ["COLUMNS", "SETTINGS", "TITLES", "Cell", "Column", "Names", "join", "plain", "slug", "split"]


class Cell(Enum):
    """How a part of the policy stands in a cell."""

    TEXT = auto()  # kept as it is
    CODE = auto()  # without spaces at the ends
    YES = auto()
    WORD = auto()  # a word of a closed vocabulary
    WORDS = auto()
    NUMBER = auto()
    BOUND = auto()  # a number, a date, @today
    SEVERAL = auto()  # texts with ; between
    LIST = auto()  # a list, by title or id
    TABLE = auto()  # a table, by name or id
    FIELD = auto()  # a field of the row's table, by label or id
    FIELDS = auto()
    SEVERITY = auto()


@dataclass(frozen=True)
class Column:
    """One column of a policy sheet."""

    heading: str
    part: str
    """Name of the part in the policy's data; ``when.0.field`` is the field of the first case."""
    cell: Cell = Cell.TEXT
    width: float = 14
    help: str = ""
    words: tuple[str, ...] = ()
    """The closed vocabulary, in the order in which a dropdown offers it."""
    group: bool = False
    """Belongs to the whole group (a list, a match rule); stands on each of its rows."""


def _words(kind: type[StrEnum]) -> tuple[str, ...]:
    return tuple(str(word) for word in kind if word)


_YES = ("Yes", "No")
_SAME = " The same on each row that belongs together; a row without it belongs to the row above."
_ACTIONS = _words(model.Action)

#: Sheet titles by table name, in the order of the sheets.
TITLES: dict[str, str] = {
    "PolicySettings": "Policy settings",
    "PolicyTables": "Policy tables",
    "PolicyFields": "Policy fields",
    "PolicyLists": "Policy lists",
    "PolicyConditions": "Policy conditions",
    "PolicyMatches": "Policy matches",
    "PolicyAttributions": "Policy attributions",
}

#: Rows of the settings sheet; ``heading`` is what stands under Setting.
SETTINGS: tuple[Column, ...] = (
    Column("Organisation", "settings.organisation", help="Name that reports and forms show."),
    Column("Region", "settings.region", Cell.CODE, help="Country for phone numbers and postcodes, such as AU."),
    Column("Date order", "settings.date_order", Cell.WORD, help="dmy, mdy or ymd: how dates are typed here."),
    Column(
        "Stale after days", "settings.stale_after_days", Cell.NUMBER, help="Days without activity until stale."
    ),
    Column(
        "Save policy", "settings.save_policy", Cell.WORD, help="warn, block or off: what a save with errors does."
    ),
    Column("Read-only recommended", "settings.read_only_recommended", Cell.YES, help="Excel proposes read-only."),
    Column(
        "Match rules only",
        "settings.match_rules_only",
        Cell.YES,
        help="Yes: a table without match rules is not searched for duplicates. Else they are guessed.",
    ),
    Column("Template", "template", help="Template the workbook was made from."),
    Column("Version", "version", Cell.NUMBER, help="Version of this vocabulary; leave it."),
)

#: Columns by table name. ``PolicySettings`` has rows instead, see `SETTINGS`.
COLUMNS: dict[str, tuple[Column, ...]] = {
    "PolicySettings": (
        Column("Setting", "setting", width=24),
        Column("Value", "value", width=28),
        Column("Help", "help", width=60),
    ),
    "PolicyTables": (
        Column("Id", "id", Cell.CODE, 16, "Stable name in the history. Never change it."),
        Column("Table", "name", Cell.CODE, 18, "Name of the Excel table and its sheet."),
        Column("One record is called", "title", width=22, help="For forms and messages, such as Stakeholder."),
        Column("Key field", "key", Cell.FIELD, 18, "Field that identifies a record."),
        Column("Key format", "key_format", Cell.TEXT, 16, "STK-{:05d} gives STK-00001; empty if people enter it."),
        Column("Activity date", "activity_date", Cell.FIELD, 16, "Field that dates the activity."),
        Column(
            "Status field", "status", Cell.FIELD, 16, "Field whose list says where a record stands; see Stage."
        ),
        Column("Sign-off field", "sign_off", Cell.FIELD, 16, "Field that names who reviewed the record."),
        Column("Due date", "due_date", Cell.FIELD, 16, "Field by which an open record must be done."),
        Column("Owner field", "owner", Cell.FIELD, 16, "Field that names who has to do it."),
    ),
    "PolicyFields": (
        Column("Table", "table", Cell.TABLE, 16, "Table the field belongs to."),
        Column("Id", "id", Cell.CODE, 20, "Stable name in the history. Leave it empty for a new field."),
        Column("Label", "label", width=22, help="Column header. It may be changed."),
        Column("Type", "type", Cell.WORD, 10, "What a cell holds.", _words(model.FieldType)),
        Column("Format", "format", Cell.WORD, 10, "For text only.", _words(model.FieldFormat)),
        Column("Required", "required", Cell.YES, 10, "Must be filled in always.", _YES),
        Column("Unique", "unique", Cell.YES, 8, "No two records the same.", _YES),
        Column("List", "enum", Cell.LIST, 20, "List whose values it takes, by title or id."),
        Column("Several values", "multiple", Cell.YES, 14, "More than one of the list, with ; between.", _YES),
        Column("Refers to", "foreign_key", Cell.TABLE, 14, "Table whose key it holds."),
        Column("Naming", "naming", Cell.WORD, 13, "Naming convention.", _words(model.Convention)),
        Column("Pattern", "pattern", width=16, help="RE2; the whole value must match."),
        Column("Minimum", "minimum", Cell.BOUND, 12, "Number; for dates 2026-11-05, @today or @today-30."),
        Column("Maximum", "maximum", Cell.BOUND, 12, "Number; for dates 2026-11-05, @today or @today+30."),
        Column("Shortest", "min_length", Cell.NUMBER, 9, "Least number of characters."),
        Column("Longest", "max_length", Cell.NUMBER, 9, "Greatest number of characters."),
        Column("Check digit", "check_digit", Cell.CODE, 12, "luhn, verhoeff, damm or iso7064.mod_11_10."),
        Column(
            "Mended",
            "normalise",
            Cell.WORDS,
            14,
            "Mended when entered: " + ", ".join(model.Normaliser) + "; none.",
        ),
        Column("Default", "default", width=14, help="For a blank in a new record; @today and @me are known."),
        Column("Section", "section", width=14, help="Part of the form."),
        Column("Help", "help", width=50, help="Shown at the column header and in the form."),
        Column("Example", "example", width=24, help="A good value."),
        Column(
            "Sensitivity",
            "sensitivity",
            Cell.WORD,
            12,
            "Masked or left out in reports.",
            _words(model.Sensitivity),
        ),
        Column("Retired", "retired", Cell.YES, 9, "Kept with its data, no longer asked for.", _YES),
        Column("Locked", "locked", Cell.YES, 8, "Forms fill it with its default; nobody types into it.", _YES),
        Column("Width", "width", Cell.NUMBER, 8, "Column width in characters."),
    ),
    "PolicyLists": (
        Column("List id", "id", Cell.CODE, 20, "Stable name. Empty for a new list." + _SAME, group=True),
        Column("List", "title", width=22, help="Title of the list.", group=True),
        Column("Value", "value", width=26, help="What can be chosen."),
        Column(
            "Active", "active", Cell.YES, 8, "No: stays valid on old records, cannot be chosen any more.", _YES
        ),
        Column("KPI", "kpi", width=24, help="Measure this value counts towards."),
        Column("Guidance", "guidance", width=60, help="What to ask and what to answer when it is chosen."),
        Column("Login", "login", width=16, help="Account on the computer, for lists of people."),
        Column(
            "Stage",
            "stage",
            Cell.WORD,
            10,
            "For statuses: where a record with this value stands.",
            _words(model.Stage),
        ),
    ),
    "PolicyConditions": (
        Column("Id", "id", Cell.CODE, 24, "Stable name. Empty for a new condition."),
        Column("Table", "table", Cell.TABLE, 14, "Table it is about."),
        Column("When field", "when.0.field", Cell.FIELD, 18, "Empty: the condition holds always."),
        Column("When is", "when.0.test", Cell.WORD, 12, "", _words(model.WhenIs)),
        Column("When values", "when.0.values", Cell.SEVERAL, 30, "With ; between."),
        Column("And field", "when.1.field", Cell.FIELD, 18, "A second case that must be so too."),
        Column("And is", "when.1.test", Cell.WORD, 12, "", _words(model.WhenIs)),
        Column("And values", "when.1.values", Cell.SEVERAL, 30, "With ; between."),
        Column("Fields", "fields", Cell.FIELDS, 30, "What must be so then, with ; between."),
        Column("Must be", "must", Cell.WORD, 14, "", _words(model.Must)),
        Column("Values", "values", Cell.SEVERAL, 20, "Values or the number it is compared with."),
        Column("Other field", "other", Cell.FIELD, 18, "Field it is compared with."),
        Column("Message", "message", width=40, help="Said instead of the sentence made from the row."),
        Column("Severity", "warning", Cell.SEVERITY, 10, "error or warning.", ("error", "warning")),
    ),
    "PolicyMatches": (
        Column("Id", "id", Cell.CODE, 24, "Name of the match rule." + _SAME, group=True),
        Column("Table", "table", Cell.TABLE, 14, "Table it is about.", group=True),
        Column("Field", "field", Cell.FIELD, 18, "A field that takes part."),
        Column("Kind", "kind", Cell.WORD, 14, "What the field is.", _words(model.Kind)),
        Column("Strength", "strength", Cell.WORD, 10, "How much it counts.", _words(model.Strength)),
        Column("All equal", "exact", Cell.YES, 10, "All fields equal, no likelihood.", _YES, group=True),
        Column("Likely from", "threshold", Cell.NUMBER, 11, "Likelihood, 90 % or 0.9.", group=True),
        Column("On add", "on_add", Cell.WORD, 10, "What it does to a new entry.", _ACTIONS, group=True),
        Column("On update", "on_update", Cell.WORD, 10, "What it does to a change.", _ACTIONS, group=True),
        Column("On import", "on_import", Cell.WORD, 10, "What it does at an import.", _ACTIONS, group=True),
    ),
    "PolicyAttributions": (
        Column("Id", "id", Cell.CODE, 28, "Name of the attribution rule." + _SAME, group=True),
        Column("Table", "table", Cell.TABLE, 14, "Table whose entries are looked at.", group=True),
        Column("Reference", "reference", Cell.FIELD, 18, "Field that says whose the entry is.", group=True),
        Column("Detail", "field", Cell.FIELD, 20, "Field of the entry that tells whose it is."),
        Column("Kind", "kind", Cell.WORD, 12, "What the detail is.", _words(model.Kind)),
        Column("Looked up in", "lookup", Cell.TABLE, 14, "Table where the detail is looked up."),
        Column("Under", "targets", Cell.FIELDS, 26, "One field there; for a full name given; family name."),
        Column(
            "Owner field", "owner", Cell.FIELD, 18, "Field there that names the owner; empty: the record itself."
        ),
        Column("On doubt", "on_doubt", Cell.WORD, 10, "What a doubt does to an entry.", _ACTIONS, group=True),
    ),
}


class Names:
    """Ids with the labels people use for them; finds either, and says how to write one so that it is found again."""

    def __init__(self, pairs: Sequence[tuple[str, str]], earlier: Sequence[tuple[str, str]] = ()) -> None:
        self._labels = dict(pairs)
        self._exact: dict[str, str | None] = {}
        self._folded: dict[str, str | None] = {}
        for identifier, label in pairs:
            for index, name in ((self._exact, label), (self._folded, label.casefold())):
                index[name] = identifier if name not in index else None
        # What a label was before the policy was edited: a renamed field is still found by rows that were not.
        for identifier, label in earlier:
            if identifier in self._labels:
                self._folded.setdefault(label.casefold(), identifier)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in order."""
        return tuple(self._labels.values())

    def find(self, text: str) -> str | None:
        """The id that ``text`` (an id or a label in any letter case) means, or None."""
        if text in self._labels:
            return text
        return self._exact.get(text) or self._folded.get(text.casefold())

    def write(self, identifier: str) -> str:
        """The label where it means this id and no other, else the id."""
        label = self._labels.get(identifier, identifier)
        return label if label.strip() == label and self.find(label) == identifier else identifier


def join(texts: Iterable[str]) -> str:
    """Texts as one cell, ``;`` between; a text that holds ``;``, a quote or outer spaces stands in quotes."""
    return "; ".join(
        '"' + text.replace('"', '""') + '"'
        if not text or text != text.strip() or re.search('[;"]', text)
        else text
        for text in texts
    )


def split(cell: str) -> list[str]:
    """What `join` joined; empty parts that stand in no quotes are left out."""
    texts = []
    for match in re.finditer(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"\s*(?=;|\Z)|(?P<bare>[^;]*))(?:;|\Z)', cell):
        if match["quoted"] is not None:
            texts.append(match["quoted"].replace('""', '"'))
        elif match["bare"].strip():
            texts.append(match["bare"].strip())
    return texts


def plain(value: object) -> str:
    """The text of a cell of a policy sheet, also where Excel made a number, a date or a boolean of it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def slug(label: str, taken: Iterable[str]) -> str:
    """An id for a label: ``Loyalty number`` gives ``loyalty_number``; one that is not taken."""
    import unicodedata  # noqa: PLC0415 - needed for new rows only

    ascii_text = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", ascii_text).strip("_")[:50] or "new"
    if not stem[0].isalpha():
        stem = f"n_{stem}"
    used, identifier, count = set(taken), stem, 1
    while identifier in used:
        count += 1
        identifier = f"{stem}_{count}"
    return identifier
