"""The shape of the house: who may import whom, how long a function may be, and what the repository must not name."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("aqi_project", "ingestion", "detection", "alerts", "dashboard")  # each may import those before it
WIRING = ("aqi_project/urls.py", "aqi_project/asgi.py")  # they name every app: that is their work
WITHOUT_DJANGO = (
    "ingestion/aqi",
    "ingestion/quality",
    "detection/analysis",
    "detection/calibration",
    "detection/detectors",
    "detection/drift",
    "detection/evaluation",
    "detection/forecasting",
    "detection/streaming",
    "detection/timeseries",
)
MIGRATIONS = {"migrations", "contrib_migrations"}
DJANGO = {"django", "django_mongodb_backend", "django_q", "rest_framework", "channels"}
LONGEST_FUNCTION = 40  # lines
USUAL_FUNCTION, USUAL_SHARE = 13, 0.9  # nine of ten functions are not longer
LONGEST_FILE = 320  # lines
LONGEST_LINE = 120  # letters of a template's line
UNBREAKABLE = re.compile(r"{% (block)?translate |<pre|<time|<body")  # sentences; text that shows blanks
FOREIGN = re.compile(
    r"/(?:home|root|Users)/\w|/work/(?:main|shared|wt)|file:///|--(?:extra-)?index-url|find-links|pypi"
)


@cache
def sources(folder: str) -> dict[str, ast.Module]:
    """What stands in each file of a folder, by its name."""
    paths = [path for path in sorted((ROOT / folder).rglob("*.py")) if not MIGRATIONS & set(path.parts)]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(), filename=str(path)) for path in paths}


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and first name of each import, the ones inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, (node.module or "").partition(".")[0]


@pytest.mark.parametrize("app", APPS)
def test_arrows_point_one_way(app):
    later = set(APPS[APPS.index(app) + 1 :])
    wrong = [
        f"{name}:{line} imports {package}"
        for name, tree in sources(app).items()
        if name not in WIRING
        for line, package in imported(tree)
        if package in later
    ]
    assert wrong == []


def test_no_module_imports_itself_by_way_of_others():
    """Imports inside functions count: a circle that hides there ties its files together all the same."""
    TopologicalSorter(arrows()).prepare()  # raises CycleError, which names the circle


def test_no_room_imports_itself_by_way_of_others():
    """Else neither of two packages of an application could be understood, or changed, without the other."""
    between = defaultdict(set)
    for name, others in arrows().items():
        between[room_of(name)] |= {room_of(other) for other in others} - {room_of(name)}
    TopologicalSorter(between).prepare()


def arrows() -> dict[str, set[str]]:
    """Each module of the project with those that it imports."""
    trees = {module_of(name): tree for app in APPS for name, tree in sources(app).items()}
    return {name: set(modules(tree, set(trees))) - {name} for name, tree in trees.items()}


def room_of(module: str) -> str:
    """An application's package, or the module that stands beside them: `detection.live` of `detection.live.band`."""
    return ".".join(module.split(".")[:2])


def module_of(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def modules(tree: ast.Module, known: set[str]) -> Iterator[str]:
    """The project's own modules that are imported; `from package import module` means the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from inner & known or {node.module} & known


@pytest.mark.parametrize("folder", WITHOUT_DJANGO)
def test_plain_python_stays_plain(folder):
    wrong = [
        f"{name}:{line} imports {package}"
        for name, tree in sources(folder).items()
        for line, package in imported(tree)
        if package in DJANGO
    ]
    assert sources(folder)
    assert wrong == []


IMPORT_EACH = f"""
import sys
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
    print(name, *sorted({DJANGO!r} & set(sys.modules)))
"""


def test_plain_python_runs_without_django():
    """What it imports from elsewhere in the project must be plain as well. The first that is named brings it in."""
    names = [folder.replace("/", ".") for folder in WITHOUT_DJANGO]
    command = [sys.executable, "-c", IMPORT_EACH, *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.splitlines()) == (0, names), done.stderr


def functions() -> Iterator[tuple[str, int]]:
    """Name and number of lines of each function of the program, tests and benchmarks."""
    for folder in (*APPS, "tests", "benchmarks"):
        for name, tree in sources(folder).items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{name}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_a_function_fits_in_the_eye():
    lengths = dict(functions())
    assert [name for name, lines in lengths.items() if lines > LONGEST_FUNCTION] == []
    usual = sum(lines <= USUAL_FUNCTION for lines in lengths.values()) / len(lengths)
    assert usual >= USUAL_SHARE


def test_a_file_is_read_in_one_sitting():
    wrong = [
        f"{name}: {lines} lines"
        for folder in (*APPS, "tests", "benchmarks")
        for name in sources(folder)
        if (lines := len((ROOT / name).read_text().splitlines())) > LONGEST_FILE
    ]
    assert wrong == []


def test_a_template_can_be_read_line_by_line():
    wrong = [
        f"{name}:{number}: {len(line)} letters"
        for name in repository()
        if name.endswith(".html")
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE and not UNBREAKABLE.search(line)
    ]
    assert wrong == []


def test_the_repository_names_no_machine_and_no_package_registry():
    wrong = [
        f"{name}:{number}: {found[0]}"
        for name in repository()
        for number, line in enumerate((ROOT / name).read_text(errors="ignore").splitlines(), 1)
        if (found := FOREIGN.search(line))
    ]
    assert wrong == []


def repository() -> list[str]:
    """Text files that git tracks; without git, those of the usual kinds."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    kinds = ("*.py", "*.md", "*.toml", "*.txt", "*.html", "*.js", "*.css", "*.yaml", "*.yml")
    names = done.stdout.split("\0") if done.returncode == 0 else _walk(kinds)
    own = str(Path(__file__).relative_to(ROOT))
    return [name for name in names if name and name != own and not name.endswith((".gz", ".png", ".woff2", ".mo"))]


def _walk(kinds: tuple[str, ...]) -> list[str]:
    folders = (*APPS, "docs", "tests", "benchmarks", "templates", "static")
    return [str(path.relative_to(ROOT)) for folder in folders for kind in kinds for path in (ROOT / folder).rglob(kind)]
