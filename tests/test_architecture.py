"""The rooms of the design: which module may import which, and what the rules must not touch. Read from the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("validation", "workbook_cms")
    for path in sorted((ROOT / package).rglob("*.py"))
}

#: Rooms from the top to the ground; a module imports from its own floor or from below. `validation` is apart.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"__main__", "cli", "demo"}),
    frozenset(
        {"across", "console", "doctor", "forms", "formats", "intake", "practice", "reports", "setup", "watch"}
    ),
    frozenset({"reading", "workbook", "workbook_merging"}),
    frozenset({"alike"}),
    frozenset(
        {
            "conflicts",
            "editing",
            "fixes",
            "lost",
            "merged_search",
            "merging",
            "policing",
            "restoring",
            "search",
            "seeding",
            "status",
            "undo",
        }
    ),
    frozenset({"plain_tables", "plain_values", "records", "tables"}),
    frozenset(
        {
            "acceptance",
            "archiving",
            "batch",
            "commit",
            "decisions",
            "imagined",
            "integrity",
            "past",
            "preparation",
            "referring",
            "safekeeping",
            "standing",
            "table_changes",
            "together",
        }
    ),
    frozenset(
        {
            "archives",
            "history",
            "history_reading",
            "layout",
            "merged",
            "policies",
            "receipts",
            "snapshot",
            "submission",
            "table_cache",
            "table_frames",
        }
    ),
    frozenset({"file"}),
    frozenset({"", "collector", "errors", "resources", "rooms", "unseen"}),
)


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


#: What reaches outside the process; `validation` gets time, names and files passed in.
OUTSIDE = words(
    "asyncio ctypes fcntl fileinput getpass glob http importlib.resources io locale logging mmap msvcrt multiprocessing "
    "openpyxl os pathlib pickle platform python_calamine random requests secrets shutil signal socket sqlite3 "
    "subprocess tempfile threading time urllib urllib.request uuid xlsxwriter yaml zipfile zoneinfo"
)
#: Names whose call reads the clock, chance, the keyboard or a file, whatever object they are called on.
CALLS = words(
    "breakpoint default_rng exec eval getenv input now open print read_bytes read_csv read_excel read_text "
    "today to_csv to_excel urandom utcnow write_bytes write_text"
)


@cache
def tree(module: str) -> ast.Module:
    """The parsed source of a module."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def nodes(node: ast.AST, *, typing: bool) -> Iterator[ast.AST]:
    """Every node below; those under ``if TYPE_CHECKING`` only on request."""
    for child in ast.iter_child_nodes(node):
        if not typing and isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from (n for part in child.orelse for n in ast.walk(part))
            continue
        yield child
        yield from nodes(child, typing=typing)


