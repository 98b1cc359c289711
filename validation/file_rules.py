"""The rules about the file, its history and its journal, with the texts of their pages."""

from __future__ import annotations

from validation.findings import Fix, Rule, Severity

__all__ = [
    "BACKWARDS",
    "BROKEN",
    "CONFLICT_COPY",
    "EDITED",
    "MERGED",
    "PASTED",
    "POLICY_EDITED",
    "QUEUED",
    "REMOVED",
    "RULES",
    "STRAY",
]

EDITED = Rule(
    code="FIL001",
    name="edited-outside-the-forms",
    title="A record was changed outside the forms",
    severity=Severity.WARNING,
    what="Compares each record with the digest that the history holds of it. Where they differ, the fields that "
    "changed are named with the value the history knows and the value that stands there now.",
    why="A paste or an overtyped cell walks past every rule, and nobody can say later who did it. "
    "A re-save, a sort, a renamed column or a new field is no such change and is not reported.",
    example="`Stakeholders STK-00042, Phone (Stakeholders!I43)`: the history has `+61491570156`, "
    "the cell holds `491570156`.",
    mend="If the old value is right, put it back: `check --fix --unsafe-fixes --select FIL001`. If the new one is "
    "right, enter it through a form or `update`; the history then tells of both.",
    fix=Fix.UNSAFE,
)
REMOVED = Rule(
    code="FIL002",
    name="record-removed-outside",
    title="A record of the history is missing from its table",
    severity=Severity.ERROR,
    what="Looks in the table for every key that the history says was added.",
    why="A deleted row takes a customer's record with it, and whatever refers to it points nowhere.",
    example="The history added `STK-00017` on 3 October; no row of Stakeholders has that key now.",
    mend="The last known values stand in the history (`workbook-cms history FILE STK-00017`). Add the record again, "
    "or restore an earlier copy of the workbook.",
)
PASTED = Rule(
    code="FIL003",
    name="record-added-outside",
    title="A record came into the table outside the forms",
    severity=Severity.WARNING,
    what="Looks in the history for the key of every record.",
    why="A pasted row was checked by nothing and has no author.",
    example="`Stakeholders!A210` holds `STK-00900`, of which the history knows nothing.",
    mend="If the record is right, write it once through a form or `update`; the history then adopts it. "
    "If not, remove the row.",
)
BROKEN = Rule(
    code="FIL004",
    name="history-chain-broken",
    title="The history was edited, cut or reordered",
    severity=Severity.ERROR,
    what="Follows the chain of checksums through the history, row by row.",
    why="The history is what tells who changed what. A row edited, deleted, inserted or moved breaks the chain there. "
    "It shows accidents and meddling, not a forger who rewrites the workbook and its side files alike.",
    example="Row 118 of History does not follow from row 117.",
    mend="Compare with a backup from before; keep both files. The steward decides what to restore.",
)
BACKWARDS = Rule(
    code="FIL005",
    name="file-went-backwards",
    title="The workbook is older than the last write to it",
    severity=Severity.ERROR,
    what="Compares the end of the history with the head that is kept beside the workbook "
    "(`customers.xlsx.cms/head.json`).",
    why="An old version restored, or a stale copy in Excel saved over a newer file, silently drops accepted entries.",
    example="The last write was number 1,204; the history in the file ends at 1,198.",
    mend="Find the newer version (version history of OneDrive or SharePoint, `workbook-cms restore --list`) and put it "
    "back. Or go on with this one: `workbook-cms sync --replay --dry-run` lists the entries that are missing, and "
    "`workbook-cms sync --replay` writes each of them again, once.",
)
STRAY = Rule(
    code="FIL006",
    name="cells-outside-the-table",
    title="Something was typed outside the table",
    severity=Severity.WARNING,
    what="Looks for filled cells below or beside the table on its sheet.",
    why="What stands outside the table is in no report, no check and no search, and it stops the table from growing.",
    example="`Stakeholders!A215`, two rows below the table, holds a name.",
    mend="Enter it through a form, then clear the cell.",
)
CONFLICT_COPY = Rule(
    code="FIL007",
    name="conflict-copy",
    title="A conflict copy lies beside the workbook",
    severity=Severity.WARNING,
    what="Looks beside the workbook for the copies that OneDrive, Dropbox, iCloud or Google Drive make when two "
    "machines wrote at once.",
    why="Entries may stand in the copy only.",
    example="`customers-LAPTOP7.xlsx` or `customers (Mia's conflicted copy 2026-11-05).xlsx` beside `customers.xlsx`.",
    mend="Compare the two, enter what is missing, then move the copy away. Let one named machine write.",
)
MERGED = Rule(
    code="FIL008",
    name="merged-cells",
    title="Cells of the table are merged",
    severity=Severity.WARNING,
    what="Looks for merged ranges that touch the table.",
    why="Only the first cell of a merged range holds a value; the other records look blank.",
    example="`Stakeholders!C4:C6` is merged: three people seem to share one given name, two have none.",
    mend="Unmerge the cells in Excel and fill each one.",
)
QUEUED = Rule(
    code="FIL009",
    name="entries-waiting",
    title="Accepted entries wait outside the workbook",
    severity=Severity.INFO,
    what="Looks into the journal beside the workbook for entries that it does not hold yet, and for changes that "
    "met a record changed meanwhile, or that the workbook refuses.",
    why="They are safe and count in every search, but someone who opens the workbook does not see them.",
    example="3 entries wait since 9:12, because the workbook was open in Excel.",
    mend="Close the workbook; `workbook-cms sync` or the next entry writes them. Of a change that could not go in, "
    "`workbook-cms status` shows why and both sides: enter what is right, and delete its file in the conflicts folder.",
)

POLICY_EDITED = Rule(
    code="FIL010",
    name="policy-changed-outside",
    title="The policy was changed in the workbook itself",
    severity=Severity.WARNING,
    what="Compares the rules that stand in the policy sheets with those that the history says are in force.",
    why="The rules on the sheets count at once, but nobody can say later who changed them, and the dropdowns still "
    "offer the old values.",
    example="Somebody unprotected the sheet Policy lists and added a contact reason there.",
    mend="If the change is right, bring it in: `workbook-cms policy apply customers.xlsx customers.xlsx`. The history "
    "then tells of it and the dropdowns are made anew. If not, put the old rules back and apply those.",
)

RULES = (EDITED, REMOVED, PASTED, BROKEN, BACKWARDS, STRAY, CONFLICT_COPY, MERGED, QUEUED, POLICY_EDITED)
