"""`Workbook` as a team's own code uses it: create, read, check, import, fix, change the policy."""

import datetime as dt
import shutil

import openpyxl
import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from tests.conftest import TODAY
from tests.support.libreoffice import resave
from tests.support.raw import edit, rename_column, row_of, sort_rows
from tests.support.soundness import assert_sound
from validation.policy import PolicyField
from workbook_cms import FileError, InputError, PolicyError, UnknownTableError, Workbook
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_tables
from workbook_cms.resources import template_names

PEOPLE = pd.DataFrame(
    {
        "Type": ["Customer", "Customer", "Customer", "Prospect"],
        "Given name": ["Ngaire", "Bruno", "asdf", "Mei"],
        "Family name": ["Te Kanawa", "Silva", "Kelly", "Lin"],
        "Phone": ["0491 570 157", "0491 570 158", "0491 570 159", None],
        "Email": [None, None, None, "mei.lin@example.com"],
    }
)


@pytest.fixture
def sample_book(tmp_path):
    """The World Traveller sample, planted faults included."""
    return Workbook.create(tmp_path / "customers.xlsx", sample=True, today=TODAY)


def places(findings):
    """(code, cell) of each finding, sorted."""
    return sorted((f.code, f.cell) for f in findings)


def test_a_new_workbook_is_sound_and_without_findings(fresh_book):
    """What is built breaks none of its own rules, and its history has begun."""
    assert_sound(fresh_book.path)
    assert fresh_book.check() == []
    assert list(fresh_book.history()["Action"]) == ["created"]


def test_a_workbook_with_the_sample_is_sound(sample_book):
    """Hundreds of records through the writer leave a file that Excel would open."""
    assert_sound(sample_book.path)
    assert [f for f in sample_book.check(select=["FIL"]) if f.severity == "error"] == []


def test_an_existing_file_is_not_overwritten(book):
    """A workbook with customers in it is never replaced by an empty one."""
    before = book.path.read_bytes()
    with pytest.raises(FileError, match=r"customers\.xlsx: a file of this name is already there"):
        Workbook.create(book.path)
    assert book.path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "template", "error", "message"),
    [
        ("customers.csv", "blank", InputError, r"ends with \.xlsx"),
        ("customers.xlsx", "no-such", InputError, "no-such"),
        ("no-folder/customers.xlsx", "blank", FileError, "customers.xlsx"),
    ],
)
def test_a_workbook_that_cannot_be_made_is_one_line(tmp_path, name, template, error, message):
    """Place, problem, remedy, and nothing left behind."""
    with pytest.raises(error, match=message):
        Workbook.create(tmp_path / name, template)
    assert list(tmp_path.iterdir()) == []


def test_every_template_makes_a_workbook(tmp_path):
    """All templates that are offered work."""
    for name in template_names():
        assert Workbook.create(tmp_path / f"{name}.xlsx", name).check() == []


def test_to_pandas_has_labels_and_types(book):
    """A team's own pandas code sees typed columns by their labels."""
    frame = book.table("Stakeholders").to_pandas()
    assert frame.loc[0, "Phone"] == "+61491570156"
    assert frame.loc[0, "Date of birth"] == pd.Timestamp(1986, 3, 14)
    assert frame["Date of birth"].dtype.kind == "M"


def test_an_unknown_table_names_the_known_ones(book):
    """A typing error is answered with what there is."""
    with pytest.raises(UnknownTableError, match=r"there is no table People.*Stakeholders, Interactions"):
        book.table("People")


def test_a_frame_may_be_written_to(book):
    """A team changes its frame, and the workbook stays as it was, with any pandas."""
    frame = Workbook.open(book.path).table("Stakeholders").to_pandas()
    frame.loc[0, "Given name"] = "Changed"
    assert frame.loc[0, "Given name"] == "Changed"
    assert "Changed" not in set(book.table("Stakeholders").to_pandas()["Given name"])


