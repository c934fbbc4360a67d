"""The web process computes single readings: it must not load pandas for that, and the package knows no Django."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from datetime import UTC, datetime
import numpy as np
from ingestion.aqi import aqi, averages_at, advice, category
hours = np.arange("2025-11-01T00", "2025-11-02T00", dtype="datetime64[h]")
found = averages_at("us_epa", hours, {"pm2_5": np.full(24, 35.4), "o3": np.full(24, 10.0)}, at=hours[-1:])
single = aqi("us_epa", found, datetime(2025, 11, 1, 23, tzinfo=UTC)).single()
assert single.index == 100, single
assert advice(category("us_epa", single.category).level).en
print(sorted(name for name in ("pandas", "django", "scipy", "sklearn") if name in sys.modules))
"""


def test_a_single_reading_needs_neither_pandas_nor_django() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
