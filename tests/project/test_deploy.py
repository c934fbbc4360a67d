"""The files of a deployment fit the program they start."""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from environ import Env

from aqi_project import checks
from aqi_project.environment import Environment
from tests.environment import EXAMPLE, SETTINGS
from tests.project.system import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
WORKFLOWS = ROOT / ".github/workflows"
CHECKS, RELEASE = (yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text()) for name in ("checks", "release"))
ON = True  # how YAML reads the word `on`
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
SECURE = {
    "PRODUCTION": "true",
    "SECRET_KEY": "0123456789" * 5,
    "SITE_URL": "https://air.example.org",
    "ALLOWED_HOSTS": "air.example.org,127.0.0.1",
}
OF_THE_IMAGE = {  # what it fixes itself, and what needs files or packages that it does not hold
    "HOST", "PORT", "VAR_DIR", "DEBUG", "EMBEDDED_MONGODB_PORT",
    "CAP_SIGNING_KEY", "CAP_SIGNING_CERTIFICATE", "MLFLOW_TRACKING_URI", "EVIDENTLY_PYTHON",
}  # fmt: skip
READ_BY_A_SHELL = "import json, os; print(json.dumps(dict(os.environ)))"
OF_THE_DOMAIN = ["security.W005", "security.W021"]  # HSTS for other names, and in browsers' own lists: not ours to say
VISIT = """
import django, json
django.setup()
from django.core.checks import run_checks
from django.test import Client
deploy = {found.id for found in run_checks(tags=["security"], include_deployment_checks=True)}
here, there = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="air.example.org")
secure = there.get("/health/live", headers={"x-forwarded-proto": "https"})
print(json.dumps({
    "plain": there.get("/admin/").headers.get("Location"), "health": here.get("/health/live").status_code,
    "metrics": here.options("/metrics").status_code,
    "stay": secure.headers.get("Strict-Transport-Security"), "stranger": Client().get("/health/live").status_code,
    "deploy": sorted(deploy),
}))
"""


@pytest.mark.processes
def test_a_production_site_is_reached_over_https_only():
    environment = {**os.environ, **SECURE, "DJANGO_SETTINGS_MODULE": "aqi_project.settings"}
    command = [sys.executable, "-c", VISIT]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "plain": "https://air.example.org/admin/", "health": 200, "metrics": 405, "stay": "max-age=2592000",
        "stranger": 400, "deploy": OF_THE_DOMAIN,
    }  # fmt: skip


@pytest.mark.parametrize("service", ["setup", "web", "worker", "scheduler"])
def test_the_containers_get_every_setting_that_they_can_use_and_no_other(service: str):
    """What stands in .env reaches the program only where compose.yaml passes it on."""
    assert set(COMPOSE["services"][service]["environment"]) == SETTINGS - OF_THE_IMAGE


def test_a_shell_reads_the_example_as_the_program_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """docs/operate.md has commands read /etc/aqi.env in a shell, which takes & and spaces for its own."""
    lines = re.findall(r"^# ([A-Z_]+=.*)", EXAMPLE, re.MULTILINE)
    (tmp_path / ".env").write_text("\n".join(lines))
    command = ["sh", "-c", 'set -a; . "$0"; exec "$1" -c "$2"', tmp_path / ".env", sys.executable, READ_BY_A_SHELL]
    said = json.loads(subprocess.run(command, env={}, check=True, capture_output=True, text=True).stdout)
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setattr(Env, "ENVIRON", os.environ)
    ours = Environment(tmp_path)
    assert {line.partition("=")[0] for line in lines} <= set(said)
    assert {name: ours.text(name) for name in os.environ} == {name: said[name] for name in os.environ}


def test_exactly_one_container_schedules():
    flags = {name: service["environment"].get("Q_SCHEDULER") for name, service in _own().items()}
    assert [name for name, flag in flags.items() if flag == "true"] == ["scheduler"]


def _own() -> dict[str, dict[str, dict[str, str]]]:
    return {name: service for name, service in COMPOSE["services"].items() if service.get("build")}


