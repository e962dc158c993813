"""Domain modules know nothing of the doors above them. (That imports go down only is import-linter's to check.)"""

import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("accounts", "catalog", "ticketing", "social")
DOORS = {"api", "views", "consumers", "urls", "forms", "authentication", "adapter", "management", "migrations"}
SHUT = {"api", "views", "consumers"}


def is_domain(file: Path) -> bool:
    return not DOORS & {part.removesuffix(".py") for part in file.relative_to(ROOT).parts[1:]}


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def is_shut(name: str) -> bool:
    room, *rest = name.split(".")
    return room == "rest_framework" or (room in {*ROOMS, "cinema", "backoffice"} and bool(rest) and rest[0] in SHUT)


def test_domain_modules_import_neither_the_rest_framework_nor_a_door():
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")) if is_domain(file)]

    found = {str(file.relative_to(ROOT)): shut for file in files if (shut := set(filter(is_shut, imported(file))))}

    assert len(files) > 20
    assert found == {}


def test_runner_needs_nothing_but_python_until_the_environment_is_made():
    allowed_inside = {"web.py"}
    files = [file for file in (ROOT / "runner").glob("*.py") if file.name not in allowed_inside]

    found = {file.name: imported(file) & {"django", "uvicorn", "psycopg", "redis"} for file in files}

    assert {name: names for name, names in found.items() if names} == {}


def test_a_house_without_redis_loads_neither_its_library_nor_twisted_nor_spreadsheets():
    shown = "import sys, cinema.asgi, cinema.urls; print(sorted({'redis', 'twisted', 'openpyxl'} & set(sys.modules)))"
    variables = {**os.environ, "SECRET_KEY": "k" * 50, "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "cinema.settings"}

    done = subprocess.run(
        [sys.executable, "-c", shown], cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
