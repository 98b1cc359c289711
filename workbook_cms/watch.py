"""Checks workbooks whenever they are saved: takes in what changed on the disk, gives out what is new and what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from validation.findings import Finding
from workbook_cms.errors import FileError, InputError, NoPolicyError, PolicyError, WorkbookCmsError
from workbook_cms.reports.records import shown
from workbook_cms.workbook import Workbook

__all__ = ["Batch", "Seen", "Watch", "changes_on_disk", "is_workbook"]

#: Paths that changed at one time; empty when nothing did for one beat.
Batch = Collection[tuple[object, str]]
#: Milliseconds after which an empty batch comes, so that files that were not whole are looked at again.
BEAT = 500
#: Beats that a file may stay as it is and not be whole before that is said, and beats it may go on changing.
_STILL, _CHANGING = 6, 240
_ENDINGS = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Seen:
    """What was seen of a workbook.

    Attributes:
        path: The workbook.
        findings: All it has now.
        new: Those that the look before did not find; at the first look all.
        gone: Those that only the look before found.
        first: Whether this was the first look.
        problem: Why it could not be checked, in one line; "" where it could.
        removed: Whether the file is gone.
    """

    path: Path
    findings: Sequence[Finding] = ()
    new: Sequence[Finding] = ()
    gone: Sequence[Finding] = ()
    first: bool = False
    problem: str = ""
    removed: bool = False


@dataclass
class _Unsettled:
    """A file that changed and has not been checked since."""

    state: tuple[int, int] | None = None
    still: int = 0
    beats: int = 0


class Watch:
    """Watches folders and workbooks.

    Args:
        targets: Folders, with all below them, and single workbooks.
        select: As for `Workbook.check`.
        ignore: As for `Workbook.check`.
        show_sensitive: Give out values of sensitive fields, which are masked otherwise.

    Raises:
        InputError: One of them is missing, or is no workbook.
    """

    def __init__(
        self,
        targets: Sequence[Path],
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        *,
        show_sensitive: bool = False,
    ) -> None:
        # Links followed, since that is how systems name what changed.
        self.targets = [target.resolve() for target in targets]
        for target in self.targets:
            if not target.exists():
                raise InputError(str(target), "there is no such file or folder.", "Check the name.")
            if target.is_file() and not is_workbook(target, target.parent):
                raise InputError(str(target), "only .xlsx and .xlsm files can be watched.", "Name one of them.")
        self._select, self._ignore, self._bare = select, ignore, show_sensitive
        self._known: dict[Path, Sequence[Finding]] = {}
        self._failed: dict[Path, str] = {}
        self._unsettled: dict[Path, _Unsettled] = {}

    def covers(self, path: Path) -> bool:
        """Whether a path is a workbook to look at, and no left-over or temporary file."""
        return any(
            path == target or (path.is_relative_to(target) and is_workbook(path, target))
            for target in self.targets
        )

    def present(self) -> Iterator[Path]:
        """Workbooks that are there now, sorted within each target."""
        for target in self.targets:
            if target.is_dir():
                yield from sorted(
                    path for path in target.rglob("*") if path.is_file() and is_workbook(path, target)
                )
            else:
                yield target

    def run(self, batches: Iterable[Batch]) -> Iterator[Seen]:
        """What is seen, as it happens; ends when the batches do.

        Args:
            batches: What changed on the disk. The first look is taken after the first of them, when changes are
                listened for already, so that none falls between.
        """
        first = True
        for batch in batches:
            paths = [Path(name) for _, name in batch]
            if first:
                paths += self.present()
                first = False
            for path in paths:
                if self.covers(path):
                    self._unsettled.setdefault(path, _Unsettled())
            yield from self._beat()

    def _beat(self) -> Iterator[Seen]:
        for path, unsettled in sorted(self._unsettled.items()):
            state = _state(path)
            unsettled.beats += 1
            unsettled.still = unsettled.still + 1 if state == unsettled.state and unsettled.beats > 1 else 0
            unsettled.state = state
            patient = unsettled.still < _STILL and unsettled.beats < _CHANGING
            if state is None:
                # Programs that save move the old file away before they move the new one in.
                if unsettled.still:
                    del self._unsettled[path]
                    yield from self._removed(path)
                continue
            try:
                seen = self._look(path)
            except FileError as error:
                if not patient:
                    del self._unsettled[path]
                    yield from self._problem(path, error)
                continue
            except PolicyError as error:
                del self._unsettled[path]
                ours = path in self.targets or path in self._known or path in self._failed
                if ours or not isinstance(error, NoPolicyError):
                    yield from self._problem(path, error)
                continue
            del self._unsettled[path]
            yield seen

    def _look(self, path: Path) -> Seen:
        book = Workbook.open(path)
        found: Sequence[Finding] = book.check(self._select, self._ignore)
        if not self._bare:
            found = shown(book, found)
        before = self._known.get(path)
        self._known[path] = found
        self._failed.pop(path, None)
        if before is None:
            return Seen(path, found, found, first=True)
        return Seen(path, found, _without(found, before), _without(before, found))

    def _removed(self, path: Path) -> Iterator[Seen]:
        was_known = self._failed.pop(path, None) is not None or path in self._known
        gone = self._known.pop(path, ())
        if was_known:
            yield Seen(path, gone=gone, removed=True)

    def _problem(self, path: Path, error: WorkbookCmsError) -> Iterator[Seen]:
        if self._failed.get(path) != str(error):
            self._failed[path] = str(error)
            yield Seen(path, self._known.get(path, ()), problem=str(error))


def is_workbook(path: Path, folder: Path) -> bool:
    """Whether a path below ``folder`` is a workbook, and no owner file, temporary file or file of a side folder."""
    *folders, name = path.relative_to(folder).parts or (path.name,)
    hidden = any(part.startswith(".") or part.endswith(".cms") for part in folders)
    return not hidden and not name.startswith(("~", ".")) and path.suffix.casefold() in _ENDINGS


def changes_on_disk(watch: Watch, *, poll: bool | None = None) -> Iterator[Batch]:
    """What changes on the disk, an empty batch after each beat in which nothing did.

    Args:
        watch: What is of interest.
        poll: Look again and again instead of being told by the system, which file servers do not do for changes that
            come from other machines; None leaves the choice to what is known of the disk.

    Raises:
        InputError: watchfiles is not installed.
    """
    try:
        from watchfiles import watch as listen  # noqa: PLC0415 - an extra
    except ImportError:
        raise InputError("--watch", "watching needs watchfiles.", "pip install 'workbook-cms[forms]'") from None
    # A file is watched through its folder: who replaces it moves another file to its name.
    folders = {target if target.is_dir() else target.parent for target in watch.targets}
    wanted: Callable[[object, str], bool] = lambda _, name: watch.covers(Path(name))  # noqa: E731 - typed
    source: Iterator[Batch] = listen(
        *sorted(folders),
        watch_filter=wanted,
        debounce=1000,
        step=200,
        rust_timeout=BEAT,
        yield_on_timeout=True,
        force_polling=poll,
        poll_delay_ms=BEAT,
        recursive=any(target.is_dir() for target in watch.targets),
        ignore_permission_denied=True,
    )
    return source


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _without(findings: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    """Those of ``findings`` that are not among ``others``; where a row stands does not matter."""
    left = Counter(map(_identity, others))
    rest = []
    for finding in findings:
        name = _identity(finding)
        if left[name]:
            left[name] -= 1
        else:
            rest.append(finding)
    return rest


def _identity(finding: Finding) -> tuple[str, ...]:
    place = finding.key or finding.cell
    return (
        finding.code,
        finding.severity.value,
        finding.table,
        place,
        finding.field,
        finding.value,
        finding.message,
    )
