"""`python -m benchmarks [ONLY]`: measure, print a table, write var/bench.json and the table of docs/performance.md.

ONLY is the beginning of rows' names, such as `predict` or `predict.single`. Each module of this folder with a
function `run` gives rows (rows.py); MODULES says which has which.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.rows import Row

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "var" / "bench.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- results: written by make bench -->", "<!-- end of results -->"
HEAD = "| row | ours | peer | ratio | unit | goal | met |\n|---|---|---|---|---|---|---|\n"
# The beginning of the rows' names → the module that measures them.
MODULES = {
    "ingest.bulk": "ingest",
    "ingest.poll200": "ingest_poll",
    "ingest.export": "ingest_export",
    "aqi.": "aqi_million",
    "predict.": "predict",
    "memory.": "memory",
    "live.latency": "live",
    "live.fanout2000": "fanout",
    "page.": "page",
    "alerts.": "alerts",
    "drift.": "drift_check",
    "train.": "train",
    "regime.": "regime",
    "score.": "detection",
    "detect.": "detection",
    "band.": "detection",
    "forecast.": "forecast",
    "nab.": "nab_score",
    "faults.": "kills",
    "soak.": "soak",
    "scale.out": "scale_out",
    "scale.two_workers": "scale_train",
}


def main(only: str) -> int:
    chosen = [module for rows, module in MODULES.items() if rows.startswith(only) or only.startswith(rows)]
    modules = list(dict.fromkeys(chosen))  # one module may measure rows of several beginnings
    if not modules:
        print(f"No row begins with {only!r}. Rows begin with: {', '.join(MODULES)}.", file=sys.stderr)
        return 1
    measured = [row for module in modules for row in _measure(module) if row["name"].startswith(only)]
    rows = {row["name"]: row for row in [*_earlier(), *measured]}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(list(rows.values()), indent=1, ensure_ascii=False) + "\n")
    _write_page(measured)
    print(HEAD + "\n".join(map(_line, measured)))
    return 0


def _measure(module: str) -> list[Row]:
    print(f"Measuring {module} …", file=sys.stderr)
    return list(import_module(f"benchmarks.{module}").run())


def _earlier() -> list[Row]:
    return list(json.loads(RESULTS.read_text())) if RESULTS.is_file() else []


def _write_page(rows: list[Row]) -> None:
    """The page's own rows stay where they were measured on another machine or day."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    table, _, after = rest.partition(END)
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in table.replace(HEAD, "").split("\n") if line}
    lines |= {row["name"]: _line(row) for row in rows}
    PAGE.write_text(f"{before}{BEGIN}\n{HEAD}" + "".join(f"{line}\n" for line in lines.values()) + END + after)


def _line(row: Row) -> str:
    shown = ("name", "ours", "peer", "ratio", "unit", "goal")
    met = {True: "yes", False: "no", None: ""}[row["met"]]
    return "| " + " | ".join("" if row[name] is None else str(row[name]) for name in shown) + f" | {met} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
