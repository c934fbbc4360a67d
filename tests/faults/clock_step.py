"""The clock of processes that run, set ahead and back without touching the machine's."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
COMPILER = shutil.which("cc")


class ClockStep:
    """Processes started with `environment` have the machine's time and, at once, what it is set off by."""

    def __init__(self, folder: Path) -> None:
        library, self._file = folder / "clock_step.so", folder / "off_by"
        subprocess.run([str(COMPILER), "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
        self.set(timedelta(0))
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFF_BY": str(self._file)}

    def set(self, off_by: timedelta) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(str(int(off_by.total_seconds())))
        new.rename(self._file)
