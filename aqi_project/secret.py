"""The secret key of a machine where none is set."""

import contextlib
import os
import secrets
from pathlib import Path

from aqi_project.errors import ConfigurationError

KEY_BYTES = 48


def development_secret(folder: Path) -> str:
    """The key kept in `folder`/secret_key, made at the first start, readable by its owner only.

    Production starts refuse to rely on it: see aqi_project/checks.py.
    """
    try:
        return _kept(folder / "secret_key")
    except OSError as error:
        raise ConfigurationError(f"VAR_DIR={folder} cannot be used: {error.strerror}.") from None


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(KEY_BYTES))
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
