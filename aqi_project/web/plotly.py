"""Plotly's script, compressed once: 4.8 MB are too much to compress again for every reader who asks for it.

WhiteNoise sends a file's `.gz` twin where there is one. The package has none, and its folder need not be ours.
"""

import gzip
import shutil
from pathlib import Path

from aqi_project.errors import ConfigurationError

NAME = "plotly.min.js"
BEST = 9  # gzip's slowest level and smallest result


def prepare(package: Path, folder: Path) -> None:
    """Put the script and its twin into `folder`, anew where the package has another one. It is there whole or not.

    Raises ConfigurationError where nothing can be written there.
    """
    script = (package / NAME).read_bytes()
    if (folder / NAME).is_file() and (folder / NAME).read_bytes() == script:
        return
    try:
        _make(script, folder)
    except OSError as error:
        raise ConfigurationError(f"VAR_DIR={folder.parent} cannot be used: {error.strerror}.") from None


def _make(script: bytes, folder: Path) -> None:
    made = folder.with_suffix(".new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    (made / NAME).write_bytes(script)
    (made / f"{NAME}.gz").write_bytes(gzip.compress(script, BEST, mtime=0))
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)