def test_the_schema_serves_a_teams_own_pandas_code(book):
    """The public pandera schema accepts the workbook's frame and refuses a broken one."""
    schema = book.schema("Stakeholders")
    frame = book.table("Stakeholders").to_pandas()
    schema.validate(frame, lazy=True)
    with pytest.raises(SchemaErrors):
        schema.validate(frame.assign(Type="Stranger"), lazy=True)


def test_an_import_takes_what_is_right_and_gives_back_the_rest(book):
    """One bad row keeps no good one out, and comes back with its reason."""
    batch = book.add_many("Stakeholders", PEOPLE)
    assert [receipt.key for receipt in batch.receipts] == ["STK-00002", "STK-00003", "STK-00004"]
    assert [(r.row, [(f.code, f.field) for f in r.findings]) for r in batch.refused] == [
        (2, [("NAM004", "Given name")])
    ]
    assert book.check() == []


def test_a_dry_run_writes_nothing(book):
    """The same answer as the import, and the file as it was."""
    before = book.path.read_bytes()
    batch = book.add_many("Stakeholders", PEOPLE, dry_run=True)
    assert (batch.accepted, [r.row for r in batch.refused]) == (3, [2])
    assert book.path.read_bytes() == before


def test_duplicates_within_an_import_are_found(book):
    """The second of two equal rows is held back, the first goes in."""
    twice = pd.concat([PEOPLE.iloc[[3]], PEOPLE.iloc[[3]]], ignore_index=True)
    batch = book.add_many("Stakeholders", twice)
    assert len(batch.receipts) == 1
    assert [(r.row, [f.code for f in r.findings]) for r in batch.refused] == [(1, ["DUP001"])]


def test_safe_fixes_go_through_the_door(book):
    """A value mended by `fix` has its history, and its finding is gone."""
    edit(book.path, "Stakeholders", 2, {"Family name": "  Zafiropoulos "})
    [would] = book.fix(dry_run=True)
    assert (would.finding.code, would.after, would.receipt) == ("NAM001", "Zafiropoulos", None)
    [done] = book.fix()
    assert done.receipt is not None
    assert [f.code for f in book.check()] == []
    last = book.history("STK-00001").iloc[-1]
    assert (last["Source"], last["Field"], last["New"]) == ("fix", "Family name", "Zafiropoulos")


def test_an_unsafe_fix_needs_to_be_asked_for(book):
    """The old value of a raw edit comes back only on request."""
    edit(book.path, "Stakeholders", 2, {"Family name": "Smith"})
    assert book.fix() == []
    [done] = book.fix(unsafe=True)
    assert (done.finding.code, done.after) == ("FIL001", "Zafiropoulos")
    assert book.check() == []


def test_no_finding_after_libreoffice_saved_the_workbook_unchanged(sample_book, tmp_path):
    """A re-save by another program changes no digest, no chain and no other finding."""
    before = places(sample_book.check())
    saved = resave(sample_book.path, tmp_path / "saved")
    shutil.copy(saved, sample_book.path)
    assert places(sample_book.check()) == before


def test_no_finding_after_rows_were_sorted(sample_book):
    """A sort moves records; none of them was edited."""
    sort_rows(sample_book.path, "Stakeholders", "Family name")
    assert sample_book.check(select=["FIL"]) == []


def changed(policy, **fields):
    """The policy with the given parts of its Stakeholders table changed."""
    tables = [
        table.model_copy(update=fields) if table.name == "Stakeholders" else table for table in policy.tables
    ]
    return policy.model_copy(update={"tables": tuple(tables)})


def with_loyalty(policy):
    """The policy with a new field, and a label renamed."""
    [table] = [t for t in policy.tables if t.name == "Stakeholders"]
    fields = [f.model_copy(update={"label": "E-mail address"}) if f.id == "email" else f for f in table.fields]
    tier = PolicyField(id="loyalty", label="Loyalty tier", enum="segments", help="From the loyalty card.")
    return changed(policy, fields=(*fields, tier))


