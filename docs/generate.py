"""Writes the pages of the manual that come from the program: the rules and the commands.

python docs/generate.py            writes them
python docs/generate.py --check    exit code 1 and the names of the pages that are not as the program has it
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from validation.catalogue import RULES
from validation.findings import Rule
from workbook_cms.cli import workbook_cms as top

__all__ = ["FAMILIES", "commands", "main", "pages"]

DOCS = Path(__file__).resolve().parent

#: What the letters of a rule's code stand for, in the order of the index.
FAMILIES = {
    "NAM": "Naming",
    "ENT": "Entry",
    "REF": "References between tables",
    "DUP": "Duplicates",
    "ATT": "Attribution",
    "POL": "The policy itself",
    "FIL": "The file, its history and its journal",
}
_FIXES = {
    "none": "None. A person decides.",
    "safe": "Safe: `check --fix` applies the suggested value.",
    "unsafe": "Unsafe: `check --fix --unsafe-fixes` applies the suggested value; look at it with `--diff` first.",
}
_NOTE = "<!-- Written by docs/generate.py from the program. Change it there. -->"


def pages() -> dict[str, str]:
    """All generated pages: name below ``docs`` -> Markdown."""
    rules = [RULES[code] for code in sorted(RULES)]
    made = {f"rules/{rule.code}.md": _rule_page(rule) for rule in rules}
    return {**made, "rules/README.md": _rule_index(rules), "commands.md": _commands_page()}


def _rule_page(rule: Rule) -> str:
    parts = [
        _NOTE,
        f"# {rule.code} {rule.name}",
        rule.title,
        f"Severity: {rule.severity.value}. Fix: {_FIXES[rule.fix.value]}",
        "## What it does\n\n" + rule.what,
        "## Why it matters\n\n" + rule.why,
        "## Example\n\n" + rule.example,
        "## How to mend it\n\n" + rule.mend,
    ]
    if rule.source:
        parts.append("## Source\n\n" + rule.source)
    parts.append("[All rules](README.md)")
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _rule_index(rules: list[Rule]) -> str:
    lines = [
        _NOTE,
        "",
        "# Rules",
        "",
        "Each finding carries the code of one of these rules. `workbook-cms rule CODE` shows the same text in the",
        "terminal. `--select` and `--ignore` take codes or their beginnings: `--select DUP,ENT003`.",
    ]
    order = list(FAMILIES)
    ranked = sorted(rules, key=lambda rule: (order.index(rule.code[:3]), rule.code))
    for family, group in groupby(ranked, key=lambda rule: rule.code[:3]):
        lines += ["", f"## {family}: {FAMILIES[family]}", "", "| code | what it finds | severity | fix |"]
        lines.append("|---|---|---|---|")
        lines += [
            f"| [{r.code}]({r.code}.md) | {_cell(r.title)} | {r.severity.value} | {r.fix.value} |" for r in group
        ]
    return "\n".join(lines) + "\n"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by its full name, groups first: ``workbook-cms``, ``workbook-cms check``, ..."""
    yield from _walk("workbook-cms", top)


def _walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for child in command.list_commands(context):
            below = command.get_command(context, child)
            if below is not None and not below.hidden:
                yield from _walk(f"{name} {child}", below)


def _commands_page() -> str:
    lines = [
        _NOTE,
        "",
        "# Commands",
        "",
        "Exit codes: 0 done, clean or queued; 1 findings of severity error, an entry refused, or an alert without a",
        "reason; 2 cannot go on, with one line that says why. `--help` works on every command.",
    ]
    for name, command in commands():
        lines += ["", f"## {name}", "", *_command_lines(name, command)]
    return "\n".join(lines) + "\n"


def _command_lines(name: str, command: click.Command) -> Iterator[str]:
    pieces = command.collect_usage_pieces(click.Context(command, info_name=name))
    yield from ["```", " ".join([name, *pieces]), "```"]
    yield from ["", *_prose(command.help or command.short_help or "")]
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    if options:
        yield from ["", "| option | what it does |", "|---|---|"]
        yield from (f"| {_option_name(o)} | {_cell(_option_help(o))} |" for o in options)


def _prose(text: str) -> Iterator[str]:
    r"""Help text as Markdown; a paragraph that click must not fold (marked ``\b``) becomes a code block."""
    for number, paragraph in enumerate(inspect.cleandoc(text).split("\n\n")):
        if number:
            yield ""
        if paragraph.startswith("\b"):
            yield from ["```", *paragraph.removeprefix("\b").strip("\n").split("\n"), "```"]
        else:
            yield paragraph


def _option_name(option: click.Option) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    if option.is_flag or option.count:
        return f"`{names}`"
    if option.metavar:
        return f"`{names} {option.metavar}`"
    if isinstance(option.type, click.Choice):
        return f"`{names}` " + ", ".join(f"`{choice}`" for choice in option.type.choices)
    return f"`{names} {option.type.name.upper()}`"


def _option_help(option: click.Option) -> str:
    text = (option.help or "").strip()
    if option.multiple:
        text += " May be given more than once."
    if option.show_default and isinstance(option.default, (str, int, float)) and option.default != "":
        text += f" Default: `{option.default}`."
    if option.required:
        text += " Required."
    return text.strip()


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def main() -> int:
    """Writes the pages, or with ``--check`` says which are stale; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, say which pages are stale")
    check = parser.parse_args().check
    made = pages()
    gone = [path for path in DOCS.glob("rules/*.md") if f"rules/{path.name}" not in made]
    stale = [
        name
        for name, text in made.items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != text
    ]
    if check:
        names = sorted([*stale, *(f"rules/{path.name}" for path in gone)])
        print(
            *(f"docs/{name} is stale: run `python docs/generate.py`" for name in names),
            sep="\n",
            end="\n" * bool(names),
        )
        return int(bool(names))
    for path in gone:
        path.unlink()
    for name in stale:
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(made[name], encoding="utf-8", newline="\n")
    print(f"{len(made)} pages, {len(stale)} written, {len(gone)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
