"""Long tables kept beside the workbook: believed only where the file says the same, whatever happens to both."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import stat

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchmarks.data import stakeholders
from tests.conftest import QUENBY, TODAY
from tests.support.raw import edit, remove_last_row
from tests.test_snapshot import told
from workbook_cms import table_cache
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, write
from workbook_cms.workbook import Workbook

ROWS = 1_100
"""So many that records are looked up in blocks, and that the sheet is cut into segments."""
STEPS = st.lists(st.sampled_from(["add", "add", "update", "warm add", "edit", "damage"]), min_size=1, max_size=6)
LETTERS = "abcdefghijklmnop"


@pytest.fixture(scope="module", autouse=True)
def short_tables():
    """Tables of a thousand records are kept as those of thousands are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_cache, "FEWEST", ROWS // 2)
        yield


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A workbook with people, made once: tests get copies."""
    path = tmp_path_factory.mktemp("filled") / "customers.xlsx"
    Workbook.create(path, today=TODAY)
    rows = []
    for number, row in enumerate(stakeholders(ROWS).to_dict("records"), 1):
        known = {str(name): value for name, value in row.items() if value is not None}
        rows.append({"Stakeholder ID": f"STK-{number:05d}", "Notes": "Likes trains. " * 25, **known})
    write(Package.open(path), [Append("Stakeholders", rows)])
    Workbook.open(path, today=TODAY).add("Stakeholders", QUENBY)
    return path


@pytest.fixture
def path(filled, tmp_path):
    """A copy of it, its table kept."""
    shutil.copytree(filled.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / filled.name


def cache_of(path):
    """The file that the stakeholders are kept in."""
    return path.with_name(f"{path.name}.cms") / "cache" / "stakeholders.arrays"


def cold(path):
    """The workbook as a new process finds it."""
    return Workbook.open(path, today=TODAY)


def without_cache(path, tmp_path_factory):
    """The same workbook where nothing is kept of it."""
    copy = tmp_path_factory.mktemp("fresh") / path.name
    shutil.copyfile(path, copy)
    return Workbook.open(copy, today=TODAY)


def new_person(chance):
    """Somebody who is not in the table, by label."""
    given, family = ("".join(chance.choices(LETTERS, k=7)).capitalize() for _ in range(2))
    return {**QUENBY, "Given name": given, "Family name": family, "Email": f"{given}.{family}@example.org"}


def answers(book, people):
    """What the rules say of some new records."""
    return [book.prepare("Stakeholders", person).findings for person in people]


def alike(path, tmp_path_factory, chance):
    """Hold what a new process tells with what is kept against what one tells that reads the file."""
    kept, read = cold(path), without_cache(path, tmp_path_factory)
    twin = {label: value for label, value in QUENBY.items() if label != "Email"}
    some = kept.table("Stakeholders").to_pandas().sample(2, random_state=chance.randrange(1000))
    known = [
        {str(name): value for name, value in row.items() if name in QUENBY and not pd.isna(value)}
        for row in some.to_dict("records")
    ]
    people = [new_person(chance), twin, *known]
    assert answers(kept, people) == answers(read, people)
    assert told(kept.snapshot())[0] == told(read.snapshot())[0]


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(steps=STEPS, seed=st.integers(0, 10_000))
def test_what_is_kept_answers_as_the_file_does(filled, tmp_path_factory, steps, seed):
    """After any adds, updates, edits by other programs and damage a new process tells what one tells that keeps nothing."""
    folder = tmp_path_factory.mktemp("steps")
    shutil.copytree(filled.parent, folder, dirs_exist_ok=True)
    path, chance = folder / filled.name, random.Random(seed)  # noqa: S311 - no secret
    warm = cold(path)
    for step in steps:
        key = f"STK-{chance.randrange(1, ROWS):05d}"
        match step:
            case "add" | "warm add":
                (warm if step == "warm add" else cold(path)).add(
                    "Stakeholders", new_person(chance), override="new"
                )
            case "update":
                day = dt.date(1950, 1, 1) + dt.timedelta(days=chance.randrange(9_000))
                cold(path).update(
                    "Stakeholders", key, {"Date of birth": day, "Phone": None}, override="so she says"
                )
            case "edit":
                edit(path, "Stakeholders", chance.randrange(2, ROWS), {"Family name": "Overtyped", "Suburb": None})
            case "damage":
                data = bytearray(cache_of(path).read_bytes())
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                cache_of(path).write_bytes(data[: chance.choice([len(data), len(data) // 2])])
    alike(path, tmp_path_factory, chance)


def test_an_append_leaves_what_is_kept_and_the_next_process_knows_it_all_the_same(path):
    """What is kept of a long table is not written anew at each entry; the next process tells all of them."""
    before = cache_of(path).read_bytes()
    for number in range(3):
        cold(path).add("Stakeholders", QUENBY | {"Email": f"n{number}@example.org"}, override="a twin")
    assert cache_of(path).read_bytes() == before
    table = cold(path).table("Stakeholders")
    assert table.to_pandas()["Email"].tolist()[-3:] == [f"n{number}@example.org" for number in range(3)]
    found = cold(path).prepare("Stakeholders", QUENBY | {"Email": "n2@example.org"}).findings[0]
    assert ("DUP001", f"STK-{ROWS + 4:05d}") in {(f.code, *f.related) for f in found}


def test_the_table_is_not_read_where_it_is_kept(path):
    """A new process takes a long table from what is kept of it, not from the sheet."""
    snapshot = cold(path).snapshot()
    snapshot.typed(snapshot.table("Stakeholders"))
    assert "Stakeholders" not in snapshot._raw
    cache_of(path).unlink()
    snapshot = cold(path).snapshot()
    snapshot.typed(snapshot.table("Stakeholders"))
    assert "Stakeholders" in snapshot._raw


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[:100],
        lambda data: data[:-1],
        lambda data: b"x" + data[1:],
        lambda data: data[:-9] + b"#" + data[-8:],
        lambda data: b"PK\3\4" + os.urandom(500),
        lambda data: data.replace(b'"by": "', b'"by": "0', 1),
        lambda data: data + data,
    ],
    ids=["empty", "cut", "cut by one", "foreign mark", "a bit", "another file", "head", "twice"],
)
def test_what_is_damaged_is_made_again(path, harm):
    """A damaged cache says nothing and stops nothing; the next entry makes it again."""
    cache_of(path).write_bytes(harm(cache_of(path).read_bytes()))
    assert len(cold(path).table("Stakeholders")) == ROWS + 1
    cold(path).add("Stakeholders", QUENBY | {"Email": "r@example.org"}, override="a twin")
    snapshot = cold(path).snapshot()
    assert len(snapshot.typed(snapshot.table("Stakeholders"))) == ROWS + 2
    assert "Stakeholders" not in snapshot._raw


def test_what_another_program_saved_is_read(path):
    """After another program saved the workbook, what was kept before is not told."""
    edit(path, "Stakeholders", 5, {"Family name": "Overtyped"})
    assert cold(path).table("Stakeholders").get("STK-00004")["Family name"] == "Overtyped"
    remove_last_row(path, "Stakeholders")
    assert len(cold(path).table("Stakeholders")) == ROWS


def test_what_is_stale_is_taken_away(path):
    """What another program took out of the sheet stays in the cache no longer than until the table is read."""
    edit(path, "Stakeholders", ROWS + 2, {"Family name": "Smith", "Email": None})
    assert b"zafiropoulos" in cache_of(path).read_bytes()
    assert len(cold(path).table("Stakeholders")) == ROWS + 1
    assert not cache_of(path).exists()


def test_changed_rules_are_not_answered_from_what_is_kept(path):
    """When the rules change, the table is typed and looked up anew."""
    book = cold(path)
    changed = book.policy.settings.model_copy(update={"stale_after_days": 99})
    book.apply_policy(book.policy.model_copy(update={"settings": changed}))
    snapshot = cold(path).snapshot()
    snapshot.typed(snapshot.table("Stakeholders"))
    assert "Stakeholders" in snapshot._raw


def test_what_no_record_holds_any_longer_is_not_kept(path, monkeypatch):
    """A value that was changed is gone from the cache as it is from the sheet, with the next time that it is kept."""
    monkeypatch.setattr(table_cache, "MANY", 1)
    book = cold(path)
    key = f"STK-{ROWS + 1:05d}"
    assert b"zafiropoulos" in cache_of(path).read_bytes()
    book.prepare("Stakeholders", QUENBY | {"Family name": "Neverstored"})
    book.update("Stakeholders", key, {"Family name": "Smith", "Email": "other@example.org"}, override="married")
    book.update("Stakeholders", key, {"Notes": "Married"}, override="married")
    kept = cache_of(path).read_bytes().lower()
    assert b"married" in kept
    assert not any(word in kept for word in (b"zafiropoulos", b"quenby.z", b"neverstored"))


@pytest.mark.skipif(os.name == "nt", reason="files on Windows take the rights of their folder")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664], ids=oct)
def test_what_is_kept_is_as_private_as_the_workbook(path, mode):
    """Nobody reads the cache who may not read the workbook, whatever the umask."""
    path.chmod(mode)
    cache_of(path).unlink()
    before = os.umask(0)
    try:
        cold(path).add("Stakeholders", QUENBY | {"Email": "r@example.org"}, override="a twin")
    finally:
        os.umask(before)
    assert stat.S_IMODE(cache_of(path).stat().st_mode) == mode
    assert stat.S_IMODE(cache_of(path).parent.stat().st_mode) & 0o007 == 0 or mode & 0o007


def test_two_that_keep_it_at_once(path, tmp_path_factory):
    """Whichever of two processes keeps the table last, the next one tells what the file holds."""
    first, second = cold(path), cold(path)
    cache_of(path).unlink()
    first.add("Stakeholders", QUENBY | {"Email": "one@example.org"}, override="a twin")
    earlier = cache_of(path).read_bytes()
    second.add("Stakeholders", QUENBY | {"Email": "two@example.org"}, override="a twin")
    cache_of(path).write_bytes(earlier)
    alike(path, tmp_path_factory, random.Random(1))  # noqa: S311 - no secret


def test_what_waits_counts_with_what_is_kept(path, opened_elsewhere, monkeypatch):
    """Entries that wait while the workbook is open elsewhere are looked up with the table, as if it were searched."""
    chance = random.Random(2)  # noqa: S311 - no secret
    people = [new_person(chance) for _ in range(3)]
    with opened_elsewhere(path):
        for person in people:
            cold(path).add("Stakeholders", person)
        kept = cold(path)
        found = answers(kept, [*people, new_person(chance), QUENBY])
        assert ["DUP001" in {f.code for f in each[0]} for each in found] == [True, True, True, False, True]
        whole, file = (
            get(kept.snapshot().table("Stakeholders")) for get in (kept.snapshot().typed, kept.snapshot().frame)
        )
        assert (len(whole), len(file)) == (ROWS + 4, ROWS + 1)
        monkeypatch.setattr(table_cache, "FEWEST", 10**9)
        searched = cold(path)
        assert answers(searched, [*people, new_person(random.Random(3)), QUENBY])[:3] == found[:3]  # noqa: S311
        assert told(searched.snapshot())[0] == told(kept.snapshot())[0]


def test_nothing_is_kept_of_short_tables(book):
    """A short table is read as fast as what would be kept of it."""
    book.add("Stakeholders", QUENBY | {"Email": "r@example.org"}, override="a twin")
    assert not cache_of(book.path).parent.exists()


def test_where_it_cannot_be_kept_entries_go_in(path):
    """A file in the place of the cache folder stops no entry."""
    shutil.rmtree(cache_of(path).parent)
    cache_of(path).parent.write_text("in the way", encoding="utf-8")
    receipt = cold(path).add("Stakeholders", QUENBY | {"Email": "r@example.org"}, override="a twin")
    assert receipt.key == f"STK-{ROWS + 2:05d}"


def test_what_is_kept_of_tables_that_are_gone_is_taken_away(path):
    """A table that the policy has no longer leaves nothing in the cache, nor does a program that died."""
    old = cache_of(path).with_name("visitors.arrays")
    left = cache_of(path).with_name(".stakeholders.arrays.0a0b0c0d.cms-tmp")
    for file in (old, left):
        file.write_bytes(b"half")
    cache_of(path).unlink()
    cold(path).add("Stakeholders", QUENBY | {"Email": "r@example.org"}, override="a twin")
    assert [file.name for file in cache_of(path).parent.iterdir()] == ["stakeholders.arrays"]