def test_a_new_field_and_a_new_label_change_no_digest_and_lose_nothing(sample_book):
    """After `policy apply` data and history are intact, and the new field takes entries."""
    before = [f for f in places(sample_book.check()) if not f[1].endswith("Email")]
    people = len(sample_book.table("Stakeholders"))
    changes = sample_book.apply_policy(with_loyalty(sample_book.policy))
    assert len(changes) == 2
    assert_sound(sample_book.path)
    assert places(sample_book.check()) == before
    assert len(sample_book.table("Stakeholders")) == people
    receipt = sample_book.update(
        "Stakeholders", "STK-00001", {"Loyalty tier": "Family", "E-mail address": "a@example.com"}
    )
    record = sample_book.table("Stakeholders").get("STK-00001")
    assert (record["Loyalty tier"], record["E-mail address"]) == ("Family", "a@example.com")
    assert receipt.state == "written"
    assert list(sample_book.history()["Action"]).count("policy") == 1
    assert list(sample_book.snapshot().side.backups.iterdir())


def test_a_policy_that_breaks_its_own_rules_is_not_applied(book):
    """The workbook stays as it was."""
    before = book.path.read_bytes()
    broken = changed(book.policy, key="no_such_field")
    with pytest.raises(PolicyError):
        book.apply_policy(broken)
    assert book.path.read_bytes() == before


def test_find_knows_a_person_by_any_detail(book):
    """Name, phone in another shape, e-mail: the first hit is her."""
    for query in ("zafiropulos quenby", "0491570156", "quenby.z@example.com", "STK-00001"):
        assert book.find("Stakeholders", query)[0].key == "STK-00001"


def test_a_workbook_without_a_policy_is_one_line(tmp_path):
    """A stranger's workbook is refused with what to do."""
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(PolicyError, match=r"^other\.xlsx: the workbook has no policy"):
        Workbook.open(tmp_path / "other.xlsx").check()


def test_a_renamed_column_is_one_line(book):
    """The line names the column that is missing and the one nobody knows."""
    rename_column(book.path, "Stakeholders", "Phone", "Telephone")
    with pytest.raises(PolicyError, match="'Phone' is missing, and 'Telephone' is in no policy"):
        book.check()


def test_a_renamed_sheet_is_found_by_its_table(book):
    """The tab's name is the user's to choose."""
    other = openpyxl.load_workbook(book.path)
    other["Stakeholders"].title = "Our people"
    other.save(book.path)
    assert book.table("Stakeholders").get("STK-00001")["Given name"] == "Quenby"
    receipt = book.update("Stakeholders", "STK-00001", {"Given name": "Quenbie"})
    assert receipt.cell == "'Our people'!A2"


def test_the_day_decides_what_is_in_the_future(book):
    """Today is passed in: no rule reads the clock."""
    tomorrow = TODAY + dt.timedelta(days=1)
    later = Workbook.open(book.path, today=tomorrow)
    entry = {
        "Stakeholder ID": "STK-00001",
        "Date": tomorrow,
        "Channel": "Phone",
        "Contact reason": "Compliment",
        "Purpose": "Feedback",
        "Details": "Loved the guide.",
        "Recorded by": "Amelia Tran",
    }
    assert later.add_many("Interactions", pd.DataFrame([entry]), dry_run=True).accepted == 1
    assert book.add_many("Interactions", pd.DataFrame([entry]), dry_run=True).accepted == 0


def test_rules_changed_in_the_sheets_themselves_are_found_and_brought_in(book):
    """A list value added past `policy apply` counts, is reported, and gets its dropdown and history on request."""
    fax = row_of(book.path, "PolicyLists", "Value", "Fax")
    edit(book.path, "PolicyLists", fax, {"Value": "Telex", "Active": "Yes"})
    assert "Telex" in book.policy.list_by_id["channels"].active
    assert [f.code for f in book.check()] == ["FIL010"]
    [change] = book.apply_policy(book.policy)
    assert "policy sheets" in str(change)
    assert book.check() == []
    assert_sound(book.path)
    lists = Package.open(book.path)
    column = read_tables(lists, ["ListChoices"])["ListChoices"].frame()["channels"]
    assert "Telex" in list(column)
