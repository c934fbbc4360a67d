"""Plotly's script is compressed once, and not for each reader."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from whitenoise import WhiteNoise

from aqi_project.errors import ConfigurationError
from aqi_project.web import plotly


def test_a_reader_gets_the_compressed_script_as_it_lies_there(tmp_path: Path) -> None:
    plotly.prepare(settings.PLOTLY_PACKAGE, tmp_path / "plotly")
    twin = (tmp_path / "plotly" / "plotly.min.js.gz").read_bytes()
    assert len(twin) < 1_600_000
    files = WhiteNoise(None, root=str(tmp_path)).files
    answer = files["/plotly/plotly.min.js"].get_response("GET", {"HTTP_ACCEPT_ENCODING": "gzip, deflate"})
    assert dict(answer.headers)["Content-Encoding"] == "gzip"
    assert answer.file.read() == twin
    assert gzip.decompress(twin) == (settings.PLOTLY_PACKAGE / "plotly.min.js").read_bytes()


def test_another_script_of_the_package_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    package, folder = tmp_path / "package", tmp_path / "plotly"
    package.mkdir()
    for script in (b"one", b"two", b"two"):
        (package / "plotly.min.js").write_bytes(script)
        plotly.prepare(package, folder)
        assert (folder / "plotly.min.js").read_bytes() == script
        assert gzip.decompress((folder / "plotly.min.js.gz").read_bytes()) == script
    assert sorted(one.name for one in tmp_path.iterdir()) == ["package", "plotly"]


def test_a_folder_in_which_nothing_can_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("no folder")
    with pytest.raises(ConfigurationError, match=f"VAR_DIR={tmp_path}/var cannot be used: "):
        plotly.prepare(settings.PLOTLY_PACKAGE, tmp_path / "var" / "plotly")
