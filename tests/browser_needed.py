"""`python -m tests.browser_needed`: see to it that the browser tests find Chromium, or say what to install.

Never fails: without a browser its tests are skipped, and say so.
"""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HINT = "Install it with `apt-get install chromium fonts-noto-core`, or set CHROMIUM to its path."
LIMIT = 300  # seconds for each of apt's steps


def find() -> str | None:
    """Path of a Chromium: CHROMIUM, or one of its usual names on PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> None:
    if find():
        return
    if not (os.geteuid() == 0 and shutil.which("apt-get")):
        print(f"Chromium was not found, so the browser tests will be skipped. {HINT}")
        return
    print("Installing Chromium for the browser tests …", flush=True)
    if not all(_quietly(step) for step in (["update"], ["install", "--yes", "chromium", "fonts-noto-core"])):
        print(f"Chromium could not be installed, so the browser tests will be skipped. {HINT}")


def _quietly(step: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run = subprocess.run(
            ["apt-get", "-qq", *step], env=environment, capture_output=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


if __name__ == "__main__":
    main()
