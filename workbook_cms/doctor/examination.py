"""The whole examination: the computer, and a workbook or front-end with what lies around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from workbook_cms.doctor.diagnosis import Diagnosis, problem
from workbook_cms.doctor.excel import look_at_excel
from workbook_cms.doctor.helper import look_at_helper
from workbook_cms.doctor.libreoffice import look_at_libreoffice
from workbook_cms.doctor.machine import Machine
from workbook_cms.doctor.place import is_address, look_at_address, look_at_place
from workbook_cms.doctor.programs import look_at_programs
from workbook_cms.doctor.runpython import look_at_interpreter, look_at_versions
from workbook_cms.doctor.trust import look_at_trust

__all__ = ["Section", "examine"]


@dataclass(frozen=True)
class Section:
    """What was found of the computer, or of one workbook."""

    title: str
    diagnoses: tuple[Diagnosis, ...]


def examine(machine: Machine, workbook: str = "") -> Iterator[Section]:
    """Look at the computer and, where one is given, at a workbook; with a front-end also at its record workbook.

    Args:
        machine: The computer.
        workbook: Path of the workbook, or what Excel calls its address.

    Raises:
        FileError: There is no such file.
    """
    computer = [*look_at_programs(machine), *look_at_excel(machine), *look_at_libreoffice(machine)]
    computer += look_at_helper(machine)
    if not workbook or is_address(workbook):
        computer += _macros(machine, None, macros=False)
        yield Section("This computer", tuple(computer))
        if workbook:
            yield Section(workbook, (look_at_address(workbook),))
        return
    path = machine.path(workbook)
    if not path.is_absolute():
        path = machine.resolved(path)
    macros = path.suffix.casefold() == ".xlsm"
    computer += _macros(machine, path, macros=macros)
    yield Section("This computer", tuple(computer))
    record, found = _workbook(machine, path)
    yield Section(path.name, tuple(found))
    if record is not None:
        yield Section(record.name, tuple(_workbook(machine, record)[1]))


def _macros(machine: Machine, path: PurePath | None, *, macros: bool) -> list[Diagnosis]:
    return [
        *look_at_interpreter(machine, path, macros=macros),
        *look_at_trust(machine, path, macros=macros),
    ]


def _workbook(machine: Machine, path: PurePath) -> tuple[PurePath | None, list[Diagnosis]]:
    """The record workbook of a front-end, None for any other; and what is found of the file."""
    from workbook_cms.doctor.state import look_at_clock, look_at_locks, look_at_records  # noqa: PLC0415 - pandas
    from workbook_cms.errors import FileError, PolicyError  # noqa: PLC0415
    from workbook_cms.file.package import Package  # noqa: PLC0415
    from workbook_cms.snapshot import Snapshot  # noqa: PLC0415

    if machine.facts(path) is None:
        raise FileError(str(path), "There is no such file.", "Check the name and the folder.")
    found = list(look_at_place(machine, path))
    here = Path(path)
    record = None
    try:
        from workbook_cms.doctor.front_end import front_end_settings  # noqa: PLC0415

        settings = front_end_settings(Package.open(here, scan=False))
        if settings is not None:
            found += look_at_versions(machine, settings.xlwings, path.name)
            record = settings.find_record(here)
        if record is None or record == here:
            record = None
            snapshot = Snapshot.open(here)
            found += [*look_at_locks(here, machine.now), *look_at_records(snapshot)]
            found.append(look_at_clock(snapshot, machine.now))
    except (FileError, PolicyError) as error:
        found.append(problem("workbook", f"{error.place}: {error.problem}", error.remedy))
    return record, found
