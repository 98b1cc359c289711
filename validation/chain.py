"""Whether the history is the one that was written: each line against its seal, the lines against each other.

A line is sealed twice. Its content digest covers what it tells (field, old, new, why, who, values); the chain covers its
number, time, table, key, action, entry, policy and digests, and the line before. So it can be said what was done to
the history - a line edited, taken out, put in, moved - and where. What stood in an edited line before cannot be said
from the seals alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from validation.file_rules import BACKWARDS, BROKEN
from validation.findings import Finding
from validation.history import HistoryRow, chain_link, content_digest

__all__ = ["Seal", "check_chain", "check_head", "is_erased"]


class Seal(NamedTuple):
    """Number and chain value of a line: what the next one continues. That of no line at all is ``Seal()``."""

    no: int = 0
    chain: str = ""


def is_erased(row: HistoryRow) -> bool:
    """Whether the values of a line were removed, as the law may ask for; the chain holds without them."""
    return not row.salt and not any((row.field, row.old, row.new, row.why, row.values))


def check_chain(history: Sequence[HistoryRow], cells: Sequence[str], before: Seal | None = None) -> list[Finding]:
    """FIL004 for each line edited, put in, moved or twice there, and for each gap; in the order of the sheet.

    Args:
        history: Its lines as they stand on the sheet.
        cells: Address of the first cell of each line.
        before: What the first of them continues, when earlier lines were moved to an archive.
    """
    before = before or Seal()
    if _sound(history, before):
        return []
    numbers = _numbers(history, before)
    by_number: dict[int, list[int]] = {}
    for position, number in enumerate(numbers):
        by_number.setdefault(number, []).append(position)
    kept, problems = _lines(history, numbers, by_number, before)
    problems += [(position, _moved(numbers[position])) for position in _out_of_order(kept, numbers)]
    problems += _gaps(kept, numbers, before)
    found = []
    for position, problem in sorted(problems):
        row = history[position]
        message = f"{problem} Compare with a backup."
        found.append(
            Finding(BROKEN.code, BROKEN.severity, message, table="History", key=row.key, cell=cells[position])
        )
    return found


def _sound(history: Sequence[HistoryRow], before: Seal) -> bool:
    last = before
    for row in history:  # a chain is followed link by link
        if row.no != last.no + 1 or chain_link(last.chain, row) != row.chain or not _content_holds(row):
            return False
        last = Seal(row.no, row.chain)
    return True


def _numbers(history: Sequence[HistoryRow], before: Seal) -> list[int]:
    """Number of each line; where a number itself was edited, the one that the chain says it had."""
    numbers = [row.no for row in history]
    last = before
    for position, row in enumerate(history):
        told = row.no == last.no + 1 or chain_link(last.chain, row) == row.chain
        if not told and chain_link(last.chain, row._replace(no=last.no + 1)) == row.chain:
            numbers[position] = last.no + 1
        last = Seal(numbers[position], row.chain)
    return numbers


def _lines(
    history: Sequence[HistoryRow], numbers: Sequence[int], by_number: dict[int, list[int]], before: Seal
) -> tuple[list[int], list[tuple[int, str]]]:
    """Positions of the lines that were written by the program, one a number, and what is wrong with the others."""
    kept: list[int] = []
    problems: list[tuple[int, str]] = []
    previous, chains = before.no, {before.chain}  # chain values that the line before may have had
    for number in sorted(by_number):
        places = by_number[number]
        if number <= before.no:
            problems += [(place, _inserted(history[place])) for place in places]
            continue
        if number != previous + 1:
            chains = set()
        sealed = [p for p in places if any(chain_link(c, history[p]) == history[p].chain for c in chains)]
        line = sealed[0] if sealed else _followed(history, places, by_number.get(number + 1, ()))
        if line < 0 and not chains:  # the line before is missing: only what it tells can be looked at
            line = next((p for p in places if _content_holds(history[p])), -1)
        elif line < 0:
            line = places[0]
        problems += [(p, _inserted(history[p])) for p in places if p != line]
        if line < 0:
            continue
        row = history[line]
        if row.no != number or (chains and line not in sealed) or not _content_holds(row):
            problems.append((line, _edited(row, number)))
        kept.append(line)
        previous = number
        # Its seal may have been edited, or what the seal covers: the next line follows from one of the two.
        chains = {row.chain} | ({chain_link(c, row) for c in chains} if line not in sealed else set())
    return sorted(kept), problems


def _followed(history: Sequence[HistoryRow], places: Iterable[int], later: Sequence[int]) -> int:
    """The first of some lines whose seal one of the lines of the next number continues; -1 when there is none."""
    for place in places:
        if any(chain_link(history[place].chain, history[p]) == history[p].chain for p in later):
            return place
    return -1


def _content_holds(row: HistoryRow) -> bool:
    return content_digest(row) == row.content if row.salt else is_erased(row)


def _out_of_order(kept: Sequence[int], numbers: Sequence[int]) -> set[int]:
    """The fewest lines that, taken out, leave the others in order: all but a longest increasing run.

    Patience sorting: C. Schensted, Longest increasing and decreasing subsequences, Canadian J. Math. 13 (1961).
    """
    tops: list[int] = []  # smallest last number of a run of each length
    ends: list[int] = []  # position where it stands
    behind: dict[int, int] = {}
    for place in kept:
        length = bisect_left(tops, numbers[place])
        behind[place] = ends[length - 1] if length else -1
        if length == len(tops):
            tops.append(numbers[place])
            ends.append(place)
        else:
            tops[length], ends[length] = numbers[place], place
    run = set()
    place = ends[-1] if ends else -1
    while place >= 0:
        run.add(place)
        place = behind[place]
    return set(kept) - run


def _gaps(kept: Sequence[int], numbers: Sequence[int], before: Seal) -> Iterator[tuple[int, str]]:
    present = sorted((numbers[place], place) for place in kept)
    last = before.no
    for number, place in present:
        if number > last + 1:
            yield place, _missing(last + 1, number - 1)
        last = number


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"line {first} of the history is missing: it was taken out before this one."
    return f"lines {first:,} to {last:,} of the history are missing: they were taken out before this one."


def _edited(row: HistoryRow, number: int) -> str:
    if row.no != number:
        return f"line {number} of the history was edited: it is called {row.no}."
    if not _content_holds(row):
        what = "Field, Old, New, Why, Person, Account, Machine, Source or Values"
    else:
        what = "When, Table, Key, Action, Entry, Policy or one of its digests"
    return f"line {number} of the history was edited ({what}): it is not what was written."


def _inserted(row: HistoryRow) -> str:
    return f"this line of the history (No {row.no}) was put in: it does not follow from any that was written."


def _moved(number: int) -> str:
    return f"line {number} of the history was moved: it does not stand behind line {number - 1}."


_GO_BACK = "Put the newer version back, or write what is missing again with `workbook-cms sync --replay`."


def check_head(
    history: Sequence[HistoryRow], heads: Iterable[tuple[int, str]], cells: Sequence[str] = ()
) -> Iterator[Finding]:
    """FIL005 for each head - (number, chain value) of a last write - that the history does not hold.

    ``cells`` are addresses of the lines' first cells: the finding names the line that is another one, or the last.
    """
    held = {Seal(row.no, row.chain) for row in history}
    places = {row.no: place for place, row in enumerate(history)}
    last = history[-1].no if history else 0
    for number, chain in heads:
        if not number or (number, chain) in held:
            continue
        if number > last:
            problem = (
                f"the workbook is older than its last write, or lines were cut off: its history ends at {last:,}, not "
                f"at {number:,}."
            )
        else:
            problem = f"line {number:,} of the history is not the one that was written: this is another version of the file."
        place = places.get(number, len(history) - 1)
        yield Finding(
            BACKWARDS.code,
            BACKWARDS.severity,
            f"{problem} {_GO_BACK}",
            table="History",
            cell=cells[place] if 0 <= place < len(cells) else "",
        )
