"""The image's steps without a container engine: a fresh folder, a user without rights, its own start and check."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from aqi_project.mongodb.mongod import free_port
from tests.project.system import MARK, ROOT, marked
from tests.project.test_deploy import SECURE
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LIMIT = 120.0  # seconds, on a busy machine
USER = 10_001
AS_USER = ["unshare", "--user", f"--map-user={USER}", f"--map-group={USER}"]
NO_RIGHTS = "CapEff:\t0000000000000000"


def commands(port: str) -> list[list[str]]:
    """HEALTHCHECK's and CMD, with a port of the test's on this machine alone."""
    lists = re.findall(r"CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)
    return [json.loads(one.replace("8000", port).replace("0.0.0.0", "127.0.0.1")) for one in lists]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """WORKDIR and COPY: the tree without what .dockerignore names, which the user may read and not write."""
    ignored = shutil.ignore_patterns(*(ROOT / ".dockerignore").read_text().split(), ".git", ".venv")
    shutil.copytree(ROOT, tmp_path / "app", ignore=ignored)
    for path in [tmp_path / "app", *(tmp_path / "app").rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    return tmp_path / "app"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """ENV, and what compose.yaml adds for a web container."""
    home = str(tmp_path / "home")
    image = dict(word.split("=", 1) for word in shlex.split(re.findall(r"^ENV (.+)$", DOCKERFILE, re.MULTILINE)[0]))
    image |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "VAR_DIR": home, MARK: home}
    database = {"MONGODB_URI": settings.MONGODB_URI, "MONGODB_NAME": str(connection.settings_dict["NAME"])}
    return {**image, **SECURE, **database, "HOME": home}


def test_it_starts_as_a_user_without_rights_and_its_health_check_passes(app: Path, environment: dict[str, str]) -> None:
    check, command = commands(str(free_port()))
    process = subprocess.Popen([*AS_USER, *command], cwd=app, env=environment)
    try:
        wait_until(lambda: subprocess.run(check, cwd=app, env=environment, capture_output=True).returncode == 0, LIMIT)
        started = [Path(f"/proc/{one.pid}/status").read_text() for one in marked(environment[MARK])]
        assert started
        assert all(NO_RIGHTS in status for status in started)
    finally:
        process.terminate()
        process.wait()


def test_a_user_without_rights_writes_nothing_beside_the_program(app: Path, environment: dict[str, str]) -> None:
    done = subprocess.run([*AS_USER, "touch", "manage.py.new"], cwd=app, env=environment, capture_output=True)
    assert b"Permission denied" in done.stderr
