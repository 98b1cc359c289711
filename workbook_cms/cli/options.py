"""Options and arguments that several commands share, and how their values are read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from workbook_cms.errors import InputError

if TYPE_CHECKING:
    from validation.findings import CellValue

__all__ = [
    "WORKBOOK",
    "given_values",
    "output_format",
    "override_option",
    "prefixes",
    "print_json",
    "value_options",
    "workbook_argument",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _File(click.Path):
    """A path; the empty name and the zero byte, which no file has, are refused before anything looks for it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value) or "\0" in str(value):
            raise InputError(f"file {str(value)!a}", "no file can have this name.", "Check the name.")
        return super().convert(value, param, ctx)


#: Existence is the library's to check: its message says more than click's.
WORKBOOK = _File(path_type=Path, dir_okay=True)


def workbook_argument(function: _Command) -> _Command:
    """The workbook a command works on."""
    return click.argument("workbook", type=WORKBOOK)(function)


def output_format(*choices: str) -> Callable[[_Command], _Command]:
    """``--format``, the first choice being the default."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="Output format.",
    )


def override_option(function: _Command) -> _Command:
    """``--override "reason"``."""
    return click.option(
        "--override",
        metavar="REASON",
        default="",
        help="Go on in spite of an alert (possible duplicate, doubtful attribution); the reason is kept.",
    )(function)


def value_options(function: _Command) -> _Command:
    """``--set`` and ``--json``, the two ways of giving values."""
    function = click.option(
        "--json",
        "json_file",
        metavar="FILE",
        default="",
        help="Values from a JSON object; - reads standard input.",
    )(function)
    return click.option(
        "--set", "pairs", metavar="LABEL=VALUE", multiple=True, help="A field's value; nothing after = empties it."
    )(function)


def given_values(pairs: Sequence[str], json_file: str = "", *, empty: bool = False) -> dict[str, CellValue]:
    """Values by field label from ``--json`` and, on top of it, ``--set``.

    Raises:
        InputError: A pair has no ``=``, a label is given twice, the JSON is not an object of plain values, or
            (unless ``empty``) nothing is given at all.
    """
    values = _from_json(json_file) if json_file else {}
    seen = set()
    for pair in pairs:
        label, equals, value = pair.partition("=")
        label = label.strip()
        if not equals or not label:
            raise InputError(
                f"--set {pair!r}", "this names no field and value.", 'Write it as --set "Label=value".'
            )
        if label in seen:
            raise InputError(f"--set {label}", "the field is given twice.", "Keep one of them.")
        seen.add(label)
        values[label] = value if value.strip() else None
    for label, item in values.items():
        if not _is_text(label) or (isinstance(item, str) and not _is_text(item)):
            raise InputError(f"field {label!a}", "holds half a character.", "Type the value again.")
    if not values and not empty:
        raise InputError("no values", "nothing was given to enter.", 'Use --set "Label=value" or --json FILE.')
    return values


def _is_text(value: str) -> bool:
    """Whether every character is whole: no half of a surrogate pair, no byte that the terminal could not decode."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


class _NotPlain(Exception):  # noqa: N818 - never leaves this module
    """JSON that can be read and does not say one thing."""


def _no_number(name: str) -> object:
    raise _NotPlain(f"{name} is no number.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for label, value in pairs:
        if label in data:
            raise _NotPlain(f"{label} is given twice.")
        data[label] = value
    return data


def _from_json(name: str) -> dict[str, CellValue]:
    place = "standard input" if name == "-" else name
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = raw.decode("utf-8-sig")
        if not text.strip():
            raise InputError(place, "holds nothing.", 'Write it as {"Label": "value", ...}.')
        data = json.loads(text, parse_constant=_no_number, object_pairs_hook=_object)
    except FileNotFoundError:
        raise InputError(place, "there is no such file.", "Check the name and the folder.") from None
    except OSError as error:
        raise InputError(place, f"cannot be read ({error.strerror}).", "Check the name and the folder.") from None
    except UnicodeDecodeError:
        raise InputError(place, "is not UTF-8 text.", "Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"{place}, line {error.lineno}", f"is not JSON ({error.msg}).", "Mend it there."
        ) from None
    except _NotPlain as error:
        raise InputError(place, f"{error}", "Mend it there.") from None
    except RecursionError:
        raise InputError(place, "is nested too deeply.", "Give one object of labels and values.") from None
    if isinstance(data, list):
        raise InputError(place, "holds a list; this takes one entry.", "Use `workbook-cms import` for many.")
    if not isinstance(data, dict):
        raise InputError(place, "holds no object.", 'Write it as {"Label": "value", ...}.')
    for label, value in data.items():
        if isinstance(value, (dict, list)):
            raise InputError(f"{place}, {label}", "holds a list or an object.", "Give one plain value.")
    return data


def prefixes(ctx: click.Context, parameter: click.Parameter, text: str) -> tuple[str, ...]:
    """Callback of ``--select`` and ``--ignore``: rule codes or their beginnings, separated by commas.

    Raises:
        InputError: One of them is the beginning of no rule's code.
    """
    wanted = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    if wanted and not ctx.resilient_parsing:
        from validation.catalogue import RULES  # noqa: PLC0415 - gathers every rule module

        _known(wanted, RULES, f"--{parameter.name}")
    return wanted


def _known(wanted: Iterable[str], codes: Iterable[str], place: str) -> None:
    every = list(codes)
    for prefix in wanted:
        if not any(code.startswith(prefix) for code in every):
            raise InputError(f"{place} {prefix}", "no rule begins so.", "`workbook-cms rule` lists the rules.")


def print_json(command: str, **data: Any) -> None:
    """Prints the answer of a command as JSON: ``version``, ``command``, then its data (see docs/json.md)."""
    from workbook_cms.formats import as_json  # noqa: PLC0415 - keeps help fast

    click.echo(as_json({"version": 1, "command": command, **data}))
