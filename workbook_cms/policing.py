"""A changed policy comes into force: checked, told in the history, and committed with the columns it changes."""

from __future__ import annotations

from collections.abc import Callable

from validation.history import POLICY
from validation.integrity import policy_in_force
from validation.policy import Policy
from validation.policy_checks import check_policy
from workbook_cms.batch import head_of
from workbook_cms.commit import write_event
from workbook_cms.history import Event
from workbook_cms.policies import change, problems, text
from workbook_cms.policies.change import PolicyChange
from workbook_cms.records import Door
from workbook_cms.safekeeping import alone
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import new_id

__all__ = ["apply"]


def apply(
    door: Door, snapshot: Callable[[], Snapshot], policy: Policy, dry_run: bool, why: str = ""
) -> list[PolicyChange]:
    """Give the workbook the changed policy, after a backup; what waits in the journal goes in first.

    The history keeps the policy as it was, for an undo, and ``why`` before the list of changes.

    Raises:
        PolicyError: The policy breaks its own rules, or asks for what cannot be done.
        FileError: The workbook cannot be written; nothing was written.
    """
    problems.require(problems.Reading(policy, tuple(check_policy(policy))), snapshot().path.name)
    drifted = policy_in_force(snapshot().history) != snapshot().policy.digest
    changes = change.differences(snapshot().policy, policy)
    if drifted:
        changes.insert(0, PolicyChange("rules that were changed in the policy sheets themselves"))
    change.plan(snapshot().policy, policy, snapshot().package)  # refuses what cannot be done
    if dry_run or not changes:
        return changes
    acceptance = door.acceptance
    actor, when = acceptance.actor("policy apply"), acceptance.now()
    with alone(snapshot, actor.machine, when, "policy") as now:
        event = Event(
            POLICY,
            "",
            "",
            new_id(),
            after={"policy": text.dump(now.policy)},
            old=now.policy.digest,
            new=policy.digest,
            why="; ".join([*([why] if why else []), *map(str, changes)]),
        )
        steps = change.plan(now.policy, policy, now.package, anew=drifted)
        write_event(now, actor, when, event, head_of(now), steps)
    return changes
