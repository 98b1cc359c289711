"""The manual: generated pages are fresh, nothing is undocumented, what it tells people to type exists and runs."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from validation.catalogue import RULES
from validation.findings import Finding
from validation.policy import Action, Kind, Must, Normaliser, Policy, WhenIs
from workbook_cms.cli import workbook_cms as top

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])


def load_generator() -> ModuleType:
    """The program that writes the generated pages; it lies in the folder of the manual, which is no package."""
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = load_generator()
COMMANDS: dict[str, click.Command] = dict(GENERATOR.commands())


def blocks(text: str, *languages: str) -> list[str]:
    """The fenced code blocks of a page in one of the languages ("" = none named)."""
    found = re.findall(r"^```([a-z]*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [body for language, body in found if language in languages]


def typed_commands(text: str) -> list[list[str]]:
    """What a page tells people to type after ``workbook-cms``, by line; continued lines are joined."""
    lines = "\n".join(blocks(text, "console", "sh", "shell")).replace("\\\n", " ").splitlines()
    found = []
    for line in lines:
        match = re.search(r"(?:^|[\s/\\])workbook-cms(?:\.exe)?\s+(\S.*)$", line.removeprefix("$ "))
        if match:
            words = shlex.split(match[1], comments=True)
            found.append(words[: words.index("|")] if "|" in words else words)
    return found


@pytest.mark.parametrize("name", sorted(GENERATOR.pages()))
def test_generated_page_is_fresh(name: str) -> None:
    """A generated page is what the program says today; mend it with ``python docs/generate.py``."""
    assert (DOCS / name).is_file()
    assert (DOCS / name).read_text(encoding="utf-8") == GENERATOR.pages()[name]


def test_no_page_for_a_rule_that_is_gone() -> None:
    """Every page below docs/rules belongs to a rule or is the index."""
    assert {path.stem for path in DOCS.glob("rules/*.md")} == {*RULES, "README"}


@pytest.mark.parametrize("code", sorted(RULES))
def test_rule_says_all_that_its_page_needs(code: str) -> None:
    """A rule has a code of a known family, a title in one line, and says what, why, how to mend, with an example."""
    rule = RULES[code]
    assert re.fullmatch(r"(NAM|ENT|REF|DUP|ATT|POL|FIL)\d{3}", code)
    assert rule.code == code
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert "\n" not in rule.title
    assert [
        part for part in ("title", "what", "why", "example", "mend") if len(getattr(rule, part).strip()) < 10
    ] == []


def test_rule_names_are_different() -> None:
    """No two rules share a name."""
    names = [rule.name for rule in RULES.values()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_command_and_options_have_help(name: str) -> None:
    """Every command says what it does, and so does every option."""
    command = COMMANDS[name]
    assert command.help
    assert [p.opts for p in command.params if isinstance(p, click.Option) and not p.hidden and not p.help] == []


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"workbook-cms"}))
def test_manual_mentions_command(name: str) -> None:
    """Every command stands in the README and in a page of the manual that people wrote."""
    assert name in (ROOT / "README.md").read_text(encoding="utf-8")
    written = [p for p in PAGES if p.parent.name != "rules" and p.name not in {"commands.md", "README.md"}]
    assert [p.name for p in written if name in p.read_text(encoding="utf-8")] != []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_on_a_page_exist(page: Path) -> None:
    """Every command line on a page names a command and options that exist."""
    unknown = []
    for words in typed_commands(page.read_text(encoding="utf-8")):
        command: click.Command | None = top
        rest = list(words)
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            command = command.get_command(click.Context(command), rest.pop(0))
        if command is None:
            unknown.append(" ".join(words))
            continue
        known = {"-h", "--help"}.union(*(set(p.opts) | set(p.secondary_opts) for p in command.params))
        unknown += [f"{words[0]}: {word}" for word in rest if re.match(r"--?[a-z]", word) and word not in known]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that exists, and a heading that it has."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, heading = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists():
            broken.append(target)
        elif heading:
            titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            if heading not in anchors:
                broken.append(target)
    assert broken == []


def test_policy_page_names_every_part() -> None:
    """docs/policy.md says what each part of a policy means, by the name it has in the file."""
    text = (DOCS / "policy.md").read_text(encoding="utf-8")
    schema = Policy.model_json_schema()
    parts = {name for model in schema["$defs"].values() for name in model.get("properties", ())}
    words = {str(word) for kind in (Action, Kind, Must, Normaliser, WhenIs) for word in kind}
    assert sorted(name for name in parts | words if f"`{name}`" not in text) == []


def test_json_page_names_every_attribute_of_a_finding() -> None:
    """docs/json.md names every attribute of a finding as JSON has it."""
    text = (DOCS / "json.md").read_text(encoding="utf-8")
    finding = Finding("ENT001", RULES["ENT001"].severity, "Message.")
    assert [name for name in finding.to_dict() if f"`{name}`" not in text] == []


def test_guarantees_name_tests_that_exist() -> None:
    """Every test that docs/guarantees.md names is there."""
    named = set(re.findall(r"`(test_\w+)`", (DOCS / "guarantees.md").read_text(encoding="utf-8")))
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert named
    assert sorted(named - set(re.findall(r"^def (test_\w+)", written, flags=re.MULTILINE))) == []


@pytest.mark.parametrize("page", ["python.md"])
def test_python_examples_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python blocks of a page run one after another in an empty folder, and their assertions hold."""
    monkeypatch.chdir(tmp_path)
    code = blocks((DOCS / page).read_text(encoding="utf-8"), "python")
    assert code
    scope: dict[str, object] = {"__name__": "example"}
    for number, block in enumerate(code):
        exec(compile(block, f"{page}, block {number + 1}", "exec"), scope)  # noqa: S102 - our own manual


def test_readme_shows_what_the_demonstration_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line that the README quotes from the demonstration stands in its output."""
    (quoted,) = blocks((ROOT / "README.md").read_text(encoding="utf-8"), "text")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(top, ["demo"])
    assert done.exit_code == 0
    assert [line for line in quoted.splitlines() if line.strip() not in done.output] == []


def test_own_data_walk_through_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of the README from "With your own data" on run in order; each gives the exit code written there."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## With your own data")[1].split("\n## What it does not do yet")[0]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    codes = []
    for block in re.findall(r"^```(?:console|csv|json)[^\n]*\n.*?^```$", section, flags=re.MULTILINE | re.DOTALL):
        head, _, body = block.partition("\n")
        body = body.removesuffix("```")
        kind, _, name = head.removeprefix("```").partition(" ")
        if kind != "console":
            (tmp_path / name).write_text(body, encoding="utf-8")
            continue
        for line in body.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            expected = 1 if line.rstrip().endswith("# exit code 1") else 0
            done = CliRunner().invoke(top, words[1:])
            codes.append((line, expected, done.exit_code, done.output if done.exit_code != expected else ""))
    assert codes
    assert [c for c in codes if c[1] != c[2]] == []
    (tmp_path / "branches").mkdir()
    for name in ("north.xlsx", "south.xlsx"):
        shutil.copy(tmp_path / "customers.xlsx", tmp_path / "branches" / name)
    (across,) = [words for words in typed_commands(section) if words[0] == "across"]
    assert CliRunner().invoke(top, across).exit_code == 0
    assert (tmp_path / "pairs.xlsx").is_file()