def imports(module: str, *, typing: bool = True) -> Iterator[str]:
    """Full names of what a module imports, at the top or late inside a function."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in nodes(tree(module), typing=typing):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parts, *([node.module] if node.module else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in MODULES else base


def floor(module: str) -> int:
    """Floor of a module of workbook_cms, 0 = top."""
    room = [*module.split("."), ""][1]
    return next((number for number, rooms in enumerate(FLOORS) if room in rooms), -1)


def public(module: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of these classes."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in tree(module).body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (n for n in node.body if isinstance(n, kinds) and not n.name.startswith("_"))


WORKBOOK_CMS = [name for name in MODULES if name.split(".")[0] == "workbook_cms"]
VALIDATION = [name for name in MODULES if name.split(".")[0] == "validation"]


def test_every_module_has_a_floor() -> None:
    """A new module of workbook_cms is put on a floor of the design before anything imports it."""
    assert [name for name in WORKBOOK_CMS if floor(name) < 0] == []


def test_imports_point_down() -> None:
    """cli -> forms, intake, reports -> workbook -> records -> validation, file; errors below all."""
    upward = [
        f"{module} imports {name}"
        for module in WORKBOOK_CMS
        for name in imports(module)
        if name in MODULES
        and name.startswith("workbook_cms")
        and module != "workbook_cms"
        and floor(name) < floor(module)
    ]
    assert upward == []


def test_validation_and_file_do_not_know_each_other() -> None:
    """The rules know no file, the file knows no rules."""
    assert [f"{m}: {n}" for m in VALIDATION for n in imports(m) if n.startswith("workbook_cms")] == []
    below = [m for m in WORKBOOK_CMS if m.startswith("workbook_cms.file") or m == "workbook_cms.resources"]
    assert [f"{m}: {n}" for m in below for n in imports(m) if n.startswith("validation")] == []


def test_validation_imports_nothing_that_reaches_outside() -> None:
    """No file, clock, chance, environment or network inside the rules."""
    found = [
        f"{module}: {name}"
        for module in VALIDATION
        for name in imports(module)
        if name in OUTSIDE or name.split(".")[0] in OUTSIDE
    ]
    assert found == []


def test_validation_calls_nothing_that_reaches_outside() -> None:
    """`today`, `now`, `open`, `environ` and their like come from above, as arguments."""
    found = []
    for module in VALIDATION:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Call):
                called = node.func
                name = getattr(called, "id", None) or getattr(called, "attr", "")
                if name in CALLS:
                    found.append(f"{module}:{node.lineno} {name}")
                if name == "validate_email":
                    keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
                    if keywords.get("check_deliverability") != "False":
                        found.append(f"{module}:{node.lineno} validate_email asks the network")
            elif isinstance(node, ast.Attribute) and node.attr in {"environ", "random"}:
                found.append(f"{module}:{node.lineno} {node.attr}")
    assert found == []


def test_no_circle_of_imports() -> None:
    """No module reaches itself, late imports included (imports for type checkers alone do not count)."""
    graph = {m: {n for n in imports(m, typing=False) if n in MODULES and n != m} for m in MODULES}
    graph["workbook_cms"] = set()  # its names are imported when they are asked for
    done: set[str] = set()
    circles: list[str] = []

    def visit(module: str, way: tuple[str, ...]) -> None:
        if module in way:
            circles.append(" -> ".join([*way[way.index(module) :], module]))
        elif module not in done:
            for name in sorted(graph[module]):
                visit(name, (*way, module))
            done.add(module)

    for module in sorted(graph):
        visit(module, ())
    assert circles == []


@pytest.mark.parametrize("module", sorted(MODULES))
def test_module_says_what_it_offers(module: str) -> None:
    """Every module has a docstring and an ``__all__`` of names that exist in it."""
    body = tree(module).body
    assert ast.get_docstring(tree(module)), "no docstring"
    if len(body) == 1:
        return  # a package that is only a docstring
    offered = [
        ast.literal_eval(node.value)
        for node in body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        and node.value is not None
        and "__all__"
        in [ast.unparse(t) for t in (node.targets if isinstance(node, ast.Assign) else [node.target])]
    ]
    assert len(offered) == 1, "no __all__, or not in one place"
    names = {getattr(n, "id", None) or getattr(n, "name", "") for n in ast.walk(tree(module))}
    names |= {a.asname or a.name for n in ast.walk(tree(module)) if isinstance(n, ast.ImportFrom) for a in n.names}
    assert sorted(set(offered[0]) - names) == []


@pytest.mark.parametrize("module", sorted(MODULES))
def test_public_names_are_documented(module: str) -> None:
    """Every public function, class and method has a docstring; the setter of a property has that of its getter."""
    bare = [node for node in public(module) if not ast.get_docstring(node)]
    setters = {f"{node.name}.setter" for node in bare}
    assert [n.name for n in bare if not setters & {ast.unparse(d) for d in n.decorator_list}] == []


def test_modules_and_functions_stay_short() -> None:
    """A module has at most 350 lines, a function at most 60 without its docstring."""
    long = []
    for module, path in MODULES.items():
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 350:
            long.append(f"{module}: {lines} lines")
        for node in ast.walk(tree(module)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                if (node.end_lineno or 0) - first.lineno + 1 > 60:
                    long.append(f"{module}.{node.name}: {(node.end_lineno or 0) - first.lineno + 1} lines")
    assert long == []


def test_start_imports_no_frame() -> None:
    """Importing the package and the command line loads neither pandas nor a schema or spreadsheet library."""
    heavy = ("pandas", "pandera", "numpy", "openpyxl", "xlsxwriter", "python_calamine", "frictionless")
    code = f"import sys, workbook_cms, workbook_cms.cli; print(*[n for n in {heavy!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout.split(), done.stderr) == ([], "")


def test_foreign_validation_package_is_one_line(tmp_path: Path) -> None:
    """Another package of that name stops the command with place, problem and remedy, and no traceback."""
    (tmp_path / "validation.py").write_text("", encoding="utf-8")
    for options in (["-m", "workbook_cms", "--help"], ["-c", "from workbook_cms import Workbook"]):
        done = subprocess.run(
            [sys.executable, *options], capture_output=True, text=True, cwd=tmp_path, check=False
        )
        last = done.stderr.strip().splitlines()[-1]
        assert "validation.py: another package named validation stands before" in last
        assert "Rename or remove it" in last
        if options[0] == "-m":
            assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)


def test_programs_are_called_past_xlwings_in_one_place() -> None:
    """Only the adapter uses ``.api``: what differs between Excel on Windows, on macOS and LibreOffice stands there."""
    users = {
        module
        for module in WORKBOOK_CMS
        if not module.startswith("workbook_cms.forms.engines")
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute) and node.attr == "api"
    }
    assert users == {"workbook_cms.forms.adapter"}
