"""Of very many findings of one kind the first are told, and how many more there are."""

from __future__ import annotations

from collections import Counter

from validation.excess import Excess, records_of, stands_for
from validation.findings import Finding, Severity


def findings(count: int, field: str = "Phone") -> list[Finding]:
    """So many findings of one kind."""
    return [
        Finding("ENT010", Severity.ERROR, "is no number.", "People", field=field, position=i) for i in range(count)
    ]


def test_few_findings_are_all_told():
    """What a person could work off is told one by one, in its order, with nothing behind it."""
    excess, given = Excess(), findings(20_000)
    assert list(excess.kept(given)) == given
    assert excess.rest() == []


def test_the_others_are_one_finding_of_their_kind():
    """Of a hundred thousand the first are told; one more stands for the rest, so that the sum is right."""
    excess = Excess()
    told = [*excess.kept(findings(100_000)), *excess.rest()]
    assert len(told) < 50_000
    assert sum(map(stands_for, told)) == 100_000
    last = told[-1]
    assert (last.code, last.severity, last.table, last.field) == ("ENT010", Severity.ERROR, "People", "Phone")
    assert last.message == "and 80,000 more findings of this kind. Mend those that are told, then check again."
    assert last.to_dict()["details"] == {"more": 80_000, "records": [(20_000, 99_999)]}


def test_a_flood_hides_no_other_kind():
    """Whatever fills the list, each other kind is told too, with its first findings."""
    excess = Excess()
    told = [*excess.kept(f for i in range(9) for f in findings(40_000, f"Field {i}")), *excess.rest()]
    assert len(told) < 62_000
    assert Counter(f.field for f in told).keys() == {f"Field {i}" for i in range(9)}
    assert sum(map(stands_for, told)) == 9 * 40_000


def test_the_records_of_the_others_are_known():
    """A score counts them too: the records are told in runs, and a finding about no record is about none."""
    excess = Excess()
    given = [one._replace(position=-1 if at % 1000 == 0 else at) for at, one in enumerate(findings(20_000 + 3001))]
    told = [*excess.kept(given), *excess.rest()]
    assert told[-1].details["more"] == 3001
    assert len(told[-1].details["records"]) == 3
    assert {*records_of(told[-1])} == {*range(20_000, 23_001)} - {20_000, 21_000, 22_000, 23_000}
    assert not [*records_of(told[0])]
