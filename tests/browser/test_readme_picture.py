"""The picture in the README: the page on a desk, and in Urdu on a phone. `README_PICTURE=docs/city.webp` keeps it."""

import io
import os
from math import sin, tau
from pathlib import Path

import pytest
from PIL import Image

from detection.models import Forecast
from ingestion.aqi import aqi
from tests import factories as make
from tests.browser.conftest import LIVE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 860}, "device_scale_factor": 1, "is_mobile": False, "has_touch": False}
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 1}
MARGIN = 24  # pixels between the two
LARGEST = 150_000  # bytes
SMOKE_HOURS = 14  # that the evening's smoke has lasted


@pytest.fixture
def smoky_lahore(transactional_db: None) -> None:
    make.make_lahore()
    for ago in range(60, -1, -1):
        at = make.this_hour() - ago * make.HOUR
        risen = max(0, SMOKE_HOURS - ago) / SMOKE_HOURS
        pm = make.usual_pm(at) * (1 + 1.3 * risen) * (1 + 0.08 * sin(tau * ago / 7))
        make.make_reading("lahore", at, pm2_5=pm, aqi=aqi("us_epa", {"pm2_5": pm}, at).single().index)
    make.make_band("lahore/pm2_5", make.this_hour())
    forecast = make.make_forecast("lahore/pm2_5", make.this_hour())
    index = [aqi("us_epa", {"pm2_5": pm}, make.this_hour()).single().index for pm in forecast.quantiles["q50"]]
    Forecast.objects.update(categories={"standard": "us_epa", "aqi": index})
    make.make_anomaly("lahore", make.this_hour() - 3 * make.HOUR, end=None, last_at=make.this_hour(), value=210.0)


def test_the_readmes_picture_can_be_made_anew(smoky_lahore, visit):
    desk = taken(visit("/?lang=en&theme=light", **DESK).page)
    phone = taken(visit("/?lang=ur&theme=dark", **PHONE).page)
    picture = Image.new("RGB", (desk.width + MARGIN + phone.width, desk.height), "#ffffff")
    picture.paste(desk, (0, 0))
    picture.paste(phone, (desk.width + MARGIN, (desk.height - phone.height) // 2))
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=80, method=6)
    assert 20_000 < len(file.getvalue()) < LARGEST
    if path := os.environ.get("README_PICTURE"):
        Path(path).write_bytes(file.getvalue())


def taken(page: object) -> Image.Image:
    page.wait_for_selector(LIVE)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")
