"""What every test shares."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the larger data sets, which is not part of the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the larger data sets beside the repository (../shared/data)")
    return SHARED_DATA
