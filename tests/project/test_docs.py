"""Each block of code in the documentation runs, or is held against what it shows.

The word behind the three ticks says what a block is: `python` and `sh` are run, `usage` is held against a command's
options, `json`, `yaml`, `ini` and `csv` are read; `text`, `html`, `js` and `mermaid` only show. What cannot be run here
(a container engine, a gigabyte of packages, root's folders) is held against the files and options that it names.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.db import connection

from aqi_project.checks import SHORTEST_SECRET
from detection.drift import check
from detection.forecasting import COLUMNS, Forecaster, category_probabilities
from ingestion.aqi.standard import Edition, read_edition
from ingestion.observation import Parsed
from ingestion.providers.base import Source, StationRef
from ingestion.providers.http import Http
from ingestion.providers.limits import Limit
from tests import factories as make
from tests import processes
from tests.detection.frames import air
from tests.environment import EXAMPLE, SETTINGS
from tests.ingestion.test_aqi_standards import SHORTEST_REASON
from tests.project.system import ROOT
from tests.project.test_deploy import SECURE

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
RUN_ELSEWHERE = {"README.md", "api.md", "add-a-detector.md"}  # test_processes, tests/api/test_docs, test_readme
OF_THE_MACHINE = ("git ", "systemctl ", "docker ")  # no test upgrades or restarts what it runs on
SHOWN = {"text", "html", "js", "mermaid"}


def read_settings(text: str) -> bool:
    names = re.findall(r"^([A-Z_]+)=.+$", text, re.MULTILINE)
    return set(names) <= SETTINGS


def read_index(text: str) -> Edition:
    """The table of a new air quality index."""
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(text)
        file.flush()
        edition = read_edition(Path(file.name))
    assert len(edition.why_en) > SHORTEST_REASON
    return edition


READ: dict[str, Callable[[str], Any]] = {
    "json": json.loads, "yaml": yaml.safe_load, "ini": read_settings, "csv": read_index,
}  # fmt: skip


def blocks(page: Path, *languages: str) -> list[str]:
    return [text for language, text in BLOCK.findall(page.read_text()) if language in languages]


def pages_with(*languages: str) -> list[Path]:
    return [page for page in PAGES if page.name not in RUN_ELSEWHERE and blocks(page, *languages)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_block_says_what_it_is(page: Path) -> None:
    known = {"python", "sh", "usage", *SHOWN, *READ}
    assert {language for language, _ in BLOCK.findall(page.read_text())} <= known


def gives(*things: Any) -> dict[str, Any]:
    return {one.__name__: one for one in things}


def names_of(page: str) -> dict[str, Any]:
    """What a page's example takes for granted."""
    hours = air(120, columns=("co", "pm2_5", "no2", "o3"))
    return {
        "aqi.md": {"frame": hours[:72]},
        "forecasting.md": {
            **gives(Forecaster, category_probabilities), "COLUMNS": COLUMNS,
            "frame": hours[["pm2_5"]][: 24 * 60], "upper_bounds": [12.0, 35.4, 55.4, 125.4, 225.4],
        },
        "drift.md": {
            **gives(check), "reference": hours[: 24 * 90], "current": hours[24 * 90 :],
        },
        "add-a-provider.md": gives(Source, Limit, Http, StationRef, Parsed, replace, datetime, timedelta),
    }[page]  # fmt: skip


@pytest.mark.parametrize("page", pages_with("python"), ids=lambda page: page.name)
def test_its_python_runs(page: Path) -> None:
    exec(compile("\n".join(blocks(page, "python")), page.name, "exec"), names_of(page.name))  # noqa: S102 (our own)


@pytest.mark.parametrize("page", pages_with("usage", "sh"), ids=lambda page: page.name)
def test_its_commands_have_the_options_that_it_names(page: Path) -> None:
    for text in blocks(page, "usage", "sh"):
        for command, words in re.findall(r"manage\.py (\w+)((?:[^#\n]|\n +)*)", text):
            parser = load_command_class(get_commands()[command], command).create_parser("manage.py", command)
            assert set(re.findall(r"--[a-z-]+", words)) <= set(parser._option_string_actions), command


