"""A drift check as pages: ours always, Evidently's where it is installed, and a clear sentence where not."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from aqi_project.mongo import collection
from detection.models import DriftReport
from ingestion.models import Reading
from tests import cast
from tests.detection.frames import air
from tests.detection.trained import KEY, make_series
from tests.factories import make_lahore, reading_document, this_hour
from tests.markup import tight

pytestmark = pytest.mark.django_db
EVIDENTLY = os.environ.get("TEST_EVIDENTLY_PYTHON", "")


@pytest.fixture
def jumped() -> None:
    """Four months of a station whose PM2.5 is six times as high in the last eight days."""
    make_lahore()
    frame = air(125, columns=("pm2_5", "pm10"))
    frame.loc[frame.index[-1] - timedelta(days=8) :, "pm2_5"] *= 6
    shift = this_hour() - frame.index[-1]
    rows = [reading_document("lahore", at + shift, values=row.to_dict()) for at, row in frame.iterrows()]
    collection(Reading).insert_many(rows)
    make_series()


def written(page: Path) -> tuple[str, str]:
    """What the command said and complained of."""
    out, err = StringIO(), StringIO()
    call_command("drift_report", "lahore", "--html", str(page), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_without_evidently_our_page_is_written_and_the_way_to_the_other_is_said(
    jumped: None, tmp_path: Path, settings: object
) -> None:
    settings.EVIDENTLY_PYTHON = ""  # type: ignore[attr-defined]
    said, complained = written(tmp_path / "drift.html")
    page = (tmp_path / "drift.html").read_text()
    assert f"<h2>{KEY}: Drift</h2>" in page
    assert "<path d=" in page
    assert "step_against_companions" in page
    assert said.split() == [str(tmp_path / "drift.html")]
    assert "requirements-evidently.txt" in complained


def test_an_evidently_that_does_not_run_is_told(jumped: None, tmp_path: Path, settings: object) -> None:
    settings.EVIDENTLY_PYTHON = str(tmp_path / "python")  # type: ignore[attr-defined]
    assert "Look at EVIDENTLY_PYTHON" in written(tmp_path / "drift.html")[1]


@pytest.mark.skipif(not EVIDENTLY, reason="needs TEST_EVIDENTLY_PYTHON, a Python with Evidently (docs/drift.md), 1 GB")
def test_evidently_writes_its_own_page_and_ours_links_it(jumped: None, tmp_path: Path, settings: object) -> None:
    settings.EVIDENTLY_PYTHON = EVIDENTLY  # type: ignore[attr-defined]
    _, complained = written(tmp_path / "drift.html")
    assert complained == ""
    assert 'href="drift-evidently.html"' in (tmp_path / "drift.html").read_text()
    theirs = (tmp_path / "drift-evidently.html").read_text()
    assert "pm2_5" in theirs
    assert len(theirs) > 1_000_000  # bytes; its scripts are in the page


def test_what_cannot_be_written_is_said(jumped: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no station 'nowhere'"):
        call_command("drift_report", "nowhere", "--html", str(tmp_path / "drift.html"))
    with pytest.raises(CommandError, match="no folder"):
        call_command("drift_report", "lahore", "--html", str(tmp_path / "none" / "drift.html"))
    with pytest.raises(CommandError, match="cannot be written: Is a directory"):
        call_command("drift_report", "lahore", "--html", str(tmp_path))


def test_our_page_is_utf_8_whatever_the_locale(jumped: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says that it is; a server's locale may be another."""
    asked = []
    write = Path.write_text
    monkeypatch.setattr(
        Path, "write_text", lambda *a, **named: asked.append(named.get("encoding")) or write(*a, **named)
    )
    written(tmp_path / "drift.html")
    assert asked == ["utf-8"]


def test_the_administrator_sees_each_check_with_its_picture_and_tests(jumped: None, tmp_path: Path) -> None:
    written(tmp_path / "drift.html")
    report = DriftReport.objects.get()
    page = tight(cast.admin().get(reverse("admin:detection_driftreport_change", args=[report.pk])).content.decode())
    assert "<svg" in page
    assert "step_against_companions" in page
    [ks] = [test for test in report.tests if test["name"] == "ks"]
    assert f"<td>p = {ks['p_value']:.3f}</td><td>0.05</td>" in page  # each beside what it is compared with


def test_the_list_of_checks_shows_the_verdicts_over_time(jumped: None, tmp_path: Path) -> None:
    written(tmp_path / "drift.html")
    report = DriftReport.objects.get()
    page = cast.admin().get(reverse("admin:detection_driftreport_changelist")).content.decode()
    assert f"<title>{report.day}: drift</title>" in page
