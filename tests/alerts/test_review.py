"""The page on which officers judge events."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from alerts import review, tasks
from alerts.models import Alert, Rule
from detection.models import Anomaly
from ingestion.models import Station

pytestmark = pytest.mark.django_db
Happen = Callable[..., Anomaly]


def test_a_verdict_is_kept_with_its_author_and_counts(officer_client: Client, rule: Rule, happen: Happen) -> None:
    event = happen()
    happen(series="lahore/pm10", review=Anomaly.Review.TRUE)
    verdict = {"series": event.series, "start": event.start.isoformat(), "review": "false_alarm", "note": "Fireworks"}
    assert officer_client.post("/reviews/", verdict).status_code == 302
    event.refresh_from_db()
    assert (event.review, event.reviewed_by, event.review_note) == ("false_alarm", "zainab", "Fireworks")
    assert event.revision == 2
    page = officer_client.get("/reviews/").content.decode()
    assert "1 (100 %)" in page
    assert "0 (0 %)" in page


def test_a_verdict_is_not_wiped_out_by_a_page_that_was_opened_before(officer_client: Client, happen: Happen) -> None:
    judged = {"review": Anomaly.Review.TRUE, "reviewed_by": "ayesha", "review_note": "I saw the smoke"}
    event = happen(**judged)
    later = {"series": event.series, "start": event.start.isoformat(), "review": "false_alarm", "note": ""}
    page = officer_client.post("/reviews/", later).content.decode()
    assert "ayesha has judged this event already" in page
    event.refresh_from_db()
    assert (event.review, event.review_note) == ("true", "I saw the smoke")
    Anomaly.objects.update(reviewed_by="zainab")
    assert officer_client.post("/reviews/", later).status_code == 302  # one's own may be corrected


def test_the_inbox_counts_every_event_that_waits(officer_client: Client, happen: Happen, now: datetime) -> None:
    for number in range(review.WAITING_SHOWN + 3):
        happen(start=now - timedelta(hours=number + 1))
    assert "53 events wait for your verdict" in officer_client.get("/inbox/").content.decode()
    page = officer_client.get("/reviews/").content.decode()
    assert page.count('name="note"') == 50
    assert "The newest 50 of 53 events." in page


def test_an_event_to_review_names_its_place_and_leads_to_its_chart(officer_client: Client, happen: Happen) -> None:
    event = happen()
    page = officer_client.get("/reviews/").content.decode()
    assert f'href="/lahore/lahore/unusual/{event.pk}/"' in page
    assert "Lahore · " in page


def test_an_event_to_review_outlives_its_station(officer_client: Client, happen: Happen) -> None:
    happen()
    Station.objects.all().delete()
    assert "About twice the usual" in officer_client.get("/reviews/").content.decode()


def test_a_verdict_that_is_none_is_told(officer_client: Client, happen: Happen) -> None:
    event = happen()
    verdict = {"series": event.series, "start": event.start.isoformat(), "review": "maybe"}
    assert "cannot be read" in officer_client.post("/reviews/", verdict).content.decode()


def test_a_false_alarm_ends_its_alert(officer_client: Client, rule: Rule, happen: Happen) -> None:
    Rule.objects.update(recover_for=timedelta(0))
    event = happen()
    tasks.process_events()
    verdict = {"series": event.series, "start": event.start.isoformat(), "review": "false_alarm"}
    officer_client.post("/reviews/", verdict)
    tasks.process_events()
    assert Alert.objects.get().state == "resolved"
