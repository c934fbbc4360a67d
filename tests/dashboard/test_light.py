"""The web process stays light: models live in the worker."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests import factories as make

HEAVY = {"pandas", "sklearn", "prophet", "scipy", "plotly", "joblib", "matplotlib"}
SCRIPT = """
import sys
import aqi_project.asgi
from django.test import Client
answer = Client().get("/", headers={"host": "localhost"})
assert answer.status_code == 200 and b'data-live="number">170' in answer.content, answer.content[:500]
assert Client().get("/api/schema", headers={"host": "localhost"}).status_code == 200
print(",".join(sorted(sys.modules)))
"""


@pytest.mark.django_db(transaction=True)
def test_the_web_process_imports_no_model_library():
    make.make_lahore()
    make.make_readings("lahore", hours=30)
    make.make_band("lahore/pm2_5", make.this_hour())
    environment = {**os.environ, "MONGODB_NAME": connection.settings_dict["NAME"]}
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=root, env=environment, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    assert not HEAVY & set(run.stdout.strip().split(","))