@pytest.mark.parametrize("page", pages_with(*READ), ids=lambda page: page.name)
def test_what_it_shows_can_be_read(page: Path) -> None:
    for language, text in BLOCK.findall(page.read_text()):
        if language in READ:
            assert READ[language](text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project's folder, with places of its own for what commands write."""
    for name in ("manage.py", ".venv", ".env.example"):
        (tmp_path / name).symlink_to(Path(sys.prefix) if name == ".venv" else ROOT / name)
    return tmp_path


@pytest.fixture
def elsewhere() -> Iterator[str]:
    name = f"aqi_docs_{os.getpid()}"
    yield name
    connection.connection.drop_database(name)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_the_page_on_operation_runs_from_its_beginning_to_its_end(folder: Path, elsewhere: str) -> None:
    make.make_station()
    make.make_readings("lahore", hours=3)
    environment = processes.environment()
    for block in blocks(ROOT / "docs" / "operate.md", "sh"):
        command = "\n".join(line for line in block.splitlines() if not line.startswith(OF_THE_MACHINE))
        if "restore" in command:
            environment["MONGODB_NAME"] = elsewhere
            (folder / "backups" / "aqi-20200101T000000Z.zip").touch()  # there is one of each night
        done = subprocess.run(["bash", "-euc", command], cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0 or "doctor" in command, done.stdout + done.stderr
    assert connection.connection[elsewhere]["ingestion_reading"].count_documents({}) == 3


def test_the_secret_of_the_page_on_deployment_is_long_enough() -> None:
    secret, *_ = blocks(ROOT / "docs" / "deploy.md", "sh")
    done = subprocess.run(["bash", "-euc", secret], capture_output=True, text=True)
    assert len(done.stdout.strip()) >= SHORTEST_SECRET


@pytest.mark.processes
@pytest.mark.django_db
def test_the_settings_of_the_page_on_deployment_pass_its_check(folder: Path) -> None:
    """What its table asks for, in a file that a shell reads, as for the services of a bare machine."""
    page = ROOT / "docs" / "deploy.md"
    asked = set(re.findall(r"^\| `([A-Z_]+)` \|", page.read_text(), re.MULTILINE))
    database = {"MONGODB_URI": os.environ["MONGODB_URI"], "MONGODB_NAME": str(connection.settings_dict["NAME"])}
    given = {**SECURE, "CSRF_TRUSTED_ORIGINS": SECURE["SITE_URL"], **database}
    assert asked <= set(given)
    lines = "\n".join(f"{name}='{value}'" for name, value in given.items())
    (folder / "aqi.env").write_text(EXAMPLE + lines)
    command = f"set -a; . ./aqi.env; {blocks(page, 'sh')[-1]}"
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(folder / "var")}
    done = subprocess.run(["sh", "-euc", command], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_containers_of_the_page_on_deployment_get_what_they_ask_for(tmp_path: Path) -> None:
    """The first command is run; the others need a container engine, and are held against the file that they read."""
    [page] = [text for text in blocks(ROOT / "docs" / "deploy.md", "sh") if "docker compose" in text]
    first, rest = page.split("docker compose", 1)
    subprocess.run(["bash", "-euc", first], cwd=tmp_path, check=True)
    given = set(re.findall(r"^([A-Z_]+)=.+$", (tmp_path / ".env").read_text(), re.MULTILINE))
    compose = (ROOT / "compose.yaml").read_text()
    assert set(re.findall(r"\$\{([A-Z_]+):\?", compose)) - {"MONGODB_URI"} <= given
    assert set(re.findall(r"--scale (\w+)=", rest)) <= set(yaml.safe_load(compose)["services"])


@pytest.mark.processes
@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs the gettext tools: apt-get install gettext")
def test_the_page_on_languages_makes_catalogues_and_pages_of_a_new_one(tmp_path: Path) -> None:
    for tree in ("aqi_project", "alerts", "dashboard", "templates", "locale"):
        shutil.copytree(ROOT / tree, tmp_path / tree, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ".venv").symlink_to(sys.prefix)
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    for command in blocks(ROOT / "docs" / "add-a-language.md", "sh"):
        subprocess.run(["bash", "-euc", command], cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert '("fa", "فارسی"), ("en", "English")' in (tmp_path / "aqi_project/settings.py").read_text()
    for catalogue in ("locale", "alerts/locale"):
        assert (tmp_path / catalogue / "fa/LC_MESSAGES/django.mo").is_file()