def test_the_image_runs_without_rights_and_is_watched():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert lines.index("USER aqi") < next(row for row, line in enumerate(lines) if line.startswith("CMD"))
    assert any(line.startswith("HEALTHCHECK") for line in lines)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_program_that_is_there_and_comes_back(unit):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(unit)
    program, *_ = parser["Service"]["ExecStart"].removeprefix("/opt/aqi/.venv/bin/").split()
    assert (Path(sys.executable).parent / program).exists()
    assert parser["Service"]["Restart"] == "always"
    assert parser["Service"]["User"] == "aqi"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_every_line_of_the_units(tmp_path):
    here = str(Path(sys.executable).parent)
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/aqi/.venv/bin", here))
    command = ["systemd-analyze", "verify", "--man=no", *tmp_path.iterdir()]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["Dockerfile", "deploy/systemd/aqi-web.service"])
def test_no_client_chooses_the_address_that_limits_count(name):
    """daphne would take the first one of X-Forwarded-For for it, where PROXIES is not set."""
    text = (ROOT / name).read_text()
    assert "aqi_project.asgi:application" in text
    assert "--proxy-headers" not in text


def test_only_the_first_process_of_a_cluster_is_signalled():
    assert "KillMode=mixed" in (ROOT / "deploy/systemd/aqi-worker.service").read_text()


def test_the_page_on_deployment_lists_every_check():
    source = Path(checks.__file__).read_text()
    numbers = {int(number) for number in re.findall(r"_error\(\s*(\d+),", source)}
    listed = {int(number) for number in re.findall(r"aqi_project\.E(\d{3})", (ROOT / "docs/deploy.md").read_text())}
    assert numbers == listed


def test_each_push_runs_the_same_script_as_any_other_check():
    assert "push" in CHECKS[ON]
    assert [step["run"] for step in CHECKS["jobs"]["checks"]["steps"] if "run" in step] == ["bash .ci/run"]
    assert os.access(ROOT / ".ci/run", os.R_OK)


def test_a_tag_is_released_only_after_the_checks():
    assert RELEASE[ON] == {"push": {"tags": ["v*"]}}
    assert RELEASE["jobs"]["checks"]["uses"] == "./.github/workflows/checks.yml"
    assert RELEASE["jobs"]["image"]["needs"] == "checks"
    assert "workflow_call" in CHECKS[ON]


def test_the_release_builds_a_service_that_there_is():
    steps = "\n".join(step.get("run", "") for step in RELEASE["jobs"]["image"]["steps"])
    [service] = re.findall(r"docker compose build (\w+)", steps)
    assert service in _own()
    assert _own()[service]["image"] in steps


def test_the_image_is_published_under_a_name_that_a_registry_takes(tmp_path: Path):
    """It takes small letters only, whatever the account is called."""
    [publish] = [step for step in RELEASE["jobs"]["image"]["steps"] if step.get("name") == "Publish the image"]
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\necho "$@"\n')
    docker.chmod(0o755)
    given = {"GITHUB_REPOSITORY": "City/Air", "GITHUB_REF_NAME": "v1.2.0", "GITHUB_ACTOR": "me", "TOKEN": "t"}
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", **given}
    said = subprocess.run(["bash", "-c", publish["run"]], env=environment, check=True, capture_output=True, text=True)
    assert said.stdout.splitlines()[1:] == ["tag aqi:latest ghcr.io/city/air:1.2.0", "push ghcr.io/city/air:1.2.0"]


@pytest.mark.parametrize("name", [".gitignore", ".dockerignore"])
def test_backups_stay_out_of_image_and_repository(name: str):
    """docs/operate.md has them written into this folder; they hold password hashes and people's addresses."""
    assert "mkdir -p backups" in (ROOT / "docs/operate.md").read_text()
    assert "backups" in {line.strip("/") for line in (ROOT / name).read_text().splitlines()}


def test_the_release_gives_compose_from_its_first_step_on_what_it_demands():
    """Compose refuses every command, a build too, while a value that it demands is missing."""
    demanded = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))
    assert demanded <= set(RELEASE["jobs"]["image"]["env"])
