import subprocess
import sys

HEAVY = ("pandas", "sklearn", "scipy", "prophet", "joblib", "matplotlib")
SCRIPT = f"""
import sys
import aqi_project.asgi
from django.urls import get_resolver
get_resolver().url_patterns
from drf_spectacular.generators import SchemaGenerator
SchemaGenerator().get_schema(request=None, public=True)
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def test_the_web_process_imports_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
